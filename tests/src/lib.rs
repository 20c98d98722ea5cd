//! What the tests share: databases of their own for each of them, nodes behind TLS, and the independent peer.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests: what fails here fails a test")]

pub mod api;
pub mod apps;
pub mod browser;
pub mod bucket;
pub mod cable;
pub mod db;
pub mod fediverse;
pub mod live;
pub mod mailbox;
pub mod node;
pub mod peer;
pub mod process;
pub mod proxy;
pub mod seed;
pub mod statements;
pub mod tls;

/// Whether the long versions of tests are wanted.
pub fn is_full() -> bool {
    std::env::var("OUTLOUD_TEST_FULL").as_deref() == Ok("1")
}
