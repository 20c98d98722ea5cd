//! Two of our nodes as two processes, used through their API alone, as apps do.

use serde_json::{Value, json};
use suite::db::{Db, Engine};
use suite::node::eventually;
use suite::process::{NodeProcess, client};

/// A member with a token, on a node in a process.
struct Remote<'n> {
    node: &'n NodeProcess,
    http: &'n reqwest::Client,
    token: String,
}

impl Remote<'_> {
    async fn get(&self, path: &str) -> Value {
        let url = format!("http://{}{path}", self.node.address);
        read(self.http.get(url).bearer_auth(&self.token)).await
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let url = format!("http://{}{path}", self.node.address);
        let request = self.http.post(url).bearer_auth(&self.token).header("content-type", "application/json");
        read(request.body(body.to_string())).await
    }
}

async fn read(request: reqwest::RequestBuilder) -> Value {
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let text = answer.text().await.unwrap();
    assert!(status.is_success(), "{status}: {text}");
    serde_json::from_str(&text).unwrap()
}

async fn node_with(name: &str, db: &Db, http: &reqwest::Client) -> (NodeProcess, String) {
    let mut node = NodeProcess::prepare(db).await;
    node.start(http).await;
    let email = format!("{name}@example.org");
    node.run(&["member", "add", name, "--email", &email, "--password-stdin"], "correct horse\n").await;
    let token = node.run(&["token", "issue", name], "").await;
    (node, token)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_follow_post_answer_favourite_and_boost_through_their_apis() {
    let http = client();
    let (db_a, db_b) = (Db::fresh(Engine::Sqlite).await, Db::fresh(Engine::Sqlite).await);
    let (mut a, token_a) = node_with("alice", &db_a, &http).await;
    let (mut b, token_b) = node_with("bob", &db_b, &http).await;
    let alice = Remote { node: &a, http: &http, token: token_a };
    let bob = Remote { node: &b, http: &http, token: token_b };

    let handle = format!("@alice@{}", a.origin.trim_start_matches("https://"));
    let found = bob.get(&format!("/api/v2/search?resolve=true&type=accounts&q={}", handle.replace('@', "%40"))).await;
    let id = found["accounts"][0]["id"].as_str().expect("alice is found").to_owned();
    bob.post(&format!("/api/v1/accounts/{id}/follow"), json!({})).await;
    eventually("the follow is accepted", || async {
        let relations = bob.get(&format!("/api/v1/accounts/relationships?id[]={id}")).await;
        (relations[0]["following"] == json!(true)).then_some(())
    })
    .await;

    let post = alice.post("/api/v1/statuses", json!({"status": "Phoning before the letter #WorkOutLoud"})).await;
    let there = eventually("the post is in Bob's home", || async {
        let home = bob.get("/api/v1/timelines/home").await;
        home.as_array().unwrap().iter().find(|p| p["uri"] == post["uri"]).cloned()
    })
    .await;
    let there = there["id"].as_str().unwrap();
    bob.post(&format!("/api/v1/statuses/{there}/favourite"), json!({})).await;
    bob.post(&format!("/api/v1/statuses/{there}/reblog"), json!({})).await;
    bob.post("/api/v1/statuses", json!({"status": "How did it go?", "in_reply_to_id": there})).await;
    let kinds = eventually("Alice hears of it all", || async {
        let list = alice.get("/api/v1/notifications").await;
        let mut kinds: Vec<String> =
            list.as_array().unwrap().iter().map(|n| n["type"].as_str().unwrap().to_owned()).collect();
        kinds.sort();
        (kinds.len() == 4).then_some(kinds)
    })
    .await;
    assert_eq!(kinds, ["favourite", "follow", "mention", "reblog"]);
    let thread = alice.get(&format!("/api/v1/statuses/{}/context", post["id"].as_str().unwrap())).await;
    assert_eq!(thread["descendants"].as_array().map(Vec::len), Some(1));
    a.kill().await;
    b.kill().await;
}
