//! `/api/v1/apps`: clients register themselves, and look up what they registered (Mastodon's methods/apps).

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use node::login::{self, Scopes};
use serde_json::{Value, json};
use storage::App as OauthApp;

use super::redirect::is_acceptable;
use super::token::no_store;
use crate::auth::Caller;
use crate::params::Params;
use crate::{ApiError, App};

/// Most characters of a name, and most addresses of one app.
const NAME: usize = 120;
const ADDRESSES: usize = 20;

/// `POST /api/v1/apps`.
pub async fn register(State(app): State<App>, params: Params) -> Result<(HeaderMap, Json<Value>), ApiError> {
    let name = params.filled("client_name").ok_or_else(|| invalid("Name can't be blank"))?.trim().to_owned();
    if name.chars().count() > NAME {
        return Err(invalid(&format!("Name is too long (maximum is {NAME} characters)")));
    }
    let website = params.filled("website").unwrap_or_default().trim().to_owned();
    let is_web = |u: &url::Url| matches!(u.scheme(), "http" | "https");
    if !website.is_empty() && (website.len() > 2_000 || !url::Url::parse(&website).is_ok_and(|u| is_web(&u))) {
        return Err(invalid("Website must be a valid URL"));
    }
    // Older clients send several in one text.
    let listed = params.list("redirect_uris");
    let redirect_uris: Vec<String> =
        listed.iter().flat_map(|text| text.split_whitespace()).map(str::to_owned).collect();
    if redirect_uris.is_empty() {
        return Err(invalid("Redirect URI can't be blank"));
    }
    if redirect_uris.len() > ADDRESSES || !redirect_uris.iter().all(|uri| is_acceptable(uri)) {
        return Err(invalid("Redirect URI must be an absolute URI that an app may use"));
    }
    let scopes = params.filled("scopes").unwrap_or_else(|| "read".to_owned());
    let scopes = Scopes::parse(&scopes).ok_or_else(|| invalid("Scopes doesn't match configured on the server"))?;
    let vapid = node::push::vapid(&app.node).await?;
    let mut tx = app.node.store.begin().await?;
    let (registered, secret) = login::register_app(&app.node, &mut tx, &name, &website, redirect_uris, &scopes).await?;
    app.node.commit(tx).await?;
    let mut body = application(&registered, &vapid.public);
    if let Some(object) = body.as_object_mut() {
        object.insert("client_id".to_owned(), json!(registered.client_id));
        object.insert("client_secret".to_owned(), json!(secret));
        object.insert("client_secret_expires_at".to_owned(), json!(0));
    }
    Ok((no_store(), Json(body)))
}

fn invalid(words: &str) -> ApiError {
    ApiError::unprocessable(format!("Validation failed: {words}"))
}

/// Mastodon's `Application` entity.
fn application(app: &OauthApp, vapid_key: &str) -> Value {
    json!({
        "id": app.id.to_string(),
        "name": app.name,
        "website": (!app.website.is_empty()).then_some(&app.website),
        "scopes": app.scopes.split_whitespace().collect::<Vec<_>>(),
        "redirect_uri": app.redirect_uris.join("\n"),
        "redirect_uris": app.redirect_uris,
        "vapid_key": vapid_key,
    })
}

/// `GET /api/v1/apps/verify_credentials`, with any token of an app.
pub async fn verify(State(app): State<App>, caller: Caller) -> Result<Json<Value>, ApiError> {
    let token = match &caller {
        Caller::Nobody => return Err(ApiError::unauthorised()),
        Caller::App { token, .. } => token,
        Caller::Member(signed) => &signed.token,
    };
    let id = token.app_id.ok_or_else(ApiError::unauthorised)?;
    let found = app.node.store.read().await?.app(id).await?.ok_or_else(ApiError::unauthorised)?;
    let vapid = node::push::vapid(&app.node).await?;
    Ok(Json(application(&found, &vapid.public)))
}
