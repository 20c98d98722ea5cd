//! Posts: making, reading, changing, deleting (docs.joinmastodon.org/methods/statuses).

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use model::audience::{Audience, Viewer};
use model::experiment::Wanted;
use model::id::Id;
use model::post::{Draft, MediaChange, Post, Revision};
use model::text::Format;
use node::{cards, hat, publish, schedule, threads};
use serde::Serialize;
use serde_json::{Value, json};
use storage::Tx;
use utoipa::ToSchema;

use super::accounts::SEVERAL;
use super::entities::card::render as render_card;
use super::entities::status::{self, Status, StatusEdit};
use super::media::focus;
use super::polls;
use super::profile::unknown_visibility;
use super::{At, quotes, scheduled};
use crate::auth::Caller;
use crate::outloud::experiments;
use crate::params::Params;
use crate::{ApiError, App};

/// How much of a conversation is shown (methods/statuses#context): ancestors, descendants, and how deep these nest.
const THREAD: (i64, i64, i64) = (4_096, 4_096, 4_096);
const THREAD_FOR_ANYONE: (i64, i64, i64) = (40, 60, 20);
/// Seconds after which a client asks again how the search for a conversation stands.
const RETRY: u8 = 3;
/// Longest `Idempotency-Key`, in bytes.
const KEY: usize = 255;

/// `POST /api/v1/statuses`; with `scheduled_at` it is made then, and what waits is answered.
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, ApiError> {
    let signed = caller.member("write:statuses")?;
    let later = scheduled::scheduled_at(&params)?;
    let mut draft = draft(&params)?;
    draft.app_id = signed.token.app_id;
    draft.idempotency_key = idempotency_key(&headers);
    if let Some(hat) = params.group("outloud").and_then(|own| own.filled("hat")) {
        hat::say(&app.node, &mut app.node.store.read().await?, &signed.account, &hat, &mut draft).await?;
    }
    learn_handles(&app, &draft.text, draft.format, draft.experiment.as_ref()).await?;
    if let Some(at) = later {
        let waiting = schedule::schedule(&app.node, &signed.account, &signed.member, &draft, at, None).await?;
        let mut tx = app.node.store.read().await?;
        return Ok(Json(scheduled::render(&app.node.config, &mut tx, &waiting).await?).into_response());
    }
    let mut tx = app.node.store.begin().await?;
    let post = publish::publish(&app.node, &mut tx, &signed.account, &signed.member, &draft).await?;
    app.node.commit(tx).await?;
    Ok(shown(&app, post.id, Viewer::Member(signed.account.id)).await?.into_response())
}

/// `GET /api/v1/statuses/:id`.
pub async fn show(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Status>, ApiError> {
    shown(&app, id, caller.viewer("read:statuses")?).await
}

/// `GET /api/v1/statuses?id[]=`: those that may be seen.
pub async fn several(State(app): State<App>, caller: Caller, params: Params) -> Result<Json<Vec<Status>>, ApiError> {
    let viewer = caller.viewer("read:statuses")?;
    let mut ids = params.ids("id");
    ids.truncate(SEVERAL);
    let mut tx = app.node.store.read().await?;
    let mut posts = tx.visible_posts(&ids, viewer).await?;
    posts.sort_by_key(|p| ids.iter().position(|id| *id == p.id));
    Ok(Json(status::list(&app, &mut tx, posts, viewer).await?))
}

/// `PUT /api/v1/statuses/:id`: a whole new version; what is not said is gone.
pub async fn edit(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
    params: Params,
) -> Result<Json<Status>, ApiError> {
    let signed = caller.member("write:statuses")?;
    let change =
        |m: &Params| Some(MediaChange { id: m.number("id")?, description: m.text("description"), focus: focus(m) });
    let revision = Revision {
        text: params.text("status").unwrap_or_default(),
        format: params.filled("content_type").map(|kind| format(&kind)),
        summary: params.text("spoiler_text").unwrap_or_default(),
        sensitive: params.flag("sensitive"),
        language: params.filled("language").and_then(|tag| model::language::valid_bcp47(&tag)),
        media_ids: params.ids("media_ids"),
        media_changes: params.groups("media_attributes").iter().filter_map(change).collect(),
        poll: polls::draft(&params)?,
        quote_policy: quotes::policy(&params)?,
        tag_sharing: tag_sharing(&params)?,
        experiment: experiments::wanted(&params)?,
    };
    let format = revision.format.unwrap_or(Format::Plain);
    learn_handles(&app, &revision.text, format, revision.experiment.as_ref()).await?;
    let mut tx = app.node.store.begin().await?;
    publish::edit(&app.node, &mut tx, &signed.account, id, &revision).await?;
    app.node.commit(tx).await?;
    shown(&app, id, Viewer::Member(signed.account.id)).await
}

/// `DELETE /api/v1/statuses/:id`: answers the post with its source, to write it anew; its files stay for that, unless
/// `delete_media` says otherwise.
pub async fn delete(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
    params: Params,
) -> Result<Json<Status>, ApiError> {
    let signed = caller.member("write:statuses")?;
    let mut tx = app.node.store.begin().await?;
    let post = own(&mut tx, signed.account.id, id).await?;
    let text = post.source.clone();
    let status = status::one(&app, &mut tx, post, Viewer::Member(signed.account.id)).await?.with_text(text);
    if params.flag("delete_media").unwrap_or(false) {
        publish::delete(&app.node, &mut tx, &signed.account, id).await?;
    } else {
        publish::withdraw(&app.node, &mut tx, &signed.account, id).await?;
    }
    app.node.commit(tx).await?;
    Ok(Json(status))
}

/// What was said before and after (entities/Context).
#[derive(Debug, Serialize, ToSchema)]
pub struct Context {
    ancestors: Vec<Status>,
    descendants: Vec<Status>,
}

/// `GET /api/v1/statuses/:id/context`. For a member what is missing of the conversation is looked for; the header
/// `Mastodon-Async-Refresh` says so while that goes on.
pub async fn context(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
) -> Result<(HeaderMap, Json<Context>), ApiError> {
    let viewer = caller.viewer("read:statuses")?;
    let mut tx = app.node.store.read().await?;
    let post = tx.visible_post(id, viewer).await?.ok_or_else(ApiError::not_found)?;
    let (above, below, depth) = if viewer.is_member() { THREAD } else { THREAD_FOR_ANYONE };
    let ancestors = tx.ancestors(post.id, viewer, above).await?;
    let split = ancestors.len();
    let descendants = tx.descendants(post.id, viewer, depth, below).await?;
    // Boosts are never part of a conversation, so the list comes back as long as it went in.
    let mut all = status::list(&app, &mut tx, ancestors.into_iter().chain(descendants).collect(), viewer).await?;
    let descendants = all.split_off(split.min(all.len()));
    drop(tx);
    let mut headers = HeaderMap::new();
    if viewer.is_member()
        && let Some(search) = threads::open(&app.node, &post).await?
        && let Ok(value) = format!("id=\"{id}\", retry={RETRY}, result_count={}", search.found).parse()
    {
        headers.insert("mastodon-async-refresh", value);
    }
    Ok((headers, Json(Context { ancestors: all, descendants })))
}

/// How a search stands (entities/AsyncRefresh).
#[derive(Debug, Serialize, ToSchema)]
pub struct AsyncRefresh {
    id: String,
    status: &'static str,
    result_count: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AsyncRefresh_Answer)]
pub struct Refresh {
    async_refresh: AsyncRefresh,
}

/// `GET /api/v1_alpha/async_refreshes/:id` (methods/async_refreshes): how the search for a conversation stands; its id is that of the
/// post that was opened.
pub async fn refresh(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Refresh>, ApiError> {
    let viewer = Viewer::Member(caller.member("read:statuses")?.account.id);
    let mut tx = app.node.store.read().await?;
    tx.visible_post(id, viewer).await?.ok_or_else(ApiError::not_found)?;
    let search = threads::search(&mut tx, id).await?.ok_or_else(ApiError::not_found)?;
    let status = if search.is_running { "running" } else { "finished" };
    let async_refresh = AsyncRefresh { id: id.to_string(), status, result_count: search.found };
    Ok(Json(Refresh { async_refresh }))
}

/// What was written (entities/StatusSource).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatusSource)]
pub struct Source {
    id: String,
    text: String,
    spoiler_text: String,
}

/// `GET /api/v1/statuses/:id/source`: one's own, as written.
pub async fn source(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Source>, ApiError> {
    let signed = caller.member("read:statuses")?;
    let post = own(&mut app.node.store.read().await?, signed.account.id, id).await?;
    Ok(Json(Source { id: post.id.to_string(), text: post.source, spoiler_text: post.summary }))
}

/// `GET /api/v1/statuses/:id/card`, which clients of old ask for; an empty object where the post leads nowhere.
pub async fn card(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Value>, ApiError> {
    let viewer = caller.viewer("read:statuses")?;
    let mut tx = app.node.store.read().await?;
    let post = tx.visible_post(id, viewer).await?.ok_or_else(ApiError::not_found)?;
    let found = cards::shown(&app.node, &mut tx, &[post.id]).await?;
    let card = found.first().map(|(_, card)| json!(render_card(&app.node.config, card)));
    Ok(Json(card.unwrap_or_else(|| json!({}))))
}

/// `POST /api/v1/statuses/:id/translate`: this node has no translator, which Mastodon without one answers in this way.
pub async fn translate(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Value>, ApiError> {
    let viewer = caller.viewer("read:statuses")?;
    app.node.store.read().await?.visible_post(id, viewer).await?.ok_or_else(ApiError::not_found)?;
    Err(ApiError::not_found())
}

/// `GET /api/v1/statuses/:id/history`: all versions, the first one first.
pub async fn history(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Vec<StatusEdit>>, ApiError> {
    let viewer = caller.viewer("read:statuses")?;
    let mut tx = app.node.store.read().await?;
    let post = tx.visible_post(id, viewer).await?.ok_or_else(ApiError::not_found)?;
    let author = tx.account(post.account_id).await?.ok_or_else(ApiError::not_found)?;
    let before = tx.edits(post.id).await?;
    let now = tx.media_of(&[post.id]).await?;
    let ids: Vec<Id> = before.iter().flat_map(|e| &e.media).map(|m| m.id).collect();
    let files = if ids.is_empty() { Vec::new() } else { tx.media_list(&ids).await? };
    let poll = tx.poll(post.id).await?;
    Ok(Json(status::history(&app.node, &author, &post, &now, &before, &files, poll.as_ref())))
}

/// A post as the viewer sees it now.
async fn shown(app: &App, id: Id, viewer: Viewer) -> Result<Json<Status>, ApiError> {
    let mut tx = app.node.store.read().await?;
    let post = tx.visible_post(id, viewer).await?.ok_or_else(ApiError::not_found)?;
    Ok(Json(status::one(app, &mut tx, post, viewer).await?))
}

async fn own(tx: &mut Tx, who: Id, id: Id) -> Result<Post, ApiError> {
    tx.post(id).await?.filter(|p| p.account_id == who).ok_or_else(ApiError::not_found)
}

/// What makes of two requests one post, if the client says so.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Option<String> {
    let key = headers.get("idempotency-key")?.to_str().ok()?;
    (!key.is_empty() && key.len() <= KEY).then(|| key.to_owned())
}

pub(crate) fn draft(params: &Params) -> Result<Draft, ApiError> {
    let visibility = params.filled("visibility");
    let audience = match &visibility {
        Some(name) => Some(Audience::from_name(name).ok_or_else(unknown_visibility)?),
        None => None,
    };
    let unknown_team = || ApiError::unprocessable("Validation failed: There is no such team that you are in");
    let team_id = match params.group("outloud").and_then(|own| own.filled("team_id")) {
        Some(id) => Some(id.trim().parse().map_err(|_| unknown_team())?),
        None => None,
    };
    let in_reply_to_id = match params.filled("in_reply_to_id") {
        Some(id) => Some(id.trim().parse().map_err(|_| ApiError::not_found())?),
        None => None,
    };
    let quoted_id = match params.filled("quoted_status_id").or_else(|| params.filled("quote_id")) {
        Some(id) => Some(id.trim().parse().map_err(|_| ApiError::not_found())?),
        None => None,
    };
    Ok(Draft {
        text: params.text("status").unwrap_or_default(),
        format: format(&params.text("content_type").unwrap_or_default()),
        summary: params.text("spoiler_text").unwrap_or_default(),
        sensitive: params.flag("sensitive"),
        language: params.text("language").unwrap_or_default(),
        audience,
        team_id,
        is_vague: visibility.is_some_and(|name| matches!(name.as_str(), "private" | "direct")),
        in_reply_to_id,
        quoted_id,
        quote_policy: quotes::policy(params)?,
        media_ids: params.ids("media_ids"),
        poll: polls::draft(params)?,
        app_id: None,
        idempotency_key: None,
        tag_sharing: tag_sharing(params)?,
        experiment: experiments::wanted(params)?,
    })
}

/// Whoever is named in a text, or in what is said of an experiment, is looked for.
pub(crate) async fn learn_handles(
    app: &App,
    text: &str,
    format: Format,
    wanted: Option<&Wanted>,
) -> Result<(), ApiError> {
    app.federation.learn_handles(text, format).await?;
    if let Some(Wanted::Is(form)) = wanted {
        let said = form.sentences.all().into_iter().chain([&form.changed]).cloned().collect::<Vec<_>>().join("\n\n");
        app.federation.learn_handles(&said, Format::Markdown).await?;
    }
    Ok(())
}

/// Whether hashtags may carry the post; as its author has it, if nothing is said.
fn tag_sharing(params: &Params) -> Result<Option<bool>, ApiError> {
    match params.group("outloud") {
        Some(own) => own.strict_flag("tag_sharing", "Tag sharing"),
        None => Ok(None),
    }
}

/// Plain text is what Mastodon's apps mean; Markdown has to be asked for.
fn format(content_type: &str) -> Format {
    if content_type.trim().eq_ignore_ascii_case("text/markdown") { Format::Markdown } else { Format::Plain }
}
