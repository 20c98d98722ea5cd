//! A server that leads from place to place, ten thousand times.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use model::handle::Handle;
use serde_json::json;
use suite::db::Engine;
use suite::fediverse::{Reply, Server, Stage};
use suite::node::Options;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_leads_us_on_is_followed_a_few_steps_whatever_is_fetched() {
    let options = Options { change: Some(|s| s.node.card_delay = Some(0)), ..Options::default() };
    let stage = Stage::empty_with("elsewhere", Engine::Sqlite, options).await;
    let (from, steps) = (stage.server.origin.clone(), Arc::new(AtomicUsize::new(0)));
    stage.server.judges(move |_| {
        let step = steps.fetch_add(1, Ordering::Relaxed);
        Some(if step < 10_000 { Reply::Redirect(format!("{from}/step/{step}")) } else { Reply::html("the end") })
    });
    let federation = stage.node.federation();
    let asked = |before: usize| stage.server.gets().len() - before;
    // A signer's key, an actor, a handle, a page that a post leads to.
    let actor = json!({"id": stage.server.url("/users/bob")});
    assert!(stage.send(&stage.server.activity("Like", &actor, json!(stage.post.uri))).await.status >= 400);
    assert!((1..=8).contains(&asked(0)), "{:?}", stage.server.gets());
    let before = stage.server.gets().len();
    assert!(federation.find(&stage.server.url("/users/carol")).await.is_err());
    assert!(asked(before) <= 8);
    let before = stage.server.gets().len();
    let handle = Handle::parse(&format!("carol@{}", stage.server.host())).unwrap();
    assert!(federation.find_handle(&handle).await.is_err());
    assert!(asked(before) <= 16);
    let before = stage.server.gets().len();
    stage.alice().says(&format!("Read {}", stage.server.url("/page"))).await;
    stage.node.idle().await;
    assert!(asked(before) <= 8);
    stage.end().await;
}

/// The first place may be asked, and the one it leads to not: no connection is made to that.
#[tokio::test(flavor = "multi_thread")]
async fn each_step_is_taken_only_to_an_address_that_is_allowed() {
    let options =
        Options { change: Some(|s| s.allowed_private = vec!["127.0.0.1/32".parse().unwrap()]), ..Options::default() };
    let stage = Stage::empty_with("elsewhere", Engine::Sqlite, options).await;
    let inner = Server::start("inner").await;
    let port = inner.host().split(':').nth(1).unwrap().to_owned();
    for host in ["127.0.0.2", "[::1]", "10.0.0.1", "169.254.169.254", "[::ffff:127.0.0.2]"] {
        stage.server.serve("/users/bob", Reply::Redirect(format!("https://{host}:{port}/users/bob")));
        assert!(stage.node.federation().find(&stage.server.url("/users/bob")).await.is_err(), "{host}");
    }
    assert_eq!(inner.connections(), 0);
    stage.end().await;
}
