//! Challenges: what comes from elsewhere, and what goes to those who follow them.

use model::audience::{Audience, Viewer};
use model::challenge::{Standing, State};
use model::page::Page;
use model::post::{Draft, Post, Revision};
use node::challenge::{self, Asked, Form};
use node::{carry, domains, follow, publish};
use serde_json::{Value, json};
use storage::DomainRule;
use suite::db::Engine;
use suite::fediverse::{Server, Stage};
use suite::node::{Options, Person, TestNode, eventually};
use suite::on_both;
use suite::peer::Peer;

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

pub(super) async fn asks(who: Person<'_>, form: Form) -> Asked {
    let node = who.on.node();
    let form = Form { name: "trust".to_owned(), question: "How do we establish trust?".to_owned(), ..form };
    let mut tx = node.store.begin().await.unwrap();
    let asked = challenge::open(node, &mut tx, &who.account().await, &form).await.unwrap();
    node.commit(tx).await.unwrap();
    asked
}

/// The challenge is done with by its owner.
pub(super) async fn closes(who: Person<'_>) -> Asked {
    let node = who.on.node();
    let mut tx = node.store.begin().await.unwrap();
    let asked = challenge::own(node, &mut tx, &who.account().await, "trust").await.unwrap();
    let asked = challenge::close(node, &mut tx, asked).await.unwrap();
    node.commit(tx).await.unwrap();
    asked
}

pub(super) async fn decides(who: Person<'_>, post: &Post, accepted: bool) {
    let node = who.on.node();
    let me = who.account().await;
    let mut tx = node.store.begin().await.unwrap();
    let asked = challenge::own(node, &mut tx, &me, "trust").await.unwrap();
    challenge::decide(node, &mut tx, Some(&me), &asked, post.id, accepted).await.unwrap();
    node.commit(tx).await.unwrap();
}

pub(super) async fn contributed(node: &TestNode, asked: &Asked, state: Standing) -> Vec<String> {
    let mut tx = node.node().store.read().await.unwrap();
    let posts = tx.contributed(asked.account.id, state, Viewer::Anyone, &Page::first(40)).await.unwrap();
    posts.into_iter().map(|p| p.uri).collect()
}

pub(super) async fn count(node: &TestNode, asked: &Asked) -> i64 {
    node.node().store.read().await.unwrap().challenge(asked.account.id).await.unwrap().unwrap().contributions_count
}

/// A note of somebody elsewhere that names the challenge.
pub(super) fn naming(stage: &Stage, author: &Value, path: &str, asked: &Asked, words: &str) -> Value {
    let uri = &asked.account.uri;
    let mention = format!("<a href=\"{}\" class=\"u-url mention\">@<span>trust</span></a>", asked.account.url);
    let more = json!({
        "cc": [format!("{}/followers", author["id"].as_str().unwrap()), uri],
        "tag": [{"type": "Mention", "href": uri, "name": format!("@trust@{}", stage.node.host())}],
    });
    stage.server.note(author, path, &format!("{mention} {words}"), more)
}

pub(super) async fn gives(stage: &Stage, author: &Value, note: &Value) {
    stage.server.publish(note);
    stage.takes(&stage.server.activity("Create", author, note.clone())).await;
}

pub(super) fn carried(stage: &Stage, asked: &Asked, object: &Value) -> Vec<String> {
    let by = stage.server.posts().into_iter().map(|(_, a)| a).filter(|a| a["actor"] == asked.account.uri);
    by.filter(|a| &a["object"] == object || &a["object"]["object"] == object)
        .map(|a| a["type"].as_str().unwrap().to_owned())
        .collect()
}

on_both! {
    async fn a_stranger_contributes_by_naming_it_and_their_first_waits(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let (bob, dora) = (stage.server.person("bob"), stage.server.person("dora"));
        let asked = asks(stage.alice(), Form { purpose: "So that **we** share sooner.".to_owned(), ..Form::default() }).await;
        stage.takes(&stage.server.activity("Follow", &dora, json!(asked.account.uri))).await;
        stage.server.receives("Accept").await;
        stage.node.idle().await;

        let opening = stage.node.node().store.read().await.unwrap().post(asked.challenge.opening_id.unwrap()).await.unwrap().unwrap();
        assert!(opening.content.contains("<strong>How do we establish trust?</strong>"), "{}", opening.content);
        assert!(opening.content.contains(&format!("@trust@{}", stage.node.host())) || opening.content.contains("@<span>trust</span>"), "{}", opening.content);

        let first = naming(&stage, &bob, "/notes/1", &asked, "We met every week");
        gives(&stage, &bob, &first).await;
        stage.node.idle().await;
        assert!(carried(&stage, &asked, &first["id"]).is_empty());
        assert_eq!(contributed(&stage.node, &asked, Standing::Waiting).await, [first["id"].as_str().unwrap()]);
        assert_eq!(stage.alice().notifications().await, [("outloud.waiting", "bob".to_owned())], "its owner is told");

        let post = stage.stored(&first).await.unwrap();
        decides(stage.alice(), &post, true).await;
        let announce = stage.server.receives("Announce").await;
        assert_eq!((&announce["actor"], &announce["object"], &announce["to"]), (&json!(asked.account.uri), &first["id"], &json!([PUBLIC])));
        assert_eq!(announce["cc"], json!([asked.account.followers]), "its author is not told");
        let second = naming(&stage, &bob, "/notes/2", &asked, "And ate together");
        gives(&stage, &bob, &second).await;
        stage.node.idle().await;
        assert_eq!(carried(&stage, &asked, &second["id"]), ["Announce"], "somebody who was accepted once is known");
        // The same again, in every way that it may come.
        stage.takes(&stage.server.activity("Create", &bob, second.clone())).await;
        decides(stage.alice(), &stage.stored(&second).await.unwrap(), true).await;
        stage.node.idle().await;
        assert_eq!(carried(&stage, &asked, &second["id"]), ["Announce"]);
        assert_eq!(count(&stage.node, &asked).await, 2);

        decides(stage.alice(), &post, false).await;
        stage.node.idle().await;
        assert_eq!(carried(&stage, &asked, &first["id"]), ["Announce", "Undo"]);
        stage.takes(&stage.server.activity("Delete", &bob, json!({"type": "Tombstone", "id": second["id"]}))).await;
        stage.node.idle().await;
        assert_eq!(carried(&stage, &asked, &second["id"]), ["Announce", "Undo"], "who follows it alone hears that it is gone");
        assert_eq!(count(&stage.node, &asked).await, 0);
        assert_eq!(stage.node.known(&asked.account.uri).await.unwrap().posts_count, 1, "the question itself");
        stage.end().await;
    }

    async fn what_is_private_an_answer_to_others_late_or_unwelcome_is_no_contribution(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let (bob, evil) = (stage.server.person("bob"), stage.server.person("evil"));
        let asked = asks(stage.alice(), Form::default()).await;
        let uri = &asked.account.uri;
        for (n, to) in [json!([uri]), json!([format!("{}/followers", bob["id"].as_str().unwrap())])].into_iter().enumerate() {
            let mut note = naming(&stage, &bob, &format!("/notes/p{n}"), &asked, "Between us");
            (note["to"], note["cc"]) = (to, json!([uri]));
            gives(&stage, &bob, &note).await;
        }
        let mut quiet = naming(&stage, &bob, "/notes/q", &asked, "Quietly");
        (quiet["to"], quiet["cc"]) = (json!([format!("{}/followers", bob["id"].as_str().unwrap())]), json!([PUBLIC, uri]));
        gives(&stage, &bob, &quiet).await;
        let mut answer = naming(&stage, &bob, "/notes/a", &asked, "I agree, Alice");
        answer["inReplyTo"] = json!(stage.post.uri);
        gives(&stage, &bob, &answer).await;
        let mut old = naming(&stage, &bob, "/notes/o", &asked, "Years ago");
        old["published"] = json!("2019-01-01T00:00:00Z");
        gives(&stage, &bob, &old).await;
        assert!(contributed(&stage.node, &asked, Standing::Waiting).await.is_empty());
        let opening = stage.node.node().store.read().await.unwrap().post(asked.challenge.opening_id.unwrap()).await.unwrap().unwrap();
        let mut reply = naming(&stage, &bob, "/notes/r", &asked, "To the question");
        reply["inReplyTo"] = json!(opening.uri);
        gives(&stage, &bob, &reply).await;
        assert_eq!(contributed(&stage.node, &asked, Standing::Waiting).await, [reply["id"].as_str().unwrap()]);

        // Who has no say, by the keeper's word or by the node's.
        let node = stage.node.node();
        gives(&stage, &evil, &naming(&stage, &evil, "/notes/e1", &asked, "Buy this")).await;
        let account = stage.known(&evil).await;
        let mut tx = node.store.begin().await.unwrap();
        let own = challenge::own(node, &mut tx, &stage.alice().account().await, "trust").await.unwrap();
        challenge::block(node, &mut tx, &own, &account).await.unwrap();
        node.commit(tx).await.unwrap();
        gives(&stage, &evil, &naming(&stage, &evil, "/notes/e2", &asked, "Buy that")).await;
        assert_eq!(contributed(&stage.node, &asked, Standing::Waiting).await.len(), 1);
        let waiting = stage.stored(&reply).await.unwrap();
        let mut tx = node.store.begin().await.unwrap();
        let rule = DomainRule::new(stage.server.host(), "suspend", node.now());
        domains::set(node, &mut tx, "test", &rule).await.unwrap();
        node.commit(tx).await.unwrap();
        node.read_domain_rules().await.unwrap();
        let me = stage.alice().account().await;
        let mut tx = node.store.begin().await.unwrap();
        let own = challenge::own(node, &mut tx, &me, "trust").await.unwrap();
        assert!(challenge::decide(node, &mut tx, Some(&me), &own, waiting.id, true).await.is_err(), "nothing of a blocked server is passed on");
        drop(tx);
        stage.end().await;
    }

    async fn whoever_says_stop_is_left_alone(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let (bob, dora, erin) = (stage.server.person("bob"), stage.server.person("dora"), stage.server.person("erin"));
        let asked = asks(stage.alice(), Form { tag: "TrustMe".to_owned(), ..Form::default() }).await;
        stage.takes(&stage.server.activity("Follow", &dora, json!(asked.account.uri))).await;
        let notes = [naming(&stage, &bob, "/notes/1", &asked, "One"), naming(&stage, &erin, "/notes/2", &asked, "Two")];
        for (author, note) in [&bob, &erin].into_iter().zip(&notes) {
            gives(&stage, author, note).await;
            decides(stage.alice(), &stage.stored(note).await.unwrap(), true).await;
        }
        stage.node.idle().await;
        let mut stop = naming(&stage, &bob, "/notes/3", &asked, "stop");
        stop["to"] = json!([asked.account.uri]);
        stop["cc"] = json!([]);
        gives(&stage, &bob, &stop).await;
        stage.takes(&stage.server.activity("Block", &erin, json!(asked.account.uri))).await;
        stage.node.idle().await;
        for note in &notes {
            assert_eq!(carried(&stage, &asked, &note["id"]), ["Announce", "Undo"]);
        }
        gives(&stage, &bob, &naming(&stage, &bob, "/notes/4", &asked, "Again")).await;
        gives(&stage, &erin, &naming(&stage, &erin, "/notes/5", &asked, "Again")).await;
        assert!(contributed(&stage.node, &asked, Standing::Waiting).await.is_empty());
        gives(&stage, &bob, &naming(&stage, &bob, "/notes/6", &asked, "please start")).await;
        gives(&stage, &bob, &naming(&stage, &bob, "/notes/7", &asked, "And again")).await;
        assert_eq!(contributed(&stage.node, &asked, Standing::Waiting).await.len(), 1, "he asked to");
        assert_eq!(count(&stage.node, &asked).await, 0);
        stage.end().await;
    }

    async fn a_hashtag_contributes_and_an_edit_takes_it_back(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let dora = stage.server.person("dora");
        let asked = asks(stage.alice(), Form { tag: "TrustMe".to_owned(), ..Form::default() }).await;
        stage.takes(&stage.server.activity("Follow", &dora, json!(asked.account.uri))).await;
        let carl = stage.node.member("carl").await;
        let post = carl.says("We bake bread #trustme").await;
        stage.node.idle().await;
        assert_eq!(carried(&stage, &asked, &json!(post.uri)), ["Announce"], "a member is no stranger");
        // One announcement, however many of its ways lead to the challenge.
        let both = carl.says("@trust we bake #TrustMe").await;
        stage.node.idle().await;
        assert_eq!(carried(&stage, &asked, &json!(both.uri)), ["Announce"]);
        let node = stage.node.node();
        let mut tx = node.store.begin().await.unwrap();
        let revision = Revision { text: "We bake bread".to_owned(), ..Revision::default() };
        publish::edit(node, &mut tx, &carl.account().await, post.id, &revision).await.unwrap();
        node.commit(tx).await.unwrap();
        stage.node.idle().await;
        assert_eq!(carried(&stage, &asked, &json!(post.uri)), ["Announce", "Undo"]);
        assert_eq!(contributed(&stage.node, &asked, Standing::Accepted).await, [both.uri.as_str()]);
        carl.says_to(Audience::Organisation, "Inside #trustme").await;
        carl.says_to(Audience::Unlisted, "Quiet #trustme").await;

        // It comes from elsewhere, to somebody who follows its author.
        stage.alice_follows(&stage.server.person("bob")).await;
        let bob = stage.server.person("bob");
        let note = stage.server.note(&bob, "/notes/1", "Bread, too #trustme", json!({
            "tag": [{"type": "Hashtag", "name": "#TrustMe", "href": stage.server.url("/tags/trustme")}],
        }));
        gives(&stage, &bob, &note).await;
        assert_eq!(contributed(&stage.node, &asked, Standing::Waiting).await, [note["id"].as_str().unwrap()]);
        assert_eq!(count(&stage.node, &asked).await, 1);
        stage.end().await;
    }

    async fn a_member_who_lets_no_hashtag_carry_them_contributes_by_naming_it_alone(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let dora = stage.server.person("dora");
        let asked = asks(stage.alice(), Form { tag: "TrustMe".to_owned(), ..Form::default() }).await;
        stage.takes(&stage.server.activity("Follow", &dora, json!(asked.account.uri))).await;
        let (carl, node) = (stage.node.member("carl").await, stage.node.node());
        let (tagged, named) = (carl.says("We bake #TrustMe").await, carl.says("@trust we bake #TrustMe").await);
        let quiet = Draft { text: "Not this #TrustMe".to_owned(), tag_sharing: Some(false), ..Draft::default() };
        let kept = carl.posts(quiet).await;
        stage.node.idle().await;
        assert_eq!(carried(&stage, &asked, &json!(tagged.uri)), ["Announce"]);
        assert!(carried(&stage, &asked, &json!(kept.uri)).is_empty(), "its author said so of this one");

        let consents = async |on: bool| {
            let mut tx = node.store.begin().await.unwrap();
            carry::set_consent(node, &mut tx, &carl.account().await, on).await.unwrap();
            node.commit(tx).await.unwrap();
        };
        consents(false).await;
        let later = carl.says("And again #TrustMe").await;
        stage.node.idle().await;
        assert_eq!(carried(&stage, &asked, &json!(tagged.uri)), ["Announce", "Undo"]);
        assert!(carried(&stage, &asked, &json!(later.uri)).is_empty());
        assert_eq!(contributed(&stage.node, &asked, Standing::Accepted).await, [named.uri.as_str()], "to name it is to want it");

        let mut tx = node.store.begin().await.unwrap();
        node::moderate::suspend(node, &mut tx, "test", &carl.account().await).await.unwrap();
        node.commit(tx).await.unwrap();
        stage.node.idle().await;
        assert_eq!(carried(&stage, &asked, &json!(named.uri)), ["Announce", "Undo"]);
        assert_eq!(count(&stage.node, &asked).await, 0);
        stage.end().await;
    }

    async fn a_suspended_stranger_is_passed_on_no_more(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let (bob, dora) = (stage.server.person("bob"), stage.server.person("dora"));
        let asked = asks(stage.alice(), Form::default()).await;
        stage.takes(&stage.server.activity("Follow", &dora, json!(asked.account.uri))).await;
        let note = naming(&stage, &bob, "/notes/1", &asked, "One");
        gives(&stage, &bob, &note).await;
        decides(stage.alice(), &stage.stored(&note).await.unwrap(), true).await;
        stage.node.idle().await;
        let node = stage.node.node();
        let account = stage.known(&bob).await;
        let mut tx = node.store.begin().await.unwrap();
        node::moderate::suspend(node, &mut tx, "test", &account).await.unwrap();
        node.commit(tx).await.unwrap();
        stage.node.idle().await;
        assert_eq!(carried(&stage, &asked, &note["id"]), ["Announce", "Undo"]);
        assert_eq!(count(&stage.node, &asked).await, 0);
        stage.end().await;
    }

    async fn what_never_opened_asks_peers_for_its_hashtag_no_more(db: Db) {
        let options = Options { no_worker: true, ..Options::default() };
        let stage = Stage::empty_with("elsewhere", db.engine, options).await;
        crate::federation::peers::named_peer(&stage, &stage.server, "tag-{slug}", true).await;
        let opens_at = Some(stage.node.node().now() + 3_600_000);
        let asked = asks(stage.alice(), Form { tag: "TrustMe".to_owned(), opens_at, ..Form::default() }).await;
        let followed = async || {
            let mut tx = stage.node.node().store.read().await.unwrap();
            tx.tag_subscriptions_of_tag(asked.challenge.tag_id.unwrap()).await.unwrap().len()
        };
        assert_eq!(followed().await, 1);
        assert_eq!(closes(stage.alice()).await.challenge.state, State::Closed);
        assert_eq!(followed().await, 0);
        stage.end().await;
    }

    async fn closing_says_what_came_and_links_it(db: Db) {
        let node = TestNode::start(db.engine).await;
        let (alice, carl) = (node.member("alice").await, node.member("carl").await);
        let asked = asks(alice, Form { tag: "TrustMe".to_owned(), ..Form::default() }).await;
        let mut tx = node.node().store.begin().await.unwrap();
        let challenge_account = asked.account.clone();
        follow::follow(node.node(), &mut tx, &carl.account().await, &challenge_account, &Default::default()).await.unwrap();
        node.node().commit(tx).await.unwrap();
        let post = alice.says("We *bake* @carl <b>bread</b> #TrustMe").await;
        assert!(carl.home().await.iter().any(|p| p.boost_of_id == Some(post.id)), "a member follows it like anybody");
        let closed = closes(alice).await;
        assert_eq!(closed.challenge.state, State::Closed);
        let mut tx = node.node().store.read().await.unwrap();
        let harvest = tx.post(closed.challenge.harvest_id.unwrap()).await.unwrap().unwrap();
        assert!(harvest.content.contains("1 contribution from 1 person on 1 server"), "{}", harvest.content);
        assert!(harvest.content.contains(&format!("href=\"{}\"", post.url)), "{}", harvest.content);
        assert!(tx.mentions(&[harvest.id]).await.unwrap().iter().all(|m| m.account_id != carl.id), "nobody is called by what was quoted");
        assert!(tx.tags_of(&[harvest.id]).await.unwrap().is_empty());
        assert_eq!(harvest.in_reply_to_id, closed.challenge.opening_id);
        drop(tx);
        let late = alice.says("Too late #TrustMe").await;
        assert_eq!(contributed(&node, &asked, Standing::Accepted).await, [post.uri.as_str()]);
        assert!(!carl.home().await.iter().any(|p| p.boost_of_id == Some(late.id)));
        node.idle().await;
        node.running.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_backdates_what_they_say_is_looked_at_all_the_same_and_a_blocked_server_is_taken_back() {
    let stage = Stage::empty_with("elsewhere", Engine::Sqlite, Options::default()).await;
    let (bob, other) = (stage.server.person("bob"), Server::start("other").await);
    let dora = other.person("dora");
    let long_ago = stage.node.node().now() - 6 * model::clock::HOUR;
    let asked = asks(stage.alice(), Form::default()).await;
    // It opened some hours ago.
    let node = stage.node.node();
    let mut tx = node.store.begin().await.unwrap();
    let opened = model::challenge::Challenge { opens_at: long_ago, ..asked.challenge.clone() };
    tx.put_challenge(&opened).await.unwrap();
    node.commit(tx).await.unwrap();
    assert_eq!(stage.send_from(&other, &other.activity("Follow", &dora, json!(asked.account.uri))).await.status, 202);
    for n in 0..14 {
        let mut note = naming(&stage, &bob, &format!("/notes/{n}"), &asked, "And this");
        note["published"] = json!(model::clock::rfc3339(long_ago + (n + 1) * 60_000));
        gives(&stage, &bob, &note).await;
        if n == 0 {
            decides(stage.alice(), &stage.stored(&note).await.unwrap(), true).await;
        }
    }
    assert_eq!(contributed(&stage.node, &asked, Standing::Accepted).await.len(), 10);
    assert_eq!(contributed(&stage.node, &asked, Standing::Waiting).await.len(), 4);
    stage.node.idle().await;
    assert_eq!(other.received("Announce").len(), 10);

    let mut tx = node.store.begin().await.unwrap();
    domains::set(node, &mut tx, "test", &DomainRule::new(stage.server.host(), "suspend", node.now())).await.unwrap();
    node.commit(tx).await.unwrap();
    node.read_domain_rules().await.unwrap();
    stage.node.idle().await;
    assert_eq!(other.received("Undo").len(), 10, "what a blocked server's people said is passed on no more");
    assert_eq!(count(&stage.node, &asked).await, 0);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_names_nobody_is_not_bound_by_the_length_of_posts_and_a_refusal_stays() {
    let change: fn(&mut outloud::Settings) = |settings| settings.node.post_length = 500;
    let node = TestNode::start_with(Engine::Sqlite, Options { change: Some(change), ..Options::default() }).await;
    let (alice, carl) = (node.member("alice").await, node.member("carl").await);
    let purpose = format!("@carl {}", "why ".repeat(400));
    let asked = asks(alice, Form { purpose, tag: "TrustMe".to_owned(), ..Form::default() }).await;
    assert!(asked.challenge.opening_id.is_some());
    assert!(carl.notifications().await.is_empty(), "nobody is called by what a challenge says");

    let post = carl.says("Refuse me #TrustMe").await;
    decides(alice, &post, false).await;
    for text in ["Refuse me", "Refuse me again #TrustMe"] {
        let mut tx = node.node().store.begin().await.unwrap();
        let revision = Revision { text: text.to_owned(), ..Revision::default() };
        publish::edit(node.node(), &mut tx, &carl.account().await, post.id, &revision).await.unwrap();
        node.node().commit(tx).await.unwrap();
    }
    assert!(contributed(&node, &asked, Standing::Accepted).await.is_empty());

    // Who may not be heard says nothing through a challenge.
    let mut tx = node.node().store.begin().await.unwrap();
    node::moderate::freeze(node.node(), &mut tx, "test", &alice.account().await).await.unwrap();
    let me = alice.account().await;
    assert!(challenge::own(node.node(), &mut tx, &me, "trust").await.is_err());
    drop(tx);
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_peer_follows_and_answers_a_challenge() {
    if !Peer::is_there() {
        return;
    }
    let (node, peer) = (TestNode::start(Engine::Sqlite).await, Peer::start().await);
    let alice = node.member("alice").await;
    let asked = asks(alice, Form::default()).await;
    let uri = &asked.account.uri;
    let found = peer.does("lookup", json!({"handle": format!("@trust@{}", node.host())})).await;
    assert_eq!(found["object"]["id"], json!(uri), "{found:#}");
    peer.does("follow", json!({"actor": uri})).await;
    peer.received("Accept", uri).await;
    let note = peer.does("note", json!({"content": "<p>We meet weekly</p>", "to": "public", "mentions": [uri]})).await;
    let note = note["id"].as_str().unwrap().to_owned();
    let post = node.post_by_uri(&note).await.expect("it is here when its delivery is answered");
    assert_eq!(contributed(&node, &asked, Standing::Waiting).await, [note.as_str()]);
    decides(alice, &post, true).await;
    peer.received("Announce", &note).await;
    let ours = alice.says("@trust we write it down").await;
    peer.received("Announce", &ours.uri).await;
    let closed = closes(alice).await;
    let harvest =
        node.node().store.read().await.unwrap().post(closed.challenge.harvest_id.unwrap()).await.unwrap().unwrap();
    let create = peer.received("Create", &harvest.uri).await;
    let content = create["activity"]["object"]["content"].as_str().unwrap().to_owned();
    assert!(content.contains(&note) || content.contains(&post.url), "{content}");
    node.idle().await;
    for object in [&note, &ours.uri] {
        assert_eq!(peer.count("Announce", object).await, 1, "{object}");
    }
    assert_eq!(
        peer.get("refused").await["refused"].as_array().map(Vec::len),
        Some(0),
        "no signature of ours was refused"
    );
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_opens_and_closes_when_its_time_comes() {
    let start = 1_800_000_000_000;
    let now = std::sync::Arc::new(std::sync::atomic::AtomicI64::new(start));
    let clock = model::clock::Clock::Manual(now.clone());
    let options = Options { clock: Some(clock), ..Options::default() };
    let node = TestNode::start_with(Engine::Sqlite, options).await;
    let alice = node.member("alice").await;
    let form = Form { opens_at: Some(start + 60_000), closes_at: Some(start + 120_000), ..Form::default() };
    let asked = asks(alice, form).await;
    assert_eq!(asked.challenge.state, State::Planned);
    alice.says("@trust too early").await;
    for (later, expected) in [(61_000, State::Open), (121_000, State::Closed)] {
        now.store(start + later, std::sync::atomic::Ordering::Relaxed);
        eventually("its time came", || async {
            let mut tx = node.node().store.read().await.unwrap();
            let now = tx.challenge(asked.account.id).await.unwrap().unwrap();
            (now.state == expected).then_some(())
        })
        .await;
    }
    assert_eq!(count(&node, &asked).await, 0);
    assert!(carry::is_carrier(&node.known(&asked.account.uri).await.unwrap()));
    node.running.stop().await;
}
