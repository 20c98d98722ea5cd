//! The doors through which bytes from outside come in, each as a function of bytes that panics when what must hold does not.
//! The fuzzer calls them with what it makes up, the suite with the corpus.

use federation::documents::{actor, note, question};
use federation::inbox::Envelope;
use federation::json::{origin, same_origin};
use federation::signature::{self, Request};
use federation::{discover, json};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use model::account::Account;
use model::handle::{Handle, canonical_domain};
use model::hashtag::{self, Hashtag};
use model::html;
use model::text::{self, Format, Links, MentionLink};
use node::media::Limits;
use node::media::foreign::{Wanted, recognise};
use serde_json::{Value, json};

/// A door: its name, which is that of its folder in the corpus, and what is done there.
pub type Door = (&'static str, fn(&[u8]));

pub const DOORS: [Door; 11] = [
    ("signature", signature),
    ("envelope", envelope),
    ("note", note),
    ("actor", actor),
    ("html", html),
    ("hashtag", hashtag),
    ("markdown", markdown),
    ("webfinger", webfinger),
    ("poll", poll),
    ("page", page),
    ("file", file),
];

const BOB: &str = "https://b.example/users/bob";
/// 2026-01-01, in milliseconds.
const NOW: i64 = 1_767_225_600_000;

/// Header lines, an empty line, a body: whatever is claimed, nothing without a key is verified.
pub fn signature(data: &[u8]) {
    let end = data.windows(2).position(|w| w == b"\n\n").unwrap_or(data.len());
    let mut headers = HeaderMap::new();
    for line in data[..end].split(|b| *b == b'\n').take(50) {
        let Some(colon) = line.iter().skip(1).position(|b| *b == b':') else { continue };
        let (name, value) = (&line[..=colon], &line[colon + 2..]);
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value.trim_ascii())) {
            headers.append(name, value);
        }
    }
    let body = data.get(end + 2..).unwrap_or_default();
    drop(signature::Asked::read(&headers));
    let Ok(claims) = signature::claims(&headers) else { return };
    assert!(!claims.is_empty());
    let authorities = ["node.example".to_owned()];
    for (method, body) in [(Method::POST, body), (Method::GET, &[][..])] {
        let request = Request {
            method: &method,
            target: "/inbox?a=b",
            headers: &headers,
            scheme: "https",
            authorities: &authorities,
        };
        for checked in claims.iter().filter_map(|claim| claim.check(&request, body, NOW).ok()) {
            assert!(!checked.key_id().is_empty());
        }
    }
}

/// The outermost of an activity: its id and its actor are addresses on the web, or it is none.
pub fn envelope(data: &[u8]) {
    if let Ok(envelope) = Envelope::read(data) {
        assert!(origin(envelope.actor.as_str()).is_some() && origin(envelope.id.as_str()).is_some());
        assert!(envelope.document.is_object());
    }
}

/// A post of Bob's: what is read is his, clean and bounded.
pub fn note(data: &[u8]) {
    let Ok(object) = serde_json::from_slice::<Value>(data) else { return };
    let Ok(post) = note::read(&object, &bob(), None, NOW) else { return };
    assert!(same_origin(&post.uri, BOB) && origin(&post.url).is_some());
    assert_eq!(html::sanitise(&post.content), post.content, "what was read is not clean");
    assert!(post.summary.chars().count() <= 1_000 && post.context.chars().count() <= 2_048);
    assert!(post.media.len() <= 16 && post.mentions.len() <= 200 && post.hashtags.len() <= 200);
    assert!(post.media.iter().all(|m| origin(&m.url).is_some() && m.description.chars().count() <= 10_000));
    assert!(post.in_reply_to.is_empty() || origin(&post.in_reply_to).is_some());
}

/// An actor: everything in it that is an address is one on the web, and nothing is without bounds.
pub fn actor(data: &[u8]) {
    let Ok(document) = serde_json::from_slice::<Value>(data) else { return };
    let Ok(read) = actor::read(&document) else { return };
    let account = read.account;
    for url in [&account.uri, &account.inbox] {
        assert!(origin(url).is_some(), "{url}");
    }
    for url in
        [&account.url, &account.shared_inbox, &account.outbox, &account.followers, &account.avatar, &account.header]
    {
        assert!(url.is_empty() || origin(url).is_some(), "{url}");
    }
    assert_eq!(html::sanitise(&account.note), account.note);
    assert!(account.fields.len() <= 50 && account.also_known_as.len() <= 256 && account.emojis.len() <= 100);
    assert!(account.display_name.chars().count() <= 2_048);
}

/// HTML: cleaning is final, leaves nothing that runs, and reads as text.
pub fn html(data: &[u8]) {
    let given = String::from_utf8_lossy(data);
    let clean = html::sanitise(&given);
    assert_eq!(html::sanitise(&clean), clean, "a second cleaning changes it");
    // What is no tag is only read, whatever it says.
    for tag in clean.to_ascii_lowercase().split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or(rest)) {
        for element in ["script", "style", "iframe", "svg", "img", "math"] {
            assert!(!tag.starts_with(element), "{element} is left in {clean}");
        }
        for address in ["href=\"javascript:", "href=\"data:"] {
            assert!(!tag.contains(address), "{address} is left in {clean}");
        }
    }
    html::to_text(&given);
    html::links(&given);
}

/// A hashtag: its key is its own key, and where it stands in a text is known.
pub fn hashtag(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Some(tag) = Hashtag::new(&text) {
        assert_eq!(hashtag::normalise(&tag.key).as_deref(), Some(tag.key.as_str()));
    }
    if let Some((taken, tag)) = hashtag::at_start(&text) {
        assert!(text[..taken].ends_with(&tag.name));
    }
}

/// What a member writes: our own sanitiser finds nothing to take out of what we make of it, and what is found is bounded by it.
pub fn markdown(data: &[u8]) {
    let source = String::from_utf8_lossy(data);
    for format in [Format::Markdown, Format::Plain] {
        let made = text::render(&source, format, &Somewhere);
        let clean = html::sanitise(&made);
        assert_eq!(html::to_text(&clean), html::to_text(&made), "what we make of it is not clean");
        assert_eq!(html::sanitise(&clean), clean, "a second cleaning changes it");
        let found = text::scan(&source, format);
        assert!(found.mentions.len() + found.hashtags.len() <= source.chars().count());
    }
    text::length(&source);
}

/// WebFinger answers, host-meta, and what people type for a handle.
pub fn webfinger(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(answer) = serde_json::from_slice::<Value>(data)
        && let Ok(finger) = discover::read_finger(&answer)
    {
        assert!(finger.subject.domain.is_some());
    }
    if let Some(template) = discover::lrdd_template(&text) {
        assert!(template.contains("{uri}"));
    }
    if let Ok(handle) = Handle::parse(&text) {
        assert_eq!(Handle::parse(&handle.to_string()).map(|h| h.key()), Ok(handle.key()));
    }
    if let Some(domain) = canonical_domain(&text) {
        assert_eq!(canonical_domain(&domain).as_deref(), Some(domain.as_str()));
    }
    origin(&text);
    json::same_origin(&text, BOB);
}

/// The poll of a question, and a vote: options are short and there are few, numbers are numbers of people.
pub fn poll(data: &[u8]) {
    let Ok(object) = serde_json::from_slice::<Value>(data) else { return };
    if question::is_only_vote(&object) {
        assert!(question::vote(&object).is_some());
    }
    let Some(poll) = question::read(&object, NOW) else { return };
    assert!((1..=500).contains(&poll.options.len()));
    for option in &poll.options {
        assert!(!option.title.is_empty() && option.title.chars().count() <= 1_000 && !option.title.contains('\n'));
        assert!((0..=1_000_000_000).contains(&option.votes));
    }
    assert!(poll.voters_count.is_none_or(|n| (0..=1_000_000_000).contains(&n)));
}

/// A page that a post leads to: what it says of itself is lines of text.
pub fn page(data: &[u8]) {
    let page = html::read_page(&String::from_utf8_lossy(data));
    for name in ["og:title", "og:description", "description", "og:image", "author"] {
        if let Some(said) = page.meta(&[name]) {
            assert!(!said.is_empty() && !said.chars().any(|c| matches!(c, '\n' | '\r' | '\t')), "{said:?}");
        }
    }
}

/// The first bytes of a file of another server: it is what it is wanted for and no larger, or it is nothing.
pub fn file(data: &[u8]) {
    let limits = Limits::default();
    let pictures = [Wanted::Picture, Wanted::ProfilePicture, Wanted::Emoji];
    for wanted in pictures.into_iter().chain([Wanted::Film, Wanted::Sound, Wanted::Anything]) {
        for declared in ["", "image/png", "video/mp4", "audio/ogg"] {
            let Ok(what) = recognise(data, declared, wanted, &limits) else { continue };
            assert!(what.most <= wanted.most(&limits));
            assert!(!(what.is_recording && pictures.contains(&wanted)), "a film as a picture");
        }
        assert!(recognise(data, "text/html", wanted, &limits).is_err());
    }
}

fn bob() -> Account {
    let document = json!({
        "@context": "https://www.w3.org/ns/activitystreams", "id": BOB, "type": "Person", "preferredUsername": "bob",
        "inbox": format!("{BOB}/inbox"), "followers": format!("{BOB}/followers"),
    });
    actor::read(&document).expect("an actor").account
}

/// Knows everybody.
struct Somewhere;

impl Links for Somewhere {
    fn mention(&self, handle: &Handle) -> Option<MentionLink> {
        Some(MentionLink { url: "https://b.example/@bob".to_owned(), username: handle.username.clone() })
    }

    fn hashtag(&self, key: &str, _: &str) -> String {
        let mut url = url::Url::parse("https://node.example/tags/").expect("a URL");
        url.path_segments_mut().expect("a base").pop_if_empty().push(key);
        url.into()
    }
}
