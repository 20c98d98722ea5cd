//! Notifications, one by one (docs.joinmastodon.org/methods/notifications).

use axum::Json;
use axum::extract::{OriginalUri, State};
use model::audience::Viewer;
use model::id::Id;
use model::notification::{Notification as Row, NotificationKind};
use model::page::Page;
use node::notify;
use serde_json::{Value, json};
use storage::Tx;

use super::entities::notification::{Notification, render};
use super::{ACCOUNTS, At, Listed, link};
use crate::auth::Caller;
use crate::params::Params;
use crate::{ApiError, App, page};

/// Most unread notifications that are counted, and how many unless told otherwise.
pub(super) const COUNTED: i64 = 1_000;
pub(super) const COUNTED_BY_DEFAULT: i64 = 100;

/// `GET /api/v1/notifications`.
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Notification> {
    let who = &caller.member("read:notifications")?.account;
    let page = page::page(&params, ACCOUNTS);
    let mut tx = app.node.store.read().await?;
    let rows = rows(&mut tx, who.id, &params, &page).await?;
    let rows = with_held(&mut tx, who.id, &params, &page, rows).await?;
    let rows: Vec<_> = rows.into_iter().map(|n| (n.id, n)).collect();
    let headers = link(&app, &uri, &page, &rows);
    let rows = rows.into_iter().map(|(_, n)| n).collect();
    Ok((headers, Json(render(&app, &mut tx, rows, Viewer::Member(who.id)).await?)))
}

async fn rows(tx: &mut Tx, who: Id, params: &Params, page: &Page) -> Result<Vec<Row>, ApiError> {
    let Some((wanted, not)) = kinds(params) else { return Ok(Vec::new()) };
    Ok(tx.notifications(who, &wanted, &not, params.number("account_id").unwrap_or(0), page).await?)
}

/// A page, and what is held back with it where that is asked for (`include_filtered`).
pub(super) async fn with_held(
    tx: &mut Tx,
    who: Id,
    params: &Params,
    page: &Page,
    mut rows: Vec<Row>,
) -> Result<Vec<Row>, ApiError> {
    let Some((wanted, not)) = kinds(params).filter(|_| params.flag("include_filtered") == Some(true)) else {
        return Ok(rows);
    };
    rows.extend(tx.held_notifications(who, &wanted, &not, params.number("account_id").unwrap_or(0), page).await?);
    rows.sort_by_key(|n| std::cmp::Reverse(n.id));
    let surplus = rows.len().saturating_sub(usize::try_from(page.limit).unwrap_or(0));
    if page.upwards() {
        rows.drain(..surplus);
    } else {
        rows.truncate(rows.len() - surplus);
    }
    Ok(rows)
}

/// The kinds wanted (all, if empty) and not wanted; `None` if only kinds are wanted that we do not have. Who names one that Mastodon has
/// means those of ours, too, that come as such.
pub(super) fn kinds(params: &Params) -> Option<(Vec<NotificationKind>, Vec<NotificationKind>)> {
    let read = |names: &[String]| -> Vec<NotificationKind> {
        NotificationKind::ALL.into_iter().filter(|kind| names.iter().any(|name| kind.is_named(name))).collect()
    };
    let asked = params.list("types");
    let wanted = read(&asked);
    (asked.is_empty() || !wanted.is_empty()).then(|| (wanted, read(&params.list("exclude_types"))))
}

/// `GET /api/v1/notifications/unread_count`: those above the marker.
pub async fn unread_count(State(app): State<App>, caller: Caller, params: Params) -> Result<Json<Value>, ApiError> {
    let who = &caller.member("read:notifications")?.account;
    let mut tx = app.node.store.read().await?;
    let marker = tx.markers(who.id, &["notifications"]).await?.first().map(|m| m.1);
    let limit = params.number("limit").unwrap_or(COUNTED_BY_DEFAULT).clamp(1, COUNTED);
    let page = Page { since_id: marker, ..Page::first(limit) };
    Ok(Json(json!({"count": rows(&mut tx, who.id, &params, &page).await?.len()})))
}

/// `GET /api/v1/notifications/:id`.
pub async fn show(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Notification>, ApiError> {
    let who = &caller.member("read:notifications")?.account;
    let mut tx = app.node.store.read().await?;
    let found = tx.notification(who.id, id).await?.ok_or_else(ApiError::not_found)?;
    let rendered = render(&app, &mut tx, vec![found], Viewer::Member(who.id)).await?.pop();
    rendered.map(Json).ok_or_else(ApiError::not_found)
}

/// `POST /api/v1/notifications/:id/dismiss`.
pub async fn dismiss(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Value>, ApiError> {
    let who = &caller.member("write:notifications")?.account;
    let mut tx = app.node.store.begin().await?;
    notify::dismiss(&mut tx, who, id).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// `POST /api/v1/notifications/dismiss` with `id`, as apps of old do.
pub async fn dismiss_one(State(app): State<App>, caller: Caller, params: Params) -> Result<Json<Value>, ApiError> {
    let who = &caller.member("write:notifications")?.account;
    let id = params.required("id")?.parse().map_err(|_| ApiError::not_found())?;
    let mut tx = app.node.store.begin().await?;
    notify::dismiss(&mut tx, who, id).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// `DELETE /api/v1/notifications/destroy_multiple` with `ids[]`.
pub async fn dismiss_several(State(app): State<App>, caller: Caller, params: Params) -> Result<Json<Value>, ApiError> {
    let who = &caller.member("write:notifications")?.account;
    let mut tx = app.node.store.begin().await?;
    notify::dismiss_several(&mut tx, who, &params.ids("ids")).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// `POST /api/v1/notifications/clear`.
pub async fn clear(State(app): State<App>, caller: Caller) -> Result<Json<Value>, ApiError> {
    let who = &caller.member("write:notifications")?.account;
    let mut tx = app.node.store.begin().await?;
    notify::clear(&mut tx, who).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}
