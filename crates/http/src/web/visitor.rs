//! Whose browser this is, so that a form that comes back is theirs (cross-site request forgery) and a session is new when it
//! begins (fixation).

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use model::account::Account;
use node::login::{self, Scopes};
use node::random::hash;
use node::texts::About;
use storage::Tx;

use super::agent;
use crate::auth::{Session, Signed, session_cookie};
use crate::params::Params;
use crate::{ApiError, App};

/// What somebody who is signed in on the pages may do.
const SESSION_SCOPES: &str = "read write follow push profile";
/// Days that a browser stays signed in; the session itself knows its end, too.
const SESSION_DAYS: u32 = 60;
/// Hours for which a form can be filled in by somebody who is not signed in.
const FORM_HOURS: u32 = 24;

/// Somebody's browser.
#[derive(Debug)]
pub struct Visitor {
    pub signed: Option<Box<Signed>>,
    /// Somebody who has yet to confirm their address.
    pub waiting: Option<Box<Signed>>,
    /// The node has terms of service, to which its pages lead.
    pub terms: bool,
    /// Which browser it is, and on what system, in words.
    agent: String,
    /// Of the session, else of a cookie that only ties forms to the browser.
    secret: String,
    /// The cookie is not there yet.
    fresh: bool,
}

impl Visitor {
    /// Somebody for whom no form is meant.
    pub fn stranger() -> Self {
        Self { signed: None, waiting: None, terms: false, agent: String::new(), secret: String::new(), fresh: false }
    }

    /// What a form carries to show that it came from our page in this browser.
    pub fn csrf(&self) -> String {
        if self.secret.is_empty() { String::new() } else { hash(&format!("form:{}", self.secret)) }
    }

    /// Whether a form came from our page in this browser.
    pub fn check(&self, params: &Params) -> Result<(), ApiError> {
        let given = params.text("csrf").unwrap_or_default();
        // Hashes are compared, so that the time it takes says nothing.
        if self.fresh || self.secret.is_empty() || hash(&given) != hash(&self.csrf()) {
            return Err(ApiError::forbidden(
                "This form is too old, or came from another site. Go back, load the page again, and send it once more.",
            ));
        }
        Ok(())
    }

    /// Sets the cookie that a form needs.
    pub fn remember(&self, app: &App, response: &mut Response) {
        if self.fresh && !self.secret.is_empty() {
            set_cookie(app, response, form_cookie(app), &self.secret, FORM_HOURS * 3600);
        }
    }

    /// Whether the browser sent back a cookie of ours.
    pub fn is_fresh(&self) -> bool {
        self.fresh
    }
}

fn form_cookie(app: &App) -> &'static str {
    if app.node.config.origin.starts_with("https://") { "__Host-form" } else { "form" }
}

fn set_cookie(app: &App, response: &mut Response, name: &str, value: &str, seconds: u32) {
    let cookie = Cookie::build((name.to_owned(), value.to_owned()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.node.config.origin.starts_with("https://"))
        .build();
    // The cookie crate wants a crate of its own for the time.
    if let Ok(value) = HeaderValue::from_str(&format!("{cookie}; Max-Age={seconds}")) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// Signs a member in with a session of its own; the browser's old one ends. Answers what [`give_session`] needs.
pub async fn begin_session(app: &App, tx: &mut Tx, visitor: &Visitor, account: &Account) -> Result<String, ApiError> {
    for old in visitor.signed.iter().chain(&visitor.waiting) {
        tx.delete_token(old.token.id).await?;
    }
    let scopes = Scopes::parse(SESSION_SCOPES).ok_or_else(|| node::Error::Internal("a session's scopes".to_owned()))?;
    let (secret, token) = login::issue_token(&app.node, tx, None, Some(account.id), &scopes).await?;
    tx.set_token_agent(token.id, &visitor.agent).await?;
    Ok(secret)
}

/// Hands the session to the browser, after it is committed.
pub fn give_session(app: &App, response: &mut Response, secret: &str) {
    set_cookie(app, response, &session_cookie(app), secret, SESSION_DAYS * 86_400);
    set_cookie(app, response, form_cookie(app), "", 0);
}

/// Takes the session out of the browser.
pub fn end_session(app: &App, response: &mut Response) {
    set_cookie(app, response, &session_cookie(app), "", 0);
}

impl<S> FromRequestParts<S> for Visitor
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let app = App::from_ref(state);
        let Session { signed, waiting } = Session::from_request_parts(parts, state).await?;
        let jar = CookieJar::from_headers(&parts.headers);
        let name =
            if signed.is_some() || waiting.is_some() { session_cookie(&app) } else { form_cookie(&app).to_owned() };
        // Anything shorter was not made here.
        let known = jar.get(&name).map(|c| c.value().to_owned()).filter(|v| v.len() >= 40);
        let fresh = known.is_none();
        let secret = known.unwrap_or_else(|| app.node.random.secret());
        let now = app.node.now();
        let terms = app.node.store.read().await?.has_text(About::TermsOfService.name(), now).await?;
        let agent = parts.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok());
        let agent = agent.map(agent::short).unwrap_or_default();
        Ok(Self { signed, waiting, terms, agent, secret, fresh })
    }
}
