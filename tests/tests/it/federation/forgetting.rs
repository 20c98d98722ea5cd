//! Posts and accounts that went because nobody here had to do with them, and come again when somebody asks.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use federation::discover::Found;
use model::clock::{Clock, DAY, rfc3339};
use node::housekeeping::Chore;
use serde_json::json;
use suite::fediverse::Stage;
use suite::node::{Options, round};
use suite::on_both;

on_both! {
    async fn what_went_is_fetched_anew_when_it_is_asked_for(db: Db) {
        let now = Clock::System.now();
        let time = Arc::new(AtomicI64::new(now));
        let options = Options { clock: Some(Clock::Manual(Arc::clone(&time))), no_worker: true, ..Options::default() };
        let stage = Stage::empty_with("elsewhere", db.engine, options).await;
        let bob = stage.server.person("bob");
        let published = json!({"published": rfc3339(now - 400 * DAY)});
        let note = stage.server.note(&bob, "/notes/1", "Long ago", published);
        stage.server.publish(&note);
        let look_up = || async {
            let found = stage.node.federation().find(note["id"].as_str().unwrap()).await;
            assert!(matches!(found, Ok(Found::Post(_))), "{found:?}");
        };
        look_up().await;
        let gone = round(stage.node.node(), || true).await;
        assert!(gone.is_empty(), "{gone:?}");
        assert!(stage.stored(&note).await.is_some(), "it is old, but came just now");
        time.store(now + 181 * DAY, Ordering::Relaxed);
        let gone = round(stage.node.node(), || true).await;
        assert_eq!((gone.get(&Chore::RemotePosts), gone.get(&Chore::RemoteAccounts)), (Some(&1), Some(&1)), "{gone:?}");
        assert!(stage.stored(&note).await.is_none());
        assert!(stage.node.known(bob["id"].as_str().unwrap()).await.is_none());
        assert!(stage.node.post_by_uri(&stage.post.uri).await.is_some(), "ours stay");
        look_up().await;
        assert!(stage.stored(&note).await.is_some());
        stage.known(&bob).await;
        stage.end().await;
    }
}
