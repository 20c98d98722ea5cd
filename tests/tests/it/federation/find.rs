//! Finding: WebFinger, actors, content negotiation, secure mode; in both directions.

use federation::discover::Found;
use model::handle::Handle;
use serde_json::{Value, json};
use suite::db::Engine;
use suite::fediverse::{Answer, Letter, Reply, Stage, Style, verified_key_id};
use suite::node::{Options, TestNode, eventually, test_keys};

const ACTIVITY: &str = "application/activity+json";

async fn get(node: &TestNode, target: &str, accept: &str) -> Answer {
    Letter::get(node, target).with("accept", accept).send(node).await
}

async fn finger(node: &TestNode, resource: &str) -> Answer {
    let query: String = url::form_urlencoded::byte_serialize(resource.as_bytes()).collect();
    get(node, &format!("/.well-known/webfinger?resource={query}"), "application/jrd+json").await
}

fn self_link(finger: &Value) -> Value {
    let links = finger["links"].as_array().unwrap();
    links.iter().find(|l| l["rel"] == "self").unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn b01_webfinger_names_the_actor_whatever_the_case() {
    let node = TestNode::start(Engine::Sqlite).await;
    let alice = node.member("alice").await;
    let answer = finger(&node, &format!("acct:Alice@{}", node.host())).await;
    assert_eq!((answer.status, answer.header("content-type").split(';').next()), (200, Some("application/jrd+json")));
    let found = answer.json();
    assert_eq!(found["subject"], json!(format!("acct:alice@{}", node.host())));
    let link = self_link(&found);
    assert_eq!((&link["type"], &link["href"]), (&json!(ACTIVITY), &json!(alice.uri().await)));
    let subscribe = found["links"]
        .as_array()
        .unwrap()
        .iter()
        .find(|l| l["rel"] == "http://ostatus.org/schema/1.0/subscribe")
        .unwrap();
    assert!(subscribe["template"].as_str().unwrap().contains("{uri}"));
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b02_webfinger_takes_every_form_and_tells_unknown_deleted_and_garbage_apart() {
    let node = TestNode::start(Engine::Sqlite).await;
    let alice = node.member("alice").await;
    let (uri, host) = (alice.uri().await, node.host().to_owned());
    for form in [format!("alice@{host}"), format!("@alice@{host}"), uri.clone(), format!("{}/@alice", node.origin)] {
        let answer = finger(&node, &form).await;
        assert_eq!(answer.status, 200, "{form}");
        assert_eq!(self_link(&answer.json())["href"], json!(uri), "{form}");
    }
    for form in [node.origin.clone(), format!("{}/", node.origin), host.clone(), format!("acct:{host}@{host}")] {
        let answer = finger(&node, &form).await;
        assert_eq!(answer.status, 200, "{form}");
        assert_eq!(self_link(&answer.json())["href"], json!(format!("{}/actor", node.origin)), "{form}");
    }
    for form in [
        format!("acct:nobody@{host}"),
        "acct:alice@elsewhere.example".to_owned(),
        format!("{}/users/nobody", node.origin),
    ] {
        assert_eq!(finger(&node, &form).await.status, 404, "{form}");
    }
    for form in ["", "alice", "acct:", "@@@", "acct:al ice@x"] {
        assert_eq!(finger(&node, form).await.status, 400, "{form}");
    }
    assert_eq!(get(&node, "/.well-known/webfinger", "*/*").await.status, 400);
    let mut tx = node.node().store.begin().await.unwrap();
    tx.mark_account_deleted(alice.id, node.node().now()).await.unwrap();
    node.node().commit(tx).await.unwrap();
    assert_eq!(finger(&node, &format!("acct:alice@{host}")).await.status, 410);
    assert_eq!(get(&node, "/users/alice", ACTIVITY).await.status, 410);
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b03_every_accept_that_servers_send_gets_the_document_and_a_browser_the_page() {
    let node = TestNode::start(Engine::Sqlite).await;
    let alice = node.member("alice").await;
    let post = alice.says("Hello").await;
    let uri = alice.uri().await;
    let profile = "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";
    for id in [&uri, &post.uri] {
        let target = id.strip_prefix(&node.origin).unwrap();
        for accept in [
            "application/activity+json, application/ld+json".to_owned(),
            format!("{profile}, application/activity+json"),
            format!("{profile}, application/activity+json, text/html;q=0.1"),
            profile.to_owned(),
            ACTIVITY.to_owned(),
        ] {
            let answer = get(&node, target, &accept).await;
            assert_eq!(answer.status, 200, "{accept}");
            assert_eq!(answer.header("content-type").split(';').next(), Some(ACTIVITY), "{accept}");
            assert!(answer.header("vary").contains("Accept"), "{accept}");
            let document = answer.json();
            assert_eq!(document["id"], json!(id), "{accept}");
            let contexts = document["@context"].as_array().unwrap();
            assert!(contexts.contains(&json!("https://www.w3.org/ns/activitystreams")), "{accept}");
        }
        let page = get(&node, target, "text/html").await;
        assert!((300..=308).contains(&page.status), "{page:?}");
        assert!(page.header("vary").contains("Accept") && page.header("location").starts_with(&node.origin));
    }
    let actor = get(&node, "/users/alice", ACTIVITY).await.json();
    assert_eq!(actor["publicKey"]["owner"], json!(uri));
    assert_eq!((&actor["type"], &actor["preferredUsername"]), (&json!("Person"), &json!("alice")));
    assert_eq!(actor["webfinger"], json!(format!("alice@{}", node.host())));
    assert!(actor["publicKey"]["publicKeyPem"].as_str().unwrap().starts_with("-----BEGIN PUBLIC KEY-----"));
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b04_a_look_up_goes_from_the_handle_to_the_actor_and_back() {
    let stage = Stage::of("mastodon").await;
    let host = stage.server.host().to_owned();
    stage.node.federation().find_handle(&Handle::parse(&format!("@marta@{host}")).unwrap()).await.unwrap();
    let gets = stage.server.gets();
    let fingers = gets.iter().filter(|g| g.starts_with("/.well-known/webfinger?")).count();
    assert_eq!((gets.len(), fingers), (3, 2), "WebFinger, the actor, WebFinger again: {gets:?}");
    let actor = stage.server.seen().into_iter().find(|s| !s.target.starts_with("/.well-known")).unwrap();
    let key = get(&stage.node, "/actor", ACTIVITY).await.json()["publicKey"].clone();
    let (signed_with, _) = verified_key_id(&actor, key["publicKeyPem"].as_str().unwrap());
    assert_eq!(json!(signed_with), key["id"], "our GETs are signed by the instance actor");
    assert_eq!(key["owner"], json!(format!("{}/actor", stage.node.origin)));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b05_a_pasted_url_of_a_post_or_profile_is_found_by_negotiation_or_by_the_link_in_its_page() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    let note = stage.server.note(&bob, "/notes/1", "Found", json!({}));
    stage.server.publish(&note);
    stage.server.serve("/@bob/1", Reply::document(&note));
    let link = |id: &Value| {
        format!("<html><head><link rel=\"alternate\" type=\"application/activity+json\" href={id}></head></html>")
    };
    stage.server.serve("/pages/1", Reply::html(&link(&note["id"])));
    stage.server.serve("/pages/bob", Reply::html(&link(&bob["id"])));
    let federation = stage.node.federation();
    for path in ["/pages/1", "/@bob/1", "/notes/1"] {
        let Found::Post(post) = federation.find(&stage.server.url(path)).await.unwrap() else {
            panic!("no post at {path}")
        };
        assert_eq!(json!(post.uri), note["id"], "{path}");
    }
    let Found::Account(found) = federation.find(&stage.server.url("/pages/bob")).await.unwrap() else {
        panic!("no account")
    };
    assert_eq!(json!(found.uri), bob["id"]);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b05_a_page_speaks_only_for_its_own_server() {
    let stage = Stage::empty().await;
    let (bob, other) = (stage.server.person("bob"), suite::fediverse::Server::start("other").await);
    let mut forged = stage.server.note(&bob, "/notes/1", "Forged", json!({}));
    other.serve("/notes/1", Reply::document(&forged));
    assert!(stage.node.federation().find(&other.url("/notes/1")).await.is_err(), "the id is on another server");
    forged["id"] = json!(other.url("/notes/2"));
    other.publish(&forged);
    assert!(stage.node.federation().find(&other.url("/notes/2")).await.is_err(), "the author is on another server");
    let plain = stage.server.note(&bob, "/notes/3", "Uploaded", json!({}));
    stage.server.serve("/notes/3", Reply::Content { kind: "application/json".to_owned(), body: plain.to_string() });
    assert!(stage.node.federation().find(&stage.server.url("/notes/3")).await.is_err(), "a file is no document");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b06_in_secure_mode_only_signed_readers_read() {
    let options = Options { change: Some(|s| s.node.authorized_fetch = true), ..Options::default() };
    let stage = Stage::empty_with("elsewhere", Engine::Sqlite, options).await;
    let bob = stage.server.person("bob");
    let key = bob["publicKey"]["id"].as_str().unwrap();
    let post = stage.post.uri.strip_prefix(&stage.node.origin).unwrap().to_owned();
    for target in ["/users/alice", "/users/alice/outbox", "/users/alice/followers", &post] {
        assert_eq!(get(&stage.node, target, ACTIVITY).await.status, 401, "{target}");
        for style in [Style::MASTODON, Style::MASTODON_9421, Style::Created] {
            let answer = Letter::get(&stage.node, target).signed(key, style).send(&stage.node).await;
            assert_eq!(answer.status, 200, "{target} {style:?}: {answer:?}");
            assert!(
                answer.header("vary").contains("Signature") && answer.header("cache-control").contains("private"),
                "{answer:?}"
            );
        }
        let stale =
            Letter::get(&stage.node, target).with("date", "Tue, 20 Apr 2021 02:07:55 GMT").signed(key, Style::MASTODON);
        assert_eq!(stale.send(&stage.node).await.status, 401, "{target}");
    }
    for open in ["/actor", "/nodeinfo/2.0", "/.well-known/nodeinfo", "/.well-known/host-meta"] {
        assert_eq!(get(&stage.node, open, ACTIVITY).await.status, 200, "{open}");
    }
    assert_eq!(finger(&stage.node, &format!("acct:alice@{}", stage.node.host())).await.status, 200);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b07_handles_of_a_split_domain_are_those_both_sides_name() {
    let stage = Stage::empty().await;
    let bob = stage.server.actor_at("/users/bob", "bob");
    stage.server.publish(&bob);
    let handles = suite::fediverse::Server::start("handles").await;
    let (id, there) = (bob["id"].as_str().unwrap(), format!("acct:bob@{}", handles.host()));
    stage.server.finger_as(&format!("acct:bob@{}", stage.server.host()), &there, id);
    handles.finger_as(&there, &there, id);
    let federation = stage.node.federation();
    for domain in [handles.host(), stage.server.host()] {
        let found = federation.find_handle(&Handle::parse(&format!("bob@{domain}")).unwrap()).await.unwrap();
        assert_eq!((found.uri.as_str(), found.domain.as_str()), (id, handles.host()), "{domain}");
    }
    // The other domain must agree, or anybody could take its handles.
    let eve = stage.server.actor_at("/users/eve", "eve");
    stage.server.publish(&eve);
    let claimed = format!("acct:eve@{}", handles.host());
    stage.server.finger_as(&format!("acct:eve@{}", stage.server.host()), &claimed, eve["id"].as_str().unwrap());
    assert!(federation.find(eve["id"].as_str().unwrap()).await.is_err(), "that domain knows nobody of the kind");
    handles.finger_as(&claimed, &claimed, &handles.url("/users/the-real-eve"));
    assert!(federation.find(eve["id"].as_str().unwrap()).await.is_err(), "that domain means somebody else");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b07_our_own_handles_can_be_on_another_domain() {
    let options = Options { change: Some(|s| s.node.handle_domain = "example.org".to_owned()), ..Options::default() };
    let node = TestNode::start_with(Engine::Sqlite, options).await;
    let alice = node.member("alice").await;
    for domain in ["example.org", node.host()] {
        let found = finger(&node, &format!("acct:alice@{domain}")).await.json();
        assert_eq!(found["subject"], json!("acct:alice@example.org"), "{domain}");
        assert_eq!(self_link(&found)["href"], json!(alice.uri().await), "{domain}");
    }
    assert_eq!(get(&node, "/users/alice", ACTIVITY).await.json()["webfinger"], json!("alice@example.org"));
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b08_gotosocial_which_answers_only_signed_gets_is_read_and_its_keys_are_found() {
    let stage = Stage::of("gotosocial").await;
    stage.server.wants_signatures(&["/users/gerda/main-key"]);
    let gerda = stage.server.document("actor");
    let key = gerda["publicKey"]["id"].as_str().unwrap();
    assert!(!key.contains('#'));

    // A signed GET by somebody we never met: the stub behind the key id leads to the actor.
    let answer = Letter::get(&stage.node, "/users/alice").signed(key, Style::of("gotosocial")).send(&stage.node).await;
    assert_eq!(answer.status, 200);
    stage.deliver("follow").await;
    assert!(stage.is_followed_by(&gerda).await);
    let pem =
        get(&stage.node, "/actor", ACTIVITY).await.json()["publicKey"]["publicKeyPem"].as_str().unwrap().to_owned();
    let mut read = 0;
    for seen in stage
        .server
        .seen()
        .into_iter()
        .filter(|s| s.method == http::Method::GET && !s.target.starts_with("/.well-known"))
    {
        let (_, names) = verified_key_id(&seen, &pem);
        for name in ["(request-target)", "host", "date"] {
            assert!(names.iter().any(|n| n == name), "{name} of {names:?}");
        }
        read += 1;
    }
    assert!(read >= 2, "the stub and the actor");
    eventually("our Accept arrives", || async { stage.server.received("Accept").into_iter().next() }).await;
    let accept = stage.server.seen().into_iter().find(|s| s.method == http::Method::POST).unwrap();
    assert_eq!(accept.target, "/users/gerda/inbox", "it has no shared inbox");
    verified_key_id(&accept, &test_keys().public_pem);
    stage.end().await;
}
