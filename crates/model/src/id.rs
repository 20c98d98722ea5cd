//! Ids: 64-bit numbers that sort by time, as the Mastodon API wants them (decimal strings of constant length).

use std::sync::Mutex;

use crate::clock::Millis;

/// Of everything a node stores: milliseconds in the upper 48 bits, 16 bits of sequence or chance below.
pub type Id = i64;

/// The smallest id that anything made at `at` may have.
pub fn first_id(at: Millis) -> Id {
    at.clamp(0, Millis::MAX >> 16) << 16
}

/// When an id was made.
pub fn made_at(id: Id) -> Millis {
    id >> 16
}

/// Makes ids that never repeat within a process and never go back.
#[derive(Debug, Default)]
pub struct Ids {
    last: Mutex<Id>,
}

impl Ids {
    /// The next id at `now`; `salt` (random) keeps processes apart that share a database.
    pub fn next(&self, now: Millis, salt: u16) -> Id {
        let fresh = first_id(now) | Id::from(salt);
        let mut last = self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *last = fresh.max(*last + 1);
        *last
    }

    /// An id for something made elsewhere at `at`: sorts with its time, and its last bits are chance.
    pub fn dated(at: Millis, salt: u16) -> Id {
        first_id(at) | Id::from(salt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_even_when_the_clock_stands_or_goes_back() {
        let ids = Ids::default();
        let a = ids.next(1_000, 5);
        let b = ids.next(1_000, 0);
        let c = ids.next(500, 0);
        assert!(a < b && b < c);
        assert_eq!(made_at(Ids::dated(77, 9)), 77);
    }
}
