//! Whole conversations: others read all of ours, and a member who opens a thread gets what other servers have of it.

use model::audience::{Audience, Viewer};
use model::clock::{Clock, MINUTE, rfc3339};
use model::post::Post;
use node::{jobs, moderate, threads};
use serde_json::{Value, json};
use suite::db::Engine;
use suite::fediverse::{Letter, Reply, Server, Stage};
use suite::node::{Options, Person, TestNode};
use suite::on_both;

/// A time at which a post is old enough to be looked for.
fn earlier() -> Value {
    json!(rfc3339(Clock::System.now() - 60 * MINUTE))
}

/// A note of an hour ago, served. What is in `more` is added.
fn old_note(server: &Server, author: &Value, path: &str, more: Value) -> Value {
    let mut note = server.note(author, path, path, json!({"published": earlier()}));
    for (name, value) in more.as_object().into_iter().flatten() {
        note[name] = value.clone();
    }
    server.publish(&note);
    note
}

/// Serves a page of a collection.
fn page(server: &Server, path: &str, items: &[&Value], next: Option<&str>) {
    let mut page = json!({
        "@context": "https://www.w3.org/ns/activitystreams", "id": server.url(path), "type": "CollectionPage",
        "items": items.iter().map(|i| i["id"].clone()).collect::<Vec<_>>(),
    });
    if let Some(next) = next {
        page["next"] = json!(server.url(next));
    }
    server.publish(&page);
}

/// The member has this post by its address, and opens it.
async fn opens(node: &TestNode, uri: &str) -> (Post, Option<threads::Search>) {
    node.federation().find(uri).await.unwrap();
    node.idle().await;
    let post = node.post_by_uri(uri).await.expect("the post is here");
    let search = threads::open(node.node(), &post).await.unwrap();
    node.idle().await;
    (post, search)
}

/// What a member reads below a post.
async fn below(node: &TestNode, post: &Post) -> Vec<String> {
    let mut tx = node.node().store.read().await.unwrap();
    let found = tx.descendants(post.id, Viewer::Member(1), 100, 1_000).await.unwrap();
    found.into_iter().map(|p| p.uri).collect()
}

fn uris(notes: &[&Value]) -> Vec<String> {
    notes.iter().map(|n| n["id"].as_str().unwrap().to_owned()).collect()
}

/// As Mastodon walks: `first`, then `next` to the end.
async fn walk(node: &TestNode, collection: &str) -> Vec<String> {
    let get = |url: String| async move {
        let answer = Letter::get(node, url.strip_prefix(&node.origin).unwrap()).send(node).await;
        assert_eq!(answer.status, 200, "{url}: {answer:?}");
        answer.json()
    };
    let whole = get(collection.to_owned()).await;
    let (mut items, mut next, mut pages) = (Vec::new(), whole["first"].as_str().map(str::to_owned), 0);
    while let Some(url) = next {
        let page = get(url).await;
        let of_page = page["items"].as_array().or(page["orderedItems"].as_array()).unwrap();
        items.extend(of_page.iter().map(|i| i.as_str().unwrap().to_owned()));
        next = page["next"].as_str().map(str::to_owned);
        pages += 1;
        assert!(pages < 20, "the pages end");
    }
    items
}

async fn quiet_reply(who: &Person<'_>, to: &Post, audience: Audience) -> Post {
    let draft = model::post::Draft {
        text: "Quietly".to_owned(),
        audience: Some(audience),
        in_reply_to_id: Some(to.id),
        ..Default::default()
    };
    who.posts(draft).await
}

#[tokio::test(flavor = "multi_thread")]
async fn b18_a_conversation_leads_with_its_first_post_and_names_its_author() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    let ahead = stage.server.note(
        &bob,
        "/notes/1",
        "From long ago",
        json!({"inReplyTo": stage.post.uri, "published": "2001-01-01T00:00:00Z"}),
    );
    stage.takes(&stage.server.activity("Create", &bob, ahead.clone())).await;
    let answer = stage.alice().replies(&stage.post, "And more").await;
    quiet_reply(&stage.alice(), &stage.post, Audience::Followers).await;
    let context = Letter::get(&stage.node, stage.post.context.strip_prefix(&stage.node.origin).unwrap())
        .send(&stage.node)
        .await
        .json();
    assert_eq!(context["attributedTo"], json!(stage.alice().uri().await));
    let ahead = ahead["id"].as_str().unwrap();
    assert_eq!(walk(&stage.node, &stage.post.context).await, [stage.post.uri.as_str(), ahead, answer.uri.as_str()]);
    let note =
        Letter::get(&stage.node, answer.uri.strip_prefix(&stage.node.origin).unwrap()).send(&stage.node).await.json();
    assert_eq!(note["context"], json!(stage.post.context), "a reply continues the conversation");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b19_mastodons_walk_through_our_replies_returns_every_public_one() {
    let stage = Stage::empty().await;
    let (alice, dora) = (stage.alice(), stage.node.member("dora").await);
    let bob = stage.server.person("bob");
    let mut expected = Vec::new();
    for n in 0..62 {
        expected.push(dora.replies(&stage.post, &format!("Answer {n}")).await.uri);
    }
    for n in 0..3 {
        expected.push(alice.replies(&stage.post, &format!("My own {n}")).await.uri);
    }
    expected.push(quiet_reply(&dora, &stage.post, Audience::Unlisted).await.uri);
    for audience in [Audience::Followers, Audience::Direct, Audience::Organisation] {
        quiet_reply(&dora, &stage.post, audience).await;
    }
    let theirs = stage.server.note(&bob, "/notes/1", "From elsewhere", json!({"inReplyTo": stage.post.uri}));
    stage.takes(&stage.server.activity("Create", &bob, theirs.clone())).await;
    let suspended = stage.server.person("eve");
    let hidden = stage.server.note(&suspended, "/notes/2", "Spam", json!({"inReplyTo": stage.post.uri}));
    stage.takes(&stage.server.activity("Create", &suspended, hidden.clone())).await;
    assert!(stage.stored(&hidden).await.is_some());
    let node = stage.node.node();
    let mut tx = node.store.begin().await.unwrap();
    moderate::suspend(node, &mut tx, "admin", &stage.known(&suspended).await).await.unwrap();
    node.commit(tx).await.unwrap();
    expected.extend(uris(&[&theirs]));

    let replies = format!("{}/replies", stage.post.uri);
    let mut found = walk(&stage.node, &replies).await;
    let own: Vec<String> = found.iter().take(3).cloned().collect();
    assert!(
        own.iter().all(|uri| uri.starts_with(&format!("{}/", stage.post.uri.rsplit_once('/').unwrap().0))),
        "the author's own lead: {own:?}"
    );
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    let others = Letter::get(
        &stage.node,
        &format!("{}?only_other_accounts=true&page=true", replies.strip_prefix(&stage.node.origin).unwrap()),
    );
    let others = others.send(&stage.node).await.json();
    assert!(own.iter().all(|uri| !others["items"].as_array().unwrap().contains(&json!(uri))));
    stage.end().await;
}

/// A thread as Mastodon has it: replies of the author's own in the note, the others behind `next`, on two pages, one of them of a
/// third server, which has an answer of its own below it.
async fn mastodon_thread(stage: &Stage, other: &Server) -> (Value, Vec<String>) {
    let (bob, carol) = (stage.server.person("bob"), other.person("carol"));
    let top_id = stage.server.url("/notes/1");
    let own = old_note(&stage.server, &bob, "/notes/2", json!({"inReplyTo": top_id}));
    let near = old_note(&stage.server, &bob, "/notes/3", json!({"inReplyTo": top_id}));
    let deep_id = other.url("/notes/5");
    let far_replies = other.url("/notes/4/replies");
    let far = old_note(
        other,
        &carol,
        "/notes/4",
        json!({
            "inReplyTo": top_id,
            "replies": {"id": far_replies, "type": "Collection", "first": {"type": "CollectionPage", "partOf": far_replies,
                "next": format!("{far_replies}?only_other_accounts=true&page=true"), "items": [deep_id]}},
        }),
    );
    page(other, "/notes/4/replies?only_other_accounts=true&page=true", &[], None);
    let deep = old_note(other, &carol, "/notes/5", json!({"inReplyTo": far["id"]}));
    let replies = stage.server.url("/notes/1/replies");
    let collection = json!({
        "@context": "https://www.w3.org/ns/activitystreams", "id": replies, "type": "Collection",
        "first": {"type": "CollectionPage", "partOf": replies,
            "next": format!("{replies}?only_other_accounts=true&page=true"), "items": [own["id"]]},
    });
    stage.server.publish(&collection);
    let top = old_note(
        &stage.server,
        &bob,
        "/notes/1",
        json!({
            "replies": collection,
            "likes": {"id": format!("{top_id}/likes"), "type": "Collection", "totalItems": 12},
            "shares": {"id": format!("{top_id}/shares"), "type": "Collection", "totalItems": 4},
        }),
    );
    page(
        &stage.server,
        "/notes/1/replies?only_other_accounts=true&page=true",
        &[&near],
        Some("/notes/1/replies?min_id=3&page=true"),
    );
    page(&stage.server, "/notes/1/replies?min_id=3&page=true", &[&far], None);
    (top, uris(&[&own, &near, &far, &deep]))
}

on_both! {
    async fn b25_who_opens_a_thread_gets_the_replies_that_other_servers_have(db: Db) {
        let clock = Clock::manual(Clock::System.now());
        let options = Options { clock: Some(clock.clone()), ..Options::default() };
        let stage = Stage::empty_with("elsewhere", db.engine, options).await;
        let other = Server::start("other").await;
        let (top, mut expected) = mastodon_thread(&stage, &other).await;
        let (post, search) = opens(&stage.node, top["id"].as_str().unwrap()).await;
        assert!(search.is_some_and(|s| s.is_running));
        let mut found = below(&stage.node, &post).await;
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
        assert_eq!(stage.node.post_by_uri(&post.uri).await.unwrap().replies_count, 3);
        assert!(stage.alice().notifications().await.is_empty() && stage.alice().home().await.len() == 1, "it is news to nobody");

        let asked = (stage.server.gets().len(), other.gets().len());
        assert_eq!(threads::open(stage.node.node(), &post).await.unwrap(), None, "it was done a moment ago");
        stage.node.idle().await;
        assert_eq!((stage.server.gets().len(), other.gets().len()), asked);

        clock.advance(16 * MINUTE);
        let bob = stage.known(&stage.server.person("bob")).await;
        let late = old_note(&stage.server, &json!({"id": bob.uri}), "/notes/9", json!({"inReplyTo": post.uri}));
        page(&stage.server, "/notes/1/replies?min_id=3&page=true", &[&late], None);
        assert!(threads::open(stage.node.node(), &post).await.unwrap().is_some(), "a while later it is done anew");
        stage.node.idle().await;
        assert!(stage.stored(&late).await.is_some());
        stage.end().await;
    }

    async fn b25_a_thread_of_one_of_our_nodes_is_whole_on_the_other(db: Db) {
        let a = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let later = Options { clock: Some(Clock::manual(Clock::System.now() + 10 * MINUTE)), ..Options::default() };
        let b = TestNode::start_with(db.engine, later).await;
        b.member("beth").await;
        let carol = a.server.person("carol");
        let theirs = a.server.note(&carol, "/notes/1", "From a third server", json!({"inReplyTo": a.post.uri}));
        a.server.publish(&theirs);
        a.takes(&a.server.activity("Create", &carol, theirs.clone())).await;
        let dora = a.node.member("dora").await;
        let mut expected = uris(&[&theirs]);
        for n in 0..4 {
            expected.push(dora.replies(&a.post, &format!("Answer {n}")).await.uri);
        }
        let nested = a.alice().replies(&a.node.post_by_uri(&expected[1]).await.unwrap(), "Thank you").await;
        expected.push(nested.uri);
        quiet_reply(&dora, &a.post, Audience::Followers).await;
        let (post, _) = opens(&b, &a.post.uri).await;
        let mut found = below(&b, &post).await;
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
        b.running.stop().await;
        a.end().await;
    }

    async fn b25_a_reply_and_its_parent_that_missed_each_other_are_tied_later(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let bob = stage.server.person("bob");
        stage.alice_follows(&bob).await;
        let parent = stage.server.note(&bob, "/notes/1", "Parent", json!({}));
        let reply = stage.server.note(&bob, "/notes/2", "Reply", json!({"inReplyTo": parent["id"]}));
        stage.takes(&stage.server.activity("Create", &bob, reply.clone())).await;
        stage.node.idle().await;
        let orphan = stage.stored(&reply).await.unwrap();
        assert_eq!(orphan.in_reply_to_id, None);
        // The parent as it is written by a transaction that does not see the reply yet.
        let node = stage.node.node();
        let mut tx = node.store.begin().await.unwrap();
        let uri = parent["id"].as_str().unwrap().to_owned();
        let missed = Post { id: orphan.id - 1, root_id: orphan.id - 1, uri: uri.clone(), in_reply_to_uri: String::new(), ..orphan.clone() };
        assert!(tx.insert_post(&missed).await.unwrap());
        jobs::enqueue(node, &mut tx, &jobs::Job::FetchThread { uri, depth: 0 }).await.unwrap();
        node.commit(tx).await.unwrap();
        stage.node.idle().await;
        let tied = stage.stored(&reply).await.unwrap();
        assert_eq!((tied.in_reply_to_id, tied.root_id), (Some(missed.id), missed.id));
        stage.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b25_a_thread_is_read_in_the_form_of_gotosocial() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    let replies = stage.server.url("/notes/1/replies");
    let first = format!("{replies}?limit=20&only_other_accounts=false");
    let top = old_note(
        &stage.server,
        &bob,
        "/notes/1",
        json!({"replies": {"id": replies, "type": "Collection",
        "first": {"id": format!("{replies}?page=true"), "type": "CollectionPage", "next": first, "partOf": replies}}}),
    );
    let one = old_note(&stage.server, &bob, "/notes/2", json!({"inReplyTo": top["id"]}));
    let two = old_note(&stage.server, &bob, "/notes/3", json!({"inReplyTo": top["id"]}));
    // A single item is not a list; an item may be a whole object, which is fetched all the same.
    let mut forged = two.clone();
    forged["content"] = json!("<p>Forged</p>");
    let items = json!({"@context": "https://www.w3.org/ns/activitystreams", "type": "OrderedCollectionPage", "id": first,
        "orderedItems": [one["id"], forged], "totalItems": 2});
    stage.server.serve("/notes/1/replies?limit=20&only_other_accounts=false", Reply::document(&items));
    let (post, _) = opens(&stage.node, top["id"].as_str().unwrap()).await;
    assert_eq!(below(&stage.node, &post).await.len(), 2);
    assert!(!stage.stored(&two).await.unwrap().content.contains("Forged"));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b25_the_collection_of_a_conversation_is_read_where_its_first_post_is() {
    let stage = Stage::empty().await;
    let other = Server::start("other").await;
    let (bob, carol) = (stage.server.person("bob"), other.person("carol"));
    let context = stage.server.url("/contexts/1");
    let top = old_note(&stage.server, &bob, "/notes/1", json!({"context": context}));
    let middle = old_note(&other, &carol, "/notes/2", json!({"inReplyTo": top["id"], "context": context}));
    let bottom = old_note(&stage.server, &bob, "/notes/3", json!({"inReplyTo": middle["id"], "context": context}));
    // The newest first, so that replies come before what they answer.
    let collection = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": context, "type": "Collection",
        "attributedTo": bob["id"], "first": {"type": "CollectionPage", "items": [bottom["id"], middle["id"], top["id"]]}});
    stage.server.publish(&collection);
    let (post, _) = opens(&stage.node, top["id"].as_str().unwrap()).await;
    assert_eq!(below(&stage.node, &post).await, uris(&[&middle, &bottom]));

    let elsewhere = old_note(&stage.server, &bob, "/notes/4", json!({"context": other.url("/contexts/2")}));
    other.serve("/contexts/2", Reply::document(&collection));
    opens(&stage.node, elsewhere["id"].as_str().unwrap()).await;
    assert!(!other.gets().iter().any(|g| g == "/contexts/2"), "a collection on another server speaks for nobody");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b25_what_comes_because_it_was_looked_for_brings_its_first_replies() {
    let stage = Stage::empty().await;
    let other = Server::start("other").await;
    let (top, expected) = mastodon_thread(&stage, &other).await;
    stage.node.federation().find(top["id"].as_str().unwrap()).await.unwrap();
    stage.node.idle().await;
    assert!(stage.node.post_by_uri(&expected[0]).await.is_some());
    assert!(stage.server.gets().len() + other.gets().len() <= 16, "and no more than a few requests");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b25_a_client_is_told_that_more_is_being_looked_for_and_when_it_is_done() {
    let stage = Stage::empty_with("elsewhere", Engine::Sqlite, Options { no_worker: true, ..Options::default() }).await;
    let other = Server::start("other").await;
    let (top, _) = mastodon_thread(&stage, &other).await;
    let node = &stage.node;
    let uri = top["id"].as_str().unwrap();
    node.federation().find(uri).await.unwrap();
    let post = node.post_by_uri(uri).await.unwrap();
    let scopes = node::login::Scopes::parse("read").unwrap();
    let mut tx = node.node().store.begin().await.unwrap();
    let (token, _) =
        node::login::issue_token(node.node(), &mut tx, None, Some(stage.alice().id), &scopes).await.unwrap();
    node.node().commit(tx).await.unwrap();
    let ask = |target: String| {
        let letter = Letter::get(node, &target)
            .with("accept", "application/json")
            .with("authorization", &format!("Bearer {token}"));
        async move { letter.send(node).await }
    };
    let context = format!("/api/v1/statuses/{}/context", post.id);
    let refresh = format!("/api/v1_alpha/async_refreshes/{}", post.id);
    assert_eq!(ask(refresh.clone()).await.status, 404, "nobody has looked for it");
    let anyone = Letter::get(node, &context).with("accept", "application/json").send(node).await;
    assert_eq!((anyone.status, anyone.header("mastodon-async-refresh")), (200, ""), "only members cause it");
    for _ in 0..2 {
        let answer = ask(context.clone()).await;
        assert_eq!(answer.header("mastodon-async-refresh"), format!("id=\"{}\", retry=3, result_count=0", post.id));
    }
    let state = ask(refresh.clone()).await.json();
    assert_eq!(state, json!({"async_refresh": {"id": post.id.to_string(), "status": "running", "result_count": 0}}));
    loop {
        let jobs = node.takes_jobs().await;
        if jobs.is_empty() {
            break;
        }
        for job in jobs {
            node.federation().serve_job(job).await.unwrap();
        }
    }
    let state = ask(refresh).await.json();
    assert_eq!(state["async_refresh"]["status"], json!("finished"));
    let answer = ask(context).await;
    assert_eq!((answer.status, answer.header("mastodon-async-refresh")), (200, ""));
    assert_eq!(answer.json()["descendants"].as_array().unwrap().len(), 4);
    let status = ask(format!("/api/v1/statuses/{}", post.id)).await.json();
    assert_eq!(
        (&status["favourites_count"], &status["reblogs_count"], &status["replies_count"]),
        (&json!(12), &json!(4), &json!(3))
    );
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_says_how_many_replies_are_on_the_original_server() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    let reply = stage.server.note(
        &bob,
        "/notes/1",
        "Well",
        json!({"inReplyTo": stage.post.uri,
        "replies": {"id": stage.server.url("/notes/1/replies"), "type": "Collection", "totalItems": 3}}),
    );
    stage.takes(&stage.server.activity("Create", &bob, reply.clone())).await;
    let target = stage.post.url.strip_prefix(&stage.node.origin).unwrap().to_owned();
    let html = Letter::get(&stage.node, &target).with("accept", "text/html").send(&stage.node).await.body;
    let link = format!("<a href=\"{}\">3 more replies on the original server</a>", reply["id"].as_str().unwrap());
    assert!(html.contains(&link), "{html}");
    let answer = stage.stored(&reply).await.unwrap();
    stage.alice().replies(&answer, "Here is one").await;
    let html = Letter::get(&stage.node, &target).with("accept", "text/html").send(&stage.node).await.body;
    assert!(html.contains(">2 more replies on the original server<"), "{html}");
    stage.end().await;
}

/// A thread whose `replies` are these items, in one page.
fn thread_of(server: &Server, author: &Value, items: &[Value]) -> Value {
    let replies = json!({"id": server.url("/notes/1/replies"), "type": "Collection", "first": {"type": "CollectionPage", "items": items}});
    old_note(server, author, "/notes/1", json!({"replies": replies}))
}

#[tokio::test(flavor = "multi_thread")]
async fn s19_a_collection_cannot_make_us_flood_another_server() {
    let stage = Stage::empty().await;
    let (victim, other) = (Server::start("victim").await, Server::start("other").await);
    let (bob, vera, carol) = (stage.server.person("bob"), victim.person("vera"), other.person("carol"));
    // Ten thousand things that are not there, and hundreds that are and have nothing to do with it.
    let mut items: Vec<Value> =
        (0..300).map(|n| old_note(&other, &carol, &format!("/unrelated/{n}"), json!({}))["id"].clone()).collect();
    items.splice(0..0, (0..50).map(|n| json!(victim.url(&format!("/nothing/{n}")))));
    items.extend((0..10_000).map(|n| json!(victim.url(&format!("/nothing/more/{n}")))));
    items.push(vera["id"].clone());
    let top = thread_of(&stage.server, &bob, &items);
    let (post, _) = opens(&stage.node, top["id"].as_str().unwrap()).await;
    assert!(!victim.gets().is_empty() && victim.gets().len() <= 6, "{} requests", victim.gets().len());
    assert!(!other.gets().is_empty() && other.gets().len() <= 6, "{} requests", other.gets().len());
    assert!(below(&stage.node, &post).await.is_empty());
    assert!(stage.node.known(carol["id"].as_str().unwrap()).await.is_none(), "and nobody is taken in");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s19_many_real_replies_of_one_other_server_come_a_part_at_a_time() {
    let stage = Stage::empty().await;
    let other = Server::start("other").await;
    let (bob, carol) = (stage.server.person("bob"), other.person("carol"));
    let top = stage.server.url("/notes/1");
    let items: Vec<Value> = (0..60)
        .map(|n| old_note(&other, &carol, &format!("/notes/{n}"), json!({"inReplyTo": top}))["id"].clone())
        .collect();
    let top = thread_of(&stage.server, &bob, &items);
    let (post, _) = opens(&stage.node, top["id"].as_str().unwrap()).await;
    assert_eq!(below(&stage.node, &post).await.len(), 40);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s18_neither_a_circle_of_pages_nor_one_without_end_keeps_us() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    let replies = stage.server.url("/notes/1/replies");
    let top = old_note(&stage.server, &bob, "/notes/1", json!({"replies": replies}));
    page(&stage.server, "/notes/1/replies", &[], Some("/notes/1/replies?page=2"));
    page(&stage.server, "/notes/1/replies?page=2", &[], Some("/notes/1/replies"));
    opens(&stage.node, top["id"].as_str().unwrap()).await;
    let pages = stage.server.gets().iter().filter(|g| g.contains("/replies")).count();
    // Once when it came, once when it was opened.
    assert!((2..=4).contains(&pages), "{pages} pages");

    let endless = old_note(&stage.server, &bob, "/notes/2", json!({"replies": stage.server.url("/endless/0")}));
    for n in 0..200 {
        page(&stage.server, &format!("/endless/{n}"), &[], Some(&format!("/endless/{}", n + 1)));
    }
    opens(&stage.node, endless["id"].as_str().unwrap()).await;
    let pages = stage.server.gets().iter().filter(|g| g.contains("/endless/")).count();
    assert!((10..=80).contains(&pages), "{pages} pages");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s19_pages_of_another_server_are_not_asked_for() {
    let stage = Stage::empty().await;
    let victim = Server::start("victim").await;
    let bob = stage.server.person("bob");
    let first = old_note(&stage.server, &bob, "/notes/1", json!({"replies": victim.url("/replies")}));
    let second = old_note(
        &stage.server,
        &bob,
        "/notes/2",
        json!({"replies": {"type": "Collection", "first": victim.url("/replies")}}),
    );
    let third = old_note(&stage.server, &bob, "/notes/3", json!({"replies": stage.server.url("/moved")}));
    stage.server.serve("/moved", Reply::Redirect(victim.url("/replies")));
    let stolen = json!({"@context": "https://www.w3.org/ns/activitystreams", "type": "Collection", "id": victim.url("/replies"),
        "items": [victim.url("/notes/1")]});
    victim.publish(&stolen);
    for top in [&first, &second] {
        opens(&stage.node, top["id"].as_str().unwrap()).await;
    }
    assert_eq!(victim.connections(), 0);
    opens(&stage.node, third["id"].as_str().unwrap()).await;
    assert!(!victim.gets().iter().any(|g| g == "/notes/1"), "a page that was led elsewhere names nothing");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s18_a_chain_of_replies_ends_for_us_before_it_ends() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    for n in 1..=400 {
        let (own, next) = (format!("/notes/{n}"), stage.server.url(&format!("/notes/{}", n + 1)));
        let mut more = json!({"replies": {"id": stage.server.url(&format!("{own}/replies")), "type": "Collection", "items": [next]}});
        if n > 1 {
            more["inReplyTo"] = json!(stage.server.url(&format!("/notes/{}", n - 1)));
        }
        old_note(&stage.server, &bob, &own, more);
    }
    let (post, _) = opens(&stage.node, &stage.server.url("/notes/1")).await;
    let found = below(&stage.node, &post).await.len();
    assert!((100..=220).contains(&found), "{found} replies");
    assert!(stage.server.gets().len() < 300, "{} requests", stage.server.gets().len());
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s19_what_answers_something_else_is_not_taken_for_a_reply() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    let elsewhere = old_note(&stage.server, &bob, "/other/1", json!({}));
    stage.node.federation().find(elsewhere["id"].as_str().unwrap()).await.unwrap();
    let of_another = old_note(&stage.server, &bob, "/notes/2", json!({"inReplyTo": elsewhere["id"]}));
    let of_nothing = old_note(&stage.server, &bob, "/notes/3", json!({}));
    let of_unknown = old_note(&stage.server, &bob, "/notes/4", json!({"inReplyTo": stage.server.url("/nowhere")}));
    let for_few = old_note(
        &stage.server,
        &bob,
        "/notes/5",
        json!({"inReplyTo": stage.server.url("/notes/1"), "to": [bob["followers"]], "cc": []}),
    );
    let good = old_note(&stage.server, &bob, "/notes/6", json!({"inReplyTo": stage.server.url("/notes/1")}));
    let items: Vec<Value> =
        [&good, &of_another, &of_nothing, &of_unknown, &for_few].iter().map(|n| n["id"].clone()).collect();
    let top = thread_of(&stage.server, &bob, &items);
    let (post, _) = opens(&stage.node, top["id"].as_str().unwrap()).await;
    assert_eq!(below(&stage.node, &post).await, uris(&[&good]));
    for wrong in [&of_another, &of_nothing, &of_unknown, &for_few] {
        assert!(stage.stored(wrong).await.is_none(), "{wrong:#}");
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s29_replies_of_those_whom_we_do_not_want_stay_away() {
    let stage = Stage::empty().await;
    let (blocked, other) = (Server::start("blocked").await, Server::start("other").await);
    let bob = stage.server.person("bob");
    let people = [blocked.person("mallory"), other.person("eve"), other.person("lim"), other.person("carol")];
    let node = stage.node.node();
    for who in &people[1..3] {
        stage.node.federation().find(who["id"].as_str().unwrap()).await.unwrap();
    }
    let mut tx = node.store.begin().await.unwrap();
    moderate::suspend(node, &mut tx, "admin", &stage.known(&people[1]).await).await.unwrap();
    moderate::limit(node, &mut tx, "admin", &stage.known(&people[2]).await).await.unwrap();
    node.commit(tx).await.unwrap();
    block(&stage, blocked.host()).await;
    let top = stage.server.url("/notes/1");
    let reply =
        |server: &Server, n: usize| old_note(server, &people[n], &format!("/notes/{n}"), json!({"inReplyTo": top}));
    let notes = [reply(&blocked, 0), reply(&other, 1), reply(&other, 2), reply(&other, 3)];
    let items: Vec<Value> = notes.iter().map(|n| n["id"].clone()).collect();
    let top = thread_of(&stage.server, &bob, &items);
    let (post, _) = opens(&stage.node, top["id"].as_str().unwrap()).await;
    assert_eq!(below(&stage.node, &post).await, uris(&[&notes[3]]));
    assert_eq!(blocked.connections(), 0);
    assert!(stage.stored(&notes[1]).await.is_none() && stage.stored(&notes[2]).await.is_none());
    stage.end().await;
}

async fn block(stage: &Stage, host: &str) {
    let node = stage.node.node();
    let mut tx = node.store.begin().await.unwrap();
    let rule = storage::DomainRule::new(host, "suspend", node.now());
    node::domains::set(node, &mut tx, "admin", &rule).await.unwrap();
    node.commit(tx).await.unwrap();
    node.read_domain_rules().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn s18_what_waits_for_its_parent_does_not_fill_the_memory() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    let replies = json!({"replies": stage.server.url("/1/replies")});
    let first = old_note(&stage.server, &bob, "/1", replies);
    let late = old_note(&stage.server, &bob, "/late", json!({"inReplyTo": first["id"]}));
    let more = json!({"inReplyTo": late["id"], "padding": "x".repeat(600_000)});
    let mut all: Vec<Value> =
        (0..30).map(|n| old_note(&stage.server, &bob, &format!("/large/{n}"), more.clone())).collect();
    all.push(late);
    page(&stage.server, "/1/replies", &all.iter().collect::<Vec<_>>(), None);
    let (post, _) = opens(&stage.node, first["id"].as_str().unwrap()).await;
    let came = below(&stage.node, &post).await.len();
    assert!((5..20).contains(&came), "{came}: some waited, and not all");
    stage.end().await;
}
