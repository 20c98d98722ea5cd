//! Notifications as groups (docs.joinmastodon.org/methods/grouped_notifications).

use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use axum::http::HeaderMap;
use model::id::Id;
use model::notification::{Notification, NotificationKind};
use model::page::Page;
use node::notify;
use serde_json::{Value, json};
use storage::{Grouping, Tx};

use super::entities::account::Account;
use super::entities::group::{Grouped, Style, render};
use super::notifications::{COUNTED, COUNTED_BY_DEFAULT, kinds, with_held};
use super::{ACCOUNTS, Listed, accounts_page, link};
use crate::auth::Caller;
use crate::params::Params;
use crate::{ApiError, App, page};

/// Of which kinds many are one.
fn grouped(params: &Params) -> Vec<NotificationKind> {
    let named = params.list("grouped_types");
    let wanted = |k: &NotificationKind| k.is_grouped() && (named.is_empty() || named.iter().any(|n| n == k.name()));
    NotificationKind::ALL.into_iter().filter(wanted).collect()
}

async fn newest(tx: &mut Tx, who: Id, params: &Params, page: &Page) -> Result<Vec<Notification>, ApiError> {
    let Some((wanted, not)) = kinds(params) else { return Ok(Vec::new()) };
    let grouped = grouped(params);
    let from = params.number("account_id").unwrap_or(0);
    let by = Grouping { kinds: &wanted, not: &not, from, grouped: &grouped };
    let rows = tx.notification_groups(who, &by, page).await?;
    with_held(tx, who, params, page, rows).await
}

/// `GET /api/v2/notifications`.
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Result<(HeaderMap, Json<Grouped>), ApiError> {
    let who = caller.member("read:notifications")?.account.id;
    let partial = match params.filled("expand_accounts").as_deref() {
        None | Some("full") => false,
        Some("partial_avatars") => true,
        Some(_) => return Err(ApiError::bad_request("Invalid value for 'expand_accounts': full or partial_avatars")),
    };
    let page = page::page(&params, ACCOUNTS);
    let mut tx = app.node.store.read().await?;
    let rows: Vec<(Id, Notification)> =
        newest(&mut tx, who, &params, &page).await?.into_iter().map(|n| (n.id, n)).collect();
    let headers = link(&app, &uri, &page, &rows);
    let rows = rows.into_iter().map(|(_, n)| n).collect();
    let grouped = grouped(&params);
    let style = Style { grouped: &grouped, from: params.number("account_id").unwrap_or(0), partial, paged: true };
    Ok((headers, Json(render(&app, &mut tx, who, rows, &style).await?)))
}

/// `GET /api/v2/notifications/unread_count`: groups above the marker.
pub async fn unread_count(State(app): State<App>, caller: Caller, params: Params) -> Result<Json<Value>, ApiError> {
    let who = caller.member("read:notifications")?.account.id;
    let mut tx = app.node.store.read().await?;
    let marker = tx.markers(who, &["notifications"]).await?.first().map(|m| m.1);
    let limit = params.number("limit").unwrap_or(COUNTED_BY_DEFAULT).clamp(1, COUNTED);
    let page = Page { since_id: marker, ..Page::first(limit) };
    Ok(Json(json!({"count": newest(&mut tx, who, &params, &page).await?.len()})))
}

/// The notifications of a group that is named in a path.
async fn members(tx: &mut Tx, who: Id, key: &str, page: &Page) -> Result<Vec<Notification>, ApiError> {
    match key.strip_prefix("ungrouped-") {
        Some(id) => {
            let id = id.parse().map_err(|_| ApiError::not_found())?;
            let below = page.max_id.is_none_or(|max| id < max);
            Ok(tx.notification(who, id).await?.filter(|_| below).into_iter().collect())
        }
        None => Ok(tx.group(who, key, page).await?),
    }
}

/// `GET /api/v2/notifications/:group_key`.
pub async fn show(State(app): State<App>, caller: Caller, Path(key): Path<String>) -> Result<Json<Grouped>, ApiError> {
    let who = caller.member("read:notifications")?.account.id;
    let mut tx = app.node.store.read().await?;
    let rows = members(&mut tx, who, &key, &Page::first(1)).await?;
    let is_alone = key.starts_with("ungrouped-");
    let style = Style { grouped: if is_alone { &[] } else { &NotificationKind::ALL }, ..Style::default() };
    let group = render(&app, &mut tx, who, rows, &style).await?;
    if group.is_empty() { Err(ApiError::not_found()) } else { Ok(Json(group)) }
}

/// `GET /api/v2/notifications/:group_key/accounts`: everybody of a group.
pub async fn accounts(
    State(app): State<App>,
    caller: Caller,
    Path(key): Path<String>,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Account> {
    let who = caller.member("read:notifications")?.account.id;
    let page = page::page(&params, ACCOUNTS);
    let mut tx = app.node.store.read().await?;
    let rows = members(&mut tx, who, &key, &page).await?;
    let known = tx.accounts(&rows.iter().map(|n| n.from_account_id).collect::<Vec<_>>()).await?;
    let account = |n: &Notification| Some((n.id, known.iter().find(|a| a.id == n.from_account_id)?.clone()));
    let rows: Vec<_> = rows.iter().filter_map(account).collect();
    accounts_page(&app, &mut tx, &uri, &page, rows).await
}

/// `POST /api/v2/notifications/:group_key/dismiss`.
pub async fn dismiss(State(app): State<App>, caller: Caller, Path(key): Path<String>) -> Result<Json<Value>, ApiError> {
    let who = &caller.member("write:notifications")?.account;
    let mut tx = app.node.store.begin().await?;
    notify::dismiss_group(&mut tx, who, &key).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}
