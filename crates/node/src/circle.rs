//! What a member keeps about others: notes, whom they endorse, whole servers they want to hear nothing of.

use model::account::Account;
use model::handle::canonical_domain;
use storage::Tx;

use crate::warn::Cut;
use crate::{Error, Node, follow, jobs, warn};

/// Longest note, in characters.
pub const NOTE_LENGTH: usize = 2_000;
/// Most servers that a member can block.
pub const DOMAINS: i64 = 1_000;
/// Follows that end in one step, of each direction.
const STEP: i64 = 100;

/// Writes a note about somebody, which nobody else sees. An empty one takes it away.
pub async fn note(tx: &mut Tx, who: &Account, target: &Account, text: &str) -> Result<(), Error> {
    if text.chars().count() > NOTE_LENGTH {
        return Err(Error::invalid(format!("Validation failed: Comment is longer than {NOTE_LENGTH} characters")));
    }
    Ok(tx.put_account_note(who.id, target.id, text.trim()).await?)
}

/// Shows somebody whom the member follows on their profile.
pub async fn endorse(node: &Node, tx: &mut Tx, who: &Account, target: &Account) -> Result<(), Error> {
    if !tx.follow(who.id, target.id).await?.is_some_and(|f| f.accepted) {
        return Err(Error::invalid("Validation failed: You must be already following the person you want to endorse"));
    }
    tx.put_endorsement(node.id(), who.id, target.id).await?;
    Ok(())
}

pub async fn unendorse(tx: &mut Tx, who: &Account, target: &Account) -> Result<(), Error> {
    tx.delete_endorsement(who.id, target.id).await?;
    Ok(())
}

/// A member wants to hear nothing of a server: its people's posts and notifications are hidden from them, and no follow is left.
pub async fn block_domain(node: &Node, tx: &mut Tx, who: &Account, domain: &str) -> Result<(), Error> {
    let domain = canonical_domain(domain.trim())
        .filter(|domain| domain.contains('.') || domain.contains(':'))
        .ok_or_else(|| Error::invalid("Validation failed: Domain is not a valid domain name"))?;
    if node.config.is_own_domain(&domain) {
        return Err(Error::invalid("Validation failed: You cannot block your own server"));
    }
    tx.hold_account(who.id).await?;
    if tx.count_domain_mutes(who.id).await? >= DOMAINS {
        return Err(Error::invalid(format!("Validation failed: You cannot block more than {DOMAINS} servers")));
    }
    if tx.put_domain_mute(node.id(), who.id, &domain).await? {
        tx.drop_notifications_of_domain(who.id, &domain).await?;
        let ties = tx.count_ties_with_domain(who.id, &domain).await?;
        warn::severed(node, tx, Cut::OwnDomain, &domain, &[ties]).await?;
        jobs::enqueue(node, tx, &jobs::Job::LeaveDomain { account: who.id, domain }).await?;
    }
    Ok(())
}

pub async fn unblock_domain(tx: &mut Tx, who: &Account, domain: &str) -> Result<(), Error> {
    let domain = canonical_domain(domain.trim()).unwrap_or_else(|| domain.trim().to_lowercase());
    tx.delete_domain_mute(who.id, &domain).await?;
    Ok(())
}

/// Ends some of the follows between a member and a server that they blocked; `true` when none is left.
pub async fn leave_step(node: &Node, tx: &mut Tx, who: i64, domain: &str) -> Result<bool, Error> {
    let Some(who) = tx.account(who).await? else { return Ok(true) };
    if !tx.mutes_domain(who.id, domain).await? {
        return Ok(true);
    }
    let (followed, followers) = tx.ties_with_domain(who.id, domain, STEP).await?;
    for target in &followed {
        follow::unfollow(node, tx, &who, target).await?;
    }
    for follower in &followers {
        follow::remove_follower(node, tx, &who, follower).await?;
    }
    Ok(followed.is_empty() && followers.is_empty())
}
