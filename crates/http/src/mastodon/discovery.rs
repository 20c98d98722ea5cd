//! Whom one might want to know, and what many use (docs.joinmastodon.org/methods/suggestions, directory, trends).

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use model::clock::DAY;
use model::id::Id;
use model::post::Tag as Used;
use node::cards;
use node::discovery::{self, Reason};
use serde::Serialize;
use serde_json::{Value, json};
use storage::{DayOf, Trending, Tx};
use utoipa::ToSchema;

use super::At;
use super::entities::account::{self, Account};
use super::entities::card::{self, PreviewCard};
use super::entities::small::{Day, Tag, tag_with};
use super::entities::status::Status;
use crate::auth::Caller;
use crate::params::Params;
use crate::{ApiError, App};

/// Accounts of a list by default and at most; tags and links the same.
const ACCOUNTS: (i64, i64) = (40, 80);
const TRENDS: (i64, i64) = (10, 20);
/// How far lists can be paged.
const DEEP: i64 = 1_000;

fn limit(params: &Params, (usual, most): (i64, i64)) -> i64 {
    params.number("limit").unwrap_or(usual).clamp(1, most)
}

fn offset(params: &Params) -> i64 {
    params.number("offset").unwrap_or(0).clamp(0, DEEP)
}

fn size(number: i64) -> usize {
    usize::try_from(number).unwrap_or(0)
}

/// Somebody one may want to know (entities/Suggestion).
#[derive(Debug, Serialize, ToSchema)]
pub struct Suggestion {
    source: &'static str,
    sources: Vec<&'static str>,
    account: Account,
}

/// A page that many lead to (entities/Trends_Link).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Trends_Link)]
pub struct Link {
    #[serde(flatten)]
    card: PreviewCard,
    history: Vec<Day>,
}

/// `GET /api/v2/suggestions`.
pub async fn suggestions(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<Vec<Suggestion>>, ApiError> {
    let who = &caller.member("read")?.account;
    let mut tx = app.node.store.read().await?;
    let found = discovery::suggestions(&mut tx, who, size(limit(&params, ACCOUNTS))).await?;
    let people: Vec<_> = found.iter().map(|(a, _)| a.clone()).collect();
    let people = account::list(&app.node.config, &mut tx, &people).await?;
    let shown = people.into_iter().zip(&found).map(|(account, (_, reasons))| {
        // Mastodon's names for what comes nearest: chosen by the node, and alike in what one posts.
        let name = |r: &Reason| if *r == Reason::Colleague { "featured" } else { "similar_to_recently_followed" };
        let sources: Vec<_> = reasons.iter().map(name).collect();
        let source = if reasons.contains(&Reason::Colleague) { "staff" } else { "past_interactions" };
        Suggestion { source, sources, account }
    });
    Ok(Json(shown.collect()))
}

/// `GET /api/v1/suggestions`, deprecated.
pub async fn suggested_accounts(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<Vec<Account>>, ApiError> {
    let who = &caller.member("read")?.account;
    let mut tx = app.node.store.read().await?;
    let found = discovery::suggestions(&mut tx, who, size(limit(&params, ACCOUNTS))).await?;
    let people: Vec<_> = found.into_iter().map(|(a, _)| a).collect();
    Ok(Json(account::list(&app.node.config, &mut tx, &people).await?))
}

/// `DELETE /api/v1/suggestions/:account_id`: is not suggested again.
pub async fn dismiss(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Value>, ApiError> {
    // Mastodon asks for no more than this.
    let who = caller.member("read")?.account.id;
    let mut tx = app.node.store.begin().await?;
    let target = super::account(&mut tx, id).await?;
    tx.dismiss_suggestion(who, target.id).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// `GET /api/v1/directory`: who wants to be found, by when they posted last (`active`) or came (`new`).
pub async fn directory(State(app): State<App>, _: Caller, params: Params) -> Result<Json<Vec<Account>>, ApiError> {
    let newest = params.filled("order").is_some_and(|order| order == "new");
    let local = params.flag("local").unwrap_or(false);
    let mut tx = app.node.store.read().await?;
    let found = tx.directory(local, newest, limit(&params, ACCOUNTS), offset(&params)).await?;
    Ok(Json(account::list(&app.node.config, &mut tx, &found).await?))
}

/// The last days of something, today first. Numbers and days are texts there.
fn history(today: i64, days: &[DayOf]) -> Vec<Day> {
    let day = |day: i64| {
        let known = days.iter().find(|d| d.day == day);
        let (uses, accounts) = known.map_or((0, 0), |d| (d.uses, d.accounts));
        Day::new(day, uses, accounts)
    };
    (0..discovery::DAYS).map(|ago| day(today - ago)).collect()
}

/// Hashtags that the most different people used, with their last days.
pub(crate) async fn trending_tags(app: &App, params: &Params) -> Result<Vec<(Used, Vec<Day>)>, ApiError> {
    let node = &app.node;
    let mut tx = node.store.read().await?;
    let (limit, offset) = (size(limit(params, TRENDS)), size(offset(params)));
    let found = discovery::trends(node, &mut tx, Trending::Tag, limit, offset).await?;
    let tags = tx.tags_by_id(&found.iter().map(|(id, _)| *id).collect::<Vec<_>>()).await?;
    let shown = found.iter().filter_map(|(id, days)| {
        let tag = tags.iter().find(|t| t.id == *id)?;
        Some((tag.clone(), history(node.now() / DAY, days)))
    });
    Ok(shown.collect())
}

/// How these hashtags were used in the last days.
pub(super) async fn uses_of_tags(app: &App, tx: &mut Tx, tags: &[Id]) -> Result<HashMap<Id, Vec<Day>>, ApiError> {
    let today = app.node.now() / DAY;
    let uses = tx.uses_since(today - discovery::DAYS + 1, today, Trending::Tag, tags).await?;
    let of = |id: &Id| uses.iter().filter(|u| u.subject_id == *id).copied().collect::<Vec<_>>();
    Ok(tags.iter().map(|id| (*id, history(today, &of(id)))).collect())
}

/// `GET /api/v1/trends/tags`, and `/api/v1/trends`: hashtags that the most different people used.
pub async fn tags(State(app): State<App>, _: Caller, params: Params) -> Result<Json<Vec<Tag>>, ApiError> {
    let shown =
        trending_tags(&app, &params).await?.into_iter().map(|(tag, history)| tag_with(&app.node, &tag, history));
    Ok(Json(shown.collect()))
}

/// `GET /api/v1/trends/links`: pages that the most different people led to, as far as they say what they are.
pub async fn links(State(app): State<App>, _: Caller, params: Params) -> Result<Json<Vec<Link>>, ApiError> {
    let node = &app.node;
    let mut tx = node.store.read().await?;
    let (limit, offset) = (size(limit(&params, TRENDS)), size(offset(&params)));
    let mut shown = Vec::new();
    for (id, days) in discovery::trends(node, &mut tx, Trending::Link, limit, offset).await? {
        let Some(page) = tx.card(id).await?.filter(|c| !c.title.is_empty()) else { continue };
        let Some(page) = cards::as_shown(node, page) else { continue };
        shown.push(Link { card: card::render(&node.config, &page), history: history(node.now() / DAY, &days) });
    }
    Ok(Json(shown))
}

/// `GET /api/v1/trends/statuses`: this node ranks no posts by how much they were favourited and boosted, so there are none.
pub async fn posts(_: Caller) -> Result<Json<Vec<Status>>, ApiError> {
    Ok(Json(Vec::new()))
}
