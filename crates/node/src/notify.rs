//! Telling members what concerns them.

use model::account::{Account, Relationship};
use model::audience::Viewer;
use model::id::Id;
use model::notification::{Notification, NotificationKind, Verdict};
use model::post::Post;
use storage::Tx;

use crate::{Error, Node, hearing, live, news, push};

/// A member is done with a notification.
pub async fn dismiss(tx: &mut Tx, who: &Account, id: Id) -> Result<(), Error> {
    if tx.delete_notification(who.id, id).await? { Ok(()) } else { Err(Error::NotFound) }
}

/// A member is done with several; what is not there is done with.
pub async fn dismiss_several(tx: &mut Tx, who: &Account, ids: &[Id]) -> Result<(), Error> {
    tx.delete_notifications(who.id, ids).await?;
    Ok(())
}

/// A member is done with a group: its key, or `ungrouped-` and the id of one that stands alone.
pub async fn dismiss_group(tx: &mut Tx, who: &Account, key: &str) -> Result<(), Error> {
    match key.strip_prefix("ungrouped-") {
        Some(id) => tx.delete_notifications(who.id, &[id.parse().map_err(|_| Error::NotFound)?]).await?,
        None => tx.delete_group(who.id, key).await?,
    };
    Ok(())
}

/// A member is done with all of them.
pub async fn clear(tx: &mut Tx, who: &Account) -> Result<(), Error> {
    tx.clear_notifications(who.id).await?;
    Ok(())
}

/// Remembers how far a member has read a timeline (`home`, `notifications`).
pub async fn mark_read(node: &Node, tx: &mut Tx, who: &Account, timeline: &str, last_read: Id) -> Result<(), Error> {
    tx.put_marker(who.id, timeline, last_read, node.now()).await?;
    Ok(())
}

/// Tells `to` that `from` did something, unless `to` is not ours, is `from`, or does not want to hear of it. Only of the end of
/// their own poll, and of their own experiment, somebody hears from themselves.
/// Answers whether a notification was made.
pub async fn notify(
    node: &Node,
    tx: &mut Tx,
    to: Id,
    kind: NotificationKind,
    from: &Account,
    post: Option<&Post>,
) -> Result<bool, Error> {
    let is_own = to == from.id;
    let is_of_own = matches!(kind, NotificationKind::Poll | NotificationKind::LookAgain);
    if is_own && !is_of_own || from.is_suspended() || tx.member(to).await?.is_none() {
        return Ok(false);
    }
    let ties = tx.relationships(to, &[from.id]).await?;
    if ties.iter().any(|r| r.blocking || r.domain_blocking || (r.muting && r.muting_notifications)) {
        return Ok(false);
    }
    // What one may not see, one is not called to: a draft, a post by somebody who blocks one.
    if let Some(post) = post
        && tx.visible_post(post.id, Viewer::Member(to)).await?.is_none()
    {
        return Ok(false);
    }
    if let Some(post) = post
        && matches!(
            kind,
            NotificationKind::Mention
                | NotificationKind::Reblog
                | NotificationKind::Favourite
                | NotificationKind::Trying
                | NotificationKind::Outcome
        )
        && tx.is_thread_muted(to, post.root_id).await?
    {
        return Ok(false);
    }
    let notification = Notification {
        id: node.id(),
        account_id: to,
        kind,
        from_account_id: from.id,
        post_id: post.map(|p| p.id),
        report_id: None,
        event_id: None,
        created_at: node.now(),
    };
    match hearing::verdict(node, tx, to, kind, from, post, ties.first()).await? {
        Verdict::Accept => keep(node, tx, &notification, ties.first()).await,
        Verdict::Filter => {
            tx.hold_notification(node.id(), &notification).await?;
            Ok(false)
        }
        Verdict::Drop => Ok(false),
    }
}

/// Makes a notification, unless it stands there already: it is shown in streams, pushed to where the member wants to be told, and told in a letter if
/// they want that.
/// `tie`: between the member and who it is from.
pub(crate) async fn keep(
    node: &Node,
    tx: &mut Tx,
    notification: &Notification,
    tie: Option<&Relationship>,
) -> Result<bool, Error> {
    if !tx.insert_notification(notification).await? {
        return Ok(false);
    }
    live::notified(tx, notification);
    push::enqueue(node, tx, notification, tie).await?;
    news::heed(node, tx, notification).await?;
    Ok(true)
}
