//! Settings, rules for domains, the log, and what is forgotten in time.

use storage::Files;
use suite::on_both;

use super::jobs::job;
use super::{NOW, member, stranger};

#[tokio::test]
async fn files_are_kept_by_key_until_they_are_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::folder(&folder.path().join("media")).unwrap();
    files.put("a/1.png", "one".into()).await.unwrap();
    files.put("a/2.png", "two!".into()).await.unwrap();
    files.put("a/1.png", "one again".into()).await.unwrap();
    assert_eq!(files.get("a/1.png").await.unwrap(), "one again");
    let listed = files.list().await.unwrap();
    assert!(listed.iter().all(|f| f.modified_at > NOW), "{listed:?}");
    let mut listed: Vec<(String, u64)> = listed.into_iter().map(|f| (f.key, f.size)).collect();
    listed.sort();
    assert_eq!(listed, [("a/1.png".to_owned(), 9), ("a/2.png".to_owned(), 4)]);
    files.delete("a/1.png").await.unwrap();
    files.delete("a/1.png").await.unwrap();
    assert!(files.get("a/1.png").await.unwrap_err().is_not_found());
    assert!(files.get("../../etc/passwd").await.unwrap_err().is_not_found(), "a key never leads out of the folder");
    // As a writer leaves it that is killed.
    std::fs::write(folder.path().join("media/a/3.png#1"), "half").unwrap();
    std::fs::write(folder.path().join("media/a/#x"), "a name").unwrap();
    let unfinished = files.unfinished().await.unwrap();
    assert_eq!((unfinished.len(), unfinished[0].key.as_str(), unfinished[0].size), (1, "a/3.png#1", 4));
    assert!(unfinished[0].modified_at > NOW);
    std::fs::remove_file(folder.path().join("media/a/#x")).unwrap();
    assert_eq!(Files::folder(&folder.path().join("media")).unwrap().list().await.unwrap().len(), 1);
}

on_both! {
    async fn a_setting_is_what_it_was_last_set_to(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        assert_eq!(tx.setting("origin").await.unwrap(), None);
        tx.put_setting("origin", "a").await.unwrap();
        tx.put_setting("origin", "b").await.unwrap();
        assert_eq!(tx.setting("origin").await.unwrap().as_deref(), Some("b"));
        tx.ping().await.unwrap();
    }

    async fn an_activity_is_taken_in_once_for_each_signer(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        assert!(tx.mark_seen("far.example", "https://far.example/1", NOW).await.unwrap());
        assert!(!tx.mark_seen("far.example", "https://far.example/1", NOW + 1).await.unwrap());
        assert!(tx.mark_seen("other.example", "https://far.example/1", NOW).await.unwrap(), "nobody marks another's as seen");
    }

    async fn what_is_gone_is_remembered_with_whose_it_was(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        tx.put_tombstone("https://far.example/1", "https://far.example/bob", NOW).await.unwrap();
        tx.put_tombstone("https://far.example/1", "https://evil.example/eve", NOW + 1).await.unwrap();
        tx.put_tombstone("https://far.example/1", "https://far.example/bob", NOW + 2).await.unwrap();
        for (of, by, at) in [("1", "bob", Some(NOW)), ("2", "bob", None)] {
            let (of, by) = (format!("https://far.example/{of}"), format!("https://far.example/{by}"));
            assert_eq!(tx.tombstone(&of, &by).await.unwrap(), at);
        }
    }

    async fn old_marks_keys_and_codes_are_forgotten(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        stranger(&mut tx, 2, "bob", "far.example").await;
        tx.mark_seen("far.example", "old", NOW - 10).await.unwrap();
        tx.mark_seen("far.example", "new", NOW).await.unwrap();
        tx.put_idempotency_key(alice.id, "old", 77, NOW - 10).await.unwrap();
        tx.put_idempotency_key(alice.id, "new", 78, NOW).await.unwrap();
        let post = |name: &str| format!("{}/{name}", alice.uri);
        tx.put_tombstone(&post("old"), &alice.uri, NOW - 10).await.unwrap();
        tx.put_tombstone("https://far.example/old", "https://far.example/users/bob", NOW - 10).await.unwrap();
        tx.put_tombstone("https://far.example/new", "https://far.example/users/bob", NOW).await.unwrap();
        for (id, end) in [(1, Some(NOW - 10)), (2, Some(NOW + 10)), (3, None)] {
            let token = storage::Token {
                id,
                token_hash: format!("token {id}"),
                app_id: None,
                account_id: Some(alice.id),
                scopes: "read".to_owned(),
                created_at: NOW - 100,
                last_used_at: None,
                expires_at: end,
            };
            tx.insert_token(&token).await.unwrap();
        }
        tx.forget_seen(NOW - 5, 9).await.unwrap();
        tx.forget_idempotency_keys(NOW - 5, 9).await.unwrap();
        tx.forget_tombstones(NOW - 5, 9).await.unwrap();
        assert_eq!(tx.forget_tokens(NOW, 9).await.unwrap(), 1);
        assert_eq!(tx.forget_codes(NOW).await.unwrap(), 0);
        assert!(tx.tombstone("https://far.example/old", "https://far.example/users/bob").await.unwrap().is_none(), "nobody sends that any more");
        assert!(tx.tombstone("https://far.example/new", "https://far.example/users/bob").await.unwrap().is_some());
        assert!(tx.tombstone(&post("old"), &alice.uri).await.unwrap().is_some(), "ours answer for ever that they are gone");
        for (id, left) in [(1, false), (2, true), (3, true)] {
            let hash = format!("token {id}");
            assert_eq!(tx.token(&hash, 0).await.unwrap().is_some(), left, "{id}");
        }
        assert!(tx.mark_seen("far.example", "old", NOW).await.unwrap());
        assert!(!tx.mark_seen("far.example", "new", NOW).await.unwrap());
        assert_eq!(tx.idempotent_post(alice.id, "old", 0).await.unwrap(), None);
        assert_eq!(tx.idempotent_post(alice.id, "new", NOW).await.unwrap(), Some(78));
        assert_eq!(tx.idempotent_post(alice.id, "new", NOW + 1).await.unwrap(), None, "too long ago");
        tx.put_idempotency_key(alice.id, "new", 79, NOW + 1).await.unwrap();
        assert_eq!(tx.idempotent_post(alice.id, "new", NOW + 1).await.unwrap(), Some(79));
        assert_eq!(tx.idempotent_post(2, "new", 0).await.unwrap(), None, "keys are each account's own");
    }

    async fn own_actors_without_members_go_and_members_stay(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let bob = stranger(&mut tx, 2, "bob", "b.example").await;
        let mut actor = alice.clone();
        (actor.id, actor.uri, actor.username) = (3, "https://node.example/actor".to_owned(), "instance.actor".to_owned());
        tx.insert_account(&actor).await.unwrap();
        tx.drop_own_actors().await.unwrap();
        for (id, stays) in [(alice.id, true), (bob.id, true), (actor.id, false)] {
            assert_eq!(tx.account(id).await.unwrap().is_some(), stays, "{id}");
        }
        assert_eq!(tx.domains(10).await.unwrap().len(), 1);
    }

    async fn the_leases_of_a_process_that_is_gone_are_forgotten(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        tx.insert_job(&job(1, "{}", None, NOW), NOW).await.unwrap();
        assert_eq!(tx.lease_jobs(true, NOW, NOW + 1_000, 5).await.unwrap().len(), 1);
        tx.insert_deed(&crate::storage::deliveries::deed(1)).await.unwrap();
        tx.deliver_to_inbox(1, "b.example", "https://b.example/inbox", NOW).await.unwrap();
        tx.wake_hosts(1, NOW).await.unwrap();
        assert_eq!(tx.lease_hosts("dead", NOW, NOW + 1_000, 5).await.unwrap().len(), 1);
        assert!(tx.lease_jobs(true, NOW + 1, NOW + 1_000, 5).await.unwrap().is_empty());
        assert!(tx.lease_hosts("other", NOW + 1, NOW + 1_000, 5).await.unwrap().is_empty());
        tx.forget_leases(NOW + 1).await.unwrap();
        assert_eq!(tx.lease_jobs(true, NOW + 1, NOW + 1_000, 5).await.unwrap().len(), 1);
        assert_eq!(tx.lease_hosts("other", NOW + 1, NOW + 1_000, 5).await.unwrap().len(), 1);
    }

    async fn a_favourite_is_found_by_the_activity_that_made_it(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, bob) = (member(&mut tx, 1, "alice").await, stranger(&mut tx, 2, "bob", "b.example").await);
        let liked = crate::storage::post(10, &alice);
        tx.insert_post(&liked).await.unwrap();
        tx.put_favourite(5, bob.id, liked.id, "https://b.example/likes/1", NOW).await.unwrap();
        assert_eq!(tx.favourite_by_uri(bob.id, "https://b.example/likes/1").await.unwrap(), Some(liked.id));
        assert_eq!(tx.favourite_by_uri(alice.id, "https://b.example/likes/1").await.unwrap(), None);
    }
}
