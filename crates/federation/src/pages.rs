//! Reading what a page that a post leads to says about itself: OpenGraph, Twitter's names for the same, plain HTML, and of oEmbed
//! its texts. HTML that others want embedded is never taken (CVE-2023-36459).

use encoding_rs::{Encoding, UTF_8};
use model::card::Card;
use model::html::{self, Page};
use model::language::valid_bcp47;
use node::cards;
use node::config::authority;
use serde_json::Value;
use url::Url;

use crate::client::{Blob, Budget};
use crate::jobs::Next;
use crate::json::text;
use crate::strangers::Denied;
use crate::{Error, Federation};

/// As much of a page is read, in bytes, as Mastodon reads.
const MAX_PAGE: usize = 1024 * 1024;
/// A page that names its encoding does so within so many bytes (HTML 4.2.5.4).
const NAMED_WITHIN: usize = 1024;
/// Characters.
const TITLE: usize = 250;
const NAME: usize = 100;
const DESCRIPTION: usize = 500;
const URL: usize = 2_048;

impl Federation {
    /// Reads the page of a card. One that cannot be read is left alone for an hour: what may be said about it then is asked of it
    /// by a post that comes later.
    pub(crate) async fn read_page(&self, card: i64, budget: &Budget) -> Result<Next, Error> {
        let Some(card) = self.node.store.read().await?.card(card).await? else { return Ok(Next::Done) };
        // A rule may be newer than the job.
        let url = Url::parse(&card.url).ok().filter(|_| !self.is_blocked(&card.url));
        let read = match self.asked.leave_to_ask(&authority(&card.url).to_lowercase()) {
            Err(Denied::Busy) => return Ok(Next::Busy),
            Err(Denied::Failing) => None,
            Ok(_leave) => match url {
                Some(url) => self.described(&card, &url, budget).await,
                None => None,
            },
        };
        let mut tx = self.node.store.begin().await?;
        match read {
            Some(read) => cards::put(&self.node, &mut tx, &read).await?,
            None => cards::fail(&self.node, &mut tx, &card).await?,
        }
        self.node.commit(tx).await?;
        Ok(Next::Done)
    }

    async fn described(&self, card: &Card, url: &Url, budget: &Budget) -> Option<Card> {
        let page = self.client.get_page(url, MAX_PAGE, budget).await.map_err(Error::from);
        self.asked.heed(&authority(&card.url).to_lowercase(), &page);
        let page = page.inspect_err(|error| tracing::debug!(url = card.url, %error, "a page cannot be read")).ok()?;
        let base = page.final_url.clone();
        let read = html::read_page(&decoded(&page));
        let told = match oembed_of(&read, &base) {
            Some(address) => self.client.get_json(&address, "application/json", budget).await.ok().map(|d| d.json),
            None => None,
        };
        Some(describe(card, &base, &read, told.as_ref().unwrap_or(&Value::Null)))
    }
}

/// The page as text: by the charset of its answer, or the one it names itself, or as UTF-8.
fn decoded(page: &Blob) -> String {
    let declared = page.content_type.split(';').find_map(|p| charset(p.trim()));
    let start = &page.bytes[..page.bytes.len().min(NAMED_WITHIN)];
    let start = String::from_utf8_lossy(start).to_ascii_lowercase();
    let encoding = declared.or_else(|| start.match_indices("charset=").find_map(|(at, _)| charset(&start[at..])));
    encoding.unwrap_or(UTF_8).decode(&page.bytes).0.into_owned()
}

fn charset(parameter: &str) -> Option<&'static Encoding> {
    let (name, value) = parameter.split_once('=')?;
    let value = value.trim_start_matches(['"', '\'', ' ']);
    let end = value.find(|c: char| !c.is_ascii_alphanumeric() && !"-_.:".contains(c)).unwrap_or(value.len());
    if name.eq_ignore_ascii_case("charset") { Encoding::for_label(&value.as_bytes()[..end]) } else { None }
}

/// Where the page says that its oEmbed text is, if that is on the same site: a page must not make us ask others.
fn oembed_of(page: &Page, base: &Url) -> Option<Url> {
    let is_oembed = |l: &&html::PageLink| l.rel.iter().any(|r| r == "alternate") && l.kind == "application/json+oembed";
    let address = base.join(&page.links.iter().find(is_oembed)?.href).ok()?;
    let bare = |url: &Url| url.host_str().map(|h| h.trim_start_matches("www.").to_owned());
    let (page, other) = (bare(base)?, bare(&address)?);
    let lies_in = |a: &str, b: &str| a == b || a.strip_suffix(b).is_some_and(|rest| rest.ends_with('.'));
    (address.scheme() == "https" && (lies_in(&page, &other) || lies_in(&other, &page))).then_some(address)
}

fn describe(card: &Card, base: &Url, page: &Page, told: &Value) -> Card {
    let line = |text: &str, most: usize| html::truncate(&text.split_whitespace().collect::<Vec<_>>().join(" "), most);
    let told = |name: &str| text(told, name).map(|t| line(t, TITLE)).filter(|t| !t.is_empty());
    let link = |address: Option<String>| -> String {
        let url = address.and_then(|a| base.join(&a).ok()).filter(|u| u.scheme() == "https" && u.has_host());
        url.map(String::from).filter(|u| u.len() <= URL).unwrap_or_default()
    };
    let robots = page.meta(&["robots"]).unwrap_or_default().to_ascii_lowercase();
    let forbids = |word: &str| robots.split(',').any(|r| matches!(r.trim(), "none") || r.trim() == word);
    let title =
        page.meta(&["og:title", "twitter:title"]).or_else(|| told("title")).unwrap_or_else(|| page.title.clone());
    let description = page.meta(&["og:description", "twitter:description", "description"]).unwrap_or_default();
    let image = page.meta(&["og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src"]);
    let pixels = |name: &str| page.meta(&[name])?.parse::<i64>().ok().filter(|n| (1..=100_000).contains(n));
    let host = base.host_str().unwrap_or_default().to_owned();
    let provider = page.meta(&["og:site_name"]).or_else(|| told("provider_name")).unwrap_or(host);
    let author = told("author_name").or_else(|| page.meta(&["author", "article:author_name"])).unwrap_or_default();
    let is_shown = !forbids("noimageindex");
    Card {
        id: card.id,
        url: card.url.clone(),
        title: line(&title, TITLE),
        description: if forbids("nosnippet") { String::new() } else { line(&description, DESCRIPTION) },
        author_name: line(&author, NAME),
        author_url: link(told("author_url")),
        provider_name: line(&provider, NAME),
        image: if is_shown { link(image) } else { String::new() },
        image_description: line(&page.meta(&["og:image:alt", "twitter:image:alt"]).unwrap_or_default(), DESCRIPTION),
        image_width: pixels("og:image:width"),
        image_height: pixels("og:image:height"),
        language: valid_bcp47(&page.language).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blob(content_type: &str, bytes: &[u8]) -> Blob {
        Blob {
            final_url: Url::parse("https://a.example/x").unwrap(),
            content_type: content_type.to_owned(),
            bytes: bytes.to_vec().into(),
        }
    }

    #[test]
    fn a_page_is_read_in_the_encoding_that_it_names() {
        assert_eq!(decoded(&blob("text/html; charset=\"ISO-8859-1\"", b"caf\xe9")), "café");
        assert_eq!(decoded(&blob("text/html", b"<meta charset='shift_jis'>\x83e")), "<meta charset='shift_jis'>テ");
        assert_eq!(decoded(&blob("text/html; charset=nonsense", "café".as_bytes())), "café");
        assert_eq!(decoded(&blob("", b"caf\xe9")), "caf\u{fffd}");
    }

    #[test]
    fn oembed_is_asked_for_on_the_same_site_alone() {
        let base = Url::parse("https://www.a.example/x").unwrap();
        let page =
            |href: &str| html::read_page(&format!("<link rel=alternate type=application/json+oembed href='{href}'>"));
        for (href, asked) in [
            ("/oembed?x=1", true),
            ("https://api.a.example/o", true),
            ("https://victim.example/o", false),
            ("https://nota.example/o", false),
            ("http://a.example/o", false),
        ] {
            assert_eq!(oembed_of(&page(href), &base).is_some(), asked, "{href}");
        }
    }
}
