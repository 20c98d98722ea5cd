//! What a hashtag is for, other views of that, what it is linked with, and its shelf.

use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use model::hashtag::slug;
use model::hat::Verb;
use model::id::Id;
use model::page::Page;
use model::subject::{Purpose, Subject};
use node::shelf::{self, Arrangement};
use node::{Node, carry, hat, subject, tag};
use serde_json::{Value, json};
use storage::Tx;

use super::entities::{self, Completeness, Feeds, PurposeVersion, ShelfLink, TagLink, TagPage};
use super::{About, read, tended};
use crate::auth::{Caller, Signed};
use crate::params::Params;
use crate::{ApiError, App, page};

/// Versions, views and links of a page by default; at most twice as many.
pub const ROWS: i64 = 20;
/// Other views on the page of a hashtag.
pub const VIEWS: i64 = 5;

type Answer<T> = Result<Json<T>, ApiError>;
type Listed<T> = Result<(HeaderMap, Json<Vec<T>>), ApiError>;

/// `GET /api/outloud/v1/tags/:name`.
pub async fn show(State(app): State<App>, caller: Caller, Path(name): Path<String>) -> Answer<TagPage> {
    caller.viewer("read:statuses")?;
    let (node, mut tx) = (&app.node, app.node.store.read().await?);
    let tag = tag::look(&mut tx, &name).await?;
    let subject = Subject::Tag(tag.id);
    let url = node.config.tag_url(&tag.name);
    let current: Vec<Purpose> = tx.purpose(subject).await?.into_iter().collect();
    let views = tx.purpose_views(subject, &Page::first(VIEWS)).await?;
    let keepers = tx.keepers_of(subject, node.now()).await?;
    let people = entities::people(&node.config, &mut tx, &keepers).await?;
    let links = tx.subject_links(subject).await?;
    let carrier = carry::find(node, &mut tx, &slug(&tag.name)).await?.filter(|c| !c.account.is_suspended());
    Ok(Json(TagPage {
        handle: carrier.map(|c| format!("@{}", node.config.full_handle(&c.account))),
        feeds: Feeds::of(&url),
        url,
        purpose: entities::purposes(node, &mut tx, &current, |_| true).await?.pop(),
        views: entities::purposes(node, &mut tx, &views, |_| true).await?,
        keepers: keepers.iter().filter_map(|id| people.get(id).cloned()).collect(),
        links: entities::links(node, &mut tx, &links).await?,
        completeness: Completeness::new(&tx.completeness(subject).await?, tx.count_subscriptions_of_tag(tag.id).await?),
        name: tag.display,
    }))
}

/// Commits, then answers one version as its author sees it.
async fn written(app: &App, mut tx: Tx, made: Purpose) -> Answer<PurposeVersion> {
    let shown = entities::purposes(&app.node, &mut tx, std::slice::from_ref(&made), |_| true).await?.pop();
    app.node.commit(tx).await?;
    shown.map(Json).ok_or_else(ApiError::not_found)
}

/// `GET /api/outloud/v1/tags/:name/purpose`: what holds; 404 where nobody wrote it yet.
pub async fn purpose(
    State(app): State<App>,
    caller: Caller,
    about: About,
    Path(name): Path<String>,
) -> Answer<PurposeVersion> {
    caller.viewer("read:statuses")?;
    let mut tx = app.node.store.read().await?;
    let subject = read(&mut tx, about, &name).await?;
    let current = tx.purpose(subject).await?.ok_or_else(ApiError::not_found)?;
    let shown = entities::purposes(&app.node, &mut tx, &[current], |_| true).await?.pop();
    shown.map(Json).ok_or_else(ApiError::not_found)
}

/// `POST /api/outloud/v1/tags/:name/purpose`: a new version.
pub async fn write(
    State(app): State<App>,
    caller: Caller,
    about: About,
    Path(name): Path<String>,
    params: Params,
) -> Answer<PurposeVersion> {
    let who = &caller.member("write:statuses")?.account;
    let mut tx = app.node.store.begin().await?;
    let on = tended(&app.node, &mut tx, about, &name).await?;
    let made = subject::write(&app.node, &mut tx, who, on, &params.text("text").unwrap_or_default()).await?;
    written(&app, tx, made).await
}

/// `GET /api/outloud/v1/tags/:name/purpose/versions`: the last first.
pub async fn versions(
    State(app): State<App>,
    caller: Caller,
    about: About,
    Path(name): Path<String>,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<PurposeVersion> {
    caller.viewer("read:statuses")?;
    let mut tx = app.node.store.read().await?;
    let on = read(&mut tx, about, &name).await?;
    let page = page::page(&params, ROWS);
    let rows = tx.purpose_versions(on, &page).await?;
    listed(&app, &mut tx, &caller, on, &uri, &page, rows).await
}

fn is_own(who: Option<&Signed>, p: &Purpose) -> bool {
    p.gone_at.is_none() || who.is_some_and(|signed| signed.account.id == p.account_id)
}

/// A page of them: what was taken down says that it was there, and no more, but to its author and to whoever may take it down.
async fn listed(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    on: Subject,
    uri: &Uri,
    page: &Page,
    rows: Vec<Purpose>,
) -> Listed<PurposeVersion> {
    let who = caller.known();
    let sees_all = match who {
        Some(signed) => hat::may(&app.node, tx, &signed.account, Verb::TakeDown, on).await?,
        None => false,
    };
    let ids: Vec<Id> = rows.iter().map(|p| p.account_id).collect();
    let suspended: Vec<Id> = tx.accounts(&ids).await?.into_iter().filter(|a| a.is_suspended()).map(|a| a.id).collect();
    let readable = |p: &Purpose| sees_all || (is_own(who, p) && !suspended.contains(&p.account_id));
    let full = i64::try_from(rows.len()).is_ok_and(|n| n >= page.limit);
    let headers = page::link(app, uri, rows.first().map(|p| p.id), rows.last().map(|p| p.id), full);
    Ok((headers, Json(entities::purposes(&app.node, tx, &rows, readable).await?)))
}

/// `POST /api/outloud/v1/tags/:name/purpose/versions/:id/restore`.
pub async fn restore(
    State(app): State<App>,
    caller: Caller,
    about: About,
    Path((name, id)): Path<(String, String)>,
) -> Answer<PurposeVersion> {
    let who = &caller.member("write:statuses")?.account;
    let mut tx = app.node.store.begin().await?;
    let on = tended(&app.node, &mut tx, about, &name).await?;
    let made = subject::restore(&app.node, &mut tx, who, on, number(&id)?).await?;
    written(&app, tx, made).await
}

/// How something that was written goes.
enum End {
    TakenDown,
    Withdrawn,
}

/// `POST /api/outloud/v1/tags/:name/purpose/versions/:id/take_down`, and the same of another view.
pub async fn take_down(
    State(app): State<App>,
    caller: Caller,
    about: About,
    Path((name, id)): Path<(String, String)>,
) -> Answer<Value> {
    end(&app, &caller, about, &name, &id, End::TakenDown).await
}

/// `POST /api/outloud/v1/tags/:name/views/:id/withdraw`: one's own.
pub async fn withdraw(
    State(app): State<App>,
    caller: Caller,
    about: About,
    Path((name, id)): Path<(String, String)>,
) -> Answer<Value> {
    end(&app, &caller, about, &name, &id, End::Withdrawn).await
}

async fn end(app: &App, caller: &Caller, about: About, name: &str, id: &str, how: End) -> Answer<Value> {
    let who = &caller.member("write:statuses")?.account;
    let id = number(id)?;
    let mut tx = app.node.store.begin().await?;
    let on = read(&mut tx, about, name).await?;
    match how {
        End::TakenDown => subject::take_down(&app.node, &mut tx, who, on, id).await?,
        End::Withdrawn => subject::withdraw(&app.node, &mut tx, who, on, id).await?,
    }
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// `GET /api/outloud/v1/tags/:name/views`: other views, the last first, with those that were taken down.
pub async fn views(
    State(app): State<App>,
    caller: Caller,
    about: About,
    Path(name): Path<String>,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<PurposeVersion> {
    caller.viewer("read:statuses")?;
    let mut tx = app.node.store.read().await?;
    let on = read(&mut tx, about, &name).await?;
    let page = page::page(&params, ROWS);
    let rows = tx.all_purpose_views(on, &page).await?;
    listed(&app, &mut tx, &caller, on, &uri, &page, rows).await
}

/// `POST /api/outloud/v1/tags/:name/views`.
pub async fn add_view(
    State(app): State<App>,
    caller: Caller,
    about: About,
    Path(name): Path<String>,
    params: Params,
) -> Answer<PurposeVersion> {
    let who = &caller.member("write:statuses")?.account;
    let mut tx = app.node.store.begin().await?;
    let on = tended(&app.node, &mut tx, about, &name).await?;
    let made = subject::add_view(&app.node, &mut tx, who, on, &params.text("text").unwrap_or_default()).await?;
    written(&app, tx, made).await
}

/// `GET /api/outloud/v1/tags/:name/links`.
pub async fn links(
    State(app): State<App>,
    caller: Caller,
    about: About,
    Path(name): Path<String>,
) -> Answer<Vec<TagLink>> {
    caller.viewer("read:statuses")?;
    let mut tx = app.node.store.read().await?;
    let on = read(&mut tx, about, &name).await?;
    let rows = tx.subject_links(on).await?;
    Ok(Json(entities::links(&app.node, &mut tx, &rows).await?))
}

/// What somebody names who links something: a hashtag, or, with `@`, a challenge of this node by its handle.
async fn other(node: &Node, tx: &mut Tx, name: &str, is_new: bool) -> Result<Subject, ApiError> {
    let Some(handle) = name.trim().strip_prefix('@') else {
        return if is_new { tended(node, tx, About::Tag, name).await } else { read(tx, About::Tag, name).await };
    };
    let at_us = |(_, domain): &(&str, &str)| domain.eq_ignore_ascii_case(&node.config.handle_domain);
    let name = handle.split_once('@').filter(at_us).map_or(handle, |(name, _)| name);
    read(tx, About::Challenge, name).await
}

/// `POST /api/outloud/v1/tags/:name/links`: with another hashtag, or with a challenge (`@name`).
pub async fn link_to(
    State(app): State<App>,
    caller: Caller,
    about: About,
    Path(name): Path<String>,
    params: Params,
) -> Answer<Vec<TagLink>> {
    let who = &caller.member("write:statuses")?.account;
    let other = params.required("tag")?;
    let mut tx = app.node.store.begin().await?;
    let on = tended(&app.node, &mut tx, about, &name).await?;
    let words = "Validation failed: Tag is neither a hashtag nor the handle of a challenge of this node";
    let unknown = |e: ApiError| if e.status == StatusCode::NOT_FOUND { ApiError::unprocessable(words) } else { e };
    let other = self::other(&app.node, &mut tx, &other, true).await.map_err(unknown)?;
    subject::link(&app.node, &mut tx, who, on, other).await?;
    let rows = tx.subject_links(on).await?;
    let shown = entities::links(&app.node, &mut tx, &rows).await?;
    app.node.commit(tx).await?;
    Ok(Json(shown))
}

/// `DELETE /api/outloud/v1/tags/:name/links/:other`.
pub async fn unlink(
    State(app): State<App>,
    caller: Caller,
    about: About,
    Path((name, other)): Path<(String, String)>,
) -> Answer<Vec<TagLink>> {
    let who = &caller.member("write:statuses")?.account;
    let mut tx = app.node.store.begin().await?;
    let on = read(&mut tx, about, &name).await?;
    let other = self::other(&app.node, &mut tx, &other, false).await?;
    subject::unlink(&app.node, &mut tx, who, on, other).await?;
    let rows = tx.subject_links(on).await?;
    let shown = entities::links(&app.node, &mut tx, &rows).await?;
    app.node.commit(tx).await?;
    Ok(Json(shown))
}

/// `GET /api/outloud/v1/tags/:name/shelf`: what was posted last first; with `hidden`, for those who may arrange it, what they hid
/// as well; with `pinned` only what they pinned.
pub async fn shelf(
    State(app): State<App>,
    caller: Caller,
    about: About,
    Path(name): Path<String>,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<ShelfLink> {
    caller.viewer("read:statuses")?;
    let mut tx = app.node.store.read().await?;
    let on = read(&mut tx, about, &name).await?;
    let hidden = params.flag("hidden").unwrap_or(false);
    if hidden {
        let who = &caller.member("read:statuses")?.account;
        if !hat::may(&app.node, &mut tx, who, Verb::Shelve, on).await? {
            return Err(ApiError::forbidden("Only those who may arrange the shelf see what is hidden"));
        }
    }
    let page = page::page(&params, ROWS);
    let (rows, headers) = if params.flag("pinned").unwrap_or(false) {
        (tx.pinned_on_shelf(on).await?, HeaderMap::new())
    } else {
        let rows = tx.shelf(on, hidden, &page).await?;
        let full = i64::try_from(rows.len()).is_ok_and(|n| n >= page.limit);
        let (first, last) = (rows.first().map(|r| r.0.place), rows.last().map(|r| r.0.place));
        let headers = page::link(&app, &uri, first, last, full);
        (rows, headers)
    };
    let shown = shelf::describe(&app.node, &mut tx, on, rows).await?;
    Ok((headers, Json(entities::shelf(&app.node.config, &mut tx, &shown).await?)))
}

/// `PATCH /api/outloud/v1/tags/:name/shelf/:id`.
pub async fn arrange(
    State(app): State<App>,
    caller: Caller,
    about: About,
    Path((name, id)): Path<(String, String)>,
    params: Params,
) -> Answer<ShelfLink> {
    let who = &caller.member("write:statuses")?.account;
    let change = Arrangement {
        note: params.text("note"),
        heading: params.text("heading"),
        pinned: params.flag("pinned"),
        hidden: params.flag("hidden"),
    };
    let card = number(&id)?;
    let mut tx = app.node.store.begin().await?;
    let on = read(&mut tx, about, &name).await?;
    shelf::arrange(&app.node, &mut tx, who, on, card, &change).await?;
    let rows = tx.shelf_link(on, card).await?.into_iter().collect();
    let shown = shelf::describe(&app.node, &mut tx, on, rows).await?;
    let shown = entities::shelf(&app.node.config, &mut tx, &shown).await?.pop();
    app.node.commit(tx).await?;
    shown.map(Json).ok_or_else(ApiError::not_found)
}

/// What is no number names nothing, like a number that nothing has.
pub fn number(id: &str) -> Result<Id, ApiError> {
    id.parse().map_err(|_| ApiError::not_found())
}
