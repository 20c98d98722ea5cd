//! Introductions across servers: who asks by a post, who is introduced to whom, and who gets out.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::account::Account;
use model::audience::{Audience, Viewer};
use model::clock::{Clock, DAY, MINUTE};
use model::page::Page;
use model::pairing::{Kind, Seeker};
use model::post::Draft;
use node::housekeeping::{Chore, step};
use node::pairing::{self, Form};
use node::{Node, Random, circle, domains, follow, moderate};
use serde_json::{Value, json};
use storage::{DomainRule, Pairing};
use suite::db::Engine;
use suite::fediverse::{Letter, Server, Stage};
use suite::node::{Options, Person, TestNode, eventually};
use suite::on_both;
use suite::peer::Peer;

fn form(kind: Kind, role: &str) -> Form {
    Form { kind, role: role.to_owned(), about: String::new(), days: None }
}

/// Somebody the node knows is in.
async fn joins(node: &Node, id: i64, form: Form) -> Seeker {
    let mut tx = node.store.begin().await.unwrap();
    let who = tx.account(id).await.unwrap().unwrap();
    let seeker = pairing::join(node, &mut tx, &who, form).await.unwrap();
    node.commit(tx).await.unwrap();
    seeker
}

async fn in_for(node: &Node, id: i64) -> Vec<(Kind, String)> {
    let seeking = node.store.read().await.unwrap().seeking(id).await.unwrap();
    seeking.into_iter().map(|s| (s.kind, s.about)).collect()
}

async fn is_out(node: &Node, id: i64) {
    eventually("they are out", || async { in_for(node, id).await.is_empty().then_some(()) }).await;
}

async fn pairs_of(node: &Node, id: i64) -> Vec<Pairing> {
    node.store.read().await.unwrap().pairings_of(id, &Page::first(80)).await.unwrap()
}

/// The account, which is looked for as other servers do.
async fn cuppa(node: &TestNode) -> Account {
    let found =
        Letter::get(node, &format!("/.well-known/webfinger?resource=acct:cuppa@{}", node.host())).send(node).await;
    assert_eq!(found.status, 200, "{found:?}");
    let links = found.json()["links"].clone();
    let actor =
        links.as_array().unwrap().iter().find(|l| l["rel"] == "self").unwrap()["href"].as_str().unwrap().to_owned();
    let document = Letter::get(node, actor.strip_prefix(&node.origin).unwrap()).send(node).await.json();
    assert_eq!((&document["type"], &document["preferredUsername"]), (&json!("Service"), &json!("cuppa")));
    assert!(document["summary"].as_str().unwrap().contains("“stop” gets you out"), "{document:#}");
    node.known(&actor).await.unwrap()
}

/// Somebody elsewhere writes to the account alone.
async fn writes(stage: &Stage, server: &Server, author: &Value, path: &str, words: &str, more: Value) -> Value {
    let account = cuppa(&stage.node).await;
    let mention = format!("<a href=\"{}\" class=\"u-url mention\">@<span>cuppa</span></a>", account.url);
    let mut parts = json!({
        "to": [account.uri], "cc": [],
        "tag": [{"type": "Mention", "href": account.uri, "name": format!("@cuppa@{}", stage.node.host())}],
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        parts[name] = value.clone();
    }
    let note = server.note(author, path, &format!("{mention} {words}"), parts);
    server.publish(&note);
    let answer = stage.send_from(server, &server.activity("Create", author, note.clone())).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    stage.node.idle().await;
    note
}

/// What came there that somebody created: whom it is for, and what it says.
fn created(server: &Server) -> Vec<(BTreeSet<String>, String)> {
    let note = |a: Value| {
        let object = &a["object"];
        assert_eq!((&object["cc"], &a["to"]), (&json!([]), &object["to"]), "{a:#}");
        assert_eq!(object["type"], "Note");
        let to = object["to"].as_array().unwrap().iter().map(|t| t.as_str().unwrap().to_owned()).collect();
        (to, object["content"].as_str().unwrap().to_owned())
    };
    server.received("Create").into_iter().map(note).collect()
}

fn uri(actor: &Value) -> String {
    actor["id"].as_str().unwrap().to_owned()
}

fn set(uris: &[&str]) -> BTreeSet<String> {
    uris.iter().map(|u| (*u).to_owned()).collect()
}

on_both! {
    async fn a_post_gets_somebody_in_and_one_word_gets_them_out(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let (server, node) = (&stage.server, stage.node.node());
        let bob = server.person("bob");
        let note = writes(&stage, server, &bob, "/notes/1", "a cuppa! I nurse in Leeds #hello", json!({})).await;
        let id = stage.known(&bob).await.id;
        assert_eq!(in_for(node, id).await, [(Kind::Cuppa, "a cuppa! I nurse in Leeds #hello".to_owned())]);
        let [(to, said)] = created(server).try_into().unwrap();
        assert_eq!(to, set(&[&uri(&bob)]), "for them alone");
        let next = node.store.read().await.unwrap().seeking(id).await.unwrap()[0].since + 14 * DAY;
        assert!(said.contains("You are in") && said.contains(&model::clock::date(next)) && said.contains("“stop”"), "{said}");
        assert_eq!(server.received("Create")[0]["object"]["inReplyTo"], note["id"]);

        // The same post again, in two ways, and read once more: nothing is said.
        stage.takes(&server.activity("Create", &bob, note.clone())).await;
        let post = stage.stored(&note).await.unwrap();
        let mut tx = node.store.begin().await.unwrap();
        pairing::heed(node, &mut tx, post.id).await.unwrap();
        node.commit(tx).await.unwrap();
        stage.node.idle().await;
        assert_eq!(created(server).len(), 1);
        // Small talk, and what is said to others as well.
        let (alice, answered) = (stage.alice().account().await, server.received("Create")[0]["object"]["id"].clone());
        let thanks = json!({"inReplyTo": answered});
        writes(&stage, server, &bob, "/notes/2", "thanks for the cuppa", thanks).await;
        let both = json!({"to": [cuppa(&stage.node).await.uri, alice.uri], "tag": [
            {"type": "Mention", "href": cuppa(&stage.node).await.uri, "name": "@cuppa"}, {"type": "Mention", "href": alice.uri, "name": "@alice"}]});
        writes(&stage, server, &server.person("carol"), "/notes/3", "@alice look, a cuppa", both).await;
        assert_eq!(created(server).len(), 1);
        assert!(in_for(node, stage.known(&server.person("carol")).await.id).await.is_empty());

        // Out, in an answer that names nobody; once.
        for (path, count) in [("/notes/4", 2), ("/notes/5", 2)] {
            let stop = server.note(&bob, path, "Stop.", json!({"to": [cuppa(&stage.node).await.uri], "cc": [], "inReplyTo": answered}));
            server.publish(&stop);
            stage.takes(&server.activity("Create", &bob, stop)).await;
            stage.node.idle().await;
            assert!(in_for(node, id).await.is_empty());
            assert_eq!(created(server).len(), count);
        }
        assert!(created(server)[1].1.contains("You are out"));
        // In again; whoever blocks the account is out, and stays so.
        writes(&stage, server, &bob, "/notes/6", "cuppa", json!({"inReplyTo": answered})).await;
        assert_eq!(in_for(node, id).await, [(Kind::Cuppa, String::new())]);
        stage.takes(&server.activity("Block", &bob, json!(cuppa(&stage.node).await.uri))).await;
        assert!(in_for(node, id).await.is_empty());
        let before = created(server).len();
        writes(&stage, server, &bob, "/notes/7", "cuppa", json!({})).await;
        assert!(in_for(node, id).await.is_empty());
        assert_eq!(created(server).len(), before);
        assert_eq!(stage.alice().notifications().await.iter().filter(|(_, from)| from == "cuppa").count(), 0);
        stage.end().await;
    }

    async fn bots_and_the_silenced_get_no_answer_and_nobody_gets_many(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let (server, node) = (&stage.server, stage.node.node());
        for (n, kind) in ["Service", "Application"].into_iter().enumerate() {
            let mut robot = server.actor_at(&format!("/users/robot{n}"), &format!("robot{n}"));
            robot["type"] = json!(kind);
            server.publish(&robot);
            server.finger(&format!("robot{n}"), robot["id"].as_str().unwrap());
            writes(&stage, server, &robot, &format!("/notes/r{n}"), "cuppa", json!({})).await;
            assert!(in_for(node, stage.known(&robot).await.id).await.is_empty(), "{kind}");
        }
        let mallory = server.person("mallory");
        writes(&stage, server, &mallory, "/notes/m1", "hello", json!({})).await;
        let [(_, said)] = created(server).try_into().unwrap();
        assert!(said.contains("I know these words"), "{said}");
        server.forget();
        let mut tx = node.store.begin().await.unwrap();
        moderate::limit(node, &mut tx, "test", &stage.known(&mallory).await).await.unwrap();
        node.commit(tx).await.unwrap();
        writes(&stage, server, &mallory, "/notes/m2", "cuppa", json!({})).await;
        assert!(in_for(node, stage.known(&mallory).await.id).await.is_empty());
        assert!(created(server).is_empty(), "{:?}", created(server));

        let bob = server.person("bob");
        for n in 0..10 {
            let words = if n % 2 == 0 { "cuppa" } else { "stop" };
            writes(&stage, server, &bob, &format!("/notes/{n}"), words, json!({})).await;
            let is_in = !in_for(node, stage.known(&bob).await.id).await.is_empty();
            assert_eq!(is_in, n % 2 == 0, "what they ask counts all the same");
        }
        // Whoever goes is told so a few times more.
        assert_eq!(i64::try_from(created(server).len()), Ok(pairing::A_DAY + 2));
        stage.end().await;
    }

    async fn a_round_introduces_strangers_of_different_organisations_to_each_other_and_tells_nobody_else(db: Db) {
        let stage = Stage::empty_with("trust", db.engine, Options::default()).await;
        let (server, node) = (&stage.server, stage.node.node());
        let (carl, eve) = (stage.node.member("carl").await, stage.node.member("eve").await);
        let (bob, dora) = (server.person("bob"), server.person("dora"));
        writes(&stage, server, &bob, "/notes/1", "cuppa: nurse, nights. @carl https://spam.example #ad", json!({})).await;
        writes(&stage, server, &dora, "/notes/2", "cuppa", json!({})).await;
        for person in [stage.alice(), carl] {
            joins(node, person.id, form(Kind::Cuppa, "")).await;
        }
        server.forget();
        // Its time comes.
        step(node, Chore::Pairings, 0).await.unwrap();
        stage.node.idle().await;
        assert!(created(server).is_empty(), "not yet");
        let mut tx = node.store.begin().await.unwrap();
        tx.put_setting("cuppa round", &format!("from {}", node.now() - 14 * DAY)).await.unwrap();
        node.commit(tx).await.unwrap();
        step(node, Chore::Pairings, 0).await.unwrap();
        step(node, Chore::Pairings, 0).await.unwrap();
        stage.node.idle().await;

        let theirs = created(server);
        assert_eq!(theirs.len(), 2, "{theirs:?}");
        let members = [stage.alice().account().await, carl.account().await];
        for remote in [&bob, &dora] {
            let id = stage.known(remote).await.id;
            let [pair] = pairs_of(node, id).await.try_into().unwrap();
            let with = members.iter().find(|m| m.id == pair.other_id).expect("somebody of the other organisation");
            let (_, said) = theirs.iter().find(|(to, _)| *to == set(&[&uri(remote), &with.uri])).expect("both, and nobody else");
            assert!(said.contains(&with.username) && said.contains("To begin with: ") && said.contains("“stop”"), "{said}");
            let post = node.store.read().await.unwrap().post(pair.id).await.unwrap().unwrap();
            assert_eq!(post.audience, Audience::Direct);
            // What somebody says of themselves names, links and tags nothing.
            assert!(!post.content.contains("spam.example\"") && !post.content.contains("/tags/"), "{}", post.content);
            let who = Person { on: &stage.node, id: with.id };
            assert_eq!(who.notifications().await, [("mention", "cuppa".to_owned())]);
            // Nobody else reads it, through any door.
            let mut tx = node.store.read().await.unwrap();
            for other in members.iter().filter(|m| m.id != with.id).map(|m| m.id).chain([eve.id]) {
                assert!(tx.visible_post(post.id, Viewer::Member(other)).await.unwrap().is_none());
            }
            assert!(tx.visible_post(post.id, Viewer::Anyone).await.unwrap().is_none());
            assert!(tx.visible_post(post.id, Viewer::Member(with.id)).await.unwrap().is_some());
            let path = post.uri.strip_prefix(&stage.node.origin).unwrap();
            assert_eq!(Letter::get(&stage.node, path).send(&stage.node).await.status, 404);
            let page = Letter::get(&stage.node, post.url.strip_prefix(&stage.node.origin).unwrap()).with("accept", "text/html");
            assert_eq!(page.send(&stage.node).await.status, 404);
            for reader in [&bob, &dora] {
                let seen = Letter::get(&stage.node, path).signed(&server.key_of(&uri(reader)), stage.style()).send(&stage.node).await;
                assert_eq!(seen.status, if uri(reader) == uri(remote) { 200 } else { 404 });
            }
        }
        assert!(eve.notifications().await.is_empty());
        let account = cuppa(&stage.node).await;
        let outbox = Letter::get(&stage.node, account.outbox.strip_prefix(&stage.node.origin).unwrap()).send(&stage.node).await.json();
        assert_eq!(outbox["totalItems"], json!(0), "{outbox:#}");
        stage.end().await;
    }

    async fn members_of_two_nodes_meet(db: Db) {
        let (council, trust) = (TestNode::start(db.engine).await, TestNode::start(db.engine).await);
        let (sam, ravi, eve) = (council.member("sam").await, trust.member("ravi").await, trust.member("eve").await);
        joins(council.node(), sam.id, Form { about: "Housing officer".to_owned(), ..form(Kind::Cuppa, "") }).await;
        let text = format!("@cuppa@{} cuppa. I nurse, at night", council.host());
        ravi.posts(Draft { text, audience: Some(Audience::Direct), ..Draft::default() }).await;
        let is_told = async |count: usize| {
            eventually("he is told", || async {
                (ravi.notifications().await == vec![("mention", "cuppa".to_owned()); count]).then_some(())
            })
            .await;
        };
        is_told(1).await;
        assert_eq!(pairing::hold_now(council.node()).await.unwrap(), 1);
        is_told(2).await;
        let [pair] = pairs_of(council.node(), sam.id).await.try_into().unwrap();
        let here = council.node().store.read().await.unwrap().post(pair.id).await.unwrap().unwrap();
        let there = trust.post_by_uri(&here.uri).await.unwrap();
        let read = model::html::to_text(&there.content);
        let (before, after) = read.split_once("To begin with: ").unwrap();
        let (a, b) = (format!("• sam, {}: Housing officer", council.host()), format!("• ravi, {}: I nurse, at night", trust.host()));
        assert_eq!(before, format!("@sam @ravi meet somebody new: you both asked for a cuppa, and have no link with each other yet.\n\n{a}\n{b}\n\n"));
        assert!(after.ends_with("?\n\nNobody else reads this. Where and when you talk is up to you. Whoever answers “stop” is introduced to nobody any more."), "{after}");
        let mut tx = trust.node().store.read().await.unwrap();
        assert!(tx.visible_post(there.id, Viewer::Member(eve.id)).await.unwrap().is_none());
        assert!(tx.visible_post(there.id, Viewer::Member(ravi.id)).await.unwrap().is_some());
        drop(tx);

        // They talk; then he has had enough.
        let hello = ravi.replies(&there, &format!("@sam@{} @cuppa@{} a cuppa on Tuesday?", council.host(), council.host())).await;
        eventually("it comes", || async { council.post_by_uri(&hello.uri).await }).await;
        council.idle().await;
        assert_eq!(sam.notifications().await, [("mention", "ravi".to_owned()), ("mention", "cuppa".to_owned())]);
        ravi.replies(&there, &format!("@cuppa@{} @sam@{} Stop!", council.host(), council.host())).await;
        is_out(council.node(), pair.other_id).await;
        eventually("he is told so", || async { (ravi.notifications().await.len() == 3).then_some(()) }).await;
        for node in [council, trust] {
            node.running.stop().await;
        }
    }

    async fn words_of_others_are_words_and_nothing_else(db: Db) {
        let stage = Stage::empty_with("trust", db.engine, Options::default()).await;
        let (server, node) = (&stage.server, stage.node.node());
        let (bob, alice, carl) = (server.person("bob"), stage.alice(), stage.node.member("carl").await);
        let line = "cuppa [Book](https:\\/\\/evil.example/login) &amp;num;gotcha &amp;commat;carl **b** `c` \u{202e}turned :party: www.x.example";
        writes(&stage, server, &bob, "/notes/1", line, json!({})).await;
        joins(node, alice.id, form(Kind::Cuppa, "")).await;
        assert_eq!(pairing::hold_now(node).await.unwrap(), 1);
        assert!(matches!(pairing::hold_now(node).await, Err(node::Error::Conflict(_))), "one at a time");
        let [pair] = pairs_of(node, alice.id).await.try_into().unwrap();
        let mut tx = node.store.read().await.unwrap();
        let post = tx.post(pair.id).await.unwrap().unwrap();
        let named: BTreeSet<i64> = tx.mentions(&[post.id]).await.unwrap().iter().map(|m| m.account_id).collect();
        assert_eq!(named, BTreeSet::from([alice.id, pair.other_id]));
        assert_eq!(post.content.matches("<a ").count(), 2, "{}", post.content);
        assert!(!post.content.contains("<strong>") && !post.content.contains("<code>"), "{}", post.content);
        assert!(!post.content.contains('\u{202e}') && !post.content.contains(":party:"), "{}", post.content);
        assert!(tx.tag("gotcha").await.unwrap().is_none() && tx.tags_of(&[post.id]).await.unwrap().is_empty());
        drop(tx);
        // What was said inside, or behind a warning, is not told to others.
        for (audience, summary) in [(Audience::Organisation, ""), (Audience::Followers, ""), (Audience::Direct, "Grief")] {
            let text = format!("@cuppa cuppa secret of {audience:?}");
            carl.posts(Draft { text, summary: summary.to_owned(), audience: Some(audience), ..Draft::default() }).await;
            stage.node.idle().await;
            assert_eq!(in_for(node, carl.id).await, [(Kind::Cuppa, String::new())], "{audience:?}");
        }
        carl.posts(Draft { text: "@cuppa I do not want a cuppa, stop it".to_owned(), audience: Some(Audience::Direct), ..Draft::default() }).await;
        stage.node.idle().await;
        assert_eq!(in_for(node, carl.id).await.len(), 1, "not in a line of its own");
        carl.posts(Draft { text: "@cuppa Stop it, please.\n\nCarl".to_owned(), audience: Some(Audience::Direct), ..Draft::default() }).await;
        is_out(node, carl.id).await;
        stage.end().await;
    }

    async fn nobody_meets_the_same_person_twice_over_many_rounds(db: Db) {
        let stage = Stage::empty_with("trust", db.engine, Options::default()).await;
        let (server, node) = (&stage.server, stage.node.node());
        let mut people = vec![stage.alice().id];
        for name in ["ben", "cara"] {
            people.push(stage.node.member(name).await.id);
        }
        for name in ["dora", "emil"] {
            let actor = server.person(name);
            writes(&stage, server, &actor, &format!("/notes/{name}"), "hello", json!({})).await;
            people.push(stage.known(&actor).await.id);
        }
        let mut made = 0;
        for round in 1..=9 {
            for person in &people {
                // Some leave and come back.
                let mut tx = node.store.begin().await.unwrap();
                if round % 3 == 0 {
                    tx.leave_pairings(*person).await.unwrap();
                }
                node.commit(tx).await.unwrap();
                joins(node, *person, form(Kind::Cuppa, "")).await;
            }
            let mut expected = Vec::new();
            for person in &people {
                expected.push(pairs_of(node, *person).await.len());
            }
            let before = made;
            made += pairing::hold(node, Clock::System.now() + round * DAY).await.unwrap();
            for (person, had) in people.iter().zip(expected) {
                assert!(pairs_of(node, *person).await.len() <= had + 1, "once in a round");
            }
            assert!(made > before || made == 10, "round {round} found nobody, after {made}");
        }
        assert_eq!(made, 10, "each has met each");
        for person in &people {
            let met: BTreeSet<i64> = pairs_of(node, *person).await.iter().map(|p| p.other_id).collect();
            assert_eq!(met, people.iter().copied().filter(|p| p != person).collect());
        }
        stage.end().await;
    }

    async fn whoever_has_a_link_or_may_not_be_heard_is_not_introduced(db: Db) {
        let stage = Stage::empty_with("trust", db.engine, Options::default()).await;
        let (server, node) = (&stage.server, stage.node.node());
        let mut round = Clock::System.now();
        for (n, what) in ["follows", "asked", "blocks", "blocked", "mutes", "muted", "domain", "limited", "suspended", "blocked server", "nothing"].into_iter().enumerate() {
            if what == "nothing" {
                let mut tx = node.store.begin().await.unwrap();
                domains::remove(node, &mut tx, "test", server.host()).await.unwrap();
                node.commit(tx).await.unwrap();
                node.read_domain_rules().await.unwrap();
            }
            let (local, actor) = (stage.node.member(&format!("m{n}")).await, server.person(&what.replace(' ', "_")));
            writes(&stage, server, &actor, &format!("/notes/{}", what.replace(' ', "_")), "cuppa", json!({})).await;
            let (me, other) = (local.account().await, stage.known(&actor).await);
            joins(node, me.id, form(Kind::Cuppa, "")).await;
            let mut tx = node.store.begin().await.unwrap();
            match what {
                "follows" | "asked" => {
                    follow::follow(node, &mut tx, &me, &other, &follow::Wishes::default()).await.unwrap();
                    let row = tx.follow(me.id, other.id).await.unwrap().unwrap();
                    if what == "follows" {
                        tx.accept_follow(row.id).await.unwrap();
                    }
                }
                "blocks" => moderate::block(node, &mut tx, &me, &other).await.unwrap(),
                "blocked" => drop(tx.put_block(node.id(), other.id, me.id, "", 1).await.unwrap()),
                "mutes" => moderate::mute(node, &mut tx, &me, &other, false, None).await.unwrap(),
                "muted" => tx.put_mute(node.id(), other.id, me.id, false, None, 1).await.unwrap(),
                "domain" => circle::block_domain(node, &mut tx, &me, server.host()).await.unwrap(),
                "limited" => moderate::limit(node, &mut tx, "test", &other).await.unwrap(),
                "suspended" => moderate::suspend(node, &mut tx, "test", &me).await.unwrap(),
                "blocked server" => domains::set(node, &mut tx, "test", &DomainRule::new(server.host(), "suspend", 1)).await.unwrap(),
                _ => {}
            }
            node.commit(tx).await.unwrap();
            node.read_domain_rules().await.unwrap();
            stage.node.idle().await;
            round += DAY;
            let made = pairing::hold(node, round).await.unwrap();
            assert_eq!(made, usize::from(what == "nothing"), "{what}");
            let mut tx = node.store.begin().await.unwrap();
            for id in [me.id, other.id] {
                tx.leave_pairings(id).await.unwrap();
            }
            node.commit(tx).await.unwrap();
        }
        stage.end().await;
    }

    async fn a_round_is_held_once_by_several_processes_and_goes_on_where_it_broke_off(db: Db) {
        let stage = TestNode::start_with(db.engine, Options { no_worker: true, ..Options::default() }).await;
        let one = stage.node();
        let files = storage::Files::folder(std::path::Path::new(&stage.settings.data_dir)).unwrap();
        let two = Arc::new(Node::new(stage.settings.node.clone(), stage.db.store.clone(), files, Clock::System, Random::seeded(1)));
        let mut people = Vec::new();
        for n in 0..12 {
            let id = stage.member(&format!("person{n}")).await.id;
            joins(one, id, form(Kind::Cuppa, "")).await;
            people.push(id);
        }
        // Half of them are not there while the first half of the round is held.
        let late = &people[6..];
        let mut tx = one.store.begin().await.unwrap();
        for id in late {
            tx.set_suspended(*id, Some(1), "moderator").await.unwrap();
        }
        one.commit(tx).await.unwrap();
        let at = Clock::System.now() + DAY;
        let (a, b) = tokio::join!(pairing::hold(one, at), pairing::hold(&two, at));
        assert_eq!(a.unwrap() + b.unwrap(), 3);
        let mut tx = one.store.begin().await.unwrap();
        for id in late {
            tx.set_suspended(*id, None, "").await.unwrap();
        }
        one.commit(tx).await.unwrap();
        let (a, b) = tokio::join!(pairing::hold(&two, at), pairing::hold(one, at));
        assert_eq!(a.unwrap() + b.unwrap(), 3);
        assert_eq!(pairing::hold(one, at).await.unwrap(), 0);
        for id in people {
            assert_eq!(pairs_of(one, id).await.len(), 1);
        }
        // Of several that find that it is due one begins it.
        let mut tx = one.store.begin().await.unwrap();
        tx.put_setting("cuppa round", "1").await.unwrap();
        one.commit(tx).await.unwrap();
        let (a, b) = tokio::join!(step(one, Chore::Pairings, 0), step(&two, Chore::Pairings, 0));
        assert_eq!((a.unwrap().next, b.unwrap().next), (None, None));
        let jobs = stage.takes_jobs().await;
        assert_eq!(jobs.iter().filter(|j| j.kind == "hold_round").count(), 1);
        stage.running.stop().await;
    }

    async fn one_pair_that_cannot_be_asked_is_in_nobodys_way(db: Db) {
        let node = TestNode::start_with(db.engine, Options { no_worker: true, ..Options::default() }).await;
        let (alice, here) = (node.member("alice").await, node.node());
        let mut tx = here.store.begin().await.unwrap();
        // Nobody can be named so.
        let (domain, uri) = ("elsewhere.example".to_owned(), "https://elsewhere.example/users/x".to_owned());
        let odd = Account { id: here.id(), username: "no name".to_owned(), domain, uri, ..alice.account().await };
        assert!(tx.insert_account(&odd).await.unwrap());
        for (account_id, other_id) in [(alice.id, odd.id), (odd.id, alice.id)] {
            let kind = Kind::Mentoring;
            let side = Pairing { id: 7, account_id, other_id, kind, agreed: false, asks_at: Some(1), created_at: 1 };
            assert!(tx.insert_pairing(&side).await.unwrap());
        }
        tx.put_setting("cuppa round", "1").await.unwrap();
        here.commit(tx).await.unwrap();
        step(here, Chore::Pairings, 0).await.unwrap();
        let mut tx = here.store.read().await.unwrap();
        assert_ne!(tx.setting("cuppa round").await.unwrap().unwrap(), "1", "the round begins");
        assert!(tx.pairings_to_ask(Clock::System.now(), 9).await.unwrap().is_empty(), "it is not tried each minute");
        assert!(alice.notifications().await.is_empty(), "nobody is told half of it");
        drop(tx);
        node.running.stop().await;
    }

    async fn those_who_mentor_agree_and_in_the_end_all_are_asked_what_they_learnt(db: Db) {
        let clock = Clock::manual(Clock::System.now());
        let stage = Stage::empty_with("trust", db.engine, Options { clock: Some(clock.clone()), ..Options::default() }).await;
        let (server, node) = (&stage.server, stage.node.node());
        let (alice, bob) = (stage.alice(), server.person("bob"));
        writes(&stage, server, &bob, "/notes/1", "mentor, six months in", json!({})).await;
        let today = model::clock::date(clock.now());
        let last = clock.now() + 3 * DAY;
        let dora = server.person("dora");
        writes(&stage, server, &dora, "/notes/2", &format!("shadow offer {today} {} a ward", model::clock::date(last)), json!({})).await;
        let (id, doras) = (stage.known(&bob).await.id, stage.known(&dora).await.id);
        assert_eq!(in_for(node, id).await, [(Kind::Mentoring, "six months in".to_owned())]);
        assert_eq!(in_for(node, doras).await, [(Kind::Shadowing, "a ward".to_owned())]);
        for (kind, role) in [(Kind::Mentoring, "mentor"), (Kind::Shadowing, "offer")] {
            joins(node, alice.id, form(kind, role)).await;
        }
        clock.advance(MINUTE);
        assert_eq!(pairing::hold_now(node).await.unwrap(), 0, "two who offer the same");
        for (kind, role) in [(Kind::Mentoring, "mentee"), (Kind::Shadowing, "ask")] {
            joins(node, alice.id, form(kind, role)).await;
        }
        server.forget();
        clock.advance(MINUTE);
        assert_eq!(pairing::hold_now(node).await.unwrap(), 2);
        stage.node.idle().await;
        for person in [id, doras, alice.id] {
            assert!(in_for(node, person).await.is_empty(), "these are for once");
        }
        let [shadowing, mentoring] = created(server).try_into().unwrap();
        assert!(shadowing.1.contains(&format!("from {today} to {}", model::clock::date(last))), "{}", shadowing.1);
        for condition in ["Expectations", "Rules", "Willingness", "Trust", "Transparency", "“agreed”"] {
            assert!(mentoring.1.contains(condition), "{}", mentoring.1);
        }

        // Both agree: one here, one in an answer; that is said once.
        let pairs = pairs_of(node, alice.id).await;
        let of = |kind| pairs.iter().find(|p| p.kind == kind).unwrap().id;
        let mut tx = node.store.begin().await.unwrap();
        let me = alice.account().await;
        pairing::agree(node, &mut tx, &me, of(Kind::Mentoring)).await.unwrap();
        assert!(pairing::agree(node, &mut tx, &me, of(Kind::Shadowing)).await.is_err());
        node.commit(tx).await.unwrap();
        let introduced = node.store.read().await.unwrap().post(of(Kind::Mentoring)).await.unwrap().unwrap();
        for path in ["/notes/3", "/notes/4"] {
            writes(&stage, server, &bob, path, "agreed", json!({"inReplyTo": introduced.uri})).await;
        }
        assert_eq!(created(server).len(), 3);
        assert!(created(server)[2].1.contains("both agreed"));
        assert_eq!(created(server)[2].0, set(&[&uri(&bob), &me.uri]));

        // The day after the last one, and twelve weeks later: once each. Who left by then is not asked.
        for (wait, count) in [(3 * DAY, 3), (DAY, 4), (60 * DAY, 4)] {
            clock.advance(wait);
            step(node, Chore::Pairings, 0).await.unwrap();
            stage.node.idle().await;
            assert_eq!(created(server).len(), count);
        }
        assert_eq!(created(server)[3].0, set(&[&uri(&dora)]), "each by themselves");
        assert!(created(server)[3].1.contains("what did you learn?"));
        let mut tx = node.store.begin().await.unwrap();
        tx.leave_pairings(alice.id).await.unwrap();
        node.commit(tx).await.unwrap();
        for _ in 0..2 {
            clock.advance(24 * DAY);
            step(node, Chore::Pairings, 0).await.unwrap();
            stage.node.idle().await;
            assert_eq!(created(server).len(), 5);
        }
        assert_eq!(created(server)[4].0, set(&[&uri(&bob)]));
        stage.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn members_write_to_it_as_others_do_and_where_it_is_off_it_is_not_there() {
    let node = TestNode::start(Engine::Sqlite).await;
    let (ana, ben) = (node.member("ana").await, node.member("ben").await);
    let said =
        Draft { text: "@cuppa cuppa, from housing".to_owned(), audience: Some(Audience::Direct), ..Draft::default() };
    ana.posts(said).await;
    node.idle().await;
    assert_eq!(in_for(node.node(), ana.id).await, [(Kind::Cuppa, "from housing".to_owned())]);
    assert_eq!(ana.notifications().await, [("mention", "cuppa".to_owned())]);
    ben.says_to(Audience::Draft, "@cuppa cuppa").await;
    node.idle().await;
    assert!(in_for(node.node(), ben.id).await.is_empty(), "a draft is said to nobody");
    // Said to colleagues alone, it counts as well, and nothing goes wrong.
    ben.says_to(Audience::Organisation, "@cuppa cuppa").await;
    node.idle().await;
    assert_eq!(pairing::hold_now(node.node()).await.unwrap(), 1);
    let intro = pairs_of(node.node(), ana.id).await[0].id;
    let intro = node.node().store.read().await.unwrap().post(intro).await.unwrap().unwrap();
    ana.replies(&intro, "stop").await;
    node.idle().await;
    assert!(in_for(node.node(), ana.id).await.is_empty());

    let mut off = node.settings.clone();
    node.running.stop().await;
    off.node.cuppa_days = 0;
    let parts = outloud::serve::Parts { clock: Clock::System, random: Random::System, metrics: Arc::new(String::new) };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let running = outloud::serve::Running::start(&off, outloud::serve::Role::Web, parts, Some(listener)).await.unwrap();
    let http = suite::process::client();
    for path in [
        "/.well-known/webfinger?resource=acct:cuppa@{}",
        "/users/cuppa",
        "/@cuppa",
        "/api/v1/accounts/lookup?acct=cuppa",
    ] {
        let path = path.replace("{}", off.node.host());
        let answer =
            http.get(format!("http://{}{path}", running.address)).header("accept", "application/activity+json");
        assert_eq!(answer.send().await.unwrap().status(), 404, "{path}");
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_peer_asks_is_introduced_and_leaves() {
    if !Peer::is_there() {
        return;
    }
    let (node, peer) = (TestNode::start(Engine::Sqlite).await, Peer::start().await);
    let alice = node.member("alice").await;
    let found = peer.does("lookup", json!({"handle": format!("@cuppa@{}", node.host())})).await;
    let account = found["object"]["id"].as_str().unwrap().to_owned();
    let write = async |words: &str| {
        let note = json!({"content": format!("<p>@cuppa {words}</p>"), "to": "direct", "mentions": [account]});
        peer.does("note", note).await;
        node.idle().await;
    };
    write("cuppa, a nurse").await;
    joins(node.node(), alice.id, form(Kind::Cuppa, "")).await;
    assert_eq!(pairing::hold_now(node.node()).await.unwrap(), 1);
    node.idle().await;
    let [pair] = pairs_of(node.node(), alice.id).await.try_into().unwrap();
    let post = node.node().store.read().await.unwrap().post(pair.id).await.unwrap().unwrap();
    let create = peer.received("Create", &post.uri).await;
    let note = &create["activity"]["object"];
    assert_eq!(note["to"].as_array().unwrap().len(), 2, "{note:#}");
    assert!(note["content"].as_str().unwrap().contains("asked for a cuppa"), "{note:#}");
    write("stop").await;
    assert!(in_for(node.node(), pair.other_id).await.is_empty());
    assert_eq!(peer.get("refused").await["refused"].as_array().map(Vec::len), Some(0));
    node.running.stop().await;
}
