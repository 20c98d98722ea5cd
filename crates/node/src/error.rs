//! Why a deed was not done. Each carries words for the one who asked; what only the log should know stays in the source.

use model::id::Id;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is not there, or not for the one who asks: the same answer.
    #[error("Record not found")]
    NotFound,
    #[error("{0}")]
    Forbidden(String),
    /// What was asked for makes no sense; the words say how it would.
    #[error("{0}")]
    Invalid(String),
    /// One field of a form is wrong.
    #[error("{message}")]
    Field { field: &'static str, code: &'static str, message: String },
    /// What has to be looked at first, by the ids of what is asked.
    #[error("Validation failed: Not confirmed: {}", .0.join(", "))]
    Unconfirmed(Vec<String>),
    /// Somebody else holds the name, or it was done before.
    #[error("{0}")]
    Conflict(String),
    /// A letter was not taken.
    #[error("a letter was not taken: {}", .0.words)]
    Mail(crate::mail::Refused),
    #[error(transparent)]
    Media(#[from] crate::media::MediaError),
    #[error("the media store failed")]
    Files(#[from] storage::FileError),
    #[error("the database failed")]
    Storage(#[from] storage::Error),
    #[error("{0}")]
    Internal(String),
}

impl Error {
    pub fn invalid(words: impl Into<String>) -> Self {
        Self::Invalid(words.into())
    }

    pub fn forbidden(words: impl Into<String>) -> Self {
        Self::Forbidden(words.into())
    }

    /// There is no room left to keep anything.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Storage(e) => e.is_full(),
            Self::Files(e) => e.is_full(),
            _ => false,
        }
    }

    /// Trying again later may help.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Storage(e) if e.is_temporary())
            || matches!(self, Self::Files(_))
            || matches!(self, Self::Mail(refused) if refused.temporary)
    }
}

/// What must be there by our own keeping.
pub(crate) fn missing(what: &str, id: Id) -> Error {
    Error::Internal(format!("{what} {id} is missing"))
}
