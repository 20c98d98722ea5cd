//! The front page of a node, what it says about itself, and the first page of a new member.

use std::borrow::Cow;

use askama::Template;
use axum::extract::State as With;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use model::challenge::{Challenge, State};
use model::clock::{Millis, date, parse_from};
use model::experiment::{self, Outcome};
use model::hat::Hat;
use model::id::{Id, first_id};
use model::page::Page;
use model::post::Tag;
use node::library::{self, Question};
use storage::{ChallengeOrder, PublicFilter, Reach, Rule, Tx};

use super::frame::{Frame, readable};
use super::language::Language;
use super::view::{Person, PostView, posts};
use super::visitor::Visitor;
use crate::params::Params;
use crate::{ApiError, App, instance};

/// Posts on a page.
pub const POSTS: i64 = 20;
/// Posts, challenges, outcomes and hashtags on the front page, and most outcomes of a kind that are counted.
const LATEST: i64 = 10;
const CHALLENGES: i64 = 5;
const LEARNED: i64 = 3;
const TAGS: i64 = 20;
const COUNTED: i64 = 1_000;
/// People on the front page.
const PEOPLE: i64 = 12;

#[derive(Template)]
#[template(path = "front.html")]
struct FrontPage {
    frame: Frame,
    description: String,
    challenges: Vec<Asked>,
    /// Name of each outcome, and how many experiments of this year have it.
    outcomes: Vec<(&'static str, i64)>,
    learned: Vec<PostView>,
    /// Name and address.
    tags: Vec<(String, String)>,
    people: Vec<Person>,
    posts: Vec<PostView>,
    /// There are more posts than these.
    has_more: bool,
}

/// A challenge that is open.
struct Asked {
    question: String,
    url: String,
    /// How many contributed, and until when it is open.
    about: String,
}

async fn challenges(app: &App, tx: &mut Tx, t: Language) -> Result<Vec<Asked>, ApiError> {
    let open = tx.challenges(State::Open, ChallengeOrder::Newest, CHALLENGES).await?;
    let ids: Vec<Id> = open.iter().map(|c| c.account_id).collect();
    let accounts = tx.accounts(&ids).await?;
    let one = |c: &Challenge| {
        let account = accounts.iter().find(|a| a.id == c.account_id && !a.is_suspended())?;
        let came = t.one("challenge-came", "count", c.contributions_count);
        Some(Asked {
            question: c.question.clone(),
            url: app.node.config.profile_url(&account.username),
            about: match c.closes_at {
                Some(at) => t.two("challenge-until", "came", &came, "day", t.day(at)),
                None => came,
            },
        })
    };
    Ok(open.iter().filter_map(one).collect())
}

/// Hashtags that somebody keeps, those first that were taken up last.
async fn kept_tags(tx: &mut Tx, now: Millis) -> Result<Vec<Tag>, ApiError> {
    let worn = tx.all_hats(Id::MAX, now, 3 * TAGS).await?;
    let kept = worn.iter().filter(|w| w.hat == Hat::CommunityKeeper && w.confirmed);
    let mut ids: Vec<Id> = Vec::new();
    for id in kept.map(|w| w.subject_id) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let mut tags = tx.tags_by_id(&ids).await?;
    tags.sort_by_key(|t| ids.iter().position(|id| *id == t.id));
    tags.truncate(usize::try_from(TAGS).unwrap_or(0));
    Ok(tags)
}

/// `GET /`: what this node is for, what is asked here, what was learned, and what people say.
pub async fn front(
    With(app): With<App>,
    visitor: Visitor,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, ApiError> {
    if let Some(older) = params.number("max_id") {
        // Where its list of posts went on before it had more than that.
        return Ok(Redirect::permanent(&format!("/local?max_id={older}")).into_response());
    }
    let (t, now) = (visitor.language, app.node.now());
    let reader = visitor.reader(&app, "public");
    let mut tx = app.node.store.read().await?;
    let filter = PublicFilter { reach: Reach::Local, only_media: false };
    let mut found = tx.public(filter, visitor.viewer(), &Page::first(LATEST + 1)).await?;
    let has_more = i64::try_from(found.len()).is_ok_and(|n| n > LATEST);
    found.truncate(usize::try_from(LATEST).unwrap_or(0));
    let people = tx.local_people(&Page::first(PEOPLE)).await?;
    let january = parse_from(&format!("{}-01-01", date(now).get(..4).unwrap_or_default())).map_or(0, first_id);
    let mut outcomes = Vec::new();
    for outcome in Outcome::ALL {
        outcomes.push((outcome.name(), tx.count_outcome(*outcome, january, COUNTED).await?));
    }
    let learned = Question { state: Some(experiment::State::Learned), ..Question::default() };
    let learned = library::latest(&app.node, &mut tx, &learned, LEARNED).await?;
    let challenges = challenges(&app, &mut tx, t).await?;
    let tags = kept_tags(&mut tx, now).await?;
    let page = FrontPage {
        frame: Frame::new(&app, &visitor),
        description: app.node.config.description.clone(),
        people: people.iter().map(|a| Person::new(&app, a)).collect(),
        challenges,
        outcomes: if outcomes.iter().any(|(_, n)| *n > 0) { outcomes } else { Vec::new() },
        learned: posts(&reader, &mut tx, learned).await?,
        tags: tags.into_iter().map(|tag| (tag.display, app.node.config.tag_url(&tag.name))).collect(),
        posts: posts(&reader, &mut tx, found).await?,
        has_more,
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
    /// Rules that held before, and from when to when.
    former: Vec<(String, String)>,
    keepers: Vec<Person>,
    email: String,
    members: i64,
    posts: i64,
    /// Who can join, in a sentence.
    registrations: Cow<'static, str>,
    version: &'static str,
}

/// `GET /about`.
pub async fn about(With(app): With<App>, visitor: Visitor, headers: HeaderMap) -> Result<Response, ApiError> {
    use node::config::Registrations;
    let t = visitor.language;
    let former = |rule: Rule| {
        let (from, to) = (t.day(rule.created_at), t.day(rule.removed_at.unwrap_or_default()));
        (rule.text, t.two("rules-until", "from", &from, "to", &to))
    };
    let mut tx = app.node.store.read().await?;
    let keepers = super::keeping::how::keepers(&app, &mut tx).await?;
    let extended = instance::extended(&app.node, &mut tx).await?;
    let (members, _, _) = tx.member_counts(i64::MAX, i64::MAX).await?;
    let page = AboutPage {
        frame: Frame::new(&app, &visitor),
        host: app.node.config.host().to_owned(),
        description: app.node.config.description.clone(),
        // Without one of its own the description stands there already.
        extended: extended.1.map_or_else(String::new, |_| extended.0),
        rules: tx.rules().await?,
        former: tx.former_rules().await?.into_iter().map(former).collect(),
        email: app.node.config.contact_email.clone(),
        keepers,
        members,
        posts: tx.count_local_posts().await?,
        registrations: match app.node.config.registrations {
            Registrations::Open => t.say("node-open"),
            Registrations::Approval => t.say("node-asks"),
            Registrations::Invite => t.say("node-invites"),
            Registrations::Closed => t.say("node-closed"),
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
    /// Colleagues whom they do not follow yet.
    people: Vec<Person>,
    host: String,
}

/// `GET /welcome`: what to do first.
pub async fn welcome(With(app): With<App>, visitor: Visitor, headers: HeaderMap) -> Result<Response, ApiError> {
    let Some(signed) = &visitor.signed else { return Ok(Redirect::to("/login?next=/welcome").into_response()) };
    let who = signed.account.id;
    let mut tx = app.node.store.read().await?;
    let mut people = tx.local_people(&Page::first(PEOPLE)).await?;
    let ids: Vec<Id> = people.iter().map(|a| a.id).collect();
    let ties = tx.relationships(who, &ids).await?;
    people.retain(|a| a.id != who && !ties.iter().any(|tie| tie.target_id == a.id && (tie.following || tie.requested)));
    let page = WelcomePage {
        people: people.iter().map(|a| Person::new(&app, a)).collect(),
        frame: Frame::new(&app, &visitor),
        person: Person::new(&app, &signed.account),
        host: app.node.config.host().to_owned(),
    };
    readable(&app, &visitor, &headers, &page)
}
