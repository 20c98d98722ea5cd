//! Joining on the pages: with an invitation, or where everybody may ask.

use std::borrow::Cow;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use model::account::{Account, MemberState, Role};
use node::config::Registrations;
use storage::Rule;

use super::forms::{Errors, problem};
use super::frame::{Frame, form as answer, message};
use super::visitor::{Visitor, begin_session, give_session};
use crate::params::Params;
use crate::rate::{Address, Client};
use crate::signup::{Door, Failure, Form, Problem, is_open, sign_up};
use crate::{ApiError, App};

#[derive(Template)]
#[template(path = "signup.html")]
struct SignUpPage {
    frame: Frame,
    /// Where the form goes.
    action: String,
    /// What the invitation makes of them, in words; empty for a plain member.
    role: Cow<'static, str>,
    /// Somebody looks at each request, and wants to know why.
    asks_reason: bool,
    domain: String,
    password_min: usize,
    rules: Vec<Rule>,
    form: Form,
    tag_sharing: bool,
    errors: Errors,
}

async fn page(
    app: &App,
    visitor: &Visitor,
    door: Door<'_>,
    role: Role,
    status: StatusCode,
    form: Form,
    problems: &[Problem],
) -> Result<Response, ApiError> {
    let t = visitor.language;
    let mut frame = Frame::new(app, visitor);
    frame.member.clear();
    let page = SignUpPage {
        frame,
        action: match door {
            Door::Invite(code) => format!("/invite/{code}"),
            Door::Open => "/signup".to_owned(),
        },
        role: match role {
            Role::Owner => t.say("join-owner"),
            Role::Admin => t.say("join-admin"),
            Role::Moderator => t.say("join-moderator"),
            Role::Member => Cow::Borrowed(""),
        },
        asks_reason: matches!(door, Door::Open) && app.node.config.registrations == Registrations::Approval,
        domain: app.node.config.handle_domain.clone(),
        password_min: node::login::PASSWORD_MIN,
        rules: app.node.store.read().await?.rules().await?,
        tag_sharing: form.tag_sharing.unwrap_or(app.node.config.tag_sharing),
        form: Form { password: String::new(), ..form },
        errors: Errors(problems.iter().map(|p| (p.field, problem(t, p.field, p.code, &p.words))).collect()),
    };
    answer(app, visitor, status, &page)
}

fn read(visitor: &Visitor, params: &Params) -> Form {
    let text = |name| params.text(name).unwrap_or_default();
    Form {
        username: text("username"),
        email: text("email"),
        password: text("password"),
        reason: text("reason"),
        locale: visitor.language.tag().to_owned(),
        agreement: params.flag("agreement").unwrap_or(false),
        tag_sharing: Some(params.flag("tag_sharing").unwrap_or(false)),
    }
}

async fn role_of(app: &App, code: &str) -> Result<Role, ApiError> {
    let mut tx = app.node.store.read().await?;
    Ok(node::invite::find(&app.node, &mut tx, code).await?.role)
}

fn used_up(app: &App, visitor: &Visitor) -> Result<Response, ApiError> {
    let t = visitor.language;
    message(app, visitor, StatusCode::NOT_FOUND, &t.say("invite-used"), &t.say("invite-used-do"))
}

/// `GET /invite/{code}`.
pub async fn invite_form(
    State(app): State<App>,
    Address(address): Address,
    Path(code): Path<String>,
    visitor: Visitor,
) -> Result<Response, ApiError> {
    match role_of(&app, &code).await {
        Ok(role) => page(&app, &visitor, Door::Invite(&code), role, StatusCode::OK, Form::default(), &[]).await,
        Err(error) if error.status == StatusCode::NOT_FOUND => {
            app.limits.guess(address, app.node.now())?;
            used_up(&app, &visitor)
        }
        Err(error) => Err(error),
    }
}

/// `POST /invite/{code}`. Only codes that do not work are counted: a class that joins in one room shares an address.
pub async fn invite_submit(
    State(app): State<App>,
    Address(address): Address,
    Client(from): Client,
    Path(code): Path<String>,
    visitor: Visitor,
    params: Params,
) -> Result<Response, ApiError> {
    visitor.check(&params)?;
    let form = read(&visitor, &params);
    match sign_up(&app, Door::Invite(&code), from, &form).await {
        Ok(account) => joined(&app, &visitor, &account).await,
        Err(Failure::Form(problems)) => {
            let role = role_of(&app, &code).await?;
            page(&app, &visitor, Door::Invite(&code), role, StatusCode::UNPROCESSABLE_ENTITY, form, &problems).await
        }
        Err(Failure::Error(error)) if error.status == StatusCode::NOT_FOUND => {
            app.limits.guess(address, app.node.now())?;
            used_up(&app, &visitor)
        }
        Err(Failure::Error(error)) => Err(error),
    }
}

/// `GET /signup`.
pub async fn open_form(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    if is_open(&app) {
        return page(&app, &visitor, Door::Open, Role::Member, StatusCode::OK, Form::default(), &[]).await;
    }
    let t = visitor.language;
    let words = match app.node.config.registrations {
        Registrations::Invite => t.say("join-invited-only"),
        _ => t.say("join-nobody"),
    };
    message(&app, &visitor, StatusCode::FORBIDDEN, &t.say("join-not-open"), &words)
}

/// `POST /signup`.
pub async fn open_submit(
    State(app): State<App>,
    Address(address): Address,
    Client(from): Client,
    visitor: Visitor,
    params: Params,
) -> Result<Response, ApiError> {
    if !is_open(&app) {
        return open_form(State(app), visitor).await;
    }
    visitor.check(&params)?;
    app.limits.sign_up(address, app.node.now())?;
    let form = read(&visitor, &params);
    match sign_up(&app, Door::Open, from, &form).await {
        Ok(account) => joined(&app, &visitor, &account).await,
        Err(Failure::Form(problems)) => {
            page(&app, &visitor, Door::Open, Role::Member, StatusCode::UNPROCESSABLE_ENTITY, form, &problems).await
        }
        Err(Failure::Error(error)) => Err(error),
    }
}

/// Whoever has to wait until somebody says yes is told so, and the others are signed in.
async fn joined(app: &App, visitor: &Visitor, account: &Account) -> Result<Response, ApiError> {
    let member = app.node.store.read().await?.member(account.id).await?;
    if member.is_some_and(|m| m.confirmed && m.state == MemberState::Pending) {
        let t = visitor.language;
        return message(app, visitor, StatusCode::OK, &t.say("join-waits"), &t.say("join-waits-do"));
    }
    arrive(app, visitor, account).await
}

async fn must_confirm(app: &App, account: &Account) -> Result<bool, ApiError> {
    Ok(app.node.store.read().await?.member(account.id).await?.is_some_and(|m| !m.confirmed))
}

/// Signs the new member in.
async fn arrive(app: &App, visitor: &Visitor, account: &Account) -> Result<Response, ApiError> {
    let mut tx = app.node.store.begin().await?;
    let secret = begin_session(app, &mut tx, visitor, account).await?;
    app.node.commit(tx).await?;
    let to = if must_confirm(app, account).await? { "/confirm" } else { "/welcome" };
    let mut response = Redirect::to(to).into_response();
    give_session(app, &mut response, &secret);
    Ok(response)
}
