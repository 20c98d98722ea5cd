//! Pages of working out loud: what is asked here, asking something, and meeting somebody new.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use model::account::Account;
use model::challenge::{Challenge, State as Stage};
use model::clock::date;
use model::id::Id;
use model::page::Page;
use model::pairing::Kind;
use storage::ChallengeOrder;

use super::frame::{Frame, form, readable};
use super::view::Person;
use super::visitor::Visitor;
use crate::outloud::challenges::form_of as challenge_form;
use crate::params::Params;
use crate::{ApiError, App};

/// Challenges of each kind, and introductions, on a page.
const CHALLENGES: i64 = 50;
const PAIRINGS: i64 = 20;

/// Something that is asked.
struct Asked {
    question: String,
    url: String,
    about: String,
}

#[derive(Template)]
#[template(path = "challenges.html")]
struct ChallengesPage {
    frame: Frame,
    open: Vec<Asked>,
    /// Closed or answered.
    over: Vec<Asked>,
}

/// `GET /challenges`.
pub async fn challenges(State(app): State<App>, visitor: Visitor, headers: HeaderMap) -> Result<Response, ApiError> {
    let t = visitor.language;
    let mut tx = app.node.store.read().await?;
    let open = tx.challenges(Stage::Open, ChallengeOrder::Newest, CHALLENGES).await?;
    let mut over = tx.challenges(Stage::Answered, ChallengeOrder::Newest, CHALLENGES).await?;
    over.extend(tx.challenges(Stage::Closed, ChallengeOrder::Newest, CHALLENGES).await?);
    let ids: Vec<Id> = open.iter().chain(&over).map(|c| c.account_id).collect();
    let accounts = tx.accounts(&ids).await?;
    let one = |c: &Challenge| {
        let account = accounts.iter().find(|a| a.id == c.account_id && !a.is_suspended())?;
        let came = t.one("challenge-came", "count", c.contributions_count);
        Some(Asked {
            question: c.question.clone(),
            url: app.node.config.profile_url(&account.username),
            about: match c.closes_at.filter(|_| c.state == Stage::Open) {
                Some(at) => t.two("challenge-until", "came", &came, "day", t.day(at)),
                None => came,
            },
        })
    };
    let page = ChallengesPage {
        frame: Frame::new(&app, &visitor),
        open: open.iter().filter_map(one).collect(),
        over: over.iter().filter_map(one).collect(),
    };
    readable(&app, &visitor, &headers, &page)
}

#[derive(Template)]
#[template(path = "challenge_new.html")]
struct NewPage {
    frame: Frame,
    domain: String,
    /// Question, name, purpose, hashtag, and last day, as they were typed.
    typed: [String; 5],
    /// What went wrong; empty: nothing.
    error: String,
}

/// The fields of that form, as the API names them.
const FIELDS: [&str; 5] = ["question", "name", "purpose", "tag", "closes_at"];

fn new_page(app: &App, visitor: &Visitor, params: &Params, error: String) -> NewPage {
    let typed = FIELDS.map(|name| params.text(name).unwrap_or_default());
    NewPage { frame: Frame::new(app, visitor), domain: app.node.config.handle_domain.clone(), typed, error }
}

/// `GET /challenges/new`: asks everybody something.
pub async fn new_challenge(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    if let Err(elsewhere) = visitor.member("/challenges/new") {
        return Ok(elsewhere);
    }
    form(&app, &visitor, StatusCode::OK, &new_page(&app, &visitor, &params, String::new()))
}

/// `POST /challenges/new`: asks it, or shows the form again with all that was typed.
pub async fn ask_challenge(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let signed = match visitor.member("/challenges/new") {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let asked = async {
        visitor.check(&params)?;
        let form = challenge_form(&params)?;
        let mut tx = app.node.store.begin().await?;
        let asked = node::challenge::open(&app.node, &mut tx, &signed.account, &form).await?;
        app.node.commit(tx).await?;
        Ok::<_, ApiError>(asked)
    };
    match asked.await {
        Ok(asked) => Ok(Redirect::to(&format!("/@{}", asked.account.username)).into_response()),
        Err(error) => {
            let said = super::errors::words(visitor.language, error.status, error.body.to_string().as_bytes()).1;
            form(&app, &visitor, error.status, &new_page(&app, &visitor, &params, said))
        }
    }
}

/// A way of meeting somebody, and whether one is in for it.
struct Way {
    name: &'static str,
    title: String,
    about: String,
    /// What one can be in it: value and words.
    roles: Vec<(&'static str, String)>,
    has_days: bool,
    is_in: bool,
    role: String,
    said: String,
    from: String,
    until: String,
}

/// Somebody to whom one was introduced.
struct Met {
    person: Person,
    way: String,
    day: String,
    post: Id,
    /// It has conditions that one has not agreed to yet.
    asks: bool,
}

#[derive(Template)]
#[template(path = "cuppa.html")]
struct CuppaPage {
    frame: Frame,
    ways: Vec<Way>,
    met: Vec<Met>,
}

/// `GET /cuppa`: meeting somebody new.
pub async fn cuppa(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    let signed = match visitor.member("/cuppa") {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    if app.node.config.cuppa_days == 0 {
        return Err(ApiError::not_found());
    }
    let t = visitor.language;
    let title = |kind: Kind| match kind {
        Kind::Cuppa => t.say("cuppa-cuppa"),
        Kind::Shadowing => t.say("cuppa-shadowing"),
        Kind::Mentoring => t.say("cuppa-mentoring"),
    };
    let mut tx = app.node.store.read().await?;
    let seeking = tx.seeking(signed.account.id).await?;
    let way = |kind: Kind| {
        let own = seeking.iter().find(|s| s.kind == kind);
        let days = own.map(|s| (s.from_at, s.until_at)).unwrap_or_default();
        Way {
            name: kind.name(),
            title: title(kind).into_owned(),
            about: match kind {
                Kind::Cuppa => t.say("cuppa-cuppa-about"),
                Kind::Shadowing => t.say("cuppa-shadowing-about"),
                Kind::Mentoring => t.say("cuppa-mentoring-about"),
            }
            .into_owned(),
            roles: match kind {
                Kind::Cuppa => Vec::new(),
                Kind::Shadowing => {
                    vec![("offer", t.say("cuppa-offer").into_owned()), ("ask", t.say("cuppa-ask").into_owned())]
                }
                Kind::Mentoring => {
                    vec![("mentor", t.say("cuppa-mentor").into_owned()), ("mentee", t.say("cuppa-mentee").into_owned())]
                }
            },
            has_days: kind == Kind::Shadowing,
            is_in: own.is_some(),
            role: own.map_or_else(String::new, |s| s.role.clone()),
            said: own.map_or_else(String::new, |s| s.about.clone()),
            from: if days.0 > 0 { date(days.0) } else { String::new() },
            until: if days.1 > 0 { date(days.1) } else { String::new() },
        }
    };
    let pairings = tx.pairings_of(signed.account.id, &Page::first(PAIRINGS)).await?;
    let people: Vec<Id> = pairings.iter().map(|p| p.other_id).collect();
    let people: Vec<Account> = tx.accounts(&people).await?;
    let reader = visitor.reader(&app, "");
    let met = pairings.iter().filter_map(|p| {
        let other = people.iter().find(|a| a.id == p.other_id)?;
        Some(Met {
            person: Person::seen(&reader, other),
            way: title(p.kind).into_owned(),
            day: t.day(p.created_at),
            post: p.id,
            asks: p.kind == Kind::Mentoring && !p.agreed,
        })
    });
    let page = CuppaPage {
        frame: Frame::new(&app, &visitor),
        ways: Kind::ALL.into_iter().map(way).collect(),
        met: met.collect(),
    };
    form(&app, &visitor, StatusCode::OK, &page)
}
