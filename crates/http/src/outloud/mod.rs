//! The API of what only this software has, under `/api/outloud/v1`. As the Mastodon API: read the request, call one function of
//! `node` or a query, and render.

pub(crate) mod settings;

use axum::Router;
use axum::routing::get;

use crate::App;

/// The route table.
pub fn routes() -> Router<App> {
    Router::new().route("/api/outloud/v1/settings", get(settings::show).patch(settings::change).put(settings::change))
}
