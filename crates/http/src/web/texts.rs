//! What the node says about itself at length: its privacy policy and its terms of service.

use std::borrow::Cow;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use model::clock::date;
use node::texts;

use super::frame::{Frame, readable};
use super::visitor::Visitor;
use crate::{ApiError, App, instance};

#[derive(Template)]
#[template(path = "text.html")]
struct TextPage {
    frame: Frame,
    title: Cow<'static, str>,
    path: String,
    /// From when on it holds, in words.
    since: String,
    /// The day from which on other terms hold, if there are any; it is in the address of these.
    next: String,
    next_day: String,
    /// It is in the program's own words, which are English.
    is_english: bool,
    /// HTML, made of the owner's Markdown.
    content: String,
}

/// `GET /privacy-policy`.
pub async fn privacy(State(app): State<App>, visitor: Visitor, headers: HeaderMap) -> Result<Response, ApiError> {
    let (source, at) = texts::privacy(&app.node, &mut app.node.store.read().await?).await?;
    let t = visitor.language;
    let page = TextPage {
        frame: Frame::new(&app, &visitor),
        title: t.say("privacy-title"),
        path: "/privacy-policy".to_owned(),
        since: t.one("text-of", "day", t.day(at)),
        next: String::new(),
        next_day: String::new(),
        is_english: texts::is_built_in(&source),
        content: texts::html(&app.node, &source),
    };
    readable(&app, &visitor, &headers, &page)
}

/// `GET /accessibility`: the accessibility statement.
pub async fn accessibility(State(app): State<App>, visitor: Visitor, headers: HeaderMap) -> Result<Response, ApiError> {
    let (source, at) = texts::accessibility(&app.node, &mut app.node.store.read().await?).await?;
    let t = visitor.language;
    let page = TextPage {
        frame: Frame::new(&app, &visitor),
        title: t.say("foot-accessibility"),
        path: "/accessibility".to_owned(),
        since: t.one("text-of", "day", t.day(at)),
        next: String::new(),
        next_day: String::new(),
        is_english: texts::is_built_in(&source),
        content: texts::html(&app.node, &source),
    };
    readable(&app, &visitor, &headers, &page)
}

/// `GET /terms-of-service`: those that hold, if there are any.
pub async fn terms(State(app): State<App>, visitor: Visitor, headers: HeaderMap) -> Result<Response, ApiError> {
    show(&app, &visitor, &headers, None).await
}

/// `GET /terms-of-service/{day}`: those that hold, held or will hold from that day on.
pub async fn terms_of(
    State(app): State<App>,
    Path(day): Path<String>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    show(&app, &visitor, &headers, Some(&day)).await
}

async fn show(app: &App, visitor: &Visitor, headers: &HeaderMap, day: Option<&str>) -> Result<Response, ApiError> {
    let (text, next) = instance::terms_of_day(app, day).await?;
    let t = visitor.language;
    let from = t.day(text.effective_at);
    let page = TextPage {
        frame: Frame::new(app, visitor),
        title: t.say("foot-terms"),
        path: day.map_or_else(|| "/terms-of-service".to_owned(), |day| format!("/terms-of-service/{day}")),
        since: if text.effective_at <= app.node.now() {
            t.one("terms-since", "day", from)
        } else {
            t.one("terms-from", "day", from)
        },
        next_day: next.as_ref().map_or_else(String::new, |n| t.day(n.effective_at)),
        next: next.map_or_else(String::new, |n| date(n.effective_at)),
        is_english: false,
        content: texts::html(&app.node, &text.source),
    };
    readable(app, visitor, headers, &page)
}
