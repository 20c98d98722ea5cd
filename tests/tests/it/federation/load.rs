//! 50: more than a node can take, and what it does about it; and that nothing is kept by others that not everybody may read.

use model::audience::Audience;
use node::jobs::{self, Job};
use serde_json::json;
use storage::DomainRule;
use suite::db::Engine;
use suite::fediverse::{Letter, Reply, Server, Stage, Style};
use suite::node::{Options, TestNode, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn b50_with_too_much_in_work_others_are_asked_to_come_again() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    let like = stage.server.activity("Like", &bob, json!(stage.post.uri));
    let places = &stage.node.running.app.limits.inboxes;
    let taken = places.acquire_many(u32::try_from(places.available_permits()).unwrap()).await.unwrap();
    let answer = stage.send(&like).await;
    assert_eq!(answer.status, 503, "{answer:?}");
    assert!(answer.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds > 0), "{answer:?}");
    assert_eq!(stage.server.connections(), 0, "nobody is asked for what is not taken");
    drop(taken);
    stage.takes(&like).await;
    stage.end().await;
}

/// A node that counts by the addresses that its proxy names.
async fn behind_a_proxy() -> Stage {
    let change = |s: &mut outloud::Settings| {
        s.rate_limits = true;
        s.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    };
    Stage::empty_with("elsewhere", Engine::Sqlite, Options { change: Some(change), ..Options::default() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn b50_an_address_from_which_only_nonsense_comes_is_shut_out_alone() {
    let stage = behind_a_proxy().await;
    let bob = stage.server.person("bob");
    let like = || stage.server.activity("Like", &bob, json!(stage.post.uri));
    let from = |address: &str| stage.letter("/inbox", &like()).with("x-forwarded-for", address);
    let mut refused = 0;
    while from("203.0.113.7").without("signature").send(&stage.node).await.status == 401 {
        refused += 1;
        assert!(refused < 1_000, "it goes on for ever");
    }
    assert!(refused >= 100, "{refused}: a server may be wrong now and then");
    let answer = from("203.0.113.7").send(&stage.node).await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, "300"));
    assert_eq!(stage.server.connections(), 0);
    assert_eq!(from("203.0.113.8").send(&stage.node).await.status, 202);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b50_readers_with_made_up_keys_do_not_make_us_ask_for_them_without_end() {
    let stage = behind_a_proxy().await;
    stage.node.idle().await;
    stage.server.forget();
    let reads = async |n: usize, address: &str| {
        let key = stage.server.url(&format!("/users/nobody{n}#main-key"));
        let letter = Letter::get(&stage.node, "/users/alice").with("x-forwarded-for", address);
        let answer = letter.with("accept", "application/activity+json").signed(&key, stage.style());
        assert_eq!(answer.send(&stage.node).await.status, 200, "everybody may read it");
        stage.server.gets().len()
    };
    let mut asked = Vec::new();
    while asked.len() < 2 || asked[asked.len() - 1] > asked[asked.len() - 2] {
        asked.push(reads(asked.len(), "203.0.113.7").await);
        assert!(asked.len() < 1_000, "it goes on for ever");
    }
    assert!(asked.len() >= 100, "{}: a server may be wrong now and then", asked.len());
    assert!(reads(asked.len(), "203.0.113.8").await > asked[asked.len() - 1], "others are heard");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b50_a_server_that_is_down_is_not_asked_for_one_key_after_the_other() {
    let stage = Stage::empty().await;
    let people: Vec<_> = (0..6).map(|n| stage.server.person(&format!("bob{n}"))).collect();
    stage.server.answers(Some(Reply::Status(500)));
    for bob in &people {
        let answer = stage.send(&stage.server.activity("Like", bob, json!(stage.post.uri))).await;
        assert_eq!(answer.status, 503, "{answer:?}");
    }
    assert_eq!(stage.server.gets().len(), 3, "then it is left alone for a while");
    stage.end().await;
}

async fn is_to_do(node: &TestNode, jobs: impl IntoIterator<Item = Job>) {
    let mut tx = node.node().store.begin().await.unwrap();
    for job in jobs {
        jobs::enqueue(node.node(), &mut tx, &job).await.unwrap();
    }
    node.node().commit(tx).await.unwrap();
}

async fn silent(name: &str) -> Server {
    let server = Server::start(name).await;
    server.answers(Some(Reply::Silence));
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn b50_work_that_needs_no_other_server_does_not_wait_behind_those_that_give_no_answer() {
    let node = TestNode::start(Engine::Sqlite).await;
    let mut servers = Vec::new();
    for n in 0..5 {
        servers.push(silent(&format!("silent{n}")).await);
    }
    let posts = servers.iter().flat_map(|s| (0..6).map(|n| s.url(&format!("/notes/{n}"))));
    is_to_do(&node, posts.map(|uri| Job::FetchThread { uri, depth: 0 })).await;
    let asked = || servers.iter().map(|s| s.gets().len()).sum::<usize>();
    eventually("all places are taken", || async { (asked() == 24).then_some(()) }).await;
    let files = &node.node().files;
    files.put("a/1.png", "one".into()).await.unwrap();
    is_to_do(&node, [Job::DeleteFiles { keys: vec!["a/1.png".to_owned()] }]).await;
    eventually("the file is gone", || async { files.size("a/1.png").await.is_err().then_some(()) }).await;
    let ended = "select count(*) from jobs where attempts > 0 and lease_until = 0";
    let ended: i64 = sqlx::query_scalar(ended).fetch_one(&mut node.db.sqlite().await).await.unwrap();
    assert_eq!(ended, 0, "all of the others wait still");
    drop(servers);
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b50_a_server_that_gives_no_answer_holds_few_places_whatever_it_is_asked_for() {
    let change: fn(&mut outloud::Settings) = |s| s.node.card_delay = Some(0);
    let stage =
        Stage::empty_with("elsewhere", Engine::Sqlite, Options { change: Some(change), ..Options::default() }).await;
    let (server, alice) = (&stage.server, stage.alice());
    let to = json!(["https://www.w3.org/ns/activitystreams#Public", alice.uri().await]);
    let mut asking = Vec::new();
    for n in 0..10 {
        let bob = server.person(&format!("bob{n}"));
        let more = json!({"to": to, "quote": server.url(&format!("/quoted/{n}"))});
        let note = server.note(&bob, &format!("/notes/{n}"), "Hello", more);
        stage.takes(&server.activity("Create", &bob, note.clone())).await;
        let post = stage.stored(&note).await.unwrap();
        asking.push(Job::FillThread { post: post.id, glance: false });
        asking.push(Job::VerifyQuote { post: post.id, depth: 0 });
        asking.push(Job::ReadOutbox { account: post.account_id, follower: None });
    }
    stage.node.idle().await;
    server.answers(Some(Reply::Silence));
    server.forget();
    is_to_do(&stage.node, asking).await;
    for n in 0..10 {
        alice.says(&server.url(&format!("/pages/{n}"))).await;
    }
    eventually("it is asked", || async { (server.gets().len() >= 6).then_some(()) }).await;
    let site = Server::start("site").await;
    site.serve("/page", Reply::html("<title>A page</title>"));
    let post = alice.says(&site.url("/page")).await;
    eventually("another server is asked meanwhile", || async {
        stage.node.node().store.read().await.unwrap().cards_of(&[post.id]).await.unwrap().pop()
    })
    .await;
    assert_eq!(server.gets().len(), 6, "{:?}", server.gets());
    let Stage { node, server, .. } = stage;
    drop(server);
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b50_a_server_that_gives_no_answer_is_not_asked_for_one_page_after_the_other() {
    let change: fn(&mut outloud::Settings) = |s| s.node.card_delay = Some(0);
    let node = TestNode::start_with(Engine::Sqlite, Options { change: Some(change), ..Options::default() }).await;
    let (site, alice) = (Server::start("site").await, node.member("alice").await);
    site.answers(Some(Reply::Status(503)));
    for n in 0..6 {
        alice.says(&site.url(&format!("/{n}"))).await;
        node.idle().await;
    }
    assert_eq!(site.gets().len(), 3, "then it is left alone for a while");
    node.running.stop().await;
}

/// The addresses of documents, as the routes have them.
fn routes() -> Vec<String> {
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/http/src/router.rs");
    let text = std::fs::read_to_string(source).unwrap();
    let routes = text.split(".route(\"").skip(1).filter(|r| r.contains("get(activitypub::"));
    let found: Vec<String> = routes.map(|r| r.split('"').next().unwrap().to_owned()).collect();
    assert!(found.len() >= 12, "{found:?}");
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn s30_in_secure_mode_every_document_is_for_its_reader_alone() {
    let options = Options { change: Some(|s| s.node.authorized_fetch = true), ..Options::default() };
    let stage = Stage::empty_with("elsewhere", Engine::Sqlite, options).await;
    let bob = stage.server.person("bob");
    let key = bob["publicKey"]["id"].as_str().unwrap();
    let post = stage.post.id.to_string();
    let mut targets: Vec<String> = routes().into_iter().filter(|r| !r.starts_with("/actor")).collect();
    targets.extend(["/@{name}", "/@{name}/{id}"].map(str::to_owned));
    let mut read = 0;
    for route in targets {
        for kind in ["likes", "shares"].iter().take(if route.contains("{kind}") { 2 } else { 1 }) {
            let target = route.replace("{name}", "alice").replace("{id}", &post).replace("{kind}", kind);
            let plain = Letter::get(&stage.node, &target).send(&stage.node).await;
            assert_eq!(plain.status, 401, "{target}: {plain:?}");
            assert!(plain.json()["error"].as_str().is_some_and(|words| words.contains("signed")), "{plain:?}");
            let answer = Letter::get(&stage.node, &target).signed(key, Style::MASTODON).send(&stage.node).await;
            if answer.status == 200 {
                assert!(answer.header("cache-control").starts_with("private"), "{target}: {answer:?}");
                assert!(answer.header("vary").contains("Signature"), "{target}: {answer:?}");
                read += 1;
            }
        }
    }
    assert!(read >= 12, "{read}");
    let followers = stage.alice().says_to(Audience::Followers, "For followers").await;
    let target = followers.uri.strip_prefix(&stage.node.origin).unwrap();
    assert_eq!(Letter::get(&stage.node, target).signed(key, Style::MASTODON).send(&stage.node).await.status, 404);

    let node = stage.node.node();
    let mut tx = node.store.begin().await.unwrap();
    let rule = DomainRule::new("elsewhere.localhost", "suspend", node.now());
    node::domains::set(node, &mut tx, "olga", &rule).await.unwrap();
    node.commit(tx).await.unwrap();
    node.read_domain_rules().await.unwrap();
    let blocked = Letter::get(&stage.node, "/users/alice").signed(key, Style::MASTODON).send(&stage.node).await;
    assert_eq!(blocked.status, 403);
    assert_eq!(Letter::get(&stage.node, "/actor").signed(key, Style::MASTODON).send(&stage.node).await.status, 200);
    stage.end().await;
}
