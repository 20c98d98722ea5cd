//! What is left of the body of a request that was answered without reading it to its end: too long, or of somebody who may not send it.
//!
//! A socket that is closed while something lies in it unread is reset, and the answer may be lost with it before the client has read
//! it. So a little that is left is read before the answer goes; where there is more the answer says that the connection ends (RFC 9112
//! section 9.6), and what still comes is read, and thrown away, for a while.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// A body that is no longer, in bytes, is read before its answer goes, if it has come within this time: the connection is good for more.
const SHORT: u64 = 64 * 1024;
const SOON: Duration = Duration::from_millis(100);
/// How long what still comes is thrown away, and how long nothing may come meanwhile.
const LINGER: Duration = Duration::from_secs(30);
const STALL: Duration = Duration::from_secs(5);

/// The body of a request, of which whoever attends to the connection keeps hold.
#[derive(Clone)]
pub struct Rest(Arc<Mutex<Read>>);

struct Read {
    body: Incoming,
    /// Somebody wanted it: a client that waits to be asked for it has been.
    is_begun: bool,
    is_over: bool,
}

impl Rest {
    pub fn new(body: Incoming) -> Self {
        let is_over = body.is_end_stream();
        Self(Arc::new(Mutex::new(Read { body, is_begun: false, is_over })))
    }

    fn read(&self) -> MutexGuard<'_, Read> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether anything is left once the request was answered. `asks`: the client sends nothing before it is told to (`Expect`).
    pub async fn is_left(&self, asks: bool) -> bool {
        let (is_begun, is_over, most) = {
            let read = self.read();
            (read.is_begun, read.is_over, read.body.size_hint().upper())
        };
        if is_over {
            return false;
        }
        // To read it would tell the client to send it.
        if asks && !is_begun {
            return true;
        }
        most.is_none_or(|most| most > SHORT) || timeout(SOON, self.throw_away()).await.is_err()
    }

    /// Takes what still comes, until it is over, or has taken too long. Dropped, it ends the connection.
    pub async fn linger(self, asks: bool, shut: CancellationToken) {
        if asks && !self.read().is_begun {
            return;
        }
        tokio::select! {
            biased;
            () = shut.cancelled() => {}
            _ = timeout(LINGER, self.throw_away()) => {}
        }
    }

    async fn throw_away(&self) {
        while let Ok(Some(Ok(_))) = timeout(STALL, poll_fn(|cx| self.poll(cx))).await {}
    }

    fn poll(&self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let mut read = self.read();
        if read.is_over {
            return Poll::Ready(None);
        }
        read.is_begun = true;
        let next = Pin::new(&mut read.body).poll_frame(cx);
        read.is_over = matches!(next, Poll::Ready(None | Some(Err(_)))) || read.body.is_end_stream();
        next
    }
}

impl Body for Rest {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        self.poll(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.read().is_over
    }

    fn size_hint(&self) -> SizeHint {
        self.read().body.size_hint()
    }
}
