//! What those who look after the node did, and when.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use model::account::Role;
use model::id::Id;
use node::texts::About;
use storage::Action;

use super::super::frame::Frame;
use super::super::language::{Language, When};
use super::super::visitor::Visitor;
use super::texts::title;
use super::{Keeper, ROWS, older, query};
use crate::params::Params;
use crate::{ApiError, App, page};

/// What the log calls a deed, and what it is called here. Of two that begin alike the longer one stands first.
const DEEDS: [(&str, &str); 62] = [
    ("assign report", "log-assign"),
    ("unassign report", "log-unassign"),
    ("close report", "log-close"),
    ("reopen report", "log-reopen"),
    ("change report", "log-change"),
    ("warn", "log-warn"),
    ("freeze", "log-freeze"),
    ("unfreeze", "log-unfreeze"),
    ("disable", "log-disable"),
    ("enable", "log-enable"),
    ("limit", "log-limit"),
    ("unlimit", "log-unlimit"),
    ("suspend", "log-suspend"),
    ("unsuspend", "log-unsuspend"),
    ("delete post", "log-delete-post"),
    ("delete", "log-delete"),
    ("mark sensitive", "log-sensitive"),
    ("unmark sensitive", "log-unsensitive"),
    ("view taken down", "log-view-down"),
    ("purpose taken down", "log-purpose-down"),
    ("hat off", "log-hat-off"),
    ("member add", "log-member-add"),
    ("member approve", "log-member-approve"),
    ("member refuse", "log-member-refuse"),
    ("member role", "log-member-role"),
    ("member password", "log-member-password"),
    ("member confirm", "log-member-confirm"),
    ("member totp-off", "log-totp-off"),
    ("token revoke", "log-token"),
    ("rotate_key", "log-rotate-key"),
    ("team add", "log-team-add"),
    ("team remove", "log-team-remove"),
    ("team rename", "log-team-rename"),
    ("team dissolve", "log-team-dissolve"),
    ("invite revoke", "log-invite-revoke"),
    ("invite", "log-invite"),
    ("email domain block", "log-email-domain-block"),
    ("email domain unblock", "log-email-domain-unblock"),
    ("email block", "log-email-block"),
    ("email unblock", "log-email-unblock"),
    ("ip block", "log-ip-block"),
    ("ip unblock", "log-ip-unblock"),
    ("text set", "log-text-set"),
    ("text remove", "log-text-remove"),
    ("rule add", "log-rule-add"),
    ("rule change", "log-rule-change"),
    ("rule remove", "log-rule-remove"),
    ("announcement add", "log-announcement-add"),
    ("announcement remove", "log-announcement-remove"),
    ("emoji add", "log-emoji-add"),
    ("emoji remove", "log-emoji-remove"),
    ("tag block", "log-tag-block"),
    ("tag unblock", "log-tag-unblock"),
    ("peer add", "log-peer-add"),
    ("peer remove", "log-peer-remove"),
    ("relay add", "log-relay-add"),
    ("relay remove", "log-relay-remove"),
    ("domain allow", "log-domain-allow"),
    ("domain remove", "log-domain-remove"),
    ("domain publish", "log-domain-publish"),
    ("domain", "log-domain"),
    ("cuppa round", "log-cuppa"),
];

/// A line of the log.
pub struct Line {
    pub actor: String,
    pub action: String,
    pub subject: String,
    /// The report it was about.
    pub report: Option<Id>,
    pub detail: String,
    /// The detail is the address of a page.
    pub is_address: bool,
    pub at: When,
}

impl Line {
    pub fn new(t: Language, action: Action, now: i64) -> Self {
        let at = t.when(action.created_at, now);
        let (report, subject) = match about_report(&action.subject) {
            Some((id, whom)) => (Some(id), whom.to_owned()),
            None => (None, subject(t, &action.subject)),
        };
        let (words, rest) = in_words(t, &action.action);
        let details = [rest.as_str(), action.detail.as_str()];
        let detail = details.into_iter().filter(|d| !d.is_empty()).collect::<Vec<_>>().join(": ");
        let is_address = detail.starts_with("https://") || detail.starts_with("http://");
        Self { actor: action.actor, action: words, subject, report, detail, is_address, at }
    }
}

/// What a deed was about, for people: an id says nothing to them.
fn subject(t: Language, subject: &str) -> String {
    let is_id = |word: &str| word.len() > 9 && word.chars().all(|c| c.is_ascii_digit());
    if is_id(subject) {
        return String::new();
    }
    if let Some(which) = About::from_name(subject) {
        return title(t, which);
    }
    let named = subject.strip_suffix(')').and_then(|rest| rest.rsplit_once(" (")).filter(|(_, id)| is_id(id));
    named.map_or(subject, |(name, _)| name).to_owned()
}

/// The report that a deed was about, and whom that is about.
fn about_report(subject: &str) -> Option<(Id, &str)> {
    let (id, whom) = subject.strip_prefix("report ")?.split_once(" about ")?;
    Some((id.parse().ok()?, whom))
}

/// A deed in words for people, and what belongs to it beside its name: a role, what a rule does.
fn in_words(t: Language, action: &str) -> (String, String) {
    let known = DEEDS.into_iter().find_map(|(name, key)| {
        let rest = action.strip_prefix(name)?;
        (rest.is_empty() || rest.starts_with(' ')).then(|| (t.say(key).into_owned(), rest.trim().to_owned()))
    });
    known.unwrap_or_else(|| (action.to_owned(), String::new()))
}

#[derive(Template)]
#[template(path = "keeping_log.html")]
struct LogPage {
    frame: Frame,
    /// Whose deeds are wanted, or deeds about whom.
    who: String,
    is_about: bool,
    lines: Vec<Line>,
    older: String,
}

/// `GET /keeping/log?who=…&which=about`: of somebody as the log has them, what they did, or what was done about them or it.
pub async fn list(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let keeper = Keeper::of(&app, &visitor, Role::Moderator)?;
    let who = whole(&app, params.text("who").unwrap_or_default().trim());
    let is_about = params.text("which").as_deref() == Some("about");
    let part = page::page(&params, ROWS);
    let mut tx = app.node.store.read().await?;
    let found = match who.as_str() {
        "" => tx.actions(&part).await?,
        who if is_about => tx.actions_about(who, &part).await?,
        who => tx.actions_by(who, &part).await?,
    };
    drop(tx);
    let path = format!("/keeping/log?{}", query(&[("who", &who), ("which", if is_about { "about" } else { "" })]));
    let older = older(&path, found.len(), found.last().map(|a| a.id));
    let now = app.node.now();
    let lines = found.into_iter().map(|a| Line::new(keeper.t(), a, now)).collect();
    keeper.show(&LogPage { frame: keeper.frame(), who, is_about, lines, older })
}

/// Somebody as the log has them: of ours with the domain, which few type. What is no handle stays as it is.
fn whole(app: &App, typed: &str) -> String {
    let name = typed.trim_start_matches('@');
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_name { format!("{name}@{}", app.node.config.handle_domain) } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deeds_are_said_in_words_with_what_belongs_to_them() {
        let en = Language::of_tag("en").unwrap();
        for (action, words, rest) in [
            ("close report", "Closed a report", ""),
            ("delete post", "Deleted a post of", ""),
            ("delete", "Deleted an account", ""),
            ("member role owner", "Gave a role to", "owner"),
            ("domain block, reject media", "Set a rule for a server", "block, reject media"),
            ("domain allow", "Lifted the rule for a server", ""),
            ("suspended", "suspended", ""),
        ] {
            assert_eq!(in_words(en, action), (words.to_owned(), rest.to_owned()), "{action}");
        }
        for (logged, said) in [
            ("117708232754987642", ""),
            ("Visits (117707738264593263)", "Visits"),
            ("Visits (2)", "Visits (2)"),
            ("extended-description", "About the node"),
            ("ann@a.example", "ann@a.example"),
        ] {
            assert_eq!(subject(en, logged), said);
        }
        assert_eq!(about_report("report 12 about ann@a.example"), Some((12, "ann@a.example")));
        assert_eq!(about_report("report about"), None);
    }
}
