//! Markdown to HTML, on the events of pulldown-cmark.
//!
//! Before it is parsed, every character with a meaning in Markdown that stands inside an address, a handle or a
//! hashtag is exchanged for a stand-in from the end of Unicode, and afterwards back again; so `#snake_case_` never
//! opens emphasis. The same makes raw HTML mere text, and turns reference definitions off.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, LinkType, Options, Parser, Tag, TextMergeStream};

use super::entities::{entities, web_url};
use super::writer::Writer;

/// How deep blocks and emphasis may stand in each other; what is deeper loses its markup and keeps its text.
const MAX_DEPTH: usize = 16;

/// Stand-in for an ASCII character that is not to mean anything to the parser.
const STAND_IN: u32 = 0x10_FE00;

/// Stand-in for an `@` or `#` after a backslash, which is to be text for us as well.
const ESCAPED: u32 = 0x10_FF00;

/// Characters Markdown gives a meaning to, as far as they occur in addresses, handles and hashtags.
const ACTIVE: &str = "*_~[]()!&#";

/// What the text is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// As it is typed in a post: a line end is one, a heading is a bold line.
    Post,
    /// As it stands in a file: lines are filled, headings part it. The heading of the page is above them.
    Document,
}

pub(super) fn write(source: &str, manner: Manner, writer: &mut Writer) {
    let protected = protect(source);
    let parser = Parser::new_ext(&protected, Options::ENABLE_STRIKETHROUGH);
    let mut walk = Walk { writer, manner, open: Vec::new(), verbatim: 0, in_link: 0, swallowed: 0 };
    for event in TextMergeStream::new(parser) {
        walk.event(event);
    }
}

/// Whether a character is one of the stand-ins, and so must not come in a source.
pub(super) fn is_stand_in(c: char) -> bool {
    (STAND_IN..ESCAPED + 0x80).contains(&u32::from(c))
}

/// Text with every stand-in given back its character.
pub(super) fn restore(text: &str) -> String {
    text.chars().map(|c| original(c).map_or(c, |(original, _)| original)).collect()
}

struct Walk<'w, 'a> {
    writer: &'w mut Writer<'a>,
    manner: Manner,
    open: Vec<Open>,
    verbatim: usize,
    in_link: usize,
    swallowed: usize,
}

/// What to do when an element ends.
struct Open {
    close: Close,
    /// Where its markup begins and where its content does.
    begin: usize,
    content: usize,
}

enum Close {
    Nothing,
    Block(&'static str),
    /// Written even when empty: the number of an item depends on those before it.
    Item,
    Inline(&'static str),
    Code,
    /// With its address, for where there is no text.
    Link(String),
    /// A link whose address nothing may lead to: it is written out behind the text.
    DeadLink(String),
    Autolink,
}

impl Walk<'_, '_> {
    fn event(&mut self, event: Event) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(_) => self.end(),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.text(&text),
            Event::Code(code) => {
                self.writer.inline("<code>");
                self.writer.literal(&restore_verbatim(&code));
                self.writer.inline("</code>");
            }
            Event::SoftBreak if self.manner == Manner::Document => self.writer.block("\n"),
            Event::SoftBreak | Event::HardBreak => self.writer.block("<br>"),
            Event::Rule => self.writer.block("<p>---</p>"),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.swallowed > 0 {
            return;
        }
        if self.verbatim > 0 {
            self.writer.literal(&restore_verbatim(text));
        } else if self.in_link > 0 {
            self.writer.literal(text);
        } else {
            self.writer.text(&restore_unescaped(text));
        }
    }

    fn start(&mut self, tag: Tag) {
        let begin = self.writer.out.len();
        let close = if self.open.len() < MAX_DEPTH { self.open_markup(tag) } else { Close::Nothing };
        match close {
            Close::Code => self.verbatim += 1,
            Close::Link(_) | Close::DeadLink(_) => self.in_link += 1,
            Close::Autolink => self.swallowed += 1,
            _ => {}
        }
        self.open.push(Open { close, begin, content: self.writer.out.len() });
    }

    fn open_markup(&mut self, tag: Tag) -> Close {
        let is_document = self.manner == Manner::Document;
        let writer = &mut *self.writer;
        let (markup, close) = match tag {
            Tag::Paragraph | Tag::HtmlBlock => ("<p>", Close::Block("</p>")),
            Tag::Heading { level: HeadingLevel::H1, .. } if is_document => ("<h2>", Close::Block("</h2>")),
            Tag::Heading { level: HeadingLevel::H2, .. } if is_document => ("<h3>", Close::Block("</h3>")),
            Tag::Heading { .. } if is_document => ("<h4>", Close::Block("</h4>")),
            Tag::Heading { .. } => ("<p><strong>", Close::Block("</strong></p>")),
            Tag::BlockQuote(_) => ("<blockquote>", Close::Block("</blockquote>")),
            Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented) => ("<pre><code>", Close::Code),
            Tag::List(None) => ("<ul>", Close::Block("</ul>")),
            Tag::List(Some(start)) if start != 1 && i32::try_from(start).is_ok() => {
                writer.block(&format!("<ol start=\"{start}\">"));
                return Close::Block("</ol>");
            }
            Tag::List(Some(_)) => ("<ol>", Close::Block("</ol>")),
            Tag::Item => ("<li>", Close::Item),
            Tag::Emphasis => return self.inline("<em>", "</em>"),
            Tag::Strong => return self.inline("<strong>", "</strong>"),
            Tag::Strikethrough => return self.inline("<del>", "</del>"),
            Tag::Link { link_type, dest_url, .. } => return self.link(Some(link_type), &dest_url),
            Tag::Image { dest_url, .. } => return self.link(None, &dest_url),
            _ => return Close::Nothing,
        };
        writer.block(markup);
        close
    }

    fn inline(&mut self, markup: &'static str, close: &'static str) -> Close {
        self.writer.inline(markup);
        Close::Inline(close)
    }

    /// A link, or an image, which becomes a link with its description as text.
    fn link(&mut self, link_type: Option<LinkType>, destination: &str) -> Close {
        let destination = restore_verbatim(destination);
        if self.in_link > 0 {
            return Close::Nothing;
        }
        match web_url(&destination) {
            Some(url) if link_type == Some(LinkType::Autolink) => {
                self.writer.bare_url(&url, &destination);
                Close::Autolink
            }
            Some(url) => {
                self.writer.begin_link(&url);
                Close::Link(url.into())
            }
            None => Close::DeadLink(destination),
        }
    }

    fn end(&mut self) {
        let Some(Open { close, begin, content }) = self.open.pop() else { return };
        let empty = self.writer.out.len() == content;
        match close {
            Close::Nothing => {}
            Close::Block(_) | Close::Inline(_) if empty => self.writer.out.truncate(begin),
            Close::Block(markup) => self.writer.block(markup),
            Close::Inline(markup) => self.writer.inline(markup),
            Close::Item => self.writer.block("</li>"),
            Close::Code => {
                self.verbatim -= 1;
                let end = self.writer.out[content..].trim_end_matches('\n').len() + content;
                self.writer.out.truncate(if end == content { begin } else { end });
                self.writer.block(if end == content { "" } else { "</code></pre>" });
            }
            Close::Link(url) => {
                self.in_link -= 1;
                if empty {
                    self.writer.literal(&url);
                }
                self.writer.inline("</a>");
            }
            Close::DeadLink(destination) => {
                self.in_link -= 1;
                if empty {
                    self.writer.literal(&destination);
                } else if !destination.is_empty() {
                    self.writer.literal(&format!(" ({destination})"));
                }
            }
            Close::Autolink => self.swallowed -= 1,
        }
    }
}

/// The source with stand-ins for what the parser is not to see.
fn protect(source: &str) -> String {
    let mut out = String::with_capacity(source.len() + 64);
    let mut done = 0;
    for entity in entities(source, ' ') {
        protect_between(&mut out, source, done..entity.range.start);
        for c in source[entity.range.clone()].chars() {
            out.push(if ACTIVE.contains(c) { stand_in(STAND_IN, c) } else { c });
        }
        done = entity.range.end;
    }
    protect_between(&mut out, source, done..source.len());
    out
}

/// Outside of what becomes a link: marks after a backslash, tags, and the colon of a reference definition.
fn protect_between(out: &mut String, source: &str, range: std::ops::Range<usize>) {
    let mut chars = source[range.clone()].char_indices();
    while let Some((at, c)) = chars.next() {
        let (before, rest) = source.split_at(range.start + at);
        let rest = &rest[c.len_utf8()..];
        match c {
            '\\' => match rest.chars().next() {
                Some(mark @ ('@' | '#')) if at + 1 < range.len() => {
                    out.push(stand_in(ESCAPED, mark));
                    chars.next();
                }
                Some('\\') if at + 1 < range.len() => {
                    out.push_str("\\\\");
                    chars.next();
                }
                _ => out.push(c),
            },
            '<' if !begins_autolink(rest) && !before.ends_with("](") => out.push(stand_in(STAND_IN, c)),
            ':' if before.ends_with(']') => out.push(stand_in(STAND_IN, c)),
            _ => out.push(c),
        }
    }
}

fn begins_autolink(rest: &str) -> bool {
    ["http://", "https://"].iter().any(|s| rest.get(..s.len()).is_some_and(|start| start.eq_ignore_ascii_case(s)))
}

fn stand_in(base: u32, c: char) -> char {
    char::from_u32(base + u32::from(c)).unwrap_or(c)
}

/// The character behind a stand-in, and whether a backslash stood before it.
fn original(c: char) -> Option<(char, bool)> {
    let offset = u32::from(c).checked_sub(STAND_IN)?;
    let escaped = offset >= ESCAPED - STAND_IN;
    let code = if escaped { offset - (ESCAPED - STAND_IN) } else { offset };
    u8::try_from(code).ok().filter(u8::is_ascii).map(|code| (char::from(code), escaped))
}

/// Restores all but the escaped marks.
fn restore_unescaped(text: &str) -> String {
    text.chars().map(|c| original(c).filter(|(_, escaped)| !escaped).map_or(c, |(original, _)| original)).collect()
}

/// Restores what was typed, backslashes included: code is shown to the letter.
fn restore_verbatim(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match original(c) {
            Some((original, true)) => out.extend(['\\', original]),
            Some((original, false)) => out.push(original),
            None => out.push(c),
        }
    }
    out
}
