//! Units of work: all or nothing, whoever goes away. SQLite's writers share their commits; what one of them does is nobody
//! else's loss.

use std::future::Future;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use sqlx::Executor as _;
use storage::{Error, Options, Store};
use suite::db::{Db, Engine};
use suite::node::eventually;
use suite::on_both;
use tokio::task::JoinSet;

/// Sets one name in a unit of work of its own.
async fn write(store: &Store, name: &str) -> Result<(), Error> {
    let mut tx = store.begin().await?;
    tx.put_setting(name, "1").await?;
    tx.commit().await
}

async fn is_set(store: &Store, name: &str) -> bool {
    store.read().await.unwrap().setting(name).await.unwrap().is_some()
}

/// Another process on the same file can write, and soon.
async fn others_can_write(db: &Db) {
    let other = db.again().await;
    tokio::time::timeout(Duration::from_secs(30), write(&other, "other"))
        .await
        .expect("the writer is free within a second")
        .unwrap();
}

/// Polls a future until it is done or was pending `times` times, then drops it.
async fn give_up_after<F: Future>(times: usize, work: F) -> Option<F::Output> {
    let mut work = pin!(work);
    let mut pending = 0;
    std::future::poll_fn(|cx| match work.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if pending == times => Poll::Ready(None),
        Poll::Pending => {
            pending += 1;
            Poll::Pending
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_writers_share_their_commits_and_all_are_on_disk() {
    const WRITERS: usize = 300;
    let db = Db::fresh(Engine::Sqlite).await;
    let mut writers = JoinSet::new();
    for i in 0..WRITERS {
        let store = db.store.clone();
        writers.spawn(async move { write(&store, &format!("w{i}")).await });
    }
    while let Some(done) = writers.join_next().await {
        done.unwrap().unwrap();
    }
    // The files as a crash would leave them: nothing closed, nothing checkpointed.
    let crashed = tempfile::tempdir().unwrap();
    for file in ["outloud.db", "outloud.db-wal"] {
        std::fs::copy(db.folder().join(file), crashed.path().join(file)).unwrap();
    }
    let frames = (std::fs::metadata(crashed.path().join("outloud.db-wal")).unwrap().len() - 32) / (4096 + 24);
    assert!(
        frames < WRITERS as u64,
        "each commit of one writer alone writes two pages at least, and these wrote {frames}"
    );
    let after =
        Store::open(&Options::new(format!("sqlite://{}", crashed.path().join("outloud.db").display()))).await.unwrap();
    for i in 0..WRITERS {
        assert!(is_set(&after, &format!("w{i}")).await, "writer {i} was told that its work is on disk");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_gives_up_or_fails_leaves_the_others_alone() {
    let db = Db::fresh(Engine::Sqlite).await;
    let mut writers = JoinSet::new();
    for i in 0..90 {
        let store = db.store.clone();
        writers.spawn(async move {
            let mut tx = store.begin().await.unwrap();
            tx.put_setting(&format!("w{i}"), "1").await.unwrap();
            match i % 3 {
                0 => tx.commit().await.unwrap(),
                1 => drop(tx),
                _ => {
                    assert!(tx.tag_post(99, 99).await.is_err(), "there is no such tag");
                    assert!(matches!(tx.setting("w0").await, Err(Error::Undone)), "what failed is over");
                    assert!(matches!(tx.commit().await, Err(Error::Undone)));
                }
            }
        });
    }
    while let Some(done) = writers.join_next().await {
        done.unwrap();
    }
    others_can_write(&db).await;
    for i in 0..90 {
        assert_eq!(is_set(&db.store, &format!("w{i}")).await, i % 3 == 0, "writer {i}");
    }
}

on_both! {
    async fn a_caller_that_goes_away_at_any_point_leaves_nothing_open_and_nothing_half_done(db: Db) {
        let mut finished = 0;
        for times in 0..30 {
            let (a, b) = (format!("a{times}"), format!("b{times}"));
            let work = async {
                let mut tx = db.store.begin().await.unwrap();
                tx.put_setting(&a, "1").await.unwrap();
                tx.put_setting(&b, "1").await.unwrap();
                tx.commit().await.unwrap();
            };
            let done = give_up_after(times, work).await.is_some();
            others_can_write(&db).await;
            write(&db.store, "ours").await.unwrap();
            let (a, b) = (is_set(&db.store, &a).await, is_set(&db.store, &b).await);
            assert_eq!(a, b, "given up after {times}: both or neither");
            assert!(a || !done, "acknowledged is there");
            finished += usize::from(done);
        }
        assert!(finished > 0, "some were not given up");
        // On a busy machine a server may have answered each time before anybody looked.
        assert!(finished < 30 || db.engine == Engine::Postgres, "some were given up");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_fails_fails_for_everybody_who_shared_it() {
    let db = Db::fresh(Engine::Sqlite).await;
    let mut raw = db.sqlite().await;
    raw.execute("create table late (id integer references settings (name) deferrable initially deferred)")
        .await
        .unwrap();
    raw.execute(
        "create trigger late after insert on settings when new.name = 'bad' begin insert into late values (-1); end",
    )
    .await
    .unwrap();
    let mut first = db.store.begin().await.unwrap();
    first.put_setting("good", "1").await.unwrap();
    let mut second = pin!(db.store.begin());
    assert!(futures::poll!(second.as_mut()).is_pending(), "it waits for its turn");
    let (first, second) = futures::join!(first.commit(), async {
        let mut second = second.await.unwrap();
        second.put_setting("bad", "1").await.unwrap();
        second.commit().await
    });
    assert!(matches!(first, Err(Error::Commit(_))), "{first:?}");
    assert!(matches!(second, Err(Error::Commit(_))), "{second:?}");
    others_can_write(&db).await;
    write(&db.store, "later").await.unwrap();
    assert!(!is_set(&db.store, "good").await && !is_set(&db.store, "bad").await && is_set(&db.store, "later").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_told_of_success_when_the_database_ended_the_transaction_itself() {
    let db = Db::fresh(Engine::Sqlite).await;
    // What a full disk does.
    db.sqlite().await.execute("create trigger boom before insert on settings when new.name = 'boom' begin select raise(rollback, 'full'); end").await.unwrap();
    let mut first = db.store.begin().await.unwrap();
    first.put_setting("first", "1").await.unwrap();
    let mut second = pin!(db.store.begin());
    assert!(futures::poll!(second.as_mut()).is_pending());
    let (first, ()) = futures::join!(first.commit(), async {
        let mut second = second.await.unwrap();
        assert!(second.put_setting("boom", "1").await.is_err());
        assert!(matches!(second.put_setting("second", "1").await, Err(Error::Undone)), "nothing may stand by itself");
    });
    assert!(matches!(first, Err(Error::Commit(_))), "{first:?}");
    others_can_write(&db).await;
    write(&db.store, "later").await.unwrap();
    assert!(!is_set(&db.store, "first").await && !is_set(&db.store, "second").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_dropped_outside_a_runtime_is_undone_all_the_same() {
    let db = Db::fresh(Engine::Sqlite).await;
    let mut tx = db.store.begin().await.unwrap();
    tx.put_setting("dropped", "1").await.unwrap();
    std::thread::scope(|threads| threads.spawn(move || drop(tx)).join().unwrap());
    write(&db.store, "next").await.unwrap();
    assert!(!is_set(&db.store, "dropped").await && is_set(&db.store, "next").await);
    others_can_write(&db).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_file_stands_alone() {
    let db = Db::fresh(Engine::Sqlite).await;
    write(&db.store, "a").await.unwrap();
    db.store.close().await;
    let copy = tempfile::tempdir().unwrap();
    std::fs::copy(db.folder().join("outloud.db"), copy.path().join("outloud.db")).unwrap();
    let opened =
        Store::open(&Options::new(format!("sqlite://{}", copy.path().join("outloud.db").display()))).await.unwrap();
    assert!(is_set(&opened, "a").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_statement_undoes_the_work_on_postgres_too() {
    if !Engine::Postgres.is_there() {
        return;
    }
    let db = Db::fresh(Engine::Postgres).await;
    let mut tx = db.store.begin().await.unwrap();
    tx.put_setting("a", "1").await.unwrap();
    assert!(tx.tag_post(99, 99).await.is_err());
    assert!(matches!(tx.commit().await, Err(Error::Undone)), "its COMMIT would say that all is well");
    assert!(!is_set(&db.store, "a").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_two_engines_are_opened() {
    assert!(matches!(Store::open(&Options::new("mysql://x")).await, Err(Error::BadUrl(_))));
    assert!(Store::open(&Options::new("sqlite:///nowhere/at/all.db")).await.is_err());
}

on_both! {
    async fn a_version_stands_until_something_is_committed_by_whomever(db: Db) {
        let store = &db.store;
        write(store, "a").await.unwrap();
        // PostgreSQL counts for the whole server, on which other tests write, too.
        eventually("who reads changes nothing", || async {
            let before = store.version().await.unwrap();
            assert!(is_set(store, "a").await);
            (store.version().await.unwrap() == before).then_some(())
        })
        .await;
        let before = store.version().await.unwrap();
        write(store, "b").await.unwrap();
        let after = store.version().await.unwrap();
        assert_ne!(after, before);
        let other = db.again().await;
        store.notice_others().await.unwrap();
        let before = store.version().await.unwrap();
        write(&other, "c").await.unwrap();
        store.notice_others().await.unwrap();
        assert_ne!(store.version().await.unwrap(), before, "nor is another process overlooked");
        eventually("who looks changes nothing", || async {
            let before = store.version().await.unwrap();
            store.notice_others().await.unwrap();
            (store.version().await.unwrap() == before).then_some(())
        })
        .await;
    }
}
