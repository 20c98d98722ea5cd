//! Those who send, or take, a byte a second. They are cut off in the end, and nobody waits for them meanwhile.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use outloud::connections::{self, Bounds};
use serde_json::json;
use suite::db::Engine;
use suite::fediverse::{Reply, Server, Stage};
use suite::node::{TestNode, eventually};
use suite::process::client;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::is_full;

/// Writes a text a byte at a time; answers what came back before the connection ended, and after how long.
async fn drip(to: SocketAddr, text: &str, pause: Duration) -> (String, Duration) {
    let (mut socket, started) = (TcpStream::connect(to).await.unwrap(), Instant::now());
    let (mut read, mut write) = socket.split();
    let writing = async {
        for byte in text.bytes() {
            if write.write_all(&[byte]).await.is_err() {
                break;
            }
            tokio::time::sleep(pause).await;
        }
        std::future::pending::<()>().await;
    };
    let reading = async {
        let mut answer = Vec::new();
        let _ = read.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    };
    tokio::select! {
        answer = reading => (answer, started.elapsed()),
        () = writing => unreachable!(),
    }
}

async fn is_served(address: SocketAddr) {
    let answer = client().get(format!("http://{address}/healthz")).send();
    let answer = tokio::time::timeout(Duration::from_secs(5), answer).await.expect("in time").unwrap();
    assert_eq!(answer.status(), 200);
}

const HEAD: &str =
    "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_come_to_the_point_is_cut_off() {
    let node = TestNode::start(Engine::Sqlite).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
    let patience = Duration::from_millis(400);
    let bounds = Bounds { all: 40, each: 40, proxies: Vec::new(), head: patience, stall: patience };
    let serving = connections::serve(listener, http_api::router(node.running.app.clone()), bounds, stop.clone());
    let asking = async {
        let slow = (0..30).map(|_| drip(address, HEAD, Duration::from_millis(100)));
        let slow = async {
            for (answer, after) in futures::future::join_all(slow).await {
                assert!(!answer.contains("200 OK"), "{answer}");
                // The two clocks do not begin in the same moment.
                assert!(after >= patience - Duration::from_millis(20), "{after:?}");
                assert!(after < Duration::from_secs(10), "{after:?}");
            }
        };
        // Who says nothing at all, and who says no more after the first request.
        let silent = async { drip(address, "", patience).await };
        let idle = async { drip(address, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", Duration::ZERO).await };
        let ((), (_, silent), (answer, _), ()) = tokio::join!(slow, silent, idle, is_served(address));
        assert!(silent < Duration::from_secs(10));
        assert!(answer.contains("200 OK"), "{answer}");
        stop.cancel();
    };
    tokio::join!(serving, asking);
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_one_address_no_more_are_let_in_than_may_and_of_all_no_more_than_there_is_room_for() {
    let node = TestNode::start(Engine::Sqlite).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
    let (proxies, minute) = (vec!["127.0.0.9/32".parse().unwrap()], Duration::from_secs(60));
    let bounds = Bounds { all: 8, each: 3, proxies, head: minute, stall: minute };
    let serving = connections::serve(listener, http_api::router(node.running.app.clone()), bounds, stop.clone());
    let asking = async {
        let from = async |ip: &str| {
            let socket = tokio::net::TcpSocket::new_v4().unwrap();
            socket.bind(format!("{ip}:0").parse().unwrap()).unwrap();
            socket.connect(address).await.unwrap()
        };
        let asks = async |socket: &mut TcpStream| {
            let _ = socket.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
            let mut first = [0; 12];
            let read = tokio::time::timeout(Duration::from_millis(700), socket.read_exact(&mut first)).await;
            read.map(|answer| answer.is_ok_and(|_| first.ends_with(b"200")))
        };
        let mut here = Vec::new();
        for _ in 0..3 {
            let mut socket = from("127.0.0.2").await;
            assert_eq!(asks(&mut socket).await, Ok(true));
            here.push(socket);
        }
        assert_eq!(asks(&mut from("127.0.0.2").await).await, Ok(false), "sent away");
        // A proxy brings everybody's, and is not counted; when all places are taken it waits.
        for _ in 0..5 {
            let mut socket = from("127.0.0.9").await;
            assert_eq!(asks(&mut socket).await, Ok(true));
            here.push(socket);
        }
        let mut waits = from("127.0.0.9").await;
        assert!(asks(&mut waits).await.is_err(), "there is no room");
        here.pop();
        let mut first = [0; 12];
        waits.read_exact(&mut first).await.unwrap();
        assert!(first.ends_with(b"200"));
        drop(here);
        eventually("who left makes room", || async {
            (asks(&mut from("127.0.0.2").await).await == Ok(true)).then_some(())
        })
        .await;
        stop.cancel();
    };
    tokio::join!(serving, asking);
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_takes_nothing_of_what_they_asked_for_is_cut_off() {
    let node = TestNode::start(Engine::Sqlite).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
    let (head, stall) = (Duration::from_secs(60), Duration::from_millis(300));
    // There is room for one.
    let bounds = Bounds { all: 1, each: 1, proxies: Vec::new(), head, stall };
    let serving = connections::serve(listener, http_api::router(node.running.app.clone()), bounds, stop.clone());
    let asking = async {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4_096).unwrap();
        let mut socket = socket.connect(address).await.unwrap();
        // Asks again and again, until nothing more is taken: then the answers do not go anywhere any more.
        let asks = async { while socket.write_all(b"GET /about HTTP/1.1\r\nHost: localhost\r\n\r\n").await.is_ok() {} };
        assert!(tokio::time::timeout(Duration::from_secs(20), asks).await.is_ok(), "cut off");
        is_served(address).await;
        stop.cancel();
    };
    tokio::join!(serving, asking);
    node.running.stop().await;
}

/// Slower than the system makes room in steps of its own, and never still.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_takes_an_answer_slowly_gets_all_of_it() {
    const LENGTH: usize = 5 * 1024 * 1024;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
    // Slow enough for a third of what the system would hold by itself (4 MB) to take longer than may pass without anything taken.
    let (pause, stall) = if is_full() { (100, 1_000) } else { (40, 500) };
    let (head, stall) = (Duration::from_secs(60), Duration::from_millis(stall));
    let bounds = Bounds { all: 1, each: 1, proxies: Vec::new(), head, stall };
    let router = axum::Router::new().route("/", axum::routing::get(|| async { vec![b'a'; LENGTH] }));
    let serving = connections::serve(listener, router, bounds, stop.clone());
    let asking = async {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(128 * 1024).unwrap();
        let mut socket = socket.connect(address).await.unwrap();
        socket.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.unwrap();
        let (mut piece, mut there) = (vec![0; 50 * 1024], 0);
        loop {
            match socket.read(&mut piece).await {
                Ok(0) => break,
                Ok(read) => there += read,
                Err(error) => panic!("after {there} bytes: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
        assert!(there > LENGTH, "{there}");
        stop.cancel();
    };
    tokio::join!(serving, asking);
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_are_bounded_together_and_whoever_is_sent_away_can_come_again() {
    let stage = Stage::empty().await;
    let address = stage.node.address();
    let (length, most) = (1_000_000, 48 * 1024 * 1024);
    let mut slow = JoinSet::new();
    for _ in 0..100 {
        slow.spawn(async move {
            let mut socket = TcpStream::connect(address).await.unwrap();
            let head = format!("POST /inbox HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n");
            socket.write_all(head.as_bytes()).await.unwrap();
            // All but the end, which does not come.
            let _ = socket.write_all(&vec![b' '; length - 1]).await;
            let mut answer = [0; 64];
            let read = socket.read(&mut answer).await.unwrap_or(0);
            // Cut off while it writes it may not see why.
            assert!(read == 0 || answer.starts_with(b"HTTP/1.1 503"), "{}", String::from_utf8_lossy(&answer));
        });
    }
    for _ in 0..(100 * length - most) / length {
        slow.join_next().await.unwrap().unwrap();
    }
    // What is short is taken, and what is long again when the others are gone.
    let bob = stage.server.person("bob");
    stage.takes(&stage.server.activity("Like", &bob, json!(stage.post.uri))).await;
    slow.shutdown().await;
    let long = async || {
        let body = " ".repeat(length);
        client().post(format!("http://{address}/inbox")).body(body).send().await.unwrap().status() != 503
    };
    eventually("there is room again", || async { long().await.then_some(()) }).await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_for_a_place_when_a_process_stops_is_answered() {
    let node = TestNode::start(Engine::Sqlite).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
    let minute = Duration::from_secs(60);
    let bounds = Bounds { all: 1, each: 9, proxies: Vec::new(), head: minute, stall: minute };
    let serving = connections::serve(listener, http_api::router(node.running.app.clone()), bounds, stop.clone());
    let asking = async {
        let mut first = TcpStream::connect(address).await.unwrap();
        let ask = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
        first.write_all(ask).await.unwrap();
        let mut begin = [0; 12];
        first.read_exact(&mut begin).await.unwrap();
        let mut second = TcpStream::connect(address).await.unwrap();
        second.write_all(ask).await.unwrap();
        stop.cancel();
        let mut answer = String::new();
        second.read_to_string(&mut answer).await.unwrap();
        assert!(answer.contains("200 OK"), "{answer}");
    };
    tokio::join!(serving, asking);
    node.running.stop().await;
}

/// Bodies to the inbox take up none of the places in which activities are taken in.
#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_come_a_byte_at_a_time_hold_up_nobody() {
    let stage = Stage::empty().await;
    let (address, bob) = (stage.node.address(), stage.server.person("bob"));
    let head = |path: &str| {
        let body = "x".repeat(200);
        format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/activity+json\r\nContent-Length: 200\r\n\r\n{body}"
        )
    };
    let mut slow = JoinSet::new();
    for path in ["/inbox", "/users/alice/inbox", "/api/v1/statuses", "/oauth/token"] {
        for _ in 0..100 {
            let text = head(path);
            slow.spawn(async move {
                let (begin, rest) = text.split_at(text.len() - 200);
                let mut socket = TcpStream::connect(address).await.unwrap();
                socket.write_all(begin.as_bytes()).await.unwrap();
                let (mut read, mut write) = socket.split();
                let writing = async {
                    for byte in rest.bytes() {
                        if write.write_all(&[byte]).await.is_err() {
                            break;
                        }
                        tokio::time::sleep(Duration::from_secs(1)).await;
                    }
                };
                let started = Instant::now();
                let mut answer = Vec::new();
                let reading = async {
                    let _ = read.read_to_end(&mut answer).await;
                };
                tokio::select! {
                    () = reading => {}
                    () = writing => {}
                }
                (started.elapsed(), String::from_utf8_lossy(&answer).into_owned())
            });
        }
    }
    is_served(address).await;
    stage.takes(&stage.server.activity("Like", &bob, json!(stage.post.uri))).await;
    assert_eq!(stage.post_now().await.favourites_count, 1);
    is_served(address).await;
    if is_full() {
        while let Some(ended) = slow.join_next().await {
            let (after, answer) = ended.unwrap();
            assert!(after < Duration::from_secs(100), "{after:?}");
            assert!(!answer.contains(" 200 ") && !answer.contains(" 202 "), "{answer}");
        }
    }
    slow.shutdown().await;
    stage.end().await;
}

/// A server that answers a byte at a time holds up neither what is sent to others nor what is fetched from them.
#[tokio::test(flavor = "multi_thread")]
async fn answers_that_come_a_byte_at_a_time_hold_up_nobody_and_are_given_up() {
    let stage = Stage::empty().await;
    let slow = Server::start("slow").await;
    let (bob, sue) = (stage.server.person("bob"), slow.person("sue"));
    stage.follows_alice(&bob).await;
    let follow = slow.activity("Follow", &sue, json!(stage.alice().uri().await));
    assert_eq!(stage.send_from(&slow, &follow).await.status, 202);
    stage.node.idle().await;
    stage.server.forget();
    slow.answers(Some(Reply::Dawdle));
    let post = stage.alice().says("Is anybody there?").await;
    let note = stage.server.receives("Create").await;
    assert_eq!(note["object"]["id"], json!(post.uri));
    // Fetching: hers takes until it is given up, his does not.
    stage.server.person("carol");
    let federation = stage.node.federation();
    let (theirs, hers) = (stage.server.url("/users/carol"), slow.url("/users/ann"));
    let patience = Duration::from_secs(if is_full() { 60 } else { 1 });
    let (his, hers) = tokio::join!(federation.find(&theirs), tokio::time::timeout(patience, federation.find(&hers)));
    his.unwrap();
    assert!(if is_full() { hers.is_ok_and(|found| found.is_err()) } else { hers.is_err() });
    drop(slow);
    drop(stage.server);
    stage.node.running.stop().await;
}
