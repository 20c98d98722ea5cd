//! What is kept of other servers' files, and how much room files take.

use model::clock::DAY;
use storage::{Category, RemoteFile};
use suite::on_both;

use super::NOW;

fn file(name: &str, size: i64, seen_at: i64) -> RemoteFile {
    RemoteFile {
        url_hash: name.to_owned(),
        domain: "far.example".to_owned(),
        server: "social.far.example".to_owned(),
        host: "cdn.far.example".to_owned(),
        path: format!("remote/{name}.png"),
        size,
        seen_at,
        retry_at: 0,
    }
}

fn failed(name: &str, at: i64) -> RemoteFile {
    RemoteFile { path: String::new(), size: 0, retry_at: at + 900, ..file(name, 0, at) }
}

on_both! {
    async fn a_file_is_kept_once_and_a_failure_gives_way_to_it(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        assert_eq!(tx.remote_file("a").await.unwrap(), None);
        assert!(tx.put_remote_file(&failed("a", NOW)).await.unwrap());
        assert!(tx.put_remote_file(&failed("a", NOW + 5)).await.unwrap());
        assert!(tx.put_remote_file(&file("a", 7, NOW + 9)).await.unwrap());
        let other = RemoteFile { path: "remote/other.png".to_owned(), ..file("a", 8, NOW + 10) };
        assert!(!tx.put_remote_file(&other).await.unwrap(), "it is there already");
        assert!(!tx.put_remote_file(&failed("a", NOW + 11)).await.unwrap(), "and stays");
        assert_eq!(tx.remote_file("a").await.unwrap(), Some(file("a", 7, NOW + 9)));
    }

    async fn that_a_file_was_looked_at_is_written_once_a_day(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        tx.put_remote_file(&file("a", 7, NOW)).await.unwrap();
        tx.see_remote_file("a", NOW + DAY).await.unwrap();
        assert_eq!(tx.remote_file("a").await.unwrap().unwrap().seen_at, NOW);
        tx.see_remote_file("a", NOW + DAY + 1).await.unwrap();
        assert_eq!(tx.remote_file("a").await.unwrap().unwrap().seen_at, NOW + DAY + 1);
    }

    async fn those_that_nobody_looked_at_for_longest_come_first(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        for row in [file("a", 1, NOW + 3), file("b", 2, NOW + 1), file("c", 4, NOW + 2), failed("d", NOW), failed("e", NOW + 8)] {
            tx.put_remote_file(&row).await.unwrap();
        }
        let names = |list: Vec<RemoteFile>| list.into_iter().map(|f| f.url_hash).collect::<Vec<_>>();
        assert_eq!(names(tx.unseen_remote_files(2).await.unwrap()), ["b", "c"]);
        assert_eq!(names(tx.remote_files_after("", 3).await.unwrap()), ["a", "b", "c"]);
        assert_eq!(names(tx.remote_files_after("c", 3).await.unwrap()), ["d", "e"]);
        let (mut keys, bytes) = tx.delete_remote_files(&["b".to_owned(), "c".to_owned(), "d".to_owned()]).await.unwrap();
        keys.sort();
        assert_eq!((keys, bytes), (vec!["remote/b.png".to_owned(), "remote/c.png".to_owned()], 6));
        tx.put_remote_file(&failed("f", NOW)).await.unwrap();
        assert_eq!(tx.forget_failed_files(NOW + 8, 9).await.unwrap(), 1);
        assert_eq!(names(tx.remote_files_after("", 9).await.unwrap()), ["a", "e"]);
    }

    async fn sums_are_kept_of_what_comes_and_goes(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        assert_eq!(tx.disk_use(Category::Media).await.unwrap(), 0);
        for bytes in [100, 20, -3] {
            tx.count_bytes(Category::Media, bytes).await.unwrap();
        }
        tx.count_bytes(Category::Remote, 9).await.unwrap();
        tx.count_bytes(Category::Profiles, -9).await.unwrap();
        let sizes = [tx.disk_use(Category::Media).await.unwrap(), tx.disk_use(Category::Remote).await.unwrap()];
        assert_eq!(sizes, [117, 9]);
        assert_eq!(tx.disk_use(Category::Profiles).await.unwrap(), 0, "never less than nothing");
        assert!(tx.database_size().await.unwrap() > 10_000);
    }

    async fn a_secret_is_made_up_once(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        assert_eq!(tx.setting_or("secret", "first").await.unwrap(), "first");
        assert_eq!(tx.setting_or("secret", "second").await.unwrap(), "first");
    }
}
