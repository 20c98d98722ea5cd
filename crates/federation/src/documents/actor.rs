//! Actor documents: ours as every server reads them, and others'.

use model::account::{Account, ActorKind, Field, lane};
use model::clock::{DAY, parse_rfc3339, rfc3339};
use model::html;
use node::Config;
use node::carry::{is_carrier, is_nobodys};
use node::config::authority;
use serde_json::{Value, json};
use storage::Key;

use super::{consent, emoji};
use crate::json::{flag, has_activity_streams_context, id, ids, kind, list, page_url, same_origin, text};
use crate::{Error, json as read_json};

pub(crate) const KINDS: [&str; 5] = ["Application", "Group", "Organization", "Person", "Service"];
/// How FEP-844e says that RFC 9421 is understood.
const RFC_9421: &str = "https://datatracker.ietf.org/doc/html/rfc9421";
/// What Mastodon cuts at, too.
const NAME: usize = 2_048;
const SUMMARY: usize = 20_000;
const FIELDS: usize = 50;
const ALIASES: usize = 256;
const KEYS: usize = 10;
/// Longest key that is read, in bytes: RSA of 16384 bits has less.
const PEM: usize = 16_384;

/// One of our actors as a document, without its context. `attribution`: domains of pages that may name it as their author.
pub fn render(config: &Config, account: &Account, key: &Key, attribution: &[String]) -> Value {
    let mut document = json!({
        "id": account.uri,
        "type": account.kind.name(),
        "preferredUsername": account.username,
        "webfinger": config.full_handle(account),
        "name": account.shown_name(),
        "summary": account.note,
        "url": account.url,
        "inbox": account.inbox,
        "outbox": account.outbox,
        "followers": account.followers,
        "following": account.following,
        "featured": account.featured,
        "featuredTags": config.featured_tags_uri(&account.uri),
        "endpoints": {"sharedInbox": config.shared_inbox()},
        "interactionPolicy": {"canFeature": consent::rule(account, &node::stamp::feature_rule(account))},
        "manuallyApprovesFollowers": account.locked,
        "discoverable": account.discoverable,
        "indexable": account.indexable,
        "published": rfc3339(account.created_at - account.created_at.rem_euclid(DAY)),
        "updated": rfc3339(account.updated_at),
        "hidesCcPublicFromUnauthedWeb": false,
        "tag": emoji::tags(config, &account.emojis),
        "attachment": account.fields.iter().map(|f| json!({"type": "PropertyValue", "name": f.name, "value": f.value})).collect::<Vec<_>>(),
        "generator": {"type": "Application", "implements": [{"href": RFC_9421, "name": "RFC-9421: HTTP Message Signatures"}]},
        "publicKey": {"id": key.id, "owner": account.uri, "publicKeyPem": key.public_pem},
    });
    if let Some(object) = document.as_object_mut() {
        if !account.also_known_as.is_empty() {
            object.insert("alsoKnownAs".to_owned(), json!(account.also_known_as));
        }
        if !attribution.is_empty() {
            object.insert("attributionDomains".to_owned(), json!(attribution));
        }
        if !account.moved_to.is_empty() {
            object.insert("movedTo".to_owned(), json!(account.moved_to));
        }
        for (name, key, description) in [
            ("icon", &account.avatar, &account.avatar_description),
            ("image", &account.header, &account.header_description),
        ] {
            if !key.is_empty() {
                object.insert(name.to_owned(), image(&config.media_url(key), description));
            }
        }
        if is_nobodys(account) {
            // Who answers for it.
            object.insert("attributedTo".to_owned(), json!(config.instance_actor_uri()));
        }
        if is_carrier(account) {
            object.entry("icon").or_insert_with(|| picture_of(&format!("{}/assets/hashtag.png", config.origin)));
        }
        if account.featured.is_empty() {
            for name in ["following", "featured", "featuredTags", "interactionPolicy"] {
                object.shift_remove(name);
            }
        }
        if account.kind == ActorKind::Application {
            // The instance actor: its handle is the host itself, and nobody follows it.
            object.insert("preferredUsername".to_owned(), json!(config.instance_name()));
            object.insert("webfinger".to_owned(), json!(format!("{}@{}", config.instance_name(), config.host())));
            for name in ["followers", "discoverable", "indexable"] {
                object.shift_remove(name);
            }
        }
    }
    document
}

fn image(url: &str, description: &str) -> Value {
    let mut image = picture_of(url);
    if let (false, Some(object)) = (description.is_empty(), image.as_object_mut()) {
        object.insert("name".to_owned(), json!(description));
        object.insert("summary".to_owned(), json!(description));
    }
    image
}

/// One of our files as an `Image`.
pub(super) fn picture_of(url: &str) -> Value {
    let mime = match url.rsplit('.').next() {
        Some("png") => "image/png",
        Some("gif") => "image/gif",
        _ => "image/jpeg",
    };
    json!({"type": "Image", "mediaType": mime, "url": url})
}

/// A remote actor as its document describes it. The handle's domain is not yet verified: that takes WebFinger.
#[derive(Debug)]
pub struct ReadActor {
    /// `id`, times and counts are not set.
    pub account: Account,
    /// Key id and PEM, where the document has one whose owner is the actor.
    pub key: Option<(String, String)>,
    /// FEP-2c59: the handle that the actor claims, if it does.
    pub webfinger: Option<String>,
    /// FEP-844e: its software understands signatures of RFC 9421.
    pub implements_rfc9421: bool,
}

/// Reads an actor document that was fetched from its `id` (or came with a signature of its key).
pub fn read(document: &Value) -> Result<ReadActor, Error> {
    if !has_activity_streams_context(document) {
        return Err(Error::bad("an actor without the context of ActivityStreams"));
    }
    let uri = document.get("id").and_then(Value::as_str).filter(|u| read_json::origin(u).is_some());
    let uri = uri.ok_or_else(|| Error::bad("an actor without an id"))?.to_owned();
    let kind = list(document.get("type")).iter().filter_map(Value::as_str).find(|k| KINDS.contains(k));
    let kind = kind.and_then(ActorKind::from_name).ok_or_else(|| Error::bad("not an actor"))?;
    let web = |url: Option<&str>| url.filter(|u| read_json::origin(u).is_some()).unwrap_or("").to_owned();
    let inbox = web(id(document, "inbox"));
    if inbox.is_empty() {
        return Err(Error::bad("an actor without an inbox"));
    }
    let username = text(document, "preferredUsername").unwrap_or("").to_owned();
    let webfinger =
        text(document, "webfinger").map(|w| w.trim_start_matches("acct:").trim_start_matches('@').to_owned());
    let shared = document.get("endpoints").and_then(|e| id(e, "sharedInbox")).or_else(|| id(document, "sharedInbox"));
    // Both go in one lane, which is judged by how they answer: so they have to be on one host.
    let shared_inbox = Some(web(shared)).filter(|s| same_origin(s, &inbox)).unwrap_or_default();
    let inbox_host = lane(&inbox, &uri);
    // Pages on another host could pass for that host's.
    let url = page_url(document).filter(|u| same_origin(u, &uri)).unwrap_or(&uri).to_owned();
    let (avatar, avatar_description) = picture(document, "icon");
    let (header, header_description) = picture(document, "image");
    let account = Account {
        id: 0,
        username,
        domain: authority(&uri).to_lowercase(),
        kind,
        display_name: html::truncate(&html::to_text(text(document, "name").unwrap_or("")), NAME),
        note: html::sanitise(&html::truncate(text(document, "summary").unwrap_or(""), SUMMARY)),
        note_source: String::new(),
        url,
        inbox,
        shared_inbox,
        inbox_host,
        outbox: web(id(document, "outbox")),
        followers: web(id(document, "followers")),
        following: web(id(document, "following")),
        featured: web(id(document, "featured")),
        avatar,
        avatar_description,
        header,
        header_description,
        fields: fields(document),
        emojis: emoji::read(document),
        also_known_as: also_known_as(document),
        moved_to: web(id(document, "movedTo")),
        locked: flag(document, "manuallyApprovesFollowers"),
        discoverable: flag(document, "discoverable"),
        indexable: flag(document, "indexable"),
        memorial: flag(document, "memorial"),
        hide_collections: false,
        created_at: text(document, "published").and_then(parse_rfc3339).unwrap_or(0),
        updated_at: 0,
        fetched_at: None,
        suspended_at: flag(document, "suspended").then_some(0),
        suspended_by: String::new(),
        limited_at: None,
        deleted_at: None,
        followers_count: 0,
        following_count: 0,
        posts_count: 0,
        last_post_at: None,
        uri,
    };
    let key = public_key(document, &account.uri);
    Ok(ReadActor { account, key, webfinger, implements_rfc9421: implements(document, RFC_9421) })
}

/// Whether the actor's software, or the actor itself where it is that, names a specification (FEP-844e).
fn implements(document: &Value, specification: &str) -> bool {
    let software = list(document.get("generator")).first().unwrap_or(document);
    list(software.get("implements")).iter().any(|i| text(i, "href").or_else(|| i.as_str()) == Some(specification))
}

fn also_known_as(document: &Value) -> Vec<String> {
    let mut names = ids(document, "alsoKnownAs", ALIASES);
    names.retain(|n| read_json::origin(n).is_some());
    names
}

/// The first key of the document that says that the actor owns it.
fn public_key(document: &Value, owner: &str) -> Option<(String, String)> {
    list(document.get("publicKey")).iter().take(KEYS).find_map(|key| {
        let pem = text(key, "publicKeyPem").filter(|p| p.len() <= PEM)?;
        let key_id = key.get("id").and_then(Value::as_str)?;
        (id(key, "owner") == Some(owner)).then(|| (key_id.to_owned(), pem.to_owned()))
    })
}

fn picture(document: &Value, name: &str) -> (String, String) {
    let Some(picture) = list(document.get(name)).first() else { return Default::default() };
    let url = match picture {
        Value::String(url) => Some(url.as_str()),
        object => id(object, "url").or_else(|| id(object, "href")),
    };
    let description = text(picture, "summary").or_else(|| text(picture, "name")).unwrap_or("");
    match url.filter(|u| read_json::origin(u).is_some()) {
        Some(url) => (url.to_owned(), html::truncate(description, 10_000)),
        None => Default::default(),
    }
}

fn fields(document: &Value) -> Vec<Field> {
    list(document.get("attachment"))
        .iter()
        .filter(|a| kind(a).ends_with("PropertyValue"))
        .take(FIELDS)
        .filter_map(|a| {
            Some(Field {
                name: html::truncate(&html::to_text(text(a, "name")?), NAME),
                value: html::sanitise(&html::truncate(text(a, "value")?, NAME)),
                ..Field::default()
            })
        })
        .collect()
}
