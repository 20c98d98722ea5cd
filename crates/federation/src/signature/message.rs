//! What both schemes need of a request: header values as HTTP joins them, our own authority, the time window.

use http::{HeaderMap, HeaderValue, Method};
use url::Url;

use super::{KeyError, Request, SignatureError};

/// How far a sender's clock may be off, in seconds, as Mastodon allows.
const CLOCK_SKEW: i64 = 60 * 60;
/// How long a signature without explicit expiry is good for, in seconds.
const DEFAULT_LIFETIME: i64 = 5 * 60;
/// The longest life an explicit expiry can give, in seconds.
const MAX_LIFETIME: i64 = 12 * 60 * 60;

/// Headers of which a second line has no agreed meaning, so that two programs may read different requests.
const SINGULAR: [&str; 7] =
    ["host", "date", "digest", "content-digest", "content-length", "content-type", "authorization"];

/// The value of a header as RFC 9110 combines it (section 5.3): lines trimmed and joined by `", "`.
///
/// # Errors
/// A second line of a header that can have only one is malformed.
pub(super) fn header(headers: &HeaderMap, name: &str) -> Result<Option<Vec<u8>>, SignatureError> {
    let mut lines = headers.get_all(name).iter();
    let Some(first) = lines.next() else { return Ok(None) };
    let mut value = first.as_bytes().trim_ascii().to_vec();
    for line in lines {
        if SINGULAR.contains(&name) {
            return Err(SignatureError::Malformed("a header that can stand only once is repeated"));
        }
        value.extend_from_slice(b", ");
        value.extend_from_slice(line.as_bytes().trim_ascii());
    }
    Ok(Some(value))
}

/// [`header`] as text.
///
/// # Errors
/// As [`header`], and for bytes that are not text.
pub(super) fn text_header(headers: &HeaderMap, name: &str) -> Result<Option<String>, SignatureError> {
    let Some(value) = header(headers, name)? else { return Ok(None) };
    String::from_utf8(value).map(Some).map_err(|_| SignatureError::Malformed("a header is not text"))
}

/// The authority the request is for, lower-case and without a default port, if it is one of ours. Without a `Host`
/// header it is our first one, which no caller reaches who relies on a signed `host`.
///
/// # Errors
/// [`SignatureError::WrongHost`] when it is not ours.
pub(super) fn our_authority(request: &Request<'_>) -> Result<String, SignatureError> {
    let Some(host) = text_header(request.headers, "host")? else {
        let first = request.authorities.first().ok_or(SignatureError::WrongHost)?;
        return Ok(normal_authority(first, request.scheme));
    };
    let host = normal_authority(&host, request.scheme);
    if request.authorities.iter().any(|ours| normal_authority(ours, request.scheme) == host) {
        Ok(host)
    } else {
        Err(SignatureError::WrongHost)
    }
}

/// The `Host` header an HTTP client sends for this URL.
pub(super) fn url_authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The path and query an HTTP client sends for this URL.
pub(super) fn url_target(url: &Url) -> String {
    url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
}

/// Whether the digest of the body has to be covered: always when there can be a body.
pub(super) fn needs_digest(method: &Method, body: &[u8]) -> bool {
    !body.is_empty() || !matches!(*method, Method::GET | Method::HEAD)
}

/// Checks one signed point in time, `created` and `expires` in seconds since 1970.
///
/// # Errors
/// [`SignatureError::InFuture`] and [`SignatureError::Expired`].
pub(super) fn check_window(created: i64, expires: Option<i64>, now_ms: i64) -> Result<(), SignatureError> {
    let now = now_ms.div_euclid(1000);
    if created > now.saturating_add(CLOCK_SKEW) {
        return Err(SignatureError::InFuture);
    }
    let end =
        expires.unwrap_or_else(|| created.saturating_add(DEFAULT_LIFETIME)).min(created.saturating_add(MAX_LIFETIME));
    if end.saturating_add(CLOCK_SKEW) < now { Err(SignatureError::Expired) } else { Ok(()) }
}

/// A header value of our own making.
///
/// # Errors
/// [`KeyError::Operation`] when a key id has letters that no header can carry.
pub(super) fn header_value(text: &str) -> Result<HeaderValue, KeyError> {
    HeaderValue::from_str(text).map_err(|_| KeyError::Operation)
}

fn normal_authority(authority: &str, scheme: &str) -> String {
    let lower = authority.trim().to_ascii_lowercase();
    let default_port = if scheme == "http" { ":80" } else { ":443" };
    match lower.strip_suffix(default_port) {
        Some(host) => host.to_owned(),
        None => lower,
    }
}
