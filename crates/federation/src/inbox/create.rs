//! `Create`: a post.

use activitypub_federation::config::Data;
use node::jobs::{self, Job};
use node::poll;
use node::receive::{self, Reason};
use serde_json::Value;

use super::{Envelope, Work, activity, foreseen};
use crate::documents::{note, question};
use crate::json::{has_kind, id, id_of, list, same_origin};
use crate::{Error, Federation};

/// Most objects of one activity: as many as anybody can choose in one of our polls, with room.
const OBJECTS: usize = 20;

/// `{actor, object: <the whole post, or its id>}`, or several objects (GoToSocial's votes).
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
    let author = foreseen(data, &envelope).await?;
    let objects: Vec<&Value> = list(envelope.object()).iter().take(OBJECTS).collect();
    let read = |object: &&Value| {
        let is_post = has_kind(object, &note::KINDS) && !question::is_only_vote(object);
        is_post.then(|| note::read(object, &author, Some(&envelope.document), data.node.now()))
    };
    let posts: Vec<_> = objects.iter().map(read).collect();
    let Some(mut work) = Work::begin(data, &envelope).await? else { return Ok(()) };
    for (object, post) in objects.into_iter().zip(posts) {
        if let Value::String(uri) = object {
            jobs::enqueue(&data.node, &mut work.tx, &Job::FetchDelivered { uri: uri.clone() }).await?;
        } else if !is_vote(&mut work, data, object).await?
            && let Some(post) = post
        {
            receive::post(&data.node, &mut work.tx, &work.actor, &post?, Reason::Delivered).await?;
        }
    }
    work.commit(data).await
}

/// Whether the object is a vote, which is counted then. One that comes to nothing, since it names no option of a poll that its
/// sender may see, is none the more a post.
async fn is_vote(work: &mut Work, data: &Data<Federation>, object: &Value) -> Result<bool, Error> {
    let Some((question, name)) = question::vote(object) else { return Ok(false) };
    let is_own = id(object, "attributedTo").is_none_or(|who| who == work.actor.uri);
    let counted = match work.post(Some(question)).await? {
        Some(post) if is_own => {
            let uri = id_of(object).unwrap_or_default();
            poll::receive_vote(&data.node, &mut work.tx, &work.actor, &post, name, uri).await?
        }
        _ => false,
    };
    Ok(counted || question::is_only_vote(object))
}
