//! A fake fediverse: servers of other kinds, behind TLS on loopback, which serve documents, write down what is asked of them and
//! what they are sent, and can misbehave. Shares no code with the node: what it signs and verifies it does itself.

mod letter;
mod stage;

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::StreamExt as _;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub use letter::{Answer, Letter, Style, verified_key_id, verified_newer};
pub use stage::{Ours, Stage};

use crate::node::eventually;
use crate::tls::Tls;

pub const ACTIVITY: &str = "application/activity+json; charset=utf-8";

/// A server elsewhere. It ends when this is dropped.
pub struct Server {
    /// `https://<name>.localhost:<port>`.
    pub origin: String,
    state: Arc<State>,
    _tasks: JoinSet<()>,
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: Method,
    /// Path and query.
    pub target: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// How a server answers.
#[derive(Clone, Debug)]
pub enum Reply {
    Content {
        kind: String,
        body: String,
    },
    /// Bytes that are no text.
    Bytes {
        kind: String,
        body: Bytes,
    },
    /// A beginning and then the same byte, for as long as anybody reads.
    Endless {
        kind: String,
        begins: Bytes,
    },
    Status(u16),
    /// 401 with this `Accept-Signature`.
    Challenge(String),
    /// 503 with so many seconds to wait.
    Busy(u64),
    Redirect(String),
    /// Nothing, for as long as anybody waits.
    Silence,
    /// A document, a byte a second.
    Dawdle,
}

/// Answers a request out of the ordinary, or not at all.
type Judge = Box<dyn Fn(&Seen) -> Option<Reply> + Send + Sync>;

#[derive(Default)]
struct State {
    judge: Mutex<Option<Judge>>,
    pages: Mutex<HashMap<String, Reply>>,
    /// WebFinger, by `acct:…`.
    fingers: Mutex<HashMap<String, Value>>,
    /// What is answered whatever is asked.
    mood: Mutex<Option<Reply>>,
    /// GETs without a signature are refused, but for these.
    signed_only: Mutex<Option<Vec<String>>>,
    /// Fixtures by file name, with the addresses of this run.
    documents: Mutex<BTreeMap<String, Value>>,
    seen: Mutex<Vec<Seen>>,
    connections: AtomicUsize,
}

impl Server {
    /// A server that knows nothing yet, at `<name>.localhost`.
    pub async fn start(name: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = format!("{name}.localhost");
        let origin = format!("https://{host}:{}", listener.local_addr().unwrap().port());
        let state = Arc::new(State::default());
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, Tls::shared().acceptor_for(&host), Arc::clone(&state)));
        Self { origin, state, _tasks: tasks }
    }

    /// `<name>.localhost:<port>`, as in handles.
    pub fn host(&self) -> &str {
        self.origin.trim_start_matches("https://")
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    pub fn serve(&self, target: &str, reply: Reply) {
        self.state.pages.lock().unwrap().insert(target.to_owned(), reply);
    }

    /// Serves a document at its id.
    pub fn publish(&self, document: &Value) {
        let id = document["id"].as_str().unwrap();
        let target =
            id.strip_prefix(&self.origin).expect("a document of this server").split('#').next().unwrap().to_owned();
        self.serve(&target, Reply::document(document));
    }

    /// Answers WebFinger for `name@<this host>`.
    pub fn finger(&self, name: &str, actor: &str) {
        self.finger_as(&format!("acct:{name}@{}", self.host()), &format!("acct:{name}@{}", self.host()), actor);
    }

    pub fn finger_as(&self, asked: &str, subject: &str, actor: &str) {
        let link = json!({"rel": "self", "type": "application/activity+json", "href": actor});
        self.put_finger(asked, json!({"subject": subject, "links": [link]}));
    }

    pub fn put_finger(&self, asked: &str, answer: Value) {
        self.state.fingers.lock().unwrap().insert(asked.to_owned(), answer);
    }

    /// A plain actor with everything that is needed to be one; served, and found by its handle.
    pub fn person(&self, name: &str) -> Value {
        let actor = self.actor_at(&format!("/users/{name}"), name);
        self.publish(&actor);
        self.finger(name, actor["id"].as_str().unwrap());
        actor
    }

    /// The same with their handle on another server.
    pub fn person_of(&self, handles: &Self, name: &str) -> Value {
        let actor = self.person(name);
        let (id, there) = (actor["id"].as_str().unwrap(), format!("acct:{name}@{}", handles.host()));
        self.finger_as(&format!("acct:{name}@{}", self.host()), &there, id);
        handles.finger_as(&there, &there, id);
        actor
    }

    /// The document of a plain actor, not yet served.
    pub fn actor_at(&self, path: &str, name: &str) -> Value {
        let id = self.url(path);
        json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": id, "type": "Person", "preferredUsername": name, "url": id,
            "inbox": format!("{id}/inbox"), "outbox": format!("{id}/outbox"), "followers": format!("{id}/followers"),
            "endpoints": {"sharedInbox": self.url("/inbox")},
            "publicKey": {"id": format!("{id}#main-key"), "owner": id, "publicKeyPem": crate::node::test_keys().public_pem},
        })
    }

    /// A public note of an actor of this server, not yet served. What is in `more` is added or put in place.
    pub fn note(&self, author: &Value, path: &str, content: &str, more: Value) -> Value {
        let actor = author["id"].as_str().unwrap();
        let mut note = json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": self.url(path), "type": "Note", "attributedTo": actor,
            "to": ["https://www.w3.org/ns/activitystreams#Public"], "cc": [format!("{actor}/followers")],
            "content": format!("<p>{content}</p>"), "published": model::clock::rfc3339(model::clock::Clock::System.now()),
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            note[name] = value.clone();
        }
        note
    }

    /// An activity of an actor of this server, with an id that no other has.
    pub fn activity(&self, kind: &str, actor: &Value, object: Value) -> Value {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let id = self.url(&format!("/activities/{}", COUNT.fetch_add(1, Ordering::Relaxed)));
        json!({"@context": "https://www.w3.org/ns/activitystreams", "id": id, "type": kind, "actor": actor["id"], "object": object})
    }

    /// Answers everything in this way, or (`None`) as usual again.
    pub fn answers(&self, reply: Option<Reply>) {
        *self.state.mood.lock().unwrap() = reply;
    }

    /// Answers a request as `judge` says, where it says anything.
    pub fn judges(&self, judge: impl Fn(&Seen) -> Option<Reply> + Send + Sync + 'static) {
        *self.state.judge.lock().unwrap() = Some(Box::new(judge));
    }

    /// Refuses GETs without a signature (whose maths is not looked at here) but for these targets and discovery.
    pub fn wants_signatures(&self, open: &[&str]) {
        *self.state.signed_only.lock().unwrap() = Some(open.iter().map(|t| (*t).to_owned()).collect());
    }

    /// All requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.state.seen.lock().unwrap().clone()
    }

    pub fn forget(&self) {
        self.state.seen.lock().unwrap().clear();
    }

    /// How many connections were made to it so far, whether or not anything came over them.
    pub fn connections(&self) -> usize {
        self.state.connections.load(Ordering::Relaxed)
    }

    /// The targets of GETs so far.
    pub fn gets(&self) -> Vec<String> {
        self.seen().into_iter().filter(|s| s.method == Method::GET).map(|s| s.target).collect()
    }

    /// The POSTs so far, with the inbox each went to.
    pub fn posts(&self) -> Vec<(String, Value)> {
        let posts = self.seen().into_iter().filter(|s| s.method == Method::POST);
        posts.map(|s| (s.target.clone(), serde_json::from_slice(&s.body).unwrap())).collect()
    }

    /// Those of one type.
    pub fn received(&self, kind: &str) -> Vec<Value> {
        self.posts().into_iter().map(|(_, activity)| activity).filter(|a| a["type"] == kind).collect()
    }

    /// The first activity of this type, now or soon.
    pub async fn receives(&self, kind: &str) -> Value {
        eventually(&format!("{} receives a {kind}", self.host()), || async { self.received(kind).into_iter().next() })
            .await
    }

    /// A fixture by its file name without `.json`.
    pub fn document(&self, file: &str) -> Value {
        let documents = self.state.documents.lock().unwrap();
        documents.get(file).unwrap_or_else(|| panic!("no fixture {file}")).clone()
    }

    pub fn has(&self, file: &str) -> bool {
        self.state.documents.lock().unwrap().contains_key(file)
    }

    /// The key with which one of its actors signs.
    pub fn key_of(&self, actor: &str) -> String {
        let documents = self.state.documents.lock().unwrap();
        let found = documents.values().find(|d| d["id"] == actor && d["inbox"].is_string());
        found.and_then(|d| d["publicKey"]["id"].as_str()).map_or_else(|| format!("{actor}#main-key"), str::to_owned)
    }

    fn keep(&self, file: &str, document: Value) {
        self.state.documents.lock().unwrap().insert(file.to_owned(), document);
    }
}

impl Reply {
    pub fn document(document: &Value) -> Self {
        Self::Content { kind: ACTIVITY.to_owned(), body: document.to_string() }
    }

    pub fn html(body: &str) -> Self {
        Self::Content { kind: "text/html; charset=utf-8".to_owned(), body: body.to_owned() }
    }
}

impl Seen {
    /// Signed as RFC 9421 says.
    pub fn is_newer(&self) -> bool {
        self.headers.contains_key("signature-input")
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
}

async fn accept(listener: TcpListener, acceptor: tokio_rustls::TlsAcceptor, state: Arc<State>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        state.connections.fetch_add(1, Ordering::Relaxed);
        let (acceptor, state) = (acceptor.clone(), Arc::clone(&state));
        connections.spawn(async move {
            let Ok(stream) = acceptor.accept(stream).await else { return };
            let service = service_fn(move |request| {
                let state = Arc::clone(&state);
                async move { Ok::<_, Infallible>(answer(&state, request).await) }
            });
            // Whoever hangs up early does no harm.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(state: &State, request: Request<Incoming>) -> Response<BoxBody<Bytes, Infallible>> {
    let (parts, body) = request.into_parts();
    let target = parts.uri.path_and_query().map_or("/", |t| t.as_str()).to_owned();
    let body = body.collect().await.map(|b| b.to_bytes().to_vec()).unwrap_or_default();
    let seen = Seen { method: parts.method, target, headers: parts.headers, body };
    let reply = reply(state, &seen);
    state.seen.lock().unwrap().push(seen);
    let plain = |status: u16| Response::builder().status(StatusCode::from_u16(status).unwrap());
    let response = match reply {
        Reply::Content { kind, body } => plain(200).header("content-type", kind).body(whole(body)),
        Reply::Bytes { kind, body } => plain(200).header("content-type", kind).body(whole(body)),
        Reply::Endless { kind, begins } => {
            let more = futures::stream::repeat_with(|| Bytes::from_static(&[0; 64 * 1024]));
            let pieces = futures::stream::once(async { begins }).chain(more);
            let body = StreamBody::new(pieces.map(|piece| Ok(Frame::data(piece))));
            plain(200).header("content-type", kind).body(BodyExt::boxed(body))
        }
        Reply::Status(status) => plain(status).body(whole("")),
        Reply::Challenge(asked) => plain(401).header("accept-signature", asked).body(whole("")),
        Reply::Busy(seconds) => plain(503).header("retry-after", seconds).body(whole("")),
        Reply::Redirect(to) => plain(302).header("location", to).body(whole("")),
        Reply::Silence => std::future::pending().await,
        Reply::Dawdle => {
            let pieces = futures::stream::unfold((), |()| async {
                tokio::time::sleep(Duration::from_secs(1)).await;
                Some((Ok(Frame::data(Bytes::from_static(b" "))), ()))
            });
            plain(200).header("content-type", ACTIVITY).body(BodyExt::boxed(StreamBody::new(pieces)))
        }
    };
    response.unwrap()
}

fn whole(body: impl Into<Bytes>) -> BoxBody<Bytes, Infallible> {
    Full::new(body.into()).boxed()
}

fn reply(state: &State, seen: &Seen) -> Reply {
    if let Some(mood) = state.mood.lock().unwrap().clone() {
        return mood;
    }
    if let Some(reply) = state.judge.lock().unwrap().as_ref().and_then(|judge| judge(seen)) {
        return reply;
    }
    if let Some(query) = seen.target.strip_prefix("/.well-known/webfinger?") {
        let asked = url::form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "resource")
            .map(|(_, v)| v.into_owned());
        let fingers = state.fingers.lock().unwrap();
        return match asked.and_then(|a| fingers.get(&a)) {
            Some(answer) => Reply::Content { kind: "application/jrd+json".to_owned(), body: answer.to_string() },
            None => Reply::Status(404),
        };
    }
    if seen.method == Method::POST {
        return Reply::Status(202);
    }
    if let Some(open) = &*state.signed_only.lock().unwrap()
        && !open.contains(&seen.target)
        && !seen.headers.contains_key("signature")
    {
        return Reply::Status(401);
    }
    state.pages.lock().unwrap().get(&seen.target).cloned().unwrap_or(Reply::Status(404))
}
