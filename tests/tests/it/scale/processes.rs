//! Two processes of one node: what one does the other knows at once.

use std::time::{Duration, Instant};

use node::domains;
use outloud::serve::{Parts, Role, Running};
use storage::DomainRule;
use suite::db::Engine;
use suite::fediverse::Stage;
use suite::node::{Options, TestNode, eventually};
use tokio::net::TcpListener;

/// Long before anybody would look without being told, which is after ten seconds.
const AT_ONCE: Duration = Duration::from_secs(4);

/// Half of a node on PostgreSQL, with somebody elsewhere.
async fn web() -> Option<Stage> {
    if !Engine::Postgres.is_there() {
        return None;
    }
    let options = Options { no_worker: true, ..Options::default() };
    Some(Stage::empty_with("elsewhere", Engine::Postgres, options).await)
}

/// Another process of the same node. Both hear each other.
async fn beside(node: &TestNode, role: Role) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let running = Running::start(&node.settings, role, Parts::default(), Some(listener)).await.unwrap();
    eventually("they hear each other", || async {
        [node.node(), &running.app.node].iter().all(|n| n.store.bell().is_heard()).then_some(())
    })
    .await;
    running
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_posted_in_one_process_is_sent_by_another_at_once() {
    let Some(stage) = web().await else { return };
    let bob = stage.server.person("bob");
    let worker = beside(&stage.node, Role::Worker).await;
    stage.follows_alice(&bob).await;
    stage.server.receives("Accept").await;
    stage.node.idle().await;
    let started = Instant::now();
    stage.alice().says("Hear, hear").await;
    stage.server.receives("Create").await;
    assert!(started.elapsed() < AT_ONCE, "{:?}", started.elapsed());
    stage.node.idle().await;
    worker.stop().await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_blocked_in_one_process_is_blocked_in_another_at_once() {
    let Some(stage) = web().await else { return };
    let other = beside(&stage.node, Role::Web).await;
    let is_blocked = |node: &node::Node| node.is_domain_blocked("elsewhere.localhost");
    let (here, there) = (stage.node.node(), &other.app.node);
    assert!(!is_blocked(here) && !is_blocked(there));
    let before = there.moment().await.unwrap();
    let started = Instant::now();
    let mut tx = here.store.begin().await.unwrap();
    let rule = DomainRule::new("elsewhere.localhost", "suspend", here.now());
    domains::set(here, &mut tx, "alice", &rule).await.unwrap();
    here.commit(tx).await.unwrap();
    eventually("both keep it out", || async { (is_blocked(here) && is_blocked(there)).then_some(()) }).await;
    assert!(started.elapsed() < AT_ONCE, "{:?}", started.elapsed());
    assert_ne!(there.moment().await.unwrap(), before, "nor is anything answered from memory");

    let mut tx = there.store.begin().await.unwrap();
    domains::allow(there, &mut tx, "alice", "elsewhere.localhost").await.unwrap();
    there.commit(tx).await.unwrap();
    eventually("both let it in again", || async { (!is_blocked(here) && !is_blocked(there)).then_some(()) }).await;
    assert!(started.elapsed() < 2 * AT_ONCE, "{:?}", started.elapsed());
    other.stop().await;
    stage.end().await;
}
