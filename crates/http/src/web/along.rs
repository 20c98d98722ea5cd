//! What a member takes along and brings: lists, an archive, posts; moving to another account and from one; old posts that go by
//! themselves.

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use bytes::Bytes;
use model::clock::DAY;
use model::id::Id;
use model::takeout::{Archive, Export, Import, Kind, Progress};
use node::{cleanup, moving, takeout};

use super::by_form::refused;
use super::frame::{Frame, form};
use super::keeping::size;
use super::language::{Language, When};
use super::login::is_right;
use super::visitor::Visitor;
use crate::auth::Signed;
use crate::params::Params;
use crate::rate::Address;
use crate::{ApiError, App};

/// Where its pages lead back to.
const PAGE: &str = "/settings/along";

/// An archive of what is one's own.
struct ArchiveRow {
    id: Id,
    state: String,
    /// Of the posts, in hundredths.
    share: i64,
    size: String,
    at: When,
    is_ready: bool,
    is_over: bool,
}

/// Something that is taken in.
struct ImportRow {
    id: Id,
    what: String,
    state: String,
    share: i64,
    /// How many were done and how many could not be.
    counts: String,
    failure: String,
    failed: i64,
    at: When,
    is_over: bool,
}

#[derive(Template)]
#[template(path = "along.html")]
struct AlongPage {
    frame: Frame,
    /// File name and words.
    lists: Vec<(&'static str, String)>,
    kinds: Vec<(&'static str, String)>,
    archives: Vec<ArchiveRow>,
    /// From when on the next can be made; nothing: now.
    again: Option<When>,
    imports: Vec<ImportRow>,
}

fn progress(t: Language, state: Progress) -> String {
    match state {
        Progress::Waiting => t.say("along-waiting"),
        Progress::Running => t.say("along-running"),
        Progress::Finished => t.say("along-finished"),
        Progress::Stopped => t.say("along-stopped"),
        Progress::Failed => t.say("along-failed"),
    }
    .into_owned()
}

fn kind_words(t: Language, kind: Kind) -> String {
    match kind {
        Kind::Following => t.say("along-following"),
        Kind::Lists => t.say("nav-lists"),
        Kind::Muting => t.say("muted-title"),
        Kind::Blocking => t.say("blocked-title"),
        Kind::DomainBlocking => t.say("along-domains"),
        Kind::Bookmarks => t.say("nav-bookmarks"),
        Kind::Posts => t.say("posts"),
    }
    .into_owned()
}

fn export_words(t: Language, what: Export) -> String {
    match what {
        Export::Following => kind_words(t, Kind::Following),
        Export::Followers => t.say("tab-followers").into_owned(),
        Export::Lists => kind_words(t, Kind::Lists),
        Export::Muting => kind_words(t, Kind::Muting),
        Export::Blocking => kind_words(t, Kind::Blocking),
        Export::DomainBlocking => kind_words(t, Kind::DomainBlocking),
        Export::Bookmarks => kind_words(t, Kind::Bookmarks),
    }
}

fn share(done: i64, total: i64) -> i64 {
    if total <= 0 { 0 } else { (done * 100 / total).clamp(0, 100) }
}

/// `GET /settings/along`.
pub async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    let signed = match visitor.member(PAGE) {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let (t, now) = (visitor.language, app.node.now());
    let mut tx = app.node.store.read().await?;
    let archives = takeout::archives(&mut tx, &signed.account).await?;
    let imports = takeout::imports(&mut tx, &signed.account).await?;
    let archive = |a: &Archive| ArchiveRow {
        id: a.id,
        state: progress(t, a.state),
        share: share(a.done, a.total),
        size: size(u64::try_from(a.size).unwrap_or(0)),
        at: t.when(a.created_at, now),
        is_ready: a.state == Progress::Finished,
        is_over: a.state.is_over(),
    };
    let import = |i: &Import| ImportRow {
        id: i.id,
        what: kind_words(t, i.kind),
        state: progress(t, i.state),
        share: share(i.done + i.failed + i.skipped, i.total),
        counts: t.with(
            "along-counts",
            &[("done", &i.done), ("failed", &i.failed), ("skipped", &i.skipped), ("total", &i.total)],
        ),
        failure: i.failure.clone(),
        failed: i.failed,
        at: t.when(i.created_at, now),
        is_over: i.state.is_over(),
    };
    let page = AlongPage {
        frame: Frame::new(&app, &visitor),
        lists: Export::ALL.into_iter().map(|e| (e.file_name(), export_words(t, e))).collect(),
        kinds: Kind::ALL.into_iter().map(|k| (k.name(), kind_words(t, k))).collect(),
        again: takeout::next_archive(&archives, now).map(|at| t.when(at, now)),
        archives: archives.iter().map(archive).collect(),
        imports: imports.iter().map(import).collect(),
    };
    form(&app, &visitor, StatusCode::OK, &page)
}

fn download(name: &str, kind: &'static str, body: Body) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    (headers, body).into_response()
}

/// `GET /settings/along/{file}.csv`: a list as Mastodon writes it.
pub async fn list(State(app): State<App>, visitor: Visitor, Path(file): Path<String>) -> Result<Response, ApiError> {
    let signed = match visitor.member(PAGE) {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let what = Export::ALL.into_iter().find(|e| e.file_name() == file).ok_or_else(ApiError::not_found)?;
    let (node, who) = (std::sync::Arc::clone(&app.node), signed.account.clone());
    // Page by page, so that a long list is never in memory as a whole.
    let pages = futures::stream::try_unfold(Some(None), move |from| {
        let (node, who) = (std::sync::Arc::clone(&node), who.clone());
        async move {
            let Some(from) = from else { return Ok::<_, node::Error>(None) };
            let mut tx = node.store.read().await?;
            let (text, next) = takeout::export_page(&node, &mut tx, &who, what, from).await?;
            Ok(Some((Bytes::from(text), next.map(Some))))
        }
    });
    Ok(download(&file, "text/csv; charset=utf-8", Body::from_stream(pages)))
}

/// `POST /settings/along/archive`: asks for an archive.
pub async fn ask(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let signed = match visitor.member(PAGE) {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    visitor.check(&params)?;
    let mut tx = app.node.store.begin().await?;
    if let Err(error) = takeout::request_archive(&app.node, &mut tx, &signed.account).await {
        return refused(&app, &visitor, PAGE, &error.into());
    }
    app.node.commit(tx).await?;
    Ok(Redirect::to(PAGE).into_response())
}

/// `GET /settings/along/archive/{id}`: the archive itself.
pub async fn archive(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, ApiError> {
    let signed = match visitor.member(PAGE) {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let id: Id = id.parse().map_err(|_| ApiError::not_found())?;
    let (name, file) = takeout::open_archive(&app.node, &signed.account, id).await?;
    let pieces = futures::stream::try_unfold(file, |mut file| async move {
        Ok::<_, storage::FileError>(file.next().await?.map(|piece| (piece, file)))
    });
    Ok(download(&name, "application/zip", Body::from_stream(pieces)))
}

/// `POST /settings/along/import`: a list, or an archive of posts.
pub async fn bring(State(app): State<App>, visitor: Visitor, request: Request) -> Result<Response, ApiError> {
    let signed = match visitor.member(PAGE) {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let (params, error) = Params::of_form(request).await;
    if let Some(error) = error {
        return Err(error);
    }
    visitor.check(&params)?;
    match take_in(&app, &visitor, signed, &params).await {
        Ok(()) => Ok(Redirect::to("/settings/along#brought").into_response()),
        Err(error) => refused(&app, &visitor, PAGE, &error),
    }
}

async fn take_in(app: &App, visitor: &Visitor, signed: &Signed, params: &Params) -> Result<(), ApiError> {
    let Some(file) = params.file("file").filter(|f| !f.is_empty()).cloned() else {
        return Err(ApiError::unprocessable(visitor.language.say("along-no-file")));
    };
    let overwrite = params.flag("overwrite").unwrap_or(false);
    let is_archive = file.starts_with(b"PK") || file.starts_with(&[0x1F, 0x8B]);
    if is_archive {
        let mut upload = takeout::receive_archive(&app.node);
        upload.write(file).await?;
        takeout::import_posts(&app.node, &signed.account, upload).await?;
    } else {
        let kind = match params.filled("kind").and_then(|k| Kind::from_name(&k)) {
            Some(kind) => kind,
            None => takeout::lists::recognise("", &file)?,
        };
        let mut tx = app.node.store.begin().await?;
        takeout::import_list(&app.node, &mut tx, &signed.account, kind, &file, overwrite).await?;
        app.node.commit(tx).await?;
    }
    Ok(())
}

/// `POST /settings/along/import/{id}/stop`.
pub async fn stop(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    let signed = match visitor.member(PAGE) {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    visitor.check(&params)?;
    let id: Id = id.parse().map_err(|_| ApiError::not_found())?;
    let mut tx = app.node.store.begin().await?;
    takeout::stop(&app.node, &mut tx, &signed.account, id).await?;
    app.node.commit(tx).await?;
    Ok(Redirect::to(PAGE).into_response())
}

/// `GET /settings/along/import/{id}/failed.csv`: what could not be taken in, and why.
pub async fn failed(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, ApiError> {
    let signed = match visitor.member(PAGE) {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let id: Id = id.parse().map_err(|_| ApiError::not_found())?;
    let import = takeout::import(&mut app.node.store.read().await?, &signed.account, id).await?;
    let node = std::sync::Arc::clone(&app.node);
    let pages = futures::stream::try_unfold(Some(None), move |after| {
        let (node, import) = (std::sync::Arc::clone(&node), import.clone());
        async move {
            let Some(after) = after else { return Ok::<_, node::Error>(None) };
            let mut tx = node.store.read().await?;
            let (text, next) = takeout::failed_page(&mut tx, &import, after).await?;
            Ok(Some((Bytes::from(text), next.map(Some))))
        }
    });
    Ok(download("failed.csv", "text/csv; charset=utf-8", Body::from_stream(pages)))
}

#[derive(Template)]
#[template(path = "move.html")]
struct MovePage {
    frame: Frame,
    handle: String,
    /// Other names of this account: id, and handle where it is known.
    names: Vec<(String, String)>,
    moved_to: String,
}

/// `GET /settings/move`.
pub async fn show_move(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    let signed = match visitor.member("/settings/move") {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let config = &app.node.config;
    let mut tx = app.node.store.read().await?;
    let mut names = Vec::new();
    for uri in &signed.account.also_known_as {
        let known = tx.account_by_uri(uri).await?;
        names.push((uri.clone(), known.map_or_else(|| uri.clone(), |a| format!("@{}", config.full_handle(&a)))));
    }
    let page = MovePage {
        frame: Frame::new(&app, &visitor),
        handle: config.full_handle(&signed.account),
        names,
        moved_to: signed.account.moved_to.clone(),
    };
    form(&app, &visitor, StatusCode::OK, &page)
}

/// `POST /settings/move/names`: another name of this account, or one less.
pub async fn names(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let signed = match visitor.member("/settings/move") {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    visitor.check(&params)?;
    if let Some(uri) = params.filled("remove") {
        let mut tx = app.node.store.begin().await?;
        moving::remove_alias(&app.node, &mut tx, &signed.account, &uri).await?;
        app.node.commit(tx).await?;
    } else {
        let handle = params.text("handle").unwrap_or_default();
        let Ok(other) = app.federation.find_fresh(handle.trim()).await else {
            let error = ApiError::unprocessable(visitor.language.one("move-not-found", "handle", handle.trim()));
            return refused(&app, &visitor, "/settings/move", &error);
        };
        let mut tx = app.node.store.begin().await?;
        if let Err(error) = moving::add_alias(&app.node, &mut tx, &signed.account, &other).await {
            return refused(&app, &visitor, "/settings/move", &error.into());
        }
        app.node.commit(tx).await?;
    }
    Ok(Redirect::to("/settings/move").into_response())
}

/// `POST /settings/move`: to another account, or back. Whoever sits at a browser that was left open needs the password, too.
pub async fn move_on(
    State(app): State<App>,
    Address(address): Address,
    visitor: Visitor,
    params: Params,
) -> Result<Response, ApiError> {
    let signed = match visitor.member("/settings/move") {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    visitor.check(&params)?;
    let password = params.text("password").unwrap_or_default();
    if !is_right(&app, address, &signed.account, &password).await? {
        return Err(ApiError::unprocessable(visitor.language.say("move-wrong-password")));
    }
    if params.flag("back").unwrap_or(false) {
        let mut tx = app.node.store.begin().await?;
        moving::stay(&app.node, &mut tx, &signed.account).await?;
        app.node.commit(tx).await?;
    } else {
        let target = app.federation.find_fresh(params.required("handle")?.trim()).await?;
        let mut tx = app.node.store.begin().await?;
        moving::move_away(&app.node, &mut tx, &signed.account, &target).await?;
        app.node.commit(tx).await?;
    }
    Ok(Redirect::to("/settings/move").into_response())
}

#[derive(Template)]
#[template(path = "old_posts.html")]
struct OldPage {
    frame: Frame,
    wanted: model::cleanup::Cleanup,
    min_favourites: String,
    min_boosts: String,
    /// Days, and whether it is what was chosen.
    ages: Vec<(i64, bool)>,
}

impl OldPage {
    /// What is kept: name in the form, words, and whether it is.
    fn kept(&self) -> Vec<(&'static str, std::borrow::Cow<'static, str>, bool)> {
        let (t, w) = (self.frame.t, &self.wanted);
        vec![
            ("keep_pinned", t.say("old-pinned"), w.keep_pinned),
            ("keep_bookmarked", t.say("old-bookmarked"), w.keep_bookmarked),
            ("keep_favourited", t.say("old-favourited"), w.keep_favourited),
            ("keep_media", t.say("old-media"), w.keep_media),
            ("keep_polls", t.say("old-polls"), w.keep_polls),
            ("keep_direct", t.say("old-direct"), w.keep_direct),
        ]
    }
}

/// `GET /settings/old-posts`.
pub async fn show_old(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    let signed = match visitor.member("/settings/old-posts") {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let wanted = cleanup::wanted(&mut app.node.store.read().await?, &signed.account).await?;
    let page = OldPage {
        frame: Frame::new(&app, &visitor),
        ages: model::cleanup::AGES.iter().map(|a| (a / DAY, *a == wanted.min_age)).collect(),
        min_favourites: wanted.min_favourites.map_or_else(String::new, |n| n.to_string()),
        min_boosts: wanted.min_boosts.map_or_else(String::new, |n| n.to_string()),
        wanted,
    };
    form(&app, &visitor, StatusCode::OK, &page)
}

/// `POST /settings/old-posts`.
pub async fn save_old(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let signed = match visitor.member("/settings/old-posts") {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    visitor.check(&params)?;
    let on = |name| params.flag(name).unwrap_or(false);
    let mut tx = app.node.store.begin().await?;
    let wanted = model::cleanup::Cleanup {
        enabled: on("enabled"),
        min_age: params.number("age").unwrap_or(0).saturating_mul(DAY),
        keep_direct: on("keep_direct"),
        keep_pinned: on("keep_pinned"),
        keep_polls: on("keep_polls"),
        keep_media: on("keep_media"),
        keep_favourited: on("keep_favourited"),
        keep_bookmarked: on("keep_bookmarked"),
        min_favourites: params.number("min_favourites"),
        min_boosts: params.number("min_boosts"),
        ..cleanup::wanted(&mut tx, &signed.account).await?
    };
    cleanup::change(&mut tx, &signed.account, &wanted).await?;
    app.node.commit(tx).await?;
    Ok(Redirect::to("/settings/old-posts").into_response())
}
