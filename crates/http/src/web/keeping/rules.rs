//! The rules that people agree to.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use model::account::Role;
use node::texts;
use storage::{Rule, Tx};

use super::super::frame::Frame;
use super::super::visitor::Visitor;
use super::Keeper;
use crate::params::Params;
use crate::{ApiError, App};

#[derive(Template)]
#[template(path = "keeping_rules.html")]
struct RulesPage {
    frame: Frame,
    rules: Vec<Rule>,
}

/// `GET /keeping/rules`.
pub async fn list(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    let keeper = Keeper::of(&app, &visitor, Role::Admin)?;
    let rules = app.node.store.read().await?.rules().await?;
    keeper.show(&RulesPage { frame: keeper.frame(), rules })
}

/// `POST /keeping/rules` with `text` and `hint`.
pub async fn add(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let keeper = Keeper::of(&app, &visitor, Role::Admin)?;
    let deed = async {
        let (text, hint) = (params.text("text").unwrap_or_default(), params.text("hint").unwrap_or_default());
        let mut tx = keeper.begin().await?;
        texts::add_rule(&app.node, &mut tx, &keeper.name(), &text, &hint).await?;
        keeper.commit(tx).await
    };
    keeper.done(&params, "/keeping/rules", deed).await
}

/// `POST /keeping/rules/change` with `id`, `text` and `hint`.
pub async fn change(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let keeper = Keeper::of(&app, &visitor, Role::Admin)?;
    let deed = async {
        let (text, hint) = (params.text("text").unwrap_or_default(), params.text("hint").unwrap_or_default());
        let mut tx = keeper.begin().await?;
        let place = place(&mut tx, &params).await?;
        texts::change_rule(&app.node, &mut tx, &keeper.name(), place, &text, Some(&hint)).await?;
        keeper.commit(tx).await
    };
    keeper.done(&params, "/keeping/rules", deed).await
}

/// Where in the list the rule stands that a form names.
async fn place(tx: &mut Tx, params: &Params) -> Result<usize, ApiError> {
    let id = params.number("id").ok_or_else(ApiError::not_found)?;
    let place = tx.rules().await?.iter().position(|r| r.id == id);
    Ok(place.ok_or_else(ApiError::not_found)? + 1)
}

/// `POST /keeping/rules/remove` with `id`.
pub async fn remove(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let keeper = Keeper::of(&app, &visitor, Role::Admin)?;
    let deed = async {
        let mut tx = keeper.begin().await?;
        let place = place(&mut tx, &params).await?;
        texts::remove_rule(&app.node, &mut tx, &keeper.name(), place).await?;
        keeper.commit(tx).await
    };
    keeper.done(&params, "/keeping/rules", deed).await
}
