//! Teams: members who say something among themselves (`visibility=team` with `outloud[team_id]`).

use axum::Json;
use axum::extract::{OriginalUri, State};
use model::audience::Viewer;
use model::clock::rfc3339;
use node::team;
use serde::Serialize;
use serde_json::{Value, json};
use storage::{Team as Known, Tx};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::mastodon::entities::account::{self, Account};
use crate::mastodon::entities::status::Status;
use crate::mastodon::{At, Listed, POSTS, as_rows, posts_page};
use crate::params::Params;
use crate::{ApiError, App, page};

type Answer<T> = Result<Json<T>, ApiError>;

/// Members who say something among themselves.
#[derive(Debug, Serialize, ToSchema)]
pub struct Team {
    id: String,
    name: String,
    /// Whoever made it has no other rights in it than anybody else.
    made_by_id: String,
    #[schema(format = DateTime)]
    created_at: String,
    members_count: i64,
    /// Whoever asks is in it; else a moderator asks.
    member: bool,
}

async fn render(tx: &mut Tx, team: &Known, who: i64) -> Result<Team, ApiError> {
    Ok(Team {
        id: team.id.to_string(),
        name: team.name.clone(),
        made_by_id: team.made_by.to_string(),
        created_at: rfc3339(team.created_at),
        members_count: tx.count_team_members(team.id).await?,
        member: tx.is_in_team(team.id, who).await?,
    })
}

/// Commits, then answers a team.
async fn done(app: &App, mut tx: Tx, made: &Known, who: i64) -> Answer<Team> {
    let shown = render(&mut tx, made, who).await?;
    app.node.commit(tx).await?;
    Ok(Json(shown))
}

/// `GET /api/outloud/v1/teams`: those that one is in.
pub async fn list(State(app): State<App>, caller: Caller) -> Answer<Vec<Team>> {
    let who = &caller.member("read:lists")?.account;
    let mut tx = app.node.store.read().await?;
    let mut shown = Vec::new();
    for known in tx.teams_of(who.id).await? {
        shown.push(render(&mut tx, &known, who.id).await?);
    }
    Ok(Json(shown))
}

/// `POST /api/outloud/v1/teams`.
pub async fn create(State(app): State<App>, caller: Caller, params: Params) -> Answer<Team> {
    let who = &caller.member("write:lists")?.account;
    let mut tx = app.node.store.begin().await?;
    let made = team::create(&app.node, &mut tx, who, &params.required("name")?, &params.ids("account_ids")).await?;
    done(&app, tx, &made, who.id).await
}

/// `GET /api/outloud/v1/teams/:id`.
pub async fn show(State(app): State<App>, caller: Caller, At(id): At) -> Answer<Team> {
    let who = &caller.member("read:lists")?.account;
    let mut tx = app.node.store.read().await?;
    let known = team::find(&mut tx, who, id).await?;
    Ok(Json(render(&mut tx, &known, who.id).await?))
}

/// `PATCH /api/outloud/v1/teams/:id`: gives it another name.
pub async fn update(State(app): State<App>, caller: Caller, At(id): At, params: Params) -> Answer<Team> {
    let who = &caller.member("write:lists")?.account;
    let mut tx = app.node.store.begin().await?;
    let changed = team::rename(&app.node, &mut tx, who, id, &params.required("name")?).await?;
    done(&app, tx, &changed, who.id).await
}

/// `DELETE /api/outloud/v1/teams/:id`: a moderator ends it.
pub async fn delete(State(app): State<App>, caller: Caller, At(id): At) -> Answer<Value> {
    let who = &caller.member("write:lists")?.account;
    let mut tx = app.node.store.begin().await?;
    team::dissolve(&app.node, &mut tx, who, id).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// `GET /api/outloud/v1/teams/:id/accounts`: who is in it.
pub async fn accounts(State(app): State<App>, caller: Caller, At(id): At) -> Answer<Vec<Account>> {
    let who = &caller.member("read:lists")?.account;
    let mut tx = app.node.store.read().await?;
    let known = team::find(&mut tx, who, id).await?;
    let members = tx.team_members(known.id).await?;
    Ok(Json(account::list(&app.node.config, &mut tx, &members).await?))
}

/// `POST /api/outloud/v1/teams/:id/accounts`: takes members in.
pub async fn add(State(app): State<App>, caller: Caller, At(id): At, params: Params) -> Answer<Team> {
    let who = &caller.member("write:lists")?.account;
    let mut tx = app.node.store.begin().await?;
    let known = team::add(&app.node, &mut tx, who, id, &params.ids("account_ids")).await?;
    done(&app, tx, &known, who.id).await
}

/// `DELETE /api/outloud/v1/teams/:id/accounts`: takes members out; oneself to leave.
pub async fn remove(State(app): State<App>, caller: Caller, At(id): At, params: Params) -> Answer<Value> {
    let who = &caller.member("write:lists")?.account;
    let mut tx = app.node.store.begin().await?;
    team::remove(&app.node, &mut tx, who, id, &params.ids("account_ids")).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// `POST /api/outloud/v1/teams/:id/leave`.
pub async fn leave(State(app): State<App>, caller: Caller, At(id): At) -> Answer<Value> {
    let who = &caller.member("write:lists")?.account;
    let mut tx = app.node.store.begin().await?;
    team::remove(&app.node, &mut tx, who, id, &[who.id]).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// `GET /api/outloud/v1/teams/:id/statuses`: what is said in it, for whoever is in it.
pub async fn posts(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Status> {
    let who = &caller.member("read:statuses")?.account;
    let page = page::page(&params, POSTS);
    let mut tx = app.node.store.read().await?;
    let known = team::find(&mut tx, who, id).await?;
    let viewer = Viewer::Member(who.id);
    let posts = tx.team_posts(known.id, viewer, &page).await?;
    posts_page(&app, &mut tx, &uri, &page, as_rows(posts), viewer).await
}
