//! Reading ActivityStreams JSON as it really comes: one or many, an id or an object, with or without a prefix.

use serde_json::Value;

pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";
pub const ACTIVITY_STREAMS: &str = "https://www.w3.org/ns/activitystreams";

/// JSON of at most so many values. Read, an object of nothing takes some eighty times the bytes that it is written with, so that a
/// bound on bytes alone would let a few documents fill the memory.
pub fn read(bytes: &[u8], most: usize) -> Option<Value> {
    let (mut in_text, mut escaped, mut marks) = (false, false, 0);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_text,
            b'"' => in_text = !in_text,
            // Every value stands behind one of these, but for the first.
            b'{' | b'[' | b',' | b':' if !in_text => marks += 1,
            _ => {}
        }
    }
    if marks > most { None } else { serde_json::from_slice(bytes).ok() }
}

/// The ways in which `Public` is written (ActivityPub 5.6).
pub fn is_public(id: &str) -> bool {
    matches!(id, PUBLIC | "as:Public" | "Public")
}

/// A list, whether it was written as one or as a single value.
pub fn list(value: Option<&Value>) -> &[Value] {
    match value {
        None | Some(Value::Null) => &[],
        Some(Value::Array(list)) => list,
        Some(single) => std::slice::from_ref(single),
    }
}

/// The text of a property, of its first value if there are several.
pub fn text<'v>(object: &'v Value, name: &str) -> Option<&'v str> {
    list(object.get(name)).iter().find_map(Value::as_str)
}

/// The id of a property: a string, or the `id` (of a link: the `href`) of an object.
pub fn id_of(value: &Value) -> Option<&str> {
    match value {
        Value::String(id) => Some(id),
        Value::Object(object) => object.get("id").or_else(|| object.get("href")).and_then(Value::as_str),
        _ => None,
    }
}

pub fn id<'v>(object: &'v Value, name: &str) -> Option<&'v str> {
    list(object.get(name)).iter().find_map(id_of)
}

/// All ids of a property, at most `cap`.
pub fn ids(object: &Value, name: &str, cap: usize) -> Vec<String> {
    list(object.get(name)).iter().filter_map(id_of).take(cap).map(str::to_owned).collect()
}

/// The type, the first if there are several, without the prefix of ActivityStreams.
pub fn kind(object: &Value) -> &str {
    let kind = text(object, "type").unwrap_or("");
    kind.strip_prefix("as:").or_else(|| kind.strip_prefix("https://www.w3.org/ns/activitystreams#")).unwrap_or(kind)
}

pub fn has_kind(object: &Value, kinds: &[&str]) -> bool {
    list(object.get("type"))
        .iter()
        .filter_map(Value::as_str)
        .any(|k| kinds.contains(&k.strip_prefix("as:").unwrap_or(k)))
}

pub fn flag(object: &Value, name: &str) -> bool {
    matches!(object.get(name), Some(Value::Bool(true))) || text(object, name).is_some_and(|t| t == "true")
}

pub fn number(object: &Value, name: &str) -> Option<i64> {
    match object.get(name)? {
        Value::Number(n) => n.as_i64().or_else(|| n.as_f64().map(|f| f as i64)),
        _ => None,
    }
}

/// A URL for people: `url` may be a string, a link, or a list of links, of which `text/html` is meant.
pub fn page_url(object: &Value) -> Option<&str> {
    let urls = list(object.get("url"));
    let is_html = |v: &&Value| v.get("mediaType").and_then(Value::as_str).is_some_and(|m| m.starts_with("text/html"));
    urls.iter().find(is_html).and_then(id_of).or_else(|| urls.iter().find_map(id_of))
}

/// Whether the document says that it is ActivityStreams, anywhere in its context.
pub fn has_activity_streams_context(document: &Value) -> bool {
    list(document.get("@context")).iter().filter_map(Value::as_str).any(|c| {
        matches!(
            c,
            ACTIVITY_STREAMS | "http://www.w3.org/ns/activitystreams" | "https://www.w3.org/ns/activitystreams#"
        )
    })
}

/// Longest URL that is taken for one, in bytes.
pub const LONGEST_URL: usize = 2_048;

/// Scheme, host and port of a URL, lower case; `None` for anything but http and https with a host, for what two programs
/// could read as two hosts (backslashes, credentials, escapes, names that are not in their ASCII form), and for what is longer
/// than any real one.
pub fn origin(text: &str) -> Option<String> {
    if text.len() > LONGEST_URL {
        return None;
    }
    let url = url::Url::parse(text).ok()?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return None;
    }
    let origin = url.origin().ascii_serialization();
    let (_, written) = text.split_once("://")?;
    let written = written.split(['/', '?', '#']).next().unwrap_or("").to_ascii_lowercase();
    let usual_port = if url.scheme() == "https" { ":443" } else { ":80" };
    let written = written.strip_suffix(usual_port).unwrap_or(&written);
    (origin.split_once("://").is_some_and(|(_, host)| host == written)).then_some(origin)
}

/// Both are http(s) URLs on the same origin (FEP-fe34).
pub fn same_origin(a: &str, b: &str) -> bool {
    matches!((origin(a), origin(b)), (Some(a), Some(b)) if a == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_too_many_values_is_not_read() {
        let read = |text: &str| super::read(text.as_bytes(), 6).is_some();
        for good in ["7", "[1,2,3]", r#"{"a":[1,{"b":2}]}"#, r#"[",,,,,,,\",,,,{[:"]"#] {
            assert!(read(good), "{good}");
        }
        for bad in ["[1,2,3,4,5,6,7]", r#"[{"":0},{"":0},0]"#, "[[[[[[[]]]]]]]", "no json", r#"["\"]"#, ""] {
            assert!(!read(bad), "{bad}");
        }
    }
    use serde_json::json;

    #[test]
    fn one_or_many_and_id_or_object_read_the_same() {
        for value in [
            json!("https://a.example/1"),
            json!(["https://a.example/1"]),
            json!({"id": "https://a.example/1"}),
            json!([{"id": "https://a.example/1"}]),
        ] {
            assert_eq!(id(&json!({ "object": value }), "object"), Some("https://a.example/1"));
        }
        assert_eq!(kind(&json!({"type": ["as:Note", "x"]})), "Note");
        assert_eq!(
            page_url(
                &json!({"url": [{"mediaType": "video/mp4", "href": "v"}, {"mediaType": "text/html", "href": "p"}]})
            ),
            Some("p")
        );
    }

    #[test]
    fn origins_differ_by_scheme_host_and_port() {
        assert!(same_origin("https://A.example/x", "https://a.example:443/y"));
        assert!(!same_origin("https://a.example/x", "http://a.example/x"));
        assert!(!same_origin("https://a.example/x", "https://a.example:8443/x"));
        assert!(!same_origin("https://a.example.evil.example/", "https://a.example/"));
        assert!(!same_origin("data:text/html,x", "data:text/html,x"));
    }

    #[test]
    fn what_can_be_read_as_two_hosts_has_no_origin() {
        for url in [
            r"https://a.example\@b.example/x",
            "https://b.example@a.example/x",
            "https://a%2Eexample/x",
            "https://ａ.example/x",
            "https://bücher.example/x",
            "https:a.example/x",
            "https://a.exa\tmple/x",
            " https://a.example /x",
        ] {
            assert_eq!(origin(url), None, "{url}");
        }
        for url in ["https://A.Example:443", "https://a.example?x@y", "HTTPS://a.example/\\@b.example"] {
            assert_eq!(origin(url).as_deref(), Some("https://a.example"), "{url}");
        }
    }
}
