//! What a member reads: their home, what is said here, lists, and what they kept.

use std::collections::HashSet;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use model::handle::Handle;
use model::html::sanitise;
use model::id::Id;
use model::page::Page;
use model::post::Post;
use storage::{PublicFilter, Reach, Tx};

use super::frame::{Frame, readable};
use super::front::POSTS;
use super::view::{Person, PostView, posts};
use super::visitor::Visitor;
use crate::params::Params;
use crate::{ApiError, App};

/// Those in a list that are named.
const IN_LIST: i64 = 80;

/// Posts one below the other.
#[derive(Template)]
#[template(path = "timeline.html")]
struct TimelinePage {
    frame: Frame,
    title: String,
    /// What stands under the title; empty: nothing.
    about: String,
    /// What to do where there is nothing.
    empty: String,
    /// The live stream that brings more (methods/streaming); empty: none.
    stream: String,
    /// What those who run the node tell: id and HTML.
    told: Vec<(Id, String)>,
    /// The list that it is, with those who are in it.
    list: Option<(Id, Vec<(Id, Person)>)>,
    posts: Vec<PostView>,
    older: String,
    is_first: bool,
}

/// How a timeline is shown.
#[derive(Default)]
struct Look {
    path: String,
    title: String,
    about: String,
    empty: String,
    stream: &'static str,
    /// The reader's filters that are at work.
    context: &'static str,
    told: Vec<(Id, String)>,
    list: Option<(Id, Vec<(Id, Person)>)>,
}

/// Announcements that hold, but for those that the member is done with.
async fn told(app: &App, tx: &mut Tx, who: Id) -> Result<Vec<(Id, String)>, ApiError> {
    let all = node::texts::announcements(&app.node, tx).await?;
    let done = if all.is_empty() { Vec::new() } else { tx.read_announcements(who).await? };
    let new = all.into_iter().filter(|a| !done.contains(&a.id));
    Ok(new.map(|a| (a.id, sanitise(&a.content))).collect())
}

/// The page that was asked for.
fn page_of(params: &Params) -> Page {
    Page { max_id: params.number("max_id"), ..Page::first(POSTS) }
}

async fn show(
    app: &App,
    visitor: &Visitor,
    headers: &HeaderMap,
    look: Look,
    page: &Page,
    rows: Vec<(Id, Post)>,
) -> Result<Response, ApiError> {
    let full = i64::try_from(rows.len()).is_ok_and(|n| n >= page.limit);
    let last = rows.last().filter(|_| full).map(|(cursor, _)| *cursor);
    let mut tx = app.node.store.read().await?;
    // What was boosted, or boosted twice, stands on a page once: where it came up last.
    let mut seen = HashSet::new();
    let found = rows.into_iter().map(|(_, post)| post).filter(|p| seen.insert(p.boost_of_id.unwrap_or(p.id))).collect();
    let shown = TimelinePage {
        frame: Frame::new(app, visitor),
        title: look.title,
        about: look.about,
        empty: look.empty,
        stream: look.stream.to_owned(),
        list: look.list.filter(|_| page.max_id.is_none()),
        told: if page.max_id.is_none() { look.told } else { Vec::new() },
        older: last.map_or_else(String::new, |last| format!("{}?max_id={last}", look.path)),
        posts: posts(&visitor.reader(app, look.context), &mut tx, found).await?,
        is_first: page.max_id.is_none(),
    };
    readable(app, visitor, headers, &shown)
}

fn own(posts: Vec<Post>) -> Vec<(Id, Post)> {
    posts.into_iter().map(|p| (p.id, p)).collect()
}

/// `GET /home`.
pub async fn home(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, ApiError> {
    let who = match visitor.member("/home") {
        Ok(signed) => signed.account.id,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let (t, page) = (visitor.language, page_of(&params));
    let mut tx = app.node.store.read().await?;
    let found = tx.home(who, &page).await?;
    let told = told(&app, &mut tx, who).await?;
    drop(tx);
    let look = Look {
        told,
        path: "/home".to_owned(),
        title: t.say("home-title").into_owned(),
        empty: t.say("home-empty").into_owned(),
        stream: "user",
        context: "home",
        ..Look::default()
    };
    show(&app, &visitor, &headers, look, &page, own(found)).await
}

/// `GET /local`: what is said on this node, as far as the reader may see it.
pub async fn local(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, ApiError> {
    let (t, page) = (visitor.language, page_of(&params));
    let filter = PublicFilter { reach: Reach::Local, only_media: false };
    let found = app.node.store.read().await?.public(filter, visitor.viewer(), &page).await?;
    let look = Look {
        list: None,
        path: "/local".to_owned(),
        title: t.one("local-title", "node", &app.node.config.title),
        about: t.say("local-about").into_owned(),
        empty: t.say("local-empty").into_owned(),
        stream: if visitor.signed.is_some() { "public:local" } else { "" },
        context: "public",
        told: Vec::new(),
    };
    show(&app, &visitor, &headers, look, &page, own(found)).await
}

/// `GET /bookmarks`.
pub async fn bookmarks(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, ApiError> {
    let who = match visitor.member("/bookmarks") {
        Ok(signed) => signed.account.id,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let (t, page) = (visitor.language, page_of(&params));
    let found = app.node.store.read().await?.bookmarks_of(who, &page).await?;
    let look = Look {
        path: "/bookmarks".to_owned(),
        title: t.say("bookmarks-title").into_owned(),
        about: t.say("bookmarks-about").into_owned(),
        empty: t.say("bookmarks-empty").into_owned(),
        ..Look::default()
    };
    show(&app, &visitor, &headers, look, &page, found).await
}

/// `GET /favourites`.
pub async fn favourites(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, ApiError> {
    let who = match visitor.member("/favourites") {
        Ok(signed) => signed.account.id,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let (t, page) = (visitor.language, page_of(&params));
    let found = app.node.store.read().await?.favourites_of(who, &page).await?;
    let look = Look {
        path: "/favourites".to_owned(),
        title: t.say("favourites-title").into_owned(),
        empty: t.say("favourites-empty").into_owned(),
        ..Look::default()
    };
    show(&app, &visitor, &headers, look, &page, found).await
}

/// `GET /look-again`: one's own experiments whose day has come.
pub async fn look_again(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, ApiError> {
    let signed = match visitor.member("/look-again") {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let (t, page) = (visitor.language, page_of(&params));
    let mut tx = app.node.store.read().await?;
    let found = node::experiment::to_look_at(&app.node, &mut tx, &signed.account, &page).await?;
    drop(tx);
    let look = Look {
        path: "/look-again".to_owned(),
        title: t.say("look-again-title").into_owned(),
        about: t.say("look-again-about").into_owned(),
        empty: t.say("look-again-empty").into_owned(),
        ..Look::default()
    };
    show(&app, &visitor, &headers, look, &page, own(found)).await
}

/// `GET /lists/{id}`: one of one's own lists.
pub async fn list(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    let who = match visitor.member(&visitor.here) {
        Ok(signed) => signed.account.id,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let id: Id = id.parse().map_err(|_| ApiError::not_found())?;
    let (t, page) = (visitor.language, page_of(&params));
    let mut tx = app.node.store.read().await?;
    let list = tx.list_of(who, id).await?.ok_or_else(ApiError::not_found)?;
    let found = tx.list_timeline(&list, &page).await?;
    let reader = visitor.reader(&app, "");
    let people = tx.accounts_in_list(id, &Page::first(IN_LIST)).await?;
    let people = people.iter().map(|(_, a)| (a.id, Person::seen(&reader, a))).collect();
    drop(tx);
    let look = Look {
        path: format!("/lists/{id}"),
        title: list.title,
        list: Some((id, people)),
        empty: t.say("list-empty").into_owned(),
        context: "home",
        ..Look::default()
    };
    Ok(show(&app, &visitor, &headers, look, &page, own(found)).await?.into_response())
}

/// `POST /lists/{id}/add` with `handle`: somebody whom the member follows comes into their list.
pub async fn put_in_list(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    let signed = match visitor.member("/lists") {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    visitor.check(&params)?;
    let id: Id = id.parse().map_err(|_| ApiError::not_found())?;
    let back = format!("/lists/{id}");
    let typed = params.text("handle").unwrap_or_default();
    let handle = Handle::parse(typed.trim());
    let mut tx = app.node.store.begin().await?;
    tx.list_of(signed.account.id, id).await?.ok_or_else(ApiError::not_found)?;
    let account = match &handle {
        Ok(handle) => {
            let domain = handle.domain.clone().filter(|d| *d != app.node.config.handle_domain).unwrap_or_default();
            tx.account_by_handle(&handle.username, &domain).await?
        }
        Err(_) => None,
    };
    let done = match account {
        Some(account) => node::list::add(&mut tx, &signed.account, id, &[account.id]).await,
        None => Err(node::Error::NotFound),
    };
    match done {
        Ok(()) => {
            app.node.commit(tx).await?;
            Ok(Redirect::to(&back).into_response())
        }
        // They are in it already.
        Err(node::Error::Invalid(_)) => Ok(Redirect::to(&back).into_response()),
        Err(error) if !matches!(error, node::Error::NotFound) => Err(error.into()),
        Err(_) => {
            let words = visitor.language.one("list-nobody", "handle", typed.trim());
            super::by_form::refused(&app, &visitor, &back, &ApiError::unprocessable(words))
        }
    }
}
