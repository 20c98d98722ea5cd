//! The inbox: an activity comes in, is verified, and has its effect. One file for each activity: its wire form and its behaviour.
//!
//! The order is the defence: what can be refused without a request to anybody is refused first; nothing of
//! the activity is believed before its signature is verified and its signer is its actor; and the answer is given only after
//! the effect, or the job that will have it, is on disk.

mod announce;
mod block;
mod create;
mod delete;
mod featured;
mod flag;
mod follow;
mod like;
mod moves;
mod request;
mod undo;
mod update;

use activitypub_federation::config::Data;
use activitypub_federation::traits::Activity;
use http::{HeaderMap, Method};
use model::account::{Account, ActorKind};
use model::audience::Viewer;
use model::post::Post;
use node::config::authority;
use node::jobs::Job;
use node::peers::Source;
use serde_json::Value;
use storage::Tx;
use url::Url;

use crate::json::{has_activity_streams_context, id, ids, kind, origin, read, same_origin};
use crate::signature::{self, Checked, Claim, Request, SignatureError};
use crate::{Error, Federation};

/// Values in one activity. Nobody needs a tenth of it.
const VALUES: usize = 150_000;

/// A POST to one of our inboxes, as it came.
pub struct Delivered<'a> {
    /// Path and query.
    pub target: &'a str,
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
}

/// What all activities have.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// Made up from the content where the sender gave none (Mastodon's `Add`, GoToSocial's `Delete`). Ids are kept as they are
    /// written: that is what they are compared by, and what an answer must echo.
    pub id: String,
    /// The sender gave the id, so that it tells this activity from others of the same content.
    pub has_id: bool,
    pub actor: String,
    pub kind: String,
    pub document: Value,
    /// The hashtag in whose inbox it came.
    pub slug: Option<String>,
    /// The same two for the library, which wants them parsed.
    urls: (Url, Url),
}

impl Envelope {
    /// Reads the outermost of an activity, without believing any of it.
    pub fn read(body: &[u8]) -> Result<Self, Error> {
        let document: Value = read(body, VALUES)
            .ok_or_else(|| Error::Malformed("The body is no JSON, or far too much of it.".to_owned()))?;
        if !document.is_object() || !has_activity_streams_context(&document) {
            return Err(Error::Malformed("The body is not an ActivityStreams document.".to_owned()));
        }
        let url = |text: &str| origin(text).and_then(|_| Url::parse(text).ok());
        let actor = id(&document, "actor").unwrap_or("").to_owned();
        let actor_url = url(&actor).ok_or_else(|| Error::Malformed("The activity has no actor.".to_owned()))?;
        let kind = kind(&document).to_owned();
        let given = document.get("id").and_then(Value::as_str).map(str::to_owned);
        let has_id = given.is_some();
        let id =
            given.unwrap_or_else(|| format!("{actor}#{kind}/{}", node::random::hash(&String::from_utf8_lossy(body))));
        let id_url = url(&id).ok_or_else(|| Error::Malformed("The id of the activity is no URL.".to_owned()))?;
        Ok(Self { id, has_id, actor, kind, document, slug: None, urls: (id_url, actor_url) })
    }

    fn object(&self) -> Option<&Value> {
        self.document.get("object")
    }

    fn object_id(&self) -> Option<&str> {
        id(&self.document, "object")
    }

    /// The server of its actor.
    fn host(&self) -> String {
        authority(self.actor.as_str()).to_lowercase()
    }

    /// The actor does something to itself.
    fn is_about_its_actor(&self) -> bool {
        self.object_id() == Some(self.actor.as_str())
    }
}

/// The activities that have an effect here; all others are answered and forgotten.
const KNOWN: [&str; 17] = [
    "Accept",
    "Announce",
    "Block",
    "Create",
    "Delete",
    "EmojiReact",
    "Flag",
    "FeatureRequest",
    "Follow",
    "Like",
    "Move",
    "QuoteRequest",
    "Reject",
    "Undo",
    "Update",
    "Add",
    "Remove",
];

impl Federation {
    /// Takes in what was POSTed to an inbox. When this answers `Ok`, its effect is on disk (or it has none).
    pub async fn receive(&self, delivered: &Delivered<'_>) -> Result<(), Error> {
        let mut kind = "unknown";
        let result = self.receive_kind(delivered, &mut kind).await;
        let outcome = match &result {
            Ok(()) => "taken",
            Err(e) if e.is_temporary() => "later",
            Err(_) => "refused",
        };
        metrics::counter!("outloud_inbox_total", "activity" => kind, "outcome" => outcome).increment(1);
        result
    }

    async fn receive_kind(&self, delivered: &Delivered<'_>, kind: &mut &'static str) -> Result<(), Error> {
        let claims = signature::claims(delivered.headers)?;
        let checked = self.checked(&claims, &Method::POST, delivered)?;
        let envelope = Envelope::read(delivered.body)?;
        *kind = KNOWN.into_iter().find(|k| *k == envelope.kind).unwrap_or("unknown");
        let slug = slug_of_inbox(delivered.target);
        if *kind == "unknown" || self.concerns_nobody(&envelope).await? || slug.is_some() && self.is_relayed(&envelope)
        {
            return Ok(());
        }
        // It is not kept while a key is fetched: read, it takes many times the memory that it does as it came.
        drop(envelope);
        let (signer, by) = self.verified_signer(&checked).await?;
        let slug = slug.map(str::to_owned);
        self.accept_signed(Envelope { slug, ..Envelope::read(delivered.body)? }, &signer).await?;
        self.heed_synchronisation(by, delivered.headers, &signer).await
    }

    /// Those of the signatures of a request that are in order in every respect that needs no key.
    pub(crate) fn checked(
        &self,
        claims: &[Claim],
        method: &Method,
        delivered: &Delivered<'_>,
    ) -> Result<Vec<Checked>, Error> {
        if claims.iter().any(|claim| self.is_blocked(claim.key_id())) {
            return Err(Error::Forbidden("Your server is blocked here.".to_owned()));
        }
        let (mut good, mut failed) = (Vec::new(), SignatureError::Missing);
        for claim in claims.iter().rev() {
            match claim.check(&self.signed_request(method, delivered), delivered.body, self.node.now()) {
                Ok(checked) => good.insert(0, checked),
                Err(error) => failed = error,
            }
        }
        if good.is_empty() { Err(failed.into()) } else { Ok(good) }
    }

    fn signed_request<'a>(&'a self, method: &'a Method, delivered: &'a Delivered<'_>) -> Request<'a> {
        let scheme = if self.node.config.origin.starts_with("https://") { "https" } else { "http" };
        Request {
            method,
            target: delivered.target,
            headers: delivered.headers,
            scheme,
            authorities: self.authorities(),
        }
    }

    /// A deletion fans out to every server there is: of actors we never met it is answered without asking anybody.
    async fn concerns_nobody(&self, envelope: &Envelope) -> Result<bool, Error> {
        let asks = envelope.kind == "Delete" || (envelope.kind == "Update" && envelope.is_about_its_actor());
        Ok(asks && self.node.store.read().await?.account_by_uri(envelope.actor.as_str()).await?.is_none())
    }

    /// Who follows a hashtag as they would a relay sends it all that they say to everybody, whatever the tag. We carry nothing of
    /// that, and drop it before anybody is asked for a key.
    fn is_relayed(&self, envelope: &Envelope) -> bool {
        let said = ["Create", "Update", "Delete", "Announce"].contains(&envelope.kind.as_str());
        let named = |name| ids(&envelope.document, name, 100).iter().any(|to| self.is_own(to));
        said && !named("to") && !named("cc") && !envelope.is_about_its_actor()
    }

    /// Whose signature the first good one is. If none is, and the key of one cannot be had just now, it may yet prove good.
    async fn verified_signer<'c>(&self, signatures: &'c [Checked]) -> Result<(String, &'c Checked), Error> {
        let mut failed: Option<Error> = None;
        for checked in signatures {
            match self.verified(checked).await {
                Ok(actor) => return Ok((actor, checked)),
                Err(error) if failed.as_ref().is_none_or(|f| error.is_temporary() && !f.is_temporary()) => {
                    failed = Some(error)
                }
                Err(_) => {}
            }
        }
        Err(failed.unwrap_or(Error::Signature(SignatureError::Missing)))
    }

    /// Verifies with the key we have; once more with a fresh one if that fails, because keys change.
    async fn verified(&self, checked: &Checked) -> Result<String, Error> {
        let key = self.key(checked.key_id()).await?;
        match checked.verify(&key.key) {
            Ok(()) => Ok(key.actor),
            Err(error) => match self.refetched_key(checked.key_id()).await {
                Ok(Some(fresh)) => {
                    checked.verify(&fresh.key)?;
                    Ok(fresh.actor)
                }
                Ok(None) => Err(error.into()),
                Err(e) if e.is_temporary() => Err(e),
                Err(_) => Err(error.into()),
            },
        }
    }

    /// A signature on a GET, for those who may read more than everybody: the account it belongs to. `None` if there is none;
    /// an error if there is one and it is not good.
    pub async fn reader(&self, target: &str, headers: &HeaderMap) -> Result<Option<Account>, Error> {
        let claims = match signature::claims(headers) {
            Ok(claims) => claims,
            Err(signature::SignatureError::Missing) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let request = Delivered { target, headers, body: &[] };
        let checked = self.checked(&claims, &Method::GET, &request)?;
        let (actor, _) = self.verified_signer(&checked).await?;
        let account = self.node.store.read().await?.account_by_uri(&actor).await?;
        match account {
            Some(account) if account.is_suspended() => {
                Err(Error::Forbidden("Your account is suspended here.".to_owned()))
            }
            account => Ok(account),
        }
    }

    /// The activity of a verified signer.
    async fn accept_signed(&self, envelope: Envelope, signer: &str) -> Result<(), Error> {
        if signer != envelope.actor.as_str() {
            return self.relayed(&envelope, signer).await;
        }
        if !same_origin(envelope.id.as_str(), signer) {
            return Err(Error::Forbidden("The id of the activity is not on its actor's server.".to_owned()));
        }
        if self.is_own(signer) {
            return Err(Error::Forbidden("That is one of our own actors.".to_owned()));
        }
        self.dispatch(envelope).await
    }

    /// Somebody passes on what another did. Nothing of it is believed; a post is fetched from where it was made.
    async fn relayed(&self, envelope: &Envelope, signer: &str) -> Result<(), Error> {
        let mut tx = self.node.store.begin().await?;
        let Some(by) = tx.account_by_uri(signer).await?.filter(|a| !a.is_suspended()) else { return Ok(()) };
        self.look_at_origin(&mut tx, &by, &envelope.document).await?;
        self.node.commit(tx).await?;
        Ok(())
    }

    /// Enqueues a look at where a post was made, of which somebody else says that it was made, changed or deleted. What is new is
    /// fetched on the word of those alone whom somebody here follows, or because it is said to be by one of them or to answer a
    /// post of ours; then it must concern somebody here, like everything that is delivered. One post is looked at once in a while,
    /// and few at the word of one server: the rest is not heeded.
    async fn look_at_origin(&self, tx: &mut Tx, by: &Account, activity: &Value) -> Result<(), Error> {
        let object = id(activity, "object").filter(|o| origin(o).is_some() && !self.is_own(o) && !self.is_blocked(o));
        let Some(object) = object else { return Ok(()) };
        let uri = object.to_owned();
        let is_followed = tx.is_followed_here(by.id).await?;
        if matches!(kind(activity), "Create" | "Update")
            && !is_followed
            && let Some(source @ Source::Relay) = node::peers::source(tx, by.id).await?
            && !tx.is_heard(object).await?
        {
            return self.heed_announcer(tx, by, object, &source).await;
        }
        let job = match (kind(activity), tx.post_by_uri(object).await?) {
            ("Create" | "Update", None) if is_followed => Job::FetchThread { uri, depth: 0 },
            ("Create" | "Update", None) if self.may_concern_us(tx, activity).await? => Job::FetchDelivered { uri },
            ("Update" | "Delete", Some(_)) => Job::CheckPost { uri },
            // It was found before it was sent.
            ("Create", Some(_)) if !tx.is_heard(object).await? && self.may_concern_us(tx, activity).await? => {
                Job::FetchDelivered { uri }
            }
            _ => return Ok(()),
        };
        let (host, now) = (authority(&by.uri).to_lowercase(), self.node.now());
        match self.words.when_to_look(&host, is_followed, kind(activity), object, now) {
            Some(at) => node::jobs::enqueue_at(&self.node, tx, &job, at).await?,
            None => unheeded("word", &host),
        }
        Ok(())
    }

    /// Whether an activity that nobody vouches for claims to be by somebody who is followed here, or to answer one of our posts.
    async fn may_concern_us(&self, tx: &mut Tx, activity: &Value) -> Result<bool, Error> {
        if let Some(actor) = id(activity, "actor").filter(|a| id(activity, "object").is_some_and(|o| same_origin(o, a)))
            && let Some(author) = tx.account_by_uri(actor).await?
            && tx.is_followed_here(author.id).await?
        {
            return Ok(true);
        }
        match activity.get("object").and_then(|o| id(o, "inReplyTo")).filter(|p| self.is_own(p)) {
            Some(parent) => Ok(tx.post_by_uri(parent).await?.is_some()),
            None => Ok(false),
        }
    }

    async fn dispatch(&self, envelope: Envelope) -> Result<(), Error> {
        let data = self.data()?;
        match envelope.kind.as_str() {
            "Follow" => act(follow::Follow(envelope), &data).await,
            "Accept" => act(follow::Accept(envelope), &data).await,
            "Reject" => act(follow::Reject(envelope), &data).await,
            "Undo" => act(undo::Undo(envelope), &data).await,
            "Create" => act(create::Create(envelope), &data).await,
            "Update" => act(update::Update(envelope), &data).await,
            "Delete" => act(delete::Delete(envelope), &data).await,
            "Announce" => act(announce::Announce(envelope), &data).await,
            "Like" | "EmojiReact" => act(like::Like(envelope), &data).await,
            "QuoteRequest" => act(request::QuoteRequest(envelope), &data).await,
            "FeatureRequest" => act(request::FeatureRequest(envelope), &data).await,
            "Block" => act(block::Block(envelope), &data).await,
            "Add" => act(featured::Add(envelope), &data).await,
            "Remove" => act(featured::Remove(envelope), &data).await,
            "Move" => act(moves::Move(envelope), &data).await,
            "Flag" => act(flag::Flag(envelope), &data).await,
            _ => Ok(()),
        }
    }
}

/// The hashtag whose inbox this is.
fn slug_of_inbox(target: &str) -> Option<&str> {
    let path = target.split('?').next().unwrap_or(target);
    path.strip_prefix("/tags/")?.strip_suffix("/inbox")
}

/// Something was left aside because too much of it comes from one server.
pub(crate) fn unheeded(what: &'static str, host: &str) {
    metrics::counter!("outloud_unheeded_total", "what" => what).increment(1);
    tracing::info!(what, host, "too much of it comes from there: it has no effect");
}

/// The way of every activity: its own rules, then its effect.
async fn act<A>(activity: A, data: &Data<Federation>) -> Result<(), Error>
where
    A: Activity<DataType = Federation, Error = Error>,
{
    activity.verify(data).await?;
    activity.receive(data).await
}

/// The work of an activity: what it writes is committed together with the memory that it came.
struct Work {
    tx: Tx,
    actor: Account,
}

/// The actor of an activity, before it is anybody's turn to write: what takes long, reading and cleaning, is done without one.
async fn foreseen(data: &Data<Federation>, envelope: &Envelope) -> Result<Account, Error> {
    let actor = data.node.store.read().await?.account_by_uri(envelope.actor.as_str()).await?;
    actor.ok_or_else(|| went(envelope))
}

/// Its key was known a moment ago: it was forgotten since ([`node::housekeeping`]), and comes anew with the next try.
fn went(envelope: &Envelope) -> Error {
    Error::KeyUnavailable(envelope.actor.clone())
}

impl Work {
    /// Begins, unless the activity was taken in before. Suspended actors may only take back, refuse, change and delete.
    async fn begin(data: &Data<Federation>, envelope: &Envelope) -> Result<Option<Self>, Error> {
        let mut tx = data.node.store.begin().await?;
        let actor = tx.account_by_uri(envelope.actor.as_str()).await?;
        let actor = actor.ok_or_else(|| went(envelope))?;
        let harmless = ["Delete", "Reject", "Undo", "Update"].contains(&envelope.kind.as_str());
        if actor.is_suspended() && !harmless {
            return Ok(None);
        }
        let host = envelope.host();
        // Without an id of its own the same may well be done again: a post pinned, taken down, and pinned once more.
        if envelope.has_id && !tx.mark_seen(&host, envelope.id.as_str(), data.node.now()).await? {
            return Ok(None);
        }
        if data.heard.get(&actor.inbox_host).is_none() {
            tx.revive_host(&actor.inbox_host).await?;
            data.heard.insert(actor.inbox_host.clone(), ());
        }
        Ok(Some(Self { tx, actor }))
    }

    async fn commit(self, data: &Data<Federation>) -> Result<(), Error> {
        data.node.commit(self.tx).await?;
        Ok(())
    }

    /// One of our accounts, by actor id.
    async fn local(&mut self, uri: Option<&str>) -> Result<Option<Account>, Error> {
        let Some(uri) = uri else { return Ok(None) };
        Ok(self.tx.account_by_uri(uri).await?.filter(Account::is_local))
    }

    /// One of our people, by actor id. The node's own actor is nobody.
    async fn member(&mut self, uri: Option<&str>) -> Result<Option<Account>, Error> {
        Ok(self.local(uri).await?.filter(|a| a.kind != ActorKind::Application))
    }

    /// The same; of a boost, what it boosts.
    async fn original(&mut self, uri: &str) -> Result<Option<Post>, Error> {
        let Some(post) = self.post(Some(uri)).await? else { return Ok(None) };
        match post.boost_of_id {
            Some(original) => Ok(self.tx.visible_post(original, Viewer::Remote(self.actor.id)).await?),
            None => Ok(Some(post)),
        }
    }

    /// A post that the actor may see, by id: what it may not see it can do nothing to.
    async fn post(&mut self, uri: Option<&str>) -> Result<Option<Post>, Error> {
        let Some(uri) = uri else { return Ok(None) };
        let Some(post) = self.tx.post_by_uri(uri).await? else { return Ok(None) };
        Ok(self.tx.visible_post(post.id, Viewer::Remote(self.actor.id)).await?)
    }
}

/// Implements the library's `Activity` for a struct around an envelope; `$receive` is its behaviour.
macro_rules! activity {
    ($name:ident, $receive:path) => {
        #[async_trait::async_trait]
        impl activitypub_federation::traits::Activity for $name {
            type DataType = $crate::Federation;
            type Error = $crate::Error;

            fn id(&self) -> &url::Url {
                &self.0.urls.0
            }

            fn actor(&self) -> &url::Url {
                &self.0.urls.1
            }

            async fn verify(
                &self,
                _: &activitypub_federation::config::Data<Self::DataType>,
            ) -> Result<(), Self::Error> {
                self.check()
            }

            async fn receive(
                self,
                data: &activitypub_federation::config::Data<Self::DataType>,
            ) -> Result<(), Self::Error> {
                $receive(self.0, data).await
            }
        }
    };
}
pub(crate) use activity;
