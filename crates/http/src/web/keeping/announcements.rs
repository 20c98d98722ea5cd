//! What all members are told.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use model::account::Role;
use model::clock::{date, parse_from};
use model::id::Id;
use node::texts::{self, NewAnnouncement};

use super::super::frame::Frame;
use super::super::language::When;
use super::super::visitor::Visitor;
use super::Keeper;
use crate::params::Params;
use crate::{ApiError, App};

struct Row {
    id: Id,
    /// HTML.
    content: String,
    /// Its first words.
    words: String,
    at: When,
    /// The day on which it ends; empty: none.
    until: String,
    is_over: bool,
}

#[derive(Template)]
#[template(path = "keeping_announcements.html")]
struct AnnouncementsPage {
    frame: Frame,
    rows: Vec<Row>,
    today: String,
}

/// `GET /keeping/announcements`: all that were not removed.
pub async fn list(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    let keeper = Keeper::of(&app, &visitor, Role::Admin)?;
    let (t, now) = (keeper.t(), app.node.now());
    let all = app.node.store.read().await?.announcements().await?;
    let row = |a: &storage::Announcement| Row {
        id: a.id,
        content: model::html::sanitise(&a.content),
        words: model::html::truncate(&model::html::to_text(&a.content), 40),
        at: t.when(a.created_at, now),
        until: a.ends_at.map_or_else(String::new, |at| t.day(at)),
        is_over: texts::is_over(a, now),
    };
    let page = AnnouncementsPage { frame: keeper.frame(), rows: all.iter().map(row).collect(), today: date(now) };
    keeper.show(&page)
}

/// `POST /keeping/announcements` with `text` (Markdown), and `until`, the last day on which it is told.
pub async fn add(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let keeper = Keeper::of(&app, &visitor, Role::Admin)?;
    let deed = async {
        let ends_at = match params.filled("until") {
            Some(day) => Some(parse_from(&day).ok_or_else(|| ApiError::unprocessable(keeper.t().say("keep-no-day")))?),
            None => None,
        };
        let text = params.text("text").unwrap_or_default().replace("\r\n", "\n");
        let new = NewAnnouncement { text, ends_at, all_day: ends_at.is_some(), ..NewAnnouncement::default() };
        let mut tx = keeper.begin().await?;
        texts::announce(&app.node, &mut tx, &keeper.name(), &new).await?;
        keeper.commit(tx).await
    };
    keeper.done(&params, "/keeping/announcements", deed).await
}

/// `POST /keeping/announcements/{id}/remove`.
pub async fn remove(
    State(app): State<App>,
    Path(id): Path<Id>,
    visitor: Visitor,
    params: Params,
) -> Result<Response, ApiError> {
    let keeper = Keeper::of(&app, &visitor, Role::Admin)?;
    let deed = async {
        let mut tx = keeper.begin().await?;
        texts::unannounce(&app.node, &mut tx, &keeper.name(), id).await?;
        keeper.commit(tx).await
    };
    keeper.done(&params, "/keeping/announcements", deed).await
}
