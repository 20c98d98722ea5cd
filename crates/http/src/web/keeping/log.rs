//! What those who look after the node did, and when.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use model::account::Role;
use storage::Action;

use super::super::frame::Frame;
use super::super::language::{Language, When};
use super::super::visitor::Visitor;
use super::{Keeper, ROWS, older, query};
use crate::params::Params;
use crate::{ApiError, App, page};

/// A line of the log.
pub struct Line {
    pub actor: String,
    pub action: String,
    pub subject: String,
    pub detail: String,
    pub at: When,
}

impl Line {
    pub fn new(t: Language, action: Action, now: i64) -> Self {
        let at = t.when(action.created_at, now);
        Self { actor: action.actor, action: action.action, subject: action.subject, detail: action.detail, at }
    }
}

#[derive(Template)]
#[template(path = "keeping_log.html")]
struct LogPage {
    frame: Frame,
    /// Whose deeds are wanted, or deeds about whom.
    who: String,
    is_about: bool,
    lines: Vec<Line>,
    older: String,
}

/// `GET /keeping/log?who=…&which=about`: of somebody as the log has them, what they did, or what was done about them or it.
pub async fn list(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let keeper = Keeper::of(&app, &visitor, Role::Moderator)?;
    let who = whole(&app, params.text("who").unwrap_or_default().trim());
    let is_about = params.text("which").as_deref() == Some("about");
    let part = page::page(&params, ROWS);
    let mut tx = app.node.store.read().await?;
    let found = match who.as_str() {
        "" => tx.actions(&part).await?,
        who if is_about => tx.actions_about(who, &part).await?,
        who => tx.actions_by(who, &part).await?,
    };
    drop(tx);
    let path = format!("/keeping/log?{}", query(&[("who", &who), ("which", if is_about { "about" } else { "" })]));
    let older = older(&path, found.len(), found.last().map(|a| a.id));
    let now = app.node.now();
    let lines = found.into_iter().map(|a| Line::new(keeper.t(), a, now)).collect();
    keeper.show(&LogPage { frame: keeper.frame(), who, is_about, lines, older })
}

/// Somebody as the log has them: of ours with the domain, which few type. What is no handle stays as it is.
fn whole(app: &App, typed: &str) -> String {
    let name = typed.trim_start_matches('@');
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_name { format!("{name}@{}", app.node.config.handle_domain) } else { name.to_owned() }
}
