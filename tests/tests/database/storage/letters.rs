//! Which notifications members get as letters.

use model::notification::Digest;
use storage::LetterWishes;
use suite::on_both;

use super::{NOW, member};

fn wishes(account_id: i64) -> LetterWishes {
    LetterWishes {
        account_id,
        chosen: false,
        kinds: Vec::new(),
        always: false,
        digest: Digest::Never,
        secret: format!("secret {account_id}"),
        told: 5,
        hour_began: 0,
        hour_count: 0,
        digest_at: 0,
        digest_told: 0,
    }
}

on_both! {
    async fn what_a_member_wants_of_letters_is_kept_and_digests_come_when_they_are_due(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        for (id, name) in [(1, "alice"), (2, "bob")] {
            member(&mut tx, id, name).await;
            assert_eq!(tx.letter_wishes(id).await.unwrap(), None);
            tx.begin_letter_wishes(&wishes(id)).await.unwrap();
        }
        tx.begin_letter_wishes(&LetterWishes { told: 9, ..wishes(1) }).await.unwrap();
        assert_eq!(tx.letter_wishes(1).await.unwrap(), Some(wishes(1)), "what was there stays");
        assert_eq!(tx.letter_wishes_by_secret("secret 2").await.unwrap(), Some(wishes(2)));
        assert_eq!(tx.letter_wishes_by_secret("").await.unwrap(), None);
        assert_eq!(tx.due_digest(NOW).await.unwrap(), None, "nobody wants one");

        let chosen = LetterWishes {
            chosen: true,
            kinds: vec!["follow".to_owned()],
            always: true,
            digest: Digest::Weekly,
            told: 7,
            digest_at: NOW,
            digest_told: 7,
            ..wishes(2)
        };
        tx.choose_letters(&chosen).await.unwrap();
        assert_eq!(tx.due_digest(NOW - 1).await.unwrap(), None);
        assert_eq!(tx.due_digest(NOW).await.unwrap(), Some(chosen.clone()));
        tx.put_next_digest(2, 8, NOW + 1).await.unwrap();
        assert_eq!(tx.due_digest(NOW).await.unwrap(), None);
        tx.told_by_letter(2, 9, (NOW, 3)).await.unwrap();
        let now = LetterWishes { told: 9, hour_began: NOW, hour_count: 3, digest_at: NOW + 1, digest_told: 8, ..chosen };
        assert_eq!(tx.letter_wishes(2).await.unwrap(), Some(now));
    }
}
