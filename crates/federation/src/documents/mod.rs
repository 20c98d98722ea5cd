//! Documents: what we keep, written as ActivityStreams, and what others write, read into the model.

pub mod activity;
pub mod actor;
pub mod collection;
pub mod consent;
pub mod emoji;
mod event;
pub mod note;
pub mod question;

use serde_json::{Value, json};

/// The JSON-LD context of everything we send: plain, conventional keys, as all servers expect them (federation.md 3.0).
pub fn context() -> Value {
    json!([
        "https://www.w3.org/ns/activitystreams",
        "https://w3id.org/security/v1",
        {
            "Emoji": "toot:Emoji",
            "FeatureAuthorization": "https://w3id.org/fep/7aa9#FeatureAuthorization",
            "FeatureRequest": "https://w3id.org/fep/7aa9#FeatureRequest",
            "Hashtag": "as:Hashtag",
            "PropertyValue": "schema:PropertyValue",
            "QuoteAuthorization": "https://w3id.org/fep/044f#QuoteAuthorization",
            "QuoteRequest": "https://w3id.org/fep/044f#QuoteRequest",
            "_misskey_quote": {"@id": "https://misskey-hub.net/ns#_misskey_quote", "@type": "@id"},
            "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
            "always": {"@id": "gts:always", "@type": "@id"},
            "approvalRequired": {"@id": "gts:approvalRequired", "@type": "@id"},
            "approvedBy": {"@id": "gts:approvedBy", "@type": "@id"},
            "automaticApproval": {"@id": "gts:automaticApproval", "@type": "@id"},
            "blurhash": "toot:blurhash",
            "canAnnounce": {"@id": "gts:canAnnounce", "@type": "@id"},
            "canFeature": {"@id": "https://w3id.org/fep/7aa9#canFeature", "@type": "@id"},
            "canLike": {"@id": "gts:canLike", "@type": "@id"},
            "canQuote": {"@id": "gts:canQuote", "@type": "@id"},
            "canReply": {"@id": "gts:canReply", "@type": "@id"},
            "discoverable": "toot:discoverable",
            "featured": {"@id": "toot:featured", "@type": "@id"},
            "focalPoint": {"@container": "@list", "@id": "toot:focalPoint"},
            "gts": "https://gotosocial.org/ns#",
            "indexable": "toot:indexable",
            "interactingObject": {"@id": "gts:interactingObject", "@type": "@id"},
            "interactionPolicy": {"@id": "gts:interactionPolicy", "@type": "@id"},
            "interactionTarget": {"@id": "gts:interactionTarget", "@type": "@id"},
            "manualApproval": {"@id": "gts:manualApproval", "@type": "@id"},
            "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
            "movedTo": {"@id": "as:movedTo", "@type": "@id"},
            "quote": {"@id": "https://w3id.org/fep/044f#quote", "@type": "@id"},
            "quoteAuthorization": {"@id": "https://w3id.org/fep/044f#quoteAuthorization", "@type": "@id"},
            "quoteUri": "http://fedibird.com/ns#quoteUri",
            "schema": "http://schema.org#",
            "sensitive": "as:sensitive",
            "toot": "http://joinmastodon.org/ns#",
            "value": "schema:value",
            "votersCount": "toot:votersCount",
            "webfinger": "https://purl.archive.org/socialweb/webfinger#webfinger"
        }
    ])
}

/// A document of its own: with the context in front.
pub fn with_context(mut document: Value) -> Value {
    if let Some(object) = document.as_object_mut() {
        object.shift_insert(0, "@context".to_owned(), context());
    }
    document
}

/// The plain form of `Tombstone` for what was deleted.
pub fn tombstone(id: &str, deleted: Option<i64>) -> Value {
    let mut document = json!({"id": id, "type": "Tombstone"});
    if let (Some(at), Some(object)) = (deleted, document.as_object_mut()) {
        object.insert("deleted".to_owned(), Value::String(model::clock::rfc3339(at)));
    }
    document
}
