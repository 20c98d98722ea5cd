//! Reports (docs.joinmastodon.org/methods/admin/reports).

use axum::Json;
use axum::extract::{OriginalUri, State};
use model::id::Id;
use model::permission::MANAGE_REPORTS;
use node::report::{self, Keeper};
use storage::{ReportFilter, Tx};

use super::{PAGE, keeper, name};
use crate::auth::{Caller, Signed};
use crate::mastodon::entities::admin::{self, AdminReport};
use crate::mastodon::{At, Listed, link};
use crate::params::Params;
use crate::{ApiError, App, page};

/// `GET /api/v1/admin/reports`: those that wait, or with `resolved` those that do not; by `account_id`, about `target_account_id`.
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<AdminReport> {
    let signed = keeper(&caller, "admin:read:reports", MANAGE_REPORTS)?;
    let page = page::page(&params, PAGE);
    let by = ReportFilter {
        closed: Some(params.flag("resolved").unwrap_or(false)),
        reporter: params.number("account_id"),
        target: params.number("target_account_id"),
    };
    let mut tx = app.node.store.read().await?;
    let found = tx.reports(&by, &page).await?;
    let rows: Vec<_> = found.into_iter().map(|r| (r.id, r)).collect();
    let headers = link(&app, &uri, &page, &rows);
    let found: Vec<_> = rows.into_iter().map(|(_, r)| r).collect();
    Ok((headers, Json(admin::reports(&app, &mut tx, &found, signed.account.id).await?)))
}

async fn one(app: &App, tx: &mut Tx, id: Id, viewer: Id) -> Result<AdminReport, ApiError> {
    let found = tx.report(id).await?.ok_or_else(ApiError::not_found)?;
    admin::reports(app, tx, &[found], viewer).await?.pop().ok_or_else(ApiError::not_found)
}

/// `GET /api/v1/admin/reports/:id`.
pub async fn show(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<AdminReport>, ApiError> {
    let signed = keeper(&caller, "admin:read:reports", MANAGE_REPORTS)?;
    let mut tx = app.node.store.read().await?;
    Ok(Json(one(&app, &mut tx, id, signed.account.id).await?))
}

/// What is done with a report.
enum Deed {
    Resolve,
    Reopen,
    Take,
    Leave,
    Refile(Option<String>, Option<Vec<String>>),
}

async fn act(app: &App, caller: &Caller, id: Id, deed: Deed) -> Result<Json<AdminReport>, ApiError> {
    let signed: &Signed = keeper(caller, "admin:write:reports", MANAGE_REPORTS)?;
    let (node, who) = (&app.node, signed.account.id);
    let handle = name(app, signed);
    let by = Keeper { name: &handle, id: Some(who) };
    let mut tx = node.store.begin().await?;
    match deed {
        Deed::Resolve => drop(report::close(node, &mut tx, by, id, "").await?),
        Deed::Reopen => report::reopen(node, &mut tx, by, id).await?,
        Deed::Take => report::assign(node, &mut tx, by, id, Some(who)).await?,
        Deed::Leave => report::assign(node, &mut tx, by, id, None).await?,
        Deed::Refile(category, rules) => {
            report::refile(node, &mut tx, by, id, category.as_deref(), rules.as_deref()).await?;
        }
    }
    let shown = one(app, &mut tx, id, who).await?;
    node.commit(tx).await?;
    Ok(Json(shown))
}

/// `PUT /api/v1/admin/reports/:id` with `category` and `rule_ids`.
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
    params: Params,
) -> Result<Json<AdminReport>, ApiError> {
    let rules = params.has("rule_ids").then(|| params.list("rule_ids"));
    act(&app, &caller, id, Deed::Refile(params.filled("category"), rules)).await
}

/// `POST /api/v1/admin/reports/:id/assign_to_self`.
pub async fn assign(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<AdminReport>, ApiError> {
    act(&app, &caller, id, Deed::Take).await
}

/// `POST /api/v1/admin/reports/:id/unassign`.
pub async fn unassign(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<AdminReport>, ApiError> {
    act(&app, &caller, id, Deed::Leave).await
}

/// `POST /api/v1/admin/reports/:id/resolve`.
pub async fn resolve(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<AdminReport>, ApiError> {
    act(&app, &caller, id, Deed::Resolve).await
}

/// `POST /api/v1/admin/reports/:id/reopen`.
pub async fn reopen(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<AdminReport>, ApiError> {
    act(&app, &caller, id, Deed::Reopen).await
}
