//! `Update`: a new version of a post, or of the actor itself.

use activitypub_federation::config::Data;
use model::clock::DAY;
use node::receive::{self, Reason};
use node::{accounts, jobs};
use serde_json::Value;

use super::{Envelope, Work, activity, foreseen};
use crate::documents::{actor, note};
use crate::json::{has_kind, list, same_origin};
use crate::{Error, Federation};

/// `{actor, object: <the whole post or actor>}`.
pub struct Update(pub Envelope);

activity!(Update, update);

impl Update {
    fn check(&self) -> Result<(), Error> {
        match self.0.object_id() {
            Some(object) if same_origin(object, self.0.actor.as_str()) => Ok(()),
            _ => Err(Error::Forbidden("What is updated is not on its owner's server.".to_owned())),
        }
    }
}

async fn update(envelope: Envelope, data: &Data<Federation>) -> Result<(), Error> {
    let author = foreseen(data, &envelope).await?;
    let Some(object) = list(envelope.object()).first() else { return Ok(()) };
    let is_post = !envelope.is_about_its_actor() && has_kind(object, &note::KINDS);
    let received =
        is_post.then(|| note::read(object, &author, Some(&envelope.document), data.node.now())).transpose()?;
    let Some(mut work) = Work::begin(data, &envelope).await? else { return Ok(()) };
    if envelope.is_about_its_actor() {
        update_actor(&mut work, data, object).await?;
    } else if let Some(received) = received {
        let known = receive::update(&data.node, &mut work.tx, &work.actor, &received).await?;
        // It may have overtaken its `Create`; what is old was not meant for us.
        let fresh = received.published.is_some_and(|at| at > data.node.now() - DAY);
        if known.is_none() && fresh {
            receive::post(&data.node, &mut work.tx, &work.actor, &received, Reason::Delivered).await?;
        }
    }
    work.commit(data).await
}

/// The handle is taken over only after WebFinger has said so, which takes a request: that is a job.
async fn update_actor(work: &mut Work, data: &Data<Federation>, object: &Value) -> Result<(), Error> {
    let mut document = object.clone();
    // Inside an activity the context is the activity's.
    if let Some(fields) = document.as_object_mut() {
        fields.entry("@context").or_insert_with(|| Value::String(crate::json::ACTIVITY_STREAMS.to_owned()));
    }
    let Ok(mut read) = actor::read(&document) else {
        jobs::enqueue(&data.node, &mut work.tx, &jobs::Job::RefreshActor { uri: work.actor.uri.clone() }).await?;
        return Ok(());
    };
    if read.account.username != work.actor.username || read.webfinger.is_some() {
        jobs::enqueue(&data.node, &mut work.tx, &jobs::Job::RefreshActor { uri: work.actor.uri.clone() }).await?;
    }
    read.account.username.clone_from(&work.actor.username);
    read.account.domain.clone_from(&work.actor.domain);
    let key = read.key.filter(|(id, _)| same_origin(id, &work.actor.uri));
    accounts::receive(&data.node, &mut work.tx, read.account, key, data.node.now()).await?;
    Ok(())
}
