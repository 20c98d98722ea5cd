//! Documents: what we keep, written as ActivityStreams, and what others write, read into the model.

pub mod activity;
pub mod actor;
pub mod collection;
pub mod consent;
pub mod emoji;
mod event;
pub mod note;
pub mod question;

use std::sync::LazyLock;

use serde_json::{Value, json};

/// The JSON-LD context of everything we send: plain, conventional keys, as all servers expect them (federation.md 3.0).
pub fn context() -> Value {
    static CONTEXT: LazyLock<Value> =
        LazyLock::new(|| serde_json::from_str(include_str!("context.json")).unwrap_or_default());
    CONTEXT.clone()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_context_names_activitystreams_first() {
        assert_eq!(context()[0], crate::json::ACTIVITY_STREAMS);
        assert_eq!(context()[2]["sensitive"], "as:sensitive");
    }
}
