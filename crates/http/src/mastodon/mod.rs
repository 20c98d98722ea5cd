//! The Mastodon client API (docs.joinmastodon.org/methods): what apps call on behalf of a member. Handlers read the request, call
//! one function of `node` or a query, and render; what is allowed is decided in `node`, what is shown in `entities`. Knows nothing
//! of how a token came to be, nor of ActivityPub.

mod accounts;
pub(crate) mod admin;
pub(crate) mod announcements;
pub(crate) mod circle;
pub(crate) mod conversations;
pub(crate) mod discovery;
pub mod entities;
mod extras;
mod filters;
mod grouped;
mod hearing;
mod lists;
mod media;
mod notifications;
mod polls;
pub(crate) mod posts;
mod profile;
pub(crate) mod push;
mod quotes;
mod reactions;
mod relations;
mod reports;
pub(crate) mod requests;
pub(crate) mod scheduled;
pub(crate) mod search;
pub(crate) mod tags;
mod timelines;

use axum::extract::{DefaultBodyLimit, FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::routing::{delete, get, patch, post, put};
use axum::{Json, Router};
use model::account::Account;
use model::audience::Viewer;
use model::id::Id;
use model::page::Page;
use model::post::Post;
use storage::Tx;
use tower_http::set_header::SetResponseHeaderLayer;

use self::entities::status::Status;
use crate::{ApiError, App, memory, page, params};

/// Rails lets every `PUT` be a `PATCH` as well, and clients make use of it.
macro_rules! update {
    ($handler:expr) => {
        patch($handler).put($handler)
    };
}

/// Whether a request may bring a file, and does.
pub fn brings_a_file(request: &axum::extract::Request) -> bool {
    let places = ["/api/v1/media", "/api/v2/media", "/api/v1/accounts/update_credentials", "/api/v1/profile"];
    let is_form = |kind: &HeaderValue| kind.as_bytes().starts_with(b"multipart/");
    let path = request.uri().path();
    // By form, it is the same deed.
    let path = path.strip_prefix("/do").unwrap_or(path);
    let is_page = ["/write", "/settings/along/import"].contains(&path)
        || (path.starts_with("/posts/") && path.ends_with("/edit"));
    request.headers().get(header::CONTENT_TYPE).is_some_and(is_form) && (is_page || places.contains(&path))
}

pub fn routes(app: &App) -> Router<App> {
    let uploads = Router::new()
        .route("/api/v1/media", post(media::upload))
        .route("/api/v2/media", post(media::upload))
        .route("/api/v1/accounts/update_credentials", update!(profile::update))
        .route("/api/v1/profile", update!(profile::update_profile).get(profile::profile))
        .layer(DefaultBodyLimit::max(params::UPLOAD));
    // These only read: what they answered is answered again while nothing changes.
    let reads = Router::new()
        .route("/api/v1/accounts", get(accounts::several))
        .route("/api/v1/accounts/verify_credentials", get(profile::own))
        .route("/api/v1/accounts/relationships", get(relations::relationships))
        .route("/api/v1/accounts/familiar_followers", get(circle::familiar_followers))
        .route("/api/v1/accounts/{id}/endorsements", get(circle::endorsed_by))
        .route("/api/v1/endorsements", get(circle::endorsements))
        .route("/api/v1/domain_blocks", get(circle::domain_blocks))
        .route("/api/v1/scheduled_statuses", get(scheduled::list))
        .route("/api/v1/suggestions", get(discovery::suggested_accounts))
        .route("/api/v2/suggestions", get(discovery::suggestions))
        .route("/api/v1/directory", get(discovery::directory))
        .route("/api/v1/statuses/{id}/card", get(posts::card))
        .route("/api/v1/accounts/{id}", get(accounts::show))
        .route("/api/v1/accounts/{id}/statuses", get(accounts::statuses))
        .route("/api/v1/accounts/{id}/followers", get(accounts::followers))
        .route("/api/v1/accounts/{id}/following", get(accounts::following))
        .route("/api/v1/follow_requests", get(relations::follow_requests))
        .route("/api/v1/blocks", get(relations::blocks))
        .route("/api/v1/mutes", get(relations::mutes))
        .route("/api/v1/preferences", get(profile::preferences))
        .route("/api/v1/statuses", get(posts::several))
        .route("/api/v1/statuses/{id}", get(posts::show))
        .route("/api/v1/statuses/{id}/context", get(posts::context))
        .route("/api/v1/statuses/{id}/source", get(posts::source))
        .route("/api/v1/statuses/{id}/history", get(posts::history))
        .route("/api/v1/statuses/{id}/favourited_by", get(reactions::favourited_by))
        .route("/api/v1/statuses/{id}/reblogged_by", get(reactions::boosted_by))
        .route("/api/v1/polls/{id}", get(polls::show))
        .route("/api/v1/statuses/{id}/quotes", get(quotes::list))
        .route("/api/v1/favourites", get(reactions::favourites))
        .route("/api/v1/bookmarks", get(reactions::bookmarks))
        .route("/api/v1/lists", get(lists::all).post(lists::create))
        .route("/api/v1/lists/{id}", update!(lists::update).get(lists::show).delete(lists::delete))
        .route("/api/v1/lists/{id}/accounts", get(lists::accounts).post(lists::add).delete(lists::remove))
        .route("/api/v1/accounts/{id}/lists", get(lists::with))
        .route("/api/v1/timelines/list/{id}", get(lists::timeline))
        .route("/api/v2/filters", get(filters::all).post(filters::create))
        .route("/api/v2/filters/{id}", update!(filters::update).get(filters::show).delete(filters::delete))
        .route("/api/v2/filters/{id}/keywords", get(filters::keywords).post(filters::add_keyword))
        .route("/api/v2/filters/{id}/statuses", get(filters::posts).post(filters::add_post))
        .route(
            "/api/v2/filters/keywords/{id}",
            update!(filters::update_keyword).get(filters::keyword).delete(filters::delete_keyword),
        )
        .route("/api/v2/filters/statuses/{id}", get(filters::post).delete(filters::remove_post))
        .route("/api/v1/filters", get(filters::singles).post(filters::create_single))
        .route(
            "/api/v1/filters/{id}",
            update!(filters::update_single).get(filters::single).delete(filters::delete_single),
        )
        .route("/api/v1/featured_tags", get(tags::own_featured).post(tags::add_featured))
        .route("/api/v1/accounts/{id}/featured_tags", get(tags::featured_of))
        .route("/api/v1/conversations", get(conversations::list))
        .route("/api/v1/timelines/direct", get(conversations::direct))
        .route("/api/v1/timelines/link", get(timelines::link_to))
        .route("/api/v1/timelines/home", get(timelines::home))
        .route("/api/v1/timelines/public", get(timelines::public))
        .route("/api/v1/timelines/tag/{name}", get(timelines::tag))
        .route("/api/v1/markers", get(timelines::markers))
        .route("/api/v1/notifications", get(notifications::list))
        .route("/api/v1/notifications/unread_count", get(notifications::unread_count))
        .route("/api/v1/notifications/{id}", get(notifications::show))
        .route("/api/v2/notifications", get(grouped::list))
        .route("/api/v2/notifications/unread_count", get(grouped::unread_count))
        .route("/api/v2/notifications/{group_key}", get(grouped::show))
        .route("/api/v2/notifications/{group_key}/accounts", get(grouped::accounts))
        .route("/api/v1/custom_emojis", get(extras::custom_emojis))
        .route_layer(axum::middleware::from_fn_with_state(app.clone(), memory::answer));
    Router::new()
        .route("/api/v1/accounts/lookup", get(accounts::lookup))
        .route("/api/v1/accounts/search", get(search::accounts))
        .route("/api/v1/accounts/{id}/follow", post(relations::follow))
        .route("/api/v1/accounts/{id}/unfollow", post(relations::unfollow))
        .route("/api/v1/accounts/{id}/remove_from_followers", post(relations::remove_from_followers))
        .route("/api/v1/accounts/{id}/block", post(relations::block))
        .route("/api/v1/accounts/{id}/unblock", post(relations::unblock))
        .route("/api/v1/accounts/{id}/mute", post(relations::mute))
        .route("/api/v1/accounts/{id}/unmute", post(relations::unmute))
        .route("/api/v1/follow_requests/{id}/authorize", post(relations::authorize))
        .route("/api/v1/follow_requests/{id}/reject", post(relations::reject))
        .route("/api/v1/accounts/{id}/note", post(circle::note))
        .route("/api/v1/accounts/{id}/endorse", post(circle::endorse))
        .route("/api/v1/accounts/{id}/pin", post(circle::endorse))
        .route("/api/v1/accounts/{id}/unendorse", post(circle::unendorse))
        .route("/api/v1/accounts/{id}/unpin", post(circle::unendorse))
        .route("/api/v1/domain_blocks", post(circle::block_domain).delete(circle::unblock_domain))
        .route(
            "/api/v1/scheduled_statuses/{id}",
            update!(scheduled::update).get(scheduled::show).delete(scheduled::cancel),
        )
        .route("/api/v1/statuses/{id}/translate", post(posts::translate))
        .route("/api/v1/suggestions/{id}", delete(discovery::dismiss))
        .route("/api/v1/trends", get(discovery::tags))
        .route("/api/v1/trends/tags", get(discovery::tags))
        .route("/api/v1/trends/links", get(discovery::links))
        .route("/api/v1/trends/statuses", get(discovery::posts))
        .route("/api/v1/announcements", get(announcements::list))
        .route("/api/v1/announcements/{id}/dismiss", post(announcements::dismiss))
        .route("/api/v1/announcements/{id}/reactions/{name}", put(announcements::react).delete(announcements::unreact))
        .route("/api/v1/profile/avatar", delete(profile::remove_avatar))
        .route("/api/v1/profile/header", delete(profile::remove_header))
        .route("/api/v1/statuses", post(posts::create))
        .route("/api/v1/statuses/{id}", update!(posts::edit).delete(posts::delete))
        .route("/api/v1_alpha/async_refreshes/{id}", get(posts::refresh))
        .route("/api/v1/statuses/{id}/favourite", post(reactions::favourite))
        .route("/api/v1/statuses/{id}/unfavourite", post(reactions::unfavourite))
        .route("/api/v1/statuses/{id}/reblog", post(reactions::boost))
        .route("/api/v1/statuses/{id}/unreblog", post(reactions::unboost))
        .route("/api/v1/statuses/{id}/bookmark", post(reactions::bookmark))
        .route("/api/v1/statuses/{id}/unbookmark", post(reactions::unbookmark))
        .route("/api/v1/statuses/{id}/pin", post(reactions::pin))
        .route("/api/v1/statuses/{id}/unpin", post(reactions::unpin))
        .route("/api/v1/statuses/{id}/mute", post(reactions::mute))
        .route("/api/v1/statuses/{id}/unmute", post(reactions::unmute))
        .route("/api/v1/polls/{id}/votes", post(polls::vote))
        .route("/api/v1/statuses/{id}/quotes/{quoting}/revoke", post(quotes::revoke))
        .route("/api/v1/statuses/{id}/interaction_policy", put(quotes::set_policy))
        .route("/api/v1/media/{id}", update!(media::describe).get(media::show).delete(media::discard))
        .route("/api/v1/conversations/{id}", delete(conversations::remove))
        .route("/api/v1/conversations/{id}/read", post(conversations::read))
        .route("/api/v1/conversations/{id}/unread", post(conversations::unread))
        .route("/api/v1/markers", post(timelines::mark))
        .route("/api/v1/notifications/clear", post(notifications::clear))
        .route("/api/v1/notifications/dismiss", post(notifications::dismiss_one))
        .route("/api/v1/notifications/destroy_multiple", delete(notifications::dismiss_several))
        .route("/api/v1/notifications/policy", update!(hearing::change_old).get(hearing::show_old))
        .route("/api/v2/notifications/policy", update!(hearing::change).get(hearing::show))
        .route("/api/v2/notifications/{group_key}/dismiss", post(grouped::dismiss))
        .route("/api/v1/notifications/requests", get(requests::list))
        .route("/api/v1/notifications/requests/merged", get(requests::merged))
        .route("/api/v1/notifications/requests/accept", post(requests::accept_several))
        .route("/api/v1/notifications/requests/dismiss", post(requests::dismiss_several))
        .route("/api/v1/notifications/requests/{id}", get(requests::show))
        .route("/api/v1/notifications/requests/{id}/accept", post(requests::accept))
        .route("/api/v1/notifications/requests/{id}/dismiss", post(requests::dismiss))
        .route("/api/v1/reports", post(reports::file))
        .route(
            "/api/v1/push/subscription",
            update!(push::change).get(push::show).post(push::subscribe).delete(push::unsubscribe),
        )
        .route("/api/v1/admin/accounts", get(admin::accounts::list_v1))
        .route("/api/v2/admin/accounts", get(admin::accounts::list_v2))
        .route("/api/v1/admin/accounts/{id}", get(admin::accounts::show).delete(admin::accounts::delete))
        .route("/api/v1/admin/accounts/{id}/action", post(admin::accounts::action))
        .route("/api/v1/admin/accounts/{id}/approve", post(admin::accounts::approve))
        .route("/api/v1/admin/accounts/{id}/reject", post(admin::accounts::reject))
        .route("/api/v1/admin/accounts/{id}/enable", post(admin::accounts::enable))
        .route("/api/v1/admin/accounts/{id}/unsilence", post(admin::accounts::unsilence))
        .route("/api/v1/admin/accounts/{id}/unsuspend", post(admin::accounts::unsuspend))
        .route("/api/v1/admin/reports", get(admin::reports::list))
        .route("/api/v1/admin/reports/{id}", update!(admin::reports::update).get(admin::reports::show))
        .route("/api/v1/admin/reports/{id}/assign_to_self", post(admin::reports::assign))
        .route("/api/v1/admin/reports/{id}/unassign", post(admin::reports::unassign))
        .route("/api/v1/admin/reports/{id}/resolve", post(admin::reports::resolve))
        .route("/api/v1/admin/reports/{id}/reopen", post(admin::reports::reopen))
        .route("/api/v1/admin/domain_blocks", get(admin::domains::blocks).post(admin::domains::block))
        .route(
            "/api/v1/admin/domain_blocks/{id}",
            update!(admin::domains::change_block).get(admin::domains::show_block).delete(admin::domains::unblock),
        )
        .route("/api/v1/admin/domain_allows", get(admin::domains::allows).post(admin::domains::allow))
        .route("/api/v1/admin/domain_allows/{id}", get(admin::domains::show_allow).delete(admin::domains::disallow))
        .route(
            "/api/v1/admin/email_domain_blocks",
            get(admin::gates::email_domains).post(admin::gates::block_email_domain),
        )
        .route(
            "/api/v1/admin/email_domain_blocks/{id}",
            get(admin::gates::show_email_domain).delete(admin::gates::unblock_email_domain),
        )
        .route("/api/v1/admin/canonical_email_blocks", get(admin::gates::emails).post(admin::gates::block_email))
        .route("/api/v1/admin/canonical_email_blocks/test", post(admin::gates::test_email))
        .route(
            "/api/v1/admin/canonical_email_blocks/{id}",
            get(admin::gates::show_email).delete(admin::gates::unblock_email),
        )
        .route("/api/v1/admin/ip_blocks", get(admin::gates::networks).post(admin::gates::block_network))
        .route(
            "/api/v1/admin/ip_blocks/{id}",
            update!(admin::gates::change_network).get(admin::gates::show_network).delete(admin::gates::unblock_network),
        )
        .route("/api/v1/admin/measures", post(admin::numbers::measures))
        .route("/api/v1/admin/dimensions", post(admin::numbers::dimensions))
        .route("/api/v1/admin/retention", post(admin::numbers::retention))
        .route("/api/v1/admin/trends/tags", get(admin::trends::tags))
        .route("/api/v1/admin/trends/links", get(admin::trends::links))
        .route("/api/v1/admin/trends/statuses", get(admin::trends::posts))
        .route("/api/v1/admin/tags", get(admin::trends::list))
        .route("/api/v1/admin/tags/{id}", get(admin::trends::show))
        .route("/api/v1/notifications/{id}/dismiss", post(notifications::dismiss))
        .route("/api/v2/search", get(search::everything))
        .route("/api/v1/tags/{name}", get(tags::show))
        .route("/api/v1/tags/{name}/follow", post(tags::follow))
        .route("/api/v1/tags/{name}/unfollow", post(tags::unfollow))
        .route("/api/v1/tags/{name}/feature", post(tags::feature))
        .route("/api/v1/tags/{name}/unfeature", post(tags::unfeature))
        .route("/api/v1/followed_tags", get(tags::followed))
        .route("/api/v1/featured_tags/suggestions", get(tags::suggestions))
        .route("/api/v1/featured_tags/{id}", delete(tags::remove_featured))
        .route("/assets/avatar.png", get(extras::avatar))
        .route("/assets/hashtag.png", get(extras::hashtag))
        .route("/assets/header.png", get(extras::header))
        .merge(reads)
        .merge(uploads)
        // What one member sees is not for another's eyes, nor for a cache between them and us.
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        ))
}

/// How many posts, and how many accounts or notifications, a page has by default; at most twice as many.
pub(crate) const POSTS: i64 = 20;
pub(crate) const ACCOUNTS: i64 = 40;

/// A page of a list with its `Link` header.
pub(crate) type Listed<T> = Result<(HeaderMap, Json<Vec<T>>), ApiError>;

/// The id in a path. What is no number names nothing, like a number that nothing has.
pub(crate) struct At(pub Id);

impl<S: Send + Sync> FromRequestParts<S> for At {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(id) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| ApiError::not_found())?;
        id.parse().map(Self).map_err(|_| ApiError::not_found())
    }
}

/// The two ids in a path.
pub(crate) struct Two(pub Id, pub Id);

impl<S: Send + Sync> FromRequestParts<S> for Two {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let ids = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Path((a, b)) = ids.map_err(|_| ApiError::not_found())?;
        match (a.parse(), b.parse()) {
            (Ok(a), Ok(b)) => Ok(Self(a, b)),
            _ => Err(ApiError::not_found()),
        }
    }
}

/// An account that is, or was until it was suspended; of a deleted one only that it is gone.
pub(crate) async fn account(tx: &mut Tx, id: Id) -> Result<Account, ApiError> {
    let account = tx.account(id).await?.filter(|a| !a.is_waiting()).ok_or_else(ApiError::not_found)?;
    if account.deleted_at.is_some() {
        return Err(ApiError::new(axum::http::StatusCode::GONE, "This account is gone"));
    }
    Ok(account)
}

/// The `Link` header of a page of rows, newest first, by the ids of the rows.
pub(crate) fn link<T>(app: &App, uri: &Uri, page: &Page, rows: &[(Id, T)]) -> HeaderMap {
    let full = i64::try_from(rows.len()).is_ok_and(|n| n >= page.limit);
    page::link(app, uri, rows.first().map(|r| r.0), rows.last().map(|r| r.0), full)
}

/// A page of accounts that rows of some other kind brought.
async fn accounts_page(
    app: &App,
    tx: &mut Tx,
    uri: &Uri,
    page: &Page,
    rows: Vec<(Id, Account)>,
) -> Listed<entities::account::Account> {
    let headers = link(app, uri, page, &rows);
    let accounts: Vec<Account> = rows.into_iter().map(|(_, a)| a).collect();
    Ok((headers, Json(entities::account::list(&app.node.config, tx, &accounts).await?)))
}

/// A page of posts, with the ids of the rows that brought them. Those that are left out leave the `Link` header as it is.
pub(crate) async fn posts_page(
    app: &App,
    tx: &mut Tx,
    uri: &Uri,
    page: &Page,
    rows: Vec<(Id, Post)>,
    viewer: Viewer,
) -> Listed<Status> {
    let headers = link(app, uri, page, &rows);
    let posts = rows.into_iter().map(|(_, p)| p).collect();
    Ok((headers, Json(entities::status::list(app, tx, posts, viewer).await?)))
}

/// Posts that are their own rows.
pub(crate) fn as_rows(posts: Vec<Post>) -> Vec<(Id, Post)> {
    posts.into_iter().map(|p| (p.id, p)).collect()
}
