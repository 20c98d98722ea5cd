//! Two of our nodes with each other, in one process, over TLS.

use model::audience::Audience;
use node::{publish, react};
use suite::db::Db;
use suite::node::{TestNode, eventually};
use suite::on_both;

async fn two(db: &Db) -> (TestNode, TestNode) {
    (TestNode::start(db.engine).await, TestNode::start(db.engine).await)
}

on_both! {
    async fn a_follow_brings_posts_replies_boosts_and_favourites(db: Db) {
        let (a, b) = two(&db).await;
        let (alice, bob) = (a.member("alice").await, b.member("bob").await);
        bob.follows(&alice.handle().await).await;
        assert_eq!(alice.notifications().await, [("follow", "bob".to_owned())]);
        assert_eq!(alice.account().await.followers_count, 1);

        let post = alice.says("Trying a walk-in clinic #WorkOutLoud").await;
        let there = eventually("the post is in Bob's home", || async { bob.home().await.into_iter().find(|p| p.uri == post.uri) }).await;
        assert_eq!(there.audience, Audience::Public);
        assert!(there.content.contains("walk-in clinic"));

        let reply = bob.replies(&there, "How many came?").await;
        let back = eventually("the reply is on Alice's node", || async { a.post_by_uri(&reply.uri).await }).await;
        assert_eq!(back.in_reply_to_id, Some(post.id));
        assert!(alice.notifications().await.contains(&("mention", "bob".to_owned())));

        let node = b.node();
        let who = bob.account().await;
        let mut tx = node.store.begin().await.unwrap();
        react::favourite(node, &mut tx, &who, &there, None).await.unwrap();
        react::boost(node, &mut tx, &who, &there, None).await.unwrap();
        node.commit(tx).await.unwrap();
        eventually("the favourite and the boost are counted", || async {
            a.post_by_uri(&post.uri).await.filter(|p| p.favourites_count == 1 && p.boosts_count == 1)
        })
        .await;

        let mut tx = node.store.begin().await.unwrap();
        react::unfavourite(node, &mut tx, &who, &there).await.unwrap();
        react::unboost(node, &mut tx, &who, &there).await.unwrap();
        node.commit(tx).await.unwrap();
        eventually("both are taken back", || async {
            a.post_by_uri(&post.uri).await.filter(|p| p.favourites_count == 0 && p.boosts_count == 0)
        })
        .await;
        a.idle().await;
        b.idle().await;
        a.running.stop().await;
        b.running.stop().await;
    }

    async fn an_edit_reaches_followers_and_a_deletion_removes_the_post(db: Db) {
        let (a, b) = two(&db).await;
        let (alice, bob) = (a.member("alice").await, b.member("bob").await);
        bob.follows(&alice.handle().await).await;
        let post = alice.says("First words").await;
        eventually("it arrives", || async { b.post_by_uri(&post.uri).await }).await;

        let node = a.node();
        let who = alice.account().await;
        let mut tx = node.store.begin().await.unwrap();
        let revision = model::post::Revision { text: "Second thoughts".to_owned(), ..Default::default() };
        publish::edit(node, &mut tx, &who, post.id, &revision).await.unwrap();
        node.commit(tx).await.unwrap();
        let edited = eventually("the edit arrives", || async { b.post_by_uri(&post.uri).await.filter(|p| p.edited_at.is_some()) }).await;
        assert!(edited.content.contains("Second thoughts"));
        let history = b.node().store.read().await.unwrap().edits(edited.id).await.unwrap();
        assert!(history[0].content.contains("First words"));

        let mut tx = node.store.begin().await.unwrap();
        publish::delete(node, &mut tx, &who, post.id).await.unwrap();
        node.commit(tx).await.unwrap();
        eventually("it is gone", || async { b.post_by_uri(&post.uri).await.is_none().then_some(()) }).await;
        a.running.stop().await;
        b.running.stop().await;
    }

    async fn posts_inside_the_organisation_never_leave_the_node(db: Db) {
        let (a, b) = two(&db).await;
        let (alice, bob) = (a.member("alice").await, b.member("bob").await);
        bob.follows(&alice.handle().await).await;
        let inside = alice.says_to(Audience::Organisation, &format!("Between us, {}", bob.handle().await)).await;
        let outside = alice.says("For everybody").await;
        eventually("the open one arrives", || async { b.post_by_uri(&outside.uri).await }).await;
        a.idle().await;
        assert!(b.post_by_uri(&inside.uri).await.is_none());
        a.running.stop().await;
        b.running.stop().await;
    }
}
