//! Notifications (entities/Notification).

use std::collections::{HashMap, HashSet};

use model::audience::Viewer;
use model::clock::rfc3339;
use model::id::Id;
use model::notification::{Notification as Known, NotificationKind};
use node::warn::Measure;
use serde::Serialize;
use storage::{AccountWarning, Severance, Tx};
use utoipa::ToSchema;

use super::account::{Account, Moves};
use super::report::{self, Report};
use super::status::{self, Status};
use crate::{ApiError, App};

#[derive(Debug, Serialize, ToSchema)]
pub struct Notification {
    pub id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    #[schema(format = DateTime)]
    created_at: String,
    group_key: String,
    account: Account,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    status: Option<Status>,
    /// Of what moderators are told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    report: Option<Report>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    moderation_warning: Option<Warning>,
    /// Follows that were cut off.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    event: Option<Severed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    outloud: Option<Own>,
}

/// What Mastodon has no word for: then the notification's type is the one that shows the most like it, and there is a status.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Notification_Outloud)]
pub struct Own {
    #[serde(rename = "type")]
    kind: &'static str,
}

impl Own {
    pub fn of(kind: NotificationKind) -> Option<Self> {
        kind.own_name().map(|kind| Self { kind })
    }
}

/// What the moderators did about the member (entities/AccountWarning). Nothing can be appealed against here with an app.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccountWarning)]
pub struct Warning {
    id: String,
    action: String,
    text: String,
    #[schema(required)]
    status_ids: Option<Vec<String>>,
    target_account: Account,
    #[schema(required)]
    appeal: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
}

/// Follows that were cut off (entities/RelationshipSeveranceEvent).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RelationshipSeveranceEvent)]
pub struct Severed {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    /// The list of who it was is not there (any more): it never was.
    purged: bool,
    target_name: String,
    followers_count: i64,
    following_count: i64,
    #[schema(format = DateTime)]
    created_at: String,
}

/// What notifications tell of that is neither a post nor a report. None is read where there is none, which is on most pages.
#[derive(Debug, Default)]
pub(super) struct Events {
    warnings: HashMap<Id, AccountWarning>,
    severances: HashMap<Id, Severance>,
}

impl Events {
    pub async fn of(tx: &mut Tx, list: &[Known]) -> Result<Self, ApiError> {
        let of = |kind: NotificationKind| -> Vec<Id> {
            list.iter().filter(|n| n.kind == kind).filter_map(|n| n.event_id).collect()
        };
        let (warned, severed) = (of(NotificationKind::ModerationWarning), of(NotificationKind::SeveredRelationships));
        let mut events = Self::default();
        if !warned.is_empty() {
            events.warnings = tx.warnings(&warned).await?.into_iter().map(|w| (w.id, w)).collect();
        }
        if !severed.is_empty() {
            events.severances = tx.severances(&severed).await?.into_iter().map(|s| (s.id, s)).collect();
        }
        Ok(events)
    }

    /// `whom`: the member whose notification it is.
    pub fn warning(&self, n: &Known, whom: impl FnOnce() -> Account) -> Option<Warning> {
        let w = self.warnings.get(&n.event_id?).filter(|_| n.kind == NotificationKind::ModerationWarning)?;
        Some(Warning {
            id: w.id.to_string(),
            action: Measure::from_name(&w.action).map_or_else(|| w.action.clone(), |m| m.api_name().to_owned()),
            text: w.text.clone(),
            status_ids: None,
            target_account: whom(),
            appeal: None,
            created_at: rfc3339(w.created_at),
        })
    }

    pub fn severed(&self, n: &Known) -> Option<Severed> {
        let s = self.severances.get(&n.event_id?).filter(|_| n.kind == NotificationKind::SeveredRelationships)?;
        Some(Severed {
            id: s.id.to_string(),
            kind: s.kind.clone(),
            purged: true,
            target_name: s.target.clone(),
            followers_count: s.followers,
            following_count: s.following,
            created_at: rfc3339(s.created_at),
        })
    }
}

/// A member's notifications with their accounts and posts. One whose post may not be seen (any more) is left out.
pub async fn render(app: &App, tx: &mut Tx, list: Vec<Known>, viewer: Viewer) -> Result<Vec<Notification>, ApiError> {
    let senders: HashSet<Id> = list.iter().map(|n| n.from_account_id).collect();
    let senders = tx.accounts(&senders.into_iter().collect::<Vec<_>>()).await?;
    let moves = Moves::of(tx, senders.iter()).await?;
    let senders: HashMap<Id, _> = senders.into_iter().map(|a| (a.id, a)).collect();
    let posts: HashSet<Id> = list.iter().filter_map(|n| n.post_id).collect();
    let posts = tx.visible_posts(&posts.into_iter().collect::<Vec<_>>(), viewer).await?;
    let posts = status::Batch::load(app, tx, posts, viewer).await?;
    let mut reports = reports(app, tx, &list).await?;
    let events = Events::of(tx, &list).await?;
    let one = |n: Known| {
        let status = match n.post_id {
            Some(id) => Some(posts.render(id)?),
            None => None,
        };
        let sender = senders.get(&n.from_account_id)?;
        let shown = || moves.render(&app.node.config, sender);
        Some(Notification {
            moderation_warning: events.warning(&n, shown),
            event: events.severed(&n),
            id: n.id.to_string(),
            kind: n.kind.mastodon_name(),
            outloud: Own::of(n.kind),
            created_at: rfc3339(n.created_at),
            group_key: n.shown_group_key(),
            account: shown(),
            status,
            report: n.report_id.and_then(|id| reports.remove(&id)),
        })
    };
    Ok(list.into_iter().filter_map(one).collect())
}

/// The reports of a page. None is read where there is none, which is on every page but those of moderators.
pub(super) async fn reports(app: &App, tx: &mut Tx, list: &[Known]) -> Result<HashMap<Id, Report>, ApiError> {
    let ids: Vec<Id> = list.iter().filter_map(|n| n.report_id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let reports = tx.reports_by_id(&ids).await?;
    let targets = tx.accounts(&reports.iter().map(|r| r.target_id).collect::<Vec<_>>()).await?;
    let one = |r: &storage::Report| {
        let target = targets.iter().find(|a| a.id == r.target_id)?;
        Some((r.id, report::render(&app.node.config, r, target)))
    };
    Ok(reports.iter().filter_map(one).collect())
}
