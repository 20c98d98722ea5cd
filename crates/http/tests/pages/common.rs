//! A node in this process, on a store of its own, and a browser that keeps cookies. Nothing leaves the machine.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use federation::client::{Client, ClientConfig};
use federation::{Federation, Setup};
use http_api::rate::Limits;
use http_api::{App, Settings, router};
use model::account::{Account, MemberState, Role};
use model::clock::Clock;
use model::post::{Draft, Post};
use node::accounts::{KeyPair, SignUp};
use node::{Config, Node, Random};
use storage::{Files, Options, Store};
use tower::ServiceExt as _;

pub const PASSWORD: &str = "correct horse battery";
const NOW: i64 = 1_760_000_000_000;

/// A running node; the folder goes when it does.
pub struct Here {
    pub app: App,
    router: Router,
    _folder: tempfile::TempDir,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {} {}", self.status, self.text))
    }

    /// The value of a hidden field of the first form that has it.
    pub fn field(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let at = self.text.find(&start).unwrap_or_else(|| panic!("no field {name} in {}", self.text)) + start.len();
        let end = self.text[at..].find('"').unwrap();
        self.text[at..at + end].replace("&#38;", "&").replace("&amp;", "&")
    }
}

/// Percent-encodes a form.
pub fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

pub fn keys() -> KeyPair {
    KeyPair {
        private_pem: include_str!("../../../../tests/fixtures/keys/rsa.pem").to_owned(),
        public_pem: include_str!("../../../../tests/fixtures/keys/rsa.pub.pem").to_owned(),
    }
}

impl Here {
    pub async fn start() -> Self {
        Self::with(|_| {}, false).await
    }

    pub async fn with(change: impl FnOnce(&mut Config), rate_limits: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&Options::new(format!("sqlite://{}/node.db", folder.path().display()))).await.unwrap();
        store.migrate().await.unwrap();
        let files = Files::folder(&folder.path().join("media")).unwrap();
        let mut config = Config::at("https://here.example");
        config.argon2_memory_kib = 8;
        change(&mut config);
        let node = Arc::new(Node::new(config, store, files, Clock::manual(NOW), Random::seeded(7)));
        let mut tx = node.store.begin().await.unwrap();
        node::accounts::instance_actor(&node, &mut tx, &keys()).await.unwrap();
        node.commit(tx).await.unwrap();
        // A client that trusts nobody and is asked for nothing.
        let client = Client::new(ClientConfig::new("test".to_owned())).unwrap();
        let federation = Federation::start(Setup { node: Arc::clone(&node), client }).await.unwrap();
        let settings = Arc::new(Settings { trusted_proxies: Vec::new(), rate_limits });
        let limits = Arc::new(Limits::new(&settings));
        let app = App {
            node,
            federation,
            settings,
            limits,
            memory: Arc::default(),
            streams: Arc::default(),
            metrics: Arc::new(String::new),
        };
        Self { router: router(app.clone()), app, _folder: folder }
    }

    pub async fn member(&self, name: &str) -> Account {
        let node = &self.app.node;
        let form = SignUp {
            username: name.to_owned(),
            email: format!("{name}@mail.example"),
            password: String::new(),
            role: Role::Member,
            state: MemberState::Active,
            reason: String::new(),
            locale: "en".to_owned(),
        };
        let hash = node::login::hash_password(node, PASSWORD).unwrap();
        let mut tx = node.store.begin().await.unwrap();
        let account = node::accounts::create_member(node, &mut tx, &form, &hash, &keys()).await.unwrap();
        node.commit(tx).await.unwrap();
        account
    }

    pub async fn post(&self, author: &Account, draft: Draft) -> Post {
        let node = &self.app.node;
        let mut tx = node.store.begin().await.unwrap();
        let member = tx.member(author.id).await.unwrap().unwrap();
        let post = node::publish::publish(node, &mut tx, author, &member, &draft).await.unwrap();
        node.commit(tx).await.unwrap();
        post
    }

    pub async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 10_000_000).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// A GET as a program sends it.
    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.ask(request.body(Body::empty()).unwrap()).await
    }

    /// A POST of a form as a program sends it.
    pub async fn send(&self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.ask(request.body(Body::from(form(fields))).unwrap()).await
    }

    pub fn browser(&self) -> Browser<'_> {
        Browser { here: self, cookies: BTreeMap::new() }
    }
}

/// Keeps cookies; follows nothing by itself.
pub struct Browser<'a> {
    here: &'a Here,
    pub cookies: BTreeMap<String, String>,
}

impl Browser<'_> {
    async fn ask(&mut self, method: Method, path: &str, body: Option<(&str, Vec<u8>)>) -> Answer {
        self.ask_with(method, path, body, &[]).await
    }

    async fn ask_with(
        &mut self,
        method: Method,
        path: &str,
        body: Option<(&str, Vec<u8>)>,
        more: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::ACCEPT, "text/html,*/*;q=0.8");
        request = request
            .header(header::USER_AGENT, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
        if !self.cookies.is_empty() {
            let all: Vec<String> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
            request = request.header(header::COOKIE, all.join("; "));
        }
        for (name, value) in more {
            request = request.header(*name, *value);
        }
        if let Some((kind, _)) = &body {
            request = request.header(header::CONTENT_TYPE, *kind);
        }
        let answer = self.here.ask(request.body(Body::from(body.map(|b| b.1).unwrap_or_default())).unwrap()).await;
        for line in answer.headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.ask(Method::GET, path, None).await
    }

    /// With these headers, too.
    pub async fn get_with(&mut self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask_with(Method::GET, path, None, headers).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.ask(Method::POST, path, Some(("application/x-www-form-urlencoded", form(fields).into_bytes()))).await
    }

    /// A form with a file.
    pub async fn post_file(&mut self, path: &str, fields: &[(&str, &str)], name: &str, file: &[u8]) -> Answer {
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"x\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        self.ask(Method::POST, path, Some(("multipart/form-data; boundary=edge", body))).await
    }

    pub async fn log_in(&mut self, login: &str, password: &str) -> Answer {
        let page = self.get("/login").await;
        let csrf = page.field("csrf");
        self.post("/login", &[("csrf", &csrf), ("next", "/about"), ("login", login), ("password", password)]).await
    }
}
