//! Filters with their keywords and posts.

use model::filter::{Filter, FilterAction, FilteredPost, Keyword};
use suite::on_both;

use super::{NOW, member, post, put};

on_both! {
    async fn a_filter_is_kept_with_what_it_looks_for_and_goes_with_it(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, bob) = (member(&mut tx, 1, "alice").await, member(&mut tx, 2, "bob").await);
        let filter = |id, account_id| Filter {
            id,
            account_id,
            title: "Some".to_owned(),
            contexts: vec!["home".to_owned()],
            action: FilterAction::Warn,
            expires_at: None,
        };
        let (first, second) = (filter(10, alice.id), filter(11, bob.id));
        tx.put_filter(&first).await.unwrap();
        tx.put_filter(&second).await.unwrap();
        let first = Filter { action: FilterAction::Blur, expires_at: Some(NOW), contexts: vec!["thread".to_owned()], ..first };
        tx.put_filter(&first).await.unwrap();
        assert_eq!(tx.filters(1).await.unwrap(), std::slice::from_ref(&first));
        assert_eq!(tx.filter_of(1, 10).await.unwrap(), Some(first));
        assert_eq!(tx.filter_of(1, 11).await.unwrap(), None);

        let keyword = |id, filter_id, keyword: &str| Keyword { id, filter_id, keyword: keyword.to_owned(), whole_word: true };
        for known in [keyword(20, 10, "tea"), keyword(21, 10, "milk"), keyword(22, 11, "tea")] {
            tx.put_filter_keyword(&known).await.unwrap();
        }
        let changed = Keyword { whole_word: false, ..keyword(20, 10, "coffee") };
        tx.put_filter_keyword(&changed).await.unwrap();
        assert_eq!(tx.filter_keywords(&[10]).await.unwrap(), [changed.clone(), keyword(21, 10, "milk")]);
        assert_eq!(tx.filter_keywords(&[10, 11]).await.unwrap().len(), 3);
        assert_eq!(tx.filter_keyword(1, 20).await.unwrap(), Some(changed));
        assert_eq!(tx.filter_keyword(1, 22).await.unwrap(), None);
        assert_eq!(tx.count_filter_keywords(1).await.unwrap(), 2);
        tx.delete_filter_keyword(21).await.unwrap();
        assert_eq!(tx.count_filter_keywords(1).await.unwrap(), 1);

        for id in [30, 31] {
            put(&mut tx, post(id, &bob)).await;
        }
        let caught = |id, filter_id, post_id| FilteredPost { id, filter_id, post_id };
        for known in [caught(40, 10, 30), caught(41, 10, 31), caught(42, 11, 30)] {
            assert!(tx.put_filter_post(&known).await.unwrap());
        }
        assert!(!tx.put_filter_post(&caught(43, 10, 30)).await.unwrap(), "once is enough");
        assert_eq!(tx.filter_posts(&[10]).await.unwrap(), [caught(40, 10, 30), caught(41, 10, 31)]);
        assert_eq!(tx.filter_posts_among(&[10], &[31, 99]).await.unwrap(), [caught(41, 10, 31)]);
        assert_eq!(tx.filter_post(1, 40).await.unwrap(), Some(caught(40, 10, 30)));
        assert_eq!(tx.filter_post(2, 40).await.unwrap(), None);
        tx.delete_filter_post(40).await.unwrap();
        assert!(tx.delete_post(31).await.unwrap());
        assert_eq!(tx.filter_posts(&[10, 11]).await.unwrap(), [caught(42, 11, 30)], "a post that is gone is not caught");

        tx.delete_filter(10).await.unwrap();
        assert_eq!(tx.filter_keywords(&[10]).await.unwrap(), []);
        tx.forget_account(2).await.unwrap();
        assert_eq!((tx.filters(2).await.unwrap(), tx.filter_keywords(&[11]).await.unwrap()), (vec![], vec![]));
    }
}
