//! Lists as an app uses them.

use serde_json::{Value, json};

use crate::api::{Api, Person};

async fn makes(api: &Api, who: &Person, body: Value) -> String {
    api.post(who, "/api/v1/lists", body).await.ok()["id"].as_str().unwrap().to_owned()
}

async fn adds(api: &Api, who: &Person, list: &str, others: &[&Person]) {
    let ids: Vec<&str> = others.iter().map(|p| p.id.as_str()).collect();
    api.post(who, &format!("/api/v1/lists/{list}/accounts"), json!({"account_ids": ids})).await.ok();
}

async fn in_list(api: &Api, who: &Person, list: &str) -> Vec<String> {
    api.get(who, &format!("/api/v1/timelines/list/{list}")).await.ids()
}

async fn in_home(api: &Api, who: &Person) -> Vec<String> {
    api.get(who, "/api/v1/timelines/home").await.ids()
}

async fn id_of(post: Value) -> String {
    post["id"].as_str().unwrap().to_owned()
}

async fn does(api: &Api, who: &Person, verb: &str, to: &Person) {
    api.post(who, &format!("/api/v1/accounts/{}/{verb}", to.id), Value::Null).await.ok();
}

#[tokio::test]
async fn a_list_is_made_changed_and_deleted_by_its_owner_alone() {
    let api = Api::start().await;
    let (alice, eve) = (api.member("alice").await, api.member("eve").await);
    let made = api.post(&alice, "/api/v1/lists", json!({"title": " Friends "})).await.ok();
    let id = made["id"].as_str().unwrap();
    assert_eq!(made, json!({"id": id, "title": "Friends", "replies_policy": "list", "exclusive": false}));
    let path = format!("/api/v1/lists/{id}");
    let change = json!({"replies_policy": "none", "exclusive": "true"});
    let changed = api.call("PUT", &path, Some(&alice.token), change).await.ok();
    assert_eq!(changed, json!({"id": id, "title": "Friends", "replies_policy": "none", "exclusive": true}));
    assert_eq!(api.get(&alice, &path).await.ok(), changed);
    assert_eq!(api.get(&alice, "/api/v1/lists").await.ok(), json!([changed]));
    for (method, path, body) in [
        ("GET", path.clone(), Value::Null),
        ("PUT", path.clone(), json!({"title": "hers"})),
        ("DELETE", path.clone(), Value::Null),
        ("GET", format!("{path}/accounts"), Value::Null),
        ("POST", format!("{path}/accounts"), json!({"account_ids": [eve.id]})),
        ("DELETE", format!("{path}/accounts"), json!({"account_ids": [alice.id]})),
        ("GET", format!("/api/v1/timelines/list/{id}"), Value::Null),
    ] {
        api.call(method, &path, Some(&eve.token), body).await.refused(404);
    }
    for body in [
        json!({}),
        json!({"title": " "}),
        json!({"title": "x".repeat(257)}),
        json!({"title": "x", "replies_policy": "some"}),
    ] {
        api.post(&alice, "/api/v1/lists", body).await.refused(422);
    }
    assert_eq!(api.call("DELETE", &path, Some(&alice.token), Value::Null).await.ok(), json!({}));
    api.get(&alice, &path).await.refused(404);
    for n in 0..50 {
        makes(&api, &alice, json!({"title": n})).await;
    }
    api.post(&alice, "/api/v1/lists", json!({"title": "one more"})).await.refused(422);
}

#[tokio::test]
async fn only_who_is_followed_can_be_in_a_list_and_unfollowing_takes_them_out() {
    let api = Api::start().await;
    let (alice, bob, cara) = (api.member("alice").await, api.member("bob").await, api.member("cara").await);
    let list = makes(&api, &alice, json!({"title": "Friends"})).await;
    let path = format!("/api/v1/lists/{list}/accounts");
    let before = id_of(api.says(&bob, "before").await).await;
    does(&api, &alice, "follow", &bob).await;
    api.post(&alice, &path, json!({"account_ids": [bob.id, cara.id]})).await.refused(404);
    assert!(api.get(&alice, &path).await.ids().is_empty(), "all or none");
    adds(&api, &alice, &list, &[&bob, &alice]).await;
    api.post(&alice, &path, json!({"account_ids": [bob.id]})).await.refused(422);
    assert_eq!(api.get(&alice, &path).await.ids(), [&*bob.id, &*alice.id]);
    assert_eq!(api.get(&alice, &format!("{path}?limit=0")).await.ids().len(), 2);
    assert_eq!(api.walk(&alice, &format!("{path}?limit=1"), "next").await.concat(), [&*bob.id, &*alice.id]);
    let with = format!("/api/v1/accounts/{}/lists", bob.id);
    assert_eq!(api.get(&alice, &with).await.ids(), [&*list]);
    assert!(api.get(&cara, &with).await.ids().is_empty());
    assert_eq!(in_list(&api, &alice, &list).await, [&*before], "what he wrote last is there");
    let after = id_of(api.posts(&bob, json!({"status": "after", "visibility": "private"})).await).await;
    let own = id_of(api.says(&alice, "mine").await).await;
    assert_eq!(in_list(&api, &alice, &list).await, [&*own, &*after, &*before]);
    does(&api, &alice, "unfollow", &bob).await;
    assert_eq!(in_list(&api, &alice, &list).await, [&*own]);
    assert_eq!(api.get(&alice, &path).await.ids(), [&*alice.id]);
    // In whatever form the body of a DELETE comes.
    does(&api, &alice, "follow", &bob).await;
    adds(&api, &alice, &list, &[&bob]).await;
    let removed = api.call("DELETE", &path, Some(&alice.token), json!({"account_ids": [bob.id, "999"]})).await.ok();
    assert_eq!(removed, json!({}));
    assert_eq!(in_list(&api, &alice, &list).await, [&*own]);
    adds(&api, &alice, &list, &[&bob]).await;
    api.call("DELETE", &format!("{path}?account_ids[]={}", bob.id), Some(&alice.token), Value::Null).await.ok();
    assert_eq!(api.get(&alice, &path).await.ids(), [&*alice.id]);
    adds(&api, &alice, &list, &[&bob]).await;
    does(&api, &bob, "block", &alice).await;
    assert_eq!(api.get(&alice, &path).await.ids(), [&*alice.id], "a block ends follows, from either side");
}

#[tokio::test]
async fn which_answers_a_list_shows_its_owner_decides() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let (cara, dora) = (api.member("cara").await, api.member("dora").await);
    for other in [&bob, &cara, &dora] {
        does(&api, &alice, "follow", other).await;
    }
    let mut lists = Vec::new();
    for policy in ["followed", "list", "none"] {
        let list = makes(&api, &alice, json!({"title": policy, "replies_policy": policy})).await;
        adds(&api, &alice, &list, &[&bob, &cara]).await;
        lists.push(list);
    }
    let own = id_of(api.says(&alice, "hello").await).await;
    let [by_bob, by_cara, by_dora] = [
        id_of(api.says(&bob, "b").await).await,
        id_of(api.says(&cara, "c").await).await,
        id_of(api.says(&dora, "d").await).await,
    ];
    let answers = async |to: &str| id_of(api.posts(&bob, json!({"status": "re", "in_reply_to_id": to})).await).await;
    let [to_her, to_himself, to_cara, to_dora] =
        [answers(&own).await, answers(&by_bob).await, answers(&by_cara).await, answers(&by_dora).await];
    let direct = api.posts(&bob, json!({"status": "@alice psst", "visibility": "direct"})).await;
    let always = [&*to_himself, &*to_her, &*by_cara, &*by_bob];
    for (list, more) in lists.iter().zip([vec![&*to_dora, &*to_cara], vec![&*to_cara], vec![]]) {
        assert_eq!(in_list(&api, &alice, list).await, [&more[..], &always].concat());
    }
    assert!(in_home(&api, &alice).await.contains(&direct["id"].as_str().unwrap().to_owned()));
}

#[tokio::test]
async fn what_is_in_an_exclusive_list_is_not_in_the_home() {
    let api = Api::start().await;
    let (alice, bob, cara) = (api.member("alice").await, api.member("bob").await, api.member("cara").await);
    does(&api, &alice, "follow", &bob).await;
    does(&api, &alice, "follow", &cara).await;
    let first = id_of(api.says(&bob, "first").await).await;
    let hers = id_of(api.says(&cara, "hers").await).await;
    let list = makes(&api, &alice, json!({"title": "apart", "exclusive": true})).await;
    assert_eq!(in_home(&api, &alice).await, [&*hers, &*first]);
    adds(&api, &alice, &list, &[&bob]).await;
    let second = id_of(api.says(&bob, "second").await).await;
    assert_eq!(in_home(&api, &alice).await, [&*hers]);
    assert_eq!(in_list(&api, &alice, &list).await, [&*second, &*first]);
    let path = format!("/api/v1/lists/{list}");
    let set = async |exclusive: bool| {
        api.call("PUT", &path, Some(&alice.token), json!({"exclusive": exclusive})).await.ok();
    };
    set(false).await;
    assert_eq!(in_home(&api, &alice).await, [&*second, &*hers, &*first]);
    set(true).await;
    assert_eq!(in_home(&api, &alice).await, [&*hers]);
    api.call("DELETE", &format!("{path}/accounts"), Some(&alice.token), json!({"account_ids": [bob.id]})).await.ok();
    assert_eq!(in_home(&api, &alice).await, [&*second, &*hers, &*first]);
    assert!(in_list(&api, &alice, &list).await.is_empty());
    adds(&api, &alice, &list, &[&bob]).await;
    assert_eq!(in_home(&api, &alice).await, [&*hers]);
    api.call("DELETE", &path, Some(&alice.token), Value::Null).await.ok();
    assert_eq!(in_home(&api, &alice).await, [&*second, &*hers, &*first]);
}

#[tokio::test]
async fn the_timeline_of_a_list_pages_down_and_up_without_loss() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    does(&api, &alice, "follow", &bob).await;
    let list = makes(&api, &alice, json!({"title": "Friends"})).await;
    adds(&api, &alice, &list, &[&bob]).await;
    let mut all = Vec::new();
    for n in 0..9 {
        all.insert(0, id_of(api.says(&bob, &n.to_string()).await).await);
    }
    let path = format!("/api/v1/timelines/list/{list}?limit=4");
    assert_eq!(api.walk(&alice, &path, "next").await.concat(), all);
    let mut up = api.walk(&alice, &format!("{path}&min_id={}", all[8]), "prev").await;
    up.reverse();
    assert_eq!(up.concat(), all[..8]);
    does(&api, &alice, "mute", &bob).await;
    assert!(in_list(&api, &alice, &list).await.is_empty(), "who mutes somebody does not see them there either");
}
