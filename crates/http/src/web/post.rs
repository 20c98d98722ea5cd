//! `/@name/{id}`: a post with what stands above it and what hangs below, for everybody.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use model::audience::Viewer;
use model::experiment::Standing;
use model::id::Id;
use model::page::Page;
use model::post::Post;
use storage::Tx;

use super::frame::{Frame, readable};
use super::people;
use super::profile::alternate;
use super::view::{Attachment, Person, PostView, Reader, posts};
use super::visitor::Visitor;
use crate::activitypub::{Asker, local_account, post_document, wants_document};
use crate::{ApiError, App};

/// Posts above, and below.
const ANCESTORS: i64 = 40;
const REPLIES: i64 = 200;
const DEPTH: i64 = 20;
/// Steps that replies are set in.
const STEPS: usize = 4;

#[derive(Template)]
#[template(path = "thread.html")]
struct ThreadPage {
    frame: Frame,
    post: PostView,
    above: Vec<PostView>,
    below: Vec<PostView>,
    title: String,
    /// For previews elsewhere; a picture only where nothing warns of it.
    picture: Option<Attachment>,
    /// Replies that exist and are not shown here.
    more: i64,
    may_be_found: bool,
    /// Others who try the experiment that it is, with how deep each stands below it.
    chain: Vec<Tries>,
    /// For its author: others who say that they try it, and wait for a word.
    trying: Vec<PostView>,
    /// It tries an experiment of the reader's, which has yet to be confirmed: the post of that.
    tries_mine: Option<Id>,
    /// For strangers: the post as their own server knows it.
    remote: String,
    /// There is more to read above.
    starts_above: bool,
    /// The HTML with which others show it on their pages; empty unless it is ours and everybody may see it.
    embed: String,
}

/// Somebody who tries an experiment again.
struct Tries {
    depth: usize,
    /// Nothing, where it is gone or not for whoever reads.
    url: String,
    who: Option<Person>,
    place: String,
    changed: String,
    /// `hoped`, …; empty as long as nothing was said.
    outcome: &'static str,
    is_planned: bool,
}

/// Others who wait for a word that are shown at once.
const WAITING: i64 = 20;
/// Steps that those who try it again are set in.
const CHAIN_STEPS: usize = 4;

async fn chain(tx: &mut Tx, reader: &Reader<'_>, id: Id) -> Result<Vec<Tries>, ApiError> {
    let links = node::experiment::chains(tx, &[id], reader.viewer).await?.remove(&id).unwrap_or_default();
    let people: Vec<Id> = links.iter().filter_map(|l| l.experiment.account_id).collect();
    let people = if people.is_empty() { Vec::new() } else { tx.accounts(&people).await? };
    let one = |link: node::experiment::Link| {
        let x = link.experiment;
        let who = x.account_id.and_then(|id| people.iter().find(|a| a.id == id));
        let place = [x.place, x.organisation].into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(", ");
        Tries {
            depth: link.depth.saturating_sub(1).min(CHAIN_STEPS),
            url: if x.gone_at.is_some() { String::new() } else { format!("/posts/{}", x.post_id) },
            who: who.map(|a| Person::seen(reader, a)),
            place,
            changed: x.changed,
            outcome: x.outcome.map_or("", |o| o.name()),
            is_planned: x.state == model::experiment::State::Planned,
        }
    };
    Ok(links.into_iter().map(one).collect())
}

/// Of an experiment of the reader's, the posts that try it and wait for their word; of a post that tries one of theirs so, that one.
async fn waiting(tx: &mut Tx, reader: &Reader<'_>, id: Id, reads: Id) -> Result<(Vec<PostView>, Option<Id>), ApiError> {
    let Some(x) = tx.experiment(id).await? else { return Ok((Vec::new(), None)) };
    if x.account_id == Some(reads) {
        let found = tx.tries_by_standing(id, Standing::Waiting, reads, &Page::first(WAITING)).await?;
        return Ok((posts(reader, tx, found).await?, None));
    }
    let original = match x.tries_id.filter(|_| x.standing == Some(Standing::Waiting)) {
        Some(original) => tx.experiment(original).await?,
        None => None,
    };
    Ok((Vec::new(), original.filter(|o| o.account_id == Some(reads)).map(|o| o.post_id)))
}

/// What somebody puts into a page of theirs.
fn embedded(post: &PostView) -> String {
    let (url, name) = (model::html::escape(&post.url), model::html::escape(&post.author.name));
    format!(
        "<iframe src=\"{url}/embed\" title=\"{name}\" width=\"560\" height=\"420\" loading=\"lazy\" \
         style=\"border:0;max-width:100%\"></iframe>"
    )
}

/// `GET /@{name}/{id}`.
pub async fn post(
    State(app): State<App>,
    Path((name, id)): Path<(String, String)>,
    asker: Asker,
    visitor: Visitor,
) -> Result<Response, ApiError> {
    let id: Id = id.parse().map_err(|_| ApiError::not_found())?;
    let here = name.contains('@').then(|| format!("/@{name}/{id}"));
    if wants_document(&asker.headers) {
        return post_document(&app, &name, id, &asker).await;
    }
    let mut tx = app.node.store.read().await?;
    let author = match &here {
        // The post of somebody elsewhere is a page here for members; others are shown the way.
        Some(_) if visitor.signed.is_some() => people::named(&app, &visitor.reader(&app, ""), &name).await?,
        Some(_) => return away(&mut tx, id).await,
        None => local_account(&mut tx, &name).await?,
    };
    let post = match tx.visible_post(id, visitor.viewer()).await? {
        Some(post) if post.account_id == author.id => post,
        _ => return Err(absent(&app, &mut tx, &author.username, id).await?),
    };
    if let Some(original) = post.boost_of_id {
        let original = tx.visible_post(original, visitor.viewer()).await?.ok_or_else(ApiError::not_found)?;
        let target = if original.url.starts_with("http") { original.url } else { original.uri };
        return Ok(([(header::VARY, "Accept")], Redirect::to(&target)).into_response());
    }
    let reader = visitor.reader(&app, "thread");
    let above = tx.ancestors(id, visitor.viewer(), ANCESTORS).await?;
    let below = tx.descendants(id, visitor.viewer(), DEPTH, REPLIES).await?;
    let depths = depths(id, &below);
    let direct = below.iter().filter(|p| p.in_reply_to_id == Some(id)).count();
    let more = post.replies_count - i64::try_from(direct).unwrap_or(i64::MAX);
    let post_uri = post.uri.clone();
    let is_embeddable = post.local && post.audience.is_open();
    let opened = visitor.signed.is_some().then(|| post.clone());
    let mut main = posts(&reader, &mut tx, vec![post]).await?.pop().ok_or_else(ApiError::not_found)?;
    main.is_main = true;
    main.reactions = tx.reaction_counts(id).await?;
    let mut below = posts(&reader, &mut tx, below).await?;
    for view in &mut below {
        view.depth = depths.get(&view.id).copied().unwrap_or(0).min(STEPS);
    }
    let (trying, tries_mine) = match &visitor.signed {
        Some(signed) => waiting(&mut tx, &reader, id, signed.account.id).await?,
        None => (Vec::new(), None),
    };
    let starts_above = above.first().is_some_and(|first| !first.in_reply_to_uri.is_empty());
    let t = visitor.language;
    let words = if main.warning.is_empty() { main.excerpt() } else { main.warning.clone() };
    let title = t.two("post-title", "name", &main.author.name, "words", model::html::truncate(&words, 60));
    let is_open = main.warning.is_empty() && !main.sensitive;
    let page = ThreadPage {
        frame: Frame::new(&app, &visitor),
        above: posts(&reader, &mut tx, above).await?,
        picture: main.media.iter().find(|m| m.show == "image" && is_open).cloned(),
        title: if words.is_empty() { t.one("post-title-plain", "name", &main.author.name) } else { title },
        more: more.max(0),
        embed: if is_embeddable { embedded(&main) } else { String::new() },
        may_be_found: author.discoverable && author.is_local(),
        chain: if main.experiment.is_some() { chain(&mut tx, &reader, id).await? } else { Vec::new() },
        remote: if visitor.signed.is_none() && main.is_local { main.uri.clone() } else { String::new() },
        trying,
        tries_mine,
        starts_above,
        below,
        post: main,
    };
    drop(tx);
    if let Some(post) = opened {
        node::threads::open(&app.node, &post).await?;
    }
    let mut response = readable(&app, &visitor, &asker.headers, &page)?;
    alternate(&mut response, &post_uri);
    Ok(response)
}

/// To a public post of somebody elsewhere, where it is at home.
async fn away(tx: &mut Tx, id: Id) -> Result<Response, ApiError> {
    let post = tx.visible_post(id, Viewer::Anyone).await?.filter(|p| !p.local).ok_or_else(ApiError::not_found)?;
    let target = if post.url.starts_with("http") { post.url } else { post.uri };
    Ok(([(header::VARY, "Accept, Cookie")], Redirect::to(&target)).into_response())
}

/// A post that is not there: gone, if it was ours and was deleted.
async fn absent(app: &App, tx: &mut Tx, name: &str, id: Id) -> Result<ApiError, ApiError> {
    let config = &app.node.config;
    let gone = tx.tombstone(&config.post_uri(name, id), &config.actor_uri(name)).await?.is_some();
    Ok(if gone { ApiError::new(StatusCode::GONE, "This post was deleted") } else { ApiError::not_found() })
}

/// How deep each reply stands below `top`; parents come first.
fn depths(top: Id, below: &[Post]) -> HashMap<Id, usize> {
    let mut depths: HashMap<Id, usize> = HashMap::new();
    for post in below {
        let parent = post.in_reply_to_id.filter(|p| *p != top);
        let depth = parent.and_then(|p| depths.get(&p)).map_or(0, |d| d + 1);
        depths.insert(post.id, depth);
    }
    depths
}
