//! Direct messages as conversations (docs.joinmastodon.org/methods/conversations), and as the timeline that older apps know.

use std::collections::{HashMap, HashSet};

use axum::Json;
use axum::extract::{OriginalUri, State};
use model::audience::Viewer;
use model::id::Id;
use node::conversation;
use serde::Serialize;
use serde_json::{Value, json};
use storage::{Conversation as Known, Tx};
use utoipa::ToSchema;

use super::entities::account::{Account, Moves};
use super::entities::status::{Batch, Status};
use super::{At, Listed, POSTS, as_rows, link, posts_page};
use crate::auth::Caller;
use crate::params::Params;
use crate::{ApiError, App, page};

/// entities/Conversation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Conversation {
    id: String,
    unread: bool,
    accounts: Vec<Account>,
    #[schema(required)]
    last_status: Option<Status>,
}

/// `GET /api/v1/conversations`.
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Conversation> {
    let who = &caller.member("read:statuses")?.account;
    let page = page::page(&params, POSTS);
    let mut tx = app.node.store.read().await?;
    let found = tx.conversations(who.id, &page).await?;
    let rows: Vec<(Id, Known)> = found.into_iter().map(|c| (c.last_post_id, c)).collect();
    let headers = link(&app, &uri, &page, &rows);
    let found: Vec<Known> = rows.into_iter().map(|(_, c)| c).collect();
    Ok((headers, Json(render(&app, &mut tx, &found, who.id).await?)))
}

/// `POST /api/v1/conversations/:id/read`.
pub async fn read(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Conversation>, ApiError> {
    mark(&app, &caller, id, false).await
}

/// `POST /api/v1/conversations/:id/unread`.
pub async fn unread(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Conversation>, ApiError> {
    mark(&app, &caller, id, true).await
}

async fn mark(app: &App, caller: &Caller, id: Id, unread: bool) -> Result<Json<Conversation>, ApiError> {
    let who = &caller.member("write:conversations")?.account;
    let mut tx = app.node.store.begin().await?;
    let marked = conversation::mark(&mut tx, who, id, unread).await?;
    app.node.commit(tx).await?;
    let mut tx = app.node.store.read().await?;
    render(app, &mut tx, &[marked], who.id).await?.pop().map(Json).ok_or_else(ApiError::not_found)
}

/// `DELETE /api/v1/conversations/:id`.
pub async fn remove(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Value>, ApiError> {
    let who = &caller.member("write:conversations")?.account;
    let mut tx = app.node.store.begin().await?;
    conversation::remove(&mut tx, who, id).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// `GET /api/v1/timelines/direct`.
pub async fn direct(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Status> {
    let who = &caller.member("read:statuses")?.account;
    let page = page::page(&params, POSTS);
    let mut tx = app.node.store.read().await?;
    let posts = tx.direct_posts(who.id, &page).await?;
    posts_page(&app, &mut tx, &uri, &page, as_rows(posts), Viewer::Member(who.id)).await
}

/// A member's conversations. Who speaks with nobody speaks with themselves.
pub async fn render(app: &App, tx: &mut Tx, list: &[Known], reader: Id) -> Result<Vec<Conversation>, ApiError> {
    let mut ids: HashSet<Id> = list.iter().flat_map(|c| c.participants.iter().copied()).collect();
    ids.insert(reader);
    let accounts = tx.accounts(&ids.into_iter().collect::<Vec<_>>()).await?;
    let moves = Moves::of(tx, accounts.iter()).await?;
    let accounts: HashMap<Id, _> = accounts.into_iter().map(|a| (a.id, a)).collect();
    let viewer = Viewer::Member(reader);
    let last: Vec<Id> = list.iter().map(|c| c.last_post_id).collect();
    let last = tx.visible_posts(&last, viewer).await?;
    let posts = Batch::load(app, tx, last, viewer).await?;
    let one = |c: &Known| {
        let shown = |ids: &[Id]| -> Vec<Account> {
            ids.iter().filter_map(|id| accounts.get(id)).map(|a| moves.render(&app.node.config, a)).collect()
        };
        let others = shown(&c.participants);
        Conversation {
            id: c.id.to_string(),
            unread: c.unread,
            accounts: if others.is_empty() { shown(&[reader]) } else { others },
            last_status: posts.render(c.last_post_id),
        }
    };
    Ok(list.iter().map(one).collect())
}
