//! What the pages are dressed in: built into the program, so that nothing has to be installed beside it.

use std::sync::LazyLock;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::{ApiError, App};

const CSS: &str = include_str!("../../assets/outloud.css");
const JS: &str = include_str!("../../assets/outloud.js");
const ICONS: &str = include_str!("../../assets/icons.svg");
const ICON: &str = include_str!("../../assets/icon.svg");
const CARD: &[u8] = include_bytes!("../../assets/card.png");
const REGULAR: &[u8] = include_bytes!("../../assets/atkinson-hyperlegible-400.woff2");
const BOLD: &[u8] = include_bytes!("../../assets/atkinson-hyperlegible-700.woff2");
const FONT_LICENCE: &str = include_str!("../../assets/atkinson-hyperlegible-OFL.txt");

/// The style sheet's address; it changes with the sheet, so that browsers may keep it for ever.
pub static STYLE: LazyLock<String> = LazyLock::new(|| versioned("outloud.css", CSS));
/// The same of the script, without which everything works as well.
pub static SCRIPT: LazyLock<String> = LazyLock::new(|| versioned("outloud.js", JS));

fn versioned(name: &str, text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    let short: String = hash.iter().take(6).map(|b| format!("{b:02x}")).collect();
    format!("/assets/{name}?v={short}")
}

/// The picture that stands for the node where it has no other, 1200 by 630.
pub const CARD_PATH: &str = "/assets/card.png";

/// What programs that read everything may not: what changes nothing for a reader, or costs much. Whoever does not want to be found says
/// so on their own pages (`noindex`).
const ROBOTS: &str = "User-agent: *\nDisallow: /api/\nDisallow: /auth/\nDisallow: /oauth/\nDisallow: /login\nDisallow: /settings/\nDisallow: \
                      /invite/\nDisallow: /authorize_interaction\nDisallow: /media/remote/\n\nUser-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n";

/// `GET /robots.txt` (RFC 9309).
pub async fn robots() -> Response {
    let headers =
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=86400")];
    (headers, ROBOTS).into_response()
}

/// `GET /favicon.ico`, which browsers and feed readers ask for without being told: the picture of the pages.
pub async fn favicon() -> Redirect {
    Redirect::permanent("/assets/icon.svg")
}

/// `GET /manifest.webmanifest` (w3.org/TR/appmanifest): the pages can be put beside the apps of a phone.
pub async fn manifest(State(app): State<App>) -> Response {
    let name = &app.node.config.title;
    let manifest = json!({
        "name": name,
        "short_name": name,
        "description": app.node.config.description,
        "id": "/home",
        "start_url": "/home",
        "scope": "/",
        "display": "standalone",
        "background_color": "#fbfaf6",
        "theme_color": "#0b5d5e",
        "icons": [{"src": "/assets/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
        "shortcuts": [{"name": "Write", "url": "/write"}, {"name": "Notifications", "url": "/notifications"}],
    });
    let headers =
        [(header::CONTENT_TYPE, "application/manifest+json"), (header::CACHE_CONTROL, "public, max-age=86400")];
    (headers, manifest.to_string()).into_response()
}

/// `GET /assets/{name}`.
pub async fn asset(Path(name): Path<String>) -> Result<Response, ApiError> {
    let (kind, body): (&str, &'static [u8]) = match name.as_str() {
        "outloud.css" => ("text/css; charset=utf-8", CSS.as_bytes()),
        "outloud.js" => ("text/javascript; charset=utf-8", JS.as_bytes()),
        "icons.svg" => ("image/svg+xml", ICONS.as_bytes()),
        "icon.svg" => ("image/svg+xml", ICON.as_bytes()),
        "card.png" => ("image/png", CARD),
        "atkinson-hyperlegible-400.woff2" => ("font/woff2", REGULAR),
        "atkinson-hyperlegible-700.woff2" => ("font/woff2", BOLD),
        "atkinson-hyperlegible-OFL.txt" => ("text/plain; charset=utf-8", FONT_LICENCE.as_bytes()),
        _ => return Err(ApiError::not_found()),
    };
    // These names carry a hash; the others change once in years.
    let age = if matches!(name.as_str(), "outloud.css" | "outloud.js") {
        "public, max-age=31536000, immutable"
    } else {
        "public, max-age=604800"
    };
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(age));
    Ok(response)
}
