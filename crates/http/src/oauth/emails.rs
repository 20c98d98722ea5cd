//! `/api/v1/emails`: an app waits with a new member until their address is confirmed (Mastodon's methods/emails).

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use node::identity;
use serde_json::{Value, json};

use crate::auth::{Caller, Session, Signed, bearer, holder_of};
use crate::params::Params;
use crate::rate::Address;
use crate::{ApiError, App};

/// The member behind a token, whether or not they may act yet. Who was shut out is told so.
async fn holder(app: &App, headers: &HeaderMap) -> Result<Box<Signed>, ApiError> {
    let secret = bearer(headers).ok_or_else(ApiError::unauthorised)?;
    match holder_of(app, secret).await? {
        Caller::Member(signed) if node::login::is_closed(&signed.account, &signed.member) => {
            Err(ApiError::forbidden("Your login is currently disabled"))
        }
        Caller::Member(signed) => Ok(signed),
        _ => Err(ApiError::unprocessable("This method requires an authenticated user")),
    }
}

/// `POST /api/v1/emails/confirmations`: another letter, with `email` to another address.
pub async fn send_again(
    State(app): State<App>,
    Address(address): Address,
    headers: HeaderMap,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let signed = holder(&app, &headers).await?;
    // It may change the address.
    if !signed.scopes.allow("write:accounts") {
        return Err(ApiError::out_of_scope());
    }
    app.limits.mail(address, &signed.account.username, app.node.now())?;
    let mut tx = app.node.store.begin().await?;
    identity::ask_again(&app.node, &mut tx, &signed.member, params.filled("email").as_deref()).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// `GET /api/v1/emails/check_confirmation`: whether the address is confirmed.
pub async fn check(State(app): State<App>, headers: HeaderMap, session: Session) -> Result<Json<bool>, ApiError> {
    let known = session.signed.or(session.waiting);
    let signed = match known {
        Some(signed) if bearer(&headers).is_none() => signed,
        _ => holder(&app, &headers).await?,
    };
    if !signed.scopes.allow("read:accounts") {
        return Err(ApiError::out_of_scope());
    }
    Ok(Json(signed.member.confirmed))
}
