//! What the node says about itself.

use model::clock::{DAY, HOUR};
use node::texts::{self, About, NewAnnouncement};
use serde_json::{Value, json};
use storage::DomainRule;

use crate::api::{Api, NOW};

#[tokio::test]
async fn texts_are_told_as_they_hold() {
    let api = Api::start().await;
    let node = &api.app.node;
    for name in ["terms_of_service", "terms_of_service/2025-06-15"] {
        api.look(&format!("/api/v1/instance/{name}")).await.refused(404);
    }
    // Mastodon always has one of these.
    let privacy = api.look("/api/v1/instance/privacy_policy").await.ok();
    assert_eq!(privacy["updated_at"], "2026-11-30T00:00:00.000Z");
    assert!(privacy["content"].as_str().is_some_and(|html| html.contains("<strong>Who sees it.</strong>")));
    let mut tx = node.store.begin().await.unwrap();
    for (which, source, at) in [
        (About::ExtendedDescription, "We *bake*.", NOW),
        (About::PrivacyPolicy, "Nothing is sold. <script>x</script>", NOW),
        (About::TermsOfService, "First", NOW),
        (About::TermsOfService, "Second", NOW + 2 * DAY),
    ] {
        texts::set(node, &mut tx, "test", which, source, at).await.unwrap();
    }
    texts::add_rule(node, &mut tx, "test", "Be kind", "really").await.unwrap();
    node.commit(tx).await.unwrap();
    let about = api.look("/api/v1/instance/extended_description").await.ok();
    assert_eq!(about, json!({"updated_at": "2025-06-15T15:06:40.000Z", "content": "<p>We <em>bake</em>.</p>"}));
    let privacy = api.look("/api/v1/instance/privacy_policy").await.ok();
    assert!(
        privacy["content"].as_str().is_some_and(|html| html.contains("Nothing is sold") && !html.contains("<script"))
    );
    let terms = api.look("/api/v1/instance/terms_of_service").await.ok();
    let first = json!({"effective_date": "2025-06-15", "effective": true, "succeeded_by": "2025-06-17", "content": "<p>First</p>"});
    assert_eq!(terms, first);
    assert_eq!(api.look("/api/v1/instance/terms_of_service/2025-06-15").await.ok(), first);
    let second = api.look("/api/v1/instance/terms_of_service/2025-06-17").await.ok();
    assert_eq!((&second["effective"], &second["succeeded_by"]), (&json!(false), &Value::Null));
    api.look("/api/v1/instance/terms_of_service/2025-06-16").await.refused(404);
    api.look("/api/v1/instance/terms_of_service/never").await.refused(404);
    let rules = api.look("/api/v1/instance/rules").await.ok();
    assert_eq!((&rules[0]["text"], &rules[0]["hint"]), (&json!("Be kind"), &json!("really")));
    for path in ["/api/v1/instance", "/api/v2/instance"] {
        assert_eq!(api.look(path).await.ok()["rules"], rules);
    }
}

#[tokio::test]
async fn blocked_servers_are_told_to_whom_the_owner_wants() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let node = &api.app.node;
    let path = "/api/v1/instance/domain_blocks";
    let mut tx = node.store.begin().await.unwrap();
    let mut bad = DomainRule::new("bad.example", "suspend", NOW);
    (bad.obfuscate, bad.public_comment) = (true, "spam".to_owned());
    for rule in [bad, DomainRule::new("loud.example", "limit", NOW), DomainRule::new("odd.example", "none", NOW)] {
        node::domains::set(node, &mut tx, "test", &rule).await.unwrap();
    }
    node.commit(tx).await.unwrap();
    node.read_domain_rules().await.unwrap();
    let set = async |value: &str| {
        let mut tx = node.store.begin().await.unwrap();
        tx.put_setting(node::domains::SHOW_DOMAIN_BLOCKS, value).await.unwrap();
        node.commit(tx).await.unwrap();
    };
    api.get(&alice, path).await.refused(404);
    set("members").await;
    api.look(path).await.refused(401);
    let list = api.get(&alice, path).await.ok();
    assert_eq!((&list[0]["domain"], &list[0]["severity"]), (&json!("ba*.*****le"), &json!("suspend")));
    assert_eq!((&list[0]["comment"], list[0]["digest"].as_str().unwrap().len()), (&json!("spam"), 64));
    assert_eq!((&list[1]["domain"], &list[1]["severity"]), (&json!("loud.example"), &json!("silence")));
    assert_eq!(list.as_array().unwrap().len(), 2);
    set("all").await;
    assert_eq!(api.look(path).await.ok(), list);
}

#[tokio::test]
async fn activity_peers_and_health() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    api.says(&alice, "one").await;
    node::index::catch_up(&api.app.node).await.unwrap();
    let weeks = api.look("/api/v1/instance/activity").await.ok();
    let this = json!({"week": "1749427200", "statuses": "1", "logins": "1", "registrations": "1"});
    assert_eq!((weeks.as_array().unwrap().len(), &weeks[0]), (12, &this));
    for domain in ["far.example", "fir.example", "far.example"] {
        crate::remote::somebody(&api, &format!("x{}", api.app.node.id()), domain).await;
    }
    assert_eq!(api.look("/api/v1/instance/peers").await.ok(), json!(["far.example", "fir.example"]));
    assert_eq!(api.look("/api/v1/peers/search?q=FI").await.ok(), json!(["fir.example"]));
    assert_eq!(api.look("/api/v1/peers/search").await.ok(), json!([]));
    assert_eq!(api.raw_text("/health").await, "OK");
}

#[tokio::test]
async fn a_post_is_given_to_other_pages_if_everybody_may_see_it() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let post = api.says(&alice, "Hello <world>").await;
    let path = |post: &Value| format!("/api/oembed?url={}", post["url"].as_str().unwrap());
    let card = api.look(&path(&post)).await.ok();
    assert_eq!(
        (&card["type"], &card["version"], &card["author_name"]),
        (&json!("rich"), &json!("1.0"), &json!("alice"))
    );
    assert!(
        card["html"].as_str().is_some_and(|html| html.contains("Hello &lt;world&gt;") && !html.contains("<script"))
    );
    let secret = api.posts(&alice, json!({"status": "no", "visibility": "private"})).await;
    api.look(&path(&secret)).await.refused(404);
    api.look("/api/oembed?url=https://far.example/1").await.refused(404);
    api.look("/api/oembed").await.refused(400);
    let translate = format!("/api/v1/statuses/{}/translate", post["id"].as_str().unwrap());
    api.post(&alice, &translate, json!({"lang": "cy"})).await.refused(404);
}

#[tokio::test]
async fn members_are_told_something_react_and_are_done_with_it() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let node = &api.app.node;
    let mut tx = node.store.begin().await.unwrap();
    let new = NewAnnouncement {
        text: "**Tea** at #four".to_owned(),
        ends_at: Some(NOW + HOUR),
        ..NewAnnouncement::default()
    };
    let id = texts::announce(node, &mut tx, "test", &new).await.unwrap().id;
    node.commit(tx).await.unwrap();
    let list = "/api/v1/announcements";
    let told = api.get(&alice, list).await.ok();
    assert_eq!((&told[0]["id"], &told[0]["read"]), (&json!(id.to_string()), &json!(false)));
    assert!(told[0]["content"].as_str().unwrap().starts_with("<p><strong>Tea</strong> at "));
    for (person, name) in [(&alice, "%F0%9F%8D%B5"), (&bob, "%F0%9F%8D%B5"), (&bob, "%F0%9F%91%8D")] {
        let path = format!("{list}/{id}/reactions/{name}");
        api.call("PUT", &path, Some(&person.token), Value::Null).await.ok();
    }
    let reactions = api.get(&alice, list).await.ok()[0]["reactions"].clone();
    assert_eq!(reactions, json!([{"name": "🍵", "count": 2, "me": true}, {"name": "👍", "count": 1, "me": false}]));
    api.call("PUT", &format!("{list}/{id}/reactions/tea"), Some(&alice.token), Value::Null).await.refused(422);
    let path = format!("{list}/{id}/reactions/%F0%9F%8D%B5");
    api.call("DELETE", &path, Some(&alice.token), Value::Null).await.ok();
    assert_eq!(api.get(&alice, list).await.ok()[0]["reactions"][0]["me"], false);
    assert_eq!(api.post(&alice, &format!("{list}/{id}/dismiss"), Value::Null).await.ok(), json!({}));
    assert_eq!(api.get(&alice, list).await.ok()[0]["read"], true);
    assert_eq!(api.get(&alice, &format!("{list}?with_dismissed=false")).await.ok(), json!([]));
    assert_eq!(api.get(&bob, list).await.ok()[0]["read"], false);
    api.post(&alice, &format!("{list}/7/dismiss"), Value::Null).await.refused(404);
    node.clock.advance(2 * HOUR);
    assert_eq!(api.get(&bob, list).await.ok(), json!([]));
}

#[tokio::test]
async fn a_node_that_federates_only_with_some_says_so() {
    for limited in [false, true] {
        let api = Api::start_with(|config| config.allow_list = limited).await;
        assert_eq!(api.look("/api/v2/instance").await.ok()["configuration"]["limited_federation"], limited);
    }
}
