//! Rows that name what is gone, and entries of homes and lists that should not be there.

use model::audience::Audience;
use model::notification::{Notification, NotificationKind};
use model::post::Post;
use model::quote::{Approval, QuoteState, Stamp, StampKind};
use storage::{AccountWarning, HomeEntry, Ties};
use suite::on_both;

use super::notifications::made;
use super::quotes::quote;
use super::upkeep::deed;
use super::{NOW, boost, follow, member, post, put, reply, stranger};

on_both! {
    async fn rows_that_name_what_is_gone_are_told_from_those_that_do_not(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let sam = member(&mut tx, 1, "sam").await;
        let gone = post(99, &sam);
        let here = put(&mut tx, post(10, &sam)).await;
        put(&mut tx, reply(11, &sam, &here)).await;
        put(&mut tx, reply(12, &sam, &gone)).await;
        put(&mut tx, Post { in_reply_to_account_id: Some(7), ..reply(13, &sam, &here) }).await;
        put(&mut tx, boost(14, &sam, &gone)).await;
        put(&mut tx, boost(15, &sam, &here)).await;
        let missing = |id: i64, what: &str| (id, what.to_owned());
        assert_eq!(
            tx.ties(Ties::Posts, 0, 10).await.unwrap(),
            [
                missing(10, ""),
                missing(11, ""),
                missing(12, "the post that it answers"),
                missing(13, "whom it answers"),
                missing(14, "what it boosts"),
                missing(15, ""),
            ]
        );
        assert_eq!(tx.ties(Ties::Posts, 11, 1).await.unwrap().len(), 1, "in steps");

        for (id, quoted) in [(10, &here), (11, &gone)] {
            tx.put_quote(&quote(id, quoted, QuoteState::Pending)).await.unwrap();
        }
        for (post_id, decider_id) in [(10, 1), (11, 7)] {
            let approved_by = String::new();
            tx.put_approval(&Approval { post_id, decider_id, audience: Audience::Public, approved_by }).await.unwrap();
        }
        for (id, actor_id) in [(10, 1), (11, 7)] {
            let (target, object) = (here.uri.clone(), format!("https://far.example/{id}"));
            let stamp = Stamp { id, kind: StampKind::Quote, account_id: 1, target, target_id: Some(10), object, actor_id };
            tx.put_stamp(&stamp, NOW).await.unwrap();
        }
        for (id, report_id) in [(10, None), (11, Some(5))] {
            let told = Notification { report_id, ..made(id, 1, NotificationKind::AdminReport, 1, None) };
            tx.insert_notification(&told).await.unwrap();
        }
        let warning = AccountWarning { id: 9, account_id: 1, action: "none".to_owned(), text: String::new(), report_id: None, created_at: NOW };
        tx.insert_warning(&warning).await.unwrap();
        for (id, event) in [(12, 9), (13, 8)] {
            let told = Notification { event_id: Some(event), ..made(id, 1, NotificationKind::ModerationWarning, 1, None) };
            tx.insert_notification(&told).await.unwrap();
        }
        let told = tx.ties(Ties::Notifications, 11, 10).await.unwrap();
        assert_eq!(told, [missing(12, ""), missing(13, "what it tells of")]);
        for id in [12, 13] {
            assert!(tx.delete_notification(1, id).await.unwrap());
        }
        for (id, account_id) in [(10, 1), (11, 7)] {
            let deed = storage::Deed { account_id, ..deed(id, NOW) };
            tx.insert_deed(&deed).await.unwrap();
        }
        let lost = put(&mut tx, post(16, &sam)).await;
        for (id, said) in [(10, &here), (11, &lost)] {
            tx.put_in_conversation(id, 1, said, &[2]).await.unwrap();
        }
        assert!(tx.delete_post(16).await.unwrap());
        for of in Ties::ALL.into_iter().skip(1) {
            let rows = tx.ties(of, 0, 10).await.unwrap();
            let wrong: Vec<i64> = rows.iter().filter(|(_, missing)| !missing.is_empty()).map(|(id, _)| *id).collect();
            assert_eq!((rows.len(), wrong), (2, vec![11]), "{}", of.name());
        }
        tx.put_idempotency_key(1, "a", 10, NOW).await.unwrap();
        tx.put_idempotency_key(7, "a", 10, NOW).await.unwrap();
        assert_eq!(tx.stray_idempotency_keys(9).await.unwrap(), [7]);
    }

    async fn entries_are_told_that_have_no_owner_or_that_the_owner_may_not_see(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (sam, ann) = (member(&mut tx, 1, "sam").await, member(&mut tx, 2, "ann").await);
        let bob = stranger(&mut tx, 3, "bob", "far.example").await;
        follow(&mut tx, &sam, &bob).await;
        put(&mut tx, Post { audience: Audience::Followers, ..post(10, &bob) }).await;
        put(&mut tx, post(11, &bob)).await;
        for (account, post) in [(1, 10), (1, 11), (1, 99), (2, 10), (2, 11), (3, 11), (4, 11)] {
            tx.put_home_entry(account, post).await.unwrap();
        }
        let entry = |account_id, post_id, is_stray, is_hidden| HomeEntry { account_id, post_id, is_stray, is_hidden };
        let all = tx.home_entries((0, 0), NOW, 10).await.unwrap();
        let (strangers, nobody) = (entry(3, 11, true, false), entry(4, 11, true, false));
        let good = |account, post| entry(account, post, false, false);
        let wanted = [good(1, 10), good(1, 11), good(1, 99), entry(2, 10, false, true), good(2, 11), strangers, nobody];
        assert_eq!(all, wanted);
        assert_eq!(tx.home_entries((1, 11), NOW, 1).await.unwrap(), wanted[2..3], "in steps");
        tx.set_suspended(bob.id, Some(NOW), "moderator").await.unwrap();
        assert_eq!(tx.home_entries((1, 99), NOW, 1).await.unwrap(), [good(2, 10)], "that can be lifted");
        tx.mark_account_deleted(ann.id, NOW).await.unwrap();
        let step = async |tx: &mut storage::Tx, left| tx.home_entries((1, 99), left, 1).await.unwrap()[0].is_stray;
        assert!(!step(&mut tx, NOW - 1).await && step(&mut tx, NOW).await);
    }

    async fn entries_of_lists_are_told_that_are_of_others_or_that_the_owner_may_not_see(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (sam, ann) = (member(&mut tx, 1, "sam").await, member(&mut tx, 2, "ann").await);
        let (title, replies_policy) = ("Friends".to_owned(), model::list::RepliesPolicy::Followed);
        let list = model::list::List { id: 5, account_id: sam.id, title, replies_policy, exclusive: false };
        tx.insert_list(&list).await.unwrap();
        tx.put_in_list(&list, sam.id).await.unwrap();
        tx.put_in_list(&list, ann.id).await.unwrap();
        put(&mut tx, post(10, &sam)).await;
        put(&mut tx, post(11, &ann)).await;
        for id in [10, 11] {
            let made = tx.post(id).await.unwrap().unwrap();
            tx.fan_out_home(&made, "").await.unwrap();
        }
        assert_eq!(tx.list_entries((0, 0), 9).await.unwrap().len(), 1, "she is not followed");
        follow(&mut tx, &sam, &ann).await;
        tx.fill_lists(sam.id, ann.id, 0, 9).await.unwrap();
        let entry = |post_id, is_stray, is_hidden| storage::ListEntry { list_id: 5, post_id, is_stray, is_hidden };
        assert_eq!(tx.list_entries((0, 0), 9).await.unwrap(), [entry(10, false, false), entry(11, false, false)]);
        tx.set_audience(11, Audience::Draft).await.unwrap();
        tx.take_out_of_list(5, sam.id).await.unwrap();
        assert_eq!(tx.list_entries((0, 0), 9).await.unwrap(), [entry(10, true, false), entry(11, false, true)]);
        assert_eq!(tx.list_entries((5, 10), 9).await.unwrap().len(), 1, "in steps");
    }

    async fn what_is_left_to_do_of_a_kind_is_read_in_steps(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        for id in [1, 2, 3] {
            let kind = if id == 2 { "other" } else { "delete_files" };
            let payload = format!("{{\"n\": {id}}}");
            let job = storage::NewJob { id, kind, payload: &payload, dedupe: None, asks_others: false, run_at: NOW };
            tx.insert_job(&job, NOW).await.unwrap();
        }
        let all = tx.payloads("delete_files", 0, 10).await.unwrap();
        assert_eq!(all, [(1, "{\"n\": 1}".to_owned()), (3, "{\"n\": 3}".to_owned())]);
        assert_eq!(tx.payloads("delete_files", 1, 10).await.unwrap().len(), 1);
    }
}
