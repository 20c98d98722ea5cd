//! When the house is kept in order: beside the work of the worker, which never waits for it.

use std::collections::BTreeMap;
use std::time::Duration;

use federation::Federation;
use model::clock::{HOUR, MINUTE, Millis};
use node::housekeeping::{Chore, PAUSE, round};
use tokio_util::sync::CancellationToken;

/// How often it is looked whether something is due.
const LOOK: Duration = Duration::from_secs(1);
/// The log of SQLite is copied into its file that often, and emptied beyond so many bytes.
const CHECKPOINT: Millis = 5 * MINUTE;
const LOG: i64 = 64 * 1024 * 1024;

/// Keeps the house until `stop`.
pub async fn run(federation: Federation, stop: CancellationToken) {
    let begun = federation.node.now();
    let mut keeper =
        Keeper { federation, gone: BTreeMap::new(), told: begun, optimized: begun, copied: begun, kept: 0 };
    while !stop.is_cancelled() {
        if let Err(error) = keeper.look(&stop).await {
            tracing::warn!(%error, "housekeeping failed");
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

struct Keeper {
    federation: Federation,
    /// What went since it was last told.
    gone: BTreeMap<Chore, u64>,
    told: Millis,
    optimized: Millis,
    copied: Millis,
    kept: Millis,
}

impl Keeper {
    async fn look(&mut self, stop: &CancellationToken) -> Result<(), federation::Error> {
        let node = &self.federation.node;
        let now = node.now();
        let is_due = |last: Millis, pause: Millis| now - last >= pause || now < last;
        if is_due(self.kept, PAUSE) {
            self.kept = now;
            let round = round(node, || !stop.is_cancelled()).await?;
            for (chore, error) in round.failed {
                tracing::warn!(chore = chore.name(), %error, "a chore failed; it is taken up again");
            }
            for (chore, count) in round.gone {
                metrics::counter!("outloud_housekeeping_total", "chore" => chore.name()).increment(count);
                *self.gone.entry(chore).or_default() += count;
            }
            let mut tx = node.store.begin().await?;
            self.federation.recheck_quotes(&mut tx).await?;
            node.commit(tx).await?;
        }
        if is_due(self.copied, CHECKPOINT) {
            self.copied = now;
            node.store.checkpoint(LOG).await.map_err(node::Error::from)?;
        }
        if is_due(self.optimized, HOUR) {
            self.optimized = now;
            node.store.optimize().await.map_err(node::Error::from)?;
        }
        if is_due(self.told, HOUR) {
            self.told = now;
            self.tell();
        }
        Ok(())
    }

    /// One line an hour, if anything went.
    fn tell(&mut self) {
        let gone = std::mem::take(&mut self.gone);
        if !gone.is_empty() {
            let list: Vec<String> = gone.iter().map(|(chore, count)| format!("{} {count}", chore.name())).collect();
            tracing::info!(gone = list.join(", "), "housekeeping of the last hour");
        }
    }
}
