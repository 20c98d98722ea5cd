//! Strangers who want to be heard (docs.joinmastodon.org/methods/notifications, requests).

use std::collections::HashMap;

use axum::Json;
use axum::extract::{OriginalUri, State};
use model::account::Account as Member;
use model::audience::Viewer;
use model::clock::rfc3339;
use model::id::Id;
use node::{Error, Node, quarantine};
use serde::Serialize;
use serde_json::{Value, json};
use storage::{Request, Tx};
use utoipa::ToSchema;

use super::entities::account::{self, Account};
use super::entities::status::{Batch, Status};
use super::{ACCOUNTS, At, Listed, link};
use crate::auth::Caller;
use crate::params::Params;
use crate::{ApiError, App, page};

/// Most requests that are decided on in one go.
const SEVERAL: usize = 80;

/// entities/NotificationRequest.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NotificationRequest)]
pub struct Asked {
    id: String,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    notifications_count: String,
    account: Account,
    #[schema(required)]
    last_status: Option<Status>,
}

async fn render(app: &App, tx: &mut Tx, who: Id, list: Vec<Request>) -> Result<Vec<Asked>, ApiError> {
    let viewer = Viewer::Member(who);
    let senders = tx.accounts(&list.iter().map(|r| r.from_account_id).collect::<Vec<_>>()).await?;
    let senders: HashMap<Id, _> = senders.into_iter().map(|a| (a.id, a)).collect();
    let posts: Vec<Id> = list.iter().filter_map(|r| r.last_post_id).collect();
    let posts = tx.visible_posts(&posts, viewer).await?;
    let posts = Batch::load(app, tx, posts, viewer).await?;
    let one = |r: Request| {
        Some(Asked {
            id: r.id.to_string(),
            created_at: rfc3339(r.created_at),
            updated_at: rfc3339(r.updated_at),
            notifications_count: r.held.to_string(),
            account: account::render(&app.node.config, senders.get(&r.from_account_id)?),
            last_status: r.last_post_id.and_then(|id| posts.render(id)),
        })
    };
    Ok(list.into_iter().filter_map(one).collect())
}

/// `GET /api/v1/notifications/requests`.
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Asked> {
    let who = caller.member("read:notifications")?.account.id;
    let page = page::page(&params, ACCOUNTS);
    let mut tx = app.node.store.read().await?;
    let rows: Vec<(Id, Request)> = tx.requests(who, &page).await?.into_iter().map(|r| (r.id, r)).collect();
    let headers = link(&app, &uri, &page, &rows);
    let rows = rows.into_iter().map(|(_, r)| r).collect();
    Ok((headers, Json(render(&app, &mut tx, who, rows).await?)))
}

/// `GET /api/v1/notifications/requests/:id`.
pub async fn show(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Asked>, ApiError> {
    let who = caller.member("read:notifications")?.account.id;
    let mut tx = app.node.store.read().await?;
    let found = tx.request(who, id).await?.ok_or_else(ApiError::not_found)?;
    render(&app, &mut tx, who, vec![found]).await?.pop().map(Json).ok_or_else(ApiError::not_found)
}

/// `GET /api/v1/notifications/requests/merged`: what was accepted is among the notifications at once.
pub async fn merged(caller: Caller) -> Result<Json<Value>, ApiError> {
    caller.member("read:notifications")?;
    Ok(Json(json!({"merged": true})))
}

/// `POST /api/v1/notifications/requests/:id/accept`.
pub async fn accept(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Value>, ApiError> {
    decide_one(&app, &caller, id, true).await
}

/// `POST /api/v1/notifications/requests/:id/dismiss`.
pub async fn dismiss(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Value>, ApiError> {
    decide_one(&app, &caller, id, false).await
}

async fn decide_one(app: &App, caller: &Caller, id: Id, accept: bool) -> Result<Json<Value>, ApiError> {
    let who = &caller.member("write:notifications")?.account;
    let mut tx = app.node.store.begin().await?;
    decide(&app.node, &mut tx, who, id, accept).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// `POST /api/v1/notifications/requests/accept` with `id[]`.
pub async fn accept_several(State(app): State<App>, caller: Caller, params: Params) -> Result<Json<Value>, ApiError> {
    decide_several(&app, &caller, &params.ids("id"), true).await
}

/// `POST /api/v1/notifications/requests/dismiss` with `id[]`.
pub async fn dismiss_several(State(app): State<App>, caller: Caller, params: Params) -> Result<Json<Value>, ApiError> {
    decide_several(&app, &caller, &params.ids("id"), false).await
}

/// Those that are there: what was decided on before, perhaps in another app, is no mistake.
async fn decide_several(app: &App, caller: &Caller, ids: &[Id], accept: bool) -> Result<Json<Value>, ApiError> {
    let who = &caller.member("write:notifications")?.account;
    let mut tx = app.node.store.begin().await?;
    for id in ids.iter().take(SEVERAL) {
        match decide(&app.node, &mut tx, who, *id, accept).await {
            Ok(()) | Err(Error::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

async fn decide(node: &Node, tx: &mut Tx, who: &Member, request: Id, accept: bool) -> Result<(), Error> {
    if accept { quarantine::accept(node, tx, who, request).await } else { quarantine::dismiss(tx, who, request).await }
}
