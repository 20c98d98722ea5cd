//! Programs that use a node as apps do, built on client libraries (`tests/peers/apps`), each in a process of its own.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Once;

use serde_json::Value;
use tokio::process::Command;

use crate::process::NodeProcess;
use crate::tls::Tls;

/// A client library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Library {
    MastoJs,
    MastodonPy,
    /// No library, but what calls all that the document of the API says can be called.
    Schemathesis,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/apps")
}

impl Library {
    /// What it runs with, and how that is installed.
    fn program(self) -> (PathBuf, &'static str) {
        match self {
            Self::MastoJs => {
                let own = folder().join("node_modules/.bin/node");
                let installed = folder().join("node_modules/masto").is_dir();
                (if own.exists() || !installed { own } else { PathBuf::from("node") }, "npm ci")
            }
            Self::MastodonPy | Self::Schemathesis => (
                folder().join(".venv/bin/python"),
                "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt",
            ),
        }
    }

    /// Whether it is installed. If not, it is said loudly, or is a failure where nothing may be skipped.
    #[expect(clippy::print_stderr, reason = "a skipped test is told to whoever runs it")]
    pub fn is_there(self) -> bool {
        static SAID: [Once; 3] = [Once::new(), Once::new(), Once::new()];
        let (program, how) = self.program();
        // It may have been set up before this was needed.
        let is_complete = self != Self::Schemathesis || folder().join(".venv/bin/schemathesis").exists();
        let there = (!program.is_absolute() || program.exists()) && is_complete;
        if !there {
            assert!(
                std::env::var("OUTLOUD_TEST_NO_SKIP").as_deref() != Ok("1"),
                "{self:?} is not installed ({how} in tests/peers/apps), and nothing may be skipped"
            );
            SAID[self as usize].call_once(|| eprintln!("\nSKIPPED with {self:?}: run `{how}` in tests/peers/apps\n"));
        }
        there
    }

    /// Uses a node; answers the steps that were done. All of them must be.
    pub async fn uses(self, node: &NodeProcess, environment: &[(&str, &str)]) -> Vec<String> {
        let script = match self {
            Self::MastoJs => "masto.mjs",
            Self::MastodonPy => "mastodon_py.py",
            Self::Schemathesis => "openapi.py",
        };
        let ca = Tls::shared().file("ca.pem");
        let output = Command::new(self.program().0)
            .arg(script)
            .current_dir(folder())
            .env("NODE_ORIGIN", &node.origin)
            .env("NODE_EXTRA_CA_CERTS", &ca)
            .env("NODE_CA", &ca)
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .expect("it starts");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let lines: Vec<Value> = said.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let (errors, log) = (String::from_utf8_lossy(&output.stderr), node.log());
        if let Some(failed) = lines.iter().find(|line| line.get("failed").is_some()) {
            panic!("{}: {}\n{log}", failed["failed"], failed["error"].as_str().unwrap_or_default());
        }
        assert!(output.status.success() && lines.last().is_some_and(|l| l["done"] == true), "{said}{errors}{log}");
        lines.iter().filter_map(|line| line["ok"].as_str().map(str::to_owned)).collect()
    }
}
