//! While a backup is restored: there is all of a node, or none, and it can be begun anew.

use std::time::Instant;

use suite::db::{Db, Engine};
use suite::on_both;
use suite::process::{NodeProcess, client};

use super::backup::{FILLED, fill};
use super::{chance, kill_within, kills};

on_both! {
    async fn a_restore_that_is_killed_leaves_all_of_a_node_or_none(db: Db) {
        let http = client();
        let (origin_db, folder) = (Db::fresh(Engine::Sqlite).await, tempfile::tempdir().unwrap());
        let file = folder.path().join("backup.tar");
        let name = file.to_str().unwrap();
        let mut node = NodeProcess::prepare(&origin_db).await;
        node.start(&http).await;
        fill(&node.member(&http, "alice").await).await;
        node.run(&["backup", name], "").await;
        node.kill().await;

        let started = Instant::now();
        node.elsewhere(&db.url).run(&["restore", name], "").await;
        let takes = started.elapsed();
        let (mut chance, total, mut none) = (chance(), kills(2, 30), 0);
        for round in 0..total {
            let target = Db::fresh(db.engine).await;
            if db.engine == Engine::Sqlite {
                // Its tables are made, too.
                std::fs::remove_file(target.url.trim_start_matches("sqlite://")).unwrap();
            }
            let mut back = node.elsewhere(&target.url);
            // The second is killed once more, when it replaces what is there.
            let again: &[&str] = if round % 2 == 0 { &["restore", name] } else { &["restore", "--force", name] };
            for arguments in [&["restore", name], again] {
                kill_within(back.begin(arguments), takes, &mut chance).await;
                match posts(&target).await {
                    Some(posts) => assert_eq!(posts, FILLED, "half a node"),
                    None => none += 1,
                }
            }
            back.run(&["restore", "--force", name], "").await;
            assert_eq!(posts(&target).await, Some(FILLED));
            back.is_whole().await;
            if round + 1 == total {
                back.start(&http).await;
                back.is_whole().await;
                back.kill().await;
            }
        }
        eprintln!("{} kills, of which {none} left nothing", 2 * total);
    }
}

/// How many posts there are, if there is a member.
async fn posts(db: &Db) -> Option<i64> {
    let store = db.again().await;
    if store.schema().await.unwrap() != storage::Schema::Current {
        return None;
    }
    let counts = store.read().await.unwrap().account_counts(0, 9).await.unwrap();
    let alice = counts.iter().find(|a| a.username == "alice");
    assert!(alice.is_none_or(|a| a.posts == a.posts_found), "{alice:?}");
    store.close().await;
    alice.map(|a| a.posts)
}
