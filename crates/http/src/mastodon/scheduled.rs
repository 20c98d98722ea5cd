//! Posts that are to be made later (docs.joinmastodon.org/methods/scheduled_statuses).

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::HeaderMap;
use model::audience::Audience;
use model::clock::{Millis, SECOND, parse_rfc3339, rfc3339};
use model::policy::QuotePolicy;
use node::{Config, schedule};
use serde::Serialize;
use serde_json::{Value, json};
use storage::{Scheduled as Known, Tx};
use utoipa::ToSchema;

use super::entities::filled;
use super::entities::media::{self, Attachment};
use super::entities::status::Outloud;
use super::{At, POSTS, link};
use crate::auth::Caller;
use crate::params::Params;
use crate::{ApiError, App, page};

/// The time that a client wants something to happen at, if it says one.
pub fn scheduled_at(params: &Params) -> Result<Option<Millis>, ApiError> {
    let unreadable = || ApiError::unprocessable("Validation failed: Scheduled at is not a time");
    match params.filled("scheduled_at") {
        Some(text) => parse_rfc3339(&text).map(Some).ok_or_else(unreadable),
        None => Ok(None),
    }
}

/// `GET /api/v1/scheduled_statuses`.
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Result<(HeaderMap, Json<Vec<Scheduled>>), ApiError> {
    let who = caller.member("read:statuses")?.account.id;
    let page = page::page(&params, POSTS);
    let mut tx = app.node.store.read().await?;
    let rows: Vec<_> = tx.scheduled_by(who, &page).await?.into_iter().map(|s| (s.id, s)).collect();
    let headers = link(&app, &uri, &page, &rows);
    let mut list = Vec::with_capacity(rows.len());
    for (_, scheduled) in &rows {
        list.push(render(&app.node.config, &mut tx, scheduled).await?);
    }
    Ok((headers, Json(list)))
}

/// `GET /api/v1/scheduled_statuses/:id`.
pub async fn show(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Scheduled>, ApiError> {
    let who = caller.member("read:statuses")?.account.id;
    let mut tx = app.node.store.read().await?;
    let found = tx.seen_scheduled(id).await?.filter(|s| s.account_id == who).ok_or_else(ApiError::not_found)?;
    Ok(Json(render(&app.node.config, &mut tx, &found).await?))
}

/// `PUT /api/v1/scheduled_statuses/:id`: another time.
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
    params: Params,
) -> Result<Json<Scheduled>, ApiError> {
    let who = &caller.member("write:statuses")?.account;
    let at = scheduled_at(&params)?;
    let mut tx = app.node.store.begin().await?;
    let known = tx.seen_scheduled(id).await?.filter(|s| s.account_id == who.id).ok_or_else(ApiError::not_found)?;
    let scheduled = match at {
        Some(at) => schedule::reschedule(&app.node, &mut tx, who, id, at).await?,
        None => known,
    };
    let shown = render(&app.node.config, &mut tx, &scheduled).await?;
    app.node.commit(tx).await?;
    Ok(Json(shown))
}

/// `DELETE /api/v1/scheduled_statuses/:id`.
pub async fn cancel(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Value>, ApiError> {
    let who = &caller.member("write:statuses")?.account;
    let mut tx = app.node.store.begin().await?;
    schedule::cancel(&app.node, &mut tx, who, id).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// A post that waits for its time (entities/ScheduledStatus).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScheduledStatus)]
pub struct Scheduled {
    id: String,
    #[schema(format = DateTime)]
    scheduled_at: String,
    params: Wanted,
    media_attachments: Vec<Attachment>,
    /// Why it could not be made when its time came.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    error: Option<String>,
}

/// What the post will be.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScheduledStatus_Params)]
pub struct Wanted {
    text: String,
    #[schema(required)]
    poll: Option<WantedPoll>,
    #[schema(required)]
    media_ids: Option<Vec<String>>,
    #[schema(required)]
    sensitive: Option<bool>,
    spoiler_text: String,
    #[schema(required)]
    visibility: Option<&'static str>,
    #[schema(required)]
    language: Option<String>,
    #[schema(required)]
    in_reply_to_id: Option<String>,
    #[schema(required)]
    quoted_status_id: Option<String>,
    quote_approval_policy: &'static str,
    #[schema(required)]
    application_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    outloud: Option<Outloud>,
    // What clients look for, and is said elsewhere or to nobody.
    scheduled_at: (),
    idempotency: (),
    with_rate_limit: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScheduledStatus_Poll)]
pub struct WantedPoll {
    options: Vec<String>,
    /// Seconds, as text.
    #[schema(required)]
    expires_in: Option<String>,
    multiple: bool,
    hide_totals: bool,
}

pub async fn render(config: &Config, tx: &mut Tx, s: &Known) -> Result<Scheduled, storage::Error> {
    let draft = &s.draft;
    let mut files = tx.media_list(&draft.media_ids).await?;
    files.sort_by_key(|m| draft.media_ids.iter().position(|id| *id == m.id));
    let poll = draft.poll.as_ref().map(|poll| WantedPoll {
        options: poll.options.clone(),
        expires_in: poll.expires_in.map(|t| (t / SECOND).to_string()),
        multiple: poll.multiple,
        hide_totals: poll.hide_totals,
    });
    // Where nothing was said it goes by who can see it.
    let is_open = draft.audience.is_none_or(Audience::is_open);
    let usual = if is_open { QuotePolicy::Everybody } else { QuotePolicy::Nobody };
    let ids: Vec<String> = draft.media_ids.iter().map(ToString::to_string).collect();
    Ok(Scheduled {
        id: s.id.to_string(),
        scheduled_at: rfc3339(s.scheduled_at),
        params: Wanted {
            text: draft.text.clone(),
            poll,
            media_ids: (!ids.is_empty()).then_some(ids),
            sensitive: draft.sensitive,
            spoiler_text: draft.summary.clone(),
            visibility: draft.audience.map(Audience::mastodon_name),
            language: filled(&draft.language),
            in_reply_to_id: draft.in_reply_to_id.map(|id| id.to_string()),
            quoted_status_id: draft.quoted_id.map(|id| id.to_string()),
            quote_approval_policy: draft.quote_policy.unwrap_or(usual).name(),
            application_id: draft.app_id,
            outloud: draft.audience.and_then(|audience| Outloud::of(audience, draft.team_id).filled()),
            scheduled_at: (),
            idempotency: (),
            with_rate_limit: false,
        },
        media_attachments: files.iter().map(|m| media::render(config, m)).collect(),
        error: filled(&s.failure),
    })
}
