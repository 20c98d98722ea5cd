//! Hashtags that one follows, and those on one's profile.

use serde_json::{Value, json};

use crate::api::{Api, Person};

async fn home(api: &Api, who: &Person) -> Vec<String> {
    api.get(who, "/api/v1/timelines/home").await.ids()
}

async fn says(api: &Api, who: &Person, text: &str) -> String {
    id_of(&api.says(who, text).await)
}

fn id_of(entity: &Value) -> String {
    entity["id"].as_str().unwrap().to_owned()
}

async fn does(api: &Api, who: &Person, tag: &str, verb: &str) -> Value {
    api.post(who, &format!("/api/v1/tags/{tag}/{verb}"), Value::Null).await.ok()
}

#[tokio::test]
async fn what_is_posted_with_a_followed_hashtag_comes_home_and_goes_with_the_follow() {
    let api = Api::start().await;
    let (alice, bob, cara) = (api.member("alice").await, api.member("bob").await, api.member("cara").await);
    let before = says(&api, &bob, "#Tea before").await;
    let tag = does(&api, &alice, "Tea", "follow").await;
    assert_eq!((&tag["name"], &tag["following"], &tag["featuring"]), (&json!("Tea"), &json!(true), &json!(false)));
    assert!(tag["history"].is_array() && tag["url"].is_string());
    does(&api, &alice, "tea", "follow").await;
    does(&api, &alice, "milk", "follow").await;
    let tea = says(&api, &bob, "#TEA").await;
    for (body, why) in [
        (json!({"status": "#tea", "visibility": "unlisted"}), "not for everybody"),
        (json!({"status": "#tea", "visibility": "local"}), "not for everybody"),
        (json!({"status": "re #tea", "in_reply_to_id": tea}), ""),
    ] {
        let who = if why.is_empty() { &cara } else { &bob };
        api.posts(who, body).await;
    }
    let own_answer = id_of(&api.posts(&bob, json!({"status": "and more #tea", "in_reply_to_id": tea})).await);
    let both = says(&api, &bob, "#tea #milk").await;
    assert_eq!(home(&api, &alice).await, [&*both, &*own_answer, &*tea]);
    assert!(home(&api, &cara).await.len() == 1, "only what she wrote");
    // Whom one follows stays.
    api.post(&alice, &format!("/api/v1/accounts/{}/follow", cara.id), Value::Null).await.ok();
    let friends = says(&api, &cara, "#tea").await;
    let own = says(&api, &alice, "#tea").await;
    let tag = does(&api, &alice, "TEA", "unfollow").await;
    assert_eq!(tag["following"], false);
    let left = home(&api, &alice).await;
    assert_eq!(left[..3], [&*own, &*friends, &*both], "by another hashtag, by a follow, by herself");
    assert!(!left.contains(&tea) && !left.contains(&own_answer) && !left.contains(&before));
    does(&api, &alice, "tea", "unfollow").await;
    api.post(&alice, "/api/v1/tags/!!!/follow", Value::Null).await.refused(404);
}

#[tokio::test]
async fn whom_one_does_not_want_to_read_does_not_come_by_a_hashtag_either() {
    let api = Api::start().await;
    let (alice, bob, cara) = (api.member("alice").await, api.member("bob").await, api.member("cara").await);
    does(&api, &alice, "tea", "follow").await;
    for (who, verb, whom, left) in [(&alice, "mute", &bob, 1), (&cara, "block", &alice, 0)] {
        api.post(who, &format!("/api/v1/accounts/{}/{verb}", whom.id), Value::Null).await.ok();
        says(&api, &bob, "#tea").await;
        says(&api, &cara, "#tea").await;
        assert_eq!(home(&api, &alice).await.len(), left, "after a {verb}, which hides what came before it as well");
    }
    api.post(&alice, &format!("/api/v1/accounts/{}/block", bob.id), Value::Null).await.ok();
    says(&api, &bob, "#tea").await;
    assert!(home(&api, &alice).await.is_empty());
    // An exclusive list keeps its people out of the home, whichever way they come.
    let dora = api.member("dora").await;
    api.post(&alice, &format!("/api/v1/accounts/{}/follow", dora.id), Value::Null).await.ok();
    let list = api.post(&alice, "/api/v1/lists", json!({"title": "apart", "exclusive": true})).await.ok();
    api.post(&alice, &format!("/api/v1/lists/{}/accounts", id_of(&list)), json!({"account_ids": [dora.id]})).await.ok();
    says(&api, &dora, "#tea").await;
    assert!(home(&api, &alice).await.is_empty());
}

#[tokio::test]
async fn followed_hashtags_are_listed_and_paged() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    for tag in ["one", "two", "three"] {
        does(&api, &alice, tag, "follow").await;
    }
    let list = api.get(&alice, "/api/v1/followed_tags?limit=2").await;
    let next = list.link("next").unwrap();
    let names = |list: Value| list.as_array().unwrap().iter().map(id_name).collect::<Vec<_>>();
    assert_eq!(names(list.ok()), [("three".to_owned(), true), ("two".to_owned(), true)]);
    assert_eq!(names(api.get(&alice, &next).await.ok()), [("one".to_owned(), true)]);
    assert!(api.get(&bob, "/api/v1/followed_tags").await.ids().is_empty());
    assert_eq!(api.get(&alice, "/api/v1/tags/two").await.ok()["following"], true);
    assert_eq!(api.get(&bob, "/api/v1/tags/two").await.ok()["following"], false);
    assert_eq!(api.get(&alice, "/api/v1/tags/nobody_used_it").await.ok()["following"], false);
    assert!(api.look("/api/v1/tags/two").await.ok().get("following").is_none());
}

fn id_name(tag: &Value) -> (String, bool) {
    (tag["name"].as_str().unwrap().to_owned(), tag["following"] == true)
}

#[tokio::test]
async fn hashtags_on_a_profile_count_what_their_owner_wrote_with_them() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let first = says(&api, &alice, "#Tea").await;
    says(&api, &bob, "#tea").await;
    api.posts(&alice, json!({"status": "#tea", "visibility": "private"})).await;
    let made = api.post(&alice, "/api/v1/featured_tags", json!({"name": "#TeA"})).await.ok();
    assert_eq!(
        (&made["name"], &made["statuses_count"], &made["last_status_at"]),
        (&json!("TeA"), &json!("1"), &json!("2025-06-15"))
    );
    assert!(made["url"].as_str().unwrap().ends_with("/tags/tea"));
    let count = async || api.get(&alice, "/api/v1/featured_tags").await.ok()[0]["statuses_count"].clone();
    let second = says(&api, &alice, "#tea #milk").await;
    assert_eq!(count().await, "2");
    let edit = async |text: &str| {
        api.call("PUT", &format!("/api/v1/statuses/{second}"), Some(&alice.token), json!({"status": text})).await.ok();
    };
    edit("nothing").await;
    assert_eq!(count().await, "1");
    edit("#tea after all").await;
    assert_eq!(count().await, "2");
    for id in [&second, &first] {
        api.call("DELETE", &format!("/api/v1/statuses/{id}"), Some(&alice.token), Value::Null).await.ok();
    }
    let listed = api.look(&format!("/api/v1/accounts/{}/featured_tags", alice.id)).await.ok();
    assert_eq!((&listed[0]["statuses_count"], &listed[0]["last_status_at"]), (&json!("0"), &Value::Null));
    assert!(api.get(&alice, &format!("/api/v1/accounts/{}/featured_tags", bob.id)).await.ids().is_empty());

    api.post(&alice, "/api/v1/featured_tags", json!({"name": "tea"})).await.refused(422);
    api.post(&alice, "/api/v1/featured_tags", json!({"name": ""})).await.refused(422);
    api.post(&alice, "/api/v1/featured_tags", json!({"name": "!!"})).await.refused(422);
    says(&api, &alice, "#milk #sugar").await;
    says(&api, &alice, "#sugar #tea").await;
    let suggested = api.get(&alice, "/api/v1/featured_tags/suggestions").await.ok();
    let names: Vec<_> = suggested.as_array().unwrap().iter().map(|t| t["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["sugar", "milk"]);
    // The same through the hashtag itself.
    assert_eq!(does(&api, &alice, "milk", "feature").await["featuring"], true);
    assert_eq!(does(&api, &alice, "milk", "feature").await["featuring"], true, "twice is once");
    assert_eq!(api.get(&alice, "/api/v1/featured_tags").await.ids().len(), 2);
    assert_eq!(does(&api, &alice, "milk", "unfeature").await["featuring"], false);
    let path = format!("/api/v1/featured_tags/{}", id_of(&made));
    api.call("DELETE", &path, Some(&bob.token), Value::Null).await.refused(404);
    assert_eq!(api.call("DELETE", &path, Some(&alice.token), Value::Null).await.ok(), json!({}));
    assert!(api.get(&alice, "/api/v1/featured_tags").await.ids().is_empty());
    for n in 0..10 {
        api.post(&alice, "/api/v1/featured_tags", json!({"name": format!("n{n}")})).await.ok();
    }
    api.post(&alice, "/api/v1/featured_tags", json!({"name": "one_more"})).await.refused(422);
    api.post(&alice, "/api/v1/tags/one_more/feature", Value::Null).await.refused(422);
}

#[tokio::test]
async fn other_servers_read_the_hashtags_of_a_profile_as_a_collection() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    api.post(&alice, "/api/v1/featured_tags", json!({"name": "Tea"})).await.ok();
    let read = async |path: &str| -> Value {
        let body = api.raw(path, &[("accept", "application/activity+json")]).await.into_body();
        serde_json::from_slice(&axum::body::to_bytes(body, usize::MAX).await.unwrap()).unwrap()
    };
    let actor = read("/users/alice").await;
    let uri = actor["featuredTags"].as_str().unwrap();
    let collection = read(uri.strip_prefix(crate::api::ORIGIN).unwrap()).await;
    assert_eq!(
        (&collection["id"], &collection["type"], &collection["totalItems"]),
        (&json!(uri), &json!("Collection"), &json!(1))
    );
    let href = format!("{}/tags/tea", crate::api::ORIGIN);
    assert_eq!(collection["items"], json!([{"type": "Hashtag", "href": href, "name": "#Tea"}]));
    assert_eq!(actor["@context"][2]["featuredTags"], json!({"@id": "toot:featuredTags", "@type": "@id"}));
}

#[tokio::test]
async fn how_a_hashtag_is_spelled_only_a_post_for_everybody_says() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let display =
        async |name: &str| api.get(&alice, &format!("/api/outloud/v1/tags/{name}")).await.ok()["name"].clone();
    for (name, status) in [("tea!!", 404), ("not%20a%20tag", 404), ("%3Cb%3Ehi", 404)] {
        let path = format!("/api/outloud/v1/tags/{name}/purpose");
        api.post(&alice, &path, json!({"text": "What we drink"})).await.refused(status);
        api.get(&alice, &format!("/api/outloud/v1/tags/{name}")).await.refused(status);
        api.post(&alice, &format!("/api/v1/tags/{name}/follow"), Value::Null).await.refused(status);
    }
    api.post(&alice, "/api/outloud/v1/tags/TEA/purpose", json!({"text": "What we drink"})).await.ok();
    api.post(&alice, "/api/outloud/v1/tags/tea/links", json!({"tag": "MILK"})).await.ok();
    assert_eq!((display("tea").await, display("milk").await), (json!("tea"), json!("milk")));
    says(&api, &alice, "#Tea and #Milk").await;
    assert_eq!((display("tea").await, display("milk").await), (json!("Tea"), json!("Milk")));
    let refused = api.post(&alice, "/api/outloud/v1/tags/tea/links", json!({"tag": "no tag"})).await;
    assert_eq!(refused.status, 422);
}
