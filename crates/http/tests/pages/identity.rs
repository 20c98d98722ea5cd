//! Who members show themselves to be: addresses, passwords, second factors, and what is signed in.

use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use model::clock::{DAY, HOUR, MINUTE, SECOND};
use node::config::Registrations;
use node::login::Scopes;
use node::mail::Mail;
use node::moderate::Act;
use node::totp;
use node::warn::Measure;

use super::common::{Answer, Browser, Here, PASSWORD};

/// A node whose letters are caught.
struct Post {
    here: Here,
    caught: Arc<Mutex<Vec<Mail>>>,
}

impl Post {
    async fn start(limits: bool) -> Self {
        let change = |c: &mut node::Config| {
            c.mail = true;
            c.registrations = Registrations::Open;
        };
        let here = Here::with(change, limits).await;
        let caught = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&caught);
        let carrier: node::mail::Carrier = Arc::new(move |mail| {
            kept.lock().unwrap().push(mail);
            Box::pin(async { Ok(()) })
        });
        assert!(here.app.node.carrier.set(carrier).is_ok());
        Self { here, caught }
    }

    /// The letters that are sent now.
    async fn letters(&self) -> Vec<Mail> {
        for job in self.here.app.federation.lease_jobs(true, 99).await.unwrap() {
            self.here.app.federation.serve_job(job).await.unwrap();
        }
        std::mem::take(&mut self.caught.lock().unwrap())
    }

    /// Where the one letter that is sent now leads.
    async fn link(&self) -> (String, String) {
        let letters = self.letters().await;
        assert_eq!(letters.len(), 1, "{letters:?}");
        let link = letters[0].text.lines().find_map(|l| l.strip_prefix("https://here.example/")).unwrap();
        (letters[0].to.clone(), format!("/{link}"))
    }
}

async fn signed_in<'a>(here: &'a Here, name: &str) -> Browser<'a> {
    let mut browser = here.browser();
    let answer = browser.log_in(name, PASSWORD).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    browser
}

/// Fills in the form of a page.
async fn fill(browser: &mut Browser<'_>, page: &str, to: &str, fields: &[(&str, &str)]) -> Answer {
    let shown = browser.get(page).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
    let csrf = shown.field("csrf");
    let mut all = vec![("csrf", csrf.as_str())];
    all.extend_from_slice(fields);
    browser.post(to, &all).await
}

async fn opens(post: &Post, browser: &mut Browser<'_>, link: &str) -> Answer {
    let page = browser.get(link).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(post.letters().await.is_empty());
    let (csrf, secret) = (page.field("csrf"), page.field("secret"));
    browser.post("/confirm", &[("csrf", &csrf), ("secret", &secret)]).await
}

#[tokio::test]
async fn who_joins_confirms_their_address_and_can_do_nothing_before() {
    let post = Post::start(false).await;
    let mut browser = post.here.browser();
    let fields = [("username", "nia"), ("email", "nia@wrong.example"), ("password", PASSWORD), ("agreement", "true")];
    let answer = fill(&mut browser, "/signup", "/signup", &fields).await;
    assert_eq!(answer.header("location"), "/confirm", "{}", answer.text);
    assert_eq!(post.link().await.0, "nia@wrong.example");
    assert!(browser.get("/confirm").await.text.contains("nia@wrong.example"));
    assert_eq!(browser.get("/settings/security").await.header("location"), "/login?next=/settings/security");
    assert_eq!(browser.get("/@nia").await.status, StatusCode::NOT_FOUND, "nobody sees them yet");
    // They look at the address once more.
    let again = fill(&mut browser, "/confirm", "/confirm/again", &[("email", "nia@right.example")]).await;
    assert_eq!(again.status, StatusCode::OK);
    let (to, link) = post.link().await;
    assert_eq!(to, "nia@right.example");
    let done = opens(&post, &mut browser, &link).await;
    assert!(done.text.contains("Your address is confirmed"), "{}", done.text);
    assert_eq!(browser.get("/settings/security").await.status, StatusCode::OK);
    assert_eq!(browser.get("/@nia").await.status, StatusCode::OK);
    let (csrf, secret) = (browser.get("/settings/security").await.field("csrf"), link.split_once('=').unwrap().1);
    let twice = browser.post("/confirm", &[("csrf", &csrf), ("secret", secret)]).await;
    assert_eq!(twice.status, StatusCode::NOT_FOUND, "a link works once");
}

#[tokio::test]
async fn an_app_waits_with_its_member_for_the_letter() {
    let post = Post::start(false).await;
    let here = &post.here;
    let node = &here.app.node;
    let scopes = Scopes::parse("read write").unwrap();
    let mut tx = node.store.begin().await.unwrap();
    let (app, _) = node::login::register_app(node, &mut tx, "Pencil", "", Vec::new(), &scopes).await.unwrap();
    let (own, _) = node::login::issue_token(node, &mut tx, Some(app.id), None, &scopes).await.unwrap();
    node.commit(tx).await.unwrap();
    let bearer = |t: &str| format!("Bearer {t}");
    let fields = [("username", "nia"), ("email", "nia@mail.example"), ("password", PASSWORD), ("agreement", "true")];
    let made = here.send("/api/v1/accounts", &fields, &[("authorization", &bearer(&own))]).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text);
    let token = bearer(made.json()["access_token"].as_str().unwrap());
    let auth = [("authorization", token.as_str())];
    let refused = here.get("/api/v1/accounts/verify_credentials", &auth).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(refused.json()["error"], "Your login is missing a confirmed e-mail address");
    assert_eq!(here.get("/api/v1/emails/check_confirmation", &auth).await.json(), false);
    assert_eq!(here.get("/api/v1/emails/check_confirmation", &[]).await.status, StatusCode::UNAUTHORIZED);
    let (_, first) = post.link().await;
    assert_eq!(here.send("/api/v1/emails/confirmations", &[], &auth).await.status, StatusCode::OK);
    let (_, second) = post.link().await;
    let mut browser = here.browser();
    let page = browser.get(&first).await;
    let (csrf, secret) = (page.field("csrf"), page.field("secret"));
    let old = browser.post("/confirm", &[("csrf", &csrf), ("secret", &secret)]).await;
    assert_eq!(old.status, StatusCode::NOT_FOUND, "the last letter counts");
    opens(&post, &mut browser, &second).await;
    assert_eq!(here.get("/api/v1/accounts/verify_credentials", &auth).await.status, StatusCode::OK);
    assert_eq!(here.get("/api/v1/emails/check_confirmation", &auth).await.json(), true);
    assert_eq!(here.send("/api/v1/emails/confirmations", &[], &auth).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_sign_up_that_nobody_confirms_frees_its_name_after_a_week() {
    let post = Post::start(false).await;
    let fields = [("username", "nia"), ("email", "nia@mail.example"), ("password", PASSWORD), ("agreement", "true")];
    fill(&mut post.here.browser(), "/signup", "/signup", &fields).await;
    let node = &post.here.app.node;
    let step = || node::housekeeping::step(node, node::housekeeping::Chore::Codes, 0);
    step().await.unwrap();
    assert!(node.store.read().await.unwrap().account_by_handle("nia", "").await.unwrap().is_some());
    node.clock.advance(8 * DAY);
    step().await.unwrap();
    assert!(node.store.read().await.unwrap().account_by_handle("nia", "").await.unwrap().is_none());
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_and_nobody_learns_who_is_here() {
    let post = Post::start(false).await;
    let here = &post.here;
    here.member("ada").await;
    let mut ada = signed_in(here, "ada").await;
    let mut stranger = here.browser();
    let unknown = fill(&mut stranger, "/password/forgot", "/password/forgot", &[("email", "no@mail.example")]).await;
    assert!(post.letters().await.is_empty());
    let known = fill(&mut stranger, "/password/forgot", "/password/forgot", &[("email", "Ada@mail.example")]).await;
    assert_eq!((unknown.status, unknown.text), (known.status, known.text));
    let (to, link) = post.link().await;
    assert_eq!(to, "ada@mail.example");
    let secret = link.split_once('=').unwrap().1;
    let short = fill(&mut stranger, &link, "/password/new", &[("secret", secret), ("password", "short")]).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    let new = [("secret", secret), ("password", "another long one")];
    let done = fill(&mut stranger, &link, "/password/new", &new).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert_eq!(post.letters().await.len(), 1, "they are told");
    assert_eq!(stranger.get(&link).await.status, StatusCode::NOT_FOUND, "once");
    assert_eq!(ada.get("/settings/security").await.status, StatusCode::SEE_OTHER, "all are signed out");
    assert_eq!(here.browser().log_in("ada@mail.example", "another long one").await.status, StatusCode::SEE_OTHER);
    assert_eq!(here.browser().log_in("ada", PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    // A link works for an hour.
    fill(&mut stranger, "/password/forgot", "/password/forgot", &[("email", "ada@mail.example")]).await;
    let (_, link) = post.link().await;
    here.app.node.clock.advance(HOUR + 1);
    assert_eq!(stranger.get(&link).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn letters_are_asked_for_only_so_often() {
    let post = Post::start(true).await;
    let mut browser = post.here.browser();
    let mut last = StatusCode::OK;
    for _ in 0..6 {
        last = fill(&mut browser, "/password/forgot", "/password/forgot", &[("email", "a@b.example")]).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_member_changes_password_and_address_with_the_password_they_have() {
    let post = Post::start(false).await;
    let here = &post.here;
    here.member("ada").await;
    here.member("bea").await;
    let (mut ada, mut other) = (signed_in(here, "ada").await, signed_in(here, "ada").await);
    let page = "/settings/security";
    let wrong = [("current", "wrong"), ("password", "another long one")];
    assert_eq!(fill(&mut ada, page, "/settings/password", &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let right = [("current", PASSWORD), ("password", "another long one")];
    assert_eq!(fill(&mut ada, page, "/settings/password", &right).await.status, StatusCode::OK);
    assert_eq!(post.letters().await[0].to, "ada@mail.example");
    assert_eq!(ada.get(page).await.status, StatusCode::OK);
    assert_eq!(other.get(page).await.status, StatusCode::SEE_OTHER);

    let now = ("current", "another long one");
    assert_eq!(
        fill(&mut ada, page, "/settings/email", &[now, ("email", "no address")]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    fill(&mut ada, page, "/settings/email", &[now, ("email", "ada@new.example")]).await;
    let (to, link) = post.link().await;
    assert_eq!(to, "ada@new.example");
    assert!(ada.get(page).await.text.contains("ada@mail.example"), "not before it is confirmed");
    let mut elsewhere = here.browser();
    let done = opens(&post, &mut elsewhere, &link).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert_eq!(post.letters().await[0].to, "ada@mail.example", "the old address hears of it");
    assert!(ada.get(page).await.text.contains("ada@new.example"));
    // Another's address: whoever has it gets the letter, and it comes to nothing.
    fill(&mut ada, page, "/settings/email", &[now, ("email", "bea@mail.example")]).await;
    let (_, link) = post.link().await;
    assert_eq!(opens(&post, &mut elsewhere, &link).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let answer = here.get("/.well-known/change-password", &[]).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, page));
}

/// The code that the member's app shows now.
async fn code(here: &Here, account: i64) -> String {
    let node = &here.app.node;
    let factor = node.store.read().await.unwrap().second_factor(account).await.unwrap().unwrap();
    totp::code_at(&factor.secret, node.now()).unwrap()
}

/// Turns the second factor on; answers the recovery codes.
async fn set_up(here: &Here, browser: &mut Browser<'_>, account: i64) -> Vec<String> {
    let page = browser.get("/settings/factor").await;
    assert!(page.text.contains("<svg"), "{}", page.text);
    let wrong = [("current", PASSWORD), ("code", "000000")];
    let refused = fill(browser, "/settings/factor", "/settings/factor", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let code = code(here, account).await;
    let done = fill(browser, "/settings/factor", "/settings/factor", &[("current", PASSWORD), ("code", &code)]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let codes = done.text.split("<code>").skip(1).map(|t| t.split('<').next().unwrap().to_owned());
    codes.collect()
}

/// Gives the right password, then this.
async fn with_code(here: &Here, code: &str) -> Answer {
    let mut browser = here.browser();
    let asked = browser.log_in("ada", PASSWORD).await;
    assert_eq!((asked.status, asked.header("location")), (StatusCode::OK, ""), "{}", asked.text);
    assert_eq!(browser.get("/settings/security").await.status, StatusCode::SEE_OTHER, "half is nothing");
    let (csrf, secret, next) = (asked.field("csrf"), asked.field("secret"), asked.field("next"));
    browser.post("/login/code", &[("csrf", &csrf), ("secret", &secret), ("next", &next), ("code", code)]).await
}

#[tokio::test]
async fn with_a_second_factor_the_password_alone_opens_nothing() {
    let post = Post::start(false).await;
    let here = &post.here;
    let id = here.member("ada").await.id;
    let mut ada = signed_in(here, "ada").await;
    let recovery = set_up(here, &mut ada, id).await;
    assert_eq!(recovery.len(), 10);
    assert_eq!(post.letters().await.len(), 1);
    let used = code(here, id).await;
    assert_eq!(with_code(here, &used).await.status, StatusCode::UNPROCESSABLE_ENTITY, "that code was used");
    here.app.node.clock.advance(30 * SECOND);
    let fresh = code(here, id).await;
    let in_time = with_code(here, &fresh).await;
    assert_eq!(in_time.header("location"), "/about", "{}", in_time.text);
    assert_eq!(with_code(here, &fresh).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(with_code(here, "000000").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(with_code(here, &recovery[0].to_uppercase()).await.header("location"), "/about");
    assert_eq!(with_code(here, &recovery[0]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "once");

    let page = "/settings/security";
    assert!(ada.get(page).await.text.contains("9 recovery codes"));
    let renewed = [("current", PASSWORD), ("code", recovery[1].as_str())];
    let new = fill(&mut ada, page, "/settings/factor/codes", &renewed).await;
    assert_eq!(new.text.matches("<code>").count(), 10);
    assert_eq!(with_code(here, &recovery[2]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "the old ones are gone");
    here.app.node.clock.advance(MINUTE);
    let wrong = [("current", PASSWORD), ("code", "000000")];
    let refused = fill(&mut ada, page, "/settings/factor/off", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let now = code(here, id).await;
    fill(&mut ada, page, "/settings/factor/off", &[("current", PASSWORD), ("code", &now)]).await;
    assert_eq!(here.browser().log_in("ada", PASSWORD).await.header("location"), "/about");
}

#[tokio::test]
async fn codes_are_tried_only_so_often_for_one_member() {
    let post = Post::start(true).await;
    let here = &post.here;
    let id = here.member("ada").await.id;
    let mut ada = signed_in(here, "ada").await;
    set_up(here, &mut ada, id).await;
    let mut browser = here.browser();
    let asked = browser.log_in("ada", PASSWORD).await;
    let (csrf, secret) = (asked.field("csrf"), asked.field("secret"));
    let mut seen = Vec::new();
    for _ in 0..12 {
        let fields = [("csrf", csrf.as_str()), ("secret", &secret), ("code", "000000")];
        seen.push(browser.post("/login/code", &fields).await.status);
    }
    assert_eq!(seen.last(), Some(&StatusCode::TOO_MANY_REQUESTS), "{seen:?}");
    let fields = [("csrf", csrf.as_str()), ("secret", &secret), ("code", "000000")];
    let wait: u64 = browser.post("/login/code", &fields).await.header("retry-after").parse().unwrap();
    assert!((1..=600).contains(&wait), "{wait}");
    let refused = here.browser().log_in("ada", PASSWORD).await;
    assert_eq!(refused.status, StatusCode::OK, "the password is counted by itself");
    here.app.node.clock.advance(11 * MINUTE);
    let fields = [("csrf", csrf.as_str()), ("secret", &secret), ("code", "000000")];
    let late = browser.post("/login/code", &fields).await;
    assert!(late.text.contains("took too long"), "{}", late.text);
}

#[tokio::test]
async fn what_is_signed_in_is_listed_and_ended_at_once() {
    let here = Here::start().await;
    let ada = here.member("ada").await;
    let (mut one, mut two) = (signed_in(&here, "ada").await, signed_in(&here, "ada").await);
    let node = &here.app.node;
    let scopes = Scopes::parse("read").unwrap();
    let mut tx = node.store.begin().await.unwrap();
    let (app, _) = node::login::register_app(node, &mut tx, "Pencil", "", Vec::new(), &scopes).await.unwrap();
    let (secret, token) = node::login::issue_token(node, &mut tx, Some(app.id), Some(ada.id), &scopes).await.unwrap();
    node.commit(tx).await.unwrap();
    let bearer = format!("Bearer {secret}");
    let auth = [("authorization", bearer.as_str())];
    let look = || here.get("/api/v1/accounts/verify_credentials", &auth);
    assert_eq!(look().await.status, StatusCode::OK);
    let page = one.get("/settings/sessions").await;
    assert!(page.text.contains("Pencil") && page.text.contains("(this one)"), "{}", page.text);
    let line = "<strong>Firefox on Linux</strong>, since 9 October 2025, last used just now <strong>(this one)";
    assert!(
        page.text.contains(line)
            && page.text.contains("</strong>, since 9 October 2025, last used just now. It may: read"),
        "{}",
        page.text
    );
    node.clock.advance(2 * HOUR);
    let page = one.get("/settings/sessions").await;
    assert!(page.text.contains(line) && page.text.contains("last used 2 hours ago"), "{}", page.text);
    let list = node.store.read().await.unwrap().signed_in(ada.id, node.now(), 9).await.unwrap();
    let browsers: Vec<i64> = list.iter().filter(|s| !s.is_app).map(|s| s.id).collect();
    let bob = here.member("bob").await;
    let mut stranger = signed_in(&here, &bob.username).await;
    let end = |id: i64| format!("/settings/sessions/{id}");
    fill(&mut stranger, "/settings/security", &end(token.id), &[]).await;
    assert_eq!(look().await.status, StatusCode::OK, "nobody ends another's");
    fill(&mut one, "/settings/security", &end(token.id), &[]).await;
    assert_eq!(look().await.status, StatusCode::UNAUTHORIZED);
    fill(&mut one, "/settings/security", &end(browsers[1]), &[]).await;
    assert_eq!(two.get("/settings/sessions").await.status, StatusCode::SEE_OTHER);
    assert_eq!(one.get("/settings/sessions").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_member_is_told_by_a_letter_what_was_done_about_them() {
    let post = Post::start(false).await;
    let ada = post.here.member("ada").await;
    let node = &post.here.app.node;
    let act = |measure, words, letter| Act { measure, words, report: None, letter };
    for (act, said) in [
        (act(Measure::None, "Be kind", true), "They say:\n\nBe kind\n"),
        (act(Measure::Freeze, "", true), "You can sign in and read"),
        (act(Measure::Silence, "", true), "out of public timelines"),
        (act(Measure::Suspend, "Enough", true), "Your account is suspended"),
    ] {
        let mut tx = node.store.begin().await.unwrap();
        node::moderate::act(node, &mut tx, "test", &ada, act).await.unwrap();
        node.commit(tx).await.unwrap();
        let letters = post.letters().await;
        assert_eq!(letters.len(), 1, "{act:?}");
        assert_eq!((letters[0].to.as_str(), letters[0].text.contains("@ada")), ("ada@mail.example", true));
        assert!(letters[0].text.contains(said) && letters[0].id.len() > 20, "{}", letters[0].text);
    }
    let mut tx = node.store.begin().await.unwrap();
    node::moderate::act(node, &mut tx, "test", &ada, act(Measure::None, "x", false)).await.unwrap();
    node.commit(tx).await.unwrap();
    assert!(post.letters().await.is_empty());
}

#[tokio::test]
async fn how_far_ones_posts_go_is_changed_without_scripts() {
    let here = Here::start().await;
    let alice = here.member("alice").await;
    assert_eq!(
        here.get("/settings/sharing", &[]).await.status,
        StatusCode::SEE_OTHER,
        "who is not signed in is asked to"
    );
    let mut browser = signed_in(&here, "alice").await;
    let page = browser.get("/settings/sharing").await;
    assert!(page.text.contains("name=\"tag_sharing\" value=\"true\" checked"), "{}", page.text);
    let refused = browser.post("/settings/sharing", &[("csrf", "made up")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    for (fields, expected) in [(vec![], false), (vec![("tag_sharing", "true")], true)] {
        let token = page.field("csrf");
        let fields: Vec<(&str, &str)> = fields.into_iter().chain([("csrf", token.as_str())]).collect();
        let answer = browser.post("/settings/sharing", &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let member = here.app.node.store.read().await.unwrap().member(alice.id).await.unwrap().unwrap();
        assert_eq!(member.tag_sharing, expected);
    }
}
