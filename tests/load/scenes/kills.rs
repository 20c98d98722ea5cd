use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::busy::{pour, signed};
use super::deliveries::{follow, settled};
use crate::fediverse::Fediverse;
use crate::http::get;
use crate::table::Promise::AtMost;
use crate::table::Table;
use crate::target::{Engine, Target};

const NOTES: usize = 800;
const SERVERS: usize = super::deliveries::SERVERS;

pub async fn play(binary: &Path, engine: Engine, table: &mut Table) {
    let world = Arc::new(Fediverse::start().await);
    let mut target = Target::prepare(binary, engine, "outloud_load").await;
    target.start().await;
    let alice = target.member("alice").await;
    follow(&world, &target, &alice).await;

    // Killed when some deliveries were made and most were not.
    world.forget();
    let post = target.post("/api/v1/statuses", &alice, &json!({"status": "Told to all, whatever happens."})).await;
    let uri = post["uri"].as_str().unwrap().to_owned();
    settled(&world, SERVERS / 10, Duration::from_secs(10), |id| id.starts_with(&uri)).await;
    target.kill().await;
    let before = world.arrivals(|id| id.starts_with(&uri)).len();
    eprintln!("    killed after {before} of {SERVERS} deliveries");
    target.start().await;
    // On PostgreSQL, where the worker may be another process, what it had is taken up when its leases end.
    let arrived = settled(&world, SERVERS, Duration::from_secs(150), |id| id.starts_with(&uri)).await.len();
    table.put(engine, "lost by kill -9, of 1,000 deliveries", AtMost(0.0), (SERVERS - arrived) as f64);

    // Killed the moment the last of the notes was acknowledged.
    let author = world.actor("well0", "reader");
    let me = format!("{}/users/alice", target.origin);
    let notes = (0..NOTES).map(|n| world.note(&author, n, &[&me])).collect();
    let letters = signed(&world, &target, notes).await;
    pour(&target, letters).await;
    target.kill().await;
    target.start().await;
    let (mut seen, mut below, mut connection) = (HashSet::new(), String::new(), target.connection().await);
    loop {
        let target_path = format!("/api/v1/notifications?types[]=mention&limit=80{below}");
        let page = connection.send(&get(target.host(), &target_path, Some(&alice))).await.unwrap().good().json();
        let page = page.as_array().unwrap();
        let Some(last) = page.last() else { break };
        seen.extend(page.iter().map(|n| n["status"]["uri"].as_str().unwrap().to_owned()));
        below = format!("&max_id={}", last["id"].as_str().unwrap());
    }
    table.put(engine, "lost by kill -9, of 800 acknowledged notes", AtMost(0.0), (NOTES - seen.len()) as f64);
    target.stop().await;
}
