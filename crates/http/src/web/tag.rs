//! `/tags/{name}`: what everybody may read under a hashtag.

use askama::Template;
use axum::extract::{OriginalUri, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use model::audience::Viewer;
use model::hashtag::{normalise, slug};
use model::page::Page;
use node::carry;
use storage::PublicFilter;

use super::frame::{Frame, readable};
use super::front::{POSTS, older};
use super::profile::alternate;
use super::view::{PostView, posts};
use super::visitor::Visitor;
use crate::activitypub::{Asker, tag_document, wants_document};
use crate::params::Params;
use crate::{ApiError, App};

#[derive(Template)]
#[template(path = "tag.html")]
struct TagPage {
    frame: Frame,
    /// As its first author wrote it, without the `#`.
    name: String,
    url: String,
    /// What carries it, or empty where the node does not.
    actor: String,
    posts: Vec<PostView>,
    older: String,
    is_first: bool,
}

/// `GET /tags/{name}`.
pub async fn tag(
    State(app): State<App>,
    Path(name): Path<String>,
    OriginalUri(uri): OriginalUri,
    asker: Asker,
    visitor: Visitor,
) -> Result<Response, ApiError> {
    let headers = &asker.headers;
    let key = normalise(&name).ok_or_else(ApiError::not_found)?;
    if wants_document(headers) {
        return tag_document(&app, &key, &asker).await;
    }
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
    let carrier = carry::find(&app.node, &mut tx, &slug(&key)).await?;
    let page = TagPage {
        actor: carrier.filter(|c| !c.account.is_suspended()).map_or_else(String::new, |c| c.account.uri),
        frame: Frame::new(&app, &visitor),
        name: known.map_or(key, |t| t.display),
        older: older(&format!("{url}?"), &found),
        url,
        posts: posts(&app, &mut tx, found).await?,
        is_first: page.max_id.is_none(),
    };
    let actor = page.actor.clone();
    let mut response = readable(&app, &visitor, headers, &page)?;
    if !actor.is_empty() {
        alternate(&mut response, &actor);
    }
    Ok(response)
}
