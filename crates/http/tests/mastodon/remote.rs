//! Files of other servers and the pages that posts lead to, as apps see them.

use model::account::Emoji;
use model::audience::Audience;
use model::card::Card;
use model::policy::Policy;
use model::post::{MediaKind, Origin};
use node::accounts::INSTANCE_ACTOR;
use node::receive::{self, Reason, ReceivedMedia, ReceivedPost};
use serde_json::{Value, json};

use crate::api::{Api, ORIGIN, Person};

const PICTURE: &str = "https://far.example/x.png";

/// Somebody elsewhere whom this node knows; their id.
pub async fn somebody(api: &Api, username: &str, domain: &str) -> i64 {
    let node = &api.app.node;
    let mut tx = node.store.begin().await.unwrap();
    let ours = tx.account_by_handle(INSTANCE_ACTOR, "").await.unwrap().expect("the node's own actor");
    let account = model::account::Account {
        id: node.id(),
        uri: format!("https://{domain}/users/{username}"),
        username: username.to_owned(),
        domain: domain.to_owned(),
        kind: model::account::ActorKind::Person,
        inbox: format!("https://{domain}/inbox"),
        ..ours
    };
    assert!(tx.insert_account(&account).await.unwrap());
    node.commit(tx).await.unwrap();
    account.id
}

/// A post of bob, who is elsewhere, with a picture, an emoji and a face.
pub async fn bobs_post(api: &Api) -> i64 {
    let node = &api.app.node;
    let mut tx = node.store.begin().await.unwrap();
    let ours = tx.account_by_handle(INSTANCE_ACTOR, "").await.unwrap().expect("the node's own actor");
    let emoji =
        Emoji { shortcode: "wave".to_owned(), url: "https://far.example/wave.png".to_owned(), ..Emoji::default() };
    let bob = model::account::Account {
        id: node.id(),
        uri: "https://far.example/users/bob".to_owned(),
        username: "bob".to_owned(),
        domain: "far.example".to_owned(),
        kind: model::account::ActorKind::Person,
        avatar: "https://far.example/face.png".to_owned(),
        emojis: vec![emoji.clone()],
        ..ours
    };
    assert!(tx.insert_account(&bob).await.unwrap());
    let received = ReceivedPost {
        uri: "https://far.example/notes/1".to_owned(),
        url: "https://far.example/@bob/1".to_owned(),
        audience: Audience::Public,
        in_reply_to: String::new(),
        context: String::new(),
        content: "<p>Look <a href=\"https://page.example/a\">here</a></p>".to_owned(),
        summary: String::new(),
        sensitive: false,
        language: "en".to_owned(),
        emojis: vec![emoji],
        published: None,
        updated: None,
        mentions: Vec::new(),
        addressed: Vec::new(),
        hashtags: Vec::new(),
        media: vec![ReceivedMedia {
            url: PICTURE.to_owned(),
            mime: "image/png".to_owned(),
            kind: MediaKind::Image,
            description: "A picture".to_owned(),
            blurhash: String::new(),
            width: None,
            height: None,
            duration_ms: None,
            focus: (0.0, 0.0),
        }],
        poll: None,
        origin: Origin::default(),
        quote: None,
        experiment: None,
        policy: Policy::default(),
        approved_by: String::new(),
        is_approved: false,
    };
    let post = receive::post(node, &mut tx, &bob, &received, Reason::Fetched { depth: 0 }).await.unwrap().unwrap();
    node.commit(tx).await.unwrap();
    post.id
}

async fn shown(api: &Api, alice: &Person, id: i64) -> Value {
    api.get(alice, &format!("/api/v1/statuses/{id}")).await.ok()
}

fn is_ours(address: &Value, owner: &str) -> bool {
    address.as_str().is_some_and(|a| a.starts_with(&format!("{ORIGIN}/media/remote/{owner}/")))
}

#[tokio::test]
async fn apps_are_given_our_addresses_for_others_files_and_no_other() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let id = bobs_post(&api).await;
    let status = shown(&api, &alice, id).await;
    let file = &status["media_attachments"][0];
    assert!(is_ours(&file["url"], "file") && file["url"] == file["preview_url"], "{file}");
    assert_eq!(file["remote_url"], PICTURE);
    let account = &status["account"];
    assert!(is_ours(&account["avatar"], "avatar") && account["avatar"] == account["avatar_static"], "{account}");
    assert_eq!(account["header"], format!("{ORIGIN}/assets/header.png"));
    assert!(is_ours(&account["emojis"][0]["url"], "account-emoji"));
    assert!(is_ours(&status["emojis"][0]["static_url"], "post-emoji"));
    assert_eq!(shown(&api, &alice, id).await["media_attachments"][0]["url"], file["url"], "the address stays the same");
    // Nobody is there to have it from; without a token, and without an error that says anything.
    let path = file["url"].as_str().unwrap().strip_prefix(ORIGIN).unwrap();
    let reply = api.look(path).await;
    assert_eq!((reply.status.as_u16(), &reply.body), (404, &json!({"error": "Record not found"})));
    assert_eq!(reply.headers["access-control-allow-origin"], "*", "web clients may read it");
    let other = path.replace("/file/", "/card/");
    assert_eq!(api.look(&other).await.status, 404);
}

#[tokio::test]
async fn a_post_has_the_card_of_the_page_it_leads_to_when_that_was_read() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let id = bobs_post(&api).await;
    assert_eq!(shown(&api, &alice, id).await["card"], Value::Null);
    let node = &api.app.node;
    let mut tx = node.store.begin().await.unwrap();
    let card = tx.card_of(id).await.unwrap().expect("it leads to a page");
    let read = Card {
        id: card,
        url: "https://page.example/a".to_owned(),
        title: "A <b>page</b>".to_owned(),
        author_name: "Ann".to_owned(),
        provider_name: "Pages".to_owned(),
        image: "https://page.example/i.png".to_owned(),
        image_width: Some(1_200),
        image_height: Some(630),
        ..Card::default()
    };
    node::cards::put(node, &mut tx, &read).await.unwrap();
    node.commit(tx).await.unwrap();
    let card = &shown(&api, &alice, id).await["card"];
    assert!(is_ours(&card["image"], "card"), "{card}");
    let expected = json!({
        "url": "https://page.example/a", "title": "A <b>page</b>", "description": "", "language": null, "type": "link",
        "author_name": "Ann", "author_url": "", "provider_name": "Pages", "provider_url": "", "html": "", "width": 1200,
        "height": 630, "image": card["image"], "image_description": "", "embed_url": "", "blurhash": null, "published_at": null,
        "authors": [{"name": "Ann", "url": "", "account": null}],
    });
    assert_eq!(*card, expected);
    let boost = api.does(&alice, "statuses", &json!(id.to_string()), "reblog").await;
    assert_eq!(boost["reblog"]["card"], expected, "also in a boost");
    let page = api.raw_text("/@alice").await;
    assert!(page.contains("A &lt;b&gt;page&lt;/b&gt;") || page.contains("A &#60;b&#62;page&#60;/b&#62;"), "{page}");
    assert!(!page.contains("far.example/x.png") && page.contains("/media/remote/file/"), "{page}");
}
