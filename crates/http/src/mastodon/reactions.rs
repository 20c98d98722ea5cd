//! What members do with posts: favourites, boosts, bookmarks, pins, muted conversations; and who did
//! (docs.joinmastodon.org/methods/statuses, favourites, bookmarks).

use axum::Json;
use axum::extract::{OriginalUri, State};
use model::account::Account as Person;
use model::audience::{Audience, Viewer};
use model::post::Post;
use node::react;
use storage::Tx;

use super::entities::account::Account;
use super::entities::status::{self, Status};
use super::profile::unknown_visibility;
use super::{ACCOUNTS, At, Listed, POSTS, accounts_page, posts_page};
use crate::auth::Caller;
use crate::params::Params;
use crate::{ApiError, App, page};

type Answer = Result<Json<Status>, ApiError>;

/// Commits, then answers the post as it is now.
async fn done(app: &App, tx: Tx, who: &Person, post: &Post) -> Answer {
    app.node.commit(tx).await?;
    let viewer = Viewer::Member(who.id);
    let mut tx = app.node.store.read().await?;
    let post = tx.visible_post(post.id, viewer).await?.ok_or_else(ApiError::not_found)?;
    Ok(Json(status::one(app, &mut tx, post, viewer).await?))
}

/// `POST /api/v1/statuses/:id/favourite`.
pub async fn favourite(State(app): State<App>, caller: Caller, At(id): At) -> Answer {
    let who = &caller.member("write:favourites")?.account;
    let mut tx = app.node.store.begin().await?;
    let post = react::target(&mut tx, who, id).await?;
    react::favourite(&app.node, &mut tx, who, &post, None).await?;
    done(&app, tx, who, &post).await
}

/// `POST /api/v1/statuses/:id/unfavourite`.
pub async fn unfavourite(State(app): State<App>, caller: Caller, At(id): At) -> Answer {
    let who = &caller.member("write:favourites")?.account;
    let mut tx = app.node.store.begin().await?;
    let post = react::target(&mut tx, who, id).await?;
    react::unfavourite(&app.node, &mut tx, who, &post).await?;
    done(&app, tx, who, &post).await
}

/// `POST /api/v1/statuses/:id/reblog`: answers the boost, which carries the post.
pub async fn boost(State(app): State<App>, caller: Caller, At(id): At, params: Params) -> Answer {
    let who = &caller.member("write:statuses")?.account;
    let audience = match params.filled("visibility") {
        Some(name) => Some(Audience::from_name(&name).ok_or_else(unknown_visibility)?),
        None => None,
    };
    let mut tx = app.node.store.begin().await?;
    let post = react::target(&mut tx, who, id).await?;
    let boost = react::boost(&app.node, &mut tx, who, &post, audience).await?;
    done(&app, tx, who, &boost).await
}

/// `POST /api/v1/statuses/:id/unreblog`: answers the post.
pub async fn unboost(State(app): State<App>, caller: Caller, At(id): At) -> Answer {
    let who = &caller.member("write:statuses")?.account;
    let mut tx = app.node.store.begin().await?;
    let post = react::target(&mut tx, who, id).await?;
    react::unboost(&app.node, &mut tx, who, &post).await?;
    done(&app, tx, who, &post).await
}

/// `POST /api/v1/statuses/:id/bookmark`.
pub async fn bookmark(State(app): State<App>, caller: Caller, At(id): At) -> Answer {
    let who = &caller.member("write:bookmarks")?.account;
    let mut tx = app.node.store.begin().await?;
    let post = react::target(&mut tx, who, id).await?;
    react::bookmark(&app.node, &mut tx, who, &post).await?;
    done(&app, tx, who, &post).await
}

/// `POST /api/v1/statuses/:id/unbookmark`.
pub async fn unbookmark(State(app): State<App>, caller: Caller, At(id): At) -> Answer {
    let who = &caller.member("write:bookmarks")?.account;
    let mut tx = app.node.store.begin().await?;
    let post = react::target(&mut tx, who, id).await?;
    react::unbookmark(&mut tx, who, &post).await?;
    done(&app, tx, who, &post).await
}

/// `POST /api/v1/statuses/:id/pin`.
pub async fn pin(State(app): State<App>, caller: Caller, At(id): At) -> Answer {
    let who = &caller.member("write:accounts")?.account;
    let mut tx = app.node.store.begin().await?;
    let post = react::target(&mut tx, who, id).await?;
    react::pin(&app.node, &mut tx, who, &post).await?;
    done(&app, tx, who, &post).await
}

/// `POST /api/v1/statuses/:id/unpin`.
pub async fn unpin(State(app): State<App>, caller: Caller, At(id): At) -> Answer {
    let who = &caller.member("write:accounts")?.account;
    let mut tx = app.node.store.begin().await?;
    let post = react::target(&mut tx, who, id).await?;
    react::unpin(&app.node, &mut tx, who, &post).await?;
    done(&app, tx, who, &post).await
}

/// `POST /api/v1/statuses/:id/mute`: of its conversation nothing more is heard.
pub async fn mute(State(app): State<App>, caller: Caller, At(id): At) -> Answer {
    let who = &caller.member("write:mutes")?.account;
    let mut tx = app.node.store.begin().await?;
    let post = react::target(&mut tx, who, id).await?;
    react::mute_thread(&mut tx, who, &post).await?;
    done(&app, tx, who, &post).await
}

/// `POST /api/v1/statuses/:id/unmute`.
pub async fn unmute(State(app): State<App>, caller: Caller, At(id): At) -> Answer {
    let who = &caller.member("write:mutes")?.account;
    let mut tx = app.node.store.begin().await?;
    let post = react::target(&mut tx, who, id).await?;
    react::unmute_thread(&mut tx, who, &post).await?;
    done(&app, tx, who, &post).await
}

/// `GET /api/v1/statuses/:id/favourited_by`.
pub async fn favourited_by(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Account> {
    let viewer = caller.viewer("read:statuses")?;
    let page = page::page(&params, ACCOUNTS);
    let mut tx = app.node.store.read().await?;
    let post = tx.visible_post(id, viewer).await?.ok_or_else(ApiError::not_found)?;
    let rows = tx.favourited_by(post.id, &page).await?;
    accounts_page(&app, &mut tx, &uri, &page, rows).await
}

/// `GET /api/v1/statuses/:id/reblogged_by`.
pub async fn boosted_by(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Account> {
    let viewer = caller.viewer("read:statuses")?;
    let page = page::page(&params, ACCOUNTS);
    let mut tx = app.node.store.read().await?;
    let post = tx.visible_post(id, viewer).await?.ok_or_else(ApiError::not_found)?;
    let rows = tx.boosted_by(post.id, &page).await?;
    accounts_page(&app, &mut tx, &uri, &page, rows).await
}

/// `GET /api/v1/favourites`. The page runs over favourites, not posts: only the `Link` header leads on.
pub async fn favourites(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Status> {
    let who = &caller.member("read:favourites")?.account;
    let page = page::page(&params, POSTS);
    let mut tx = app.node.store.read().await?;
    let rows = tx.favourites_of(who.id, &page).await?;
    posts_page(&app, &mut tx, &uri, &page, rows, Viewer::Member(who.id)).await
}

/// `GET /api/v1/bookmarks`. The page runs over bookmarks.
pub async fn bookmarks(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Status> {
    let who = &caller.member("read:bookmarks")?.account;
    let page = page::page(&params, POSTS);
    let mut tx = app.node.store.read().await?;
    let rows = tx.bookmarks_of(who.id, &page).await?;
    posts_page(&app, &mut tx, &uri, &page, rows, Viewer::Member(who.id)).await
}
