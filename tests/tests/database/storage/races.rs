//! What happens when two do the same at once. On SQLite writers take turns; on PostgreSQL these really meet.

use futures::future::join_all;
use storage::{Deed, Store};
use suite::db::{Db, Engine};
use suite::on_both;

use super::jobs::job;
use super::{NOW, boost, member, post, put, stranger};

const INBOX: &str = "https://far.example/inbox";

fn deed(id: i64) -> Deed {
    Deed {
        id,
        kind: "create".to_owned(),
        account_id: 1,
        subject_id: None,
        data: "{}".to_owned(),
        document: None,
        created_at: NOW,
    }
}

async fn enqueue(store: &Store, id: i64, hosts: &[String]) {
    let mut tx = store.begin().await.unwrap();
    tx.insert_deed(&deed(id)).await.unwrap();
    for host in hosts {
        tx.deliver_to_inbox(id, host, INBOX, NOW).await.unwrap();
    }
    tx.wake_hosts(id, NOW).await.unwrap();
    tx.commit().await.unwrap();
}

/// Looks until a connection of this database waits for an advisory lock, or has answered without.
async fn is_waiting_for_a_lock(db: &Db) -> bool {
    let mut server = db.postgres().await;
    for _ in 0..500 {
        let waiting: bool = sqlx::query_scalar(
            "select exists (select 1 from pg_stat_activity where datname = current_database() and wait_event = 'advisory')",
        )
        .fetch_one(&mut server)
        .await
        .unwrap();
        if waiting {
            return true;
        }
    }
    false
}

on_both! {
    async fn a_delivery_enqueued_while_its_host_is_released_is_found(db: Db) {
        let host = vec!["far.example".to_owned()];
        enqueue(&db.store, 1_000_000, &host).await;
        for round in 0..40 {
            let mut tx = db.store.begin().await.unwrap();
            let leased = tx.lease_hosts("w", NOW, NOW + 60, 9).await.unwrap();
            assert_eq!(leased.len(), 1, "round {round}: something waits, so the host is due");
            let waiting = tx.deliveries_of_host("far.example", 99).await.unwrap();
            assert!(!waiting.is_empty());
            tx.commit().await.unwrap();
            let release = async {
                let mut tx = db.store.begin().await.unwrap();
                for d in &waiting {
                    tx.finish_delivery("far.example", d.deed_id, &d.inbox).await.unwrap();
                }
                assert!(tx.release_host("w", &leased[0], NOW).await.unwrap());
                tx.commit().await.unwrap();
            };
            let others = join_all((0..3).map(|i| enqueue(&db.store, round * 10 + i, &host)));
            futures::join!(release, others);
            let mut tx = db.store.read().await.unwrap();
            assert_eq!(tx.deliveries_of_host("far.example", 99).await.unwrap().len(), 3, "round {round}");
            assert_eq!(tx.next_due().await.unwrap().host, Some(NOW), "round {round}: nobody would ever send them");
        }
    }

    async fn deeds_whose_last_deliveries_end_at_once_are_dropped(db: Db) {
        let hosts: Vec<String> = (0..4).map(|i| format!("h{i}.example")).collect();
        for round in 0..15 {
            enqueue(&db.store, round, &hosts).await;
            join_all(hosts.iter().map(|host| async {
                let mut tx = db.store.begin().await.unwrap();
                tx.finish_delivery(host, round, INBOX).await.unwrap();
                tx.drop_finished_deeds(&[round]).await.unwrap();
                tx.commit().await.unwrap();
            }))
            .await;
            assert!(db.store.read().await.unwrap().deed(round).await.unwrap().is_none(), "round {round}");
        }
    }

    async fn many_wake_the_same_hosts_without_waiting_for_each_other_in_a_circle(db: Db) {
        let hosts: Vec<String> = (0..20).map(|i| format!("h{i}.example")).collect();
        let mut turned = hosts.clone();
        turned.reverse();
        let work = (0..24).map(|i| enqueue(&db.store, i, if i % 2 == 0 { &hosts } else { &turned }));
        let give_back = async {
            for _ in 0..10 {
                let mut tx = db.store.begin().await.unwrap();
                tx.lease_hosts("w", NOW, NOW + 60, 99).await.unwrap();
                tx.commit().await.unwrap();
                let mut tx = db.store.begin().await.unwrap();
                tx.release_leases("w", NOW).await.unwrap();
                tx.commit().await.unwrap();
            }
        };
        futures::join!(join_all(work), give_back);
        let mut tx = db.store.begin().await.unwrap();
        assert_eq!(tx.lease_hosts("w", NOW, NOW + 60, 99).await.unwrap().len(), 20);
    }

    async fn of_the_same_post_one_is_taken_in(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let bob = stranger(&mut tx, 2, "bob", "far.example").await;
        let original = put(&mut tx, post(10, &bob)).await;
        tx.commit().await.unwrap();
        let insert = |written: model::post::Post| {
            let store = db.store.clone();
            async move {
                let mut tx = store.begin().await.unwrap();
                let new = tx.insert_post(&written).await.unwrap();
                tx.commit().await.unwrap();
                new
            }
        };
        for round in 0..5 {
            let same = (0..6).map(|i| {
                let mut copy = post(1_000 + round * 10 + i, &bob);
                copy.uri = format!("same {round}");
                insert(copy)
            });
            assert_eq!(join_all(same).await.into_iter().filter(|new| *new).count(), 1, "one of the same uri");
        }
        let boosts = (0..6).map(|i| insert(boost(2_000 + i, &bob, &original)));
        assert_eq!(join_all(boosts).await.into_iter().filter(|new| *new).count(), 1, "one boost");
    }

    async fn two_who_follow_each_other_at_once_are_both_counted(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        member(&mut tx, 2, "bea").await;
        tx.commit().await.unwrap();
        join_all((0..30).map(|i| {
            let (follower, target) = if i % 2 == 0 { (1, 2) } else { (2, 1) };
            let store = db.store.clone();
            async move {
                let mut tx = store.begin().await.unwrap();
                tx.count_follow(follower, target, 1).await.unwrap();
                tx.commit().await.unwrap();
            }
        }))
        .await;
        let mut tx = db.store.read().await.unwrap();
        for id in [1, 2] {
            let account = tx.account(id).await.unwrap().unwrap();
            assert_eq!((account.following_count, account.followers_count), (15, 15));
        }
    }

    async fn of_two_follows_at_once_one_is_established(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        stranger(&mut tx, 2, "bob", "far.example").await;
        tx.commit().await.unwrap();
        let established = join_all((0..6).map(|i| {
            let store = db.store.clone();
            async move {
                let mut tx = store.begin().await.unwrap();
                let row = storage::Follow { id: 10 + i, follower_id: 2, target_id: 1, accepted: false, uri: format!("{i}"), show_boosts: true,
                    notify: false, languages: Vec::new(), created_at: NOW };
                tx.put_follow(&row).await.unwrap();
                let ours = tx.accept_follow(row.id).await.unwrap();
                tx.commit().await.unwrap();
                ours
            }
        }))
        .await;
        assert_eq!(established.into_iter().filter(|ours| *ours).count(), 1);
    }

    async fn of_two_requests_with_one_key_the_second_finds_what_the_first_made(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        tx.commit().await.unwrap();
        let made = join_all((0..8).map(|i| {
            let store = db.store.clone();
            async move {
                let mut tx = store.begin().await.unwrap();
                let known = tx.idempotent_post(1, "key", 0).await.unwrap();
                if known.is_none() {
                    tx.put_idempotency_key(1, "key", 100 + i, NOW).await.unwrap();
                }
                tx.commit().await.unwrap();
                known
            }
        }))
        .await;
        assert_eq!(made.into_iter().filter(Option::is_none).count(), 1);
    }

    async fn the_second_request_with_a_key_waits_for_the_first(db: Db) {
        let mut first = db.store.begin().await.unwrap();
        assert_eq!(first.idempotent_post(1, "key", 0).await.unwrap(), None);
        // On SQLite it is `begin` that waits.
        let mut second = Box::pin(async {
            let mut tx = db.store.begin().await.unwrap();
            tx.idempotent_post(1, "key", 0).await.unwrap()
        });
        let mut waits = None;
        let found = futures::join!(&mut second, async {
            if db.engine == Engine::Postgres {
                waits = Some(is_waiting_for_a_lock(&db).await);
            }
            first.put_idempotency_key(1, "key", 77, NOW).await.unwrap();
            first.commit().await.unwrap();
        });
        assert_eq!(found.0, Some(77), "and finds what it made");
        assert_ne!(waits, Some(false));
    }

    async fn a_tag_used_by_many_at_once_is_one_tag(db: Db) {
        let used = join_all((0..12).map(|i| {
            let store = db.store.clone();
            async move {
                let mut tx = store.begin().await.unwrap();
                let id = tx.use_tag(100 + i, "tea", "Tea", NOW + i).await.unwrap();
                tx.commit().await.unwrap();
                id
            }
        }))
        .await;
        assert!(used.iter().all(|id| *id == used[0]), "{used:?}");
    }

    async fn who_names_what_went_in_the_same_moment_may_come_again(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let error = tx.put_bookmark(1, alice.id, 77).await.unwrap_err();
        // On SQLite nobody else can have done that.
        assert_eq!(error.is_temporary(), db.engine == Engine::Postgres, "{error}");
    }

    async fn a_job_asked_for_by_many_at_once_waits_once(db: Db) {
        let asked = join_all((0..12).map(|i| {
            let store = db.store.clone();
            async move {
                let mut tx = store.begin().await.unwrap();
                let new = tx.insert_job(&job(i, "{}", Some("k"), NOW), NOW).await.unwrap();
                tx.commit().await.unwrap();
                new
            }
        }))
        .await;
        assert_eq!(asked.into_iter().filter(|new| *new).count(), 1);
        assert_eq!(db.store.read().await.unwrap().count_jobs().await.unwrap(), 1);
    }
}
