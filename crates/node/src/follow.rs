//! Following: asking, answering, ending. Both directions, members and people elsewhere.

use std::collections::BTreeSet;

use model::account::{Account, ActorKind};
use model::clock::DAY;
use model::id::Id;
use model::notification::NotificationKind;
use model::page::Page;
use storage::{Follow, Tx};

use crate::carry::is_carrier;
use crate::deed::{Data, Kind};
use crate::login::may_be_heard;
use crate::notify::notify;
use crate::{Error, Node, jobs, list, peers, threads};

/// How many posts of somebody just followed are put into the follower's home, and into the lists that have them.
pub(crate) const FILL: i64 = 20;
/// Of the follows that another server believes in and we do not, so many are ended in one go.
const UNKNOWN_FOLLOWS: usize = 1_000;

/// How many waiting followers are let in at a time.
const STEP: i64 = 100;

/// What a follower wants of a follow (`POST /api/v1/accounts/:id/follow`).
#[derive(Clone, Debug)]
pub struct Wishes {
    pub show_boosts: bool,
    pub notify: bool,
    pub languages: Vec<String>,
}

impl Default for Wishes {
    fn default() -> Self {
        Self { show_boosts: true, notify: false, languages: Vec::new() }
    }
}

/// A member follows somebody, or changes what they want of it. Somebody here who is not locked is followed at once; somebody
/// elsewhere when their server accepts.
pub async fn follow(node: &Node, tx: &mut Tx, who: &Account, target: &Account, wishes: &Wishes) -> Result<(), Error> {
    if who.id == target.id {
        return Err(Error::invalid("You cannot follow yourself."));
    }
    crate::moving::check_here(who)?;
    may_be_heard(tx, who.id).await?;
    if target.is_suspended() || !target.moved_to.is_empty() {
        return Err(Error::NotFound);
    }
    if tx.is_blocking(target.id, who.id).await? || tx.is_blocking(who.id, target.id).await? {
        return Err(Error::forbidden("This action is not allowed"));
    }
    let known = tx.follow(who.id, target.id).await?;
    let id = known.as_ref().map_or_else(|| node.id(), |f| f.id);
    let row = Follow {
        id,
        follower_id: who.id,
        target_id: target.id,
        accepted: known.as_ref().is_some_and(|f| f.accepted),
        uri: known.as_ref().map_or_else(|| format!("{}#follows/{id}", who.uri), |f| f.uri.clone()),
        show_boosts: wishes.show_boosts,
        notify: wishes.notify,
        languages: wishes.languages.clone(),
        created_at: node.now(),
    };
    tx.put_follow(&row).await?;
    if known.is_some() {
        return Ok(());
    }
    if target.is_local() {
        return arrived(node, tx, who, target, &row, &target.uri).await;
    }
    let data = Data { uri: row.uri.clone(), object: target.uri.clone(), ..Data::default() };
    node.tell(tx, Kind::Follow, who.id, None, &data).await?.accounts(tx, &[target.id]).await?.done(tx).await
}

/// A `Follow` as it came: what the answer repeats.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Its id.
    pub uri: &'a str,
    /// Whom it says that it follows: `target`, or everybody, where a hashtag is followed like a relay.
    pub object: &'a str,
}

/// A `Follow` from elsewhere. Repeated with a new id it is answered again.
pub async fn receive(
    node: &Node,
    tx: &mut Tx,
    who: &Account,
    target: &Account,
    request: Request<'_>,
) -> Result<(), Error> {
    let uri = request.uri;
    if who.is_suspended() {
        return Ok(());
    }
    // The node's own actor is nobody whom one could follow.
    let is_nobody = target.kind == ActorKind::Application;
    if is_nobody || target.is_suspended() || !target.moved_to.is_empty() || tx.is_blocking(target.id, who.id).await? {
        return answer(node, tx, Kind::RejectFollow, who, target, request).await;
    }
    let known = tx.follow(who.id, target.id).await?;
    let row = Follow {
        id: known.as_ref().map_or_else(|| node.id(), |f| f.id),
        follower_id: who.id,
        target_id: target.id,
        accepted: known.as_ref().is_some_and(|f| f.accepted),
        uri: uri.to_owned(),
        show_boosts: true,
        notify: false,
        languages: Vec::new(),
        created_at: node.now(),
    };
    tx.put_follow(&row).await?;
    if row.accepted {
        return answer(node, tx, Kind::AcceptFollow, who, target, request).await;
    }
    arrived(node, tx, who, target, &row, request.object).await
}

/// A follow of somebody here: accepted at once, or put before them if they are locked (or the follower is limited).
async fn arrived(
    node: &Node,
    tx: &mut Tx,
    who: &Account,
    target: &Account,
    row: &Follow,
    object: &str,
) -> Result<(), Error> {
    if (target.locked || who.limited_at.is_some()) && !is_carrier(target) {
        notify(node, tx, target.id, NotificationKind::FollowRequest, who, None).await?;
        return Ok(());
    }
    settle(node, tx, who, target, row, object).await
}

/// [`settle`] for a follow that names whom it follows.
async fn establish(node: &Node, tx: &mut Tx, who: &Account, target: &Account, row: &Follow) -> Result<(), Error> {
    settle(node, tx, who, target, row, &target.uri).await
}

/// Makes a follow count: on this side the home is filled, on the other the notification made and the answer sent, which repeats
/// `object`.
async fn settle(
    node: &Node,
    tx: &mut Tx,
    who: &Account,
    target: &Account,
    row: &Follow,
    object: &str,
) -> Result<(), Error> {
    if !count_in(node, tx, who, target, row).await? {
        return Ok(());
    }
    // Whom a member follows they chose; anybody may follow us.
    peers::look_at_server_of(node, tx, target).await?;
    if target.is_local() {
        tx.drop_notification(target.id, NotificationKind::FollowRequest, who.id, None).await?;
        notify(node, tx, target.id, NotificationKind::Follow, who, None).await?;
        if !who.is_local() {
            answer(node, tx, Kind::AcceptFollow, who, target, Request { uri: &row.uri, object }).await?;
        }
    }
    Ok(())
}

/// Makes a follow count, without a word to anybody; `false` if it did already.
async fn count_in(node: &Node, tx: &mut Tx, who: &Account, target: &Account, row: &Follow) -> Result<bool, Error> {
    if !tx.accept_follow(row.id).await? {
        return Ok(false);
    }
    tx.count_follow(who.id, target.id, 1).await?;
    if who.is_local() {
        fill(tx, who.id, target.id).await?;
        if !target.is_local() {
            threads::read_outbox(node, tx, target, Some(who.id)).await?;
        }
    }
    Ok(true)
}

/// A member who followed `from` (by `row`) follows `to`, where they moved, with the same wishes. One of ours is not asked and not
/// told: they brought their followers along themselves.
pub(crate) async fn follow_along(
    node: &Node,
    tx: &mut Tx,
    row: &Follow,
    who: &Account,
    (from, to): (&Account, &Account),
) -> Result<(), Error> {
    if who.id != to.id && tx.follow(who.id, to.id).await?.is_none() {
        let wishes = Wishes { show_boosts: row.show_boosts, notify: row.notify, languages: row.languages.clone() };
        if to.is_local() && !to.is_suspended() && !tx.is_blocking(to.id, who.id).await? {
            let id = node.id();
            let row = Follow {
                id,
                target_id: to.id,
                accepted: false,
                uri: format!("{}#follows/{id}", who.uri),
                created_at: node.now(),
                ..row.clone()
            };
            tx.put_follow(&row).await?;
            count_in(node, tx, who, to, &row).await?;
        } else {
            follow(node, tx, who, to, &wishes).await?;
        }
    }
    list::take_along(tx, who.id, from.id, to.id).await?;
    unfollow(node, tx, who, from).await
}

/// The last posts of somebody elsewhere came: `follower`, who is why they were fetched, and whoever else is new finds them in their
/// home, as if they had been here before.
pub async fn posts_came(node: &Node, tx: &mut Tx, target: Id, follower: Option<Id>) -> Result<(), Error> {
    let mut new = tx.new_followers_here(target, node.now() - DAY).await?;
    if let Some(who) = follower.filter(|who| !new.contains(who))
        && tx.follow(who, target).await?.is_some_and(|f| f.accepted)
    {
        new.push(who);
    }
    for who in new {
        fill(tx, who, target).await?;
    }
    Ok(())
}

async fn answer(
    node: &Node,
    tx: &mut Tx,
    kind: Kind,
    who: &Account,
    target: &Account,
    request: Request<'_>,
) -> Result<(), Error> {
    let (uri, object) = (request.uri.to_owned(), request.object.to_owned());
    let data = Data { uri, actor: who.uri.clone(), object, ..Data::default() };
    node.tell(tx, kind, target.id, None, &data).await?.accounts(tx, &[who.id]).await?.done(tx).await
}

/// An `Accept` from elsewhere of a follow that a member asked for.
pub async fn receive_accept(node: &Node, tx: &mut Tx, by: &Account, follow: &Follow) -> Result<bool, Error> {
    if follow.target_id != by.id {
        return Ok(false);
    }
    let Some(who) = tx.account(follow.follower_id).await?.filter(Account::is_local) else { return Ok(false) };
    establish(node, tx, &who, by, follow).await?;
    jobs::enqueue(node, tx, &jobs::Job::RefreshActor { uri: by.uri.clone() }).await?;
    Ok(true)
}

/// A `Reject` from elsewhere: the request is refused, or the follow ended.
pub async fn receive_reject(tx: &mut Tx, by: &Account, follow: &Follow) -> Result<bool, Error> {
    if follow.target_id != by.id {
        return Ok(false);
    }
    end(tx, follow).await?;
    Ok(true)
}

/// A member lets somebody in who asked.
pub async fn accept_request(node: &Node, tx: &mut Tx, target: &Account, who: &Account) -> Result<(), Error> {
    may_be_heard(tx, target.id).await?;
    let row = tx.follow(who.id, target.id).await?.filter(|f| !f.accepted).ok_or(Error::NotFound)?;
    establish(node, tx, who, target, &row).await
}

/// A member is no longer locked: whoever waits is let in, some at a time. `true` when nobody waits any more.
pub async fn accept_step(node: &Node, tx: &mut Tx, target: Id) -> Result<bool, Error> {
    let Some(target) = tx.account(target).await?.filter(|a| !a.locked) else { return Ok(true) };
    let waiting = tx.follow_requests_of(target.id, &Page::first(STEP)).await?;
    let mut left = 0;
    for (_, who) in &waiting {
        // The limited still wait for a decision.
        match tx.follow(who.id, target.id).await?.filter(|f| !f.accepted && who.limited_at.is_none()) {
            Some(row) => establish(node, tx, who, &target, &row).await?,
            None => left += 1,
        }
    }
    Ok(waiting.len() == left || waiting.len() < usize::try_from(STEP).unwrap_or(0))
}

/// A member refuses somebody who asked.
pub async fn reject_request(node: &Node, tx: &mut Tx, target: &Account, who: &Account) -> Result<(), Error> {
    let row = tx.follow(who.id, target.id).await?.filter(|f| !f.accepted).ok_or(Error::NotFound)?;
    part(node, tx, who, target, &row).await
}

/// A member removes one of their followers.
pub async fn remove_follower(node: &Node, tx: &mut Tx, target: &Account, who: &Account) -> Result<(), Error> {
    match tx.follow(who.id, target.id).await? {
        Some(row) => part(node, tx, who, target, &row).await,
        None => Ok(()),
    }
}

/// Ends a follow from the side of the one who is followed, and tells the follower's server.
async fn part(node: &Node, tx: &mut Tx, who: &Account, target: &Account, row: &Follow) -> Result<(), Error> {
    end(tx, row).await?;
    tx.drop_notification(target.id, NotificationKind::FollowRequest, who.id, None).await?;
    if who.is_local() {
        return Ok(());
    }
    answer(node, tx, Kind::RejectFollow, who, target, Request { uri: &row.uri, object: &target.uri }).await
}

/// A member unfollows somebody, or takes a request back.
pub async fn unfollow(node: &Node, tx: &mut Tx, who: &Account, target: &Account) -> Result<(), Error> {
    let Some(row) = tx.follow(who.id, target.id).await? else { return Ok(()) };
    end(tx, &row).await?;
    if target.is_local() {
        tx.drop_notification(target.id, NotificationKind::FollowRequest, who.id, None).await?;
        return Ok(());
    }
    let data = Data { uri: row.uri, object: target.uri.clone(), ..Data::default() };
    node.tell(tx, Kind::UndoFollow, who.id, None, &data).await?.accounts(tx, &[target.id]).await?.done(tx).await
}

/// Makes our follows of somebody elsewhere agree with the list that their server has of them (FEP-8fcf): `listed` are actor ids.
/// Follows that are not in it are over there, and end here, if `complete`; whoever is in it and asked has been accepted; whoever
/// is in it and follows nobody unfollows, so that it is known there, too.
pub async fn synchronise(
    node: &Node,
    tx: &mut Tx,
    target: &Account,
    listed: &BTreeSet<String>,
    complete: bool,
) -> Result<(), Error> {
    let known = tx.followers_here(target.id).await?;
    for (uri, row) in &known {
        match (listed.contains(uri), row.accepted) {
            (false, true) if complete => end(tx, row).await?,
            (true, false) => {
                if let Some(who) = tx.account(row.follower_id).await? {
                    establish(node, tx, &who, target, row).await?;
                }
            }
            _ => {}
        }
    }
    let known: BTreeSet<&String> = known.iter().map(|(uri, _)| uri).collect();
    for uri in listed.iter().filter(|l| !known.contains(l)).take(UNKNOWN_FOLLOWS) {
        let Some(who) = tx.account_by_uri(uri).await?.filter(Account::is_local) else { continue };
        // Which follow it was is forgotten; whom it was of is what counts.
        let data = Data { uri: format!("{uri}#follows/{}", node.id()), object: target.uri.clone(), ..Data::default() };
        node.tell(tx, Kind::UndoFollow, who.id, None, &data).await?.accounts(tx, &[target.id]).await?.done(tx).await?;
    }
    Ok(())
}

/// An `Undo` of a `Follow` from elsewhere, by target.
pub async fn receive_undo(tx: &mut Tx, who: &Account, target: &Account) -> Result<bool, Error> {
    let Some(row) = tx.follow(who.id, target.id).await? else { return Ok(false) };
    end(tx, &row).await?;
    tx.drop_notification(target.id, NotificationKind::FollowRequest, who.id, None).await?;
    Ok(true)
}

async fn fill(tx: &mut Tx, who: Id, target: Id) -> Result<(), Error> {
    tx.fill_home(who, target, FILL).await?;
    tx.fill_lists(who, target, 0, FILL).await?;
    Ok(())
}

/// Removes the row, its counts, and what it brought into a home and into lists.
pub(crate) async fn end(tx: &mut Tx, row: &Follow) -> Result<(), Error> {
    list::leave(tx, row.follower_id, row.target_id).await?;
    if tx.delete_follow(row.id).await? == Some(true) {
        tx.count_follow(row.follower_id, row.target_id, -1).await?;
        tx.clear_home_of(row.follower_id, row.target_id).await?;
        tx.delete_endorsement(row.follower_id, row.target_id).await?;
    }
    Ok(())
}
