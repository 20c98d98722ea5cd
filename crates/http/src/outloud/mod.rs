//! The API of what only this software has, under `/api/outloud/v1`. As the Mastodon API: read the request, call one function of
//! `node` or a query, and render.

pub(crate) mod challenges;
pub(crate) mod settings;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::routing::{delete, get, post};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::App;

/// The route table.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/api/outloud/v1/settings", get(settings::show).patch(settings::change).put(settings::change))
        .route("/api/outloud/v1/challenges", get(challenges::list).post(challenges::create))
        .route(
            "/api/outloud/v1/challenges/{name}",
            get(challenges::show).patch(challenges::update).put(challenges::update).delete(challenges::delete),
        )
        .route("/api/outloud/v1/challenges/{name}/close", post(challenges::close))
        .route("/api/outloud/v1/challenges/{name}/answer", post(challenges::answer))
        .route("/api/outloud/v1/challenges/{name}/adopt", post(challenges::adopt))
        .route("/api/outloud/v1/challenges/{name}/contributions", get(challenges::contributions))
        .route("/api/outloud/v1/challenges/{name}/contributions/{id}/accept", post(challenges::accept))
        .route("/api/outloud/v1/challenges/{name}/contributions/{id}/refuse", post(challenges::refuse))
        .route("/api/outloud/v1/challenges/{name}/blocks", get(challenges::blocks).post(challenges::block))
        .route("/api/outloud/v1/challenges/{name}/blocks/{id}", delete(challenges::unblock))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        ))
}
