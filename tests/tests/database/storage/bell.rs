//! What is rung when something is committed, and who hears it.

use std::time::{Duration, Instant};

use futures::FutureExt as _;
use sqlx::postgres::PgListener;
use storage::{DomainRule, Event, Events, Live, Store};
use suite::db::{Db, Engine};
use suite::node::eventually;
use suite::on_both;
use tokio::task::JoinSet;

use super::NOW;
use super::jobs::job;

async fn add_job(store: &Store, id: i64) {
    let mut tx = store.begin().await.unwrap();
    tx.insert_job(&job(id, "{}", None, NOW), NOW).await.unwrap();
    tx.commit().await.unwrap();
}

/// Those that were rung until now.
fn heard(events: &mut Events) -> Vec<Event> {
    std::iter::from_fn(|| events.next().now_or_never()).collect()
}

on_both! {
    async fn what_is_committed_is_rung_and_nothing_else(db: Db) {
        let (mut events, mut live) = (db.store.bell().listen(), db.store.bell().listen_live());
        let mut tx = db.store.begin().await.unwrap();
        tx.insert_job(&job(1, "{}", None, NOW), NOW).await.unwrap();
        tx.put_domain_rule(&DomainRule::new("bad.example", "suspend", NOW)).await.unwrap();
        assert_eq!(heard(&mut events), [], "it may never be committed");
        drop(tx);
        let mut tx = db.store.begin().await.unwrap();
        tx.put_setting("colour", "green").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(heard(&mut events), [], "nobody waits for that");
        let mut tx = db.store.begin().await.unwrap();
        tx.put_domain_rule(&DomainRule::new("bad.example", "suspend", NOW)).await.unwrap();
        tx.insert_job(&job(1, "{}", None, NOW), NOW).await.unwrap();
        tx.insert_job(&job(2, "{}", None, NOW), NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(heard(&mut events), [Event::Rules, Event::Work]);
        let mut tx = db.store.begin().await.unwrap();
        assert!(tx.delete_domain_rule("bad.example").await.unwrap());
        tx.ring(Event::Live(Live::Posted { post: 8 }));
        tx.commit().await.unwrap();
        assert_eq!(heard(&mut events), [Event::Rules]);
        assert_eq!(live.waiting(9), [Event::Rules, Event::Rules, Event::Live(Live::Posted { post: 8 })]);
    }
}

/// Two processes on one database of PostgreSQL, which hear each other.
struct Two {
    db: Db,
    other: Store,
    _tasks: JoinSet<()>,
}

impl Two {
    async fn start() -> Option<Self> {
        if !Engine::Postgres.is_there() {
            return None;
        }
        let db = Db::fresh(Engine::Postgres).await;
        let other = db.again().await;
        let mut tasks = JoinSet::new();
        for (store, name) in [(db.store.clone(), "one"), (other.clone(), "other")] {
            tasks.spawn(async move { store.bell().attend(name).await });
        }
        let two = Self { db, other, _tasks: tasks };
        two.hear_each_other().await;
        Some(two)
    }

    async fn hear_each_other(&self) {
        eventually("they hear each other", || async {
            (self.db.store.bell().is_heard() && self.other.bell().is_heard()).then_some(())
        })
        .await;
    }
}

async fn next(events: &mut Events) -> Event {
    tokio::time::timeout(Duration::from_secs(10), events.next()).await.expect("something is rung")
}

#[tokio::test(flavor = "multi_thread")]
async fn another_process_hears_what_is_committed_here_and_nobody_hears_themselves_twice() {
    let Some(two) = Two::start().await else { return };
    let (mut here, mut there) = (two.db.store.bell().listen(), two.other.bell().listen());
    add_job(&two.db.store, 1).await;
    assert_eq!(next(&mut there).await, Event::Work);
    two.other.bell().ring(Event::Rules).await;
    // What is told comes in the order in which it was sent.
    assert_eq!([next(&mut here).await, next(&mut here).await], [Event::Work, Event::Rules]);
    let (mut here, mut there) = (two.db.store.bell().listen_live(), two.other.bell().listen_live());
    let live = |post| Event::Live(Live::Posted { post });
    two.db.store.bell().ring(live(1)).await;
    assert_eq!(next(&mut there).await, live(1));
    two.other.bell().ring(live(2)).await;
    assert_eq!([next(&mut here).await, next(&mut here).await], [live(1), live(2)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_beside_the_node_is_heard_though_it_ends_at_once() {
    let Some(two) = Two::start().await else { return };
    let mut there = two.other.bell().listen();
    let command = two.db.again().await;
    add_job(&command, 1).await;
    command.close().await;
    assert_eq!(next(&mut there).await, Event::Work);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_lost_the_connection_is_told_that_something_may_be_missed_and_hears_again() {
    let Some(two) = Two::start().await else { return };
    let mut there = two.other.bell().listen();
    let ended: i64 = sqlx::query_scalar(
        "select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity \
         where datname = current_database() and query like 'LISTEN%' and pid <> pg_backend_pid()",
    )
    .fetch_one(&mut two.db.postgres().await)
    .await
    .unwrap();
    assert_eq!(ended, 2);
    assert_eq!(next(&mut there).await, Event::Gap);
    two.hear_each_other().await;
    add_job(&two.db.store, 1).await;
    assert_eq!(next(&mut there).await, Event::Work);
}

#[tokio::test(flavor = "multi_thread")]
async fn however_much_is_rung_little_is_sent() {
    let Some(two) = Two::start().await else { return };
    let mut listener = PgListener::connect(&two.db.url).await.unwrap();
    listener.listen("outloud").await.unwrap();
    let started = Instant::now();
    for id in 1..300 {
        add_job(&two.db.store, id).await;
    }
    two.db.store.bell().ring(Event::Rules).await;
    let mut sent = 1;
    while !listener.recv().await.unwrap().payload().contains("rules") {
        sent += 1;
    }
    let most = started.elapsed().as_millis() / 50 + 2;
    assert!(sent <= most, "{sent} in {:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_wants_a_database_for_themselves_is_told_whether_somebody_serves_it() {
    for engine in [Engine::Sqlite, Engine::Postgres].into_iter().filter(|e| e.is_there()) {
        let db = Db::fresh(engine).await;
        let is_alone = async || db.store.alone().await.unwrap().is_some();
        assert!(is_alone().await);
        if engine == Engine::Sqlite {
            continue;
        }
        let other = db.again().await;
        let mut serving = JoinSet::new();
        serving.spawn(async move { other.bell().attend("other").await });
        eventually("it serves", || async { (!is_alone().await).then_some(()) }).await;
        drop(serving);
        eventually("it has ended", || async { is_alone().await.then_some(()) }).await;
        // Its connections say so, too, until they are closed: also while the bell's is made again, and when nobody attends any more.
        let serving = db.again().await;
        eventually("it serves again", || async { serving.serve().await.unwrap().then_some(()) }).await;
        assert!(!is_alone().await);
        drop(serving.read().await.unwrap());
        serving.close().await;
        eventually("it is closed", || async { is_alone().await.then_some(()) }).await;
        let late = db.again().await;
        let mut alone = None;
        while alone.is_none() {
            alone = db.store.alone().await.unwrap();
        }
        assert!(!late.serve().await.unwrap(), "somebody has it for themselves");
        assert!(alone.as_mut().unwrap().held().await);
        drop(alone);
        eventually("it can be served", || async { late.read().await.is_ok().then_some(()) }).await;
        assert!(!is_alone().await);
    }
}
