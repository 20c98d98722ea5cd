//! OAuth 2 for clients of the Mastodon API (RFC 6749, 7009, 7636, 8414; Mastodon's documentation, methods/oauth and methods/apps).
//! Tokens do not expire, and there are two grants: a member's, by code, and an app's own.

mod apps;
mod authorize;
mod emails;
mod metadata;
mod redirect;
mod sign_up;
mod token;

use axum::Router;
use axum::routing::{get, post};

use crate::App;

/// Pages: no other origin may call them.
pub fn routes() -> Router<App> {
    Router::new().route("/oauth/authorize", get(authorize::show).post(authorize::decide))
}

/// What web clients call from their own origin.
pub fn open_routes() -> Router<App> {
    Router::new()
        .route("/.well-known/oauth-authorization-server", get(metadata::metadata))
        .route("/api/v1/apps", post(apps::register))
        .route("/api/v1/apps/verify_credentials", get(apps::verify))
        .route("/api/v1/accounts", post(sign_up::sign_up))
        .route("/api/v1/emails/confirmations", post(emails::send_again))
        .route("/api/v1/emails/check_confirmation", get(emails::check))
        .route("/oauth/token", post(token::token))
        .route("/oauth/revoke", post(token::revoke))
        .route("/oauth/userinfo", get(metadata::userinfo).post(metadata::userinfo))
}
