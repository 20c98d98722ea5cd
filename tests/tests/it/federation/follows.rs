//! Following and being followed.

use model::audience::Viewer;
use node::{domains, follow, moderate};
use serde_json::json;
use storage::DomainRule;
use suite::fediverse::{Reply, Stage, verified_key_id};
use suite::node::{Options, eventually, test_keys};
use suite::on_both;

/// Alice decides from now on who follows her.
async fn locks(stage: &Stage) {
    let node = stage.node.node();
    let mut tx = node.store.begin().await.unwrap();
    let change = node::accounts::ProfileChange { locked: Some(true), ..Default::default() };
    node::accounts::change_profile(node, &mut tx, &stage.alice().account().await, change).await.unwrap();
    node.commit(tx).await.unwrap();
}

on_both! {
    async fn b09_a_follow_without_to_is_accepted_in_the_name_of_the_followed(db: Db) {
        let stage = Stage::with("mastodon", db.engine, Options::default()).await;
        let follow = stage.server.document("follow");
        assert!(follow.get("to").is_none());
        stage.deliver("follow").await;
        let accept = stage.server.receives("Accept").await;
        assert_eq!(accept["actor"], json!(stage.alice().uri().await));
        for name in ["id", "type", "actor", "object"] {
            assert_eq!(accept["object"][name], follow[name], "{name}");
        }
        let sent = stage.server.seen().into_iter().find(|s| s.method == http::Method::POST).unwrap();
        let (key, names) = verified_key_id(&sent, &test_keys().public_pem);
        assert_eq!(key, format!("{}#main-key", stage.alice().uri().await));
        assert!(["(request-target)", "host", "date", "digest"].iter().all(|n| names.iter().any(|m| m == n)), "{names:?}");
        assert!(stage.server.document("actor")["inbox"].as_str().unwrap().ends_with(&sent.target), "the follower's own inbox");
        assert_eq!(stage.alice().notifications().await, [("follow", "marta".to_owned())]);
        stage.end().await;
    }

    async fn b10_a_locked_account_answers_when_it_has_decided(db: Db) {
        let stage = Stage::with("mastodon", db.engine, Options::default()).await;
        locks(&stage).await;
        let marta = stage.server.document("actor");
        stage.deliver("follow").await;
        stage.node.idle().await;
        assert!(stage.server.posts().is_empty(), "nothing is said until alice has decided");
        assert_eq!(stage.alice().notifications().await, [("follow_request", "marta".to_owned())]);
        assert!(!stage.is_followed_by(&marta).await);

        let (node, who) = (stage.node.node(), stage.known(&marta).await);
        let alice = stage.alice().account().await;
        let mut tx = node.store.begin().await.unwrap();
        follow::accept_request(node, &mut tx, &alice, &who).await.unwrap();
        node.commit(tx).await.unwrap();
        let accept = stage.server.receives("Accept").await;
        assert_eq!(accept["object"]["id"], stage.server.document("follow")["id"]);
        assert!(stage.is_followed_by(&marta).await);

        let mut tx = node.store.begin().await.unwrap();
        follow::remove_follower(node, &mut tx, &alice, &who).await.unwrap();
        node.commit(tx).await.unwrap();
        let reject = stage.server.receives("Reject").await;
        assert_eq!(reject["object"]["id"], stage.server.document("follow")["id"]);
        assert_eq!(stage.alice().account().await.followers_count, 0);

        stage.server.forget();
        stage.deliver("follow_again").await;
        let mut tx = node.store.begin().await.unwrap();
        follow::reject_request(node, &mut tx, &alice, &who).await.unwrap();
        node.commit(tx).await.unwrap();
        let reject = stage.server.receives("Reject").await;
        assert_eq!(reject["object"]["id"], stage.server.document("follow_again")["id"]);
        assert!(stage.server.received("Accept").is_empty() && !stage.is_followed_by(&marta).await);
        stage.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b11_an_accept_is_an_embedded_follow_or_its_id_and_an_undo_ends_it() {
    for software in ["mastodon", "mitra"] {
        let stage = Stage::of(software).await;
        let actor = stage.server.document("actor");
        let handle = format!("@{}@{}", actor["preferredUsername"].as_str().unwrap(), stage.server.host());
        let target = stage.alice().asks_to_follow(&handle).await;
        let ours = stage.asked().await;
        let mut accept = stage.server.document("accept_follow");
        let by_string = accept["object"].is_string();
        assert_eq!(by_string, software == "mitra");
        if by_string {
            accept["object"] = ours["id"].clone();
        } else {
            accept["object"]["id"] = ours["id"].clone();
        }
        stage.takes(&accept).await;
        assert!(stage.alice_is_following(&actor).await, "{software}");

        let node = stage.node.node();
        let mut tx = node.store.begin().await.unwrap();
        follow::unfollow(node, &mut tx, &stage.alice().account().await, &target).await.unwrap();
        node.commit(tx).await.unwrap();
        let undo = stage.server.receives("Undo").await;
        assert_eq!((&undo["object"]["type"], &undo["object"]["id"]), (&json!("Follow"), &ours["id"]), "{software}");
        assert_eq!(undo["object"]["object"], actor["id"]);
        stage.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b11_s32_only_the_followed_can_accept_and_till_then_nobody_follows() {
    let stage = Stage::of("mastodon").await;
    let actor = stage.server.document("actor");
    stage.alice().asks_to_follow(&format!("@marta@{}", stage.server.host())).await;
    let ours = stage.asked().await;
    let eve = stage.server.person("eve");
    let hers = stage.server.note(
        &actor,
        "/notes/for-followers",
        "For followers",
        json!({"to": [actor["followers"]], "cc": []}),
    );
    stage.send(&stage.server.activity("Create", &actor, hers.clone())).await;
    let shown = async || {
        let mut tx = stage.node.node().store.read().await.unwrap();
        let Some(post) = tx.post_by_uri(hers["id"].as_str().unwrap()).await.unwrap() else { return false };
        tx.visible_post(post.id, Viewer::Member(stage.alice().id)).await.unwrap().is_some()
    };
    assert!(!stage.alice_is_following(&actor).await && !shown().await, "she has asked, and nobody has answered");
    for object in [ours.clone(), ours["id"].clone()] {
        stage.takes(&stage.server.activity("Accept", &eve, object)).await;
        assert!(!stage.alice_is_following(&actor).await, "not by somebody else's Accept");
    }
    stage.takes(&stage.server.activity("Accept", &actor, ours)).await;
    assert!(stage.alice_is_following(&actor).await);
    assert!(shown().await, "what came in before the answer is not lost");
    let home = stage.alice().home().await;
    assert!(home.iter().any(|p| p.uri == hers["id"]), "and in her home");
    stage.takes(&stage.server.activity("Reject", &eve, stage.asked().await)).await;
    assert!(stage.alice_is_following(&actor).await, "not by somebody else's Reject");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b11_an_undo_counts_by_its_target_even_with_another_id() {
    let stage = Stage::of("mastodon").await;
    stage.deliver("follow").await;
    let mut undo = stage.server.document("undo_follow");
    undo["object"]["id"] = json!(stage.server.url("/never-heard-of"));
    stage.takes(&undo).await;
    assert_eq!(stage.alice().account().await.followers_count, 0);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b12_a_repeated_follow_is_accepted_by_its_new_id() {
    let stage = Stage::of("mastodon").await;
    for file in ["follow", "follow_again"] {
        stage.deliver(file).await;
        let id = stage.server.document(file)["id"].clone();
        eventually("it is accepted", || async {
            stage.server.received("Accept").into_iter().find(|a| a["object"]["id"] == id)
        })
        .await;
    }
    assert_eq!(stage.alice().account().await.followers_count, 1);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b12_a_blocked_server_is_refused_before_anything_is_asked_of_it() {
    let stage = Stage::of("mastodon").await;
    blocks(&stage, stage.server.host().split(':').next().unwrap()).await;
    let answer = stage.send(&stage.server.document("follow")).await;
    assert_eq!(answer.status, 403, "{answer:?}");
    // However it writes its name.
    let host = stage.server.host().to_owned();
    let names = [
        host.to_uppercase(),
        host.replace("mastodon", "m%61stodon"),
        host.replace("mastodon", "ｍastodon"),
        host.replace(':', ".:"),
    ];
    for name in names {
        let key = format!("https://{name}/users/eve#main-key");
        let body = stage.server.document("follow").to_string();
        let letter = suite::fediverse::Letter::post(&stage.node, "/inbox", body).signed(&key, stage.style());
        let answer = letter.send(&stage.node).await;
        assert!([400, 401, 403].contains(&answer.status), "{name}: {answer:?}");
    }
    assert_eq!(stage.server.connections(), 0, "nothing was asked of it");
    assert_eq!(stage.alice().account().await.followers_count, 0);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b12_what_waits_for_a_blocked_server_is_dropped_and_its_posts_are_not_shown() {
    let stage = Stage::of("mastodon").await;
    let marta = stage.server.document("actor");
    stage.alice_follows(&marta).await;
    stage.deliver("create_note").await;
    stage.deliver("follow").await;
    stage.node.idle().await;
    stage.server.forget();
    blocks(&stage, stage.server.host()).await;
    stage.alice().says("Not for them").await;
    stage.node.idle().await;
    assert!(stage.server.seen().is_empty(), "nothing is sent or asked");
    assert!(stage.alice().home().await.iter().all(|p| p.local), "nothing of it is shown");
    stage.end().await;
}

async fn blocks(stage: &Stage, domain: &str) {
    let node = stage.node.node();
    let rule = DomainRule::new(domain, "suspend", node.now());
    let mut tx = node.store.begin().await.unwrap();
    domains::set(node, &mut tx, "admin", &rule).await.unwrap();
    node.commit(tx).await.unwrap();
    node.read_domain_rules().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_whom_alice_blocks_is_refused() {
    let stage = Stage::of("mastodon").await;
    stage.deliver("follow").await;
    let (node, marta) = (stage.node.node(), stage.known(&stage.server.document("actor")).await);
    let mut tx = node.store.begin().await.unwrap();
    moderate::block(node, &mut tx, &stage.alice().account().await, &marta).await.unwrap();
    node.commit(tx).await.unwrap();
    stage.server.receives("Block").await;
    stage.node.idle().await;
    stage.server.forget();
    stage.deliver("follow_again").await;
    let reject = stage.server.receives("Reject").await;
    assert_eq!(reject["object"]["id"], stage.server.document("follow_again")["id"]);
    assert_eq!(stage.alice().account().await.followers_count, 0);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b09_an_actor_whose_id_is_written_unlike_a_parser_would_is_heard() {
    // A whole site can be an actor: its id ends after the host, without a slash.
    let stage = Stage::empty().await;
    let mut site = stage.server.actor_at("", "site");
    site["id"] = json!(stage.server.origin);
    stage.server.serve("/", Reply::document(&site));
    stage.server.finger("site", &stage.server.origin);
    stage.follows_alice(&site).await;
    assert!(stage.is_followed_by(&site).await);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b09_the_nodes_own_actor_is_followed_by_nobody() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    let follow = stage.server.activity("Follow", &bob, json!(format!("{}/actor", stage.node.origin)));
    stage.takes(&follow).await;
    let rejects = || async { stage.server.received("Reject").pop() };
    let reject = eventually("the Reject arrives", rejects).await;
    assert_eq!(reject["object"]["id"], follow["id"]);
    stage.end().await;
}
