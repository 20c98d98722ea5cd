//! A folder, a port and the built program; and the little HTTP that the tests speak.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long anything may take.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Looks until `look` sees something; fails with `what` when patience is at its end.
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(started.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The first of two ports that nobody has.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Below those that the system gives to whoever connects (from 32,768): among them a connection to a port on which nobody listens yet
    // may come to be one to itself.
    let base = 20_000 + u16::try_from(std::process::id() % 12_000).unwrap();
    loop {
        let port = base + NEXT.fetch_add(2, Ordering::Relaxed);
        let is_free = |p: u16| TcpListener::bind(("127.0.0.1", p)).is_ok();
        if is_free(port) && is_free(port + 1) {
            return port;
        }
    }
}

/// A node's folder and settings.
pub struct Place {
    pub dir: TempDir,
    pub port: u16,
    pub settings: Vec<(&'static str, String)>,
}

impl Place {
    /// One that somebody has begun to use.
    pub fn with_owner() -> Self {
        let place = Self::new();
        place.ok(&["member", "add", "olga", "--email", "olga@work.example", "--role", "owner"]);
        place
    }

    pub fn new() -> Self {
        let port = free_port();
        let settings = vec![("OUTLOUD_LISTEN", format!("127.0.0.1:{port}"))];
        Self { dir: TempDir::new().unwrap(), port, settings }
    }

    /// Another place that has the same name to the world.
    pub fn twin(&self) -> Self {
        Self::new().with("OUTLOUD_ORIGIN", &self.origin())
    }

    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.settings.push((name, value.to_owned()));
        self
    }

    pub fn origin(&self) -> String {
        let given = self.settings.iter().find(|(n, _)| *n == "OUTLOUD_ORIGIN");
        given.map_or_else(|| format!("http://localhost:{}", self.port), |(_, v)| v.clone())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn database(&self) -> String {
        let given = self.settings.iter().find(|(n, _)| *n == "OUTLOUD_DATABASE_URL");
        given.map_or_else(|| format!("sqlite://{}", self.path("outloud-data/outloud.db").display()), |(_, v)| v.clone())
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_outloud"));
        command.current_dir(self.dir.path()).args(arguments).stdin(Stdio::null());
        for (name, _) in std::env::vars().filter(|(n, _)| n.starts_with("OUTLOUD_")) {
            command.env_remove(name);
        }
        command.envs(self.settings.iter().map(|(n, v)| (n, v)));
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs what must work; answers what it said, without the last line's end.
    pub fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end_matches('\n').to_owned()
    }

    /// Runs what must fail with this status; answers the one line that says why.
    pub fn refused(&self, arguments: &[&str], status: i32) -> String {
        let output = self.run(arguments);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {error}");
        let lines: Vec<&str> = error.lines().filter(|l| l.starts_with("outloud: ")).collect();
        assert_eq!(lines.len(), 1, "{arguments:?}: {error}");
        lines[0].to_owned()
    }

    /// Starts the program and waits until `port` answers.
    pub fn serve(&self) -> Served {
        self.start(&["serve"], self.port)
    }

    pub fn start(&self, arguments: &[&str], port: u16) -> Served {
        let log = self.path(&format!("log-{}", arguments.join("")));
        let out = self.path("out");
        let mut command = self.command(arguments);
        command.stdout(std::fs::File::create(&out).unwrap()).stderr(std::fs::File::create(&log).unwrap());
        let mut served = Served { child: command.spawn().unwrap(), port, out, log };
        until("the node to answer", || {
            let ended = served.child.try_wait().unwrap();
            assert!(ended.is_none(), "it ended: {}", served.log());
            get(port, "/healthz").filter(|a| a.status == 200)
        });
        served
    }
}

/// A node that runs. It is killed when this is dropped.
pub struct Served {
    child: Child,
    pub port: u16,
    out: PathBuf,
    log: PathBuf,
}

impl Served {
    pub fn out(&self) -> String {
        std::fs::read_to_string(&self.out).unwrap()
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    pub fn get(&self, path: &str) -> Answer {
        get(self.port, path).expect("an answer")
    }

    /// Asks it to stop, and does not wait until it has.
    pub fn is_told_to_stop(&self) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
    }

    /// Asks it to stop, as a service manager does; answers how long that took.
    pub fn stop(mut self) -> Duration {
        let started = Instant::now();
        self.is_told_to_stop();
        let status = until("the node to stop", || self.child.try_wait().unwrap());
        assert!(status.success(), "{status}: {}", self.log());
        started.elapsed()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Ended already, where the test stopped it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub body: String,
}

/// `None` if nobody answers.
pub fn get(port: u16, path: &str) -> Option<Answer> {
    request(
        port,
        &format!(
            "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nAccept: application/activity+json\r\nConnection: close\r\n\r\n"
        ),
    )
}

pub fn request(port: u16, text: &str) -> Option<Answer> {
    let mut socket = TcpStream::connect(("127.0.0.1", port)).ok()?;
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket.write_all(text.as_bytes()).ok()?;
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).ok()?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Answer { status, body: body.to_owned() })
}
