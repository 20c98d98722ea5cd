//! Rules, texts, announcements.

use storage::{Announcement, Rule, Text};
use suite::on_both;

use super::{NOW, member};

on_both! {
    async fn rules_stand_in_their_order(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        tx.insert_rule(5, "Be kind", "").await.unwrap();
        tx.insert_rule(4, "Be brief", "one page").await.unwrap();
        let rules = tx.rules().await.unwrap();
        assert_eq!(rules[1], Rule { id: 4, text: "Be brief".to_owned(), hint: "one page".to_owned() });
        assert!(tx.remove_rule(5).await.unwrap() && !tx.remove_rule(5).await.unwrap());
        assert_eq!(tx.rules().await.unwrap().len(), 1);
        tx.commit().await.unwrap();
    }

    async fn of_a_text_the_version_of_the_time_holds(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        for (id, at) in [(1, NOW), (2, NOW + 100)] {
            let text = Text { id, source: format!("{id}"), effective_at: at, created_at: NOW };
            tx.insert_text("terms-of-service", &text).await.unwrap();
        }
        let name = "terms-of-service";
        assert!(tx.text_at(name, NOW - 1).await.unwrap().is_none());
        assert!(!tx.has_text(name, NOW - 1).await.unwrap() && tx.has_text(name, NOW).await.unwrap());
        assert_eq!(tx.text_at(name, NOW + 99).await.unwrap().unwrap().id, 1);
        assert_eq!(tx.text_at(name, NOW + 100).await.unwrap().unwrap().id, 2);
        assert_eq!(tx.text_after(name, NOW).await.unwrap().unwrap().id, 2);
        assert!(tx.text_at("privacy-policy", NOW).await.unwrap().is_none());
        assert!(tx.drop_text(name).await.unwrap() && !tx.drop_text(name).await.unwrap());
        tx.commit().await.unwrap();
    }

    async fn announcements_are_read_and_reacted_to(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        member(&mut tx, 2, "bob").await;
        let told = Announcement {
            id: 9, source: "Tea".to_owned(), content: "<p>Tea</p>".to_owned(), starts_at: Some(NOW), ends_at: None, all_day: true,
            created_at: NOW, updated_at: NOW,
        };
        tx.insert_announcement(&told).await.unwrap();
        assert_eq!(tx.announcement(9).await.unwrap().unwrap(), told);
        assert_eq!(tx.announcements().await.unwrap(), [told]);
        assert!(tx.hold_announcement(9).await.unwrap() && !tx.hold_announcement(8).await.unwrap());
        tx.read_announcement(9, 1).await.unwrap();
        tx.read_announcement(9, 1).await.unwrap();
        assert_eq!((tx.read_announcements(1).await.unwrap(), tx.read_announcements(2).await.unwrap()), (vec![9], vec![]));
        for (who, name) in [(1, "🍵"), (2, "🍵"), (2, "x"), (2, "x")] {
            tx.put_announcement_reaction(9, who, name).await.unwrap();
        }
        let seen = tx.announcement_reactions(9, 1).await.unwrap();
        assert_eq!(seen, [("🍵".to_owned(), 2, true), ("x".to_owned(), 1, false)]);
        tx.delete_announcement_reaction(9, 1, "🍵").await.unwrap();
        assert_eq!(tx.announcement_reactions(9, 1).await.unwrap().len(), 2);
        assert!(tx.delete_announcement(9).await.unwrap() && !tx.delete_announcement(9).await.unwrap());
        tx.commit().await.unwrap();
    }
}
