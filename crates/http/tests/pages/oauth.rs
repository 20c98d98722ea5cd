//! OAuth, from the registration of an app to the end of its token, and signing in on the way.

use super::common::{Answer, Browser, Here, PASSWORD, form};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use model::clock::MINUTE;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const REDIRECT: &str = "https://client.example/callback";
const OOB: &str = "urn:ietf:wg:oauth:2.0:oob";
const VERIFIER: &str = "a-verifier-that-is-long-enough-for-the-rfc-0123456789";

struct Client {
    id: String,
    secret: String,
}

async fn register(here: &Here, scopes: &str) -> Client {
    let uris = format!("{REDIRECT}\n{OOB}\nmyapp://back");
    let fields = [("client_name", "Test <b>app</b>"), ("redirect_uris", uris.as_str()), ("scopes", scopes)];
    let answer = here.send("/api/v1/apps", &fields, &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let text = |name: &str| answer.json()[name].as_str().unwrap().to_owned();
    Client { id: text("client_id"), secret: text("client_secret") }
}

fn authorize_path(client: &Client, more: &[(&str, &str)]) -> String {
    let mut fields = vec![("response_type", "code"), ("client_id", &client.id)];
    if !more.iter().any(|(n, _)| *n == "redirect_uri") {
        fields.push(("redirect_uri", REDIRECT));
    }
    fields.extend_from_slice(more);
    format!("/oauth/authorize?{}", form(&fields))
}

/// Says yes (or no) on the page that stands at `path`.
async fn decide(browser: &mut Browser<'_>, path: &str, decision: &str) -> Answer {
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let csrf = page.field("csrf");
    let query = path.split_once('?').unwrap().1.to_owned();
    let mut fields: Vec<(String, String)> =
        url::form_urlencoded::parse(query.as_bytes()).map(|(n, v)| (n.into_owned(), v.into_owned())).collect();
    fields.push(("csrf".to_owned(), csrf));
    fields.push(("decision".to_owned(), decision.to_owned()));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    browser.post("/oauth/authorize", &fields).await
}

fn query(answer: &Answer) -> std::collections::HashMap<String, String> {
    let url = url::Url::parse(answer.header("location")).unwrap();
    url.query_pairs().map(|(n, v)| (n.into_owned(), v.into_owned())).collect()
}

async fn signed_in<'a>(here: &'a Here, name: &str) -> Browser<'a> {
    let mut browser = here.browser();
    let answer = browser.log_in(name, PASSWORD).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/about"));
    browser
}

async fn code(browser: &mut Browser<'_>, client: &Client, more: &[(&str, &str)]) -> String {
    let answer = decide(browser, &authorize_path(client, more), "allow").await;
    assert!(answer.header("location").starts_with(REDIRECT), "{answer:?}");
    query(&answer)["code"].clone()
}

async fn exchange(here: &Here, client: &Client, code: &str, more: &[(&str, &str)]) -> Answer {
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("client_id", &client.id),
        ("client_secret", &client.secret),
        ("code", code),
    ];
    if !more.iter().any(|(n, _)| *n == "redirect_uri") {
        fields.push(("redirect_uri", REDIRECT));
    }
    fields.extend_from_slice(more);
    here.send("/oauth/token", &fields, &[]).await
}

fn challenge() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER.as_bytes()))
}

#[tokio::test]
async fn a_member_lets_an_app_in_and_it_acts_until_its_token_is_revoked() {
    let here = Here::start().await;
    here.member("alice").await;
    let client = register(&here, "read write follow push profile").await;
    let mut browser = here.browser();
    let path =
        authorize_path(&client, &[("scope", "read write profile"), ("state", "a&b=c"), ("force_login", "false")]);

    let page = browser.get(&path).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("type=\"password\"") && !page.text.contains("<b>app</b>"), "{}", page.text);
    assert!(page.headers.get("access-control-allow-origin").is_none());
    let fields =
        [("csrf", page.field("csrf")), ("next", page.field("next")), ("login", "alice@mail.example".to_owned())];
    let mut fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    fields.push(("password", PASSWORD));
    let back = browser.post("/login", &fields).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER);

    let page = browser.get(back.header("location")).await;
    assert!(page.text.contains("value=\"allow\"") && page.text.contains("@alice@here.example"), "{}", page.text);
    assert!(page.header("content-security-policy").contains("form-action 'self' https://client.example"));
    let answer = decide(&mut browser, &path, "allow").await;
    let query = query(&answer);
    assert_eq!(query["state"], "a&b=c");

    let token = exchange(&here, &client, &query["code"], &[]).await;
    assert_eq!(token.status, StatusCode::OK, "{}", token.text);
    assert_eq!(token.header("cache-control"), "no-store");
    let body = token.json();
    assert_eq!((body["token_type"].as_str(), body["scope"].as_str()), (Some("Bearer"), Some("read write profile")));
    assert_eq!(body["created_at"], json!(1_760_000_000));
    let bearer = format!("Bearer {}", body["access_token"].as_str().unwrap());
    let info = here.get("/oauth/userinfo", &[("authorization", &bearer)]).await.json();
    assert_eq!(info["preferred_username"], json!("alice"));
    assert_eq!(info["sub"], json!("https://here.example/users/alice"));

    let again = exchange(&here, &client, &query["code"], &[]).await;
    assert_eq!((again.status, &again.json()["error"]), (StatusCode::BAD_REQUEST, &json!("invalid_grant")));

    let other = register(&here, "read").await;
    let revoke = |c: &Client| {
        let token = body["access_token"].as_str().unwrap().to_owned();
        [("client_id", c.id.clone()), ("client_secret", c.secret.clone()), ("token", token)]
    };
    let fields = revoke(&other);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    assert_eq!(here.send("/oauth/revoke", &fields, &[]).await.status, StatusCode::FORBIDDEN);
    let fields = revoke(&client);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    for _ in 0..2 {
        let revoked = here.send("/oauth/revoke", &fields, &[]).await;
        assert_eq!((revoked.status, revoked.json()), (StatusCode::OK, json!({})));
    }
    assert_eq!(here.get("/oauth/userinfo", &[("authorization", &bearer)]).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_code_with_a_challenge_needs_its_verifier() {
    let here = Here::start().await;
    here.member("alice").await;
    let client = register(&here, "read").await;
    let mut browser = signed_in(&here, "alice").await;
    let challenge = challenge();
    let pkce = [("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")];
    let first = code(&mut browser, &client, &pkce).await;
    assert_eq!(exchange(&here, &client, &first, &[("code_verifier", VERIFIER)]).await.status, StatusCode::OK);
    for wrong in ["", "short", &"x".repeat(50), &"x".repeat(200)] {
        let code = code(&mut browser, &client, &pkce).await;
        let answer = exchange(&here, &client, &code, &[("code_verifier", wrong)]).await;
        assert_eq!((answer.status, &answer.json()["error"]), (StatusCode::BAD_REQUEST, &json!("invalid_grant")));
        let late = exchange(&here, &client, &code, &[("code_verifier", VERIFIER)]).await;
        assert_eq!(late.status, StatusCode::BAD_REQUEST, "a code that was tried is gone");
    }
    for weak in [
        [("code_challenge", challenge.as_str()), ("code_challenge_method", "plain")],
        [("code_challenge", "x"), ("code_challenge_method", "S256")],
    ] {
        let answer = browser.get(&authorize_path(&client, &weak)).await;
        assert_eq!(query(&answer)["error"], "invalid_request");
    }
}

#[tokio::test]
async fn an_answer_goes_only_where_the_app_registered_and_for_what_it_registered() {
    let here = Here::start().await;
    here.member("alice").await;
    let client = register(&here, "read").await;
    let mut browser = signed_in(&here, "alice").await;
    for foreign in [
        "https://evil.example/",
        "https://client.example/callback/",
        "https://client.example/callback?x",
        "HTTPS://client.example/callback",
        "",
    ] {
        let answer = browser.get(&authorize_path(&client, &[("redirect_uri", foreign)])).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::BAD_REQUEST, ""), "{foreign}");
        assert!(answer.header("content-type").starts_with("text/html") && !answer.text.contains("/oauth/authorize"));
    }
    let stranger = Client { id: "nobody".to_owned(), secret: String::new() };
    assert_eq!(browser.get(&authorize_path(&stranger, &[])).await.status, StatusCode::BAD_REQUEST);
    for (wrong, error) in [(("scope", "read write"), "invalid_scope"), (("scope", "sudo"), "invalid_scope")] {
        let answer = browser.get(&authorize_path(&client, &[wrong, ("state", "s")])).await;
        assert_eq!((query(&answer)["error"].as_str(), query(&answer)["state"].as_str()), (error, "s"));
    }
    let path = authorize_path(&client, &[]).replace("response_type=code", "response_type=token");
    assert_eq!(query(&browser.get(&path).await)["error"], "unsupported_response_type");

    let code = code(&mut browser, &client, &[("scope", "read")]).await;
    let elsewhere = exchange(&here, &client, &code, &[("redirect_uri", OOB)]).await;
    assert_eq!(elsewhere.json()["error"], json!("invalid_grant"));
    let other = register(&here, "read").await;
    let code = self::code(&mut browser, &client, &[]).await;
    assert_eq!(exchange(&here, &other, &code, &[]).await.json()["error"], json!("invalid_grant"));
}

#[tokio::test]
async fn who_says_no_is_believed_and_programs_without_a_browser_show_a_code() {
    let here = Here::start().await;
    here.member("alice").await;
    let client = register(&here, "read").await;
    let mut browser = signed_in(&here, "alice").await;
    let answer = decide(&mut browser, &authorize_path(&client, &[("state", "s")]), "deny").await;
    assert_eq!((query(&answer)["error"].as_str(), query(&answer)["state"].as_str()), ("access_denied", "s"));

    let oob = authorize_path(&client, &[("redirect_uri", OOB)]);
    let page = decide(&mut browser, &oob, "allow").await;
    assert_eq!((page.status, page.header("location")), (StatusCode::OK, ""));
    let at = page.text.find("<code>").unwrap() + 6;
    let code = &page.text[at..at + page.text[at..].find('<').unwrap()];
    assert_eq!(exchange(&here, &client, code, &[("redirect_uri", OOB)]).await.status, StatusCode::OK);

    let custom =
        authorize_path(&client, &[("redirect_uri", "myapp://back")]).replace("/oauth/authorize?", "/oauth/authorize/?");
    let page = browser.get(&custom).await;
    assert!(
        page.header("content-security-policy").contains("form-action 'self' myapp:;")
            || page.header("content-security-policy").ends_with("form-action 'self' myapp:")
    );
    let answer = decide(&mut browser, &custom.replace("authorize/?", "authorize?"), "allow").await;
    assert!(answer.header("location").starts_with("myapp://back?code="));
}

#[tokio::test]
async fn forms_from_other_sites_do_nothing() {
    let here = Here::start().await;
    here.member("alice").await;
    let client = register(&here, "read").await;
    let mut browser = signed_in(&here, "alice").await;
    let mut mallory = here.browser();
    let foreign = mallory.get("/login").await.field("csrf");
    for csrf in ["", "x", foreign.as_str()] {
        let fields = [
            ("csrf", csrf),
            ("client_id", &client.id),
            ("redirect_uri", REDIRECT),
            ("response_type", "code"),
            ("decision", "allow"),
        ];
        let answer = browser.post("/oauth/authorize", &fields).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::FORBIDDEN, ""), "{csrf}");
        let answer = browser.post("/logout", &[("csrf", csrf)]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    }
    assert!(browser.get("/about").await.text.contains("href=\"/me\""));

    let mut stranger = here.browser();
    let answer = stranger.post("/login", &[("csrf", &foreign), ("login", "alice"), ("password", PASSWORD)]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(!stranger.cookies.contains_key("__Host-session"));
}

#[tokio::test]
async fn a_session_is_new_when_it_begins_and_over_when_it_ends() {
    let here = Here::start().await;
    here.member("alice").await;
    let mut browser = here.browser();
    browser.cookies.insert("__Host-session".to_owned(), "f".repeat(43));
    let answer = browser.log_in("@alice@here.example", PASSWORD).await;
    let cookie = answer
        .headers
        .get_all("set-cookie")
        .iter()
        .find(|c| c.to_str().unwrap().starts_with("__Host-session="))
        .unwrap();
    let cookie = cookie.to_str().unwrap();
    for part in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let first = browser.cookies["__Host-session"].clone();
    assert_ne!(first, "f".repeat(43), "what somebody put there before is not used");
    let page = browser.get("/about").await;
    assert_eq!(page.header("cache-control"), "private, no-store");

    // Signed in as somebody else in the same browser, the first session is over.
    let client = register(&here, "read").await;
    let login = browser.get(&authorize_path(&client, &[("force_login", "true")])).await;
    let fields = [("csrf", login.field("csrf")), ("next", "/about".to_owned())];
    let fields = [
        (fields[0].0, fields[0].1.as_str()),
        (fields[1].0, fields[1].1.as_str()),
        ("login", "alice"),
        ("password", PASSWORD),
    ];
    assert_eq!(browser.post("/login", &fields).await.status, StatusCode::SEE_OTHER);
    let mut thief = here.browser();
    thief.cookies.insert("__Host-session".to_owned(), first);
    assert!(!thief.get("/about").await.text.contains("href=\"/me\""));

    let second = browser.cookies["__Host-session"].clone();
    let csrf = browser.get("/about").await.field("csrf");
    browser.post("/logout", &[("csrf", &csrf)]).await;
    assert!(!browser.cookies.contains_key("__Host-session"));
    thief.cookies.insert("__Host-session".to_owned(), second);
    assert!(!thief.get("/about").await.text.contains("href=\"/me\""));
}

#[tokio::test]
async fn wrong_passwords_say_nothing_about_who_exists_and_are_counted() {
    let here = Here::with(|_| {}, true).await;
    here.member("alice").await;
    let mut browser = here.browser();
    let strip =
        |a: &Answer| a.text.lines().filter(|l| !l.contains("csrf") && !l.contains("id=\"login\"")).collect::<String>();
    let nobody = browser.log_in("nobody", "wrong password").await;
    let somebody = browser.log_in("alice", "wrong password").await;
    assert_eq!((nobody.status, somebody.status), (StatusCode::UNPROCESSABLE_ENTITY, StatusCode::UNPROCESSABLE_ENTITY));
    assert_eq!(strip(&nobody), strip(&somebody));
    assert!(somebody.text.contains("value=\"alice\"") && !somebody.text.contains("wrong password"));
    let mut last = StatusCode::OK;
    // However the name is written.
    for n in 0..12 {
        let name = format!(" {}Alice", "@".repeat(n));
        last = browser.log_in(&name, "wrong password").await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    let right = browser.log_in("alice", PASSWORD).await;
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS, "also the right one waits");
    assert!(right.text.contains("too many tries"));
    let wait: u64 = right.header("retry-after").parse().unwrap();
    assert!((1..=900).contains(&wait), "{wait}");
    here.app.node.clock.advance(30 * MINUTE);
    assert_eq!(browser.log_in("alice", PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_app_shows_itself_in_every_form_and_gets_a_token_of_its_own() {
    let here = Here::start().await;
    let client = register(&here, "read write").await;
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", &client.id),
        ("client_secret", &client.secret),
        ("scope", "read"),
    ];
    let token = here.send("/oauth/token", &fields, &[]).await.json();
    assert_eq!(token["scope"], json!("read"));
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let app = here.get("/api/v1/apps/verify_credentials", &[("authorization", &bearer)]).await;
    assert_eq!((app.status, &app.json()["redirect_uris"][1]), (StatusCode::OK, &json!(OOB)));
    assert!(app.json().get("client_secret").is_none());
    assert_eq!(here.get("/api/v1/apps/verify_credentials", &[]).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        here.get("/oauth/userinfo", &[("authorization", &bearer)]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );

    let body: Value = fields.iter().map(|(n, v)| ((*n).to_owned(), json!(v))).collect::<serde_json::Map<_, _>>().into();
    let request = Request::post("/oauth/token")
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    assert_eq!(here.ask(request).await.status, StatusCode::OK);

    let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("{}:{}", client.id, client.secret)));
    let answer = here.send("/oauth/token", &[("grant_type", "client_credentials")], &[("authorization", &basic)]).await;
    assert_eq!(answer.status, StatusCode::OK);

    let wrong = |field: &str, value: &str| {
        fields.map(|(n, v)| if n == field { (n.to_owned(), value.to_owned()) } else { (n.to_owned(), v.to_owned()) })
    };
    for (field, value, status, error) in [
        ("client_secret", "wrong", 401, "invalid_client"),
        ("client_id", "wrong", 401, "invalid_client"),
        ("grant_type", "password", 400, "unsupported_grant_type"),
        ("grant_type", "", 400, "invalid_request"),
        ("scope", "read push", 400, "invalid_scope"),
    ] {
        let fields = wrong(field, value);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let answer = here.send("/oauth/token", &fields, &[]).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["error"]), (status, &json!(error)), "{field}");
    }
}

#[tokio::test]
async fn apps_that_could_harm_are_not_registered() {
    let here = Here::start().await;
    for (name, uris, scopes) in [
        ("", REDIRECT, "read"),
        ("x", "", "read"),
        ("x", "javascript:alert(1)", "read"),
        ("x", "https://a.example/ data:text/html,x", "read"),
        ("x", "/relative", "read"),
        ("x", REDIRECT, "read sudo"),
    ] {
        let answer =
            here.send("/api/v1/apps", &[("client_name", name), ("redirect_uris", uris), ("scopes", scopes)], &[]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {uris} {scopes}");
        assert!(answer.json()["error"].is_string());
    }
    let body = json!({"client_name": "x", "redirect_uris": [REDIRECT, "app:/back"]}).to_string();
    let request =
        Request::post("/api/v1/apps").header("content-type", "application/json").body(Body::from(body)).unwrap();
    let answer = here.ask(request).await.json();
    assert_eq!(answer["redirect_uris"], json!([REDIRECT, "app:/back"]));
    assert_eq!(
        (answer["redirect_uri"].as_str(), &answer["scopes"]),
        (Some("https://client.example/callback\napp:/back"), &json!(["read"]))
    );
}

#[tokio::test]
async fn limits_tell_what_is_left_and_stop_who_asks_too_much() {
    let here = Here::with(|_| {}, true).await;
    let first = here.get("/api/v1/instance", &[]).await;
    assert_eq!((first.header("x-ratelimit-limit"), first.header("x-ratelimit-remaining")), ("300", "299"));
    assert!(model::clock::parse_rfc3339(first.header("x-ratelimit-reset")).is_some());
    for _ in 0..299 {
        assert_eq!(here.get("/api/v1/instance/rules", &[]).await.status, StatusCode::OK);
    }
    let over = here.get("/api/v1/instance", &[]).await;
    assert_eq!((over.status, over.header("x-ratelimit-remaining")), (StatusCode::TOO_MANY_REQUESTS, "0"));
    assert!(over.json()["error"].is_string() && over.header("retry-after") == "2" || over.header("retry-after") == "1");
    here.app.node.clock.advance(MINUTE);
    assert_eq!(here.get("/api/v1/instance", &[]).await.status, StatusCode::OK);
    assert_eq!(here.get("/about", &[]).await.header("x-ratelimit-limit"), "", "pages are not counted");

    let without = Here::start().await;
    assert_eq!(without.get("/api/v1/instance", &[]).await.header("x-ratelimit-limit"), "");
}

#[tokio::test]
async fn web_clients_of_other_origins_may_ask_everywhere_but_where_people_decide() {
    let here = Here::start().await;
    for path in ["/oauth/token", "/oauth/revoke", "/api/v1/apps", "/api/v1/accounts", "/api/v1/no_such_thing"] {
        let request = Request::options(path)
            .header("origin", "https://web.example")
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,idempotency-key");
        let answer = here.ask(request.body(Body::empty()).unwrap()).await;
        let allowed = answer.header("access-control-allow-origin");
        assert_eq!((answer.status, allowed), (StatusCode::OK, "*"), "{path}");
        assert!(answer.header("access-control-allow-headers").contains("idempotency-key"));
    }
    let origin = [("origin", "https://web.example")];
    for path in ["/oauth/authorize", "/login", "/"] {
        assert_eq!(here.get(path, &origin).await.header("access-control-allow-origin"), "", "{path}");
    }
    let missing = here.get("/api/v1/no_such_thing", &origin).await;
    assert_eq!((missing.status, missing.header("access-control-allow-origin")), (StatusCode::NOT_FOUND, "*"));
    let metadata = here.get("/.well-known/oauth-authorization-server", &origin).await;
    assert_eq!(metadata.header("access-control-allow-origin"), "*");
    assert_eq!(metadata.json()["token_endpoint"], json!("https://here.example/oauth/token"));
}

#[tokio::test]
async fn the_instance_documents_have_what_clients_dereference() {
    let here = Here::start().await;
    let v2 = here.get("/api/v2/instance", &[]).await.json();
    assert_eq!(v2["configuration"]["urls"]["streaming"], json!("wss://here.example"));
    assert_eq!((&v2["domain"], &v2["api_versions"]["mastodon"]), (&json!("here.example"), &json!(9)));
    assert!(v2["version"].as_str().unwrap().starts_with("4.5.0 (compatible; Outloud "));
    let v1 = here.get("/api/v1/instance", &[]).await.json();
    assert_eq!((&v1["uri"], &v1["urls"]["streaming_api"]), (&json!("here.example"), &json!("wss://here.example")));
    for configuration in [&v1["configuration"], &v2["configuration"]] {
        assert_eq!(configuration["statuses"]["max_characters"], json!(5_000));
        assert!(
            configuration["polls"]["max_options"].is_i64()
                && configuration["media_attachments"]["image_size_limit"].is_i64()
        );
    }
}
