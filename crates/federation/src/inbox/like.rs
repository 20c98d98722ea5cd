//! `Like`, and the reactions of servers that have more of them: all are favourites here, which remember their emoji.

use activitypub_federation::config::Data;
use node::reaction;

use super::{Envelope, Work, activity};
use crate::documents::emoji;
use crate::{Error, Federation};

/// `{actor, object: <id of a post>}`; also `EmojiReact`.
pub struct Like(pub Envelope);

activity!(Like, like);

impl Like {
    fn check(&self) -> Result<(), Error> {
        self.0.object_id().map(drop).ok_or_else(|| Error::Malformed("Nothing is liked.".to_owned()))
    }
}

async fn like(envelope: Envelope, data: &Data<Federation>) -> Result<(), Error> {
    let Some(mut work) = Work::begin(data, &envelope).await? else { return Ok(()) };
    // Others' favourites of others' posts are those servers' to count.
    if let Some(post) = work.post(envelope.object_id()).await?.filter(|p| p.local && p.boost_of_id.is_none()) {
        let said = emoji::reaction(&envelope.document);
        let (who, tx) = (&work.actor, &mut work.tx);
        reaction::receive(&data.node, tx, who, &post, said.as_ref(), envelope.id.as_str()).await?;
    }
    work.commit(data).await
}
