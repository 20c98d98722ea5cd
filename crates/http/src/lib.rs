//! The doors of a node: ActivityPub, the Mastodon API, OAuth, the pages. The only crate that knows axum. A handler only
//! translates: it reads the request, calls one function of `node` or `federation`, and writes the answer.

pub mod activitypub;
pub mod auth;
mod bodies;
pub mod error;
mod feeds;
pub mod instance;
pub mod mastodon;
pub mod media;
pub mod memory;
pub mod oauth;
mod oembed;
mod openapi;
mod outloud;
pub mod page;
pub mod params;
pub mod rate;
pub mod router;
pub mod signup;
pub mod streaming;
pub mod web;
pub mod wellknown;

use std::sync::Arc;

use federation::Federation;
use node::Node;

pub use error::ApiError;
pub use router::router;

/// What handlers share. Clones share it.
#[derive(Clone)]
pub struct App {
    pub node: Arc<Node>,
    pub federation: Federation,
    pub settings: Arc<Settings>,
    pub limits: Arc<rate::Limits>,
    pub memory: Arc<memory::Memory>,
    pub streams: Arc<streaming::Streams>,
    /// Writes the Prometheus page; nothing where none is collected (tests).
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
}

/// What only the doors need to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Networks whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<ipnet::IpNet>,
    pub rate_limits: bool,
}
