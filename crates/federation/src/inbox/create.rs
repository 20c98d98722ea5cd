//! `Create`: a post.

use activitypub_federation::config::Data;
use node::jobs::{self, Job};
use node::receive::{self, Reason};
use serde_json::Value;

use super::{Envelope, Work, activity};
use crate::documents::note;
use crate::json::{has_kind, id_of, list, same_origin};
use crate::{Error, Federation};

/// `{actor, object: <the whole post, or its id>}`.
pub struct Create(pub Envelope);

activity!(Create, create);

impl Create {
    fn check(&self) -> Result<(), Error> {
        for object in list(self.0.object()) {
            let uri = id_of(object).ok_or_else(|| Error::Malformed("The post has no id.".to_owned()))?;
            if !same_origin(uri, self.0.actor.as_str()) {
                return Err(Error::Forbidden("The post is not on its author's server.".to_owned()));
            }
        }
        Ok(())
    }
}

async fn create(envelope: Envelope, data: &Data<Federation>) -> Result<(), Error> {
    let Some(mut work) = Work::begin(data, &envelope).await? else { return Ok(()) };
    for object in list(envelope.object()) {
        match object {
            Value::String(uri) => {
                jobs::enqueue(&data.node, &mut work.tx, &Job::FetchDelivered { uri: uri.clone() }).await?;
            }
            object if has_kind(object, &note::KINDS) && !note::is_vote(object) => {
                let received = note::read(object, &work.actor, Some(&envelope.document))?;
                receive::post(&data.node, &mut work.tx, &work.actor, &received, Reason::Delivered).await?;
            }
            _ => {}
        }
    }
    work.commit(data).await
}
