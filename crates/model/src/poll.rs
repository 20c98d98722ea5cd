//! Polls: a post that asks, with options to choose from. Knows nothing of who may see or answer it.

use serde::{Deserialize, Serialize};

use crate::clock::Millis;
use crate::id::Id;

/// A poll as it stands. It belongs to one post, whose id is its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Poll {
    pub post_id: Id,
    /// Several options may be chosen.
    pub multiple: bool,
    /// The counts of the options are shown only after the end.
    pub hide_totals: bool,
    /// When it ends; `None`: it stays open until its author closes it.
    pub expires_at: Option<Millis>,
    /// When it was closed, by its author or by its end.
    pub closed_at: Option<Millis>,
    /// How many voted; `None` where another server does not say.
    pub voters_count: Option<i64>,
    /// Ours: when its counts were last sent out; another's: when we last read it.
    pub synced_at: Option<Millis>,
    pub options: Vec<PollOption>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PollOption {
    /// Plain text.
    pub title: String,
    pub votes: i64,
}

impl Poll {
    pub fn is_over(&self, now: Millis) -> bool {
        self.closed_at.is_some() || self.expires_at.is_some_and(|at| at <= now)
    }

    /// When it ended, or will end, as far as that is known.
    pub fn ends_at(&self) -> Option<Millis> {
        self.closed_at.into_iter().chain(self.expires_at).min()
    }

    /// The counts of its options may be told.
    pub fn shows_totals(&self, now: Millis) -> bool {
        !self.hide_totals || self.is_over(now)
    }

    pub fn votes(&self) -> i64 {
        self.options.iter().map(|o| o.votes).fold(0, i64::saturating_add)
    }

    pub fn titles(&self) -> Vec<String> {
        self.options.iter().map(|o| o.title.clone()).collect()
    }

    /// It asks what the other asks: votes for the one are votes for the other.
    pub fn asks_the_same(&self, other: &Self) -> bool {
        let titles = self.options.iter().map(|o| &o.title);
        self.multiple == other.multiple && titles.eq(other.options.iter().map(|o| &o.title))
    }
}

/// The poll that a member asks for, before any rule has seen it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PollDraft {
    pub options: Vec<String>,
    /// How long it is open, in milliseconds.
    pub expires_in: Option<Millis>,
    pub multiple: bool,
    pub hide_totals: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_poll_ends_at_its_time_or_when_it_is_closed() {
        let open = Poll {
            post_id: 1,
            multiple: false,
            hide_totals: true,
            expires_at: Some(1_000),
            closed_at: None,
            voters_count: Some(0),
            synced_at: None,
            options: vec![PollOption { title: "Tea".to_owned(), votes: 2 }, PollOption::default()],
        };
        assert!(!open.is_over(999) && open.is_over(1_000) && !open.shows_totals(999) && open.shows_totals(1_000));
        let closed = Poll { closed_at: Some(500), ..open.clone() };
        assert!(closed.is_over(500));
        assert_eq!((open.ends_at(), closed.ends_at(), open.votes()), (Some(1_000), Some(500), 2));
        let endless = Poll { expires_at: None, ..open.clone() };
        assert!(!endless.is_over(Millis::MAX) && endless.asks_the_same(&open));
        assert!(!Poll { multiple: true, ..open.clone() }.asks_the_same(&open));
    }
}
