//! Teams: members who say something among themselves.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use model::id::Id;
use model::page::Page;
use node::team;

use super::frame::{Frame, form};
use super::front::POSTS;
use super::view::{Person, PostView, posts};
use super::visitor::Visitor;
use crate::params::Params;
use crate::{ApiError, App};

#[derive(Template)]
#[template(path = "teams.html")]
struct TeamsPage {
    frame: Frame,
    /// Id, name, and how many are in it.
    teams: Vec<(Id, String, String)>,
}

/// `GET /teams`: those that one is in.
pub async fn list(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    let who = match visitor.member("/teams") {
        Ok(signed) => signed.account.id,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let mut tx = app.node.store.read().await?;
    let mut teams = Vec::new();
    for team in tx.teams_of(who).await? {
        let count = tx.count_team_members(team.id).await?;
        teams.push((team.id, team.name, visitor.language.one("team-count", "count", count)));
    }
    form(&app, &visitor, StatusCode::OK, &TeamsPage { frame: Frame::new(&app, &visitor), teams })
}

#[derive(Template)]
#[template(path = "team.html")]
struct TeamPage {
    frame: Frame,
    id: Id,
    name: String,
    /// Who is in it, and whether that is whoever reads.
    people: Vec<(Person, bool)>,
    /// Whoever reads is in it; else a moderator looks at who is.
    is_in: bool,
    /// What was typed, and what is wrong with it.
    typed: String,
    error: String,
    posts: Vec<PostView>,
    older: String,
}

/// `GET /teams/{id}`.
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    let page = Page { max_id: params.number("max_id"), ..Page::first(POSTS) };
    shown(&app, &visitor, &id, &page, String::new(), String::new()).await
}

async fn shown(
    app: &App,
    visitor: &Visitor,
    id: &str,
    page: &Page,
    typed: String,
    error: String,
) -> Result<Response, ApiError> {
    let signed = match visitor.member(&visitor.here) {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let id: Id = id.parse().map_err(|_| ApiError::not_found())?;
    let mut tx = app.node.store.read().await?;
    let team = team::find(&mut tx, &signed.account, id).await?;
    let reader = visitor.reader(app, "");
    let members = tx.team_members(id).await?;
    let found = tx.team_posts(id, visitor.viewer(), page).await?;
    let shown = TeamPage {
        frame: Frame::new(app, visitor),
        id,
        name: team.name,
        is_in: members.iter().any(|a| a.id == signed.account.id),
        people: members.iter().map(|a| (Person::seen(&reader, a), a.id == signed.account.id)).collect(),
        older: super::front::older(&format!("/teams/{id}?"), &found),
        posts: posts(&reader, &mut tx, found).await?,
        typed,
        error,
    };
    let status = if shown.error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    form(app, visitor, status, &shown)
}

/// `POST /teams/{id}/add` with `name`: takes a member in, by their username.
pub async fn add(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    let here = format!("/teams/{id}");
    let signed = match visitor.member(&here) {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    visitor.check(&params)?;
    let typed = params.text("name").unwrap_or_default();
    let name = typed.trim().trim_start_matches('@');
    let name = name.strip_suffix(&format!("@{}", app.node.config.handle_domain)).unwrap_or(name);
    let mut tx = app.node.store.begin().await?;
    let Some(account) = tx.account_by_handle(name, "").await?.filter(|a| !a.is_suspended()) else {
        drop(tx);
        let error = visitor.language.one("team-nobody", "name", name);
        return shown(&app, &visitor, &id, &Page::first(POSTS), typed.clone(), error).await;
    };
    let id: Id = id.parse().map_err(|_| ApiError::not_found())?;
    team::add(&app.node, &mut tx, &signed.account, id, &[account.id]).await?;
    app.node.commit(tx).await?;
    Ok(Redirect::to(&here).into_response())
}
