//! PostgreSQL is away for a while: who asks is told to come again, nothing is lost, and everything goes on by itself.

use std::time::{Duration, Instant};

use storage::{Options, Store};
use suite::cable::Cable;
use suite::db::{Db, Engine};
use suite::node::{TestNode, eventually};
use suite::process::{NodeProcess, client};

use super::{acknowledged, are_there, is_full};

/// A way to this database that can be cut.
async fn way_to(db: &Db) -> (Cable, String) {
    let mut url = url::Url::parse(&db.url).unwrap();
    let cable = Cable::before(format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432))).await;
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(cable.address.port())).unwrap();
    (cable, url.into())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_long_where_the_network_swallows_what_is_said() {
    if !Engine::Postgres.is_there() {
        return;
    }
    let db = Db::fresh(Engine::Postgres).await;
    let (cable, url) = way_to(&db).await;
    let second = Duration::from_secs(1);
    let options = Options { connections: 6, patience: second, longest: second, ..Options::new(url) };
    let store = Store::open(&options).await.unwrap();
    // Whoever is in the middle of their work, and connections that nobody uses.
    let mut tx = store.begin().await.unwrap();
    let idle = futures::future::join_all((0..4).map(|_| store.read())).await;
    drop(idle);
    cable.fall_silent();
    let asked = Instant::now();
    let error = tx.ping().await.unwrap_err();
    assert!(error.is_away() && error.is_temporary(), "{error}");
    drop(tx);
    assert!(asked.elapsed() < 2 * second, "{:?}", asked.elapsed());
    let asked = Instant::now();
    assert!(store.read().await.err().unwrap().is_away());
    assert!(asked.elapsed() < 2 * second, "{:?}", asked.elapsed());
    cable.plug_in();
    store.read().await.unwrap().ping().await.unwrap();
}

/// As a machine does that loses its power, or a process that is stopped in the middle of something.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_stands_still_in_the_middle_of_something_lets_go_of_it() {
    if !Engine::Postgres.is_there() {
        return;
    }
    let db = Db::fresh(Engine::Postgres).await;
    let longest = Duration::from_millis(500);
    let store = Store::open(&Options { longest, ..Options::new(&db.url) }).await.unwrap();
    let mut still = store.begin().await.unwrap();
    still.put_setting("one", "still").await.unwrap();
    eventually("the others go on", || async {
        let mut tx = store.begin().await.unwrap();
        match tx.put_setting("one", "other").await {
            Ok(()) => tx.commit().await.ok(),
            Err(error) => {
                assert!(error.is_away() && error.is_temporary(), "{error}");
                None
            }
        }
    })
    .await;
    let error = still.commit().await.unwrap_err();
    assert!(error.is_away() && error.is_temporary(), "{error}");
    assert_eq!(store.read().await.unwrap().setting("one").await.unwrap().as_deref(), Some("other"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_database_is_away_others_are_asked_to_come_again_and_then_all_goes_on() {
    if !Engine::Postgres.is_there() {
        return;
    }
    let (db, http) = (Db::fresh(Engine::Postgres).await, client());
    let (proxy, url) = way_to(&db).await;
    let mut node = NodeProcess::prepare_on(&url).await;
    node.start(&http).await;
    let alice = node.member(&http, "alice").await;
    let other = TestNode::start(Engine::Sqlite).await;
    let bob = other.member("bob").await;
    bob.follows(&format!("@alice@{}", node.origin.trim_start_matches("https://"))).await;
    let mut posts = vec![acknowledged(&alice, "Before").await];
    eventually("it arrives", || async { bob.home().await.into_iter().find(|p| p.content.contains("Before")) }).await;

    // Some are under way when it goes.
    let busy = futures::future::join_all((0..40).map(|n| {
        let alice = alice.clone();
        async move { alice.says(&format!("Just now {n}"), &[]).await }
    }));
    let going = async {
        tokio::time::sleep(Duration::from_millis(60)).await;
        proxy.pull_out();
    };
    let (said, ()) = tokio::join!(busy, going);
    for said in said.into_iter().flatten() {
        match said.status {
            200 => posts.push(super::id(&said.json())),
            status => assert_eq!((status, said.wait), (503, Some(5)), "{}", node.log()),
        }
    }
    let answer = bob.replies(&bob.home().await[0], "Are you there?").await;
    let away = Instant::now();
    let lasts = Duration::from_secs(if is_full() { 60 } else { 2 });
    let mut slowest = Duration::ZERO;
    loop {
        let asked = Instant::now();
        let (said, read, health) = tokio::join!(
            alice.says("Nobody hears this", &[]),
            alice.get("/api/v1/timelines/public"),
            alice.get("/healthz")
        );
        for said in [said, read, health] {
            assert_eq!(said.unwrap().status, 503);
        }
        slowest = slowest.max(asked.elapsed());
        if away.elapsed() > lasts {
            break;
        }
    }
    assert!(slowest < Duration::from_secs(8), "{slowest:?}");
    proxy.plug_in();
    let back = Instant::now();
    eventually("it is there again", || async { node.is_healthy(&http).await.then_some(()) }).await;
    assert!(back.elapsed() < Duration::from_secs(4), "{:?}", back.elapsed());
    are_there(&alice, &posts).await;
    posts.push(acknowledged(&alice, "After").await);
    for text in ["Just now", "After"] {
        let found = async || bob.home().await.into_iter().find(|p| p.content.contains(text));
        if text == "After" || posts.len() > 2 {
            eventually("what was posted arrives", &found).await;
        }
    }
    // As its own waiting time would have it.
    let over = "update deliveries set next_at = 0; update hosts set not_before = 0, fail_count = 0, next_at = 1 where lease_until = 0";
    sqlx::raw_sql(over).execute(&mut other.db.sqlite().await).await.unwrap();
    let store = db.again().await;
    eventually("what was sent meanwhile arrives", || async {
        store.read().await.unwrap().post_by_uri(&answer.uri).await.unwrap()
    })
    .await;
    node.is_whole().await;
    assert!(!node.log().contains("panicked"), "{}", node.log());
    node.kill().await;
    other.running.stop().await;
}
