//! Thousands who listen and are told nothing.

use std::time::Duration;

use suite::db::{Db, Engine};
use suite::process::{NodeProcess, client};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Connections of one member.
const EACH: usize = 100;
/// Bytes that a process may hold with five thousand of them, less what it holds at rest (docs/benchmarks.md).
const ROOM: u64 = (150 - 35) * 1024 * 1024;
/// What comes and goes while they connect.
const SLACK: u64 = 8 * 1024 * 1024;

/// Begins to listen, over a WebSocket or to a stream of events; the answer is read, and nothing after it.
async fn listens(node: &NodeProcess, token: &str, over_socket: bool) -> TcpStream {
    let mut stream = TcpStream::connect(node.address).await.unwrap();
    let head = if over_socket {
        format!(
            "GET /api/v1/streaming?stream=user&access_token={token} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
    } else {
        format!("GET /api/v1/streaming/user?access_token={token} HTTP/1.1\r\nHost: localhost\r\n\r\n")
    };
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(tokio::time::timeout(Duration::from_secs(20), stream.read_u8()).await.unwrap().unwrap());
    }
    let status = if over_socket { "101" } else { "200" };
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    stream
}

/// Lets this process open as many files as it may, and says how many that are.
fn files() -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    getrlimit(Resource::Nofile).current.map_or(usize::MAX, |n| usize::try_from(n).unwrap())
}

async fn holds(over_socket: bool) {
    let is_full = suite::is_full();
    let wanted: usize = if is_full { 5_000 } else { 500 };
    let most = wanted.min(files().saturating_sub(2_500));
    let (db, http) = (Db::fresh(Engine::Sqlite).await, client());
    let mut node = NodeProcess::prepare(&db).await;
    // All of them come from here.
    node.set("OUTLOUD_TRUSTED_PROXIES", "127.0.0.0/8");
    node.start(&http).await;
    let mut members = Vec::new();
    for n in 0..most.div_ceil(EACH) {
        members.push(node.member(&http, &format!("member{n}")).await);
    }
    let before = node.memory();
    let mut crowd = Vec::with_capacity(most);
    for n in 0..most {
        crowd.push(listens(&node, &members[n / EACH].token, over_socket).await);
    }
    let grown = node.memory().saturating_sub(before);
    eprintln!("{most} who listen: {} MB more, {} bytes each", grown / 1024 / 1024, grown / most as u64);
    let slack = if most < 5_000 { SLACK } else { 0 };
    assert!(grown < ROOM * most as u64 / 5_000 + slack, "{grown} bytes more");
    // Nobody is kept out, and each still is told.
    let said = members[0].says("Hear, hear", &[]).await.unwrap();
    assert_eq!(said.status, 200);
    let mut heard = [0; 1];
    for stream in &mut crowd[..EACH] {
        tokio::time::timeout(Duration::from_secs(20), stream.read_exact(&mut heard)).await.unwrap().unwrap();
    }
    node.terminate().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_sockets_take_little_memory() {
    holds(true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_streams_take_little_memory() {
    holds(false).await;
}
