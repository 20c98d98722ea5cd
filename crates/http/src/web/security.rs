//! The security of a member's own account: password, address, second factor. Whatever matters asks for the password once more.

use std::borrow::Cow;
use std::net::IpAddr;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use node::{identity, login};

use super::forms::{Errors, problem};
use super::frame::{Frame, form as answer};
use super::language::Language;
use super::login::is_right;
use super::visitor::Visitor;
use crate::auth::Signed;
use crate::params::Params;
use crate::rate::Address;
use crate::{ApiError, App};

#[derive(Template)]
#[template(path = "security.html")]
struct SecurityPage {
    frame: Frame,
    email: String,
    /// Letters can be sent.
    mail: bool,
    password_min: usize,
    /// The second factor is on, with so many recovery codes.
    factor: bool,
    codes: i64,
    done: Cow<'static, str>,
    errors: Errors,
}

#[derive(Template)]
#[template(path = "factor.html")]
struct FactorPage {
    frame: Frame,
    /// SVG.
    picture: String,
    /// `otpauth://…`, which apps open.
    uri: String,
    secret: String,
    errors: Errors,
}

#[derive(Template)]
#[template(path = "codes.html")]
struct CodesPage {
    frame: Frame,
    codes: Vec<String>,
}

/// Where somebody who is not signed in goes first.
pub fn sign_in(next: &str) -> Response {
    Redirect::to(&format!("/login?next={next}")).into_response()
}

async fn page(
    app: &App,
    visitor: &Visitor,
    signed: &Signed,
    status: StatusCode,
    done: impl Into<Cow<'static, str>>,
    errors: Errors,
) -> Result<Response, ApiError> {
    let mut tx = app.node.store.read().await?;
    let id = signed.account.id;
    let factor = tx.second_factor(id).await?.is_some_and(|f| f.on_since.is_some());
    let email = tx.member(id).await?.map(|m| m.email).unwrap_or_default();
    let page = SecurityPage {
        frame: Frame::new(app, visitor),
        email,
        mail: app.node.config.mail,
        password_min: login::PASSWORD_MIN,
        factor,
        codes: tx.count_recovery_codes(id).await?,
        done: done.into(),
        errors,
    };
    answer(app, visitor, status, &page)
}

/// `GET /settings/security`.
pub async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    match &visitor.signed {
        Some(signed) => page(&app, &visitor, signed, StatusCode::OK, "", Errors::default()).await,
        None => Ok(sign_in("/settings/security")),
    }
}

/// A form of this page, by who may send it.
async fn checked<'a>(
    app: &App,
    address: IpAddr,
    visitor: &'a Visitor,
    params: &Params,
) -> Result<(&'a Signed, Option<Cow<'static, str>>), Response> {
    let Some(signed) = &visitor.signed else { return Err(sign_in("/settings/security")) };
    visitor.check(params).map_err(IntoResponse::into_response)?;
    let given = params.text("current").unwrap_or_default();
    match is_right(app, address, &signed.account, &given).await {
        Ok(true) => Ok((signed, None)),
        Ok(false) => Ok((signed, Some(visitor.language.say("password-wrong")))),
        Err(error) => Err(error.into_response()),
    }
}

fn words(t: Language, error: node::Error) -> Result<String, ApiError> {
    match error {
        node::Error::Field { field, code, message } => Ok(problem(t, field, code, &message)),
        error => Err(error.into()),
    }
}

const UNPROCESSABLE: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

/// `POST /settings/password`.
pub async fn password(
    State(app): State<App>,
    Address(address): Address,
    visitor: Visitor,
    params: Params,
) -> Result<Response, ApiError> {
    let signed = match checked(&app, address, &visitor, &params).await {
        Ok((signed, None)) => signed,
        Ok((signed, Some(wrong))) => {
            return page(&app, &visitor, signed, UNPROCESSABLE, "", Errors::one("current-password", wrong)).await;
        }
        Err(response) => return Ok(response),
    };
    let hash = match super::login::hashed(&app, params.text("password").unwrap_or_default()).await? {
        Ok(hash) => hash,
        Err(error) => {
            let errors = Errors::one("new-password", words(visitor.language, error)?);
            return page(&app, &visitor, signed, UNPROCESSABLE, "", errors).await;
        }
    };
    let mut tx = app.node.store.begin().await?;
    identity::change_password(&app.node, &mut tx, &signed.member, &hash, signed.token.id).await?;
    app.node.commit(tx).await?;
    let done = visitor.language.say("password-changed");
    page(&app, &visitor, signed, StatusCode::OK, done, Errors::default()).await
}

/// `POST /settings/email`.
pub async fn email(
    State(app): State<App>,
    Address(address): Address,
    visitor: Visitor,
    params: Params,
) -> Result<Response, ApiError> {
    let signed = match checked(&app, address, &visitor, &params).await {
        Ok((signed, None)) => signed,
        Ok((signed, Some(wrong))) => {
            return page(&app, &visitor, signed, UNPROCESSABLE, "", Errors::one("current-email", wrong)).await;
        }
        Err(response) => return Ok(response),
    };
    app.limits.mail(address, &signed.account.username, app.node.now())?;
    let mut tx = app.node.store.begin().await?;
    let email = params.text("email").unwrap_or_default();
    match identity::change_email(&app.node, &mut tx, &signed.member, &email).await {
        Ok(sent) => {
            app.node.commit(tx).await?;
            let t = visitor.language;
            let done = if sent { t.say("email-sent") } else { t.say("email-changed") };
            page(&app, &visitor, signed, StatusCode::OK, done, Errors::default()).await
        }
        Err(error) => {
            drop(tx);
            let errors = Errors::one("email", words(visitor.language, error)?);
            page(&app, &visitor, signed, UNPROCESSABLE, "", errors).await
        }
    }
}

async fn factor_page(
    app: &App,
    visitor: &Visitor,
    signed: &Signed,
    status: StatusCode,
    errors: Errors,
) -> Result<Response, ApiError> {
    let mut tx = app.node.store.begin().await?;
    let secret = match identity::factor_secret(&app.node, &mut tx, signed.account.id).await {
        Ok(secret) => secret,
        Err(node::Error::Invalid(_)) => return Ok(Redirect::to("/settings/security").into_response()),
        Err(error) => return Err(error.into()),
    };
    app.node.commit(tx).await?;
    let mut uri = url::form_urlencoded::Serializer::new(String::new());
    uri.append_pair("secret", &secret).append_pair("issuer", &app.node.config.handle_domain);
    let label = format!("{}:{}", app.node.config.handle_domain, signed.account.username).replace(':', "%3A");
    let uri = format!("otpauth://totp/{label}?{}", uri.finish());
    let drawn = qrcode::QrCode::new(uri.as_bytes()).map(|code| {
        let colours = |c| qrcode::render::svg::Color(c);
        let mut draw = code.render();
        draw.min_dimensions(220, 220).dark_color(colours("#000")).light_color(colours("#fff")).build()
    });
    let picture = drawn.map_err(|e| node::Error::Internal(e.to_string()))?;
    // Into the page, without its own head.
    let picture = picture.find("<svg").map_or(String::new(), |at| picture[at..].to_owned());
    let secret = secret.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ");
    answer(app, visitor, status, &FactorPage { frame: Frame::new(app, visitor), picture, uri, secret, errors })
}

/// `GET /settings/factor`.
pub async fn show_factor(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    match &visitor.signed {
        Some(signed) => factor_page(&app, &visitor, signed, StatusCode::OK, Errors::default()).await,
        None => Ok(sign_in("/settings/factor")),
    }
}

/// `POST /settings/factor`: turns it on.
pub async fn start_factor(
    State(app): State<App>,
    Address(address): Address,
    visitor: Visitor,
    params: Params,
) -> Result<Response, ApiError> {
    let signed = match checked(&app, address, &visitor, &params).await {
        Ok((signed, None)) => signed,
        Ok((signed, Some(wrong))) => {
            return factor_page(&app, &visitor, signed, UNPROCESSABLE, Errors::one("current", wrong)).await;
        }
        Err(response) => return Ok(response),
    };
    let code = params.text("code").unwrap_or_default();
    let mut tx = app.node.store.begin().await?;
    match identity::start_factor(&app.node, &mut tx, &signed.member, &code).await {
        Ok(codes) => {
            app.node.commit(tx).await?;
            answer(&app, &visitor, StatusCode::OK, &CodesPage { frame: Frame::new(&app, &visitor), codes })
        }
        Err(node::Error::NotFound) => Ok(Redirect::to("/settings/security").into_response()),
        Err(error) => {
            drop(tx);
            let wrong = words(visitor.language, error)?;
            factor_page(&app, &visitor, signed, UNPROCESSABLE, Errors::one("code", wrong)).await
        }
    }
}

/// `POST /settings/factor/codes`: new recovery codes instead of the old.
pub async fn new_codes(
    State(app): State<App>,
    Address(address): Address,
    visitor: Visitor,
    params: Params,
) -> Result<Response, ApiError> {
    let signed = match with_factor(&app, address, &visitor, &params).await? {
        Ok(signed) => signed,
        Err(response) => return Ok(response),
    };
    let mut tx = app.node.store.begin().await?;
    let codes = identity::recovery_codes(&app.node, &mut tx, signed.account.id).await?;
    app.node.commit(tx).await?;
    answer(&app, &visitor, StatusCode::OK, &CodesPage { frame: Frame::new(&app, &visitor), codes })
}

/// `POST /settings/factor/off`.
pub async fn stop_factor(
    State(app): State<App>,
    Address(address): Address,
    visitor: Visitor,
    params: Params,
) -> Result<Response, ApiError> {
    let signed = match with_factor(&app, address, &visitor, &params).await? {
        Ok(signed) => signed,
        Err(response) => return Ok(response),
    };
    let mut tx = app.node.store.begin().await?;
    identity::stop_factor(&app.node, &mut tx, &signed.member).await?;
    app.node.commit(tx).await?;
    let done = visitor.language.say("factor-is-off");
    page(&app, &visitor, signed, StatusCode::OK, done, Errors::default()).await
}

/// Who gave the password and a code.
async fn with_factor<'a>(
    app: &App,
    address: IpAddr,
    visitor: &'a Visitor,
    params: &Params,
) -> Result<Result<&'a Signed, Response>, ApiError> {
    let (signed, wrong) = match checked(app, address, visitor, params).await {
        Ok(checked) => checked,
        Err(response) => return Ok(Err(response)),
    };
    let wrong = match wrong {
        Some(wrong) => Some(wrong),
        None => {
            let code = params.text("code").unwrap_or_default();
            let right = super::login::is_factor(app, address, signed.account.id, &code).await?;
            (!right).then(|| visitor.language.say("factor-wrong"))
        }
    };
    match wrong {
        None => Ok(Ok(signed)),
        Some(wrong) => Ok(Err(page(app, visitor, signed, UNPROCESSABLE, "", Errors::one("factor", wrong)).await?)),
    }
}
