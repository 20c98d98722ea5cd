//! Notifications and read markers.

use model::clock::HOUR;
use model::id::Id;
use model::notification::{Notification, NotificationKind, Policy, Verdict};
use model::page::Page;
use storage::{Grouping, Tx};
use suite::on_both;

use super::{NOW, member, post, put, stranger};
use NotificationKind::{AdminSignUp, Favourite, Follow, FollowRequest, Mention, Reblog};

pub(super) fn made(id: Id, account: Id, kind: NotificationKind, from: Id, post: Option<Id>) -> Notification {
    Notification {
        id,
        account_id: account,
        kind,
        from_account_id: from,
        post_id: post,
        report_id: None,
        event_id: None,
        created_at: NOW,
    }
}

async fn shown(tx: &mut Tx, kinds: &[NotificationKind], not: &[NotificationKind], from: Id) -> Vec<Id> {
    tx.notifications(1, kinds, not, from, &Page::first(40)).await.unwrap().iter().map(|n| n.id).collect()
}

/// Alice (1) was followed, asked, mentioned, favourited and boosted by Bob (2) and Carl (3).
async fn told(tx: &mut Tx) {
    let alice = member(tx, 1, "alice").await;
    member(tx, 4, "bea").await;
    stranger(tx, 2, "bob", "far.example").await;
    stranger(tx, 3, "carl", "far.example").await;
    put(tx, post(10, &alice)).await;
    for n in [
        made(20, 1, Follow, 2, None),
        made(21, 1, FollowRequest, 3, None),
        made(22, 1, Mention, 2, Some(10)),
        made(23, 1, Favourite, 2, Some(10)),
        made(24, 1, Reblog, 3, Some(10)),
        made(25, 4, Follow, 3, None),
    ] {
        assert!(tx.insert_notification(&n).await.unwrap());
    }
}

on_both! {
    async fn the_same_thing_is_told_once(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        told(&mut tx).await;
        assert!(!tx.insert_notification(&made(30, 1, Follow, 2, None)).await.unwrap());
        assert!(!tx.insert_notification(&made(31, 1, Mention, 2, Some(10))).await.unwrap());
        assert!(tx.insert_notification(&made(32, 1, Mention, 3, Some(10))).await.unwrap());
        let read = tx.notification(1, 22).await.unwrap().unwrap();
        assert_eq!(format!("{read:?}"), format!("{:?}", made(22, 1, Mention, 2, Some(10))));
        assert!(tx.notification(4, 22).await.unwrap().is_none(), "another's is not one's own");
    }

    async fn who_looks_after_the_node_no_more_is_not_told_what_those_are_told(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        told(&mut tx).await;
        assert!(tx.insert_notification(&made(40, 1, AdminSignUp, 2, None)).await.unwrap());
        assert!(tx.insert_notification(&made(41, 4, AdminSignUp, 2, None)).await.unwrap());
        tx.forget_what_keepers_are_told(1).await.unwrap();
        assert_eq!(shown(&mut tx, &[], &[], 0).await, [24, 23, 22, 21, 20]);
        assert!(tx.notification(4, 41).await.unwrap().is_some(), "another's stay");
    }

    async fn kinds_are_picked_and_left_out_by_their_whole_name(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        told(&mut tx).await;
        assert_eq!(shown(&mut tx, &[], &[], 0).await, [24, 23, 22, 21, 20]);
        assert_eq!(shown(&mut tx, &[Follow], &[], 0).await, [20], "follow is not follow_request");
        assert_eq!(shown(&mut tx, &[Follow, Mention], &[], 0).await, [22, 20]);
        assert_eq!(shown(&mut tx, &[], &[Follow, Reblog], 0).await, [23, 22, 21]);
        assert_eq!(shown(&mut tx, &[Follow, Mention], &[Follow], 0).await, [22]);
        assert!(shown(&mut tx, &[Follow], &[Follow], 0).await.is_empty());
        assert_eq!(shown(&mut tx, &[], &[], 3).await, [24, 21]);
        let page = |max_id, min_id| Page { max_id, min_id, limit: 2, ..Page::default() };
        let on = |list: Vec<Notification>| list.iter().map(|n| n.id).collect::<Vec<_>>();
        assert_eq!(on(tx.notifications(1, &[], &[], 0, &page(Some(23), None)).await.unwrap()), [22, 21]);
        assert_eq!(on(tx.notifications(1, &[], &[], 0, &page(None, Some(20))).await.unwrap()), [22, 21]);
    }

    async fn those_one_does_not_want_to_hear_of_are_left_out(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        told(&mut tx).await;
        tx.put_mute(1, 1, 2, false, None, NOW).await.unwrap();
        assert_eq!(shown(&mut tx, &[], &[], 0).await.len(), 5, "a mute may leave notifications on");
        tx.put_mute(1, 1, 2, true, None, NOW).await.unwrap();
        assert_eq!(shown(&mut tx, &[], &[], 0).await, [24, 21]);
        tx.put_block(1, 1, 3, "", NOW).await.unwrap();
        assert!(shown(&mut tx, &[], &[], 0).await.is_empty());
        tx.delete_mute(1, 2).await.unwrap();
        tx.delete_block(1, 3).await.unwrap();
        tx.set_suspended(2, Some(NOW), "moderator").await.unwrap();
        tx.mark_account_deleted(3, NOW).await.unwrap();
        assert!(shown(&mut tx, &[], &[], 0).await.is_empty());
    }

    async fn a_notification_goes_when_it_is_dismissed_or_its_deed_withdrawn(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        told(&mut tx).await;
        assert!(!tx.delete_notification(4, 20).await.unwrap(), "nobody dismisses another's");
        assert!(tx.delete_notification(1, 20).await.unwrap());
        assert!(!tx.delete_notification(1, 20).await.unwrap());
        tx.drop_notification(1, Favourite, 2, Some(10)).await.unwrap();
        tx.drop_notification(1, Mention, 2, None).await.unwrap();
        assert_eq!(shown(&mut tx, &[], &[], 0).await, [24, 22, 21]);
        tx.drop_notification(1, FollowRequest, 3, None).await.unwrap();
        tx.drop_notifications_from(1, 2).await.unwrap();
        assert_eq!(shown(&mut tx, &[], &[], 0).await, [24]);
        assert_eq!(tx.clear_notifications(1).await.unwrap(), 1);
        assert!(shown(&mut tx, &[], &[], 0).await.is_empty());
        assert!(tx.notification(4, 25).await.unwrap().is_some());
    }

    async fn a_group_stands_where_its_newest_does(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        told(&mut tx).await;
        tx.insert_notification(&made(26, 1, Favourite, 3, Some(10))).await.unwrap();
        tx.insert_notification(&made(27, 1, Follow, 4, None)).await.unwrap();
        let later = Notification { created_at: NOW + 13 * HOUR, ..made(28, 1, Follow, 3, None) };
        tx.insert_notification(&later).await.unwrap();
        let grouped = [Favourite, Follow, Reblog];
        let by = Grouping { grouped: &grouped, ..Grouping::default() };
        let up = Page { min_id: Some(21), limit: 2, ..Page::default() };
        let on = |list: Vec<Notification>| list.iter().map(|n| n.id).collect::<Vec<_>>();
        let all = Page::first(40);
        assert_eq!(on(tx.notification_groups(1, &by, &all).await.unwrap()), [28, 27, 26, 24, 22, 21]);
        assert_eq!(on(tx.notification_groups(1, &by, &up).await.unwrap()), [24, 22]);
        let of_bob = Grouping { from: 2, ..by };
        assert_eq!(on(tx.notification_groups(1, &of_bob, &all).await.unwrap()), [23, 22, 20]);
        let alone = Grouping { kinds: &[Follow], ..Grouping::default() };
        assert_eq!(on(tx.notification_groups(1, &alone, &all).await.unwrap()), [28, 27, 20]);
        let members = tx.group_members(1, &[26, 27, 22], 0, 22).await.unwrap();
        let members: Vec<_> = members.iter().map(|m| (m.newest, m.account_id, m.total, m.oldest)).collect();
        assert_eq!(members, [(26, 3, 2, 23), (26, 2, 2, 23), (27, 4, 2, 27), (27, 2, 2, 27)]);
        let key = made(0, 1, Favourite, 2, Some(10)).group_key();
        assert_eq!(on(tx.group(1, &key, &all).await.unwrap()), [26, 23]);
        assert_eq!(on(tx.group(1, &key, &up).await.unwrap()), [26, 23]);
        assert!(tx.group(1, "", &all).await.unwrap().is_empty());
        tx.put_mute(1, 1, 3, true, None, NOW).await.unwrap();
        assert_eq!(on(tx.notification_groups(1, &by, &all).await.unwrap()), [27, 23, 22]);
        assert_eq!(tx.delete_group(1, &key).await.unwrap(), 2);
        assert_eq!(tx.delete_notifications(1, &[25, 22, 21]).await.unwrap(), 2, "another's stays");
    }

    async fn what_is_held_back_is_listed_and_taken_back(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        told(&mut tx).await;
        tx.hold_notification(60, &made(40, 1, Favourite, 3, Some(10))).await.unwrap();
        tx.hold_notification(61, &made(41, 1, Mention, 3, Some(10))).await.unwrap();
        let up = Page { min_id: Some(1), limit: 1, ..Page::default() };
        let on = |list: Vec<Notification>| list.iter().map(|n| n.id).collect::<Vec<_>>();
        assert_eq!(on(tx.held_notifications(1, &[], &[], 0, &Page::first(9)).await.unwrap()), [41, 40]);
        assert_eq!(on(tx.held_notifications(1, &[], &[Mention], 3, &up).await.unwrap()), [40]);
        assert_eq!(tx.count_requests(1, 9).await.unwrap(), (1, 2));
        assert!(!tx.drop_notification(1, Favourite, 3, Some(10)).await.unwrap());
        assert_eq!(tx.count_requests(1, 9).await.unwrap(), (1, 1));
    }

    async fn a_policy_is_kept_and_what_is_not_said_is_left_open(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        assert_eq!(tx.notification_policy(1).await.unwrap(), Policy::default());
        let policy = Policy { new_accounts: Some(Verdict::Drop), limited_accounts: Some(Verdict::Filter), ..Policy::default() };
        for policy in [policy, Policy { new_accounts: Some(Verdict::Accept), ..policy }] {
            tx.put_notification_policy(1, &policy).await.unwrap();
            assert_eq!(tx.notification_policy(1).await.unwrap(), policy);
        }
        assert_eq!(tx.followed_since(1, 1).await.unwrap(), None);
    }

    async fn a_marker_counts_its_versions(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        tx.put_marker(1, "home", 5, NOW).await.unwrap();
        tx.put_marker(1, "home", 9, NOW + 1).await.unwrap();
        tx.put_marker(1, "notifications", 7, NOW).await.unwrap();
        assert_eq!(tx.markers(1, &["home"]).await.unwrap(), [("home".to_owned(), 9, 2, NOW + 1)]);
        assert_eq!(tx.markers(1, &["home", "notifications"]).await.unwrap().len(), 2);
        assert!(tx.markers(2, &["home"]).await.unwrap().is_empty());
    }
}
