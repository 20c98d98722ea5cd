//! What people gather around: what it is for, links, shelves, hats, and what these look at.

use model::audience::Audience;
use model::experiment::{Experiment, Outcome, State};
use model::hat::{Hat, Worn};
use model::id::Id;
use model::page::Page;
use model::post::Post;
use model::subject::{Purpose, ShelfLink, Subject, SubjectLink};
use storage::{Sharing, Tx};
use suite::on_both;

use super::experiments::experiment;
use super::{NOW, account_ids, boost, ids, local, member, post, put, reply, stranger};

const TEA: Subject = Subject::Tag(101);
const MILK: Subject = Subject::Tag(102);
const ALL: (Id, Id) = (0, Id::MAX);

async fn tags(tx: &mut Tx) {
    tx.use_tag(101, "tea", "Tea", NOW).await.unwrap();
    tx.use_tag(102, "milk", "milk", NOW).await.unwrap();
}

async fn tagged(tx: &mut Tx, post: Post, tags: &[Id]) -> Post {
    let post = put(tx, post).await;
    for tag in tags {
        tx.tag_post(*tag, post.id).await.unwrap();
    }
    post
}

fn said(id: Id, who: Id, is_view: bool) -> Purpose {
    Purpose {
        id,
        account_id: who,
        is_view,
        source: format!("said {id}"),
        restored_id: None,
        restored_by: None,
        created_at: NOW + id,
        gone_at: None,
        gone_by: None,
    }
}

fn worn(id: Id, who: Id, hat: Hat, on: Subject, until: i64, confirmed: bool) -> Worn {
    Worn { id, account_id: who, hat, subject_id: on.id(), since: NOW, until, confirmed }
}

on_both! {
    async fn what_a_subject_is_for_is_kept_in_all_versions(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        tags(&mut tx).await;
        let alice = member(&mut tx, 1, "alice").await;
        let group = local(9, "challenge");
        tx.insert_account(&group).await.unwrap();
        for subject in [TEA, TEA, Subject::Challenge(9)] {
            tx.tend(subject).await.unwrap();
        }
        assert_eq!((tx.subject(101).await.unwrap(), tx.subject(9).await.unwrap()), (Some(TEA), Some(Subject::Challenge(9))));
        assert_eq!(tx.subject(102).await.unwrap(), None);
        assert_eq!(tx.purpose(TEA).await.unwrap(), None);
        for p in [said(1, 1, false), said(2, 1, true), said(3, 1, false), Purpose { restored_id: Some(1), restored_by: Some(7), ..said(4, 1, false) }] {
            tx.insert_purpose(TEA, &p).await.unwrap();
        }
        tx.insert_purpose(Subject::Challenge(9), &said(5, 1, false)).await.unwrap();
        assert_eq!(tx.purpose(TEA).await.unwrap().map(|p| (p.id, p.restored_id, p.restored_by)), Some((4, Some(1), Some(7))));
        for (since, expected) in [(NOW, 3), (NOW + 1, 2), (NOW + 4, 0)] {
            assert_eq!(tx.count_versions_since(TEA, since).await.unwrap(), expected);
        }
        assert!(tx.take_down_purpose(4, Some(1), NOW).await.unwrap());
        assert!(!tx.take_down_purpose(4, None, NOW).await.unwrap());
        assert_eq!(tx.purpose(TEA).await.unwrap(), Some(said(3, 1, false)));
        assert_eq!(tx.purpose_by_id(TEA, 4).await.unwrap().and_then(|p| p.gone_at), Some(NOW));
        assert_eq!(tx.purpose_by_id(TEA, 5).await.unwrap(), None);
        let list = async |tx: &mut Tx, page: &Page| {
            tx.purpose_versions(TEA, page).await.unwrap().iter().map(|p| p.id).collect::<Vec<_>>()
        };
        assert_eq!(list(&mut tx, &Page::first(2)).await, [4, 3]);
        assert_eq!(list(&mut tx, &Page { min_id: Some(1), ..Page::first(1) }).await, [3]);
        assert_eq!(tx.purpose_views(TEA, &Page::first(5)).await.unwrap(), [said(2, 1, true)]);
        assert_eq!(tx.purpose_views(TEA, &Page { min_id: Some(2), ..Page::first(5) }).await.unwrap(), []);
        assert_eq!(tx.count_views_of(TEA, alice.id).await.unwrap(), 1);
        // Of what others took down it is said that it was there; what its author withdrew is not there.
        let group = Subject::Challenge(9);
        for (id, by) in [(6, 7), (8, alice.id)] {
            tx.insert_purpose(group, &said(id, alice.id, true)).await.unwrap();
            tx.take_down_purpose(id, Some(by), NOW).await.unwrap();
        }
        assert!(tx.purpose_views(group, &Page::first(5)).await.unwrap().is_empty());
        let was_there = tx.all_purpose_views(group, &Page::first(5)).await.unwrap();
        assert_eq!(was_there.iter().map(|p| p.id).collect::<Vec<_>>(), [6]);
        // Whose account goes takes their own view along, not what everybody made.
        tx.forget_account(alice.id).await.unwrap();
        assert_eq!(tx.count_views_of(TEA, alice.id).await.unwrap(), 0);
        assert_eq!(list(&mut tx, &Page::first(5)).await, [4, 3, 1]);
    }

    async fn what_somebody_wrote_who_is_suspended_is_not_shown(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        tags(&mut tx).await;
        tx.tend(TEA).await.unwrap();
        member(&mut tx, 1, "alice").await;
        member(&mut tx, 2, "bob").await;
        for p in [said(1, 1, false), said(2, 1, true), said(3, 2, false), said(4, 2, true)] {
            tx.insert_purpose(TEA, &p).await.unwrap();
        }
        for (suspended, holds, views) in [(Some(NOW), 1, vec![2]), (None, 3, vec![4, 2])] {
            tx.set_suspended(2, suspended, "moderator").await.unwrap();
            assert_eq!(tx.purpose(TEA).await.unwrap().map(|p| p.id), Some(holds));
            let shown = tx.purpose_views(TEA, &Page::first(5)).await.unwrap();
            assert_eq!(shown.iter().map(|p| p.id).collect::<Vec<_>>(), views);
        }
    }

    async fn links_are_seen_from_both_sides(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        tags(&mut tx).await;
        tx.tend(TEA).await.unwrap();
        tx.tend(MILK).await.unwrap();
        assert!(tx.link_subjects(TEA, MILK, 1, NOW).await.unwrap());
        assert!(!tx.link_subjects(MILK, TEA, 2, NOW + 1).await.unwrap());
        let link = |other_id| SubjectLink { other_id, account_id: 1, created_at: NOW };
        assert_eq!(tx.subject_links(TEA).await.unwrap(), [link(102)]);
        assert_eq!(tx.subject_links(MILK).await.unwrap(), [link(101)]);
        assert!(tx.unlink_subjects(MILK, TEA).await.unwrap() && !tx.unlink_subjects(TEA, MILK).await.unwrap());
        assert!(tx.subject_links(TEA).await.unwrap().is_empty());
    }

    async fn how_complete_a_subject_is_counts_servers_of_public_posts(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        tags(&mut tx).await;
        assert_eq!(tx.completeness(TEA).await.unwrap().posts, 0);
        assert_eq!(tx.completeness(Subject::Challenge(9)).await.unwrap().posts, 0);
        let alice = member(&mut tx, 1, "alice").await;
        let bob = stranger(&mut tx, 2, "bob", "far.example").await;
        let carl = stranger(&mut tx, 3, "carl", "far.example").await;
        let first = tagged(&mut tx, post(10, &alice), &[101]).await;
        tagged(&mut tx, post(11, &bob), &[101]).await;
        tagged(&mut tx, post(12, &carl), &[101]).await;
        tagged(&mut tx, Post { audience: Audience::Organisation, ..post(13, &alice) }, &[101]).await;
        tagged(&mut tx, boost(14, &carl, &first), &[101]).await;
        let known = tx.completeness(TEA).await.unwrap();
        assert_eq!((known.posts, known.servers, known.first_id, known.last_id), (3, 2, Some(10), Some(12)));
    }

    async fn a_shelf_has_each_page_once_and_only_what_everybody_may_read(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        tags(&mut tx).await;
        let (alice, bea) = (member(&mut tx, 1, "alice").await, member(&mut tx, 2, "bea").await);
        for (card, hash) in [(201, "a"), (202, "b"), (203, "c")] {
            tx.use_card(card, hash, &format!("https://page.example/{hash}")).await.unwrap();
        }
        for (post, tags, card) in [
            (post(10, &alice), &[101][..], 201),
            (post(11, &bea), &[101, 102], 201),
            (post(12, &alice), &[101], 202),
            (Post { audience: Audience::Organisation, ..post(13, &alice) }, &[101], 203),
            (post(14, &alice), &[101], 201),
        ] {
            let post = tagged(&mut tx, post, tags).await;
            tx.hang_card(post.id, card).await.unwrap();
        }
        // Looked at later than what came after it, and again.
        tx.shelve(&[11, 12, 13, 14]).await.unwrap();
        tx.shelve(&[10]).await.unwrap();
        tx.shelve(&[10, 11]).await.unwrap();
        let on = async |tx: &mut Tx, subject, hidden, page: &Page| {
            tx.shelf(subject, hidden, page).await.unwrap().iter().map(|(s, c)| (s.card_id, s.place, c.id)).collect::<Vec<_>>()
        };
        let all = Page::first(5);
        assert_eq!(on(&mut tx, TEA, false, &all).await, [(202, 12, 202), (201, 10, 201)]);
        assert_eq!(on(&mut tx, TEA, false, &Page { min_id: Some(10), ..all }).await, [(202, 12, 202)]);
        assert_eq!(on(&mut tx, MILK, false, &all).await, [(201, 11, 201)]);
        assert_eq!(
            tx.sharing(TEA, &[201, 203]).await.unwrap(),
            [Sharing { card_id: 201, first_post_id: 10, people: 2 }]
        );
        let (known, _) = tx.shelf_link(TEA, 201).await.unwrap().unwrap();
        assert!(tx.shelf_link(TEA, 203).await.unwrap().is_none());
        let arranged = ShelfLink { note: "read it".to_owned(), heading: "First".to_owned(), pinned: true, ..known };
        tx.put_shelf_link(TEA, &arranged).await.unwrap();
        assert_eq!(tx.pinned_on_shelf(TEA).await.unwrap()[0].0, arranged);
        tx.put_shelf_link(TEA, &ShelfLink { hidden: true, ..arranged }).await.unwrap();
        assert!(tx.pinned_on_shelf(TEA).await.unwrap().is_empty());
        assert_eq!(on(&mut tx, TEA, false, &all).await, [(202, 12, 202)]);
        assert_eq!(on(&mut tx, TEA, true, &all).await.len(), 2);
        // What is no longer tagged, or no longer there, is not on it.
        tx.untag_post(12).await.unwrap();
        tx.shelve(&[12]).await.unwrap();
        assert_eq!(on(&mut tx, TEA, false, &all).await, []);
        tx.set_suspended(bea.id, Some(NOW), "moderator").await.unwrap();
        assert_eq!(on(&mut tx, MILK, false, &all).await, []);
    }

    async fn hats_go_off_by_themselves_and_are_renewed(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        tags(&mut tx).await;
        let (alice, bea) = (member(&mut tx, 1, "alice").await, member(&mut tx, 2, "bea").await);
        tx.tend(TEA).await.unwrap();
        tx.tend(MILK).await.unwrap();
        let keeper = worn(31, 1, Hat::CommunityKeeper, TEA, NOW + 10, true);
        tx.put_hat(&keeper, Some(1), NOW).await.unwrap();
        tx.put_hat(&worn(32, 2, Hat::SocialReporter, TEA, NOW + 20, false), None, NOW).await.unwrap();
        tx.put_hat(&worn(33, 2, Hat::CriticalFriend, MILK, NOW + 20, true), Some(2), NOW).await.unwrap();
        assert_eq!(tx.hat(31, NOW).await.unwrap(), Some(keeper.clone()));
        assert_eq!(tx.hat(31, NOW + 10).await.unwrap(), None);
        assert_eq!(tx.hat_on(1, Hat::CommunityKeeper, TEA, NOW).await.unwrap(), Some(keeper.clone()));
        assert_eq!(tx.hat_on(1, Hat::CommunityKeeper, MILK, NOW).await.unwrap(), None);
        assert_eq!(tx.keepers_of(TEA, NOW).await.unwrap(), [alice.id]);
        let hats = |list: Vec<Worn>| list.iter().map(|w| w.id).collect::<Vec<_>>();
        assert_eq!(hats(tx.hats_of(bea.id, NOW).await.unwrap()), [33, 32]);
        assert_eq!(hats(tx.hats_on(TEA, NOW).await.unwrap()), [31, 32]);
        assert_eq!(hats(tx.all_hats(33, NOW, 5).await.unwrap()), [32, 31]);
        // Said again while it is on: it stays confirmed, and on since when it is. After that it begins anew.
        tx.put_hat(&worn(34, 1, Hat::CommunityKeeper, TEA, NOW + 15, false), None, NOW + 5).await.unwrap();
        assert_eq!(tx.hat(31, NOW + 5).await.unwrap(), Some(Worn { until: NOW + 15, ..keeper.clone() }));
        let later = Worn { since: NOW + 16, ..worn(35, 1, Hat::CommunityKeeper, TEA, NOW + 30, false) };
        tx.put_hat(&later, None, NOW + 16).await.unwrap();
        assert_eq!(tx.hat(31, NOW + 16).await.unwrap(), Some(Worn { id: 31, ..later }));
        tx.confirm_hat(31, Some(2)).await.unwrap();
        tx.set_suspended(alice.id, Some(NOW), "moderator").await.unwrap();
        assert!(tx.keepers_of(TEA, NOW + 16).await.unwrap().is_empty(), "who is suspended keeps nothing");
        assert!(tx.delete_hat(33).await.unwrap() && !tx.delete_hat(33).await.unwrap());
        assert_eq!(tx.forget_hats(NOW + 21, 10).await.unwrap(), 1);
        assert_eq!(tx.forget_hats(NOW + 21, 10).await.unwrap(), 0);
    }

    async fn each_hat_looks_at_what_it_is_for(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        tags(&mut tx).await;
        let (alice, bea) = (member(&mut tx, 1, "alice").await, member(&mut tx, 2, "bea").await);
        let bob = stranger(&mut tx, 3, "bob", "far.example").await;
        let first = tagged(&mut tx, post(10, &alice), &[101]).await;
        tagged(&mut tx, reply(11, &bea, &first), &[101]).await;
        tagged(&mut tx, reply(12, &alice, &first), &[]).await;
        let called = tagged(&mut tx, post(13, &alice), &[101, 102]).await;
        tagged(&mut tx, post(14, &bob), &[101, 102]).await;
        tagged(&mut tx, reply(15, &bea, &called), &[102]).await;
        tagged(&mut tx, Post { audience: Audience::Organisation, ..post(16, &alice) }, &[101]).await;
        let me = alice.id;
        assert_eq!(ids(&tx.newcomers(TEA, ALL, me).await.unwrap()), [14, 11, 10]);
        assert_eq!(ids(&tx.newcomers(TEA, (12, Id::MAX), me).await.unwrap()), [14], "alice was here before");
        assert_eq!(ids(&tx.unanswered(TEA, ALL, me).await.unwrap()), [14]);
        assert_eq!(ids(&tx.calls(TEA, ALL, me, 102, "%(as one)%").await.unwrap()), [14], "one was answered");
        assert!(tx.calls(TEA, ALL, me, 102, "%").await.unwrap().is_empty());
        // What was said inside as well, to those who may see it, until somebody inside answered.
        let inside = Post { audience: Audience::Organisation, ..post(20, &alice) };
        let inside = tagged(&mut tx, inside, &[101, 102]).await;
        assert_eq!(ids(&tx.calls(TEA, ALL, bea.id, 102, "%(as one)%").await.unwrap()), [20, 14]);
        let team = Post { audience: Audience::Team, team_id: Some(7), ..post(22, &alice) };
        tagged(&mut tx, team, &[101, 102]).await;
        assert_eq!(ids(&tx.calls(TEA, ALL, me, 102, "%(as one)%").await.unwrap()), [22, 20, 14]);
        assert_eq!(ids(&tx.calls(TEA, ALL, bea.id, 102, "%(as one)%").await.unwrap()), [20, 14], "who is not in the team");
        let answer = Post { audience: Audience::Organisation, ..reply(21, &bea, &inside) };
        tagged(&mut tx, answer, &[102]).await;
        assert_eq!(ids(&tx.calls(TEA, ALL, bea.id, 102, "%(as one)%").await.unwrap()), [14]);
        assert!(tx.delete_post(21).await.unwrap() && tx.delete_post(20).await.unwrap());
        assert!(tx.delete_post(22).await.unwrap());
        // An experiment asks by what is ticked of it, until something came of it.
        let asks = Experiment { critical_friend: true, ..experiment(10, me) };
        tx.put_experiment(&asks, &[]).await.unwrap();
        assert_eq!(ids(&tx.calls(TEA, ALL, me, 0, "%(as one)%").await.unwrap()), [10]);
        let past = async |tx: &mut Tx, now| ids(&tx.past_look_again(TEA, ALL, me, now).await.unwrap());
        let planned = Experiment { look_again_at: Some(NOW), ..asks.clone() };
        tx.put_experiment(&planned, &[]).await.unwrap();
        assert_eq!((past(&mut tx, NOW - 1).await, past(&mut tx, NOW).await), (vec![], vec![10]));
        let learned = Experiment { outcome: Some(Outcome::Didnt), ..planned };
        tx.put_experiment(&learned, &[]).await.unwrap();
        assert_eq!(past(&mut tx, NOW).await, [] as [Id; 0]);
        let over = Experiment { state: State::Learned, ..asks };
        tx.put_experiment(&over, &[]).await.unwrap();
        assert!(tx.calls(TEA, ALL, me, 0, "%(as one)%").await.unwrap().is_empty());
        tx.delete_experiment(10).await.unwrap();
        assert_eq!(ids(&tx.long_threads(TEA, ALL, me).await.unwrap()), [10], "the other has two posts");
        assert_eq!(ids(&tx.never_looked_at_again(TEA, ALL, me).await.unwrap()), [14, 13]);
        assert_eq!(ids(&tx.strangers_to(MILK, ALL, me, Subject::Tag(101)).await.unwrap()), [] as [Id; 0]);
        let milk = tagged(&mut tx, post(17, &bea), &[102]).await;
        assert_eq!(ids(&tx.strangers_to(MILK, ALL, me, Subject::Tag(101)).await.unwrap()), [] as [Id; 0], "bea answered with it");
        let carl = stranger(&mut tx, 4, "carl", "far.example").await;
        let carls = tagged(&mut tx, post(18, &carl), &[102]).await;
        assert_eq!(ids(&tx.strangers_to(MILK, ALL, me, Subject::Tag(101)).await.unwrap()), [carls.id]);
        for id in 20..23 {
            tagged(&mut tx, post(id, &bob), &[101]).await;
        }
        assert_eq!(account_ids(&tx.gone_quiet(TEA, (13, 23), me).await.unwrap()), [bob.id]);
        tagged(&mut tx, post(23, &bob), &[101]).await;
        assert!(tx.gone_quiet(TEA, (13, 23), me).await.unwrap().is_empty());
        tx.put_block(1, me, bob.id, "", NOW).await.unwrap();
        assert_eq!(ids(&tx.newcomers(TEA, ALL, me).await.unwrap()), [11, 10], "whom she blocks is in no list");
        assert!(tx.newcomers(Subject::Challenge(9), ALL, me).await.unwrap().is_empty());
        // Marks.
        for (post, who) in [(16, 1), (16, 2), (16, 2), (milk.id, 1)] {
            tx.mark_could_go_public(post, who, NOW).await.unwrap();
        }
        assert_eq!(ids(&tx.could_go_public(TEA, 0, me).await.unwrap()), [16]);
        assert!(tx.could_go_public(Subject::Challenge(9), 0, me).await.unwrap().is_empty());
        tx.unmark_could_go_public(16, 1).await.unwrap();
        assert_eq!(ids(&tx.could_go_public(TEA, 0, me).await.unwrap()), [16]);
        tx.settle_could_go_public(16).await.unwrap();
        assert!(tx.could_go_public(TEA, 0, me).await.unwrap().is_empty());
    }
}
