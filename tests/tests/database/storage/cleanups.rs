//! Old posts that go by themselves.

use model::audience::Audience;
use model::cleanup::Cleanup;
use model::clock::DAY;
use model::experiment::Experiment;
use model::poll::{Poll, PollOption};
use model::post::Post;
use storage::Aim;
use suite::on_both;

use super::{NOW, member, picture, post};

on_both! {
    async fn what_is_to_stay_is_not_among_what_goes(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        for id in 10..=21 {
            let audience = if id == 11 { Audience::Direct } else { Audience::Public };
            tx.insert_post(&Post { audience, ..post(id, &alice) }).await.unwrap();
        }
        tx.put_pin(1, 12, NOW).await.unwrap();
        let options = vec![PollOption { title: "a".to_owned(), votes: 0 }];
        let poll = Poll { post_id: 13, multiple: false, hide_totals: false, expires_at: None, closed_at: None, voters_count: None, synced_at: None, options };
        tx.put_poll(&poll).await.unwrap();
        tx.insert_media(&picture(90, &alice, Some(14))).await.unwrap();
        tx.put_favourite(91, 1, 15, "", NOW).await.unwrap();
        tx.put_bookmark(92, 1, 16).await.unwrap();
        tx.count_favourite(17, 3).await.unwrap();
        tx.count_boost(18, 2).await.unwrap();
        let tried = Experiment { outcome_post_id: Some(20), ..Experiment::blank(19, 1) };
        tx.put_experiment(&tried, &[]).await.unwrap();
        let all = tx.own_posts_before(1, 9, NOW, 50).await.unwrap();
        assert_eq!(all, (10..=21).collect::<Vec<_>>());
        assert!(tx.own_posts_before(1, 21, NOW, 50).await.unwrap().is_empty() && tx.own_posts_before(1, 0, 0, 50).await.unwrap().is_empty());
        let all_kept = Cleanup { keep_polls: true, keep_media: true, min_favourites: Some(3), min_boosts: Some(2), ..Cleanup::usual(1) };
        assert_eq!(tx.posts_to_clean_up(&all, &all_kept).await.unwrap(), [10, 21]);
        let nothing_kept = Cleanup { keep_direct: false, keep_pinned: false, keep_favourited: false, keep_bookmarked: false, ..Cleanup::usual(1) };
        let gone = tx.posts_to_clean_up(&all, &nothing_kept).await.unwrap();
        assert_eq!(gone, [10, 11, 12, 13, 14, 15, 16, 17, 18, 21], "experiments and what came of them stay");
        let higher = Cleanup { min_favourites: Some(4), ..all_kept.clone() };
        assert_eq!(tx.posts_to_clean_up(&all, &higher).await.unwrap(), [10, 17, 21]);
        tx.commit().await.unwrap();
    }

    async fn drafts_are_their_authors_and_a_member_is_spoken_to_as_they_chose(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, bob) = (member(&mut tx, 1, "alice").await, member(&mut tx, 2, "bob").await);
        for (id, author, audience) in
            [(10, &alice, Audience::Draft), (11, &alice, Audience::Direct), (12, &alice, Audience::Draft), (13, &bob, Audience::Draft)]
        {
            tx.insert_post(&Post { audience, ..post(id, author) }).await.unwrap();
        }
        let ids: Vec<_> = tx.drafts_of(1).await.unwrap().iter().map(|p| p.id).collect();
        assert_eq!(ids, [12, 10]);
        let aim = Aim { post_id: 10, audience: Some(Audience::Team), team_id: Some(7), quote_policy: "nobody".to_owned(), scheduled_at: Some(9) };
        assert!(tx.draft_aims(&[10, 12]).await.unwrap().is_empty());
        tx.aim_draft(&aim).await.unwrap();
        assert_eq!(tx.draft_aims(&[10, 12]).await.unwrap(), [aim]);
        let usual = Aim { post_id: 10, ..Aim::default() };
        tx.aim_draft(&usual).await.unwrap();
        assert_eq!(tx.draft_aims(&[10]).await.unwrap(), [usual]);
        assert!(tx.draft_aims(&[12]).await.unwrap().is_empty());
        tx.set_locale(1, "cy").await.unwrap();
        assert_eq!(tx.member(1).await.unwrap().unwrap().locale, "cy");
        assert_ne!(tx.member(2).await.unwrap().unwrap().locale, "cy");
        tx.commit().await.unwrap();
    }

    async fn whose_turn_it_is(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        for (id, name) in [(1, "alice"), (2, "bob")] {
            member(&mut tx, id, name).await;
        }
        tx.put_cleanup(&Cleanup::usual(1)).await.unwrap();
        assert_eq!(tx.due_cleanup(NOW).await.unwrap(), None, "it is off");
        let wanted = Cleanup { enabled: true, due_at: NOW, min_boosts: Some(5), ..Cleanup::usual(2) };
        tx.put_cleanup(&wanted).await.unwrap();
        assert_eq!(tx.due_cleanup(NOW).await.unwrap(), Some(wanted.clone()));
        assert_eq!(tx.cleanup(2).await.unwrap(), Some(wanted.clone()));
        tx.put_cleanup(&Cleanup { due_at: NOW + DAY, ..wanted }).await.unwrap();
        assert_eq!(tx.due_cleanup(NOW).await.unwrap(), None);
        tx.commit().await.unwrap();
    }
}
