//! Notifications: one by one, as groups, and whom a member wants to hear.

use serde_json::{Value, json};

use crate::api::{Api, Person};

async fn people(api: &Api, names: &[&str]) -> Vec<Person> {
    let mut list = Vec::new();
    for name in names {
        list.push(api.member(name).await);
    }
    list
}

async fn favours(api: &Api, who: &Person, post: &Value) {
    api.does(who, "statuses", &post["id"], "favourite").await;
}

fn groups(reply: &Value) -> Vec<(String, i64, usize)> {
    let list = reply["notification_groups"].as_array().unwrap();
    let one = |g: &Value| {
        let samples = g["sample_account_ids"].as_array().unwrap().len();
        (g["type"].as_str().unwrap().to_owned(), g["notifications_count"].as_i64().unwrap(), samples)
    };
    list.iter().map(one).collect()
}

#[tokio::test]
async fn many_of_one_kind_about_one_post_are_one_group() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let others = people(&api, &["bob", "carl", "dora"]).await;
    let (first, second) = (api.says(&alice, "first").await, api.says(&alice, "second").await);
    for who in &others {
        favours(&api, who, &first).await;
    }
    favours(&api, &others[0], &second).await;
    let mention = api.says(&others[1], "@alice well said").await;
    let found = api.get(&alice, "/api/v2/notifications").await;
    assert_eq!(found.status, 200);
    assert_eq!(
        groups(&found.body),
        [("mention".to_owned(), 1, 1), ("favourite".to_owned(), 1, 1), ("favourite".to_owned(), 3, 3)]
    );
    let list = &found.body["notification_groups"];
    assert_eq!((&list[0]["status_id"], &list[2]["status_id"]), (&mention["id"], &first["id"]));
    assert!(list[0]["group_key"].as_str().unwrap().starts_with("ungrouped-"));
    assert_eq!(list[2]["sample_account_ids"], json!([others[2].id, others[1].id, others[0].id]));
    assert_eq!(list[2]["page_max_id"], list[2]["most_recent_notification_id"]);
    assert!(list[2]["latest_page_notification_at"].is_string());
    assert_eq!(found.body["accounts"].as_array().unwrap().len(), 3);
    assert_eq!(found.body["statuses"].as_array().unwrap().len(), 3);
    assert_eq!(found.body.get("partial_accounts"), None);
    // One by one, with the same key.
    let single = api.get(&alice, "/api/v1/notifications?types[]=favourite").await.ok();
    assert_eq!(single.as_array().unwrap().len(), 4);
    assert_eq!(single[1]["group_key"], list[2]["group_key"]);

    let alone = api.get(&alice, "/api/v2/notifications?grouped_types[]=follow").await.ok();
    assert_eq!(groups(&alone).len(), 5, "what is not grouped is alone: {alone}");
    let partial = api.get(&alice, "/api/v2/notifications?expand_accounts=partial_avatars").await.ok();
    let rest: Vec<_> = partial["partial_accounts"].as_array().unwrap().iter().map(|a| a["id"].clone()).collect();
    assert!(rest.is_empty() || !partial["accounts"].to_string().contains(rest[0].as_str().unwrap()), "{partial}");
    api.get(&alice, "/api/v2/notifications?expand_accounts=some").await.refused(400);
    let of_one = api.get(&alice, &format!("/api/v2/notifications?account_id={}", others[0].id)).await.ok();
    assert_eq!(groups(&of_one), [("favourite".to_owned(), 1, 1), ("favourite".to_owned(), 1, 1)]);
}

#[tokio::test]
async fn a_group_is_shown_read_and_dismissed_by_its_key() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let others = people(&api, &["bob", "carl", "dora"]).await;
    let post = api.says(&alice, "hello").await;
    for who in &others {
        favours(&api, who, &post).await;
    }
    api.says(&others[0], "@alice hi").await;
    let all = api.get(&alice, "/api/v2/notifications").await.ok();
    let (alone, key) = (&all["notification_groups"][0]["group_key"], &all["notification_groups"][1]["group_key"]);
    let path = |key: &Value, more: &str| format!("/api/v2/notifications/{}{more}", key.as_str().unwrap());
    let shown = api.get(&alice, &path(key, "")).await.ok();
    assert_eq!(groups(&shown), [("favourite".to_owned(), 3, 3)]);
    assert_eq!(shown["notification_groups"][0].get("page_min_id"), None);
    assert_eq!(groups(&api.get(&alice, &path(alone, "")).await.ok()), [("mention".to_owned(), 1, 1)]);
    api.get(&others[0], &path(key, "")).await.refused(404);
    api.get(&others[0], &path(alone, "")).await.refused(404);
    let pages = api.walk(&alice, &path(key, "/accounts?limit=2"), "next").await;
    assert_eq!(pages, [vec![others[2].id.clone(), others[1].id.clone()], vec![others[0].id.clone()]]);
    assert_eq!(api.get(&alice, "/api/v2/notifications/unread_count").await.ok()["count"], 2);
    assert_eq!(api.get(&alice, "/api/v1/notifications/unread_count").await.ok()["count"], 4);
    let read = all["notification_groups"][1]["most_recent_notification_id"].clone();
    api.post(&alice, "/api/v1/markers", json!({"notifications": {"last_read_id": read}})).await.ok();
    assert_eq!(api.get(&alice, "/api/v2/notifications/unread_count").await.ok()["count"], 1);
    assert_eq!(api.get(&alice, "/api/v1/notifications/unread_count").await.ok()["count"], 1);

    api.post(&others[0], &path(key, "/dismiss"), Value::Null).await.ok();
    assert_eq!(groups(&api.get(&alice, "/api/v2/notifications").await.ok()).len(), 2, "that was not theirs");
    api.post(&alice, &path(key, "/dismiss"), Value::Null).await.ok();
    api.post(&alice, &path(alone, "/dismiss"), Value::Null).await.ok();
    assert!(groups(&api.get(&alice, "/api/v2/notifications").await.ok()).is_empty());
}

#[tokio::test]
async fn groups_are_paged_and_the_newest_gone_the_next_stands_for_them() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let (bob, carl) = (api.member("bob").await, api.member("carl").await);
    for n in 0..5 {
        let post = api.says(&alice, &format!("post {n}")).await;
        favours(&api, &bob, &post).await;
        favours(&api, &carl, &post).await;
    }
    let first = api.get(&alice, "/api/v2/notifications?limit=2").await;
    let second = api.get(&alice, &first.link("next").unwrap()).await;
    let third = api.get(&alice, &second.link("next").unwrap()).await;
    assert_eq!([&first, &second, &third].map(|r| groups(&r.body).len()), [2, 2, 1]);
    assert_eq!(third.link("next"), None);
    let last = first.body["notification_groups"][1]["page_min_id"].as_str().unwrap();
    assert!(first.link("next").unwrap().ends_with(&format!("max_id={last}")), "the page ends with its last group");
    // Carl's are the newest of each group.
    api.post(&alice, &format!("/api/v1/accounts/{}/mute", carl.id), Value::Null).await.ok();
    let left = api.get(&alice, "/api/v2/notifications").await.ok();
    assert_eq!(groups(&left), vec![("favourite".to_owned(), 1, 1); 5]);
    api.post(&alice, &format!("/api/v1/accounts/{}/block", bob.id), Value::Null).await.ok();
    assert!(groups(&api.get(&alice, "/api/v2/notifications").await.ok()).is_empty());
}

#[tokio::test]
async fn notifications_are_dismissed_in_every_way_that_apps_know() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    for n in 0..5 {
        api.says(&bob, &format!("@alice {n}")).await;
    }
    let ids = api.get(&alice, "/api/v1/notifications").await.ids();
    api.post(&alice, &format!("/api/v1/notifications/{}/dismiss", ids[0]), Value::Null).await.ok();
    api.post(&alice, "/api/v1/notifications/dismiss", json!({"id": ids[1]})).await.ok();
    api.post(&alice, "/api/v1/notifications/dismiss", json!({"id": ids[1]})).await.refused(404);
    let several = format!("/api/v1/notifications/destroy_multiple?ids[]={}&ids[]={}", ids[2], ids[3]);
    api.call("DELETE", &several, Some(&bob.token), Value::Null).await.ok();
    assert_eq!(api.get(&alice, "/api/v1/notifications").await.ids(), ids[2..]);
    api.call("DELETE", &several, Some(&alice.token), Value::Null).await.ok();
    assert_eq!(api.get(&alice, "/api/v1/notifications").await.ids(), ids[4..]);
    api.post(&alice, "/api/v1/notifications/clear", Value::Null).await.ok();
    assert!(api.get(&alice, "/api/v1/notifications").await.ids().is_empty());
}

#[tokio::test]
async fn a_policy_says_who_is_heard_who_waits_and_who_is_not() {
    let api = Api::start().await;
    let people = people(&api, &["alice", "bob", "carl"]).await;
    let (alice, bob, carl) = (&people[0], &people[1], &people[2]);
    let policy = api.get(alice, "/api/v2/notifications/policy").await.ok();
    assert_eq!(
        policy,
        json!({
            "for_not_following": "accept", "for_not_followers": "accept", "for_new_accounts": "filter",
            "for_private_mentions": "accept", "for_limited_accounts": "filter",
            "summary": {"pending_requests_count": 0, "pending_notifications_count": 0},
        })
    );
    let set = |body: Value| api.call("PATCH", "/api/v2/notifications/policy", Some(&alice.token), body);
    set(json!({"for_not_following": "perhaps"})).await.refused(422);
    assert_eq!(set(json!({"for_not_following": "filter"})).await.ok()["for_not_following"], "filter");
    api.post(alice, &format!("/api/v1/accounts/{}/follow", carl.id), Value::Null).await.ok();
    api.says(carl, "@alice I am known").await;
    let said = api.says(bob, "@alice I am not").await;
    let post = api.says(alice, "mine").await;
    favours(&api, bob, &post).await;
    assert_eq!(api.get(alice, "/api/v1/notifications").await.ids().len(), 1);
    let all = api.get(alice, "/api/v1/notifications?include_filtered=true").await;
    assert_eq!(all.ids().len(), 3);
    assert_eq!(api.get(alice, "/api/v1/notifications?include_filtered=true&limit=1").await.ids(), all.ids()[..1]);
    assert_eq!(groups(&api.get(alice, "/api/v2/notifications?include_filtered=true").await.ok()).len(), 3);
    let summary = json!({"pending_requests_count": 1, "pending_notifications_count": 2});
    assert_eq!(api.get(alice, "/api/v2/notifications/policy").await.ok()["summary"], summary);
    // What is taken back does not wait any longer.
    api.does(bob, "statuses", &post["id"], "unfavourite").await;
    let request = api.get(alice, "/api/v1/notifications/requests").await.ok();
    assert_eq!((&request[0]["notifications_count"], &request[0]["last_status"]["id"]), (&json!("1"), &said["id"]));
    let accept = format!("/api/v1/notifications/requests/{}/accept", request[0]["id"].as_str().unwrap());
    api.post(alice, &accept, Value::Null).await.ok();
    favours(&api, bob, &post).await;
    assert_eq!(api.get(alice, "/api/v1/notifications").await.ids().len(), 3, "who is let in is heard");

    let dave = api.member("dave").await;
    let dropped = json!({"for_not_following": "accept", "for_private_mentions": "drop"});
    api.call("PUT", "/api/v2/notifications/policy", Some(&alice.token), dropped).await.ok();
    api.posts(&dave, json!({"status": "@alice psst", "visibility": "direct"})).await;
    assert_eq!(api.get(alice, "/api/v1/notifications?include_filtered=true").await.ids().len(), 3);
    api.says(&dave, "@alice aloud").await;
    assert_eq!(api.get(alice, "/api/v1/notifications").await.ids().len(), 4);
    set(json!({"for_new_accounts": "drop"})).await.ok();
    api.says(&dave, "@alice too new").await;
    assert_eq!(api.get(alice, "/api/v1/notifications").await.ids().len(), 4);
    set(json!({"for_new_accounts": "accept", "for_not_followers": "filter"})).await.ok();
    api.says(&dave, "@alice no follower").await;
    assert_eq!(api.get(alice, "/api/v1/notifications").await.ids().len(), 4);

    let old = api.get(alice, "/api/v1/notifications/policy").await.ok();
    assert_eq!((&old["filter_not_followers"], &old["filter_not_following"]), (&json!(true), &json!(false)));
    let off = json!({"filter_not_followers": false});
    let old = api.call("PUT", "/api/v1/notifications/policy", Some(&alice.token), off).await.ok();
    assert_eq!(old["filter_not_followers"], false);
}

#[tokio::test]
async fn whoever_quoted_a_post_hears_that_it_was_edited() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let post = api.says(&alice, "first thought").await;
    let quote = api.posts(&bob, json!({"status": "look", "quoted_status_id": post["id"]})).await;
    let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    for text in ["second thought", "third thought"] {
        api.call("PUT", &path, Some(&alice.token), json!({"status": text})).await.ok();
    }
    let told = api.get(&bob, "/api/v1/notifications?types[]=quoted_update").await.ok();
    assert_eq!(told.as_array().unwrap().len(), 1, "{told}");
    assert_eq!((&told[0]["status"]["id"], &told[0]["account"]["id"]), (&quote["id"], &json!(alice.id)));
}
