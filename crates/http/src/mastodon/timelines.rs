//! Timelines, and how far they were read (docs.joinmastodon.org/methods/timelines, markers).

use std::collections::{BTreeMap, HashSet};

use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use model::audience::Viewer;
use model::hashtag::normalise;
use model::id::Id;
use model::page::Page;
use model::post::Post;
use storage::{PublicFilter, Reach, Tx};

use super::entities::small::{self, Marker};
use super::entities::status::Status;
use super::{Listed, POSTS, as_rows, link, posts_page};
use crate::auth::Caller;
use crate::params::Params;
use crate::{ApiError, App, page};

/// Most further hashtags of each kind in one timeline, as on Mastodon.
const MORE_TAGS: usize = 4;
/// The timelines that have a marker.
const MARKED: [&str; 2] = ["home", "notifications"];

/// `GET /api/v1/timelines/home`.
pub async fn home(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Status> {
    let who = &caller.member("read:statuses")?.account;
    let page = page::page(&params, POSTS);
    let mut tx = app.node.store.read().await?;
    let posts = tx.home(who.id, &page).await?;
    posts_page(&app, &mut tx, &uri, &page, as_rows(posts), Viewer::Member(who.id)).await
}

/// `GET /api/v1/timelines/public`.
pub async fn public(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Status> {
    let viewer = caller.viewer("read:statuses")?;
    let page = page::page(&params, POSTS);
    let mut tx = app.node.store.read().await?;
    let posts = tx.public(filter(&params), viewer, &page).await?;
    posts_page(&app, &mut tx, &uri, &page, as_rows(posts), viewer).await
}

/// `GET /api/v1/timelines/tag/:hashtag`, with `any[]`, `all[]` and `none[]`.
pub async fn tag(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Status> {
    let viewer = caller.viewer("read:statuses")?;
    let page = page::page(&params, POSTS);
    let mut tx = app.node.store.read().await?;
    let mut wanted = vec![name];
    wanted.extend(params.list("any").into_iter().take(MORE_TAGS));
    let posts = tagged(&mut tx, &wanted, filter(&params), viewer, &page).await?;
    let rows = as_rows(posts);
    // The page is what was read; what the further tags leave of it may be less.
    let headers = link(&app, &uri, &page, &rows);
    let rows = narrow(&mut tx, rows, &keys(&params, "all"), &keys(&params, "none")).await?;
    let (_, statuses) = posts_page(&app, &mut tx, &uri, &page, rows, viewer).await?;
    Ok((headers, statuses))
}

/// Posts with any of the hashtags, a page of them, newest first.
async fn tagged(
    tx: &mut Tx,
    names: &[String],
    filter: PublicFilter,
    viewer: Viewer,
    page: &Page,
) -> Result<Vec<Post>, ApiError> {
    let mut posts: Vec<Post> = Vec::new();
    for key in names.iter().filter_map(|n| normalise(n)).collect::<HashSet<_>>() {
        if let Some(tag) = tx.tag(&key).await? {
            posts.extend(tx.tagged(tag.id, filter, viewer, page).await?);
        }
    }
    posts.sort_by_key(|p| std::cmp::Reverse(p.id));
    posts.dedup_by_key(|p| p.id);
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    // Of several lists read upwards the lowest posts make the page.
    let surplus = if page.upwards() { posts.len().saturating_sub(limit) } else { 0 };
    posts.drain(..surplus);
    posts.truncate(limit);
    Ok(posts)
}

fn keys(params: &Params, name: &str) -> Vec<String> {
    params.list(name).iter().filter_map(|n| normalise(n)).take(MORE_TAGS).collect()
}

/// Those of the posts that have all of one kind of hashtags and none of the other.
async fn narrow(
    tx: &mut Tx,
    rows: Vec<(Id, Post)>,
    all: &[String],
    none: &[String],
) -> Result<Vec<(Id, Post)>, ApiError> {
    if all.is_empty() && none.is_empty() {
        return Ok(rows);
    }
    let ids: Vec<Id> = rows.iter().map(|r| r.0).collect();
    let tags: HashSet<(Id, String)> = tx.tags_of(&ids).await?.into_iter().map(|(post, t)| (post, t.name)).collect();
    let has = |post: Id, key: &String| tags.contains(&(post, key.clone()));
    let fits = |(id, _): &(Id, Post)| all.iter().all(|k| has(*id, k)) && !none.iter().any(|k| has(*id, k));
    Ok(rows.into_iter().filter(fits).collect())
}

/// `GET /api/v1/timelines/link?url=`: public posts that lead to a page of which something is known.
pub async fn link_to(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Status> {
    let viewer = caller.viewer("read:statuses")?;
    let url = params.required("url")?;
    let page = page::page(&params, POSTS);
    let mut tx = app.node.store.read().await?;
    let card = tx.card_by_url(&node::random::hash(url.trim())).await?;
    let card = card.filter(|c| !app.node.is_url_blocked(&c.url)).ok_or_else(ApiError::not_found)?;
    let posts = tx.posts_with_card(card.id, viewer, &page).await?;
    posts_page(&app, &mut tx, &uri, &page, as_rows(posts), viewer).await
}

fn filter(params: &Params) -> PublicFilter {
    let flag = |name| params.flag(name).unwrap_or(false);
    let reach = match (flag("local"), flag("remote")) {
        (true, false) => Reach::Local,
        (false, true) => Reach::Remote,
        _ => Reach::All,
    };
    PublicFilter { reach, only_media: flag("only_media") }
}

/// `GET /api/v1/markers?timeline[]=`.
pub async fn markers(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<BTreeMap<String, Marker>>, ApiError> {
    let who = &caller.member("read:statuses")?.account;
    let timelines = params.list("timeline");
    let timelines: Vec<&str> = timelines.iter().map(String::as_str).collect();
    let found = app.node.store.read().await?.markers(who.id, &timelines).await?;
    Ok(Json(small::markers(&found)))
}

/// `POST /api/v1/markers` with `home[last_read_id]` and `notifications[last_read_id]`.
pub async fn mark(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<BTreeMap<String, Marker>>, ApiError> {
    let who = &caller.member("write:statuses")?.account;
    let mut tx = app.node.store.begin().await?;
    let mut marked = Vec::new();
    for timeline in MARKED {
        if let Some(last_read) = params.group(timeline).and_then(|g| g.number("last_read_id")) {
            node::notify::mark_read(&app.node, &mut tx, who, timeline, last_read).await?;
            marked.push(timeline);
        }
    }
    let found = tx.markers(who.id, &marked).await?;
    app.node.commit(tx).await?;
    Ok(Json(small::markers(&found)))
}
