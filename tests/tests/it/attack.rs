//! What somebody elsewhere who means harm would try, and what must not leave the node.

use model::clock::Clock;
use serde_json::{Value, json};
use suite::db::Engine;
use suite::fediverse::{Letter, Reply, Stage, Style};
use suite::node::Options;

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_was_given_up_opens_nothing_any_more() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    stage.follows_alice(&bob).await;
    let old = bob["publicKey"]["id"].as_str().unwrap().to_owned();
    let mut renewed = bob.clone();
    let new = format!("{}#second-key", bob["id"].as_str().unwrap());
    renewed["publicKey"]["id"] = json!(new);
    stage.server.publish(&renewed);
    stage.takes(&stage.server.activity("Update", &bob, renewed)).await;

    let like = stage.server.activity("Like", &bob, json!(stage.post.uri)).to_string();
    let send = async |key: &str| {
        Letter::post(&stage.node, "/inbox", like.clone()).signed(key, Style::of("mastodon")).send(&stage.node).await
    };
    assert_eq!(send(&old).await.status, 401, "whoever stole the old key could go on for an hour");
    assert_eq!(send(&new).await.status, 202);
    assert_eq!(stage.post_now().await.favourites_count, 1);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_suspended_member_nothing_is_sent_but_what_takes_back() {
    let options = Options { no_worker: true, clock: Some(Clock::manual(1_750_000_000_000)), ..Options::default() };
    let stage = Stage::empty_with("elsewhere", Engine::Sqlite, options).await;
    let bob = stage.server.person("bob");
    let federation = stage.node.federation();
    let node = stage.node.node();
    let follow = stage.server.activity("Follow", &bob, json!(stage.alice().uri().await)).to_string();
    let key = bob["publicKey"]["id"].as_str().unwrap();
    let letter = Letter::post_at(&stage.node, "/inbox", follow, node.now()).signed(key, Style::of("mastodon"));
    assert_eq!(letter.send(&stage.node).await.status, 202);
    let work = async || {
        for host in federation.lease_hosts("test", 9).await.unwrap() {
            federation.serve_host("test", host).await.unwrap();
        }
    };
    work().await;
    let spam = stage.alice().says("Buy this").await;
    // The server does not take it yet, so that it is written down and waits.
    stage.server.answers(Some(Reply::Status(500)));
    work().await;
    stage.server.answers(None);
    stage.server.forget();
    let alice = stage.alice().account().await;
    let mut tx = node.store.begin().await.unwrap();
    node::publish::delete(node, &mut tx, &alice, stage.post.id).await.unwrap();
    node::moderate::suspend(node, &mut tx, "test", &alice).await.unwrap();
    node.commit(tx).await.unwrap();
    // A minute later everything is due again.
    node.clock.advance(2 * model::clock::MINUTE);
    work().await;
    let kinds: Vec<Value> = ["Create", "Delete"]
        .iter()
        .flat_map(|kind| stage.server.received(kind))
        .map(|activity| activity["type"].clone())
        .collect();
    assert_eq!(kinds, [json!("Delete")], "{}", spam.uri);
    stage.end().await;
}
