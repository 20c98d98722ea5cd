//! `/tags/{name}`: what everybody may read under a hashtag.

use askama::Template;
use axum::extract::{OriginalUri, Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use model::audience::Viewer;
use model::hashtag::normalise;
use model::page::Page;
use storage::PublicFilter;

use super::frame::{Frame, readable};
use super::front::{POSTS, older};
use super::view::{PostView, posts};
use super::visitor::Visitor;
use crate::params::Params;
use crate::{ApiError, App};

#[derive(Template)]
#[template(path = "tag.html")]
struct TagPage {
    frame: Frame,
    /// As its first author wrote it, without the `#`.
    name: String,
    url: String,
    posts: Vec<PostView>,
    older: String,
    is_first: bool,
}

/// `GET /tags/{name}`.
pub async fn tag(
    State(app): State<App>,
    Path(name): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    visitor: Visitor,
) -> Result<Response, ApiError> {
    let key = normalise(&name).ok_or_else(ApiError::not_found)?;
    let url = app.node.config.tag_url(&key);
    if key != name {
        return Ok(Redirect::to(&url).into_response());
    }
    let params = Params::from_urlencoded(uri.query().unwrap_or(""));
    let page = Page { max_id: params.number("max_id"), ..Page::first(POSTS) };
    let mut tx = app.node.store.read().await?;
    let known = tx.tag(&key).await?;
    let found = match &known {
        Some(tag) => tx.tagged(tag.id, PublicFilter::default(), Viewer::Anyone, &page).await?,
        None => Vec::new(),
    };
    let page = TagPage {
        frame: Frame::new(&app, &visitor),
        name: known.map_or(key, |t| t.display),
        older: older(&format!("{url}?"), &found),
        url,
        posts: posts(&app, &mut tx, found).await?,
        is_first: page.max_id.is_none(),
    };
    readable(&app, &visitor, &headers, &page)
}
