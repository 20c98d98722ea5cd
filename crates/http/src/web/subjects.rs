//! Looking after a hashtag or a challenge: what it is for, other views, links and hats; of a challenge also what came, and how far it
//! is. And what one sees with a hat on.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use model::account::Account;
use model::challenge::{Challenge, Standing, State as Stage};
use model::clock::date;
use model::hashtag::normalise;
use model::hat::{Hat, Verb, Worn};
use model::html;
use model::id::Id;
use model::page::Page;
use model::post::Tag;
use model::subject::{Purpose, Subject};
use node::{challenge, hat, texts, views};
use storage::Tx;

use super::frame::{Frame, form};
use super::language::Language;
use super::view::{Person, PostView, posts};
use super::visitor::Visitor;
use crate::auth::Signed;
use crate::{ApiError, App};

/// Versions, views and contributions that are shown.
const ROWS: i64 = 20;
/// People who have no say in a challenge.
const BLOCKED: i64 = 200;

/// What a page is about.
struct On {
    subject: Subject,
    /// `#Tea`, or the question.
    title: String,
    /// Its own page here.
    page: String,
    /// What the API calls it by, under `/do/api/outloud/v1/`.
    api: String,
    challenge: Option<Challenge>,
}

/// By the name in a path: of a hashtag, or of a challenge.
async fn find(app: &App, tx: &mut Tx, name: &str, is_tag: bool) -> Result<On, ApiError> {
    if is_tag {
        let key = normalise(name).ok_or_else(ApiError::not_found)?;
        // Whether a hashtag was used where one may not look shows nowhere.
        let tag = tx.tag(&key).await?.unwrap_or(Tag { id: 0, name: key.clone(), display: key.clone() });
        return Ok(On {
            subject: Subject::Tag(tag.id),
            title: format!("#{}", tag.display),
            page: format!("/tags/{key}"),
            api: format!("tags/{key}"),
            challenge: None,
        });
    }
    let asked = challenge::find(tx, name).await?;
    let name = &asked.account.username;
    Ok(On {
        subject: Subject::Challenge(asked.account.id),
        title: asked.challenge.question.clone(),
        page: app.node.config.profile_url(name).strip_prefix(&app.node.config.origin).unwrap_or_default().to_owned(),
        api: format!("challenges/{name}"),
        challenge: Some(asked.challenge),
    })
}

/// What whoever reads may do about it.
#[expect(clippy::struct_excessive_bools, reason = "each stands for itself")]
struct Mays {
    write: bool,
    restore: bool,
    take_down: bool,
    link: bool,
    confirm: bool,
    take_off: bool,
}

impl Mays {
    async fn ask(app: &App, tx: &mut Tx, who: &Account, on: Subject) -> Result<Self, ApiError> {
        let node = &app.node;
        Ok(Self {
            write: hat::may(node, tx, who, Verb::Write, on).await?,
            restore: hat::may(node, tx, who, Verb::Restore, on).await?,
            take_down: hat::may(node, tx, who, Verb::TakeDown, on).await?,
            link: hat::may(node, tx, who, Verb::Link, on).await?,
            confirm: hat::may(node, tx, who, Verb::Confirm, on).await?,
            take_off: hat::may(node, tx, who, Verb::TakeOff, on).await?,
        })
    }
}

/// What somebody wrote of what it is for.
struct Said {
    id: Id,
    /// HTML; empty for what is gone.
    content: String,
    author: Option<Person>,
    day: String,
    is_gone: bool,
    is_mine: bool,
}

/// A hat that somebody wears.
struct HatRow {
    id: Id,
    words: String,
    person: Person,
    until: String,
    confirmed: bool,
    is_mine: bool,
}

/// How far a challenge is, for whoever looks after it.
#[expect(clippy::struct_excessive_bools, reason = "each stands for itself")]
struct Kept {
    question: String,
    tag: String,
    closes: String,
    adoptable: bool,
    is_planned: bool,
    is_open: bool,
    is_answered: bool,
    answer: String,
    /// They may be told that they have a say.
    waiting: Vec<PostView>,
    blocked: Vec<Person>,
}

#[derive(Template)]
#[template(path = "subject.html")]
struct SubjectPage {
    frame: Frame,
    on: On,
    mays: Mays,
    /// What holds, as it was written.
    text: String,
    versions: Vec<Said>,
    views: Vec<Said>,
    /// What the API calls the other by, and what people do.
    links: Vec<(String, String)>,
    worn: Vec<HatRow>,
    /// Name, words and question of each hat that can be worn here.
    hats: Vec<(&'static str, String, String)>,
    kept: Option<Kept>,
    /// Any member may look after the challenge.
    is_offered: bool,
}

/// `GET /tags/{name}/keep`.
pub async fn tag(State(app): State<App>, visitor: Visitor, Path(name): Path<String>) -> Result<Response, ApiError> {
    show(&app, &visitor, &name, true).await
}

/// `GET /@{name}/keep`: of a challenge.
pub async fn asked(State(app): State<App>, visitor: Visitor, Path(name): Path<String>) -> Result<Response, ApiError> {
    show(&app, &visitor, &name, false).await
}

async fn show(app: &App, visitor: &Visitor, name: &str, is_tag: bool) -> Result<Response, ApiError> {
    let signed = match visitor.member(&visitor.here) {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let t = visitor.language;
    let mut tx = app.node.store.read().await?;
    let on = find(app, &mut tx, name, is_tag).await?;
    let subject = on.subject;
    let mays = Mays::ask(app, &mut tx, &signed.account, subject).await?;
    let current = tx.purpose(subject).await?;
    let versions = tx.purpose_versions(subject, &Page::first(ROWS)).await?;
    let views = tx.purpose_views(subject, &Page::first(ROWS)).await?;
    let worn = tx.hats_on(subject, app.node.now()).await?;
    let ids: Vec<Id> =
        versions.iter().chain(&views).map(|p| p.account_id).chain(worn.iter().map(|w| w.account_id)).collect();
    let people: HashMap<Id, Account> =
        tx.accounts(&ids).await?.into_iter().filter(|a| !a.is_suspended()).map(|a| (a.id, a)).collect();
    let shown = |list: &[Purpose]| list.iter().map(|p| said(app, t, signed, p, &people)).collect::<Vec<_>>();
    let (kept, is_offered) = match &on.challenge {
        Some(challenge) => (
            kept(app, visitor, &mut tx, signed, challenge).await?,
            challenge.adoptable || challenge::owner(&mut tx, challenge).await?.is_none(),
        ),
        None => (None, false),
    };
    let page = SubjectPage {
        frame: Frame::new(app, visitor),
        text: current.map_or_else(String::new, |p| p.source),
        versions: shown(&versions),
        views: shown(&views),
        links: links(&mut tx, subject).await?,
        worn: worn.iter().filter_map(|w| hat_row(app, t, signed, w, &people)).collect(),
        hats: Hat::ALL.iter().map(|h| (h.name(), t.hat(*h), t.hat_question(*h))).collect(),
        on,
        mays,
        kept,
        is_offered,
    };
    form(app, visitor, StatusCode::OK, &page)
}

fn said(app: &App, t: Language, signed: &Signed, p: &Purpose, people: &HashMap<Id, Account>) -> Said {
    let is_gone = p.gone_at.is_some();
    Said {
        id: p.id,
        content: if is_gone { String::new() } else { html::sanitise(&texts::short_html(&app.node, &p.source)) },
        author: people.get(&p.account_id).map(|a| Person::new(app, a)),
        day: t.day(p.created_at),
        is_gone,
        is_mine: p.account_id == signed.account.id,
    }
}

fn hat_row(app: &App, t: Language, signed: &Signed, w: &Worn, people: &HashMap<Id, Account>) -> Option<HatRow> {
    Some(HatRow {
        id: w.id,
        words: t.hat(w.hat),
        person: Person::new(app, people.get(&w.account_id)?),
        until: t.day(w.until),
        confirmed: w.confirmed,
        is_mine: w.account_id == signed.account.id,
    })
}

/// The hats that somebody wears: the page of each, what it is called, and on what it is worn.
pub async fn worn_by(app: &App, tx: &mut Tx, t: Language, who: Id) -> Result<Vec<(String, String, String)>, ApiError> {
    let worn = tx.hats_of(who, app.node.now()).await?;
    let on: Vec<Id> = worn.iter().map(|w| w.subject_id).collect();
    let tags = tx.tags_by_id(&on).await?;
    let challenges = tx.accounts(&on).await?;
    let row = |w: &Worn| {
        let tag = tags.iter().find(|tag| tag.id == w.subject_id);
        let challenge = || challenges.iter().find(|a| a.id == w.subject_id).map(|a| format!("@{}", a.username));
        let (page, on) = match tag {
            Some(tag) => (format!("/tags/{}", tag.name), format!("#{}", tag.display)),
            None => challenge().map(|name| (format!("/{name}"), name))?,
        };
        // The agenda activist chooses among challenges: there is nothing to look at on one.
        let look = if w.hat == Hat::AgendaActivist { "keep".to_owned() } else { format!("hats/{}", w.hat.name()) };
        Some((format!("{page}/{look}"), t.hat(w.hat), on))
    };
    Ok(worn.iter().filter_map(row).collect())
}

/// Hashtags and challenges that it is linked with.
async fn links(tx: &mut Tx, subject: Subject) -> Result<Vec<(String, String)>, ApiError> {
    let ids: Vec<Id> = tx.subject_links(subject).await?.iter().map(|l| l.other_id).collect();
    let tags = tx.tags_by_id(&ids).await?;
    let challenges = tx.accounts(&ids).await?.into_iter().filter(|a| !a.is_suspended());
    let mut found: Vec<_> = tags.into_iter().map(|t| (t.name, format!("#{}", t.display))).collect();
    found.extend(challenges.map(|a| (format!("@{}", a.username), format!("@{}", a.username))));
    Ok(found)
}

async fn kept(
    app: &App,
    visitor: &Visitor,
    tx: &mut Tx,
    signed: &Signed,
    c: &Challenge,
) -> Result<Option<Kept>, ApiError> {
    if !challenge::may_keep(&app.node, tx, &signed.account, c).await? {
        return Ok(None);
    }
    let own: Vec<Id> = c.tag_id.into_iter().collect();
    let waiting = tx.contributed(c.account_id, Standing::Waiting, visitor.viewer(), &Page::first(ROWS)).await?;
    let reader = visitor.reader(app, "");
    let mut waiting = posts(&reader, tx, waiting).await?;
    waiting.iter_mut().for_each(|post| post.deeds = None);
    let blocked = tx.blocked_contributors(c.account_id, BLOCKED).await?;
    Ok(Some(Kept {
        question: c.question.clone(),
        tag: tx.tags_by_id(&own).await?.pop().map_or_else(String::new, |t| t.display),
        closes: c.closes_at.map_or_else(String::new, date),
        adoptable: c.adoptable,
        is_planned: c.state == Stage::Planned,
        is_open: c.state == Stage::Open,
        is_answered: c.state == Stage::Answered,
        answer: c.answer.clone(),
        waiting,
        blocked: blocked.iter().map(|a| Person::seen(&reader, a)).collect(),
    }))
}

/// A list of what a hat looks at.
struct Seen {
    title: String,
    posts: Vec<PostView>,
    people: Vec<Person>,
}

#[derive(Template)]
#[template(path = "hat_view.html")]
struct ViewPage {
    frame: Frame,
    title: String,
    page: String,
    words: String,
    question: String,
    lists: Vec<Seen>,
    /// The other hats: name, words, and whether it is this one.
    hats: Vec<(String, String, bool)>,
}

/// `GET /tags/{name}/hats/{hat}`.
pub async fn tag_view(state: State<App>, visitor: Visitor, path: Path<(String, String)>) -> Result<Response, ApiError> {
    look(state, visitor, path, true).await
}

/// `GET /@{name}/hats/{hat}`: of a challenge.
pub async fn asked_view(
    state: State<App>,
    visitor: Visitor,
    path: Path<(String, String)>,
) -> Result<Response, ApiError> {
    look(state, visitor, path, false).await
}

async fn look(
    State(app): State<App>,
    visitor: Visitor,
    Path((name, kind)): Path<(String, String)>,
    is_tag: bool,
) -> Result<Response, ApiError> {
    let who = match visitor.member(&visitor.here) {
        Ok(signed) => signed.account.id,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let t = visitor.language;
    let kind = Hat::from_name(&kind).ok_or_else(ApiError::not_found)?;
    let mut tx = app.node.store.read().await?;
    let on = find(&app, &mut tx, &name, is_tag).await?;
    let reader = visitor.reader(&app, "");
    let mut lists = Vec::new();
    for seen in views::look(&app.node, &mut tx, who, kind, on.subject).await? {
        let mut shown = posts(&reader, &mut tx, seen.posts).await?;
        shown.iter_mut().for_each(|post| post.hat = kind.name());
        lists.push(Seen {
            title: seen_title(t, seen.name),
            posts: shown,
            people: seen.people.iter().map(|a| Person::seen(&reader, a)).collect(),
        });
    }
    // The agenda activist chooses among challenges: there is nothing to look at on one.
    let others = Hat::ALL.iter().filter(|h| **h != Hat::AgendaActivist);
    let page = ViewPage {
        frame: Frame::new(&app, &visitor),
        words: t.hat(kind),
        question: t.hat_question(kind),
        hats: others.map(|h| (format!("{}/hats/{}", on.page, h.name()), t.hat(*h), *h == kind)).collect(),
        title: on.title,
        page: on.page,
        lists,
    };
    form(&app, &visitor, StatusCode::OK, &page)
}

fn seen_title(t: Language, name: &str) -> String {
    match name {
        "newcomers" => t.say("seen-newcomers"),
        "unanswered" => t.say("seen-unanswered"),
        "gone_quiet" => t.say("seen-gone-quiet"),
        "asks_for_a_critical_friend" => t.say("seen-asks"),
        "long_threads" => t.say("seen-long-threads"),
        "could_go_public" => t.say("seen-could-go-public"),
        "past_look_again" => t.say("seen-past-look-again"),
        "due_for_a_second_look" => t.say("seen-second-look"),
        _ => t.say("seen-matches"),
    }
    .into_owned()
}
