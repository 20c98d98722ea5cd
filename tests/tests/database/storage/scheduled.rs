//! Posts that wait for their time, and the uploads that wait with them.

use model::clock::DAY;
use model::page::Page;
use model::poll::PollDraft;
use model::post::Draft;
use storage::Scheduled;
use suite::on_both;

use super::{NOW, member, picture};

on_both! {
    async fn what_waits_keeps_its_uploads(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        tx.insert_media(&picture(5, &alice, None)).await.unwrap();
        tx.insert_media(&picture(6, &alice, None)).await.unwrap();
        let poll = PollDraft { options: vec!["a".to_owned(), "b".to_owned()], expires_in: Some(1), ..PollDraft::default() };
        let draft = Draft { text: "later".to_owned(), media_ids: vec![5, 99], poll: Some(poll), ..Draft::default() };
        let waiting =
            Scheduled { id: 10, account_id: 1, scheduled_at: NOW + DAY, draft: draft.clone(), failure: String::new() };
        tx.insert_scheduled(&waiting, NOW).await.unwrap();
        assert_eq!(tx.scheduled(10).await.unwrap().unwrap().draft, draft);
        assert_eq!(tx.count_scheduled(1, NOW, NOW + 2 * DAY).await.unwrap(), (1, 1));
        assert_eq!(tx.count_scheduled(1, NOW, NOW + DAY).await.unwrap(), (1, 0));
        let lost = tx.unattached_media(NOW + DAY, 10).await.unwrap();
        assert_eq!(lost.iter().map(|m| m.id).collect::<Vec<_>>(), [6]);
        assert!(tx.is_scheduled_media(&[5]).await.unwrap() && !tx.is_scheduled_media(&[6]).await.unwrap());
        tx.fail_scheduled(10, "no").await.unwrap();
        assert_eq!(tx.seen_scheduled(10).await.unwrap().unwrap().failure, "no");
        tx.reschedule(10, NOW + 3 * DAY).await.unwrap();
        let page = tx.scheduled_by(1, &Page::first(10)).await.unwrap();
        assert_eq!((page.len(), page[0].scheduled_at, page[0].failure.as_str()), (1, NOW + 3 * DAY, ""));
        assert!(tx.scheduled_by(1, &Page { min_id: Some(10), ..Page::first(10) }).await.unwrap().is_empty());
        assert!(tx.delete_scheduled(10).await.unwrap() && !tx.delete_scheduled(10).await.unwrap());
        assert!(!tx.is_scheduled_media(&[5]).await.unwrap());
        tx.commit().await.unwrap();
    }
}
