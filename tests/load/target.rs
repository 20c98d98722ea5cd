//! The node that is measured: a release build in a process of its own, what it costs in time and memory, and how it is killed.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};
use suite::seed::{self, Seeded};
use suite::tls::Tls;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

use crate::http::{Connection, get, post};

/// What the node keeps its rows in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

pub struct Target {
    pub engine: Engine,
    /// `http://localhost:<port>`.
    pub origin: String,
    pub address: SocketAddr,
    pub database_url: String,
    binary: PathBuf,
    environment: Vec<(String, String)>,
    process: Option<Child>,
    /// The server process of PostgreSQL, whose work counts, too.
    postmaster: Option<u32>,
    _folder: TempDir,
}

impl Target {
    /// A node on a new database; it is not started yet.
    pub async fn prepare(binary: &Path, engine: Engine, name: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let origin = format!("http://localhost:{}", address.port());
        let (database_url, postmaster) = match engine {
            Engine::Sqlite => (format!("sqlite://{}", folder.path().join("outloud.db").display()), None),
            Engine::Postgres => {
                let (url, postmaster) = new_database(name).await;
                (url, Some(postmaster))
            }
        };
        let environment = [
            ("OUTLOUD_ORIGIN", origin.clone()),
            ("OUTLOUD_LISTEN", address.to_string()),
            ("OUTLOUD_DATA_DIR", folder.path().display().to_string()),
            ("OUTLOUD_DATABASE_URL", database_url.clone()),
            ("OUTLOUD_ALLOW_PRIVATE_NETWORKS", "127.0.0.0/8".to_owned()),
            ("OUTLOUD_RATE_LIMITS", "off".to_owned()),
            ("OUTLOUD_LOG", "error".to_owned()),
            ("SSL_CERT_FILE", Tls::shared().file("ca.pem").display().to_string()),
        ];
        let environment = environment.map(|(n, v)| (n.to_owned(), v)).to_vec();
        Self {
            engine,
            origin,
            address,
            database_url,
            binary: binary.to_owned(),
            environment,
            process: None,
            postmaster,
            _folder: folder,
        }
    }

    /// Gives it another setting; it has not started.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// `localhost:<port>`.
    pub fn host(&self) -> &str {
        self.origin.trim_start_matches("http://")
    }

    /// Starts serving; how long it took until the first answer.
    pub async fn start(&mut self) -> Duration {
        let mut command = Command::new(&self.binary);
        command.arg("serve").envs(self.environment.iter().cloned()).stdout(Stdio::null()).kill_on_drop(true);
        let request = get(self.host(), "/api/v2/instance", None);
        let started = Instant::now();
        self.process = Some(command.spawn().unwrap());
        loop {
            if let Ok(mut connection) = Connection::open(self.address).await
                && connection.send(&request).await.is_ok_and(|a| a.status == 200)
            {
                return started.elapsed();
            }
            let ended = self.process.as_mut().unwrap().try_wait().unwrap();
            assert!(ended.is_none(), "the node ended: {ended:?}");
            assert!(started.elapsed() < Duration::from_secs(60), "the node does not answer");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    pub async fn restart(&mut self) -> Duration {
        self.stop().await;
        self.start().await
    }

    /// Asks it to stop, as a service manager does.
    pub async fn stop(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        let asked = Command::new("kill").arg(process.id().unwrap().to_string()).status().await.unwrap();
        assert!(asked.success());
        process.wait().await.unwrap();
    }

    /// SIGKILL: no warning, no clean-up.
    pub async fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().await.unwrap();
        }
    }

    /// Runs a command beside the node; answers what it printed.
    pub async fn run(&self, arguments: &[&str], input: &str) -> String {
        let mut command = Command::new(&self.binary);
        command.args(arguments).envs(self.environment.iter().cloned()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).await.unwrap();
        let output = child.wait_with_output().await.unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "outloud {arguments:?}: {}\n{said}", output.status);
        said.trim().to_owned()
    }

    /// A member and a token for everything.
    pub async fn member(&self, name: &str) -> String {
        self.run(
            &["member", "add", name, "--email", &format!("{name}@example.org"), "--password-stdin"],
            "correct horse\n",
        )
        .await;
        self.run(&["token", "issue", name], "").await
    }

    pub async fn connection(&self) -> Connection {
        Connection::open(self.address).await.unwrap()
    }

    pub async fn get(&self, target: &str, token: Option<&str>) -> serde_json::Value {
        self.connection().await.send(&get(self.host(), target, token)).await.unwrap().good().json()
    }

    pub async fn post(&self, target: &str, token: &str, json: &serde_json::Value) -> serde_json::Value {
        self.connection().await.send(&post(self.host(), target, Some(token), json)).await.unwrap().good().json()
    }

    /// Seconds of processor time that the node, and its database where that is another program, used so far.
    pub fn cpu(&self) -> f64 {
        let own = self.process.as_ref().and_then(Child::id).map_or(0.0, cpu_of);
        own + self.postmaster.map_or(0.0, |p| cpu_of(p) + children(p).into_iter().map(cpu_of).sum::<f64>())
    }

    /// Bytes in memory: now, and at the most until now.
    pub fn memory(&self) -> (u64, u64) {
        let id = self.process.as_ref().and_then(Child::id).unwrap();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let field = |name: &str| {
            let line = status.lines().find(|l| l.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
        };
        (field("VmRSS:"), field("VmHWM:"))
    }

    /// Fills its database with posts. It has run once, with the member alice, and does not run now.
    pub async fn fill(&self, posts: i64) -> Seeded {
        let (statements, seeded) = seed::statements(posts);
        self.tell(statements).await;
        seeded
    }

    /// Writes into its database, and lets it see what there is then.
    pub async fn tell(&self, statements: Vec<String>) {
        for sql in statements {
            self.sql(sql).await;
        }
        if self.engine == Engine::Postgres {
            self.sql("vacuum analyze".to_owned()).await;
        }
    }

    /// What a statement counts in its database.
    pub async fn count(&self, sql: &'static str) -> i64 {
        match self.engine {
            Engine::Sqlite => {
                let mut connection = SqliteConnection::connect(&self.database_url).await.unwrap();
                sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
            }
            Engine::Postgres => {
                let mut connection = PgConnection::connect(&self.database_url).await.unwrap();
                sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
            }
        }
    }

    async fn sql(&self, sql: String) {
        match self.engine {
            Engine::Sqlite => {
                let mut connection = SqliteConnection::connect(&self.database_url).await.unwrap();
                connection.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
                connection.close().await.unwrap();
            }
            Engine::Postgres => {
                let mut connection = PgConnection::connect(&self.database_url).await.unwrap();
                connection.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
                connection.close().await.unwrap();
            }
        }
    }
}

/// The URL of the server for tests, with a database of this name.
fn database_url(name: &str) -> String {
    let server = std::env::var("OUTLOUD_TEST_POSTGRES_URL").expect("OUTLOUD_TEST_POSTGRES_URL");
    let mut url = url::Url::parse(&server).unwrap();
    url.set_path(name);
    url.into()
}

/// Makes a database anew; its URL, and the process of the server, which must run on this machine.
async fn new_database(name: &str) -> (String, u32) {
    let mut server = PgConnection::connect(&database_url("postgres")).await.unwrap();
    for sql in [format!("drop database if exists {name} with (force)"), format!("create database {name}")] {
        server.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
    }
    let backend: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut server).await.unwrap();
    let postmaster = stat(u32::try_from(backend).unwrap()).map(|s| s.parent).expect("PostgreSQL runs on this machine");
    server.close().await.unwrap();
    (database_url(name), postmaster)
}

struct Stat {
    parent: u32,
    /// Own time and that of children who ended, in ticks.
    ticks: u64,
}

/// proc(5): `/proc/<pid>/stat`.
fn stat(id: u32) -> Option<Stat> {
    let text = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let fields: Vec<&str> = text.rsplit_once(") ")?.1.split_whitespace().collect();
    let ticks = (11..15).filter_map(|i| fields.get(i)?.parse::<u64>().ok()).sum();
    Some(Stat { parent: fields.get(1)?.parse().ok()?, ticks })
}

/// Linux counts in hundredths of a second.
fn cpu_of(id: u32) -> f64 {
    stat(id).map_or(0.0, |s| s.ticks as f64 / 100.0)
}

fn children(of: u32) -> Vec<u32> {
    let all = std::fs::read_dir("/proc").unwrap().filter_map(|e| e.ok()?.file_name().to_str()?.parse::<u32>().ok());
    all.filter(|id| stat(*id).is_some_and(|s| s.parent == of)).collect()
}

/// The median and the 99th of a hundred, in milliseconds.
pub fn percentiles(times: &mut [Duration]) -> (f64, f64) {
    times.sort_unstable();
    let at = |share: usize| {
        times.get((times.len() * share / 100).min(times.len().saturating_sub(1))).map_or(0.0, |t| t.as_secs_f64() * 1e3)
    };
    (at(50), at(99))
}
