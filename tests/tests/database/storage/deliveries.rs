//! What has to be sent to whom.

use model::clock::DAY;
use model::id::Id;
use model::post::{CARRIED, Post};
use storage::{Deed, HostState, LOOK, Tx};
use suite::on_both;

use super::jobs::job;
use super::{NOW, boost, follow, member, post, put, remote, reply, stranger};

pub(super) fn deed(id: Id) -> Deed {
    Deed {
        id,
        kind: "create".to_owned(),
        account_id: 1,
        subject_id: Some(10),
        data: r#"{"to":[]}"#.to_owned(),
        document: None,
        created_at: NOW + id,
    }
}

async fn inboxes(tx: &mut Tx, host: &str) -> Vec<String> {
    tx.deliveries_of_host(host, 99).await.unwrap().into_iter().map(|d| d.inbox).collect()
}

/// A deed to one inbox, enqueued and woken.
async fn enqueue(tx: &mut Tx, id: Id, host: &str, now: i64) {
    tx.insert_deed(&deed(id)).await.unwrap();
    assert_eq!(tx.deliver_to_inbox(id, host, &format!("https://{host}/inbox"), now).await.unwrap(), 1);
    assert!(tx.wake_hosts(id, now).await.unwrap());
}

async fn lease(tx: &mut Tx, owner: &str, now: i64) -> Vec<HostState> {
    let mut hosts = tx.lease_hosts(owner, now, now + 60, 9).await.unwrap();
    hosts.sort_by(|a, b| a.name.cmp(&b.name));
    hosts
}

on_both! {
    async fn followers_of_one_server_get_one_request(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let bea = member(&mut tx, 2, "bea").await;
        follow(&mut tx, &bea, &alice).await;
        for (id, name, domain) in [(3, "b", "far.example"), (4, "c", "far.example"), (5, "d", "other.example")] {
            let who = stranger(&mut tx, id, name, domain).await;
            follow(&mut tx, &who, &alice).await;
        }
        let mut lonely = remote(6, "e", "single.example");
        lonely.shared_inbox.clear();
        tx.insert_account(&lonely).await.unwrap();
        follow(&mut tx, &lonely, &alice).await;
        let unasked = stranger(&mut tx, 7, "f", "unasked.example").await;
        let mut waiting = follow(&mut tx, &unasked, &alice).await;
        tx.delete_follow(waiting.id).await.unwrap();
        waiting.accepted = false;
        tx.put_follow(&waiting).await.unwrap();
        let gone = stranger(&mut tx, 8, "g", "gone.example").await;
        follow(&mut tx, &gone, &alice).await;
        tx.set_suspended(8, Some(NOW), "moderator").await.unwrap();

        tx.insert_deed(&deed(50)).await.unwrap();
        assert_eq!(tx.deliver_to_followers(50, 1, NOW).await.unwrap(), 3);
        assert_eq!(inboxes(&mut tx, "far.example").await, ["https://far.example/inbox"]);
        assert_eq!(inboxes(&mut tx, "other.example").await, ["https://other.example/inbox"]);
        assert_eq!(inboxes(&mut tx, "single.example").await, ["https://single.example/users/e/inbox"]);
        assert_eq!(tx.deliver_to_followers(50, 1, NOW).await.unwrap(), 0, "twice is once");
        assert_eq!(tx.deliver_to_accounts(50, &[3], false, NOW).await.unwrap(), 0, "whose server gets it needs no copy");
        assert!(tx.wake_hosts(50, NOW).await.unwrap());
        assert_eq!(tx.count_hosts().await.unwrap(), 3);
    }

    async fn several_deeds_go_at_once_each_to_the_followers_of_who_did_it(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let bea = member(&mut tx, 2, "bea").await;
        member(&mut tx, 3, "carl").await;
        for (id, name, domain) in [(4, "c", "far.example"), (5, "d", "far.example"), (6, "e", "other.example"), (7, "f", "dead.example")] {
            let who = stranger(&mut tx, id, name, domain).await;
            follow(&mut tx, &who, &alice).await;
            if domain == "far.example" {
                follow(&mut tx, &who, &bea).await;
            }
        }
        let written = put(&mut tx, post(10, &alice)).await;
        put(&mut tx, post(11, &bea)).await;
        for (id, by) in [(50, 1), (51, 2), (52, 3)] {
            tx.insert_deed(&Deed { account_id: by, ..deed(id) }).await.unwrap();
        }
        tx.deliver_to_inbox(50, "dead.example", "https://dead.example/inbox", NOW).await.unwrap();
        tx.wake_hosts(50, NOW).await.unwrap();
        let mut dead = lease(&mut tx, "w", NOW).await.remove(0);
        (dead.dead_since, dead.failing_since) = (Some(NOW), Some(NOW - 9));
        assert!(tx.release_host("w", &dead, NOW).await.unwrap());
        let failing: Vec<_> = tx.failing_hosts(9).await.unwrap().into_iter().map(|h| h.name).collect();
        assert_eq!(failing, ["dead.example"]);
        tx.drop_deliveries_of_host("dead.example").await.unwrap();

        assert_eq!(tx.deliver_each_to_followers(&[50, 51, 52], NOW).await.unwrap(), 3);
        assert_eq!(tx.deliver_each_to_followers(&[50, 51, 52], NOW).await.unwrap(), 0, "twice is once");
        assert_eq!(inboxes(&mut tx, "far.example").await.len(), 2, "one for each of the deeds");
        assert_eq!(inboxes(&mut tx, "other.example").await.len(), 1);
        assert!(tx.wake_hosts(50, NOW).await.unwrap() && tx.wake_hosts(51, NOW).await.unwrap());
        assert!(!tx.wake_hosts(52, NOW).await.unwrap(), "nobody elsewhere gets it");
        assert!(tx.deed(52).await.unwrap().is_none());

        // Who follows those that carry a post, and not who boosted it.
        put(&mut tx, Post { kind: CARRIED.to_owned(), ..boost(12, &bea, &written) }).await;
        put(&mut tx, boost(13, &alice, &written)).await;
        tx.insert_deed(&deed(53)).await.unwrap();
        assert_eq!(tx.deliver_to_followers_of_carriers(53, 10, NOW).await.unwrap(), 1);
        assert_eq!(tx.deliver_to_followers_of_carriers(53, 11, NOW).await.unwrap(), 0);
    }

    async fn accounts_are_reached_alone_or_through_their_server(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        for (id, name, domain) in [(3, "b", "far.example"), (4, "c", "far.example"), (5, "d", "other.example")] {
            stranger(&mut tx, id, name, domain).await;
        }
        tx.insert_deed(&deed(50)).await.unwrap();
        assert_eq!(tx.deliver_to_accounts(50, &[1, 3, 4], false, NOW).await.unwrap(), 2);
        assert_eq!(inboxes(&mut tx, "far.example").await, ["https://far.example/users/b/inbox", "https://far.example/users/c/inbox"]);
        tx.insert_deed(&deed(51)).await.unwrap();
        assert_eq!(tx.deliver_to_accounts(51, &[3, 4, 5], true, NOW).await.unwrap(), 2);
        tx.insert_deed(&deed(52)).await.unwrap();
        assert_eq!(tx.deliver_to_all_known(52, NOW).await.unwrap(), 2);
        assert_eq!(inboxes(&mut tx, "far.example").await.len(), 4);
        assert_eq!(inboxes(&mut tx, "other.example").await.len(), 2);
    }

    async fn those_who_took_part_are_told(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let written = put(&mut tx, post(10, &alice)).await;
        let boosts = stranger(&mut tx, 3, "b", "boosts.example").await;
        put(&mut tx, boost(11, &boosts, &written)).await;
        stranger(&mut tx, 4, "c", "likes.example").await;
        tx.put_favourite(20, 4, 10, "", NOW).await.unwrap();
        let answers = stranger(&mut tx, 5, "d", "answers.example").await;
        put(&mut tx, reply(12, &answers, &written)).await;
        stranger(&mut tx, 6, "e", "nothing.example").await;
        tx.insert_deed(&deed(50)).await.unwrap();
        assert_eq!(tx.deliver_to_engaged(50, 10, NOW).await.unwrap(), 3);
        for host in ["boosts.example", "likes.example", "answers.example"] {
            assert_eq!(inboxes(&mut tx, host).await.len(), 1, "{host}");
        }
    }

    async fn a_deed_that_nobody_gets_goes_at_once(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        tx.insert_deed(&deed(50)).await.unwrap();
        assert_eq!(format!("{:?}", tx.deed(50).await.unwrap().unwrap()), format!("{:?}", deed(50)));
        assert_eq!(tx.deliver_to_followers(50, 1, NOW).await.unwrap(), 0);
        assert!(!tx.wake_hosts(50, NOW).await.unwrap());
        assert!(tx.deed(50).await.unwrap().is_none());
    }

    async fn the_first_document_of_a_deed_is_the_one_that_counts(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        tx.insert_deed(&deed(50)).await.unwrap();
        assert_eq!(tx.keep_document(50, "first").await.unwrap().as_deref(), Some("first"));
        assert_eq!(tx.keep_document(50, "second").await.unwrap().as_deref(), Some("first"));
        assert_eq!(tx.deed(50).await.unwrap().unwrap().document.as_deref(), Some("first"));
        assert_eq!(tx.keep_document(51, "x").await.unwrap(), None);
    }

    async fn a_host_belongs_to_one_worker_until_its_lease_ends(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        assert_eq!(tx.next_due().await.unwrap().host, None);
        enqueue(&mut tx, 50, "far.example", NOW).await;
        enqueue(&mut tx, 51, "other.example", NOW + 10).await;
        assert_eq!(tx.next_due().await.unwrap().host, Some(NOW));
        let hosts = lease(&mut tx, "w1", NOW).await;
        assert_eq!(hosts.iter().map(|h| (h.name.as_str(), h.scheme.as_str(), h.fail_count)).collect::<Vec<_>>(), [("far.example", "", 0)]);
        assert!(lease(&mut tx, "w2", NOW + 5).await.is_empty());
        assert_eq!(tx.next_due().await.unwrap().host, Some(NOW + 10));
        let recovered = lease(&mut tx, "w2", NOW + 60).await;
        assert_eq!(recovered.len(), 2, "w1 died: its host is taken by the next");
        assert!(!tx.release_host("w1", &hosts[0], NOW + 61).await.unwrap(), "it is w1's no more");
        assert!(tx.release_host("w2", &recovered[0], NOW + 61).await.unwrap());
    }

    async fn a_released_host_is_due_when_its_next_delivery_is(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        enqueue(&mut tx, 50, "far.example", NOW).await;
        enqueue(&mut tx, 51, "far.example", NOW).await;
        let mut host = lease(&mut tx, "w", NOW).await.remove(0);
        tx.finish_delivery("far.example", 50, "https://far.example/inbox").await.unwrap();
        tx.postpone_delivery("far.example", 51, "https://far.example/inbox", 3, NOW + 500).await.unwrap();
        let waiting = tx.deliveries_of_host("far.example", 9).await.unwrap();
        assert_eq!(waiting.iter().map(|d| (d.deed_id, d.attempts, d.next_at)).collect::<Vec<_>>(), [(51, 3, NOW + 500)]);
        tx.release_host("w", &host, NOW).await.unwrap();
        assert_eq!(tx.next_due().await.unwrap().host, Some(NOW + 500));
        host = lease(&mut tx, "w", NOW + 500).await.remove(0);
        tx.finish_delivery("far.example", 51, "https://far.example/inbox").await.unwrap();
        tx.release_host("w", &host, NOW + 500).await.unwrap();
        assert_eq!(tx.next_due().await.unwrap().host, None, "nothing waits");
        assert_eq!(tx.drop_finished_deeds(&[50, 51]).await.unwrap(), 2);
    }

    async fn a_host_is_not_due_for_what_is_held_back(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        for (attempts, due) in [(1, NOW + 500), (4, NOW)] {
            enqueue(&mut tx, 50, "far.example", NOW).await;
            enqueue(&mut tx, 51, "far.example", NOW).await;
            let host = lease(&mut tx, "w", NOW).await.remove(0);
            tx.postpone_delivery("far.example", 50, "https://far.example/inbox", attempts, NOW + 500).await.unwrap();
            tx.release_host("w", &host, NOW).await.unwrap();
            assert_eq!(tx.next_due().await.unwrap().host, Some(due), "after {attempts} attempts");
            tx.drop_deliveries_of_host("far.example").await.unwrap();
            tx.drop_finished_deeds(&[50, 51]).await.unwrap();
        }
    }

    async fn what_is_due_does_not_wait_behind_the_many_that_are_not(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        tx.insert_deed(&deed(50)).await.unwrap();
        for n in 0..=LOOK {
            let inbox = format!("https://far.example/users/{n}/inbox");
            tx.deliver_to_inbox(50, "far.example", &inbox, NOW).await.unwrap();
            tx.postpone_delivery("far.example", 50, &inbox, 4, NOW + 500).await.unwrap();
        }
        enqueue(&mut tx, 51, "far.example", NOW).await;
        let host = lease(&mut tx, "w", NOW).await.remove(0);
        tx.release_host("w", &host, NOW).await.unwrap();
        assert_eq!(tx.next_due().await.unwrap().host, Some(NOW));
        let host = lease(&mut tx, "w", NOW).await.remove(0);
        tx.finish_delivery("far.example", 51, "https://far.example/inbox").await.unwrap();
        tx.release_host("w", &host, NOW).await.unwrap();
        assert_eq!(tx.next_due().await.unwrap().host, Some(NOW + 500));
    }

    async fn what_is_due_does_not_wait_behind_the_many_that_are_held_back(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (slow, other) = ("https://far.example/users/slow/inbox", "https://far.example/inbox");
        for id in 100..=100 + 2 * LOOK {
            tx.insert_deed(&deed(id)).await.unwrap();
            tx.deliver_to_inbox(id, "far.example", slow, NOW).await.unwrap();
        }
        // The first was put off, and not because of itself.
        tx.postpone_delivery("far.example", 100, slow, 0, NOW + 500).await.unwrap();
        let ready = async |tx: &mut Tx, now| tx.ready_for_host("far.example", now, |_| false).await.unwrap();
        assert!(ready(&mut tx, NOW).await.is_empty(), "nothing overtakes it");
        enqueue(&mut tx, 999, "far.example", NOW).await;
        let found = ready(&mut tx, NOW).await;
        assert_eq!(found.iter().map(|d| (d.deed_id, d.inbox.as_str())).collect::<Vec<_>>(), [(999, other)]);
        let host = lease(&mut tx, "w", NOW).await.remove(0);
        tx.release_host("w", &host, NOW).await.unwrap();
        assert_eq!(tx.next_due().await.unwrap().host, Some(NOW));
        assert_eq!(ready(&mut tx, NOW + 500).await[0].deed_id, 100);
        let held = tx.ready_for_host("far.example", NOW, |id| id == 100).await.unwrap();
        assert_eq!(held[0].deed_id, 101, "what is broken holds nothing back");
        for (attempts, first) in [(3, 999), (4, 101)] {
            tx.postpone_delivery("far.example", 100, slow, attempts, NOW + 500).await.unwrap();
            assert_eq!(ready(&mut tx, NOW).await[0].deed_id, first, "after {attempts} attempts");
        }
    }

    async fn a_host_for_which_nothing_waits_does_not_fail(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        enqueue(&mut tx, 50, "far.example", NOW).await;
        enqueue(&mut tx, 51, "far.example", NOW).await;
        for (id, failing) in [(50, Some(NOW - 9)), (51, None)] {
            let mut host = lease(&mut tx, "w", NOW).await.remove(0);
            host.failing_since = Some(NOW - 9);
            tx.finish_delivery("far.example", id, "https://far.example/inbox").await.unwrap();
            tx.release_host("w", &host, NOW).await.unwrap();
            assert_eq!(tx.host("far.example").await.unwrap().unwrap().failing_since, failing);
        }
    }

    async fn what_is_learnt_of_a_host_is_kept_and_its_back_off_holds(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        enqueue(&mut tx, 50, "far.example", NOW).await;
        let mut host = lease(&mut tx, "w", NOW).await.remove(0);
        host.fail_count = 2;
        host.failing_since = Some(NOW - 9);
        host.not_before = NOW + 1_000;
        "rfc9421".clone_into(&mut host.scheme);
        "503".clone_into(&mut host.last_error);
        tx.release_host("w", &host, NOW).await.unwrap();
        let kept = tx.host("far.example").await.unwrap().unwrap();
        host.lease_until = 0;
        assert_eq!(format!("{kept:?}"), format!("{host:?}"));
        assert_eq!(tx.next_due().await.unwrap().host, Some(NOW + 1_000));
        enqueue(&mut tx, 51, "far.example", NOW + 5).await;
        assert_eq!(tx.next_due().await.unwrap().host, Some(NOW + 1_000), "new work does not end the back-off");
        assert!(lease(&mut tx, "w", NOW + 999).await.is_empty());
        assert_eq!(lease(&mut tx, "w", NOW + 1_000).await.len(), 1);
    }

    async fn what_is_enqueued_during_a_lease_is_not_lost(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        enqueue(&mut tx, 50, "far.example", NOW).await;
        let host = lease(&mut tx, "w", NOW).await.remove(0);
        enqueue(&mut tx, 51, "far.example", NOW + 1).await;
        assert!(lease(&mut tx, "other", NOW + 2).await.is_empty(), "the lease stands");
        tx.finish_delivery("far.example", 50, "https://far.example/inbox").await.unwrap();
        tx.release_host("w", &host, NOW + 3).await.unwrap();
        assert_eq!(tx.next_due().await.unwrap().host, Some(NOW + 1));
    }

    async fn a_worker_that_ends_gives_back_what_it_had(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        enqueue(&mut tx, 50, "far.example", NOW).await;
        enqueue(&mut tx, 51, "other.example", NOW).await;
        lease(&mut tx, "w", NOW).await;
        assert_eq!(tx.release_leases("nobody", NOW + 1).await.unwrap(), 0);
        assert_eq!(tx.release_leases("w", NOW + 1).await.unwrap(), 2);
        assert_eq!(lease(&mut tx, "x", NOW + 1).await.len(), 2);
    }

    async fn a_host_that_was_interrupted_is_given_back_by_whoever_has_it(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        enqueue(&mut tx, 50, "far.example", NOW).await;
        lease(&mut tx, "w", NOW).await;
        tx.give_back_host("nobody", "far.example", NOW + 60, NOW + 1).await.unwrap();
        assert!(lease(&mut tx, "x", NOW + 1).await.is_empty());
        tx.give_back_host("w", "far.example", NOW + 60, NOW + 1).await.unwrap();
        assert_eq!(lease(&mut tx, "x", NOW + 1).await.len(), 1);
    }

    async fn nobody_ends_a_lease_that_was_taken_after_theirs_had_run_out(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        enqueue(&mut tx, 50, "far.example", NOW).await;
        let first = lease(&mut tx, "w", NOW).await.remove(0);
        let second = lease(&mut tx, "w", NOW + 60).await.remove(0);
        tx.give_back_host("w", "far.example", first.lease_until, NOW + 61).await.unwrap();
        assert!(!tx.release_host("w", &first, NOW + 61).await.unwrap(), "although the worker is the same");
        assert!(lease(&mut tx, "x", NOW + 61).await.is_empty());
        assert!(tx.release_host("w", &second, NOW + 61).await.unwrap());
    }

    async fn after_the_clock_was_set_back_everything_comes_as_soon_as_it_was_to_come(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (ahead, minute, day) = (NOW + DAY, 60_000, DAY);
        for (id, host, at) in [(50, "leased.example", ahead), (51, "waits.example", ahead), (52, "old.example", NOW)] {
            enqueue(&mut tx, id, host, at).await;
        }
        // Leased by a clock that is a day ahead, held back by it, and held back long before.
        let hosts = tx.lease_hosts("w", ahead, ahead + minute, 9).await.unwrap();
        for mut host in hosts.into_iter().filter(|h| h.name != "leased.example") {
            host.not_before = if host.name == "old.example" { NOW + minute } else { ahead + minute };
            tx.release_host("w", &host, ahead).await.unwrap();
        }
        tx.postpone_delivery("waits.example", 51, "https://waits.example/inbox", 1, ahead + minute).await.unwrap();
        tx.insert_job(&job(1, "{}", None, ahead + 5), ahead).await.unwrap();
        tx.insert_job(&job(2, "{}", None, NOW + 5), NOW).await.unwrap();
        // Another process may notice, too; its leases end when they are to end.
        for _ in 0..2 {
            tx.bring_hosts_forward(ahead, day, NOW + minute).await.unwrap();
        }
        tx.bring_deliveries_forward(ahead, day).await.unwrap();
        tx.bring_jobs_forward(ahead, day, NOW + minute).await.unwrap();
        assert!(lease(&mut tx, "x", NOW + minute - 1).await.is_empty());
        assert_eq!(lease(&mut tx, "x", NOW + minute).await.len(), 3);
        assert_eq!(tx.deliveries_of_host("waits.example", 9).await.unwrap()[0].next_at, NOW + minute);
        assert_eq!(tx.lease_jobs(true, NOW + 5, ahead + minute, 9).await.unwrap().len(), 2);
        for _ in 0..2 {
            tx.bring_jobs_forward(NOW, 20_000, NOW + minute).await.unwrap();
        }
        assert!(tx.lease_jobs(true, NOW + minute - 1, ahead, 9).await.unwrap().is_empty(), "somebody has them");
        assert_eq!(tx.lease_jobs(true, NOW + minute, ahead, 9).await.unwrap().len(), 2);
    }

    async fn whoever_writes_down_what_was_sent_is_not_waited_for_while_times_are_brought_forward(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        for (id, host) in [(50, "a.example"), (51, "b.example")] {
            enqueue(&mut tx, id, host, NOW + DAY).await;
        }
        tx.insert_job(&job(1, "{}", None, NOW + DAY), NOW).await.unwrap();
        tx.commit().await.unwrap();
        if db.store.is_sqlite() {
            return;
        }
        let mut writes = db.store.begin().await.unwrap();
        writes.postpone_delivery("a.example", 50, "https://a.example/inbox", 1, NOW + DAY + 1).await.unwrap();
        writes.postpone_job(1, NOW + 9).await.unwrap();
        let mut tx = db.store.begin().await.unwrap();
        tx.bring_deliveries_forward(NOW + DAY, DAY).await.unwrap();
        tx.bring_jobs_forward(NOW + DAY, DAY, NOW + 9).await.unwrap();
        tx.commit().await.unwrap();
        writes.commit().await.unwrap();
        let mut tx = db.store.read().await.unwrap();
        assert_eq!(tx.deliveries_of_host("a.example", 9).await.unwrap()[0].next_at, NOW + DAY + 1);
        assert_eq!(tx.deliveries_of_host("b.example", 9).await.unwrap()[0].next_at, NOW);
    }

    async fn a_dead_host_costs_nothing_until_it_shows_life(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        stranger(&mut tx, 3, "b", "far.example").await;
        enqueue(&mut tx, 50, "far.example", NOW).await;
        let mut host = lease(&mut tx, "w", NOW).await.remove(0);
        host.dead_since = Some(NOW);
        host.fail_count = 30;
        assert_eq!(tx.drop_deliveries_of_host("far.example").await.unwrap(), 1);
        tx.release_host("w", &host, NOW).await.unwrap();
        assert_eq!(tx.next_due().await.unwrap().host, None);
        tx.insert_deed(&deed(51)).await.unwrap();
        assert_eq!(tx.deliver_to_accounts(51, &[3], true, NOW).await.unwrap(), 0);
        assert!(tx.revive_host("far.example").await.unwrap());
        assert!(!tx.revive_host("far.example").await.unwrap(), "it lives already");
        assert_eq!(tx.deliver_to_accounts(51, &[3], true, NOW).await.unwrap(), 1);
        let revived = tx.host("far.example").await.unwrap().unwrap();
        assert_eq!((revived.dead_since, revived.fail_count), (None, 0));
    }

    async fn a_deed_goes_when_its_last_delivery_is_done(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        enqueue(&mut tx, 50, "far.example", NOW).await;
        tx.deliver_to_inbox(50, "other.example", "https://other.example/inbox", NOW).await.unwrap();
        tx.wake_hosts(50, NOW).await.unwrap();
        let queue = tx.queue().await.unwrap();
        assert_eq!((queue.deliveries, queue.oldest), (2, Some(NOW + 50)));
        tx.finish_delivery("far.example", 50, "https://far.example/inbox").await.unwrap();
        assert_eq!(tx.drop_finished_deeds(&[50]).await.unwrap(), 0);
        tx.finish_delivery("other.example", 50, "https://other.example/inbox").await.unwrap();
        assert_eq!(tx.drop_finished_deeds(&[50]).await.unwrap(), 1);
        assert!(tx.deed(50).await.unwrap().is_none());
        assert_eq!(tx.queue().await.unwrap().oldest, None);
    }

    async fn the_scheme_a_host_wants_is_remembered(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        assert!(tx.host("far.example").await.unwrap().is_none());
        tx.suggest_host_scheme("far.example", "rfc9421").await.unwrap();
        tx.suggest_host_scheme("far.example", "cavage").await.unwrap();
        let scheme = async |tx: &mut Tx| tx.host("far.example").await.unwrap().unwrap().scheme;
        assert_eq!(scheme(&mut tx).await, "rfc9421", "what is known already stays");
        enqueue(&mut tx, 50, "far.example", NOW).await;
        let mut host = lease(&mut tx, "w", NOW).await.remove(0);
        host.scheme.clear();
        tx.release_host("w", &host, NOW).await.unwrap();
        assert_eq!(scheme(&mut tx).await, "rfc9421", "who learnt nothing forgets nothing");
        let mut host = lease(&mut tx, "w", NOW).await.remove(0);
        "cavage".clone_into(&mut host.scheme);
        tx.finish_delivery("far.example", 50, "https://far.example/inbox").await.unwrap();
        tx.release_host("w", &host, NOW).await.unwrap();
        assert_eq!(scheme(&mut tx).await, "cavage");
        assert_eq!(tx.next_due().await.unwrap().host, None);
    }
}
