//! Following, requests, blocking, muting.

use serde_json::{Value, json};

use crate::api::{Api, Person};

async fn stands(api: &Api, who: &Person, to: &Person, expected: &[(&str, bool)]) {
    let found = api.get(who, &format!("/api/v1/accounts/relationships?id[]={}", to.id)).await.ok();
    for (key, value) in expected {
        assert_eq!(found[0][key], *value, "{key} in {found}");
    }
}

async fn does(api: &Api, who: &Person, verb: &str, to: &Person, body: Value) -> Value {
    api.post(who, &format!("/api/v1/accounts/{}/{verb}", to.id), body).await.ok()
}

#[tokio::test]
async fn a_follow_is_made_changed_and_ended_from_both_sides() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let tie = does(&api, &alice, "follow", &bob, Value::Null).await;
    assert_eq!(
        (&tie["following"], &tie["showing_reblogs"], &tie["notifying"]),
        (&json!(true), &json!(true), &json!(false))
    );
    assert_eq!((&tie["languages"], &tie["muting_expires_at"]), (&Value::Null, &Value::Null));
    let wishes = json!({"reblogs": "false", "notify": "true", "languages": ["cy", "en"]});
    let tie = does(&api, &alice, "follow", &bob, wishes).await;
    assert_eq!(
        (&tie["showing_reblogs"], &tie["notifying"], &tie["languages"]),
        (&json!(false), &json!(true), &json!(["cy", "en"]))
    );
    let tie = does(&api, &alice, "follow", &bob, json!({"notify": false})).await;
    assert_eq!((&tie["showing_reblogs"], &tie["notifying"]), (&json!(false), &json!(false)), "what is not said stays");
    stands(&api, &bob, &alice, &[("followed_by", true), ("following", false)]).await;
    assert_eq!(api.look(&format!("/api/v1/accounts/{}/followers", bob.id)).await.ids(), [&*alice.id]);
    assert_eq!(api.look(&format!("/api/v1/accounts/{}/following", alice.id)).await.ids(), [&*bob.id]);
    assert_eq!(does(&api, &bob, "remove_from_followers", &alice, Value::Null).await["followed_by"], false);
    does(&api, &alice, "follow", &bob, Value::Null).await;
    assert_eq!(does(&api, &alice, "unfollow", &bob, Value::Null).await["following"], false);
    let path = format!("/api/v1/accounts/{}/follow", alice.id);
    api.post(&alice, &path, Value::Null).await.refused(422);
    api.post(&alice, "/api/v1/accounts/12345/follow", Value::Null).await.refused(404);
}

#[tokio::test]
async fn somebody_locked_decides_who_follows() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    api.call("PATCH", "/api/v1/accounts/update_credentials", Some(&bob.token), json!({"locked": true})).await.ok();
    api.post(&bob, &format!("/api/v1/follow_requests/{}/authorize", alice.id), Value::Null).await.refused(404);
    for (verb, follows) in [("reject", false), ("authorize", true)] {
        let tie = does(&api, &alice, "follow", &bob, Value::Null).await;
        assert_eq!((&tie["following"], &tie["requested"]), (&json!(false), &json!(true)));
        assert_eq!(api.get(&bob, "/api/v1/follow_requests").await.ids(), [&*alice.id]);
        let own = api.get(&bob, "/api/v1/accounts/verify_credentials").await.ok();
        assert_eq!(own["source"]["follow_requests_count"], 1);
        let tie = api.post(&bob, &format!("/api/v1/follow_requests/{}/{verb}", alice.id), Value::Null).await.ok();
        assert_eq!(tie["followed_by"], follows, "{verb}");
        assert!(api.get(&bob, "/api/v1/follow_requests").await.ids().is_empty());
        stands(&api, &alice, &bob, &[("following", follows), ("requested", false)]).await;
    }
}

#[tokio::test]
async fn a_block_parts_two_and_hides_the_one_from_the_other() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    api.befriend(&alice, &bob).await;
    let post = api.says(&alice, "for friends").await;
    let tie = does(&api, &alice, "block", &bob, Value::Null).await;
    assert_eq!(
        (&tie["blocking"], &tie["following"], &tie["followed_by"]),
        (&json!(true), &json!(false), &json!(false))
    );
    assert_eq!(api.get(&alice, "/api/v1/blocks").await.ids(), [&*bob.id]);
    stands(&api, &bob, &alice, &[("blocked_by", true), ("following", false)]).await;
    api.get(&bob, &format!("/api/v1/statuses/{}", post["id"].as_str().unwrap())).await.refused(404);
    for list in ["statuses", "followers", "following"] {
        assert!(api.get(&bob, &format!("/api/v1/accounts/{}/{list}", alice.id)).await.ids().is_empty());
    }
    let path = format!("/api/v1/accounts/{}/follow", alice.id);
    api.post(&bob, &path, Value::Null).await.refused(403);
    api.says(&bob, "@alice !").await;
    assert!(api.get(&alice, "/api/v1/notifications").await.ids().is_empty());
    assert_eq!(does(&api, &alice, "unblock", &bob, Value::Null).await["blocking"], false);
    does(&api, &bob, "follow", &alice, Value::Null).await;
}

#[tokio::test]
async fn a_mute_hides_posts_and_if_wanted_notifications_for_a_time() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    api.befriend(&alice, &bob).await;
    api.post(&alice, "/api/v1/notifications/clear", Value::Null).await.ok();
    let tie = does(&api, &alice, "mute", &bob, json!({"notifications": "false", "duration": "3600"})).await;
    assert_eq!((&tie["muting"], &tie["muting_notifications"]), (&json!(true), &json!(false)));
    assert_eq!(tie["muting_expires_at"], "2025-06-15T16:06:40.000Z");
    let muted = api.get(&alice, "/api/v1/mutes").await.ok();
    assert_eq!((&muted[0]["id"], &muted[0]["mute_expires_at"]), (&json!(bob.id), &tie["muting_expires_at"]));
    api.says(&bob, "@alice listen").await;
    assert!(api.get(&alice, "/api/v1/timelines/home").await.ids().is_empty());
    assert!(api.get(&alice, "/api/v1/timelines/public").await.ids().is_empty());
    assert_eq!(api.get(&alice, "/api/v1/notifications").await.ids().len(), 1);
    let tie = does(&api, &alice, "mute", &bob, Value::Null).await;
    assert_eq!((&tie["muting_notifications"], &tie["muting_expires_at"]), (&json!(true), &Value::Null));
    assert!(api.get(&alice, "/api/v1/notifications").await.ids().is_empty());
    assert_eq!(does(&api, &alice, "unmute", &bob, Value::Null).await["muting"], false);
    does(&api, &alice, "mute", &bob, json!({"duration": i64::MAX})).await;
}

#[tokio::test]
async fn who_hides_their_followers_still_sees_them() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    api.befriend(&alice, &bob).await;
    let hide = json!({"hide_collections": true});
    api.call("PATCH", "/api/v1/accounts/update_credentials", Some(&alice.token), hide).await.ok();
    for list in ["followers", "following"] {
        let path = format!("/api/v1/accounts/{}/{list}", alice.id);
        assert!(api.get(&bob, &path).await.ids().is_empty() && api.look(&path).await.ids().is_empty());
        assert_eq!(api.get(&alice, &path).await.ids(), [&*bob.id]);
    }
}
