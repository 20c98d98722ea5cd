//! Thousands who connect and say nothing.

use std::time::{Duration, Instant};

use suite::db::{Db, Engine};
use suite::process::{NodeProcess, client};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::{acknowledged, are_there, is_full};

/// Lets this process open as many files as it may, and says how many that are.
fn files() -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    getrlimit(Resource::Nofile).current.map_or(usize::MAX, |n| usize::try_from(n).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_who_say_nothing_keep_nobody_out() {
    let wanted = if is_full() { 10_000 } else { 1_000 };
    let most = wanted.min(files().saturating_sub(2_500));
    let (db, http) = (Db::fresh(Engine::Sqlite).await, client());
    let mut node = NodeProcess::prepare(&db).await;
    node.start(&http).await;
    let alice = node.member(&http, "alice").await;
    let mut posts = vec![acknowledged(&alice, "Before").await];
    let before = node.memory();
    let mut crowd = Vec::with_capacity(most);
    for n in 0..most {
        let mut socket = TcpStream::connect(node.address).await.unwrap();
        if n % 2 == 0 {
            // They begin, at least.
            socket.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n").await.unwrap();
        }
        crowd.push(socket);
    }
    let started = Instant::now();
    for n in 0..20 {
        posts.push(acknowledged(&alice, &format!("In the crowd {n}")).await);
        assert!(node.is_healthy(&client()).await);
    }
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    let grown = node.memory().saturating_sub(before);
    eprintln!("{most} connections: {} KB more in memory, {} bytes each", grown / 1024, grown / most as u64);
    assert!(grown < 64 * 1024 * 1024 + 32 * 1024 * most as u64, "{grown} bytes more");
    drop(crowd);
    posts.push(acknowledged(&alice, "After").await);
    are_there(&alice, &posts).await;
    node.is_whole().await;
    node.kill().await;
}
