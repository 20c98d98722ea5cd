//! Durable work.

use storage::NewJob;
use suite::on_both;

use super::NOW;

/// One that asks others.
pub fn job<'a>(id: i64, payload: &'a str, dedupe: Option<&'a str>, run_at: i64) -> NewJob<'a> {
    NewJob { id, kind: "fetch", payload, dedupe, asks_others: true, run_at }
}

on_both! {
    async fn a_job_runs_when_it_is_due_the_most_overdue_first(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        assert_eq!(tx.next_due().await.unwrap().asking_job, None);
        for (id, at) in [(1, NOW + 5), (2, NOW - 1), (3, NOW - 2), (4, NOW)] {
            assert!(tx.insert_job(&job(id, r#"{"a":1}"#, None, at), NOW).await.unwrap());
        }
        assert_eq!(tx.next_due().await.unwrap().asking_job, Some(NOW - 2));
        let leased = tx.lease_jobs(true, NOW, NOW + 60, 2).await.unwrap();
        let mut taken: Vec<_> = leased.iter().map(|j| (j.id, j.kind.as_str(), j.payload.as_str(), j.attempts)).collect();
        taken.sort_unstable();
        assert_eq!(taken, [(2, "fetch", r#"{"a":1}"#, 1), (3, "fetch", r#"{"a":1}"#, 1)]);
        assert_eq!(tx.lease_jobs(true, NOW, NOW + 60, 9).await.unwrap().len(), 1, "leased ones are not taken again");
        assert_eq!(tx.count_jobs().await.unwrap(), 4);
        assert_eq!(tx.queue().await.unwrap().jobs, 4);
    }

    async fn those_that_ask_others_and_the_rest_are_taken_apart(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        for id in 1..=3 {
            tx.insert_job(&job(id, "{}", None, NOW - 9), NOW).await.unwrap();
        }
        tx.insert_job(&NewJob { asks_others: false, ..job(4, "{}", None, NOW) }, NOW).await.unwrap();
        assert_eq!((tx.next_due().await.unwrap().asking_job, tx.next_due().await.unwrap().lone_job), (Some(NOW - 9), Some(NOW)));
        let ids = |jobs: Vec<storage::Job>| jobs.into_iter().map(|j| j.id).collect::<Vec<_>>();
        assert_eq!(ids(tx.lease_jobs(false, NOW, NOW + 60, 9).await.unwrap()), [4]);
        assert_eq!(tx.lease_jobs(true, NOW, NOW + 60, 9).await.unwrap().len(), 3);
        assert_eq!((tx.next_due().await.unwrap().asking_job, tx.next_due().await.unwrap().lone_job), (Some(NOW + 60), Some(NOW + 60)));
    }

    async fn a_job_whose_worker_died_is_taken_by_the_next(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        tx.insert_job(&job(1, "{}", None, NOW), NOW).await.unwrap();
        assert_eq!(tx.lease_jobs(true, NOW, NOW + 60, 9).await.unwrap().len(), 1);
        assert!(tx.lease_jobs(true, NOW + 59, NOW + 99, 9).await.unwrap().is_empty());
        tx.extend_lease(1, NOW + 60).await.unwrap();
        let again = tx.lease_jobs(true, NOW + 60, NOW + 120, 9).await.unwrap();
        assert_eq!(again.iter().map(|j| (j.id, j.attempts)).collect::<Vec<_>>(), [(1, 2)]);
        tx.postpone_job(1, NOW + 500).await.unwrap();
        tx.return_job(99, NOW).await.unwrap();
        assert!(tx.lease_jobs(true, NOW + 499, NOW + 999, 9).await.unwrap().is_empty());
        assert_eq!(tx.lease_jobs(true, NOW + 500, NOW + 999, 9).await.unwrap()[0].attempts, 3);
        tx.restart_job(1, NOW + 501).await.unwrap();
        assert_eq!(tx.lease_jobs(true, NOW + 501, NOW + 999, 9).await.unwrap()[0].attempts, 1, "a step was done: it begins anew");
        tx.finish_job(1).await.unwrap();
        assert_eq!(tx.count_jobs().await.unwrap(), 0);
    }

    async fn of_one_key_one_job_waits(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        assert!(tx.insert_job(&job(1, "first", Some("k"), NOW), NOW).await.unwrap());
        assert!(!tx.insert_job(&job(2, "second", Some("k"), NOW), NOW).await.unwrap());
        assert!(tx.insert_job(&job(3, "other", Some("l"), NOW), NOW).await.unwrap());
        assert!(tx.insert_job(&job(4, "none", None, NOW), NOW).await.unwrap());
        assert!(tx.insert_job(&job(5, "none", None, NOW), NOW).await.unwrap());
        assert_eq!(tx.count_jobs().await.unwrap(), 4);
        tx.lease_jobs(true, NOW, NOW + 60, 9).await.unwrap();
        tx.finish_job(1).await.unwrap();
        assert!(tx.insert_job(&job(6, "third", Some("k"), NOW), NOW).await.unwrap(), "the key is free again");
    }

    async fn a_job_that_waits_long_is_brought_forward_when_it_is_asked_for_again(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let hour = 3_600_000;
        tx.insert_job(&job(1, "first", Some("k"), NOW), NOW).await.unwrap();
        tx.lease_jobs(true, NOW, NOW + 60, 9).await.unwrap();
        tx.postpone_job(1, NOW + 48 * hour).await.unwrap();
        assert!(tx.insert_job(&job(2, "second", Some("k"), NOW), NOW).await.unwrap());
        assert!(tx.lease_jobs(true, NOW + hour / 2 - 1, NOW + hour, 9).await.unwrap().is_empty(), "not at once: it has just failed");
        let due = tx.lease_jobs(true, NOW + hour / 2, NOW + hour, 9).await.unwrap();
        assert_eq!(due.iter().map(|j| (j.id, j.payload.as_str())).collect::<Vec<_>>(), [(1, "second")]);
    }

    async fn a_job_asked_for_while_it_runs_runs_once_more(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        tx.insert_job(&job(1, "first", Some("k"), NOW), NOW).await.unwrap();
        tx.lease_jobs(true, NOW, NOW + 60, 9).await.unwrap();
        assert!(tx.insert_job(&job(2, "second", Some("k"), NOW), NOW).await.unwrap());
        tx.finish_job(1).await.unwrap();
        let again = tx.lease_jobs(true, NOW, NOW + 60, 9).await.unwrap();
        assert_eq!(again.iter().map(|j| (j.id, j.payload.as_str(), j.attempts)).collect::<Vec<_>>(), [(1, "second", 1)]);
        tx.finish_job(1).await.unwrap();
        assert_eq!(tx.count_jobs().await.unwrap(), 0);
    }

    async fn a_job_asked_for_while_it_runs_runs_once_more_when_it_was_asked_for(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        tx.insert_job(&job(1, "first", Some("k"), NOW), NOW).await.unwrap();
        tx.lease_jobs(true, NOW, NOW + 60, 9).await.unwrap();
        for at in [NOW + 9, NOW + 5, NOW + 7] {
            assert!(tx.insert_job(&job(2, "later", Some("k"), at), NOW).await.unwrap());
        }
        tx.finish_job(1).await.unwrap();
        assert_eq!(tx.next_due().await.unwrap().asking_job, Some(NOW + 5));
        tx.lease_jobs(true, NOW + 5, NOW + 60, 9).await.unwrap();
        tx.finish_job(1).await.unwrap();
        assert_eq!(tx.count_jobs().await.unwrap(), 0);
    }

    async fn an_id_that_is_taken_is_an_error_and_not_a_duplicate(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        tx.insert_job(&job(1, "{}", Some("k"), NOW), NOW).await.unwrap();
        assert!(tx.insert_job(&job(1, "{}", Some("l"), NOW), NOW).await.unwrap_err().is_duplicate(), "else the job would be lost");
    }

    async fn two_workers_never_take_the_same_job(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        for id in 1..=40 {
            tx.insert_job(&job(id, "{}", None, NOW), NOW).await.unwrap();
        }
        tx.commit().await.unwrap();
        let worker = || async {
            let mut taken = Vec::new();
            loop {
                let mut tx = db.store.begin().await.unwrap();
                let jobs = tx.lease_jobs(true, NOW, NOW + 60, 3).await.unwrap();
                tx.commit().await.unwrap();
                if jobs.is_empty() {
                    return taken;
                }
                taken.extend(jobs.iter().map(|j| j.id));
            }
        };
        let mut all: Vec<i64> = futures::future::join_all((0..4).map(|_| worker())).await.concat();
        all.sort_unstable();
        assert_eq!(all, (1..=40).collect::<Vec<_>>());
    }
}
