//! What somebody who means harm would try.

use axum::body::Body;
use axum::http::{Request, header};
use futures::StreamExt as _;
use node::login::{self, Scopes};
use serde_json::{Value, json};

use crate::api::Api;
use crate::uploads;

/// A form with one file of so many bytes, for whoever reads it.
fn large_form(path: &str, bytes: usize) -> Request<Body> {
    let mut body = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n".to_vec();
    body.resize(body.len() + bytes, b'x');
    body.extend(b"\r\n--b--\r\n");
    let request = Request::builder()
        .uri(path)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
        .body(Body::from(body));
    request.unwrap()
}

#[tokio::test]
async fn nobody_sends_large_bodies_to_what_takes_no_files() {
    let api = Api::start().await;
    for path in ["/.well-known/webfinger?resource=acct:a@social.example.org", "/api/v1/statuses?id[]=1", "/"] {
        let reply = api.send(large_form(path, 3 * 1024 * 1024)).await;
        assert_eq!(reply.status, 413, "{path}");
    }
}

#[tokio::test]
async fn a_text_in_an_upload_is_no_longer_than_anywhere_else() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let long = "x".repeat(2 * 1024 * 1024);
    let path = "/api/v1/accounts/update_credentials";
    let reply = uploads::send(&api, &alice, "PATCH", path, ("none", b""), &[("display_name", &long)]).await;
    assert_eq!(reply.status, 413);
    for name in ["avatar_description", "header_description"] {
        let reply = api.call("PATCH", path, Some(&alice.token), json!({name: "x".repeat(20_000)})).await;
        assert_eq!(reply.status, 422, "{name}");
    }
}

#[tokio::test]
async fn an_address_counts_little_only_as_long_as_it_is_one() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let text = format!("https://a.example/{}", "x".repeat(200_000));
    for kind in ["text/plain", "text/markdown"] {
        let reply = api.post(&alice, "/api/v1/statuses", json!({"status": text, "content_type": kind})).await;
        assert_eq!(reply.status, 422, "{kind}");
    }
    let usual = format!("https://a.example/{}", "x".repeat(1_900));
    api.posts(&alice, json!({"status": format!("{usual} {usual} {usual}")})).await;
}

#[tokio::test]
async fn a_file_is_never_whole_in_memory() {
    let api = Api::start().await;
    let bytes = vec![7; 3 * 1024 * 1024];
    api.app.node.files.put("a/film.mp4", bytes.into()).await.unwrap();
    let mut pieces = api.raw("/media/a/film.mp4", &[]).await.into_body().into_data_stream();
    let (mut total, mut largest) = (0, 0);
    while let Some(piece) = pieces.next().await {
        let piece = piece.unwrap();
        total += piece.len();
        largest = largest.max(piece.len());
    }
    assert_eq!(total, 3 * 1024 * 1024);
    assert!(largest <= 256 * 1024, "{largest} bytes at once");
    let part = api.raw("/media/a/film.mp4", &[("range", "bytes=5-14")]).await;
    assert_eq!(part.headers()["content-range"], "bytes 5-14/3145728");
    assert_eq!(part.headers()["content-length"], "10");
    assert_eq!(axum::body::to_bytes(part.into_body(), usize::MAX).await.unwrap().len(), 10);
}

#[tokio::test]
async fn who_hangs_up_while_a_password_is_checked_frees_no_place_for_another() {
    let api = Api::start_with(|config| config.argon2_memory_kib = 128 * 1024).await;
    let page = api.raw("/login", &[]).await;
    let cookie = page.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let text = axum::body::to_bytes(page.into_body(), usize::MAX).await.unwrap();
    let text = String::from_utf8(text.to_vec()).unwrap();
    let csrf = text.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let free = api.app.limits.passwords.available_permits();
    let request = Request::post("/login")
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(format!("csrf={csrf}&login=nobody&password=xxxxxxxx")));
    let mut sent = Box::pin(api.send(request.unwrap()));
    while api.app.limits.passwords.available_permits() == free {
        assert!(futures::poll!(&mut sent).is_pending(), "the request ended before it was looked at");
        tokio::task::yield_now().await;
    }
    // The work has begun only when the request waits for it.
    assert!(futures::poll!(&mut sent).is_pending());
    drop(sent);
    assert_eq!(api.app.limits.passwords.available_permits(), free - 1, "the work goes on, and so does its place");
}

#[tokio::test]
async fn a_boost_cannot_be_given_words() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let post = api.says(&alice, "tea").await;
    let boost = api.does(&alice, "statuses", &post["id"], "reblog").await;
    let path = format!("/api/v1/statuses/{}", boost["id"].as_str().unwrap());
    api.call("PUT", &path, Some(&alice.token), json!({"status": "coffee"})).await.refused(404);
}

#[tokio::test]
async fn nobody_is_called_to_what_they_may_not_see() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    api.posts(&alice, json!({"status": "@bob soon", "visibility": "draft"})).await;
    api.does(&alice, "accounts", &json!(bob.id), "block").await;
    api.says(&alice, "@bob you are blocked").await;
    assert_eq!(api.get(&bob, "/api/v1/notifications/unread_count").await.ok()["count"], 0);
}

#[tokio::test]
async fn a_draft_stays_a_draft_below_whatever_it_answers() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let post = api.posts(&alice, json!({"status": "inside", "visibility": "local"})).await;
    let draft =
        api.posts(&bob, json!({"status": "half a thought", "visibility": "draft", "in_reply_to_id": post["id"]})).await;
    let path = format!("/api/v1/statuses/{}", draft["id"].as_str().unwrap());
    api.get(&alice, &path).await.refused(404);
    // Nor is what answers one person shown to everybody here.
    let direct = api.posts(&alice, json!({"status": "@bob only you", "visibility": "direct"})).await;
    let answer = json!({"status": "yes", "visibility": "local", "in_reply_to_id": direct["id"]});
    api.post(&bob, "/api/v1/statuses", answer).await.refused(422);
}

#[tokio::test]
async fn a_private_answer_is_for_those_it_names_and_to_something_inside_stays_inside() {
    let api = Api::start().await;
    let (alice, bob, cas) = (api.member("alice").await, api.member("bob").await, api.member("cas").await);
    let open = api.says(&alice, "Look").await;
    let aside = json!({"status": "@cas look at this", "visibility": "direct", "in_reply_to_id": open["id"]});
    let aside = api.posts(&bob, aside).await;
    let path = format!("/api/v1/statuses/{}", aside["id"].as_str().unwrap());
    api.get(&cas, &path).await.ok();
    api.get(&alice, &path).await.refused(404);
    assert_eq!(api.get(&alice, "/api/v1/notifications/unread_count").await.ok()["count"], 0);
    let inside = api.posts(&alice, json!({"status": "inside", "visibility": "local"})).await;
    let aside = json!({"status": "@cas what is that?", "visibility": "direct", "in_reply_to_id": inside["id"]});
    let aside = api.posts(&bob, aside).await;
    assert_eq!(aside["visibility"], "direct");
    let id = aside["id"].as_str().unwrap().parse().unwrap();
    let kept = api.app.node.store.read().await.unwrap().post(id).await.unwrap().unwrap();
    assert_eq!(kept.audience, model::audience::Audience::Inside);
    api.get(&cas, &format!("/api/v1/statuses/{id}")).await.ok();
    api.get(&alice, &format!("/api/v1/statuses/{id}")).await.refused(404);
}

#[tokio::test]
async fn public_numbers_tell_nothing_of_private_posts_and_their_author_finds_them() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    for visibility in ["direct", "draft", "local", "private", "public"] {
        api.posts(&alice, json!({"status": visibility, "visibility": visibility})).await;
    }
    let path = format!("/api/v1/accounts/{}", alice.id);
    assert_eq!(api.look(&path).await.ok()["statuses_count"], 2);
    let own = api.get(&alice, &format!("{path}/statuses")).await.ok();
    assert_eq!(own.as_array().unwrap().len(), 5, "drafts, too");
    assert_eq!(api.look(&format!("{path}/statuses")).await.ok().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn who_waits_to_be_let_in_is_not_here_for_anybody() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let mut tx = api.app.node.store.begin().await.unwrap();
    let id = bob.id.parse().unwrap();
    tx.set_suspended(id, Some(1), model::account::WAITING).await.unwrap();
    tx.commit().await.unwrap();
    for path in [
        format!("/api/v1/accounts/{}", bob.id),
        "/api/v1/accounts/lookup?acct=bob".to_owned(),
        "/@bob".to_owned(),
        "/.well-known/webfinger?resource=acct:bob@social.example.org".to_owned(),
    ] {
        api.get(&alice, &path).await.refused(404);
    }
    let post = api.says(&alice, "Hello @bob").await;
    assert_eq!(post["mentions"], json!([]));
}

#[tokio::test]
async fn what_is_said_in_private_cannot_be_found_by_its_hashtags() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    for visibility in ["direct", "draft", "private", "local", "unlisted"] {
        api.posts(&alice, json!({"status": format!("#secret{visibility}"), "visibility": visibility})).await;
    }
    api.says(&alice, "#secretsauce").await;
    for token in [None, Some(bob.token.as_str())] {
        let found = api.call("GET", "/api/v2/search?q=secret&type=hashtags", token, Value::Null).await.ok();
        let names: Vec<&str> =
            found["hashtags"].as_array().unwrap().iter().map(|t| t["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["secretsauce"]);
    }
}

#[tokio::test]
async fn that_somebody_answered_in_private_is_not_told_to_all() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let post = api.says(&alice, "What do you think?").await;
    let answer =
        |visibility: &str| json!({"status": "@alice hm", "visibility": visibility, "in_reply_to_id": post["id"]});
    let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    let mut made = Vec::new();
    for visibility in ["direct", "draft", "private", "local"] {
        made.push(api.posts(&bob, answer(visibility)).await);
    }
    assert_eq!(api.look(&path).await.ok()["replies_count"], 0);
    made.push(api.posts(&bob, answer("public")).await);
    assert_eq!(api.look(&path).await.ok()["replies_count"], 1);
    for reply in made {
        let path = format!("/api/v1/statuses/{}", reply["id"].as_str().unwrap());
        api.call("DELETE", &path, Some(&bob.token), Value::Null).await.ok();
    }
    assert_eq!(api.look(&path).await.ok()["replies_count"], 0);
}

#[tokio::test]
async fn two_changes_of_a_profile_at_once_both_count() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let node = &api.app.node;
    let id = alice.id.parse().unwrap();
    // As a request finds it, before it takes in a picture for some seconds.
    let mut tx = node.store.read().await.unwrap();
    let (before, member) = (tx.account(id).await.unwrap().unwrap(), tx.member(id).await.unwrap().unwrap());
    drop(tx);
    let path = "/api/v1/accounts/update_credentials";
    let change = json!({"note": "I drink tea", "source": {"language": "de"}});
    api.call("PATCH", path, Some(&alice.token), change).await.ok();
    let mut tx = node.store.begin().await.unwrap();
    let change = node::accounts::ProfileChange { avatar: Some("a/b.png".to_owned()), ..Default::default() };
    node::accounts::change_profile(node, &mut tx, &before, change).await.unwrap();
    let defaults = node::accounts::PostingDefaults { sensitive: Some(true), ..Default::default() };
    node::accounts::change_defaults(&mut tx, &member, &defaults).await.unwrap();
    node.commit(tx).await.unwrap();
    let now = api.get(&alice, "/api/v1/accounts/verify_credentials").await.ok();
    assert_eq!((&now["source"]["note"], &now["source"]["language"]), (&json!("I drink tea"), &json!("de")));
    assert_eq!(now["source"]["sensitive"], true);
}

#[tokio::test]
async fn a_follow_names_no_more_languages_than_there_are() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let path = format!("/api/v1/accounts/{}/follow", bob.id);
    let tie = api.post(&alice, &path, json!({"languages": vec!["en"; 10_000]})).await.ok();
    assert!(tie["languages"].as_array().unwrap().len() <= 100);
}

#[tokio::test]
async fn whoever_is_limited_or_suspended_is_not_shown_around() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let post = api.says(&alice, "tea").await;
    let answer = api.posts(&bob, json!({"status": "spam", "in_reply_to_id": post["id"]})).await;
    assert!(api.raw_text("/").await.contains("@bob"));
    let node = &api.app.node;
    let bobs = node.store.read().await.unwrap().account(bob.id.parse().unwrap()).await.unwrap().unwrap();
    let mut tx = node.store.begin().await.unwrap();
    node::moderate::limit(node, &mut tx, "test", &bobs).await.unwrap();
    node.commit(tx).await.unwrap();
    assert!(!api.raw_text("/").await.contains("@bob"));
    let mut tx = node.store.begin().await.unwrap();
    node::moderate::suspend(node, &mut tx, "test", &bobs).await.unwrap();
    node.commit(tx).await.unwrap();
    let id = post["id"].as_str().unwrap();
    for path in [
        format!("/users/alice/posts/{id}/replies?page=true&only_other_accounts=true"),
        format!("/contexts/{id}?page=true"),
        format!("/api/v1/statuses/{id}/context"),
        format!("/@alice/{id}"),
    ] {
        let text = api.raw_text(&path).await;
        assert!(!text.contains(answer["id"].as_str().unwrap()), "{path}: {text}");
    }
}

#[tokio::test]
async fn who_hangs_up_while_a_picture_is_read_frees_no_place_for_another() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let places = &api.app.node.uploads;
    let free = places.available_permits();
    let mut sent = Box::pin(uploads::upload(&api, &alice, "a head"));
    while places.available_permits() == free {
        assert!(futures::poll!(&mut sent).is_pending(), "the request ended before it took a place");
        tokio::task::yield_now().await;
    }
    drop(sent);
    assert_eq!(places.available_permits(), free - 1, "the work goes on, and so does its place");
}

#[tokio::test]
async fn a_code_that_was_asked_for_without_a_challenge_is_none_for_a_client_that_has_one() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let node = &api.app.node;
    let scopes = Scopes::parse("read").unwrap();
    let uri = "https://pencil.example/back";
    let mut tx = node.store.begin().await.unwrap();
    let (app, secret) = login::register_app(node, &mut tx, "Pencil", "", vec![uri.to_owned()], &scopes).await.unwrap();
    let account = alice.id.parse().unwrap();
    let mut codes = Vec::new();
    for _ in 0..2 {
        codes.push(login::issue_code(node, &mut tx, &app, account, uri, &scopes, "").await.unwrap());
    }
    node.commit(tx).await.unwrap();
    let ask = |code: &str, verifier: &str| {
        json!({"grant_type": "authorization_code", "client_id": app.client_id, "client_secret": secret, "code": code,
               "redirect_uri": uri, "code_verifier": verifier})
    };
    let injected = api.call("POST", "/oauth/token", None, ask(&codes[0], &"v".repeat(43))).await;
    assert_eq!((injected.status.as_u16(), &injected.body["error"]), (400, &json!("invalid_grant")));
    api.call("POST", "/oauth/token", None, ask(&codes[1], "")).await.ok();
}
