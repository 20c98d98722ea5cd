//! Notes: our posts as every server reads them, and others' posts, whatever type they have.

use model::account::Account;
use model::audience::Audience;
use model::clock::{Millis, parse_rfc3339, rfc3339};
use model::experiment::Experiment;
use model::hashtag::Hashtag;
use model::html;
use model::language::valid_bcp47;
use model::policy::Policy;
use model::poll::Poll;
use model::post::{Media, MediaKind, Mention, Origin, Post, Tag};
use model::quote::Quote;
use node::Config;
use node::receive::{ReceivedMedia, ReceivedPost};
use serde_json::{Value, json};
use storage::Tx;

use super::{consent, emoji, event, experiment, question};
use crate::Error;
use crate::json::{PUBLIC, flag, id, id_of, ids, is_public, kind, list, number, origin, page_url, same_origin, text};

/// The object types that are shown as posts. All but Note (and Question, whose text is a post's) are shown by title and link.
pub const KINDS: [&str; 9] = ["Note", "Question", "Article", "Page", "Event", "Video", "Audio", "Image", "ChatMessage"];

/// Most recipients, tags and files that are read.
const RECIPIENTS: usize = 1_000;
const TAGS: usize = 200;
const FILES: usize = 16;
const NAME: usize = 1_000;
/// Mitra drops what is longer; nobody writes it.
const CONTENT: usize = 150_000;
const DESCRIPTION: usize = 10_000;
/// What cleaning may add to links of ours.
const MARGIN: usize = 4_096;
/// Nobody has more likes (Mastodon believes no more either).
const HIGHEST_COUNT: i64 = 100_000_000;

/// A post of ours with everything that its document needs.
pub struct Parts {
    pub post: Post,
    pub author: Account,
    pub mentions: Vec<Mention>,
    pub tags: Vec<Tag>,
    pub media: Vec<Media>,
    pub poll: Option<Poll>,
    pub quote: Option<Quote>,
    pub policy: Policy,
    /// Where the author of what it answers or boosts allows that.
    pub approved_by: String,
    pub experiment: Option<Experiment>,
    /// The answer that says what came of it, or empty.
    pub outcome_uri: String,
}

/// Loads posts of ours with what their documents need, in the order given. What waits for leave is addressed as it will be.
pub async fn load(tx: &mut Tx, posts: Vec<Post>) -> Result<Vec<Parts>, Error> {
    let ids: Vec<i64> = posts.iter().map(|p| p.id).collect();
    let authors: Vec<i64> = posts.iter().map(|p| p.account_id).collect();
    let authors = tx.accounts(&authors).await?;
    let mentions = tx.mentions(&ids).await?;
    let tags = tx.tags_of(&ids).await?;
    let media = tx.media_of(&ids).await?;
    let polls = tx.polls(&ids).await?;
    let quotes = tx.quotes(&ids).await?;
    let policies = tx.policies(&ids).await?;
    let approvals = tx.approvals(&ids).await?;
    let experiments = tx.experiments(&ids).await?;
    let outcomes: Vec<i64> = experiments.iter().filter_map(|x| x.outcome_post_id).collect();
    let outcomes = if outcomes.is_empty() { Vec::new() } else { tx.posts(&outcomes).await? };
    let mut list = Vec::with_capacity(posts.len());
    for mut post in posts {
        let approval = approvals.iter().find(|a| a.post_id == post.id);
        post.audience = approval.map_or(post.audience, |a| a.audience);
        let Some(author) = authors.iter().find(|a| a.id == post.account_id) else { continue };
        let experiment = experiments.iter().find(|x| x.post_id == post.id && !x.by_words).cloned();
        let outcome = experiment.as_ref().and_then(|x| x.outcome_post_id);
        let outcome = outcomes.iter().find(|p| Some(p.id) == outcome && p.audience >= post.audience);
        list.push(Parts {
            author: author.clone(),
            mentions: mentions.iter().filter(|m| m.post_id == post.id).cloned().collect(),
            tags: tags.iter().filter(|(id, _)| *id == post.id).map(|(_, t)| t.clone()).collect(),
            media: media.iter().filter(|m| m.post_id == Some(post.id)).cloned().collect(),
            poll: polls.iter().find(|p| p.post_id == post.id).cloned(),
            quote: quotes.iter().find(|q| q.post_id == post.id).cloned(),
            policy: policies.iter().find(|(id, ..)| *id == post.id).map(|(_, p, _)| p.clone()).unwrap_or_default(),
            approved_by: approval.map(|a| a.approved_by.clone()).unwrap_or_default(),
            experiment,
            outcome_uri: outcome.map(|p| p.uri.clone()).unwrap_or_default(),
            post,
        });
    }
    Ok(list)
}

/// Who a post is addressed to: `to` and `cc`.
pub fn addressed(parts: &Parts) -> (Vec<String>, Vec<String>) {
    let people: Vec<String> = parts.mentions.iter().map(|m| m.uri.clone()).collect();
    let followers = parts.author.followers.clone();
    let public = PUBLIC.to_owned();
    let with = |first: String, mut rest: Vec<String>| {
        rest.insert(0, first);
        rest
    };
    match parts.post.audience {
        Audience::Public => (vec![public], with(followers, people)),
        Audience::Unlisted => (vec![followers], with(public, people)),
        // Whom its followers elsewhere are is what their servers know; who hears of it at all is decided here.
        Audience::Followers | Audience::Partners => (vec![followers], people),
        Audience::Direct | Audience::Inside | Audience::Team | Audience::Organisation | Audience::Draft => {
            (people, Vec::new())
        }
    }
}

/// One of our posts as a Note, or as a Question if it has a poll, without its context. `now` says whether that has ended.
pub fn render(config: &Config, parts: &Parts, now: Millis) -> Value {
    let post = &parts.post;
    let (to, cc) = addressed(parts);
    let content = parts.quote.as_ref().map(consent::fallback).unwrap_or_default() + &post.content;
    let mut note = json!({
        "id": post.uri,
        "type": "Note",
        "summary": if post.summary.is_empty() { Value::Null } else { json!(post.summary) },
        "inReplyTo": if post.in_reply_to_uri.is_empty() { Value::Null } else { json!(post.in_reply_to_uri) },
        "published": rfc3339(post.created_at),
        "url": post.url,
        "attributedTo": parts.author.uri,
        "to": to,
        "cc": cc,
        "sensitive": post.sensitive,
        "context": post.context,
        "conversation": post.context,
        "content": content,
        "attachment": parts.media.iter().map(|m| attachment(config, m)).collect::<Vec<_>>(),
        "tag": tags(config, parts),
        "interactionPolicy": consent::policy(&parts.author, post, &parts.policy),
    });
    if let Some(object) = note.as_object_mut() {
        if let Some(poll) = &parts.poll {
            question::add(poll, now, object);
        }
        if !post.language.is_empty() {
            object.insert("contentMap".to_owned(), json!({&post.language: content}));
        }
        if let Some(quote) = &parts.quote {
            consent::write_quote(object, quote);
        }
        if let Some(x) = &parts.experiment {
            object.insert("experiment".to_owned(), experiment::render(post, x, &parts.outcome_uri));
        }
        if !parts.approved_by.is_empty() {
            object.insert("approvedBy".to_owned(), json!(parts.approved_by));
        }
        if let Some(at) = post.edited_at {
            object.insert("updated".to_owned(), json!(rfc3339(at)));
        }
        if !post.source.is_empty() && post.format == model::text::Format::Markdown {
            object.insert("source".to_owned(), json!({"content": post.source, "mediaType": "text/markdown"}));
        }
        if let Some(group) = parts.mentions.iter().find(|m| m.is_audience()) {
            object.insert("audience".to_owned(), json!(group.uri));
        }
        if post.audience.is_open() {
            let replies = format!("{}/replies", post.uri);
            object.insert(
                "replies".to_owned(),
                json!({"id": replies, "type": "Collection", "totalItems": post.replies_count,
                       "first": {"type": "CollectionPage", "partOf": replies, "next": format!("{replies}?page=true"), "items": []}}),
            );
            for (name, count) in [("likes", post.favourites_count), ("shares", post.boosts_count)] {
                object.insert(
                    name.to_owned(),
                    json!({"id": format!("{}/{name}", post.uri), "type": "Collection", "totalItems": count}),
                );
            }
        }
    }
    note
}

fn attachment(config: &Config, media: &Media) -> Value {
    let mut file = json!({
        "type": "Document",
        "mediaType": media.mime,
        "url": config.media_url(&media.path),
        "name": media.description,
        "summary": media.description,
    });
    if let Some(object) = file.as_object_mut() {
        if !media.blurhash.is_empty() {
            object.insert("blurhash".to_owned(), json!(media.blurhash));
        }
        if let (Some(width), Some(height)) = (media.width, media.height) {
            object.insert("width".to_owned(), json!(width));
            object.insert("height".to_owned(), json!(height));
        }
        if media.kind == MediaKind::Image {
            object.insert("focalPoint".to_owned(), json!([media.focus_x, media.focus_y]));
        }
        if let Some(duration) = media.duration_ms {
            object.insert("duration".to_owned(), json!(format!("PT{}.{:03}S", duration / 1000, duration % 1000)));
        }
    }
    file
}

fn tags(config: &Config, parts: &Parts) -> Vec<Value> {
    let mentions = parts.mentions.iter().filter(|m| !m.silent).map(|m| {
        let domain = if m.domain.is_empty() { &config.handle_domain } else { &m.domain };
        json!({"type": "Mention", "href": m.uri, "name": format!("@{}@{domain}", m.username)})
    });
    let hashtags = parts
        .tags
        .iter()
        .map(|t| json!({"type": "Hashtag", "href": config.tag_url(&t.name), "name": format!("#{}", t.display)}));
    mentions.chain(hashtags).chain(emoji::tags(config, &parts.post.emojis)).collect()
}

/// Reads somebody's post. `author` is the verified account it must be attributed to; `activity` is what it came in, whose
/// recipients count where the object names none. `now` is when a poll ends of which no more is said than that it has.
pub fn read(object: &Value, author: &Account, activity: Option<&Value>, now: Millis) -> Result<ReceivedPost, Error> {
    if question::is_only_vote(object) {
        return Err(Error::bad("a vote, which is no post"));
    }
    let uri = object.get("id").and_then(Value::as_str).filter(|u| same_origin(u, &author.uri));
    let uri = uri.ok_or_else(|| Error::bad("a post without an id on its author's server"))?.to_owned();
    let kind = list(object.get("type")).iter().filter_map(Value::as_str).find(|k| KINDS.contains(k));
    let kind = kind.ok_or_else(|| Error::bad("not a kind of post"))?;
    if !list(object.get("attributedTo")).iter().filter_map(id_of).any(|a| a == author.uri) {
        return Err(Error::bad("a post that is not attributed to its sender"));
    }
    let recipients = |name| {
        let own = ids(object, name, RECIPIENTS);
        if own.is_empty() { activity.map(|a| ids(a, name, RECIPIENTS)).unwrap_or_default() } else { own }
    };
    let (to, cc) = (recipients("to"), recipients("cc"));
    let audience = audience(&to, &cc, &author.followers);
    // Pages on another host could pass for that host's.
    let url = page_url(object).filter(|u| same_origin(u, &uri)).unwrap_or(&uri).to_owned();
    let summary = html::truncate(&html::to_text(text(object, "summary").unwrap_or("")), NAME);
    // An invisible warning is none (Misskey sends U+200B).
    let summary = summary.trim_matches(|c: char| c.is_whitespace() || c == '\u{200B}').to_owned();
    let (content, language) = content(object);
    let quote = consent::read_quote(object);
    let content = if quote.is_some() { consent::without_fallback(&content).to_owned() } else { content };
    let converted = !matches!(kind, "Note" | "Question" | "ChatMessage");
    // Cleaned before anything is put behind it: what was cut may end in the middle of a tag.
    let content = html::sanitise(&content);
    let content = if converted { html::sanitise(&titled(object, &content, &url)) } else { content };
    let sensitive = flag(object, "sensitive");
    Ok(ReceivedPost {
        audience,
        in_reply_to: id(object, "inReplyTo").filter(|u| origin(u).is_some()).unwrap_or("").to_owned(),
        context: id(object, "context")
            .or_else(|| text(object, "conversation"))
            .unwrap_or("")
            .chars()
            .take(2_048)
            .collect(),
        content,
        // An excerpt of a converted post is no warning unless it says so.
        summary: if converted && !sensitive { String::new() } else { summary.clone() },
        sensitive: sensitive || (!converted && !summary.is_empty()),
        language,
        emojis: emoji::read(object),
        published: text(object, "published").and_then(parse_rfc3339),
        updated: text(object, "updated").and_then(parse_rfc3339),
        mentions: mentions(object),
        addressed: to.into_iter().chain(cc).filter(|u| !is_public(u) && *u != author.followers).collect(),
        hashtags: hashtags(object),
        quote,
        experiment: experiment::read(object),
        policy: consent::read_policy(object, author),
        approved_by: id(object, "approvedBy").filter(|u| origin(u).is_some()).unwrap_or("").to_owned(),
        is_approved: false,
        media: if converted { files_or_picture(object) } else { files(object) },
        poll: question::read(object, now),
        origin: said_of(object, &uri),
        url,
        uri,
    })
}

/// What the post's server says of it: how often it was answered, liked and shared, and where the answers are read.
fn said_of(object: &Value, uri: &str) -> Origin {
    let count = |name| object.get(name).and_then(|c| number(c, "totalItems")).map(|n| n.clamp(0, HIGHEST_COUNT));
    let replies = object.get("replies");
    let own = replies.and_then(id_of).filter(|id| same_origin(id, uri));
    let within =
        replies.filter(|c| c.get("first").or_else(|| c.get("items")).or_else(|| c.get("orderedItems")).is_some());
    Origin {
        replies_uri: own.or(within.map(|_| uri)).unwrap_or("").to_owned(),
        replies: count("replies"),
        likes: count("likes"),
        shares: count("shares"),
    }
}

/// Mastodon's order of reading.
fn audience(to: &[String], cc: &[String], followers: &str) -> Audience {
    if to.iter().any(|u| is_public(u)) {
        Audience::Public
    } else if cc.iter().any(|u| is_public(u)) {
        Audience::Unlisted
    } else if !followers.is_empty() && to.iter().chain(cc).any(|u| u == followers) {
        Audience::Followers
    } else {
        Audience::Direct
    }
}

/// The text and its language: `content`, else the first of `contentMap`; the language is the key whose text it is.
fn content(object: &Value) -> (String, String) {
    let map = object.get("contentMap").and_then(Value::as_object);
    let plain = text(object, "content");
    let content = plain.or_else(|| map.and_then(|m| m.values().find_map(Value::as_str))).unwrap_or("");
    let same = map.and_then(|m| m.iter().find(|(_, v)| v.as_str() == Some(content)).or_else(|| m.iter().next()));
    let language = same.and_then(|(key, _)| valid_bcp47(key)).unwrap_or_default();
    let content =
        if text(object, "mediaType").is_some_and(|m| m.starts_with("text/markdown") || m.starts_with("text/plain")) {
            format!("<p>{}</p>", html::escape(content))
        } else {
            content.to_owned()
        };
    (html::truncate(&content, CONTENT), language)
}

/// What is not a note is shown with its title, its text where it has one, and a link.
fn titled(object: &Value, content: &str, url: &str) -> String {
    let title = text(object, "name")
        .or_else(|| object.get("nameMap").and_then(|m| m.as_object()?.values().find_map(Value::as_str)));
    let title = html::escape(&html::truncate(&html::to_text(title.unwrap_or("")), NAME));
    let title = if title.is_empty() { String::new() } else { format!("<p><strong>{title}</strong></p>") };
    // What a Lemmy post is about hangs on it as a link.
    let attached =
        list(object.get("attachment")).iter().filter(|a| kind(a) == "Link").take(FILES).filter_map(|a| id(a, "href"));
    let attached: String = attached.filter(|u| origin(u).is_some()).map(paragraph_with_link).collect();
    let (when_and_where, link) = (event::lines(object), paragraph_with_link(url));
    let room = html::MAX_HTML.saturating_sub(title.len() + when_and_where.len() + attached.len() + link.len() + MARGIN);
    format!("{title}{when_and_where}{}{attached}{link}", cut(content, room))
}

/// Clean HTML of at most so many bytes: as it is, or else the beginning of its text.
fn cut(content: &str, room: usize) -> String {
    if content.len() <= room {
        return content.to_owned();
    }
    let text = html::to_text(content);
    let mut chars = room;
    loop {
        let short = html::truncate(&text, chars);
        let paragraphs = short.split("\n\n").map(|p| format!("<p>{}</p>", html::escape(p))).collect::<String>();
        if paragraphs.len() <= room || chars == 0 {
            return paragraphs;
        }
        chars /= 2;
    }
}

fn paragraph_with_link(url: &str) -> String {
    let link = html::escape(url);
    format!("<p><a href=\"{link}\">{link}</a></p>")
}

fn mentions(object: &Value) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for tag in list(object.get("tag")).iter().filter(|t| kind(t) == "Mention").take(TAGS) {
        if let Some(href) = id(tag, "href")
            && !found.iter().any(|f| f == href)
        {
            found.push(href.to_owned());
        }
    }
    found
}

fn hashtags(object: &Value) -> Vec<Hashtag> {
    let mut found: Vec<Hashtag> = Vec::new();
    for tag in list(object.get("tag")).iter().filter(|t| kind(t) == "Hashtag").take(TAGS) {
        let name = text(tag, "name").unwrap_or("");
        if let Some(tag) = Hashtag::new(name.trim_start_matches(['#', '＃']))
            && !found.iter().any(|f| f.key == tag.key)
        {
            found.push(tag);
        }
    }
    found
}

fn files(object: &Value) -> Vec<ReceivedMedia> {
    list(object.get("attachment")).iter().take(FILES).filter_map(file).collect()
}

/// The files, or else the picture that stands for what is not a note: Lemmy's `image`, the largest `icon` of a PeerTube video.
fn files_or_picture(object: &Value) -> Vec<ReceivedMedia> {
    let files = files(object);
    if !files.is_empty() {
        return files;
    }
    let pictures = list(object.get("image")).iter().chain(list(object.get("icon"))).take(FILES);
    pictures.filter_map(file).max_by_key(|p| p.width.unwrap_or(0)).into_iter().collect()
}

fn file(attachment: &Value) -> Option<ReceivedMedia> {
    let of_kind = match kind(attachment) {
        "Image" => Some(MediaKind::Image),
        "Video" => Some(MediaKind::Video),
        "Audio" => Some(MediaKind::Audio),
        "Document" => None,
        _ => return None,
    };
    // `url` may be a link with a type of its own.
    let link = list(attachment.get("url")).first();
    let url = link.and_then(id_of).or_else(|| id(attachment, "href")).filter(|u| origin(u).is_some())?;
    let mime = text(attachment, "mediaType").or_else(|| link.and_then(|l| text(l, "mediaType"))).unwrap_or("");
    let mime: String = mime.split(';').next().unwrap_or("").trim().to_lowercase().chars().take(100).collect();
    let kind = match MediaKind::of_mime(&mime) {
        MediaKind::Unknown => of_kind.unwrap_or(MediaKind::Unknown),
        known => known,
    };
    let description = text(attachment, "summary").or_else(|| text(attachment, "name")).unwrap_or("");
    let focus = list(attachment.get("focalPoint"));
    let axis = |i: usize| focus.get(i).and_then(Value::as_f64).unwrap_or(0.0).clamp(-1.0, 1.0);
    let size = |name| number(attachment, name).filter(|n| (1..=100_000).contains(n));
    Some(ReceivedMedia {
        url: url.to_owned(),
        mime,
        kind,
        description: html::truncate(description, DESCRIPTION),
        blurhash: text(attachment, "blurhash").filter(|b| b.len() <= 200 && b.is_ascii()).unwrap_or("").to_owned(),
        width: size("width"),
        height: size("height"),
        duration_ms: text(attachment, "duration").and_then(duration),
        focus: (axis(0), axis(1)),
    })
}

/// ISO 8601 durations as they occur: `PT1H2M3.4S`.
fn duration(text: &str) -> Option<i64> {
    let mut rest = text.strip_prefix("PT")?;
    let mut total = 0.0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
        let value: f64 = rest[..end].parse().ok()?;
        total += value
            * match &rest[end..=end] {
                "H" => 3_600_000.0,
                "M" => 60_000.0,
                "S" => 1_000.0,
                _ => return None,
            };
        rest = &rest[end + 1..];
    }
    (0.0..=1e12).contains(&total).then_some(total as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read() {
        assert_eq!(duration("PT1M2.5S"), Some(62_500));
        assert_eq!(duration("PT2H"), Some(7_200_000));
        assert_eq!(duration("P1D"), None);
        assert_eq!(duration("PTxS"), None);
    }

    #[test]
    fn the_followers_collection_makes_a_post_for_followers() {
        let f = "https://a.example/f";
        let s = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        assert_eq!(audience(&s(&["as:Public"]), &s(&[f]), f), Audience::Public);
        assert_eq!(audience(&s(&[f]), &s(&["Public"]), f), Audience::Unlisted);
        assert_eq!(audience(&s(&[f]), &[], f), Audience::Followers);
        assert_eq!(audience(&s(&["https://a.example/other"]), &[], f), Audience::Direct);
        assert_eq!(audience(&[], &[], ""), Audience::Direct);
    }
}
