//! The front page of a node, what it says about itself, and the first page of a new member.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use model::account::Role;
use model::page::Page;
use storage::{PublicFilter, Reach, Rule};

use super::frame::{Frame, readable};
use super::view::{Person, PostView, posts};
use super::visitor::Visitor;
use super::words::many;
use crate::params::Params;
use crate::{ApiError, App, instance};

/// Posts on a page.
pub const POSTS: i64 = 20;
/// People on the front page.
const PEOPLE: i64 = 12;

#[derive(Template)]
#[template(path = "front.html")]
struct FrontPage {
    frame: Frame,
    description: String,
    people: Vec<Person>,
    posts: Vec<PostView>,
    /// Address of the next page, or empty.
    older: String,
    is_first: bool,
}

/// `GET /`.
pub async fn front(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, ApiError> {
    let mut tx = app.node.store.read().await?;
    let page = Page { max_id: params.number("max_id"), ..Page::first(POSTS) };
    let filter = PublicFilter { reach: Reach::Local, only_media: false };
    let found = tx.public(filter, visitor.viewer(), &page).await?;
    let people = tx.local_people(&Page::first(PEOPLE)).await?;
    let page = FrontPage {
        frame: Frame::new(&app, &visitor),
        description: app.node.config.description.clone(),
        people: people.iter().map(|a| Person::new(&app, a)).collect(),
        older: older("/?", &found),
        posts: posts(&visitor.reader(&app, "public"), &mut tx, found).await?,
        is_first: page.max_id.is_none(),
    };
    readable(&app, &visitor, &headers, &page)
}

/// The address of the page with older posts, if there may be one. `path` ends with `?` or `&`.
pub fn older(path: &str, found: &[model::post::Post]) -> String {
    let full = i64::try_from(found.len()).is_ok_and(|n| n >= POSTS);
    found.last().filter(|_| full).map_or_else(String::new, |last| format!("{path}max_id={}", last.id))
}

#[derive(Template)]
#[template(path = "about.html")]
struct AboutPage {
    frame: Frame,
    host: String,
    description: String,
    /// HTML.
    extended: String,
    rules: Vec<Rule>,
    keepers: Vec<Person>,
    email: String,
    members: String,
    posts: String,
    registrations: &'static str,
    version: &'static str,
}

/// `GET /about`.
pub async fn about(State(app): State<App>, visitor: Visitor, headers: HeaderMap) -> Result<Response, ApiError> {
    use node::config::Registrations;
    let mut tx = app.node.store.read().await?;
    let mut keepers = Vec::new();
    for role in [Role::Owner, Role::Admin] {
        keepers.extend(
            tx.members_with_role(role).await?.iter().filter(|a| !a.is_suspended()).map(|a| Person::new(&app, a)),
        );
    }
    let extended = instance::extended(&app.node, &mut tx).await?;
    let (members, _, _) = tx.member_counts(i64::MAX, i64::MAX).await?;
    let page = AboutPage {
        frame: Frame::new(&app, &visitor),
        host: app.node.config.host().to_owned(),
        description: app.node.config.description.clone(),
        // Without one of its own the description stands there already.
        extended: extended.1.map_or_else(String::new, |_| extended.0),
        rules: tx.rules().await?,
        email: app.node.config.contact_email.clone(),
        keepers,
        members: many(members, "member"),
        posts: many(tx.count_local_posts().await?, "post"),
        registrations: match app.node.config.registrations {
            Registrations::Open => "Everybody can join.",
            Registrations::Approval => "Everybody can ask to join; somebody looks at each request.",
            Registrations::Invite => "People join with an invitation from somebody here.",
            Registrations::Closed => "Nobody new can join at the moment.",
        },
        version: env!("CARGO_PKG_VERSION"),
    };
    readable(&app, &visitor, &headers, &page)
}

#[derive(Template)]
#[template(path = "welcome.html")]
struct WelcomePage {
    frame: Frame,
    person: Person,
    host: String,
}

/// `GET /welcome`: what to do first.
pub async fn welcome(State(app): State<App>, visitor: Visitor, headers: HeaderMap) -> Result<Response, ApiError> {
    let Some(signed) = &visitor.signed else { return Ok(Redirect::to("/login?next=/welcome").into_response()) };
    let page = WelcomePage {
        frame: Frame::new(&app, &visitor),
        person: Person::new(&app, &signed.account),
        host: app.node.config.host().to_owned(),
    };
    readable(&app, &visitor, &headers, &page)
}
