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
use super::{Listed, POSTS, as_rows, posts_page};
use crate::auth::Caller;
use crate::params::Params;
use crate::{ApiError, App, page};

/// Most further hashtags of each kind in one timeline, as on Mastodon.
const MORE_TAGS: usize = 4;
/// Most pages that are read to make one of what further hashtags leave of them, and posts of each.
const TURNS: usize = 10;
const TURN: i64 = 40;
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
    let further = Further { all: keys(&params, "all"), none: keys(&params, "none") };
    let part = narrowed(&mut tx, (&wanted, &further), (filter(&params), viewer), &page).await?;
    let headers = page::link(&app, &uri, part.newest, part.oldest, part.is_full);
    let (_, statuses) = posts_page(&app, &mut tx, &uri, &page, as_rows(part.posts), viewer).await?;
    Ok((headers, statuses))
}

/// Hashtags that posts must have, all of them, and such that they must not have.
struct Further {
    all: Vec<String>,
    none: Vec<String>,
}

impl Further {
    fn is_anything(&self) -> bool {
        !self.all.is_empty() || !self.none.is_empty()
    }
}

/// What was read of a timeline, newest first.
#[derive(Default)]
struct Part {
    posts: Vec<Post>,
    /// The ends of what was looked at, of which the posts may be few.
    newest: Option<Id>,
    oldest: Option<Id>,
    /// There may be more.
    is_full: bool,
}

/// A page of posts with any of some hashtags. Where further ones leave little of what is read more is read, within bounds: with two
/// hashtags of which many posts have one and few have both a page can still be short, and says where it goes on.
async fn narrowed(
    tx: &mut Tx,
    (names, further): (&[String], &Further),
    (filter, viewer): (PublicFilter, Viewer),
    page: &Page,
) -> Result<Part, ApiError> {
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let at_once = if further.is_anything() { page.limit.max(TURN) } else { page.limit };
    let mut at = Page { limit: at_once, ..*page };
    let (mut part, mut start, mut end) = (Part::default(), None, None);
    for _ in 0..TURNS {
        let mut posts = tagged(tx, names, filter, viewer, &at).await?;
        part.is_full = i64::try_from(posts.len()).is_ok_and(|n| n >= at.limit);
        if page.upwards() {
            posts.reverse();
        }
        let Some(last) = posts.last().map(|p| p.id) else { break };
        start = start.or(posts.first().map(|p| p.id));
        end = Some(last);
        let mut fitting = narrow(tx, posts, further).await?;
        let room = limit - part.posts.len();
        if fitting.len() > room {
            fitting.truncate(room);
            (end, part.is_full) = (fitting.last().map(|p| p.id), true);
        }
        part.posts.append(&mut fitting);
        if !part.is_full || part.posts.len() >= limit {
            break;
        }
        *(if page.upwards() { &mut at.min_id } else { &mut at.max_id }) = Some(last);
    }
    (part.newest, part.oldest) = (start, end);
    if page.upwards() {
        part.posts.reverse();
        (part.newest, part.oldest) = (end, start);
    }
    Ok(part)
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

/// Those of the posts that the further hashtags leave.
async fn narrow(tx: &mut Tx, posts: Vec<Post>, further: &Further) -> Result<Vec<Post>, ApiError> {
    if !further.is_anything() {
        return Ok(posts);
    }
    let ids: Vec<Id> = posts.iter().map(|p| p.id).collect();
    let tags: HashSet<(Id, String)> = tx.tags_of(&ids).await?.into_iter().map(|(post, t)| (post, t.name)).collect();
    let has = |post: Id, key: &String| tags.contains(&(post, key.clone()));
    let fits = |p: &Post| further.all.iter().all(|k| has(p.id, k)) && !further.none.iter().any(|k| has(p.id, k));
    Ok(posts.into_iter().filter(fits).collect())
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
