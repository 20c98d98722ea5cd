//! What a worker that dies leaves is taken up by the next, and by nobody before its time.

use std::collections::BTreeMap;

use federation::{deliver, jobs};
use model::clock::{Clock, HOUR};
use node::jobs::Job;
use serde_json::Value;
use storage::{Event, NewJob};
use suite::db::{Db, Engine};
use suite::fediverse::{Reply, Server, Stage};
use suite::node::{Options, eventually};
use suite::process::{NodeProcess, client};

/// How often each activity came to each inbox.
fn copies(server: &Server) -> BTreeMap<(String, String), usize> {
    let mut copies = BTreeMap::new();
    for (inbox, activity) in server.posts() {
        *copies.entry((inbox, activity["id"].as_str().unwrap().to_owned())).or_default() += 1;
    }
    copies
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_worker_had_that_died_is_done_by_another_when_its_lease_is_over() {
    if !Engine::Postgres.is_there() {
        return;
    }
    let clock = Clock::manual(Clock::System.now());
    let options = Options { clock: Some(clock.clone()), no_worker: true, ..Options::default() };
    let stage = Stage::empty_with("elsewhere", Engine::Postgres, options).await;
    let (federation, bob) = (stage.node.federation(), stage.server.person("bob"));
    stage.follows_alice(&bob).await;
    let node = stage.node.node();
    let mut tx = node.store.begin().await.unwrap();
    node::jobs::enqueue(node, &mut tx, &Job::RefreshActor { uri: bob["id"].as_str().unwrap().to_owned() })
        .await
        .unwrap();
    node.commit(tx).await.unwrap();
    stage.server.forget();

    // It is in the middle of both when it dies, and nobody knows whether they came to anything.
    stage.server.answers(Some(Reply::Silence));
    let host = federation.lease_hosts("first", 9).await.unwrap().remove(0);
    let job = federation.lease_jobs(true, 9).await.unwrap().remove(0);
    let begun = async {
        eventually("both are under way", || async { (stage.server.seen().len() == 2).then_some(()) }).await;
    };
    tokio::select! {
        _ = federation.serve_host("first", host) => panic!("it never ends"),
        _ = federation.serve_job(job) => panic!("it never ends"),
        () = begun => {}
    }
    stage.server.answers(None);

    clock.advance(deliver::LEASE - 1);
    assert!(federation.lease_hosts("second", 9).await.unwrap().is_empty());
    clock.advance(1);
    let host = federation.lease_hosts("second", 9).await.unwrap().remove(0);
    assert_eq!(federation.serve_host("second", host).await.unwrap().delivered, 1);
    assert!(federation.lease_jobs(true, 9).await.unwrap().is_empty());
    clock.advance(jobs::LEASE - deliver::LEASE);
    let job = federation.lease_jobs(true, 9).await.unwrap().remove(0);
    federation.serve_job(job).await.unwrap();
    let queue = node.store.read().await.unwrap().queue().await.unwrap();
    assert_eq!((queue.deliveries, queue.jobs), (0, 0));
    assert_eq!(copies(&stage.server).into_values().collect::<Vec<_>>(), [2], "it may have come the first time");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_stops_gives_back_at_once_what_it_cannot_bring_to_an_end() {
    if !Engine::Postgres.is_there() {
        return;
    }
    let options = Options { no_worker: true, ..Options::default() };
    let stage = Stage::empty_with("elsewhere", Engine::Postgres, options).await;
    let (federation, bob) = (stage.node.federation(), stage.server.person("bob"));
    stage.follows_alice(&bob).await;
    let node = stage.node.node();
    let mut tx = node.store.begin().await.unwrap();
    node::jobs::enqueue(node, &mut tx, &Job::RefreshActor { uri: bob["id"].as_str().unwrap().to_owned() })
        .await
        .unwrap();
    node.commit(tx).await.unwrap();
    stage.server.forget();
    stage.server.answers(Some(Reply::Silence));
    let host = federation.lease_hosts("first", 9).await.unwrap().remove(0);
    let job = federation.lease_jobs(true, 9).await.unwrap().remove(0);
    let ends = async {
        eventually("both are under way", || async { (stage.server.seen().len() == 2).then_some(()) }).await;
        node.shutdown.begun.cancel();
        node.shutdown.over.cancel();
    };
    let (sent, done, ()) = tokio::join!(federation.serve_host("first", host), federation.serve_job(job), ends);
    assert_eq!(sent.unwrap(), deliver::Sent::default());
    done.unwrap();
    assert_eq!(federation.lease_hosts("second", 9).await.unwrap().len(), 1);
    assert_eq!(federation.lease_jobs(true, 9).await.unwrap()[0].attempts, 1, "that was no attempt");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_a_host_while_the_clock_is_set_back_gives_it_back() {
    let clock = Clock::manual(Clock::System.now());
    let options = Options { clock: Some(clock.clone()), no_worker: true, ..Options::default() };
    let stage = Stage::empty_with("elsewhere", Engine::Sqlite, options).await;
    let (federation, bob) = (stage.node.federation(), stage.server.person("bob"));
    stage.follows_alice(&bob).await;
    for text in ["one", "two"] {
        stage.alice().says(text).await;
    }
    let was = clock.now();
    let host = federation.lease_hosts("first", 9).await.unwrap().remove(0);
    clock.advance(-HOUR);
    federation.clock_was_set_back(was).await.unwrap();
    let first = federation.serve_host("first", host).await.unwrap();
    assert_eq!(first.delivered, 0, "its lease ends sooner than it thinks");
    let host = federation.lease_hosts("second", 9).await.unwrap().remove(0);
    assert_eq!(federation.serve_host("second", host).await.unwrap().delivered, 3);
    stage.end().await;
}

/// A node of one process that serves the web, and two that work, with bob elsewhere who follows alice.
struct Three {
    web: NodeProcess,
    workers: [NodeProcess; 2],
    http: reqwest::Client,
    token: String,
    server: Server,
    db: Db,
}

impl Three {
    async fn prepare() -> Option<Self> {
        if !Engine::Postgres.is_there() {
            return None;
        }
        let (db, http, server) = (Db::fresh(Engine::Postgres).await, client(), Server::start("elsewhere").await);
        let mut web = NodeProcess::prepare(&db).await.role("web");
        let workers = [web.beside().await.role("worker"), web.beside().await.role("worker")];
        web.start(&http).await;
        let member = ["member", "add", "alice", "--email", "alice@example.org", "--password-stdin"];
        web.run(&member, "correct horse\n").await;
        let token = web.run(&["token", "issue", "alice"], "").await;
        Some(Self { web, workers, http, token, server, db })
    }

    /// Says something to somebody on the other server, who is looked up first.
    async fn tells(&self, name: &str, text: &str) {
        let status = format!("@{name}@{} {text}", self.server.host());
        let request = self.http.post(format!("http://{}/api/v1/statuses", self.web.address)).bearer_auth(&self.token);
        let body = serde_json::json!({"status": status}).to_string();
        let answer = request.header("content-type", "application/json").body(body).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    async fn has_job(&self, job: &Job) {
        let payload = serde_json::to_string(job).unwrap();
        let job =
            NewJob { id: 1, kind: "refresh_actor", payload: &payload, dedupe: None, asks_others: true, run_at: 0 };
        let mut tx = self.db.store.begin().await.unwrap();
        assert!(tx.insert_job(&job, 0).await.unwrap());
        tx.commit().await.unwrap();
    }

    /// Deliveries and jobs.
    async fn waiting(&self) -> i64 {
        let queue = self.db.store.read().await.unwrap().queue().await.unwrap();
        queue.deliveries + queue.jobs
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_killed_in_the_middle_leaves_nothing_undone() {
    let Some(mut three) = Three::prepare().await else { return };
    let bob = three.server.person("bob")["id"].as_str().unwrap().to_owned();
    three.tells("bob", "Are you there?").await;
    three.has_job(&Job::RefreshActor { uri: bob.clone() }).await;
    three.server.forget();
    three.server.answers(Some(Reply::Silence));
    three.workers[0].start(&three.http).await;
    eventually("both are under way", || async {
        (three.server.posts().len() == 1 && three.server.gets().len() == 1).then_some(())
    })
    .await;
    three.workers[0].kill().await;
    three.server.answers(None);
    three.workers[1].start(&three.http).await;
    // The leases of the dead are over.
    let mut connection = three.db.postgres().await;
    for over in [
        "update hosts set lease_until = 0, next_at = 1 where lease_until > 0",
        "update jobs set lease_until = 0, run_at = 1 where lease_until > 0",
    ] {
        let ended = sqlx::query(over).execute(&mut connection).await.unwrap().rows_affected();
        assert_eq!(ended, 1, "it had it, and died with it: {over}");
    }
    three.db.store.bell().ring(Event::Work).await;
    eventually("nothing waits", || async { (three.waiting().await == 0).then_some(()) }).await;
    let came: Vec<Value> = three.server.received("Create");
    assert!(came.len() == 2 && came[0] == came[1], "{came:#?}");
    assert_eq!(three.server.gets().iter().filter(|target| bob.ends_with(target.as_str())).count(), 2);
    three.workers[1].terminate().await;
    three.web.terminate().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_never_send_the_same() {
    let Some(mut three) = Three::prepare().await else { return };
    for worker in &mut three.workers {
        worker.start(&three.http).await;
    }
    for name in ["bob", "cleo"] {
        three.server.person(name);
    }
    let posts = (0..20).map(|n| three.tells(if n % 2 == 0 { "bob" } else { "cleo" }, "Once"));
    futures::future::join_all(posts).await;
    eventually("nothing waits", || async { (three.waiting().await == 0).then_some(()) }).await;
    let copies = copies(&three.server);
    assert!(copies.len() == 20 && copies.values().all(|n| *n == 1), "{copies:#?}");
    for worker in &mut three.workers {
        worker.terminate().await;
    }
    three.web.terminate().await;
}
