//! What is the same for everybody: the node's own emoji, and the pictures of those who have none.

use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

static AVATAR: &[u8] = include_bytes!("assets/avatar.png");
static HEADER: &[u8] = include_bytes!("assets/header.png");

/// `GET /api/v1/custom_emojis`: this node has none of its own.
pub async fn custom_emojis() -> Json<[Value; 0]> {
    Json([])
}

/// `GET /assets/avatar.png`.
pub async fn avatar() -> Response {
    picture(AVATAR)
}

/// `GET /assets/header.png`.
pub async fn header() -> Response {
    picture(HEADER)
}

fn picture(bytes: &'static [u8]) -> Response {
    let headers = [(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "public, max-age=86400")];
    (headers, bytes).into_response()
}
