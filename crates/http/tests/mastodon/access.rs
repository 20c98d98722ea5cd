//! Who may call what.

use model::account::{MemberState, Role};
use serde_json::{Value, json};

use crate::api::Api;
use crate::contract::{Access, CONTRACT, Operation};

/// What is called with a token of a member, as the document of the API says: method, path, the scope that it needs, and whether it
/// answers everybody, but no token without the scope.
pub fn routes() -> impl Iterator<Item = (&'static str, &'static str, &'static str, bool)> {
    CONTRACT.operations.iter().filter(|o| !has_rules_of_its_own(o)).filter_map(|o| match &o.access {
        Access::Scoped(scope) => Some((o.method.as_str(), o.path.as_str(), scope.as_str(), false)),
        Access::Open(scope) => Some((o.method.as_str(), o.path.as_str(), scope.as_str(), true)),
        Access::Anyone | Access::AnyToken => None,
    })
}

/// Joining, signing in, and what is done until an address is confirmed; streams, of which each has its scope.
fn has_rules_of_its_own(o: &Operation) -> bool {
    let starts = ["/oauth/token", "/oauth/revoke", "/api/v1/apps", "/api/v1/emails/", "/api/v1/streaming"];
    starts.iter().any(|start| o.path.starts_with(start)) || (o.path == "/api/v1/accounts" && o.method == "POST")
}

/// For every member, whatever their token covers.
const FOR_MEMBERS: &[&str] = &["/api/v1/announcements"];

/// Pictures are no part of the API.
const PICTURES: &[&str] = &["/assets/avatar.png", "/assets/header.png"];

/// Doors that look at who asks in ways of their own. What they answer to nobody, to an app, to a member whose token covers nothing that
/// is needed, to one with a token for everything, to somebody suspended, to somebody who waits to be let in, and to somebody who has
/// to confirm their address.
const OTHERS: &[(&str, &str, [u16; 7])] = &[
    // Both ask for what stands in the form, not for who sends it.
    ("POST", "/api/v1/apps", [422; 7]),
    ("POST", "/oauth/token", [400; 7]),
    ("POST", "/oauth/revoke", [401; 7]),
    ("GET", "/api/v1/apps/verify_credentials", [401, 200, 200, 200, 403, 403, 403]),
    // Nobody joins where registrations are closed.
    ("POST", "/api/v1/accounts", [401, 403, 403, 403, 403, 403, 403]),
    ("POST", "/api/v1/emails/confirmations", [401, 422, 403, 403, 403, 403, 200]),
    ("GET", "/api/v1/emails/check_confirmation", [401, 422, 403, 200, 403, 200, 200]),
    // A token for nothing that is there may open a socket, over which nothing is told. This is no request for one.
    ("GET", "/api/v1/streaming", [401, 401, 400, 400, 403, 403, 403]),
    ("GET", "/api/v1/streaming/", [401, 401, 400, 400, 403, 403, 403]),
    ("GET", "/api/v1/streaming/health", [200; 7]),
    ("GET", "/api/v1/streaming/{name}", [401, 401, 403, 200, 403, 403, 403]),
    ("GET", "/api/v1/streaming/{name}/{of}", [401, 401, 403, 200, 403, 403, 403]),
];

/// A path of the route. Where it names a thing it is one that is not there.
pub fn path(route: &str) -> String {
    let name = if route.contains("/streaming/") { "user" } else { "tea" };
    route
        .replace("{id}", "12345")
        .replace("{quoting}", "23456")
        .replace("{status_id}", "23456")
        .replace("{name}", name)
        .replace("{date}", "2025-01-01")
        .replace("{of}", "notification")
        .replace("{hat}", "community_keeper")
        .replace("{other}", "milk")
        .replace("{kind}", "cuppa")
        .replace("{group_key}", "favourite-1-2")
}

#[tokio::test]
async fn doors_of_their_own_know_who_asks() {
    let api = Api::start_with(|config| config.registrations = node::config::Registrations::Closed).await;
    let node = &api.app.node;
    let mut tokens = vec![None, Some(api.token(None, "read write").await)];
    let mut people = Vec::new();
    for name in ["ann", "sue", "pia", "una"] {
        people.push(api.member(name).await);
    }
    let id = |n: usize| people[n].id.parse::<i64>().unwrap();
    tokens.push(Some(api.token(Some(id(0)), "profile").await));
    let mut tx = node.store.begin().await.unwrap();
    tx.set_suspended(id(1), Some(node.now()), "moderator").await.unwrap();
    tx.set_member_state(id(2), MemberState::Pending).await.unwrap();
    tx.set_unconfirmed(id(3)).await.unwrap();
    node.commit(tx).await.unwrap();
    tokens.extend(people.iter().map(|who| Some(who.token.clone())));
    let documented =
        CONTRACT.operations.iter().filter(|o| has_rules_of_its_own(o)).map(|o| (o.method.as_str(), o.path.as_str()));
    for (method, route) in documented {
        assert!(OTHERS.iter().any(|o| (o.0, o.1) == (method, route)), "{method} {route}: who may is not in the table");
    }
    for (method, route, statuses) in OTHERS {
        for (n, (token, status)) in tokens.iter().zip(statuses).enumerate() {
            // A stream does not end: the answer is not read.
            let head = api.head(method, &path(route), token.as_deref()).await;
            assert_eq!(head.as_u16(), *status, "{method} {route}, column {n}");
        }
    }
    // The letter may go to another address: who only reads may not say to which.
    let narrow = api.token(Some(id(3)), "read").await;
    let body = json!({"email": "mine@example.org"});
    api.call("POST", "/api/v1/emails/confirmations", Some(&narrow), body.clone()).await.refused(403);
    api.call("POST", "/api/v1/emails/confirmations", Some(&people[3].token), body).await.ok();
}

#[tokio::test]
async fn without_a_token_only_what_is_open_answers() {
    let api = Api::start().await;
    for (method, route, _, open) in routes() {
        let reply = api.call(method, &path(route), None, Value::Null).await;
        if open {
            assert!([200, 400, 404].contains(&reply.status.as_u16()), "{method} {route}: {}", reply.status);
        } else {
            assert_eq!(reply.status, 401, "{method} {route}");
            assert!(reply.body["error"].is_string(), "{method} {route}");
        }
    }
    for o in CONTRACT.operations.iter().filter(|o| o.access == Access::Anyone && !has_rules_of_its_own(o)) {
        let reply = api.call(&o.method, &path(&o.path), None, Value::Null).await;
        assert!([200, 400, 404].contains(&reply.status.as_u16()), "{}: {}", o.path, reply.status);
    }
    for route in PICTURES {
        assert_eq!(api.look(route).await.status, 200, "{route}");
    }
    let alice = api.member("alice").await;
    let narrow = api.token(alice.id.parse().ok(), "push").await;
    for route in FOR_MEMBERS {
        api.look(&path(route)).await.refused(401);
        api.call("GET", &path(route), Some(&narrow), Value::Null).await.ok();
    }
}

#[tokio::test]
async fn a_token_opens_what_its_scopes_cover_and_nothing_else() {
    let api = Api::start().await;
    let alice = api.member_as("alice", Role::Owner).await;
    let id = alice.id.parse().ok();
    for (method, route, scope, _) in routes() {
        let others: Vec<&str> = node::login::SCOPES
            .into_iter()
            .filter(|s| *s != scope && !scope.starts_with(s) && !["follow", "profile"].contains(s))
            .collect();
        let wrong = api.token(id, &others.join(" ")).await;
        api.call(method, &path(route), Some(&wrong), Value::Null).await.refused(403);
        let right = api.token(id, scope).await;
        let reply = api.call(method, &path(route), Some(&right), Value::Null).await;
        assert!([200, 400, 404, 422].contains(&reply.status.as_u16()), "{method} {route}: {}", reply.status);
    }
}

/// Who may not act is told so at every door, whatever their token allows: somebody suspended, shut out, waiting to be let in, or to
/// confirm their address.
#[tokio::test]
async fn who_may_not_act_is_let_in_nowhere() {
    let api = Api::start().await;
    let node = &api.app.node;
    let mut people = Vec::new();
    for name in ["sue", "dan", "pia", "una"] {
        people.push(api.member(name).await);
    }
    let id = |n: usize| people[n].id.parse::<i64>().unwrap();
    let mut tx = node.store.begin().await.unwrap();
    tx.set_suspended(id(0), Some(node.now()), "moderator").await.unwrap();
    tx.set_member_state(id(1), MemberState::Disabled).await.unwrap();
    tx.set_member_state(id(2), MemberState::Pending).await.unwrap();
    tx.set_unconfirmed(id(3)).await.unwrap();
    node.commit(tx).await.unwrap();
    for (method, route, _, _) in routes() {
        for who in &people {
            api.call(method, &path(route), Some(&who.token), Value::Null).await.refused(403);
        }
    }
}

#[tokio::test]
async fn an_app_alone_is_told_that_a_member_is_needed() {
    let api = Api::start().await;
    let token = api.token(None, "read write").await;
    for (method, route, _, open) in routes() {
        let reply = api.call(method, &path(route), Some(&token), Value::Null).await;
        if open {
            assert!([200, 400, 404].contains(&reply.status.as_u16()), "{method} {route}: {}", reply.status);
        } else {
            assert_eq!(reply.status, 422, "{method} {route}");
        }
    }
}

#[tokio::test]
async fn a_token_that_is_not_valid_is_never_taken_for_nobody() {
    let api = Api::start().await;
    for (method, route, _, _) in routes() {
        api.call(method, &path(route), Some("made up"), Value::Null).await.refused(401);
    }
}

#[tokio::test]
async fn the_token_that_only_says_who_one_is_opens_one_door() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let token = api.token(alice.id.parse().ok(), "profile").await;
    let own = api.call("GET", "/api/v1/accounts/verify_credentials", Some(&token), Value::Null).await.ok();
    assert_eq!(own["username"], "alice");
    api.call("GET", "/api/v1/timelines/home", Some(&token), Value::Null).await.refused(403);
}

#[tokio::test]
async fn what_is_another_members_is_not_there() {
    let api = Api::start().await;
    let (alice, eve) = (api.member("alice").await, api.member("eve").await);
    let status = api.says(&alice, "mine").await["id"].as_str().unwrap().to_owned();
    api.post(&eve, &format!("/api/v1/statuses/{status}/favourite"), Value::Null).await.ok();
    let note = api.get(&alice, "/api/v1/notifications").await.ids().remove(0);
    let media = crate::uploads::upload(&api, &alice, "").await["id"].as_str().unwrap().to_owned();
    for (method, path) in [
        ("PUT", format!("/api/v1/statuses/{status}")),
        ("DELETE", format!("/api/v1/statuses/{status}")),
        ("GET", format!("/api/v1/statuses/{status}/source")),
        ("GET", format!("/api/v1/media/{media}")),
        ("PUT", format!("/api/v1/media/{media}")),
        ("DELETE", format!("/api/v1/media/{media}")),
        ("GET", format!("/api/v1/notifications/{note}")),
        ("POST", format!("/api/v1/notifications/{note}/dismiss")),
    ] {
        let body = json!({"status": "hers", "description": "hers"});
        api.call(method, &path, Some(&eve.token), body).await.refused(404);
    }
    assert_eq!(api.get(&alice, &format!("/api/v1/statuses/{status}")).await.ok()["content"], "<p>mine</p>");
    assert_eq!(api.get(&alice, "/api/v1/notifications").await.ids(), [note]);
    assert_eq!(api.get(&alice, &format!("/api/v1/media/{media}")).await.ok()["description"], Value::Null);
    let stolen = json!({"status": "look", "media_ids": [media]});
    api.post(&eve, "/api/v1/statuses", stolen).await.refused(422);
}

#[tokio::test]
async fn nothing_of_the_api_is_kept_by_a_cache() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    for path in ["/api/v1/timelines/home", "/api/v1/timelines/public", "/api/v1/statuses/12345"] {
        assert_eq!(api.get(&alice, path).await.headers["cache-control"], "private, no-store", "{path}");
    }
}

#[tokio::test]
async fn only_uploads_may_be_large() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let large = "x".repeat(http_api::params::BODY + 1);
    api.post(&alice, "/api/v1/statuses", json!({"status": large})).await.refused(413);
    let file = ("file", large.as_bytes());
    crate::uploads::send(&api, &alice, "POST", "/api/v1/statuses", file, &[]).await.refused(413);
    // Refused as well, but for what it is.
    crate::uploads::send(&api, &alice, "POST", "/api/v2/media", file, &[]).await.refused(422);
    let nobody = crate::api::Person { token: "made up".to_owned(), ..alice };
    crate::uploads::send(&api, &nobody, "POST", "/api/v2/media", file, &[]).await.refused(401);
}

#[tokio::test]
async fn what_is_not_there_is_told_to_web_clients_of_any_origin() {
    let api = Api::start().await;
    for (method, path, status) in [
        ("GET", "/api/v1/nothing/of/the/kind", 404),
        ("POST", "/api/v9/statuses", 404),
        ("GET", "/api/v1/statuses/no-such-id", 404),
        ("DELETE", "/api/v1/timelines/home", 405),
    ] {
        let reply = api.call(method, path, None, Value::Null).await;
        assert_eq!(reply.headers.get("access-control-allow-origin").unwrap(), "*", "{method} {path}");
        reply.refused(status);
    }
}

#[tokio::test]
async fn a_slash_at_the_end_of_a_path_changes_nothing() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    assert_eq!(api.get(&alice, "/api/v1/instance/").await.ok()["uri"], "social.example.org");
    api.post(&alice, "/api/v1/statuses/", json!({"status": "one"})).await.ok();
    api.post(&alice, "/api/v1/statuses", json!({"status": "two"})).await.ok();
    let page = api.get(&alice, "/api/v1/timelines/home/?limit=1").await;
    let next = page.headers["link"].to_str().unwrap().to_owned();
    assert!(next.starts_with("<https://social.example.org/api/v1/timelines/home?limit=1&max_id="), "{next}");
    api.get(&alice, "/api/v1/nothing/").await.refused(404);
}
