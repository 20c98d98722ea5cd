//! Collections of ours.

use serde_json::{Value, json};

/// A collection that says how much it holds and where to begin; without `first` its contents are hidden.
pub fn ordered(id: &str, total: i64, first: Option<&str>) -> Value {
    let mut document = json!({"id": id, "type": "OrderedCollection", "totalItems": total});
    if let (Some(first), Some(object)) = (first, document.as_object_mut()) {
        object.insert("first".to_owned(), json!(first));
    }
    document
}

/// A page of an ordered collection.
pub fn ordered_page(
    collection: &str,
    id: &str,
    items: Vec<Value>,
    next: Option<String>,
    prev: Option<String>,
) -> Value {
    page("OrderedCollectionPage", "orderedItems", collection, id, items, next, prev)
}

/// A page of a collection without order.
pub fn plain_page(collection: &str, id: &str, items: Vec<Value>, next: Option<String>) -> Value {
    page("CollectionPage", "items", collection, id, items, next, None)
}

fn page(
    kind: &str,
    items_name: &str,
    collection: &str,
    id: &str,
    items: Vec<Value>,
    next: Option<String>,
    prev: Option<String>,
) -> Value {
    let mut document = json!({"id": id, "type": kind, "partOf": collection, items_name: items});
    if let Some(object) = document.as_object_mut() {
        for (name, url) in [("next", next), ("prev", prev)] {
            if let Some(url) = url {
                object.insert(name.to_owned(), json!(url));
            }
        }
    }
    document
}
