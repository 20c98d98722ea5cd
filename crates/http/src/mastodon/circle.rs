//! What members keep about others: notes, endorsements, blocked servers; and whom they know in common
//! (docs.joinmastodon.org/methods/accounts, endorsements, domain_blocks).

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::HeaderMap;
use model::id::Id;
use node::circle;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::entities::account::{self, Account};
use super::relations::{Answer, done};
use super::{ACCOUNTS, At, Listed, accounts_page, link};
use crate::auth::Caller;
use crate::params::Params;
use crate::{ApiError, App, page};

/// Accounts of one question, and how many are shown of those who are known in common.
const SEVERAL: usize = 40;
const FAMILIAR: i64 = 40;
/// Servers on a page, by default.
const DOMAINS: i64 = 100;

/// Whom one follows among those who follow an account (entities/FamiliarFollowers).
#[derive(Debug, Serialize, ToSchema)]
pub struct FamiliarFollowers {
    id: String,
    accounts: Vec<Account>,
}

/// `GET /api/v1/accounts/familiar_followers?id[]=`: whom one follows among those who follow each of these.
pub async fn familiar_followers(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<Vec<FamiliarFollowers>>, ApiError> {
    let who = caller.member("read:follows")?.account.id;
    let mut ids = params.ids("id");
    ids.truncate(SEVERAL);
    let mut tx = app.node.store.read().await?;
    let mut there: Vec<Id> = tx.accounts(&ids).await?.iter().filter(|a| !a.hide_collections).map(|a| a.id).collect();
    there.retain(|id| *id != who);
    let found = tx.familiar_followers(who, &there, FAMILIAR).await?;
    let mut list = Vec::with_capacity(ids.len());
    for id in ids {
        let people: Vec<_> = found.iter().filter(|(of, _)| *of == id).map(|(_, a)| a.clone()).collect();
        let people = account::list(&app.node.config, &mut tx, &people).await?;
        list.push(FamiliarFollowers { id: id.to_string(), accounts: people });
    }
    Ok(Json(list))
}

/// `POST /api/v1/accounts/:id/note`.
pub async fn note(State(app): State<App>, caller: Caller, At(id): At, params: Params) -> Answer {
    let signed = caller.member("write:accounts")?;
    let mut tx = app.node.store.begin().await?;
    let target = super::account(&mut tx, id).await?;
    circle::note(&mut tx, &signed.account, &target, &params.text("comment").unwrap_or_default()).await?;
    done(&app, tx, signed.account.id, target.id).await
}

/// `POST /api/v1/accounts/:id/endorse`, also known as `pin`.
pub async fn endorse(State(app): State<App>, caller: Caller, At(id): At) -> Answer {
    let signed = caller.member("write:accounts")?;
    let mut tx = app.node.store.begin().await?;
    let target = super::account(&mut tx, id).await?;
    circle::endorse(&app.node, &mut tx, &signed.account, &target).await?;
    done(&app, tx, signed.account.id, target.id).await
}

/// `POST /api/v1/accounts/:id/unendorse`, also known as `unpin`.
pub async fn unendorse(State(app): State<App>, caller: Caller, At(id): At) -> Answer {
    let signed = caller.member("write:accounts")?;
    let mut tx = app.node.store.begin().await?;
    let target = super::account(&mut tx, id).await?;
    circle::unendorse(&mut tx, &signed.account, &target).await?;
    done(&app, tx, signed.account.id, target.id).await
}

/// `GET /api/v1/endorsements`.
pub async fn endorsements(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Account> {
    let who = caller.member("read:accounts")?.account.id;
    let page = page::page(&params, ACCOUNTS);
    let mut tx = app.node.store.read().await?;
    let rows = tx.endorsed_by(who, &page).await?;
    accounts_page(&app, &mut tx, &uri, &page, rows).await
}

/// `GET /api/v1/accounts/:id/endorsements`: of the members of this node; what others show is theirs to tell.
pub async fn endorsed_by(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Account> {
    let viewer = caller.viewer("read:accounts")?;
    let page = page::page(&params, ACCOUNTS);
    let mut tx = app.node.store.read().await?;
    let owner = super::account(&mut tx, id).await?;
    let closed = owner.is_suspended() || tx.is_blocking(owner.id, viewer.id()).await?;
    let rows = if closed { Vec::new() } else { tx.endorsed_by(owner.id, &page).await? };
    accounts_page(&app, &mut tx, &uri, &page, rows).await
}

/// `GET /api/v1/domain_blocks`.
pub async fn domain_blocks(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Result<(HeaderMap, Json<Vec<String>>), ApiError> {
    let who = caller.member("read:blocks")?.account.id;
    let page = page::page(&params, DOMAINS);
    let rows = app.node.store.read().await?.domain_mutes(who, &page).await?;
    Ok((link(&app, &uri, &page, &rows), Json(rows.into_iter().map(|(_, domain)| domain).collect())))
}

/// `POST /api/v1/domain_blocks`.
pub async fn block_domain(State(app): State<App>, caller: Caller, params: Params) -> Result<Json<Value>, ApiError> {
    let who = &caller.member("write:blocks")?.account;
    let domain = params.required("domain")?;
    let mut tx = app.node.store.begin().await?;
    circle::block_domain(&app.node, &mut tx, who, &domain).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// `DELETE /api/v1/domain_blocks`.
pub async fn unblock_domain(State(app): State<App>, caller: Caller, params: Params) -> Result<Json<Value>, ApiError> {
    let who = &caller.member("write:blocks")?.account;
    let domain = params.required("domain")?;
    let mut tx = app.node.store.begin().await?;
    circle::unblock_domain(&mut tx, who, &domain).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}
