//! Server-sent events: one stream for each connection.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use futures::stream;

use super::listeners::{Connection, Message};
use super::stream::Subscription;
use super::{Held, listener, wanted};
use crate::params::Params;
use crate::rate::Client;
use crate::{ApiError, App};

/// `GET /api/v1/streaming/{user,public,hashtag,list,direct}`.
pub async fn one(
    State(app): State<App>,
    Client(from): Client,
    Path(name): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    held: Held,
) -> Result<Response, ApiError> {
    open(app, from, &name, &headers, query, held).await
}

/// `GET /api/v1/streaming/{user/notification,public/local,public/remote,hashtag/local}`.
pub async fn of(
    State(app): State<App>,
    Client(from): Client,
    Path((name, of)): Path<(String, String)>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    held: Held,
) -> Result<Response, ApiError> {
    open(app, from, &format!("{name}:{of}"), &headers, query, held).await
}

async fn open(
    app: App,
    from: IpAddr,
    name: &str,
    headers: &HeaderMap,
    query: Option<String>,
    held: Held,
) -> Result<Response, ApiError> {
    let params = Params::from_urlencoded(&query.unwrap_or_default());
    if name.matches(':').count() > 1 || name.ends_with(":media") {
        return Err(ApiError::not_found());
    }
    let who = listener(&app, headers, &params).await?;
    let connection = app.streams.enter(&who, from)?;
    let stream = wanted(&app, &connection.listener, name, &params).await.map_err(|error| match error.status {
        // A path that leads nowhere.
        axum::http::StatusCode::BAD_REQUEST if !NAMES.contains(&name) => ApiError::not_found(),
        _ => error,
    })?;
    connection.listener.subscribe(Subscription::new(stream, name, &params))?;
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "private, no-store"),
        // A proxy must not wait for more.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, Body::from_stream(events(app.streams.pace.thump, connection, held))).into_response())
}

const NAMES: [&str; 9] = [
    "user",
    "user:notification",
    "public",
    "public:local",
    "public:remote",
    "hashtag",
    "hashtag:local",
    "list",
    "direct",
];

/// What is sent, until the one who listens is cut off or gone.
fn events(
    thump: Duration,
    connection: Connection,
    held: Held,
) -> impl stream::Stream<Item = Result<Bytes, Infallible>> {
    stream::unfold((connection, held, true), move |(mut connection, held, is_first)| async move {
        if is_first {
            return Some((Ok(Bytes::from_static(b":)\n")), (connection, held, false)));
        }
        let end = connection.listener.end.clone();
        let bytes = tokio::select! {
            biased;
            () = end.cancelled() => return None,
            () = held.shut.cancelled() => return None,
            message = connection.queue.recv() => written(&message?),
            () = tokio::time::sleep(thump) => Bytes::from_static(b":thump\n"),
        };
        Some((Ok(bytes), (connection, held, false)))
    })
}

fn written(message: &Arc<Message>) -> Bytes {
    // JSON has no line ends. Where there is nothing to say Mastodon says this: without any data browsers drop the event, and
    // Mastodon.py takes no other word for it.
    let payload = message.payload.as_deref().unwrap_or("undefined");
    Bytes::from(format!("event: {}\ndata: {payload}\n\n", message.event))
}
