//! `/authorize_interaction`: where another server sends a member of ours who wants to follow somebody there (the `subscribe`
//! template of WebFinger).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use federation::discover::Found;
use model::account::Account;
use model::audience::Viewer;
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
    uri: String,
    person: Person,
    bio: String,
    post: Option<PostView>,
    account: model::id::Id,
    /// `self`, `following`, `asked`, or empty.
    state: &'static str,
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
            let words =
                "We looked, and found nothing there that can be followed. Check the address, or try again later.";
            return message(&app, &visitor, StatusCode::NOT_FOUND, "Nothing found", words);
        }
    };
    let mut tx = app.node.store.read().await?;
    let (account, post) = match found {
        Found::Account(account) => (*account, None),
        Found::Post(post) => {
            // What only some may see is shown where those are known: in the timelines, not here.
            let post = tx.visible_post(post.id, Viewer::Anyone).await?.ok_or_else(ApiError::not_found)?;
            let author = tx.account(post.account_id).await?.ok_or_else(ApiError::not_found)?;
            (author, posts(&app, &mut tx, vec![post]).await?.pop())
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
    let page = InteractPage {
        frame: Frame::new(&app, &visitor),
        uri: typed,
        person: Person::new(&app, &account),
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
