//! Subscriptions to Web Push.

use model::notification::NotificationKind;
use storage::Subscription;
use suite::on_both;

use super::sign_in::{app, token};
use super::{NOW, member};

fn subscription(id: i64, token_id: i64) -> Subscription {
    Subscription {
        id,
        token_id,
        account_id: 1,
        endpoint: "https://push.example/1".to_owned(),
        p256dh: "key".to_owned(),
        auth: "auth".to_owned(),
        standard: true,
        alerts: vec!["mention".to_owned()],
        policy: "all".to_owned(),
        secret: "sealed".to_owned(),
        created_at: NOW,
    }
}

on_both! {
    async fn a_token_has_one_subscription_which_goes_with_it(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        tx.insert_app(&app(9)).await.unwrap();
        for id in [10, 11] {
            tx.insert_token(&token(id, Some(9), Some(1), None)).await.unwrap();
        }
        assert!(tx.put_subscription(&subscription(1, 10)).await.unwrap());
        assert!(!tx.put_subscription(&subscription(1, 11)).await.unwrap(), "another has this id");
        assert!(tx.put_subscription(&subscription(2, 11)).await.unwrap());
        assert_eq!(tx.subscription_of(10).await.unwrap(), Some(subscription(1, 10)));
        assert!(tx.put_subscription(&subscription(3, 10)).await.unwrap());
        assert_eq!(tx.subscription(1).await.unwrap(), None, "it was replaced");
        assert_eq!(tx.subscriptions(1).await.unwrap(), [subscription(2, 11), subscription(3, 10)]);
        assert_eq!(tx.drop_old_subscriptions(1, 2).await.unwrap(), 0);
        assert_eq!(tx.token_hash(10).await.unwrap().as_deref(), Some("hash 10"));

        tx.change_subscription(3, &["follow".to_owned()], "followed").await.unwrap();
        let changed = tx.subscription(3).await.unwrap().unwrap();
        assert!(changed.wants(NotificationKind::Follow) && !changed.wants(NotificationKind::FollowRequest));
        assert_eq!(changed.policy, "followed");

        tx.delete_token(10).await.unwrap();
        tx.delete_subscription(2).await.unwrap();
        assert!(tx.subscriptions(1).await.unwrap().is_empty());
        assert!(tx.put_subscription(&subscription(4, 11)).await.unwrap());
        assert_eq!(tx.drop_old_subscriptions(2, 0).await.unwrap(), 0, "those of others stay");
        assert_eq!(tx.drop_old_subscriptions(1, 0).await.unwrap(), 1);
        assert!(tx.put_subscription(&subscription(4, 11)).await.unwrap());
        tx.delete_subscription_of(11).await.unwrap();
        assert!(tx.subscriptions(1).await.unwrap().is_empty());
    }
}
