//! First contact: what a stranger with links says to a member waits until the member wants to hear it. Nothing is lost; whoever is
//! let in is heard from then on.

use model::account::Account;
use model::clock::{DAY, Millis};
use model::html;
use model::id::{Id, made_at};
use model::notification::{Notification, NotificationKind};
use model::post::Post;
use storage::{Request, Tx};

use crate::config::authority;
use crate::{Error, Node, conversation, live};

/// So long after it was made an account is young.
const YOUNG: Millis = 7 * DAY;
/// So long after we first heard of it it is new to us.
const NEW_HERE: Millis = DAY;
/// Whoever names more people than this in one post is not talking to one of them.
const FEW: usize = 3;

/// Whether a mention has to wait: its author is somebody elsewhere, young or new here, whom nobody here follows and with whom the
/// member never had to do, and the post has links or names many.
pub(crate) async fn holds(node: &Node, tx: &mut Tx, to: Id, from: &Account, post: &Post) -> Result<bool, Error> {
    if !node.config.quarantine || from.is_local() {
        return Ok(false);
    }
    let now = node.now();
    let fresh = from.created_at > now - YOUNG || made_at(from.id) > now - NEW_HERE;
    if !fresh || !is_pushy(node, tx, post).await? {
        return Ok(false);
    }
    Ok(!tx.is_followed_here(from.id).await?
        && !tx.is_let_in(to, from.id).await?
        && !tx.has_reached_out_to(to, from.id).await?)
}

/// A stranger changed a post: if its mention of somebody would have to wait as it is now, it waits from now on. Else a link would
/// only have to come a moment later than the post.
pub(crate) async fn look_again(node: &Node, tx: &mut Tx, from: &Account, post: &Post) -> Result<(), Error> {
    for named in tx.mentions(&[post.id]).await?.iter().filter(|m| !m.silent && m.domain.is_empty()) {
        let (to, kind) = (named.account_id, NotificationKind::Mention);
        // Who has decided about newcomers themselves hears them.
        if tx.notification_policy(to).await?.new_accounts.is_some() {
            continue;
        }
        if holds(node, tx, to, from, post).await? && tx.drop_notification(to, kind, from.id, Some(post.id)).await? {
            let notification = Notification {
                id: node.id(),
                account_id: to,
                kind,
                from_account_id: from.id,
                post_id: Some(post.id),
                report_id: None,
                event_id: None,
                created_at: node.now(),
            };
            tx.hold_notification(node.id(), &notification).await?;
        }
    }
    Ok(())
}

/// Has links that lead anywhere but to those it names and to its hashtags, or names many.
async fn is_pushy(node: &Node, tx: &mut Tx, post: &Post) -> Result<bool, Error> {
    // Whatever is shown of it: a warning and the options of a poll are read as well.
    let mut text = format!("{}\n{}", html::to_text(&post.content), post.summary);
    for option in tx.poll(post.id).await?.map(|p| p.titles()).unwrap_or_default() {
        text.extend(["\n", option.as_str()]);
    }
    let named = tx.mentions(&[post.id]).await?;
    let handles = text.split_whitespace().filter(|word| word.starts_with('@') && word.len() > 1).count();
    if handles.max(named.iter().filter(|m| !m.silent).count()) > FEW || text.contains("://") {
        return Ok(true);
    }
    let tags = tx.tags_of(&[post.id]).await?;
    let home = authority(&post.uri);
    // Its classes are the sender's word: a link is a mention or a hashtag if it leads to one.
    let is_harmless = |href: &str| {
        let end = href.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        named.iter().any(|m| m.uri == href || m.url == href)
            || node.config.is_own_url(href)
            || (authority(href) == home
                && model::hashtag::normalise(end).is_some_and(|n| tags.iter().any(|t| t.1.name == n)))
    };
    Ok(html::links(&post.content).iter().any(|link| !is_harmless(&link.href)))
}

/// A member wants to hear somebody: what was held back becomes notifications, and they are heard from now on.
pub async fn accept(node: &Node, tx: &mut Tx, who: &Account, request: Id) -> Result<(), Error> {
    let request = find(tx, who, request).await?;
    let said = tx.held_posts(who.id, request.from_account_id).await?;
    tx.let_in(who.id, request.from_account_id).await?;
    live::notifications_merged(tx, who.id);
    for post in said {
        if let Some(post) = tx.post(post).await? {
            conversation::add(node, tx, who.id, &post).await?;
        }
    }
    Ok(())
}

/// A member does not want to hear what somebody said so far.
pub async fn dismiss(tx: &mut Tx, who: &Account, request: Id) -> Result<(), Error> {
    let request = find(tx, who, request).await?;
    tx.drop_request(who.id, request.from_account_id).await?;
    Ok(())
}

async fn find(tx: &mut Tx, who: &Account, request: Id) -> Result<Request, Error> {
    tx.request(who.id, request).await?.ok_or(Error::NotFound)
}
