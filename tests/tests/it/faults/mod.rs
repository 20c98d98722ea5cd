//! What a machine and a network do to a node: a full disk, a database that is away, a clock that jumps, no more files, those who
//! dawdle, those who come in thousands. It loses nothing that it acknowledged, and is as before when it is over.
//!
//! The long forms are run with `OUTLOUD_TEST_FULL=1`.

mod clock;
mod connections;
mod database_away;
mod descriptors;
mod disk_full;
mod redirects;
mod slow_peers;
mod unread;

use serde_json::Value;
use suite::api::Api;
use suite::is_full;

/// Makes a post that must be acknowledged; answers its id.
async fn acknowledged(api: &Api, text: &str) -> String {
    let said = api.says(text, &[]).await.expect("an answer");
    assert_eq!(said.status, 200, "{}", String::from_utf8_lossy(&said.body));
    id(&said.json())
}

fn id(entity: &Value) -> String {
    entity["id"].as_str().unwrap().to_owned()
}

/// Every one of these posts is there.
async fn are_there(api: &Api, posts: &[String]) {
    for id in posts {
        let found = api.get(&format!("/api/v1/statuses/{id}")).await.expect("an answer");
        assert_eq!(found.status, 200, "an acknowledged post is lost");
    }
}
