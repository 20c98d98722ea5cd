//! Pictures, from the upload to the post.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};

use crate::api::{Api, ORIGIN, Person, ids};

/// Sends `file` and fields as a form with parts.
pub async fn send(
    api: &Api,
    who: &Person,
    method: &str,
    path: &str,
    file: (&str, &[u8]),
    fields: &[(&str, &str)],
) -> crate::api::Reply {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes());
    }
    // No type is given: some clients know none.
    let head = format!("--b\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"x\"\r\n\r\n", file.0);
    body.extend(head.into_bytes());
    body.extend(file.1);
    body.extend(b"\r\n--b--\r\n");
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
    api.send(request.body(Body::from(body)).unwrap()).await
}

/// A small picture that we have at hand.
const PICTURE: &[u8] = include_bytes!("../../src/mastodon/assets/avatar.png");

/// Uploads a picture of 240 by 240.
pub async fn upload(api: &Api, who: &Person, description: &str) -> Value {
    let fields = [("description", description), ("focus", "0.5,-0.25")];
    send(api, who, "POST", "/api/v2/media", ("file", PICTURE), &fields).await.ok()
}

#[tokio::test]
async fn a_picture_is_uploaded_described_posted_and_served() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let media = upload(&api, &alice, "a head").await;
    let id = media["id"].as_str().unwrap();
    assert_eq!((media["type"].as_str(), media["description"].as_str()), (Some("image"), Some("a head")));
    assert_eq!(media["meta"]["original"]["size"], "240x240");
    assert_eq!(media["meta"]["focus"], json!({"x": 0.5, "y": -0.25}));
    assert!(media["blurhash"].is_string() && media["remote_url"].is_null());
    let url = media["url"].as_str().unwrap().strip_prefix(ORIGIN).unwrap();
    let file = api.look(url).await;
    assert_eq!((file.status.as_u16(), file.headers[header::CONTENT_TYPE].to_str().unwrap()), (200, "image/png"));

    let path = format!("/api/v1/media/{id}");
    let changed = api.call("PUT", &path, Some(&alice.token), json!({"description": "a round head"})).await.ok();
    assert_eq!(changed["description"], "a round head");
    assert_eq!(changed["meta"]["focus"]["x"], 0.5, "what is not said stays");
    let post = api.posts(&alice, json!({"media_ids": [id]})).await;
    assert_eq!(ids(&post["media_attachments"]), [id]);
    api.call("DELETE", &path, Some(&alice.token), Value::Null).await.refused(422);
    let only_media = format!("/api/v1/accounts/{}/statuses?only_media=true", alice.id);
    api.says(&alice, "words alone").await;
    assert_eq!(api.get(&alice, &only_media).await.ids(), [post["id"].as_str().unwrap()]);
}

#[tokio::test]
async fn the_files_of_a_deleted_post_can_be_posted_again_unless_they_are_to_go() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let media = upload(&api, &alice, "").await;
    let post = api.posts(&alice, json!({"status": "typo", "media_ids": [media["id"]]})).await;
    let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    let gone = api.call("DELETE", &path, Some(&alice.token), Value::Null).await.ok();
    assert_eq!(
        (gone["text"].as_str(), ids(&gone["media_attachments"])),
        (Some("typo"), ids(&post["media_attachments"]))
    );
    let again = api.posts(&alice, json!({"status": "no typo", "media_ids": [media["id"]]})).await;
    let path = format!("/api/v1/statuses/{}?delete_media=true", again["id"].as_str().unwrap());
    api.call("DELETE", &path, Some(&alice.token), Value::Null).await.ok();
    api.get(&alice, &format!("/api/v1/media/{}", media["id"].as_str().unwrap())).await.refused(404);
}

#[tokio::test]
async fn what_is_no_picture_is_refused_in_words() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    send(&api, &alice, "POST", "/api/v1/media", ("file", b"#!/bin/sh"), &[]).await.refused(422);
    api.post(&alice, "/api/v2/media", json!({"description": "nothing"})).await.refused(422);
    let long = "x".repeat(10_001);
    send(&api, &alice, "POST", "/api/v1/media", ("file", PICTURE), &[("description", &long)]).await.refused(422);
}

#[tokio::test]
async fn a_profile_gets_a_picture_and_loses_it_again() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let none = api.get(&alice, "/api/v1/accounts/verify_credentials").await.ok();
    let default = none["avatar"].as_str().unwrap().strip_prefix(ORIGIN).unwrap();
    assert_eq!(api.look(default).await.headers[header::CONTENT_TYPE], "image/png");
    let path = "/api/v1/accounts/update_credentials";
    let changed = send(&api, &alice, "PATCH", path, ("avatar", PICTURE), &[("locked", "true")]).await.ok();
    assert_ne!(changed["avatar"], none["avatar"]);
    assert_eq!((changed["avatar_static"] == changed["avatar"], changed["locked"].as_bool()), (true, Some(true)));
    let url = changed["avatar"].as_str().unwrap().strip_prefix(ORIGIN).unwrap();
    assert_eq!(api.look(url).await.status, 200);
    let removed = api.call("DELETE", "/api/v1/profile/avatar", Some(&alice.token), Value::Null).await.ok();
    assert_eq!(removed["avatar"], none["avatar"]);
}
