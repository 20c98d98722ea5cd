//! Conversations: what is said in private.

use model::audience::{Audience, Viewer};
use model::card::Card;
use model::id::Id;
use model::page::Page;
use model::post::Post;
use storage::{Conversation, Ties, Tx};
use suite::on_both;

use super::notifications::made;
use super::{NOW, ids, member, post, put, stranger};

fn private(post: Post) -> Post {
    Post { audience: Audience::Direct, ..post }
}

async fn list(tx: &mut Tx, account: Id) -> Vec<(Id, Id, bool)> {
    let all = tx.conversations(account, &Page::first(9)).await.unwrap();
    all.into_iter().map(|c| (c.id, c.last_post_id, c.unread)).collect()
}

on_both! {
    async fn a_conversation_grows_and_shrinks_with_its_posts(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, bob) = (member(&mut tx, 1, "alice").await, stranger(&mut tx, 2, "bob", "far.example").await);
        let first = put(&mut tx, private(post(10, &bob))).await;
        let second = put(&mut tx, private(Post { root_id: 10, ..post(11, &alice) })).await;
        let third = put(&mut tx, private(Post { root_id: 10, ..post(12, &bob) })).await;
        for post in [&first, &second, &third] {
            tx.put_mention(post.id, 3 - post.account_id, false).await.unwrap();
        }
        assert!(tx.put_in_conversation(100, 1, &first, &[2]).await.unwrap().is_some());
        assert!(tx.put_in_conversation(101, 1, &first, &[2]).await.unwrap().is_none(), "twice is once");
        assert_eq!(list(&mut tx, 1).await, [(100, 10, true)]);
        assert!(tx.put_in_conversation(102, 1, &third, &[2]).await.unwrap().is_some());
        assert!(tx.put_in_conversation(103, 1, &second, &[2]).await.unwrap().is_some(), "what comes late is no newer for that");
        assert_eq!(list(&mut tx, 1).await, [(100, 12, false)]);
        let other = put(&mut tx, private(post(13, &bob))).await;
        assert!(tx.put_in_conversation(104, 1, &other, &[2]).await.unwrap().is_some());
        assert_eq!(list(&mut tx, 1).await, [(104, 13, true), (100, 12, false)]);
        let up = Page { min_id: Some(12), ..Page::first(9) };
        assert_eq!(tx.conversations(1, &up).await.unwrap().len(), 1);
        let known = Conversation { id: 100, account_id: 1, participants: vec![2], last_post_id: 12, unread: false };
        assert_eq!(tx.conversation(1, 100).await.unwrap(), Some(known));
        assert_eq!(tx.conversation(2, 100).await.unwrap(), None);
        tx.put_mention(13, 1, false).await.unwrap();
        assert_eq!(ids(&tx.direct_posts(1, &Page::first(9)).await.unwrap()), [13, 12, 11, 10]);
        assert_eq!(ids(&tx.direct_posts(1, &Page { min_id: Some(11), ..Page::first(1) }).await.unwrap()), [12]);
        tx.set_unread(100, true).await.unwrap();
        for (post, left) in [(12, vec![(104, 13, true), (100, 11, true)]), (13, vec![(100, 11, true)]), (10, vec![(100, 11, true)]), (11, vec![])] {
            tx.leave_conversations(post).await.unwrap();
            assert!(tx.delete_post(post).await.unwrap());
            assert_eq!(list(&mut tx, 1).await, left, "without {post}");
        }
        tx.leave_conversations(11).await.unwrap();
    }

    async fn threads_that_prove_to_be_one_are_one_conversation(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (_, bob) = (member(&mut tx, 1, "alice").await, stranger(&mut tx, 2, "bob", "far.example").await);
        let parent = put(&mut tx, private(post(10, &bob))).await;
        let uri = parent.uri.clone();
        // Two answers came before what they answer.
        for id in [20, 21] {
            let orphan = put(&mut tx, private(Post { in_reply_to_uri: uri.clone(), ..post(id, &bob) })).await;
            tx.put_in_conversation(200 + id, 1, &orphan, &[2]).await.unwrap();
        }
        tx.put_in_conversation(100, 1, &parent, &[2]).await.unwrap();
        tx.set_unread(100, false).await.unwrap();
        assert_eq!(tx.adopt_replies(&parent).await.unwrap().len(), 2);
        assert_eq!(list(&mut tx, 1).await, [(100, 21, true)]);
        let with_others = put(&mut tx, private(Post { root_id: 50, ..post(22, &bob) })).await;
        tx.put_in_conversation(101, 1, &with_others, &[2, 3]).await.unwrap();
        tx.delete_conversation(100).await.unwrap();
        assert_eq!(list(&mut tx, 1).await, [(101, 22, true)]);
        assert_eq!(tx.ties(Ties::Conversations, 0, 9).await.unwrap(), [(101, String::new())]);
        assert!(tx.delete_post(22).await.unwrap());
        assert_eq!(tx.ties(Ties::Conversations, 0, 9).await.unwrap(), [(101, "its last post".to_owned())]);
        tx.forget_account(1).await.unwrap();
        assert_eq!(list(&mut tx, 1).await, []);
    }

    async fn what_a_stranger_said_that_is_held_back_is_found(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (_, bob) = (member(&mut tx, 1, "alice").await, stranger(&mut tx, 2, "bob", "far.example").await);
        put(&mut tx, private(post(10, &bob))).await;
        let told = made(5, 1, model::notification::NotificationKind::Mention, 2, Some(10));
        tx.hold_notification(6, &told).await.unwrap();
        assert_eq!(tx.held_posts(1, 2).await.unwrap(), [10]);
        assert_eq!(tx.held_posts(2, 1).await.unwrap(), [0; 0]);
    }

    async fn posts_are_found_by_the_page_that_they_lead_to(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, bob) = (member(&mut tx, 1, "alice").await, stranger(&mut tx, 2, "bob", "far.example").await);
        let (card, _) = tx.use_card(70, "hash", "https://news.example/").await.unwrap();
        assert!(tx.card_by_url("hash").await.unwrap().is_none(), "nothing is known of it");
        let known = Card { id: card, url: "https://news.example/".to_owned(), title: "News".to_owned(), ..Card::default() };
        tx.put_card(&known, NOW).await.unwrap();
        assert_eq!(tx.card_by_url("hash").await.unwrap().map(|c| c.id), Some(70));
        for (id, author) in [(10, &alice), (11, &bob), (12, &bob)] {
            put(&mut tx, post(id, author)).await;
            tx.hang_card(id, card).await.unwrap();
        }
        put(&mut tx, Post { audience: Audience::Unlisted, ..post(13, &bob) }).await;
        tx.hang_card(13, card).await.unwrap();
        let found = async |tx: &mut Tx, page: Page| ids(&tx.posts_with_card(70, Viewer::Member(1), &page).await.unwrap());
        assert_eq!(found(&mut tx, Page::first(2)).await, [12, 11]);
        assert_eq!(found(&mut tx, Page { min_id: Some(10), ..Page::first(1) }).await, [11]);
        tx.put_mute(1, 1, 2, true, None, NOW).await.unwrap();
        assert_eq!(found(&mut tx, Page::first(9)).await, [10]);
    }
}
