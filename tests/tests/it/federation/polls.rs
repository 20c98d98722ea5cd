//! Polls and votes, in both directions.

use model::audience::Audience;
use model::clock::{Clock, HOUR, MINUTE, SECOND, rfc3339};
use model::poll::{Poll, PollDraft};
use model::post::{Draft, Post};
use node::poll;
use serde_json::{Value, json};
use suite::db::Engine;
use suite::fediverse::{Server, Stage};
use suite::node::{Options, Person, TestNode, eventually};
use suite::on_both;
use suite::peer::Peer;

/// A node whose clock and work are in the test's hands.
async fn by_hand() -> (Stage, Clock) {
    let clock = Clock::manual(Clock::System.now());
    let options = Options { clock: Some(clock.clone()), no_worker: true, ..Options::default() };
    (Stage::empty_with("elsewhere", Engine::Sqlite, options).await, clock)
}

/// Does what is due, until nothing is.
async fn work(stage: &Stage) {
    let federation = stage.node.federation();
    loop {
        let (jobs, hosts) = (stage.node.takes_jobs().await, federation.lease_hosts("test", 99).await.unwrap());
        if jobs.is_empty() && hosts.is_empty() {
            return;
        }
        for job in jobs {
            federation.serve_job(job).await.unwrap();
        }
        for host in hosts {
            federation.serve_host("test", host).await.unwrap();
        }
    }
}

fn draft(options: &[&str], multiple: bool) -> PollDraft {
    let options = options.iter().map(|o| (*o).to_owned()).collect();
    PollDraft { options, expires_in: Some(HOUR), multiple, hide_totals: false }
}

async fn asks(who: &Person<'_>, audience: Audience, poll: PollDraft) -> Post {
    let text = "What would you like?".to_owned();
    who.posts(Draft { text, audience: Some(audience), poll: Some(poll), ..Draft::default() }).await
}

async fn poll_of(node: &TestNode, post: &Post) -> Poll {
    node.node().store.read().await.unwrap().poll(post.id).await.unwrap().expect("a poll")
}

/// Votes of the options, then voters.
async fn counts(node: &TestNode, post: &Post) -> (Vec<i64>, Option<i64>) {
    let poll = poll_of(node, post).await;
    (poll.options.iter().map(|o| o.votes).collect(), poll.voters_count)
}

/// A vote as Mastodon sends it.
fn ballot(server: &Server, who: &Value, question: &str, name: &str) -> Value {
    let mut vote = server.activity("Create", who, Value::Null);
    let id = vote["id"].as_str().unwrap().replace("/activities/", "/votes/");
    vote["object"] = json!({"id": id, "type": "Note", "name": name, "attributedTo": who["id"], "inReplyTo": question});
    vote
}

async fn votes(who: &Person<'_>, post: &Post, choices: &[i64]) -> Result<(), node::Error> {
    let (node, account) = (who.on.node(), who.account().await);
    let mut tx = node.store.begin().await.unwrap();
    poll::vote(node, &mut tx, &account, post, choices).await?;
    node.commit(tx).await
}

/// A question of bob, whom alice follows, in her home.
async fn bobs_question(stage: &Stage, more: Value) -> (Value, Post) {
    let bob = stage.server.person("bob");
    stage.alice_follows(&bob).await;
    let question = question(stage, &bob, more);
    stage.takes(&stage.server.activity("Create", &bob, question.clone())).await;
    let post = stage.stored(&question).await.expect("the question is kept");
    (question, post)
}

fn question(stage: &Stage, author: &Value, more: Value) -> Value {
    let option = |name: &str, votes: i64| json!({"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": votes}});
    let mut all = json!({
        "type": "Question", "oneOf": [option("Tea", 2), option("Coffee", 1)], "votersCount": 3,
        "endTime": rfc3339(stage.node.node().now() + HOUR),
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        all[name] = value.clone();
    }
    stage.server.note(author, "/questions/1", "Which?", all)
}

#[tokio::test(flavor = "multi_thread")]
async fn b28_votes_of_other_servers_count_and_are_no_posts() {
    for (software, multiple, expected, voters) in
        [("mastodon", false, vec![1, 0], 1), ("gotosocial", true, vec![1, 1], 1)]
    {
        let stage = Stage::of(software).await;
        let post = asks(&stage.alice(), Audience::Public, draft(&["Tea", "Coffee"], multiple)).await;
        let text = stage.server.document("vote").to_string();
        let vote: Value =
            serde_json::from_str(&text.replace(&format!("{}/posts/2", stage.alice().uri().await), &post.uri)).unwrap();
        stage.takes(&vote).await;
        stage.takes(&vote).await;
        assert_eq!(counts(&stage.node, &post).await, (expected, Some(voters)), "{software}");
        let objects = vote["object"].as_array().cloned().unwrap_or_else(|| vec![vote["object"].clone()]);
        for object in objects {
            assert!(stage.stored(&object).await.is_none(), "{software}: a vote is no post");
        }
        assert!(stage.alice().notifications().await.is_empty());
        stage.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b28_each_voter_counts_once_for_what_is_asked_and_until_the_end() {
    let (stage, clock) = by_hand().await;
    let (bob, carol) = (stage.server.person("bob"), stage.server.person("carol"));
    let one = asks(&stage.alice(), Audience::Public, draft(&["Tea", "Coffee"], false)).await;
    let many = asks(&stage.alice(), Audience::Public, draft(&["Tea", "Coffee"], true)).await;
    for name in ["tea", " Tea", "Water", "Tea", "Tea", "Coffee"] {
        for post in [&one, &many] {
            let vote = ballot(&stage.server, &bob, &post.uri, name);
            stage.takes(&vote).await;
            assert!(stage.stored(&vote["object"]).await.is_none(), "{name}: no vote is a post");
        }
    }
    assert_eq!(counts(&stage.node, &one).await, (vec![1, 0], Some(1)), "one choice, the first");
    assert_eq!(counts(&stage.node, &many).await, (vec![1, 1], Some(1)));
    let mut talking = ballot(&stage.server, &carol, &one.uri, "Coffee");
    talking["object"]["content"] = json!("Coffee");
    stage.takes(&talking).await;
    assert_eq!(counts(&stage.node, &one).await, (vec![1, 1], Some(2)), "with words it is a vote as well");
    assert!(stage.stored(&talking["object"]).await.is_none());
    clock.advance(HOUR);
    let late = ballot(&stage.server, &carol, &many.uri, "Tea");
    stage.takes(&late).await;
    assert_eq!(counts(&stage.node, &many).await, (vec![1, 1], Some(1)), "after the end nothing counts");
    assert!(stage.stored(&late["object"]).await.is_none());
    assert_eq!(stage.post_now().await.replies_count, 0);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b28_only_who_may_see_a_poll_votes_and_only_in_their_own_name() {
    let stage = Stage::empty().await;
    let (bob, eve) = (stage.server.person("bob"), stage.server.person("eve"));
    stage.follows_alice(&bob).await;
    for audience in [Audience::Followers, Audience::Direct, Audience::Organisation, Audience::Draft] {
        let post = asks(&stage.alice(), audience, draft(&["Tea", "Coffee"], false)).await;
        stage.takes(&ballot(&stage.server, &eve, &post.uri, "Tea")).await;
        assert_eq!(counts(&stage.node, &post).await, (vec![0, 0], Some(0)), "{audience:?}");
        stage.takes(&ballot(&stage.server, &bob, &post.uri, "Tea")).await;
        let seen = i64::from(audience == Audience::Followers);
        assert_eq!(counts(&stage.node, &post).await, (vec![seen, 0], Some(seen)), "{audience:?}");
    }
    let post = asks(&stage.alice(), Audience::Public, draft(&["Tea", "Coffee"], false)).await;
    let mut forged = ballot(&stage.server, &eve, &post.uri, "Tea");
    forged["object"]["attributedTo"] = bob["id"].clone();
    stage.takes(&forged).await;
    let mut stuffed = ballot(&stage.server, &eve, &post.uri, "Tea");
    let paper = stuffed["object"].clone();
    stuffed["object"] = Value::Array((0..2_000).map(|_| paper.clone()).collect());
    stage.takes(&stuffed).await;
    assert_eq!(counts(&stage.node, &post).await, (vec![1, 0], Some(1)));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b28_a_vote_that_is_fetched_is_no_post_either() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    let vote = ballot(&stage.server, &bob, &stage.post.uri, "Tea");
    let mut note = vote["object"].clone();
    note["@context"] = vote["@context"].clone();
    stage.server.publish(&note);
    assert!(stage.node.federation().find(note["id"].as_str().unwrap()).await.is_err());
    assert!(stage.stored(&note).await.is_none() && stage.post_now().await.replies_count == 0);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b28_totals_go_to_voters_and_followers_together_after_a_while_and_at_the_end() {
    let (stage, clock) = by_hand().await;
    let other = Server::start("other").await;
    let (bob, carol) = (stage.server.person("bob"), other.person("carol"));
    stage.follows_alice(&bob).await;
    let post = asks(&stage.alice(), Audience::Public, draft(&["Tea", "Coffee"], false)).await;
    work(&stage).await;
    let asked = &stage.server.receives("Create").await["object"];
    assert_eq!((&asked["type"], &asked["votersCount"]), (&json!("Question"), &json!(0)));
    assert_eq!(
        asked["oneOf"][1],
        json!({"type": "Note", "name": "Coffee", "replies": {"type": "Collection", "totalItems": 0}})
    );
    assert!(asked["content"].as_str().unwrap().contains("What would you like?") && asked.get("closed").is_none());
    assert_eq!(asked["endTime"], json!(rfc3339(post.created_at + HOUR)));

    stage.takes(&ballot(&stage.server, &bob, &post.uri, "Tea")).await;
    clock.advance(MINUTE);
    let answer = stage.send_from(&other, &ballot(&other, &carol, &post.uri, "Coffee")).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    clock.advance(2 * MINUTE - SECOND);
    work(&stage).await;
    assert!(stage.server.received("Update").is_empty(), "not with each vote");
    clock.advance(SECOND);
    work(&stage).await;
    for server in [&stage.server, &other] {
        let updates = server.received("Update");
        assert_eq!(updates.len(), 1, "{}", server.host());
        let told = &updates[0]["object"];
        assert_eq!((&told["id"], &told["votersCount"]), (&json!(post.uri), &json!(2)));
        assert_eq!((&told["oneOf"][0]["replies"]["totalItems"], told.get("updated")), (&json!(1), None));
    }
    clock.advance(3 * MINUTE);
    work(&stage).await;
    assert_eq!(stage.server.received("Update").len(), 1, "nothing is new");

    let dora = stage.node.member("dora").await;
    votes(&dora, &post, &[1]).await.unwrap();
    clock.advance(HOUR);
    work(&stage).await;
    let last = stage.server.received("Update").pop().unwrap();
    assert_eq!((&last["object"]["votersCount"], &last["object"]["closed"]), (&json!(3), &last["object"]["endTime"]));
    assert_eq!(other.received("Update").len(), 2, "once for the end");
    assert_ne!(last["id"], stage.server.received("Update")[0]["id"]);
    let ended = ("poll", "alice".to_owned());
    assert!(stage.alice().notifications().await.contains(&ended) && dora.notifications().await == [ended]);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b28_hidden_totals_are_told_to_nobody_before_the_end() {
    let (stage, clock) = by_hand().await;
    let bob = stage.server.person("bob");
    stage.follows_alice(&bob).await;
    let hidden = PollDraft { hide_totals: true, ..draft(&["Tea", "Coffee"], true) };
    let post = asks(&stage.alice(), Audience::Public, hidden).await;
    stage.takes(&ballot(&stage.server, &bob, &post.uri, "Tea")).await;
    clock.advance(30 * MINUTE);
    work(&stage).await;
    assert!(stage.server.received("Update").is_empty());
    clock.advance(30 * MINUTE);
    work(&stage).await;
    let last = stage.server.received("Update").pop().unwrap();
    assert_eq!(last["object"]["anyOf"][0]["replies"]["totalItems"], 1);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b28_a_poll_inside_the_organisation_tells_nobody_elsewhere() {
    let (stage, clock) = by_hand().await;
    stage.follows_alice(&stage.server.person("bob")).await;
    work(&stage).await;
    stage.server.forget();
    let post = asks(&stage.alice(), Audience::Organisation, draft(&["Tea", "Coffee"], false)).await;
    let dora = stage.node.member("dora").await;
    votes(&dora, &post, &[0]).await.unwrap();
    clock.advance(2 * HOUR);
    work(&stage).await;
    assert_eq!(dora.notifications().await, [("poll", "alice".to_owned())], "it did end");
    assert!(stage.server.posts().is_empty(), "{:?}", stage.server.posts());
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b29_our_votes_go_to_the_author_alone_one_for_each_choice() {
    let stage = Stage::empty().await;
    stage.follows_alice(&stage.server.person("carol")).await;
    let any_of =
        json!([{"type": "Note", "name": "Tea"}, {"type": "Note", "name": "Coffee"}, {"type": "Note", "name": "Water"}]);
    let (question, post) = bobs_question(&stage, json!({"oneOf": null, "anyOf": any_of})).await;
    assert_eq!(counts(&stage.node, &post).await, (vec![0, 0, 0], Some(3)));
    stage.server.forget();
    votes(&stage.alice(), &post, &[2, 0]).await.unwrap();
    assert_eq!(counts(&stage.node, &post).await, (vec![1, 0, 1], Some(4)), "shown at once");
    let creates = eventually("both votes arrive", || async {
        let posts = stage.server.posts();
        (posts.len() >= 2).then_some(posts)
    })
    .await;
    let alice = stage.alice().uri().await;
    let inbox = "/users/bob/inbox".to_owned();
    assert_eq!(creates.iter().map(|(target, _)| target).collect::<Vec<_>>(), [&inbox, &inbox]);
    let mut names: Vec<&Value> = creates.iter().map(|(_, c)| &c["object"]["name"]).collect();
    names.sort_by_key(|n| n.to_string());
    assert_eq!(names, [&json!("Tea"), &json!("Water")]);
    for (_, create) in &creates {
        let vote = &create["object"];
        assert_eq!(
            (&create["type"], &create["actor"], &vote["type"]),
            (&json!("Create"), &json!(alice), &json!("Note"))
        );
        assert_eq!((&vote["inReplyTo"], &vote["attributedTo"]), (&question["id"], &json!(alice)));
        assert_eq!(
            (&vote["to"], vote.get("content"), vote.get("cc")),
            (&json!([question["attributedTo"]]), None, None)
        );
        assert!(vote["id"].as_str().unwrap().starts_with(&alice) && vote["id"] != create["id"]);
    }
    assert_ne!(creates[0].1["object"]["id"], creates[1].1["object"]["id"]);
    assert!(votes(&stage.alice(), &post, &[1, 2]).await.is_err(), "not the same again");
    assert_eq!(counts(&stage.node, &post).await, (vec![1, 0, 1], Some(4)));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b29_questions_of_other_servers_are_polls_and_new_totals_no_edit() {
    let stage = Stage::of("mastodon").await;
    stage.alice_follows(&stage.server.document("actor")).await;
    stage.deliver("create_question").await;
    let asked = stage.server.document("create_question")["object"].clone();
    let post = stage.stored(&asked).await.unwrap();
    assert!(post.content.contains("Which walk on Sunday?"));
    let poll = poll_of(&stage.node, &post).await;
    assert_eq!((poll.titles(), poll.multiple), (vec!["The lake".to_owned(), "The hill".to_owned()], false));
    assert_eq!(poll.expires_at, model::clock::parse_rfc3339("2026-09-17T08:30:12Z"));
    stage.deliver("update_question").await;
    assert_eq!(counts(&stage.node, &post).await, (vec![3, 2], Some(5)));
    assert_eq!(stage.stored(&asked).await.unwrap().edited_at, None);
    stage.end().await;

    let stage = Stage::of("misskey").await;
    stage.alice_follows(&stage.server.document("actor")).await;
    stage.deliver("create_question").await;
    let post = stage.stored(&stage.server.document("create_question")["object"]).await.unwrap();
    let poll = poll_of(&stage.node, &post).await;
    assert_eq!((poll.multiple, poll.voters_count, poll.options[1].title.as_str()), (true, None, "いぬ"));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b29_other_options_count_only_in_an_edit_and_then_we_may_vote_anew() {
    let stage = Stage::empty().await;
    let (question, post) = bobs_question(&stage, json!({})).await;
    let bob = stage.server.actor_at("/users/bob", "bob");
    votes(&stage.alice(), &post, &[0]).await.unwrap();
    let mut changed = question.clone();
    changed["oneOf"] =
        json!([{"type": "Note", "name": "Tea"}, {"type": "Note", "name": "Beer", "replies": {"totalItems": 9}}]);
    stage.takes(&stage.server.activity("Update", &bob, changed.clone())).await;
    assert_eq!(poll_of(&stage.node, &post).await.titles(), ["Tea", "Coffee"], "without `updated` it is not believed");
    assert!(votes(&stage.alice(), &post, &[1]).await.is_err(), "her vote stands");
    changed["updated"] = json!(rfc3339(post.created_at + 5 * SECOND));
    stage.takes(&stage.server.activity("Update", &bob, changed.clone())).await;
    assert_eq!(counts(&stage.node, &post).await, (vec![0, 9], Some(3)));
    let history = stage.node.node().store.read().await.unwrap().edits(post.id).await.unwrap();
    assert_eq!(history[0].poll, ["Tea", "Coffee"]);
    votes(&stage.alice(), &post, &[1]).await.unwrap();
    changed["closed"] = json!(true);
    stage.takes(&stage.server.activity("Update", &bob, changed.clone())).await;
    let poll = poll_of(&stage.node, &post).await;
    assert!(poll.is_over(stage.node.node().now()));
    changed["updated"] = json!(rfc3339(post.created_at + 9 * SECOND));
    changed.as_object_mut().unwrap().remove("oneOf");
    stage.takes(&stage.server.activity("Update", &bob, changed)).await;
    assert!(stage.node.node().store.read().await.unwrap().poll(post.id).await.unwrap().is_none());
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b29_who_voted_elsewhere_hears_of_the_end_and_a_poll_that_is_looked_at_is_read_again() {
    let clock = Clock::manual(Clock::System.now());
    let options = Options { clock: Some(clock.clone()), ..Options::default() };
    let stage = Stage::empty_with("elsewhere", Engine::Sqlite, options).await;
    let (mut question, post) = bobs_question(&stage, json!({})).await;
    votes(&stage.alice(), &post, &[0]).await.unwrap();
    question["oneOf"][1]["replies"]["totalItems"] = json!(40);
    stage.server.publish(&question);
    let node = stage.node.node();
    let look = async || {
        let mut tx = node.store.begin().await.unwrap();
        poll::look_again(node, &mut tx, &post).await.unwrap();
        node.commit(tx).await.unwrap();
    };
    look().await;
    let asked = || stage.server.gets().iter().filter(|t| t.as_str() == "/questions/1").count();
    eventually("nothing is left to do until its end", || async {
        let next = node.store.read().await.unwrap().next_due().await.unwrap().lone_job;
        (next == Some(post_end(&question) + 5 * MINUTE)).then_some(())
    })
    .await;
    assert_eq!(asked(), 0, "what is fresh is not asked for");
    clock.advance(3 * MINUTE);
    look().await;
    eventually("it is read again", || async { (counts(&stage.node, &post).await.0 == [2, 40]).then_some(()) }).await;
    look().await;
    assert_eq!(asked(), 1, "not again at once");
    clock.advance(HOUR + 5 * MINUTE);
    node.store.bell().ring(storage::Event::Work).await;
    eventually("she is told", || async {
        stage.alice().notifications().await.contains(&("poll", "bob".to_owned())).then_some(())
    })
    .await;
    stage.end().await;
}

fn post_end(question: &Value) -> i64 {
    model::clock::parse_rfc3339(question["endTime"].as_str().unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_options_are_cut_and_wild_numbers_tamed() {
    let stage = Stage::empty().await;
    let options: Vec<Value> = (0..10_000)
        .map(|n| json!({"type": "Note", "name": format!("{n}\u{0}"), "replies": {"totalItems": i64::MAX}}))
        .collect();
    let (_, post) =
        bobs_question(&stage, json!({"oneOf": options, "votersCount": -7, "endTime": "9999-12-31T23:59:59Z"})).await;
    let poll = poll_of(&stage.node, &post).await;
    assert_eq!((poll.options.len(), poll.options[499].title.as_str(), poll.voters_count), (500, "499", Some(0)));
    votes(&stage.alice(), &post, &[499]).await.unwrap();
    assert!(poll_of(&stage.node, &post).await.votes() > 0);
    stage.end().await;
}

on_both! {
    async fn b28_b29_two_nodes_vote_across(db: Db) {
        let clock = Clock::manual(Clock::System.now());
        let options = || Options { clock: Some(clock.clone()), ..Options::default() };
        let (a, b) = (TestNode::start_with(db.engine, options()).await, TestNode::start_with(db.engine, options()).await);
        let (alice, dora, bob) = (a.member("alice").await, a.member("dora").await, b.member("bob").await);
        bob.follows(&alice.handle().await).await;
        let post = asks(&alice, Audience::Followers, draft(&["Tea", "Coffee"], true)).await;
        let there = eventually("the question arrives", || async { b.post_by_uri(&post.uri).await }).await;
        assert_eq!(poll_of(&b, &there).await.titles(), ["Tea", "Coffee"]);
        votes(&bob, &there, &[0, 1]).await.unwrap();
        eventually("bob's votes are counted", || async { (counts(&a, &post).await == (vec![1, 1], Some(1))).then_some(()) }).await;
        votes(&dora, &post, &[1]).await.unwrap();
        clock.advance(3 * MINUTE);
        a.node().store.bell().ring(storage::Event::Work).await;
        eventually("the totals are known there", || async { (counts(&b, &there).await == (vec![1, 2], Some(2))).then_some(()) }).await;
        assert_eq!(b.post_by_uri(&post.uri).await.unwrap().edited_at, None);
        clock.advance(HOUR);
        a.node().store.bell().ring(storage::Event::Work).await;
        eventually("it is closed there", || async { poll_of(&b, &there).await.closed_at }).await;
        clock.advance(5 * MINUTE);
        b.node().store.bell().ring(storage::Event::Work).await;
        eventually("bob hears of the end", || async { bob.notifications().await.contains(&("poll", "alice".to_owned())).then_some(()) }).await;
        a.running.stop().await;
        b.running.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b28_the_peer_reads_our_question_and_votes() {
    if !Peer::is_there() {
        return;
    }
    let (node, peer) = (TestNode::start(Engine::Sqlite).await, Peer::start().await);
    let alice = node.member("alice").await;
    let post = asks(&alice, Audience::Public, draft(&["Tea", "Coffee"], false)).await;
    let found = peer.does("lookup", json!({"url": post.uri})).await;
    assert_eq!(found["kind"], json!("Question"), "{found:#}");
    let bob = peer.actor("bob");
    let note = json!({"id": format!("{bob}#votes/1"), "type": "Note", "name": "Coffee", "attributedTo": bob, "inReplyTo": post.uri, "to": alice.uri().await});
    let activity = json!({
        "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{bob}#votes/1/activity"), "type": "Create",
        "actor": bob, "to": alice.uri().await, "object": note,
    });
    let answer = peer.does("raw", json!({"inbox": format!("{}/inbox", node.origin), "activity": activity})).await;
    assert_eq!(answer["status"], json!(202), "{answer:#}");
    assert_eq!(counts(&node, &post).await, (vec![0, 1], Some(1)));
    node.running.stop().await;
}
