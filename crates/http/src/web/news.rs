//! Letters about notifications: in words, which of them a member wants, and how they are ended.
//!
//! A letter has an address with which they end (RFC 8058): a POST there ends them at once, without a cookie and without a form of ours,
//! since the mail program sends it. Opening it changes nothing.

use std::borrow::Cow;
use std::fmt::Write as _;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use model::account::Role;
use model::notification::{Digest, NotificationKind};
use node::news::{self, Item, News, Which, Wishes};

use super::frame::{Frame, Message, form, message};
use super::language::Language;
use super::notifications::words;
use super::visitor::Visitor;
use crate::params::Params;
use crate::rate::Address;
use crate::{ApiError, App};

const PAGE: &str = "/settings/mail";

#[derive(Template)]
#[template(path = "settings_mail.html")]
struct MailPage {
    frame: Frame,
    /// Whether this node sends letters at all.
    mail: bool,
    email: String,
    /// Name, words, and whether it is wanted.
    kinds: Vec<(&'static str, Cow<'static, str>, bool)>,
    always: bool,
    digests: Vec<(&'static str, Cow<'static, str>, bool)>,
}

/// `GET /settings/mail`.
pub async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    let signed = match visitor.member(PAGE) {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let wanted = news::wishes(&mut app.node.store.read().await?, signed.account.id).await?;
    let t = visitor.language;
    let keeps = signed.member.role >= Role::Moderator;
    let kinds = NotificationKind::IN_LETTERS.into_iter().filter(|kind| keeps || !kind.is_for_keepers());
    let page = MailPage {
        frame: Frame::new(&app, &visitor),
        mail: app.node.config.mail,
        email: signed.member.email.clone(),
        kinds: kinds.map(|kind| (kind.name(), when(t, kind), wanted.kinds.contains(&kind))).collect(),
        always: wanted.always,
        digests: Digest::ALL.map(|d| (d.name(), how_often(t, d), d == wanted.digest)).to_vec(),
    };
    form(&app, &visitor, StatusCode::OK, &page)
}

/// `POST /settings/mail`.
pub async fn save(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let signed = match visitor.member(PAGE) {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    visitor.check(&params)?;
    let unknown = || ApiError::unprocessable("Validation failed: Of some of these there are no letters".to_owned());
    let kinds = params.list("kinds").iter().map(|name| NotificationKind::from_name(name)).collect::<Option<_>>();
    let digest = Digest::from_name(&params.text("digest").unwrap_or_default());
    let wanted = Wishes {
        kinds: kinds.ok_or_else(unknown)?,
        always: params.flag("always").unwrap_or(false),
        digest: digest.ok_or_else(unknown)?,
    };
    let mut tx = app.node.store.begin().await?;
    news::choose(&app.node, &mut tx, signed.account.id, &wanted).await?;
    app.node.commit(tx).await?;
    Ok(Redirect::to(PAGE).into_response())
}

#[derive(Template)]
#[template(path = "stop.html")]
struct StopPage {
    frame: Frame,
    about: String,
    key: String,
    of: &'static str,
}

/// What an address that ends letters says: the key, and which letters.
fn asked(params: &Params) -> Option<(String, Which)> {
    Some((params.filled("key")?, Which::from_name(&params.text("of")?)?))
}

/// An address that no letter has. Who tries many is stopped.
fn unknown(app: &App, visitor: &Visitor, address: std::net::IpAddr) -> Result<Response, ApiError> {
    app.limits.guess(address, app.node.now())?;
    let t = visitor.language;
    message(app, visitor, StatusCode::NOT_FOUND, &t.say("letter-used"), &t.say("stop-unknown"))
}

/// `GET /letters/stop?key=&of=`: one button.
pub async fn ask(
    State(app): State<App>,
    Address(address): Address,
    visitor: Visitor,
    params: Params,
) -> Result<Response, ApiError> {
    let Some((key, which)) = asked(&params) else { return unknown(&app, &visitor, address) };
    match news::of_secret(&mut app.node.store.read().await?, &key).await {
        Err(node::Error::NotFound) => return unknown(&app, &visitor, address),
        known => known?,
    };
    let t = visitor.language;
    let about = match which {
        Which::Kind(kind) => t.one("stop-kind", "what", when(t, kind)),
        Which::Digest => t.say("stop-digest").into_owned(),
        Which::All => t.say("stop-all").into_owned(),
    };
    let mut frame = Frame::new(&app, &visitor);
    frame.member.clear();
    form(&app, &visitor, StatusCode::OK, &StopPage { frame, about, key, of: which.name() })
}

/// `POST /letters/stop?key=&of=`: from that page, or from a mail program.
pub async fn stop(
    State(app): State<App>,
    Address(address): Address,
    visitor: Visitor,
    params: Params,
) -> Result<Response, ApiError> {
    let Some((key, which)) = asked(&params) else { return unknown(&app, &visitor, address) };
    let mut tx = app.node.store.begin().await?;
    match news::stop(&app.node, &mut tx, &key, which).await {
        Err(node::Error::NotFound) => {
            drop(tx);
            return unknown(&app, &visitor, address);
        }
        done => done?,
    }
    app.node.commit(tx).await?;
    let t = visitor.language;
    let page = Message {
        frame: Frame::new(&app, &visitor),
        title: t.say("stop-done").into_owned(),
        words: t.say("stop-done-do").into_owned(),
        next: (PAGE.to_owned(), t.say("settings-mail").into_owned()),
        typed: Vec::new(),
    };
    form(&app, &visitor, StatusCode::OK, &page)
}

/// When there is a letter: goes on where a sentence says so.
fn when(t: Language, kind: NotificationKind) -> Cow<'static, str> {
    match kind {
        NotificationKind::Mention => t.say("mail-kind-mention"),
        NotificationKind::Quote => t.say("mail-kind-quote"),
        NotificationKind::Follow => t.say("mail-kind-follow"),
        NotificationKind::FollowRequest => t.say("mail-kind-request"),
        NotificationKind::Reblog => t.say("mail-kind-boost"),
        NotificationKind::Favourite => t.say("mail-kind-favourite"),
        NotificationKind::Status => t.say("mail-kind-status"),
        NotificationKind::Poll => t.say("mail-kind-poll"),
        NotificationKind::Update => t.say("mail-kind-update"),
        NotificationKind::QuotedUpdate => t.say("mail-kind-quoted-update"),
        NotificationKind::LookAgain => t.say("mail-kind-look-again"),
        NotificationKind::Trying => t.say("mail-kind-trying"),
        NotificationKind::Outcome => t.say("mail-kind-outcome"),
        NotificationKind::Waiting => t.say("mail-kind-waiting"),
        NotificationKind::Given => t.say("mail-kind-given"),
        NotificationKind::Adopted => t.say("mail-kind-adopted"),
        NotificationKind::SeveredRelationships => t.say("mail-kind-severed"),
        NotificationKind::AdminReport => t.say("mail-kind-report"),
        NotificationKind::AdminSignUp => t.say("mail-kind-sign-up"),
        // Of what moderators did there is a letter that nobody can end.
        NotificationKind::ModerationWarning => t.say("told-warning"),
    }
}

fn how_often(t: Language, digest: Digest) -> Cow<'static, str> {
    match digest {
        Digest::Never => t.say("mail-digest-never"),
        Digest::Daily => t.say("mail-digest-daily"),
        Digest::Weekly => t.say("mail-digest-weekly"),
    }
}

/// A letter about notifications: its subject and its text, in the member's language.
pub fn in_words(news: &News) -> (String, String) {
    let t = Language::of_tag(&news.locale).unwrap_or_default();
    let title = &news.title;
    let subject = match (news.digest, news.items.as_slice()) {
        (Some(Digest::Weekly), _) => t.one("news-week", "title", title),
        (Some(_), _) => t.one("news-day", "title", title),
        (None, [only]) => t.two("news-subject", "what", in_short(t, only), "title", title),
        (None, several) => t.two("news-several", "count", several.len(), "title", title),
    };
    let mut text = format!("{}\n\n", t.one("news-hello", "name", format!("@{}", news.username)));
    for item in &news.items {
        text.push_str(&told(t, item));
    }
    let mut line = |words: String| {
        // Writing to a String does not fail.
        let _ = writeln!(text, "{words}");
    };
    if news.is_more {
        line(t.one("news-more", "url", &news.notifications) + "\n");
    }
    line("-- ".to_owned());
    line(t.one("news-why", "title", title));
    let (url, which) = &news.stop;
    match which {
        Which::Kind(kind) => line(t.two("news-stop-kind", "what", when(t, *kind), "url", url)),
        Which::Digest => line(t.one("news-stop-digest", "url", url)),
        Which::All => {}
    }
    line(t.one("news-stop-all", "url", &news.stop_all));
    line(t.one("news-choose", "url", &news.settings));
    (subject, text)
}

fn in_short(t: Language, item: &Item) -> String {
    if item.name.is_empty() { t.say("news-private-subject").into_owned() } else { words(t, item.kind, &item.name, 0) }
}

/// What happened, what was said (as mail programs show what somebody else said), and where it is.
fn told(t: Language, item: &Item) -> String {
    let mut text = if item.name.is_empty() {
        format!("{}:\n", t.say("news-private"))
    } else {
        format!("{}:\n", words(t, item.kind, &item.name, 0))
    };
    for line in item.words.lines() {
        text.push_str(if line.is_empty() { ">" } else { "> " });
        text.push_str(line);
        text.push('\n');
    }
    text.push_str(&item.url);
    text.push_str("\n\n");
    text
}
