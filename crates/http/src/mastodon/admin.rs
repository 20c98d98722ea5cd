//! What moderators do with an app (docs.joinmastodon.org/methods/admin): accounts and reports. Every deed goes through the doors that
//! the command line uses, and so into the log of what the moderators did.

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::StatusCode;
use model::account::{Account, Role};
use model::id::Id;
use node::{accounts, moderate, report};
use serde_json::{Value, json};
use storage::Tx;

use super::entities::admin;
use super::{At, Listed, link};
use crate::auth::{Caller, Signed};
use crate::params::Params;
use crate::{ApiError, App, page};

/// Reports of a page.
const REPORTS: i64 = 100;

/// Somebody who looks after the node, with an app that may do so for them.
fn keeper<'a>(caller: &'a Caller, scope: &str) -> Result<&'a Signed, ApiError> {
    let signed = caller.member(scope)?;
    if signed.member.role == Role::Member {
        return Err(ApiError::forbidden("This action is not allowed"));
    }
    Ok(signed)
}

/// How they stand in the log.
fn name(app: &App, signed: &Signed) -> String {
    app.node.config.full_handle(&signed.account)
}

/// Somebody with whom a moderator may do something: nobody of their own rank or above.
async fn target(tx: &mut Tx, signed: &Signed, id: Id) -> Result<Account, ApiError> {
    let account = known(tx, id).await?;
    let rank = tx.member(id).await?.map_or(Role::Member, |m| m.role);
    if rank != Role::Member && rank >= signed.member.role {
        return Err(ApiError::forbidden("This action is not allowed"));
    }
    Ok(account)
}

/// Also of those who wait to be let in.
async fn known(tx: &mut Tx, id: Id) -> Result<Account, ApiError> {
    let account = tx.account(id).await?.ok_or_else(ApiError::not_found)?;
    if account.deleted_at.is_some() {
        return Err(ApiError::new(StatusCode::GONE, "This account is gone"));
    }
    Ok(account)
}

/// `GET /api/v1/admin/accounts/:id`.
pub async fn show(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Value>, ApiError> {
    keeper(&caller, "admin:read:accounts")?;
    let mut tx = app.node.store.read().await?;
    let account = known(&mut tx, id).await?;
    Ok(Json(admin::account(&app.node.config, &mut tx, &account).await?))
}

/// What is done to an account.
enum Deed {
    Warn(String),
    Disable,
    Silence,
    Suspend,
    Approve,
    Reject,
    Enable,
    Unsilence,
    Unsuspend,
    Delete,
}

async fn act(app: &App, caller: &Caller, id: Id, deed: Deed, about: Option<Id>) -> Result<Json<Value>, ApiError> {
    let signed = keeper(caller, "admin:write:accounts")?;
    let (node, by) = (&app.node, &name(app, signed));
    let mut tx = node.store.begin().await?;
    let account = target(&mut tx, signed, id).await?;
    let before = admin::account(&node.config, &mut tx, &account).await?;
    match deed {
        Deed::Warn(words) => moderate::log(node, &mut tx, by, "warn", &account, &words).await?,
        Deed::Disable => moderate::disable(node, &mut tx, by, &account).await?,
        Deed::Silence => moderate::limit(node, &mut tx, by, &account).await?,
        Deed::Suspend => moderate::suspend(node, &mut tx, by, &account).await?,
        Deed::Approve => accounts::approve(node, &mut tx, by, &account).await?,
        Deed::Reject => accounts::refuse(node, &mut tx, by, &account).await?,
        Deed::Enable => moderate::enable(node, &mut tx, by, &account).await?,
        Deed::Unsilence => moderate::unlimit(node, &mut tx, by, &account).await?,
        Deed::Unsuspend => moderate::unsuspend(node, &mut tx, by, &account).await?,
        Deed::Delete if signed.member.role < Role::Admin || !account.is_suspended() => {
            return Err(ApiError::forbidden("This action is not allowed"));
        }
        Deed::Delete => accounts::delete_member(node, &mut tx, by, &account).await?,
    }
    if let Some(id) = about {
        report::close(node, &mut tx, by, id, "").await?;
    }
    // Of who is gone it is told what they were.
    let after = match tx.account(id).await? {
        Some(account) if account.deleted_at.is_none() => admin::account(&node.config, &mut tx, &account).await?,
        _ => before,
    };
    node.commit(tx).await?;
    Ok(Json(after))
}

/// `POST /api/v1/admin/accounts/:id/action` with `type`, and `report_id` of what it settles.
pub async fn action(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    keeper(&caller, "admin:write:accounts")?;
    let deed = match params.required("type")?.as_str() {
        "none" => Deed::Warn(params.text("text").unwrap_or_default()),
        "disable" => Deed::Disable,
        "silence" => Deed::Silence,
        "suspend" => Deed::Suspend,
        "sensitive" => return Err(ApiError::unprocessable("This node does not mark all of an account as sensitive")),
        _ => return Err(ApiError::unprocessable("Validation failed: Type is not included in the list")),
    };
    drop(act(&app, &caller, id, deed, params.number("report_id")).await?);
    Ok(Json(json!({})))
}

/// `POST /api/v1/admin/accounts/:id/approve`.
pub async fn approve(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Value>, ApiError> {
    act(&app, &caller, id, Deed::Approve, None).await
}

/// `POST /api/v1/admin/accounts/:id/reject`.
pub async fn reject(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Value>, ApiError> {
    act(&app, &caller, id, Deed::Reject, None).await
}

/// `POST /api/v1/admin/accounts/:id/enable`.
pub async fn enable(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Value>, ApiError> {
    act(&app, &caller, id, Deed::Enable, None).await
}

/// `POST /api/v1/admin/accounts/:id/unsilence`.
pub async fn unsilence(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Value>, ApiError> {
    act(&app, &caller, id, Deed::Unsilence, None).await
}

/// `POST /api/v1/admin/accounts/:id/unsuspend`.
pub async fn unsuspend(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Value>, ApiError> {
    act(&app, &caller, id, Deed::Unsuspend, None).await
}

/// `DELETE /api/v1/admin/accounts/:id`: of a suspended member, for good.
pub async fn delete(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Value>, ApiError> {
    act(&app, &caller, id, Deed::Delete, None).await
}

/// `GET /api/v1/admin/reports`: those that wait, or with `resolved` those that do not.
pub async fn reports(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Value> {
    let signed = keeper(&caller, "admin:read:reports")?;
    let page = page::page(&params, REPORTS);
    let resolved = params.flag("resolved").unwrap_or(false);
    let mut tx = app.node.store.read().await?;
    let found = tx.reports(resolved, &page).await?;
    let rows: Vec<_> = found.into_iter().map(|r| (r.id, r)).collect();
    let headers = link(&app, &uri, &page, &rows);
    let wanted = |r: &storage::Report| {
        r.closed_at.is_some() == resolved
            && params.number("account_id").is_none_or(|id| r.reporter_id == Some(id))
            && params.number("target_account_id").is_none_or(|id| r.target_id == id)
    };
    let mut list = Vec::new();
    for (_, report) in rows.iter().filter(|(_, r)| wanted(r)) {
        list.push(admin::report(&app, &mut tx, report, signed.account.id).await?);
    }
    Ok((headers, Json(list)))
}

/// `GET /api/v1/admin/reports/:id`.
pub async fn show_report(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Value>, ApiError> {
    let signed = keeper(&caller, "admin:read:reports")?;
    let mut tx = app.node.store.read().await?;
    let found = tx.report(id).await?.ok_or_else(ApiError::not_found)?;
    Ok(Json(admin::report(&app, &mut tx, &found, signed.account.id).await?))
}

/// `POST /api/v1/admin/reports/:id/resolve`.
pub async fn resolve(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Value>, ApiError> {
    let signed = keeper(&caller, "admin:write:reports")?;
    let mut tx = app.node.store.begin().await?;
    report::close(&app.node, &mut tx, &name(&app, signed), id, "").await?;
    let closed = tx.report(id).await?.ok_or_else(ApiError::not_found)?;
    let shown = admin::report(&app, &mut tx, &closed, signed.account.id).await?;
    app.node.commit(tx).await?;
    Ok(Json(shown))
}
