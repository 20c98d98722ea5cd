use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::task::JoinSet;

use crate::http::{get, post};
use crate::table::Promise::{AtLeast, AtMost, None};
use crate::table::Table;
use crate::target::{Engine, Target};
use suite::seed::Seeded;

const READERS: usize = 32;
const POSTS: i64 = 10_000;
const TIME: Duration = Duration::from_secs(3);

/// What is read, with what is promised of it: requests per second of 32 readers.
pub fn pages(seeded: &Seeded) -> [(&'static str, String, f64); 5] {
    [
        ("home", "/api/v1/timelines/home".to_owned(), 8_000.0),
        ("public", "/api/v1/timelines/public".to_owned(), 8_000.0),
        ("tag", "/api/v1/timelines/tag/load".to_owned(), 8_000.0),
        ("thread", format!("/api/v1/statuses/{}/context", seeded.root), 5_000.0),
        ("account", format!("/api/v1/accounts/{}/statuses", seeded.author), 8_000.0),
    ]
}

pub async fn play(binary: &Path, engine: Engine, table: &mut Table) {
    let mut target = Target::prepare(binary, engine, "outloud_load").await;
    target.start().await;
    let mut tokens = vec![target.member("alice").await];
    target.stop().await;
    let seeded = target.fill(POSTS).await;
    let mut starts: Vec<Duration> = Vec::new();
    for _ in 0..5 {
        starts.push(target.restart().await);
    }
    starts.sort_unstable();
    table.put(engine, "start to first answer, 10,000 posts, ms", AtMost(150.0), starts[2].as_secs_f64() * 1e3);
    tokio::time::sleep(Duration::from_secs(3)).await;
    table.put(engine, "memory at rest, MB", AtMost(40.0), target.memory().0 as f64 / 1e6);
    let size = std::fs::metadata(binary).unwrap().len();
    table.put(engine, "the program, MB", AtMost(40.0), size as f64 / 1e6);
    tokens.push(target.member("writer").await);
    for (name, path, promised) in pages(&seeded) {
        let (rate, cpu) = read(&target, &path, &tokens, 0).await;
        table.put(engine, &format!("{name}, 32 readers, per second"), AtLeast(promised), rate);
        table.put(engine, &format!("{name}, processor µs for each"), None, cpu);
    }
    for (name, path, _) in pages(&seeded) {
        let (rate, cpu) = read_anew(&target, &path, &tokens[0]).await;
        table.put(engine, &format!("{name}, never the same question twice, per second"), None, rate);
        table.put(engine, &format!("{name}, then processor µs for each"), None, cpu);
    }
    for (name, path, _) in pages(&seeded) {
        let (rate, _) = read(&target, &path, &tokens, 10).await;
        table.put(engine, &format!("{name}, while ten posts a second are written, per second"), None, rate);
    }
    table.put(engine, "peak memory of reading, MB", AtMost(150.0), target.memory().1 as f64 / 1e6);
    target.stop().await;
}

/// Reads as fast as it is answered, while somebody writes so many posts a second; requests per second, and microseconds of
/// processor time for each.
async fn read(target: &Target, path: &str, tokens: &[String], writes: u64) -> (f64, f64) {
    let request = Arc::new(get(target.host(), path, Some(&tokens[0])));
    target.connection().await.send(&request).await.unwrap().good();
    let done = Arc::new(AtomicUsize::new(0));
    let mut readers = JoinSet::new();
    let (started, before) = (Instant::now(), target.cpu());
    for _ in 0..READERS {
        let (request, done, mut connection) = (Arc::clone(&request), Arc::clone(&done), target.connection().await);
        readers.spawn(async move {
            while started.elapsed() < TIME {
                let answer = connection.send(&request).await.unwrap();
                assert_eq!(answer.status, 200);
                done.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    if writes > 0 {
        let (mut connection, host, token) = (target.connection().await, target.host().to_owned(), tokens[1].clone());
        readers.spawn(async move {
            for n in 0.. {
                if started.elapsed() >= TIME {
                    break;
                }
                let text = format!("Written while others read, number {n}. #load");
                connection
                    .send(&post(&host, "/api/v1/statuses", Some(&token), &json!({"status": text})))
                    .await
                    .unwrap()
                    .good();
                tokio::time::sleep(Duration::from_millis(1_000 / writes)).await;
            }
        });
    }
    while let Some(reader) = readers.join_next().await {
        reader.unwrap();
    }
    let took = started.elapsed().as_secs_f64();
    let count = done.load(Ordering::Relaxed) as f64;
    (count / took, (target.cpu() - before) / count * 1e6)
}

/// The same with a question that was never asked before each time, so that nothing is answered from memory.
async fn read_anew(target: &Target, path: &str, token: &str) -> (f64, f64) {
    let done = Arc::new(AtomicUsize::new(0));
    let mut readers = JoinSet::new();
    let (started, before) = (Instant::now(), target.cpu());
    for _ in 0..READERS {
        let (done, mut connection) = (Arc::clone(&done), target.connection().await);
        let (host, path, token) = (target.host().to_owned(), path.to_owned(), token.to_owned());
        readers.spawn(async move {
            while started.elapsed() < TIME {
                let n = done.fetch_add(1, Ordering::Relaxed);
                let request = get(&host, &format!("{path}?unknown={n}"), Some(&token));
                connection.send(&request).await.unwrap().good();
            }
        });
    }
    while let Some(reader) = readers.join_next().await {
        reader.unwrap();
    }
    let took = started.elapsed().as_secs_f64();
    let count = done.load(Ordering::Relaxed) as f64;
    (count / took, (target.cpu() - before) / count * 1e6)
}
