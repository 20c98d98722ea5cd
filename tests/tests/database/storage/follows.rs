//! Follows, blocks, mutes, and how two accounts stand to each other.

use model::id::Id;
use model::page::Page;
use storage::{Follow, Tx};
use suite::on_both;

use super::{NOW, follow, member, stranger};

fn firsts<T>(list: Vec<(Id, T)>) -> Vec<Id> {
    list.into_iter().map(|(id, _)| id).collect()
}

async fn ask(tx: &mut Tx, id: Id, follower: Id, target: Id) -> Follow {
    let asked = Follow {
        id,
        follower_id: follower,
        target_id: target,
        accepted: false,
        uri: format!("https://x.example/follows/{id}"),
        show_boosts: true,
        notify: true,
        languages: vec!["de".to_owned(), "en".to_owned()],
        created_at: NOW,
    };
    tx.put_follow(&asked).await.unwrap();
    asked
}

on_both! {
    async fn followers_are_listed_by_where_they_live(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, bea) = (member(&mut tx, 1, "alice").await, member(&mut tx, 2, "bea").await);
        let (carl, dora) = (stranger(&mut tx, 3, "carl", "far.example").await, stranger(&mut tx, 4, "dora", "other.example").await);
        for who in [&bea, &carl, &dora] {
            follow(&mut tx, who, &alice).await;
        }
        follow(&mut tx, &alice, &carl).await;
        let mut asked = follow(&mut tx, &bea, &carl).await;
        tx.delete_follow(asked.id).await.unwrap();
        asked.accepted = false;
        tx.put_follow(&asked).await.unwrap();
        let first = tx.followers_elsewhere(alice.id, 0, 1).await.unwrap();
        assert_eq!(first.iter().map(|(_, uri)| uri).collect::<Vec<_>>(), [&carl.uri]);
        let second = tx.followers_elsewhere(alice.id, first[0].0, 9).await.unwrap();
        assert_eq!(second.iter().map(|(_, uri)| uri).collect::<Vec<_>>(), [&dora.uri]);
        let mut here = tx.followers_here(carl.id).await.unwrap();
        here.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(here.iter().map(|(uri, f)| (uri, f.accepted)).collect::<Vec<_>>(), [(&alice.uri, true), (&bea.uri, false)]);
    }

    async fn a_follow_is_asked_for_and_once_accepted_stays_so(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        stranger(&mut tx, 2, "bob", "far.example").await;
        let asked = ask(&mut tx, 10, 1, 2).await;
        assert_eq!(format!("{:?}", tx.follow(1, 2).await.unwrap().unwrap()), format!("{asked:?}"));
        assert_eq!(tx.follow_by_uri(&asked.uri).await.unwrap().unwrap().id, 10);
        assert!(tx.follow(2, 1).await.unwrap().is_none());
        assert!(tx.accept_follow(10).await.unwrap());
        assert!(!tx.accept_follow(10).await.unwrap(), "only the first counts");
        tx.put_follow(&Follow { id: 11, uri: "new".to_owned(), notify: false, ..asked.clone() }).await.unwrap();
        let read = tx.follow(1, 2).await.unwrap().unwrap();
        assert_eq!((read.id, read.accepted, read.uri.as_str(), read.notify), (10, true, "new", false), "asked for again, it stays accepted");
        assert_eq!(tx.delete_follow(10).await.unwrap(), Some(true));
        assert_eq!(tx.delete_follow(10).await.unwrap(), None);
        assert!(tx.follow(1, 2).await.unwrap().is_none());
    }

    async fn new_followers_here_are_members_who_asked_since(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let bob = stranger(&mut tx, 2, "bob", "far.example").await;
        let cara = stranger(&mut tx, 3, "cara", "far.example").await;
        let alice = member(&mut tx, 1, "alice").await;
        follow(&mut tx, &cara, &bob).await;
        ask(&mut tx, 10, 1, 2).await;
        assert!(tx.new_followers_here(2, 0).await.unwrap().is_empty(), "nobody is one before they are let in");
        follow(&mut tx, &alice, &bob).await;
        assert_eq!(tx.new_followers_here(2, NOW).await.unwrap(), [1]);
        assert!(tx.new_followers_here(2, NOW + 1).await.unwrap().is_empty());
    }

    async fn counts_of_both_sides_are_kept(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        stranger(&mut tx, 2, "bob", "far.example").await;
        tx.count_follow(1, 2, 2).await.unwrap();
        tx.count_follow(2, 1, 1).await.unwrap();
        tx.count_follow(1, 2, -1).await.unwrap();
        let (alice, bob) = (tx.account(1).await.unwrap().unwrap(), tx.account(2).await.unwrap().unwrap());
        assert_eq!((alice.following_count, alice.followers_count, bob.following_count, bob.followers_count), (1, 1, 1, 1));
    }

    async fn lists_of_follows_run_over_the_ids_of_the_follows(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        for (id, name) in [(2, "b"), (3, "c"), (4, "d"), (5, "e"), (6, "f")] {
            stranger(&mut tx, id, name, "far.example").await;
        }
        for (id, follower) in [(14, 2), (13, 3), (12, 4), (11, 5)] {
            ask(&mut tx, id, follower, 1).await;
            ask(&mut tx, id + 10, 1, follower).await;
        }
        for accepted in [14, 13, 12, 24, 23] {
            tx.accept_follow(accepted).await.unwrap();
        }
        tx.set_suspended(3, Some(NOW), "moderator").await.unwrap();
        let followers = tx.followers_of(1, &Page::first(9)).await.unwrap();
        assert_eq!(followers.iter().map(|(row, account)| (*row, account.id)).collect::<Vec<_>>(), [(14, 2), (12, 4)]);
        assert_eq!(firsts(tx.followers_of(1, &Page { max_id: Some(14), limit: 9, ..Page::default() }).await.unwrap()), [12]);
        assert_eq!(firsts(tx.followers_of(1, &Page { min_id: Some(11), limit: 1, ..Page::default() }).await.unwrap()), [12]);
        assert_eq!(firsts(tx.following_of(1, &Page::first(9)).await.unwrap()), [24]);
        assert_eq!(firsts(tx.following_of(1, &Page { min_id: Some(0), limit: 9, ..Page::default() }).await.unwrap()), [24]);
        assert_eq!(firsts(tx.follow_requests_of(1, &Page::first(9)).await.unwrap()), [11]);
        assert_eq!(firsts(tx.follow_requests_of(1, &Page { min_id: Some(0), limit: 9, ..Page::default() }).await.unwrap()), [11]);
        assert_eq!(tx.count_follow_requests(1).await.unwrap(), 1);
        assert_eq!(tx.follows_touching(1, 99).await.unwrap().len(), 8);
        assert_eq!(tx.follows_touching(4, 99).await.unwrap().len(), 2);
        assert_eq!(tx.follows_touching(1, 3).await.unwrap().len(), 3);
    }

    async fn members_with_the_bell_on_are_told(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        member(&mut tx, 2, "bea").await;
        member(&mut tx, 3, "cara").await;
        let bob = stranger(&mut tx, 4, "bob", "far.example").await;
        stranger(&mut tx, 5, "eve", "far.example").await;
        assert!(!tx.is_followed_here(4).await.unwrap() && !tx.is_followed_or_asked_here(4).await.unwrap());
        ask(&mut tx, 12, 5, 4).await;
        assert!(!tx.is_followed_or_asked_here(4).await.unwrap(), "not from here");
        for (row, follower) in [(10, 2), (11, 3)] {
            ask(&mut tx, row, follower, 4).await;
        }
        assert!(!tx.is_followed_here(4).await.unwrap(), "asked is not followed");
        assert!(tx.is_followed_or_asked_here(4).await.unwrap());
        tx.accept_follow(12).await.unwrap();
        assert!(!tx.is_followed_here(4).await.unwrap(), "not from here");
        tx.accept_follow(10).await.unwrap();
        follow(&mut tx, &alice, &bob).await;
        assert!(tx.is_followed_here(4).await.unwrap());
        assert_eq!(tx.bell_ringers(4).await.unwrap(), [2]);
    }

    async fn a_block_stands_until_it_is_taken_back(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        stranger(&mut tx, 2, "bob", "far.example").await;
        stranger(&mut tx, 3, "carl", "far.example").await;
        assert!(tx.put_block(10, 1, 2, "activity", NOW).await.unwrap());
        assert!(!tx.put_block(11, 1, 2, "other", NOW).await.unwrap());
        assert!(tx.put_block(12, 1, 3, "", NOW).await.unwrap());
        assert!(tx.is_blocking(1, 2).await.unwrap());
        assert!(!tx.is_blocking(2, 1).await.unwrap());
        assert_eq!(firsts(tx.blocked_by(1, &Page::first(9)).await.unwrap()), [12, 10]);
        assert_eq!(firsts(tx.blocked_by(1, &Page { min_id: Some(0), limit: 1, ..Page::default() }).await.unwrap()), [10]);
        assert_eq!(tx.delete_block(1, 2).await.unwrap().as_deref(), Some("activity"));
        assert_eq!(tx.delete_block(1, 2).await.unwrap(), None);
        assert!(!tx.is_blocking(1, 2).await.unwrap());
    }

    async fn a_mute_may_end_by_itself(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        for (id, name) in [(2, "b"), (3, "c"), (4, "d")] {
            stranger(&mut tx, id, name, "far.example").await;
        }
        tx.put_mute(10, 1, 2, true, Some(NOW + 5), NOW).await.unwrap();
        tx.put_mute(11, 1, 3, true, Some(NOW + 50), NOW).await.unwrap();
        tx.put_mute(12, 1, 4, true, None, NOW).await.unwrap();
        tx.put_mute(13, 1, 3, false, Some(NOW + 60), NOW).await.unwrap();
        assert_eq!(firsts(tx.muted_by(1, &Page::first(9)).await.unwrap()), [12, 11, 10], "muted again, it is the same mute");
        assert_eq!(firsts(tx.muted_by(1, &Page { min_id: Some(10), limit: 1, ..Page::default() }).await.unwrap()), [11]);
        assert_eq!(tx.expire_mutes(NOW + 5).await.unwrap(), 1);
        assert_eq!(firsts(tx.muted_by(1, &Page::first(9)).await.unwrap()), [12, 11]);
        assert!(tx.delete_mute(1, 4).await.unwrap());
        assert!(!tx.delete_mute(1, 4).await.unwrap());
    }

    async fn a_relationship_says_how_each_stands_to_the_other(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        for (id, name) in [(2, "b"), (3, "c"), (4, "d"), (5, "e")] {
            stranger(&mut tx, id, name, "far.example").await;
        }
        ask(&mut tx, 10, 1, 2).await;
        tx.accept_follow(10).await.unwrap();
        ask(&mut tx, 11, 1, 3).await;
        ask(&mut tx, 12, 3, 1).await;
        ask(&mut tx, 13, 2, 1).await;
        tx.accept_follow(13).await.unwrap();
        tx.put_block(20, 1, 4, "", NOW).await.unwrap();
        tx.put_block(21, 3, 1, "", NOW).await.unwrap();
        tx.put_mute(30, 1, 4, true, Some(NOW + 5), NOW).await.unwrap();
        let all = tx.relationships(1, &[5, 4, 3, 2]).await.unwrap();
        assert_eq!(all.iter().map(|r| r.target_id).collect::<Vec<_>>(), [5, 4, 3, 2], "in the order asked for");
        let [nobody, blocked, asked, friend] = &all[..] else { panic!() };
        assert!(friend.following && friend.followed_by && friend.showing_boosts && friend.notifying && !friend.requested);
        assert_eq!(friend.languages, ["de", "en"]);
        assert!(asked.requested && !asked.following && asked.requested_by && !asked.followed_by && asked.blocked_by && !asked.notifying);
        assert!(blocked.blocking && blocked.muting && blocked.muting_notifications && !blocked.blocked_by);
        assert_eq!(blocked.muting_expires_at, Some(NOW + 5));
        assert_eq!(format!("{nobody:?}"), format!("{:?}", model::account::Relationship { target_id: 5, ..Default::default() }));
    }
}
