//! Feeds of hashtags and profiles, read as feed readers do.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Value, json};

use crate::api::Api;

/// An element of an XML document.
#[derive(Clone, Debug, Default)]
pub struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    pub text: String,
    children: Vec<Element>,
}

impl Element {
    /// Elements by the names on the way to them: `rss/channel/item`.
    #[track_caller]
    pub fn all(&self, path: &str) -> Vec<&Element> {
        let (name, rest) = path.split_once('/').map_or((path, None), |(name, rest)| (name, Some(rest)));
        let found = self.children.iter().filter(|c| c.name == name);
        match rest {
            None => found.collect(),
            Some(rest) => found.flat_map(|c| c.all(rest)).collect(),
        }
    }

    #[track_caller]
    pub fn text(&self, path: &str) -> &str {
        self.all(path).first().map_or_else(|| panic!("no {path} in {self:?}"), |e| &e.text)
    }

    #[track_caller]
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes
            .iter()
            .find(|(n, _)| n == name)
            .map_or_else(|| panic!("no {name} in {self:?}"), |(_, value)| value)
    }
}

/// Reads a whole document; panics where it is not well-formed.
#[track_caller]
pub fn parse(text: &str) -> Element {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().unwrap_or_else(|e| panic!("{e} in {text}")) {
            Event::Start(start) => open.push(element(&start)),
            Event::Empty(start) => {
                let child = element(&start);
                open.last_mut().unwrap().children.push(child);
            }
            Event::End(_) => {
                let child = open.pop().unwrap();
                open.last_mut().unwrap().children.push(child);
            }
            Event::Text(part) => open.last_mut().unwrap().text += &part.decode().unwrap(),
            Event::GeneralRef(part) => {
                let name = part.decode().unwrap();
                let written = format!("&{name};");
                open.last_mut().unwrap().text += &quick_xml::escape::unescape(&written).unwrap();
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(open.len(), 1, "{text}");
    open.pop().unwrap()
}

fn element(start: &BytesStart<'_>) -> Element {
    let attribute = |a: quick_xml::events::attributes::Attribute<'_>| {
        let value = std::str::from_utf8(&a.value).unwrap();
        (String::from_utf8(a.key.as_ref().to_vec()).unwrap(), quick_xml::escape::unescape(value).unwrap().into_owned())
    };
    Element {
        name: String::from_utf8(start.name().as_ref().to_vec()).unwrap(),
        attributes: start.attributes().map(|a| attribute(a.unwrap())).collect(),
        ..Element::default()
    }
}

async fn filled() -> Api {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    api.posts(&alice, json!({"status": "First line & <more>\n\nSecond \u{1} line #Tea #Milk", "language": "cy"})).await;
    api.app.node.clock.advance(60_000);
    api.posts(&alice, json!({"status": "the secret #Tea", "spoiler_text": "Spiders & co"})).await;
    for visibility in ["unlisted", "private", "direct", "organisation"] {
        api.posts(&alice, json!({"status": "hidden #Tea", "visibility": visibility})).await;
    }
    api
}

#[tokio::test]
async fn rss_has_what_readers_want() {
    let api = filled().await;
    for (path, title) in [("/tags/tea.rss", "#Tea · Outloud"), ("/@alice.rss", "alice (@alice@social.example.org)")] {
        let reply = api.raw(path, &[]).await;
        assert_eq!(reply.headers()["content-type"], "application/rss+xml; charset=utf-8");
        assert_eq!(reply.headers()["last-modified"], "Sun, 15 Jun 2025 15:07:40 GMT");
        let feed = parse(&api.raw_text(path).await);
        assert_eq!(feed.all("rss")[0].attribute("version"), "2.0");
        let channel = feed.all("rss/channel")[0].clone();
        assert_eq!(channel.text("title"), title);
        let page = format!("https://social.example.org{}", path.trim_end_matches(".rss"));
        assert_eq!(
            (channel.text("link"), channel.all("atom:link")[0].attribute("href")),
            (&*page, &*format!("{page}.rss"))
        );
        assert_eq!(channel.text("lastBuildDate"), "Sun, 15 Jun 2025 15:07:40 GMT");
        assert!(!channel.text("description").is_empty());
        let items = channel.all("item");
        assert_eq!(items.len(), 2, "what is not public is not there");
        let (warned, first) = (items[0], items[1]);
        assert_eq!(first.text("title"), "First line & <more>");
        assert!(first.text("description").starts_with("<p>First line &amp; &lt;more&gt;</p>"), "{first:?}");
        assert_eq!(first.text("pubDate"), "Sun, 15 Jun 2025 15:06:40 GMT");
        assert!(first.text("link").starts_with("https://social.example.org/@alice/"));
        assert_eq!(first.all("guid")[0].attribute("isPermaLink"), "false");
        assert!(first.text("guid").starts_with("https://social.example.org/users/alice/posts/"));
        assert_eq!(first.text("dc:creator"), "alice (@alice@social.example.org)");
        assert_eq!(first.text("dc:language"), "cy");
        assert_eq!(first.all("category").iter().map(|c| c.text.as_str()).collect::<Vec<_>>(), ["Milk", "Tea"]);
        assert_eq!(warned.text("title"), "Spiders & co");
        assert!(!format!("{warned:?}").contains("secret") && warned.text("description").contains("Spiders &amp; co"));
    }
}

#[tokio::test]
async fn atom_has_what_readers_want() {
    let api = filled().await;
    for path in ["/tags/tea.atom", "/@alice.atom"] {
        assert_eq!(api.raw(path, &[]).await.headers()["content-type"], "application/atom+xml; charset=utf-8");
        let document = parse(&api.raw_text(path).await);
        let feed = document.all("feed")[0];
        assert_eq!(feed.attribute("xmlns"), "http://www.w3.org/2005/Atom");
        let own = format!("https://social.example.org{path}");
        assert_eq!((feed.text("id"), feed.text("updated")), (&*own, "2025-06-15T15:07:40.000Z"));
        let link = |of: &Element, rel: &str| {
            of.all("link").into_iter().find(|l| l.attribute("rel") == rel).unwrap().attribute("href").to_owned()
        };
        assert_eq!(
            (link(feed, "self"), link(feed, "alternate")),
            (own.clone(), own.trim_end_matches(".atom").to_owned())
        );
        let entries = feed.all("entry");
        assert_eq!(entries.len(), 2);
        let (warned, first) = (entries[0], entries[1]);
        assert_eq!((first.attribute("xml:lang"), first.text("title")), ("cy", "First line & <more>"));
        assert_eq!(
            (first.text("published"), first.text("updated")),
            ("2025-06-15T15:06:40.000Z", "2025-06-15T15:06:40.000Z")
        );
        assert_eq!(first.text("author/name"), "alice (@alice@social.example.org)");
        assert_eq!(first.text("author/uri"), "https://social.example.org/@alice");
        assert_eq!(first.all("category").iter().map(|c| c.attribute("term")).collect::<Vec<_>>(), ["Milk", "Tea"]);
        assert_eq!(first.all("content")[0].attribute("type"), "html");
        assert!(first.text("content").contains("<p>First line"));
        assert!(!format!("{warned:?}").contains("secret"));
    }
}

#[tokio::test]
async fn json_feeds_have_what_readers_want() {
    let api = filled().await;
    for path in ["/tags/tea.json", "/@alice.json"] {
        assert_eq!(api.raw(path, &[]).await.headers()["content-type"], "application/feed+json; charset=utf-8");
        let text = api.raw_text(path).await;
        let feed: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(feed["version"], "https://jsonfeed.org/version/1.1");
        assert_eq!(feed["feed_url"], format!("https://social.example.org{path}"));
        let items = feed["items"].as_array().unwrap();
        assert_eq!((items.len(), &items[1]["language"], &items[1]["tags"]), (2, &json!("cy"), &json!(["Milk", "Tea"])));
        assert_eq!(items[1]["authors"][0]["url"], "https://social.example.org/@alice");
        assert_eq!(
            (&items[1]["title"], &items[1]["date_published"]),
            (&json!("First line & <more>"), &json!("2025-06-15T15:06:40.000Z"))
        );
        assert!(!text.contains("secret") && !text.contains("hidden"));
    }
}

#[tokio::test]
async fn files_are_enclosed_unless_they_are_behind_something() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    for (n, sensitive) in [(1, false), (2, true)] {
        let media = crate::uploads::upload(&api, &alice, "a head").await["id"].clone();
        api.posts(
            &alice,
            json!({"status": if n == 1 { "" } else { "#tea" }, "media_ids": [media], "sensitive": sensitive}),
        )
        .await;
    }
    let rss = parse(&api.raw_text("/@alice.rss").await);
    let items = rss.all("rss/channel/item");
    assert!(items[0].all("enclosure").is_empty(), "it may be hard to look at");
    assert_eq!(items[1].text("title"), "Pictures or sound by alice (@alice@social.example.org)");
    let enclosure = items[1].all("enclosure")[0];
    assert!(enclosure.attribute("url").starts_with("https://social.example.org/media/"));
    assert!(
        enclosure.attribute("type").starts_with("image/") && enclosure.attribute("length").parse::<u64>().unwrap() > 0
    );
    let atom = parse(&api.raw_text("/@alice.atom").await);
    let links = atom.all("feed/entry")[1].all("link");
    assert!(
        links.iter().any(|l| l.attribute("rel") == "enclosure" && l.attribute("href") == enclosure.attribute("url"))
    );
    let json: Value = serde_json::from_str(&api.raw_text("/@alice.json").await).unwrap();
    assert_eq!(json["items"][1]["attachments"][0]["url"], enclosure.attribute("url"));
}

#[tokio::test]
async fn who_has_a_feed_is_told_so_until_it_changes() {
    let api = filled().await;
    for path in ["/tags/tea.rss", "/tags/tea.atom", "/tags/tea.json", "/@alice.rss"] {
        let first = api.raw(path, &[]).await;
        let (tag, at) = (
            first.headers()["etag"].to_str().unwrap().to_owned(),
            first.headers()["last-modified"].to_str().unwrap().to_owned(),
        );
        for (name, value, status) in [
            ("if-none-match", tag.as_str(), 304),
            ("if-none-match", &format!("\"other\", W/{tag}"), 304),
            ("if-none-match", "\"other\"", 200),
            ("if-modified-since", &at, 304),
            ("if-modified-since", "Sun, 15 Jun 2025 15:07:39 GMT", 200),
            ("if-modified-since", "yesterday", 200),
        ] {
            let reply = api.raw(path, &[(name, value)]).await;
            assert_eq!(reply.status().as_u16(), status, "{path} {name}: {value}");
            assert_eq!(reply.headers()["etag"], tag.as_str());
        }
        // The tag counts before the time.
        let both = [("if-none-match", "\"other\""), ("if-modified-since", at.as_str())];
        assert_eq!(api.raw(path, &both).await.status(), 200);
    }
    let bob = api.member("bob").await;
    let before = api.raw("/tags/tea.rss", &[]).await.headers()["etag"].clone();
    api.says(&bob, "#tea").await;
    assert_ne!(api.raw("/tags/tea.rss", &[]).await.headers()["etag"], before);
}

#[tokio::test]
async fn feeds_of_nothing_are_empty_or_not_there() {
    let api = filled().await;
    let empty = parse(&api.raw_text("/tags/nobodyusedit.rss").await);
    assert!(empty.all("rss/channel/item").is_empty());
    assert_eq!(parse(&api.raw_text("/tags/nobodyusedit.atom").await).text("feed/updated"), "1970-01-01T00:00:00.000Z");
    for path in ["/@nobody.rss", "/@actor.rss", "/tags/123.rss", "/tags/tea.xml"] {
        let status = api.raw(path, &[]).await.status();
        assert!(status == 404 || (path == "/tags/tea.xml" && status == 303), "{path}: {status}");
    }
    // There are dots in usernames, too.
    api.member("alice.json").await;
    let page = api.raw_text("/@alice.json").await;
    assert!(page.starts_with("<!doctype html>") && page.contains("@alice.json@social.example.org"), "{page}");
    let feed: Value = serde_json::from_str(&api.raw_text("/@alice.json.json").await).unwrap();
    assert_eq!(feed["items"], json!([]));
    let other = api.raw("/tags/TEA.json", &[]).await;
    assert_eq!(
        (other.status().as_u16(), other.headers()["location"].to_str().unwrap()),
        (303, "https://social.example.org/tags/tea.json")
    );
}
