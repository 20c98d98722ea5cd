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
use model::clock::Clock;
use node::{Node, Random, invite};
use storage::{Files, Options, Store};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::{Error, Settings, worker};

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

/// Opens the database (bringing it up to date) and the media folder.
pub async fn open(settings: &Settings, parts: Parts) -> Result<Arc<Node>, Error> {
    std::fs::create_dir_all(&settings.data_dir)
        .map_err(Error::io(format!("OUTLOUD_DATA_DIR: cannot make {}", settings.data_dir.display())))?;
    let store = open_store(&settings.database_url).await?;
    store.migrate().await?;
    let files = Files::folder(&settings.media_folder)?;
    let node = Arc::new(Node::new(settings.node.clone(), store, files, parts.clock, parts.random));
    fix_origin(&node).await?;
    node.read_domain_rules().await?;
    Ok(node)
}

async fn open_store(url: &str) -> Result<Store, Error> {
    if let Some(folder) = url.strip_prefix("sqlite://").and_then(|p| Path::new(p).parent()) {
        std::fs::create_dir_all(folder).map_err(Error::io(format!("cannot make {}", folder.display())))?;
    }
    let opened = Store::open(&Options::new(url)).await;
    opened.map_err(|source| Error::Database { url: without_password(url), source })
}

/// A database URL as it may be shown.
fn without_password(url: &str) -> String {
    match url::Url::parse(url) {
        Ok(mut parsed) if parsed.password().is_some() => {
            let _ = parsed.set_password(Some("…"));
            parsed.to_string()
        }
        _ => url.to_owned(),
    }
}

/// The origin is part of every id. It may change only while nobody is here.
async fn fix_origin(node: &Node) -> Result<(), Error> {
    let mut tx = node.store.begin().await?;
    let origin = &node.config.origin;
    match tx.setting("origin").await? {
        Some(known) if known == *origin => return Ok(()),
        Some(known) if tx.has_members().await? => {
            return Err(Error::setting(
                "OUTLOUD_ORIGIN",
                format!(
                    "this node is {known}, and its accounts are known elsewhere by that: it cannot become {origin}"
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

/// The client and the instance actor of a node.
pub async fn federate(settings: &Settings, node: &Arc<Node>) -> Result<Federation, Error> {
    let agent = format!("Outloud/{} (+{})", env!("CARGO_PKG_VERSION"), settings.node.origin);
    let mut config = ClientConfig::new(agent);
    config.policy = AddressPolicy { allowed_private: settings.allowed_private.clone() };
    config.extra_roots.clone_from(&settings.extra_roots);
    let client = Client::new(config)?;
    Ok(Federation::start(federation::Setup { node: Arc::clone(node), client }).await?)
}

/// A node that serves.
pub struct Running {
    pub app: App,
    pub address: SocketAddr,
    /// The link for the first owner, if there is none yet.
    pub first_link: Option<String>,
    stop: CancellationToken,
    tasks: TaskTracker,
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
        let node = open(settings, parts).await?;
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
        let app = App { node: Arc::clone(&node), federation: federation.clone(), settings: door, limits, metrics };
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let listener = match listener {
            Some(listener) => listener,
            None => TcpListener::bind(settings.listen)
                .await
                .map_err(Error::io(format!("OUTLOUD_LISTEN: cannot listen on {}", settings.listen)))?,
        };
        let address = listener.local_addr().map_err(Error::io("no address"))?;
        if role != Role::Worker {
            let service = http_api::router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
            let ended = stop.clone().cancelled_owned();
            tasks.spawn(async move {
                if let Err(error) = axum::serve(listener, service).with_graceful_shutdown(ended).await {
                    tracing::error!(%error, "serving ended");
                }
            });
        }
        if role != Role::Web {
            if node.store.is_sqlite() {
                // The one process of this database died with what it had: it is taken up at once.
                let mut tx = node.store.begin().await?;
                tx.forget_leases(node.now()).await?;
                tx.commit().await?;
            }
            tasks.spawn(worker::run(federation, stop.clone()));
        }
        tasks.spawn(read_rules(node, stop.clone()));
        Ok(Self { app, address, first_link, stop, tasks })
    }

    /// Ends in good order: requests that are under way are answered, leases given back, the database closed.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(Duration::from_secs(25), self.tasks.wait()).await.is_err() {
            tracing::warn!("some work did not end in time; it will be taken up again");
        }
        self.app.node.store.close().await;
    }

    /// Serves until `end`.
    pub async fn until(self, end: impl Future<Output = ()>) {
        end.await;
        self.stop().await;
    }
}

/// Rules change on the command line, too: they take effect within a second.
async fn read_rules(node: Arc<Node>, stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(Duration::from_secs(1))).await.is_some() {
        if let Err(error) = node.read_domain_rules().await {
            tracing::warn!(%error, "the rules for other servers could not be read");
        }
    }
}

/// Ctrl-C, or what a service manager sends.
pub async fn asked_to_stop() {
    let interrupt = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
