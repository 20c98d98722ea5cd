//! What a node has beside the API of Mastodon, under `/api/outloud/v1`: what a hashtag is for, what it is linked with, its shelf, and the
//! hats that are worn on it. Handlers of hashtags find the [`Subject`] and go on in functions that take any.

mod entities;
mod hats;
mod tags;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::routing::{delete, get, patch, post};
use model::subject::Subject;
use node::{Node, tag};
use storage::Tx;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::{ApiError, App};

pub(crate) use self::entities::{
    Completeness, Feeds, Hat, PurposeVersion, ShelfLink, TagLink, TagPage, View, ViewList,
};
pub(crate) use self::tags::ROWS;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/api/outloud/v1/tags/{name}", get(tags::show))
        .route("/api/outloud/v1/tags/{name}/purpose", get(tags::purpose).post(tags::write))
        .route("/api/outloud/v1/tags/{name}/purpose/versions", get(tags::versions))
        .route("/api/outloud/v1/tags/{name}/purpose/versions/{id}/restore", post(tags::restore))
        .route("/api/outloud/v1/tags/{name}/purpose/versions/{id}/take_down", post(tags::take_down))
        .route("/api/outloud/v1/tags/{name}/views", get(tags::views).post(tags::add_view))
        .route("/api/outloud/v1/tags/{name}/views/{hat}", get(hats::look))
        .route("/api/outloud/v1/tags/{name}/views/{id}/withdraw", post(tags::withdraw))
        .route("/api/outloud/v1/tags/{name}/views/{id}/take_down", post(tags::take_down))
        .route("/api/outloud/v1/tags/{name}/links", get(tags::links).post(tags::link_to))
        .route("/api/outloud/v1/tags/{name}/links/{other}", delete(tags::unlink))
        .route("/api/outloud/v1/tags/{name}/shelf", get(tags::shelf))
        .route("/api/outloud/v1/tags/{name}/shelf/{id}", patch(tags::arrange).put(tags::arrange))
        .route("/api/outloud/v1/tags/{name}/hats", get(hats::on).post(hats::put_on))
        .route("/api/outloud/v1/hats", get(hats::own))
        .route("/api/outloud/v1/hats/{id}", delete(hats::take_off))
        .route("/api/outloud/v1/hats/{id}/confirm", post(hats::confirm))
        .route("/api/outloud/v1/statuses/{id}/could_go_public", post(hats::mark).delete(hats::unmark))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        ))
}

/// A hashtag that somebody reads about. One that nobody used has nothing about it.
async fn read(tx: &mut Tx, name: &str) -> Result<Subject, ApiError> {
    Ok(Subject::Tag(tag::look(tx, name).await?.id))
}

/// A hashtag that somebody does something about.
async fn tended(node: &Node, tx: &mut Tx, name: &str) -> Result<Subject, ApiError> {
    Ok(Subject::Tag(tag::shown(node, tx, name).await?.id))
}
