//! Favourites, bookmarks, pins, and what a viewer did with a post.

use model::audience::{Audience, Viewer};
use model::emoji::Reaction;
use model::id::Id;
use model::page::Page;
use suite::on_both;

use super::{NOW, boost, ids, member, post, put, reply, stranger};

fn firsts<T>(list: Vec<(Id, T)>) -> Vec<Id> {
    list.into_iter().map(|(id, _)| id).collect()
}

on_both! {
    async fn a_favourite_counts_once_and_is_taken_back_with_its_activity(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        stranger(&mut tx, 2, "bob", "far.example").await;
        stranger(&mut tx, 3, "carl", "far.example").await;
        put(&mut tx, post(10, &alice)).await;
        assert!(tx.put_favourite(20, 2, 10, "like", NOW).await.unwrap());
        assert!(!tx.put_favourite(21, 2, 10, "again", NOW).await.unwrap());
        assert!(tx.put_favourite(22, 3, 10, "", NOW).await.unwrap());
        assert_eq!(tx.favourited_by(10, &Page::first(9)).await.unwrap().iter().map(|(row, a)| (*row, a.id)).collect::<Vec<_>>(), [(22, 3), (20, 2)]);
        assert_eq!(firsts(tx.favourited_by(10, &Page { min_id: Some(0), limit: 1, ..Page::default() }).await.unwrap()), [20]);
        assert_eq!(tx.favourite_by_uri(2, "like").await.unwrap(), Some(10));
        assert_eq!(tx.favourite_by_uri(2, "again").await.unwrap(), None);
        assert_eq!(tx.favourite_by_uri(3, "like").await.unwrap(), None, "that was somebody else");
        tx.set_suspended(3, Some(NOW), "moderator").await.unwrap();
        assert_eq!(firsts(tx.favourited_by(10, &Page::first(9)).await.unwrap()), [20]);
        assert_eq!(tx.favourites_by(2, 9).await.unwrap(), [10]);
        assert_eq!(tx.delete_favourite(2, 10).await.unwrap().as_deref(), Some("like"));
        assert_eq!(tx.delete_favourite(2, 10).await.unwrap(), None);
    }

    async fn reactions_are_kept_with_their_emoji_and_counted_by_it(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        for (id, name) in [(2, "bob"), (3, "carl"), (4, "eve")] {
            stranger(&mut tx, id, name, "far.example").await;
        }
        put(&mut tx, post(10, &alice)).await;
        let fire = Reaction { emoji: "🔥".to_owned(), url: String::new() };
        let cat = Reaction { emoji: ":cat:".to_owned(), url: "https://far.example/cat.png".to_owned() };
        tx.put_favourite(20, 2, 10, "a", NOW).await.unwrap();
        tx.put_reaction(2, 10, &fire, "a", NOW).await.unwrap();
        tx.put_reaction(2, 10, &cat, "b", NOW + 1).await.unwrap();
        tx.put_reaction(3, 10, &cat, "c", NOW).await.unwrap();
        tx.put_reaction(4, 10, &fire, "d", NOW).await.unwrap();
        tx.set_suspended(4, Some(NOW), "moderator").await.unwrap();
        assert_eq!(tx.reaction_counts(10).await.unwrap(), [(":cat:".to_owned(), 2), ("🔥".to_owned(), 1)]);
        assert_eq!(tx.reactions_by(2, 10).await.unwrap(), [("🔥".to_owned(), "a".to_owned()), (":cat:".to_owned(), "b".to_owned())]);
        assert_eq!(tx.reaction_by_uri(2, "b").await.unwrap(), Some((10, ":cat:".to_owned())));
        assert_eq!(tx.reaction_by_uri(3, "b").await.unwrap(), None, "that was somebody else");
        assert!(tx.delete_reaction(2, 10, "🔥").await.unwrap());
        assert!(!tx.delete_reaction(2, 10, "🔥").await.unwrap());
        tx.rename_favourite(2, 10, "b").await.unwrap();
        assert_eq!(tx.favourite_by_uri(2, "b").await.unwrap(), Some(10));
        tx.delete_reactions(2, 10).await.unwrap();
        assert!(tx.reactions_by(2, 10).await.unwrap().is_empty());
        assert_eq!(tx.reaction_counts(10).await.unwrap(), [(":cat:".to_owned(), 1)]);
    }

    async fn lists_of_favourites_and_bookmarks_hold_what_may_still_be_seen(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        let bob = stranger(&mut tx, 2, "bob", "far.example").await;
        let carl = stranger(&mut tx, 3, "carl", "far.example").await;
        for (row, written) in [(20, post(12, &bob)), (21, post(11, &carl)), (22, post(10, &bob))] {
            let written = put(&mut tx, written).await;
            tx.put_favourite(row, 1, written.id, "", NOW).await.unwrap();
            assert!(tx.put_bookmark(row + 10, 1, written.id).await.unwrap());
            assert!(!tx.put_bookmark(row + 20, 1, written.id).await.unwrap());
        }
        tx.put_block(1, 3, 1, "", NOW).await.unwrap();
        assert_eq!(tx.favourites_of(1, &Page::first(9)).await.unwrap().iter().map(|(row, p)| (*row, p.id)).collect::<Vec<_>>(), [(22, 10), (20, 12)]);
        assert_eq!(firsts(tx.favourites_of(1, &Page { min_id: Some(0), limit: 1, ..Page::default() }).await.unwrap()), [20]);
        assert_eq!(firsts(tx.bookmarks_of(1, &Page::first(9)).await.unwrap()), [32, 30]);
        assert_eq!(firsts(tx.bookmarks_of(1, &Page { min_id: Some(0), limit: 1, ..Page::default() }).await.unwrap()), [30]);
        assert!(tx.delete_bookmark(1, 10).await.unwrap());
        assert!(!tx.delete_bookmark(1, 10).await.unwrap());
        assert_eq!(firsts(tx.bookmarks_of(1, &Page { max_id: Some(32), limit: 9, ..Page::default() }).await.unwrap()), [30]);
    }

    async fn those_who_boosted_for_everybody_are_listed(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let bob = stranger(&mut tx, 2, "bob", "far.example").await;
        let carl = stranger(&mut tx, 3, "carl", "far.example").await;
        let written = put(&mut tx, post(10, &alice)).await;
        put(&mut tx, boost(11, &bob, &written)).await;
        let mut quiet = boost(12, &alice, &written);
        quiet.audience = Audience::Followers;
        put(&mut tx, quiet).await;
        put(&mut tx, boost(13, &carl, &written)).await;
        assert_eq!(firsts(tx.boosted_by(10, &Page::first(9)).await.unwrap()), [13, 11]);
        assert_eq!(firsts(tx.boosted_by(10, &Page { min_id: Some(0), limit: 1, ..Page::default() }).await.unwrap()), [11]);
        tx.set_suspended(3, Some(NOW), "moderator").await.unwrap();
        assert_eq!(firsts(tx.boosted_by(10, &Page::first(9)).await.unwrap()), [11]);
    }

    async fn pins_show_the_last_pinned_first_to_those_who_may_see(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        put(&mut tx, post(10, &alice)).await;
        let mut narrow = post(11, &alice);
        narrow.audience = Audience::Followers;
        put(&mut tx, narrow).await;
        put(&mut tx, post(12, &alice)).await;
        for (pinned, at) in [(12, NOW), (11, NOW + 1), (10, NOW + 2)] {
            assert!(tx.put_pin(1, pinned, at).await.unwrap());
            assert!(!tx.put_pin(1, pinned, at + 9).await.unwrap());
        }
        assert_eq!(tx.count_pins(1).await.unwrap(), 3);
        assert_eq!(ids(&tx.pinned(1, Viewer::Member(1)).await.unwrap()), [10, 11, 12]);
        assert_eq!(ids(&tx.pinned(1, Viewer::Anyone).await.unwrap()), [10, 12]);
        assert!(tx.delete_pin(1, 10).await.unwrap());
        assert!(!tx.delete_pin(1, 10).await.unwrap());
        assert_eq!(tx.count_pins(1).await.unwrap(), 2);
        tx.clear_pins(1).await.unwrap();
        assert_eq!(tx.count_pins(1).await.unwrap(), 0);
    }

    async fn a_viewers_touches_are_told_apart(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        member(&mut tx, 2, "bea").await;
        let top = put(&mut tx, post(10, &alice)).await;
        put(&mut tx, post(11, &alice)).await;
        put(&mut tx, post(12, &alice)).await;
        let answer = put(&mut tx, reply(13, &alice, &top)).await;
        put(&mut tx, post(14, &alice)).await;
        tx.put_favourite(20, 1, 10, "", NOW).await.unwrap();
        put(&mut tx, boost(15, &alice, &answer)).await;
        tx.put_bookmark(21, 1, 11).await.unwrap();
        tx.put_pin(1, 12, NOW).await.unwrap();
        tx.mute_thread(1, 10).await.unwrap();
        tx.put_favourite(22, 2, 14, "", NOW).await.unwrap();
        let touches = tx.touches(1, &[10, 11, 12, 13, 14]).await.unwrap();
        let of = |id| touches.get(&id).map(|t| (t.favourited, t.boosted, t.bookmarked, t.pinned, t.muted));
        assert_eq!(of(10), Some((true, false, false, false, true)));
        assert_eq!(of(11), Some((false, false, true, false, false)));
        assert_eq!(of(12), Some((false, false, false, true, false)));
        assert_eq!(of(13), Some((false, true, false, false, true)));
        assert_eq!(of(14), None, "what another did does not count");
    }
}
