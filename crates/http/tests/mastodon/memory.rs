//! What was answered is answered again, and never when it is no longer so.

use serde_json::{Value, json};

use crate::api::Api;

#[tokio::test]
async fn a_timeline_shows_what_was_just_posted_edited_and_deleted() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let texts = async || {
        let page = api.get(&alice, "/api/v1/timelines/home").await.ok();
        page.as_array().unwrap().iter().map(|p| p["content"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(texts().await.is_empty());
    let post = api.says(&alice, "One").await;
    assert_eq!(texts().await, ["<p>One</p>"]);
    assert_eq!(texts().await, ["<p>One</p>"]);
    let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    api.call("PUT", &path, Some(&alice.token), json!({"status": "Two"})).await;
    assert_eq!(texts().await, ["<p>Two</p>"]);
    api.call("DELETE", &path, Some(&alice.token), json!({})).await;
    assert!(texts().await.is_empty());
}

#[tokio::test]
async fn what_one_was_answered_is_nobody_elses() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let secret = api.posts(&alice, json!({"status": "For me alone", "visibility": "direct"})).await;
    let path = format!("/api/v1/statuses/{}", secret["id"].as_str().unwrap());
    for _ in 0..2 {
        assert_eq!(api.get(&alice, &path).await.status, 200);
        assert_eq!(api.get(&bob, &path).await.status, 404);
        assert_eq!(api.look(&path).await.status, 404);
    }
    let narrow = api.token(Some(alice.id.parse().unwrap()), "write").await;
    for _ in 0..2 {
        assert_eq!(api.call("GET", &path, Some(&narrow), Value::Null).await.status, 403);
    }
}

#[tokio::test]
async fn a_token_that_was_revoked_opens_nothing_from_that_moment() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let home = "/api/v1/timelines/home";
    for _ in 0..2 {
        assert_eq!(api.get(&alice, home).await.status, 200);
    }
    let node = &api.app.node;
    let mut tx = node.store.begin().await.unwrap();
    tx.delete_tokens_of(alice.id.parse().unwrap()).await.unwrap();
    node.commit(tx).await.unwrap();
    assert_eq!(api.get(&alice, home).await.status, 401);
}
