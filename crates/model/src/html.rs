//! The one sanitiser: every piece of HTML, a stranger's or our own, goes through here before it is stored and again
//! before it is shown.
//!
//! Two parsers work in turn. Ours (`tidy`) reads tokens and writes well nested HTML of allowed elements;
//! ammonia parses that as a browser would and removes what is not allowed. Only what both leave untouched is given
//! out. Knows nothing of accounts, posts or pages.

mod drawn;
mod elements;
mod outgoing;
mod page;
mod pieces;
mod plain;
mod tidy;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use unicode_normalization::char::is_combining_mark;

pub use self::drawn::draw_emoji;
use self::elements::{Element, SCHEMES, clean_value};
pub use self::outgoing::{PostLink, post_links};
pub use self::page::{Page, PageLink, links, read_page};
pub(crate) use self::tidy::{write_attribute, write_text};

/// The most HTML, in bytes, that is kept as HTML, given or made. More becomes plain text of at most this size.
///
/// The serialiser behind ammonia takes quadratic time over a text full of ampersands; up to this size that is a
/// fraction of a second.
pub const MAX_HTML: usize = 100 * 1024;

/// How often cleaning is repeated in search of a form that cleaning leaves alone. One round is nearly always enough.
const MAX_ROUNDS: usize = 4;

/// HTML that is safe to put into a page: the elements, attributes and classes Mastodon 4.6 keeps
/// (`lib/sanitize_ext/sanitize_config.rb`), headings as bold paragraphs, links to `http`, `https`, `gemini`, `gopher`,
/// `ipfs` and `ipns` addresses only, each with `rel="nofollow noopener"` (a `tag` or `me` is kept before that) and
/// `target="_blank"`.
///
/// `sanitise(sanitise(x)) == sanitise(x)`. What is larger than [`MAX_HTML`] or nested deeper than 64 elements comes out
/// as paragraphs of plain text.
pub fn sanitise(html: &str) -> String {
    stable_form(html).unwrap_or_else(|| plain_html(&to_text(&html[..html.floor_char_boundary(MAX_HTML)])))
}

/// Sanitised HTML in which the links that `own` has an address for lead there instead.
///
/// `own` gets each link's address as it is written and gives that of our own page (it may be relative), or nothing.
/// For mentions and hashtags, which are to be known by the `href` of a post's `tag` entries, never by their class. Such
/// a link opens in place: it loses `target` and all of `rel` but `tag` and `me`. Sanitises before, so it is the last
/// step before a page and its result is not to be stored.
pub fn rewrite_links(html: &str, own: &dyn Fn(&str) -> Option<String>) -> String {
    let clean = sanitise(html);
    tidy::tidy(&clean, Some(own)).unwrap_or(clean)
}

/// HTML as plain text: entities decoded, a line end for `<br>` and each list item (which begins with `- `), an empty
/// line between paragraphs. Of a shortened link the whole address is given. Not escaped, so not to be put into a page
/// without [`escape`].
pub fn to_text(html: &str) -> String {
    plain::plain(html)
}

/// Text escaped for HTML, between tags and within quoted attributes alike.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

/// Text of at most `chars` characters; what is cut off is shown by an ellipsis, which counts. Cuts between words where
/// one ends nearby, and never between a letter and its accents or within a joined emoji.
pub fn truncate(text: &str, chars: usize) -> String {
    let Some((limit, _)) = text.char_indices().nth(chars.saturating_sub(1)) else { return text.to_owned() };
    if chars == 0 || text[limit..].chars().nth(1).is_none() {
        return if chars == 0 { String::new() } else { text.to_owned() };
    }
    let mut cut = limit;
    while cut > 0 && splits_character(text, cut) {
        cut = text.floor_char_boundary(cut - 1);
    }
    let word_start = text[..cut].rfind(char::is_whitespace).filter(|_| !text[cut..].starts_with(char::is_whitespace));
    if let Some(space) = word_start
        && text[space..cut].chars().count() <= 20
        && space > cut / 2
    {
        cut = space;
    }
    format!("{}…", text[..cut].trim_end())
}

/// What stays the same when it is cleaned once more, or nothing where there is no such HTML within our limits.
fn stable_form(html: &str) -> Option<String> {
    if html.len() > MAX_HTML {
        return None;
    }
    let mut current = Cow::Borrowed(html);
    for _ in 0..MAX_ROUNDS {
        let tidied = tidy::tidy(&current, None).filter(|tidied| tidied.len() <= MAX_HTML)?;
        let cleaned = SANITISER.clean(&tidied).to_string();
        if cleaned == current {
            return Some(cleaned);
        }
        current = Cow::Owned(cleaned);
    }
    None
}

/// Text as paragraphs, within [`MAX_HTML`].
fn plain_html(text: &str) -> String {
    // The longest way to write one character, and the end of the paragraph after it.
    const RESERVE: usize = "&nbsp;</p>".len();
    let mut out = String::new();
    let mut in_paragraph = false;
    for line in text.lines().map(str::trim) {
        if out.len() + RESERVE > MAX_HTML {
            break;
        }
        out.push_str(match (line.is_empty(), in_paragraph) {
            (true, true) => "</p>",
            (true, false) => "",
            (false, true) => "<br>",
            (false, false) => "<p>",
        });
        let mut buffer = [0; 4];
        for c in line.chars() {
            if out.len() + RESERVE > MAX_HTML {
                break;
            }
            write_text(&mut out, c.encode_utf8(&mut buffer));
        }
        in_paragraph = !line.is_empty();
    }
    if in_paragraph {
        out.push_str("</p>");
    }
    out
}

/// Whether what follows `at` belongs to the character before it.
fn splits_character(text: &str, at: usize) -> bool {
    let joins = |c: char| c == '\u{200D}' || ('\u{1F3FB}'..='\u{1F3FF}').contains(&c) || is_combining_mark(c);
    text[at..].starts_with(joins) || text[..at].ends_with('\u{200D}')
}

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let tags: HashSet<&str> = Element::ALL.into_iter().map(Element::name).collect();
    let attributes: HashMap<&str, HashSet<&str>> =
        Element::ALL.into_iter().map(|e| (e.name(), e.allowed().iter().copied().collect())).collect();
    let mut builder = Builder::empty();
    builder
        .tags(tags)
        .tag_attributes(attributes)
        .generic_attributes(HashSet::new())
        .url_schemes(HashSet::from(SCHEMES))
        .url_relative(UrlRelative::Deny)
        .link_rel(None)
        .strip_comments(true)
        .attribute_filter(|_, name, value| clean_value(name, value).map(Cow::Owned));
    builder
});
