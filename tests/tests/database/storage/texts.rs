//! Rules, texts, announcements.

use storage::{Announcement, Rule, Text};
use suite::on_both;

use super::{NOW, member};

on_both! {
    async fn rules_stand_in_their_order(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let rule = |id, text: &str, hint: &str| Rule {
            id,
            text: text.to_owned(),
            hint: hint.to_owned(),
            created_at: NOW,
            removed_at: None,
        };
        tx.insert_rule(&rule(5, "Be kind", ""), None).await.unwrap();
        tx.insert_rule(&rule(4, "Be brief", "one page"), None).await.unwrap();
        assert_eq!(tx.rules().await.unwrap(), [rule(5, "Be kind", ""), rule(4, "Be brief", "one page")]);
        // What one is changed to stands in its place.
        tx.insert_rule(&rule(7, "Be good", ""), Some(5)).await.unwrap();
        assert!(tx.remove_rule(5, NOW + 1).await.unwrap() && !tx.remove_rule(5, NOW + 2).await.unwrap());
        let ids = |rules: Vec<Rule>| rules.iter().map(|r| r.id).collect::<Vec<_>>();
        assert_eq!(ids(tx.rules().await.unwrap()), [7, 4]);
        assert!(tx.remove_rule(4, NOW + 1).await.unwrap());
        let former = tx.former_rules().await.unwrap();
        assert_eq!(former[0], Rule { removed_at: Some(NOW + 1), ..rule(5, "Be kind", "") });
        assert_eq!((ids(former), ids(tx.rules().await.unwrap())), (vec![5, 4], vec![7]));
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
