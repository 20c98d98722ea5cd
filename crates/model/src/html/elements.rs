//! The allow-list: which elements a post may have, which attributes on them, and which values those.
//!
//! What Mastodon 4.6 keeps (`lib/sanitize_ext/sanitize_config.rb`), so that a post looks the same here and there; only
//! the schemes of links are fewer.

use html5ever::Attribute;
use url::Url;

use super::pieces::without_controls;
use crate::language::valid_bcp47;

/// Schemes a link may have. Of those Mastodon keeps, `magnet` and `xmpp` make other programs act at a click, and
/// `dat`, `dweb` and `ssb` open nothing any more.
pub(super) const SCHEMES: [&str; 6] = ["http", "https", "gemini", "gopher", "ipfs", "ipns"];

/// What every link of a stranger says about itself.
pub(super) const REL: &str = "nofollow noopener";

/// Names with their cleaned values, in one fixed order.
pub(super) type Attributes = Vec<(&'static str, String)>;

/// The elements we keep. Headings are kept as bold paragraphs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    A,
    B,
    Blockquote,
    Br,
    Code,
    Del,
    Em,
    Heading,
    I,
    Li,
    Ol,
    P,
    Pre,
    Rp,
    Rt,
    Ruby,
    S,
    Span,
    Strong,
    U,
    Ul,
}

impl Element {
    /// All that can be written.
    pub(super) const ALL: [Element; 20] = {
        use Element::*;
        [A, B, Blockquote, Br, Code, Del, Em, I, Li, Ol, P, Pre, Rp, Rt, Ruby, S, Span, Strong, U, Ul]
    };

    pub(super) fn named(name: &str) -> Option<Element> {
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Some(Element::Heading),
            _ => Element::ALL.into_iter().find(|e| e.name() == name),
        }
    }

    /// The name in the HTML we write; a heading has become a paragraph there.
    pub(super) fn name(self) -> &'static str {
        match self {
            Element::A => "a",
            Element::B => "b",
            Element::Blockquote => "blockquote",
            Element::Br => "br",
            Element::Code => "code",
            Element::Del => "del",
            Element::Em => "em",
            Element::Heading | Element::P => "p",
            Element::I => "i",
            Element::Li => "li",
            Element::Ol => "ol",
            Element::Pre => "pre",
            Element::Rp => "rp",
            Element::Rt => "rt",
            Element::Ruby => "ruby",
            Element::S => "s",
            Element::Span => "span",
            Element::Strong => "strong",
            Element::U => "u",
            Element::Ul => "ul",
        }
    }

    /// Attributes this element may have, in the order they are written.
    pub(super) fn allowed(self) -> &'static [&'static str] {
        match self {
            Element::A => &["href", "class", "rel", "translate", "target", "lang"],
            Element::Span => &["class", "translate", "lang"],
            Element::P => &["class", "lang"],
            Element::Ol => &["start", "reversed", "lang"],
            Element::Li => &["value", "lang"],
            Element::Br => &[],
            _ => &["lang"],
        }
    }
}

/// The attributes of a start tag that may stay. Every link has `href`, `rel` and `target`; one that leads nowhere we
/// allow has no attributes at all.
pub(super) fn attributes(element: Element, given: &[Attribute]) -> Attributes {
    let value = |name: &str| given.iter().find(|a| &*a.name.local == name).map(|a| &*a.value);
    let kept = element.allowed().iter().filter_map(|&name| {
        let given = match name {
            "rel" => Some(value("rel").unwrap_or_default()),
            "target" => Some("_blank"),
            _ => value(name),
        };
        Some((name, clean_value(name, given?)?))
    });
    let kept: Attributes = kept.collect();
    let is_link = kept.first().is_some_and(|(name, _)| *name == "href");
    if element == Element::A && !is_link { Attributes::new() } else { kept }
}

/// The value an attribute may keep, or nothing when it has to go.
pub(super) fn clean_value(name: &str, value: &str) -> Option<String> {
    match name {
        "href" => clean_href(value),
        "class" => Some(kept_classes(value)).filter(|classes| !classes.is_empty()),
        "rel" => Some(clean_rel(value)),
        "translate" => (value == "no").then(|| value.to_owned()),
        "target" => (value == "_blank").then(|| value.to_owned()),
        "lang" => valid_bcp47(value),
        "start" | "value" => value.trim().parse::<i32>().ok().map(|n| n.to_string()),
        "reversed" => Some(String::new()),
        _ => None,
    }
}

/// Whether a browser may be sent there: an allowed scheme, and for the web a host.
pub(super) fn is_allowed_url(url: &Url) -> bool {
    SCHEMES.contains(&url.scheme()) && (url.has_host() || !matches!(url.scheme(), "http" | "https"))
}

/// The tokens of a `rel` that say something about the link itself.
pub(super) fn meaningful_rel(value: &str) -> impl Iterator<Item = &'static str> {
    let given = value.to_ascii_lowercase();
    ["me", "tag"].into_iter().filter(move |token| given.split_ascii_whitespace().any(|g| g == *token))
}

/// The link as it was written, for it is compared with the links a post declares; only what a browser would throw away
/// while reading it is gone.
fn clean_href(value: &str) -> Option<String> {
    let value: String = without_controls(value).chars().filter(|c| !matches!(c, '\n' | '\t')).collect();
    let value = value.trim_matches(|c| c <= ' ');
    Url::parse(value).is_ok_and(|url| is_allowed_url(&url)).then(|| value.to_owned())
}

fn kept_classes(value: &str) -> String {
    let kept = |class: &&str| {
        let microformat =
            ["h-", "p-", "u-", "dt-", "e-"].into_iter().filter_map(|prefix| class.strip_prefix(prefix)).any(|rest| {
                !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            });
        microformat || matches!(*class, "mention" | "hashtag" | "ellipsis" | "invisible" | "quote-inline")
    };
    value.split_ascii_whitespace().filter(kept).take(8).collect::<Vec<_>>().join(" ")
}

fn clean_rel(value: &str) -> String {
    meaningful_rel(value).chain([REL]).collect::<Vec<_>>().join(" ")
}
