//! What the node tells its members (docs.joinmastodon.org/methods/announcements).

use axum::Json;
use axum::extract::{Path, State};
use model::account::Account;
use model::clock::rfc3339;
use model::emoji::shortcodes;
use model::id::Id;
use node::{Config, texts};
use serde::Serialize;
use serde_json::{Value, json};
use storage::{Announcement as Known, NodeEmoji, Tx};
use utoipa::ToSchema;

use super::At;
use super::entities::{Emoji, own_emoji};
use crate::auth::Caller;
use crate::params::Params;
use crate::{ApiError, App};

/// Something that the node tells its members (entities/Announcement).
#[derive(Debug, Serialize, ToSchema)]
pub struct Announcement {
    id: String,
    content: String,
    #[schema(required, format = DateTime)]
    starts_at: Option<String>,
    #[schema(required, format = DateTime)]
    ends_at: Option<String>,
    all_day: bool,
    #[schema(format = DateTime)]
    published_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    read: bool,
    // Its text names nobody and nothing by a link of the node's own.
    mentions: [String; 0],
    statuses: [String; 0],
    tags: [String; 0],
    emojis: Vec<Emoji>,
    reactions: Vec<Reaction>,
}

/// How often somebody reacted with an emoji; with its pictures, where it is one of the node's own.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Announcement_Reaction)]
pub struct Reaction {
    name: String,
    count: i64,
    me: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    static_url: Option<String>,
}

/// `GET /api/v1/announcements`: those that hold; with `with_dismissed` also those that the member is done with.
pub async fn list(State(app): State<App>, caller: Caller, params: Params) -> Result<Json<Vec<Announcement>>, ApiError> {
    let who = &caller.any_member()?.account;
    let dismissed_too = params.flag("with_dismissed").unwrap_or(true);
    let mut tx = app.node.store.read().await?;
    let read = tx.read_announcements(who.id).await?;
    let emojis = tx.emojis().await?;
    let mut list = Vec::new();
    for announcement in texts::announcements(&app.node, &mut tx).await? {
        let is_read = read.contains(&announcement.id);
        if dismissed_too || !is_read {
            list.push(render(&app.node.config, &mut tx, &announcement, is_read, who, &emojis).await?);
        }
    }
    Ok(Json(list))
}

/// `POST /api/v1/announcements/:id/dismiss`.
pub async fn dismiss(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Value>, ApiError> {
    let who = &caller.member("write:accounts")?.account;
    let mut tx = app.node.store.begin().await?;
    texts::dismiss(&mut tx, who, id).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// `PUT /api/v1/announcements/:id/reactions/:name`.
pub async fn react(
    State(app): State<App>,
    caller: Caller,
    Path((id, name)): Path<(String, String)>,
) -> Result<Json<Value>, ApiError> {
    let who = &caller.member("write:favourites")?.account;
    let id = id.parse().map_err(|_| ApiError::not_found())?;
    let mut tx = app.node.store.begin().await?;
    texts::react(&mut tx, who, id, &name).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// `DELETE /api/v1/announcements/:id/reactions/:name`.
pub async fn unreact(
    State(app): State<App>,
    caller: Caller,
    Path((id, name)): Path<(String, String)>,
) -> Result<Json<Value>, ApiError> {
    let who = &caller.member("write:favourites")?.account;
    let id = id.parse().map_err(|_| ApiError::not_found())?;
    let mut tx = app.node.store.begin().await?;
    texts::unreact(&mut tx, who, id, &name).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// One that holds, as a member sees it.
pub async fn shown(app: &App, tx: &mut Tx, id: Id, who: &Account) -> Result<Option<Announcement>, ApiError> {
    let all = texts::announcements(&app.node, tx).await?;
    let Some(announcement) = all.into_iter().find(|a| a.id == id) else { return Ok(None) };
    let is_read = tx.read_announcements(who.id).await?.contains(&id);
    let emojis = tx.emojis().await?;
    Ok(Some(render(&app.node.config, tx, &announcement, is_read, who, &emojis).await?))
}

/// How often somebody reacts with this emoji, for everybody who listens (methods/streaming#announcement-reaction).
pub async fn reaction(app: &App, tx: &mut Tx, id: Id, name: &str) -> Result<Value, ApiError> {
    let all = tx.announcement_reactions(id, 0).await?;
    let count = all.iter().find(|(known, ..)| known == name).map_or(0, |(_, count, _)| *count);
    let mut reaction = json!({"name": name, "count": count, "announcement_id": id.to_string()});
    if let (Some(emoji), Some(object)) =
        (tx.emojis().await?.iter().find(|e| e.shortcode == name), reaction.as_object_mut())
    {
        object.insert("url".to_owned(), json!(app.node.config.media_url(&emoji.path)));
        object.insert("static_url".to_owned(), json!(app.node.config.media_url(&emoji.still_path)));
    }
    Ok(reaction)
}

async fn render(
    config: &Config,
    tx: &mut Tx,
    a: &Known,
    is_read: bool,
    who: &Account,
    emojis: &[NodeEmoji],
) -> Result<Announcement, ApiError> {
    let mut reactions = Vec::new();
    for (name, count, me) in tx.announcement_reactions(a.id, who.id).await? {
        let emoji = emojis.iter().find(|e| e.shortcode == name);
        reactions.push(Reaction {
            name,
            count,
            me,
            url: emoji.map(|e| config.media_url(&e.path)),
            static_url: emoji.map(|e| config.media_url(&e.still_path)),
        });
    }
    let used = shortcodes(&a.source);
    let emojis: Vec<_> =
        emojis.iter().filter(|e| used.contains(&e.shortcode.as_str())).map(|e| own_emoji(config, e)).collect();
    Ok(Announcement {
        id: a.id.to_string(),
        content: a.content.clone(),
        starts_at: a.starts_at.map(rfc3339),
        ends_at: a.ends_at.map(rfc3339),
        all_day: a.all_day,
        published_at: rfc3339(a.created_at),
        updated_at: rfc3339(a.updated_at),
        read: is_read,
        mentions: [],
        statuses: [],
        tags: [],
        emojis,
        reactions,
    })
}
