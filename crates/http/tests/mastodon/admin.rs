//! Moderators at work with an app.

use model::account::{MemberState, Role};
use model::page::Page;
use serde_json::{Value, json};

use crate::api::{Api, Person};

const ADMIN: &str = "admin:read admin:write read";

async fn keeper(api: &Api, name: &str, role: Role) -> Person {
    let person = api.member_as(name, role).await;
    let token = api.token(person.id.parse().ok(), ADMIN).await;
    Person { token, ..person }
}

async fn acts(api: &Api, who: &Person, on: &Person, verb: &str, body: Value) -> crate::api::Reply {
    api.post(who, &format!("/api/v1/admin/accounts/{}/{verb}", on.id), body).await
}

async fn last_deed(api: &Api) -> (String, String) {
    let log = api.app.node.store.read().await.unwrap().actions(&Page::first(1)).await.unwrap();
    (log[0].actor.clone(), log[0].action.clone())
}

#[tokio::test]
async fn a_moderator_acts_on_members_and_each_deed_is_written_down() {
    let api = Api::start().await;
    let (olga, bob) = (keeper(&api, "olga", Role::Moderator).await, api.member("bob").await);
    let path = format!("/api/v1/admin/accounts/{}", bob.id);
    let shown = api.get(&olga, &path).await.ok();
    assert_eq!(
        (&shown["email"], &shown["confirmed"], &shown["approved"], &shown["domain"]),
        (&json!("bob@example.org"), &json!(true), &json!(true), &Value::Null)
    );
    for (kind, field, back) in
        [("silence", "silenced", "unsilence"), ("suspend", "suspended", "unsuspend"), ("disable", "disabled", "enable")]
    {
        acts(&api, &olga, &bob, "action", json!({"type": kind})).await.ok();
        assert_eq!(api.get(&olga, &path).await.ok()[field], true, "{kind}");
        assert_eq!(last_deed(&api).await.0, "olga@social.example.org");
        assert_eq!(acts(&api, &olga, &bob, back, Value::Null).await.ok()[field], false, "{back}");
    }
    acts(&api, &olga, &bob, "action", json!({"type": "none", "text": "Be kind"})).await.ok();
    assert_eq!(last_deed(&api).await.1, "warn");
    for (body, status) in [(json!({}), 400), (json!({"type": "sensitive"}), 422), (json!({"type": "x"}), 422)] {
        acts(&api, &olga, &bob, "action", body).await.refused(status);
    }
    // Whose rank is not below, and who may not at all.
    let owner = keeper(&api, "ada", Role::Owner).await;
    acts(&api, &olga, &owner, "action", json!({"type": "suspend"})).await.refused(403);
    let plain = Person { token: api.token(bob.id.parse().ok(), ADMIN).await, ..bob.clone() };
    acts(&api, &plain, &olga, "action", json!({"type": "suspend"})).await.refused(403);
    api.get(&plain, &path).await.refused(403);
    api.get(&plain, "/api/v1/admin/reports").await.refused(403);
    // For good.
    api.call("DELETE", &path, Some(&owner.token), Value::Null).await.refused(403);
    acts(&api, &owner, &bob, "action", json!({"type": "suspend"})).await.ok();
    api.call("DELETE", &path, Some(&olga.token), Value::Null).await.refused(403);
    api.call("DELETE", &path, Some(&owner.token), Value::Null).await.ok();
    api.get(&olga, &path).await.refused(410);
}

#[tokio::test]
async fn who_waits_is_let_in_or_refused() {
    let api = Api::start().await;
    let olga = keeper(&api, "olga", Role::Moderator).await;
    let node = &api.app.node;
    for (name, verb) in [("ina", "approve"), ("otto", "reject")] {
        let person = api.member(name).await;
        let mut tx = node.store.begin().await.unwrap();
        let id = person.id.parse().unwrap();
        tx.set_member_state(id, MemberState::Pending).await.unwrap();
        tx.set_suspended(id, Some(node.now()), model::account::WAITING).await.unwrap();
        node.commit(tx).await.unwrap();
        let path = format!("/api/v1/admin/accounts/{}", person.id);
        let shown = api.get(&olga, &path).await.ok();
        assert_eq!((&shown["approved"], &shown["suspended"]), (&json!(false), &json!(false)));
        acts(&api, &olga, &person, verb, Value::Null).await.ok();
        let found = api.get(&olga, &path).await.status;
        assert_eq!(found, if verb == "approve" { 200 } else { 404 });
    }
}

#[tokio::test]
async fn reports_are_read_and_settled() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let olga = keeper(&api, "olga", Role::Moderator).await;
    let said = api.says(&bob, "Buy pills").await;
    let mut ids = Vec::new();
    for comment in ["one", "two"] {
        let body = json!({"account_id": bob.id, "status_ids": [said["id"]], "comment": comment});
        ids.push(api.post(&alice, "/api/v1/reports", body).await.ok()["id"].as_str().unwrap().to_owned());
    }
    let list = api.get(&olga, "/api/v1/admin/reports").await;
    assert_eq!(list.ids(), [&*ids[1], &*ids[0]]);
    let first = &list.body[1];
    assert_eq!(
        (&first["account"]["id"], &first["target_account"]["id"], &first["statuses"][0]["id"]),
        (&json!(alice.id), &json!(bob.id), &said["id"])
    );
    let path = |id: &str, more: &str| format!("/api/v1/admin/reports/{id}{more}");
    assert_eq!(api.get(&olga, &path(&ids[0], "")).await.ok()["comment"], "one");
    let closed = api.post(&olga, &path(&ids[0], "/resolve"), Value::Null).await.ok();
    assert_eq!(closed["action_taken"], true);
    api.post(&olga, &path(&ids[0], "/resolve"), Value::Null).await.refused(422);
    acts(&api, &olga, &bob, "action", json!({"type": "silence", "report_id": ids[1]})).await.ok();
    assert!(api.get(&olga, "/api/v1/admin/reports").await.ids().is_empty());
    assert_eq!(api.get(&olga, "/api/v1/admin/reports?resolved=true").await.ids().len(), 2);
}
