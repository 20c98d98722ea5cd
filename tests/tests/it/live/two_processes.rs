//! What happens in one process is told to those who are connected to another.

use outloud::serve::{Parts, Role, Running};
use suite::live::{Reader, Talker};
use suite::node::eventually;
use tokio::net::TcpListener;

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_hear_what_happens_in_other_processes() {
    if !Engine::Postgres.is_there() {
        return;
    }
    let node = start(Engine::Postgres).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let other = Running::start(&node.settings, Role::Web, Parts::default(), Some(listener)).await.unwrap();
    eventually("they hear each other", || async {
        [node.node(), &other.app.node].iter().all(|n| n.store.bell().is_heard()).then_some(())
    })
    .await;
    let (alice, bob) = (node.member("alice").await, node.member("bob").await);
    follow(&bob, &alice).await;
    let secret = token(&bob, "read").await;
    let mut there = Talker::open(other.address, &secret, "stream=user").await;
    let mut here = Reader::open(node.address(), "user", &secret).await;
    let post = alice.says("Hello @bob").await;
    let mut told = [there.next_id().await, there.next_id().await];
    told.sort();
    assert_eq!((told[0].1.as_str(), &told[1]), ("notification", &triple("user", "update", post.id)));
    assert_eq!(here.next_id().await, pair("update", post.id));
    assert_eq!(here.next().await.unwrap().0, "notification");
    delete(&alice, &post).await;
    assert_eq!(there.next_id().await, triple("user", "delete", post.id));
    assert_eq!(here.next_id().await, pair("delete", post.id));
    let mut tx = node.node().store.begin().await.unwrap();
    tx.delete_tokens_of(bob.id).await.unwrap();
    node.node().commit(tx).await.unwrap();
    assert_eq!(there.end().await, Some(1008));
    assert_eq!(here.next().await, None);
    other.stop().await;
    node.running.stop().await;
}
