//! What a member sets: who they are, how they post, whom they hear. The forms go to the API.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use model::audience::Audience;
use model::filter::Filter;
use model::id::Id;
use node::{accounts, hearing};

use super::compose::{Choice, has_partners, quote_choices};
use super::frame::{Frame, form};
use super::language::spoken::{Spoken, choices};
use super::view::{Person, audience_words};
use super::visitor::Visitor;
use crate::mastodon::entities::small::quote_policy;
use crate::{ApiError, App};

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    frame: Frame,
}

/// `GET /settings`: where everything is set.
pub async fn index(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    if let Err(elsewhere) = visitor.member("/settings") {
        return Ok(elsewhere);
    }
    form(&app, &visitor, StatusCode::OK, &SettingsPage { frame: Frame::new(&app, &visitor) })
}

#[derive(Template)]
#[template(path = "settings_profile.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is a box of the form")]
struct ProfilePage {
    frame: Frame,
    person: Person,
    display_name: String,
    note: String,
    /// Name and value, as many as there can be.
    fields: Vec<(String, String)>,
    avatar: String,
    avatar_description: String,
    header: String,
    header_description: String,
    locked: bool,
    bot: bool,
    discoverable: bool,
    indexable: bool,
    hide_collections: bool,
    name_length: usize,
    note_length: usize,
    field_length: usize,
}

/// `GET /settings/profile`.
pub async fn profile(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    let signed = match visitor.member("/settings/profile") {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let account = &signed.account;
    let mut fields: Vec<_> = account.fields.iter().map(|f| (f.name.clone(), f.source.clone())).collect();
    fields.resize(fields.len().max(accounts::FIELDS), (String::new(), String::new()));
    let picture = |key: &str| if key.is_empty() { String::new() } else { app.node.config.media_url(key) };
    let page = ProfilePage {
        frame: Frame::new(&app, &visitor),
        person: Person::new(&app, account),
        display_name: account.display_name.clone(),
        note: account.note_source.clone(),
        fields,
        avatar: picture(&account.avatar),
        avatar_description: account.avatar_description.clone(),
        header: picture(&account.header),
        header_description: account.header_description.clone(),
        locked: account.locked,
        bot: account.is_bot(),
        discoverable: account.discoverable,
        indexable: account.indexable,
        hide_collections: account.hide_collections,
        name_length: accounts::DISPLAY_NAME_LENGTH,
        note_length: accounts::NOTE_LENGTH,
        field_length: accounts::FIELD_LENGTH,
    };
    form(&app, &visitor, StatusCode::OK, &page)
}

#[derive(Template)]
#[template(path = "settings_posting.html")]
struct PostingPage {
    frame: Frame,
    /// Value, words, and whether it is the one.
    audiences: Vec<(&'static str, String, bool)>,
    languages: Vec<Spoken>,
    quotes: Vec<Choice>,
    sensitive: bool,
}

/// `GET /settings/posting`.
pub async fn posting(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    let signed = match visitor.member("/settings/posting") {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let usual = signed.member.default_audience;
    let known = [
        Audience::Public,
        Audience::Unlisted,
        Audience::Followers,
        Audience::Partners,
        Audience::Organisation,
        Audience::Direct,
    ];
    let choice = |a: Audience| {
        let name = a.own_name().unwrap_or_else(|| a.mastodon_name());
        (name, audience_words(&app, visitor.language, a, None), a == usual)
    };
    let mut tx = app.node.store.read().await?;
    let settings = tx.profile_settings(signed.account.id).await?;
    let partners = usual == Audience::Partners || has_partners(&mut tx).await?;
    drop(tx);
    let page = PostingPage {
        frame: Frame::new(&app, &visitor),
        audiences: known.into_iter().filter(|a| partners || *a != Audience::Partners).map(choice).collect(),
        languages: choices(&signed.member.default_language),
        quotes: quote_choices(visitor.language, quote_policy(&settings)),
        sensitive: signed.member.default_sensitive,
    };
    form(&app, &visitor, StatusCode::OK, &page)
}

#[derive(Template)]
#[template(path = "settings_hearing.html")]
struct HearingPage {
    frame: Frame,
    /// Name in the API, words, and the verdict.
    classes: Vec<(&'static str, String, &'static str)>,
    /// With which a push service knows that it is this node (RFC 8292), base64url.
    push_key: String,
}

/// `GET /settings/hearing`: what is told of strangers, and where.
pub async fn hear(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    let signed = match visitor.member("/settings/hearing") {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let t = visitor.language;
    let policy = app.node.store.read().await?.notification_policy(signed.account.id).await?;
    let words = |name: &str| {
        match name {
            "for_not_following" => t.say("hear-not-following"),
            "for_not_followers" => t.say("hear-not-followers"),
            "for_new_accounts" => t.say("hear-new"),
            "for_private_mentions" => t.say("hear-private"),
            _ => t.say("hear-limited"),
        }
        .into_owned()
    };
    let classes = hearing::shown(&app.node, &policy).into_iter();
    let page = HearingPage {
        frame: Frame::new(&app, &visitor),
        classes: classes.map(|(name, verdict)| (name, words(name), verdict.name())).collect(),
        push_key: node::push::vapid(&app.node).await?.public.clone(),
    };
    form(&app, &visitor, StatusCode::OK, &page)
}

/// A filter as it stands in the list.
struct FilterRow {
    id: Id,
    title: String,
    keywords: Vec<String>,
    hides: bool,
    /// The day on which it ends; empty: never.
    until: String,
}

#[derive(Template)]
#[template(path = "settings_filters.html")]
struct FiltersPage {
    frame: Frame,
    filters: Vec<FilterRow>,
}

/// `GET /settings/filters`.
pub async fn filters(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    let signed = match visitor.member("/settings/filters") {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let mut tx = app.node.store.read().await?;
    let found = tx.filters(signed.account.id).await?;
    let ids: Vec<Id> = found.iter().map(|f| f.id).collect();
    let words = tx.filter_keywords(&ids).await?;
    let row = |f: &Filter| FilterRow {
        id: f.id,
        title: f.title.clone(),
        keywords: words.iter().filter(|k| k.filter_id == f.id).map(|k| k.keyword.clone()).collect(),
        hides: f.action == model::filter::FilterAction::Hide,
        until: f.expires_at.map_or_else(String::new, |at| visitor.language.day(at)),
    };
    let page = FiltersPage { frame: Frame::new(&app, &visitor), filters: found.iter().map(row).collect() };
    form(&app, &visitor, StatusCode::OK, &page)
}
