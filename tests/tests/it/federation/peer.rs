//! With an independent implementation (Fedify), which verifies with its own code.

use model::audience::Audience;
use node::{publish, react};
use serde_json::json;
use suite::db::Engine;
use suite::node::{TestNode, eventually};
use suite::peer::Peer;

#[tokio::test(flavor = "multi_thread")]
async fn the_peer_finds_follows_and_reads_us() {
    if !Peer::is_there() {
        return;
    }
    let (node, peer) = (TestNode::start(Engine::Sqlite).await, Peer::start().await);
    let alice = node.member("alice").await;
    let found = peer.does("lookup", json!({"handle": alice.handle().await})).await;
    assert_eq!(found["found"], json!(true), "{found:#}");
    assert_eq!(found["object"]["id"], json!(alice.uri().await), "{found:#}");

    peer.does("follow", json!({"actor": alice.uri().await})).await;
    peer.received("Accept", &alice.uri().await).await;
    assert_eq!(alice.notifications().await, [("follow", "bob".to_owned())]);

    let post = alice.says("We believe that if we phone first… #WorkOutLoud").await;
    let create = peer.received("Create", &post.uri).await;
    let note = &create["activity"]["object"];
    assert_eq!(note["type"], json!("Note"), "{create:#}");
    assert!(note["content"].as_str().unwrap().contains("phone first"));
    let (alice_account, id) = (alice.account().await, post.id);
    let mut tx = node.node().store.begin().await.unwrap();
    let revision = model::post::Revision { text: "We believed it".to_owned(), ..Default::default() };
    publish::edit(node.node(), &mut tx, &alice_account, id, &revision).await.unwrap();
    node.node().commit(tx).await.unwrap();
    let update = peer.received("Update", &post.uri).await;
    assert!(update["activity"]["object"]["updated"].is_string(), "{update:#}");
    let mut tx = node.node().store.begin().await.unwrap();
    publish::delete(node.node(), &mut tx, &alice_account, id).await.unwrap();
    node.node().commit(tx).await.unwrap();
    peer.received("Delete", &post.uri).await;
    assert_eq!(
        peer.get("refused").await["refused"].as_array().map(Vec::len),
        Some(0),
        "no signature of ours was refused"
    );
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_peer_replies_likes_boosts_edits_and_deletes() {
    if !Peer::is_there() {
        return;
    }
    let (node, peer) = (TestNode::start(Engine::Sqlite).await, Peer::start().await);
    let alice = node.member("alice").await;
    alice.follows(&format!("@bob@{}", peer.host())).await;
    peer.does("follow", json!({"actor": alice.uri().await})).await;
    peer.received("Accept", &alice.uri().await).await;
    let post = alice.says("Who has tried this?").await;
    peer.received("Create", &post.uri).await;

    let reply = peer
        .does("note", json!({"content": "<p>We have</p>", "to": "public", "inReplyTo": post.uri, "mentions": [alice.uri().await]}))
        .await;
    let reply = reply["id"].as_str().unwrap().to_owned();
    let stored = node.post_by_uri(&reply).await.expect("the answer is here when its delivery is answered");
    assert_eq!(stored.in_reply_to_id, Some(post.id));
    assert_eq!(stored.audience, Audience::Public);
    assert!(alice.home().await.iter().any(|p| p.uri == reply));

    peer.does("like", json!({"object": post.uri})).await;
    peer.does("announce", json!({"object": post.uri})).await;
    let counted = node.post_by_uri(&post.uri).await.unwrap();
    assert_eq!((counted.favourites_count, counted.boosts_count, counted.replies_count), (1, 1, 1));
    let kinds: Vec<&str> = alice.notifications().await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["reblog", "favourite", "mention", "follow"]);

    peer.does("unlike", json!({"object": post.uri})).await;
    peer.does("unannounce", json!({"object": post.uri})).await;
    let counted = node.post_by_uri(&post.uri).await.unwrap();
    assert_eq!((counted.favourites_count, counted.boosts_count), (0, 0));

    peer.does("edit", json!({"note": reply, "content": "<p>We have, twice</p>"})).await;
    let edited = node.post_by_uri(&reply).await.unwrap();
    assert!(edited.content.contains("twice") && edited.edited_at.is_some());
    peer.does("delete", json!({"note": reply})).await;
    assert!(node.post_by_uri(&reply).await.is_none());
    let counted = node.post_by_uri(&post.uri).await.unwrap();
    assert_eq!(counted.replies_count, 0);

    peer.does("unfollow", json!({"actor": alice.uri().await})).await;
    assert_eq!(alice.account().await.followers_count, 0);
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn we_follow_like_boost_and_answer_the_peer() {
    if !Peer::is_there() {
        return;
    }
    let (node, peer) = (TestNode::start(Engine::Sqlite).await, Peer::start().await);
    let alice = node.member("alice").await;
    alice.follows(&format!("@bob@{}", peer.host())).await;
    peer.received("Follow", &peer.actor("bob")).await;
    let note = peer.does("note", json!({"content": "<p>News</p>", "to": "public"})).await;
    let uri = note["id"].as_str().unwrap().to_owned();
    let there = alice.home().await.into_iter().find(|p| p.uri == uri).expect("the note is in Alice's home");

    let who = alice.account().await;
    let ours = node.node();
    let mut tx = ours.store.begin().await.unwrap();
    react::favourite(ours, &mut tx, &who, &there, None).await.unwrap();
    react::boost(ours, &mut tx, &who, &there, None).await.unwrap();
    ours.commit(tx).await.unwrap();
    peer.received("Like", &uri).await;
    peer.received("Announce", &uri).await;
    let answer = alice.replies(&there, "Good news!").await;
    let create = peer.received("Create", &answer.uri).await;
    assert_eq!(create["activity"]["object"]["inReplyTo"], json!(uri), "{create:#}");

    let mut tx = ours.store.begin().await.unwrap();
    react::unfavourite(ours, &mut tx, &who, &there).await.unwrap();
    react::unboost(ours, &mut tx, &who, &there).await.unwrap();
    let bob = tx.account_by_uri(&peer.actor("bob")).await.unwrap().unwrap();
    node::follow::unfollow(ours, &mut tx, &who, &bob).await.unwrap();
    ours.commit(tx).await.unwrap();
    peer.received("Undo", &uri).await;
    peer.received("Undo", &peer.actor("bob")).await;
    eventually("bob has no follower", || async {
        let followers = peer.get("followers").await;
        let list = followers.as_array().or_else(|| followers["followers"].as_array()).cloned().unwrap_or_default();
        list.is_empty().then_some(())
    })
    .await;
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_peer_understands_our_emoji_our_moves_and_our_end() {
    if !Peer::is_there() {
        return;
    }
    let (node, peer) = (TestNode::start(Engine::Sqlite).await, Peer::start().await);
    let (alice, anna) = (node.member("alice").await, node.member("anna").await);
    let (uri, target) = (alice.uri().await, anna.uri().await);
    peer.does("follow", json!({"actor": uri})).await;
    peer.received("Accept", &uri).await;
    let react = json!({
        "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{}/reactions/1", peer.origin), "type": "EmojiReact",
        "actor": peer.actor("bob"), "object": alice.says("Tea?").await.uri, "content": "🍵",
    });
    let sent = peer.does("raw", json!({"inbox": format!("{}/inbox", node.origin), "activity": react})).await;
    assert_eq!(sent["status"], json!(202), "{sent:#}");
    let post = node.post_by_uri(react["object"].as_str().unwrap()).await.unwrap();
    let ours = node.node();
    let counts = ours.store.read().await.unwrap().reaction_counts(post.id).await.unwrap();
    assert_eq!((post.favourites_count, counts), (1, vec![("🍵".to_owned(), 1)]));

    let mut tx = ours.store.begin().await.unwrap();
    node::moving::add_alias(ours, &mut tx, &anna.account().await, &alice.account().await).await.unwrap();
    let (old, new) = (alice.account().await, tx.account(anna.id).await.unwrap().unwrap());
    node::moving::move_away(ours, &mut tx, &old, &new).await.unwrap();
    ours.commit(tx).await.unwrap();
    let moved = peer.received("Move", &uri).await;
    assert_eq!(moved["activity"]["target"], json!(target), "{moved:#}");
    let read = peer.does("lookup", json!({"url": target})).await;
    assert_eq!(read["object"]["alsoKnownAs"], json!([uri]), "{read:#}");

    let mut tx = ours.store.begin().await.unwrap();
    node::accounts::delete_member(ours, &mut tx, "test", &alice.account().await).await.unwrap();
    ours.commit(tx).await.unwrap();
    peer.received("Delete", &uri).await;
    let refused = peer.get("refused").await;
    assert_eq!(refused["refused"].as_array().map(Vec::len), Some(0), "{refused:#}");
    node.running.stop().await;
}
