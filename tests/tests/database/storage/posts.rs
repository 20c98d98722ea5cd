//! Posts: written once, changed, deleted; mentions, tags, media.

use model::account::Emoji;
use model::audience::{Audience, Viewer};
use model::clock::HOUR;
use model::page::Page;
use model::post::{Edit, EditMedia, MediaKind};
use model::text::Format;
use storage::Error;
use suite::on_both;

use super::notifications::made;
use super::{NOW, boost, follow, ids, member, picture, post, put, reply, stranger};

on_both! {
    async fn a_post_comes_back_as_it_was_stored(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let mut written = post(10, &alice);
        written.format = Format::Markdown;
        written.context = "https://here.example/c/1".to_owned();
        written.emojis = vec![Emoji { shortcode: "cat".to_owned(), url: "u".to_owned(), ..Emoji::default() }];
        written.app_id = Some(3);
        written.edited_at = Some(NOW);
        written.sensitive = true;
        written.summary = "cw".to_owned();
        assert!(tx.insert_post(&written).await.unwrap());
        assert_eq!(format!("{:?}", tx.post(10).await.unwrap().unwrap()), format!("{written:?}"));
        assert_eq!(tx.post_by_uri(&written.uri).await.unwrap().unwrap().id, 10);
        assert!(tx.post(11).await.unwrap().is_none());
    }

    async fn a_uri_and_a_boost_count_once(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let bob = stranger(&mut tx, 2, "bob", "far.example").await;
        let first = put(&mut tx, post(10, &bob)).await;
        let mut again = post(11, &bob);
        again.uri.clone_from(&first.uri);
        assert!(!tx.insert_post(&again).await.unwrap());
        put(&mut tx, boost(12, &alice, &first)).await;
        assert!(!tx.insert_post(&boost(13, &alice, &first)).await.unwrap());
        assert_eq!(tx.boost_of(1, 10).await.unwrap().unwrap().id, 12);
        assert!(tx.boost_of(2, 10).await.unwrap().is_none());
        put(&mut tx, boost(14, &bob, &first)).await;
        assert_eq!(ids(&tx.boosts_of(10, 0, 9).await.unwrap()), [12, 14]);
        assert_eq!(ids(&tx.boosts_of(10, 12, 9).await.unwrap()), [14]);
        assert_eq!(ids(&tx.all_posts_of(2, 0, 9).await.unwrap()), [10, 14]);
        assert_eq!(ids(&tx.all_posts_of(2, 10, 9).await.unwrap()), [14]);
        assert_eq!(tx.local_boosters(10).await.unwrap().iter().map(|a| a.id).collect::<Vec<_>>(), [1]);
    }

    async fn an_id_that_is_taken_is_not_mistaken_for_a_post_that_is_known(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        for id in 10..60 {
            put(&mut tx, post(id, &alice)).await;
        }
        let mut other = post(10, &alice);
        other.uri.push_str("/other");
        let error = tx.insert_post(&other).await.unwrap_err();
        assert!(matches!(error, Error::IdTaken(10)) && error.is_temporary());
        assert_eq!(tx.free_post_id(10).await.unwrap(), 60);
        assert_eq!(tx.free_post_id(9).await.unwrap(), 9);
        assert_eq!(tx.free_post_id(70).await.unwrap(), 70);
        other.id = 60;
        assert!(tx.insert_post(&other).await.unwrap());
    }

    async fn an_edit_keeps_the_earlier_versions(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let mut written = put(&mut tx, post(10, &alice)).await;
        let version = |at, text: &str| Edit {
            post_id: 10,
            created_at: at,
            content: text.to_owned(),
            source: text.to_owned(),
            summary: "cw".to_owned(),
            sensitive: true,
            media: vec![EditMedia { id: 5, description: "cat".to_owned() }],
            poll: vec!["Tea".to_owned(), "Coffee".to_owned()],
        };
        tx.insert_edit(&version(NOW + 2, "two")).await.unwrap();
        tx.insert_edit(&version(NOW + 1, "one")).await.unwrap();
        tx.insert_edit(&version(NOW + 1, "one again")).await.unwrap();
        "three".clone_into(&mut written.content);
        "da".clone_into(&mut written.language);
        written.edited_at = Some(NOW + 3);
        written.audience = Audience::Direct;
        tx.update_post(&written).await.unwrap();
        let read = tx.post(10).await.unwrap().unwrap();
        assert_eq!((read.content.as_str(), read.language.as_str(), read.edited_at), ("three", "da", Some(NOW + 3)));
        assert_eq!(read.audience, Audience::Public, "an edit does not change who may see");
        let edits = tx.edits(10).await.unwrap();
        assert_eq!(edits.iter().map(|e| e.content.as_str()).collect::<Vec<_>>(), ["one", "two"]);
        assert_eq!((edits[0].media[0].id, edits[0].sensitive, edits[0].poll.len()), (5, true, 2));
        tx.forget_edits(10).await.unwrap();
        assert!(tx.edits(10).await.unwrap().is_empty());
    }

    async fn what_hangs_on_a_post_goes_with_it_and_replies_stay(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let bob = stranger(&mut tx, 2, "bob", "far.example").await;
        let parent = put(&mut tx, post(10, &alice)).await;
        let answer = put(&mut tx, reply(11, &bob, &parent)).await;
        for (row, on) in [(0, 10), (1, 11)] {
            tx.put_mention(on, 2, false).await.unwrap();
            let tag = tx.use_tag(100, "tea", "Tea", NOW).await.unwrap();
            tx.tag_post(tag, on).await.unwrap();
            tx.insert_media(&picture(200 + row, &alice, Some(on))).await.unwrap();
            tx.put_favourite(300 + row, 2, on, "", NOW).await.unwrap();
            tx.put_bookmark(400 + row, 1, on).await.unwrap();
            tx.put_pin(1, on, NOW).await.unwrap();
            tx.insert_edit(&Edit { post_id: on, created_at: NOW, content: String::new(), source: String::new(), summary: String::new(), sensitive: false, media: Vec::new(), poll: Vec::new() }).await.unwrap();
            tx.insert_notification(&made(500 + row, 1, model::notification::NotificationKind::Favourite, 2, Some(on))).await.unwrap();
            tx.put_home_entry(1, on).await.unwrap();
        }
        tx.delete_post(10).await.unwrap();
        assert!(tx.post(10).await.unwrap().is_none());
        let mut left = std::collections::BTreeMap::new();
        for table in ["posts", "mentions", "post_tags", "media", "favourites", "bookmarks", "pins", "post_edits", "notifications"] {
            left.insert(table, tx.export_table(table, |_| Ok(())).await.unwrap());
        }
        assert!(left.values().all(|count| *count == 1), "only what hung on the reply is left: {left:?}");
        let orphan = tx.post(11).await.unwrap().unwrap();
        assert_eq!((orphan.in_reply_to_id, &orphan.in_reply_to_uri), (None, &answer.in_reply_to_uri));
        assert_eq!(ids(&tx.home(1, &Page::first(9)).await.unwrap()), [11], "an entry whose post is gone is skipped");
    }

    async fn the_counts_of_a_post_are_kept(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        put(&mut tx, post(10, &alice)).await;
        tx.count_reply(10, 3).await.unwrap();
        tx.count_boost(10, 2).await.unwrap();
        tx.count_favourite(10, 5).await.unwrap();
        tx.count_reply(10, -1).await.unwrap();
        let read = tx.post(10).await.unwrap().unwrap();
        assert_eq!((read.replies_count, read.boosts_count, read.favourites_count), (2, 2, 5));
    }

    async fn mentions_come_with_what_is_needed_to_show_them(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let bob = stranger(&mut tx, 2, "bob", "far.example").await;
        put(&mut tx, post(10, &alice)).await;
        put(&mut tx, post(11, &alice)).await;
        put(&mut tx, post(12, &alice)).await;
        tx.put_mention(10, 2, false).await.unwrap();
        tx.put_mention(10, 1, false).await.unwrap();
        tx.put_mention(10, 1, true).await.unwrap();
        tx.put_mention(11, 2, false).await.unwrap();
        tx.put_mention(12, 2, false).await.unwrap();
        let found = tx.mentions(&[11, 10]).await.unwrap();
        let short: Vec<_> = found.iter().map(|m| (m.post_id, m.account_id, m.silent, m.username.as_str(), m.domain.as_str())).collect();
        assert_eq!(short, [(10, 1, true, "alice", ""), (10, 2, false, "bob", "far.example"), (11, 2, false, "bob", "far.example")]);
        assert_eq!(found[1].uri, bob.uri);
    }

    async fn a_tag_keeps_its_first_spelling_and_the_last_used_is_found_first(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        put(&mut tx, post(10, &alice)).await;
        let tea = tx.use_tag(100, "tea", "Tea", NOW).await.unwrap();
        let team = tx.use_tag(101, "team", "TEAM", NOW + 5).await.unwrap();
        assert_eq!(tx.use_tag(102, "tea", "TEA", NOW + 9).await.unwrap(), tea);
        assert_eq!(tx.use_tag(103, "tea", "TEA", NOW + 2 * HOUR).await.unwrap(), tea);
        tx.use_tag(103, "tea", "TEA", NOW - 9).await.unwrap();
        tx.use_tag(104, "tree", "tree", NOW).await.unwrap();
        let found = tx.tag("tea").await.unwrap().unwrap();
        assert_eq!((found.id, found.name.as_str(), found.display.as_str()), (100, "tea", "Tea"));
        assert!(tx.tag("coffee").await.unwrap().is_none());
        let names = |tags: Vec<model::post::Tag>| tags.into_iter().map(|t| t.name).collect::<Vec<_>>();
        assert!(tx.tags_by_prefix("te", 9, 0).await.unwrap().is_empty(), "nobody used them for everybody");
        tx.tag_post(team, 10).await.unwrap();
        tx.tag_post(tea, 10).await.unwrap();
        tx.tag_post(tea, 10).await.unwrap();
        assert_eq!(names(tx.tags_by_prefix("te", 9, 0).await.unwrap()), ["tea", "team"]);
        assert_eq!(names(tx.tags_by_prefix("te", 1, 1).await.unwrap()), ["team"]);
        let of_post: Vec<_> = tx.tags_of(&[10]).await.unwrap().into_iter().map(|(post, tag)| (post, tag.name)).collect();
        assert_eq!(of_post, [(10, "tea".to_owned()), (10, "team".to_owned())]);
        tx.untag_post(10).await.unwrap();
        assert!(tx.tags_of(&[10]).await.unwrap().is_empty());
    }

    async fn media_are_described_attached_in_order_and_found_when_nobody_took_them(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        put(&mut tx, post(10, &alice)).await;
        let mut film = picture(20, &alice, None);
        film.kind = MediaKind::Gifv;
        film.duration_ms = Some(900);
        film.focus_x = -0.5;
        tx.insert_media(&film).await.unwrap();
        assert_eq!(format!("{:?}", tx.media(20).await.unwrap().unwrap()), format!("{film:?}"));
        tx.insert_media(&picture(21, &alice, None)).await.unwrap();
        tx.insert_media(&picture(22, &alice, None)).await.unwrap();
        assert_eq!(tx.unattached_media(NOW + 1, 9).await.unwrap().len(), 3);
        assert!(tx.unattached_media(NOW, 9).await.unwrap().is_empty(), "too young");
        tx.describe_media(20, "a cat", (0.25, -1.0)).await.unwrap();
        assert!(tx.attach_media(21, 10, 1).await.unwrap());
        assert!(tx.attach_media(20, 10, 2).await.unwrap());
        put(&mut tx, post(11, &alice)).await;
        assert!(!tx.attach_media(20, 11, 1).await.unwrap(), "nobody takes a file from another post");
        assert!(!tx.delete_media(20).await.unwrap(), "nor away");
        let of = tx.media_of(&[10]).await.unwrap();
        assert_eq!(of.iter().map(|m| m.id).collect::<Vec<_>>(), [21, 20]);
        assert_eq!((of[1].description.as_str(), of[1].focus_x, of[1].focus_y), ("a cat", 0.25, -1.0));
        tx.release_media(10, NOW + 7).await.unwrap();
        let released = tx.media(20).await.unwrap().unwrap();
        assert_eq!((released.post_id, released.position, released.created_at), (None, 0, NOW + 7), "to be posted again");
        assert_eq!(tx.media(21).await.unwrap().unwrap().post_id, None);
        assert!(tx.attach_media(20, 10, 2).await.unwrap());
        tx.retire_media(20).await.unwrap();
        assert!(tx.media_of(&[10]).await.unwrap().is_empty(), "an earlier version's");
        assert_eq!(tx.all_media_of(10).await.unwrap().len(), 1);
        assert!(tx.delete_media(22).await.unwrap());
        let mut listed: Vec<_> = tx.media_list(&[20, 21, 22]).await.unwrap().iter().map(|m| m.id).collect();
        listed.sort_unstable();
        assert_eq!(listed, [20, 21]);
        assert!(tx.media(22).await.unwrap().is_none());
    }

    async fn collections_for_other_servers_hold_open_posts_only(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let bea = member(&mut tx, 2, "bea").await;
        let top = put(&mut tx, post(10, &alice)).await;
        for (id, author, audience) in [
            (11, &alice, Audience::Public),
            (12, &bea, Audience::Unlisted),
            (13, &alice, Audience::Followers),
            (14, &bea, Audience::Organisation),
            (15, &bea, Audience::Direct),
            (16, &alice, Audience::Draft),
            (17, &bea, Audience::Public),
        ] {
            let mut answer = reply(id, author, &top);
            answer.audience = audience;
            put(&mut tx, answer).await;
        }
        put(&mut tx, boost(18, &alice, &top)).await;
        let bare = |list: Vec<(i64, String)>| list.into_iter().map(|(id, _)| id).collect::<Vec<_>>();
        assert_eq!(bare(tx.open_replies(10, true, 0, 9).await.unwrap()), [11]);
        assert_eq!(bare(tx.open_replies(10, false, 0, 9).await.unwrap()), [12, 17]);
        assert_eq!(bare(tx.open_replies(10, false, 12, 9).await.unwrap()), [17]);
        assert_eq!(tx.open_posts_of_thread(10, 10, 2).await.unwrap(), [(11, post(11, &alice).uri), (12, post(12, &bea).uri)]);
        assert_eq!(bare(tx.open_posts_of_thread(10, 0, 9).await.unwrap()), [11, 12, 17], "its first post apart");
        assert_eq!(ids(&tx.outbox(1, &Page::first(9)).await.unwrap()), [18, 11, 10]);
        assert_eq!(ids(&tx.outbox(1, &Page { max_id: Some(18), limit: 1, ..Page::default() }).await.unwrap()), [11]);
        assert_eq!(ids(&tx.outbox(1, &Page { min_id: Some(0), limit: 2, ..Page::default() }).await.unwrap()), [11, 10]);
        follow(&mut tx, &bea, &alice).await;
        assert!(tx.visible_post(13, Viewer::Member(2)).await.unwrap().is_some());
        tx.set_limited(2, Some(super::NOW)).await.unwrap();
        assert!(tx.open_replies(10, false, 0, 9).await.unwrap().is_empty(), "who is limited is not recommended");
        assert_eq!(bare(tx.open_posts_of_thread(10, 0, 9).await.unwrap()), [11]);
    }
}
