//! `Announce`: a boost. What is boosted is never taken from the activity, always from its own server. Groups (FEP-1b12) announce
//! whole activities of their members, too: those are no boosts, but word of a post that is then looked at where it was made.

use activitypub_federation::config::Data;
use model::audience::Audience;
use model::clock::parse_rfc3339;
use node::jobs::{self, Job};
use node::policy::{Wish, needs_approval};
use node::react::{self, ReceivedBoost};
use serde_json::Value;

use super::{Envelope, Work, activity};
use crate::json::{id, ids, is_public, origin, text};
use crate::peers::source_of;
use crate::{Error, Federation};

/// `{actor, object: <id of a post>, to, cc}`.
pub struct Announce(pub Envelope);

activity!(Announce, announce);

impl Announce {
    fn check(&self) -> Result<(), Error> {
        match self.0.object_id().and_then(origin) {
            Some(_) => Ok(()),
            None => Err(Error::Malformed("Nothing is boosted.".to_owned())),
        }
    }
}

async fn announce(envelope: Envelope, data: &Data<Federation>) -> Result<(), Error> {
    let Some(mut work) = Work::begin(data, &envelope).await? else { return Ok(()) };
    let Some(object) = envelope.object_id() else { return Ok(()) };
    if let Some(source) = source_of(&mut work.tx, &work.actor, &envelope.id).await? {
        let inner = envelope.object().filter(|o| is_activity(o)).and_then(|o| id(o, "object"));
        data.heed_announcer(&mut work.tx, &work.actor, inner.unwrap_or(object), &source).await?;
        return work.commit(data).await;
    }
    if let Some(inner) = envelope.object().filter(|o| is_activity(o)) {
        data.look_at_origin(&mut work.tx, &work.actor, inner).await?;
        return work.commit(data).await;
    }
    data.note_brought(&mut work.tx, &work.actor, object).await?;
    let published = text(&envelope.document, "published").and_then(parse_rfc3339);
    let audience = audience(&envelope);
    let approved_by = id(&envelope.document, "approvedBy").unwrap_or("").to_owned();
    let post = work.original(object).await?;
    let must_look = match &post {
        Some(post) => needs_approval(&mut work.tx, &work.actor, post, Wish::Boost).await?,
        None => !data.is_own(object) && work.tx.is_followed_here(work.actor.id).await?,
    };
    if let Some(post) = post.filter(|_| !must_look) {
        let boost = ReceivedBoost { uri: envelope.id.to_string(), audience, published, approved_by: String::new() };
        react::receive_boost(&data.node, &mut work.tx, &work.actor, &post, &boost).await?;
    } else if must_look {
        let job = Job::FetchBoosted {
            announce: envelope.id.clone(),
            actor: work.actor.uri.clone(),
            object: object.to_owned(),
            audience: audience as i64,
            published,
            approved_by,
        };
        jobs::enqueue(&data.node, &mut work.tx, &job).await?;
    }
    work.commit(data).await
}

fn is_activity(object: &Value) -> bool {
    object.get("actor").is_some() && object.get("object").is_some()
}

fn audience(envelope: &Envelope) -> Audience {
    let has_public = |name| ids(&envelope.document, name, 100).iter().any(|u| is_public(u));
    if has_public("to") {
        Audience::Public
    } else if has_public("cc") {
        Audience::Unlisted
    } else {
        Audience::Followers
    }
}
