//! What actors are: their handles, which may change, their pins, and what their documents say of them.

use std::sync::{Mutex, mpsc};

use model::audience::Viewer;
use node::react;
use serde_json::{Value, json};
use suite::db::Engine;
use suite::fediverse::{Reply, Stage};
use suite::node::Options;
use tokio::sync::oneshot;

async fn pins(stage: &Stage, actor: &Value) -> Vec<String> {
    stage.node.idle().await;
    let id = stage.known(actor).await.id;
    let mut tx = stage.node.node().store.read().await.unwrap();
    tx.pinned(id, Viewer::Anyone).await.unwrap().into_iter().map(|p| p.uri).collect()
}

/// An activity as Mastodon sends it: without an id.
fn without_id(kind: &str, actor: &Value, object: &Value, target: &Value) -> Value {
    json!({"@context": "https://www.w3.org/ns/activitystreams", "type": kind, "actor": actor["id"], "object": object, "target": target})
}

#[tokio::test(flavor = "multi_thread")]
async fn b17_pins_of_others_are_read_from_their_collection_and_follow_adds_and_removes() {
    let stage = Stage::empty().await;
    let server = &stage.server;
    let mut bob = server.actor_at("/users/bob", "bob");
    bob["featured"] = json!(server.url("/users/bob/featured"));
    server.publish(&bob);
    server.finger("bob", bob["id"].as_str().unwrap());
    let carol = server.person("carol");
    let notes: Vec<Value> = (1..=3).map(|n| server.note(&bob, &format!("/notes/{n}"), "Pinned", json!({}))).collect();
    let carols = server.note(&carol, "/notes/9", "Not bob's", json!({}));
    for note in notes.iter().chain([&carols]) {
        server.publish(note);
    }
    let elsewhere = json!("https://elsewhere.example/notes/1");
    let items = json!([notes[0], carols["id"], elsewhere, {"type": "Hashtag", "name": "#tea", "href": server.url("/tags/tea")}, notes[1]["id"]]);
    let target = &bob["featured"];
    server.publish(&json!({"@context": "https://www.w3.org/ns/activitystreams", "id": target, "type": "OrderedCollection", "orderedItems": items}));
    stage.alice_follows(&bob).await;
    let ids: Vec<&str> = notes.iter().map(|n| n["id"].as_str().unwrap()).collect();
    assert_eq!(pins(&stage, &bob).await, [ids[0], ids[1]], "in their order, and nobody else's");

    let does = async |kind: &str, object: &Value| stage.takes(&without_id(kind, &bob, object, target)).await;
    does("Remove", &notes[0]["id"]).await;
    assert_eq!(pins(&stage, &bob).await, [ids[1]]);
    does("Add", &notes[0]["id"]).await;
    assert_eq!(pins(&stage, &bob).await, [ids[0], ids[1]]);
    does("Remove", &notes[0]["id"]).await;
    assert_eq!(pins(&stage, &bob).await, [ids[1]], "the same words once more have the same effect once more");
    let mut with_id = without_id("Add", &bob, &notes[2]["id"], target);
    with_id["id"] = json!(server.url("/activities/add"));
    stage.takes(&with_id).await;
    assert_eq!(pins(&stage, &bob).await, [ids[2], ids[1]], "what is not known is fetched");

    does("Add", &json!({"type": "Hashtag", "href": server.url("/tags/tea"), "name": "#tea"})).await;
    does("Add", &carols["id"]).await;
    does("Add", &elsewhere).await;
    stage.takes(&without_id("Add", &bob, &notes[0]["id"], &json!(server.url("/users/bob/other")))).await;
    stage.takes(&without_id("Remove", &carol, &notes[1]["id"], target)).await;
    assert_eq!(pins(&stage, &bob).await, [ids[2], ids[1]]);
    assert!(pins(&stage, &carol).await.is_empty());
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b17_our_pins_are_told_with_the_collection_they_go_into() {
    let stage = Stage::empty().await;
    stage.follows_alice(&stage.server.person("bob")).await;
    let (node, alice) = (stage.node.node(), stage.alice().account().await);
    let mut tx = node.store.begin().await.unwrap();
    react::pin(node, &mut tx, &alice, &stage.post).await.unwrap();
    node.commit(tx).await.unwrap();
    let add = stage.server.receives("Add").await;
    assert_eq!((&add["object"], &add["target"]), (&json!(stage.post.uri), &json!(alice.featured)));
    let mut tx = node.store.begin().await.unwrap();
    react::unpin(node, &mut tx, &alice, &stage.post).await.unwrap();
    node.commit(tx).await.unwrap();
    let remove = stage.server.receives("Remove").await;
    assert_eq!((&remove["object"], &remove["target"]), (&json!(stage.post.uri), &json!(alice.featured)));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handle_may_change_and_two_actors_never_share_one() {
    let stage = Stage::empty().await;
    let server = &stage.server;
    let mut bob = server.actor_at("/ap/1", "bob");
    server.publish(&bob);
    server.finger("bob", bob["id"].as_str().unwrap());
    stage.alice_follows(&bob).await;

    bob["preferredUsername"] = json!("robert");
    server.publish(&bob);
    stage.takes(&server.activity("Update", &bob, bob.clone())).await;
    stage.node.idle().await;
    assert_eq!(stage.known(&bob).await.username, "bob", "not before WebFinger says so");
    server.finger("robert", bob["id"].as_str().unwrap());
    stage.takes(&server.activity("Update", &bob, bob.clone())).await;
    stage.node.idle().await;
    assert_eq!(stage.known(&bob).await.username, "robert");
    assert!(stage.alice_is_following(&bob).await, "it is the same account");

    let other = server.actor_at("/ap/2", "robert");
    server.publish(&other);
    server.finger("robert", other["id"].as_str().unwrap());
    let typed = other["id"].as_str().unwrap();
    stage.node.federation().find(typed).await.unwrap();
    stage.node.idle().await;
    let holder =
        stage.node.node().store.read().await.unwrap().account_by_handle("robert", server.host()).await.unwrap();
    assert_eq!(holder.unwrap().uri, typed);
    assert_ne!(stage.known(&bob).await.username, "robert", "who had it before is called otherwise");

    // With its old name back, it is found by that again.
    bob["preferredUsername"] = json!("bob");
    server.publish(&bob);
    stage.takes(&server.activity("Update", &bob, bob.clone())).await;
    stage.node.idle().await;
    assert_eq!(stage.known(&bob).await.username, "bob");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_says_of_its_own_account_is_heeded() {
    let stage = Stage::empty().await;
    let mut bob = stage.server.person("bob");
    stage.alice_follows(&bob).await;
    for (name, value) in [("memorial", true), ("discoverable", true), ("indexable", true), ("suspended", true)] {
        bob[name] = json!(value);
    }
    stage.server.publish(&bob);
    stage.takes(&stage.server.activity("Update", &bob, bob.clone())).await;
    let kept = stage.known(&bob).await;
    assert!(kept.memorial && kept.discoverable && kept.indexable && kept.is_suspended());
    assert_eq!(kept.suspended_by, "origin");
    let note = stage.server.note(&bob, "/notes/1", "Hello", json!({}));
    stage.takes(&stage.server.activity("Create", &bob, note.clone())).await;
    assert!(stage.stored(&note).await.is_none(), "of a suspended account nothing is taken in");
    bob["suspended"] = json!(false);
    bob["memorial"] = json!(false);
    stage.takes(&stage.server.activity("Update", &bob, bob.clone())).await;
    let kept = stage.known(&bob).await;
    assert!(!kept.memorial && !kept.is_suspended());
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_actor_of_which_a_tombstone_is_left_is_gone() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    stage.alice_follows(&bob).await;
    let note = stage.server.note(&bob, "/notes/1", "Hello", json!({}));
    stage.takes(&stage.server.activity("Create", &bob, note.clone())).await;
    stage.node.idle().await;
    let tombstone = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": bob["id"], "type": "Tombstone"});
    stage.server.serve("/users/bob", Reply::document(&tombstone));
    let mut renamed = bob.clone();
    renamed["preferredUsername"] = json!("robert");
    stage.takes(&stage.server.activity("Update", &bob, renamed)).await;
    stage.node.idle().await;
    assert!(stage.known(&bob).await.deleted_at.is_some() && stage.stored(&note).await.is_none());
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s28_keys_names_and_addresses_without_bounds_are_left_out() {
    let stage = Stage::empty().await;
    let mut bob = stage.server.actor_at("/users/bob", "bob");
    let long = stage.server.url(&format!("/{}", "x".repeat(5_000)));
    bob["movedTo"] = json!(long);
    bob["alsoKnownAs"] = json!([long, "not an address", stage.server.url("/users/robert")]);
    bob["featured"] = json!(long);
    bob["publicKey"]["publicKeyPem"] = json!("x".repeat(100_000));
    stage.server.publish(&bob);
    stage.server.finger("bob", bob["id"].as_str().unwrap());
    stage.node.federation().find(bob["id"].as_str().unwrap()).await.unwrap();
    let kept = stage.known(&bob).await;
    assert_eq!((kept.moved_to.as_str(), kept.featured.as_str()), ("", ""));
    assert_eq!(kept.also_known_as, [stage.server.url("/users/robert")]);
    let key = bob["publicKey"]["id"].as_str().unwrap();
    assert!(stage.node.node().store.read().await.unwrap().key(key).await.unwrap().is_none());
    stage.end().await;
}

/// The document was asked for before, and its server is slow to say what else is needed of it.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_for_before_an_update_does_not_undo_it() {
    let stage = Stage::empty_with("elsewhere", Engine::Sqlite, Options { no_worker: true, ..Options::default() }).await;
    let mut bob = stage.server.person("bob");
    let uri = bob["id"].as_str().unwrap().to_owned();
    let looks = || {
        let (federation, uri) = (stage.node.federation().clone(), uri.clone());
        tokio::runtime::Handle::current().spawn(async move { federation.find_fresh(&uri).await.unwrap().note })
    };
    looks().await.unwrap();
    let (asked, is_asked) = oneshot::channel();
    let (goes_on, may_go_on) = mpsc::channel();
    let once = Mutex::new(Some((asked, may_go_on)));
    stage.server.judges(move |seen| {
        if seen.target.starts_with("/.well-known/webfinger")
            && let Some((asked, may_go_on)) = once.lock().unwrap().take()
        {
            asked.send(()).unwrap();
            tokio::task::block_in_place(|| may_go_on.recv().unwrap());
        }
        None
    });
    let looking = looks();
    is_asked.await.unwrap();
    bob["summary"] = json!("Baker");
    stage.server.publish(&bob);
    stage.takes(&stage.server.activity("Update", &bob, bob.clone())).await;
    goes_on.send(()).unwrap();
    assert!(looking.await.unwrap().contains("Baker"));
    assert!(stage.known(&bob).await.note.contains("Baker"));
    // What is asked for after that counts.
    bob["summary"] = json!("Cook");
    stage.server.publish(&bob);
    assert!(looks().await.unwrap().contains("Cook"));
    stage.end().await;
}
