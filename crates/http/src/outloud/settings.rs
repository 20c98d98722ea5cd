//! What a member has decided about how far what they say goes.

use axum::Json;
use axum::extract::State;
use model::account::Member;
use node::carry;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::params::Params;
use crate::{ApiError, App};

/// A member's settings.
#[derive(Debug, Serialize, ToSchema)]
pub struct Settings {
    /// Hashtags carry what they say to everybody beyond those who follow them.
    tag_sharing: bool,
}

fn shown(member: &Member) -> Settings {
    Settings { tag_sharing: member.tag_sharing }
}

/// `GET /api/outloud/v1/settings`.
pub async fn show(caller: Caller) -> Result<Json<Settings>, ApiError> {
    Ok(Json(shown(&caller.member("read:accounts")?.member)))
}

/// `PATCH /api/outloud/v1/settings`: what is not said stays; 422 for what is neither yes nor no.
pub async fn change(State(app): State<App>, caller: Caller, params: Params) -> Result<Json<Settings>, ApiError> {
    let signed = caller.member("write:accounts")?;
    let mut tx = app.node.store.begin().await?;
    if let Some(on) = params.strict_flag("tag_sharing", "Tag sharing")? {
        carry::set_consent(&app.node, &mut tx, &signed.account, on).await?;
    }
    let member = tx.member(signed.account.id).await?.ok_or_else(ApiError::not_found)?;
    app.node.commit(tx).await?;
    Ok(Json(shown(&member)))
}
