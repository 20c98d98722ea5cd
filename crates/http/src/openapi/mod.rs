//! The API described for programs (OpenAPI 3.1), as `GET /api/openapi.json` gives it. What is given is `docs/openapi.json`, which a test
//! makes of two tables of operations and of the structs that are answered, so that nothing of that is in the program. The tests of the API
//! hold each answer against it, and the routes and their scopes against its operations. A new route gets a line in a table, and what it
//! answers a place in [`schemas`]; then `OUTLOUD_TEST_WRITE=1 cargo test -p http-api --lib openapi` writes it anew.

#[cfg(test)]
mod admin;
#[cfg(test)]
mod described;
#[cfg(test)]
mod document;
#[cfg(test)]
mod operation;
#[cfg(test)]
mod schemas;
#[cfg(test)]
mod table;

use std::io::Read as _;
use std::sync::OnceLock;

use axum::Router;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use flate2::read::GzDecoder;
use node::random::hash;

use crate::App;

/// The document, packed when the program was built.
static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/openapi.json.gz"));

pub fn routes() -> Router<App> {
    Router::new().route("/api/openapi.json", get(show))
}

/// `GET /api/openapi.json`. The same for as long as the process runs, so that who has it is told so.
async fn show(asked: HeaderMap) -> Response {
    static WRITTEN: OnceLock<(Bytes, HeaderValue)> = OnceLock::new();
    let (text, tag) = WRITTEN.get_or_init(|| {
        let mut text = String::new();
        if let Err(error) = GzDecoder::new(PACKED).read_to_string(&mut text) {
            tracing::error!(%error, "the document of the API cannot be read");
        }
        let tag = HeaderValue::from_str(&format!("\"{}\"", hash(&text))).unwrap_or(HeaderValue::from_static("\"\""));
        (Bytes::from(text), tag)
    });
    let known = asked.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    let is_known =
        known.is_some_and(|k| k.split(',').any(|t| t.trim().trim_start_matches("W/").as_bytes() == tag.as_bytes()));
    let headers = [(header::ETAG, tag.clone()), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
    if is_known {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], text.clone()).into_response()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_document_that_is_given_is_the_one_of_this_code() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
        let written = super::document::written();
        if std::env::var_os("OUTLOUD_TEST_WRITE").is_some() {
            std::fs::write(path, &written).unwrap();
        }
        assert!(
            std::fs::read_to_string(path).unwrap() == written,
            "docs/openapi.json is not what the tables say: OUTLOUD_TEST_WRITE=1 cargo test -p http-api --lib openapi"
        );
    }
}
