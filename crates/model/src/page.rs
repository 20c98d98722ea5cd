//! Keyset paging as the Mastodon API does it.

use crate::id::Id;

/// Which part of a list, newest first: below `max_id`, above `since_id`, or just above `min_id`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Page {
    pub max_id: Option<Id>,
    pub since_id: Option<Id>,
    pub min_id: Option<Id>,
    pub limit: i64,
}

impl Page {
    pub fn first(limit: i64) -> Self {
        Self { limit, ..Self::default() }
    }

    /// Upper bound, exclusive.
    pub fn below(&self) -> Id {
        self.max_id.unwrap_or(Id::MAX)
    }

    /// Lower bound, exclusive.
    pub fn above(&self) -> Id {
        self.min_id.or(self.since_id).unwrap_or(-1)
    }

    /// With `min_id` the page right above it is wanted, so the list is read upwards (and still answered newest first).
    pub fn upwards(&self) -> bool {
        self.min_id.is_some()
    }
}
