//! Relays of both styles, to which the node sends and from which it gets posts.

use federation::peers::RelayAt;
use model::audience::Audience;
use model::clock::{HOUR, rfc3339};
use node::{publish, relays};
use serde_json::{Value, json};
use suite::db::Engine;
use suite::fediverse::{Letter, Server, Stage};
use suite::node::Options;
use suite::on_both;

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// The actor that speaks for a relay, served.
fn relay_actor(server: &Server) -> Value {
    let mut actor = server.actor_at("/actor", "relay");
    actor["type"] = json!("Application");
    actor["inbox"] = json!(server.url("/inbox"));
    server.publish(&actor);
    server.finger("relay", actor["id"].as_str().unwrap());
    actor
}

/// The owner takes part in the relay at this address.
async fn takes_part(stage: &Stage, url: &str) {
    let at = stage.node.federation().relay_at(url).await.unwrap();
    let actor = match &at {
        RelayAt::Actor(actor) => Some(&**actor),
        RelayAt::Inbox => None,
    };
    let node = stage.node.node();
    let mut tx = node.store.begin().await.unwrap();
    relays::add(node, &mut tx, "owner", url, actor).await.unwrap();
    node.commit(tx).await.unwrap();
}

/// And is let in; answers the Follow.
async fn let_in(stage: &Stage, url: &str, actor: &Value) -> Value {
    takes_part(stage, url).await;
    let mut follow = stage.server.receives("Follow").await;
    follow.as_object_mut().unwrap().remove("@context");
    assert_eq!(follow["actor"], json!(stage.node.node().config.instance_actor_uri()));
    stage.takes(&stage.server.activity("Accept", actor, follow.clone())).await;
    assert_eq!(states(stage).await, ["accepted"]);
    stage.node.idle().await;
    follow
}

async fn states(stage: &Stage) -> Vec<String> {
    let relays = stage.node.node().store.read().await.unwrap().relays().await.unwrap();
    relays.into_iter().map(|r| r.state).collect()
}

/// An activity of somebody else's, signed by the relay.
async fn forwards(stage: &Stage, relay: &Value, activity: &Value) {
    let key = stage.server.key_of(relay["id"].as_str().unwrap());
    let letter = Letter::post(&stage.node, "/inbox", activity.to_string()).signed(&key, stage.style());
    let answer = letter.send(&stage.node).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    stage.node.idle().await;
}

fn note(server: &Server, author: &Value, path: &str, more: Value) -> Value {
    let note = server.note(author, path, "Hello everybody", more);
    server.publish(&note);
    note
}

async fn leaves(stage: &Stage, url: &str) {
    let node = stage.node.node();
    let mut tx = node.store.begin().await.unwrap();
    relays::remove(node, &mut tx, "owner", url).await.unwrap();
    node.commit(tx).await.unwrap();
}

on_both! {
    async fn b47_a_relay_with_an_inbox_gets_whole_activities_and_passes_on_those_of_others(db: Db) {
        let stage = Stage::empty_with("relay", db.engine, Options::default()).await;
        let (actor, inbox) = (relay_actor(&stage.server), stage.server.url("/inbox"));
        let follow = let_in(&stage, &inbox, &actor).await;
        assert_eq!(follow["object"], json!(PUBLIC));

        // What goes there.
        stage.server.forget();
        let alice = stage.alice();
        let post = alice.says("For everybody").await;
        for audience in [Audience::Unlisted, Audience::Followers, Audience::Organisation] {
            alice.says_to(audience, "Not for everybody").await;
        }
        let node = stage.node.node();
        let who = alice.account().await;
        let mut tx = node.store.begin().await.unwrap();
        let revision = model::post::Revision { text: "For everybody!".to_owned(), ..Default::default() };
        publish::edit(node, &mut tx, &who, post.id, &revision).await.unwrap();
        node.commit(tx).await.unwrap();
        let mut tx = node.store.begin().await.unwrap();
        publish::delete(node, &mut tx, &who, post.id).await.unwrap();
        node.commit(tx).await.unwrap();
        stage.node.idle().await;
        let sent: Vec<(String, Value)> = stage.server.posts();
        let kinds: Vec<&str> = sent.iter().map(|(_, a)| a["type"].as_str().unwrap()).collect();
        // What was deleted before it was sent is not told first.
        assert_eq!(kinds.last(), Some(&"Delete"), "{kinds:?}");
        assert!(sent.iter().all(|(to, a)| to == "/inbox" && a.to_string().contains(&post.uri)), "{sent:?}");

        // What comes from there.
        let far = Server::start("far").await;
        let bob = far.person("bob");
        let forwarded = note(&far, &bob, "/notes/1", json!({}));
        forwards(&stage, &actor, &far.activity("Create", &bob, forwarded.clone())).await;
        let announced = note(&far, &bob, "/notes/2", json!({}));
        let announce = stage.server.activity("Announce", &actor, announced["id"].clone());
        for _ in 0..2 {
            stage.takes(&announce).await;
        }
        let old = note(&far, &bob, "/notes/3", json!({"published": rfc3339(node.now() - 7 * HOUR)}));
        forwards(&stage, &actor, &far.activity("Create", &bob, old.clone())).await;
        let quiet = note(&far, &bob, "/notes/4", json!({"to": [format!("{}/followers", bob["id"].as_str().unwrap())], "cc": [PUBLIC]}));
        forwards(&stage, &actor, &far.activity("Create", &bob, quiet.clone())).await;
        for (document, is_here) in [(&forwarded, true), (&announced, true), (&old, false), (&quiet, false)] {
            let here = stage.stored(document).await;
            assert_eq!(here.is_some(), is_here, "{document}");
            assert!(here.is_none_or(|post| post.boosts_count == 0));
        }
        assert!(alice.notifications().await.is_empty());

        // What was only found yet is heard of by somebody's word.
        let found = ["/notes/6", "/notes/7"].map(|path| note(&far, &bob, path, json!({})));
        for document in &found {
            stage.node.federation().find(document["id"].as_str().unwrap()).await.unwrap();
            let post = stage.stored(document).await.unwrap();
            let mut tx = node.store.begin().await.unwrap();
            tx.note_unheard(post.id).await.unwrap();
            node.commit(tx).await.unwrap();
        }
        forwards(&stage, &actor, &far.activity("Create", &bob, found[0].clone())).await;
        stage.takes(&stage.server.activity("Announce", &actor, found[1]["id"].clone())).await;
        stage.node.idle().await;
        for document in &found {
            let uri = document["id"].as_str().unwrap();
            assert!(node.store.read().await.unwrap().is_heard(uri).await.unwrap(), "{uri}");
        }
        let later = rfc3339(node.now() + 60_000);
        let edited = note(&far, &bob, "/notes/1", json!({"content": "<p>Hello again</p>", "updated": later}));
        forwards(&stage, &actor, &far.activity("Update", &bob, edited)).await;
        assert!(stage.stored(&forwarded).await.unwrap().content.contains("again"));
        assert!(far.posts().is_empty(), "nothing is said to the author");

        leaves(&stage, &inbox).await;
        let undo = stage.server.receives("Undo").await;
        assert_eq!((&undo["object"]["id"], &undo["object"]["object"]), (&follow["id"], &json!(PUBLIC)));
        let late = note(&far, &bob, "/notes/5", json!({}));
        forwards(&stage, &actor, &far.activity("Create", &bob, late.clone())).await;
        assert!(stage.stored(&late).await.is_none(), "it is nobody to us any more");
        stage.end().await;
    }

    async fn b47_a_relay_that_is_an_actor_follows_back_and_gets_announcements(db: Db) {
        let stage = Stage::empty_with("relay", db.engine, Options::default()).await;
        let actor = relay_actor(&stage.server);
        let url = actor["id"].as_str().unwrap().to_owned();
        let follow = let_in(&stage, &url, &actor).await;
        assert_eq!(follow["object"], actor["id"]);
        let us = stage.node.node().config.instance_actor_uri();
        stage.takes(&stage.server.activity("Follow", &actor, json!(us))).await;
        let accept = stage.server.receives("Accept").await;
        assert_eq!((&accept["actor"], &accept["object"]["actor"]), (&json!(us), &actor["id"]));
        let stranger = stage.server.person("stranger");
        stage.takes(&stage.server.activity("Follow", &stranger, json!(us))).await;
        let reject = stage.server.receives("Reject").await;
        assert_eq!(reject["object"]["actor"], stranger["id"], "nobody else follows the node");

        stage.server.forget();
        let alice = stage.alice();
        let post = alice.says("For everybody").await;
        alice.says_to(Audience::Unlisted, "Not for everybody").await;
        stage.node.idle().await;
        let [(to, announce)] = stage.server.posts().try_into().expect("one announcement");
        assert_eq!(to, "/inbox");
        assert_eq!((&announce["type"], &announce["actor"], &announce["object"]), (&json!("Announce"), &json!(us), &json!(post.uri)));
        assert!(announce["id"].as_str().unwrap().starts_with(&format!("{us}/announces/")));
        let node = stage.node.node();
        let who = alice.account().await;
        let mut tx = node.store.begin().await.unwrap();
        publish::delete(node, &mut tx, &who, post.id).await.unwrap();
        node.commit(tx).await.unwrap();
        let undo = stage.server.receives("Undo").await;
        assert_eq!((&undo["object"]["type"], &undo["object"]["id"]), (&json!("Announce"), &announce["id"]));

        let far = Server::start("far").await;
        let bob = far.person("bob");
        let announced = note(&far, &bob, "/notes/1", json!({}));
        stage.takes(&stage.server.activity("Announce", &actor, announced["id"].clone())).await;
        stage.node.idle().await;
        assert_eq!(stage.stored(&announced).await.expect("it is here").boosts_count, 0);
        leaves(&stage, &url).await;
        stage.node.idle().await;
        assert!(stage.server.received("Undo").iter().any(|u| u["object"]["id"] == follow["id"]));
        stage.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b47_only_the_relay_itself_answers_and_only_who_was_let_in_is_heard() {
    let stage = Stage::empty_with("relay", Engine::Sqlite, Options::default()).await;
    let actor = relay_actor(&stage.server);
    takes_part(&stage, &stage.server.url("/inbox")).await;
    let follow = stage.server.receives("Follow").await;
    let other = Server::start("other").await;
    let mallory = other.person("mallory");
    let answer = stage.send_from(&other, &other.activity("Accept", &mallory, follow["id"].clone())).await;
    assert_eq!((answer.status, states(&stage).await), (202, vec!["asked".to_owned()]));
    let bob = other.person("bob");
    let early = note(&other, &bob, "/notes/1", json!({}));
    forwards(&stage, &actor, &other.activity("Create", &bob, early.clone())).await;
    assert!(stage.stored(&early).await.is_none());
    stage.takes(&stage.server.activity("Reject", &actor, follow["id"].clone())).await;
    assert_eq!(states(&stage).await, ["rejected"]);
    stage.server.forget();
    stage.alice().says("For everybody").await;
    stage.node.idle().await;
    assert!(stage.server.posts().is_empty());
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b47_what_a_member_does_not_let_be_carried_goes_to_no_relay() {
    let private = |settings: &mut outloud::Settings| settings.node.tag_sharing = false;
    let options = Options { change: Some(private), ..Options::default() };
    let stage = Stage::empty_with("relay", Engine::Sqlite, options).await;
    let actor = relay_actor(&stage.server);
    let_in(&stage, &stage.server.url("/inbox"), &actor).await;
    stage.server.forget();
    stage.alice().says("For everybody who comes by").await;
    stage.node.idle().await;
    assert!(stage.server.posts().is_empty());
    stage.end().await;
}
