//! `Follow`, and the answers `Accept` and `Reject`, which may also answer other requests of ours.

use activitypub_federation::config::Data;
use model::account::Account;
use node::follow::Request;
use node::{carry, peers, relays};
use serde_json::Value;
use storage::Follow as Row;

use super::{Envelope, Work, activity, request, unheeded};
use crate::json::{id, id_of, is_public, kind, list};
use crate::{Error, Federation};

/// `{actor, object: <one of our actors>}`.
pub struct Follow(pub Envelope);
/// `{actor: <whom we asked>, object: <our request, or its id>, result: <the stamp>}`.
pub struct Accept(pub Envelope);
/// Of the same form as `Accept`.
pub struct Reject(pub Envelope);

activity!(Follow, follow);
activity!(Accept, accept);
activity!(Reject, reject);

impl Follow {
    fn check(&self) -> Result<(), Error> {
        has_object(&self.0)
    }
}

impl Accept {
    fn check(&self) -> Result<(), Error> {
        has_object(&self.0)
    }
}

impl Reject {
    fn check(&self) -> Result<(), Error> {
        has_object(&self.0)
    }
}

fn has_object(envelope: &Envelope) -> Result<(), Error> {
    match envelope.object() {
        Some(Value::Null) | None => Err(Error::Malformed("The activity has no object.".to_owned())),
        Some(_) => Ok(()),
    }
}

async fn follow(envelope: Envelope, data: &Data<Federation>) -> Result<(), Error> {
    let Some(mut work) = Work::begin(data, &envelope).await? else { return Ok(()) };
    // Friendica also follows posts: those are nobody whom one could follow.
    if let Some(target) = followed(&mut work, &envelope, data).await? {
        let (who, tx) = (&work.actor, &mut work.tx);
        let is_node = target.uri == data.node.config.instance_actor_uri();
        if is_node && relays::followed_back(&data.node, tx, who, envelope.id.as_str()).await? {
            return work.commit(data).await;
        }
        let request = Request { uri: envelope.id.as_str(), object: envelope.object_id().unwrap_or_default() };
        node::follow::receive(&data.node, tx, who, &target, request).await?;
    }
    work.commit(data).await
}

/// Who of ours is followed. The actor of a hashtag may have to be made first; to follow everybody in its inbox, as one does to
/// subscribe to a relay, is to follow it.
async fn followed(work: &mut Work, envelope: &Envelope, data: &Data<Federation>) -> Result<Option<Account>, Error> {
    let Some(object) = envelope.object_id() else { return Ok(None) };
    let slug = match envelope.slug.as_deref().filter(|_| is_public(object)) {
        Some(slug) => slug,
        None => match carry::slug_in_url(&data.node.config, object, "actor") {
            Some(slug) => slug,
            None => return work.local(Some(object)).await,
        },
    };
    let Some(found) = carry::find(&data.node, &mut work.tx, slug).await? else {
        // Whoever knew it before it was blocked hears that it is not to be followed, and may ask again later.
        return match data.words.may_open_tag(&envelope.host()) {
            true => Ok(carry::open_shut(&data.node, &mut work.tx, slug).await?),
            false => Ok(None),
        };
    };
    let is_new = found.account.id == 0;
    if is_new && !found.is_known && !data.words.may_open_tag(&envelope.host()) {
        unheeded("tag", &envelope.host());
        return Ok(None);
    }
    Ok(carry::open(&data.node, &mut work.tx, slug).await?)
}

async fn accept(envelope: Envelope, data: &Data<Federation>) -> Result<(), Error> {
    let Some(mut work) = Work::begin(data, &envelope).await? else { return Ok(()) };
    if let Some(row) = answered(&mut work, &envelope).await? {
        node::follow::receive_accept(&data.node, &mut work.tx, &work.actor, &row).await?;
    } else if !answers_the_node(&mut work, &envelope, data, true).await? {
        request::accepted(&mut work, &envelope, data).await?;
    }
    work.commit(data).await
}

async fn reject(envelope: Envelope, data: &Data<Federation>) -> Result<(), Error> {
    let Some(mut work) = Work::begin(data, &envelope).await? else { return Ok(()) };
    if let Some(row) = answered(&mut work, &envelope).await? {
        node::follow::receive_reject(&mut work.tx, &work.actor, &row).await?;
    } else if !answers_the_node(&mut work, &envelope, data, false).await? {
        request::rejected(&mut work, &envelope, data).await?;
    }
    work.commit(data).await
}

/// Whether a follow of the node's own actor is answered: of the account of a hashtag, by its id or by who follows whom, or of a
/// relay, by its id.
async fn answers_the_node(
    work: &mut Work,
    envelope: &Envelope,
    data: &Data<Federation>,
    is_accepted: bool,
) -> Result<bool, Error> {
    let Some(object) = list(envelope.object()).first() else { return Ok(false) };
    let (by, tx) = (&work.actor, &mut work.tx);
    if let Some(uri) = id_of(object)
        && (peers::answered(&data.node, tx, by, Some(uri), is_accepted).await?
            || relays::answered(tx, by, uri, is_accepted).await?)
    {
        return Ok(true);
    }
    let is_ours = kind(object) == "Follow" && id(object, "actor") == Some(&data.node.config.instance_actor_uri());
    Ok(is_ours && peers::answered(&data.node, tx, by, None, is_accepted).await?)
}

/// The follow that is answered: by its id, else by who follows whom. The one who answers must be the one who is followed, and
/// the follower one of ours.
async fn answered(work: &mut Work, envelope: &Envelope) -> Result<Option<Row>, Error> {
    let Some(object) = list(envelope.object()).first() else { return Ok(None) };
    let by_id = match id_of(object) {
        Some(uri) => work.tx.follow_by_uri(uri).await?,
        None => None,
    };
    let row = match by_id {
        Some(row) => Some(row),
        None if kind(object) == "Follow" => match work.member(id(object, "actor")).await? {
            Some(who) => work.tx.follow(who.id, work.actor.id).await?,
            None => None,
        },
        None => None,
    };
    Ok(row.filter(|r| r.target_id == work.actor.id))
}
