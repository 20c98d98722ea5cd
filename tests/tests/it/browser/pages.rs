//! The table of pages: each kind of page that a node has, where it stands in the sample node, and who looks at it. A new page is one more
//! line here, and is then looked at in every way that the others are.

use serde_json::{Value, json};

use super::world::World;

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Stranger,
    /// Ben, who has no office.
    Member,
    /// Olga, who owns the node, keeps the hashtag `tea`, and asks the challenge `trust`.
    Owner,
}

impl Who {
    fn name(self) -> &'static str {
        match self {
            Self::Stranger => "stranger",
            Self::Member => "member",
            Self::Owner => "owner",
        }
    }
}

pub struct Page {
    pub name: &'static str,
    pub who: Who,
    pub status: u16,
    pub url: String,
    /// It is what comes back when the form at that address is sent as it is.
    pub is_sent: bool,
}

/// All pages. Names are those of the pictures, too.
pub fn all(world: &World) -> Vec<Page> {
    use Who::{Member, Owner, Stranger};
    let w = world;
    let here = |path: &str| format!("{}{path}", w.node.origin);
    let strict = |path: &str| format!("{}{path}", w.strict.origin);
    let page = |name, who, status, url| Page { name, who, status, url, is_sent: false };
    let sent = |name, who, status, url| Page { is_sent: true, ..page(name, who, status, url) };
    vec![
        // What everybody may read.
        page("front", Stranger, 200, here("/")),
        page("local-older", Stranger, 200, here(&format!("/local?max_id={}", w.thread.id))),
        page("search-stranger", Stranger, 200, here("/search?q=nothing")),
        page("appearance-stranger", Stranger, 200, here("/appearance")),
        page("history", Stranger, 200, format!("{}/history", w.thread.url)),
        page("remote", Stranger, 200, here(&format!("/remote?uri={}", w.thread.uri))),
        page("about", Stranger, 200, here("/about")),
        page("privacy", Stranger, 200, here("/privacy-policy")),
        page("terms", Stranger, 200, here("/terms-of-service")),
        page("profile", Stranger, 200, here("/@ada")),
        page("profile-replies", Stranger, 200, here("/@ada?replies=1")),
        page("profile-right-to-left", Stranger, 200, here("/@salma")),
        page("challenge", Stranger, 200, here("/@trust")),
        page("thread", Stranger, 200, w.thread.url.clone()),
        page("thread-reply", Stranger, 200, w.deepest.url.clone()),
        page("post-media", Stranger, 200, w.media.url.clone()),
        page("post-warned", Stranger, 200, w.warned.url.clone()),
        page("post-poll", Stranger, 200, w.poll.url.clone()),
        page("post-long-words", Stranger, 200, w.long.url.clone()),
        page("post-right-to-left", Stranger, 200, w.right_to_left.url.clone()),
        page("experiment", Stranger, 200, w.experiment.url.clone()),
        page("tag", Stranger, 200, here("/tags/tea")),
        page("tag-empty", Stranger, 200, here("/tags/nobody_said_this_yet")),
        page("shelf", Stranger, 200, here("/tags/tea/shelf")),
        page("boosts", Stranger, 200, format!("{}/boosts", w.thread.url)),
        page("favourites-of", Stranger, 200, format!("{}/favourites", w.thread.url)),
        page("quotes", Stranger, 200, format!("{}/quotes", w.thread.url)),
        page("embed", Stranger, 200, format!("{}/embed", w.media.url)),
        page("design", Stranger, 200, here("/design")),
        page("library", Stranger, 200, here("/library")),
        page("library-narrowed", Stranger, 200, here("/library?q=phone&outcome=didnt")),
        page("brief", Stranger, 200, here("/library/brief")),
        // Coming in.
        page("login", Stranger, 200, here("/login")),
        page("login-for-app", Stranger, 200, here(&w.consent)),
        page("signup", Stranger, 200, here("/signup")),
        page("invite", Stranger, 200, here(&w.invite)),
        page("password-forgot", Stranger, 200, here("/password/forgot")),
        page("password-new", Stranger, 200, here(&format!("/password/new?secret={}", World::RESET))),
        sent("login-wrong", Stranger, 422, here("/login")),
        sent("signup-wrong", Stranger, 422, here("/signup")),
        sent("invite-wrong", Stranger, 422, here(&w.invite)),
        sent("password-new-wrong", Stranger, 422, here(&format!("/password/new?secret={}", World::RESET))),
        sent("settings-security-wrong", Member, 422, here("/settings/security")),
        // What a member has.
        page("front-member", Member, 200, here("/")),
        page("thread-member", Member, 200, w.thread.url.clone()),
        page("profile-own", Member, 200, here("/@ben")),
        page("welcome", Member, 200, here("/welcome")),
        page("home", Member, 200, here("/home")),
        page("local", Member, 200, here("/local")),
        page("write", Member, 200, here("/write")),
        page("write-reply", Member, 200, here(&format!("/write?in_reply_to_id={}", w.thread.id))),
        page("write-experiment", Member, 200, here("/write?kind=experiment")),
        page("write-try", Member, 200, here(&format!("/write?tries={}", w.experiment.id))),
        page("drafts", Member, 200, here("/drafts")),
        page("scheduled", Member, 200, here("/scheduled")),
        page("notifications", Owner, 200, here("/notifications")),
        page("me", Member, 200, here("/me")),
        page("search", Member, 200, here("/search?q=ada")),
        page("tags", Member, 200, here("/tags")),
        page("lists", Member, 200, here("/lists")),
        page("conversations", Member, 200, here("/conversations")),
        page("bookmarks", Member, 200, here("/bookmarks")),
        page("look-again", Member, 200, here("/look-again")),
        page("requests", Member, 200, here("/requests")),
        page("profile-member", Member, 200, here("/@ada")),
        page("followers", Member, 200, here("/@ada/followers")),
        page(
            "report",
            Member,
            200,
            here(&format!("/report?account_id={}&status_ids={}", w.thread.account_id, w.thread.id)),
        ),
        page("appearance", Member, 200, here("/appearance")),
        page("shortcuts", Member, 200, here("/shortcuts")),
        page("settings", Member, 200, here("/settings")),
        page("settings-profile", Member, 200, here("/settings/profile")),
        page("settings-posting", Member, 200, here("/settings/posting")),
        page("settings-hearing", Member, 200, here("/settings/hearing")),
        page("settings-filters", Member, 200, here("/settings/filters")),
        page("settings-mail", Member, 200, here("/settings/mail")),
        page("settings-security", Member, 200, here("/settings/security")),
        page("settings-factor", Member, 200, here("/settings/factor")),
        page("settings-sharing", Member, 200, here("/settings/sharing")),
        page("settings-sessions", Member, 200, here("/settings/sessions")),
        page("interact-account", Member, 200, here(&format!("/authorize_interaction?uri={}", w.remote_person))),
        page("interact-post", Member, 200, here(&format!("/authorize_interaction?uri={}", w.remote_post))),
        page("consent", Member, 200, here(&w.consent)),
        page("challenge-own", Owner, 200, here("/@trust")),
        page("tag-kept", Owner, 200, here("/tags/tea")),
        page("tag-keep", Owner, 200, here("/tags/tea/keep")),
        page("tag-keep-member", Member, 200, here("/tags/tea/keep")),
        page("shelf-kept", Owner, 200, here("/tags/tea/shelf")),
        page("challenge-keep", Owner, 200, here("/@trust/keep")),
        page("hat-view", Member, 200, here("/tags/tea/hats/community_keeper")),
        page("hat-view-challenge", Owner, 200, here("/@trust/hats/value_detective")),
        page("challenges", Stranger, 200, here("/challenges")),
        page("challenge-new", Member, 200, here("/challenges/new")),
        page("cuppa", Member, 200, here("/cuppa")),
        page("favourites", Member, 200, here("/favourites")),
        page("teams", Member, 200, here("/teams")),
        page("team", Member, 200, here(&format!("/teams/{}", w.team))),
        // Looking after the node.
        page("how-it-works", Stranger, 200, here("/how-it-works")),
        page("keeping", Owner, 200, here("/keeping")),
        page("keeping-start", Owner, 200, here("/keeping/start")),
        page("keeping-reports", Owner, 200, here("/keeping/reports")),
        page("keeping-report", Owner, 200, here(&format!("/keeping/reports/{}", w.report))),
        page("keeping-accounts", Owner, 200, here("/keeping/accounts")),
        page("keeping-account", Owner, 200, here(&format!("/keeping/accounts/{}", w.ada))),
        page("keeping-waiting", Owner, 200, here("/keeping/waiting")),
        page("keeping-invitations", Owner, 200, here("/keeping/invitations")),
        page("keeping-log", Owner, 200, here("/keeping/log")),
        page("keeping-servers", Owner, 200, here("/keeping/servers")),
        page("keeping-server", Owner, 200, here("/keeping/servers/rule?domain=spam.example")),
        page("keeping-rules", Owner, 200, here("/keeping/rules")),
        page("keeping-texts", Owner, 200, here("/keeping/texts")),
        page("keeping-text", Owner, 200, here("/keeping/texts/terms-of-service")),
        page("keeping-announcements", Owner, 200, here("/keeping/announcements")),
        page("keeping-emoji", Owner, 200, here("/keeping/emoji")),
        page("keeping-tags", Owner, 200, here("/keeping/tags")),
        page("keeping-peers", Owner, 200, here("/keeping/peers")),
        // What goes wrong.
        page("error-not-found", Stranger, 404, here("/nothing/here")),
        page("error-gone", Stranger, 410, w.gone.url.clone()),
        page("error-not-open", Stranger, 403, strict("/signup")),
        page("error-too-many", Stranger, 429, strict("/invite/none-is-so")),
        page("invite-used", Stranger, 404, here("/invite/none-is-so")),
    ]
}

/// What fails and is known to: the page (`*`: any), the check, and why that stands for now.
pub type Known = (&'static str, &'static str, &'static str);

/// Whoever mends one of them takes its line out: a line for what fails no longer fails the run.
pub const KNOWN: &[Known] = &[
    ("login", "landmarks", NO_NAV),
    ("login-for-app", "landmarks", NO_NAV),
    ("signup", "landmarks", NO_NAV),
    ("invite", "landmarks", NO_NAV),
    ("password-new", "landmarks", NO_NAV),
    ("login-wrong", "landmarks", NO_NAV),
    ("signup-wrong", "landmarks", NO_NAV),
    ("invite-wrong", "landmarks", NO_NAV),
    ("password-new-wrong", "landmarks", NO_NAV),
    ("consent", "landmarks", NO_NAV),
    ("embed", "landmarks", EMBEDDED),
    ("embed", "skip", EMBEDDED),
];
const EMBEDDED: &str = "what stands on the page of somebody else has no more than the post";
const NO_NAV: &str = "pages with one thing to do leave the navigation out";

/// As the programs of the browser have it.
pub fn described(page: &Page, is_walked: bool) -> Value {
    json!({
        "name": page.name, "who": page.who.name(), "status": page.status, "url": page.url, "sent": page.is_sent,
        "walked": is_walked,
    })
}
