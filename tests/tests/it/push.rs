//! Web Push, from the app that subscribes to the message that it reads: a push service of the test takes what the node sends.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use aws_lc_rs::signature;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use model::audience::Audience;
use model::clock::{Clock, DAY, MINUTE};
use model::post::Draft;
use node::follow::{Wishes, follow};
use node::login::{self, Scopes};
use node::push::{self, Wish};
use serde_json::Value;
use suite::db::Engine;
use suite::live::Reader;
use suite::node::{Options, Person, TestNode, eventually, within};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// What was sent.
#[derive(Clone, Debug)]
struct Sent {
    path: String,
    headers: HashMap<String, String>,
    body: Vec<u8>,
}

/// What came, and what is answered to it: a status, and perhaps for how long to wait.
type State = Arc<Mutex<(Vec<Sent>, (u16, Option<u32>))>>;

/// A push service, with an app behind it that can read what comes.
struct Service {
    origin: String,
    state: State,
    private: [u8; 32],
    auth: [u8; 16],
    _tasks: JoinSet<()>,
}

impl Service {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new((Vec::new(), (201, None))));
        let mut tasks = JoinSet::new();
        let of_tasks = Arc::clone(&state);
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let state = Arc::clone(&of_tasks);
                let service = hyper::service::service_fn(move |request| take(request, Arc::clone(&state)));
                let builder = hyper::server::conn::http1::Builder::new();
                connections.spawn(async move { drop(builder.serve_connection(TokioIo::new(stream), service).await) });
            }
        });
        Self { origin, state, private: [3; 32], auth: [4; 16], _tasks: tasks }
    }

    fn answers(&self, status: u16, wait: Option<u32>) {
        self.state.lock().unwrap().1 = (status, wait);
    }

    fn sent(&self) -> Vec<Sent> {
        self.state.lock().unwrap().0.clone()
    }

    async fn receives(&self, count: usize) -> Vec<Sent> {
        eventually("something is pushed", || async { Some(self.sent()).filter(|sent| sent.len() >= count) }).await
    }

    fn public(&self) -> Vec<u8> {
        PrivateKey::from_private_key(&ECDH_P256, &self.private).unwrap().compute_public_key().unwrap().as_ref().to_vec()
    }

    fn wish(&self, standard: bool, alerts: &[&str], policy: &str) -> Wish {
        Wish {
            endpoint: format!("{}/endpoint", self.origin),
            p256dh: BASE64_URL_SAFE_NO_PAD.encode(self.public()),
            auth: BASE64_URL_SAFE_NO_PAD.encode(self.auth),
            standard,
            alerts: alerts.iter().map(|a| (*a).to_owned()).collect(),
            policy: policy.to_owned(),
        }
    }

    /// What only we and the one who sent know.
    fn shared(&self, sender: &[u8]) -> Vec<u8> {
        let own = PrivateKey::from_private_key(&ECDH_P256, &self.private).unwrap();
        agree(&own, UnparsedPublicKey::new(&ECDH_P256, sender), (), |secret| Ok(secret.to_vec())).unwrap()
    }

    /// Reads a message as RFC 8291 says, step by step.
    fn read(&self, sent: &Sent) -> Value {
        assert_eq!(sent.headers["content-encoding"], "aes128gcm");
        let (salt, rest) = sent.body.split_at(16);
        assert_eq!((&rest[..4], rest[4]), ([0, 0, 16, 0].as_slice(), 65));
        let (sender, sealed) = rest[5..].split_at(65);
        let key = hmac(&self.auth, &self.shared(sender));
        let input = hmac(&key, &[b"WebPush: info\0", self.public().as_slice(), sender, &[1]].concat());
        let keys = hmac(salt, &input);
        let text = open(&keys, b"Content-Encoding: aes128gcm\0\x01", b"Content-Encoding: nonce\0\x01", sealed);
        assert_eq!(text.last(), Some(&2));
        serde_json::from_slice(&text[..text.len() - 1]).unwrap()
    }

    /// Reads one as the draft says.
    fn read_draft(&self, sent: &Sent) -> Value {
        assert_eq!(sent.headers["content-encoding"], "aesgcm");
        let part = |header: &str, name: &str| {
            let parts = sent.headers[header].split(';').map(str::trim);
            let value = parts.filter_map(|p| p.split_once('=')).find(|(n, _)| *n == name).unwrap().1;
            BASE64_URL_SAFE_NO_PAD.decode(value).unwrap()
        };
        let (salt, sender) = (part("encryption", "salt"), part("crypto-key", "dh"));
        let key = hmac(&self.auth, &self.shared(&sender));
        let keys = hmac(&salt, &hmac(&key, b"Content-Encoding: auth\0\x01"));
        let context = [b"P-256\0\0\x41", self.public().as_slice(), b"\0\x41", sender.as_slice(), b"\x01"].concat();
        let of = |name: &str| [format!("Content-Encoding: {name}\0").as_bytes(), &context].concat();
        let text = open(&keys, &of("aesgcm"), &of("nonce"), &sent.body);
        assert_eq!(text[..2], [0, 0]);
        serde_json::from_slice(&text[2..]).unwrap()
    }
}

fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    sign(&Key::new(HMAC_SHA256, key), text).as_ref().to_vec()
}

fn open(keys: &[u8], key: &[u8], nonce: &[u8], sealed: &[u8]) -> Vec<u8> {
    let (key, nonce) = (hmac(keys, key), hmac(keys, nonce));
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key[..16]).unwrap());
    let mut text = sealed.to_vec();
    let nonce = Nonce::try_assume_unique_for_key(&nonce[..12]).unwrap();
    key.open_in_place(nonce, Aad::empty(), &mut text).unwrap().to_vec()
}

async fn take(request: Request<Incoming>, state: State) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (parts, body) = request.into_parts();
    let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        (name.as_str().to_owned(), value.to_str().unwrap().to_owned())
    };
    let headers = parts.headers.iter().map(header).collect();
    let body = body.collect().await?.to_bytes().to_vec();
    let mut state = state.lock().unwrap();
    state.0.push(Sent { path: parts.uri.path().to_owned(), headers, body });
    let mut answer = Response::builder().status(state.1.0);
    if let Some(wait) = state.1.1 {
        answer = answer.header("retry-after", wait);
    }
    Ok(answer.body(Full::default()).unwrap())
}

/// Subscribes with a new token; answers the token.
async fn subscribes(who: &Person<'_>, wish: &Wish) -> String {
    let node = who.on.node();
    let scopes = Scopes::parse("read push").unwrap();
    let vapid = push::vapid(node).await.unwrap();
    let mut tx = node.store.begin().await.unwrap();
    let (app, _) = login::register_app(node, &mut tx, "Pencil", "", Vec::new(), &scopes).await.unwrap();
    let (secret, token) = login::issue_token(node, &mut tx, Some(app.id), Some(who.id), &scopes).await.unwrap();
    push::subscribe(node, &mut tx, &vapid, &token, &secret, wish).await.unwrap();
    node.commit(tx).await.unwrap();
    secret
}

async fn subscriptions(who: &Person<'_>) -> usize {
    who.on.node().store.read().await.unwrap().subscriptions(who.id).await.unwrap().len()
}

/// Whether it is this node that sends: a token for the service, signed with the key that clients know.
fn is_ours(token: &str, key: &str, service: &Service) {
    let (text, signed) = token.rsplit_once('.').unwrap();
    let decode = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).unwrap();
    let key = signature::UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, decode(key));
    key.verify(text.as_bytes(), &decode(signed)).unwrap();
    let claims: Value = serde_json::from_slice(&decode(text.split_once('.').unwrap().1)).unwrap();
    assert_eq!(claims["aud"], service.origin.as_str());
    assert!(claims["sub"].as_str().unwrap().starts_with("https://"), "{claims}");
}

async fn tells_of_a_mention(engine: Engine, standard: bool) {
    let (node, service) = (TestNode::start(engine).await, Service::start().await);
    let (alice, bob) = (node.member("alice").await, node.member("bob").await);
    let secret = subscribes(&bob, &service.wish(standard, &["mention"], "all")).await;
    let post = alice.says("Hello @bob, how <are> you?").await;
    let sent = service.receives(1).await.remove(0);
    let key = push::vapid(node.node()).await.unwrap().public.clone();
    let authorization = &sent.headers["authorization"];
    let message = if standard {
        let token = authorization.strip_prefix("vapid t=").unwrap().split(',').next().unwrap();
        assert!(authorization.ends_with(&format!(", k={key}")));
        is_ours(token, &key, &service);
        service.read(&sent)
    } else {
        assert!(sent.headers["crypto-key"].ends_with(&format!(";p256ecdsa={key}")));
        is_ours(authorization.strip_prefix("WebPush ").unwrap(), &key, &service);
        service.read_draft(&sent)
    };
    assert_eq!((sent.path.as_str(), sent.headers["urgency"].as_str()), ("/endpoint", "normal"));
    let ttl: i64 = sent.headers["ttl"].parse().unwrap();
    assert!((DAY / 1_000 - 60..=DAY / 1_000).contains(&ttl), "{ttl}");
    assert_eq!(message["access_token"], secret.as_str());
    assert_eq!((&message["preferred_locale"], &message["notification_type"]), (&"en".into(), &"mention".into()));
    assert_eq!(message["title"], "alice mentioned you");
    assert_eq!(message["body"], "Hello @bob, how <are> you?");
    assert_eq!(message["icon"], format!("{}/assets/avatar.png", node.origin));
    let id: i64 = message["notification_id"].as_i64().unwrap();
    let notification = node.node().store.read().await.unwrap().notification(bob.id, id).await.unwrap().unwrap();
    assert_eq!(notification.post_id, Some(post.id));
    assert_eq!(message.as_object().unwrap().len(), 7);
    node.idle().await;
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_is_told_of_a_mention_and_reads_it() {
    tells_of_a_mention(Engine::Sqlite, true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_is_told_of_a_mention_on_postgresql() {
    if Engine::Postgres.is_there() {
        tells_of_a_mention(Engine::Postgres, true).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_app_reads_what_it_is_told() {
    tells_of_a_mention(Engine::Sqlite, false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_are_told_of_what_they_want_to_hear_and_from_whom() {
    let (node, service) = (TestNode::start(Engine::Sqlite).await, Service::start().await);
    let (alice, bob, cleo) = (node.member("alice").await, node.member("bob").await, node.member("cleo").await);
    alice.follows(&bob.handle().await).await;
    cleo.follows(&alice.handle().await).await;
    let told = async |policy: &str, alerts: &[&str]| {
        let (mut wish, before) = (service.wish(true, alerts, policy), service.sent().len());
        wish.endpoint = format!("{}/{policy}", service.origin);
        let secret = subscribes(&alice, &wish).await;
        let hash = node::random::hash(&secret);
        for who in [&bob, &cleo] {
            who.says(&format!("{policy}: hello @alice")).await;
        }
        node.idle().await;
        let mut from: Vec<String> =
            service.sent()[before..].iter().map(|s| service.read(s)["title"].as_str().unwrap().to_owned()).collect();
        from.sort();
        let mut tx = node.node().store.begin().await.unwrap();
        let token = tx.token(&hash, node.node().now()).await.unwrap().unwrap();
        tx.delete_token(token.id).await.unwrap();
        node.node().commit(tx).await.unwrap();
        from
    };
    let (bobs, cleos) = ("bob mentioned you".to_owned(), "cleo mentioned you".to_owned());
    assert_eq!(told("all", &["mention"]).await, [bobs.clone(), cleos.clone()]);
    assert_eq!(told("followed", &["mention"]).await, [bobs]);
    assert_eq!(told("follower", &["mention"]).await, [cleos]);
    assert!(told("none", &["mention"]).await.is_empty());
    assert!(told("all", &["follow", "favourite"]).await.is_empty());
    assert_eq!(subscriptions(&alice).await, 0, "each went with its token");
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nobody_listens_any_more_nothing_is_sent_again() {
    let (node, service) = (TestNode::start(Engine::Sqlite).await, Service::start().await);
    let (alice, bob) = (node.member("alice").await, node.member("bob").await);
    for status in [410, 404] {
        service.answers(status, None);
        subscribes(&bob, &service.wish(true, &["mention"], "all")).await;
        alice.says(&format!("Is this gone, @bob? {status}")).await;
        node.idle().await;
        assert_eq!(subscriptions(&bob).await, 0);
    }
    assert_eq!(service.sent().len(), 2);
    // What will not be otherwise is not tried again, and what was wrong with one message may not be with the next.
    service.answers(413, None);
    subscribes(&bob, &service.wish(true, &["mention"], "all")).await;
    alice.says("Too much, @bob?").await;
    node.idle().await;
    assert_eq!((service.sent().len(), subscriptions(&bob).await), (3, 1));
    node.running.stop().await;
}

/// Waits until it is written down when what failed is tried again; answers how long that is from now.
async fn put_off(node: &TestNode, clock: &Clock) -> i64 {
    eventually("it is put off", || async {
        let due = node.node().store.read().await.unwrap().next_due().await.unwrap();
        // Until then the worker has it.
        let wait = due.asking_job? - clock.now();
        (wait > 0 && wait != federation::jobs::LEASE).then_some(wait)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_is_busy_is_asked_again_when_it_says_and_not_for_ever() {
    let clock = Clock::manual(1_750_000_000_000);
    let options = Options { clock: Some(clock.clone()), ..Options::default() };
    let (node, service) = (TestNode::start_with(Engine::Sqlite, options).await, Service::start().await);
    let (alice, bob) = (node.member("alice").await, node.member("bob").await);
    subscribes(&bob, &service.wish(true, &["mention"], "all")).await;
    service.answers(429, Some(600));
    alice.says("Hello @bob").await;
    service.receives(1).await;
    let wait = put_off(&node, &clock).await;
    assert!((9 * MINUTE..=11 * MINUTE).contains(&wait), "it said ten minutes: {wait}");
    clock.advance(11 * MINUTE);
    service.receives(2).await;
    // A day later it is no news.
    clock.advance(2 * DAY);
    node.idle().await;
    assert_eq!(service.sent().len(), 2);
    service.answers(503, None);
    alice.says("Hello again @bob").await;
    service.receives(3).await;
    put_off(&node, &clock).await;
    service.answers(201, None);
    clock.advance(2 * MINUTE);
    service.receives(4).await;
    node.idle().await;
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_where_nobody_may_go_is_not_asked() {
    let change = |settings: &mut outloud::Settings| settings.allowed_private = Vec::new();
    let options = Options { change: Some(change), ..Options::default() };
    let (node, service) = (TestNode::start_with(Engine::Sqlite, options).await, Service::start().await);
    let (alice, bob) = (node.member("alice").await, node.member("bob").await);
    subscribes(&bob, &service.wish(true, &["mention"], "all")).await;
    let secret = Wish { endpoint: "https://127.0.0.1/".to_owned(), ..service.wish(true, &["mention"], "all") };
    subscribes(&bob, &secret).await;
    alice.says("Hello @bob").await;
    node.idle().await;
    assert!(service.sent().is_empty());
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_member_may_not_see_any_more_is_not_told() {
    let (service, options) = (Service::start().await, Options { no_worker: true, ..Options::default() });
    let node = TestNode::start_with(Engine::Sqlite, options).await;
    let (alice, bob) = (node.member("alice").await, node.member("bob").await);
    subscribes(&bob, &service.wish(true, &["mention"], "all")).await;
    let post = alice.says("Hello @bob").await;
    let account = alice.account().await;
    let mut tx = node.node().store.begin().await.unwrap();
    node::publish::delete(node.node(), &mut tx, &account, post.id).await.unwrap();
    node.node().commit(tx).await.unwrap();
    for job in node.takes_jobs().await {
        node.federation().serve_job(job).await.unwrap();
    }
    assert!(service.sent().is_empty());
    node.running.stop().await;
}

/// Whether somebody of this node may read what was said so: of `named` in it or not.
fn may(who: &str, audience: Audience, named: bool) -> bool {
    match audience {
        _ if who == "blocked" => false,
        Audience::Draft => false,
        Audience::Team => who == "teammate",
        Audience::Inside => who == "teammate" && named,
        Audience::Direct => named,
        Audience::Followers => named || who != "colleague",
        _ => true,
    }
}

/// The rest of the matrix of audiences: doors that tell of a post as it is made. All readers have the bell on, as far as they follow.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_audience_is_pushed_and_streamed_to_those_whom_it_is_for() {
    let node = TestNode::start(Engine::Sqlite).await;
    let (author, zed) = (node.member("author").await, node.member("zed").await);
    let mut people = Vec::new();
    for name in ["colleague", "follower", "teammate", "former", "blocked"] {
        let who = node.member(name).await;
        // One service is not asked for many things at once.
        let service = Service::start().await;
        let token = subscribes(&who, &service.wish(true, &["mention", "status"], "all")).await;
        let mut tx = node.node().store.begin().await.unwrap();
        let wishes = Wishes { notify: true, ..Wishes::default() };
        for whom in [&author, &zed].into_iter().skip(usize::from(name == "colleague")) {
            let (me, them) = (who.account().await, whom.account().await);
            follow(node.node(), &mut tx, &me, &them, &wishes).await.unwrap();
        }
        node.node().commit(tx).await.unwrap();
        people.push((name, who, token, service));
    }
    let ids: Vec<i64> = people.iter().map(|(_, who, ..)| who.id).collect();
    let me = author.account().await;
    let blocked = people[4].1.account().await;
    let mut tx = node.node().store.begin().await.unwrap();
    let visits = node::team::create(node.node(), &mut tx, &me, "Visits", &ids[2..]).await.unwrap();
    node::team::remove(node.node(), &mut tx, &me, visits.id, &ids[3..4]).await.unwrap();
    node::moderate::block(node.node(), &mut tx, &me, &blocked).await.unwrap();
    node.node().commit(tx).await.unwrap();
    let mut streams = Vec::new();
    for (name, _, token, _) in &people {
        for path in ["user", "user/notification", "direct", "public", "public/local", "hashtag?tag=ladder"] {
            streams.push((*name, path, Reader::open(node.address(), path, token).await));
        }
    }
    let mut among = None;
    for audience in Audience::ALL.into_iter().filter(|a| *a != Audience::Inside).chain([Audience::Inside]) {
        for named in [true, false] {
            let all = if named { "@colleague @follower @teammate @former @blocked" } else { "" };
            let mut draft = Draft { text: format!("word{}{named} {all} #ladder", audience as i64), ..Draft::default() };
            match audience {
                Audience::Team => draft.team_id = Some(visits.id),
                Audience::Inside => (draft.audience, draft.in_reply_to_id) = (Some(Audience::Direct), among),
                other => draft.audience = Some(other),
            }
            let post = author.posts(draft).await;
            assert_eq!(post.audience, audience);
            if audience == Audience::Team {
                among = Some(post.id);
            }
        }
    }
    let all = "@colleague @follower @teammate @former @blocked";
    zed.says(&format!("the end {all} #ladder")).await;
    zed.says_to(Audience::Direct, &format!("the end {all} #ladder")).await;
    within(std::time::Duration::from_secs(60), "all is pushed", || async {
        let queue = node.node().store.read().await.unwrap().queue().await.unwrap();
        (queue.jobs == 0).then_some(())
    })
    .await;

    let mut told: Vec<(String, String, String)> = Vec::new();
    for (name, .., service) in &people {
        for sent in service.sent() {
            told.push((
                (*name).to_owned(),
                "push".to_owned(),
                service.read(&sent)["body"].as_str().unwrap().to_owned(),
            ));
        }
    }
    for (name, path, mut stream) in streams {
        loop {
            let (_, data) = stream.next().await.unwrap();
            if data.contains("the end") {
                break;
            }
            told.push((name.to_owned(), path.to_owned(), data));
        }
    }
    for audience in Audience::ALL {
        for (named, (name, ..)) in [true, false].into_iter().flat_map(|named| people.iter().map(move |p| (named, p))) {
            let word = format!("word{}{named} ", audience as i64);
            let by: Vec<&str> = told
                .iter()
                .filter(|(who, _, text)| who == name && text.contains(&word))
                .map(|(_, by, _)| by.as_str())
                .collect();
            let is_for = may(name, audience, named);
            assert!(is_for || by.is_empty(), "{audience:?}, named {named}, to {name} by {by:?}");
            let must = is_for && (named || (*name == "follower" && audience.is_open()));
            assert!(
                !must || (by.contains(&"push") && by.contains(&"user/notification")),
                "{audience:?}, named {named}, to {name}: {by:?}"
            );
            // What is said inside is in the members' local timeline, and in no other public one.
            let hears = |stream: &str| by.contains(&stream);
            for (stream, wanted) in
                [("public", audience == Audience::Public), ("public/local", audience.is_for_all_members())]
            {
                assert_eq!(hears(stream), is_for && wanted, "{stream}: {audience:?}, named {named}, to {name}: {by:?}");
            }
        }
    }
    assert!(told.len() > 150, "{}", told.len());
    node.running.stop().await;
}
