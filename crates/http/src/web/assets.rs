//! What the pages are dressed in: built into the program, so that nothing has to be installed beside it.

use std::sync::LazyLock;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
#[cfg(debug_assertions)]
use model::colour::Colour;
use model::colour::{Accent, ON_DARK, ON_LIGHT};
use node::config::Config;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::{ApiError, App};

const CSS: &str = include_str!("../../assets/outloud.css");
const JS: &str = include_str!("../../assets/outloud.js");
const WORKER: &str = include_str!("../../assets/worker.js");
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

/// The colours of a theme of the style sheet: `light`, or `dark`.
#[cfg(debug_assertions)]
pub fn tokens(theme: &str) -> Vec<(&'static str, Colour)> {
    let rules =
        CSS.split_once(if theme == "dark" { "\n.dark {" } else { ":root, .light {" }).map_or("", |(_, rest)| rest);
    let rules = rules.split_once('}').map_or("", |(rules, _)| rules);
    let token = |line: &'static str| {
        let (name, value) = line.trim().strip_prefix("--")?.split_once(':')?;
        Some((name, Colour::parse(value.trim_end_matches(';'))?))
    };
    rules.lines().filter_map(token).collect()
}

fn versioned(name: &str, text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    let short: String = hash.iter().take(6).map(|b| format!("{b:02x}")).collect();
    format!("/assets/{name}?v={short}")
}

/// For what has an address that changes with it.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

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

/// `GET /worker.js` (w3.org/TR/service-workers): what shows notifications while no page is open. It keeps nothing, and no request passes
/// through it.
pub async fn worker() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (headers, WORKER).into_response()
}

/// The address of the node's own colours, where it has some; it changes with them.
pub fn colours_path(config: &Config) -> String {
    let version = |accent: &Accent| accent.light.to_string().trim_start_matches('#').to_owned();
    config.accent.as_ref().map_or_else(String::new, |a| format!("/assets/colours.css?v={}", version(a)))
}

/// The address of the picture before the node's name.
pub fn logo_path(config: &Config) -> String {
    config
        .logo
        .as_ref()
        .map_or_else(|| "/assets/icon.svg".to_owned(), |logo| format!("/assets/logo?v={}", logo.version))
}

fn logo_kind(config: &Config) -> &'static str {
    config.logo.as_ref().map_or("image/svg+xml", |logo| logo.kind)
}

/// `GET /assets/colours.css`: the node's own colour, as the style sheet names it.
pub async fn colours(State(app): State<App>) -> Result<Response, ApiError> {
    let a = app.node.config.accent.ok_or_else(ApiError::not_found)?;
    let (light, dark) = (
        format!("--accent:{};--accent-soft:{}", a.light, a.light_soft),
        format!("--accent:{};--accent-soft:{}", a.dark, a.dark_soft),
    );
    let sheet = format!(
        ":root{{{light};--on-accent:{ON_LIGHT}}}@media(prefers-color-scheme:dark){{:root:not(.light){{{dark};--on-accent:{ON_DARK}}}}}\
         :root.dark{{{dark};--on-accent:{ON_DARK}}}"
    );
    Ok(([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, FOR_EVER)], sheet).into_response())
}

/// `GET /assets/logo`: the node's own picture. Whatever an SVG brings along does nothing.
pub async fn logo(State(app): State<App>) -> Result<Response, ApiError> {
    let logo = app.node.config.logo.as_ref().ok_or_else(ApiError::not_found)?;
    let headers = [
        (header::CONTENT_TYPE, logo.kind),
        (header::CACHE_CONTROL, FOR_EVER),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
    ];
    Ok((headers, logo.bytes.clone()).into_response())
}

/// `GET /favicon.ico`, which browsers and feed readers ask for without being told: the picture of the pages.
pub async fn favicon(State(app): State<App>) -> Redirect {
    Redirect::temporary(&logo_path(&app.node.config))
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
        "theme_color": app.node.config.accent.map_or_else(|| "#0b5d5e".to_owned(), |a| a.light.to_string()),
        "icons": [{"src": logo_path(&app.node.config), "sizes": "any", "type": logo_kind(&app.node.config), "purpose": "any"}],
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
    let age = if matches!(name.as_str(), "outloud.css" | "outloud.js") { FOR_EVER } else { "public, max-age=604800" };
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(age));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use model::colour::READABLE;

    use super::*;

    /// What is written on what.
    const TEXT: [(&str, &str); 9] = [
        ("ink", "paper"),
        ("ink", "raised"),
        ("ink", "accent-soft"),
        ("quiet", "paper"),
        ("quiet", "raised"),
        ("accent", "paper"),
        ("accent", "raised"),
        ("accent", "accent-soft"),
        ("on-accent", "accent"),
    ];

    #[test]
    fn all_that_is_written_can_be_read_in_both_themes() {
        for theme in ["light", "dark"] {
            let all = tokens(theme);
            let colour =
                |name: &str| all.iter().find(|(n, _)| *n == name).unwrap_or_else(|| panic!("{theme}: {name}")).1;
            for (text, behind) in TEXT {
                let contrast = colour(text).contrast(colour(behind));
                assert!(contrast >= READABLE, "{theme}: {text} on {behind}: {contrast:.2}");
            }
            for behind in ["paper", "raised"] {
                let contrast = colour("edge").contrast(colour(behind));
                assert!(contrast >= 3.0, "{theme}: edges of fields on {behind}: {contrast:.2}");
            }
        }
    }

    #[test]
    fn the_system_s_dark_and_the_chosen_one_are_the_same() {
        let after = |start: &str| {
            let rest = CSS.split_once(start).unwrap().1;
            rest.split_once('}').unwrap().0.split_whitespace().collect::<Vec<_>>()
        };
        assert_eq!(after(":root:not(.light) {"), after("\n.dark {"));
    }
}
