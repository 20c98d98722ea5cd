//! Interaction policies: replies, boosts and favourites that the author of a post elsewhere decides about, as GoToSocial does; and
//! consent to be in collections (FEP-7aa9).

use model::audience::{Audience, Viewer};
use model::post::{Draft, Post, Revision};
use node::accounts::ProfileChange;
use node::{accounts, react};
use serde_json::{Value, json};
use suite::fediverse::{Letter, Server, Stage};
use suite::node::eventually;

use super::posts::PUBLIC;

/// The policy of a post that lets everybody ask, in the names of 0.20.
fn manual(of: &Value) -> Value {
    let rule = json!({"always": of["id"], "automaticApproval": of["id"], "approvalRequired": PUBLIC, "manualApproval": PUBLIC});
    json!({"interactionPolicy": {"canReply": rule, "canAnnounce": rule, "canLike": rule}})
}

fn closed(of: &Value) -> Value {
    let rule = json!({"automaticApproval": [of["id"]], "manualApproval": []});
    json!({"interactionPolicy": {"canReply": rule, "canAnnounce": rule, "canLike": rule}})
}

/// Alice, whom dora on yet another server follows, follows gerda, who wrote a post with this policy.
async fn scene(policy: fn(&Value) -> Value) -> (Stage, Server, Value, Post) {
    let stage = Stage::empty_with("gotosocial", suite::db::Engine::Sqlite, suite::node::Options::default()).await;
    let other = Server::start("other").await;
    let (gerda, dora) = (stage.server.person("gerda"), other.person("dora"));
    stage.alice_follows(&gerda).await;
    let follow = other.activity("Follow", &dora, json!(stage.alice().uri().await));
    assert_eq!(stage.send_from(&other, &follow).await.status, 202);
    let note = stage.server.note(&gerda, "/notes/1", "Ask me", policy(&gerda));
    stage.takes(&stage.server.activity("Create", &gerda, note.clone())).await;
    stage.node.idle().await;
    let post = stage.stored(&note).await.unwrap();
    (stage, other, gerda, post)
}

fn accept(stage: &Stage, by: &Value, object: &str, n: usize) -> Value {
    let mut accept = stage.server.activity("Accept", by, json!(object));
    accept["result"] = json!(stage.server.url(&format!("/authorizations/{n}")));
    accept
}

#[tokio::test(flavor = "multi_thread")]
async fn b35_a_reply_that_has_to_be_allowed_goes_to_its_decider_first_and_to_all_when_it_is() {
    let (stage, other, gerda, post) = scene(manual).await;
    let reply = stage.alice().replies(&post, "May I?").await;
    stage.node.idle().await;
    let create = stage.server.receives("Create").await;
    assert_eq!(create["object"]["id"], json!(reply.uri));
    assert_eq!(create["object"]["to"], json!([PUBLIC]), "addressed as it will be");
    assert!(other.received("Create").is_empty(), "nobody else hears of it yet");
    let path = reply.uri.strip_prefix(&stage.node.origin).unwrap();
    assert_eq!(Letter::get(&stage.node, path).send(&stage.node).await.status, 404);
    let parent = || async { stage.node.post_by_uri(&post.uri).await.unwrap() };
    assert_eq!(parent().await.replies_count, 0);

    let eve = stage.server.person("eve");
    stage.send(&accept(&stage, &eve, &reply.uri, 9)).await;
    let mut far = accept(&stage, &gerda, &reply.uri, 9);
    far["result"] = json!(other.url("/authorizations/9"));
    stage.send(&far).await;
    assert_eq!(stage.node.post_by_uri(&reply.uri).await.unwrap().audience, Audience::Direct, "it waits still");

    let yes = accept(&stage, &gerda, &reply.uri, 1);
    stage.takes(&yes).await;
    let told = other.receives("Create").await;
    assert_eq!((&told["object"]["id"], &told["object"]["approvedBy"]), (&json!(reply.uri), &yes["result"]));
    let open = stage.node.post_by_uri(&reply.uri).await.unwrap();
    assert_eq!((open.audience, parent().await.replies_count), (Audience::Public, 1));
    assert_eq!(Letter::get(&stage.node, path).send(&stage.node).await.json()["approvedBy"], yes["result"]);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b35_what_is_refused_is_withdrawn_and_nobody_hears_of_it() {
    let (stage, other, gerda, post) = scene(manual).await;
    let reply = stage.alice().replies(&post, "May I?").await;
    let (node, alice) = (stage.node.node(), stage.alice().account().await);
    let mut tx = node.store.begin().await.unwrap();
    let boost = react::boost(node, &mut tx, &alice, &post, None).await.unwrap();
    react::favourite(node, &mut tx, &alice, &post, None).await.unwrap();
    node.commit(tx).await.unwrap();
    let like = stage.server.receives("Like").await;
    let announce = stage.server.receives("Announce").await;
    assert_eq!((&announce["id"], &announce["to"]), (&json!(boost.uri), &json!([PUBLIC])));
    let eve = stage.server.person("eve");
    for by in [&eve, &gerda] {
        for object in [&json!(reply.uri), &announce["id"], &like["id"]] {
            stage.send(&stage.server.activity("Reject", by, object.clone())).await;
        }
        let there = stage.node.post_by_uri(&post.uri).await.unwrap();
        let mut left = Vec::new();
        for uri in [&reply.uri, &boost.uri] {
            left.push(stage.node.post_by_uri(uri).await.is_some());
        }
        let expected = by["id"] == eve["id"];
        assert_eq!((left, there.favourites_count == 1, there.boosts_count), (vec![expected; 2], expected, 0));
    }
    stage.node.idle().await;
    for kind in ["Create", "Announce", "Delete", "Undo"] {
        assert!(other.received(kind).is_empty(), "{kind}");
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b35_what_waits_for_leave_is_shown_to_nobody_whom_it_names() {
    let (stage, other, gerda, post) = scene(manual).await;
    let (node, bea) = (stage.node.node(), stage.node.member("bea").await);
    let dora = stage.known(&json!({"id": other.url("/users/dora")})).await;
    let reply = stage.alice().replies(&post, &format!("May I, @bea and @dora@{}?", other.host())).await;
    let seen = || async {
        let mut tx = node.store.read().await.unwrap();
        let mut seen = Vec::new();
        for viewer in [Viewer::Member(bea.id), Viewer::Remote(dora.id), Viewer::Remote(post.account_id)] {
            seen.push(tx.visible_post(reply.id, viewer).await.unwrap().is_some());
        }
        seen
    };
    assert_eq!(seen().await, [false, false, true]);
    // Nor when it is named later.
    let alice = stage.alice().account().await;
    let revision = Revision { text: "May we, @bea?".to_owned(), ..Revision::default() };
    let plain = stage.alice().replies(&post, "May we?").await;
    let mut tx = node.store.begin().await.unwrap();
    node::publish::edit(node, &mut tx, &alice, plain.id, &revision).await.unwrap();
    node.commit(tx).await.unwrap();
    assert!(bea.notifications().await.is_empty());
    for waiting in [&reply, &plain] {
        stage.takes(&accept(&stage, &gerda, &waiting.uri, 1)).await;
    }
    assert_eq!(seen().await, [true; 3]);
    assert_eq!(bea.notifications().await.len(), 2);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b35_a_boost_is_opened_by_its_approval() {
    let (stage, other, gerda, post) = scene(manual).await;
    let (node, alice) = (stage.node.node(), stage.alice().account().await);
    let mut tx = node.store.begin().await.unwrap();
    let boost = react::boost(node, &mut tx, &alice, &post, None).await.unwrap();
    node.commit(tx).await.unwrap();
    stage.server.receives("Announce").await;
    let yes = accept(&stage, &gerda, &boost.uri, 1);
    stage.takes(&yes).await;
    let told = other.receives("Announce").await;
    assert_eq!((&told["id"], &told["approvedBy"]), (&json!(boost.uri), &yes["result"]));
    assert_eq!(stage.node.post_by_uri(&post.uri).await.unwrap().boosts_count, 1);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b35_what_an_author_wants_from_nobody_is_refused_in_words() {
    let (stage, _other, _gerda, post) = scene(closed).await;
    let (node, alice) = (stage.node.node(), stage.alice().account().await);
    let draft = Draft { text: "But".to_owned(), in_reply_to_id: Some(post.id), ..Draft::default() };
    let mut tx = node.store.begin().await.unwrap();
    let refused = [
        react::favourite(node, &mut tx, &alice, &post, None).await.err(),
        react::boost(node, &mut tx, &alice, &post, None).await.err(),
        node::publish::publish(node, &mut tx, &alice, &stage.alice().row().await, &draft).await.err(),
    ];
    drop(tx);
    for error in refused {
        assert!(matches!(&error, Some(node::Error::Forbidden(words)) if words.contains("author")), "{error:?}");
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b35_replies_of_others_count_where_the_author_allows_them() {
    let (stage, other, gerda, post) = scene(manual).await;
    let carol = other.person("carol");
    stage.alice_follows_there(&other, &carol).await;
    let approval = |n: usize, reply: &str, by: &Value| {
        let id = stage.server.url(&format!("/approvals/{n}"));
        stage.server.publish(
            &json!({"@context": "https://www.w3.org/ns/activitystreams", "id": id, "type": "ReplyAuthorization",
            "attributedTo": by["id"], "interactingObject": reply, "interactionTarget": post.uri}),
        );
        json!(id)
    };
    let reply = |n: usize| other.note(&carol, &format!("/notes/{n}"), "Well", json!({"inReplyTo": post.uri}));
    let bare = reply(1);
    let mut allowed = reply(2);
    allowed["approvedBy"] = approval(2, allowed["id"].as_str().unwrap(), &gerda);
    let mut forged = reply(3);
    forged["approvedBy"] = approval(3, allowed["id"].as_str().unwrap(), &gerda);
    let mut own = reply(4);
    own["approvedBy"] = json!(other.url("/approvals/4"));
    other.publish(&json!({"@context": "https://www.w3.org/ns/activitystreams", "id": own["approvedBy"], "type": "ReplyAuthorization",
        "attributedTo": gerda["id"], "interactingObject": own["id"], "interactionTarget": post.uri}));
    for note in [&bare, &allowed, &forged, &own] {
        other.publish(note);
        assert_eq!(stage.send_from(&other, &other.activity("Create", &carol, note.clone())).await.status, 202);
    }
    eventually("the one that is allowed is kept", || async { stage.stored(&allowed).await }).await;
    stage.node.idle().await;
    for note in [&bare, &forged, &own] {
        assert!(stage.stored(note).await.is_none(), "{note:#}");
    }
    let mine = stage.server.note(&gerda, "/notes/5", "To myself", json!({"inReplyTo": post.uri}));
    stage.takes(&stage.server.activity("Create", &gerda, mine.clone())).await;
    assert!(stage.stored(&mine).await.is_some(), "the author needs no leave");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b35_boosts_of_others_count_where_the_author_allows_them() {
    let (stage, other, gerda, post) = scene(manual).await;
    let carol = other.person("carol");
    stage.alice_follows_there(&other, &carol).await;
    let bare = other.activity("Announce", &carol, json!(post.uri));
    assert_eq!(stage.send_from(&other, &bare).await.status, 202);
    stage.node.idle().await;
    let boosts = || async { stage.node.post_by_uri(&post.uri).await.unwrap().boosts_count };
    assert_eq!(boosts().await, 0);
    let mut allowed = other.activity("Announce", &carol, json!(post.uri));
    allowed["approvedBy"] = json!(stage.server.url("/approvals/1"));
    stage.server.publish(&json!({"@context": "https://www.w3.org/ns/activitystreams", "id": allowed["approvedBy"],
        "type": "AnnounceApproval", "attributedTo": gerda["id"], "object": allowed["id"]}));
    assert_eq!(stage.send_from(&other, &allowed).await.status, 202);
    stage.node.idle().await;
    assert_eq!(boosts().await, 1);
    stage.end().await;
}

/// A boost of alice's, as a client would ask for it.
async fn boosts(stage: &Stage, post: &Post) -> Post {
    let (node, alice) = (stage.node.node(), stage.alice().account().await);
    let mut tx = node.store.begin().await.unwrap();
    let boost = react::boost(node, &mut tx, &alice, post, None).await.unwrap();
    node.commit(tx).await.unwrap();
    boost
}

async fn are_here(stage: &Stage, uris: &[&str]) -> Vec<bool> {
    let mut here = Vec::new();
    for uri in uris {
        here.push(stage.node.post_by_uri(uri).await.is_some());
    }
    here
}

#[tokio::test(flavor = "multi_thread")]
async fn b35_an_approval_is_taken_back_by_who_gave_it() {
    let (stage, other, gerda, post) = scene(manual).await;
    let (reply, boost) = (stage.alice().replies(&post, "May I?").await, boosts(&stage, &post).await);
    let (to_reply, to_boost) = (accept(&stage, &gerda, &reply.uri, 1), accept(&stage, &gerda, &boost.uri, 2));
    stage.takes(&to_reply).await;
    stage.takes(&to_boost).await;
    other.receives("Create").await;
    other.receives("Announce").await;
    let eve = stage.server.person("eve");
    for by in [&eve, &gerda] {
        for approval in [&to_reply["result"], &to_boost["result"]] {
            stage.takes(&stage.server.activity("Delete", by, approval.clone())).await;
        }
        let expected = by["id"] == eve["id"];
        assert_eq!(are_here(&stage, &[&reply.uri, &boost.uri]).await, [expected; 2]);
        let there = stage.node.post_by_uri(&post.uri).await.unwrap();
        assert_eq!((there.replies_count, there.boosts_count), (i64::from(expected), i64::from(expected)));
    }
    assert_eq!(other.receives("Delete").await["object"]["id"], json!(reply.uri), "everybody who had it is told");
    assert_eq!(other.receives("Undo").await["object"]["id"], json!(boost.uri));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b35_an_approval_that_was_taken_back_opens_nothing_when_it_comes() {
    let (stage, other, gerda, post) = scene(manual).await;
    let (reply, boost) = (stage.alice().replies(&post, "May I?").await, boosts(&stage, &post).await);
    let eve = stage.server.person("eve");
    for (n, object) in [&reply.uri, &boost.uri].into_iter().enumerate() {
        let yes = accept(&stage, &gerda, object, n);
        stage.takes(&stage.server.activity("Delete", &gerda, yes["result"].clone())).await;
        assert_eq!(are_here(&stage, &[object]).await, [true], "it waits still");
        stage.takes(&yes).await;
        assert_eq!(are_here(&stage, &[object]).await, [false], "it was answered");
    }
    let second = stage.alice().replies(&post, "And now?").await;
    let yes = accept(&stage, &gerda, &second.uri, 7);
    stage.takes(&stage.server.activity("Delete", &eve, yes["result"].clone())).await;
    stage.takes(&yes).await;
    assert_eq!(other.receives("Create").await["object"]["id"], json!(second.uri), "it was not eve's to take back");
    stage.node.idle().await;
    assert_eq!(other.received("Create").len(), 1);
    assert!(other.received("Announce").is_empty());
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b35_what_others_were_allowed_goes_when_that_is_taken_back() {
    let (stage, other, gerda, post) = scene(manual).await;
    let carol = other.person("carol");
    stage.alice_follows_there(&other, &carol).await;
    let eve = stage.server.person("eve");
    let approval = |n: usize, kind: &str, object: &Value| {
        let id = stage.server.url(&format!("/approvals/{n}"));
        stage.server.publish(&json!({"@context": "https://www.w3.org/ns/activitystreams", "id": id, "type": kind,
            "attributedTo": gerda["id"], "interactingObject": object, "interactionTarget": post.uri}));
        json!(id)
    };
    let mut uris = Vec::new();
    let mut given = Vec::new();
    let mut sent = Vec::new();
    for n in [1, 2] {
        let mut note = other.note(&carol, &format!("/notes/{n}"), "Well", json!({"inReplyTo": post.uri}));
        note["approvedBy"] = approval(n, "ReplyAuthorization", &note["id"]);
        other.publish(&note);
        sent.push(other.activity("Create", &carol, note.clone()));
        given.push(note["approvedBy"].clone());
        uris.push(note["id"].as_str().unwrap().to_owned());
    }
    let mut boost = other.activity("Announce", &carol, json!(post.uri));
    boost["approvedBy"] = approval(3, "AnnounceAuthorization", &boost["id"]);
    given.push(boost["approvedBy"].clone());
    uris.push(boost["id"].as_str().unwrap().to_owned());
    sent.push(boost);
    for activity in &sent {
        assert_eq!(stage.send_from(&other, activity).await.status, 202);
    }
    stage.node.idle().await;
    let uris: Vec<&str> = uris.iter().map(String::as_str).collect();
    assert_eq!(are_here(&stage, &uris).await, [true; 3]);
    let counts = || async {
        let post = stage.node.post_by_uri(&post.uri).await.unwrap();
        (post.replies_count, post.boosts_count)
    };
    assert_eq!(counts().await, (2, 1));
    for by in [&eve, &gerda] {
        stage.takes(&stage.server.activity("Delete", by, given[0].clone())).await;
        stage.takes(&stage.server.activity("Reject", by, json!(uris[1]))).await;
        stage.takes(&stage.server.activity("Delete", by, given[2].clone())).await;
        assert_eq!(are_here(&stage, &uris).await, [by["id"] == eve["id"]; 3]);
    }
    assert_eq!(counts().await, (0, 0));
    // The documents are still to be had: their giver's word counts.
    for (activity, n) in sent.iter().zip(0..) {
        let mut again = activity.clone();
        if again["type"] == "Create" {
            again["id"] = json!(other.url(&format!("/again/{n}")));
        } else {
            again["id"] = json!(other.url("/again/boost"));
            again["approvedBy"] = approval(3, "AnnounceAuthorization", &again["id"]);
        }
        assert_eq!(stage.send_from(&other, &again).await.status, 202);
    }
    stage.node.idle().await;
    assert_eq!(counts().await, (0, 0));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b35_an_approval_brings_nobody_in_who_has_no_business_here() {
    let stage = Stage::empty().await;
    let (gerda, carol) = (stage.server.person("gerda"), stage.server.person("carol"));
    let mut more = manual(&gerda);
    more["tag"] = json!([{"type": "Mention", "href": stage.alice().uri().await}]);
    more["cc"] = json!([stage.alice().uri().await]);
    let note = stage.server.note(&gerda, "/notes/1", "You", more);
    stage.takes(&stage.server.activity("Create", &gerda, note.clone())).await;
    let post = stage.stored(&note).await.expect("it names alice");
    let mut reply = stage.server.note(&carol, "/notes/2", "Well", json!({"inReplyTo": post.uri}));
    reply["approvedBy"] = json!(stage.server.url("/approvals/1"));
    stage.server.publish(&reply);
    stage.server.publish(&json!({"@context": "https://www.w3.org/ns/activitystreams", "id": reply["approvedBy"],
        "type": "ReplyAuthorization", "attributedTo": gerda["id"], "interactingObject": reply["id"], "interactionTarget": post.uri}));
    stage.takes(&stage.server.activity("Create", &carol, reply.clone())).await;
    stage.node.idle().await;
    assert!(stage.stored(&reply).await.is_none(), "nobody follows either of them, and it names nobody");
    assert!(!stage.server.gets().iter().any(|g| g == "/approvals/1"), "nothing is asked for it");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b35_nobody_takes_back_what_needed_no_leave() {
    let (stage, other, gerda, post) = scene(|_| json!({})).await;
    let carol = other.person("carol");
    stage.alice_follows_there(&other, &carol).await;
    let mut note = other.note(&carol, "/notes/1", "Well", json!({"inReplyTo": post.uri}));
    note["approvedBy"] = json!(stage.server.url("/approvals/1"));
    other.publish(&note);
    assert_eq!(stage.send_from(&other, &other.activity("Create", &carol, note.clone())).await.status, 202);
    stage.takes(&stage.server.activity("Delete", &gerda, note["approvedBy"].clone())).await;
    stage.takes(&stage.server.activity("Reject", &gerda, note["id"].clone())).await;
    assert!(stage.stored(&note).await.is_some(), "what it claims was never looked at");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b35_a_member_is_put_into_collections_as_they_want() {
    let stage = Stage::of("mastodon").await;
    let asked = stage.server.document("feature_request");
    let answer = |asked: Value| {
        let server = &stage.server;
        async move {
            let all = || [server.received("Accept"), server.received("Reject")].concat();
            eventually("it is answered", || async { all().into_iter().find(|a| a["object"]["id"] == asked["id"]) })
                .await
        }
    };
    let change = |change: ProfileChange| {
        let stage = &stage;
        async move {
            let (node, alice) = (stage.node.node(), stage.alice().account().await);
            let mut tx = node.store.begin().await.unwrap();
            accounts::change_profile(node, &mut tx, &alice, change).await.unwrap();
            node.commit(tx).await.unwrap();
            let path = alice.uri.strip_prefix(&stage.node.origin).unwrap().to_owned();
            let actor = Letter::get(&stage.node, &path).send(&stage.node).await.json();
            actor["interactionPolicy"]["canFeature"]["automaticApproval"].clone()
        }
    };
    let alice = stage.alice().account().await;
    let found = ProfileChange { discoverable: Some(true), ..ProfileChange::default() };
    assert_eq!(change(found).await, json!([PUBLIC]));
    stage.deliver("feature_request").await;
    let accept = answer(asked.clone()).await;
    assert_eq!((&accept["type"], &accept["actor"]), (&json!("Accept"), &json!(alice.uri)));
    let stamp = accept["result"].as_str().unwrap().to_owned();
    let path = stamp.strip_prefix(&stage.node.origin).unwrap();
    let document = Letter::get(&stage.node, path).send(&stage.node).await.json();
    assert_eq!(
        (&document["type"], &document["interactingObject"]),
        (&json!("FeatureAuthorization"), &asked["instrument"])
    );
    assert_eq!((&document["attributedTo"], &document["interactionTarget"]), (&json!(alice.uri), &json!(alice.uri)));

    let again = |n: usize| {
        let mut again = asked.clone();
        again["id"] = json!(format!("{}-{n}", asked["id"].as_str().unwrap()));
        again["instrument"] = json!(format!("{}-{n}", asked["instrument"].as_str().unwrap()));
        again
    };
    let locked = ProfileChange { locked: Some(true), ..ProfileChange::default() };
    assert_eq!(change(locked).await, json!([alice.followers]));
    stage.takes(&again(1)).await;
    assert_eq!(answer(again(1)).await["type"], "Reject");
    let hidden = ProfileChange { discoverable: Some(false), ..ProfileChange::default() };
    assert_eq!(change(hidden).await, json!([alice.uri]));
    let delete = stage.server.receives("Delete").await;
    assert_eq!(delete["object"], json!(stamp), "who wants to be found no more leaves the collections");
    assert_eq!(Letter::get(&stage.node, path).send(&stage.node).await.status, 404);
    stage.takes(&again(2)).await;
    assert_eq!(answer(again(2)).await["type"], "Reject");
    stage.end().await;
}
