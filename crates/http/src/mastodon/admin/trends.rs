//! What many use, as those see it who look after the node (docs.joinmastodon.org/methods/admin/trends): the same as everybody, since
//! nobody has to look at it before it is shown. And hashtags.

use axum::Json;
use axum::extract::{OriginalUri, State};
use model::permission::VIEW_DASHBOARD;
use model::post::Tag;
use serde::Serialize;
use utoipa::ToSchema;

use super::{PAGE, keeper};
use crate::auth::Caller;
use crate::mastodon::discovery::{self, Link};
use crate::mastodon::entities::admin::AdminTag;
use crate::mastodon::entities::small::Day;
use crate::mastodon::entities::status::Status;
use crate::mastodon::{At, Listed, link};
use crate::params::Params;
use crate::{ApiError, App, page};

fn shown(app: &App, tag: &Tag, history: Vec<Day>) -> AdminTag {
    AdminTag {
        id: tag.id.to_string(),
        name: tag.display.clone(),
        url: app.node.config.tag_url(&tag.name),
        history,
        trendable: true,
        usable: true,
        listable: true,
        requires_review: false,
    }
}

/// `GET /api/v1/admin/trends/tags`.
pub async fn tags(State(app): State<App>, caller: Caller, params: Params) -> Result<Json<Vec<AdminTag>>, ApiError> {
    keeper(&caller, "admin:read", VIEW_DASHBOARD)?;
    let found = discovery::trending_tags(&app, &params).await?;
    Ok(Json(found.into_iter().map(|(tag, history)| shown(&app, &tag, history)).collect()))
}

/// A page that many lead to (entities/Trends_Link). Nobody has to look at it here before it is shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Admin_Trends_Link)]
pub struct AdminLink {
    #[serde(flatten)]
    link: Link,
    requires_review: bool,
}

/// `GET /api/v1/admin/trends/links`.
pub async fn links(state: State<App>, caller: Caller, params: Params) -> Result<Json<Vec<AdminLink>>, ApiError> {
    keeper(&caller, "admin:read", VIEW_DASHBOARD)?;
    let Json(links) = discovery::links(state, caller, params).await?;
    Ok(Json(links.into_iter().map(|link| AdminLink { link, requires_review: false }).collect()))
}

/// `GET /api/v1/admin/trends/statuses`.
pub async fn posts(caller: Caller) -> Result<Json<Vec<Status>>, ApiError> {
    keeper(&caller, "admin:read", VIEW_DASHBOARD)?;
    discovery::posts(caller).await
}

/// `GET /api/v1/admin/tags`.
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<AdminTag> {
    keeper(&caller, "admin:read", VIEW_DASHBOARD)?;
    let page = page::page(&params, PAGE);
    let mut tx = app.node.store.read().await?;
    let rows: Vec<_> = tx.all_tags(&page).await?.into_iter().map(|t| (t.id, t)).collect();
    let ids: Vec<_> = rows.iter().map(|(id, _)| *id).collect();
    let mut uses = discovery::uses_of_tags(&app, &mut tx, &ids).await?;
    let tags = rows.iter().map(|(id, tag)| shown(&app, tag, uses.remove(id).unwrap_or_default())).collect();
    Ok((link(&app, &uri, &page, &rows), Json(tags)))
}

/// `GET /api/v1/admin/tags/:id`.
pub async fn show(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<AdminTag>, ApiError> {
    keeper(&caller, "admin:read", VIEW_DASHBOARD)?;
    let mut tx = app.node.store.read().await?;
    let tag = tx.tags_by_id(&[id]).await?.pop().ok_or_else(ApiError::not_found)?;
    let mut uses = discovery::uses_of_tags(&app, &mut tx, &[id]).await?;
    Ok(Json(shown(&app, &tag, uses.remove(&id).unwrap_or_default())))
}
