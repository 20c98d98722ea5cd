//! Notifications and read markers.

use model::id::Id;
use model::notification::{Notification, NotificationKind};
use model::page::Page;
use storage::Tx;
use suite::on_both;

use super::{NOW, member, post, put, stranger};
use NotificationKind::{Favourite, Follow, FollowRequest, Mention, Reblog};

pub(super) fn made(id: Id, account: Id, kind: NotificationKind, from: Id, post: Option<Id>) -> Notification {
    Notification {
        id,
        account_id: account,
        kind,
        from_account_id: from,
        post_id: post,
        report_id: None,
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
