//! ActivityPub over HTTP: actors, posts and collections as documents, and the inboxes.

use std::net::IpAddr;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest as _, FromRequestParts, OriginalUri, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use federation::FederationJson;
use federation::documents::{activity, actor, collection, consent, emoji, experiment, note, tombstone, with_context};
use federation::inbox::Delivered;
use federation::signature::{self, SignatureError};
use model::account::Account;
use model::audience::Viewer;
use model::clock::Millis;
use model::experiment::Standing;
use model::page::Page;
use model::post::Post;
use node::carry::{self, Found};
use serde_json::{Value, json};
use storage::{FeaturedTag, Tx};

use crate::params::Params;
use crate::rate::Address;
use crate::{ApiError, App};

const PAGE: i64 = 20;
/// How long a server may take to send what it delivers.
const PATIENCE: Duration = Duration::from_secs(20);
/// Ids in a page of replies.
const REPLIES: i64 = 60;

/// Whether the client asks for a document rather than a page: any ActivityStreams type it would take.
pub fn wants_document(headers: &HeaderMap) -> bool {
    let accept = headers.get_all(header::ACCEPT).iter().filter_map(|v| v.to_str().ok());
    let mut best = (0.0, false);
    for part in accept.flat_map(|a| a.split(',')) {
        let mut pieces = part.split(';').map(str::trim);
        let kind = pieces.next().unwrap_or("").to_ascii_lowercase();
        let weight = pieces.find_map(|p| p.strip_prefix("q=")).and_then(|q| q.parse().ok()).unwrap_or(1.0);
        let document = matches!(kind.as_str(), "application/activity+json" | "application/ld+json");
        if (document || matches!(kind.as_str(), "text/html" | "application/xhtml+xml")) && weight > best.0 {
            best = (weight, document);
        }
    }
    best.1
}

/// A document of its own, as `application/activity+json`. `open`: everybody gets the same.
fn document(app: &App, value: Value, open: bool) -> Response {
    let mut response = FederationJson(with_context(value)).into_response();
    let headers = response.headers_mut();
    let vary = if app.node.config.authorized_fetch || !open { "Accept, Signature" } else { "Accept" };
    headers.insert(header::VARY, HeaderValue::from_static(vary));
    let cache = if open && !app.node.config.authorized_fetch { "public, max-age=60" } else { "private, no-store" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}

/// For those who ask without a signature for what only known servers read.
const NOT_SIGNED: &str = "Request not signed: this is answered to signed requests only (draft-cavage or RFC 9421)";

/// Who asks for a document, and for which.
pub struct Asker {
    pub uri: Uri,
    pub headers: HeaderMap,
    address: IpAddr,
}

impl FromRequestParts<App> for Asker {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let Address(address) = Address::from_request_parts(parts, app).await?;
        let OriginalUri(uri) = OriginalUri::from_request_parts(parts, app).await?;
        Ok(Self { uri, headers: parts.headers.clone(), address })
    }
}

impl Asker {
    pub fn params(&self) -> Params {
        Params::from_urlencoded(self.uri.query().unwrap_or(""))
    }

    /// The account whose signature the request carries. Not looked at where too many came from this address that were nobody's:
    /// each may make us ask another server for a key.
    async fn account(&self, app: &App) -> Result<Option<Account>, ApiError> {
        if matches!(signature::claims(&self.headers), Err(SignatureError::Missing)) {
            return Ok(None);
        }
        app.limits.hear_stranger(self.address)?;
        let target = self.uri.path_and_query().map_or("/", |t| t.as_str());
        let reader = app.federation.reader(target, &self.headers).await;
        if reader.as_ref().is_err_and(federation::Error::is_of_stranger) {
            app.limits.mark_stranger(self.address);
        }
        Ok(reader?)
    }

    /// Who reads. With authorized fetch nobody reads without a signature.
    async fn viewer(&self, app: &App) -> Result<Viewer, ApiError> {
        match self.account(app).await {
            Ok(Some(account)) => Ok(Viewer::Remote(account.id)),
            Ok(None) if app.node.config.authorized_fetch => Err(ApiError::new(StatusCode::UNAUTHORIZED, NOT_SIGNED)),
            Ok(None) => Ok(Viewer::Anyone),
            // A signature that is not good gives no rights; where none are needed, it takes none away.
            Err(error) if app.node.config.authorized_fetch || error.status == StatusCode::FORBIDDEN => Err(error),
            Err(_) => Ok(Viewer::Anyone),
        }
    }
}

/// A member by name, who can be read about: 404 for nobody, 403 for suspended, 410 for deleted.
pub async fn local_account(tx: &mut Tx, name: &str) -> Result<Account, ApiError> {
    let account = tx.account_by_handle(name, "").await?.filter(|a| !a.is_waiting()).ok_or_else(ApiError::not_found)?;
    if account.deleted_at.is_some() {
        return Err(ApiError::new(StatusCode::GONE, "This account is gone"));
    }
    if account.is_suspended() {
        return Err(ApiError::forbidden("This account is suspended"));
    }
    Ok(account)
}

async fn actor_document(app: &App, tx: &mut Tx, account: &Account) -> Result<Response, ApiError> {
    let key = match tx.signing_key(account.id).await? {
        Some(key) => key,
        None => carry::key_at(&app.node.config, tx, account, Millis::MAX).await?.ok_or_else(ApiError::not_found)?,
    };
    let attribution = tx.profile_settings(account.id).await?.attribution_domains;
    Ok(document(app, actor::render(&app.node.config, account, &key, &attribution), true))
}

/// `GET /users/{name}`: the actor; a browser is sent to the profile.
pub async fn user(State(app): State<App>, Path(name): Path<String>, asker: Asker) -> Result<Response, ApiError> {
    if !wants_document(&asker.headers) {
        let account = local_account(&mut app.node.store.read().await?, &name).await?;
        return Ok(([(header::VARY, "Accept")], Redirect::to(&account.url)).into_response());
    }
    actor(&app, &name, &asker).await
}

/// The actor's document, also under the address of the profile.
pub async fn actor(app: &App, name: &str, asker: &Asker) -> Result<Response, ApiError> {
    asker.viewer(app).await?;
    let mut tx = app.node.store.read().await?;
    let account = local_account(&mut tx, name).await?;
    actor_document(app, &mut tx, &account).await
}

/// The actor of a hashtag, by its slug. Of hashtags that nobody knows of here a stranger hears a few in an hour, so that who makes
/// them up is not answered without end.
pub async fn tag_actor_of(app: &App, tx: &mut Tx, slug: &str, address: IpAddr) -> Result<Account, ApiError> {
    let Found { account, is_known } = carry::find(&app.node, tx, slug).await?.ok_or_else(ApiError::not_found)?;
    if account.is_suspended() || !is_known && !app.limits.may_make_up_tags(address, app.node.now()) {
        return Err(ApiError::not_found());
    }
    Ok(account)
}

/// `GET /tags/{slug}/actor`: what carries a hashtag.
pub async fn tag_actor(State(app): State<App>, Path(slug): Path<String>, asker: Asker) -> Result<Response, ApiError> {
    asker.viewer(&app).await?;
    let mut tx = app.node.store.read().await?;
    let account = tag_actor_of(&app, &mut tx, &slug, asker.address).await?;
    if !wants_document(&asker.headers) {
        return Ok(([(header::VARY, "Accept")], Redirect::to(&account.url)).into_response());
    }
    actor_document(&app, &mut tx, &account).await
}

/// The same under the address of the hashtag's page, by its key.
pub async fn tag_document(app: &App, key: &str, asker: &Asker) -> Result<Response, ApiError> {
    asker.viewer(app).await?;
    let mut tx = app.node.store.read().await?;
    let account = tag_actor_of(app, &mut tx, &model::hashtag::slug(key), asker.address).await?;
    actor_document(app, &mut tx, &account).await
}

/// `GET /tags/{slug}/outbox`: what it carried.
pub async fn tag_outbox(State(app): State<App>, Path(slug): Path<String>, asker: Asker) -> Result<Response, ApiError> {
    asker.viewer(&app).await?;
    let mut tx = app.node.store.read().await?;
    let account = tag_actor_of(&app, &mut tx, &slug, asker.address).await?;
    outbox_of(&app, &mut tx, &account, &asker).await
}

/// `GET /tags/{slug}/followers`: how many.
pub async fn tag_followers(
    State(app): State<App>,
    Path(slug): Path<String>,
    asker: Asker,
) -> Result<Response, ApiError> {
    asker.viewer(&app).await?;
    let mut tx = app.node.store.read().await?;
    let account = tag_actor_of(&app, &mut tx, &slug, asker.address).await?;
    Ok(document(&app, collection::ordered(&account.followers, account.followers_count, None), true))
}

/// `GET /tags/{slug}/announces/{name}` and `/users/{name}/announces/{…}`: the `Announce` of something that one of our actors carries.
pub async fn carried(
    State(app): State<App>,
    Path((_, _)): Path<(String, String)>,
    asker: Asker,
) -> Result<Response, ApiError> {
    let viewer = asker.viewer(&app).await?;
    let uri = format!("{}{}", app.node.config.origin, asker.uri.path());
    let mut tx = app.node.store.read().await?;
    let found = tx.post_by_uri(&uri).await?.ok_or_else(ApiError::not_found)?;
    let boost = tx.visible_post(found.id, viewer).await?.ok_or_else(ApiError::not_found)?;
    let original = boost.boost_of_id.ok_or_else(ApiError::not_found)?;
    tx.visible_post(original, viewer).await?.ok_or_else(ApiError::not_found)?;
    let parts = note::load(&mut tx, vec![boost]).await?.into_iter().next().ok_or_else(ApiError::not_found)?;
    let value = activity::announce(&mut tx, &parts).await?.ok_or_else(ApiError::not_found)?;
    Ok(document(&app, value, true))
}

/// `GET /actor`: the node's own actor, which is open to everybody, always.
pub async fn instance_actor(State(app): State<App>) -> Result<Response, ApiError> {
    let mut tx = app.node.store.read().await?;
    let account = tx.account_by_uri(&app.node.config.instance_actor_uri()).await?.ok_or_else(ApiError::not_found)?;
    actor_document(&app, &mut tx, &account).await
}

/// `GET /actor/outbox`: the node says nothing itself.
pub async fn instance_outbox(State(app): State<App>) -> Response {
    let id = format!("{}/outbox", app.node.config.instance_actor_uri());
    document(&app, collection::ordered(&id, 0, None), true)
}

/// `GET /users/{name}/posts/{id}`: the post; a browser is sent to its page.
pub async fn post(
    State(app): State<App>,
    Path((name, id)): Path<(String, i64)>,
    asker: Asker,
) -> Result<Response, ApiError> {
    if !wants_document(&asker.headers) {
        let url = app.node.config.post_url(&name, id);
        return Ok(([(header::VARY, "Accept")], Redirect::to(&url)).into_response());
    }
    post_document(&app, &name, id, &asker).await
}

/// The post's document, also under the address of its page.
pub async fn post_document(app: &App, name: &str, id: i64, asker: &Asker) -> Result<Response, ApiError> {
    let viewer = asker.viewer(app).await?;
    let mut tx = app.node.store.read().await?;
    let found = readable_post(app, &mut tx, name, id, viewer).await?;
    let open = found.audience.is_open();
    let Some(parts) = note::load(&mut tx, vec![found]).await?.into_iter().next() else {
        return Err(ApiError::not_found());
    };
    if parts.post.boost_of_id.is_some() {
        let value = activity::announce(&mut tx, &parts).await?.ok_or_else(ApiError::not_found)?;
        return Ok(document(app, value, open));
    }
    Ok(document(app, note::render(&app.node.config, &parts, app.node.now()), open))
}

/// `GET /users/{name}/posts/{id}/activity`: the `Create` (or the `Announce`).
pub async fn post_activity(
    State(app): State<App>,
    Path((name, id)): Path<(String, i64)>,
    asker: Asker,
) -> Result<Response, ApiError> {
    let viewer = asker.viewer(&app).await?;
    let mut tx = app.node.store.read().await?;
    let found = readable_post(&app, &mut tx, &name, id, viewer).await?;
    let open = found.audience.is_open();
    let Some(parts) = note::load(&mut tx, vec![found]).await?.into_iter().next() else {
        return Err(ApiError::not_found());
    };
    let value = match parts.post.boost_of_id {
        Some(_) => activity::announce(&mut tx, &parts).await?.ok_or_else(ApiError::not_found)?,
        None => activity::create(&app.node.config, &parts, app.node.now()),
    };
    Ok(document(&app, value, open))
}

/// One of our posts that the viewer may see and that may leave the node. A deleted one answers 410, with its tombstone.
async fn readable_post(app: &App, tx: &mut Tx, name: &str, id: i64, viewer: Viewer) -> Result<Post, ApiError> {
    let author = local_account(tx, name).await?;
    match tx.visible_post(id, viewer).await? {
        Some(post) if post.account_id == author.id && post.audience.leaves_the_node() => Ok(post),
        Some(_) => Err(ApiError::not_found()),
        None => {
            let uri = app.node.config.post_uri(&author.username, id);
            match tx.tombstone(&uri, &author.uri).await? {
                Some(at) => {
                    let mut gone = ApiError::new(StatusCode::GONE, "This post was deleted");
                    gone.body = with_context(tombstone(&uri, Some(at)));
                    Err(gone)
                }
                None => Err(ApiError::not_found()),
            }
        }
    }
}

/// `GET /users/{name}/outbox`: what an account said to everybody.
pub async fn outbox(State(app): State<App>, Path(name): Path<String>, asker: Asker) -> Result<Response, ApiError> {
    asker.viewer(&app).await?;
    let mut tx = app.node.store.read().await?;
    let account = local_account(&mut tx, &name).await?;
    outbox_of(&app, &mut tx, &account, &asker).await
}

async fn outbox_of(app: &App, tx: &mut Tx, account: &Account, asker: &Asker) -> Result<Response, ApiError> {
    let params = asker.params();
    let id = &account.outbox;
    if !params.has("page") {
        let first = format!("{id}?page=true");
        return Ok(document(app, collection::ordered(id, account.posts_count, Some(&first)), true));
    }
    let page = Page { max_id: params.number("max_id"), min_id: params.number("min_id"), since_id: None, limit: PAGE };
    let posts = tx.outbox(account.id, &page).await?;
    let ends = posts.first().map(|p| p.id).zip(posts.last().map(|p| p.id));
    let full = posts.len() == usize::try_from(PAGE).unwrap_or(0);
    let mut items = Vec::with_capacity(posts.len());
    for parts in note::load(tx, posts).await? {
        match parts.post.boost_of_id {
            Some(_) => items.extend(activity::announce(tx, &parts).await?),
            None => items.push(activity::create(&app.node.config, &parts, app.node.now())),
        }
    }
    let next = ends.filter(|_| full).map(|(_, last)| format!("{id}?page=true&max_id={last}"));
    let prev = ends.map(|(first, _)| format!("{id}?page=true&min_id={first}"));
    let own = format!("{}{}", app.node.config.origin, asker.uri);
    Ok(document(app, collection::ordered_page(id, &own, items, next, prev), true))
}

/// `GET /users/{name}/followers`: how many, and who, unless the member hides that.
pub async fn followers(State(app): State<App>, Path(name): Path<String>, asker: Asker) -> Result<Response, ApiError> {
    people(&app, &name, &asker, true).await
}

/// `GET /users/{name}/following`.
pub async fn following(State(app): State<App>, Path(name): Path<String>, asker: Asker) -> Result<Response, ApiError> {
    people(&app, &name, &asker, false).await
}

async fn people(app: &App, name: &str, asker: &Asker, followers: bool) -> Result<Response, ApiError> {
    asker.viewer(app).await?;
    let params = asker.params();
    let mut tx = app.node.store.read().await?;
    let account = local_account(&mut tx, name).await?;
    let (id, total) = if followers {
        (&account.followers, account.followers_count)
    } else {
        (&account.following, account.following_count)
    };
    if account.hide_collections || !params.has("page") {
        let first = (!account.hide_collections).then(|| format!("{id}?page=true"));
        return Ok(document(app, collection::ordered(id, total, first.as_deref()), true));
    }
    let page = Page { max_id: params.number("max_id"), ..Page::first(PAGE * 2) };
    let rows =
        if followers { tx.followers_of(account.id, &page).await? } else { tx.following_of(account.id, &page).await? };
    let next = rows.last().filter(|_| rows.len() == 40).map(|(row, _)| format!("{id}?page=true&max_id={row}"));
    let items = rows.into_iter().map(|(_, a)| Value::String(a.uri)).collect();
    let own = format!("{}{}", app.node.config.origin, asker.uri);
    Ok(document(app, collection::ordered_page(id, &own, items, next, None), true))
}

/// `GET /users/{name}/followers_synchronization`: those of the followers who live on the server of who asks (FEP-8fcf).
pub async fn followers_synchronisation(
    State(app): State<App>,
    Path(name): Path<String>,
    asker: Asker,
) -> Result<Response, ApiError> {
    let reader = asker.account(&app).await?;
    let reader = reader.ok_or_else(|| ApiError::new(StatusCode::UNAUTHORIZED, NOT_SIGNED))?;
    let account = local_account(&mut app.node.store.read().await?, &name).await?;
    let followers = app.federation.followers_beside(&account, &reader.uri).await?.ok_or_else(ApiError::not_found)?;
    let id = app.node.config.followers_synchronisation_uri(&account.uri);
    let value = json!({"id": id, "type": "OrderedCollection", "orderedItems": followers});
    Ok(document(&app, value, false))
}

/// `GET /users/{name}/featured`: pinned posts, those that everybody may read.
pub async fn featured(State(app): State<App>, Path(name): Path<String>, asker: Asker) -> Result<Response, ApiError> {
    asker.viewer(&app).await?;
    let mut tx = app.node.store.read().await?;
    let account = local_account(&mut tx, &name).await?;
    let posts = tx.pinned(account.id, Viewer::Anyone).await?;
    let notes: Vec<Value> = note::load(&mut tx, posts)
        .await?
        .iter()
        .map(|parts| note::render(&app.node.config, parts, app.node.now()))
        .collect();
    let value =
        json!({"id": account.featured, "type": "OrderedCollection", "totalItems": notes.len(), "orderedItems": notes});
    Ok(document(&app, value, true))
}

/// `GET /users/{name}/tags`: the hashtags on a profile.
pub async fn featured_tags(
    State(app): State<App>,
    Path(name): Path<String>,
    asker: Asker,
) -> Result<Response, ApiError> {
    asker.viewer(&app).await?;
    let mut tx = app.node.store.read().await?;
    let account = local_account(&mut tx, &name).await?;
    let tags = tx.featured_tags(account.id).await?;
    let tag = |t: &FeaturedTag| json!({"type": "Hashtag", "href": app.node.config.tag_url(&t.key), "name": format!("#{}", t.name)});
    let items: Vec<Value> = tags.iter().map(tag).collect();
    let id = app.node.config.featured_tags_uri(&account.uri);
    let value = json!({"id": id, "type": "Collection", "totalItems": items.len(), "items": items});
    Ok(document(&app, value, true))
}

/// `GET /users/{name}/stamps/{id}`: that somebody may do something with a post or with the account itself, as long as they may and
/// the post is there for the one who asks.
pub async fn stamp(
    State(app): State<App>,
    Path((name, id)): Path<(String, i64)>,
    asker: Asker,
) -> Result<Response, ApiError> {
    let viewer = asker.viewer(&app).await?;
    let mut tx = app.node.store.read().await?;
    let account = local_account(&mut tx, &name).await?;
    let stamp = tx.stamp(id).await?.filter(|s| s.account_id == account.id).ok_or_else(ApiError::not_found)?;
    let open = match stamp.target_id {
        Some(post) => tx.visible_post(post, viewer).await?.ok_or_else(ApiError::not_found)?.audience.is_open(),
        None => true,
    };
    Ok(document(&app, consent::stamp(&app.node.config, &account, &stamp), open))
}

/// `GET /users/{name}/posts/{id}/replies`: the author's own answers first, then the others'.
pub async fn replies(
    State(app): State<App>,
    Path((name, id)): Path<(String, i64)>,
    asker: Asker,
) -> Result<Response, ApiError> {
    let viewer = asker.viewer(&app).await?;
    let params = asker.params();
    let mut tx = app.node.store.read().await?;
    let post = readable_post(&app, &mut tx, &name, id, viewer).await?;
    let own = format!("{}/replies", post.uri);
    if !params.has("page") {
        let value = json!({"id": own, "type": "Collection", "totalItems": post.replies_count, "first": format!("{own}?page=true")});
        return Ok(document(&app, value, post.audience.is_open()));
    }
    let others = params.flag("only_other_accounts").unwrap_or(false);
    let after = params.number("min_id").unwrap_or(i64::MIN);
    let found = tx.open_replies(post.id, !others, after, REPLIES).await?;
    let next = match found.last().filter(|_| found.len() == usize::try_from(REPLIES).unwrap_or(0)) {
        Some((last, _)) => Some(format!("{own}?page=true&only_other_accounts={others}&min_id={last}")),
        None if !others => Some(format!("{own}?page=true&only_other_accounts=true")),
        None => None,
    };
    let items = found.into_iter().map(|(_, uri)| Value::String(uri)).collect();
    let page = format!("{}{}", app.node.config.origin, asker.uri);
    Ok(document(&app, collection::plain_page(&own, &page, items, next), post.audience.is_open()))
}

/// `GET /users/{name}/posts/{id}/replications`: who tries an experiment again, as far as its author confirmed them and everybody may
/// read it (docs/federation.md).
pub async fn replications(
    State(app): State<App>,
    Path((name, id)): Path<(String, i64)>,
    asker: Asker,
) -> Result<Response, ApiError> {
    let viewer = asker.viewer(&app).await?;
    let mut tx = app.node.store.read().await?;
    let post = readable_post(&app, &mut tx, &name, id, viewer).await?;
    if !post.audience.is_open() || tx.experiment(post.id).await?.is_none() {
        return Err(ApiError::not_found());
    }
    let own = experiment::replications(&post.uri);
    let after = asker.params().number("min_id").unwrap_or(0);
    let found = tx.tries_of(post.id, Standing::Confirmed, after, REPLIES).await?;
    let ids: Vec<i64> = found.iter().map(|x| x.post_id).collect();
    let mut open = tx.visible_posts(&ids, Viewer::Anyone).await?;
    open.sort_by_key(|p| p.id);
    let items: Vec<Value> = open.into_iter().map(|p| Value::String(p.uri)).collect();
    let is_full = found.len() == usize::try_from(REPLIES).unwrap_or(0);
    let next = found.last().filter(|_| is_full).map(|last| format!("{own}?page=true&min_id={}", last.post_id));
    if asker.params().has("page") {
        let page = format!("{}{}", app.node.config.origin, asker.uri);
        return Ok(document(&app, collection::plain_page(&own, &page, items, next), true));
    }
    let first = collection::plain_page(&own, &format!("{own}?page=true"), items, next);
    Ok(document(&app, json!({"id": own, "type": "Collection", "first": first}), true))
}

/// `GET /users/{name}/posts/{id}/likes` and `/shares`: how many.
pub async fn reactions(
    State(app): State<App>,
    Path((name, id, kind)): Path<(String, i64, String)>,
    asker: Asker,
) -> Result<Response, ApiError> {
    let viewer = asker.viewer(&app).await?;
    let mut tx = app.node.store.read().await?;
    let post = readable_post(&app, &mut tx, &name, id, viewer).await?;
    let total = match kind.as_str() {
        "likes" => post.favourites_count,
        "shares" => post.boosts_count,
        _ => return Err(ApiError::not_found()),
    };
    let value = json!({"id": format!("{}/{kind}", post.uri), "type": "Collection", "totalItems": total});
    Ok(document(&app, value, post.audience.is_open()))
}

/// `GET /contexts/{id}`: a conversation that began here, its first post first (FEP-7888, FEP-f228).
pub async fn context(State(app): State<App>, Path(root): Path<i64>, asker: Asker) -> Result<Response, ApiError> {
    let viewer = asker.viewer(&app).await?;
    let params = asker.params();
    let mut tx = app.node.store.read().await?;
    let first = tx
        .visible_post(root, viewer)
        .await?
        .filter(|p| p.local && p.audience.is_open())
        .ok_or_else(ApiError::not_found)?;
    let author = tx.account(first.account_id).await?.ok_or_else(ApiError::not_found)?;
    let id = app.node.config.context_uri(root);
    if !params.has("page") {
        let mut value = collection::ordered(&id, 0, Some(&format!("{id}?page=true")));
        if let Some(object) = value.as_object_mut() {
            // How many there are is not counted for a stranger.
            object.shift_remove("totalItems");
            object.insert("attributedTo".to_owned(), json!(author.uri));
        }
        return Ok(document(&app, value, true));
    }
    let after = params.number("min_id");
    let found = tx.open_posts_of_thread(root, after.unwrap_or(i64::MIN), REPLIES).await?;
    let next = found
        .last()
        .filter(|_| found.len() == usize::try_from(REPLIES).unwrap_or(0))
        .map(|(last, _)| format!("{id}?page=true&min_id={last}"));
    // The first post leads, whatever time the others claim.
    let first = after.is_none().then_some(first.uri);
    let items = first.into_iter().chain(found.into_iter().map(|(_, uri)| uri)).map(Value::String).collect();
    let page = format!("{}{}", app.node.config.origin, asker.uri);
    Ok(document(&app, collection::ordered_page(&id, &page, items, next, None), true))
}

/// `GET /emojis/{id}`: one of our emoji, also one that is no longer given out.
pub async fn emoji(State(app): State<App>, Path(id): Path<i64>, asker: Asker) -> Result<Response, ApiError> {
    asker.viewer(&app).await?;
    let found = app.node.store.read().await?.emoji(id).await?.ok_or_else(ApiError::not_found)?;
    Ok(document(&app, emoji::render(&app.node.config, found.id, &found.shortcode, &found.path), true))
}

/// `POST /inbox` and the inboxes of all actors: 202 when the activity's effect is on disk. 503 where too much is in work.
pub async fn inbox(
    State(app): State<App>,
    Address(from): Address,
    OriginalUri(uri): OriginalUri,
    request: Request,
) -> Result<StatusCode, ApiError> {
    app.limits.hear_stranger(from)?;
    let headers = request.headers().clone();
    let body = whole_body(request, PATIENCE).await?;
    let Ok(_place) = app.limits.inboxes.try_acquire() else { return Err(ApiError::unavailable()) };
    let target = uri.path_and_query().map_or("/", |t| t.as_str());
    let taken = app.federation.receive(&Delivered { target, headers: &headers, body: &body }).await;
    if taken.as_ref().is_err_and(federation::Error::is_of_stranger) {
        app.limits.mark_stranger(from);
    }
    taken?;
    Ok(StatusCode::ACCEPTED)
}

/// `POST /actor/echo`: 204 if the node itself signed it, and it came as it was sent; else what is wrong with the signature.
pub async fn echo(
    State(app): State<App>,
    OriginalUri(uri): OriginalUri,
    request: Request,
) -> Result<StatusCode, ApiError> {
    let headers = request.headers().clone();
    let body = whole_body(request, PATIENCE).await?;
    let target = uri.path_and_query().map_or("/", |t| t.as_str());
    app.federation.hear_own(&Delivered { target, headers: &headers, body: &body }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /tags/{slug}/inbox`: the same, of a hashtag. One that is blocked refuses whoever wants to follow it.
pub async fn tag_inbox(
    State(app): State<App>,
    Path(slug): Path<String>,
    from: Address,
    uri: OriginalUri,
    request: Request,
) -> Result<StatusCode, ApiError> {
    model::hashtag::key_of_slug(&slug).ok_or_else(ApiError::not_found)?;
    inbox(State(app), from, uri, request).await
}

/// The body, if it is not too long and comes in time.
async fn whole_body(request: Request, patience: Duration) -> Result<Bytes, ApiError> {
    match tokio::time::timeout(patience, Bytes::from_request(request, &())).await {
        Ok(body) => body.map_err(|refused| ApiError::new(refused.status(), refused.body_text())),
        Err(_) => Err(ApiError::new(StatusCode::REQUEST_TIMEOUT, "The request took too long to arrive")),
    }
}

/// `POST /users/{name}/inbox`: the same, for somebody who must exist.
pub async fn user_inbox(
    State(app): State<App>,
    Path(name): Path<String>,
    from: Address,
    uri: OriginalUri,
    request: Request,
) -> Result<StatusCode, ApiError> {
    local_account(&mut app.node.store.read().await?, &name).await?;
    inbox(State(app), from, uri, request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn b50_a_body_that_does_not_come_is_not_waited_for() {
        use axum::body::Body;
        let patience = Duration::from_millis(20);
        let whole = whole_body(Request::new(Body::from("all of it")), patience).await.unwrap();
        assert_eq!(whole, "all of it");
        let drops = futures::stream::iter([Ok::<_, std::io::Error>("a")]);
        let never = Body::from_stream(futures::StreamExt::chain(drops, futures::stream::pending()));
        let refused = whole_body(Request::new(never), patience).await.unwrap_err();
        assert_eq!(refused.status, StatusCode::REQUEST_TIMEOUT);
    }

    #[test]
    fn documents_are_wanted_in_every_form_that_servers_use() {
        let wants = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_str(accept).unwrap());
            wants_document(&headers)
        };
        assert!(wants("application/activity+json"));
        assert!(wants("application/activity+json, application/ld+json"));
        assert!(wants(
            "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\", application/activity+json"
        ));
        assert!(wants(
            "application/activity+json, application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\", text/html;q=0.1"
        ));
        assert!(!wants("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
        assert!(!wants("*/*"));
        assert!(!wants_document(&HeaderMap::new()));
    }
}
