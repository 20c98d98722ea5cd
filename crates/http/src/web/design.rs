//! `/design`: every part that pages are made of, in both themes. In debug builds alone, for those who make them.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use model::experiment::Outcome;
use model::page::Page;
use storage::{PublicFilter, Reach};

use super::assets::tokens;
use super::frame::{Frame, form};
use super::view::{PostView, posts};
use super::visitor::Visitor;
use crate::{ApiError, App};

/// Name, value and contrast with the paper of a colour.
type Swatch = (String, String, String);

#[derive(Template)]
#[template(path = "design.html")]
struct DesignPage {
    frame: Frame,
    /// Both themes, by their class.
    themes: Vec<(&'static str, Vec<Swatch>)>,
    outcomes: Vec<&'static str>,
    icons: Vec<&'static str>,
    posts: Vec<PostView>,
}

/// `GET /design`.
pub async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    let mut tx = app.node.store.read().await?;
    let filter = PublicFilter { reach: Reach::Local, only_media: false };
    let found = tx.public(filter, visitor.viewer(), &Page::first(3)).await?;
    let theme = |name: &'static str| {
        let colours = tokens(name);
        let paper = colours.iter().find(|(name, _)| *name == "paper").map(|(_, c)| *c);
        let row = |(name, colour): &(&str, model::colour::Colour)| {
            let contrast = paper.map_or(1.0, |paper| paper.contrast(*colour));
            ((*name).to_owned(), colour.to_string(), format!("{contrast:.1}"))
        };
        (name, colours.iter().map(row).collect())
    };
    let page = DesignPage {
        frame: Frame::new(&app, &visitor),
        themes: vec![theme("light"), theme("dark")],
        outcomes: Outcome::ALL.iter().map(|o| o.name()).collect(),
        icons: vec!["home", "tag", "write", "bell", "me", "reply", "boost", "star", "bookmark", "more"],
        posts: posts(&visitor.reader(&app, ""), &mut tx, found).await?,
    };
    form(&app, &visitor, StatusCode::OK, &page)
}
