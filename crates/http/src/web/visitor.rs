//! Whose browser this is, so that a form that comes back is theirs (cross-site request forgery) and a session is new when it
//! begins (fixation).

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use model::account::{Account, Role};
use model::audience::Viewer;
use model::id::Id;
use model::page::Page;
use node::login::{self, Scopes};
use node::random::hash;
use node::texts::About;
use storage::{Grouping, Tx};

use super::agent;
use super::forms::own_path;
use super::language::Language;
use super::look::Look;
use super::said::Said;
use super::view::Reader;
use crate::auth::{Session, Signed, session_cookie};
use crate::params::Params;
use crate::{ApiError, App};

/// What somebody who is signed in on the pages may do.
const SESSION_SCOPES: &str = "read write follow push profile admin:read admin:write";
/// Days that a browser stays signed in; the session itself knows its end, too.
const SESSION_DAYS: u32 = 60;
/// Cookies of what somebody chose for this browser.
pub const LANGUAGE: &str = "language";
pub const LOOK: &str = "look";
/// Most notifications that are counted on a page.
const COUNTED: i64 = 100;
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
    pub language: Language,
    pub look: Look,
    /// What was done just now, for the page to say.
    pub said: Said,
    /// Path and query of what was asked for, to come back to; a form's own.
    pub here: String,
    /// Notifications that were not looked at, up to a bound.
    pub unread: i64,
    /// What waits for those who look after the node, if they are one of them.
    pub waits: i64,
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
        Self {
            signed: None,
            waiting: None,
            terms: false,
            language: Language::default(),
            look: Look::default(),
            said: Said::default(),
            here: String::new(),
            unread: 0,
            waits: 0,
            agent: String::new(),
            secret: String::new(),
            fresh: false,
        }
    }

    /// Who may see what is shown to them.
    pub fn viewer(&self) -> Viewer {
        self.signed.as_ref().map_or(Viewer::Anyone, |s| Viewer::Member(s.account.id))
    }

    /// Who reads, and on what kind of page (entities/Filter#context).
    pub fn reader<'a>(&self, app: &'a App, context: &'static str) -> Reader<'a> {
        Reader { app, viewer: self.viewer(), t: self.language, context }
    }

    /// The member who is signed in, else the way to sign in and come back.
    #[expect(clippy::result_large_err, reason = "it is handed to the browser at once")]
    pub fn member(&self, next: &str) -> Result<&Signed, Response> {
        self.signed.as_deref().ok_or_else(|| to_sign_in(next))
    }

    /// What a form carries to show that it came from our page in this browser.
    pub fn csrf(&self) -> String {
        if self.secret.is_empty() { String::new() } else { hash(&format!("form:{}", self.secret)) }
    }

    /// What the API knows them by, if they are signed in.
    pub fn bearer(&self) -> &str {
        if self.signed.is_some() { &self.secret } else { "" }
    }

    /// Whether a form came from our page in this browser.
    pub fn check(&self, params: &Params) -> Result<(), ApiError> {
        let given = params.text("csrf").unwrap_or_default();
        // Hashes are compared, so that the time it takes says nothing.
        if self.fresh || self.secret.is_empty() || hash(&given) != hash(&self.csrf()) {
            return Err(ApiError::forbidden(self.language.say("form-too-old")));
        }
        Ok(())
    }

    /// Sets the cookie that a form needs, and takes back that of what was to be said.
    pub fn remember(&self, app: &App, response: &mut Response) {
        self.said.is_said(app, response);
        if self.fresh && !self.secret.is_empty() {
            set_cookie(app, response, form_cookie(app), &self.secret, FORM_HOURS * 3600);
        }
    }

    /// Whether the browser sent back a cookie of ours.
    pub fn is_fresh(&self) -> bool {
        self.fresh
    }
}

/// To the page on which one signs in, and from there to a page of this node.
pub fn to_sign_in(next: &str) -> Response {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", &own_path(next)).finish();
    Redirect::to(&format!("/login?{query}")).into_response()
}

fn form_cookie(app: &App) -> &'static str {
    if app.node.config.origin.starts_with("https://") { "__Host-form" } else { "form" }
}

/// Notifications above the marker.
async fn unread(tx: &mut Tx, who: Id) -> Result<i64, ApiError> {
    let marker = tx.markers(who, &["notifications"]).await?.first().map(|m| m.1);
    let page = Page { since_id: marker, ..Page::first(COUNTED) };
    Ok(i64::try_from(tx.notification_groups(who, &Grouping::default(), &page).await?.len()).unwrap_or(0))
}

/// Keeps what somebody chose for this browser, for a year.
pub fn choose(app: &App, response: &mut Response, name: &str, value: &str) {
    set_cookie(app, response, name, value, 365 * 86_400);
}

pub(super) fn set_cookie(app: &App, response: &mut Response, name: &str, value: &str, seconds: u32) {
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
        // What is handed on to the API is counted there.
        let is_form = parts.method == Method::POST && !parts.uri.path().starts_with("/do/");
        if let Some(signed) = signed.as_ref().filter(|_| is_form) {
            app.limits.form(signed.account.id, app.node.now())?;
        }
        let jar = CookieJar::from_headers(&parts.headers);
        let name =
            if signed.is_some() || waiting.is_some() { session_cookie(&app) } else { form_cookie(&app).to_owned() };
        // Anything shorter was not made here.
        let known = jar.get(&name).map(|c| c.value().to_owned()).filter(|v| v.len() >= 40);
        let fresh = known.is_none();
        let secret = known.unwrap_or_else(|| app.node.random.secret());
        let now = app.node.now();
        let mut tx = app.node.store.read().await?;
        let terms = tx.has_text(About::TermsOfService.name(), now).await?;
        let unread = match &signed {
            Some(signed) => unread(&mut tx, signed.account.id).await?,
            None => 0,
        };
        let waits = match signed.as_ref().filter(|s| s.member.role >= Role::Moderator) {
            Some(_) => tx.waits_for_keepers().await?,
            None => 0,
        };
        drop(tx);
        let own = signed.as_ref().and_then(|s| Language::of_tag(&s.member.locale));
        let chosen = jar.get(LANGUAGE).and_then(|c| Language::of_tag(c.value()));
        let language = own.or(chosen).or_else(|| Language::of_headers(&parts.headers)).unwrap_or_default();
        let look = jar.get(LOOK).map(|c| Look::read(c.value())).unwrap_or_default();
        let said = if parts.method == Method::GET { Said::of(&jar) } else { Said::default() };
        let agent = parts.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok());
        let agent = agent.map(agent::short).unwrap_or_default();
        let here = parts.uri.path_and_query().map_or_else(String::new, ToString::to_string);
        Ok(Self { signed, waiting, terms, language, look, said, here, unread, waits, agent, secret, fresh })
    }
}
