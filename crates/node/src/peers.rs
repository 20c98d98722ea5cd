//! Hashtags of other servers: for each hashtag that a member follows the node's own actor follows the accounts that carry it at its
//! peers, which are named by the owner or found among the servers that we have to do with. What these accounts pass on is filed like
//! a post that came by itself; nobody boosts it here.
//!
//! A peer learns the names of the hashtags that members of ours follow, and nothing else: not who, nor how many.

use model::account::{Account, ActorKind, authority};
use model::clock::{DAY, HOUR, Millis};
use model::hashtag::{self, Hashtag};
use model::id::Id;
use storage::{Names, Peer, Server, TagSubscription, Tx};

use crate::deed::{Data, Kind};
use crate::error::missing;
use crate::jobs::{self, Job};
use crate::moderate::is_shut_out;
use crate::publish::TAGS_PER_POST;
use crate::{Error, Node, domains, publish};

/// Most peers that are found by themselves.
const DISCOVERED: usize = 50;
/// How long what a server says that it runs is believed.
const LOOK_AGAIN: Millis = 7 * DAY;
/// Hashtags, follows or accounts that are gone through in one step.
const STEP: i64 = 50;
/// An account that was not found, or did not answer, is looked for again after that time.
const RETRY: Millis = DAY;
/// One that refused is left alone for so long; one that accepted is looked at again.
const REST: Millis = 7 * DAY;
/// What an account of a hashtag passes on may be so old, and what a relay does.
const OLDEST: Millis = DAY;
const OLDEST_OF_RELAY: Millis = 6 * HOUR;

/// How our own nodes call their accounts of hashtags.
pub const OURS: &str = "tag-{slug}";
/// The software whose servers become peers by themselves, as NodeInfo names it.
const SOFTWARE: &str = "outloud";
/// Services whose names for them are known.
const KNOWN: [(&str, &str); 2] = [("tags.pub", "{tag}"), ("relay.fedi.buzz", "tag-{tag}")];

// The states of a subscription.
const WANTED: &str = "wanted";
const ASKED: &str = "asked";
const ACCEPTED: &str = "accepted";
const REJECTED: &str = "rejected";
const MISSING: &str = "missing";

/// Whose announcements are word of posts, and no boosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// An account of these hashtags. `origin_only`: it passes on posts of its own server alone.
    Tags {
        tags: Vec<String>,
        origin_only: bool,
    },
    Relay,
}

/// How old a post may be that a relay, or else the account of a hashtag, passes on: made when, at the earliest.
pub fn since(by_relay: bool, now: Millis) -> Millis {
    now - if by_relay { OLDEST_OF_RELAY } else { OLDEST }
}

/// Whether one of these hashtags is followed by a member.
pub async fn is_any_followed(tx: &mut Tx, tags: &[Hashtag]) -> Result<bool, Error> {
    for wanted in tags.iter().take(TAGS_PER_POST) {
        if let Some(tag) = tx.tag(&wanted.key).await?
            && tx.is_tag_followed(tag.id).await?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What an account is to us whom the node's own actor follows: `None` for all others.
pub async fn source(tx: &mut Tx, account: Id) -> Result<Option<Source>, Error> {
    let subscriptions = tx.tag_subscriptions_of_account(account).await?;
    let mut tags = Vec::new();
    let mut origin_only = false;
    for subscription in subscriptions.into_iter().filter(|s| s.state == ASKED || s.state == ACCEPTED) {
        let peer = tx.peer(&subscription.peer).await?;
        origin_only |= peer.is_none_or(|p| p.origin_only);
        tags.push(subscription.tag);
    }
    if !tags.is_empty() {
        return Ok(Some(Source::Tags { tags, origin_only }));
    }
    Ok(crate::relays::speaks_for(tx, account).await?.map(|_| Source::Relay))
}

/// What the account of a hashtag is called at a peer, without the domain; `None` if it cannot have one there: `{tag}` is the hashtag
/// itself, which is a name only where it is of ASCII letters.
pub fn name_at(handles: &str, key: &str) -> Option<String> {
    let slug = hashtag::slug(key);
    if slug.is_empty() || handles.contains("{tag}") && slug != key {
        return None;
    }
    Some(handles.replace("{slug}", &slug).replace("{tag}", key))
}

/// Whether accounts can be named so: one place for the hashtag, and what else a username may have.
pub fn is_pattern(handles: &str) -> bool {
    let rest = handles.replacen("{slug}", "", 1).replacen("{tag}", "", 1);
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    handles.len() <= 60 && (handles.contains("{slug}") != handles.contains("{tag}")) && rest.chars().all(is_name)
}

/// How a service calls its accounts, where that is known by its host.
pub fn known_pattern(host: &str) -> Option<&'static str> {
    KNOWN.iter().find(|(known, _)| *known == host).map(|(_, pattern)| *pattern)
}

/// Whether a server with this software (as NodeInfo has it) is one of ours.
pub fn is_ours(software: &str) -> bool {
    software == SOFTWARE
}

// What is followed.

/// Brings what is followed of a hashtag in line with whether a member follows it.
pub async fn settle(node: &Node, tx: &mut Tx, tag: Id) -> Result<(), Error> {
    let peers = tx.peers().await?;
    if peers.is_empty() {
        return Ok(());
    }
    tx.hold_tag(tag).await?;
    let known = tx.tag_subscriptions_of_tag(tag).await?;
    if !tx.is_tag_followed(tag).await? {
        for subscription in &known {
            end(node, tx, subscription).await?;
        }
        return Ok(());
    }
    for peer in peers.iter().filter(|p| is_asked(node, p)) {
        if !known.iter().any(|s| s.peer == peer.host) {
            want(node, tx, tag, peer).await?;
        }
    }
    Ok(())
}

/// The hashtag of a challenge that is open, or will be, is another: what is said with it elsewhere is to come here.
pub(crate) async fn settle_challenge(node: &Node, tx: &mut Tx, had: Option<Id>, has: Option<Id>) -> Result<(), Error> {
    let mut tags: Vec<Id> = if had == has { has.into_iter().collect() } else { had.into_iter().chain(has).collect() };
    tags.sort_unstable();
    for tag in tags {
        settle(node, tx, tag).await?;
    }
    Ok(())
}

fn is_asked(node: &Node, peer: &Peer) -> bool {
    !peer.ignored && !node.is_domain_blocked(&peer.host)
}

async fn want(node: &Node, tx: &mut Tx, tag: Id, peer: &Peer) -> Result<(), Error> {
    let id = node.id();
    if tx.insert_tag_subscription(id, tag, &peer.host, node.now() + RETRY).await? {
        jobs::enqueue(node, tx, &Job::SubscribeTag { subscription: id }).await?;
    }
    Ok(())
}

/// Ends a subscription, and tells the account that was followed.
async fn end(node: &Node, tx: &mut Tx, subscription: &TagSubscription) -> Result<(), Error> {
    tx.delete_tag_subscription(subscription.id).await?;
    let Some(account) = subscription.account_id.filter(|_| !subscription.uri.is_empty()) else { return Ok(()) };
    // Another hashtag may have the same account there.
    let others = tx.tag_subscriptions_of_account(account).await?;
    let Some(account) = tx.account(account).await?.filter(|_| others.is_empty()) else { return Ok(()) };
    let data = Data { uri: subscription.uri.clone(), object: account.uri.clone(), ..Data::default() };
    let us = us(node, tx).await?;
    node.tell(tx, Kind::UndoFollow, us.id, None, &data).await?.accounts(tx, &[account.id]).await?.done(tx).await
}

/// The node's own actor.
pub(crate) async fn us(node: &Node, tx: &mut Tx) -> Result<Account, Error> {
    let uri = node.config.instance_actor_uri();
    tx.account_by_uri(&uri).await?.ok_or_else(|| missing("the node's own actor", 0))
}

/// One step through the hashtags that a member follows, after it was suspended or let in again: the follows after `after`.
pub async fn settle_step(node: &Node, tx: &mut Tx, account: Id, after: Id) -> Result<(), Error> {
    let step = tx.tag_follows_of(account, after, STEP).await?;
    let mut tags: Vec<Id> = step.iter().map(|(_, tag)| *tag).collect();
    tags.sort_unstable();
    for tag in tags {
        settle(node, tx, tag).await?;
    }
    match step.last().filter(|_| step.len() >= usize::try_from(STEP).unwrap_or(0)) {
        Some((last, _)) => jobs::enqueue(node, tx, &Job::SettleTags { account, after: *last }).await,
        None => Ok(()),
    }
}

/// A member is suspended, or is so no more.
pub(crate) async fn member_changed(node: &Node, tx: &mut Tx, account: Id) -> Result<(), Error> {
    jobs::enqueue(node, tx, &Job::SettleTags { account, after: 0 }).await
}

/// A step of the end of an account: it follows some hashtags less. Answers of how many it was.
pub(crate) async fn forget_follows(node: &Node, tx: &mut Tx, account: Id) -> Result<usize, Error> {
    let mut tags = tx.drop_tag_follows(account, STEP).await?;
    tags.sort_unstable();
    for tag in &tags {
        settle(node, tx, *tag).await?;
    }
    Ok(tags.len())
}

// Peers.

/// Refuses what can be no peer: this node itself, and what is blocked here.
pub fn check_host(node: &Node, host: &str) -> Result<(), Error> {
    domains::refuse_ours(node, host)?;
    if node.is_domain_blocked(host) {
        return Err(Error::invalid(format!("{host} is blocked here: outloud domain allow lifts that.")));
    }
    Ok(())
}

/// The owner names a peer.
pub async fn add(node: &Node, tx: &mut Tx, by: &str, peer: &Peer) -> Result<(), Error> {
    check_host(node, &peer.host)?;
    let known = tx.peer(&peer.host).await?;
    if known.is_some_and(|k| k.handles != peer.handles && !k.ignored) {
        return Err(Error::invalid(format!(
            "{} is a peer already, with other names for its accounts: remove it first.",
            peer.host
        )));
    }
    tx.put_peer(peer).await?;
    tx.log_action(node.id(), by, "peer add", &peer.host, &peer.handles, node.now()).await?;
    jobs::enqueue(node, tx, &Job::SubscribePeer { peer: peer.host.clone(), after: 0 }).await
}

/// The owner does not want a peer: what is followed there ends, and it is not found again by itself.
pub async fn remove(node: &Node, tx: &mut Tx, by: &str, host: &str) -> Result<(), Error> {
    let peer = tx.peer(host).await?.filter(|p| !p.ignored);
    let peer = peer.ok_or_else(|| Error::invalid(format!("{host} is not a peer.")))?;
    tx.put_peer(&Peer { ignored: true, ..peer }).await?;
    // It is no partner from now on, whatever waits.
    for there in tx.known_names().await?.iter().filter(|n| n.host == host) {
        for lane in tx.lanes_of(there).await? {
            tx.drop_partner_deliveries(&lane).await?;
        }
    }
    tx.log_action(node.id(), by, "peer remove", host, "", node.now()).await?;
    jobs::enqueue(node, tx, &Job::LeavePeer { peer: host.to_owned() }).await
}

/// A step through the hashtags that members follow, for a peer that is new.
pub async fn subscribe_step(node: &Node, tx: &mut Tx, host: &str, after: Id) -> Result<(), Error> {
    if !is_wanted_now(node, tx, host).await? {
        return Ok(());
    }
    match settle_some(node, tx, after).await? {
        Some(after) => jobs::enqueue(node, tx, &Job::SubscribePeer { peer: host.to_owned(), after }).await,
        None => Ok(()),
    }
}

/// Whether a peer is one by the rules as they stand in the database: those that this process knows may be a moment old.
async fn is_wanted_now(node: &Node, tx: &mut Tx, host: &str) -> Result<bool, Error> {
    let Some(peer) = tx.peer(host).await?.filter(|p| !p.ignored) else { return Ok(false) };
    Ok(!domains::read(node, tx).await?.block([peer.host.as_str()]))
}

/// Brings what is followed of some hashtags in line, those after `after`; where the next step begins, if there is one.
pub(crate) async fn settle_some(node: &Node, tx: &mut Tx, after: Id) -> Result<Option<Id>, Error> {
    let tags = tx.tags_with_followers(after, STEP).await?;
    for tag in &tags {
        settle(node, tx, *tag).await?;
    }
    Ok(tags.last().copied().filter(|_| tags.len() >= usize::try_from(STEP).unwrap_or(0)))
}

/// A step of leaving a peer that is not wanted, or blocked; `true` when nothing of it is followed any more.
pub async fn leave_step(node: &Node, tx: &mut Tx, host: &str) -> Result<bool, Error> {
    if is_wanted_now(node, tx, host).await? {
        return Ok(true);
    }
    let step = tx.tag_subscriptions_of_peer(host, STEP).await?;
    for subscription in &step {
        end(node, tx, subscription).await?;
    }
    Ok(step.len() < usize::try_from(STEP).unwrap_or(0))
}

/// The rules for some domains changed: what is followed at peers among them ends, or begins again.
pub(crate) async fn rules_changed(node: &Node, tx: &mut Tx, touched: impl Fn(&str) -> bool) -> Result<(), Error> {
    for peer in tx.peers().await?.into_iter().filter(|p| touched(&p.host) && !p.ignored) {
        jobs::enqueue(node, tx, &Job::LeavePeer { peer: peer.host.clone() }).await?;
        jobs::enqueue(node, tx, &Job::SubscribePeer { peer: peer.host, after: 0 }).await?;
    }
    Ok(())
}

/// A follow between somebody here and somebody elsewhere was accepted: what their server runs is asked, if that was not done lately.
pub(crate) async fn look_at_server_of(node: &Node, tx: &mut Tx, account: &Account) -> Result<(), Error> {
    let host = authority(&account.uri).to_lowercase();
    if !node.config.discover_peers || account.is_local() || host.is_empty() || node.is_domain_blocked(&host) {
        return Ok(());
    }
    let now = node.now();
    if tx.look_at_server(&host, now, now - LOOK_AGAIN).await? {
        let scheme = if account.uri.starts_with("http://") { "http" } else { "https" };
        jobs::enqueue(node, tx, &Job::ReadNodeInfo { origin: format!("{scheme}://{host}") }).await?;
    }
    Ok(())
}

/// A server said what it runs. One of ours becomes a peer, unless the owner decided about it, or there are enough.
pub async fn heard_of(node: &Node, tx: &mut Tx, origin: &str, server: &Server) -> Result<(), Error> {
    tx.put_server(server).await?;
    if !node.config.discover_peers || !is_ours(&server.software) || node.is_domain_blocked(&server.host) {
        return Ok(());
    }
    let peers = tx.peers().await?;
    let found = peers.iter().filter(|p| p.discovered && !p.ignored).count();
    if found >= DISCOVERED || peers.iter().any(|p| p.host == server.host) {
        return Ok(());
    }
    let peer = Peer {
        host: server.host.clone(),
        origin: origin.to_owned(),
        handles: OURS.to_owned(),
        origin_only: true,
        discovered: true,
        ignored: false,
        created_at: node.now(),
    };
    tx.put_peer(&peer).await?;
    jobs::enqueue(node, tx, &Job::SubscribePeer { peer: peer.host, after: 0 }).await
}

/// Peers that were found by themselves make room for others, once no member follows anybody there any more. Answers how many.
pub(crate) async fn drop_lonely(node: &Node) -> Result<u64, Error> {
    let mut tx = node.store.read().await?;
    let found: Vec<Peer> = tx.peers().await?.into_iter().filter(|p| p.discovered && !p.ignored).collect();
    let names = if found.is_empty() { Vec::new() } else { tx.known_names().await? };
    let mut lonely = Vec::new();
    for peer in &found {
        if is_lonely(&mut tx, peer, &names).await? {
            lonely.push(peer);
        }
    }
    drop(tx);
    let mut gone = 0;
    for peer in lonely {
        let mut tx = node.store.begin().await?;
        // Somebody may have followed somebody meanwhile.
        if is_lonely(&mut tx, peer, &names).await? {
            tx.drop_peer(&peer.host).await?;
            jobs::enqueue(node, &mut tx, &Job::LeavePeer { peer: peer.host.clone() }).await?;
            gone += 1;
        }
        node.commit(tx).await?;
    }
    Ok(gone)
}

/// `names`: of all who are known. Somebody may have a handle of another domain than their server's.
async fn is_lonely(tx: &mut Tx, peer: &Peer, names: &[Names]) -> Result<bool, Error> {
    for there in names.iter().filter(|n| n.host == peer.host) {
        if tx.is_anybody_followed_of(there).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A post came by the word of others alone, who took it back: it goes, unless a member has to do with it. It is not dead: it may come
/// again.
pub async fn leave_post(node: &Node, tx: &mut Tx, uri: &str) -> Result<(), Error> {
    let Some(post) = tx.post_by_uri(uri).await?.filter(|p| !p.local) else { return Ok(()) };
    // Whoever gives word of it just now holds it.
    tx.lock_posts(&[post.id]).await?;
    if tx.is_relayed(uri).await? || tx.is_touched_here(post.id).await? {
        return Ok(());
    }
    publish::remove(node, tx, &post).await
}

// Accounts of hashtags.

/// What is needed to look for the account of a hashtag: the subscription and its peer; `None` if it is not looked for any more.
pub async fn wanted(node: &Node, tx: &mut Tx, subscription: Id) -> Result<Option<(TagSubscription, Peer)>, Error> {
    let Some(subscription) = tx.tag_subscription(subscription).await? else { return Ok(None) };
    let peer = tx.peer(&subscription.peer).await?.filter(|p| is_asked(node, p));
    Ok(peer.filter(|_| subscription.state != ACCEPTED).map(|peer| (subscription, peer)))
}

/// The account of a hashtag was found: it is followed.
///
/// # Errors
/// [`Error::Forbidden`] for a person, for what is not on the peer, and for who is shut out here: none is an account of a hashtag.
pub async fn found(node: &Node, tx: &mut Tx, subscription: Id, account: &Account) -> Result<(), Error> {
    let Some((known, peer)) = wanted(node, tx, subscription).await? else { return Ok(()) };
    let is_there = account.names().contains(&peer.host.as_str());
    if account.kind == ActorKind::Person || account.is_local() || !is_there || is_shut_out(node, account) {
        return Err(Error::forbidden(format!("{} is no account of a hashtag at {}", account.uri, peer.host)));
    }
    let us = us(node, tx).await?;
    // The same one again where it is asked again.
    let uri = match known.uri.as_str() {
        "" => format!("{}#follows/{}", us.uri, known.id),
        uri => uri.to_owned(),
    };
    let data = Data { uri: uri.clone(), object: account.uri.clone(), ..Data::default() };
    let asked = TagSubscription {
        account_id: Some(account.id),
        state: ASKED.to_owned(),
        uri,
        due_at: node.now() + REST,
        ..known
    };
    tx.set_tag_subscription(&asked).await?;
    node.tell(tx, Kind::Follow, us.id, None, &data).await?.accounts(tx, &[account.id]).await?.done(tx).await
}

/// The peer has no such account, or none that can be one.
pub async fn not_found(node: &Node, tx: &mut Tx, subscription: Id) -> Result<(), Error> {
    let Some((known, _)) = wanted(node, tx, subscription).await? else { return Ok(()) };
    let due_at = node.now() + RETRY;
    tx.set_tag_subscription(&TagSubscription { state: MISSING.to_owned(), due_at, ..known }).await?;
    Ok(())
}

/// An answer from an account that we follow for a hashtag, to the `Follow` with this id, or (`None`) to whichever. `false` if there
/// is none.
pub async fn answered(
    node: &Node,
    tx: &mut Tx,
    by: &Account,
    uri: Option<&str>,
    is_accepted: bool,
) -> Result<bool, Error> {
    let mut any = false;
    for known in tx.tag_subscriptions_of_account(by.id).await? {
        if uri.is_some_and(|uri| uri != known.uri) {
            continue;
        }
        let state = if is_accepted { ACCEPTED } else { REJECTED }.to_owned();
        tx.set_tag_subscription(&TagSubscription { state, due_at: node.now() + REST, ..known }).await?;
        any = true;
    }
    Ok(any)
}

/// Looks at the subscriptions whose time has come, some of them: those that did not come to anything are tried again. Answers how
/// many it were.
pub(crate) async fn due_step(node: &Node, tx: &mut Tx) -> Result<usize, Error> {
    let now = node.now();
    let due = tx.due_tag_subscriptions(now, STEP).await?;
    for known in &due {
        let account = match known.account_id {
            Some(account) => tx.account(account).await?,
            None => None,
        };
        if known.state == ACCEPTED && account.is_some_and(|a| a.deleted_at.is_none()) {
            tx.set_tag_subscription(&TagSubscription { due_at: now + REST, ..known.clone() }).await?;
            settle(node, tx, known.tag_id).await?;
        } else {
            let again = TagSubscription { state: WANTED.to_owned(), due_at: now + RETRY, ..known.clone() };
            tx.set_tag_subscription(&again).await?;
            jobs::enqueue(node, tx, &Job::SubscribeTag { subscription: known.id }).await?;
        }
    }
    Ok(due.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hashtag_has_the_name_that_the_peer_gives_it_or_none() {
        assert_eq!(name_at(OURS, "rust").as_deref(), Some("tag-rust"));
        assert_eq!(name_at(OURS, "日本語").as_deref(), Some("tag-xn--wgv71a119e"));
        assert_eq!(name_at("{tag}", "rust").as_deref(), Some("rust"));
        assert_eq!(name_at("{tag}", "日本語"), None);
        assert_eq!(known_pattern("relay.fedi.buzz"), Some("tag-{tag}"));
        for good in [OURS, "{tag}", "tag-{tag}", "a.{slug}_b"] {
            assert!(is_pattern(good), "{good}");
        }
        for bad in ["", "tag", "{tag}{slug}", "{tag}{tag}", "@{tag}", "{tag}@a.example", "{other}"] {
            assert!(!is_pattern(bad), "{bad}");
        }
    }
}
