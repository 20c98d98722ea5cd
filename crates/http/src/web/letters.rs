//! Where the links in letters lead: confirming an address, choosing a new password. Opening a link changes nothing, since programs that
//! look through letters open them, too; the button on the page does.

use std::borrow::Cow;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use node::{identity, login};

use super::forms::{Errors, problem};
use super::frame::{Frame, Message, form as answer, message};
use super::visitor::Visitor;
use crate::params::Params;
use crate::rate::Address;
use crate::{ApiError, App};

#[derive(Template)]
#[template(path = "confirm.html")]
struct ConfirmPage {
    frame: Frame,
    /// Of the letter; empty for who waits for one.
    secret: String,
    email: String,
    done: Cow<'static, str>,
    errors: Errors,
}

#[derive(Template)]
#[template(path = "forgot.html")]
struct ForgotPage {
    frame: Frame,
    email: String,
    errors: Errors,
}

#[derive(Template)]
#[template(path = "reset.html")]
struct ResetPage {
    frame: Frame,
    secret: String,
    username: String,
    password_min: usize,
    errors: Errors,
}

fn used_up(app: &App, visitor: &Visitor) -> Result<Response, ApiError> {
    let t = visitor.language;
    message(app, visitor, StatusCode::NOT_FOUND, &t.say("letter-used"), &t.say("letter-used-do"))
}

fn next(app: &App, visitor: &Visitor, title: &str, words: &str, to: (&str, &str)) -> Result<Response, ApiError> {
    let page = Message {
        frame: Frame::new(app, visitor),
        title: title.to_owned(),
        words: words.to_owned(),
        next: (to.0.to_owned(), to.1.to_owned()),
        typed: Vec::new(),
    };
    answer(app, visitor, StatusCode::OK, &page)
}

fn confirm_page(
    app: &App,
    visitor: &Visitor,
    status: StatusCode,
    secret: &str,
    done: impl Into<Cow<'static, str>>,
    errors: Errors,
) -> Result<Response, ApiError> {
    let email = visitor.waiting.as_ref().map(|s| s.member.email.clone()).unwrap_or_default();
    let mut frame = Frame::new(app, visitor);
    frame.member.clear();
    answer(app, visitor, status, &ConfirmPage { frame, secret: secret.to_owned(), email, done: done.into(), errors })
}

/// `GET /confirm`: with the secret of a letter, or for who waits for it.
pub async fn show_confirm(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let secret = params.text("secret").unwrap_or_default();
    if secret.is_empty() && visitor.waiting.is_none() {
        return Ok(Redirect::to("/").into_response());
    }
    confirm_page(&app, &visitor, StatusCode::OK, &secret, "", Errors::default())
}

/// `POST /confirm`.
pub async fn confirm(
    State(app): State<App>,
    Address(address): Address,
    visitor: Visitor,
    params: Params,
) -> Result<Response, ApiError> {
    visitor.check(&params)?;
    let t = visitor.language;
    let mut tx = app.node.store.begin().await?;
    match identity::confirm(&app.node, &mut tx, &params.text("secret").unwrap_or_default()).await {
        Ok(account) => {
            let waits = tx.account(account.id).await?.is_some_and(|a| a.is_waiting());
            app.node.commit(tx).await?;
            let title = t.say("confirm-done");
            if waits {
                return next(&app, &visitor, &title, &t.say("confirm-waits"), ("/", &*t.say("to-front")));
            }
            let here = visitor.waiting.is_some() || visitor.signed.is_some();
            let (to, label) = if here { ("/welcome", t.say("go-on")) } else { ("/login", t.say("nav-sign-in")) };
            next(&app, &visitor, &title, &t.say("thank-you"), (to, &*label))
        }
        Err(node::Error::NotFound) => {
            drop(tx);
            app.limits.guess(address, app.node.now())?;
            used_up(&app, &visitor)
        }
        Err(node::Error::Field { field, code, message: words }) => {
            drop(tx);
            let words = format!("{} {}", problem(t, field, code, &words), t.say("confirm-another"));
            message(&app, &visitor, StatusCode::UNPROCESSABLE_ENTITY, &t.say("confirm-not-yours"), &words)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /confirm/again`: another letter, to another address if the first was mistyped.
pub async fn confirm_again(
    State(app): State<App>,
    Address(address): Address,
    visitor: Visitor,
    params: Params,
) -> Result<Response, ApiError> {
    let Some(waiting) = &visitor.waiting else { return Ok(Redirect::to("/").into_response()) };
    visitor.check(&params)?;
    app.limits.mail(address, &waiting.account.username, app.node.now())?;
    let mut tx = app.node.store.begin().await?;
    let email = params.filled("email");
    match identity::ask_again(&app.node, &mut tx, &waiting.member, email.as_deref()).await {
        Ok(()) => {
            app.node.commit(tx).await?;
            let done = visitor.language.say("confirm-under-way");
            confirm_page(&app, &visitor, StatusCode::OK, "", done, Errors::default())
        }
        Err(node::Error::Field { field, code, message }) => {
            drop(tx);
            let errors = Errors::one("email", problem(visitor.language, field, code, &message));
            confirm_page(&app, &visitor, StatusCode::UNPROCESSABLE_ENTITY, "", "", errors)
        }
        Err(error) => Err(error.into()),
    }
}

fn forgot_page(
    app: &App,
    visitor: &Visitor,
    status: StatusCode,
    email: &str,
    errors: Errors,
) -> Result<Response, ApiError> {
    answer(app, visitor, status, &ForgotPage { frame: Frame::new(app, visitor), email: email.to_owned(), errors })
}

/// `GET /password/forgot`.
pub async fn show_forgot(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    if !app.node.config.mail {
        let t = visitor.language;
        return message(&app, &visitor, StatusCode::OK, &t.say("forgot-title"), &t.say("forgot-no-letters"));
    }
    forgot_page(&app, &visitor, StatusCode::OK, "", Errors::default())
}

/// `POST /password/forgot`: the answer is the same whether the address is a member's or nobody's.
pub async fn forgot(
    State(app): State<App>,
    Address(address): Address,
    visitor: Visitor,
    params: Params,
) -> Result<Response, ApiError> {
    visitor.check(&params)?;
    let email = params.text("email").unwrap_or_default();
    app.limits.mail(address, &email, app.node.now())?;
    let mut tx = app.node.store.begin().await?;
    if let Err(error) = identity::forgot(&app.node, &mut tx, &email).await {
        drop(tx);
        let node::Error::Invalid(words) = error else { return Err(error.into()) };
        let errors = Errors::one("email", problem(visitor.language, "email", "ERR_INVALID", &words));
        return forgot_page(&app, &visitor, StatusCode::UNPROCESSABLE_ENTITY, &email, errors);
    }
    app.node.commit(tx).await?;
    let t = visitor.language;
    message(&app, &visitor, StatusCode::OK, &t.say("forgot-sent"), &t.say("forgot-sent-do"))
}

async fn reset_page(
    app: &App,
    visitor: &Visitor,
    status: StatusCode,
    secret: &str,
    errors: Errors,
) -> Result<Response, ApiError> {
    let account = identity::resets(&app.node, &mut app.node.store.read().await?, secret).await?;
    let mut frame = Frame::new(app, visitor);
    frame.member.clear();
    let page = ResetPage {
        frame,
        secret: secret.to_owned(),
        username: account.username,
        password_min: login::PASSWORD_MIN,
        errors,
    };
    answer(app, visitor, status, &page)
}

/// `GET /password/new?secret=`.
pub async fn show_reset(
    State(app): State<App>,
    Address(address): Address,
    visitor: Visitor,
    params: Params,
) -> Result<Response, ApiError> {
    let secret = params.text("secret").unwrap_or_default();
    match reset_page(&app, &visitor, StatusCode::OK, &secret, Errors::default()).await {
        Err(error) if error.status == StatusCode::NOT_FOUND => {
            app.limits.guess(address, app.node.now())?;
            used_up(&app, &visitor)
        }
        shown => shown,
    }
}

/// `POST /password/new`.
pub async fn reset(
    State(app): State<App>,
    Address(address): Address,
    visitor: Visitor,
    params: Params,
) -> Result<Response, ApiError> {
    visitor.check(&params)?;
    app.limits.guess(address, app.node.now())?;
    let secret = params.text("secret").unwrap_or_default();
    // Before the costly part.
    match identity::resets(&app.node, &mut app.node.store.read().await?, &secret).await {
        Err(node::Error::NotFound) => return used_up(&app, &visitor),
        known => known?,
    };
    let hash = match super::login::hashed(&app, params.text("password").unwrap_or_default()).await? {
        Ok(hash) => hash,
        Err(node::Error::Field { field, code, message }) => {
            let errors = Errors::one("password", problem(visitor.language, field, code, &message));
            return reset_page(&app, &visitor, StatusCode::UNPROCESSABLE_ENTITY, &secret, errors).await;
        }
        Err(error) => return Err(error.into()),
    };
    let mut tx = app.node.store.begin().await?;
    match identity::reset(&app.node, &mut tx, &secret, &hash).await {
        Ok(()) => app.node.commit(tx).await?,
        Err(node::Error::NotFound) => return used_up(&app, &visitor),
        Err(error) => return Err(error.into()),
    }
    let t = visitor.language;
    next(&app, &visitor, &t.say("reset-done"), &t.say("reset-done-do"), ("/login", &*t.say("nav-sign-in")))
}
