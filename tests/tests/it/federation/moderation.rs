//! Keeping order: whole servers, reports both ways, strangers, and that nobody who is suspended comes back by another way.

use model::account::{Account, MemberState, Role};
use model::audience::Viewer;
use model::clock::{Clock, DAY};
use model::handle::Handle;
use model::page::Page;
use model::post::Post;
use node::accounts::INSTANCE_ACTOR;
use node::report::NewReport;
use node::{domains, moderate, quarantine, report};
use serde_json::{Value, json};
use storage::{DomainRule, PublicFilter, Report, Tx};
use suite::db::Engine;
use suite::fediverse::{Letter, Reply, Server, Stage, verified_key_id};
use suite::node::{Options, Person, test_keys};

/// A rule for the other server.
async fn rules(stage: &Stage, change: impl Fn(&mut DomainRule)) {
    let node = stage.node.node();
    let mut rule = DomainRule::new(stage.server.host(), "none", node.now());
    change(&mut rule);
    let mut tx = node.store.begin().await.unwrap();
    domains::set(node, &mut tx, "olga", &rule).await.unwrap();
    node.commit(tx).await.unwrap();
    node.read_domain_rules().await.unwrap();
}

async fn allows(stage: &Stage) {
    let node = stage.node.node();
    let mut tx = node.store.begin().await.unwrap();
    domains::allow(node, &mut tx, "olga", stage.server.host()).await.unwrap();
    node.commit(tx).await.unwrap();
    node.read_domain_rules().await.unwrap();
}

async fn read(stage: &Stage) -> Tx {
    stage.node.node().store.read().await.unwrap()
}

async fn suspends(stage: &Stage, who: &Account, suspended: bool) {
    let node = stage.node.node();
    let mut tx = node.store.begin().await.unwrap();
    if suspended {
        moderate::suspend(node, &mut tx, "olga", who).await.unwrap();
    } else {
        moderate::unsuspend(node, &mut tx, "olga", who).await.unwrap();
    }
    node.commit(tx).await.unwrap();
}

/// Bob, whom alice follows, with a post that has a hashtag and names her.
async fn bob_speaks() -> (Stage, Value, Value) {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    stage.alice_follows(&bob).await;
    let note = speaks(&stage, &bob, "/notes/1", "Look").await;
    (stage, bob, note)
}

/// A public post to alice, with the hashtag #pears.
fn to_alice(stage: &Stage, who: &Value, path: &str, words: &str, alice: &str) -> Value {
    let tag = json!([
        {"type": "Mention", "href": alice, "name": format!("@alice@{}", stage.node.host())},
        {"type": "Hashtag", "href": stage.server.url("/tags/pears"), "name": "#pears"},
    ]);
    stage.server.note(who, path, words, json!({"cc": [alice], "tag": tag}))
}

async fn speaks(stage: &Stage, who: &Value, path: &str, words: &str) -> Value {
    let note = to_alice(stage, who, path, words, &stage.alice().uri().await);
    stage.server.publish(&note);
    stage.takes(&stage.server.activity("Create", who, note.clone())).await;
    note
}

/// Where alice, or everybody, comes across a post without asking for it: homes, the federated timeline, the hashtag, notifications.
async fn places(stage: &Stage, post: &Post) -> Vec<&'static str> {
    let (alice, page) = (stage.alice().id, Page::first(20));
    let mut tx = read(stage).await;
    let tag = tx.tag("pears").await.unwrap().unwrap().id;
    let is = |list: &[Post]| list.iter().any(|p| p.id == post.id || p.boost_of_id == Some(post.id));
    let all = PublicFilter::default();
    let mut found = Vec::new();
    if is(&tx.home(alice, &page).await.unwrap()) {
        found.push("home");
    }
    if is(&tx.public(all, Viewer::Member(alice), &page).await.unwrap()) {
        found.push("federated");
    }
    if is(&tx.tagged(tag, all, Viewer::Anyone, &page).await.unwrap()) {
        found.push("hashtag");
    }
    if tx.notifications(alice, &[], &[], 0, &page).await.unwrap().iter().any(|n| n.post_id == Some(post.id)) {
        found.push("notifications");
    }
    if tx.visible_post(post.id, Viewer::Member(alice)).await.unwrap().is_some() {
        found.push("by id");
    }
    found
}

const EVERYWHERE: [&str; 5] = ["home", "federated", "hashtag", "notifications", "by id"];

/// Olga, who looks after the node.
async fn moderator(stage: &Stage) -> Person<'_> {
    let node = stage.node.node();
    let form = node::accounts::SignUp {
        username: "olga".to_owned(),
        email: "olga@example.org".to_owned(),
        password: String::new(),
        role: Role::Moderator,
        state: MemberState::Active,
        reason: String::new(),
        locale: "en".to_owned(),
    };
    let mut tx = node.store.begin().await.unwrap();
    let olga = node::accounts::create_member(node, &mut tx, &form, "no password", &test_keys()).await.unwrap();
    node.commit(tx).await.unwrap();
    Person { on: &stage.node, id: olga.id }
}

async fn reports(stage: &Stage) -> Vec<Report> {
    read(stage).await.reports(&storage::ReportFilter::default(), &Page::first(20)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn b12_a_block_hides_a_server_everywhere_and_lifting_it_restores_what_was() {
    let (stage, bob, note) = bob_speaks().await;
    stage.follows_alice(&bob).await;
    stage.node.idle().await;
    let post = stage.stored(&note).await.unwrap();
    assert_eq!(places(&stage, &post).await, EVERYWHERE);
    rules(&stage, |r| r.severity = "suspend".to_owned()).await;
    stage.server.forget();
    assert!(places(&stage, &post).await.is_empty());
    let create = stage.server.activity("Create", &bob, stage.server.note(&bob, "/notes/2", "Again", json!({})));
    assert_eq!(stage.send(&create).await.status, 403);
    assert!(stage.node.federation().find(&stage.server.url("/users/carol")).await.is_err());
    assert!(
        stage
            .node
            .federation()
            .find_handle(&Handle::parse(&format!("@eve@{}", stage.server.host())).unwrap())
            .await
            .is_err()
    );
    stage.alice().says("Not for them").await;
    stage.node.idle().await;
    assert!(stage.server.seen().is_empty(), "nothing is sent to it or asked of it");
    allows(&stage).await;
    assert_eq!(places(&stage, &post).await, EVERYWHERE);
    assert!(stage.alice_is_following(&bob).await && stage.is_followed_by(&bob).await, "both follows stand");
    stage.takes(&create).await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b12_with_an_allow_list_only_those_named_federate() {
    let change: fn(&mut outloud::Settings) = |s| s.node.allow_list = true;
    let stage = Stage::with("mastodon", Engine::Sqlite, Options { change: Some(change), ..Options::default() }).await;
    let handle = Handle::parse(&format!("@marta@{}", stage.server.host())).unwrap();
    assert_eq!(stage.send(&stage.server.document("follow")).await.status, 403);
    assert!(stage.node.federation().find_handle(&handle).await.is_err());
    assert!(stage.node.federation().find(&stage.server.origin).await.is_err());
    assert_eq!(stage.server.connections(), 0, "nothing is asked of a server that is not named");
    allows(&stage).await;
    stage.deliver("follow").await;
    assert!(stage.node.federation().find_handle(&handle).await.is_ok());
    rules(&stage, |r| r.severity = "suspend".to_owned()).await;
    assert_eq!(stage.send(&stage.server.document("follow_again")).await.status, 403);
    assert!(stage.known(&stage.server.document("actor")).await.is_suspended());
    allows(&stage).await;
    assert!(!stage.known(&stage.server.document("actor")).await.is_suspended());
    let node = stage.node.node();
    let mut tx = node.store.begin().await.unwrap();
    domains::remove(node, &mut tx, "olga", stage.server.host()).await.unwrap();
    node.commit(tx).await.unwrap();
    node.read_domain_rules().await.unwrap();
    assert_eq!(stage.send(&stage.server.document("follow_again")).await.status, 403, "taken off the list again");
    assert!(stage.known(&stage.server.document("actor")).await.is_suspended());
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b12_switching_the_allow_list_on_hides_those_not_named_and_off_shows_them_again() {
    let (stage, _, note) = bob_speaks().await;
    let post = stage.stored(&note).await.unwrap();
    let node = stage.node.node();
    // What this node still does with bob it does without the list.
    stage.node.idle().await;
    for (allow_list, seen) in [(true, 0), (true, 0), (false, EVERYWHERE.len())] {
        // As the next start with this setting would.
        let config = node::Config { allow_list, ..node.config.clone() };
        let next =
            node::Node::new(config, node.store.clone(), node.files.clone(), node.clock.clone(), node::Random::System);
        domains::follow_setting(&next).await.unwrap();
        assert_eq!(places(&stage, &post).await.len(), seen, "{allow_list}");
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b12_of_a_server_whose_media_are_rejected_no_picture_is_kept() {
    let (stage, bob, note) = bob_speaks().await;
    let mut renewed = bob.clone();
    renewed["icon"] = json!({"type": "Image", "url": stage.server.url("/avatar.png")});
    renewed["image"] = json!({"type": "Image", "url": stage.server.url("/header.png")});
    let emoji =
        json!({"type": "Emoji", "name": ":owl:", "icon": {"type": "Image", "url": stage.server.url("/owl.png")}});
    renewed["tag"] = json!([emoji]);
    stage.server.publish(&renewed);
    let update = |n: u8| {
        let mut update = stage.server.activity("Update", &bob, renewed.clone());
        update["id"] = json!(stage.server.url(&format!("/updates/{n}")));
        update
    };
    stage.takes(&update(1)).await;
    let pictures = async || {
        let bob = stage.known(&bob).await;
        [bob.avatar, bob.header].iter().filter(|p| !p.is_empty()).count() + bob.emojis.len()
    };
    assert_eq!(pictures().await, 3);
    rules(&stage, |r| r.reject_media = true).await;
    assert_eq!(pictures().await, 0, "what is known is forgotten");
    stage.takes(&update(2)).await;
    assert_eq!(pictures().await, 0, "and not taken in again");
    let file = json!({"type": "Document", "mediaType": "image/png", "url": stage.server.url("/1.png")});
    let more = json!({"attachment": [file], "tag": [emoji]});
    let with_picture = stage.server.note(&bob, "/notes/2", "A picture :owl:", more);
    stage.takes(&stage.server.activity("Create", &bob, with_picture.clone())).await;
    let kept = stage.stored(&with_picture).await.unwrap();
    assert!(kept.emojis.is_empty() && read(&stage).await.media_of(&[kept.id]).await.unwrap().is_empty());
    let post = stage.stored(&note).await.unwrap();
    assert_eq!(places(&stage, &post).await, EVERYWHERE, "its words are shown");
    allows(&stage).await;
    stage.node.idle().await;
    assert_eq!(pictures().await, 3, "those whom members follow are read again");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b12_a_limited_account_is_in_no_public_place_and_heard_only_by_its_followers() {
    let stage = Stage::empty().await;
    let (bob, carol) = (stage.server.person("bob"), stage.server.person("carol"));
    stage.alice_follows(&bob).await;
    stage.follows_alice(&carol).await;
    rules(&stage, |r| r.severity = "limit".to_owned()).await;
    let (by_bob, by_carol) =
        (speaks(&stage, &bob, "/notes/1", "Hello").await, speaks(&stage, &carol, "/notes/2", "Hello").await);
    let (by_bob, by_carol) = (stage.stored(&by_bob).await.unwrap(), stage.stored(&by_carol).await.unwrap());
    assert_eq!(places(&stage, &by_bob).await, ["home", "notifications", "by id"]);
    assert_eq!(places(&stage, &by_carol).await, ["by id"]);
    let mut tx = read(&stage).await;
    assert!(tx.accounts_by_prefix("bo", 9, 0).await.unwrap().is_empty(), "not found by a part of the name");
    assert!(tx.account_by_handle("bob", stage.server.host()).await.unwrap().is_some(), "only by the whole of it");
    drop(tx);
    allows(&stage).await;
    assert_eq!(read(&stage).await.accounts_by_prefix("bo", 9, 0).await.unwrap().len(), 1);
    assert_eq!(
        places(&stage, &by_carol).await,
        ["federated", "hashtag", "by id"],
        "what was not told is not told later"
    );
    stage.end().await;
}

/// A server called handles, and bob: on the stage's server, with his handle there.
async fn bob_of_two_names(stage: &Stage) -> (Server, Value) {
    let handles = Server::start("handles").await;
    let mut bob = stage.server.person_of(&handles, "bob");
    bob["icon"] = json!({"type": "Image", "url": stage.server.url("/avatar.png")});
    stage.server.publish(&bob);
    stage.alice_follows(&bob).await;
    stage.node.idle().await;
    assert_eq!(stage.known(&bob).await.acct(), format!("bob@{}", handles.host()));
    (handles, bob)
}

/// Bob's own server says that his handle is on this domain.
fn name(stage: &Stage, bob: &Value, domain: &str) {
    let asked = format!("acct:bob@{}", stage.server.host());
    stage.server.finger_as(&asked, &format!("acct:bob@{domain}"), bob["id"].as_str().unwrap());
}

async fn rule_for(stage: &Stage, domain: &str, at: i64, change: impl Fn(&mut DomainRule)) {
    let node = stage.node.node();
    let mut rule = DomainRule::new(domain, "none", at);
    change(&mut rule);
    let mut tx = node.store.begin().await.unwrap();
    domains::set(node, &mut tx, "olga", &rule).await.unwrap();
    node.commit(tx).await.unwrap();
    node.read_domain_rules().await.unwrap();
}

async fn lifts(stage: &Stage, domain: &str) {
    let node = stage.node.node();
    let mut tx = node.store.begin().await.unwrap();
    domains::allow(node, &mut tx, "olga", domain).await.unwrap();
    node.commit(tx).await.unwrap();
    node.read_domain_rules().await.unwrap();
}

/// How bob is marked: by whom suspended, limited since when, with a picture.
async fn marks(stage: &Stage, bob: &Value) -> (String, Option<i64>, bool) {
    stage.node.idle().await;
    let bob = stage.known(bob).await;
    (bob.suspended_by, bob.limited_at, !bob.avatar.is_empty())
}

fn marked(by: &str, limited_at: Option<i64>, picture: bool) -> (String, Option<i64>, bool) {
    (by.to_owned(), limited_at, picture)
}

#[tokio::test(flavor = "multi_thread")]
async fn b12_a_rule_covers_who_has_a_handle_on_its_domain_and_who_is_on_its_server() {
    for engine in [Engine::Sqlite, Engine::Postgres].into_iter().filter(|e| e.is_there()) {
        let stage = Stage::empty_with("elsewhere", engine, Options::default()).await;
        let (handles, bob) = bob_of_two_names(&stage).await;
        let note = speaks(&stage, &bob, "/notes/1", "Look").await;
        let post = stage.stored(&note).await.unwrap();
        for (n, domain) in [stage.server.host(), handles.host()].into_iter().enumerate() {
            let what = |rule: &str| format!("{engine:?}: {rule} {domain}");
            let asked = [domain.to_owned(), "localhost".to_owned()];
            for effect in domains::effects(&mut read(&stage).await, &asked).await.unwrap() {
                assert_eq!((effect.accounts, effect.following, effect.posts), ([1, 2][n], 1, [1, 4][n]));
            }
            assert_eq!(places(&stage, &post).await, EVERYWHERE, "{}", what("without"));

            rule_for(&stage, domain, 5, |r| r.severity = "suspend".to_owned()).await;
            assert!(places(&stage, &post).await.is_empty(), "{}", what("block"));
            let more = |k: usize| to_alice(&stage, &bob, &format!("/notes/{n}{k}"), "More", "");
            stage.send(&stage.server.activity("Create", &bob, more(1))).await;
            assert!(stage.stored(&more(1)).await.is_none(), "{}", what("block"));
            lifts(&stage, domain).await;
            assert_eq!(places(&stage, &post).await, EVERYWHERE, "{}", what("lift"));

            rule_for(&stage, domain, 6, |r| r.severity = "limit".to_owned()).await;
            assert_eq!(places(&stage, &post).await, ["home", "notifications", "by id"], "{}", what("limit"));
            assert!(read(&stage).await.accounts_by_prefix("bo", 9, 0).await.unwrap().is_empty(), "{}", what("limit"));
            let newcomer = stage.server.person_of(&handles, &format!("new{n}"));
            stage.node.federation().find(newcomer["id"].as_str().unwrap()).await.unwrap();
            assert_eq!(stage.known(&newcomer).await.limited_at, Some(6), "{}", what("limit"));
            lifts(&stage, domain).await;
            assert_eq!(stage.known(&newcomer).await.limited_at, None, "{}", what("lift"));
            assert_eq!(places(&stage, &post).await, EVERYWHERE, "{}", what("lift"));

            let file = json!({"type": "Document", "mediaType": "image/png", "url": stage.server.url("/1.png")});
            let emoji = json!({"type": "Emoji", "name": ":owl:", "icon": {"type": "Image", "url": stage.server.url("/owl.png")}});
            let with_picture = |k: usize| {
                let more = json!({"attachment": [file], "tag": [emoji]});
                stage.server.note(&bob, &format!("/notes/{n}{k}"), "A picture :owl:", more)
            };
            let files = async |k: usize| {
                stage.takes(&stage.server.activity("Create", &bob, with_picture(k))).await;
                let kept = stage.stored(&with_picture(k)).await.unwrap();
                kept.emojis.len() + read(&stage).await.media_of(&[kept.id]).await.unwrap().len()
            };
            assert_eq!((marks(&stage, &bob).await, files(2).await), (marked("", None, true), 2), "{}", what("without"));
            rule_for(&stage, domain, 7, |r| r.reject_media = true).await;
            assert_eq!(
                (marks(&stage, &bob).await, files(3).await),
                (marked("", None, false), 0),
                "{}",
                what("reject media")
            );
            stage.takes(&stage.server.activity("Update", &bob, bob.clone())).await;
            assert_eq!(marks(&stage, &bob).await, marked("", None, false), "{}", what("reject media"));
            lifts(&stage, domain).await;
            assert_eq!((marks(&stage, &bob).await, files(4).await), (marked("", None, true), 2), "{}", what("lift"));

            rule_for(&stage, domain, 8, |r| r.reject_reports = true).await;
            let flag = || {
                let mut flag = stage.server.activity("Flag", &bob, json!(stage.post.uri));
                // The same complaint would be kept once.
                flag["content"] = json!(domain);
                flag
            };
            stage.takes(&flag()).await;
            assert_eq!(reports(&stage).await.len(), n, "{}", what("reject reports"));
            lifts(&stage, domain).await;
            stage.takes(&flag()).await;
            assert_eq!(reports(&stage).await.len(), n + 1, "{}", what("lift"));
        }
        stage.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b12_of_two_rules_for_an_account_the_one_that_stands_stays_in_force() {
    for engine in [Engine::Sqlite, Engine::Postgres].into_iter().filter(|e| e.is_there()) {
        let stage = Stage::empty_with("elsewhere", engine, Options::default()).await;
        let (handles, bob) = bob_of_two_names(&stage).await;
        let (server, handles) = (stage.server.host(), handles.host());
        let all = |r: &mut DomainRule| {
            (r.severity, r.reject_media) = ("limit".to_owned(), true);
        };
        for [first, second] in [[server, handles], [handles, server]] {
            rule_for(&stage, first, 5, |r| r.severity = "suspend".to_owned()).await;
            rule_for(&stage, second, 6, |r| r.severity = "suspend".to_owned()).await;
            lifts(&stage, first).await;
            assert_eq!(marks(&stage, &bob).await, marked("domain", None, true));
            rule_for(&stage, first, 7, all).await;
            // A block gives way to a limit.
            rule_for(&stage, second, 8, all).await;
            let (by, at, picture) = marks(&stage, &bob).await;
            assert_eq!((by.as_str(), at.is_some(), picture), ("", true, false), "{first} {second}");
            lifts(&stage, second).await;
            assert_eq!(marks(&stage, &bob).await, marked("", Some(7), false), "{first} {second}");
            lifts(&stage, first).await;
            assert_eq!(marks(&stage, &bob).await, marked("", None, true), "{first} {second}");
        }
        // What a moderator said of bob alone outlives both, and his being read again.
        let (node, account) = (stage.node.node(), stage.known(&bob).await);
        let mut tx = node.store.begin().await.unwrap();
        tx.set_limited(account.id, Some(3)).await.unwrap();
        node.commit(tx).await.unwrap();
        rule_for(&stage, server, 9, all).await;
        rule_for(&stage, handles, 10, all).await;
        stage.takes(&stage.server.activity("Update", &bob, bob.clone())).await;
        lifts(&stage, server).await;
        lifts(&stage, handles).await;
        assert_eq!(marks(&stage, &bob).await, marked("", Some(3), true));
        stage.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b12_nobody_is_let_out_alone_of_what_a_rule_for_their_server_says() {
    let stage = Stage::empty().await;
    let (handles, bob) = bob_of_two_names(&stage).await;
    let (node, account) = (stage.node.node(), stage.known(&bob).await);
    for domain in [stage.server.host(), handles.host()] {
        rule_for(&stage, domain, 5, |r| r.severity = "limit".to_owned()).await;
        let mut tx = node.store.begin().await.unwrap();
        let refused = moderate::unlimit(node, &mut tx, "olga", &account).await.unwrap_err().to_string();
        assert!(refused.contains(&format!("the rule for {domain}")), "{refused}");
        drop(tx);
        rule_for(&stage, domain, 5, |r| r.severity = "suspend".to_owned()).await;
        suspends(&stage, &account, true).await;
        suspends(&stage, &account, false).await;
        assert_eq!(stage.known(&bob).await.suspended_by, "domain");
        lifts(&stage, domain).await;
        assert_eq!(marks(&stage, &bob).await, marked("", None, true));
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b12_whoever_gets_another_handle_is_under_the_rules_for_that() {
    let stage = Stage::empty().await;
    let (handles, bob) = bob_of_two_names(&stage).await;
    let federation = stage.node.federation();
    let reads = async || federation.find_fresh(bob["id"].as_str().unwrap()).await.map(drop);
    rule_for(&stage, handles.host(), 5, |r| r.severity = "limit".to_owned()).await;
    assert_eq!(marks(&stage, &bob).await.1, Some(5));
    name(&stage, &bob, stage.server.host());
    reads().await.unwrap();
    assert_eq!(marks(&stage, &bob).await, marked("", None, true));
    name(&stage, &bob, handles.host());
    reads().await.unwrap();
    assert_eq!(marks(&stage, &bob).await, marked("", Some(5), true));
    rule_for(&stage, handles.host(), 5, |r| r.severity = "suspend".to_owned()).await;
    assert!(reads().await.is_err());
    name(&stage, &bob, stage.server.host());
    reads().await.unwrap();
    assert_eq!(marks(&stage, &bob).await, marked("", None, true));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b12_what_its_own_server_says_of_an_account_outlives_a_rule() {
    let (stage, mut bob, _) = bob_speaks().await;
    stage.node.idle().await;
    for (suspended, by) in [(true, "origin"), (false, "")] {
        bob["suspended"] = json!(suspended);
        stage.server.publish(&bob);
        stage.takes(&stage.server.activity("Update", &bob, bob.clone())).await;
        rules(&stage, |r| r.severity = "suspend".to_owned()).await;
        allows(&stage).await;
        assert_eq!(marks(&stage, &bob).await.0, by);
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b12_an_allow_list_has_to_name_the_server_and_the_domain_of_the_handle() {
    let change: fn(&mut outloud::Settings) = |s| s.node.allow_list = true;
    let options = Options { change: Some(change), ..Options::default() };
    let stage = Stage::empty_with("elsewhere", Engine::Sqlite, options).await;
    lifts(&stage, stage.server.host()).await;
    let handles = Server::start("handles").await;
    let bob = stage.server.person_of(&handles, "bob");
    let federation = stage.node.federation();
    let finds = async || federation.find(bob["id"].as_str().unwrap()).await.is_ok();
    assert!(!finds().await);
    assert_eq!(handles.connections(), 0, "nothing is asked of a domain that is not named");
    lifts(&stage, handles.host()).await;
    assert!(finds().await);
    let node = stage.node.node();
    for domain in [handles.host(), stage.server.host()] {
        let mut tx = node.store.begin().await.unwrap();
        domains::remove(node, &mut tx, "olga", domain).await.unwrap();
        node.commit(tx).await.unwrap();
        assert_eq!(stage.known(&bob).await.suspended_by, "domain", "{domain} is not named any more");
        lifts(&stage, domain).await;
        assert_eq!(stage.known(&bob).await.suspended_by, "", "{domain} is named again");
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b12_what_waits_for_a_server_all_of_whose_people_are_shut_out_is_dropped() {
    let stage = Stage::empty().await;
    let (handles, bob) = bob_of_two_names(&stage).await;
    stage.follows_alice(&bob).await;
    let waits = async || read(&stage).await.waiting_hosts().await.unwrap().len();
    for (others, left) in [(false, 0), (true, 1)] {
        if others {
            stage.follows_alice(&stage.server.person("carol")).await;
        }
        stage.node.idle().await;
        stage.server.answers(Some(Reply::Status(500)));
        stage.alice().says("Anybody?").await;
        assert_eq!(waits().await, 1);
        rule_for(&stage, handles.host(), 5, |r| r.severity = "suspend".to_owned()).await;
        assert_eq!(waits().await, left, "carol gets it there: {others}");
        lifts(&stage, handles.host()).await;
        stage.server.answers(None);
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s29_the_suspended_are_seen_nowhere_and_brought_back_by_nobody() {
    let (stage, bob, note) = bob_speaks().await;
    let carol = stage.server.person("carol");
    stage.alice_follows(&carol).await;
    let post = stage.stored(&note).await.unwrap();
    assert_eq!(places(&stage, &post).await, EVERYWHERE);
    suspends(&stage, &stage.known(&bob).await, true).await;
    assert!(places(&stage, &post).await.is_empty());
    let unknown = stage.server.note(&bob, "/notes/9", "Not seen yet", json!({}));
    stage.server.publish(&unknown);
    // A boost of what is known, and of what is not.
    for object in [&note, &unknown] {
        let boost = stage.server.activity("Announce", &carol, object["id"].clone());
        stage.takes(&boost).await;
        stage.node.idle().await;
        assert!(stage.stored(&boost).await.is_none(), "no boost is filed");
    }
    assert_eq!(stage.stored(&note).await.unwrap().boosts_count, 0);
    // By its id: for a quote, a thread, or to fill something back in.
    for object in [&note, &unknown] {
        let budget = federation::client::Budget::new(5);
        assert!(stage.node.federation().post(object["id"].as_str().unwrap(), 0, &budget).await.is_err());
    }
    // A reply by somebody else, whose thread is fetched.
    let reply = stage.server.note(&carol, "/notes/10", "I agree", json!({"inReplyTo": unknown["id"]}));
    stage.takes(&stage.server.activity("Create", &carol, reply)).await;
    stage.node.idle().await;
    assert!(stage.stored(&unknown).await.is_none());
    assert!(read(&stage).await.accounts_by_prefix("bob", 9, 0).await.unwrap().is_empty(), "nor is he found");
    // Nothing is sent to him, and what he reports is not heard.
    stage.server.forget();
    stage.alice().says(&format!("Hello @bob@{}", stage.server.host())).await;
    stage.takes(&stage.server.activity("Flag", &bob, json!([stage.alice().uri().await]))).await;
    stage.node.idle().await;
    assert!(stage.server.posts().is_empty() && reports(&stage).await.is_empty());
    suspends(&stage, &stage.known(&bob).await, false).await;
    assert_eq!(places(&stage, &post).await, EVERYWHERE);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_member_reads_and_does_nothing_that_others_see() {
    let (stage, _, note) = bob_speaks().await;
    let (node, alice) = (stage.node.node(), stage.alice().account().await);
    let post = stage.stored(&note).await.unwrap();
    let bob = read(&stage).await.account(post.account_id).await.unwrap().unwrap();
    for frozen in [true, false] {
        let mut tx = node.store.begin().await.unwrap();
        if frozen {
            moderate::freeze(node, &mut tx, "olga", &alice).await.unwrap();
            assert!(moderate::freeze(node, &mut tx, "olga", &bob).await.is_err(), "only members are frozen");
        } else {
            moderate::unfreeze(node, &mut tx, "olga", &alice).await.unwrap();
            assert!(moderate::unfreeze(node, &mut tx, "olga", &alice).await.is_err());
        }
        node.commit(tx).await.unwrap();
        let row = stage.alice().row().await;
        assert!(node::login::may_act(&alice, &row).is_ok(), "she signs in");
        let mut tx = node.store.begin().await.unwrap();
        let draft = model::post::Draft { text: "Hello".to_owned(), ..Default::default() };
        let did = [
            node::publish::publish(node, &mut tx, &alice, &row, &draft).await.is_ok(),
            node::react::boost(node, &mut tx, &alice, &post, None).await.is_ok(),
            node::react::favourite(node, &mut tx, &alice, &post, None).await.is_ok(),
            node::follow::follow(node, &mut tx, &alice, &bob, &node::follow::Wishes::default()).await.is_ok(),
            node::accounts::change_profile(node, &mut tx, &alice, Default::default()).await.is_ok(),
        ];
        assert_eq!(did, [!frozen; 5]);
        assert!(node::react::bookmark(node, &mut tx, &alice, &post).await.is_ok());
        node.commit(tx).await.unwrap();
        assert_eq!(places(&stage, &post).await, EVERYWHERE);
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b30_a_report_is_sent_on_in_the_name_of_the_node_and_names_nobody() {
    let (stage, bob, note) = bob_speaks().await;
    let (node, alice, post) = (stage.node.node(), stage.alice().account().await, stage.stored(&note).await.unwrap());
    let bob_here = stage.known(&bob).await;
    let asked = NewReport {
        post_ids: vec![post.id],
        comment: "Sells pills".to_owned(),
        forward: true,
        category: "spam".to_owned(),
        rule_ids: Vec::new(),
    };
    let mut tx = node.store.begin().await.unwrap();
    let own = NewReport { post_ids: vec![stage.post.id], ..asked.clone() };
    assert!(report::file(node, &mut tx, &alice, &bob_here, &own).await.is_err(), "posts of the reported alone");
    let kept =
        report::file(node, &mut tx, &alice, &bob_here, &NewReport { forward: false, ..asked.clone() }).await.unwrap();
    report::file(node, &mut tx, &alice, &bob_here, &asked).await.unwrap();
    node.commit(tx).await.unwrap();
    let flag = stage.server.receives("Flag").await;
    stage.node.idle().await;
    assert_eq!(stage.server.received("Flag").len(), 1, "only what is to be sent on is");
    assert_eq!(flag["actor"], json!(format!("{}/actor", stage.node.origin)));
    assert_eq!(flag["object"], json!([bob["id"], note["id"]]));
    assert_eq!(flag["content"], "Sells pills");
    assert!(flag["id"].as_str().unwrap().starts_with(&format!("{}/", stage.node.origin)));
    assert!(!flag.to_string().contains("alice"), "{flag:#}");
    let seen = stage.server.seen().into_iter().find(|s| s.body.windows(6).any(|w| w == b"\"Flag\"")).unwrap();
    let instance = read(&stage).await.account_by_uri(&format!("{}/actor", stage.node.origin)).await.unwrap().unwrap();
    let key = read(&stage).await.signing_key(instance.id).await.unwrap().unwrap();
    assert_eq!(verified_key_id(&seen, &key.public_pem).0, key.id);
    assert_ne!(key.public_pem, test_keys().public_pem);
    // It is kept as it was when its subject is gone.
    stage.takes(&stage.server.activity("Delete", &bob, note["id"].clone())).await;
    let read = reports(&stage).await.into_iter().find(|r| r.id == kept.id).unwrap();
    assert_eq!((read.posts[0].text.as_str(), read.forwarded, read.reporter_id), ("Look", false, Some(alice.id)));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b31_a_report_of_every_kind_of_server_is_kept_once_and_names_no_reporter() {
    for (software, comment, posts) in [
        ("mastodon", "Please have a look at this.", 1),
        ("gotosocial", "", 0),
        ("misskey", "迷惑です", 1),
        ("lemmy", "breaks the rules", 1),
    ] {
        let stage = Stage::of(software).await;
        let olga = moderator(&stage).await;
        if software == "gotosocial" {
            let actor = stage.server.document("instance_actor");
            stage.server.serve("/users/gts.example/main-key", Reply::document(&actor));
        }
        stage.deliver("flag").await;
        stage.deliver("flag").await;
        let found = reports(&stage).await;
        let [report] = found.as_slice() else { panic!("{software}: {found:#?}") };
        assert!(report.comment.ends_with(comment), "{software}: {report:?}");
        assert_eq!((report.target_id, report.posts.len()), (stage.alice().id, posts), "{software}");
        assert!(report.posts.iter().all(|p| p.text == "Something good" && p.id == stage.post.id));
        assert_eq!((report.reporter_id, report.reporter.as_str()), (None, stage.server.host()), "{software}");
        let told: Vec<_> = olga.notifications().await.into_iter().filter(|(kind, _)| *kind == "admin.report").collect();
        assert_eq!(told.len(), 1, "{software}");
        if software == "lemmy" {
            assert_eq!(told[0].1, INSTANCE_ACTOR, "who signs it there is a person");
        }
        assert!(stage.alice().notifications().await.iter().all(|(kind, _)| *kind != "admin.report"));
        stage.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b31_a_report_of_nobody_here_or_by_an_unwanted_reporter_is_not_kept() {
    let stage = Stage::empty().await;
    let (bob, alice) = (stage.server.person("bob"), stage.alice().uri().await);
    let draft = stage.alice().says_to(model::audience::Audience::Draft, "Not yet").await;
    let inside = stage.alice().says_to(model::audience::Audience::Organisation, "Among us").await;
    for object in
        [json!([bob["id"]]), json!(format!("{}/actor", stage.node.origin)), json!([draft.uri]), json!([inside.uri])]
    {
        stage.takes(&stage.server.activity("Flag", &bob, object)).await;
    }
    let mut elsewhere = stage.server.activity("Flag", &bob, json!([alice]));
    elsewhere["id"] = json!("https://third.example/flags/1");
    assert_eq!(stage.send(&elsewhere).await.status, 403);
    assert!(reports(&stage).await.is_empty());
    let mut long = stage.server.activity("Flag", &bob, json!([alice, draft.uri]));
    long["content"] = json!(format!("\u{1b}[2J{}", "x".repeat(9_000)));
    stage.takes(&long).await;
    let found = reports(&stage).await;
    assert_eq!((found.len(), found[0].comment.chars().count(), found[0].posts.len()), (1, 5_000, 0));
    assert!(found[0].comment.starts_with("[2J"), "nothing in it moves a terminal");
    rules(&stage, |r| r.reject_reports = true).await;
    stage.takes(&stage.server.activity("Flag", &bob, json!([alice]))).await;
    assert_eq!(reports(&stage).await.len(), 1);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b31_the_same_complaint_is_kept_once_until_somebody_is_done_with_it() {
    let stage = Stage::empty().await;
    let (bob, eve, alice) = (stage.server.person("bob"), stage.server.person("eve"), stage.alice().uri().await);
    let says = async |who: &Value, object: Value, words: &str| {
        let mut flag = stage.server.activity("Flag", who, object);
        flag["content"] = json!(words);
        stage.takes(&flag).await;
        reports(&stage).await.len()
    };
    let (both, turned) = (json!([alice, stage.post.uri]), json!([stage.post.uri, alice]));
    assert_eq!(says(&bob, both.clone(), "Spam").await, 1);
    assert_eq!(says(&bob, both.clone(), "Spam").await, 1);
    assert_eq!(says(&eve, turned, "Spam").await, 1, "of the same server, in whatever order");
    assert_eq!(says(&bob, both.clone(), "Threats").await, 2, "that is something else");
    assert_eq!(says(&bob, json!([alice]), "Spam").await, 3);
    let (node, first) = (stage.node.node(), reports(&stage).await.into_iter().min_by_key(|r| r.id).unwrap());
    let mut tx = node.store.begin().await.unwrap();
    report::close(node, &mut tx, report::Keeper { name: "olga", id: None }, first.id, "").await.unwrap();
    node.commit(tx).await.unwrap();
    assert_eq!(says(&bob, both, "Spam").await, 4, "it goes on");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b50_of_one_server_few_reports_are_kept_and_others_are_heard() {
    let clock = Clock::manual(Clock::System.now());
    let options = Options { clock: Some(clock.clone()), ..Options::default() };
    let stage = Stage::empty_with("elsewhere", Engine::Sqlite, options).await;
    let mut members = vec![stage.alice().uri().await];
    for n in 1..10 {
        members.push(stage.node.member(&format!("member{n}")).await.uri().await);
    }
    let (bob, other) = (stage.server.person("bob"), Server::start("other").await);
    let ann = other.person("ann");
    let reports_all = async |server: &Server, who: &Value, words: &str| {
        let mut flag = server.activity("Flag", who, json!(members));
        flag["content"] = json!(words);
        let key = who["publicKey"]["id"].as_str().unwrap();
        let letter = Letter::post_at(&stage.node, "/inbox", flag.to_string(), clock.now());
        assert_eq!(letter.signed(key, stage.style()).send(&stage.node).await.status, 202);
        let mut tx = read(&stage).await;
        tx.count_reports_of(server.host(), 0, 1_000).await.unwrap().0
    };
    for day in 1..=5 {
        for n in 0..6 {
            reports_all(&stage.server, &bob, &format!("{day} {n}")).await;
        }
        let kept = reports_all(&stage.server, &bob, "once more").await;
        assert_eq!(kept, [50, 100, 150, 200, 200][day - 1], "day {day}: nobody looks at them");
        clock.advance(DAY + 1);
    }
    assert_eq!(reports_all(&other, &ann, "Hello").await, 10);
    stage.end().await;
}

/// Somebody whom nobody here knows says this to alice: how many notifications and requests she has then.
async fn after(stage: &Stage, who: &Value, path: &str, words: &str) -> (usize, usize) {
    speaks(stage, who, path, words).await;
    let told = stage.alice().notifications().await.into_iter().filter(|(kind, _)| *kind == "mention").count();
    let asked = read(stage).await.requests(stage.alice().id, &Page::first(9)).await.unwrap();
    (told, asked.iter().map(|r| usize::try_from(r.held).unwrap()).sum())
}

const LINK: &str = "<a href=\"https://pills.example/buy\" class=\"mention\">@alice</a>";

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stranger_with_links_says_waits_until_it_is_wanted() {
    let stage = Stage::empty().await;
    let (node, alice) = (stage.node.node(), stage.alice().account().await);
    let (eve, ann) = (stage.server.person("eve"), stage.server.person("ann"));
    let tag =
        format!("<a href=\"{}\">#pears</a> <a href=\"{}\">@alice</a>", stage.server.url("/tags/pears"), alice.url);
    assert_eq!(after(&stage, &eve, "/1", &tag).await, (1, 0), "mentions and hashtags are no links");
    assert_eq!(after(&stage, &eve, "/2", LINK).await, (1, 1), "whatever a link calls itself");
    assert_eq!(after(&stage, &eve, "/3", "Buy at https://pills.example").await, (1, 2));
    assert_eq!(after(&stage, &ann, "/4", "@a @b @c @d come").await, (1, 3), "nor is a crowd called at once");
    let mut tx = node.store.begin().await.unwrap();
    let requests = tx.requests(alice.id, &Page::first(9)).await.unwrap();
    let of = |who: &Account| requests.iter().find(|r| r.from_account_id == who.id).unwrap().id;
    let (eve_here, ann_here) = (stage.known(&eve).await, stage.known(&ann).await);
    quarantine::dismiss(&mut tx, &alice, of(&ann_here)).await.unwrap();
    quarantine::accept(node, &mut tx, &alice, of(&eve_here)).await.unwrap();
    assert!(quarantine::accept(node, &mut tx, &alice, of(&ann_here)).await.is_err());
    node.commit(tx).await.unwrap();
    assert_eq!(after(&stage, &eve, "/5", LINK).await, (4, 0), "nothing was lost, and she is heard from now on");
    assert_eq!(after(&stage, &ann, "/6", LINK).await, (4, 1));
    let mut tx = node.store.begin().await.unwrap();
    moderate::block(node, &mut tx, &alice, &ann_here).await.unwrap();
    node.commit(tx).await.unwrap();
    assert!(read(&stage).await.requests(alice.id, &Page::first(9)).await.unwrap().is_empty());
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_hides_no_link_in_a_warning_nor_brings_one_along_later() {
    let stage = Stage::empty().await;
    let alice = stage.alice().uri().await;
    let (eve, ann) = (stage.server.person("eve"), stage.server.person("ann"));
    let mut warned = to_alice(&stage, &eve, "/1", "Hello", &alice);
    warned["summary"] = json!("https://pills.example");
    stage.takes(&stage.server.activity("Create", &eve, warned)).await;
    assert!(stage.alice().notifications().await.is_empty());
    assert_eq!(after(&stage, &ann, "/2", "Hello").await, (1, 1), "eve waits, ann does not");
    let mut changed = to_alice(&stage, &ann, "/2", LINK, &alice);
    changed["updated"] = json!(model::clock::rfc3339(stage.node.node().now() + 60_000));
    stage.takes(&stage.server.activity("Update", &ann, changed)).await;
    assert!(stage.alice().notifications().await.is_empty(), "what became an advertisement waits, too");
    assert_eq!(after(&stage, &ann, "/3", "Hello").await, (1, 2));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s29_no_redirect_leads_to_a_server_that_is_blocked() {
    let stage = Stage::empty().await;
    let blocked = Server::start("blocked").await;
    blocked.person("bob");
    let node = stage.node.node();
    let mut tx = node.store.begin().await.unwrap();
    domains::set(node, &mut tx, "olga", &DomainRule::new(blocked.host(), "suspend", node.now())).await.unwrap();
    node.commit(tx).await.unwrap();
    node.read_domain_rules().await.unwrap();
    stage.server.serve("/users/bob", Reply::Redirect(blocked.url("/users/bob")));
    stage.node.federation().find(&stage.server.url("/users/bob")).await.unwrap_err();
    assert!(blocked.gets().is_empty(), "it was asked for {:?}", blocked.gets());
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_followed_or_was_spoken_to_is_no_stranger() {
    let stage = Stage::empty().await;
    let (bob, ida) = (stage.server.person("bob"), stage.server.person("ida"));
    stage.alice_follows(&bob).await;
    assert_eq!(after(&stage, &bob, "/1", LINK).await, (1, 0));
    stage.alice().says(&format!("Hello @ida@{}", stage.server.host())).await;
    assert_eq!(after(&stage, &ida, "/2", LINK).await, (2, 0));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_may_do_without_the_quarantine() {
    let change: fn(&mut outloud::Settings) = |s| s.node.quarantine = false;
    let options = Options { change: Some(change), ..Options::default() };
    let stage = Stage::empty_with("elsewhere", Engine::Sqlite, options).await;
    let eve = stage.server.person("eve");
    assert_eq!(after(&stage, &eve, "/1", LINK).await, (1, 0));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_are_told_which_follows_a_rule_for_a_server_cut_off() {
    let (stage, bob, _) = bob_speaks().await;
    let alice = stage.alice();
    stage.takes(&stage.server.activity("Follow", &bob, json!(alice.uri().await))).await;
    let told = async || {
        let list = alice.notifications().await;
        list.into_iter().filter(|(kind, _)| *kind == "severed_relationships").count()
    };
    assert_eq!(told().await, 0);
    rules(&stage, |r| r.severity = "suspend".to_owned()).await;
    assert_eq!(told().await, 1);
    let mut tx = read(&stage).await;
    let list = tx.notifications(alice.id, &[], &[], 0, &Page::first(20)).await.unwrap();
    let event = list.iter().find_map(|n| n.event_id).expect("what it tells of");
    let cut = tx.severances(&[event]).await.unwrap().remove(0);
    assert_eq!((cut.kind.as_str(), cut.target.as_str()), ("domain_block", stage.server.host()));
    assert_eq!((cut.followers, cut.following), (1, 1));
    drop(tx);
    // Nobody is told again by a rule that says the same.
    rules(&stage, |r| r.severity = "suspend".to_owned()).await;
    assert_eq!(told().await, 1);
}
