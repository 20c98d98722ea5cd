//! Notifications, one by one (docs.joinmastodon.org/methods/notifications).

use axum::Json;
use axum::extract::{OriginalUri, State};
use model::audience::Viewer;
use model::notification::NotificationKind;
use model::page::Page;
use node::notify;
use serde_json::{Value, json};

use super::entities::notification::{Notification, render};
use super::{ACCOUNTS, At, Listed, link};
use crate::auth::Caller;
use crate::params::Params;
use crate::{ApiError, App, page};

/// Most unread notifications that are counted, and how many unless told otherwise.
const COUNTED: i64 = 1_000;
const COUNTED_BY_DEFAULT: i64 = 100;

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
    let rows = match kinds(&params) {
        Some((wanted, not)) => {
            let from = params.number("account_id").unwrap_or(0);
            tx.notifications(who.id, &wanted, &not, from, &page).await?
        }
        None => Vec::new(),
    };
    let rows: Vec<_> = rows.into_iter().map(|n| (n.id, n)).collect();
    let headers = link(&app, &uri, &page, &rows);
    let rows = rows.into_iter().map(|(_, n)| n).collect();
    Ok((headers, Json(render(&app, &mut tx, rows, Viewer::Member(who.id)).await?)))
}

/// The kinds wanted (all, if empty) and not wanted; `None` if only kinds are wanted that we do not have.
fn kinds(params: &Params) -> Option<(Vec<NotificationKind>, Vec<NotificationKind>)> {
    let read = |names: &[String]| names.iter().filter_map(|n| NotificationKind::from_name(n)).collect::<Vec<_>>();
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
    let count = match kinds(&params) {
        Some((wanted, not)) => tx.notifications(who.id, &wanted, &not, 0, &page).await?.len(),
        None => 0,
    };
    Ok(Json(json!({"count": count})))
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

/// `POST /api/v1/notifications/clear`.
pub async fn clear(State(app): State<App>, caller: Caller) -> Result<Json<Value>, ApiError> {
    let who = &caller.member("write:notifications")?.account;
    let mut tx = app.node.store.begin().await?;
    notify::clear(&mut tx, who).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}
