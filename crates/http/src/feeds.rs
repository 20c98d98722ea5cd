//! Posts for readers of feeds: RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1 (jsonfeed.org), of whatever has a page: a hashtag, a profile.
//!
//! Only what everybody may see is given here: whoever calls hands in public posts. Of a post behind a warning the feed has the
//! warning, and nothing of what is behind it.

use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use model::account::Account;
use model::clock::{Millis, rfc3339};
use model::html::{escape, sanitise, to_text, truncate};
use model::id::Id;
use model::post::{Media, MediaKind, Post};
use node::remote::Owner;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use storage::Tx;

use crate::{ApiError, App};

/// Posts in a feed.
pub const ITEMS: i64 = 20;
/// Longest title that is made of a post, in characters.
const TITLE: usize = 80;

const ATOM: &str = "http://www.w3.org/2005/Atom";
const DUBLIN_CORE: &str = "http://purl.org/dc/elements/1.1/";
const MEDIA: &str = "http://search.yahoo.com/mrss/";

/// In which form a feed is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Rss,
    Atom,
    Json,
}

impl Form {
    const ALL: [Self; 3] = [Self::Rss, Self::Atom, Self::Json];

    fn name(self) -> &'static str {
        match self {
            Self::Rss => "rss",
            Self::Atom => "atom",
            Self::Json => "json",
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Rss => "application/rss+xml; charset=utf-8",
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Json => "application/feed+json; charset=utf-8",
        }
    }

    /// Where a feed is, of which the page is here.
    pub fn address(self, page: &str) -> String {
        match page.split_once('?') {
            None => format!("{page}.{}", self.name()),
            Some((page, query)) => format!("{page}.{}?{query}", self.name()),
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }

    /// What stands before the end that names a form: `tea` and [`Form::Rss`] of `tea.rss`.
    pub fn of_path(path: &str) -> Option<(&str, Self)> {
        let (before, end) = path.rsplit_once('.')?;
        Some((before, Self::from_name(end)?))
    }
}

/// What a feed is of.
#[derive(Clone, Debug)]
pub struct Feed {
    pub title: String,
    /// In a sentence; plain text.
    pub about: String,
    /// The page for people, to which `.rss` and the like are added.
    pub page: String,
    /// A picture, or empty.
    pub icon: String,
}

/// A post as it stands in a feed.
struct Item {
    id: String,
    url: String,
    title: String,
    /// HTML.
    content: String,
    published: Millis,
    updated: Millis,
    author: String,
    author_url: String,
    language: String,
    /// Hashtags, without `#`.
    tags: Vec<String>,
    files: Vec<File>,
}

struct File {
    url: String,
    mime: String,
    /// Bytes, 0 where that is not known.
    size: i64,
    description: String,
}

/// Answers posts as a feed, or that nothing changed since the asker last had it.
pub async fn answer(
    app: &App,
    tx: &mut Tx,
    form: Form,
    feed: &Feed,
    posts: &[Post],
    asked: &HeaderMap,
) -> Result<Response, ApiError> {
    let items = items(app, tx, posts).await?;
    let body = match form {
        Form::Rss => rss(app, feed, &items),
        Form::Atom => atom(app, feed, &items),
        Form::Json => Ok(json_feed(feed, &items).to_string().into_bytes()),
    };
    let body = body.map_err(|e| node::Error::Internal(format!("a feed could not be written: {e}")))?;
    let changed = items.iter().map(|item| item.updated).max();
    Ok(conditional(asked, form.content_type(), changed, body))
}

/// A document that whoever has it need not fetch again (RFC 9110, 13.2.2: the tag counts before the time).
pub fn conditional(asked: &HeaderMap, content_type: &'static str, changed: Option<Millis>, body: Vec<u8>) -> Response {
    let hash: String = Sha256::digest(&body).iter().take(12).map(|b| format!("{b:02x}")).collect();
    let tag = format!("\"{hash}\"");
    let text = |name| asked.get(name).and_then(|v: &HeaderValue| v.to_str().ok());
    // Times of HTTP are whole seconds.
    let changed = changed.map(|at| at.div_euclid(1_000));
    let is_known = match (text(header::IF_NONE_MATCH), text(header::IF_MODIFIED_SINCE)) {
        (Some(known), _) => known.split(',').any(|t| t.trim().trim_start_matches("W/") == tag || t.trim() == "*"),
        (None, Some(since)) => {
            let since = httpdate::parse_http_date(since).ok().and_then(|t| t.duration_since(UNIX_EPOCH).ok());
            since.zip(changed).is_some_and(|(since, at)| i64::try_from(since.as_secs()).is_ok_and(|since| at <= since))
        }
        (None, None) => false,
    };
    let mut response = if is_known { StatusCode::NOT_MODIFIED.into_response() } else { body.into_response() };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    if let Some(at) = changed.and_then(|at| HeaderValue::from_str(&http_date(at * 1_000)).ok()) {
        headers.insert(header::LAST_MODIFIED, at);
    }
    response
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, which RSS takes as well (RFC 822).
fn http_date(at: Millis) -> String {
    let at = SystemTime::checked_add(&UNIX_EPOCH, Duration::from_millis(u64::try_from(at).unwrap_or(0)));
    httpdate::fmt_http_date(at.unwrap_or(UNIX_EPOCH))
}

async fn items(app: &App, tx: &mut Tx, posts: &[Post]) -> Result<Vec<Item>, ApiError> {
    let ids: Vec<Id> = posts.iter().map(|p| p.id).collect();
    let authors: Vec<Id> = posts.iter().map(|p| p.account_id).collect();
    let authors: HashMap<Id, Account> = tx.accounts(&authors).await?.into_iter().map(|a| (a.id, a)).collect();
    let media = tx.media_of(&ids).await?;
    let tags = tx.tags_of(&ids).await?;
    let shown = posts.iter().filter_map(|post| {
        let author = authors.get(&post.account_id)?;
        let mut item = item(app, author, post);
        item.tags = tags.iter().filter(|(of, _)| *of == post.id).map(|(_, tag)| tag.display.clone()).collect();
        item.tags.sort_unstable();
        if post.summary.trim().is_empty() && !post.sensitive && !app.node.rejects_media_by(author) {
            let of_post = media.iter().filter(|m| m.post_id == Some(post.id));
            item.files = of_post.filter_map(|m| file(app, m)).collect();
        }
        if item.title.is_empty() {
            let what = if item.files.is_empty() { "A post" } else { "Pictures or sound" };
            item.title = format!("{what} by {}", item.author);
        }
        Some(item)
    });
    Ok(shown.collect())
}

fn item(app: &App, author: &Account, post: &Post) -> Item {
    let config = &app.node.config;
    let warning = post.summary.trim();
    let content = sanitise(&post.content);
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let url = if author.is_local() {
        config.post_url(&author.username, post.id)
    } else if post.url.starts_with("https://") || post.url.starts_with("http://") {
        post.url.clone()
    } else {
        post.uri.clone()
    };
    // Of a post without a title the first line with words in it says what it is about.
    let first = to_text(&content).lines().map(words).find(|line| !line.is_empty()).unwrap_or_default();
    Item {
        id: post.uri.clone(),
        title: if warning.is_empty() { truncate(&first, TITLE) } else { truncate(&words(warning), TITLE) },
        content: if warning.is_empty() {
            content
        } else {
            let (warning, url) = (escape(warning), escape(&url));
            format!("<p><strong>{warning}</strong></p><p><a href=\"{url}\">Read it where it was posted</a></p>")
        },
        published: post.created_at,
        updated: post.edited_at.unwrap_or(post.created_at),
        author: format!("{} (@{})", author.shown_name().trim(), config.full_handle(author)),
        author_url: author.url.clone(),
        language: post.language.clone(),
        tags: Vec::new(),
        files: Vec::new(),
        url,
    }
}

fn file(app: &App, m: &Media) -> Option<File> {
    let url = match (m.path.is_empty(), m.kind) {
        (false, _) => app.node.config.media_url(&m.path),
        (true, MediaKind::Unknown) => return None,
        // Those of others come from us as well, so that nobody learns who reads.
        (true, _) => app.node.config.remote_url(Owner::File, m.id, &m.remote_url),
    };
    let mime = if m.mime.is_empty() { "application/octet-stream" } else { &m.mime };
    (!url.is_empty()).then(|| File {
        url,
        mime: mime.to_owned(),
        size: m.size.max(0),
        description: m.description.trim().to_owned(),
    })
}

type Xml = Writer<Vec<u8>>;
type Written = std::io::Result<Vec<u8>>;

fn begin() -> std::io::Result<Xml> {
    let mut xml = Writer::new(Vec::new());
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    Ok(xml)
}

/// An element of text. What no XML may have (control characters) is left out.
fn text(xml: &mut Xml, name: &str, text: &str) -> std::io::Result<()> {
    put(xml, name, &[], text)
}

fn put(xml: &mut Xml, name: &str, attributes: &[(&str, &str)], text: &str) -> std::io::Result<()> {
    let clean: Vec<(&str, String)> = attributes.iter().map(|(name, value)| (*name, allowed(value))).collect();
    let element = xml.create_element(name).with_attributes(clean.iter().map(|(name, value)| (*name, value.as_str())));
    match allowed(text) {
        text if text.is_empty() => element.write_empty()?,
        text => element.write_text_content(BytesText::new(&text))?,
    };
    Ok(())
}

/// What may stand in XML (1.0, section 2.2): the rest is left out.
pub fn allowed(text: &str) -> String {
    let is_char =
        |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..);
    text.chars().filter(is_char).collect()
}

fn rss(app: &App, feed: &Feed, items: &[Item]) -> Written {
    let mut xml = begin()?;
    let root = [("version", "2.0"), ("xmlns:atom", ATOM), ("xmlns:dc", DUBLIN_CORE), ("xmlns:media", MEDIA)];
    xml.create_element("rss").with_attributes(root).write_inner_content(|xml| {
        xml.create_element("channel").write_inner_content(|xml| {
            text(xml, "title", &feed.title)?;
            text(xml, "link", &feed.page)?;
            // Readers take it for HTML.
            text(xml, "description", &model::html::escape(&feed.about))?;
            let own = Form::Rss.address(&feed.page);
            put(xml, "atom:link", &[("rel", "self"), ("type", "application/rss+xml"), ("href", &own)], "")?;
            if let Some(at) = items.iter().map(|i| i.updated).max() {
                text(xml, "lastBuildDate", &http_date(at))?;
            }
            text(xml, "generator", &app.node.config.title)?;
            if !feed.icon.is_empty() {
                xml.create_element("image").write_inner_content(|xml| {
                    text(xml, "url", &feed.icon)?;
                    text(xml, "title", &feed.title)?;
                    text(xml, "link", &feed.page)
                })?;
            }
            items.iter().try_for_each(|item| rss_item(xml, item))
        })?;
        Ok(())
    })?;
    Ok(xml.into_inner())
}

fn rss_item(xml: &mut Xml, item: &Item) -> std::io::Result<()> {
    xml.create_element("item").write_inner_content(|xml| {
        text(xml, "title", &item.title)?;
        text(xml, "link", &item.url)?;
        put(xml, "guid", &[("isPermaLink", "false")], &item.id)?;
        text(xml, "pubDate", &http_date(item.published))?;
        text(xml, "dc:creator", &item.author)?;
        if !item.language.is_empty() {
            text(xml, "dc:language", &item.language)?;
        }
        text(xml, "description", &item.content)?;
        for tag in &item.tags {
            text(xml, "category", tag)?;
        }
        // RSS has room for one file; the others stand where Media RSS has them.
        if let Some(file) = item.files.first() {
            let size = file.size.to_string();
            put(xml, "enclosure", &[("url", &file.url), ("length", &size), ("type", &file.mime)], "")?;
        }
        for file in &item.files {
            let attributes = [("url", file.url.as_str()), ("type", file.mime.as_str())];
            xml.create_element("media:content").with_attributes(attributes).write_inner_content(|xml| {
                if file.description.is_empty() {
                    return Ok(());
                }
                put(xml, "media:description", &[("type", "plain")], &file.description)
            })?;
        }
        Ok(())
    })?;
    Ok(())
}

fn atom(app: &App, feed: &Feed, items: &[Item]) -> Written {
    let mut xml = begin()?;
    xml.create_element("feed").with_attribute(("xmlns", ATOM)).write_inner_content(|xml| {
        text(xml, "id", &Form::Atom.address(&feed.page))?;
        text(xml, "title", &feed.title)?;
        if !feed.about.is_empty() {
            text(xml, "subtitle", &feed.about)?;
        }
        // Of an empty feed nothing ever changed.
        text(xml, "updated", &rfc3339(items.iter().map(|i| i.updated).max().unwrap_or(0)))?;
        let own = Form::Atom.address(&feed.page);
        put(xml, "link", &[("rel", "self"), ("type", "application/atom+xml"), ("href", &own)], "")?;
        put(xml, "link", &[("rel", "alternate"), ("type", "text/html"), ("href", &feed.page)], "")?;
        if !feed.icon.is_empty() {
            text(xml, "logo", &feed.icon)?;
        }
        text(xml, "generator", &app.node.config.title)?;
        items.iter().try_for_each(|item| atom_entry(xml, item))
    })?;
    Ok(xml.into_inner())
}

fn atom_entry(xml: &mut Xml, item: &Item) -> std::io::Result<()> {
    let mut entry = xml.create_element("entry");
    if !item.language.is_empty() {
        entry = entry.with_attribute(("xml:lang", item.language.as_str()));
    }
    entry.write_inner_content(|xml| {
        text(xml, "id", &item.id)?;
        text(xml, "title", &item.title)?;
        text(xml, "published", &rfc3339(item.published))?;
        text(xml, "updated", &rfc3339(item.updated))?;
        put(xml, "link", &[("rel", "alternate"), ("type", "text/html"), ("href", &item.url)], "")?;
        xml.create_element("author").write_inner_content(|xml| {
            text(xml, "name", &item.author)?;
            if item.author_url.is_empty() { Ok(()) } else { text(xml, "uri", &item.author_url) }
        })?;
        for tag in &item.tags {
            put(xml, "category", &[("term", tag)], "")?;
        }
        for file in &item.files {
            let size = file.size.to_string();
            let mut attributes = vec![("rel", "enclosure"), ("type", file.mime.as_str()), ("href", file.url.as_str())];
            if file.size > 0 {
                attributes.push(("length", &size));
            }
            if !file.description.is_empty() {
                attributes.push(("title", &file.description));
            }
            put(xml, "link", &attributes, "")?;
        }
        put(xml, "content", &[("type", "html")], &item.content)
    })?;
    Ok(())
}

fn json_feed(feed: &Feed, items: &[Item]) -> Value {
    let mut whole = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": Form::Json.address(&feed.page),
        "description": feed.about,
        "items": items.iter().map(json_item).collect::<Vec<_>>(),
    });
    if !feed.icon.is_empty() {
        whole["icon"] = json!(feed.icon);
    }
    whole
}

fn json_item(item: &Item) -> Value {
    let mut author = json!({"name": item.author});
    if !item.author_url.is_empty() {
        author["url"] = json!(item.author_url);
    }
    let mut shown = json!({
        "id": item.id,
        "url": item.url,
        "title": item.title,
        "content_html": item.content,
        "date_published": rfc3339(item.published),
        "date_modified": rfc3339(item.updated),
        "authors": [author],
        "tags": item.tags,
    });
    if !item.language.is_empty() {
        shown["language"] = json!(item.language);
    }
    if !item.files.is_empty() {
        let file = |f: &File| {
            let mut shown = json!({"url": f.url, "mime_type": f.mime});
            if f.size > 0 {
                shown["size_in_bytes"] = json!(f.size);
            }
            if !f.description.is_empty() {
                shown["title"] = json!(f.description);
            }
            shown
        };
        shown["attachments"] = item.files.iter().map(file).collect();
    }
    shown
}
