//! Three of our nodes that are each other's peers: a post goes from its home to the others, and no further.

use model::audience::Viewer;
use model::page::Page;
use model::post::{Post, Revision};
use node::{carry, peers, publish, tag};
use storage::{Peer, PublicFilter};
use suite::node::{Options, Person, TestNode, eventually};
use suite::on_both;

/// Two of them: each is named a peer by the owner of the other.
async fn named_peer(node: &TestNode, other: &TestNode) {
    let peer = Peer {
        host: other.host().to_owned(),
        origin: other.origin.clone(),
        handles: peers::OURS.to_owned(),
        origin_only: true,
        discovered: false,
        ignored: false,
        created_at: node.node().now(),
    };
    let mut tx = node.node().store.begin().await.unwrap();
    peers::add(node.node(), &mut tx, "owner", &peer).await.unwrap();
    node.node().commit(tx).await.unwrap();
}

async fn follows(who: Person<'_>, name: &str) {
    let node = who.on.node();
    let mut tx = node.store.begin().await.unwrap();
    tag::follow(node, &mut tx, &who.account().await, name).await.unwrap();
    node.commit(tx).await.unwrap();
}

async fn edits(who: Person<'_>, post: &Post, text: &str) {
    let node = who.on.node();
    let mut tx = node.store.begin().await.unwrap();
    let revision = Revision { text: text.to_owned(), ..Revision::default() };
    publish::edit(node, &mut tx, &who.account().await, post.id, &revision).await.unwrap();
    node.commit(tx).await.unwrap();
}

/// What everybody finds under the hashtag on a node.
async fn under(node: &TestNode, name: &str) -> Vec<Post> {
    let mut tx = node.node().store.read().await.unwrap();
    let Some(tag) = tx.tag(name).await.unwrap() else { return Vec::new() };
    tx.tagged(tag.id, PublicFilter::default(), Viewer::Anyone, &Page::first(40)).await.unwrap()
}

/// How much the actor of the hashtag on a node carries.
async fn carried(node: &TestNode, name: &str) -> usize {
    let uri = node.node().config.tag_actor_uri(name);
    let Some(actor) = node.known(&uri).await else { return 0 };
    node.node().store.read().await.unwrap().carried_by(actor.id, 40).await.unwrap().len()
}

async fn all_idle(nodes: &[&TestNode]) {
    // What one sends makes work for the others.
    for _ in 0..3 {
        for node in nodes {
            node.idle().await;
        }
    }
}

on_both! {
    async fn b45_a_post_goes_round_no_ring(db: Db) {
        let a = TestNode::start_with(db.engine, Options { name: Some("anglesey"), ..Options::default() }).await;
        let b = TestNode::start_with(db.engine, Options { name: Some("bangor"), ..Options::default() }).await;
        let c = TestNode::start_with(db.engine, Options { name: Some("cardiff"), ..Options::default() }).await;
        let nodes = [&a, &b, &c];
        for (node, other) in [(&a, &b), (&a, &c), (&b, &a), (&b, &c), (&c, &a), (&c, &b)] {
            named_peer(node, other).await;
        }
        let (alice, bea, cai) = (a.member("alice").await, b.member("bea").await, c.member("cai").await);
        for who in [alice, bea, cai] {
            follows(who, "TrueWales").await;
        }
        for node in nodes {
            eventually("each follows the others' hashtag", || async {
                let uri = node.node().config.tag_actor_uri("truewales");
                node.known(&uri).await.filter(|a| a.followers_count == 2).map(drop)
            })
            .await;
        }
        all_idle(&nodes).await;

        let post = alice.says("We phone before the letter #TrueWales").await;
        all_idle(&nodes).await;
        for (node, reader) in [(&b, bea), (&c, cai)] {
            let found = under(node, "truewales").await;
            assert_eq!(found.iter().map(|p| &p.uri).collect::<Vec<_>>(), [&post.uri], "stored once on {}", node.host());
            assert_eq!(reader.home().await.iter().map(|p| &p.uri).collect::<Vec<_>>(), [&post.uri], "and once in the home");
            assert!(reader.notifications().await.is_empty());
            assert_eq!((found[0].boosts_count, carried(node, "truewales").await), (0, 0), "{} passes nothing on", node.host());
        }
        assert_eq!(carried(&a, "truewales").await, 1);
        assert!(alice.notifications().await.is_empty());

        // Somebody there follows its author as well: it is still one, and an edit is one edit.
        bea.follows(&alice.handle().await).await;
        edits(alice, &post, "We text before the letter #TrueWales").await;
        all_idle(&nodes).await;
        for node in [&b, &c] {
            let found = under(node, "truewales").await;
            assert_eq!(found.len(), 1);
            assert!(found[0].content.contains("We text"), "{}", found[0].content);
            let history = node.node().store.read().await.unwrap().edits(found[0].id).await.unwrap();
            assert_eq!(history.len(), 1);
            assert_eq!(carried(node, "truewales").await, 0);
        }
        // The same is sent again.
        let mut tx = a.node().store.begin().await.unwrap();
        let boost = tx.carried_by_tags(post.id).await.unwrap().remove(0);
        let data = node::deed::Data::default();
        let telling = a.node().tell(&mut tx, node::deed::Kind::Announce, boost.account_id, Some(boost.id), &data).await.unwrap();
        telling.followers(&mut tx).await.unwrap().done(&mut tx).await.unwrap();
        a.node().commit(tx).await.unwrap();
        all_idle(&nodes).await;
        assert_eq!((under(&b, "truewales").await.len(), under(&c, "truewales").await.len()), (1, 1));

        // All three say something: each is everywhere, once.
        bea.says("In Bangor, too #truewales").await;
        cai.says("And in Cardiff #TRUEWALES").await;
        all_idle(&nodes).await;
        for node in nodes {
            assert_eq!(under(node, "truewales").await.len(), 3, "{}", node.host());
            assert_eq!(carried(node, "truewales").await, 1, "{}", node.host());
        }

        // She does not want to be carried any more: where nobody follows her it goes.
        let mut tx = a.node().store.begin().await.unwrap();
        carry::set_consent(a.node(), &mut tx, &alice.account().await, false).await.unwrap();
        a.node().commit(tx).await.unwrap();
        all_idle(&nodes).await;
        assert!(b.post_by_uri(&post.uri).await.is_some(), "Bea follows her");
        assert!(c.post_by_uri(&post.uri).await.is_none());
        assert_eq!(carried(&a, "truewales").await, 0);
        for node in nodes {
            let mut tx = node.node().store.read().await.unwrap();
            assert_eq!(tx.queue().await.unwrap().jobs, 0);
            drop(tx);
        }
        let [a, b, c] = [a, b, c];
        for node in [a, b, c] {
            node.running.stop().await;
        }
    }

    async fn b44_a_post_that_may_be_carried_again_comes_back_at_once(db: Db) {
        let a = TestNode::start_with(db.engine, Options { name: Some("anglesey"), ..Options::default() }).await;
        let b = TestNode::start_with(db.engine, Options { name: Some("bangor"), ..Options::default() }).await;
        named_peer(&b, &a).await;
        let (alice, bea) = (a.member("alice").await, b.member("bea").await);
        follows(bea, "TrueWales").await;
        eventually("it follows the hashtag", || async {
            let actor = a.known(&a.node().config.tag_actor_uri("truewales")).await?;
            (actor.followers_count == 1).then_some(())
        })
        .await;
        all_idle(&[&a, &b]).await;
        let lets = async |post: &Post, on: bool| {
            let revision = Revision { text: post.source.clone(), tag_sharing: Some(on), ..Revision::default() };
            let mut tx = a.node().store.begin().await.unwrap();
            publish::edit(a.node(), &mut tx, &alice.account().await, post.id, &revision).await.unwrap();
            a.node().commit(tx).await.unwrap();
        };
        let post = alice.says("We phone before the letter #TrueWales").await;
        all_idle(&[&a, &b]).await;
        for _ in 0..2 {
            assert_eq!(under(&b, "truewales").await.len(), 1);
            lets(&post, false).await;
            all_idle(&[&a, &b]).await;
            assert!(under(&b, "truewales").await.is_empty());
            lets(&post, true).await;
            all_idle(&[&a, &b]).await;
        }
        // Before the other node came to drop it.
        lets(&post, false).await;
        lets(&post, true).await;
        all_idle(&[&a, &b]).await;
        assert_eq!(under(&b, "truewales").await.len(), 1);
        for node in [a, b] {
            node.running.stop().await;
        }
    }
}
