//! `Add` and `Remove`: somebody elsewhere pins one of their posts, or takes it down. Mastodon gives them no id; of other collections
//! than the pinned posts, and of hashtags in that, nothing is kept.

use activitypub_federation::config::Data;
use node::featured;
use node::jobs::{self, Job};

use super::{Envelope, Work, activity};
use crate::json::{id, kind, list, same_origin};
use crate::{Error, Federation};

/// `{actor, object: <a post of the actor, or its id>, target: <the actor's collection>}`.
pub struct Add(pub Envelope);
/// Of the same form.
pub struct Remove(pub Envelope);

activity!(Add, add);
activity!(Remove, remove);

impl Add {
    fn check(&self) -> Result<(), Error> {
        Ok(())
    }
}

impl Remove {
    fn check(&self) -> Result<(), Error> {
        Ok(())
    }
}

async fn add(envelope: Envelope, data: &Data<Federation>) -> Result<(), Error> {
    let Some(mut work) = Work::begin(data, &envelope).await? else { return Ok(()) };
    if let Some(uri) = pinned(&envelope, &work) {
        match work.tx.post_by_uri(uri).await? {
            Some(post) => drop(featured::receive_pin(&data.node, &mut work.tx, &work.actor, &post).await?),
            // Nobody makes us fetch what nobody here would see.
            None if work.tx.is_followed_here(work.actor.id).await? => {
                let job = Job::FetchPinned { actor: work.actor.uri.clone(), object: uri.to_owned() };
                jobs::enqueue(&data.node, &mut work.tx, &job).await?;
            }
            None => {}
        }
    }
    work.commit(data).await
}

async fn remove(envelope: Envelope, data: &Data<Federation>) -> Result<(), Error> {
    let Some(mut work) = Work::begin(data, &envelope).await? else { return Ok(()) };
    if let Some(uri) = pinned(&envelope, &work)
        && let Some(post) = work.tx.post_by_uri(uri).await?
    {
        featured::receive_unpin(&mut work.tx, &work.actor, &post).await?;
    }
    work.commit(data).await
}

/// The post that is pinned or taken down, if that is what it is about.
fn pinned<'e>(envelope: &'e Envelope, work: &Work) -> Option<&'e str> {
    let object = list(envelope.object()).first()?;
    let is_theirs = !work.actor.featured.is_empty() && id(&envelope.document, "target") == Some(&work.actor.featured);
    let uri = envelope.object_id().filter(|_| is_theirs && kind(object) != "Hashtag")?;
    same_origin(uri, &work.actor.uri).then_some(uri)
}
