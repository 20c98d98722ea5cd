//! The links of a whole page, for those who look for one: a `rel="me"` back, or the address of a document.

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

/// How much of a page is read, and how many of its links.
const MOST_BYTES: usize = 1024 * 1024;
const MOST_LINKS: usize = 1_000;
/// The tokenizer takes quadratic time over the attributes of one tag.
const LONGEST_TAG: usize = 32 * 1024;
const FEED: usize = 4 * 1024;

/// The links of a page in their order. What stands in comments, scripts or texts is none.
pub fn links(page: &str) -> Vec<PageLink> {
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
    tokenizer.sink.0.take().links
}

#[derive(Default)]
struct Sink(RefCell<State>);

#[derive(Default)]
struct State {
    links: Vec<PageLink>,
    tokens: usize,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.0.borrow_mut();
        state.tokens += usize::from(!matches!(token, Token::ParseError(_)));
        let Token::TagToken(tag) = token else { return TokenSinkResult::Continue };
        if tag.kind != TagKind::StartTag {
            return TokenSinkResult::Continue;
        }
        match &*tag.name {
            "script" => return TokenSinkResult::RawData(RawKind::ScriptData),
            "style" | "iframe" | "noscript" => return TokenSinkResult::RawData(RawKind::Rawtext),
            "title" | "textarea" => return TokenSinkResult::RawData(RawKind::Rcdata),
            "a" | "link" if state.links.len() < MOST_LINKS => state.links.extend(link(&tag)),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn link(tag: &Tag) -> Option<PageLink> {
    let attribute = |name: &str| tag.attrs.iter().find(|a| &*a.name.local == name).map(|a| a.value.to_string());
    Some(PageLink {
        rel: attribute("rel")?.to_lowercase().split_ascii_whitespace().map(str::to_owned).collect(),
        href: attribute("href")?.trim().to_owned(),
        kind: attribute("type").unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::links;

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
}
