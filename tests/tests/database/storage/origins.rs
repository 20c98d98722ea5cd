//! What other servers say of their posts, and how far they were read.

use model::audience::Audience;
use model::post::Origin;
use storage::{OriginCounts, Reading};
use suite::on_both;

use super::jobs::job;
use super::{NOW, boost, ids, member, post, put, reply, stranger};

const PAUSE: i64 = 900_000;

on_both! {
    async fn what_a_server_says_is_kept_until_it_says_something_else(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let bob = stranger(&mut tx, 2, "bob", "far.example").await;
        put(&mut tx, post(10, &bob)).await;
        put(&mut tx, post(11, &bob)).await;
        assert!(tx.reading(10).await.unwrap().is_none());
        let said = Origin { replies_uri: "https://far.example/10/replies".to_owned(), replies: Some(3), likes: Some(7), shares: None };
        tx.put_origin(10, &said).await.unwrap();
        tx.put_origin(10, &Origin { likes: Some(8), shares: Some(1), ..Origin::default() }).await.unwrap();
        let counts = OriginCounts { post_id: 10, replies: Some(3), likes: Some(8), shares: Some(1) };
        assert_eq!(tx.origin_counts(&[10, 11]).await.unwrap(), [counts]);
        let reading = Reading { replies_uri: said.replies_uri, ..Reading::default() };
        assert_eq!(tx.reading(10).await.unwrap(), Some(reading.clone()));
        tx.put_reading(10, NOW, "page 2", None).await.unwrap();
        assert_eq!(tx.reading(10).await.unwrap(), Some(Reading { read_at: Some(NOW), cursor: "page 2".to_owned(), ..reading }));
        tx.put_reading(10, NOW, "", Some(5)).await.unwrap();
        assert_eq!(tx.origin_counts(&[10]).await.unwrap()[0].replies, Some(5));
        tx.delete_post(10).await.unwrap();
        assert!(tx.reading(10).await.unwrap().is_none(), "it goes with the post");
    }

    async fn of_a_conversation_those_are_read_that_were_not_read_a_moment_ago(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let bob = stranger(&mut tx, 2, "bob", "far.example").await;
        let top = put(&mut tx, post(10, &alice)).await;
        for id in 11..17 {
            put(&mut tx, reply(id, &bob, &top)).await;
        }
        let mut hidden = reply(17, &bob, &top);
        hidden.audience = Audience::Followers;
        put(&mut tx, hidden).await;
        put(&mut tx, boost(18, &bob, &top)).await;
        let said = Origin { replies_uri: "https://far.example/replies".to_owned(), ..Origin::default() };
        for id in [10, 12, 13, 14, 15, 17] {
            tx.put_origin(id, &said).await.unwrap();
        }
        tx.put_origin(16, &Origin { likes: Some(1), ..Origin::default() }).await.unwrap();
        tx.put_reading(13, NOW, "", None).await.unwrap();
        tx.put_reading(14, NOW - PAUSE, "", None).await.unwrap();
        tx.put_reading(15, NOW, "page 2", None).await.unwrap();
        assert_eq!(ids(&tx.unread_in_thread(10, NOW - PAUSE, 9).await.unwrap()), [12, 14, 15]);
        assert_eq!(ids(&tx.unread_in_thread(10, NOW - PAUSE, 2).await.unwrap()), [12, 14]);
        assert_eq!(tx.count_thread(10, 100).await.unwrap(), 7, "what everybody may read, boosts apart");
        assert_eq!(tx.count_thread(10, 3).await.unwrap(), 3);
    }

    async fn a_conversation_is_looked_for_once_in_a_while(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let bob = stranger(&mut tx, 2, "bob", "far.example").await;
        put(&mut tx, post(10, &bob)).await;
        tx.put_origin(10, &Origin { likes: Some(1), ..Origin::default() }).await.unwrap();
        assert_eq!(tx.thread_opened(10).await.unwrap(), None);
        assert!(tx.open_thread(10, NOW, NOW - PAUSE).await.unwrap());
        tx.count_found(10, 2).await.unwrap();
        tx.count_found(10, 3).await.unwrap();
        assert_eq!(tx.thread_opened(10).await.unwrap(), Some((NOW, 5)));
        assert!(!tx.open_thread(10, NOW + 1, NOW + 1 - PAUSE).await.unwrap());
        assert_eq!(tx.thread_opened(10).await.unwrap(), Some((NOW, 5)));
        assert!(tx.open_thread(10, NOW + PAUSE, NOW).await.unwrap());
        assert_eq!(tx.thread_opened(10).await.unwrap(), Some((NOW + PAUSE, 0)));
        assert!(!tx.has_job("fill_thread 10").await.unwrap());
        tx.insert_job(&job(1, "{}", Some("fill_thread 10"), NOW), NOW).await.unwrap();
        assert!(tx.has_job("fill_thread 10").await.unwrap());
    }

    async fn an_outbox_is_read_once_in_a_while(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        stranger(&mut tx, 2, "bob", "far.example").await;
        assert_eq!(tx.outbox_opened(2).await.unwrap(), None);
        assert!(tx.open_outbox(2, NOW, NOW - PAUSE).await.unwrap());
        assert!(!tx.open_outbox(2, NOW + 1, NOW + 1 - PAUSE).await.unwrap());
        assert_eq!(tx.outbox_opened(2).await.unwrap(), Some(NOW));
        assert!(tx.open_outbox(2, NOW + PAUSE, NOW).await.unwrap());
    }
}
