//! Across servers: `/remote` sends a stranger to their own server, to follow or answer somebody of ours there; `/authorize_interaction` is where another server sends a member of ours who wants to follow somebody there (the `subscribe`
//! template of WebFinger).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use federation::discover::Found;
use model::account::Account;
use model::audience::Viewer;
use model::handle::Handle;
use node::carry;
use node::follow::Wishes;

use super::forms::own_path;
use super::frame::{Frame, form, message};
use super::view::{Person, PostView, posts};
use super::visitor::Visitor;
use crate::params::Params;
use crate::rate::Address;
use crate::{ApiError, App};

#[derive(Template)]
#[template(path = "interact.html")]
struct InteractPage {
    frame: Frame,
    person: Person,
    bio: String,
    post: Option<PostView>,
    account: model::id::Id,
    /// `self`, `following`, `asked`, or empty.
    state: &'static str,
    /// What stands before and behind the name of whom it is about.
    title: (String, String),
}

/// `GET /authorize_interaction?uri=…`: what was found, and a button to follow.
pub async fn show(
    State(app): State<App>,
    Address(address): Address,
    visitor: Visitor,
    params: Params,
) -> Result<Response, ApiError> {
    let typed = params.required("uri")?;
    let Some(signed) = &visitor.signed else {
        let next = url::form_urlencoded::Serializer::new(String::new()).append_pair("uri", &typed).finish();
        let next = own_path(&format!("/authorize_interaction?{next}"));
        return super::login::page(&app, &visitor, &next, "", StatusCode::OK, "", super::forms::Errors::default());
    };
    app.limits.look_up(address, app.node.now())?;
    let found = match app.federation.find(typed.trim_start_matches("acct:")).await {
        Ok(found) => found,
        Err(error) => {
            tracing::debug!(%error, "nothing was found for an interaction");
            let t = visitor.language;
            return message(&app, &visitor, StatusCode::NOT_FOUND, &t.say("interact-none"), &t.say("interact-none-do"));
        }
    };
    let mut tx = app.node.store.read().await?;
    let (account, post) = match found {
        Found::Account(account) => (*account, None),
        Found::Post(post) => {
            // What only some may see is shown where those are known: in the timelines, not here.
            let post = tx.visible_post(post.id, Viewer::Anyone).await?.ok_or_else(ApiError::not_found)?;
            let author = tx.account(post.account_id).await?.ok_or_else(ApiError::not_found)?;
            (author, posts(&visitor.reader(&app, ""), &mut tx, vec![post]).await?.pop())
        }
    };
    if account.is_suspended() {
        return Err(ApiError::not_found());
    }
    let state = match tx.follow(signed.account.id, account.id).await? {
        _ if account.id == signed.account.id => "self",
        Some(row) if row.accepted => "following",
        Some(_) => "asked",
        None => "",
    };
    let title = match state {
        _ if post.is_some() => "interact-post",
        "following" => "interact-you-follow",
        _ => "interact-title",
    };
    let page = InteractPage {
        frame: Frame::new(&app, &visitor),
        title: visitor.language.around(title, "name"),
        person: Person::seen(&visitor.reader(&app, ""), &account),
        bio: model::html::sanitise(&account.note),
        post,
        account: account.id,
        state,
    };
    form(&app, &visitor, StatusCode::OK, &page)
}

/// `POST /authorize_interaction`: follows.
pub async fn follow(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let Some(signed) = &visitor.signed else { return Ok(Redirect::to("/login").into_response()) };
    visitor.check(&params)?;
    let mut tx = app.node.store.begin().await?;
    let target: Account = match params.number("account") {
        Some(id) => tx.account(id).await?.ok_or_else(ApiError::not_found)?,
        None => return Err(ApiError::bad_request("Whom to follow is missing")),
    };
    node::follow::follow(&app.node, &mut tx, &signed.account, &target, &Wishes::default()).await?;
    app.node.commit(tx).await?;
    let back = url::form_urlencoded::Serializer::new(String::new()).append_pair("uri", &target.uri).finish();
    Ok(Redirect::to(&format!("/authorize_interaction?{back}")).into_response())
}

#[derive(Template)]
#[template(path = "remote.html")]
struct RemotePage {
    frame: Frame,
    uri: String,
    /// What to search for on one's own server.
    what: String,
    handle: String,
    server: String,
    /// Where it goes on; empty: nowhere yet.
    to: String,
    error: String,
}

/// What is meant by an address of ours: it is of nobody else's.
async fn of_ours(app: &App, uri: &str) -> Result<String, ApiError> {
    let mut tx = app.node.store.read().await?;
    if let Some(account) = tx.account_by_uri(uri).await?.filter(|a| a.is_local() && !a.is_suspended()) {
        return Ok(format!("@{}", app.node.config.full_handle(&account)));
    }
    if let Some(slug) = carry::slug_in_url(&app.node.config, uri, "actor") {
        // Written down only once somebody follows it.
        let found = carry::find(&app.node, &mut tx, slug).await?.filter(|f| !f.account.is_suspended());
        let carrier = found.ok_or_else(ApiError::not_found)?.account;
        return Ok(format!("@{}", app.node.config.full_handle(&carrier)));
    }
    let post = tx.post_by_uri(uri).await?.filter(|p| p.local).ok_or_else(ApiError::not_found)?;
    Ok(tx.visible_post(post.id, Viewer::Anyone).await?.ok_or_else(ApiError::not_found)?.url)
}

/// `GET /remote?uri=…`: asks a stranger for their handle.
pub async fn ask(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let uri = params.required("uri")?;
    let page = RemotePage {
        frame: Frame::new(&app, &visitor),
        what: of_ours(&app, &uri).await?,
        uri,
        handle: String::new(),
        server: String::new(),
        to: String::new(),
        error: String::new(),
    };
    form(&app, &visitor, StatusCode::OK, &page)
}

/// `POST /remote`: looks where their server takes such wishes, and shows the way. No form leads to another server by itself.
pub async fn lead(
    State(app): State<App>,
    Address(address): Address,
    visitor: Visitor,
    params: Params,
) -> Result<Response, ApiError> {
    visitor.check(&params)?;
    let t = visitor.language;
    let (uri, typed) = (params.required("uri")?, params.text("handle").unwrap_or_default());
    let mut page = RemotePage {
        frame: Frame::new(&app, &visitor),
        what: of_ours(&app, &uri).await?,
        uri,
        handle: typed.trim().to_owned(),
        server: String::new(),
        to: String::new(),
        error: String::new(),
    };
    // A server alone is enough for most, who do not know who their people are.
    // Who pasted the address of their profile said both.
    let typed = match page.handle.split_once("://").map(|(_, rest)| rest.trim_end_matches('/').split_once("/@")) {
        Some(Some((host, name))) => format!("@{name}@{host}"),
        _ => page.handle.clone(),
    };
    let is_whole = typed.contains('@');
    let handle = if is_whole { typed } else { format!("x@{typed}") };
    // A word alone is neither.
    let is_server = |h: &Handle| h.domain.as_deref().is_some_and(|d| d.contains(['.', ':']));
    let Some(handle) = Handle::parse(&handle).ok().filter(is_server) else {
        page.error = t.say("remote-no-handle").into_owned();
        return form(&app, &visitor, StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    app.limits.look_up(address, app.node.now())?;
    page.server = handle.domain.clone().unwrap_or_default();
    match app.federation.interaction(&handle, &page.uri).await {
        Ok(url) => {
            page.to = url.into();
            form(&app, &visitor, StatusCode::OK, &page)
        }
        // Who did not say who they are is sent where most servers take such wishes.
        Err(_) if !is_whole && page.server.contains(char::is_alphabetic) => {
            let scheme = if page.uri.starts_with("http://") { "http" } else { "https" };
            let asked = url::form_urlencoded::Serializer::new(String::new()).append_pair("uri", &page.uri).finish();
            page.to = format!("{scheme}://{}/authorize_interaction?{asked}", page.server);
            form(&app, &visitor, StatusCode::OK, &page)
        }
        Err(error) => {
            tracing::debug!(%error, "no way to interact was found");
            page.error = t.one("remote-not-found", "server", &page.server);
            form(&app, &visitor, StatusCode::OK, &page)
        }
    }
}
