//! Who asks: the bearer of a token, an app, a browser with a session, or nobody we know.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use model::account::{Account, Member};
use model::audience::Viewer;
use node::login::{self, Scopes};
use storage::{App as OauthApp, Token};

use crate::{ApiError, App};

/// The name of the session cookie. `__Host-` binds it to our origin where that has TLS; without, browsers share cookies
/// between the ports of a host, so the port is in the name.
pub fn session_cookie(app: &App) -> String {
    let config = &app.node.config;
    if config.origin.starts_with("https://") {
        return "__Host-session".to_owned();
    }
    format!("session-{}", config.host().rsplit_once(':').map_or("80", |(_, port)| port))
}

/// Whoever asks, as their token says. A token that is not valid is an error: the client must know.
#[derive(Clone, Debug)]
pub enum Caller {
    Nobody,
    /// An app that speaks for itself.
    App {
        token: Token,
        scopes: Scopes,
    },
    Member(Box<Signed>),
}

/// A member, and what the token they came with allows.
#[derive(Clone, Debug)]
pub struct Signed {
    pub account: Account,
    pub member: Member,
    pub token: Token,
    pub scopes: Scopes,
}

impl Caller {
    /// The member who asks, if their token covers `scope`; else the error that says what is missing.
    pub fn member(&self, scope: &str) -> Result<&Signed, ApiError> {
        match self {
            Self::Nobody => Err(ApiError::unauthorised()),
            Self::App { .. } => Err(ApiError::unprocessable("This method requires an authenticated user")),
            Self::Member(signed) if signed.scopes.allow(scope) => Ok(signed),
            Self::Member(_) => Err(ApiError::out_of_scope()),
        }
    }

    /// For what everybody may ask: who sees the answer. A token that does not cover `scope` is refused.
    pub fn viewer(&self, scope: &str) -> Result<Viewer, ApiError> {
        match self {
            Self::Nobody | Self::App { .. } => Ok(Viewer::Anyone),
            Self::Member(_) => Ok(Viewer::Member(self.member(scope)?.account.id)),
        }
    }

    /// The member who asks, whatever their token covers.
    pub fn any_member(&self) -> Result<&Signed, ApiError> {
        match self {
            Self::Member(signed) => Ok(signed),
            other => other.member(""),
        }
    }

    /// The member, if one asks.
    pub fn known(&self) -> Option<&Signed> {
        match self {
            Self::Member(signed) => Some(signed),
            _ => None,
        }
    }
}

/// Reads `Authorization: Bearer …`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (kind, token) = value.split_once(' ')?;
    kind.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Who a secret belongs to, if they may act.
pub async fn caller_of(app: &App, secret: &str) -> Result<Caller, ApiError> {
    let caller = holder_of(app, secret).await?;
    let Caller::Member(signed) = &caller else { return Ok(caller) };
    login::may_act(&signed.account, &signed.member)?;
    let hour_ago = app.node.now() - model::clock::HOUR;
    let is_old = |at: Option<model::clock::Millis>| at.is_none_or(|at| at < hour_ago);
    if is_old(signed.member.last_active_at) || is_old(signed.token.last_used_at) {
        let mut tx = app.node.store.begin().await?;
        node::accounts::seen(&mut tx, signed.account.id, signed.token.id, app.node.now()).await?;
        app.node.commit(tx).await?;
    }
    Ok(caller)
}

/// Who a secret belongs to, whether or not they may act.
pub async fn holder_of(app: &App, secret: &str) -> Result<Caller, ApiError> {
    let mut tx = app.node.store.read().await?;
    let token = login::token(&app.node, &mut tx, secret).await?.ok_or_else(ApiError::unauthorised)?;
    let scopes = Scopes::parse(&token.scopes).ok_or_else(ApiError::unauthorised)?;
    let Some(account) = token.account_id else { return Ok(Caller::App { token, scopes }) };
    let account = tx.account(account).await?.ok_or_else(ApiError::unauthorised)?;
    let member = tx.member(account.id).await?.ok_or_else(ApiError::unauthorised)?;
    Ok(Caller::Member(Box::new(Signed { account, member, token, scopes })))
}

impl<S> FromRequestParts<S> for Caller
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        // The rate limits had to know, too.
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        let app = App::from_ref(state);
        match bearer(&parts.headers) {
            Some(secret) => {
                let secret = secret.to_owned();
                caller_of(&app, &secret).await
            }
            None => Ok(Self::Nobody),
        }
    }
}

/// A browser's session. A cookie that is not valid is no session.
#[derive(Debug, Default)]
pub struct Session {
    /// The member who is signed in, if one is.
    pub signed: Option<Box<Signed>>,
    /// Somebody who has yet to confirm their address, and can do nothing but that.
    pub waiting: Option<Box<Signed>>,
}

impl<S> FromRequestParts<S> for Session
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let app = App::from_ref(state);
        let jar = axum_extra::extract::CookieJar::from_headers(&parts.headers);
        let Some(secret) = jar.get(&session_cookie(&app)).map(|c| c.value().to_owned()) else {
            return Ok(Self::default());
        };
        match holder_of(&app, &secret).await {
            // A session never came from an app's token, whatever is in the cookie.
            Ok(Caller::Member(signed)) if signed.token.app_id.is_none() => {
                if !signed.member.confirmed && !login::is_closed(&signed.account, &signed.member) {
                    return Ok(Self { waiting: Some(signed), signed: None });
                }
                match caller_of(&app, &secret).await {
                    Ok(Caller::Member(signed)) => Ok(Self { signed: Some(signed), waiting: None }),
                    Err(e) if e.status.is_server_error() => Err(e),
                    _ => Ok(Self::default()),
                }
            }
            Ok(_) => Ok(Self::default()),
            Err(e) if e.status.is_server_error() => Err(e),
            Err(_) => Ok(Self::default()),
        }
    }
}

/// The app behind a client id and secret, from the form or from `Authorization: Basic` (RFC 6749 2.3.1).
pub async fn client(app: &App, id: &str, secret: &str) -> Result<OauthApp, ApiError> {
    let found = app.node.store.read().await?.app_by_client_id(id).await?;
    found.filter(|a| login::is_app_secret(a, secret)).ok_or_else(invalid_client)
}

/// The words that clients look for (RFC 6749, section 5.2; docs.joinmastodon.org/methods/oauth).
pub fn invalid_client() -> ApiError {
    ApiError::oauth(
        axum::http::StatusCode::UNAUTHORIZED,
        "invalid_client",
        "Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.",
    )
}
