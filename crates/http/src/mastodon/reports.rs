//! Reporting somebody to the moderators (docs.joinmastodon.org/methods/reports).

use axum::Json;
use axum::extract::State;
use node::report::{self, NewReport};

use super::account;
use super::entities::report::{Report, render};
use crate::auth::Caller;
use crate::params::Params;
use crate::{ApiError, App};

/// `POST /api/v1/reports`.
pub async fn file(State(app): State<App>, caller: Caller, params: Params) -> Result<Json<Report>, ApiError> {
    let who = &caller.member("write:reports")?.account;
    params.required("account_id")?;
    let target = params.number("account_id").ok_or_else(ApiError::not_found)?;
    let mut tx = app.node.store.begin().await?;
    let target = account(&mut tx, target).await?;
    let asked = NewReport {
        post_ids: params.ids("status_ids"),
        comment: params.text("comment").unwrap_or_default(),
        forward: params.flag("forward").unwrap_or(false),
        category: params.filled("category").unwrap_or_default(),
        rule_ids: params.list("rule_ids"),
    };
    let report = report::file(&app.node, &mut tx, who, &target, &asked).await?;
    app.node.commit(tx).await?;
    Ok(Json(render(&app.node.config, &report, &target)))
}
