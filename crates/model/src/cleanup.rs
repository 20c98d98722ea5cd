//! Old posts that go by themselves, as Mastodon has it (its `AccountStatusesCleanupPolicy`).

use serde::{Deserialize, Serialize};

use crate::clock::{DAY, Millis};
use crate::id::Id;

/// The ages at which posts can go, as Mastodon offers them.
pub const AGES: [Millis; 8] = [7 * DAY, 14 * DAY, 30 * DAY, 60 * DAY, 90 * DAY, 180 * DAY, 365 * DAY, 730 * DAY];

/// Which of their own posts a member has deleted. Experiments, and the posts that say what came of them, stay in any case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cleanup {
    pub account_id: Id,
    pub enabled: bool,
    /// One of [`AGES`].
    pub min_age: Millis,
    pub keep_direct: bool,
    pub keep_pinned: bool,
    pub keep_polls: bool,
    pub keep_media: bool,
    /// By the member themselves.
    pub keep_favourited: bool,
    pub keep_bookmarked: bool,
    /// What has so many stays; `None`: that is no reason.
    pub min_favourites: Option<i64>,
    pub min_boosts: Option<i64>,
    /// The post up to which all was looked at, and when it is gone on with.
    pub looked_at: Id,
    pub due_at: Millis,
}

impl Cleanup {
    /// With Mastodon's defaults, and off.
    pub fn usual(account: Id) -> Self {
        Self {
            account_id: account,
            enabled: false,
            min_age: 14 * DAY,
            keep_direct: true,
            keep_pinned: true,
            keep_polls: false,
            keep_media: false,
            keep_favourited: true,
            keep_bookmarked: true,
            min_favourites: None,
            min_boosts: None,
            looked_at: 0,
            due_at: 0,
        }
    }
}
