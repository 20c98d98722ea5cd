//! Keeping people apart: a member's blocks and mutes; the node's suspensions and rules for other servers.

use model::account::Account;
use model::clock::Millis;
use storage::{DomainRule, Tx};

use crate::deed::{Data, Kind};
use crate::{Error, Node, follow};

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

/// Suspends an account: nothing of it is shown, taken in or sent. One of ours is signed out everywhere. Reversible.
pub async fn suspend(node: &Node, tx: &mut Tx, by: &str, account: &Account) -> Result<(), Error> {
    tx.set_suspended(account.id, Some(node.now()), "moderator").await?;
    if account.is_local() {
        tx.delete_tokens_of(account.id).await?;
    }
    log(node, tx, by, "suspend", account, "").await
}

pub async fn unsuspend(node: &Node, tx: &mut Tx, by: &str, account: &Account) -> Result<(), Error> {
    if account.is_waiting() {
        return Err(Error::invalid(format!("{} waits to be let in: approve or refuse them.", account.username)));
    }
    if node.is_domain_blocked(&account.domain) {
        tx.set_suspended(account.id, account.suspended_at.or(Some(node.now())), "domain").await?;
    } else {
        tx.set_suspended(account.id, None, "").await?;
    }
    log(node, tx, by, "unsuspend", account, "").await
}

/// Limits an account: shown to those who follow it, in no public timeline, its notifications only to followers.
pub async fn limit(node: &Node, tx: &mut Tx, by: &str, account: &Account) -> Result<(), Error> {
    tx.set_limited(account.id, Some(node.now())).await?;
    log(node, tx, by, "limit", account, "").await
}

/// Lifts what [`limit`] did. An account whose whole domain is limited stays so.
pub async fn unlimit(node: &Node, tx: &mut Tx, by: &str, account: &Account) -> Result<(), Error> {
    if !account.is_local() && node.domain_limit(&account.domain).is_some() {
        return Err(Error::invalid(format!(
            "{0} is limited by the rule for its domain: change that instead.",
            account.domain
        )));
    }
    tx.set_limited(account.id, None).await?;
    log(node, tx, by, "unlimit", account, "").await
}

pub(crate) async fn log(
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

/// Shuts a server and its subdomains out: nothing is fetched from it, taken in from it or sent to it, nothing of it is shown,
/// and what waits for it is dropped. Existing follows stay in the database, so that the block can be lifted.
pub async fn block_domain(node: &Node, tx: &mut Tx, by: &str, rule: &DomainRule) -> Result<(), Error> {
    if node.config.is_own_domain(&rule.domain) || covers(&rule.domain, node.config.host()) {
        return Err(Error::invalid(format!("{} is this node itself.", rule.domain)));
    }
    tx.put_domain_rule(rule).await?;
    if rule.severity == "suspend" {
        tx.suspend_domain(&rule.domain, Some(node.now())).await?;
        tx.drop_deliveries_of_domain(&rule.domain).await?;
    } else {
        // A milder rule in the place of a block.
        tx.suspend_domain(&rule.domain, None).await?;
    }
    let since = rule_since(tx, &rule.domain).await?.unwrap_or(rule.created_at);
    if rule.severity == "limit" {
        tx.limit_domain(&rule.domain, since).await?;
    } else {
        tx.unlimit_domain(&rule.domain, since).await?;
    }
    tx.log_action(node.id(), by, &format!("domain {}", rule.severity), &rule.domain, &rule.private_comment, node.now())
        .await?;
    Ok(())
}

/// Lifts what [`block_domain`] did.
pub async fn allow_domain(node: &Node, tx: &mut Tx, by: &str, domain: &str) -> Result<(), Error> {
    let none = || Error::invalid(format!("There is no rule for {domain}."));
    let since = rule_since(tx, domain).await?.ok_or_else(none)?;
    tx.delete_domain_rule(domain).await?;
    tx.suspend_domain(domain, None).await?;
    tx.unlimit_domain(domain, since).await?;
    tx.log_action(node.id(), by, "domain allow", domain, "", node.now()).await?;
    Ok(())
}

async fn rule_since(tx: &mut Tx, domain: &str) -> Result<Option<Millis>, Error> {
    Ok(tx.domain_rules().await?.into_iter().find(|r| r.domain == domain).map(|r| r.created_at))
}

/// A rule for `example.org` covers it and everything below it; ports do not matter.
pub(crate) fn covers(rule: &str, host: &str) -> bool {
    let host = match host.rsplit_once(':') {
        Some((name, port)) if !rule.contains(':') && port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let host = host.trim_end_matches('.');
    host.len() >= rule.len()
        && host.is_char_boundary(host.len() - rule.len())
        && host[host.len() - rule.len()..].eq_ignore_ascii_case(rule)
        && (host.len() == rule.len() || host.as_bytes()[host.len() - rule.len() - 1] == b'.')
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_rule_covers_subdomains_and_no_neighbours() {
        assert!(covers("evil.example", "evil.example"));
        assert!(covers("evil.example", "a.EVIL.example"));
        assert!(covers("evil.example", "evil.example:8443"));
        assert!(covers("evil.example", "evil.example."));
        assert!(covers("localhost:4443", "localhost:4443"));
        assert!(!covers("localhost:4443", "localhost:4444"));
        assert!(!covers("evil.example", "devil.example"));
        assert!(!covers("evil.example", "example"));
    }
}
