//! `POST /api/v1/accounts`: somebody joins with an app (Mastodon's methods/accounts#create).

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use node::login;
use serde_json::Value;

use super::token::{no_store, token_entity};
use crate::auth::Caller;
use crate::params::Params;
use crate::rate::{Address, Client};
use crate::signup::{Door, Form, is_open, sign_up as join};
use crate::{ApiError, App};

/// Answers a token of the new member; where somebody must approve, it works from then on.
pub async fn sign_up(
    State(app): State<App>,
    Address(address): Address,
    Client(from): Client,
    caller: Caller,
    params: Params,
) -> Result<(HeaderMap, Json<Value>), ApiError> {
    let (token, scopes) = match caller {
        Caller::Nobody => return Err(ApiError::unauthorised()),
        Caller::Member(_) => return Err(ApiError::forbidden("This is for apps that speak for themselves")),
        Caller::App { token, scopes } => (token, scopes),
    };
    if !scopes.allow("write:accounts") {
        return Err(ApiError::out_of_scope());
    }
    if !is_open(&app) {
        return Err(ApiError::forbidden("Registrations are not open on this server"));
    }
    app.limits.sign_up(address, app.node.now())?;
    let text = |name| params.text(name).unwrap_or_default();
    let form = Form {
        username: text("username"),
        email: text("email"),
        password: text("password"),
        reason: text("reason"),
        locale: text("locale"),
        agreement: params.flag("agreement").unwrap_or(false),
        tag_sharing: match params.group("outloud") {
            Some(own) => own.strict_flag("tag_sharing", "Tag sharing")?,
            None => None,
        },
    };
    let account = join(&app, Door::Open, from, &form).await?;
    let mut tx = app.node.store.begin().await?;
    let (secret, issued) = login::issue_token(&app.node, &mut tx, token.app_id, Some(account.id), &scopes).await?;
    app.node.commit(tx).await?;
    Ok((no_store(), Json(token_entity(&secret, &issued))))
}
