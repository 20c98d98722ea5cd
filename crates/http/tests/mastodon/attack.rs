//! What somebody who means harm would try.

use axum::body::Body;
use axum::http::{Request, header};
use futures::StreamExt as _;
use model::account::{MemberState, Role};
use node::login::{self, Scopes};
use node::warn::Measure;
use serde_json::{Value, json};
use storage::OneTime;

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

#[tokio::test]
async fn nobody_acts_on_the_node_itself_by_any_way() {
    let api = Api::start().await;
    let node = &api.app.node;
    let mut tx = node.store.begin().await.unwrap();
    let itself = tx.account_by_uri(&node.config.instance_actor_uri()).await.unwrap().unwrap();
    for measure in [Measure::None, Measure::Silence, Measure::Suspend, Measure::Disable] {
        let done = node::moderate::act(node, &mut tx, "test", &itself, measure.into()).await;
        assert!(matches!(done, Err(node::Error::Forbidden(_))), "{measure:?}");
    }
    assert!(tx.account(itself.id).await.unwrap().unwrap().suspended_at.is_none());
}

#[tokio::test]
async fn whether_a_hashtag_was_ever_used_in_private_shows_nowhere() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let looks = async |who: Option<&str>| {
        let mut seen = Vec::new();
        for name in ["SECRETPLAN", "secretplan"] {
            seen.push(api.call("GET", &format!("/api/v1/tags/{name}"), who, Value::Null).await.ok());
        }
        seen
    };
    let (before, to_bob) = (looks(None).await, looks(Some(&bob.token)).await);
    for visibility in ["direct", "draft", "private", "local"] {
        api.posts(&alice, json!({"status": "#SecretPlan", "visibility": visibility})).await;
    }
    api.post(&alice, "/api/v1/tags/SecretPLAN/follow", Value::Null).await.ok();
    assert_eq!((looks(None).await, looks(Some(&bob.token)).await), (before.clone(), to_bob));
    assert!(!api.raw_text("/tags/secretplan").await.contains("SecretP"));
    // Once it is open it is spelled as it was there.
    api.says(&bob, "#secretPlan").await;
    let after = looks(None).await;
    assert_eq!((&after[0]["name"], &after[0]["id"]), (&json!("secretPlan"), &before[0]["id"]));
}

async fn account_of(api: &Api, name: &str) -> (model::account::Account, model::account::Member) {
    let mut tx = api.app.node.store.read().await.unwrap();
    let account = tx.account_by_handle(name, "").await.unwrap().unwrap();
    let member = tx.member(account.id).await.unwrap().unwrap();
    (account, member)
}

#[tokio::test]
async fn who_waits_and_is_suspended_meanwhile_waits_as_before() {
    let api = Api::start().await;
    let node = &api.app.node;
    for (name, confirmed) in [("ina", true), ("otto", false)] {
        api.member(name).await;
        let (account, _) = account_of(&api, name).await;
        let mut tx = node.store.begin().await.unwrap();
        tx.set_suspended(account.id, Some(1), model::account::WAITING).await.unwrap();
        if confirmed {
            tx.set_member_state(account.id, MemberState::Pending).await.unwrap();
        } else {
            tx.set_unconfirmed(account.id).await.unwrap();
        }
        node.commit(tx).await.unwrap();
        let (account, _) = account_of(&api, name).await;
        let mut tx = node.store.begin().await.unwrap();
        node::moderate::suspend(node, &mut tx, "test", &account).await.unwrap();
        let suspended = tx.account(account.id).await.unwrap().unwrap();
        assert!(suspended.is_suspended() && !suspended.is_waiting());
        node::moderate::unsuspend(node, &mut tx, "test", &suspended).await.unwrap();
        node.commit(tx).await.unwrap();
        assert!(account_of(&api, name).await.0.is_waiting(), "{name}");
    }
    let (account, _) = account_of(&api, "ina").await;
    let mut tx = node.store.begin().await.unwrap();
    node::accounts::approve(node, &mut tx, "test", &account).await.unwrap();
    node.commit(tx).await.unwrap();
    assert!(!account_of(&api, "ina").await.0.is_suspended());
}

#[tokio::test]
async fn who_changes_to_an_address_that_needs_approval_before_they_confirm_needs_it_too() {
    let api = Api::start_with(|config| (config.mail, config.confirm_email) = (true, true)).await;
    let node = &api.app.node;
    let mut tx = node.store.begin().await.unwrap();
    node::gates::block_email_domain(node, &mut tx, "test", "slow.example", true).await.unwrap();
    node.commit(tx).await.unwrap();
    for name in ["ina", "otto", "pia"] {
        api.member(name).await;
        let (account, _) = account_of(&api, name).await;
        let mut tx = node.store.begin().await.unwrap();
        assert!(node::identity::must_confirm(node, &mut tx, &account).await.unwrap());
        node.commit(tx).await.unwrap();
    }
    // With the letter that is sent again, and by a change that is confirmed.
    let (_, ina) = account_of(&api, "ina").await;
    let mut tx = node.store.begin().await.unwrap();
    node::identity::ask_again(node, &mut tx, &ina, Some("ina@slow.example")).await.unwrap();
    node::identity::ask_again(node, &mut tx, &ina, Some("ina@quick.example")).await.unwrap();
    node.commit(tx).await.unwrap();
    let (account, member) = account_of(&api, "ina").await;
    let mut tx = node.store.begin().await.unwrap();
    node::identity::accept(&mut tx, &account, &member).await.unwrap();
    node.commit(tx).await.unwrap();
    assert!(account_of(&api, "ina").await.0.is_waiting(), "who asked to be let in once has to be");
    let (otto, _) = account_of(&api, "otto").await;
    let secret = OneTime {
        secret_hash: node::random::hash("secret"),
        account_id: otto.id,
        purpose: "change".to_owned(),
        email: "otto@slow.example".to_owned(),
        expires_at: node.now() + 1,
    };
    let mut tx = node.store.begin().await.unwrap();
    tx.put_one_time(&secret).await.unwrap();
    node::identity::confirm(node, &mut tx, "secret").await.unwrap();
    node.commit(tx).await.unwrap();
    let (otto, member) = account_of(&api, "otto").await;
    assert!((otto.is_waiting(), member.state) == (true, MemberState::Pending), "{member:?}");
    // Everybody else is in with what they confirm.
    let (pia, member) = account_of(&api, "pia").await;
    let mut tx = node.store.begin().await.unwrap();
    node::identity::accept(&mut tx, &pia, &member).await.unwrap();
    node.commit(tx).await.unwrap();
    assert!(!account_of(&api, "pia").await.0.is_suspended());
}

#[tokio::test]
async fn time_spans_that_are_none_are_refused_and_very_long_ones_are_long() {
    let api = Api::start().await;
    let olga = api.member_as("olga", Role::Owner).await;
    let keeper = api.token(olga.id.parse().ok(), "admin:write admin:read").await;
    let bob = api.member("bob").await;
    let mute = format!("/api/v1/accounts/{}/mute", bob.id);
    let filter = |span: &Value| json!({"title": "tea", "context": ["home"], "expires_in": span});
    let poll = |span: &Value| json!({"status": "Tea?", "poll": {"options": ["yes", "no"], "expires_in": span}});
    let block = |ip: &str, span: &Value| json!({"ip": ip, "severity": "sign_up_block", "expires_in": span});
    for span in [json!("soon"), json!(-5), json!(1.5)] {
        api.post(&olga, &mute, json!({"duration": span})).await.refused(422);
        api.post(&olga, "/api/v2/filters", filter(&span)).await.refused(422);
        let old = json!({"phrase": "tea", "context": ["home"], "expires_in": span});
        api.post(&olga, "/api/v1/filters", old).await.refused(422);
        api.post(&olga, "/api/v1/statuses", poll(&span)).await.refused(422);
        let wanted = block("192.0.2.1", &span);
        api.call("POST", "/api/v1/admin/ip_blocks", Some(&keeper), wanted).await.refused(422);
    }
    for (n, span) in [json!("9".repeat(40)), json!(i64::MAX)].into_iter().enumerate() {
        api.post(&olga, &mute, json!({"duration": span})).await.ok();
        let muted = api.get(&olga, "/api/v1/mutes").await.ok();
        assert!(muted[0]["mute_expires_at"].as_str().unwrap().starts_with("2125"), "{muted}");
        let made = api.post(&olga, "/api/v2/filters", filter(&span)).await.ok();
        assert!(made["expires_at"].as_str().unwrap().starts_with("2125"));
        api.post(&olga, "/api/v1/statuses", poll(&span)).await.refused(422);
        let wanted = block(&format!("192.0.2.{n}"), &span);
        let made = api.call("POST", "/api/v1/admin/ip_blocks", Some(&keeper), wanted).await.ok();
        assert!(made["expires_at"].as_str().unwrap().starts_with("2125"));
    }
    let node = &api.app.node;
    let mut tx = node.store.begin().await.unwrap();
    assert!(node::invite::invite(node, &mut tx, None, Role::Member, 1, i64::MAX).await.is_err());
}

#[tokio::test]
async fn what_moderators_say_is_no_longer_than_elsewhere() {
    let api = Api::start().await;
    let olga = api.member_as("olga", Role::Owner).await;
    let keeper = api.token(olga.id.parse().ok(), "admin:write").await;
    let bob = api.member("bob").await;
    let path = format!("/api/v1/admin/accounts/{}/action", bob.id);
    let says = |length: usize| json!({"type": "none", "text": "x".repeat(length)});
    api.call("POST", &path, Some(&keeper), says(2_001)).await.refused(422);
    api.call("POST", &path, Some(&keeper), says(2_000)).await.ok();
    let note = format!("/api/v1/accounts/{}/note", bob.id);
    api.post(&olga, &note, json!({"comment": "x".repeat(2_001)})).await.refused(422);
}

#[tokio::test]
async fn a_member_is_told_at_so_many_places_and_the_oldest_go() {
    let api = Api::start().await;
    let bob = api.member("bob").await;
    let mut tokens = Vec::new();
    for _ in 0..52 {
        let token = api.token(bob.id.parse().ok(), "push").await;
        let asked = crate::push::wish();
        api.call("POST", "/api/v1/push/subscription", Some(&token), asked).await.ok();
        tokens.push(token);
    }
    let mut told = Vec::new();
    for token in &tokens {
        told.push(api.call("GET", "/api/v1/push/subscription", Some(token), Value::Null).await.status == 200);
    }
    assert_eq!(told, [vec![false; 2], vec![true; 50]].concat());
}

#[tokio::test]
async fn what_was_for_the_organisation_stays_so_and_says_so() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let post = api.posts(&alice, json!({"status": "inside", "visibility": "organisation"})).await;
    assert_eq!((&post["visibility"], &post["outloud"]), (&json!("private"), &json!({"visibility": "organisation"})));
    let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    let edited = api.call("PUT", &path, Some(&alice.token), json!({"status": "still inside"})).await.ok();
    assert_eq!((&edited["visibility"], &edited["outloud"]), (&post["visibility"], &post["outloud"]));
    api.get(&bob, &path).await.ok();
    // Of what Mastodon has a word for nothing more is said.
    assert!(api.says(&alice, "open").await.get("outloud").is_none());
    let later = json!({"status": "later", "visibility": "organisation", "scheduled_at": "2025-06-16T00:00:00Z"});
    let later = api.post(&alice, "/api/v1/statuses", later).await.ok();
    assert_eq!(later["params"]["outloud"], json!({"visibility": "organisation"}));
    let deleted = api.call("DELETE", &path, Some(&alice.token), Value::Null).await.ok();
    assert_eq!(deleted["outloud"], post["outloud"], "whoever writes it anew can know for whom it was");
}
