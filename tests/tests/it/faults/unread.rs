//! Requests that are answered without reading their bodies to the end.

use std::time::Duration;

use suite::db::Engine;
use suite::node::{Options, TestNode};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

async fn start() -> TestNode {
    TestNode::start_with(Engine::Sqlite, Options { no_worker: true, ..Options::default() }).await
}

/// Where nobody is, and so nobody reads.
const NOWHERE: &str = "/api/v1/nowhere";

fn head(path: &str, length: usize, more: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{more}\r\n"
    )
}

/// Reads one answer; its status, and whether it says that the connection ends.
async fn answer(socket: &mut BufReader<TcpStream>) -> (u16, bool) {
    let (mut status, mut ends, mut length) = (0, false, 0);
    loop {
        let mut line = String::new();
        assert!(socket.read_line(&mut line).await.unwrap() > 0, "it is cut off");
        let line = line.trim().to_ascii_lowercase();
        if let Some(rest) = line.strip_prefix("http/1.1 ") {
            status = rest[..3].parse().unwrap();
        } else if let Some(rest) = line.strip_prefix("content-length: ") {
            length = rest.parse().unwrap();
        } else if line == "connection: close" {
            ends = true;
        } else if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    socket.read_exact(&mut body).await.unwrap();
    (status, ends)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_short_body_that_nobody_read_is_in_nobodys_way() {
    let node = start().await;
    let mut socket = BufReader::new(TcpStream::connect(node.address()).await.unwrap());
    for _ in 0..50 {
        let body = format!("{{\"status\": \"{}\"}}", "x".repeat(5_000));
        // In one piece: the rest of it is there when the head is answered.
        let request = head(NOWHERE, body.len(), "") + &body;
        socket.get_mut().write_all(request.as_bytes()).await.unwrap();
        assert_eq!(answer(&mut socket).await, (404, false));
    }
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_sends_much_that_nobody_reads_is_told_that_the_connection_ends_and_reads_the_answer() {
    let node = start().await;
    let length = 8 * 1024 * 1024;
    for (path, status, patient) in [(NOWHERE, 404, true), (NOWHERE, 404, false), ("/api/v1/statuses", 413, false)] {
        let mut socket = BufReader::new(TcpStream::connect(node.address()).await.unwrap());
        socket.get_mut().write_all(head(path, length, "").as_bytes()).await.unwrap();
        if patient {
            assert_eq!(answer(&mut socket).await, (status, true));
        }
        // Some clients look for an answer only when all is sent.
        let piece = vec![b'x'; 64 * 1024];
        for _ in 0..length / piece.len() {
            socket.get_mut().write_all(&piece).await.expect("what is sent is taken, and thrown away");
        }
        if !patient {
            assert_eq!(answer(&mut socket).await, (status, true));
        }
        let mut rest = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(10), socket.read_to_end(&mut rest)).await;
        assert_eq!(ended.expect("it ends").expect("without a reset"), 0);
    }
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_before_sending_is_not_told_to_send_what_nobody_reads() {
    let node = start().await;
    let mut socket = BufReader::new(TcpStream::connect(node.address()).await.unwrap());
    socket.get_mut().write_all(head(NOWHERE, 100, "expect: 100-continue\r\n").as_bytes()).await.unwrap();
    assert_eq!(answer(&mut socket).await, (404, true));
    node.running.stop().await;
}
