//! `Move`: somebody elsewhere goes on as another. The new account is asked whether it agrees, which is a job.
//! What the new account alone says (FEP-7628, pull mode) has no effect.

use activitypub_federation::config::Data;
use node::jobs::{self, Job};

use super::{Envelope, Work, activity};
use crate::json::{id, origin};
use crate::{Error, Federation};

/// `{actor, object: <the same>, target: <the new account>}`.
pub struct Move(pub Envelope);

activity!(Move, go);

impl Move {
    fn check(&self) -> Result<(), Error> {
        match id(&self.0.document, "target").and_then(origin) {
            Some(_) => Ok(()),
            None => Err(Error::Malformed("There is nowhere to move to.".to_owned())),
        }
    }
}

async fn go(envelope: Envelope, data: &Data<Federation>) -> Result<(), Error> {
    let Some(mut work) = Work::begin(data, &envelope).await? else { return Ok(()) };
    if let Some(target) =
        id(&envelope.document, "target").filter(|t| envelope.is_about_its_actor() && !data.is_blocked(t))
    {
        let job = Job::CheckMove { actor: work.actor.uri.clone(), target: target.to_owned() };
        jobs::enqueue(&data.node, &mut work.tx, &job).await?;
    }
    work.commit(data).await
}
