//! What the node says about itself at length.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use model::account::Role;
use model::clock::parse_from;
use node::texts::{self, About};

use super::super::frame::Frame;
use super::super::language::Language;
use super::super::visitor::Visitor;
use super::Keeper;
use crate::params::Params;
use crate::{ApiError, App};

pub(super) fn title(t: Language, which: About) -> String {
    match which {
        About::ExtendedDescription => t.say("keep-text-about"),
        About::PrivacyPolicy => t.say("foot-privacy"),
        About::TermsOfService => t.say("foot-terms"),
        About::Accessibility => t.say("foot-accessibility"),
        About::ReadyWords => t.say("keep-ready"),
    }
    .into_owned()
}

/// A text, and since when it holds.
struct Row {
    name: &'static str,
    title: String,
    state: String,
}

#[derive(Template)]
#[template(path = "keeping_texts.html")]
struct TextsPage {
    frame: Frame,
    texts: Vec<Row>,
}

/// `GET /keeping/texts`.
pub async fn list(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    let keeper = Keeper::of(&app, &visitor, Role::Admin)?;
    let (t, now) = (keeper.t(), app.node.now());
    let mut tx = app.node.store.read().await?;
    let mut rows = Vec::new();
    for which in About::ALL {
        let state = match tx.text_at(which.name(), now).await? {
            Some(text) => t.one("keep-text-since", "day", t.day(text.effective_at)),
            None if !texts::own_words(which).is_empty() => t.say("keep-text-built-in").into_owned(),
            None => t.say("keep-text-none").into_owned(),
        };
        rows.push(Row { name: which.name(), title: title(t, which), state });
    }
    drop(tx);
    keeper.show(&TextsPage { frame: keeper.frame(), texts: rows })
}

#[derive(Template)]
#[template(path = "keeping_text.html")]
struct TextPage {
    frame: Frame,
    name: &'static str,
    title: String,
    source: String,
    /// From when on it holds, in words; empty: there is none.
    since: String,
    /// The day of a version that is to come.
    coming: String,
    has_own: bool,
    /// The program has words of its own.
    has_usual: bool,
}

/// The program's own words, without the paragraph that says that they are nobody else's.
fn to_begin_with(usual: &str) -> &str {
    usual.split_once("\n\n").map_or(usual, |(_, rest)| rest)
}

/// `GET /keeping/texts/{name}`.
pub async fn show(State(app): State<App>, Path(name): Path<String>, visitor: Visitor) -> Result<Response, ApiError> {
    let keeper = Keeper::of(&app, &visitor, Role::Admin)?;
    let which = About::from_name(&name).ok_or_else(ApiError::not_found)?;
    let (t, now) = (keeper.t(), app.node.now());
    let mut tx = app.node.store.read().await?;
    let known = tx.text_at(which.name(), now).await?;
    let coming = tx.text_after(which.name(), now).await?;
    drop(tx);
    let usual = texts::own_words(which);
    let page = TextPage {
        frame: keeper.frame(),
        name: which.name(),
        title: title(t, which),
        since: known.as_ref().map_or_else(String::new, |text| t.day(text.effective_at)),
        coming: coming.as_ref().map_or_else(String::new, |text| t.day(text.effective_at)),
        has_usual: !usual.is_empty(),
        has_own: known.is_some() || coming.is_some(),
        source: known.map_or_else(|| to_begin_with(usual).to_owned(), |text| text.source),
    };
    keeper.show(&page)
}

/// `POST /keeping/texts/{name}` with `text` (Markdown), and `from`, the day from which it holds; without one from now on.
pub async fn set(
    State(app): State<App>,
    Path(name): Path<String>,
    visitor: Visitor,
    params: Params,
) -> Result<Response, ApiError> {
    let keeper = Keeper::of(&app, &visitor, Role::Admin)?;
    let which = About::from_name(&name).ok_or_else(ApiError::not_found)?;
    let deed = async {
        let now = app.node.now();
        let from = match params.filled("from") {
            Some(day) => parse_from(&day).ok_or_else(|| ApiError::unprocessable(keeper.t().say("keep-no-day")))?,
            None => now,
        };
        let source = params.text("text").unwrap_or_default().replace("\r\n", "\n");
        let mut tx = keeper.begin().await?;
        texts::set(&app.node, &mut tx, &keeper.name(), which, &source, from).await?;
        keeper.commit(tx).await
    };
    keeper.done(&params, "/keeping/texts", deed).await
}

/// `POST /keeping/texts/{name}/remove`.
pub async fn remove(
    State(app): State<App>,
    Path(name): Path<String>,
    visitor: Visitor,
    params: Params,
) -> Result<Response, ApiError> {
    let keeper = Keeper::of(&app, &visitor, Role::Admin)?;
    let which = About::from_name(&name).ok_or_else(ApiError::not_found)?;
    let deed = async {
        if !params.flag("sure").unwrap_or(false) {
            return Err(ApiError::unprocessable(keeper.t().say("keep-not-sure")));
        }
        let mut tx = keeper.begin().await?;
        texts::remove(&app.node, &mut tx, &keeper.name(), which).await?;
        keeper.commit(tx).await
    };
    keeper.done(&params, "/keeping/texts", deed).await
}
