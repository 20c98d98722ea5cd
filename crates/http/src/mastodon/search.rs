//! Finding accounts, hashtags and posts (docs.joinmastodon.org/methods/search, accounts#search).

use std::collections::HashSet;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use federation::discover::Found;
use model::account::Account as Person;
use model::audience::Viewer;
use model::clock::Millis;
use model::handle::Handle;
use model::id::{Id, first_id};
use model::page::Page;
use model::post::{Post, Tag as Used};
use model::search::{self, Term};
use serde::Serialize;
use storage::Tx;
use utoipa::ToSchema;

use super::entities::account::{self, Account};
use super::entities::small::Tag;
use super::entities::status::{self, Status};
use super::tags;
use crate::auth::Caller;
use crate::params::Params;
use crate::{ApiError, App};

const LIMIT: i64 = 20;
const LIMIT_OF_ACCOUNTS: i64 = 40;
const MOST: i64 = 80;
/// How far a list of accounts, and one of hashtags or posts, can be paged.
const ACCOUNTS_DEEP: i64 = 400;
const DEEP: i64 = 1_000;
/// Whom one follows and who fits, before all others.
const FOLLOWED: i64 = 80;

/// What was found (entities/Search).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Search)]
pub struct Results {
    accounts: Vec<Account>,
    statuses: Vec<Status>,
    hashtags: Vec<Tag>,
}

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
            offset: params.number("offset").unwrap_or(0).clamp(0, DEEP),
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

/// `GET /api/v2/search`: accounts by handle and displayed name, hashtags by their beginning, posts by URL and for members by their
/// words. Only for members are other servers asked. Of several kinds at once there is only the first page.
pub async fn everything(State(app): State<App>, caller: Caller, params: Params) -> Result<Json<Results>, ApiError> {
    let viewer = caller.viewer("read:search")?;
    let found = find(&app, &params, viewer).await?;
    let mut tx = app.node.store.read().await?;
    let statuses = status::list(&app, &mut tx, found.posts, viewer).await?;
    let hashtags = tags::render(&app, &mut tx, &found.tags, viewer.is_member().then(|| viewer.id())).await?;
    let accounts = account::list(&app.node.config, &mut tx, &found.people).await?;
    Ok(Json(Results { accounts, statuses, hashtags }))
}

/// What a search finds.
pub(crate) struct Finds {
    pub people: Vec<Person>,
    pub posts: Vec<Post>,
    pub tags: Vec<Used>,
}

/// Looks for what is asked, as [`everything`] says.
pub(crate) async fn find(app: &App, params: &Params, viewer: Viewer) -> Result<Finds, ApiError> {
    let mut question = Question::read(params, LIMIT)?;
    let what = if question.resolve { "that resolve remote resources are" } else { "pagination is" };
    if !viewer.is_member() && (question.resolve || question.offset > 0) {
        let words = format!("Search queries {what} not supported without authentication");
        return Err(ApiError::new(StatusCode::UNAUTHORIZED, words));
    }
    let kind = params.filled("type");
    if kind.is_none() {
        question.offset = 0;
    }
    let wants = |name: &str| kind.as_ref().is_none_or(|k| k == name);
    let is_tag = question.typed.starts_with(['#', '＃']);
    let (person, post) = if is_tag { (None, None) } else { exactly(app, &question, viewer).await? };
    let people = match wants("accounts") && !is_tag {
        true => people(app, &question, person, viewer).await?,
        false => Vec::new(),
    };
    let mut tx = app.node.store.read().await?;
    let posts = match post {
        _ if !wants("statuses") => Vec::new(),
        Some(post) if question.offset == 0 => vec![post],
        None if viewer.is_member() && !question.is_url() => by_words(app, &mut tx, &question, params, viewer).await?,
        _ => Vec::new(),
    };
    let mut hashtags = Vec::new();
    let wants_tags = wants("hashtags") && !question.is_url() && !question.typed.contains('@');
    if let Some(prefix) = model::hashtag::normalise(&question.typed).filter(|_| wants_tags) {
        hashtags = tx.tags_by_prefix(&prefix, question.limit, question.offset).await?;
    }
    Ok(Finds { people, posts, tags: hashtags })
}

/// Posts by what is in them, newest first: public ones of those who let themselves be searched, and of all that the member wrote or
/// had to do with.
async fn by_words(
    app: &App,
    tx: &mut Tx,
    question: &Question,
    params: &Params,
    viewer: Viewer,
) -> Result<Vec<Post>, ApiError> {
    let mut asked = search::Question::parse(&question.typed);
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let mut authors: Vec<Id> = Vec::new();
    for term in asked.must.iter().chain(&asked.not) {
        if let Term::From(name) = term {
            authors.push(author(app, tx, name, viewer).await?);
        }
    }
    if let Some(account) = params.number("account_id") {
        let wanted = asked.must.iter().filter(|t| matches!(t, Term::From(_))).count();
        authors.insert(wanted, account);
        asked.must.push(Term::From(String::new()));
    }
    let bound = |at: Option<Millis>| at.map(first_id);
    let page = Page {
        // Those made at that very moment are among them.
        min_id: params.number("min_id").max(bound(asked.since).map(|id| id - 1)),
        max_id: match (params.number("max_id"), bound(asked.before)) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        },
        since_id: None,
        limit: question.limit,
    };
    Ok(tx.search_posts(&asked, &authors, viewer, &page, question.offset).await?)
}

/// Whom `from:` names; 0, who has written nothing, where nobody is known by that name.
async fn author(app: &App, tx: &mut Tx, name: &str, viewer: Viewer) -> Result<Id, ApiError> {
    if name == "me" {
        return Ok(viewer.id());
    }
    let Ok(handle) = Handle::parse(name) else { return Ok(0) };
    Ok(node::publish::by_handle(&app.node, tx, &handle).await?.map_or(0, |a| a.id))
}

/// The one account or post that is meant by a whole handle or a URL, if the viewer may see it.
async fn exactly(app: &App, question: &Question, viewer: Viewer) -> Result<(Option<Person>, Option<Post>), ApiError> {
    if let Ok(handle) = Handle::parse(&question.typed) {
        node::pairing::wake(&app.node, &handle).await?;
    }
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

/// Accounts whose handle or displayed name begins with what was typed: the one that it names, those whom the member follows, those of
/// this node, the others.
async fn people(
    app: &App,
    question: &Question,
    exact: Option<Person>,
    viewer: Viewer,
) -> Result<Vec<Person>, ApiError> {
    let mut tx = app.node.store.read().await?;
    let mut people: Vec<Person> = exact.into_iter().collect();
    let typed = question.typed.trim_start_matches('@').to_lowercase();
    let (name, domain) = typed.split_once('@').unwrap_or((&typed, ""));
    let offset = question.offset.min(ACCOUNTS_DEEP);
    if !question.is_url() && !name.is_empty() {
        let mut found = Vec::new();
        if viewer.is_member() {
            found.extend(tx.followed_by_prefix(viewer.id(), name, FOLLOWED).await?);
        }
        if !question.following {
            found.extend(tx.accounts_by_prefix(name, question.limit + offset, 0).await?);
            let words = search::beginnings(&typed);
            if domain.is_empty() && !words.is_empty() {
                found.extend(tx.accounts_by_name(&words).await?);
            }
        }
        people.extend(found.into_iter().filter(|a: &Person| domain.is_empty() || a.domain.starts_with(domain)));
    }
    let mut known = HashSet::new();
    people.retain(|a| known.insert(a.id));
    if question.following && viewer.is_member() {
        let ids: Vec<Id> = people.iter().map(|a| a.id).collect();
        let ties = tx.relationships(viewer.id(), &ids).await?;
        people.retain(|a| ties.iter().any(|r| r.target_id == a.id && r.following));
    }
    let number = |n: i64| usize::try_from(n).unwrap_or(usize::MAX);
    Ok(people.into_iter().skip(number(offset)).take(number(question.limit)).collect())
}
