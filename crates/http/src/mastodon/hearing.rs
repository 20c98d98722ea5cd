//! Whom a member hears (docs.joinmastodon.org/methods/notifications, policy).

use axum::Json;
use axum::extract::State;
use model::id::Id;
use model::notification::{Policy, Verdict};
use node::hearing;
use serde_json::{Map, Value, json};
use storage::Tx;

use crate::auth::Caller;
use crate::params::Params;
use crate::{ApiError, App};

/// Most requests and notifications behind them that are counted.
const COUNTED: i64 = 1_000;

async fn render(app: &App, tx: &mut Tx, who: Id, old: bool) -> Result<Json<Value>, ApiError> {
    let policy = tx.notification_policy(who).await?;
    let mut fields = Map::new();
    for (name, verdict) in hearing::shown(&app.node, &policy) {
        if old {
            let name = name.replacen("for_", "filter_", 1);
            // What apps of old have a switch for.
            if ["filter_not_following", "filter_not_followers", "filter_new_accounts", "filter_private_mentions"]
                .contains(&name.as_str())
            {
                fields.insert(name, json!(verdict != Verdict::Accept));
            }
        } else {
            fields.insert(name.to_owned(), json!(verdict.name()));
        }
    }
    let (requests, held) = tx.count_requests(who, COUNTED).await?;
    let summary = json!({"pending_requests_count": requests, "pending_notifications_count": held});
    fields.insert("summary".to_owned(), summary);
    Ok(Json(Value::Object(fields)))
}

/// `GET /api/v2/notifications/policy`.
pub async fn show(State(app): State<App>, caller: Caller) -> Result<Json<Value>, ApiError> {
    let who = caller.member("read:notifications")?.account.id;
    render(&app, &mut app.node.store.read().await?, who, false).await
}

/// `GET /api/v1/notifications/policy`: with switches.
pub async fn show_old(State(app): State<App>, caller: Caller) -> Result<Json<Value>, ApiError> {
    let who = caller.member("read:notifications")?.account.id;
    render(&app, &mut app.node.store.read().await?, who, true).await
}

/// `PATCH /api/v2/notifications/policy`: accept, filter or drop for each class that is named.
pub async fn change(State(app): State<App>, caller: Caller, params: Params) -> Result<Json<Value>, ApiError> {
    let wish = |name: &str| match params.filled(name) {
        None => Ok(None),
        Some(word) => Verdict::from_name(&word)
            .map(Some)
            .ok_or_else(|| ApiError::unprocessable(format!("Validation failed: {name} is accept, filter or drop"))),
    };
    let policy = || {
        Ok::<_, ApiError>(Policy {
            not_following: wish("for_not_following")?,
            not_followers: wish("for_not_followers")?,
            new_accounts: wish("for_new_accounts")?,
            private_mentions: wish("for_private_mentions")?,
            limited_accounts: wish("for_limited_accounts")?,
        })
    };
    put(&app, &caller, policy, false).await
}

/// `PATCH /api/v1/notifications/policy`: a switch for each class that is named.
pub async fn change_old(State(app): State<App>, caller: Caller, params: Params) -> Result<Json<Value>, ApiError> {
    let wish = |name: &str| params.flag(name).map(|on| if on { Verdict::Filter } else { Verdict::Accept });
    let policy = || {
        Ok(Policy {
            not_following: wish("filter_not_following"),
            not_followers: wish("filter_not_followers"),
            new_accounts: wish("filter_new_accounts"),
            private_mentions: wish("filter_private_mentions"),
            limited_accounts: None,
        })
    };
    put(&app, &caller, policy, true).await
}

async fn put(
    app: &App,
    caller: &Caller,
    policy: impl FnOnce() -> Result<Policy, ApiError>,
    old: bool,
) -> Result<Json<Value>, ApiError> {
    let who = &caller.member("write:notifications")?.account;
    let policy = policy()?;
    let mut tx = app.node.store.begin().await?;
    hearing::change(&mut tx, who, &policy).await?;
    let shown = render(app, &mut tx, who.id, old).await?;
    app.node.commit(tx).await?;
    Ok(shown)
}
