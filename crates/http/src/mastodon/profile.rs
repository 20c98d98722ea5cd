//! A member's own account: reading it, changing it, and how they like to post.

use axum::Json;
use axum::extract::{FromRequest, Request, State};
use model::account::Account;
use model::audience::Audience;
use model::id::Id;
use model::policy::QuotePolicy;
use node::accounts::{PostingDefaults, ProfileChange, change_defaults, change_profile};
use node::media::Purpose;
use node::upload;
use storage::Tx;

use super::entities::account::{Own, Profile, render_own, render_profile};
use super::entities::small::{self, Preferences};
use super::quotes;
use super::tags;
use crate::auth::Caller;
use crate::params::Params;
use crate::{ApiError, App};

/// `GET /api/v1/accounts/verify_credentials`.
pub async fn own(State(app): State<App>, caller: Caller) -> Result<Json<Own>, ApiError> {
    let signed = caller.member("profile").or_else(|_| caller.member("read:accounts"))?;
    show(&app, signed.account.id).await
}

/// `GET /api/v1/preferences`.
pub async fn preferences(State(app): State<App>, caller: Caller) -> Result<Json<Preferences>, ApiError> {
    let member = &caller.member("read:accounts")?.member;
    let settings = app.node.store.read().await?.profile_settings(member.account_id).await?;
    Ok(Json(small::preferences(member, &settings)))
}

/// `PATCH /api/v1/accounts/update_credentials`. The token is looked at before a file is taken in.
pub async fn update(State(app): State<App>, caller: Caller, request: Request) -> Result<Json<Own>, ApiError> {
    let signed = caller.member("write:accounts")?;
    let params = Params::from_request(request, &app).await?;
    let defaults = defaults(&params, signed.member.default_audience)?;
    let mut change = profile_change(&params);
    change.avatar = picture(&app, &params, "avatar", Purpose::Avatar).await?;
    change.header = picture(&app, &params, "header", Purpose::Header).await?;
    let mut tx = app.node.store.begin().await?;
    change_profile(&app.node, &mut tx, &signed.account, change).await?;
    change_defaults(&mut tx, &signed.member, &defaults).await?;
    app.node.commit(tx).await?;
    show(&app, signed.account.id).await
}

/// `GET /api/v1/profile`: one's profile as one edits it.
pub async fn profile(State(app): State<App>, caller: Caller) -> Result<Json<Profile>, ApiError> {
    let signed = caller.member("profile").or_else(|_| caller.member("read:accounts"))?;
    show_profile(&app, signed.account.id).await
}

/// `PATCH /api/v1/profile`.
pub async fn update_profile(
    State(app): State<App>,
    caller: Caller,
    request: Request,
) -> Result<Json<Profile>, ApiError> {
    let signed = caller.member("write:accounts")?;
    let params = Params::from_request(request, &app).await?;
    let mut change = profile_change(&params);
    change.avatar = picture(&app, &params, "avatar", Purpose::Avatar).await?;
    change.header = picture(&app, &params, "header", Purpose::Header).await?;
    let mut tx = app.node.store.begin().await?;
    change_profile(&app.node, &mut tx, &signed.account, change).await?;
    app.node.commit(tx).await?;
    show_profile(&app, signed.account.id).await
}

async fn show_profile(app: &App, id: Id) -> Result<Json<Profile>, ApiError> {
    let mut tx: Tx = app.node.store.read().await?;
    let account: Account = tx.account(id).await?.ok_or_else(ApiError::not_found)?;
    let settings = tx.profile_settings(id).await?;
    let featured = tx.featured_tags(id).await?;
    let featured = featured.iter().map(|f| tags::featured(app, f)).collect();
    Ok(Json(render_profile(&app.node.config, &account, settings, featured)))
}

/// `DELETE /api/v1/profile/avatar`.
pub async fn remove_avatar(State(app): State<App>, caller: Caller) -> Result<Json<Own>, ApiError> {
    let change = ProfileChange {
        avatar: Some(String::new()),
        avatar_description: Some(String::new()),
        ..ProfileChange::default()
    };
    remove(&app, &caller, change).await
}

/// `DELETE /api/v1/profile/header`.
pub async fn remove_header(State(app): State<App>, caller: Caller) -> Result<Json<Own>, ApiError> {
    let change = ProfileChange {
        header: Some(String::new()),
        header_description: Some(String::new()),
        ..ProfileChange::default()
    };
    remove(&app, &caller, change).await
}

async fn remove(app: &App, caller: &Caller, change: ProfileChange) -> Result<Json<Own>, ApiError> {
    let signed = caller.member("write:accounts")?;
    let mut tx = app.node.store.begin().await?;
    change_profile(&app.node, &mut tx, &signed.account, change).await?;
    app.node.commit(tx).await?;
    show(app, signed.account.id).await
}

/// The account as it is now.
async fn show(app: &App, id: Id) -> Result<Json<Own>, ApiError> {
    let mut tx: Tx = app.node.store.read().await?;
    let account: Account = tx.account(id).await?.ok_or_else(ApiError::not_found)?;
    let member = tx.member(id).await?.ok_or_else(ApiError::not_found)?;
    let waiting = tx.count_follow_requests(id).await?;
    Ok(Json(render_own(&app.node.config, &mut tx, &account, &member, waiting).await?))
}

fn profile_change(params: &Params) -> ProfileChange {
    let line = |line: &Params| (line.text("name").unwrap_or_default(), line.text("value").unwrap_or_default());
    ProfileChange {
        display_name: params.text("display_name"),
        note: params.text("note"),
        fields: params.has("fields_attributes").then(|| params.groups("fields_attributes").iter().map(line).collect()),
        avatar: None,
        avatar_description: params.text("avatar_description"),
        header: None,
        header_description: params.text("header_description"),
        bot: params.flag("bot"),
        locked: params.flag("locked"),
        discoverable: params.flag("discoverable"),
        indexable: params.flag("indexable"),
        hide_collections: params.flag("hide_collections"),
        show_media: params.flag("show_media"),
        show_media_replies: params.flag("show_media_replies"),
        show_featured: params.flag("show_featured"),
        attribution_domains: params.has("attribution_domains").then(|| params.list("attribution_domains")),
    }
}

/// `now`: who reads the member's posts so far. Apps are told `private` of what is said inside, and send that back with whatever was
/// changed: it must not become wider by that.
fn defaults(params: &Params, now: Audience) -> Result<PostingDefaults, ApiError> {
    let Some(source) = params.group("source") else { return Ok(PostingDefaults::default()) };
    let audience = match source.filled("privacy") {
        Some(name) => Some(Audience::from_name(&name).ok_or_else(unknown_visibility)?),
        None => None,
    }
    .filter(|wanted| *wanted != Audience::Followers || !matches!(now, Audience::Organisation | Audience::Partners));
    if audience == Some(Audience::Team) {
        return Err(ApiError::unprocessable("Validation failed: Posts are for a team one by one, and not by default"));
    }
    let quote_policy = match source.filled("quote_policy") {
        Some(name) => Some(QuotePolicy::from_name(&name).ok_or_else(quotes::unknown_policy)?),
        None => None,
    };
    Ok(PostingDefaults {
        audience,
        sensitive: source.flag("sensitive"),
        language: source.text("language"),
        quote_policy,
    })
}

/// The words for a visibility that is none.
pub fn unknown_visibility() -> ApiError {
    ApiError::unprocessable(
        "Validation failed: Visibility is not one of public, unlisted, private, direct, organisation, team, partners",
    )
}

/// Stores a new profile picture, if one was sent; answers its key.
async fn picture(app: &App, params: &Params, name: &str, purpose: Purpose) -> Result<Option<String>, ApiError> {
    match params.file(name) {
        Some(bytes) if !bytes.is_empty() => {
            Ok(Some(upload::store_profile_picture(&app.node, bytes.clone(), purpose).await?))
        }
        _ => Ok(None),
    }
}
