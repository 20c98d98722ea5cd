//! Odd objects: reactions with emoji, custom emoji both ways, what is shown as a post though it is none.

use bytes::Bytes;
use node::emoji::{self, NewEmoji};
use serde_json::{Value, json};
use suite::fediverse::{Letter, Reply, Stage};

static PICTURE: &[u8] = include_bytes!("../../../../crates/http/src/mastodon/assets/avatar.png");

/// How often, and with which emoji, alice's post was reacted to.
async fn reactions(stage: &Stage) -> (i64, Vec<(String, i64)>) {
    let post = stage.post_now().await;
    let mut tx = stage.node.node().store.read().await.unwrap();
    (post.favourites_count, tx.reaction_counts(post.id).await.unwrap())
}

fn of(list: &[(&str, i64)]) -> Vec<(String, i64)> {
    list.iter().map(|(emoji, count)| ((*emoji).to_owned(), *count)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn b23_reactions_keep_their_emoji_count_as_one_favourite_and_are_undone_one_by_one() {
    let stage = Stage::empty().await;
    let (bob, server) = (stage.server.person("bob"), &stage.server);
    let react = |kind: &str, who: &Value, said: &str| {
        let mut activity = server.activity(kind, who, json!(stage.post.uri));
        activity["content"] = json!(said);
        activity
    };
    let fire = react("EmojiReact", &bob, "🔥");
    let mut cat = react("Like", &bob, ":neko@.:");
    cat["tag"] = json!({"type": "Emoji", "id": null, "name": ":neko:", "icon": {"type": "Image", "url": server.url("/neko.webp")}});
    stage.takes(&fire).await;
    stage.takes(&cat).await;
    assert_eq!(reactions(&stage).await, (1, of(&[(":neko:", 1), ("🔥", 1)])));
    let eve = server.person("eve");
    stage.takes(&react("EmojiReact", &eve, "🔥")).await;
    stage.takes(&react("EmojiReact", &server.person("mallory"), "<script>alert(1)</script>")).await;
    assert_eq!(reactions(&stage).await, (3, of(&[("🔥", 2), (":neko:", 1)])), "what is no emoji is a favourite");

    let page = Letter::get(&stage.node, stage.post.url.strip_prefix(&stage.node.origin).unwrap());
    let page = page.with("accept", "text/html").send(&stage.node).await.body;
    assert!(
        page.contains("<li>🔥 2</li>") && page.contains("<li>:neko:</li>") && !page.contains("neko.webp"),
        "{page}"
    );

    // By id, though that one had made the favourite: the other stands for it now.
    stage.takes(&server.activity("Undo", &bob, fire.clone())).await;
    assert_eq!(reactions(&stage).await, (3, of(&[(":neko:", 1), ("🔥", 1)])));
    stage.takes(&server.activity("Undo", &eve, cat["id"].clone())).await;
    assert_eq!(reactions(&stage).await.0, 3, "nobody takes back what somebody else did");
    // By target and emoji, with an id that nobody knows.
    cat["id"] = json!(server.url("/never-heard-of"));
    stage.takes(&server.activity("Undo", &bob, cat)).await;
    assert_eq!(reactions(&stage).await, (2, of(&[("🔥", 1)])));
    let mut like = react("Like", &eve, "");
    like["id"] = json!(server.url("/never-heard-of-either"));
    stage.takes(&server.activity("Undo", &eve, like)).await;
    assert_eq!(reactions(&stage).await, (1, of(&[])), "by target alone all goes");
    stage.end().await;
}

/// Gives the node an emoji.
async fn has_emoji(stage: &Stage, shortcode: &str) -> i64 {
    let node = stage.node.node();
    let form = NewEmoji { shortcode: shortcode.to_owned(), category: String::new(), visible: true };
    let stored = emoji::store(node, &form, Bytes::from_static(PICTURE)).await.unwrap();
    let mut tx = node.store.begin().await.unwrap();
    emoji::add(node, &mut tx, "test", &stored).await.unwrap();
    node.commit(tx).await.unwrap();
    stored.id
}

#[tokio::test(flavor = "multi_thread")]
async fn our_emoji_go_along_with_posts_and_profiles_and_can_be_read() {
    let stage = Stage::empty().await;
    stage.follows_alice(&stage.server.person("bob")).await;
    let id = has_emoji(&stage, ":tea_pot:").await;
    let post = stage.alice().says("Time for :tea_pot: and :nothing:").await;
    let create = stage.server.receives("Create").await;
    let tags = create["object"]["tag"].as_array().unwrap();
    assert_eq!(tags.len(), 1, "{tags:#?}");
    let tag = &tags[0];
    assert_eq!((&tag["type"], &tag["name"]), (&json!("Emoji"), &json!(":tea_pot:")));
    assert!(tag["updated"].is_string() && tag["icon"]["mediaType"] == "image/png");
    let get = async |url: &str| {
        Letter::get(&stage.node, url.strip_prefix(&stage.node.origin).unwrap()).send(&stage.node).await
    };
    assert_eq!(get(tag["icon"]["url"].as_str().unwrap()).await.status, 200);
    let document = get(tag["id"].as_str().unwrap()).await.json();
    assert_eq!((&document["id"], &document["icon"]), (&tag["id"], &tag["icon"]));

    let (node, alice) = (stage.node.node(), stage.alice());
    let mut tx = node.store.begin().await.unwrap();
    let change =
        node::accounts::ProfileChange { display_name: Some("Alice :tea_pot:".to_owned()), ..Default::default() };
    node::accounts::change_profile(node, &mut tx, &alice.account().await, change).await.unwrap();
    node.commit(tx).await.unwrap();
    assert_eq!(stage.server.receives("Update").await["object"]["tag"], json!([tag]));

    let mut tx = node.store.begin().await.unwrap();
    emoji::remove(node, &mut tx, "test", "tea_pot").await.unwrap();
    node.commit(tx).await.unwrap();
    assert!(alice.says("No more :tea_pot:").await.emojis.is_empty());
    let kept = stage.node.post_by_uri(&post.uri).await.unwrap();
    assert_eq!(kept.emojis.iter().map(|e| e.own).collect::<Vec<_>>(), [Some(id)], "what used it keeps it");
    assert_eq!(get(tag["id"].as_str().unwrap()).await.status, 200);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_picture_or_has_no_name_is_no_emoji() {
    let stage = Stage::empty().await;
    let node = stage.node.node();
    let form = |shortcode: &str| NewEmoji { shortcode: shortcode.to_owned(), category: String::new(), visible: true };
    for shortcode in ["", "a", "a b", "ü2", "a-b", &"x".repeat(65)] {
        assert!(emoji::store(node, &form(shortcode), Bytes::from_static(PICTURE)).await.is_err(), "{shortcode}");
    }
    let jpeg = Bytes::from_static(&[0xFF, 0xD8, 0xFF, 0xE0, 0, 0x10, b'J', b'F', b'I', b'F', 0, 1]);
    for bytes in [Bytes::from_static(b"<svg onload='x()'/>"), jpeg, Bytes::from(vec![0x89; 300_000])] {
        assert!(emoji::store(node, &form("ok"), bytes).await.is_err());
    }
    has_emoji(&stage, "ok").await;
    let stored = emoji::store(node, &form("ok"), Bytes::from_static(PICTURE)).await.unwrap();
    let mut tx = node.store.begin().await.unwrap();
    assert!(emoji::add(node, &mut tx, "test", &stored).await.is_err(), "the shortcode is taken");
    drop(tx);
    stage.end().await;
}

/// What alice's node makes of an object of bob's, whom she follows.
async fn shown(stage: &Stage, bob: &Value, path: &str, more: Value) -> model::post::Post {
    let object = stage.server.note(bob, path, "The text", more);
    stage.takes(&stage.server.activity("Create", bob, object.clone())).await;
    stage.stored(&object).await.expect("it is kept")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_says_when_and_where_and_a_long_article_ends_with_its_link() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    stage.alice_follows(&bob).await;
    let event = json!({
        "type": "Event", "name": "Swap <i>meet</i>", "startTime": "2026-10-01T18:30:00+02:00", "url": stage.server.url("/e/1"),
        "location": {"type": "Place", "name": "Town hall", "address": {"type": "PostalAddress", "addressLocality": "Wells"}},
    });
    let event = shown(&stage, &bob, "/events/1", event).await.content;
    for part in ["<strong>Swap meet</strong>", "2026-10-01 18:30 +02:00", "Town hall, Wells", "The text", "/e/1"] {
        assert!(event.contains(part), "{part}: {event}");
    }
    let endless = format!("<p>{}<a href=\"https://x.example/{}", "words ".repeat(24_999), "y".repeat(9_000));
    let url = stage.server.url("/a/1");
    let article =
        shown(&stage, &bob, "/articles/1", json!({"type": "Article", "name": "Long", "content": endless, "url": url}))
            .await;
    assert!(
        article.content.len() <= model::html::MAX_HTML && article.content.contains(&format!("href=\"{url}\"")),
        "the link is at its end"
    );
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s27_the_page_of_a_post_is_on_its_own_server() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    stage.alice_follows(&bob).await;
    let fake = shown(&stage, &bob, "/notes/1", json!({"url": "https://bank.example/login"})).await;
    assert_eq!(fake.url, fake.uri);
    let own = shown(&stage, &bob, "/notes/2", json!({"url": stage.server.url("/@bob/2")})).await;
    assert_eq!(own.url, stage.server.url("/@bob/2"));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_to_what_only_a_tombstone_is_left_of_stands_by_itself() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    stage.alice_follows(&bob).await;
    let gone = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": stage.server.url("/notes/0"), "type": "Tombstone"});
    stage.server.serve("/notes/0", Reply::document(&gone));
    let reply = shown(&stage, &bob, "/notes/1", json!({"inReplyTo": gone["id"]})).await;
    stage.node.idle().await;
    assert!(stage.stored(&gone).await.is_none());
    let reply = stage.node.post_by_uri(&reply.uri).await.unwrap();
    assert_eq!((reply.in_reply_to_id, json!(reply.in_reply_to_uri)), (None, gone["id"].clone()));
    stage.end().await;
}
