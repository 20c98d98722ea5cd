//! Who is connected to this process, and what waits to be sent to them.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::id::Id;
use node::login::Scopes;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::stream::{Stream, Subscription};
use crate::ApiError;
use crate::auth::Signed;

/// Messages that may wait for one who is slow to take them. Who has more waiting is cut off, and reads what they missed when they
/// come again.
const QUEUE: usize = 256;
/// Connections of one member.
const EACH: usize = 100;
/// Streams of one connection.
const SUBSCRIPTIONS: usize = 200;

/// How often a connection shows that it is there.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Between two comments in a stream of events.
    pub thump: Duration,
    /// Between two pings over a WebSocket: who has not answered one before the next is gone.
    pub ping: Duration,
    /// Between two looks whether tokens still are good, where nothing tells that they are not.
    pub look: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { thump: seconds(15), ping: seconds(30), look: seconds(5) }
    }
}

/// Something to send over a connection.
#[derive(Debug, PartialEq, Eq)]
pub struct Message {
    /// The stream, as the client called it.
    pub stream: Vec<String>,
    pub event: &'static str,
    pub payload: Option<Arc<str>>,
}

/// Somebody who is connected.
pub struct Listener {
    pub account: Id,
    pub token: Id,
    /// From where they came.
    pub from: IpAddr,
    pub scopes: Scopes,
    subscriptions: Mutex<Vec<Subscription>>,
    queue: mpsc::Sender<Arc<Message>>,
    /// They are to be cut off.
    pub end: CancellationToken,
}

impl Listener {
    /// The same stream is heard once, whatever it was called: as it was called first.
    pub fn subscribe(&self, wanted: Subscription) -> Result<(), ApiError> {
        let mut subscriptions = self.subscriptions();
        if subscriptions.iter().any(|s| s.stream == wanted.stream) {
            return Ok(());
        }
        if subscriptions.len() >= SUBSCRIPTIONS {
            return Err(ApiError::bad_request("Too many streams over one connection"));
        }
        subscriptions.push(wanted);
        Ok(())
    }

    pub fn unsubscribe(&self, stream: &Stream) {
        self.subscriptions().retain(|s| s.stream != *stream);
    }

    pub fn subscriptions(&self) -> MutexGuard<'_, Vec<Subscription>> {
        self.subscriptions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells it in each of the streams that `concerns` picks.
    pub fn tell(&self, event: &'static str, payload: Option<&Arc<str>>, concerns: impl Fn(&Stream) -> bool) {
        for subscription in self.subscriptions().iter().filter(|s| concerns(&s.stream)) {
            let message = Message { stream: subscription.echo.clone(), event, payload: payload.cloned() };
            if self.queue.try_send(Arc::new(message)).is_err() {
                self.end.cancel();
            }
        }
    }
}

/// Everybody who is connected to this process.
#[derive(Default)]
pub struct Streams {
    pub pace: Pace,
    here: Mutex<Here>,
}

#[derive(Default)]
struct Here {
    next: u64,
    all: HashMap<u64, Arc<Listener>>,
    each: HashMap<Id, usize>,
}

/// A connection that is counted, until it is dropped.
pub struct Connection {
    pub listener: Arc<Listener>,
    pub queue: mpsc::Receiver<Arc<Message>>,
    id: u64,
    streams: Arc<Streams>,
}

impl Streams {
    pub fn at(pace: Pace) -> Self {
        Self { pace, ..Self::default() }
    }

    fn here(&self) -> MutexGuard<'_, Here> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many connections there are.
    pub fn count(&self) -> usize {
        self.here().all.len()
    }

    pub(super) fn all(&self) -> Vec<Arc<Listener>> {
        self.here().all.values().cloned().collect()
    }

    /// Takes in somebody who connects.
    pub(super) fn enter(self: &Arc<Self>, who: &Signed, from: IpAddr) -> Result<Connection, ApiError> {
        let (sender, queue) = mpsc::channel(QUEUE);
        let listener = Arc::new(Listener {
            account: who.account.id,
            token: who.token.id,
            from,
            scopes: who.scopes.clone(),
            subscriptions: Mutex::default(),
            queue: sender,
            end: CancellationToken::new(),
        });
        let mut here = self.here();
        let count = here.each.entry(listener.account).or_default();
        if *count >= EACH {
            let mut error = ApiError::new(axum::http::StatusCode::TOO_MANY_REQUESTS, "Too many connections");
            error.retry_after = Some(60);
            return Err(error);
        }
        *count += 1;
        here.next += 1;
        let id = here.next;
        here.all.insert(id, Arc::clone(&listener));
        metrics::gauge!("outloud_streams").increment(1);
        Ok(Connection { listener, queue, id, streams: Arc::clone(self) })
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let mut here = self.streams.here();
        here.all.remove(&self.id);
        let account = self.listener.account;
        if let Some(count) = here.each.get_mut(&account) {
            *count -= 1;
            if *count == 0 {
                here.each.remove(&account);
            }
        }
        metrics::gauge!("outloud_streams").decrement(1);
    }
}
