//! Hashtags and direct messages between servers, as those see them who follow a hashtag or talk in private.

use model::page::Page;
use node::tag;
use serde_json::{Value, json};
use suite::fediverse::Stage;
use suite::node::{TestNode, eventually};
use suite::on_both;

#[tokio::test(flavor = "multi_thread")]
async fn followers_hear_of_the_hashtags_on_a_profile_as_from_mastodon() {
    let stage = Stage::empty().await;
    stage.follows_alice(&stage.server.person("bob")).await;
    stage.node.idle().await;
    stage.server.forget();
    let (node, alice) = (stage.node.node(), stage.alice().account().await);
    let mut tx = node.store.begin().await.unwrap();
    tag::feature(node, &mut tx, &alice, "WorkOutLoud").await.unwrap();
    tag::unfeature(node, &mut tx, &alice, "workoutloud").await.unwrap();
    tag::unfeature(node, &mut tx, &alice, "workoutloud").await.unwrap();
    node.commit(tx).await.unwrap();
    stage.node.idle().await;
    let told: Vec<Value> = stage.server.posts().into_iter().map(|(_, a)| a).collect();
    assert_eq!(told.iter().map(|a| a["type"].as_str().unwrap()).collect::<Vec<_>>(), ["Add", "Remove"]);
    let href = node.config.tag_url("workoutloud");
    for activity in told {
        assert_eq!(activity["object"], json!({"type": "Hashtag", "href": href, "name": "#WorkOutLoud"}));
        assert_eq!((&activity["actor"], &activity["target"]), (&json!(alice.uri), &json!(alice.featured)));
    }
    stage.end().await;
}

on_both! {
    async fn what_others_post_with_a_followed_hashtag_comes_home_and_what_they_say_in_private_is_a_conversation(db: Db) {
        let (a, b) = (TestNode::start(db.engine).await, TestNode::start(db.engine).await);
        let (alice, bob, cara) = (a.member("alice").await, b.member("bob").await, b.member("cara").await);
        bob.follows(&alice.handle().await).await;
        eventually("she has a follower", || async { (alice.account().await.followers_count == 1).then_some(()) }).await;
        let node = b.node();
        let mut tx = node.store.begin().await.unwrap();
        tag::follow(node, &mut tx, &cara.account().await, "WorkOutLoud").await.unwrap();
        node.commit(tx).await.unwrap();
        alice.says("Nothing").await;
        let post = alice.says("Trying a walk-in clinic #WorkOutLoud").await;
        eventually("it came", || async { b.post_by_uri(&post.uri).await }).await;
        let home = eventually("it is in Cara's home", || async { Some(cara.home().await).filter(|home| !home.is_empty()) }).await;
        assert_eq!(home.iter().map(|p| &p.uri).collect::<Vec<_>>(), [&post.uri]);

        let text = format!("{} psst", bob.handle().await);
        let said = alice.says_to(model::audience::Audience::Direct, &text).await;
        let there = eventually("it is there", || async { b.post_by_uri(&said.uri).await }).await;
        for (on, who, unread) in [(&a, alice.id, false), (&b, bob.id, true)] {
            let mut tx = on.node().store.read().await.unwrap();
            let [one] = tx.conversations(who, &Page::first(9)).await.unwrap().try_into().unwrap();
            assert_eq!(one.unread, unread);
            assert_eq!(one.last_post_id, if unread { there.id } else { said.id });
        }
        let mut tx = a.node().store.begin().await.unwrap();
        node::publish::delete(a.node(), &mut tx, &alice.account().await, said.id).await.unwrap();
        a.node().commit(tx).await.unwrap();
        eventually("it is gone", || async {
            b.node().store.read().await.unwrap().conversations(bob.id, &Page::first(9)).await.unwrap().is_empty().then_some(())
        })
        .await;
        a.running.stop().await;
        b.running.stop().await;
    }
}
