//! `/oauth/token` and `/oauth/revoke`: secrets for programs. Nothing here is ever logged.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use model::clock::SECOND;
use node::login::{self, Scopes};
use node::random::hash;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use storage::{App as OauthApp, Code, Token};

use crate::auth::client;
use crate::params::Params;
use crate::{ApiError, App};

/// For answers that carry a secret (RFC 6749 5.1).
pub fn no_store() -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    headers
}

/// Mastodon's `Token` entity.
pub fn token_entity(secret: &str, token: &Token) -> Value {
    json!({
        "access_token": secret,
        "token_type": "Bearer",
        "scope": token.scopes,
        "created_at": token.created_at / SECOND,
    })
}

fn refused(code: &str, words: &str) -> ApiError {
    ApiError::oauth(StatusCode::BAD_REQUEST, code, words)
}

fn bad_grant() -> ApiError {
    refused(
        "invalid_grant",
        "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.",
    )
}

/// The client's id and secret: from `Authorization: Basic`, where both are form-encoded (RFC 6749 2.3.1), else from the body.
fn credentials(headers: &HeaderMap, params: &Params) -> (String, String) {
    let basic = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.split_once(' '));
    let basic = basic.filter(|(kind, _)| kind.eq_ignore_ascii_case("basic"));
    let text =
        basic.and_then(|(_, text)| BASE64_STANDARD.decode(text.trim()).ok()).and_then(|b| String::from_utf8(b).ok());
    match text.as_deref().and_then(|t| t.split_once(':')) {
        Some((id, secret)) => (decoded(id), decoded(secret)),
        None => (params.text("client_id").unwrap_or_default(), params.text("client_secret").unwrap_or_default()),
    }
}

fn decoded(text: &str) -> String {
    // A name without a value, so that `=` and `&` in a raw secret end nothing.
    let safe = text.replace('&', "%26").replace('=', "%3D");
    url::form_urlencoded::parse(safe.as_bytes()).next().map_or_else(String::new, |(name, _)| name.into_owned())
}

/// `POST /oauth/token`.
pub async fn token(
    State(app): State<App>,
    headers: HeaderMap,
    params: Params,
) -> Result<(HeaderMap, Json<Value>), ApiError> {
    let grant = params
        .filled("grant_type")
        .ok_or_else(|| refused("invalid_request", "Missing required parameter: grant_type."))?;
    if !["authorization_code", "client_credentials"].contains(&grant.as_str()) {
        return Err(refused(
            "unsupported_grant_type",
            "The authorization grant type is not supported by the authorization server.",
        ));
    }
    let (id, secret) = credentials(&headers, &params);
    let oauth_app = client(&app, &id, &secret).await?;
    let (secret, token) = match grant.as_str() {
        "client_credentials" => client_credentials(&app, &oauth_app, &params).await?,
        _ => authorization_code(&app, &oauth_app, &params).await?,
    };
    Ok((no_store(), Json(token_entity(&secret, &token))))
}

/// An app's own token.
async fn client_credentials(app: &App, oauth_app: &OauthApp, params: &Params) -> Result<(String, Token), ApiError> {
    let invalid = || refused("invalid_scope", "The requested scope is invalid, unknown, or malformed.");
    let registered = Scopes::parse(&oauth_app.scopes).ok_or_else(invalid)?;
    let scopes = match params.filled("scope") {
        Some(asked) => Scopes::parse(&asked).filter(|asked| registered.contain(asked)).ok_or_else(invalid)?,
        None => Scopes::parse("read").filter(|read| registered.contain(read)).unwrap_or(registered),
    };
    let mut tx = app.node.store.begin().await?;
    let issued = login::issue_token(&app.node, &mut tx, Some(oauth_app.id), None, &scopes).await?;
    app.node.commit(tx).await?;
    Ok(issued)
}

/// A member's token for a code. The code is gone afterwards, also when something does not fit.
async fn authorization_code(app: &App, oauth_app: &OauthApp, params: &Params) -> Result<(String, Token), ApiError> {
    let missing = |name: &str| refused("invalid_request", &format!("Missing required parameter: {name}."));
    let secret = params.filled("code").ok_or_else(|| missing("code"))?;
    let redirect_uri = params.filled("redirect_uri").ok_or_else(|| missing("redirect_uri"))?;
    let mut tx = app.node.store.begin().await?;
    let code = login::take_code(&app.node, &mut tx, &secret).await?;
    let fits = code.filter(|code| {
        code.app_id == oauth_app.id
            && code.redirect_uri == redirect_uri
            && is_verified(code, &params.text("code_verifier").unwrap_or_default())
    });
    let scopes = fits.as_ref().and_then(|code| Scopes::parse(&code.scopes));
    let (Some(code), Some(scopes)) = (fits, scopes) else {
        app.node.commit(tx).await?;
        return Err(bad_grant());
    };
    let issued = login::issue_token(&app.node, &mut tx, Some(oauth_app.id), Some(code.account_id), &scopes).await?;
    app.node.commit(tx).await?;
    Ok(issued)
}

/// PKCE with S256 (RFC 7636 4.6). A verifier without a challenge: the client began with one, and was handed a code that somebody
/// else asked for without (RFC 9700 2.1.1).
fn is_verified(code: &Code, verifier: &str) -> bool {
    if code.code_challenge.is_empty() {
        return verifier.is_empty();
    }
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    // Hashes are compared, so that the time it takes says nothing.
    (43..=128).contains(&verifier.len()) && hash(&challenge) == hash(&code.code_challenge)
}

/// `POST /oauth/revoke` (RFC 7009).
pub async fn revoke(State(app): State<App>, headers: HeaderMap, params: Params) -> Result<Json<Value>, ApiError> {
    let (id, secret) = credentials(&headers, &params);
    let oauth_app = client(&app, &id, &secret).await?;
    let theirs = params.text("token").unwrap_or_default();
    let mut tx = app.node.store.begin().await?;
    // What is not there any more is revoked.
    if let Some(token) = login::token(&app.node, &mut tx, &theirs).await? {
        if token.app_id != Some(oauth_app.id) {
            let words = "You are not authorized to revoke this token";
            return Err(ApiError::oauth(StatusCode::FORBIDDEN, "unauthorized_client", words));
        }
        tx.delete_token(token.id).await?;
    }
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_shows_itself_in_the_header_or_in_the_body() {
        let params = Params::from_urlencoded("client_id=body&client_secret=s1");
        let mut headers = HeaderMap::new();
        assert_eq!(credentials(&headers, &params), ("body".to_owned(), "s1".to_owned()));
        let basic = format!("Basic {}", BASE64_STANDARD.encode("head:a%2Bb=&c:d"));
        headers.insert(header::AUTHORIZATION, HeaderValue::from_str(&basic).unwrap());
        assert_eq!(credentials(&headers, &params), ("head".to_owned(), "a+b=&c:d".to_owned()));
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Basic %%%"));
        assert_eq!(credentials(&headers, &params).0, "body");
    }
}
