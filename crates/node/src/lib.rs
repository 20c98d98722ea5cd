//! What a node does: one function for each deed, each on a [`Node`] and a unit of work of `storage`. The Mastodon API, the pages,
//! the command line and the inbox all end here, and here alone is decided what is allowed and what follows from it
//! (notifications, timelines, deliveries, jobs). Knows nothing of HTTP and nothing of ActivityPub documents.

pub mod accounts;
pub mod cards;
pub mod carry;
pub mod challenge;
pub mod circle;
pub mod cleanup;
pub mod config;
pub mod conversation;
pub mod deed;
pub mod difference;
pub mod discovery;
pub mod domain_csv;
pub mod domains;
pub mod emoji;
pub mod error;
pub mod experiment;
pub mod featured;
pub mod filter;
pub mod follow;
pub mod gates;
pub mod hat;
pub mod hearing;
pub mod housekeeping;
pub mod identity;
pub mod index;
pub mod invite;
pub mod jobs;
pub mod library;
pub mod list;
pub mod live;
pub mod login;
pub mod mail;
pub mod media;
pub mod moderate;
pub mod moving;
pub mod news;
pub mod notify;
pub mod open_up;
pub mod pairing;
pub mod peers;
pub mod policy;
pub mod poll;
pub mod publish;
pub mod push;
pub mod quarantine;
pub mod quote;
pub mod random;
pub mod react;
pub mod reaction;
pub mod receive;
pub mod relays;
pub mod remote;
pub mod report;
pub mod schedule;
pub mod shelf;
pub mod stamp;
pub mod start;
pub mod subject;
pub mod tag;
pub mod takeout;
pub mod team;
pub mod texts;
pub mod threads;
pub mod totp;
pub mod upload;
pub mod urls;
pub mod views;
pub mod warn;

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use model::account::Account;
use model::clock::{Clock, HOUR, Millis, SECOND};
use model::id::{Id, Ids};
use storage::{Files, Store, Tx, Version};
use tokio::sync::{OnceCell, Semaphore};
use tokio_util::sync::CancellationToken;

pub use config::Config;
pub use domains::Rules;
pub use error::Error;
pub use random::Random;

/// Files that are taken apart at the same time: each takes a core and some hundred megabytes.
const UPLOADS: usize = 2;
/// Archives that are made or read at the same time: each keeps one of the places for what is to be done.
const ARCHIVES: usize = 2;
/// Most servers that are listed.
const DOMAINS: i64 = 50_000;

/// All that what is read depends on, as it stands at a moment: whatever is read at two that are equal is the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Moment {
    database: Version,
    /// How often the rules for other servers changed.
    rules: u64,
    /// Time alone changes little: a poll that ended is shown as open for a moment more.
    slot: Millis,
}

/// Milliseconds that count as the same time.
const SLOT: Millis = 5 * SECOND;

/// Everything a deed needs. One for each process; share it in an `Arc`.
pub struct Node {
    pub config: Config,
    pub store: Store,
    pub files: Files,
    pub clock: Clock,
    pub random: Random,
    /// Who carries letters; nobody where none can be sent.
    pub carrier: OnceLock<mail::Carrier>,
    /// Who puts letters about notifications into words.
    pub writer: OnceLock<news::Writer>,
    ids: Ids,
    /// Leave to take an uploaded file apart now.
    pub uploads: Arc<Semaphore>,
    /// Leave to write or to read an archive now.
    pub archives: Arc<Semaphore>,
    rules: RwLock<(u64, Arc<Rules>)>,
    networks: RwLock<Arc<gates::Networks>>,
    /// The servers that we know of, and when they were listed.
    domains: RwLock<(Millis, Arc<Vec<String>>)>,
    /// The node's key for Web Push, once it was needed.
    vapid: OnceCell<Arc<push::Vapid>>,
    pub shutdown: Shutdown,
}

/// How far this process is with its end.
#[derive(Default)]
pub struct Shutdown {
    /// It was asked to stop: nothing new is begun, and whoever sends it requests is told to send them elsewhere.
    pub begun: CancellationToken,
    /// The time is over: what is still under way is dropped, to be done again by another process.
    pub over: CancellationToken,
}

impl Node {
    pub fn new(config: Config, store: Store, files: Files, clock: Clock, random: Random) -> Self {
        let allow_list = config.allow_list;
        Self {
            config,
            store,
            files,
            clock,
            random,
            carrier: OnceLock::new(),
            writer: OnceLock::new(),
            ids: Ids::default(),
            uploads: Arc::new(Semaphore::new(UPLOADS)),
            archives: Arc::new(Semaphore::new(ARCHIVES)),
            rules: RwLock::new((0, Arc::new(Rules::new(Vec::new(), allow_list)))),
            networks: RwLock::default(),
            domains: RwLock::default(),
            vapid: OnceCell::new(),
            shutdown: Shutdown::default(),
        }
    }

    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    /// A new id, made now.
    pub fn id(&self) -> Id {
        self.ids.next(self.now(), self.random.salt())
    }

    /// Commits, which lets the workers know of what there is to do.
    pub async fn commit(&self, tx: Tx) -> Result<(), Error> {
        Ok(tx.commit().await?)
    }

    /// The domains of other servers of which accounts are known, `DOMAINS` at most. That goes from one to the next, so it is done once
    /// an hour.
    pub async fn known_domains(&self) -> Result<Arc<Vec<String>>, Error> {
        let now = self.now();
        let (listed_at, domains) = self.domains.read().unwrap_or_else(PoisonError::into_inner).clone();
        if listed_at > now - HOUR {
            return Ok(domains);
        }
        let domains = Arc::new(self.store.read().await?.domains(DOMAINS).await?);
        *self.domains.write().unwrap_or_else(PoisonError::into_inner) = (now, Arc::clone(&domains));
        Ok(domains)
    }

    /// The rules for other servers, as they stood when they were last read.
    pub fn domain_rules(&self) -> Arc<Rules> {
        Arc::clone(&self.rules.read().unwrap_or_else(PoisonError::into_inner).1)
    }

    /// Reads the rules again: at the start, and after a change, whoever made it.
    pub async fn read_domain_rules(&self) -> Result<(), Error> {
        let rules = Rules::new(self.store.read().await?.domain_rules().await?, self.config.allow_list);
        let mut known = self.rules.write().unwrap_or_else(PoisonError::into_inner);
        if *known.1 != rules {
            *known = (known.0 + 1, Arc::new(rules));
        }
        Ok(())
    }

    /// The blocks of networks, as they stood when they were last read.
    pub fn networks(&self) -> Arc<gates::Networks> {
        Arc::clone(&self.networks.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads them again, as [`Node::read_domain_rules`] does.
    pub async fn read_networks(&self) -> Result<(), Error> {
        let networks = Arc::new(gates::Networks::new(&self.store.read().await?.ip_blocks().await?));
        *self.networks.write().unwrap_or_else(PoisonError::into_inner) = networks;
        Ok(())
    }

    /// This moment, to tell later whether anything changed since.
    pub async fn moment(&self) -> Result<Moment, Error> {
        let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner).0;
        Ok(Moment { rules, slot: self.now() / SLOT, database: self.store.version().await? })
    }

    /// Whether the rules shut this host (with or without a port) out. Our own never is.
    pub fn is_domain_blocked(&self, host: &str) -> bool {
        !host.is_empty() && !self.config.is_own_domain(host) && self.domain_rules().block([host])
    }

    /// The same of where a URL leads.
    pub fn is_url_blocked(&self, url: &str) -> bool {
        self.is_domain_blocked(&config::host_of(url))
    }

    /// Whether the rules shut this account out, by the domain of its handle or by its server.
    pub fn is_blocked(&self, account: &Account) -> bool {
        !account.is_local() && account.names().into_iter().any(|name| self.is_domain_blocked(name))
    }

    /// Whether neither attachments nor profile pictures nor emoji that lie on this host are taken in or shown.
    pub fn rejects_media_of(&self, host: &str) -> bool {
        self.domain_rules().reject_media([host])
    }

    /// Whether neither attachments nor profile pictures nor emoji of this account are.
    pub fn rejects_media_by(&self, account: &Account) -> bool {
        !account.is_local() && self.domain_rules().reject_media(account.names())
    }

    /// Whether what this account reports is not heard.
    pub fn rejects_reports_by(&self, account: &Account) -> bool {
        !account.is_local() && self.domain_rules().reject_reports(account.names())
    }
}
