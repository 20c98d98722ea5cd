//! Every kind of server in `tests/fixtures`: it finds us and we find it, and what it sends has its effect.

mod mastodon;
mod others;

use model::account::Account;
use model::handle::Handle;
use model::post::{Media, Mention, Post};
use serde_json::{Value, json};
use suite::fediverse::{Stage, verified_key_id, verified_newer};
use suite::node::{eventually, test_keys};

/// A post with what belongs to it.
struct Kept {
    post: Post,
    mentions: Vec<Mention>,
    tags: Vec<String>,
    media: Vec<Media>,
}

/// What was kept of the object of a fixture.
async fn kept(stage: &Stage, file: &str) -> Kept {
    let document = stage.server.document(file);
    let object = if document["object"].is_object() { &document["object"] } else { &document };
    let post = stage.stored(object).await.unwrap_or_else(|| panic!("{file} was not kept"));
    let mut tx = stage.node.node().store.read().await.unwrap();
    let ids = [post.id];
    Kept {
        mentions: tx.mentions(&ids).await.unwrap(),
        tags: tx.tags_of(&ids).await.unwrap().into_iter().map(|(_, t)| t.name).collect(),
        media: tx.media_of(&ids).await.unwrap(),
        post,
    }
}

impl Kept {
    fn mentions_alice(&self, stage: &Stage) -> bool {
        self.mentions.iter().any(|m| m.account_id == stage.alice().id && !m.silent)
    }
}

async fn gone(stage: &Stage, file: &str) -> bool {
    let document = stage.server.document(file);
    let object = if document["object"].is_object() { &document["object"] } else { &document };
    stage.stored(object).await.is_none()
}

/// The account of an actor of the fixtures, found by its handle.
async fn found(stage: &Stage, file: &str) -> Account {
    let actor = stage.server.document(file);
    let handle = format!("@{}@{}", actor["preferredUsername"].as_str().unwrap(), stage.server.host());
    let account = stage
        .node
        .federation()
        .find_handle(&Handle::parse(&handle).unwrap())
        .await
        .unwrap_or_else(|e| panic!("{handle}: {e}"));
    assert_eq!(account.uri, actor["id"], "{handle}");
    assert_eq!(account.domain, stage.server.host());
    account
}

/// What all of them do. Each step is taken where there is a fixture for it: we find it; it accepts our follow; it follows us and is
/// accepted; it favourites and boosts, and takes that back; it unfollows.
async fn gets_along(software: &str) -> Stage {
    let stage = Stage::of(software).await;
    found(&stage, "actor").await;
    let actor = stage.server.document("actor");
    accepts_our_follow(&stage, &actor).await;
    follows_and_is_accepted(&stage).await;
    reacts(&stage).await;
    if stage.server.has("undo_follow") {
        stage.deliver("undo_follow").await;
        assert_eq!(stage.alice().account().await.followers_count, 0, "{software}: the follow is undone");
    }
    stage
}

async fn accepts_our_follow(stage: &Stage, actor: &Value) {
    let handle = format!("@{}@{}", actor["preferredUsername"].as_str().unwrap(), stage.server.host());
    stage.alice().asks_to_follow(&handle).await;
    let ours = stage.server.receives("Follow").await;
    assert_eq!((&ours["actor"], &ours["object"]), (&json!(stage.alice().uri().await), &actor["id"]));
    assert!(!stage.alice_is_following(actor).await, "not before it is accepted");
    let mut accept = stage.server.document("accept_follow");
    match &mut accept["object"] {
        Value::String(id) => *id = ours["id"].as_str().unwrap().to_owned(),
        follow => follow["id"] = ours["id"].clone(),
    }
    stage.takes(&accept).await;
    assert!(stage.alice_is_following(actor).await, "the Accept counts");
}

async fn follows_and_is_accepted(stage: &Stage) {
    let follow = stage.server.document("follow");
    let follower = follow["actor"].as_str().unwrap();
    if stage.node.known(follower).await.is_none() && !stage.server.has("actor_person") {
        // PeerTube's own account has no fixture.
        let name = follower.rsplit('/').next().unwrap();
        if name == "peertube" {
            let actor = stage.server.actor_at("/accounts/peertube", name);
            stage.server.publish(&actor);
            stage.server.finger(name, follower);
        }
    }
    stage.deliver("follow").await;
    let accept = eventually("our Accept arrives", || async {
        stage.server.received("Accept").into_iter().find(|a| a["object"]["id"] == follow["id"])
    })
    .await;
    assert_eq!(accept["actor"], json!(stage.alice().uri().await));
    assert_eq!((&accept["object"]["type"], &accept["object"]["actor"]), (&json!("Follow"), &follow["actor"]));
    assert_eq!(accept["object"]["object"], follow["object"]);
    let sent = stage.server.seen().into_iter().rfind(|s| s.body == accept.to_string().as_bytes()).expect("as it came");
    let pem = test_keys().public_pem;
    let key = match sent.is_newer() {
        true => verified_newer(&sent, &stage.server.origin, &pem).0,
        false => verified_key_id(&sent, &pem).0,
    };
    assert_eq!(key, format!("{}#main-key", stage.alice().uri().await), "signed by the one who is followed");
    assert_eq!(stage.alice().account().await.followers_count, 1);
}

/// Favourites (of any kind) and boosts of alice's post, each undone where it is in the fixtures.
async fn reacts(stage: &Stage) {
    let has = |file: &str| stage.server.has(file);
    for (does, undoes) in [("like", "undo_like"), ("emoji_react", "undo_emoji_react")] {
        if has(does) {
            stage.deliver(does).await;
            assert_eq!(stage.post_now().await.favourites_count, 1, "{does}");
            stage.deliver(does).await;
            assert_eq!(stage.post_now().await.favourites_count, 1, "{does} again");
            assert_eq!(count(stage, "favourite").await, 1, "{does}: one notification");
        }
        if has(undoes) && has(does) {
            stage.deliver(undoes).await;
            assert_eq!(stage.post_now().await.favourites_count, 0, "{undoes}");
        } else if has(does) {
            break;
        }
    }
    if has("announce") && stage.server.document("announce")["object"] == stage.post.uri {
        stage.deliver("announce").await;
        assert_eq!(stage.post_now().await.boosts_count, 1, "announce");
        assert_eq!(count(stage, "reblog").await, 1, "announce: one notification");
        if has("undo_announce") {
            stage.deliver("undo_announce").await;
            assert_eq!(stage.post_now().await.boosts_count, 0, "undo_announce");
        }
    }
}

async fn count(stage: &Stage, kind: &str) -> usize {
    stage.alice().notifications().await.iter().filter(|(k, _)| *k == kind).count()
}
