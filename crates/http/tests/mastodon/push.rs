//! Subscriptions to Web Push, as apps make them.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};

use crate::api::{Api, Person};

const PATH: &str = "/api/v1/push/subscription";
/// The keys of RFC 8291, section 5.
const P256DH: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

pub fn wish() -> Value {
    json!({
        "subscription": {"endpoint": "https://push.example/1", "keys": {"p256dh": P256DH, "auth": AUTH}, "standard": true},
        "data": {"alerts": {"mention": true, "admin": {"sign_up": "1"}}, "policy": "followed"},
    })
}

/// What a token without the scope gets.
async fn other(api: &Api, person: &Person, scopes: &str) -> Person {
    Person { token: api.token(Some(person.id.parse().unwrap()), scopes).await, ..person.clone() }
}

#[tokio::test]
async fn a_token_has_one_subscription() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    api.get(&alice, PATH).await.refused(404);
    api.call("PUT", PATH, Some(&alice.token), json!({"data": {}})).await.refused(404);
    let made = api.post(&alice, PATH, wish()).await.ok();
    assert_eq!(made["endpoint"], "https://push.example/1");
    assert_eq!((&made["standard"], &made["policy"]), (&json!(true), &json!("followed")));
    assert_eq!((&made["alerts"]["mention"], &made["alerts"]["admin.sign_up"]), (&json!(true), &json!(true)));
    assert_eq!(made["alerts"]["follow"], false, "what is not asked for is off");
    let id: u64 = made["id"].as_str().unwrap().parse().unwrap();
    assert!(id < 1 << 31, "some apps read no more: {id}");
    assert_eq!(api.get(&alice, PATH).await.ok(), made);

    let key = made["server_key"].as_str().unwrap();
    assert_eq!(key.len(), 87, "an uncompressed point, base64url without padding");
    let instance = api.look("/api/v2/instance").await.ok();
    assert_eq!(instance["configuration"]["vapid"]["public_key"], key);
    assert_eq!(instance["configuration"]["urls"]["streaming"], "wss://social.example.org");
    assert_eq!(api.look("/api/v1/instance").await.ok()["urls"]["streaming_api"], "wss://social.example.org");
    let app = json!({"client_name": "Pencil", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob"});
    assert_eq!(api.call("POST", "/api/v1/apps", None, app).await.ok()["vapid_key"], key);
    assert_eq!(api.get(&alice, "/api/v1/apps/verify_credentials").await.ok()["vapid_key"], key);

    let change = json!({"data": {"alerts": {"follow": true}}});
    let changed = api.call("PUT", PATH, Some(&alice.token), change).await.ok();
    assert_eq!((&changed["alerts"]["mention"], &changed["alerts"]["follow"]), (&json!(false), &json!(true)));
    assert_eq!((&changed["policy"], &changed["id"]), (&json!("followed"), &made["id"]));
    let changed = api.call("PUT", PATH, Some(&alice.token), json!({"policy": "none"})).await.ok();
    assert_eq!(
        (&changed["policy"], &changed["alerts"]["follow"]),
        (&json!("none"), &json!(true)),
        "what is not said stays"
    );

    let again = api.post(&alice, PATH, wish()).await.ok();
    assert_eq!(again["policy"], "followed", "it takes the place of the first");
    let other = other(&api, &alice, "push").await;
    api.get(&other, PATH).await.refused(404);
    assert_eq!(api.call("DELETE", PATH, Some(&alice.token), Value::Null).await.ok(), json!({}));
    api.get(&alice, PATH).await.refused(404);
    assert_eq!(api.call("DELETE", PATH, Some(&alice.token), Value::Null).await.ok(), json!({}));
}

#[tokio::test]
async fn forms_of_older_clients_are_read() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let form = format!(
        "subscription[endpoint]=https%3A%2F%2Fpush.example%2F1&subscription[keys][p256dh]={P256DH}%3D\
         &subscription[keys][auth]={AUTH}%3D%3D&data[alerts][reblog]=true&data[alerts][admin.report]=1"
    );
    let request = Request::post(PATH)
        .header(header::AUTHORIZATION, format!("Bearer {}", alice.token))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form))
        .unwrap();
    let made = api.send(request).await.ok();
    assert_eq!((&made["standard"], &made["policy"]), (&json!(false), &json!("all")));
    assert_eq!((&made["alerts"]["reblog"], &made["alerts"]["admin.report"]), (&json!(true), &json!(true)));
}

#[tokio::test]
async fn what_cannot_be_pushed_to_is_refused() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    for endpoint in
        ["", "push.example", "ftp://push.example/", "https://a:b@push.example/", "https://social.example.org/inbox"]
    {
        let mut bad = wish();
        bad["subscription"]["endpoint"] = json!(endpoint);
        api.post(&alice, PATH, bad).await.refused(422);
    }
    for (name, key) in [("p256dh", "BAAA"), ("p256dh", ""), ("auth", ""), ("auth", "%%"), ("p256dh", &"A".repeat(87))] {
        let mut bad = wish();
        bad["subscription"]["keys"][name] = json!(key);
        api.post(&alice, PATH, bad).await.refused(422);
    }
    let mut bad = wish();
    bad["data"]["policy"] = json!("friends");
    api.post(&alice, PATH, bad).await.refused(422);
    api.post(&other(&api, &alice, "read write").await, PATH, wish()).await.refused(403);
    api.get(&other(&api, &alice, "read").await, PATH).await.refused(403);
    api.call("POST", PATH, None, wish()).await.refused(401);
    api.get(&alice, PATH).await.refused(404);
}

#[tokio::test]
async fn a_subscription_goes_with_its_token() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    api.post(&alice, PATH, wish()).await.ok();
    let account = alice.id.parse().unwrap();
    let mut tx = api.app.node.store.begin().await.unwrap();
    let kept = tx.subscriptions(account).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert!(!format!("{kept:?}").contains(&alice.token), "the token's secret is not kept as it is");
    tx.delete_tokens_of(account).await.unwrap();
    assert!(tx.subscriptions(account).await.unwrap().is_empty());
}
