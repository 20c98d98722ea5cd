//! Secrets that work once, second factors, what members are signed in with.

use storage::{OneTime, SecondFactor, Tx};
use suite::on_both;

use super::{NOW, member};

fn secret(hash: &str, account: i64, purpose: &str) -> OneTime {
    OneTime {
        secret_hash: hash.to_owned(),
        account_id: account,
        purpose: purpose.to_owned(),
        email: "a@b.example".to_owned(),
        expires_at: NOW,
    }
}

async fn is_there(tx: &mut Tx, hash: &str, purpose: &str) -> bool {
    tx.one_time(hash, purpose, NOW - 1).await.unwrap().is_some()
}

on_both! {
    async fn a_secret_works_once_and_for_its_purpose(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        tx.put_one_time(&secret("a", 1, "reset")).await.unwrap();
        tx.put_one_time(&secret("b", 1, "confirm")).await.unwrap();
        assert_eq!(tx.one_time("a", "reset", NOW - 1).await.unwrap(), Some(secret("a", 1, "reset")));
        assert!(!is_there(&mut tx, "a", "confirm").await);
        assert_eq!(tx.one_time("a", "reset", NOW).await.unwrap(), None, "its time is over");
        tx.put_one_time(&secret("c", 1, "reset")).await.unwrap();
        assert!(!is_there(&mut tx, "a", "reset").await, "a new one ends the old");
        assert!(is_there(&mut tx, "b", "confirm").await);
        assert!(tx.take_one_time("c").await.unwrap());
        assert!(!tx.take_one_time("c").await.unwrap());
        assert_eq!(tx.drop_expired_one_time(NOW).await.unwrap(), 0);
        assert_eq!(tx.drop_expired_one_time(NOW + 1).await.unwrap(), 1);
        tx.put_one_time(&secret("d", 1, "reset")).await.unwrap();
        tx.drop_one_time_of(1).await.unwrap();
        assert!(!is_there(&mut tx, "d", "reset").await);
    }

    async fn a_second_factor_is_replaced_until_it_is_on_and_its_codes_work_once(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        tx.put_second_factor(1, "FIRST").await.unwrap();
        tx.put_second_factor(1, "SECOND").await.unwrap();
        let off = SecondFactor { secret: "SECOND".to_owned(), on_since: None };
        assert_eq!(tx.second_factor(1).await.unwrap(), Some(off.clone()));
        tx.start_second_factor(1, NOW).await.unwrap();
        tx.put_second_factor(1, "THIRD").await.unwrap();
        assert_eq!(tx.second_factor(1).await.unwrap(), Some(SecondFactor { on_since: Some(NOW), ..off }));
        assert!(tx.use_step(1, 7).await.unwrap());
        assert!(!tx.use_step(1, 7).await.unwrap() && !tx.use_step(1, 6).await.unwrap());
        tx.put_recovery_codes(1, &["x".to_owned(), "y".to_owned()]).await.unwrap();
        assert!(tx.take_recovery_code(1, "x").await.unwrap());
        assert!(!tx.take_recovery_code(1, "x").await.unwrap());
        assert_eq!(tx.count_recovery_codes(1).await.unwrap(), 1);
        tx.drop_second_factor(1).await.unwrap();
        assert_eq!((tx.second_factor(1).await.unwrap(), tx.count_recovery_codes(1).await.unwrap()), (None, 0));
    }

    async fn what_a_member_is_signed_in_with_is_listed_and_ended(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        member(&mut tx, 2, "bob").await;
        let token = |id: i64, account: i64| storage::Token {
            id,
            token_hash: id.to_string(),
            app_id: None,
            account_id: Some(account),
            scopes: "read".to_owned(),
            created_at: NOW,
            last_used_at: None,
            expires_at: (id == 13).then_some(NOW),
        };
        for (id, account) in [(10, 1), (11, 1), (12, 2), (13, 1)] {
            tx.insert_token(&token(id, account)).await.unwrap();
        }
        let list = tx.signed_in(1, NOW, 9).await.unwrap();
        assert_eq!(list.iter().map(|s| (s.id, s.is_app)).collect::<Vec<_>>(), [(10, false), (11, false)]);
        assert_eq!((list[1].agent.as_str(), list[1].last_used_at), ("", None));
        tx.set_token_agent(11, "Firefox on Linux").await.unwrap();
        tx.touch_token(11, NOW + 1).await.unwrap();
        let list = tx.signed_in(1, NOW, 9).await.unwrap();
        assert_eq!((list[1].agent.as_str(), list[1].last_used_at), ("Firefox on Linux", Some(NOW + 1)));
        assert!(!tx.delete_token_of(1, 12).await.unwrap(), "that is another's");
        assert!(tx.delete_token_of(1, 10).await.unwrap());
        assert_eq!(tx.delete_other_tokens(1, 11).await.unwrap(), 1);
        assert_eq!(tx.signed_in(1, NOW, 9).await.unwrap().len(), 1);
    }

    async fn who_has_not_confirmed_their_address_is_found_after_a_time(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        member(&mut tx, 2, "bob").await;
        tx.set_unconfirmed(2).await.unwrap();
        assert!(!tx.member(2).await.unwrap().unwrap().confirmed && tx.member(1).await.unwrap().unwrap().confirmed);
        assert_eq!(tx.unconfirmed_members(NOW + 1, 9).await.unwrap(), [2]);
        assert!(tx.unconfirmed_members(NOW, 9).await.unwrap().is_empty());
        tx.set_confirmed(2).await.unwrap();
        tx.set_email(2, "new@b.example").await.unwrap();
        assert!(tx.unconfirmed_members(NOW + 1, 9).await.unwrap().is_empty());
        assert_eq!(tx.member_by_email("new@b.example").await.unwrap().unwrap().account_id, 2);
    }
}
