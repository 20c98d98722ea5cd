//! A fresh, migrated store for each test. SQLite: a copy of a file that was migrated once for the process. PostgreSQL: a
//! database on the server that `OUTLOUD_TEST_POSTGRES_URL` names, which is emptied when the test ends and given to the next:
//! making one takes longer than most tests. What is left of them is dropped by the next run.

use std::collections::HashMap;
use std::str::FromStr as _;
use std::sync::{Once, OnceLock, mpsc};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection, SqliteConnection};
use storage::{Options, Store};
use tempfile::TempDir;
use tokio::sync::{OnceCell, oneshot};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// Whether tests can run on this engine. If not, it is said loudly, or is a failure where nothing may be skipped.
    #[expect(clippy::print_stderr, reason = "a skipped test is told to whoever runs it")]
    pub fn is_there(self) -> bool {
        static SAID: Once = Once::new();
        let there = self == Self::Sqlite || server_url().is_some();
        if !there {
            assert!(
                std::env::var("OUTLOUD_TEST_NO_SKIP").as_deref() != Ok("1"),
                "OUTLOUD_TEST_POSTGRES_URL is not set, and nothing may be skipped"
            );
            SAID.call_once(|| eprintln!("\nSKIPPED on PostgreSQL: OUTLOUD_TEST_POSTGRES_URL is not set\n"));
        }
        there
    }
}

fn server_url() -> Option<String> {
    std::env::var("OUTLOUD_TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty())
}

/// Where a test's database lives.
enum Home {
    Folder(TempDir),
    Server(String),
}

/// An opened, migrated store of a test's own. It goes when this is dropped.
pub struct Db {
    pub store: Store,
    pub engine: Engine,
    /// Opens it once more.
    pub url: String,
    home: Home,
}

impl Db {
    pub async fn fresh(engine: Engine) -> Self {
        crate::statements::record();
        let (url, home) = match engine {
            Engine::Sqlite => {
                let folder = TempDir::new().unwrap();
                let path = folder.path().join("outloud.db");
                std::fs::write(&path, sqlite_template().await).unwrap();
                (format!("sqlite://{}", path.display()), Home::Folder(folder))
            }
            Engine::Postgres => {
                let (reply, made) = oneshot::channel();
                janitor().send(Order::Make(reply)).unwrap();
                let name = made.await.expect("a database on the PostgreSQL server");
                (database_url(&name), Home::Server(name))
            }
        };
        let store = Store::open(&Options { connections: 6, ..Options::new(&url) }).await.unwrap();
        Self { store, engine, url, home }
    }

    /// A second store on the same database, as another process would have it.
    pub async fn again(&self) -> Store {
        Store::open(&Options { connections: 6, ..Options::new(&self.url) }).await.unwrap()
    }

    /// The folder of a SQLite database.
    pub fn folder(&self) -> &std::path::Path {
        match &self.home {
            Home::Folder(folder) => folder.path(),
            Home::Server(_) => panic!("not a file"),
        }
    }

    /// A bare connection, for what only tests may do.
    pub async fn sqlite(&self) -> SqliteConnection {
        SqliteConnection::connect(&self.url).await.unwrap()
    }

    /// A bare connection, for what only tests may do.
    pub async fn postgres(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.unwrap()
    }
}

impl Drop for Db {
    fn drop(&mut self) {
        if let Home::Server(name) = &self.home {
            let (reply, emptied) = mpsc::channel();
            if janitor().send(Order::Empty(name.clone(), self.store.clone(), reply)).is_ok() {
                // Closed without an answer if the server is gone; the next run cleans up.
                let _ = emptied.recv();
            }
        }
    }
}

async fn sqlite_template() -> &'static [u8] {
    static TEMPLATE: OnceCell<Vec<u8>> = OnceCell::const_new();
    TEMPLATE
        .get_or_init(|| async {
            let folder = TempDir::new().unwrap();
            let path = folder.path().join("template.db");
            let store = Store::open(&Options::new(format!("sqlite://{}", path.display()))).await.unwrap();
            store.migrate().await.unwrap();
            store.close().await;
            std::fs::read(&path).unwrap()
        })
        .await
}

enum Order {
    Make(oneshot::Sender<String>),
    Empty(String, Store, mpsc::Sender<()>),
}

/// The one who makes and empties databases, in a thread and on a connection of its own: tests and their runtimes come and go.
fn janitor() -> &'static mpsc::Sender<Order> {
    static JANITOR: OnceLock<mpsc::Sender<Order>> = OnceLock::new();
    JANITOR.get_or_init(|| {
        let (orders, inbox) = mpsc::channel();
        let work = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(keep_house(inbox));
        };
        #[expect(clippy::disallowed_methods, reason = "lives as long as the test process")]
        std::thread::spawn(work);
        orders
    })
}

const PREFIX: &str = "outloud_test_";

async fn keep_house(inbox: mpsc::Receiver<Order>) {
    let url = server_url().expect("OUTLOUD_TEST_POSTGRES_URL");
    let mut server = PgConnectOptions::from_str(&url).unwrap().disable_statement_logging().connect().await.unwrap();
    let run: i64 = sqlx::query_scalar("select (extract(epoch from clock_timestamp()) * 1000000)::bigint")
        .fetch_one(&mut server)
        .await
        .unwrap();
    // Held while this process lives: who can take it may sweep up after it.
    sqlx::query("select pg_advisory_lock($1)").bind(run).execute(&mut server).await.unwrap();
    sweep(&mut server).await;
    let template = format!("{PREFIX}{run}_template");
    run_sql(&mut server, format!("create database {template}")).await;
    let store = Store::open(&Options::new(database_url(&template))).await.unwrap();
    store.migrate().await.unwrap();
    store.close().await;

    let mut made: HashMap<String, PgConnection> = HashMap::new();
    let mut free: Vec<String> = Vec::new();
    while let Ok(order) = inbox.recv() {
        match order {
            Order::Make(reply) => {
                let name = match free.pop() {
                    Some(name) => name,
                    None => {
                        let name = format!("{PREFIX}{run}_{}", made.len());
                        run_sql(&mut server, format!("create database {name} template {template}")).await;
                        let own = PgConnection::connect(&database_url(&name)).await.unwrap();
                        made.insert(name.clone(), own);
                        name
                    }
                };
                // Nobody waits any more if the test was stopped.
                let _ = reply.send(name);
            }
            Order::Empty(name, store, reply) => {
                let _ = tokio::time::timeout(Duration::from_secs(1), store.close()).await;
                if empty(made.get_mut(&name).unwrap()).await.is_ok() {
                    free.push(name);
                }
                let _ = reply.send(());
            }
        }
    }
}

/// Makes a database as new: nobody else is connected, and there is nothing in it. One in which a test made or dropped tables is
/// not used again.
async fn empty(own: &mut PgConnection) -> Result<(), sqlx::Error> {
    let others = "select count(pg_terminate_backend(pid, 1000)) from pg_stat_activity \
        where datname = current_database() and pid <> pg_backend_pid()";
    own.execute(others).await?;
    let tables: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace",
    )
    .fetch_all(&mut *own)
    .await?;
    let (ours, rest): (Vec<_>, Vec<_>) = tables.iter().partition(|name| storage::TABLES.contains(&name.as_str()));
    if ours.len() != storage::TABLES.len() || rest != ["_sqlx_migrations"] {
        return Err(sqlx::Error::WorkerCrashed);
    }
    let mut all = "begin; set local session_replication_role = replica;".to_owned();
    for table in ours {
        all.push_str(&format!("delete from {table};"));
    }
    all.push_str("commit");
    own.execute(sqlx::raw_sql(AssertSqlSafe(all))).await?;
    Ok(())
}

/// Drops what runs left behind that ended before their tests did.
async fn sweep(server: &mut PgConnection) {
    let names: Vec<String> =
        sqlx::query_scalar("select datname::text from pg_database where starts_with(datname::text, $1)")
            .bind(PREFIX)
            .fetch_all(&mut *server)
            .await
            .unwrap();
    for name in names {
        let Some(run) = name[PREFIX.len()..].split('_').next().and_then(|run| run.parse::<i64>().ok()) else {
            continue;
        };
        let over: bool =
            sqlx::query_scalar("select pg_try_advisory_lock($1)").bind(run).fetch_one(&mut *server).await.unwrap();
        if over {
            run_sql(server, format!("drop database if exists {name} with (force)")).await;
            sqlx::query("select pg_advisory_unlock($1)").bind(run).execute(&mut *server).await.unwrap();
        }
    }
}

async fn run_sql(server: &mut PgConnection, sql: String) {
    server.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
}

fn database_url(name: &str) -> String {
    let mut url = url::Url::parse(&server_url().expect("OUTLOUD_TEST_POSTGRES_URL")).unwrap();
    url.set_path(name);
    url.into()
}

/// Makes two tests of each function that takes a [`Db`]: `name::sqlite` and `name::postgres`.
#[macro_export]
macro_rules! on_both {
    ($(async fn $name:ident($db:ident: Db) $body:block)*) => {
        $(mod $name {
            use super::*;

            async fn body($db: $crate::db::Db) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                $crate::statements::record_of(module_path!());
                body($crate::db::Db::fresh($crate::db::Engine::Sqlite).await).await;
                $crate::statements::ran(concat!(module_path!(), "::sqlite"));
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if $crate::db::Engine::Postgres.is_there() {
                    $crate::statements::record_of(module_path!());
                    body($crate::db::Db::fresh($crate::db::Engine::Postgres).await).await;
                    $crate::statements::ran(concat!(module_path!(), "::postgres"));
                }
            }
        })*
    };
}
