//! Pages that look after hashtags and challenges, those of teams, and what stands elsewhere or belongs to the owner.

use std::sync::Arc;

use axum::http::StatusCode;
use model::account::Account;
use model::audience::Audience;
use model::challenge::Standing;
use model::colour::{Accent, Colour};
use model::hat::Hat;
use model::post::{Draft, Post};
use model::subject::Subject;
use node::config::Logo;
use node::{challenge, hat, react, subject, tag, team, texts};

use crate::common::{Answer, Browser, Here, PASSWORD};

async fn signed_in<'a>(here: &'a Here, name: &str) -> Browser<'a> {
    let mut browser = here.browser();
    let answer = browser.log_in(&format!("{name}@mail.example"), PASSWORD).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{answer:?}");
    browser
}

async fn says(here: &Here, who: &Account, text: &str, audience: Audience) -> Post {
    here.post(who, Draft { text: text.to_owned(), audience: Some(audience), ..Draft::default() }).await
}

/// Sends a form of a page on, which has to work.
async fn does(browser: &mut Browser<'_>, path: &str, fields: &[(&str, &str)]) -> Answer {
    let csrf = browser.get("/home").await.field("csrf");
    let mut all = vec![("csrf", csrf.as_str())];
    all.extend_from_slice(fields);
    browser.post(path, &all).await
}

async fn asked(here: &Here, owner: &Account) -> i64 {
    let node = &here.app.node;
    let form = challenge::Form {
        name: "trust".to_owned(),
        question: "How do we establish trust?".to_owned(),
        purpose: "We ask everybody.".to_owned(),
        tag: "trust".to_owned(),
        ..challenge::Form::default()
    };
    let mut tx = node.store.begin().await.unwrap();
    let asked = challenge::open(node, &mut tx, owner, &form).await.unwrap();
    node.commit(tx).await.unwrap();
    asked.account.id
}

#[tokio::test]
async fn whoever_keeps_a_hashtag_looks_after_it_by_form_and_others_do_what_they_may() {
    let here = Here::start().await;
    let olga = here.member("olga").await;
    here.member("ben").await;
    says(&here, &olga, "We bake #Bread", Audience::Public).await;
    let node = &here.app.node;
    let mut tx = node.store.begin().await.unwrap();
    let bread = Subject::Tag(tag::named(node, &mut tx, "bread").await.unwrap().id);
    hat::put_on(node, &mut tx, &olga, Hat::CommunityKeeper, bread, None).await.unwrap();
    subject::write(node, &mut tx, &olga, bread, "What we **bake**.").await.unwrap();
    subject::write(node, &mut tx, &olga, bread, "What we bake, and <script>alert(1)</script> why.").await.unwrap();
    node.commit(tx).await.unwrap();
    let stranger = here.get("/tags/bread/keep", &[("accept", "text/html")]).await;
    assert!(stranger.header("location").starts_with("/login"), "{stranger:?}");
    // Whether something was said where one may not look shows nowhere.
    says(&here, &olga, "#zebradraft", Audience::Direct).await;
    for name in ["zebradraft", "nobody_said_this"] {
        let page = signed_in(&here, "ben").await.get(&format!("/tags/{name}/keep")).await;
        assert_eq!(page.status, StatusCode::OK, "{name}");
        let page = signed_in(&here, "ben").await.get(&format!("/tags/{name}")).await.text;
        assert!(page.contains(&format!("/tags/{name}/keep")), "{name}");
    }

    let (mut as_olga, mut as_ben) = (signed_in(&here, "olga").await, signed_in(&here, "ben").await);
    let kept = as_olga.get("/tags/bread/keep").await.text;
    assert!(kept.contains("/restore\"") && kept.contains("/take_down\"") && kept.contains("/links\""), "{kept}");
    assert!(!kept.contains("<script>alert"), "{kept}");
    let seen = as_ben.get("/tags/bread/keep").await.text;
    assert!(seen.contains("tags/bread/views\"") && seen.contains("tags/bread/hats\""), "{seen}");
    assert!(!seen.contains("/restore\"") && !seen.contains("/take_down\""), "{seen}");

    let here_again = [("next", "/tags/bread/keep")];
    let view = [("text", "It is about people."), here_again[0]];
    let done = does(&mut as_ben, "/do/api/outloud/v1/tags/bread/views", &view).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/tags/bread/keep"), "{done:?}");
    assert!(as_ben.get("/tags/bread/keep").await.text.contains("/withdraw\""));
    let hat = [("hat", "critical_friend"), ("days", "30"), here_again[0]];
    assert_eq!(does(&mut as_ben, "/do/api/outloud/v1/tags/bread/hats", &hat).await.status, StatusCode::SEE_OTHER);
    assert!(as_ben.get("/tags/bread/keep").await.text.contains("critical friend"));
    let link = [("tag", "cake"), here_again[0]];
    let refused = does(&mut as_ben, "/do/api/outloud/v1/tags/bread/links", &link).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{refused:?}");
    assert_eq!(does(&mut as_olga, "/do/api/outloud/v1/tags/bread/links", &link).await.status, StatusCode::SEE_OTHER);
    assert!(as_olga.get("/tags/bread/keep").await.text.contains("#cake"));
    let me = as_ben.get("/me").await.text;
    assert!(me.contains("href=\"/tags/bread/hats/critical_friend\"") && me.contains("#Bread"), "{me}");
    let page = as_ben.get("/tags/bread/hats/community_keeper").await;
    assert!(page.status == StatusCode::OK && page.text.contains("How do we hear all voices?"), "{page:?}");
    assert_eq!(as_ben.get("/tags/bread/hats/top_hat").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_waits_for_a_challenge_is_passed_on_or_not_by_who_looks_after_it() {
    let here = Here::start().await;
    let (olga, ben) = (here.member("olga").await, here.member("ben").await);
    let id = asked(&here, &olga).await;
    let (mut as_olga, mut as_ben) = (signed_in(&here, "olga").await, signed_in(&here, "ben").await);
    let node = &here.app.node;
    let post = says(&here, &ben, "By coming back.", Audience::Public).await;
    let mut tx = node.store.begin().await.unwrap();
    let waits = model::challenge::Contribution {
        challenge_id: id,
        post_id: post.id,
        account_id: ben.id,
        state: Standing::Waiting,
        by_mention: true,
        decided_by: None,
        decided_at: None,
        created_at: node.now(),
    };
    tx.put_contribution(&waits).await.unwrap();
    node.commit(tx).await.unwrap();
    let kept = as_olga.get("/@trust/keep").await.text;
    assert!(kept.contains("One contribution waits for you") && kept.contains("By coming back."), "{kept}");
    let seen = as_ben.get("/@trust/keep").await.text;
    assert!(!seen.contains("/accept\"") && !seen.contains("/close\"") && !seen.contains("By coming back."), "{seen}");
    let accept = format!("/do/api/outloud/v1/challenges/trust/contributions/{}/accept", post.id);
    assert_eq!(does(&mut as_ben, &accept, &[("next", "/@trust/keep")]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(does(&mut as_olga, &accept, &[("next", "/@trust/keep")]).await.status, StatusCode::SEE_OTHER);
    let mut tx = node.store.read().await.unwrap();
    assert_eq!(tx.count_waiting(id).await.unwrap(), 0);
    assert_eq!(tx.challenge(id).await.unwrap().unwrap().contributions_count, 1);
    drop(tx);
    let change =
        [("question", "How?"), ("tag", ""), ("adoptable", "true"), ("_method", "PATCH"), ("next", "/@trust/keep")];
    assert_eq!(does(&mut as_olga, "/do/api/outloud/v1/challenges/trust", &change).await.status, StatusCode::SEE_OTHER);
    let changed = as_ben.get("/@trust/keep").await.text;
    assert!(changed.contains("How?") && changed.contains("challenges/trust/adopt"), "{changed}");
    assert_eq!(as_olga.get("/@olga/keep").await.status, StatusCode::NOT_FOUND, "it is no challenge");
}

#[tokio::test]
async fn a_team_is_for_those_in_it() {
    let here = Here::start().await;
    let (ada, _ben, _cleo) = (here.member("ada").await, here.member("ben").await, here.member("cleo").await);
    let node = &here.app.node;
    let mut tx = node.store.begin().await.unwrap();
    let made = team::create(node, &mut tx, &ada, "Visits", &[]).await.unwrap();
    node.commit(tx).await.unwrap();
    let among = Draft { text: "Nobody came.".to_owned(), team_id: Some(made.id), ..Draft::default() };
    here.post(&ada, among).await;
    let path = format!("/teams/{}", made.id);
    assert!(here.get(&path, &[("accept", "text/html")]).await.header("location").starts_with("/login"));
    let (mut as_ada, mut as_ben) = (signed_in(&here, "ada").await, signed_in(&here, "ben").await);
    let mut as_cleo = signed_in(&here, "cleo").await;
    assert_eq!(as_ben.get(&path).await.status, StatusCode::NOT_FOUND);
    let add = format!("{path}/add");
    assert_eq!(does(&mut as_ben, &add, &[("name", "ben")]).await.status, StatusCode::NOT_FOUND);
    let nobody = does(&mut as_ada, &add, &[("name", "@nobody <b>")]).await;
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nobody.text.contains("value=\"@nobody &#60;b&#62;\""), "{}", nobody.text);
    let wrong = as_ada.post(&add, &[("csrf", "0"), ("name", "ben")]).await;
    assert_eq!(wrong.status, StatusCode::FORBIDDEN);
    let done = does(&mut as_ada, &add, &[("name", " @ben ")]).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, path.as_str()));
    assert!(as_ben.get(&path).await.text.contains("Nobody came."));
    assert!(as_ben.get("/teams").await.text.contains("Visits") && !as_cleo.get("/teams").await.text.contains("Visits"));
    let to_write = as_ben.get(&format!("/write?for=team-{}", made.id)).await.text;
    let first = to_write.split("data-key=\"send\"").next().unwrap();
    assert!(first.contains(&format!("value=\"team-{}\"", made.id)), "it is what the first button says");
}

#[tokio::test]
async fn what_is_said_inside_is_in_the_timeline_of_members_and_of_nobody_else() {
    let here = Here::start().await;
    let alice = here.member("alice").await;
    here.member("ben").await;
    says(&here, &alice, "For us alone", Audience::Organisation).await;
    says(&here, &alice, "For followers", Audience::Followers).await;
    says(&here, &alice, "For all", Audience::Public).await;
    for path in ["/local", "/"] {
        let stranger = here.get(path, &[("accept", "text/html")]).await.text;
        assert!(stranger.contains("For all") && !stranger.contains("For us alone"), "{path}");
        let colleague = signed_in(&here, "ben").await.get(path).await.text;
        assert!(colleague.contains("For us alone") && !colleague.contains("For followers"), "{path}");
    }
}

#[tokio::test]
async fn a_post_stands_on_the_pages_of_others_without_a_script_and_only_if_everybody_may_see_it() {
    let here = Here::start().await;
    let alice = here.member("alice").await;
    let open = says(&here, &alice, "We bake", Audience::Public).await;
    let page = here.get(&format!("/@alice/{}/embed", open.id), &[]).await;
    assert!(
        page.status == StatusCode::OK && page.text.contains("We bake") && !page.text.contains("<script"),
        "{page:?}"
    );
    let policy = page.header("content-security-policy");
    assert!(policy.contains("frame-ancestors *") && policy.contains("script-src 'none'"), "{policy}");
    assert_eq!((page.header("x-frame-options"), page.header("set-cookie")), ("", ""));
    // Whoever is signed in is nobody there.
    let mut browser = signed_in(&here, "alice").await;
    for audience in [Audience::Followers, Audience::Organisation, Audience::Direct] {
        let narrow = says(&here, &alice, "Not for all", audience).await;
        let page = browser.get(&format!("/@alice/{}/embed", narrow.id)).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{audience:?}");
        let thread = browser.get(&format!("/@alice/{}", narrow.id)).await.text;
        assert!(thread.contains("Not for all") && !thread.contains("/embed"), "{audience:?}");
    }
    assert!(browser.get(&format!("/@alice/{}", open.id)).await.text.contains("/embed"));
    let other = here.get("/", &[("accept", "text/html")]).await;
    assert!(other.header("content-security-policy").contains("frame-ancestors 'none'"));
}

#[tokio::test]
async fn what_others_put_into_their_pages_runs_nothing_there() {
    let here = Here::start().await;
    let alice = here.member("alice").await;
    let change = node::accounts::ProfileChange {
        display_name: Some("Al\" onload=\"alert(1)".to_owned()),
        ..node::accounts::ProfileChange::default()
    };
    let mut tx = here.app.node.store.begin().await.unwrap();
    let alice = node::accounts::change_profile(&here.app.node, &mut tx, &alice, change).await.unwrap();
    here.app.node.commit(tx).await.unwrap();
    let post = says(&here, &alice, "We bake", Audience::Public).await;
    let page = here.get(&format!("/@alice/{}", post.id), &[("accept", "text/html")]).await.text;
    let code = page.split("<textarea id=\"embed\"").nth(1).unwrap().split("</textarea>").next().unwrap();
    // As the text area shows it, and a page would read it.
    let code = code
        .split_once('>')
        .unwrap()
        .1
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#34;", "\"")
        .replace("&#38;", "&");
    assert!(
        code.contains("<iframe src=\"https://here.example/@alice/") && code.contains("title=\"Al&quot; onload="),
        "{code}"
    );
}

#[tokio::test]
async fn an_address_names_who_wrote_what_stands_there() {
    let here = Here::start().await;
    let (alice, _ben) = (here.member("alice").await, here.member("ben").await);
    let post = says(&here, &alice, "We bake", Audience::Public).await;
    for end in ["history", "boosts", "favourites", "quotes"] {
        let status = async |name: &str| {
            here.get(&format!("/@{name}/{}/{end}", post.id), &[("accept", "text/html")]).await.status
        };
        assert_eq!(status("alice").await, StatusCode::OK, "{end}");
        for other in ["ben", "nobody", "alice@far.example"] {
            assert_eq!(status(other).await, StatusCode::NOT_FOUND, "{end} of {other}");
        }
    }
}

#[tokio::test]
async fn a_draft_is_posted_once() {
    let here = Here::start().await;
    let alice = here.member("alice").await;
    let draft = says(&here, &alice, "Half a thought", Audience::Draft).await;
    let mut browser = signed_in(&here, "alice").await;
    let page = browser.get(&format!("/write?draft={}", draft.id)).await;
    let (csrf, key, id) = (page.field("csrf"), page.field("key"), draft.id.to_string());
    let fields =
        [("csrf", csrf.as_str()), ("key", &key), ("draft", &id), ("status", "A whole thought"), ("to", "public")];
    let first = browser.post("/write", &fields).await;
    let again = browser.post("/write", &fields).await;
    assert_eq!(first.header("location"), again.header("location"));
    // Another draft with the same key, from a page that was gone back to, is a post of its own.
    let other = says(&here, &alice, "Another thought", Audience::Draft).await;
    let id = other.id.to_string();
    let fields = [("csrf", csrf.as_str()), ("key", &key), ("draft", &id), ("status", "Another"), ("to", "public")];
    let third = browser.post("/write", &fields).await;
    assert_ne!(first.header("location"), third.header("location"));
    let posted = third.header("location").rsplit('/').next().unwrap().parse().unwrap();
    let mut tx = here.app.node.store.read().await.unwrap();
    assert_eq!(tx.post(posted).await.unwrap().unwrap().source, "Another");
    assert!(tx.post(other.id).await.unwrap().is_none(), "it is no draft any more");
}

#[tokio::test]
async fn only_our_own_pages_read_through_the_gateway() {
    let here = Here::start().await;
    here.member("alice").await;
    let mut browser = signed_in(&here, "alice").await;
    let path = "/do/api/v1/accounts/verify_credentials";
    for (name, value, status) in [
        ("sec-fetch-site", "same-origin", StatusCode::OK),
        ("origin", "https://here.example", StatusCode::OK),
        ("sec-fetch-site", "same-site", StatusCode::FORBIDDEN),
        ("sec-fetch-site", "cross-site", StatusCode::FORBIDDEN),
        ("origin", "https://other.here.example", StatusCode::FORBIDDEN),
        ("origin", "null", StatusCode::FORBIDDEN),
        ("upgrade", "websocket", StatusCode::FORBIDDEN),
    ] {
        let answer = browser.get_with(path, &[(name, value)]).await;
        assert_eq!(answer.status, status, "{name}: {value}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
    let nothing = here.get("/nothing/here", &[("accept", "text/html")]).await;
    assert_eq!(
        (nothing.header("x-content-type-options"), nothing.header("referrer-policy")),
        ("nosniff", "same-origin")
    );
}

#[tokio::test]
async fn who_did_what_with_a_post_is_told_to_those_who_may_see_it() {
    let here = Here::start().await;
    let (alice, ben) = (here.member("alice").await, here.member("ben").await);
    let node = &here.app.node;
    for audience in [Audience::Public, Audience::Organisation] {
        let post = says(&here, &alice, "We bake", audience).await;
        let mut tx = node.store.begin().await.unwrap();
        react::favourite(node, &mut tx, &ben, &post, None).await.unwrap();
        node.commit(tx).await.unwrap();
        for (end, words) in [("favourites", "@ben@"), ("boosts", "Nobody yet."), ("quotes", "Nobody has quoted it")] {
            let path = format!("/@alice/{}/{end}", post.id);
            let stranger = here.get(&path, &[("accept", "text/html")]).await;
            let member = signed_in(&here, "ben").await.get(&path).await;
            assert!(member.status == StatusCode::OK && member.text.contains(words), "{path}: {member:?}");
            let is_told = stranger.status == StatusCode::OK && stranger.text.contains(words);
            assert_eq!(is_told, audience == Audience::Public, "{path}: {stranger:?}");
        }
    }
}

#[tokio::test]
async fn an_announcement_stands_above_home_until_it_was_read() {
    let here = Here::start().await;
    here.member("alice").await;
    let node = &here.app.node;
    let new = texts::NewAnnouncement { text: "We **move** on Friday.".to_owned(), ..texts::NewAnnouncement::default() };
    let mut tx = node.store.begin().await.unwrap();
    let told = texts::announce(node, &mut tx, "olga", &new).await.unwrap();
    node.commit(tx).await.unwrap();
    let mut browser = signed_in(&here, "alice").await;
    assert!(browser.get("/home").await.text.contains("We <strong>move</strong> on Friday."));
    let path = format!("/do/api/v1/announcements/{}/dismiss", told.id);
    assert_eq!(does(&mut browser, &path, &[("next", "/home")]).await.header("location"), "/home");
    assert!(!browser.get("/home").await.text.contains("on Friday"));
}

#[tokio::test]
async fn a_node_has_its_own_colour_and_picture() {
    let plain = Here::start().await;
    assert!(!plain.get("/about", &[("accept", "text/html")]).await.text.contains("colours.css"));
    assert_eq!(plain.get("/assets/colours.css", &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(plain.get("/assets/logo", &[]).await.status, StatusCode::NOT_FOUND);
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    let change = |config: &mut node::Config| {
        config.accent = Some(Accent::of(Colour([0x7a, 0, 0x19])).unwrap());
        config.logo = Some(Arc::new(Logo::of(svg.as_bytes().to_vec()).unwrap()));
    };
    let here = Here::with(change, false).await;
    let page = here.get("/about", &[("accept", "text/html")]).await.text;
    assert!(page.contains("/assets/colours.css?v=7a0019") && page.contains("src=\"/assets/logo?v="), "{page}");
    let sheet = here.get("/assets/colours.css?v=7a0019", &[]).await;
    assert!(sheet.text.contains(":root{--accent:#7a0019") && sheet.header("content-type").starts_with("text/css"));
    let logo = here.get("/assets/logo", &[]).await;
    assert_eq!(logo.header("content-type"), "image/svg+xml");
    assert!(logo.header("content-security-policy").contains("default-src 'none'") && logo.text == svg);
    let manifest = here.get("/manifest.webmanifest", &[]).await.json();
    assert_eq!(manifest["theme_color"], "#7a0019");
    for wrong in [&b"GIF89a"[..], b"", b"<html></html>", &vec![b' '; Logo::LONGEST + 1]] {
        assert!(Logo::of(wrong.to_vec()).is_none());
    }
}
