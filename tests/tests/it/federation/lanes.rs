//! Lanes: an inbox that does not answer holds up nobody else's.

use std::collections::BTreeSet;

use model::clock::{Clock, DAY, HOUR, MINUTE};
use node::domains;
use serde_json::{Value, json};
use storage::{Delivery, DomainRule, HostState};
use suite::db::Engine;
use suite::fediverse::{Reply, Server, Stage};
use suite::node::{Options, eventually};

/// A scene in which nothing is sent but by hand, and whose clock stands still.
struct ByHand {
    stage: Stage,
    clock: Clock,
}

impl ByHand {
    async fn start() -> Self {
        let clock = Clock::manual(Clock::System.now());
        let options = Options { clock: Some(clock.clone()), no_worker: true, ..Options::default() };
        Self { stage: Stage::empty_with("elsewhere", Engine::Sqlite, options).await, clock }
    }

    /// Somebody there follows alice, and so her server owes their own inbox an answer.
    async fn follows(&self, name: &str) {
        self.stage.follows_alice(&self.stage.server.person(name)).await;
    }

    /// Sends what is due, after a while. Answers the inboxes that were tried.
    async fn turn(&self, after: i64) -> Vec<String> {
        self.clock.advance(after);
        self.stage.server.forget();
        let federation = self.stage.node.federation();
        for host in federation.lease_hosts("test", 9).await.unwrap() {
            federation.serve_host("test", host).await.unwrap();
        }
        self.stage.server.posts().into_iter().map(|(inbox, _)| inbox).collect()
    }

    async fn waiting(&self) -> Vec<Delivery> {
        let mut tx = self.stage.node.node().store.read().await.unwrap();
        tx.deliveries_of_host(self.stage.server.host(), 99).await.unwrap()
    }

    async fn attempts(&self) -> Vec<i64> {
        self.waiting().await.iter().map(|delivery| delivery.attempts).collect()
    }

    async fn host(&self) -> HostState {
        let mut tx = self.stage.node.node().store.read().await.unwrap();
        tx.host(self.stage.server.host()).await.unwrap().unwrap()
    }
}

/// Mallory of another server, whose inbox is said to be on this one.
fn mallory(evil: &Server, inbox: String) -> Value {
    let mut mallory = evil.actor_at("/users/mallory", "mallory");
    mallory["inbox"] = json!(inbox);
    evil.publish(&mallory);
    evil.finger("mallory", mallory["id"].as_str().unwrap());
    mallory
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_calls_an_inbox_of_another_server_theirs_holds_up_nobody_there() {
    let stage = Stage::empty().await;
    let (evil, node) = (Server::start("evil").await, stage.node.node());
    let mallory = mallory(&evil, stage.server.url("/aaa"));
    stage.server.judges(|seen| (seen.target == "/aaa").then_some(Reply::Status(503)));
    let follow = evil.activity("Follow", &mallory, json!(stage.alice().uri().await));
    assert_eq!(stage.send_from(&evil, &follow).await.status, 202);
    eventually("it is tried", || async { (!stage.server.posts().is_empty()).then_some(()) }).await;
    stage.follows_alice(&stage.server.person("bob")).await;
    stage.alice().says("Hello").await;
    eventually("bob's server is told", || async {
        stage.server.posts().iter().any(|(inbox, told)| inbox == "/inbox" && told["type"] == "Create").then_some(())
    })
    .await;

    let lane = format!("{} for {}", stage.server.host(), evil.host());
    let waiting = async || node.store.read().await.unwrap().waiting_hosts().await.unwrap();
    for blocked in [&stage.server, &evil] {
        stage.alice().says("Hello again").await;
        eventually("only mallory waits", || async { (waiting().await == [lane.clone()]).then_some(()) }).await;
        let rule = DomainRule::new(blocked.host(), "suspend", 5);
        let mut tx = node.store.begin().await.unwrap();
        domains::set(node, &mut tx, "olga", &rule).await.unwrap();
        node.commit(tx).await.unwrap();
        assert!(waiting().await.is_empty(), "nothing goes to {} or for it", blocked.host());
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_host_was_down_another_inbox_is_tried_first() {
    let scene = ByHand::start().await;
    scene.stage.server.judges(|seen| (seen.target == "/users/ann/inbox").then_some(Reply::Status(503)));
    scene.follows("ann").await;
    scene.follows("bob").await;
    assert_eq!(scene.turn(0).await, ["/users/ann/inbox"]);
    assert_eq!(scene.attempts().await, [1, 0]);
    assert_eq!(scene.turn(MINUTE).await, ["/users/bob/inbox", "/users/ann/inbox"]);
    assert_eq!(scene.attempts().await, [2], "the host was up");
    scene.stage.alice().says("Hello").await;
    assert_eq!(scene.turn(MINUTE).await, ["/inbox"]);
    assert_eq!(scene.turn(4 * MINUTE).await, ["/users/ann/inbox"]);
    scene.stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_costs_one_attempt_and_changes_no_order() {
    let scene = ByHand::start().await;
    let server = &scene.stage.server;
    scene.follows("ann").await;
    scene.follows("bob").await;
    for text in ["one", "two", "three"] {
        scene.stage.alice().says(text).await;
    }
    server.answers(Some(Reply::Status(503)));
    let mut tried = Vec::new();
    for _ in 0..6 {
        tried.extend(scene.turn(HOUR).await);
    }
    assert_eq!(tried.iter().collect::<BTreeSet<_>>().len(), 3, "each inbox has its turn: {tried:?}");
    assert_eq!(scene.attempts().await, [1, 0, 0, 0, 0]);
    server.answers(None);
    assert_eq!(scene.turn(8 * HOUR).await.len(), 5);
    let told: Vec<Value> =
        server.received("Create").into_iter().map(|create| create["object"]["content"].clone()).collect();
    assert_eq!(told, [json!("<p>one</p>"), json!("<p>two</p>"), json!("<p>three</p>")]);
    assert!(scene.waiting().await.is_empty() && scene.host().await.failing_since.is_none());
    scene.stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_answer_for_seven_days_is_given_up() {
    let scene = ByHand::start().await;
    scene.follows("ann").await;
    scene.follows("bob").await;
    scene.stage.server.answers(Some(Reply::Status(503)));
    for _ in 0..22 {
        assert_eq!(scene.turn(8 * HOUR).await.len(), 1);
        assert!(scene.host().await.dead_since.is_none() && scene.waiting().await.len() == 2);
    }
    assert_eq!(scene.turn(DAY).await.len(), 1);
    assert!(scene.host().await.dead_since.is_some() && scene.waiting().await.is_empty());
    scene.stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_lives_is_not_given_up_for_what_failed_long_ago() {
    let scene = ByHand::start().await;
    let server = &scene.stage.server;
    scene.follows("ann").await;
    // The last of its tries is answered in the end.
    for (status, tries) in [(503, 1), (500, 8)] {
        server.answers(Some(Reply::Status(status)));
        for _ in 0..tries {
            assert_eq!(scene.turn(2 * DAY).await.len(), 1, "{status}");
        }
        assert_eq!(scene.host().await.failing_since.is_some(), status == 503);
    }
    assert!(scene.waiting().await.is_empty());
    scene.clock.advance(8 * DAY);
    scene.stage.alice().says("Hello").await;
    server.answers(Some(Reply::Status(503)));
    assert_eq!(scene.turn(0).await, ["/inbox"]);
    assert!(scene.host().await.dead_since.is_none());
    server.answers(None);
    assert_eq!(scene.turn(8 * HOUR).await, ["/inbox"]);
    scene.stage.end().await;
}
