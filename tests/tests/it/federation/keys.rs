//! 41: keys change, ours and others'.

use std::sync::Arc;

use federation::signature::generate_key;
use node::accounts::{self, KeyPair};
use serde_json::json;
use suite::db::Engine;
use suite::fediverse::{Letter, Stage, Style, verified_key_id};
use suite::node::{Options, TestNode, eventually, test_keys};

async fn new_key() -> KeyPair {
    tokio::task::spawn_blocking(generate_key).await.unwrap().unwrap()
}

async fn rotate(node: &TestNode, uri: &str, keys: &KeyPair) -> String {
    let account = node.known(uri).await.unwrap();
    let mut tx = node.node().store.begin().await.unwrap();
    let id = accounts::rotate_key(node.node(), &mut tx, "olga", &account, keys).await.unwrap();
    node.node().commit(tx).await.unwrap();
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn b41_a_new_key_is_told_with_the_old_one_and_signs_from_then_on() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    stage.follows_alice(&bob).await;
    stage.node.idle().await;
    stage.server.forget();
    let (keys, alice) = (new_key().await, stage.alice().uri().await);
    let id = rotate(&stage.node, &alice, &keys).await;
    let update = stage.server.receives("Update").await;
    assert_eq!(update["object"]["publicKey"]["id"], json!(id));
    assert_eq!(update["object"]["publicKey"]["publicKeyPem"], json!(keys.public_pem));
    stage.alice().says("With the new one").await;
    stage.server.receives("Create").await;
    for seen in stage.server.seen().iter().filter(|s| s.method == http::Method::POST) {
        let activity: serde_json::Value = serde_json::from_slice(&seen.body).unwrap();
        let (expected, pem) = match activity["type"].as_str() {
            Some("Update") => (format!("{alice}#main-key"), test_keys().public_pem),
            _ => (id.clone(), keys.public_pem.clone()),
        };
        assert_eq!(verified_key_id(seen, &pem).0, expected, "{activity:#}");
    }
    let served = Letter::get(&stage.node, "/users/alice").send(&stage.node).await.json();
    assert_eq!(served["publicKey"]["id"], json!(id));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b41_another_node_follows_the_change_and_takes_the_old_key_no_more() {
    let secure: fn(&mut outloud::Settings) = |s| s.node.authorized_fetch = true;
    let options = Options { name: Some("here"), change: Some(secure), ..Options::default() };
    let here = TestNode::start_with(Engine::Sqlite, options).await;
    let there = TestNode::start_with(Engine::Sqlite, Options { name: Some("there"), ..Options::default() }).await;
    let (alice, bob) = (here.member("alice").await, there.member("bob").await);
    bob.follows(&alice.handle().await).await;
    let uri = alice.uri().await;
    let key = async |id: &str| there.node().store.read().await.unwrap().key(id).await.unwrap();
    assert!(key(&format!("{uri}#main-key")).await.is_some());
    let id = rotate(&here, &uri, &new_key().await).await;
    eventually("the new key is known", || async { key(&id).await }).await;
    assert!(key(&format!("{uri}#main-key")).await.is_none(), "the old one opens nothing any more");
    alice.says("With the new one").await;
    eventually("it arrives", || async { bob.home().await.into_iter().find(|p| p.content.contains("new one")) }).await;
    // The nodes' own keys, too, which sign their GETs.
    let actor = there.node().config.instance_actor_uri();
    let old = key(&format!("{actor}#main-key")).await.unwrap();
    let id = rotate(&there, &actor, &new_key().await).await;
    let post = alice.says("Fetched with it").await;
    let found = there.federation().find(&post.uri).await;
    assert!(found.is_ok());
    assert_ne!(old.id, id);
    let served = Letter::get(&there, "/actor").send(&there).await.json();
    assert_eq!(served["publicKey"]["id"], json!(id));
    here.running.stop().await;
    there.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b41_an_account_all_of_whose_keys_changed_is_believed_by_the_new_one_alone() {
    let stage = Stage::empty().await;
    let mut bob = stage.server.person("bob");
    let id = bob["id"].as_str().unwrap().to_owned();
    let old = format!("{id}#main-key");
    stage.follows_alice(&bob).await;
    stage.node.idle().await;
    let like = |key: &str| {
        let like = stage.server.activity("Like", &bob, json!(stage.post.uri));
        Letter::post(&stage.node, "/inbox", like.to_string()).signed(key, Style::MASTODON)
    };
    let new = format!("{id}#key-2");
    let (with_new, with_old) = (like(&new), like(&old));
    bob["publicKey"]["id"] = json!(new);
    stage.server.publish(&bob);
    assert_eq!(with_new.send(&stage.node).await.status, 202);
    assert_eq!(stage.post_now().await.favourites_count, 1);
    assert_eq!(with_old.send(&stage.node).await.status, 401);
    let keys = [old, new].map(|key| (Arc::clone(stage.node.node()), key));
    let mut kept = Vec::new();
    for (node, key) in keys {
        kept.push(node.store.read().await.unwrap().key(&key).await.unwrap().is_some());
    }
    assert_eq!(kept, [false, true]);
    stage.end().await;
}
