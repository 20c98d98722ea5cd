//! A node as its own process, which can be killed at any moment and started again.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tempfile::{NamedTempFile, TempDir};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

use crate::api::Api;
use crate::db::Db;
use crate::tls::Tls;

/// The `outloud` binary that was built together with this test.
pub fn binary() -> PathBuf {
    let here = std::env::current_exe().unwrap();
    let path = here.parent().and_then(|deps| deps.parent()).unwrap().join("outloud");
    assert!(path.exists(), "{} is not built: run the tests of the whole workspace", path.display());
    path
}

/// The binary with these settings, and the certificates of the tests.
pub(crate) fn command(environment: &[(String, String)]) -> Command {
    let mut command = Command::new(binary());
    command.env_remove("SSL_CERT_DIR").env("SSL_CERT_FILE", Tls::shared().file("ca.pem"));
    command.envs(environment.iter().cloned()).kill_on_drop(true);
    command
}

/// What talks to nodes on this machine. The system's certificates, of which there are many, are not read for it.
#[expect(clippy::disallowed_methods, reason = "a test is no node")]
pub fn client() -> reqwest::Client {
    let root = reqwest::Certificate::from_pem(Tls::shared().ca_pem.as_bytes()).unwrap();
    reqwest::Client::builder().tls_certs_only([root]).build().unwrap()
}

/// A node in a process of its own, behind TLS.
pub struct NodeProcess {
    pub origin: String,
    /// Where it answers plain HTTP.
    pub address: SocketAddr,
    environment: Vec<(String, String)>,
    /// Which half of the node it is.
    role: &'static str,
    process: Option<Child>,
    /// A program that runs the node (and its arguments), in place of the shell that a user has.
    within: Vec<String>,
    /// A program that runs commands where the node runs.
    beside: Vec<String>,
    folder: Arc<TempDir>,
    /// What it says, in a file of its own.
    log: NamedTempFile,
}

impl NodeProcess {
    /// Prepares a node on this database; it is not started yet.
    pub async fn prepare(db: &Db) -> Self {
        Self::prepare_on(&db.url).await
    }

    /// The same, reached from outside through this proxy.
    pub async fn prepare_behind(db: &Db, proxy: Option<SocketAddr>) -> Self {
        Self::prepared(&db.url, proxy).await
    }

    pub async fn prepare_on(database: &str) -> Self {
        Self::prepared(database, None).await
    }

    async fn prepared(database: &str, proxy: Option<SocketAddr>) -> Self {
        let (tls, folder) = (Tls::shared(), TempDir::new().unwrap());
        let outside = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = free_address().await;
        let origin = format!("https://localhost:{}", outside.local_addr().unwrap().port());
        tls.front("localhost", outside, proxy.unwrap_or(address));
        let environment = [
            ("OUTLOUD_ORIGIN", origin.clone()),
            ("OUTLOUD_LISTEN", address.to_string()),
            ("OUTLOUD_DATA_DIR", folder.path().display().to_string()),
            ("OUTLOUD_DATABASE_URL", database.to_owned()),
            ("OUTLOUD_ALLOW_PRIVATE_NETWORKS", "127.0.0.0/8".to_owned()),
            ("OUTLOUD_RATE_LIMITS", "off".to_owned()),
            ("OUTLOUD_LOG", "error".to_owned()),
            ("SSL_CERT_FILE", tls.file("ca.pem").display().to_string()),
        ];
        let environment = environment.map(|(n, v)| (n.to_owned(), v)).to_vec();
        let folder = Arc::new(folder);
        Self {
            origin,
            address,
            environment,
            role: "all",
            process: None,
            within: Vec::new(),
            beside: Vec::new(),
            folder,
            log: log(),
        }
    }

    /// Another process of the same node, which has an address of its own.
    pub async fn beside(&self) -> Self {
        let mut other = self.like(free_address().await, Arc::clone(&self.folder));
        other.set("OUTLOUD_LISTEN", &other.address.to_string());
        other
    }

    /// Makes it one half of the node.
    pub fn role(mut self, role: &'static str) -> Self {
        self.role = role;
        self
    }

    /// The same node in another folder and on another database, as one would restore it. It is not to be started beside this.
    pub fn elsewhere(&self, database: &str) -> Self {
        let mut other = self.like(self.address, Arc::new(TempDir::new().unwrap()));
        let folder = other.folder.path().display().to_string();
        other.set("OUTLOUD_DATA_DIR", &folder);
        other.set("OUTLOUD_DATABASE_URL", database);
        other
    }

    fn like(&self, address: SocketAddr, folder: Arc<TempDir>) -> Self {
        Self {
            origin: self.origin.clone(),
            address,
            environment: self.environment.clone(),
            role: self.role,
            process: None,
            within: Vec::new(),
            beside: Vec::new(),
            folder,
            log: log(),
        }
    }

    /// Its data directory.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Sets one more setting, or sets it anew.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// From now on it is started by a shell with this script, in which `"$@"` is the node.
    pub fn start_within(&mut self, program: &[&str], script: &str) {
        let shell = ["sh", "-c", script, "sh"];
        self.within = program.iter().chain(&shell).map(|word| (*word).to_owned()).collect();
    }

    /// Commands are run by this program from now on.
    pub fn run_by(&mut self, program: &[&str]) {
        self.beside = program.iter().map(|word| (*word).to_owned()).collect();
    }

    fn command(&self, by: &[String], arguments: &[&str]) -> Command {
        let mut command = match by {
            [] => Command::new(binary()),
            [program, rest @ ..] => {
                let mut command = Command::new(program);
                command.args(rest).arg(binary());
                command
            }
        };
        // Else the system's certificates would be read beside those of `SSL_CERT_FILE`.
        command.env_remove("SSL_CERT_DIR");
        command.args(arguments).envs(self.environment.iter().cloned()).kill_on_drop(true);
        command
    }

    /// Begins a command that prints nothing, and that a test will kill.
    pub fn begin(&self, arguments: &[&str]) -> Child {
        let quiet = || Stdio::null();
        self.command(&self.beside, arguments).stdin(quiet()).stdout(quiet()).stderr(quiet()).spawn().unwrap()
    }

    /// Runs a command beside the node; answers what it printed.
    pub async fn run(&self, arguments: &[&str], input: &str) -> String {
        let output = self.tries(arguments, input).await;
        assert!(output.status.success(), "outloud {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// The same of one that may fail.
    pub async fn tries(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = self.command(&self.beside, arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).await.unwrap();
        child.wait_with_output().await.unwrap()
    }

    /// `outloud check --deep` finds nothing; whether the node can be reached is not looked at where it does not run.
    pub async fn is_whole(&self) {
        let output = self.tries(&["check", "--deep"], "").await;
        let said = String::from_utf8(output.stdout).unwrap();
        let runs = self.process.is_some();
        let wrong: Vec<&str> = said.lines().filter(|l| l.starts_with("FAILED")).collect();
        let counts = |line: &&&str| {
            runs || !["public address", "handles:", "signatures:"].iter().any(|what| line.contains(what))
        };
        assert_eq!(wrong.iter().filter(counts).count(), 0, "{said}");
        assert!(said.contains("named by something"), "{said}{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Starts serving and waits until it answers.
    pub async fn start(&mut self, http: &reqwest::Client) {
        let log = std::fs::File::options().append(true).open(self.log.path()).unwrap();
        let mut command = self.command(&self.within, &["serve", "--role", self.role]);
        self.process = Some(command.stdout(Stdio::null()).stderr(log).spawn().unwrap());
        let started = Instant::now();
        while !self.is_healthy(http).await {
            let process = self.process.as_mut().unwrap();
            assert!(process.try_wait().unwrap().is_none(), "the node ended: {}", self.log());
            assert!(started.elapsed() < Duration::from_secs(30), "the node does not answer: {}", self.log());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// SIGTERM, as a service manager does; it must end in good order.
    pub async fn terminate(&mut self) {
        let mut process = self.process.take().expect("it runs");
        let told = Command::new("kill").args(["-TERM", &process.id().expect("it runs").to_string()]).status().await;
        assert!(told.unwrap().success());
        let ended = tokio::time::timeout(Duration::from_secs(20), process.wait()).await.expect("it ends").unwrap();
        assert!(ended.success(), "{ended}");
    }

    pub async fn is_healthy(&self, http: &reqwest::Client) -> bool {
        let url = format!("http://{}/healthz", self.address);
        http.get(&url).send().await.is_ok_and(|r| r.status().is_success())
    }

    /// What it said since it was first started.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log.path()).unwrap_or_default()
    }

    /// Of the process that serves.
    pub fn id(&self) -> u32 {
        self.process.as_ref().and_then(Child::id).expect("it runs")
    }

    /// Bytes that it holds in memory.
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let line = status.lines().find(|l| l.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
    }

    /// Makes a member; answers who speaks for them.
    pub async fn member(&self, http: &reqwest::Client, name: &str) -> Api {
        let email = format!("{name}@example.org");
        self.run(&["member", "add", name, "--email", &email, "--password-stdin"], "correct horse\n").await;
        let token = self.run(&["token", "issue", name], "").await;
        Api { http: http.clone(), address: self.address, token }
    }

    /// SIGKILL: no warning, no clean-up.
    pub async fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().await.unwrap();
        }
    }
}

/// One that is freed at once: a process takes it again and again.
async fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

fn log() -> NamedTempFile {
    NamedTempFile::new().unwrap()
}
