//! Killed at random moments while it posts, fans out and receives, a node loses nothing that it acknowledged, and nobody sees
//! anything twice.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use model::page::Page;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};
use suite::db::{Db, Engine};
use suite::node::{Person, TestNode, eventually};
use suite::on_both;
use suite::process::{NodeProcess, client};

/// How often it is killed: a sample, or with `OUTLOUD_TEST_FULL=1` all.
fn kills() -> usize {
    if std::env::var("OUTLOUD_TEST_FULL").as_deref() == Ok("1") { 200 } else { 4 }
}

on_both! {
    async fn a_node_that_is_killed_loses_nothing_it_acknowledged(db: Db) {
        let http = client();
        let mut node = NodeProcess::prepare(&db).await;
        node.start(&http).await;
        node.run(&["member", "add", "alice", "--email", "alice@example.org", "--password-stdin"], "correct horse\n").await;
        let token = node.run(&["token", "issue", "alice"], "").await;
        let other = TestNode::start(Engine::Sqlite).await;
        let bob = other.member("bob").await;
        bob.follows(&format!("@alice@{}", node.origin.trim_start_matches("https://"))).await;

        let mut chance = StdRng::seed_from_u64(20_261_121);
        let acknowledged = Arc::new(Mutex::new(Vec::new()));
        let mut answers = Vec::new();
        let total = kills();
        for round in 0..total {
            let over = Arc::new(AtomicBool::new(false));
            let address = node.address.to_string();
            let poster = |n| post_until(over.clone(), http.clone(), address.clone(), token.clone(), acknowledged.clone(), format!("{round}.{n}"));
            let posters = (0..3).map(poster);
            let moment = Duration::from_millis(chance.random_range(20..400));
            let before = acknowledged.lock().unwrap().len();
            let killing = async {
                answers.extend(answer_newest(&bob, round > 0).await);
                // However slow the machine is: in every round something was acknowledged.
                eventually("a post is acknowledged", || async { (acknowledged.lock().unwrap().len() > before).then_some(()) }).await;
                tokio::time::sleep(moment).await;
                node.kill().await;
                over.store(true, Ordering::Relaxed);
            };
            tokio::join!(futures::future::join_all(posters), killing);
            leases_run_out(&db).await;
            node.start(&http).await;
            forgive(&other.db).await;
        }

        let acknowledged = acknowledged.lock().unwrap().clone();
        assert!(acknowledged.len() >= total, "{} posts were acknowledged", acknowledged.len());
        for (id, uri) in &acknowledged {
            let url = format!("http://{}/api/v1/statuses/{id}", node.address);
            let found: Value = serde_json::from_str(&http.get(url).send().await.unwrap().text().await.unwrap()).unwrap();
            assert_eq!(found["uri"], json!(uri), "an acknowledged post is lost");
            eventually("every post has arrived", || async { other.post_by_uri(uri).await }).await;
        }
        assert!(!answers.is_empty());
        let store = db.again().await;
        for uri in &answers {
            forgive(&other.db).await;
            eventually("every answer has arrived", || async { store.read().await.unwrap().post_by_uri(uri).await.unwrap() }).await;
        }
        let home = all_in_home(&bob).await;
        assert_eq!(home.len(), home.iter().collect::<HashSet<_>>().len(), "nothing is in a home twice");
        let (notified, answered) = (mentions(&store).await, answers.len());
        assert_eq!(notified, answered, "one notification for each answer");
        node.kill().await;
        other.running.stop().await;
    }
}

/// Posts one after the other until the node is dead; what was answered is noted.
async fn post_until(
    over: Arc<AtomicBool>,
    http: reqwest::Client,
    address: String,
    token: String,
    acknowledged: Arc<Mutex<Vec<(String, String)>>>,
    name: String,
) {
    let mut count = 0;
    while !over.load(Ordering::Relaxed) {
        count += 1;
        let request = http.post(format!("http://{address}/api/v1/statuses")).bearer_auth(&token);
        let body = json!({"status": format!("Post {name}.{count} #crash")}).to_string();
        let Ok(answer) = request.header("content-type", "application/json").body(body).send().await else { return };
        if !answer.status().is_success() {
            return;
        }
        let Ok(text) = answer.text().await else { return };
        let post: Value = serde_json::from_str(&text).unwrap();
        let field = |name: &str| post[name].as_str().unwrap().to_owned();
        acknowledged.lock().unwrap().push((field("id"), field("uri")));
    }
}

/// Bob answers the newest post he has (`wait`: he waits for one); his node will deliver that whatever becomes of the other.
async fn answer_newest(bob: &Person<'_>, wait: bool) -> Option<String> {
    let newest = || async { bob.home().await.into_iter().find(|p| !p.local) };
    let newest = if wait { eventually("a post arrives", newest).await } else { newest().await? };
    Some(bob.replies(&newest, "Read.").await.uri)
}

/// Lets the waiting times of a host that was down be over.
async fn forgive(db: &Db) {
    let mut connection = db.sqlite().await;
    sqlx::raw_sql("update deliveries set next_at = 0; update hosts set not_before = 0, fail_count = 0, next_at = 1 where lease_until = 0")
        .execute(&mut connection)
        .await
        .unwrap();
}

/// What the dead process had is taken up when its leases end: on PostgreSQL, where another process may have them, after a
/// minute and a half, which is over now. On SQLite, where there is one process, it is taken up at once.
async fn leases_run_out(db: &Db) {
    if db.engine == Engine::Postgres {
        sqlx::raw_sql("update hosts set lease_until = 0, next_at = 1 where lease_until > 0; update jobs set lease_until = 0, run_at = 1 where lease_until > 0")
            .execute(&mut db.postgres().await)
            .await
            .unwrap();
    }
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
    tx.notifications(alice.id, &kinds, &[], 0, &Page::first(1_000)).await.unwrap().len()
}
