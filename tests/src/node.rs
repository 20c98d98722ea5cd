//! Nodes for tests: each with its own database and folder, behind TLS on a port of its own, started in this process.

use std::collections::BTreeMap;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use federation::Federation;
use model::account::{Account, Member, MemberState, Role};
use model::audience::Audience;
use model::clock::Clock;
use model::post::{Draft, Post};
use model::text::Format;
use node::accounts::{KeyPair, SignUp, create_member};
use node::{Node, Random};
use outloud::serve::{Parts, Role as Part, Running};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::db::{Db, Engine};
use crate::tls::Tls;

/// A node that serves, with its worker.
pub struct TestNode {
    pub running: Running,
    pub origin: String,
    pub db: Db,
    pub settings: outloud::Settings,
    environment: Vec<(String, String)>,
    _folder: TempDir,
}

/// How a test's node differs from a plain one.
#[derive(Default)]
pub struct Options {
    /// A name under `localhost`; else `localhost` itself.
    pub name: Option<&'static str>,
    pub clock: Option<Clock>,
    pub change: Option<fn(&mut outloud::Settings)>,
    /// Without its worker, which a test then plays.
    pub no_worker: bool,
}

impl TestNode {
    pub async fn start(engine: Engine) -> Self {
        Self::start_with(engine, Options::default()).await
    }

    pub async fn start_with(engine: Engine, options: Options) -> Self {
        let db = Db::fresh(engine).await;
        let folder = TempDir::new().unwrap();
        let tls = Tls::shared();
        let outside = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let inside = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = options.name.map_or_else(|| "localhost".to_owned(), |n| format!("{n}.localhost"));
        let origin = format!("https://{host}:{}", outside.local_addr().unwrap().port());
        let values = [
            ("OUTLOUD_ORIGIN", origin.clone()),
            ("OUTLOUD_DATA_DIR", folder.path().display().to_string()),
            ("OUTLOUD_DATABASE_URL", db.url.clone()),
            ("OUTLOUD_ALLOW_PRIVATE_NETWORKS", "127.0.0.0/8".to_owned()),
            ("OUTLOUD_RATE_LIMITS", "off".to_owned()),
        ];
        let environment = values.map(|(n, v)| (n.to_owned(), v)).to_vec();
        let mut settings = outloud::Settings::load(None, environment.clone()).unwrap();
        settings.roots = vec![tls.ca_pem.clone().into_bytes()];
        settings.node.argon2_memory_kib = 64;
        // What posts lead to is no server of the test, but where it says so.
        settings.node.card_delay = None;
        // Nobody is asked what they run, either.
        settings.node.discover_peers = false;
        if let Some(change) = options.change {
            change(&mut settings);
        }
        let parts =
            Parts { clock: options.clock.unwrap_or_default(), random: Random::System, metrics: Arc::new(String::new) };
        // It finds its own actor there, and needs not make a key, which takes longer than most tests.
        let files = storage::Files::folder(folder.path()).unwrap();
        let before = Node::new(settings.node.clone(), db.store.clone(), files, parts.clock.clone(), Random::System);
        let mut tx = before.store.begin().await.unwrap();
        node::accounts::instance_actor(&before, &mut tx, instance_keys()).await.unwrap();
        before.commit(tx).await.unwrap();
        tls.front(&host, outside, inside.local_addr().unwrap());
        let part = if options.no_worker { Part::Web } else { Part::All };
        let running = Running::start(&settings, part, parts, Some(inside)).await.unwrap();
        Self { running, origin, db, settings, environment, _folder: folder }
    }

    pub fn node(&self) -> &Arc<Node> {
        &self.running.app.node
    }

    pub fn federation(&self) -> &Federation {
        &self.running.app.federation
    }

    pub fn address(&self) -> SocketAddr {
        self.running.address
    }

    /// `localhost:port`, as in handles.
    pub fn host(&self) -> &str {
        self.node().config.host()
    }

    /// What its owner types beside it; answers what was printed.
    pub async fn run(&self, arguments: &[&str]) -> String {
        let mut command = crate::process::command(&self.environment);
        let output = command.args(arguments).output().await.unwrap();
        assert!(output.status.success(), "outloud {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Makes a member. All share one key pair: making one takes long.
    pub async fn member(&self, username: &str) -> Person<'_> {
        let node = self.node();
        let form = SignUp {
            username: username.to_owned(),
            email: format!("{username}@example.org"),
            password: "correct horse".to_owned(),
            role: Role::Member,
            state: MemberState::Active,
            reason: String::new(),
            locale: "en".to_owned(),
        };
        let hash = node::login::hash_password(node, &form.password).unwrap();
        let mut tx = node.store.begin().await.unwrap();
        let account = create_member(node, &mut tx, &form, &hash, &test_keys()).await.unwrap();
        node.commit(tx).await.unwrap();
        Person { on: self, id: account.id }
    }

    /// An account that this node knows, by actor id.
    pub async fn known(&self, uri: &str) -> Option<Account> {
        self.node().store.read().await.unwrap().account_by_uri(uri).await.unwrap()
    }

    pub async fn post_by_uri(&self, uri: &str) -> Option<Post> {
        self.node().store.read().await.unwrap().post_by_uri(uri).await.unwrap()
    }

    /// Takes the jobs that are due, for a test that plays the worker.
    pub async fn takes_jobs(&self) -> Vec<storage::Job> {
        let mut jobs = self.federation().lease_jobs(false, 99).await.unwrap();
        jobs.extend(self.federation().lease_jobs(true, 99).await.unwrap());
        jobs
    }

    /// Waits until nothing is left to send or to do.
    pub async fn idle(&self) {
        let begun = Instant::now();
        loop {
            let queue = self.node().store.read().await.unwrap().queue().await.unwrap();
            if queue.deliveries == 0 && queue.jobs == 0 {
                return;
            }
            if begun.elapsed() > PATIENCE {
                panic!("waited in vain until the queue is empty: {queue:?}, {}", self.left().await);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// What is to be done, whenever that is.
    async fn left(&self) -> String {
        let mut tx = self.node().store.begin().await.unwrap();
        let (now, far) = (self.node().now(), i64::MAX / 2);
        let mut jobs = tx.lease_jobs(true, far, far, 20).await.unwrap();
        jobs.extend(tx.lease_jobs(false, far, far, 20).await.unwrap());
        format!("now {now}: {jobs:?}")
    }
}

/// Of every node's own actor, so that it is nobody else's.
fn instance_keys() -> &'static KeyPair {
    static KEYS: OnceLock<KeyPair> = OnceLock::new();
    KEYS.get_or_init(|| federation::signature::generate_key().unwrap())
}

/// The throw-away key of the fixtures.
pub fn test_keys() -> KeyPair {
    let private_pem = include_str!("../fixtures/keys/rsa.pem").to_owned();
    let public_pem = include_str!("../fixtures/keys/rsa.pub.pem").to_owned();
    KeyPair { public_pem, private_pem }
}

/// A member of a test's node.
#[derive(Clone, Copy)]
pub struct Person<'n> {
    pub on: &'n TestNode,
    pub id: i64,
}

impl Person<'_> {
    pub async fn account(&self) -> Account {
        self.on.node().store.read().await.unwrap().account(self.id).await.unwrap().unwrap()
    }

    pub async fn row(&self) -> Member {
        self.on.node().store.read().await.unwrap().member(self.id).await.unwrap().unwrap()
    }

    pub async fn uri(&self) -> String {
        self.account().await.uri
    }

    /// `@name@host`.
    pub async fn handle(&self) -> String {
        format!("@{}", self.on.node().config.full_handle(&self.account().await))
    }

    pub async fn says(&self, text: &str) -> Post {
        self.posts(Draft { text: text.to_owned(), ..Draft::default() }).await
    }

    pub async fn says_to(&self, audience: Audience, text: &str) -> Post {
        self.posts(Draft { text: text.to_owned(), audience: Some(audience), ..Draft::default() }).await
    }

    pub async fn replies(&self, to: &Post, text: &str) -> Post {
        self.posts(Draft { text: text.to_owned(), in_reply_to_id: Some(to.id), ..Draft::default() }).await
    }

    /// The way of a post through the API: unknown handles first, then one transaction.
    pub async fn posts(&self, mut draft: Draft) -> Post {
        draft.format = Format::Plain;
        let node = self.on.node();
        self.on.federation().learn_handles(&draft.text, draft.format).await.unwrap();
        let (account, row) = (self.account().await, self.row().await);
        let mut tx = node.store.begin().await.unwrap();
        let post = node::publish::publish(node, &mut tx, &account, &row, &draft).await.unwrap();
        node.commit(tx).await.unwrap();
        post
    }

    /// Follows by handle and waits until the other side has accepted.
    pub async fn follows(&self, handle: &str) {
        let target = self.asks_to_follow(handle).await;
        eventually("the follow is accepted", || async {
            let follow = self.on.node().store.read().await.unwrap().follow(self.id, target.id).await.unwrap();
            follow.filter(|f| f.accepted).map(drop)
        })
        .await;
    }

    pub async fn asks_to_follow(&self, handle: &str) -> Account {
        let handle = model::handle::Handle::parse(handle).unwrap();
        let target = self.on.federation().find_handle(&handle).await.unwrap();
        let node = self.on.node();
        let me = self.account().await;
        let mut tx = node.store.begin().await.unwrap();
        node::follow::follow(node, &mut tx, &me, &target, &node::follow::Wishes::default()).await.unwrap();
        node.commit(tx).await.unwrap();
        target
    }

    /// What is in this member's home, newest first.
    pub async fn home(&self) -> Vec<Post> {
        let page = model::page::Page::first(40);
        self.on.node().store.read().await.unwrap().home(self.id, &page).await.unwrap()
    }

    /// Kinds of this member's notifications with the username they are from, newest first.
    pub async fn notifications(&self) -> Vec<(&'static str, String)> {
        let mut tx = self.on.node().store.read().await.unwrap();
        let page = model::page::Page::first(80);
        let mut list = Vec::new();
        for n in tx.notifications(self.id, &[], &[], 0, &page).await.unwrap() {
            let from = tx.account(n.from_account_id).await.unwrap().unwrap();
            list.push((n.kind.name(), from.username));
        }
        list
    }
}

/// A round of housekeeping in which nothing fails; answers how much went of what.
pub async fn round(node: &Node, go_on: impl Fn() -> bool) -> BTreeMap<node::housekeeping::Chore, u64> {
    let round = node::housekeeping::round(node, go_on).await.unwrap();
    assert!(round.failed.is_empty(), "{round:?}");
    round.gone
}

/// How long is waited for what others do.
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits for what happens elsewhere, looking often; fails after half a minute.
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, look: impl FnMut() -> F) -> T {
    within(PATIENCE, what, look).await
}

/// The same where something of ours may take longer.
pub async fn within<T, F: Future<Output = Option<T>>>(
    patience: Duration,
    what: &str,
    mut look: impl FnMut() -> F,
) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(started.elapsed() < patience, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
