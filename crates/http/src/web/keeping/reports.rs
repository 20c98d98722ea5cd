//! What was brought before those who look after the node, and what they decide about it.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use model::id::Id;
use model::page::Page;
use model::permission::MANAGE_REPORTS;
use node::moderate::{self, Act};
use node::report::{self, Keeper as By};
use node::texts;
use node::warn::Measure;
use storage::{AccountWarning, Report, ReportFilter, Tx};

use super::super::frame::Frame;
use super::super::language::{Language, When};
use super::super::view::{Attachment, Person, attached};
use super::super::visitor::Visitor;
use super::log::Line;
use super::{Keeper, ROWS, older};
use crate::mastodon::admin::accounts::{is_below, rank};
use crate::params::Params;
use crate::{ApiError, App, page};

/// Earlier reports and measures beside a report.
const EARLIER: i64 = 10;

/// A report as it stands in a list.
pub struct Row {
    pub id: Id,
    pub target: String,
    pub reporter: String,
    pub category: String,
    pub posts: usize,
    pub comment: String,
    pub at: When,
    pub is_closed: bool,
}

impl Row {
    pub fn new(t: Language, report: &Report, now: i64) -> Self {
        Self {
            id: report.id,
            target: report.target.clone(),
            reporter: report.reporter.clone(),
            category: category(t, &report.category),
            posts: report.posts.len(),
            comment: report.comment.clone(),
            at: t.when(report.created_at, now),
            is_closed: report.closed_at.is_some(),
        }
    }
}

fn category(t: Language, name: &str) -> String {
    match name {
        "spam" => t.say("keep-category-spam"),
        "legal" => t.say("keep-category-legal"),
        "violation" => t.say("keep-category-rule"),
        _ => t.say("keep-category-other"),
    }
    .into_owned()
}

/// What was done about somebody before.
pub struct Past {
    pub what: String,
    pub text: String,
    pub report: Option<Id>,
    pub at: When,
}

impl Past {
    pub fn new(t: Language, warning: &AccountWarning, now: i64) -> Self {
        let what = match warning.action.as_str() {
            "freeze" => t.say("keep-past-freeze"),
            "disable" => t.say("keep-past-disable"),
            "silence" => t.say("keep-past-limit"),
            "suspend" => t.say("keep-past-suspend"),
            _ => t.say("keep-past-warn"),
        };
        Self {
            what: what.into_owned(),
            text: warning.text.clone(),
            report: warning.report_id,
            at: t.when(warning.created_at, now),
        }
    }
}

#[derive(Template)]
#[template(path = "keeping_reports.html")]
struct ListPage {
    frame: Frame,
    is_closed: bool,
    reports: Vec<Row>,
    older: String,
}

/// `GET /keeping/reports`: those that wait; with `resolved` those that do not.
pub async fn list(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let keeper = Keeper::who_may(&app, &visitor, MANAGE_REPORTS)?;
    let is_closed = params.flag("resolved").unwrap_or(false);
    let by = ReportFilter { closed: Some(is_closed), ..ReportFilter::default() };
    let found = app.node.store.read().await?.reports(&by, &page::page(&params, ROWS)).await?;
    let path = if is_closed { "/keeping/reports?resolved=true&" } else { "/keeping/reports?" };
    let now = app.node.now();
    let page = ListPage {
        frame: keeper.frame(),
        is_closed,
        older: older(path, found.len(), found.last().map(|r| r.id)),
        reports: found.iter().map(|r| Row::new(keeper.t(), r, now)).collect(),
    };
    keeper.show(&page)
}

/// A post as it was when it was reported.
struct Said {
    id: Id,
    summary: String,
    text: String,
    files: Vec<Attachment>,
    at: When,
    /// It is still there.
    is_here: bool,
    sensitive: bool,
}

#[derive(Template)]
#[template(path = "keeping_report.html")]
struct ReportPage {
    frame: Frame,
    report: Row,
    /// Who is reported; `None`: nothing of them is left.
    target: Option<Person>,
    is_local: bool,
    /// They may be dealt with by who looks.
    may_act: bool,
    reporter: Option<Person>,
    rules: Vec<String>,
    forwarded: bool,
    posts: Vec<Said>,
    any_sensitive: bool,
    /// Some of them are still there, and some of those have something attached.
    any_here: bool,
    any_files: bool,
    assigned: Option<Person>,
    is_mine: bool,
    closed_by: String,
    closed: Option<When>,
    note: String,
    reports: Vec<Row>,
    reported: Vec<Row>,
    past: Vec<Past>,
    /// What was done about them because of this report.
    done: Vec<Past>,
    /// What else was done about them since it came.
    since: Vec<Line>,
    log: Vec<Line>,
    /// Letters can be sent.
    mail: bool,
    words: usize,
    /// What is said often.
    ready: Vec<String>,
}

/// `GET /keeping/reports/{id}`.
pub async fn show(State(app): State<App>, Path(id): Path<Id>, visitor: Visitor) -> Result<Response, ApiError> {
    let keeper = Keeper::who_may(&app, &visitor, MANAGE_REPORTS)?;
    let (t, now) = (keeper.t(), app.node.now());
    let mut tx = app.node.store.read().await?;
    let found = tx.report(id).await?.ok_or_else(ApiError::not_found)?;
    let named: Vec<Id> = [Some(found.target_id), found.reporter_id, found.assigned_id].into_iter().flatten().collect();
    let accounts = tx.accounts(&named).await?;
    let account = |id: Id| accounts.iter().find(|a| a.id == id && a.deleted_at.is_none());
    let target = account(found.target_id);
    let rank = rank(&mut tx, found.target_id).await?;
    let held = tx.former_rules().await?;
    let rules = tx.rules().await?.into_iter().chain(held).filter(|r| found.rule_ids.contains(&r.id.to_string()));
    let rules = rules.map(|r| match r.removed_at {
        Some(at) => format!("{} {}", r.text, t.one("keep-rule-former", "day", t.day(at))),
        None => r.text,
    });
    let subject = format!("report {} about {}", found.id, found.target);
    let (told, past): (Vec<Past>, Vec<Past>) =
        past(t, &mut tx, found.target_id, now).await?.into_iter().partition(|p| p.report == Some(id));
    // What was done about them since: the words of a warning stand in both.
    let since = tx.actions_about(&found.target, &Page::first(ROWS)).await?.into_iter();
    let since = since
        .filter(|a| a.created_at >= found.created_at && !told.iter().any(|p| !p.text.is_empty() && p.text == a.detail));
    let since: Vec<Line> = since.map(|a| Line::new(t, a, now)).collect();
    let posts = said(&app, t, &mut tx, &found).await?;
    let page = ReportPage {
        frame: keeper.frame(),
        is_local: target.is_some_and(model::account::Account::is_local),
        may_act: target.is_some() && is_below(rank, keeper.role()),
        target: target.map(|a| keeper.person(a)),
        reporter: found.reporter_id.and_then(account).map(|a| keeper.person(a)),
        rules: rules.collect(),
        forwarded: found.forwarded,
        any_sensitive: posts.iter().any(|p| p.sensitive),
        any_here: posts.iter().any(|p| p.is_here),
        any_files: posts.iter().any(|p| p.is_here && !p.files.is_empty()),
        posts,
        assigned: found.assigned_id.and_then(account).map(|a| keeper.person(a)),
        is_mine: found.assigned_id == Some(keeper.signed.account.id),
        closed_by: found.closed_by.clone(),
        closed: found.closed_at.map(|at| t.when(at, now)),
        note: tx.report_note(id).await?,
        reports: about(t, &mut tx, found.target_id, now).await?.into_iter().filter(|r| r.id != id).collect(),
        reported: match found.reporter_id {
            Some(who) => by(t, &mut tx, who, now).await?.into_iter().filter(|r| r.id != id).collect(),
            None => Vec::new(),
        },
        past,
        done: told,
        since,
        log: tx.actions_about(&subject, &Page::first(ROWS)).await?.into_iter().map(|a| Line::new(t, a, now)).collect(),
        report: Row::new(t, &found, now),
        mail: app.node.config.mail,
        words: moderate::WORDS,
        ready: texts::ready_words(&app.node, &mut tx).await?,
    };
    drop(tx);
    keeper.show(&page)
}

async fn said(app: &App, t: Language, tx: &mut Tx, report: &Report) -> Result<Vec<Said>, ApiError> {
    let ids: Vec<Id> = report.posts.iter().map(|p| p.id).collect();
    let here = tx.posts(&ids).await?;
    let files = tx.media_of(&ids).await?;
    let one = |p: &storage::Snapshot| {
        let known = here.iter().find(|known| known.id == p.id);
        Said {
            id: p.id,
            summary: p.summary.clone(),
            text: p.text.clone(),
            files: files.iter().filter(|m| m.post_id == Some(p.id)).filter_map(|m| attached(app, t, m)).collect(),
            at: t.when(p.created_at, app.node.now()),
            is_here: known.is_some(),
            sensitive: known.is_some_and(|known| known.sensitive),
        }
    };
    Ok(report.posts.iter().map(one).collect())
}

/// The last reports about somebody.
pub async fn about(t: Language, tx: &mut Tx, target: Id, now: i64) -> Result<Vec<Row>, ApiError> {
    let by = ReportFilter { target: Some(target), ..ReportFilter::default() };
    Ok(tx.reports(&by, &Page::first(EARLIER)).await?.iter().map(|r| Row::new(t, r, now)).collect())
}

/// The last reports by a member.
pub async fn by(t: Language, tx: &mut Tx, reporter: Id, now: i64) -> Result<Vec<Row>, ApiError> {
    let by = ReportFilter { reporter: Some(reporter), ..ReportFilter::default() };
    Ok(tx.reports(&by, &Page::first(EARLIER)).await?.iter().map(|r| Row::new(t, r, now)).collect())
}

/// What was done about somebody last.
pub async fn past(t: Language, tx: &mut Tx, account: Id, now: i64) -> Result<Vec<Past>, ApiError> {
    Ok(tx.warnings_of(account, &Page::first(EARLIER)).await?.iter().map(|w| Past::new(t, w, now)).collect())
}

/// `POST /keeping/reports/{id}/close` with `note`: for those who look after the node.
pub async fn close(
    State(app): State<App>,
    Path(id): Path<Id>,
    visitor: Visitor,
    params: Params,
) -> Result<Response, ApiError> {
    let keeper = Keeper::who_may(&app, &visitor, MANAGE_REPORTS)?;
    let deed = async {
        let note = params.text("note").unwrap_or_default();
        let note = note.trim();
        if note.chars().count() > moderate::WORDS {
            return Err(ApiError::unprocessable(format!("A note can have at most {} characters", moderate::WORDS)));
        }
        let mut tx = keeper.begin().await?;
        let by = By { name: &keeper.name(), id: Some(keeper.signed.account.id) };
        report::close(&app.node, &mut tx, by, id, note).await?;
        keeper.commit(tx).await
    };
    keeper.done(&params, &format!("/keeping/reports/{id}"), deed).await
}

/// `POST /keeping/reports/{id}/posts` with `posts[]` of the report, `deed` (`delete`, `sensitive`, or `plain`), and `text` for who wrote them.
pub async fn posts(
    State(app): State<App>,
    Path(id): Path<Id>,
    visitor: Visitor,
    params: Params,
) -> Result<Response, ApiError> {
    let keeper = Keeper::who_may(&app, &visitor, MANAGE_REPORTS)?;
    let deed = do_with_posts(&keeper, id, &params);
    let mut response = keeper.done(&params, &format!("/keeping/reports/{id}"), deed).await?;
    let said = match params.text("deed").as_deref() {
        Some("delete") => "said-deleted",
        Some("plain") => "said-plain",
        _ => "said-sensitive",
    };
    response.extensions_mut().insert(super::super::said::Deed(said));
    Ok(response)
}

async fn do_with_posts(keeper: &Keeper<'_>, id: Id, params: &Params) -> Result<(), ApiError> {
    let (node, by) = (&keeper.app.node, keeper.name());
    let deed = params.text("deed").unwrap_or_default();
    let deletes = match deed.as_str() {
        "delete" => true,
        "sensitive" | "plain" => false,
        _ => return Err(ApiError::bad_request("This form does not lead anywhere")),
    };
    if deletes && !params.flag("sure").unwrap_or(false) {
        return Err(ApiError::unprocessable(keeper.t().say("keep-not-sure")));
    }
    let mut tx = keeper.begin().await?;
    let found = tx.report(id).await?.ok_or_else(ApiError::not_found)?;
    let wanted = params.ids("posts");
    let chosen: Vec<Id> = found.posts.iter().map(|p| p.id).filter(|id| wanted.contains(id)).collect();
    if chosen.is_empty() {
        return Err(ApiError::unprocessable(keeper.t().say("keep-no-post")));
    }
    if !is_below(rank(&mut tx, found.target_id).await?, keeper.role()) {
        return Err(ApiError::forbidden(keeper.t().say("keep-not-below")));
    }
    let mut here = tx.posts(&chosen).await?;
    here.retain(|p| p.account_id == found.target_id);
    if !deletes {
        // What is marked is what is attached: words are not hidden by it.
        let files = tx.media_of(&chosen).await?;
        here.retain(|p| files.iter().any(|m| m.post_id == Some(p.id)));
        if here.is_empty() {
            return Err(ApiError::unprocessable(keeper.t().say("keep-no-files")));
        }
    }
    for post in &here {
        if deletes {
            moderate::remove_post(node, &mut tx, &by, post.id).await?;
        } else {
            moderate::set_sensitive(node, &mut tx, &by, post.id, deed == "sensitive").await?;
        }
    }
    let words = format!(
        "{}\n\n{}",
        params.text("ready").unwrap_or_default().replace("\r\n", "\n"),
        params.text("text").unwrap_or_default()
    );
    if let Some(account) = tx.account(found.target_id).await?.filter(|_| !words.trim().is_empty()) {
        let letter = params.flag("letter").unwrap_or(false);
        let act = Act { measure: Measure::None, words: words.trim(), report: Some(id), letter };
        moderate::act(node, &mut tx, &by, &account, act).await?;
    }
    keeper.commit(tx).await
}
