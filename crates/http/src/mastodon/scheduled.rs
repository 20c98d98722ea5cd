//! Posts that are to be made later (docs.joinmastodon.org/methods/scheduled_statuses).

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::HeaderMap;
use model::audience::Audience;
use model::clock::{Millis, SECOND, parse_rfc3339, rfc3339};
use model::policy::QuotePolicy;
use node::{Config, schedule};
use serde_json::{Value, json};
use storage::{Scheduled, Tx};

use super::entities::media;
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
) -> Result<(HeaderMap, Json<Vec<Value>>), ApiError> {
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
pub async fn show(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Value>, ApiError> {
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
) -> Result<Json<Value>, ApiError> {
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
    schedule::cancel(&mut tx, who, id).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// A ScheduledStatus. One that could not be made when its time came says why, in `error`.
pub async fn render(config: &Config, tx: &mut Tx, s: &Scheduled) -> Result<Value, storage::Error> {
    let draft = &s.draft;
    let mut files = tx.media_list(&draft.media_ids).await?;
    files.sort_by_key(|m| draft.media_ids.iter().position(|id| *id == m.id));
    let files: Vec<_> = files.iter().map(|m| media::render(config, m)).collect();
    let poll = draft.poll.as_ref().map(|poll| {
        json!({
            "options": poll.options,
            "expires_in": poll.expires_in.map(|t| (t / SECOND).to_string()),
            "multiple": poll.multiple,
            "hide_totals": poll.hide_totals,
        })
    });
    // Where nothing was said it goes by who can see it.
    let is_open = draft.audience.is_none_or(Audience::is_open);
    let usual = if is_open { QuotePolicy::Everybody } else { QuotePolicy::Nobody };
    let ids: Vec<String> = draft.media_ids.iter().map(ToString::to_string).collect();
    let mut shown = json!({
        "id": s.id.to_string(),
        "scheduled_at": rfc3339(s.scheduled_at),
        "params": {
            "text": draft.text,
            "poll": poll,
            "media_ids": (!ids.is_empty()).then_some(ids),
            "sensitive": draft.sensitive,
            "spoiler_text": draft.summary,
            "visibility": draft.audience.map(|a| a.mastodon_name()),
            "language": (!draft.language.is_empty()).then_some(&draft.language),
            "in_reply_to_id": draft.in_reply_to_id.map(|id| id.to_string()),
            "quoted_status_id": draft.quoted_id.map(|id| id.to_string()),
            "quote_approval_policy": draft.quote_policy.unwrap_or(usual).name(),
            "application_id": draft.app_id,
            "scheduled_at": null,
            "idempotency": null,
            "with_rate_limit": false,
        },
        "media_attachments": files,
    });
    if !s.failure.is_empty()
        && let Some(object) = shown.as_object_mut()
    {
        object.insert("error".to_owned(), json!(s.failure));
    }
    Ok(shown)
}
