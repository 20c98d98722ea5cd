//! 40: both ways to sign, and which is used for whom.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use http::Method;
use model::clock::{Clock, DAY};
use serde_json::{Value, json};
use suite::fediverse::{Letter, Reply, Seen, Stage, Style, verified_key_id, verified_newer};
use suite::node::{eventually, test_keys};

static PEM: LazyLock<String> = LazyLock::new(|| test_keys().public_pem);

/// Bob, who follows alice; what was sent meanwhile is forgotten.
async fn followed() -> (Stage, Value) {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    stage.follows_alice(&bob).await;
    stage.node.idle().await;
    stage.server.forget();
    (stage, bob)
}

fn posts(stage: &Stage) -> Vec<Seen> {
    stage.server.seen().into_iter().filter(|s| s.method == Method::POST).collect()
}

/// Whether each POST was signed in the newer way, after alice said something.
async fn says(stage: &Stage) -> Vec<bool> {
    stage.server.forget();
    stage.alice().says("Hello").await;
    stage.node.idle().await;
    let posts = posts(stage);
    for seen in &posts {
        match seen.is_newer() {
            true => drop(verified_newer(seen, &stage.server.origin, &PEM)),
            false => drop(verified_key_id(seen, &PEM)),
        }
    }
    posts.iter().map(Seen::is_newer).collect()
}

/// Waits until the worker has given the host back: what it took last is this.
async fn remembers(stage: &Stage, scheme: &str) {
    eventually(&format!("the host is known to take {scheme}"), || async {
        let host = stage.node.node().store.read().await.unwrap().host(stage.server.host()).await.unwrap();
        host.filter(|host| host.scheme == scheme).map(drop)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b40_what_is_refused_in_one_scheme_is_sent_in_the_other_which_comes_first_from_then_on() {
    let (stage, _) = followed().await;
    remembers(&stage, "cavage").await;
    let newer_only = Arc::new(AtomicBool::new(true));
    for (status, newer, expected) in
        [(401, true, [false, true]), (400, false, [true, false]), (403, true, [false, true])]
    {
        newer_only.store(newer, Ordering::Relaxed);
        let wanted = Arc::clone(&newer_only);
        stage.server.judges(move |seen| {
            (seen.method == Method::POST && seen.is_newer() != wanted.load(Ordering::Relaxed))
                .then_some(Reply::Status(status))
        });
        assert_eq!(says(&stage).await, expected, "{status}");
        assert_eq!(says(&stage).await, [newer], "{status}: once known, one request is enough");
        remembers(&stage, if newer { "rfc9421" } else { "cavage" }).await;
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b40_who_takes_neither_is_asked_twice_and_nothing_is_learnt() {
    let (stage, _) = followed().await;
    stage.server.judges(|seen| (seen.method == Method::POST).then_some(Reply::Status(403)));
    assert_eq!(says(&stage).await, [false, true]);
    assert_eq!(says(&stage).await, [false, true]);
    remembers(&stage, "cavage").await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b40_a_challenge_is_answered_as_it_asks() {
    let (stage, _) = followed().await;
    let asked = r#"fresh=("@method" "@target-uri" "@authority" "content-digest");created;keyid;nonce="n-0nce""#;
    stage.server.judges(move |seen| {
        let answers = seen.header("signature-input").contains(r#"nonce="n-0nce""#);
        (seen.method == Method::POST && !answers).then(|| Reply::Challenge(asked.to_owned()))
    });
    assert_eq!(says(&stage).await, [false, true]);
    assert_eq!(says(&stage).await, [true, true], "each time anew");
    let (_, input) = verified_newer(&posts(&stage)[1], &stage.server.origin, &PEM);
    assert!(input.starts_with("fresh=(") && input.contains("\"@authority\""), "{input}");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b40_who_says_that_it_understands_the_newer_scheme_gets_it_first() {
    let stage = Stage::empty().await;
    let mut bob = stage.server.actor_at("/users/bob", "bob");
    let specification = "https://datatracker.ietf.org/doc/html/rfc9421";
    bob["generator"] = json!({"type": "Application", "implements": [{"href": specification, "name": "RFC-9421"}]});
    stage.server.publish(&bob);
    stage.server.finger("bob", bob["id"].as_str().unwrap());
    stage.follows_alice(&bob).await;
    stage.node.idle().await;
    assert_eq!(posts(&stage).iter().map(Seen::is_newer).collect::<Vec<_>>(), [true]);
    let ours = Letter::get(&stage.node, "/users/alice").send(&stage.node).await.json();
    assert_eq!(ours["generator"]["implements"][0]["href"], json!(specification), "and we say so, too");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b40_signed_gets_knock_twice_as_well() {
    let stage = Stage::empty().await;
    let (bob, carol) = (stage.server.person("bob"), stage.server.person("carol"));
    stage.server.judges(|seen| (seen.target.starts_with("/users/") && !seen.is_newer()).then_some(Reply::Status(401)));
    let federation = stage.node.federation();
    federation.find(bob["id"].as_str().unwrap()).await.unwrap();
    federation.find(carol["id"].as_str().unwrap()).await.unwrap();
    let asked: Vec<(String, bool)> = stage
        .server
        .seen()
        .iter()
        .filter(|s| s.target.starts_with("/users/"))
        .map(|s| (s.target.clone(), s.is_newer()))
        .collect();
    let (bob, carol) = ("/users/bob".to_owned(), "/users/carol".to_owned());
    assert_eq!(asked, [(bob.clone(), false), (bob, true), (carol, true)]);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b40_of_two_signatures_one_good_one_is_enough() {
    let (stage, bob) = followed().await;
    let key = bob["publicKey"]["id"].as_str().unwrap();
    let both = |like: &Value, newer: Option<(&str, &str)>| {
        let letter = Letter::post(&stage.node, "/inbox", like.to_string()).signed(key, Style::MASTODON);
        let older = format!("Signature {}", letter.header("signature"));
        let letter = letter.signed(key, Style::MASTODON_9421).with("authorization", &older);
        match newer {
            Some((name, value)) => letter.with(name, value),
            None => letter,
        }
    };
    let bent = r#"sig1=("@method" "@target-uri" "content-digest");created=1;keyid="https://elsewhere.example/key""#;
    for newer in [
        None,
        Some(("signature", "sig1=:AAAA:")),
        Some(("signature-input", "garbage")),
        Some(("signature-input", bent)),
    ] {
        let like = stage.server.activity("Like", &bob, json!(stage.post.uri));
        let answer = both(&like, newer).send(&stage.node).await;
        assert_eq!((answer.status, stage.post_now().await.favourites_count), (202, 1), "{newer:?}: {answer:?}");
        stage.takes(&stage.server.activity("Undo", &bob, like)).await;
    }
    // The key of the first cannot be had just now.
    stage.server.serve("/busy", Reply::Status(500));
    let like = stage.server.activity("Like", &bob, json!(stage.post.uri));
    let letter = Letter::post(&stage.node, "/inbox", like.to_string()).signed(key, Style::MASTODON);
    let older = format!("Signature {}", letter.header("signature"));
    let letter = letter.signed(&stage.server.url("/busy#main-key"), Style::MASTODON_9421);
    let answer = letter.with("authorization", &older).send(&stage.node).await;
    assert_eq!((answer.status, stage.post_now().await.favourites_count), (202, 1), "{answer:?}");
    stage.takes(&stage.server.activity("Undo", &bob, like)).await;

    let like = stage.server.activity("Like", &bob, json!(stage.post.uri));
    let neither = both(&like, Some(("signature", "sig1=:AAAA:"))).with("authorization", "Signature garbage");
    assert_eq!(neither.send(&stage.node).await.status, 401);
    let old = Letter::post_at(&stage.node, "/inbox", like.to_string(), Clock::System.now() - 9_000_000);
    let old = old.signed(key, Style::MASTODON);
    let older = format!("Signature {}", old.header("signature"));
    let neither = old.signed(key, Style::MASTODON_9421).with("signature", "sig1=:AAAA:").with("authorization", &older);
    assert_eq!(neither.send(&stage.node).await.status, 401);
    assert_eq!(stage.post_now().await.favourites_count, 0);
    let read = stage.server.gets().iter().filter(|get| *get == "/users/bob").count();
    assert!(read <= 1, "the key may be read again once");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deed_that_cannot_be_told_holds_nothing_up_and_is_given_up_in_the_end() {
    let (stage, _) = followed().await;
    let node = stage.node.node();
    let (host, inbox) = (stage.server.host(), stage.server.url("/inbox"));
    let mut tx = node.store.begin().await.unwrap();
    for (id, kind, attempts) in [(1, "juggle", 0), (2, "create", 8)] {
        // A kind that this version does not know, and somebody's who has no key.
        let deed = storage::Deed {
            id,
            kind: kind.to_owned(),
            account_id: stage.post.account_id,
            subject_id: None,
            data: if id == 1 { "{}" } else { "no JSON" }.to_owned(),
            document: None,
            created_at: node.now(),
        };
        tx.insert_deed(&deed).await.unwrap();
        tx.deliver_to_inbox(id, host, &inbox, 0).await.unwrap();
        tx.postpone_delivery(host, id, &inbox, attempts, 0).await.unwrap();
        tx.wake_hosts(id, node.now()).await.unwrap();
    }
    node.commit(tx).await.unwrap();
    stage.alice().says("Hello").await;
    stage.server.receives("Create").await;
    let left = eventually("only the one that may work later is left", || async {
        let left = node.store.read().await.unwrap().deliveries_of_host(host, 9).await.unwrap();
        (left.len() == 1).then_some(left)
    })
    .await;
    assert_eq!((left[0].deed_id, left[0].attempts), (1, 1));
    stage.server.forget();
    stage.alice().says("Hello again").await;
    stage.server.receives("Create").await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_inboxes_that_fail_do_not_keep_a_server_from_hearing_what_is_new() {
    let (stage, _) = followed().await;
    let node = stage.node.node();
    let host = stage.server.host();
    let mut tx = node.store.begin().await.unwrap();
    let deed = storage::Deed {
        id: 1,
        kind: "create".to_owned(),
        account_id: stage.post.account_id,
        subject_id: Some(stage.post.id),
        data: "{}".to_owned(),
        document: None,
        created_at: node.now(),
    };
    tx.insert_deed(&deed).await.unwrap();
    for n in 0..=storage::LOOK {
        let inbox = stage.server.url(&format!("/users/{n}/inbox"));
        tx.deliver_to_inbox(1, host, &inbox, 0).await.unwrap();
        tx.postpone_delivery(host, 1, &inbox, 4, node.now() + DAY).await.unwrap();
    }
    node.commit(tx).await.unwrap();
    stage.alice().says("Hello").await;
    stage.server.receives("Create").await;
    stage.end().await;
}
