//! What can go wrong when another server is asked for something.

use std::error::Error as StdError;

use super::resolver::ResolveError;
use crate::signature::KeyError;

/// Why a fetch or a delivery came to nothing. [`FetchError::is_temporary`] says whether to try again later.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// 410: it was there and is deleted.
    #[error("gone")]
    Gone,
    /// 404.
    #[error("not found")]
    NotFound,
    /// 401 or 403.
    #[error("not authorised: status {0}")]
    Unauthorised(u16),
    /// Any other status that is not a success.
    #[error("status {0}")]
    Status(u16),
    /// A scheme, port or credentials we do not go to.
    #[error("refused URL: {0}")]
    RefusedUrl(&'static str),
    /// The host, which lies where federation must not go.
    #[error("refused address: {0}")]
    RefusedAddress(String),
    #[error("the answer is too large")]
    TooLarge,
    #[error("timed out")]
    Timeout,
    #[error("too many redirects, or one that leads in a circle")]
    TooManyRedirects,
    /// The type that came instead.
    #[error("unexpected content type {0:?}")]
    BadContentType(String),
    #[error("the answer is not the JSON it should be")]
    BadJson,
    /// The document says it is another one, on a server that cannot vouch for it.
    #[error("the document at {url} has the id {id:?}")]
    IdMismatch { url: String, id: String },
    /// No connection, no TLS, no complete answer.
    #[error("connection failed: {0}")]
    Connect(String),
    #[error("too many fetches for one activity")]
    BudgetExhausted,
    #[error("signing failed: {0}")]
    Signing(#[from] KeyError),
}

impl FetchError {
    /// Whether the same request may well succeed later. False where only the other server or ourselves changing would
    /// help.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Timeout | Self::Connect(_) => true,
            Self::Status(status) => matches!(status, 408 | 425 | 429 | 500..=599),
            _ => false,
        }
    }

    pub(super) fn of_status(status: u16) -> Self {
        match status {
            410 => Self::Gone,
            404 => Self::NotFound,
            401 | 403 => Self::Unauthorised(status),
            status => Self::Status(status),
        }
    }

    /// Finds our own resolver's refusal inside what the HTTP client reports.
    pub(super) fn of_transport(error: &reqwest::Error, host: &str) -> Self {
        let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
        let mut deepest = String::new();
        while let Some(current) = cause {
            if matches!(current.downcast_ref(), Some(ResolveError::Forbidden)) {
                return Self::RefusedAddress(host.to_owned());
            }
            deepest = current.to_string();
            cause = current.source();
        }
        if error.is_timeout() { Self::Timeout } else { Self::Connect(deepest) }
    }
}
