//! Reading about accounts, and their posts (docs.joinmastodon.org/methods/accounts).

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, Uri};
use model::audience::Viewer;
use model::handle::Handle;
use storage::AccountFilter;

use super::entities::account::{Account, list, one};
use super::entities::status::{self, Status};
use super::{ACCOUNTS, At, Listed, POSTS, account, accounts_page, as_rows, posts_page};
use crate::auth::Caller;
use crate::params::Params;
use crate::{ApiError, App, page};

/// Most accounts or posts that are asked for by id in one request.
pub const SEVERAL: usize = 40;

/// `GET /api/v1/accounts/:id`.
pub async fn show(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Account>, ApiError> {
    caller.viewer("read:accounts")?;
    let mut tx = app.node.store.read().await?;
    let found = account(&mut tx, id).await?;
    Ok(Json(one(&app.node.config, &mut tx, &found).await?))
}

/// `GET /api/v1/accounts?id[]=`: those that are there.
pub async fn several(State(app): State<App>, caller: Caller, params: Params) -> Result<Json<Vec<Account>>, ApiError> {
    caller.viewer("read:accounts")?;
    let mut ids = params.ids("id");
    ids.truncate(SEVERAL);
    let mut tx = app.node.store.read().await?;
    let mut found = tx.accounts(&ids).await?;
    found.retain(|a| a.deleted_at.is_none() && !a.is_waiting());
    found.sort_by_key(|a| ids.iter().position(|id| *id == a.id));
    Ok(Json(list(&app.node.config, &mut tx, &found).await?))
}

/// `GET /api/v1/accounts/lookup?acct=`: by handle, among those that are known here.
pub async fn lookup(State(app): State<App>, caller: Caller, params: Params) -> Result<Json<Account>, ApiError> {
    caller.viewer("read:accounts")?;
    let handle = Handle::parse(&params.required("acct")?).map_err(|_| ApiError::not_found())?;
    node::pairing::wake(&app.node, &handle).await?;
    let mut tx = app.node.store.read().await?;
    let found = node::publish::by_handle(&app.node, &mut tx, &handle).await?.ok_or_else(ApiError::not_found)?;
    Ok(Json(one(&app.node.config, &mut tx, &found).await?))
}

/// `GET /api/v1/accounts/:id/statuses`.
pub async fn statuses(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Status> {
    let viewer = caller.viewer("read:statuses")?;
    let page = page::page(&params, POSTS);
    let mut tx = app.node.store.read().await?;
    let owner = account(&mut tx, id).await?;
    if params.flag("pinned").unwrap_or(false) {
        // So few that they make one page; it leads nowhere.
        let pinned = tx.pinned(owner.id, viewer).await?;
        return Ok((HeaderMap::new(), Json(status::list(&app, &mut tx, pinned, viewer).await?)));
    }
    let tag = match params.filled("tagged") {
        Some(name) => model::hashtag::normalise(&name).ok_or_else(ApiError::not_found)?,
        None => String::new(),
    };
    let flag = |name| params.flag(name).unwrap_or(false);
    let filter = AccountFilter {
        only_media: flag("only_media"),
        exclude_replies: flag("exclude_replies"),
        exclude_boosts: flag("exclude_reblogs"),
        tag: &tag,
    };
    let posts = tx.account_posts(owner.id, &filter, viewer, &page).await?;
    let listed = posts_page(&app, &mut tx, &uri, &page, as_rows(posts), viewer).await?;
    drop(tx);
    if viewer.is_member() {
        node::threads::open_profile(&app.node, &owner).await?;
    }
    Ok(listed)
}

/// `GET /api/v1/accounts/:id/followers`.
pub async fn followers(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Account> {
    people(&app, &caller, id, &uri, &params, true).await
}

/// `GET /api/v1/accounts/:id/following`.
pub async fn following(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Account> {
    people(&app, &caller, id, &uri, &params, false).await
}

/// Who follows an account, or whom it follows: nobody, to others, where its owner hides that, blocked the one who asks, or is
/// suspended.
async fn people(app: &App, caller: &Caller, id: i64, uri: &Uri, params: &Params, followers: bool) -> Listed<Account> {
    let viewer = caller.viewer("read:accounts")?;
    let page = page::page(params, ACCOUNTS);
    let mut tx = app.node.store.read().await?;
    let owner = account(&mut tx, id).await?;
    let is_own = viewer == Viewer::Member(owner.id);
    let closed = owner.hide_collections || owner.is_suspended() || tx.is_blocking(owner.id, viewer.id()).await?;
    let rows = match (closed && !is_own, followers) {
        (true, _) => Vec::new(),
        (false, true) => tx.followers_of(owner.id, &page).await?,
        (false, false) => tx.following_of(owner.id, &page).await?,
    };
    accounts_page(app, &mut tx, uri, &page, rows).await
}
