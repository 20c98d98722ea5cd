//! Subscriptions to Web Push, one for each token (docs.joinmastodon.org/methods/push).

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use model::notification::NotificationKind;
use node::push::{self, Vapid, Wish};
use serde::Serialize;
use serde_json::{Value, json};
use storage::Subscription as Known;
use utoipa::ToSchema;

use crate::auth::{Caller, bearer};
use crate::params::Params;
use crate::{ApiError, App};

/// `POST /api/v1/push/subscription`.
pub async fn subscribe(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    params: Params,
) -> Result<Json<Subscription>, ApiError> {
    let token = &caller.member("push")?.token;
    let secret = bearer(&headers).ok_or_else(ApiError::unauthorised)?;
    let group = params.group("subscription").unwrap_or_default();
    let keys = group.group("keys").unwrap_or_default();
    let data = params.group("data").unwrap_or_default();
    let wish = Wish {
        endpoint: filled(&group, "endpoint", "Endpoint")?,
        p256dh: filled(&keys, "p256dh", "Key p256dh")?,
        auth: filled(&keys, "auth", "Key auth")?,
        standard: group.flag("standard").unwrap_or(false),
        alerts: alerts(&data),
        policy: policy(&params, &data).unwrap_or_else(|| "all".to_owned()),
    };
    // Before anything is begun: it may have to be made.
    let vapid = push::vapid(&app.node).await?;
    let mut tx = app.node.store.begin().await?;
    let subscription = push::subscribe(&app.node, &mut tx, &vapid, token, secret, &wish).await?;
    app.node.commit(tx).await?;
    Ok(Json(entity(&subscription, &vapid)))
}

/// `GET /api/v1/push/subscription`.
pub async fn show(State(app): State<App>, caller: Caller) -> Result<Json<Subscription>, ApiError> {
    let token = &caller.member("push")?.token;
    let vapid = push::vapid(&app.node).await?;
    let known = app.node.store.read().await?.subscription_of(token.id).await?;
    known.map(|s| Json(entity(&s, &vapid))).ok_or_else(ApiError::not_found)
}

/// `PUT /api/v1/push/subscription`.
pub async fn change(State(app): State<App>, caller: Caller, params: Params) -> Result<Json<Subscription>, ApiError> {
    let token = &caller.member("push")?.token;
    let data = params.group("data").unwrap_or_default();
    // Of the kinds all are said, or none.
    let alerts = data.has("alerts").then(|| alerts(&data));
    let vapid = push::vapid(&app.node).await?;
    let mut tx = app.node.store.begin().await?;
    let subscription = push::change(&mut tx, token, alerts, policy(&params, &data).as_deref()).await?;
    app.node.commit(tx).await?;
    Ok(Json(entity(&subscription, &vapid)))
}

/// `DELETE /api/v1/push/subscription`.
pub async fn unsubscribe(State(app): State<App>, caller: Caller) -> Result<Json<Value>, ApiError> {
    let token = &caller.member("push")?.token;
    let mut tx = app.node.store.begin().await?;
    push::unsubscribe(&mut tx, token).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

fn filled(params: &Params, name: &str, called: &str) -> Result<String, ApiError> {
    let missing = || ApiError::unprocessable(format!("Validation failed: {called} can't be blank"));
    params.filled(name).ok_or_else(missing)
}

/// The documentation has it in two places.
fn policy(params: &Params, data: &Params) -> Option<String> {
    data.filled("policy").or_else(|| params.filled("policy"))
}

/// Names of the kinds that are wanted. `admin.sign_up` may come as a group `admin` with a `sign_up` in it, too.
fn alerts(data: &Params) -> Vec<String> {
    let asked = data.group("alerts").unwrap_or_default();
    let is_on = |name: &str| {
        let nested = name.split_once('.').and_then(|(group, rest)| asked.group(group)?.flag(rest));
        asked.flag(name).or(nested).unwrap_or(false)
    };
    told().map(NotificationKind::name).filter(|n| is_on(n)).map(str::to_owned).collect()
}

/// The kinds by which apps say what they want to be told of: each of ours comes with one of these.
fn told() -> impl Iterator<Item = NotificationKind> {
    NotificationKind::ALL.into_iter().filter(|kind| kind.own_name().is_none())
}

/// What is told to whom (entities/WebPushSubscription).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebPushSubscription)]
pub struct Subscription {
    id: String,
    endpoint: String,
    standard: bool,
    /// By the kinds of notifications.
    alerts: BTreeMap<&'static str, bool>,
    policy: String,
    server_key: String,
}

fn entity(s: &Known, vapid: &Vapid) -> Subscription {
    Subscription {
        id: s.id.to_string(),
        endpoint: s.endpoint.clone(),
        standard: s.standard,
        alerts: told().map(|kind| (kind.name(), s.wants(kind))).collect(),
        policy: s.policy.clone(),
        server_key: vapid.public.clone(),
    }
}
