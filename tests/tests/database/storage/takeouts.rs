//! What members take along and bring.

use model::clock::DAY;
use model::takeout::{Archive, Import, ImportRow, Kind, Progress, RowState, Stage};
use storage::{Circle, Counted, Tx};
use suite::on_both;

use super::{NOW, follow, ids, member, post, stranger};

fn import(id: i64, account: i64) -> Import {
    Import {
        id,
        account_id: account,
        kind: Kind::Following,
        overwrite: true,
        state: Progress::Waiting,
        stage: Stage::Clear,
        cursor: 0,
        total: 3,
        done: 0,
        failed: 0,
        skipped: 0,
        path: String::new(),
        origin: String::new(),
        failure: String::new(),
        created_at: NOW,
        finished_at: None,
    }
}

fn row(import: i64, position: i64, name: &str) -> ImportRow {
    ImportRow {
        import_id: import,
        position,
        name: name.to_owned(),
        cells: vec![name.to_owned(), "true".to_owned()],
        state: RowState::Waiting,
        retry_at: 0,
        attempts: 0,
        reason: String::new(),
    }
}

async fn waiting(tx: &mut Tx, import: i64) -> Vec<i64> {
    tx.waiting_rows(import, 10).await.unwrap().into_iter().map(|r| r.position).collect()
}

on_both! {
    async fn rows_of_a_list_are_done_in_their_order_and_each_once(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        tx.insert_import(&import(10, 1)).await.unwrap();
        for (position, name) in [(1, "a@b.example"), (2, "c@b.example"), (3, "d@b.example")] {
            tx.insert_import_row(&row(10, position, name)).await.unwrap();
        }
        tx.insert_import_row(&row(10, 3, "again")).await.unwrap();
        assert_eq!(waiting(&mut tx, 10).await, [1, 2, 3]);
        let later = ImportRow { retry_at: NOW + 5, attempts: 1, ..row(10, 1, "a@b.example") };
        assert!(tx.settle_row(&later, None).await.unwrap());
        assert_eq!(waiting(&mut tx, 10).await, [2, 3, 1]);
        let done = ImportRow { state: RowState::Done, ..row(10, 2, "c@b.example") };
        assert!(tx.settle_row(&done, Some(77)).await.unwrap() && !tx.settle_row(&done, Some(77)).await.unwrap());
        let failed = ImportRow { state: RowState::Failed, reason: "no".to_owned(), ..row(10, 3, "d@b.example") };
        assert!(tx.settle_row(&failed, None).await.unwrap());
        assert_eq!(waiting(&mut tx, 10).await, [1]);
        let lost = tx.failed_rows(10, 0, 10).await.unwrap();
        assert_eq!((lost.len(), lost[0].reason.as_str(), lost[0].cells[1].as_str()), (1, "no", "true"));
        assert!(tx.failed_rows(10, 3, 10).await.unwrap().is_empty());
        assert!(tx.import_names(10, "c@b.example", 0).await.unwrap() && tx.import_names(10, "x", 77).await.unwrap());
        assert!(!tx.import_names(10, "x", 78).await.unwrap());
        tx.count_import(10, Counted { done: 2, failed: 1, skipped: 4 }).await.unwrap();
        let mut known = tx.lock_import(10).await.unwrap().unwrap();
        assert_eq!((known.done, known.failed, known.skipped, known.kind), (2, 1, 4, Kind::Following));
        (known.state, known.stage, known.cursor, known.finished_at) = (Progress::Stopped, Stage::Tidy, 9, Some(NOW));
        (known.path, known.origin, known.failure) = ("p".to_owned(), "o".to_owned(), "f".to_owned());
        tx.update_import(&known).await.unwrap();
        assert_eq!(tx.import(10).await.unwrap().unwrap(), known);
        assert_eq!(tx.imports(1, i64::MAX, 5).await.unwrap(), [known.clone()]);
        assert!(tx.imports(1, 10, 5).await.unwrap().is_empty());
        assert_eq!((tx.imports_after(9, 5).await.unwrap().len(), tx.imports_after(10, 5).await.unwrap().len()), (1, 0));
        assert_eq!(tx.drop_import_rows(10, RowState::Done, 5).await.unwrap(), 1);
        assert_eq!(tx.drop_import_rows(10, RowState::Failed, 5).await.unwrap(), 1);
        assert!(tx.delete_import(10).await.unwrap() && !tx.delete_import(10).await.unwrap());
        assert!(waiting(&mut tx, 10).await.is_empty(), "what is left goes along");
        tx.commit().await.unwrap();
    }

    async fn what_is_kept_of_takeouts_goes_with_the_member(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        let archive = Archive {
            id: 20,
            account_id: 1,
            state: Progress::Waiting,
            path: "takeouts/a.zip".to_owned(),
            size: 0,
            total: 5,
            done: 0,
            created_at: NOW,
            finished_at: None,
        };
        tx.insert_archive(&archive).await.unwrap();
        let made = Archive { state: Progress::Finished, size: 9, done: 5, finished_at: Some(NOW + DAY), ..archive };
        assert!(tx.update_archive(&made).await.unwrap());
        assert_eq!(tx.archive(20).await.unwrap(), Some(made.clone()));
        assert_eq!((tx.archives(1).await.unwrap().len(), tx.archives_after(19, 5).await.unwrap().len()), (1, 1));
        tx.insert_import(&Import { path: "takeouts/b".to_owned(), ..import(21, 1) }).await.unwrap();
        tx.insert_import(&import(22, 1)).await.unwrap();
        assert_eq!(tx.forget_takeouts(1).await.unwrap(), ["takeouts/a.zip", "takeouts/b"]);
        assert!(!tx.update_archive(&made).await.unwrap() && tx.import(22).await.unwrap().is_none());
        tx.insert_archive(&made).await.unwrap();
        assert!(tx.delete_archive(20).await.unwrap());
        tx.commit().await.unwrap();
    }

    async fn lists_that_are_given_out_are_read_page_by_page(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        for (id, name) in [(2, "bob"), (3, "carl")] {
            let other = stranger(&mut tx, id, name, "far.example").await;
            follow(&mut tx, &alice, &other).await;
            if id == 2 {
                follow(&mut tx, &other, &alice).await;
            }
            tx.put_mute(100 + id, 1, id, id == 2, None, NOW).await.unwrap();
            tx.put_block(200 + id, 1, id, "", NOW).await.unwrap();
        }
        for circle in [Circle::Following, Circle::Muting, Circle::Blocking] {
            let all = tx.circle_of(1, circle, i64::MAX, 10).await.unwrap();
            assert_eq!(all.iter().map(|t| t.username.as_str()).collect::<Vec<_>>(), ["carl", "bob"], "{circle:?}");
            let rest = tx.circle_of(1, circle, all[0].id, 10).await.unwrap();
            assert_eq!((rest.len(), rest[0].account_id, rest[0].domain.as_str()), (1, 2, "far.example"));
        }
        assert!(!tx.circle_of(1, Circle::Muting, i64::MAX, 1).await.unwrap()[0].flag);
        assert_eq!(tx.circle_of(1, Circle::Followers, i64::MAX, 9).await.unwrap()[0].username, "bob");
        let list = model::list::List { id: 30, account_id: 1, title: "F".to_owned(), replies_policy: model::list::RepliesPolicy::default(), exclusive: false };
        tx.insert_list(&list).await.unwrap();
        tx.put_in_list(&list, 2).await.unwrap();
        assert_eq!(tx.names_in_list(30, 0, 9).await.unwrap(), [(2, "bob".to_owned(), "far.example".to_owned())]);
        assert!(tx.names_in_list(30, 2, 9).await.unwrap().is_empty());
        let said = post(40, &alice);
        tx.insert_post(&said).await.unwrap();
        tx.put_bookmark(50, 1, 40).await.unwrap();
        tx.put_favourite(51, 1, 40, "", NOW).await.unwrap();
        assert_eq!(tx.bookmarked(1, i64::MAX, 9).await.unwrap(), [(50, 40, said.uri.clone())]);
        assert!(tx.bookmarked(1, 50, 9).await.unwrap().is_empty());
        assert_eq!(tx.favourited(1, 0, 9).await.unwrap(), [(51, said.uri)]);
        assert!(tx.experiments_by(1, 0, 9).await.unwrap().is_empty());
        tx.commit().await.unwrap();
    }

    async fn a_post_that_was_made_elsewhere_is_known_again(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let said = post(40, &alice);
        tx.insert_post(&said).await.unwrap();
        assert!(tx.put_imported(&said, "https://old.example/1", "https://old.example/@a/1").await.unwrap());
        assert!(!tx.put_imported(&said, "https://old.example/1", "").await.unwrap());
        assert_eq!(tx.imported(1, "https://old.example/1").await.unwrap(), Some(40));
        assert_eq!(tx.imported(2, "https://old.example/1").await.unwrap(), None);
        assert_eq!(tx.imported_from(&[40, 41]).await.unwrap(), [(40, "https://old.example/@a/1".to_owned())]);
        let own = model::post::Post { in_reply_to_uri: "https://old.example/1".to_owned(), ..post(41, &alice) };
        tx.insert_post(&own).await.unwrap();
        let bob = member(&mut tx, 2, "bob").await;
        let other = model::post::Post { in_reply_to_uri: "https://old.example/1".to_owned(), ..post(42, &bob) };
        tx.insert_post(&other).await.unwrap();
        let tied = tx.adopt_own_replies(&said, "https://old.example/1").await.unwrap();
        assert_eq!(ids(&tied), [41], "what others answered there does not hang on it");
        assert_eq!((tied[0].in_reply_to_id, tied[0].root_id), (Some(40), 40));
        tx.commit().await.unwrap();
    }
}
