//! SQLite within this process. A statement takes microseconds, so it runs where it is called; handing it to another thread would
//! take longer. What waits for a disk, a commit, does so in a thread of its own.
//!
//! One connection writes, some read. Writers take turns; each works in a savepoint, and those that queue up together are committed
//! together, with one sync of the disk (group commit). A reader never waits for a writer (WAL).

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, Statement, ToSql};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use crate::Error;
use crate::row::{FromRow, Row, Value};

/// How long a command beside the node may hold up others that write, and a reader waits for a place.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often a writer looks whether another process is done.
const LOOK: Duration = Duration::from_millis(3);
/// Prepared statements that each connection keeps.
const STATEMENTS: usize = 512;

/// An open database file.
pub struct Sqlite {
    path: PathBuf,
    writer: Arc<Mutex<Writer>>,
    readers: Arc<Readers>,
    commits: Arc<AtomicU64>,
}

struct Readers {
    path: PathBuf,
    most: u32,
    places: Arc<Semaphore>,
    /// Those that nobody uses; the one that was used last is taken first, since it has the most in its cache.
    idle: std::sync::Mutex<Vec<Connection>>,
}

/// The one connection that writes.
struct Writer {
    connection: Connection,
    /// The batch of the transaction that is open, if one is.
    batch: Option<Arc<Batch>>,
    /// Somebody dropped their work: whoever has the connection next undoes it first.
    unfinished: bool,
    commits: Arc<AtomicU64>,
    /// `pragma data_version` as it was last seen: it changes when another connection commits.
    others: i64,
}

/// Why what was done together was not kept.
#[derive(Clone)]
struct Lost {
    words: Arc<str>,
    /// For want of room on the disk.
    is_full: bool,
}

/// Transactions that are committed together.
#[derive(Default)]
struct Batch {
    outcome: OnceLock<Result<(), Lost>>,
}

impl Sqlite {
    /// Opens a file, which is made if it is missing.
    pub(crate) fn open(path: PathBuf, readers: u32) -> Result<Self, Error> {
        let connection = Connection::open_with_flags(
            &path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        // Whoever writes waits by itself, without holding a thread.
        connection.busy_timeout(PATIENCE)?;
        connection.execute_batch("pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on")?;
        connection.busy_timeout(Duration::ZERO)?;
        prepare_once(&connection)?;
        let commits = Arc::new(AtomicU64::new(0));
        let writer = Writer { connection, batch: None, unfinished: false, commits: Arc::clone(&commits), others: 0 };
        let most = readers.max(1);
        let readers = Readers {
            path: path.clone(),
            most,
            places: Arc::new(Semaphore::new(usize::try_from(most).unwrap_or(1))),
            idle: std::sync::Mutex::default(),
        };
        Ok(Self { path, writer: Arc::new(Mutex::new(writer)), readers: Arc::new(readers), commits })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// How often something was committed.
    pub(crate) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Acquire)
    }

    /// Counts what another process committed.
    pub(crate) async fn notice_others(&self) -> Result<(), Error> {
        let mut guard = self.writer.lock().await;
        let seen = guard.connection.pragma_query_value(None, "data_version", |row| row.get(0))?;
        if seen != guard.others {
            guard.others = seen;
            self.commits.fetch_add(1, Ordering::Release);
        }
        Ok(())
    }

    pub(crate) async fn read(&self) -> Result<Reading, Error> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.readers.places).acquire_owned()).await;
        let place = turn.map_err(|_| Error::Busy)?.map_err(|_| Error::Closed)?;
        let idle = self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.readers.connect()?,
        };
        Ok(Reading { connection: Some(connection), readers: Arc::clone(&self.readers), _place: place })
    }

    /// Takes a turn to write: joins the open batch or begins one, and sets the savepoint.
    pub(crate) async fn begin(&self) -> Result<Writing, Error> {
        let mut guard = Arc::clone(&self.writer).lock_owned().await;
        guard.tidy();
        let batch = match &guard.batch {
            Some(batch) => Arc::clone(batch),
            None => {
                guard.begin().await?;
                let batch = Arc::new(Batch::default());
                guard.batch = Some(Arc::clone(&batch));
                batch
            }
        };
        // From here on dropping the work cleans up.
        let mut work = Writing { writer: Arc::clone(&self.writer), guard: Some(guard), batch };
        control(work.connection()?, "savepoint work")?;
        Ok(work)
    }

    /// Lets SQLite look again how much is in its tables, where it sees reason to: by that it chooses its indexes. One table after
    /// the other, between which others write.
    pub(crate) async fn optimize(&self) -> Result<(), Error> {
        self.beside(|connection| {
            connection.busy_timeout(PATIENCE)?;
            optimize(connection)
        })
        .await
    }

    /// Copies what was committed from the log into the file, as far as no reader needs it where it is; empties a log that has grown
    /// beyond `bound` bytes if nobody reads it just now.
    pub(crate) async fn checkpoint(&self, bound: i64) -> Result<(), Error> {
        self.beside(move |connection| checkpoint(connection, bound)).await
    }

    /// Does what takes long on a connection of its own, so that whoever writes goes on meanwhile.
    async fn beside(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<()> + Send + 'static,
    ) -> Result<(), Error> {
        let path = self.path.clone();
        let done = tokio::task::spawn_blocking(move || {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            work(&Connection::open_with_flags(path, flags)?)
        });
        Ok(done.await.map_err(|_| Error::Closed)??)
    }

    /// Ends all connections, after the work that is under way. The file then stands alone, with nothing in its log.
    pub(crate) async fn close(&self) -> Result<(), Error> {
        // Nobody reads any more when all places are free.
        let _ = tokio::time::timeout(PATIENCE, self.readers.places.acquire_many(self.readers.most)).await;
        self.readers.places.close();
        self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let open = self.writer.lock().await.batch.clone();
        let ended = match open {
            Some(batch) => commit_batch(&self.writer, &batch).await,
            None => Ok(()),
        };
        let guard = Arc::clone(&self.writer).lock_owned().await;
        let emptied = off_thread(guard, |writer| {
            optimize(&writer.connection)?;
            writer.connection.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))
        });
        ended.and(emptied.await.1.map_err(Error::from))
    }
}

impl Readers {
    fn connect(&self) -> Result<Connection, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        prepare_once(&connection)?;
        Ok(connection)
    }
}

/// A connection that reads, for a unit of work.
pub(crate) struct Reading {
    /// There until it is dropped.
    connection: Option<Connection>,
    readers: Arc<Readers>,
    _place: OwnedSemaphorePermit,
}

impl Reading {
    pub(crate) fn connection(&mut self) -> Result<&mut Connection, Error> {
        self.connection.as_mut().ok_or(Error::Closed)
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        // One that is within a transaction holds a state that nobody else should meet.
        let whole = self.connection.take().filter(|c| c.is_autocommit() && !self.readers.places.is_closed());
        self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner).extend(whole);
    }
}

impl Writer {
    fn tidy(&mut self) {
        if !self.unfinished {
            return;
        }
        if self.connection.execute_batch("rollback to work; release work").is_err() {
            // There is no such savepoint: it was never made, or was released already; or SQLite itself ended the whole
            // transaction (a full disk), and nobody's work is left to be committed.
            if self.connection.is_autocommit()
                && let Some(batch) = self.batch.take()
            {
                let _ = batch.outcome.set(Err(Lost { words: Arc::from("the database ended it"), is_full: false }));
            }
        }
        self.unfinished = false;
    }

    /// Begins a transaction, after a command beside the node that writes.
    async fn begin(&mut self) -> Result<(), Error> {
        let asked = Instant::now();
        loop {
            match control(&self.connection, "begin immediate") {
                Err(error)
                    if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && asked.elapsed() < PATIENCE =>
                {
                    tokio::time::sleep(LOOK).await;
                }
                Err(error) => {
                    self.roll_back();
                    return Err(error.into());
                }
                Ok(()) => return Ok(()),
            }
        }
    }

    fn roll_back(&mut self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("rollback")
        {
            tracing::warn!(%error, "a transaction could not be rolled back");
        }
    }
}

/// A unit of work that writes.
pub(crate) struct Writing {
    writer: Arc<Mutex<Writer>>,
    /// There until the work is committed or dropped.
    guard: Option<OwnedMutexGuard<Writer>>,
    batch: Arc<Batch>,
}

impl Writing {
    pub(crate) fn connection(&mut self) -> Result<&mut Connection, Error> {
        self.guard.as_mut().map(|g| &mut g.connection).ok_or(Error::Closed)
    }

    /// When this returns `Ok`, what was done is on disk.
    pub(crate) async fn commit(mut self) -> Result<(), Error> {
        control(self.connection()?, "release work")?;
        let (writer, batch) = (Arc::clone(&self.writer), Arc::clone(&self.batch));
        drop(self.guard.take());
        // In a task of its own, so that a caller who gives up does not leave the batch open.
        let done = Handle::current().spawn(async move { commit_batch(&writer, &batch).await });
        done.await.map_err(|e| Error::Commit(Arc::from(e.to_string())))?
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        let Some(mut guard) = self.guard.take() else { return };
        guard.unfinished = true;
        drop(guard);
        let (writer, batch) = (Arc::clone(&self.writer), Arc::clone(&self.batch));
        // Without a runtime the next writer tidies up, or the end of the process does.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = commit_batch(&writer, &batch).await {
                    tracing::error!(%error, "a shared transaction could not be committed");
                }
            });
        }
    }
}

/// Commits a batch, unless somebody else of the batch has done it. Whoever asks first after the others have worked does it
/// for all: the lock is fair, so everybody who waited for it had their turn before.
async fn commit_batch(writer: &Arc<Mutex<Writer>>, batch: &Arc<Batch>) -> Result<(), Error> {
    let mut guard = Arc::clone(writer).lock_owned().await;
    guard.tidy();
    if batch.outcome.get().is_none() {
        let (back, result) = off_thread(guard, |writer| control(&writer.connection, "commit")).await;
        guard = back;
        guard.batch = None;
        let outcome = match result {
            Ok(()) => {
                guard.commits.fetch_add(1, Ordering::Release);
                Ok(())
            }
            Err(error) => {
                // A commit that failed may leave the transaction open.
                guard.roll_back();
                let is_full = error.sqlite_error_code() == Some(ErrorCode::DiskFull);
                Err(Lost { words: Arc::from(error.to_string()), is_full })
            }
        };
        let _ = batch.outcome.set(outcome);
    }
    drop(guard);
    match batch.outcome.get() {
        Some(Err(Lost { words, is_full: true })) => Err(Error::Full(Arc::clone(words))),
        Some(Err(Lost { words, is_full: false })) => Err(Error::Commit(Arc::clone(words))),
        _ => Ok(()),
    }
}

/// Statements are kept with their plans. SQLite would look at what is set in for each (`sqlite_stat4`, partial indexes), and plan it
/// anew whenever that changes, which takes longer than most of them run (sqlite.org/queryplanner-ng.html, QPSG).
fn prepare_once(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Of all tables (0x10000), not only of those that this connection asked; by some hundred rows of each.
fn optimize(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch("pragma analysis_limit = 400; pragma optimize = 0x10002")
}

fn checkpoint(connection: &Connection, bound: i64) -> rusqlite::Result<()> {
    // Waits for nobody: the next time will do.
    connection.busy_timeout(Duration::ZERO)?;
    let pages = |sql: &str| connection.query_row(sql, [], |row| Ok((row.get::<_, i64>(1)?, row.get::<_, i64>(2)?)));
    let (in_log, copied) = pages("pragma wal_checkpoint(passive)")?;
    let page_size: i64 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
    if in_log.saturating_mul(page_size) > bound && copied == in_log {
        pages("pragma wal_checkpoint(truncate)")?;
    }
    Ok(())
}

/// Does what may wait for the disk in a thread where that holds up nobody.
async fn off_thread<T: Send + 'static>(
    mut guard: OwnedMutexGuard<Writer>,
    work: impl FnOnce(&mut Writer) -> T + Send + 'static,
) -> (OwnedMutexGuard<Writer>, T) {
    let done = tokio::task::spawn_blocking(move || {
        let result = work(&mut guard);
        (guard, result)
    });
    match done.await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is ending, and nobody waits for this any more.
            Err(_) => std::future::pending().await,
        },
    }
}

/// A statement without values or rows, prepared once.
fn control(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.raw_execute().map(drop)
}

/// Tells whoever wants to know which statements are run: the tests do.
fn note(sql: &str) {
    tracing::trace!(target: "storage::sqlite", sql);
}

/// Runs a statement; answers how many rows it changed.
pub(crate) fn run(connection: &Connection, sql: &str, values: &[Value<'_>]) -> rusqlite::Result<u64> {
    note(sql);
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, values)?;
    let mut rows = statement.raw_query();
    while rows.next()?.is_some() {}
    drop(rows);
    Ok(connection.changes())
}

/// Runs a query and reads its rows.
pub(crate) fn all<T: FromRow>(connection: &Connection, sql: &str, values: &[Value<'_>]) -> Result<Vec<T>, Failed> {
    note(sql);
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, values)?;
    let mut rows = statement.raw_query();
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(T::from_row(&Row::Sqlite(row)).map_err(Failed::Reading)?);
    }
    Ok(all)
}

/// What went wrong with a query: in the database, which ends a transaction, or when its rows were read.
pub(crate) enum Failed {
    Query(rusqlite::Error),
    Reading(Error),
}

impl From<rusqlite::Error> for Failed {
    fn from(error: rusqlite::Error) -> Self {
        Self::Query(error)
    }
}

/// To SQLite `$1` is a name: its place is that of its first mention.
fn bind(statement: &mut Statement<'_>, values: &[Value<'_>]) -> rusqlite::Result<()> {
    for place in 1..=statement.parameter_count() {
        let number = statement.parameter_name(place).and_then(|name| name.get(1..)?.parse::<usize>().ok());
        let value = number.and_then(|n| values.get(n.checked_sub(1)?));
        let value = value.ok_or(rusqlite::Error::InvalidParameterCount(values.len(), place))?;
        statement.raw_bind_parameter(place, value)?;
    }
    Ok(())
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Int(Some(v)) => (*v).into(),
            Self::Bool(Some(v)) => i64::from(*v).into(),
            Self::Real(Some(v)) => (*v).into(),
            Self::Text(Some(v)) => match crate::store::without_nul(v) {
                std::borrow::Cow::Borrowed(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
                std::borrow::Cow::Owned(text) => text.into(),
            },
            Self::Int(None) | Self::Bool(None) | Self::Real(None) | Self::Text(None) => {
                ToSqlOutput::Borrowed(ValueRef::Null)
            }
        })
    }
}
