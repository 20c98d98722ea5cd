//! Hashtags that one follows or puts on one's profile (docs.joinmastodon.org/methods/tags, followed_tags, featured_tags).

use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use model::clock::date;
use model::id::Id;
use model::post::Tag as Used;
use node::tag;
use serde::Serialize;
use serde_json::{Value, json};
use storage::{FeaturedTag as Known, Tx};
use utoipa::ToSchema;

use super::discovery::uses_of_tags;
use super::entities::small::{Tag, tag_with};
use super::{At, Listed, account, link};
use crate::auth::Caller;
use crate::params::Params;
use crate::{ApiError, App, page};

/// How many hashtags a page has by default; at most twice as many.
const TAGS: i64 = 100;
/// Posts among which hashtags are looked for that one may want to feature, and how many of those are named.
const LOOKED_AT: i64 = 200;
const SUGGESTED: i64 = 10;

type Answer = Result<Json<Tag>, ApiError>;
type Featured = Result<Json<Vec<FeaturedTag>>, ApiError>;

/// Hashtags with their history; for a member, whether they follow and feature them.
pub async fn render(app: &App, tx: &mut Tx, tags: &[Used], member: Option<Id>) -> Result<Vec<Tag>, ApiError> {
    let ids: Vec<Id> = tags.iter().map(|t| t.id).collect();
    let ties = match member {
        Some(member) => tx.tag_ties(member, &ids).await?,
        None => Vec::new(),
    };
    let mut uses = uses_of_tags(app, tx, &ids).await?;
    let shown = tags.iter().map(|tag| {
        let has = |featured| member.map(|_| ties.contains(&(tag.id, featured)));
        let history = uses.remove(&tag.id).unwrap_or_default();
        Tag { following: has(false), featuring: has(true), ..tag_with(&app.node, tag, history) }
    });
    Ok(shown.collect())
}

/// `GET /api/v1/tags/:name`. One that nobody has used yet is a hashtag all the same.
pub async fn show(State(app): State<App>, caller: Caller, Path(name): Path<String>) -> Answer {
    let mut tx = app.node.store.read().await?;
    let known = tag::look(&mut tx, &name).await?;
    one(&app, &mut tx, &known, caller.known().map(|signed| signed.account.id)).await
}

async fn one(app: &App, tx: &mut Tx, tag: &Used, member: Option<Id>) -> Answer {
    render(app, tx, std::slice::from_ref(tag), member).await?.pop().map(Json).ok_or_else(ApiError::not_found)
}

/// Commits, then answers the tag as it stands to the member.
async fn done(app: &App, tx: Tx, tag: &Used, member: Id) -> Answer {
    app.node.commit(tx).await?;
    one(app, &mut app.node.store.read().await?, tag, Some(member)).await
}

/// `POST /api/v1/tags/:name/follow`.
pub async fn follow(State(app): State<App>, caller: Caller, Path(name): Path<String>) -> Answer {
    let who = &caller.member("write:follows")?.account;
    let mut tx = app.node.store.begin().await?;
    let tag = tag::follow(&app.node, &mut tx, who, &name).await?;
    done(&app, tx, &tag, who.id).await
}

/// `POST /api/v1/tags/:name/unfollow`.
pub async fn unfollow(State(app): State<App>, caller: Caller, Path(name): Path<String>) -> Answer {
    let who = &caller.member("write:follows")?.account;
    let mut tx = app.node.store.begin().await?;
    let tag = tag::unfollow(&app.node, &mut tx, who, &name).await?;
    done(&app, tx, &tag, who.id).await
}

/// `POST /api/v1/tags/:name/feature`.
pub async fn feature(State(app): State<App>, caller: Caller, Path(name): Path<String>) -> Answer {
    let who = &caller.member("write:accounts")?.account;
    let mut tx = app.node.store.begin().await?;
    let (made, _) = tag::feature(&app.node, &mut tx, who, &name).await?;
    let tag = Used { id: made.tag_id, name: made.key, display: made.name };
    done(&app, tx, &tag, who.id).await
}

/// `POST /api/v1/tags/:name/unfeature`.
pub async fn unfeature(State(app): State<App>, caller: Caller, Path(name): Path<String>) -> Answer {
    let who = &caller.member("write:accounts")?.account;
    let mut tx = app.node.store.begin().await?;
    let tag = tag::unfeature(&app.node, &mut tx, who, &name).await?;
    done(&app, tx, &tag, who.id).await
}

/// `GET /api/v1/followed_tags`.
pub async fn followed(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Tag> {
    let who = &caller.member("read:follows")?.account;
    let page = page::page(&params, TAGS);
    let mut tx = app.node.store.read().await?;
    let rows = tx.followed_tags(who.id, &page).await?;
    let headers = link(&app, &uri, &page, &rows);
    let tags: Vec<Used> = rows.into_iter().map(|(_, tag)| tag).collect();
    Ok((headers, Json(render(&app, &mut tx, &tags, Some(who.id)).await?)))
}

/// A hashtag on a profile (entities/FeaturedTag).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FeaturedTag {
    id: String,
    name: String,
    url: String,
    /// A number as text.
    statuses_count: String,
    #[schema(required, format = Date)]
    last_status_at: Option<String>,
}

pub fn featured(app: &App, f: &Known) -> FeaturedTag {
    FeaturedTag {
        id: f.id.to_string(),
        name: f.name.clone(),
        url: app.node.config.tag_url(&f.key),
        statuses_count: f.posts_count.max(0).to_string(),
        last_status_at: f.last_post_at.map(date),
    }
}

/// `GET /api/v1/featured_tags`.
pub async fn own_featured(State(app): State<App>, caller: Caller) -> Featured {
    let who = &caller.member("read:accounts")?.account;
    let found = app.node.store.read().await?.featured_tags(who.id).await?;
    Ok(Json(found.iter().map(|f| featured(&app, f)).collect()))
}

/// `GET /api/v1/accounts/:id/featured_tags`. Those of people elsewhere are not known here.
pub async fn featured_of(State(app): State<App>, caller: Caller, At(id): At) -> Featured {
    caller.viewer("read:accounts")?;
    let mut tx = app.node.store.read().await?;
    let owner = account(&mut tx, id).await?;
    let found = if owner.is_suspended() { Vec::new() } else { tx.featured_tags(owner.id).await? };
    Ok(Json(found.iter().map(|f| featured(&app, f)).collect()))
}

/// `POST /api/v1/featured_tags`.
pub async fn add_featured(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<FeaturedTag>, ApiError> {
    let who = &caller.member("write:accounts")?.account;
    let name = params.text("name").unwrap_or_default();
    let mut tx = app.node.store.begin().await?;
    let (made, is_new) = tag::feature(&app.node, &mut tx, who, &name).await?;
    if !is_new {
        return Err(ApiError::unprocessable("Validation failed: Tag has already been taken"));
    }
    app.node.commit(tx).await?;
    Ok(Json(featured(&app, &made)))
}

/// `DELETE /api/v1/featured_tags/:id`.
pub async fn remove_featured(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Value>, ApiError> {
    let who = &caller.member("write:accounts")?.account;
    let mut tx = app.node.store.begin().await?;
    tag::unfeature_by_id(&app.node, &mut tx, who, id).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// `GET /api/v1/featured_tags/suggestions`: what one used lately.
pub async fn suggestions(State(app): State<App>, caller: Caller) -> Result<Json<Vec<Tag>>, ApiError> {
    let who = &caller.member("read:accounts")?.account;
    let mut tx = app.node.store.read().await?;
    let tags = tx.tags_used_by(who.id, LOOKED_AT, SUGGESTED).await?;
    Ok(Json(render(&app, &mut tx, &tags, Some(who.id)).await?))
}
