//! What a node says about itself to clients: the instance documents of the Mastodon API (docs.joinmastodon.org/methods/instance). Only
//! what is there is promised.

use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use model::account::{Account, Role};
use model::clock::{DAY, Millis, SECOND, date, parse_rfc3339, rfc3339};
use model::html;
use model::text::URL_LENGTH;
use node::Node;
use node::accounts::{DISPLAY_NAME_LENGTH, FIELD_LENGTH, FIELDS, NOTE_LENGTH};
use node::config::{Config, Registrations};
use node::domains::SHOW_DOMAIN_BLOCKS;
use node::media::limits::{Limits, VIDEO_FRAME_RATE, supported_types};
use node::poll;
use node::random::hash as digest;
use node::texts::{self, About};
use serde_json::{Value, json};
use storage::{DomainRule, Rule, Text, Tx, Week, week_of};

use crate::auth::Caller;
use crate::mastodon::entities::account::render;
use crate::params::Params;
use crate::web::CARD_PATH;
use crate::{ApiError, App, oembed};

/// The first word is the version of the Mastodon API that clients compare with; ours follows in brackets.
const VERSION: &str = concat!("4.5.0 (compatible; Outloud ", env!("CARGO_PKG_VERSION"), ")");
/// The level of the API up to which everything is there: the tenth would be collections.
const API_VERSION: i64 = 9;
/// Alt text, in characters.
const DESCRIPTION_LENGTH: i64 = 10_000;
const SHORT: usize = 200;
/// Most servers that a search finds.
const FOUND_PEERS: i64 = 10;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/api/v1/instance", get(v1))
        .route("/api/v2/instance", get(v2))
        .route("/api/v1/instance/rules", get(rules))
        .route("/api/v1/instance/extended_description", get(extended_description))
        .route("/api/v1/instance/privacy_policy", get(privacy_policy))
        .route("/api/v1/instance/terms_of_service", get(terms))
        .route("/api/v1/instance/terms_of_service/{date}", get(terms_of))
        .route("/api/v1/instance/domain_blocks", get(domain_blocks))
        .route("/api/v1/instance/activity", get(activity))
        .route("/api/v1/instance/peers", get(peers))
        .route("/api/v1/peers/search", get(search_peers))
        .route("/api/oembed", get(oembed::show))
        .route("/api/v1/instance/languages", get(languages))
        .route("/api/v1/instance/translation_languages", get(translation_languages))
}

/// The first owner, who answers for the node.
async fn contact(tx: &mut Tx) -> Result<Option<Account>, storage::Error> {
    Ok(tx.members_with_role(Role::Owner).await?.into_iter().find(|a| !a.is_suspended()))
}

/// The streaming address of this origin: ws or wss.
fn streaming(config: &Config) -> String {
    config.origin.replacen("http", "ws", 1)
}

/// `configuration`, as both versions have it.
fn configuration(config: &Config) -> Value {
    let limits = Limits::default();
    json!({
        "accounts": {
            "max_featured_tags": node::tag::FEATURED,
            "max_pinned_statuses": node::react::PINS,
            "max_display_name_length": DISPLAY_NAME_LENGTH,
            "max_note_length": NOTE_LENGTH,
            "max_profile_fields": FIELDS,
            "profile_field_name_limit": FIELD_LENGTH,
            "profile_field_value_limit": FIELD_LENGTH,
        },
        "statuses": {
            "max_characters": config.post_length,
            "max_media_attachments": config.post_media,
            "characters_reserved_per_url": URL_LENGTH,
        },
        "media_attachments": {
            "supported_mime_types": supported_types(),
            "description_limit": DESCRIPTION_LENGTH,
            "image_size_limit": limits.image_bytes,
            "image_matrix_limit": limits.image_pixels,
            "video_size_limit": limits.video_bytes,
            "video_frame_rate_limit": VIDEO_FRAME_RATE,
            "video_matrix_limit": limits.video_pixels,
        },
        "polls": {
            "max_options": poll::OPTIONS,
            "max_characters_per_option": poll::OPTION_LENGTH,
            "min_expiration": poll::SHORTEST / SECOND,
            "max_expiration": poll::LONGEST / SECOND,
        },
    })
}

/// `configuration.urls`: the pages that there are.
fn urls(config: &Config, has_terms: bool) -> Value {
    let page = |which: About| format!("{}/{}", config.origin, which.name());
    json!({
        "streaming": streaming(config),
        "about": format!("{}/about", config.origin),
        "status": null,
        "privacy_policy": page(About::PrivacyPolicy),
        "terms_of_service": has_terms.then(|| page(About::TermsOfService)),
    })
}

/// `GET /api/v2/instance`.
async fn v2(State(app): State<App>) -> Result<Json<Value>, ApiError> {
    let config = &app.node.config;
    let vapid = node::push::vapid(&app.node).await?;
    let mut tx = app.node.store.read().await?;
    let (_, month_members, _) = tx.member_counts(app.node.now() - 30 * DAY, app.node.now()).await?;
    let owner = contact(&mut tx).await?;
    let rules = rule_list(&mut tx).await?;
    let has_terms = tx.has_text(About::TermsOfService.name(), app.node.now()).await?;
    let card = format!("{}{CARD_PATH}", config.origin);
    let mut configuration = configuration(config);
    if let Some(object) = configuration.as_object_mut() {
        object.insert("urls".to_owned(), urls(config, has_terms));
        object.insert("vapid".to_owned(), json!({"public_key": vapid.public}));
        object.insert("translation".to_owned(), json!({"enabled": false}));
        object.insert("limited_federation".to_owned(), json!(config.allow_list));
    }
    Ok(Json(json!({
        "domain": config.handle_domain,
        "title": config.title,
        "version": VERSION,
        "source_url": source_url(config),
        "description": html::truncate(&config.description, SHORT),
        "usage": {"users": {"active_month": month_members}},
        "thumbnail": {"url": card, "blurhash": null, "versions": {}},
        "icon": [],
        "languages": ["en"],
        "configuration": configuration,
        "registrations": registrations(config),
        "api_versions": {"mastodon": API_VERSION},
        "contact": {"email": config.contact_email, "account": owner.map(|a| render(config, &a))},
        "rules": rules,
    })))
}

/// Where the program's source is, as the licence asks: the repository, or the page that says so.
fn source_url(config: &Config) -> String {
    let repository = env!("CARGO_PKG_REPOSITORY");
    if repository.is_empty() { format!("{}/about", config.origin) } else { repository.to_owned() }
}

fn registrations(config: &Config) -> Value {
    let open = matches!(config.registrations, Registrations::Open | Registrations::Approval);
    json!({
        "enabled": open,
        "approval_required": config.registrations == Registrations::Approval,
        "reason_required": config.registrations == Registrations::Approval,
        "message": null,
        "min_age": null,
        "url": open.then(|| format!("{}/signup", config.origin)),
    })
}

/// `GET /api/v1/instance`, deprecated, and the only one that some clients ask for.
async fn v1(State(app): State<App>) -> Result<Json<Value>, ApiError> {
    let config = &app.node.config;
    let domains = app.node.known_domains().await?;
    let mut tx = app.node.store.read().await?;
    let (members, _, _) = tx.member_counts(app.node.now(), app.node.now()).await?;
    let posts = tx.count_local_posts().await?;
    let owner = contact(&mut tx).await?;
    let rules = rule_list(&mut tx).await?;
    Ok(Json(json!({
        "uri": config.handle_domain,
        "title": config.title,
        "short_description": html::truncate(&config.description, SHORT),
        "description": config.description,
        "email": config.contact_email,
        "version": VERSION,
        "urls": {"streaming_api": streaming(config)},
        "stats": {"user_count": members, "status_count": posts, "domain_count": domains.len()},
        "thumbnail": format!("{}{CARD_PATH}", config.origin),
        "languages": ["en"],
        "registrations": matches!(config.registrations, Registrations::Open | Registrations::Approval),
        "approval_required": config.registrations == Registrations::Approval,
        "invites_enabled": config.registrations != Registrations::Closed,
        "configuration": configuration(config),
        "contact_account": owner.map(|a| render(config, &a)),
        "rules": rules,
    })))
}

/// Rules as both versions have them.
async fn rule_list(tx: &mut Tx) -> Result<Value, storage::Error> {
    let rule = |r: &Rule| json!({"id": r.id.to_string(), "text": r.text, "hint": r.hint, "translations": {}});
    Ok(tx.rules().await?.iter().map(rule).collect())
}

/// `GET /api/v1/instance/rules`.
async fn rules(State(app): State<App>) -> Result<Json<Value>, ApiError> {
    Ok(Json(rule_list(&mut app.node.store.read().await?).await?))
}

/// What the node is, at length, as HTML, and when that was written: the text of that name, or else the description.
pub async fn extended(node: &Node, tx: &mut Tx) -> Result<(String, Option<Millis>), storage::Error> {
    if let Some(text) = tx.text_at(About::ExtendedDescription.name(), node.now()).await? {
        return Ok((texts::html(node, &text.source), Some(text.created_at)));
    }
    let description = &node.config.description;
    let html = if description.is_empty() { String::new() } else { format!("<p>{}</p>", html::escape(description)) };
    Ok((html, None))
}

/// `GET /api/v1/instance/extended_description`.
async fn extended_description(State(app): State<App>) -> Result<Json<Value>, ApiError> {
    let (content, at) = extended(&app.node, &mut app.node.store.read().await?).await?;
    Ok(Json(json!({"updated_at": at.map(rfc3339), "content": content})))
}

/// `GET /api/v1/instance/privacy_policy`.
async fn privacy_policy(State(app): State<App>) -> Result<Json<Value>, ApiError> {
    let (source, at) = texts::privacy(&app.node, &mut app.node.store.read().await?).await?;
    Ok(Json(json!({"updated_at": rfc3339(at), "content": texts::html(&app.node, &source)})))
}

/// `GET /api/v1/instance/terms_of_service`: those that hold; 404 where the owner wrote none.
async fn terms(State(app): State<App>) -> Result<Json<Value>, ApiError> {
    told(&app, terms_of_day(&app, None).await?).await
}

/// `GET /api/v1/instance/terms_of_service/:date`: those that hold, or will, from that day on.
async fn terms_of(State(app): State<App>, Path(day): Path<String>) -> Result<Json<Value>, ApiError> {
    told(&app, terms_of_day(&app, Some(&day)).await?).await
}

/// The terms of service that hold, or those that hold from a day (`2026-01-31`) on; with those that come after them.
pub async fn terms_of_day(app: &App, day: Option<&str>) -> Result<(Text, Option<Text>), ApiError> {
    let at = match day {
        None => app.node.now(),
        Some(day) => parse_rfc3339(&format!("{day}T00:00:00Z")).ok_or_else(ApiError::not_found)? + DAY - 1,
    };
    let name = About::TermsOfService.name();
    let mut tx = app.node.store.read().await?;
    let is_meant = |text: &Text| day.is_none_or(|day| date(text.effective_at) == day);
    let text = tx.text_at(name, at).await?.filter(is_meant).ok_or_else(ApiError::not_found)?;
    let next = tx.text_after(name, text.effective_at).await?;
    Ok((text, next))
}

async fn told(app: &App, (text, next): (Text, Option<Text>)) -> Result<Json<Value>, ApiError> {
    Ok(Json(json!({
        "effective_date": date(text.effective_at),
        "effective": text.effective_at <= app.node.now(),
        "succeeded_by": next.map(|t| date(t.effective_at)),
        "content": texts::html(&app.node, &text.source),
    })))
}

/// `GET /api/v1/instance/domain_blocks`, for whom the setting `show_domain_blocks` says: all, members or (by default) nobody.
async fn domain_blocks(State(app): State<App>, caller: Caller) -> Result<Json<Vec<Value>>, ApiError> {
    let mut tx = app.node.store.read().await?;
    match tx.setting(SHOW_DOMAIN_BLOCKS).await?.as_deref() {
        Some("all") => {}
        Some("members") => drop(caller.any_member().map(|signed| signed.account.id)?),
        _ => return Err(ApiError::not_found()),
    }
    let shown = |rule: DomainRule| {
        let severity = match rule.severity.as_str() {
            "suspend" => "suspend",
            "limit" => "silence",
            _ => return None,
        };
        let domain = if rule.obfuscate { obfuscated(&rule.domain) } else { rule.domain.clone() };
        Some(json!({
            "domain": domain,
            "digest": digest(&rule.domain),
            "severity": severity,
            "comment": rule.public_comment,
        }))
    };
    Ok(Json(tx.domain_rules().await?.into_iter().filter_map(shown).collect()))
}

/// A domain of which only the first and the last signs are shown, and its points.
pub fn obfuscated(domain: &str) -> String {
    let length = domain.chars().count();
    let shown = (length / 4).max(1);
    let hide = |(at, c): (usize, char)| if c == '.' || at < shown || at + shown >= length { c } else { '*' };
    domain.chars().enumerate().map(hide).collect()
}

/// `GET /api/v1/instance/activity`: the last twelve weeks, this one first. Numbers are texts there.
async fn activity(State(app): State<App>) -> Result<Json<Vec<Value>>, ApiError> {
    let this = week_of(app.node.now());
    let known = app.node.store.read().await?.weeks(this - 11 * 7 * DAY).await?;
    let week = |at: Millis| {
        let week = known.iter().find(|w| w.week == at);
        let number = |of: fn(&Week) -> i64| week.map_or(0, of).to_string();
        json!({
            "week": (at / SECOND).to_string(),
            "statuses": number(|w| w.posts),
            "logins": number(|w| w.logins),
            "registrations": number(|w| w.registrations),
        })
    };
    Ok(Json((0..12).map(|ago| week(this - ago * 7 * DAY)).collect()))
}

/// `GET /api/v1/instance/peers`: the domains of other servers that are known here and not shut out.
async fn peers(State(app): State<App>) -> Result<Json<Vec<String>>, ApiError> {
    let domains = app.node.known_domains().await?;
    Ok(Json(domains.iter().filter(|domain| !app.node.is_domain_blocked(domain)).cloned().collect()))
}

/// `GET /api/v1/peers/search?q=`: those that begin so.
async fn search_peers(State(app): State<App>, params: Params) -> Result<Json<Vec<String>>, ApiError> {
    let typed = params.text("q").unwrap_or_default().trim().to_lowercase();
    if typed.is_empty() {
        return Ok(Json(Vec::new()));
    }
    let mut domains = app.node.store.read().await?.domains_by_prefix(&typed, FOUND_PEERS).await?;
    domains.retain(|domain| !app.node.is_domain_blocked(domain));
    Ok(Json(domains))
}

/// `GET /api/v1/instance/languages`.
async fn languages() -> Json<Value> {
    Json(json!([{"code": "en", "name": "English"}]))
}

/// `GET /api/v1/instance/translation_languages`: nothing is translated.
async fn translation_languages() -> Json<Value> {
    Json(json!({}))
}
