//! What belongs to another member. Every route that names something in its path is walked: the thing is alice's, bob asks for it.

use std::collections::BTreeMap;

use model::account::Role;
use serde_json::{Value, json};

use crate::access::{path, routes};
use crate::api::{Api, NOW, Person};

/// What each route names: something that everybody may name (an account, a hashtag, an announcement), or whose it is.
const NAMED: &[(&str, Named)] = &[
    ("/api/v1/accounts/{id}", Named::Everybodys),
    ("/api/v1/tags/{name}", Named::Everybodys),
    ("/api/v1/timelines/tag/{name}", Named::Everybodys),
    ("/api/v1/suggestions/{id}", Named::Everybodys),
    ("/api/v1/announcements/{id}", Named::Everybodys),
    // Who may do what with one is held by its own tests.
    ("/api/outloud/v1/challenges/{name}", Named::Everybodys),
    ("/api/v1/statuses/{id}", Named::Post),
    ("/api/v1_alpha/async_refreshes/{id}", Named::Post),
    ("/api/v1/polls/{id}", Named::Own("poll")),
    ("/api/v1/media/{id}", Named::Own("media")),
    ("/api/v1/lists/{id}", Named::Own("list")),
    ("/api/v1/timelines/list/{id}", Named::Own("list")),
    ("/api/v2/filters/{id}", Named::Own("filter")),
    ("/api/v2/filters/keywords/{id}", Named::Own("keyword")),
    ("/api/v2/filters/statuses/{id}", Named::Own("filtered")),
    ("/api/v1/filters/{id}", Named::Own("keyword")),
    ("/api/v1/featured_tags/{id}", Named::Own("featured")),
    ("/api/v1/conversations/{id}", Named::Own("conversation")),
    ("/api/v1/scheduled_statuses/{id}", Named::Own("scheduled")),
    ("/api/v1/notifications/{id}", Named::Own("notification")),
    ("/api/v1/notifications/requests/{id}", Named::Own("request")),
    ("/api/v2/notifications/{group_key}", Named::Own("group")),
    ("/api/outloud/v1/tags/{name}", Named::Everybodys),
    ("/api/outloud/v1/statuses/{id}", Named::Post),
    ("/api/outloud/v1/experiments/{id}", Named::Own("experiment")),
    ("/api/outloud/v1/teams/{id}", Named::Own("team")),
    ("/api/outloud/v1/pairings/{id}", Named::Own("pairing")),
    ("/api/outloud/v1/pairings/seeking/{kind}", Named::Everybodys),
    // Everybody sees who wears it; only their keepers and moderators do something about it.
    ("/api/outloud/v1/hats/{id}", Named::Moderators("hat")),
    // Somebody who asks to follow alice.
    ("/api/v1/follow_requests/{id}", Named::Own("asking")),
    ("/api/v1/admin/accounts/{id}", Named::Moderators("member")),
    ("/api/v1/admin/reports/{id}", Named::Moderators("report")),
    // Whoever may not is told so before anything is looked for.
    ("/api/v1/admin/domain_blocks/{id}", Named::Moderators("member")),
    ("/api/v1/admin/domain_allows/{id}", Named::Moderators("member")),
    ("/api/v1/admin/email_domain_blocks/{id}", Named::Moderators("member")),
    ("/api/v1/admin/canonical_email_blocks/{id}", Named::Moderators("member")),
    ("/api/v1/admin/ip_blocks/{id}", Named::Moderators("member")),
    ("/api/v1/admin/tags/{id}", Named::Moderators("member")),
];

/// Mastodon takes a group of which nothing is there for an empty one.
const EMPTY: [(&str, &str); 2] =
    [("GET", "/api/v2/notifications/{group_key}/accounts"), ("POST", "/api/v2/notifications/{group_key}/dismiss")];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    Everybodys,
    /// Of a post, and of what hangs on it: there for whom the post is.
    Post,
    Own(&'static str),
    Moderators(&'static str),
}

/// That of the longest entry the route begins with: what follows is something of the same thing.
fn named(route: &str) -> Named {
    let fits = |entry: &&(&str, Named)| route == entry.0 || route.starts_with(&format!("{}/", entry.0));
    let found = NAMED.iter().filter(fits).max_by_key(|entry| entry.0.len());
    found.unwrap_or_else(|| panic!("{route}: the table does not say what it names")).1
}

fn id(of: &Value) -> String {
    of["id"].as_str().unwrap_or_else(|| panic!("no id: {of}")).to_owned()
}

/// What alice has, by name.
struct Hers {
    alice: Person,
    bob: Person,
    carl: Person,
    things: BTreeMap<&'static str, String>,
}

impl Hers {
    async fn make(api: &Api) -> Self {
        let (alice, bob) = (api.member("alice").await, api.member("bob").await);
        let (carl, dora) = (api.member("carl").await, api.member("dora").await);
        api.befriend(&alice, &carl).await;
        // So that nothing is refused because bob does not follow carl.
        api.post(&bob, &format!("/api/v1/accounts/{}/follow", carl.id), Value::Null).await.ok();
        api.call("PATCH", "/api/v1/accounts/update_credentials", Some(&alice.token), json!({"locked": true}))
            .await
            .ok();
        api.post(&dora, &format!("/api/v1/accounts/{}/follow", alice.id), Value::Null).await.ok();
        let mut things = BTreeMap::from([("asking", dora.id.clone()), ("member", alice.id.clone())]);

        let public = api.posts(&alice, json!({"status": "For all #tea"})).await;
        let poll = json!({"options": ["tea", "coffee"], "expires_in": 3600});
        let private =
            api.posts(&alice, json!({"status": "For followers", "visibility": "private", "poll": poll})).await;
        let direct = api.posts(&alice, json!({"status": "@carl between us", "visibility": "direct"})).await;
        for (name, post) in [("public", &public), ("private", &private), ("direct", &direct)] {
            things.insert(name, id(post));
        }
        things.insert("poll", id(&private["poll"]));
        things.insert("conversation", api.get(&alice, "/api/v1/conversations").await.ids().remove(0));
        things.insert("media", id(&crate::uploads::upload(api, &alice, "hers").await));
        let later = model::clock::rfc3339(NOW + model::clock::DAY);
        things.insert("scheduled", id(&api.posts(&alice, json!({"status": "later", "scheduled_at": later})).await));

        let own = json!({"visibility": "direct", "outloud": {"experiment": {"believe": "@carl waits"}}});
        things.insert("experiment", id(&api.posts(&alice, own).await));

        let list = api.post(&alice, "/api/v1/lists", json!({"title": "hers"})).await.ok();
        let accounts = format!("/api/v1/lists/{}/accounts", id(&list));
        api.post(&alice, &accounts, json!({"account_ids": [carl.id]})).await.ok();
        things.insert("list", id(&list));
        let keywords = json!([{"keyword": "milk"}]);
        let filter = json!({"title": "hers", "context": ["home"], "keywords_attributes": keywords});
        let filter = api.post(&alice, "/api/v2/filters", filter).await.ok();
        things.insert("filter", id(&filter));
        things.insert("keyword", id(&filter["keywords"][0]));
        let statuses = format!("/api/v2/filters/{}/statuses", id(&filter));
        things.insert("filtered", id(&api.post(&alice, &statuses, json!({"status_id": id(&public)})).await.ok()));
        let featured = api.post(&alice, "/api/v1/featured_tags", json!({"name": "tea"})).await.ok();
        things.insert("featured", id(&featured));
        let hat = api.post(&alice, "/api/outloud/v1/tags/tea/hats", json!({"hat": "community_keeper"})).await.ok();
        things.insert("hat", id(&hat));

        let team = json!({"name": "hers", "account_ids": [carl.id]});
        things.insert("team", id(&api.post(&alice, "/api/outloud/v1/teams", team).await.ok()));

        api.does(&carl, "statuses", &public["id"], "favourite").await;
        let told = api.get(&alice, "/api/v1/notifications?types[]=favourite").await.ok();
        things.insert("notification", id(&told[0]));
        things.insert("group", told[0]["group_key"].as_str().unwrap().to_owned());
        crate::moderation::held(api, &alice, &dora).await;
        things.insert("request", api.get(&alice, "/api/v1/notifications/requests").await.ids().remove(0));
        let report = json!({"account_id": dora.id, "comment": "Spam"});
        let eve = api.member("eve").await;
        for (who, role) in [(&alice, "mentee"), (&eve, "mentor")] {
            let path = "/api/outloud/v1/pairings/seeking/mentoring";
            api.call("PUT", path, Some(&who.token), json!({"role": role})).await.ok();
        }
        assert_eq!(node::pairing::hold_now(&api.app.node).await.unwrap(), 1);
        things.insert("pairing", api.get(&alice, "/api/outloud/v1/pairings").await.ids().remove(0));
        things.insert("report", id(&api.post(&alice, "/api/v1/reports", report).await.ok()));
        api.post(&alice, "/api/v1/push/subscription", crate::push::wish()).await.ok();
        api.post(&alice, "/api/v1/markers", json!({"home": {"last_read_id": id(&public)}})).await.ok();
        Self { alice, bob, carl, things }
    }

    fn id(&self, name: &str) -> &str {
        &self.things[name]
    }

    /// Where a route leads if it names this.
    fn at(&self, route: &str, id: &str) -> String {
        path(&route.replacen("{id}", id, 1).replacen("{group_key}", id, 1).replace("{quoting}", self.id("public")))
    }

    /// Something to say for every route that takes something, so that none is refused for want of it.
    fn words(&self, method: &str) -> Value {
        if method == "GET" {
            return Value::Null;
        }
        json!({
            "status": "bob's", "name": "bob's", "description": "bob's", "title": "bob's", "phrase": "bob's", "keyword": "bob's",
            "context": ["public"], "choices": [0], "account_ids": [self.carl.id], "status_id": self.id("public"),
            "scheduled_at": model::clock::rfc3339(NOW + 2 * model::clock::DAY), "quote_approval_policy": "nobody",
            "type": "none",
        })
    }

    /// All that alice has, as she sees it.
    async fn state(&self, api: &Api) -> Vec<(String, Value)> {
        let fixed = [
            "lists",
            "featured_tags",
            "scheduled_statuses",
            "conversations",
            "notifications",
            "notifications/requests",
            "follow_requests",
            "push/subscription",
            "markers?timeline[]=home&timeline[]=notifications",
            "favourites",
            "bookmarks",
            "accounts/verify_credentials",
        ];
        let mut paths: Vec<String> = fixed.iter().map(|name| format!("/api/v1/{name}")).collect();
        paths.push("/api/v2/filters".to_owned());
        paths.push("/api/outloud/v1/hats".to_owned());
        paths.push("/api/outloud/v1/pairings".to_owned());
        paths.push(format!("/api/v1/lists/{}/accounts", self.id("list")));
        paths.push(format!("/api/v1/media/{}", self.id("media")));
        for post in ["public", "private", "direct"] {
            paths.push(format!("/api/v1/statuses/{}", self.id(post)));
        }
        let mut state = Vec::new();
        for path in paths {
            let body = api.get(&self.alice, &path).await.ok();
            state.push((path, body));
        }
        state
    }
}

/// With a token that allows everything, as far as a token can.
async fn for_everything(api: &Api, who: &Person) -> Person {
    let token = api.token(who.id.parse().ok(), "read write follow push admin:read admin:write").await;
    Person { token, ..who.clone() }
}

#[tokio::test]
async fn what_is_another_members_is_not_there_and_stays_as_it_is() {
    let api = Api::start().await;
    let hers = Hers::make(&api).await;
    let bob = for_everything(&api, &hers.bob).await;
    let before = hers.state(&api).await;
    for (method, route, ..) in routes().filter(|r| r.1.contains('{')) {
        let (ids, status): (Vec<&str>, u16) = match named(route) {
            Named::Everybodys => continue,
            Named::Post => (vec![hers.id("private"), hers.id("direct")], 404),
            Named::Own(_) if EMPTY.contains(&(method, route)) => continue,
            Named::Own(name) => (vec![hers.id(name)], 404),
            Named::Moderators(name) => (vec![hers.id(name)], 403),
        };
        for id in ids {
            let path = hers.at(route, id);
            let reply = api.call(method, &path, Some(&bob.token), hers.words(method)).await;
            assert_eq!(reply.status, status, "{method} {route}: {}", reply.body);
            assert!(reply.body["error"].is_string(), "{method} {route}: {}", reply.body);
        }
        assert_eq!(hers.state(&api).await, before, "{method} {route} changed something");
    }
    for (method, route) in EMPTY {
        let reply = api.call(method, &hers.at(route, hers.id("group")), Some(&bob.token), Value::Null).await.ok();
        assert!([json!([]), json!({})].contains(&reply), "{method} {route}: {reply}");
    }
    assert_eq!(hers.state(&api).await, before);
}

/// And the same calls are good for whom it belongs to: it is not a mistake in the path that keeps others out.
#[tokio::test]
async fn what_is_ones_own_is_there() {
    let api = Api::start().await;
    let hers = Hers::make(&api).await;
    for (method, route, ..) in routes().filter(|r| r.0 == "GET" && r.1.contains('{')) {
        // Nothing is searched for below a post of this node, a text has no source but its author's, and this post is not inside.
        if route.starts_with("/api/v1_alpha/") || route.ends_with("/open_up") {
            continue;
        }
        let id = match named(route) {
            Named::Post => hers.id("private"),
            Named::Own(name) => hers.id(name),
            _ => continue,
        };
        let reply = api.call(method, &hers.at(route, id), Some(&hers.alice.token), Value::Null).await;
        assert_eq!(reply.status, 200, "{method} {route}: {}", reply.body);
    }
}

/// Somebody's posts go out of sight with them.
#[tokio::test]
async fn what_somebody_suspended_wrote_is_not_there() {
    let api = Api::start().await;
    let hers = Hers::make(&api).await;
    let bob = for_everything(&api, &hers.bob).await;
    let node = &api.app.node;
    let mut tx = node.store.begin().await.unwrap();
    tx.set_suspended(hers.alice.id.parse().unwrap(), Some(node.now()), "moderator").await.unwrap();
    node.commit(tx).await.unwrap();
    for (method, route, ..) in routes().filter(|r| r.1.contains('{') && named(r.1) == Named::Post) {
        let path = hers.at(route, hers.id("public"));
        let reply = api.call(method, &path, Some(&bob.token), hers.words(method)).await;
        assert_eq!(reply.status, 404, "{method} {route}: {}", reply.body);
    }
}

/// What is named in a body, not in a path.
#[tokio::test]
async fn what_is_another_members_cannot_be_made_use_of() {
    let api = Api::start().await;
    let hers = Hers::make(&api).await;
    let bob = &hers.bob;
    let (private, media) = (hers.id("private").to_owned(), hers.id("media").to_owned());
    let own = api.says(bob, "mine").await;
    let filter = json!({"title": "bob's", "context": ["home"], "keywords_attributes": [{"keyword": "x"}]});
    let filter = format!("/api/v2/filters/{}", id(&api.post(bob, "/api/v2/filters", filter).await.ok()));
    let status = format!("/api/v1/statuses/{}", id(&own));
    let later = model::clock::rfc3339(NOW + model::clock::DAY);
    let list = hers.id("list");
    let before = hers.state(&api).await;
    for (method, path, body, status) in [
        ("POST", "/api/v1/statuses", json!({"status": "x", "in_reply_to_id": private}), 404),
        ("POST", "/api/v1/statuses", json!({"status": "x", "quoted_status_id": private}), 404),
        ("POST", "/api/v1/statuses", json!({"status": "x", "media_ids": [media]}), 422),
        ("POST", "/api/v1/statuses", json!({"status": "x", "media_ids": [media], "scheduled_at": later}), 422),
        ("PUT", &status, json!({"status": "x", "media_ids": [media]}), 422),
        ("POST", &format!("{filter}/statuses"), json!({"status_id": private}), 404),
        ("PUT", &filter, json!({"keywords_attributes": [{"id": hers.id("keyword"), "keyword": "bob's"}]}), 404),
        ("PUT", &filter, json!({"keywords_attributes": [{"id": hers.id("keyword"), "_destroy": true}]}), 404),
        ("POST", "/api/v1/notifications/dismiss", json!({"id": hers.id("notification")}), 404),
        ("PUT", "/api/v1/push/subscription", json!({"data": {"alerts": {"mention": false}}}), 404),
        ("GET", "/api/v1/push/subscription", Value::Null, 404),
        ("GET", &format!("/api/v1/streaming/list?list={list}"), Value::Null, 404),
        // What there is of it is done, and nothing is there.
        ("POST", "/api/v1/notifications/requests/accept", json!({"id": [hers.id("request")]}), 200),
        ("POST", "/api/v1/notifications/requests/dismiss", json!({"id": [hers.id("request")]}), 200),
        ("DELETE", "/api/v1/notifications/destroy_multiple", json!({"ids": [hers.id("notification")]}), 200),
        ("POST", "/api/v1/notifications/clear", Value::Null, 200),
        ("DELETE", "/api/v1/push/subscription", Value::Null, 200),
        ("POST", "/api/v1/markers", json!({"home": {"last_read_id": "1"}}), 200),
        ("PUT", &status, json!({"status": "x", "media_attributes": [{"id": media, "description": "bob's"}]}), 200),
    ] {
        let reply = api.call(method, path, Some(&bob.token), body.clone()).await;
        assert_eq!(reply.status, status, "{method} {path} {body}: {}", reply.body);
        assert_eq!(hers.state(&api).await, before, "{method} {path} {body} changed something");
    }
    assert!(api.get(bob, &format!("/api/v1/statuses?id[]={private}")).await.ids().is_empty());
    let found = api.get(bob, "/api/v2/search?q=followers&type=statuses").await.ok();
    assert_eq!(found["statuses"], json!([]));
}

/// A public post is there for everybody, and its author's alone to change.
#[tokio::test]
async fn another_members_public_post_can_be_read_and_not_changed() {
    let api = Api::start().await;
    let hers = Hers::make(&api).await;
    let before = hers.state(&api).await;
    for (method, verb, status) in [
        ("PUT", "", 404),
        ("PATCH", "", 404),
        ("DELETE", "", 404),
        ("GET", "/source", 404),
        ("POST", "/pin", 422),
        ("PUT", "/interaction_policy", 404),
    ] {
        let path = format!("/api/v1/statuses/{}{verb}", hers.id("public"));
        let reply = api.call(method, &path, Some(&hers.bob.token), hers.words(method)).await;
        assert_eq!(reply.status, status, "{method} {path}: {}", reply.body);
        assert_eq!(hers.state(&api).await, before, "{method} {path} changed something");
    }
    let moderator = api.member_as("olga", Role::Moderator).await;
    let path = format!("/api/v1/statuses/{}", hers.id("private"));
    api.get(&moderator, &path).await.refused(404);
}
