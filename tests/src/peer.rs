//! The independent peer (`tests/peers/fedify`): an ActivityPub server that shares no code with ours, run as its own process.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Once;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::tls::Tls;

/// A running peer. It ends when this is dropped.
pub struct Peer {
    pub origin: String,
    control: String,
    http: reqwest::Client,
    _process: Child,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("peers/fedify")
}

impl Peer {
    /// Whether the peer can run: its packages are installed. If not, it is said loudly, or is a failure where nothing may be skipped.
    #[expect(clippy::print_stderr, reason = "a skipped test is told to whoever runs it")]
    pub fn is_there() -> bool {
        static SAID: Once = Once::new();
        let there = folder().join("node_modules").is_dir();
        if !there {
            assert!(
                std::env::var("OUTLOUD_TEST_NO_SKIP").as_deref() != Ok("1"),
                "the peer's packages are not installed (npm ci in tests/peers/fedify), and nothing may be skipped"
            );
            SAID.call_once(|| {
                eprintln!("\nSKIPPED with the independent peer: run `npm ci` in tests/peers/fedify (needs Node.js)\n")
            });
        }
        there
    }

    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    pub async fn start_with(environment: &[(&str, &str)]) -> Self {
        let tls = Tls::shared();
        let own = folder().join("node_modules/.bin/node");
        let mut process = Command::new(if own.exists() { own } else { PathBuf::from("node") })
            .arg("peer.mjs")
            .current_dir(folder())
            .env("PEER_CERT", tls.file("cert.pem"))
            .env("PEER_KEY", tls.file("key.pem"))
            .env("NODE_EXTRA_CA_CERTS", tls.file("ca.pem"))
            .env("PEER_EXIT_WITH_STDIN", "1")
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the peer starts");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let ready: Value =
            serde_json::from_str(&lines.next_line().await.unwrap().expect("the peer says that it is ready")).unwrap();
        Self {
            origin: ready["origin"].as_str().unwrap().to_owned(),
            control: ready["control"].as_str().unwrap().to_owned(),
            http: crate::process::client(),
            _process: process,
        }
    }

    /// `localhost:port`, as in handles.
    pub fn host(&self) -> &str {
        self.origin.trim_start_matches("https://")
    }

    /// The id of one of its people.
    pub fn actor(&self, name: &str) -> String {
        format!("{}/users/{name}", self.origin)
    }

    /// Does something there; answers when its deliveries are over, which must all have been taken.
    pub async fn does(&self, command: &str, parameters: Value) -> Value {
        let answer = self.tries(command, parameters).await;
        for delivery in answer["deliveries"].as_array().into_iter().flatten() {
            assert_eq!(delivery["ok"], json!(true), "{command}: {answer:#}");
        }
        assert!(answer.get("error").is_none(), "{command}: {answer:#}");
        answer
    }

    /// The same, whatever comes of it.
    pub async fn tries(&self, command: &str, parameters: Value) -> Value {
        let request = self.http.post(format!("{}/{command}", self.control));
        let body = parameters.to_string();
        let answer = request.header("content-type", "application/json").body(body).send().await.unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }

    pub async fn get(&self, path: &str) -> Value {
        let answer = self.http.get(format!("{}/{path}", self.control)).send().await.unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }

    /// The first activity of this type about this object that it received and verified, now or soon.
    pub async fn received(&self, kind: &str, object: &str) -> Value {
        let query: String = url::form_urlencoded::byte_serialize(object.as_bytes()).collect();
        let found = self.get(&format!("wait?type={kind}&object={query}&timeout=10000")).await;
        assert!(
            found.get("activity").is_some(),
            "no {kind} of {object} came: {found:#}\n{:#}",
            self.get("received").await
        );
        found
    }

    /// How many activities of this type about this object came.
    pub async fn count(&self, kind: &str, object: &str) -> usize {
        let all = self.get(&format!("received?type={kind}")).await;
        let list = all["activities"].as_array().cloned().expect("the peer's journal");
        list.iter()
            .filter(|r| r["object"] == json!(object) || r["activity"]["object"]["object"] == json!(object))
            .count()
    }
}
