//! Telling members what the moderators did about them, and which of their follows were cut off. Both stand among their notifications,
//! whatever they want to hear of others: nobody else speaks there but the node.

use model::account::Account;
use model::id::Id;
use model::notification::{Notification, NotificationKind};
use storage::{AccountWarning, Severance, TiesOf, Tx};

use crate::mail::{self, Letter};
use crate::moderate::Act;
use crate::{Error, Node, notify};

/// What moderators do about an account (entities/AccountWarning, as far as this node knows it).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Words alone.
    None,
    /// They sign in and read, and do nothing that others see.
    Freeze,
    Disable,
    Silence,
    Suspend,
}

impl Measure {
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Freeze => "freeze",
            Self::Disable => "disable",
            Self::Silence => "silence",
            Self::Suspend => "suspend",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::None, Self::Freeze, Self::Disable, Self::Silence, Self::Suspend].into_iter().find(|m| m.name() == name)
    }

    /// The word for it that apps know. Mastodon does not tell freezing from taking a login away.
    pub fn api_name(self) -> &'static str {
        match self {
            Self::Freeze => Self::Disable.name(),
            other => other.name(),
        }
    }
}

/// What cuts follows off (entities/RelationshipSeveranceEvent).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// A rule shuts a server out. The follows stay in the database, and count again when it is lifted.
    Domain,
    /// The member wants to hear nothing of a server.
    OwnDomain,
    /// Somebody was suspended. As with a rule, it can be lifted.
    Suspension,
}

impl Cut {
    fn name(self) -> &'static str {
        match self {
            Self::Domain => "domain_block",
            Self::OwnDomain => "user_domain_block",
            Self::Suspension => "account_suspension",
        }
    }
}

/// Tells a member what was done about them, among their notifications and in a letter; others are not ours to tell.
pub(crate) async fn warn(node: &Node, tx: &mut Tx, account: &Account, act: Act<'_>) -> Result<(), Error> {
    let Some(member) = tx.member(account.id).await? else { return Ok(()) };
    let warning = AccountWarning {
        id: node.id(),
        account_id: account.id,
        action: act.measure.name().to_owned(),
        text: act.words.to_owned(),
        report_id: act.report,
        created_at: node.now(),
    };
    tx.insert_warning(&warning).await?;
    // To an address that is not theirs for sure nothing is written of them.
    if act.letter && member.confirmed {
        let letter = Letter::Warning { account: account.id, email: member.email, warning: warning.id };
        mail::send(node, tx, letter).await?;
    }
    tell(node, tx, account.id, NotificationKind::ModerationWarning, warning.id).await
}

/// Tells members that follows of theirs are cut off. `target`: the domain, or the handle of who was suspended.
pub(crate) async fn severed(node: &Node, tx: &mut Tx, cut: Cut, target: &str, of: &[TiesOf]) -> Result<(), Error> {
    for ties in of.iter().filter(|ties| ties.followers + ties.following > 0) {
        let severance = Severance {
            id: node.id(),
            account_id: ties.account_id,
            kind: cut.name().to_owned(),
            target: target.to_owned(),
            followers: ties.followers,
            following: ties.following,
            created_at: node.now(),
        };
        tx.insert_severance(&severance).await?;
        tell(node, tx, ties.account_id, NotificationKind::SeveredRelationships, severance.id).await?;
    }
    Ok(())
}

/// Nobody in particular says so. As Mastodon has it, it then comes from the member themselves.
async fn tell(node: &Node, tx: &mut Tx, account: Id, kind: NotificationKind, event: Id) -> Result<(), Error> {
    let notification = Notification {
        id: node.id(),
        account_id: account,
        kind,
        from_account_id: account,
        post_id: None,
        report_id: None,
        event_id: Some(event),
        created_at: node.now(),
    };
    notify::keep(node, tx, &notification, None).await?;
    Ok(())
}
