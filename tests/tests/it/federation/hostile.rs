//! Servers that lie, forge, lead astray or never end.

use model::clock::{Clock, MINUTE};
use model::handle::Handle;
use node::moderate;
use serde_json::{Value, json};
use suite::db::Engine;
use suite::fediverse::{Letter, Reply, Server, Stage, Style};
use suite::node::{Options, eventually};

/// Bob, whom alice follows, with a note that is here.
async fn bob_with_note() -> (Stage, Value, Value) {
    bob_with_note_and(Options::default()).await
}

async fn bob_with_note_and(options: Options) -> (Stage, Value, Value) {
    let stage = Stage::empty_with("elsewhere", Engine::Sqlite, options).await;
    let bob = stage.server.person("bob");
    stage.alice_follows(&bob).await;
    let note = stage.server.note(&bob, "/notes/1", "Mine", json!({}));
    stage.server.publish(&note);
    stage.takes(&stage.server.activity("Create", &bob, note.clone())).await;
    (stage, bob, note)
}

fn changed(note: &Value, content: &str) -> Value {
    let mut note = note.clone();
    note["content"] = json!(content);
    note["updated"] = json!(model::clock::rfc3339(model::clock::Clock::System.now() + 60_000));
    note
}

#[tokio::test(flavor = "multi_thread")]
async fn s12_nobody_creates_changes_or_deletes_what_is_on_another_server() {
    let (stage, bob, note) = bob_with_note().await;
    let evil = Server::start("evil").await;
    let eve = evil.person("eve");
    stage.alice_follows_there(&evil, &eve).await;
    let mut forged = stage.server.note(&bob, "/notes/2", "Forged", json!({}));
    for kind in ["Create", "Update"] {
        let answer = stage.send_from(&evil, &evil.activity(kind, &eve, forged.clone())).await;
        assert!(answer.status >= 400, "{kind}: {answer:?}");
    }
    forged["attributedTo"] = eve["id"].clone();
    stage.send_from(&evil, &evil.activity("Create", &eve, forged.clone())).await;
    assert!(stage.stored(&forged).await.is_none());
    let mut own_id = forged.clone();
    own_id["id"] = json!(evil.url("/notes/2"));
    own_id["attributedTo"] = bob["id"].clone();
    stage.send_from(&evil, &evil.activity("Create", &eve, own_id.clone())).await;
    assert!(stage.stored(&own_id).await.is_none(), "a note on her server in his name");
    stage.send_from(&evil, &evil.activity("Update", &eve, changed(&note, "Changed"))).await;
    for object in [note["id"].clone(), json!({"id": note["id"], "type": "Tombstone"}), bob["id"].clone()] {
        stage.send_from(&evil, &evil.activity("Delete", &eve, object)).await;
    }
    stage.send_from(&evil, &evil.activity("Update", &eve, changed(&bob, "Taken over"))).await;
    stage.node.idle().await;
    let kept = stage.stored(&note).await.expect("the note is there");
    assert!(kept.content.contains("Mine"));
    assert!(stage.known(&bob).await.deleted_at.is_none());
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s09_a_signature_within_a_document_gives_no_right() {
    let stage = Stage::empty().await;
    let (bob, eve) = (stage.server.person("bob"), stage.server.person("eve"));
    for actor in [&bob, &eve] {
        stage.follows_alice(actor).await;
    }
    let like = stage.server.activity("Like", &bob, json!(stage.post.uri));
    let seal = json!({
        "type": "RsaSignature2017", "creator": bob["publicKey"]["id"], "created": "2026-01-01T00:00:00Z", "signatureValue": "AAAA",
    });
    let key = stage.server.key_of(eve["id"].as_str().unwrap());
    for (name, value) in [
        ("signature", seal.clone()),
        ("@graph", json!([like])),
        ("@reverse", json!({"object": like})),
        ("@included", json!([like])),
    ] {
        // Passed on by eve, as it is and hidden in an activity of her own.
        let mut passed_on = like.clone();
        passed_on["signature"] = seal.clone();
        passed_on[name] = value.clone();
        Letter::post(&stage.node, "/inbox", passed_on.to_string())
            .signed(&key, Style::MASTODON)
            .send(&stage.node)
            .await;
        let mut hidden = stage.server.activity("View", &eve, json!(stage.post.uri));
        hidden["signature"] = seal.clone();
        hidden[name] = value;
        stage.send(&hidden).await;
        stage.node.idle().await;
        assert_eq!(stage.post_now().await.favourites_count, 0, "{name}");
    }
    stage.takes(&like).await;
    assert_eq!(stage.post_now().await.favourites_count, 1, "bob's own signature on the request counts");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s07_nobody_changes_or_deletes_what_is_a_neighbours() {
    let (stage, bob, note) = bob_with_note().await;
    let eve = stage.server.person("eve");
    stage.send(&stage.server.activity("Update", &eve, changed(&note, "Changed"))).await;
    let mut in_her_name = changed(&note, "Changed");
    in_her_name["attributedTo"] = eve["id"].clone();
    stage.send(&stage.server.activity("Update", &eve, in_her_name.clone())).await;
    stage.send(&stage.server.activity("Create", &eve, in_her_name)).await;
    stage.send(&stage.server.activity("Delete", &eve, note["id"].clone())).await;
    stage.send(&stage.server.activity("Delete", &eve, bob["id"].clone())).await;
    stage.send(&stage.server.activity("Undo", &eve, note["id"].clone())).await;
    stage.node.idle().await;
    let kept = stage.stored(&note).await.expect("the note is there");
    assert!(kept.content.contains("Mine") && kept.edited_at.is_none());
    assert!(stage.known(&bob).await.deleted_at.is_none());
    // Nor what has not come yet.
    let later = stage.server.note(&bob, "/notes/2", "Later", json!({}));
    stage.send(&stage.server.activity("Delete", &eve, later["id"].clone())).await;
    stage.takes(&stage.server.activity("Create", &bob, later.clone())).await;
    assert!(stage.stored(&later).await.is_some(), "her word does not make it dead");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s08_what_an_announce_brings_along_is_not_believed() {
    let clock = Clock::manual(Clock::System.now());
    let options = Options { clock: Some(clock.clone()), ..Options::default() };
    let (stage, bob, note) = bob_with_note_and(options).await;
    let group = stage.server.person("group");
    let evil = Server::start("evil").await;
    let eve = evil.person("eve");
    stage.alice_follows_there(&evil, &eve).await;
    let real = stage.server.note(&bob, "/notes/2", "Real", json!({}));
    stage.server.publish(&real);
    for (server, actor) in [(&evil, &eve), (&stage.server, &group)] {
        let embedded = changed(&real, "<p>Forged</p>");
        stage.send_from(server, &server.activity("Announce", actor, embedded.clone())).await;
        let create = stage.server.activity("Create", &bob, embedded);
        stage.send_from(server, &server.activity("Announce", actor, create)).await;
        let update = stage.server.activity("Update", &bob, changed(&note, "<p>Forged</p>"));
        stage.send_from(server, &server.activity("Announce", actor, update)).await;
        let delete = stage.server.activity("Delete", &bob, note["id"].clone());
        stage.send_from(server, &server.activity("Announce", actor, delete)).await;
        stage.node.idle().await;
        clock.advance(MINUTE);
    }
    assert!(stage.stored(&real).await.expect("it was fetched").content.contains("Real"));
    assert!(stage.stored(&note).await.expect("it is there still").content.contains("Mine"));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s20_whatever_others_say_a_post_is_looked_at_once_in_a_while_and_no_word_is_lost() {
    let clock = Clock::manual(Clock::System.now());
    let options = Options { clock: Some(clock.clone()), no_worker: true, ..Options::default() };
    let stage = Stage::empty_with("elsewhere", Engine::Sqlite, options).await;
    let bob = stage.server.person("bob");
    let to = json!(["https://www.w3.org/ns/activitystreams#Public", stage.alice().uri().await]);
    let note = stage.server.note(&bob, "/notes/1", "Mine", json!({"to": to}));
    stage.server.publish(&note);
    stage.takes(&stage.server.activity("Create", &bob, note.clone())).await;
    let (evil, group) = (Server::start("evil").await, stage.server.person("group"));
    let eve = evil.person("eve");
    let look = async || {
        loop {
            let jobs = stage.node.takes_jobs().await;
            if jobs.is_empty() {
                return stage.server.gets().iter().filter(|t| *t == "/notes/1").count();
            }
            for job in jobs {
                stage.node.federation().serve_job(job).await.unwrap();
            }
        }
    };
    let mut looks = Vec::new();
    for n in 0..6 {
        // Passed on by one, announced by another.
        let update = stage.server.activity("Update", &bob, changed(&note, &n.to_string()));
        let key = group["publicKey"]["id"].as_str().unwrap();
        let passed_on = Letter::post(&stage.node, "/inbox", update.to_string()).signed(key, stage.style());
        assert_eq!(passed_on.send(&stage.node).await.status, 202);
        assert_eq!(stage.send_from(&evil, &evil.activity("Announce", &eve, update)).await.status, 202);
        looks.push(look().await);
    }
    assert_eq!(looks, [1; 6]);
    stage.server.publish(&changed(&note, "Mine, changed"));
    clock.advance(MINUTE);
    assert_eq!(look().await, 2, "once more for all that was said meanwhile");
    assert!(stage.stored(&note).await.unwrap().content.contains("changed"));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s13_no_connection_is_made_to_an_address_that_is_not_allowed() {
    let options =
        Options { change: Some(|s| s.allowed_private = vec!["127.0.0.9/32".parse().unwrap()]), ..Options::default() };
    let stage = Stage::empty_with("elsewhere", Engine::Sqlite, options).await;
    let port = stage.server.host().split(':').nth(1).unwrap().to_owned();
    for host in [
        "elsewhere.localhost",
        "localhost",
        "127.0.0.1",
        "127.1",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "2130706433",
    ] {
        for scheme in ["https", "http"] {
            let actor = format!("{scheme}://{host}:{port}/users/bob");
            let body = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": format!("{actor}#likes/1"), "type": "Like",
                "actor": actor, "object": stage.post.uri});
            let letter = Letter::post(&stage.node, "/inbox", body.to_string())
                .signed(&format!("{actor}#main-key"), Style::MASTODON);
            let answer = letter.send(&stage.node).await;
            assert!([400, 401, 403].contains(&answer.status), "{actor}: {answer:?}");
            assert!(stage.node.federation().find(&actor).await.is_err());
        }
        let handle = Handle::parse(&format!("bob@{host}:{port}"));
        if let Ok(handle) = handle {
            assert!(stage.node.federation().find_handle(&handle).await.is_err(), "{host}");
        }
    }
    assert_eq!(stage.server.connections(), 0);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s18_a_thread_without_end_is_followed_a_little_way() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    stage.alice_follows(&bob).await;
    let note = |n: usize| {
        let author = stage.server.person(&format!("author{n}"));
        let parent = stage.server.url(&format!("/notes/{}", n + 1));
        stage.server.note(&author, &format!("/notes/{n}"), "And so on", json!({"inReplyTo": parent}))
    };
    for n in 1..60 {
        stage.server.publish(&note(n));
    }
    stage.node.idle().await;
    stage.server.forget();
    let first = stage.server.note(&bob, "/notes/0", "It begins", json!({"inReplyTo": stage.server.url("/notes/1")}));
    stage.takes(&stage.server.activity("Create", &bob, first)).await;
    stage.node.idle().await;
    let notes = stage.server.gets().iter().filter(|g| g.starts_with("/notes/")).count();
    assert!((2..=25).contains(&notes), "{notes}");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b50_an_actor_that_leads_from_place_to_place_is_given_up() {
    let stage = Stage::empty().await;
    for n in 0..50 {
        stage.server.serve(&format!("/users/{n}"), Reply::Redirect(stage.server.url(&format!("/users/{}", n + 1))));
    }
    let actor = json!({"id": stage.server.url("/users/0")});
    let like = stage.server.activity("Like", &actor, json!(stage.post.uri));
    assert!((400..404).contains(&stage.send(&like).await.status));
    assert!(stage.server.gets().len() <= 8, "{:?}", stage.server.gets());
    let asked = stage.server.gets().len();
    stage.send(&like).await;
    assert_eq!(stage.server.gets().len(), asked, "and is not asked again at once");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s38_nobody_has_a_handle_of_a_domain_that_does_not_say_so() {
    let stage = Stage::empty().await;
    let victim = Server::start("victim").await;
    let known = victim.person("alice");
    let federation = stage.node.federation();
    let port = stage.server.host().split(':').nth(1).unwrap();
    for kind in ["Person", "Application", "Service"] {
        // Claims the handle outright.
        let mut eve = stage.server.actor_at(&format!("/users/eve-{kind}"), "alice");
        eve["type"] = json!(kind);
        eve["webfinger"] = json!(format!("alice@{}", victim.host()));
        stage.server.publish(&eve);
        drop(federation.find(eve["id"].as_str().unwrap()).await);
        assert!(no_handle_of(&stage, &victim).await, "{kind}");
        // Has an id in which one program reads another host than the next.
        for id in [
            format!(r"https://elsewhere.localhost:{port}\@{}/users/ghost", victim.host()),
            format!("https://{}@elsewhere.localhost:{port}/users/ghost", victim.host()),
        ] {
            let parsed = url::Url::parse(&id).unwrap();
            let mut ghost = stage.server.actor_at("/users/x", "ghost");
            ghost["id"] = json!(id);
            ghost["type"] = json!(kind);
            ghost["publicKey"] = json!({"id": format!("{id}#main-key"), "owner": id, "publicKeyPem": suite::node::test_keys().public_pem});
            stage.server.serve(parsed.path(), Reply::document(&ghost));
            let like = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": format!("{id}#likes/1"), "type": "Like",
                "actor": id, "object": stage.post.uri});
            let letter = Letter::post(&stage.node, "/inbox", like.to_string())
                .signed(&format!("{id}#main-key"), Style::MASTODON);
            letter.send(&stage.node).await;
            assert!(federation.find(&id).await.is_err(), "{id}");
            assert!(no_handle_of(&stage, &victim).await, "{kind} {id}");
        }
    }
    federation.find(known["id"].as_str().unwrap()).await.unwrap();
    stage.end().await;
}

/// Whether nobody is known here by a handle of this server.
async fn no_handle_of(stage: &Stage, server: &Server) -> bool {
    let mut tx = stage.node.node().store.read().await.unwrap();
    tx.known_names().await.unwrap().iter().all(|n| n.domain != server.host())
}

#[tokio::test(flavor = "multi_thread")]
async fn s27_addresses_in_a_profile_are_web_addresses_and_its_page_is_on_its_own_server() {
    let stage = Stage::empty().await;
    let mut eve = stage.server.actor_at("/users/eve", "eve");
    eve["url"] = json!("https://bank.example/login");
    eve["icon"] = json!({"type": "Image", "url": "javascript:alert(1)"});
    eve["image"] = json!({"type": "Image", "url": "data:image/png;base64,AAAA"});
    eve["outbox"] = json!("file:///etc/passwd");
    eve["name"] = json!("<script>alert(1)</script>Eve");
    eve["summary"] = json!("<p onclick=\"x()\">Hi<script>alert(1)</script><img src=x onerror=x()></p>");
    eve["attachment"] =
        json!([{"type": "PropertyValue", "name": "<b>Web</b>", "value": "<a href=\"javascript:x()\">here</a>"}]);
    stage.server.publish(&eve);
    stage.server.finger("eve", eve["id"].as_str().unwrap());
    stage.node.federation().find(eve["id"].as_str().unwrap()).await.unwrap();
    let kept = stage.known(&eve).await;
    assert_eq!(kept.url, kept.uri);
    assert_eq!((kept.avatar.as_str(), kept.header.as_str(), kept.outbox.as_str()), ("", "", ""));
    for text in [&kept.note, &kept.fields[0].value] {
        assert!(!["script", "onclick", "onerror", "javascript"].iter().any(|bad| text.contains(bad)), "{text}");
    }
    assert!(!kept.display_name.contains('<') && !kept.fields[0].name.contains('<'));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s28_what_has_no_bounds_is_cut() {
    let stage = Stage::empty().await;
    let mut bob = stage.server.actor_at("/users/bob", "bob");
    let many = |how_many: usize, one: &dyn Fn(usize) -> Value| (0..how_many).map(one).collect::<Vec<_>>();
    bob["attachment"] = json!(many(5_000, &|n| json!({"type": "PropertyValue", "name": format!("{n}"), "value": "x"})));
    bob["alsoKnownAs"] = json!(many(5_000, &|n| json!(stage.server.url(&format!("/users/{n}")))));
    bob["tag"] = json!(many(
        1_000,
        &|n| json!({"type": "Emoji", "name": format!(":e{n}:"), "icon": {"url": stage.server.url("/e.png")}})
    ));
    bob["name"] = json!("n".repeat(100_000));
    bob["summary"] = json!("s".repeat(100_000));
    stage.server.publish(&bob);
    stage.server.finger("bob", bob["id"].as_str().unwrap());
    stage.alice_follows(&bob).await;
    let kept = stage.known(&bob).await;
    assert_eq!((kept.fields.len(), kept.also_known_as.len(), kept.emojis.len()), (50, 256, 100));
    assert!(kept.display_name.chars().count() <= 2_048 && kept.note.len() < 30_000);

    let tags = many(5_000, &|n| match n % 3 {
        0 => json!({"type": "Mention", "href": stage.server.url(&format!("/users/{n}")), "name": "@x"}),
        1 => json!({"type": "Hashtag", "name": format!("#tag{n}")}),
        _ => json!({"type": "Emoji", "name": format!(":e{n}:"), "icon": {"url": stage.server.url("/e.png")}}),
    });
    let files = many(
        1_000,
        &|n| json!({"type": "Image", "mediaType": "image/png", "url": stage.server.url(&format!("/{n}.png")), "name": "n".repeat(50)}),
    );
    let people = many(3_000, &|n| json!(stage.server.url(&format!("/users/{n}"))));
    let more = json!({"tag": tags, "attachment": files, "cc": people, "summary": "w".repeat(50_000)});
    let note = stage.server.note(&bob, "/notes/1", &"c".repeat(200_000), more);
    stage.node.idle().await;
    stage.server.forget();
    stage.takes(&stage.server.activity("Create", &bob, note.clone())).await;
    stage.node.idle().await;
    let kept = stage.stored(&note).await.unwrap();
    let mut tx = stage.node.node().store.read().await.unwrap();
    let (tags, files) = (tx.tags_of(&[kept.id]).await.unwrap().len(), tx.media_of(&[kept.id]).await.unwrap().len());
    drop(tx);
    assert!(tags <= 30 && files <= 16 && kept.emojis.len() <= 100, "{tags} {files} {}", kept.emojis.len());
    assert!(kept.content.len() < 200_000 && kept.summary.chars().count() <= 1_000);
    assert!(stage.server.gets().is_empty(), "nobody of those named is fetched");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s29_the_suspended_are_not_brought_back_by_others() {
    let (stage, bob, note) = bob_with_note().await;
    let (carol, node) = (stage.server.person("carol"), stage.node.node());
    stage.server.forget();
    stage.alice_follows(&carol).await;
    let mut tx = node.store.begin().await.unwrap();
    moderate::suspend(node, &mut tx, "admin", &stage.known(&bob).await).await.unwrap();
    node.commit(tx).await.unwrap();
    let other = stage.server.note(&bob, "/notes/2", "Again", json!({}));
    stage.server.publish(&other);
    for object in [&note, &other] {
        stage.takes(&stage.server.activity("Announce", &carol, object["id"].clone())).await;
    }
    let reply = stage.server.note(&carol, "/notes/3", "Look", json!({"inReplyTo": other["id"]}));
    stage.takes(&stage.server.activity("Create", &carol, reply)).await;
    stage.takes(&stage.server.activity("Create", &bob, other.clone())).await;
    stage.takes(&stage.server.activity("Like", &bob, json!(stage.post.uri))).await;
    stage.takes(&stage.server.activity("Follow", &bob, json!(stage.alice().uri().await))).await;
    stage.node.idle().await;
    assert!(stage.stored(&other).await.is_none());
    assert!(stage.node.federation().find(other["id"].as_str().unwrap()).await.is_err());
    assert!(stage.alice().home().await.iter().all(|p| p.boost_of_id.is_none() && p.uri != note["id"]));
    assert_eq!((stage.post_now().await.favourites_count, stage.alice().account().await.followers_count), (0, 0));
    // What it takes back is taken back.
    stage.takes(&stage.server.activity("Delete", &bob, note["id"].clone())).await;
    assert!(stage.stored(&note).await.is_none());
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s29_the_suspended_relay_nothing() {
    let (stage, bob, _) = bob_with_note().await;
    let (relay, node) = (stage.server.person("relay"), stage.node.node());
    stage.follows_alice(&relay).await;
    let mut tx = node.store.begin().await.unwrap();
    moderate::suspend(node, &mut tx, "admin", &stage.known(&relay).await).await.unwrap();
    node.commit(tx).await.unwrap();
    let note = stage.server.note(&bob, "/notes/2", "Relayed", json!({}));
    stage.server.publish(&note);
    let create = stage.server.activity("Create", &bob, note.clone());
    let key = relay["publicKey"]["id"].as_str().unwrap();
    let answer =
        Letter::post(&stage.node, "/inbox", create.to_string()).signed(key, Style::MASTODON).send(&stage.node).await;
    assert_eq!(answer.status, 202);
    stage.node.idle().await;
    assert!(stage.stored(&note).await.is_none());
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_is_delivered_by_its_id_or_by_somebody_else_must_concern_us_as_well() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    let (eve, key) = (stage.server.person("eve"), |a: &Value| a["publicKey"]["id"].as_str().unwrap().to_owned());
    let spam = stage.server.note(&bob, "/notes/spam", "Buy", json!({}));
    let answer = stage.server.note(&bob, "/notes/answer", "Yes", json!({"inReplyTo": stage.post.uri}));
    let untrue = stage.server.note(&bob, "/notes/untrue", "No answer at all", json!({}));
    for note in [&spam, &answer, &untrue] {
        stage.server.publish(note);
    }
    // By id, from its author; and passed on by somebody whom nobody here follows.
    stage.takes(&stage.server.activity("Create", &bob, spam["id"].clone())).await;
    let mut said_to_answer = untrue.clone();
    said_to_answer["inReplyTo"] = json!(stage.post.uri);
    for object in [&spam, &said_to_answer, &answer] {
        let create = stage.server.activity("Create", &bob, object.clone());
        let letter = Letter::post(&stage.node, "/inbox", create.to_string()).signed(&key(&eve), Style::MASTODON);
        assert_eq!(letter.send(&stage.node).await.status, 202);
    }
    stage.node.idle().await;
    assert!(stage.stored(&spam).await.is_none() && stage.stored(&untrue).await.is_none());
    assert!(stage.stored(&answer).await.is_some(), "an answer to alice concerns us");
    // The same from somebody whom alice follows.
    stage.alice_follows(&bob).await;
    let other = stage.server.note(&bob, "/notes/other", "Good news", json!({}));
    stage.server.publish(&other);
    stage.takes(&stage.server.activity("Create", &bob, other["id"].clone())).await;
    stage.node.idle().await;
    assert!(stage.stored(&other).await.is_some());
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_holds_up_what_is_for_another_server_by_calling_its_inbox_their_own() {
    let stage = Stage::empty().await;
    let carol = stage.server.person("carol");
    stage.follows_alice(&carol).await;
    stage.node.idle().await;
    let evil = Server::start("evil").await;
    let mut eve = evil.actor_at("/users/eve", "eve");
    eve["endpoints"]["sharedInbox"] = json!(stage.server.url("/inbox"));
    evil.publish(&eve);
    evil.finger("eve", eve["id"].as_str().unwrap());
    // What is sent to eve alone goes to her own inbox, which asks for a week.
    evil.judges(|seen| (seen.method == http::Method::POST).then_some(Reply::Busy(604_800)));
    let follow = evil.activity("Follow", &eve, json!(stage.alice().uri().await));
    assert_eq!(stage.send_from(&evil, &follow).await.status, 202);
    eventually("eve was answered", || async { (!evil.posts().is_empty()).then_some(()) }).await;
    stage.server.forget();
    stage.alice().says("Hello, carol").await;
    stage.server.receives("Create").await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b50_a_server_that_does_not_answer_does_not_hold_up_the_work_for_others() {
    let stage = Stage::empty().await;
    let slow = Server::start("slow").await;
    let (bob, eve) = (stage.server.person("bob"), slow.person("eve"));
    slow.judges(|seen| seen.target.starts_with("/never/").then_some(Reply::Silence));
    for n in 0..5 {
        let objects: Vec<String> = (0..20).map(|m| slow.url(&format!("/never/{n}/{m}"))).collect();
        assert_eq!(stage.send_from(&slow, &slow.activity("Create", &eve, json!(objects))).await.status, 202);
    }
    let answer = stage.server.note(&bob, "/notes/answer", "Yes", json!({"inReplyTo": stage.post.uri}));
    stage.server.publish(&answer);
    stage.takes(&stage.server.activity("Create", &bob, answer["id"].clone())).await;
    eventually("what bob says is fetched", || async { stage.stored(&answer).await }).await;
    assert!(slow.gets().iter().filter(|t| t.starts_with("/never/")).count() <= 8, "and the slow one is left alone");
    stage.end().await;
}
