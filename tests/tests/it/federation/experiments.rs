//! Experiments across servers: the outcome comes back to those who passed the idea on, others try it again, and every node that knows
//! what an experiment is shows the same.

use model::audience::{Audience, Viewer};
use model::clock::{Clock, MINUTE};
use model::experiment::{Experiment, Form, Learned, Outcome, Sentences, Standing, State, Wanted};
use model::notification::NotificationKind;
use model::post::{Draft, Post};
use node::{experiment, publish, react};
use serde_json::{Value, json};
use suite::db::Engine;
use suite::fediverse::Stage;
use suite::node::{Options, Person, TestNode, eventually};
use suite::on_both;
use suite::peer::Peer;

fn form() -> Form {
    Form {
        sentences: Sentences {
            believe: "phone tenants before the letter".to_owned(),
            leads_to: "fewer missed visits".to_owned(),
            test: "forty calls in March".to_owned(),
            share: "a post in June and #LFFdigital".to_owned(),
        },
        critical_friend: true,
        place: "Leeds".to_owned(),
        organisation: Some("Leeds City Council".to_owned()),
        look_again_at: Some(1_799_712_000_000),
        ..Form::default()
    }
}

async fn says(who: Person<'_>, draft: Draft) -> Post {
    let node = who.on.node();
    let mut tx = node.store.begin().await.unwrap();
    let member = tx.member(who.id).await.unwrap().unwrap();
    let post = publish::publish(node, &mut tx, &who.account().await, &member, &draft).await.unwrap();
    node.commit(tx).await.unwrap();
    post
}

async fn tries(who: Person<'_>, form: Form) -> Post {
    says(who, Draft { experiment: Some(Wanted::Is(Box::new(form))), ..Draft::default() }).await
}

async fn learns(who: Person<'_>, post: i64, outcome: Outcome, learning: &str) {
    let node = who.on.node();
    let mut tx = node.store.begin().await.unwrap();
    let learned = Learned { outcome, learning: learning.to_owned(), so_what: String::new(), look_again_at: None };
    experiment::learn(node, &mut tx, &who.account().await, post, &learned).await.unwrap();
    node.commit(tx).await.unwrap();
}

async fn kept(node: &TestNode, uri: &str) -> Option<Experiment> {
    let post = node.post_by_uri(uri).await?;
    node.node().store.read().await.unwrap().experiment(post.id).await.unwrap()
}

/// How often somebody was told so.
async fn heard(who: Person<'_>, kind: NotificationKind) -> usize {
    who.notifications().await.into_iter().filter(|(name, _)| *name == kind.name()).count()
}

/// What of it is the same on every node.
fn said(x: &Experiment) -> (State, &Sentences, &str, &str, Option<Outcome>, &str, Option<i64>, bool) {
    (x.state, &x.sentences, &x.place, &x.organisation, x.outcome, &x.learning, x.look_again_at, x.critical_friend)
}

on_both! {
    async fn an_experiment_its_outcome_and_who_tries_it_next_are_the_same_on_every_node(db: Db) {
        let (leeds, bristol) = (TestNode::start(db.engine).await, TestNode::start(db.engine).await);
        let clock = Clock::manual(Clock::System.now());
        let york = TestNode::start_with(db.engine, Options { clock: Some(clock.clone()), ..Options::default() }).await;
        let (sam, ravi, ana) = (leeds.member("sam").await, bristol.member("ravi").await, york.member("ana").await);
        let handle = sam.handle().await;
        ravi.follows(&handle).await;
        ana.follows(&handle).await;
        let first = tries(sam, form()).await;
        let mut here = Vec::new();
        for node in [&bristol, &york] {
            here.push(eventually("it comes", || async { kept(node, &first.uri).await }).await);
        }
        let own = kept(&leeds, &first.uri).await.unwrap();
        assert_eq!((said(&here[0]), said(&here[1])), (said(&own), said(&own)));

        // Ana passes it on. Six weeks later it did not work, and she is told, once, of the outcome.
        let known = york.post_by_uri(&first.uri).await.unwrap();
        let mut tx = york.node().store.begin().await.unwrap();
        react::boost(york.node(), &mut tx, &ana.account().await, &known, None).await.unwrap();
        york.node().commit(tx).await.unwrap();
        york.idle().await;
        learns(sam, first.id, Outcome::Didnt, "Text first.").await;
        eventually("the outcome comes back", || async {
            kept(&york, &first.uri).await.filter(|x| x.outcome == Some(Outcome::Didnt)).map(drop)
        })
        .await;
        york.idle().await;
        assert_eq!((heard(ana, NotificationKind::Outcome).await, heard(ana, NotificationKind::Update).await), (1, 0));
        let x = kept(&york, &first.uri).await.unwrap();
        assert_eq!(said(&x), said(&kept(&leeds, &first.uri).await.unwrap()));

        // Ravi tries it again, in Bristol. Sam is told, and says that it is so.
        let original = bristol.post_by_uri(&first.uri).await.unwrap();
        let again = Form { tries: Some(original.id), changed: "a text first".to_owned(), place: "Bristol".to_owned(), ..Form::default() };
        let second = tries(ravi, again).await;
        let there = eventually("it comes to Sam", || async { kept(&leeds, &second.uri).await }).await;
        assert_eq!((there.standing, there.tries_id, there.changed.as_str()), (Some(Standing::Waiting), Some(first.id), "a text first"));
        assert_eq!((heard(sam, NotificationKind::Trying).await, heard(sam, NotificationKind::Mention).await), (1, 0));
        let mut tx = leeds.node().store.begin().await.unwrap();
        experiment::decide(&mut tx, &sam.account().await, first.id, there.post_id, true).await.unwrap();
        leeds.node().commit(tx).await.unwrap();
        learns(ravi, second.id, Outcome::Hoped, "It works with a text.").await;
        eventually("its outcome comes to Sam", || async {
            kept(&leeds, &second.uri).await.filter(|x| x.outcome == Some(Outcome::Hoped)).map(drop)
        })
        .await;
        assert_eq!(heard(sam, NotificationKind::Outcome).await, 1);
        let mut tx = leeds.node().store.read().await.unwrap();
        let chain = experiment::chains(&mut tx, &[first.id], Viewer::Anyone).await.unwrap().remove(&first.id).unwrap();
        assert_eq!(chain.iter().map(|l| (l.experiment.post_id, l.depth)).collect::<Vec<_>>(), [(there.post_id, 1)]);
        drop(tx);

        // Who opens it in York sees the same chain: what Sam confirmed, and nothing else.
        clock.advance(6 * MINUTE);
        node::threads::open(york.node(), &known).await.unwrap();
        let in_york = eventually("the chain is gathered", || async {
            kept(&york, &second.uri).await.filter(|x| x.standing == Some(Standing::Confirmed))
        })
        .await;
        york.idle().await;
        assert_eq!(said(&in_york), said(&kept(&bristol, &second.uri).await.unwrap()));
        assert_eq!(kept(&york, &first.uri).await.unwrap().tries_count, 1);
        let mut tx = leeds.node().store.begin().await.unwrap();
        experiment::decide(&mut tx, &sam.account().await, first.id, there.post_id, false).await.unwrap();
        leeds.node().commit(tx).await.unwrap();
        clock.advance(16 * MINUTE);
        node::threads::open(york.node(), &known).await.unwrap();
        eventually("and what he took back is not in it", || async {
            kept(&york, &second.uri).await.filter(|x| x.standing == Some(Standing::Waiting)).map(drop)
        })
        .await;

        // Deleted, it is gone everywhere.
        let mut tx = bristol.node().store.begin().await.unwrap();
        publish::delete(bristol.node(), &mut tx, &ravi.account().await, second.id).await.unwrap();
        bristol.node().commit(tx).await.unwrap();
        eventually("the deletion comes", || async { leeds.post_by_uri(&second.uri).await.is_none().then_some(()) }).await;
    }
}

/// An answer of somebody elsewhere that says it tries an experiment again.
fn trying(stage: &Stage, who: &Value, path: &str, original: &Post, words: &str) -> Value {
    let x = json!({"type": "Experiment", "state": "running", "place": "Bath", "tries": original.uri, "changed": words});
    stage.server.note(who, path, words, json!({"inReplyTo": original.uri, "experiment": x}))
}

async fn sends(stage: &Stage, who: &Value, note: &Value) {
    stage.server.publish(note);
    stage.takes(&stage.server.activity("Create", who, note.clone())).await;
}

on_both! {
    async fn what_its_author_does_not_want_does_not_hang_on_an_experiment(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let (alice, bob) = (stage.alice(), stage.server.person("bob"));
        let first = tries(alice, form()).await;
        let note = trying(&stage, &bob, "/notes/1", &first, "a text first");
        sends(&stage, &bob, &note).await;
        let x = kept(&stage.node, note["id"].as_str().unwrap()).await.unwrap();
        assert_eq!((x.standing, x.tries_id, heard(alice, NotificationKind::Trying).await), (Some(Standing::Waiting), Some(first.id), 1));
        // A refusal holds, whatever its post says then.
        let mut tx = stage.node.node().store.begin().await.unwrap();
        experiment::decide(&mut tx, &alice.account().await, first.id, x.post_id, false).await.unwrap();
        stage.node.node().commit(tx).await.unwrap();
        let at = |second: u8| json!(format!("2099-01-01T00:00:{second:02}Z"));
        let mut bare = note.clone();
        bare.as_object_mut().unwrap().remove("experiment");
        bare["updated"] = at(1);
        stage.takes(&stage.server.activity("Update", &bob, bare)).await;
        let mut again = note.clone();
        again["updated"] = at(2);
        stage.takes(&stage.server.activity("Update", &bob, again)).await;
        let x = kept(&stage.node, note["id"].as_str().unwrap()).await.unwrap();
        assert_eq!((x.standing, heard(alice, NotificationKind::Trying).await), (Some(Standing::Refused), 1));
        // Of one person no more than ten wait.
        for n in 2..=14 {
            let more = trying(&stage, &bob, &format!("/notes/{n}"), &first, "and again");
            sends(&stage, &bob, &more).await;
        }
        let mut tx = stage.node.node().store.read().await.unwrap();
        assert_eq!(tx.count_waiting_tries(first.id, stage.known(&bob).await.id).await.unwrap(), 10);
        drop(tx);
        // What is inside nobody elsewhere hangs on, nor learns what it is.
        let inside = says(alice, Draft {
            audience: Some(Audience::Organisation), experiment: Some(Wanted::Is(Box::new(form()))), ..Draft::default()
        })
        .await;
        let dora = stage.server.person("dora");
        let note = trying(&stage, &dora, "/notes/30", &inside, "what is it?");
        sends(&stage, &dora, &note).await;
        assert_eq!(kept(&stage.node, note["id"].as_str().unwrap()).await.unwrap().tries_id, None);
        // What answers something else hangs on nothing.
        let mut note = trying(&stage, &dora, "/notes/31", &first, "elsewhere");
        note["inReplyTo"] = json!(stage.post.uri);
        sends(&stage, &dora, &note).await;
        assert_eq!(kept(&stage.node, note["id"].as_str().unwrap()).await.unwrap().tries_uri, "");
        // Strangers with links wait as they would without.
        let eve = stage.server.person("eve");
        let mention = json!([{"type": "Mention", "href": alice.uri().await, "name": "@alice"}]);
        let mut note = trying(&stage, &eve, "/notes/32", &first, "<a href=\"https://spam.example\">look</a>");
        note["tag"] = mention;
        note["cc"] = json!([alice.uri().await]);
        let before = heard(alice, NotificationKind::Trying).await;
        sends(&stage, &eve, &note).await;
        assert_eq!((heard(alice, NotificationKind::Trying).await, heard(alice, NotificationKind::Mention).await), (before, 0));
        stage.end().await;
    }
}

on_both! {
    async fn what_was_written_down_of_a_replication_stays_where_its_own_says_nothing_of_it(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let (alice, bob) = (stage.alice(), stage.server.person("bob"));
        let first = tries(alice, form()).await;
        let tag = json!([{"type": "Hashtag", "href": stage.server.url("/tags/tryingthis"), "name": "#TryingThis"}]);
        let mut note = stage.server.note(&bob, "/notes/1", "Here, too #TryingThis", json!({"inReplyTo": first.uri, "tag": tag}));
        sends(&stage, &bob, &note).await;
        let post = stage.stored(&note).await.unwrap().id;
        let noted = experiment::Noted { place: Some("Bath".to_owned()), changed: Some("a text first".to_owned()), ..Default::default() };
        let mut tx = stage.node.node().store.begin().await.unwrap();
        experiment::decide(&mut tx, &alice.account().await, first.id, post, true).await.unwrap();
        experiment::note(stage.node.node(), &mut tx, &alice.account().await, first.id, post, &noted).await.unwrap();
        stage.node.node().commit(tx).await.unwrap();
        note["experiment"] = json!({"type": "Experiment", "state": "learned", "outcome": "hoped", "tries": first.uri, "changed": "two texts"});
        note["updated"] = json!("2099-01-01T00:00:01Z");
        stage.takes(&stage.server.activity("Update", &bob, note.clone())).await;
        let x = kept(&stage.node, note["id"].as_str().unwrap()).await.unwrap();
        assert_eq!((x.outcome, x.place.as_str(), x.changed.as_str()), (Some(Outcome::Hoped), "Bath", "two texts"));
        stage.end().await;
    }
}

/// A text as somebody reads it there.
fn read(note: &Value) -> String {
    model::html::to_text(note["content"].as_str().unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn on_the_peer_each_of_it_reads_as_a_post() {
    if !Peer::is_there() {
        return;
    }
    let (node, peer) = (TestNode::start(Engine::Sqlite).await, Peer::start().await);
    let sam = node.member("sam").await;
    let uri = sam.account().await.uri;
    peer.does("lookup", json!({"handle": sam.handle().await})).await;
    peer.does("follow", json!({"actor": uri})).await;
    peer.received("Accept", &uri).await;
    let post = tries(sam, form()).await;
    let note = peer.received("Create", &post.uri).await;
    reads(&read(&note["activity"]["object"]), EXPERIMENT);
    assert!(note["activity"]["object"]["summary"].is_null() && note["activity"]["object"]["name"].is_null());
    learns(sam, post.id, Outcome::Didnt, "Text first.").await;
    let note = peer.received("Update", &post.uri).await;
    reads(&read(&note["activity"]["object"]), LEARNED);
    assert!(note["activity"]["object"]["updated"].is_string());
    let outcome = node.node().store.read().await.unwrap().experiment(post.id).await.unwrap().unwrap().outcome_post_id;
    let outcome = node.node().store.read().await.unwrap().post(outcome.unwrap()).await.unwrap().unwrap();
    let note = peer.received("Create", &outcome.uri).await;
    reads(&read(&note["activity"]["object"]), ANSWER);
    assert_eq!(note["activity"]["object"]["inReplyTo"], json!(post.uri));
    // Somebody there tries it, in words.
    let reply = peer.does("note", json!({"content": "We try it with a text #TryingThis", "inReplyTo": post.uri, "mentions": [uri], "hashtags": ["TryingThis"]})).await;
    let there = eventually("it waits for Sam", || async { kept(&node, reply["id"].as_str().unwrap()).await }).await;
    assert_eq!((there.standing, there.by_words), (Some(Standing::Waiting), true));
    assert_eq!((heard(sam, NotificationKind::Trying).await, heard(sam, NotificationKind::Mention).await), (1, 0));
    node.running.stop().await;
}

fn reads(got: &str, wanted: &str) {
    assert_eq!(got, wanted.trim());
}

const EXPERIMENT: &str = "
Experiment, planned

We believe that if we phone tenants before the letter

Then this will lead to fewer missed visits

We are going to test this by forty calls in March

We will share the learning by a post in June and #LFFdigital

Looking for a #CriticalFriend.

Leeds · Leeds City Council · Look again on 2027-01-12 · Licence: CC BY 4.0
";
const LEARNED: &str = "
Experiment: it didn’t do what we hoped

We believe that if we phone tenants before the letter

Then this will lead to fewer missed visits

We are going to test this by forty calls in March

We will share the learning by a post in June and #LFFdigital

What we’d tell the next team: Text first.

Leeds · Leeds City Council · Licence: CC BY 4.0
";
const ANSWER: &str = "
It didn’t do what we hoped.

What we’d tell the next team: Text first.

#LFFdigital
";
