//! The actors of hashtags: found, followed, and what they carry.

use std::collections::BTreeMap;

use model::account::Account;
use model::audience::Audience;
use model::clock::Millis;
use model::hashtag::{normalise, slug};
use model::id::Id;
use model::post::{Draft, Post, Revision};
use node::{carry, moderate, publish, react};
use serde_json::{Value, json};
use storage::{Follow, Tx};
use suite::db::Engine;
use suite::fediverse::{Letter, Server, Stage, verified_key_id};
use suite::node::{Options, Person, TestNode, eventually};
use suite::on_both;
use suite::peer::Peer;

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

async fn get(node: &TestNode, target: &str) -> suite::fediverse::Answer {
    Letter::get(node, target).with("accept", "application/activity+json").send(node).await
}

/// Somebody elsewhere follows a hashtag; answers what the node answers.
async fn follows_tag(stage: &Stage, actor: &Value, tag: &str) -> Value {
    let follow = stage.server.activity("Follow", actor, json!(stage.node.node().config.tag_actor_uri(tag)));
    let answer = stage.letter(&format!("/tags/{tag}/inbox"), &follow).send(&stage.node).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    eventually("the follow is answered", || async {
        let accepts = stage.server.received("Accept").into_iter();
        accepts.rev().find(|a| a["object"]["id"] == follow["id"])
    })
    .await
}

async fn edits(who: Person<'_>, post: &Post, revision: Revision) {
    let node = who.on.node();
    let mut tx = node.store.begin().await.unwrap();
    publish::edit(node, &mut tx, &who.account().await, post.id, &revision).await.unwrap();
    node.commit(tx).await.unwrap();
}

async fn deletes(who: Person<'_>, post: &Post) {
    let node = who.on.node();
    let mut tx = node.store.begin().await.unwrap();
    publish::delete(node, &mut tx, &who.account().await, post.id).await.unwrap();
    node.commit(tx).await.unwrap();
}

async fn consents(who: Person<'_>, on: bool) {
    let node = who.on.node();
    let mut tx = node.store.begin().await.unwrap();
    carry::set_consent(node, &mut tx, &who.account().await, on).await.unwrap();
    node.commit(tx).await.unwrap();
}

/// What the other server was told of a post by the actor of a hashtag: (type, id), in order.
fn told_of(stage: &Stage, tag: &str, post: &Post) -> Vec<(String, String)> {
    let actor = stage.node.node().config.tag_actor_uri(tag);
    let by_tag = stage.server.posts().into_iter().map(|(_, a)| a).filter(|a| a["actor"] == actor);
    by_tag
        .filter_map(|a| {
            let announce = if a["type"] == "Undo" { &a["object"] } else { &a };
            let is_of = announce["object"] == post.uri;
            is_of.then(|| (a["type"].as_str().unwrap().to_owned(), announce["id"].as_str().unwrap().to_owned()))
        })
        .collect()
}

fn kinds(told: &[(String, String)]) -> Vec<&str> {
    told.iter().map(|(kind, _)| kind.as_str()).collect()
}

on_both! {
    async fn b42_a_hashtag_is_found_followed_and_carries_a_post_once(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let config = &stage.node.node().config;
        let actor_uri = config.tag_actor_uri("workoutloud");
        let bob = stage.server.person("bob");

        let found = get(&stage.node, &format!("/.well-known/webfinger?resource=acct:tag-workoutloud@{}", stage.node.host())).await;
        assert_eq!(found.status, 200, "{found:?}");
        let found = found.json();
        assert_eq!(found["subject"], json!(format!("acct:tag-workoutloud@{}", stage.node.host())));
        assert!(found["links"].as_array().unwrap().iter().any(|l| l["rel"] == "self" && l["href"] == actor_uri), "{found:#}");
        for target in ["/tags/workoutloud/actor", "/tags/workoutloud"] {
            let answer = get(&stage.node, target).await;
            assert_eq!((answer.status, answer.header("content-type").split(';').next()), (200, Some("application/activity+json")));
            let actor = answer.json();
            assert_eq!((&actor["id"], &actor["type"], &actor["preferredUsername"]), (&json!(actor_uri), &json!("Group"), &json!("tag-workoutloud")));
            assert_eq!(actor["inbox"], json!(format!("{}/tags/workoutloud/inbox", config.origin)));
            assert_eq!(actor["publicKey"]["id"], json!(format!("{actor_uri}#main-key")));
            assert_eq!(actor["attributedTo"], json!(config.instance_actor_uri()));
            assert_eq!((&actor["manuallyApprovesFollowers"], &actor["indexable"]), (&json!(false), &json!(false)));
        }
        assert!(stage.node.known(&actor_uri).await.is_none(), "looking makes nothing");

        let accept = follows_tag(&stage, &bob, "workoutloud").await;
        assert_eq!((&accept["actor"], &accept["object"]["actor"], &accept["object"]["object"]), (&json!(actor_uri), &bob["id"], &json!(actor_uri)));
        assert_eq!(get(&stage.node, "/tags/workoutloud/followers").await.json()["totalItems"], json!(1));
        let key = get(&stage.node, "/tags/workoutloud/actor").await.json()["publicKey"]["publicKeyPem"].as_str().unwrap().to_owned();
        let sent = stage.server.seen().into_iter().rfind(|s| s.method == http::Method::POST).unwrap();
        assert_eq!(verified_key_id(&sent, &key).0, format!("{actor_uri}#main-key"));

        let post = stage.alice().says("Trying a walk-in clinic #WorkOutLoud").await;
        stage.node.idle().await;
        let announces = stage.server.received("Announce");
        assert_eq!(announces.len(), 1, "{announces:#?}");
        let announce = &announces[0];
        assert_eq!((&announce["actor"], &announce["object"]), (&json!(actor_uri), &json!(post.uri)));
        assert_eq!((&announce["to"], &announce["cc"]), (&json!([PUBLIC]), &json!([format!("{}/tags/workoutloud/followers", config.origin)])));
        let id = announce["id"].as_str().unwrap();
        assert_eq!(id, format!("{}/tags/workoutloud/announces/{}", config.origin, node::random::name_of(&post.uri)));
        let again = get(&stage.node, id.strip_prefix(&config.origin).unwrap()).await.json();
        assert_eq!((&again["id"], &again["object"]), (&json!(id), &json!(post.uri)));
        let outbox = get(&stage.node, "/tags/workoutloud/outbox?page=true").await.json();
        assert_eq!(outbox["orderedItems"][0]["id"], json!(id), "{outbox:#}");

        assert!(stage.alice().notifications().await.is_empty(), "nobody is told that a hashtag carries what they said");
        assert_eq!(stage.node.post_by_uri(&post.uri).await.unwrap().boosts_count, 0);
        let mut tx = stage.node.node().store.read().await.unwrap();
        let page = model::page::Page::first(9);
        assert!(tx.boosted_by(post.id, &page).await.unwrap().is_empty());
        drop(tx);
        stage.end().await;
    }

    async fn b43_what_is_quiet_an_answer_or_not_to_be_carried_is_not(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let (alice, carl) = (stage.alice(), stage.node.member("carl").await);
        let bob = stage.server.person("bob");
        follows_tag(&stage, &bob, "try").await;
        for audience in [Audience::Unlisted, Audience::Followers, Audience::Organisation, Audience::Direct] {
            alice.says_to(audience, "Not for everybody #try").await;
        }
        let first = alice.says("For everybody #try").await;
        carl.replies(&first, "An answer #try").await;
        let thread = alice.replies(&first, "And another thing #try").await;
        let opted = alice.posts(Draft { text: "Not this one #try".to_owned(), tag_sharing: Some(false), ..Draft::default() }).await;
        consents(carl, false).await;
        carl.says("Not me #try").await;
        let node = stage.node.node();
        let mut tx = node.store.begin().await.unwrap();
        react::boost(node, &mut tx, &carl.account().await, &opted, None).await.unwrap();
        node.commit(tx).await.unwrap();
        stage.node.idle().await;
        let objects: Vec<Value> = stage.server.received("Announce").into_iter().map(|a| a["object"].clone()).collect();
        assert_eq!(objects, [json!(first.uri), json!(thread.uri)]);

        // Who says in their profile that they want no robots, and who is limited.
        consents(carl, true).await;
        let change = node::accounts::ProfileChange { note: Some("Nurse. #NoBot please".to_owned()), ..Default::default() };
        let mut tx = node.store.begin().await.unwrap();
        node::accounts::change_profile(node, &mut tx, &carl.account().await, change).await.unwrap();
        moderate::limit(node, &mut tx, "test", &alice.account().await).await.unwrap();
        node.commit(tx).await.unwrap();
        carl.says("Robots, no #try").await;
        alice.says("Limited #try").await;
        stage.node.idle().await;
        assert_eq!(stage.server.received("Announce").len(), 2);
        stage.end().await;
    }

    async fn b44_what_loses_the_tag_is_deleted_or_withdrawn_is_taken_back(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let (alice, bob) = (stage.alice(), stage.server.person("bob"));
        follows_tag(&stage, &bob, "try").await;
        let [edited, deleted, kept] = [alice.says("One #try").await, alice.says("Two #try").await, alice.says("Three #try #other").await];
        edits(alice, &edited, Revision { text: "One, changed #try".to_owned(), ..Default::default() }).await;
        stage.node.idle().await;
        assert_eq!(kinds(&told_of(&stage, "try", &edited)), ["Announce"], "an edit that keeps the tag is no news of the tag's");
        assert!(stage.server.received("Update").iter().any(|u| u["object"]["id"] == edited.uri), "who got it by the tag gets the new version");

        edits(alice, &edited, Revision { text: "One, without".to_owned(), ..Default::default() }).await;
        edits(alice, &kept, Revision { text: "Three #try".to_owned(), ..Default::default() }).await;
        deletes(alice, &deleted).await;
        stage.node.idle().await;
        for gone in [&edited, &deleted] {
            let told = told_of(&stage, "try", gone);
            assert_eq!(kinds(&told), ["Announce", "Undo"]);
            assert_eq!(told[0].1, told[1].1, "the one that was made is undone");
        }
        assert_eq!(kinds(&told_of(&stage, "try", &kept)), ["Announce"]);
        assert!(stage.server.received("Delete").iter().any(|d| d["object"]["id"] == deleted.uri), "who got it by the tag alone hears of it");
        let path = told_of(&stage, "try", &edited)[0].1.strip_prefix(&stage.node.origin).unwrap().to_owned();
        assert_eq!(get(&stage.node, &path).await.status, 404);

        // It comes again with the tag, as another deed than the one that was undone.
        edits(alice, &edited, Revision { text: "One, again #Try".to_owned(), ..Default::default() }).await;
        stage.node.idle().await;
        let told = told_of(&stage, "try", &edited);
        assert_eq!(kinds(&told), ["Announce", "Undo", "Announce"]);
        assert_ne!(told[0].1, told[2].1);

        consents(alice, false).await;
        stage.node.idle().await;
        assert_eq!(kinds(&told_of(&stage, "try", &edited)), ["Announce", "Undo", "Announce", "Undo"]);
        assert_eq!(kinds(&told_of(&stage, "try", &kept)), ["Announce", "Undo"]);
        assert!(get(&stage.node, "/tags/try/outbox?page=true").await.json()["orderedItems"].as_array().unwrap().is_empty());
        let counts = stage.node.known(&stage.node.node().config.tag_actor_uri("try")).await.unwrap();
        assert_eq!(counts.posts_count, 0);
        stage.end().await;
    }

    async fn b44_who_blocks_the_hashtag_or_wants_no_robots_is_taken_back(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let (alice, carl, bob) = (stage.alice(), stage.node.member("carl").await, stage.server.person("bob"));
        let (erin, node) = (stage.node.member("erin").await, stage.node.node());
        follows_tag(&stage, &bob, "try").await;
        let (hers, his, erins) = (alice.says("Hers #try").await, carl.says("His #try").await, erin.says("Erin's #try").await);
        stage.node.idle().await;
        let actor = stage.node.known(&node.config.tag_actor_uri("try")).await.unwrap();
        let mut tx = node.store.begin().await.unwrap();
        moderate::block(node, &mut tx, &alice.account().await, &actor).await.unwrap();
        let change = node::accounts::ProfileChange { note: Some("Nurse. #nobot".to_owned()), ..Default::default() };
        node::accounts::change_profile(node, &mut tx, &carl.account().await, change).await.unwrap();
        node.commit(tx).await.unwrap();
        erin.says_to(Audience::Direct, "@tag-try stop").await;
        stage.node.idle().await;
        for gone in [&hers, &his, &erins] {
            assert_eq!(kinds(&told_of(&stage, "try", gone)), ["Announce", "Undo"]);
        }
        stage.end().await;
    }

    async fn a_suspended_author_is_carried_no_more_and_a_blocked_hashtag_carries_nothing(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let (alice, carl, bob) = (stage.alice(), stage.node.member("carl").await, stage.server.person("bob"));
        follows_tag(&stage, &bob, "try").await;
        follows_tag(&stage, &bob, "other").await;
        let (hers, his) = (alice.says("Hers #try #other").await, carl.says("His #try").await);
        stage.node.idle().await;
        let node = stage.node.node();
        let mut tx = node.store.begin().await.unwrap();
        moderate::suspend(node, &mut tx, "test", &carl.account().await).await.unwrap();
        node.commit(tx).await.unwrap();
        stage.node.idle().await;
        assert_eq!(kinds(&told_of(&stage, "try", &his)), ["Announce", "Undo"]);
        assert_eq!(kinds(&told_of(&stage, "try", &hers)), ["Announce"]);

        let mut tx = node.store.begin().await.unwrap();
        assert_eq!(carry::block(node, &mut tx, "test", "#Try", "a person's name").await.unwrap(), "try");
        node.commit(tx).await.unwrap();
        stage.node.idle().await;
        assert_eq!(kinds(&told_of(&stage, "try", &hers)), ["Announce", "Undo"]);
        assert_eq!(kinds(&told_of(&stage, "other", &hers)), ["Announce"]);
        alice.says("More #try").await;
        stage.node.idle().await;
        assert_eq!(stage.server.received("Announce").len(), 3);
        for target in ["/tags/try/actor", "/tags/try/outbox", &format!("/.well-known/webfinger?resource=acct:tag-try@{}", stage.node.host())] {
            assert_eq!(get(&stage.node, target).await.status, 404, "{target}");
        }
        let eve = stage.server.person("eve");
        let mut tx = node.store.begin().await.unwrap();
        carry::block(node, &mut tx, "test", "unheard", "").await.unwrap();
        node.commit(tx).await.unwrap();
        for tag in ["try", "unheard"] {
            let follow = stage.server.activity("Follow", &eve, json!(node.config.tag_actor_uri(tag)));
            assert_eq!(stage.letter(&format!("/tags/{tag}/inbox"), &follow).send(&stage.node).await.status, 202);
            stage.node.idle().await;
            let refused = stage.server.received("Reject");
            assert!(refused.iter().any(|r| r["object"]["id"] == follow["id"] && r["actor"] == follow["object"]), "{tag}: {refused:?}");
        }
        assert_eq!(stage.server.received("Accept").len(), 2, "it is followed by nobody new");

        let mut tx = node.store.begin().await.unwrap();
        for tag in ["try", "unheard"] {
            assert!(carry::unblock(node, &mut tx, "test", tag).await.unwrap());
        }
        node.commit(tx).await.unwrap();
        for tag in ["try", "unheard"] {
            follows_tag(&stage, &eve, tag).await;
        }
        let again = alice.says("And again #try").await;
        stage.node.idle().await;
        assert_eq!(kinds(&told_of(&stage, "try", &again)), ["Announce"]);
        stage.end().await;
    }

    async fn b44_a_post_that_may_be_carried_again_is_at_once(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let (alice, bob) = (stage.alice(), stage.server.person("bob"));
        follows_tag(&stage, &bob, "try").await;
        let never = alice.posts(Draft { text: "Not yet #try".to_owned(), tag_sharing: Some(false), ..Draft::default() }).await;
        let once = alice.says("Once #try").await;
        let lets = async |post: &Post, on: bool| {
            let revision = Revision { text: post.source.clone(), tag_sharing: Some(on), ..Default::default() };
            edits(alice, post, revision).await;
        };
        stage.node.idle().await;
        lets(&once, false).await;
        stage.node.idle().await;
        lets(&never, true).await;
        lets(&once, true).await;
        stage.node.idle().await;
        assert_eq!(kinds(&told_of(&stage, "try", &never)), ["Announce"]);
        assert_eq!(kinds(&told_of(&stage, "try", &once)), ["Announce", "Undo", "Announce"]);
        stage.end().await;
    }

    async fn b44_who_says_stop_to_others_or_to_somebody_else_is_carried_on(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let (alice, carl, bob) = (stage.alice(), stage.node.member("carl").await, stage.server.person("bob"));
        follows_tag(&stage, &bob, "try").await;
        let (hers, his) = (alice.says("Hers #try @tag-try").await, carl.says("His #try").await);
        carl.says("@alice stop").await;
        carl.replies(&hers, "@alice @tag-try stop").await;
        stage.takes(&stage.server.activity("Create", &bob, stage.server.note(
            &bob,
            "/notes/1",
            "@alice stop",
            json!({"to": [alice.uri().await], "cc": [], "tag": [{"type": "Mention", "href": alice.uri().await, "name": "@alice"}]}),
        ))).await;
        stage.node.idle().await;
        assert_eq!(kinds(&told_of(&stage, "try", &his)), ["Announce"]);
        let tag = stage.node.known(&stage.node.node().config.tag_actor_uri("try")).await.unwrap().id;
        let (alice, carl, bob) = (alice.account().await.id, carl.account().await.id, stage.known(&bob).await.id);
        let mut tx = stage.node.node().store.read().await.unwrap();
        for (carrier, who) in [(tag, carl), (alice, carl), (alice, bob)] {
            assert!(!tx.refuses_carrier(carrier, who).await.unwrap());
        }
        drop(tx);
        stage.end().await;
    }

    async fn b42_the_address_of_a_hashtag_is_the_same_in_capitals(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let (config, bob) = (&stage.node.node().config, stage.server.person("bob"));
        let (uri, capitals) = (config.tag_actor_uri("try"), format!("{}/tags/TRY/actor", config.origin));
        let follow = stage.server.activity("Follow", &bob, json!(capitals));
        let count = async || stage.node.known(&uri).await.unwrap().followers_count;
        stage.takes(&follow).await;
        assert_eq!(count().await, 1);
        assert!(stage.node.known(&capitals).await.is_none());
        let undone = json!({"type": "Follow", "actor": bob["id"], "object": capitals});
        stage.takes(&stage.server.activity("Undo", &bob, undone)).await;
        assert_eq!(count().await, 0);
        stage.end().await;
    }

    async fn b42_who_is_deleted_may_say_so_to_a_hashtag(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let (bob, uri) = (stage.server.person("bob"), stage.node.node().config.tag_actor_uri("try"));
        follows_tag(&stage, &bob, "try").await;
        let delete = stage.server.activity("Delete", &bob, bob["id"].clone());
        assert_eq!(stage.letter("/tags/try/inbox", &delete).send(&stage.node).await.status, 202);
        stage.node.idle().await;
        assert_eq!(stage.node.known(&uri).await.unwrap().followers_count, 0);
        stage.end().await;
    }

    async fn b44_what_a_hub_carries_of_who_is_limited_or_wants_no_robots_any_more_is_taken_back(db: Db) {
        let hub: fn(&mut outloud::Settings) = |s| s.node.tag_hub = true;
        let stage = Stage::empty_with("elsewhere", db.engine, Options { change: Some(hub), ..Options::default() }).await;
        let node = stage.node.node();
        let person = |name: &str| {
            let mut actor = stage.server.person(name);
            (actor["indexable"], actor["discoverable"]) = (json!(true), json!(true));
            stage.server.publish(&actor);
            actor
        };
        let [bob, dora, emil, zoe] = ["bob", "dora", "emil", "zoe"].map(person);
        let mut notes = Vec::new();
        for (n, who) in [&bob, &dora, &emil, &zoe].into_iter().enumerate() {
            follows_tag(&stage, who, "try").await;
            stage.alice_follows(who).await;
            let tag = json!([{"type": "Hashtag", "name": "#try", "href": stage.server.url("/tags/try")}]);
            let note = stage.server.note(who, &format!("/notes/{n}"), "Hear #try", json!({"tag": tag}));
            stage.server.publish(&note);
            stage.takes(&stage.server.activity("Create", who, note.clone())).await;
            notes.push(stage.stored(&note).await.unwrap());
        }
        let hers = stage.alice().says("Hers #try").await;
        stage.node.idle().await;
        let told = |post: &Post| told_of(&stage, "try", post).into_iter().map(|(kind, _)| kind).collect::<Vec<_>>();
        for post in notes.iter().chain([&hers]) {
            assert_eq!(told(post), ["Announce"]);
        }
        // Bob wants no robots, Emil is not to be found any more, Dora and Alice are limited.
        for (actor, change) in [(&bob, json!({"summary": "Baker. #nobot"})), (&emil, json!({"indexable": false}))] {
            let mut actor = actor.clone();
            for (name, value) in change.as_object().unwrap() {
                actor[name] = value.clone();
            }
            stage.server.publish(&actor);
            stage.takes(&stage.server.activity("Update", &actor, actor.clone())).await;
        }
        let mut tx = node.store.begin().await.unwrap();
        moderate::limit(node, &mut tx, "mo", &stage.known(&dora).await).await.unwrap();
        moderate::limit(node, &mut tx, "mo", &stage.alice().account().await).await.unwrap();
        node.commit(tx).await.unwrap();
        stage.node.idle().await;
        for post in notes[..3].iter().chain([&hers]) {
            assert_eq!(told(post), ["Announce", "Undo"], "{}", post.uri);
        }
        assert_eq!(told(&notes[3]), ["Announce"]);
        // And so is her whole server.
        let mut tx = node.store.begin().await.unwrap();
        let rule = storage::DomainRule::new(stage.server.host(), "limit", node.now());
        node::domains::set(node, &mut tx, "mo", &rule).await.unwrap();
        node.commit(tx).await.unwrap();
        stage.node.idle().await;
        assert_eq!(told(&notes[3]), ["Announce", "Undo"]);
        stage.end().await;
    }

    async fn b46_hashtags_of_all_scripts_have_actors(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let bob = stage.server.person("bob");
        for (written, expected) in [
            ("Frühling", "fruhling"), ("Straße", "xn--strae-oqa"), ("ｗｉｄｅ", "wide"), ("日本語", "xn--wgv71a119e"), ("gŵyl", "gwyl"),
            ("مرحبا", ""), ("می\u{200C}خواهم", ""), ("a·b", "xn--ab-0ea"),
        ] {
            let key = normalise(written).unwrap();
            let slug = slug(&key);
            assert!(expected.is_empty() || slug == expected, "{written}: {slug}");
            let found = get(&stage.node, &format!("/.well-known/webfinger?resource=acct:tag-{slug}@{}", stage.node.host())).await;
            assert_eq!(found.status, 200, "{written}");
            let page = stage.node.node().config.tag_url(&key);
            let asked: String = url::form_urlencoded::byte_serialize(page.as_bytes()).collect();
            let by_page = get(&stage.node, &format!("/.well-known/webfinger?resource={asked}")).await;
            assert_eq!(by_page.json()["subject"], found.json()["subject"], "{written}");
            follows_tag(&stage, &bob, &slug).await;
            let post = stage.alice().says(&format!("In every script #{written}")).await;
            stage.node.idle().await;
            assert_eq!(kinds(&told_of(&stage, &slug, &post)), ["Announce"], "{written}");
        }
        stage.end().await;
    }

    async fn b47_a_server_subscribes_to_a_hashtag_as_to_a_relay(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let config = &stage.node.node().config;
        let mut instance = stage.server.actor_at("/actor", "elsewhere");
        instance["type"] = json!("Application");
        stage.server.publish(&instance);
        let follow = stage.server.activity("Follow", &instance, json!(PUBLIC));
        assert_eq!(stage.letter("/inbox", &follow).send(&stage.node).await.status, 202);
        let mut again = follow.clone();
        again["id"] = json!(stage.server.url("/activities/relay"));
        assert_eq!(stage.letter("/tags/try/inbox", &again).send(&stage.node).await.status, 202);
        let accept = stage.server.receives("Accept").await;
        assert_eq!(stage.server.received("Accept").len(), 1, "to follow everybody at our own inbox is nothing");
        assert_eq!((&accept["actor"], &accept["object"]["id"], &accept["object"]["object"]), (&json!(config.tag_actor_uri("try")), &again["id"], &json!(PUBLIC)));

        // All that they say comes here now, and is dropped without a question to anybody.
        let dora = stage.server.actor_at("/users/dora", "dora");
        let note = stage.server.note(&dora, "/notes/1", "Whatever", json!({}));
        let create = stage.server.activity("Create", &dora, note);
        stage.server.forget();
        assert_eq!(stage.letter("/tags/try/inbox", &create).send(&stage.node).await.status, 202);
        assert!(stage.server.seen().is_empty());

        let post = stage.alice().says("For the relay #try").await;
        let announce = stage.server.receives("Announce").await;
        assert_eq!((&announce["actor"], &announce["object"]), (&json!(config.tag_actor_uri("try")), &json!(post.uri)));
        let undo = stage.server.activity("Undo", &instance, json!({"id": again["id"], "type": "Follow", "actor": instance["id"], "object": PUBLIC}));
        assert_eq!(stage.letter("/tags/try/inbox", &undo).send(&stage.node).await.status, 202);
        assert_eq!(stage.node.known(&config.tag_actor_uri("try")).await.unwrap().followers_count, 0);
        stage.end().await;
    }

    async fn whoever_follows_a_hashtag_here_as_an_account_gets_what_it_carries(db: Db) {
        let node = TestNode::start(db.engine).await;
        let (alice, carl) = (node.member("alice").await, node.member("carl").await);
        alice.says("First #try").await;
        let mut tx = node.node().store.begin().await.unwrap();
        let actor = carry::open(node.node(), &mut tx, "try").await.unwrap().unwrap();
        node::follow::follow(node.node(), &mut tx, &carl.account().await, &actor, &Default::default()).await.unwrap();
        node.node().commit(tx).await.unwrap();
        let post = alice.says("Second #try").await;
        let home = carl.home().await;
        assert_eq!(home.iter().map(|p| p.boost_of_id).collect::<Vec<_>>(), [Some(post.id)]);
        edits(alice, &post, Revision { text: "Without".to_owned(), ..Default::default() }).await;
        assert!(carl.home().await.is_empty());
        assert!(alice.notifications().await.is_empty() && carl.notifications().await.is_empty());
        node.idle().await;
        node.running.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_made_up_hashtags_make_nothing() {
    let options =
        Options { change: Some(|settings| settings.rate_limits = true), no_worker: true, ..Options::default() };
    let stage = Stage::empty_with("elsewhere", Engine::Sqlite, options).await;
    let host = stage.node.host().to_owned();
    let mut refused = 0;
    for n in 0..10_000 {
        // Each of them seems to come from the same stranger, behind a proxy.
        let target = match n % 2 {
            0 => format!("/.well-known/webfinger?resource=acct:tag-madeup{n}@{host}"),
            _ => format!("/tags/madeup{n}/actor"),
        };
        let answer = Letter::get(&stage.node, &target)
            .with("accept", "application/activity+json")
            .with("x-forwarded-for", "198.51.100.7")
            .send(&stage.node)
            .await;
        match answer.status {
            404 => refused += 1,
            status => assert_eq!(status, 200),
        }
    }
    assert!(refused > 9_500, "{refused}");
    let mut tx = stage.node.node().store.read().await.unwrap();
    for n in 0..10_000 {
        assert!(tx.tag(&format!("madeup{n}")).await.unwrap().is_none(), "{n}");
    }
    let local = tx.account_counts(0, 99).await.unwrap();
    assert_eq!(local.len(), 2, "the node's own actor and alice");
    drop(tx);
    // One that is in use is found all the same.
    stage.alice().says("It is there #madeup1").await;
    let answer = Letter::get(&stage.node, "/tags/madeup1/actor")
        .with("accept", "application/activity+json")
        .with("x-forwarded-for", "198.51.100.7")
        .send(&stage.node)
        .await;
    assert_eq!(answer.status, 200);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_server_brings_few_new_hashtags_and_idle_ones_go() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    follows_tag(&stage, &bob, "idle").await;
    let uri = stage.node.node().config.tag_actor_uri("idle");
    let follow = json!({"type": "Follow", "actor": bob["id"], "object": uri});
    stage.takes(&stage.server.activity("Undo", &bob, follow)).await;
    stage.node.idle().await;
    let node = stage.node.node();
    let step = node::housekeeping::step(node, node::housekeeping::Chore::TagActors, 0).await.unwrap();
    assert_eq!(step.gone, 0, "it is new");
    eventually("it goes, once nothing of it waits any more", || async {
        let mut tx = node.store.begin().await.unwrap();
        let (_, gone) = tx.drop_idle_tag_actors(0, node.now() + 1, 10).await.unwrap();
        node.commit(tx).await.unwrap();
        (gone == 1).then_some(())
    })
    .await;
    assert!(stage.node.known(&uri).await.is_none());
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_writes_without_end_is_not_carried_without_end() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    follows_tag(&stage, &bob, "try").await;
    for n in 0..carry::AN_HOUR + 5 {
        stage.alice().says(&format!("{n} #try")).await;
    }
    stage.node.idle().await;
    assert_eq!(stage.server.received("Announce").len() as i64, carry::AN_HOUR);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn followers_on_a_server_that_was_given_up_are_dropped() {
    let options = Options { no_worker: true, ..Options::default() };
    let stage = Stage::empty_with("elsewhere", Engine::Sqlite, options).await;
    let (node, bob) = (stage.node.node(), stage.server.person("bob"));
    let uri = node.config.tag_actor_uri("try");
    stage.takes(&stage.server.activity("Follow", &bob, json!(uri))).await;
    stage.follows_alice(&bob).await;
    assert_eq!(stage.node.known(&uri).await.unwrap().followers_count, 1);
    let mut tx = node.store.begin().await.unwrap();
    let now = node.now();
    for host in tx.lease_hosts("test", now, now + 1_000, 9).await.unwrap() {
        tx.release_host("test", &storage::HostState { dead_since: Some(now), ..host }, now).await.unwrap();
    }
    node.commit(tx).await.unwrap();
    let step = node::housekeeping::step(node, node::housekeeping::Chore::DeadFollows, 0).await.unwrap();
    assert_eq!(step.gone, 1);
    assert_eq!(stage.node.known(&uri).await.unwrap().followers_count, 0);
    assert!(stage.is_followed_by(&bob).await, "a person keeps their followers");
    stage.end().await;
}

/// A hub also carries what comes from those who follow the hashtag, and lets themselves be found, once and no further.
#[tokio::test(flavor = "multi_thread")]
async fn a_hub_carries_what_followers_of_a_hashtag_post_who_want_to_be_found() {
    for hub in [true, false] {
        let change: fn(&mut outloud::Settings) = if hub { |s| s.node.tag_hub = true } else { |_| {} };
        let stage =
            Stage::empty_with("elsewhere", Engine::Sqlite, Options { change: Some(change), ..Options::default() })
                .await;
        let person = |name: &str, is_found: bool| {
            let mut actor = stage.server.person(name);
            (actor["indexable"], actor["discoverable"]) = (json!(is_found), json!(is_found));
            stage.server.publish(&actor);
            actor
        };
        let (bob, shy, dora) = (person("bob", true), person("shy", false), person("dora", true));
        for who in [&bob, &shy, &dora] {
            follows_tag(&stage, who, "try").await;
        }
        stage.alice_follows(&bob).await;
        stage.alice_follows(&shy).await;
        stage.node.idle().await;
        stage.server.forget();
        let tag = json!([{"type": "Hashtag", "name": "#try", "href": stage.server.url("/tags/try")}]);
        for (n, author) in [&bob, &shy].into_iter().enumerate() {
            let note = stage.server.note(author, &format!("/notes/{n}"), "Hear #try", json!({"tag": tag}));
            stage.server.publish(&note);
            stage.takes(&stage.server.activity("Create", author, note)).await;
        }
        stage.node.idle().await;
        let objects: Vec<Value> = stage.server.received("Announce").into_iter().map(|a| a["object"].clone()).collect();
        let expected = if hub { vec![json!(stage.server.url("/notes/0"))] } else { Vec::new() };
        assert_eq!(objects, expected, "hub: {hub}");
        if hub {
            let gone = json!({"type": "Tombstone", "id": stage.server.url("/notes/0")});
            stage.takes(&stage.server.activity("Delete", &bob, gone)).await;
            stage.server.receives("Undo").await;
        }
        stage.end().await;
    }
}

/// Two of the same host follow several tags of a post: one request for each tag.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_gets_one_request_for_each_hashtag_that_is_followed_there() {
    let stage = Stage::empty().await;
    let (bob, dora) = (stage.server.person("bob"), stage.server.person("dora"));
    let third = Server::start("third").await;
    for who in [&bob, &dora] {
        for tag in ["one", "two"] {
            follows_tag(&stage, who, tag).await;
        }
    }
    stage.server.forget();
    stage.alice().says("#one #two #three").await;
    stage.node.idle().await;
    let posts = stage.server.posts();
    assert_eq!(posts.len(), 2, "{posts:#?}");
    assert!(posts.iter().all(|(inbox, a)| inbox == "/inbox" && a["type"] == "Announce"));
    assert!(third.seen().is_empty());
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_peer_follows_a_hashtag_and_gets_each_post_once() {
    if !Peer::is_there() {
        return;
    }
    let (node, peer) = (TestNode::start(Engine::Sqlite).await, Peer::start().await);
    let alice = node.member("alice").await;
    let uri = node.node().config.tag_actor_uri("workoutloud");
    let found = peer.does("lookup", json!({"handle": format!("@tag-workoutloud@{}", node.host())})).await;
    assert_eq!(found["object"]["id"], json!(uri), "{found:#}");
    peer.does("follow", json!({"actor": uri})).await;
    peer.received("Accept", &uri).await;
    let post = alice.says("We believe that if we phone first… #WorkOutLoud").await;
    peer.received("Announce", &post.uri).await;
    edits(
        alice,
        &post,
        Revision { text: "We believe that if we write first… #WorkOutLoud".to_owned(), ..Default::default() },
    )
    .await;
    peer.received("Update", &post.uri).await;
    node.idle().await;
    assert_eq!(peer.count("Announce", &post.uri).await, 1);
    assert_eq!(peer.count("Create", &post.uri).await, 0, "it does not follow her");
    deletes(alice, &post).await;
    peer.received("Delete", &post.uri).await;
    assert_eq!(
        peer.get("refused").await["refused"].as_array().map(Vec::len),
        Some(0),
        "no signature of ours was refused"
    );
    node.running.stop().await;
}

/// Servers with followers of hashtags, and how many on each.
const SERVERS: usize = 10;
const ON_EACH: usize = 4;

fn server_name(n: usize) -> String {
    format!("server{n}.example")
}

/// Somebody elsewhere follows an account of ours.
async fn puts_follow(node: &TestNode, tx: &mut Tx, who: &Account, whom: &Account) {
    let follow = Follow {
        id: node.node().id(),
        follower_id: who.id,
        target_id: whom.id,
        accepted: true,
        uri: format!("{}#follows/{}", who.uri, whom.id),
        show_boosts: true,
        notify: false,
        languages: Vec::new(),
        created_at: node.node().now(),
    };
    tx.put_follow(&follow).await.unwrap();
    tx.count_follow(who.id, whom.id, 1).await.unwrap();
}

/// People on all of the servers, who are answered, follow each of the hashtags, and the first on each server but the last follows the author.
async fn gathers(node: &TestNode, author: &Account, tags: &[&str]) -> Vec<Id> {
    let mut tx = node.node().store.begin().await.unwrap();
    let mut carriers = Vec::new();
    for tag in tags {
        carriers.push(carry::open(node.node(), &mut tx, tag).await.unwrap().unwrap());
    }
    let mut readers = Vec::new();
    for n in 0..SERVERS * ON_EACH {
        let domain = server_name(n % SERVERS);
        let who = Account {
            id: node.node().id(),
            uri: format!("https://{domain}/users/reader{n}"),
            username: format!("reader{n}"),
            inbox: format!("https://{domain}/users/reader{n}/inbox"),
            shared_inbox: format!("https://{domain}/inbox"),
            inbox_host: domain.clone(),
            domain,
            fetched_at: Some(node.node().now()),
            ..author.clone()
        };
        assert!(tx.insert_account(&who).await.unwrap());
        readers.push(who.id);
        for carrier in &carriers {
            puts_follow(node, &mut tx, &who, carrier).await;
        }
        if n < SERVERS - 1 {
            puts_follow(node, &mut tx, &who, author).await;
        }
    }
    node.node().commit(tx).await.unwrap();
    readers
}

/// What waits to be sent, by kind: how many requests. Nothing of it waits afterwards.
async fn requests(node: &TestNode) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    let mut tx = node.node().store.begin().await.unwrap();
    assert!(tx.stale_deeds(Millis::MAX, 999).await.unwrap().is_empty(), "a deed is kept that nobody is told of");
    for n in 0..SERVERS {
        let mut deeds = Vec::new();
        for delivery in tx.deliveries_of_host(&server_name(n), 999).await.unwrap() {
            assert_eq!(delivery.inbox, format!("https://{}/inbox", server_name(n)));
            assert!(!deeds.contains(&delivery.deed_id), "a server is told of a deed twice");
            deeds.push(delivery.deed_id);
            *found.entry(tx.deed(delivery.deed_id).await.unwrap().unwrap().kind).or_insert(0) += 1;
        }
        if !deeds.is_empty() {
            assert!(tx.next_due().await.unwrap().host.is_some(), "the servers are woken");
        }
        tx.drop_deliveries_of_host(&server_name(n)).await.unwrap();
    }
    let told = tx.stale_deeds(Millis::MAX, 999).await.unwrap();
    tx.drop_finished_deeds(&told).await.unwrap();
    node.node().commit(tx).await.unwrap();
    found
}

fn counted(expected: &[(&str, usize)]) -> BTreeMap<String, usize> {
    expected.iter().map(|(kind, count)| ((*kind).to_owned(), *count)).collect()
}

on_both! {
    async fn b42_what_many_hashtags_carry_goes_once_to_each_server_for_each_of_them(db: Db) {
        let node = TestNode::start_with(db.engine, Options { no_worker: true, ..Options::default() }).await;
        let alice = node.member("alice").await;
        let readers = gathers(&node, &alice.account().await, &["one", "two", "three", "four", "five"]).await;
        let text = "All of them #one #two #three #four #five";

        // It is one piece of work: what is not brought to its end has told nobody of anything.
        let mut tx = node.node().store.begin().await.unwrap();
        let draft = Draft { text: text.to_owned(), ..Draft::default() };
        publish::publish(node.node(), &mut tx, &alice.account().await, &alice.row().await, &draft).await.unwrap();
        drop(tx);
        assert_eq!(requests(&node).await, counted(&[]));
        assert_eq!(node.node().store.read().await.unwrap().next_due().await.unwrap().host, None);

        let post = alice.says(text).await;
        assert_eq!(requests(&node).await, counted(&[("announce", 5 * SERVERS), ("create", SERVERS - 1)]));
        edits(alice, &post, Revision { text: "Some of them #one #two #three".to_owned(), ..Default::default() }).await;
        assert_eq!(requests(&node).await, counted(&[("undo_announce", 2 * SERVERS), ("update_post", SERVERS)]));
        edits(alice, &post, Revision { text: "And one again #one #two #three #four".to_owned(), ..Default::default() }).await;
        assert_eq!(requests(&node).await, counted(&[("announce", SERVERS), ("update_post", SERVERS)]));
        deletes(alice, &post).await;
        assert_eq!(requests(&node).await, counted(&[("delete_post", SERVERS), ("undo_announce", 4 * SERVERS)]));

        // Nobody elsewhere follows it any more: nothing is kept that nobody is told.
        let post = alice.says("Only this #one").await;
        assert_eq!(requests(&node).await, counted(&[("announce", SERVERS), ("create", SERVERS - 1)]));
        let mut tx = node.node().store.begin().await.unwrap();
        for id in readers {
            tx.set_suspended(id, Some(node.node().now()), "moderator").await.unwrap();
        }
        node.node().commit(tx).await.unwrap();
        deletes(alice, &post).await;
        assert_eq!(requests(&node).await, counted(&[]));
        node.running.stop().await;
    }
}
