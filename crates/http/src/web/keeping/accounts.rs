//! People, here and elsewhere, and what is done about them.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use model::account::{Account, Member, MemberState, Role};
use model::id::Id;
use model::permission::{DELETE_USER_DATA, MANAGE_USERS};
use node::moderate;
use node::texts;
use node::warn::Measure;

use super::super::frame::Frame;
use super::super::language::{Language, When};
use super::super::view::Person;
use super::super::visitor::Visitor;
use super::log::Line;
use super::reports::{Past, Row as ReportRow, about, by, past};
use super::{Keeper, ROWS, older, query, role_words};
use crate::mastodon::admin::accounts::{self as api, Deed, Wanted, is_below, rank};
use crate::params::Params;
use crate::{ApiError, App, page};

/// Sessions that are counted, and lines of the log.
const SESSIONS: i64 = 200;
const LINES: i64 = 20;

/// Somebody in the list, with what is out of the ordinary about them.
struct Row {
    person: Person,
    marks: Vec<String>,
}

#[derive(Template)]
#[template(path = "keeping_accounts.html")]
struct ListPage {
    frame: Frame,
    typed: String,
    origin: String,
    status: String,
    rows: Vec<Row>,
    older: String,
}

/// `GET /keeping/accounts?q=…&origin=…&status=…`: `q` is the beginning of a name, a handle, `@` and a domain, or an address.
pub async fn list(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let keeper = Keeper::who_may(&app, &visitor, MANAGE_USERS)?;
    let typed = params.text("q").unwrap_or_default().trim().to_lowercase();
    let origin = params.text("origin").unwrap_or_else(|| "local".to_owned());
    let status = params.text("status").unwrap_or_default();
    let known = api::STATUSES.into_iter().find(|s| *s == status).unwrap_or_default();
    let is_handle = typed.starts_with('@') || origin != "local";
    let (name, domain) = typed.trim_start_matches('@').split_once('@').unwrap_or((typed.trim_start_matches('@'), ""));
    let wanted = Wanted {
        local: origin == "local",
        remote: origin == "remote",
        status: known,
        roles: if status == "staff" { api::STAFF.to_vec() } else { Vec::new() },
        username: if is_handle || domain.is_empty() { name.to_owned() } else { String::new() },
        domain: if is_handle { domain.to_owned() } else { String::new() },
        email: if is_handle || domain.is_empty() { String::new() } else { typed.clone() },
        display_name: String::new(),
    };
    let mut tx = app.node.store.read().await?;
    let found = api::find(&app, &mut tx, &wanted, &page::page(&params, ROWS)).await?;
    let ids: Vec<Id> = found.iter().filter(|a| a.is_local()).map(|a| a.id).collect();
    let members = tx.members_of(&ids).await?;
    drop(tx);
    let row = |a: &Account| Row {
        person: keeper.person(a),
        marks: marks(keeper.t(), a, members.iter().find(|m| m.account_id == a.id)),
    };
    let path = format!("/keeping/accounts?{}", query(&[("q", &typed), ("origin", &origin), ("status", &status)]));
    let page = ListPage {
        frame: keeper.frame(),
        older: older(&path, found.len(), found.last().map(|a| a.id)),
        rows: found.iter().map(row).collect(),
        typed,
        origin,
        status,
    };
    keeper.show(&page)
}

/// What is out of the ordinary about somebody, in words.
fn marks(t: Language, account: &Account, member: Option<&Member>) -> Vec<String> {
    let mut marks = Vec::new();
    if let Some(member) = member {
        if member.role != Role::Member {
            marks.push(role_words(t, member.role));
        }
        match member.state {
            MemberState::Pending => marks.push(t.say("keep-mark-pending").into_owned()),
            MemberState::Frozen => marks.push(t.say("keep-mark-frozen").into_owned()),
            MemberState::Disabled => marks.push(t.say("keep-mark-disabled").into_owned()),
            MemberState::Active => {}
        }
        if !member.confirmed {
            marks.push(t.say("keep-mark-unconfirmed").into_owned());
        }
    }
    if account.limited_at.is_some() {
        marks.push(t.say("keep-mark-limited").into_owned());
    }
    if account.is_suspended() && !account.is_waiting() {
        marks.push(t.say("keep-mark-suspended").into_owned());
    }
    marks
}

#[derive(Template)]
#[template(path = "keeping_account.html")]
struct AccountPage {
    frame: Frame,
    person: Person,
    id: Id,
    /// Where they are seen by everybody.
    profile: String,
    marks: Vec<String>,
    is_member: bool,
    email: String,
    reason: String,
    joined: When,
    last_active: Option<When>,
    sessions: usize,
    /// Posts and follows, in words.
    counts: String,
    server: String,
    /// Who looks may do something about them.
    may_act: bool,
    is_waiting: bool,
    is_frozen: bool,
    is_disabled: bool,
    is_limited: bool,
    is_suspended: bool,
    may_delete: bool,
    /// Name, words, and whether it is theirs; empty: who looks gives no roles.
    roles: Vec<(&'static str, String, bool)>,
    reports: Vec<ReportRow>,
    reported: Vec<ReportRow>,
    past: Vec<Past>,
    log: Vec<Line>,
    /// Letters can be sent.
    mail: bool,
    words: usize,
    /// What is said often.
    ready: Vec<String>,
}

/// `GET /keeping/accounts/{id}`.
pub async fn show(State(app): State<App>, Path(id): Path<Id>, visitor: Visitor) -> Result<Response, ApiError> {
    let keeper = Keeper::who_may(&app, &visitor, MANAGE_USERS)?;
    let (t, now) = (keeper.t(), app.node.now());
    let mut tx = app.node.store.read().await?;
    let account = tx.account(id).await?.filter(|a| a.deleted_at.is_none()).ok_or_else(ApiError::not_found)?;
    let member = tx.member(id).await?;
    let state = member.as_ref().map(|m| m.state);
    let may_act = is_below(rank(&mut tx, id).await?, keeper.role()) && (member.is_some() || !account.is_local());
    let handle = app.node.config.full_handle(&account);
    let log = tx.actions_about(&handle, &model::page::Page::first(LINES)).await?;
    let is_suspended = account.is_suspended() && !account.is_waiting();
    let gives_roles = may_act && keeper.role() == Role::Owner && state == Some(MemberState::Active);
    let page = AccountPage {
        frame: keeper.frame(),
        person: keeper.person(&account),
        id,
        profile: visitor.reader(&app, "").page_of(&account),
        marks: marks(t, &account, member.as_ref()),
        is_member: member.is_some(),
        email: member.as_ref().map(|m| m.email.clone()).unwrap_or_default(),
        reason: member.as_ref().map(|m| m.reason.clone()).unwrap_or_default(),
        joined: t.when(member.as_ref().map_or(account.created_at, |m| m.created_at), now),
        last_active: member.as_ref().and_then(|m| m.last_active_at).map(|at| t.when(at, now)),
        sessions: if member.is_some() { tx.signed_in(id, now, SESSIONS).await?.len() } else { 0 },
        counts: counts(t, &account),
        server: if account.is_local() { String::new() } else { account.domain.clone() },
        may_act,
        is_waiting: state == Some(MemberState::Pending),
        is_frozen: state == Some(MemberState::Frozen),
        is_disabled: state == Some(MemberState::Disabled),
        is_limited: account.limited_at.is_some(),
        is_suspended,
        may_delete: may_act && member.is_some() && is_suspended && keeper.may(DELETE_USER_DATA),
        roles: match &member {
            Some(member) if gives_roles => [Role::Member, Role::Moderator, Role::Admin, Role::Owner]
                .into_iter()
                .map(|r| (r.name(), role_words(t, r), r == member.role))
                .collect(),
            _ => Vec::new(),
        },
        reports: about(t, &mut tx, id, now).await?,
        reported: by(t, &mut tx, id, now).await?,
        past: past(t, &mut tx, id, now).await?,
        log: log.into_iter().map(|a| Line::new(t, a, now)).collect(),
        mail: app.node.config.mail,
        words: moderate::WORDS,
        ready: texts::ready_words(&app.node, &mut tx).await?,
    };
    drop(tx);
    keeper.show(&page)
}

/// Posts and follows of somebody, in words.
fn counts(t: Language, a: &Account) -> String {
    let (posts, followers, following) = (a.posts_count, a.followers_count, a.following_count);
    t.with("keep-counts-of", &[("posts", &posts), ("followers", &followers), ("following", &following)])
}

/// `POST /keeping/accounts/{id}` with `deed`; of a measure with `text` for who is meant, `letter`, and `report_id` of what it settles.
pub async fn act(
    State(app): State<App>,
    Path(id): Path<Id>,
    visitor: Visitor,
    params: Params,
) -> Result<Response, ApiError> {
    let keeper = Keeper::who_may(&app, &visitor, MANAGE_USERS)?;
    let asked = params.text("deed").unwrap_or_default();
    // Of who is gone there is no page.
    let is_end = ["reject", "delete"].contains(&asked.as_str());
    let next = if is_end { "/keeping/accounts".to_owned() } else { format!("/keeping/accounts/{id}") };
    let deed = async {
        let deed = read(&asked, &params).ok_or_else(|| ApiError::bad_request("This form does not lead anywhere"))?;
        if matches!(&deed, Deed::Act(Measure::None, text, _) if text.is_empty()) {
            return Err(ApiError::unprocessable(keeper.t().say("keep-no-words")));
        }
        if matches!(deed, Deed::Delete) && !params.flag("sure").unwrap_or(false) {
            return Err(ApiError::unprocessable(keeper.t().say("keep-not-sure")));
        }
        api::act(&app, &keeper.caller(), id, deed, params.number("report_id")).await.map(drop)
    };
    let mut response = keeper.done(&params, &next, deed).await?;
    let said = if params.has("report_id") { "said-and-closed" } else { said_of(&asked) };
    response.extensions_mut().insert(super::super::said::Deed(said));
    Ok(response)
}

/// What is said of what a form asked for.
fn said_of(asked: &str) -> &'static str {
    match asked {
        "warn" => "said-told",
        "freeze" => "said-frozen",
        "disable" => "said-disabled",
        "limit" => "said-limited",
        "suspend" => "said-suspended",
        "approve" => "said-let-in-here",
        "reject" | "delete" => "said-account-gone",
        "role" => "said-role",
        _ => "said-lifted",
    }
}

/// What a form asks for.
fn read(asked: &str, params: &Params) -> Option<Deed> {
    let ready = params.text("ready").unwrap_or_default().replace("\r\n", "\n");
    let text = format!("{ready}\n\n{}", params.text("text").unwrap_or_default());
    let letter = params.flag("letter").unwrap_or(false);
    let measure = |measure| Some(Deed::Act(measure, text.trim().to_owned(), letter));
    match asked {
        "warn" => measure(Measure::None),
        "freeze" => measure(Measure::Freeze),
        "disable" => measure(Measure::Disable),
        "limit" => measure(Measure::Silence),
        "suspend" => measure(Measure::Suspend),
        "approve" => Some(Deed::Approve),
        "reject" => Some(Deed::Reject),
        "enable" => Some(Deed::Enable),
        "unfreeze" => Some(Deed::Unfreeze),
        "unlimit" => Some(Deed::Unsilence),
        "unsuspend" => Some(Deed::Unsuspend),
        "delete" => Some(Deed::Delete),
        "role" => params.text("role")?.parse().ok().map(Deed::Role),
        _ => None,
    }
}
