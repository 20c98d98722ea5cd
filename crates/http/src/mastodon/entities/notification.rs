//! Notifications (entities/Notification).

use std::collections::{HashMap, HashSet};

use model::audience::Viewer;
use model::clock::rfc3339;
use model::id::Id;
use model::notification::Notification as Known;
use serde::Serialize;
use storage::Tx;
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
    let one = |n: Known| {
        let status = match n.post_id {
            Some(id) => Some(posts.render(id)?),
            None => None,
        };
        Some(Notification {
            id: n.id.to_string(),
            kind: n.kind.name(),
            created_at: rfc3339(n.created_at),
            group_key: n.shown_group_key(),
            account: moves.render(&app.node.config, senders.get(&n.from_account_id)?),
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
