//! `Undo`: of a follow, a favourite, a boost, a block. By target where there is one, boosts by their id.

use activitypub_federation::config::Data;
use node::{carry, follow, moderate, react, reaction, receive, relays};
use serde_json::Value;

use super::{Envelope, Work, activity};
use crate::documents::emoji;
use crate::json::{id, id_of, is_public, kind, list, same_origin};
use crate::peers::source_of;
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
            // Whoever followed a hashtag like a relay followed everybody.
            let relay = envelope.slug.as_deref().filter(|_| target.as_deref().is_some_and(is_public));
            let config = &data.node.config;
            let named = target.as_deref().and_then(|uri| carry::slug_in_url(config, uri, "actor"));
            let target =
                relay.or(named).map(|slug| config.tag_actor_uri(&slug.to_ascii_lowercase())).or(target.clone());
            if let Some(member) = work.member(target.as_deref()).await? {
                follow::receive_undo(&mut work.tx, &work.actor, &member).await?;
            } else if work.local(target.as_deref()).await?.is_some() {
                relays::unfollowed(&mut work.tx, &work.actor).await?;
            }
        }
        kind @ ("Like" | "EmojiReact") => unlike(&mut work, data, kind, &object).await?,
        "Block" => {
            if let Some(member) = work.member(target.as_deref()).await? {
                moderate::receive_unblock(&mut work.tx, &work.actor, &member).await?;
            }
        }
        "Announce" => match source_of(&mut work.tx, &work.actor, &envelope.id).await? {
            Some(source) => {
                if let Some(target) = &target {
                    data.heed_taken_back(&mut work.tx, &work.actor, target, &source).await?;
                }
                // Somebody may have followed it before, and then it was a boost.
                unboost(&mut work, data, None, target.as_deref()).await?;
            }
            None => {
                unboost(&mut work, data, id_of(&object), target.as_deref()).await?;
                if let Some(target) = &target {
                    data.heed_left(&mut work.tx, &work.actor, target).await?;
                }
            }
        },
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
    if reaction::take_back(&data.node, &mut work.tx, &work.actor, uri).await? {
        return Ok(());
    }
    unboost(work, data, Some(uri), None).await
}

/// Takes a favourite back: the one that was made by the activity with that id; else with its emoji; else a `Like` by its target.
/// Of several reactions the others stay.
async fn unlike(work: &mut Work, data: &Data<Federation>, kind: &str, object: &Value) -> Result<(), Error> {
    if let Some(uri) = id_of(object)
        && reaction::take_back(&data.node, &mut work.tx, &work.actor, uri).await?
    {
        return Ok(());
    }
    let Some(post) = work.post(id(object, "object")).await? else { return Ok(()) };
    let (who, tx) = (&work.actor, &mut work.tx);
    if let Some(said) = emoji::reaction(object)
        && reaction::take_back_emoji(&data.node, tx, who, &post, &said.emoji).await?
    {
        return Ok(());
    }
    if kind == "Like" {
        react::unfavourite(&data.node, tx, who, &post).await?;
    }
    Ok(())
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
