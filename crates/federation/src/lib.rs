//! ActivityPub in and out. The only crate that knows `activitypub_federation`; knows nothing of axum beyond what that library
//! brings, and nothing of who is signed in.
//!
//! [`Federation`] is the door: [`Federation::receive`] takes a POST to an inbox, [`documents`] turns what we keep into documents
//! and back, [`Federation::actor`] and its kin fetch, [`deliver`] sends.

pub mod client;
mod collections;
mod context;
pub mod deliver;
pub mod discover;
pub mod documents;
mod error;
mod featured;
pub mod inbox;
pub mod jobs;
pub mod json;
pub mod keys;
mod pages;
pub mod peers;
mod push;
mod quotes;
pub mod remote;
pub mod self_test;
pub mod signature;
mod strangers;
mod synchronisation;
mod takeout;
mod threads;

pub use activitypub_federation::axum::json::FederationJson;
pub use activitypub_federation::config::{Data, FederationConfig};
pub use activitypub_federation::protocol::context::WithContext;
pub use context::{Federation, Setup};
pub use error::Error;
