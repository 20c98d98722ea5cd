//! The pages in a real browser: what they are made of, how they look, and what people do with them. The programs that drive the browser
//! are in `peers/browser`.

mod pages;
pub mod world;

use std::collections::BTreeMap;

use model::account::Role;
use model::clock::{Clock, DAY};
use node::invite;
use rand::SeedableRng as _;
use rand::seq::SliceRandom as _;
use serde_json::{Value, json};
use suite::browser;
use suite::db::Engine;
use suite::node::TestNode;

use pages::{KNOWN, Known, Page};
use world::{PASSWORD, TITLE, World};

/// So many pages are walked through by keyboard in a short run, which others each day.
const WALKS: usize = 8;

fn walked(pages: &[Page], seed: u64) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = pages.iter().map(|p| p.name).collect();
    if !suite::is_full() {
        names.shuffle(&mut rand::rngs::StdRng::seed_from_u64(seed));
        names.truncate(WALKS);
    }
    names
}

/// `OUTLOUD_TEST_SEED`, else one for each day.
fn seed() -> u64 {
    let told = std::env::var("OUTLOUD_TEST_SEED").ok().and_then(|s| s.parse().ok());
    told.unwrap_or_else(|| u64::try_from(Clock::System.now() / DAY).unwrap())
}

/// What was found, by page and check; a check that was made and found nothing has an empty list.
type Findings = BTreeMap<(String, String), Vec<String>>;

fn findings(said: &[Value]) -> Findings {
    let mut all = Findings::new();
    for line in said.iter().filter(|line| line["check"].is_string()) {
        let text = |name: &str| line[name].as_str().unwrap().to_owned();
        let problems = line["problems"].as_array().unwrap().iter().map(|p| p.as_str().unwrap().to_owned());
        all.entry((text("page"), text("check"))).or_default().extend(problems);
    }
    all
}

fn is_meant(known: &Known, (page, check): &(String, String)) -> bool {
    (known.0 == "*" || known.0 == page) && known.1 == check
}

/// What fails and is not known to, and what is known to fail and does not (where all of it was looked at), a line each.
fn judge(found: &Findings, known: &[Known], walks_are_all: bool) -> Vec<String> {
    let failed = |key: &&(String, String)| !found[*key].is_empty();
    let mut lines = Vec::new();
    for key in found.keys().filter(failed).filter(|key| !known.iter().any(|k| is_meant(k, key))) {
        lines.extend(found[key].iter().map(|problem| format!("{}: {}: {problem}", key.0, key.1)));
    }
    for known in known.iter().filter(|k| walks_are_all || k.1 != "keyboard") {
        if !found.keys().filter(failed).any(|key| is_meant(known, key)) {
            lines.push(format!("{}: {}: is known to fail, and does not: take it out of KNOWN", known.0, known.1));
        }
    }
    lines
}

#[test]
fn what_is_known_to_fail_and_does_not_is_told_as_what_fails_and_is_not_known() {
    let found = |problems: &[&str]| {
        let key = ("front".to_owned(), "rtl".to_owned());
        Findings::from([(key, problems.iter().map(|p| (*p).to_owned()).collect())])
    };
    let (failed, whole) = (found(&["too wide"]), found(&[]));
    for known in [("*", "rtl", "why"), ("front", "rtl", "why")] {
        assert!(judge(&failed, &[known], false).is_empty());
        assert_eq!(judge(&whole, &[known], false).len(), 1);
    }
    assert_eq!(judge(&failed, &[], false), ["front: rtl: too wide"]);
    assert!(judge(&whole, &[], false).is_empty());
    assert!(judge(&whole, &[("front", "keyboard", "why")], false).is_empty(), "not all was looked at");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_can_be_read_by_everybody_in_every_way() {
    if !browser::is_there() {
        return;
    }
    let world = World::make().await;
    let all = pages::all(&world);
    let walks = walked(&all, seed());
    let described: Vec<Value> = all.iter().map(|p| pages::described(p, walks.contains(&p.name))).collect();
    let somebody = |name: &str| json!({"name": name, "password": PASSWORD});
    let task = json!({
        "node": TITLE, "people": {"member": somebody("ben"), "owner": somebody("olga")}, "pages": described,
        "full": suite::is_full(), "pictures": std::env::var_os("OUTLOUD_TEST_SHOTS").is_some(),
    });
    let said = browser::run("pages.mjs", task).await;
    let found = findings(&said);
    eprintln!("Pictures of the pages are in {}", browser::pictures().display());
    assert!(found.len() > all.len() * 10, "{} checks of {} pages", found.len(), all.len());
    let wrong = judge(&found, KNOWN, suite::is_full());
    assert!(wrong.is_empty(), "{} things (walked: {walks:?}):\n{}", wrong.len(), wrong.join("\n"));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_is_heard_in_the_order_in_which_it_was_said() {
    if !browser::is_there() {
        return;
    }
    let world = World::make().await;
    let path = world.thread.url.strip_prefix(&world.node.origin).unwrap().to_owned();
    let tree = browser::tree(&world.node.origin, &path).await;
    let order = [
        "link \"Skip to the content\"",
        "banner",
        "main",
        "Ada Achterberg",
        "The poster is up.",
        "The poster in the hall, with tear-off strips",
        "Answer 1",
        "Answer 2",
        "Answer 6",
        "contentinfo",
    ];
    let mut rest = tree.as_str();
    for wanted in order {
        let at = rest.find(wanted).unwrap_or_else(|| panic!("no “{wanted}” after what comes before it in\n{tree}"));
        rest = &rest[at + wanted.len()..];
    }
    world.end().await;
}

async fn joins(script: bool) {
    if !browser::is_there() {
        return;
    }
    let node = TestNode::start(Engine::Sqlite).await;
    let mut tx = node.node().store.begin().await.unwrap();
    let link = invite::invite(node.node(), &mut tx, None, Role::Member, 1, 7).await.unwrap();
    node.node().commit(tx).await.unwrap();
    let task = json!({"origin": node.origin, "script": script, "invite": link, "username": "ann"});
    let done = browser::journey("join", task).await;
    assert!(done.len() >= 7, "{done:?}");
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_invited_joins_and_comes_back() {
    joins(true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_invited_joins_and_comes_back_without_script() {
    joins(false).await;
}

async fn has_a_day(script: bool) {
    if !browser::is_there() {
        return;
    }
    let node = TestNode::start(Engine::Sqlite).await;
    node.member("ben").await;
    node.member("ada").await;
    let picture = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/media/poster.png");
    let task = json!({
        "origin": node.origin, "script": script, "password": PASSWORD, "node": node.node().config.title, "picture": picture,
    });
    let done = browser::journey("day", task).await;
    assert_eq!(done.len(), if script { 21 } else { 16 }, "{done:?}");
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_has_a_day() {
    has_a_day(true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_has_a_day_without_script() {
    has_a_day(false).await;
}

/// Somebody without a mouse: in a small window, where bars that stick would be in the way.
async fn uses_the_keyboard(script: bool) {
    if !browser::is_there() {
        return;
    }
    let node = TestNode::start(Engine::Sqlite).await;
    node.member("ben").await;
    let task = json!({"origin": node.origin, "script": script, "username": "ben", "password": PASSWORD});
    let done = browser::journey("keyboard", task).await;
    assert!(done.len() >= 4, "{done:?}");
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_no_mouse_comes_in_and_goes_out() {
    uses_the_keyboard(true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_no_mouse_comes_in_and_goes_out_without_script() {
    uses_the_keyboard(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_check_finds_what_it_is_for() {
    if !browser::is_there() {
        return;
    }
    let found = browser::run("selftest.mjs", json!({})).await;
    assert!(found.len() >= 20, "{found:?}");
}
