//! What the tests share: databases of their own for each of them, on both engines.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests: what fails here fails a test")]

pub mod db;
pub mod statements;
