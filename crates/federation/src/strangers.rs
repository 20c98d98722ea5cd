//! What servers we do not know may cost: whoever signs with a key on some host, or names something that lies there, makes us ask
//! that host, so a host that gives no answers is left alone for a while, none is asked for much at a time, nor all of them together.
//! All of it is bounded and forgotten in time.

use std::collections::HashSet;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use model::clock::{MINUTE, Millis};
use moka::sync::Cache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Error;

/// After so many failures a host is asked for nothing until [`MEMORY`] is over.
const FAILURES: u32 = 3;
/// How long a failure is remembered.
const MEMORY: Duration = Duration::from_secs(300);
/// Keys that one host is asked for at the same time.
const AT_ONCE: usize = 4;
/// Jobs that ask one host at the same time: a quarter of those that run.
const JOBS: usize = 6;
/// What all of them are asked for at the same time. Whoever has a domain has hosts without number, and every delivery that waits for
/// a key has one of the places for what is taken in: most of those are for whom we know.
const OF_ALL: usize = 64;
/// Hosts that are remembered, the busiest.
const MOST: u64 = 10_000;

/// After a look at a post it is not looked at for the same reason for so long: who gives word of it meanwhile is heeded then.
const PAUSE: Millis = MINUTE;
/// Looks in an hour at the word of one host: of those whom nobody here follows, and of the others, such as communities.
const WORDS: u32 = 300;
const WORDS_OF_FOLLOWED: u32 = 3_000;
const HOUR: Duration = Duration::from_secs(3_600);
/// Hashtags that nobody has used here which the hosts of one owner may follow in a day.
const TAGS: u32 = 1_000;
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// How hosts fared that were asked.
pub(crate) struct Hosts {
    failures: Cache<String, Arc<AtomicU32>>,
    asked: Cache<String, Arc<Semaphore>>,
    at_once: usize,
    all: Arc<Semaphore>,
}

/// Leave to ask a host, as long as it is held.
#[derive(Debug)]
pub(crate) struct Leave {
    _one: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

/// Leave to ask several, as long as it is held.
#[derive(Debug)]
pub(crate) struct Leaves {
    /// Those that did not answer of late, and are not to be asked.
    pub silent: HashSet<String>,
    _held: Vec<Leave>,
}

/// Why a host is not asked now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Denied {
    /// It did not answer of late.
    Failing,
    /// It, or all of them together, are being asked for as much as they may be.
    Busy,
}

impl Default for Hosts {
    fn default() -> Self {
        Self::asked(AT_ONCE, OF_ALL)
    }
}

impl Hosts {
    /// Those that are asked by jobs.
    pub(crate) fn for_jobs() -> Self {
        // All of them together are bounded by the places that the worker has for them.
        Self::asked(JOBS, Semaphore::MAX_PERMITS)
    }

    fn asked(at_once: usize, of_all: usize) -> Self {
        Self {
            at_once,
            failures: Cache::builder().max_capacity(MOST).time_to_live(MEMORY).build(),
            asked: Cache::builder().max_capacity(MOST).time_to_idle(MEMORY).build(),
            all: Arc::new(Semaphore::new(of_all)),
        }
    }

    /// Leave to ask a host (its authority, in lower case) now.
    pub(crate) fn leave_to_ask(&self, host: &str) -> Result<Leave, Denied> {
        if self.failures.get(host).is_some_and(|failures| failures.load(Ordering::Relaxed) >= FAILURES) {
            return Err(Denied::Failing);
        }
        let places = self.asked.get_with(host.to_owned(), || Arc::new(Semaphore::new(self.at_once)));
        let busy = |_| Denied::Busy;
        let one = places.try_acquire_owned().map_err(busy)?;
        let all = Arc::clone(&self.all).try_acquire_owned().map_err(busy)?;
        Ok(Leave { _one: one, _all: all })
    }

    /// The same for several, and for who can do without those that do not answer. `None`: one of them is busy.
    pub(crate) fn leave_to_ask_of(&self, hosts: HashSet<String>) -> Option<Leaves> {
        let mut leaves = Leaves { silent: HashSet::new(), _held: Vec::new() };
        for host in hosts {
            match self.leave_to_ask(&host) {
                Ok(leave) => leaves._held.push(leave),
                Err(Denied::Failing) => drop(leaves.silent.insert(host)),
                Err(Denied::Busy) => return None,
            }
        }
        Some(leaves)
    }

    /// Writes down whether a host answered that was asked.
    pub(crate) fn heed<T>(&self, host: &str, answer: &Result<T, Error>) {
        match answer {
            Ok(_) => self.answered(host),
            Err(Error::Fetch(error)) if error.is_temporary() => self.failed(host),
            Err(_) => {}
        }
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

/// What is said of posts by others than their authors: each word makes us ask the server of the post.
pub(crate) struct Words {
    /// When posts are looked at, by what is said of them and a hash of their ids.
    looks: Cache<String, Millis>,
    /// Looks in this hour by host.
    heeded: Cache<String, Arc<AtomicU32>>,
    /// Hashtags that came to be in this day because somebody followed them, by [`owner_of`].
    opened: Cache<String, Arc<AtomicU32>>,
}

impl Default for Words {
    fn default() -> Self {
        Self {
            looks: Cache::builder().max_capacity(MOST).time_to_live(HOUR).build(),
            heeded: Cache::builder().max_capacity(MOST).time_to_live(HOUR).build(),
            opened: Cache::builder().max_capacity(MOST).time_to_live(DAY).build(),
        }
    }
}

impl Words {
    /// When to look at a post of which `host` says something; `None`: too much came from there. `said`: the kind of activity.
    pub(crate) fn when_to_look(
        &self,
        host: &str,
        is_followed: bool,
        said: &str,
        post: &str,
        now: Millis,
    ) -> Option<Millis> {
        let key = look(said, post);
        let latest = self.looks.get(&key);
        if latest.is_some_and(|at| at > now) {
            // It waits already.
            return latest;
        }
        let most = if is_followed { WORDS_OF_FOLLOWED } else { WORDS };
        if self.heeded.get_with(host.to_owned(), Arc::default).fetch_add(1, Ordering::Relaxed) >= most {
            return None;
        }
        let at = latest.map_or(now, |at| now.max(at + PAUSE));
        self.looks.insert(key, at);
        Some(at)
    }

    /// What was said of a post is taken back: said once more, it is heeded at once.
    pub(crate) fn forget(&self, said: &str, post: &str) {
        self.looks.invalidate(&look(said, post));
    }

    /// Whether one more hashtag that nobody has used here comes to be because `host` follows it.
    pub(crate) fn may_open_tag(&self, host: &str) -> bool {
        self.opened.get_with(owner_of(host), Arc::default).fetch_add(1, Ordering::Relaxed) < TAGS
    }
}

fn look(said: &str, post: &str) -> String {
    format!("{said} {}", node::random::hash(post))
}

/// What stands for whoever has the domain of a host, who can have as many names below it as they like: its last two labels. Under a
/// suffix like `co.uk` all share what one may.
fn owner_of(host: &str) -> String {
    if let Some(end) = host.find(']') {
        return host[..=end].to_owned();
    }
    let name = host.split(':').next().unwrap_or(host);
    if name.parse::<Ipv4Addr>().is_ok() {
        return name.to_owned();
    }
    let mut labels: Vec<&str> = name.rsplit('.').take(2).collect();
    labels.reverse();
    labels.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_fails_is_left_alone_and_one_that_answers_is_not() {
        let hosts = Hosts::default();
        for _ in 0..FAILURES {
            assert!(hosts.leave_to_ask("down.example").is_ok());
            hosts.failed("down.example");
            hosts.failed("shaky.example");
            hosts.answered("shaky.example");
        }
        assert_eq!(hosts.leave_to_ask("down.example").unwrap_err(), Denied::Failing);
        assert!(hosts.leave_to_ask("shaky.example").is_ok());
    }

    #[test]
    fn all_hosts_together_leave_room_for_whom_we_know() {
        let hosts = Hosts::default();
        let held: Vec<_> = (0..1_000).map_while(|n| hosts.leave_to_ask(&format!("{n}.evil.example")).ok()).collect();
        assert_eq!(held.len(), OF_ALL);
        drop(held);
        assert!(hosts.leave_to_ask("good.example").is_ok());
    }

    #[test]
    fn a_host_is_asked_for_little_at_a_time() {
        let hosts = Hosts::default();
        let held: Vec<_> = (0..AT_ONCE).map(|_| hosts.leave_to_ask("slow.example").expect("leave")).collect();
        assert_eq!(hosts.leave_to_ask("slow.example").unwrap_err(), Denied::Busy);
        assert!(hosts.leave_to_ask("other.example").is_ok());
        drop(held);
        assert!(hosts.leave_to_ask("slow.example").is_ok());
    }

    #[test]
    fn of_several_hosts_those_that_fail_are_named_and_one_that_is_busy_is_waited_for() {
        let hosts = Hosts::for_jobs();
        let asked = || hosts.leave_to_ask_of(["a.example", "down.example"].map(str::to_owned).into());
        for _ in 0..FAILURES {
            hosts.heed::<()>("down.example", &Err(crate::client::FetchError::Timeout.into()));
            hosts.heed::<()>("a.example", &Err(crate::client::FetchError::NotFound.into()));
        }
        let held: Vec<_> = (0..JOBS).map(|_| asked().expect("leave")).collect();
        assert!(held.iter().all(|leaves| leaves.silent == HashSet::from(["down.example".to_owned()])));
        assert!(asked().is_none());
        drop(held);
        hosts.heed("down.example", &Ok(()));
        assert!(asked().is_some_and(|leaves| leaves.silent.is_empty()));
    }

    #[test]
    fn a_post_is_looked_at_once_in_a_while_and_what_is_said_meanwhile_is_not_lost() {
        let (words, now) = (Words::default(), 1_700_000_000_000);
        let look = |said: &str, at: Millis| words.when_to_look("a.example", false, said, "https://b.example/1", at);
        assert_eq!(look("Update", now), Some(now));
        for wait in [0, 1, PAUSE - 1] {
            assert_eq!(look("Update", now + wait), Some(now + PAUSE));
        }
        assert_eq!(look("Delete", now + 1), Some(now + 1), "that is another reason");
        assert_eq!(look("Update", now + PAUSE), Some(now + 2 * PAUSE));
        assert_eq!(look("Update", now + 9 * PAUSE), Some(now + 9 * PAUSE));
        words.forget("Update", "https://b.example/1");
        assert_eq!(look("Update", now + 9 * PAUSE + 1), Some(now + 9 * PAUSE + 1));
    }

    #[test]
    fn at_the_word_of_one_host_few_posts_are_looked_at() {
        let (words, now) = (Words::default(), 1_700_000_000_000);
        let heeded = |host: &str, is_followed: bool| {
            let posts = (0..WORDS_OF_FOLLOWED * 2).map(|n| format!("https://{host}/{is_followed}/{n}"));
            posts.filter(|post| words.when_to_look(host, is_followed, "Delete", post, now).is_some()).count() as u32
        };
        assert_eq!(heeded("a.example", false), WORDS);
        assert_eq!(heeded("b.example", false), WORDS, "others are heard");
        assert_eq!(heeded("c.example", true), WORDS_OF_FOLLOWED);
        words.looks.run_pending_tasks();
        assert!(words.looks.entry_count() <= MOST);
    }

    #[test]
    fn whoever_has_a_domain_opens_few_hashtags_from_all_its_hosts() {
        let words = Words::default();
        let opened =
            |host: &dyn Fn(u32) -> String| (0..10_000).filter(|n| words.may_open_tag(&host(*n))).count() as u32;
        assert_eq!(opened(&|n| format!("s{n}.evil.example")), TAGS);
        assert_eq!(opened(&|n| format!("a.b{n}.evil.example:{}", 1_000 + n)), 0);
        assert_eq!(opened(&|_| "good.example".to_owned()), TAGS, "others are heard");
        for (host, owner) in [
            ("example", "example"),
            ("a.example", "a.example"),
            ("c.b.a.example", "a.example"),
            ("b.a.example:8443", "a.example"),
            ("10.0.0.1:80", "10.0.0.1"),
            ("[2001:db8::1]:80", "[2001:db8::1]"),
        ] {
            assert_eq!(owner_of(host), owner, "{host}");
        }
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
