//! Filters (docs.joinmastodon.org/methods/filters). Version 1 of it works on the same ones.

use axum::Json;
use axum::extract::State;
use model::filter::{FilterAction, Keyword};
use node::filter::{self, FilterChange, KeywordChange};
use serde_json::{Value, json};

use super::At;
use super::entities::filter::{self as entity, Filter, FilterKeyword, FilterStatus, Single};
use crate::auth::Caller;
use crate::params::Params;
use crate::{ApiError, App};

type Answer<T> = Result<Json<T>, ApiError>;

/// `GET /api/v2/filters`.
pub async fn all(State(app): State<App>, caller: Caller) -> Answer<Vec<Filter>> {
    let who = &caller.member("read:filters")?.account;
    let mut tx = app.node.store.read().await?;
    let found = tx.filters(who.id).await?;
    Ok(Json(entity::list(&mut tx, &found).await?))
}

/// `GET /api/v2/filters/:id`.
pub async fn show(State(app): State<App>, caller: Caller, At(id): At) -> Answer<Filter> {
    let who = &caller.member("read:filters")?.account;
    whole(&app, who.id, id).await
}

/// `POST /api/v2/filters`.
pub async fn create(State(app): State<App>, caller: Caller, params: Params) -> Answer<Filter> {
    let who = &caller.member("write:filters")?.account;
    let mut tx = app.node.store.begin().await?;
    let made = filter::create(&app.node, &mut tx, who, &change(&params)?).await?;
    app.node.commit(tx).await?;
    whole(&app, who.id, made.id).await
}

/// `PUT /api/v2/filters/:id`.
pub async fn update(State(app): State<App>, caller: Caller, At(id): At, params: Params) -> Answer<Filter> {
    let who = &caller.member("write:filters")?.account;
    let mut tx = app.node.store.begin().await?;
    filter::update(&app.node, &mut tx, who, id, &change(&params)?).await?;
    app.node.commit(tx).await?;
    whole(&app, who.id, id).await
}

/// `DELETE /api/v2/filters/:id`.
pub async fn delete(State(app): State<App>, caller: Caller, At(id): At) -> Answer<Value> {
    let who = &caller.member("write:filters")?.account;
    let mut tx = app.node.store.begin().await?;
    filter::delete(&mut tx, who, id).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// `GET /api/v2/filters/:id/keywords`.
pub async fn keywords(State(app): State<App>, caller: Caller, At(id): At) -> Answer<Vec<FilterKeyword>> {
    let who = &caller.member("read:filters")?.account;
    let mut tx = app.node.store.read().await?;
    let filter = tx.filter_of(who.id, id).await?.ok_or_else(ApiError::not_found)?;
    Ok(Json(tx.filter_keywords(&[filter.id]).await?.iter().map(entity::keyword).collect()))
}

/// `POST /api/v2/filters/:id/keywords`.
pub async fn add_keyword(State(app): State<App>, caller: Caller, At(id): At, params: Params) -> Answer<FilterKeyword> {
    let who = &caller.member("write:filters")?.account;
    let mut tx = app.node.store.begin().await?;
    let made = filter::add_keyword(&app.node, &mut tx, who, id, &keyword_change(&params, false)).await?;
    app.node.commit(tx).await?;
    Ok(Json(entity::keyword(&made)))
}

/// `GET /api/v2/filters/keywords/:id`.
pub async fn keyword(State(app): State<App>, caller: Caller, At(id): At) -> Answer<FilterKeyword> {
    let who = &caller.member("read:filters")?.account;
    let found = app.node.store.read().await?.filter_keyword(who.id, id).await?.ok_or_else(ApiError::not_found)?;
    Ok(Json(entity::keyword(&found)))
}

/// `PUT /api/v2/filters/keywords/:id`.
pub async fn update_keyword(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
    params: Params,
) -> Answer<FilterKeyword> {
    let who = &caller.member("write:filters")?.account;
    let mut tx = app.node.store.begin().await?;
    let changed = filter::update_keyword(&mut tx, who, id, &keyword_change(&params, false)).await?;
    app.node.commit(tx).await?;
    Ok(Json(entity::keyword(&changed)))
}

/// `DELETE /api/v2/filters/keywords/:id`.
pub async fn delete_keyword(State(app): State<App>, caller: Caller, At(id): At) -> Answer<Value> {
    let who = &caller.member("write:filters")?.account;
    let mut tx = app.node.store.begin().await?;
    filter::delete_keyword(&mut tx, who, id).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// `GET /api/v2/filters/:id/statuses`.
pub async fn posts(State(app): State<App>, caller: Caller, At(id): At) -> Answer<Vec<FilterStatus>> {
    let who = &caller.member("read:filters")?.account;
    let mut tx = app.node.store.read().await?;
    let filter = tx.filter_of(who.id, id).await?.ok_or_else(ApiError::not_found)?;
    Ok(Json(tx.filter_posts(&[filter.id]).await?.iter().map(entity::post).collect()))
}

/// `POST /api/v2/filters/:id/statuses`.
pub async fn add_post(State(app): State<App>, caller: Caller, At(id): At, params: Params) -> Answer<FilterStatus> {
    let who = &caller.member("write:filters")?.account;
    let post = params.number("status_id").ok_or_else(ApiError::not_found)?;
    let mut tx = app.node.store.begin().await?;
    let made = filter::add_post(&app.node, &mut tx, who, id, post).await?;
    app.node.commit(tx).await?;
    Ok(Json(entity::post(&made)))
}

/// `GET /api/v2/filters/statuses/:id`.
pub async fn post(State(app): State<App>, caller: Caller, At(id): At) -> Answer<FilterStatus> {
    let who = &caller.member("read:filters")?.account;
    let found = app.node.store.read().await?.filter_post(who.id, id).await?.ok_or_else(ApiError::not_found)?;
    Ok(Json(entity::post(&found)))
}

/// `DELETE /api/v2/filters/statuses/:id`.
pub async fn remove_post(State(app): State<App>, caller: Caller, At(id): At) -> Answer<FilterStatus> {
    let who = &caller.member("write:filters")?.account;
    let mut tx = app.node.store.begin().await?;
    let gone = filter::remove_post(&mut tx, who, id).await?;
    app.node.commit(tx).await?;
    Ok(Json(entity::post(&gone)))
}

/// `GET /api/v1/filters`.
pub async fn singles(State(app): State<App>, caller: Caller) -> Answer<Vec<Single>> {
    let who = &caller.member("read:filters")?.account;
    let mut tx = app.node.store.read().await?;
    let filters = tx.filters(who.id).await?;
    let ids: Vec<_> = filters.iter().map(|f| f.id).collect();
    let keywords = tx.filter_keywords(&ids).await?;
    let one = |k: &Keyword| filters.iter().find(|f| f.id == k.filter_id).map(|f| entity::single(f, k));
    Ok(Json(keywords.iter().filter_map(one).collect()))
}

/// `GET /api/v1/filters/:id`.
pub async fn single(State(app): State<App>, caller: Caller, At(id): At) -> Answer<Single> {
    let who = &caller.member("read:filters")?.account;
    let mut tx = app.node.store.read().await?;
    let keyword = tx.filter_keyword(who.id, id).await?.ok_or_else(ApiError::not_found)?;
    let filter = tx.filter_of(who.id, keyword.filter_id).await?.ok_or_else(ApiError::not_found)?;
    Ok(Json(entity::single(&filter, &keyword)))
}

/// `POST /api/v1/filters`.
pub async fn create_single(State(app): State<App>, caller: Caller, params: Params) -> Answer<Single> {
    let who = &caller.member("write:filters")?.account;
    let phrase = params.text("phrase").unwrap_or_default();
    let mut wanted = FilterChange { title: Some(phrase), ..single_change(&params)? };
    for keyword in &mut wanted.keywords {
        keyword.keyword.get_or_insert_default();
    }
    let mut tx = app.node.store.begin().await?;
    let keyword = filter::create_single(&app.node, &mut tx, who, &wanted).await?;
    let made = tx.filter_of(who.id, keyword.filter_id).await?.ok_or_else(ApiError::not_found)?;
    app.node.commit(tx).await?;
    Ok(Json(entity::single(&made, &keyword)))
}

/// `PUT /api/v1/filters/:id`.
pub async fn update_single(State(app): State<App>, caller: Caller, At(id): At, params: Params) -> Answer<Single> {
    let who = &caller.member("write:filters")?.account;
    let mut change = single_change(&params)?;
    for keyword in &mut change.keywords {
        keyword.id = Some(id);
    }
    let mut tx = app.node.store.begin().await?;
    let (filter, keyword) = filter::update_single(&app.node, &mut tx, who, id, &change).await?;
    app.node.commit(tx).await?;
    Ok(Json(entity::single(&filter, &keyword)))
}

/// `DELETE /api/v1/filters/:id`.
pub async fn delete_single(State(app): State<App>, caller: Caller, At(id): At) -> Answer<Value> {
    let who = &caller.member("write:filters")?.account;
    let mut tx = app.node.store.begin().await?;
    filter::delete_single(&mut tx, who, id).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

async fn whole(app: &App, who: i64, id: i64) -> Answer<Filter> {
    let mut tx = app.node.store.read().await?;
    let found = tx.filter_of(who, id).await?.ok_or_else(ApiError::not_found)?;
    entity::list(&mut tx, &[found]).await?.pop().map(Json).ok_or_else(ApiError::not_found)
}

fn change(params: &Params) -> Result<FilterChange, ApiError> {
    let action = match params.filled("filter_action") {
        None => None,
        Some(name) => Some(FilterAction::from_name(&name).ok_or_else(|| {
            ApiError::unprocessable(format!("Validation failed: '{name}' is not a valid filter_action"))
        })?),
    };
    Ok(FilterChange {
        title: params.text("title"),
        contexts: contexts(params),
        action,
        expires_in: expires_in(params)?,
        keywords: params.groups("keywords_attributes").iter().map(|p| keyword_change(p, true)).collect(),
    })
}

/// What version 1 says of a keyword and its filter together.
fn single_change(params: &Params) -> Result<FilterChange, ApiError> {
    let action = |irreversible| if irreversible { FilterAction::Hide } else { FilterAction::Warn };
    let keyword = KeywordChange {
        keyword: params.text("phrase"),
        whole_word: params.flag("whole_word"),
        ..KeywordChange::default()
    };
    Ok(FilterChange {
        contexts: contexts(params),
        action: params.flag("irreversible").map(action),
        expires_in: expires_in(params)?,
        keywords: vec![keyword],
        ..FilterChange::default()
    })
}

fn contexts(params: &Params) -> Option<Vec<String>> {
    let mut contexts = params.list("context");
    contexts.retain(|c| !c.is_empty());
    params.has("context").then_some(contexts)
}

/// Seconds from now; empty means for ever.
fn expires_in(params: &Params) -> Result<Option<Option<i64>>, ApiError> {
    Ok(if params.has("expires_in") { Some(params.span("expires_in", "Expires in")?) } else { None })
}

/// `in_list`: as one of several, where it may be one that is known, and may go.
fn keyword_change(params: &Params, in_list: bool) -> KeywordChange {
    KeywordChange {
        id: params.number("id").filter(|_| in_list),
        keyword: params.text("keyword"),
        whole_word: params.flag("whole_word"),
        is_dropped: in_list && params.flag("_destroy").unwrap_or(false),
    }
}
