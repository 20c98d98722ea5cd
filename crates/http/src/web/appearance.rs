//! How the pages look and what language they speak in this browser: for members and strangers alike.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::forms::own_path;
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
    next: String,
    is_saved: bool,
}

/// `GET /appearance`.
pub async fn show(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
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
        next: own_path(&params.text("next").unwrap_or_default()),
        is_saved: params.flag("saved").unwrap_or(false),
    };
    form(&app, &visitor, StatusCode::OK, &page)
}

fn words_of(t: Language, word: &str) -> String {
    match word {
        "theme" => t.say("look-theme"),
        "size" => t.say("look-size"),
        "density" => t.say("look-density"),
        "motion" => t.say("look-motion"),
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

/// `POST /appearance`. A member's language is kept for all their browsers.
pub async fn save(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    visitor.check(&params)?;
    let mut look = Look::default();
    for (group, _) in CHOICES {
        look.choose(&params.text(group).unwrap_or_default());
    }
    let mut response = Redirect::to("/appearance?saved=1").into_response();
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
