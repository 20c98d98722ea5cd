//! Boosts, favourites and replies, in both directions.

use model::audience::Audience;
use model::post::Draft;
use node::react;
use serde_json::{Value, json};
use suite::fediverse::{Server, Stage};
use suite::node::eventually;

use super::posts::PUBLIC;

async fn kinds(stage: &Stage) -> Vec<&'static str> {
    stage.alice().notifications().await.into_iter().map(|(kind, _)| kind).collect()
}

/// Alice follows bob, whose note is in her home.
async fn bobs_note(stage: &Stage, more: Value) -> (Value, Value) {
    let bob = stage.server.person("bob");
    stage.alice_follows(&bob).await;
    let note = stage.server.note(&bob, "/notes/1", "News", more);
    stage.takes(&stage.server.activity("Create", &bob, note.clone())).await;
    assert!(stage.stored(&note).await.is_some());
    (bob, note)
}

#[tokio::test(flavor = "multi_thread")]
async fn b20_a_boost_counts_once_and_is_undone_by_its_id() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    let announce = stage.server.activity("Announce", &bob, json!(stage.post.uri));
    stage.takes(&announce).await;
    stage.takes(&announce).await;
    stage.takes(&stage.server.activity("Announce", &bob, json!(stage.post.uri))).await;
    assert_eq!((stage.post_now().await.boosts_count, kinds(&stage).await), (1, vec!["reblog"]));
    stage.takes(&stage.server.activity("Undo", &bob, announce["id"].clone())).await;
    assert_eq!((stage.post_now().await.boosts_count, kinds(&stage).await), (0, vec![]));
    let eve = stage.server.person("eve");
    let again = stage.server.activity("Announce", &bob, json!(stage.post.uri));
    stage.takes(&again).await;
    stage.takes(&stage.server.activity("Undo", &eve, again["id"].clone())).await;
    assert_eq!(stage.post_now().await.boosts_count, 1, "nobody undoes what somebody else did");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b20_an_undo_that_overtakes_its_boost_wins() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    let announce = stage.server.activity("Announce", &bob, json!(stage.post.uri));
    stage.takes(&stage.server.activity("Undo", &bob, announce.clone())).await;
    stage.takes(&announce).await;
    assert_eq!(stage.post_now().await.boosts_count, 0);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b21_our_boost_names_the_author_and_is_undone_by_its_id() {
    let stage = Stage::empty().await;
    let (bob, note) = bobs_note(&stage, json!({})).await;
    let (node, alice, there) = (stage.node.node(), stage.alice().account().await, stage.stored(&note).await.unwrap());
    let mut tx = node.store.begin().await.unwrap();
    react::boost(node, &mut tx, &alice, &there, None).await.unwrap();
    node.commit(tx).await.unwrap();
    let announce = stage.server.receives("Announce").await;
    assert_eq!((&announce["object"], &announce["to"]), (&note["id"], &json!([PUBLIC])));
    assert!(announce["cc"].as_array().unwrap().contains(&bob["id"]));
    let mut tx = node.store.begin().await.unwrap();
    react::unboost(node, &mut tx, &alice, &there).await.unwrap();
    node.commit(tx).await.unwrap();
    let undo = stage.server.receives("Undo").await;
    assert_eq!((&undo["object"]["type"], &undo["object"]["id"]), (&json!("Announce"), &announce["id"]));
    assert_eq!((&undo["to"], &undo["object"]["to"]), (&announce["to"], &announce["to"]));
    stage.server.forget();
    stage.follows_alice(&bob).await;
    let own = stage.alice().says_to(Audience::Followers, "For followers").await;
    let mut tx = node.store.begin().await.unwrap();
    react::boost(node, &mut tx, &alice, &own, None).await.unwrap();
    react::unboost(node, &mut tx, &alice, &own).await.unwrap();
    node.commit(tx).await.unwrap();
    let undo = stage.server.receives("Undo").await;
    assert_eq!(
        (&undo["to"], &undo["object"]["to"]),
        (&json!([alice.followers]), &json!([alice.followers])),
        "nor is the end"
    );
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b22_what_was_written_for_followers_is_boosted_by_nobody_else() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    stage.follows_alice(&bob).await;
    for audience in [Audience::Followers, Audience::Direct] {
        let post = stage.alice().says_to(audience, &format!("Not further, @bob@{}", stage.server.host())).await;
        stage.takes(&stage.server.activity("Announce", &bob, json!(post.uri))).await;
        assert_eq!(stage.node.post_by_uri(&post.uri).await.unwrap().boosts_count, 0, "{audience:?}");
    }
    let eve = stage.server.person("eve");
    let followers = format!("{}/followers", bob["id"].as_str().unwrap());
    stage.alice_follows(&bob).await;
    let note = stage.server.note(&bob, "/notes/9", "For followers", json!({"to": [followers], "cc": []}));
    stage.takes(&stage.server.activity("Create", &bob, note.clone())).await;
    stage.takes(&stage.server.activity("Announce", &eve, note["id"].clone())).await;
    let there = stage.stored(&note).await.unwrap();
    assert_eq!((there.audience, there.boosts_count), (Audience::Followers, 0));
    let (node, alice) = (stage.node.node(), stage.alice().account().await);
    let mut tx = node.store.begin().await.unwrap();
    assert!(react::boost(node, &mut tx, &alice, &there, None).await.is_err(), "nor by us");
    drop(tx);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b23_likes_and_reactions_of_all_kinds_are_favourites_undone_by_target() {
    let stage = Stage::empty().await;
    let uri = stage.post.uri.clone();
    for (n, kind) in ["Like", "EmojiReact", "Like"].into_iter().enumerate() {
        let who = stage.server.person(&format!("person{n}"));
        let mut like = stage.server.activity(kind, &who, json!(uri));
        assert!(like.get("to").is_none());
        if n > 0 {
            like["content"] = json!("🔥");
            like["_misskey_reaction"] = json!("🔥");
        }
        stage.takes(&like).await;
        assert_eq!(stage.post_now().await.favourites_count, 1, "{like:#}");
        let mut undone = like.clone();
        if kind == "Like" {
            undone["id"] = json!(stage.server.url("/never-heard-of"));
        }
        stage.takes(&stage.server.activity("Undo", &who, undone)).await;
        assert_eq!(stage.post_now().await.favourites_count, 0, "{like:#}");
    }
    assert_eq!(kinds(&stage).await, Vec::<&str>::new());
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b23_a_reaction_taken_back_leaves_the_like_beside_it() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    stage.takes(&stage.server.activity("Like", &bob, json!(stage.post.uri))).await;
    let react = stage.server.activity("EmojiReact", &bob, json!(stage.post.uri));
    stage.takes(&react).await;
    stage.takes(&stage.server.activity("Undo", &bob, react)).await;
    assert_eq!(stage.post_now().await.favourites_count, 1);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b24_our_favourite_goes_to_the_author_and_is_taken_back() {
    let stage = Stage::empty().await;
    let (_, note) = bobs_note(&stage, json!({})).await;
    let other = Server::start("other").await;
    stage.follows_alice(&stage.server.person("carol")).await;
    let (node, alice, there) = (stage.node.node(), stage.alice().account().await, stage.stored(&note).await.unwrap());
    let mut tx = node.store.begin().await.unwrap();
    react::favourite(node, &mut tx, &alice, &there, None).await.unwrap();
    node.commit(tx).await.unwrap();
    let like = stage.server.receives("Like").await;
    assert_eq!((&like["object"], &like["actor"]), (&note["id"], &json!(alice.uri)));
    let mut tx = node.store.begin().await.unwrap();
    react::unfavourite(node, &mut tx, &alice, &there).await.unwrap();
    node.commit(tx).await.unwrap();
    let undo = stage.server.receives("Undo").await;
    assert_eq!(
        (&undo["object"]["type"], &undo["object"]["id"], &undo["object"]["object"]),
        (&json!("Like"), &like["id"], &note["id"])
    );
    assert_eq!(other.connections(), 0);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b25_a_reply_joins_its_thread_and_is_announced_to_those_it_names() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    let alice = stage.alice().uri().await;
    let mention = json!([{"type": "Mention", "href": alice, "name": "@alice"}]);
    let reply = stage.server.note(
        &bob,
        "/notes/1",
        "Well said",
        json!({"inReplyTo": stage.post.uri, "tag": mention, "cc": [alice]}),
    );
    stage.takes(&stage.server.activity("Create", &bob, reply.clone())).await;
    let kept = stage.stored(&reply).await.unwrap();
    assert_eq!((kept.in_reply_to_id, kept.root_id), (Some(stage.post.id), stage.post.root_id));
    assert_eq!(kinds(&stage).await, ["mention"]);
    assert_eq!(stage.post_now().await.replies_count, 1);
    let unnamed = stage.server.note(&bob, "/notes/2", "And", json!({"inReplyTo": stage.post.uri}));
    stage.takes(&stage.server.activity("Create", &bob, unnamed.clone())).await;
    assert!(stage.stored(&unnamed).await.is_some());
    assert_eq!(kinds(&stage).await, ["mention"], "no Mention tag, no notification");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b25_what_a_reply_answers_is_fetched_up_to_its_root() {
    let stage = Stage::empty().await;
    let other = Server::start("other").await;
    let (bob, carol) = (stage.server.person("bob"), other.person("carol"));
    stage.alice_follows(&bob).await;
    let root = other.note(&carol, "/notes/1", "Root", json!({}));
    let middle = other.note(&carol, "/notes/2", "Middle", json!({"inReplyTo": root["id"]}));
    other.publish(&root);
    other.publish(&middle);
    let reply = stage.server.note(&bob, "/notes/3", "Reply", json!({"inReplyTo": middle["id"]}));
    stage.takes(&stage.server.activity("Create", &bob, reply.clone())).await;
    let root = eventually("the root is fetched", || async { stage.stored(&root).await }).await;
    stage.node.idle().await;
    let (middle, reply) = (stage.stored(&middle).await.unwrap(), stage.stored(&reply).await.unwrap());
    assert_eq!((middle.in_reply_to_id, reply.in_reply_to_id), (Some(root.id), Some(middle.id)));
    assert_eq!((root.replies_count, middle.replies_count), (1, 1));
    assert!(stage.alice().home().await.iter().all(|p| p.uri != root.uri), "what was fetched is in nobody's home");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b26_our_reply_names_its_author_and_continues_the_conversation() {
    let stage = Stage::empty().await;
    let context = stage.server.url("/contexts/1");
    let (bob, note) = bobs_note(&stage, json!({"context": context, "conversation": "tag:elsewhere,1"})).await;
    let answer = stage.alice().replies(&stage.stored(&note).await.unwrap(), "Tell us more").await;
    let create = stage.server.receives("Create").await;
    let ours = &create["object"];
    assert_eq!((&ours["id"], &ours["inReplyTo"]), (&json!(answer.uri), &note["id"]));
    assert!(ours["cc"].as_array().unwrap().contains(&bob["id"]), "{ours:#}");
    let tags = ours["tag"].as_array().unwrap();
    assert!(tags.iter().any(|t| t["type"] == "Mention" && t["href"] == bob["id"]), "{ours:#}");
    assert_eq!(ours["context"], json!(context));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b26_a_reply_to_a_member_reaches_that_members_followers() {
    let stage = Stage::empty().await;
    stage.follows_alice(&stage.server.person("bob")).await;
    let dora = stage.node.member("dora").await;
    let answer = dora.replies(&stage.post, "Indeed").await;
    let create = stage.server.receives("Create").await;
    assert_eq!(
        create["object"]["id"],
        json!(answer.uri),
        "alice's follower hears of it, though nobody there follows dora"
    );
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b27_a_reply_for_followers_goes_to_no_shared_inbox_of_a_server_without_one() {
    let stage = Stage::empty().await;
    let (_, note) = bobs_note(&stage, json!({})).await;
    let other = Server::start("other").await;
    let carol = other.person("carol");
    let follow = other.activity("Follow", &carol, json!(stage.alice().uri().await));
    stage.takes(&follow).await;
    stage.node.idle().await;
    stage.server.forget();
    other.forget();
    let draft = Draft {
        text: "Among us".to_owned(),
        audience: Some(Audience::Followers),
        in_reply_to_id: Some(stage.stored(&note).await.unwrap().id),
        ..Draft::default()
    };
    stage.alice().posts(draft).await;
    stage.node.idle().await;
    let inboxes: Vec<String> = stage.server.posts().into_iter().map(|(inbox, _)| inbox).collect();
    assert_eq!(inboxes, ["/users/bob/inbox"], "bob is answered, in his own inbox");
    let inboxes: Vec<String> = other.posts().into_iter().map(|(inbox, _)| inbox).collect();
    assert_eq!(inboxes, ["/inbox"], "carol follows, so her server has it once");
    stage.end().await;
}
