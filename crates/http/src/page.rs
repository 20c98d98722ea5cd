//! Paging as the Mastodon API does it: cursors in, `Link` header out.

use axum::http::{HeaderMap, HeaderValue, Uri, header};
use model::id::Id;
use model::page::Page;

use crate::App;
use crate::params::Params;

/// The page that is asked for. `limit` is the default and at most twice as much.
pub fn page(params: &Params, limit: i64) -> Page {
    Page {
        max_id: params.number("max_id"),
        since_id: params.number("since_id"),
        min_id: params.number("min_id"),
        limit: params.number("limit").unwrap_or(limit).clamp(1, limit * 2),
    }
}

/// `Link: <…>; rel="next", <…>; rel="prev"` with absolute URLs and the other parameters kept. `first` and `last` are the cursors
/// of the page's ends, newest first; `full`: there may be more below.
pub fn link(app: &App, uri: &Uri, first: Option<Id>, last: Option<Id>, full: bool) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let (Some(first), Some(last)) = (first, last) else { return headers };
    let url = |cursor: &str, id: Id| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in url::form_urlencoded::parse(uri.query().unwrap_or("").as_bytes()) {
            if !["max_id", "min_id", "since_id"].contains(&name.as_ref()) {
                query.append_pair(&name, &value);
            }
        }
        query.append_pair(cursor, &id.to_string());
        format!("{}{}?{}", app.node.config.origin, uri.path(), query.finish().replace(',', "%2C"))
    };
    let next = if full { format!("<{}>; rel=\"next\", ", url("max_id", last)) } else { String::new() };
    let text = format!("{next}<{}>; rel=\"prev\"", url("min_id", first));
    if let Ok(value) = HeaderValue::from_str(&text) {
        headers.insert(header::LINK, value);
    }
    headers
}
