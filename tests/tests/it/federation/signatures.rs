//! 39: signatures at the door. Every good form is taken; every way to bend one is refused, and costs nobody a request.

use model::clock::{Clock, HOUR, MINUTE};
use serde_json::{Value, json};
use suite::fediverse::{Answer, Letter, Reply, Server, Stage, Style};
use suite::node::test_keys;

/// A favourite of alice's post by bob, whom the node has met already.
struct Scene {
    stage: Stage,
    bob: Value,
    key: String,
}

const NAMES: [&str; 5] = ["(request-target)", "host", "date", "digest", "content-type"];
const REST: &str = r#"algorithm="rsa-sha256",headers="(request-target) host date digest content-type""#;

impl Scene {
    async fn set() -> Self {
        let stage = Stage::empty().await;
        let bob = stage.server.person("bob");
        stage.follows_alice(&bob).await;
        stage.node.idle().await;
        stage.server.forget();
        let key = bob["publicKey"]["id"].as_str().unwrap().to_owned();
        Self { stage, bob, key }
    }

    fn like(&self) -> Value {
        self.stage.server.activity("Like", &self.bob, json!(self.stage.post.uri))
    }

    fn letter(&self) -> Letter {
        Letter::post(&self.stage.node, "/inbox", self.like().to_string())
    }

    fn signed(&self, letter: Letter) -> Letter {
        letter.cavage(&self.key, REST, &NAMES, "")
    }

    async fn favourites(&self) -> i64 {
        self.stage.post_now().await.favourites_count
    }

    async fn refused(&self, what: &str, letter: Letter) -> Answer {
        let answer = letter.send(&self.stage.node).await;
        assert!([400, 401, 403].contains(&answer.status), "{what}: {answer:?}");
        assert_eq!(self.favourites().await, 0, "{what}");
        answer
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b39_every_good_form_is_taken() {
    let styles = [
        "mastodon",
        "gotosocial",
        "misskey",
        "pleroma",
        "pixelfed",
        "peertube",
        "lemmy",
        "wordpress",
        "friendica",
        "mitra",
        "fedify",
    ]
    .map(Style::of);
    let scene = Scene::set().await;
    let alice = "/users/alice/inbox";
    for style in styles.into_iter().chain([Style::Created, Style::MASTODON_9421]) {
        for target in ["/inbox", alice, "/inbox?x=1&y=%2F"] {
            let like = scene.like();
            let answer = Letter::post(&scene.stage.node, target, like.to_string())
                .signed(&scene.key, style)
                .send(&scene.stage.node)
                .await;
            assert_eq!(answer.status, 202, "{style:?} {target}: {answer:?}");
            assert_eq!(scene.favourites().await, 1, "{style:?} {target}");
            scene.stage.takes(&scene.stage.server.activity("Undo", &scene.bob, like)).await;
        }
    }
    // Old senders leave the query out of what they sign.
    let mut letter = scene.signed(scene.letter());
    letter.target = "/inbox?x=1".to_owned();
    assert_eq!(letter.send(&scene.stage.node).await.status, 202);
    // Somebody whose clock is wrong by half an hour.
    for by in [-30 * MINUTE, 30 * MINUTE] {
        let letter = Letter::post_at(&scene.stage.node, "/inbox", scene.like().to_string(), Clock::System.now() + by);
        assert_eq!(scene.signed(letter).send(&scene.stage.node).await.status, 202);
    }
    // In the other header.
    let letter = scene.signed(scene.letter());
    let value = format!("Signature {}", letter.header("signature"));
    assert_eq!(letter.without("signature").with("authorization", &value).send(&scene.stage.node).await.status, 202);
    assert!(scene.stage.server.gets().is_empty(), "the key was known");
    scene.stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s10_what_is_bent_is_refused() {
    let scene = Scene::set().await;
    let good = || scene.signed(scene.letter());
    let digest_of = |body: &str| Letter::post(&scene.stage.node, "/inbox", body).header("digest").to_owned();
    let mut altered = good();
    altered.body = scene.like().to_string().into_bytes();
    scene.refused("altered body", altered.clone().with("content-length", &altered.body.len().to_string())).await;
    let text = String::from_utf8(altered.body.clone()).unwrap();
    scene.refused("altered body and digest", altered.with("digest", &digest_of(&text)).without("content-length")).await;
    scene.refused("no digest", good().without("digest")).await;
    let bare: Vec<&str> = NAMES.into_iter().filter(|n| *n != "digest").collect();
    let rest = format!(r#"algorithm="rsa-sha256",headers="{}""#, bare.join(" "));
    scene.refused("digest not signed", scene.letter().cavage(&scene.key, &rest, &bare, "")).await;
    for absent in ["(request-target)", "host", "date"] {
        let names: Vec<&str> = NAMES.into_iter().filter(|n| *n != absent).collect();
        let rest = format!(r#"algorithm="rsa-sha256",headers="{}""#, names.join(" "));
        scene.refused(&format!("{absent} not signed"), scene.letter().cavage(&scene.key, &rest, &names, "")).await;
    }
    scene
        .refused("digest alone signed", scene.letter().cavage(&scene.key, r#"headers="digest""#, &["digest"], ""))
        .await;
    scene.refused("weak digest", scene.signed(scene.letter().with("digest", "MD5=Sd/dVLAcvNLSq16eXua5uQ=="))).await;
    let twice = format!("{0},{0}", scene.letter().header("digest"));
    scene.refused("two digests", scene.signed(scene.letter().with("digest", &twice))).await;

    for (what, by) in [("stale", -HOUR - 6 * MINUTE), ("of the future", HOUR + MINUTE)] {
        let letter = Letter::post_at(&scene.stage.node, "/inbox", scene.like().to_string(), Clock::System.now() + by);
        scene.refused(what, scene.signed(letter)).await;
    }
    scene.refused("no date at all", scene.signed(scene.letter().with("date", "yesterday"))).await;
    scene.refused("for another server", scene.signed(scene.letter().with("host", "other.example"))).await;
    scene.refused("replayed to another server", good().with("host", "other.example")).await;
    let mut elsewhere = good();
    elsewhere.target = "/users/alice/inbox".to_owned();
    scene.refused("for another inbox", elsewhere).await;
    scene.refused("two hosts", good().and("host", "other.example")).await;
    scene.refused("two dates", good().and("date", "Tue, 20 Apr 2021 02:07:55 GMT")).await;

    let header = |change: &dyn Fn(&str) -> String| {
        let letter = good();
        let bent = change(letter.header("signature"));
        letter.with("signature", &bent)
    };
    scene.refused("keyId twice", header(&|h| format!(r#"{h},keyId="{}x""#, scene.key))).await;
    scene.refused("signature twice", header(&|h| format!(r#"{h},signature="AAAA""#))).await;
    scene.refused("headers twice", header(&|h| format!(r#"headers="date",{h}"#))).await;
    scene.refused("a name signed twice", header(&|h| h.replace("headers=\"", "headers=\"date "))).await;
    scene.refused("another algorithm", header(&|h| h.replace("rsa-sha256", "hmac-sha256"))).await;
    scene
        .refused(
            "an empty signature",
            header(&|h| format!("{}signature=\"\"", h.split("signature=\"").next().unwrap())),
        )
        .await;
    scene
        .refused(
            "somebody's random bytes",
            header(&|h| format!("{}signature=\"AAAA\"", h.split("signature=\"").next().unwrap())),
        )
        .await;
    scene.refused("no key", header(&|h| h.replace(&format!("keyId=\"{}\",", scene.key), ""))).await;
    scene.refused("two signatures", good().and("signature", good().header("signature"))).await;
    assert_eq!(scene.refused("none at all", scene.letter()).await.status, 401);
    scene.stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s10_what_is_bent_in_rfc_9421_is_refused_as_well() {
    let scene = Scene::set().await;
    let now = Clock::System.now() / 1000;
    let all = ["@method", "@target-uri", "content-digest"];
    let good = || scene.letter().rfc9421(&scene.key, &all, now);
    let mut altered = good();
    altered.body = scene.like().to_string().into_bytes();
    scene.refused("altered body", altered.without("content-length")).await;
    scene.refused("no digest", good().without("content-digest")).await;
    for absent in all {
        let components: Vec<&str> = all.into_iter().filter(|c| *c != absent).collect();
        scene.refused(&format!("{absent} not covered"), scene.letter().rfc9421(&scene.key, &components, now)).await;
    }
    scene.refused("stale", scene.letter().rfc9421(&scene.key, &all, now - 3_600 - 360)).await;
    scene.refused("of the future", scene.letter().rfc9421(&scene.key, &all, now + 3_660)).await;
    scene.refused("for another server", good().with("host", "other.example")).await;
    let bent = |from: &str, to: &str| {
        let letter = good();
        let input = letter.header("signature-input").replace(from, to);
        letter.with("signature-input", &input)
    };
    scene.refused("no time", bent(&format!(";created={now}"), "")).await;
    scene.refused("another algorithm", bent("rsa-v1_5-sha256", "hmac-sha256")).await;
    scene.refused("two signatures", good().and("signature-input", good().header("signature-input"))).await;
    scene.refused("a component twice", bent("(\"@method\"", "(\"@method\" \"@method\"")).await;
    scene.stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s03_a_good_signature_of_somebody_else_gives_no_right() {
    let scene = Scene::set().await;
    let eve = scene.stage.server.person("eve");
    let letter = scene.letter().signed(eve["publicKey"]["id"].as_str().unwrap(), Style::MASTODON);
    letter.send(&scene.stage.node).await;
    scene.stage.node.idle().await;
    assert_eq!(scene.favourites().await, 0, "the key's owner is not the actor");

    // A document that says that bob's key is hers.
    let mut thief = scene.stage.server.actor_at("/users/thief", "thief");
    thief["publicKey"] = json!({"id": scene.key, "owner": thief["id"], "publicKeyPem": test_keys().public_pem});
    scene.stage.server.publish(&thief);
    scene.stage.server.finger("thief", thief["id"].as_str().unwrap());
    scene.stage.node.federation().find(thief["id"].as_str().unwrap()).await.unwrap();
    let mut like = scene.like();
    like["actor"] = thief["id"].clone();
    Letter::post(&scene.stage.node, "/inbox", like.to_string())
        .signed(&scene.key, Style::MASTODON)
        .send(&scene.stage.node)
        .await;
    assert_eq!(scene.favourites().await, 0, "the key is still bob's");
    scene.stage.takes(&scene.like()).await;
    assert_eq!(scene.favourites().await, 1, "and bob can still use it");
    scene.stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b08_a_key_and_its_owner_must_name_each_other() {
    let scene = Scene::set().await;
    let other = Server::start("other").await;
    let pem = test_keys().public_pem;
    let bare = json!({"@context": "https://w3id.org/security/v1", "id": other.url("/keys/1"), "owner": scene.bob["id"], "publicKeyPem": pem});
    other.publish(&bare);
    let by = |key: &Value| {
        Letter::post(&scene.stage.node, "/inbox", scene.like().to_string())
            .signed(key["id"].as_str().unwrap(), Style::MASTODON)
    };
    assert_eq!(scene.refused("bob names no such key", by(&bare)).await.status, 401);

    let carol = scene.stage.server.actor_at("/users/carol", "carol");
    let key = json!({"@context": "https://w3id.org/security/v1", "id": scene.stage.server.url("/keys/2"), "owner": carol["id"], "publicKeyPem": pem});
    let mut carol = carol;
    carol["publicKey"]["id"] = key["id"].clone();
    scene.stage.server.publish(&key);
    scene.stage.server.publish(&carol);
    scene.stage.server.finger("carol", carol["id"].as_str().unwrap());
    let like = scene.stage.server.activity("Like", &carol, json!(scene.stage.post.uri));
    let letter = Letter::post(&scene.stage.node, "/inbox", like.to_string())
        .signed(key["id"].as_str().unwrap(), Style::MASTODON);
    let answer = letter.send(&scene.stage.node).await;
    assert_eq!((answer.status, scene.favourites().await), (202, 1), "a key of its own, which both name: {answer:?}");
    scene.stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b39_the_same_activity_counts_once_however_often_it_comes() {
    let scene = Scene::set().await;
    let like = scene.like();
    let letter = scene.signed(Letter::post(&scene.stage.node, "/inbox", like.to_string()));
    assert_eq!(letter.clone().send(&scene.stage.node).await.status, 202);
    scene.stage.takes(&scene.stage.server.activity("Undo", &scene.bob, like)).await;
    assert_eq!(letter.send(&scene.stage.node).await.status, 202);
    assert_eq!(scene.favourites().await, 0, "a replay brings nothing back");
    scene.stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b39_garbage_costs_nobody_a_request() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    let like = stage.server.activity("Like", &bob, json!(stage.post.uri));
    let letter = || Letter::post(&stage.node, "/inbox", like.to_string());
    let key = bob["publicKey"]["id"].as_str().unwrap();
    let cheap = [
        letter(),
        letter().with("signature", "garbage"),
        letter().with("signature", &format!(r#"keyId="{key}",headers="date",signature="AAAA""#)),
        letter().with("signature-input", "garbage").with("signature", "garbage"),
        letter().signed(key, Style::MASTODON).with("digest", "SHA-256=AAAA"),
        letter().with("date", "Tue, 20 Apr 2021 02:07:55 GMT").signed(key, Style::MASTODON),
        letter().signed("not a url", Style::MASTODON),
        letter().signed("ftp://127.0.0.1/key", Style::MASTODON),
        letter().signed(&format!("{}/users/alice#main-key", stage.node.origin), Style::MASTODON),
        letter().signed(&format!("{}/users/alice#main-key", stage.node.origin.to_uppercase()), Style::MASTODON),
    ];
    for letter in cheap {
        let answer = letter.clone().send(&stage.node).await;
        assert!([400, 401, 403].contains(&answer.status), "{letter:?}: {answer:?}");
    }
    assert_eq!(stage.server.connections(), 0);
    assert_eq!(stage.post_now().await.favourites_count, 0);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b50_a_key_whose_server_is_down_is_waited_for_and_one_that_is_not_there_is_not() {
    for (mood, status) in [
        (Reply::Status(500), 503),
        (Reply::Busy(120), 503),
        (Reply::Status(429), 503),
        (Reply::Status(404), 401),
        (Reply::Status(410), 401),
        (Reply::html("<p>What?</p>"), 401),
    ] {
        let stage = Stage::empty().await;
        let bob = stage.server.person("bob");
        stage.server.answers(Some(mood.clone()));
        for time in ["first", "second"] {
            let answer = stage.send(&stage.server.activity("Like", &bob, json!(stage.post.uri))).await;
            assert_eq!(answer.status, status, "{mood:?}, the {time} time: {answer:?}");
            if status == 503 {
                assert!(!answer.header("retry-after").is_empty(), "{answer:?}");
            }
        }
        assert_eq!(stage.server.gets().len(), 1, "{mood:?}: it was asked once");
        stage.end().await;
    }
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    let like = stage.server.activity("Like", &bob, json!(stage.post.uri));
    let letter = stage.letter("/inbox", &like);
    let Stage { node, server, .. } = stage;
    drop(server);
    assert_eq!(letter.send(&node).await.status, 503, "nobody listens there any more");
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b41_a_changed_key_is_read_again_once() {
    let scene = Scene::set().await;
    let mut tx = scene.stage.node.node().store.begin().await.unwrap();
    let account = tx.account_by_uri(scene.bob["id"].as_str().unwrap()).await.unwrap().unwrap();
    let mut key = tx.key(&scene.key).await.unwrap().unwrap();
    assert_eq!(key.account_id, account.id);
    key.public_pem =
        tokio::task::spawn_blocking(federation::signature::generate_key).await.unwrap().unwrap().public_pem;
    tx.put_key(&key).await.unwrap();
    scene.stage.node.node().commit(tx).await.unwrap();
    // Another process of the node has only the database.
    let federation = federation::Federation::start(federation::Setup {
        node: std::sync::Arc::clone(scene.stage.node.node()),
        client: scene.stage.node.federation().client.clone(),
    })
    .await
    .unwrap();
    let letter = scene.signed(scene.letter());
    let receive = |letter: Letter| {
        let federation = federation.clone();
        async move {
            let mut headers = http::HeaderMap::new();
            for (name, value) in &letter.headers {
                headers.insert(http::HeaderName::try_from(name).unwrap(), value.parse().unwrap());
            }
            let delivered =
                federation::inbox::Delivered { target: &letter.target, headers: &headers, body: &letter.body };
            federation.receive(&delivered).await
        }
    };
    receive(letter).await.unwrap();
    assert_eq!(scene.favourites().await, 1, "read again, and good");
    let asked = scene.stage.server.gets().len();
    assert!(asked > 0);
    for _ in 0..3 {
        let letter = scene.signed(scene.letter());
        let bent = letter.header("signature").replace("signature=\"", "signature=\"AAAA");
        receive(letter.with("signature", &bent)).await.unwrap_err();
    }
    assert_eq!(scene.stage.server.gets().len(), asked, "not for every bad signature");
    scene.stage.end().await;
}
