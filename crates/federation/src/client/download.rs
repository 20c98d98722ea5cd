//! An answer that is read piece by piece, because it may be too large to hold.

use std::time::Duration;

use bytes::Bytes;
use reqwest::Response;
use tokio::time::{Instant, timeout_at};

use super::{FetchError, Timeouts, content_type_of};

/// A file on its way. Dropping it ends the transfer.
#[derive(Debug)]
pub struct Download {
    /// As the server gave it, empty if it gave none: a claim, never to be believed.
    pub content_type: String,
    /// Bytes in all, as the server says; not all say.
    pub length: Option<u64>,
    response: Response,
    host: String,
    max: u64,
    received: u64,
    began: Instant,
    until: Instant,
    /// The longest wait for one piece.
    patience: Duration,
}

impl Download {
    pub(super) fn new(response: Response, max: u64, timeouts: &Timeouts) -> Result<Self, FetchError> {
        if !response.status().is_success() {
            return Err(FetchError::of_status(response.status().as_u16()));
        }
        let began = Instant::now();
        let download = Self {
            content_type: content_type_of(response.headers()),
            length: response.content_length(),
            host: response.url().host_str().unwrap_or_default().to_owned(),
            response,
            max,
            received: 0,
            began,
            until: began + timeouts.total,
            patience: timeouts.headers,
        };
        download.within(download.length.unwrap_or(0))?;
        Ok(download)
    }

    fn within(&self, bytes: u64) -> Result<(), FetchError> {
        if bytes > self.max { Err(FetchError::TooLarge) } else { Ok(()) }
    }

    /// Sets how many bytes it may have, and how long it may take from its beginning (not less than it may already).
    ///
    /// # Errors
    /// [`FetchError::TooLarge`] if it is known to have more.
    pub fn allow(&mut self, max: u64, total: Duration) -> Result<(), FetchError> {
        self.max = max;
        self.until = self.until.max(self.began + total);
        self.within(self.length.unwrap_or(0).max(self.received))
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// Any [`FetchError`]; what came before is then worth nothing.
    pub async fn next(&mut self) -> Result<Option<Bytes>, FetchError> {
        let until = self.until.min(Instant::now() + self.patience);
        let piece = timeout_at(until, self.response.chunk()).await.map_err(|_| FetchError::Timeout)?;
        let piece = piece.map_err(|error| FetchError::of_transport(&error, &self.host))?;
        self.received += piece.as_ref().map_or(0, |p| p.len() as u64);
        self.within(self.received)?;
        Ok(piece)
    }
}
