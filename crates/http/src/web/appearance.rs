//! How the pages look and what language they speak in this browser: for members and strangers alike.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::frame::{Frame, form};
use super::language::Language;
use super::look::{CHOICES, Look};
use super::visitor::{self, LANGUAGE, LOOK, Visitor};
use crate::params::Params;
use crate::{ApiError, App};

struct Group {
    name: &'static str,
    legend: String,
    /// Value, words, and whether it is chosen.
    choices: Vec<(&'static str, String, bool)>,
}

#[derive(Template)]
#[template(path = "appearance.html")]
struct AppearancePage {
    frame: Frame,
    groups: Vec<Group>,
    languages: Vec<Language>,
}

/// `GET /appearance`.
pub async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    let t = visitor.language;
    let groups = CHOICES.iter().map(|(name, words)| Group {
        name,
        legend: words_of(t, name),
        choices: words.iter().map(|w| (*w, words_of(t, w), visitor.look.has(w))).collect(),
    });
    let page = AppearancePage {
        frame: Frame::new(&app, &visitor),
        groups: groups.collect(),
        languages: Language::all().collect(),
    };
    form(&app, &visitor, StatusCode::OK, &page)
}

fn words_of(t: Language, word: &str) -> String {
    match word {
        "theme" => t.say("look-theme"),
        "size" => t.say("look-size"),
        "density" => t.say("look-density"),
        "motion" => t.say("look-motion"),
        "keys" => t.say("look-keys"),
        "keys-on" => t.say("look-keys-on"),
        "keys-off" => t.say("look-keys-off"),
        "auto" => t.say("look-auto"),
        "light" => t.say("look-light"),
        "dark" => t.say("look-dark"),
        "usual" => t.say("look-usual"),
        "large" => t.say("look-large"),
        "larger" => t.say("look-larger"),
        "roomy" => t.say("look-roomy"),
        "tight" => t.say("look-tight"),
        "moving" => t.say("look-moving"),
        _ => t.say("look-still"),
    }
    .into_owned()
}

#[derive(Template)]
#[template(path = "shortcuts.html")]
struct ShortcutsPage {
    frame: Frame,
    /// Keys and what they do.
    keys: Vec<(&'static str, String)>,
}

/// `GET /shortcuts`: what keys do where a script runs, as on Mastodon.
pub async fn shortcuts(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    let t = visitor.language;
    let keys = [
        ("j / k", t.say("key-move")),
        ("Enter / o", t.say("key-open")),
        ("r", t.say("key-reply")),
        ("b", t.say("key-boost")),
        ("f", t.say("key-favourite")),
        ("p", t.say("key-profile")),
        ("m", t.say("key-mention")),
        ("x", t.say("key-warning")),
        ("h", t.say("key-media")),
        ("n / c", t.say("key-new")),
        ("/ s", t.say("key-search")),
        ("g h", t.say("nav-home")),
        ("g n", t.say("nav-notifications")),
        ("g l", t.say("nav-local")),
        ("g t", t.say("nav-tags")),
        ("g u", t.say("me-profile")),
        ("g f", t.say("favourites-title")),
        ("Ctrl + Enter", t.say("key-send")),
        ("Backspace", t.say("key-back")),
        ("Esc", t.say("key-escape")),
        ("?", t.say("key-help")),
    ];
    let keys = keys.into_iter().map(|(key, words)| (key, words.into_owned())).collect();
    form(&app, &visitor, StatusCode::OK, &ShortcutsPage { frame: Frame::new(&app, &visitor), keys })
}

/// `POST /appearance`. A member's language is kept for all their browsers.
pub async fn save(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    visitor.check(&params)?;
    let mut look = Look::default();
    for (group, _) in CHOICES {
        look.choose(&params.text(group).unwrap_or_default());
    }
    let mut response = Redirect::to("/appearance").into_response();
    visitor::choose(&app, &mut response, LOOK, &look.cookie());
    if let Some(language) = Language::of_tag(&params.text("language").unwrap_or_default()) {
        visitor::choose(&app, &mut response, LANGUAGE, language.tag());
        if let Some(signed) = &visitor.signed {
            let mut tx = app.node.store.begin().await?;
            tx.set_locale(signed.account.id, language.tag()).await?;
            app.node.commit(tx).await?;
        }
    }
    Ok(response)
}
