//! Reports, and strangers who want to be heard.

use model::account::Role;
use model::notification::{Notification, NotificationKind};
use serde_json::{Value, json};

use crate::api::{Api, NOW, Person};

#[tokio::test]
async fn a_report_is_kept_and_moderators_are_told_of_each() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let olga = api.member_as("olga", Role::Moderator).await;
    let (said, own) = (api.says(&bob, "Buy pills").await, api.says(&alice, "Mine").await);
    let body = json!({"account_id": bob.id, "status_ids": [said["id"]], "comment": "Spam", "category": "spam", "forward": true});
    let report = api.post(&alice, "/api/v1/reports", body.clone()).await.ok();
    assert_eq!(
        (&report["category"], &report["comment"], &report["forwarded"], &report["action_taken"]),
        (&json!("spam"), &json!("Spam"), &json!(false), &json!(false)),
        "nobody of this node is reported elsewhere: {report}"
    );
    assert_eq!((&report["status_ids"], &report["rule_ids"]), (&json!([said["id"]]), &Value::Null));
    assert_eq!(report["target_account"]["id"], json!(bob.id));
    api.post(&alice, "/api/v1/reports", body).await.ok();
    let told = api.get(&olga, "/api/v1/notifications?types[]=admin.report").await.ok();
    assert_eq!(told.as_array().unwrap().len(), 2, "{told}");
    assert_eq!((&told[1]["report"]["id"], &told[1]["account"]["id"]), (&report["id"], &json!(alice.id)));
    assert!(api.get(&bob, "/api/v1/notifications").await.ids().is_empty());

    let refused = [
        (json!({}), 400),
        (json!({"account_id": "12345"}), 404),
        (json!({"account_id": bob.id, "status_ids": [own["id"]]}), 404),
        (json!({"account_id": bob.id, "category": "boredom"}), 422),
        (json!({"account_id": bob.id, "comment": "x".repeat(1_001)}), 422),
        (json!({"account_id": bob.id, "rule_ids": ["77"]}), 422),
    ];
    for (body, status) in refused {
        api.post(&alice, "/api/v1/reports", body).await.refused(status);
    }
}

/// Bob said something to alice that waits.
pub async fn held(api: &Api, alice: &Person, bob: &Person) -> Value {
    let said = api.says(bob, "Look at this").await;
    let node = &api.app.node;
    let mut tx = node.store.begin().await.unwrap();
    let notification = Notification {
        id: node.id(),
        account_id: alice.id.parse().unwrap(),
        kind: NotificationKind::Mention,
        from_account_id: bob.id.parse().unwrap(),
        post_id: said["id"].as_str().unwrap().parse().ok(),
        report_id: None,
        event_id: None,
        created_at: NOW,
    };
    tx.hold_notification(node.id(), &notification).await.unwrap();
    node.commit(tx).await.unwrap();
    said
}

#[tokio::test]
async fn a_request_is_read_accepted_and_dismissed() {
    let api = Api::start().await;
    let (alice, bob, carl) = (api.member("alice").await, api.member("bob").await, api.member("carl").await);
    let said = held(&api, &alice, &bob).await;
    held(&api, &alice, &carl).await;
    let list = api.get(&alice, "/api/v1/notifications/requests").await.ok();
    assert_eq!(list.as_array().unwrap().len(), 2);
    let (by_carl, by_bob) = (list[0]["id"].as_str().unwrap(), list[1]["id"].as_str().unwrap());
    assert_eq!((&list[1]["account"]["id"], &list[1]["notifications_count"]), (&json!(bob.id), &json!("1")));
    assert_eq!(list[1]["last_status"]["id"], said["id"]);
    let path = |id: &str, verb: &str| format!("/api/v1/notifications/requests/{id}{verb}");
    assert_eq!(api.get(&alice, &path(by_bob, "")).await.ok()["id"], by_bob);
    api.get(&bob, &path(by_bob, "")).await.refused(404);
    api.post(&bob, &path(by_bob, "/accept"), Value::Null).await.refused(404);
    assert!(api.get(&alice, "/api/v1/notifications").await.ids().is_empty());
    api.post(&alice, &path(by_bob, "/accept"), Value::Null).await.ok();
    let told = api.get(&alice, "/api/v1/notifications").await.ok();
    assert_eq!((&told[0]["type"], &told[0]["status"]["id"]), (&json!("mention"), &said["id"]));
    // Of several, those that are there no longer are no mistake.
    api.post(&alice, &path(by_bob, "/accept"), Value::Null).await.refused(404);
    api.post(&alice, "/api/v1/notifications/requests/accept", json!({"id": [by_bob]})).await.ok();
    api.post(&bob, "/api/v1/notifications/requests/dismiss", json!({"id": [by_carl]})).await.ok();
    assert_eq!(api.get(&alice, "/api/v1/notifications/requests").await.ids(), [by_carl]);
    api.post(&alice, "/api/v1/notifications/requests/dismiss", json!({"id": [by_bob, by_carl]})).await.ok();
    assert!(api.get(&alice, "/api/v1/notifications/requests").await.ids().is_empty());
    assert_eq!(api.get(&alice, "/api/v1/notifications").await.ids().len(), 1);
    assert_eq!(api.get(&alice, "/api/v1/notifications/requests/merged").await.ok()["merged"], true);
}
