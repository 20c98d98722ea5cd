//! Reactions with an emoji, as other servers have them. Here each is a favourite, one for each account and post, that remembers
//! with what.

use model::account::Account;
use model::emoji::Reaction;
use model::post::Post;
use storage::Tx;

use crate::react::{favourite, unfavourite};
use crate::{Error, Node};

/// Most emoji of one account on one post that are kept.
const REACTIONS: usize = 10;

/// Somebody elsewhere favourites a post, with an emoji or without, by the activity `uri`.
pub async fn receive(
    node: &Node,
    tx: &mut Tx,
    who: &Account,
    post: &Post,
    reaction: Option<&Reaction>,
    uri: &str,
) -> Result<(), Error> {
    favourite(node, tx, who, post, Some(uri)).await?;
    let Some(reaction) = reaction else { return Ok(()) };
    tx.hold_account(who.id).await?;
    if tx.reactions_by(who.id, post.id).await?.len() < REACTIONS {
        tx.put_reaction(who.id, post.id, reaction, uri, node.now()).await?;
    }
    Ok(())
}

/// Takes back what the activity `uri` did; whether it did anything that stands.
pub async fn take_back(node: &Node, tx: &mut Tx, who: &Account, uri: &str) -> Result<bool, Error> {
    let reaction = tx.reaction_by_uri(who.id, uri).await?;
    if let Some((post, emoji)) = &reaction {
        tx.delete_reaction(who.id, *post, emoji).await?;
    }
    let favourite = tx.favourite_by_uri(who.id, uri).await?;
    if let Some(post) = favourite {
        settle(node, tx, who, post).await?;
    }
    Ok(reaction.is_some() || favourite.is_some())
}

/// Takes one emoji back, whatever activity brought it; whether there was one.
pub async fn take_back_emoji(node: &Node, tx: &mut Tx, who: &Account, post: &Post, emoji: &str) -> Result<bool, Error> {
    let uri = tx.reactions_by(who.id, post.id).await?.into_iter().find(|(e, _)| e == emoji).map(|(_, uri)| uri);
    match uri {
        Some(uri) => take_back(node, tx, who, &uri).await,
        None => Ok(false),
    }
}

/// What had made a favourite is taken back: another reaction stands for it from now on, or it goes.
async fn settle(node: &Node, tx: &mut Tx, who: &Account, post: i64) -> Result<(), Error> {
    if let Some((_, uri)) = tx.reactions_by(who.id, post).await?.first() {
        tx.rename_favourite(who.id, post, uri).await?;
    } else if let Some(post) = tx.post(post).await? {
        unfavourite(node, tx, who, &post).await?;
    }
    Ok(())
}
