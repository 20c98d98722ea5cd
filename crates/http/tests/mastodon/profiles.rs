//! One's own profile, and finding that of others.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};

use crate::api::{Api, ids};

const UPDATE: &str = "/api/v1/accounts/update_credentials";

#[tokio::test]
async fn a_profile_is_changed_in_every_form_that_clients_send() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let form = "display_name=Alice&note=Tea+%23Tea&fields_attributes[0][name]=site&fields_attributes[0][value]=https://a.example\
                &fields_attributes[1][name]=pronouns&fields_attributes[1][value]=she&source[privacy]=unlisted&source[language]=cy\
                &source[sensitive]=true&bot=1&indexable=true&hide_collections=on&discoverable=0";
    let request = Request::patch(UPDATE)
        .header(header::AUTHORIZATION, format!("Bearer {}", alice.token))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let own = api.send(request.body(Body::from(form)).unwrap()).await.ok();
    for key in ["bot", "indexable", "hide_collections"] {
        assert_eq!(own[key], true, "{key}");
    }
    assert_eq!((&own["discoverable"], &own["display_name"]), (&json!(false), &json!("Alice")));
    assert!(own["note"].as_str().unwrap().contains("/tags/tea"), "{}", own["note"]);
    let source = &own["source"];
    assert_eq!((&source["note"], &source["privacy"]), (&json!("Tea #Tea"), &json!("unlisted")));
    assert_eq!((&source["language"], &source["sensitive"]), (&json!("cy"), &json!(true)));
    assert_eq!(source["fields"][0], json!({"name": "site", "value": "https://a.example", "verified_at": null}));
    assert!(own["fields"][0]["value"].as_str().unwrap().starts_with("<a href=\"https://a.example/\""));

    let fields = json!({"fields_attributes": {"0": {"name": "one", "value": "1"}}});
    let own = api.call("PUT", UPDATE, Some(&alice.token), fields).await.ok();
    assert_eq!((own["fields"].as_array().unwrap().len(), &own["display_name"]), (1, &json!("Alice")));
    let own = api.call("PATCH", UPDATE, Some(&alice.token), json!({"fields_attributes": []})).await.ok();
    assert_eq!(own["fields"], json!([]));
    let wishes = api.get(&alice, "/api/v1/preferences").await.ok();
    assert_eq!(wishes["posting:default:visibility"], "unlisted");
    assert_eq!(api.says(&alice, "as I like it").await["visibility"], "unlisted");

    // What apps are told of it comes back with whatever else is changed.
    for (sent, shown) in
        [("organisation", json!("organisation")), ("private", json!("organisation")), ("public", Value::Null)]
    {
        let change = json!({"display_name": "Alice", "source": {"privacy": sent}});
        api.call("PATCH", UPDATE, Some(&alice.token), change).await.ok();
        assert_eq!(api.says(&alice, &format!("as {sent}")).await["outloud"]["visibility"], shown);
    }

    for bad in [
        json!({"display_name": "x".repeat(101)}),
        json!({"source": {"privacy": "nobody"}}),
        json!({"source": {"language": "not one"}}),
    ] {
        api.call("PATCH", UPDATE, Some(&alice.token), bad).await.refused(422);
    }
}

#[tokio::test]
async fn an_account_is_shown_as_clients_expect_it() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let own = api.get(&alice, "/api/v1/accounts/verify_credentials").await.ok();
    assert_eq!((&own["acct"], &own["created_at"]), (&json!("alice"), &json!("2025-06-15T00:00:00.000Z")));
    assert_eq!((&own["last_status_at"], &own["role"]["id"]), (&Value::Null, &json!("-99")));
    assert!(own.get("suspended").is_none() && own.get("moved").is_none());
    api.says(&alice, "now").await;
    let seen = api.get(&bob, &format!("/api/v1/accounts/{}", alice.id)).await.ok();
    assert_eq!((&seen["last_status_at"], &seen["statuses_count"]), (&json!("2025-06-15"), &json!(1)));
    assert!(seen.get("source").is_none() && seen.get("role").is_none());
    for nobody in ["12345", "no-such-id", "01ABCDEFGHJKMNPQRSTVWXYZ12", "99999999999999999999999"] {
        api.look(&format!("/api/v1/accounts/{nobody}")).await.refused(404);
    }
}

#[tokio::test]
async fn of_a_suspended_account_nothing_is_left_to_read() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let change = json!({"display_name": "Alice", "note": "buy this"});
    api.call("PATCH", UPDATE, Some(&alice.token), change).await.ok();
    let post = api.says(&alice, "buy that #now").await;
    let boost = api.does(&bob, "statuses", &post["id"], "reblog").await;
    let node = &api.app.node;
    let mut tx = node.store.begin().await.unwrap();
    let account = tx.account(alice.id.parse().unwrap()).await.unwrap().unwrap();
    node::moderate::suspend(node, &mut tx, "the test", &account).await.unwrap();
    node.commit(tx).await.unwrap();
    let seen = api.get(&bob, &format!("/api/v1/accounts/{}", alice.id)).await.ok();
    assert_eq!((&seen["suspended"], &seen["display_name"], &seen["note"]), (&json!(true), &json!(""), &json!("")));
    api.get(&alice, "/api/v1/timelines/home").await.refused(401);
    for path in [post["id"].as_str().unwrap(), boost["id"].as_str().unwrap()] {
        api.get(&bob, &format!("/api/v1/statuses/{path}")).await.refused(404);
    }
    for list in [
        format!("/api/v1/accounts/{}/statuses", alice.id),
        format!("/api/v1/accounts/{}/statuses", bob.id),
        "/api/v1/timelines/public".to_owned(),
        "/api/v1/timelines/tag/now".to_owned(),
        "/api/v1/timelines/home".to_owned(),
    ] {
        assert!(api.get(&bob, &list).await.ids().is_empty(), "{list}");
    }
    assert_eq!(api.get(&bob, "/api/v2/search?q=alice").await.ok()["accounts"], json!([]));
}

#[tokio::test]
async fn people_are_found_by_handle_by_its_beginning_and_by_address() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("alina").await);
    for name in ["alice", "ALICE", "@alice", "alice@social.example.org"] {
        assert_eq!(api.look(&format!("/api/v1/accounts/lookup?acct={name}")).await.ok()["id"], alice.id, "{name}");
    }
    api.look("/api/v1/accounts/lookup?acct=nobody").await.refused(404);
    api.look("/api/v1/accounts/lookup").await.refused(400);
    assert_eq!(api.get(&alice, "/api/v1/accounts/search?q=ali").await.ids(), [&*alice.id, &*bob.id]);
    assert_eq!(api.get(&alice, "/api/v1/accounts/search?q=ali&limit=1&offset=1").await.ids(), [&*bob.id]);
    assert!(api.get(&alice, "/api/v1/accounts/search?q=ali&following=true").await.ids().is_empty());
    api.befriend(&alice, &bob).await;
    assert_eq!(api.get(&alice, "/api/v1/accounts/search?q=ali&following=true").await.ids(), [&*bob.id]);
    for url in ["https://social.example.org/@alice", "https://social.example.org/users/alice"] {
        let found = api.look(&format!("/api/v2/search?q={url}")).await.ok();
        assert_eq!(ids(&found["accounts"]), [&*alice.id], "{url}");
    }
    let list = format!("/api/v1/accounts?id[]={}&id[]=5&id[]={}", bob.id, alice.id);
    assert_eq!(api.look(&list).await.ids(), [&*bob.id, &*alice.id]);
    // Nobody answers there, which is no error of ours.
    for q in ["somebody@far.example", "https://far.example/@somebody"] {
        let found = api.get(&alice, &format!("/api/v2/search?resolve=true&q={q}")).await.ok();
        assert_eq!(found, json!({"accounts": [], "statuses": [], "hashtags": []}), "{q}");
    }
}

#[tokio::test]
async fn posts_are_found_by_their_address_if_one_may_see_them() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    for (visibility, seen) in [("public", true), ("direct", false)] {
        let post = api.posts(&alice, json!({"status": "look here", "visibility": visibility})).await;
        for key in ["url", "uri"] {
            let path = format!("/api/v2/search?type=statuses&resolve=true&q={}", post[key].as_str().unwrap());
            assert_eq!(api.get(&bob, &path).await.ok()["statuses"].as_array().unwrap().len(), usize::from(seen));
            assert_eq!(ids(&api.get(&alice, &path).await.ok()["statuses"]), [post["id"].as_str().unwrap()]);
        }
    }
}

#[tokio::test]
async fn hashtags_are_found_by_their_beginning_with_their_last_days() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    for text in ["#Teatime", "#teatime #Tealeaf"] {
        api.app.node.clock.advance(model::clock::DAY);
        api.says(&alice, text).await;
        node::index::catch_up(&api.app.node).await.unwrap();
    }
    let found = api.look("/api/v2/search?q=%23tea").await.ok();
    let names: Vec<_> = found["hashtags"].as_array().unwrap().iter().map(|t| t["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 2);
    assert!(names.contains(&"Teatime") && names.contains(&"Tealeaf"));
    let tag = api.look("/api/v1/tags/TEATIME").await.ok();
    let history: Vec<_> = tag["history"].as_array().unwrap().iter().map(|d| d["uses"].as_str().unwrap()).collect();
    assert_eq!(history, ["1", "1", "0", "0", "0", "0", "0"]);
    assert_eq!(tag["history"][1]["day"], "1750032000");
    assert_eq!(api.look("/api/v1/tags/unused").await.ok()["history"].as_array().unwrap().len(), 7);
    api.look("/api/v1/tags/%20").await.refused(404);
}

#[tokio::test]
async fn where_an_account_moved_is_shown_with_it_everywhere() {
    let api = Api::start().await;
    let (alice, bea) = (api.member("alice").await, api.member("bea").await);
    let said = api.says(&alice, "Goodbye").await;
    let node = &api.app.node;
    let mut tx = node.store.begin().await.unwrap();
    let (old, new) = (
        tx.account_by_handle("alice", "").await.unwrap().unwrap(),
        tx.account_by_handle("bea", "").await.unwrap().unwrap(),
    );
    node::moving::add_alias(node, &mut tx, &new, &old).await.unwrap();
    let new = tx.account(new.id).await.unwrap().unwrap();
    node::moving::move_away(node, &mut tx, &old, &new).await.unwrap();
    node.commit(tx).await.unwrap();
    let path = format!("/api/v1/accounts/{}", alice.id);
    for shown in [api.look(&path).await.ok(), api.look("/api/v1/accounts/lookup?acct=alice").await.ok()] {
        assert_eq!((&shown["moved"]["id"], shown["moved"].get("moved")), (&json!(bea.id), None));
    }
    let status = api.look(&format!("/api/v1/statuses/{}", said["id"].as_str().unwrap())).await.ok();
    assert_eq!(status["account"]["moved"]["id"], json!(bea.id));
    let own = api.get(&alice, "/api/v1/accounts/verify_credentials").await.ok();
    assert_eq!(own["moved"]["id"], json!(bea.id));
    assert!(api.look(&format!("/api/v1/accounts/{}", bea.id)).await.ok().get("moved").is_none());
    api.call("POST", "/api/v1/statuses", Some(&alice.token), json!({"status": "Still here"})).await.refused(403);
}

#[tokio::test]
async fn emoji_of_the_node_are_listed_and_come_with_what_uses_them() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    assert_eq!(api.look("/api/v1/custom_emojis").await.ok(), json!([]));
    let node = &api.app.node;
    let form = node::emoji::NewEmoji { shortcode: "pot".to_owned(), category: "Tea".to_owned(), visible: true };
    let picture = bytes::Bytes::from_static(include_bytes!("../../src/mastodon/assets/avatar.png"));
    let stored = node::emoji::store(node, &form, picture).await.unwrap();
    let mut tx = node.store.begin().await.unwrap();
    node::emoji::add(node, &mut tx, "test", &stored).await.unwrap();
    node.commit(tx).await.unwrap();
    let listed = api.look("/api/v1/custom_emojis").await.ok();
    assert_eq!((&listed[0]["shortcode"], &listed[0]["category"]), (&json!("pot"), &json!("Tea")));
    assert_eq!((&listed[0]["visible_in_picker"], &listed[0]["static_url"]), (&json!(true), &listed[0]["url"]));
    let said = api.says(&alice, "A :pot: of tea").await;
    assert_eq!((&said["emojis"][0]["shortcode"], &said["emojis"][0]["url"]), (&json!("pot"), &listed[0]["url"]));
    assert!(said["content"].as_str().unwrap().contains(":pot:"), "the text keeps the shortcode");
    let own = api.call("PATCH", UPDATE, Some(&alice.token), json!({"display_name": "Alice :pot:"})).await.ok();
    assert_eq!(own["emojis"][0]["shortcode"], "pot");
}
