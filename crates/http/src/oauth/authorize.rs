//! `/oauth/authorize`: a member lets an app act for them (RFC 6749 4.1, 7636).

use std::borrow::Cow;

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use node::login::{self, Scopes};
use storage::App as OauthApp;

use super::redirect::{OUT_OF_BAND, form_target, with_answer};
use crate::params::Params;
use crate::web::forms::{Errors, own_path};
use crate::web::frame::{Frame, form_to, message};
use crate::web::language::Language;
use crate::web::login::page as login_page;
use crate::web::visitor::Visitor;
use crate::{ApiError, App};

/// What an app asks for, once it is known where to answer.
struct Request {
    app: OauthApp,
    redirect_uri: String,
    state: String,
}

/// The rest of it, checked.
struct Wish {
    scopes: Scopes,
    code_challenge: String,
}

/// Why an app gets no code: an error of RFC 6749 4.1.2.1, which goes back to the app.
struct Refusal {
    error: &'static str,
    words: &'static str,
}

#[derive(Template)]
#[template(path = "consent.html")]
struct ConsentPage {
    frame: Frame,
    app: String,
    website: String,
    /// Where the member is sent afterwards, for people.
    back: String,
    name: String,
    handle: String,
    permissions: Vec<Cow<'static, str>>,
    /// What the form carries.
    fields: Vec<(&'static str, String)>,
    /// To sign in as somebody else.
    other: String,
}

#[derive(Template)]
#[template(path = "code.html")]
struct CodePage {
    frame: Frame,
    app: String,
    code: String,
}

/// What the form on the page sends again.
const FIELDS: [&str; 7] =
    ["client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge", "code_challenge_method"];

/// Who asks, and where to answer. What is wrong here is told to the member alone: the address may be anybody's.
async fn read(app: &App, t: Language, params: &Params) -> Result<Request, ApiError> {
    let client_id = params.text("client_id").unwrap_or_default();
    let found = app.node.store.read().await?.app_by_client_id(&client_id).await?;
    let oauth_app = found.ok_or_else(|| ApiError::bad_request(t.say("consent-unknown-app")))?;
    let redirect_uri = params.text("redirect_uri").unwrap_or_default();
    if !oauth_app.redirect_uris.contains(&redirect_uri) {
        return Err(ApiError::bad_request(t.say("consent-unknown-place")));
    }
    Ok(Request { app: oauth_app, redirect_uri, state: params.text("state").unwrap_or_default() })
}

fn check(request: &Request, params: &Params) -> Result<Wish, Refusal> {
    if params.text("response_type").as_deref() != Some("code") {
        let words = "The authorization server does not support this response type.";
        return Err(Refusal { error: "unsupported_response_type", words });
    }
    let invalid =
        || Refusal { error: "invalid_scope", words: "The requested scope is invalid, unknown, or malformed." };
    let registered = Scopes::parse(&request.app.scopes).ok_or_else(invalid)?;
    let asked = params.filled("scope").unwrap_or_else(|| "read".to_owned());
    let scopes = Scopes::parse(&asked).filter(|s| registered.contain(s)).ok_or_else(invalid)?;
    let code_challenge = params.filled("code_challenge").unwrap_or_default();
    let method = params.filled("code_challenge_method");
    let is_plausible = code_challenge.len() == 43
        && code_challenge.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let good = match method.as_deref() {
        None => code_challenge.is_empty(),
        Some("S256") => is_plausible,
        Some(_) => false,
    };
    if !good {
        return Err(Refusal {
            error: "invalid_request",
            words: "The code_challenge_method must be S256, with its challenge.",
        });
    }
    Ok(Wish { scopes, code_challenge })
}

/// Tells the app; or the member, if the app cannot be reached by a redirect.
fn refuse(app: &App, visitor: &Visitor, request: &Request, refusal: &Refusal) -> Result<Response, ApiError> {
    if request.redirect_uri == OUT_OF_BAND {
        let t = visitor.language;
        if refusal.error == "access_denied" {
            return message(app, visitor, StatusCode::BAD_REQUEST, &t.say("consent-no"), &t.say("consent-no-do"));
        }
        // The words are for whoever wrote the app.
        return message(app, visitor, StatusCode::BAD_REQUEST, &t.say("consent-cannot"), refusal.words);
    }
    let answer = [("error", refusal.error), ("error_description", refusal.words), ("state", &request.state)];
    Ok(send_back(&with_answer(&request.redirect_uri, &answer)))
}

fn send_back(uri: &str) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Redirect::to(uri)).into_response()
}

/// The same request as an address, to come back to after signing in.
fn address(params: &Params, more: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for name in FIELDS {
        if let Some(value) = params.text(name) {
            query.append_pair(name, &value);
        }
    }
    query.extend_pairs(more);
    own_path(&format!("/oauth/authorize?{}", query.finish()))
}

/// `GET /oauth/authorize`: the page where the member is asked; before, where they sign in.
pub async fn show(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let request = read(&app, visitor.language, &params).await?;
    let wish = match check(&request, &params) {
        Ok(wish) => wish,
        Err(refusal) => return refuse(&app, &visitor, &request, &refusal),
    };
    let signed = match &visitor.signed {
        Some(signed) if !params.flag("force_login").unwrap_or(false) => signed,
        _ => {
            let next = address(&params, &[]);
            return login_page(&app, &visitor, &next, &request.app.name, StatusCode::OK, "", Errors::default());
        }
    };
    let mut frame = Frame::new(&app, &visitor);
    // The question stands alone on its page.
    frame.member.clear();
    let page = ConsentPage {
        frame,
        app: request.app.name.clone(),
        website: request.app.website.clone(),
        back: if request.redirect_uri == OUT_OF_BAND {
            String::new()
        } else {
            place(visitor.language, &request.redirect_uri)
        },
        name: signed.account.shown_name().to_owned(),
        handle: app.node.config.full_handle(&signed.account),
        permissions: permissions(visitor.language, &wish.scopes),
        fields: FIELDS.iter().filter_map(|name| Some((*name, params.text(name)?))).collect(),
        other: address(&params, &[("force_login", "true")]),
    };
    form_to(&app, &visitor, StatusCode::OK, &page, &form_target(&request.redirect_uri))
}

/// `POST /oauth/authorize`: what the member said.
pub async fn decide(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let request = read(&app, visitor.language, &params).await?;
    let Some(signed) = &visitor.signed else { return Ok(Redirect::to(&address(&params, &[])).into_response()) };
    visitor.check(&params)?;
    let wish = match check(&request, &params) {
        Ok(wish) => wish,
        Err(refusal) => return refuse(&app, &visitor, &request, &refusal),
    };
    if params.text("decision").as_deref() != Some("allow") {
        let words = "The resource owner or authorization server denied the request.";
        return refuse(&app, &visitor, &request, &Refusal { error: "access_denied", words });
    }
    let mut tx = app.node.store.begin().await?;
    let (scopes, challenge) = (&wish.scopes, &wish.code_challenge);
    let code = login::issue_code(
        &app.node,
        &mut tx,
        &request.app,
        signed.account.id,
        &request.redirect_uri,
        scopes,
        challenge,
    )
    .await?;
    app.node.commit(tx).await?;
    if request.redirect_uri != OUT_OF_BAND {
        let answer = [("code", code.as_str()), ("state", &request.state)];
        return Ok(send_back(&with_answer(&request.redirect_uri, &answer)));
    }
    let page = CodePage { frame: Frame::new(&app, &visitor), app: request.app.name, code };
    crate::web::frame::form(&app, &visitor, StatusCode::OK, &page)
}

/// Where a redirect leads, for people: the host, or the scheme of a program.
fn place(t: Language, uri: &str) -> String {
    let Ok(url) = url::Url::parse(uri) else { return uri.to_owned() };
    match url.host_str() {
        Some(host) if matches!(url.scheme(), "http" | "https") => host.to_owned(),
        _ => t.one("consent-program", "scheme", url.scheme()),
    }
}

/// What scopes mean, in words, each once.
fn permissions(t: Language, scopes: &Scopes) -> Vec<Cow<'static, str>> {
    let mut list: Vec<Cow<'static, str>> = Vec::new();
    for scope in scopes.list() {
        let words = match scope.as_str() {
            "read" => t.say("may-read"),
            "write" => t.say("may-write"),
            "follow" => t.say("may-follow"),
            "push" => t.say("may-push"),
            "profile" => t.say("may-profile"),
            s if s.starts_with("admin:write") => t.say("may-admin-write"),
            s if s.starts_with("admin:read") => t.say("may-admin-read"),
            "read:accounts" => t.say("may-read-accounts"),
            "read:statuses" => t.say("may-read-posts"),
            "read:notifications" => t.say("may-read-notifications"),
            "read:search" => t.say("may-search"),
            "write:statuses" => t.say("may-write-posts"),
            "write:media" => t.say("may-write-media"),
            "write:accounts" => t.say("may-write-profile"),
            "write:follows" => t.say("may-write-follows"),
            "write:conversations" => t.say("may-write-conversations"),
            "write:reports" => t.say("may-report"),
            s if s.starts_with("read:") => t.say("may-read-lists"),
            _ => t.say("may-write-lists"),
        };
        if !list.contains(&words) {
            list.push(words);
        }
    }
    list
}
