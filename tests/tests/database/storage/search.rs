//! Finding posts by their words and accounts by their names.

use model::account::{Account, Role};
use model::audience::{Audience, Viewer};
use model::clock::{DAY, HOUR, MINUTE};
use model::id::{Id, first_id};
use model::page::Page;
use model::post::Post;
use model::search::{Question, words};
use storage::{Profile, Tx, mark};
use suite::on_both;

use super::{NOW, account_ids, boost, follow, ids, local, member, membership, post, put, remote, stranger};

/// Writes down what the node would of a post.
async fn index(tx: &mut Tx, post: &Post, text: &str, marks: &[String]) {
    tx.put_text(
        post.id,
        &format!("{} {} {} {}", mark::time(post.id), mark::from(post.account_id), marks.join(" "), words(text)),
    )
    .await
    .unwrap();
}

async fn find(tx: &mut Tx, typed: &str, authors: &[Id], who: Id) -> Vec<Id> {
    let question = Question::parse(typed);
    ids(&tx.search_posts(&question, authors, Viewer::Member(who), &Page::first(20), 0).await.unwrap())
}

async fn open(tx: &mut Tx, account: &Account) {
    let profile = Profile {
        display_name: account.display_name.clone(),
        note: String::new(),
        note_source: String::new(),
        fields: Vec::new(),
        emojis: Vec::new(),
        avatar: String::new(),
        avatar_description: String::new(),
        header: String::new(),
        header_description: String::new(),
        kind: account.kind,
        locked: false,
        discoverable: true,
        indexable: true,
        hide_collections: false,
    };
    tx.update_profile(account.id, &profile, NOW).await.unwrap();
}

on_both! {
    async fn posts_are_found_by_words_phrases_and_marks_and_never_by_those_who_may_not(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, bob) = (member(&mut tx, 1, "alice").await, member(&mut tx, 2, "bob").await);
        open(&mut tx, &alice).await;
        let public = mark::PUBLIC.to_owned();
        let first = put(&mut tx, post(10, &alice)).await;
        index(&mut tx, &first, "Hot water for Tea, 東京タワー", &[public.clone(), mark::of("media")]).await;
        let second = put(&mut tx, post(11, &alice)).await;
        index(&mut tx, &second, "water that is hot", &[public.clone(), mark::language("cy")]).await;
        // Public, and of somebody who does not let themselves be searched.
        let closed = put(&mut tx, post(12, &bob)).await;
        index(&mut tx, &closed, "water of bob", &[public.clone(), mark::library(2)]).await;
        let secret = put(&mut tx, Post { audience: Audience::Direct, ..post(13, &bob) }).await;
        index(&mut tx, &secret, "water in secret", &[public.clone(), mark::library(1), mark::library(2)]).await;
        assert_eq!(find(&mut tx, "WATER", &[], 1).await, [11, 10]);
        assert_eq!(find(&mut tx, "wåter", &[], 2).await, [13, 12, 11, 10]);
        assert_eq!(find(&mut tx, "\"hot water\"", &[], 1).await, [10]);
        assert_eq!(find(&mut tx, "東京", &[], 1).await, [10]);
        assert_eq!(find(&mut tx, "water -tea", &[], 1).await, [11]);
        assert_eq!(find(&mut tx, "has:media", &[], 1).await, [10]);
        assert_eq!(find(&mut tx, "water -has:media language:cy", &[], 1).await, [11]);
        assert_eq!(find(&mut tx, "water from:bob", &[2], 2).await, [13, 12]);
        assert_eq!(find(&mut tx, "water in:library", &[], 2).await, [13, 12]);
        assert_eq!(find(&mut tx, "water in:public", &[], 2).await, [11, 10]);
        assert!(find(&mut tx, "water in:library", &[], 1).await.is_empty(), "what the index says is asked again");
        // Whom one mutes, and whose server one blocks, one does not find.
        tx.put_mute(900, 1, 1, true, None, NOW).await.unwrap();
        tx.delete_mute(1, 1).await.unwrap();
        let page = Page { max_id: Some(11), ..Page::first(20) };
        let question = Question::parse("water");
        assert_eq!(ids(&tx.search_posts(&question, &[], Viewer::Member(1), &page, 0).await.unwrap()), [10]);
        let page = Page { min_id: Some(10), ..Page::first(20) };
        assert_eq!(ids(&tx.search_posts(&question, &[], Viewer::Member(1), &page, 0).await.unwrap()), [11]);
        assert_eq!(ids(&tx.search_posts(&question, &[], Viewer::Member(1), &Page::first(1), 1).await.unwrap()), [10]);
        // A new version, one that nobody may find any more, one that is gone.
        index(&mut tx, &first, "only coffee", &[public]).await;
        assert_eq!(find(&mut tx, "water", &[], 1).await, [11]);
        assert_eq!(find(&mut tx, "coffee", &[], 1).await, [10]);
        tx.drop_texts(&[11]).await.unwrap();
        assert!(find(&mut tx, "water", &[], 1).await.is_empty());
        tx.delete_post(10).await.unwrap();
        assert!(find(&mut tx, "coffee", &[], 1).await.is_empty());
        tx.commit().await.unwrap();
    }

    async fn what_is_found_is_the_newest_however_far_back_it_lies(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let days = [1_000, 600, 460, 120, 95, 40, 1, 0];
        let made: Vec<Id> = days.iter().map(|days| first_id(NOW - days * DAY)).collect();
        for id in &made {
            let post = put(&mut tx, Post { created_at: NOW, ..post(*id, &alice) }).await;
            index(&mut tx, &post, "tea", &[mark::library(1)]).await;
        }
        let newest_first: Vec<Id> = made.iter().rev().copied().collect();
        assert_eq!(find(&mut tx, "tea", &[], 1).await, newest_first);
        let question = Question::parse("tea");
        for (offset, limit) in [(0, 1), (1, 2), (2, 4), (5, 3), (7, 2), (8, 2)] {
            let page = Page::first(limit);
            let found = ids(&tx.search_posts(&question, &[], Viewer::Member(1), &page, offset).await.unwrap());
            let expected: Vec<Id> =
                newest_first.iter().copied().skip(offset as usize).take(limit as usize).collect();
            assert_eq!(found, expected, "{offset} {limit}");
        }
        for (above, below) in [(0, 7), (2, 5), (1, 3), (4, 6)] {
            let page = Page { min_id: Some(made[above]), max_id: Some(made[below]), ..Page::first(20) };
            let found = ids(&tx.search_posts(&question, &[], Viewer::Member(1), &page, 0).await.unwrap());
            let expected: Vec<Id> = made[above + 1..below].iter().rev().copied().collect();
            assert_eq!(found, expected, "{above} {below}");
        }
        tx.commit().await.unwrap();
    }

    async fn of_many_posts_each_is_found_once_page_by_page(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        // The newest so close together that their hours name them, the others so that their days do.
        let made = (0..1_050).map(|n| NOW - n * 3 * MINUTE).chain((0..1_050).map(|n| NOW - 3 * DAY - n * 2 * HOUR));
        let mut all: Vec<(Id, String)> = Vec::new();
        for (n, at) in made.enumerate() {
            let rare = if n % 300 == 7 { " kettle" } else { "" };
            let text = format!("{}{rare}", if n % 7 == 0 { "water" } else { "tea" });
            let post = put(&mut tx, Post { created_at: at, ..post(first_id(at), &alice) }).await;
            index(&mut tx, &post, &text, &[mark::library(1)]).await;
            all.push((post.id, text));
        }
        for (word, size) in [("tea", 200), ("water", 40), ("kettle", 3)] {
            let (question, mut page, mut found) = (Question::parse(word), Page::first(size), Vec::new());
            loop {
                let more = ids(&tx.search_posts(&question, &[], Viewer::Member(1), &page, 0).await.unwrap());
                let Some(last) = more.last() else { break };
                page.max_id = Some(*last);
                found.extend(more);
            }
            let expected: Vec<Id> = all.iter().filter(|(_, text)| text.contains(word)).map(|(id, _)| *id).collect();
            assert_eq!(found, expected, "{word}");
        }
        tx.commit().await.unwrap();
    }

    async fn what_waits_for_the_index_is_taken_once_and_says_whose_library_it_is_in(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, bob) = (member(&mut tx, 1, "alice").await, member(&mut tx, 2, "bob").await);
        let carol = stranger(&mut tx, 3, "carol", "far.example").await;
        let theirs = put(&mut tx, post(10, &carol)).await;
        put(&mut tx, post(11, &carol)).await;
        let own = put(&mut tx, post(12, &alice)).await;
        tx.put_favourite(100, 2, 10, "", NOW).await.unwrap();
        tx.put_favourite(101, 3, 12, "", NOW).await.unwrap();
        tx.put_bookmark(102, 1, 10).await.unwrap();
        tx.put_mention(11, 1, false).await.unwrap();
        put(&mut tx, boost(13, &bob, &own)).await;
        assert_eq!(tx.libraries(&[10, 11, 12]).await.unwrap().len(), 5);
        assert!(!tx.has_queue().await.unwrap());
        tx.queue_for_search(theirs.id, true).await.unwrap();
        tx.queue_for_search(theirs.id, false).await.unwrap();
        tx.queue_posts_of(3, 10).await.unwrap();
        assert!(tx.has_queue().await.unwrap());
        let mut taken = tx.take_queue(10).await.unwrap();
        taken.sort_unstable();
        assert_eq!(taken, [(10, true), (11, false)]);
        assert!(!tx.has_queue().await.unwrap());
        assert_eq!(tx.posts_to_index(&[10, 11]).await.unwrap().len(), 2);
        tx.commit().await.unwrap();
    }

    async fn accounts_are_found_by_words_of_their_names(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let ann = Account { display_name: "Ann Smith-Jones".to_owned(), ..local(1, "ann") };
        tx.insert_account(&ann).await.unwrap();
        tx.insert_member(&membership(1, Role::Member)).await.unwrap();
        let far = Account { display_name: "John Smith".to_owned(), ..remote(2, "js", "far.example") };
        let shy = Account { display_name: "Smith, shy".to_owned(), discoverable: false, ..remote(3, "sh", "far.example") };
        for account in [&far, &shy] {
            tx.insert_account(account).await.unwrap();
        }
        let find = async |tx: &mut Tx, typed: &[&str]| {
            let words: Vec<String> = typed.iter().map(|w| (*w).to_owned()).collect();
            account_ids(&tx.accounts_by_name(&words).await.unwrap())
        };
        assert_eq!(find(&mut tx, &["smi"]).await, [2, 1]);
        assert_eq!(find(&mut tx, &["smith", "jo"]).await, [2, 1]);
        assert_eq!(find(&mut tx, &["ann", "smith"]).await, [1]);
        tx.update_remote_account(&Account { display_name: "Jack".to_owned(), ..far.clone() }).await.unwrap();
        assert_eq!(find(&mut tx, &["smith"]).await, [1]);
        assert_eq!(find(&mut tx, &["jack"]).await, [2]);
        follow(&mut tx, &ann, &shy).await;
        for (prefix, found) in [("sh", vec![3]), ("smith", vec![3]), ("ith", vec![])] {
            assert_eq!(account_ids(&tx.followed_by_prefix(1, prefix, 10).await.unwrap()), found, "{prefix}");
        }
        tx.mark_account_deleted(2, NOW).await.unwrap();
        assert!(find(&mut tx, &["jack"]).await.is_empty());
        tx.commit().await.unwrap();
    }
}
