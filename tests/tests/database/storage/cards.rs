//! What pages say about themselves, and the posts that lead to them.

use model::card::Card;
use suite::on_both;

use super::{NOW, member, post, put};

const HASH: &str = "6ca13d52ca70c883e0f0bb101e425a89e8624de51db2d2392593af6a84118090";

fn card(id: i64) -> Card {
    Card {
        id,
        url: "https://page.example/".to_owned(),
        title: "A page".to_owned(),
        description: "About".to_owned(),
        author_name: "Ann".to_owned(),
        author_url: "https://page.example/ann".to_owned(),
        provider_name: "Pages".to_owned(),
        image: "https://page.example/i.png".to_owned(),
        image_description: "A picture".to_owned(),
        image_width: Some(3),
        image_height: None,
        language: "en".to_owned(),
    }
}

on_both! {
    async fn a_page_has_one_card_however_many_posts_lead_to_it(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        for id in [10, 11, 12] {
            put(&mut tx, post(id, &alice)).await;
        }
        assert_eq!(tx.use_card(100, HASH, "https://page.example/").await.unwrap(), (100, 0));
        assert_eq!(tx.use_card(101, HASH, "https://page.example/").await.unwrap(), (100, 0));
        tx.hang_card(10, 100).await.unwrap();
        tx.hang_card(11, 100).await.unwrap();
        assert!(tx.cards_of(&[10, 11, 12]).await.unwrap().is_empty(), "nothing is known of it yet");
        tx.put_card(&card(100), NOW).await.unwrap();
        assert_eq!(tx.use_card(102, HASH, "https://page.example/").await.unwrap(), (100, NOW));
        let mut shown = tx.cards_of(&[10, 11, 12]).await.unwrap();
        shown.sort_by_key(|(post, _)| *post);
        assert_eq!(shown, [(10, card(100)), (11, card(100))]);
        tx.postpone_card(100, NOW + 1).await.unwrap();
        assert_eq!(tx.card(100).await.unwrap(), Some(card(100)), "what is known stays known");
        assert_eq!((tx.card_of(10).await.unwrap(), tx.card_of(12).await.unwrap()), (Some(100), None));
    }

    async fn a_card_goes_with_the_last_post_that_has_it(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        for id in [10, 11] {
            put(&mut tx, post(id, &alice)).await;
            let (card, _) = tx.use_card(100, HASH, "https://page.example/").await.unwrap();
            tx.hang_card(id, card).await.unwrap();
        }
        tx.drop_card_of(10).await.unwrap();
        assert!(tx.card(100).await.unwrap().is_some());
        tx.drop_card_of(10).await.unwrap();
        tx.drop_card_of(11).await.unwrap();
        assert!(tx.card(100).await.unwrap().is_none());
    }
}
