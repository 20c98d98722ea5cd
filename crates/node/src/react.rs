//! Boosts, favourites, bookmarks, pins: by members, and by people elsewhere through the inbox.

use model::account::Account;
use model::audience::{Audience, Viewer};
use model::clock::{DAY, HOUR, MINUTE, Millis};
use model::id::Ids;
use model::notification::NotificationKind;
use model::post::{CARRIED, Post};
use model::quote::Approval;
use model::text::Format;
use storage::Tx;

use crate::deed::{Data, Kind};
use crate::error::missing;
use crate::login::may_be_heard;
use crate::notify::notify;
use crate::policy::{self, Wish, must_ask};
use crate::publish::{count_post, spread};
use crate::{Error, Node, index, live, moderate};

/// Most pinned posts of an account.
pub const PINS: i64 = 5;

/// Boosts a post that the member may see. A second time answers the first boost. `audience` as asked, at most public.
pub async fn boost(
    node: &Node,
    tx: &mut Tx,
    who: &Account,
    post: &Post,
    audience: Option<Audience>,
) -> Result<Post, Error> {
    crate::moving::check_here(who)?;
    may_be_heard(tx, who.id).await?;
    let own = post.account_id == who.id;
    if !(post.audience.may_be_boosted() || own && post.audience == Audience::Followers) {
        return Err(Error::forbidden("This post may not be boosted: it was not written for everybody."));
    }
    let asked = audience.unwrap_or(Audience::Public);
    let audience = if post.audience == Audience::Followers {
        Audience::Followers
    } else if matches!(asked, Audience::Public | Audience::Unlisted | Audience::Followers) {
        asked
    } else {
        Audience::Followers
    };
    if let Some(known) = tx.boost_of(who.id, post.id).await? {
        return Ok(known);
    }
    if !tx.hold_post(post.id).await? {
        return Err(Error::NotFound);
    }
    let id = node.id();
    let uri = format!("{}/activity", node.config.post_uri(&who.username, id));
    if must_ask(tx, who, post, Wish::Boost).await? {
        return ask_to_boost(node, tx, who, post, wrapper(node, who, post, id, uri, audience, node.now())).await;
    }
    let boost = wrapper(node, who, post, id, uri, audience, node.now());
    if !put_boost(node, tx, who, &boost, post).await? {
        return tx.boost_of(who.id, post.id).await?.ok_or_else(|| missing("boost of", post.id));
    }
    node.tell(tx, Kind::Announce, who.id, Some(id), &Data::default())
        .await?
        .followers(tx)
        .await?
        .accounts(tx, &[post.account_id])
        .await?
        .done(tx)
        .await?;
    Ok(boost)
}

/// A boost that only its author and the one who decides about it know of, until it is allowed.
async fn ask_to_boost(node: &Node, tx: &mut Tx, who: &Account, post: &Post, boost: Post) -> Result<Post, Error> {
    let wished = boost.audience;
    let boost = Post { audience: Audience::Direct, ..boost };
    if !tx.insert_post(&boost).await? {
        return tx.boost_of(who.id, post.id).await?.ok_or_else(|| missing("boost of", post.id));
    }
    let decider_id = post.account_id;
    tx.put_approval(&Approval { post_id: boost.id, decider_id, audience: wished, approved_by: String::new() }).await?;
    node.tell(tx, Kind::Announce, who.id, Some(boost.id), &Data::default())
        .await?
        .accounts(tx, &[decider_id])
        .await?
        .done(tx)
        .await?;
    Ok(boost)
}

/// A boost that came from another server.
#[derive(Clone, Debug)]
pub struct ReceivedBoost {
    /// The activity's id.
    pub uri: String,
    pub audience: Audience,
    pub published: Option<Millis>,
    /// The approval by the post's author, where it takes one: it was read there. Else empty.
    pub approved_by: String,
}

/// A boost that came from another server; `false` if it is known or the post may not be boosted.
pub async fn receive_boost(
    node: &Node,
    tx: &mut Tx,
    who: &Account,
    post: &Post,
    received: &ReceivedBoost,
) -> Result<bool, Error> {
    let own = post.account_id == who.id;
    if post.boost_of_id.is_some()
        || who.is_suspended()
        || crate::receive::is_dead(tx, who, &received.uri).await?
        || !(post.audience.may_be_boosted() || own)
    {
        return Ok(false);
    }
    let needs_approval = policy::needs_approval(tx, who, post, Wish::Boost).await?;
    if needs_approval && !policy::is_valid(tx, post.account_id, &received.approved_by).await? {
        return Ok(false);
    }
    if tx.boost_of(who.id, post.id).await?.is_some()
        || is_of_the_shut_out(node, tx, post).await?
        || !tx.hold_post(post.id).await?
    {
        return Ok(false);
    }
    let now = node.now();
    let at = received.published.map_or(now, |at| at.min(now + MINUTE));
    let id = tx.free_post_id(Ids::dated(at.min(now), node.random.salt())).await?;
    let boost = wrapper(node, who, post, id, received.uri.clone(), received.audience, at);
    let is_new = put_boost(node, tx, who, &boost, post).await?;
    if is_new && needs_approval {
        policy::keep_approval(tx, &boost, post.account_id, &received.approved_by).await?;
    }
    Ok(is_new)
}

/// Whether a post is by somebody of whom nothing is shown: nobody brings them back by passing it on.
async fn is_of_the_shut_out(node: &Node, tx: &mut Tx, post: &Post) -> Result<bool, Error> {
    let author = tx.account(post.account_id).await?;
    Ok(author.is_none_or(|a| moderate::is_shut_out(node, &a)))
}

/// Takes a boost back.
pub async fn unboost(node: &Node, tx: &mut Tx, who: &Account, post: &Post) -> Result<(), Error> {
    let Some(boost) = tx.boost_of(who.id, post.id).await? else { return Ok(()) };
    // It may just be opened by who decides about it.
    tx.lock_posts(&[boost.id]).await?;
    let Some(boost) = tx.post(boost.id).await? else { return Ok(()) };
    let was_told = !is_waiting(tx, &boost).await?;
    if !drop_boost(tx, &boost).await? || !who.is_local() {
        return Ok(());
    }
    // As the boost itself was addressed; nobody is named where everybody was.
    let to = match boost.audience {
        Audience::Public => Vec::new(),
        _ if was_told => vec![who.followers.clone()],
        _ => tx.account(post.account_id).await?.map(|author| author.uri).into_iter().collect(),
    };
    let data = Data { uri: boost.uri, object: post.uri.clone(), to, ..Data::default() };
    let telling = node.tell(tx, Kind::UndoAnnounce, who.id, None, &data).await?;
    let telling = if was_told { telling.followers(tx).await? } else { telling };
    telling.accounts(tx, &[post.account_id]).await?.done(tx).await
}

/// Removes a boost's row and its count; `false` if somebody else just did.
pub(crate) async fn drop_boost(tx: &mut Tx, boost: &Post) -> Result<bool, Error> {
    tx.lock_posts(&[boost.id]).await?;
    let was_counted = boost.kind != CARRIED && !is_waiting(tx, boost).await?;
    live::removed(tx, boost).await?;
    if !tx.delete_post(boost.id).await? {
        return Ok(false);
    }
    if let Some(original) = boost.boost_of_id
        && let Some(original) = tx.post(original).await?
    {
        if boost.local {
            index::note_changed(tx, original.id).await?;
        }
        if was_counted {
            tx.count_boost(original.id, -1).await?;
        }
        tx.drop_notification(original.account_id, NotificationKind::Reblog, boost.account_id, Some(original.id))
            .await?;
    }
    count_post(tx, boost, -1).await?;
    Ok(true)
}

/// Whether a boost of ours still waits for leave.
async fn is_waiting(tx: &mut Tx, boost: &Post) -> Result<bool, Error> {
    Ok(boost.local && tx.approval(boost.id).await?.is_some_and(|a| a.approved_by.is_empty()))
}

pub(crate) fn wrapper(
    node: &Node,
    who: &Account,
    post: &Post,
    id: i64,
    uri: String,
    audience: Audience,
    at: Millis,
) -> Post {
    Post {
        id,
        url: if who.is_local() { node.config.post_url(&who.username, id) } else { uri.clone() },
        uri,
        account_id: who.id,
        local: who.is_local(),
        kind: "boost".to_owned(),
        audience,
        in_reply_to_id: None,
        in_reply_to_account_id: None,
        in_reply_to_uri: String::new(),
        root_id: post.root_id,
        context: String::new(),
        boost_of_id: Some(post.id),
        content: String::new(),
        source: String::new(),
        format: Format::Plain,
        summary: String::new(),
        sensitive: false,
        language: String::new(),
        emojis: Vec::new(),
        app_id: None,
        created_at: at,
        edited_at: None,
        replies_count: 0,
        boosts_count: 0,
        favourites_count: 0,
        team_id: None,
    }
}

async fn put_boost(node: &Node, tx: &mut Tx, who: &Account, boost: &Post, post: &Post) -> Result<bool, Error> {
    if !tx.insert_post(boost).await? {
        return Ok(false);
    }
    if boost.created_at < node.now() - DAY {
        tx.note_late_post(boost.id, node.now()).await?;
    }
    count_post(tx, boost, 1).await?;
    if who.is_local() {
        index::note_changed(tx, post.id).await?;
    }
    tx.count_boost(post.id, 1).await?;
    // What is hours old is not pushed into homes any more.
    if boost.created_at > node.now() - 6 * HOUR {
        spread(node, tx, who, boost, &[]).await?;
    }
    notify(node, tx, post.account_id, NotificationKind::Reblog, who, Some(post)).await?;
    Ok(true)
}

/// Favourites a post. `uri` is the activity's id where it came from elsewhere.
pub async fn favourite(node: &Node, tx: &mut Tx, who: &Account, post: &Post, uri: Option<&str>) -> Result<bool, Error> {
    crate::moving::check_here(who)?;
    may_be_heard(tx, who.id).await?;
    if who.is_local() {
        // A favourite goes to the author alone, who takes it or not.
        must_ask(tx, who, post, Wish::Like).await?;
    }
    let id = node.id();
    let own = format!("{}#likes/{id}", who.uri);
    let uri = uri.unwrap_or(&own);
    if !tx.put_favourite(id, who.id, post.id, uri, node.now()).await? {
        return Ok(false);
    }
    tx.count_favourite(post.id, 1).await?;
    if who.is_local() {
        index::note_changed(tx, post.id).await?;
    }
    notify(node, tx, post.account_id, NotificationKind::Favourite, who, Some(post)).await?;
    if who.is_local() {
        let data = Data { uri: uri.to_owned(), object: post.uri.clone(), ..Data::default() };
        node.tell(tx, Kind::Like, who.id, None, &data).await?.accounts(tx, &[post.account_id]).await?.done(tx).await?;
    }
    Ok(true)
}

pub async fn unfavourite(node: &Node, tx: &mut Tx, who: &Account, post: &Post) -> Result<bool, Error> {
    let Some(uri) = tx.delete_favourite(who.id, post.id).await? else { return Ok(false) };
    tx.delete_reactions(who.id, post.id).await?;
    tx.count_favourite(post.id, -1).await?;
    if who.is_local() {
        index::note_changed(tx, post.id).await?;
    }
    tx.drop_notification(post.account_id, NotificationKind::Favourite, who.id, Some(post.id)).await?;
    if who.is_local() {
        let data = Data { uri, object: post.uri.clone(), ..Data::default() };
        node.tell(tx, Kind::UndoLike, who.id, None, &data)
            .await?
            .accounts(tx, &[post.account_id])
            .await?
            .done(tx)
            .await?;
    }
    Ok(true)
}

pub async fn bookmark(node: &Node, tx: &mut Tx, who: &Account, post: &Post) -> Result<(), Error> {
    tx.put_bookmark(node.id(), who.id, post.id).await?;
    index::note_changed(tx, post.id).await
}

pub async fn unbookmark(tx: &mut Tx, who: &Account, post: &Post) -> Result<(), Error> {
    tx.delete_bookmark(who.id, post.id).await?;
    index::note_changed(tx, post.id).await
}

/// Pins one of the member's own posts to their profile.
pub async fn pin(node: &Node, tx: &mut Tx, who: &Account, post: &Post) -> Result<(), Error> {
    if post.account_id != who.id {
        return Err(Error::invalid("Validation failed: Someone else's post cannot be pinned"));
    }
    if post.boost_of_id.is_some() {
        return Err(Error::invalid("Validation failed: A boost cannot be pinned"));
    }
    if post.audience < Audience::Team {
        return Err(Error::invalid(
            "Validation failed: Posts that are only visible to mentioned users cannot be pinned",
        ));
    }
    may_be_heard(tx, who.id).await?;
    tx.hold_account(who.id).await?;
    if tx.count_pins(who.id).await? >= PINS {
        return Err(Error::invalid("Validation failed: You have already pinned the maximum number of posts"));
    }
    if tx.put_pin(who.id, post.id, node.now()).await? && post.audience.is_open() {
        tell_pin(node, tx, Kind::AddPin, who, post).await?;
    }
    Ok(())
}

pub async fn unpin(node: &Node, tx: &mut Tx, who: &Account, post: &Post) -> Result<(), Error> {
    if tx.delete_pin(who.id, post.id).await? && post.audience.is_open() {
        tell_pin(node, tx, Kind::RemovePin, who, post).await?;
    }
    Ok(())
}

async fn tell_pin(node: &Node, tx: &mut Tx, kind: Kind, who: &Account, post: &Post) -> Result<(), Error> {
    let data = Data { object: post.uri.clone(), ..Data::default() };
    node.tell(tx, kind, who.id, None, &data).await?.followers(tx).await?.done(tx).await
}

/// A member wants to hear no more of a conversation.
pub async fn mute_thread(tx: &mut Tx, who: &Account, post: &Post) -> Result<(), Error> {
    tx.mute_thread(who.id, post.root_id).await?;
    Ok(())
}

pub async fn unmute_thread(tx: &mut Tx, who: &Account, post: &Post) -> Result<(), Error> {
    tx.unmute_thread(who.id, post.root_id).await?;
    Ok(())
}

/// The post that a member means, if they may see it; of a boost, what was boosted.
pub async fn target(tx: &mut Tx, who: &Account, id: i64) -> Result<Post, Error> {
    let viewer = Viewer::Member(who.id);
    let post = tx.visible_post(id, viewer).await?.ok_or(Error::NotFound)?;
    match post.boost_of_id {
        Some(original) => tx.visible_post(original, viewer).await?.ok_or(Error::NotFound),
        None => Ok(post),
    }
}
