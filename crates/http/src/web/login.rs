//! Signing in and out on the pages. The page for OAuth is the same one.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use model::account::Account;
use model::id::Id;
use model::page::Page;
use node::{identity, login};

use super::forms::{Errors, own_path};
use super::frame::{Frame, form as answer};
use super::language::Language;
use super::visitor::{Visitor, begin_session, end_session, give_session};
use crate::params::Params;
use crate::rate::Address;
use crate::{ApiError, App};

/// Longest password that is looked at.
const LONGEST: usize = 4 * login::PASSWORD_MAX;

#[derive(Template)]
#[template(path = "login.html")]
pub struct LoginPage {
    pub frame: Frame,
    /// Where to go on.
    pub next: String,
    pub login: String,
    pub errors: Errors,
    /// The app on whose behalf, or empty.
    pub app: String,
}

/// Why somebody could not sign in.
#[derive(Debug)]
pub enum Refusal {
    /// The name or the password is not right; which of them stays open.
    Wrong,
    /// They may not: the password was right. Nobody has let them in yet, or they were shut out.
    Waiting,
    /// With what was said to them when it was done; empty: nothing.
    Closed(String),
    Error(ApiError),
}

impl<E: Into<ApiError>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

/// The member behind a name and a password. Takes as long where there is none.
pub async fn authenticate(app: &App, address: IpAddr, typed: &str, password: &str) -> Result<Account, Refusal> {
    let found = login::find_member(&app.node, &mut app.node.store.read().await?, typed).await?;
    // Counted as whoever is meant, however that is written.
    let name = found.as_ref().map_or(typed, |(account, _)| &account.username);
    app.limits.log_in(address, name, app.node.now())?;
    let hash = found.as_ref().map(|(_, member)| member.password_hash.clone());
    let right = check(app, hash, password).await?;
    let (account, member) = found.filter(|_| right).ok_or(Refusal::Wrong)?;
    match login::may_act(&account, &member) {
        // Who has yet to confirm their address comes in as far as that.
        Err(_) if !member.confirmed && !login::is_closed(&account, &member) => Ok(account),
        Ok(()) => Ok(account),
        Err(node::Error::Forbidden(_)) if login::is_closed(&account, &member) => {
            let told = app.node.store.read().await?.warnings_of(account.id, &Page::first(1)).await?.pop();
            let told = told.filter(|w| ["suspend", "disable"].contains(&w.action.as_str()));
            Err(Refusal::Closed(told.map(|w| w.text).unwrap_or_default()))
        }
        Err(node::Error::Forbidden(_)) => Err(Refusal::Waiting),
        Err(error) => Err(error.into()),
    }
}

/// That somebody was shut out, and what was said to them.
pub fn closed(t: Language, told: &str) -> Cow<'static, str> {
    if told.is_empty() { t.say("login-closed") } else { t.one("login-closed-why", "text", told).into() }
}

/// Takes as long where there is no hash.
async fn check(app: &App, hash: Option<String>, password: &str) -> Result<bool, ApiError> {
    let node = Arc::clone(&app.node);
    let password: String = password.chars().take(LONGEST).collect();
    let check = move || match hash {
        Some(hash) => login::is_password(&node, &password, &hash),
        None => login::hash_password(&node, "the password of nobody").is_ok_and(|_| false),
    };
    app.limits.with_password(check).await
}

/// Whether this is the password of a member who is signed in, counted like signing in.
pub async fn is_right(app: &App, address: IpAddr, account: &Account, password: &str) -> Result<bool, ApiError> {
    app.limits.log_in(address, &account.username, app.node.now())?;
    let hash = app.node.store.read().await?.member(account.id).await?.map(|m| m.password_hash);
    check(app, hash, password).await
}

/// The hash of a password, made where it holds nobody up; the error of `node` where it is too short or too long.
pub async fn hashed(app: &App, password: String) -> Result<Result<String, node::Error>, ApiError> {
    let node = Arc::clone(&app.node);
    app.limits.with_password(move || login::hash_password(&node, &password)).await
}

/// Whether what was typed is a member's second factor; then it is used up.
pub async fn is_factor(app: &App, address: IpAddr, account: Id, typed: &str) -> Result<bool, ApiError> {
    app.limits.factor(address, account, app.node.now())?;
    let mut tx = app.node.store.begin().await?;
    let right = identity::is_factor(&app.node, &mut tx, account, typed).await?;
    app.node.commit(tx).await?;
    Ok(right)
}

/// `GET /login?next=…`.
pub async fn form(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let next = own_path(&params.filled("next").unwrap_or_else(|| "/home".to_owned()));
    if visitor.signed.is_some() {
        return Ok(Redirect::to(&next).into_response());
    }
    page(&app, &visitor, &next, "", StatusCode::OK, "", Errors::default())
}

/// The page where one signs in and goes on to `next`, for `app` if that is named.
pub fn page(
    app: &App,
    visitor: &Visitor,
    next: &str,
    for_app: &str,
    status: StatusCode,
    login: &str,
    errors: Errors,
) -> Result<Response, ApiError> {
    let mut frame = Frame::new(app, visitor);
    // Whoever is asked who they are is not told who they are.
    frame.member.clear();
    let page = LoginPage { frame, next: next.to_owned(), login: login.to_owned(), errors, app: for_app.to_owned() };
    answer(app, visitor, status, &page)
}

/// `POST /login`.
pub async fn submit(
    State(app): State<App>,
    Address(address): Address,
    visitor: Visitor,
    params: Params,
) -> Result<Response, ApiError> {
    let next = own_path(&params.filled("next").unwrap_or_else(|| "/home".to_owned()));
    let typed = params.text("login").unwrap_or_default();
    let for_app = params.text("app").unwrap_or_default();
    let t = visitor.language;
    let again = |status, words: Cow<'static, str>| {
        page(&app, &visitor, &next, &for_app, status, &typed, Errors::one("login", words))
    };
    if visitor.is_fresh() {
        return again(StatusCode::FORBIDDEN, t.say("login-cookie"));
    }
    visitor.check(&params)?;
    match authenticate(&app, address, &typed, &params.text("password").unwrap_or_default()).await {
        Ok(account) => {
            let mut tx = app.node.store.begin().await?;
            if tx.second_factor(account.id).await?.is_some_and(|f| f.on_since.is_some()) {
                let secret = identity::begin_factor(&app.node, &mut tx, account.id).await?;
                app.node.commit(tx).await?;
                return code_page(&app, &visitor, StatusCode::OK, &secret, &next, Errors::default());
            }
            drop(tx);
            come_in(&app, &visitor, &account, &next).await
        }
        Err(Refusal::Wrong) => again(StatusCode::UNPROCESSABLE_ENTITY, t.say("login-wrong")),
        Err(Refusal::Waiting) => again(StatusCode::FORBIDDEN, t.say("login-waiting")),
        Err(Refusal::Closed(told)) => again(StatusCode::FORBIDDEN, closed(t, &told)),
        Err(Refusal::Error(error)) if error.status == StatusCode::TOO_MANY_REQUESTS => {
            let (seconds, minutes) = wait(&error);
            later(again(error.status, t.one("login-too-many", "count", minutes).into()), seconds)
        }
        Err(Refusal::Error(error)) => Err(error),
    }
}

/// How long somebody has to wait who tried too often, in seconds and in minutes.
fn wait(error: &ApiError) -> (u64, i64) {
    let seconds = error.retry_after.unwrap_or(60);
    (seconds, i64::try_from(seconds.div_ceil(60)).unwrap_or(1))
}

/// A page that says when to come again.
fn later(page: Result<Response, ApiError>, seconds: u64) -> Result<Response, ApiError> {
    let mut page = page?;
    page.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    Ok(page)
}

/// Signs a member in and goes on; first to where they confirm their address, if they have not.
async fn come_in(app: &App, visitor: &Visitor, account: &Account, next: &str) -> Result<Response, ApiError> {
    let mut tx = app.node.store.begin().await?;
    let confirmed = tx.member(account.id).await?.is_some_and(|m| m.confirmed);
    let secret = begin_session(app, &mut tx, visitor, account).await?;
    app.node.commit(tx).await?;
    let mut response = Redirect::to(if confirmed { next } else { "/confirm" }).into_response();
    give_session(app, &mut response, &secret);
    Ok(response)
}

#[derive(Template)]
#[template(path = "code_asked.html")]
struct CodePage {
    frame: Frame,
    secret: String,
    next: String,
    errors: Errors,
}

fn code_page(
    app: &App,
    visitor: &Visitor,
    status: StatusCode,
    secret: &str,
    next: &str,
    errors: Errors,
) -> Result<Response, ApiError> {
    let mut frame = Frame::new(app, visitor);
    frame.member.clear();
    answer(app, visitor, status, &CodePage { frame, secret: secret.to_owned(), next: next.to_owned(), errors })
}

/// `POST /login/code`: the second factor, after the password.
pub async fn submit_code(
    State(app): State<App>,
    Address(address): Address,
    visitor: Visitor,
    params: Params,
) -> Result<Response, ApiError> {
    visitor.check(&params)?;
    let next = own_path(&params.filled("next").unwrap_or_else(|| "/home".to_owned()));
    let secret = params.text("secret").unwrap_or_default();
    let t = visitor.language;
    let late = |words: Cow<'static, str>| {
        let errors = Errors::one("login", words);
        page(&app, &visitor, &next, "", StatusCode::UNPROCESSABLE_ENTITY, "", errors)
    };
    let found = identity::at_factor(&app.node, &mut app.node.store.read().await?, &secret).await;
    let account = match found {
        Err(node::Error::NotFound) => {
            app.limits.guess(address, app.node.now())?;
            return late(t.say("code-asked-late"));
        }
        found => found?,
    };
    let code = params.text("code").unwrap_or_default();
    match is_factor(&app, address, account.id, &code).await {
        Ok(true) => {}
        Ok(false) => {
            let errors = Errors::one("code", t.say("factor-wrong"));
            return code_page(&app, &visitor, StatusCode::UNPROCESSABLE_ENTITY, &secret, &next, errors);
        }
        Err(error) if error.status == StatusCode::TOO_MANY_REQUESTS => {
            let (seconds, minutes) = wait(&error);
            let errors = Errors::one("code", t.one("code-asked-too-many", "count", minutes));
            return later(code_page(&app, &visitor, error.status, &secret, &next, errors), seconds);
        }
        Err(error) => return Err(error),
    }
    let mut tx = app.node.store.begin().await?;
    if !identity::end_factor(&mut tx, &secret).await? {
        return late(t.say("code-asked-late"));
    }
    app.node.commit(tx).await?;
    // They may have been shut out meanwhile.
    let member = app.node.store.read().await?.member(account.id).await?.ok_or_else(ApiError::not_found)?;
    if login::is_closed(&account, &member) {
        return late(t.say("login-closed"));
    }
    come_in(&app, &visitor, &account, &next).await
}

/// `POST /logout`.
pub async fn log_out(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    if let Some(signed) = visitor.signed.as_ref().or(visitor.waiting.as_ref()) {
        visitor.check(&params)?;
        let mut tx = app.node.store.begin().await?;
        tx.delete_token(signed.token.id).await?;
        app.node.commit(tx).await?;
    }
    let mut response = Redirect::to("/").into_response();
    end_session(&app, &mut response);
    Ok(response)
}
