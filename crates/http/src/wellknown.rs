//! Discovery: WebFinger, host-meta, NodeInfo, and the words that documents of ours use.

use std::net::IpAddr;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use federation::documents;
use model::account::Account;
use model::clock::DAY;
use model::handle::Handle;
use node::accounts::INSTANCE_ACTOR;
use node::config::{Config, Registrations};
use node::{carry, pairing};
use serde_json::{Value, json};

use crate::activitypub::tag_actor_of;
use crate::params::Params;
use crate::rate::Address;
use crate::{ApiError, App};

const ACTIVITY: &str = "application/activity+json";

/// `GET /.well-known/webfinger?resource=…` (RFC 7033).
pub async fn webfinger(
    State(app): State<App>,
    Address(address): Address,
    params: Params,
) -> Result<Response, ApiError> {
    let resource = params.required("resource")?;
    let account = find(&app, &resource, address).await?.filter(|a| !a.is_waiting()).ok_or_else(ApiError::not_found)?;
    if account.deleted_at.is_some() {
        return Err(ApiError::new(StatusCode::GONE, "This account is gone"));
    }
    let config = &app.node.config;
    let is_node = account.username == INSTANCE_ACTOR;
    let subject = if is_node { own_handle(config) } else { format!("acct:{}", config.full_handle(&account)) };
    let mut links = vec![
        json!({"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": account.url}),
        json!({"rel": "self", "type": ACTIVITY, "href": account.uri}),
    ];
    if !is_node {
        let origin = &config.origin;
        links.push(json!({"rel": "http://ostatus.org/schema/1.0/subscribe", "template": format!("{origin}/authorize_interaction?uri={{uri}}")}));
        links.push(json!({"rel": "https://w3id.org/fep/3b86/Object", "template": format!("{origin}/authorize_interaction?uri={{object}}")}));
    }
    if !account.avatar.is_empty() {
        links.push(json!({"rel": "http://webfinger.net/rel/avatar", "href": config.media_url(&account.avatar)}));
    }
    let body = json!({"subject": subject, "aliases": [account.url, account.uri], "links": links});
    let headers = [
        (header::CONTENT_TYPE, "application/jrd+json; charset=utf-8"),
        (header::CACHE_CONTROL, "max-age=3600, public"),
    ];
    Ok((headers, body.to_string()).into_response())
}

/// The handle of the node's own actor.
fn own_handle(config: &Config) -> String {
    format!("acct:{}@{}", config.instance_name(), config.host())
}

/// All the forms in which others ask. What is no handle and no URL is a bad request.
async fn find(app: &App, resource: &str, address: IpAddr) -> Result<Option<Account>, ApiError> {
    let config = &app.node.config;
    let handle = Handle::parse(resource);
    if let Ok(handle) = &handle {
        pairing::wake(&app.node, handle).await?;
    }
    let mut tx = app.node.store.read().await?;
    let plain = resource.trim_end_matches('/');
    let host = config.host();
    let name = plain.trim_start_matches("acct:");
    if plain == config.origin
        || plain == host
        || name == own_handle(config).trim_start_matches("acct:")
        || name == format!("{host}@{host}")
    {
        return Ok(tx.account_by_uri(&config.instance_actor_uri()).await?);
    }
    if resource.starts_with("https://") || resource.starts_with("http://") {
        let Some(path) = resource.strip_prefix(&config.origin) else { return Ok(None) };
        if let Some(below) = path.strip_prefix("/tags/") {
            let name = decoded(below);
            let slug = match below.strip_suffix("/actor") {
                Some(slug) => slug.to_owned(),
                None => model::hashtag::normalise(&name).map(|key| model::hashtag::slug(&key)).unwrap_or_default(),
            };
            return Ok(Some(tag_actor_of(app, &mut tx, &slug, address).await?));
        }
        let account = match path.strip_prefix("/@") {
            Some(name) => tx.account_by_handle(name, "").await?,
            None => tx.account_by_uri(resource).await?,
        };
        return Ok(account.filter(Account::is_local));
    }
    let bad = || ApiError::bad_request("The resource is neither a handle nor a URL");
    if !resource.contains('@') {
        return Err(bad());
    }
    let Ok(handle) = handle else { return Err(bad()) };
    let ours = handle.domain.as_deref().is_some_and(|d| config.is_own_domain(d));
    if !ours {
        return Ok(None);
    }
    if let Some(slug) = carry::slug_in_name(&handle.username) {
        return Ok(Some(tag_actor_of(app, &mut tx, slug, address).await?));
    }
    Ok(tx.account_by_handle(&handle.username, "").await?)
}

/// A piece of a path without its escapes.
fn decoded(piece: &str) -> String {
    let query = format!("x={}", piece.replace('+', "%2B").replace('&', "%26"));
    Params::from_urlencoded(&query).text("x").unwrap_or_default()
}

/// `GET /.well-known/host-meta` (RFC 6415): where WebFinger is.
pub async fn host_meta(State(app): State<App>) -> Response {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<XRD xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\">\n  \
         <Link rel=\"lrdd\" template=\"{}/.well-known/webfinger?resource={{uri}}\"/>\n</XRD>\n",
        app.node.config.origin
    );
    (
        [
            (header::CONTENT_TYPE, "application/xrd+xml; charset=utf-8"),
            (header::CACHE_CONTROL, "max-age=259200, public"),
        ],
        body,
    )
        .into_response()
}

/// `GET /.well-known/nodeinfo`.
pub async fn nodeinfo_links(State(app): State<App>) -> Json<Value> {
    let link = |version: &str| {
        json!({"rel": format!("http://nodeinfo.diaspora.software/ns/schema/{version}"),
               "href": format!("{}/nodeinfo/{version}", app.node.config.origin)})
    };
    Json(json!({"links": [link("2.0"), link("2.1")]}))
}

pub async fn nodeinfo_2_0(State(app): State<App>) -> Result<Response, ApiError> {
    nodeinfo(&app, "2.0").await
}

pub async fn nodeinfo_2_1(State(app): State<App>) -> Result<Response, ApiError> {
    nodeinfo(&app, "2.1").await
}

/// The NodeInfo document of a schema version.
async fn nodeinfo(app: &App, version: &str) -> Result<Response, ApiError> {
    let mut tx = app.node.store.read().await?;
    let now = app.node.now();
    let (total, month, half_year) = tx.member_counts(now - 30 * DAY, now - 180 * DAY).await?;
    let posts = tx.count_local_posts().await?;
    let mut software = json!({"name": "outloud", "version": env!("CARGO_PKG_VERSION")});
    if let (true, Some(object)) = (version == "2.1", software.as_object_mut()) {
        object.insert("homepage".to_owned(), json!(app.node.config.origin));
    }
    let body = json!({
        "version": version,
        "software": software,
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "usage": {"users": {"total": total, "activeMonth": month, "activeHalfyear": half_year}, "localPosts": posts},
        "openRegistrations": app.node.config.registrations == Registrations::Open,
        "metadata": {"nodeName": app.node.config.title, "nodeDescription": app.node.config.description},
    });
    let kind = format!("application/json; profile=\"http://nodeinfo.diaspora.software/ns/schema/{version}#\"");
    let headers: [(HeaderName, String); 2] =
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "max-age=1800, public".to_owned())];
    Ok((headers, body.to_string()).into_response())
}

/// `GET /.well-known/change-password` (W3C, a well-known URL for changing passwords).
pub async fn change_password() -> axum::response::Redirect {
    axum::response::Redirect::to("/settings/security")
}

/// `GET /ns/outloud`: the JSON-LD context of what only this software says (docs/federation.md).
pub async fn vocabulary() -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "application/ld+json"), (header::CACHE_CONTROL, "public, max-age=86400")];
    (headers, Json(documents::vocabulary()))
}
