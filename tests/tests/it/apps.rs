//! Client libraries that apps are built on use a node, from the first call to the last.

use std::time::Duration;

use suite::apps::Library;
use suite::db::{Db, Engine};
use suite::process::{NodeProcess, client};

/// What each may take: it is as fast as the machine, and others use that, too.
const PATIENCE: Duration = Duration::from_secs(300);

/// A node with ann and ben.
async fn node(engine: Engine) -> (Db, NodeProcess, [String; 2]) {
    let (db, http) = (Db::fresh(engine).await, client());
    let mut node = NodeProcess::prepare(&db).await;
    node.start(&http).await;
    let (ann, ben) = (node.member(&http, "ann").await, node.member(&http, "ben").await);
    (db, node, [ann.token, ben.token])
}

async fn masto_js(engine: Engine) {
    if !Library::MastoJs.is_there() || !engine.is_there() {
        return;
    }
    let (_db, mut node, [ann, ben]) = node(engine).await;
    let tokens = [("NODE_ANN", ann.as_str()), ("NODE_BEN", ben.as_str())];
    let uses = Library::MastoJs.uses(&node, &tokens);
    let done = tokio::time::timeout(PATIENCE, uses).await.expect("in time");
    assert!(done.len() >= 16, "{done:?}");
    node.terminate().await;
}

/// What differs by engine, Mastodon.py meets here, too; so that this is left to the long runs.
#[tokio::test(flavor = "multi_thread")]
async fn masto_js_on_sqlite() {
    if !suite::is_full() {
        return;
    }
    masto_js(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn masto_js_on_postgres() {
    masto_js(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mastodon_py_signs_in_by_the_pages() {
    if !Library::MastodonPy.is_there() {
        return;
    }
    let (_db, mut node, _) = node(Engine::Sqlite).await;
    let olga = owner(&node).await;
    let environment = [("NODE_PASSWORD", "correct horse"), ("NODE_OLGA", olga.as_str())];
    let uses = Library::MastodonPy.uses(&node, &environment);
    let done = tokio::time::timeout(PATIENCE, uses).await.expect("in time");
    assert!(done.len() >= 17, "{done:?}");
    node.terminate().await;
}

/// Makes olga, an owner; answers a token of hers for everything.
async fn owner(node: &NodeProcess) -> String {
    let olga = ["member", "add", "olga", "--email", "olga@example.org", "--role", "owner", "--password-stdin"];
    node.run(&olga, "correct horse\n").await;
    let scopes = "read write follow push profile admin:read admin:write";
    node.run(&["token", "issue", "olga", "--scopes", scopes], "").await
}

/// All that the document of the API says can be called is called with made-up values, as an owner may who has a token for everything:
/// nothing fails, nothing hangs, and what is answered is as the document says.
async fn schemathesis(engine: Engine) {
    if !Library::Schemathesis.is_there() || !engine.is_there() {
        return;
    }
    let (_db, mut node, _) = node(engine).await;
    let token = owner(&node).await;
    let is_long = std::env::var("OUTLOUD_TEST_FULL").as_deref() == Ok("1");
    let (examples, patience) = if is_long { ("50", PATIENCE * 20) } else { ("1", PATIENCE) };
    let address = format!("http://{}", node.address);
    let environment = [
        ("NODE_ADDRESS", address.as_str()),
        ("NODE_TOKEN", token.as_str()),
        ("NODE_EXAMPLES", examples),
        ("NODE_SEED", "1"),
    ];
    let uses = Library::Schemathesis.uses(&node, &environment);
    let done = tokio::time::timeout(patience, uses).await.expect("in time");
    assert!(done.len() >= 200, "{done:?}");
    assert_eq!(node.log(), "");
    node.terminate().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_is_documented_can_be_called_on_sqlite() {
    schemathesis(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_is_documented_can_be_called_on_postgres() {
    schemathesis(Engine::Postgres).await;
}
