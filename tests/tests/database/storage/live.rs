//! Whose streams something belongs in: as the timelines have it, for many at once.

use std::collections::BTreeSet;

use model::account::MemberState;
use model::audience::{Audience, Viewer};
use model::page::Page;
use model::post::Post;
use storage::PublicFilter;
use suite::on_both;

use super::sign_in::{app, token};
use super::{NOW, boost, follow, ids, member, picture, post, put, stranger};

on_both! {
    async fn whose_home_shows_a_post_is_known_for_many_at_once_as_each_home_shows_it(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, bea, cleo) = (member(&mut tx, 1, "alice").await, member(&mut tx, 2, "bea").await, member(&mut tx, 3, "cleo").await);
        let bob = stranger(&mut tx, 4, "bob", "far.example").await;
        let dora = stranger(&mut tx, 5, "dora", "far.example").await;
        for who in [&alice, &bea, &cleo] {
            follow(&mut tx, who, &bob).await;
        }
        let open = put(&mut tx, post(10, &bob)).await;
        let narrow = put(&mut tx, Post { audience: Audience::Followers, ..post(11, &bob) }).await;
        let doras = put(&mut tx, post(12, &dora)).await;
        let boosted = put(&mut tx, boost(13, &bob, &doras)).await;
        for entry in [&open, &narrow, &boosted] {
            tx.fan_out_home(entry, "").await.unwrap();
        }
        tx.put_mute(20, 2, 4, true, None, NOW).await.unwrap();
        tx.put_block(21, 3, 5, "", NOW).await.unwrap();
        let found = tx.shown_in_homes(&[1, 2, 3, 99], &[10, 11, 12, 13, 99]).await.unwrap();
        let mut wanted = BTreeSet::new();
        for who in [1, 2, 3] {
            wanted.extend(ids(&tx.home(who, &Page::first(40)).await.unwrap()).into_iter().map(|post| (who, post)));
        }
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), wanted);
        assert_eq!(wanted, BTreeSet::from([(1, 10), (1, 11), (1, 13), (3, 10), (3, 11)]));
        assert!(tx.shown_in_homes(&[], &[10]).await.unwrap().is_empty());

        assert!(tx.delete_post(10).await.unwrap());
        let mut had = tx.had_in_homes(&[1, 2, 99], 10).await.unwrap();
        had.sort_unstable();
        assert_eq!(had, [1, 2], "whoever had it is to be told that it is gone");
    }

    async fn whose_public_timelines_show_a_post_is_known_for_many_at_once(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, bea, cleo) = (member(&mut tx, 1, "alice").await, member(&mut tx, 2, "bea").await, member(&mut tx, 3, "cleo").await);
        let bob = stranger(&mut tx, 4, "bob", "far.example").await;
        let limited = stranger(&mut tx, 5, "dora", "far.example").await;
        tx.set_limited(5, Some(NOW)).await.unwrap();
        follow(&mut tx, &cleo, &bob).await;
        put(&mut tx, post(10, &alice)).await;
        put(&mut tx, post(11, &bob)).await;
        put(&mut tx, Post { audience: Audience::Organisation, ..post(12, &alice) }).await;
        put(&mut tx, Post { audience: Audience::Followers, ..post(13, &bob) }).await;
        put(&mut tx, Post { audience: Audience::Direct, ..post(14, &alice) }).await;
        put(&mut tx, post(15, &limited)).await;
        tx.put_mute(20, 2, 4, true, None, NOW).await.unwrap();
        tx.put_block(21, alice.id, bea.id, "", NOW).await.unwrap();
        let all = [10, 11, 12, 13, 14, 15];
        let found: BTreeSet<_> = tx.shown_in_public(&[1, 2, 3], &all).await.unwrap().into_iter().collect();
        assert_eq!(found, BTreeSet::from([(1, 10), (1, 11), (1, 12), (1, 14), (3, 10), (3, 11), (3, 12), (3, 13)]));
        for who in [1, 2, 3] {
            let public = tx.public(PublicFilter::default(), Viewer::Member(who), &Page::first(40)).await.unwrap();
            assert!(ids(&public).into_iter().all(|post| found.contains(&(who, post))));
        }
        tx.insert_media(&picture(30, &alice, Some(10))).await.unwrap();
        assert_eq!(tx.with_media(&all).await.unwrap(), [10]);
        assert_eq!(tx.posts(&[10, 11, 99]).await.unwrap().len(), 2);
    }

    async fn a_token_is_open_while_it_stands_and_its_member_may_act(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        for (id, name) in [(1, "alice"), (2, "bea"), (3, "cleo"), (4, "dora"), (5, "eve")] {
            member(&mut tx, id, name).await;
        }
        tx.insert_app(&app(9)).await.unwrap();
        for who in 1..=5 {
            tx.insert_token(&token(10 + who, Some(9), Some(who), None)).await.unwrap();
        }
        tx.insert_token(&token(20, Some(9), Some(1), Some(NOW))).await.unwrap();
        tx.insert_token(&token(21, Some(9), None, None)).await.unwrap();
        tx.set_suspended(2, Some(NOW), "moderator").await.unwrap();
        tx.set_member_state(3, MemberState::Disabled).await.unwrap();
        tx.set_member_state(4, MemberState::Frozen).await.unwrap();
        tx.delete_token(15).await.unwrap();
        let mut open = tx.open_tokens(&[11, 12, 13, 14, 15, 20, 21, 99], NOW).await.unwrap();
        open.sort_unstable();
        assert_eq!(open, [11, 14]);
    }
}
