//! Which SQL was run on which engine: storage and sqlx report their statements as events, and this writes them down where
//! `OUTLOUD_TEST_STATEMENTS` names a file.

use std::collections::HashSet;
use std::fmt::Debug;
use std::fs::File;
use std::io::Write as _;
use std::sync::{Mutex, Once};

use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber, span};

use crate::db::Engine;

/// Names the file that statements are appended to.
pub const VARIABLE: &str = "OUTLOUD_TEST_STATEMENTS";

/// Begins to write statements down, if anybody wants to know.
pub fn record() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if let Ok(path) = std::env::var(VARIABLE) {
            let recorder = Recorder {
                seen: Mutex::default(),
                file: File::options().append(true).create(true).open(path).unwrap(),
            };
            tracing::subscriber::set_global_default(recorder).unwrap();
        }
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
    seen: Mutex<HashSet<String>>,
    file: File,
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
        if self.seen.lock().unwrap().insert(entry.clone()) {
            (&self.file).write_all(entry.as_bytes()).unwrap();
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
