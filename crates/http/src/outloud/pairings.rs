//! Pairings: what one is in for, and to whom one was introduced. Who else is in nobody sees.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use model::account::Account as Person;
use model::clock::{date, rfc3339};
use model::id::Id;
use model::pairing::{Kind, Seeker};
use node::pairing::{self, CUPPA, Form};
use serde::Serialize;
use serde_json::{Value, json};
use storage::{Pairing as Side, Tx};
use utoipa::ToSchema;

use super::experiments::day;
use crate::auth::Caller;
use crate::mastodon::entities::account::{Account, Moves};
use crate::mastodon::{ACCOUNTS, At, Listed, link};
use crate::params::Params;
use crate::{ApiError, App, page};

type Answer<T> = Result<Json<T>, ApiError>;

/// What one is in for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Seeking {
    /// Of the account that introduces people, which can be written to instead.
    handle: String,
    /// Null until somebody was in for the first time.
    #[schema(required, format = DateTime)]
    next_round_at: Option<String>,
    seeking: Vec<Wanted>,
}

/// A kind of pairing that one is in for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Wanted {
    /// `cuppa`, `shadowing` or `mentoring`.
    kind: &'static str,
    /// `offer` or `ask`, `mentor` or `mentee`; null for a cuppa.
    #[schema(required)]
    role: Option<String>,
    /// What the other reads of one; plain text.
    about: String,
    /// The first and the last day on which one could; null but for shadowing.
    #[schema(required, format = Date)]
    from: Option<String>,
    #[schema(required, format = Date)]
    until: Option<String>,
    /// When one began to wait.
    #[schema(format = DateTime)]
    since: String,
}

/// Two who were introduced to each other.
#[derive(Debug, Serialize, ToSchema)]
pub struct Pairing {
    id: String,
    /// `cuppa`, `shadowing` or `mentoring`.
    kind: &'static str,
    account: Account,
    /// The post that introduced them.
    status_id: String,
    /// Mentoring: whether one has agreed to its conditions, and whether the other has.
    agreed: bool,
    agreed_by_other: bool,
    #[schema(format = DateTime)]
    created_at: String,
}

/// Where nobody is introduced to anybody, nothing of this is there.
fn check_on(app: &App) -> Result<(), ApiError> {
    if app.node.config.cuppa_days == 0 { Err(ApiError::not_found()) } else { Ok(()) }
}

fn kind(name: &str) -> Result<Kind, ApiError> {
    Kind::from_name(name).ok_or_else(ApiError::not_found)
}

fn wanted(s: &Seeker) -> Wanted {
    let day = |at| (s.kind == Kind::Shadowing).then(|| date(at));
    Wanted {
        kind: s.kind.name(),
        role: Some(s.role.clone()).filter(|r| !r.is_empty()),
        about: s.about.clone(),
        from: day(s.from_at),
        until: day(s.until_at),
        since: rfc3339(s.since),
    }
}

/// `GET /api/outloud/v1/pairings/seeking`.
pub async fn seeking(State(app): State<App>, caller: Caller) -> Answer<Seeking> {
    let who = &caller.member("read:accounts")?.account;
    check_on(&app)?;
    let mut tx = app.node.store.read().await?;
    let seeking = tx.seeking(who.id).await?;
    let next = pairing::next_round(&app.node, &mut tx).await?;
    Ok(Json(Seeking {
        handle: format!("{CUPPA}@{}", app.node.config.handle_domain),
        next_round_at: next.map(rfc3339),
        seeking: seeking.iter().map(wanted).collect(),
    }))
}

/// `PUT /api/outloud/v1/pairings/seeking/:kind`: one is in, or says another thing of oneself.
pub async fn seek(State(app): State<App>, caller: Caller, Path(name): Path<String>, params: Params) -> Answer<Wanted> {
    let who = &caller.member("write:accounts")?.account;
    check_on(&app)?;
    let kind = kind(&name)?;
    let (from, until) = (day(&params, "from", "From")?, day(&params, "until", "Until")?);
    let days = match (from, until) {
        (None, None) => None,
        (Some(from), Some(until)) => Some((from, until)),
        _ => return Err(ApiError::unprocessable("Validation failed: From and until go together")),
    };
    let text = |name| params.text(name).unwrap_or_default();
    let form = Form { kind, role: text("role"), about: text("about"), days };
    let mut tx = app.node.store.begin().await?;
    let seeker = pairing::join(&app.node, &mut tx, who, form).await?;
    app.node.commit(tx).await?;
    Ok(Json(wanted(&seeker)))
}

/// `DELETE /api/outloud/v1/pairings/seeking/:kind`: one is out.
pub async fn leave(State(app): State<App>, caller: Caller, Path(name): Path<String>) -> Answer<Value> {
    // Also where it is turned off: whoever is out stays so.
    let who = &caller.member("write:accounts")?.account;
    let mut tx = app.node.store.begin().await?;
    tx.drop_seeker(who.id, kind(&name)?).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// `GET /api/outloud/v1/pairings`: to whom one was introduced.
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Pairing> {
    let who = &caller.member("read:accounts")?.account;
    check_on(&app)?;
    let page = page::page(&params, ACCOUNTS);
    let mut tx = app.node.store.read().await?;
    let sides = tx.pairings_of(who.id, &page).await?;
    let rows: Vec<(Id, Side)> = sides.into_iter().map(|s| (s.id, s)).collect();
    let headers = link(&app, &uri, &page, &rows);
    let sides: Vec<Side> = rows.into_iter().map(|(_, s)| s).collect();
    Ok((headers, Json(render(&app, &mut tx, who.id, &sides).await?)))
}

/// Pairs from the side of `who`.
async fn render(app: &App, tx: &mut Tx, who: Id, sides: &[Side]) -> Result<Vec<Pairing>, ApiError> {
    let others: Vec<Id> = sides.iter().map(|s| s.other_id).collect();
    let others: HashMap<Id, Person> = tx.accounts(&others).await?.into_iter().map(|a| (a.id, a)).collect();
    let moves = Moves::of(tx, others.values()).await?;
    let pairs: Vec<Id> = sides.iter().map(|s| s.id).collect();
    let agreed = tx.agreed_by_other(&pairs, who).await?;
    let shown = sides.iter().filter_map(|side| {
        let other = others.get(&side.other_id)?;
        Some(Pairing {
            id: side.id.to_string(),
            kind: side.kind.name(),
            account: moves.render(&app.node.config, other),
            status_id: side.id.to_string(),
            agreed: side.agreed,
            agreed_by_other: agreed.contains(&side.id),
            created_at: rfc3339(side.created_at),
        })
    });
    Ok(shown.collect())
}

/// `POST /api/outloud/v1/pairings/:id/agree`: to the conditions of mentoring.
pub async fn agree(State(app): State<App>, caller: Caller, At(id): At) -> Answer<Pairing> {
    let who = &caller.member("write:accounts")?.account;
    check_on(&app)?;
    let mut tx = app.node.store.begin().await?;
    pairing::agree(&app.node, &mut tx, who, id).await?;
    let mut sides = tx.pairing(id).await?;
    sides.retain(|s| s.account_id == who.id);
    let shown = render(&app, &mut tx, who.id, &sides).await?.pop().ok_or_else(ApiError::not_found)?;
    app.node.commit(tx).await?;
    Ok(Json(shown))
}
