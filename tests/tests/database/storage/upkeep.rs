//! What the operator's commands ask: the tables' version, wrong counts, what was left behind.

use model::audience::Audience;
use storage::{Deed, Schema, TABLES};
use suite::on_both;

use super::{NOW, boost, follow, member, picture, post, put, reply, stranger};

pub(super) fn deed(id: i64, created_at: i64) -> Deed {
    let (kind, data) = ("create".to_owned(), "{}".to_owned());
    Deed { id, kind, account_id: 1, subject_id: None, data, document: None, created_at }
}

on_both! {
    async fn the_tables_of_a_fresh_database_are_current_and_whole(db: Db) {
        assert_eq!(db.store.schema().await.unwrap(), Schema::Current);
        assert!(storage::newest_schema() > 0);
        assert!(db.store.read().await.unwrap().integrity().await.unwrap().is_empty());
    }

    async fn kept_counts_stand_beside_what_is_there(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (sam, ann) = (member(&mut tx, 1, "sam").await, member(&mut tx, 2, "ann").await);
        follow(&mut tx, &ann, &sam).await;
        tx.count_follow(ann.id, sam.id, 1).await.unwrap();
        let first = put(&mut tx, post(10, &sam)).await;
        put(&mut tx, reply(11, &ann, &first)).await;
        put(&mut tx, boost(12, &ann, &first)).await;
        tx.put_favourite(13, ann.id, first.id, "", NOW).await.unwrap();
        tx.count_post(sam.id, 1, None).await.unwrap();
        tx.count_reply(first.id, 1).await.unwrap();
        let accounts = tx.account_counts(0, 10).await.unwrap();
        let of = |n: usize| (accounts[n].followers, accounts[n].followers_found, accounts[n].posts, accounts[n].posts_found);
        assert_eq!((of(0), of(1)), ((1, 1, 1, 1), (0, 0, 0, 2)));
        assert_eq!((accounts[1].following, accounts[1].following_found), (1, 1));
        assert_eq!(tx.account_counts(1, 10).await.unwrap().len(), 1);
        let posts = tx.post_counts(0, 1).await.unwrap();
        let p = &posts[0];
        assert_eq!((p.replies, p.replies_found, p.boosts, p.boosts_found, p.favourites, p.favourites_found), (1, 1, 0, 1, 0, 1));
        assert_eq!(tx.post_counts(10, 10).await.unwrap().len(), 2);
    }

    async fn counts_of_polls_stand_beside_the_votes(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let sam = member(&mut tx, 1, "sam").await;
        let bob = stranger(&mut tx, 2, "bob", "far.example").await;
        for (id, author) in [(10, &sam), (11, &bob), (12, &sam)] {
            put(&mut tx, post(id, author)).await;
            tx.put_poll(&crate::storage::polls::poll(id, &["Tea", "Coffee"])).await.unwrap();
        }
        tx.put_vote(20, 10, 2, 0, "", NOW).await.unwrap();
        tx.put_vote(21, 10, 2, 1, "", NOW).await.unwrap();
        let counts = tx.poll_counts(0, 10).await.unwrap();
        let of = |n: usize| (counts[n].votes, counts[n].votes_found, counts[n].voters, counts[n].voters_found);
        assert_eq!((counts[0].id, of(0)), (10, (2, 2, 0, 1)));
        assert_eq!((counts[1].id, of(1)), (12, (0, 0, 0, 0)), "those of others are theirs to count");
        assert_eq!(tx.poll_counts(10, 10).await.unwrap().len(), 1);
    }

    async fn files_are_listed_by_what_names_them(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let sam = member(&mut tx, 1, "sam").await;
        let post = put(&mut tx, post(10, &sam)).await;
        tx.insert_media(&picture(20, &sam, Some(post.id))).await.unwrap();
        assert_eq!(tx.media_files(0, 10).await.unwrap(), [(20, "media/20.png".to_owned(), String::new())]);
        assert!(tx.media_files(20, 10).await.unwrap().is_empty());
        assert_eq!(tx.profile_files(0, 10).await.unwrap(), [(1, String::new(), String::new())]);
    }

    async fn what_waits_for_nobody_and_what_nobody_takes_up_are_found(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        for (id, created_at) in [(1, NOW - 2), (2, NOW - 1), (3, NOW)] {
            tx.insert_deed(&deed(id, created_at)).await.unwrap();
        }
        tx.deliver_to_inbox(2, "lost.example", "https://lost.example/inbox", NOW).await.unwrap();
        assert_eq!(tx.stale_deeds(NOW, 10).await.unwrap(), [1]);
        assert_eq!(tx.sleeping_hosts().await.unwrap(), ["lost.example"]);
        assert_eq!(tx.count_stray_deliveries().await.unwrap(), 0);
        tx.wake_hosts(2, NOW).await.unwrap();
        assert!(tx.sleeping_hosts().await.unwrap().is_empty());
    }

    async fn the_first_member_and_the_latest_activity_are_known(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        assert_eq!((tx.first_member().await.unwrap(), tx.latest_activity().await.unwrap()), (None, None));
        member(&mut tx, 2, "ann").await;
        member(&mut tx, 1, "sam").await;
        assert_eq!(tx.first_member().await.unwrap().as_deref(), Some("sam"));
        tx.touch_member(2, NOW + 5, NOW).await.unwrap();
        assert_eq!(tx.latest_activity().await.unwrap(), Some(NOW + 5));
    }

    async fn all_tables_can_be_emptied(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let sam = member(&mut tx, 1, "sam").await;
        let first = put(&mut tx, post(10, &sam)).await;
        assert_eq!(first.audience, Audience::Public);
        put(&mut tx, reply(11, &sam, &first)).await;
        tx.clear_tables().await.unwrap();
        for table in TABLES {
            assert_eq!(tx.export_table(table, |_| Ok(())).await.unwrap(), 0, "{table}");
        }
    }
}
