//! `/tags/{name}/shelf`: the pages that were posted with a hashtag; for other programs as OPML, CSV and JSON.

use askama::Template;
use axum::extract::{OriginalUri, Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use model::clock::rfc3339;
use model::hashtag::normalise;
use model::hat::Verb;
use model::html;
use model::id::Id;
use model::page::Page;
use model::post::Tag;
use model::subject::Subject;
use node::hat;
use node::shelf::{self, Shelved};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use serde_json::{Value, json};
use storage::Tx;

use super::csv;
use super::frame::{Frame, readable};
use super::language::{Language, When};
use super::view::Person;
use super::visitor::Visitor;
use crate::feeds::{self, allowed};
use crate::params::Params;
use crate::{ApiError, App};

/// Links on a page, and in a file.
const LINKS: i64 = 40;
const ALL: i64 = 500;

/// A link as a page shows it.
pub struct ShelfView {
    /// Of the link on the shelf.
    pub id: Id,
    pub hidden: bool,
    pub url: String,
    pub title: String,
    pub site: String,
    pub note: String,
    pub heading: String,
    pub pinned: bool,
    pub author: Person,
    /// The post that led to it first.
    pub post: String,
    pub at: When,
    /// `and 3 others`, or empty.
    pub others: String,
}

impl ShelfView {
    pub fn new(app: &App, t: Language, s: &Shelved) -> Self {
        Self {
            id: s.link.card_id,
            hidden: s.link.hidden,
            url: s.card.url.clone(),
            title: title(s),
            site: s.card.provider_name.clone(),
            note: s.link.note.clone(),
            heading: s.link.heading.clone(),
            pinned: s.link.pinned,
            author: Person::new(app, &s.author),
            post: s.post.url.clone(),
            at: t.when(s.post.created_at, app.node.now()),
            others: if s.people > 1 { t.one("shelf-others", "count", s.people - 1) } else { String::new() },
        }
    }
}

/// A page of which nothing is known is called by its address, as far as people look at one.
fn title(s: &Shelved) -> String {
    if !s.card.title.is_empty() {
        return s.card.title.clone();
    }
    let url = s.card.url.trim_start_matches("https://").trim_start_matches("www.");
    html::truncate(url.trim_end_matches('/'), 60)
}

#[derive(Template)]
#[template(path = "shelf.html")]
struct ShelfPage {
    frame: Frame,
    name: String,
    /// As the API calls it.
    key: String,
    url: String,
    /// Whoever reads may arrange it, and sees what is hidden.
    arranges: bool,
    links: Vec<ShelfView>,
    older: String,
    is_first: bool,
}

/// `GET /tags/{name}/shelf`: what keepers pinned first, the rest as it came, the last first.
pub async fn page(
    State(app): State<App>,
    Path(name): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    visitor: Visitor,
) -> Result<Response, ApiError> {
    let key = normalise(&name).ok_or_else(ApiError::not_found)?;
    let url = app.node.config.tag_url(&key);
    if key != name {
        return Ok(Redirect::to(&format!("{url}/shelf")).into_response());
    }
    let params = Params::from_urlencoded(uri.query().unwrap_or(""));
    let page = Page { max_id: params.number("max_id"), ..Page::first(LINKS) };
    let is_first = page.max_id.is_none();
    let mut tx = app.node.store.read().await?;
    let tag = tx.tag(&key).await?.unwrap_or(Tag { id: 0, name: key.clone(), display: key });
    let subject = Subject::Tag(tag.id);
    let arranges = match &visitor.signed {
        Some(signed) if tag.id > 0 => hat::may(&app.node, &mut tx, &signed.account, Verb::Shelve, subject).await?,
        _ => false,
    };
    let mut rows = if is_first { tx.pinned_on_shelf(subject).await? } else { Vec::new() };
    let found = tx.shelf(subject, arranges, &page).await?;
    let is_full = i64::try_from(found.len()).is_ok_and(|n| n >= LINKS);
    let last: Option<Id> = found.last().map(|(link, _)| link.place).filter(|_| is_full);
    rows.extend(found.into_iter().filter(|(link, _)| !link.pinned));
    let shown = shelf::describe(&app.node, &mut tx, subject, rows).await?;
    let page = ShelfPage {
        frame: Frame::new(&app, &visitor),
        name: tag.display,
        key: tag.name,
        arranges,
        older: last.map_or_else(String::new, |id| format!("{url}/shelf?max_id={id}")),
        url,
        links: shown.iter().map(|s| ShelfView::new(&app, visitor.language, s)).collect(),
        is_first,
    };
    readable(&app, &visitor, &headers, &page)
}

/// The newest links of a hashtag, and what it is called.
async fn all(app: &App, tx: &mut Tx, name: &str) -> Result<(String, String, Vec<Shelved>), ApiError> {
    let key = normalise(name).ok_or_else(ApiError::not_found)?;
    let url = app.node.config.tag_url(&key);
    let Some(tag) = tx.tag(&key).await? else { return Ok((key, url, Vec::new())) };
    let subject = Subject::Tag(tag.id);
    let rows = tx.shelf(subject, false, &Page::first(ALL)).await?;
    Ok((tag.display, url, shelf::describe(&app.node, tx, subject, rows).await?))
}

/// `GET /tags/{name}/shelf.json`.
pub async fn as_json(State(app): State<App>, Path(name): Path<String>, asked: HeaderMap) -> Result<Response, ApiError> {
    let (name, url, links) = all(&app, &mut app.node.store.read().await?, &name).await?;
    let links: Vec<Value> = links.iter().map(|s| record(&app, s)).collect();
    let body = json!({"tag": name, "url": url, "links": links}).to_string().into_bytes();
    Ok(feeds::conditional(&asked, "application/json", None, body))
}

fn record(app: &App, s: &Shelved) -> Value {
    json!({
        "url": s.card.url,
        "title": s.card.title,
        "description": s.card.description,
        "site": s.card.provider_name,
        "heading": s.link.heading,
        "note": s.link.note,
        "pinned": s.link.pinned,
        "posted_by": app.node.config.full_handle(&s.author),
        "post": s.post.url,
        "posted_at": rfc3339(s.post.created_at),
        "people": s.people,
    })
}

const COLUMNS: [&str; 11] =
    ["url", "title", "description", "site", "heading", "note", "pinned", "posted_by", "post", "posted_at", "people"];

/// `GET /tags/{name}/shelf.csv` (RFC 4180).
pub async fn as_csv(State(app): State<App>, Path(name): Path<String>, asked: HeaderMap) -> Result<Response, ApiError> {
    let (_, _, links) = all(&app, &mut app.node.store.read().await?, &name).await?;
    let records: Vec<Value> = links.iter().map(|link| record(&app, link)).collect();
    Ok(feeds::conditional(&asked, csv::TYPE, None, csv::table(&COLUMNS, &records).into_bytes()))
}

/// `GET /tags/{name}/shelf.opml` (OPML 2.0): grouped as the keepers did.
pub async fn as_opml(State(app): State<App>, Path(name): Path<String>, asked: HeaderMap) -> Result<Response, ApiError> {
    let (name, url, links) = all(&app, &mut app.node.store.read().await?, &name).await?;
    let body = opml(&name, &url, &links);
    let body = body.map_err(|e| node::Error::Internal(format!("a list could not be written: {e}")))?;
    Ok(feeds::conditional(&asked, "text/x-opml; charset=utf-8", None, body))
}

fn opml(name: &str, url: &str, links: &[Shelved]) -> std::io::Result<Vec<u8>> {
    let mut headings: Vec<&str> = Vec::new();
    for link in links {
        if !headings.contains(&link.link.heading.as_str()) {
            headings.push(&link.link.heading);
        }
    }
    let mut xml = Writer::new(Vec::new());
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    xml.create_element("opml").with_attribute(("version", "2.0")).write_inner_content(|xml| {
        xml.create_element("head").write_inner_content(|xml| {
            xml.create_element("title").write_text_content(BytesText::new(&format!("#{name}")))?;
            xml.create_element("ownerId").write_text_content(BytesText::new(url))?;
            Ok(())
        })?;
        xml.create_element("body").write_inner_content(|xml| {
            for heading in &headings {
                let of_it = links.iter().filter(|s| s.link.heading == *heading);
                if heading.is_empty() {
                    of_it.clone().try_for_each(|s| outline(xml, s))?;
                    continue;
                }
                let group = xml.create_element("outline").with_attribute(("text", allowed(heading).as_str()));
                group.write_inner_content(|xml| of_it.clone().try_for_each(|s| outline(xml, s)))?;
            }
            Ok(())
        })?;
        Ok(())
    })?;
    Ok(xml.into_inner())
}

fn outline(xml: &mut Writer<Vec<u8>>, s: &Shelved) -> std::io::Result<()> {
    let (text, url, note) = (allowed(&title(s)), allowed(&s.card.url), allowed(&s.link.note));
    let attributes = [("type", "link"), ("text", text.as_str()), ("url", url.as_str())];
    let mut element = xml.create_element("outline").with_attributes(attributes);
    if !note.is_empty() {
        element = element.with_attribute(("description", note.as_str()));
    }
    element.write_empty()?;
    Ok(())
}
