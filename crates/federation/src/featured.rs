//! What accounts elsewhere pin to their profiles: their `featured` collection, read when somebody here looks them up
//! or follows them, as GoToSocial tells of pins in no other way.

use model::account::Account;
use model::post::Post;
use node::Node;
use node::featured::{self, PINS};
use node::jobs::{self, Job};
use node::receive::Reason;
use serde_json::Value;
use storage::Tx;

use crate::client::{Budget, FetchError};
use crate::json::{id, id_of, is_public, kind, list, same_origin};
use crate::{Error, Federation};

/// Enqueues a look at what an account has pinned, if it has a place for that.
pub(crate) async fn ask_for_pins(node: &Node, tx: &mut Tx, account: &Account) -> Result<(), Error> {
    if !account.is_local() && !account.featured.is_empty() && same_origin(&account.featured, &account.uri) {
        jobs::enqueue(node, tx, &Job::FetchFeatured { uri: account.uri.clone() }).await?;
    }
    Ok(())
}

impl Federation {
    /// Reads the pins of an account, and keeps as many as are shown.
    pub(crate) async fn fetch_featured(&self, uri: &str, budget: &Budget) -> Result<(), Error> {
        let Some(who) = self.node.store.read().await?.account_by_uri(uri).await? else { return Ok(()) };
        if who.is_local() || who.is_suspended() || !same_origin(&who.featured, &who.uri) {
            return Ok(());
        }
        let collection = self.document(&who.featured, budget).await?;
        let items = self.items(&who, collection, budget).await?;
        let mut posts: Vec<Post> = Vec::new();
        for item in items.iter().take(PINS).filter(|i| kind(i) != "Hashtag") {
            match self.pinned_post(&who, item, budget).await {
                Ok(post) => posts.push(post),
                Err(Error::Fetch(FetchError::BudgetExhausted)) => break,
                Err(error) if error.is_temporary() => return Err(error),
                Err(error) => tracing::debug!(uri, %error, "a pinned post could not be had"),
            }
        }
        let mut tx = self.node.store.begin().await?;
        featured::receive_all(&self.node, &mut tx, &who, &posts).await?;
        self.node.commit(tx).await?;
        Ok(())
    }

    /// A post that its author pinned.
    pub(crate) async fn fetch_pinned(&self, actor: &str, object: &str, budget: &Budget) -> Result<(), Error> {
        let Some(who) = self.node.store.read().await?.account_by_uri(actor).await? else { return Ok(()) };
        let post = self.pinned_post(&who, &Value::String(object.to_owned()), budget).await?;
        let mut tx = self.node.store.begin().await?;
        featured::receive_pin(&self.node, &mut tx, &who, &post).await?;
        self.node.commit(tx).await?;
        Ok(())
    }

    /// What is in a collection, or on its first page.
    async fn items(&self, who: &Account, collection: Value, budget: &Budget) -> Result<Vec<Value>, Error> {
        let listed = |page: &Value| -> Vec<Value> {
            let items = [page.get("orderedItems"), page.get("items")];
            items.into_iter().flat_map(list).take(PINS).cloned().collect()
        };
        let items = listed(&collection);
        if !items.is_empty() {
            return Ok(items);
        }
        match list(collection.get("first")).first() {
            Some(Value::String(first)) if same_origin(first, &who.uri) => {
                Ok(listed(&self.document(first, budget).await?))
            }
            Some(page @ Value::Object(_)) => Ok(listed(page)),
            _ => Ok(Vec::new()),
        }
    }

    /// A post of theirs: known, or fetched by its id. What it answers is not fetched for that.
    async fn pinned_post(&self, who: &Account, item: &Value, budget: &Budget) -> Result<Post, Error> {
        let uri = id_of(item).filter(|u| same_origin(u, &who.uri));
        let uri = uri.ok_or_else(|| Error::bad("a pinned post on another server"))?;
        let known = self.node.store.read().await?.post_by_uri(uri).await?;
        let post = match known {
            Some(post) => post,
            None => {
                // Whoever else wrote it is not even asked for.
                let document = self.document(uri, budget).await?;
                if id(&document, "attributedTo") != Some(&who.uri) {
                    return Err(Error::bad("a pinned post of somebody else"));
                }
                // What is for fewer is sent to those whom it is for.
                let mut addressed = list(document.get("to")).iter().chain(list(document.get("cc"))).filter_map(id_of);
                if !addressed.any(is_public) {
                    return Err(Error::bad("a pinned post that is not for everybody"));
                }
                self.take_post(&document, Reason::Listed, budget).await?
            }
        };
        if post.account_id == who.id { Ok(post) } else { Err(Error::bad("a pinned post of somebody else")) }
    }
}
