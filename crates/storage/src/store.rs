//! Opening a database, and the unit of work on it.
//!
//! SQLite has one writer connection and a pool of readers. Writers take turns; each works in a savepoint, and those that
//! queue up together are committed together, with one sync of the disk (group commit). PostgreSQL does that itself.

use std::borrow::Cow;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, Postgres, Sqlite, SqliteConnection};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::row::{FromRow, Row, Value};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("bringing the database up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("a transaction that others shared could not be committed: {0}")]
    Commit(Arc<str>),
    #[error("a statement of this transaction failed, so that nothing of it was kept")]
    Undone,
    #[error("the id {0} is taken")]
    IdTaken(i64),
    #[error("the database holds {0}")]
    Corrupt(String),
    #[error("{0}")]
    BadUrl(String),
}

impl Error {
    /// A row of this key stands there already.
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(e)) if e.is_unique_violation())
    }

    /// The database is away, busy or full, or two transactions stood in each other's way: trying again may help.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(e)) => e.code().is_some_and(|code| passes(&code)),
            Self::Database(e) => matches!(
                e,
                sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed
            ),
            Self::Commit(_) | Self::IdTaken(_) => true,
            Self::Migration(_) | Self::Undone | Self::Corrupt(_) | Self::BadUrl(_) => false,
        }
    }
}

/// Whether what an error code stands for passes by itself.
fn passes(code: &str) -> bool {
    match code.parse::<i64>() {
        // SQLite, whose extended codes hold the plain one in their lowest byte: BUSY, LOCKED, FULL.
        Ok(number) if code.len() < 5 => [5, 6, 13].contains(&(number & 0xff)),
        // PostgreSQL (appendix A): connections, serialisation and deadlock, resources, locks, shutting down.
        _ => {
            ["08", "53"].contains(&&code[..2.min(code.len())])
                || ["40001", "40P01", "55P03", "57P01", "57P02", "57P03"].contains(&code)
        }
    }
}

/// How to open a database.
#[derive(Clone, Debug)]
pub struct Options {
    /// `sqlite://PATH` or `postgres://…`.
    pub url: String,
    /// Connections for reading (SQLite), or in all (PostgreSQL).
    pub connections: u32,
}

impl Options {
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), connections: 8 }
    }
}

/// An open database. Clones share it.
#[derive(Clone)]
pub enum Store {
    Sqlite { writer: Arc<Mutex<Writer>>, read: SqlitePool, path: PathBuf, commits: Arc<AtomicU64> },
    Postgres(PgPool),
}

/// What a database held at a moment, as far as to tell whether anything was written since: two that are equal saw the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Version {
    /// SQLite: how often something was committed, by this process or (as far as [`Store::notice_others`] saw) by another.
    Commits(u64),
    /// PostgreSQL: which transactions can be seen (`pg_current_snapshot()`).
    Snapshot(String),
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_sqlite() { "Store::Sqlite" } else { "Store::Postgres" })
    }
}

/// SQLite's one writer.
pub struct Writer {
    connection: SqliteConnection,
    /// The batch of the transaction that is open, if one is.
    batch: Option<Arc<Batch>>,
    /// Somebody dropped their work: whoever has the connection next undoes it first.
    unfinished: bool,
    /// Shared with [`Store::Sqlite`].
    commits: Arc<AtomicU64>,
    /// `pragma data_version` as it was last seen: it changes when another connection commits.
    others: i64,
}

impl Writer {
    async fn tidy(&mut self) {
        if !self.unfinished {
            return;
        }
        if sqlx::raw_sql("rollback to work; release work").execute(&mut self.connection).await.is_err() {
            // There is no such savepoint: it was never made, or was released already; or SQLite itself ended the whole
            // transaction (a full disk), in which case another can be begun, and nobody's work is left to be committed.
            if sqlx::query("begin").execute(&mut self.connection).await.is_ok() {
                self.roll_back().await;
                if let Some(batch) = self.batch.take() {
                    let _ = batch.outcome.set(Err(Arc::from("the database ended it")));
                }
            }
        }
        self.unfinished = false;
    }

    async fn roll_back(&mut self) {
        if let Err(error) = sqlx::query("rollback").execute(&mut self.connection).await {
            tracing::debug!(%error, "there was nothing to roll back");
        }
    }
}

/// Transactions that are committed together.
#[derive(Default)]
struct Batch {
    outcome: OnceLock<Result<(), Arc<str>>>,
}

const STATEMENT_CACHE: usize = 512;

/// What PostgreSQL needs beside the tables: SQLite's `json_each` as far as we use it (ids in a JSON list), and indexes for
/// prefixes, which its usual collations do not sort by characters.
const ONLY_POSTGRES: &str = "select pg_advisory_xact_lock(7305); \
    create or replace function json_each(text) returns table (value bigint) language sql immutable strict rows 20 \
    as $$ select e::bigint from json_array_elements_text($1::json) e $$; \
    create index if not exists accounts_prefix on accounts (lower(username) collate \"C\"); \
    create index if not exists accounts_local_prefix on accounts (lower(username) collate \"C\") where domain = ''; \
    create index if not exists tags_prefix on tags (name collate \"C\");";

impl Store {
    /// Opens a database without touching its tables; a SQLite file is made where there is none.
    pub async fn open(options: &Options) -> Result<Self, Error> {
        if let Some(path) = options.url.strip_prefix("sqlite://") {
            Self::open_sqlite(PathBuf::from(path), options.connections).await
        } else if options.url.starts_with("postgres://") || options.url.starts_with("postgresql://") {
            let connect = PgConnectOptions::from_str(&options.url)?.statement_cache_capacity(STATEMENT_CACHE);
            let pool = PgPoolOptions::new()
                .max_connections(options.connections.max(2))
                .acquire_timeout(Duration::from_secs(10))
                .connect_with(connect)
                .await?;
            Ok(Self::Postgres(pool))
        } else {
            Err(Error::BadUrl("a database is named sqlite://PATH or postgres://…".to_owned()))
        }
    }

    async fn open_sqlite(path: PathBuf, readers: u32) -> Result<Self, Error> {
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(10))
            .foreign_keys(true)
            .statement_cache_capacity(STATEMENT_CACHE);
        let connection = SqliteConnection::connect_with(&options).await?;
        let read = SqlitePoolOptions::new()
            .max_connections(readers.max(1))
            .connect_lazy_with(options.read_only(true).create_if_missing(false));
        let commits = Arc::new(AtomicU64::new(0));
        let writer = Writer { connection, batch: None, unfinished: false, commits: Arc::clone(&commits), others: 0 };
        Ok(Self::Sqlite { writer: Arc::new(Mutex::new(writer)), read, path, commits })
    }

    /// Brings the tables up to date.
    pub async fn migrate(&self) -> Result<(), Error> {
        let migrator = sqlx::migrate!("../../migrations");
        match self {
            Self::Sqlite { writer, .. } => migrator.run(&mut writer.lock().await.connection).await?,
            Self::Postgres(pool) => {
                migrator.run(pool).await?;
                sqlx::raw_sql(ONLY_POSTGRES).execute(pool).await?;
            }
        }
        Ok(())
    }

    pub fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite { .. })
    }

    /// A unit of work that only reads. Each statement sees what was committed before it.
    pub async fn read(&self) -> Result<Tx, Error> {
        Ok(Tx::new(match self {
            Self::Sqlite { read, .. } => Work::SqliteRead(read.acquire().await?),
            Self::Postgres(pool) => Work::PostgresRead(pool.acquire().await?),
        }))
    }

    /// A unit of work that may write: all of it happens with [`Tx::commit`], or none of it.
    pub async fn begin(&self) -> Result<Tx, Error> {
        let started = Instant::now();
        let work = match self {
            Self::Sqlite { writer, .. } => {
                let guard = Arc::clone(writer).lock_owned().await;
                // In a task of its own: a caller who gives up must not leave a half-begun transaction behind.
                let begun = Handle::current().spawn(begin_sqlite(Arc::clone(writer), guard));
                Work::SqliteWrite(begun.await.map_err(|e| Error::Commit(Arc::from(e.to_string())))??)
            }
            Self::Postgres(pool) => Work::Postgres(pool.begin().await?),
        };
        metrics::histogram!("outloud_database_wait_seconds").record(started.elapsed().as_secs_f64());
        Ok(Tx::new(work))
    }

    /// What the database holds now. What was read between two versions that are equal is what would be read again.
    pub async fn version(&self) -> Result<Version, Error> {
        match self {
            Self::Sqlite { commits, .. } => Ok(Version::Commits(commits.load(Ordering::Acquire))),
            Self::Postgres(pool) => {
                let snapshot = sqlx::query_scalar("select pg_current_snapshot()::text").fetch_one(pool).await?;
                Ok(Version::Snapshot(snapshot))
            }
        }
    }

    /// Looks whether another process (a command beside the node) wrote something, which on SQLite shows in [`Store::version`] only
    /// after this.
    pub async fn notice_others(&self) -> Result<(), Error> {
        if let Self::Sqlite { writer, commits, .. } = self {
            let mut guard = writer.lock().await;
            let seen: i64 = sqlx::query_scalar("pragma data_version").fetch_one(&mut guard.connection).await?;
            if seen != guard.others {
                guard.others = seen;
                commits.fetch_add(1, Ordering::Release);
            }
        }
        Ok(())
    }

    /// Ends all connections, after the work that is under way. A SQLite file then stands alone, with nothing in its log.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, writer, .. } => {
                read.close().await;
                let open = writer.lock().await.batch.clone();
                let ended = match open {
                    Some(batch) => commit_batch(writer, &batch).await,
                    None => Ok(()),
                };
                let connection = &mut writer.lock().await.connection;
                let emptied = sqlx::query("pragma wal_checkpoint(truncate)").execute(connection).await;
                if let Err(error) = ended.and(emptied.map_err(Error::from)) {
                    tracing::warn!(%error, "the database was not closed in good order");
                }
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Takes a turn on SQLite's writer: joins the open batch or begins one, and sets the savepoint.
async fn begin_sqlite(writer: Arc<Mutex<Writer>>, mut guard: OwnedMutexGuard<Writer>) -> Result<SqliteWrite, Error> {
    guard.tidy().await;
    let batch = match &guard.batch {
        Some(batch) => Arc::clone(batch),
        None => {
            if let Err(error) = sqlx::query("begin immediate").execute(&mut guard.connection).await {
                guard.roll_back().await;
                return Err(error.into());
            }
            let batch = Arc::new(Batch::default());
            guard.batch = Some(Arc::clone(&batch));
            batch
        }
    };
    // From here on dropping the work cleans up.
    let mut work = SqliteWrite { writer, guard: Some(guard), batch };
    sqlx::query("savepoint work").execute(work.connection()?).await?;
    Ok(work)
}

/// A unit of work. Queries are its methods, in the files of this crate.
pub struct Tx {
    work: Option<Work>,
    /// A statement failed. PostgreSQL undoes the whole transaction then, and its COMMIT does not say so.
    failed: bool,
}

enum Work {
    SqliteRead(PoolConnection<Sqlite>),
    SqliteWrite(SqliteWrite),
    PostgresRead(PoolConnection<Postgres>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

struct SqliteWrite {
    writer: Arc<Mutex<Writer>>,
    /// There until the work is committed or dropped.
    guard: Option<OwnedMutexGuard<Writer>>,
    batch: Arc<Batch>,
}

impl SqliteWrite {
    fn connection(&mut self) -> Result<&mut SqliteConnection, Error> {
        self.guard.as_mut().map(|g| &mut g.connection).ok_or_else(ended)
    }
}

impl Drop for SqliteWrite {
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
    let mut guard = writer.lock().await;
    guard.tidy().await;
    if batch.outcome.get().is_none() {
        let result = sqlx::query("commit").execute(&mut guard.connection).await;
        guard.batch = None;
        let outcome = match result {
            Ok(_) => {
                guard.commits.fetch_add(1, Ordering::Release);
                Ok(())
            }
            Err(error) => {
                // A commit that failed may leave the transaction open.
                guard.roll_back().await;
                Err(Arc::from(error.to_string()))
            }
        };
        let _ = batch.outcome.set(outcome);
    }
    match batch.outcome.get() {
        Some(Err(message)) => Err(Error::Commit(Arc::clone(message))),
        _ => Ok(()),
    }
}

fn ended() -> Error {
    Error::Database(sqlx::Error::PoolClosed)
}

impl Tx {
    fn new(work: Work) -> Self {
        Self { work: Some(work), failed: false }
    }

    /// Makes everything since [`Store::begin`] happen: when this returns `Ok`, it is on disk. Work of which a statement failed
    /// cannot be committed, on either engine.
    pub async fn commit(mut self) -> Result<(), Error> {
        let started = Instant::now();
        if self.failed {
            return Err(Error::Undone);
        }
        match self.work.take() {
            Some(Work::SqliteWrite(mut work)) => {
                sqlx::query("release work").execute(work.connection()?).await?;
                let (writer, batch) = (Arc::clone(&work.writer), Arc::clone(&work.batch));
                drop(work.guard.take());
                // In a task of its own, so that a caller who gives up does not leave the batch open.
                let done = Handle::current().spawn(async move { commit_batch(&writer, &batch).await });
                done.await.map_err(|e| Error::Commit(Arc::from(e.to_string())))??;
            }
            Some(Work::Postgres(work)) => work.commit().await?,
            Some(Work::SqliteRead(_) | Work::PostgresRead(_)) | None => {}
        }
        metrics::histogram!("outloud_database_commit_seconds").record(started.elapsed().as_secs_f64());
        Ok(())
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        matches!(self.work, Some(Work::SqliteRead(_) | Work::SqliteWrite(_)))
    }

    /// Remembers that a statement failed.
    pub(crate) fn noted<T>(&mut self, result: Result<T, sqlx::Error>) -> Result<T, Error> {
        self.failed |= result.is_err();
        Ok(result?)
    }

    /// The connection is not used again after this work: it holds a state that nobody else should meet.
    pub(crate) fn spend(&mut self) {
        match &mut self.work {
            Some(Work::SqliteRead(c)) => c.close_on_drop(),
            Some(Work::PostgresRead(c)) => c.close_on_drop(),
            _ => {}
        }
    }

    /// Runs a statement; answers how many rows it changed.
    pub(crate) async fn run(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<u64, Error> {
        let started = Instant::now();
        let result = match self.engine()? {
            Engine::Sqlite(c) => {
                sqlx::query_with(sql, sqlite_arguments(args)?).execute(c).await.map(|done| done.rows_affected())
            }
            Engine::Postgres(c) => {
                sqlx::query_with(sql, postgres_arguments(args)?).execute(c).await.map(|done| done.rows_affected())
            }
        };
        metrics::histogram!("outloud_database_statement_seconds", "kind" => "write")
            .record(started.elapsed().as_secs_f64());
        self.noted(result)
    }

    /// All rows of a query.
    pub(crate) async fn all<T: FromRow>(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<Vec<T>, Error> {
        let started = Instant::now();
        let rows = self.rows(sql, args).await?;
        metrics::histogram!("outloud_database_statement_seconds", "kind" => "read")
            .record(started.elapsed().as_secs_f64());
        rows.iter().map(T::from_row).collect()
    }

    /// The first row of a query, if there is one.
    pub(crate) async fn one<T: FromRow>(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<Option<T>, Error> {
        Ok(self.all(sql, args).await?.into_iter().next())
    }

    /// The first column of all rows.
    pub(crate) async fn list<T>(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<Vec<T>, Error>
    where
        (T,): FromRow,
    {
        Ok(self.all::<(T,)>(sql, args).await?.into_iter().map(|(value,)| value).collect())
    }

    /// The first column of the first row.
    pub(crate) async fn value<T>(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<Option<T>, Error>
    where
        (T,): FromRow,
    {
        Ok(self.one::<(T,)>(sql, args).await?.map(|(value,)| value))
    }

    async fn rows(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<Vec<Row>, Error> {
        let result = match self.engine()? {
            Engine::Sqlite(c) => {
                let rows = sqlx::query_with(sql, sqlite_arguments(args)?).fetch_all(c).await;
                rows.map(|rows| rows.into_iter().map(Row::Sqlite).collect())
            }
            Engine::Postgres(c) => {
                let rows = sqlx::query_with(sql, postgres_arguments(args)?).fetch_all(c).await;
                rows.map(|rows| rows.into_iter().map(Row::Postgres).collect())
            }
        };
        self.noted(result)
    }

    pub(crate) fn engine(&mut self) -> Result<Engine<'_>, Error> {
        if self.failed && matches!(self.work, Some(Work::SqliteWrite(_))) {
            // As PostgreSQL does; and SQLite may have ended the transaction, so that this would stand by itself.
            return Err(Error::Undone);
        }
        Ok(match self.work.as_mut().ok_or_else(ended)? {
            Work::SqliteRead(c) => Engine::Sqlite(c),
            Work::SqliteWrite(work) => Engine::Sqlite(work.connection()?),
            Work::PostgresRead(c) => Engine::Postgres(c),
            Work::Postgres(c) => Engine::Postgres(c),
        })
    }
}

pub(crate) enum Engine<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut sqlx::PgConnection),
}

/// PostgreSQL's texts cannot hold NUL, and both engines shall keep the same.
fn without_nul(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "")) } else { Cow::Borrowed(text) }
}

macro_rules! arguments {
    ($name:ident, $type:ty) => {
        pub(crate) fn $name(args: &[Value<'_>]) -> Result<$type, Error> {
            use sqlx::Arguments as _;
            let mut arguments = <$type>::default();
            for value in args {
                match value {
                    Value::Int(v) => arguments.add(*v),
                    Value::Text(v) => arguments.add(v.as_deref().map(without_nul)),
                    Value::Bool(v) => arguments.add(*v),
                    Value::Real(v) => arguments.add(*v),
                }
                .map_err(sqlx::Error::Encode)?;
            }
            Ok(arguments)
        }
    };
}
arguments!(sqlite_arguments, sqlx::sqlite::SqliteArguments);
arguments!(postgres_arguments, sqlx::postgres::PgArguments);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_by_itself_is_told_from_what_does_not() {
        // Busy, busy with an old snapshot, locked, full; too many connections, deadlock, serialisation, shutting down, gone.
        for code in ["5", "517", "6", "262", "13", "53300", "40P01", "40001", "57P01", "08006"] {
            assert!(passes(code), "{code}");
        }
        // A unique key on either engine, a syntax error, no such table, a corrupt file.
        for code in ["2067", "1555", "23505", "1", "42P01", "11", ""] {
            assert!(!passes(code), "{code}");
        }
    }

    #[test]
    fn texts_lose_their_nuls_and_nothing_else() {
        assert_eq!(without_nul("a\0b\0"), "ab");
        assert!(matches!(without_nul("ab"), Cow::Borrowed("ab")));
    }
}
