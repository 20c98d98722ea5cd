//! Polls, their options and their votes.

use model::id::Id;
use model::poll::{Poll, PollOption};
use storage::Deed;
use suite::on_both;

use super::{NOW, member, post, put, stranger};

pub fn poll(post: Id, options: &[&str]) -> Poll {
    Poll {
        post_id: post,
        multiple: false,
        hide_totals: false,
        expires_at: Some(NOW + 1_000),
        closed_at: None,
        voters_count: Some(0),
        synced_at: None,
        options: options.iter().map(|o| PollOption { title: (*o).to_owned(), votes: 0 }).collect(),
    }
}

on_both! {
    async fn a_poll_comes_back_as_it_was_put_and_changes_as_a_whole(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        for id in [10, 11, 12] {
            put(&mut tx, post(id, &alice)).await;
        }
        let mut asked = poll(10, &["Tea", "Coffee", "Water"]);
        tx.put_poll(&asked).await.unwrap();
        let other = Poll { multiple: true, hide_totals: true, expires_at: None, voters_count: None, ..poll(11, &["Yes"]) };
        tx.put_poll(&other).await.unwrap();
        let mut read = tx.polls(&[10, 11, 12]).await.unwrap();
        read.sort_by_key(|p| p.post_id);
        assert_eq!(read, [asked.clone(), other]);
        assert!(tx.polls(&[12]).await.unwrap().is_empty() && tx.poll(12).await.unwrap().is_none());
        asked.options.truncate(2);
        asked.options[1] = PollOption { title: "Cocoa".to_owned(), votes: 4 };
        (asked.multiple, asked.closed_at, asked.voters_count) = (true, Some(NOW), Some(3));
        tx.put_poll(&asked).await.unwrap();
        tx.set_poll_synced(10, NOW + 5).await.unwrap();
        asked.synced_at = Some(NOW + 5);
        assert_eq!(tx.hold_poll(10).await.unwrap(), Some(asked));
        tx.delete_poll(10).await.unwrap();
        assert_eq!(tx.hold_poll(10).await.unwrap(), None);
        tx.delete_post(11).await.unwrap();
        assert!(tx.poll(11).await.unwrap().is_none(), "it goes with its post");
    }

    async fn a_vote_counts_once_for_each_voter_and_option(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        member(&mut tx, 2, "bea").await;
        stranger(&mut tx, 3, "carl", "far.example").await;
        for id in [10, 11] {
            put(&mut tx, post(id, &alice)).await;
        }
        tx.put_poll(&poll(10, &["Tea", "Coffee"])).await.unwrap();
        tx.put_poll(&Poll { voters_count: None, ..poll(11, &["Yes", "No"]) }).await.unwrap();
        for (id, who, position, counts) in [(20, 2, 1, true), (21, 2, 1, false), (22, 2, 0, true), (23, 3, 1, true)] {
            assert_eq!(tx.put_vote(id, 10, who, position, "vote", NOW).await.unwrap(), counts, "{id}");
        }
        tx.put_vote(24, 11, 2, 0, "", NOW).await.unwrap();
        tx.count_voter(10).await.unwrap();
        tx.count_voter(11).await.unwrap();
        let read = tx.poll(10).await.unwrap().unwrap();
        assert_eq!((read.options[0].votes, read.options[1].votes, read.voters_count), (1, 2, Some(1)));
        assert_eq!(tx.poll(11).await.unwrap().unwrap().voters_count, None, "what is not known is not counted");
        assert_eq!(tx.votes_of(2, &[10, 11]).await.unwrap(), [(10, 0), (10, 1), (11, 0)]);
        assert_eq!(tx.votes_of(3, &[11]).await.unwrap(), []);
        tx.forget_votes(10).await.unwrap();
        assert_eq!(tx.votes_of(2, &[10, 11]).await.unwrap(), [(11, 0)]);
    }

    async fn a_poll_is_closed_once(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        put(&mut tx, post(10, &alice)).await;
        assert!(!tx.close_poll(10, NOW).await.unwrap());
        tx.put_poll(&poll(10, &["Tea", "Coffee"])).await.unwrap();
        assert!(tx.close_poll(10, NOW).await.unwrap());
        assert!(!tx.close_poll(10, NOW + 1).await.unwrap());
        assert_eq!(tx.poll(10).await.unwrap().unwrap().closed_at, Some(NOW));
    }

    async fn voters_here_are_listed_and_those_elsewhere_delivered_to(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        put(&mut tx, post(10, &alice)).await;
        tx.put_poll(&poll(10, &["Tea", "Coffee"])).await.unwrap();
        for (id, name) in [(2, "bea"), (3, "cleo")] {
            member(&mut tx, id, name).await;
        }
        stranger(&mut tx, 4, "dan", "far.example").await;
        stranger(&mut tx, 5, "eve", "far.example").await;
        for (vote, who, position) in [(20, 3, 0), (21, 2, 0), (22, 2, 1), (23, 4, 0)] {
            tx.put_vote(vote, 10, who, position, "", NOW).await.unwrap();
        }
        assert_eq!(tx.local_voters(10, 0, 9).await.unwrap(), [2, 3]);
        assert_eq!(tx.local_voters(10, 2, 9).await.unwrap(), [3]);
        let (kind, data) = ("update_poll".to_owned(), "{}".to_owned());
        let deed = Deed { id: 1, kind, account_id: 1, subject_id: Some(10), data, document: None, created_at: NOW };
        tx.insert_deed(&deed).await.unwrap();
        assert_eq!(tx.deliver_to_voters(1, 10, NOW).await.unwrap(), 1);
        let waiting = tx.deliveries_of_host("far.example", 9).await.unwrap();
        assert_eq!(waiting.iter().map(|d| d.inbox.as_str()).collect::<Vec<_>>(), ["https://far.example/inbox"]);
    }
}
