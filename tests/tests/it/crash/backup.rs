//! While a backup is taken beside it. The backup is killed, and not the node.

use std::time::Instant;

use suite::api::Api;
use suite::db::{Db, Engine};
use suite::on_both;
use suite::process::{NodeProcess, client};

use super::{chance, is_looked_at, kill_within, kills};

on_both! {
    async fn a_backup_that_is_killed_is_none_and_harms_nobody(db: Db) {
        let http = client();
        let mut node = NodeProcess::prepare(&db).await;
        node.start(&http).await;
        let alice = node.member(&http, "alice").await;
        fill(&alice).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("backup.tar");
        let (name, part) = (file.to_str().unwrap(), folder.path().join("backup.tar.part"));
        let started = Instant::now();
        node.run(&["backup", name], "").await;
        let takes = started.elapsed();
        let (mut chance, total, mut posts) = (chance(), kills(2, 30), 0);
        for round in 0..total {
            std::fs::remove_file(&file).unwrap();
            let killed = kill_within(node.begin(&["backup", name]), takes, &mut chance);
            let posting = alice.says("Meanwhile", &[]);
            let (killed, said) = tokio::join!(killed, posting);
            assert_eq!(said.unwrap().status, 200);
            posts += 1;
            if killed && !file.exists() && part.exists() {
                let elsewhere = Db::fresh(Engine::Sqlite).await;
                let taken = node.elsewhere(&elsewhere.url).tries(&["restore", part.to_str().unwrap()], "").await;
                // It may have been killed between its last byte and its name.
                assert!(!taken.status.success() || is_complete(&part), "half a backup was taken for one");
            }
            if is_looked_at(round, total) {
                node.is_whole().await;
            }
            node.run(&["backup", name], "").await;
            assert!(!part.exists());
        }
        // The last one, made where others were killed, is whole.
        let elsewhere = Db::fresh(db.engine).await;
        let back = node.elsewhere(&elsewhere.url);
        back.run(&["restore", name], "").await;
        back.is_whole().await;
        let counts = elsewhere.store.read().await.unwrap().account_counts(0, 9).await.unwrap();
        assert_eq!(counts.iter().find(|a| a.username == "alice").unwrap().posts, FILLED + posts);
        node.kill().await;
    }
}

/// Posts that [`fill`] makes.
pub const FILLED: i64 = 40;

/// Gives a node something that it can lose.
pub async fn fill(alice: &Api) {
    let film = include_bytes!("../../../../crates/node/src/media/fixtures/film.webm");
    for n in 0..FILLED {
        let mut media = Vec::new();
        if n % 4 == 0 {
            media.push(alice.uploads("film.webm", film).await.unwrap().json()["id"].as_str().unwrap().to_owned());
        }
        assert_eq!(alice.says(&format!("Post {n}"), &media).await.unwrap().status, 200);
    }
}

/// The sums, with which a backup ends, are in it.
fn is_complete(part: &std::path::Path) -> bool {
    let bytes = std::fs::read(part).unwrap();
    bytes.windows(10).any(|piece| piece == b"SHA256SUMS")
}
