//! `/@{name}/{id}/embed`: one post for the pages of others, without a script, and the same for everybody.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use model::audience::Viewer;
use model::id::Id;

use super::frame::{Frame, framed};
use super::view::{PostView, Reader, posts};
use super::visitor::Visitor;
use crate::activitypub::local_account;
use crate::{ApiError, App};

#[derive(Template)]
#[template(path = "embed.html")]
struct EmbedPage {
    frame: Frame,
    post: PostView,
}

/// `GET /@{name}/{id}/embed`: of a post of this node that everybody may see.
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path((name, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let id: Id = id.parse().map_err(|_| ApiError::not_found())?;
    let mut tx = app.node.store.read().await?;
    let author = local_account(&mut tx, &name).await?;
    let post = tx.visible_post(id, Viewer::Anyone).await?;
    let post = post.filter(|p| p.account_id == author.id && p.boost_of_id.is_none()).ok_or_else(ApiError::not_found)?;
    // Whoever is signed in here is nobody on the page of somebody else.
    let reader = Reader { app: &app, viewer: Viewer::Anyone, t: visitor.language, context: "" };
    let post = posts(&reader, &mut tx, vec![post]).await?.pop().ok_or_else(ApiError::not_found)?;
    framed(&app, &EmbedPage { frame: Frame { me: None, ..Frame::new(&app, &visitor) }, post })
}
