//! Why something from or for another server did not work.

use crate::client::FetchError;
use crate::signature::{KeyError, SignatureError};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request is no activity at all.
    #[error("{0}")]
    Malformed(String),
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The signature is good, the sender is not allowed, or claims what is not theirs.
    #[error("{0}")]
    Forbidden(String),
    /// The key of the signature could not be had, for a reason that may pass.
    #[error("the key {0} could not be fetched")]
    KeyUnavailable(String),
    /// A document that breaks the rules it has to keep.
    #[error("{0}")]
    BadDocument(String),
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Node(#[from] node::Error),
    #[error("the federation library: {0}")]
    Library(#[from] activitypub_federation::error::Error),
}

impl From<storage::Error> for Error {
    fn from(error: storage::Error) -> Self {
        Self::Node(error.into())
    }
}

impl Error {
    pub(crate) fn bad(words: impl Into<String>) -> Self {
        Self::BadDocument(words.into())
    }

    /// A request failed because it could not be shown whose it was, or because it was nothing at all.
    pub fn is_of_stranger(&self) -> bool {
        matches!(self, Self::Malformed(_) | Self::Signature(_) | Self::Key(_) | Self::KeyUnavailable(_))
    }

    /// The database was away, which is over when it answers again. That it is full is not.
    pub fn is_for_want_of_the_database(&self) -> bool {
        matches!(self, Self::Node(node::Error::Storage(e)) if e.is_away())
    }

    /// Trying again later may help.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Fetch(e) => e.is_temporary(),
            Self::KeyUnavailable(_) => true,
            Self::Node(e) => e.is_temporary(),
            _ => false,
        }
    }
}
