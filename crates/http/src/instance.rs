//! What a node says about itself to clients: the instance documents of the Mastodon API (methods/instance; client-api 10). Only
//! what is there is promised.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use model::account::{Account, Role};
use model::clock::{DAY, SECOND};
use model::html;
use model::text::URL_LENGTH;
use node::accounts::{DISPLAY_NAME_LENGTH, FIELD_LENGTH, FIELDS, NOTE_LENGTH};
use node::config::{Config, Registrations};
use node::media::limits::{Limits, VIDEO_FRAME_RATE, supported_types};
use node::poll;
use serde_json::{Value, json};
use storage::Tx;

use crate::mastodon::entities::account::render;
use crate::web::CARD_PATH;
use crate::{ApiError, App};

/// The first word is the version of the Mastodon API that clients compare with; ours follows in brackets.
const VERSION: &str = concat!("4.3.0 (compatible; Outloud ", env!("CARGO_PKG_VERSION"), ")");
/// Levels of the API after 4.3.0 that are there in full.
const API_VERSION: i64 = 1;
/// Alt text, in characters.
const DESCRIPTION_LENGTH: i64 = 10_000;
const SHORT: usize = 200;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/api/v1/instance", get(v1))
        .route("/api/v2/instance", get(v2))
        .route("/api/v1/instance/rules", get(rules))
        .route("/api/v1/instance/extended_description", get(extended_description))
        .route("/api/v1/instance/languages", get(languages))
        .route("/api/v1/instance/translation_languages", get(translation_languages))
}

/// What the node says it is for, as its owner wrote it (the setting `description`); empty until then.
pub async fn description(tx: &mut Tx) -> Result<String, storage::Error> {
    Ok(tx.setting("description").await?.unwrap_or_default().trim().to_owned())
}

/// The first owner, who answers for the node, and the address for mail to them (the setting `contact_email`, which is not the
/// one they sign in with).
async fn contact(tx: &mut Tx) -> Result<(Option<Account>, String), storage::Error> {
    let owner = tx.members_with_role(Role::Owner).await?.into_iter().find(|a| !a.is_suspended());
    Ok((owner, tx.setting("contact_email").await?.unwrap_or_default()))
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

/// `GET /api/v2/instance`.
async fn v2(State(app): State<App>) -> Result<Json<Value>, ApiError> {
    let config = &app.node.config;
    let mut tx = app.node.store.read().await?;
    let (_, month_members, _) = tx.member_counts(app.node.now() - 30 * DAY, app.node.now()).await?;
    let (owner, email) = contact(&mut tx).await?;
    let description = description(&mut tx).await?;
    let card = format!("{}{CARD_PATH}", config.origin);
    let mut configuration = configuration(config);
    if let Some(object) = configuration.as_object_mut() {
        let about = format!("{}/about", config.origin);
        let urls = json!({"streaming": streaming(config), "about": about, "status": null, "privacy_policy": null, "terms_of_service": null});
        object.insert("urls".to_owned(), urls);
        object.insert("vapid".to_owned(), json!({"public_key": ""}));
        object.insert("translation".to_owned(), json!({"enabled": false}));
        object.insert("limited_federation".to_owned(), json!(false));
    }
    Ok(Json(json!({
        "domain": config.handle_domain,
        "title": config.title,
        "version": VERSION,
        "source_url": source_url(config),
        "description": html::truncate(&description, SHORT),
        "usage": {"users": {"active_month": month_members}},
        "thumbnail": {"url": card, "blurhash": null, "versions": {}},
        "icon": [],
        "languages": ["en"],
        "configuration": configuration,
        "registrations": registrations(config),
        "api_versions": {"mastodon": API_VERSION},
        "contact": {"email": email, "account": owner.map(|a| render(config, &a))},
        "rules": [],
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
    let (owner, email) = contact(&mut tx).await?;
    let description = description(&mut tx).await?;
    Ok(Json(json!({
        "uri": config.handle_domain,
        "title": config.title,
        "short_description": html::truncate(&description, SHORT),
        "description": description,
        "email": email,
        "version": VERSION,
        "urls": {"streaming_api": streaming(config)},
        "stats": {"user_count": members, "status_count": posts, "domain_count": domains},
        "thumbnail": format!("{}{CARD_PATH}", config.origin),
        "languages": ["en"],
        "registrations": matches!(config.registrations, Registrations::Open | Registrations::Approval),
        "approval_required": config.registrations == Registrations::Approval,
        "invites_enabled": config.registrations != Registrations::Closed,
        "configuration": configuration(config),
        "contact_account": owner.map(|a| render(config, &a)),
        "rules": [],
    })))
}

/// `GET /api/v1/instance/rules`: the node has none of its own beside its agreement.
async fn rules() -> Json<Value> {
    Json(json!([]))
}

/// `GET /api/v1/instance/extended_description`.
async fn extended_description(State(app): State<App>) -> Result<Json<Value>, ApiError> {
    let description = description(&mut app.node.store.read().await?).await?;
    let content = if description.is_empty() { String::new() } else { format!("<p>{}</p>", html::escape(&description)) };
    Ok(Json(json!({"updated_at": null, "content": content})))
}

/// `GET /api/v1/instance/languages`.
async fn languages() -> Json<Value> {
    Json(json!([{"code": "en", "name": "English"}]))
}

/// `GET /api/v1/instance/translation_languages`: nothing is translated.
async fn translation_languages() -> Json<Value> {
    Json(json!({}))
}
