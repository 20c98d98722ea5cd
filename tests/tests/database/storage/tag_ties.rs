//! Hashtags that are followed, and those on profiles.

use model::account::Account;
use model::audience::Audience;
use model::id::Id;
use model::page::Page;
use model::post::Post;
use storage::Tx;
use suite::on_both;

use super::{NOW, boost, follow, ids, member, post, put, reply, stranger};

async fn tagged(tx: &mut Tx, post: Post, tags: &[Id]) -> Post {
    let post = put(tx, post).await;
    for tag in tags {
        tx.tag_post(*tag, post.id).await.unwrap();
    }
    tx.fan_out_home(&post, "").await.unwrap();
    post
}

async fn home(tx: &mut Tx, account: &Account) -> Vec<Id> {
    ids(&tx.home(account.id, &Page::first(40)).await.unwrap())
}

async fn two_tags(tx: &mut Tx) -> (Id, Id) {
    (tx.use_tag(101, "tea", "Tea", NOW).await.unwrap(), tx.use_tag(102, "milk", "milk", NOW).await.unwrap())
}

on_both! {
    async fn a_public_post_comes_to_those_who_follow_one_of_its_hashtags(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, bea) = (member(&mut tx, 1, "alice").await, member(&mut tx, 2, "bea").await);
        let (bob, carl) = (stranger(&mut tx, 3, "bob", "far.example").await, stranger(&mut tx, 4, "carl", "far.example").await);
        let (tea, milk) = two_tags(&mut tx).await;
        assert!(tx.follow_tag(1, alice.id, tea).await.unwrap() && !tx.follow_tag(2, alice.id, tea).await.unwrap());
        assert!(tx.follow_tag(3, alice.id, milk).await.unwrap());
        let first = tagged(&mut tx, post(10, &bob), &[tea, milk]).await;
        tagged(&mut tx, Post { audience: Audience::Unlisted, ..post(11, &bob) }, &[tea]).await;
        tagged(&mut tx, boost(12, &carl, &first), &[]).await;
        tagged(&mut tx, reply(13, &carl, &first), &[tea]).await;
        tagged(&mut tx, reply(14, &bob, &first), &[tea]).await;
        tagged(&mut tx, post(15, &bea), &[tea]).await;
        tagged(&mut tx, post(16, &alice), &[]).await;
        tx.mute_thread(1, first.root_id).await.unwrap();
        tagged(&mut tx, reply(17, &bob, &first), &[tea]).await;
        tx.set_limited(4, Some(NOW)).await.unwrap();
        tagged(&mut tx, post(18, &carl), &[tea]).await;
        assert_eq!((home(&mut tx, &alice).await, home(&mut tx, &bea).await), (vec![16, 15, 14, 10], vec![15]));
        for (who, whom) in [(1, 2), (3, 1)] {
            tx.put_block(who, who, whom, "", NOW).await.unwrap();
        }
        tagged(&mut tx, post(19, &bea), &[tea]).await;
        tagged(&mut tx, post(20, &bob), &[tea]).await;
        for (who, whom) in [(1, 2), (3, 1)] {
            tx.delete_block(who, whom).await.unwrap();
        }
        follow(&mut tx, &alice, &bea).await;
        assert_eq!(home(&mut tx, &alice).await, [16, 15, 14, 10], "nothing was filed while there was a block");
        assert!(tx.unfollow_tag(1, tea).await.unwrap() && !tx.unfollow_tag(1, tea).await.unwrap());
        assert_eq!(home(&mut tx, &alice).await, [16, 15, 10], "her own, by whom she follows, with another hashtag that she follows");
    }

    async fn followed_and_featured_hashtags_are_listed_and_stay(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let (tea, milk) = two_tags(&mut tx).await;
        let used = tx.use_tag(103, "sugar", "sugar", NOW).await.unwrap();
        tx.follow_tag(5, alice.id, tea).await.unwrap();
        tx.follow_tag(6, alice.id, milk).await.unwrap();
        for (page, wanted) in [(Page::first(9), vec![6, 5]), (Page { min_id: Some(5), ..Page::first(9) }, vec![6])] {
            let list = tx.followed_tags(1, &page).await.unwrap();
            assert_eq!(list.iter().map(|(id, _)| *id).collect::<Vec<_>>(), wanted);
        }
        assert_eq!(tx.count_followed_tags(1).await.unwrap(), 2);
        assert!(tx.feature_tag(7, 1, milk, "MILK").await.unwrap());
        let mut ties = tx.tag_ties(1, &[tea, milk, used]).await.unwrap();
        ties.sort_unstable();
        assert_eq!(ties, [(tea, false), (milk, false), (milk, true)]);
        tx.unfollow_tag(1, milk).await.unwrap();
        tx.drop_unused_tags(0, NOW + 1, 9).await.unwrap();
        for (name, stays) in [("tea", true), ("milk", true), ("sugar", false)] {
            assert_eq!(tx.tag(name).await.unwrap().is_some(), stays, "{name}");
        }
        tx.drop_tag_follows(alice.id, 9).await.unwrap();
        tx.forget_account(1).await.unwrap();
        assert_eq!(tx.tag_ties(1, &[tea, milk]).await.unwrap(), []);
    }

    async fn a_hashtag_on_a_profile_knows_how_often_and_when_it_was_used(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, bob) = (member(&mut tx, 1, "alice").await, member(&mut tx, 2, "bob").await);
        let (tea, milk) = two_tags(&mut tx).await;
        tagged(&mut tx, post(10, &alice), &[tea]).await;
        tagged(&mut tx, Post { audience: Audience::Followers, ..post(11, &alice) }, &[tea]).await;
        tagged(&mut tx, post(12, &bob), &[tea]).await;
        assert!(tx.feature_tag(1, 1, tea, "TEA").await.unwrap() && !tx.feature_tag(2, 1, tea, "tea").await.unwrap());
        assert!(tx.feature_tag(3, 1, milk, "milk").await.unwrap());
        let state = async |tx: &mut Tx| -> Vec<(String, i64, Option<i64>)> {
            tx.featured_tags(1).await.unwrap().into_iter().map(|f| (f.name, f.posts_count, f.last_post_at)).collect()
        };
        let row = |name: &str, count, at| (name.to_owned(), count, at);
        assert_eq!(state(&mut tx).await, [row("TEA", 1, Some(NOW + 10)), row("milk", 0, None)]);
        let newer = tagged(&mut tx, post(20, &alice), &[tea, milk]).await;
        tx.count_in_featured_tags(&newer).await.unwrap();
        assert_eq!(state(&mut tx).await, [row("TEA", 2, Some(NOW + 20)), row("milk", 1, Some(NOW + 20))]);
        let found = tx.featured_tag_counts(0, 9).await.unwrap();
        assert_eq!(found.iter().map(|(_, _, kept, there)| (*kept, *there)).collect::<Vec<_>>(), [(2, 2), (1, 1)]);
        tx.uncount_in_featured_tags(&newer).await.unwrap();
        tx.delete_post(20).await.unwrap();
        assert_eq!(state(&mut tx).await, [row("TEA", 1, Some(NOW + 10)), row("milk", 0, None)]);
        assert_eq!(tx.tags_used_by(1, 9, 9).await.unwrap().len(), 0, "what is featured is not suggested");
        assert!(tx.unfeature_tag(1, tea).await.unwrap() && !tx.unfeature_tag(1, tea).await.unwrap());
        assert_eq!(tx.featured_tag(1, tea).await.unwrap(), None);
        let suggested: Vec<String> = tx.tags_used_by(1, 9, 9).await.unwrap().into_iter().map(|t| t.name).collect();
        assert_eq!(suggested, ["tea"]);
    }
}
