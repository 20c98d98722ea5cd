//! Posts that go out and come in: what is sent to whom, edits, deletions, collections.

use model::audience::Audience;
use model::post::{Post, Revision};
use node::publish;
use serde_json::{Value, json};
use suite::fediverse::{Answer, Letter, Server, Stage, verified_key_id};
use suite::node::{Options, Person, eventually, test_keys};
use suite::on_both;

pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

async fn get(stage: &Stage, url: &str) -> Answer {
    Letter::get(&stage.node, url.strip_prefix(&stage.node.origin).unwrap()).send(&stage.node).await
}

async fn deletes(person: Person<'_>, post: &Post) {
    let node = person.on.node();
    let mut tx = node.store.begin().await.unwrap();
    publish::delete(node, &mut tx, &person.account().await, post.id).await.unwrap();
    node.commit(tx).await.unwrap();
}

async fn edits(person: Person<'_>, post: &Post, text: &str) {
    let node = person.on.node();
    let mut tx = node.store.begin().await.unwrap();
    let revision = Revision { text: text.to_owned(), ..Revision::default() };
    publish::edit(node, &mut tx, &person.account().await, post.id, &revision).await.unwrap();
    node.commit(tx).await.unwrap();
}

async fn create_of(server: &Server, post: &Post) -> Value {
    eventually("the Create arrives", || async {
        server.received("Create").into_iter().find(|c| c["object"]["id"] == post.uri)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn b13_a_public_post_is_one_request_for_each_shared_inbox_with_what_servers_read() {
    let stage = Stage::empty().await;
    for name in ["bob", "carol"] {
        stage.follows_alice(&stage.server.person(name)).await;
    }
    stage.node.idle().await;
    stage.server.forget();
    let post = stage.alice().says(&format!("Hello @bob@{} #WorkOutLoud", stage.server.host())).await;
    create_of(&stage.server, &post).await;
    stage.node.idle().await;
    let posts = stage.server.posts();
    assert_eq!(posts.len(), 1, "one for both, and none more for the mention: {posts:#?}");
    let (inbox, create) = &posts[0];
    assert_eq!(inbox, "/inbox");
    let (note, uri) = (&create["object"], stage.alice().uri().await);
    assert_eq!((&create["actor"], &note["attributedTo"], &note["type"]), (&json!(uri), &json!(uri), &json!("Note")));
    assert_eq!((&note["to"], &create["to"]), (&json!([PUBLIC]), &json!([PUBLIC])));
    let bob = stage.server.url("/users/bob");
    assert_eq!((&note["cc"], &create["cc"]), (&json!([format!("{uri}/followers"), bob]), &note["cc"]));
    let tags = note["tag"].as_array().unwrap();
    assert!(
        tags.iter().any(|t| t["type"] == "Mention"
            && t["href"] == bob
            && t["name"] == format!("@bob@{}", stage.server.host()))
    );
    assert!(tags.iter().any(|t| t["type"] == "Hashtag" && t["name"] == "#WorkOutLoud"));
    assert_eq!(note["contentMap"]["en"], note["content"]);
    assert!(note["published"].is_string() && note.get("updated").is_none() && note["sensitive"] == json!(false));
    for name in ["context", "url", "replies", "likes", "shares"] {
        assert!(!note[name].is_null(), "{name}");
    }
    verified_key_id(&stage.server.seen()[0], &test_keys().public_pem);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b14_each_audience_is_addressed_so_that_others_read_it_as_such() {
    let stage = Stage::empty().await;
    stage.follows_alice(&stage.server.person("bob")).await;
    let carol = stage.server.person("carol");
    let (followers, carol) = (format!("{}/followers", stage.alice().uri().await), carol["id"].clone());
    let text = format!("For @carol@{}", stage.server.host());
    let expected = [
        (Audience::Unlisted, json!([followers]), json!([PUBLIC, carol])),
        (Audience::Followers, json!([followers]), json!([carol])),
        (Audience::Direct, json!([carol]), json!([])),
    ];
    for (audience, to, cc) in expected {
        let post = stage.alice().says_to(audience, &text).await;
        let create = create_of(&stage.server, &post).await;
        assert_eq!((&create["object"]["to"], &create["object"]["cc"]), (&to, &cc), "{audience:?}");
        assert_eq!((&create["to"], &create["cc"]), (&to, &cc), "{audience:?}");
        let status = get(&stage, &post.uri).await.status;
        assert_eq!(status, if audience.is_open() { 200 } else { 404 }, "{audience:?} for everybody");
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b14_a_direct_post_goes_to_those_it_names_alone() {
    let stage = Stage::empty().await;
    let other = Server::start("other").await;
    stage.follows_alice(&stage.server.person("bob")).await;
    let carol = other.person("carol");
    stage.node.idle().await;
    stage.server.forget();
    let post = stage.alice().says_to(Audience::Direct, &format!("Between us, @carol@{}", other.host())).await;
    create_of(&other, &post).await;
    stage.node.idle().await;
    assert!(stage.server.posts().is_empty(), "a follower's server hears nothing");
    let inbox = &other.posts()[0].0;
    assert!(inbox == "/inbox" || carol["inbox"].as_str().unwrap().ends_with(inbox.as_str()));
    stage.end().await;
}

on_both! {
    async fn b15_an_edit_is_told_and_taken_by_its_time_alone(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let bob = stage.server.person("bob");
        stage.follows_alice(&bob).await;
        edits(stage.alice(), &stage.post, "Something better").await;
        let update = stage.server.receives("Update").await;
        assert!(update["object"]["updated"].is_string() && update["object"]["content"].as_str().unwrap().contains("better"));

        stage.alice_follows(&bob).await;
        let note = stage.server.note(&bob, "/notes/1", "One", json!({"published": "2026-01-01T00:00:00Z"}));
        stage.takes(&stage.server.activity("Create", &bob, note.clone())).await;
        let version = |text: &str, at: Option<&str>| {
            let mut note = note.clone();
            note["content"] = json!(text);
            note["to"] = json!(["https://elsewhere.example/somebody"]);
            note["cc"] = json!([]);
            if let Some(at) = at {
                note["updated"] = json!(at);
            }
            stage.server.activity("Update", &bob, note)
        };
        for (text, at, stands) in [
            ("Two", Some("2026-01-01T01:00:00Z"), "Two"),
            ("Again", Some("2026-01-01T01:00:00Z"), "Two"),
            ("Older", Some("2026-01-01T00:30:00Z"), "Two"),
            ("No time", None, "Two"),
            ("Three", Some("2026-01-01T02:00:00Z"), "Three"),
        ] {
            stage.takes(&version(text, at)).await;
            let kept = stage.stored(&note).await.unwrap();
            assert!(kept.content.contains(stands), "after {text}: {}", kept.content);
            assert_eq!(kept.audience, Audience::Public, "who may read it never changes");
        }
        let kept = stage.stored(&note).await.unwrap();
        assert_eq!(stage.node.node().store.read().await.unwrap().edits(kept.id).await.unwrap().len(), 2);
        stage.end().await;
    }

    async fn b16_what_is_deleted_stays_dead_in_whatever_order_it_comes(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let bob = stage.server.person("bob");
        stage.alice_follows(&bob).await;
        let note = stage.server.note(&bob, "/notes/1", "Late", json!({}));
        stage.server.publish(&note);
        stage.takes(&stage.server.activity("Delete", &bob, json!({"id": note["id"], "type": "Tombstone"}))).await;
        stage.takes(&stage.server.activity("Create", &bob, note.clone())).await;
        assert!(stage.stored(&note).await.is_none(), "the Delete overtook the Create");
        let mut newer = note.clone();
        newer["updated"] = json!(model::clock::rfc3339(stage.node.node().now()));
        stage.takes(&stage.server.activity("Update", &bob, newer)).await;
        stage.takes(&stage.server.activity("Announce", &stage.server.person("carol"), note["id"].clone())).await;
        stage.node.idle().await;
        assert!(stage.stored(&note).await.is_none());
        stage.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b16_a_deletion_is_told_and_the_post_answers_that_it_is_gone() {
    let stage = Stage::empty().await;
    stage.follows_alice(&stage.server.person("bob")).await;
    assert_eq!(get(&stage, &stage.post.uri).await.status, 200);
    deletes(stage.alice(), &stage.post).await;
    let delete = stage.server.receives("Delete").await;
    assert_eq!((&delete["object"]["id"], &delete["object"]["type"]), (&json!(stage.post.uri), &json!("Tombstone")));
    assert_eq!(delete["actor"], json!(stage.alice().uri().await));
    let answer = get(&stage, &stage.post.uri).await;
    assert_eq!((answer.status, &answer.json()["type"]), (410, &json!("Tombstone")));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b18_collections_page_to_their_end_and_hold_what_everybody_may_read() {
    let stage = Stage::empty().await;
    let alice = stage.alice();
    for n in 0..21 {
        alice.says(&format!("Number {n}")).await;
    }
    let mut hidden = Vec::new();
    for audience in [Audience::Followers, Audience::Direct, Audience::Organisation] {
        hidden.push(alice.says_to(audience, "Not for everybody").await.uri);
    }
    let reply = alice.replies(&stage.post, "And more").await;
    hidden.push(
        stage
            .alice()
            .posts(model::post::Draft {
                text: "A quiet answer".to_owned(),
                audience: Some(Audience::Followers),
                in_reply_to_id: Some(stage.post.id),
                ..Default::default()
            })
            .await
            .uri,
    );

    let outbox = get(&stage, &format!("{}/outbox", alice.uri().await)).await.json();
    let (mut items, mut next) = (Vec::new(), outbox["first"].as_str().map(str::to_owned));
    let mut pages = 0;
    while let Some(url) = next {
        let page = get(&stage, &url).await.json();
        items.extend(
            page["orderedItems"].as_array().unwrap().iter().map(|a| a["object"]["id"].as_str().unwrap().to_owned()),
        );
        next = page["next"].as_str().map(str::to_owned);
        pages += 1;
        assert!(pages < 10, "the pages end");
    }
    assert_eq!(items.len(), 23, "all that is open, once each");
    assert!(hidden.iter().all(|uri| !items.contains(uri)), "and nothing else");

    let replies = get(&stage, &format!("{}/replies", stage.post.uri)).await.json();
    let (mut found, mut next) = (Vec::new(), replies["first"].as_str().map(str::to_owned));
    while let Some(url) = next {
        let page = get(&stage, &url).await.json();
        found.extend(page["items"].as_array().unwrap().clone());
        next = page["next"].as_str().map(str::to_owned);
    }
    assert_eq!(found, [json!(reply.uri)]);

    let context = get(&stage, &stage.post.context).await.json();
    assert_eq!(context["attributedTo"], json!(alice.uri().await));
    let page = get(&stage, context["first"].as_str().unwrap()).await.json();
    assert_eq!(page["orderedItems"], json!([stage.post.uri, reply.uri]), "the first post first");

    let (node, who) = (stage.node.node(), alice.account().await);
    let mut tx = node.store.begin().await.unwrap();
    node::react::pin(node, &mut tx, &who, &stage.post).await.unwrap();
    node.commit(tx).await.unwrap();
    let featured = get(&stage, &format!("{}/featured", alice.uri().await)).await.json();
    assert_eq!(featured["orderedItems"][0]["id"], json!(stage.post.uri));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b38_a_post_of_a_suspended_or_deleted_member_is_not_served() {
    let stage = Stage::empty().await;
    let node = stage.node.node();
    let mut tx = node.store.begin().await.unwrap();
    node::moderate::suspend(node, &mut tx, "admin", &stage.alice().account().await).await.unwrap();
    node.commit(tx).await.unwrap();
    for url in [stage.alice().uri().await, stage.post.uri.clone(), format!("{}/outbox", stage.alice().uri().await)] {
        assert_eq!(get(&stage, &url).await.status, 403, "{url}");
    }
    let mut tx = node.store.begin().await.unwrap();
    tx.mark_account_deleted(stage.alice().id, node.now()).await.unwrap();
    node.commit(tx).await.unwrap();
    for url in [stage.alice().uri().await, stage.post.uri.clone()] {
        assert_eq!(get(&stage, &url).await.status, 410, "{url}");
    }
    stage.end().await;
}
