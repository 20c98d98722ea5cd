//! What is the same for everybody: the node's own emoji, and the pictures of those who have none.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::entities::{Emoji, own_emoji};
use crate::{ApiError, App};

static AVATAR: &[u8] = include_bytes!("assets/avatar.png");
static HASHTAG: &[u8] = include_bytes!("assets/hashtag.png");
static HEADER: &[u8] = include_bytes!("assets/header.png");

/// `GET /api/v1/custom_emojis`: the node's own, by shortcode.
pub async fn custom_emojis(State(app): State<App>) -> Result<Json<Vec<Emoji>>, ApiError> {
    let emojis = app.node.store.read().await?.emojis().await?;
    Ok(Json(emojis.iter().map(|e| own_emoji(&app.node.config, e)).collect()))
}

/// `GET /assets/avatar.png`.
pub async fn avatar() -> Response {
    picture(AVATAR)
}

/// `GET /assets/hashtag.png`.
pub async fn hashtag() -> Response {
    picture(HASHTAG)
}

/// `GET /assets/header.png`.
pub async fn header() -> Response {
    picture(HEADER)
}

fn picture(bytes: &'static [u8]) -> Response {
    let headers = [(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "public, max-age=86400")];
    (headers, bytes).into_response()
}
