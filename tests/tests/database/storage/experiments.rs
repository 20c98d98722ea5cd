//! Experiments: what is kept, who tries them again, and the library.

use model::audience::{Audience, Viewer};
use model::experiment::{Experiment, Licence, Outcome, Sentences, Standing, State};
use model::id::Id;
use model::page::Page;
use model::post::Post;
use storage::{Shelf, Tx};
use suite::on_both;

use super::{NOW, ids, member, post, put, stranger};

pub(super) fn experiment(post: Id, account: Id) -> Experiment {
    Experiment {
        post_id: post,
        account_id: Some(account),
        state: State::Running,
        sentences: Sentences {
            believe: "a".to_owned(),
            leads_to: "b".to_owned(),
            test: "c".to_owned(),
            share: "d".to_owned(),
        },
        testers: true,
        critical_friend: false,
        place: "Leeds".to_owned(),
        organisation: "City  Council".to_owned(),
        licence: Some(Licence::Ogl),
        look_again_at: Some(NOW),
        asked: 1,
        outcome: None,
        learning: "e".to_owned(),
        so_what: "f".to_owned(),
        outcome_post_id: Some(5),
        outcome_at: Some(NOW),
        tries_uri: String::new(),
        tries_id: None,
        changed: "g".to_owned(),
        standing: None,
        by_words: false,
        kept_by: Some(7),
        tries_count: 0,
        gone_at: None,
    }
}

async fn keep(tx: &mut Tx, id: Id, account: Id, change: impl FnOnce(&mut Experiment)) -> Experiment {
    let mut x = experiment(id, account);
    change(&mut x);
    tx.put_experiment(&x, &[]).await.unwrap();
    x
}

async fn found(tx: &mut Tx, shelf: Shelf, viewer: Viewer) -> Vec<Id> {
    ids(&tx.library(&shelf, viewer, &Page::first(40)).await.unwrap())
}

on_both! {
    async fn outcomes_of_a_time_are_counted_within_a_bound_and_only_public_ones(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        for (id, audience) in [(100, Audience::Public), (101, Audience::Public), (102, Audience::Public), (103, Audience::Organisation)] {
            tx.insert_post(&Post { audience, ..post(id, &alice) }).await.unwrap();
            let outcome = Some(if id == 102 { Outcome::Hoped } else { Outcome::Didnt });
            tx.put_experiment(&Experiment { outcome, ..Experiment::blank(id, 1) }, &[]).await.unwrap();
        }
        assert_eq!(tx.count_outcome(Outcome::Didnt, 0, 10).await.unwrap(), 2);
        assert_eq!(tx.count_outcome(Outcome::Didnt, 101, 10).await.unwrap(), 1);
        assert_eq!(tx.count_outcome(Outcome::Didnt, 0, 1).await.unwrap(), 1);
        assert_eq!(tx.count_outcome(Outcome::Stopped, 0, 10).await.unwrap(), 0);
        tx.commit().await.unwrap();
    }

    async fn an_experiment_comes_back_as_it_was_kept(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        put(&mut tx, post(100, &alice)).await;
        let x = keep(&mut tx, 100, 1, |_| ()).await;
        assert_eq!(tx.experiment(100).await.unwrap(), Some(x.clone()));
        assert_eq!(tx.lock_experiment(100).await.unwrap(), Some(x));
        let x = keep(&mut tx, 100, 1, |x| {
            x.outcome = Some(Outcome::Mixed);
            x.state = State::Learned;
            x.standing = Some(Standing::Refused);
            x.licence = None;
            x.account_id = None;
            x.gone_at = Some(NOW);
        })
        .await;
        assert_eq!(tx.experiments(&[100, 101]).await.unwrap(), [x]);
        put(&mut tx, post(98, &alice)).await;
        keep(&mut tx, 98, 1, |_| ()).await;
        put(&mut tx, post(99, &alice)).await;
        put(&mut tx, post(101, &alice)).await;
        keep(&mut tx, 99, 1, |x| x.outcome_at = Some(NOW + 1)).await;
        keep(&mut tx, 101, 1, |x| x.outcome_at = None).await;
        put(&mut tx, Post { audience: Audience::Unlisted, ..post(102, &alice) }).await;
        keep(&mut tx, 102, 1, |_| ()).await;
        let latest = async |tx: &mut Tx, before, limit| tx.lately_learned(before, limit).await.unwrap();
        assert_eq!(latest(&mut tx, (NOW + 9, 0), 9).await, [(NOW + 1, 99), (NOW, 98)]);
        assert_eq!(latest(&mut tx, (NOW + 1, 100), 1).await, [(NOW + 1, 99)]);
        assert_eq!(latest(&mut tx, (NOW + 1, 99), 9).await, [(NOW, 98)]);
        tx.delete_experiment(100).await.unwrap();
        assert_eq!(tx.experiment(100).await.unwrap(), None);
    }

    async fn those_who_try_one_are_found_by_what_its_author_says(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, bea) = (member(&mut tx, 1, "alice").await, member(&mut tx, 2, "bea").await);
        for id in 100..105 {
            put(&mut tx, post(id, if id == 103 { &bea } else { &alice })).await;
        }
        keep(&mut tx, 100, 1, |_| ()).await;
        for (id, standing) in [(101, Standing::Confirmed), (102, Standing::Waiting), (103, Standing::Confirmed)] {
            keep(&mut tx, id, if id == 103 { 2 } else { 1 }, |x| (x.tries_id, x.standing, x.tries_uri) = (Some(100), Some(standing), "u".to_owned())).await;
        }
        keep(&mut tx, 104, 1, |x| x.tries_uri = "https://a.example/1".to_owned()).await;
        let of = async |tx: &mut Tx, standing, after, limit| {
            let list = tx.tries_of(100, standing, after, limit).await.unwrap();
            list.iter().map(|x| x.post_id).collect::<Vec<_>>()
        };
        assert_eq!(of(&mut tx, Standing::Confirmed, 0, 9).await, [101, 103]);
        assert_eq!(of(&mut tx, Standing::Confirmed, 101, 9).await, [103]);
        assert_eq!(of(&mut tx, Standing::Confirmed, 0, 1).await, [101]);
        assert_eq!(of(&mut tx, Standing::Waiting, 0, 9).await, [102]);
        assert_eq!(tx.count_tries(100).await.unwrap(), 2);
        assert_eq!(tx.count_waiting_tries(100, 1).await.unwrap(), 1);
        assert_eq!(tx.count_waiting_tries(100, 2).await.unwrap(), 0);
        let shown = tx.shown_tries(100, Viewer::Anyone, 9).await.unwrap();
        assert_eq!(shown.iter().map(|x| x.post_id).collect::<Vec<_>>(), [101, 103]);
        assert_eq!(tx.tried_among(&[100, 101, 7]).await.unwrap(), [100]);
        let mut triers = tx.local_triers(100).await.unwrap();
        triers.sort_unstable();
        assert_eq!(triers, [1, 2]);
        // Of one of another server also those of whom it says nothing yet, and nobody whom it refused.
        let bob = stranger(&mut tx, 3, "bob", "far.example").await;
        put(&mut tx, post(110, &bob)).await;
        put(&mut tx, post(111, &bea)).await;
        let x = keep(&mut tx, 111, 2, |x| (x.tries_id, x.standing) = (Some(110), Some(Standing::Waiting))).await;
        assert_eq!(tx.local_triers(110).await.unwrap(), [2]);
        tx.put_experiment(&Experiment { standing: Some(Standing::Refused), ..x }, &[]).await.unwrap();
        assert!(tx.local_triers(110).await.unwrap().is_empty());
        tx.delete_experiment(111).await.unwrap();
        for (page, wanted) in [(Page::first(9), vec![102]), (Page { min_id: Some(102), limit: 9, ..Page::default() }, vec![])] {
            assert_eq!(ids(&tx.tries_by_standing(100, Standing::Waiting, 1, &page).await.unwrap()), wanted);
        }
        // Whoever tries it twice is one; what only some may know of is not counted for all.
        keep(&mut tx, 102, 1, |x| (x.tries_id, x.standing) = (Some(100), Some(Standing::Confirmed))).await;
        assert_eq!(tx.count_tries(100).await.unwrap(), 2);
        tx.set_limited(2, Some(NOW)).await.unwrap();
        assert_eq!(tx.count_tries(100).await.unwrap(), 1);
        tx.set_limited(2, None).await.unwrap();
        keep(&mut tx, 102, 1, |x| (x.tries_id, x.standing) = (Some(100), Some(Standing::Waiting))).await;
        let lost = tx.lost_tries("https://a.example/1", 9).await.unwrap();
        assert_eq!(lost.iter().map(|x| x.post_id).collect::<Vec<_>>(), [104]);
    }

    async fn the_library_has_what_the_viewer_may_see_and_what_fits(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, bea) = (member(&mut tx, 1, "alice").await, member(&mut tx, 2, "bea").await);
        let audiences = [
            (100, Audience::Public),
            (101, Audience::Unlisted),
            (102, Audience::Organisation),
            (103, Audience::Draft),
            (104, Audience::Direct),
            (105, Audience::Public),
        ];
        for (id, audience) in audiences {
            put(&mut tx, Post { audience, ..post(id, &alice) }).await;
            keep(&mut tx, id, 1, |_| ()).await;
        }
        keep(&mut tx, 105, 1, |x| {
            (x.outcome, x.state, x.place) = (Some(Outcome::Didnt), State::Learned, "York".to_owned());
            x.tries_count = 2;
        })
        .await;
        let all = Shelf::default;
        assert_eq!(found(&mut tx, all(), Viewer::Anyone).await, [105, 100]);
        assert_eq!(found(&mut tx, all(), Viewer::Member(bea.id)).await, [105, 102, 100]);
        assert_eq!(found(&mut tx, all(), Viewer::Member(alice.id)).await, [105, 104, 103, 102, 101, 100]);
        let tag = tx.use_tag(9, "tea", "tea", NOW).await.unwrap();
        let x = tx.experiment(100).await.unwrap().unwrap();
        tx.put_experiment(&x, &[tag]).await.unwrap();
        for (shelf, wanted) in [
            (Shelf { outcome: Some(Outcome::Didnt), ..all() }, vec![105]),
            (Shelf { state: Some(State::Running), ..all() }, vec![100]),
            (Shelf { place: "leeds".to_owned(), ..all() }, vec![100]),
            (Shelf { organisation: "city council".to_owned(), place: "york".to_owned(), ..all() }, vec![105]),
            (Shelf { tag: Some(tag), author: Some(1), ..all() }, vec![100]),
            (Shelf { tag: Some(tag), author: Some(2), ..all() }, vec![]),
            (Shelf { due_before: Some(NOW + 1), ..all() }, vec![100]),
            (Shelf { due_before: Some(NOW), ..all() }, vec![]),
            (Shelf { untried: true, ..all() }, vec![100]),
        ] {
            assert_eq!(found(&mut tx, shelf.clone(), Viewer::Anyone).await, wanted, "{shelf:?}");
            let of = tx.library_of(&[100, 102], &shelf, Viewer::Anyone).await.unwrap();
            assert_eq!(ids(&of), wanted.iter().copied().filter(|id| *id == 100).collect::<Vec<_>>(), "{shelf:?}");
        }
        let upwards = Page { min_id: Some(99), limit: 1, ..Page::default() };
        assert_eq!(ids(&tx.library(&all(), Viewer::Anyone, &upwards).await.unwrap()), [100]);
        // What was said in words counts once it is confirmed; what is gone does not.
        keep(&mut tx, 100, 1, |x| x.by_words = true).await;
        assert_eq!(found(&mut tx, all(), Viewer::Anyone).await, [105]);
        keep(&mut tx, 100, 1, |x| (x.by_words, x.standing) = (true, Some(Standing::Confirmed))).await;
        assert_eq!(found(&mut tx, all(), Viewer::Anyone).await, [105, 100]);
        keep(&mut tx, 100, 1, |x| x.gone_at = Some(NOW)).await;
        assert_eq!(found(&mut tx, all(), Viewer::Anyone).await, [105]);
        for (id, words) in [(105, "zqisexperiment green tea"), (101, "zqisexperiment tea"), (102, "green tea")] {
            tx.put_text(id, words).await.unwrap();
        }
        let tea = ["tea".to_owned()];
        assert_eq!(tx.experiments_by_words(&tea, &Page::first(9)).await.unwrap(), [105, 101]);
    }
}
