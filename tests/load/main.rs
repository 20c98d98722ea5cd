//! The load command: a release build of the node against a fediverse of its own on loopback, and one table of what was measured.
//!
//!     cargo run --release -p suite --bin load
//!
//! Everything runs on this machine, the load itself included, so that figures compare only within one run. PostgreSQL is measured
//! where `OUTLOUD_TEST_POSTGRES_URL` names a server on this machine, and its processor time is counted with the node's.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "what fails here fails the measurement")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "prints a table, and how far it has come")]

mod fediverse;
mod http;
mod scenes;
mod table;
mod target;

use std::path::PathBuf;
use std::process::Command;

use clap::Parser;

use crate::scenes::{Scene, Size};
use crate::table::Table;
use crate::target::Engine;

/// Measures a node under load and prints one table.
#[derive(Parser)]
struct Options {
    /// Only these scenes.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Scene>,
    /// Only this engine.
    #[arg(long, value_enum)]
    engine: Option<Wanted>,
    /// Posts of the large database.
    #[arg(long, default_value_t = 1_000_000)]
    posts: i64,
    /// Connections that are listened over.
    #[arg(long, default_value_t = 5_000)]
    listeners: usize,
    /// The program to measure, instead of this tree's.
    #[arg(long)]
    binary: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Wanted {
    Sqlite,
    Postgres,
}

#[tokio::main]
async fn main() {
    let options = Options::parse();
    let binary = options.binary.clone().unwrap_or_else(build);
    let mut engines = Vec::new();
    if options.engine != Some(Wanted::Postgres) {
        engines.push(Engine::Sqlite);
    }
    if options.engine != Some(Wanted::Sqlite) {
        if std::env::var("OUTLOUD_TEST_POSTGRES_URL").is_ok_and(|url| !url.is_empty()) {
            engines.push(Engine::Postgres);
        } else {
            eprintln!("SKIPPED on PostgreSQL: OUTLOUD_TEST_POSTGRES_URL is not set");
        }
    }
    let size = Size { posts: options.posts, listeners: options.listeners };
    let mut table = Table::default();
    for engine in engines {
        for scene in Scene::ALL.into_iter().filter(|s| options.only.is_empty() || options.only.contains(s)) {
            eprintln!("{}: {}", engine.name(), scene.words());
            scene.play(&binary, engine, size, &mut table).await;
        }
    }
    println!("{table}");
}

/// The release build of the node, brought up to date.
fn build() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // Together with this program, so that what both are made of is built once.
    let arguments = ["build", "--release", "--package", "outloud", "--package", "suite", "--bin", "outloud"];
    let done = Command::new(cargo).args(arguments).status().unwrap();
    assert!(done.success(), "the node does not build");
    std::env::current_exe().unwrap().with_file_name("outloud")
}
