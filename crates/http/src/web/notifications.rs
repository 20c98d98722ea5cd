//! What a member is told of: what others did about them, grouped, newest first.

use std::borrow::Cow;
use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use model::account::{Account, ActorKind, MemberState};
use model::clock::Millis;
use model::experiment::Standing;
use model::id::Id;
use model::notification::{Notification, NotificationKind};
use model::page::Page;
use storage::{AccountWarning, GroupMember, Grouping, Report, Severance};

use super::frame::{Frame, form};
use super::keeping::reports::Past;
use super::language::{Language, When};
use super::view::{Person, PostView, posts};
use super::visitor::Visitor;
use crate::params::Params;
use crate::{ApiError, App};

/// Groups on a page.
const GROUPS: i64 = 30;
/// Those that are about words, for who wants to see nothing else.
const WORDS: [NotificationKind; 2] = [NotificationKind::Mention, NotificationKind::Quote];

/// One or several of a kind about one thing.
struct Told {
    id: Id,
    /// What happened: `Ana and 3 others boosted`.
    words: String,
    people: Vec<Person>,
    at: When,
    /// A whole post, where it is what one is told of; else its first words.
    whole: Option<PostView>,
    about: Option<(String, String)>,
    /// What those who look after the node did about the reader's account, and what they say.
    warning: Option<Warned>,
    /// Somebody who asks to follow.
    asks: Option<Id>,
    /// What to do about it: address and words.
    next: Option<(String, String)>,
    is_new: bool,
}

#[derive(Template)]
#[template(path = "notifications.html")]
struct NotificationsPage {
    frame: Frame,
    told: Vec<Told>,
    only_words: bool,
    /// Strangers who wait to be heard.
    held: i64,
    older: String,
    is_first: bool,
}

/// `GET /notifications`, with `only=words`. What is seen counts as read.
pub async fn show(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let signed = match visitor.member(&visitor.here) {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let who = signed.account.id;
    let only_words = params.text("only").as_deref() == Some("words");
    let page = Page { max_id: params.number("max_id"), ..Page::first(GROUPS) };
    let grouped: Vec<_> = NotificationKind::ALL.into_iter().filter(|k| k.is_grouped()).collect();
    let by = Grouping { kinds: if only_words { &WORDS } else { &[] }, grouped: &grouped, ..Grouping::default() };
    let mut tx = app.node.store.read().await?;
    let found = tx.notification_groups(who, &by, &page).await?;
    let read = tx.markers(who, &["notifications"]).await?.first().map_or(0, |m| m.1);
    let heads: Vec<Id> = found.iter().filter(|n| n.kind.is_grouped()).map(|n| n.id).collect();
    let lowest = found.iter().map(|n| n.id).min().unwrap_or(0);
    let mut members: HashMap<Id, Vec<GroupMember>> = HashMap::new();
    for member in tx.group_members(who, &heads, 0, lowest).await? {
        members.entry(member.newest).or_default().push(member);
    }
    let mut people: Vec<Id> = found.iter().map(|n| n.from_account_id).collect();
    people.extend(members.values().flatten().map(|m| m.account_id));
    people.sort_unstable();
    people.dedup();
    let accounts: HashMap<Id, Account> = tx.accounts(&people).await?.into_iter().map(|a| (a.id, a)).collect();
    let ids: Vec<Id> = found.iter().filter_map(|n| n.post_id).collect();
    let reader = visitor.reader(&app, "notifications");
    let seen = tx.visible_posts(&ids, visitor.viewer()).await?;
    let shown: HashMap<Id, PostView> =
        posts(&reader, &mut tx, seen).await?.into_iter().map(|p| (p.cursor, p)).collect();
    let held = tx.count_requests(who, 100).await?.0;
    let trying: Vec<Id> =
        found.iter().filter(|n| n.kind == NotificationKind::Trying).filter_map(|n| n.post_id).collect();
    let trying = if trying.is_empty() { Vec::new() } else { tx.experiments(&trying).await? };
    let waits: Vec<Id> = trying.iter().filter(|x| x.standing == Some(Standing::Waiting)).map(|x| x.post_id).collect();
    let warned = |n: &&Notification| n.kind == NotificationKind::ModerationWarning;
    let events: Vec<Id> = found.iter().filter(warned).filter_map(|n| n.event_id).collect();
    let warnings = if events.is_empty() { Vec::new() } else { tx.warnings(&events).await? };
    let cut_off = |n: &&Notification| n.kind == NotificationKind::SeveredRelationships;
    let events: Vec<Id> = found.iter().filter(cut_off).filter_map(|n| n.event_id).collect();
    let severed = if events.is_empty() { Vec::new() } else { tx.severances(&events).await? };
    let reported = found.iter().filter_map(|n| n.report_id).chain(warnings.iter().filter_map(|w| w.report_id));
    let reported: Vec<Id> = reported.collect();
    let reports = if reported.is_empty() { Vec::new() } else { tx.reports_by_id(&reported).await? };
    drop(tx);
    let frozen = signed.member.state == MemberState::Frozen;
    let t = visitor.language;
    let one = |n: &Notification| -> Option<Told> {
        let post = match n.post_id {
            // What may not be seen any more is not told of.
            Some(id) => Some(shown.get(&id)?),
            None => None,
        };
        let members = members.get(&n.id).map(Vec::as_slice).unwrap_or_default();
        let from: Vec<Person> = match members {
            [] => accounts.get(&n.from_account_id).map(|a| Person::seen(&reader, a)).into_iter().collect(),
            some => some.iter().filter_map(|m| accounts.get(&m.account_id)).map(|a| Person::seen(&reader, a)).collect(),
        };
        let name = from.first().map(|p| p.name.clone())?;
        let others = members.first().map_or(0, |m| m.total - 1).max(0);
        let is_whole = matches!(
            n.kind,
            NotificationKind::Mention | NotificationKind::Quote | NotificationKind::Status | NotificationKind::Trying
        );
        Some(Told {
            id: n.id,
            words: match n.report_id.and_then(|id| reports.iter().find(|r| r.id == id)) {
                Some(report) => {
                    // A server that passes on what its people report does not say who they are.
                    let by = accounts.get(&n.from_account_id).filter(|a| a.kind == ActorKind::Application);
                    t.two(
                        "told-report-about",
                        "name",
                        by.map_or(&name, |a| &a.domain),
                        "target",
                        format!("@{}", report.target),
                    )
                }
                None => match severed.iter().find(|s| cut_off(&n) && Some(s.id) == n.event_id) {
                    Some(severed) => why(t, severed),
                    None => words(t, n.kind, &name, others),
                },
            },
            // What is done about somebody is done by nobody in particular.
            people: if warned(&n) || cut_off(&n) { Vec::new() } else { from },
            at: t.when(n.created_at, app.node.now()),
            whole: post.filter(|_| is_whole).cloned(),
            about: post.filter(|_| !is_whole).map(|p| (p.page.clone(), first_words(t, p))),
            warning: n
                .event_id
                .filter(|_| warned(&n))
                .and_then(|id| warnings.iter().find(|w| w.id == id))
                .map(|w| Warned::new(t, w, &signed.account, frozen, &reports, app.node.now())),
            asks: (n.kind == NotificationKind::FollowRequest).then_some(n.from_account_id),
            next: next(t, n, &waits),
            is_new: n.id > read,
        })
    };
    let told: Vec<Told> = found.iter().filter_map(one).collect();
    let newest = found.first().map(|n| n.id).filter(|id| *id > read && page.max_id.is_none() && !only_words);
    if let Some(newest) = newest {
        let mut tx = app.node.store.begin().await?;
        node::notify::mark_read(&app.node, &mut tx, &signed.account, "notifications", newest).await?;
        app.node.commit(tx).await?;
    }
    let full = i64::try_from(found.len()).is_ok_and(|n| n >= GROUPS);
    let only = if only_words { "only=words&" } else { "" };
    let page = NotificationsPage {
        frame: Frame::new(&app, &visitor),
        told,
        only_words,
        held,
        older: found
            .last()
            .filter(|_| full)
            .map_or_else(String::new, |n| format!("/notifications?{only}max_id={}", n.id)),
        is_first: page.max_id.is_none(),
    };
    form(&app, &visitor, StatusCode::OK, &page)
}

/// What those who look after the node said to somebody, or did about them.
#[derive(Clone, Debug)]
struct Warned {
    what: String,
    /// What that means for them; empty: nothing that lasts.
    means: Cow<'static, str>,
    is_over: bool,
    text: String,
    /// First words of what it is about, of their own, as it was reported.
    about: Vec<String>,
}

impl Warned {
    fn new(t: Language, w: &AccountWarning, who: &Account, frozen: bool, reports: &[Report], now: Millis) -> Self {
        let (means, is_over) = match w.action.as_str() {
            "silence" => (t.say("told-limited"), who.limited_at.is_none()),
            "freeze" => (t.say("told-frozen"), !frozen),
            // Who reads this is not shut out.
            "suspend" | "disable" => (Cow::default(), true),
            _ => (Cow::default(), false),
        };
        let report = w.report_id.and_then(|id| reports.iter().find(|r| r.id == id));
        let about = report.map(|r| r.posts.iter().map(|p| model::html::truncate(&p.text, 140)).collect());
        let about = about.unwrap_or_default();
        Self { what: Past::new(t, w, now).what, means, is_over, text: w.text.clone(), about }
    }
}

/// Why follows are gone, and how many.
fn why(t: Language, s: &Severance) -> String {
    let why = match s.kind.as_str() {
        "domain_block" => t.one("severed-server", "target", &s.target),
        "user_domain_block" => t.one("severed-own", "target", &s.target),
        _ => t.one("severed-account", "target", format!("@{}", s.target)),
    };
    format!("{why} {}", t.with("severed-counts", &[("followers", &s.followers), ("following", &s.following)]))
}

fn first_words(t: Language, post: &PostView) -> String {
    let words = if post.warning.is_empty() { post.excerpt() } else { post.warning.clone() };
    if words.is_empty() { t.say("a-post").into_owned() } else { model::html::truncate(&words, 140) }
}

/// What happened. `others`: how many did the same.
pub(super) fn words(t: Language, kind: NotificationKind, name: &str, others: i64) -> String {
    let said = |key| t.one(key, "name", name);
    let several =
        |one, more| if others > 0 { t.two(more, "name", name, "count", others) } else { t.one(one, "name", name) };
    match kind {
        NotificationKind::Mention => said("told-mention"),
        NotificationKind::Status => said("told-status"),
        NotificationKind::Reblog => several("told-boost", "told-boosts"),
        NotificationKind::Follow => several("told-follow", "told-follows"),
        NotificationKind::FollowRequest => said("told-request"),
        NotificationKind::Favourite => several("told-favourite", "told-favourites"),
        NotificationKind::Update => said("told-update"),
        NotificationKind::Poll => t.say("told-poll").into_owned(),
        NotificationKind::Quote => said("told-quote"),
        NotificationKind::QuotedUpdate => said("told-quoted-update"),
        NotificationKind::AdminSignUp => several("told-sign-up", "told-sign-ups"),
        NotificationKind::AdminReport => said("told-report"),
        NotificationKind::ModerationWarning => t.say("told-warning").into_owned(),
        NotificationKind::SeveredRelationships => t.say("told-severed").into_owned(),
        NotificationKind::Outcome => said("told-outcome"),
        NotificationKind::Trying => said("told-trying"),
        NotificationKind::LookAgain => t.say("told-look-again").into_owned(),
        NotificationKind::Waiting => said("told-waiting"),
        NotificationKind::Given => said("told-given"),
        NotificationKind::Adopted => said("told-adopted"),
    }
}

/// Where to go on. `waits`: posts that say that they try something, and wait for a word.
fn next(t: Language, n: &Notification, waits: &[Id]) -> Option<(String, String)> {
    match (n.kind, n.report_id) {
        (NotificationKind::AdminReport, Some(report)) => {
            return Some((format!("/keeping/reports/{report}"), t.say("told-report-next").into_owned()));
        }
        (NotificationKind::AdminSignUp, _) => {
            let account = format!("/keeping/accounts/{}", n.from_account_id);
            return Some((account, t.say("told-sign-up-next").into_owned()));
        }
        _ => {}
    }
    let id = n.post_id?;
    Some(match n.kind {
        NotificationKind::LookAgain => (format!("/posts/{id}/outcome"), t.say("post-say-outcome").into_owned()),
        NotificationKind::Trying if waits.contains(&id) => {
            (format!("/posts/{id}#confirm-{id}"), t.say("told-trying-next").into_owned())
        }
        _ => return None,
    })
}

/// A stranger who waits to be heard.
struct Held {
    id: Id,
    person: Person,
    /// The page and first words of what they said last.
    last: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "held.html")]
struct HeldPage {
    frame: Frame,
    held: Vec<Held>,
}

/// `GET /notifications/held`: strangers who wait to be heard.
pub async fn held(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    let signed = match visitor.member("/notifications/held") {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let mut tx = app.node.store.read().await?;
    let found = tx.requests(signed.account.id, &Page::first(GROUPS)).await?;
    let senders = tx.accounts(&found.iter().map(|r| r.from_account_id).collect::<Vec<_>>()).await?;
    let last: Vec<Id> = found.iter().filter_map(|r| r.last_post_id).collect();
    let last = tx.visible_posts(&last, visitor.viewer()).await?;
    let reader = visitor.reader(&app, "");
    let last = posts(&reader, &mut tx, last).await?;
    let one = |r: &storage::Request| {
        let sender = senders.iter().find(|a| a.id == r.from_account_id)?;
        let said = last.iter().find(|p| Some(p.cursor) == r.last_post_id);
        Some(Held {
            id: r.id,
            person: Person::seen(&reader, sender),
            last: said.map(|p| (p.page.clone(), first_words(visitor.language, p))),
        })
    };
    let page = HeldPage { frame: Frame::new(&app, &visitor), held: found.iter().filter_map(one).collect() };
    form(&app, &visitor, StatusCode::OK, &page)
}
