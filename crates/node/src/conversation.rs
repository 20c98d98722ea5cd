//! Direct messages as conversations.

use model::account::Account;
use model::audience::Audience;
use model::id::Id;
use model::notification::NotificationKind;
use model::post::Post;
use storage::{Conversation, Tx};

use crate::notify::notify;
use crate::{Error, Node, live};

/// Tells a member that they are named in a post. One that is for them alone is in a conversation, as far as they hear of it.
pub(crate) async fn mention(node: &Node, tx: &mut Tx, to: Id, author: &Account, post: &Post) -> Result<(), Error> {
    if notify(node, tx, to, NotificationKind::Mention, author, Some(post)).await? {
        add(node, tx, to, post).await?;
    }
    Ok(())
}

/// Puts a direct message into a member's conversation with whoever else is named in it, and its author.
pub(crate) async fn add(node: &Node, tx: &mut Tx, account: Id, post: &Post) -> Result<(), Error> {
    if !matches!(post.audience, Audience::Direct | Audience::Inside) || post.boost_of_id.is_some() {
        return Ok(());
    }
    let mut others: Vec<Id> =
        tx.mentions(&[post.id]).await?.iter().filter(|m| !m.silent).map(|m| m.account_id).collect();
    others.push(post.account_id);
    others.retain(|id| *id != account);
    others.sort_unstable();
    others.dedup();
    if let Some(id) = tx.put_in_conversation(node.id(), account, post, &others).await? {
        live::conversation(tx, account, id);
    }
    Ok(())
}

/// A member has read a conversation, or wants to come back to it.
pub async fn mark(tx: &mut Tx, who: &Account, id: Id, unread: bool) -> Result<Conversation, Error> {
    let known = find(tx, who, id).await?;
    tx.set_unread(known.id, unread).await?;
    Ok(Conversation { unread, ..known })
}

/// Takes a conversation from a member's list, until something is said in it again.
pub async fn remove(tx: &mut Tx, who: &Account, id: Id) -> Result<(), Error> {
    let known = find(tx, who, id).await?;
    Ok(tx.delete_conversation(known.id).await?)
}

async fn find(tx: &mut Tx, who: &Account, id: Id) -> Result<Conversation, Error> {
    tx.conversation(who.id, id).await?.ok_or(Error::NotFound)
}

/// A post goes, and with it goes what it was in conversations.
pub(crate) async fn forget(tx: &mut Tx, post: &Post) -> Result<(), Error> {
    if matches!(post.audience, Audience::Direct | Audience::Inside) {
        tx.leave_conversations(post.id).await?;
    }
    Ok(())
}
