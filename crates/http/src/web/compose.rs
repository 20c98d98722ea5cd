//! Where a member writes: a new post, an answer, an experiment, a draft, a new version. The form works without a script, and whatever goes
//! wrong, what was typed comes back with it.

mod typed;

use std::borrow::Cow;

use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use model::account::Account;
use model::audience::{Audience, Viewer};
use model::clock::{DAY, HOUR, Millis};
use model::experiment::{Form, Wanted};
use model::id::Id;
use model::page::Page;
use model::policy::QuotePolicy;
use model::poll::PollDraft;
use model::post::{Draft, MediaChange, Post, Revision};
use model::text::{self, Format};
use node::{experiment, publish, quote, schedule, upload};
use storage::{Aim, Scheduled, Tx};

use self::typed::{Typed, name_of};
use super::by_form::refused;
use super::frame::{Frame, Message, form};
use super::language::spoken::{Spoken, choices};
use super::language::{Language, When};
use super::view::{Attachment, Person, PostView, Reader, attached, audience_words, posts};
use super::visitor::Visitor;
use crate::auth::Signed;
use crate::mastodon::posts::{draft as draft_of, learn_handles};
use crate::params::Params;
use crate::{ApiError, App};

/// Most posts for later that are listed.
const SCHEDULED: i64 = 300;
/// Most files of a post.
const FILES: usize = 4;
/// How long a poll is open whose post is written anew, unless something else is chosen.
const POLL: Millis = 7 * DAY;

/// For whom something can be posted.
struct To {
    /// `Everyone`.
    name: String,
    /// `public`, `team-12`.
    value: String,
    /// What the button says.
    button: String,
    /// Who that is.
    about: String,
}

#[derive(Template)]
#[template(path = "write.html")]
struct WritePage {
    frame: Frame,
    title: String,
    person: Person,
    typed: Typed,
    files: Vec<Attachment>,
    /// What is answered, or quoted.
    about: Option<PostView>,
    /// Where the form goes.
    action: String,
    /// The first is on the main button; of a new version there is none.
    to: Vec<To>,
    /// When it is to be posted, for the buttons; empty: at once.
    later: String,
    is_edit: bool,
    /// What went wrong, or has to be looked at; empty: nothing.
    error: String,
    /// A file was just attached: what it shows is next.
    is_attached: bool,
    /// Characters of the longest post.
    longest: usize,
    may_attach: bool,
    /// Hats that the member wears: name, words, and whether it is said of the post.
    hats: Vec<(&'static str, String, bool)>,
    licences: Vec<(&'static str, &'static str)>,
    languages: Vec<Spoken>,
    quotes: Vec<Choice>,
}

/// `GET /write`: with `in_reply_to_id`, `quoted_status_id`, `tries`, `draft`, `kind`, `for`, or `text`.
pub async fn show(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let signed = match visitor.member(&visitor.here) {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let mut typed = Typed::read(&params);
    let mut tx = app.node.store.read().await?;
    if let Some(id) = typed.draft {
        let post = tx.post(id).await?.filter(|p| p.account_id == signed.account.id && p.audience == Audience::Draft);
        let Some(post) = post else { return gone(&app, &visitor) };
        let quoted = tx.quote(post.id).await?.and_then(|q| q.quoted_id);
        typed = Typed { quoted, ..kept(&mut tx, &post).await? };
        if let Some(aim) = tx.draft_aims(&[id]).await?.pop() {
            typed.take_aim(aim);
        }
        typed.unfold();
        typed.draft = Some(id);
        typed.draft_seen = Some(kept_at(&post));
        typed.key = app.node.random.secret();
    } else {
        typed.key = app.node.random.secret();
        if typed.language.is_empty() {
            typed.language.clone_from(&signed.member.default_language);
        }
        if typed.language.is_empty() {
            // Where nothing was chosen it is that of the pages.
            typed.language.clone_from(&signed.member.locale);
        }
        if let Some(quoted) = typed.quoted {
            let quoted = tx.visible_post(quoted, visitor.viewer()).await?.ok_or_else(ApiError::not_found)?;
            let view = posts(&visitor.reader(&app, ""), &mut tx, vec![quoted]).await?.pop();
            let view = view.ok_or_else(ApiError::not_found)?;
            if !view.deeds.is_some_and(|d| d.may_quote) {
                let error = ApiError::forbidden(visitor.language.say("write-may-not-quote"));
                return refused(&app, &visitor, &view.page, &error);
            }
        }
        if let Some(parent) = typed.in_reply_to {
            let parent = tx.visible_post(parent, visitor.viewer()).await?.ok_or_else(ApiError::not_found)?;
            typed.status = greeted(&app, &mut tx, &signed.account, &parent).await?;
            typed.summary = parent.summary;
        }
    }
    drop(tx);
    let page = page(&app, &visitor, signed, typed, None, "").await?;
    form(&app, &visitor, StatusCode::OK, &page)
}

/// Those whom an answer names before anything is typed: who is answered, and who was named there.
async fn greeted(app: &App, tx: &mut Tx, who: &Account, parent: &Post) -> Result<String, ApiError> {
    let mut names = Vec::new();
    if parent.account_id != who.id
        && let Some(author) = tx.account(parent.account_id).await?
    {
        names.push(handle(app, &author.username, &author.domain));
    }
    for m in tx.mentions(&[parent.id]).await?.iter().filter(|m| !m.silent && m.account_id != who.id) {
        names.push(handle(app, &m.username, &m.domain));
    }
    names.dedup();
    Ok(names.iter().map(|name| format!("{name} ")).collect())
}

fn handle(app: &App, name: &str, domain: &str) -> String {
    let is_here = domain.is_empty() || domain == app.node.config.handle_domain;
    if is_here { format!("@{name}") } else { format!("@{name}@{domain}") }
}

async fn own(tx: &mut Tx, signed: &Signed, id: Id) -> Result<Post, ApiError> {
    tx.post(id).await?.filter(|p| p.account_id == signed.account.id).ok_or_else(ApiError::not_found)
}

/// What a post of one's own says, to be changed.
async fn kept(tx: &mut Tx, post: &Post) -> Result<Typed, ApiError> {
    let mut typed = Typed::of_post(post);
    typed.media = tx.media_of(&[post.id]).await?.iter().map(|m| (m.id, m.description.clone())).collect();
    if let Some(poll) = tx.poll(post.id).await? {
        typed.take_poll(&poll);
    }
    if let Some(x) = tx.experiment(post.id).await? {
        typed.take_experiment(&x);
    }
    typed.quotes = quotes_of(tx, post).await?;
    Ok(typed)
}

/// A draft that is none any more.
fn gone(app: &App, visitor: &Visitor) -> Result<Response, ApiError> {
    let t = visitor.language;
    let page = Message {
        frame: Frame::new(app, visitor),
        title: t.say("drafts-gone").into_owned(),
        words: t.say("drafts-gone-about").into_owned(),
        next: ("/drafts".to_owned(), t.say("drafts-title").into_owned()),
        typed: Vec::new(),
    };
    form(app, visitor, StatusCode::NOT_FOUND, &page)
}

/// When a draft was kept last.
fn kept_at(draft: &Post) -> Millis {
    draft.edited_at.unwrap_or(draft.created_at)
}

/// Whether the draft that a form was made of is something else by now, its words, its files, for whom or for when it is: it was kept
/// from another window.
async fn is_overtaken(tx: &mut Tx, typed: &Typed, draft: &Post, at: Option<Millis>) -> Result<bool, ApiError> {
    if typed.draft_seen.is_none_or(|seen| seen == kept_at(draft)) {
        return Ok(false);
    }
    let files: Vec<Id> = tx.media_of(&[draft.id]).await?.iter().map(|m| m.id).collect();
    let choices = tx.poll(draft.id).await?.map(|poll| poll.titles()).unwrap_or_default();
    let is_same = draft.source == typed.folded()
        && draft.summary == typed.summary
        && draft.sensitive == typed.sensitive
        && !typed.is_experiment
        && files.iter().eq(typed.media.iter().map(|(id, _)| id))
        && choices.iter().eq(typed.choices.iter().filter(|c| !c.is_empty()))
        && tx.draft_aims(&[draft.id]).await?.pop() == Some(typed.aim(draft.id, at));
    Ok(!is_same)
}

/// A draft is gone that the form was made of, and what was sent is not what came of it: in another window, it may be. Once more it is
/// a post of its own.
async fn is_gone(app: &App, tx: &mut Tx, who: Id, once: Option<&String>) -> Result<bool, ApiError> {
    let key = once.cloned().unwrap_or_default();
    Ok(tx.idempotent_post(who, &key, app.node.now() - HOUR).await?.is_none())
}

/// The form again: what is sent once more takes the place of what the draft says.
fn overtaken(t: Language, typed: &mut Typed, draft: &Post) -> Done {
    typed.draft_seen = Some(kept_at(draft));
    typed.overtaken = true;
    Done::Again(t.say("write-draft-overtaken").into_owned())
}

/// Who may quote a post, by its name in the API; empty of what is not open, and where it is more than a name can say.
async fn quotes_of(tx: &mut Tx, post: &Post) -> Result<String, ApiError> {
    if !post.audience.is_open() {
        return Ok(String::new());
    }
    let rule = quote::rule(post, &tx.policy(post.id).await?);
    Ok(QuotePolicy::of(&rule).map_or("", QuotePolicy::name).to_owned())
}

/// `POST /write`.
pub async fn submit(State(app): State<App>, visitor: Visitor, request: Request) -> Result<Response, ApiError> {
    let signed = match visitor.member("/write") {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    // Nothing is taken in for strangers.
    let (params, error) = Params::of_form(request).await;
    let mut typed = Typed::read(&params);
    if params.flag("folded").unwrap_or(false) {
        typed.unfold();
    }
    let outcome = match error.map_or_else(|| visitor.check(&params), Err) {
        Ok(()) => done(&app, &visitor, signed, &params, &mut typed).await,
        Err(error) => Err(error),
    };
    again(&app, &visitor, signed, typed, None, outcome).await
}

/// `GET /posts/{id}/edit`.
pub async fn show_edit(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, ApiError> {
    let signed = match visitor.member(&visitor.here) {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let id: Id = id.parse().map_err(|_| ApiError::not_found())?;
    let mut tx = app.node.store.read().await?;
    let post = own(&mut tx, signed, id).await?;
    let typed = kept(&mut tx, &post).await?;
    drop(tx);
    let page = page(&app, &visitor, signed, typed, Some(id), "").await?;
    form(&app, &visitor, StatusCode::OK, &page)
}

/// `POST /posts/{id}/edit`.
pub async fn submit_edit(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let signed = match visitor.member("/home") {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let id: Id = id.parse().map_err(|_| ApiError::not_found())?;
    own(&mut app.node.store.read().await?, signed, id).await?;
    let (params, error) = Params::of_form(request).await;
    let mut typed = Typed::read(&params);
    let outcome = match error.map_or_else(|| visitor.check(&params), Err) {
        Ok(()) => changed(&app, &visitor, signed, &params, &mut typed, id).await,
        Err(error) => Err(error),
    };
    again(&app, &visitor, signed, typed, Some(id), outcome).await
}

/// What a form led to.
enum Done {
    /// On to the page of the post, or elsewhere.
    On(String),
    /// The form again, with what has to be looked at, or nothing.
    Again(String),
}

/// On from a form, or the form again with all that was typed.
async fn again(
    app: &App,
    visitor: &Visitor,
    signed: &Signed,
    mut typed: Typed,
    edited: Option<Id>,
    outcome: Result<Done, ApiError>,
) -> Result<Response, ApiError> {
    let (status, words) = match outcome {
        Ok(Done::On(path)) => return Ok(Redirect::to(&path).into_response()),
        Ok(Done::Again(words)) => (StatusCode::OK, words),
        Err(error) => {
            let (_, words) = super::errors::words(visitor.language, error.status, error.body.to_string().as_bytes());
            (error.status, words)
        }
    };
    // Whoever presses the first button again means the same people.
    if !["", "draft", "save"].contains(&typed.to.as_str()) {
        typed.meant.clone_from(&typed.to);
    }
    let page = page(app, visitor, signed, typed, edited, &words).await?;
    form(app, visitor, status, &page)
}

/// What is attached: a new file, other words for one that is there, one less.
async fn attach(app: &App, signed: &Signed, params: &Params, typed: &mut Typed) -> Result<(), ApiError> {
    if let Some(gone) = params.text("do").and_then(|d| d.strip_prefix("remove-")?.parse::<Id>().ok()) {
        // The file itself goes with the others that nobody took.
        typed.media.retain(|(id, _)| *id != gone);
    }
    let files = params.list_of_files("file");
    for bytes in files.into_iter().filter(|b| !b.is_empty()) {
        if typed.media.len() >= FILES {
            return Err(ApiError::unprocessable("Validation failed: No more than 4 files can be attached"));
        }
        app.limits.upload(signed.account.id, app.node.now())?;
        let stored = upload::store(&app.node, &signed.account, bytes, &typed.new_alt, (0.0, 0.0)).await?;
        let mut tx = app.node.store.begin().await?;
        let media = upload::attach(&mut tx, stored).await?;
        app.node.commit(tx).await?;
        typed.media.push((media.id, media.description));
        typed.attached = true;
    }
    typed.new_alt.clear();
    Ok(())
}

/// Words for files, as they are in the form.
async fn describe(tx: &mut Tx, signed: &Signed, typed: &Typed) -> Result<(), ApiError> {
    for (id, words) in &typed.media {
        let known =
            tx.media(*id).await?.filter(|m| m.account_id == signed.account.id).ok_or_else(ApiError::not_found)?;
        if known.description != *words {
            upload::describe(tx, &signed.account, *id, Some(words), None).await?;
        }
    }
    Ok(())
}

async fn done(
    app: &App,
    visitor: &Visitor,
    signed: &Signed,
    params: &Params,
    typed: &mut Typed,
) -> Result<Done, ApiError> {
    let t = visitor.language;
    let once = typed.once(&params.list_of_files("file"));
    attach(app, signed, params, typed).await?;
    begin(t, params, typed);
    if typed.to.is_empty() {
        return Ok(Done::Again(String::new()));
    }
    if typed.more.len() >= publish::THREAD {
        return Err(ApiError::unprocessable(t.one("write-thread-long", "count", publish::THREAD)));
    }
    let mut draft = draft_of(params)?;
    typed.fill(&mut draft)?;
    draft.format = Format::Markdown;
    let is_draft = draft.audience == Some(Audience::Draft);
    draft.text = if is_draft { typed.folded() } else { typed.status.clone() };
    if !is_draft && !typed.alt_asked && typed.media.iter().any(|(_, words)| words.trim().is_empty()) {
        typed.alt_asked = true;
        return Ok(Done::Again(t.say("write-alt-asked").into_owned()));
    }
    let names_nobody = || text::scan(&draft.text, draft.format).mentions.is_empty();
    if draft.audience == Some(Audience::Direct) && names_nobody() {
        return Err(ApiError::unprocessable(t.say("write-nobody")));
    }
    if let Some(hat) = params.group("outloud").and_then(|own| own.filled("hat")) {
        node::hat::say(&app.node, &mut app.node.store.read().await?, &signed.account, &hat, &mut draft).await?;
    }
    learn_handles(app, &draft.text, draft.format, draft.experiment.as_ref()).await?;
    for text in typed.further().filter(|_| !is_draft) {
        learn_handles(app, text, draft.format, None).await?;
    }
    draft.idempotency_key.clone_from(&once);
    let at = typed.scheduled_at(t)?;
    if let Some(at) = at.filter(|_| !is_draft) {
        if typed.further().next().is_some() {
            return Err(ApiError::unprocessable(t.say("write-thread-later")));
        }
        let mut tx = app.node.store.begin().await?;
        describe(&mut tx, signed, typed).await?;
        let made_of = match typed.draft {
            Some(id) => tx.post(id).await?,
            None => None,
        };
        let made_of = made_of.filter(|p| p.account_id == signed.account.id && p.audience == Audience::Draft);
        if let Some(post) = &made_of {
            if is_overtaken(&mut tx, typed, post, Some(at)).await? {
                return Ok(overtaken(t, typed, post));
            }
        } else if typed.draft.is_some() && is_gone(app, &mut tx, signed.account.id, once.as_ref()).await? {
            typed.draft = None;
            return Ok(Done::Again(t.say("write-draft-gone").into_owned()));
        }
        app.node.commit(tx).await?;
        let made_of = made_of.map(|p| p.id);
        schedule::schedule(&app.node, &signed.account, &signed.member, &draft, at, made_of).await?;
        return Ok(Done::On("/scheduled".to_owned()));
    }
    let begun = app.node.id();
    let mut tx = app.node.store.begin().await?;
    describe(&mut tx, signed, typed).await?;
    if let Some(id) = typed.draft.filter(|_| is_draft) {
        let post = own(&mut tx, signed, id).await?;
        if post.audience == Audience::Draft {
            if is_overtaken(&mut tx, typed, &post, at).await? {
                return Ok(overtaken(t, typed, &post));
            }
            publish::edit(&app.node, &mut tx, &signed.account, id, &revision_of(&draft)).await?;
            tx.aim_draft(&typed.aim(id, at)).await?;
            app.node.commit(tx).await?;
            return Ok(Done::On("/drafts".to_owned()));
        }
    }
    if let Some(id) = typed.draft {
        let known = tx.hold_post(id).await?;
        let post = tx.post(id).await?.filter(|p| known && p.account_id == signed.account.id);
        if let Some(post) = post.filter(|p| p.audience == Audience::Draft) {
            if is_overtaken(&mut tx, typed, &post, at).await? {
                return Ok(overtaken(t, typed, &post));
            }
            // Its files are free then for what is posted of it.
            publish::withdraw(&app.node, &mut tx, &signed.account, id).await?;
        } else if is_gone(app, &mut tx, signed.account.id, once.as_ref()).await? {
            typed.draft = None;
            return Ok(Done::Again(t.say("write-draft-gone").into_owned()));
        }
    }
    let post = publish::publish(&app.node, &mut tx, &signed.account, &signed.member, &draft).await?;
    if post.id > begun {
        if !is_draft && typed.further().next().is_some() {
            if tx.approval(post.id).await?.is_some_and(|a| a.approved_by.is_empty()) {
                // The others would be below a post that nobody sees yet. Nothing is written.
                return Err(ApiError::unprocessable(t.say("write-thread-leave")));
            }
            follow_up(app, &mut tx, signed, &draft, &post, typed).await?;
        }
        if is_draft {
            tx.aim_draft(&typed.aim(post.id, at)).await?;
        }
        app.node.commit(tx).await?;
    }
    // Else it was posted before, with the same key: a draft stays what it is.
    Ok(Done::On(if is_draft { "/drafts".to_owned() } else { format!("/@{}/{}", signed.account.username, post.id) }))
}

/// What is begun with a button that posts nothing: one more post below, or the first words of one.
fn begin(t: Language, params: &Params, typed: &mut Typed) {
    let first = match params.text("do").as_deref() {
        Some("another") => {
            typed.more.push(String::new());
            return;
        }
        Some("experiment") => {
            typed.is_experiment = true;
            return;
        }
        Some("happened") => t.say("write-first-happened"),
        Some("help") => t.say("write-first-help"),
        _ => return,
    };
    typed.status = format!("{first} {}", typed.status);
}

/// Posts what else there is of a thread, each below the one before it, for the same people.
async fn follow_up(
    app: &App,
    tx: &mut Tx,
    signed: &Signed,
    first: &Draft,
    post: &Post,
    typed: &Typed,
) -> Result<(), ApiError> {
    // What is for those alone whom it names has to name them again.
    let names = match post.audience {
        Audience::Direct | Audience::Inside => greeted(app, tx, &signed.account, post).await?,
        _ => String::new(),
    };
    let mut above = post.id;
    for text in typed.further() {
        let next = Draft {
            text: format!("{names}{text}"),
            format: first.format,
            summary: first.summary.clone(),
            sensitive: first.sensitive,
            language: first.language.clone(),
            audience: first.audience,
            team_id: first.team_id,
            in_reply_to_id: Some(above),
            quote_policy: first.quote_policy,
            ..Draft::default()
        };
        above = publish::publish(&app.node, tx, &signed.account, &signed.member, &next).await?.id;
    }
    Ok(())
}

/// A draft as a new version of what was kept of it.
fn revision_of(draft: &Draft) -> Revision {
    Revision {
        text: draft.text.clone(),
        format: Some(draft.format),
        summary: draft.summary.clone(),
        sensitive: draft.sensitive,
        language: Some(draft.language.clone()).filter(|l| !l.is_empty()),
        media_ids: draft.media_ids.clone(),
        media_changes: Vec::new(),
        poll: draft.poll.clone(),
        quote_policy: draft.quote_policy,
        tag_sharing: draft.tag_sharing,
        experiment: draft.experiment.clone(),
    }
}

async fn changed(
    app: &App,
    visitor: &Visitor,
    signed: &Signed,
    params: &Params,
    typed: &mut Typed,
    id: Id,
) -> Result<Done, ApiError> {
    attach(app, signed, params, typed).await?;
    if typed.to.is_empty() {
        return Ok(Done::Again(String::new()));
    }
    if !typed.alt_asked && typed.media.iter().any(|(_, words)| words.trim().is_empty()) {
        typed.alt_asked = true;
        return Ok(Done::Again(visitor.language.say("write-alt-asked").into_owned()));
    }
    let post = own(&mut app.node.store.read().await?, signed, id).await?;
    let mut draft = draft_of(params)?;
    typed.fill(&mut draft)?;
    draft.format = post.format;
    let change = |(id, words): &(Id, String)| MediaChange { id: *id, description: Some(words.clone()), focus: None };
    let revision = Revision { media_changes: typed.media.iter().map(change).collect(), ..revision_of(&draft) };
    learn_handles(app, &revision.text, draft.format, revision.experiment.as_ref()).await?;
    let mut tx = app.node.store.begin().await?;
    publish::edit(&app.node, &mut tx, &signed.account, id, &revision).await?;
    app.node.commit(tx).await?;
    Ok(Done::On(format!("/@{}/{id}", signed.account.username)))
}

async fn page(
    app: &App,
    visitor: &Visitor,
    signed: &Signed,
    mut typed: Typed,
    edited: Option<Id>,
    error: &str,
) -> Result<WritePage, ApiError> {
    let t = visitor.language;
    let reader = visitor.reader(app, "");
    let mut tx = app.node.store.read().await?;
    let about = typed.in_reply_to.or(typed.quoted).or(typed.tries);
    let about = match about {
        Some(id) => tx.visible_post(id, visitor.viewer()).await?,
        None => None,
    };
    let parent = about.as_ref().filter(|p| typed.in_reply_to == Some(p.id)).cloned();
    let to = match edited {
        None => audiences(app, &mut tx, t, signed, parent.as_ref(), typed.for_whom()).await?,
        Some(_) => Vec::new(),
    };
    let worn = tx.hats_of(signed.account.id, app.node.now()).await?;
    let mut hats: Vec<_> = worn.iter().map(|w| (w.hat.name(), t.hat(w.hat), w.hat.name() == typed.hat)).collect();
    hats.dedup();
    let files = tx.media_list(&typed.media.iter().map(|(id, _)| *id).collect::<Vec<_>>()).await?;
    typed.media.retain(|(id, _)| files.iter().any(|f| f.id == *id && f.account_id == signed.account.id));
    let shown = typed.media.iter().filter_map(|(id, words)| {
        let file = files.iter().find(|f| f.id == *id)?;
        Some(Attachment { description: words.clone(), ..attached(app, t, file)? })
    });
    let title = match (&about, edited) {
        (_, Some(_)) => t.say("write-title-edit"),
        (Some(_), _) if typed.in_reply_to.is_some() => t.say("write-title-reply"),
        (Some(_), _) if typed.tries.is_some() => t.say("write-title-try"),
        (Some(_), _) => t.say("write-title-quote"),
        _ if typed.is_experiment => t.say("write-title-experiment"),
        _ => t.say("write-title"),
    };
    let files = shown.collect::<Vec<_>>();
    let later = typed.scheduled_at(t).ok().flatten();
    let later = later.map(|at| t.when(at, app.node.now()).full).unwrap_or_default();
    Ok(WritePage {
        frame: Frame::new(app, visitor),
        title: title.into_owned(),
        person: Person::new(app, &signed.account),
        hats,
        may_attach: files.len() < FILES,
        files,
        about: match about {
            Some(post) => seen(&reader, &mut tx, post).await?,
            None => None,
        },
        action: edited.map_or_else(|| "/write".to_owned(), |id| format!("/posts/{id}/edit")),
        to,
        later,
        is_edit: edited.is_some(),
        error: error.to_owned(),
        is_attached: typed.attached && error.is_empty(),
        longest: app.node.config.post_length,
        licences: model::experiment::Licence::ALL.iter().map(|l| (l.name(), l.words())).collect(),
        languages: choices(&typed.language),
        quotes: quote_choices(t, &typed.quotes),
        typed,
    })
}

/// A value of a field, what it says, and whether it is the one.
pub(super) type Choice = (&'static str, Cow<'static, str>, bool);

/// Who may quote something.
pub(super) fn quote_choices(t: Language, chosen: &str) -> Vec<Choice> {
    let one = |policy: QuotePolicy| {
        let words = match policy {
            QuotePolicy::Everybody => t.say("quotes-public"),
            QuotePolicy::Followers => t.say("quotes-followers"),
            QuotePolicy::Nobody => t.say("quotes-nobody"),
        };
        (policy.name(), words, policy.name() == chosen)
    };
    [QuotePolicy::Everybody, QuotePolicy::Followers, QuotePolicy::Nobody].into_iter().map(one).collect()
}

/// A post without what can be done with it.
async fn seen(reader: &Reader<'_>, tx: &mut Tx, post: Post) -> Result<Option<PostView>, ApiError> {
    let mut view = posts(reader, tx, vec![post]).await?.pop();
    if let Some(view) = &mut view {
        view.deeds = None;
        view.poll = None;
    }
    Ok(view)
}

/// Whether the owner named another node whose people are partners.
pub(super) async fn has_partners(tx: &mut Tx) -> Result<bool, ApiError> {
    Ok(tx.peers().await?.iter().any(|peer| !peer.discovered && !peer.ignored))
}

/// For whom a member can post, as a rule first. An answer is for no more people than what it answers.
async fn audiences(
    app: &App,
    tx: &mut Tx,
    t: Language,
    signed: &Signed,
    parent: Option<&Post>,
    wished: &str,
) -> Result<Vec<To>, ApiError> {
    let usual = signed.member.default_audience;
    let usual = parent.map_or(usual, |p| usual.for_reply(p.audience));
    let (people, _, _) = tx.member_counts(i64::MAX, i64::MAX).await?;
    let partners = has_partners(tx).await?;
    let mut list = Vec::new();
    let mut add = |audience: Audience, team: Option<(Id, &str)>, about: String| {
        let name = audience_words(app, t, audience, team.map(|(_, name)| name));
        let value = name_of(audience, team.map(|(id, _)| id));
        let button = match audience {
            Audience::Public => t.say("write-to-public").into_owned(),
            Audience::Direct => t.say("write-to-direct").into_owned(),
            Audience::Followers => t.say("write-to-followers").into_owned(),
            Audience::Unlisted => t.say("write-to-unlisted").into_owned(),
            Audience::Organisation => t.one("write-to-organisation", "node", &app.node.config.title),
            Audience::Partners => t.one("write-to-partners", "node", &app.node.config.title),
            Audience::Team => t.one("write-to-team", "team", team.map_or("", |(_, name)| name)),
            _ => t.one("write-to", "audience", &name),
        };
        list.push((audience, To { value, name, button, about }));
    };
    let allowed = |a: Audience| parent.is_none_or(|p| a.for_reply(p.audience) == a);
    if allowed(Audience::Public) {
        add(Audience::Public, None, t.say("about-public").into_owned());
    }
    if allowed(Audience::Unlisted) {
        add(Audience::Unlisted, None, t.say("about-unlisted").into_owned());
    }
    if allowed(Audience::Followers) {
        add(Audience::Followers, None, t.one("about-followers", "count", signed.account.followers_count));
    }
    let is_meant = usual == Audience::Partners || wished == name_of(Audience::Partners, None);
    if allowed(Audience::Partners) && (is_meant || partners) {
        add(Audience::Partners, None, t.say("about-partners").into_owned());
    }
    if allowed(Audience::Organisation) {
        add(Audience::Organisation, None, t.one("about-organisation", "count", people));
    }
    if allowed(Audience::Team) {
        let parent_team = parent.filter(|p| p.audience == Audience::Team).and_then(|p| p.team_id);
        for team in tx.teams_of(signed.account.id).await? {
            if parent_team.is_none_or(|wanted| wanted == team.id) {
                let count = tx.count_team_members(team.id).await?;
                add(Audience::Team, Some((team.id, &team.name)), t.one("about-team", "count", count));
            }
        }
    }
    // A private answer to what was said inside stays inside.
    add(Audience::Direct, None, t.say("about-direct").into_owned());
    let found = list.iter().position(|(_, to)| to.value == wished);
    // What was for people whom it cannot be for any more, a team that is gone, is not for everybody at once.
    let usual = if wished.is_empty() || found.is_some() { usual } else { Audience::Direct };
    // Where it is for nobody in particular it is for those who are named: that can always be chosen.
    let least = list.len() - 1;
    let first = list.remove(found.or_else(|| list.iter().position(|(a, _)| *a == usual)).unwrap_or(least));
    Ok([first].into_iter().chain(list).map(|(_, to)| to).collect())
}

#[derive(Template)]
#[template(path = "drafts.html")]
struct DraftsPage {
    frame: Frame,
    drafts: Vec<DraftRow>,
}

struct DraftRow {
    id: Id,
    words: String,
    /// For whom it is to be; empty: as usual.
    to: String,
    /// When it is to be posted.
    later: Option<When>,
    at: When,
}

/// `GET /drafts`: what only its author can see yet.
pub async fn drafts(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    let signed = match visitor.member("/drafts") {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let mut tx = app.node.store.read().await?;
    let found = tx.drafts_of(signed.account.id).await?;
    let aims = tx.draft_aims(&found.iter().map(|p| p.id).collect::<Vec<_>>()).await?;
    let teams = tx.teams_of(signed.account.id).await?;
    drop(tx);
    let first_words = |p: &Post| {
        let text = model::html::to_text(&p.content);
        model::html::truncate(&text.split_whitespace().collect::<Vec<_>>().join(" "), 120)
    };
    let now = app.node.now();
    let row = |p: &Post| {
        let (t, aim) = (visitor.language, aims.iter().find(|aim| aim.post_id == p.id));
        let team = teams.iter().find(|team| aim.is_some_and(|aim| aim.team_id == Some(team.id)));
        let to = aim.and_then(|aim| aim.audience);
        DraftRow {
            id: p.id,
            words: first_words(p),
            to: to.map_or_else(String::new, |to| audience_words(&app, t, to, team.map(|team| team.name.as_str()))),
            later: aim.and_then(|aim| aim.scheduled_at).map(|at| t.when(at, now)),
            at: t.when(kept_at(p), now),
        }
    };
    let page = DraftsPage { frame: Frame::new(&app, &visitor), drafts: found.iter().map(row).collect() };
    form(&app, &visitor, StatusCode::OK, &page)
}

#[derive(Template)]
#[template(path = "scheduled.html")]
struct ScheduledPage {
    frame: Frame,
    /// Id, first words, for whom, and when.
    posts: Vec<(Id, String, String, When)>,
}

/// `GET /scheduled`: what is posted later.
pub async fn scheduled(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    let signed = match visitor.member("/scheduled") {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let mut tx = app.node.store.read().await?;
    let found = tx.scheduled_by(signed.account.id, &Page::first(SCHEDULED)).await?;
    let teams = tx.teams_of(signed.account.id).await?;
    drop(tx);
    let t = visitor.language;
    let row = |s: &Scheduled| {
        let words = s.draft.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let audience = s.draft.audience.unwrap_or(signed.member.default_audience);
        let team = teams.iter().find(|team| Some(team.id) == s.draft.team_id);
        let to = audience_words(&app, t, audience, team.map(|team| team.name.as_str()));
        (s.id, model::html::truncate(&words, 120), to, t.when(s.scheduled_at, app.node.now()))
    };
    let page = ScheduledPage { frame: Frame::new(&app, &visitor), posts: found.iter().map(row).collect() };
    form(&app, &visitor, StatusCode::OK, &page)
}

/// `POST /scheduled/{id}/draft`: it is not posted, and what was written is a draft, which can be changed and given another time.
pub async fn take_back(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    let signed = match visitor.member("/scheduled") {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    visitor.check(&params)?;
    let id: Id = id.parse().map_err(|_| ApiError::not_found())?;
    let mut tx = app.node.store.begin().await?;
    let known =
        tx.scheduled(id).await?.filter(|s| s.account_id == signed.account.id).ok_or_else(ApiError::not_found)?;
    schedule::cancel(&app.node, &mut tx, &signed.account, id).await?;
    let quote_policy = known.draft.quote_policy.map_or("", QuotePolicy::name).to_owned();
    let (audience, team_id) = (known.draft.audience, known.draft.team_id);
    let draft = Draft { audience: Some(Audience::Draft), team_id: None, idempotency_key: None, ..known.draft };
    let post = publish::publish(&app.node, &mut tx, &signed.account, &signed.member, &draft).await?;
    tx.aim_draft(&Aim { post_id: post.id, audience, team_id, quote_policy, scheduled_at: Some(known.scheduled_at) })
        .await?;
    app.node.commit(tx).await?;
    Ok(Redirect::to(&format!("/write?draft={}", post.id)).into_response())
}

/// `POST /posts/{id}/redraft`: the post is deleted, and what it said is a draft with its files, to be written anew for the same people.
pub async fn redraft(
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
    app.limits.delete(signed.account.id, app.node.now())?;
    let id: Id = id.parse().map_err(|_| ApiError::not_found())?;
    let mut tx = app.node.store.begin().await?;
    let post = own(&mut tx, signed, id).await?;
    if post.boost_of_id.is_some() || post.audience == Audience::Draft {
        return Err(ApiError::not_found());
    }
    let known = tx.experiment(id).await?;
    if known.as_ref().is_some_and(|x| x.outcome.is_some()) {
        // What came of it stands in no draft.
        return Err(ApiError::unprocessable(visitor.language.say("delete-anew-not")));
    }
    let poll = tx.poll(id).await?;
    let draft = Draft {
        text: post.source.clone(),
        format: post.format,
        summary: post.summary.clone(),
        sensitive: Some(post.sensitive),
        language: post.language.clone(),
        audience: Some(Audience::Draft),
        in_reply_to_id: post.in_reply_to_id,
        quoted_id: tx.quote(id).await?.and_then(|q| q.quoted_id),
        media_ids: tx.media_of(&[id]).await?.iter().map(|m| m.id).collect(),
        poll: poll.map(|p| PollDraft {
            options: p.titles(),
            expires_in: Some(POLL),
            multiple: p.multiple,
            hide_totals: p.hide_totals,
        }),
        experiment: known.filter(|x| !x.by_words).map(|x| {
            let again = Form { tries: x.tries_id, changed: x.changed.clone(), ..Form::again(&x, app.node.now()) };
            Wanted::Is(Box::new(again))
        }),
        ..Draft::default()
    };
    let quote_policy = quotes_of(&mut tx, &post).await?;
    let (audience, team_id) = (Some(post.audience), post.team_id);
    publish::withdraw(&app.node, &mut tx, &signed.account, id).await?;
    let kept = publish::publish(&app.node, &mut tx, &signed.account, &signed.member, &draft).await?;
    tx.aim_draft(&Aim { post_id: kept.id, audience, team_id, quote_policy, scheduled_at: None }).await?;
    app.node.commit(tx).await?;
    Ok(Redirect::to(&format!("/write?draft={}", kept.id)).into_response())
}

#[derive(Template)]
#[template(path = "outcome.html")]
struct OutcomePage {
    frame: Frame,
    post: PostView,
    outcomes: Vec<&'static str>,
    chosen: &'static str,
    learning: String,
    so_what: String,
    look_again: String,
}

/// `GET /posts/{id}/outcome`: what came of one's own experiment.
pub async fn outcome(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, ApiError> {
    let signed = match visitor.member(&visitor.here) {
        Ok(signed) => signed,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let id: Id = id.parse().map_err(|_| ApiError::not_found())?;
    let mut tx = app.node.store.read().await?;
    let known = experiment::own(&mut tx, &signed.account, id).await?;
    let post = tx.visible_post(id, Viewer::Member(signed.account.id)).await?.ok_or_else(ApiError::not_found)?;
    let page = OutcomePage {
        frame: Frame::new(&app, &visitor),
        post: seen(&visitor.reader(&app, ""), &mut tx, post).await?.ok_or_else(ApiError::not_found)?,
        outcomes: model::experiment::Outcome::ALL.iter().map(|o| o.name()).collect(),
        chosen: known.outcome.map_or("", |o| o.name()),
        learning: known.learning,
        so_what: known.so_what,
        look_again: known.look_again_at.map_or_else(String::new, model::clock::date),
    };
    form(&app, &visitor, StatusCode::OK, &page)
}
