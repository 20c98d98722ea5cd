//! Who asks to join.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use model::permission::MANAGE_USERS;
use storage::MemberSearch;

use super::super::frame::Frame;
use super::super::language::When;
use super::super::view::Person;
use super::super::visitor::Visitor;
use super::{Keeper, ROWS, older};
use crate::params::Params;
use crate::{ApiError, App, page};

struct Row {
    person: Person,
    email: String,
    confirmed: bool,
    reason: String,
    at: When,
}

#[derive(Template)]
#[template(path = "keeping_waiting.html")]
struct WaitingPage {
    frame: Frame,
    rows: Vec<Row>,
    older: String,
}

/// `GET /keeping/waiting`.
pub async fn list(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let keeper = Keeper::who_may(&app, &visitor, MANAGE_USERS)?;
    let pending = MemberSearch { status: "pending".to_owned(), ..MemberSearch::default() };
    let mut tx = app.node.store.read().await?;
    let found = tx.search_members(&pending, &page::page(&params, ROWS)).await?;
    let ids: Vec<_> = found.iter().map(|a| a.id).collect();
    let members = tx.members_of(&ids).await?;
    drop(tx);
    let (t, now) = (keeper.t(), app.node.now());
    let rows = found.iter().filter_map(|a| {
        let member = members.iter().find(|m| m.account_id == a.id)?;
        Some(Row {
            person: keeper.person(a),
            email: member.email.clone(),
            confirmed: member.confirmed,
            reason: member.reason.clone(),
            at: t.when(member.created_at, now),
        })
    });
    let page = WaitingPage {
        frame: keeper.frame(),
        rows: rows.collect(),
        older: older("/keeping/waiting?", found.len(), ids.last().copied()),
    };
    keeper.show(&page)
}
