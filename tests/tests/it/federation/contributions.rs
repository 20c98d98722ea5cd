//! What becomes of contributions when their authors, keepers and moderators think again, and of what was said of them.

use model::account::{Account, Role};
use model::challenge::{Challenge, Standing};
use model::clock::{Clock, MINUTE};
use model::post::{Post, Revision};
use node::challenge::{self, Asked, Form};
use node::{domains, moderate, publish};
use serde_json::{Value, json};
use storage::{DomainRule, Tx};
use suite::db::Engine;
use suite::fediverse::Stage;
use suite::node::{Options, Person, TestNode, eventually};
use suite::on_both;

use super::challenges::{asks, carried, closes, contributed, count, decides, gives, naming};

fn tagged() -> Form {
    Form { tag: "TrustMe".to_owned(), ..Form::default() }
}

async fn edits(who: Person<'_>, post: &Post, text: &str) {
    let node = who.on.node();
    let mut tx = node.store.begin().await.unwrap();
    let revision = Revision { text: text.to_owned(), ..Revision::default() };
    publish::edit(node, &mut tx, &who.account().await, post.id, &revision).await.unwrap();
    node.commit(tx).await.unwrap();
}

async fn read(node: &TestNode) -> Tx {
    node.node().store.read().await.unwrap()
}

async fn post(node: &TestNode, id: i64) -> Post {
    read(node).await.post(id).await.unwrap().unwrap()
}

async fn known(node: &TestNode, asked: &Asked) -> Challenge {
    read(node).await.challenge(asked.account.id).await.unwrap().unwrap()
}

async fn limits(node: &TestNode, account: &Account) {
    let mut tx = node.node().store.begin().await.unwrap();
    moderate::limit(node.node(), &mut tx, "test", account).await.unwrap();
    node.node().commit(tx).await.unwrap();
}

async fn suspends(node: &TestNode, account: &Account) {
    let mut tx = node.node().store.begin().await.unwrap();
    moderate::suspend(node.node(), &mut tx, "test", account).await.unwrap();
    node.node().commit(tx).await.unwrap();
}

/// A clock that stands until it is moved.
fn standing() -> (Clock, Options) {
    let clock = Clock::manual(Clock::default().now());
    (clock.clone(), Options { clock: Some(clock), ..Options::default() })
}

/// The minute goes by after which what came is said anew.
async fn a_minute_later(node: &TestNode, clock: &Clock) {
    clock.advance(MINUTE);
    node.idle().await;
}

async fn waits(node: &TestNode, asked: &Asked) -> usize {
    contributed(node, asked, Standing::Waiting).await.len()
}

on_both! {
    async fn what_a_harvest_said_goes_with_what_it_was_about(db: Db) {
        let (clock, options) = standing();
        let stage = Stage::empty_with("elsewhere", db.engine, options).await;
        let (bob, dora) = (stage.server.person("bob"), stage.server.person("dora"));
        let (alice, carl) = (stage.alice(), stage.node.member("carl").await);
        let asked = asks(alice, tagged()).await;
        stage.takes(&stage.server.activity("Follow", &dora, json!(asked.account.uri))).await;
        let note = naming(&stage, &bob, "/notes/1", &asked, "We dance");
        gives(&stage, &bob, &note).await;
        decides(alice, &stage.stored(&note).await.unwrap(), true).await;
        let first = carl.says("We bake #TrustMe").await;
        for n in 0..5 {
            carl.says(&format!("We sing {n} #TrustMe")).await;
        }
        let node = stage.node.node();
        // What came in the millisecond in which it is said may stand on either side of it.
        clock.advance(1);
        let mut tx = node.store.begin().await.unwrap();
        let early = challenge::harvest_now(node, &mut tx, &alice.account().await, "trust").await.unwrap();
        node.commit(tx).await.unwrap();
        clock.advance(MINUTE);
        let later = alice.says("We wait #TrustMe").await;
        let closed = closes(alice).await.challenge;
        stage.node.idle().await;
        let harvests = [early.id, closed.harvest_id.unwrap()];
        for id in harvests {
            let said = post(&stage.node, id).await.content;
            assert!(said.contains("We bake") && said.contains("We dance") && said.contains(&first.url), "{said}");
        }

        edits(carl, &first, "We cook #TrustMe").await;
        a_minute_later(&stage.node, &clock).await;
        stage.takes(&stage.server.activity("Delete", &bob, json!({"type": "Tombstone", "id": note["id"]}))).await;
        a_minute_later(&stage.node, &clock).await;
        for id in harvests {
            let said = post(&stage.node, id).await.content;
            assert!(said.contains("We cook") && !said.contains("We bake") && !said.contains("We dance"), "{said}");
        }
        let said = post(&stage.node, early.id).await.content;
        assert!(said.contains("6 contributions from 1 person") && !said.contains("We wait"), "it was not there yet: {said}");

        // Many that go at once make one new version.
        let updates = || stage.server.received("Update").iter().filter(|u| u["object"]["id"] == json!(early.uri)).count();
        assert_eq!(updates(), 2);
        suspends(&stage.node, &carl.account().await).await;
        eventually("nothing of his is left", || async { (count(&stage.node, &asked).await == 1).then_some(()) }).await;
        a_minute_later(&stage.node, &clock).await;
        assert_eq!(updates(), 3);
        let [before, after] = [post(&stage.node, harvests[0]).await.content, post(&stage.node, harvests[1]).await.content];
        assert!(before.contains("Nothing of it is here any more."), "{before}");
        assert!(after.contains("1 contribution from 1 person") && after.contains(&later.url) && !after.contains("We sing"), "{after}");
        for id in harvests {
            assert!(read(&stage.node).await.edits(id).await.unwrap().is_empty(), "nor is it read in earlier versions");
        }
        stage.end().await;
    }

    async fn whose_say_is_taken_is_refused_and_can_be_accepted_when_they_have_it_again(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let dora = stage.server.person("dora");
        let (alice, carl) = (stage.alice(), stage.node.member("carl").await);
        let asked = asks(alice, tagged()).await;
        stage.takes(&stage.server.activity("Follow", &dora, json!(asked.account.uri))).await;
        let first = carl.says("We bake #TrustMe").await;
        for n in 0..59 {
            carl.says(&format!("We sing {n} #TrustMe")).await;
        }
        stage.node.idle().await;
        assert_eq!((count(&stage.node, &asked).await, waits(&stage.node, &asked).await), (10, 40), "a page of what waits");
        let node = stage.node.node();
        let own = async |tx: &mut Tx| challenge::own(node, tx, &alice.account().await, "trust").await.unwrap();
        let mut tx = node.store.begin().await.unwrap();
        let kept = own(&mut tx).await;
        challenge::block(node, &mut tx, &kept, &carl.account().await).await.unwrap();
        node.commit(tx).await.unwrap();
        stage.node.idle().await;
        assert_eq!((count(&stage.node, &asked).await, waits(&stage.node, &asked).await), (0, 0), "all of them, in steps");
        assert_eq!(carried(&stage, &asked, &json!(first.uri)), ["Announce", "Undo"]);
        edits(carl, &first, "We bake more #TrustMe").await;
        let me = alice.account().await;
        let mut tx = node.store.begin().await.unwrap();
        let kept = own(&mut tx).await;
        assert!(challenge::decide(node, &mut tx, Some(&me), &kept, first.id, true).await.is_err(), "they have no say");
        challenge::unblock(&mut tx, &kept, &carl.account().await).await.unwrap();
        node.commit(tx).await.unwrap();
        stage.node.idle().await;
        assert_eq!(count(&stage.node, &asked).await, 0, "nothing comes back by itself");
        decides(alice, &first, true).await;
        stage.node.idle().await;
        assert_eq!(carried(&stage, &asked, &json!(first.uri)), ["Announce", "Undo", "Announce"]);
        stage.end().await;
    }

    async fn a_contribution_stays_as_long_as_it_names_the_challenge_or_has_its_hashtag(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let bob = stage.server.person("bob");
        let (alice, carl) = (stage.alice(), stage.node.member("carl").await);
        let asked = asks(alice, tagged()).await;
        let said = carl.says("@trust We bake").await;
        let by_mention = async || {
            let found = read(&stage.node).await.contribution(asked.account.id, said.id).await.unwrap();
            found.map(|n| n.by_mention)
        };
        for (text, expected) in [
            ("@trust We bake bread", Some(true)),
            ("We bake bread #TrustMe", Some(false)),
            ("@trust We bake bread #TrustMe", Some(true)),
            ("We bake bread", None),
            ("@trust We bake bread", Some(true)),
        ] {
            edits(carl, &said, text).await;
            assert_eq!(by_mention().await, expected, "{text}");
            assert_eq!(count(&stage.node, &asked).await, i64::from(expected.is_some()), "{text}");
        }

        // The same from elsewhere.
        let mut note = naming(&stage, &bob, "/notes/1", &asked, "We dance");
        gives(&stage, &bob, &note).await;
        decides(alice, &stage.stored(&note).await.unwrap(), true).await;
        assert_eq!(count(&stage.node, &asked).await, 2);
        (note["content"], note["tag"], note["cc"]) = (json!("We dance"), json!([]), json!([]));
        note["updated"] = json!(model::clock::rfc3339(stage.node.node().now() + 1_000));
        stage.takes(&stage.server.activity("Update", &bob, note.clone())).await;
        assert_eq!(count(&stage.node, &asked).await, 1);

        // What came in time stays when the challenge is over, and its author puts it better.
        let tagged = carl.says("We sing #TrustMe").await;
        closes(alice).await;
        edits(carl, &tagged, "We sing songs #TrustMe").await;
        assert_eq!(count(&stage.node, &asked).await, 2);
        stage.end().await;
    }

    async fn who_is_limited_since_waits_again(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let (bob, dora) = (stage.server.person("bob"), stage.server.person("dora"));
        let (alice, carl) = (stage.alice(), stage.node.member("carl").await);
        let asked = asks(alice, tagged()).await;
        stage.takes(&stage.server.activity("Follow", &dora, json!(asked.account.uri))).await;
        let note = naming(&stage, &bob, "/notes/1", &asked, "We dance");
        gives(&stage, &bob, &note).await;
        let danced = stage.stored(&note).await.unwrap();
        decides(alice, &danced, true).await;
        let said = carl.says("We bake #TrustMe").await;
        stage.node.idle().await;
        limits(&stage.node, &stage.known(&bob).await).await;
        limits(&stage.node, &carl.account().await).await;
        stage.node.idle().await;
        for object in [&note["id"], &json!(said.uri)] {
            assert_eq!(carried(&stage, &asked, object), ["Announce", "Undo"]);
        }
        assert_eq!((count(&stage.node, &asked).await, waits(&stage.node, &asked).await), (0, 2));
        // Somebody looked at it, and says that it is fine.
        eventually("time goes by", || async {
            let limited = stage.known(&bob).await.limited_at?;
            (stage.node.node().now() > limited).then_some(())
        })
        .await;
        decides(alice, &danced, true).await;
        let node = stage.node.node();
        let mut tx = node.store.begin().await.unwrap();
        node::carry::set_consent(node, &mut tx, &carl.account().await, true).await.unwrap();
        node::jobs::enqueue(node, &mut tx, &node::jobs::Job::ReviewContributions { challenge: 0, post: 0 }).await.unwrap();
        node.commit(tx).await.unwrap();
        stage.node.idle().await;
        assert_eq!(count(&stage.node, &asked).await, 1);

        // A whole server.
        let mut tx = node.store.begin().await.unwrap();
        tx.set_limited(danced.account_id, None).await.unwrap();
        domains::set(node, &mut tx, "test", &DomainRule::new(stage.server.host(), "limit", node.now() + 1)).await.unwrap();
        node.commit(tx).await.unwrap();
        stage.node.idle().await;
        assert_eq!((count(&stage.node, &asked).await, waits(&stage.node, &asked).await), (0, 2));
        stage.end().await;
    }
}

on_both! {
    async fn who_names_it_is_heard_though_what_they_answer_comes_later_or_never(db: Db) {
        let (clock, options) = standing();
        let stage = Stage::empty_with("elsewhere", db.engine, options).await;
        let (bea, dora) = (stage.server.person("bea"), stage.server.person("dora"));
        let asked = asks(stage.alice(), Form::default()).await;
        let answering = |path: &str, to: &Value| {
            let mut note = naming(&stage, &bea, path, &asked, "And it works");
            note["inReplyTo"] = to.clone();
            note
        };
        let [own, others] = [(&bea, "/notes/1"), (&dora, "/notes/2")].map(|(who, path)| stage.server.note(who, path, "We try", json!({})));
        for note in [&own, &others] {
            stage.server.publish(note);
        }
        let next = answering("/notes/3", &own["id"]);
        gives(&stage, &bea, &next).await;
        eventually("what it answers came", || async { stage.stored(&own).await }).await;
        assert_eq!(contributed(&stage.node, &asked, Standing::Waiting).await, [next["id"].as_str().unwrap()]);

        gives(&stage, &bea, &answering("/notes/4", &others["id"])).await;
        eventually("what it answers came", || async { stage.stored(&others).await }).await;
        let lost = answering("/notes/5", &json!(stage.server.url("/notes/gone")));
        gives(&stage, &bea, &lost).await;
        assert_eq!(waits(&stage.node, &asked).await, 1, "an answer to somebody else, and one of which nobody knows yet");
        clock.advance(10 * MINUTE);
        eventually("somebody can decide", || async { (waits(&stage.node, &asked).await == 2).then_some(()) }).await;
        assert!(contributed(&stage.node, &asked, Standing::Waiting).await.iter().any(|uri| lost["id"] == json!(uri)));
        stage.end().await;
    }

    async fn what_was_contributed_is_found_again_when_a_block_is_lifted(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let bob = stage.server.person("bob");
        let (alice, carl, node) = (stage.alice(), stage.node.member("carl").await, stage.node.node());
        let asked = asks(alice, tagged()).await;
        let notes = ["/notes/1", "/notes/2", "/notes/3"].map(|path| naming(&stage, &bob, path, &asked, "We dance"));
        for note in &notes {
            gives(&stage, &bob, note).await;
        }
        let [danced, _, refused] = [0, 1, 2].map(|n| &notes[n]);
        decides(alice, &stage.stored(danced).await.unwrap(), true).await;
        decides(alice, &stage.stored(refused).await.unwrap(), false).await;
        carl.says("We bake #TrustMe").await;
        suspends(&stage.node, &carl.account().await).await;
        stage.node.idle().await;
        let mut tx = node.store.begin().await.unwrap();
        domains::set(node, &mut tx, "test", &DomainRule::new(stage.server.host(), "suspend", node.now())).await.unwrap();
        node.commit(tx).await.unwrap();
        node.read_domain_rules().await.unwrap();
        stage.node.idle().await;
        assert_eq!((count(&stage.node, &asked).await, waits(&stage.node, &asked).await), (0, 0));
        assert_eq!(read(&stage.node).await.count_waiting(asked.account.id).await.unwrap(), 0);

        let mut tx = node.store.begin().await.unwrap();
        domains::allow(node, &mut tx, "test", stage.server.host()).await.unwrap();
        moderate::unsuspend(node, &mut tx, "test", &carl.account().await).await.unwrap();
        node.commit(tx).await.unwrap();
        node.read_domain_rules().await.unwrap();
        stage.node.idle().await;
        assert_eq!((count(&stage.node, &asked).await, waits(&stage.node, &asked).await), (0, 3));
        assert_eq!(contributed(&stage.node, &asked, Standing::Refused).await, [refused["id"].as_str().unwrap()]);
        decides(alice, &stage.stored(danced).await.unwrap(), true).await;
        assert_eq!(count(&stage.node, &asked).await, 1);
        stage.end().await;
    }

    async fn who_blocked_it_is_heard_again_when_they_unblock_it(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let erin = stage.server.person("erin");
        let (alice, carl, node) = (stage.alice(), stage.node.member("carl").await, stage.node.node());
        let asked = asks(alice, tagged()).await;
        carl.says("@trust We bake").await;
        gives(&stage, &erin, &naming(&stage, &erin, "/notes/1", &asked, "One")).await;
        let block = stage.server.activity("Block", &erin, json!(asked.account.uri));
        stage.takes(&block).await;
        let mut tx = node.store.begin().await.unwrap();
        moderate::block(node, &mut tx, &carl.account().await, &asked.account).await.unwrap();
        node.commit(tx).await.unwrap();
        gives(&stage, &erin, &naming(&stage, &erin, "/notes/2", &asked, "Two")).await;
        assert_eq!((count(&stage.node, &asked).await, waits(&stage.node, &asked).await), (0, 0));

        stage.takes(&stage.server.activity("Undo", &erin, block)).await;
        let mut tx = node.store.begin().await.unwrap();
        moderate::unblock(node, &mut tx, &carl.account().await, &asked.account).await.unwrap();
        node.commit(tx).await.unwrap();
        gives(&stage, &erin, &naming(&stage, &erin, "/notes/3", &asked, "Three")).await;
        carl.says("@trust We sing").await;
        assert_eq!((count(&stage.node, &asked).await, waits(&stage.node, &asked).await), (1, 1), "from then on");

        // A word holds until it is taken back by one.
        carl.says("@trust stop").await;
        for unblocked in [false, true] {
            let mut tx = node.store.begin().await.unwrap();
            match unblocked {
                false => moderate::block(node, &mut tx, &carl.account().await, &asked.account).await.unwrap(),
                true => moderate::unblock(node, &mut tx, &carl.account().await, &asked.account).await.unwrap(),
            }
            node.commit(tx).await.unwrap();
        }
        carl.says("@trust We hum").await;
        assert_eq!(count(&stage.node, &asked).await, 0);
        stage.end().await;
    }

    async fn nothing_comes_by_a_hashtag_that_is_blocked(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let (alice, carl, node) = (stage.alice(), stage.node.member("carl").await, stage.node.node());
        let asked = asks(alice, tagged()).await;
        let said = carl.says("We bake #TrustMe").await;
        let mut tx = node.store.begin().await.unwrap();
        node::carry::block(node, &mut tx, "test", "trustme", "").await.unwrap();
        let form = Form { name: "other".to_owned(), question: "Why?".to_owned(), ..tagged() };
        assert!(challenge::open(node, &mut tx, &alice.account().await, &form).await.unwrap_err().to_string().contains("Tag"));
        node.commit(tx).await.unwrap();
        carl.says("We sing #TrustMe").await;
        edits(carl, &said, "We cook #TrustMe").await;
        assert_eq!(count(&stage.node, &asked).await, 1, "what was there stays");
        carl.says("@trust We hum #TrustMe").await;
        assert_eq!(count(&stage.node, &asked).await, 2);
        stage.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn earlier_versions_of_what_a_group_elsewhere_says_are_not_kept() {
    let stage = Stage::empty_with("elsewhere", Engine::Sqlite, Options::default()).await;
    let mut group = stage.server.person("trust");
    group["type"] = json!("Group");
    stage.server.publish(&group);
    let bob = stage.server.person("bob");
    for (author, kept) in [(&group, 0), (&bob, 1)] {
        stage.alice_follows(author).await;
        let mut note = stage.server.note(author, &format!("/notes/{kept}"), "What came: a secret", json!({}));
        gives(&stage, author, &note).await;
        note["content"] = json!("What came");
        note["updated"] = json!(model::clock::rfc3339(stage.node.node().now() + 2_000));
        stage.takes(&stage.server.activity("Update", author, note.clone())).await;
        let post = stage.stored(&note).await.unwrap();
        assert!(post.content.contains("What came") && !post.content.contains("secret"), "{}", post.content);
        assert_eq!(read(&stage.node).await.edits(post.id).await.unwrap().len(), kept);
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_whose_owner_is_limited_or_suspended_passes_on_nothing_by_itself() {
    let node = TestNode::start(Engine::Sqlite).await;
    let (alice, carl, mo) = (node.member("alice").await, node.member("carl").await, node.member("mo").await);
    let mut tx = node.node().store.begin().await.unwrap();
    tx.set_role(mo.id, Role::Moderator).await.unwrap();
    node.node().commit(tx).await.unwrap();
    let asked = asks(alice, tagged()).await;
    limits(&node, &alice.account().await).await;
    let said = carl.says("We bake #TrustMe").await;
    assert_eq!((count(&node, &asked).await, waits(&node, &asked).await), (0, 1));
    assert!(mo.notifications().await.contains(&("outloud.waiting", "carl".to_owned())), "moderators are told");
    assert!(alice.notifications().await.iter().all(|(_, from)| from != "carl"));
    let mut tx = node.node().store.begin().await.unwrap();
    let me = alice.account().await;
    let kept = challenge::own(node.node(), &mut tx, &me, "trust").await.unwrap();
    assert!(challenge::decide(node.node(), &mut tx, Some(&me), &kept, said.id, true).await.is_err());
    drop(tx);
    decides(mo, &said, true).await;
    suspends(&node, &me).await;
    carl.says("We sing #TrustMe").await;
    assert_eq!((count(&node, &asked).await, waits(&node, &asked).await), (1, 1));
    limits(&node, &carl.account().await).await;
    let mut tx = node.node().store.begin().await.unwrap();
    assert!(
        challenge::adopt(node.node(), &mut tx, &carl.account().await, "trust").await.is_err(),
        "nobody who is limited"
    );
    tx.set_limited(carl.id, None).await.unwrap();
    node.node().commit(tx).await.unwrap();
    let mut tx = node.node().store.begin().await.unwrap();
    let adopted = challenge::adopt(node.node(), &mut tx, &mo.account().await, "trust").await.unwrap();
    assert_eq!(adopted.challenge.owner_id, Some(mo.id));
    // Given away, they hear of it, and who had it before hears who took it over.
    let given = challenge::give(node.node(), &mut tx, adopted, &carl.account().await).await.unwrap();
    challenge::give(node.node(), &mut tx, given, &carl.account().await).await.unwrap();
    node.node().commit(tx).await.unwrap();
    assert!(mo.notifications().await.contains(&("outloud.adopted", "carl".to_owned())), "who had it before");
    let told: Vec<_> =
        carl.notifications().await.into_iter().filter(|(kind, _)| kind.starts_with("outloud.")).collect();
    assert_eq!(told, [("outloud.given", "trust".to_owned())]);
    let mut tx = node.node().store.begin().await.unwrap();
    let offered = Challenge { adoptable: true, ..known(&node, &asked).await };
    tx.put_challenge(&offered).await.unwrap();
    challenge::adopt(node.node(), &mut tx, &mo.account().await, "trust").await.unwrap();
    node.node().commit(tx).await.unwrap();
    assert_eq!(carl.notifications().await[0], ("outloud.adopted", "mo".to_owned()));
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_opening_says_that_it_is_closed_and_what_is_deleted_is_named_no_more() {
    let node = TestNode::start(Engine::Sqlite).await;
    let alice = node.member("alice").await;
    let closes_at = node.node().now() + 48 * 60 * MINUTE;
    let asked = asks(alice, Form { closes_at: Some(closes_at), ..tagged() }).await;
    let opening = post(&node, asked.challenge.opening_id.unwrap()).await.content;
    let until = format!("Open until {}.", model::clock::date(closes_at));
    assert!(opening.contains(&until) && opening.contains("To contribute"), "{opening}");
    let closed = closes(alice).await.challenge;
    let harvest = post(&node, closed.harvest_id.unwrap()).await;
    let opening = post(&node, closed.opening_id.unwrap()).await;
    assert!(
        !opening.content.contains("Open until") && !opening.content.contains("To contribute"),
        "{}",
        opening.content
    );
    assert!(opening.content.contains("Closed on") && opening.content.contains(&harvest.url), "{}", opening.content);
    let on = node.node();
    let mut tx = on.store.begin().await.unwrap();
    let own = challenge::own(on, &mut tx, &alice.account().await, "trust").await.unwrap();
    let answered = challenge::answer(on, &mut tx, own, "Bread.").await.unwrap();
    on.commit(tx).await.unwrap();
    for (id, left) in [(harvest.id, 2), (answered.challenge.answer_id.unwrap(), 1), (opening.id, 0)] {
        let mut tx = on.store.begin().await.unwrap();
        publish::delete(on, &mut tx, &asked.account, id).await.unwrap();
        on.commit(tx).await.unwrap();
        let c = known(&node, &asked).await;
        assert_eq!([c.opening_id, c.harvest_id, c.answer_id].into_iter().flatten().count(), left);
    }
    node.running.stop().await;
}
