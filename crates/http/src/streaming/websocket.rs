//! One WebSocket for all streams of a client, which says in frames of its own what it wants to hear.

use std::sync::Arc;

use axum::extract::ws::{CloseFrame, Message as Frame, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{FromRequestParts as _, RawQuery, Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};
use tokio::time::{Interval, MissedTickBehavior};

use super::listeners::{Connection, Message};
use super::stream::{self, Subscription};
use super::{Held, listener, protocol, wanted};
use crate::params::Params;
use crate::rate::Client;
use crate::{ApiError, App};

/// Bytes that are read at once, of which every connection has so many: clients say little.
const READ: usize = 512;
/// Longest frame of a client, in bytes.
const LONGEST: usize = 8 * 1024;

/// `GET /api/v1/streaming`.
pub async fn connect(
    State(app): State<App>,
    Client(from): Client,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    held: Held,
    request: Request,
) -> Result<Response, ApiError> {
    let params = Params::from_urlencoded(&query.unwrap_or_default());
    let who = listener(&app, &headers, &params).await?;
    let (mut parts, _) = request.into_parts();
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &app).await;
    let upgrade = upgrade.map_err(|_| ApiError::bad_request("This is for WebSockets"))?;
    let connection = app.streams.enter(&who, from)?;
    // Before the client is told that it is connected, so that it misses nothing from then on.
    let refused = match params.filled("stream") {
        Some(name) => subscribe(&app, &connection, &name, &params).await.err(),
        None => None,
    };
    let upgrade = match protocol(&headers) {
        // Browsers hang up on a server that does not take up what they asked for.
        Some(name) => upgrade.protocols([name.to_owned()]),
        None => upgrade,
    };
    let upgrade = upgrade.read_buffer_size(READ).write_buffer_size(0).max_message_size(LONGEST).max_frame_size(LONGEST);
    Ok(upgrade.on_upgrade(move |socket| async move {
        let mut talk = Talk { app, connection, held, socket, is_answered: true };
        if let Some(frame) = talk.run(refused).await {
            // Whoever takes nothing any more does not take this either.
            let last = talk.socket.send(Frame::Close(Some(frame)));
            let _ = tokio::time::timeout(std::time::Duration::from_secs(1), last).await;
        }
    }))
}

/// A connection under way.
struct Talk {
    app: App,
    connection: Connection,
    held: Held,
    socket: WebSocket,
    /// The last ping was.
    is_answered: bool,
}

/// What happens next over a connection.
enum Next {
    Tell(Arc<Message>),
    Heard(Frame),
    Ping,
    End(Option<CloseFrame>),
}

impl Talk {
    /// Goes on until one of the two has enough; answers what is to be said last.
    async fn run(&mut self, refused: Option<ApiError>) -> Option<CloseFrame> {
        let ping = self.app.streams.pace.ping;
        let mut pings = tokio::time::interval_at(tokio::time::Instant::now() + ping, ping);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        if let Some(error) = refused
            && let Err(end) = self.refuse(&error).await
        {
            return end;
        }
        loop {
            let step = match self.next(&mut pings).await {
                Next::Tell(message) => self.send(Frame::Text(written(&message))).await,
                Next::Heard(frame) => self.heard(frame).await,
                // Whoever did not answer the last one is not there any more.
                Next::Ping if !self.is_answered => return None,
                Next::Ping => {
                    self.is_answered = false;
                    self.send(Frame::Ping(axum::body::Bytes::new())).await
                }
                Next::End(end) => return end,
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    async fn next(&mut self, pings: &mut Interval) -> Next {
        let end = self.connection.listener.end.clone();
        tokio::select! {
            biased;
            () = end.cancelled() => Next::End(cut_off()),
            () = self.held.shut.cancelled() => Next::End(leaving()),
            _ = pings.tick() => Next::Ping,
            frame = self.socket.recv() => match frame {
                Some(Ok(frame)) => Next::Heard(frame),
                // Gone, or speaks no WebSocket.
                Some(Err(_)) | None => Next::End(None),
            },
            message = self.connection.queue.recv() => message.map_or(Next::End(None), Next::Tell),
        }
    }

    /// Sends, unless the one who listens is cut off meanwhile: they may take nothing.
    async fn send(&mut self, frame: Frame) -> Result<(), Option<CloseFrame>> {
        let end = self.connection.listener.end.clone();
        let sent = tokio::select! {
            biased;
            () = end.cancelled() => return Err(cut_off()),
            () = self.held.shut.cancelled() => return Err(leaving()),
            sent = self.socket.send(frame) => sent,
        };
        sent.map_err(|_| None)
    }

    async fn heard(&mut self, frame: Frame) -> Result<(), Option<CloseFrame>> {
        match frame {
            Frame::Text(text) => match serde_json::from_str::<Value>(&text) {
                Ok(Value::Object(said)) => self.said(Params::from_object(said)).await,
                _ => Ok(()),
            },
            Frame::Pong(_) => {
                self.is_answered = true;
                Ok(())
            }
            Frame::Ping(_) => Ok(()),
            Frame::Binary(_) => Err(Some(closed(close_code::UNSUPPORTED, "Only text is understood"))),
            Frame::Close(_) => Err(None),
        }
    }

    /// A frame of the client. What is not understood is passed over.
    async fn said(&mut self, said: Params) -> Result<(), Option<CloseFrame>> {
        let name = said.text("stream").unwrap_or_default();
        match said.text("type").as_deref() {
            Some("subscribe") => match subscribe(&self.app, &self.connection, &name, &said).await {
                Ok(()) => Ok(()),
                Err(error) => self.refuse(&error).await,
            },
            Some("unsubscribe") => match stream::read(&name, &said) {
                Ok(stream) => {
                    self.connection.listener.unsubscribe(&stream);
                    Ok(())
                }
                Err(error) => self.refuse(&error).await,
            },
            _ => Ok(()),
        }
    }

    async fn refuse(&mut self, error: &ApiError) -> Result<(), Option<CloseFrame>> {
        let words = json!({"error": error.body["error"], "status": error.status.as_u16()});
        self.send(Frame::Text(words.to_string().into())).await
    }
}

async fn subscribe(app: &App, connection: &Connection, name: &str, params: &Params) -> Result<(), ApiError> {
    let stream = wanted(app, &connection.listener, name, params).await?;
    connection.listener.subscribe(Subscription::new(stream, name, params))
}

fn closed(code: u16, words: &'static str) -> CloseFrame {
    CloseFrame { code, reason: Utf8Bytes::from_static(words) }
}

/// Too slow, or not welcome any more.
fn cut_off() -> Option<CloseFrame> {
    Some(closed(close_code::POLICY, "This connection was ended"))
}

fn leaving() -> Option<CloseFrame> {
    Some(closed(close_code::AWAY, "This process is about to stop"))
}

fn written(message: &Message) -> Utf8Bytes {
    let mut frame = json!({"stream": message.stream, "event": message.event});
    if let (Some(payload), Some(frame)) = (message.payload.as_deref(), frame.as_object_mut()) {
        frame.insert("payload".to_owned(), json!(payload));
    }
    frame.to_string().into()
}
