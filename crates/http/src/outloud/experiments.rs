//! Experiments: made as posts are (`POST /api/v1/statuses` with `outloud[experiment]`), learned from, tried again, found.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::HeaderMap;
use axum::response::Response;
use model::audience::Viewer;
use model::clock::{DAY, Millis, parse_from};
use model::experiment::{Form, Learned, Licence, Outcome, Sentences, Standing, State as Stage, Wanted};
use model::id::Id;
use model::text::Format;
use node::experiment::{self, Noted};
use node::library::{self, Question};
use serde::Serialize;
use storage::Tx;
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::mastodon::entities::status::{self, Status};
use crate::mastodon::{At, Listed, POSTS, Two, as_rows, posts_page};
use crate::params::Params;
use crate::web::library as library_page;
use crate::{ApiError, App, page};

/// Somebody who tries an experiment again.
#[derive(Debug, Serialize, ToSchema)]
pub struct Replication {
    /// 1: the experiment that was asked for; 2: one that tries it again; and so on.
    depth: usize,
    /// The experiment that it tries.
    tries_id: String,
    /// Its post, with what is kept of it; null if that was deleted.
    #[schema(required)]
    status: Option<Status>,
}

/// How far one's own experiment went.
#[derive(Debug, Serialize, ToSchema)]
pub struct Travels {
    /// Different people, beside oneself, who boosted it, answered or try it again.
    people_count: usize,
    servers: Vec<Server>,
    /// Where it is tried again.
    places: Vec<String>,
    /// More was done than is looked at: the last thousand boosts and a thousand answers.
    sampled: bool,
}

/// What people of one server did with it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Travels_Server)]
pub struct Server {
    domain: String,
    boosts_count: i64,
    replies_count: i64,
    tries_count: i64,
}

fn not_included(what: &str, names: &[&str]) -> ApiError {
    ApiError::unprocessable(format!("Validation failed: {what} has to be one of {}", names.join(", ")))
}

/// One of some names; nothing where nothing is said.
fn named<T: Named>(params: &Params, name: &str, label: &str) -> Result<Option<T>, ApiError> {
    let read = |text: String| T::from_name(text.trim()).ok_or_else(|| not_included(label, &T::names()));
    params.filled(name).map(read).transpose()
}

/// What has some names.
trait Named: Sized {
    fn from_name(name: &str) -> Option<Self>;
    fn names() -> Vec<&'static str>;
}

macro_rules! named {
    ($($kind:ty),+) => {
        $(impl Named for $kind {
            fn from_name(name: &str) -> Option<Self> {
                <$kind>::from_name(name)
            }

            fn names() -> Vec<&'static str> {
                <$kind>::ALL.iter().map(|x| x.name()).collect()
            }
        })+
    };
}
named!(Stage, Outcome, Licence, Standing);

/// A day as its beginning (UTC); nothing where nothing is said.
pub(super) fn day(params: &Params, name: &str, label: &str) -> Result<Option<Millis>, ApiError> {
    let wrong = || ApiError::unprocessable(format!("Validation failed: {label} is not a day like 2027-01-31"));
    let read = |text: String| parse_from(&text).map(|at| at - at % DAY).ok_or_else(wrong);
    params.filled(name).map(read).transpose()
}

const ASKS: [&str; 2] = ["testers", "critical_friend"];

/// What somebody says of a post that they make or change, if they do: a form; or, if it is empty or `false`, that it is none.
pub(crate) fn wanted(params: &Params) -> Result<Option<Wanted>, ApiError> {
    let Some(own) = params.group("outloud").filter(|own| own.has("experiment")) else { return Ok(None) };
    let Some(own) = own.group("experiment") else { return Ok(Some(Wanted::IsNone)) };
    let text = |name| own.text(name).unwrap_or_default();
    let asks = own.list("asks");
    if let Some(unknown) = asks.iter().find(|a| !a.is_empty() && !ASKS.contains(&a.as_str())) {
        return Err(not_included(&format!("Asks: “{unknown}”"), &ASKS));
    }
    let tries = match own.filled("tries") {
        Some(id) => Some(id.trim().parse().map_err(|_| ApiError::not_found())?),
        None => None,
    };
    Ok(Some(Wanted::Is(Box::new(Form {
        sentences: Sentences {
            believe: text("believe"),
            leads_to: text("leads_to"),
            test: text("test"),
            share: text("share"),
        },
        state: named(&own, "state", "State")?,
        testers: asks.iter().any(|a| a == "testers"),
        critical_friend: asks.iter().any(|a| a == "critical_friend"),
        place: text("place"),
        organisation: own.text("organisation"),
        licence: named(&own, "licence", "Licence")?,
        look_again_at: day(&own, "look_again_on", "Look again on")?,
        tries,
        changed: text("changed"),
    }))))
}

/// What is asked of the library.
pub(crate) fn question(params: &Params) -> Result<Question, ApiError> {
    let text = |name| params.text(name).unwrap_or_default();
    Ok(Question {
        state: named(params, "state", "State")?,
        outcome: named(params, "outcome", "Outcome")?,
        tag: text("tag"),
        // What is no id is nobody's.
        author: params.filled("account_id").map(|id| id.trim().parse().unwrap_or(0)),
        organisation: text("organisation"),
        place: text("place"),
        since: day(params, "since", "Since")?,
        until: day(params, "until", "Until")?.map(library::day_after),
        due: params.flag("due").unwrap_or(false),
        untried: params.flag("untried").unwrap_or(false),
        words: text("q"),
        chosen: params.list("id").iter().map(|id| id.trim().parse().unwrap_or(0)).collect(),
    })
}

/// `GET /api/outloud/v1/experiments`: the library.
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Status> {
    let viewer = caller.viewer("read:statuses")?;
    let (question, page) = (question(&params)?, page::page(&params, POSTS));
    let mut tx = app.node.store.read().await?;
    let posts = library::find(&app.node, &mut tx, &question, viewer, &page).await?;
    posts_page(&app, &mut tx, &uri, &page, as_rows(posts), viewer).await
}

/// `GET /api/outloud/v1/experiments/export`: what is asked of the library as a file; with `id[]` an evidence brief.
pub async fn export(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, ApiError> {
    let viewer = caller.viewer("read:statuses")?;
    let form = params.text("format").unwrap_or_else(|| "csv".to_owned());
    let end = match form.as_str() {
        "csv" => "csv",
        "markdown" => "md",
        _ => return Err(not_included("Format", &["csv", "markdown"])),
    };
    library_page::as_file(&app, &question(&params)?, viewer, end, &headers).await
}

/// `GET /api/outloud/v1/experiments/due`: one's own that were to be looked at again.
pub async fn due(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Status> {
    let signed = caller.member("read:statuses")?;
    let page = page::page(&params, POSTS);
    let mut tx = app.node.store.read().await?;
    let posts = experiment::to_look_at(&app.node, &mut tx, &signed.account, &page).await?;
    posts_page(&app, &mut tx, &uri, &page, as_rows(posts), Viewer::Member(signed.account.id)).await
}

async fn done(app: &App, tx: Tx, post: Id, viewer: Id) -> Result<Json<Status>, ApiError> {
    app.node.commit(tx).await?;
    let viewer = Viewer::Member(viewer);
    let mut tx = app.node.store.read().await?;
    let post = tx.visible_post(post, viewer).await?.ok_or_else(ApiError::not_found)?;
    Ok(Json(status::one(app, &mut tx, post, viewer).await?))
}

/// `PATCH /api/outloud/v1/experiments/:id`: how far it is, and when its author looks again (empty: not at all).
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
    params: Params,
) -> Result<Json<Status>, ApiError> {
    let signed = caller.member("write:statuses")?;
    let state = named(&params, "state", "State")?;
    let look_again = match params.has("look_again_on") {
        true => Some(day(&params, "look_again_on", "Look again on")?),
        false => None,
    };
    let mut tx = app.node.store.begin().await?;
    experiment::change(&app.node, &mut tx, &signed.account, id, state, look_again).await?;
    done(&app, tx, id, signed.account.id).await
}

/// `POST /api/outloud/v1/experiments/:id/outcome`: what came of it.
pub async fn learn(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
    params: Params,
) -> Result<Json<Status>, ApiError> {
    let signed = caller.member("write:statuses")?;
    experiment::own(&mut app.node.store.read().await?, &signed.account, id).await?;
    let outcome = named(&params, "outcome", "Outcome")?;
    let learned = Learned {
        outcome: outcome.ok_or_else(|| ApiError::unprocessable("Validation failed: Outcome can't be blank"))?,
        learning: params.text("learning"),
        so_what: params.text("so_what"),
        look_again_at: day(&params, "look_again_on", "Look again on")?,
    };
    let said = [&learned.learning, &learned.so_what].map(|said| said.as_deref().unwrap_or_default()).join("\n\n");
    app.federation.learn_handles(&said, Format::Markdown).await?;
    let mut tx = app.node.store.begin().await?;
    experiment::learn(&app.node, &mut tx, &signed.account, id, &learned).await?;
    done(&app, tx, id, signed.account.id).await
}

/// `GET /api/outloud/v1/experiments/:id/travels`: how far one's own went.
pub async fn travels(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Travels>, ApiError> {
    let signed = caller.member("read:statuses")?;
    let mut tx = app.node.store.read().await?;
    let found = experiment::travels(&app.node, &mut tx, &signed.account, id).await?;
    let server = |(domain, did): (String, experiment::Passed)| Server {
        domain,
        boosts_count: did.boosts,
        replies_count: did.replies,
        tries_count: did.tries,
    };
    Ok(Json(Travels {
        people_count: found.people,
        servers: found.servers.into_iter().map(server).collect(),
        places: found.places,
        sampled: found.is_sampled,
    }))
}

/// `POST /api/outloud/v1/experiments/:id/leave_be`: its author is asked no more.
pub async fn leave_be(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Status>, ApiError> {
    let signed = caller.member("write:statuses")?;
    let mut tx = app.node.store.begin().await?;
    experiment::leave_be(&mut tx, &signed.account, id).await?;
    done(&app, tx, id, signed.account.id).await
}

/// `GET /api/outloud/v1/experiments/:id/replications`: who tries it again, each followed by who tries that one; for its author also those
/// who wait for a word, and those who were refused (`standing`), newest first, in pages.
pub async fn replications(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    At(id): At,
    params: Params,
) -> Listed<Replication> {
    let viewer = caller.viewer("read:statuses")?;
    let standing = named(&params, "standing", "Standing")?.unwrap_or(Standing::Confirmed);
    let mut tx = app.node.store.read().await?;
    let post = tx.visible_post(id, viewer).await?.ok_or_else(ApiError::not_found)?;
    let known = tx.experiment(post.id).await?.ok_or_else(ApiError::not_found)?;
    if standing != Standing::Confirmed {
        if known.account_id != Some(viewer.id()) {
            return Err(ApiError::not_found());
        }
        let page = page::page(&params, POSTS);
        let rows = as_rows(tx.tries_by_standing(id, standing, viewer.id(), &page).await?);
        let (headers, Json(list)) = posts_page(&app, &mut tx, &uri, &page, rows, viewer).await?;
        let one = |status| Replication { depth: 1, tries_id: id.to_string(), status: Some(status) };
        return Ok((headers, Json(list.into_iter().map(one).collect())));
    }
    let links = experiment::chains(&mut tx, &[id], viewer).await?.remove(&id).unwrap_or_default();
    let ids: Vec<Id> = links.iter().map(|l| l.experiment.post_id).collect();
    let posts = tx.visible_posts(&ids, viewer).await?;
    let order: Vec<Id> = posts.iter().map(|p| p.id).collect();
    let list = status::list(&app, &mut tx, posts, viewer).await?;
    let mut shown: HashMap<Id, Status> = order.into_iter().zip(list).collect();
    let one = |link: experiment::Link| Replication {
        depth: link.depth,
        tries_id: link.experiment.tries_id.unwrap_or(id).to_string(),
        status: shown.remove(&link.experiment.post_id),
    };
    Ok((HeaderMap::new(), Json(links.into_iter().map(one).collect())))
}

/// `POST /api/outloud/v1/experiments/:id/replications/:status_id/confirm`.
pub async fn confirm(state: State<App>, caller: Caller, path: Two) -> Result<Json<Status>, ApiError> {
    decide(state, caller, path, true).await
}

/// `POST /api/outloud/v1/experiments/:id/replications/:status_id/refuse`.
pub async fn refuse(state: State<App>, caller: Caller, path: Two) -> Result<Json<Status>, ApiError> {
    decide(state, caller, path, false).await
}

async fn decide(
    State(app): State<App>,
    caller: Caller,
    Two(id, post): Two,
    is_so: bool,
) -> Result<Json<Status>, ApiError> {
    let signed = caller.member("write:statuses")?;
    let mut tx = app.node.store.begin().await?;
    experiment::decide(&mut tx, &signed.account, id, post, is_so).await?;
    done(&app, tx, post, signed.account.id).await
}

/// `PATCH /api/outloud/v1/experiments/:id/replications/:status_id`: its author writes down what somebody told in words.
pub async fn note(
    State(app): State<App>,
    caller: Caller,
    Two(id, post): Two,
    params: Params,
) -> Result<Json<Status>, ApiError> {
    let signed = caller.member("write:statuses")?;
    let noted = Noted {
        place: params.text("place"),
        organisation: params.text("organisation"),
        changed: params.text("changed"),
        outcome: match params.has("outcome") {
            true => Some(named(&params, "outcome", "Outcome")?),
            false => None,
        },
        learning: params.text("learning"),
    };
    let mut tx = app.node.store.begin().await?;
    experiment::note(&app.node, &mut tx, &signed.account, id, post, &noted).await?;
    done(&app, tx, post, signed.account.id).await
}
