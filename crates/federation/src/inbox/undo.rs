//! `Undo`: of a follow, a favourite, a boost, a block. By target where there is one, boosts by their id.

use activitypub_federation::config::Data;
use node::{follow, moderate, react, receive};
use serde_json::Value;

use super::{Envelope, Work, activity};
use crate::json::{id, id_of, kind, list, same_origin};
use crate::{Error, Federation};

/// `{actor, object: <the activity that is undone, or its id>}`.
pub struct Undo(pub Envelope);

activity!(Undo, undo);

impl Undo {
    fn check(&self) -> Result<(), Error> {
        let object = list(self.0.object()).first().ok_or_else(|| Error::Malformed("Nothing is undone.".to_owned()))?;
        // Only one's own deeds can be undone.
        match id(object, "actor") {
            Some(actor) if actor != self.0.actor.as_str() => {
                Err(Error::Forbidden("Somebody else did that.".to_owned()))
            }
            _ => Ok(()),
        }
    }
}

async fn undo(envelope: Envelope, data: &Data<Federation>) -> Result<(), Error> {
    let Some(mut work) = Work::begin(data, &envelope).await? else { return Ok(()) };
    let object = list(envelope.object()).first().cloned().unwrap_or(Value::Null);
    let target = id(&object, "object").map(str::to_owned);
    match kind(&object) {
        "Follow" => {
            if let Some(member) = work.member(target.as_deref()).await? {
                follow::receive_undo(&mut work.tx, &work.actor, &member).await?;
            }
        }
        "Like" => {
            if let Some(post) = work.post(target.as_deref()).await? {
                react::unfavourite(&data.node, &mut work.tx, &work.actor, &post).await?;
            }
        }
        // Of several reactions one is taken back: the favourite goes if it was made by that one.
        "EmojiReact" => drop(unlike(&mut work, data, id_of(&object)).await?),
        "Block" => {
            if let Some(member) = work.member(target.as_deref()).await? {
                moderate::receive_unblock(&mut work.tx, &work.actor, &member).await?;
            }
        }
        "Announce" => unboost(&mut work, data, id_of(&object), target.as_deref()).await?,
        "" => undo_by_id(&mut work, data, id_of(&object)).await?,
        _ => {}
    }
    work.commit(data).await
}

/// A bare id: of a follow, a favourite, or a boost.
async fn undo_by_id(work: &mut Work, data: &Data<Federation>, uri: Option<&str>) -> Result<(), Error> {
    let Some(uri) = uri else { return Ok(()) };
    if let Some(row) = work.tx.follow_by_uri(uri).await?.filter(|f| f.follower_id == work.actor.id) {
        if let Some(member) = work.tx.account(row.target_id).await? {
            follow::receive_undo(&mut work.tx, &work.actor, &member).await?;
        }
        return Ok(());
    }
    if unlike(work, data, Some(uri)).await? {
        return Ok(());
    }
    unboost(work, data, Some(uri), None).await
}

/// Takes back the favourite that was made by the activity with this id; whether there is one.
async fn unlike(work: &mut Work, data: &Data<Federation>, uri: Option<&str>) -> Result<bool, Error> {
    let Some(uri) = uri else { return Ok(false) };
    let Some(post) = work.tx.favourite_by_uri(work.actor.id, uri).await? else { return Ok(false) };
    let Some(post) = work.tx.post(post).await? else { return Ok(false) };
    Ok(react::unfavourite(&data.node, &mut work.tx, &work.actor, &post).await?)
}

async fn unboost(
    work: &mut Work,
    data: &Data<Federation>,
    uri: Option<&str>,
    target: Option<&str>,
) -> Result<(), Error> {
    // The boost may still be on its way: its id is remembered as dead.
    if let Some(uri) = uri.filter(|u| same_origin(u, &work.actor.uri))
        && receive::delete(&data.node, &mut work.tx, &work.actor, uri).await?
    {
        return Ok(());
    }
    if let Some(post) = work.post(target).await? {
        react::unboost(&data.node, &mut work.tx, &work.actor, &post).await?;
    }
    Ok(())
}
