//! The bell: what is committed in one process is heard in all of the same database, at once.
//!
//! A [`Tx`](crate::Tx) notes what it did that somebody waits for, and rings when it is committed. Within a process that goes by
//! memory. Between processes it goes by PostgreSQL's NOTIFY, with ids and never with content; a SQLite database has one process that
//! serves it, and nobody else to tell.
//!
//! NOTIFY is never part of a transaction that writes: those that notify take turns at their commits, all of them in the whole
//! server (PostgreSQL takes a global lock). It is sent beside it and after it, a few times a second at most, with all that was rung until then.
//! So a ring can be lost, if a process dies or loses its connection: whoever waits for one looks now and then without it, too, and
//! after a connection was made everybody here is told that something may have been missed ([`Event::Gap`]).

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::postgres::{PgListener, PgPoolOptions};
use tokio::sync::{Notify, broadcast};

use crate::Error;
use crate::event::Event;
use crate::postgres::{Postgres, SERVED};

/// Events that wait for somebody who is slow to listen; then some are missed.
const QUEUE: usize = 1_024;
/// The same of what streams show, of which there is more.
const LIVE_QUEUE: usize = 4_096;
/// The channel of NOTIFY. Each database has its own.
const CHANNEL: &str = "outloud";
/// The least time between two sendings of a process.
const SPACING: Duration = Duration::from_millis(50);
/// Events that wait to be sent. Whoever misses more looks for themselves.
const UNSENT: usize = 5_000;
/// Bytes of a payload: PostgreSQL takes less than 8000.
const PAYLOAD: usize = 7_900;
/// After how long a silent connection is tried. One whose other end has vanished is silent for ever.
const PULSE: Duration = Duration::from_secs(30);
/// How long the database may take to answer that, or to be told.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long to wait after an error.
const PAUSE: Duration = Duration::from_secs(1);

/// The bell of an open database. Clones share it.
#[derive(Clone)]
pub struct Bell(Arc<Inner>);

struct Inner {
    here: broadcast::Sender<Event>,
    /// What streams show goes by itself, so that nobody else is woken for it.
    live: broadcast::Sender<Event>,
    outside: Option<Outside>,
}

/// The way to other processes.
struct Outside {
    database: Arc<Postgres>,
    unsent: Mutex<BTreeSet<Event>>,
    rung: Notify,
    /// Somebody sends what is rung.
    is_attended: AtomicBool,
    /// Other processes are heard.
    is_heard: AtomicBool,
}

impl Bell {
    pub(crate) fn within() -> Self {
        Self::new(None)
    }

    pub(crate) fn across(database: Arc<Postgres>) -> Self {
        let (is_attended, is_heard) = (AtomicBool::new(false), AtomicBool::new(false));
        Self::new(Some(Outside { database, unsent: Mutex::default(), rung: Notify::new(), is_attended, is_heard }))
    }

    fn new(outside: Option<Outside>) -> Self {
        let (here, live) = (broadcast::Sender::new(QUEUE), broadcast::Sender::new(LIVE_QUEUE));
        Self(Arc::new(Inner { here, live, outside }))
    }

    /// Hears what is rung from now on, here and (as long as somebody attends) elsewhere; not what streams show.
    pub fn listen(&self) -> Events {
        Events(self.0.here.subscribe())
    }

    /// The same, of what streams show alone.
    pub fn listen_live(&self) -> Events {
        Events(self.0.live.subscribe())
    }

    /// Rings, where no transaction did. What another process is to know it is told within a moment; at once where nobody attends, as in a
    /// command beside the node.
    pub async fn ring(&self, event: Event) {
        self.tell_here(event.clone());
        let Some(outside) = &self.0.outside else { return };
        outside.keep([event]);
        if outside.is_attended.load(Ordering::Acquire) {
            outside.rung.notify_one();
        } else {
            self.send_rest().await;
        }
    }

    /// Whether whatever another process rings is heard here, too. If not, looking often is the only way to know.
    pub fn is_heard(&self) -> bool {
        self.0.outside.as_ref().is_some_and(|outside| outside.is_heard.load(Ordering::Acquire))
    }

    /// Sends what is rung and hears what others ring, for as long as it is polled. `name` is one that no other process has.
    pub async fn attend(&self, name: &str) {
        let Some(outside) = &self.0.outside else { return };
        let _attended = Raised::raise(&outside.is_attended);
        tokio::join!(outside.send_always(name), self.hear_always(outside, name));
    }

    /// Sends what is left, once nobody attends. It is late, and not lost, if it cannot be sent.
    pub async fn send_rest(&self) {
        let Some(outside) = &self.0.outside else { return };
        if let Err(error) = outside.send("").await {
            tracing::debug!(%error, "other processes were not told");
        }
    }

    async fn hear_always(&self, outside: &Outside, name: &str) {
        loop {
            match self.hear(outside, name).await {
                Ok(()) => tracing::debug!("the connection on which other processes are heard was lost"),
                Err(error) => tracing::warn!(%error, "other processes are not heard"),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Hears others until the connection is lost.
    async fn hear(&self, outside: &Outside, name: &str) -> Result<(), Error> {
        // A connection of its own, beside those that work.
        let pool = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None);
        let options = outside.database.options().clone();
        let mut listener = PgListener::connect_with(&pool.connect_lazy_with(options)).await?;
        listener.eager_reconnect(false);
        // The others hold it, too, but end when they are old: nobody may put another database in the place of one that is served.
        sqlx::query("select pg_advisory_lock_shared($1)").bind(SERVED).execute(&mut listener).await?;
        listener.listen(CHANNEL).await?;
        let _heard = Raised::raise(&outside.is_heard);
        self.tell_here(Event::Gap);
        loop {
            match tokio::time::timeout(PULSE, listener.try_recv()).await {
                Ok(Ok(Some(told))) => self.heard(told.payload(), name),
                Ok(Ok(None)) => return Ok(()),
                Ok(Err(error)) => return Err(error.into()),
                Err(_) => {
                    let asked = tokio::time::timeout(PATIENCE, sqlx::query("select 1").execute(&mut listener)).await;
                    asked.map_err(|_| Error::Busy)??;
                }
            }
        }
    }

    /// A payload: the name of its sender, then a line for each event.
    fn heard(&self, payload: &str, name: &str) {
        let mut lines = payload.lines();
        if lines.next() != Some(name) {
            lines.filter_map(Event::read).for_each(|event| self.tell_here(event));
        }
    }

    fn tell_here(&self, event: Event) {
        // Nobody may be listening.
        // Who may listen follows from the rules, too.
        if matches!(event, Event::Live(_) | Event::Gap | Event::Rules) {
            let _ = self.0.live.send(event.clone());
        }
        if !matches!(event, Event::Live(_)) {
            let _ = self.0.here.send(event);
        }
    }
}

impl Outside {
    fn unsent(&self) -> std::sync::MutexGuard<'_, BTreeSet<Event>> {
        self.unsent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, events: impl IntoIterator<Item = Event>) {
        let mut unsent = self.unsent();
        unsent.extend(events);
        if unsent.len() > UNSENT {
            *unsent = [Event::Gap].into();
        }
    }

    async fn send_always(&self, name: &str) {
        loop {
            self.rung.notified().await;
            if let Err(error) = self.send(name).await {
                tracing::warn!(%error, "other processes were not told; they will be");
                tokio::time::sleep(PAUSE).await;
                self.rung.notify_one();
            }
            tokio::time::sleep(SPACING).await;
        }
    }

    /// Sends all that is unsent; what was not stays unsent.
    async fn send(&self, name: &str) -> Result<(), Error> {
        let mut taken = Taken { from: self, events: std::mem::take(&mut *self.unsent()) };
        for payload in payloads(name, &taken.events) {
            // It need not be on disk: who hears nothing because the database died has lost the connection, too.
            let sql = "select set_config('synchronous_commit', 'off', true), pg_notify($1, $2)";
            let sent = async {
                let mut lease = self.database.acquire().await?;
                sqlx::query(sql).bind(CHANNEL).bind(payload).execute(lease.connection()?).await?;
                lease.settled();
                Ok::<_, Error>(())
            };
            tokio::time::timeout(PATIENCE, sent).await.map_err(|_| Error::Busy)??;
        }
        taken.events.clear();
        Ok(())
    }
}

/// Events that are being sent: back with them, unless they were.
struct Taken<'o> {
    from: &'o Outside,
    events: BTreeSet<Event>,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.from.keep(std::mem::take(&mut self.events));
    }
}

/// True until this is dropped.
struct Raised<'f>(&'f AtomicBool);

impl<'f> Raised<'f> {
    fn raise(flag: &'f AtomicBool) -> Self {
        flag.store(true, Ordering::Release);
        Self(flag)
    }
}

impl Drop for Raised<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

fn payloads(name: &str, events: &BTreeSet<Event>) -> Vec<String> {
    let mut payloads: Vec<String> = Vec::new();
    for line in events.iter().map(Event::written) {
        match payloads.last_mut() {
            Some(last) if last.len() + 1 + line.len() <= PAYLOAD => {
                last.push('\n');
                last.push_str(&line);
            }
            _ => payloads.push(format!("{name}\n{line}")),
        }
    }
    payloads
}

/// What is rung, one after the other.
pub struct Events(broadcast::Receiver<Event>);

impl Events {
    /// The next event. One who was slow is told of a gap.
    pub async fn next(&mut self) -> Event {
        match self.0.recv().await {
            Ok(event) => event,
            Err(broadcast::error::RecvError::Lagged(_)) => Event::Gap,
            // The store is gone, and nothing will ever be rung.
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }

    /// What was rung until now and not heard yet, `most` events of it.
    pub fn waiting(&mut self, most: usize) -> Vec<Event> {
        let next = || match self.0.try_recv() {
            Ok(event) => Some(event),
            Err(broadcast::error::TryRecvError::Lagged(_)) => Some(Event::Gap),
            Err(_) => None,
        };
        std::iter::from_fn(next).take(most).collect()
    }

    /// Waits until this is rung, or may have been, and takes all with it that was rung until then.
    pub async fn wait_for(&mut self, event: Event) {
        loop {
            let heard = self.next().await;
            if heard == event || heard == Event::Gap {
                self.0 = self.0.resubscribe();
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Live;

    #[test]
    fn events_are_written_in_payloads_that_postgresql_takes_and_read_back() {
        let live = |n| Event::Live(Live::Notified { account: i64::MAX - n, notification: n });
        let events: BTreeSet<Event> = (0..1_000).map(live).chain([Event::Work, Event::Rules, Event::Gap]).collect();
        let payloads = payloads("somebody", &events);
        assert!(payloads.len() > 1 && payloads.iter().all(|p| p.len() < 8_000 && p.starts_with("somebody\n")));
        let lines = payloads.iter().flat_map(|p| p.lines().skip(1));
        assert_eq!(lines.map(|line| Event::read(line).unwrap()).collect::<BTreeSet<_>>(), events);
        assert!(super::payloads("somebody", &BTreeSet::new()).is_empty());
    }

    #[tokio::test]
    async fn what_streams_show_wakes_nobody_else() {
        let bell = Bell::within();
        let (mut events, mut live) = (bell.listen(), bell.listen_live());
        let posted = |post| Event::Live(Live::Posted { post });
        for event in [posted(1), Event::Work, posted(2), Event::Rules, Event::Gap] {
            bell.ring(event).await;
        }
        assert_eq!(events.waiting(9), [Event::Work, Event::Rules, Event::Gap]);
        assert_eq!(live.waiting(2), [posted(1), posted(2)]);
        assert_eq!(live.waiting(2), [Event::Rules, Event::Gap], "who may listen follows from the rules");
    }

    #[tokio::test]
    async fn who_is_slow_is_told_of_a_gap_and_who_waits_for_one_event_is_not_woken_for_each() {
        let bell = Bell::within();
        let (mut slow, mut waiting) = (bell.listen(), bell.listen());
        for _ in 0..3 {
            bell.ring(Event::Rules).await;
            bell.ring(Event::Work).await;
        }
        waiting.wait_for(Event::Work).await;
        assert_eq!(waiting.0.len(), 0, "it will look once for all of them");
        for _ in 0..=QUEUE {
            bell.ring(Event::Work).await;
        }
        assert_eq!(slow.next().await, Event::Gap);
        assert_eq!(slow.next().await, Event::Work);
        assert!(!bell.is_heard(), "there is nobody else");
    }
}
