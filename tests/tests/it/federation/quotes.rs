//! Quotes (FEP-044f) in both directions, with a server that speaks as Mastodon 4.5 does, between two of our nodes, and against
//! what must not work.

use model::account::Account;
use model::audience::{Audience, Viewer};
use model::policy::QuotePolicy;
use model::post::{Draft, Post};
use model::quote::{Quote, QuoteState};
use node::{quote, react};
use serde_json::{Value, json};
use suite::db::Engine;
use suite::fediverse::{Letter, Reply, Server, Stage};
use suite::node::{Person, TestNode, eventually};

use super::posts::PUBLIC;

fn open_to_quotes() -> Value {
    json!({"interactionPolicy": {"canQuote": {"automaticApproval": [PUBLIC]}}})
}

async fn quote_of(node: &TestNode, post: &Post) -> Option<Quote> {
    node.node().store.read().await.unwrap().quote(post.id).await.unwrap()
}

async fn state(stage: &Stage, note: &Value) -> Option<QuoteState> {
    let post = stage.stored(note).await.expect("the note is kept");
    quote_of(&stage.node, &post).await.map(|q| q.state)
}

async fn quotes(who: Person<'_>, quoted: &Post, audience: Audience) -> Result<Post, node::Error> {
    let node = who.on.node();
    let (account, row) = (who.account().await, who.row().await);
    let draft = Draft {
        text: "Look at this".to_owned(),
        quoted_id: Some(quoted.id),
        audience: Some(audience),
        ..Draft::default()
    };
    let mut tx = node.store.begin().await.unwrap();
    let post = node::publish::publish(node, &mut tx, &account, &row, &draft).await?;
    node.commit(tx).await.unwrap();
    Ok(post)
}

async fn sets_policy(stage: &Stage, policy: QuotePolicy) {
    let (node, alice) = (stage.node.node(), stage.alice().account().await);
    let mut tx = node.store.begin().await.unwrap();
    quote::set_policy(node, &mut tx, &alice, stage.post.id, policy).await.unwrap();
    node.commit(tx).await.unwrap();
}

async fn count(node: &TestNode, post: &Post) -> i64 {
    let mut tx = node.node().store.read().await.unwrap();
    tx.policies(&[post.id]).await.unwrap().first().map_or(0, |(_, _, n)| *n)
}

/// A request to quote alice's post with this note.
fn request(stage: &Stage, by: &Value, note: &Value) -> Value {
    let mut request = stage.server.activity("QuoteRequest", by, note["quote"].clone());
    request["instrument"] = note.clone();
    request
}

fn path(url: &str) -> &str {
    &url[url.match_indices('/').nth(2).unwrap().0..]
}

async fn status_of(stage: &Stage, url: &str) -> u16 {
    Letter::get(&stage.node, path(url)).send(&stage.node).await.status
}

/// The answer of ours that repeats this request.
async fn answer_to(server: &Server, request: &Value) -> Value {
    let all = || [server.received("Accept"), server.received("Reject")].concat();
    eventually("the request is answered", || async { all().into_iter().find(|a| a["object"]["id"] == request["id"]) })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn b35_a_quote_of_ours_is_allowed_stamped_told_and_taken_back() {
    let stage = Stage::of("mastodon").await;
    let asked = stage.server.document("quote_request");
    stage.deliver("quote_request").await;
    let accept = answer_to(&stage.server, &asked).await;
    assert_eq!((&accept["type"], &accept["actor"]), (&json!("Accept"), &json!(stage.alice().uri().await)));
    assert_eq!(accept["object"]["type"], "QuoteRequest");
    assert_eq!(accept["object"]["instrument"], asked["instrument"]["id"]);
    let stamp = accept["result"].as_str().unwrap().to_owned();
    let answer = Letter::get(&stage.node, path(&stamp)).send(&stage.node).await;
    let document = answer.json();
    assert_eq!((&document["id"], &document["type"]), (&json!(stamp), &json!("QuoteAuthorization")));
    assert_eq!(document["attributedTo"], json!(stage.alice().uri().await));
    assert_eq!(document["interactingObject"], asked["instrument"]["id"]);
    assert_eq!(document["interactionTarget"], json!(stage.post.uri));

    let note = &asked["instrument"];
    let kept = stage.stored(note).await.expect("the quoting post is kept");
    assert!(!kept.content.contains("RE:") && kept.content.contains("Worth reading"), "{}", kept.content);
    assert_eq!((state(&stage, note).await, count(&stage.node, &stage.post).await), (Some(QuoteState::Accepted), 1));
    assert_eq!(stage.alice().notifications().await, [("quote", "marta".to_owned())]);
    stage.deliver("quote_note").await;
    stage.deliver("update_quote_note").await;
    assert_eq!(state(&stage, note).await, Some(QuoteState::Accepted), "whatever stamp they repeat");
    let again = stage.server.document("quote_request");
    stage.takes(&json!({"@context": again["@context"], "id": format!("{}-2", again["id"].as_str().unwrap()), "type": "QuoteRequest",
        "actor": again["actor"], "object": again["object"], "instrument": again["instrument"]})).await;
    assert_eq!(
        (count(&stage.node, &stage.post).await, stage.alice().notifications().await.len()),
        (1, 1),
        "asked twice"
    );

    let (node, alice) = (stage.node.node(), stage.alice().account().await);
    let mut tx = node.store.begin().await.unwrap();
    quote::revoke(node, &mut tx, &alice, stage.post.id, kept.id).await.unwrap();
    node.commit(tx).await.unwrap();
    let delete = stage.server.receives("Delete").await;
    assert_eq!((&delete["object"], &delete["actor"]), (&json!(stamp), &json!(alice.uri)));
    assert_eq!(status_of(&stage, &stamp).await, 404);
    assert_eq!((state(&stage, note).await, count(&stage.node, &stage.post).await), (Some(QuoteState::Revoked), 0));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b35_leave_that_was_taken_back_is_not_given_again_to_who_asks_again() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    let note = stage.server.note(&bob, "/notes/1", "Hm", json!({"quote": stage.post.uri}));
    let asks = || async {
        let asked = request(&stage, &bob, &note);
        stage.takes(&asked).await;
        answer_to(&stage.server, &asked).await["type"].clone()
    };
    assert_eq!(asks().await, "Accept");
    let kept = stage.stored(&note).await.unwrap();
    let (node, alice) = (stage.node.node(), stage.alice().account().await);
    let mut tx = node.store.begin().await.unwrap();
    quote::revoke(node, &mut tx, &alice, stage.post.id, kept.id).await.unwrap();
    node.commit(tx).await.unwrap();
    assert_eq!(asks().await, "Reject");
    assert_eq!((state(&stage, &note).await, count(&stage.node, &stage.post).await), (Some(QuoteState::Revoked), 0));
    // The same post quotes nothing for a while, and this one again; then it goes, and comes again.
    let mut plain = note.clone();
    plain.as_object_mut().unwrap().remove("quote");
    for version in [&plain, &note] {
        stage.takes(&stage.server.activity("Update", &bob, version.clone())).await;
    }
    assert_eq!(asks().await, "Reject");
    assert_eq!((count(&stage.node, &stage.post).await, stage.alice().notifications().await.len()), (0, 0));
    // Another post is another question.
    let other = stage.server.note(&bob, "/notes/2", "Hm", json!({"quote": stage.post.uri}));
    let asked = request(&stage, &bob, &other);
    stage.takes(&asked).await;
    assert_eq!(answer_to(&stage.server, &asked).await["type"], "Accept");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b35_who_may_quote_says_the_author() {
    let stage = Stage::empty().await;
    let (bob, carol) = (stage.server.person("bob"), stage.server.person("carol"));
    stage.follows_alice(&carol).await;
    for (n, (policy, who, answer)) in [
        (QuotePolicy::Nobody, &carol, "Reject"),
        (QuotePolicy::Followers, &bob, "Reject"),
        (QuotePolicy::Followers, &carol, "Accept"),
        (QuotePolicy::Everybody, &bob, "Accept"),
    ]
    .into_iter()
    .enumerate()
    {
        sets_policy(&stage, policy).await;
        let note = stage.server.note(who, &format!("/notes/{n}"), "Hm", json!({"quote": stage.post.uri}));
        let asked = request(&stage, who, &note);
        stage.takes(&asked).await;
        assert_eq!(answer_to(&stage.server, &asked).await["type"], answer, "{policy:?}");
        assert_eq!(stage.stored(&note).await.is_some(), answer == "Accept", "{policy:?}");
    }
    let document = Letter::get(&stage.node, path(&stage.post.uri)).send(&stage.node).await.json();
    assert_eq!(document["interactionPolicy"]["canQuote"]["automaticApproval"], json!([PUBLIC]));
    assert_eq!(document["interactionPolicy"]["canReply"]["automaticApproval"], json!([PUBLIC]));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b35_a_request_that_names_its_post_by_id_has_it_fetched() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    let note = stage.server.note(&bob, "/notes/1", "Hm", json!({"quote": stage.post.uri}));
    stage.server.publish(&note);
    let mut asked = request(&stage, &bob, &note);
    asked["instrument"] = note["id"].clone();
    stage.takes(&asked).await;
    assert_eq!(answer_to(&stage.server, &asked).await["type"], "Accept");
    assert_eq!(state(&stage, &note).await, Some(QuoteState::Accepted));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b35_who_asks_for_a_post_that_quotes_something_else_is_told_no() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    stage.alice_follows(&bob).await;
    let elsewhere = |n: usize| stage.server.note(&bob, &format!("/notes/{n}"), "Hm", json!({"quote": bob["id"]}));
    let plain = |n: usize| stage.server.note(&bob, &format!("/notes/{n}"), "Hm", json!({}));
    // As they are sent along; as they lie there; as they are known.
    for (note, is_known, by_id) in [
        (elsewhere(1), false, false),
        (plain(2), false, false),
        (elsewhere(3), false, true),
        (plain(4), false, true),
        (plain(5), true, true),
        (plain(6), true, false),
    ] {
        stage.server.publish(&note);
        if is_known {
            stage.takes(&stage.server.activity("Create", &bob, note.clone())).await;
        }
        let mut asked = request(&stage, &bob, &note);
        asked["object"] = json!(stage.post.uri);
        if by_id {
            asked["instrument"] = note["id"].clone();
        }
        stage.takes(&asked).await;
        let answer = answer_to(&stage.server, &asked).await;
        assert_eq!((&answer["type"], &answer["object"]["instrument"]), (&json!("Reject"), &note["id"]), "{note:#}");
        assert_eq!(answer["to"], json!([bob["id"]]));
        assert_eq!(stage.stored(&note).await.is_some(), is_known, "it is not taken in for that");
    }
    // One that was edited since, of which nobody told us.
    let mut note = plain(5);
    note["quote"] = json!(stage.post.uri);
    stage.server.publish(&note);
    let mut asked = request(&stage, &bob, &note);
    asked["instrument"] = note["id"].clone();
    stage.takes(&asked).await;
    assert_eq!(answer_to(&stage.server, &asked).await["type"], "Accept");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b35_our_quote_asks_stores_the_stamp_and_is_told_anew() {
    let stage = Stage::of("mastodon").await;
    let marta = stage.server.document("actor");
    stage.alice_follows(&marta).await;
    stage.deliver("create_note").await;
    let there = stage.stored(&stage.server.document("create_note")["object"]).await.unwrap();
    let ours = quotes(stage.alice(), &there, Audience::Public).await.unwrap();
    let asked = stage.server.receives("QuoteRequest").await;
    assert_eq!((&asked["object"], &asked["instrument"]["id"]), (&json!(there.uri), &json!(ours.uri)));
    let note = &asked["instrument"];
    for name in ["quote", "quoteUri", "_misskey_quote"] {
        assert_eq!(note[name], json!(there.uri), "{name}");
    }
    assert!(note["content"].as_str().unwrap().starts_with("<p class=\"quote-inline\">RE: <a"), "{note:#}");
    assert!(note.get("quoteAuthorization").is_none());
    assert!(!ours.content.contains("quote-inline"), "only on the wire");
    assert_eq!(quote_of(&stage.node, &ours).await.unwrap().state, QuoteState::Pending);

    let mut accept = stage.server.document("accept_quote_request");
    accept["object"]["id"] = asked["id"].clone();
    stage.takes(&accept).await;
    let known = quote_of(&stage.node, &ours).await.unwrap();
    assert_eq!((known.state, json!(known.stamp)), (QuoteState::Accepted, accept["result"].clone()));
    let update = eventually("the stamp is told", || async {
        stage.server.received("Update").into_iter().find(|u| u["object"]["quoteAuthorization"] == accept["result"])
    })
    .await;
    assert_eq!(update["object"]["id"], json!(ours.uri));
    assert!(update["object"].get("updated").is_none(), "it is no new version");

    stage.deliver("delete_quote_authorization").await;
    assert_eq!(quote_of(&stage.node, &ours).await.unwrap().state, QuoteState::Revoked);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b35_what_may_not_be_quoted_is_refused_before_anybody_is_asked() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    stage.alice_follows(&bob).await;
    let followers = format!("{}/followers", bob["id"].as_str().unwrap());
    let own = json!({"interactionPolicy": {"canQuote": {"automaticApproval": [bob["id"]]}}});
    let mut narrow = open_to_quotes();
    narrow["to"] = json!([followers]);
    narrow["cc"] = json!([]);
    for (n, more) in [json!({}), own, narrow].into_iter().enumerate() {
        let note = stage.server.note(&bob, &format!("/notes/{n}"), "Not for you", more);
        stage.takes(&stage.server.activity("Create", &bob, note.clone())).await;
        let there = stage.stored(&note).await.unwrap();
        let refused = quotes(stage.alice(), &there, Audience::Public).await;
        assert!(matches!(refused, Err(node::Error::Forbidden(_))), "{n}: {refused:?}");
    }
    let open = stage.server.note(&bob, "/notes/9", "For all", open_to_quotes());
    stage.takes(&stage.server.activity("Create", &bob, open.clone())).await;
    let there = stage.stored(&open).await.unwrap();
    let direct = quotes(stage.alice(), &there, Audience::Direct).await;
    assert!(matches!(direct, Err(node::Error::Invalid(_))), "{direct:?}");
    stage.node.idle().await;
    assert!(stage.server.received("QuoteRequest").is_empty());
    // One's own narrow post may be quoted, no wider than it is.
    let mine = stage.alice().says_to(Audience::Followers, "Among us").await;
    assert_eq!(quotes(stage.alice(), &mine, Audience::Public).await.unwrap().audience, Audience::Followers);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b35_quotes_between_others_are_believed_for_their_stamp_alone() {
    let stage = Stage::empty().await;
    let other = Server::start("other").await;
    let (bob, carol) = (stage.server.person("bob"), other.person("carol"));
    stage.alice_follows(&bob).await;
    let quoted = other.note(&carol, "/notes/1", "Quote me", open_to_quotes());
    other.publish(&quoted);
    let quoting = |n: usize, more: Value| {
        let mut note = stage.server.note(&bob, &format!("/notes/{n}"), "See", json!({"quote": quoted["id"]}));
        note.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        note
    };
    let stamp = |server: &Server, path: &str, by: &Value, note: &Value, of: &Value| {
        let stamp = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": server.url(path), "type": "QuoteAuthorization",
            "attributedTo": by["id"], "interactingObject": note["id"], "interactionTarget": of["id"]});
        server.publish(&stamp);
        stamp["id"].clone()
    };
    let bare = quoting(10, json!({}));
    let good = stamp(&other, "/stamps/1", &carol, &bare, &quoted);
    let cases = [
        (good.clone(), QuoteState::Accepted, "as it should be"),
        (
            stamp(&stage.server, "/stamps/2", &carol, &quoting(11, json!({})), &quoted),
            QuoteState::Rejected,
            "on another host",
        ),
        (
            stamp(&other, "/stamps/3", &other.person("eve"), &quoting(12, json!({})), &quoted),
            QuoteState::Rejected,
            "by another",
        ),
        (good, QuoteState::Rejected, "for another post"),
        (stamp(&other, "/stamps/4", &carol, &quoting(14, json!({})), &bare), QuoteState::Rejected, "of another post"),
        (json!(format!("{}/stamps/1", stage.alice().uri().await)), QuoteState::Rejected, "of ours"),
        (json!(other.url("/stamps/none")), QuoteState::Rejected, "that is not there"),
    ];
    for (n, (stamp, expected, why)) in cases.into_iter().enumerate() {
        let note = quoting(10 + n, json!({"quoteAuthorization": stamp}));
        stage.takes(&stage.server.activity("Create", &bob, note.clone())).await;
        stage.node.idle().await;
        assert_eq!(state(&stage, &note).await, Some(expected), "{why}");
    }
    assert_eq!(count(&stage.node, &stage.stored(&quoted).await.unwrap()).await, 1);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b35_quotes_of_the_older_kind_stay_unverified_but_for_quotes_of_oneself() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    stage.alice_follows(&bob).await;
    let first = stage.server.note(&bob, "/notes/1", "First", json!({}));
    stage.server.publish(&first);
    let of_ours = stage.server.note(&bob, "/notes/2", "See", json!({"quoteUrl": stage.post.uri}));
    let of_own = stage.server.note(&bob, "/notes/3", "See", json!({"_misskey_quote": first["id"]}));
    for note in [&of_ours, &of_own] {
        stage.takes(&stage.server.activity("Create", &bob, note.clone())).await;
    }
    stage.node.idle().await;
    assert_eq!(state(&stage, &of_ours).await, Some(QuoteState::Pending));
    assert_eq!(state(&stage, &of_own).await, Some(QuoteState::Accepted));
    assert!(stage.alice().notifications().await.is_empty());
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b35_what_quotes_what_is_deleted_says_so() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    stage.follows_alice(&bob).await;
    let post = stage.alice().says("Soon gone").await;
    let ours = quotes(stage.alice(), &post, Audience::Public).await.unwrap();
    let (node, alice) = (stage.node.node(), stage.alice().account().await);
    let mut tx = node.store.begin().await.unwrap();
    node::publish::delete(node, &mut tx, &alice, post.id).await.unwrap();
    node.commit(tx).await.unwrap();
    assert_eq!(quote_of(&stage.node, &ours).await.unwrap().state, QuoteState::Deleted);
    let document = Letter::get(&stage.node, path(&ours.uri)).send(&stage.node).await.json();
    assert_eq!(document["quote"], json!({"type": "Tombstone"}));
    assert!(!document["content"].as_str().unwrap().contains("quote-inline"));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b35_stamps_of_others_are_looked_at_again() {
    let stage = Stage::empty().await;
    let (bob, carol) = (stage.server.person("bob"), stage.server.person("carol"));
    stage.alice_follows(&bob).await;
    let quoted = stage.server.note(&carol, "/notes/1", "Quote me", open_to_quotes());
    stage.server.publish(&quoted);
    let note = stage.server.note(
        &bob,
        "/notes/2",
        "See",
        json!({"quote": quoted["id"], "quoteAuthorization": stage.server.url("/stamps/1")}),
    );
    stage.server.publish(&json!({"@context": "https://www.w3.org/ns/activitystreams", "id": stage.server.url("/stamps/1"),
        "type": "QuoteAuthorization", "attributedTo": carol["id"], "interactingObject": note["id"], "interactionTarget": quoted["id"]}));
    stage.takes(&stage.server.activity("Create", &bob, note.clone())).await;
    stage.node.idle().await;
    assert_eq!(state(&stage, &note).await, Some(QuoteState::Accepted));
    let look = |times: &'static str| {
        let stage = &stage;
        let note = &note;
        async move {
            let post = stage.stored(note).await.unwrap();
            let mut tx = stage.node.node().store.begin().await.unwrap();
            let known = tx.quote(post.id).await.unwrap().unwrap();
            assert!(known.checked_at > 1, "{times}");
            tx.put_quote(&Quote { checked_at: 1, ..known }).await.unwrap();
            stage.node.federation().recheck_quotes(&mut tx).await.unwrap();
            stage.node.node().commit(tx).await.unwrap();
            stage.node.idle().await;
            state(stage, note).await
        }
    };
    assert_eq!(look("once").await, Some(QuoteState::Accepted));
    stage.server.serve("/stamps/1", Reply::Status(404));
    assert_eq!(look("again").await, Some(QuoteState::Revoked));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s34_nobody_but_the_quoted_author_answers_for_them() {
    let stage = Stage::empty().await;
    let (bob, eve) = (stage.server.person("bob"), stage.server.person("eve"));
    stage.alice_follows(&bob).await;
    let note = stage.server.note(&bob, "/notes/1", "Quote me", open_to_quotes());
    stage.takes(&stage.server.activity("Create", &bob, note.clone())).await;
    let ours = quotes(stage.alice(), &stage.stored(&note).await.unwrap(), Audience::Public).await.unwrap();
    let asked = stage.server.receives("QuoteRequest").await;
    let answer = |kind: &str, by: &Value, result: &str| {
        let mut answer = stage.server.activity(kind, by, asked["id"].clone());
        answer["result"] = json!(result);
        answer
    };
    let here = stage.server.url("/stamps/1");
    let ours_now = || async { quote_of(&stage.node, &ours).await.unwrap() };
    stage.send(&answer("Accept", &eve, &here)).await;
    stage.send(&answer("Reject", &eve, &here)).await;
    stage.send(&answer("Accept", &bob, "https://elsewhere.example/stamps/1")).await;
    stage.send(&answer("Accept", &bob, &format!("{}/stamps/1", stage.alice().uri().await))).await;
    assert_eq!((ours_now().await.state, ours_now().await.stamp), (QuoteState::Pending, String::new()));
    stage.takes(&answer("Accept", &bob, &here)).await;
    assert_eq!((ours_now().await.state, ours_now().await.stamp), (QuoteState::Accepted, here.clone()));
    stage.send(&stage.server.activity("Delete", &eve, json!(here))).await;
    assert_eq!(ours_now().await.state, QuoteState::Accepted, "nor takes anything back");
    stage.takes(&answer("Reject", &bob, "")).await;
    stage.takes(&answer("Accept", &bob, &here)).await;
    assert_eq!(ours_now().await.state, QuoteState::Revoked, "what was refused is not accepted after all");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s34_no_stamp_is_had_by_a_request_that_is_not_as_it_should_be() {
    let stage = Stage::empty().await;
    let other = Server::start("other").await;
    let (bob, eve, carol) = (stage.server.person("bob"), stage.server.person("eve"), other.person("carol"));
    stage.follows_alice(&bob).await;
    let boost = {
        let (node, alice) = (stage.node.node(), stage.alice().account().await);
        let mut tx = node.store.begin().await.unwrap();
        let boost = react::boost(node, &mut tx, &alice, &stage.post, None).await.unwrap();
        node.commit(tx).await.unwrap();
        boost
    };
    let narrow = stage.alice().says_to(Audience::Followers, "Among us").await;
    let direct = stage.alice().says_to(Audience::Direct, &format!("Only you, @bob@{}", stage.server.host())).await;
    let secret = stage.alice().says_to(Audience::Organisation, "Inside").await;
    let mut n = 0;
    let mut quoting = |by: &Value, of: &str| {
        n += 1;
        stage.server.note(by, &format!("/notes/{n}"), "Hm", json!({"quote": of}))
    };
    for post in [&narrow, &direct, &secret, &boost] {
        let note = quoting(&bob, &post.uri);
        stage.send(&request(&stage, &bob, &note)).await;
    }
    let mut asked = request(&stage, &bob, &quoting(&bob, &stage.post.uri));
    asked["object"] = json!(secret.uri);
    stage.send(&asked).await;
    // What somebody else wrote; what quotes something else; what lies elsewhere; what nobody made.
    let note = quoting(&eve, &stage.post.uri);
    stage.send(&request(&stage, &bob, &note)).await;
    let note = quoting(&bob, &narrow.uri);
    let mut asked = request(&stage, &bob, &note);
    asked["object"] = json!(stage.post.uri);
    stage.send(&asked).await;
    let far = other.note(&carol, "/notes/1", "Hm", json!({"quote": stage.post.uri}));
    stage.send(&request(&stage, &bob, &far)).await;
    let mut by_id = request(&stage, &bob, &quoting(&bob, &stage.post.uri));
    by_id["instrument"] = json!(stage.server.url("/notes/never"));
    stage.send(&by_id).await;
    let note = quoting(&bob, &stage.post.uri);
    let mut nameless = request(&stage, &bob, &note);
    nameless.as_object_mut().unwrap().remove("id");
    stage.send(&nameless).await;
    let mut stolen = request(&stage, &bob, &note);
    stolen["id"] = json!(other.url("/requests/1"));
    assert_eq!(stage.send(&stolen).await.status, 403);
    stage.node.idle().await;
    let accepts: Vec<Value> = stage.server.received("Accept");
    assert!(accepts.iter().all(|a| a["object"]["type"] == "Follow"), "{accepts:#?}");
    let hidden = [json!(secret.uri), json!(boost.uri)];
    let rejects = stage.server.received("Reject");
    assert!(rejects.iter().all(|r| !hidden.contains(&r["object"]["object"])), "they tell what is there: {rejects:#?}");
    assert_eq!(count(&stage.node, &stage.post).await, 0);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s18_a_chain_of_quotes_is_followed_two_steps() {
    let stage = Stage::empty().await;
    let other = Server::start("other").await;
    let (bob, carol) = (stage.server.person("bob"), other.person("carol"));
    stage.alice_follows(&bob).await;
    let notes: Vec<Value> = (0..20)
        .map(|n| {
            let next = other.url(&format!("/notes/{}", n + 1));
            let stamp = other.url(&format!("/stamps/{n}"));
            let note = other.note(
                &carol,
                &format!("/notes/{n}"),
                "On and on",
                json!({"quote": next, "quoteAuthorization": stamp}),
            );
            other.publish(&note);
            note
        })
        .collect();
    let start = stage.server.note(
        &bob,
        "/start",
        "See",
        json!({"quote": notes[0]["id"], "quoteAuthorization": other.url("/stamps/start")}),
    );
    stage.takes(&stage.server.activity("Create", &bob, start)).await;
    stage.node.idle().await;
    let fetched: Vec<String> = other.gets().into_iter().filter(|t| t.starts_with("/notes/")).collect();
    assert_eq!(fetched, ["/notes/0", "/notes/1"]);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s29_a_suspended_author_does_not_come_back_through_a_quote() {
    let stage = Stage::empty().await;
    let other = Server::start("other").await;
    let (bob, eve) = (stage.server.person("bob"), other.person("eve"));
    stage.alice_follows(&bob).await;
    stage.alice_follows_there(&other, &eve).await;
    let known = other.note(&eve, "/notes/1", "Before", open_to_quotes());
    stage.send_from(&other, &other.activity("Create", &eve, known.clone())).await;
    let eve_here: Account = stage.known(&eve).await;
    let mut tx = stage.node.node().store.begin().await.unwrap();
    tx.set_suspended(eve_here.id, Some(1), "moderator").await.unwrap();
    stage.node.node().commit(tx).await.unwrap();
    let fresh = other.note(&eve, "/notes/2", "After", open_to_quotes());
    other.publish(&fresh);
    for (n, quoted) in [&known, &fresh].into_iter().enumerate() {
        let stamp = other.url(&format!("/stamps/{n}"));
        let note = stage.server.note(
            &bob,
            &format!("/notes/{n}"),
            "See",
            json!({"quote": quoted["id"], "quoteAuthorization": stamp}),
        );
        other.publish(
            &json!({"@context": "https://www.w3.org/ns/activitystreams", "id": stamp, "type": "QuoteAuthorization",
            "attributedTo": eve["id"], "interactingObject": note["id"], "interactionTarget": quoted["id"]}),
        );
        stage.takes(&stage.server.activity("Create", &bob, note.clone())).await;
        stage.node.idle().await;
        assert_ne!(state(&stage, &note).await, Some(QuoteState::Accepted));
    }
    assert!(stage.stored(&fresh).await.is_none());
    let there = stage.stored(&known).await.unwrap();
    let mut tx = stage.node.node().store.read().await.unwrap();
    assert!(tx.visible_post(there.id, Viewer::Member(stage.alice().id)).await.unwrap().is_none());
    drop(tx);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b35_two_nodes_quote_each_other() {
    let (a, b) = (TestNode::start(Engine::Sqlite).await, TestNode::start(Engine::Sqlite).await);
    let (alice, bob) = (a.member("alice").await, b.member("bob").await);
    bob.follows(&alice.handle().await).await;
    alice.follows(&bob.handle().await).await;
    let post = alice.says("Quote me").await;
    let there = eventually("the post arrives", || async { b.post_by_uri(&post.uri).await }).await;
    let quoting = quotes(bob, &there, Audience::Public).await.unwrap();
    eventually("bob's node has the stamp", || async {
        quote_of(&b, &quoting).await.filter(|q| q.state == QuoteState::Accepted && !q.stamp.is_empty())
    })
    .await;
    let here = eventually("the quote is on alice's node", || async { a.post_by_uri(&quoting.uri).await }).await;
    assert_eq!(quote_of(&a, &here).await.unwrap().state, QuoteState::Accepted);
    assert!(alice.notifications().await.contains(&("quote", "bob".to_owned())));
    assert_eq!(count(&a, &post).await, 1);
    let back = quotes(alice, &here, Audience::Public).await.unwrap();
    let back = eventually("the answer is on bob's node", || async { b.post_by_uri(&back.uri).await }).await;
    eventually("it is accepted there", || async {
        quote_of(&b, &back).await.filter(|q| q.state == QuoteState::Accepted)
    })
    .await;
    let policy = b.node().store.read().await.unwrap().policy(there.id).await.unwrap();
    assert_eq!(policy.quote, Some(QuotePolicy::Everybody.rule()));
    a.idle().await;
    b.idle().await;
    a.running.stop().await;
    b.running.stop().await;
}
