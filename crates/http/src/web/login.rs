//! Signing in and out on the pages. The page for OAuth is the same one.

use std::net::IpAddr;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use model::account::Account;
use node::login;

use super::forms::{Errors, own_path};
use super::frame::{Frame, form as answer};
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
    /// They may not, and are told why: the password was right.
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
    app.limits.log_in(address, typed, app.node.now())?;
    let found = login::find_member(&app.node, &mut app.node.store.read().await?, typed).await?;
    let node = Arc::clone(&app.node);
    let password: String = password.chars().take(LONGEST).collect();
    let hash = found.as_ref().map(|(_, member)| member.password_hash.clone());
    let check = move || match hash {
        Some(hash) => login::is_password(&node, &password, &hash),
        None => login::hash_password(&node, "the password of nobody").is_ok_and(|_| false),
    };
    let right = app.limits.with_password(check).await?;
    let (account, member) = found.filter(|_| right).ok_or(Refusal::Wrong)?;
    match login::may_act(&account, &member) {
        Ok(()) => Ok(account),
        Err(node::Error::Forbidden(words)) => Err(Refusal::Closed(words)),
        Err(error) => Err(error.into()),
    }
}

/// `GET /login?next=…`.
pub async fn form(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let next = own_path(&params.text("next").unwrap_or_default());
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
    let next = own_path(&params.text("next").unwrap_or_default());
    let typed = params.text("login").unwrap_or_default();
    let for_app = params.text("app").unwrap_or_default();
    let again =
        |status, words: &str| page(&app, &visitor, &next, &for_app, status, &typed, Errors::one("login", words));
    if visitor.is_fresh() {
        return again(
            StatusCode::FORBIDDEN,
            "Your browser did not send our cookie back. Allow cookies for this site, then try again.",
        );
    }
    visitor.check(&params)?;
    match authenticate(&app, address, &typed, &params.text("password").unwrap_or_default()).await {
        Ok(account) => {
            let mut tx = app.node.store.begin().await?;
            let secret = begin_session(&app, &mut tx, &visitor, &account).await?;
            app.node.commit(tx).await?;
            let mut response = Redirect::to(&next).into_response();
            give_session(&app, &mut response, &secret);
            Ok(response)
        }
        Err(Refusal::Wrong) => again(
            StatusCode::UNPROCESSABLE_ENTITY,
            "That name and password do not belong together. Check both and try again.",
        ),
        Err(Refusal::Closed(words)) => again(StatusCode::FORBIDDEN, &format!("{words}. Ask whoever runs this node.")),
        Err(Refusal::Error(error)) if error.status == StatusCode::TOO_MANY_REQUESTS => {
            let minutes = error.retry_after.unwrap_or(60).div_ceil(60);
            let wait = super::words::many(i64::try_from(minutes).unwrap_or(1), "minute");
            again(error.status, &format!("There were too many tries. Wait {wait}, then try again."))
        }
        Err(Refusal::Error(error)) => Err(error),
    }
}

/// `POST /logout`.
pub async fn log_out(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    if let Some(signed) = &visitor.signed {
        visitor.check(&params)?;
        let mut tx = app.node.store.begin().await?;
        tx.delete_token(signed.token.id).await?;
        app.node.commit(tx).await?;
    }
    let mut response = Redirect::to("/").into_response();
    end_session(&app, &mut response);
    Ok(response)
}
