//! How far what a member says goes: whether hashtags carry it beyond those who follow them.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use node::carry;

use super::frame::{Frame, form as answer};
use super::security::sign_in;
use super::visitor::Visitor;
use crate::params::Params;
use crate::{ApiError, App};

const PAGE: &str = "/settings/sharing";

#[derive(Template)]
#[template(path = "sharing.html")]
struct SharingPage {
    frame: Frame,
    tag_sharing: bool,
}

/// `GET /settings/sharing`.
pub async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    let Some(signed) = &visitor.signed else { return Ok(sign_in(PAGE)) };
    let page = SharingPage { frame: Frame::new(&app, &visitor), tag_sharing: signed.member.tag_sharing };
    answer(&app, &visitor, StatusCode::OK, &page)
}

/// `POST /settings/sharing`.
pub async fn save(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let Some(signed) = &visitor.signed else { return Ok(sign_in(PAGE)) };
    visitor.check(&params)?;
    let on = params.flag("tag_sharing").unwrap_or(false);
    let mut tx = app.node.store.begin().await?;
    carry::set_consent(&app.node, &mut tx, &signed.account, on).await?;
    app.node.commit(tx).await?;
    Ok(Redirect::to(PAGE).into_response())
}
