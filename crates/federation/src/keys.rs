//! Whose key is it: from the id in a signature to a verified owner.

use model::account::Account;
use model::id::Id;
use node::config::authority;
use url::Url;

use crate::client::Budget;
use crate::json::{LONGEST_URL, id, text};
use crate::signature::{PublicKey, SignatureError};
use crate::{Error, Federation};

/// A key of an account elsewhere, ready to verify with.
#[derive(Clone)]
pub struct KnownKey {
    pub account_id: Id,
    /// The owner's actor id.
    pub actor: String,
    /// What `key` was read from.
    pem: String,
    pub key: PublicKey,
}

/// Why a key is not to be had, as it is remembered.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Missing {
    /// Its server did not answer as it should: whoever signed may try again.
    ForNow,
    /// There is none, or none that may be believed.
    ForGood,
}

impl Missing {
    fn error(self, key_id: &str) -> Error {
        match self {
            Self::ForNow => Error::KeyUnavailable(key_id.to_owned()),
            Self::ForGood => Error::Signature(SignatureError::UnknownKey),
        }
    }
}

/// How many requests one inbound request may cause.
pub const BUDGET: u32 = 8;

impl Federation {
    /// The key with this id, from the database or fetched from its owner's server. Only how it reads is remembered: a key that
    /// was given up, perhaps because it was stolen, must open nothing in any process from that moment on.
    pub async fn key(&self, key_id: &str) -> Result<KnownKey, Error> {
        if self.is_own(key_id) {
            return Err(Error::Forbidden("nobody elsewhere has a key of ours".to_owned()));
        }
        let mut tx = self.node.store.read().await?;
        if let Some(key) = tx.key(key_id).await? {
            let known = self.keys.get(key_id).await;
            if let Some(known) = known.filter(|k| k.account_id == key.account_id && k.pem == key.public_pem) {
                return Ok(known);
            }
            if let Some(owner) = tx.account(key.account_id).await? {
                drop(tx);
                return self.remember(key_id, &key.public_pem, &owner).await;
            }
        }
        drop(tx);
        self.fetch_key(key_id).await
    }

    /// The key as its owner's server gives it now: after a signature did not verify with the one we knew. At most once in five
    /// minutes for each key; `None` if that time is not over.
    pub async fn refetched_key(&self, key_id: &str) -> Result<Option<KnownKey>, Error> {
        let mark = format!("again {key_id}");
        if self.unreachable.get(&mark).await.is_some() {
            return Ok(None);
        }
        self.unreachable.insert(mark, Missing::ForNow).await;
        self.fetch_key(key_id).await.map(Some)
    }

    async fn fetch_key(&self, key_id: &str) -> Result<KnownKey, Error> {
        if let Some(missing) = self.unreachable.get(key_id).await {
            return Err(missing.error(key_id));
        }
        let host = authority(key_id).to_lowercase();
        let Ok(_leave) = self.hosts.leave_to_ask(&host) else { return Err(Missing::ForNow.error(key_id)) };
        let error = match self.fetch_key_from_owner(key_id).await {
            Ok(key) => {
                self.hosts.answered(&host);
                return Ok(key);
            }
            Err(error) => error,
        };
        let missing = match &error {
            Error::Forbidden(_) => return Err(error),
            Error::Node(node) if !matches!(node, node::Error::NotFound) => return Err(error),
            other if other.is_temporary() => {
                self.hosts.failed(&host);
                Missing::ForNow
            }
            _ => Missing::ForGood,
        };
        tracing::debug!(key_id, %error, "a key could not be had");
        self.unreachable.insert(key_id.to_owned(), missing).await;
        Err(missing.error(key_id))
    }

    async fn fetch_key_from_owner(&self, key_id: &str) -> Result<KnownKey, Error> {
        let url = Some(key_id).filter(|k| k.len() <= LONGEST_URL).and_then(|k| Url::parse(k).ok());
        let mut url = url.ok_or_else(|| Error::bad("a key id that is no URL"))?;
        url.set_fragment(None);
        let budget = Budget::new(BUDGET);
        let asked_at = self.node.now();
        let document = self.client.get_document(&url, Some(&self.instance().await?), &budget, asked_at).await?.json;
        let owner = match text(&document, "publicKeyPem") {
            // A key of its own: its owner must name it, too.
            Some(_) => {
                let owner = id(&document, "owner").ok_or_else(|| Error::bad("a key without an owner"))?.to_owned();
                self.fetch_actor(&owner, &budget).await?
            }
            None => self.take_actor(&document, asked_at, &budget).await?,
        };
        let mut tx = self.node.store.read().await?;
        let key = tx.key(key_id).await?.filter(|k| k.account_id == owner.id);
        let key = key.ok_or_else(|| Error::bad("the owner of the key does not name it"))?;
        drop(tx);
        self.remember(key_id, &key.public_pem, &owner).await
    }

    async fn remember(&self, key_id: &str, pem: &str, owner: &Account) -> Result<KnownKey, Error> {
        let key = PublicKey::from_pem(pem)?;
        let known = KnownKey { account_id: owner.id, actor: owner.uri.clone(), pem: pem.to_owned(), key };
        self.keys.insert(key_id.to_owned(), known.clone()).await;
        Ok(known)
    }

    /// A server that a rule shuts out, by the URL of anything on it.
    pub(crate) fn is_blocked(&self, url: &str) -> bool {
        self.node.is_url_blocked(url)
    }

    /// On our own origin, however it is written.
    pub(crate) fn is_own(&self, url: &str) -> bool {
        let ours = Url::parse(&self.node.config.origin).map(|u| u.origin());
        Url::parse(url).is_ok_and(|u| ours.is_ok_and(|o| o == u.origin()))
    }
}
