//! HTML taken apart into the few pieces a post is made of.
//!
//! Reads with html5ever's tokenizer, which is linear and knows nothing of trees; what a script, a style sheet or a
//! drawing contains is left out here. Must not be trusted to make anything safe: that is ammonia's part, in the module
//! above.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

use super::elements::{Attributes, Element, attributes};

/// Bytes handed to the tokenizer at a time.
const FEED: usize = 4 * 1024;

/// The longest tag or comment that is read, in bytes. The tokenizer compares each attribute of a tag with all before
/// it, so a tag of any length would take quadratic time.
const LONGEST_TAG: usize = 32 * 1024;

/// Who takes the pieces, in the order of the text.
pub(super) trait Receiver {
    /// Text with its entities decoded, without control characters; one run of text may come in several pieces.
    fn text(&mut self, text: &str);
    fn open(&mut self, element: Element, attributes: Attributes);
    fn close(&mut self, element: Element);
    /// A block we do not keep (a `<div>`, a table row) begins or ends here.
    fn boundary(&mut self);
}

/// Takes `html` apart. What follows a tag longer than 32 KB is left out.
pub(super) fn read(html: &str, receiver: &mut dyn Receiver) {
    let sink = Sink { state: RefCell::new(State { receiver, dropped: None, formula: None, tokens: 0 }) };
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    let (mut rest, mut last_progress, mut tokens) = (html, 0, 0);
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at(rest.floor_char_boundary(FEED));
        rest = after;
        input.push_back(StrTendril::from_slice(chunk));
        while !input.is_empty() {
            let _ = tokenizer.feed(&input);
        }
        let seen = tokenizer.sink.state.borrow().tokens;
        last_progress = if seen == tokens { last_progress + chunk.len() } else { 0 };
        tokens = seen;
        if last_progress >= LONGEST_TAG {
            break;
        }
    }
    tokenizer.end();
}

struct Sink<'a> {
    state: RefCell<State<'a>>,
}

struct State<'a> {
    receiver: &'a mut dyn Receiver,
    /// The element whose content is being left out, and how often it has been opened.
    dropped: Option<(String, usize)>,
    formula: Option<Formula>,
    tokens: usize,
}

/// A `<math>` element, of which only text can be kept: its TeX annotation, or else what it reads as (FEP-dc88).
#[derive(Default)]
struct Formula {
    display: bool,
    annotation: Annotation,
    tex: String,
    text: String,
}

#[derive(Default, PartialEq)]
enum Annotation {
    #[default]
    None,
    Tex,
    Other,
}

impl TokenSink for Sink<'_> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let state = &mut *self.state.borrow_mut();
        // A tag in the making reports its errors, and those are no progress.
        state.tokens += usize::from(!matches!(token, Token::ParseError(_)));
        match token {
            Token::TagToken(tag) if state.dropped.is_some() => state.while_dropping(&tag),
            Token::TagToken(tag) if state.formula.is_some() => state.formula_tag(&tag),
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => return state.start(&tag),
            Token::TagToken(tag) => state.end(&tag),
            Token::CharacterTokens(text) if state.dropped.is_none() => state.text(&text),
            Token::EOFToken => state.finish_formula(),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl State<'_> {
    fn start(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name = &*tag.name;
        if let Some(element) = Element::named(name) {
            self.receiver.open(element, attributes(element, &tag.attrs));
        } else if name == "math" && !tag.self_closing {
            let display = tag.attrs.iter().any(|a| &*a.name.local == "display" && &*a.value == "block");
            self.formula = Some(Formula { display, ..Formula::default() });
        } else if is_block(name) {
            self.receiver.boundary();
        } else if is_dropped(name) && !(name == "svg" && tag.self_closing) {
            self.dropped = Some((name.to_owned(), 1));
            return match name {
                "script" => TokenSinkResult::RawData(RawKind::ScriptData),
                "style" | "iframe" | "noembed" | "noframes" | "xmp" => TokenSinkResult::RawData(RawKind::Rawtext),
                "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
                _ => TokenSinkResult::Continue,
            };
        }
        TokenSinkResult::Continue
    }

    fn end(&mut self, tag: &Tag) {
        let name = &*tag.name;
        if let Some(element) = Element::named(name) {
            self.receiver.close(element);
        } else if matches!(name, "td" | "th") {
            self.receiver.text(" ");
        } else if is_block(name) {
            self.receiver.boundary();
        }
    }

    fn while_dropping(&mut self, tag: &Tag) {
        if let Some((name, depth)) = &mut self.dropped
            && *name == *tag.name
        {
            match tag.kind {
                TagKind::StartTag => *depth += 1,
                TagKind::EndTag => *depth -= 1,
            }
            if *depth == 0 {
                self.dropped = None;
            }
        }
    }

    fn formula_tag(&mut self, tag: &Tag) {
        let Some(formula) = &mut self.formula else { return };
        match (&*tag.name, tag.kind) {
            ("math", TagKind::EndTag) => self.finish_formula(),
            ("annotation" | "annotation-xml", TagKind::EndTag) => formula.annotation = Annotation::None,
            ("annotation" | "annotation-xml", TagKind::StartTag) => {
                let tex = |a: &html5ever::Attribute| {
                    &*a.name.local == "encoding" && a.value.eq_ignore_ascii_case("application/x-tex")
                };
                formula.annotation = if tag.attrs.iter().any(tex) { Annotation::Tex } else { Annotation::Other };
            }
            (name, TagKind::StartTag) if is_dropped(name) => self.dropped = Some((name.to_owned(), 1)),
            _ => {}
        }
    }

    fn finish_formula(&mut self) {
        let Some(formula) = self.formula.take() else { return };
        let (tex, marks) = (formula.tex.trim(), if formula.display { "$$" } else { "$" });
        if tex.is_empty() {
            self.receiver.text(&formula.text);
        } else {
            self.receiver.text(&format!("{marks}{tex}{marks}"));
        }
    }

    fn text(&mut self, text: &str) {
        let clean = without_controls(text);
        match &mut self.formula {
            Some(formula) => match formula.annotation {
                Annotation::Tex => formula.tex.push_str(&clean),
                Annotation::None => formula.text.push_str(&clean),
                Annotation::Other => {}
            },
            None if clean.is_empty() => {}
            None => self.receiver.text(&clean),
        }
    }
}

/// A text without control characters and byte order marks: none of them can be seen, and a parser may drop or change
/// each when it reads the text again.
pub(super) fn without_controls(text: &str) -> String {
    let keep = |c: &char| matches!(c, '\n' | '\t') || (!c.is_control() && *c != '\u{FEFF}');
    text.chars().map(|c| if c == '\r' { '\n' } else { c }).filter(keep).collect()
}

/// What is not text to read, or stands only for those who cannot see the real thing.
fn is_dropped(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "iframe"
            | "noembed"
            | "noframes"
            | "noscript"
            | "xmp"
            | "title"
            | "textarea"
            | "svg"
            | "object"
            | "audio"
            | "video"
            | "canvas"
            | "select"
            | "template"
    )
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "header"
            | "hgroup"
            | "hr"
            | "legend"
            | "main"
            | "menu"
            | "nav"
            | "search"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "tfoot"
            | "thead"
            | "tr"
    )
}
