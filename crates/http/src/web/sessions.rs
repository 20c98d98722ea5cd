//! What a member is signed in with: browsers and apps, each of which can be ended.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use node::identity;

use super::frame::{Frame, form as answer};
use super::security::sign_in;
use super::visitor::Visitor;
use crate::params::Params;
use crate::{ApiError, App};

/// Most that are shown.
const SHOWN: i64 = 200;

struct Line {
    id: i64,
    /// Of the app, or of the browser as far as that is known.
    name: String,
    website: String,
    /// Since when, in words.
    since: String,
    /// When it was last used, in words; empty: never.
    used: String,
    scopes: String,
    is_this: bool,
}

#[derive(Template)]
#[template(path = "sessions.html")]
struct SessionsPage {
    frame: Frame,
    browsers: Vec<Line>,
    apps: Vec<Line>,
}

/// `GET /settings/sessions`.
pub async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    let Some(signed) = &visitor.signed else { return Ok(sign_in("/settings/sessions")) };
    let list = app.node.store.read().await?.signed_in(signed.account.id, app.node.now(), SHOWN).await?;
    let (apps, browsers): (Vec<_>, Vec<_>) = list.into_iter().partition(|s| s.is_app);
    let (t, now) = (visitor.language, app.node.now());
    let used = |at| t.one("sessions-used", "when", t.when(at, now).short);
    let line = |s: storage::SignedIn| Line {
        id: s.id,
        since: t.one("sessions-since", "day", t.day(s.created_at)),
        used: s.last_used_at.map_or_else(String::new, used),
        is_this: s.id == signed.token.id,
        name: match (s.is_app, s.agent.is_empty()) {
            (true, _) => s.app,
            (false, false) => s.agent,
            (false, true) => t.say("sessions-a-browser").into_owned(),
        },
        website: s.website,
        scopes: s.scopes,
    };
    let page = SessionsPage {
        frame: Frame::new(&app, &visitor),
        browsers: browsers.into_iter().map(line).collect(),
        apps: apps.into_iter().map(line).collect(),
    };
    answer(&app, &visitor, StatusCode::OK, &page)
}

/// `POST /settings/sessions/{id}`: ends it.
pub async fn end(
    State(app): State<App>,
    Path(id): Path<i64>,
    visitor: Visitor,
    params: Params,
) -> Result<Response, ApiError> {
    let Some(signed) = &visitor.signed else { return Ok(sign_in("/settings/sessions")) };
    visitor.check(&params)?;
    let mut tx = app.node.store.begin().await?;
    // Twice is as good as once.
    match identity::sign_out(&mut tx, signed.account.id, id).await {
        Ok(()) => app.node.commit(tx).await?,
        Err(node::Error::NotFound) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(Redirect::to("/settings/sessions").into_response())
}
