//! What moderators see (entities/Admin_Account, entities/Admin_Report).

use model::account::{Account, MemberState};
use model::audience::Viewer;
use model::clock::rfc3339;
use model::id::Id;
use node::Config;
use serde_json::{Value, json};
use storage::{Report, Tx};

use super::account::{one, role};
use super::{filled, status};
use crate::{ApiError, App};

/// An account as moderators see it. No addresses that somebody came from are kept, so none are shown.
pub async fn account(config: &Config, tx: &mut Tx, a: &Account) -> Result<Value, storage::Error> {
    let member = tx.member(a.id).await?;
    let m = member.as_ref();
    let waits = a.is_waiting();
    Ok(json!({
        "id": a.id.to_string(),
        "username": a.username,
        "domain": filled(&a.domain),
        "created_at": rfc3339(a.created_at),
        "email": m.map(|m| &m.email),
        "ip": null,
        "ips": [],
        "locale": m.map(|m| &m.locale),
        "invite_request": m.and_then(|m| filled(&m.reason)),
        "role": m.map(|m| role(m.role)),
        "confirmed": m.is_none_or(|m| m.confirmed),
        "approved": m.is_none_or(|m| m.state != MemberState::Pending),
        "disabled": m.is_some_and(|m| m.state == MemberState::Disabled),
        "sensitized": false,
        "silenced": a.limited_at.is_some(),
        "suspended": a.is_suspended() && !waits,
        "account": one(config, tx, a).await?,
    }))
}

/// A report with who is in it, as `viewer` may see its posts. What another server reports comes from the node itself.
pub async fn report(app: &App, tx: &mut Tx, r: &Report, viewer: Id) -> Result<Value, ApiError> {
    let config = &app.node.config;
    let target = tx.account(r.target_id).await?;
    let reporter = match r.reporter_id {
        Some(id) => tx.account(id).await?,
        None => tx.account_by_uri(&config.instance_actor_uri()).await?,
    };
    let viewer = Viewer::Member(viewer);
    let posts = tx.visible_posts(&r.posts.iter().map(|p| p.id).collect::<Vec<_>>(), viewer).await?;
    let statuses = status::list(app, tx, posts, viewer).await?;
    let mut people = Vec::new();
    for person in [reporter, target] {
        people.push(match person {
            Some(person) => account(config, tx, &person).await?,
            None => Value::Null,
        });
    }
    let target = people.pop();
    Ok(json!({
        "id": r.id.to_string(),
        "action_taken": r.closed_at.is_some(),
        "action_taken_at": r.closed_at.map(rfc3339),
        "category": r.category,
        "comment": r.comment,
        "forwarded": r.forwarded,
        "created_at": rfc3339(r.created_at),
        "updated_at": rfc3339(r.closed_at.unwrap_or(r.created_at)),
        "account": people.pop(),
        "target_account": target,
        "assigned_account": null,
        "action_taken_by_account": null,
        "statuses": statuses,
        "rules": [],
    }))
}
