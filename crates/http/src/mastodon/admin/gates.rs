//! Who may not join (docs.joinmastodon.org/methods/admin/email_domain_blocks, canonical_email_blocks, ip_blocks).

use axum::Json;
use axum::extract::{OriginalUri, State};
use ipnet::IpNet;
use model::id::Id;
use model::permission::MANAGE_BLOCKS;
use node::gates::{self, NewIpBlock, Severity};
use serde_json::{Value, json};
use storage::{IpBlock, Tx};

use super::{PAGE, keeper, name};
use crate::auth::Caller;
use crate::mastodon::entities::admin::{self, AdminCanonicalEmailBlock, AdminEmailDomainBlock, AdminIpBlock};
use crate::mastodon::{At, Listed, link};
use crate::params::Params;
use crate::rate::Client;
use crate::{ApiError, App, page};

/// Longest comment, in characters.
const COMMENT: usize = 2_000;

fn blank(what: &str) -> ApiError {
    ApiError::unprocessable(format!("Validation failed: {what} can't be blank"))
}

/// `GET /api/v1/admin/email_domain_blocks`.
pub async fn email_domains(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<AdminEmailDomainBlock> {
    keeper(&caller, "admin:read:email_domain_blocks", MANAGE_BLOCKS)?;
    let page = page::page(&params, PAGE);
    let found = app.node.store.read().await?.email_domain_blocks(&page).await?;
    let rows: Vec<_> = found.into_iter().map(|b| (b.id, b)).collect();
    Ok((link(&app, &uri, &page, &rows), Json(rows.iter().map(|(_, b)| admin::email_domain_block(b)).collect())))
}

/// `GET /api/v1/admin/email_domain_blocks/:id`.
pub async fn show_email_domain(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
) -> Result<Json<AdminEmailDomainBlock>, ApiError> {
    keeper(&caller, "admin:read:email_domain_blocks", MANAGE_BLOCKS)?;
    let found = app.node.store.read().await?.email_domain_block(id).await?;
    Ok(Json(admin::email_domain_block(&found.ok_or_else(ApiError::not_found)?)))
}

/// `POST /api/v1/admin/email_domain_blocks` with `domain`, and `allow_with_approval`.
pub async fn block_email_domain(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<AdminEmailDomainBlock>, ApiError> {
    let signed = keeper(&caller, "admin:write:email_domain_blocks", MANAGE_BLOCKS)?;
    let domain = params.filled("domain").ok_or_else(|| blank("Domain"))?;
    let with_approval = params.flag("allow_with_approval").unwrap_or(false);
    let mut tx = app.node.store.begin().await?;
    let by = name(&app, signed);
    let made = gates::block_email_domain(&app.node, &mut tx, &by, &domain, with_approval).await?;
    app.node.commit(tx).await?;
    Ok(Json(admin::email_domain_block(&made)))
}

/// `DELETE /api/v1/admin/email_domain_blocks/:id`.
pub async fn unblock_email_domain(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Value>, ApiError> {
    let signed = keeper(&caller, "admin:write:email_domain_blocks", MANAGE_BLOCKS)?;
    let mut tx = app.node.store.begin().await?;
    gates::unblock_email_domain(&app.node, &mut tx, &name(&app, signed), id).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// `GET /api/v1/admin/canonical_email_blocks`.
pub async fn emails(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<AdminCanonicalEmailBlock> {
    keeper(&caller, "admin:read:canonical_email_blocks", MANAGE_BLOCKS)?;
    let page = page::page(&params, PAGE);
    let found = app.node.store.read().await?.canonical_email_blocks(&page).await?;
    let rows: Vec<_> = found.into_iter().map(|b| (b.id, b)).collect();
    Ok((link(&app, &uri, &page, &rows), Json(rows.iter().map(|(_, b)| admin::canonical_email_block(b)).collect())))
}

/// `GET /api/v1/admin/canonical_email_blocks/:id`.
pub async fn show_email(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
) -> Result<Json<AdminCanonicalEmailBlock>, ApiError> {
    keeper(&caller, "admin:read:canonical_email_blocks", MANAGE_BLOCKS)?;
    let found = app.node.store.read().await?.canonical_email_block(id).await?;
    Ok(Json(admin::canonical_email_block(&found.ok_or_else(ApiError::not_found)?)))
}

/// The hash of the address that a request names.
fn hash_of(params: &Params) -> Result<Option<String>, ApiError> {
    let Some(email) = params.filled("email") else { return Ok(None) };
    let wrong = || ApiError::unprocessable("Validation failed: Email is not an e-mail address");
    gates::canonical_hash(&email).map(Some).ok_or_else(wrong)
}

/// `POST /api/v1/admin/canonical_email_blocks/test` with `email`: the blocks that it meets.
pub async fn test_email(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<Vec<AdminCanonicalEmailBlock>>, ApiError> {
    keeper(&caller, "admin:read:canonical_email_blocks", MANAGE_BLOCKS)?;
    let hash = hash_of(&params)?;
    let hash = hash.ok_or_else(|| ApiError::bad_request("Missing required parameter: email"))?;
    let found = app.node.store.read().await?.canonical_email_block_of(&hash).await?;
    Ok(Json(found.iter().map(admin::canonical_email_block).collect()))
}

/// `POST /api/v1/admin/canonical_email_blocks` with `email`, or with `canonical_email_hash`.
pub async fn block_email(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<AdminCanonicalEmailBlock>, ApiError> {
    let signed = keeper(&caller, "admin:write:canonical_email_blocks", MANAGE_BLOCKS)?;
    let hash = hash_of(&params)?.or_else(|| params.filled("canonical_email_hash"));
    let hash = hash.ok_or_else(|| blank("Canonical email hash"))?;
    let mut tx = app.node.store.begin().await?;
    let made = gates::block_email(&app.node, &mut tx, &name(&app, signed), &hash).await?;
    app.node.commit(tx).await?;
    Ok(Json(admin::canonical_email_block(&made)))
}

/// `DELETE /api/v1/admin/canonical_email_blocks/:id`.
pub async fn unblock_email(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Value>, ApiError> {
    let signed = keeper(&caller, "admin:write:canonical_email_blocks", MANAGE_BLOCKS)?;
    let mut tx = app.node.store.begin().await?;
    gates::unblock_email(&app.node, &mut tx, &name(&app, signed), id).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// `GET /api/v1/admin/ip_blocks`.
pub async fn networks(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<AdminIpBlock> {
    keeper(&caller, "admin:read:ip_blocks", MANAGE_BLOCKS)?;
    let page = page::page(&params, PAGE);
    let now = app.node.now();
    let mut rows: Vec<(Id, IpBlock)> =
        app.node.store.read().await?.ip_blocks().await?.into_iter().map(|b| (b.id, b)).collect();
    rows.retain(|(id, b)| *id > page.above() && *id < page.below() && b.expires_at.is_none_or(|at| now < at));
    let most = usize::try_from(page.limit).unwrap_or(0);
    if page.upwards() {
        rows.drain(..rows.len().saturating_sub(most));
    }
    rows.truncate(most);
    Ok((link(&app, &uri, &page, &rows), Json(rows.iter().map(|(_, b)| admin::ip_block(b)).collect())))
}

/// One whose time is not over. There are few: every process has all of them in memory.
async fn network(app: &App, tx: &mut Tx, id: Id) -> Result<IpBlock, ApiError> {
    let now = app.node.now();
    let found = tx.ip_blocks().await?.into_iter().find(|b| b.id == id && b.expires_at.is_none_or(|at| now < at));
    found.ok_or_else(ApiError::not_found)
}

/// `GET /api/v1/admin/ip_blocks/:id`.
pub async fn show_network(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<AdminIpBlock>, ApiError> {
    keeper(&caller, "admin:read:ip_blocks", MANAGE_BLOCKS)?;
    let mut tx = app.node.store.read().await?;
    Ok(Json(admin::ip_block(&network(&app, &mut tx, id).await?)))
}

/// What a request says about a network; what it does not name is as in `known`.
fn wanted(app: &App, params: &Params, known: Option<&IpBlock>) -> Result<NewIpBlock, ApiError> {
    let typed = params.filled("ip").or_else(|| known.map(|b| b.network.clone())).ok_or_else(|| blank("IP"))?;
    let network: IpNet =
        gates::network(&typed).ok_or_else(|| ApiError::unprocessable("Validation failed: IP is not an IP address"))?;
    let severity = params.filled("severity").or_else(|| known.map(|b| b.severity.clone()));
    let severity = severity.ok_or_else(|| blank("Severity"))?;
    let severity = Severity::from_name(&severity)
        .ok_or_else(|| ApiError::unprocessable("Validation failed: Severity is not included in the list"))?;
    let comment = params.text("comment").or_else(|| known.map(|b| b.comment.clone())).unwrap_or_default();
    if comment.chars().count() > COMMENT {
        return Err(ApiError::unprocessable(format!(
            "Validation failed: Comment is too long (maximum is {COMMENT} characters)"
        )));
    }
    // Said to be nothing is without end; not said at all is as before.
    let expires_in = match params.span("expires_in", "Expires in")? {
        Some(span) => Some(span / 1_000),
        None if params.has("expires_in") => None,
        None => known.and_then(|b| b.expires_at).map(|at| ((at - app.node.now()) / 1_000).max(1)),
    };
    Ok(NewIpBlock { network, severity, comment, expires_in })
}

/// `POST /api/v1/admin/ip_blocks` with `ip`, `severity`, and `comment` and `expires_in` (seconds).
pub async fn block_network(
    State(app): State<App>,
    Client(from): Client,
    caller: Caller,
    params: Params,
) -> Result<Json<AdminIpBlock>, ApiError> {
    let signed = keeper(&caller, "admin:write:ip_blocks", MANAGE_BLOCKS)?;
    let wanted = wanted(&app, &params, None)?;
    let mut tx = app.node.store.begin().await?;
    let made = gates::block_network(&app.node, &mut tx, &name(&app, signed), Some(from), &wanted).await?;
    done(&app, tx).await?;
    Ok(Json(admin::ip_block(&made)))
}

/// `PUT /api/v1/admin/ip_blocks/:id`.
pub async fn change_network(
    State(app): State<App>,
    Client(from): Client,
    caller: Caller,
    At(id): At,
    params: Params,
) -> Result<Json<AdminIpBlock>, ApiError> {
    let signed = keeper(&caller, "admin:write:ip_blocks", MANAGE_BLOCKS)?;
    let mut tx = app.node.store.begin().await?;
    let known = network(&app, &mut tx, id).await?;
    let wanted = wanted(&app, &params, Some(&known))?;
    let made = gates::change_network(&app.node, &mut tx, &name(&app, signed), Some(from), &known, &wanted).await?;
    done(&app, tx).await?;
    Ok(Json(admin::ip_block(&made)))
}

/// `DELETE /api/v1/admin/ip_blocks/:id`.
pub async fn unblock_network(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Value>, ApiError> {
    let signed = keeper(&caller, "admin:write:ip_blocks", MANAGE_BLOCKS)?;
    let mut tx = app.node.store.begin().await?;
    let known = network(&app, &mut tx, id).await?;
    gates::unblock_network(&app.node, &mut tx, &name(&app, signed), &known).await?;
    done(&app, tx).await?;
    Ok(Json(json!({})))
}

/// Takes effect in this process at once, and in the others within a moment.
async fn done(app: &App, tx: Tx) -> Result<(), ApiError> {
    app.node.commit(tx).await?;
    app.node.read_networks().await?;
    Ok(())
}
