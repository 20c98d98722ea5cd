//! What people gather around: a hashtag, or a challenge. What is said and arranged about the one can be about the other.

use crate::clock::Millis;
use crate::id::Id;

/// A hashtag, by the id of its row, or a challenge, by the id of its account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    Tag(Id),
    Challenge(Id),
}

impl Subject {
    /// Ids are made in one way for everything, so that this is the subject's own.
    pub fn id(self) -> Id {
        match self {
            Self::Tag(id) | Self::Challenge(id) => id,
        }
    }
}

/// A version of what a subject is for, or another view of that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose {
    pub id: Id,
    pub account_id: Id,
    /// It stands beside what the subject is for, as another view.
    pub is_view: bool,
    /// Markdown.
    pub source: String,
    /// The earlier version that was put back with this one.
    pub restored_id: Option<Id>,
    /// Who put it back: it is still said by who wrote it.
    pub restored_by: Option<Id>,
    pub created_at: Millis,
    /// When it was withdrawn or taken down: since then nobody is shown what it says.
    pub gone_at: Option<Millis>,
    /// By whom: its author, or somebody else.
    pub gone_by: Option<Id>,
}

/// A subject that is linked with another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectLink {
    /// The other one.
    pub other_id: Id,
    /// Who linked them.
    pub account_id: Id,
    pub created_at: Millis,
}

/// A page that was posted with a subject, and what its keepers say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShelfLink {
    /// Of the page: that of its card.
    pub card_id: Id,
    /// By which the shelf is in order: the first post that led to the page, be it there or not.
    pub place: Id,
    pub note: String,
    /// What it is grouped under, or empty.
    pub heading: String,
    pub pinned: bool,
    pub hidden: bool,
}

/// How much of what is posted with a subject is known here: of its last public posts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Completeness {
    pub posts: i64,
    /// From how many servers they came, this one among them.
    pub servers: i64,
    /// The first and the last of them.
    pub first_id: Option<Id>,
    pub last_id: Option<Id>,
}
