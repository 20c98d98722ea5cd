//! What a client sent, however it sent it: query, form, multipart or JSON, one tree of names and values (as apps write them:
//! `media_ids[]=1`, `media_ids=1`, `poll[options][]`, `fields_attributes[0][name]`, JSON with the same names).

use std::collections::HashMap;
use std::num::IntErrorKind;

use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use bytes::Bytes;
use model::clock::{DAY, Millis, SECOND};
use serde_json::{Map, Value};

use crate::ApiError;

/// Longest body that is not a file upload: several times the longest post, written as clients may write it.
pub const BODY: usize = 256 * 1024;
/// Longest upload: the largest film with some room for the other parts.
pub const UPLOAD: usize = 104 * 1024 * 1024;
/// Longest time span that counts.
const LONGEST_SPAN: Millis = 100 * 365 * DAY;
/// How deep names nest.
const DEPTH: usize = 8;
/// Most values of one request.
const VALUES: usize = 2_000;
/// Most signs in JSON that may stand between values: each may be a comma of a text, or a value that takes a hundred times its room.
const SIGNS: usize = 20_000;

/// The parameters of a request. Names of the body win over those of the query.
#[derive(Debug, Default)]
pub struct Params {
    tree: Map<String, Value>,
    files: HashMap<String, Vec<Bytes>>,
}

impl Params {
    /// From a query or form text.
    pub fn from_urlencoded(text: &str) -> Self {
        let mut params = Self::default();
        params.add_urlencoded(text.as_bytes());
        params
    }

    /// From a JSON object.
    pub fn from_object(tree: Map<String, Value>) -> Self {
        Self { tree, files: HashMap::new() }
    }

    /// The value as it came.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.tree.get(name)
    }

    /// Whether the name came at all, empty or not.
    pub fn has(&self, name: &str) -> bool {
        self.tree.contains_key(name) || self.files.contains_key(name)
    }

    /// A text; numbers and booleans are texts, too. An empty text is a text.
    pub fn text(&self, name: &str) -> Option<String> {
        self.value(name).and_then(scalar)
    }

    /// All texts by their names, those of groups as well.
    pub fn texts(&self) -> Vec<(String, String)> {
        fn add(name: &str, value: &Value, list: &mut Vec<(String, String)>) {
            match value {
                Value::Object(tree) => tree.iter().for_each(|(name, value)| add(name, value, list)),
                Value::Array(items) => items.iter().for_each(|value| add(name, value, list)),
                other => list.extend(scalar(other).map(|text| (name.to_owned(), text))),
            }
        }
        let mut list = Vec::new();
        self.tree.iter().for_each(|(name, value)| add(name, value, &mut list));
        list
    }

    /// A text that is not empty.
    pub fn filled(&self, name: &str) -> Option<String> {
        self.text(name).filter(|t| !t.trim().is_empty())
    }

    pub fn flag(&self, name: &str) -> Option<bool> {
        self.text(name).and_then(|t| flag(&t))
    }

    /// The same where nothing may be guessed; nothing if it does not come, or empty. `label`: what people call it.
    ///
    /// # Errors
    /// 422 for what is neither true nor false.
    pub fn strict_flag(&self, name: &str, label: &str) -> Result<Option<bool>, ApiError> {
        let wrong = || ApiError::unprocessable(format!("Validation failed: {label} is neither true nor false"));
        match self.value(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => {
                let text = scalar(value).ok_or_else(wrong)?;
                if text.trim().is_empty() { Ok(None) } else { flag(&text).map(Some).ok_or_else(wrong) }
            }
        }
    }

    pub fn number(&self, name: &str) -> Option<i64> {
        self.text(name).and_then(|t| t.trim().parse().ok())
    }

    /// A time span that comes as whole seconds, in milliseconds; nothing if it does not come, or empty. What is longer than anybody
    /// means is a hundred years, which leaves room in a time. `label`: what people call it.
    ///
    /// # Errors
    /// 422 for what is no number, or below zero.
    pub fn span(&self, name: &str, label: &str) -> Result<Option<Millis>, ApiError> {
        let Some(text) = self.filled(name) else { return Ok(None) };
        let text = text.trim();
        let wrong = |why: &str| ApiError::unprocessable(format!("Validation failed: {label} {why}"));
        match text.parse::<i64>() {
            Ok(seconds) if seconds < 0 => Err(wrong("must be greater than or equal to 0")),
            Ok(seconds) => Ok(Some(seconds.saturating_mul(SECOND).min(LONGEST_SPAN))),
            Err(e) if *e.kind() == IntErrorKind::PosOverflow => Ok(Some(LONGEST_SPAN)),
            Err(_) => Err(wrong("is not a number")),
        }
    }

    /// A list, whatever its form; a single value is a list of one.
    pub fn list(&self, name: &str) -> Vec<String> {
        items(self.value(name)).into_iter().filter_map(scalar).collect()
    }

    /// Ids; what is no number names nothing.
    pub fn ids(&self, name: &str) -> Vec<i64> {
        self.list(name).iter().filter_map(|t| t.trim().parse().ok()).collect()
    }

    /// A nested group of parameters, such as `source[privacy]`.
    pub fn group(&self, name: &str) -> Option<Params> {
        match self.value(name)? {
            Value::Object(tree) => Some(Self { tree: tree.clone(), files: HashMap::new() }),
            _ => None,
        }
    }

    /// A list of groups: an array of objects, or an object with the keys 0, 1, ….
    pub fn groups(&self, name: &str) -> Vec<Params> {
        let groups = items(self.value(name)).into_iter().filter_map(|v| v.as_object().cloned());
        groups.map(|tree| Self { tree, files: HashMap::new() }).collect()
    }

    pub fn file(&self, name: &str) -> Option<&Bytes> {
        self.files.get(name).and_then(|files| files.last())
    }

    /// All files of a name.
    pub fn list_of_files(&self, name: &str) -> Vec<Bytes> {
        self.files.get(name).cloned().unwrap_or_default()
    }

    /// The parameters of a form, and what went wrong with it: what came before that is there all the same, so that nobody has to type it
    /// again.
    pub async fn of_form(request: Request) -> (Self, Option<ApiError>) {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
        if !kind.to_lowercase().starts_with("multipart/form-data") {
            return match Self::from_request(request, &()).await {
                Ok(params) => (params, None),
                Err(error) => (Self::default(), Some(error)),
            };
        }
        let mut params = Self::default();
        let error = match Multipart::from_request(request, &()).await {
            Ok(multipart) => params.read_multipart(multipart, 0).await.err(),
            Err(e) => Some(ApiError::new(e.status(), e.body_text())),
        };
        (params, error)
    }

    /// A parameter that must be there.
    pub fn required(&self, name: &str) -> Result<String, ApiError> {
        self.filled(name).ok_or_else(|| ApiError::bad_request(format!("Missing required parameter: {name}")))
    }

    fn add_urlencoded(&mut self, text: &[u8]) {
        for (name, value) in url::form_urlencoded::parse(text).take(VALUES) {
            self.add(&name, Value::String(value.into_owned()));
        }
    }

    fn add(&mut self, name: &str, value: Value) {
        let mut path = name.split('[').map(|part| part.strip_suffix(']').unwrap_or(part));
        let Some(first) = path.next().filter(|p| !p.is_empty()) else { return };
        let rest: Vec<&str> = path.take(DEPTH).collect();
        let slot = self.tree.entry(first).or_insert(Value::Null);
        put(slot, &rest, value);
    }
}

/// Puts a value where its name says. `a[]` appends; `a[0]` and `a[b]` are members; a name that comes twice becomes a list.
fn put(slot: &mut Value, path: &[&str], value: Value) {
    match path.split_first() {
        None => match slot {
            Value::Null => *slot = value,
            Value::Array(list) => list.push(value),
            Value::Object(_) => {}
            _ => {
                let first = slot.take();
                *slot = Value::Array(vec![first, value]);
            }
        },
        Some((&"", rest)) => {
            if !slot.is_array() {
                *slot = Value::Array(if slot.is_null() { Vec::new() } else { vec![slot.take()] });
            }
            let Value::Array(list) = slot else { return };
            // `list[][id]=1&list[][name]=x`: a new element begins when a name repeats.
            let open = rest
                .first()
                .is_some_and(|key| list.last().and_then(Value::as_object).is_some_and(|o| !o.contains_key(*key)));
            if !open {
                list.push(Value::Null);
            }
            if let Some(last) = list.last_mut() {
                put(last, rest, value);
            }
        }
        Some((key, rest)) => {
            if !slot.is_object() {
                *slot = Value::Object(Map::new());
            }
            if let Value::Object(map) = slot {
                put(map.entry(*key).or_insert(Value::Null), rest, value);
            }
        }
    }
}

fn items(value: Option<&Value>) -> Vec<&Value> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(list)) => list.iter().collect(),
        // Numbered members, in the order of their numbers.
        Some(Value::Object(map)) if map.keys().all(|k| k.parse::<u32>().is_ok()) => {
            let mut list: Vec<(u32, &Value)> = map.iter().map(|(k, v)| (k.parse().unwrap_or(0), v)).collect();
            list.sort_by_key(|(k, _)| *k);
            list.into_iter().map(|(_, v)| v).collect()
        }
        Some(single) => vec![single],
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        // A name that came twice: the last counts, as in forms with a hidden default.
        Value::Array(list) => list.last().and_then(scalar),
        Value::Null | Value::Object(_) => None,
    }
}

fn flag(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "t" | "1" | "on" | "yes" => Some(true),
        "false" | "f" | "0" | "off" | "no" => Some(false),
        _ => None,
    }
}

fn too_large() -> ApiError {
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "The request is too large")
}

impl<S: Send + Sync> FromRequest<S> for Params {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let mut params = Self::from_urlencoded(request.uri().query().unwrap_or(""));
        let kind =
            request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("").to_lowercase();
        if kind.starts_with("multipart/form-data") {
            let length = request.headers().get(header::CONTENT_LENGTH);
            let length = length.and_then(|v| v.to_str().ok()?.parse().ok()).unwrap_or(0).min(UPLOAD);
            let multipart = Multipart::from_request(request, state).await;
            let multipart = multipart.map_err(|e| ApiError::new(e.status(), e.body_text()))?;
            params.read_multipart(multipart, length).await?;
            return Ok(params);
        }
        let body = axum::body::to_bytes(request.into_body(), BODY).await;
        let body = body.map_err(|_| too_large())?;
        if body.is_empty() {
            return Ok(params);
        }
        if kind.contains("json") {
            if body.iter().filter(|byte| matches!(byte, b',' | b'[' | b'{')).count() > SIGNS {
                return Err(ApiError::bad_request("The body has too many values"));
            }
            match serde_json::from_slice(&body) {
                Ok(Value::Object(tree)) => params.tree.extend(tree),
                Ok(Value::Null) => {}
                Ok(_) | Err(_) => return Err(ApiError::bad_request("The body is not a JSON object")),
            }
        } else {
            params.add_urlencoded_over(&body);
        }
        Ok(params)
    }
}

impl Params {
    /// Names of the body replace those of the query.
    fn add_urlencoded_over(&mut self, body: &[u8]) {
        let mut fresh = Self::default();
        fresh.add_urlencoded(body);
        self.tree.extend(fresh.tree);
    }

    /// `length`: bytes in all, as far as the client said.
    async fn read_multipart(&mut self, mut multipart: Multipart, length: usize) -> Result<(), ApiError> {
        let mut fresh = Self::default();
        let read = fresh.read_parts(&mut multipart, length).await;
        self.tree.extend(fresh.tree);
        self.files = fresh.files;
        read
    }

    async fn read_parts(&mut self, multipart: &mut Multipart, length: usize) -> Result<(), ApiError> {
        let failed = |e: axum::extract::multipart::MultipartError| ApiError::new(e.status(), e.body_text());
        let (mut count, mut words) = (0, 0);
        while let Some(mut part) = multipart.next_field().await.map_err(failed)? {
            count += 1;
            if count > VALUES {
                return Err(ApiError::bad_request("The request has too many parts"));
            }
            let Some(name) = part.name().map(str::to_owned) else { continue };
            if part.file_name().is_some() {
                // Room for all of it at once: a film that grows is there twice whenever it moves.
                let mut file = Vec::with_capacity(length);
                while let Some(piece) = part.chunk().await.map_err(failed)? {
                    file.extend_from_slice(&piece);
                }
                if file.len() < length / 2 {
                    file.shrink_to_fit();
                }
                self.files.entry(name).or_default().push(file.into());
                continue;
            }
            // Only files may be large, not all that comes along with them.
            let mut text = Vec::new();
            while let Some(piece) = part.chunk().await.map_err(failed)? {
                words += piece.len();
                if words > BODY {
                    return Err(too_large());
                }
                text.extend_from_slice(&piece);
            }
            self.add(&name, Value::String(String::from_utf8_lossy(&text).into_owned()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_groups_come_in_all_their_forms() {
        let p =
            Params::from_urlencoded("id[]=1&id%5B%5D=2&x=7&poll[options][]=a&poll[options][]=b&poll[expires_in]=86400");
        assert_eq!(p.ids("id"), [1, 2]);
        assert_eq!(p.ids("x"), [7]);
        let poll = p.group("poll").unwrap();
        assert_eq!(poll.list("options"), ["a", "b"]);
        assert_eq!(poll.number("expires_in"), Some(86_400));

        let p = Params::from_urlencoded("f[1][name]=b&f[0][name]=a&f[0][value]=v&m[][id]=1&m[][d]=x&m[][id]=2");
        let names: Vec<_> = p.groups("f").iter().filter_map(|g| g.text("name")).collect();
        assert_eq!(names, ["a", "b"]);
        let m = p.groups("m");
        assert_eq!((m.len(), m[0].text("d").as_deref(), m[1].number("id")), (2, Some("x"), Some(2)));
    }

    #[test]
    fn flags_are_read_loosely_and_empty_is_not_filled() {
        let p = Params::from_urlencoded("a=true&b=1&c=on&d=0&e=&f=maybe");
        assert_eq!(
            [p.flag("a"), p.flag("b"), p.flag("c"), p.flag("d"), p.flag("f")],
            [Some(true), Some(true), Some(true), Some(false), None]
        );
        assert_eq!((p.text("e").as_deref(), p.filled("e")), (Some(""), None));
    }

    #[test]
    fn time_spans_are_seconds_that_make_sense() {
        let digits = "9".repeat(30);
        let p = Params::from_urlencoded(&format!("a=60&b=&c=0&d={digits}&e=9223372036854775807&f=-1&g=soon&h=1.5"));
        let span = |name| p.span(name, "Duration").map_err(|e| e.status.as_u16());
        assert_eq!([span("a"), span("b"), span("c"), span("x")], [Ok(Some(60_000)), Ok(None), Ok(Some(0)), Ok(None)]);
        assert_eq!([span("d"), span("e")], [Ok(Some(LONGEST_SPAN)); 2]);
        assert_eq!([span("f"), span("g"), span("h")], [Err(422); 3]);
    }

    #[test]
    fn hostile_names_do_no_harm() {
        let deep = format!("a{}=1", "[b]".repeat(10_000));
        let p = Params::from_urlencoded(&format!("{deep}&[x]=1&]=2&a[=3&a[][][][]=4"));
        assert!(p.value("x").is_none());
    }
}
