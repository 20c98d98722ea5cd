//! Who quotes a post, who may, and taking that back (docs.joinmastodon.org/methods/statuses#quotes).

use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use model::audience::Viewer;
use model::id::Id;
use model::policy::QuotePolicy;
use node::quote;

use super::entities::status::{self, Status};
use super::{At, Listed, POSTS, as_rows, posts_page};
use crate::auth::Caller;
use crate::params::Params;
use crate::{ApiError, App, page};

/// `GET /api/v1/statuses/:id/quotes`: those that the author allows and the viewer may see.
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Status> {
    let viewer = caller.viewer("read:statuses")?;
    let page = page::page(&params, POSTS);
    let mut tx = app.node.store.read().await?;
    let post = tx.visible_post(id, viewer).await?.ok_or_else(ApiError::not_found)?;
    let rows = as_rows(tx.quotes_of(post.id, viewer, &page).await?);
    posts_page(&app, &mut tx, &uri, &page, rows, viewer).await
}

/// `PUT /api/v1/statuses/:id/interaction_policy`.
pub async fn set_policy(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
    params: Params,
) -> Result<Json<Status>, ApiError> {
    let who = &caller.member("write:statuses")?.account;
    let policy = policy(&params)?.ok_or_else(unknown_policy)?;
    let mut tx = app.node.store.begin().await?;
    quote::set_policy(&app.node, &mut tx, who, id, policy).await?;
    app.node.commit(tx).await?;
    shown(&app, id, Viewer::Member(who.id)).await
}

/// `POST /api/v1/statuses/:id/quotes/:quoting_id/revoke`: answers the post that quoted.
pub async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Path((id, quoting)): Path<(String, String)>,
) -> Result<Json<Status>, ApiError> {
    let who = &caller.member("write:statuses")?.account;
    let number = |text: &str| text.parse::<Id>().map_err(|_| ApiError::not_found());
    let (id, quoting) = (number(&id)?, number(&quoting)?);
    let mut tx = app.node.store.begin().await?;
    quote::revoke(&app.node, &mut tx, who, id, quoting).await?;
    app.node.commit(tx).await?;
    shown(&app, quoting, Viewer::Member(who.id)).await
}

/// Who may quote, as a client says it; `None` if it says nothing.
pub fn policy(params: &Params) -> Result<Option<QuotePolicy>, ApiError> {
    match params.filled("quote_approval_policy") {
        Some(name) => QuotePolicy::from_name(&name).map(Some).ok_or_else(unknown_policy),
        None => Ok(None),
    }
}

pub fn unknown_policy() -> ApiError {
    ApiError::unprocessable("Validation failed: Quote approval policy is not public, followers or nobody")
}

async fn shown(app: &App, id: Id, viewer: Viewer) -> Result<Json<Status>, ApiError> {
    let mut tx = app.node.store.read().await?;
    let post = tx.visible_post(id, viewer).await?.ok_or_else(ApiError::not_found)?;
    Ok(Json(status::one(app, &mut tx, post, viewer).await?))
}
