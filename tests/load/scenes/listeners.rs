use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::table::Promise::{AtMost, None};
use crate::table::Table;
use crate::target::{Engine, Target};

/// Connections of one member.
const EACH: usize = 100;
/// Posts that all of them are told of.
const POSTS: usize = 5;
/// What stands in each of those before its number.
const MARK: &[u8] = b"number ";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sockets,
    Events,
}

pub async fn play(binary: &Path, engine: Engine, count: usize, table: &mut Table) {
    let most = count.min(files().saturating_sub(500));
    if most < count {
        eprintln!("    the system lets us open no more than {most} connections");
    }
    let mut target = Target::prepare(binary, engine, "outloud_load").await;
    // All of them come from here.
    target.set("OUTLOUD_TRUSTED_PROXIES", "127.0.0.0/8");
    target.start().await;
    let mut tokens = Vec::new();
    for n in 0..most.div_ceil(EACH) {
        tokens.push(target.member(&format!("member{n}")).await);
    }
    let writer = target.get("/api/v1/accounts/verify_credentials", Some(&tokens[0])).await;
    for token in &tokens[1..] {
        target.post(&follow(&writer), token, &json!({})).await;
    }
    for (kind, name) in [(Kind::Sockets, "WebSockets"), (Kind::Events, "streams of events")] {
        target.restart().await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let rest = target.memory().0;
        let (tell, mut told) = mpsc::unbounded_channel();
        let mut crowd = JoinSet::new();
        for n in 0..most {
            let stream = listens(&target, &tokens[n / EACH], kind).await;
            crowd.spawn(hear(stream, kind, tell.clone()));
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        let (now, peak) = target.memory();
        table.put(engine, &format!("{most} idle {name}, peak memory, MB"), AtMost(150.0), peak as f64 / 1e6);
        let each = now.saturating_sub(rest) as f64 / most as f64 / 1e3;
        table.put(engine, &format!("{name}: memory of each, KB"), None, each);
        let (mut times, cpu) = (Vec::new(), target.cpu());
        for n in 0..POSTS {
            let started = Instant::now();
            let text = format!("Told to all who listen, number {n}.");
            target.post("/api/v1/statuses", &tokens[0], &json!({"status": text})).await;
            let mut heard = 0;
            while heard < most {
                let all = tokio::time::timeout(Duration::from_secs(60), told.recv()).await;
                heard += usize::from(all.expect("not everybody was told") == Some(n));
            }
            times.push(started.elapsed());
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        times.sort_unstable();
        let last = times[POSTS / 2].as_secs_f64();
        table.put(engine, &format!("{name}: one post to all, the last has it, s"), None, last);
        let cpu = (target.cpu() - cpu) / POSTS as f64;
        table.put(engine, &format!("{name}: processor seconds of that"), None, cpu);
        let peak = target.memory().1;
        table.put(engine, &format!("{name}: peak memory with that, MB"), AtMost(150.0), peak as f64 / 1e6);
        crowd.abort_all();
        while crowd.join_next().await.is_some() {}
    }
    target.stop().await;
}

fn follow(who: &Value) -> String {
    format!("/api/v1/accounts/{}/follow", who["id"].as_str().unwrap())
}

/// Lets this process open as many files as it may, and says how many that are.
fn files() -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    getrlimit(Resource::Nofile).current.map_or(usize::MAX, |n| usize::try_from(n).unwrap())
}

/// Connects; the head of the answer is read, and nothing after it.
async fn listens(target: &Target, token: &str, kind: Kind) -> TcpStream {
    let mut stream = TcpStream::connect(target.address).await.unwrap();
    let (host, status) = (target.host(), if kind == Kind::Sockets { "101" } else { "200" });
    let head = match kind {
        Kind::Sockets => format!(
            "GET /api/v1/streaming?stream=user&access_token={token} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        ),
        Kind::Events => format!("GET /api/v1/streaming/user?access_token={token} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    };
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(stream.read_u8().await.unwrap());
    }
    assert!(answer[9..].starts_with(status.as_bytes()), "{}", String::from_utf8_lossy(&answer));
    stream
}

/// Reads on, and tells the number of each post that comes. Pings are answered: who does not is taken to be gone.
async fn hear(mut stream: TcpStream, kind: Kind, tell: mpsc::UnboundedSender<usize>) {
    let mut bytes = Vec::new();
    while stream.read_buf(&mut bytes).await.is_ok_and(|n| n > 0) {
        match kind {
            Kind::Events => {
                while let Some(end) = bytes.windows(2).position(|w| w == b"\n\n") {
                    pass(&bytes[..end], &tell);
                    bytes.drain(..end + 2);
                }
            }
            Kind::Sockets => {
                while let Some((code, start, end)) = frame(&bytes) {
                    pass(&bytes[start..end], &tell);
                    bytes.drain(..end);
                    if code == 9 && stream.write_all(&[0x8a, 0x80, 0, 0, 0, 0]).await.is_err() {
                        return;
                    }
                }
            }
        }
    }
}

fn pass(bytes: &[u8], tell: &mpsc::UnboundedSender<usize>) {
    if let Some(n) = number(bytes) {
        // Nobody counts any more.
        let _ = tell.send(n);
    }
}

fn number(bytes: &[u8]) -> Option<usize> {
    let at = bytes.windows(MARK.len()).position(|w| w == MARK)? + MARK.len();
    std::str::from_utf8(bytes.get(at..=at)?).ok()?.parse().ok()
}

/// The first frame (RFC 6455 5.2): its opcode, and where what it carries begins and ends. A server's are not masked.
fn frame(bytes: &[u8]) -> Option<(u8, usize, usize)> {
    let length = usize::from(bytes.get(1)? & 0x7f);
    let (start, length) = match length {
        126 => (4, usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
        127 => (10, usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?),
        short => (2, short),
    };
    (bytes.len() >= start + length).then(|| (bytes[0] & 0x0f, start, start + length))
}
