//! Actors of hashtags, what they carry, and whom they leave alone.

use model::account::{Account, ActorKind};
use model::post::{CARRIED, Post};
use storage::{BlockedTag, Tx};
use suite::on_both;

use super::deliveries::deed;
use super::{NOW, account_ids, boost, follow, ids, local, member, post, put, stranger};

/// The actor of a hashtag, with so many followers.
async fn actor(tx: &mut Tx, id: i64, tag: i64, name: &str, followers: i64) -> Account {
    tx.use_tag(tag, name, name, NOW).await.unwrap();
    let account = Account { kind: ActorKind::Group, ..local(id, &format!("tag-{name}")) };
    assert!(tx.insert_account(&account).await.unwrap());
    tx.put_tag_actor(id, tag).await.unwrap();
    tx.put_tag_actor(id, tag).await.unwrap();
    tx.count_follow(1_000, id, followers).await.unwrap();
    account
}

async fn carries(tx: &mut Tx, id: i64, carrier: &Account, what: &Post) -> Post {
    put(tx, Post { kind: CARRIED.to_owned(), ..boost(id, carrier, what) }).await
}

on_both! {
    async fn a_post_has_the_carriers_of_its_hashtags_that_are_followed_and_not_refused(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let (tea, milk) = (actor(&mut tx, 51, 101, "tea", 1).await, actor(&mut tx, 52, 102, "milk", 2).await);
        actor(&mut tx, 53, 103, "nobodys", 0).await;
        assert_eq!(tx.tag_of_actor(tea.id).await.unwrap().as_deref(), Some("tea"));
        assert_eq!(tx.tag_of_actor(alice.id).await.unwrap(), None);
        let said = put(&mut tx, post(10, &alice)).await;
        for tag in [101, 102, 103] {
            tx.tag_post(tag, said.id).await.unwrap();
        }
        let carriers = async |tx: &mut Tx| account_ids(&tx.carriers_of_tags(10, 1).await.unwrap());
        assert_eq!(carriers(&mut tx).await, [51, 52]);
        tx.refuse_carrier(tea.id, alice.id, NOW).await.unwrap();
        tx.refuse_carrier(tea.id, alice.id, NOW).await.unwrap();
        assert!(tx.refuses_carrier(51, 1).await.unwrap() && !tx.refuses_carrier(52, 1).await.unwrap());
        assert_eq!(carriers(&mut tx).await, [52]);
        tx.put_block(1, alice.id, milk.id, "", NOW).await.unwrap();
        assert!(tx.refuses_carrier(52, 1).await.unwrap(), "a block says it, too");
        assert!(carriers(&mut tx).await.is_empty());
        tx.forget_refusal(tea.id, alice.id).await.unwrap();
        assert_eq!(carriers(&mut tx).await, [51]);
        tx.set_suspended(tea.id, Some(NOW), "moderator").await.unwrap();
        assert!(carriers(&mut tx).await.is_empty());
    }

    async fn what_is_carried_is_found_and_counted(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let tea = actor(&mut tx, 51, 101, "tea", 1).await;
        let group = Account { kind: ActorKind::Group, ..local(60, "trust") };
        tx.insert_account(&group).await.unwrap();
        let (first, second) = (put(&mut tx, post(10, &alice)).await, put(&mut tx, post(11, &alice)).await);
        put(&mut tx, boost(12, &alice, &second)).await;
        carries(&mut tx, 20, &tea, &first).await;
        carries(&mut tx, 21, &group, &first).await;
        carries(&mut tx, 22, &tea, &second).await;
        assert_eq!(ids(&tx.carried_by_tags(10).await.unwrap()), [20], "a challenge is no hashtag");
        assert_eq!(ids(&tx.carried_by(51, 9).await.unwrap()), [22, 20]);
        assert_eq!(ids(&tx.carried_by(51, 1).await.unwrap()), [22]);
        assert!(tx.carried_by(1, 9).await.unwrap().is_empty(), "a boost is somebody's own");
        assert_eq!(tx.ids_of_posts_by(1, 0, 2).await.unwrap(), [10, 11]);
        assert_eq!(tx.ids_of_posts_by(1, 11, 2).await.unwrap(), [12]);
        assert_eq!(tx.count_carried(1, 0).await.unwrap(), 2, "each post once");
        assert_eq!(tx.count_carried(1, NOW).await.unwrap(), 0, "since then nothing");
    }

    async fn what_is_kept_from_carriers_and_who_consents(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        put(&mut tx, post(10, &alice)).await;
        assert!(!tx.is_kept_from_carriers(10).await.unwrap());
        for _ in 0..2 {
            tx.keep_from_carriers(10, true).await.unwrap();
            assert!(tx.is_kept_from_carriers(10).await.unwrap());
        }
        tx.keep_from_carriers(10, false).await.unwrap();
        assert!(!tx.is_kept_from_carriers(10).await.unwrap());
        for on in [false, true] {
            tx.set_tag_sharing(1, on).await.unwrap();
            assert_eq!(tx.member(1).await.unwrap().unwrap().tag_sharing, on);
        }
        tx.use_tag(101, "tea", "tea", NOW).await.unwrap();
        assert!(!tx.is_tag_public(101).await.unwrap());
        let inside = post(11, &alice);
        put(&mut tx, Post { audience: model::audience::Audience::Organisation, ..inside }).await;
        tx.tag_post(101, 11).await.unwrap();
        assert!(!tx.is_tag_public(101).await.unwrap(), "what is said inside tells nobody that there is a hashtag");
        tx.tag_post(101, 10).await.unwrap();
        assert!(tx.is_tag_public(101).await.unwrap());
    }

    async fn hashtags_that_are_carried_nowhere(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        for (name, comment) in [("tea", "a brand"), ("ale", ""), ("tea", "a person")] {
            tx.block_tag(name, comment, NOW).await.unwrap();
        }
        assert!(tx.is_tag_blocked("tea").await.unwrap() && !tx.is_tag_blocked("milk").await.unwrap());
        let tea = BlockedTag { name: "tea".to_owned(), comment: "a person".to_owned(), created_at: NOW };
        let ale = BlockedTag { name: "ale".to_owned(), comment: String::new(), created_at: NOW };
        assert_eq!(tx.blocked_tags("", 9).await.unwrap(), [ale.clone(), tea.clone()]);
        assert_eq!(tx.blocked_tags("", 1).await.unwrap(), [ale]);
        assert_eq!(tx.blocked_tags("ale", 9).await.unwrap(), [tea]);
        assert!(tx.unblock_tag("tea").await.unwrap() && !tx.unblock_tag("tea").await.unwrap());
    }

    async fn an_actor_goes_when_nobody_follows_it_and_nothing_hangs_on_it(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let bob = stranger(&mut tx, 2, "bob", "far.example").await;
        let mut all = Vec::new();
        for (n, name) in ["idle", "followed", "carries", "refused", "blocked", "busy", "shut"].into_iter().enumerate() {
            let n = i64::try_from(n).unwrap();
            all.push(actor(&mut tx, 51 + n, 101 + n, name, 0).await);
        }
        follow(&mut tx, &bob, &all[1]).await;
        let said = put(&mut tx, post(10, &alice)).await;
        carries(&mut tx, 20, &all[2], &said).await;
        tx.refuse_carrier(all[3].id, bob.id, NOW).await.unwrap();
        tx.put_block(1, bob.id, all[4].id, "", NOW).await.unwrap();
        tx.insert_deed(&storage::Deed { account_id: all[5].id, ..deed(7) }).await.unwrap();
        tx.set_suspended(all[6].id, Some(NOW), "moderator").await.unwrap();
        assert_eq!(tx.drop_idle_tag_actors(0, NOW, 9).await.unwrap(), (None, 0), "all are new");
        assert_eq!(tx.drop_idle_tag_actors(0, NOW + 1, 2).await.unwrap(), (Some(52), 1));
        assert_eq!(tx.drop_idle_tag_actors(52, NOW + 1, 9).await.unwrap(), (None, 0));
        assert!(tx.account(51).await.unwrap().is_none());
        assert!(tx.refuses_carrier(all[3].id, bob.id).await.unwrap(), "who asked to be left alone is");

        assert_eq!(tx.follows_by_the_dead(0, 9).await.unwrap(), [(2_052, false)]);
        assert!(tx.follows_by_the_dead(2_052, 9).await.unwrap().is_empty());
        let known = tx.follow_by_id(2_052).await.unwrap().unwrap();
        assert_eq!((known.follower_id, known.target_id), (2, 52));
        assert!(tx.follow_by_id(1).await.unwrap().is_none());
    }

    async fn who_leaves_leaves_no_wish_and_an_actor_of_ours_nobodys(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (bob, carl) = (stranger(&mut tx, 2, "bob", "far.example").await, stranger(&mut tx, 3, "carl", "far.example").await);
        let tea = actor(&mut tx, 51, 101, "tea", 0).await;
        for who in [&bob, &carl] {
            tx.refuse_carrier(tea.id, who.id, NOW).await.unwrap();
        }
        assert_eq!(tx.unseen_accounts(&[2, 3], NOW + 1).await.unwrap(), [] as [i64; 0], "what they asked for is remembered");
        tx.forget_account(bob.id).await.unwrap();
        assert_eq!(tx.unseen_accounts(&[2, 3], NOW + 1).await.unwrap(), [2]);
        tx.forget_account(tea.id).await.unwrap();
        assert!(!tx.refuses_carrier(tea.id, carl.id).await.unwrap());
    }
}
