//! Requests for leave: to quote one of our posts (FEP-044f), to put one of our people into a collection (FEP-7aa9).

use activitypub_federation::config::Data;
use model::post::Post;
use node::jobs::{self, Job};
use node::stamp::{self, Request};
use node::{quote, receive};
use serde_json::Value;

use super::{Envelope, Work, activity};
use crate::documents::note;
use crate::json::{has_kind, id, id_of, list, same_origin};
use crate::{Error, Federation};

/// `{id, actor, object: <one of our posts>, instrument: <the post that quotes it, or its id>}`.
pub struct QuoteRequest(pub Envelope);
/// `{id, actor, object: <one of our actors>, instrument: <a collection, or its id>}`.
pub struct FeatureRequest(pub Envelope);

activity!(QuoteRequest, quote_request);
activity!(FeatureRequest, feature_request);

impl QuoteRequest {
    fn check(&self) -> Result<(), Error> {
        check(&self.0)
    }
}

impl FeatureRequest {
    fn check(&self) -> Result<(), Error> {
        check(&self.0)
    }
}

/// The answer repeats the id, so there has to be one; and nobody asks for leave for what is somebody else's.
fn check(envelope: &Envelope) -> Result<(), Error> {
    if envelope.document.get("id").and_then(Value::as_str).is_none() || envelope.object_id().is_none() {
        return Err(Error::Malformed("A request has an id and an object.".to_owned()));
    }
    match id(&envelope.document, "instrument") {
        Some(instrument) if same_origin(instrument, envelope.actor.as_str()) => Ok(()),
        _ => Err(Error::Forbidden("What leave is asked for is not on its author's server.".to_owned())),
    }
}

async fn quote_request(envelope: Envelope, data: &Data<Federation>) -> Result<(), Error> {
    let Some(mut work) = Work::begin(data, &envelope).await? else { return Ok(()) };
    let quoted = work.post(envelope.object_id()).await?.filter(|p| p.local && p.boost_of_id.is_none());
    let instrument = list(envelope.document.get("instrument")).first();
    if let Some(quoted) = quoted
        && let Some(instrument) = instrument
        && let Some(uri) = id_of(instrument)
    {
        let received = if has_kind(instrument, &note::KINDS) && instrument.get("content").is_some() {
            Some(note::read(instrument, &work.actor, None, data.node.now())?)
        } else {
            None
        };
        if received.is_none() && has_to_be_read(&mut work, uri, &quoted).await? {
            let job = Job::AnswerQuoteRequest {
                request: envelope.id.clone(),
                actor: work.actor.uri.clone(),
                object: quoted.uri,
                instrument: uri.to_owned(),
            };
            jobs::enqueue(&data.node, &mut work.tx, &job).await?;
        } else {
            let request = Request { id: envelope.id.as_str(), kind: "QuoteRequest", instrument: uri };
            quote::receive_request(&data.node, &mut work.tx, &work.actor, &quoted, request, received.as_ref()).await?;
        }
    }
    work.commit(data).await
}

/// Whether the post has to be read before a request can be answered: one that we do not have, or that did not quote this one when it
/// was last read. That somebody else wrote it is answer enough.
async fn has_to_be_read(work: &mut Work, uri: &str, quoted: &Post) -> Result<bool, Error> {
    match work.tx.post_by_uri(uri).await? {
        Some(post) if post.account_id != work.actor.id => Ok(false),
        Some(post) => Ok(work.tx.quote(post.id).await?.is_none_or(|q| q.quoted_uri != quoted.uri)),
        None => Ok(true),
    }
}

async fn feature_request(envelope: Envelope, data: &Data<Federation>) -> Result<(), Error> {
    let Some(mut work) = Work::begin(data, &envelope).await? else { return Ok(()) };
    let member = work.member(envelope.object_id()).await?;
    if let Some(member) = member.filter(|m| !m.is_suspended())
        && let Some(instrument) = id(&envelope.document, "instrument")
        && work.tx.member(member.id).await?.is_some()
    {
        let request = Request { id: envelope.id.as_str(), kind: "FeatureRequest", instrument };
        stamp::receive_feature_request(&data.node, &mut work.tx, &work.actor, &member, request).await?;
    }
    work.commit(data).await
}

/// An `Accept` that answers no follow: of a quote of ours, or of a reply or boost. What it gives lies on its actor's server.
pub(super) async fn accepted(work: &mut Work, envelope: &Envelope, data: &Data<Federation>) -> Result<(), Error> {
    let object = list(envelope.object()).first().and_then(id_of).unwrap_or("");
    let Some(result) = id(&envelope.document, "result").filter(|r| same_origin(r, &work.actor.uri)) else {
        return Ok(());
    };
    // They took it back before it came: that is a no.
    if node::policy::is_taken_back(&mut work.tx, &work.actor, result).await? {
        return rejected(work, envelope, data).await;
    }
    if let Some(row) = work.tx.quote_by_request(object).await? {
        quote::receive_accept(&data.node, &mut work.tx, &work.actor, &row, result).await?;
    } else {
        node::policy::receive_approval(&data.node, &mut work.tx, &work.actor, object, result).await?;
    }
    Ok(())
}

/// A `Reject` that answers no follow.
pub(super) async fn rejected(work: &mut Work, envelope: &Envelope, data: &Data<Federation>) -> Result<(), Error> {
    let object = list(envelope.object()).first().and_then(id_of).unwrap_or("");
    if let Some(row) = work.tx.quote_by_request(object).await? {
        quote::receive_reject(&mut work.tx, &work.actor, &row).await?;
    } else {
        node::policy::receive_refusal(&data.node, &mut work.tx, &work.actor, object).await?;
    }
    Ok(())
}

/// A `Delete`, which may take a stamp or an approval back.
pub(super) async fn deleted(work: &mut Work, uri: &str, data: &Data<Federation>) -> Result<(), Error> {
    if !node::policy::receive_revocation(&data.node, &mut work.tx, &work.actor, uri).await? {
        receive::delete(&data.node, &mut work.tx, &work.actor, uri).await?;
    }
    Ok(())
}
