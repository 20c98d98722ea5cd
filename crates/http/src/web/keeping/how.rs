//! How the node works, for everybody: made of what it is really set to, and of what was really done.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use model::account::Role;
use model::clock::DAY;
use model::id::first_id;
use node::config::Registrations;
use node::domains::SHOW_DOMAIN_BLOCKS;
use storage::{DomainRule, Tx};

use super::super::frame::{Frame, readable};
use super::super::language::Language;
use super::super::view::Person;
use super::super::visitor::Visitor;
use super::servers::words;
use super::size;
use crate::{ApiError, App};

/// Days of which it is told what was done, and deeds that are looked at for it.
const DAYS: i64 = 90;
const DEEDS: i64 = 10_000;
/// Most servers that are named.
const SERVERS: usize = 1_000;

#[derive(Template)]
#[template(path = "how_it_works.html")]
struct HowPage {
    frame: Frame,
    joining: String,
    confirm_email: bool,
    allow_list: bool,
    authorized_fetch: bool,
    /// Servers; `None`: the node does not say.
    blocked: Option<i64>,
    limited: i64,
    /// Which they are, what is done about them, and why.
    servers: Vec<(String, String, String)>,
    quarantine: bool,
    tag_sharing: bool,
    peers: i64,
    /// Days; 0: for ever.
    keep_posts: i64,
    /// Empty: none are kept.
    keep_media: String,
    /// How many came and were settled, in words.
    reports: String,
    /// Words and how often, of what was done at all.
    deeds: Vec<(String, i64)>,
    keepers: Vec<Person>,
    email: String,
}

/// `GET /how-it-works`.
pub async fn show(State(app): State<App>, visitor: Visitor, headers: HeaderMap) -> Result<Response, ApiError> {
    let (t, config, now) = (visitor.language, &app.node.config, app.node.now());
    let mut tx = app.node.store.read().await?;
    let today = now.div_euclid(DAY);
    let (since, until) = (today - DAYS + 1, today);
    let keepers = keepers(&app, &mut tx).await?;
    let rules = servers(&mut tx, visitor.signed.is_some()).await?;
    let count = |severity: &str, rules: &[DomainRule]| {
        i64::try_from(rules.iter().filter(|r| r.severity == severity).count()).unwrap_or(0)
    };
    let reports: i64 = tx.reports_opened(since, until).await?.iter().map(|d| d.count).sum();
    let settled: i64 = tx.reports_settled(since, until).await?.iter().map(|d| d.count).sum();
    let reports = match (reports, settled) {
        (0, 0) => t.one("how-reports-none", "days", DAYS),
        _ => t.with("how-reports", &[("days", &DAYS), ("reports", &reports), ("settled", &settled)]),
    };
    let name = |rule: &DomainRule| match rule.obfuscate {
        true => crate::instance::obfuscated(&rule.domain),
        false => rule.domain.clone(),
    };
    let server = |rule: &DomainRule| (name(rule), words(t, rule).join(" · "), rule.public_comment.clone());
    let peers = tx.peers().await?.iter().filter(|p| !p.ignored).count();
    let page = HowPage {
        frame: Frame::new(&app, &visitor),
        joining: match config.registrations {
            Registrations::Open => t.say("how-join-open"),
            Registrations::Approval => t.say("how-join-approval"),
            Registrations::Invite => t.say("how-join-invite"),
            Registrations::Closed => t.say("how-join-closed"),
        }
        .into_owned(),
        confirm_email: config.mail && config.confirm_email,
        allow_list: config.allow_list,
        authorized_fetch: config.authorized_fetch,
        blocked: rules.as_ref().map(|rules| count("suspend", rules)),
        limited: rules.as_ref().map_or(0, |rules| count("limit", rules)),
        servers: rules.iter().flatten().take(SERVERS).map(server).collect(),
        quarantine: config.quarantine,
        tag_sharing: config.tag_sharing,
        peers: i64::try_from(peers).unwrap_or(0),
        keep_posts: config.keep_remote_posts.map_or(0, |time| time / DAY),
        keep_media: if config.remote_media_budget == 0 { String::new() } else { size(config.remote_media_budget) },
        reports,
        deeds: deeds(t, &mut tx, since * DAY).await?,
        keepers,
        email: config.contact_email.clone(),
    };
    drop(tx);
    readable(&app, &visitor, &headers, &page)
}

/// Those who look after the node.
pub async fn keepers(app: &App, tx: &mut Tx) -> Result<Vec<Person>, ApiError> {
    let mut keepers = Vec::new();
    for role in [Role::Owner, Role::Admin, Role::Moderator] {
        let with = tx.members_with_role(role).await?;
        keepers.extend(with.iter().filter(|a| !a.is_suspended()).map(|a| Person::new(app, a)));
    }
    Ok(keepers)
}

/// The rules for servers, if they may be told to whoever reads.
async fn servers(tx: &mut Tx, is_member: bool) -> Result<Option<Vec<DomainRule>>, ApiError> {
    let to = tx.setting(SHOW_DOMAIN_BLOCKS).await?;
    let is_told = match to.as_deref() {
        Some("all") => true,
        Some("members") => is_member,
        _ => false,
    };
    if !is_told {
        return Ok(None);
    }
    let mut rules = tx.domain_rules().await?;
    rules.retain(|r| ["suspend", "limit"].contains(&r.severity.as_str()));
    rules.sort_by(|a, b| a.domain.cmp(&b.domain));
    Ok(Some(rules))
}

/// What was done about people and posts since then.
async fn deeds(t: Language, tx: &mut Tx, since: i64) -> Result<Vec<(String, i64)>, ApiError> {
    let done = tx.actions_since(first_id(since), DEEDS).await?;
    let sum = |names: &[&str]| {
        i64::try_from(done.iter().filter(|action| names.contains(&action.as_str())).count()).unwrap_or(0)
    };
    let kinds: [(&str, i64); 6] = [
        ("warn", sum(&["warn"])),
        ("post", sum(&["delete post"])),
        ("sensitive", sum(&["mark sensitive"])),
        ("limit", sum(&["limit"])),
        ("freeze", sum(&["freeze", "disable"])),
        ("suspend", sum(&["suspend"])),
    ];
    let said = |kind: &str| match kind {
        "warn" => t.say("how-done-warn"),
        "post" => t.say("how-done-post"),
        "sensitive" => t.say("how-done-sensitive"),
        "limit" => t.say("how-done-limit"),
        "freeze" => t.say("how-done-freeze"),
        _ => t.say("how-done-suspend"),
    };
    Ok(kinds.into_iter().filter(|(_, n)| *n > 0).map(|(kind, n)| (said(kind).into_owned(), n)).collect())
}
