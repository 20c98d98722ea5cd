//! Challenges: questions that an organisation asks, which people anywhere follow and answer.

use crate::clock::Millis;
use crate::id::Id;

/// How far a challenge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It opens later.
    Planned,
    Open,
    Closed,
    Answered,
}

impl State {
    pub const ALL: [Self; 4] = [Self::Planned, Self::Open, Self::Closed, Self::Answered];

    pub fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Answered => "answered",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }
}

#[derive(Clone, Debug)]
pub struct Challenge {
    /// Its actor's.
    pub account_id: Id,
    pub question: String,
    /// The member who looks after it.
    pub owner_id: Option<Id>,
    /// Its owner would like somebody else to.
    pub adoptable: bool,
    /// What is posted with it is a contribution.
    pub tag_id: Option<Id>,
    pub state: State,
    /// Markdown.
    pub answer: String,
    pub opens_at: Millis,
    pub closes_at: Option<Millis>,
    /// Posts of its own: that it is open, what came, the answer.
    pub opening_id: Option<Id>,
    pub harvest_id: Option<Id>,
    pub answer_id: Option<Id>,
    /// Those that were accepted.
    pub contributions_count: i64,
    pub last_contribution_at: Option<Millis>,
    pub created_at: Millis,
}

/// What became of a contribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// For somebody who looks after the challenge.
    Waiting,
    Accepted,
    Refused,
}

impl Standing {
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Waiting, Self::Accepted, Self::Refused].into_iter().find(|s| s.name() == name)
    }
}

/// A post that answers a challenge.
#[derive(Clone, Debug)]
pub struct Contribution {
    pub challenge_id: Id,
    pub post_id: Id,
    /// Who wrote it.
    pub account_id: Id,
    pub state: Standing,
    /// It names the challenge; else it has its hashtag.
    pub by_mention: bool,
    pub decided_by: Option<Id>,
    /// `None`: nobody decided, or that does not hold any more.
    pub decided_at: Option<Millis>,
    pub created_at: Millis,
}
