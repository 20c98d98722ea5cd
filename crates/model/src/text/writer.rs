//! Writes the HTML of a text and notes what is found in it.
//!
//! The markup of links is that of Mastodon's `text_formatter.rb`, to the letter: other programs know mentions,
//! hashtags and shortened addresses by it.

use std::collections::HashSet;

use url::Url;

use super::entities::{Kind, entities};
use super::{Found, Links};
use crate::handle::Handle;
use crate::hashtag::Hashtag;
use crate::html::{write_attribute, write_text};

/// How many characters of an address are shown after `https://` and `www.`.
const SHOWN: usize = 30;

pub(super) struct Writer<'a> {
    pub out: String,
    pub found: Found,
    links: &'a dyn Links,
    seen: HashSet<String>,
    /// The last character of text, as far as it matters to what may begin after it.
    previous: char,
}

impl<'a> Writer<'a> {
    pub fn new(links: &'a dyn Links) -> Writer<'a> {
        Writer { out: String::new(), found: Found::default(), links, seen: HashSet::new(), previous: ' ' }
    }

    /// Markup that parts texts from each other, such as a paragraph or a line end.
    pub fn block(&mut self, markup: &str) {
        self.out.push_str(markup);
        self.previous = ' ';
    }

    /// Markup within a text, such as emphasis.
    pub fn inline(&mut self, markup: &str) {
        self.out.push_str(markup);
    }

    /// Text in which mentions, hashtags and addresses become links.
    pub fn text(&mut self, text: &str) {
        let mut done = 0;
        for entity in entities(text, self.previous) {
            self.literal(&text[done..entity.range.start]);
            let written = &text[entity.range.clone()];
            match entity.kind {
                Kind::Url(url) => self.bare_url(&url, written),
                Kind::Mention(handle) => self.mention(handle, written),
                Kind::Hashtag(tag) => self.hashtag(tag),
            }
            self.set_previous(written);
            done = entity.range.end;
        }
        self.literal(&text[done..]);
    }

    /// Text that stays text.
    pub fn literal(&mut self, text: &str) {
        // A browser shows no space at the start of a paragraph, and an empty one must be seen to be empty.
        let text = if self.out.ends_with("<p>") { text.trim_ascii_start() } else { text };
        // Escaped marks (`\#`) travel as stand-ins up to here, so that nothing could take them for the real ones.
        write_text(&mut self.out, &super::markdown::restore(text));
        self.set_previous(text);
    }

    /// The start tag of a link whose text its author wrote.
    pub fn begin_link(&mut self, url: &Url) {
        self.note_url(url);
        self.tag("<a href=\"", url.as_str(), "\" rel=\"nofollow noopener\">");
    }

    /// An address that is its own text: shown without its scheme, and cut when long. It can still be copied whole, as
    /// the rest is only invisible.
    pub fn bare_url(&mut self, url: &Url, written: &str) {
        self.note_url(url);
        let scheme = written.find("://").map_or(0, |at| at + "://".len());
        let www = if written[scheme..].starts_with("www.") { "www.".len() } else { 0 };
        let (prefix, rest) = written.split_at(scheme + www);
        let cut = rest.char_indices().nth(SHOWN).map_or(rest.len(), |(at, _)| at);
        let (shown, hidden) = rest.split_at(cut);
        self.tag("<a href=\"", url.as_str(), "\" rel=\"nofollow noopener\" translate=\"no\">");
        self.span("invisible", prefix);
        self.span(if hidden.is_empty() { "" } else { "ellipsis" }, shown);
        self.span("invisible", hidden);
        self.out.push_str("</a>");
    }

    fn mention(&mut self, handle: Handle, written: &str) {
        match self.links.mention(&handle) {
            Some(link) => {
                self.tag(
                    "<span class=\"h-card\" translate=\"no\"><a href=\"",
                    &link.url,
                    "\" class=\"u-url mention\">@<span>",
                );
                write_text(&mut self.out, &link.username);
                self.out.push_str("</span></a></span>");
            }
            None => write_text(&mut self.out, written),
        }
        if self.seen.insert(format!("@{}", handle.key())) {
            self.found.mentions.push(handle);
        }
    }

    fn hashtag(&mut self, tag: Hashtag) {
        let url = self.links.hashtag(&tag.key, &tag.name);
        self.tag("<a href=\"", &url, "\" class=\"mention hashtag\" rel=\"tag\">#<span>");
        write_text(&mut self.out, &tag.name);
        self.out.push_str("</span></a>");
        if self.seen.insert(format!("#{}", tag.key)) {
            self.found.hashtags.push(tag);
        }
    }

    /// Markup around the value of an attribute.
    fn tag(&mut self, before: &str, value: &str, after: &str) {
        self.out.push_str(before);
        write_attribute(&mut self.out, value);
        self.out.push_str(after);
    }

    fn span(&mut self, class: &str, text: &str) {
        self.tag("<span class=\"", class, "\">");
        write_text(&mut self.out, text);
        self.out.push_str("</span>");
    }

    fn note_url(&mut self, url: &Url) {
        if self.seen.insert(url.to_string()) {
            self.found.urls.push(url.to_string());
        }
    }

    fn set_previous(&mut self, text: &str) {
        self.previous = text.chars().next_back().unwrap_or(self.previous);
    }
}
