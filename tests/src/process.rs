//! A node as its own process, which can be killed at any moment and started again.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

use crate::db::Db;
use crate::tls::Tls;

/// The `outloud` binary that was built together with this test.
pub fn binary() -> PathBuf {
    let here = std::env::current_exe().unwrap();
    let path = here.parent().and_then(|deps| deps.parent()).unwrap().join("outloud");
    assert!(path.exists(), "{} is not built: run the tests of the whole workspace", path.display());
    path
}

/// What talks to nodes on this machine.
#[expect(clippy::disallowed_methods, reason = "a test is no node")]
pub fn client() -> reqwest::Client {
    reqwest::Client::new()
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
    folder: Arc<TempDir>,
}

impl NodeProcess {
    /// Prepares a node on this database; it is not started yet.
    pub async fn prepare(db: &Db) -> Self {
        Self::prepare_behind(db, None).await
    }

    /// The same, reached from outside through this proxy.
    pub async fn prepare_behind(db: &Db, proxy: Option<SocketAddr>) -> Self {
        let (tls, folder) = (Tls::shared(), TempDir::new().unwrap());
        let outside = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = free_address().await;
        let origin = format!("https://localhost:{}", outside.local_addr().unwrap().port());
        tls.front("localhost", outside, proxy.unwrap_or(address));
        let environment = [
            ("OUTLOUD_ORIGIN", origin.clone()),
            ("OUTLOUD_LISTEN", address.to_string()),
            ("OUTLOUD_DATA_DIR", folder.path().display().to_string()),
            ("OUTLOUD_DATABASE_URL", db.url.clone()),
            ("OUTLOUD_ALLOW_PRIVATE_NETWORKS", "127.0.0.0/8".to_owned()),
            ("OUTLOUD_RATE_LIMITS", "off".to_owned()),
            ("OUTLOUD_LOG", "error".to_owned()),
            ("SSL_CERT_FILE", tls.file("ca.pem").display().to_string()),
        ];
        let environment = environment.map(|(n, v)| (n.to_owned(), v)).to_vec();
        Self { origin, address, environment, role: "all", process: None, folder: Arc::new(folder) }
    }

    /// Another process of the same node, which has an address of its own.
    pub async fn beside(&self) -> Self {
        let (address, folder) = (free_address().await, Arc::clone(&self.folder));
        let (origin, environment) = (self.origin.clone(), self.environment.clone());
        let mut process = Self { origin, address, environment, role: self.role, process: None, folder };
        process.set("OUTLOUD_LISTEN", &address.to_string());
        process
    }

    /// Makes it one half of the node.
    pub fn role(mut self, role: &'static str) -> Self {
        self.role = role;
        self
    }

    /// Sets one more setting, or sets it anew.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(arguments).envs(self.environment.iter().cloned()).kill_on_drop(true);
        command
    }

    /// Runs a command beside the node; answers what it printed.
    pub async fn run(&self, arguments: &[&str], input: &str) -> String {
        let mut child = self.command(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).await.unwrap();
        let output = child.wait_with_output().await.unwrap();
        assert!(output.status.success(), "outloud {arguments:?}: {}", output.status);
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Starts serving and waits until it answers.
    pub async fn start(&mut self, http: &reqwest::Client) {
        self.process = Some(self.command(&["serve", "--role", self.role]).stdout(Stdio::null()).spawn().unwrap());
        let (started, url) = (Instant::now(), format!("http://{}/healthz", self.address));
        while !http.get(&url).send().await.is_ok_and(|r| r.status().is_success()) {
            let process = self.process.as_mut().unwrap();
            assert!(process.try_wait().unwrap().is_none(), "the node ended");
            assert!(started.elapsed() < Duration::from_secs(20), "the node does not answer");
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
