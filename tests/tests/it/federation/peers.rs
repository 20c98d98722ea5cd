//! Hashtags that come from peers: accounts of hashtags on servers of other owners, which the node follows for its members.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use model::audience::Viewer;
use model::clock::{Clock, DAY, HOUR, MINUTE, rfc3339};
use model::page::Page;
use model::post::Post;
use node::{domains, moderate, peers, tag};
use serde_json::{Value, json};
use storage::{DomainRule, Peer, PublicFilter, Reach};
use suite::db::Engine;
use suite::fediverse::{Reply, Seen, Server, Stage, verified_key_id};
use suite::node::{Options, Person, eventually, round};
use suite::on_both;

const TAG: &str = "rust";

/// A server with an account for the hashtag. `path`: where its document is.
fn account_of_tag(server: &Server, name: &str, path: &str) -> Value {
    let mut actor = server.actor_at(path, name);
    actor["type"] = json!("Group");
    server.publish(&actor);
    server.finger(name, actor["id"].as_str().unwrap());
    actor
}

/// The owner names the server a peer, whose accounts are called so.
pub(super) async fn named_peer(stage: &Stage, server: &Server, handles: &str, origin_only: bool) {
    let node = stage.node.node();
    let peer = Peer {
        host: server.host().to_owned(),
        origin: server.origin.clone(),
        handles: handles.to_owned(),
        origin_only,
        discovered: false,
        ignored: false,
        created_at: node.now(),
    };
    let mut tx = node.store.begin().await.unwrap();
    peers::add(node, &mut tx, "owner", &peer).await.unwrap();
    node.commit(tx).await.unwrap();
}

async fn follows_tag(who: &Person<'_>, name: &str) {
    let node = who.on.node();
    let mut tx = node.store.begin().await.unwrap();
    tag::follow(node, &mut tx, &who.account().await, name).await.unwrap();
    node.commit(tx).await.unwrap();
}

async fn unfollows_tag(who: &Person<'_>, name: &str) {
    let node = who.on.node();
    let mut tx = node.store.begin().await.unwrap();
    tag::unfollow(node, &mut tx, &who.account().await, name).await.unwrap();
    node.commit(tx).await.unwrap();
}

/// What everybody finds under the hashtag.
async fn under_tag(stage: &Stage, name: &str) -> Vec<Post> {
    let mut tx = stage.node.node().store.read().await.unwrap();
    let Some(tag) = tx.tag(name).await.unwrap() else { return Vec::new() };
    let filter = PublicFilter { reach: Reach::All, only_media: false };
    tx.tagged(tag.id, filter, Viewer::Anyone, &Page::first(40)).await.unwrap()
}

async fn states(stage: &Stage) -> Vec<(String, String)> {
    let mut tx = stage.node.node().store.read().await.unwrap();
    let mut all = Vec::new();
    for peer in tx.peers().await.unwrap() {
        for s in tx.tag_subscriptions_of_peer(&peer.host, 99).await.unwrap() {
            all.push((s.tag, s.state));
        }
    }
    all
}

/// A note with the hashtag, served.
fn tagged_note(server: &Server, author: &Value, path: &str, more: Value) -> Value {
    let mut note = server.note(author, path, "About #Rust", more);
    if note["tag"].is_null() {
        note["tag"] = json!([{"type": "Hashtag", "name": "#Rust", "href": server.url("/tags/rust")}]);
    }
    server.publish(&note);
    note
}

/// Alice follows the hashtag, and the peer's account for it accepts.
async fn subscribed(stage: &Stage, handles: &str, origin_only: bool) -> Value {
    let name = handles.replace("{slug}", TAG).replace("{tag}", TAG);
    let actor = account_of_tag(&stage.server, &name, "/tags/rust/actor");
    named_peer(stage, &stage.server, handles, origin_only).await;
    follows_tag(&stage.alice(), "Rust").await;
    let mut follow = stage.server.receives("Follow").await;
    follow.as_object_mut().unwrap().remove("@context");
    stage.takes(&stage.server.activity("Accept", &actor, follow)).await;
    assert_eq!(states(stage).await, [(TAG.to_owned(), "accepted".to_owned())]);
    stage.node.idle().await;
    actor
}

/// The account gives word of a post.
async fn announces(stage: &Stage, actor: &Value, note: &Value) -> Value {
    let announce = stage.server.activity("Announce", actor, note["id"].clone());
    stage.takes(&announce).await;
    stage.node.idle().await;
    announce
}

fn signer(seen: &[Seen], kind: &str) -> Seen {
    let is = |s: &&Seen| serde_json::from_slice::<Value>(&s.body).is_ok_and(|a| a["type"] == kind);
    seen.iter().find(is).expect("it was sent").clone()
}

on_both! {
    async fn b45_a_hashtag_is_followed_once_for_all_members_and_what_comes_is_filed_once(db: Db) {
        let stage = Stage::empty_with("peer", db.engine, Options::default()).await;
        let cara = stage.node.member("cara").await;
        let actor = subscribed(&stage, "tag-{slug}", true).await;
        follows_tag(&cara, "#rust").await;
        stage.node.idle().await;
        let us = stage.node.known(&stage.node.node().config.instance_actor_uri()).await.unwrap();
        let key = stage.node.node().store.read().await.unwrap().signing_key(us.id).await.unwrap().unwrap();
        let (by, _) = verified_key_id(&signer(&stage.server.seen(), "Follow"), &key.public_pem);
        assert_eq!(by, key.id, "the node's own actor asks");
        let [follow] = stage.server.received("Follow").try_into().expect("one Follow for both");
        assert_eq!((&follow["actor"], &follow["object"]), (&json!(us.uri), &actor["id"]));
        for who in ["alice", "cara"] {
            assert!(!follow.to_string().contains(who), "nobody is named: {follow}");
        }

        let bob = stage.server.person("bob");
        let note = tagged_note(&stage.server, &bob, "/notes/1", json!({}));
        let announce = announces(&stage, &actor, &note).await;
        let post = stage.stored(&note).await.expect("it was fetched");
        // Delivered again, by the same id and another one.
        stage.takes(&announce).await;
        announces(&stage, &actor, &note).await;
        for who in [stage.alice(), cara] {
            let home: Vec<String> = who.home().await.into_iter().filter(|p| !p.local).map(|p| p.uri).collect();
            assert_eq!(home, std::slice::from_ref(&post.uri), "once in each home");
            assert!(who.notifications().await.is_empty());
        }
        assert_eq!(under_tag(&stage, TAG).await.iter().map(|p| p.id).collect::<Vec<_>>(), [post.id]);
        assert_eq!(stage.stored(&note).await.unwrap().boosts_count, 0, "nobody boosted it");
        let fetched = stage.server.gets().iter().filter(|t| *t == "/notes/1").count();
        assert_eq!(fetched, 1, "it was fetched once");
        assert!(stage.server.posts().iter().all(|(_, a)| a["type"] == "Follow"), "nothing is announced: {:?}", stage.server.posts());

        unfollows_tag(&stage.alice(), TAG).await;
        stage.node.idle().await;
        assert!(stage.server.received("Undo").is_empty(), "somebody follows it still");
        unfollows_tag(&cara, TAG).await;
        let undo = stage.server.receives("Undo").await;
        assert_eq!((&undo["actor"], &undo["object"]["id"], &undo["object"]["type"]), (&json!(us.uri), &follow["id"], &json!("Follow")));
        assert!(states(&stage).await.is_empty());
        let late = tagged_note(&stage.server, &bob, "/notes/2", json!({}));
        announces(&stage, &actor, &late).await;
        assert!(stage.stored(&late).await.is_none(), "it is nobody to us any more");
        stage.end().await;
    }

    async fn b45_whichever_way_a_post_comes_first_there_is_one(db: Db) {
        let stage = Stage::empty_with("peer", db.engine, Options::default()).await;
        let actor = subscribed(&stage, "tag-{slug}", true).await;
        let (bob, bea) = (stage.server.person("bob"), stage.server.person("bea"));
        stage.alice_follows(&bob).await;
        let first = tagged_note(&stage.server, &bob, "/notes/1", json!({}));
        stage.takes(&stage.server.activity("Create", &bob, first.clone())).await;
        announces(&stage, &actor, &first).await;
        let second = tagged_note(&stage.server, &bob, "/notes/2", json!({}));
        announces(&stage, &actor, &second).await;
        stage.takes(&stage.server.activity("Create", &bob, second.clone())).await;
        let third = tagged_note(&stage.server, &bea, "/notes/3", json!({"to": ["https://www.w3.org/ns/activitystreams#Public"], "cc": [stage.alice().uri().await]}));
        announces(&stage, &actor, &third).await;
        stage.node.idle().await;
        let mut home: Vec<String> = stage.alice().home().await.into_iter().filter(|p| !p.local).map(|p| p.uri).collect();
        home.sort();
        let expected: Vec<&str> = [&first, &second, &third].map(|n| n["id"].as_str().unwrap()).into();
        assert_eq!(home, expected);
        assert_eq!(under_tag(&stage, TAG).await.len(), 3);
        stage.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b45_whom_a_post_names_hears_of_it_once_if_it_came_by_its_hashtag_first() {
    let stage = Stage::empty_with("peer", Engine::Sqlite, Options::default()).await;
    let actor = subscribed(&stage, "tag-{slug}", true).await;
    let (bob, alice) = (stage.server.person("bob"), stage.alice().uri().await);
    let tags = json!([{"type": "Hashtag", "name": "#Rust"}, {"type": "Mention", "name": "@alice", "href": alice}]);
    let note = tagged_note(&stage.server, &bob, "/notes/1", json!({"cc": [alice], "tag": tags}));
    announces(&stage, &actor, &note).await;
    stage.takes(&stage.server.activity("Create", &bob, note.clone())).await;
    stage.node.idle().await;
    assert_eq!(stage.alice().notifications().await, [("mention", "bob".to_owned())]);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b45_our_nodes_pass_on_their_own_posts_alone_and_services_those_of_all() {
    for (handles, origin_only) in [("tag-{slug}", true), ("{tag}", false)] {
        let stage = Stage::empty_with("peer", Engine::Sqlite, Options::default()).await;
        let actor = subscribed(&stage, handles, origin_only).await;
        let far = Server::start("far").await;
        let note = tagged_note(&far, &far.person("bob"), "/notes/1", json!({}));
        announces(&stage, &actor, &note).await;
        assert_eq!(stage.stored(&note).await.is_some(), !origin_only, "{handles}");
        assert_eq!(far.connections() > 0, !origin_only, "{handles}");
        stage.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b45_what_is_old_quiet_limited_or_without_the_hashtag_is_not_filed() {
    let stage = Stage::empty_with("peer", Engine::Sqlite, Options::default()).await;
    let actor = subscribed(&stage, "tag-{slug}", true).await;
    let (bob, loud) = (stage.server.person("bob"), stage.server.person("loud"));
    let now = stage.node.node().now();
    let public = "https://www.w3.org/ns/activitystreams#Public";
    let limited = stage.node.federation().find_fresh(loud["id"].as_str().unwrap()).await.unwrap();
    let node = stage.node.node();
    let mut tx = node.store.begin().await.unwrap();
    moderate::limit(node, &mut tx, "owner", &limited).await.unwrap();
    node.commit(tx).await.unwrap();
    for (path, author, more) in [
        ("/notes/old", &bob, json!({"published": rfc3339(now - 25 * HOUR)})),
        ("/notes/undated", &bob, json!({"published": null})),
        ("/notes/quiet", &bob, json!({"to": [format!("{}/followers", bob["id"].as_str().unwrap())], "cc": [public]})),
        ("/notes/few", &bob, json!({"to": [format!("{}/followers", bob["id"].as_str().unwrap())], "cc": []})),
        ("/notes/other", &bob, json!({"tag": [{"type": "Hashtag", "name": "#go"}]})),
        ("/notes/loud", &loud, json!({})),
    ] {
        let note = tagged_note(&stage.server, author, path, more);
        announces(&stage, &actor, &note).await;
        assert!(stage.stored(&note).await.is_none(), "{path}");
    }
    let note = tagged_note(&stage.server, &bob, "/notes/good", json!({"published": rfc3339(now - 23 * HOUR)}));
    announces(&stage, &actor, &note).await;
    assert!(stage.stored(&note).await.is_some(), "any age up to a day");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b45_who_is_blocked_is_brought_back_by_nobody() {
    let stage = Stage::empty_with("peer", Engine::Sqlite, Options::default()).await;
    let actor = subscribed(&stage, "{tag}", false).await;
    let (far, evil) = (Server::start("far").await, Server::start("evil").await);
    let (eve, bob, mal) = (far.person("eve"), far.person("bob"), evil.person("mal"));
    let node = stage.node.node();
    for (who, blocked_here) in [(&eve, true), (&bob, false)] {
        let account = stage.node.federation().find_fresh(who["id"].as_str().unwrap()).await.unwrap();
        let mut tx = node.store.begin().await.unwrap();
        if blocked_here {
            moderate::suspend(node, &mut tx, "owner", &account).await.unwrap();
        } else {
            let alice = stage.alice().account().await;
            moderate::block(node, &mut tx, &alice, &account).await.unwrap();
        }
        node.commit(tx).await.unwrap();
    }
    let mut tx = node.store.begin().await.unwrap();
    let rule = DomainRule::new(evil.host(), "suspend", node.now());
    domains::set(node, &mut tx, "owner", &rule).await.unwrap();
    node.commit(tx).await.unwrap();
    node.read_domain_rules().await.unwrap();
    let before = evil.connections();
    for (server, author) in [(&far, &eve), (&evil, &mal), (&far, &bob)] {
        let note = tagged_note(
            server,
            author,
            &format!("/notes/{}", author["preferredUsername"].as_str().unwrap()),
            json!({}),
        );
        announces(&stage, &actor, &note).await;
        assert_eq!(stage.stored(&note).await.is_some(), author == &bob, "{note}");
    }
    assert_eq!(evil.connections(), before, "a blocked server is asked nothing");
    assert!(stage.alice().home().await.iter().all(|p| p.local), "whom she blocked does not come into her home");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b45_whoever_also_follows_the_account_gets_its_boosts() {
    let stage = Stage::empty_with("peer", Engine::Sqlite, Options::default()).await;
    let actor = subscribed(&stage, "tag-{slug}", true).await;
    let note = tagged_note(&stage.server, &stage.server.person("bob"), "/notes/1", json!({}));
    stage.server.forget();
    stage.alice_follows(&actor).await;
    announces(&stage, &actor, &note).await;
    assert_eq!(stage.stored(&note).await.unwrap().boosts_count, 1);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b45_our_own_post_is_not_boosted_by_an_account_that_the_node_follows() {
    let stage = Stage::empty_with("peer", Engine::Sqlite, Options::default()).await;
    let actor = subscribed(&stage, "{tag}", false).await;
    let ours = stage.alice().says("About #rust").await;
    stage.takes(&stage.server.activity("Announce", &actor, json!(ours.uri))).await;
    stage.node.idle().await;
    assert!(stage.alice().notifications().await.is_empty());
    assert_eq!(stage.node.post_by_uri(&ours.uri).await.unwrap().boosts_count, 0);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b44_b45_what_is_taken_back_is_looked_at_where_it_was_made() {
    let stage = Stage::empty_with("peer", Engine::Sqlite, Options::default()).await;
    let actor = subscribed(&stage, "tag-{slug}", true).await;
    let bob = stage.server.person("bob");
    let [kept, gone, left] =
        ["/notes/1", "/notes/2", "/notes/3"].map(|path| tagged_note(&stage.server, &bob, path, json!({})));
    let mut announced = Vec::new();
    for note in [&kept, &gone, &left] {
        let announce = announces(&stage, &actor, note).await;
        assert!(stage.stored(note).await.is_some());
        announced.push(announce);
    }
    let post = stage.stored(&kept).await.unwrap();
    let mut tx = stage.node.node().store.begin().await.unwrap();
    node::react::bookmark(stage.node.node(), &mut tx, &stage.alice().account().await, &post).await.unwrap();
    stage.node.node().commit(tx).await.unwrap();
    let later = rfc3339(stage.node.node().now() + 2 * MINUTE);
    tagged_note(&stage.server, &bob, "/notes/1", json!({"tag": [], "updated": later}));
    stage.server.serve("/notes/2", Reply::Status(410));
    for announce in &announced {
        stage.takes(&stage.server.activity("Undo", &actor, announce.clone())).await;
    }
    stage.node.idle().await;
    assert!(stage.stored(&kept).await.is_some(), "alice has it among her bookmarks");
    assert!(stage.stored(&gone).await.is_none());
    assert!(
        stage.stored(&left).await.is_none(),
        "it is there still, and not to be passed on: nobody here has to do with it"
    );
    assert!(under_tag(&stage, TAG).await.is_empty(), "it has the hashtag no more");
    // And it comes back, by the same id.
    let latest = rfc3339(stage.node.node().now() + 4 * MINUTE);
    tagged_note(&stage.server, &bob, "/notes/1", json!({"updated": latest}));
    stage.takes(&announced[0]).await;
    stage.node.idle().await;
    assert_eq!(under_tag(&stage, TAG).await.len(), 1);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b44_what_is_taken_back_goes_also_where_somebody_follows_the_account() {
    let stage = Stage::empty_with("peer", Engine::Sqlite, Options::default()).await;
    let actor = subscribed(&stage, "tag-{slug}", true).await;
    stage.server.forget();
    stage.alice_follows(&actor).await;
    let bob = stage.server.person("bob");
    let note = tagged_note(&stage.server, &bob, "/notes/1", json!({}));
    let announce = announces(&stage, &actor, &note).await;
    assert_eq!(under_tag(&stage, TAG).await.len(), 1);
    stage.takes(&stage.server.activity("Undo", &actor, announce)).await;
    stage.node.idle().await;
    assert!(stage.stored(&note).await.is_none() && under_tag(&stage, TAG).await.is_empty());
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b45_a_peer_that_is_removed_blocked_or_not_needed_any_more_is_left() {
    for how in ["removed", "blocked", "suspended", "deleted"] {
        let stage = Stage::empty_with("peer", Engine::Sqlite, Options::default()).await;
        subscribed(&stage, "tag-{slug}", true).await;
        let node = stage.node.node();
        let mut tx = node.store.begin().await.unwrap();
        let alice = stage.alice().account().await;
        match how {
            "removed" => peers::remove(node, &mut tx, "owner", stage.server.host()).await.unwrap(),
            "blocked" => {
                let rule = DomainRule::new(stage.server.host(), "suspend", node.now());
                domains::set(node, &mut tx, "owner", &rule).await.unwrap();
            }
            "suspended" => moderate::suspend(node, &mut tx, "owner", &alice).await.unwrap(),
            _ => node::accounts::delete_member(node, &mut tx, "owner", &alice).await.unwrap(),
        }
        node.commit(tx).await.unwrap();
        eventually("nothing is followed there", || async { states(&stage).await.is_empty().then_some(()) }).await;
        stage.node.idle().await;
        assert_eq!(stage.server.received("Undo").len(), usize::from(how != "blocked"), "{how}");
        let mut tx = node.store.begin().await.unwrap();
        match how {
            "removed" => {
                let peer = tx.peers().await.unwrap().remove(0);
                peers::add(node, &mut tx, "owner", &Peer { ignored: false, ..peer }).await.unwrap();
            }
            "blocked" => domains::allow(node, &mut tx, "owner", stage.server.host()).await.unwrap(),
            "suspended" => {
                let alice = tx.account(alice.id).await.unwrap().unwrap();
                moderate::unsuspend(node, &mut tx, "owner", &alice).await.unwrap();
            }
            _ => {
                stage.end().await;
                continue;
            }
        }
        node.commit(tx).await.unwrap();
        eventually("it is followed again", || async { (stage.server.received("Follow").len() == 2).then_some(()) })
            .await;
        stage.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b45_who_refuses_is_left_alone_for_a_week_and_who_is_not_there_for_a_day() {
    let now = Clock::System.now();
    let time = Arc::new(AtomicI64::new(now));
    let options = Options { clock: Some(Clock::Manual(Arc::clone(&time))), ..Options::default() };
    let stage = Stage::empty_with("peer", Engine::Sqlite, options).await;
    named_peer(&stage, &stage.server, "tag-{slug}", true).await;
    follows_tag(&stage.alice(), "Rust").await;
    let state = |wanted: &'static str| {
        let stage = &stage;
        eventually(
            wanted,
            move || async move { states(stage).await.iter().any(|(_, state)| state == wanted).then_some(()) },
        )
    };
    state("missing").await;
    let actor = account_of_tag(&stage.server, "tag-rust", "/tags/rust/actor");
    let rounds = async |after: i64| {
        time.store(now + after, Ordering::Relaxed);
        round(stage.node.node(), || true).await;
        stage.node.idle().await;
        stage.server.received("Follow").len()
    };
    assert_eq!(rounds(23 * HOUR).await, 0);
    assert_eq!(rounds(25 * HOUR).await, 1, "once a day it is looked for");
    // It answers in its own time: signatures must not be older than an hour.
    let follow = stage.server.receives("Follow").await;
    let reject = stage.server.activity("Reject", &actor, follow["id"].clone());
    let letter = suite::fediverse::Letter::post_at(&stage.node, "/inbox", reject.to_string(), now + 25 * HOUR);
    let answer =
        letter.signed(&stage.server.key_of(actor["id"].as_str().unwrap()), stage.style()).send(&stage.node).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    state("rejected").await;
    assert_eq!(rounds(25 * HOUR + 6 * DAY).await, 1, "it is not asked again");
    assert_eq!(rounds(26 * HOUR + 7 * DAY).await, 2, "after a week it is");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b46_a_hashtag_in_other_letters_is_followed_by_its_slug() {
    let stage = Stage::empty_with("peer", Engine::Sqlite, Options::default()).await;
    named_peer(&stage, &stage.server, peers::OURS, true).await;
    for (written, slug) in [("日本語", "xn--wgv71a119e"), ("Frühling", "fruhling"), ("ｗｉｄｅ", "wide")] {
        stage.server.forget();
        let actor = account_of_tag(&stage.server, &format!("tag-{slug}"), &format!("/tags/{slug}/actor"));
        follows_tag(&stage.alice(), written).await;
        assert_eq!(stage.server.receives("Follow").await["object"], actor["id"], "{written}");
        let tag = json!([{"type": "Hashtag", "name": format!("#{written}")}]);
        let note =
            tagged_note(&stage.server, &stage.server.person("bob"), &format!("/notes/{slug}"), json!({"tag": tag}));
        announces(&stage, &actor, &note).await;
        assert!(stage.alice().home().await.iter().any(|p| p.uri == note["id"].as_str().unwrap()), "{written}");
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b45_what_was_left_undone_is_put_right_by_housekeeping() {
    let now = Clock::System.now();
    let time = Arc::new(AtomicI64::new(now));
    let options = Options { clock: Some(Clock::Manual(Arc::clone(&time))), ..Options::default() };
    let stage = Stage::empty_with("peer", Engine::Sqlite, options).await;
    subscribed(&stage, "tag-{slug}", true).await;
    // As if it had been followed while nobody looked.
    let node = stage.node.node();
    let mut tx = node.store.begin().await.unwrap();
    let tag = tx.use_tag(node.id(), "go", "go", now).await.unwrap();
    tx.follow_tag(node.id(), stage.alice().id, tag).await.unwrap();
    let rust = tx.tag(TAG).await.unwrap().unwrap();
    tx.unfollow_tag(stage.alice().id, rust.id).await.unwrap();
    node.commit(tx).await.unwrap();
    account_of_tag(&stage.server, "tag-go", "/tags/go/actor");
    time.store(now + 7 * HOUR, Ordering::Relaxed);
    round(node, || true).await;
    stage.node.idle().await;
    assert_eq!(states(&stage).await, [(TAG.to_owned(), "accepted".to_owned()), ("go".to_owned(), "asked".to_owned())]);
    time.store(now + 8 * DAY, Ordering::Relaxed);
    round(node, || true).await;
    stage.node.idle().await;
    assert_eq!(states(&stage).await, [("go".to_owned(), "asked".to_owned())]);
    assert_eq!(stage.server.received("Undo").len(), 1);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b45_word_of_a_post_outlives_the_process_that_heard_it() {
    let options = Options { no_worker: true, ..Options::default() };
    let stage = Stage::empty_with("peer", Engine::Sqlite, options).await;
    let actor = account_of_tag(&stage.server, "tag-rust", "/tags/rust/actor");
    named_peer(&stage, &stage.server, "tag-{slug}", true).await;
    follows_tag(&stage.alice(), "Rust").await;
    let federation = stage.node.federation();
    let work = async || {
        for asks_others in [false, true, false, true] {
            for job in federation.lease_jobs(asks_others, 9).await.unwrap() {
                federation.serve_job(job).await.unwrap();
            }
        }
    };
    work().await;
    let bob = stage.server.person("bob");
    let note = tagged_note(&stage.server, &bob, "/notes/1", json!({}));
    let announce = stage.server.activity("Announce", &actor, note["id"].clone());
    for _ in 0..3 {
        stage.takes(&announce).await;
    }
    assert_eq!(stage.node.node().store.read().await.unwrap().queue().await.unwrap().jobs, 1, "heard, and not yet done");
    work().await;
    stage.takes(&announce).await;
    work().await;
    assert_eq!(under_tag(&stage, TAG).await.len(), 1);
    assert_eq!(stage.alice().home().await.iter().filter(|p| !p.local).count(), 1);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b45_a_person_is_no_account_of_a_hashtag_and_what_has_no_name_is_not_asked_for() {
    let stage = Stage::empty_with("peer", Engine::Sqlite, Options::default()).await;
    let person = stage.server.actor_at("/users/rust", "rust");
    stage.server.publish(&person);
    stage.server.finger("rust", person["id"].as_str().unwrap());
    named_peer(&stage, &stage.server, "{tag}", false).await;
    follows_tag(&stage.alice(), "Rust").await;
    follows_tag(&stage.alice(), "日本語").await;
    stage.node.idle().await;
    let mut known = states(&stage).await;
    known.sort();
    assert_eq!(known, [("rust".to_owned(), "missing".to_owned()), ("日本語".to_owned(), "missing".to_owned())]);
    assert!(stage.server.received("Follow").is_empty());
    let asked = stage.server.gets().into_iter().filter(|t| t.contains("webfinger")).collect::<Vec<_>>();
    assert!(asked.iter().all(|t| t.contains("acct%3Arust%40")), "{asked:?}");
    stage.end().await;
}

fn node_info(server: &Server, at: &str, software: &str) {
    let link = json!({"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": at});
    let kind = "application/json".to_owned();
    server.serve(
        "/.well-known/nodeinfo",
        Reply::Content { kind: kind.clone(), body: json!({"links": [link]}).to_string() },
    );
    let document =
        json!({"version": "2.0", "software": {"name": software, "version": "7.1"}, "protocols": ["activitypub"]});
    server.serve("/nodeinfo/2.0", Reply::Content { kind, body: document.to_string() });
}

#[tokio::test(flavor = "multi_thread")]
async fn b45_servers_of_our_software_become_peers_when_somebody_follows_somebody_there() {
    let discover = |settings: &mut outloud::Settings| settings.node.discover_peers = true;
    let options = Options { change: Some(discover), ..Options::default() };
    let stage = Stage::empty_with("peer", Engine::Sqlite, options).await;
    let (other, liar) = (Server::start("other").await, Server::start("liar").await);
    node_info(&stage.server, &stage.server.url("/nodeinfo/2.0"), "outloud");
    node_info(&other, &other.url("/nodeinfo/2.0"), "Mastodon");
    node_info(&liar, &stage.server.url("/nodeinfo/2.0"), "outloud");
    account_of_tag(&stage.server, "tag-rust", "/tags/rust/actor");
    follows_tag(&stage.alice(), "Rust").await;
    // That somebody there follows us says nothing: anybody can.
    stage.follows_alice(&stage.server.person("bob")).await;
    stage.node.idle().await;
    assert!(stage.node.node().store.read().await.unwrap().peers().await.unwrap().is_empty());
    stage.alice_follows(&stage.server.person("bea")).await;
    for server in [&other, &liar] {
        let zoe = server.person("zoe");
        stage.alice_follows_there(server, &zoe).await;
    }
    stage.server.receives("Follow").await;
    stage.node.idle().await;
    let node = stage.node.node();
    let mut tx = node.store.begin().await.unwrap();
    let [peer] = tx.peers().await.unwrap().try_into().expect("one");
    assert_eq!((peer.host.as_str(), peer.discovered, peer.origin_only), (stage.server.host(), true, true));
    let known = async |tx: &mut storage::Tx, server: &Server| {
        tx.server(server.host()).await.unwrap().map(|s| (s.software, s.version))
    };
    assert_eq!(known(&mut tx, &other).await, Some(("mastodon".to_owned(), "7.1".to_owned())));
    assert_eq!(known(&mut tx, &liar).await, Some((String::new(), String::new())), "that lies on another server");
    peers::remove(node, &mut tx, "owner", &peer.host).await.unwrap();
    let again = storage::Server {
        host: peer.host.clone(),
        software: "outloud".to_owned(),
        version: "8".to_owned(),
        asked_at: node.now(),
    };
    peers::heard_of(node, &mut tx, &peer.origin, &again).await.unwrap();
    for n in 0..60 {
        let host = format!("node{n}.example");
        let (host, origin) = (host.clone(), format!("https://{host}"));
        peers::heard_of(node, &mut tx, &origin, &storage::Server { host, ..again.clone() }).await.unwrap();
    }
    let found = tx.peers().await.unwrap().iter().filter(|p| !p.ignored).count();
    assert_eq!(found, 50, "there are enough");
    drop(tx);
    let mut tx = node.store.begin().await.unwrap();
    peers::remove(node, &mut tx, "owner", &peer.host).await.unwrap();
    peers::heard_of(node, &mut tx, &peer.origin, &again).await.unwrap();
    node.commit(tx).await.unwrap();
    stage.node.idle().await;
    assert!(states(&stage).await.is_empty(), "it stays away");
    assert_eq!(stage.server.gets().iter().filter(|t| *t == "/.well-known/nodeinfo").count(), 1, "once in a while");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b45_a_peer_that_was_found_goes_once_no_member_follows_anybody_there() {
    let discover = |settings: &mut outloud::Settings| settings.node.discover_peers = true;
    let options = Options { change: Some(discover), ..Options::default() };
    let stage = Stage::empty_with("peer", Engine::Sqlite, options).await;
    let node = stage.node.node();
    node_info(&stage.server, &stage.server.url("/nodeinfo/2.0"), "outloud");
    account_of_tag(&stage.server, "tag-rust", "/tags/rust/actor");
    follows_tag(&stage.alice(), "Rust").await;
    let named = Server::start("named").await;
    named_peer(&stage, &named, peers::OURS, true).await;
    let hosts = async || {
        let peers = node.store.read().await.unwrap().peers().await.unwrap();
        peers.into_iter().map(|p| p.host).collect::<Vec<_>>()
    };
    let tidy = async || {
        node::housekeeping::step(node, node::housekeeping::Chore::Peers, 0).await.unwrap();
        stage.node.idle().await;
    };
    let bea = stage.server.person("bea");
    for _ in 0..2 {
        // Whoever was dropped is found again.
        stage.alice_follows(&bea).await;
        stage.node.idle().await;
        tidy().await;
        assert_eq!(hosts().await, [named.host(), stage.server.host()]);
        let mut tx = node.store.begin().await.unwrap();
        let (alice, bea) = (stage.alice().account().await, stage.known(&bea).await);
        node::follow::unfollow(node, &mut tx, &alice, &bea).await.unwrap();
        node.commit(tx).await.unwrap();
        tidy().await;
        assert_eq!(hosts().await, [named.host()], "the owner named this one");
        let of_it = node.store.read().await.unwrap().tag_subscriptions_of_peer(stage.server.host(), 9).await.unwrap();
        assert!(of_it.is_empty(), "and nothing is followed there any more");
    }
    assert_eq!(
        stage
            .server
            .received("Undo")
            .iter()
            .filter(|u| u["object"]["object"] == stage.server.url("/tags/rust/actor"))
            .count(),
        2
    );
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b45_of_word_that_is_not_heeded_nothing_is_kept() {
    let stage = Stage::empty_with("peer", Engine::Sqlite, Options::default()).await;
    let actor = subscribed(&stage, "tag-{slug}", true).await;
    let elsewhere = Server::start("elsewhere").await;
    let bob = stage.server.person("bob");
    let note = tagged_note(&stage.server, &bob, "/notes/1", json!({}));
    announces(&stage, &actor, &note).await;
    let others = elsewhere.url("/notes/1");
    let ours = stage.post.uri.clone();
    for object in [others.clone(), ours.clone()] {
        stage.takes(&stage.server.activity("Announce", &actor, json!(object))).await;
    }
    stage.node.idle().await;
    let mut tx = stage.node.node().store.read().await.unwrap();
    assert!(tx.is_relayed(note["id"].as_str().unwrap()).await.unwrap());
    assert!(!tx.is_relayed(&others).await.unwrap(), "it passes on posts of its own server alone");
    assert!(!tx.is_relayed(&ours).await.unwrap());
    drop(tx);
    assert!(elsewhere.seen().is_empty());
    stage.end().await;
}
