//! While it posts, takes in uploads, fans out and receives.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use model::page::Page;
use model::post::Post;
use rand::Rng as _;
use serde_json::Value;
use suite::api::Api;
use suite::db::{Db, Engine};
use suite::node::{Person, TestNode, eventually};
use suite::on_both;
use suite::process::{NodeProcess, client};

use super::{chance, is_looked_at, kills, leases_run_out};

/// A film is passed on as it came, so that its bytes can be compared.
const FILM: &[u8] = include_bytes!("../../../../crates/node/src/media/fixtures/film.webm");

/// What was answered with 200.
#[derive(Default)]
struct Acknowledged {
    /// Id, URI, and addresses of the files.
    posts: Mutex<Vec<(String, String, Vec<String>)>>,
    /// Ids.
    uploads: Mutex<Vec<String>>,
}

impl Acknowledged {
    fn count(&self) -> usize {
        self.posts.lock().unwrap().len()
    }

    fn upload(&self, answer: &Value) -> String {
        let id = answer["id"].as_str().unwrap().to_owned();
        self.uploads.lock().unwrap().push(id.clone());
        id
    }

    fn post(&self, answer: &Value) {
        let field = |name: &str| answer[name].as_str().unwrap().to_owned();
        let media = answer["media_attachments"].as_array().unwrap();
        let files = media.iter().map(|m| m["url"].as_str().unwrap().to_owned()).collect();
        self.posts.lock().unwrap().push((field("id"), field("uri"), files));
    }
}

on_both! {
    async fn a_node_that_is_killed_loses_nothing_it_acknowledged(db: Db) {
        let http = client();
        let mut node = NodeProcess::prepare(&db).await;
        node.start(&http).await;
        let alice = node.member(&http, "alice").await;
        let other = TestNode::start(Engine::Sqlite).await;
        let bob = other.member("bob").await;
        bob.follows(&format!("@alice@{}", node.origin.trim_start_matches("https://"))).await;

        let (mut chance, acknowledged) = (chance(), Acknowledged::default());
        let (mut answers, mut newest) = (Vec::new(), None);
        let total = kills(4, 110);
        for round in 0..total {
            let over = AtomicBool::new(false);
            let (posters, answering) = (
                futures::future::join_all((0..3).map(|n| post_until(&over, &alice, &acknowledged, format!("{round}.{n}")))),
                answer_until(&over, &bob, &mut newest),
            );
            let moment = Duration::from_millis(chance.random_range(20..400));
            let before = acknowledged.count();
            let killing = async {
                // However slow the machine is: in every round something was acknowledged.
                eventually("a post is acknowledged", || async { (acknowledged.count() > before).then_some(()) }).await;
                tokio::time::sleep(moment).await;
                node.kill().await;
                over.store(true, Ordering::Relaxed);
            };
            let (_, answered, ()) = tokio::join!(posters, answering, killing);
            answers.extend(answered);
            leases_run_out(&db).await;
            node.start(&http).await;
            forgive(&other.db).await;
            if is_looked_at(round, total) {
                node.is_whole().await;
            }
        }
        everything_is_there(&alice, &acknowledged, &other).await;
        assert!(!answers.is_empty());
        let store = db.again().await;
        for uri in &answers {
            forgive(&other.db).await;
            eventually("every answer has arrived", || async { store.read().await.unwrap().post_by_uri(uri).await.unwrap() }).await;
        }
        let home = all_in_home(&bob).await;
        assert_eq!(home.len(), home.iter().collect::<HashSet<_>>().len(), "nothing is in a home twice");
        assert_eq!(mentions(&store).await, answers.len(), "one notification for each answer");
        node.is_whole().await;
        eprintln!("{total} kills, {} posts, {} uploads, {} answers", acknowledged.count(), acknowledged.uploads.lock().unwrap().len(), answers.len());
        node.kill().await;
        other.running.stop().await;
    }
}

/// Every post with its files, here and where it was sent, and every upload.
async fn everything_is_there(alice: &Api, acknowledged: &Acknowledged, other: &TestNode) {
    let (posts, uploads) = (acknowledged.posts.lock().unwrap().clone(), acknowledged.uploads.lock().unwrap().clone());
    for (id, uri, files) in &posts {
        let found = alice.get(&format!("/api/v1/statuses/{id}")).await.unwrap().json();
        assert_eq!(found["uri"], *uri, "an acknowledged post is lost");
        for file in files {
            let path = &file[file.find("/media/").unwrap()..];
            assert!(alice.get(path).await.unwrap().body == FILM, "{file} is not as it was uploaded");
        }
        eventually("every post has arrived", || async { other.post_by_uri(uri).await }).await;
    }
    for id in &uploads {
        let found = alice.get_signed_in(&format!("/api/v1/media/{id}")).await.unwrap();
        // One that a post took is asked for there.
        assert!([200, 404].contains(&found.status), "{found:?}");
    }
    assert!(uploads.len() >= posts.iter().filter(|(.., files)| !files.is_empty()).count());
}

/// Posts one after the other, some with a film, until the node is dead.
async fn post_until(over: &AtomicBool, alice: &Api, acknowledged: &Acknowledged, name: String) {
    for count in 0.. {
        if over.load(Ordering::Relaxed) {
            return;
        }
        let mut media = Vec::new();
        if count % 4 == 1 {
            let Some(answer) = alice.uploads("film.webm", FILM).await.filter(|a| a.is_success()) else { return };
            media.push(acknowledged.upload(&answer.json()));
        }
        let said = alice.says(&format!("Post {name}.{count} #crash"), &media).await;
        let Some(answer) = said.filter(|a| a.is_success()) else { return };
        acknowledged.post(&answer.json());
    }
}

/// Bob answers the newest post he has, again and again; his node will deliver that whatever becomes of the other.
async fn answer_until(over: &AtomicBool, bob: &Person<'_>, newest: &mut Option<Post>) -> Vec<String> {
    let mut answers = Vec::new();
    while !over.load(Ordering::Relaxed) {
        // His own may fill the page.
        let found = bob.home().await.into_iter().find(|p| !p.local);
        *newest = found.or_else(|| newest.take());
        if let Some(post) = &newest {
            answers.push(bob.replies(post, "Read.").await.uri);
        }
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    answers
}

/// Lets the waiting times of a host that was down be over.
async fn forgive(db: &Db) {
    let over = "update deliveries set next_at = 0; \
                update hosts set not_before = 0, fail_count = 0, next_at = 1 where lease_until = 0";
    sqlx::raw_sql(over).execute(&mut db.sqlite().await).await.unwrap();
}

async fn all_in_home(bob: &Person<'_>) -> Vec<String> {
    let mut page = Page::first(40);
    let mut all = Vec::new();
    loop {
        let list = bob.on.node().store.read().await.unwrap().home(bob.id, &page).await.unwrap();
        let Some(last) = list.last() else { return all };
        page.max_id = Some(last.id);
        all.extend(list.iter().map(|p| p.uri.clone()));
    }
}

/// Alice's mentions on the node that was killed.
async fn mentions(store: &storage::Store) -> usize {
    let mut tx = store.read().await.unwrap();
    let alice = tx.account_by_handle("alice", "").await.unwrap().unwrap();
    let kinds = [model::notification::NotificationKind::Mention];
    tx.notifications(alice.id, &kinds, &[], 0, &Page::first(100_000)).await.unwrap().len()
}
