//! Challenges: asked, found, contributed to, closed, answered.

use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use model::account::Account as Known;
use model::audience::Viewer;
use model::challenge::{Standing, State as Stage};
use model::clock::{Millis, parse_from, parse_until, rfc3339};
use model::subject::Subject;
use node::challenge::{self, Asked, Change, Form};
use serde::Serialize;
use serde_json::{Value, json};
use storage::{ChallengeOrder, Tx};
use utoipa::ToSchema;

use super::entities::{self, PurposeVersion};
use crate::auth::{Caller, Signed};
use crate::mastodon::entities::account::{self, Account};
use crate::mastodon::entities::small::{Tag, tag_with};
use crate::mastodon::entities::status::{self, Status};
use crate::mastodon::{Listed, POSTS, account as found_account, as_rows, posts_page};
use crate::params::Params;
use crate::{ApiError, App, page};

/// Challenges of a list.
const CHALLENGES: i64 = 40;
/// People that are listed who have no say in one.
const BLOCKED: i64 = 200;

/// A question with its actor, and how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Challenge {
    /// Its account's.
    id: String,
    /// By which it is called here: its account's username.
    name: String,
    question: String,
    /// What it is for.
    #[schema(required)]
    purpose: Option<PurposeVersion>,
    /// planned, open, closed, answered
    state: String,
    /// What people mention, follow and get contributions from.
    account: Account,
    #[schema(required)]
    owner: Option<Account>,
    /// Its owner offers it, or it has none: any member may look after it.
    adoptable: bool,
    /// The hashtag with which people contribute, too.
    #[schema(required)]
    tag: Option<Tag>,
    #[schema(format = DateTime)]
    opens_at: String,
    #[schema(required, format = DateTime)]
    closes_at: Option<String>,
    /// Markdown; empty until there is one.
    answer: String,
    contributions_count: i64,
    #[schema(required, format = DateTime)]
    last_contribution_at: Option<String>,
    /// How many wait for who looks after it; null for everybody else.
    #[schema(required)]
    waiting_count: Option<i64>,
    /// Its own posts: that it is open, what came, the answer.
    #[schema(required)]
    opening_status_id: Option<String>,
    #[schema(required)]
    harvest_status_id: Option<String>,
    #[schema(required)]
    answer_status_id: Option<String>,
}

type Answer = Result<Json<Challenge>, ApiError>;

async fn shown(app: &App, tx: &mut Tx, asked: &Asked, viewer: Option<&Signed>) -> Result<Challenge, ApiError> {
    let c = &asked.challenge;
    let owner = match c.owner_id {
        Some(owner) => tx.account(owner).await?.filter(|o| !o.is_suspended()),
        None => None,
    };
    let tag = match c.tag_id {
        Some(tag) => tx.tags_by_id(&[tag]).await?.pop(),
        None => None,
    };
    let keeps = match viewer {
        Some(signed) => challenge::may_keep(&app.node, tx, &signed.account, c).await?,
        None => false,
    };
    let text = |id: Option<i64>| id.map(|id| id.to_string());
    let purpose: Vec<_> = tx.purpose(Subject::Challenge(c.account_id)).await?.into_iter().collect();
    Ok(Challenge {
        id: c.account_id.to_string(),
        name: asked.account.username.clone(),
        question: c.question.clone(),
        purpose: entities::purposes(&app.node, tx, &purpose, |_| true).await?.pop(),
        state: c.state.name().to_owned(),
        account: account::one(&app.node.config, tx, &asked.account).await?,
        adoptable: c.adoptable || challenge::owner(tx, c).await?.is_none(),
        owner: match owner {
            Some(owner) => Some(account::one(&app.node.config, tx, &owner).await?),
            None => None,
        },
        tag: tag.map(|tag| tag_with(&app.node, &tag, Vec::new())),
        opens_at: rfc3339(c.opens_at),
        closes_at: c.closes_at.map(rfc3339),
        answer: c.answer.clone(),
        contributions_count: c.contributions_count,
        last_contribution_at: c.last_contribution_at.map(rfc3339),
        waiting_count: if keeps { Some(tx.count_waiting(c.account_id).await?) } else { None },
        opening_status_id: text(c.opening_id),
        harvest_status_id: text(c.harvest_id),
        answer_status_id: text(c.answer_id),
    })
}

/// Commits, then answers the challenge as it stands.
async fn done(app: &App, tx: Tx, asked: &Asked, signed: &Signed) -> Answer {
    app.node.commit(tx).await?;
    let mut tx = app.node.store.read().await?;
    let asked = challenge::find(&mut tx, &asked.account.username).await?;
    Ok(Json(shown(app, &mut tx, &asked, Some(signed)).await?))
}

/// `GET /api/outloud/v1/challenges`: `state` (open), `order` newest, neglected (nothing came for the longest time) or followed.
pub async fn list(State(app): State<App>, caller: Caller, params: Params) -> Result<Json<Vec<Challenge>>, ApiError> {
    caller.viewer("read:statuses")?;
    let unknown =
        |what: &str| ApiError::unprocessable(format!("Validation failed: {what} is not included in the list"));
    let state = match params.filled("state") {
        Some(name) => Stage::from_name(&name).ok_or_else(|| unknown("State"))?,
        None => Stage::Open,
    };
    let order = match params.filled("order").as_deref() {
        None | Some("newest") => ChallengeOrder::Newest,
        Some("neglected") => ChallengeOrder::Neglected,
        Some("followed") => ChallengeOrder::Followed,
        Some(_) => return Err(unknown("Order")),
    };
    let limit = params.number("limit").unwrap_or(CHALLENGES).clamp(1, CHALLENGES);
    let mut tx = app.node.store.read().await?;
    let mut list = Vec::new();
    for c in tx.challenges(state, order, limit).await? {
        if let Some(account) = tx.account(c.account_id).await? {
            list.push(shown(&app, &mut tx, &Asked { account, challenge: c }, caller.known()).await?);
        }
    }
    Ok(Json(list))
}

/// `GET /api/outloud/v1/challenges/:name`.
pub async fn show(State(app): State<App>, caller: Caller, Path(name): Path<String>) -> Answer {
    caller.viewer("read:statuses")?;
    let mut tx = app.node.store.read().await?;
    let asked = challenge::find(&mut tx, &name).await?;
    Ok(Json(shown(&app, &mut tx, &asked, caller.known()).await?))
}

/// A time, or a day: `read` says which moment of it that is.
fn time(
    params: &Params,
    name: &str,
    label: &str,
    read: fn(&str) -> Option<Millis>,
) -> Result<Option<Millis>, ApiError> {
    let like = "a day like 2026-12-31, or a time like 2026-12-31T18:00:00Z";
    let wrong = || ApiError::unprocessable(format!("Validation failed: {label} is not {like}"));
    params.filled(name).map(|text| read(&text).ok_or_else(wrong)).transpose()
}

/// `POST /api/outloud/v1/challenges`.
pub async fn create(State(app): State<App>, caller: Caller, params: Params) -> Answer {
    let signed = caller.member("write:statuses")?;
    let form = form_of(&params)?;
    let mut tx = app.node.store.begin().await?;
    let asked = challenge::open(&app.node, &mut tx, &signed.account, &form).await?;
    done(&app, tx, &asked, signed).await
}

/// What somebody wants to ask.
pub(crate) fn form_of(params: &Params) -> Result<Form, ApiError> {
    let text = |name| params.text(name).unwrap_or_default();
    Ok(Form {
        name: text("name"),
        question: text("question"),
        purpose: text("purpose"),
        tag: text("tag"),
        opens_at: time(params, "opens_at", "Opens at", parse_from)?,
        closes_at: time(params, "closes_at", "Closes at", parse_until)?,
    })
}

/// `PATCH /api/outloud/v1/challenges/:name`: what is not said stays. An empty `closes_at` or `tag` takes it away.
pub async fn update(State(app): State<App>, caller: Caller, Path(name): Path<String>, params: Params) -> Answer {
    let signed = caller.member("write:statuses")?;
    let change = Change {
        question: params.text("question"),
        tag: params.text("tag"),
        closes_at: match params.has("closes_at") {
            true => Some(time(&params, "closes_at", "Closes at", parse_until)?),
            false => None,
        },
        adoptable: params.flag("adoptable"),
    };
    let mut tx = app.node.store.begin().await?;
    let asked = challenge::own(&app.node, &mut tx, &signed.account, &name).await?;
    let asked = challenge::change(&app.node, &mut tx, asked, &change).await?;
    done(&app, tx, &asked, signed).await
}

/// `DELETE /api/outloud/v1/challenges/:name`: it goes with all that it said.
pub async fn delete(State(app): State<App>, caller: Caller, Path(name): Path<String>) -> Result<Json<Value>, ApiError> {
    let signed = caller.member("write:statuses")?;
    let mut tx = app.node.store.begin().await?;
    let asked = challenge::own(&app.node, &mut tx, &signed.account, &name).await?;
    challenge::remove(&app.node, &mut tx, &signed.account.username, &asked).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// `POST /api/outloud/v1/challenges/:name/close`: what came is said in a post.
pub async fn close(State(app): State<App>, caller: Caller, Path(name): Path<String>) -> Answer {
    let signed = caller.member("write:statuses")?;
    let mut tx = app.node.store.begin().await?;
    let asked = challenge::own(&app.node, &mut tx, &signed.account, &name).await?;
    let asked = challenge::close(&app.node, &mut tx, asked).await?;
    done(&app, tx, &asked, signed).await
}

/// `POST /api/outloud/v1/challenges/:name/harvest`: what came so far is said in a post.
pub async fn harvest(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<Status>, ApiError> {
    let signed = caller.member("write:statuses")?;
    let mut tx = app.node.store.begin().await?;
    let post = challenge::harvest_now(&app.node, &mut tx, &signed.account, &name).await?;
    app.node.commit(tx).await?;
    let mut tx = app.node.store.read().await?;
    Ok(Json(status::one(&app, &mut tx, post, Viewer::Member(signed.account.id)).await?))
}

/// `POST /api/outloud/v1/challenges/:name/answer`.
pub async fn answer(State(app): State<App>, caller: Caller, Path(name): Path<String>, params: Params) -> Answer {
    let signed = caller.member("write:statuses")?;
    let text = params.text("answer").unwrap_or_default();
    let mut tx = app.node.store.begin().await?;
    let asked = challenge::own(&app.node, &mut tx, &signed.account, &name).await?;
    let asked = challenge::answer(&app.node, &mut tx, asked, &text).await?;
    done(&app, tx, &asked, signed).await
}

/// `POST /api/outloud/v1/challenges/:name/adopt`.
pub async fn adopt(State(app): State<App>, caller: Caller, Path(name): Path<String>) -> Answer {
    let signed = caller.member("write:statuses")?;
    let mut tx = app.node.store.begin().await?;
    let asked = challenge::adopt(&app.node, &mut tx, &signed.account, &name).await?;
    done(&app, tx, &asked, signed).await
}

/// `GET /api/outloud/v1/challenges/:name/contributions`: accepted ones; `state` waiting or refused for who looks after it.
pub async fn contributions(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    Path(name): Path<String>,
    params: Params,
) -> Listed<Status> {
    let viewer = caller.viewer("read:statuses")?;
    let state = match params.filled("state") {
        Some(name) => Standing::from_name(&name)
            .ok_or_else(|| ApiError::unprocessable("Validation failed: State is not included in the list"))?,
        None => Standing::Accepted,
    };
    let page = page::page(&params, POSTS);
    let mut tx = app.node.store.read().await?;
    let asked = match state {
        Standing::Accepted => challenge::find(&mut tx, &name).await?,
        _ => challenge::kept(&app.node, &mut tx, &caller.member("read:statuses")?.account, &name).await?,
    };
    let posts = tx.contributed(asked.account.id, state, viewer, &page).await?;
    posts_page(&app, &mut tx, &uri, &page, as_rows(posts), viewer).await
}

/// `POST /api/outloud/v1/challenges/:name/contributions/:id/accept`.
pub async fn accept(state: State<App>, caller: Caller, Path((name, id)): Path<(String, i64)>) -> Answer {
    decide(state, caller, &name, id, true).await
}

/// `POST /api/outloud/v1/challenges/:name/contributions/:id/refuse`.
pub async fn refuse(state: State<App>, caller: Caller, Path((name, id)): Path<(String, i64)>) -> Answer {
    decide(state, caller, &name, id, false).await
}

async fn decide(State(app): State<App>, caller: Caller, name: &str, id: i64, accepted: bool) -> Answer {
    let signed = caller.member("write:statuses")?;
    let mut tx = app.node.store.begin().await?;
    let asked = challenge::tended(&app.node, &mut tx, &signed.account, name).await?;
    challenge::decide(&app.node, &mut tx, Some(&signed.account), &asked, id, accepted).await?;
    done(&app, tx, &asked, signed).await
}

/// `GET /api/outloud/v1/challenges/:name/blocks`: who has no say in it.
pub async fn blocks(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<Vec<Account>>, ApiError> {
    let signed = caller.member("read:blocks")?;
    let mut tx = app.node.store.read().await?;
    let asked = challenge::kept(&app.node, &mut tx, &signed.account, &name).await?;
    let accounts = tx.blocked_contributors(asked.account.id, BLOCKED).await?;
    Ok(Json(account::list(&app.node.config, &mut tx, &accounts).await?))
}

/// `POST /api/outloud/v1/challenges/:name/blocks`: somebody has no say in it any more.
pub async fn block(State(app): State<App>, caller: Caller, Path(name): Path<String>, params: Params) -> Answer {
    let signed = caller.member("write:blocks")?;
    let id = params.number("account_id").ok_or_else(ApiError::not_found)?;
    let mut tx = app.node.store.begin().await?;
    let asked = challenge::tended(&app.node, &mut tx, &signed.account, &name).await?;
    let account: Known = found_account(&mut tx, id).await?;
    challenge::block(&app.node, &mut tx, &asked, &account).await?;
    done(&app, tx, &asked, signed).await
}

/// `DELETE /api/outloud/v1/challenges/:name/blocks/:id`.
pub async fn unblock(State(app): State<App>, caller: Caller, Path((name, id)): Path<(String, i64)>) -> Answer {
    let signed = caller.member("write:blocks")?;
    let mut tx = app.node.store.begin().await?;
    let asked = challenge::tended(&app.node, &mut tx, &signed.account, &name).await?;
    let account: Known = found_account(&mut tx, id).await?;
    challenge::unblock(&mut tx, &asked, &account).await?;
    done(&app, tx, &asked, signed).await
}
