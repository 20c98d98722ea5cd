//! What streams show at once: each deed rings for it here, and who is connected to some process, and may see it, is told. Ringing
//! costs no statement, but for what is removed: whose home something is in is asked by the process that has somebody to tell.

use model::audience::Audience;
use model::id::Id;
use model::notification::Notification;
use model::post::Post;
use storage::{Event, Live, Place, Tx};

use crate::Error;

fn ring(tx: &mut Tx, live: Live) {
    tx.ring(Event::Live(live));
}

/// A post or a boost is news, and was put into the homes where it belongs.
pub fn posted(tx: &mut Tx, post: &Post) {
    if post.audience != Audience::Draft {
        ring(tx, Live::Posted { post: post.id });
    }
}

/// There is a new version of a post.
pub fn edited(tx: &mut Tx, post: &Post) {
    if post.audience != Audience::Draft {
        ring(tx, Live::Edited { post: post.id });
    }
}

/// A post or a boost is about to be deleted: where it was is known for the last time.
pub async fn removed(tx: &mut Tx, post: &Post) -> Result<(), Error> {
    let from = |place| Live::Removed { post: post.id, place };
    if post.audience == Audience::Draft {
        return Ok(());
    }
    ring(tx, from(Place::Homes { author: post.account_id }));
    if post.boost_of_id.is_some() {
        return Ok(());
    }
    for mention in tx.mentions(&[post.id]).await?.iter().filter(|m| m.domain.is_empty()) {
        ring(tx, from(Place::Member { account: mention.account_id }));
    }
    let local = post.local;
    if post.audience == Audience::Public {
        ring(tx, from(Place::Public { local }));
    } else if local && post.audience.is_for_all_members() {
        ring(tx, from(Place::Inside));
    }
    // As in the timelines of tags, but for a team's, whose posts others do not even hear the ids of.
    if post.audience.is_for_all_members() {
        for (_, tag) in tx.tags_of(&[post.id]).await? {
            ring(tx, from(Place::Tag { tag: tag.id, local }));
        }
    }
    Ok(())
}

pub fn notified(tx: &mut Tx, notification: &Notification) {
    ring(tx, Live::Notified { account: notification.account_id, notification: notification.id });
}

/// What strangers had said stands among a member's notifications now.
pub fn notifications_merged(tx: &mut Tx, account: Id) {
    ring(tx, Live::Merged { account });
}

/// A member's filters are others now.
pub fn filters_changed(tx: &mut Tx, account: Id) {
    ring(tx, Live::Filters { account });
}

/// A member's conversation has a new last post.
pub fn conversation(tx: &mut Tx, account: Id, conversation: Id) {
    ring(tx, Live::Conversation { account, conversation });
}

/// An announcement was published, or changed.
pub fn announcement(tx: &mut Tx, announcement: Id) {
    ring(tx, Live::Announced { announcement });
}

/// Somebody reacted to an announcement with the emoji `name`, or took that back.
pub fn announcement_reaction(tx: &mut Tx, announcement: Id, name: &str) {
    if !name.is_empty() && !name.contains(char::is_whitespace) {
        ring(tx, Live::Reacted { announcement, name: name.to_owned() });
    }
}

/// An announcement is not shown any more.
pub fn announcement_deleted(tx: &mut Tx, announcement: Id) {
    ring(tx, Live::Unannounced { announcement });
}
