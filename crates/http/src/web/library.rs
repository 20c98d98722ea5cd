//! `/library`: every experiment that the node knows, by what is asked for, each question an address of its own; for other programs as
//! RSS, Atom, JSON Feed, CSV and Markdown. `/library/brief`: those that somebody chose, to be printed and passed on.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use askama::Template;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use model::account::Account;
use model::audience::{Audience, Viewer};
use model::clock::{DAY, Millis, date};
use model::experiment::{Experiment, Licence, Outcome, Standing, State as Stage, beginnings, headline};
use model::html;
use model::id::Id;
use model::page::Page;
use model::post::Post;
use node::experiment;
use node::library::{self, CHOSEN, Question};
use serde_json::{Value, json};
use storage::Tx;
use url::form_urlencoded::Serializer;

use super::csv;
use super::frame::{Frame, readable};
use super::front::{POSTS, older};
use super::language::Language;
use super::view::Person;
use super::visitor::Visitor;
use crate::feeds::{self, Feed, Form};
use crate::outloud::experiments::question;
use crate::params::Params;
use crate::{ApiError, App};

/// Experiments in a file.
const ALL: i64 = 500;

/// An experiment as it is passed on.
pub struct Entry {
    /// What is said around what others said.
    t: Language,
    id: Id,
    /// 0; 1 for one that tries it again, and so on.
    depth: usize,
    x: Experiment,
    /// In a few words what it is about, or the warning that it stands behind.
    title: String,
    /// `Experiment: it didn’t do what we hoped`.
    headline: String,
    url: String,
    /// Nobody, where it is gone.
    author: Option<Person>,
    /// Who wrote down what somebody else told of it.
    noted_by: String,
    language: String,
    /// Whom it was said to, where that is not everybody: in words, and as the API calls it.
    inside: Cow<'static, str>,
    audience: &'static str,
    /// Nothing but the warning is passed on.
    is_warned: bool,
    said_at: Millis,
    /// Beginnings and how they go on.
    sentences: Vec<(Cow<'static, str>, String)>,
    /// What it tries again, as far as that is said to everybody: its address, and what it is about, if it is here.
    tries: String,
    tried: String,
}

/// What an entry is made of, beside the experiment.
struct Around<'a> {
    post: Option<&'a Post>,
    author: Option<&'a Account>,
    /// What it tries again.
    original: Option<(&'a Post, &'a Account, &'a Experiment)>,
    noted_by: Option<&'a Account>,
}

impl Entry {
    fn new(app: &App, t: Language, x: Experiment, depth: usize, around: &Around<'_>) -> Self {
        let Around { post, author, original, noted_by } = *around;
        let language = post.map_or("", |p| p.language.as_str());
        let is_warned = post.is_some_and(|p| !p.summary.trim().is_empty());
        // As its post says it, and as whoever reads has it.
        let (as_told, headline) = (headline(&x, language), headline(&x, t.tag()));
        let begun = beginnings(language).iter().copied().zip(x.sentences.all());
        let is_shown = x.standing == Some(Standing::Confirmed);
        Self {
            t,
            id: x.post_id,
            depth,
            title: match post {
                None => t.say("entry-deleted").into_owned(),
                Some(post) => title(t, post, &x, &as_told),
            },
            headline,
            url: post.map_or_else(String::new, |p| address(app, p, author)),
            author: author.map(|a| Person::new(app, a)),
            noted_by: noted_by.map(|a| a.shown_name().trim().to_owned()).unwrap_or_default(),
            language: language.to_owned(),
            inside: post.map_or(Cow::Borrowed(""), |p| inside(t, p.audience)),
            audience: post.map_or("", |p| p.audience.own_name().unwrap_or(p.audience.mastodon_name())),
            said_at: post.map_or(0, |p| p.created_at),
            sentences: begun.filter(|(_, s)| !s.is_empty() && !is_warned).map(|(b, s)| (b.into(), s.clone())).collect(),
            tried: original.filter(|_| is_shown).map(|(p, _, o)| title(t, p, o, "")).unwrap_or_default(),
            tries: match original {
                _ if !is_shown => String::new(),
                Some((post, author, _)) => address(app, post, Some(author)),
                None => x.tries_uri.clone(),
            },
            is_warned,
            x,
        }
    }

    fn is_gone(&self) -> bool {
        self.author.is_none()
    }

    /// Under which others may use it: of what was not said to everybody nobody else has to know.
    fn licence(&self) -> Option<(&'static str, &'static str)> {
        if !self.inside.is_empty() {
            return None;
        }
        self.x.licence.map(|l: Licence| (l.words(), l.url()))
    }

    /// `Leeds City Council, Leeds`; nothing where it is behind a warning.
    fn whereabouts(&self) -> String {
        if self.is_warned {
            return String::new();
        }
        [self.x.organisation.as_str(), &self.x.place]
            .into_iter()
            .filter(|t| !t.is_empty())
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// What was learned of it, with what stands before it; nothing where it is behind a warning.
    fn learned(&self) -> Vec<(Cow<'static, str>, String)> {
        let t = self.t;
        let next_team = if self.noted_by.is_empty() { t.say("entry-next-team") } else { t.say("entry-told") };
        let nothing = String::new();
        let said = [
            (t.say("entry-changed"), if self.x.tries_uri.is_empty() { &nothing } else { &self.x.changed }),
            (next_team, &self.x.learning),
            (t.say("entry-so-what"), &self.x.so_what),
        ];
        let said = said.into_iter().filter(|(_, t)| !t.is_empty() && !self.is_warned);
        said.map(|(label, text)| (label, text.clone())).collect()
    }

    /// `Said on 3 March 2026 · learned on 1 May 2026`.
    fn days(&self) -> String {
        let t = self.t;
        let (said, learned) = (self.said_at, self.x.outcome_at.filter(|_| self.x.outcome.is_some()));
        let again = self.x.look_again_at.filter(|_| self.is_waited_for());
        let days = [
            (said > 0).then(|| t.one("entry-said-on", "day", t.day(said))),
            learned.map(|at| t.one("entry-learned-on", "day", t.day(at))),
            again.map(|at| t.one("entry-look-again-on", "day", t.day(at))),
        ];
        capital(&days.into_iter().flatten().collect::<Vec<_>>().join(" · "))
    }

    fn is_waited_for(&self) -> bool {
        self.x.state != Stage::Learned && self.x.asked < storage::ASKED
    }

    fn tried_again(&self) -> String {
        match self.x.tries_count {
            0 => String::new(),
            n => self.t.one("entry-tried-again", "count", n),
        }
    }

    fn record(&self) -> Value {
        let licence = self.licence().unwrap_or_default();
        let words = |text: &str| if self.is_warned { Value::Null } else { json!(text) };
        let s = &self.x.sentences;
        let asks = [(self.x.testers, "testers"), (self.x.critical_friend, "critical_friend")];
        let asks: Vec<&str> = asks.into_iter().filter(|(is_asked, _)| *is_asked).map(|(_, name)| name).collect();
        json!({
            "url": self.url,
            "title": self.title,
            "believe": words(&s.believe),
            "leads_to": words(&s.leads_to),
            "test": words(&s.test),
            "share": words(&s.share),
            "state": self.x.state.name(),
            "outcome": self.x.outcome.filter(|_| !self.is_gone()).map(Outcome::name),
            "learning": words(&self.x.learning),
            "so_what": words(&self.x.so_what),
            "organisation": words(&self.x.organisation),
            "place": words(&self.x.place),
            "asks": asks.join(" "),
            "name": self.author.as_ref().map(|a| &a.name),
            "handle": self.author.as_ref().map(|a| &a.handle),
            "said_on": Some(self.said_at).filter(|_| !self.is_gone()).map(date),
            "learned_on": self.x.outcome_at.filter(|_| !self.is_gone()).map(date),
            "look_again_on": self.x.look_again_at.filter(|_| self.is_waited_for()).map(date),
            "tries": self.tries,
            "changed": words(if self.x.tries_uri.is_empty() { "" } else { &self.x.changed }),
            "noted_by": self.noted_by,
            "tried_again": self.x.tries_count,
            "licence": licence.0,
            "licence_url": licence.1,
            "audience": self.audience,
        })
    }
}

const COLUMNS: [&str; 25] = [
    "url",
    "title",
    "believe",
    "leads_to",
    "test",
    "share",
    "state",
    "outcome",
    "learning",
    "so_what",
    "organisation",
    "place",
    "asks",
    "name",
    "handle",
    "said_on",
    "learned_on",
    "look_again_on",
    "tries",
    "changed",
    "noted_by",
    "tried_again",
    "licence",
    "licence_url",
    "audience",
];

fn address(app: &App, post: &Post, author: Option<&Account>) -> String {
    match author {
        Some(a) if a.is_local() => app.node.config.post_url(&a.username, post.id),
        _ if post.url.starts_with("https://") || post.url.starts_with("http://") => post.url.clone(),
        _ => post.uri.clone(),
    }
}

/// In a few words what an experiment is about: the warning that it stands behind, else what is believed, what is done otherwise, or the
/// first words behind those that say how far it is.
fn title(t: Language, post: &Post, x: &Experiment, headline: &str) -> String {
    let text = html::to_text(&html::sanitise(&post.content));
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && *line != headline);
    let first = lines.next().unwrap_or_default();
    let untitled = t.say("entry-untitled");
    let parts = [post.summary.trim(), &x.sentences.believe, &x.changed, first, &untitled];
    let said = parts.into_iter().find(|t| !t.is_empty()).unwrap_or_default();
    capital(&html::truncate(&said.split_whitespace().collect::<Vec<_>>().join(" "), 120))
}

/// With a capital at its beginning.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// Whom something was said to, where it was not everybody.
fn inside(t: Language, audience: Audience) -> Cow<'static, str> {
    match audience {
        Audience::Unlisted | Audience::Public => Cow::Borrowed(""),
        Audience::Followers => t.say("inside-followers"),
        Audience::Partners => t.say("inside-partners"),
        Audience::Organisation => t.say("inside-node"),
        Audience::Team => t.say("inside-team"),
        Audience::Inside | Audience::Direct => t.say("inside-named"),
        Audience::Draft => t.say("inside-draft"),
    }
}

/// How far an experiment is, and what came of it, within a sentence.
fn state_words(t: Language, state: Stage) -> Cow<'static, str> {
    match state {
        Stage::Planned => t.say("state-planned"),
        Stage::Running => t.say("state-running"),
        Stage::Learned => t.say("state-learned"),
    }
}

fn outcome_words(t: Language, outcome: Outcome) -> Cow<'static, str> {
    match outcome {
        Outcome::Hoped => t.say("came-hoped"),
        Outcome::Didnt => t.say("came-didnt"),
        Outcome::Mixed => t.say("came-mixed"),
        Outcome::Stopped => t.say("came-stopped"),
        Outcome::TooEarly => t.say("came-too-early"),
    }
}

/// Who reads experiments, in which language, and whether those who try them again are wanted as well.
#[derive(Clone, Copy)]
struct For {
    viewer: Viewer,
    t: Language,
    chains: bool,
    /// Somebody chose each of them.
    are_chosen: bool,
}

/// Experiments as they are passed on; with those who try them again, each behind what it tries, where that is wanted.
async fn entries(app: &App, tx: &mut Tx, posts: &[Post], reader: For) -> Result<Vec<Entry>, ApiError> {
    let For { viewer, t, chains, are_chosen } = reader;
    let ids: Vec<Id> = posts.iter().map(|p| p.id).collect();
    let known: HashMap<Id, Experiment> = tx.experiments(&ids).await?.into_iter().map(|x| (x.post_id, x)).collect();
    // What was opened up is there once: as it was said to more people.
    let opened = tx.openings(&ids, viewer).await?;
    let opened: HashSet<Id> = opened.into_iter().filter(|(_, _, is_inside)| *is_inside).map(|(id, ..)| id).collect();
    let mut tried = if chains { experiment::chains(tx, &ids, viewer).await? } else { HashMap::new() };
    let mut all: Vec<(Experiment, usize)> = Vec::new();
    let mut seen: HashSet<Id> = HashSet::new();
    for x in ids.iter().filter(|id| are_chosen || !opened.contains(id)).filter_map(|id| known.get(id)) {
        if !seen.insert(x.post_id) {
            continue;
        }
        all.push((x.clone(), 0));
        let links = tried.remove(&x.post_id).into_iter().flatten();
        all.extend(links.filter(|l| seen.insert(l.experiment.post_id)).map(|l| (l.experiment, l.depth)));
    }
    let tried = all.iter().filter_map(|(x, _)| x.tries_id);
    let others: Vec<Id> = all.iter().map(|(x, _)| x.post_id).chain(tried).filter(|id| !ids.contains(id)).collect();
    let others = if others.is_empty() { Vec::new() } else { tx.visible_posts(&others, viewer).await? };
    let posts: HashMap<Id, &Post> = posts.iter().chain(&others).map(|p| (p.id, p)).collect();
    let originals: Vec<Id> = all.iter().filter_map(|(x, _)| x.tries_id).filter(|id| posts.contains_key(id)).collect();
    let originals: HashMap<Id, Experiment> =
        tx.experiments(&originals).await?.into_iter().map(|x| (x.post_id, x)).collect();
    let people = all.iter().filter_map(|(x, _)| x.kept_by).chain(posts.values().map(|p| p.account_id));
    let people: Vec<Id> = people.collect();
    let people: HashMap<Id, Account> = tx.accounts(&people).await?.into_iter().map(|a| (a.id, a)).collect();
    let written = |id: &Id| posts.get(id).and_then(|p| Some((*p, people.get(&p.account_id)?)));
    let entry = |(x, depth): (Experiment, usize)| {
        let this = written(&x.post_id);
        let around = Around {
            post: this.map(|(post, _)| post),
            author: this.map(|(_, author)| author),
            original: x.tries_id.and_then(|id| written(&id).zip(originals.get(&id))).map(|((p, a), x)| (p, a, x)),
            noted_by: x.kept_by.filter(|_| x.by_words).and_then(|id| people.get(&id)),
        };
        Entry::new(app, t, x, depth, &around)
    };
    Ok(all.into_iter().map(entry).collect())
}

/// In as many words as a title has room for, what is asked for.
fn described(t: Language, q: &Question) -> String {
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let said = [
        q.outcome.map(|o| outcome_words(t, o).into_owned()),
        q.state.map(|s| state_words(t, s).into_owned()),
        given(q.tag.trim_start_matches('#')).map(|tag| format!("#{tag}")),
        given(&q.place).map(|place| t.one("asked-in", "place", place)),
        given(&q.organisation).map(|name| t.one("asked-at", "organisation", name)),
        q.author.map(|_| t.say("asked-of-one").into_owned()),
        q.since.map(|at| t.one("asked-since", "day", t.day(at))),
        q.until.map(|at| t.one("asked-until", "day", t.day(at - DAY))),
        q.due.then(|| t.say("asked-due").into_owned()),
        q.untried.then(|| t.say("asked-untried").into_owned()),
        given(&q.words).map(|words| t.one("asked-with", "words", words)),
        (!q.chosen.is_empty()).then(|| t.say("asked-chosen").into_owned()),
    ];
    let said: Vec<String> = said.into_iter().flatten().collect();
    if said.is_empty() { t.say("tab-experiments").into_owned() } else { t.one("asked", "what", said.join(" · ")) }
}

/// A question as an address has it, behind a `?`; empty where everything is asked for.
fn query(q: &Question) -> String {
    let mut written = Serializer::new(String::new());
    let mut put = |name: &str, value: String| {
        if !value.trim().is_empty() {
            written.append_pair(name, value.trim());
        }
    };
    put("q", q.words.clone());
    put("outcome", q.outcome.map_or("", Outcome::name).to_owned());
    put("state", q.state.map_or("", Stage::name).to_owned());
    put("tag", q.tag.clone());
    put("place", q.place.clone());
    put("organisation", q.organisation.clone());
    put("account_id", q.author.map(|id| id.to_string()).unwrap_or_default());
    put("since", q.since.map(date).unwrap_or_default());
    put("until", q.until.map(|at| date(at - DAY)).unwrap_or_default());
    put("due", if q.due { "true" } else { "" }.to_owned());
    put("untried", if q.untried { "true" } else { "" }.to_owned());
    q.chosen.iter().take(CHOSEN).for_each(|id| put("id[]", id.to_string()));
    written.finish()
}

/// An address with a question.
fn asked(page: &str, q: &Question) -> String {
    let query = query(q);
    if query.is_empty() { page.to_owned() } else { format!("{page}?{query}") }
}

/// An entry of a list from which one is taken.
struct Choice {
    name: &'static str,
    words: Cow<'static, str>,
    is_taken: bool,
}

#[derive(Template)]
#[template(path = "library.html")]
struct LibraryPage {
    frame: Frame,
    title: String,
    outcomes: Vec<Choice>,
    states: Vec<Choice>,
    q: Question,
    since: String,
    until: String,
    entries: Vec<Entry>,
    /// Addresses of the same as feeds and files: what they are called, their type (empty for what is no feed), and where they are.
    forms: Vec<(&'static str, &'static str, String)>,
    older: String,
    is_first: bool,
    is_narrowed: bool,
    /// Most experiments of a brief.
    most: usize,
    /// The question, for the form that leads to a brief.
    pairs: Vec<(String, String)>,
}

impl LibraryPage {
    fn asks_where(&self) -> bool {
        let q = &self.q;
        let texts = [&q.tag, &q.place, &q.organisation];
        texts.iter().any(|t| !t.trim().is_empty()) || q.since.is_some() || q.until.is_some() || q.due || q.untried
    }
}

/// In all ways in which a question is answered, beside a page.
fn forms(app: &App, q: &Question) -> Vec<(&'static str, &'static str, String)> {
    let at = |end: &str| asked(&format!("{}/library.{end}", app.node.config.origin), q);
    vec![
        ("RSS", "application/rss+xml", at("rss")),
        ("Atom", "application/atom+xml", at("atom")),
        ("JSON", "application/feed+json", at("json")),
        ("CSV", "", at("csv")),
        ("Markdown", "", at("md")),
    ]
}

/// `GET /library`.
pub async fn page(
    State(app): State<App>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    visitor: Visitor,
) -> Result<Response, ApiError> {
    let params = Params::from_urlencoded(uri.query().unwrap_or(""));
    let (q, viewer, t) = (question(&params)?, visitor.viewer(), visitor.language);
    let page = Page { max_id: params.number("max_id"), ..Page::first(POSTS) };
    let mut tx = app.node.store.read().await?;
    let found = library::find(&app.node, &mut tx, &q, viewer, &page).await?;
    let query = query(&q);
    let page = LibraryPage {
        frame: Frame::new(&app, &visitor),
        title: described(t, &q),
        outcomes: choices(Outcome::ALL, q.outcome, Outcome::name, |o| outcome_words(t, o)),
        states: choices(Stage::ALL, q.state, Stage::name, |s| state_words(t, s)),
        since: q.since.map(date).unwrap_or_default(),
        until: q.until.map(|at| date(at - DAY)).unwrap_or_default(),
        entries: entries(&app, &mut tx, &found, For { viewer, t, chains: false, are_chosen: false }).await?,
        most: CHOSEN,
        forms: forms(&app, &q),
        older: if q.chosen.is_empty() { older(&format!("/library?{query}&"), &found) } else { String::new() },
        is_first: page.max_id.is_none(),
        is_narrowed: !query.is_empty(),
        pairs: url::form_urlencoded::parse(query.as_bytes()).into_owned().filter(|(n, _)| n != "id[]").collect(),
        q,
    };
    readable(&app, &visitor, &headers, &page)
}

fn choices<T: Copy + PartialEq>(
    all: &[T],
    taken: Option<T>,
    name: fn(T) -> &'static str,
    words: impl Fn(T) -> Cow<'static, str>,
) -> Vec<Choice> {
    let choice = |x: &T| Choice { name: name(*x), words: words(*x), is_taken: taken == Some(*x) };
    all.iter().map(choice).collect()
}

#[derive(Template)]
#[template(path = "brief.html")]
struct BriefPage {
    frame: Frame,
    title: String,
    counts: String,
    made_on: String,
    entries: Vec<Entry>,
    /// Files of the same, as a library has them.
    files: Vec<(&'static str, &'static str, String)>,
    /// Something in it was not said to everybody.
    is_inside: bool,
    /// So many were chosen that are not here, or not for this reader.
    missing: usize,
}

/// `3 experiments`.
fn brief_title(t: Language, entries: &[Entry]) -> String {
    let count = entries.iter().filter(|e| e.depth == 0).count();
    t.one("brief-title", "count", count)
}

/// `1 it did what we hoped · 2 nothing said yet · tried again 4 times`: how many came out how, in the order of the outcomes.
fn counts(t: Language, entries: &[Entry]) -> String {
    let tried: HashSet<&str> =
        entries.iter().filter(|e| e.depth > 0).filter_map(|e| Some(e.author.as_ref()?.handle.as_str())).collect();
    let tried = tried.len();
    let outcome_of = |outcome| entries.iter().filter(|e| e.depth == 0 && e.x.outcome == outcome).count();
    let said = Outcome::ALL.iter().map(|o| (outcome_words(t, *o), outcome_of(Some(*o))));
    let said = said.chain([(t.say("brief-not-known"), outcome_of(None)), (t.say("brief-tried-again"), tried)]);
    let said = said.filter(|(_, n)| *n > 0).map(|(words, n)| format!("{words}: {n}"));
    capital(&said.collect::<Vec<_>>().join(" · "))
}

/// `GET /library/brief`: the chosen ones (`id[]`), or those that a question finds, with all that is known of them, on one page.
pub async fn brief(
    State(app): State<App>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    visitor: Visitor,
) -> Result<Response, ApiError> {
    let q = question(&Params::from_urlencoded(uri.query().unwrap_or("")))?;
    let t = visitor.language;
    let mut tx = app.node.store.read().await?;
    let entries = chosen(&app, &mut tx, &q, visitor.viewer(), t).await?;
    let page = BriefPage {
        frame: Frame::new(&app, &visitor),
        title: brief_title(t, &entries),
        counts: counts(t, &entries),
        made_on: t.day(app.node.now()),
        missing: q.chosen.len().min(CHOSEN).saturating_sub(entries.iter().filter(|e| q.chosen.contains(&e.id)).count()),
        is_inside: entries.iter().any(|e| !e.inside.is_empty()),
        files: forms(&app, &q).into_iter().filter(|(_, kind, _)| kind.is_empty()).collect(),
        entries,
    };
    readable(&app, &visitor, &headers, &page)
}

async fn chosen(app: &App, tx: &mut Tx, q: &Question, viewer: Viewer, t: Language) -> Result<Vec<Entry>, ApiError> {
    let limit = i64::try_from(CHOSEN).unwrap_or(i64::MAX);
    let found = library::find(&app.node, tx, q, viewer, &Page::first(limit)).await?;
    let are_chosen = !q.chosen.is_empty();
    entries(app, tx, &found, For { viewer, t, chains: true, are_chosen }).await
}

/// `GET /library.rss`, `.atom`, `.json`: for everybody, and so nothing but what was said to everybody; `.csv`, `.md`: what this visitor
/// may read.
pub async fn file(
    State(app): State<App>,
    Path(end): Path<String>,
    OriginalUri(uri): OriginalUri,
    asked_with: HeaderMap,
    visitor: Visitor,
) -> Result<Response, ApiError> {
    let q = question(&Params::from_urlencoded(uri.query().unwrap_or("")))?;
    let Some(form) = Form::from_name(&end) else {
        return as_file(&app, &q, visitor.viewer(), &end, &asked_with).await;
    };
    let mut tx = app.node.store.read().await?;
    let found = library::latest(&app.node, &mut tx, &q, feeds::ITEMS).await?;
    let title = described(Language::default(), &q);
    let feed = Feed {
        about: format!("What people try, and what came of it, as far as {} knows", app.node.config.title),
        page: asked(&format!("{}/library", app.node.config.origin), &q),
        icon: String::new(),
        title: format!("{title} · {}", app.node.config.title),
    };
    feeds::answer(&app, &mut tx, form, &feed, &found, &asked_with).await
}

/// What is asked for as a file: `csv`, a line each; `md`, a brief. They are passed on, and so in English.
pub(crate) async fn as_file(
    app: &App,
    q: &Question,
    viewer: Viewer,
    end: &str,
    asked_with: &HeaderMap,
) -> Result<Response, ApiError> {
    let t = Language::default();
    let mut tx = app.node.store.read().await?;
    let (kind, body) = match end {
        "csv" => {
            let found = library::find(&app.node, &mut tx, q, viewer, &Page::first(ALL)).await?;
            let are_chosen = !q.chosen.is_empty();
            let all = entries(app, &mut tx, &found, For { viewer, t, chains: are_chosen, are_chosen }).await?;
            let records: Vec<Value> = all.iter().map(Entry::record).collect();
            (csv::TYPE, csv::table(&COLUMNS, &records))
        }
        "md" => {
            let all = chosen(app, &mut tx, q, viewer, t).await?;
            ("text/markdown; charset=utf-8", markdown(app, t, &all))
        }
        _ => return Err(ApiError::not_found()),
    };
    let mut response = feeds::conditional(asked_with, kind, None, body.into_bytes());
    let disposition = match end {
        "csv" => "attachment; filename=\"experiments.csv\"",
        _ => "attachment; filename=\"evidence-brief.md\"",
    };
    response.headers_mut().insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(disposition));
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Cookie, Authorization"));
    if viewer.is_member() {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    }
    Ok(response)
}

/// A text as it stands in Markdown, in one line, with no signs that mean something there, no address that becomes a link, and nothing that
/// turns the line around (the bidirectional controls of Unicode).
fn plain(text: &str) -> String {
    let is_turn = |c: &char| matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let words = text.split_whitespace().map(|word| {
        let mut written = String::with_capacity(word.len());
        let is_address = word.contains("://") || word.to_lowercase().contains("www.") || word.contains('@');
        for c in word.chars().filter(|c| !is_turn(c)) {
            let is_plain = matches!(c, ',' | ';' | '?' | '!' | '\'' | '"' | '(' | ')' | '/' | '-')
                || matches!(c, '.' | ':' | '@') && !is_address;
            if c.is_ascii_punctuation() && !is_plain {
                written.push('\\');
            }
            written.push(c);
        }
        written
    });
    words.collect::<Vec<_>>().join(" ")
}

/// An address that stays one between `<` and `>`.
fn link(url: &str) -> String {
    let url: String = url.chars().filter(|c| !c.is_whitespace() && !matches!(c, '<' | '>')).collect();
    if url.is_empty() { url } else { format!("<{url}>") }
}

fn markdown(app: &App, t: Language, entries: &[Entry]) -> String {
    let mut text = format!("# {}\n\n", brief_title(t, entries));
    let made = t.two("brief-made", "day", t.day(app.node.now()), "node", &app.node.config.title);
    text += &format!("{} {}\n", plain(&made), plain(&counts(t, entries)));
    if entries.iter().any(|e| !e.inside.is_empty()) {
        text += &format!("\n**{}**\n", t.say("brief-inside"));
    }
    for entry in entries {
        text += &format!("\n{} {}\n\n", "#".repeat((entry.depth + 2).min(6)), plain(&entry.title));
        if entry.is_gone() {
            text += &format!("{}\n", t.say("entry-gone"));
            continue;
        }
        text += &format!("**{}**\n\n", plain(&entry.headline));
        for (label, said) in entry.sentences.iter().cloned().chain(entry.learned()) {
            text += &format!("- **{label}** {}\n", plain(&said));
        }
        if !entry.noted_by.is_empty() {
            text += &format!("- {}\n", capital(&t.one("entry-noted", "name", plain(&entry.noted_by))));
        }
        if !entry.tries.is_empty() {
            text += &format!("- {} {} {}\n", t.say("entry-tries"), plain(&entry.tried), link(&entry.tries));
        }
        let by = entry.author.as_ref().map(|a| format!("{} (@{})", plain(&a.name), a.handle)).unwrap_or_default();
        let by = [by, plain(&entry.whereabouts())].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(", ");
        text += &format!("- {by}\n- {}\n- {}\n", plain(&entry.days()), link(&entry.url));
        if let Some((words, url)) = entry.licence() {
            text += &format!("- {}: {} {}\n", t.say("brief-licence"), plain(words), link(url));
        }
        if !entry.inside.is_empty() {
            text += &format!("- {}\n", t.one("entry-said-to", "whom", &entry.inside));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_an_address_and_a_title() {
        let q = Question {
            outcome: Some(Outcome::Didnt),
            tag: "#LFF".to_owned(),
            place: "Leeds & York".to_owned(),
            until: Some(86_400_000),
            untried: true,
            chosen: vec![3, 1],
            ..Question::default()
        };
        assert_eq!(
            asked("/library", &q),
            "/library?outcome=didnt&tag=%23LFF&place=Leeds+%26+York&until=1970-01-01&untried=true&id%5B%5D=3&id%5B%5D=1"
        );
        assert_eq!(
            described(Language::default(), &q),
            "Experiments: it didn’t do what we hoped · #LFF · in Leeds & York · until 1 January 1970 · not yet tried elsewhere · chosen"
        );
        assert_eq!(question(&Params::from_urlencoded(&query(&q))).unwrap(), q);
        assert_eq!(
            (asked("/library", &Question::default()), described(Language::default(), &Question::default())),
            ("/library".to_owned(), "Experiments".to_owned())
        );
    }

    #[test]
    fn what_others_wrote_means_nothing_in_markdown() {
        assert_eq!(plain("# *a*\n\n- [x](y) <b>`c`"), "\\# \\*a\\* - \\[x\\](y) \\<b\\>\\`c\\`");
        assert_eq!(
            plain("see https://a.example, or www.b.example \u{202E}x"),
            "see https\\://a\\.example, or www\\.b\\.example x"
        );
        assert_eq!(link("https://a.example/> <x"), "<https://a.example/x>");
    }
}
