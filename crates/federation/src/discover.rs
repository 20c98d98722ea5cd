//! Finding others: handles, actors, posts. All requests are signed by the instance actor and come out of a budget.

use std::time::Duration;

use model::account::{Account, ActorKind};
use model::clock::{DAY, Millis};
use model::handle::{Handle, valid_remote_username};
use model::html::{self, PageLink};
use model::post::Post;
use model::text::{self, Format};
use node::config::authority;
use node::moderate::is_shut_out;
use node::receive::{self, Reason};
use node::{accounts, jobs, publish};
use serde_json::Value;
use url::Url;

use crate::client::{Budget, FetchError};
use crate::documents::{actor, note};
use crate::featured::ask_for_pins;
use crate::json::{has_kind, id_of, kind, list, origin, same_origin, text as property};
use crate::signature::Scheme;
use crate::{Error, Federation};

/// How many requests a member's look-up may cause.
const LOOK_UP: u32 = 20;
/// Unknown handles in one post that are looked up, and how long that may take.
const HANDLES_PER_POST: usize = 10;
const HANDLES_TIME: Duration = Duration::from_secs(10);

/// What WebFinger says (RFC 7033).
#[derive(Debug)]
pub struct Finger {
    /// `user@domain`, lower-case domain.
    pub subject: Handle,
    /// The actor id.
    pub href: String,
}

/// The relation of the template in WebFinger (RFC 7033) by which a server takes its people's wishes about others.
const SUBSCRIBE: &str = "http://ostatus.org/schema/1.0/subscribe";

impl Federation {
    /// The actor with this id: the one we know (read again soon if that is long ago), or fetched.
    pub async fn actor(&self, uri: &str, budget: &Budget) -> Result<Account, Error> {
        let known = self.node.store.read().await?.account_by_uri(uri).await?;
        match known {
            Some(account) if account.is_local() => Ok(account),
            Some(account) => {
                let stale = account.fetched_at.is_none_or(|at| at < self.node.now() - DAY);
                if stale && account.deleted_at.is_none() {
                    let mut tx = self.node.store.begin().await?;
                    jobs::enqueue(&self.node, &mut tx, &jobs::Job::RefreshActor { uri: uri.to_owned() }).await?;
                    self.node.commit(tx).await?;
                }
                Ok(account)
            }
            None => self.fetch_actor(uri, budget).await,
        }
    }

    /// Reads an actor's document now, checks its handle, and keeps it.
    pub async fn fetch_actor(&self, uri: &str, budget: &Budget) -> Result<Account, Error> {
        let asked_at = self.node.now();
        let document = self.document(uri, budget).await?;
        self.take_actor(&document, asked_at, budget).await
    }

    /// The actor with this id as its document is now; ours as it is here.
    pub(crate) async fn fresh(&self, uri: &str, budget: &Budget) -> Result<Account, Error> {
        if self.is_own(uri) {
            let known = self.node.store.read().await?.account_by_uri(uri).await?;
            return known.ok_or(Error::Node(node::Error::NotFound));
        }
        self.fetch_actor(uri, budget).await
    }

    /// Finds an account by what somebody typed (a handle or an address) and reads its document now.
    pub async fn find_fresh(&self, typed: &str) -> Result<Account, Error> {
        match self.find(typed).await? {
            Found::Account(account) => self.fresh(&account.uri, &Budget::new(LOOK_UP)).await,
            Found::Post(_) => Err(Error::Node(node::Error::invalid(format!("{typed} is a post, not an account.")))),
        }
    }

    /// The document with this id, from the server of its own that vouches for it.
    pub(crate) async fn document(&self, uri: &str, budget: &Budget) -> Result<Value, Error> {
        let url = self.foreign_url(uri)?;
        let signer = self.instance().await?;
        let document = self.client.get_document(&url, Some(&signer), budget, self.node.now()).await?.json;
        // Some say with 200 that there is nothing any more.
        if kind(&document) == "Tombstone" { Err(FetchError::Gone.into()) } else { Ok(document) }
    }

    /// Keeps an actor whose document came from where its id says.
    pub(crate) async fn take_actor(
        &self,
        document: &Value,
        asked_at: Millis,
        budget: &Budget,
    ) -> Result<Account, Error> {
        let mut read = actor::read(document)?;
        self.foreign_url(&read.account.uri)?;
        let (handle, verified) = self.verified_handle(&read, budget).await?;
        let named = (handle.username, handle.domain.unwrap_or_default());
        (read.account.username, read.account.domain) = named.clone();
        if self.node.is_blocked(&read.account) {
            return Err(Error::Forbidden(format!("{} is blocked", read.account.domain)));
        }
        let key = match read.key {
            Some((id, pem)) if same_origin(&id, &read.account.uri) => Some((id, pem)),
            _ => None,
        };
        let mut tx = self.node.store.begin().await?;
        let account = accounts::receive(&self.node, &mut tx, read.account, key, asked_at).await?;
        if verified && (&account.username, &account.domain) == (&named.0, &named.1) {
            accounts::claim_handle(&self.node, &mut tx, &account).await?;
        }
        // Only of its own server can it say how to sign for it.
        if read.implements_rfc9421 && account.inbox_host == authority(&account.uri).to_lowercase() {
            tx.suggest_host_scheme(&account.inbox_host, Scheme::Rfc9421.name()).await?;
        }
        self.node.commit(tx).await?;
        Ok(account)
    }

    /// The handle that both the actor and WebFinger agree on: at most one step from the one to the other.
    /// `false` where nobody but the actor's own document says it.
    async fn verified_handle(&self, read: &actor::ReadActor, budget: &Budget) -> Result<(Handle, bool), Error> {
        let uri = &read.account.uri;
        let own = Handle { username: read.account.username.clone(), domain: Some(authority(uri).to_lowercase()) };
        let claimed = match &read.webfinger {
            Some(handle) => {
                Handle::parse(handle).map_err(|_| Error::bad(format!("{uri} claims a handle that is none")))?
            }
            None => own.clone(),
        };
        valid_remote_username(&claimed.username).map_err(|e| Error::bad(format!("the username of {uri}: {e}")))?;
        let is_service = read.account.kind == ActorKind::Application;
        let first = match self.finger(&claimed, uri, budget).await {
            // An instance's own actor often has no handle that can be looked up; its host speaks for it.
            Err(_) if is_service => return Ok((own, false)),
            other => other?,
        };
        if first.href != *uri {
            return Err(Error::bad(format!("{claimed} is not {uri}")));
        }
        if first.subject.key() == claimed.key() {
            return Ok((first.subject, true));
        }
        let second = self.finger(&first.subject, uri, budget).await?;
        if second.href == *uri && second.subject.key() == first.subject.key() {
            return Ok((second.subject, true));
        }
        Err(Error::bad(format!("{claimed} and {} do not agree on who they are", first.subject)))
    }

    /// Where the server of a handle sends its people to do something with a thing of ours: its `subscribe` template filled with the
    /// thing's address (github.com/mastodon/mastodon/pull/4673).
    ///
    /// # Errors
    /// As with any look-up; [`FetchError::NotFound`] where the server says nothing of it.
    pub async fn interaction(&self, handle: &Handle, uri: &str) -> Result<Url, Error> {
        let domain = handle.domain.as_deref().ok_or_else(|| Error::bad("a handle without a domain"))?;
        if self.node.is_domain_blocked(domain) {
            return Err(Error::Forbidden(format!("{domain} is blocked")));
        }
        let budget = Budget::new(LOOK_UP);
        // A lab without TLS asks others of its kind.
        let scheme = if uri.starts_with("http://") { "http" } else { "https" };
        let mut query = Url::parse(&format!("{scheme}://{domain}/.well-known/webfinger"))
            .map_err(|_| Error::bad("a domain that is none"))?;
        query.query_pairs_mut().append_pair("resource", &format!("acct:{}", handle.acct()));
        let answer = self.client.get_json(&query, "application/jrd+json, application/json", &budget).await?;
        let links = answer.json.get("links").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let is_meant = |l: &&Value| l.get("rel").and_then(Value::as_str) == Some(SUBSCRIBE);
        let template = links.iter().find(is_meant).and_then(|l| l.get("template")?.as_str());
        let escaped: String = url::form_urlencoded::byte_serialize(uri.as_bytes()).collect();
        let filled = template.ok_or(FetchError::NotFound)?.replace("{uri}", &escaped);
        let url = Url::parse(&filled).map_err(|_| FetchError::NotFound)?;
        // It is shown as a link: nothing but a page.
        if matches!(url.scheme(), "https" | "http") { Ok(url) } else { Err(FetchError::NotFound.into()) }
    }

    /// Asks a domain who has a handle. `like`: a URL whose scheme is used, so that a lab without TLS can be asked.
    pub(crate) async fn finger(&self, handle: &Handle, like: &str, budget: &Budget) -> Result<Finger, Error> {
        let domain = handle.domain.as_deref().ok_or_else(|| Error::bad("a handle without a domain"))?;
        if self.node.is_domain_blocked(domain) {
            return Err(Error::Forbidden(format!("{domain} is blocked")));
        }
        let scheme = if like.starts_with("http://") { "http" } else { "https" };
        let url = |path: &str| {
            Url::parse(&format!("{scheme}://{domain}{path}")).map_err(|_| Error::bad("a domain that is none"))
        };
        let mut query = url("/.well-known/webfinger")?;
        query.query_pairs_mut().append_pair("resource", &format!("acct:{}", handle.acct()));
        let accept = "application/jrd+json, application/json";
        let answer = match self.client.get_json(&query, accept, budget).await {
            Err(FetchError::NotFound) => {
                let meta = url("/.well-known/host-meta")?;
                let meta = self
                    .client
                    .get_text(&meta, "application/xrd+xml, application/xml, text/xml", 64 * 1024, budget)
                    .await;
                let meta = meta.map_err(|_| FetchError::NotFound)?;
                let template = lrdd_template(&meta.text).ok_or(FetchError::NotFound)?;
                let escaped: String =
                    url::form_urlencoded::byte_serialize(format!("acct:{}", handle.acct()).as_bytes()).collect();
                let query = Url::parse(&template.replace("{uri}", &escaped)).map_err(|_| FetchError::NotFound)?;
                if self.is_blocked(query.as_str()) {
                    return Err(Error::Forbidden(format!("{} is blocked", authority(query.as_str()))));
                }
                self.client.get_json(&query, accept, budget).await?
            }
            other => other?,
        };
        read_finger(&answer.json)
    }

    /// Finds an account by its handle: among those known, else by WebFinger.
    pub async fn find_handle(&self, handle: &Handle) -> Result<Account, Error> {
        let mut tx = self.node.store.read().await?;
        let known = publish::by_handle(&self.node, &mut tx, handle).await?;
        drop(tx);
        let elsewhere = handle.domain.as_ref().is_some_and(|d| !self.node.config.is_own_domain(d));
        match known {
            Some(account) => return Ok(account),
            None if !elsewhere => return Err(Error::Node(node::Error::NotFound)),
            None => {}
        }
        let budget = Budget::new(LOOK_UP);
        let finger = match self.finger(handle, "https://", &budget).await {
            // A lab on this machine may have no TLS; elsewhere the client refuses http.
            Err(
                error
                @ Error::Fetch(FetchError::Connect(_) | FetchError::RefusedUrl(_) | FetchError::RefusedAddress(_)),
            ) => self.finger(handle, "http://", &budget).await.map_err(|_| error)?,
            other => other?,
        };
        let account = self.actor(&finger.href, &budget).await?;
        self.look_at_pins(&account).await?;
        Ok(account)
    }

    /// Somebody here met an account: whoever looks at its profile sees what it has pinned.
    async fn look_at_pins(&self, account: &Account) -> Result<(), Error> {
        if account.featured.is_empty() {
            return Ok(());
        }
        let mut tx = self.node.store.begin().await?;
        ask_for_pins(&self.node, &mut tx, account).await?;
        self.node.commit(tx).await?;
        Ok(())
    }

    /// Looks up what a member pasted: a handle, or the URL of an actor or a post.
    pub async fn find(&self, typed: &str) -> Result<Found, Error> {
        let typed = typed.trim();
        if !typed.starts_with("https://") && !typed.starts_with("http://") {
            let handle = Handle::parse(typed).map_err(|_| Error::Node(node::Error::NotFound))?;
            return self.find_handle(&handle).await.map(|a| Found::Account(Box::new(a)));
        }
        let mut tx = self.node.store.read().await?;
        if let Some(account) = tx.account_by_uri(typed).await? {
            return Ok(Found::Account(Box::new(account)));
        }
        if let Some(post) = tx.post_by_uri(typed).await? {
            return Ok(Found::Post(Box::new(post)));
        }
        drop(tx);
        let budget = Budget::new(LOOK_UP);
        let url = self.foreign_url(typed)?;
        let asked_at = self.node.now();
        let document = self.fetch_linked(&url, &budget).await?;
        if has_kind(&document, &actor::KINDS) {
            let account = self.take_actor(&document, asked_at, &budget).await?;
            self.look_at_pins(&account).await?;
            return Ok(Found::Account(Box::new(account)));
        }
        let post = self.take_post(&document, Reason::Fetched { depth: 0 }, &budget).await?;
        Ok(Found::Post(Box::new(post)))
    }

    /// A page's document: by content negotiation, else by the link in its head, one step.
    async fn fetch_linked(&self, url: &Url, budget: &Budget) -> Result<Value, Error> {
        match self.client.get_document(url, Some(&self.instance().await?), budget, self.node.now()).await {
            Err(FetchError::BadContentType(_)) => {
                let page = self.client.get_text(url, "text/html", 1024 * 1024, budget).await?;
                let links = html::links(&page.text);
                let href = links.into_iter().find(is_document).map(|l| l.href).ok_or(FetchError::NotFound)?;
                let href = page.final_url.join(&href).map_err(|_| FetchError::NotFound)?;
                let href = self.foreign_url(href.as_str())?;
                Ok(self.client.get_document(&href, Some(&self.instance().await?), budget, self.node.now()).await?.json)
            }
            other => Ok(other?.json),
        }
    }

    /// The post with this id: the one we know, or fetched from its server; never one by somebody who is shut out. The door for
    /// everything that another names: boosts, quotes, threads, what is filled back in. `depth`: how many posts below it were fetched before it.
    pub async fn post(&self, uri: &str, depth: u8, budget: &Budget) -> Result<Post, Error> {
        let mut tx = self.node.store.read().await?;
        if let Some(known) = tx.post_by_uri(uri).await? {
            let author = tx.account(known.account_id).await?;
            return match author.filter(|a| !is_shut_out(&self.node, a)) {
                Some(_) => Ok(known),
                None => Err(shut_out()),
            };
        }
        drop(tx);
        let document = self.document(uri, budget).await?;
        self.take_post(&document, Reason::Fetched { depth }, budget).await
    }

    /// Fetches a post that was delivered by its id alone. It is kept if it concerns somebody here.
    pub(crate) async fn delivered_post(&self, uri: &str, budget: &Budget) -> Result<(), Error> {
        if !self.node.store.read().await?.is_heard(uri).await? {
            let document = self.document(uri, budget).await?;
            self.keep_post(&document, Reason::Delivered, budget).await?;
        }
        Ok(())
    }

    /// Takes in a post whose document came from where its id says; it is an error if it is not kept.
    pub(crate) async fn take_post(&self, document: &Value, reason: Reason, budget: &Budget) -> Result<Post, Error> {
        let post = self.keep_post(document, reason, budget).await?;
        post.ok_or(Error::Node(node::Error::NotFound))
    }

    pub(crate) async fn keep_post(
        &self,
        document: &Value,
        reason: Reason,
        budget: &Budget,
    ) -> Result<Option<Post>, Error> {
        let id = property(document, "id").unwrap_or("");
        let authors = list(document.get("attributedTo")).iter().filter_map(id_of);
        let author = authors
            .clone()
            .find(|a| same_origin(a, id))
            .ok_or_else(|| Error::bad("a post without an author on its server"))?;
        let author = self.actor(author, budget).await?;
        if is_shut_out(&self.node, &author) {
            return Err(shut_out());
        }
        let mut received = note::read(document, &author, None, self.node.now())?;
        self.look_at_approval(&author, &mut received, budget).await?;
        let mut tx = self.node.store.begin().await?;
        let post = receive::post(&self.node, &mut tx, &author, &received, reason).await?;
        self.node.commit(tx).await?;
        Ok(post)
    }

    /// Before a post is published: looks up the handles in its text that we do not know yet. What cannot be found stays text.
    pub async fn learn_handles(&self, source: &str, format: Format) -> Result<(), Error> {
        let handles = text::scan(source, format).mentions.into_iter().filter(|h| h.domain.is_some());
        let look_ups = handles.take(HANDLES_PER_POST).map(|handle| async move {
            if let Err(error) = self.find_handle(&handle).await {
                tracing::info!(%handle, %error, "a mentioned account was not found");
            }
        });
        // Somebody waits for their post to be taken.
        if tokio::time::timeout(HANDLES_TIME, futures::future::join_all(look_ups)).await.is_err() {
            tracing::info!("some mentioned accounts were not found in time");
        }
        Ok(())
    }

    /// A URL on another server that no rule shuts out.
    pub(crate) fn foreign_url(&self, url: &str) -> Result<Url, Error> {
        if self.is_own(url) {
            return Err(Error::Node(node::Error::NotFound));
        }
        if self.is_blocked(url) {
            return Err(Error::Forbidden(format!("{} is blocked", authority(url))));
        }
        let parsed = Url::parse(url).ok().filter(|_| origin(url).is_some());
        parsed.ok_or_else(|| Error::bad("not a URL that can be fetched"))
    }
}

fn shut_out() -> Error {
    Error::Forbidden("its author is suspended".to_owned())
}

/// What a look-up found.
#[derive(Debug)]
pub enum Found {
    Account(Box<Account>),
    Post(Box<Post>),
}

/// Reads a WebFinger answer: its subject, and the actor that it names in a link with one of the two types that count.
pub fn read_finger(answer: &Value) -> Result<Finger, Error> {
    let subject = property(answer, "subject").and_then(|s| Handle::parse(s).ok()).filter(|s| s.domain.is_some());
    let subject = subject.ok_or_else(|| Error::bad("a WebFinger answer without a subject"))?;
    let is_activity = |link: &&Value| {
        let kind: String = property(link, "type").unwrap_or("").chars().filter(|c| !c.is_whitespace()).collect();
        property(link, "rel") == Some("self")
            && (kind == "application/activity+json"
                || kind == "application/ld+json;profile=\"https://www.w3.org/ns/activitystreams\"")
    };
    let href = list(answer.get("links")).iter().find(is_activity).and_then(|l| property(l, "href"));
    let href = href.ok_or_else(|| Error::bad("a WebFinger answer without an actor"))?.to_owned();
    Ok(Finger { subject, href })
}

/// The template of host-meta's `lrdd` link (RFC 6415).
pub fn lrdd_template(xml: &str) -> Option<String> {
    let link = xml.split("<Link").skip(1).find(|l| l.contains("\"lrdd\"") || l.contains("'lrdd'"))?;
    let template = link.split("template=").nth(1)?;
    let quote = template.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let template = template[1..].split(quote).next()?.replace("&amp;", "&");
    template.contains("{uri}").then_some(template)
}

/// `<link rel="alternate" type="application/activity+json">`.
fn is_document(link: &PageLink) -> bool {
    link.rel.iter().any(|r| r == "alternate")
        && (link.kind.starts_with("application/activity+json") || link.kind.starts_with("application/ld+json"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_an_activitystreams_self_link_counts() {
        let answer = |kind: &str| json!({"subject": "acct:Bob@b.example", "links": [{"rel": "self", "type": kind, "href": "https://b.example/u/1"}]});
        assert_eq!(read_finger(&answer("application/activity+json")).unwrap().href, "https://b.example/u/1");
        assert!(read_finger(&answer("application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"")).is_ok());
        assert!(read_finger(&answer("text/html")).is_err());
        assert!(read_finger(&json!({"links": []})).is_err());
    }

    #[test]
    fn the_template_of_host_meta_is_found() {
        let xrd = r#"<XRD><Link rel="lrdd" template="https://b.example/wf?resource={uri}"/></XRD>"#;
        assert_eq!(lrdd_template(xrd), Some("https://b.example/wf?resource={uri}".to_owned()));
    }
}
