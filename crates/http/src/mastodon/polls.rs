//! Polls: looking at one and voting (docs.joinmastodon.org/methods/polls). A poll has the id of its post, and is there for whom
//! that is.

use axum::Json;
use axum::extract::State;
use model::audience::Viewer;
use model::id::Id;
use model::poll::{Poll as Asked, PollDraft};
use model::post::Post;
use node::{poll, react};
use storage::Tx;

use super::At;
use super::entities::poll::{Poll, render};
use crate::auth::Caller;
use crate::params::Params;
use crate::{ApiError, App};

/// `GET /api/v1/polls/:id`. A poll of another server that a member looks at is read again soon.
pub async fn show(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Poll>, ApiError> {
    let viewer = caller.viewer("read:statuses")?;
    let mut tx = app.node.store.read().await?;
    let (post, poll) = seen(&mut tx, id, viewer).await?;
    let shown = entity(&app, &mut tx, &post, &poll, viewer).await?;
    drop(tx);
    if viewer.is_member() && poll::may_be_stale(&app.node, &post, &poll) {
        let mut tx = app.node.store.begin().await?;
        poll::look_again(&app.node, &mut tx, &post).await?;
        app.node.commit(tx).await?;
    }
    Ok(Json(shown))
}

/// `POST /api/v1/polls/:id/votes`.
pub async fn vote(State(app): State<App>, caller: Caller, At(id): At, params: Params) -> Result<Json<Poll>, ApiError> {
    let who = &caller.member("write:statuses")?.account;
    // What is no number names no option.
    let choices: Vec<i64> = params.list("choices").iter().map(|c| c.trim().parse().unwrap_or(-1)).collect();
    let mut tx = app.node.store.begin().await?;
    let post = react::target(&mut tx, who, id).await?;
    poll::vote(&app.node, &mut tx, who, &post, &choices).await?;
    app.node.commit(tx).await?;
    let mut tx = app.node.store.read().await?;
    let (post, poll) = seen(&mut tx, post.id, Viewer::Member(who.id)).await?;
    Ok(Json(entity(&app, &mut tx, &post, &poll, Viewer::Member(who.id)).await?))
}

/// A post that the viewer may see, with its poll.
async fn seen(tx: &mut Tx, id: Id, viewer: Viewer) -> Result<(Post, Asked), ApiError> {
    let post = tx.visible_post(id, viewer).await?.ok_or_else(ApiError::not_found)?;
    let poll = tx.poll(id).await?.ok_or_else(ApiError::not_found)?;
    Ok((post, poll))
}

async fn entity(app: &App, tx: &mut Tx, post: &Post, poll: &Asked, viewer: Viewer) -> Result<Poll, ApiError> {
    let own_votes = if viewer.is_member() { tx.votes_of(viewer.id(), &[post.id]).await? } else { Vec::new() };
    let own_votes = own_votes.into_iter().map(|(_, at)| at).collect();
    Ok(render(&app.node, poll, post, viewer, own_votes))
}

/// The poll that comes with a post (`poll[options][]`, …), if one does.
pub fn draft(params: &Params) -> Result<Option<PollDraft>, ApiError> {
    let poll = params.group("poll").unwrap_or_default();
    let options = poll.list("options");
    if options.is_empty() {
        return Ok(None);
    }
    Ok(Some(PollDraft {
        options,
        expires_in: poll.span("expires_in", "Duration")?,
        multiple: poll.flag("multiple").unwrap_or(false),
        hide_totals: poll.flag("hide_totals").unwrap_or(false),
    }))
}
