//! Quotes: one post shows another, as far as the other's author agrees (FEP-044f).

use crate::clock::Millis;
use crate::id::Id;

/// What became of the quoted author's consent (entities/Quote, `state`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuoteState {
    /// Asked for, or not yet verified.
    Pending,
    Accepted,
    Rejected,
    /// It was given and is no more.
    Revoked,
    /// What was quoted is gone.
    Deleted,
}

impl QuoteState {
    pub const ALL: [Self; 5] = [Self::Pending, Self::Accepted, Self::Rejected, Self::Revoked, Self::Deleted];

    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Revoked => "revoked",
            Self::Deleted => "deleted",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }
}

/// What a post quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    pub post_id: Id,
    /// The quoted post, where we have it; always if accepted.
    pub quoted_id: Option<Id>,
    pub quoted_uri: String,
    pub state: QuoteState,
    /// The document that says that it is accepted; empty for quotes of oneself.
    pub stamp: String,
    /// Id of the `QuoteRequest` that asks for consent, ours or another's.
    pub request: String,
    /// Written in a way that knows of no consent (`quoteUrl`): shown as a quote only of oneself.
    pub legacy: bool,
    /// When a stamp of another server was last seen there; 0 where there is nothing to look at again.
    pub checked_at: Millis,
    /// The page of the quoted post, where we have it. Read, never written.
    pub quoted_url: String,
}

/// A statement of one of our people that somebody may do something with what is theirs, which anybody can look up.
#[derive(Clone, Debug)]
pub struct Stamp {
    pub id: Id,
    pub kind: StampKind,
    /// Who allows it.
    pub account_id: Id,
    /// The post or account that it is about.
    pub target: String,
    pub target_id: Option<Id>,
    /// The quoting post, the collection.
    pub object: String,
    /// To whom it was given.
    pub actor_id: Id,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StampKind {
    /// FEP-044f.
    Quote,
    /// FEP-7aa9.
    Feature,
}

impl StampKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Quote => "quote",
            Self::Feature => "feature",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Quote, Self::Feature].into_iter().find(|k| k.name() == name)
    }
}

/// A reply or boost that the author of its target decides about (GoToSocial's interaction policies): one of ours, which until then
/// only its author and that one see, or one of another server whose approval was verified.
#[derive(Clone, Debug)]
pub struct Approval {
    pub post_id: Id,
    /// Who decides.
    pub decider_id: Id,
    /// The stored number of the audience that it will have.
    pub audience: crate::audience::Audience,
    /// The document that says yes; empty while it is waited for.
    pub approved_by: String,
}
