//! Relays: servers to which the public posts of our members go, as far as the members let them, and that pass on those of others.

use model::account::{Account, lane};
use model::audience::Audience;
use model::post::Post;
use storage::{Relay, RelayStyle, Tx};

use crate::deed::{Data, Kind, Telling};
use crate::peers::us;
use crate::{Error, Node, carry, config, peers, random};

/// What is followed at a relay of Mastodon's style.
const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

const ASKED: &str = "asked";
const ACCEPTED: &str = "accepted";
const REJECTED: &str = "rejected";

/// The owner takes part in a relay. `actor`: of LitePub's style, its actor; else `url` is its inbox.
pub async fn add(node: &Node, tx: &mut Tx, by: &str, url: &str, actor: Option<&Account>) -> Result<Relay, Error> {
    peers::check_host(node, &config::host_of(url))?;
    let us = us(node, tx).await?;
    let id = node.id();
    let style = if actor.is_some() { RelayStyle::LitePub } else { RelayStyle::Mastodon };
    let relay = Relay {
        id,
        url: url.to_owned(),
        style: style.name().to_owned(),
        inbox: actor.map_or_else(|| url.to_owned(), |a| a.inbox.clone()),
        lane: actor.map_or_else(|| lane(url, url), |a| a.inbox_host.clone()),
        account_id: actor.map(|a| a.id),
        state: ASKED.to_owned(),
        uri: format!("{}#follows/{id}", us.uri),
        follows_us: false,
        created_at: node.now(),
    };
    if !tx.insert_relay(&relay).await? {
        return Err(Error::invalid(format!("The node takes part in {url} already.")));
    }
    tx.log_action(node.id(), by, "relay add", url, style.name(), node.now()).await?;
    tell(node, tx, Kind::Follow, &us, &relay).await?;
    Ok(relay)
}

/// The owner takes part no more.
pub async fn remove(node: &Node, tx: &mut Tx, by: &str, url: &str) -> Result<(), Error> {
    let relay = tx.relays().await?.into_iter().find(|r| r.url == url);
    let relay = relay.ok_or_else(|| Error::invalid(format!("The node does not take part in {url}.")))?;
    let us = us(node, tx).await?;
    tell(node, tx, Kind::UndoFollow, &us, &relay).await?;
    tx.delete_relay(relay.id).await?;
    tx.log_action(node.id(), by, "relay remove", url, "", node.now()).await?;
    Ok(())
}

async fn tell(node: &Node, tx: &mut Tx, kind: Kind, us: &Account, relay: &Relay) -> Result<(), Error> {
    let object = if relay.style == RelayStyle::LitePub.name() { relay.url.clone() } else { PUBLIC.to_owned() };
    let data = Data { uri: relay.uri.clone(), object, ..Data::default() };
    let telling = node.tell(tx, kind, us.id, None, &data).await?;
    telling.inbox(tx, &relay.lane, &relay.inbox).await?.done(tx).await
}

/// The relay that an account speaks for and that has let us in.
pub(crate) async fn speaks_for(tx: &mut Tx, account: model::id::Id) -> Result<Option<Relay>, Error> {
    Ok(tx.relays().await?.into_iter().find(|r| r.account_id == Some(account) && r.state == ACCEPTED))
}

/// An answer from a relay: to the `Follow` with this id, and from its own server. `false` if there is none.
pub async fn answered(tx: &mut Tx, by: &Account, uri: &str, is_accepted: bool) -> Result<bool, Error> {
    let of_it = |r: &Relay| r.uri == uri && r.account_id.map_or_else(|| is_on(&r.url, by), |id| id == by.id);
    let Some(relay) = tx.relays().await?.into_iter().find(of_it) else { return Ok(false) };
    let state = if is_accepted { ACCEPTED } else { REJECTED }.to_owned();
    tx.set_relay(&Relay { account_id: Some(by.id), state, ..relay }).await?;
    Ok(true)
}

fn is_on(url: &str, account: &Account) -> bool {
    model::account::authority(url).eq_ignore_ascii_case(model::account::authority(&account.uri))
}

/// Somebody follows the node's own actor: a relay of LitePub's style may, as far as the node takes part in it. `false` for all
/// others.
pub async fn followed_back(node: &Node, tx: &mut Tx, by: &Account, uri: &str) -> Result<bool, Error> {
    let ours = |r: &Relay| r.account_id == Some(by.id) && r.style == RelayStyle::LitePub.name();
    let Some(relay) = tx.relays().await?.into_iter().find(ours) else { return Ok(false) };
    let us = us(node, tx).await?;
    tx.set_relay(&Relay { follows_us: true, ..relay }).await?;
    let data = Data { uri: uri.to_owned(), actor: by.uri.clone(), object: us.uri.clone(), ..Data::default() };
    node.tell(tx, Kind::AcceptFollow, us.id, None, &data).await?.accounts(tx, &[by.id]).await?.done(tx).await?;
    Ok(true)
}

/// It does so no more.
pub async fn unfollowed(tx: &mut Tx, by: &Account) -> Result<(), Error> {
    for relay in tx.relays().await?.into_iter().filter(|r| r.account_id == Some(by.id) && r.follows_us) {
        tx.set_relay(&Relay { follows_us: false, ..relay }).await?;
    }
    Ok(())
}

// What goes there.

/// Whether a post is one that relays carry: public, and of a member who lets their posts be carried.
async fn is_carried(tx: &mut Tx, post: &Post) -> Result<bool, Error> {
    if !could_be(post) || tx.relays().await?.is_empty() {
        return Ok(false);
    }
    match tx.account(post.account_id).await? {
        Some(author) => carry::is_allowed(tx, &author, post).await,
        None => Ok(false),
    }
}

/// Whether it could be one, if its author let it, or did.
fn could_be(post: &Post) -> bool {
    post.local && post.audience == Audience::Public && post.boost_of_id.is_none()
}

/// A new post, or a new version of one, goes to relays of Mastodon's style as well.
pub(crate) async fn along<'a>(tx: &mut Tx, telling: Telling<'a>, post: &Post) -> Result<Telling<'a>, Error> {
    if is_carried(tx, post).await? { telling.relays(tx, RelayStyle::Mastodon).await } else { Ok(telling) }
}

/// That it is gone goes there whatever the member lets happen now: it may have gone there before.
pub(crate) async fn along_gone<'a>(tx: &mut Tx, telling: Telling<'a>, post: &Post) -> Result<Telling<'a>, Error> {
    if could_be(post) { telling.relays(tx, RelayStyle::Mastodon).await } else { Ok(telling) }
}

/// A new post is announced to relays of LitePub's style by the node's own actor.
pub(crate) async fn announce(node: &Node, tx: &mut Tx, post: &Post) -> Result<(), Error> {
    if !is_carried(tx, post).await? {
        return Ok(());
    }
    let us = us(node, tx).await?;
    let data = Data { uri: announce_uri(node, &post.uri), object: post.uri.clone(), ..Data::default() };
    let telling = node.tell(tx, Kind::RelayAnnounce, us.id, Some(post.id), &data).await?;
    telling.relays(tx, RelayStyle::LitePub).await?.done(tx).await
}

/// It is gone: so is the announcement.
pub(crate) async fn take_back(node: &Node, tx: &mut Tx, post: &Post) -> Result<(), Error> {
    if !could_be(post) || tx.relays().await?.is_empty() {
        return Ok(());
    }
    let us = us(node, tx).await?;
    let to = vec![PUBLIC.to_owned()];
    let data = Data { uri: announce_uri(node, &post.uri), object: post.uri.clone(), to, ..Data::default() };
    let telling = node.tell(tx, Kind::UndoAnnounce, us.id, None, &data).await?;
    telling.relays(tx, RelayStyle::LitePub).await?.done(tx).await
}

/// The id of the announcement of a post by the node's own actor: always the same.
fn announce_uri(node: &Node, post: &str) -> String {
    format!("{}/announces/{}", node.config.instance_actor_uri(), random::name_of(post))
}
