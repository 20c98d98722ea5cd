//! Notifications as groups (entities/GroupedNotificationsResults): what several groups have in common is said once.

use std::collections::{HashMap, HashSet};

use model::account::Account as Known;
use model::audience::Viewer;
use model::clock::rfc3339;
use model::id::Id;
use model::notification::{Notification, NotificationKind};
use serde::Serialize;
use storage::{GroupMember, Tx};
use utoipa::ToSchema;

use super::account::{Account, Moves};
use super::notification::{Events, Own, Severed, Warning, reports};
use super::report::Report;
use super::status::{Batch, Status};
use crate::{ApiError, App};

#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = GroupedNotificationsResults)]
pub struct Grouped {
    accounts: Vec<Account>,
    /// Of those who are seen by their picture alone, where the client asked for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    partial_accounts: Option<Vec<Partial>>,
    statuses: Vec<Status>,
    notification_groups: Vec<Group>,
}

/// Notifications of one kind about one thing (entities/NotificationGroup).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NotificationGroup)]
pub struct Group {
    group_key: String,
    notifications_count: i64,
    #[serde(rename = "type")]
    kind: &'static str,
    most_recent_notification_id: String,
    /// Where the group begins and ends on this page; only in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    page_min_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    page_max_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    latest_page_notification_at: Option<String>,
    sample_account_ids: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    status_id: Option<String>,
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

/// Somebody who is seen by their picture (entities/PartialAccountWithAvatar).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PartialAccountWithAvatar)]
pub struct Partial {
    id: String,
    acct: String,
    url: String,
    avatar: String,
    avatar_static: String,
    locked: bool,
    bot: bool,
}

impl Grouped {
    pub fn is_empty(&self) -> bool {
        self.notification_groups.is_empty()
    }
}

/// How groups are shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style<'a> {
    pub grouped: &'a [NotificationKind],
    /// Of this account alone; 0: of anybody.
    pub from: Id,
    /// Whole accounts only for the first of each group.
    pub partial: bool,
    /// The groups are a page of a list, so that it is said where each begins and ends on it.
    pub paged: bool,
}

/// Groups by the newest notification of each. One whose post may not be seen (any more) is left out.
pub async fn render(
    app: &App,
    tx: &mut Tx,
    who: Id,
    newest: Vec<Notification>,
    style: &Style<'_>,
) -> Result<Grouped, ApiError> {
    let viewer = Viewer::Member(who);
    let heads: Vec<Id> = newest.iter().filter(|n| style.grouped.contains(&n.kind)).map(|n| n.id).collect();
    let lowest = newest.iter().map(|n| n.id).min().unwrap_or(0);
    let mut members: HashMap<Id, Vec<GroupMember>> = HashMap::new();
    for member in tx.group_members(who, &heads, style.from, lowest).await? {
        members.entry(member.newest).or_default().push(member);
    }
    let senders: HashSet<Id> = newest.iter().map(|n| n.from_account_id).collect();
    let others = members.values().flatten().map(|m| m.account_id);
    let all: HashSet<Id> = senders.iter().copied().chain(others).collect();
    let mut accounts = tx.accounts(&all.into_iter().collect::<Vec<_>>()).await?;
    accounts.sort_by_key(|a| a.id);
    let known: HashSet<Id> = accounts.iter().map(|a| a.id).collect();
    let ids: HashSet<Id> = newest.iter().filter_map(|n| n.post_id).collect();
    let posts = tx.visible_posts(&ids.into_iter().collect::<Vec<_>>(), viewer).await?;
    let posts = Batch::load(app, tx, posts, viewer).await?;
    let mut reports = reports(app, tx, &newest).await?;
    let events = Events::of(tx, &newest).await?;
    let moves = Moves::of(tx, accounts.iter()).await?;
    let mut result = Grouped::default();
    let mut shown: HashSet<Id> = HashSet::new();
    for n in newest {
        let status = n.post_id.map(|id| (id, posts.render(id)));
        let post_id = n.post_id.map(|id| id.to_string());
        if !known.contains(&n.from_account_id) || status.as_ref().is_some_and(|s| s.1.is_none()) {
            continue;
        }
        if let Some((id, Some(status))) = status
            && shown.insert(id)
        {
            result.statuses.push(status);
        }
        let mut group = group(&n, members.get(&n.id).map_or(&[], Vec::as_slice), style);
        group.status_id = post_id;
        group.report = n.report_id.and_then(|id| reports.remove(&id));
        if let Some(sender) = accounts.iter().find(|a| a.id == n.from_account_id) {
            group.moderation_warning = events.warning(&n, || moves.render(&app.node.config, sender));
            group.event = events.severed(&n);
        }
        result.notification_groups.push(group);
    }
    people(app, &accounts, &moves, &senders, style, &mut result);
    Ok(result)
}

fn group(n: &Notification, members: &[GroupMember], style: &Style<'_>) -> Group {
    let samples: Vec<String> = match members {
        [] => vec![n.from_account_id.to_string()],
        some => some.iter().map(|m| m.account_id.to_string()).collect(),
    };
    let oldest = members.first().map_or(n.id, |m| m.oldest);
    Group {
        group_key: if members.is_empty() { format!("ungrouped-{}", n.id) } else { n.shown_group_key() },
        notifications_count: members.first().map_or(1, |m| m.total),
        kind: n.kind.mastodon_name(),
        most_recent_notification_id: n.id.to_string(),
        page_min_id: style.paged.then(|| oldest.to_string()),
        page_max_id: style.paged.then(|| n.id.to_string()),
        latest_page_notification_at: style.paged.then(|| rfc3339(n.created_at)),
        sample_account_ids: samples,
        status_id: None,
        report: None,
        moderation_warning: None,
        event: None,
        outloud: Own::of(n.kind),
    }
}

fn people(
    app: &App,
    accounts: &[Known],
    moves: &Moves,
    senders: &HashSet<Id>,
    style: &Style<'_>,
    result: &mut Grouped,
) {
    let whole = |a: &&Known| !style.partial || senders.contains(&a.id);
    let config = &app.node.config;
    result.accounts = accounts.iter().filter(whole).map(|a| moves.render(config, a)).collect();
    if style.partial {
        let rest = accounts.iter().filter(|a| !senders.contains(&a.id));
        result.partial_accounts = Some(rest.map(|a| partial(moves.render(config, a))).collect());
    }
}

fn partial(a: Account) -> Partial {
    Partial {
        id: a.id,
        acct: a.acct,
        url: a.url,
        avatar: a.avatar,
        avatar_static: a.avatar_static,
        locked: a.locked,
        bot: a.bot,
    }
}
