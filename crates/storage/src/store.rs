//! Opening a database, and the unit of work on it.

use std::borrow::Cow;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::ErrorCode;
use sqlx::migrate::MigrateError;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, SqliteConnection};

use crate::bell::Bell;
use crate::event::Event;
use crate::postgres::{self, Lease, Postgres, within};
use crate::row::{FromRow, Row, Value};
use crate::search;
use crate::sqlite::{self, Failed, Reading, Sqlite, Writing};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// No connection to PostgreSQL can be had, for whatever reason: while it is away, what stands before it may answer anything.
    #[error("the database: {0}")]
    Away(#[source] sqlx::Error),
    #[error("the database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("the database is busy")]
    Busy,
    #[error("the database was closed")]
    Closed,
    #[error("bringing the database up to date: {0}")]
    Migration(#[from] MigrateError),
    #[error("a transaction that others shared could not be committed: {0}")]
    Commit(Arc<str>),
    #[error("there is no room for what was to be kept: {0}")]
    Full(Arc<str>),
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
        match self {
            Self::Database(sqlx::Error::Database(e)) => e.is_unique_violation(),
            Self::Sqlite(rusqlite::Error::SqliteFailure(e, _)) => {
                [rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE, rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY]
                    .contains(&e.extended_code)
            }
            _ => false,
        }
    }

    /// PostgreSQL is not there, or was not while this was done.
    pub fn is_away(&self) -> bool {
        match self {
            Self::Away(_) => true,
            Self::Database(sqlx::Error::Database(e)) => {
                // Also of what took too long there.
                e.code().is_some_and(|code| code.starts_with("57") || code == "25P03")
            }
            Self::Database(e) => is_broken(e),
            _ => false,
        }
    }

    /// What an owner can do about PostgreSQL that does not let itself be opened.
    pub fn advice(&self) -> Option<&'static str> {
        let (Self::Database(error) | Self::Away(error) | Self::Migration(MigrateError::Execute(error))) = self else {
            return None;
        };
        match error {
            sqlx::Error::Io(_) => Some("Is PostgreSQL running there, and does it listen to this machine?"),
            sqlx::Error::Database(e) => match e.code()?.as_ref() {
                "3D000" => Some("Make it first: createdb --encoding=UTF8 --template=template0 NAME"),
                "28000" | "28P01" => Some("See to the user and the password in OUTLOUD_DATABASE_URL"),
                "42501" => Some("The user must own the database, to make its tables"),
                _ => None,
            },
            _ => None,
        }
    }

    /// The disk on which the database lies is full.
    pub fn is_full(&self) -> bool {
        match self {
            // PostgreSQL's disk_full.
            Self::Database(sqlx::Error::Database(e)) => e.code().is_some_and(|code| code == "53100"),
            Self::Sqlite(e) => e.sqlite_error_code() == Some(ErrorCode::DiskFull),
            Self::Full(_) => true,
            _ => false,
        }
    }

    /// The database is away, busy or full, or two transactions stood in each other's way: trying again may help.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(e)) => e.code().is_some_and(|code| passes(&code)),
            Self::Database(e) => is_broken(e),
            Self::Sqlite(e) => matches!(
                e.sqlite_error_code(),
                Some(
                    ErrorCode::DatabaseBusy
                        | ErrorCode::DatabaseLocked
                        | ErrorCode::DiskFull
                        | ErrorCode::SystemIoFailure
                        | ErrorCode::CannotOpen
                )
            ),
            Self::Away(_) | Self::Commit(_) | Self::Full(_) | Self::IdTaken(_) | Self::Busy | Self::Closed => true,
            Self::Migration(_) | Self::Undone | Self::Corrupt(_) | Self::BadUrl(_) => false,
        }
    }
}

/// A connection broke off, or there was none.
fn is_broken(error: &sqlx::Error) -> bool {
    use sqlx::Error::{Io, PoolClosed, PoolTimedOut, Protocol, Tls, WorkerCrashed};
    matches!(error, Io(_) | Tls(_) | Protocol(_) | PoolTimedOut | PoolClosed | WorkerCrashed)
}

/// Whether what an error code of PostgreSQL (appendix A) stands for passes by itself: connections, serialisation and deadlock,
/// resources, locks, shutting down; and that a row was named that went in the same moment.
fn passes(code: &str) -> bool {
    ["08", "53"].contains(&&code[..2.min(code.len())])
        || ["23503", "40001", "40P01", "55P03", "57014", "25P03", "57P01", "57P02", "57P03"].contains(&code)
}

/// How to open a database.
#[derive(Clone, Debug)]
pub struct Options {
    /// `sqlite://PATH` or `postgres://…`.
    pub url: String,
    /// Connections for reading (SQLite), or in all (PostgreSQL).
    pub connections: u32,
    /// PostgreSQL: how long to wait for a connection. While the database is away each request waits so long before it is told to come
    /// again.
    pub patience: Duration,
    /// PostgreSQL: how long a statement may take.
    pub longest: Duration,
}

impl Options {
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), connections: 8, patience: Duration::from_secs(5), longest: Duration::from_secs(60) }
    }
}

/// An open database. Clones share it.
#[derive(Clone)]
pub struct Store {
    database: Database,
    bell: Bell,
}

#[derive(Clone)]
enum Database {
    Sqlite(Arc<Sqlite>),
    Postgres(Arc<Postgres>),
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

const STATEMENT_CACHE: usize = 512;

/// What PostgreSQL needs beside the tables: SQLite's `json_each` as far as we use it (ids in a JSON list; not strict, so that it becomes
/// part of the statement that calls it), and indexes for prefixes, which its usual collations do not sort by characters.
const ONLY_POSTGRES: &str = "select pg_advisory_xact_lock(7305); \
    create or replace function json_each(text) returns table (value bigint) language sql immutable rows 20 \
    as $$ select e::bigint from json_array_elements_text($1::json) e $$; \
    create index if not exists accounts_prefix on accounts (lower(username) collate \"C\"); \
    create index if not exists accounts_local_prefix on accounts (lower(username) collate \"C\") where domain = ''; \
    create index if not exists accounts_domain_prefix on accounts (domain collate \"C\") where domain <> ''; \
    create index if not exists tags_prefix on tags (name collate \"C\");";

/// How PostgreSQL plans (settings of its sessions). Every statement goes along an index, whatever its values and however small its table was
/// when it was planned: to plan it anew each time, to compile it or to share it among several takes longer than to run it; and what joins by
/// hashing or merging walks through all of a table, if by an index, with a plan that was made while it was small.
pub const PLANNING: [(&str, &str); 6] = [
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("max_parallel_workers_per_gather", "0"),
    ("jit", "off"),
];

impl Store {
    /// Opens a database without touching its tables; a SQLite file is made where there is none.
    pub async fn open(options: &Options) -> Result<Self, Error> {
        if let Some(path) = options.url.strip_prefix("sqlite://") {
            let sqlite = Arc::new(Sqlite::open(PathBuf::from(path), options.connections)?);
            Ok(Self { database: Database::Sqlite(sqlite), bell: Bell::within() })
        } else if options.url.starts_with("postgres://") || options.url.starts_with("postgresql://") {
            let connect = PgConnectOptions::from_str(&options.url)?
                .statement_cache_capacity(STATEMENT_CACHE)
                .options(PLANNING)
                // A process that stands still or vanishes in the middle of something must not hold up the others: the server ends what
                // it had begun, and what nobody waits for any more.
                .options(
                    ["statement_timeout", "idle_in_transaction_session_timeout"]
                        .map(|name| (name, options.longest.as_millis().to_string())),
                )
                .options([
                    ("tcp_keepalives_idle", "30"),
                    ("tcp_keepalives_interval", "10"),
                    ("tcp_keepalives_count", "3"),
                ]);
            let bounds = postgres::Bounds {
                most: options.connections.max(2),
                patience: options.patience,
                longest: options.longest,
            };
            let postgres = Postgres::open(connect, bounds).await?;
            Ok(Self { bell: Bell::across(Arc::clone(&postgres)), database: Database::Postgres(postgres) })
        } else {
            Err(Error::BadUrl("a database is named sqlite://PATH or postgres://…".to_owned()))
        }
    }

    /// Brings the tables up to date.
    pub async fn migrate(&self) -> Result<(), Error> {
        let migrator = sqlx::migrate!("../../migrations");
        match &self.database {
            Database::Sqlite(sqlite) => {
                let file = SqliteConnectOptions::new().filename(sqlite.path()).busy_timeout(Duration::from_secs(10));
                let mut connection = SqliteConnection::connect_with(&file).await?;
                migrator.run(&mut connection).await?;
                sqlx::raw_sql(search::ONLY_SQLITE).execute(&mut connection).await?;
                connection.close().await?;
            }
            Database::Postgres(postgres) => {
                let mut connection = postgres.options().connect().await?;
                let encoding: String = sqlx::query_scalar("show server_encoding").fetch_one(&mut connection).await?;
                if encoding != "UTF8" {
                    return Err(Error::BadUrl(format!(
                        "the database is one of {encoding}, which cannot hold what people write: make one with --encoding=UTF8"
                    )));
                }
                sqlx::raw_sql("set statement_timeout = 0").execute(&mut connection).await?;
                migrator.run(&mut connection).await?;
                sqlx::raw_sql(ONLY_POSTGRES).execute(&mut connection).await?;
                sqlx::raw_sql(search::ONLY_POSTGRES).execute(&mut connection).await?;
                connection.close().await?;
            }
        }
        Ok(())
    }

    pub fn is_sqlite(&self) -> bool {
        matches!(self.database, Database::Sqlite(_))
    }

    /// A unit of work that only reads. Each statement sees what was committed before it.
    pub async fn read(&self) -> Result<Tx, Error> {
        let work = match &self.database {
            Database::Sqlite(sqlite) => Work::SqliteRead(sqlite.read().await?),
            Database::Postgres(postgres) => Work::PostgresRead(postgres.acquire().await?),
        };
        Ok(self.work(work))
    }

    /// A unit of work that may write: all of it happens with [`Tx::commit`], or none of it.
    pub async fn begin(&self) -> Result<Tx, Error> {
        let started = Instant::now();
        let work = match &self.database {
            Database::Sqlite(sqlite) => Work::SqliteWrite(sqlite.begin().await?),
            Database::Postgres(postgres) => {
                let mut lease = postgres.acquire().await?;
                lease.begin().await?;
                Work::Postgres(lease)
            }
        };
        metrics::histogram!("outloud_database_wait_seconds").record(started.elapsed().as_secs_f64());
        Ok(self.work(work))
    }

    fn work(&self, work: Work) -> Tx {
        Tx { work: Some(work), failed: false, bell: self.bell.clone(), rings: Vec::new(), live: Vec::new() }
    }

    /// What is rung when something is committed that somebody waits for.
    pub fn bell(&self) -> &Bell {
        &self.bell
    }

    /// What the database holds now. What was read between two versions that are equal is what would be read again.
    pub async fn version(&self) -> Result<Version, Error> {
        match &self.database {
            Database::Sqlite(sqlite) => Ok(Version::Commits(sqlite.commits())),
            Database::Postgres(_) => {
                let snapshot = self.read().await?.value("select pg_current_snapshot()::text", args![]).await?;
                Ok(Version::Snapshot(snapshot.unwrap_or_default()))
            }
        }
    }

    /// Looks whether another process (a command beside the node) wrote something, which on SQLite shows in [`Store::version`] only
    /// after this.
    pub async fn notice_others(&self) -> Result<(), Error> {
        match &self.database {
            Database::Sqlite(sqlite) => sqlite.notice_others().await,
            Database::Postgres(_) => Ok(()),
        }
    }

    /// Once in a while: what SQLite knows of its tables is brought up to date. PostgreSQL does that by itself (autovacuum).
    pub async fn optimize(&self) -> Result<(), Error> {
        match &self.database {
            Database::Sqlite(sqlite) => sqlite.optimize().await,
            Database::Postgres(_) => Ok(()),
        }
    }

    /// Once in a while: SQLite's log is copied into its file, and emptied if it has more than `bound` bytes. Nobody waits for that.
    pub async fn checkpoint(&self, bound: i64) -> Result<(), Error> {
        match &self.database {
            Database::Sqlite(sqlite) => sqlite.checkpoint(bound).await,
            Database::Postgres(_) => Ok(()),
        }
    }

    /// Whoever serves the database says so, to its end: nothing can be restored into it meanwhile. False if that is being done. On
    /// PostgreSQL; SQLite's file has a lock of its own.
    pub async fn serve(&self) -> Result<bool, Error> {
        match &self.database {
            Database::Sqlite(_) => Ok(true),
            Database::Postgres(postgres) => postgres.serve().await,
        }
    }

    /// Has a database that nobody serves, nor will, for oneself; none if somebody serves it. On PostgreSQL; SQLite's file has a lock of
    /// its own.
    pub async fn alone(&self) -> Result<Option<Alone>, Error> {
        match &self.database {
            Database::Sqlite(_) => Ok(Some(Alone(None))),
            Database::Postgres(postgres) => Ok(postgres.alone().await?.map(|connection| Alone(Some(connection)))),
        }
    }

    /// Ends all connections, after the work that is under way. A SQLite file then stands alone, with nothing in its log.
    pub async fn close(&self) {
        match &self.database {
            Database::Sqlite(sqlite) => {
                if let Err(error) = sqlite.close().await {
                    tracing::warn!(%error, "the database was not closed in good order");
                }
            }
            Database::Postgres(postgres) => postgres.close().await,
        }
    }
}

/// Nobody serves the database as long as this is there.
pub struct Alone(Option<PgConnection>);

impl Alone {
    /// Whether that held until now: a connection can be lost.
    pub async fn held(&mut self) -> bool {
        match &mut self.0 {
            Some(connection) => connection.ping().await.is_ok(),
            None => true,
        }
    }
}

/// A unit of work. Queries are its methods, in the files of this crate.
pub struct Tx {
    work: Option<Work>,
    /// A statement failed. PostgreSQL undoes the whole transaction then, and its COMMIT does not say so.
    failed: bool,
    bell: Bell,
    /// What to ring once it is committed.
    rings: Vec<Event>,
    live: Vec<Event>,
}

enum Work {
    SqliteRead(Reading),
    SqliteWrite(Writing),
    PostgresRead(Lease),
    Postgres(Lease),
}

impl Tx {
    /// Makes everything since [`Store::begin`] happen: when this returns `Ok`, it is on disk. Work of which a statement failed
    /// cannot be committed, on either engine.
    pub async fn commit(mut self) -> Result<(), Error> {
        let started = Instant::now();
        if self.failed {
            return Err(Error::Undone);
        }
        match self.work.take() {
            Some(Work::SqliteWrite(work)) => work.commit().await?,
            Some(Work::Postgres(work)) => work.commit().await?,
            Some(Work::SqliteRead(_) | Work::PostgresRead(_)) | None => {}
        }
        metrics::histogram!("outloud_database_commit_seconds").record(started.elapsed().as_secs_f64());
        for event in std::mem::take(&mut self.rings).into_iter().chain(std::mem::take(&mut self.live)) {
            self.bell.ring(event).await;
        }
        Ok(())
    }

    /// Rings this, once, when all of this is committed.
    pub fn ring(&mut self, event: Event) {
        if matches!(event, Event::Live(_)) {
            // There may be very many, and what is told twice is shown once.
            self.live.push(event);
        } else if !self.rings.contains(&event) {
            self.rings.push(event);
        }
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        matches!(self.work, Some(Work::SqliteRead(_) | Work::SqliteWrite(_)))
    }

    /// Remembers that a statement failed, or that it came to a good end.
    pub(crate) fn noted<T>(&mut self, result: Result<T, impl Into<Error>>) -> Result<T, Error> {
        match (&result, &mut self.work) {
            (Ok(_), Some(Work::PostgresRead(lease) | Work::Postgres(lease))) => lease.settled(),
            (Ok(_), _) => {}
            (Err(_), _) => self.failed = true,
        }
        result.map_err(Into::into)
    }

    /// The connection is not used again after this work: it holds a state that nobody else should meet.
    pub(crate) fn spend(&mut self) {
        if let Some(Work::PostgresRead(lease)) = &mut self.work {
            lease.spend();
        }
    }

    /// Runs a statement; answers how many rows it changed.
    pub(crate) async fn run(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<u64, Error> {
        let started = Instant::now();
        let result = match self.engine()? {
            Engine::Sqlite(c) => sqlite::run(c, sql, args).map_err(Error::from),
            Engine::Postgres(c, longest) => {
                let done = within(longest, sqlx::query_with(sql, postgres_arguments(args)?).execute(c)).await;
                done.map(|done| done.rows_affected()).map_err(Error::from)
            }
        };
        metrics::histogram!("outloud_database_statement_seconds", "kind" => "write")
            .record(started.elapsed().as_secs_f64());
        self.noted(result)
    }

    /// All rows of a query.
    pub(crate) async fn all<T: FromRow>(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<Vec<T>, Error> {
        let started = Instant::now();
        let rows = match self.engine()? {
            Engine::Sqlite(c) => match sqlite::all(c, sql, args) {
                Ok(rows) => Ok(rows),
                Err(Failed::Reading(error)) => return Err(error),
                Err(Failed::Query(error)) => self.noted(Err(error)),
            },
            Engine::Postgres(c, longest) => {
                let rows = within(longest, sqlx::query_with(sql, postgres_arguments(args)?).fetch_all(c)).await;
                self.noted(rows)?.iter().map(|row| T::from_row(&Row::Postgres(row))).collect()
            }
        };
        metrics::histogram!("outloud_database_statement_seconds", "kind" => "read")
            .record(started.elapsed().as_secs_f64());
        rows
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

    pub(crate) fn engine(&mut self) -> Result<Engine<'_>, Error> {
        if self.failed && matches!(self.work, Some(Work::SqliteWrite(_))) {
            // As PostgreSQL does; and SQLite may have ended the transaction, so that this would stand by itself.
            return Err(Error::Undone);
        }
        Ok(match self.work.as_mut().ok_or(Error::Closed)? {
            Work::SqliteRead(work) => Engine::Sqlite(work.connection()?),
            Work::SqliteWrite(work) => Engine::Sqlite(work.connection()?),
            Work::PostgresRead(lease) | Work::Postgres(lease) => {
                let longest = lease.longest();
                Engine::Postgres(lease.connection()?, longest)
            }
        })
    }
}

pub(crate) enum Engine<'c> {
    /// Mutable, because a connection may go from one thread to another but not be looked at by two.
    Sqlite(&'c mut rusqlite::Connection),
    /// With how long a statement may take.
    Postgres(&'c mut sqlx::PgConnection, Duration),
}

/// PostgreSQL's texts cannot hold NUL, and both engines shall keep the same.
pub(crate) fn without_nul(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "")) } else { Cow::Borrowed(text) }
}

pub(crate) fn postgres_arguments(args: &[Value<'_>]) -> Result<sqlx::postgres::PgArguments, Error> {
    use sqlx::Arguments as _;
    let mut arguments = sqlx::postgres::PgArguments::default();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_is_away_is_waited_for_whatever_is_answered_in_its_place() {
        let nonsense = || sqlx::Error::Protocol("unexpected response from SSLRequest".to_owned());
        for error in [Error::Away(nonsense()), Error::Away(sqlx::Error::RowNotFound), Error::Database(nonsense())] {
            assert!(error.is_away() && error.is_temporary() && !error.is_full(), "{error:?}");
        }
        assert!(!Error::Database(sqlx::Error::RowNotFound).is_temporary());
        let full = Error::Full("database or disk is full".into());
        assert!(full.is_full() && full.is_temporary() && !full.is_away());
    }

    #[test]
    fn what_passes_by_itself_is_told_from_what_does_not() {
        // Too many connections, deadlock, serialisation, shutting down, gone.
        for code in ["53300", "40P01", "40001", "57P01", "08006"] {
            assert!(passes(code), "{code}");
        }
        // A unique key, no such table.
        for code in ["23505", "42P01", "11", ""] {
            assert!(!passes(code), "{code}");
        }
        let of = |code: i32| Error::Sqlite(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None));
        // Busy, busy with an old snapshot, locked, full, the disk fails.
        for code in [5, 517, 6, 262, 13, 10] {
            assert!(of(code).is_temporary(), "{code}");
        }
        // A unique key, a syntax error, a corrupt file.
        for code in [2067, 1555, 1, 11] {
            assert!(!of(code).is_temporary(), "{code}");
        }
        assert!(of(2067).is_duplicate() && of(1555).is_duplicate() && !of(787).is_duplicate());
    }

    #[test]
    fn texts_lose_their_nuls_and_nothing_else() {
        assert_eq!(without_nul("a\0b\0"), "ab");
        assert!(matches!(without_nul("ab"), Cow::Borrowed("ab")));
    }
}
