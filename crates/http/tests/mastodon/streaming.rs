//! The door to streams, and how a connection shows that it is there. What they bring is tested over real sockets, in the suite.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, header};
use futures::StreamExt as _;
use http_api::streaming::{Pace, Streams};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use crate::api::Api;

/// As many connections as one member may have.
const EACH: usize = 100;

#[tokio::test]
async fn streams_need_a_member_and_the_right_scope() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let id = alice.id.parse().ok();
    let health = api.raw_text("/api/v1/streaming/health").await;
    assert_eq!(health, "OK");
    let path = |name: &str| format!("/api/v1/streaming/{name}");
    for name in ["user", "public", "hashtag?tag=tea", "direct", "list?list=1"] {
        api.look(&path(name)).await.refused(401);
        api.call("GET", &path(name), Some(&api.token(None, "read").await), json!(null)).await.refused(401);
        api.call("GET", &path(name), Some(&api.token(id, "write push").await), json!(null)).await.refused(403);
    }
    api.call("GET", &path("user/notification"), Some(&api.token(id, "read:statuses").await), json!(null))
        .await
        .refused(403);
    api.get(&alice, &path("hashtag")).await.refused(400);
    api.get(&alice, &path("list")).await.refused(400);
    api.get(&alice, &path("list?list=1")).await.refused(404);
    for name in ["users", "user/dance", "public:media", "public/media", "public/local/media"] {
        api.get(&alice, &path(name)).await.refused(404);
    }
    api.look("/api/v1/streaming").await.refused(401);
    api.get(&alice, "/api/v1/streaming").await.refused(400);
    assert_eq!(api.app.streams.count(), 0);
    api.app.node.shutdown.begun.cancel();
    api.get(&alice, &path("user")).await.refused(503);
}

#[tokio::test]
async fn a_stream_of_events_shows_that_it_is_there() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let usual = Pace::default();
    assert_eq!((usual.thump.as_secs(), usual.ping.as_secs()), (15, 30));
    let mut app = api.app.clone();
    app.streams = Arc::new(Streams::at(Pace { thump: Duration::from_millis(20), ..usual }));
    // Browsers cannot set a header.
    let request = Request::get(format!("/api/v1/streaming/user?access_token={}", alice.token));
    let response = http_api::router(app.clone()).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    assert_eq!(response.headers()["x-accel-buffering"], "no");
    assert_eq!(app.streams.count(), 1);
    let mut body = response.into_body().into_data_stream();
    assert_eq!(body.next().await.unwrap().unwrap(), ":)\n");
    for _ in 0..3 {
        assert_eq!(body.next().await.unwrap().unwrap(), ":thump\n");
    }
    drop(body);
    assert_eq!(app.streams.count(), 0);
}

#[tokio::test]
async fn a_member_has_a_bounded_number_of_connections() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let path = |who: &crate::api::Person| format!("/api/v1/streaming/user?access_token={}", who.token);
    let mut open = Vec::new();
    for _ in 0..EACH {
        open.push(api.raw(&path(&alice), &[]).await);
    }
    assert_eq!(api.raw(&path(&alice), &[]).await.status(), 429);
    assert_eq!(api.raw(&path(&bob), &[]).await.status(), 200);
    open.pop();
    assert_eq!(api.raw(&path(&alice), &[]).await.status(), 200);
}

#[tokio::test]
async fn a_socket_that_answers_no_ping_is_given_up() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let mut app = api.app.clone();
    let pace = Pace { ping: Duration::from_millis(300), ..Pace::default() };
    app.streams = Arc::new(Streams::at(pace));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut serving = JoinSet::new();
    let router = http_api::router(app.clone());
    serving.spawn(async move { axum::serve(listener, router).await });
    let connect = async || {
        let mut socket = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "GET /api/v1/streaming?access_token={} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            alice.token
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(socket.read_u8().await.unwrap());
        }
        assert!(answer.starts_with(b"HTTP/1.1 101 "), "{}", String::from_utf8_lossy(&answer));
        socket
    };
    let (mut silent, mut alive) = (connect().await, connect().await);
    let mut pinged = [0; 2];
    silent.read_exact(&mut pinged).await.unwrap();
    assert_eq!(pinged, [0x89, 0], "a ping, with nothing in it");
    for _ in 0..4 {
        alive.read_exact(&mut pinged).await.unwrap();
        assert_eq!(pinged, [0x89, 0]);
        // A pong, masked with zeros.
        alive.write_all(&[0x8a, 0x80, 0, 0, 0, 0]).await.unwrap();
    }
    let mut rest = Vec::new();
    let ended = silent.read_to_end(&mut rest).await;
    assert!(ended.is_err() || rest.is_empty(), "not even pinged again: {rest:?}");
    assert_eq!(app.streams.count(), 1);
}
