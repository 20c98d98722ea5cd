//! Notifications as groups (entities/GroupedNotificationsResults): what several groups have in common is said once.

use std::collections::{HashMap, HashSet};

use model::account::Account as Known;
use model::audience::Viewer;
use model::clock::rfc3339;
use model::id::Id;
use model::notification::{Notification, NotificationKind};
use serde::Serialize;
use serde_json::{Value, json};
use storage::{GroupMember, Tx};

use super::account::{Account, Moves};
use super::notification::{Events, reports};
use super::status::{Batch, Status};
use crate::{ApiError, App};

#[derive(Debug, Default, Serialize)]
pub struct Grouped {
    accounts: Vec<Account>,
    /// Of those who are seen by their picture alone, where the client asked for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    partial_accounts: Option<Vec<Value>>,
    statuses: Vec<Status>,
    notification_groups: Vec<Value>,
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
        if let (Some(id), Some(fields)) = (post_id, group.as_object_mut()) {
            fields.insert("status_id".to_owned(), json!(id));
        }
        if let (Some(report), Some(fields)) = (n.report_id.and_then(|id| reports.remove(&id)), group.as_object_mut()) {
            fields.insert("report".to_owned(), json!(report));
        }
        if let (Some(sender), Some(fields)) =
            (accounts.iter().find(|a| a.id == n.from_account_id), group.as_object_mut())
        {
            if let Some(warning) = events.warning(&n, || moves.render(&app.node.config, sender)) {
                fields.insert("moderation_warning".to_owned(), json!(warning));
            }
            if let Some(severed) = events.severed(&n) {
                fields.insert("event".to_owned(), json!(severed));
            }
        }
        result.notification_groups.push(group);
    }
    people(app, &accounts, &moves, &senders, style, &mut result);
    Ok(result)
}

fn group(n: &Notification, members: &[GroupMember], style: &Style<'_>) -> Value {
    let samples: Vec<String> = match members {
        [] => vec![n.from_account_id.to_string()],
        some => some.iter().map(|m| m.account_id.to_string()).collect(),
    };
    let key = if members.is_empty() { format!("ungrouped-{}", n.id) } else { n.shown_group_key() };
    let mut group = json!({
        "group_key": key,
        "notifications_count": members.first().map_or(1, |m| m.total),
        "type": n.kind.name(),
        "most_recent_notification_id": n.id.to_string(),
        "sample_account_ids": samples,
    });
    if let (true, Some(fields)) = (style.paged, group.as_object_mut()) {
        let oldest = members.first().map_or(n.id, |m| m.oldest);
        fields.insert("page_min_id".to_owned(), json!(oldest.to_string()));
        fields.insert("page_max_id".to_owned(), json!(n.id.to_string()));
        fields.insert("latest_page_notification_at".to_owned(), json!(rfc3339(n.created_at)));
    }
    group
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
        result.partial_accounts = Some(rest.map(|a| partial(&moves.render(config, a))).collect());
    }
}

/// entities/PartialAccountWithAvatar.
fn partial(account: &Account) -> Value {
    let mut whole = json!(account);
    if let Some(fields) = whole.as_object_mut() {
        let kept = ["id", "acct", "url", "avatar", "avatar_static", "locked", "bot"];
        fields.retain(|name, _| kept.contains(&name.as_str()));
    }
    whole
}
