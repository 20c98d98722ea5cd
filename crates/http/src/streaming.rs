//! Streams: what is new is told at once to those who are connected, by server-sent events or over a WebSocket
//! (docs.joinmastodon.org/methods/streaming). A connection says which streams it wants; `dispatch` looks at what the
//! bell tells, asks once for all who are connected here whom it concerns, and renders it for each as they may see it.

mod dispatch;
mod listeners;
mod others;
mod posts;
mod sse;
mod stream;
mod websocket;

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::routing::get;
use tokio_util::sync::CancellationToken;

pub use self::dispatch::run;
use self::listeners::Listener;
pub use self::listeners::{Pace, Streams};
use self::stream::Stream;
use crate::auth::{Caller, Signed, bearer, caller_of};
use crate::params::Params;
use crate::{ApiError, App};

pub fn routes() -> Router<App> {
    Router::new()
        .route("/api/v1/streaming/health", get(health))
        .route("/api/v1/streaming", get(websocket::connect))
        // Some apps write it so.
        .route("/api/v1/streaming/", get(websocket::connect))
        .route("/api/v1/streaming/{name}", get(sse::one))
        .route("/api/v1/streaming/{name}/{of}", get(sse::of))
}

/// `GET /api/v1/streaming/health`.
async fn health() -> &'static str {
    "OK"
}

/// What a connection holds for as long as something is sent over it: its place among all of them, and word of when it has to end.
/// Whoever serves connections puts it into each request.
#[derive(Clone)]
pub struct Held {
    pub place: Arc<dyn Any + Send + Sync>,
    pub shut: CancellationToken,
}

/// Where nobody counts connections, as in tests that need none.
impl Default for Held {
    fn default() -> Self {
        Self { place: Arc::new(()), shut: CancellationToken::new() }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Held {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

/// The member who wants to listen: their token stands in the header, in the query, or (browsers can set no header on a WebSocket) in
/// the name of the protocol that is asked for.
async fn listener(app: &App, headers: &HeaderMap, params: &Params) -> Result<Box<Signed>, ApiError> {
    if app.node.shutdown.begun.is_cancelled() {
        return Err(ApiError::unavailable());
    }
    let token = match (bearer(headers), params.filled("access_token")) {
        (Some(token), _) => Some(token.to_owned()),
        (None, Some(token)) => Some(token),
        (None, None) => protocol(headers).map(str::to_owned),
    };
    let token = token.ok_or_else(ApiError::unauthorised)?;
    match caller_of(app, &token).await? {
        Caller::Member(signed) => Ok(signed),
        Caller::App { .. } | Caller::Nobody => Err(ApiError::unauthorised()),
    }
}

/// The first protocol that is asked for in place of HTTP.
fn protocol(headers: &HeaderMap) -> Option<&str> {
    let asked = headers.get(header::SEC_WEBSOCKET_PROTOCOL)?.to_str().ok()?;
    asked.split(',').next().map(str::trim).filter(|name| !name.is_empty())
}

/// The stream that is asked for, if this member may have it.
async fn wanted(app: &App, who: &Listener, name: &str, params: &Params) -> Result<Stream, ApiError> {
    let stream = stream::read(name, params)?;
    if !stream.is_allowed(&who.scopes) {
        return Err(ApiError::out_of_scope());
    }
    if let Stream::List(list) = stream {
        let mut tx = app.node.store.read().await?;
        if !others::owns_list(&mut tx, who.account, list).await? {
            return Err(ApiError::not_found());
        }
    }
    Ok(stream)
}
