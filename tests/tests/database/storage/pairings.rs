//! Who is in, whom a round has to look at, and who was introduced to whom.

use model::account::{ActorKind, MemberState};
use model::id::first_id;
use model::page::Page;
use model::pairing::{Kind, Seeker};
use storage::{Pairing, Tx};
use suite::on_both;

use super::deliveries::deed;
use super::{NOW, follow, member, post, put, stranger};

fn seeker(account_id: i64, kind: Kind, role: &str) -> Seeker {
    let (role, about) = (role.to_owned(), "a line".to_owned());
    Seeker { account_id, kind, role, about, from_at: 0, until_at: 0, since: NOW, looked_at: 0 }
}

async fn waiting(tx: &mut Tx, kind: Kind, round: i64) -> Vec<i64> {
    tx.seekers(kind, round, NOW, 10).await.unwrap().into_iter().map(|s| s.account_id).collect()
}

on_both! {
    async fn a_round_looks_at_people_who_are_there_and_may_be_heard(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        for id in 1..=5 {
            member(&mut tx, id, &format!("member{id}")).await;
        }
        for id in 6..=9 {
            stranger(&mut tx, id, &format!("stranger{id}"), "elsewhere.example").await;
        }
        for id in 1..=9 {
            tx.put_seeker(&Seeker { since: NOW - id, ..seeker(id, Kind::Cuppa, "") }).await.unwrap();
        }
        assert_eq!(waiting(&mut tx, Kind::Cuppa, NOW).await, [9, 8, 7, 6, 5, 4, 3, 2, 1], "who came first is first");
        assert_eq!(waiting(&mut tx, Kind::Cuppa, NOW - 7).await, [9, 8, 7], "who came later waits for the next");
        assert_eq!((tx.count_seekers(Kind::Cuppa).await.unwrap(), tx.count_seekers(Kind::Mentoring).await.unwrap()), (9, 0));
        tx.set_suspended(1, Some(NOW), "moderator").await.unwrap();
        tx.set_limited(2, Some(NOW)).await.unwrap();
        tx.set_member_state(3, MemberState::Frozen).await.unwrap();
        tx.set_moved_to(6, "https://else.example/x", NOW).await.unwrap();
        tx.mark_account_deleted(7, NOW).await.unwrap();
        let mut bot = tx.account(8).await.unwrap().unwrap();
        bot.kind = ActorKind::Service;
        tx.update_remote_account(&bot).await.unwrap();
        assert_eq!(waiting(&mut tx, Kind::Cuppa, NOW).await, [9, 5, 4]);
        // Nobody is introduced to somebody whom nothing reaches.
        stranger(&mut tx, 10, "gone", "gone.example").await;
        tx.put_seeker(&seeker(10, Kind::Cuppa, "")).await.unwrap();
        assert!(waiting(&mut tx, Kind::Cuppa, NOW).await.contains(&10));
        tx.insert_deed(&deed(50)).await.unwrap();
        tx.deliver_to_inbox(50, "gone.example", "https://gone.example/inbox", NOW).await.unwrap();
        tx.wake_hosts(50, NOW).await.unwrap();
        let mut host = tx.lease_hosts("w", NOW, NOW + 60, 9).await.unwrap().remove(0);
        host.dead_since = Some(NOW);
        tx.release_host("w", &host, NOW).await.unwrap();
        assert_eq!(waiting(&mut tx, Kind::Cuppa, NOW).await, [9, 5, 4]);

        // Who is taken waits anew; who was looked at comes last in the next round, and not at all in this one.
        assert_eq!(tx.take_seeker(9, Kind::Cuppa, NOW).await.unwrap().unwrap().since, NOW);
        assert!(tx.take_seeker(9, Kind::Cuppa, NOW).await.unwrap().is_none(), "once in a round");
        tx.pass_over_seekers(&[4, 9], Kind::Cuppa, NOW).await.unwrap();
        assert_eq!(waiting(&mut tx, Kind::Cuppa, NOW).await, [5]);
        assert_eq!(waiting(&mut tx, Kind::Cuppa, NOW + 1).await, [5, 4, 9]);

        // The rest is for once, and shadowing as long as there is a day left.
        for (id, role, until_at) in [(4, "offer", NOW - 1), (5, "ask", NOW)] {
            tx.put_seeker(&Seeker { until_at, ..seeker(id, Kind::Shadowing, role) }).await.unwrap();
        }
        tx.put_seeker(&seeker(4, Kind::Mentoring, "mentor")).await.unwrap();
        assert_eq!(waiting(&mut tx, Kind::Shadowing, NOW).await, [5]);
        assert_eq!(tx.forget_seekers(NOW).await.unwrap(), 1);
        assert_eq!(tx.take_seeker(5, Kind::Shadowing, NOW).await.unwrap().unwrap().role, "ask");
        assert!(tx.take_seeker(4, Kind::Mentoring, NOW).await.unwrap().is_some());
        assert_eq!(tx.seeking(4).await.unwrap().iter().map(|s| s.kind).collect::<Vec<_>>(), [Kind::Cuppa]);

        tx.put_seeker(&Seeker { about: "another".to_owned(), since: NOW + 9, ..seeker(9, Kind::Cuppa, "") }).await.unwrap();
        let [again] = tx.seeking(9).await.unwrap().try_into().unwrap();
        assert_eq!((again.about.as_str(), again.since, again.looked_at), ("another", NOW, NOW), "how long they wait stays");
        assert!(tx.drop_seeker(9, Kind::Cuppa).await.unwrap() && !tx.drop_seeker(9, Kind::Cuppa).await.unwrap());
    }

    async fn whatever_is_between_two_keeps_them_apart(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let mut people = Vec::new();
        for id in 1..=6 {
            people.push(member(&mut tx, id, &format!("member{id}")).await);
        }
        stranger(&mut tx, 7, "eve", "elsewhere.example").await;
        follow(&mut tx, &people[0], &people[1]).await;
        tx.put_block(11, 2, 3, "", NOW).await.unwrap();
        tx.put_mute(12, 3, 4, false, None, NOW).await.unwrap();
        let side = |account_id, other_id| Pairing { id: 20, account_id, other_id, kind: Kind::Cuppa, agreed: false, asks_at: None, created_at: NOW };
        assert!(tx.insert_pairing(&side(5, 6)).await.unwrap() && tx.insert_pairing(&side(6, 5)).await.unwrap());
        assert!(!tx.insert_pairing(&Pairing { id: 21, ..side(5, 6) }).await.unwrap(), "never twice");
        let all = [1, 2, 3, 4, 5, 6, 7];
        let other = Pairing { id: 21, kind: Kind::Mentoring, ..side(5, 6) };
        assert!(!tx.insert_pairing(&other).await.unwrap(), "for whatever");
        let mut ties = tx.pairing_ties(&all).await.unwrap();
        ties.sort_unstable();
        assert_eq!(ties, [(1, 2), (2, 3), (3, 4), (5, 6), (6, 5)]);
        tx.put_move(5, 7, NOW).await.unwrap();
        assert!(tx.pairing_ties(&all).await.unwrap().contains(&(7, 6)), "as somebody else");
        tx.put_domain_mute(13, 1, "elsewhere.example").await.unwrap();
        assert_eq!(tx.domain_mutes_by(&all).await.unwrap(), [(1, "elsewhere.example".to_owned())]);
    }

    async fn pairs_are_listed_agreed_to_asked_and_left(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let ana = member(&mut tx, 1, "ana").await;
        for id in 2..=3 {
            member(&mut tx, id, &format!("member{id}")).await;
        }
        for (id, other, asks_at) in [(20, 2, NOW), (21, 3, NOW + 1)] {
            for (account_id, other_id) in [(1, other), (other, 1)] {
                let side = Pairing { id, account_id, other_id, kind: Kind::Mentoring, agreed: false, asks_at: Some(asks_at), created_at: NOW };
                assert!(tx.insert_pairing(&side).await.unwrap());
            }
        }
        let listed = |list: Vec<Pairing>| list.into_iter().map(|p| (p.id, p.other_id)).collect::<Vec<_>>();
        assert_eq!(listed(tx.pairings_of(1, &Page::first(10)).await.unwrap()), [(21, 3), (20, 2)]);
        let above = Page { min_id: Some(20), ..Page::first(10) };
        assert_eq!(listed(tx.pairings_of(1, &above).await.unwrap()), [(21, 3)]);
        assert!(tx.agree_to_pairing(20, 1).await.unwrap() && !tx.agree_to_pairing(20, 1).await.unwrap());
        assert!(!tx.agree_to_pairing(20, 3).await.unwrap(), "who is not in it");
        assert_eq!(tx.pairing(20).await.unwrap().iter().map(|p| (p.account_id, p.agreed)).collect::<Vec<_>>(), [(1, true), (2, false)]);

        assert_eq!(tx.agreed_by_other(&[20, 21], 2).await.unwrap(), [20]);
        assert!(tx.agreed_by_other(&[20, 21], 1).await.unwrap().is_empty());
        assert_eq!(tx.pairings_to_ask(NOW, 10).await.unwrap(), [20, 20]);
        assert!(tx.asked_of_pairing(20).await.unwrap() && !tx.asked_of_pairing(20).await.unwrap());
        assert!(tx.pairings_to_ask(NOW, 10).await.unwrap().is_empty());
        tx.put_seeker(&seeker(1, Kind::Cuppa, "")).await.unwrap();
        assert!(tx.leave_pairings(1).await.unwrap() && !tx.leave_pairings(1).await.unwrap());
        let still: Vec<bool> = tx.pairing(21).await.unwrap().iter().map(|p| p.asks_at.is_some()).collect();
        assert_eq!(still, [false, true], "the other is asked all the same");

        put(&mut tx, post(first_id(NOW), &ana)).await;
        tx.put_mention(first_id(NOW), 2, false).await.unwrap();
        assert_eq!(tx.count_said_to(1, 2, first_id(NOW)).await.unwrap(), 1);
        assert_eq!((tx.count_said_to(1, 2, first_id(NOW + 1)).await.unwrap(), tx.count_said_to(2, 1, 0).await.unwrap()), (0, 0));
        assert!(!tx.swap_setting("x", "1", "2").await.unwrap());
        tx.put_setting("x", "1").await.unwrap();
        assert!(tx.swap_setting("x", "1", "2").await.unwrap() && !tx.swap_setting("x", "1", "2").await.unwrap());

        tx.put_seeker(&seeker(3, Kind::Cuppa, "")).await.unwrap();
        tx.forget_account(3).await.unwrap();
        assert!(tx.pairing(21).await.unwrap().is_empty() && tx.seeking(3).await.unwrap().is_empty());
        assert_eq!(tx.pairing(20).await.unwrap().len(), 2);
    }

    async fn whoever_was_introduced_is_not_swept_away(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "ana").await;
        for id in 2..=4 {
            stranger(&mut tx, id, &format!("s{id}"), "elsewhere.example").await;
        }
        tx.put_seeker(&seeker(2, Kind::Cuppa, "")).await.unwrap();
        for (account_id, other_id) in [(1, 3), (3, 1)] {
            let side = Pairing { id: 20, account_id, other_id, kind: Kind::Cuppa, agreed: false, asks_at: None, created_at: NOW };
            tx.insert_pairing(&side).await.unwrap();
        }
        assert_eq!(tx.unseen_accounts(&[2, 3, 4], NOW + 1).await.unwrap(), [4]);
    }
}
