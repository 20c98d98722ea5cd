//! What members keep about others.

use serde_json::{Value, json};

use crate::api::{Api, Person};

async fn does(api: &Api, who: &Person, to: &Person, verb: &str, body: Value) -> Value {
    api.post(who, &format!("/api/v1/accounts/{}/{verb}", to.id), body).await.ok()
}

#[tokio::test]
async fn a_note_is_ones_own_and_shown_with_how_one_stands_to_somebody() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    assert_eq!(
        does(&api, &alice, &bob, "note", json!({"comment": "met at the fair"})).await["note"],
        "met at the fair"
    );
    let path = format!("/api/v1/accounts/relationships?id[]={}", bob.id);
    assert_eq!(api.get(&alice, &path).await.ok()[0]["note"], "met at the fair");
    assert_eq!(does(&api, &alice, &bob, "mute", Value::Null).await["note"], "met at the fair");
    let path = format!("/api/v1/accounts/relationships?id[]={}", alice.id);
    assert_eq!(api.get(&bob, &path).await.ok()[0]["note"], "");
    assert_eq!(does(&api, &alice, &bob, "note", Value::Null).await["note"], "");
    let long = json!({"comment": "x".repeat(2_001)});
    api.post(&alice, &format!("/api/v1/accounts/{}/note", bob.id), long).await.refused(422);
}

#[tokio::test]
async fn one_endorses_whom_one_follows() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    api.post(&alice, &format!("/api/v1/accounts/{}/endorse", bob.id), Value::Null).await.refused(422);
    does(&api, &alice, &bob, "follow", Value::Null).await;
    for (verb, endorsed) in
        [("endorse", true), ("unendorse", false), ("pin", true), ("unpin", false), ("endorse", true)]
    {
        assert_eq!(does(&api, &alice, &bob, verb, Value::Null).await["endorsed"], endorsed, "{verb}");
    }
    assert_eq!(api.get(&alice, "/api/v1/endorsements").await.ids(), [&*bob.id]);
    let shown = format!("/api/v1/accounts/{}/endorsements", alice.id);
    assert_eq!(api.look(&shown).await.ids(), [&*bob.id]);
    does(&api, &alice, &bob, "unfollow", Value::Null).await;
    assert!(api.look(&shown).await.ids().is_empty());
}

#[tokio::test]
async fn familiar_followers_are_followed_by_oneself() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let (carol, dave) = (api.member("carol").await, api.member("dave").await);
    does(&api, &alice, &bob, "follow", Value::Null).await;
    does(&api, &bob, &carol, "follow", Value::Null).await;
    does(&api, &dave, &carol, "follow", Value::Null).await;
    let path = format!("/api/v1/accounts/familiar_followers?id[]={}&id[]={}", carol.id, dave.id);
    let found = api.get(&alice, &path).await.ok();
    assert_eq!((&found[0]["id"], &found[0]["accounts"][0]["id"]), (&json!(carol.id), &json!(bob.id)));
    assert_eq!(found[0]["accounts"].as_array().unwrap().len(), 1);
    assert_eq!((&found[1]["id"], &found[1]["accounts"]), (&json!(dave.id), &json!([])));
}

#[tokio::test]
async fn a_server_is_blocked_with_all_its_people() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let far = crate::remote::somebody(&api, "x", "far.example").await;
    let tie = async |who: &Person| {
        let path = format!("/api/v1/accounts/relationships?id[]={far}");
        api.get(who, &path).await.ok()[0]["domain_blocking"].clone()
    };
    assert_eq!(tie(&alice).await, false);
    let mut tx = api.app.node.store.begin().await.unwrap();
    let me: i64 = alice.id.parse().unwrap();
    for (follower_id, target_id) in [(me, far), (far, me)] {
        let follow = storage::Follow {
            id: api.app.node.id(),
            follower_id,
            target_id,
            accepted: true,
            uri: format!("https://far.example/follows/{follower_id}"),
            show_boosts: true,
            notify: false,
            languages: Vec::new(),
            created_at: api.app.node.now(),
        };
        tx.put_follow(&follow).await.unwrap();
        tx.count_follow(follower_id, target_id, 1).await.unwrap();
    }
    api.app.node.commit(tx).await.unwrap();
    let block = json!({"domain": "FAR.example"});
    assert_eq!(api.post(&alice, "/api/v1/domain_blocks", block).await.ok(), json!({}));
    assert_eq!((tie(&alice).await, tie(&bob).await), (json!(true), json!(false)));
    let list = api.get(&alice, "/api/v1/domain_blocks").await;
    assert!(list.link("prev").is_some() && list.link("next").is_none());
    assert_eq!(list.ok(), json!(["far.example"]));
    // Who follows whom between the two ends.
    let follows = async || {
        let path = format!("/api/v1/accounts/relationships?id[]={far}");
        let tie = api.get(&alice, &path).await.ok();
        (tie[0]["following"].clone(), tie[0]["followed_by"].clone())
    };
    assert_eq!(follows().await, (json!(true), json!(true)));
    for _ in 0..2 {
        for job in api.app.federation.lease_jobs(false, 99).await.unwrap() {
            api.app.federation.serve_job(job).await.unwrap();
        }
    }
    assert_eq!(follows().await, (json!(false), json!(false)));
    api.call("DELETE", "/api/v1/domain_blocks", Some(&alice.token), json!({"domain": "far.example"})).await.ok();
    assert_eq!((tie(&alice).await, api.get(&alice, "/api/v1/domain_blocks").await.ok()), (json!(false), json!([])));
    for domain in ["social.example.org", "not a domain", "localhost"] {
        api.post(&alice, "/api/v1/domain_blocks", json!({"domain": domain})).await.refused(422);
    }
    api.post(&alice, "/api/v1/domain_blocks", Value::Null).await.refused(400);
}

#[tokio::test]
async fn a_profile_is_edited_in_every_way_that_apps_have() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let change = json!({
        "display_name": "Alice", "note": "#tea", "bot": "1", "locked": true, "discoverable": "false", "indexable": "on",
        "hide_collections": true, "fields_attributes": {"0": {"name": "Web", "value": "https://a.example"}, "1": {"name": "x", "value": "y"}},
        "source": {"privacy": "unlisted", "sensitive": "true", "language": "cy", "quote_policy": "followers"},
        "attribution_domains": ["https://blog.example/about", "*.news.example"], "avatar_description": "me",
    });
    let own = api.call("PATCH", "/api/v1/accounts/update_credentials", Some(&alice.token), change).await.ok();
    let source = &own["source"];
    assert_eq!((&own["bot"], &own["locked"], &own["avatar_description"]), (&json!(true), &json!(true), &json!("me")));
    assert_eq!((&source["privacy"], &source["quote_policy"]), (&json!("unlisted"), &json!("followers")));
    assert_eq!(source["attribution_domains"], json!(["blog.example", "news.example"]));
    assert_eq!(source["fields"][1]["name"], "x");
    let actor = api.raw("/users/alice", &[("accept", "application/activity+json")]).await.into_body();
    let actor: Value = serde_json::from_slice(&axum::body::to_bytes(actor, usize::MAX).await.unwrap()).unwrap();
    assert_eq!(actor["attributionDomains"], source["attribution_domains"]);
    let wishes = api.get(&alice, "/api/v1/preferences").await.ok();
    assert_eq!(wishes["posting:default:quote_policy"], "followers");
    let post = api.says(&alice, "as she likes it").await;
    assert_eq!(
        (&post["visibility"], &post["quote_approval"]["automatic"]),
        (&json!("unlisted"), &json!(["followers"]))
    );

    let profile = api.get(&alice, "/api/v1/profile").await.ok();
    assert_eq!(
        (&profile["note"], &profile["avatar"], &profile["show_media"]),
        (&json!("#tea"), &Value::Null, &json!(true))
    );
    let change = json!({"show_media": false, "note": "tea", "fields_attributes": [{"name": "z", "value": "w"}]});
    let profile = api.call("PATCH", "/api/v1/profile", Some(&alice.token), change).await.ok();
    assert_eq!((&profile["show_media"], &profile["note"]), (&json!(false), &json!("tea")));
    assert_eq!((&profile["display_name"], &profile["fields"][0]["name"]), (&json!("Alice"), &json!("z")));
    let only_who = api.token(alice.id.parse().ok(), "profile").await;
    api.call("GET", "/api/v1/profile", Some(&only_who), Value::Null).await.ok();
    for bad in [json!({"attribution_domains": ["nothing"]}), json!({"note": "x".repeat(2_001)})] {
        api.call("PUT", "/api/v1/profile", Some(&alice.token), bad).await.refused(422);
    }
    let bad = json!({"source": {"quote_policy": "everybody"}});
    api.call("PATCH", "/api/v1/accounts/update_credentials", Some(&alice.token), bad).await.refused(422);
}
