//! Peers and relays: what servers say that they run, the accounts of hashtags there, and the posts of which those and relays give
//! word. Nothing of what they pass on is believed: a post is fetched from where it was made.

use model::account::Account;
use model::clock::DAY;
use model::handle::Handle;
use model::hashtag::Hashtag;
use model::id::Id;
use node::config::authority;
use node::jobs::{self, Job};
use node::peers::{self, Source};
use node::receive::Reason;
use serde_json::Value;
use storage::{Server, Tx};
use url::Url;

use crate::client::{Budget, FetchError};
use crate::documents::actor::KINDS;
use crate::inbox::unheeded;
use crate::json::{has_kind, list, origin, same_origin, text};
use crate::{Error, Federation};

/// Requests that a look at what a server runs may cause.
const LOOK: u32 = 6;
/// Most characters of the name and the version of software.
const SOFTWARE: usize = 60;

/// What is said of a post that others pass on, as [`crate::strangers::Words`] remembers it.
const BY_TAG: &str = "Announce";
const BY_RELAY: &str = "Announce by a relay";

/// What is at an address that an owner calls a relay.
pub enum RelayAt {
    /// An actor: LitePub's style.
    Actor(Box<Account>),
    /// Something that is none: an inbox, Mastodon's style.
    Inbox,
}

impl Federation {
    /// Asks a server (`origin`: scheme and authority) what it runs, by NodeInfo 2.0 or 2.1. What it says lies on the same host.
    ///
    /// # Errors
    /// If it cannot be reached, or says nothing that can be understood.
    pub async fn node_info(&self, server: &str) -> Result<Server, Error> {
        let budget = Budget::new(LOOK);
        let at = self.foreign_url(server)?;
        let links = at.join("/.well-known/nodeinfo").map_err(|_| Error::bad("not a server"))?;
        let answer = self.client.get_json(&links, "application/json", &budget).await?;
        let href = newest_schema(&answer.json).ok_or_else(|| Error::bad("no NodeInfo of a version that we read"))?;
        if !same_origin(href, server) {
            return Err(Error::bad("NodeInfo that lies on another server"));
        }
        let document = self.client.get_json(&self.foreign_url(href)?, "application/json", &budget).await?;
        let software = document.json.get("software").cloned().unwrap_or_default();
        let word = |name: &str| text(&software, name).unwrap_or("").trim().chars().take(SOFTWARE).collect::<String>();
        Ok(Server {
            host: authority(server).to_lowercase(),
            software: word("name").to_lowercase(),
            version: word("version"),
            asked_at: self.node.now(),
        })
    }

    /// The same in a job: remembers what it says. That one says nothing is remembered, too.
    pub(crate) async fn read_node_info(&self, server: &str) -> Result<(), Error> {
        let said = self.node_info(server).await?;
        let mut tx = self.node.store.begin().await?;
        peers::heard_of(&self.node, &mut tx, server, &said).await?;
        self.node.commit(tx).await?;
        Ok(())
    }

    /// Looks for the account of a hashtag at a peer, by WebFinger, and follows it.
    pub(crate) async fn subscribe(&self, subscription: Id, budget: &Budget) -> Result<(), Error> {
        let wanted = peers::wanted(&self.node, &mut self.node.store.read().await?, subscription).await?;
        let Some((wanted, peer)) = wanted else { return Ok(()) };
        let account = match peers::name_at(&peer.handles, &wanted.tag) {
            Some(username) => {
                let handle = Handle { username, domain: Some(peer.host.clone()) };
                self.account_at(&handle, &peer.origin, budget).await
            }
            None => Err(FetchError::NotFound.into()),
        };
        let mut tx = self.node.store.begin().await?;
        let done = match account {
            Ok(account) => peers::found(&self.node, &mut tx, subscription, &account).await.map_err(Error::from),
            Err(error) => Err(error),
        };
        match done {
            Err(error) if error.is_temporary() => return Err(error),
            Err(error) => {
                tracing::info!(tag = wanted.tag, peer = peer.host, %error, "a peer has no account for a hashtag");
                peers::not_found(&self.node, &mut tx, subscription).await?;
            }
            Ok(()) => {}
        }
        self.node.commit(tx).await?;
        Ok(())
    }

    /// The account with a handle on a server at `origin`: the one that we know, or found and fetched.
    async fn account_at(&self, handle: &Handle, server: &str, budget: &Budget) -> Result<Account, Error> {
        let known = node::publish::by_handle(&self.node, &mut self.node.store.read().await?, handle).await?;
        if let Some(account) = known.filter(|a| a.fetched_at.is_some_and(|at| at > self.node.now() - DAY)) {
            return Ok(account);
        }
        let finger = self.finger(handle, server, budget).await?;
        self.fetch_actor(&finger.href, budget).await
    }

    /// Word of a post from an account that the node follows for that.
    pub(crate) async fn heed_announcer(
        &self,
        tx: &mut Tx,
        by: &Account,
        object: &str,
        source: &Source,
    ) -> Result<(), Error> {
        if origin(object).is_none()
            || self.is_own(object)
            || self.is_blocked(object)
            || !may_pass_on(source, by, object)
        {
            return Ok(());
        }
        let uri = object.to_owned();
        let known = tx.hold_post_by_uri(object).await?;
        let was_said = tx.is_relayed(object).await?;
        // It came by somebody's word, or did and is about to be left.
        let leaves = Job::LeaveRelayed { uri: uri.clone() };
        if known.is_some() && (was_said || jobs::is_under_way(tx, &leaves).await?) {
            tx.put_relayed(object, by.id, self.node.now()).await?;
        }
        // What was only found yet, nobody has heard of.
        let unheard = known.is_some() && !tx.is_heard(object).await?;
        match known.filter(|_| !unheard) {
            None => {
                let by_relay = *source == Source::Relay;
                let said = if by_relay { BY_RELAY } else { BY_TAG };
                let (host, now) = (authority(&by.uri).to_lowercase(), self.node.now());
                match self.words.when_to_look(&host, true, said, object, now) {
                    Some(at) => {
                        tx.put_relayed(object, by.id, now).await?;
                        // Where it was looked at a moment ago, that once is enough, but if that word was taken back.
                        if at == now || !was_said {
                            jobs::enqueue_at(&self.node, tx, &Job::FetchRelayed { uri, by_relay }, at).await?;
                        }
                    }
                    None => unheeded("word", &host),
                }
                Ok(())
            }
            // It has the hashtag since we read it, then.
            Some(post) if !has_one_of(tx, post.id, source).await? => self.check(tx, by, "Update", uri).await,
            Some(_) => Ok(()),
        }
    }

    /// It takes its word back: the post is gone, or has the hashtag no more, as its own server says, or is not to be passed on.
    pub(crate) async fn heed_taken_back(
        &self,
        tx: &mut Tx,
        by: &Account,
        object: &str,
        source: &Source,
    ) -> Result<(), Error> {
        let came_by_it = tx.delete_relayed(object, by.id).await?;
        let is_known = tx.post_by_uri(object).await?.is_some_and(|p| !p.local);
        if !is_known || self.is_blocked(object) || !may_pass_on(source, by, object) {
            return Ok(());
        }
        if came_by_it {
            return self.leave(tx, object).await;
        }
        self.check(tx, by, "Delete", object.to_owned()).await
    }

    /// The same of an account that somebody here follows as well, so that what it announces is a boost.
    pub(crate) async fn heed_left(&self, tx: &mut Tx, by: &Account, object: &str) -> Result<(), Error> {
        if tx.delete_relayed(object, by.id).await? { self.leave(tx, object).await } else { Ok(()) }
    }

    async fn leave(&self, tx: &mut Tx, object: &str) -> Result<(), Error> {
        for said in [BY_TAG, BY_RELAY] {
            self.words.forget(said, object);
        }
        if tx.is_relayed(object).await? {
            return Ok(());
        }
        Ok(jobs::enqueue(&self.node, tx, &Job::LeaveRelayed { uri: object.to_owned() }).await?)
    }

    /// A boost by an account that the node follows for its hashtag, too, brings a post: it came by its word.
    pub(crate) async fn note_brought(&self, tx: &mut Tx, by: &Account, object: &str) -> Result<(), Error> {
        if peers::source(tx, by.id).await?.is_some()
            && (tx.post_by_uri(object).await?.is_none() || tx.is_relayed(object).await?)
        {
            tx.put_relayed(object, by.id, self.node.now()).await?;
        }
        Ok(())
    }

    /// Looks at a post that nobody passes on any more by whom it came, and drops it if nothing else keeps it here.
    pub(crate) async fn leave_relayed(&self, uri: &str, budget: &Budget) -> Result<(), Error> {
        self.check_post(uri, budget).await?;
        let mut tx = self.node.store.begin().await?;
        peers::leave_post(&self.node, &mut tx, uri).await?;
        self.node.commit(tx).await?;
        Ok(())
    }

    /// Enqueues a look at a post that is here, as far as this one's word makes us look.
    async fn check(&self, tx: &mut Tx, by: &Account, said: &str, uri: String) -> Result<(), Error> {
        let (host, now) = (authority(&by.uri).to_lowercase(), self.node.now());
        match self.words.when_to_look(&host, true, said, &uri, now) {
            Some(at) => jobs::enqueue_at(&self.node, tx, &Job::CheckPost { uri }, at).await?,
            None => unheeded("word", &host),
        }
        Ok(())
    }

    /// Fetches a post of which an account gave word that the node follows for that.
    pub(crate) async fn relayed_post(&self, uri: &str, by_relay: bool, budget: &Budget) -> Result<(), Error> {
        let mut tx = self.node.store.read().await?;
        // Whoever gave word may have taken it back.
        if tx.is_heard(uri).await? || !tx.is_relayed(uri).await? {
            return Ok(());
        }
        drop(tx);
        let document = self.document(uri, budget).await?;
        let is_wanted =
            by_relay || peers::is_any_followed(&mut self.node.store.read().await?, &hashtags(&document)).await?;
        if is_wanted {
            let reason = Reason::Relayed { since: peers::since(by_relay, self.node.now()) };
            self.keep_post(&document, reason, budget).await?;
        }
        Ok(())
    }

    /// What is at the address of a relay: an actor, or what can only be an inbox.
    ///
    /// # Errors
    /// If nothing answers there.
    pub async fn relay_at(&self, url: &str) -> Result<RelayAt, Error> {
        let budget = Budget::new(LOOK);
        let asked_at = self.node.now();
        match self.document(url, &budget).await {
            Ok(document) if has_kind(&document, &KINDS) => {
                Ok(RelayAt::Actor(Box::new(self.take_actor(&document, asked_at, &budget).await?)))
            }
            Ok(_) => Ok(RelayAt::Inbox),
            Err(Error::Fetch(error)) if error.is_temporary() => Err(error.into()),
            Err(error @ Error::Forbidden(_)) => Err(error),
            // It is there, and nothing to be read.
            Err(_) => Ok(RelayAt::Inbox),
        }
    }
}

/// Whether this is an account that passes on such a post.
fn may_pass_on(source: &Source, by: &Account, object: &str) -> bool {
    !matches!(source, Source::Tags { origin_only: true, .. }) || same_origin(object, &by.uri)
}

/// Whether a post that is here has one of the hashtags of an account. Of a relay any will do.
async fn has_one_of(tx: &mut Tx, post: Id, source: &Source) -> Result<bool, Error> {
    let Source::Tags { tags, .. } = source else { return Ok(true) };
    Ok(tx.tags_of(&[post]).await?.iter().any(|(_, tag)| tags.contains(&tag.name)))
}

/// The hashtags of a post's document.
fn hashtags(document: &Value) -> Vec<Hashtag> {
    let tags = list(document.get("tag")).iter().filter(|tag| has_kind(tag, &["Hashtag"])).take(200);
    tags.filter_map(|tag| Hashtag::new(text(tag, "name")?)).collect()
}

/// The address of the newest NodeInfo that we read.
fn newest_schema(links: &Value) -> Option<&str> {
    let of = |version: &str| {
        let rel = format!("http://nodeinfo.diaspora.software/ns/schema/{version}");
        let link = list(links.get("links")).iter().find(|l| text(l, "rel") == Some(&rel))?;
        text(link, "href").filter(|href| Url::parse(href).is_ok())
    };
    of("2.1").or_else(|| of("2.0"))
}

/// Whether the sender of an activity is one whose announcements are word of posts and no boosts: the node follows it for that, and
/// nobody here follows it as an account.
pub(crate) async fn source_of(tx: &mut Tx, actor: &Account, activity: &str) -> Result<Option<Source>, Error> {
    let Some(source) = peers::source(tx, actor.id).await? else { return Ok(None) };
    if tx.is_followed_here(actor.id).await? {
        return Ok(None);
    }
    // Their ids tell which post it is, not which time: a hashtag may come and go and come again. A post counts once anyway.
    tx.unmark_seen(&authority(&actor.uri).to_lowercase(), activity).await?;
    Ok(Some(source))
}
