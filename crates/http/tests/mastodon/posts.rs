//! Posting, who may read it, editing, deleting, conversations.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};

use crate::api::{Api, Person, Reply, ids};

#[tokio::test]
async fn a_post_comes_back_as_it_was_written() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    api.member("bob").await;
    let post = api
        .posts(
            &alice,
            json!({
                "status": "Hello @bob about #Tea\n\nhttps://tea.example/ <script>",
                "visibility": "unlisted", "spoiler_text": "hot", "language": "cy",
            }),
        )
        .await;
    let content = post["content"].as_str().unwrap();
    for part in ["u-url mention", "mention hashtag", "href=\"https://tea.example/\"", "&lt;script&gt;"] {
        assert!(content.contains(part), "{part} in {content}");
    }
    assert_eq!(post["mentions"][0]["acct"], "bob");
    assert_eq!(post["tags"], json!([{"name": "tea", "url": "https://social.example.org/tags/tea"}]));
    assert_eq!(post["application"], json!({"name": "Pencil", "website": "https://pencil.example"}));
    for (key, value) in [("visibility", json!("unlisted")), ("spoiler_text", json!("hot")), ("language", json!("cy"))] {
        assert_eq!(post[key], value);
    }
    assert_eq!((&post["sensitive"], &post["created_at"]), (&json!(true), &json!("2025-06-15T15:06:40.000Z")));
}

#[tokio::test]
async fn what_may_be_null_is_there_and_what_does_not_apply_is_not() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let post = api.says(&alice, "plain").await;
    for key in ["in_reply_to_id", "in_reply_to_account_id", "reblog", "poll", "card", "quote", "edited_at"] {
        assert_eq!(post.get(key), Some(&Value::Null), "{key}");
    }
    for key in ["favourited", "reblogged", "muted", "bookmarked", "pinned"] {
        assert_eq!(post.get(key), Some(&json!(false)), "{key}");
    }
    assert_eq!(post.get("filtered"), Some(&json!([])));
    assert!(post.get("text").is_none() && post.get("scheduled_at").is_none());
    let seen = api.look(&format!("/api/v1/statuses/{}", post["id"].as_str().unwrap())).await.ok();
    for key in ["favourited", "reblogged", "muted", "bookmarked", "pinned", "filtered", "text"] {
        assert!(seen.get(key).is_none(), "{key} without a user");
    }
}

#[tokio::test]
async fn text_is_plain_unless_markdown_is_asked_for() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    assert_eq!(api.says(&alice, "*so*").await["content"], "<p>*so*</p>");
    let markdown = json!({"status": "*so*", "content_type": "text/markdown"});
    assert_eq!(api.posts(&alice, markdown).await["content"], "<p><em>so</em></p>");
}

#[tokio::test]
async fn a_post_that_makes_no_sense_is_refused() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    for (body, status) in [
        (json!({"status": " "}), 422),
        (json!({}), 422),
        (json!({"status": "x".repeat(5_001)}), 422),
        (json!({"status": "x", "visibility": "nobody"}), 422),
        (json!({"status": "x", "in_reply_to_id": "17"}), 404),
        (json!({"status": "x", "in_reply_to_id": "seventeen"}), 404),
        (json!({"status": "x", "scheduled_at": "tomorrow"}), 422),
        (json!({"status": "x", "quoted_status_id": "17"}), 404),
        (json!({"status": "x", "media_ids": ["17"]}), 422),
    ] {
        api.post(&alice, "/api/v1/statuses", body).await.refused(status);
    }
    let empty =
        json!({"status": "x", "in_reply_to_id": "", "scheduled_at": "", "quoted_status_id": "", "visibility": ""});
    assert_eq!(api.posts(&alice, empty).await["visibility"], "public");
}

async fn with_key(api: &Api, who: &Person, key: &str) -> Reply {
    let request = Request::post("/api/v1/statuses")
        .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("Idempotency-Key", key);
    api.send(request.body(Body::from("status=once")).unwrap()).await
}

#[tokio::test]
async fn the_same_key_within_the_hour_is_the_same_post() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let first = with_key(&api, &alice, "k").await.ok()["id"].clone();
    assert_eq!(with_key(&api, &alice, "k").await.ok()["id"], first);
    assert_ne!(with_key(&api, &bob, "k").await.ok()["id"], first, "keys are each member's own");
    assert_ne!(with_key(&api, &alice, "l").await.ok()["id"], first);
    api.app.node.clock.advance(model::clock::HOUR + 1);
    assert_ne!(with_key(&api, &alice, "k").await.ok()["id"], first, "an hour is long enough");
}

#[tokio::test]
async fn each_post_is_seen_by_its_audience_and_nobody_else() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let (follower, named, other) = (api.member("fay").await, api.member("nia").await, api.member("oda").await);
    let blocked = api.member("ben").await;
    api.post(&follower, &format!("/api/v1/accounts/{}/follow", alice.id), Value::Null).await.ok();
    api.post(&alice, &format!("/api/v1/accounts/{}/block", blocked.id), Value::Null).await.ok();
    // Name, what the API calls it, and whether the author, a follower, one who is named, a member, a blocked one, anybody sees it.
    for (name, shown, seen_by) in [
        ("public", "public", [true, true, true, true, false, true]),
        ("unlisted", "unlisted", [true, true, true, true, false, true]),
        ("private", "private", [true, true, true, false, false, false]),
        ("local", "private", [true, true, true, true, false, false]),
        ("direct", "direct", [true, false, true, false, false, false]),
        ("draft", "direct", [true, false, false, false, false, false]),
    ] {
        let post = api.posts(&alice, json!({"status": "for @nia", "visibility": name})).await;
        assert_eq!(post["visibility"], shown);
        let viewers = [Some(&alice), Some(&follower), Some(&named), Some(&other), Some(&blocked), None];
        for (at, (viewer, sees)) in viewers.into_iter().zip(seen_by).enumerate() {
            let id = post["id"].as_str().unwrap();
            let token = viewer.map(|v| v.token.as_str());
            for path in ["", "/context", "/history", "/favourited_by", "/reblogged_by"] {
                let path = format!("/api/v1/statuses/{id}{path}");
                let reply = api.call("GET", &path, token, Value::Null).await;
                assert_eq!(reply.status, if sees { 200 } else { 404 }, "{name} {path} for viewer {at}");
            }
            let listed = api.call("GET", &format!("/api/v1/statuses?id[]={id}"), token, Value::Null).await.ids();
            assert_eq!(listed.len(), usize::from(sees), "{name} in a list for viewer {at}");
            if let Some(viewer) = viewer.filter(|_| !sees) {
                for verb in ["favourite", "reblog", "bookmark", "mute"] {
                    api.post(viewer, &format!("/api/v1/statuses/{id}/{verb}"), Value::Null).await.refused(404);
                }
                let reply = json!({"status": "I saw it", "in_reply_to_id": id});
                api.post(viewer, "/api/v1/statuses", reply).await.refused(404);
            }
        }
    }
}

#[tokio::test]
async fn an_edit_makes_a_new_version_and_keeps_the_old_one() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let media = crate::uploads::upload(&api, &alice, "old alt").await;
    let body = json!({"status": "befor", "spoiler_text": "old", "media_ids": [media["id"]]});
    let post = api.posts(&alice, body).await;
    let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    let source = api.get(&alice, &format!("{path}/source")).await.ok();
    assert_eq!(source, json!({"id": post["id"], "text": "befor", "spoiler_text": "old"}));

    let change = json!({
        "status": "after", "media_ids": [media["id"]],
        "media_attributes": [{"id": media["id"], "description": "new alt", "focus": "0,1"}],
    });
    let edited = api.call("PUT", &path, Some(&alice.token), change).await.ok();
    assert_eq!((&edited["content"], &edited["spoiler_text"]), (&json!("<p>after</p>"), &json!("")));
    assert_eq!(edited["media_attachments"][0]["description"], "new alt");
    assert_eq!(edited["media_attachments"][0]["meta"]["focus"]["y"], 1.0);
    assert!(edited["edited_at"].is_string());
    let history = api.look(&format!("{path}/history")).await.ok();
    let versions: Vec<_> = history.as_array().unwrap().iter().map(|v| &v["content"]).collect();
    assert_eq!(versions, [&json!("<p>befor</p>"), &json!("<p>after</p>")]);
    assert_eq!(history[0]["media_attachments"][0]["description"], "old alt");
    assert_eq!(history[0]["spoiler_text"], "old");
    api.call("PUT", &path, Some(&alice.token), json!({"status": ""})).await.refused(422);
}

#[tokio::test]
async fn a_deleted_post_is_handed_back_and_gone() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let post = api.says(&alice, "a *tpyo*").await;
    let boost = api.does(&bob, "statuses", &post["id"], "reblog").await;
    let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    assert_eq!(api.call("DELETE", &path, Some(&alice.token), Value::Null).await.ok()["text"], "a *tpyo*");
    api.get(&alice, &path).await.refused(404);
    api.call("DELETE", &path, Some(&alice.token), Value::Null).await.refused(404);
    api.get(&bob, &format!("/api/v1/statuses/{}", boost["id"].as_str().unwrap())).await.refused(404);
}

#[tokio::test]
async fn a_boost_can_be_deleted_like_a_post() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let post = api.says(&alice, "again").await;
    let boost = api.does(&bob, "statuses", &post["id"], "reblog").await;
    let path = format!("/api/v1/statuses/{}", boost["id"].as_str().unwrap());
    api.call("DELETE", &path, Some(&bob.token), Value::Null).await.ok();
    let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    let left = api.get(&bob, &path).await.ok();
    assert_eq!((&left["reblogged"], &left["reblogs_count"]), (&json!(false), &json!(0)));
}

#[tokio::test]
async fn a_conversation_shows_what_stands_above_and_below() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let top = api.says(&alice, "top").await;
    let middle = api.posts(&bob, json!({"status": "middle", "in_reply_to_id": top["id"]})).await;
    let bottom = api.posts(&alice, json!({"status": "bottom", "in_reply_to_id": middle["id"]})).await;
    let aside = json!({"status": "aside @alice", "in_reply_to_id": middle["id"], "visibility": "direct"});
    let aside = api.posts(&bob, aside).await;
    assert_eq!((&middle["in_reply_to_id"], &middle["in_reply_to_account_id"]), (&top["id"], &json!(alice.id)));
    let path = format!("/api/v1/statuses/{}/context", middle["id"].as_str().unwrap());
    let id = |post: &Value| post["id"].as_str().unwrap().to_owned();
    let context = api.get(&alice, &path).await.ok();
    assert_eq!(ids(&context["ancestors"]), [id(&top)]);
    assert_eq!(ids(&context["descendants"]), [id(&bottom), id(&aside)]);
    let context = api.look(&path).await.ok();
    assert_eq!(ids(&context["descendants"]), [id(&bottom)]);
    let top = api.look(&format!("/api/v1/statuses/{}", id(&top))).await.ok();
    assert_eq!(top["replies_count"], 1);
    // Whom one mutes one does not read in between either.
    api.post(&alice, &format!("/api/v1/accounts/{}/mute", bob.id), Value::Null).await.ok();
    let path = format!("/api/v1/statuses/{}/context", top["id"].as_str().unwrap());
    assert!(ids(&api.get(&alice, &path).await.ok()["descendants"]).is_empty());
}

#[tokio::test]
async fn a_reply_is_never_wider_than_what_it_answers() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let inside = api.posts(&alice, json!({"status": "among us", "visibility": "local"})).await;
    let reply = json!({"status": "yes", "in_reply_to_id": inside["id"], "visibility": "public"});
    let reply = api.posts(&bob, reply).await;
    api.look(&format!("/api/v1/statuses/{}", reply["id"].as_str().unwrap())).await.refused(404);
}
