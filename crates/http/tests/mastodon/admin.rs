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
        let waiting = api.look(&format!("/api/v1/accounts?id[]={}", person.id)).await.ok();
        assert_eq!(waiting, json!([]), "nobody is shown who waits");
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
    assert_eq!(
        api.post(&olga, &path(&ids[0], "/resolve"), Value::Null).await.ok()["action_taken"],
        true,
        "twice is once"
    );
    acts(&api, &olga, &bob, "action", json!({"type": "silence", "report_id": ids[1]})).await.ok();
    assert!(api.get(&olga, "/api/v1/admin/reports").await.ids().is_empty());
    assert_eq!(api.get(&olga, "/api/v1/admin/reports?resolved=true").await.ids().len(), 2);
}

fn reports_of(query: &str) -> String {
    format!("/api/v1/admin/reports{query}")
}

async fn last_subject(api: &Api) -> (String, String) {
    let log = api.app.node.store.read().await.unwrap().actions(&Page::first(1)).await.unwrap();
    (log[0].action.clone(), log[0].subject.clone())
}

/// An account elsewhere that is known here.
async fn stranger(api: &Api, name: &str, domain: &str) -> model::account::Account {
    let node = &api.app.node;
    let mut tx = node.store.begin().await.unwrap();
    let ours = tx.account_by_uri(&node.config.instance_actor_uri()).await.unwrap().unwrap();
    let uri = format!("https://{domain}/users/{name}");
    let account = model::account::Account {
        id: node.id(),
        inbox: format!("{uri}/inbox"),
        inbox_host: domain.to_owned(),
        uri,
        username: name.to_owned(),
        domain: domain.to_owned(),
        kind: model::account::ActorKind::Person,
        fetched_at: Some(node.now()),
        ..ours
    };
    assert!(tx.insert_account(&account).await.unwrap());
    node.commit(tx).await.unwrap();
    account
}

/// `who` follows `whom`, whoever they are.
async fn follows(api: &Api, who: i64, whom: i64) {
    let node = &api.app.node;
    let mut tx = node.store.begin().await.unwrap();
    let id = node.id();
    let row = storage::Follow {
        id,
        follower_id: who,
        target_id: whom,
        accepted: true,
        uri: format!("follow {id}"),
        show_boosts: true,
        notify: false,
        languages: Vec::new(),
        created_at: node.now(),
    };
    tx.put_follow(&row).await.unwrap();
    node.commit(tx).await.unwrap();
}

#[tokio::test]
async fn accounts_are_listed_by_what_stands_with_them() {
    let api = Api::start().await;
    let (ada, olga) = (keeper(&api, "ada", Role::Owner).await, keeper(&api, "olga", Role::Moderator).await);
    let bob = api.member("bob").await;
    let far = stranger(&api, "bea", "far.example").await.id.to_string();
    acts(&api, &olga, &bob, "action", json!({"type": "silence"})).await.ok();
    for (query, expected) in [
        ("v1/admin/accounts", vec![&far, &bob.id, &olga.id, &ada.id]),
        ("v1/admin/accounts?local=true", vec![&bob.id, &olga.id, &ada.id]),
        ("v1/admin/accounts?remote=true", vec![&far]),
        ("v1/admin/accounts?silenced=true", vec![&bob.id]),
        ("v1/admin/accounts?staff=true", vec![&olga.id, &ada.id]),
        ("v1/admin/accounts?username=b", vec![&far, &bob.id]),
        ("v1/admin/accounts?email=bob@", vec![&bob.id]),
        ("v1/admin/accounts?by_domain=far.example", vec![&far]),
        ("v1/admin/accounts?by_domain=social.example.org", vec![&bob.id, &olga.id, &ada.id]),
        ("v2/admin/accounts?origin=local&status=active&permissions=staff", vec![&olga.id, &ada.id]),
        ("v2/admin/accounts?role_ids[]=3", vec![&ada.id]),
        ("v2/admin/accounts?status=pending", vec![]),
        ("v2/admin/accounts?origin=remote&status=disabled", vec![]),
    ] {
        let found = api.get(&olga, &format!("/api/{query}")).await.ids();
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query}");
    }
    for (query, status) in [
        ("v2/admin/accounts?status=odd", 400),
        ("v2/admin/accounts?origin=moon", 400),
        ("v2/admin/accounts?role_ids[]=77", 400),
        ("v2/admin/accounts?permissions=odd", 400),
        ("v1/admin/accounts?ip=192.0.2.7", 422),
        ("v2/admin/accounts?invited_by=5", 422),
    ] {
        api.get(&olga, &format!("/api/{query}")).await.refused(status);
    }
    let pages = api.walk(&olga, "/api/v1/admin/accounts?local=true&limit=2", "next").await;
    assert_eq!(pages, [vec![bob.id.clone(), olga.id.clone()], vec![ada.id.clone()]]);
    let back = api.get(&olga, "/api/v1/admin/accounts?local=true&limit=2&min_id=0").await;
    assert_eq!(back.ids(), [olga.id.as_str(), &ada.id]);
}

#[tokio::test]
async fn a_role_says_what_it_allows_and_is_shown_on_accounts() {
    let api = Api::start().await;
    let ada = keeper(&api, "ada", Role::Owner).await;
    let (olga, bob) = (keeper(&api, "olga", Role::Moderator).await, api.member("bob").await);
    for (who, role) in [(&ada, Role::Owner), (&olga, Role::Moderator), (&bob, Role::Member)] {
        let own = api.get(who, "/api/v1/accounts/verify_credentials").await.ok();
        assert_eq!(own["role"]["permissions"], role.permissions().to_string());
        assert_eq!(own["role"]["highlighted"], role > Role::Member);
    }
    let shown = api.look(&format!("/api/v1/accounts/{}", olga.id)).await.ok();
    assert_eq!(shown["roles"], json!([{"id": "1", "name": "Moderator", "color": ""}]));
    assert_eq!(api.look(&format!("/api/v1/accounts/{}", bob.id)).await.ok()["roles"], json!([]));
    assert_eq!(api.get(&ada, &format!("/api/v1/admin/accounts/{}", olga.id)).await.ok()["role"]["name"], "Moderator");
    // What concerns the node is for administrators and owners.
    for path in ["domain_blocks", "domain_allows", "ip_blocks", "email_domain_blocks", "canonical_email_blocks"] {
        api.get(&olga, &format!("/api/v1/admin/{path}")).await.refused(403);
        api.get(&ada, &format!("/api/v1/admin/{path}")).await.ok();
    }
}

#[tokio::test]
async fn reports_change_hands_and_are_found_by_who_is_in_them() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let (olga, ina) = (keeper(&api, "olga", Role::Moderator).await, keeper(&api, "ina", Role::Admin).await);
    let mut tx = api.app.node.store.begin().await.unwrap();
    let rule = storage::Rule {
        id: 5,
        text: "Be kind".to_owned(),
        hint: "To all".to_owned(),
        created_at: api.app.node.now(),
        removed_at: None,
    };
    tx.insert_rule(&rule, None).await.unwrap();
    api.app.node.commit(tx).await.unwrap();
    let mut filed = Vec::new();
    for (by, about) in [(&alice, &bob), (&bob, &alice), (&alice, &ina)] {
        let report = api.post(by, "/api/v1/reports", json!({"account_id": about.id})).await.ok();
        filed.push(report["id"].as_str().unwrap().to_owned());
    }
    for (query, expected) in [
        (format!("?account_id={}", alice.id), vec![&filed[2], &filed[0]]),
        (format!("?target_account_id={}", bob.id), vec![&filed[0]]),
        (format!("?account_id={}&target_account_id={}", alice.id, ina.id), vec![&filed[2]]),
        (format!("?account_id={}", olga.id), vec![]),
        ("?limit=1".to_owned(), vec![&filed[2]]),
    ] {
        let found = api.get(&olga, &reports_of(&query)).await.ids();
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query}");
    }
    let path = |verb: &str| format!("/api/v1/admin/reports/{}{verb}", filed[0]);
    let taken = api.post(&olga, &path("/assign_to_self"), Value::Null).await.ok();
    assert_eq!(taken["assigned_account"]["id"], olga.id);
    assert_eq!(last_subject(&api).await.0, "assign report");
    assert_eq!(api.post(&ina, &path("/unassign"), Value::Null).await.ok()["assigned_account"], Value::Null);
    let body = json!({"category": "violation", "rule_ids": ["5"]});
    let changed = api.call("PUT", &path(""), Some(&olga.token), body).await.ok();
    assert_eq!(
        (&changed["category"], &changed["rules"]),
        (&json!("violation"), &json!([{"id": "5", "text": "Be kind", "hint": "To all"}]))
    );
    for body in [json!({"category": "odd"}), json!({"category": "violation", "rule_ids": ["6"]})] {
        api.call("PUT", &path(""), Some(&olga.token), body).await.refused(422);
    }
    let changed = api.call("PUT", &path(""), Some(&olga.token), json!({"category": "spam"})).await.ok();
    assert_eq!(changed["rules"], json!([]), "only a violation breaks rules");
    assert_eq!(api.post(&olga, &path("/reopen"), Value::Null).await.ok()["action_taken"], false, "it is open");
    let closed = api.post(&olga, &path("/resolve"), Value::Null).await.ok();
    assert_eq!(closed["action_taken_by_account"]["id"], olga.id);
    let query = format!("?resolved=true&target_account_id={}", bob.id);
    assert_eq!(api.get(&olga, &reports_of(&query)).await.ids(), [filed[0].as_str()]);
    let open = api.post(&ina, &path("/reopen"), Value::Null).await.ok();
    assert_eq!((&open["action_taken"], &open["action_taken_by_account"]), (&json!(false), &Value::Null));
    assert_eq!(last_subject(&api).await.0, "reopen report");
    api.post(&olga, "/api/v1/admin/reports/77/assign_to_self", Value::Null).await.refused(404);
}

#[tokio::test]
async fn rules_for_servers_are_set_changed_and_lifted() {
    let api = Api::start().await;
    let ada = keeper(&api, "ada", Role::Owner).await;
    let path = "/api/v1/admin/domain_blocks";
    let body = json!({"domain": "Loud.example", "reject_media": true, "private_comment": "ads", "obfuscate": "true"});
    let made = api.post(&ada, path, body).await.ok();
    let expected = [
        ("domain", json!("loud.example")),
        ("severity", json!("silence")),
        ("reject_media", json!(true)),
        ("reject_reports", json!(false)),
        ("private_comment", json!("ads")),
        ("public_comment", Value::Null),
        ("obfuscate", json!(true)),
    ];
    for (field, value) in expected {
        assert_eq!(made[field], value, "{field}");
    }
    assert!(api.app.node.domain_rules().limit(["loud.example"]).is_some(), "it takes effect at once");
    assert_eq!(last_subject(&api).await, ("domain limit, reject media".to_owned(), "loud.example".to_owned()));
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    assert_eq!(api.get(&ada, &one).await.ok(), made);
    let changed = api.call("PUT", &one, Some(&ada.token), json!({"severity": "suspend"})).await.ok();
    assert_eq!(
        (&changed["severity"], &changed["id"], &changed["obfuscate"]),
        (&json!("suspend"), &made["id"], &json!(true))
    );
    assert!(api.app.node.is_domain_blocked("loud.example"));
    // Once more, and below it.
    for domain in ["loud.example", "a.loud.example"] {
        let again = api.post(&ada, path, json!({"domain": domain})).await;
        assert_eq!(again.body["existing_domain_block"]["domain"], "loud.example");
        again.refused(422);
    }
    for body in [
        json!({}),
        json!({"domain": "not one"}),
        json!({"domain": "x.example", "severity": "odd"}),
        json!({"domain": "social.example.org"}),
    ] {
        api.post(&ada, path, body).await.refused(422);
    }
    let noop =
        api.post(&ada, path, json!({"domain": "quiet.example", "severity": "noop", "reject_reports": true})).await.ok();
    assert_eq!(api.get(&ada, path).await.ids(), [noop["id"].as_str().unwrap(), made["id"].as_str().unwrap()]);
    let pages = api.walk(&ada, &format!("{path}?limit=1"), "next").await;
    assert_eq!(pages.len(), 2);
    let allows = "/api/v1/admin/domain_allows";
    api.post(&ada, allows, json!({"domain": "loud.example"})).await.refused(422);
    api.call("DELETE", &one, Some(&ada.token), Value::Null).await.ok();
    assert!(!api.app.node.is_domain_blocked("loud.example"));
    api.get(&ada, &one).await.refused(404);
    let allowed = api.post(&ada, allows, json!({"domain": "loud.example"})).await.ok();
    assert_eq!(api.post(&ada, allows, json!({"domain": "loud.example"})).await.ok(), allowed);
    assert_eq!(api.get(&ada, allows).await.ids(), [allowed["id"].as_str().unwrap()]);
    // It can be both, and one goes without the other.
    let both = api.post(&ada, path, json!({"domain": "loud.example", "severity": "silence"})).await.ok();
    let both = format!("{path}/{}", both["id"].as_str().unwrap());
    api.call("DELETE", &both, Some(&ada.token), Value::Null).await.ok();
    let one = format!("{allows}/{}", allowed["id"].as_str().unwrap());
    assert_eq!(api.get(&ada, &one).await.ok()["domain"], "loud.example");
    api.call("DELETE", &one, Some(&ada.token), Value::Null).await.ok();
    api.get(&ada, &one).await.refused(404);
}

fn open(config: &mut node::Config) {
    config.registrations = node::config::Registrations::Open;
}

async fn joins(api: &Api, app: &str, name: &str, email: &str) -> crate::api::Reply {
    let body = json!({"username": name, "email": email, "password": "correct horse", "agreement": true, "locale": "en", "reason": "tea"});
    api.call("POST", "/api/v1/accounts", Some(app), body).await
}

async fn state_of(api: &Api, name: &str) -> MemberState {
    let mut tx = api.app.node.store.read().await.unwrap();
    let account = tx.account_by_handle(name, "").await.unwrap().unwrap();
    tx.member(account.id).await.unwrap().unwrap().state
}

#[tokio::test]
async fn nobody_joins_with_an_address_that_is_kept_out() {
    let api = Api::start_with(open).await;
    let ada = keeper(&api, "ada", Role::Owner).await;
    let app = api.token(None, "read write").await;
    let domains = "/api/v1/admin/email_domain_blocks";
    let made = api.post(&ada, domains, json!({"domain": "Trash.example"})).await.ok();
    assert_eq!((&made["domain"], &made["history"]), (&json!("trash.example"), &json!([])));
    api.post(&ada, domains, json!({"domain": "trash.example"})).await.refused(422);
    api.post(&ada, domains, json!({"domain": "slow.example", "allow_with_approval": true})).await.ok();
    let refused = joins(&api, &app, "eve", "eve@mail.trash.example").await;
    assert_eq!(refused.body["details"]["email"][0]["error"], "ERR_BLOCKED");
    refused.refused(422);
    joins(&api, &app, "ina", "ina@slow.example").await.ok();
    assert_eq!(state_of(&api, "ina").await, MemberState::Pending);
    // A member's new address.
    let mut tx = api.app.node.store.begin().await.unwrap();
    let member = tx.member(ada.id.parse().unwrap()).await.unwrap().unwrap();
    let changed = node::identity::change_email(&api.app.node, &mut tx, &member, "ada@trash.example").await;
    assert!(changed.is_err());
    drop(tx);
    let one = format!("{domains}/{}", made["id"].as_str().unwrap());
    assert_eq!(api.get(&ada, &one).await.ok(), made);
    api.call("DELETE", &one, Some(&ada.token), Value::Null).await.ok();
    api.get(&ada, &one).await.refused(404);
    joins(&api, &app, "eve", "eve@mail.trash.example").await.ok();

    let emails = "/api/v1/admin/canonical_email_blocks";
    let made = api.post(&ada, emails, json!({"email": "t.e.s.t+x@example.org"})).await.ok();
    let hash = "388c735eec8225c4ad7a507944dd0a975296baea383198aa87177f29af2c6f69";
    assert_eq!(made["canonical_email_hash"], hash);
    let tested = api.post(&ada, &format!("{emails}/test"), json!({"email": "test@example.org"})).await.ok();
    assert_eq!(tested, json!([made]));
    api.post(&ada, &format!("{emails}/test"), json!({})).await.refused(400);
    for body in [json!({"canonical_email_hash": hash}), json!({"canonical_email_hash": "x"}), json!({})] {
        api.post(&ada, emails, body).await.refused(422);
    }
    let refused = joins(&api, &app, "otto", "test+y@example.org").await;
    assert_eq!(refused.body["details"]["email"][0]["error"], "ERR_TAKEN");
    let one = format!("{emails}/{}", made["id"].as_str().unwrap());
    assert_eq!(api.get(&ada, &one).await.ok(), made);
    api.call("DELETE", &one, Some(&ada.token), Value::Null).await.ok();
    assert!(api.get(&ada, emails).await.ids().is_empty());
    // Who is suspended does not come back with a dot more in their address.
    let bob = api.member("bob").await;
    acts(&api, &ada, &bob, "action", json!({"type": "suspend"})).await.ok();
    joins(&api, &app, "otto", "b.o.b@example.org").await.refused(422);
    acts(&api, &ada, &bob, "unsuspend", Value::Null).await.ok();
    joins(&api, &app, "otto", "b.o.b@example.org").await.ok();
}

#[tokio::test]
async fn a_network_is_kept_from_joining_or_from_everything() {
    let api = Api::start_with(open).await;
    let node = &api.app.node;
    let ada = keeper(&api, "ada", Role::Owner).await;
    let app = api.token(None, "read write").await;
    // Requests of these tests come from nowhere.
    let path = "/api/v1/admin/ip_blocks";
    let body = json!({"ip": "0.0.0.0/8", "severity": "sign_up_requires_approval", "comment": "bots", "expires_in": 60});
    let made = api.post(&ada, path, body).await.ok();
    assert_eq!(
        (&made["ip"], &made["comment"], &made["severity"]),
        (&json!("0.0.0.0/8"), &json!("bots"), &json!("sign_up_requires_approval"))
    );
    assert!(made["expires_at"].is_string());
    joins(&api, &app, "ina", "ina@example.org").await.ok();
    assert_eq!(state_of(&api, "ina").await, MemberState::Pending);
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    let changed = api.call("PUT", &one, Some(&ada.token), json!({"severity": "sign_up_block"})).await.ok();
    assert_eq!(
        (&changed["id"], &changed["comment"], &changed["expires_at"]),
        (&made["id"], &made["comment"], &made["expires_at"])
    );
    joins(&api, &app, "otto", "otto@example.org").await.refused(403);
    let own = json!({"severity": "no_access"});
    api.call("PUT", &one, Some(&ada.token), own).await.refused(422);
    assert_eq!(api.get(&ada, path).await.ids(), [made["id"].as_str().unwrap()]);
    node.clock.advance(60_000);
    assert!(api.get(&ada, path).await.ids().is_empty());
    joins(&api, &app, "otto", "otto@example.org").await.ok();
    for body in [
        json!({}),
        json!({"ip": "x", "severity": "no_access"}),
        json!({"ip": "192.0.2.1", "severity": "odd"}),
        json!({"ip": "192.0.2.1", "severity": "no_access", "expires_in": -1}),
        json!({"ip": "128.0.0.0/1", "severity": "no_access"}),
        json!({"ip": "::/0", "severity": "no_access"}),
    ] {
        api.post(&ada, path, body).await.refused(422);
    }
    let other = api.post(&ada, path, json!({"ip": "192.0.2.1", "severity": "no_access"})).await.ok();
    assert_eq!((&other["ip"], &other["expires_at"]), (&json!("192.0.2.1/32"), &Value::Null));
    api.get(&ada, "/api/v1/instance").await.ok();
    let mut tx = node.store.begin().await.unwrap();
    let wanted = node::gates::NewIpBlock {
        network: node::gates::network("0.0.0.0").unwrap(),
        severity: node::gates::Severity::NoAccess,
        comment: String::new(),
        expires_in: None,
    };
    node::gates::block_network(node, &mut tx, "test", None, &wanted).await.unwrap();
    node.commit(tx).await.unwrap();
    node.read_networks().await.unwrap();
    for path in ["/api/v1/instance", "/", "/users/ada"] {
        assert_eq!(api.look(path).await.status, 403, "{path}");
    }
}

#[tokio::test]
async fn a_member_is_told_what_was_done_about_them_and_what_was_cut_off() {
    let api = Api::start().await;
    let (ada, bob) = (keeper(&api, "ada", Role::Owner).await, api.member("bob").await);
    let carl = stranger(&api, "carl", "far.example").await;
    let dora = stranger(&api, "dora", "near.example").await;
    let bobs: i64 = bob.id.parse().unwrap();
    for (who, whom) in [(bobs, carl.id), (carl.id, bobs), (bobs, dora.id)] {
        follows(&api, who, whom).await;
    }
    acts(&api, &ada, &bob, "action", json!({"type": "none", "text": "Be kind"})).await.ok();
    api.post(&ada, "/api/v1/admin/domain_blocks", json!({"domain": "far.example", "severity": "suspend"})).await.ok();
    api.post(&bob, "/api/v1/domain_blocks", json!({"domain": "near.example"})).await.ok();
    let list =
        api.get(&bob, "/api/v1/notifications?types[]=moderation_warning&types[]=severed_relationships").await.ok();
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), 3, "{list:?}");
    let event = |n: &Value| {
        let e = &n["event"];
        (e["type"].clone(), e["target_name"].clone(), e["followers_count"].clone(), e["following_count"].clone())
    };
    assert_eq!(event(&list[0]), (json!("user_domain_block"), json!("near.example"), json!(0), json!(1)));
    assert_eq!(event(&list[1]), (json!("domain_block"), json!("far.example"), json!(1), json!(1)));
    let warning = &list[2]["moderation_warning"];
    assert_eq!(
        (&list[2]["type"], &warning["action"], &warning["text"]),
        (&json!("moderation_warning"), &json!("none"), &json!("Be kind"))
    );
    assert_eq!(warning["target_account"]["id"], bob.id);
    // Freezing is told by the word that apps have for it.
    let eve = api.member("eve").await;
    let mut tx = api.app.node.store.begin().await.unwrap();
    let account = tx.account_by_handle("eve", "").await.unwrap().unwrap();
    node::moderate::freeze(&api.app.node, &mut tx, "test", &account).await.unwrap();
    api.app.node.commit(tx).await.unwrap();
    let told = api.get(&eve, "/api/v1/notifications?types[]=moderation_warning").await.ok();
    assert_eq!(told[0]["moderation_warning"]["action"], "disable");
    acts(&api, &ada, &eve, "action", json!({"type": "freeze"})).await.refused(422);
    let grouped = api.get(&bob, "/api/v2/notifications").await.ok();
    let groups = grouped["notification_groups"].as_array().unwrap();
    assert_eq!((event(&groups[0]), &groups[2]["moderation_warning"]["text"]), (event(&list[0]), &json!("Be kind")));
    // Nobody else hears of it.
    for kind in ["moderation_warning", "severed_relationships"] {
        assert!(api.get(&ada, &format!("/api/v1/notifications?types[]={kind}")).await.ids().is_empty(), "{kind}");
    }
    // Somebody is suspended: once, and not again.
    let eva = stranger(&api, "eva", "else.example").await;
    follows(&api, eva.id, bobs).await;
    let path = format!("/api/v1/admin/accounts/{}/action", eva.id);
    for _ in 0..2 {
        api.post(&ada, &path, json!({"type": "suspend"})).await.ok();
    }
    let list = api.get(&bob, "/api/v1/notifications?types[]=severed_relationships").await.ok();
    assert_eq!(
        (list.as_array().unwrap().len(), event(&list[0])),
        (3, (json!("account_suspension"), json!("eva@else.example"), json!(1), json!(0)))
    );
}

#[tokio::test]
async fn the_node_itself_is_not_acted_on_and_a_report_is_settled_by_what_is_done_to_whom_it_is_about() {
    let api = Api::start().await;
    let olga = keeper(&api, "olga", Role::Moderator).await;
    let (bob, eve) = (api.member("bob").await, api.member("eve").await);
    let node = &api.app.node;
    let itself = node.store.read().await.unwrap().account_by_uri(&node.config.instance_actor_uri()).await.unwrap();
    let itself = itself.unwrap().id.to_string();
    let path = format!("/api/v1/admin/accounts/{itself}/action");
    for kind in ["none", "silence", "suspend"] {
        api.post(&olga, &path, json!({"type": kind})).await.refused(403);
    }
    let report = api.post(&bob, "/api/v1/reports", json!({"account_id": eve.id})).await.ok();
    let settles = json!({"type": "none", "report_id": report["id"]});
    acts(&api, &olga, &bob, "action", settles.clone()).await.refused(422);
    let narrow = api.token(olga.id.parse().ok(), "admin:write:accounts").await;
    let narrow = Person { token: narrow, ..olga.clone() };
    acts(&api, &narrow, &eve, "action", settles.clone()).await.refused(403);
    acts(&api, &olga, &eve, "action", settles).await.ok();
}

#[tokio::test]
async fn numbers_are_told_by_day() {
    let api = Api::start().await;
    let ada = keeper(&api, "ada", Role::Owner).await;
    let bob = api.member("bob").await;
    api.post(&bob, "/api/v1/reports", json!({"account_id": ada.id})).await.ok();
    api.says(&bob, "#tea").await;
    let (start, end) = ("2025-06-14", "2025-06-15T23:00:00Z");
    let ask = |keys: Value| json!({"keys": keys, "start_at": start, "end_at": end, "instance_accounts": {"domain": "far.example"}});
    let keys = json!(["new_users", "opened_reports", "resolved_reports", "instance_accounts", "active_users", "odd"]);
    let list = api.post(&ada, "/api/v1/admin/measures", ask(keys)).await.ok();
    let told: Vec<_> =
        list.as_array().unwrap().iter().map(|m| (m["key"].as_str().unwrap(), m["total"].as_str().unwrap())).collect();
    assert_eq!(
        told,
        [("new_users", "2"), ("opened_reports", "1"), ("resolved_reports", "0"), ("instance_accounts", "0")]
    );
    assert_eq!(
        list[0]["data"],
        json!([{"date": "2025-06-14T00:00:00.000Z", "value": "0"}, {"date": "2025-06-15T00:00:00.000Z", "value": "2"}])
    );
    assert_eq!(list[0]["previous_total"], "0");
    for body in [json!({"keys": ["new_users"]}), json!({"start_at": "x", "end_at": end})] {
        api.post(&ada, "/api/v1/admin/measures", body).await.refused(400);
    }
    api.post(&ada, "/api/v1/admin/measures", json!({"start_at": "2020-01-01", "end_at": end})).await.refused(422);
    let keys = json!(["languages", "software_versions", "space_usage", "servers"]);
    let wanted = json!({"keys": keys, "start_at": "2025-06-14", "end_at": end});
    let list = api.post(&ada, "/api/v1/admin/dimensions", wanted).await.ok();
    let told: Vec<_> = list.as_array().unwrap().iter().map(|m| m["key"].as_str().unwrap()).collect();
    assert_eq!(told, ["languages", "software_versions", "space_usage"]);
    assert_eq!(list[0]["data"], json!([{"key": "en", "human_key": "en", "value": "2"}]));
    let body = json!({"start_at": "2025-05-20", "end_at": end, "frequency": "month"});
    let cohorts = api.post(&ada, "/api/v1/admin/retention", body).await.ok();
    assert_eq!(cohorts.as_array().unwrap().len(), 2);
    assert_eq!(
        (cohorts[0]["period"].as_str(), cohorts[0]["data"].as_array().map(Vec::len)),
        (Some("2025-05-01T00:00:00.000Z"), Some(2))
    );
    assert_eq!(cohorts[1]["data"], json!([{"date": "2025-06-01T00:00:00.000Z", "rate": 1.0, "value": "2"}]));
    assert_eq!(api.post(&ada, "/api/v1/admin/retention", json!({})).await.ok(), json!([]));
    let tags = api.get(&ada, "/api/v1/admin/tags").await;
    assert_eq!((tags.body[0]["name"].as_str(), &tags.body[0]["requires_review"]), (Some("tea"), &json!(false)));
    let id = tags.ids().remove(0);
    assert_eq!(api.get(&ada, &format!("/api/v1/admin/tags/{id}")).await.ok()["id"], id);
    api.get(&ada, "/api/v1/admin/tags/77").await.refused(404);
    for list in ["tags", "links", "statuses"] {
        api.get(&ada, &format!("/api/v1/admin/trends/{list}")).await.ok();
    }
}
