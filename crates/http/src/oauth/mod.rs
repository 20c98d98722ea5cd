//! (to come)
use axum::Router;

use crate::App;

/// Pages: no other origin may call them.
pub fn routes() -> Router<App> {
    Router::new()
}

/// What web clients call from their own origin.
pub fn open_routes() -> Router<App> {
    Router::new()
}
