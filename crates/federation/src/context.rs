//! The state of federation in a process: the node, the client, and what is remembered for speed.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use activitypub_federation::config::{Data, FederationConfig};
use model::clock::Millis;
use model::id::Id;
use moka::future::Cache;
use node::Node;

use crate::client::Client;
use crate::deliver::{Documents, documents};
use crate::keys::{KnownKey, Missing};
use crate::remote::Fetches;
use crate::signature::Signer;
use crate::strangers::{Hosts, Words};
use crate::synchronisation::Digests;
use crate::{Error, signature};

/// Federation of one node. Clones share it.
#[derive(Clone)]
pub struct Federation(Arc<Inner>);

pub struct Inner {
    pub node: Arc<Node>,
    pub client: Client,
    /// The instance actor: it signs all our GETs.
    instance: Id,
    /// Keys of others, parsed, by key id: good only as long as the database has them.
    pub(crate) keys: Cache<String, KnownKey>,
    /// Keys that could not be had: not asked for again for a while.
    pub(crate) unreachable: Cache<String, Missing>,
    /// How other servers fared of late that were asked for keys.
    pub(crate) hosts: Hosts,
    /// The same of those that our jobs asked.
    pub(crate) asked: Hosts,
    /// What was said of late of posts by others than their authors.
    pub(crate) words: Words,
    /// Servers that were heard of in the last minute: a sign of life counts once.
    pub(crate) heard: moka::sync::Cache<String, ()>,
    /// Our own keys, parsed, by what they were read from.
    signers: Cache<String, Signer>,
    /// The hosts that signed requests to us name.
    authorities: Vec<String>,
    /// Documents of deeds that are being sent.
    pub(crate) rendered: Documents,
    /// Deeds for which something was sent, of which nothing may wait any more.
    pub(crate) finished: Mutex<HashSet<Id>>,
    /// Deeds of which no document could be made of late.
    pub(crate) broken: Cache<i64, ()>,
    /// Digests of followers by account, for a moment: one post goes to many servers.
    pub(crate) digests: Cache<i64, Option<Arc<Digests>>>,
    /// Files of other servers that are being fetched.
    pub(crate) fetches: Fetches,
    config: std::sync::OnceLock<FederationConfig<Federation>>,
}

/// What federation is made of.
pub struct Setup {
    pub node: Arc<Node>,
    pub client: Client,
}

impl std::ops::Deref for Federation {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Federation {
    /// Starts federation: makes sure that the instance actor exists, and the secret behind the addresses of others' files.
    pub async fn start(setup: Setup) -> Result<Self, Error> {
        let Setup { node, client } = setup;
        let rules = Arc::clone(&node);
        let client = client.keeping_from(Arc::new(move |host: &str| rules.is_domain_blocked(host)));
        let instance = instance_actor(&node).await?;
        node::remote::prepare(&node).await?;
        node::pairing::prepare(&node).await?;
        let day = Duration::from_secs(24 * 3600);
        let federation = Self(Arc::new(Inner {
            client,
            instance,
            keys: Cache::builder().max_capacity(10_000).time_to_live(Duration::from_secs(3600)).build(),
            unreachable: Cache::builder().max_capacity(10_000).time_to_live(Duration::from_secs(300)).build(),
            hosts: Hosts::default(),
            asked: Hosts::for_jobs(),
            words: Words::default(),
            heard: moka::sync::Cache::builder().max_capacity(10_000).time_to_live(Duration::from_secs(60)).build(),
            signers: Cache::builder().max_capacity(1_000).time_to_live(Duration::from_secs(3600)).build(),
            rendered: documents(),
            finished: Mutex::default(),
            broken: Cache::builder().max_capacity(10_000).time_to_live(day).build(),
            digests: Cache::builder().max_capacity(16).time_to_live(Duration::from_secs(30)).build(),
            fetches: Fetches::default(),
            config: std::sync::OnceLock::new(),
            authorities: vec![node.config.host().to_owned()],
            node,
        }));
        let config = FederationConfig::builder()
            .domain(federation.node.config.host())
            .app_data(federation.clone())
            .http_signature_compat(true)
            .build()
            .await
            .map_err(|e| Error::Node(node::Error::Internal(e.to_string())))?;
        // Set once, right here.
        let _ = federation.config.set(config);
        Ok(federation)
    }

    /// What the library's traits are given.
    pub(crate) fn data(&self) -> Result<Data<Federation>, Error> {
        self.config
            .get()
            .map(FederationConfig::to_request_data)
            .ok_or_else(|| Error::Node(node::Error::Internal("federation has not started".to_owned())))
    }

    pub(crate) fn authorities(&self) -> &[String] {
        &self.authorities
    }

    /// Signs what an account of ours did at a time: with the key it had then. Which keys there are is read each time, for a new
    /// one may be made by another process; only how a key reads is remembered.
    pub(crate) async fn signer_of(&self, account: Id, at: Millis) -> Result<Signer, Error> {
        let mut tx = self.node.store.read().await?;
        let mut key = tx.signing_key_at(account, at).await?;
        if key.is_none()
            && let Some(carrier) = tx.account(account).await?
        {
            key = node::carry::key_at(&self.node.config, &mut tx, &carrier, at).await?;
        }
        drop(tx);
        let (id, pem) = key
            .and_then(|k| Some((k.id, k.private_pem?)))
            .ok_or_else(|| Error::Node(node::Error::Internal(format!("account {account} has no key"))))?;
        if let Some(known) = self.signers.get(&pem).await {
            return Ok(Signer { key_id: id, ..known });
        }
        let signer = Signer { key_id: id, key: signature::PrivateKey::from_pem(&pem)? };
        self.signers.insert(pem, signer.clone()).await;
        Ok(signer)
    }

    /// Signs GETs.
    pub(crate) async fn instance(&self) -> Result<Signer, Error> {
        self.signer_of(self.instance, Millis::MAX).await
    }
}

async fn instance_actor(node: &Node) -> Result<Id, Error> {
    let uri = node.config.instance_actor_uri();
    if let Some(known) = node.store.read().await?.account_by_uri(&uri).await? {
        return Ok(known.id);
    }
    let keys = tokio::task::spawn_blocking(signature::generate_key)
        .await
        .map_err(|e| Error::Node(node::Error::Internal(e.to_string())))??;
    let mut tx = node.store.begin().await?;
    let account = node::accounts::instance_actor(node, &mut tx, &keys).await?;
    node.commit(tx).await?;
    Ok(account.id)
}
