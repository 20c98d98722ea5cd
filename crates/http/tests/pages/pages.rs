//! The pages: what strangers read, what browsers are told, and how somebody joins.

use super::common::{Answer, Browser, Here, PASSWORD};
use axum::http::StatusCode;
use model::account::Role;
use model::audience::Audience;
use model::post::Draft;
use node::accounts::ProfileChange;
use node::config::Registrations;
use serde_json::json;

const HTML: [(&str, &str); 1] = [("accept", "text/html")];

fn draft(text: &str) -> Draft {
    Draft { text: text.to_owned(), audience: Some(Audience::Public), ..Draft::default() }
}

async fn invitation(here: &Here, role: Role) -> String {
    let node = &here.app.node;
    let mut tx = node.store.begin().await.unwrap();
    let link = node::invite::invite(node, &mut tx, None, role, 1, 7).await.unwrap();
    node.commit(tx).await.unwrap();
    link.strip_prefix("https://here.example").unwrap().to_owned()
}

async fn join(browser: &mut Browser<'_>, path: &str, username: &str, password: &str) -> Answer {
    let csrf = browser.get(path).await.field("csrf");
    let email = format!("{username}@mail.example");
    let fields = [
        ("csrf", csrf.as_str()),
        ("username", username),
        ("email", &email),
        ("password", password),
        ("agreement", "true"),
        ("reason", "To learn"),
    ];
    browser.post(path, &fields).await
}

#[tokio::test]
async fn the_link_of_the_first_start_ends_with_the_first_owner() {
    let here = Here::start().await;
    let node = &here.app.node;
    let mut tx = node.store.begin().await.unwrap();
    let link = node::invite::first_link(node, &mut tx).await.unwrap().expect("nobody is here");
    node.commit(tx).await.unwrap();
    let first = link.strip_prefix(&node.config.origin).unwrap();
    let (moderator, owner) = (invitation(&here, Role::Moderator).await, invitation(&here, Role::Owner).await);
    assert_eq!(join(&mut here.browser(), &moderator, "mo", PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert_eq!(here.browser().get(first).await.status, StatusCode::OK, "there is no owner yet");
    assert_eq!(join(&mut here.browser(), &owner, "olga", PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert_eq!(here.browser().get(first).await.status, StatusCode::NOT_FOUND);
    let mut tx = node.store.begin().await.unwrap();
    assert!(node::invite::first_link(node, &mut tx).await.unwrap().is_none());
}

#[tokio::test]
async fn an_invitation_lets_one_person_in_with_its_role() {
    let here = Here::start().await;
    let path = invitation(&here, Role::Moderator).await;
    let mut browser = here.browser();
    let page = browser.get(&path).await;
    assert!(page.text.contains("as a moderator") && page.header("cache-control") == "no-store");

    let wrong = join(&mut browser, &path, "al ice", "short").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.text.contains("id=\"username-error\"") && wrong.text.contains("id=\"password-error\""),
        "{}",
        wrong.text
    );
    assert!(
        wrong.text.contains("value=\"al ice\"")
            && wrong.text.contains("value=\"al ice@mail.example\"")
            && !wrong.text.contains("value=\"short\"")
    );

    let done = join(&mut browser, &path, "alice", PASSWORD).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/welcome"), "{}", done.text);
    assert!(browser.get("/welcome").await.text.contains("@alice@here.example"));
    let mut tx = here.app.node.store.read().await.unwrap();
    let account = tx.account_by_handle("alice", "").await.unwrap().unwrap();
    assert_eq!(tx.member(account.id).await.unwrap().unwrap().role, Role::Moderator);
    drop(tx);

    let mut second = here.browser();
    let page = second.get(&path).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.text.contains("no longer works"));
    let csrf = second.get("/login").await.field("csrf");
    let fields = [
        ("csrf", csrf.as_str()),
        ("username", "bob"),
        ("email", "bob@mail.example"),
        ("password", PASSWORD),
        ("agreement", "true"),
    ];
    assert_eq!(second.post(&path, &fields).await.status, StatusCode::NOT_FOUND);
    assert!(here.app.node.store.read().await.unwrap().account_by_handle("bob", "").await.unwrap().is_none());
}

#[tokio::test]
async fn doors_are_open_only_where_the_owner_opened_them() {
    let here = Here::start().await;
    let mut browser = here.browser();
    assert_eq!(browser.get("/signup").await.status, StatusCode::FORBIDDEN);
    assert!(!browser.get("/").await.text.contains("/signup"));

    let here = Here::with(|c| c.registrations = Registrations::Approval, false).await;
    let mut browser = here.browser();
    let asked = join(&mut browser, "/signup", "alice", PASSWORD).await;
    assert_eq!(asked.status, StatusCode::OK);
    assert!(asked.text.contains("waiting") && !browser.cookies.contains_key("__Host-session"));
    let login = browser.log_in("alice", PASSWORD).await;
    assert_eq!(login.status, StatusCode::FORBIDDEN);
    assert!(login.text.contains("yet to let you in"));

    let here = Here::with(|c| c.registrations = Registrations::Open, false).await;
    let mut browser = here.browser();
    assert_eq!(join(&mut browser, "/signup", "alice", PASSWORD).await.header("location"), "/welcome");
}

#[tokio::test]
async fn apps_sign_people_up_where_that_is_open() {
    async fn ask(here: &Here, fields: &[(&str, &str)]) -> Answer {
        let app = [("client_name", "x"), ("redirect_uris", "app:/x"), ("scopes", "read write")];
        let app = here.send("/api/v1/apps", &app, &[]).await.json();
        let text = |name: &str| app[name].as_str().unwrap().to_owned();
        let grant = [("client_id", text("client_id")), ("client_secret", text("client_secret"))];
        let grant = [
            ("grant_type", "client_credentials"),
            ("scope", "read write"),
            (grant[0].0, &grant[0].1),
            (grant[1].0, &grant[1].1),
        ];
        let token = here.send("/oauth/token", &grant, &[]).await.json()["access_token"].as_str().unwrap().to_owned();
        here.send("/api/v1/accounts", fields, &[("authorization", &format!("Bearer {token}"))]).await
    }
    let good = [
        ("username", "alice"),
        ("email", "a@mail.example"),
        ("password", PASSWORD),
        ("agreement", "true"),
        ("locale", "en"),
    ];
    let closed = Here::start().await;
    assert_eq!(ask(&closed, &good).await.status, StatusCode::FORBIDDEN);
    assert_eq!(closed.send("/api/v1/accounts", &good, &[]).await.status, StatusCode::UNAUTHORIZED);

    let open = Here::with(|c| c.registrations = Registrations::Open, false).await;
    let bad = ask(&open, &[("username", "admin"), ("email", "x"), ("password", "short")]).await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in ["username", "email", "password", "agreement"] {
        assert!(bad.json()["details"][field][0]["error"].is_string(), "{field} in {}", bad.text);
    }
    let token = ask(&open, &good).await;
    assert_eq!(token.status, StatusCode::OK, "{}", token.text);
    let bearer = format!("Bearer {}", token.json()["access_token"].as_str().unwrap());
    assert_eq!(open.get("/api/v1/apps/verify_credentials", &[("authorization", &bearer)]).await.status, StatusCode::OK);
    assert_eq!(ask(&open, &good).await.json()["details"]["username"][0]["error"], json!("ERR_TAKEN"));
}

#[tokio::test]
async fn s22_hostile_words_stay_words() {
    let here = Here::start().await;
    let account = here.member("mallory").await;
    let node = &here.app.node;
    let evil = "\"><script>alert(1)</script><img src=x onerror=alert(2)>";
    let change = ProfileChange {
        display_name: Some(evil.chars().take(90).collect()),
        note: Some(evil.to_owned()),
        fields: Some(vec![
            (evil.to_owned(), format!("https://a.example/{}", "\"onmouseover=x<b>")),
            ("x".to_owned(), evil.to_owned()),
        ]),
        ..ProfileChange::default()
    };
    let mut tx = node.store.begin().await.unwrap();
    let account = node::accounts::change_profile(node, &mut tx, &account, change).await.unwrap();
    node.commit(tx).await.unwrap();
    let post = here
        .post(&account, Draft { summary: evil.to_owned(), language: "en".to_owned(), ..draft(&format!("{evil} #tag")) })
        .await;
    for path in [
        "/".to_owned(),
        "/@mallory".to_owned(),
        format!("/@mallory/{}", post.id),
        "/tags/tag".to_owned(),
        "/about".to_owned(),
    ] {
        let page = here.get(&path, &HTML).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(
            !page.text.contains("<script>")
                && !page.text.contains("<img src=x")
                && !page.text.contains("href=\"https://a.example/\""),
            "{path}: {}",
            page.text
        );
        if path != "/about" {
            assert!(page.text.contains("alert(1)"), "{path} shows the words");
        }
        let policy = page.header("content-security-policy");
        assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{path}: {policy}");
    }
}

#[tokio::test]
async fn the_same_address_is_a_page_and_a_document() {
    let here = Here::start().await;
    let alice = here.member("alice").await;
    let post = here.post(&alice, draft("Hello **world**")).await;
    for path in ["/@alice".to_owned(), format!("/@alice/{}", post.id)] {
        let page = here.get(&path, &HTML).await;
        assert!(page.header("content-type").starts_with("text/html") && page.header("vary").contains("Accept"));
        assert!(page.text.contains("type=\"application/activity+json\"") && page.text.contains("rel=\"canonical\""));
        assert!(page.headers.get("set-cookie").is_none(), "who only reads gets no cookie");
        let document = here.get(&path, &[("accept", "application/activity+json")]).await;
        assert_eq!(document.header("content-type"), "application/activity+json");
        let id = document.json()["id"].as_str().unwrap().to_owned();
        assert!(page.text.contains(&format!("href=\"{id}\"")), "{id}");
        let tag = page.header("etag").to_owned();
        assert_eq!(
            here.get(&path, &[("accept", "text/html"), ("if-none-match", &tag)]).await.status,
            StatusCode::NOT_MODIFIED
        );
    }
}

#[tokio::test]
async fn strangers_and_members_read_what_is_for_everybody_and_nothing_else() {
    let here = Here::start().await;
    let alice = here.member("alice").await;
    let open = here.post(&alice, draft("for everybody #x")).await;
    let mut hidden = Vec::new();
    for audience in [Audience::Followers, Audience::Direct, Audience::Draft] {
        let reply = Draft { audience: Some(audience), in_reply_to_id: Some(open.id), ..draft("a secret #x") };
        hidden.push(here.post(&alice, reply).await);
    }
    here.member("ben").await;
    let mut member = here.browser();
    member.log_in("ben", PASSWORD).await;
    for path in [
        "/".to_owned(),
        "/@alice".to_owned(),
        "/@alice?replies=1".to_owned(),
        format!("/@alice/{}", open.id),
        "/tags/x".to_owned(),
    ] {
        for page in [here.get(&path, &HTML).await, member.get(&path).await] {
            assert!(page.text.contains("for everybody"), "{path}");
            assert!(!page.text.contains("a secret"), "{path}");
        }
    }
    for post in hidden {
        assert_eq!(member.get(&format!("/@alice/{}", post.id)).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_warning_stands_before_the_words_and_in_no_preview() {
    let here = Here::start().await;
    let alice = here.member("alice").await;
    let post = here.post(&alice, Draft { summary: "Food".to_owned(), ..draft("a cake with nuts") }).await;
    let page = here.get(&format!("/@alice/{}", post.id), &HTML).await;
    let (head, body) = page.text.split_once("</head>").unwrap();
    assert!(!head.contains("nuts") && head.contains("Food"));
    assert!(body.contains("<details") && body.contains("nuts"));
}

#[tokio::test]
async fn what_is_gone_or_missing_is_a_page_for_people_and_json_for_programs() {
    let here = Here::start().await;
    let alice = here.member("alice").await;
    let post = here.post(&alice, draft("soon gone")).await;
    let path = format!("/@alice/{}", post.id);
    let node = &here.app.node;
    let mut tx = node.store.begin().await.unwrap();
    node::publish::delete(node, &mut tx, &alice, post.id).await.unwrap();
    node.commit(tx).await.unwrap();
    let cases = [
        (path.as_str(), 410),
        ("/@alice/1", 404),
        ("/@alice/x", 404),
        ("/@nobody", 404),
        ("/no/such/page", 404),
        ("/tags/%21", 404),
    ];
    for (path, status) in cases {
        let page = here.get(path, &HTML).await;
        assert_eq!(page.status.as_u16(), status, "{path}");
        assert!(page.header("content-type").starts_with("text/html") && page.text.contains("<h1>"), "{path}");
        assert!(!page.text.contains("soon gone"));
        assert!(here.get(path, &[]).await.json()["error"].is_string() || status == 410);
    }
    let api = here.get("/api/v1/nothing", &HTML).await;
    assert_eq!((api.status, api.json()["error"].is_string()), (StatusCode::NOT_FOUND, true));
}

#[tokio::test]
async fn long_lists_go_on_below() {
    let here = Here::start().await;
    let alice = here.member("alice").await;
    for n in 0..25 {
        here.app.node.clock.advance(1_000);
        here.post(&alice, draft(&format!("number {n}."))).await;
    }
    for path in ["/local", "/@alice"] {
        let page = here.get(path, &HTML).await;
        assert!(page.text.contains("number 24.") && !page.text.contains("number 4."));
        assert!(page.text.len() < 100_000, "{}", page.text.len());
        let at = page.text.find("max_id=").unwrap() + 7;
        let id: String = page.text[at..].chars().take_while(char::is_ascii_digit).collect();
        let next = here.get(&format!("{path}?max_id={id}"), &HTML).await;
        assert!(next.text.contains("number 4.") && next.text.contains("number 0.") && !next.text.contains("number 5."));
    }
    let front = here.get("/", &HTML).await.text;
    assert!(
        front.contains("number 24.") && !front.contains("number 4.") && front.contains("href=\"/local\""),
        "{front}"
    );
    let older = here.get("/?max_id=7", &HTML).await;
    assert_eq!((older.status, older.header("location")), (StatusCode::PERMANENT_REDIRECT, "/local?max_id=7"));
}

#[tokio::test]
async fn a_member_sent_here_from_elsewhere_signs_in_looks_and_follows() {
    let here = Here::start().await;
    let alice = here.member("alice").await;
    let bob = here.member("bob").await;
    let path = "/authorize_interaction?uri=https%3A%2F%2Fhere.example%2Fusers%2Fbob";
    let mut browser = here.browser();
    let login = browser.get(path).await;
    assert!(login.text.contains("type=\"password\""));
    let (csrf, next) = (login.field("csrf"), login.field("next"));
    let fields = [("csrf", csrf.as_str()), ("next", next.as_str()), ("login", "alice"), ("password", PASSWORD)];
    let back = browser.post("/login", &fields).await;
    assert_eq!(back.header("location"), path);
    let page = browser.get(path).await;
    let (csrf, account) = (page.field("csrf"), page.text.split("name=\"account\" value=\"").nth(1).unwrap());
    let account = account.split('"').next().unwrap().to_owned();
    assert_eq!(account, bob.id.to_string());
    let refused = browser.post("/authorize_interaction", &[("account", &account)]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let done = browser.post("/authorize_interaction", &[("csrf", &csrf), ("account", &account)]).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, path));
    assert!(browser.get(path).await.text.contains("You follow"));
    let mut tx = here.app.node.store.read().await.unwrap();
    assert!(tx.follow(alice.id, bob.id).await.unwrap().is_some());
}

#[tokio::test]
async fn pages_load_nothing_from_elsewhere_and_their_parts_are_there() {
    let here = Here::start().await;
    let page = here.get("/", &HTML).await;
    for attribute in ["href=\"", "src=\""] {
        for address in page.text.split(attribute).skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(address.starts_with(['/', '#']) || address.starts_with("https://here.example"), "{address}");
        }
    }
    let style = page.text.split("rel=\"stylesheet\" href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let css = here.get(&style, &[]).await;
    assert_eq!((css.status, css.header("content-type")), (StatusCode::OK, "text/css; charset=utf-8"));
    for path in css
        .text
        .split("url(\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .chain(["/assets/icon.svg", "/assets/card.png"])
    {
        assert_eq!(here.get(path, &[]).await.status, StatusCode::OK, "{path}");
    }
    assert_eq!(here.get("/assets/../Cargo.toml", &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn custom_emoji_are_pictures_on_the_pages() {
    let here = Here::start().await;
    let alice = here.member("alice").await;
    let node = &here.app.node;
    let form = node::emoji::NewEmoji { shortcode: "pot".to_owned(), category: String::new(), visible: true };
    let picture = axum::body::Bytes::from_static(include_bytes!("../../src/mastodon/assets/avatar.png"));
    let stored = node::emoji::store(node, &form, picture).await.unwrap();
    let mut tx = node.store.begin().await.unwrap();
    node::emoji::add(node, &mut tx, "test", &stored).await.unwrap();
    let change = ProfileChange {
        display_name: Some("Al <i> :pot:".to_owned()),
        note: Some("I like :pot: and :pan:".to_owned()),
        fields: Some(vec![("Drink :pot:".to_owned(), "all of it :pot:".to_owned())]),
        ..ProfileChange::default()
    };
    let alice = node::accounts::change_profile(node, &mut tx, &alice, change).await.unwrap();
    node.commit(tx).await.unwrap();
    let open = Draft { summary: "Hot :pot:".to_owned(), ..draft("One :pot: of `:pot:`") };
    let post = here.post(&alice, open).await;
    let img = "<img class=\"emoji\" src=\"https://here.example/media/";
    let profile = here.get("/@alice", &HTML).await;
    let (head, body) = profile.text.split_once("</head>").unwrap();
    assert!(!head.contains(img) && head.contains(":pot:"), "a title is text: {head}");
    assert!(body.contains(&format!("Al &lt;i&gt; {img}")) && body.contains(&format!("Drink {img}")), "{body}");
    assert!(body.contains(&format!("all of it {img}")) && body.contains("and :pan:"), "{body}");
    let page = here.get(&format!("/@alice/{}", post.id), &HTML).await;
    for words in ["Hot ", "One ", "Al &lt;i&gt; "] {
        assert!(page.text.contains(&format!("{words}{img}")), "{words}: {}", page.text);
    }
    assert!(page.text.contains("alt=\":pot:\" title=\":pot:\"") && page.text.contains("<code>:pot:</code>"));
    assert!(page.header("content-security-policy").contains("img-src 'self' https://here.example"));
}

#[tokio::test]
async fn what_everybody_asks_for_is_there() {
    let here = Here::start().await;
    let worker = here.get("/worker.js", &HTML).await;
    assert!(worker.status == StatusCode::OK && worker.header("content-type").starts_with("text/javascript"));
    let robots = here.get("/robots.txt", &HTML).await;
    assert_eq!((robots.status, robots.header("content-type")), (StatusCode::OK, "text/plain; charset=utf-8"));
    assert!(robots.text.contains("User-agent: *\nDisallow: /api/\n") && !robots.text.contains("  "), "{}", robots.text);
    let icon = here.get("/favicon.ico", &[]).await;
    assert_eq!((icon.status, icon.header("location")), (StatusCode::TEMPORARY_REDIRECT, "/assets/icon.svg"));
}

#[tokio::test]
async fn a_hashtag_is_followed_on_its_page_and_strangers_are_shown_the_way() {
    let here = Here::start().await;
    let alice = here.member("alice").await;
    let actor = "https://here.example/tags/tea/actor";
    let page = here.get("/tags/tea", &HTML).await.text;
    assert!(page.contains("@tag-tea@here.example") && page.contains(&format!("/remote?uri={actor}")), "{page}");
    assert!(!page.contains("/do/api/"), "{page}");
    let way = here.get(&format!("/remote?uri={actor}"), &HTML).await;
    assert!(way.status == StatusCode::OK && way.text.contains("@tag-tea@here.example"), "{}", way.text);
    for nothing in ["https://here.example/tags/a%20b/actor", "https://far.example/tags/tea/actor"] {
        let answer = here.get(&format!("/remote?uri={nothing}"), &HTML).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{nothing}");
    }
    let mut browser = here.browser();
    browser.log_in("alice", PASSWORD).await;
    for (deed, follows) in [("follow", true), ("unfollow", false)] {
        let page = browser.get("/tags/tea").await;
        let target = format!("/do/api/v1/tags/tea/{deed}");
        assert!(page.text.contains(&format!("formaction=\"{target}\"")), "{}", page.text);
        let csrf = page.field("csrf");
        let done = browser.post(&target, &[("csrf", csrf.as_str()), ("next", "/tags/tea")]).await;
        assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/tags/tea"), "{}", done.text);
        let count = here.app.node.store.read().await.unwrap().count_followed_tags(alice.id).await.unwrap();
        assert_eq!(count, i64::from(follows));
    }
}

#[tokio::test]
async fn whoever_reads_welsh_reads_welsh_on_every_page_that_is_older_than_the_language() {
    let here = Here::with(|c| c.registrations = Registrations::Open, false).await;
    let alice = here.member("alice").await;
    here.post(&alice, draft("#tea")).await;
    let welsh = [("accept", "text/html"), ("accept-language", "cy-GB, en;q=0.5")];
    for (path, words) in [
        ("/about", "Darllen y tudalennau hyn"),
        ("/login", "Cyfeiriad e-bost neu enw defnyddiwr"),
        ("/signup", "Byddaf yn garedig wrth bobl yma"),
        ("/privacy-policy", "Polisi preifatrwydd"),
        ("/library", "Ble, pwy a phryd"),
        ("/library/brief", "Crynodeb tystiolaeth: 0 arbrawf"),
        ("/tags/tea", "O 1 gweinydd: un postiad cyhoeddus, o 9 Hydref 2025."),
        ("/tags/tea/shelf", "Silff #tea"),
        ("/invite/none", "Nid yw’r gwahoddiad hwn yn gweithio mwyach"),
    ] {
        let page = here.get(path, &welsh).await.text;
        assert!(page.contains("<html lang=\"cy\"") && page.contains(words), "{path}: {page}");
    }
    // What is passed on stays as it is.
    let brief = here.get("/library.md", &welsh).await.text;
    assert!(brief.starts_with("# Evidence brief: 0 experiments"), "{brief}");
}
