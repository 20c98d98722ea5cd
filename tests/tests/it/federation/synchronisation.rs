//! 14: lists of followers that agree on both sides (FEP-8fcf).

use model::audience::Audience;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use suite::fediverse::{Letter, Reply, Seen, Server, Stage, Style, verified_key_id};
use suite::node::test_keys;

const HEADER: &str = "collection-synchronization";
const NAMES: [&str; 6] = ["(request-target)", "host", "date", "digest", "content-type", HEADER];

/// All ids hashed and combined.
fn digest(ids: &[&str]) -> String {
    let mut sum = [0; 32];
    for id in ids {
        for (byte, other) in sum.iter_mut().zip(Sha256::digest(id.as_bytes())) {
            *byte ^= other;
        }
    }
    sum.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn part<'h>(header: &'h str, name: &str) -> &'h str {
    header
        .split(&format!("{name}=\""))
        .nth(1)
        .unwrap_or_else(|| panic!("no {name} in {header}"))
        .split('"')
        .next()
        .unwrap()
}

fn created(server: &Server) -> Seen {
    let is_create = |s: &Seen| serde_json::from_slice::<Value>(&s.body).is_ok_and(|a| a["type"] == "Create");
    server.seen().into_iter().rfind(is_create).expect("a Create came")
}

#[tokio::test(flavor = "multi_thread")]
async fn b14_what_is_for_followers_brings_the_digest_of_the_followers_there() {
    let stage = Stage::empty().await;
    let other = Server::start("other").await;
    let (bob, carol, dora) = (stage.server.person("bob"), stage.server.person("carol"), other.person("dora"));
    let alice = stage.alice().uri().await;
    for (server, who) in [(&stage.server, &bob), (&stage.server, &carol), (&other, &dora)] {
        let answer = stage.send_from(server, &server.activity("Follow", who, json!(alice))).await;
        assert_eq!(answer.status, 202);
    }
    stage.node.idle().await;
    stage.alice().says("For everybody").await;
    stage.node.idle().await;
    assert_eq!(created(&stage.server).header(HEADER), "");
    stage.alice().says_to(Audience::Followers, "For followers").await;
    stage.node.idle().await;
    let uri = |actor: &Value| actor["id"].as_str().unwrap().to_owned();
    let (bob_id, carol_id, dora_id) = (uri(&bob), uri(&carol), uri(&dora));
    for (server, reader, ids) in
        [(&stage.server, &bob, vec![bob_id.as_str(), carol_id.as_str()]), (&other, &dora, vec![dora_id.as_str()])]
    {
        let seen = created(server);
        let (_, names) = verified_key_id(&seen, &test_keys().public_pem);
        assert!(names.iter().any(|name| name == HEADER), "it is signed: {names:?}");
        let header = seen.header(HEADER);
        assert_eq!(part(header, "collectionId"), format!("{alice}/followers"));
        assert_eq!(part(header, "digest"), digest(&ids));
        let target = part(header, "url").strip_prefix(&stage.node.origin).unwrap();
        assert_eq!(Letter::get(&stage.node, target).send(&stage.node).await.status, 401, "not for everybody");
        let key = reader["publicKey"]["id"].as_str().unwrap();
        let list = Letter::get(&stage.node, target).signed(key, Style::MASTODON).send(&stage.node).await;
        assert!(list.header("cache-control").contains("no-store"), "{list:?}");
        let mut listed: Vec<String> = serde_json::from_value(list.json()["orderedItems"].clone()).unwrap();
        listed.sort();
        assert_eq!(listed, ids, "those on the reader's own server");
    }
    stage.end().await;
}

/// Alice, whom bob's server believes to follow him or not.
struct Scene {
    stage: Stage,
    bob: Value,
    alice: String,
    url: String,
}

impl Scene {
    async fn set() -> Self {
        let stage = Stage::empty().await;
        let bob = stage.server.person("bob");
        let (alice, url) = (stage.alice().uri().await, stage.server.url("/users/bob/sync"));
        Self { stage, bob, alice, url }
    }

    fn lists(&self, items: &[&str]) {
        let list = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": self.url, "type": "OrderedCollection", "orderedItems": items});
        self.stage.server.publish(&list);
    }

    /// A post comes with this header.
    async fn announces(&self, header: &str, names: &[&str]) {
        let note = self.stage.server.note(
            &self.bob,
            &format!("/notes/{}", model::clock::Clock::System.now()),
            "Hello",
            json!({}),
        );
        let create = self.stage.server.activity("Create", &self.bob, note);
        let rest = format!(r#"algorithm="rsa-sha256",headers="{}""#, names.join(" "));
        let letter = Letter::post(&self.stage.node, "/inbox", create.to_string()).with(HEADER, header);
        let letter = letter.cavage(self.bob["publicKey"]["id"].as_str().unwrap(), &rest, names, "");
        let answer = letter.send(&self.stage.node).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        self.stage.node.idle().await;
    }

    async fn announces_digest(&self, digest: &str) {
        let header = self.header(digest);
        self.announces(&header, &NAMES).await;
    }

    fn header(&self, digest: &str) -> String {
        let followers = self.bob["followers"].as_str().unwrap();
        format!(r#"collectionId="{followers}", digest="{digest}", url="{}""#, self.url)
    }

    fn was_asked(&self) -> bool {
        self.stage.server.gets().iter().any(|get| get == "/users/bob/sync")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b14_a_follow_that_is_over_there_ends_here_if_the_list_is_whole() {
    let scene = Scene::set().await;
    scene.stage.alice_follows(&scene.bob).await;
    scene.announces_digest(&digest(&[&scene.alice])).await;
    assert!(!scene.was_asked(), "both agree");
    scene.lists(&[]);
    scene.announces_digest(&digest(&["https://somebody.example/else"])).await;
    assert!(scene.was_asked());
    assert!(scene.stage.alice_is_following(&scene.bob).await, "the list is not the one that was announced");
    // A list whose end is not to be had.
    let page = json!({"id": scene.url, "type": "OrderedCollection", "orderedItems": [], "next": scene.stage.server.url("/users/bob/more")});
    scene.stage.server.publish(&page);
    scene.announces_digest(&digest(&[])).await;
    assert!(scene.stage.alice_is_following(&scene.bob).await, "it was not read to its end");
    scene.lists(&[]);
    scene.announces_digest(&digest(&[])).await;
    assert!(!scene.stage.alice_is_following(&scene.bob).await);
    assert_eq!(scene.stage.alice().account().await.following_count, 0);
    scene.stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b14_a_follow_that_is_only_there_is_accepted_or_taken_back() {
    let scene = Scene::set().await;
    let handle = format!("@bob@{}", scene.stage.server.host());
    scene.stage.alice().asks_to_follow(&handle).await;
    scene.stage.node.idle().await;
    assert!(!scene.stage.alice_is_following(&scene.bob).await);
    let zoe = scene.stage.node.member("zoe").await.uri().await;
    let somebody = format!("{}/users/nobody", scene.stage.node.origin);
    let ids = [scene.alice.as_str(), zoe.as_str(), somebody.as_str(), "https://third.example/users/carl"];
    scene.lists(&ids);
    scene.announces_digest(&digest(&ids[..3])).await;
    assert!(scene.stage.alice_is_following(&scene.bob).await, "the Accept was lost; this makes up for it");
    let undo = scene.stage.server.receives("Undo").await;
    assert_eq!(
        (undo["actor"].as_str(), undo["object"]["object"].clone()),
        (Some(zoe.as_str()), scene.bob["id"].clone())
    );
    assert_eq!(scene.stage.server.received("Undo").len(), 1);
    scene.stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b14_a_header_that_nobody_vouches_for_is_not_heeded() {
    let scene = Scene::set().await;
    scene.stage.alice_follows(&scene.bob).await;
    scene.lists(&[]);
    let empty = scene.header(&digest(&[]));
    scene.announces(&empty, &NAMES[..5]).await;
    scene.announces(&empty.replace("/followers", "/friends"), &NAMES).await;
    scene.announces(&empty.replace(&scene.url, "https://third.example/sync"), &NAMES).await;
    scene.announces("garbage", &NAMES).await;
    assert!(!scene.was_asked());
    assert!(scene.stage.alice_is_following(&scene.bob).await);
    scene.stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b50_a_list_without_end_and_one_of_ten_thousand_are_read_within_bounds() {
    let scene = Scene::set().await;
    scene.stage.alice_follows(&scene.bob).await;
    let url = scene.stage.server.url("/users/bob/sync");
    scene.stage.server.judges(move |seen| {
        let page: usize = seen.target.strip_prefix("/users/bob/sync")?.trim_start_matches('?').parse().unwrap_or(0);
        let next = format!("{url}?{}", page + 1);
        Some(Reply::document(&json!({"id": url, "type": "OrderedCollectionPage", "orderedItems": [], "next": next})))
    });
    scene.announces_digest(&digest(&[])).await;
    let asked = scene.stage.server.gets().iter().filter(|get| get.starts_with("/users/bob/sync")).count();
    assert_eq!(asked, 10);
    assert!(scene.stage.alice_is_following(&scene.bob).await);

    scene.stage.server.judges(|_| None);
    let many: Vec<String> = (0..10_000).map(|n| format!("{}/users/nobody{n}", scene.stage.node.origin)).collect();
    let ids: Vec<&str> = many.iter().map(String::as_str).collect();
    scene.lists(&ids);
    scene.announces_digest(&digest(&ids)).await;
    assert!(!scene.stage.alice_is_following(&scene.bob).await, "all of it was read");
    scene.stage.end().await;
}
