//! A running node: everything wired together, started, and stopped in good order.

use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use federation::Federation;
use federation::client::{AddressPolicy, Client, ClientConfig};
use http_api::App;
use http_api::rate::Limits;
use model::clock::{Clock, Millis, SECOND};
use node::{Node, Random, invite};
use storage::{Event, Files, Options, Schema, Store};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::Media;
use crate::connections::{self, Bounds};
use crate::{Error, Settings, measures, worker};

/// Which half of a node a process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Role {
    All,
    Web,
    Worker,
}

/// What is handed in, so that tests decide.
pub struct Parts {
    pub clock: Clock,
    pub random: Random,
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
}

impl Default for Parts {
    fn default() -> Self {
        Self { clock: Clock::System, random: Random::System, metrics: Arc::new(String::new) }
    }
}

/// The setting of a database into which a backup is being restored: the origin of that.
pub const UNFINISHED: &str = "restoring";

/// Opens the database (bringing it up to date) and the place for media.
pub async fn open(settings: &Settings, parts: Parts) -> Result<Arc<Node>, Error> {
    opened(settings, parts, false).await
}

/// `serves`: whoever runs the node decides what it is, as long as nobody is here. Commands must not change that by mistake.
async fn opened(settings: &Settings, parts: Parts, serves: bool) -> Result<Arc<Node>, Error> {
    let node = unfixed(settings, parts).await?;
    if serves && !node.store.serve().await.map_err(|source| unusable(settings, source))? {
        let words = "A backup is being restored into this database: start the node when that is done.";
        return Err(Error::Usage(words.to_owned()));
    }
    node.store.migrate().await.map_err(|source| unusable(settings, source))?;
    is_whole(&node).await?;
    fix_origin(&node, serves).await?;
    node::domains::follow_setting(&node).await?;
    node.read_domain_rules().await?;
    node.read_networks().await?;
    Ok(node)
}

/// Opens what is there, bringing it up to date: a command that is given the wrong folder must not make a node of its own there.
pub async fn existing(settings: &Settings) -> Result<Arc<Node>, Error> {
    must_exist(settings)?;
    open(settings, Parts::default()).await
}

fn must_exist(settings: &Settings) -> Result<(), Error> {
    match sqlite_path(&settings.database_url) {
        Some(path) if !path.exists() => {
            let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
            Err(Error::Usage(format!(
                "There is no database at {}. If your node is elsewhere, say where (OUTLOUD_DATA_DIR or OUTLOUD_DATABASE_URL); outloud serve makes a new one.",
                path.display()
            )))
        }
        _ => Ok(()),
    }
}

/// Opens what is there, and changes nothing in it: the database must be of this version.
pub async fn look(settings: &Settings) -> Result<Arc<Node>, Error> {
    must_exist(settings)?;
    let node = unfixed(settings, Parts::default()).await?;
    match node.store.schema().await? {
        Schema::Empty => Err(Error::Usage("The database is empty: outloud serve makes its tables.".to_owned())),
        Schema::Older => {
            Err(Error::Usage("The database is of an earlier version: outloud serve brings it up to date.".to_owned()))
        }
        Schema::Current | Schema::Newer => {
            is_whole(&node).await?;
            Ok(node)
        }
    }
}

/// Refuses what a restore left behind that was cut off.
async fn is_whole(node: &Node) -> Result<(), Error> {
    if node.store.read().await?.setting(UNFINISHED).await?.is_none() {
        return Ok(());
    }
    let words = "A backup was being restored here, and that did not come to its end: run outloud restore once more.";
    Err(Error::Usage(words.to_owned()))
}

/// The node as the settings name it, whatever is in its database, unless that is of a later version.
pub(crate) async fn unfixed(settings: &Settings, parts: Parts) -> Result<Arc<Node>, Error> {
    writable("OUTLOUD_DATA_DIR", &settings.data_dir)?;
    if let Media::Folder(folder) = &settings.media {
        writable("OUTLOUD_MEDIA_URL", folder)?;
    }
    writable_database(settings)?;
    let files = media(&settings.media, &parts.random).await?;
    let opened = Store::open(&Options::new(&settings.database_url)).await;
    let store = opened.map_err(|source| unusable(settings, source))?;
    if store.schema().await.map_err(|source| unusable(settings, source))? == Schema::Newer {
        return Err(Error::Usage(format!(
            "The database {} was made by a newer version of Outloud than this one ({}): use that version.",
            without_password(&settings.database_url),
            env!("CARGO_PKG_VERSION")
        )));
    }
    Ok(Arc::new(Node::new(settings.node.clone(), store, files, parts.clock, parts.random)))
}

/// Where media lie, which works; or why it does not, in words that name the setting.
async fn media(media: &Media, random: &Random) -> Result<Files, Error> {
    let bucket = match media {
        Media::Folder(folder) => return Ok(Files::folder(folder)?),
        Media::Bucket(bucket) => bucket,
    };
    let opened = async {
        let files = Files::bucket(bucket)?;
        files.prove(&format!("{PROBE}{}", random.secret())).await?;
        Ok(files)
    };
    opened.await.map_err(|error: storage::FileError| {
        let at = bucket.endpoint().map_or_else(String::new, |url| format!(" at {url}"));
        let code = error.code().map_or_else(String::new, |code| format!(" ({code})"));
        Error::setting(
            "OUTLOUD_MEDIA_URL",
            if error.is_not_found() {
                format!("there is no bucket {}{at}{code}: make it first", bucket.name)
            } else if error.is_refused() {
                format!(
                    "{bucket}{at} refuses us{code}: see to AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION, and \
                     that they may write, read, remove and list there"
                )
            } else {
                let key = if bucket.has_key() { "" } else { " (AWS_ACCESS_KEY_ID is not set)" };
                format!("{bucket}{at} cannot be used: {}{key}", error.cause())
            },
        )
    })
}

fn unusable(settings: &Settings, source: storage::Error) -> Error {
    Error::Database { url: without_password(&settings.database_url), source }
}

pub(crate) fn sqlite_path(url: &str) -> Option<&Path> {
    url.strip_prefix("sqlite://").map(Path::new)
}

/// How files begin with which it is tried whether files can be kept.
pub const PROBE: &str = ".outloud-";

/// Makes a folder if it is missing, and tries whether files can be made in it: in words that name the setting.
fn writable(setting: &str, folder: &Path) -> Result<(), Error> {
    // `outloud.db` lies in the folder "".
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let explain =
        |e: std::io::Error| Error::setting(setting, format!("cannot write in the folder {}: {e}", folder.display()));
    make_private(folder).map_err(explain)?;
    let probe = folder.join(format!("{PROBE}{}", std::process::id()));
    std::fs::write(&probe, b"").map_err(explain)?;
    std::fs::remove_file(&probe).map_err(explain)
}

/// Makes a folder that nobody else on this machine can look into: there are keys and letters in it. One that is there stays
/// as it is.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// The folder of a SQLite database, by the setting that put it there.
fn writable_database(settings: &Settings) -> Result<(), Error> {
    let Some(folder) = sqlite_path(&settings.database_url).and_then(Path::parent) else { return Ok(()) };
    writable(if folder == settings.data_dir { "OUTLOUD_DATA_DIR" } else { "OUTLOUD_DATABASE_URL" }, folder)
}

/// Held by the one process that serves a SQLite database, until it is dropped or the process dies.
#[derive(Debug)]
pub struct Only(#[expect(dead_code, reason = "it is there to be held")] std::fs::File);

/// Makes sure that no other process serves this database. Any number may serve PostgreSQL.
pub fn only(settings: &Settings) -> Result<Option<Only>, Error> {
    let Some(path) = sqlite_path(&settings.database_url) else { return Ok(None) };
    writable_database(settings)?;
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let open = std::fs::File::options().create(true).truncate(false).write(true).open(&name);
    let file =
        open.map_err(|e| Error::setting("OUTLOUD_DATABASE_URL", format!("cannot open {}: {e}", name.display())))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Only(file))),
        Err(std::fs::TryLockError::WouldBlock) => Err(Error::Usage(format!(
            "A node is running on {} already, or a backup is being restored into it: only one process can do either.",
            path.display()
        ))),
        // A file system without locks: then nobody watches but the operator.
        Err(std::fs::TryLockError::Error(_)) => Ok(None),
    }
}

/// A database URL as it may be shown.
fn without_password(url: &str) -> String {
    match url::Url::parse(url) {
        Ok(mut parsed) if parsed.password().is_some() => {
            let _ = parsed.set_password(Some("..."));
            parsed.to_string()
        }
        _ => url.to_owned(),
    }
}

/// The origin is part of every id. It may change only while nobody is here.
async fn fix_origin(node: &Node, serves: bool) -> Result<(), Error> {
    let mut tx = node.store.begin().await?;
    let origin = &node.config.origin;
    match tx.setting("origin").await? {
        Some(known) if known == *origin => return Ok(()),
        Some(known) if tx.has_members().await? => {
            return Err(Error::setting(
                "OUTLOUD_ORIGIN",
                format!(
                    "this node is {known}, and its accounts are known elsewhere by that: it cannot become {origin}. \
                     Set OUTLOUD_ORIGIN={known} to keep it"
                ),
            ));
        }
        Some(known) if !serves => {
            return Err(Error::setting(
                "OUTLOUD_ORIGIN",
                format!(
                    "this node was last served as {known}, and this command takes it for {origin}. Give every command the settings \
                     of outloud serve: OUTLOUD_ORIGIN={known}"
                ),
            ));
        }
        Some(_) => tx.drop_own_actors().await?,
        None => {}
    }
    tx.put_setting("origin", origin).await?;
    tx.commit().await?;
    Ok(())
}

/// The client with which a node asks others.
pub fn client(settings: &Settings) -> Result<Client, Error> {
    let agent = format!("Outloud/{} (+{})", env!("CARGO_PKG_VERSION"), settings.node.origin);
    let mut config = ClientConfig::new(agent);
    config.policy = AddressPolicy { allowed_private: settings.allowed_private.clone() };
    config.roots.clone_from(&settings.roots);
    Ok(Client::new(config)?)
}

/// The client and the instance actor of a node.
pub async fn federate(settings: &Settings, node: &Arc<Node>) -> Result<Federation, Error> {
    let client = client(settings)?;
    Ok(Federation::start(federation::Setup { node: Arc::clone(node), client }).await?)
}

/// How long what is under way may take to end, once nothing more is taken. Docker, for one, kills after ten seconds; what is cut off is
/// taken up again.
const GRACE: Duration = Duration::from_secs(6);
/// How long what is cut off may take to be given back, and the database to be closed.
const LAST: Duration = Duration::from_secs(1);
/// How often it is looked what no bell tells of.
const LOOK: Duration = Duration::from_millis(500);
/// How often the rules are read where the bell tells of them: it may have been missed.
const RARELY: Millis = 10 * SECOND;

/// A node that serves.
pub struct Running {
    pub app: App,
    pub address: SocketAddr,
    /// The link for the first owner, if there is none yet.
    pub first_link: Option<String>,
    stop: CancellationToken,
    tasks: TaskTracker,
    drain: Duration,
    /// Given up last.
    only: Option<Only>,
}

impl Running {
    /// Starts serving on `listener` (or on the address of the settings).
    pub async fn start(
        settings: &Settings,
        role: Role,
        parts: Parts,
        listener: Option<TcpListener>,
    ) -> Result<Self, Error> {
        let metrics = Arc::clone(&parts.metrics);
        // Before anything is changed: a second start by mistake must do no harm.
        let listener = match listener {
            Some(listener) => Some(listener),
            None => listen(settings.listen, role).await?,
        };
        let address = match &listener {
            Some(listener) => listener.local_addr().map_err(Error::io("no address"))?,
            None => settings.listen,
        };
        let only = only(settings)?;
        let node = opened(settings, parts, true).await?;
        if let (true, Media::Folder(folder)) = (role != Role::All, &settings.media) {
            let folder = folder.display();
            tracing::warn!(%folder, "media lie in a folder: all processes of the node must have the same (OUTLOUD_MEDIA_URL)");
        }
        if let Some(mail) = &settings.mail {
            let carrier = mail.carrier().map_err(|words| Error::setting("OUTLOUD_SMTP_URL", words))?;
            // Set once: the node is new.
            drop(node.carrier.set(carrier));
        }
        let _ = node.writer.set(http_api::web::in_words);
        let federation = federate(settings, &node).await?;
        let first_link = match role {
            Role::Worker => None,
            _ => {
                let mut tx = node.store.begin().await?;
                let link = invite::first_link(&node, &mut tx).await?;
                node.commit(tx).await?;
                link
            }
        };
        let door = Arc::new(http_api::Settings {
            trusted_proxies: settings.trusted_proxies.clone(),
            rate_limits: settings.rate_limits,
        });
        let limits = Arc::new(Limits::new(&door));
        let (memory, streams) = (Arc::default(), Arc::default());
        let (node_of_app, federation_of_app) = (Arc::clone(&node), federation.clone());
        let app =
            App { node: node_of_app, federation: federation_of_app, settings: door, limits, memory, streams, metrics };
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        if let Some(listener) = listener {
            let router = if role == Role::Worker { worker_pages(&app) } else { http_api::router(app.clone()) };
            let bounds = Bounds::of_system(settings.trusted_proxies.clone());
            tasks.spawn(connections::serve(listener, router, bounds, stop.clone()));
        }
        if role != Role::Worker {
            tasks.spawn(listen_for_streams(app.clone(), stop.clone()));
        }
        if role != Role::Web {
            if node.store.is_sqlite() {
                // The one process of this database died with what it had: it is taken up at once.
                let mut tx = node.store.begin().await?;
                tx.forget_leases(node.now()).await?;
                tx.commit().await?;
            }
            tasks.spawn(worker::run(federation));
        }
        tasks.spawn(attend(Arc::clone(&node), stop.clone()));
        tasks.spawn(watch(node, stop.clone()));
        Ok(Self { app, address, first_link, stop, tasks, drain: settings.drain, only })
    }

    /// Ends in good order: whoever sends requests is told to send them elsewhere, those under way are answered, leases given back, the
    /// database closed.
    pub async fn stop(self) {
        let shutdown = &self.app.node.shutdown;
        shutdown.begun.cancel();
        tokio::time::sleep(self.drain).await;
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(GRACE, self.tasks.wait()).await.is_err() {
            shutdown.over.cancel();
            if tokio::time::timeout(LAST, self.tasks.wait()).await.is_err() {
                tracing::warn!("some work did not end in time; it will be taken up again");
            }
        }
        let store = &self.app.node.store;
        let close = async {
            store.bell().send_rest().await;
            // Whoever did not end still has a connection.
            store.close().await;
        };
        let _ = tokio::time::timeout(LAST, close).await;
        drop(self.only);
    }

    /// Serves until `end`.
    pub async fn until(self, end: impl Future<Output = ()>) {
        end.await;
        self.stop().await;
    }
}

/// The socket. A worker can do without one: beside a web process on the same machine it has none.
async fn listen(address: SocketAddr, role: Role) -> Result<Option<TcpListener>, Error> {
    match TcpListener::bind(address).await {
        Ok(listener) => Ok(Some(listener)),
        Err(error) if role == Role::Worker => {
            tracing::info!(%address, %error, "this worker shows no /metrics; it would with an OUTLOUD_LISTEN of its own");
            Ok(None)
        }
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            Err(Error::setting("OUTLOUD_LISTEN", format!("{address} is in use by another program, or by another node")))
        }
        Err(error) => Err(Error::setting("OUTLOUD_LISTEN", format!("cannot listen on {address}: {error}"))),
    }
}

/// What a worker answers: how it is.
fn worker_pages(app: &App) -> axum::Router {
    let (node, metrics) = (Arc::clone(&app.node), Arc::clone(&app.metrics));
    let health = move || {
        let node = Arc::clone(&node);
        async move {
            if node.shutdown.begun.is_cancelled() {
                return Err(axum::http::StatusCode::SERVICE_UNAVAILABLE);
            }
            let answer = match node.store.read().await {
                Ok(mut tx) => tx.ping().await,
                Err(error) => Err(error),
            };
            answer.map(|()| "ok\n").map_err(|_| axum::http::StatusCode::SERVICE_UNAVAILABLE)
        }
    };
    let page = move || {
        let text = metrics();
        async move { ([(axum::http::header::CONTENT_TYPE, "text/plain; version=0.0.4")], text) }
    };
    axum::Router::new().route("/healthz", axum::routing::get(health)).route("/metrics", axum::routing::get(page))
}

/// Tells those who listen to streams what is new.
async fn listen_for_streams(app: App, stop: CancellationToken) {
    stop.run_until_cancelled(http_api::streaming::run(app)).await;
}

/// Tells other processes what is rung here, and hears what they ring.
async fn attend(node: Arc<Node>, stop: CancellationToken) {
    let name = node.random.secret();
    stop.run_until_cancelled(node.store.bell().attend(&name)).await;
}

/// Rules change in other processes, too. Where those are heard, that takes effect at once, else (a command beside a node with SQLite)
/// within a second. And the operator wants to know how much waits.
async fn watch(node: Arc<Node>, stop: CancellationToken) {
    let mut bell = node.store.bell().listen();
    let (mut measured, mut read) = (0, 0);
    loop {
        let is_rung = tokio::select! {
            () = stop.cancelled() => return,
            () = bell.wait_for(Event::Rules) => true,
            () = tokio::time::sleep(LOOK) => false,
        };
        if let Err(error) = node.store.notice_others().await {
            tracing::warn!(%error, "the database does not say whether another process wrote to it");
        }
        let now = node.now();
        if is_rung || !node.store.bell().is_heard() || (now - read).abs() >= RARELY {
            match read_rules(&node).await {
                Ok(()) => read = now,
                Err(error) => {
                    read = 0;
                    tracing::warn!(%error, "the rules could not be read");
                }
            }
        }
        if (now - measured).abs() >= 10 * SECOND {
            measured = now;
            if let Err(error) = measures::queue(&node).await {
                tracing::warn!(%error, "the queue could not be measured");
            }
        }
    }
}

async fn read_rules(node: &Node) -> Result<(), node::Error> {
    node.read_domain_rules().await?;
    node.read_networks().await
}

/// Ctrl-C, or what a service manager sends. Listened to before anything starts, so that no signal comes too early.
#[cfg(unix)]
pub struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    pub fn listen() -> Result<Self, Error> {
        use tokio::signal::unix::{SignalKind, signal};
        let on = |kind| signal(kind).map_err(Error::io("cannot listen to signals"));
        Ok(Self { interrupt: on(SignalKind::interrupt())?, terminate: on(SignalKind::terminate())? })
    }

    /// Until somebody wants the program to stop.
    pub async fn asked_to_stop(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Ctrl-C.
#[cfg(not(unix))]
pub struct Signals;

#[cfg(not(unix))]
impl Signals {
    pub fn listen() -> Result<Self, Error> {
        Ok(Self)
    }

    pub async fn asked_to_stop(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
