//! `/tags/{name}`: what a hashtag is for, who keeps it, and what everybody may read under it; as feeds, too.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{OriginalUri, Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use model::account::Account;
use model::audience::Viewer;
use model::hashtag::{normalise, slug};
use model::html;
use model::id::{Id, made_at};
use model::page::Page;
use model::subject::{Completeness, Purpose, Subject};
use node::{carry, shelf, texts};
use storage::{PublicFilter, Tx};

use super::frame::{Frame, readable};
use super::front::{POSTS, older};
use super::language::Language;
use super::profile::alternate;
use super::shelf::ShelfView;
use super::view::{Person, PostView, posts};
use super::visitor::Visitor;
use crate::activitypub::{Asker, tag_document, wants_document};
use crate::feeds::{self, Feed, Form};
use crate::params::Params;
use crate::{ApiError, App};

/// Other views that are shown, and links of the shelf.
const VIEWS: i64 = 5;
const SHELF: usize = 5;

#[derive(Template)]
#[template(path = "tag.html")]
struct TagPage {
    frame: Frame,
    /// As its first author wrote it, without the `#`.
    name: String,
    /// As the API knows it.
    key: String,
    /// Whether whoever reads follows it; nothing for strangers.
    follows: Option<bool>,
    url: String,
    /// What carries it, or empty where the node does not.
    actor: String,
    /// The account that carries it: `@tag-tea@social.example.org`.
    handle: String,
    about: About,
    posts: Vec<PostView>,
    older: String,
    is_first: bool,
}

/// What stands above the posts.
#[derive(Default)]
struct About {
    purpose: Option<Said>,
    views: Vec<Said>,
    keepers: Vec<Person>,
    /// Names and addresses of linked hashtags.
    links: Vec<(String, String)>,
    /// Linked challenges.
    challenges: Vec<Asked>,
    /// How complete it is, in a sentence; empty where nothing is known.
    complete: String,
    shelf: Vec<ShelfView>,
}

/// A challenge that is here.
struct Asked {
    question: String,
    /// `trust@social.example.org`.
    handle: String,
    url: String,
}

/// What somebody wrote of what a hashtag is for.
struct Said {
    /// HTML.
    content: String,
    /// Who, if they are still here.
    author: Option<Person>,
    day: String,
}

/// `GET /tags/{name}`, and `/tags/{name}.rss`, `.atom`, `.json`.
pub async fn tag(
    State(app): State<App>,
    Path(name): Path<String>,
    OriginalUri(uri): OriginalUri,
    asker: Asker,
    visitor: Visitor,
) -> Result<Response, ApiError> {
    let headers = &asker.headers;
    if let Some((name, form)) = Form::of_path(&name) {
        return feed(&app, name, form, headers).await;
    }
    let key = normalise(&name).ok_or_else(ApiError::not_found)?;
    if wants_document(headers) {
        return tag_document(&app, &key, &asker).await;
    }
    let url = app.node.config.tag_url(&key);
    if key != name {
        return Ok(Redirect::to(&url).into_response());
    }
    let params = Params::from_urlencoded(uri.query().unwrap_or(""));
    let page = Page { max_id: params.number("max_id"), ..Page::first(POSTS) };
    let is_first = page.max_id.is_none();
    let mut tx = app.node.store.read().await?;
    let known = tx.tag(&key).await?;
    let (mut found, mut shown) = (Vec::new(), About::default());
    if let Some(tag) = &known {
        found = tx.tagged(tag.id, PublicFilter::default(), visitor.viewer(), &page).await?;
        if is_first {
            shown = about(&app, &mut tx, Subject::Tag(tag.id), visitor.language).await?;
        }
    }
    let follows = match (&visitor.signed, &known) {
        (None, _) => None,
        (Some(_), None) => Some(false),
        (Some(signed), Some(tag)) => Some(tx.tag_ties(signed.account.id, &[tag.id]).await?.contains(&(tag.id, false))),
    };
    let carrier = carry::find(&app.node, &mut tx, &slug(&key)).await?;
    let page = TagPage {
        actor: carrier.filter(|c| !c.account.is_suspended()).map_or_else(String::new, |c| c.account.uri),
        frame: Frame::new(&app, &visitor),
        handle: format!("@tag-{}@{}", slug(&key), app.node.config.handle_domain),
        name: known.map_or_else(|| key.clone(), |t| t.display),
        key,
        follows,
        about: shown,
        older: older(&format!("{url}?"), &found),
        url,
        posts: posts(&visitor.reader(&app, "public"), &mut tx, found).await?,
        is_first,
    };
    let actor = page.actor.clone();
    let mut response = readable(&app, &visitor, headers, &page)?;
    if !actor.is_empty() {
        alternate(&mut response, &actor);
    }
    Ok(response)
}

async fn feed(app: &App, name: &str, form: Form, asked: &HeaderMap) -> Result<Response, ApiError> {
    let key = normalise(name).ok_or_else(ApiError::not_found)?;
    let page = app.node.config.tag_url(&key);
    if key != name {
        return Ok(Redirect::to(&form.address(&page)).into_response());
    }
    let mut tx = app.node.store.read().await?;
    let known = tx.tag(&key).await?;
    let (mut found, mut purpose) = (Vec::new(), None);
    if let Some(tag) = &known {
        found = tx.tagged(tag.id, PublicFilter::default(), Viewer::Anyone, &Page::first(feeds::ITEMS)).await?;
        purpose = tx.purpose(Subject::Tag(tag.id)).await?;
    }
    let title = format!("#{}", known.map_or(key, |t| t.display));
    let purpose = purpose.map(|p| html::to_text(&texts::short_html(&app.node, &p.source)));
    let about =
        purpose.unwrap_or_else(|| format!("Public posts with {title}, as far as {} knows them", app.node.config.title));
    let feed = Feed { title: format!("{title} · {}", app.node.config.title), about, page, icon: String::new() };
    feeds::answer(app, &mut tx, form, &feed, &found, asked).await
}

async fn about(app: &App, tx: &mut Tx, subject: Subject, t: Language) -> Result<About, ApiError> {
    let node = &app.node;
    let purpose = tx.purpose(subject).await?;
    let views = tx.purpose_views(subject, &Page::first(VIEWS)).await?;
    let keepers = tx.keepers_of(subject, node.now()).await?;
    let ids: Vec<Id> = keepers.iter().copied().chain(purpose.iter().chain(&views).map(|p| p.account_id)).collect();
    let people: HashMap<Id, Account> =
        tx.accounts(&ids).await?.into_iter().filter(|a| !a.is_suspended()).map(|a| (a.id, a)).collect();
    let person = |id: Id| people.get(&id).map(|a| Person::new(app, a));
    let said = |p: &Purpose| Said {
        content: html::sanitise(&texts::short_html(node, &p.source)),
        author: person(p.account_id),
        day: t.day(p.created_at),
    };
    let linked: Vec<Id> = tx.subject_links(subject).await?.iter().map(|l| l.other_id).collect();
    let challenges = challenges(app, tx, &linked).await?;
    let linked = tx.tags_by_id(&linked).await?;
    let mut rows = tx.pinned_on_shelf(subject).await?;
    rows.extend(tx.shelf(subject, false, &Page::first(POSTS)).await?.into_iter().filter(|(link, _)| !link.pinned));
    // Some may be on servers that are shut out.
    rows.truncate(2 * SHELF);
    let shelved = shelf::describe(node, tx, subject, rows).await?;
    Ok(About {
        purpose: purpose.as_ref().map(said),
        views: views.iter().map(said).collect(),
        keepers: keepers.into_iter().filter_map(person).collect(),
        challenges,
        links: linked.into_iter().map(|t| (t.display, node.config.tag_url(&t.name))).collect(),
        complete: complete(t, &tx.completeness(subject).await?),
        shelf: shelved.iter().take(SHELF).map(|s| ShelfView::new(app, t, s)).collect(),
    })
}

/// Those of these that are challenges which are here.
async fn challenges(app: &App, tx: &mut Tx, ids: &[Id]) -> Result<Vec<Asked>, ApiError> {
    let mut found = Vec::new();
    for account in tx.accounts(ids).await?.into_iter().filter(|a| !a.is_suspended()) {
        if let Some(challenge) = tx.challenge(account.id).await? {
            let Person { handle, url, .. } = Person::new(app, &account);
            found.push(Asked { question: challenge.question, handle, url });
        }
    }
    Ok(found)
}

/// `From 14 servers: the last 1000 public posts, since 3 June 2025.`
fn complete(t: Language, known: &Completeness) -> String {
    let Some(first) = known.first_id else { return String::new() };
    t.with("tag-complete", &[("servers", &known.servers), ("posts", &known.posts), ("day", &t.day(made_at(first)))])
}

#[cfg(test)]
mod tests {
    use model::id::first_id;

    use super::*;

    #[test]
    fn how_complete_a_hashtag_is_is_said_in_a_sentence() {
        let known = |posts, servers| Completeness {
            posts,
            servers,
            first_id: Some(first_id(1_750_000_000_000)),
            last_id: None,
        };
        let complete = |known: &Completeness| complete(Language::default(), known);
        assert_eq!(complete(&known(1, 1)), "From 1 server: one public post, of 15 June 2025.");
        assert_eq!(complete(&known(1_000, 14)), "From 14 servers: the last 1000 public posts, since 15 June 2025.");
        assert_eq!(complete(&Completeness::default()), "");
    }
}
