//! Quotes: who may, how they show, who is told, and taking the leave back.

use serde_json::{Value, json};

use crate::api::{Api, Person};

async fn quotes(api: &Api, who: &Person, quoted: &Value) -> Value {
    api.posts(who, json!({"status": "look", "quoted_status_id": quoted["id"]})).await
}

fn path(post: &Value, rest: &str) -> String {
    format!("/api/v1/statuses/{}{rest}", post["id"].as_str().unwrap())
}

async fn shown(api: &Api, who: &Person, post: &Value) -> Value {
    api.get(who, &path(post, "")).await.ok()["quote"].clone()
}

#[tokio::test]
async fn a_quote_carries_the_post_and_the_author_hears_of_it() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let post = api.says(&alice, "well said").await;
    assert_eq!((&post["quote"], &post["quotes_count"]), (&Value::Null, &json!(0)));
    assert_eq!(post["quote_approval"], json!({"automatic": ["public"], "manual": [], "current_user": "automatic"}));
    let first = quotes(&api, &bob, &post).await;
    assert_eq!((&first["quote"]["state"], &first["quote"]["quoted_status"]["id"]), (&json!("accepted"), &post["id"]));
    let content = first["content"].as_str().unwrap();
    assert!(content.starts_with("<p class=\"quote-inline\">RE: <a") && content.contains("look"), "{content}");
    let second = quotes(&api, &alice, &first).await;
    let inner = &second["quote"]["quoted_status"]["quote"];
    assert_eq!(inner, &json!({"state": "accepted", "quoted_status_id": post["id"]}), "deeper only by its id");
    assert_eq!(api.look(&path(&post, "")).await.ok()["quotes_count"], 1);
    assert_eq!(api.look(&path(&post, "/quotes")).await.ids(), [first["id"].as_str().unwrap()]);
    let told = api.get(&alice, "/api/v1/notifications?types[]=quote").await.ok();
    assert_eq!((&told[0]["type"], &told[0]["status"]["id"]), (&json!("quote"), &first["id"]));
    let other_way = api.posts(&bob, json!({"quote_id": post["id"]})).await;
    assert_eq!(other_way["quote"]["state"], "accepted", "with the older name, and without words of one's own");
    let page = api.raw_text(first["url"].as_str().unwrap().strip_prefix(crate::api::ORIGIN).unwrap()).await;
    assert!(page.contains("<blockquote class=\"quote\"") && page.contains("well said"), "{page}");
}

#[tokio::test]
async fn who_may_quote_is_for_the_author_to_say() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let closed = api.posts(&alice, json!({"status": "not this", "quote_approval_policy": "nobody"})).await;
    assert_eq!(closed["quote_approval"]["automatic"], json!([]));
    let refused = |post: Value, who: Person| {
        let api = &api;
        async move { api.post(&who, "/api/v1/statuses", json!({"status": "x", "quoted_status_id": post["id"]})).await }
    };
    refused(closed.clone(), bob.clone()).await.refused(403);
    assert_eq!(api.get(&bob, &path(&closed, "")).await.ok()["quote_approval"]["current_user"], "denied");
    let set = |policy: &'static str, who: Person| {
        let (api, url) = (&api, path(&closed, "/interaction_policy"));
        async move { api.call("PUT", &url, Some(&who.token), json!({"quote_approval_policy": policy})).await }
    };
    set("public", bob.clone()).await.refused(404);
    set("anything", alice.clone()).await.refused(422);
    assert_eq!(set("followers", alice.clone()).await.ok()["quote_approval"]["automatic"], json!(["followers"]));
    refused(closed.clone(), bob.clone()).await.refused(403);
    api.befriend(&alice, &bob).await;
    assert_eq!(api.get(&bob, &path(&closed, "")).await.ok()["quote_approval"]["current_user"], "automatic");
    assert_eq!(quotes(&api, &bob, &closed).await["quote"]["state"], "accepted");

    let narrow = api.posts(&alice, json!({"status": "friends", "visibility": "private"})).await;
    refused(narrow.clone(), bob.clone()).await.refused(403);
    let own = quotes(&api, &alice, &narrow).await;
    assert_eq!((&own["visibility"], &own["quote"]["state"]), (&json!("private"), &json!("accepted")));
    let boost = api.does(&bob, "statuses", &closed["id"], "reblog").await;
    refused(boost, bob.clone()).await.refused(403);
    let direct = api.posts(&alice, json!({"status": "me", "visibility": "direct"})).await;
    refused(direct, bob.clone()).await.refused(404);
    refused(json!({"id": "12345"}), bob).await.refused(404);
}

#[tokio::test]
async fn the_leave_is_taken_back_by_the_author_alone() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let post = api.says(&alice, "well said").await;
    let quote = quotes(&api, &bob, &post).await;
    let revoke = path(&post, &format!("/quotes/{}/revoke", quote["id"].as_str().unwrap()));
    api.post(&bob, &revoke, Value::Null).await.refused(404);
    let after = api.post(&alice, &revoke, Value::Null).await.ok();
    assert_eq!(after["quote"], json!({"state": "revoked", "quoted_status": null}));
    api.post(&alice, &revoke, Value::Null).await.refused(404);
    assert_eq!(api.look(&path(&post, "")).await.ok()["quotes_count"], 0);
    assert!(api.look(&path(&post, "/quotes")).await.ids().is_empty());
    assert!(api.get(&alice, "/api/v1/notifications?types[]=quote").await.ids().is_empty());
    let page = api.raw_text(quote["url"].as_str().unwrap().strip_prefix(crate::api::ORIGIN).unwrap()).await;
    assert!(!page.contains("well said"));
}

#[tokio::test]
async fn a_quoted_post_shows_only_to_those_who_may_see_it() {
    let api = Api::start().await;
    let (alice, bob, cara) = (api.member("alice").await, api.member("bob").await, api.member("cara").await);
    let post = api.says(&alice, "well said").await;
    let quote = quotes(&api, &bob, &post).await;
    api.does(&cara, "accounts", &json!(alice.id), "mute").await;
    assert_eq!(shown(&api, &cara, &quote).await["state"], "muted_account");
    api.does(&cara, "accounts", &json!(alice.id), "block").await;
    assert_eq!(shown(&api, &cara, &quote).await["state"], "blocked_account");
    api.does(&alice, "accounts", &json!(cara.id), "block").await;
    assert_eq!(shown(&api, &cara, &quote).await, json!({"state": "unauthorized", "quoted_status": null}));
    assert_eq!(shown(&api, &bob, &quote).await["state"], "accepted");
    let outer = quotes(&api, &bob, &quote).await;
    let inner = shown(&api, &cara, &outer).await["quoted_status"]["quote"].clone();
    assert_eq!(inner, json!({"state": "unauthorized", "quoted_status_id": null}), "nor its id");

    let mut tx = api.app.node.store.begin().await.unwrap();
    tx.set_suspended(alice.id.parse().unwrap(), Some(1), "moderator").await.unwrap();
    api.app.node.commit(tx).await.unwrap();
    assert_eq!(shown(&api, &bob, &quote).await["state"], "unauthorized", "a suspended author shows nowhere");
    let mut tx = api.app.node.store.begin().await.unwrap();
    tx.set_suspended(alice.id.parse().unwrap(), None, "").await.unwrap();
    api.app.node.commit(tx).await.unwrap();
    api.call("DELETE", &path(&post, ""), Some(&alice.token), Value::Null).await.ok();
    let left = api.get(&bob, &path(&quote, "")).await.ok();
    assert_eq!(left["quote"], json!({"state": "deleted", "quoted_status": null}));
    assert!(!left["content"].as_str().unwrap().contains("quote-inline"));
}

#[tokio::test]
async fn who_has_a_post_hears_that_what_it_quotes_was_taken_back() {
    let api = Api::start().await;
    let (alice, bob, cas) = (api.member("alice").await, api.member("bob").await, api.member("cas").await);
    let post = api.says(&alice, "well said").await;
    let quoting = quotes(&api, &bob, &post).await;
    api.does(&cas, "statuses", &quoting["id"], "reblog").await;
    let mut bell = api.app.node.store.bell().listen_live();
    let revoke = path(&post, &format!("/quotes/{}/revoke", quoting["id"].as_str().unwrap()));
    api.post(&alice, &revoke, Value::Null).await.ok();
    let edited = storage::Live::Edited { post: quoting["id"].as_str().unwrap().parse().unwrap() };
    assert!(bell.waiting(99).contains(&storage::Event::Live(edited)), "streams say so");
    let told = api.get(&cas, "/api/v1/notifications?types[]=update").await.ok();
    assert_eq!((&told[0]["status"]["id"], &told[0]["status"]["quote"]["state"]), (&quoting["id"], &json!("revoked")));
}
