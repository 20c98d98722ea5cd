//! Whom a member hears: what their policy says of those they do not follow, of newcomers, of what is said to them alone. Where it says
//! nothing the node decides: the quarantine keeps strangers with links apart, and whoever is limited waits to be let in.

use model::account::{Account, Relationship, Role};
use model::audience::Audience;
use model::clock::{DAY, Millis};
use model::id::Id;
use model::notification::{NotificationKind, Policy, Verdict};
use model::post::Post;
use storage::Tx;

use crate::pairing::is_cuppa;
use crate::{Error, Node, quarantine};

/// So long an account is new, and so long a follower is (Mastodon's NotifyService).
const NEW_ACCOUNT: Millis = 30 * DAY;
const NEW_FOLLOWER: Millis = 3 * DAY;

/// What holds where a member has not decided.
pub fn shown(node: &Node, policy: &Policy) -> [(&'static str, Verdict); 5] {
    let newcomers = if node.config.quarantine { Verdict::Filter } else { Verdict::Accept };
    [
        ("for_not_following", policy.not_following.unwrap_or(Verdict::Accept)),
        ("for_not_followers", policy.not_followers.unwrap_or(Verdict::Accept)),
        ("for_new_accounts", policy.new_accounts.unwrap_or(newcomers)),
        ("for_private_mentions", policy.private_mentions.unwrap_or(Verdict::Accept)),
        ("for_limited_accounts", policy.limited_accounts.unwrap_or(Verdict::Filter)),
    ]
}

/// Changes a member's policy; what is `None` stays.
pub async fn change(tx: &mut Tx, who: &Account, change: &Policy) -> Result<Policy, Error> {
    let old = tx.notification_policy(who.id).await?;
    let new = Policy {
        not_following: change.not_following.or(old.not_following),
        not_followers: change.not_followers.or(old.not_followers),
        new_accounts: change.new_accounts.or(old.new_accounts),
        private_mentions: change.private_mentions.or(old.private_mentions),
        limited_accounts: change.limited_accounts.or(old.limited_accounts),
    };
    tx.put_notification_policy(who.id, &new).await?;
    Ok(new)
}

/// What becomes of a notification. `tie`: what is between the two, if anything is.
pub(crate) async fn verdict(
    node: &Node,
    tx: &mut Tx,
    to: Id,
    kind: NotificationKind,
    from: &Account,
    post: Option<&Post>,
    tie: Option<&Relationship>,
) -> Result<Verdict, Error> {
    let follows = tie.is_some_and(|t| t.following);
    if !kind.is_filtered() {
        let heard = from.limited_at.is_none() || follows || to == from.id;
        return Ok(if heard { Verdict::Accept } else { Verdict::Drop });
    }
    let policy = tx.notification_policy(to).await?;
    let mut verdict = Verdict::Accept;
    if !follows {
        if from.limited_at.is_some() {
            verdict = verdict.and(policy.limited_accounts.unwrap_or(Verdict::Filter));
        }
        verdict = verdict.and(policy.not_following.unwrap_or(Verdict::Accept));
        verdict = verdict.and(newcomer(node, tx, &policy, to, kind, from, post).await?);
        if let Some(wish) = policy.private_mentions.filter(|w| *w != Verdict::Accept)
            && matches!(kind, NotificationKind::Mention | NotificationKind::Trying)
            && post.is_some_and(|p| p.audience == Audience::Direct && p.in_reply_to_account_id != Some(to))
            && !tx.has_reached_out_to(to, from.id).await?
        {
            verdict = verdict.and(wish);
        }
    }
    if let Some(wish) = policy.not_followers.filter(|w| *w != Verdict::Accept) {
        let since = tx.followed_since(from.id, to).await?;
        if since.is_none_or(|at| at > node.now() - NEW_FOLLOWER) {
            verdict = verdict.and(wish);
        }
    }
    if verdict == Verdict::Accept || tx.is_let_in(to, from.id).await? || is_keeper(tx, from).await? {
        return Ok(Verdict::Accept);
    }
    Ok(verdict)
}

/// Somebody new whom the member does not follow: as the member wants it, else as the quarantine has it.
async fn newcomer(
    node: &Node,
    tx: &mut Tx,
    policy: &Policy,
    to: Id,
    kind: NotificationKind,
    from: &Account,
    post: Option<&Post>,
) -> Result<Verdict, Error> {
    let Some(wish) = policy.new_accounts else {
        let held = match post {
            Some(post)
                if matches!(kind, NotificationKind::Mention | NotificationKind::Waiting | NotificationKind::Trying) =>
            {
                quarantine::holds(node, tx, to, from, post).await?
            }
            _ => false,
        };
        return Ok(if held { Verdict::Filter } else { Verdict::Accept });
    };
    Ok(if from.created_at > node.now() - NEW_ACCOUNT { wish } else { Verdict::Accept })
}

/// Who looks after the node is always heard, and so is the account that tells nobody anything who did not ask it to.
async fn is_keeper(tx: &mut Tx, from: &Account) -> Result<bool, Error> {
    Ok(is_cuppa(from) || from.is_local() && tx.member(from.id).await?.is_some_and(|m| m.role != Role::Member))
}
