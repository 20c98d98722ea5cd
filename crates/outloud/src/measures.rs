//! What the operator watches: how it is collected and what it means. Counted where it happens, shown on `/metrics`.

use std::sync::Arc;

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use node::Node;

use crate::Error;

/// Seconds. Statements take microseconds, requests milliseconds, and what takes longer than half a minute is cut off.
const BUCKETS: [f64; 16] =
    [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0];

/// Starts to collect, once in a process. Answers what writes the page for Prometheus.
pub fn collect() -> Result<Arc<dyn Fn() -> String + Send + Sync>, Error> {
    let failed = |e: metrics_exporter_prometheus::BuildError| Error::Usage(format!("metrics cannot be collected: {e}"));
    let builder = PrometheusBuilder::new();
    let builder = builder.set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS).map_err(failed)?;
    let recorder = builder.install_recorder().map_err(failed)?;
    describe();
    Ok(Arc::new(move || {
        recorder.run_upkeep();
        recorder.render()
    }))
}

fn describe() {
    describe_counter!("outloud_requests_total", "Requests answered, by method, route and status.");
    describe_histogram!("outloud_request_seconds", Unit::Seconds, "Time from a request's head to its answer's.");
    describe_counter!(
        "outloud_connections_refused_total",
        "Connections that were not taken, since their address had as many as one may have."
    );
    describe_counter!(
        "outloud_inbox_total",
        "Activities that were sent to us, by kind and outcome: taken, refused, later."
    );
    describe_counter!(
        "outloud_unheeded_total",
        "What was left aside because too much of it came from one server: word of others' posts, reports."
    );
    describe_counter!(
        "outloud_deliveries_total",
        "Activities that we sent, by outcome: delivered, gone, refused, later."
    );
    describe_counter!("outloud_housekeeping_total", "Rows that went because their time had come, by chore.");
    describe_counter!("outloud_jobs_total", "Jobs that came to an end, by kind and outcome.");
    describe_gauge!("outloud_queue_deliveries", "Deliveries that wait, whether due or held back.");
    describe_gauge!("outloud_queue_jobs", "Jobs that wait.");
    describe_gauge!(
        "outloud_queue_oldest_seconds",
        Unit::Seconds,
        "Age of the oldest deed that still waits to be sent to somebody."
    );
    describe_histogram!("outloud_database_wait_seconds", Unit::Seconds, "Waiting for the turn to write.");
    describe_histogram!("outloud_database_commit_seconds", Unit::Seconds, "Committing, with the sync of the disk.");
    describe_histogram!(
        "outloud_database_statement_seconds",
        Unit::Seconds,
        "Running one statement, by kind: read, write."
    );
}

/// Measures what waits.
pub async fn queue(node: &Node) -> Result<(), Error> {
    let queue = node.store.read().await?.queue().await?;
    gauge!("outloud_queue_deliveries").set(queue.deliveries as f64);
    gauge!("outloud_queue_jobs").set(queue.jobs as f64);
    gauge!("outloud_queue_oldest_seconds").set(queue.oldest.map_or(0.0, |at| (node.now() - at) as f64 / 1000.0));
    Ok(())
}
