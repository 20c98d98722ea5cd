//! A node as a program: settings, commands, wiring, the worker. A library under a thin `main`, so that tests can start nodes in
//! process.

pub mod backup;
pub mod check;
pub mod cli;
pub mod config;
pub mod connections;
pub mod demo;
mod housekeeping;
mod indexing;
pub mod mail;
pub mod measures;
pub mod progress;
pub mod serve;
pub mod worker;

pub use config::Settings;
pub use serve::{Parts, Running};

/// What stops a command, in one line for the one who typed it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A setting with a value that does not work: its name, and what would.
    #[error("{name}: {words}")]
    Setting { name: String, words: String },
    #[error("{0}")]
    Usage(String),
    #[error("cannot open the database {url}: {source}{}", advised(.source))]
    Database { url: String, source: storage::Error },
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error(transparent)]
    Files(#[from] storage::FileError),
    #[error(transparent)]
    Node(#[from] node::Error),
    #[error(transparent)]
    Federation(#[from] federation::Error),
    #[error("cannot set up outgoing requests: {0}")]
    Client(#[from] federation::client::SetUpError),
    #[error("something is not as it should be")]
    Checks,
    #[error("{context}: {source}")]
    Io { context: String, source: std::io::Error },
}

/// What to do about a database that cannot be opened.
fn advised(error: &storage::Error) -> String {
    error.advice().map_or_else(String::new, |advice| format!(". {advice}"))
}

impl Error {
    pub(crate) fn setting(name: &str, words: impl Into<String>) -> Self {
        Self::Setting { name: name.to_owned(), words: words.into() }
    }

    pub(crate) fn io(context: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let context = context.into();
        move |source| Self::Io { context, source }
    }
}
