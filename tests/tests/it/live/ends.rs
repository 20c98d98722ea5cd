//! How listening ends: the token is revoked, the member may not act any more, they take nothing, or the process stops.

use std::time::{Duration, Instant};

use outloud::connections::{self, Bounds};
use storage::{Event, Live};
use suite::live::{Reader, Talker};
use suite::node::eventually;
use tokio_util::sync::CancellationToken;

use super::*;

on_engines! {
    async fn whoever_loses_their_token_hears_nothing_more(engine: Engine) {
        let node = start(engine).await;
        let (alice, bob) = (node.member("alice").await, node.member("bob").await);
        follow(&bob, &alice).await;
        let (kept, revoked) = (token(&bob, "read").await, token(&bob, "read").await);
        let mut stays = Talker::open(node.address(), &kept, "stream=user").await;
        let mut goes = Talker::open(node.address(), &revoked, "stream=user").await;
        let mut reads = Reader::open(node.address(), "user", &revoked).await;
        let mut tx = node.node().store.begin().await.unwrap();
        let row = login::token(node.node(), &mut tx, &revoked).await.unwrap().unwrap();
        tx.delete_token(row.id).await.unwrap();
        node.node().commit(tx).await.unwrap();
        assert_eq!(goes.end().await, Some(1008));
        assert_eq!(reads.next().await, None);
        let post = alice.says("Who is there?").await;
        assert_eq!(stays.next_id().await, triple("user", "update", post.id));

        let account = bob.account().await;
        let mut tx = node.node().store.begin().await.unwrap();
        node::moderate::disable(node.node(), &mut tx, "alice", &account).await.unwrap();
        node.node().commit(tx).await.unwrap();
        assert_eq!(stays.end().await, Some(1008));

        let own = token(&alice, "read").await;
        let mut suspended = Talker::open(node.address(), &own, "stream=user").await;
        let account = alice.account().await;
        let mut tx = node.node().store.begin().await.unwrap();
        node::moderate::suspend(node.node(), &mut tx, "bob", &account).await.unwrap();
        node.node().commit(tx).await.unwrap();
        assert_eq!(suspended.end().await, Some(1008));
        eventually("nobody is counted", || async { (node.running.app.streams.count() == 0).then_some(()) }).await;
        node.running.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_listens_from_a_network_that_is_shut_out_hears_nothing_more() {
    let node = start(Engine::Sqlite).await;
    let alice = node.member("alice").await;
    let secret = token(&alice, "read").await;
    let away = [("x-forwarded-for", "192.0.2.7")];
    let query = format!("stream=user&access_token={secret}");
    let mut goes = Talker::with(node.address(), &query, &away).await.unwrap();
    let mut stays = Talker::open(node.address(), &secret, "stream=user").await;
    let wanted = node::gates::NewIpBlock {
        network: node::gates::network("::ffff:192.0.2.0/120").unwrap(),
        severity: node::gates::Severity::NoAccess,
        comment: String::new(),
        expires_in: None,
    };
    let here: std::net::IpAddr = "127.0.0.1".parse().unwrap();
    let mut tx = node.node().store.begin().await.unwrap();
    node::gates::block_network(node.node(), &mut tx, "test", Some(here), &wanted).await.unwrap();
    node.node().commit(tx).await.unwrap();
    assert_eq!(goes.end().await, Some(1008));
    assert_eq!(Talker::with(node.address(), &query, &away).await.err(), Some(403));
    let post = alice.says("Who is there?").await;
    assert_eq!(stays.next_id().await, triple("user", "update", post.id));
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_program_took_away_is_noticed_without_a_ring() {
    let node = start(Engine::Sqlite).await;
    let alice = node.member("alice").await;
    let secret = token(&alice, "read").await;
    let mut talker = Talker::open(node.address(), &secret, "stream=user").await;
    // As a command beside the node does, which rings in its own process.
    let other = node.db.again().await;
    let mut tx = other.begin().await.unwrap();
    tx.delete_tokens_of(alice.id).await.unwrap();
    tx.commit().await.unwrap();
    other.close().await;
    let ended = tokio::time::timeout(Duration::from_secs(30), async {
        loop {
            if node.running.app.streams.count() == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    ended.await.expect("it is looked for every few seconds");
    assert_eq!(talker.end().await, Some(1008));
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_takes_nothing_is_cut_off_and_holds_up_nobody() {
    let node = start(Engine::Sqlite).await;
    let alice = node.member("alice").await;
    let secret = token(&alice, "read").await;
    let mut good = Talker::open(node.address(), &secret, "stream=public").await;
    let slow = Talker::narrow(node.address(), &secret, "stream=public").await;
    let post = alice.says(&"A long story. ".repeat(350)).await;
    assert_eq!(good.next_id().await, triple("public", "update", post.id));
    let mut told = 0;
    while node.running.app.streams.count() == 2 {
        node.node().store.bell().ring(Event::Live(Live::Edited { post: post.id })).await;
        assert_eq!(good.next_id().await, triple("public", "status.update", post.id));
        told += 1;
        assert!(told < 5_000, "it is never cut off");
    }
    assert!(told > 200, "it had some time: {told}");
    drop(slow);
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_listens_has_a_place_among_all_connections_until_they_leave() {
    let node = start(Engine::Sqlite).await;
    let alice = node.member("alice").await;
    let secret = token(&alice, "read").await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
    let minute = Duration::from_secs(60);
    let bounds = Bounds { all: 8, each: 2, proxies: Vec::new(), head: minute, stall: minute };
    let router = http_api::router(node.running.app.clone());
    let mut serving = tokio::task::JoinSet::new();
    serving.spawn(connections::serve(listener, router, bounds, stop.clone()));
    let is_served = async || suite::process::client().get(format!("http://{address}/healthz")).send().await.is_ok();
    let talker = Talker::open(address, &secret, "stream=user").await;
    assert!(is_served().await, "there is room for two");
    let mut reader = Reader::open(address, "user", &secret).await;
    assert!(!is_served().await, "who reads and who talks take both places");
    drop(talker);
    eventually("there is room again", || async { is_served().await.then_some(()) }).await;
    stop.cancel();
    assert_eq!(reader.next().await, None);
    tokio::time::timeout(Duration::from_secs(5), serving.join_all()).await.expect("nobody is waited for in vain");
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_stops_lets_go_of_all_who_listen() {
    let node = start(Engine::Sqlite).await;
    let alice = node.member("alice").await;
    let secret = token(&alice, "read").await;
    let mut reader = Reader::open(node.address(), "user", &secret).await;
    let mut talker = Talker::open(node.address(), &secret, "stream=user").await;
    let silent = Talker::open(node.address(), &secret, "stream=user").await;
    let started = Instant::now();
    node.running.stop().await;
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    assert_eq!(talker.end().await, Some(1001));
    assert_eq!(reader.next().await, None);
    drop(silent);
}
