//! `Delete`: of a post, of a stamp or approval, or of the actor itself.

use activitypub_federation::config::Data;
use node::accounts;

use super::{Envelope, Work, activity, request};
use crate::json::same_origin;
use crate::{Error, Federation};

/// `{actor, object: <id, Tombstone, or what is deleted>}`.
pub struct Delete(pub Envelope);

activity!(Delete, delete);

impl Delete {
    fn check(&self) -> Result<(), Error> {
        match self.0.object_id() {
            Some(object) if same_origin(object, self.0.actor.as_str()) => Ok(()),
            _ => Err(Error::Forbidden("What is deleted is not on its owner's server.".to_owned())),
        }
    }
}

async fn delete(envelope: Envelope, data: &Data<Federation>) -> Result<(), Error> {
    let Some(mut work) = Work::begin(data, &envelope).await? else { return Ok(()) };
    if envelope.is_about_its_actor() {
        accounts::receive_delete(&data.node, &mut work.tx, &work.actor).await?;
    } else if let Some(uri) = envelope.object_id() {
        request::deleted(&mut work, uri, data).await?;
    }
    work.commit(data).await
}
