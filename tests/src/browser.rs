//! A real browser (`tests/peers/browser`) that looks at the pages of a node: one for the run, in a process of its own, to which each
//! program that looks connects.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::Once;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::sync::OnceCell;

use crate::tls::Tls;

/// The names under which systems have it.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// What a program may take: it is as fast as the machine, and others use that, too.
const PATIENCE: Duration = Duration::from_secs(600);

struct Server {
    address: String,
    /// It ends with its standard input, and so with this process.
    _process: Child,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/browser")
}

/// `OUTLOUD_TEST_CHROMIUM`, else what is on the path.
fn chromium() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("OUTLOUD_TEST_CHROMIUM").filter(|n| !n.is_empty()) {
        return Some(named.into());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).flat_map(|dir| NAMES.map(|name| dir.join(name)));
    found.into_iter().find(|file| file.is_file())
}

fn node() -> PathBuf {
    let own = folder().join("node_modules/.bin/node");
    if own.exists() { own } else { PathBuf::from("node") }
}

/// Whether there is a browser, and what drives it. If not, it is said loudly, or is a failure where nothing may be skipped.
#[expect(clippy::print_stderr, reason = "a skipped test is told to whoever runs it")]
pub fn is_there() -> bool {
    static SAID: Once = Once::new();
    let what = match (folder().join("node_modules/playwright-core").is_dir(), chromium()) {
        (true, Some(_)) => return true,
        (false, _) => "its packages are not installed (npm ci in tests/peers/browser)",
        (true, None) => "there is no chromium on the path, and OUTLOUD_TEST_CHROMIUM names none",
    };
    assert!(std::env::var("OUTLOUD_TEST_NO_SKIP").as_deref() != Ok("1"), "{what}, and nothing may be skipped");
    SAID.call_once(|| eprintln!("\nSKIPPED with a browser: {what}\n"));
    false
}

async fn server() -> &'static Server {
    static SERVER: OnceCell<Server> = OnceCell::const_new();
    SERVER.get_or_init(|| async { tokio::task::spawn_blocking(start).await.unwrap() }).await
}

fn start() -> Server {
    let mut process = std::process::Command::new(node())
        .arg("server.mjs")
        .current_dir(folder())
        .env("BROWSER", chromium().expect("a browser"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the browser starts");
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).expect("the browser says that it is ready");
    Server { address: ready["browser"].as_str().unwrap().to_owned(), _process: process }
}

/// Where pictures of pages are kept: `OUTLOUD_TEST_SHOTS`, else `target/screenshots`.
pub fn pictures() -> PathBuf {
    let named = std::env::var_os("OUTLOUD_TEST_SHOTS").filter(|n| !n.is_empty()).map(PathBuf::from);
    let here = std::env::current_exe().unwrap();
    let folder = named.unwrap_or_else(|| here.ancestors().nth(3).unwrap().join("screenshots"));
    std::fs::create_dir_all(&folder).unwrap();
    std::path::absolute(folder).unwrap()
}

/// Runs one of the programs with a task (an object); answers what it said. It must come to its end.
pub async fn run(program: &str, mut task: Value) -> Vec<Value> {
    task["shots"] = json!(pictures());
    let mut process = Command::new(node())
        .arg(program)
        .current_dir(folder())
        .env("BROWSER_SERVER", &server().await.address)
        .env("NODE_EXTRA_CA_CERTS", Tls::shared().file("ca.pem"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("it starts");
    let mut told = process.stdin.take().unwrap();
    told.write_all(task.to_string().as_bytes()).await.unwrap();
    drop(told);
    let ended = tokio::time::timeout(PATIENCE, process.wait_with_output()).await;
    let output = ended.unwrap_or_else(|_| panic!("{program} does not come to its end")).unwrap();
    let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let mut lines: Vec<Value> = said.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    if let Some(failed) = lines.iter().find(|line| line.get("failed").is_some()) {
        panic!("{program}: {}: {}", failed["failed"], failed["error"].as_str().unwrap_or_default());
    }
    let last = lines.pop().unwrap_or_default();
    assert!(output.status.success() && last["done"] == true, "{program}: {said}{errors}");
    lines
}

/// Goes on a journey of `peers/browser/journeys`; answers the steps that were done.
pub async fn journey(name: &str, mut task: Value) -> Vec<String> {
    task["name"] = json!(name);
    let said = run(&format!("journeys/{name}.mjs"), task).await;
    said.iter().filter_map(|line| line["ok"].as_str().map(str::to_owned)).collect()
}

/// A page of a node as those hear it who do not see it: the ARIA snapshot, a line for each element.
pub async fn tree(origin: &str, path: &str) -> String {
    let said = run("tree.mjs", json!({"origin": origin, "path": path})).await;
    said[0]["tree"].as_str().unwrap().to_owned()
}
