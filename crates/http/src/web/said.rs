//! That something was done is said on the page that comes after it, once. A form leads to another page, which knows nothing of it: a
//! cookie carries what was done from the one to the other.

use axum::http::{HeaderValue, Method, header};
use axum::response::Response;
use axum_extra::extract::CookieJar;

use super::visitor::set_cookie;
use crate::App;

const COOKIE: &str = "said";
/// Seconds within which the other page is there.
const KEPT: u32 = 60;

/// Forms and what is said of them: verb, path, where they lead to, and the message; the first that fits. `*` is a part of a path, or
/// the end of one. Empty: the page says it itself, or there is nothing to say.
const DEEDS: &[(&str, &str, &str, &str)] = &[
    ("POST", "/write", "/drafts", "said-draft"),
    ("POST", "/write", "/scheduled", "said-later"),
    ("POST", "/write", "", "said-posted"),
    ("POST", "/posts/*/edit", "", "said-changed"),
    ("POST", "/posts/*/redraft", "", "said-anew"),
    ("POST", "/posts/*/open-up", "", "said-opened"),
    ("POST", "/scheduled/*/draft", "", "said-taken-back"),
    ("DELETE", "/do/api/v1/statuses/*", "", "said-deleted"),
    ("POST", "/do/api/v1/statuses/*/reblog", "", "said-boosted"),
    ("POST", "/do/api/v1/statuses/*/unreblog", "", "said-unboosted"),
    ("POST", "/do/api/v1/statuses/*/favourite", "", "said-favourite"),
    ("POST", "/do/api/v1/statuses/*/unfavourite", "", "said-unfavourite"),
    ("POST", "/do/api/v1/statuses/*/bookmark", "", "said-bookmarked"),
    ("POST", "/do/api/v1/statuses/*/unbookmark", "", "said-unbookmarked"),
    ("POST", "/do/api/v1/statuses/*/pin", "", "said-pinned"),
    ("POST", "/do/api/v1/statuses/*/unpin", "", "said-unpinned"),
    ("POST", "/do/api/v1/statuses/*/mute", "", "said-conversation-muted"),
    ("POST", "/do/api/v1/statuses/*/unmute", "", "said-conversation-unmuted"),
    ("POST", "/do/api/outloud/v1/statuses/*/could_go_public", "", "said-could-go-public"),
    ("POST", "/do/api/v1/polls/*/votes", "", "said-voted"),
    ("POST", "/do/api/outloud/v1/experiments/*/outcome", "", "said-outcome"),
    ("POST", "/do/api/outloud/v1/experiments/*/replications/*/confirm", "", "said-confirmed"),
    ("POST", "/do/api/outloud/v1/experiments/*/replications/*/refuse", "", "said-refused"),
    ("POST", "/do/api/v1/accounts/*/follow", "", "said-follow"),
    ("POST", "/do/api/v1/accounts/*/follow*", "", "saved"),
    ("POST", "/do/api/v1/accounts/*/unfollow", "", "said-unfollow"),
    ("POST", "/do/api/v1/accounts/*/mute*", "", "said-muted"),
    ("POST", "/do/api/v1/accounts/*/unmute", "", "said-unmuted"),
    ("POST", "/do/api/v1/accounts/*/block", "", "said-blocked"),
    ("POST", "/do/api/v1/accounts/*/unblock", "", "said-unblocked"),
    ("POST", "/do/api/v1/accounts/*/note", "", "said-noted"),
    ("POST", "/do/api/v1/accounts/*/remove_from_followers", "", "said-follower-removed"),
    ("POST", "/do/api/v1/domain_blocks*", "", "said-domain-blocked"),
    ("DELETE", "/do/api/v1/domain_blocks*", "", "said-domain-unblocked"),
    ("POST", "/do/api/v1/follow_requests/*/authorize", "", "said-let-in"),
    ("POST", "/do/api/v1/follow_requests/*/reject", "", "said-not-let-in"),
    ("POST", "/do/api/v1/tags/*/follow", "", "said-tag-follow"),
    ("POST", "/do/api/v1/tags/*/unfollow", "", "said-tag-unfollow"),
    ("POST", "/do/api/v1/lists", "", "said-list"),
    ("POST", "/do/api/v1/lists/*/accounts", "", "said-in-list"),
    ("DELETE", "/do/api/v1/lists/*/accounts", "", "said-out-of-list"),
    ("POST", "/lists/*/add", "", "said-in-list"),
    ("POST", "/do/api/v1/conversations/*/read", "", "said-read"),
    ("POST", "/do/api/v1/notifications/requests/*/accept", "", "said-held-accepted"),
    ("POST", "/do/api/v1/notifications/requests/*/dismiss", "", "said-held-dismissed"),
    ("POST", "/do/api/v1/announcements/*/dismiss", "", "said-dismissed"),
    ("POST", "/do/api/v1/reports", "", ""),
    ("POST", "/appearance", "", "saved"),
    ("POST", "/settings/along/import", "", "said-begun"),
    ("POST", "/settings/along/archive", "", "said-begun"),
    ("POST", "/settings/along/import/*/stop", "", "said-stopped"),
    ("POST", "/settings/sessions/*", "", "said-signed-out"),
    ("POST", "/settings/*", "", "saved"),
    ("POST", "/do/api/v1/admin/reports/*/assign_to_self", "", "said-taken-on"),
    ("POST", "/do/api/v1/admin/reports/*/unassign", "", "said-given-back"),
    ("POST", "/do/api/v1/admin/reports/*/reopen", "", "said-reopened"),
    ("POST", "/keeping/reports/*/close", "", "said-closed"),
    ("POST", "/keeping/invitations/revoke", "", "said-revoked"),
    ("POST", "/keeping/rules", "", "said-rule"),
    ("POST", "/keeping/rules/change", "", "said-rule-changed"),
    ("POST", "/keeping/announcements", "", "said-announced"),
    ("POST", "/keeping/texts/*", "", "saved"),
    ("POST", "/keeping/emoji", "", "said-emoji"),
    ("POST", "/keeping/tags", "", "said-tag-blocked"),
    ("POST", "/keeping/tags/unblock", "", "said-tag-unblocked"),
    ("POST", "/keeping/servers/rule", "", "said-server-rule"),
    ("POST", "/keeping/servers/publish", "", "saved"),
    ("POST", "/keeping/*/remove", "", "said-removed"),
    ("POST", "/keeping/*/*/remove", "", "said-removed"),
    ("POST", "/keeping/*", "", "said-done"),
    ("POST", "/keeping/*/*", "", "said-done"),
    ("POST", "/keeping/*/*/*", "", "said-done"),
    ("POST", "/do/api/outloud/v1/teams", "", "said-team"),
    ("POST", "/teams/*/add", "", "said-in-team"),
    ("DELETE", "/do/api/outloud/v1/teams/*/accounts", "", "said-out-of-team"),
    ("POST", "/do/api/outloud/v1/teams/*/leave", "", "said-team-left"),
    ("POST", "/do/api/v2/filters", "", "said-filter"),
    ("POST", "/challenges/new", "", "said-asked-many"),
    ("POST", "/do/api/outloud/v1/*/*/hats", "", "said-hat"),
    ("PUT", "/do/api/outloud/v1/pairings/seeking/*", "", "said-seeking"),
    ("DELETE", "/do/api/outloud/v1/pairings/seeking/*", "", "said-not-seeking"),
    ("POST", "/do/api/outloud/v1/pairings/*/agree", "", "said-agreed"),
    ("POST", "/do/*", "", "said-done"),
    ("PUT", "/do/*", "", "saved"),
    ("PATCH", "/do/*", "", "saved"),
    ("DELETE", "/do/*", "", "said-removed"),
];

/// What forms that can do several things say was done; they tell by [`Deed`].
const OF_SEVERAL: &[&str] = &[
    "said-asked",
    "said-told",
    "said-frozen",
    "said-disabled",
    "said-limited",
    "said-suspended",
    "said-lifted",
    "said-let-in-here",
    "said-role",
    "said-account-gone",
    "said-and-closed",
    "said-deleted",
    "said-sensitive",
    "said-plain",
];

/// With an answer that leads to another page: the message for there, one of `OF_SEVERAL`.
#[derive(Clone, Copy, Debug)]
pub struct Deed(pub &'static str);

/// What was done, and where on the page that is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// A message; empty: nothing.
    pub message: &'static str,
    /// The id of an element, or empty.
    pub at: String,
}

impl Said {
    /// What the page before this one left to say.
    pub fn of(jar: &CookieJar) -> Self {
        let read = || {
            let (message, at) = jar.get(COOKIE)?.value().split_once('.')?;
            let known = DEEDS.iter().map(|(.., known)| known).chain(OF_SEVERAL);
            Some(Self { message: known.copied().find(|known| *known == message)?, at: at.to_owned() })
        };
        read().unwrap_or_default()
    }

    /// It stands on a page now, and on no other.
    pub fn is_said(&self, app: &App, response: &mut Response) {
        if !self.message.is_empty() {
            set_cookie(app, response, COOKIE, "", 0);
        }
    }
}

/// A form, which `response` answers, was sent to a path: where that leads to a page of this node, that page says what was done.
pub fn leave_to_say(app: &App, method: &Method, path: &str, response: &mut Response) {
    let to = response.headers().get(header::LOCATION).map_or(Ok(""), HeaderValue::to_str).unwrap_or_default();
    if !to.starts_with('/') || to.starts_with("/login") {
        return;
    }
    let told = response.extensions().get::<Deed>().map(|deed| deed.0);
    let message = told.unwrap_or_else(|| message(method.as_str(), path, to));
    if !message.is_empty() {
        let at = to.split_once('#').map_or("", |(_, at)| at);
        let is_id = at.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        let at = if is_id { at } else { "" };
        let value = format!("{message}.{at}");
        set_cookie(app, response, COOKIE, &value, KEPT);
    }
}

fn message(method: &str, path: &str, to: &str) -> &'static str {
    let fits = |(verb, form, leads, _): &&(&str, &str, &str, &str)| {
        *verb == method && to.starts_with(leads) && is_like(path, form)
    };
    DEEDS.iter().find(fits).map_or("", |(.., message)| message)
}

/// Whether a path is one of a form: each `*` is some of it, up to the next `/` or, at the end after `/do/`, all of it.
fn is_like(path: &str, form: &str) -> bool {
    if form == "/do/*" {
        return path.starts_with("/do/");
    }
    let (mut parts, mut forms) = (path.split('/'), form.split('/'));
    loop {
        match (parts.next(), forms.next()) {
            (None, None) => return true,
            (Some(part), Some(form)) => {
                let fits = form.strip_suffix('*').map_or(part == form, |begin| part.starts_with(begin));
                if !fits {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{DEEDS, message};

    #[test]
    fn a_deed_is_said_in_its_own_words_else_in_those_of_its_kind() {
        for (method, path, to, wanted) in [
            ("POST", "/write", "/drafts", "said-draft"),
            ("POST", "/write", "/@ana/12", "said-posted"),
            ("POST", "/do/api/v1/accounts/3/mute?duration=86400", "/@joe", "said-muted"),
            ("POST", "/do/api/v1/accounts/3/follow?notify=true", "/@joe", "saved"),
            ("POST", "/do/api/v1/accounts/3/follow", "/@joe", "said-follow"),
            ("DELETE", "/do/api/v1/lists/3/accounts", "/lists/3", "said-out-of-list"),
            ("DELETE", "/do/api/v1/lists/3", "/lists", "said-removed"),
            ("PATCH", "/do/api/v1/accounts/update_credentials", "/settings/posting", "saved"),
            ("POST", "/do/api/v1/reports", "/report/sent", ""),
            ("POST", "/keeping/announcements/3/remove", "/keeping/announcements", "said-removed"),
            ("POST", "/keeping/rules/remove", "/keeping/rules", "said-removed"),
            ("POST", "/login", "/home", ""),
            ("POST", "/logout", "/", ""),
        ] {
            assert_eq!(message(method, path, to), wanted, "{method} {path}");
        }
    }

    #[test]
    fn every_row_can_be_reached() {
        for (i, (verb, form, leads, _)) in DEEDS.iter().enumerate() {
            let path = form.replace('*', "x");
            let first = DEEDS.iter().position(|(v, f, l, _)| v == verb && l == leads && super::is_like(&path, f));
            assert_eq!(first, Some(i), "{verb} {form}");
        }
    }
}
