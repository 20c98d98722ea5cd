//! The state of federation in a process: the node, the client, and what is remembered for speed.

use std::sync::Arc;
use std::time::Duration;

use activitypub_federation::config::{Data, FederationConfig};
use moka::future::Cache;
use node::Node;

use crate::client::Client;
use crate::keys::{KnownKey, Missing};
use crate::signature::Signer;
use crate::{Error, signature};

/// Federation of one node. Clones share it.
#[derive(Clone)]
pub struct Federation(Arc<Inner>);

pub struct Inner {
    pub node: Arc<Node>,
    pub client: Client,
    /// The instance actor's: it signs all our GETs.
    pub(crate) instance: Signer,
    /// Keys of others, parsed, by key id: good only as long as the database has them.
    pub(crate) keys: Cache<String, KnownKey>,
    /// Keys that could not be had: not asked for again for a while.
    pub(crate) unreachable: Cache<String, Missing>,
    /// Our own keys, by account.
    pub(crate) signers: Cache<i64, Signer>,
    /// The hosts that signed requests to us name.
    authorities: Vec<String>,
    /// Documents of deeds that are being sent.
    pub(crate) rendered: Cache<i64, Option<crate::deliver::Rendered>>,
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
    /// Starts federation: makes sure that the instance actor exists.
    pub async fn start(setup: Setup) -> Result<Self, Error> {
        let Setup { node, client } = setup;
        let instance = instance_signer(&node).await?;
        let day = Duration::from_secs(24 * 3600);
        let federation = Self(Arc::new(Inner {
            client,
            instance,
            keys: Cache::builder().max_capacity(10_000).time_to_live(Duration::from_secs(3600)).build(),
            unreachable: Cache::builder().max_capacity(10_000).time_to_live(Duration::from_secs(300)).build(),
            signers: Cache::builder().max_capacity(1_000).time_to_live(Duration::from_secs(60)).build(),
            rendered: Cache::builder().max_capacity(1_000).time_to_live(day).build(),
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

    /// The signer of one of our accounts.
    pub(crate) async fn signer_of(&self, account: i64) -> Result<Signer, Error> {
        if let Some(signer) = self.signers.get(&account).await {
            return Ok(signer);
        }
        let key = self.node.store.read().await?.signing_key(account).await?;
        let (id, pem) = key
            .and_then(|k| Some((k.id, k.private_pem?)))
            .ok_or_else(|| Error::Node(node::Error::Internal(format!("account {account} has no key"))))?;
        let signer = Signer { key_id: id, key: signature::PrivateKey::from_pem(&pem)? };
        self.signers.insert(account, signer.clone()).await;
        Ok(signer)
    }
}

async fn instance_signer(node: &Node) -> Result<Signer, Error> {
    let uri = node.config.instance_actor_uri();
    let known = node.store.read().await?.account_by_uri(&uri).await?;
    let account = match known {
        Some(account) => account,
        None => {
            let keys = tokio::task::spawn_blocking(signature::generate_key)
                .await
                .map_err(|e| Error::Node(node::Error::Internal(e.to_string())))??;
            let mut tx = node.store.begin().await?;
            let account = node::accounts::instance_actor(node, &mut tx, &keys).await?;
            node.commit(tx).await?;
            account
        }
    };
    let key = node.store.read().await?.signing_key(account.id).await?;
    let (key_id, pem) = key
        .and_then(|k| Some((k.id, k.private_pem?)))
        .ok_or_else(|| Error::Node(node::Error::Internal("the instance actor has no key".to_owned())))?;
    Ok(Signer { key_id, key: signature::PrivateKey::from_pem(&pem)? })
}
