use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::fediverse::Fediverse;
use crate::http::post;
use crate::table::Promise::{AtLeast, AtMost, None};
use crate::table::Table;
use crate::target::{Engine, Target, percentiles};

const AUTHORS: usize = 50;
const NOTES: usize = 6_000;
const STRANGERS: usize = 1_500;
const POSTERS: usize = 8;
/// Connections over which other servers deliver.
const SENDERS: usize = 32;
const POSTING: Duration = Duration::from_secs(5);
const MEGABYTE: f64 = 1_000_000.0;

pub async fn play(binary: &Path, engine: Engine, table: &mut Table) {
    let world = Arc::new(Fediverse::start().await);
    let mut target = Target::prepare(binary, engine, "outloud_load").await;
    target.start().await;
    let alice = target.member("alice").await;
    let me = target.get("/api/v1/accounts/verify_credentials", Some(&alice)).await;
    let uri = format!("{}/users/alice", target.origin);
    assert_eq!(me["username"], "alice");

    known(&world, &target, &alice, &uri, engine, table).await;
    strangers(&world, &target, &alice, &uri, engine, table).await;
    posting(&target, engine, table).await;
    let (_, most) = target.memory();
    table.put(engine, "peak memory of that, MB", AtMost(150.0), most as f64 / MEGABYTE);
    target.stop().await;
}

/// Sends letters over many connections; how often the node asked to come again. When this returns, all were answered 202.
pub async fn pour(target: &Target, letters: Vec<Vec<u8>>) -> usize {
    let letters = Arc::new(Mutex::new(VecDeque::from(letters)));
    let mut senders = JoinSet::new();
    for _ in 0..SENDERS {
        let letters = Arc::clone(&letters);
        let mut connection = target.connection().await;
        senders.spawn(async move {
            let mut again = 0;
            loop {
                let Some(letter) = letters.lock().unwrap().pop_front() else { return again };
                loop {
                    let answer = connection.send(&letter).await.unwrap();
                    match answer.status {
                        202 => break,
                        503 => again += 1,
                        status => panic!("{status}: {}", String::from_utf8_lossy(answer.body)),
                    }
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            }
        });
    }
    let mut again = 0;
    while let Some(done) = senders.join_next().await {
        again += done.unwrap();
    }
    again
}

/// Letters are signed beforehand, on all cores.
pub async fn signed(world: &Arc<Fediverse>, target: &Target, activities: Vec<Value>) -> Vec<Vec<u8>> {
    let mut parts = JoinSet::new();
    let half = activities.len().div_ceil(2).max(1);
    for (n, part) in activities.chunks(half).map(<[Value]>::to_vec).enumerate() {
        let (world, node) = (Arc::clone(world), target.origin.clone());
        parts.spawn_blocking(move || (n, part.iter().map(|a| world.letter(&node, a)).collect::<Vec<_>>()));
    }
    let mut all: Vec<(usize, Vec<Vec<u8>>)> = Vec::new();
    while let Some(part) = parts.join_next().await {
        all.push(part.unwrap());
    }
    all.sort_by_key(|(n, _)| *n);
    all.into_iter().flat_map(|(_, letters)| letters).collect()
}

/// Notes of people whom alice follows, until all of them are in her home.
async fn known(world: &Arc<Fediverse>, target: &Target, alice: &str, uri: &str, engine: Engine, table: &mut Table) {
    let authors: Vec<String> = (0..AUTHORS).map(|n| world.actor(&format!("known{n}"), "writer")).collect();
    for author in &authors {
        let handle = format!("@writer@{}", author.trim_start_matches("https://").split('/').next().unwrap());
        let query: String = url::form_urlencoded::byte_serialize(handle.as_bytes()).collect();
        let found = target.get(&format!("/api/v2/search?resolve=true&type=accounts&q={query}"), Some(alice)).await;
        let id = found["accounts"][0]["id"].as_str().unwrap_or_else(|| panic!("{handle} is not found: {found}"));
        target.post(&format!("/api/v1/accounts/{id}/follow"), alice, &json!({})).await;
    }
    let accepts = authors.iter().map(|author| world.accept(author, uri)).collect();
    pour(target, signed(world, target, accepts).await).await;

    let notes = (0..NOTES).map(|n| world.note(&authors[n % AUTHORS], n, &[])).collect();
    let letters = signed(world, target, notes).await;
    let (started, before) = (Instant::now(), target.cpu());
    let again = pour(target, letters).await;
    let newest = target.get("/api/v1/timelines/home?limit=40", Some(alice)).await;
    let took = started.elapsed();
    assert_eq!(newest.as_array().unwrap().len(), 40);
    let cpu = target.cpu() - before;
    let seen = in_home(target, alice, NOTES.min(400)).await;
    assert!(seen >= NOTES.min(400), "{seen} notes are in the home");
    assert_eq!(again, 0, "the node asked to come again");
    table.put(
        engine,
        "notes of known authors in a home, per second",
        AtLeast(1_500.0),
        NOTES as f64 / took.as_secs_f64(),
    );
    table.put(engine, "processor seconds for 1,000 such notes", AtMost(1.0), cpu / NOTES as f64 * 1e3);
}

/// How many posts a home has, up to `most`.
async fn in_home(target: &Target, token: &str, most: usize) -> usize {
    let (mut seen, mut below) = (0, String::new());
    while seen < most {
        let page = target.get(&format!("/api/v1/timelines/home?limit=40{below}"), Some(token)).await;
        let page = page.as_array().unwrap();
        let Some(last) = page.last() else { break };
        seen += page.len();
        below = format!("&max_id={}", last["id"].as_str().unwrap());
    }
    seen
}

/// Mentions of alice by people and from servers that nobody here ever heard of.
async fn strangers(world: &Arc<Fediverse>, target: &Target, alice: &str, uri: &str, engine: Engine, table: &mut Table) {
    world.forget();
    let note = |n: usize| world.note(&world.actor(&format!("stranger{n}"), "visitor"), n, &[uri]);
    let letters = signed(world, target, (0..STRANGERS).map(note).collect()).await;
    let (started, before) = (Instant::now(), target.cpu());
    let again = pour(target, letters).await;
    let took = started.elapsed();
    let cpu = target.cpu() - before;
    let told = target.get("/api/v1/notifications?limit=80", Some(alice)).await;
    assert_eq!(told.as_array().unwrap().len(), 80, "alice is told of those who name her");
    table.put(
        engine,
        "notes of unseen authors and servers, per second",
        AtLeast(400.0),
        STRANGERS as f64 / took.as_secs_f64(),
    );
    table.put(engine, "processor seconds for 1,000 such notes of strangers", None, cpu / STRANGERS as f64 * 1e3);
    table.put(engine, "requests for each of them", None, world.requests() as f64 / STRANGERS as f64);
    table.put(engine, "of these notes asked to come again", None, again as f64);
}

/// Members who post as fast as they are answered.
async fn posting(target: &Target, engine: Engine, table: &mut Table) {
    let mut tokens = Vec::new();
    for n in 0..POSTERS {
        tokens.push(target.member(&format!("poster{n}")).await);
    }
    let (started, before) = (Instant::now(), target.cpu());
    let mut posters = JoinSet::new();
    for token in tokens {
        let (mut connection, host) = (target.connection().await, target.host().to_owned());
        posters.spawn(async move {
            let mut times = Vec::new();
            while started.elapsed() < POSTING {
                let text = format!("Post {}: we believe that if we phone first, more people come. #load", times.len());
                let request = post(&host, "/api/v1/statuses", Some(&token), &json!({"status": text}));
                let asked = Instant::now();
                connection.send(&request).await.unwrap().good();
                times.push(asked.elapsed());
            }
            times
        });
    }
    let mut times = Vec::new();
    while let Some(done) = posters.join_next().await {
        times.extend(done.unwrap());
    }
    let (took, cpu, count) = (started.elapsed().as_secs_f64(), target.cpu() - before, times.len() as f64);
    let (median, p99) = percentiles(&mut times);
    table.put(engine, "posts by API, 8 clients, per second", AtLeast(1_000.0), count / took);
    table.put(engine, "such a post, median, ms", None, median);
    table.put(engine, "such a post, 99th of 100, ms", AtMost(20.0), p99);
    table.put(engine, "processor seconds for 1,000 such posts", None, cpu / count * 1e3);
}
