//! What a member may have only so many of, when many ask for one more at once. On SQLite writers take turns; on PostgreSQL these
//! really meet.

use futures::future::join_all;
use model::clock::DAY;
use model::hat::Hat;
use model::post::Draft;
use model::subject::Subject;
use model::text::Format;
use node::list::{self, ListChange};
use node::texts::{self, NewAnnouncement};
use node::{hat, react, schedule, subject, tag};
use suite::db::Engine;
use suite::node::{Options, Person, TestNode};

/// How many ask at once for the last place that there is.
const AT_ONCE: usize = 8;

async fn start() -> Option<TestNode> {
    let options = Options { no_worker: true, ..Options::default() };
    match Engine::Postgres.is_there() {
        true => Some(TestNode::start_with(Engine::Postgres, options).await),
        false => None,
    }
}

/// Makes lists of a member; whether each was made.
async fn makes_list(who: &Person<'_>, title: String) -> bool {
    let (node, me) = (who.on.node(), who.account().await);
    let mut tx = node.store.begin().await.unwrap();
    let wanted = ListChange { title: Some(title), ..ListChange::default() };
    let made = list::create(node, &mut tx, &me, &wanted).await.is_ok();
    node.commit(tx).await.unwrap();
    made
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_gets_more_lists_by_asking_often_at_once() {
    let Some(node) = start().await else { return };
    let alice = node.member("alice").await;
    for n in 1..list::LISTS {
        assert!(makes_list(&alice, n.to_string()).await);
    }
    let made = join_all((0..AT_ONCE).map(|n| makes_list(&alice, format!("more {n}")))).await;
    assert_eq!(made.into_iter().filter(|made| *made).count(), 1);
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_pins_more_by_asking_often_at_once() {
    let Some(node) = start().await else { return };
    let alice = node.member("alice").await;
    let pins = async |text: String| {
        let (post, me) = (alice.says(&text).await, alice.account().await);
        let mut tx = node.node().store.begin().await.unwrap();
        let pinned = react::pin(node.node(), &mut tx, &me, &post).await.is_ok();
        node.node().commit(tx).await.unwrap();
        pinned
    };
    for n in 1..react::PINS {
        assert!(pins(n.to_string()).await);
    }
    let pinned = join_all((0..AT_ONCE).map(|n| pins(format!("more {n}")))).await;
    assert_eq!(pinned.into_iter().filter(|pinned| *pinned).count(), 1);
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_schedules_more_for_a_day_by_asking_often_at_once() {
    let Some(node) = start().await else { return };
    let alice = node.member("alice").await;
    let tomorrow = node.node().now() + DAY;
    let (me, row) = (alice.account().await, alice.row().await);
    let schedules = async |n: i64| {
        let draft = Draft { text: n.to_string(), format: Format::Plain, ..Draft::default() };
        schedule::schedule(node.node(), &me, &row, &draft, tomorrow, None).await.is_ok()
    };
    for n in 1..schedule::DAILY {
        assert!(schedules(n).await);
    }
    let made = join_all((100..).take(AT_ONCE).map(schedules)).await;
    assert_eq!(made.into_iter().filter(|made| *made).count(), 1);
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_announcement_gets_no_more_kinds_of_reactions_by_many_at_once() {
    let Some(node) = start().await else { return };
    let alice = node.member("alice").await;
    let me = alice.account().await;
    let mut tx = node.node().store.begin().await.unwrap();
    let new = NewAnnouncement { text: "Tea at four".to_owned(), ..NewAnnouncement::default() };
    let announced = texts::announce(node.node(), &mut tx, "test", &new).await.unwrap();
    node.node().commit(tx).await.unwrap();
    let reacts = async |emoji: &'static str| {
        let mut tx = node.node().store.begin().await.unwrap();
        let reacted = texts::react(&mut tx, &me, announced.id, emoji).await.is_ok();
        node.node().commit(tx).await.unwrap();
        reacted
    };
    for emoji in ["🍵", "☕", "🍰", "🍎", "🍐", "🍊", "🍋"] {
        assert!(reacts(emoji).await);
    }
    let reacted = join_all(["🍌", "🍉", "🍇", "🍓", "🍒", "🍍", "🥝", "🍅"].map(reacts)).await;
    assert_eq!(reacted.into_iter().filter(|reacted| *reacted).count(), 1);
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_want_to_keep_a_hashtag_at_once_one_is_the_first() {
    let Some(node) = start().await else { return };
    let mut people = Vec::new();
    for n in 0..AT_ONCE {
        people.push(node.member(&format!("member{n}")).await);
    }
    let keeps = async |who: &Person<'_>| {
        let (node, me) = (who.on.node(), who.account().await);
        let mut tx = node.store.begin().await.unwrap();
        let on = Subject::Tag(tag::named(node, &mut tx, "tea").await.unwrap().id);
        let worn = hat::put_on(node, &mut tx, &me, Hat::CommunityKeeper, on, None).await.unwrap();
        node.commit(tx).await.unwrap();
        worn.confirmed
    };
    let kept = join_all(people.iter().map(keeps)).await;
    assert_eq!(kept.into_iter().filter(|first| *first).count(), 1);
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_puts_more_views_beside_by_asking_often_at_once() {
    let Some(node) = start().await else { return };
    let alice = node.member("alice").await;
    let me = alice.account().await;
    let says = async |n: i64| {
        let node = node.node();
        let mut tx = node.store.begin().await.unwrap();
        let on = Subject::Tag(tag::named(node, &mut tx, "tea").await.unwrap().id);
        let said = subject::add_view(node, &mut tx, &me, on, &format!("view {n}")).await.is_ok();
        node.commit(tx).await.unwrap();
        said
    };
    for n in 1..subject::VIEWS {
        assert!(says(n).await);
    }
    let said = join_all((100..).take(AT_ONCE).map(says)).await;
    assert_eq!(said.into_iter().filter(|said| *said).count(), 1);
    node.running.stop().await;
}
