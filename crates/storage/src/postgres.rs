//! PostgreSQL's connections. sqlx's own pool asks a connection whether it lives whenever it is taken and whenever it is given back; a
//! unit of work has few statements, so that this took as long as half of them. Here one is asked when it was idle for a while or
//! something went wrong with it.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Error;

/// A connection that was used within this time lives.
const TRUST: Duration = Duration::from_secs(1);
/// How long one that is asked may take, or to undo what was begun.
const ANSWER: Duration = Duration::from_secs(5);
/// The server keeps memory for each connection that grows: each ends at this age.
const AGE: Duration = Duration::from_secs(1_800);

/// PostgreSQL's advisory lock of those who serve a database, which they share, and which nobody can have alone meanwhile. Each database
/// has its own.
pub(crate) const SERVED: i64 = 7306;

/// The connections of this process to one database.
pub struct Postgres {
    options: PgConnectOptions,
    bounds: Bounds,
    places: Arc<Semaphore>,
    /// Each connection holds [`SERVED`].
    serves: AtomicBool,
    /// Those that nobody uses; the one that was used last is taken first.
    idle: std::sync::Mutex<Vec<Held>>,
}

struct Held {
    connection: PgConnection,
    born: Instant,
    used: Instant,
}

/// How many connections there may be, and how long somebody waits.
pub(crate) struct Bounds {
    pub(crate) most: u32,
    /// For a connection.
    pub(crate) patience: Duration,
    /// For the end of a statement.
    pub(crate) longest: Duration,
}

impl Postgres {
    /// Connects, to see that it can.
    pub(crate) async fn open(options: PgConnectOptions, bounds: Bounds) -> Result<Arc<Self>, Error> {
        let places = Arc::new(Semaphore::new(usize::try_from(bounds.most).unwrap_or(2)));
        let (serves, idle) = (AtomicBool::new(false), std::sync::Mutex::default());
        let pool = Arc::new(Self { options, bounds, places, serves, idle });
        drop(pool.acquire().await?);
        Ok(pool)
    }

    /// From now on each connection says that the database is served; false if somebody wants it for themselves.
    pub(crate) async fn serve(self: &Arc<Self>) -> Result<bool, Error> {
        self.serves.store(true, Ordering::Release);
        self.take_idle();
        match self.acquire().await {
            Ok(_) => Ok(true),
            Err(Error::Busy) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// A connection that says that nobody else may serve the database; none if somebody does.
    pub(crate) async fn alone(&self) -> Result<Option<PgConnection>, Error> {
        let connect = async {
            let mut connection = self.options.connect().await?;
            let sql = "select pg_try_advisory_lock($1)";
            let is_alone = sqlx::query_scalar(sql).bind(SERVED).fetch_one(&mut connection).await?;
            Ok((connection, is_alone))
        };
        let (connection, is_alone) = within(self.bounds.patience, connect).await.map_err(Error::Away)?;
        Ok(Some(connection).filter(|_| is_alone))
    }

    /// How to connect, for what needs a connection of its own.
    pub(crate) fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// A connection, as soon as one is free.
    pub(crate) async fn acquire(self: &Arc<Self>) -> Result<Lease, Error> {
        let (asked, patience) = (Instant::now(), self.bounds.patience);
        let turn = tokio::time::timeout(patience, Arc::clone(&self.places).acquire_owned()).await;
        let turn = turn.map_err(|_| Error::Away(sqlx::Error::PoolTimedOut))?;
        let place = turn.map_err(|_| Error::Away(sqlx::Error::PoolClosed))?;
        let held = match self.pop() {
            Some(held) if held.used.elapsed() < TRUST => held,
            // In a box: this is rare and takes much room, and whoever works with the database has room for this future.
            other => Box::pin(self.proven(other, patience.saturating_sub(asked.elapsed()))).await?,
        };
        let pool = Arc::clone(self);
        Ok(Lease { held: Some(held), pool, place: Some(place), open: false, doubtful: false, spent: false })
    }

    /// This one, if it answers; or a new one.
    async fn proven(&self, idle: Option<Held>, mut patience: Duration) -> Result<Held, Error> {
        if let Some(mut held) = idle {
            // A network may swallow what is sent. Half of the time is for the new one.
            patience /= 2;
            if within(patience, held.connection.ping()).await.is_ok() {
                return Ok(held);
            }
            // Those that were idle for longer are no better: to ask them one after the other would take too long.
            self.take_idle();
        }
        let connect = async {
            let mut connection = self.options.connect().await?;
            let is_ours = if self.serves.load(Ordering::Acquire) {
                let sql = "select pg_try_advisory_lock_shared($1)";
                sqlx::query_scalar(sql).bind(SERVED).fetch_one(&mut connection).await?
            } else {
                true
            };
            Ok((connection, is_ours))
        };
        let (connection, is_ours) = within(patience, connect).await.map_err(Error::Away)?;
        if !is_ours {
            return Err(Error::Busy);
        }
        Ok(Held { connection, born: Instant::now(), used: Instant::now() })
    }

    fn pop(&self) -> Option<Held> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn take_idle(&self) -> Vec<Held> {
        std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn give_back(&self, held: Held) {
        let held = Held { used: Instant::now(), ..held };
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(held);
    }

    /// Ends all connections, after the work that is under way.
    pub(crate) async fn close(&self) {
        let all = self.places.acquire_many(self.bounds.most);
        let _ = tokio::time::timeout(self.bounds.patience, all).await;
        self.places.close();
        for held in self.take_idle() {
            let _ = within(ANSWER, held.connection.close()).await;
        }
    }
}

/// What takes longer counts as failed.
pub(crate) async fn within<T>(time: Duration, work: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    tokio::time::timeout(time, work).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
}

/// A connection, for a unit of work.
pub(crate) struct Lease {
    /// There until it is dropped.
    held: Option<Held>,
    pool: Arc<Postgres>,
    place: Option<OwnedSemaphorePermit>,
    /// Within a transaction.
    open: bool,
    /// A statement failed, or nobody waited for its end.
    doubtful: bool,
    spent: bool,
}

impl Lease {
    /// For a statement, whose good end [`Lease::settled`] tells.
    pub(crate) fn connection(&mut self) -> Result<&mut PgConnection, Error> {
        self.doubtful = true;
        self.held.as_mut().map(|held| &mut held.connection).ok_or(Error::Closed)
    }

    /// How long a statement may take: where the network swallows what is sent, the system says so after a quarter of an hour.
    pub(crate) fn longest(&self) -> Duration {
        self.pool.bounds.longest
    }

    pub(crate) fn settled(&mut self) {
        self.doubtful = false;
    }

    pub(crate) async fn begin(&mut self) -> Result<(), Error> {
        self.open = true;
        self.control("begin").await.map_err(Error::Away)
    }

    pub(crate) async fn commit(mut self) -> Result<(), Error> {
        self.control("commit").await.map_err(Error::from)?;
        self.open = false;
        Ok(())
    }

    async fn control(&mut self, sql: &'static str) -> sqlx::Result<()> {
        let longest = self.longest();
        let connection = self.connection().map_err(|_| sqlx::Error::PoolClosed)?;
        within(longest, sqlx::raw_sql(sql).execute(connection)).await?;
        self.settled();
        Ok(())
    }

    /// The connection is not used again after this work.
    pub(crate) fn spend(&mut self) {
        self.spent = true;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(mut held) = self.held.take() else { return };
        if self.spent || held.born.elapsed() > AGE || self.pool.places.is_closed() {
            return;
        }
        if !self.open && !self.doubtful {
            self.pool.give_back(held);
            return;
        }
        // Undone at once: others may wait for what this work holds. Without a runtime the connection ends, and with it the work.
        let Ok(runtime) = Handle::try_current() else { return };
        let (pool, place, open) = (Arc::clone(&self.pool), self.place.take(), self.open);
        runtime.spawn(async move {
            let tidy = async {
                held.connection.ping().await?;
                if open {
                    sqlx::raw_sql("rollback").execute(&mut held.connection).await?;
                }
                Ok(())
            };
            match within(ANSWER, tidy).await {
                Ok(()) => pool.give_back(held),
                Err(error) => tracing::debug!(%error, "a connection to the database is given up"),
            }
            drop(place);
        });
    }
}
