//! The pages that posts lead to, and what they say about themselves. Tests named `sNN_…` hold lesson NN of the list of security
//! lessons: 20 when and how often a page is read, 21 what is taken of it.

use model::audience::Audience;
use model::card::Card;
use model::clock::{Clock, DAY, MINUTE};
use model::post::Post;
use node::domains;
use node::remote::Owner;
use serde_json::json;
use storage::DomainRule;
use suite::db::Engine;
use suite::fediverse::{Letter, Reply, Server, Stage};
use suite::node::{Options, TestNode};

async fn node() -> TestNode {
    TestNode::start_with(
        Engine::Sqlite,
        Options { change: Some(|s| s.node.card_delay = Some(0)), ..Options::default() },
    )
    .await
}

async fn card(node: &TestNode, post: &Post) -> Option<Card> {
    let mut tx = node.node().store.read().await.unwrap();
    tx.cards_of(&[post.id]).await.unwrap().pop().map(|(_, card)| card)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_described_by_what_it_says_of_itself() {
    let (node, site) = (node().await, Server::start("site").await);
    let page = r#"<!doctype html><html lang="en"><head><title>Plain</title>
        <meta property="og:title" content="How we&#39;d &amp; did"><meta name="description" content=" A  longer
        text "><meta property="og:site_name" content="The Site"><meta property="og:image" content="/i.png">
        <meta property="og:image:alt" content="A chart"><meta property="og:image:width" content="1200">
        <link rel="alternate" type="application/json+oembed" href="/oembed?page=1"></head>"#;
    site.serve("/page", Reply::html(page));
    let told = json!({"type": "rich", "title": "No", "html": "<script>alert(1)</script>", "author_name": " Ann  Author ",
        "author_url": "javascript:alert(1)", "provider_name": "No"});
    site.serve("/oembed?page=1", Reply::Content { kind: "application/json".to_owned(), body: told.to_string() });
    let alice = node.member("alice").await;
    let post = alice.says(&format!("Read this: {}", site.url("/page"))).await;
    node.idle().await;
    let card = card(&node, &post).await.expect("there is something to show");
    assert_eq!(card.url, site.url("/page"));
    assert_eq!((card.title.as_str(), card.description.as_str()), ("How we'd & did", "A longer text"));
    assert_eq!((card.author_name.as_str(), card.author_url.as_str()), ("Ann Author", ""));
    assert_eq!((card.provider_name.as_str(), card.language.as_str()), ("The Site", "en"));
    assert_eq!((card.image, card.image_width), (site.url("/i.png"), Some(1_200)));
    assert_eq!(site.gets(), ["/page", "/oembed?page=1"], "the picture only when somebody looks");
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_page_on_a_server_that_a_rule_shuts_out_later_nothing_is_shown_while_it_stands() {
    let (node, site, pictures) = (node().await, Server::start("site").await, Server::start("pictures").await);
    let image = pictures.url("/i.gif");
    let page = format!("<title>Old pears</title><meta property='og:image' content='{image}'>");
    site.serve("/page", Reply::html(&page));
    let gif = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";
    pictures.serve("/i.gif", Reply::Bytes { kind: "image/gif".to_owned(), body: gif.to_vec().into() });
    let post = node.member("alice").await.says(&site.url("/page")).await;
    node.idle().await;
    let card = card(&node, &post).await.expect("there is something to show");
    let link = node.node().config.remote_url(Owner::Card, card.id, &image);
    let link = link.strip_prefix(&node.origin).unwrap();
    let get = async |target: &str, kind: &str| Letter::get(&node, target).with("accept", kind).send(&node).await;
    // What the API, the post's page and the profile show; the status of the picture.
    let shown = async || {
        let status = get(&format!("/api/v1/statuses/{}", post.id), "application/json").await.json();
        let page = get(&format!("/@alice/{}", post.id), "text/html").await.body.contains("Old pears");
        let profile = get("/@alice", "text/html").await.body.contains("Old pears");
        let card = &status["card"];
        (card["title"].is_string(), page, profile, card["image"].is_string(), get(link, "image/*").await.status)
    };
    let everything = (true, true, true, true, 200);
    assert_eq!(shown().await, everything);
    let rejects = |host: &str| DomainRule { reject_media: true, ..DomainRule::new(host, "none", 0) };
    for (rule, left) in [
        (DomainRule::new(site.host(), "suspend", 0), (false, false, false, false, 404)),
        (DomainRule::new(pictures.host(), "suspend", 0), (true, true, true, false, 404)),
        (rejects(site.host()), (true, true, true, false, 404)),
        (rejects(pictures.host()), (true, true, true, false, 404)),
    ] {
        let node = node.node();
        for stands in [true, false] {
            let mut tx = node.store.begin().await.unwrap();
            if stands {
                domains::set(node, &mut tx, "olga", &rule).await.unwrap();
            } else {
                domains::remove(node, &mut tx, "olga", &rule.domain).await.unwrap();
            }
            node.commit(tx).await.unwrap();
            node.read_domain_rules().await.unwrap();
            assert_eq!(shown().await, if stands { left } else { everything }, "{rule:?}");
        }
    }
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s20_a_page_is_read_once_however_many_posts_lead_to_it() {
    let clock = Clock::manual(Clock::System.now());
    let change: fn(&mut outloud::Settings) = |s| s.node.card_delay = Some(0);
    let options = Options { clock: Some(clock.clone()), change: Some(change), ..Options::default() };
    let node = TestNode::start_with(Engine::Sqlite, options).await;
    let site = Server::start("site").await;
    site.serve("/page", Reply::html("<title>Once</title>"));
    let alice = node.member("alice").await;
    let link = site.url("/page");
    let first = alice.says(&link).await;
    node.idle().await;
    let second = alice.says(&format!("Again {link} and {}", site.url("/other"))).await;
    node.idle().await;
    assert_eq!(card(&node, &first).await, card(&node, &second).await);
    assert_eq!(site.gets(), ["/page"], "and only the first link counts");
    clock.advance(15 * DAY);
    site.serve("/page", Reply::html("<title>Twice</title>"));
    alice.says(&link).await;
    node.idle().await;
    assert_eq!(card(&node, &first).await.unwrap().title, "Twice", "after a fortnight it is read again");
    clock.advance(15 * DAY);
    site.answers(Some(Reply::Status(500)));
    alice.says(&link).await;
    node.idle().await;
    assert_eq!(card(&node, &first).await.unwrap().title, "Twice", "what cannot be read is as it was");
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s20_servers_do_not_all_read_a_page_at_once() {
    let clock = Clock::manual(Clock::System.now());
    let change: fn(&mut outloud::Settings) = |s| s.node.card_delay = Some(MINUTE);
    let options = Options { clock: Some(clock.clone()), change: Some(change), no_worker: true, ..Options::default() };
    let node = TestNode::start_with(Engine::Sqlite, options).await;
    let alice = node.member("alice").await;
    for n in 0..20 {
        alice.says(&format!("https://page.example/{n}")).await;
    }
    let now = node.node().now();
    let leased = async |at: i64| {
        let mut tx = node.node().store.begin().await.unwrap();
        tx.lease_jobs(true, at, at + 1, 100).await.unwrap().into_iter().filter(|j| j.kind == "read_page").count()
    };
    let half = leased(now + MINUTE / 2).await;
    assert!((1..20).contains(&half), "{half} of 20 in the first half of the minute");
    assert_eq!(leased(now + MINUTE).await, 20);
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s20_no_page_is_read_for_what_is_not_for_everybody_nor_for_mentions_tags_and_ourselves() {
    let change: fn(&mut outloud::Settings) = |s| s.node.card_delay = Some(0);
    let stage =
        Stage::empty_with("elsewhere", Engine::Sqlite, Options { change: Some(change), ..Options::default() }).await;
    let site = Server::start("site").await;
    site.serve("/page", Reply::html("<title>A page</title>"));
    let alice = stage.alice();
    for audience in [Audience::Followers, Audience::Direct, Audience::Organisation, Audience::Draft] {
        alice.says_to(audience, &site.url("/page")).await;
    }
    alice.says(&format!("Look at {} and #tags", stage.post.url)).await;
    let bob = stage.server.person("bob");
    stage.alice_follows(&bob).await;
    stage.server.forget();
    let ours = stage.alice().uri().await;
    let words = format!(
        "<a href=\"{}\">bob</a> <a class=\"mention\" href=\"{}\">x</a> <a rel=\"tag\" href=\"{}\">t</a> <a href=\"{ours}\">a</a>",
        bob["id"].as_str().unwrap(),
        site.url("/@x"),
        site.url("/tags/t"),
    );
    let tag = json!([{"type": "Mention", "href": bob["id"], "name": "@bob"}, {"type": "Mention", "href": ours, "name": "@alice"}]);
    let eve = stage.server.person("eve");
    stage.alice_follows(&eve).await;
    stage.server.forget();
    let to = json!(["https://www.w3.org/ns/activitystreams#Public", bob["id"], ours]);
    let note = stage.server.note(&eve, "/notes/1", &words, json!({"tag": tag, "to": to}));
    stage.takes(&stage.server.activity("Create", &eve, note.clone())).await;
    let direct = stage.server.note(
        &eve,
        "/notes/2",
        &format!("<a href=\"{0}\">{0}</a>", site.url("/page")),
        json!({"to": [ours], "cc": []}),
    );
    stage.takes(&stage.server.activity("Create", &eve, direct.clone())).await;
    stage.node.idle().await;
    assert!(stage.stored(&note).await.is_some() && stage.stored(&direct).await.is_some());
    assert_eq!(site.connections(), 0);
    assert!(!stage.server.gets().iter().any(|t| t == "/users/bob"));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_leads_to_another_page_and_a_deleted_post_to_none() {
    let change: fn(&mut outloud::Settings) = |s| s.node.card_delay = Some(0);
    let stage =
        Stage::empty_with("elsewhere", Engine::Sqlite, Options { change: Some(change), ..Options::default() }).await;
    let bob = stage.server.person("bob");
    stage.alice_follows(&bob).await;
    let site = Server::start("site").await;
    for page in ["/one", "/two"] {
        site.serve(page, Reply::html(&format!("<title>{page}</title>")));
    }
    let link = |page: &str| format!("<a href=\"{}\">page</a>", site.url(page));
    let note = stage.server.note(&bob, "/notes/1", &link("/one"), json!({}));
    stage.takes(&stage.server.activity("Create", &bob, note.clone())).await;
    stage.node.idle().await;
    let post = stage.stored(&note).await.unwrap();
    let first = card(&stage.node, &post).await.unwrap();
    assert_eq!(first.title, "/one");
    let updated = model::clock::rfc3339(Clock::System.now() + MINUTE);
    let edited = stage.server.note(&bob, "/notes/1", &link("/two"), json!({"updated": updated}));
    stage.takes(&stage.server.activity("Update", &bob, edited)).await;
    stage.node.idle().await;
    let second = card(&stage.node, &post).await.unwrap();
    assert_eq!(second.title, "/two");
    stage.takes(&stage.server.activity("Delete", &bob, note["id"].clone())).await;
    stage.node.idle().await;
    let mut tx = stage.node.node().store.read().await.unwrap();
    assert_eq!((tx.card(first.id).await.unwrap(), tx.card(second.id).await.unwrap()), (None, None));
    drop(tx);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s21_a_hostile_page_leaves_nothing_but_short_plain_text() {
    let (node, site) = (node().await, Server::start("site").await);
    let long = "x".repeat(5_000);
    let pages = [
        (
            "/scripts",
            "<title><script>alert(1)</script></title><meta name=description content='<img src=x onerror=alert(1)>'><meta property='og:image' content='javascript:alert(1)'>".to_owned(),
        ),
        (
            "/long",
            format!(
                "<title>{long}</title><meta name=description content='{long}'><meta property=og:site_name content='{long}'><meta property='og:image' content='https://a.example/{long}'>"
            ),
        ),
        ("/endless", "<title>".to_owned() + &"<".repeat(900_000)),
        ("/tag", format!("<title>Fine</title><a {}", "x ".repeat(400_000))),
        ("/metas", format!("<title>Fine</title>{}", "<meta name=a content=b>".repeat(30_000))),
    ];
    let alice = node.member("alice").await;
    for (path, page) in pages {
        site.serve(path, Reply::html(&page));
        let post = alice.says(&site.url(path)).await;
        node.idle().await;
        let Some(card) = card(&node, &post).await else {
            assert_eq!(path, "/endless");
            continue;
        };
        assert!(card.title.chars().count() <= 250 && card.description.chars().count() <= 500, "{path}");
        assert!(card.provider_name.chars().count() <= 100 && card.image.is_empty(), "{path}: {card:?}");
    }
    // What is no page, too large, or lies where we do not go is not described.
    site.serve("/json", Reply::Content { kind: "application/json".to_owned(), body: "<title>No</title>".to_owned() });
    site.serve("/large", Reply::html(&format!("<title>No</title>{}", "x".repeat(1_100_000))));
    site.serve("/private", Reply::Redirect("https://10.0.0.1/".to_owned()));
    for path in ["/json", "/large", "/private"] {
        let post = alice.says(&site.url(path)).await;
        node.idle().await;
        assert_eq!(card(&node, &post).await, None, "{path}");
        assert!(site.gets().iter().any(|t| t == path), "{path} was asked for");
    }
    node.running.stop().await;
}
