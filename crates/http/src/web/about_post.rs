//! What is about one post: the way to its page, its earlier versions, and what is asked before it is deleted, opened up or reported.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use model::audience::Audience;
use model::html;
use model::id::Id;
use model::page::Page;
use model::poll::PollDraft;
use model::post::Draft;
use model::text::Format;
use node::open_up::{self, Opening, What};
use node::upload;

use super::frame::{Frame, form, message, readable};
use super::front::{POSTS, older};
use super::language::{Language, When};
use super::view::{Person, PostView, audience_words, posts};
use super::visitor::Visitor;
use crate::auth::Signed;
use crate::mastodon::posts::{draft as draft_of, learn_handles};
use crate::params::Params;
use crate::{ApiError, App};

fn number(text: &str) -> Result<Id, ApiError> {
    text.parse().map_err(|_| ApiError::not_found())
}

/// A post as whoever reads sees it.
async fn seen(app: &App, visitor: &Visitor, id: Id) -> Result<PostView, ApiError> {
    let mut tx = app.node.store.read().await?;
    let post = tx.visible_post(id, visitor.viewer()).await?.ok_or_else(ApiError::not_found)?;
    posts(&visitor.reader(app, ""), &mut tx, vec![post]).await?.pop().ok_or_else(ApiError::not_found)
}

/// The same, by whom the address says that it is. Strangers read what is ours alone.
pub async fn of(app: &App, visitor: &Visitor, name: &str, id: Id) -> Result<PostView, ApiError> {
    let view = seen(app, visitor, id).await?;
    let is_named = view.author.handle == name
        || (view.is_local && view.author.handle == format!("{name}@{}", app.node.config.handle_domain));
    if is_named && (view.is_local || visitor.signed.is_some()) { Ok(view) } else { Err(ApiError::not_found()) }
}

/// `GET /posts/{id}`: to the page of a post.
pub async fn go(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, ApiError> {
    let post = seen(&app, &visitor, number(&id)?).await?;
    Ok(Redirect::to(&post.page).into_response())
}

/// One version of a post.
struct Version {
    at: When,
    /// HTML.
    content: String,
    warning: String,
    choices: Vec<String>,
    media: Vec<String>,
}

#[derive(Template)]
#[template(path = "history.html")]
struct HistoryPage {
    frame: Frame,
    author: Person,
    page: String,
    language: String,
    /// The newest first.
    versions: Vec<Version>,
}

/// `GET /@{name}/{id}/history`: all versions of a post.
pub async fn history(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((name, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let id = number(&id)?;
    let t = visitor.language;
    let view = of(&app, &visitor, &name, id).await?;
    let mut tx = app.node.store.read().await?;
    let post = tx.visible_post(id, visitor.viewer()).await?.ok_or_else(ApiError::not_found)?;
    let now = app.node.now();
    let mut versions: Vec<Version> = tx
        .edits(id)
        .await?
        .iter()
        .map(|e| Version {
            at: t.when(e.created_at, now),
            content: html::sanitise(&e.content),
            warning: e.summary.clone(),
            choices: e.poll.clone(),
            media: e.media.iter().map(|m| m.description.clone()).collect(),
        })
        .collect();
    versions.push(Version {
        at: t.when(post.edited_at.unwrap_or(post.created_at), now),
        content: view.content.clone(),
        warning: view.warning.clone(),
        choices: tx.poll(id).await?.map(|p| p.titles()).unwrap_or_default(),
        media: view.media.iter().map(|m| m.description.clone()).collect(),
    });
    versions.reverse();
    let page = HistoryPage {
        frame: Frame::new(&app, &visitor),
        author: view.author,
        page: view.page,
        language: view.language,
        versions,
    };
    readable(&app, &visitor, &headers, &page)
}

#[derive(Template)]
#[template(path = "quotes.html")]
struct QuotesPage {
    frame: Frame,
    title: String,
    page: String,
    posts: Vec<PostView>,
    older: String,
}

/// `GET /@{name}/{id}/quotes`: posts that quote it, as far as its author allows and whoever reads may see them.
pub async fn quotes(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((name, id)): Path<(String, String)>,
    params: Params,
) -> Result<Response, ApiError> {
    let id = number(&id)?;
    let view = of(&app, &visitor, &name, id).await?;
    let page = Page { max_id: params.number("max_id"), ..Page::first(POSTS) };
    let mut tx = app.node.store.read().await?;
    let found = tx.quotes_of(id, visitor.viewer(), &page).await?;
    let page = QuotesPage {
        frame: Frame::new(&app, &visitor),
        title: visitor.language.one("quotes-title", "name", &view.author.name),
        older: older(&format!("{}/quotes?", view.page), &found),
        page: view.page,
        posts: posts(&visitor.reader(&app, ""), &mut tx, found).await?,
    };
    readable(&app, &visitor, &headers, &page)
}

#[derive(Template)]
#[template(path = "delete.html")]
struct DeletePage {
    frame: Frame,
    is_draft: bool,
    /// It never left this node.
    is_inside: bool,
    post: PostView,
    back: String,
}

/// `GET /posts/{id}/delete`: asks before one's own post is deleted.
pub async fn delete(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, ApiError> {
    if let Err(elsewhere) = visitor.member(&visitor.here) {
        return Ok(elsewhere);
    }
    let mut post = seen(&app, &visitor, number(&id)?).await?;
    if !post.deeds.is_some_and(|d| d.is_mine) {
        return Err(ApiError::not_found());
    }
    post.deeds = None;
    let known = app.node.store.read().await?.post(post.id).await?;
    let is_draft = known.as_ref().is_some_and(|p| p.audience == Audience::Draft);
    let is_inside = known.is_some_and(|p| !p.audience.leaves_the_node());
    let own = || format!("/@{}", visitor.signed.as_ref().map_or("", |s| &s.account.username));
    let page = DeletePage {
        frame: Frame::new(&app, &visitor),
        is_draft,
        is_inside,
        back: if is_draft { "/drafts".to_owned() } else { own() },
        post,
    };
    form(&app, &visitor, StatusCode::OK, &page)
}

/// Something to look at before a post is opened up.
struct Item {
    id: String,
    words: String,
    confirmed: bool,
}

#[derive(Template)]
#[template(path = "open_up.html")]
struct OpenUpPage {
    frame: Frame,
    post: PostView,
    /// What is to be said, to be looked through.
    source: String,
    items: Vec<Item>,
    /// `visibility`, its words, who that is, and whether it was chosen.
    to: Vec<(&'static str, String, String, bool)>,
    warning: String,
    sensitive: bool,
    /// The choices of its poll, and whether several may be chosen.
    poll: Vec<String>,
    multiple: bool,
    /// Files that go along.
    along: Vec<Id>,
    key: String,
    /// What went wrong; empty: nothing.
    error: String,
}

/// `GET /posts/{id}/open-up`: the checklist before something that was said inside is said to more people.
pub async fn open_up(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, ApiError> {
    let signed = match visitor.member(&visitor.here) {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let id = number(&id)?;
    let mut tx = app.node.store.read().await?;
    let list = open_up::checklist(&mut tx, &signed.account, id).await?;
    let post = tx.post(id).await?.ok_or_else(ApiError::not_found)?;
    if let Some(opened) = tx.opened_as(id).await? {
        return Ok(Redirect::to(&format!("/posts/{opened}")).into_response());
    }
    let poll = tx.poll(id).await?.map(|poll| PollDraft {
        options: poll.titles(),
        expires_in: None,
        multiple: poll.multiple,
        hide_totals: poll.hide_totals,
    });
    let media_ids = tx.media_of(&[id]).await?.iter().map(|m| m.id).collect();
    drop(tx);
    let opening = Opening {
        draft: Draft {
            text: post.source,
            summary: post.summary,
            sensitive: Some(post.sensitive),
            media_ids,
            poll,
            idempotency_key: Some(app.node.random.secret()),
            ..Draft::default()
        },
        confirmed: Vec::new(),
    };
    let page = open_up_page(&app, &visitor, id, opening, list, String::new()).await?;
    form(&app, &visitor, StatusCode::OK, &page)
}

/// `POST /posts/{id}/open-up`. What was not looked at yet, also of words that are new, is shown with everything that was typed.
pub async fn submit_open_up(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    let signed = match visitor.member("/home") {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    visitor.check(&params)?;
    let (id, t) = (number(&id)?, visitor.language);
    let mut draft = draft_of(&params)?;
    draft.format = Format::Markdown;
    draft.idempotency_key = params.filled("key");
    learn_handles(&app, &draft.text, draft.format, None).await?;
    let opening = Opening { draft, confirmed: params.list("confirmed") };
    let mut copied = opening.clone();
    let is_checked = open_up::check(&mut app.node.store.read().await?, &signed.account, id, &opening).await.is_ok();
    // Whatever is missing is said below, with everything else.
    if is_checked && opening.draft.audience.is_some() {
        copied.draft.media_ids = copies(&app, signed, id, &opening.draft.media_ids).await?;
        // What was said of a file holds for its copy.
        for (file, copy) in opening.draft.media_ids.iter().zip(&copied.draft.media_ids) {
            if opening.confirmed.contains(&format!("description:{file}")) {
                copied.confirmed.push(format!("description:{copy}"));
            }
        }
    }
    let mut tx = app.node.store.begin().await?;
    let done = match opening.draft.audience {
        // Nothing is said to everybody because somebody chose nothing.
        None => Err(node::Error::invalid(t.say("open-up-whom"))),
        Some(_) => open_up::open(&app.node, &mut tx, &signed.account, &signed.member, id, &copied).await,
    };
    let error = match done {
        Ok(post) => {
            app.node.commit(tx).await?;
            return Ok(Redirect::to(&format!("/@{}/{}", signed.account.username, post.id)).into_response());
        }
        Err(node::Error::Unconfirmed(_)) => t.say("open-up-again").into_owned(),
        Err(error) => {
            let error = ApiError::from(error);
            if error.status != StatusCode::UNPROCESSABLE_ENTITY {
                return Err(error);
            }
            super::errors::words(t, error.status, error.body.to_string().as_bytes()).1
        }
    };
    drop(tx);
    let mut tx = app.node.store.read().await?;
    let list = open_up::checklist_of(&mut tx, &signed.account, id, &opening.draft).await?;
    drop(tx);
    let page = open_up_page(&app, &visitor, id, opening, list, error).await?;
    form(&app, &visitor, StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// Files of one's own post once more, for the post as which it is opened up: what is inside keeps its own.
async fn copies(app: &App, signed: &Signed, post: Id, wanted: &[Id]) -> Result<Vec<Id>, ApiError> {
    let known = app.node.store.read().await?.media_of(&[post]).await?;
    let mut list = Vec::new();
    for id in wanted {
        let Some(file) = known.iter().find(|m| m.id == *id) else {
            list.push(*id);
            continue;
        };
        let mut reader = app.node.files.read(&file.path).await.map_err(node::Error::from)?;
        let mut bytes = Vec::new();
        while let Some(piece) = reader.next().await.map_err(node::Error::from)? {
            bytes.extend_from_slice(&piece);
        }
        let focus = (file.focus_x, file.focus_y);
        let stored = upload::store(&app.node, &signed.account, bytes.into(), &file.description, focus).await?;
        let mut tx = app.node.store.begin().await?;
        let copy = upload::attach(&mut tx, stored).await?;
        app.node.commit(tx).await?;
        list.push(copy.id);
    }
    Ok(list)
}

async fn open_up_page(
    app: &App,
    visitor: &Visitor,
    id: Id,
    opening: Opening,
    list: Vec<open_up::Check>,
    error: String,
) -> Result<OpenUpPage, ApiError> {
    let t = visitor.language;
    let mut view = seen(app, visitor, id).await?;
    view.deeds = None;
    let mut tx = app.node.store.read().await?;
    let post = tx.post(id).await?.ok_or_else(ApiError::not_found)?;
    let partners = super::compose::has_partners(&mut tx).await?;
    let (people, _, _) = tx.member_counts(i64::MAX, i64::MAX).await?;
    let followers = visitor.signed.as_ref().map_or(0, |s| s.account.followers_count);
    drop(tx);
    let mut to = Vec::new();
    for (audience, about) in [
        (Audience::Public, t.say("about-public").into_owned()),
        (Audience::Unlisted, t.say("about-unlisted").into_owned()),
        (Audience::Followers, t.one("about-followers", "count", followers)),
        (Audience::Partners, t.say("about-partners").into_owned()),
        (Audience::Organisation, t.one("about-organisation", "count", people)),
    ] {
        if audience > post.audience && (audience != Audience::Partners || partners) {
            let name = audience.own_name().unwrap_or_else(|| audience.mastodon_name());
            let words = audience_words(app, t, audience, None);
            to.push((name, words, about, opening.draft.audience == Some(audience)));
        }
    }
    let item = |check: open_up::Check| Item {
        words: words(t, &check.what),
        confirmed: opening.confirmed.contains(&check.id),
        id: check.id,
    };
    Ok(OpenUpPage {
        frame: Frame::new(app, visitor),
        post: view,
        items: list.into_iter().map(item).collect(),
        source: opening.draft.text,
        warning: opening.draft.summary,
        sensitive: opening.draft.sensitive.unwrap_or(false),
        multiple: opening.draft.poll.as_ref().is_some_and(|p| p.multiple),
        poll: opening.draft.poll.map_or_else(Vec::new, |p| p.options),
        along: opening.draft.media_ids,
        key: opening.draft.idempotency_key.unwrap_or_default(),
        to,
        error,
    })
}

fn words(t: Language, what: &What) -> String {
    match what {
        What::Person { handle, .. } => t.one("check-person", "handle", handle),
        What::Quote { .. } => t.say("check-quote").into_owned(),
        What::NoDescription { .. } => t.say("check-description").into_owned(),
        What::Personal { text, .. } => t.one("check-personal", "text", text),
        What::Answer { .. } => t.say("check-answer").into_owned(),
    }
}

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage {
    frame: Frame,
    person: Person,
    post: Option<PostView>,
    /// The server of who is reported, if it is another.
    server: String,
    /// Number and words.
    rules: Vec<(Id, String)>,
}

/// `GET /report?account_id=…&status_ids=…`: what is to be told to those who look after the node.
pub async fn report(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    if let Err(elsewhere) = visitor.member(&visitor.here) {
        return Ok(elsewhere);
    }
    let id = params.number("account_id").ok_or_else(ApiError::not_found)?;
    let mut tx = app.node.store.read().await?;
    let account = tx.account(id).await?.ok_or_else(ApiError::not_found)?;
    let rules = tx.rules().await?;
    drop(tx);
    let mut post = match params.ids("status_ids").first() {
        Some(id) => Some(seen(&app, &visitor, *id).await?),
        None => None,
    };
    if let Some(post) = &mut post {
        post.deeds = None;
    }
    let page = ReportPage {
        frame: Frame::new(&app, &visitor),
        person: Person::seen(&visitor.reader(&app, ""), &account),
        post,
        server: account.domain.clone(),
        rules: rules.iter().map(|r| (r.id, r.text.clone())).collect(),
    };
    form(&app, &visitor, StatusCode::OK, &page)
}

/// `GET /report/sent`.
pub async fn reported(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    let t = visitor.language;
    message(&app, &visitor, StatusCode::OK, &t.say("report-sent"), &t.say("report-sent-about"))
}
