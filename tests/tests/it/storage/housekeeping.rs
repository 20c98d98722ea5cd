//! Settings, rules for domains, the log, and what is forgotten in time.

use storage::{DomainRule, Files};
use suite::on_both;

use super::{NOW, member, stranger};

pub(super) fn rule(domain: &str, severity: &str) -> DomainRule {
    DomainRule {
        domain: domain.to_owned(),
        severity: severity.to_owned(),
        reject_media: false,
        private_comment: String::new(),
        public_comment: String::new(),
        created_at: NOW,
    }
}

#[tokio::test]
async fn files_are_kept_by_key_until_they_are_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::folder(&folder.path().join("media")).unwrap();
    files.put("a/1.png", "one".into()).await.unwrap();
    files.put("a/2.png", "two!".into()).await.unwrap();
    files.put("a/1.png", "one again".into()).await.unwrap();
    assert_eq!(files.get("a/1.png").await.unwrap(), "one again");
    let mut listed = files.list().await.unwrap();
    listed.sort();
    assert_eq!(listed, [("a/1.png".to_owned(), 9), ("a/2.png".to_owned(), 4)]);
    files.delete("a/1.png").await.unwrap();
    files.delete("a/1.png").await.unwrap();
    assert!(files.get("a/1.png").await.unwrap_err().is_not_found());
    assert!(files.get("../../etc/passwd").await.unwrap_err().is_not_found(), "a key never leads out of the folder");
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

    async fn a_rule_for_a_domain_is_set_changed_and_lifted(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        tx.put_domain_rule(&rule("b.example", "limit")).await.unwrap();
        tx.put_domain_rule(&rule("a.example", "suspend")).await.unwrap();
        let changed = DomainRule { reject_media: true, private_comment: "spam".to_owned(), public_comment: "rude".to_owned(), ..rule("b.example", "none") };
        tx.put_domain_rule(&changed).await.unwrap();
        assert_eq!(tx.domain_rules().await.unwrap(), [rule("a.example", "suspend"), changed.clone()]);
        assert!(tx.delete_domain_rule("a.example").await.unwrap());
        assert!(!tx.delete_domain_rule("a.example").await.unwrap());
        assert_eq!(tx.domain_rules().await.unwrap(), [changed]);
    }

    async fn what_moderators_do_is_logged(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        tx.log_action(1, "olga", "suspend", "@bob@far.example", "spam", NOW).await.unwrap();
        let mut rows = Vec::new();
        tx.export_table("audit_log", |row| {
            rows.push(row);
            Ok(())
        })
        .await
        .unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0]["subject"], "@bob@far.example");
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
        assert_eq!(tx.forget_old(NOW - 5, NOW - 5, NOW - 5, NOW).await.unwrap(), 4);
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

    async fn a_limited_domain_limits_its_accounts_until_it_is_lifted(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let near = stranger(&mut tx, 1, "near", "loud.example").await;
        let below = stranger(&mut tx, 2, "below", "sub.loud.example").await;
        let other = stranger(&mut tx, 3, "other", "aloud.example").await;
        let own = stranger(&mut tx, 4, "own", "loud.example").await;
        tx.set_limited(own.id, Some(NOW - 5)).await.unwrap();
        assert_eq!(tx.limit_domain("loud.example", NOW).await.unwrap(), 2);
        for (account, limited) in [(&near, true), (&below, true), (&other, false)] {
            assert_eq!(tx.account(account.id).await.unwrap().unwrap().limited_at.is_some(), limited, "{}", account.username);
        }
        assert_eq!(tx.unlimit_domain("loud.example", NOW).await.unwrap(), 2);
        let limited = tx.account(own.id).await.unwrap().unwrap().limited_at;
        assert_eq!(limited, Some(NOW - 5), "a moderator's own limit stays");
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
        assert_eq!(tx.count_domains().await.unwrap(), 1);
    }

    async fn the_leases_of_a_process_that_is_gone_are_forgotten(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        tx.insert_job(1, "test", "{}", None, NOW, NOW).await.unwrap();
        assert_eq!(tx.lease_jobs(NOW, NOW + 1_000, 5).await.unwrap().len(), 1);
        tx.insert_deed(&crate::storage::deliveries::deed(1)).await.unwrap();
        tx.deliver_to_inbox(1, "b.example", "https://b.example/inbox", NOW).await.unwrap();
        tx.wake_hosts(1, NOW).await.unwrap();
        assert_eq!(tx.lease_hosts("dead", NOW, NOW + 1_000, 5).await.unwrap().len(), 1);
        assert!(tx.lease_jobs(NOW + 1, NOW + 1_000, 5).await.unwrap().is_empty());
        assert!(tx.lease_hosts("other", NOW + 1, NOW + 1_000, 5).await.unwrap().is_empty());
        tx.forget_leases(NOW + 1).await.unwrap();
        assert_eq!(tx.lease_jobs(NOW + 1, NOW + 1_000, 5).await.unwrap().len(), 1);
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
