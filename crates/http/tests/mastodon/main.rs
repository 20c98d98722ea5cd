//! The Mastodon API of a node in this process, called without a network.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests: what fails here fails a test")]

mod access;
mod admin;
mod api;
mod attack;
mod challenges;
mod circle;
mod contract;
mod direct;
mod discovery;
mod experiments;
mod feeds;
mod filters;
mod gathering;
mod instance;
mod ladder;
mod lists;
mod memory;
mod moderation;
mod notifications;
mod others;
mod pairings;
mod polls;
mod posts;
mod profiles;
mod push;
mod quotes;
mod reactions;
mod relations;
mod remote;
mod scheduled;
mod search;
mod streaming;
mod tags;
mod timelines;
mod uploads;
