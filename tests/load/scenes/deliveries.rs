use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;

use super::busy::{pour, signed};
use crate::fediverse::Fediverse;
use crate::table::Promise::{AtLeast, AtMost, None};
use crate::table::Table;
use crate::target::{Engine, Target};

/// Servers with a follower, of which a tenth can be made to hang and a tenth can be taken away.
pub const SERVERS: usize = 1_000;
const HEALTHY: usize = SERVERS * 8 / 10;

/// The name of the nth server.
pub fn name(n: usize) -> String {
    match n % 10 {
        8 => format!("slow{n}"),
        9 => format!("gone{n}"),
        _ => format!("well{n}"),
    }
}

/// Lets somebody on each of the servers follow alice.
pub async fn follow(world: &Arc<Fediverse>, target: &Target, token: &str) {
    let uri = format!("{}/users/alice", target.origin);
    let follows = (0..SERVERS).map(|n| world.follow(&world.actor(&name(n), "reader"), &uri)).collect();
    pour(target, signed(world, target, follows).await).await;
    let me = target.get("/api/v1/accounts/verify_credentials", Some(token)).await;
    assert_eq!(me["followers_count"], json!(SERVERS));
    settled(world, SERVERS, Duration::from_secs(60), |_| true).await;
}

/// Waits until `count` of the servers have had an activity that `is_wanted`, or the time is over; when each had it.
pub async fn settled(
    world: &Fediverse,
    count: usize,
    patience: Duration,
    is_wanted: impl Fn(&str) -> bool,
) -> Vec<(String, Instant)> {
    let started = Instant::now();
    loop {
        let arrived = world.arrivals(&is_wanted);
        if arrived.len() >= count || started.elapsed() > patience {
            return arrived;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub async fn play(binary: &Path, engine: Engine, table: &mut Table) {
    let world = Arc::new(Fediverse::start().await);
    let mut target = Target::prepare(binary, engine, "outloud_load").await;
    target.start().await;
    let alice = target.member("alice").await;
    follow(&world, &target, &alice).await;
    // Without connections that are open already.
    target.restart().await;
    for (words, cpu_words) in [
        ("one post to 1,000 servers over TLS, last delivery, s", "processor seconds for 1,000 deliveries"),
        ("the next post, over connections that are open, s", "processor seconds for 1,000 of those"),
    ] {
        world.forget();
        let before = target.cpu();
        let started = Instant::now();
        let post = target
            .post(
                "/api/v1/statuses",
                &alice,
                &json!({"status": "We believe that if we phone first, more people come."}),
            )
            .await;
        let uri = post["uri"].as_str().unwrap().to_owned();
        let arrived = settled(&world, SERVERS, Duration::from_secs(60), |id| id.starts_with(&uri)).await;
        assert_eq!(arrived.len(), SERVERS, "every server has the post");
        let last = arrived.iter().map(|(_, at)| at.duration_since(started)).max().unwrap();
        // What is written down afterwards belongs to it.
        tokio::time::sleep(Duration::from_millis(500)).await;
        let first = words.starts_with("one");
        table.put(engine, words, if first { AtMost(0.8) } else { None }, last.as_secs_f64());
        table.put(engine, cpu_words, if first { AtMost(0.8) } else { None }, target.cpu() - before);
    }
    world.misbehave();
    target.restart().await;
    for words in ["with a tenth hanging and a tenth refusing: the healthy 800, s", "the next post then, s"] {
        world.forget();
        let started = Instant::now();
        let post = target.post("/api/v1/statuses", &alice, &json!({"status": "And the next."})).await;
        let uri = post["uri"].as_str().unwrap().to_owned();
        let arrived = settled(&world, HEALTHY, Duration::from_secs(60), |id| id.starts_with(&uri)).await;
        table.put(engine, &format!("{words} (servers)"), AtLeast(HEALTHY as f64), arrived.len() as f64);
        let last = arrived.iter().map(|(_, at)| at.duration_since(started)).max().unwrap_or_default();
        table.put(engine, words, AtMost(2.0), last.as_secs_f64());
    }
    let (_, most) = target.memory();
    table.put(engine, "peak memory of the last two, MB", AtMost(150.0), most as f64 / 1e6);
    target.kill().await;
}
