//! What servers we do not know may cost: whoever signs with a key on some host makes us ask that host, so a host that gives no
//! answers is left alone for a while, and none is asked for much at a time. All of it is bounded and forgotten in time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use moka::sync::Cache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// After so many failures a host is asked for no key until [`MEMORY`] is over.
const FAILURES: u32 = 3;
/// How long a failure is remembered.
const MEMORY: Duration = Duration::from_secs(300);
/// Keys that one host is asked for at the same time.
const AT_ONCE: usize = 4;
/// Hosts that are remembered, the busiest.
const MOST: u64 = 10_000;

/// How hosts fared that were asked for keys.
pub(crate) struct Hosts {
    failures: Cache<String, Arc<AtomicU32>>,
    asked: Cache<String, Arc<Semaphore>>,
}

impl Default for Hosts {
    fn default() -> Self {
        Self {
            failures: Cache::builder().max_capacity(MOST).time_to_live(MEMORY).build(),
            asked: Cache::builder().max_capacity(MOST).time_to_idle(MEMORY).build(),
        }
    }
}

impl Hosts {
    /// Leave to ask a host (its authority, in lower case) now; `None`: not now.
    pub(crate) fn leave_to_ask(&self, host: &str) -> Option<OwnedSemaphorePermit> {
        if self.failures.get(host).is_some_and(|failures| failures.load(Ordering::Relaxed) >= FAILURES) {
            return None;
        }
        let places = self.asked.get_with(host.to_owned(), || Arc::new(Semaphore::new(AT_ONCE)));
        places.try_acquire_owned().ok()
    }

    /// It did not answer as it should.
    pub(crate) fn failed(&self, host: &str) {
        self.failures.get_with(host.to_owned(), Arc::default).fetch_add(1, Ordering::Relaxed);
    }

    /// It answered.
    pub(crate) fn answered(&self, host: &str) {
        self.failures.invalidate(host);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_fails_is_left_alone_and_one_that_answers_is_not() {
        let hosts = Hosts::default();
        for _ in 0..FAILURES {
            assert!(hosts.leave_to_ask("down.example").is_some());
            hosts.failed("down.example");
            hosts.failed("shaky.example");
            hosts.answered("shaky.example");
        }
        assert!(hosts.leave_to_ask("down.example").is_none());
        assert!(hosts.leave_to_ask("shaky.example").is_some());
    }

    #[test]
    fn a_host_is_asked_for_few_keys_at_a_time() {
        let hosts = Hosts::default();
        let held: Vec<_> = (0..AT_ONCE).map(|_| hosts.leave_to_ask("slow.example").expect("leave")).collect();
        assert!(hosts.leave_to_ask("slow.example").is_none());
        assert!(hosts.leave_to_ask("other.example").is_some());
        drop(held);
        assert!(hosts.leave_to_ask("slow.example").is_some());
    }

    #[test]
    fn what_is_remembered_of_hosts_is_bounded() {
        let hosts = Hosts::default();
        for n in 0..MOST * 2 {
            hosts.failed(&format!("{n}.example"));
            drop(hosts.leave_to_ask(&format!("{n}.example")));
        }
        hosts.failures.run_pending_tasks();
        hosts.asked.run_pending_tasks();
        assert!(hosts.failures.entry_count() <= MOST && hosts.asked.entry_count() <= MOST);
    }
}
