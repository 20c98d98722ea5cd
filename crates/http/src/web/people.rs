//! People one below the other: followers, who asks to follow, whom one shuts out.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use model::account::{Account, Relationship};
use model::audience::Viewer;
use model::id::Id;
use model::page::Page;

use super::about_post;
use super::frame::{Frame, readable};
use super::language::When;
use super::view::{Person, Reader};
use super::visitor::Visitor;
use crate::params::Params;
use crate::{ApiError, App};

/// People on a page.
const PEOPLE: i64 = 40;

/// Somebody in a list, and what can be done about them there.
pub struct Row {
    pub person: Person,
    /// The end of the address in the API, and what the button says.
    pub deeds: Vec<(String, String)>,
    /// What else is to be said of them; nothing as a rule.
    pub until: Option<When>,
}

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    frame: Frame,
    title: String,
    about: String,
    empty: String,
    rows: Vec<Row>,
    /// Tabs: address, words, and whether it is this page.
    tabs: Vec<(String, String, bool)>,
    older: String,
}

/// What a list of people is about.
struct About<'a> {
    path: &'a str,
    title: String,
    about: String,
    empty: String,
    tabs: Vec<(String, String, bool)>,
    /// Until when, of those of whom that is to be said.
    until: HashMap<Id, When>,
}

fn shown(
    app: &App,
    visitor: &Visitor,
    headers: &HeaderMap,
    about: About<'_>,
    found: &[(Id, Account)],
    deeds: impl Fn(&Account) -> Vec<(String, String)>,
) -> Result<Response, ApiError> {
    let reader = visitor.reader(app, "");
    let full = i64::try_from(found.len()).is_ok_and(|n| n >= PEOPLE);
    let page = PeoplePage {
        frame: Frame::new(app, visitor),
        title: about.title,
        about: about.about,
        empty: about.empty,
        rows: found
            .iter()
            .map(|(_, a)| Row {
                person: Person::seen(&reader, a),
                deeds: deeds(a),
                until: about.until.get(&a.id).cloned(),
            })
            .collect(),
        tabs: about.tabs,
        older: found.last().filter(|_| full).map_or_else(String::new, |(id, _)| format!("{}?max_id={id}", about.path)),
    };
    readable(app, visitor, headers, &page)
}

fn page_of(params: &Params) -> Page {
    Page { max_id: params.number("max_id"), ..Page::first(PEOPLE) }
}

/// Somebody by the name in a path: `alice`, or `alice@example.org` for members.
pub async fn named(app: &App, reader: &Reader<'_>, name: &str) -> Result<Account, ApiError> {
    let (name, domain) = name.split_once('@').unwrap_or((name, ""));
    let is_own = domain.is_empty() || domain == app.node.config.handle_domain;
    let mut tx = app.node.store.read().await?;
    let account = tx.account_by_handle(name, if is_own { "" } else { domain }).await?;
    let account = account.filter(|a| !a.is_suspended()).ok_or_else(ApiError::not_found)?;
    if !account.is_local() && !reader.viewer.is_member() {
        return Err(ApiError::not_found());
    }
    Ok(account)
}

/// `GET /@{name}/followers`.
pub async fn followers(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(name): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    circle(&app, &visitor, &headers, &name, &params, true).await
}

/// `GET /@{name}/following`.
pub async fn following(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(name): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    circle(&app, &visitor, &headers, &name, &params, false).await
}

async fn circle(
    app: &App,
    visitor: &Visitor,
    headers: &HeaderMap,
    name: &str,
    params: &Params,
    followers: bool,
) -> Result<Response, ApiError> {
    let (t, viewer) = (visitor.language, visitor.viewer());
    let owner = named(app, &visitor.reader(app, ""), name).await?;
    let page = page_of(params);
    let mut tx = app.node.store.read().await?;
    let is_own = viewer == Viewer::Member(owner.id);
    let closed = !is_own && (owner.hide_collections || tx.is_blocking(owner.id, viewer.id()).await?);
    let rows = match (closed, followers) {
        (true, _) => Vec::new(),
        (false, true) => tx.followers_of(owner.id, &page).await?,
        (false, false) => tx.following_of(owner.id, &page).await?,
    };
    drop(tx);
    let path = format!("/@{name}/{}", if followers { "followers" } else { "following" });
    let who = owner.shown_name().trim().to_owned();
    let key = if followers { "followers-title" } else { "following-title" };
    let title = if followers { t.one("followers-title", "name", &who) } else { t.one("following-title", "name", &who) };
    let about = About {
        path: &path,
        title,
        about: String::new(),
        empty: match (closed, key) {
            (true, _) => t.one("people-hidden", "name", &who),
            (_, "followers-title") => t.say("followers-empty").into_owned(),
            _ => t.say("following-empty").into_owned(),
        },
        tabs: vec![
            (format!("/@{name}"), t.say("tab-posts").into_owned(), false),
            (format!("/@{name}/followers"), t.say("tab-followers").into_owned(), followers),
            (format!("/@{name}/following"), t.say("tab-following").into_owned(), !followers),
        ],
        until: HashMap::new(),
    };
    let take_away = t.say("remove-follower").into_owned();
    shown(app, visitor, headers, about, &rows, |a| {
        if is_own && followers {
            vec![(format!("accounts/{}/remove_from_followers", a.id), take_away.clone())]
        } else {
            Vec::new()
        }
    })
}

/// `GET /@{name}/{id}/boosts`: who boosted a post.
pub async fn boosts(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(post): Path<(String, String)>,
    params: Params,
) -> Result<Response, ApiError> {
    reacted(&app, &visitor, &headers, &post, &params, true).await
}

/// `GET /@{name}/{id}/favourites`: whose favourite it is.
pub async fn favourites(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(post): Path<(String, String)>,
    params: Params,
) -> Result<Response, ApiError> {
    reacted(&app, &visitor, &headers, &post, &params, false).await
}

async fn reacted(
    app: &App,
    visitor: &Visitor,
    headers: &HeaderMap,
    (name, id): &(String, String),
    params: &Params,
    boosts: bool,
) -> Result<Response, ApiError> {
    let (t, page) = (visitor.language, page_of(params));
    let id: Id = id.parse().map_err(|_| ApiError::not_found())?;
    let view = about_post::of(app, visitor, name, id).await?;
    let mut tx = app.node.store.read().await?;
    let rows = if boosts { tx.boosted_by(id, &page).await? } else { tx.favourited_by(id, &page).await? };
    drop(tx);
    let path = format!("{}/{}", view.page, if boosts { "boosts" } else { "favourites" });
    let name = &view.author.name;
    let about = About {
        path: &path,
        title: if boosts { t.one("boosts-title", "name", name) } else { t.one("favourites-of-title", "name", name) },
        about: String::new(),
        empty: t.say("reacted-empty").into_owned(),
        tabs: vec![
            (view.page.clone(), t.say("a-post").into_owned(), false),
            (format!("{}/boosts", view.page), t.say("tab-boosts").into_owned(), boosts),
            (format!("{}/favourites", view.page), t.say("tab-favourites").into_owned(), !boosts),
            (format!("{}/quotes", view.page), t.say("tab-quotes").into_owned(), false),
        ],
        until: HashMap::new(),
    };
    shown(app, visitor, headers, about, &rows, |_| Vec::new())
}

/// `GET /requests`: who asks to follow.
pub async fn requests(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, ApiError> {
    let who = match visitor.member(&visitor.here) {
        Ok(signed) => signed.account.id,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let t = visitor.language;
    let rows = app.node.store.read().await?.follow_requests_of(who, &page_of(&params)).await?;
    let about = About {
        path: "/requests",
        title: t.say("requests-title").into_owned(),
        about: String::new(),
        empty: t.say("requests-empty").into_owned(),
        tabs: Vec::new(),
        until: HashMap::new(),
    };
    shown(&app, &visitor, &headers, about, &rows, |a| {
        vec![
            (format!("follow_requests/{}/authorize", a.id), t.say("requests-accept").into_owned()),
            (format!("follow_requests/{}/reject", a.id), t.say("requests-refuse").into_owned()),
        ]
    })
}

/// `GET /settings/muted`.
pub async fn muted(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, ApiError> {
    let who = match visitor.member(&visitor.here) {
        Ok(signed) => signed.account.id,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let t = visitor.language;
    let mut tx = app.node.store.read().await?;
    let rows = tx.muted_by(who, &page_of(&params)).await?;
    let ties = tx.relationships(who, &rows.iter().map(|(_, a)| a.id).collect::<Vec<_>>()).await?;
    drop(tx);
    let until =
        |(row, tie): (&(Id, Account), &Relationship)| Some((row.1.id, t.when(tie.muting_expires_at?, app.node.now())));
    let about = About {
        path: "/settings/muted",
        title: t.say("muted-title").into_owned(),
        about: t.say("muted-about").into_owned(),
        empty: t.say("muted-empty").into_owned(),
        tabs: Vec::new(),
        until: rows.iter().zip(&ties).filter_map(until).collect(),
    };
    let undo = t.say("unmute").into_owned();
    shown(&app, &visitor, &headers, about, &rows, |a| vec![(format!("accounts/{}/unmute", a.id), undo.clone())])
}

/// `GET /settings/blocked`.
pub async fn blocked(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, ApiError> {
    let who = match visitor.member(&visitor.here) {
        Ok(signed) => signed.account.id,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let t = visitor.language;
    let rows = app.node.store.read().await?.blocked_by(who, &page_of(&params)).await?;
    let about = About {
        path: "/settings/blocked",
        title: t.say("blocked-title").into_owned(),
        about: t.say("blocked-about").into_owned(),
        empty: t.say("blocked-empty").into_owned(),
        tabs: Vec::new(),
        until: HashMap::new(),
    };
    let undo = t.say("unblock").into_owned();
    shown(&app, &visitor, &headers, about, &rows, |a| vec![(format!("accounts/{}/unblock", a.id), undo.clone())])
}
