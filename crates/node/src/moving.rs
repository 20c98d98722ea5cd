//! Moving: an account says that it goes on as another, and those who follow it come along. Both must say so: the new one by naming
//! the old among its other names (`alsoKnownAs`), the old one by naming the new (`movedTo`).

use model::account::Account;
use model::clock::{DAY, Millis};
use model::id::Id;
use storage::Tx;

use crate::deed::{Data, Kind};
use crate::jobs::{Job, Stage};
use crate::{Error, Node, accounts, follow, jobs, moderate};

/// An account moves at most once in this time; other servers keep to it as well.
pub const COOLDOWN: Millis = 7 * DAY;
/// Most other names of a member.
pub const ALIASES: usize = 20;
/// How many are taken along in one step.
const STEP: i64 = 50;

/// Refuses what would begin something new in the name of a member who has moved away.
pub fn check_here(who: &Account) -> Result<(), Error> {
    if who.is_local() && !who.moved_to.is_empty() {
        return Err(Error::forbidden(format!("This account has moved to {}.", who.moved_to)));
    }
    Ok(())
}

/// A member says that `other` is theirs, too, so that it can be moved here.
pub async fn add_alias(node: &Node, tx: &mut Tx, who: &Account, other: &Account) -> Result<(), Error> {
    if other.id == who.id {
        return Err(Error::invalid("An account is not another name of itself."));
    }
    let mut names = tx.account(who.id).await?.ok_or(Error::NotFound)?.also_known_as;
    if names.contains(&other.uri) {
        return Ok(());
    }
    if names.len() >= ALIASES {
        return Err(Error::invalid(format!("An account can have at most {ALIASES} other names.")));
    }
    names.push(other.uri.clone());
    put_aliases(node, tx, who, &names).await
}

/// They take it back. `uri`: the actor id.
pub async fn remove_alias(node: &Node, tx: &mut Tx, who: &Account, uri: &str) -> Result<(), Error> {
    let mut names = tx.account(who.id).await?.ok_or(Error::NotFound)?.also_known_as;
    let before = names.len();
    names.retain(|n| n != uri);
    if names.len() == before {
        return Err(Error::invalid(format!("{uri} is not another name of {}.", who.username)));
    }
    put_aliases(node, tx, who, &names).await
}

async fn put_aliases(node: &Node, tx: &mut Tx, who: &Account, names: &[String]) -> Result<(), Error> {
    tx.set_also_known_as(who.id, names, node.now()).await?;
    accounts::tell_profile(node, tx, who.id).await
}

/// A member moves away. `target` must have been read just now: it has to name the member among its other names.
pub async fn move_away(node: &Node, tx: &mut Tx, who: &Account, target: &Account) -> Result<(), Error> {
    crate::login::may_be_heard(tx, who.id).await?;
    let who = &tx.account(who.id).await?.ok_or(Error::NotFound)?;
    if !who.moved_to.is_empty() {
        return Err(Error::invalid(format!("{} has moved to {} already.", who.username, who.moved_to)));
    }
    if let Some(at) = tx.moved_at(who.id).await?.filter(|at| *at > node.now() - COOLDOWN) {
        let days = (at + COOLDOWN - node.now()) / DAY + 1;
        return Err(Error::invalid(format!(
            "{} has moved less than seven days ago, and other servers would not follow: wait for {days} more.",
            who.username
        )));
    }
    if target.id == who.id {
        return Err(Error::invalid("An account cannot move to itself."));
    }
    if !may_be_moved_to(who, target) {
        return Err(Error::invalid(format!(
            "{} does not name {} among its other names (alsoKnownAs): let it do so first.",
            target.uri, who.uri
        )));
    }
    tx.set_moved_to(who.id, &target.uri, node.now()).await?;
    tx.put_move(who.id, target.id, node.now()).await?;
    // In this order: whoever hears of the move looks at the document again.
    accounts::tell_profile(node, tx, who.id).await?;
    let data = Data { object: target.uri.clone(), ..Data::default() };
    node.tell(tx, Kind::Move, who.id, None, &data).await?.followers(tx).await?.done(tx).await?;
    follow_along(node, tx, who, target).await
}

/// A member stays after all. Those who have gone along already do not come back by themselves.
pub async fn stay(node: &Node, tx: &mut Tx, who: &Account) -> Result<(), Error> {
    if tx.account(who.id).await?.is_none_or(|a| a.moved_to.is_empty()) {
        return Err(Error::invalid(format!("{} has not moved.", who.username)));
    }
    tx.set_moved_to(who.id, "", node.now()).await?;
    accounts::tell_profile(node, tx, who.id).await
}

/// An account elsewhere moved: `old` said so itself, and `target` was read just now. Whether anybody is taken along: not if the
/// other side does not agree, nor twice in seven days.
pub async fn receive(node: &Node, tx: &mut Tx, old: &Account, target: &Account) -> Result<bool, Error> {
    let is_fresh = tx.moved_at(old.id).await?.is_none_or(|at| at <= node.now() - COOLDOWN);
    if old.is_local() || old.is_suspended() || old.id == target.id || !is_fresh || !may_be_moved_to(old, target) {
        return Ok(false);
    }
    tx.set_moved_to(old.id, &target.uri, node.now()).await?;
    tx.put_move(old.id, target.id, node.now()).await?;
    follow_along(node, tx, old, target).await?;
    Ok(true)
}

fn may_be_moved_to(old: &Account, target: &Account) -> bool {
    !target.is_suspended() && target.moved_to.is_empty() && target.also_known_as.contains(&old.uri)
}

async fn follow_along(node: &Node, tx: &mut Tx, from: &Account, to: &Account) -> Result<(), Error> {
    // Blocks first: who is blocked there must not be followed for a moment.
    let job = Job::FollowMove { from: from.id, to: to.id, stage: Stage::Blocks, after: 0 };
    jobs::enqueue(node, tx, &job).await
}

/// One step of taking members along, which leaves a job for the next. Ends early if the account moves on, or stays after all.
pub async fn step(node: &Node, tx: &mut Tx, ids: (Id, Id), stage: Stage, after: Id) -> Result<(), Error> {
    let (Some(from), Some(to)) = (tx.account(ids.0).await?, tx.account(ids.1).await?) else { return Ok(()) };
    if from.moved_to != to.uri || from.is_suspended() || to.is_suspended() {
        return Ok(());
    }
    let last = match stage {
        Stage::Follows => take_follows(node, tx, &from, &to, after).await?,
        Stage::Blocks => take_blocks(node, tx, &from, &to, after).await?,
        Stage::Mutes => take_mutes(node, tx, &from, &to, after).await?,
    };
    let (stage, after) = match (last, stage) {
        (Some(last), stage) => (stage, last),
        (None, Stage::Blocks) => (Stage::Mutes, 0),
        (None, Stage::Mutes) => (Stage::Follows, 0),
        (None, Stage::Follows) => return Ok(()),
    };
    jobs::enqueue(node, tx, &Job::FollowMove { from: from.id, to: to.id, stage, after }).await
}

async fn take_follows(node: &Node, tx: &mut Tx, from: &Account, to: &Account, after: Id) -> Result<Option<Id>, Error> {
    let rows = tx.member_follows(from.id, after, STEP).await?;
    for row in &rows {
        let Some(who) = tx.account(row.follower_id).await?.filter(|a| !a.is_suspended()) else { continue };
        match follow::follow_along(node, tx, row, &who, (from, to)).await {
            // Who may not follow there, for whatever reason, keeps what they have.
            Err(Error::Forbidden(_) | Error::NotFound | Error::Invalid(_)) => {}
            other => other?,
        }
    }
    Ok(rows.last().map(|r| r.id))
}

async fn take_blocks(node: &Node, tx: &mut Tx, from: &Account, to: &Account, after: Id) -> Result<Option<Id>, Error> {
    let rows = tx.member_blocks(from.id, after, STEP).await?;
    for (_, who) in &rows {
        if *who != to.id
            && tx.follow(*who, to.id).await?.is_none()
            && let Some(who) = tx.account(*who).await?
        {
            moderate::block(node, tx, &who, to).await?;
        }
    }
    Ok(rows.last().map(|r| r.0))
}

async fn take_mutes(node: &Node, tx: &mut Tx, from: &Account, to: &Account, after: Id) -> Result<Option<Id>, Error> {
    let rows = tx.mutes_of(from.id, after, STEP).await?;
    for row in &rows {
        let tie = tx.relationships(row.account_id, &[to.id]).await?;
        if row.account_id != to.id && tie.iter().all(|r| !r.following && !r.muting) {
            let (id, now) = (node.id(), node.now());
            tx.put_mute(id, row.account_id, to.id, row.hide_notifications, row.expires_at, now).await?;
        }
    }
    Ok(rows.last().map(|r| r.id))
}
