//! Opening a database, and the unit of work on it.
//!
//! SQLite has one writer connection and a pool of readers. Writers take turns; each works in a savepoint, and those that
//! queue up together are committed together, with one sync of the disk (group commit). PostgreSQL does that itself.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, Postgres, Sqlite, SqliteConnection};
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

    /// The database is away, busy or full: trying again later may help.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Database(e) => matches!(
                e,
                sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed
            ) || matches!(e, sqlx::Error::Database(d) if d.code().is_some_and(|c| ["5", "13", "57P01", "53300"].contains(&c.as_ref()))),
            Self::Commit(_) => true,
            Self::Migration(_) | Self::Corrupt(_) | Self::BadUrl(_) => false,
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
    Sqlite { writer: Arc<Mutex<Writer>>, read: SqlitePool, path: PathBuf },
    Postgres(PgPool),
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
}

/// Transactions that are committed together.
#[derive(Default)]
struct Batch {
    outcome: OnceLock<Result<(), Arc<str>>>,
}

const STATEMENT_CACHE: usize = 512;

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
        let writer = Arc::new(Mutex::new(Writer { connection, batch: None }));
        Ok(Self::Sqlite { writer, read, path })
    }

    /// Brings the tables up to date.
    pub async fn migrate(&self) -> Result<(), Error> {
        let migrator = sqlx::migrate!("../../migrations");
        match self {
            Self::Sqlite { writer, .. } => migrator.run(&mut writer.lock().await.connection).await?,
            Self::Postgres(pool) => {
                migrator.run(pool).await?;
                // SQLite's json_each, as far as we use it: ids in a JSON list.
                sqlx::raw_sql(
                    "select pg_advisory_lock(7305); \
                     create or replace function json_each(text) returns table (value bigint) language sql immutable strict rows 20 \
                     as $$ select e::bigint from json_array_elements_text($1::json) e $$; \
                     select pg_advisory_unlock(7305);",
                )
                .execute(pool)
                .await?;
            }
        }
        Ok(())
    }

    pub fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite { .. })
    }

    /// A unit of work that only reads. Each statement sees what was committed before it.
    pub async fn read(&self) -> Result<Tx, Error> {
        Ok(Tx(Some(match self {
            Self::Sqlite { read, .. } => Work::SqliteRead(read.acquire().await?),
            Self::Postgres(pool) => Work::PostgresRead(pool.acquire().await?),
        })))
    }

    /// A unit of work that may write: all of it happens with [`Tx::commit`], or none of it.
    pub async fn begin(&self) -> Result<Tx, Error> {
        let started = Instant::now();
        let work = match self {
            Self::Sqlite { writer, .. } => {
                let mut guard = Arc::clone(writer).lock_owned().await;
                let batch = match &guard.batch {
                    Some(batch) => Arc::clone(batch),
                    None => {
                        sqlx::query("begin immediate").execute(&mut guard.connection).await?;
                        let batch = Arc::new(Batch::default());
                        guard.batch = Some(Arc::clone(&batch));
                        batch
                    }
                };
                // From here on dropping the work cleans up.
                let mut work = SqliteWrite { writer: Arc::clone(writer), guard: Some(guard), batch };
                sqlx::query("savepoint work").execute(work.connection()?).await?;
                Work::SqliteWrite(work)
            }
            Self::Postgres(pool) => Work::Postgres(pool.begin().await?),
        };
        metrics::histogram!("outloud_database_wait_seconds").record(started.elapsed().as_secs_f64());
        Ok(Tx(Some(work)))
    }

    /// Ends all connections, after the work that is under way.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, .. } => read.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// A unit of work. Queries are its methods, in the files of this crate.
pub struct Tx(Option<Work>);

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
        let (writer, batch) = (Arc::clone(&self.writer), Arc::clone(&self.batch));
        // Without a runtime the connection is closed with the process, which rolls back as well.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                let undone = sqlx::raw_sql("rollback to work; release work").execute(&mut guard.connection).await;
                if let Err(error) = undone {
                    tracing::error!(%error, "a transaction could not be rolled back");
                }
                drop(guard);
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
    if batch.outcome.get().is_none() {
        let result = sqlx::query("commit").execute(&mut guard.connection).await;
        guard.batch = None;
        let outcome = match result {
            Ok(_) => Ok(()),
            Err(error) => {
                // A commit that failed leaves the transaction open; this fails only if it did not.
                let _ = sqlx::query("rollback").execute(&mut guard.connection).await;
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
    /// Makes everything since [`Store::begin`] happen: when this returns `Ok`, it is on disk.
    pub async fn commit(mut self) -> Result<(), Error> {
        let started = Instant::now();
        match self.0.take() {
            Some(Work::SqliteWrite(mut work)) => {
                sqlx::query("release work").execute(work.connection()?).await?;
                let (writer, batch) = (Arc::clone(&work.writer), Arc::clone(&work.batch));
                drop(work.guard.take());
                // In a task of its own, so that a caller who gives up does not leave the batch open.
                let done = tokio::runtime::Handle::current().spawn(async move { commit_batch(&writer, &batch).await });
                done.await.map_err(|e| Error::Commit(Arc::from(e.to_string())))??;
            }
            Some(Work::Postgres(work)) => work.commit().await?,
            Some(Work::SqliteRead(_) | Work::PostgresRead(_)) | None => {}
        }
        metrics::histogram!("outloud_database_commit_seconds").record(started.elapsed().as_secs_f64());
        Ok(())
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        matches!(self.0, Some(Work::SqliteRead(_) | Work::SqliteWrite(_)))
    }

    /// Runs a statement; answers how many rows it changed.
    pub(crate) async fn run(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<u64, Error> {
        let started = Instant::now();
        let changed = match self.engine()? {
            Engine::Sqlite(c) => sqlx::query_with(sql, sqlite_arguments(args)?).execute(c).await?.rows_affected(),
            Engine::Postgres(c) => sqlx::query_with(sql, postgres_arguments(args)?).execute(c).await?.rows_affected(),
        };
        metrics::histogram!("outloud_database_statement_seconds", "kind" => "write").record(started.elapsed().as_secs_f64());
        Ok(changed)
    }

    /// All rows of a query.
    pub(crate) async fn all<T: FromRow>(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<Vec<T>, Error> {
        let started = Instant::now();
        let rows = self.rows(sql, args).await?;
        metrics::histogram!("outloud_database_statement_seconds", "kind" => "read").record(started.elapsed().as_secs_f64());
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
        Ok(match self.engine()? {
            Engine::Sqlite(c) => {
                let rows = sqlx::query_with(sql, sqlite_arguments(args)?).fetch_all(c).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Engine::Postgres(c) => {
                let rows = sqlx::query_with(sql, postgres_arguments(args)?).fetch_all(c).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    pub(crate) fn engine(&mut self) -> Result<Engine<'_>, Error> {
        Ok(match self.0.as_mut().ok_or_else(ended)? {
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

macro_rules! arguments {
    ($name:ident, $type:ty) => {
        pub(crate) fn $name(args: &[Value<'_>]) -> Result<$type, Error> {
            use sqlx::Arguments as _;
            let mut arguments = <$type>::default();
            for value in args {
                match value {
                    Value::Int(v) => arguments.add(*v),
                    Value::Text(v) => arguments.add(v.as_deref()),
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
