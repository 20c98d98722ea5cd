//! What clients read about this authorisation server (RFC 8414), and about who signed in.

use axum::Json;
use axum::extract::State;
use node::login::SCOPES;
use serde_json::{Value, json};

use crate::auth::Caller;
use crate::{ApiError, App};

/// `GET /.well-known/oauth-authorization-server`.
pub async fn metadata(State(app): State<App>) -> Json<Value> {
    let origin = &app.node.config.origin;
    Json(json!({
        "issuer": origin,
        "service_documentation": format!("{origin}/about"),
        "authorization_endpoint": format!("{origin}/oauth/authorize"),
        "token_endpoint": format!("{origin}/oauth/token"),
        "revocation_endpoint": format!("{origin}/oauth/revoke"),
        "userinfo_endpoint": format!("{origin}/oauth/userinfo"),
        "app_registration_endpoint": format!("{origin}/api/v1/apps"),
        // `crypto` is taken from old clients, and nothing stands behind it.
        "scopes_supported": SCOPES.iter().filter(|s| **s != "crypto").collect::<Vec<_>>(),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
    }))
}

/// `GET /oauth/userinfo` and `POST` (OpenID Connect Core 5.3, as far as Mastodon has it).
pub async fn userinfo(State(app): State<App>, caller: Caller) -> Result<Json<Value>, ApiError> {
    let account = &caller.member("profile")?.account;
    let config = &app.node.config;
    let picture = (!account.avatar.is_empty()).then(|| config.media_url(&account.avatar));
    Ok(Json(json!({
        "iss": config.origin,
        "sub": account.uri,
        "name": account.shown_name(),
        "preferred_username": account.username,
        "profile": account.url,
        "picture": picture,
    })))
}
