//! What a whole page says of itself: its links, for those who look for one (a `rel="me"` back, the address of a document), its
//! title and its `<meta>` elements. Everything is text of a stranger, entities decoded, not made safe for anything.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

/// An `<a>` or `<link>` with a `rel` and an `href`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageLink {
    /// In lower case, each once as written.
    pub rel: Vec<String>,
    /// As written, entities decoded.
    pub href: String,
    /// The `type`, or empty.
    pub kind: String,
}

/// A page, read.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Page {
    /// In their order.
    pub links: Vec<PageLink>,
    /// `name` (or `property`) in lower case, and `content`, of each `<meta>` that has both.
    pub metas: Vec<(String, String)>,
    /// Of the first `<title>`, on one line.
    pub title: String,
    /// The `lang` of the page, as written, or empty.
    pub language: String,
}

/// How much of a page is read, and how many of its links and other elements.
const MOST_BYTES: usize = 1024 * 1024;
const MOST_LINKS: usize = 1_000;
const MOST_METAS: usize = 500;
/// Bytes of one text that are kept.
const LONGEST_TEXT: usize = 8 * 1024;
/// The tokenizer takes quadratic time over the attributes of one tag.
const LONGEST_TAG: usize = 32 * 1024;
const FEED: usize = 4 * 1024;

impl Page {
    /// The first of these that is there and says something, on one line.
    pub fn meta(&self, names: &[&str]) -> Option<String> {
        let said = |name: &&str| {
            let texts = self.metas.iter().filter(|(n, _)| n == name).map(|(_, text)| one_line(text));
            texts.into_iter().find(|text| !text.is_empty())
        };
        names.iter().find_map(said)
    }
}

/// The links of a page in their order. What stands in comments, scripts or texts is none.
pub fn links(page: &str) -> Vec<PageLink> {
    read_page(page).links
}

/// Reads a page. What stands in comments, scripts or texts is nothing.
pub fn read_page(page: &str) -> Page {
    let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    let (mut rest, mut seen, mut idle) = (&page[..page.floor_char_boundary(MOST_BYTES)], 0, 0);
    while !rest.is_empty() && idle < LONGEST_TAG {
        let (chunk, after) = rest.split_at(rest.floor_char_boundary(FEED));
        rest = after;
        input.push_back(StrTendril::from_slice(chunk));
        while !input.is_empty() {
            let _ = tokenizer.feed(&input);
        }
        let tokens = tokenizer.sink.0.borrow().tokens;
        idle = if tokens == seen { idle + chunk.len() } else { 0 };
        seen = tokens;
    }
    let mut page = tokenizer.sink.0.take().page;
    page.title = one_line(&page.title);
    page
}

fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

#[derive(Default)]
struct Sink(RefCell<State>);

#[derive(Default)]
struct State {
    page: Page,
    /// Whether the title is being read; a second one is none.
    title: Title,
    tokens: usize,
}

#[derive(Default, PartialEq)]
enum Title {
    #[default]
    Before,
    Within,
    After,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.0.borrow_mut();
        state.tokens += usize::from(!matches!(token, Token::ParseError(_)));
        let tag = match token {
            Token::TagToken(tag) => tag,
            Token::CharacterTokens(text) => {
                if state.title == Title::Within && state.page.title.len() < LONGEST_TEXT {
                    state.page.title.push_str(cut(&text));
                }
                return TokenSinkResult::Continue;
            }
            _ => return TokenSinkResult::Continue,
        };
        if state.title == Title::Within {
            state.title = Title::After;
        }
        if tag.kind != TagKind::StartTag {
            return TokenSinkResult::Continue;
        }
        match &*tag.name {
            "title" if state.title == Title::Before => {
                state.title = Title::Within;
                return TokenSinkResult::RawData(RawKind::Rcdata);
            }
            "html" if state.page.language.is_empty() => {
                state.page.language = attribute(&tag, "lang").map_or("", cut).trim().to_owned();
            }
            "meta" if state.page.metas.len() < MOST_METAS => state.page.metas.extend(meta(&tag)),
            "script" => return TokenSinkResult::RawData(RawKind::ScriptData),
            "style" | "iframe" | "noscript" => return TokenSinkResult::RawData(RawKind::Rawtext),
            "title" | "textarea" => return TokenSinkResult::RawData(RawKind::Rcdata),
            "a" | "link" if state.page.links.len() < MOST_LINKS => state.page.links.extend(link(&tag)),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn attribute<'t>(tag: &'t Tag, name: &str) -> Option<&'t str> {
    tag.attrs.iter().find(|a| &*a.name.local == name).map(|a| &*a.value)
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST_TEXT)]
}

fn link(tag: &Tag) -> Option<PageLink> {
    Some(PageLink {
        rel: attribute(tag, "rel")?.to_lowercase().split_ascii_whitespace().map(str::to_owned).collect(),
        href: attribute(tag, "href")?.trim().to_owned(),
        kind: attribute(tag, "type").unwrap_or_default().to_owned(),
    })
}

fn meta(tag: &Tag) -> Option<(String, String)> {
    let name = attribute(tag, "property").or_else(|| attribute(tag, "name"))?;
    Some((cut(name).trim().to_lowercase(), cut(attribute(tag, "content")?).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{links, read_page};

    #[test]
    fn only_real_links_of_a_page_are_found() {
        let page = r#"<head><link REL="Alternate me" href="/a?x=1&amp;y=2" type="application/activity+json">
            <script>"<a rel=me href=/no>"</script><!-- <a rel=me href=/no> --></head>
            <body><textarea><a rel=me href=/no></textarea><A href=/b rel='me noopener'>x</A><a href=/c>no rel</a>"#;
        let found = links(page);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(
            (found[0].href.as_str(), found[0].rel.as_slice()),
            ("/a?x=1&y=2", &["alternate".to_owned(), "me".to_owned()][..])
        );
        assert_eq!(found[1].href, "/b");
    }

    #[test]
    fn a_page_made_to_be_slow_is_not() {
        assert!(links(&format!("<a {}", "x ".repeat(500_000))).is_empty());
        assert_eq!(links(&"<a rel=me href=x>".repeat(50_000)).len(), 1_000);
    }

    #[test]
    fn a_page_says_what_it_is_called_in_its_head_and_nowhere_else() {
        let page = r#"<!doctype html><html lang="cy"><head><TITLE> A &amp; <b>
            B</TITLE><meta property="og:Title" content="Open &lt;b&gt;"><meta name=description content="  two
            lines "><meta charset=utf-8><script>"<meta name=description content=no>"</script></head>
            <body><svg><title>a drawing</title></svg>"#;
        let read = read_page(page);
        assert_eq!((read.title.as_str(), read.language.as_str()), ("A & <b> B", "cy"));
        assert_eq!(read.meta(&["og:title", "description"]).as_deref(), Some("Open <b>"));
        assert_eq!(read.meta(&["twitter:title", "description"]).as_deref(), Some("two lines"));
        assert_eq!(read.metas.len(), 2);
        assert_eq!(read.meta(&["charset"]), None);
    }

    #[test]
    fn a_title_that_does_not_end_and_metas_without_number_are_cut() {
        assert!(read_page(&format!("<title>{}", "x".repeat(900_000))).title.len() < 20_000);
        let many = read_page(&"<meta name=a content=b>".repeat(10_000));
        assert_eq!(many.metas.len(), 500);
        let long = read_page(&format!("<meta name=a content='{}'>", "é".repeat(10_000)));
        assert!(long.metas.iter().all(|(_, text)| text.len() <= 8 * 1024), "cut at a character");
    }
}
