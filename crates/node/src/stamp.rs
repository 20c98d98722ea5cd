//! Stamps: what our people allow others to do with what is theirs, as documents that anybody can look up. To quote a post
//! (FEP-044f), to put an account into a collection (FEP-7aa9).

use model::account::Account;
use model::id::Id;
use model::policy::{Circle, Leave, Rule};
use model::quote::{Stamp, StampKind};
use storage::Tx;

use crate::deed::{Data, Kind};
use crate::policy::standing;
use crate::{Error, Node};

/// Stamps of an account that are taken back in one go.
const AT_ONCE: i64 = 500;

/// A request for leave from another server, with everything that its answer repeats.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub id: &'a str,
    /// `QuoteRequest`, `FeatureRequest`.
    pub kind: &'a str,
    /// The quoting post, the collection.
    pub instrument: &'a str,
}

/// What a stamp is about.
pub(crate) struct Target<'a> {
    pub kind: StampKind,
    pub uri: &'a str,
    pub post: Option<Id>,
}

/// Gives leave for `object`, an object of `to`; answers the stamp's address. A second time it is the same.
pub(crate) async fn give(
    node: &Node,
    tx: &mut Tx,
    by: &Account,
    target: &Target<'_>,
    object: &str,
    to: Id,
) -> Result<String, Error> {
    let stamp = Stamp {
        id: node.id(),
        kind: target.kind,
        account_id: by.id,
        target: target.uri.to_owned(),
        target_id: target.post,
        object: object.to_owned(),
        actor_id: to,
    };
    let stamp = tx.put_stamp(&stamp, node.now()).await?;
    Ok(node.config.stamp_uri(by, stamp.id))
}

/// Who may put an account into a collection: everybody if it wants to be found, its followers if it chooses them, else nobody.
pub fn feature_rule(account: &Account) -> Rule {
    let automatic = match (account.discoverable, account.locked) {
        (true, false) => Circle { everybody: true, ..Circle::default() },
        (true, true) => Circle { followers: true, ..Circle::default() },
        (false, _) => Circle::default(),
    };
    Rule { automatic, manual: Circle::default() }
}

/// Somebody elsewhere wants to put a member into a collection of theirs.
pub async fn receive_feature_request(
    node: &Node,
    tx: &mut Tx,
    who: &Account,
    member: &Account,
    request: Request<'_>,
) -> Result<(), Error> {
    let standing = standing(tx, who, member.id).await?;
    let may = feature_rule(member).leave(standing) == Leave::Automatic && !tx.is_blocking(member.id, who.id).await?;
    let result = if may {
        let target = Target { kind: StampKind::Feature, uri: &member.uri, post: None };
        Some(give(node, tx, member, &target, request.instrument, who.id).await?)
    } else {
        None
    };
    answer(node, tx, member, who, &member.uri, request, result).await
}

/// An account that wants to be found by nobody any more leaves the collections of others.
pub(crate) async fn leave_collections(node: &Node, tx: &mut Tx, member: &Account) -> Result<(), Error> {
    for stamp in tx.stamps_by(member.id, StampKind::Feature, AT_ONCE).await? {
        tx.delete_stamp(stamp.id).await?;
        let data = Data { uri: node.config.stamp_uri(member, stamp.id), ..Data::default() };
        node.tell(tx, Kind::RevokeStamp, member.id, None, &data)
            .await?
            .accounts(tx, &[stamp.actor_id])
            .await?
            .done(tx)
            .await?;
    }
    Ok(())
}

/// Answers a request: with the stamp, or that there is none.
pub(crate) async fn answer(
    node: &Node,
    tx: &mut Tx,
    by: &Account,
    to: &Account,
    object: &str,
    request: Request<'_>,
    stamp: Option<String>,
) -> Result<(), Error> {
    let kind = if stamp.is_some() { Kind::AcceptRequest } else { Kind::RejectRequest };
    let data = Data {
        uri: request.id.to_owned(),
        request: request.kind.to_owned(),
        object: object.to_owned(),
        actor: to.uri.clone(),
        instrument: request.instrument.to_owned(),
        result: stamp.unwrap_or_default(),
        ..Data::default()
    };
    node.tell(tx, kind, by.id, None, &data).await?.accounts(tx, &[to.id]).await?.done(tx).await
}
