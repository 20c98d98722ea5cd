//! Finding accounts, hashtags and posts (docs.joinmastodon.org/methods/search, accounts#search).

use axum::Json;
use axum::extract::State;
use federation::discover::Found;
use model::account::Account as Person;
use model::audience::Viewer;
use model::handle::Handle;
use model::post::Post;
use serde_json::{Value, json};
use storage::Tx;

use super::entities::account::{self, Account};
use super::entities::{small, status};
use crate::auth::Caller;
use crate::params::Params;
use crate::{ApiError, App};

const LIMIT: i64 = 20;
const LIMIT_OF_ACCOUNTS: i64 = 40;
const MOST: i64 = 80;

/// What is looked for, and how.
struct Question {
    typed: String,
    /// Ask other servers, too.
    resolve: bool,
    following: bool,
    limit: i64,
    offset: i64,
}

impl Question {
    fn read(params: &Params, limit: i64) -> Result<Self, ApiError> {
        Ok(Self {
            typed: params.required("q")?.trim().to_owned(),
            resolve: params.flag("resolve").unwrap_or(false),
            following: params.flag("following").unwrap_or(false),
            limit: params.number("limit").unwrap_or(limit).clamp(1, MOST),
            offset: params.number("offset").unwrap_or(0).clamp(0, 10_000),
        })
    }

    fn is_url(&self) -> bool {
        self.typed.starts_with("https://") || self.typed.starts_with("http://")
    }
}

/// `GET /api/v1/accounts/search`.
pub async fn accounts(State(app): State<App>, caller: Caller, params: Params) -> Result<Json<Vec<Account>>, ApiError> {
    let who = &caller.member("read:accounts")?.account;
    let question = Question::read(&params, LIMIT_OF_ACCOUNTS)?;
    let found = exactly(&app, &question, Viewer::Member(who.id)).await?;
    let people = people(&app, &question, found.0, Viewer::Member(who.id)).await?;
    let mut tx = app.node.store.read().await?;
    Ok(Json(account::list(&app.node.config, &mut tx, &people).await?))
}

/// `GET /api/v2/search`: accounts by handle, hashtags by their beginning, posts by URL. Only for members are other servers asked.
pub async fn everything(State(app): State<App>, caller: Caller, params: Params) -> Result<Json<Value>, ApiError> {
    let viewer = caller.viewer("read:search")?;
    let mut question = Question::read(&params, LIMIT)?;
    question.resolve &= viewer.is_member();
    let kind = params.filled("type");
    let wants = |name: &str| kind.as_ref().is_none_or(|k| k == name);
    let (person, post) =
        if question.typed.starts_with(['#', '＃']) { (None, None) } else { exactly(&app, &question, viewer).await? };
    let people = match wants("accounts") && !question.typed.starts_with(['#', '＃']) {
        true => people(&app, &question, person, viewer).await?,
        false => Vec::new(),
    };
    let mut tx = app.node.store.read().await?;
    let posts = match post.filter(|_| wants("statuses") && question.offset == 0) {
        Some(post) => status::list(&app, &mut tx, vec![post], viewer).await?,
        None => Vec::new(),
    };
    let mut tags = Vec::new();
    let wants_tags = wants("hashtags") && !question.is_url() && !question.typed.contains('@');
    if let Some(prefix) = model::hashtag::normalise(&question.typed).filter(|_| wants_tags) {
        for tag in tx.tags_by_prefix(&prefix, question.limit, question.offset).await? {
            tags.push(small::tag(&app.node, &mut tx, &tag).await?);
        }
    }
    let people = account::list(&app.node.config, &mut tx, &people).await?;
    Ok(Json(json!({"accounts": people, "statuses": posts, "hashtags": tags})))
}

/// The one account or post that is meant by a whole handle or a URL, if the viewer may see it.
async fn exactly(app: &App, question: &Question, viewer: Viewer) -> Result<(Option<Person>, Option<Post>), ApiError> {
    let mut tx = app.node.store.read().await?;
    if question.is_url() {
        if let Some(found) = by_own_url(app, &mut tx, &question.typed).await? {
            return seen(&mut tx, found, viewer).await;
        }
    } else if let Ok(handle) = Handle::parse(&question.typed) {
        if let Some(person) = node::publish::by_handle(&app.node, &mut tx, &handle).await? {
            return seen(&mut tx, Found::Account(Box::new(person)), viewer).await;
        }
        if handle.domain.is_none() {
            return Ok((None, None));
        }
    } else {
        return Ok((None, None));
    }
    drop(tx);
    if !question.resolve {
        return Ok((None, None));
    }
    match app.federation.find(&question.typed).await {
        Ok(found) => seen(&mut app.node.store.read().await?, found, viewer).await,
        Err(error) => {
            tracing::debug!(%error, "nothing was found elsewhere");
            Ok((None, None))
        }
    }
}

/// What was found, as far as the viewer may see it.
async fn seen(tx: &mut Tx, found: Found, viewer: Viewer) -> Result<(Option<Person>, Option<Post>), ApiError> {
    Ok(match found {
        Found::Account(person) if person.is_suspended() => (None, None),
        Found::Account(person) => (Some(*person), None),
        Found::Post(post) => (None, tx.visible_post(post.id, viewer).await?),
    })
}

/// What has this address, as its id or as its page. An address of ours is not taken apart but held against that of the post or
/// account that its end may name.
async fn by_own_url(app: &App, tx: &mut Tx, url: &str) -> Result<Option<Found>, ApiError> {
    if let Some(person) = tx.account_by_uri(url).await? {
        return Ok(Some(Found::Account(Box::new(person))));
    }
    if let Some(post) = tx.post_by_uri(url).await? {
        return Ok(Some(Found::Post(Box::new(post))));
    }
    if !app.node.config.is_own_url(url) {
        return Ok(None);
    }
    let end = url.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    if let Ok(id) = end.parse() {
        let post = tx.post(id).await?.filter(|p| p.url == url.trim_end_matches('/'));
        return Ok(post.map(|p| Found::Post(Box::new(p))));
    }
    let person = tx.account_by_handle(end.trim_start_matches('@'), "").await?;
    Ok(person.filter(|p| p.url == url.trim_end_matches('/')).map(|p| Found::Account(Box::new(p))))
}

/// Accounts whose handle begins with what was typed, after the one that it names.
async fn people(
    app: &App,
    question: &Question,
    exact: Option<Person>,
    viewer: Viewer,
) -> Result<Vec<Person>, ApiError> {
    let mut tx = app.node.store.read().await?;
    let mut people: Vec<Person> = exact.into_iter().filter(|_| question.offset == 0).collect();
    if !question.is_url() {
        let typed = question.typed.trim_start_matches('@').to_lowercase();
        let (name, domain) = typed.split_once('@').unwrap_or((&typed, ""));
        if !name.is_empty() {
            let found = tx.accounts_by_prefix(name, question.limit, question.offset).await?;
            let fits = |a: &Person| domain.is_empty() || a.domain.starts_with(domain);
            people.extend(found.into_iter().filter(fits));
        }
    }
    let mut known = std::collections::HashSet::new();
    people.retain(|a| known.insert(a.id));
    if question.following && viewer.is_member() {
        let ids: Vec<i64> = people.iter().map(|a| a.id).collect();
        let ties = tx.relationships(viewer.id(), &ids).await?;
        people.retain(|a| ties.iter().any(|r| r.target_id == a.id && r.following));
    }
    people.truncate(usize::try_from(question.limit).unwrap_or(usize::MAX));
    Ok(people)
}
