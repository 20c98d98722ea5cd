//! HTML rewritten so that every parser agrees what it is: allowed elements only, properly nested, all closed.
//!
//! What comes out is what a tree builder would make of it, so cleaning it once more changes nothing. Whether it is
//! safe is not for this module to say; ammonia reads it afterwards.

use super::elements::{Attributes, Element, meaningful_rel};
use super::pieces::{Receiver, read};

/// How deep kept elements may stand in each other.
pub(super) const MAX_DEPTH: usize = 64;

/// Gives the address to put in the place of a link's, or nothing to leave the link alone.
pub(super) type Rewrite<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The HTML made tidy, or nothing when it is nested too deep.
pub(super) fn tidy(html: &str, rewrite: Option<Rewrite>) -> Option<String> {
    let out = String::with_capacity(html.len() + html.len() / 4);
    let mut writer = Writer { out, stack: Vec::new(), boundary: false, dirty: false, too_deep: false, rewrite };
    read(html, &mut writer);
    writer.close_to(0);
    (!writer.too_deep).then_some(writer.out)
}

/// Writes `text` so that it reads back as itself, in the very form ammonia's serialiser uses.
pub(crate) fn write_text(out: &mut String, text: &str) {
    write_escaped(out, text, false);
}

/// Writes the value of an attribute in the same form; the quotes around it are the caller's.
pub(crate) fn write_attribute(out: &mut String, value: &str) {
    write_escaped(out, value, true);
}

struct Writer<'a> {
    out: String,
    stack: Vec<Open>,
    /// A block that is not kept began or ended since the last content.
    boundary: bool,
    /// There is content since the last kept block began or ended.
    dirty: bool,
    too_deep: bool,
    rewrite: Option<Rewrite<'a>>,
}

/// An element on the stack; its start tag is written only when there is something to put into it, so that no empty
/// element is.
struct Open {
    element: Element,
    attributes: Attributes,
    written: bool,
}

impl Receiver for Writer<'_> {
    fn text(&mut self, text: &str) {
        let text = match self.stack.last() {
            // A parser drops the line end after <pre>, and space at the start of a block is never seen.
            Some(Open { element: Element::Pre, written: false, .. }) => text.trim_start_matches('\n'),
            Some(Open { element, written: false, .. }) if is_block(*element) => text.trim_ascii_start(),
            _ => text,
        };
        let only_space = self.boundary && text.bytes().all(|b| b.is_ascii_whitespace());
        if !text.is_empty() && !only_space {
            self.begin_content();
            write_text(&mut self.out, text);
        }
    }

    fn open(&mut self, element: Element, attributes: Attributes) {
        match element {
            Element::Br => {
                self.begin_content();
                self.out.push_str("<br>");
            }
            Element::Heading => {
                self.begin_block();
                self.push(Element::Heading, attributes);
                self.push(Element::Strong, Attributes::new());
            }
            Element::P | Element::Pre | Element::Blockquote | Element::Ul | Element::Ol => {
                self.begin_block();
                self.push(element, attributes);
            }
            Element::Li => match self.position(|e| matches!(e, Element::Ul | Element::Ol)) {
                Some(list) => {
                    self.close_to(list + 1);
                    self.push(element, attributes);
                    self.write_start_tags();
                }
                None => self.boundary(),
            },
            Element::Rt | Element::Rp => {
                if let Some(ruby) = self.position(|e| e == Element::Ruby) {
                    self.close_to(ruby + 1);
                    self.push(element, attributes);
                }
            }
            Element::A => {
                self.close_element(Element::A);
                // Without an address it is no link, and its text can stand by itself.
                if !attributes.is_empty() {
                    let attributes = self.rewritten(attributes);
                    self.push(element, attributes);
                }
            }
            _ => self.push(element, attributes),
        }
    }

    fn close(&mut self, element: Element) {
        self.close_element(element);
    }

    fn boundary(&mut self) {
        self.close_paragraph();
        self.boundary = true;
    }
}

impl Writer<'_> {
    /// The innermost open element that fits.
    fn position(&self, fits: impl Fn(Element) -> bool) -> Option<usize> {
        self.stack.iter().rposition(|open| fits(open.element))
    }

    fn push(&mut self, element: Element, attributes: Attributes) {
        if self.stack.len() >= MAX_DEPTH {
            self.too_deep = true;
        } else {
            self.stack.push(Open { element, attributes, written: false });
        }
    }

    fn close_element(&mut self, element: Element) {
        if let Some(position) = self.position(|e| e == element) {
            self.close_to(position);
        }
    }

    /// A parser ends an open paragraph before any block.
    fn close_paragraph(&mut self) {
        if let Some(position) = self.position(|e| matches!(e, Element::P | Element::Heading)) {
            self.close_to(position);
        }
    }

    fn begin_block(&mut self) {
        self.close_paragraph();
        (self.boundary, self.dirty) = (false, false);
    }

    fn begin_content(&mut self) {
        if self.boundary && self.dirty {
            self.out.push_str("<br>");
        }
        (self.boundary, self.dirty) = (false, true);
        self.write_start_tags();
    }

    fn close_to(&mut self, depth: usize) {
        while self.stack.len() > depth
            && let Some(open) = self.stack.pop()
        {
            if open.written {
                self.out.push_str("</");
                self.out.push_str(open.element.name());
                self.out.push('>');
            }
            if is_block(open.element) {
                (self.boundary, self.dirty) = (false, false);
            }
        }
    }

    fn write_start_tags(&mut self) {
        for open in self.stack.iter_mut().filter(|open| !open.written) {
            open.written = true;
            self.out.push('<');
            self.out.push_str(open.element.name());
            for (name, value) in &open.attributes {
                self.out.push(' ');
                self.out.push_str(name);
                self.out.push_str("=\"");
                write_attribute(&mut self.out, value);
                self.out.push('"');
            }
            self.out.push('>');
        }
    }

    /// A link that leads to a page of our own is no stranger's: it opens in place and is not disowned.
    fn rewritten(&self, attributes: Attributes) -> Attributes {
        let href = attributes.iter().find(|(name, _)| *name == "href");
        let Some(new) = self.rewrite.zip(href).and_then(|(rewrite, (_, href))| rewrite(href)) else {
            return attributes;
        };
        let own = attributes.into_iter().filter_map(|(name, value)| match name {
            "href" => Some((name, new.clone())),
            "rel" => Some((name, meaningful_rel(&value).collect::<Vec<_>>().join(" "))).filter(|(_, v)| !v.is_empty()),
            "target" => None,
            _ => Some((name, value)),
        });
        own.collect()
    }
}

fn is_block(element: Element) -> bool {
    use Element::*;
    matches!(element, P | Heading | Pre | Blockquote | Ul | Ol | Li)
}

fn write_escaped(out: &mut String, text: &str, in_attribute: bool) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\u{A0}' => out.push_str("&nbsp;"),
            '"' if in_attribute => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
}
