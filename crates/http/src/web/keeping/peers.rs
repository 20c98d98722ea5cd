//! Servers that the node has hashtags in common with, and relays.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use model::account::Role;
use node::{peers, relays};

use super::super::frame::Frame;
use super::super::visitor::Visitor;
use super::Keeper;
use crate::params::Params;
use crate::{ApiError, App};

/// A server with accounts for hashtags.
struct Row {
    host: String,
    software: String,
    /// Hashtags that are followed there, and how many are to be.
    accepted: i64,
    all: i64,
    discovered: bool,
    is_blocked: bool,
    since: String,
}

struct RelayRow {
    url: String,
    state: String,
    since: String,
}

#[derive(Template)]
#[template(path = "keeping_peers.html")]
struct PeersPage {
    frame: Frame,
    peers: Vec<Row>,
    relays: Vec<RelayRow>,
}

/// `GET /keeping/peers`: both are few.
pub async fn list(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    let keeper = Keeper::of(&app, &visitor, Role::Admin)?;
    let t = keeper.t();
    let mut tx = app.node.store.read().await?;
    let mut rows = Vec::new();
    for peer in tx.peers().await?.into_iter().filter(|p| !p.ignored) {
        let (accepted, all) = tx.count_tag_subscriptions(&peer.host).await?;
        let runs = tx.server(&peer.host).await?;
        rows.push(Row {
            software: runs.map_or_else(String::new, |s| format!("{} {}", s.software, s.version).trim().to_owned()),
            accepted,
            all,
            discovered: peer.discovered,
            is_blocked: app.node.is_domain_blocked(&peer.host),
            since: t.day(peer.created_at),
            host: peer.host,
        });
    }
    let relay = |r: storage::Relay| RelayRow {
        state: match r.state.as_str() {
            "accepted" => t.say("keep-relay-in"),
            "rejected" => t.say("keep-relay-refused"),
            _ => t.say("keep-relay-asked"),
        }
        .into_owned(),
        since: t.day(r.created_at),
        url: r.url,
    };
    let relays = tx.relays().await?.into_iter().map(relay).collect();
    drop(tx);
    keeper.show(&PeersPage { frame: keeper.frame(), peers: rows, relays })
}

/// `POST /keeping/peers/remove` with `host`.
pub async fn remove(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let keeper = Keeper::of(&app, &visitor, Role::Admin)?;
    let deed = async {
        let mut tx = keeper.begin().await?;
        peers::remove(&app.node, &mut tx, &keeper.name(), &params.required("host")?).await?;
        keeper.commit(tx).await
    };
    keeper.done(&params, "/keeping/peers", deed).await
}

/// `POST /keeping/relays/remove` with `url`.
pub async fn leave_relay(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let keeper = Keeper::of(&app, &visitor, Role::Admin)?;
    let deed = async {
        let mut tx = keeper.begin().await?;
        relays::remove(&app.node, &mut tx, &keeper.name(), &params.required("url")?).await?;
        keeper.commit(tx).await
    };
    keeper.done(&params, "/keeping/peers", deed).await
}
