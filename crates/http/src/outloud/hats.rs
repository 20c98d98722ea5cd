//! Hats: which are worn, putting them on and off, what they look at; and what could be said to everybody.

use axum::Json;
use axum::extract::{Path, State};
use model::audience::Viewer;
use model::hat::Hat as Kind;
use model::hat::Worn;
use node::{hat, views};
use serde_json::{Value, json};
use storage::Tx;

use super::entities::{self, Hat, View, ViewList};
use super::{About, read, tended};
use crate::auth::Caller;
use crate::mastodon::At;
use crate::mastodon::entities::{account, status};
use crate::params::Params;
use crate::{ApiError, App};

type Answer<T> = Result<Json<T>, ApiError>;

/// `GET /api/outloud/v1/hats`: one's own.
pub async fn own(State(app): State<App>, caller: Caller) -> Answer<Vec<Hat>> {
    let who = &caller.member("read:accounts")?.account;
    let mut tx = app.node.store.read().await?;
    let worn = tx.hats_of(who.id, app.node.now()).await?;
    Ok(Json(entities::hats(&app.node, &mut tx, &worn).await?))
}

/// `GET /api/outloud/v1/tags/:name/hats`.
pub async fn on(State(app): State<App>, caller: Caller, about: About, Path(name): Path<String>) -> Answer<Vec<Hat>> {
    caller.viewer("read:accounts")?;
    let mut tx = app.node.store.read().await?;
    let on = read(&mut tx, about, &name).await?;
    let worn = tx.hats_on(on, app.node.now()).await?;
    Ok(Json(entities::hats(&app.node, &mut tx, &worn).await?))
}

/// Commits, then answers a hat.
async fn done(app: &App, mut tx: Tx, worn: Worn) -> Answer<Hat> {
    let shown = entities::hats(&app.node, &mut tx, &[worn]).await?.pop();
    app.node.commit(tx).await?;
    shown.map(Json).ok_or_else(ApiError::not_found)
}

/// `POST /api/outloud/v1/tags/:name/hats`.
pub async fn put_on(
    State(app): State<App>,
    caller: Caller,
    about: About,
    Path(name): Path<String>,
    params: Params,
) -> Answer<Hat> {
    let who = &caller.member("write:accounts")?.account;
    let unknown = || ApiError::unprocessable("Validation failed: There is no such hat");
    let kind = Kind::from_name(&params.required("hat")?).ok_or_else(unknown)?;
    let days = match params.filled("days") {
        Some(days) => {
            Some(days.trim().parse().map_err(|_| ApiError::unprocessable("Validation failed: Days is not a number"))?)
        }
        None => None,
    };
    let mut tx = app.node.store.begin().await?;
    let on = tended(&app.node, &mut tx, about, &name).await?;
    let worn = hat::put_on(&app.node, &mut tx, who, kind, on, days).await?;
    done(&app, tx, worn).await
}

/// `POST /api/outloud/v1/hats/:id/confirm`.
pub async fn confirm(State(app): State<App>, caller: Caller, At(id): At) -> Answer<Hat> {
    let who = &caller.member("write:accounts")?.account;
    let mut tx = app.node.store.begin().await?;
    let worn = hat::confirm(&app.node, &mut tx, who, id).await?;
    done(&app, tx, worn).await
}

/// `DELETE /api/outloud/v1/hats/:id`: one's own, or for moderators anybody's.
pub async fn take_off(State(app): State<App>, caller: Caller, At(id): At) -> Answer<Value> {
    let who = &caller.member("write:accounts")?.account;
    let mut tx = app.node.store.begin().await?;
    hat::take_off(&app.node, &mut tx, who, id).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// `GET /api/outloud/v1/tags/:name/views/:hat`.
pub async fn look(
    State(app): State<App>,
    caller: Caller,
    about: About,
    Path((name, kind)): Path<(String, String)>,
) -> Answer<View> {
    let who = &caller.member("read:statuses")?.account;
    let kind = Kind::from_name(&kind).ok_or_else(ApiError::not_found)?;
    let mut tx = app.node.store.read().await?;
    let on = read(&mut tx, about, &name).await?;
    let mut lists = Vec::new();
    for seen in views::look(&app.node, &mut tx, who.id, kind, on).await? {
        lists.push(ViewList {
            name: seen.name,
            statuses: status::list(&app, &mut tx, seen.posts, Viewer::Member(who.id)).await?,
            accounts: account::list(&app.node.config, &mut tx, &seen.people).await?,
        });
    }
    Ok(Json(View::of(kind, lists)))
}

/// `POST /api/outloud/v1/statuses/:id/could_go_public`.
pub async fn mark(State(app): State<App>, caller: Caller, At(id): At) -> Answer<Value> {
    let who = &caller.member("write:statuses")?.account;
    let mut tx = app.node.store.begin().await?;
    hat::mark_could_go_public(&app.node, &mut tx, who, id).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// `DELETE /api/outloud/v1/statuses/:id/could_go_public`.
pub async fn unmark(State(app): State<App>, caller: Caller, At(id): At) -> Answer<Value> {
    let who = &caller.member("write:statuses")?.account;
    let mut tx = app.node.store.begin().await?;
    hat::unmark_could_go_public(&app.node, &mut tx, who, id).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}
