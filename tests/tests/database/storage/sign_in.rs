//! Apps, codes and tokens.

use storage::{App, Code, Token};
use suite::on_both;

use super::{NOW, member};

pub(super) fn app(id: i64) -> App {
    App {
        id,
        client_id: format!("client {id}"),
        client_secret_hash: "hash".to_owned(),
        name: "Tusky".to_owned(),
        website: "https://tusky.example".to_owned(),
        redirect_uris: vec!["tusky://x".to_owned(), "urn:ietf:wg:oauth:2.0:oob".to_owned()],
        scopes: "read write".to_owned(),
        created_at: NOW,
    }
}

pub(super) fn token(id: i64, app: Option<i64>, account: Option<i64>, expires_at: Option<i64>) -> Token {
    Token {
        id,
        token_hash: format!("hash {id}"),
        app_id: app,
        account_id: account,
        scopes: "read".to_owned(),
        created_at: NOW,
        last_used_at: None,
        expires_at,
    }
}

on_both! {
    async fn an_app_is_found_by_its_ids(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        tx.insert_app(&app(1)).await.unwrap();
        let read = tx.app(1).await.unwrap().unwrap();
        assert_eq!(format!("{read:?}"), format!("{:?}", app(1)));
        assert_eq!(tx.app_by_client_id("client 1").await.unwrap().unwrap().id, 1);
        assert_eq!(tx.apps(&[1, 2]).await.unwrap().iter().map(|a| a.id).collect::<Vec<_>>(), [1]);
        assert!(tx.app_by_client_id("client 2").await.unwrap().is_none());
    }

    async fn a_code_works_once(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 5, "alice").await;
        tx.insert_app(&app(1)).await.unwrap();
        let code = Code {
            code_hash: "c".to_owned(),
            app_id: 1,
            account_id: 5,
            redirect_uri: "tusky://x".to_owned(),
            scopes: "read".to_owned(),
            code_challenge: "pkce".to_owned(),
            expires_at: NOW + 1,
        };
        tx.insert_code(&code).await.unwrap();
        let taken = tx.take_code("c").await.unwrap().unwrap();
        assert_eq!(format!("{taken:?}"), format!("{code:?}"));
        assert!(tx.take_code("c").await.unwrap().is_none());
    }

    async fn a_token_works_until_it_ends_or_is_ended(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 5, "alice").await;
        member(&mut tx, 6, "bea").await;
        tx.insert_app(&app(1)).await.unwrap();
        for t in [token(1, Some(1), Some(5), None), token(2, None, Some(5), Some(NOW + 5)), token(3, Some(1), None, None), token(4, None, Some(6), None)] {
            tx.insert_token(&t).await.unwrap();
        }
        let read = tx.token("hash 1", NOW).await.unwrap().unwrap();
        assert_eq!((read.id, read.app_id, read.account_id, read.scopes.as_str()), (1, Some(1), Some(5), "read"));
        assert!(tx.token("hash 2", NOW + 4).await.unwrap().is_some());
        assert!(tx.token("hash 2", NOW + 5).await.unwrap().is_none(), "over");
        tx.delete_token(3).await.unwrap();
        assert!(tx.token("hash 3", NOW).await.unwrap().is_none());
        assert_eq!(tx.delete_tokens_of(5).await.unwrap(), 2);
        assert!(tx.token("hash 1", NOW).await.unwrap().is_none());
        assert!(tx.token("hash 4", NOW).await.unwrap().is_some(), "another's stays");
    }
}
