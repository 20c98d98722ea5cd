//! Activities that we send: a deed becomes its document.

use model::account::Account;
use model::audience::Audience;
use model::clock::{Millis, rfc3339};
use node::Config;
use node::carry::{self, is_carrier};
use node::deed::{Data, Kind};
use serde_json::{Value, json};
use storage::{Deed, Tx};

use super::note::{Parts, addressed};
use super::{actor, note, question, with_context};
use crate::Error;
use crate::json::PUBLIC;

/// The document of a deed; `None` if what it tells of is gone, so that there is nothing left to tell.
pub async fn render(config: &Config, tx: &mut Tx, deed: &Deed, now: Millis) -> Result<Option<Value>, Error> {
    let kind = Kind::from_name(&deed.kind).ok_or_else(|| Error::bad(format!("a deed of kind {}", deed.kind)))?;
    let data: Data = serde_json::from_str(&deed.data).map_err(|e| Error::bad(e.to_string()))?;
    let Some(by) = tx.account(deed.account_id).await? else { return Ok(None) };
    let document = match kind {
        Kind::Create | Kind::UpdatePost | Kind::UpdatePoll | Kind::Announce => match subject(tx, deed).await? {
            Some(parts) => match kind {
                Kind::Create => create(config, &parts, now),
                Kind::UpdatePost | Kind::UpdatePoll => update(config, &parts, deed, now),
                _ => match announce(tx, &parts).await? {
                    Some(document) => document,
                    None => return Ok(None),
                },
            },
            None => return Ok(None),
        },
        Kind::RelayAnnounce => match tx.post(deed.subject_id.unwrap_or(0)).await? {
            Some(_) => json!({
                "id": data.uri, "type": "Announce", "actor": by.uri, "published": rfc3339(deed.created_at), "to": [PUBLIC],
                "object": data.object,
            }),
            None => return Ok(None),
        },
        Kind::DeletePost => json!({
            "id": format!("{}#delete", data.uri), "type": "Delete", "actor": by.uri, "to": [PUBLIC],
            "object": {"id": data.uri, "type": "Tombstone"},
        }),
        Kind::Vote => question::render_vote(&by, &data),
        Kind::UndoAnnounce => {
            let (to, cc) = if data.to.is_empty() {
                (vec![PUBLIC.to_owned()], vec![by.followers.clone()])
            } else {
                (data.to.clone(), Vec::new())
            };
            json!({
                "id": format!("{}#undo", data.uri), "type": "Undo", "actor": by.uri, "to": to, "cc": cc,
                "object": {"id": data.uri, "type": "Announce", "actor": by.uri, "object": data.object, "to": to, "cc": cc},
            })
        }
        Kind::Like | Kind::Follow | Kind::Block => plain(activity_type(kind), &data.uri, &by, &data.object),
        Kind::UndoLike | Kind::UndoFollow | Kind::UndoBlock => {
            let object = plain(activity_type(kind), &data.uri, &by, &data.object);
            json!({"id": format!("{}/undo", data.uri), "type": "Undo", "actor": by.uri, "object": object})
        }
        Kind::AcceptFollow | Kind::RejectFollow => answer(kind, deed, &by, &data),
        Kind::QuoteRequest => match subject(tx, deed).await? {
            Some(parts) => quote_request(config, &parts, &data, now),
            None => return Ok(None),
        },
        Kind::AcceptRequest | Kind::RejectRequest => answer_request(kind, deed, &by, &data),
        Kind::RevokeStamp => json!({
            "id": format!("{}#delete", data.uri), "type": "Delete", "actor": by.uri, "to": [PUBLIC], "object": data.uri,
        }),
        Kind::AddPin | Kind::RemovePin => json!({
            "id": format!("{}#pins/{}", by.uri, deed.id), "type": if kind == Kind::AddPin { "Add" } else { "Remove" },
            "actor": by.uri, "object": data.object, "target": by.featured, "to": [PUBLIC], "cc": [by.followers],
        }),
        // Mastodon looks for hashtags, too, in the collection of pins.
        Kind::AddTag | Kind::RemoveTag => json!({
            "id": format!("{}#tags/{}", by.uri, deed.id), "type": if kind == Kind::AddTag { "Add" } else { "Remove" },
            "actor": by.uri, "object": {"type": "Hashtag", "href": data.object, "name": data.name}, "target": by.featured,
            "to": [PUBLIC], "cc": [by.followers],
        }),
        Kind::UpdateActor => {
            let key = match tx.signing_key(by.id).await? {
                None => carry::key_at(config, tx, &by, Millis::MAX).await?,
                key => key,
            };
            let Some(key) = key else { return Ok(None) };
            let attribution = tx.profile_settings(by.id).await?.attribution_domains;
            json!({
                "id": format!("{}#updates/{}", by.uri, deed.id), "type": "Update", "actor": by.uri, "to": [PUBLIC], "cc": [by.followers],
                "object": actor::render(config, &by, &key, &attribution),
            })
        }
        Kind::Move => json!({
            "id": format!("{}#moves/{}", by.uri, deed.id), "type": "Move", "actor": by.uri, "to": [by.followers],
            "object": by.uri, "target": data.object,
        }),
        // An account, then posts; no more is said of who reports than that it is somebody of this node.
        Kind::Flag => json!({
            "id": data.uri, "type": "Flag", "actor": by.uri, "content": data.comment, "object": data.objects,
        }),
        Kind::DeleteActor => json!({
            "id": format!("{}#delete", by.uri), "type": "Delete", "actor": by.uri, "to": [PUBLIC], "object": by.uri,
        }),
    };
    Ok(Some(with_context(document)))
}

async fn subject(tx: &mut Tx, deed: &Deed) -> Result<Option<Parts>, Error> {
    let Some(post) = tx.post(deed.subject_id.unwrap_or(0)).await? else { return Ok(None) };
    Ok(note::load(tx, vec![post]).await?.into_iter().next())
}

/// A `Create` with its note inside, without its context.
pub fn create(config: &Config, parts: &Parts, now: Millis) -> Value {
    let (to, cc) = addressed(parts);
    json!({
        "id": format!("{}/activity", parts.post.uri), "type": "Create", "actor": parts.author.uri,
        "published": rfc3339(parts.post.created_at), "to": to, "cc": cc, "object": note::render(config, parts, now),
    })
}

/// A post as it is now: after an edit, with new totals or with a stamp.
fn update(config: &Config, parts: &Parts, deed: &Deed, now: Millis) -> Value {
    let (to, cc) = addressed(parts);
    json!({
        "id": format!("{}#updates/{}", parts.post.uri, deed.id), "type": "Update", "actor": parts.author.uri,
        "published": rfc3339(deed.created_at), "to": to, "cc": cc, "object": note::render(config, parts, now),
    })
}

/// A boost as an `Announce`; its author is in `cc`, so that they hear of it, unless one of our actors carries it.
pub async fn announce(tx: &mut Tx, parts: &Parts) -> Result<Option<Value>, Error> {
    let Some(original) = tx.post(parts.post.boost_of_id.unwrap_or(0)).await? else { return Ok(None) };
    let Some(author) = tx.account(original.account_id).await? else { return Ok(None) };
    let followers = parts.author.followers.clone();
    let (to, cc) = match parts.post.audience {
        // Nobody is told that a hashtag carries what they said.
        _ if is_carrier(&parts.author) => (vec![PUBLIC.to_owned()], vec![followers]),
        Audience::Public => (vec![PUBLIC.to_owned()], vec![author.uri, followers]),
        Audience::Unlisted => (vec![followers], vec![author.uri, PUBLIC.to_owned()]),
        _ => (vec![followers], vec![author.uri]),
    };
    let mut document = json!({
        "id": parts.post.uri, "type": "Announce", "actor": parts.author.uri, "published": rfc3339(parts.post.created_at),
        "to": to, "cc": cc, "object": original.uri,
    });
    if let (false, Some(object)) = (parts.approved_by.is_empty(), document.as_object_mut()) {
        object.insert("approvedBy".to_owned(), json!(parts.approved_by));
    }
    Ok(Some(document))
}

fn activity_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Like | Kind::UndoLike => "Like",
        Kind::Block | Kind::UndoBlock => "Block",
        _ => "Follow",
    }
}

fn plain(kind: &str, id: &str, by: &Account, object: &str) -> Value {
    json!({"id": id, "type": kind, "actor": by.uri, "object": object})
}

/// `Accept` and `Reject` with the `Follow` inside, its id echoed exactly.
fn answer(kind: Kind, deed: &Deed, by: &Account, data: &Data) -> Value {
    let (name, part) = if kind == Kind::AcceptFollow { ("Accept", "accepts") } else { ("Reject", "rejects") };
    let follow = json!({"id": data.uri, "type": "Follow", "actor": data.actor, "object": data.object});
    json!({
        "id": format!("{}#{part}/{}", by.uri, deed.id), "type": name, "actor": by.uri, "to": [data.actor], "object": follow,
    })
}

/// Asks for leave to quote, with the post itself inside, which its server may not show yet.
fn quote_request(config: &Config, parts: &Parts, data: &Data, now: Millis) -> Value {
    json!({
        "id": data.uri, "type": "QuoteRequest", "actor": parts.author.uri, "object": data.object,
        "instrument": note::render(config, parts, now),
    })
}

/// The answer to a request for leave, which is repeated; with the stamp, if there is one.
fn answer_request(kind: Kind, deed: &Deed, by: &Account, data: &Data) -> Value {
    let (name, part) = if kind == Kind::AcceptRequest { ("Accept", "accepts") } else { ("Reject", "rejects") };
    let mut document = json!({
        "id": format!("{}#{part}/{}", by.uri, deed.id), "type": name, "actor": by.uri, "to": [data.actor],
        "object": {"id": data.uri, "type": data.request, "actor": data.actor, "object": data.object, "instrument": data.instrument},
    });
    if let (false, Some(object)) = (data.result.is_empty(), document.as_object_mut()) {
        object.insert("result".to_owned(), json!(data.result));
    }
    document
}
