//! A node with its API, and members who call it.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, Response, StatusCode, header};
use federation::Federation;
use federation::client::{Client, ClientConfig, Lookup};
use futures::future::BoxFuture;
use http_api::{App, Settings, rate, router};
use model::account::{MemberState, Role};
use model::clock::Clock;
use node::accounts::{KeyPair, SignUp};
use node::login::{self, Scopes};
use node::{Config, Node, Random};
use serde_json::Value;
use storage::{Files, Options, Store};
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::contract::CONTRACT;

pub const ORIGIN: &str = "https://social.example.org";
/// When the tests happen: 2025-06-15, 15:06 UTC.
pub const NOW: i64 = 1_750_000_000_000;
pub const EVERYTHING: &str = "read write follow push";

/// No server has a name here.
struct Nowhere;

impl Lookup for Nowhere {
    fn lookup(&self, _: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        Box::pin(async { Err(io::Error::other("nobody is there")) })
    }
}

pub struct Api {
    pub app: App,
    router: Router,
    _folder: TempDir,
}

/// A member with a token for everything.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: String,
    pub token: String,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Api {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// With a configuration that differs from the usual one.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = TempDir::new().unwrap();
        let store = Store::open(&Options::new(format!("sqlite://{}/db", folder.path().display()))).await.unwrap();
        store.migrate().await.unwrap();
        let files = Files::folder(&folder.path().join("media")).unwrap();
        let mut config = Config { argon2_memory_kib: 64, ..Config::at(ORIGIN) };
        change(&mut config);
        let node = Arc::new(Node::new(config, store, files, Clock::manual(NOW), Random::seeded(7)));
        let mut tx = node.store.begin().await.unwrap();
        node::accounts::instance_actor(&node, &mut tx, &keys()).await.unwrap();
        node.commit(tx).await.unwrap();
        let client = ClientConfig { lookup: Arc::new(Nowhere), ..ClientConfig::new("test".to_owned()) };
        let setup = federation::Setup { node: Arc::clone(&node), client: Client::new(client).unwrap() };
        let settings = Settings { trusted_proxies: Vec::new(), rate_limits: false };
        let app = App {
            federation: Federation::start(setup).await.unwrap(),
            limits: Arc::new(rate::Limits::new(&settings)),
            memory: Arc::default(),
            streams: Arc::default(),
            settings: Arc::new(settings),
            metrics: Arc::new(String::new),
            node,
        };
        Self { router: router(app.clone()), app, _folder: folder }
    }

    pub async fn member(&self, username: &str) -> Person {
        self.member_as(username, Role::Member).await
    }

    pub async fn member_as(&self, username: &str, role: Role) -> Person {
        let node = &self.app.node;
        let form = SignUp {
            username: username.to_owned(),
            email: format!("{username}@example.org"),
            password: String::new(),
            role,
            state: MemberState::Active,
            reason: String::new(),
            locale: "en".to_owned(),
        };
        let mut tx = node.store.begin().await.unwrap();
        let account = node::accounts::create_member(node, &mut tx, &form, "no password", &keys()).await.unwrap();
        node.commit(tx).await.unwrap();
        let token = self.token(Some(account.id), EVERYTHING).await;
        Person { id: account.id.to_string(), token }
    }

    /// A token of an app called Pencil; without an account the app's own.
    pub async fn token(&self, account: Option<i64>, scopes: &str) -> String {
        let node = &self.app.node;
        let scopes = Scopes::parse(scopes).unwrap();
        let mut tx = node.store.begin().await.unwrap();
        let website = "https://pencil.example";
        let (app, _) = login::register_app(node, &mut tx, "Pencil", website, Vec::new(), &scopes).await.unwrap();
        let (secret, _) = login::issue_token(node, &mut tx, Some(app.id), account, &scopes).await.unwrap();
        node.commit(tx).await.unwrap();
        secret
    }

    /// One request. What is answered has to be as the document of the API says.
    pub async fn send(&self, request: Request<Body>) -> Reply {
        let (asked, body) = request.into_parts();
        let sent = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let (method, uri) = (asked.method.to_string(), asked.uri.to_string());
        let request = Request::from_parts(asked, Body::from(sent.clone()));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let sent = serde_json::from_slice(&sent).unwrap_or(Value::Null);
        let kind = parts.headers.get(header::CONTENT_TYPE).map_or("", |kind| kind.to_str().unwrap());
        CONTRACT.check(&method, &uri, &sent, parts.status.as_u16(), kind, &bytes);
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Reply { status: parts.status, headers: parts.headers, body }
    }

    /// What a stranger gets, unread.
    pub async fn raw(&self, path: &str, headers: &[(&str, &str)]) -> Response<Body> {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    /// What a stranger reads.
    pub async fn raw_text(&self, path: &str) -> String {
        let body = self.raw(path, &[]).await.into_body();
        String::from_utf8(axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap()
    }

    /// One request; `body` is sent as JSON, if it is not null.
    pub async fn call(&self, method: &str, path: &str, token: Option<&str>, body: Value) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = if body.is_null() {
            Body::empty()
        } else {
            request = request.header(header::CONTENT_TYPE, "application/json");
            Body::from(body.to_string())
        };
        self.send(request.body(body).unwrap()).await
    }

    /// The status alone of what is answered to an empty form.
    pub async fn head(&self, method: &str, path: &str, token: Option<&str>) -> StatusCode {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status()
    }

    pub async fn get(&self, who: &Person, path: &str) -> Reply {
        self.call("GET", path, Some(&who.token), Value::Null).await
    }

    pub async fn post(&self, who: &Person, path: &str, body: Value) -> Reply {
        self.call("POST", path, Some(&who.token), body).await
    }

    /// As somebody who is not signed in.
    pub async fn look(&self, path: &str) -> Reply {
        self.call("GET", path, None, Value::Null).await
    }

    /// Posts, and answers the post.
    pub async fn says(&self, who: &Person, text: &str) -> Value {
        self.posts(who, serde_json::json!({"status": text})).await
    }

    pub async fn posts(&self, who: &Person, body: Value) -> Value {
        self.post(who, "/api/v1/statuses", body).await.ok()
    }

    /// `POST`s to something of a post or account that needs no body, and answers it.
    pub async fn does(&self, who: &Person, what: &str, id: &Value, verb: &str) -> Value {
        let id = id.as_str().unwrap();
        self.post(who, &format!("/api/v1/{what}/{id}/{verb}"), Value::Null).await.ok()
    }

    /// Makes each follow the other.
    pub async fn befriend(&self, a: &Person, b: &Person) {
        self.post(a, &format!("/api/v1/accounts/{}/follow", b.id), Value::Null).await.ok();
        self.post(b, &format!("/api/v1/accounts/{}/follow", a.id), Value::Null).await.ok();
    }

    /// Ids of a list, all of its pages, as the `rel` links lead from one to the next.
    pub async fn walk(&self, who: &Person, path: &str, rel: &str) -> Vec<Vec<String>> {
        let mut pages = Vec::new();
        let mut next = Some(path.to_owned());
        while let Some(path) = next {
            let reply = self.get(who, &path).await;
            next = reply.link(rel);
            let page = reply.ids();
            if page.is_empty() {
                break;
            }
            pages.push(page);
            assert!(pages.len() < 100, "the pages of {path} do not end");
        }
        pages
    }
}

impl Reply {
    /// The body of a success.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        self.body
    }

    /// That it was refused so, in words.
    #[track_caller]
    pub fn refused(self, status: u16) {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert!(self.body["error"].as_str().is_some_and(|words| !words.is_empty()), "{}", self.body);
    }

    #[track_caller]
    pub fn ids(&self) -> Vec<String> {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        ids(&self.body)
    }

    /// Where a `Link` leads, without the origin.
    pub fn link(&self, rel: &str) -> Option<String> {
        let header = self.headers.get(header::LINK)?.to_str().unwrap();
        let part = header.split(", ").find(|p| p.ends_with(&format!("; rel=\"{rel}\"")))?;
        let url = part.strip_prefix('<')?.split('>').next()?;
        Some(url.strip_prefix(ORIGIN).expect("links are absolute").to_owned())
    }
}

/// The ids of a list of entities.
pub fn ids(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|e| e["id"].as_str().unwrap().to_owned()).collect()
}

fn keys() -> KeyPair {
    KeyPair {
        private_pem: include_str!("../../../../tests/fixtures/keys/rsa.pem").to_owned(),
        public_pem: include_str!("../../../../tests/fixtures/keys/rsa.pub.pem").to_owned(),
    }
}
