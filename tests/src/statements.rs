//! Which SQL was run on which engine: storage and sqlx report their statements as events. The tests of one binary are listened
//! to in the process in which they run, and those of another process where `OUTLOUD_TEST_STATEMENTS` names a file.

use std::collections::HashSet;
use std::fmt::Debug;
use std::fs::File;
use std::io::Write as _;
use std::sync::{LazyLock, Mutex, Once};

use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber, span};

use crate::db::Engine;

/// Names the file that statements are appended to.
pub const VARIABLE: &str = "OUTLOUD_TEST_STATEMENTS";

/// The binary that is always listened to. In the others there is SQL of the tests' own.
const LISTENED_TO: &str = "database::";

/// What was heard in this process, each as it is written down.
static HEARD: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);
/// Names of the tests that came to their end in this process.
static RAN: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);

/// Begins to write statements down, if anybody wants to know.
pub fn record() {
    if std::env::var_os(VARIABLE).is_some() {
        listen();
    }
}

/// Begins to listen, if the test at this path is one of those whose statements are looked at.
pub fn record_of(path: &str) {
    if path.starts_with(LISTENED_TO) {
        listen();
    }
}

/// A test came to its end, so that all its statements were heard.
pub fn ran(path: &str) {
    if let Some(name) = path.strip_prefix(LISTENED_TO) {
        RAN.lock().unwrap().insert(name.to_owned());
    }
}

/// The tests of this process that came to their end, by name.
pub fn all_that_ran() -> HashSet<String> {
    RAN.lock().unwrap().clone()
}

/// What was heard in this process until now.
pub fn heard() -> Vec<(Engine, String)> {
    recorded(&HEARD.lock().unwrap().iter().map(String::as_str).collect::<String>())
}

fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let open = |path| File::options().append(true).create(true).open(path).unwrap();
        let file = std::env::var_os(VARIABLE).map(open);
        tracing::subscriber::set_global_default(Recorder { file }).unwrap();
    });
}

/// What was written down.
pub fn recorded(text: &str) -> Vec<(Engine, String)> {
    text.split_terminator('\0')
        .map(|entry| match entry.split_at(1) {
            ("S", sql) => (Engine::Sqlite, sql.to_owned()),
            (_, sql) => (Engine::Postgres, sql.to_owned()),
        })
        .collect()
}

struct Recorder {
    file: Option<File>,
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        ["sqlx::query", "storage::sqlite"].contains(&metadata.target())
    }

    fn event(&self, event: &Event<'_>) {
        let mut statement = Statement::default();
        event.record(&mut statement);
        let sql = if statement.whole.is_empty() { statement.summary } else { statement.whole };
        // Those of sqlx run in threads of that name.
        let on_sqlite = event.metadata().target() == "storage::sqlite"
            || std::thread::current().name().is_some_and(|name| name.starts_with("sqlx-sqlite"));
        let entry = format!("{}{}\0", if on_sqlite { 'S' } else { 'P' }, sql.trim());
        if HEARD.lock().unwrap().insert(entry.clone())
            && let Some(mut file) = self.file.as_ref()
        {
            file.write_all(entry.as_bytes()).unwrap();
        }
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

#[derive(Default)]
struct Statement {
    summary: String,
    whole: String,
}

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" | "sql" => value.clone_into(&mut self.whole),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}
