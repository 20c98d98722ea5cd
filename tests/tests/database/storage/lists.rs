//! Lists: who is in them, and what comes into their timelines.

use model::account::Account;
use model::audience::Audience;
use model::id::Id;
use model::list::{List, RepliesPolicy};
use model::page::Page;
use model::post::Post;
use storage::Tx;
use suite::on_both;

use super::{NOW, boost, follow, ids, member, post, put, reply, stranger};

async fn list(tx: &mut Tx, id: Id, owner: &Account, replies_policy: RepliesPolicy) -> List {
    let list = List { id, account_id: owner.id, title: "Friends".to_owned(), replies_policy, exclusive: false };
    tx.insert_list(&list).await.unwrap();
    list
}

async fn shown(tx: &mut Tx, list: &List) -> Vec<Id> {
    ids(&tx.list_timeline(list, &Page::first(40)).await.unwrap())
}

async fn home(tx: &mut Tx, account: &Account) -> Vec<Id> {
    ids(&tx.home(account.id, &Page::first(40)).await.unwrap())
}

async fn spread(tx: &mut Tx, post: Post) -> Post {
    let post = put(tx, post).await;
    tx.fan_out_home(&post, &post.language).await.unwrap();
    post
}

on_both! {
    async fn a_list_is_its_owners_and_is_changed_and_deleted(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, bob) = (member(&mut tx, 1, "alice").await, member(&mut tx, 2, "bob").await);
        let made = list(&mut tx, 10, &alice, RepliesPolicy::List).await;
        list(&mut tx, 11, &bob, RepliesPolicy::None).await;
        assert_eq!(tx.lists(1).await.unwrap(), std::slice::from_ref(&made));
        assert_eq!(tx.list_of(1, 10).await.unwrap(), Some(made.clone()));
        assert_eq!(tx.list_of(2, 10).await.unwrap(), None);
        let changed = List { title: "Family".to_owned(), replies_policy: RepliesPolicy::Followed, exclusive: true, ..made };
        tx.update_list(&changed).await.unwrap();
        assert_eq!(tx.lists(1).await.unwrap(), std::slice::from_ref(&changed));
        assert!(tx.put_in_list(&changed, 2).await.unwrap());
        assert!(!tx.put_in_list(&changed, 2).await.unwrap());
        assert_eq!(tx.lists_with(1, 2).await.unwrap(), std::slice::from_ref(&changed));
        assert_eq!(tx.lists_with(2, 2).await.unwrap(), []);
        let page = |min_id| Page { min_id, ..Page::first(9) };
        for min_id in [None, Some(0)] {
            let there = tx.accounts_in_list(10, &page(min_id)).await.unwrap();
            assert_eq!(there.iter().map(|(at, a)| (*at, a.id)).collect::<Vec<_>>(), [(2, 2)]);
        }
        assert_eq!(tx.copy_in_lists(1, 2, 1).await.unwrap(), 1);
        assert_eq!(tx.take_out_of_list(10, 2).await.unwrap(), 1);
        assert_eq!(tx.take_out_of_list(10, 0).await.unwrap(), 1);
        assert!(tx.delete_list(10).await.unwrap() && !tx.delete_list(10).await.unwrap());
        tx.forget_account(2).await.unwrap();
        assert_eq!(tx.lists(2).await.unwrap(), []);
    }

    async fn a_post_comes_into_the_lists_that_have_its_author_as_it_comes_into_homes(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, bea) = (member(&mut tx, 1, "alice").await, member(&mut tx, 2, "bea").await);
        let (bob, carl) = (stranger(&mut tx, 3, "bob", "far.example").await, stranger(&mut tx, 4, "carl", "far.example").await);
        let mut wish = follow(&mut tx, &alice, &bob).await;
        follow(&mut tx, &bea, &bob).await;
        let (hers, beas) = (list(&mut tx, 10, &alice, RepliesPolicy::Followed).await, list(&mut tx, 11, &bea, RepliesPolicy::List).await);
        tx.put_in_list(&hers, 3).await.unwrap();
        tx.put_in_list(&beas, 3).await.unwrap();
        let first = spread(&mut tx, post(20, &bob)).await;
        assert_eq!(tx.shown_in_lists(&[10, 11], &[20, 99]).await.unwrap(), [(10, 20), (11, 20)]);
        assert_eq!(tx.lists_of_author(&[10, 11], 3).await.unwrap().len(), 2);
        let by_carl = put(&mut tx, post(21, &carl)).await;
        assert_eq!(tx.shown_in_lists(&[10, 11], &[21]).await.unwrap(), []);
        spread(&mut tx, boost(22, &bob, &by_carl)).await;
        spread(&mut tx, reply(23, &bob, &by_carl)).await;
        let direct = spread(&mut tx, Post { audience: Audience::Direct, ..post(24, &bob) }).await;
        spread(&mut tx, Post { in_reply_to_uri: "https://third.example/1".to_owned(), ..post(25, &bob) }).await;
        assert_eq!(shown(&mut tx, &hers).await, [22, 20]);
        assert_eq!(shown(&mut tx, &beas).await, [22, 20]);
        assert_eq!(tx.shown_in_lists(&[10, 11], &[direct.id]).await.unwrap(), []);
        follow(&mut tx, &alice, &carl).await;
        spread(&mut tx, reply(26, &bob, &by_carl)).await;
        assert_eq!((shown(&mut tx, &hers).await, shown(&mut tx, &beas).await), (vec![26, 22, 20], vec![22, 20]));
        wish.show_boosts = false;
        tx.put_follow(&wish).await.unwrap();
        let hers_own = put(&mut tx, post(9, &alice)).await;
        spread(&mut tx, boost(27, &bob, &hers_own)).await;
        tx.mute_thread(2, first.root_id).await.unwrap();
        spread(&mut tx, reply(28, &bob, &first)).await;
        assert_eq!((shown(&mut tx, &hers).await, shown(&mut tx, &beas).await), (vec![28, 26, 22, 20], vec![27, 22, 20]));
        tx.put_mute(1, 1, 4, true, None, NOW).await.unwrap();
        assert_eq!(shown(&mut tx, &hers).await, [28, 26, 20], "a boost of somebody muted");
        tx.put_block(2, 3, 1, "", NOW).await.unwrap();
        assert!(shown(&mut tx, &hers).await.is_empty(), "by somebody who blocks the reader");
        let up = Page { min_id: Some(20), ..Page::first(1) };
        assert_eq!(ids(&tx.list_timeline(&beas, &up).await.unwrap()), [22]);
        assert_eq!(tx.trim_lists(2, 2).await.unwrap(), 1);
        assert_eq!(shown(&mut tx, &beas).await, [27, 22]);
        assert_eq!(tx.clear_list_of(11, 3).await.unwrap(), 2);
        // What they wrote last, for this list alone and for all that have them.
        assert_eq!(tx.fill_lists(2, 3, 10, 9).await.unwrap(), 0, "it is another's");
        assert_eq!(tx.fill_lists(2, 3, 11, 2).await.unwrap(), 1, "one of the last two is in a conversation that she mutes");
        assert_eq!(tx.fill_lists(2, 3, 0, 9).await.unwrap(), 1);
        assert_eq!(shown(&mut tx, &beas).await, [27, 22]);
    }

    async fn whom_an_exclusive_list_has_is_not_in_the_home(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, bea) = (member(&mut tx, 1, "alice").await, member(&mut tx, 2, "bea").await);
        let (bob, carl) = (stranger(&mut tx, 3, "bob", "far.example").await, stranger(&mut tx, 4, "carl", "far.example").await);
        for (who, whom) in [(&alice, &bob), (&alice, &carl), (&bea, &bob)] {
            follow(&mut tx, who, whom).await;
        }
        let apart = List { exclusive: true, ..list(&mut tx, 10, &alice, RepliesPolicy::List).await };
        tx.update_list(&apart).await.unwrap();
        for id in [3, 4, 1] {
            tx.put_in_list(&apart, id).await.unwrap();
        }
        for (id, author) in [(20, &bob), (21, &carl), (22, &alice)] {
            spread(&mut tx, post(id, author)).await;
        }
        assert_eq!((home(&mut tx, &alice).await, home(&mut tx, &bea).await), (vec![22], vec![20]));
        assert_eq!(tx.fill_home(1, 3, 9).await.unwrap(), 0);
        let open = List { exclusive: false, ..apart.clone() };
        tx.update_list(&open).await.unwrap();
        assert_eq!(tx.bring_list_home(&open, 3).await.unwrap(), 1);
        assert_eq!(tx.bring_list_home(&open, 0).await.unwrap(), 1);
        assert_eq!(home(&mut tx, &alice).await, [22, 21, 20]);
        tx.update_list(&apart).await.unwrap();
        assert_eq!(tx.bring_list_home(&apart, 0).await.unwrap(), 0);
        assert_eq!(tx.set_list_apart(&apart, 4).await.unwrap(), 1);
        assert_eq!(tx.set_list_apart(&apart, 0).await.unwrap(), 1);
        assert_eq!(home(&mut tx, &alice).await, [22]);
    }
}
