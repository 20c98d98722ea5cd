//! Documents: what we keep, written as ActivityStreams, and what others write, read into the model.

pub mod activity;
pub mod actor;
pub mod collection;
pub mod consent;
pub mod emoji;
mod event;
pub mod experiment;
pub mod note;
pub mod question;

use std::collections::HashSet;
use std::sync::LazyLock;

use serde_json::{Map, Value, json};

/// All that we ever write, in the order of a JSON-LD context.
static TERMS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("context.json")).unwrap_or_default());

/// A document of its own: with the JSON-LD context in front, as far as it uses it. Plain, conventional keys, as all servers expect
/// them.
pub fn with_context(mut document: Value) -> Value {
    let mut used = HashSet::new();
    names(&document, &mut used);
    let mut terms = Map::new();
    for (term, means) in TERMS[2].as_object().into_iter().flatten().filter(|(term, _)| used.contains(term.as_str())) {
        let iri = means.get("@id").unwrap_or(means).as_str().unwrap_or_default();
        // What a prefix stands for is said as well.
        if let Some((prefix, _)) = iri.split_once(':')
            && let Some(stands_for) = TERMS[2].get(prefix)
        {
            terms.insert(prefix.to_owned(), stands_for.clone());
        }
        terms.insert(term.clone(), means.clone());
    }
    let mut context = vec![TERMS[0].clone()];
    if used.contains("publicKey") {
        context.push(TERMS[1].clone());
    }
    if !terms.is_empty() {
        context.push(Value::Object(terms));
    }
    let context = if context.len() == 1 { context.swap_remove(0) } else { Value::Array(context) };
    if let Some(object) = document.as_object_mut() {
        object.shift_insert(0, "@context".to_owned(), context);
    }
    document
}

/// What a document of ours may say that nobody else has words for, as a JSON-LD context.
pub fn vocabulary() -> Value {
    let is_ours = |means: &Value| {
        let iri = means.get("@id").unwrap_or(means).as_str().unwrap_or_default();
        iri.starts_with("outloud:")
    };
    let all = TERMS[2].as_object().into_iter().flatten();
    let ours = all.filter(|(term, means)| *term == "outloud" || is_ours(means));
    json!({"@context": ours.map(|(term, means)| (term.clone(), means.clone())).collect::<Map<_, _>>()})
}

/// The keys of a document, and the types of what is in it.
fn names<'a>(part: &'a Value, used: &mut HashSet<&'a str>) {
    match part {
        Value::Array(parts) => parts.iter().for_each(|p| names(p, used)),
        Value::Object(fields) => {
            for (name, value) in fields {
                used.insert(name);
                if name == "type" {
                    used.extend(crate::json::list(Some(value)).iter().filter_map(Value::as_str));
                }
                names(value, used);
            }
        }
        _ => {}
    }
}

/// The plain form of `Tombstone` for what was deleted.
pub fn tombstone(id: &str, deleted: Option<i64>) -> Value {
    let mut document = json!({"id": id, "type": "Tombstone"});
    if let (Some(at), Some(object)) = (deleted, document.as_object_mut()) {
        object.insert("deleted".to_owned(), Value::String(model::clock::rfc3339(at)));
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_context_says_what_the_document_uses_and_no_more() {
        let of = |document| with_context(document)["@context"].clone();
        assert_eq!(of(json!({"type": "Like", "object": "https://a.example/1"})), crate::json::ACTIVITY_STREAMS);
        let note =
            json!({"type": "Create", "object": {"type": "Note", "sensitive": false, "tag": [{"type": "Emoji"}]}});
        let terms = json!({"toot": "http://joinmastodon.org/ns#", "Emoji": "toot:Emoji", "sensitive": "as:sensitive"});
        assert_eq!(of(note), json!([crate::json::ACTIVITY_STREAMS, terms]));
        let actor = of(json!({"type": "Person", "publicKey": {"type": "Key"}, "featured": "https://a.example/pins"}));
        assert_eq!(actor[1], "https://w3id.org/security/v1");
        assert_eq!(actor[2]["featured"]["@id"], "toot:featured");
        assert_eq!(actor[2].as_object().map(Map::len), Some(2));
    }
}
