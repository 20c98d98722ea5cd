//! Lists (docs.joinmastodon.org/methods/lists), and their timelines.

use axum::Json;
use axum::extract::{OriginalUri, State};
use model::audience::Viewer;
use model::list::{List as Known, RepliesPolicy};
use model::page::Page;
use node::list::{self, ListChange};
use serde_json::{Value, json};

use super::entities::account::Account;
use super::entities::small::{self, List};
use super::entities::status::Status;
use super::{ACCOUNTS, At, Listed, POSTS, account, accounts_page, as_rows, posts_page};
use crate::auth::Caller;
use crate::params::Params;
use crate::{ApiError, App, page};

/// Accounts of a page for who asks for all of them at once (`limit=0`).
const ALL: i64 = 5_000;

/// `GET /api/v1/lists`.
pub async fn all(State(app): State<App>, caller: Caller) -> Result<Json<Vec<List>>, ApiError> {
    let who = &caller.member("read:lists")?.account;
    Ok(Json(rendered(&app.node.store.read().await?.lists(who.id).await?)))
}

/// `GET /api/v1/lists/:id`.
pub async fn show(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<List>, ApiError> {
    let who = &caller.member("read:lists")?.account;
    let found = app.node.store.read().await?.list_of(who.id, id).await?.ok_or_else(ApiError::not_found)?;
    Ok(Json(small::list(&found)))
}

/// `POST /api/v1/lists`.
pub async fn create(State(app): State<App>, caller: Caller, params: Params) -> Result<Json<List>, ApiError> {
    let who = &caller.member("write:lists")?.account;
    let mut tx = app.node.store.begin().await?;
    let made = list::create(&app.node, &mut tx, who, &change(&params)?).await?;
    app.node.commit(tx).await?;
    Ok(Json(small::list(&made)))
}

/// `PUT /api/v1/lists/:id`.
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
    params: Params,
) -> Result<Json<List>, ApiError> {
    let who = &caller.member("write:lists")?.account;
    let mut tx = app.node.store.begin().await?;
    let changed = list::update(&mut tx, who, id, &change(&params)?).await?;
    app.node.commit(tx).await?;
    Ok(Json(small::list(&changed)))
}

/// `DELETE /api/v1/lists/:id`.
pub async fn delete(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Value>, ApiError> {
    let who = &caller.member("write:lists")?.account;
    let mut tx = app.node.store.begin().await?;
    list::delete(&mut tx, who, id).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// `GET /api/v1/lists/:id/accounts`. A `limit` of 0 asks for all of them.
pub async fn accounts(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Account> {
    let who = &caller.member("read:lists")?.account;
    let page = page::page(&params, ACCOUNTS);
    let page = if params.number("limit") == Some(0) { Page { limit: ALL, ..page } } else { page };
    let mut tx = app.node.store.read().await?;
    let list = tx.list_of(who.id, id).await?.ok_or_else(ApiError::not_found)?;
    let rows = tx.accounts_in_list(list.id, &page).await?;
    accounts_page(&app, &mut tx, &uri, &page, rows).await
}

/// `POST /api/v1/lists/:id/accounts`.
pub async fn add(State(app): State<App>, caller: Caller, At(id): At, params: Params) -> Result<Json<Value>, ApiError> {
    let who = &caller.member("write:lists")?.account;
    let mut tx = app.node.store.begin().await?;
    list::add(&mut tx, who, id, &params.ids("account_ids")).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// `DELETE /api/v1/lists/:id/accounts`.
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let who = &caller.member("write:lists")?.account;
    let mut tx = app.node.store.begin().await?;
    list::remove(&mut tx, who, id, &params.ids("account_ids")).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// `GET /api/v1/accounts/:id/lists`: one's own lists that have the account.
pub async fn with(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Vec<List>>, ApiError> {
    let who = &caller.member("read:lists")?.account;
    let mut tx = app.node.store.read().await?;
    let other = account(&mut tx, id).await?;
    Ok(Json(rendered(&tx.lists_with(who.id, other.id).await?)))
}

/// `GET /api/v1/timelines/list/:id`.
pub async fn timeline(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Status> {
    let who = &caller.member("read:lists")?.account;
    let page = page::page(&params, POSTS);
    let mut tx = app.node.store.read().await?;
    let list = tx.list_of(who.id, id).await?.ok_or_else(ApiError::not_found)?;
    let posts = tx.list_timeline(&list, &page).await?;
    posts_page(&app, &mut tx, &uri, &page, as_rows(posts), Viewer::Member(who.id)).await
}

fn rendered(lists: &[Known]) -> Vec<List> {
    lists.iter().map(small::list).collect()
}

fn change(params: &Params) -> Result<ListChange, ApiError> {
    let replies_policy = match params.filled("replies_policy") {
        None => None,
        Some(name) => Some(RepliesPolicy::from_name(&name).ok_or_else(|| {
            ApiError::unprocessable(format!("Validation failed: '{name}' is not a valid replies_policy"))
        })?),
    };
    Ok(ListChange { title: params.text("title"), replies_policy, exclusive: params.flag("exclusive") })
}
