//! A rolling restart: the processes of a node are stopped and started again one after the other while it is used, and nobody notices.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use model::page::Page;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use suite::db::{Db, Engine};
use suite::node::{TestNode, eventually};
use suite::process::{NodeProcess, client};
use suite::proxy::Proxy;

/// Posts that are to be answered between two restarts.
const BETWEEN: usize = 5;

/// A member who posts and reads through the proxy until it is over; whatever fails fails the test.
struct Busy<'t> {
    http: &'t Client,
    proxy: &'t Proxy,
    token: &'t str,
    over: &'t AtomicBool,
    acknowledged: &'t Mutex<Vec<String>>,
}

impl Busy<'_> {
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("http://{}{path}", self.proxy.address)).bearer_auth(self.token)
    }

    async fn answer(&self, request: RequestBuilder) -> Value {
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{status}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    async fn is_busy(&self, name: usize) {
        let mut count = 0;
        while !self.over.load(Ordering::Relaxed) {
            count += 1;
            let body = json!({"status": format!("Post {name}.{count}")}).to_string();
            let key = format!("{name}.{count}");
            let post = self.request(Method::POST, "/api/v1/statuses").header("idempotency-key", key);
            let post = self.answer(post.header("content-type", "application/json").body(body)).await;
            let (id, uri) = (post["id"].as_str().unwrap(), post["uri"].as_str().unwrap());
            // Whichever process answers knows of it.
            let found = self.answer(self.request(Method::GET, &format!("/api/v1/statuses/{id}"))).await;
            assert_eq!(found["uri"], post["uri"]);
            let home = self.answer(self.request(Method::GET, "/api/v1/timelines/home?limit=40")).await;
            assert!(home.as_array().unwrap().iter().any(|p| p["uri"] == post["uri"]), "{uri} is not in the home");
            self.acknowledged.lock().unwrap().push(uri.to_owned());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_fails_while_one_process_after_the_other_is_restarted() {
    if !Engine::Postgres.is_there() {
        return;
    }
    let (db, http, proxy) = (Db::fresh(Engine::Postgres).await, client(), Proxy::start().await);
    let first = NodeProcess::prepare_behind(&db, Some(proxy.address)).await.role("web");
    let (second, worker) = (first.beside().await, first.beside().await.role("worker"));
    proxy.pass_to(&[first.address, second.address]);
    let origin = first.origin.clone();
    let mut processes = [first, second, worker];
    for process in &mut processes {
        process.start(&http).await;
    }
    let member = ["member", "add", "alice", "--email", "alice@example.org", "--password-stdin"];
    processes[0].run(&member, "correct horse\n").await;
    let token = processes[0].run(&["token", "issue", "alice"], "").await;
    let other = TestNode::start(Engine::Sqlite).await;
    let bob = other.member("bob").await;
    bob.follows(&format!("@alice@{}", origin.trim_start_matches("https://"))).await;

    let (over, acknowledged) = (AtomicBool::new(false), Mutex::default());
    let busy = Busy { http: &http, proxy: &proxy, token: &token, over: &over, acknowledged: &acknowledged };
    let goes_on = async || {
        let before = acknowledged.lock().unwrap().len();
        eventually("it goes on", || async { (acknowledged.lock().unwrap().len() >= before + BETWEEN).then_some(()) })
            .await;
    };
    let restarts = async {
        goes_on().await;
        for process in &mut processes {
            process.terminate().await;
            goes_on().await;
            process.start(&http).await;
            goes_on().await;
        }
        over.store(true, Ordering::Relaxed);
    };
    tokio::join!(futures::future::join_all((0..4).map(|name| busy.is_busy(name))), restarts);
    assert!(proxy.retried() > 0, "nobody was ever away");

    let acknowledged: HashSet<String> = acknowledged.lock().unwrap().iter().cloned().collect();
    let mut tx = db.store.read().await.unwrap();
    let alice = tx.account_by_handle("alice", "").await.unwrap().unwrap();
    assert_eq!(alice.posts_count, i64::try_from(acknowledged.len()).unwrap(), "none is lost, none is there twice");
    for uri in &acknowledged {
        assert!(tx.post_by_uri(uri).await.unwrap().is_some(), "{uri} is lost");
        eventually("it has arrived", || async { other.post_by_uri(uri).await }).await;
    }
    let newest = other.node().store.read().await.unwrap().home(bob.id, &Page::first(40)).await.unwrap();
    let uris: HashSet<&str> = newest.iter().map(|p| p.uri.as_str()).collect();
    assert_eq!(uris.len(), newest.len(), "nothing is in a home twice");
    for process in &mut processes {
        process.terminate().await;
    }
    other.running.stop().await;
}
