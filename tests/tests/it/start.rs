//! Before others come: the node looks for itself, and remembers backups.

use federation::self_test;
use federation::signature::{Outgoing, OutgoingBody, PrivateKey, Scheme, Signer, sign};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use suite::db::Engine;
use suite::node::{Options, TestNode};
use url::Url;

/// What comes of a signed request whose headers something on its way has changed.
async fn after(here: &TestNode, scheme: Scheme, change: impl FnOnce(&mut HeaderMap)) -> StatusCode {
    let node = here.node();
    let mut tx = node.store.read().await.unwrap();
    let actor = tx.account_by_uri(&node.config.instance_actor_uri()).await.unwrap().unwrap();
    let key = tx.signing_key(actor.id).await.unwrap().unwrap();
    drop(tx);
    let signer = Signer { key_id: key.id, key: PrivateKey::from_pem(&key.private_pem.unwrap()).unwrap() };
    let url = Url::parse(&format!("{}{}", here.origin, self_test::ECHO)).unwrap();
    let body = OutgoingBody { content_type: "application/activity+json", bytes: b"{}" };
    let asked = Outgoing { method: &Method::POST, url: &url, body: Some(body), synchronisation: None, asked: None };
    let mut headers = sign(scheme, &signer, &asked, node.now()).unwrap();
    headers.insert("host", HeaderValue::from_str(here.host()).unwrap());
    change(&mut headers);
    let inside = format!("http://{}{}", here.address(), self_test::ECHO);
    let request = suite::process::client().post(inside).headers(headers).body("{}");
    request.send().await.unwrap().status()
}

async fn looks(engine: Engine) {
    let here = TestNode::start_with(engine, Options { no_worker: true, ..Options::default() }).await;
    let client = &here.federation().client;
    assert_eq!(self_test::all(client, here.node()).await, [Ok(()), Ok(()), Ok(())]);
    here.member("ada").await;
    assert_eq!(self_test::all(client, here.node()).await, [Ok(()), Ok(()), Ok(())], "and by the name of a member");
    for scheme in [Scheme::Cavage, Scheme::Rfc9421] {
        assert_eq!(after(&here, scheme, |_| {}).await, StatusCode::NO_CONTENT, "{scheme:?}");
        let elsewhere = HeaderValue::from_static("127.0.0.1:3000");
        assert_eq!(after(&here, scheme, |h| drop(h.insert("host", elsewhere))).await, StatusCode::UNAUTHORIZED);
        let status = after(&here, scheme, |h| drop(h.remove("signature"))).await;
        assert!([StatusCode::BAD_REQUEST, StatusCode::UNAUTHORIZED].contains(&status), "{scheme:?}: {status}");
    }
    for name in ["date", "digest"] {
        let status = after(&here, Scheme::Cavage, |h| drop(h.remove(name))).await;
        assert!([StatusCode::BAD_REQUEST, StatusCode::UNAUTHORIZED].contains(&status), "{name}: {status}");
    }
    let folder = tempfile::TempDir::new().unwrap();
    let backed_up = || async { node::start::backed_up_at(&mut here.node().store.read().await.unwrap()).await.unwrap() };
    assert_eq!(backed_up().await, None);
    here.run(&["backup", &folder.path().join("b.tar").display().to_string()]).await;
    assert!(backed_up().await.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_looks_for_itself_as_others_would_and_knows_of_its_backups_on_sqlite() {
    looks(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_looks_for_itself_as_others_would_and_knows_of_its_backups_on_postgres() {
    if Engine::Postgres.is_there() {
        looks(Engine::Postgres).await;
    }
}
