//! Pages that lead on: a member's own, search, hashtags that one follows, lists, conversations.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use model::id::Id;
use model::page::Page;

use super::frame::{Frame, form, readable};
use super::view::{Person, PostView, posts};
use super::visitor::Visitor;
use crate::mastodon::search::find;
use crate::params::Params;
use crate::{ApiError, App};

/// Hashtags and conversations on a page.
const ROWS: i64 = 60;

#[derive(Template)]
#[template(path = "me.html")]
struct MePage {
    frame: Frame,
    person: Person,
    requests: i64,
    /// Hats that the member wears: the page of each, its name, and on what.
    hats: Vec<(String, String, String)>,
}

/// `GET /me`: where all that is a member's own is found.
pub async fn me(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    let signed = match visitor.member("/me") {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let mut tx = app.node.store.read().await?;
    let page = MePage {
        frame: Frame::new(&app, &visitor),
        person: Person::new(&app, &signed.account),
        requests: tx.count_follow_requests(signed.account.id).await?,
        hats: super::subjects::worn_by(&app, &mut tx, visitor.language, signed.account.id).await?,
    };
    form(&app, &visitor, StatusCode::OK, &page)
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    frame: Frame,
    typed: String,
    /// Something was looked for.
    is_asked: bool,
    people: Vec<Person>,
    tags: Vec<(String, String)>,
    posts: Vec<PostView>,
}

/// `GET /search?q=…`. Other servers are asked for members alone.
pub async fn search(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, ApiError> {
    let typed = params.text("q").unwrap_or_default();
    let mut page = SearchPage {
        frame: Frame::new(&app, &visitor),
        is_asked: !typed.trim().is_empty(),
        people: Vec::new(),
        tags: Vec::new(),
        posts: Vec::new(),
        typed,
    };
    if page.is_asked {
        let resolve = if visitor.signed.is_some() { "true" } else { "false" };
        let asked = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("q", &page.typed)
            .append_pair("resolve", resolve)
            .finish();
        let found = find(&app, &Params::from_urlencoded(&asked), visitor.viewer()).await?;
        let reader = visitor.reader(&app, "public");
        page.people = found.people.iter().map(|a| Person::seen(&reader, a)).collect();
        page.tags = found.tags.iter().map(|t| (t.display.clone(), app.node.config.tag_url(&t.name))).collect();
        let mut tx = app.node.store.read().await?;
        page.posts = posts(&reader, &mut tx, found.posts).await?;
    }
    readable(&app, &visitor, &headers, &page)
}

#[derive(Template)]
#[template(path = "tags.html")]
struct TagsPage {
    frame: Frame,
    /// Name and address.
    followed: Vec<(String, String)>,
    popular: Vec<(String, String)>,
}

/// `GET /tags`: those that one follows, and those that are used here.
pub async fn tags(State(app): State<App>, visitor: Visitor, headers: HeaderMap) -> Result<Response, ApiError> {
    let popular = crate::mastodon::discovery::trending_tags(&app, &Params::from_urlencoded("limit=20")).await?;
    let mut tx = app.node.store.read().await?;
    let named = |name: &str, display: &str| (display.to_owned(), app.node.config.tag_url(name));
    let followed = match &visitor.signed {
        Some(signed) => tx.followed_tags(signed.account.id, &Page::first(ROWS)).await?,
        None => Vec::new(),
    };
    let page = TagsPage {
        frame: Frame::new(&app, &visitor),
        followed: followed.iter().map(|(_, t)| named(&t.name, &t.display)).collect(),
        popular: popular.iter().map(|(t, _)| named(&t.name, &t.display)).collect(),
    };
    readable(&app, &visitor, &headers, &page)
}

#[derive(Template)]
#[template(path = "lists.html")]
struct ListsPage {
    frame: Frame,
    lists: Vec<(Id, String)>,
}

/// `GET /lists`.
pub async fn lists(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    let signed = match visitor.member("/lists") {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let lists = app.node.store.read().await?.lists(signed.account.id).await?;
    let page =
        ListsPage { frame: Frame::new(&app, &visitor), lists: lists.into_iter().map(|l| (l.id, l.title)).collect() };
    form(&app, &visitor, StatusCode::OK, &page)
}

/// What was said between some people.
struct Talk {
    id: Id,
    people: Vec<Person>,
    last: PostView,
    unread: bool,
}

#[derive(Template)]
#[template(path = "conversations.html")]
struct ConversationsPage {
    frame: Frame,
    talks: Vec<Talk>,
    older: String,
}

/// `GET /conversations`: private mentions, by who is in them.
pub async fn conversations(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let signed = match visitor.member("/conversations") {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let page = Page { max_id: params.number("max_id"), ..Page::first(ROWS) };
    let mut tx = app.node.store.read().await?;
    let found = tx.conversations(signed.account.id, &page).await?;
    let ids: Vec<Id> = found.iter().flat_map(|c| c.participants.iter().copied()).collect();
    let accounts: HashMap<Id, _> = tx.accounts(&ids).await?.into_iter().map(|a| (a.id, a)).collect();
    let last: Vec<Id> = found.iter().map(|c| c.last_post_id).collect();
    let last = tx.visible_posts(&last, visitor.viewer()).await?;
    let reader = visitor.reader(&app, "notifications");
    let last: HashMap<Id, PostView> = posts(&reader, &mut tx, last).await?.into_iter().map(|p| (p.cursor, p)).collect();
    let full = i64::try_from(found.len()).is_ok_and(|n| n >= ROWS);
    let one = |c: &storage::Conversation| {
        Some(Talk {
            id: c.id,
            people: c.participants.iter().filter_map(|id| accounts.get(id)).map(|a| Person::seen(&reader, a)).collect(),
            last: last.get(&c.last_post_id)?.clone(),
            unread: c.unread,
        })
    };
    let page = ConversationsPage {
        frame: Frame::new(&app, &visitor),
        talks: found.iter().filter_map(one).collect(),
        older: found
            .last()
            .filter(|_| full)
            .map_or_else(String::new, |c| format!("/conversations?max_id={}", c.last_post_id)),
    };
    form(&app, &visitor, StatusCode::OK, &page)
}
