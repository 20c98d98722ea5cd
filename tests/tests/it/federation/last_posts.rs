//! The last posts of somebody who is followed, or looked at, from here for the first time.

use model::clock::{Clock, MINUTE, rfc3339};
use node::{moderate, notify, tag, threads};
use serde_json::{Value, json};
use suite::fediverse::{Server, Stage};
use suite::node::Options;
use suite::on_both;

/// A note of `minutes` ago, served.
fn note(server: &Server, author: &Value, path: &str, minutes: i64, more: Value) -> Value {
    let mut note =
        server.note(author, path, path, json!({"published": rfc3339(Clock::System.now() - minutes * MINUTE)}));
    for (name, value) in more.as_object().into_iter().flatten() {
        note[name] = value.clone();
    }
    server.publish(&note);
    note
}

fn outbox(server: &Server, name: &str, items: &[Value]) {
    let id = server.url(&format!("/users/{name}/outbox"));
    let context = "https://www.w3.org/ns/activitystreams";
    server.publish(&json!({"@context": context, "id": id, "type": "OrderedCollection", "totalItems": items.len(), "first": format!("{id}?page=true")}));
    server.publish(&json!({"@context": context, "id": format!("{id}?page=true"), "type": "OrderedCollectionPage", "partOf": id, "orderedItems": items}));
}

on_both! {
    async fn b25_whoever_follows_somebody_finds_their_last_posts(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let other = Server::start("other").await;
        let (bob, carol) = (stage.server.person("bob"), other.person("carol"));
        let tag = json!([{"type": "Mention", "href": stage.alice().uri().await, "name": "@alice"}]);
        let first = note(&stage.server, &bob, "/notes/1", 5_000, json!({}));
        let second = note(&stage.server, &bob, "/notes/2", 30, json!({"tag": tag, "cc": [stage.alice().uri().await]}));
        let for_few = note(&stage.server, &bob, "/notes/3", 20, json!({"to": [bob["followers"]], "cc": []}));
        let of_another = note(&other, &carol, "/notes/1", 20, json!({}));
        let eve = stage.server.person("eve");
        let of_a_neighbour = note(&stage.server, &eve, "/notes/4", 20, json!({}));
        let create = |note: &Value| stage.server.activity("Create", &bob, note.clone());
        let mut forged = create(&first);
        forged["object"]["content"] = json!("<p>Forged</p>");
        outbox(&stage.server, "bob", &[create(&second), create(&for_few), create(&of_another), create(&of_a_neighbour),
            stage.server.activity("Announce", &bob, of_another["id"].clone()), forged]);
        stage.alice_follows(&bob).await;
        stage.node.idle().await;
        let kept = [stage.stored(&second).await.expect("it is here"), stage.stored(&first).await.expect("it is here")];
        assert!(kept[0].created_at - kept[1].created_at > 4_000 * MINUTE, "of their own time");
        assert!(!kept[1].content.contains("Forged"));
        for wrong in [&for_few, &of_another, &of_a_neighbour] {
            assert!(stage.stored(wrong).await.is_none(), "{wrong:#}");
        }
        assert!(!stage.alice().notifications().await.iter().any(|(kind, _)| *kind == "mention"), "it is no news");
        let home: Vec<String> = stage.alice().home().await.into_iter().map(|p| p.uri).collect();
        assert_eq!(home, [&stage.post.uri, &kept[0].uri, &kept[1].uri].map(String::clone), "in their place, below what is newer");
        stage.end().await;
    }
}

on_both! {
    async fn what_was_found_before_it_was_sent_is_news_when_it_is_sent_and_only_then(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let (node, bob) = (stage.node.node(), stage.server.person("bob"));
        let cara = stage.node.member("cara").await;
        let mut tx = node.store.begin().await.unwrap();
        tag::follow(node, &mut tx, &cara.account().await, "WorkOutLoud").await.unwrap();
        node.commit(tx).await.unwrap();
        let alice = stage.alice().uri().await;
        let tag = json!([{"type": "Mention", "href": alice, "name": "@alice"}, {"type": "Hashtag", "href": stage.server.url("/tags/workoutloud"), "name": "#WorkOutLoud"}]);
        let told = note(&stage.server, &bob, "/notes/1", 30, json!({"tag": tag, "cc": [alice]}));
        outbox(&stage.server, "bob", &[stage.server.activity("Create", &bob, told.clone())]);
        stage.alice_follows(&bob).await;
        stage.node.idle().await;
        let found = stage.stored(&told).await.expect("it is here");
        let calls = async || stage.alice().notifications().await.iter().filter(|(kind, _)| *kind == "mention").count();
        assert_eq!((calls().await, cara.home().await.len()), (0, 0), "it is no news yet");
        stage.takes(&stage.server.activity("Create", &bob, told.clone())).await;
        stage.node.idle().await;
        let home: Vec<i64> = cara.home().await.iter().map(|p| p.id).collect();
        assert_eq!((calls().await, home), (1, vec![found.id]));
        let mut tx = node.store.begin().await.unwrap();
        notify::clear(&mut tx, &stage.alice().account().await).await.unwrap();
        node.commit(tx).await.unwrap();
        stage.takes(&stage.server.activity("Create", &bob, told)).await;
        stage.node.idle().await;
        assert_eq!((calls().await, cara.home().await.len()), (0, 1), "once");
        stage.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b25_a_profile_that_is_opened_shows_the_last_posts_of_a_stranger() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    // As GoToSocial has it: the object is an id.
    let items: Vec<Value> = (1..=30)
        .map(|n| {
            let note = note(&stage.server, &bob, &format!("/notes/{n}"), n * 10, json!({}));
            stage.server.activity("Create", &bob, note["id"].clone())
        })
        .collect();
    outbox(&stage.server, "bob", &items);
    stage.node.federation().find(bob["id"].as_str().unwrap()).await.unwrap();
    let node = stage.node.node();
    threads::open_profile(node, &stage.known(&bob).await).await.unwrap();
    stage.node.idle().await;
    let known = stage.known(&bob).await;
    assert_eq!(known.posts_count, 20, "a page of them");
    assert!(stage.node.post_by_uri(&stage.server.url("/notes/1")).await.is_some(), "the newest");
    assert_eq!(stage.alice().home().await.len(), 1, "in nobody's home");
    stage.server.forget();
    threads::open_profile(node, &known).await.unwrap();
    stage.node.idle().await;
    assert!(stage.server.gets().is_empty(), "once is enough for a while");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s29_the_outbox_of_somebody_suspended_is_not_read_and_an_empty_one_does_no_harm() {
    let stage = Stage::empty().await;
    let (bob, eve) = (stage.server.person("bob"), stage.server.person("eve"));
    outbox(&stage.server, "bob", &[]);
    outbox(&stage.server, "eve", &[note(&stage.server, &eve, "/notes/1", 9, json!({}))]);
    let node = stage.node.node();
    for who in [&bob, &eve] {
        stage.node.federation().find(who["id"].as_str().unwrap()).await.unwrap();
    }
    let mut tx = node.store.begin().await.unwrap();
    moderate::suspend(node, &mut tx, "admin", &stage.known(&eve).await).await.unwrap();
    node.commit(tx).await.unwrap();
    for who in [&bob, &eve] {
        threads::open_profile(node, &stage.known(who).await).await.unwrap();
    }
    stage.node.idle().await;
    let gets = stage.server.gets();
    assert!(
        gets.iter().any(|g| g.starts_with("/users/bob/outbox"))
            && !gets.iter().any(|g| g.starts_with("/users/eve/outbox"))
    );
    stage.end().await;
}
