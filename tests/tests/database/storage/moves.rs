//! Accounts that move, and what is left of those who are gone.

use model::emoji::Reaction;
use model::id::Id;
use model::notification::{Notification, NotificationKind};
use suite::on_both;

use super::{NOW, follow, member, post, put, stranger};

on_both! {
    async fn where_an_account_went_is_shown_as_long_as_it_says_so(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let bob = stranger(&mut tx, 2, "bob", "far.example").await;
        assert_eq!(tx.moved_at(1).await.unwrap(), None);
        tx.put_move(1, 2, 0).await.unwrap();
        assert_eq!(tx.moved_at(1).await.unwrap(), None, "that is no move, but what a document says");
        assert!(tx.moved_accounts(&[1, 2]).await.unwrap().is_empty());
        tx.set_moved_to(1, &bob.uri, NOW + 5).await.unwrap();
        tx.put_move(1, 2, NOW).await.unwrap();
        tx.put_move(1, 2, 0).await.unwrap();
        assert_eq!(tx.moved_at(1).await.unwrap(), Some(NOW));
        let went = tx.moved_accounts(&[1, 2]).await.unwrap();
        assert_eq!(went.iter().map(|(id, a)| (*id, a.id)).collect::<Vec<_>>(), [(1, 2)]);
        let read = tx.account(1).await.unwrap().unwrap();
        assert_eq!((read.moved_to, read.updated_at), (bob.uri, NOW + 5));
        tx.set_moved_to(1, "", NOW).await.unwrap();
        assert!(tx.moved_accounts(&[1]).await.unwrap().is_empty());
        let names = vec!["https://far.example/users/bob".to_owned()];
        tx.set_also_known_as(1, &names, NOW + 7).await.unwrap();
        let read = tx.account(alice.id).await.unwrap().unwrap();
        assert_eq!((read.also_known_as, read.updated_at), (names, NOW + 7));
    }

    async fn members_who_follow_block_or_mute_are_found_in_steps(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let star = stranger(&mut tx, 9, "star", "far.example").await;
        let (alice, bea) = (member(&mut tx, 1, "alice").await, member(&mut tx, 2, "bea").await);
        let carl = stranger(&mut tx, 3, "carl", "far.example").await;
        for who in [&alice, &bea, &carl] {
            follow(&mut tx, who, &star).await;
            tx.put_block(who.id * 10, who.id, 9, "", NOW).await.unwrap();
        }
        tx.put_mute(50, 1, 9, false, Some(NOW + 9), NOW).await.unwrap();
        tx.put_mute(51, 2, 9, true, None, NOW).await.unwrap();
        let rows = tx.member_follows(9, 0, 9).await.unwrap();
        assert_eq!(rows.iter().map(|f| f.follower_id).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(tx.member_follows(9, rows[0].id, 1).await.unwrap()[0].follower_id, 2);
        assert_eq!(tx.member_blocks(9, 0, 9).await.unwrap(), [(10, 1), (20, 2)]);
        assert_eq!(tx.member_blocks(9, 10, 1).await.unwrap(), [(20, 2)]);
        let mutes = tx.mutes_of(9, 0, 1).await.unwrap();
        assert_eq!((mutes[0].account_id, mutes[0].hide_notifications, mutes[0].expires_at), (1, false, Some(NOW + 9)));
        assert_eq!(tx.mutes_of(9, mutes[0].id, 9).await.unwrap().iter().map(|m| m.account_id).collect::<Vec<_>>(), [2]);
    }

    async fn of_a_deleted_account_nothing_is_left_that_was_its_own(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let bea = member(&mut tx, 2, "bea").await;
        put(&mut tx, post(10, &bea)).await;
        put(&mut tx, post(11, &alice)).await;
        for (row, who, whom) in [(20, 1, 2), (21, 2, 1)] {
            tx.put_block(row, who, whom, "", NOW).await.unwrap();
            tx.put_mute(row, who, whom, true, None, NOW).await.unwrap();
            let told = Notification { id: row, account_id: whom, kind: NotificationKind::Follow, from_account_id: who, post_id: None, report_id: None, event_id: None, created_at: NOW };
            assert!(tx.insert_notification(&told).await.unwrap());
        }
        tx.put_bookmark(22, 1, 10).await.unwrap();
        tx.put_pin(1, 11, NOW).await.unwrap();
        tx.mute_thread(1, 10).await.unwrap();
        tx.put_home_entry(1, 10).await.unwrap();
        tx.put_marker(1, "home", 10, NOW).await.unwrap();
        tx.put_idempotency_key(1, "key", 11, NOW).await.unwrap();
        tx.put_reaction(1, 10, &Reaction { emoji: "🔥".to_owned(), url: String::new() }, "r", NOW).await.unwrap();
        tx.put_favourite(23, 1, 10, "", NOW).await.unwrap();
        assert_eq!(tx.favourites_by(1, 9).await.unwrap(), [10]);
        tx.forget_account(1).await.unwrap();
        tx.delete_member(1).await.unwrap();
        assert!(tx.member(1).await.unwrap().is_none() && tx.member(2).await.unwrap().is_some());
        assert!(!tx.is_blocking(1, 2).await.unwrap() && !tx.is_blocking(2, 1).await.unwrap());
        let tie = tx.relationships(2, &[1]).await.unwrap();
        assert!(tie.iter().all(|r| !r.muting && !r.blocking));
        assert_eq!(tx.count_pins(1).await.unwrap(), 0);
        assert!(tx.reaction_by_uri(1, "r").await.unwrap().is_none());
        assert!(!tx.is_thread_muted(1, 10).await.unwrap());
        let page = model::page::Page::first(9);
        let told: Vec<Id> = tx.notifications(2, &[], &[], 0, &page).await.unwrap().iter().map(|n| n.id).collect();
        assert_eq!(told, Vec::<Id>::new());
        assert!(tx.home(1, &page).await.unwrap().is_empty());
        assert!(tx.idempotent_post(1, "key", 0).await.unwrap().is_none());
    }
}
