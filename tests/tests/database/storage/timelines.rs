//! Home, public, tag, and an account's own timeline.

use model::account::Account;
use model::audience::{Audience, Viewer};
use model::id::Id;
use model::list::{List, RepliesPolicy};
use model::page::Page;
use model::post::Post;
use storage::{AccountFilter, HomeEntry, PublicFilter, Reach, Team, Tx};
use suite::on_both;

use super::{NOW, boost, follow, ids, member, picture, post, put, reply, stranger};

async fn home_of(tx: &mut Tx, account: Id) -> Vec<Id> {
    ids(&tx.home(account, &Page::first(40)).await.unwrap())
}

/// Alice and Bea (members), Bob and Carl (elsewhere); Alice and Bea follow Bob.
async fn four(tx: &mut Tx) -> (Account, Account, Account, Account) {
    let alice = member(tx, 1, "alice").await;
    let bea = member(tx, 2, "bea").await;
    let bob = stranger(tx, 3, "bob", "far.example").await;
    let carl = stranger(tx, 4, "carl", "far.example").await;
    follow(tx, &alice, &bob).await;
    follow(tx, &bea, &bob).await;
    (alice, bea, bob, carl)
}

async fn spread(tx: &mut Tx, post: Post) -> Post {
    let post = put(tx, post).await;
    tx.fan_out_home(&post, &post.language).await.unwrap();
    post
}

on_both! {
    async fn a_post_comes_to_the_homes_of_those_who_follow_and_of_its_author(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, bea, bob, carl) = four(&mut tx).await;
        follow(&mut tx, &carl, &alice).await;
        follow(&mut tx, &bea, &alice).await;
        let from_bob = put(&mut tx, post(10, &bob)).await;
        assert_eq!(tx.fan_out_home(&from_bob, "").await.unwrap(), 2);
        assert_eq!(tx.fan_out_home(&from_bob, "").await.unwrap(), 0, "twice is once");
        spread(&mut tx, post(11, &alice)).await;
        assert_eq!(home_of(&mut tx, 1).await, [11, 10]);
        assert_eq!(home_of(&mut tx, 2).await, [11, 10]);
        assert_eq!(home_of(&mut tx, 3).await, [0; 0], "homes are for members");
    }

    async fn a_follow_that_waits_for_an_answer_brings_nothing(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let bob = stranger(&mut tx, 3, "bob", "far.example").await;
        let mut asked = follow(&mut tx, &alice, &bob).await;
        tx.delete_follow(asked.id).await.unwrap();
        asked.accepted = false;
        tx.put_follow(&asked).await.unwrap();
        spread(&mut tx, post(10, &bob)).await;
        assert!(home_of(&mut tx, 1).await.is_empty());
    }

    async fn boosts_stay_away_from_those_who_hid_them(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, _, bob, carl) = four(&mut tx).await;
        let mut wish = follow(&mut tx, &alice, &bob).await;
        wish.show_boosts = false;
        tx.put_follow(&wish).await.unwrap();
        let original = put(&mut tx, post(10, &carl)).await;
        spread(&mut tx, boost(11, &bob, &original)).await;
        spread(&mut tx, post(12, &bob)).await;
        assert_eq!(home_of(&mut tx, 1).await, [12]);
        assert_eq!(home_of(&mut tx, 2).await, [12, 11]);
    }

    async fn replies_come_only_to_those_who_know_both(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, bea, bob, carl) = four(&mut tx).await;
        let by_carl = put(&mut tx, post(10, &carl)).await;
        let by_alice = put(&mut tx, post(11, &alice)).await;
        let by_bob = put(&mut tx, post(12, &bob)).await;
        spread(&mut tx, reply(20, &bob, &by_carl)).await;
        assert!(home_of(&mut tx, 1).await.is_empty(), "Alice does not follow Carl");
        spread(&mut tx, reply(21, &bob, &by_alice)).await;
        spread(&mut tx, reply(22, &bob, &by_bob)).await;
        assert_eq!(home_of(&mut tx, 1).await, [22, 21], "to herself, and to himself");
        assert_eq!(home_of(&mut tx, 2).await, [22]);
        follow(&mut tx, &bea, &carl).await;
        spread(&mut tx, reply(23, &bob, &by_carl)).await;
        assert_eq!(home_of(&mut tx, 2).await, [23, 22]);
        let mut to_nobody_we_know = post(24, &bob);
        to_nobody_we_know.in_reply_to_uri = "https://third.example/1".to_owned();
        spread(&mut tx, to_nobody_we_know).await;
        assert_eq!(home_of(&mut tx, 2).await, [23, 22]);
    }

    async fn posts_in_other_languages_stay_away_from_those_who_do_not_want_them(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, _, bob, _) = four(&mut tx).await;
        let mut wish = follow(&mut tx, &alice, &bob).await;
        wish.languages = vec!["en".to_owned(), "cy".to_owned()];
        tx.put_follow(&wish).await.unwrap();
        for (id, language) in [(10, "cy"), (11, "de"), (12, ""), (13, "en")] {
            let mut written = post(id, &bob);
            written.language = language.to_owned();
            spread(&mut tx, written).await;
        }
        assert_eq!(home_of(&mut tx, 1).await, [13, 12, 10]);
        assert_eq!(home_of(&mut tx, 2).await, [13, 12, 11, 10]);
        tx.clear_home_of(1, 3).await.unwrap();
        tx.fill_home(1, 3, 9).await.unwrap();
        assert_eq!(home_of(&mut tx, 1).await, [13, 12, 10]);
    }

    async fn a_home_is_filled_by_the_rules_of_homes(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, _, bob, carl) = four(&mut tx).await;
        let mut wish = follow(&mut tx, &alice, &bob).await;
        let by_carl = put(&mut tx, post(10, &carl)).await;
        let first = put(&mut tx, post(11, &bob)).await;
        put(&mut tx, reply(12, &bob, &by_carl)).await;
        put(&mut tx, reply(13, &bob, &first)).await;
        put(&mut tx, boost(14, &bob, &by_carl)).await;
        let mut to_nobody_we_know = post(15, &bob);
        to_nobody_we_know.in_reply_to_uri = "https://third.example/1".to_owned();
        put(&mut tx, to_nobody_we_know).await;
        tx.fill_home(1, 3, 9).await.unwrap();
        assert_eq!(home_of(&mut tx, 1).await, [14, 13, 11]);
        tx.clear_home_of(1, 3).await.unwrap();
        wish.show_boosts = false;
        tx.put_follow(&wish).await.unwrap();
        tx.mute_thread(1, first.root_id).await.unwrap();
        tx.fill_home(1, 3, 9).await.unwrap();
        assert!(home_of(&mut tx, 1).await.is_empty());
    }

    async fn blocks_and_muted_conversations_keep_posts_out_and_a_mute_hides_them(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (_, bea, bob, _) = four(&mut tx).await;
        let gill = member(&mut tx, 5, "gill").await;
        follow(&mut tx, &gill, &bob).await;
        tx.put_mute(1, 1, 3, true, None, NOW).await.unwrap();
        tx.put_block(1, 2, 3, "", NOW).await.unwrap();
        let first = spread(&mut tx, post(10, &bob)).await;
        assert_eq!(home_of(&mut tx, 5).await, [10]);
        tx.mute_thread(5, first.root_id).await.unwrap();
        spread(&mut tx, reply(11, &bob, &first)).await;
        assert_eq!(home_of(&mut tx, 5).await, [10]);
        assert!(home_of(&mut tx, 1).await.is_empty());
        tx.delete_mute(1, 3).await.unwrap();
        tx.delete_block(2, 3).await.unwrap();
        assert_eq!(home_of(&mut tx, 1).await, [11, 10], "what came while he was muted is there again");
        assert!(home_of(&mut tx, bea.id).await.is_empty(), "nothing was filed");
    }

    async fn what_was_filed_before_a_mute_or_block_is_hidden_by_it_boosts_of_it_too(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (_, _, bob, carl) = four(&mut tx).await;
        let by_carl = put(&mut tx, post(10, &carl)).await;
        spread(&mut tx, boost(11, &bob, &by_carl)).await;
        spread(&mut tx, post(12, &bob)).await;
        assert_eq!(home_of(&mut tx, 1).await, [12, 11]);
        tx.put_mute(1, 1, 4, true, None, NOW).await.unwrap();
        assert_eq!(home_of(&mut tx, 1).await, [12], "a boost of somebody muted");
        tx.delete_mute(1, 4).await.unwrap();
        tx.put_block(1, 1, 4, "", NOW).await.unwrap();
        assert_eq!(home_of(&mut tx, 1).await, [12], "a boost of somebody blocked");
        tx.delete_block(1, 4).await.unwrap();
        tx.put_block(2, 4, 1, "", NOW).await.unwrap();
        assert_eq!(home_of(&mut tx, 1).await, [12], "a boost of somebody who blocks the reader");
        assert_eq!(home_of(&mut tx, 2).await, [12, 11]);
        tx.set_suspended(4, Some(NOW), "moderator").await.unwrap();
        assert_eq!(home_of(&mut tx, 2).await, [12], "a boost of somebody suspended");
        tx.put_block(3, 2, 3, "", NOW).await.unwrap();
        assert!(home_of(&mut tx, 2).await.is_empty());
    }

    async fn a_direct_post_comes_only_to_those_it_names(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (_, _, bob, _) = four(&mut tx).await;
        let mut direct = post(10, &bob);
        direct.audience = Audience::Direct;
        let direct = put(&mut tx, direct).await;
        tx.put_mention(10, 1, false).await.unwrap();
        assert_eq!(tx.fan_out_home(&direct, "").await.unwrap(), 1);
        assert_eq!(home_of(&mut tx, 1).await, [10]);
        assert!(home_of(&mut tx, 2).await.is_empty());
    }

    async fn what_is_said_in_a_team_comes_to_those_alone_who_are_in_it(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, bea, dora) = (member(&mut tx, 1, "alice").await, member(&mut tx, 2, "bea").await, member(&mut tx, 5, "dora").await);
        tx.insert_team(&Team { id: 50, name: "Front desk".to_owned(), made_by: 5, created_at: NOW }).await.unwrap();
        for who in [&alice, &bea] {
            follow(&mut tx, who, &dora).await;
            let (title, replies_policy) = ("Friends".to_owned(), RepliesPolicy::Followed);
            let list = List { id: 60 + who.id, account_id: who.id, title, replies_policy, exclusive: false };
            tx.insert_list(&list).await.unwrap();
            tx.put_in_list(&list, dora.id).await.unwrap();
        }
        for who in [&dora, &alice] {
            tx.put_in_team(50, who.id, 5, NOW).await.unwrap();
        }
        let said = put(&mut tx, Post { audience: Audience::Team, team_id: Some(50), ..post(10, &dora) }).await;
        assert_eq!(tx.fan_out_home(&said, "").await.unwrap(), 3, "Alice's home and list, and the author's home");
        let whole = [1, 5].map(|account_id| HomeEntry { account_id, post_id: 10, is_stray: false, is_hidden: false });
        assert_eq!(tx.home_entries((0, 0), NOW, 9).await.unwrap(), whole);
        tx.take_out_of_team(50, alice.id).await.unwrap();
        assert!(home_of(&mut tx, 1).await.is_empty());
        assert_eq!(tx.home_entries((0, 0), NOW, 9).await.unwrap(), whole, "she may come back");
        assert!(tx.list_entries((0, 0), 9).await.unwrap().iter().all(|e| e.list_id == 61 && !e.is_hidden));
        tx.put_in_team(50, alice.id, 5, NOW).await.unwrap();
        assert_eq!(home_of(&mut tx, 1).await, [10]);
    }

    async fn a_home_is_filled_cleared_and_trimmed(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (_, _, bob, carl) = four(&mut tx).await;
        for id in 10..20 {
            put(&mut tx, post(id, &bob)).await;
        }
        let mut direct = post(20, &bob);
        direct.audience = Audience::Direct;
        put(&mut tx, direct).await;
        put(&mut tx, post(30, &carl)).await;
        assert_eq!(tx.fill_home(1, 3, 5).await.unwrap(), 5);
        assert_eq!(home_of(&mut tx, 1).await, [19, 18, 17, 16, 15]);
        assert_eq!(tx.put_home_entry(1, 30).await.unwrap(), 1);
        assert_eq!(tx.put_home_entry(2, 19).await.unwrap(), 1);
        assert_eq!(tx.trim_home(1, 6).await.unwrap(), 0);
        assert_eq!(tx.trim_home(1, 3).await.unwrap(), 3);
        assert_eq!(home_of(&mut tx, 1).await, [30, 19, 18]);
        assert_eq!(tx.clear_home_of(1, 3).await.unwrap(), 2);
        assert_eq!(home_of(&mut tx, 1).await, [30]);
        assert_eq!(home_of(&mut tx, 2).await, [19], "another's home stays");
    }

    async fn pages_run_down_from_max_id_and_up_from_min_id_always_newest_first(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, ..) = four(&mut tx).await;
        let tag = tx.use_tag(1, "tea", "tea", NOW).await.unwrap();
        for id in 1..=9 {
            spread(&mut tx, post(id, &alice)).await;
            tx.tag_post(tag, id).await.unwrap();
        }
        let page = |max_id, since_id, min_id| Page { max_id, since_id, min_id, limit: 3 };
        for (wanted, page) in [
            (vec![9, 8, 7], page(None, None, None)),
            (vec![6, 5, 4], page(Some(7), None, None)),
            (vec![9, 8, 7], page(None, Some(2), None)),
            (vec![9, 8], page(None, Some(7), None)),
            (vec![5, 4, 3], page(None, None, Some(2))),
            (vec![4, 3], page(Some(5), None, Some(2))),
            (vec![4, 3], page(Some(5), Some(2), None)),
            (vec![2, 1], page(Some(3), None, None)),
            (vec![], page(None, None, Some(9))),
        ] {
            let all = PublicFilter::default();
            assert_eq!(ids(&tx.home(1, &page).await.unwrap()), wanted, "home {page:?}");
            assert_eq!(ids(&tx.public(all, Viewer::Anyone, &page).await.unwrap()), wanted, "public {page:?}");
            assert_eq!(ids(&tx.tagged(tag, all, Viewer::Anyone, &page).await.unwrap()), wanted, "tag {page:?}");
            assert_eq!(ids(&tx.account_posts(1, &AccountFilter::default(), Viewer::Anyone, &page).await.unwrap()), wanted, "account {page:?}");
            assert_eq!(ids(&tx.outbox(1, &page).await.unwrap()), wanted, "outbox {page:?}");
        }
    }

    async fn the_public_timeline_shows_public_posts_and_the_authors_own_threads(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, bea, bob, carl) = four(&mut tx).await;
        let first = put(&mut tx, post(10, &alice)).await;
        put(&mut tx, post(11, &bob)).await;
        put(&mut tx, reply(12, &alice, &first)).await;
        put(&mut tx, reply(13, &bob, &first)).await;
        put(&mut tx, boost(14, &bea, &first)).await;
        for (id, audience) in [(15, Audience::Unlisted), (16, Audience::Followers), (17, Audience::Organisation)] {
            let mut narrow = post(id, &alice);
            narrow.audience = audience;
            put(&mut tx, narrow).await;
        }
        put(&mut tx, post(18, &carl)).await;
        tx.insert_media(&picture(90, &bob, Some(11))).await.unwrap();
        tx.insert_media(&picture(91, &alice, Some(12))).await.unwrap();
        let shown = async |tx: &mut Tx, reach, only_media, viewer| {
            ids(&tx.public(PublicFilter { reach, only_media }, viewer, &Page::first(40)).await.unwrap())
        };
        assert_eq!(shown(&mut tx, Reach::All, false, Viewer::Anyone).await, [18, 12, 11, 10]);
        assert_eq!(shown(&mut tx, Reach::Local, false, Viewer::Anyone).await, [12, 10]);
        assert_eq!(shown(&mut tx, Reach::Local, false, Viewer::Remote(3)).await, [12, 10]);
        assert_eq!(shown(&mut tx, Reach::Local, false, Viewer::Member(1)).await, [17, 12, 10], "and what is said to the organisation");
        assert_eq!(shown(&mut tx, Reach::All, false, Viewer::Member(1)).await, [18, 12, 11, 10]);
        assert_eq!(shown(&mut tx, Reach::Remote, false, Viewer::Anyone).await, [18, 11]);
        assert_eq!(shown(&mut tx, Reach::All, true, Viewer::Anyone).await, [12, 11]);
        assert_eq!(shown(&mut tx, Reach::Local, true, Viewer::Anyone).await, [12]);
        assert_eq!(shown(&mut tx, Reach::Remote, true, Viewer::Anyone).await, [11]);
        for reach in [Reach::Local, Reach::Remote] {
            let page = Page { min_id: Some(0), limit: 1, ..Page::default() };
            let oldest = tx.public(PublicFilter { reach, only_media: false }, Viewer::Anyone, &page).await.unwrap();
            assert_eq!(ids(&oldest), [if reach == Reach::Local { 10 } else { 11 }]);
        }
        tx.put_mute(1, 1, 3, true, None, NOW).await.unwrap();
        assert_eq!(shown(&mut tx, Reach::All, false, Viewer::Member(1)).await, [18, 12, 10]);
        tx.set_limited(4, Some(NOW)).await.unwrap();
        assert_eq!(shown(&mut tx, Reach::All, false, Viewer::Anyone).await, [12, 11, 10], "limited accounts are not put forward");
        tx.set_suspended(1, Some(NOW), "moderator").await.unwrap();
        assert_eq!(shown(&mut tx, Reach::All, false, Viewer::Anyone).await, [11]);
    }

    async fn a_tag_shows_public_posts_and_to_members_those_inside(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, bea, bob, _) = four(&mut tx).await;
        let tag = tx.use_tag(1, "tea", "tea", NOW).await.unwrap();
        let other = tx.use_tag(2, "milk", "milk", NOW).await.unwrap();
        for (id, author, audience) in [
            (10, &alice, Audience::Public),
            (11, &bob, Audience::Public),
            (12, &alice, Audience::Organisation),
            (13, &alice, Audience::Unlisted),
            (14, &alice, Audience::Followers),
        ] {
            let mut tagged = post(id, author);
            tagged.audience = audience;
            put(&mut tx, tagged).await;
            tx.tag_post(tag, id).await.unwrap();
        }
        put(&mut tx, post(15, &alice)).await;
        tx.tag_post(other, 15).await.unwrap();
        tx.insert_media(&picture(90, &bob, Some(11))).await.unwrap();
        let shown = async |tx: &mut Tx, reach, only_media, viewer| {
            ids(&tx.tagged(tag, PublicFilter { reach, only_media }, viewer, &Page::first(40)).await.unwrap())
        };
        assert_eq!(shown(&mut tx, Reach::All, false, Viewer::Anyone).await, [11, 10]);
        assert_eq!(shown(&mut tx, Reach::All, false, Viewer::Member(2)).await, [12, 11, 10]);
        assert_eq!(shown(&mut tx, Reach::Local, false, Viewer::Member(2)).await, [12, 10]);
        assert_eq!(shown(&mut tx, Reach::Remote, false, Viewer::Anyone).await, [11]);
        assert_eq!(shown(&mut tx, Reach::All, true, Viewer::Anyone).await, [11]);
        tx.put_block(1, bea.id, bob.id, "", NOW).await.unwrap();
        assert_eq!(shown(&mut tx, Reach::All, false, Viewer::Member(2)).await, [12, 10]);
        tx.set_limited(1, Some(NOW)).await.unwrap();
        assert_eq!(shown(&mut tx, Reach::All, false, Viewer::Anyone).await, [11]);
    }

    async fn an_accounts_posts_are_filtered_as_asked(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, _, bob, carl) = four(&mut tx).await;
        let first = put(&mut tx, post(10, &alice)).await;
        let by_bob = put(&mut tx, post(11, &bob)).await;
        put(&mut tx, reply(12, &alice, &first)).await;
        put(&mut tx, reply(13, &alice, &by_bob)).await;
        put(&mut tx, boost(14, &alice, &by_bob)).await;
        let mut direct = post(15, &alice);
        direct.audience = Audience::Direct;
        put(&mut tx, direct).await;
        let by_carl = put(&mut tx, post(16, &carl)).await;
        put(&mut tx, boost(17, &alice, &by_carl)).await;
        tx.insert_media(&picture(90, &alice, Some(12))).await.unwrap();
        let tag = tx.use_tag(1, "tea", "tea", NOW).await.unwrap();
        tx.tag_post(tag, 13).await.unwrap();
        let shown = async |tx: &mut Tx, filter: AccountFilter<'_>, viewer| {
            ids(&tx.account_posts(1, &filter, viewer, &Page::first(40)).await.unwrap())
        };
        let all = AccountFilter::default();
        assert_eq!(shown(&mut tx, all, Viewer::Anyone).await, [17, 14, 13, 12, 10]);
        assert_eq!(shown(&mut tx, all, Viewer::Member(1)).await, [17, 15, 14, 13, 12, 10], "direct posts are for their author");
        assert_eq!(shown(&mut tx, AccountFilter { exclude_replies: true, ..all }, Viewer::Anyone).await, [17, 14, 12, 10], "a thread of one's own is no reply");
        assert_eq!(shown(&mut tx, AccountFilter { exclude_boosts: true, ..all }, Viewer::Anyone).await, [13, 12, 10]);
        assert_eq!(shown(&mut tx, AccountFilter { only_media: true, ..all }, Viewer::Anyone).await, [12]);
        assert_eq!(shown(&mut tx, AccountFilter { tag: "tea", ..all }, Viewer::Anyone).await, [13]);
        assert!(shown(&mut tx, AccountFilter { tag: "milk", ..all }, Viewer::Anyone).await.is_empty());
        tx.put_block(1, 4, 2, "", NOW).await.unwrap();
        assert_eq!(shown(&mut tx, all, Viewer::Member(2)).await, [14, 13, 12, 10], "Carl blocks Bea: she does not see the boost");
    }
}
