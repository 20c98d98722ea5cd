//! Who may call what.

use std::collections::BTreeSet;

use model::account::{MemberState, Role};
use serde_json::{Value, json};

use crate::api::Api;

/// Every route with the scope that it needs; `open` ones answer everybody, but no token without the scope.
pub const ROUTES: &[(&str, &str, &str, bool)] = &[
    ("GET", "/api/v1/accounts", "read:accounts", true),
    ("GET", "/api/v1/accounts/verify_credentials", "read:accounts", false),
    ("PATCH", "/api/v1/accounts/update_credentials", "write:accounts", false),
    ("PUT", "/api/v1/accounts/update_credentials", "write:accounts", false),
    ("GET", "/api/v1/accounts/lookup", "read:accounts", true),
    ("GET", "/api/v1/accounts/search", "read:accounts", false),
    ("GET", "/api/v1/accounts/relationships", "read:follows", false),
    ("GET", "/api/v1/accounts/{id}", "read:accounts", true),
    ("GET", "/api/v1/accounts/{id}/statuses", "read:statuses", true),
    ("GET", "/api/v1/accounts/{id}/followers", "read:accounts", true),
    ("GET", "/api/v1/accounts/{id}/following", "read:accounts", true),
    ("POST", "/api/v1/accounts/{id}/follow", "write:follows", false),
    ("POST", "/api/v1/accounts/{id}/unfollow", "write:follows", false),
    ("POST", "/api/v1/accounts/{id}/remove_from_followers", "write:follows", false),
    ("POST", "/api/v1/accounts/{id}/block", "write:blocks", false),
    ("POST", "/api/v1/accounts/{id}/unblock", "write:blocks", false),
    ("POST", "/api/v1/accounts/{id}/mute", "write:mutes", false),
    ("POST", "/api/v1/accounts/{id}/unmute", "write:mutes", false),
    ("GET", "/api/v1/follow_requests", "read:follows", false),
    ("POST", "/api/v1/follow_requests/{id}/authorize", "write:follows", false),
    ("POST", "/api/v1/follow_requests/{id}/reject", "write:follows", false),
    ("GET", "/api/v1/blocks", "read:blocks", false),
    ("GET", "/api/v1/mutes", "read:mutes", false),
    ("DELETE", "/api/v1/profile/avatar", "write:accounts", false),
    ("DELETE", "/api/v1/profile/header", "write:accounts", false),
    ("GET", "/api/v1/preferences", "read:accounts", false),
    ("GET", "/api/v1/statuses", "read:statuses", true),
    ("POST", "/api/v1/statuses", "write:statuses", false),
    ("GET", "/api/v1/statuses/{id}", "read:statuses", true),
    ("PUT", "/api/v1/statuses/{id}", "write:statuses", false),
    ("PATCH", "/api/v1/statuses/{id}", "write:statuses", false),
    ("DELETE", "/api/v1/statuses/{id}", "write:statuses", false),
    ("GET", "/api/v1/statuses/{id}/context", "read:statuses", true),
    ("GET", "/api/v1/statuses/{id}/source", "read:statuses", false),
    ("GET", "/api/v1/statuses/{id}/history", "read:statuses", true),
    ("POST", "/api/v1/statuses/{id}/favourite", "write:favourites", false),
    ("POST", "/api/v1/statuses/{id}/unfavourite", "write:favourites", false),
    ("POST", "/api/v1/statuses/{id}/reblog", "write:statuses", false),
    ("POST", "/api/v1/statuses/{id}/unreblog", "write:statuses", false),
    ("POST", "/api/v1/statuses/{id}/bookmark", "write:bookmarks", false),
    ("POST", "/api/v1/statuses/{id}/unbookmark", "write:bookmarks", false),
    ("POST", "/api/v1/statuses/{id}/pin", "write:accounts", false),
    ("POST", "/api/v1/statuses/{id}/unpin", "write:accounts", false),
    ("POST", "/api/v1/statuses/{id}/mute", "write:mutes", false),
    ("POST", "/api/v1/statuses/{id}/unmute", "write:mutes", false),
    ("GET", "/api/v1/statuses/{id}/favourited_by", "read:statuses", true),
    ("GET", "/api/v1/statuses/{id}/reblogged_by", "read:statuses", true),
    ("GET", "/api/v1/statuses/{id}/quotes", "read:statuses", true),
    ("POST", "/api/v1/statuses/{id}/quotes/{quoting}/revoke", "write:statuses", false),
    ("PUT", "/api/v1/statuses/{id}/interaction_policy", "write:statuses", false),
    ("GET", "/api/v1_alpha/async_refreshes/{id}", "read:statuses", false),
    ("GET", "/api/v1/polls/{id}", "read:statuses", true),
    ("POST", "/api/v1/polls/{id}/votes", "write:statuses", false),
    ("GET", "/api/v1/favourites", "read:favourites", false),
    ("GET", "/api/v1/bookmarks", "read:bookmarks", false),
    ("POST", "/api/v1/media", "write:media", false),
    ("POST", "/api/v2/media", "write:media", false),
    ("GET", "/api/v1/media/{id}", "write:media", false),
    ("PUT", "/api/v1/media/{id}", "write:media", false),
    ("PATCH", "/api/v1/media/{id}", "write:media", false),
    ("DELETE", "/api/v1/media/{id}", "write:media", false),
    ("GET", "/api/v1/timelines/home", "read:statuses", false),
    ("GET", "/api/v1/timelines/public", "read:statuses", true),
    ("GET", "/api/v1/timelines/tag/{name}", "read:statuses", true),
    ("GET", "/api/v1/lists", "read:lists", false),
    ("POST", "/api/v1/lists", "write:lists", false),
    ("GET", "/api/v1/lists/{id}", "read:lists", false),
    ("PUT", "/api/v1/lists/{id}", "write:lists", false),
    ("PATCH", "/api/v1/lists/{id}", "write:lists", false),
    ("DELETE", "/api/v1/lists/{id}", "write:lists", false),
    ("GET", "/api/v1/lists/{id}/accounts", "read:lists", false),
    ("POST", "/api/v1/lists/{id}/accounts", "write:lists", false),
    ("DELETE", "/api/v1/lists/{id}/accounts", "write:lists", false),
    ("GET", "/api/v1/accounts/{id}/lists", "read:lists", false),
    ("GET", "/api/v1/timelines/list/{id}", "read:lists", false),
    ("GET", "/api/v2/filters", "read:filters", false),
    ("POST", "/api/v2/filters", "write:filters", false),
    ("GET", "/api/v2/filters/{id}", "read:filters", false),
    ("PUT", "/api/v2/filters/{id}", "write:filters", false),
    ("PATCH", "/api/v2/filters/{id}", "write:filters", false),
    ("DELETE", "/api/v2/filters/{id}", "write:filters", false),
    ("GET", "/api/v2/filters/{id}/keywords", "read:filters", false),
    ("POST", "/api/v2/filters/{id}/keywords", "write:filters", false),
    ("GET", "/api/v2/filters/{id}/statuses", "read:filters", false),
    ("POST", "/api/v2/filters/{id}/statuses", "write:filters", false),
    ("GET", "/api/v2/filters/keywords/{id}", "read:filters", false),
    ("PUT", "/api/v2/filters/keywords/{id}", "write:filters", false),
    ("PATCH", "/api/v2/filters/keywords/{id}", "write:filters", false),
    ("DELETE", "/api/v2/filters/keywords/{id}", "write:filters", false),
    ("GET", "/api/v2/filters/statuses/{id}", "read:filters", false),
    ("DELETE", "/api/v2/filters/statuses/{id}", "write:filters", false),
    ("GET", "/api/v1/filters", "read:filters", false),
    ("POST", "/api/v1/filters", "write:filters", false),
    ("GET", "/api/v1/filters/{id}", "read:filters", false),
    ("PUT", "/api/v1/filters/{id}", "write:filters", false),
    ("PATCH", "/api/v1/filters/{id}", "write:filters", false),
    ("DELETE", "/api/v1/filters/{id}", "write:filters", false),
    ("POST", "/api/v1/tags/{name}/follow", "write:follows", false),
    ("POST", "/api/v1/tags/{name}/unfollow", "write:follows", false),
    ("POST", "/api/v1/tags/{name}/feature", "write:accounts", false),
    ("POST", "/api/v1/tags/{name}/unfeature", "write:accounts", false),
    ("GET", "/api/v1/followed_tags", "read:follows", false),
    ("GET", "/api/v1/featured_tags", "read:accounts", false),
    ("POST", "/api/v1/featured_tags", "write:accounts", false),
    ("GET", "/api/v1/featured_tags/suggestions", "read:accounts", false),
    ("DELETE", "/api/v1/featured_tags/{id}", "write:accounts", false),
    ("GET", "/api/v1/accounts/{id}/featured_tags", "read:accounts", true),
    ("GET", "/api/v1/conversations", "read:statuses", false),
    ("DELETE", "/api/v1/conversations/{id}", "write:conversations", false),
    ("POST", "/api/v1/conversations/{id}/read", "write:conversations", false),
    ("POST", "/api/v1/conversations/{id}/unread", "write:conversations", false),
    ("GET", "/api/v1/timelines/direct", "read:statuses", false),
    ("GET", "/api/v1/timelines/link", "read:statuses", true),
    ("GET", "/api/v1/markers", "read:statuses", false),
    ("POST", "/api/v1/markers", "write:statuses", false),
    ("GET", "/api/v1/notifications", "read:notifications", false),
    ("GET", "/api/v1/notifications/unread_count", "read:notifications", false),
    ("POST", "/api/v1/notifications/clear", "write:notifications", false),
    ("POST", "/api/v1/notifications/dismiss", "write:notifications", false),
    ("DELETE", "/api/v1/notifications/destroy_multiple", "write:notifications", false),
    ("GET", "/api/v1/notifications/policy", "read:notifications", false),
    ("PATCH", "/api/v1/notifications/policy", "write:notifications", false),
    ("PUT", "/api/v1/notifications/policy", "write:notifications", false),
    ("GET", "/api/v2/notifications/policy", "read:notifications", false),
    ("PATCH", "/api/v2/notifications/policy", "write:notifications", false),
    ("PUT", "/api/v2/notifications/policy", "write:notifications", false),
    ("GET", "/api/v2/notifications", "read:notifications", false),
    ("GET", "/api/v2/notifications/unread_count", "read:notifications", false),
    ("GET", "/api/v2/notifications/{group_key}", "read:notifications", false),
    ("GET", "/api/v2/notifications/{group_key}/accounts", "read:notifications", false),
    ("POST", "/api/v2/notifications/{group_key}/dismiss", "write:notifications", false),
    ("GET", "/api/v1/notifications/requests", "read:notifications", false),
    ("GET", "/api/v1/notifications/requests/merged", "read:notifications", false),
    ("POST", "/api/v1/notifications/requests/accept", "write:notifications", false),
    ("POST", "/api/v1/notifications/requests/dismiss", "write:notifications", false),
    ("GET", "/api/v1/notifications/requests/{id}", "read:notifications", false),
    ("POST", "/api/v1/notifications/requests/{id}/accept", "write:notifications", false),
    ("POST", "/api/v1/notifications/requests/{id}/dismiss", "write:notifications", false),
    ("POST", "/api/v1/reports", "write:reports", false),
    ("GET", "/api/v1/push/subscription", "push", false),
    ("POST", "/api/v1/push/subscription", "push", false),
    ("PUT", "/api/v1/push/subscription", "push", false),
    ("PATCH", "/api/v1/push/subscription", "push", false),
    ("DELETE", "/api/v1/push/subscription", "push", false),
    ("GET", "/api/v1/admin/accounts/{id}", "admin:read:accounts", false),
    ("DELETE", "/api/v1/admin/accounts/{id}", "admin:write:accounts", false),
    ("POST", "/api/v1/admin/accounts/{id}/action", "admin:write:accounts", false),
    ("POST", "/api/v1/admin/accounts/{id}/approve", "admin:write:accounts", false),
    ("POST", "/api/v1/admin/accounts/{id}/reject", "admin:write:accounts", false),
    ("POST", "/api/v1/admin/accounts/{id}/enable", "admin:write:accounts", false),
    ("POST", "/api/v1/admin/accounts/{id}/unsilence", "admin:write:accounts", false),
    ("POST", "/api/v1/admin/accounts/{id}/unsuspend", "admin:write:accounts", false),
    ("GET", "/api/v1/admin/accounts", "admin:read:accounts", false),
    ("GET", "/api/v2/admin/accounts", "admin:read:accounts", false),
    ("PUT", "/api/v1/admin/reports/{id}", "admin:write:reports", false),
    ("POST", "/api/v1/admin/reports/{id}/assign_to_self", "admin:write:reports", false),
    ("POST", "/api/v1/admin/reports/{id}/unassign", "admin:write:reports", false),
    ("POST", "/api/v1/admin/reports/{id}/reopen", "admin:write:reports", false),
    ("GET", "/api/v1/admin/domain_blocks", "admin:read:domain_blocks", false),
    ("POST", "/api/v1/admin/domain_blocks", "admin:write:domain_blocks", false),
    ("GET", "/api/v1/admin/domain_blocks/{id}", "admin:read:domain_blocks", false),
    ("PUT", "/api/v1/admin/domain_blocks/{id}", "admin:write:domain_blocks", false),
    ("DELETE", "/api/v1/admin/domain_blocks/{id}", "admin:write:domain_blocks", false),
    ("GET", "/api/v1/admin/domain_allows", "admin:read:domain_allows", false),
    ("POST", "/api/v1/admin/domain_allows", "admin:write:domain_allows", false),
    ("GET", "/api/v1/admin/domain_allows/{id}", "admin:read:domain_allows", false),
    ("DELETE", "/api/v1/admin/domain_allows/{id}", "admin:write:domain_allows", false),
    ("GET", "/api/v1/admin/email_domain_blocks", "admin:read:email_domain_blocks", false),
    ("POST", "/api/v1/admin/email_domain_blocks", "admin:write:email_domain_blocks", false),
    ("GET", "/api/v1/admin/email_domain_blocks/{id}", "admin:read:email_domain_blocks", false),
    ("DELETE", "/api/v1/admin/email_domain_blocks/{id}", "admin:write:email_domain_blocks", false),
    ("GET", "/api/v1/admin/canonical_email_blocks", "admin:read:canonical_email_blocks", false),
    ("POST", "/api/v1/admin/canonical_email_blocks", "admin:write:canonical_email_blocks", false),
    ("POST", "/api/v1/admin/canonical_email_blocks/test", "admin:read:canonical_email_blocks", false),
    ("GET", "/api/v1/admin/canonical_email_blocks/{id}", "admin:read:canonical_email_blocks", false),
    ("DELETE", "/api/v1/admin/canonical_email_blocks/{id}", "admin:write:canonical_email_blocks", false),
    ("GET", "/api/v1/admin/ip_blocks", "admin:read:ip_blocks", false),
    ("POST", "/api/v1/admin/ip_blocks", "admin:write:ip_blocks", false),
    ("GET", "/api/v1/admin/ip_blocks/{id}", "admin:read:ip_blocks", false),
    ("PUT", "/api/v1/admin/ip_blocks/{id}", "admin:write:ip_blocks", false),
    ("DELETE", "/api/v1/admin/ip_blocks/{id}", "admin:write:ip_blocks", false),
    ("POST", "/api/v1/admin/measures", "admin:read", false),
    ("POST", "/api/v1/admin/dimensions", "admin:read", false),
    ("POST", "/api/v1/admin/retention", "admin:read", false),
    ("GET", "/api/v1/admin/trends/tags", "admin:read", false),
    ("GET", "/api/v1/admin/trends/links", "admin:read", false),
    ("GET", "/api/v1/admin/trends/statuses", "admin:read", false),
    ("GET", "/api/v1/admin/tags", "admin:read", false),
    ("GET", "/api/v1/admin/tags/{id}", "admin:read", false),
    ("GET", "/api/v1/admin/reports", "admin:read:reports", false),
    ("GET", "/api/v1/admin/reports/{id}", "admin:read:reports", false),
    ("POST", "/api/v1/admin/reports/{id}/resolve", "admin:write:reports", false),
    ("GET", "/api/v1/notifications/{id}", "read:notifications", false),
    ("POST", "/api/v1/notifications/{id}/dismiss", "write:notifications", false),
    ("GET", "/api/v2/search", "read:search", true),
    ("GET", "/api/v1/accounts/familiar_followers", "read:follows", false),
    ("POST", "/api/v1/accounts/{id}/note", "write:accounts", false),
    ("POST", "/api/v1/accounts/{id}/pin", "write:accounts", false),
    ("POST", "/api/v1/accounts/{id}/unpin", "write:accounts", false),
    ("POST", "/api/v1/accounts/{id}/endorse", "write:accounts", false),
    ("POST", "/api/v1/accounts/{id}/unendorse", "write:accounts", false),
    ("GET", "/api/v1/accounts/{id}/endorsements", "read:accounts", true),
    ("GET", "/api/v1/endorsements", "read:accounts", false),
    ("GET", "/api/v1/domain_blocks", "read:blocks", false),
    ("POST", "/api/v1/domain_blocks", "write:blocks", false),
    ("DELETE", "/api/v1/domain_blocks", "write:blocks", false),
    ("GET", "/api/v1/profile", "read:accounts", false),
    ("PATCH", "/api/v1/profile", "write:accounts", false),
    ("PUT", "/api/v1/profile", "write:accounts", false),
    ("GET", "/api/v1/scheduled_statuses", "read:statuses", false),
    ("GET", "/api/v1/scheduled_statuses/{id}", "read:statuses", false),
    ("PUT", "/api/v1/scheduled_statuses/{id}", "write:statuses", false),
    ("PATCH", "/api/v1/scheduled_statuses/{id}", "write:statuses", false),
    ("DELETE", "/api/v1/scheduled_statuses/{id}", "write:statuses", false),
    ("POST", "/api/v1/statuses/{id}/translate", "read:statuses", true),
    ("GET", "/api/v1/statuses/{id}/card", "read:statuses", true),
    ("GET", "/api/v1/suggestions", "read", false),
    ("GET", "/api/v2/suggestions", "read", false),
    ("DELETE", "/api/v1/suggestions/{id}", "read", false),
    ("POST", "/api/v1/announcements/{id}/dismiss", "write:accounts", false),
    ("GET", "/oauth/userinfo", "profile", false),
    ("POST", "/oauth/userinfo", "profile", false),
    ("PUT", "/api/v1/announcements/{id}/reactions/{name}", "write:favourites", false),
    ("DELETE", "/api/v1/announcements/{id}/reactions/{name}", "write:favourites", false),
];

/// For every member, whatever their token covers.
const FOR_MEMBERS: &[&str] = &["/api/v1/announcements"];

/// The same for everybody, whatever their token, and what a new node answers: some of it is not there before somebody wrote it, or wants
/// to be asked for something.
const FOR_ALL: &[(&str, u16)] = &[
    ("/api/v1/tags/{name}", 200),
    ("/api/v1/custom_emojis", 200),
    ("/api/v1/directory", 200),
    ("/api/v1/trends", 200),
    ("/api/v1/trends/tags", 200),
    ("/api/v1/trends/links", 200),
    ("/api/v1/trends/statuses", 200),
    ("/assets/avatar.png", 200),
    ("/assets/header.png", 200),
    ("/api/v1/instance", 200),
    ("/api/v2/instance", 200),
    ("/api/v1/instance/rules", 200),
    ("/api/v1/instance/extended_description", 200),
    ("/api/v1/instance/privacy_policy", 200),
    ("/api/v1/instance/terms_of_service", 404),
    ("/api/v1/instance/terms_of_service/{date}", 404),
    ("/api/v1/instance/domain_blocks", 404),
    ("/api/v1/instance/activity", 200),
    ("/api/v1/instance/peers", 200),
    ("/api/v1/instance/languages", 200),
    ("/api/v1/instance/translation_languages", 200),
    ("/api/v1/peers/search", 200),
    ("/api/oembed", 400),
    ("/api/v1/streaming/health", 200),
    ("/.well-known/oauth-authorization-server", 200),
];

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
    ("GET", "/api/v1/streaming/{name}", [401, 401, 403, 200, 403, 403, 403]),
    ("GET", "/api/v1/streaming/{name}/{of}", [401, 401, 403, 200, 403, 403, 403]),
];

/// Pages, which know sessions and no tokens.
const PAGES: &[(&str, &str)] = &[("GET", "/oauth/authorize"), ("POST", "/oauth/authorize")];

/// A path of the route. Where it names a thing it is one that is not there.
pub fn path(route: &str) -> String {
    let name = if route.contains("/streaming/") { "user" } else { "tea" };
    route
        .replace("{id}", "12345")
        .replace("{quoting}", "23456")
        .replace("{name}", name)
        .replace("{of}", "notification")
        .replace("{date}", "2025-01-01")
        .replace("{group_key}", "favourite-1-2")
}

/// Method and path of each route of a table in the sources.
fn routed(source: &'static str) -> Vec<(&'static str, &'static str)> {
    let mut found = Vec::new();
    for piece in source.split(".route(").skip(1) {
        let (path, rest) = piece.trim_start().trim_start_matches('"').split_once('"').unwrap();
        let mut depth = 1;
        let end = rest.find(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth == 0
        });
        let handlers = &rest[..end.unwrap()];
        // Every PUT may be a PATCH.
        for (word, methods) in [
            ("get(", &["GET"][..]),
            ("post(", &["POST"]),
            ("put(", &["PUT"]),
            ("patch(", &["PATCH"]),
            ("delete(", &["DELETE"]),
            ("update!(", &["PUT", "PATCH"]),
        ] {
            let is_there = handlers.match_indices(word).any(|(at, _)| !handlers[..at].ends_with(char::is_alphanumeric));
            found.extend(methods.iter().filter(|_| is_there).map(|method| (*method, path)));
        }
    }
    found
}

#[test]
fn the_tables_of_this_test_are_those_of_the_api() {
    let sources = [
        include_str!("../../src/mastodon/mod.rs"),
        include_str!("../../src/instance.rs"),
        include_str!("../../src/streaming.rs"),
        include_str!("../../src/oauth/mod.rs"),
    ];
    let routed: BTreeSet<_> = sources.into_iter().flat_map(routed).collect();
    let open = FOR_ALL.iter().map(|r| r.0).chain(FOR_MEMBERS.iter().copied()).map(|path| ("GET", path));
    let doors = OTHERS.iter().map(|r| (r.0, r.1)).chain(PAGES.iter().copied());
    let known: BTreeSet<_> = ROUTES.iter().map(|r| (r.0, r.1)).chain(open).chain(doors).collect();
    let missing: Vec<_> = routed.difference(&known).collect();
    let surplus: Vec<_> = known.difference(&routed).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "not in a table: {missing:#?}, not there: {surplus:#?}");
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
    for (method, route, _, open) in ROUTES {
        let reply = api.call(method, &path(route), None, Value::Null).await;
        if *open {
            assert!([200, 400, 404].contains(&reply.status.as_u16()), "{method} {route}: {}", reply.status);
        } else {
            assert_eq!(reply.status, 401, "{method} {route}");
            assert!(reply.body["error"].is_string(), "{method} {route}");
        }
    }
    for (route, status) in FOR_ALL {
        assert_eq!(api.look(&path(route)).await.status, *status, "{route}");
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
    for (method, route, scope, _) in ROUTES {
        let others: Vec<&str> = node::login::SCOPES
            .into_iter()
            .filter(|s| s != scope && !scope.starts_with(s) && !["follow", "profile"].contains(s))
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
    let for_members = FOR_MEMBERS.iter().map(|route| ("GET", *route));
    for (method, route) in ROUTES.iter().map(|r| (r.0, r.1)).chain(for_members) {
        for who in &people {
            api.call(method, &path(route), Some(&who.token), Value::Null).await.refused(403);
        }
    }
}

#[tokio::test]
async fn an_app_alone_is_told_that_a_member_is_needed() {
    let api = Api::start().await;
    let token = api.token(None, "read write").await;
    for (method, route, _, open) in ROUTES {
        let reply = api.call(method, &path(route), Some(&token), Value::Null).await;
        if *open {
            assert!([200, 400, 404].contains(&reply.status.as_u16()), "{method} {route}: {}", reply.status);
        } else {
            assert_eq!(reply.status, 422, "{method} {route}");
        }
    }
}

#[tokio::test]
async fn a_token_that_is_not_valid_is_never_taken_for_nobody() {
    let api = Api::start().await;
    for (method, route, _, _) in ROUTES {
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
