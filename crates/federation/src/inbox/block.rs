//! `Block`: somebody elsewhere blocks one of us.

use activitypub_federation::config::Data;
use node::moderate;

use super::{Envelope, Work, activity};
use crate::{Error, Federation};

/// `{actor, object: <one of our actors>}`.
pub struct Block(pub Envelope);

activity!(Block, block);

impl Block {
    fn check(&self) -> Result<(), Error> {
        self.0.object_id().map(drop).ok_or_else(|| Error::Malformed("Nobody is blocked.".to_owned()))
    }
}

async fn block(envelope: Envelope, data: &Data<Federation>) -> Result<(), Error> {
    let Some(mut work) = Work::begin(data, &envelope).await? else { return Ok(()) };
    if let Some(member) = work.member(envelope.object_id()).await? {
        let (who, tx) = (&work.actor, &mut work.tx);
        moderate::receive_block(&data.node, tx, who, &member, envelope.id.as_str()).await?;
    }
    work.commit(data).await
}
