//! A post for other people's pages (oembed.com), as `GET /api/oembed` of the Mastodon API has it: text and links alone, no script.

use axum::Json;
use axum::extract::State;
use model::audience::Viewer;
use model::clock::rfc3339;
use model::html::{escape, sanitise};
use model::id::Id;
use serde_json::{Value, json};

use crate::params::Params;
use crate::{ApiError, App};

/// How wide it is drawn, in pixels, where nothing is asked for; and how long it may be kept, in seconds.
const WIDTH: i64 = 400;
const CACHE: i64 = 86_400;

/// `GET /api/oembed?url=`: of a post of this node that everybody may see.
pub async fn show(State(app): State<App>, params: Params) -> Result<Json<Value>, ApiError> {
    let config = &app.node.config;
    let url = params.required("url")?;
    let url = url.trim().trim_end_matches('/');
    if !config.is_own_url(url) {
        return Err(ApiError::not_found());
    }
    let id: Id = url.rsplit('/').next().and_then(|end| end.parse().ok()).ok_or_else(ApiError::not_found)?;
    let mut tx = app.node.store.read().await?;
    let post = tx.visible_post(id, Viewer::Anyone).await?.filter(|p| p.local && (p.url == url || p.uri == url));
    let post = post.filter(|p| p.boost_of_id.is_none()).ok_or_else(ApiError::not_found)?;
    let author = tx.account(post.account_id).await?.ok_or_else(ApiError::not_found)?;
    let name = author.shown_name();
    // Behind its warning, where it has one.
    let text = match post.summary.as_str() {
        "" => sanitise(&post.content),
        summary => format!("<p>{}</p>", escape(summary)),
    };
    let html = format!(
        "<blockquote cite=\"{url}\">{text}<p><a href=\"{url}\">{} (@{}), {}</a></p></blockquote>",
        escape(name),
        escape(&config.full_handle(&author)),
        rfc3339(post.created_at),
        url = escape(&post.url),
    );
    Ok(Json(json!({
        "type": "rich",
        "version": "1.0",
        "title": format!("New post by {name}"),
        "author_name": name,
        "author_url": author.url,
        "provider_name": config.handle_domain,
        "provider_url": format!("{}/", config.origin),
        "cache_age": CACHE,
        "html": html,
        "width": params.number("maxwidth").unwrap_or(WIDTH).clamp(100, 2_000),
        "height": params.number("maxheight"),
    })))
}
