//! Verified links: a page that a profile names, and that links back with `rel="me"`.

use node::accounts::{ProfileChange, change_profile};
use suite::db::Engine;
use suite::fediverse::{Reply, Server};
use suite::node::{TestNode, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_links_back_verifies_the_line_of_the_profile_and_others_do_not() {
    let node = TestNode::start(Engine::Sqlite).await;
    let site = Server::start("site").await;
    let alice = node.member("alice").await;
    let profile = alice.account().await.url;
    let page = |rel: &str| Reply::Content {
        kind: "text/html".to_owned(),
        body: format!("<p><a rel=\"{rel}\" href=\"{profile}\">me elsewhere</a></p>"),
    };
    site.serve("/mine", page("nofollow me"));
    site.serve("/not-mine", page("nofollow"));

    let line = |name: &str, path: &str| (name.to_owned(), format!("{}{path}", site.origin));
    let fields = vec![line("Work", "/mine"), line("Other", "/not-mine"), line("Gone", "/missing")];
    let account = alice.account().await;
    let mut tx = node.node().store.begin().await.unwrap();
    let change = ProfileChange { fields: Some(fields), ..ProfileChange::default() };
    change_profile(node.node(), &mut tx, &account, change).await.unwrap();
    node.node().commit(tx).await.unwrap();

    eventually("the link is verified", || async {
        alice.account().await.fields.iter().any(|f| f.name == "Work" && f.verified_at.is_some()).then_some(())
    })
    .await;
    node.idle().await;
    let verified: Vec<String> =
        alice.account().await.fields.into_iter().filter(|f| f.verified_at.is_some()).map(|f| f.name).collect();
    assert_eq!(verified, ["Work"]);
    node.running.stop().await;
}
