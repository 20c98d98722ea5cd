//! While it starts for the first time, and makes its tables and its keys.

use std::time::Instant;

use suite::db::{Db, Engine};
use suite::on_both;
use suite::process::{NodeProcess, client};

use super::{chance, is_looked_at, kill_within, kills};

on_both! {
    async fn a_first_start_that_is_killed_is_made_good_by_the_next(db: Db) {
        let http = client();
        let mut node = NodeProcess::prepare(&db).await;
        let started = Instant::now();
        nothing(&db).await;
        node.start(&http).await;
        let takes = started.elapsed();
        node.kill().await;
        let (mut chance, total) = (chance(), kills(2, 30));
        for round in 0..total {
            nothing(&db).await;
            for _ in 0..=round % 2 {
                kill_within(node.begin(&["serve"]), takes, &mut chance).await;
            }
            node.start(&http).await;
            let alice = node.member(&http, "alice").await;
            assert_eq!(alice.says("Here I am", &[]).await.unwrap().status, 200);
            assert_eq!(alice.get("/actor").await.unwrap().status, 200);
            if is_looked_at(round, total) {
                node.is_whole().await;
            }
            node.kill().await;
        }
    }
}

/// Takes away all that is there.
async fn nothing(db: &Db) {
    match db.engine {
        Engine::Sqlite => {
            let path = db.url.trim_start_matches("sqlite://");
            for end in ["", "-wal", "-shm"] {
                let gone = std::fs::remove_file(format!("{path}{end}"));
                assert!(gone.is_ok() || !end.is_empty(), "{gone:?}");
            }
        }
        Engine::Postgres => {
            let all = "drop schema public cascade; create schema public";
            sqlx::raw_sql(all).execute(&mut db.postgres().await).await.unwrap();
        }
    }
}
