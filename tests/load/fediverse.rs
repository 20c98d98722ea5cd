//! A fediverse of any number of servers on loopback, behind TLS: every name below `fedi.localhost` is one, and has every actor that is asked
//! for. What is delivered to them is noted with its time. They answer, or are told to hang, to fail or to be gone.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use federation::signature::{Outgoing, OutgoingBody, PrivateKey, Scheme, Signer, sign};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use model::clock::Clock;
use serde_json::{Value, json};
use suite::node::test_keys;
use suite::tls::Tls;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use url::Url;

use crate::http::raw_post;

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";
const CONTEXT: &str = "https://www.w3.org/ns/activitystreams";

pub struct Fediverse {
    port: u16,
    /// The servers at this port can be taken away.
    doomed_port: u16,
    doomed: Mutex<Option<JoinSet<()>>>,
    state: Arc<State>,
    key: PrivateKey,
    _tasks: JoinSet<()>,
}

#[derive(Default)]
struct State {
    /// The activities that came, by server and id, and when each came first.
    arrived: Mutex<HashMap<(String, String), Instant>>,
    /// Requests of all kinds.
    requests: AtomicUsize,
    /// Servers whose name begins with `slow` do not answer any more.
    hangs: AtomicBool,
    public_pem: String,
}

impl Fediverse {
    pub async fn start() -> Self {
        let keys = test_keys();
        let state = Arc::new(State { public_pem: keys.public_pem, ..State::default() });
        let acceptor = Tls::shared().acceptor_for("*.fedi.localhost");
        let mut tasks = JoinSet::new();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tasks.spawn(accept(listener, acceptor.clone(), Arc::clone(&state)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let doomed_port = listener.local_addr().unwrap().port();
        let mut doomed = JoinSet::new();
        doomed.spawn(accept(listener, acceptor, Arc::clone(&state)));
        let key = PrivateKey::from_pem(&keys.private_pem).unwrap();
        Self { port, doomed_port, doomed: Mutex::new(Some(doomed)), state, key, _tasks: tasks }
    }

    /// `https://<name>.fedi.localhost:<port>`; those called `gone…` can be taken away, those called `slow…` can hang.
    pub fn origin(&self, name: &str) -> String {
        let port = if name.starts_with("gone") { self.doomed_port } else { self.port };
        format!("https://{name}.fedi.localhost:{port}")
    }

    /// The actor of this name on a server.
    pub fn actor(&self, server: &str, name: &str) -> String {
        format!("{}/users/{name}", self.origin(server))
    }

    pub fn misbehave(&self) {
        self.state.hangs.store(true, Ordering::Relaxed);
        *self.doomed.lock().unwrap() = None;
    }

    pub fn forget(&self) {
        self.state.arrived.lock().unwrap().clear();
        self.state.requests.store(0, Ordering::Relaxed);
    }

    pub fn requests(&self) -> usize {
        self.state.requests.load(Ordering::Relaxed)
    }

    /// When each of the servers first had an activity that `is_wanted`.
    pub fn arrivals(&self, is_wanted: impl Fn(&str) -> bool) -> Vec<(String, Instant)> {
        let arrived = self.state.arrived.lock().unwrap();
        arrived.iter().filter(|((_, id), _)| is_wanted(id)).map(|((host, _), at)| (host.clone(), *at)).collect()
    }

    /// A POST of an activity to the node's shared inbox, signed by its actor.
    pub fn letter(&self, node: &str, activity: &Value) -> Vec<u8> {
        let actor = activity["actor"].as_str().unwrap();
        let url = Url::parse(&format!("{node}/inbox")).unwrap();
        let body = activity.to_string();
        let signer = Signer { key_id: format!("{actor}#main-key"), key: self.key.clone() };
        let outgoing = Outgoing {
            method: &Method::POST,
            url: &url,
            body: Some(OutgoingBody { content_type: "application/activity+json", bytes: body.as_bytes() }),
            synchronisation: None,
            asked: None,
        };
        let headers = sign(Scheme::Cavage, &signer, &outgoing, Clock::System.now()).unwrap();
        raw_post(&node.replace("http://", ""), "/inbox", &headers, body.as_bytes())
    }

    /// A public note as Mastodon writes it, in its `Create`; it mentions those who are named.
    pub fn note(&self, actor: &str, number: usize, mentions: &[&str]) -> Value {
        let origin = actor.split("/users/").next().unwrap();
        let id = format!("{actor}/statuses/{number}");
        let published = model::clock::rfc3339(Clock::System.now());
        let named: String = mentions
            .iter()
            .map(|m| format!(r#"<span class="h-card" translate="no"><a href="{m}" class="u-url mention">@<span>{}</span></a></span> "#, m.rsplit('/').next().unwrap()))
            .collect();
        let content = format!(
            r#"<p>{named}Note {number}: we asked three wards to phone before the letter goes out, and compared who came. <a href="{origin}/tags/load" class="mention hashtag" rel="tag">#<span>load</span></a></p>"#
        );
        let mut tags: Vec<Value> =
            mentions.iter().map(|m| json!({"type": "Mention", "href": m, "name": "@alice"})).collect();
        tags.push(json!({"type": "Hashtag", "href": format!("{origin}/tags/load"), "name": "#load"}));
        let mut cc = vec![json!(format!("{actor}/followers"))];
        cc.extend(mentions.iter().map(|m| json!(m)));
        json!({
            "@context": [CONTEXT, {"ostatus": "http://ostatus.org#", "atomUri": "ostatus:atomUri", "conversation": "ostatus:conversation", "sensitive": "as:sensitive"}],
            "id": format!("{id}/activity"), "type": "Create", "actor": actor, "published": published, "to": [PUBLIC], "cc": cc,
            "object": {
                "id": id, "type": "Note", "summary": null, "inReplyTo": null, "published": published, "url": format!("{origin}/@x/{number}"),
                "attributedTo": actor, "to": [PUBLIC], "cc": cc, "sensitive": false, "atomUri": id, "content": content,
                "contentMap": {"en": content}, "attachment": [], "tag": tags,
                "replies": {"id": format!("{id}/replies"), "type": "Collection", "first": {"type": "CollectionPage", "next": format!("{id}/replies?page=true"), "partOf": format!("{id}/replies"), "items": []}},
                "likes": {"id": format!("{id}/likes"), "type": "Collection", "totalItems": 0},
                "shares": {"id": format!("{id}/shares"), "type": "Collection", "totalItems": 0},
            },
        })
    }

    pub fn follow(&self, actor: &str, target: &str) -> Value {
        json!({"@context": CONTEXT, "id": format!("{actor}#follows/1"), "type": "Follow", "actor": actor, "object": target})
    }

    pub fn accept(&self, actor: &str, follower: &str) -> Value {
        json!({
            "@context": CONTEXT, "id": format!("{actor}#accepts/1"), "type": "Accept", "actor": actor,
            "object": {"type": "Follow", "actor": follower, "object": actor},
        })
    }
}

async fn accept(listener: TcpListener, acceptor: TlsAcceptor, state: Arc<State>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, state) = (acceptor.clone(), Arc::clone(&state));
        connections.spawn(async move {
            let _ = stream.set_nodelay(true);
            let Ok(stream) = acceptor.accept(stream).await else { return };
            let service = service_fn(move |request| {
                let state = Arc::clone(&state);
                async move { Ok::<_, Infallible>(answer(&state, request).await) }
            });
            // Whoever hangs up early does no harm.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn answer(state: &State, request: Request<Incoming>) -> Response<Full<Bytes>> {
    state.requests.fetch_add(1, Ordering::Relaxed);
    let host = request.headers().get("host").and_then(|h| h.to_str().ok()).unwrap_or_default().to_owned();
    if host.starts_with("slow") && state.hangs.load(Ordering::Relaxed) {
        std::future::pending::<()>().await;
    }
    let target = request.uri().path_and_query().map_or("/", |t| t.as_str()).to_owned();
    if request.method() == Method::POST {
        let body = request.into_body().collect().await.map(|b| b.to_bytes()).unwrap_or_default();
        let id = serde_json::from_slice::<Value>(&body).ok().and_then(|a| a["id"].as_str().map(str::to_owned));
        state.arrived.lock().unwrap().entry((host, id.unwrap_or_default())).or_insert_with(Instant::now);
        return plain(StatusCode::ACCEPTED, "text/plain", String::new());
    }
    if let Some(name) = target.strip_prefix("/users/").filter(|name| !name.contains('/')) {
        return plain(StatusCode::OK, "application/activity+json", actor(state, &host, name).to_string());
    }
    if target.starts_with("/.well-known/webfinger?") {
        let query = target.split_once('?').map_or("", |(_, q)| q);
        let asked =
            url::form_urlencoded::parse(query.as_bytes()).find(|(n, _)| n == "resource").map(|(_, v)| v.into_owned());
        let asked = asked.unwrap_or_default();
        let name = asked.trim_start_matches("acct:").split('@').next().unwrap_or_default().to_owned();
        let link =
            json!({"rel": "self", "type": "application/activity+json", "href": format!("https://{host}/users/{name}")});
        return plain(StatusCode::OK, "application/jrd+json", json!({"subject": asked, "links": [link]}).to_string());
    }
    plain(StatusCode::NOT_FOUND, "text/plain", String::new())
}

fn actor(state: &State, host: &str, name: &str) -> Value {
    let id = format!("https://{host}/users/{name}");
    json!({
        "@context": [CONTEXT, "https://w3id.org/security/v1"],
        "id": id, "type": "Person", "preferredUsername": name, "name": format!("Person {name}"), "url": format!("https://{host}/@{name}"),
        "summary": "<p>Works for a council and writes about it.</p>", "inbox": format!("{id}/inbox"), "outbox": format!("{id}/outbox"),
        "followers": format!("{id}/followers"), "following": format!("{id}/following"), "featured": format!("{id}/collections/featured"),
        "endpoints": {"sharedInbox": format!("https://{host}/inbox")}, "discoverable": true, "published": "2024-05-01T00:00:00Z",
        "publicKey": {"id": format!("{id}#main-key"), "owner": id, "publicKeyPem": state.public_pem},
    })
}

fn plain(status: StatusCode, kind: &str, body: String) -> Response<Full<Bytes>> {
    Response::builder().status(status).header("content-type", kind).body(Full::new(Bytes::from(body))).unwrap()
}
