//! The links of a post.

use super::elements::{Attributes, Element};
use super::pieces::{Receiver, read};

/// A link in a post's HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostLink {
    /// As written, entities decoded.
    pub href: String,
    /// Whether its class or its `rel` makes it a mention or a hashtag.
    pub names_somebody_or_a_tag: bool,
}

/// The links of a post's HTML that lead somewhere, in their order.
pub fn post_links(html: &str) -> Vec<PostLink> {
    let mut links = Links::default();
    read(html, &mut links);
    links.0
}

#[derive(Default)]
struct Links(Vec<PostLink>);

impl Receiver for Links {
    fn open(&mut self, element: Element, attributes: Attributes) {
        let value = |name: &str| attributes.iter().find(|(n, _)| *n == name).map(|(_, v)| v.as_str());
        let (Element::A, Some(href)) = (element, value("href")) else { return };
        let has = |name: &str, words: &[&str]| value(name).is_some_and(|v| v.split(' ').any(|w| words.contains(&w)));
        let names = has("class", &["mention", "hashtag", "u-url", "h-card"]) || has("rel", &["tag"]);
        self.0.push(PostLink { href: href.to_owned(), names_somebody_or_a_tag: names });
    }

    fn text(&mut self, _: &str) {}
    fn close(&mut self, _: Element) {}
    fn boundary(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::post_links;

    #[test]
    fn links_are_told_from_mentions_and_hashtags() {
        let html = r#"<p><span class="h-card"><a href="https://a.example/@b" class="u-url mention">@b</a></span>
            <a href="https://a.example/tags/x" class="mention hashtag" rel="tag">#x</a> <a href="https://a.example/y" rel="tag">y</a>
            <a href="https://c.example/?d=1&amp;e=2" rel="nofollow">c</a> <a href="javascript:x()">z</a></p>"#;
        let links = post_links(html);
        assert_eq!(links.iter().map(|l| l.names_somebody_or_a_tag).collect::<Vec<_>>(), [true, true, true, false]);
        assert_eq!(links[3].href, "https://c.example/?d=1&e=2");
    }
}
