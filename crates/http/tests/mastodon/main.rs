//! The Mastodon API of a node in this process, called without a network.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests: what fails here fails a test")]

mod access;
mod admin;
mod api;
mod attack;
mod memory;
mod moderation;
mod notifications;
mod polls;
mod posts;
mod profiles;
mod quotes;
mod reactions;
mod relations;
mod remote;
mod timelines;
mod uploads;
