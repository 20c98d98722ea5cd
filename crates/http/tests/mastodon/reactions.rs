//! Favourites, boosts, bookmarks, pins, muted conversations, and the notifications they make.

use serde_json::{Value, json};

use crate::api::{Api, Person, ids};

async fn notes(api: &Api, who: &Person, query: &str) -> Vec<String> {
    let list = api.get(who, &format!("/api/v1/notifications{query}")).await.ok();
    list.as_array().unwrap().iter().map(|n| n["type"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn each_reaction_shows_its_flag_counts_once_and_can_be_taken_back() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let post = api.says(&alice, "well?").await;
    for (verb, undo, flag, count) in [
        ("favourite", "unfavourite", "favourited", Some("favourites_count")),
        ("bookmark", "unbookmark", "bookmarked", None),
        ("mute", "unmute", "muted", None),
    ] {
        for _ in 0..2 {
            let done = api.does(&bob, "statuses", &post["id"], verb).await;
            assert_eq!((&done["id"], &done[flag]), (&post["id"], &json!(true)), "{verb}");
            assert!(count.is_none_or(|count| done[count] == 1), "{verb}");
        }
        for _ in 0..2 {
            let undone = api.does(&bob, "statuses", &post["id"], undo).await;
            assert_eq!(undone[flag], false, "{undo}");
            assert!(count.is_none_or(|count| undone[count] == 0), "{undo}");
        }
    }
    assert!(notes(&api, &alice, "").await.is_empty(), "what was taken back is not told");
}

#[tokio::test]
async fn a_boost_carries_the_post_and_knows_who_made_it() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let post = api.says(&alice, "pass it on").await;
    let boost = api.does(&bob, "statuses", &post["id"], "reblog").await;
    assert_eq!((&boost["reblog"]["id"], &boost["account"]["id"]), (&post["id"], &json!(bob.id)));
    assert_eq!((&boost["reblog"]["reblogged"], &boost["reblog"]["reblogs_count"]), (&json!(true), &json!(1)));
    assert_eq!(api.does(&bob, "statuses", &post["id"], "reblog").await["id"], boost["id"], "one each");
    assert_eq!(api.does(&bob, "statuses", &boost["id"], "favourite").await["id"], post["id"], "a boost means its post");
    let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    assert_eq!(api.look(&format!("{path}/reblogged_by")).await.ids(), [&*bob.id]);
    assert_eq!(api.look(&format!("{path}/favourited_by")).await.ids(), [&*bob.id]);
    let undone = api.does(&bob, "statuses", &post["id"], "unreblog").await;
    assert_eq!(
        (&undone["id"], &undone["reblogged"], &undone["reblogs_count"]),
        (&post["id"], &json!(false), &json!(0))
    );
}

#[tokio::test]
async fn what_was_not_for_everybody_is_not_passed_on() {
    let api = Api::start().await;
    let (alice, bob, cara) = (api.member("alice").await, api.member("bob").await, api.member("cara").await);
    api.befriend(&alice, &bob).await;
    let close = api.posts(&alice, json!({"status": "among friends", "visibility": "private"})).await;
    let path = format!("/api/v1/statuses/{}/reblog", close["id"].as_str().unwrap());
    api.post(&bob, &path, Value::Null).await.refused(403);
    // One's own may be, to the same people.
    let boost = api.post(&alice, &path, json!({"visibility": "public"})).await.ok();
    let boost = format!("/api/v1/statuses/{}", boost["id"].as_str().unwrap());
    assert_eq!(api.get(&bob, &boost).await.ok()["visibility"], "private");
    api.get(&cara, &boost).await.refused(404);
    let public = api.says(&alice, "x").await;
    let path = format!("/api/v1/statuses/{}/reblog", public["id"].as_str().unwrap());
    api.post(&bob, &path, json!({"visibility": "nobody"})).await.refused(422);
}

#[tokio::test]
async fn a_boost_goes_with_the_right_to_see_what_it_boosts() {
    let api = Api::start().await;
    let (alice, bob, cara) = (api.member("alice").await, api.member("bob").await, api.member("cara").await);
    api.befriend(&bob, &cara).await;
    let post = api.says(&alice, "hello").await;
    let boost = api.does(&bob, "statuses", &post["id"], "reblog").await;
    assert_eq!(api.get(&cara, "/api/v1/timelines/home").await.ids(), [boost["id"].as_str().unwrap()]);
    api.post(&alice, &format!("/api/v1/accounts/{}/block", cara.id), Value::Null).await.ok();
    assert!(api.get(&cara, "/api/v1/timelines/home").await.ids().is_empty());
    assert!(api.get(&cara, &format!("/api/v1/accounts/{}/statuses", bob.id)).await.ids().is_empty());
    api.get(&cara, &format!("/api/v1/statuses/{}", boost["id"].as_str().unwrap())).await.refused(404);
}

#[tokio::test]
async fn own_posts_are_pinned_in_the_order_of_pinning_and_no_others() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let (one, two) = (api.says(&alice, "one").await, api.says(&alice, "two").await);
    for post in [&two, &one] {
        assert_eq!(api.does(&alice, "statuses", &post["id"], "pin").await["pinned"], true);
        api.app.node.clock.advance(1);
    }
    let path = format!("/api/v1/statuses/{}/pin", one["id"].as_str().unwrap());
    api.post(&bob, &path, Value::Null).await.refused(422);
    let pinned = format!("/api/v1/accounts/{}/statuses?pinned=true", alice.id);
    assert_eq!(api.look(&pinned).await.ids(), [one["id"].as_str().unwrap(), two["id"].as_str().unwrap()]);
    assert_eq!(api.look(&format!("{pinned}&limit=2")).await.link("next"), None, "one page is all");
    assert_eq!(api.does(&alice, "statuses", &one["id"], "unpin").await["pinned"], false);
    assert_eq!(api.look(&pinned).await.ids(), [two["id"].as_str().unwrap()]);
}

#[tokio::test]
async fn favourites_and_bookmarks_page_by_when_they_were_made() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let mut posts = Vec::new();
    for n in 0..7 {
        posts.push(api.says(&alice, &n.to_string()).await["id"].clone());
    }
    // Liked from the newest to the oldest: the oldest comes first.
    for post in posts.iter().rev() {
        api.does(&bob, "statuses", post, "favourite").await;
        api.does(&bob, "statuses", post, "bookmark").await;
    }
    let want: Vec<&str> = posts.iter().map(|p| p.as_str().unwrap()).collect();
    for list in ["/api/v1/favourites?limit=3", "/api/v1/bookmarks?limit=3"] {
        let pages = api.walk(&bob, list, "next").await;
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 1], "{list}");
        assert_eq!(pages.concat(), want, "{list}");
    }
    assert!(api.get(&alice, "/api/v1/bookmarks").await.ids().is_empty(), "bookmarks are one's own");
}

#[tokio::test]
async fn notifications_tell_who_did_what_with_which_post() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let post = api.says(&alice, "hello").await;
    api.post(&bob, &format!("/api/v1/accounts/{}/follow", alice.id), Value::Null).await.ok();
    api.does(&bob, "statuses", &post["id"], "favourite").await;
    api.does(&bob, "statuses", &post["id"], "reblog").await;
    api.says(&bob, "@alice hi").await;
    assert_eq!(notes(&api, &alice, "").await, ["mention", "reblog", "favourite", "follow"]);
    assert_eq!(notes(&api, &alice, "?types[]=mention&types[]=follow").await, ["mention", "follow"]);
    assert_eq!(notes(&api, &alice, "?exclude_types[]=mention").await, ["reblog", "favourite", "follow"]);
    assert!(notes(&api, &alice, "?types[]=poll").await.is_empty(), "a kind that was never made");
    assert_eq!(notes(&api, &alice, &format!("?account_id={}", alice.id)).await.len(), 0);
    let list = api.get(&alice, "/api/v1/notifications").await.ok();
    assert_eq!((&list[1]["status"]["id"], &list[1]["account"]["id"]), (&post["id"], &json!(bob.id)));
    assert!(list[3].get("status").is_none());
    let id = list[0]["id"].as_str().unwrap();
    assert_eq!(list[0]["group_key"], format!("ungrouped-{id}"));
    assert_eq!(api.get(&alice, &format!("/api/v1/notifications/{id}")).await.ok(), list[0]);

    let pages = api.walk(&alice, "/api/v1/notifications?limit=3", "next").await;
    assert_eq!(pages.concat(), ids(&list));
    assert_eq!(api.get(&alice, "/api/v1/notifications/unread_count").await.ok(), json!({"count": 4}));
    let read = json!({"notifications": {"last_read_id": list[2]["id"]}});
    let marked = api.post(&alice, "/api/v1/markers", read).await.ok();
    assert_eq!(marked["notifications"]["last_read_id"], list[2]["id"]);
    assert_eq!(api.get(&alice, "/api/v1/markers?timeline[]=notifications&timeline[]=home").await.ok(), marked);
    assert_eq!(api.get(&alice, "/api/v1/notifications/unread_count").await.ok(), json!({"count": 2}));

    api.post(&alice, &format!("/api/v1/notifications/{id}/dismiss"), Value::Null).await.ok();
    api.get(&alice, &format!("/api/v1/notifications/{id}")).await.refused(404);
    assert_eq!(api.post(&alice, "/api/v1/notifications/clear", Value::Null).await.ok(), json!({}));
    assert!(notes(&api, &alice, "").await.is_empty());
}

#[tokio::test]
async fn of_a_muted_conversation_nothing_is_told() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let post = api.says(&alice, "too much").await;
    api.does(&alice, "statuses", &post["id"], "mute").await;
    api.posts(&bob, json!({"status": "@alice but", "in_reply_to_id": post["id"]})).await;
    api.does(&bob, "statuses", &post["id"], "favourite").await;
    assert!(notes(&api, &alice, "").await.is_empty());
}
