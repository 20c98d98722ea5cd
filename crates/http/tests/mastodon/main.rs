//! The Mastodon API of a node in this process, called without a network.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests: what fails here fails a test")]

mod access;
mod api;
mod attack;
mod direct;
mod filters;
mod lists;
mod memory;
mod moderation;
mod polls;
mod posts;
mod profiles;
mod quotes;
mod reactions;
mod relations;
mod remote;
mod tags;
mod timelines;
mod uploads;
