//! What a member writes, made into the HTML that is sent and shown.
//!
//! Markdown in the small (paragraphs, emphasis, code, quotes, lists, headings, links) or plain text; in both a single
//! line end is a line end, and bare addresses, mentions and hashtags become links. Knows nothing of who exists or
//! where tag pages are: that is asked of [`Links`]. The HTML is what Mastodon's own formatter writes
//! (`text_formatter.rb`) and its sanitiser keeps.

mod entities;
mod markdown;
mod writer;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use self::entities::{Kind, entities};
use self::markdown::Manner;
use self::writer::Writer;
use crate::handle::Handle;
use crate::hashtag::Hashtag;

/// How many characters an address counts, however long it is; as on Mastodon.
pub const URL_LENGTH: usize = 23;
/// Longest address that counts so. A longer one is counted like any text: it would make a post of any size.
const LONGEST_URL: usize = 2_048;

/// How a source text is meant to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    #[default]
    Markdown,
    Plain,
}

impl Format {
    /// The name it is stored by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Markdown => "markdown",
            Self::Plain => "plain",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Markdown, Self::Plain].into_iter().find(|f| f.name() == name)
    }
}

/// What was found in a text: each thing once, in the order of its first appearance, nothing from within code, and no
/// mention or hashtag from within the text of a link.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// Compared without regard to case.
    pub mentions: Vec<Handle>,
    /// Compared by key; the first spelling is kept.
    pub hashtags: Vec<Hashtag>,
    /// `http` and `https` addresses in the form a browser would send, those of written-out links and images included.
    pub urls: Vec<String>,
}

/// Where a mention leads, and what is shown after its `@`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MentionLink {
    pub url: String,
    pub username: String,
}

/// Knows the addresses of accounts and tag pages.
pub trait Links {
    /// The profile page of an account; a mention of an account that is not known stays text.
    fn mention(&self, handle: &Handle) -> Option<MentionLink>;
    /// The page of a hashtag, by its key and its author's spelling.
    fn hashtag(&self, key: &str, name: &str) -> String;
}

/// Finds the mentions, hashtags and addresses of a text: just those [`render`] makes links of.
pub fn scan(source: &str, format: Format) -> Found {
    write(source, format, &Nowhere).found
}

/// The text as HTML. Safe as it is, because nothing is ever written that was not escaped or made here; a page still
/// takes it through [`html::sanitise`](crate::html::sanitise) like everything else.
pub fn render(source: &str, format: Format, links: &dyn Links) -> String {
    write(source, format, links).out
}

/// The HTML of a longer text that stands in a file (Markdown): lines are filled, and headings are headings, from the second level on,
/// below that of the page. Otherwise as [`render`].
pub fn render_document(source: &str, links: &dyn Links) -> String {
    let source = clean(source);
    let mut writer = Writer::new(links);
    markdown::write(&source, Manner::Document, &mut writer);
    writer.out
}

/// How long a text is in the eyes of Mastodon: its characters as written, but 23 for every address, and of a mention
/// only `@user`.
///
/// Counts Unicode scalar values where Mastodon counts grapheme clusters, so an emoji of several parts counts more here.
pub fn length(source: &str) -> usize {
    let source = clean(source);
    let mut length = source.chars().count();
    for entity in entities(&source, ' ') {
        let written = source[entity.range.clone()].chars().count();
        let counted = match entity.kind {
            Kind::Url(_) if written <= LONGEST_URL => URL_LENGTH,
            Kind::Url(_) => written,
            Kind::Mention(handle) => 1 + handle.username.len(),
            Kind::Hashtag(_) => written,
        };
        length = length - written + counted;
    }
    length
}

/// Leads nowhere: for looking only at what is found.
struct Nowhere;

impl Links for Nowhere {
    fn mention(&self, _: &Handle) -> Option<MentionLink> {
        None
    }

    fn hashtag(&self, _: &str, _: &str) -> String {
        String::new()
    }
}

fn write<'a>(source: &str, format: Format, links: &'a dyn Links) -> Writer<'a> {
    let source = clean(source);
    let mut writer = Writer::new(links);
    match format {
        Format::Markdown => markdown::write(&source, Manner::Post, &mut writer),
        Format::Plain => write_plain(&source, &mut writer),
    }
    writer
}

fn write_plain(source: &str, writer: &mut Writer) {
    let mut in_paragraph = false;
    for line in source.lines().map(str::trim) {
        match (line.is_empty(), in_paragraph) {
            (true, true) => writer.block("</p>"),
            (true, false) => {}
            (false, true) => writer.block("<br>"),
            (false, false) => writer.block("<p>"),
        }
        writer.text(line);
        in_paragraph = !line.is_empty();
    }
    if in_paragraph {
        writer.block("</p>");
    }
}

/// One kind of line end, no control characters, and none of the characters the Markdown part needs for itself.
fn clean(source: &str) -> String {
    let source = source.replace("\r\n", "\n").replace('\r', "\n");
    let keep =
        |c: &char| matches!(c, '\n' | '\t') || !(c.is_control() || *c == '\u{FEFF}' || markdown::is_stand_in(*c));
    source.chars().filter(keep).collect()
}
