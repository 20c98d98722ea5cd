//! HTML as plain text: for notifications, page titles and search.

use super::elements::{Attributes, Element};
use super::pieces::{Receiver, read};

/// The text a reader would read, without what is only layout; see [`to_text`](super::to_text).
pub(super) fn plain(html: &str) -> String {
    let mut writer = Writer { out: String::new(), lines: 0, space: false, after_dash: false, pre: 0 };
    read(html, &mut writer);
    writer.out
}

struct Writer {
    out: String,
    /// Line ends to write before the next text.
    lines: usize,
    space: bool,
    /// Nothing has been written since the dash of a list item.
    after_dash: bool,
    pre: usize,
}

impl Receiver for Writer {
    fn text(&mut self, text: &str) {
        if self.pre > 0 {
            self.separate();
            self.out.push_str(text);
            return;
        }
        for (index, word) in text.split(|c: char| c.is_ascii_whitespace()).enumerate() {
            self.space |= index > 0;
            if !word.is_empty() {
                self.separate();
                self.out.push_str(word);
            }
        }
    }

    fn open(&mut self, element: Element, _: Attributes) {
        match element {
            Element::Br => self.lines = (self.lines + 1).min(2),
            Element::Li => {
                self.need(1);
                self.text("- ");
                self.after_dash = true;
            }
            _ => self.block(element),
        }
        self.pre += usize::from(element == Element::Pre);
    }

    fn close(&mut self, element: Element) {
        self.pre = self.pre.saturating_sub(usize::from(element == Element::Pre));
        self.block(element);
    }

    fn boundary(&mut self) {
        self.need(1);
    }
}

impl Writer {
    fn block(&mut self, element: Element) {
        match element {
            // The text of an item goes beside its dash.
            Element::P | Element::Heading | Element::Pre | Element::Blockquote if self.after_dash => {}
            Element::P | Element::Heading | Element::Pre | Element::Blockquote => self.need(2),
            Element::Ul | Element::Ol | Element::Li => self.need(1),
            _ => {}
        }
    }

    fn need(&mut self, lines: usize) {
        self.lines = self.lines.max(lines);
    }

    fn separate(&mut self) {
        if !self.out.is_empty() {
            if self.lines > 0 {
                self.out.extend(std::iter::repeat_n('\n', self.lines));
            } else if self.space {
                self.out.push(' ');
            }
        }
        (self.lines, self.space, self.after_dash) = (0, false, false);
    }
}
