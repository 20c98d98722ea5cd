//! Whose key is it: from the id in a signature to a verified owner (federation.md 2.4).

use model::account::Account;
use model::id::Id;
use node::config::authority;
use serde_json::Value;
use url::Url;

use crate::client::Budget;
use crate::json::{LONGEST_URL, id, list, text};
use crate::signature::PublicKey;
use crate::{Error, Federation};

/// A key of an account elsewhere, ready to verify with.
#[derive(Clone)]
pub struct KnownKey {
    pub account_id: Id,
    /// The owner's actor id.
    pub actor: String,
    pub key: PublicKey,
}

/// How many requests one inbound request may cause.
pub const BUDGET: u32 = 8;

impl Federation {
    /// The key with this id: remembered, or from the database, or fetched from its owner's server.
    pub async fn key(&self, key_id: &str) -> Result<KnownKey, Error> {
        if let Some(known) = self.keys.get(key_id).await {
            return Ok(known);
        }
        let mut tx = self.node.store.read().await?;
        if let Some(key) = tx.key(key_id).await?
            && let Some(owner) = tx.account(key.account_id).await?
        {
            drop(tx);
            return self.remember(key_id, &key.public_pem, &owner).await;
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
        self.unreachable.insert(mark, ()).await;
        self.keys.invalidate(key_id).await;
        self.fetch_key(key_id).await.map(Some)
    }

    async fn fetch_key(&self, key_id: &str) -> Result<KnownKey, Error> {
        if self.node.config.is_own_url(key_id) {
            return Err(Error::Forbidden("nobody elsewhere has a key of ours".to_owned()));
        }
        if self.unreachable.get(key_id).await.is_some() {
            return Err(Error::KeyUnavailable(key_id.to_owned()));
        }
        let fetched = self.fetch_key_from_owner(key_id).await;
        if fetched.is_err() {
            self.unreachable.insert(key_id.to_owned(), ()).await;
        }
        match fetched {
            Err(Error::Fetch(e)) if e.is_temporary() => Err(Error::KeyUnavailable(key_id.to_owned())),
            other => other,
        }
    }

    async fn fetch_key_from_owner(&self, key_id: &str) -> Result<KnownKey, Error> {
        let url = Some(key_id).filter(|k| k.len() <= LONGEST_URL).and_then(|k| Url::parse(k).ok());
        let mut url = url.ok_or_else(|| Error::bad("a key id that is no URL"))?;
        url.set_fragment(None);
        let budget = Budget::new(BUDGET);
        let document = self.client.get_document(&url, Some(&self.instance), &budget, self.node.now()).await?.json;
        let owner = match text(&document, "publicKeyPem") {
            // A key of its own: its owner must name it, too.
            Some(_) => {
                let owner = id(&document, "owner").ok_or_else(|| Error::bad("a key without an owner"))?.to_owned();
                self.fetch_actor(&owner, &budget).await?
            }
            None => self.take_actor(&document, &budget).await?,
        };
        let mut tx = self.node.store.read().await?;
        let key = tx.key(key_id).await?.filter(|k| k.account_id == owner.id);
        let key = key.ok_or_else(|| Error::Forbidden("the owner of the key does not name it".to_owned()))?;
        drop(tx);
        self.remember(key_id, &key.public_pem, &owner).await
    }

    async fn remember(&self, key_id: &str, pem: &str, owner: &Account) -> Result<KnownKey, Error> {
        let known = KnownKey { account_id: owner.id, actor: owner.uri.clone(), key: PublicKey::from_pem(pem)? };
        self.keys.insert(key_id.to_owned(), known.clone()).await;
        Ok(known)
    }

    /// The keys of an account changed: what was remembered is forgotten.
    pub(crate) async fn forget_keys(&self, document: &Value) {
        for key in list(document.get("publicKey")) {
            if let Some(id) = key.get("id").and_then(Value::as_str) {
                self.keys.invalidate(id).await;
            }
        }
    }

    /// A server that a rule shuts out, by the URL of anything on it.
    pub(crate) fn is_blocked(&self, url: &str) -> bool {
        self.node.is_domain_blocked(authority(url))
    }
}
