//! What a node talks about: accounts, posts, audiences, texts. No I/O, no async, no database, no HTTP.

pub mod account;
pub mod audience;
pub mod card;
pub mod challenge;
pub mod cleanup;
pub mod clock;
pub mod colour;
pub mod difference;
pub mod emoji;
pub mod experiment;
pub mod filter;
pub mod handle;
pub mod hashtag;
pub mod hat;
pub mod html;
pub mod id;
pub mod language;
pub mod list;
pub mod notification;
pub mod page;
pub mod pairing;
pub mod permission;
pub mod personal;
pub mod policy;
pub mod poll;
pub mod post;
pub mod quote;
pub mod search;
pub mod subject;
pub mod takeout;
pub mod text;

/// How property tests run: always over the same cases, so that a run says something of the code and nothing of its luck;
/// with `OUTLOUD_TEST_FULL=1` over a hundred times as many, new ones each time.
#[cfg(test)]
pub(crate) fn campaign(cases: u32) -> proptest::test_runner::Config {
    use proptest::test_runner::{Config, RngSeed};
    if std::env::var_os("OUTLOUD_TEST_FULL").is_some() {
        return Config::with_cases(cases * 100);
    }
    Config { rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..Config::with_cases(cases) }
}
