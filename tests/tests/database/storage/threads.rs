//! Conversations.

use model::audience::{Audience, Viewer};
use suite::on_both;

use super::{ids, member, post, put, reply, stranger};

on_both! {
    async fn a_conversation_reads_from_its_top_to_the_post_and_below_it_depth_first(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let top = put(&mut tx, post(10, &alice)).await;
        let a = put(&mut tx, reply(11, &alice, &top)).await;
        let b = put(&mut tx, reply(12, &alice, &top)).await;
        let a1 = put(&mut tx, reply(15, &alice, &a)).await;
        put(&mut tx, reply(13, &alice, &b)).await;
        put(&mut tx, reply(14, &alice, &a)).await;
        put(&mut tx, reply(16, &alice, &a1)).await;
        assert_eq!(ids(&tx.ancestors(16, Viewer::Anyone, 40).await.unwrap()), [10, 11, 15]);
        assert_eq!(ids(&tx.ancestors(16, Viewer::Anyone, 2).await.unwrap()), [11, 15], "the nearest of them");
        assert!(tx.ancestors(10, Viewer::Anyone, 40).await.unwrap().is_empty());
        assert_eq!(ids(&tx.descendants(10, Viewer::Anyone, 20, 60).await.unwrap()), [11, 14, 15, 16, 12, 13]);
        assert_eq!(ids(&tx.descendants(10, Viewer::Anyone, 1, 60).await.unwrap()), [11, 12], "one level");
        assert_eq!(tx.descendants(10, Viewer::Anyone, 20, 3).await.unwrap().len(), 3);
        assert!(tx.descendants(16, Viewer::Anyone, 20, 60).await.unwrap().is_empty());
    }

    async fn what_hangs_below_an_invisible_post_is_left_out(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let bob = stranger(&mut tx, 2, "bob", "far.example").await;
        let top = put(&mut tx, post(10, &alice)).await;
        let mut hidden = reply(11, &bob, &top);
        hidden.audience = Audience::Followers;
        let hidden = put(&mut tx, hidden).await;
        put(&mut tx, reply(12, &alice, &hidden)).await;
        put(&mut tx, reply(13, &alice, &top)).await;
        assert_eq!(ids(&tx.descendants(10, Viewer::Anyone, 20, 60).await.unwrap()), [13]);
        assert_eq!(ids(&tx.descendants(10, Viewer::Remote(2), 20, 60).await.unwrap()), [11, 12, 13]);
        assert_eq!(ids(&tx.ancestors(12, Viewer::Anyone, 60).await.unwrap()), [10]);
    }

    async fn replies_that_one_may_not_see_take_no_place_from_those_one_may(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let bob = stranger(&mut tx, 2, "bob", "far.example").await;
        let top = put(&mut tx, post(10, &alice)).await;
        for id in 11..40 {
            let mut hidden = reply(id, &bob, &top);
            hidden.audience = Audience::Direct;
            put(&mut tx, hidden).await;
        }
        let seen = put(&mut tx, reply(40, &alice, &top)).await;
        put(&mut tx, reply(41, &bob, &seen)).await;
        assert_eq!(ids(&tx.descendants(10, Viewer::Anyone, 20, 3).await.unwrap()), [40, 41]);
        assert_eq!(tx.descendants(10, Viewer::Remote(2), 20, 3).await.unwrap().len(), 3);
    }

    async fn a_conversation_is_without_those_whom_the_viewer_blocks_or_mutes(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let bob = stranger(&mut tx, 2, "bob", "far.example").await;
        member(&mut tx, 3, "cara").await;
        member(&mut tx, 4, "dora").await;
        let top = put(&mut tx, post(10, &bob)).await;
        put(&mut tx, reply(11, &alice, &top)).await;
        put(&mut tx, reply(12, &bob, &top)).await;
        tx.put_block(90, 3, 2, "", 1).await.unwrap();
        tx.put_mute(91, 4, 2, true, None, 1).await.unwrap();
        for hides in [3, 4] {
            assert_eq!(ids(&tx.descendants(10, Viewer::Member(hides), 20, 60).await.unwrap()), [11]);
            assert!(tx.ancestors(11, Viewer::Member(hides), 40).await.unwrap().is_empty());
        }
        assert_eq!(ids(&tx.descendants(10, Viewer::Member(1), 20, 60).await.unwrap()), [11, 12]);
    }

    async fn replies_that_came_before_their_parent_find_it(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let bob = stranger(&mut tx, 2, "bob", "far.example").await;
        let top = put(&mut tx, post(10, &alice)).await;
        let parent = reply(20, &bob, &top);
        let mut early = reply(15, &alice, &parent);
        early.in_reply_to_id = None;
        early.in_reply_to_account_id = None;
        early.root_id = 15;
        let early = put(&mut tx, early).await;
        put(&mut tx, reply(16, &alice, &early)).await;
        let other = put(&mut tx, post(17, &alice)).await;
        tx.mute_thread(1, 15).await.unwrap();
        put(&mut tx, parent.clone()).await;
        assert_eq!(tx.adopt_replies(&parent).await.unwrap().len(), 1);
        let adopted = tx.post(15).await.unwrap().unwrap();
        assert_eq!((adopted.in_reply_to_id, adopted.in_reply_to_account_id, adopted.root_id), (Some(20), Some(2), 10));
        assert_eq!(tx.post(16).await.unwrap().unwrap().root_id, 10, "the whole thread moves");
        assert_eq!(tx.post(17).await.unwrap().unwrap().root_id, other.root_id);
        assert_eq!(ids(&tx.ancestors(16, Viewer::Anyone, 40).await.unwrap()), [10, 20, 15]);
        assert!(tx.is_thread_muted(1, 10).await.unwrap(), "who muted a part has muted the whole");
        assert_eq!(tx.adopt_replies(&parent).await.unwrap().len(), 0);
    }

    async fn a_conversation_that_claims_to_be_a_circle_does_not_become_one(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let bob = stranger(&mut tx, 2, "bob", "far.example").await;
        let second = post(11, &bob);
        let mut first = post(10, &bob);
        first.in_reply_to_uri.clone_from(&second.uri);
        let first = put(&mut tx, first).await;
        assert_eq!(tx.adopt_replies(&first).await.unwrap().len(), 0);
        let second = put(&mut tx, reply(11, &bob, &first)).await;
        assert_eq!(tx.adopt_replies(&second).await.unwrap().len(), 0, "its reply stands above it");
        let mut narcissus = post(12, &bob);
        narcissus.in_reply_to_uri.clone_from(&narcissus.uri);
        let narcissus = put(&mut tx, narcissus).await;
        assert_eq!(tx.adopt_replies(&narcissus).await.unwrap().len(), 0);
        assert_eq!(ids(&tx.ancestors(11, Viewer::Anyone, 40).await.unwrap()), [10]);
        assert_eq!(ids(&tx.descendants(10, Viewer::Anyone, 20, 60).await.unwrap()), [11]);
        assert!(tx.descendants(12, Viewer::Anyone, 20, 60).await.unwrap().is_empty());
    }

    async fn a_conversation_is_muted_until_it_is_not(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        assert!(!tx.is_thread_muted(1, 10).await.unwrap());
        tx.mute_thread(1, 10).await.unwrap();
        tx.mute_thread(1, 10).await.unwrap();
        assert!(tx.is_thread_muted(1, 10).await.unwrap());
        assert!(!tx.is_thread_muted(2, 10).await.unwrap());
        tx.unmute_thread(1, 10).await.unwrap();
        assert!(!tx.is_thread_muted(1, 10).await.unwrap());
    }
}
