//! The outgoing client against servers that behave, misbehave, and lure it to where it must not go.

#![expect(clippy::unwrap_used, reason = "the helpers of a test stand outside its functions")]

mod server;
mod tls;

use std::collections::VecDeque;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use bytes::Bytes;
use federation::client::{AddressPolicy, Budget, Client, ClientConfig, FetchError, Lookup, Timeouts};
use federation::signature::{PrivateKey, PublicKey, Request, Scheme, Signer, claims, generate_key};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use node::accounts::KeyPair;
use server::{Reply, Seen, Server, answer, ok, redirect};
use url::Url;

const ACTIVITY: &str = "application/activity+json";
const NOW: i64 = 1_795_000_000_000;

static PAIR: LazyLock<KeyPair> = LazyLock::new(|| generate_key().unwrap());
static SIGNER: LazyLock<Signer> = LazyLock::new(|| Signer {
    key_id: "https://a.example/actor#main-key".to_owned(),
    key: PrivateKey::from_pem(&PAIR.private_pem).unwrap(),
});

fn config(allowed: &[&str]) -> ClientConfig {
    let mut config = ClientConfig::new("Outloud/test (+https://a.example/)".to_owned());
    config.policy = AddressPolicy { allowed_private: allowed.iter().map(|text| text.parse().unwrap()).collect() };
    config
}

/// A client that may reach loopback over IPv4.
fn client() -> Client {
    Client::new(config(&["127.0.0.0/8"])).unwrap()
}

/// One whose patience is measured in milliseconds.
fn impatient() -> Client {
    let mut config = config(&["127.0.0.0/8"]);
    let short = Duration::from_millis(150);
    config.timeouts = Timeouts { connect: short, headers: short, total: short * 2 };
    Client::new(config).unwrap()
}

async fn document(client: &Client, url: &Url) -> Result<serde_json::Value, FetchError> {
    client.get_document(url, None, &Budget::new(20), NOW).await.map(|document| document.json)
}

/// The id a document must have to be believed when it is served on this path.
fn with_id(seen: &Seen) -> String {
    format!(r#"{{"id":"http://{}{}"}}"#, seen.headers["host"].to_str().unwrap(), seen.target)
}

/// Whether what the server saw carries a valid signature of ours for itself.
fn is_signed(seen: &Seen) -> bool {
    let authorities = [seen.headers["host"].to_str().unwrap().to_owned()];
    let request = Request {
        method: &seen.method.parse().unwrap(),
        target: &seen.target,
        headers: &seen.headers,
        scheme: "http",
        authorities: &authorities,
    };
    let key = PublicKey::from_pem(&PAIR.public_pem).unwrap();
    claims(&seen.headers).is_ok_and(|claims| claims[0].verify(&request, &seen.body, &key, NOW).is_ok())
}

#[tokio::test]
async fn a_document_is_asked_for_with_signature_type_and_name() {
    let server = Server::start(|seen| ok("application/activity+json; charset=utf-8", &with_id(seen))).await;
    let url = server.url("/users/bob?x=y#main-key");
    let found = client().get_document(&url, Some(&SIGNER), &Budget::new(1), NOW).await.unwrap();
    assert_eq!(found.final_url, server.url("/users/bob?x=y"));
    assert_eq!(found.json["id"], found.final_url.as_str());
    let seen = &server.seen()[0];
    assert!(is_signed(seen));
    assert_eq!(
        seen.headers["accept"],
        "application/activity+json, application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\""
    );
    assert_eq!(seen.headers["user-agent"], "Outloud/test (+https://a.example/)");
}

#[tokio::test]
async fn s05_only_activity_types_are_taken_for_documents() {
    let server = Server::start(|seen| match seen.target.as_str() {
        "/none" => answer("200 OK", "", &with_id(seen)),
        "/two" => {
            answer("200 OK", "content-type: application/activity+json\r\ncontent-type: text/html\r\n", &with_id(seen))
        }
        "/html" => ok("text/html", &with_id(seen)),
        "/json" => ok("application/json", &with_id(seen)),
        "/bare" => ok("application/ld+json", &with_id(seen)),
        _ => ok("application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"", &with_id(seen)),
    })
    .await;
    assert!(document(&client(), &server.url("/good")).await.is_ok());
    for path in ["/none", "/two", "/html", "/json", "/bare"] {
        let error = document(&client(), &server.url(path)).await.unwrap_err();
        assert!(matches!(error, FetchError::BadContentType(_)), "{path}: {error}");
        assert!(!error.is_temporary());
    }
}

#[tokio::test]
async fn s04_a_document_with_another_id_is_fetched_from_there_once_or_refused() {
    let other = Server::start(|seen| ok(ACTIVITY, &with_id(seen))).await;
    let elsewhere = other.url("/object");
    let server = Server::start(move |seen| {
        let here = |path: &str| format!(r#"{{"id":"http://{}{path}"}}"#, seen.headers["host"].to_str().unwrap());
        match seen.target.as_str() {
            "/moved" => ok(ACTIVITY, &here("/real")),
            "/liar" => ok(ACTIVITY, &here("/moved")),
            "/foreign" => ok(ACTIVITY, &format!(r#"{{"id":"{elsewhere}"}}"#)),
            "/anonymous" => ok(ACTIVITY, "{}"),
            "/numeric" => ok(ACTIVITY, r#"{"id":5}"#),
            "/list" => ok(ACTIVITY, "[]"),
            "/key" => ok(ACTIVITY, &here("/key#main-key")),
            _ => ok(ACTIVITY, &with_id(seen)),
        }
    })
    .await;
    let real = server.url("/real");
    assert_eq!(document(&client(), &server.url("/moved")).await.unwrap()["id"], real.as_str());
    assert!(document(&client(), &server.url("/key")).await.is_ok());
    for path in ["/liar", "/foreign", "/anonymous", "/numeric", "/list"] {
        let error = document(&client(), &server.url(path)).await.unwrap_err();
        assert!(matches!(error, FetchError::IdMismatch { .. }), "{path}: {error}");
    }
    assert!(other.seen().is_empty(), "a foreign id is not followed");
    let page = client().get_collection_page(&server.url("/anonymous"), None, &Budget::new(1), NOW).await;
    assert!(page.is_ok());
}

#[tokio::test]
async fn each_status_has_its_own_error() {
    let server = Server::start(|seen| answer(&format!("{} X", &seen.target[1..]), "", "{}")).await;
    for (status, expected, temporary) in [
        (410, FetchError::Gone, false),
        (404, FetchError::NotFound, false),
        (401, FetchError::Unauthorised(401), false),
        (403, FetchError::Unauthorised(403), false),
        (400, FetchError::Status(400), false),
        (304, FetchError::Status(304), false),
        (302, FetchError::Status(302), false),
        (429, FetchError::Status(429), true),
        (500, FetchError::Status(500), true),
        (503, FetchError::Status(503), true),
    ] {
        let error = document(&client(), &server.url(&format!("/{status}"))).await.unwrap_err();
        assert_eq!(error.is_temporary(), temporary, "{status}");
        assert_eq!(error, expected);
    }
}

#[tokio::test]
async fn s16_three_redirects_are_followed_each_signed_anew_and_no_fourth() {
    let server = Server::start(|seen| match seen.target[1..].parse::<u32>() {
        Ok(0) => ok(ACTIVITY, &with_id(seen)),
        Ok(left) => redirect(&format!("/{}", left - 1)),
        Err(_) => answer("404 X", "", ""),
    })
    .await;
    let found = client().get_document(&server.url("/3"), Some(&SIGNER), &Budget::new(4), NOW).await.unwrap();
    assert_eq!(found.final_url, server.url("/0"));
    let seen = server.seen();
    assert_eq!(seen.len(), 4);
    assert!(seen.iter().all(is_signed));
    assert_eq!(document(&client(), &server.url("/4")).await, Err(FetchError::TooManyRedirects));
    assert_eq!(server.seen().len(), 8);
}

#[tokio::test]
async fn s16_a_redirect_in_a_circle_ends_where_it_closes() {
    let server = Server::start(|seen| redirect(if seen.target == "/a" { "/b#x" } else { "/a" })).await;
    assert_eq!(document(&client(), &server.url("/a")).await, Err(FetchError::TooManyRedirects));
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn s14_a_redirect_cannot_lead_to_a_forbidden_place() {
    let server = Server::start(|seen| {
        let (_, target) = seen.target.split_once("?to=").unwrap();
        redirect(target)
    })
    .await;
    let to = async |target: &str| document(&client(), &server.url(&format!("/?to={target}"))).await.unwrap_err();
    for target in [
        "http://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "http://[::1]:1/",
        "https://[::ffff:10.0.0.1]/",
        "http://0.0.0.0/",
        "https://0x0a000001/",
        "//192.168.0.1/",
    ] {
        let error = to(target).await;
        assert!(matches!(error, FetchError::RefusedAddress(_)), "{target}: {error}");
        assert!(!error.is_temporary());
    }
    for target in
        ["ftp://127.0.0.1/", "file:///etc/passwd", "data:application/activity+json,{}", "http://a:b@127.0.0.1/"]
    {
        assert!(matches!(to(target).await, FetchError::RefusedUrl(_)), "{target}");
    }
}

#[tokio::test]
async fn s13_private_addresses_are_refused_however_they_are_written() {
    let client = Client::new(config(&[])).unwrap();
    let fetch = async |url: &str| client.get_bytes(&url.parse().unwrap(), 10).await.unwrap_err();
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "017700000001",
        "0x7f.0.0.1",
        "0.0.0.0",
        "0",
        "[::]",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "１２７.0.0.1",
        "localhost",
        "peer.localhost",
        "LOCALHOST.",
    ] {
        let error = fetch(&format!("https://{host}/")).await;
        assert!(matches!(error, FetchError::RefusedAddress(_)), "{host}: {error}");
        assert!(!error.is_temporary());
        for url in [format!("http://{host}/"), format!("https://{host}:8443/")] {
            let error = fetch(&url).await;
            assert!(matches!(error, FetchError::RefusedAddress(_) | FetchError::RefusedUrl(_)), "{url}: {error}");
        }
    }
    for url in ["http://peer.example/", "https://peer.example:8443/", "https://a@peer.example/", "ws://peer.example/"] {
        assert!(matches!(fetch(url).await, FetchError::RefusedUrl(_)), "{url}");
    }
}

/// A name server that gives one answer after the other.
struct Scripted(Mutex<VecDeque<IpAddr>>);

impl Lookup for Scripted {
    fn lookup(&self, _: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let next = self.0.lock().unwrap().pop_front();
        async move { Ok(next.into_iter().collect()) }.boxed()
    }
}

fn scripted(allowed: &[&str], answers: &[&str]) -> Client {
    let answers = answers.iter().map(|text| text.parse().unwrap()).collect();
    Client::new(ClientConfig { lookup: Arc::new(Scripted(Mutex::new(answers))), ..config(allowed) }).unwrap()
}

#[tokio::test]
async fn s15_a_name_is_judged_by_the_address_it_has_when_we_connect() {
    let server = Server::start(|_| ok("text/plain", "secret")).await;
    let url: Url = format!("http://rebinding.example:{}/", server.port).parse().unwrap();
    // The first answer is in the allowed network, the second, for the next connection, is not.
    let client = scripted(&["127.0.0.1/32"], &["127.0.0.1", "127.0.0.2", "1.1.1.1"]);
    assert_eq!(client.get_bytes(&url, 10).await.unwrap().bytes, "secret");
    for answer in ["127.0.0.2", "1.1.1.1"] {
        let refused = FetchError::RefusedAddress("rebinding.example".to_owned());
        assert_eq!(client.get_bytes(&url, 10).await.unwrap_err(), refused, "{answer}");
    }
    let gone = client.get_bytes(&url, 10).await.unwrap_err();
    assert!(matches!(gone, FetchError::Connect(_)) && gone.is_temporary());
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn b50_a_body_without_end_is_cut_off() {
    let server = Server::start(|seen| match seen.target.as_str() {
        "/declared" => {
            Reply::Endless(b"HTTP/1.1 200 X\r\ncontent-type: text/plain\r\ncontent-length: 99999\r\n\r\n".to_vec())
        }
        "/exact" => ok("text/plain", &"x".repeat(10_000)),
        _ => Reply::Endless(b"HTTP/1.1 200 X\r\ncontent-type: application/activity+json\r\n\r\n".to_vec()),
    })
    .await;
    let client = client();
    assert_eq!(client.get_bytes(&server.url("/exact"), 10_000).await.unwrap().bytes.len(), 10_000);
    for path in ["/exact", "/declared", "/endless"] {
        assert_eq!(client.get_bytes(&server.url(path), 9_999).await.unwrap_err(), FetchError::TooLarge, "{path}");
    }
    assert_eq!(document(&client, &server.url("/endless")).await, Err(FetchError::TooLarge));
}

#[tokio::test]
async fn s17_b50_a_server_that_dawdles_is_left() {
    let server = Server::start(|seen| match seen.target.as_str() {
        "/silent" => Reply::Silence,
        "/headers" => Reply::Dripping(b"HTTP/1.1 200 X\r\nx: ".to_vec()),
        _ => Reply::Dripping(b"HTTP/1.1 200 X\r\ncontent-type: application/activity+json\r\n\r\n".to_vec()),
    })
    .await;
    for path in ["/silent", "/headers", "/body"] {
        let error = document(&impatient(), &server.url(path)).await.unwrap_err();
        assert_eq!(error, FetchError::Timeout, "{path}");
        assert!(error.is_temporary());
    }
    let delivery =
        impatient().post_activity(&server.url("/silent"), Bytes::new(), None, &SIGNER, Scheme::Cavage, NOW).await;
    assert_eq!(delivery, Err(FetchError::Timeout));
}

#[tokio::test]
async fn a_broken_connection_is_temporary() {
    let server = Server::start(|seen| match seen.target.as_str() {
        "/half" => Reply::Whole(b"HTTP/1.1 200 X\r\ncontent-type: text/plain\r\ncontent-length: 9\r\n\r\nabc".to_vec()),
        _ => Reply::Whole(Vec::new()),
    })
    .await;
    for path in ["/half", "/nothing"] {
        let error = client().get_bytes(&server.url(path), 100).await.unwrap_err();
        assert!(matches!(error, FetchError::Connect(_)) && error.is_temporary(), "{path}: {error}");
    }
    let closed = server.url("/");
    drop(server);
    let error = client().get_bytes(&closed, 100).await.unwrap_err();
    assert!(matches!(error, FetchError::Connect(_)) && error.is_temporary(), "{error}");
}

#[tokio::test]
async fn s18_a_budget_is_shared_and_counts_every_request() {
    let server = Server::start(|seen| match seen.target.as_str() {
        "/hop" => redirect("/end"),
        _ => ok(ACTIVITY, &with_id(seen)),
    })
    .await;
    let (client, budget) = (client(), Budget::new(3));
    let shared = budget.clone();
    client.get_document(&server.url("/hop"), None, &shared, NOW).await.unwrap();
    assert_eq!(budget.left(), 1);
    let error = client.get_document(&server.url("/hop"), None, &budget, NOW).await.unwrap_err();
    assert_eq!(error, FetchError::BudgetExhausted);
    let error = client.get_json(&server.url("/end"), "application/json", &budget).await.unwrap_err();
    assert_eq!(error, FetchError::BudgetExhausted);
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn json_is_read_to_a_bounded_depth() {
    let server = Server::start(|seen| {
        let depth = seen.target[1..].parse().unwrap_or(0);
        ok("application/jrd+json", &("[".repeat(depth) + &"]".repeat(depth)))
    })
    .await;
    let get = async |path: &str| client().get_json(&server.url(path), "application/jrd+json", &Budget::new(1)).await;
    assert!(get("/100").await.is_ok());
    assert_eq!(server.seen()[0].headers["accept"], "application/jrd+json");
    for path in ["/200", "/100000", "/empty"] {
        assert_eq!(get(path).await.unwrap_err(), FetchError::BadJson, "{path}");
    }
}

#[tokio::test]
async fn text_and_bytes_come_with_the_type_they_claim() {
    let server = Server::start(|_| {
        let mut reply = b"HTTP/1.1 200 X\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n".to_vec();
        reply.extend_from_slice(b"a\xffb");
        Reply::Whole(reply)
    })
    .await;
    let text = client().get_text(&server.url("/"), "text/html", 100, &Budget::new(1)).await.unwrap();
    assert_eq!((text.content_type.as_str(), text.text.as_str()), ("text/html", "a\u{fffd}b"));
    let blob = client().get_bytes(&server.url("/"), 100).await.unwrap();
    assert_eq!((blob.content_type.as_str(), &blob.bytes[..]), ("text/html", &b"a\xffb"[..]));
    let json = client().get_json(&server.url("/"), "application/json", &Budget::new(1)).await;
    assert_eq!(json.unwrap_err(), FetchError::BadContentType("text/html".to_owned()));
}

#[tokio::test]
async fn a_delivery_is_signed_in_either_scheme_and_its_answer_returned() {
    let server = Server::start(|seen| match seen.target.as_str() {
        "/busy" => answer("503 X", "retry-after: 120\r\n", "later"),
        "/date" => answer("429 X", &format!("retry-after: {}\r\n", date(NOW + 90_000)), ""),
        "/past" => answer("429 X", &format!("retry-after: {}\r\n", date(NOW - 90_000)), ""),
        "/never" => answer("429 X", "retry-after: 99999999999\r\n", ""),
        "/odd" => answer("410 X", "retry-after: soon\r\n", ""),
        "/moved" => redirect("/inbox"),
        _ => answer("202 Accepted", "", ""),
    })
    .await;
    let client = client();
    let body = Bytes::from_static(br#"{"type":"Follow"}"#);
    let post = async |path: &str, scheme| {
        let reply = client.post_activity(&server.url(path), body.clone(), None, &SIGNER, scheme, NOW).await.unwrap();
        (reply.status, reply.retry_after.map(|wait| wait.as_secs()))
    };
    for scheme in [Scheme::Cavage, Scheme::Rfc9421] {
        assert_eq!(post("/inbox?x=y", scheme).await, (202, None));
        let seen = server.seen().pop().unwrap();
        assert!(is_signed(&seen), "{scheme:?}");
        assert_eq!(seen.body, body);
        assert_eq!(seen.headers["content-type"], "application/activity+json");
        assert_eq!(claims(&seen.headers).unwrap()[0].scheme(), scheme);
    }
    assert_eq!(post("/busy", Scheme::Cavage).await, (503, Some(120)));
    assert_eq!(post("/date", Scheme::Cavage).await, (429, Some(90)));
    assert_eq!(post("/past", Scheme::Cavage).await, (429, Some(0)));
    assert_eq!(post("/never", Scheme::Cavage).await, (429, Some(7 * 24 * 3600)));
    assert_eq!(post("/odd", Scheme::Cavage).await, (410, None));
    let before = server.seen().len();
    assert_eq!(post("/moved", Scheme::Cavage).await, (302, None));
    assert_eq!(server.seen().len(), before + 1, "a delivery follows no redirect");
}

#[tokio::test]
async fn b40_a_signed_get_that_is_refused_is_made_once_more_in_the_other_scheme_and_that_is_remembered() {
    let server = Server::start(|seen| match seen.headers.contains_key("signature-input") {
        true => ok(ACTIVITY, &with_id(seen)),
        false => answer("401 X", "", ""),
    })
    .await;
    let client = client();
    let get = async |path: &str, budget: u32| {
        client.get_document(&server.url(path), Some(&SIGNER), &Budget::new(budget), NOW).await.map(drop)
    };
    assert_eq!(get("/poor", 1).await, Err(FetchError::Unauthorised(401)), "the second knock is paid for, too");
    assert_eq!(server.seen().len(), 1);
    assert_eq!(get("/first", 2).await, Ok(()));
    assert_eq!(server.seen().len(), 3);
    assert_eq!(get("/second", 1).await, Ok(()), "known by now");
    assert!(server.seen().iter().all(is_signed));
    let blob = client.get_document(&server.url("/bare"), None, &Budget::new(9), NOW).await;
    assert_eq!(blob.unwrap_err(), FetchError::Unauthorised(401));
    assert_eq!(server.seen().len(), 5, "what is not signed is asked once");
}

#[tokio::test]
async fn b40_of_two_refusals_the_first_counts() {
    let server = Server::start(|seen| match seen.headers.contains_key("signature-input") {
        true => answer("500 X", "", ""),
        false => answer("403 X", "", ""),
    })
    .await;
    let found = client().get_document(&server.url("/"), Some(&SIGNER), &Budget::new(9), NOW).await;
    assert_eq!(found.unwrap_err(), FetchError::Unauthorised(403));
    assert_eq!(server.seen().len(), 2);
}

fn date(ms: i64) -> String {
    httpdate::fmt_http_date(std::time::UNIX_EPOCH + Duration::from_millis(ms.try_into().unwrap()))
}
