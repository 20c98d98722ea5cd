//! The doors: what is answered before, and without, anybody being asked.

use bytes::Bytes;
use model::audience::Audience;
use model::post::Draft;
use serde_json::{Value, json};
use suite::db::Engine;
use suite::fediverse::{Letter, Reply, Stage, Style};
use suite::node::TestNode;

async fn status(node: &TestNode, target: &str, body: impl Into<Vec<u8>>, key: &str) -> u16 {
    Letter::post(node, target, body).signed(key, Style::MASTODON).send(node).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn b50_what_is_too_large_no_json_or_no_activity_is_turned_away() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    let (key, node) = (bob["publicKey"]["id"].as_str().unwrap(), &stage.node);
    let like = stage.server.activity("Like", &bob, json!(stage.post.uri));
    for target in ["/inbox", "/users/alice/inbox", "/actor/inbox"] {
        let mut large = like.clone();
        large["padding"] = json!("x".repeat(1_150_000));
        assert_eq!(status(node, target, large.to_string(), key).await, 413, "{target}");
        let mut no_context = like.clone();
        no_context.as_object_mut().unwrap().remove("@context");
        let mut no_actor = like.clone();
        no_actor["actor"] = json!("nobody");
        let deep = format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000));
        for body in [
            String::new(),
            "no json".to_owned(),
            "[]".to_owned(),
            "7".to_owned(),
            deep,
            no_context.to_string(),
            no_actor.to_string(),
        ] {
            assert_eq!(status(node, target, body.clone(), key).await, 400, "{target} {}", &body[..body.len().min(80)]);
        }
    }
    assert_eq!(status(node, "/users/nobody/inbox", like.to_string(), key).await, 404);
    assert_eq!(stage.server.connections(), 0, "nobody was asked");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b50_what_would_take_far_more_memory_than_bytes_is_turned_away() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    let mut like = stage.server.activity("Like", &bob, json!(stage.post.uri));
    like["padding"] = json!(vec![json!({"": 0}); 100_000]);
    assert_eq!(stage.send(&like).await.status, 400);
    assert_eq!(stage.server.connections(), 0, "nobody was asked");
    like["padding"] = json!(vec![json!({"": 0}); 1_000]);
    stage.takes(&like).await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_we_do_not_know_is_taken_and_forgotten_without_asking_anybody() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    for kind in ["Dislike", "View", "Listen", "Join", "ApproveReply", "https://elsewhere.example/Odd", ""] {
        stage.takes(&stage.server.activity(kind, &bob, json!(stage.post.uri))).await;
    }
    stage.node.idle().await;
    assert_eq!(stage.server.connections(), 0);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b37_the_deletion_of_somebody_unknown_costs_nothing() {
    let stage = Stage::of("mastodon").await;
    stage.deliver("delete_actor").await;
    stage.deliver("delete_note").await;
    stage.deliver("update_actor").await;
    stage.node.idle().await;
    assert_eq!(stage.server.connections(), 0, "no request is made for it");
    assert!(stage.node.known(stage.server.document("actor")["id"].as_str().unwrap()).await.is_none());
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b37_somebody_known_is_purged_though_the_key_is_gone_already() {
    let stage = Stage::of("mastodon").await;
    let marta = stage.server.document("actor");
    stage.alice_follows(&marta).await;
    stage.deliver("create_note").await;
    stage.node.idle().await;
    stage.server.answers(Some(Reply::Status(410)));
    stage.deliver("delete_actor").await;
    stage.node.idle().await;
    assert!(stage.stored(&stage.server.document("create_note")["object"]).await.is_none());
    assert_eq!(stage.alice().account().await.following_count, 0);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s33_what_one_may_not_see_answers_as_what_is_not_there() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    let key = bob["publicKey"]["id"].as_str().unwrap();
    let missing = Letter::get(&stage.node, "/users/alice/posts/1").send(&stage.node).await;
    assert_eq!(missing.status, 404);
    for audience in [Audience::Followers, Audience::Direct, Audience::Organisation, Audience::Draft] {
        let post = stage.alice().says_to(audience, "Not for everybody").await;
        let target = post.uri.strip_prefix(&stage.node.origin).unwrap();
        for end in ["", "/activity", "/replies", "/likes"] {
            let target = format!("{target}{end}");
            let plain = Letter::get(&stage.node, &target).send(&stage.node).await;
            let signed = Letter::get(&stage.node, &target).signed(key, Style::MASTODON).send(&stage.node).await;
            for answer in [plain, signed] {
                assert_eq!((answer.status, &answer.body), (404, &missing.body), "{audience:?}{end}");
            }
        }
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s31_no_list_shows_a_stranger_what_is_private() {
    let stage = Stage::empty().await;
    let alice = stage.alice();
    let open = alice.says("For everybody").await;
    for audience in [Audience::Followers, Audience::Direct, Audience::Inside, Audience::Organisation, Audience::Draft] {
        alice.says_to(audience, "Secret").await;
        let draft = Draft {
            text: "Secret".to_owned(),
            audience: Some(audience),
            in_reply_to_id: Some(open.id),
            ..Draft::default()
        };
        alice.posts(draft).await;
    }
    let post = open.uri.strip_prefix(&stage.node.origin).unwrap();
    let context = open.context.strip_prefix(&stage.node.origin).unwrap();
    let api = format!("/api/v1/accounts/{}/statuses", alice.id);
    let mut seen = 0;
    for target in [
        "/users/alice",
        "/users/alice/outbox",
        "/users/alice/outbox?page=true",
        "/users/alice/collections/featured",
        post,
        &format!("{post}/replies"),
        &format!("{post}/replies?page=true"),
        context,
        &format!("{context}?page=true"),
        "/@alice",
        &format!("/@alice/{}", open.id),
        "/",
        "/api/v1/timelines/public",
        &api,
        &format!("/api/v1/statuses/{}/context", open.id),
    ] {
        for accept in ["application/activity+json", "text/html"] {
            let answer = Letter::get(&stage.node, target).with("accept", accept).send(&stage.node).await;
            assert!(!answer.body.contains("Secret"), "{target} as {accept}: {}", answer.body);
            seen += usize::from(answer.body.contains("For everybody"));
            let document = serde_json::from_str::<Value>(&answer.body).unwrap_or_default();
            let count = document["totalItems"].as_i64();
            // Those for followers are in the number that a profile shows, as everywhere.
            assert!(count.is_none_or(|n| n <= 4), "{target} counts {count:?}");
        }
    }
    assert!(seen >= 6, "what is for everybody is in {seen} of them");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b40_who_signs_in_the_authorization_header_reads_as_well() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    stage.follows_alice(&bob).await;
    let post = stage.alice().says_to(Audience::Followers, "For followers").await;
    let target = post.uri.strip_prefix(&stage.node.origin).unwrap();
    let key = bob["publicKey"]["id"].as_str().unwrap();
    let letter = Letter::get(&stage.node, target).signed(key, Style::MASTODON);
    let authorization = format!("Signature {}", letter.header("signature"));
    let answer = letter.without("signature").with("authorization", &authorization).send(&stage.node).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s30_followers_and_those_named_read_what_is_for_them_and_nobody_keeps_it_for_others() {
    let stage = Stage::empty().await;
    let (bob, carol) = (stage.server.person("bob"), stage.server.person("carol"));
    stage.follows_alice(&bob).await;
    let followers = stage.alice().says_to(Audience::Followers, "For followers").await;
    let direct = stage.alice().says_to(Audience::Direct, &format!("For @carol@{}", stage.server.host())).await;
    for (post, reader, status) in
        [(&followers, &bob, 200), (&followers, &carol, 404), (&direct, &bob, 404), (&direct, &carol, 200)]
    {
        let target = post.uri.strip_prefix(&stage.node.origin).unwrap();
        let key = reader["publicKey"]["id"].as_str().unwrap();
        let answer = Letter::get(&stage.node, target).signed(key, Style::MASTODON).send(&stage.node).await;
        assert_eq!(answer.status, status, "{target} for {key}");
        if status == 200 {
            assert!(
                answer.header("vary").contains("Signature") && answer.header("cache-control").contains("private"),
                "{answer:?}"
            );
        }
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s39_an_upload_is_never_a_document_or_a_page() {
    let node = TestNode::start(Engine::Sqlite).await;
    let forged = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": format!("{}/media/a.json", node.origin), "type": "Person"});
    let endings = ["json", "html", "svg", "xml", "xhtml", "js", "txt", "jpg", "png", "mp4", "ogg"];
    let mut served = 0;
    for ending in endings {
        node.node().files.put(&format!("a.{ending}"), Bytes::from(forged.to_string())).await.unwrap();
        let answer = Letter::get(&node, &format!("/media/a.{ending}")).send(&node).await;
        if answer.status == 200 {
            let kind = answer.header("content-type");
            assert!(["image/", "video/", "audio/"].iter().any(|k| kind.starts_with(k)), "{ending}: {kind}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert!(answer.header("content-security-policy").contains("sandbox"));
            served += 1;
        } else {
            assert_eq!(answer.status, 404, "{ending}");
        }
    }
    assert_eq!(served, 4);
    node.running.stop().await;
}
