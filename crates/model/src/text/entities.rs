//! Addresses, mentions and hashtags in a run of text.
//!
//! One pass from left to right; every character is looked at a bounded number of times. Knows nothing of Markdown
//! beyond the signs people put around an address.

use std::ops::Range;

use url::Url;

use crate::handle::{Handle, canonical_domain, username_prefix};
use crate::hashtag::{self, Hashtag};

/// Something in a text that can become a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entity {
    /// Bytes of the text it takes.
    pub range: Range<usize>,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Url(Url),
    Mention(Handle),
    Hashtag(Hashtag),
}

/// Everything in `text` that can become a link, in order, never overlapping. `previous` is what stands before the
/// text: a space where nothing does.
pub(super) fn entities(text: &str, previous: char) -> Vec<Entity> {
    let mut found = Vec::new();
    let (mut at, mut previous) = (0, previous);
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let seen = match c {
            'h' | 'H' if !previous.is_ascii_alphanumeric() => url_at_start(rest, previous),
            '@' if may_precede_mention(previous) => mention_at_start(rest, previous),
            '#' | '＃' if hashtag::may_follow(previous) => {
                hashtag::at_start(rest).map(|(taken, tag)| (taken, Some(Kind::Hashtag(tag))))
            }
            _ => None,
        };
        let (taken, kind) = seen.unwrap_or((c.len_utf8(), None));
        if let Some(kind) = kind {
            found.push(Entity { range: at..at + taken, kind });
        }
        previous = text[at..at + taken].chars().next_back().unwrap_or(c);
        at += taken;
    }
    found
}

/// An `http` or `https` address as something a link may lead to.
pub(super) fn web_url(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// What a look at one place gave: bytes to go on after, and what was found in them. Where something looked like an
/// address but is none, the look goes on after it, so that no text is looked through twice.
type Seen = Option<(usize, Option<Kind>)>;

fn url_at_start(text: &str, previous: char) -> Seen {
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|s| text.get(..s.len()).is_some_and(|start| start.eq_ignore_ascii_case(s)))?;
    let authority = &text[scheme.len()..];
    let authority = &authority[..authority.find(|c| ends_url(c) || "/?#'()[]".contains(c)).unwrap_or(authority.len())];
    let host = authority.rsplit('@').next().unwrap_or_default();
    if !is_host_in_text(host) {
        return Some((scheme.len() + authority.len(), None));
    }
    let path = &text[scheme.len() + authority.len()..];
    let path = if path.starts_with(['/', '?', '#']) { &path[..url_run(path)] } else { "" };
    let whole = scheme.len() + authority.len() + path.len();
    let trimmed = text[..whole].trim_end_matches(|c| is_trailing(c, previous));
    Some(match web_url(trimmed) {
        Some(url) => (trimmed.len(), Some(Kind::Url(url))),
        None => (whole, None),
    })
}

/// In running text a single word is hardly ever meant as the name of a server.
fn is_host_in_text(host: &str) -> bool {
    let has_port = host.split_once(':').is_some_and(|(_, port)| port.starts_with(|c: char| c.is_ascii_digit()));
    host.contains('.') || has_port || host == "localhost"
}

/// Bytes up to the end of an address, or to a bracket that closes one opened before it.
fn url_run(text: &str) -> usize {
    let mut open = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '(' => open.push(')'),
            '[' => open.push(']'),
            ')' | ']' if open.last() == Some(&c) => {
                open.pop();
            }
            ')' | ']' => return at,
            _ if ends_url(c) => return at,
            _ => {}
        }
    }
    text.len()
}

fn ends_url(c: char) -> bool {
    c.is_whitespace() || c.is_control() || "<>\"`\\“”«»„「」『』（）【】《》、。，！？；：…\u{3000}".contains(c)
}

/// What ends a sentence rather than an address, and the marks of emphasis around it.
fn is_trailing(c: char, previous: char) -> bool {
    ".,:;!?'’*~".contains(c) || (c == '_' && previous == '_')
}

fn may_precede_mention(previous: char) -> bool {
    !(previous.is_alphanumeric() || matches!(previous, '_' | '/' | '=' | '@' | '\\'))
}

fn mention_at_start(text: &str, previous: char) -> Seen {
    let username = &text[1..=username_prefix(&text[1..])];
    if username.is_empty() {
        return None;
    }
    let after = &text[1 + username.len()..];
    if let Some(domain) = after.strip_prefix('@').map(domain_prefix).filter(|d| !d.is_empty()) {
        let taken = 1 + username.len() + 1 + domain.len();
        let handle = canonical_domain(domain)
            .filter(|d| is_host_in_text(d))
            .map(|d| Handle { username: username.to_owned(), domain: Some(d) });
        return Some((taken, handle.map(Kind::Mention)));
    }
    // A package (`@scope/name`), and an address of mail without its beginning.
    let mut next = after.chars();
    if next.next() == Some('/') && next.next().is_some_and(|c| c.is_ascii_alphanumeric()) {
        return Some((1 + username.len(), None));
    }
    let username = if previous == '_' { username.trim_end_matches('_') } else { username };
    let handle = Handle { username: username.to_owned(), domain: None };
    Some((1 + username.len(), (!username.is_empty()).then_some(Kind::Mention(handle))))
}

/// The host name at the start of a text, with its port when there is one.
fn domain_prefix(text: &str) -> &str {
    let run = text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-'))).unwrap_or(text.len());
    let host = text[..run].trim_end_matches(['.', '-']);
    let Some(port) = text[host.len()..].strip_prefix(':') else { return host };
    let digits = port.bytes().take_while(u8::is_ascii_digit).count();
    let is_port = (1..=5).contains(&digits) && !port[digits..].starts_with(char::is_alphanumeric);
    if is_port && !host.is_empty() { &text[..host.len() + 1 + digits] } else { host }
}
