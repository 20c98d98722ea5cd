//! Keeping people apart: a member's blocks and mutes; the node's suspensions, limits and freezes. Whole servers: [`crate::domains`].

use model::account::{Account, MemberState, WAITING};
use model::clock::Millis;
use model::id::Id;
use model::post::{Post, Revision};
use storage::Tx;

use crate::accounts::keep_an_owner;
use crate::deed::{Data, Kind};
use crate::warn::{Cut, Measure};
use crate::{
    Error, Node, carry, challenge, experiment, follow, gates, index, live, pairing, peers, publish, receive, warn,
};

/// Whether nothing of this account may be taken in or shown, whoever brings it: an author of what is boosted, quoted, answered or
/// filled back in. The one question to ask wherever something of somebody comes in by another way than from themselves.
pub fn is_shut_out(node: &Node, account: &Account) -> bool {
    account.is_suspended() || node.is_blocked(account)
}

/// A member blocks somebody: both follows end, neither sees the other.
pub async fn block(node: &Node, tx: &mut Tx, who: &Account, target: &Account) -> Result<(), Error> {
    if who.id == target.id {
        return Err(Error::invalid("You cannot block yourself."));
    }
    let id = node.id();
    let uri = format!("{}#blocks/{id}", who.uri);
    if !tx.put_block(id, who.id, target.id, &uri, node.now()).await? {
        return Ok(());
    }
    follow::unfollow(node, tx, who, target).await?;
    follow::remove_follower(node, tx, who, target).await?;
    separate(tx, who, target).await?;
    if carry::is_carrier(target) {
        challenge::let_go(node, tx, target, who).await?;
    }
    if pairing::is_cuppa(target) {
        tx.leave_pairings(who.id).await?;
    }
    if !target.is_local() {
        let data = Data { uri, object: target.uri.clone(), ..Data::default() };
        node.tell(tx, Kind::Block, who.id, None, &data).await?.accounts(tx, &[target.id]).await?.done(tx).await?;
    }
    Ok(())
}

pub async fn unblock(node: &Node, tx: &mut Tx, who: &Account, target: &Account) -> Result<(), Error> {
    let Some(uri) = tx.delete_block(who.id, target.id).await? else { return Ok(()) };
    if !target.is_local() {
        let data = Data { uri, object: target.uri.clone(), ..Data::default() };
        node.tell(tx, Kind::UndoBlock, who.id, None, &data).await?.accounts(tx, &[target.id]).await?.done(tx).await?;
    }
    Ok(())
}

/// Somebody elsewhere blocks one of us: they see us no more, and no follow is left.
pub async fn receive_block(node: &Node, tx: &mut Tx, who: &Account, target: &Account, uri: &str) -> Result<(), Error> {
    tx.put_block(node.id(), who.id, target.id, uri, node.now()).await?;
    for (a, b) in [(who.id, target.id), (target.id, who.id)] {
        if let Some(row) = tx.follow(a, b).await? {
            follow::end(tx, &row).await?;
        }
    }
    if carry::is_carrier(target) {
        challenge::let_go(node, tx, target, who).await?;
    }
    if pairing::is_cuppa(target) {
        tx.leave_pairings(who.id).await?;
    }
    separate(tx, who, target).await
}

pub async fn receive_unblock(tx: &mut Tx, who: &Account, target: &Account) -> Result<(), Error> {
    tx.delete_block(who.id, target.id).await?;
    Ok(())
}

async fn separate(tx: &mut Tx, a: &Account, b: &Account) -> Result<(), Error> {
    for (me, other) in [(a, b), (b, a)] {
        if me.is_local() {
            tx.clear_home_of(me.id, other.id).await?;
            tx.drop_notifications_from(me.id, other.id).await?;
            tx.drop_request(me.id, other.id).await?;
        }
    }
    Ok(())
}

/// A member mutes somebody, for a time (milliseconds) or until further notice.
pub async fn mute(
    node: &Node,
    tx: &mut Tx,
    who: &Account,
    target: &Account,
    notifications: bool,
    duration: Option<Millis>,
) -> Result<(), Error> {
    if who.id == target.id {
        return Err(Error::invalid("You cannot mute yourself."));
    }
    let now = node.now();
    tx.put_mute(node.id(), who.id, target.id, notifications, duration.map(|d| now + d), now).await?;
    Ok(())
}

pub async fn unmute(tx: &mut Tx, who: &Account, target: &Account) -> Result<(), Error> {
    tx.delete_mute(who.id, target.id).await?;
    Ok(())
}

/// What a moderator does about an account, and what they say to whom it is done: a member is told. `report`: which that settles.
#[derive(Clone, Copy, Debug)]
pub struct Act<'a> {
    pub measure: Measure,
    pub words: &'a str,
    pub report: Option<Id>,
    /// Whether the member is told by a letter, too.
    pub letter: bool,
}

impl From<Measure> for Act<'_> {
    fn from(measure: Measure) -> Self {
        Self { measure, words: "", report: None, letter: true }
    }
}

/// Most characters of what a moderator says to whom something is done, as of other words of theirs on Mastodon.
pub const WORDS: usize = 2_000;

/// Does what a moderator decided about an account, writes it down, and tells who is meant.
///
/// # Errors
/// [`Error::Invalid`] for more than [`WORDS`]; [`Error::Forbidden`] for the node's own actor: it is nobody's, and whatever the node does would stop with it.
pub async fn act(node: &Node, tx: &mut Tx, by: &str, account: &Account, act: Act<'_>) -> Result<(), Error> {
    if account.is_local() && tx.member(account.id).await?.is_none() {
        return Err(Error::forbidden(format!("@{} is not a member of this node.", node.config.full_handle(account))));
    }
    if act.words.chars().count() > WORDS {
        return Err(Error::invalid(format!("Validation failed: Text is too long (maximum is {WORDS} characters)")));
    }
    let action = match act.measure {
        Measure::None => "warn",
        Measure::Freeze => {
            still(node, tx, account).await?;
            "freeze"
        }
        Measure::Disable => {
            shut(node, tx, account).await?;
            "disable"
        }
        Measure::Silence => {
            tx.set_limited(account.id, Some(node.now())).await?;
            // What is not shown to strangers is not passed on to them.
            carry::withdraw(node, tx, account.id).await?;
            "limit"
        }
        Measure::Suspend => {
            put_away(node, tx, account).await?;
            "suspend"
        }
    };
    log(node, tx, by, action, account, act.words).await?;
    warn::warn(node, tx, account, act).await
}

/// Suspends an account: nothing of it is shown, taken in or sent. One of ours is signed out everywhere, and nobody joins with their
/// address. Reversible.
pub async fn suspend(node: &Node, tx: &mut Tx, by: &str, account: &Account) -> Result<(), Error> {
    act(node, tx, by, account, Measure::Suspend.into()).await
}

async fn put_away(node: &Node, tx: &mut Tx, account: &Account) -> Result<(), Error> {
    keep_an_owner(tx, account).await?;
    if !account.is_suspended() {
        let ties = tx.ties_with_account(account.id).await?;
        warn::severed(node, tx, Cut::Suspension, &node.config.full_handle(account), &ties).await?;
    }
    tx.set_suspended(account.id, Some(node.now()), "moderator").await?;
    // What our actors passed on, be it to a challenge from elsewhere.
    carry::withdraw(node, tx, account.id).await?;
    if account.is_local() {
        tx.delete_tokens_of(account.id).await?;
        peers::member_changed(node, tx, account.id).await?;
        if let Some(member) = tx.member(account.id).await? {
            gates::shut_address(node, tx, account, &member).await?;
        }
    }
    Ok(())
}

/// Lifts a suspension. Who waited to be let in before goes on waiting, and an account of a server that is blocked stays suspended.
pub async fn unsuspend(node: &Node, tx: &mut Tx, by: &str, account: &Account) -> Result<(), Error> {
    if account.is_waiting() {
        return Err(Error::invalid(format!("{} waits to be let in: approve or refuse them.", account.username)));
    }
    let member = tx.member(account.id).await?;
    let waits = member.is_some_and(|m| m.state == MemberState::Pending || !m.confirmed);
    let since = account.suspended_at.or(Some(node.now()));
    if node.is_blocked(account) {
        tx.set_suspended(account.id, since, "domain").await?;
    } else if waits {
        tx.set_suspended(account.id, since, WAITING).await?;
    } else {
        tx.set_suspended(account.id, None, "").await?;
        if account.is_local() {
            peers::member_changed(node, tx, account.id).await?;
        }
    }
    tx.delete_canonical_email_blocks_of(account.id).await?;
    log(node, tx, by, "unsuspend", account, "").await
}

/// Limits an account: shown to those who follow it, in no public timeline, its notifications only to followers.
pub async fn limit(node: &Node, tx: &mut Tx, by: &str, account: &Account) -> Result<(), Error> {
    act(node, tx, by, account, Measure::Silence.into()).await
}

/// Lifts what [`limit`] did. An account whose whole server is limited stays so.
pub async fn unlimit(node: &Node, tx: &mut Tx, by: &str, account: &Account) -> Result<(), Error> {
    if let Some(rule) = node.domain_rules().limit(account.names()).filter(|_| !account.is_local()) {
        let handle = node.config.full_handle(account);
        return Err(Error::invalid(format!(
            "@{handle} is limited by the rule for {}: change that instead.",
            rule.domain
        )));
    }
    tx.set_limited(account.id, None).await?;
    log(node, tx, by, "unlimit", account, "").await
}

/// Freezes a member: they can sign in and read, and do nothing that others see (`login::may_be_heard`). What they said stays.
pub async fn freeze(node: &Node, tx: &mut Tx, by: &str, account: &Account) -> Result<(), Error> {
    act(node, tx, by, account, Measure::Freeze.into()).await
}

async fn still(node: &Node, tx: &mut Tx, account: &Account) -> Result<(), Error> {
    keep_an_owner(tx, account).await?;
    change_state(node, tx, account, &[MemberState::Active, MemberState::Frozen], MemberState::Frozen).await
}

pub async fn unfreeze(node: &Node, tx: &mut Tx, by: &str, account: &Account) -> Result<(), Error> {
    change_state(node, tx, account, &[MemberState::Frozen], MemberState::Active).await?;
    log(node, tx, by, "unfreeze", account, "").await
}

/// Takes a member's login away, and signs them out everywhere. What they said stays.
pub async fn disable(node: &Node, tx: &mut Tx, by: &str, account: &Account) -> Result<(), Error> {
    act(node, tx, by, account, Measure::Disable.into()).await
}

async fn shut(node: &Node, tx: &mut Tx, account: &Account) -> Result<(), Error> {
    keep_an_owner(tx, account).await?;
    change_state(node, tx, account, &[MemberState::Active, MemberState::Disabled], MemberState::Disabled).await?;
    tx.delete_tokens_of(account.id).await?;
    Ok(())
}

pub async fn enable(node: &Node, tx: &mut Tx, by: &str, account: &Account) -> Result<(), Error> {
    change_state(node, tx, account, &[MemberState::Disabled], MemberState::Active).await?;
    log(node, tx, by, "enable", account, "").await
}

/// From one of these states into another; words that say what is in the way, if it is none of these.
async fn change_state(
    node: &Node,
    tx: &mut Tx,
    account: &Account,
    from: &[MemberState],
    to: MemberState,
) -> Result<(), Error> {
    let handle = node.config.full_handle(account);
    let member = tx.member(account.id).await?;
    let member = member.ok_or_else(|| Error::invalid(format!("@{handle} is not a member of this node.")))?;
    if !from.contains(&member.state) {
        return Err(Error::invalid(format!("@{handle} is {}: that cannot be done now.", member.state.name())));
    }
    tx.set_member_state(account.id, to).await?;
    Ok(())
}

/// Deletes a post that a moderator does not want here: for good and everywhere if it is a member's, here alone if it is another
/// server's. Answers its author.
pub async fn remove_post(node: &Node, tx: &mut Tx, by: &str, post: Id) -> Result<Account, Error> {
    let (author, post) = of_post(tx, post).await?;
    if post.local {
        publish::delete(node, tx, &author, post.id).await?;
    } else {
        receive::delete(node, tx, &author, &post.uri).await?;
    }
    log(node, tx, by, "delete post", &author, &post.uri).await?;
    Ok(author)
}

/// Hides the media of a post until somebody wants to see them, or takes that back. Of a member's that is a new version, which goes
/// where the others went.
pub async fn set_sensitive(node: &Node, tx: &mut Tx, by: &str, post: Id, sensitive: bool) -> Result<Account, Error> {
    let (author, post) = of_post(tx, post).await?;
    if post.sensitive == sensitive {
        return Ok(author);
    }
    if post.local {
        let revision = Revision { sensitive: Some(sensitive), ..experiment::as_it_is(tx, &post).await? };
        publish::edit(node, tx, &author, post.id, &revision).await?;
    } else {
        let post = Post { sensitive, ..post.clone() };
        tx.update_post(&post).await?;
        index::note_changed(tx, post.id).await?;
        live::edited(tx, &post);
    }
    log(node, tx, by, if sensitive { "mark sensitive" } else { "unmark sensitive" }, &author, &post.uri).await?;
    Ok(author)
}

/// A post, and who wrote it.
async fn of_post(tx: &mut Tx, post: Id) -> Result<(Account, Post), Error> {
    let post = tx.post(post).await?.filter(|p| p.boost_of_id.is_none()).ok_or(Error::NotFound)?;
    let author = tx.account(post.account_id).await?.ok_or(Error::NotFound)?;
    Ok((author, post))
}

/// Writes down what somebody who looks after the node did.
pub async fn log(
    node: &Node,
    tx: &mut Tx,
    by: &str,
    action: &str,
    account: &Account,
    detail: &str,
) -> Result<(), Error> {
    tx.log_action(node.id(), by, action, &node.config.full_handle(account), detail, node.now()).await?;
    Ok(())
}
