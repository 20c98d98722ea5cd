//! The clock jumps a day ahead or back, and later back to where it was.

use model::clock::{Clock, DAY, MINUTE, SECOND};
use outloud::progress::Progress;
use serde_json::json;
use suite::db::Db;
use suite::fediverse::{Letter, Reply, Stage};
use suite::node::{Options, eventually};
use suite::on_both;

/// A scene with a clock of its own, on which bob elsewhere follows alice.
async fn stage(db: Db, clock: &Clock) -> (Stage, serde_json::Value) {
    let options = Options { clock: Some(clock.clone()), ..Options::default() };
    let stage = Stage::empty_with("elsewhere", db.engine, options).await;
    let bob = stage.server.person("bob");
    stage.follows_alice(&bob).await;
    stage.node.idle().await;
    stage.server.forget();
    (stage, bob)
}

/// What a check of everything finds wrong.
async fn is_whole(stage: &Stage) {
    let mut wrong = Vec::new();
    let mut tell = |finding: outloud::check::Finding| wrong.extend(finding.problem);
    outloud::check::deep::all(stage.node.node(), &mut tell, &mut Progress::default()).await.unwrap();
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// How many minutes by the node's clock until it has delivered this post.
async fn minutes_until_it_comes(stage: &Stage, clock: &Clock, uri: &str) -> i64 {
    let came = || stage.server.received("Create").iter().any(|c| c["object"]["id"] == json!(uri));
    for minutes in 0..60 {
        // The worker looks once a second whether the clock has moved.
        for _ in 0..150 {
            if came() {
                return minutes;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        clock.advance(MINUTE);
    }
    panic!("it does not come");
}

on_both! {
    async fn after_a_day_in_the_future_nothing_waits_for_tomorrow(db: Db) {
        let clock = Clock::manual(Clock::System.now());
        let (stage, _) = stage(db, &clock).await;
        stage.server.answers(Some(Reply::Status(500)));
        let first = stage.alice().says("Today").await;
        eventually("it is tried, and that is written down", || async {
            let mut tx = stage.node.node().store.read().await.unwrap();
            let waiting = tx.deliveries_of_host(stage.server.host(), 10).await.unwrap();
            let host = tx.host(stage.server.host()).await.unwrap();
            (host.is_some() && waiting.iter().any(|d| d.attempts == 1)).then_some(())
        })
        .await;
        clock.advance(DAY);
        let tried = stage.server.posts().len();
        let second = stage.alice().says("Tomorrow").await;
        eventually("it is tried again", || async { (stage.server.posts().len() > tried).then_some(()) }).await;
        stage.node.node().store.read().await.unwrap().ping().await.unwrap();
        assert!(stage.server.posts().len() < 10, "no storm: {}", stage.server.posts().len());
        clock.advance(-DAY);
        stage.server.answers(None);
        let third = stage.alice().says("Today again").await;
        assert!(first.id < second.id && second.id < third.id, "ids never go back");
        assert!(third.created_at < second.created_at);
        for post in [&first, &second, &third] {
            let minutes = minutes_until_it_comes(&stage, &clock, &post.uri).await;
            assert!(minutes <= 15, "{minutes}");
        }
        stage.node.idle().await;
        for post in [&first, &second, &third] {
            let came = stage.server.received("Create").into_iter().filter(|c| c["object"]["id"] == json!(post.uri)).count();
            assert!(came >= 1);
            assert_eq!(stage.alice().home().await.iter().filter(|p| p.id == post.id).count(), 1);
        }
        is_whole(&stage).await;
        stage.end().await;
    }

    async fn a_clock_that_was_put_right_while_nobody_worked_is_noticed_at_the_start(db: Db) {
        let clock = Clock::manual(Clock::System.now());
        let options = Options { clock: Some(clock.clone()), no_worker: true, ..Options::default() };
        let stage = Stage::empty_with("elsewhere", db.engine, options).await;
        let (federation, node) = (stage.node.federation(), stage.node.node());
        stage.follows_alice(&stage.server.person("bob")).await;
        stage.server.answers(Some(Reply::Status(500)));
        clock.advance(DAY);
        node::housekeeping::round(node, || true).await.unwrap();
        let host = federation.lease_hosts("past", 9).await.unwrap().remove(0);
        assert_eq!(federation.serve_host("past", host).await.unwrap().failed, 1);
        clock.advance(-DAY);
        stage.server.answers(None);
        stage.server.forget();

        let mut works = tokio::task::JoinSet::new();
        works.spawn(outloud::worker::run(federation.clone()));
        let brought = || async {
            let waiting = node.store.read().await.unwrap().deliveries_of_host(stage.server.host(), 9).await.unwrap();
            waiting.iter().all(|delivery| delivery.next_at <= clock.now() + MINUTE).then_some(())
        };
        eventually("what was put off is brought forward", brought).await;
        clock.advance(MINUTE);
        stage.server.receives("Accept").await;
        stage.end().await;
    }

    async fn a_day_in_the_past_others_are_refused_and_heard_when_they_come_again(db: Db) {
        let now = Clock::System.now();
        let clock = Clock::manual(now);
        let (stage, bob) = stage(db, &clock).await;
        clock.advance(-DAY);
        let past = stage.alice().says("Yesterday").await;
        assert_eq!(minutes_until_it_comes(&stage, &clock, &past.uri).await, 0, "others are told at once");
        let like = stage.server.activity("Like", &bob, json!(stage.post.uri)).to_string();
        let key = stage.server.key_of(bob["id"].as_str().unwrap());
        let send = async |at| {
            Letter::post_at(&stage.node, "/inbox", like.clone(), at).signed(&key, stage.style()).send(&stage.node).await.status
        };
        // By our clock the signature is of tomorrow.
        assert_eq!(send(now).await, 401);
        clock.advance(DAY);
        assert_eq!(send(now + SECOND).await, 202);
        assert_eq!(stage.post_now().await.favourites_count, 1);
        let present = stage.alice().says("Today").await;
        assert!(past.id < present.id && past.created_at < present.created_at);
        assert!(minutes_until_it_comes(&stage, &clock, &present.uri).await <= 1);
        stage.node.idle().await;
        is_whole(&stage).await;
        stage.end().await;
    }
}
