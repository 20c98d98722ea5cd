//! The pages of members: what they read there, what they do by form, and what they write.

use axum::http::StatusCode;
use model::audience::{Audience, Viewer};
use model::experiment::{Experiment, Form, Standing, Wanted};
use model::id::Id;
use model::page::Page;
use model::policy::QuotePolicy;
use model::poll::PollDraft;
use model::post::{Draft, Post, Revision};
use storage::{AccountFilter, Peer, Tx};

use crate::common::{Answer, Browser, Here, PASSWORD};

const PICTURE: &[u8] = include_bytes!("../../assets/card.png");

async fn signed_in<'a>(here: &'a Here, name: &str) -> Browser<'a> {
    let mut browser = here.browser();
    let answer = browser.log_in(&format!("{name}@mail.example"), PASSWORD).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{answer:?}");
    browser
}

fn said(text: &str, audience: Audience) -> Draft {
    Draft { text: text.to_owned(), audience: Some(audience), ..Draft::default() }
}

async fn read(here: &Here) -> Tx {
    here.app.node.store.read().await.unwrap()
}

/// The newest post of somebody, whoever it is for.
async fn newest(here: &Here, author: Id) -> Option<Post> {
    let mut tx = read(here).await;
    let page = Page::first(1);
    let filter = storage::AccountFilter::default();
    tx.account_posts(author, &filter, Viewer::Member(author), &page).await.unwrap().pop()
}

fn location(answer: &Answer) -> &str {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{answer:?}");
    answer.header("location")
}

#[tokio::test]
async fn a_deed_by_form_is_done_once_it_is_shown_to_be_ours() {
    let here = Here::start().await;
    let (alice, carl) = (here.member("alice").await, here.member("carl").await);
    let post = here.post(&alice, said("We bake", Audience::Public)).await;
    let path = format!("/do/api/v1/statuses/{}/favourite", post.id);
    let count = async || read(&here).await.post(post.id).await.unwrap().unwrap().favourites_count;

    let mut stranger = here.browser();
    let answer = stranger.post(&path, &[("csrf", "x")]).await;
    assert!(location(&answer).starts_with("/login"), "{answer:?}");
    let mut browser = signed_in(&here, "carl").await;
    for fields in [&[][..], &[("csrf", "")], &[("csrf", "0123456789")]] {
        let answer = browser.post(&path, fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{answer:?}");
    }
    assert_eq!(count().await, 0);

    let csrf = browser.get("/home").await.field("csrf");
    let done = browser.post(&path, &[("csrf", &csrf), ("next", "/local?max_id=7"), ("at", "p12")]).await;
    assert_eq!(location(&done), "/local?max_id=7#p12");
    assert_eq!(count().await, 1);
    // Nobody is led away, and nothing is put into the header.
    for next in ["https://evil.example", "//evil.example", "/\\evil.example", "/x\r\nSet-Cookie: a=b"] {
        let done = browser.post(&path, &[("csrf", &csrf), ("next", next), ("at", "p1\r\nx: y")]).await;
        assert_eq!(location(&done), "/");
    }
    // Another verb than a form has.
    let mine = here.post(&carl, said("Mine", Audience::Public)).await;
    let path = format!("/do/api/v1/statuses/{}", mine.id);
    let done = browser.post(&path, &[("csrf", &csrf), ("_method", "DELETE"), ("next", "/home")]).await;
    assert_eq!(location(&done), "/home");
    assert!(read(&here).await.post(mine.id).await.unwrap().is_none());
    let wrong = browser.post(&path, &[("csrf", &csrf), ("_method", "TRACE")]).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{wrong:?}");
    // The API itself knows no cookies.
    let direct = browser.post("/api/v1/statuses", &[("csrf", &csrf), ("status", "Hello")]).await;
    assert_eq!(direct.status, StatusCode::UNAUTHORIZED, "{direct:?}");
    let elsewhere = browser.post("/do/oauth/token", &[("csrf", &csrf)]).await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND, "{elsewhere:?}");
}

#[tokio::test]
async fn what_a_script_reads_it_reads_as_the_member_and_nobody_else_does() {
    let here = Here::start().await;
    here.member("alice").await;
    let stranger = here.get("/do/api/v1/accounts/verify_credentials", &[("origin", "https://evil.example")]).await;
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
    let mut browser = signed_in(&here, "alice").await;
    let answer = browser.get("/do/api/v1/accounts/verify_credentials").await;
    assert_eq!((answer.status, answer.json()["username"].as_str()), (StatusCode::OK, Some("alice")));
    assert_eq!(answer.header("access-control-allow-origin"), "", "it is for our pages alone");
    assert_eq!(answer.header("cache-control"), "private, no-store");
}

#[tokio::test]
async fn what_somebody_wrote_comes_back_when_it_cannot_be_taken() {
    let here = Here::start().await;
    let alice = here.member("alice").await;
    let mut browser = signed_in(&here, "alice").await;
    let csrf = browser.get("/home").await.field("csrf");
    let long = "so many words ".repeat(200);
    let fields = [("csrf", csrf.as_str()), ("comment", &long), ("next", "/@bob")];
    let answer = browser.post("/do/api/v1/accounts/1/note", &fields).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{answer:?}");
    assert!(answer.text.contains("so many words so many words") && answer.text.contains("href=\"/@bob\""));

    let page = browser.get("/write").await;
    let key = page.field("key");
    let long = format!("a word {}", "x".repeat(6_000));
    for (fields, status) in [
        (vec![("csrf", csrf.as_str()), ("status", long.as_str()), ("to", "public")], StatusCode::UNPROCESSABLE_ENTITY),
        (vec![("csrf", "0"), ("status", "a word or two"), ("to", "public")], StatusCode::FORBIDDEN),
        (
            vec![("csrf", csrf.as_str()), ("status", "a word or two"), ("to", "nobody")],
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            vec![("csrf", csrf.as_str()), ("status", "a word or two"), ("to", "public"), ("at", "yesterday")],
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            vec![
                ("csrf", csrf.as_str()),
                ("status", "a word"),
                ("to", "public"),
                ("alt_asked", "true"),
                ("media_ids[]", "77"),
            ],
            StatusCode::NOT_FOUND,
        ),
    ] {
        let answer = browser.post("/write", &fields).await;
        assert_eq!(answer.status, status, "{fields:?}: {}", answer.text);
        assert!(answer.text.contains("a word") && answer.text.contains("What you typed is still here."), "{fields:?}");
    }
    assert!(newest(&here, alice.id).await.is_none());
    // Sent twice it is one post.
    for _ in 0..2 {
        let fields = [("csrf", csrf.as_str()), ("key", &key), ("status", "We *bake* #Bread"), ("to", "public")];
        let done = browser.post("/write", &fields).await;
        let post = newest(&here, alice.id).await.unwrap();
        assert_eq!(location(&done), format!("/@alice/{}", post.id));
        assert!(post.content.contains("<em>bake</em>") && post.audience == Audience::Public, "{}", post.content);
    }
    assert_eq!(read(&here).await.count_local_posts().await.unwrap(), 1);
}

#[tokio::test]
async fn the_button_says_for_whom_and_an_answer_is_for_no_more_people() {
    let here = Here::with(|c| c.title = "Leeds".to_owned(), false).await;
    let (alice, _) = (here.member("alice").await, here.member("carl").await);
    let inside = here.post(&alice, said("Between us", Audience::Organisation)).await;
    let open = here.post(&alice, said("For all", Audience::Public)).await;
    let mut browser = signed_in(&here, "carl").await;
    let path = format!("/write?in_reply_to_id={}", open.id);
    // Partners are offered where there are some.
    assert!(!browser.get(&path).await.text.contains("value=\"partners\""));
    assert!(
        browser.get(&format!("{path}&for=partners")).await.text.contains("value=\"partners\""),
        "it was for them before"
    );
    let mut tx = here.app.node.store.begin().await.unwrap();
    let peer = Peer {
        host: "trust.example".to_owned(),
        origin: "https://trust.example".to_owned(),
        handles: "{slug}".to_owned(),
        origin_only: true,
        discovered: false,
        ignored: false,
        created_at: 0,
    };
    tx.put_peer(&peer).await.unwrap();
    here.app.node.commit(tx).await.unwrap();
    let page = browser.get(&path).await;
    for to in ["public", "unlisted", "private", "partners", "organisation", "direct", "draft"] {
        assert!(page.text.contains(&format!("name=\"to\" value=\"{to}\"")), "{to}");
    }
    assert!(page.text.contains("@alice ") && page.text.contains("Post to everyone"));
    assert!(page.text.contains("2 people. It never leaves this server."));
    let page = browser.get(&format!("/write?in_reply_to_id={}", inside.id)).await;
    for to in ["public", "unlisted", "private", "partners"] {
        assert!(!page.text.contains(&format!("name=\"to\" value=\"{to}\"")), "{to}");
    }
    assert!(page.text.contains("Post inside Leeds") && page.text.contains("Between us"));
    // Whatever a form says, it stays inside.
    let id = inside.id.to_string();
    let fields =
        [("csrf", page.field("csrf")), ("status", "Yes".into()), ("in_reply_to_id", id), ("to", "public".into())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    browser.post("/write", &fields).await;
    let carl = read(&here).await.account_by_handle("carl", "").await.unwrap().unwrap();
    assert_eq!(newest(&here, carl.id).await.unwrap().audience, Audience::Organisation);
    // What is not for them cannot be answered, nor read while writing.
    let draft = here.post(&alice, said("Not yet", Audience::Draft)).await;
    for what in ["in_reply_to_id", "quoted_status_id", "tries"] {
        let page = browser.get(&format!("/write?{what}={}", draft.id)).await;
        assert!(!page.text.contains("Not yet"), "{what}");
    }
}

#[tokio::test]
async fn a_draft_is_kept_changed_and_posted_and_is_no_draft_then() {
    let here = Here::start().await;
    let alice = here.member("alice").await;
    let mut browser = signed_in(&here, "alice").await;
    let csrf = browser.get("/write").await.field("csrf");
    let done = browser.post("/write", &[("csrf", &csrf), ("status", "Half a thought"), ("to", "draft")]).await;
    assert_eq!(location(&done), "/drafts");
    let draft = newest(&here, alice.id).await.unwrap();
    assert_eq!(draft.audience, Audience::Draft);
    let id = draft.id.to_string();
    assert!(browser.get("/drafts").await.text.contains("Half a thought"));
    assert!(!browser.get("/@alice").await.text.contains("Half a thought"), "it is no post yet");
    assert!(browser.get(&format!("/write?draft={id}")).await.text.contains("Half a thought"));
    let fields = [("csrf", csrf.as_str()), ("draft", &id), ("status", "A whole thought"), ("to", "draft")];
    assert_eq!(location(&browser.post("/write", &fields).await), "/drafts");
    assert_eq!(read(&here).await.drafts_of(alice.id).await.unwrap().len(), 1);
    let fields = [("csrf", csrf.as_str()), ("draft", &id), ("status", "A whole thought"), ("to", "public")];
    browser.post("/write", &fields).await;
    assert!(read(&here).await.drafts_of(alice.id).await.unwrap().is_empty());
    let gone = browser.get(&format!("/write?draft={id}")).await;
    assert!(gone.status == StatusCode::NOT_FOUND && gone.text.contains("posted or deleted since"), "{gone:?}");
    let post = newest(&here, alice.id).await.unwrap();
    assert!(post.audience == Audience::Public && post.source == "A whole thought");
    // Nobody opens another's.
    here.member("carl").await;
    let mine = here.post(&alice, said("Mine alone", Audience::Draft)).await;
    let mut other = signed_in(&here, "carl").await;
    for path in [format!("/write?draft={}", mine.id), format!("/posts/{}/edit", mine.id), format!("/posts/{}", mine.id)]
    {
        let answer = other.get(&path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    for path in [format!("/posts/{}/delete", post.id), format!("/posts/{}/edit", post.id)] {
        assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn experiments_polls_and_later_posts_are_made_by_form() {
    let here = Here::start().await;
    let alice = here.member("alice").await;
    let mut browser = signed_in(&here, "alice").await;
    let page = browser.get("/write?kind=experiment").await;
    let csrf = page.field("csrf");
    let fields = [
        ("csrf", csrf.as_str()),
        ("status", ""),
        ("outloud[experiment][believe]", "ring first"),
        ("outloud[experiment][leads_to]", "fewer letters"),
        ("outloud[experiment][test]", ""),
        ("outloud[experiment][share]", ""),
        ("outloud[experiment][state]", "running"),
        ("outloud[experiment][look_again_on]", "2026-03-03"),
        ("outloud[experiment][organisation]", ""),
        ("outloud[experiment][licence]", ""),
        ("outloud[experiment][asks][]", ""),
        ("outloud[experiment][asks][]", "critical_friend"),
        ("to", "public"),
    ];
    let done = browser.post("/write", &fields).await;
    let path = location(&done).to_owned();
    let x = newest(&here, alice.id).await.unwrap();
    let page = browser.get(&path).await;
    for words in ["ring first", "Look again on 3 March 2026", "Looks for a critical friend", "running"] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    let page = browser.get(&format!("/posts/{}/outcome", x.id)).await;
    assert_eq!(page.text.matches("name=\"outcome\"").count(), 5);
    let to = format!("/do/api/outloud/v1/experiments/{}/outcome", x.id);
    let next = format!("/posts/{}", x.id);
    let fields = [("csrf", csrf.as_str()), ("next", &next), ("outcome", "didnt"), ("learning", "Text first")];
    assert_eq!(location(&browser.post(&to, &fields).await), next);
    let page = browser.get(&path).await.text;
    assert!(page.contains("Didn’t do what we hoped") && page.contains("Text first"), "{page}");
    let front = here.get("/", &[("accept", "text/html")]).await.text;
    assert!(front.contains("/library?outcome=didnt") && front.contains("<b>1</b>"), "{front}");

    let fields = [
        ("csrf", csrf.as_str()),
        ("status", "Tea?"),
        ("poll[options][]", "Yes"),
        ("poll[options][]", "No"),
        ("poll[options][]", ""),
        ("poll_days", "3"),
        ("to", "public"),
    ];
    browser.post("/write", &fields).await;
    let post = newest(&here, alice.id).await.unwrap();
    let poll = read(&here).await.poll(post.id).await.unwrap().unwrap();
    assert_eq!(poll.titles(), ["Yes", "No"]);
    here.member("carl").await;
    let mut carl = signed_in(&here, "carl").await;
    let page = carl.get(&format!("/@alice/{}", post.id)).await;
    let csrf_of_carl = page.field("csrf");
    let vote = format!("/do/api/v1/polls/{}/votes", post.id);
    carl.post(&vote, &[("csrf", &csrf_of_carl), ("choices[]", "1"), ("next", "/home")]).await;
    let page = carl.get(&format!("/@alice/{}", post.id)).await.text;
    assert!(page.contains("your choice") && !page.contains("Vote</button>"), "{page}");

    let fields = [
        ("csrf", csrf.as_str()),
        ("status", "Later"),
        ("at", "2026-12-24T18:00"),
        ("offset", "-60"),
        ("to", "unlisted"),
    ];
    let done = browser.post("/write", &fields).await;
    assert_eq!(location(&done), "/scheduled");
    let page = browser.get("/scheduled").await.text;
    assert!(page.contains("24 December 2026 at 17:00 UTC") && page.contains("Later"), "{page}");
    assert!(page.contains("title=\"24 December 2026"), "a script says it in the reader's time: {page}");
    // Taken back it is a draft, for the same people.
    let id = read(&here).await.scheduled_by(alice.id, &Page::first(5)).await.unwrap()[0].id;
    let to = location(&browser.post(&format!("/scheduled/{id}/draft"), &[("csrf", &csrf)]).await).to_owned();
    let page = browser.get(&to).await.text;
    let main = page.find("data-key=\"send\"").unwrap();
    assert!(page.contains(">Later</textarea>") && page[main - 60..main].contains("value=\"unlisted\""), "{page}");
    let kept = browser.get("/drafts").await.text;
    assert!(
        kept.contains("For: ") && kept.contains("to be posted") && kept.contains("24 December 2026 at 17:00 UTC"),
        "{kept}"
    );
    // With its date, which the button says.
    assert!(page.contains("name=\"at\" value=\"2026-12-24T17:00\"") && page.contains("name=\"offset\" value=\"0\""));
    assert!(page[main..main + 200].contains(": 24 December 2026 at 17:00 UTC</button>"), "{page}");
}

#[tokio::test]
async fn what_is_posted_later_says_for_which_team() {
    let here = Here::start().await;
    let alice = here.member("alice").await;
    let node = &here.app.node;
    let mut tx = node.store.begin().await.unwrap();
    let team = node::team::create(node, &mut tx, &alice, "Rent arrears", &[]).await.unwrap();
    node.commit(tx).await.unwrap();
    let mut browser = signed_in(&here, "alice").await;
    let csrf = browser.get("/write").await.field("csrf");
    let to = format!("team-{}", team.id);
    let fields = [("csrf", csrf.as_str()), ("status", "Later"), ("at", "2026-12-24T18:00"), ("to", &to)];
    assert_eq!(location(&browser.post("/write", &fields).await), "/scheduled");
    let page = browser.get("/scheduled").await.text;
    assert!(page.contains("Rent arrears") && page.contains("It will be posted at the time that you chose"), "{page}");
    assert!(!browser.get("/scheduled").await.text.contains("class=\"note done\""), "that is said once");
}

#[tokio::test]
async fn a_draft_that_says_something_else_by_now_is_not_lost_without_a_word() {
    let here = Here::start().await;
    let alice = here.member("alice").await;
    let draft = here.post(&alice, said("At first", Audience::Draft)).await.id.to_string();
    let mut browser = signed_in(&here, "alice").await;
    let page = browser.get(&format!("/write?draft={draft}")).await;
    let (csrf, seen) = (page.field("csrf"), page.field("draft_seen"));
    here.app.node.clock.advance(60_000);
    let form = |words: &'static str, to: &'static str, seen: &str| {
        [("csrf", csrf.clone()), ("draft", draft.clone()), ("draft_seen", seen.to_owned())]
            .into_iter()
            .chain([("status", words.to_owned()), ("to", to.to_owned()), ("at", String::new())])
            .collect::<Vec<_>>()
    };
    let send = async |browser: &mut Browser<'_>, fields: Vec<(&str, String)>| {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.post("/write", &fields).await
    };
    let sources = async || {
        let kept = read(&here).await.drafts_of(alice.id).await.unwrap();
        kept.into_iter().map(|p| p.source).collect::<Vec<_>>()
    };
    location(&send(&mut browser, form("In one window", "draft", &seen)).await);
    assert_eq!(sources().await, ["In one window"]);
    // The same twice is no other.
    location(&send(&mut browser, form("In one window", "draft", &seen)).await);
    let mut later = form("In the other", "public", &seen);
    later.iter_mut().filter(|(name, _)| *name == "at").for_each(|(_, at)| *at = "2026-12-24T18:00".to_owned());
    let mut again = String::new();
    for fields in [later, form("In the other", "public", &seen), form("In the other", "draft", &seen)] {
        let page = send(&mut browser, fields).await;
        assert!(page.status == StatusCode::OK && page.text.contains("In the other</textarea>"), "{page:?}");
        assert!(page.text.contains("kept anew") && page.text.contains(&format!("href=\"/write?draft={draft}\"")));
        assert_eq!(sources().await, ["In one window"]);
        again = page.field("draft_seen");
    }
    location(&send(&mut browser, form("In the other", "draft", &again)).await);
    assert_eq!(sources().await, ["In the other"]);

    // Nor are other people for whom it is to be.
    let open = browser.get(&format!("/write?draft={draft}")).await;
    here.app.node.clock.advance(60_000);
    let seen = open.field("draft_seen");
    let mut inside = form("In the other", "draft", &seen);
    inside.extend([("for", "organisation".to_owned())]);
    location(&send(&mut browser, inside).await);
    let page = send(&mut browser, form("In the other", "public", &seen)).await;
    assert!(page.status == StatusCode::OK && page.text.contains("kept anew"), "{page:?}");
    assert_eq!(sources().await, ["In the other"]);

    // What was posted elsewhere is not posted once more on a day.
    location(&send(&mut browser, form("In the other", "public", &page.field("draft_seen"))).await);
    assert!(sources().await.is_empty());
    let mut late = form("In the other", "public", &seen);
    late.iter_mut().filter(|(name, _)| *name == "at").for_each(|(_, at)| *at = "2026-12-24T18:00".to_owned());
    let page = send(&mut browser, late).await;
    assert!(page.status == StatusCode::OK && page.text.contains("In the other</textarea>"), "{page:?}");
    let waiting = read(&here).await.scheduled_by(alice.id, &model::page::Page::first(9)).await.unwrap();
    assert!(waiting.is_empty());
}

#[tokio::test]
async fn what_may_not_be_quoted_or_was_opened_up_leads_to_no_form() {
    let here = Here::start().await;
    let (alice, carl) = (here.member("alice").await, here.member("carl").await);
    let carls =
        here.post(&carl, Draft { quote_policy: Some(QuotePolicy::Nobody), ..said("Mine", Audience::Public) }).await;
    let mut browser = signed_in(&here, "alice").await;
    let page = browser.get(&format!("/write?quoted_status_id={}", carls.id)).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN, "{page:?}");
    assert!(
        page.text.contains("You can answer it") && page.text.contains(&format!("/@carl/{}\"", carls.id)),
        "{page:?}"
    );
    let inside = here.post(&alice, said("We rang first", Audience::Organisation)).await;
    let path = format!("/posts/{}/open-up", inside.id);
    let page = browser.get(&path).await;
    let (csrf, key) = (page.field("csrf"), page.field("key"));
    let fields = [("csrf", csrf.as_str()), ("key", &key), ("status", "We rang first"), ("visibility", "public")];
    location(&browser.post(&path, &fields).await);
    let opened = newest(&here, alice.id).await.unwrap();
    assert_eq!(location(&browser.get(&path).await), format!("/posts/{}", opened.id));
}

#[tokio::test]
async fn what_was_done_is_said_once_on_the_page_that_comes_after_it() {
    let here = Here::start().await;
    let alice = here.member("alice").await;
    here.member("carl").await;
    let post = here.post(&alice, said("We bake", Audience::Public)).await;
    let mut browser = signed_in(&here, "carl").await;
    let csrf = browser.get("/home").await.field("csrf");
    // With the post that it is about.
    let at = format!("p{}", post.id);
    let path = format!("/do/api/v1/statuses/{}/mute", post.id);
    let page = format!("/@alice/{}", post.id);
    let to = location(&browser.post(&path, &[("csrf", &csrf), ("next", &page), ("at", &at)]).await).to_owned();
    assert_eq!(to, format!("{page}#{at}"));
    let shown = browser.get(&page).await.text;
    let article = shown.find(&format!("id=\"{at}\"")).unwrap();
    assert!(shown[article..].contains("You are told nothing more of this conversation."), "{shown}");
    assert!(!browser.get(&page).await.text.contains("class=\"note done\""), "that is said once");
    // Elsewhere at the top, before everything else.
    let deed = format!("/do/api/v1/accounts/{}/mute?duration=86400", alice.id);
    location(&browser.post(&deed, &[("csrf", &csrf), ("next", "/@alice")]).await);
    let shown = browser.get("/@alice").await.text;
    let (note, title) = (shown.find("They are not told").unwrap(), shown.find("<h1").unwrap());
    assert!(note < title && shown.contains("do not see what they post, until <time"), "{shown}");
    assert!(browser.get("/settings/muted").await.text.contains("until <time"));
    // Whoever lets followers in by hand is asked first.
    let dora = here.member("dora").await;
    let mut hers = signed_in(&here, "dora").await;
    let lock =
        [("csrf", hers.get("/home").await.field("csrf")), ("_method", "PATCH".into()), ("locked", "true".into())];
    let lock: Vec<(&str, &str)> = lock.iter().map(|(n, v)| (*n, v.as_str())).collect();
    location(&hers.post("/do/api/v1/accounts/update_credentials", &lock).await);
    for (id, page, words) in [(dora.id, "/@dora", "They were asked"), (alice.id, "/@alice", "You follow them.")] {
        let follow = format!("/do/api/v1/accounts/{id}/follow");
        location(&browser.post(&follow, &[("csrf", &csrf), ("next", page)]).await);
        assert!(browser.get(page).await.text.contains(words), "{words}");
    }
    // What could not be done is not said to be done, and nothing is said that is not ours.
    let refused = browser.post("/do/api/v1/statuses/1/favourite", &[("csrf", &csrf), ("next", "/home")]).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    for cookie in ["<b>x</b>.", "error-404.", "said-posted"] {
        browser.cookies.insert("said".to_owned(), cookie.to_owned());
        assert!(!browser.get("/home").await.text.contains("class=\"note done\""), "{cookie}");
    }
    browser.cookies.insert("said".to_owned(), "said-posted.\"><script>".to_owned());
    assert!(!browser.get("/home").await.text.contains("<script>"));
}

#[tokio::test]
async fn a_thread_is_posted_at_once_or_not_at_all_and_kept_whole_as_a_draft() {
    let here = Here::start().await;
    let (alice, carl) = (here.member("alice").await, here.member("carl").await);
    let mut browser = signed_in(&here, "alice").await;
    let csrf = browser.get("/write").await.field("csrf");
    // One more below, with all that was typed; and first words, with what stands there.
    let page = browser.post("/write", &[("csrf", &csrf), ("status", "One"), ("do", "another")]).await;
    assert!(
        page.status == StatusCode::OK && page.text.contains(">One</textarea>") && page.text.contains("id=\"more-1\"")
    );
    let page = browser.post("/write", &[("csrf", &csrf), ("status", "chairs?"), ("do", "help")]).await.text;
    assert!(page.contains(">Can anyone help with chairs?</textarea>"), "{page}");
    let page = browser.post("/write", &[("csrf", &csrf), ("status", "Ring first"), ("do", "experiment")]).await.text;
    assert!(page.contains("outloud[experiment][believe]") && page.contains(">Ring first</textarea>"), "{page}");

    let long = "x".repeat(here.app.node.config.post_length + 1);
    let at = "2026-12-24T18:00";
    for wrong in
        [[("more[]", long.as_str()), ("to", "public")].as_slice(), &[("at", at), ("more[]", "Two"), ("to", "public")]]
    {
        let fields = [[("csrf", csrf.as_str()), ("status", "One"), ("more[]", "Two")].as_slice(), wrong].concat();
        let page = browser.post("/write", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{page:?}");
        assert!(page.text.contains(">One</textarea>") && page.text.contains(">Two</textarea>"), "{page:?}");
        assert!(newest(&here, alice.id).await.is_none(), "none of it was posted");
    }

    let fields = [
        ("csrf", csrf.as_str()),
        ("key", "k1"),
        ("status", "One"),
        ("more[]", "Two"),
        ("more[]", " "),
        ("more[]", "Three"),
        ("to", "draft"),
    ];
    assert_eq!(location(&browser.post("/write", &fields).await), "/drafts");
    let draft = newest(&here, alice.id).await.unwrap();
    let page = browser.get(&format!("/write?draft={}", draft.id)).await.text;
    for words in [">One</textarea>", ">Two</textarea>", ">Three</textarea>"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let id = draft.id.to_string();
    let fields = [
        ("csrf", csrf.as_str()),
        ("key", "k2"),
        ("draft", &id),
        ("status", "One"),
        ("more[]", "Two"),
        ("more[]", "Three"),
        ("to", "organisation"),
    ];
    let path = location(&browser.post("/write", &fields).await).to_owned();
    assert_eq!(location(&browser.post("/write", &fields).await), path, "sent twice, posted once");
    assert!(read(&here).await.drafts_of(alice.id).await.unwrap().is_empty());
    let three = newest(&here, alice.id).await.unwrap();
    let mut tx = read(&here).await;
    let two = tx.post(three.in_reply_to_id.unwrap()).await.unwrap().unwrap();
    let one = tx.post(two.in_reply_to_id.unwrap()).await.unwrap().unwrap();
    assert_eq!(
        [&one, &two, &three].map(|p| (p.source.as_str(), p.audience)),
        ["One", "Two", "Three"].map(|t| (t, Audience::Organisation))
    );
    assert_eq!(format!("/@alice/{}", one.id), path);
    drop(tx);

    // What is for those alone whom it names names them in every part.
    let fields =
        [("csrf", csrf.as_str()), ("key", "k3"), ("status", "@carl psst"), ("more[]", "and more"), ("to", "direct")];
    browser.post("/write", &fields).await;
    let last = newest(&here, alice.id).await.unwrap();
    assert!(last.source.ends_with("and more"));
    assert!(read(&here).await.visible_post(last.id, Viewer::Member(carl.id)).await.unwrap().is_some());
}

#[tokio::test]
async fn what_is_opened_up_is_looked_at_again_when_its_words_are_new() {
    let here = Here::start().await;
    let alice = here.member("alice").await;
    let inside = here.post(&alice, said("We rang first", Audience::Organisation)).await;
    let mut browser = signed_in(&here, "alice").await;
    let path = format!("/posts/{}/open-up", inside.id);
    let page = browser.get(&path).await;
    let (csrf, key) = (page.field("csrf"), page.field("key"));
    assert!(!page.text.contains("confirmed[]"), "there is nothing to look at: {page:?}");
    let text = "We rang first, 07700 900123";
    let page = browser.post(&path, &[("csrf", &csrf), ("key", &key), ("status", text), ("visibility", "public")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{page:?}");
    assert!(
        page.text.contains("confirmed[]") && page.text.contains(text) && page.text.contains("Nothing was posted yet")
    );
    let check = page.field("confirmed[]");
    let wrong = [("csrf", csrf.as_str()), ("status", "A"), ("visibility", "")];
    let page = browser.post(&path, &wrong).await;
    assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.text.contains("Choose for whom"), "{page:?}");
    let fields =
        [("csrf", csrf.as_str()), ("key", &key), ("status", text), ("visibility", "public"), ("confirmed[]", &check)];
    let done = location(&browser.post(&path, &fields).await).to_owned();
    let opened = newest(&here, alice.id).await.unwrap();
    assert_eq!(
        (opened.source.as_str(), opened.audience, done),
        (text, Audience::Public, format!("/@alice/{}", opened.id))
    );
    // What was taken out is nobody's concern.
    let inside = here.post(&alice, said("Ring 07700 900124", Audience::Organisation)).await;
    let other = format!("/posts/{}/open-up", inside.id);
    let page = browser.get(&other).await;
    assert!(page.text.contains("confirmed[]") && page.text.contains("07700 900124"), "{page:?}");
    let key = page.field("key");
    let fields = [("csrf", csrf.as_str()), ("key", &key), ("status", "Ring us"), ("visibility", "public")];
    location(&browser.post(&other, &fields).await);
    // Nobody else, and no stranger.
    here.member("carl").await;
    let mut carl = signed_in(&here, "carl").await;
    let csrf = carl.get("/home").await.field("csrf");
    let fields = [("csrf", csrf.as_str()), ("status", "Mine"), ("visibility", "public")];
    assert_eq!(carl.post(&path, &fields).await.status, StatusCode::NOT_FOUND);
    assert!(location(&here.browser().post(&path, &fields).await).starts_with("/login"));
}

#[tokio::test]
async fn a_post_is_taken_back_with_its_words_and_written_anew_for_the_same_people() {
    let here = Here::start().await;
    let alice = here.member("alice").await;
    let poll = PollDraft {
        options: vec!["Yes".to_owned(), "No".to_owned()],
        expires_in: Some(3_600_000),
        multiple: true,
        hide_totals: false,
    };
    let draft = Draft {
        summary: "Tea".to_owned(),
        poll: Some(poll),
        language: "cy".to_owned(),
        ..said("Tee?", Audience::Organisation)
    };
    let post = here.post(&alice, draft).await;
    let path = format!("/posts/{}/redraft", post.id);
    here.member("carl").await;
    let mut carl = signed_in(&here, "carl").await;
    let csrf = carl.get("/home").await.field("csrf");
    assert_eq!(carl.post(&path, &[("csrf", &csrf)]).await.status, StatusCode::NOT_FOUND, "not another's");
    let mut browser = signed_in(&here, "alice").await;
    assert_eq!(browser.post(&path, &[("csrf", "")]).await.status, StatusCode::FORBIDDEN);
    let csrf = browser.get(&format!("/posts/{}/delete", post.id)).await.field("csrf");
    let to = location(&browser.post(&path, &[("csrf", &csrf)]).await).to_owned();
    assert!(read(&here).await.post(post.id).await.unwrap().is_none(), "it is gone");
    let page = browser.get(&to).await.text;
    for words in [">Tee?</textarea>", "value=\"Tea\"", "value=\"Yes\"", "value=\"cy\" lang=\"cy\" selected"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let main = page.find("data-key=\"send\"").unwrap();
    assert!(page[main - 60..main].contains("value=\"organisation\""), "for the same people: {page}");
    // It is one for them, and quoted by nobody, however often it is kept as a draft.
    let kept = read(&here).await.drafts_of(alice.id).await.unwrap()[0].id.to_string();
    let fields = [
        ("csrf", csrf.as_str()),
        ("key", "k"),
        ("draft", kept.as_str()),
        ("for", "team-999"),
        ("status", "Tee, again?"),
        ("quote_approval_policy", "nobody"),
        ("to", "draft"),
    ];
    assert_eq!(location(&browser.post("/write", &fields).await), "/drafts");
    let page = browser.get(&format!("/write?draft={kept}")).await;
    assert_eq!(page.field("for"), "team-999");
    assert!(page.text.contains("value=\"nobody\" selected"), "{page:?}");
    let main = page.text.find("data-key=\"send\"").unwrap();
    assert!(
        page.text[main - 60..main].contains("value=\"direct\""),
        "there is no such team, and it is for nobody else: {page:?}"
    );
    // The same key with other words, in a window that was left open, is another post.
    let other = fields.map(|(name, value)| match name {
        "draft" => ("other", ""),
        "status" => (name, "Coffee?"),
        "to" => (name, "public"),
        _ => (name, value),
    });
    for _ in 0..2 {
        location(&browser.post("/write", &other).await);
    }
    let tx = &mut read(&here).await;
    let said = |posts: Vec<Post>| posts.into_iter().map(|p| p.source).collect::<Vec<_>>();
    assert_eq!(said(tx.drafts_of(alice.id).await.unwrap()), ["Tee, again?"]);
    let all = tx.account_posts(alice.id, &AccountFilter::default(), Viewer::Anyone, &Page::first(5)).await.unwrap();
    assert!(tx.policy(all[0].id).await.unwrap().quote.is_some_and(|rule| rule == QuotePolicy::Nobody.rule()));
    assert_eq!(said(all), ["Coffee?"]);
    // A draft is no post that could be taken back.
    let kept = read(&here).await.drafts_of(alice.id).await.unwrap()[0].id;
    assert_eq!(browser.post(&format!("/posts/{kept}/redraft"), &[("csrf", &csrf)]).await.status, StatusCode::NOT_FOUND);
}

/// The four sentences that somebody wrote, and what else, as they stand in the form.
fn experiment<'a>(csrf: &'a str, believe: &'a str, place: &'a str, to: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("csrf", csrf),
        ("status", "With #Appointments"),
        ("outloud[experiment][believe]", believe),
        ("outloud[experiment][leads_to]", "fewer missed visits"),
        ("outloud[experiment][test]", "four weeks"),
        ("outloud[experiment][share]", "a note to all"),
        ("outloud[experiment][state]", "running"),
        ("outloud[experiment][place]", place),
        ("to", to),
    ]
}

#[tokio::test]
async fn an_experiment_that_is_changed_keeps_the_sentences_that_were_not() {
    let here = Here::start().await;
    let alice = here.member("alice").await;
    let mut browser = signed_in(&here, "alice").await;
    let csrf = browser.get("/write").await.field("csrf");
    let whole = |post: &Post| {
        for words in ["fewer missed visits", "four weeks", "a note to all", "#Appointments"] {
            assert_eq!(post.source.matches(words).count(), 1, "{words}: {}", post.source);
        }
    };
    browser.post("/write", &experiment(&csrf, "ring first", "", "organisation")).await;
    let post = newest(&here, alice.id).await.unwrap();
    whole(&post);
    let path = format!("/posts/{}/edit", post.id);
    let page = browser.get(&path).await.text;
    for words in [">ring first</textarea>", ">four weeks</textarea>", ">With #Appointments</textarea>"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    // One of them in other words, and then the place alone.
    location(&browser.post(&path, &experiment(&csrf, "text first", "", "save")).await);
    let post = newest(&here, alice.id).await.unwrap();
    assert!(post.source.contains("text first") && !post.source.contains("ring first"), "{}", post.source);
    whole(&post);
    location(&browser.post(&path, &experiment(&csrf, "text first", "Leeds", "save")).await);
    let post = newest(&here, alice.id).await.unwrap();
    assert!(post.source.contains("text first"), "{}", post.source);
    whole(&post);
    // A program that sends the place and the text as it stands takes nothing away.
    let form = Form { place: "York".to_owned(), ..Form::default() };
    let revision =
        Revision { text: post.source.clone(), experiment: Some(Wanted::Is(Box::new(form))), ..Revision::default() };
    let mut tx = here.app.node.store.begin().await.unwrap();
    node::publish::edit(&here.app.node, &mut tx, &alice, post.id, &revision).await.unwrap();
    here.app.node.commit(tx).await.unwrap();
    whole(&newest(&here, alice.id).await.unwrap());
    // The same of a draft.
    browser.post("/write", &experiment(&csrf, "ask first", "", "draft")).await;
    let draft = read(&here).await.drafts_of(alice.id).await.unwrap()[0].id.to_string();
    let page = browser.get(&format!("/write?draft={draft}")).await.text;
    assert!(page.contains(">ask first</textarea>") && page.contains(">four weeks</textarea>"), "{page}");
    let fields = [experiment(&csrf, "ask first", "Hull", "draft"), vec![("draft", draft.as_str())]].concat();
    location(&browser.post("/write", &fields).await);
    let kept = read(&here).await.drafts_of(alice.id).await.unwrap();
    assert_eq!(kept.len(), 1);
    whole(&kept[0]);
}

#[tokio::test]
async fn who_tries_an_experiment_is_confirmed_on_its_page() {
    let here = Here::start().await;
    let (alice, carl) = (here.member("alice").await, here.member("carl").await);
    let mut browser = signed_in(&here, "alice").await;
    let csrf = browser.get("/write").await.field("csrf");
    location(&browser.post("/write", &experiment(&csrf, "ring first", "", "public")).await);
    let mine = newest(&here, alice.id).await.unwrap();
    let mut other = signed_in(&here, "carl").await;
    let csrf_of_carl = other.get("/write").await.field("csrf");
    let id = mine.id.to_string();
    let fields = [
        experiment(&csrf_of_carl, "", "", "public"),
        vec![
            ("in_reply_to_id", id.as_str()),
            ("outloud[experiment][tries]", id.as_str()),
            ("outloud[experiment][changed]", "Text first"),
        ],
    ]
    .concat();
    location(&other.post("/write", &fields).await);
    let tried = newest(&here, carl.id).await.unwrap();
    // As one of another node waits for a word.
    let mut tx = here.app.node.store.begin().await.unwrap();
    let x = tx.experiment(tried.id).await.unwrap().unwrap();
    tx.put_experiment(&Experiment { standing: Some(Standing::Waiting), ..x }, &[]).await.unwrap();
    here.app.node.commit(tx).await.unwrap();
    let confirm = format!("/do/api/outloud/v1/experiments/{}/replications/{}/confirm", mine.id, tried.id);
    for page in [format!("/@alice/{}", mine.id), format!("/@carl/{}", tried.id)] {
        assert!(browser.get(&page).await.text.contains(&confirm), "{page}");
        assert!(!other.get(&page).await.text.contains(&confirm), "{page} is for its author");
        assert!(!here.browser().get(&page).await.text.contains(&confirm), "{page}");
    }
    // What is not said to its author they do not read, whatever it tries.
    let fields = [
        experiment(&csrf_of_carl, "", "", "direct"),
        vec![("in_reply_to_id", id.as_str()), ("outloud[experiment][tries]", id.as_str()), ("status", "@dora SECRET")],
    ]
    .concat();
    here.member("dora").await;
    location(&other.post("/write", &fields).await);
    let hidden = newest(&here, carl.id).await.unwrap();
    assert_eq!(hidden.audience, Audience::Direct);
    let mut tx = here.app.node.store.begin().await.unwrap();
    let x = tx.experiment(hidden.id).await.unwrap().unwrap();
    tx.put_experiment(&Experiment { standing: Some(Standing::Waiting), ..x }, &[]).await.unwrap();
    here.app.node.commit(tx).await.unwrap();
    assert!(!browser.get(&format!("/@alice/{}", mine.id)).await.text.contains("SECRET"));
    let waiting = format!("/do/api/outloud/v1/experiments/{}/replications?standing=waiting", mine.id);
    let told = browser.get(&waiting).await;
    assert!(
        told.status == StatusCode::OK && !told.text.contains("SECRET") && told.text.contains("Text first"),
        "{told:?}"
    );
    let link = format!("/posts/{0}#confirm-{0}", tried.id);
    assert!(browser.get("/notifications").await.text.contains(&link));
    location(&browser.post(&confirm, &[("csrf", &csrf), ("next", "/home")]).await);
    assert!(!browser.get("/notifications").await.text.contains(&link), "there is nothing more to confirm");
    let page = browser.get(&format!("/@alice/{}", mine.id)).await.text;
    assert!(!page.contains(&confirm) && page.contains("id=\"chain\"") && page.contains("Text first"), "{page}");
}

#[tokio::test]
async fn what_is_opened_up_keeps_its_warning_its_file_and_its_poll() {
    let here = Here::start().await;
    let alice = here.member("alice").await;
    let mut browser = signed_in(&here, "alice").await;
    let csrf = browser.get("/write").await.field("csrf");
    let form = [
        ("csrf", csrf.as_str()),
        ("status", "Look"),
        ("alt", "A poster"),
        ("spoiler_text", "Loud"),
        ("sensitive", "true"),
        ("to", "organisation"),
    ];
    location(&browser.post_file("/write", &form, "file", PICTURE).await);
    let inside = newest(&here, alice.id).await.unwrap();
    let path = format!("/posts/{}/open-up", inside.id);
    let page = browser.get(&path).await;
    assert!(
        page.text.contains("value=\"Loud\"") && page.text.contains("name=\"sensitive\" value=\"true\" checked"),
        "{page:?}"
    );
    let (key, media) = (page.field("key"), page.field("media_ids[]"));
    let fields = [
        ("csrf", csrf.as_str()),
        ("key", &key),
        ("status", "Look"),
        ("spoiler_text", "Loud"),
        ("sensitive", "true"),
        ("media_ids[]", &media),
        ("visibility", "public"),
    ];
    location(&browser.post(&path, &fields).await);
    let opened = newest(&here, alice.id).await.unwrap();
    assert!(opened.audience == Audience::Public && opened.summary == "Loud" && opened.sensitive);
    let mut tx = read(&here).await;
    let (own, new) = (tx.media_of(&[inside.id]).await.unwrap(), tx.media_of(&[opened.id]).await.unwrap());
    assert_eq!((own.len(), new.len()), (1, 1), "each has its own");
    assert!(own[0].path != new[0].path && new[0].description == "A poster");
    drop(tx);
    // Without words for it, once somebody has looked at that.
    let form = [("csrf", csrf.as_str()), ("status", "See"), ("alt_asked", "true"), ("to", "organisation")];
    location(&browser.post_file("/write", &form, "file", PICTURE).await);
    let inside = newest(&here, alice.id).await.unwrap();
    let path = format!("/posts/{}/open-up", inside.id);
    let page = browser.get(&path).await;
    let (key, media, check) = (page.field("key"), page.field("media_ids[]"), page.field("confirmed[]"));
    let mut fields = vec![
        ("csrf", csrf.as_str()),
        ("key", &key),
        ("status", "See"),
        ("media_ids[]", &media),
        ("visibility", "public"),
    ];
    assert_eq!(browser.post(&path, &fields).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    fields.push(("confirmed[]", &check));
    location(&browser.post(&path, &fields).await);
    let poll = PollDraft {
        options: vec!["Yes".to_owned(), "No".to_owned()],
        expires_in: Some(3_600_000),
        multiple: true,
        hide_totals: false,
    };
    let asked = here.post(&alice, Draft { poll: Some(poll), ..said("Tea?", Audience::Organisation) }).await;
    let path = format!("/posts/{}/open-up", asked.id);
    let page = browser.get(&path).await;
    let (key, multiple, ends) = (page.field("key"), page.field("poll[multiple]"), page.field("poll[expires_in]"));
    let fields = [
        ("csrf", csrf.as_str()),
        ("key", &key),
        ("status", "Tea?"),
        ("poll[options][]", "Yes"),
        ("poll[options][]", "No"),
        ("poll[multiple]", &multiple),
        ("poll[expires_in]", &ends),
        ("visibility", "public"),
    ];
    location(&browser.post(&path, &fields).await);
    let opened = newest(&here, alice.id).await.unwrap();
    let poll = read(&here).await.poll(opened.id).await.unwrap().unwrap();
    assert!(poll.titles() == ["Yes", "No"] && poll.multiple);
}

#[tokio::test]
async fn a_draft_keeps_what_it_quotes_goes_when_it_has_a_time_and_is_posted_once() {
    let here = Here::start().await;
    let (alice, carl) = (here.member("alice").await, here.member("carl").await);
    let quoted = here.post(&carl, said("Worth a thought", Audience::Public)).await.id.to_string();
    let mut browser = signed_in(&here, "alice").await;
    let csrf = browser.get("/write").await.field("csrf");
    let drafts = async || read(&here).await.drafts_of(alice.id).await.unwrap();
    let fields =
        [("csrf", csrf.as_str()), ("key", "q"), ("status", "See"), ("quoted_status_id", &quoted), ("to", "draft")];
    location(&browser.post("/write", &fields).await);
    let id = drafts().await[0].id.to_string();
    let page = browser.get(&format!("/write?draft={id}")).await;
    assert_eq!(page.field("quoted_status_id"), quoted);
    // Two windows with the same draft.
    let one = [
        ("csrf", csrf.as_str()),
        ("key", "a"),
        ("draft", &id),
        ("status", "See"),
        ("quoted_status_id", &quoted),
        ("to", "public"),
    ];
    location(&browser.post("/write", &one).await);
    let posted = newest(&here, alice.id).await.unwrap();
    assert!(read(&here).await.quote(posted.id).await.unwrap().is_some());
    let two = one.map(|(name, value)| if name == "key" { (name, "b") } else { (name, value) });
    let again = browser.post("/write", &two).await;
    assert!(
        again.status == StatusCode::OK && again.text.contains("meanwhile") && again.text.contains(">See</textarea>"),
        "{again:?}"
    );
    assert!(!again.text.contains("name=\"draft\""), "once more it is a post of its own");
    assert_eq!(newest(&here, alice.id).await.unwrap().id, posted.id);
    // A draft keeps its time; with it, it is no draft any more once it is to be posted.
    let at = "2026-12-24T18:00";
    let fields = [("csrf", csrf.as_str()), ("key", "c"), ("status", "Later"), ("at", at), ("to", "draft")];
    assert_eq!(location(&browser.post("/write", &fields).await), "/drafts");
    let id = drafts().await[0].id.to_string();
    assert!(browser.get(&format!("/write?draft={id}")).await.text.contains("name=\"at\" value=\"2026-12-24T18:00\""));
    let fields =
        [("csrf", csrf.as_str()), ("key", "d"), ("draft", &id), ("status", "Later"), ("at", at), ("to", "public")];
    assert_eq!(location(&browser.post("/write", &fields).await), "/scheduled");
    assert!(drafts().await.is_empty());
    // A draft has room for a thread; an ornament alone splits nothing.
    let part = "x".repeat(here.app.node.config.post_length - 10);
    let fields = [("csrf", csrf.as_str()), ("key", "e"), ("status", &part), ("more[]", &part), ("to", "draft")];
    assert_eq!(location(&browser.post("/write", &fields).await), "/drafts");
    let fields = [("csrf", csrf.as_str()), ("key", "f"), ("status", "One\n⁂\nstill one"), ("to", "public")];
    location(&browser.post("/write", &fields).await);
    let last = newest(&here, alice.id).await.unwrap();
    assert!(last.source.contains("still one") && last.source.contains("One") && last.in_reply_to_id.is_none());
}

#[tokio::test]
async fn what_was_opened_up_is_in_the_library_once_and_what_was_not_has_no_licence_there() {
    let here = Here::start().await;
    let alice = here.member("alice").await;
    let mut browser = signed_in(&here, "alice").await;
    let csrf = browser.get("/write").await.field("csrf");
    let mut fields = experiment(&csrf, "ring first at 12 Mill Road", "Leeds", "organisation");
    fields.push(("outloud[experiment][licence]", "CC-BY-4.0"));
    location(&browser.post("/write", &fields).await);
    let inside = newest(&here, alice.id).await.unwrap();
    let brief = browser.get("/library/brief").await.text;
    assert!(brief.contains("12 Mill Road") && !brief.contains("CC BY"), "{brief}");
    assert!(!browser.get(&format!("/posts/{}", inside.id)).await.text.contains("Opened up as"));
    let path = format!("/posts/{}/open-up", inside.id);
    let key = browser.get(&path).await.field("key");
    let text = inside.source.replace(" at 12 Mill Road", "");
    location(
        &browser.post(&path, &[("csrf", &csrf), ("key", &key), ("status", &text), ("visibility", "public")]).await,
    );
    for page in ["/library", "/library/brief", "/library.csv", "/library.md"] {
        let text = browser.get(page).await.text;
        assert!(text.to_lowercase().contains("ring first") && !text.contains("Mill Road"), "{page}: {text}");
    }
    let brief = browser.get("/library/brief").await.text;
    assert!(brief.contains("CC BY") && brief.contains("1 experiment"), "{brief}");
    // It is said of the new one what came of it.
    let old = browser.get(&format!("/@alice/{}", inside.id)).await.text;
    assert!(old.contains("/posts/") && !old.contains(&format!("/posts/{}/outcome", inside.id)), "{old}");
}

#[tokio::test]
async fn the_edit_page_says_who_may_quote_a_post_as_it_is() {
    let here = Here::start().await;
    let alice = here.member("alice").await;
    let mut browser = signed_in(&here, "alice").await;
    let csrf = browser.get("/settings/posting").await.field("csrf");
    let usual = [("csrf", csrf.as_str()), ("_method", "PATCH"), ("source[quote_policy]", "nobody"), ("next", "/home")];
    location(&browser.post("/do/api/v1/accounts/update_credentials", &usual).await);
    for policy in ["public", "followers", "nobody"] {
        let fields = [("csrf", csrf.as_str()), ("status", policy), ("quote_approval_policy", policy), ("to", "public")];
        location(&browser.post("/write", &fields).await);
        let id = newest(&here, alice.id).await.unwrap().id;
        let page = browser.get(&format!("/posts/{id}/edit")).await.text;
        assert!(page.contains(&format!("value=\"{policy}\" selected")), "{policy}: {page}");
    }
    // Of what is not open nobody is asked.
    let inside = here.post(&alice, said("For us", Audience::Organisation)).await;
    let page = browser.get(&format!("/posts/{}/edit", inside.id)).await.text;
    assert!(!page.contains("value=\"nobody\" selected") && page.contains("As in your settings"), "{page}");
}

#[tokio::test]
async fn pages_have_the_limits_of_the_api() {
    let here = Here::with(|_| (), true).await;
    let alice = here.member("alice").await.id;
    let mut browser = signed_in(&here, "alice").await;
    let csrf = browser.get("/write").await.field("csrf");
    let (limits, now) = (&here.app.limits, here.app.node.now());
    let attach = [("csrf", csrf.as_str()), ("status", "Look"), ("do", "attach")];
    assert_eq!(browser.post_file("/write", &attach, "file", PICTURE).await.status, StatusCode::OK);
    (1..30).for_each(|_| limits.upload(alice, now).unwrap());
    let page = browser.post_file("/write", &attach, "file", PICTURE).await;
    assert!(page.status == StatusCode::TOO_MANY_REQUESTS && page.text.contains(">Look</textarea>"), "{page:?}");
    let deletes = async |browser: &mut Browser<'_>| browser.post("/posts/1/redraft", &[("csrf", &csrf)]).await.status;
    assert_eq!(deletes(&mut browser).await, StatusCode::NOT_FOUND);
    (1..30).for_each(|_| limits.delete(alice, now).unwrap());
    assert_eq!(deletes(&mut browser).await, StatusCode::TOO_MANY_REQUESTS);
    // All forms together: four so far, and one that goes to the API, which counts it, once.
    let read = [("csrf", csrf.as_str()), ("next", "/home")];
    browser.post("/do/api/v1/accounts/1/follow", &read).await;
    (5..299).for_each(|_| limits.form(alice, now).unwrap());
    let nothing = [("csrf", csrf.as_str()), ("do", "none")];
    assert_eq!(browser.post("/write", &nothing).await.status, StatusCode::OK);
    assert_eq!(browser.post("/write", &nothing).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(browser.get("/home").await.status, StatusCode::OK, "what is only read is not counted");
}

/// The value of the button that is pressed first.
fn first_button(page: &Answer) -> &str {
    let main = page.text.find("data-key=\"send\"").unwrap_or_else(|| panic!("{page:?}"));
    let before = &page.text[..main];
    before[before.rfind("value=\"").unwrap() + 7..].split('"').next().unwrap()
}

#[tokio::test]
async fn a_form_that_comes_back_is_for_the_same_people_and_what_is_sent_twice_is_there_once() {
    let here = Here::start().await;
    let alice = here.member("alice").await;
    let mut browser = signed_in(&here, "alice").await;
    let page = browser.get("/write").await;
    let (csrf, key) = (page.field("csrf"), page.field("key"));
    assert_eq!(first_button(&page), "public");
    // A file without words for it, for colleagues: asked once more, for colleagues.
    let fields = [("csrf", csrf.as_str()), ("key", &key), ("status", "For us"), ("to", "organisation")];
    let page = browser.post_file("/write", &fields, "file", PICTURE).await;
    assert_eq!((page.status, first_button(&page)), (StatusCode::OK, "organisation"), "{page:?}");
    // Another file, another button that posts nothing: still for colleagues.
    let fields = [("csrf", csrf.as_str()), ("meant", "organisation"), ("status", "For us"), ("do", "another")];
    assert_eq!(first_button(&browser.post("/write", &fields).await), "organisation");
    // Nobody is named.
    let fields = [("csrf", csrf.as_str()), ("status", "Psst"), ("to", "direct")];
    assert_eq!(first_button(&browser.post("/write", &fields).await), "direct");
    // With a file, twice the same.
    let fields = [("csrf", csrf.as_str()), ("key", "once"), ("status", "A cat"), ("alt", "A cat"), ("to", "public")];
    let first = location(&browser.post_file("/write", &fields, "file", PICTURE).await).to_owned();
    assert_eq!(location(&browser.post_file("/write", &fields, "file", PICTURE).await), first);
    // For later, twice the same.
    let fields = [
        ("csrf", csrf.as_str()),
        ("key", "later"),
        ("status", "Later"),
        ("at", "2026-12-24T18:00"),
        ("to", "organisation"),
    ];
    for _ in 0..2 {
        assert_eq!(location(&browser.post("/write", &fields).await), "/scheduled");
    }
    assert_eq!(read(&here).await.scheduled_by(alice.id, &Page::first(5)).await.unwrap().len(), 1);
    // A draft stays one where it cannot be posted later, and is for whom it was kept for, whatever an address says.
    let draft = here.post(&alice, said("Half", Audience::Draft)).await.id.to_string();
    let fields = [
        ("csrf", csrf.as_str()),
        ("key", "x"),
        ("draft", &draft),
        ("for", "organisation"),
        ("status", "Half"),
        ("to", "draft"),
    ];
    assert_eq!(location(&browser.post("/write", &fields).await), "/drafts");
    let fields = [
        ("csrf", csrf.as_str()),
        ("key", "y"),
        ("draft", &draft),
        ("status", "Half"),
        ("at", "2026-12-24T18:00"),
        ("poll[options][]", "only one"),
        ("to", "organisation"),
    ];
    let page = browser.post("/write", &fields).await;
    assert_eq!((page.status, page.field("draft")), (StatusCode::UNPROCESSABLE_ENTITY, draft.clone()));
    assert_eq!(read(&here).await.drafts_of(alice.id).await.unwrap().len(), 1);
    assert_eq!(first_button(&browser.get(&format!("/write?draft={draft}&for=public")).await), "organisation");
}

#[tokio::test]
async fn people_come_into_a_list_by_their_handles() {
    let here = Here::start().await;
    let (alice, carl) = (here.member("alice").await, here.member("carl").await);
    let mut browser = signed_in(&here, "alice").await;
    let csrf = browser.get("/lists").await.field("csrf");
    browser.post("/do/api/v1/lists", &[("csrf", &csrf), ("title", "Desk"), ("next", "/lists")]).await;
    let list = read(&here).await.lists(alice.id).await.unwrap()[0].id;
    let (path, add) = (format!("/lists/{list}"), format!("/lists/{list}/add"));
    for nobody in ["@carl", "@nobody@far.example", "two words", ""] {
        let answer = browser.post(&add, &[("csrf", &csrf), ("handle", nobody)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{nobody}");
        assert!(answer.text.contains(&path), "the way back: {answer:?}");
    }
    browser.post(&format!("/do/api/v1/accounts/{}/follow", carl.id), &[("csrf", &csrf), ("next", "/")]).await;
    assert_eq!(location(&browser.post(&add, &[("csrf", &csrf), ("handle", "@carl")]).await), path);
    let page = browser.get(&path).await.text;
    assert!(page.contains("1 person in this list") && page.contains("@carl@here.example"), "{page}");
    assert_eq!(
        location(&browser.post(&add, &[("csrf", &csrf), ("handle", "@carl")]).await),
        path,
        "they are in it already"
    );
    assert_eq!(browser.post(&add, &[("csrf", ""), ("handle", "@carl")]).await.status, StatusCode::FORBIDDEN);
    let mut other = signed_in(&here, "carl").await;
    let csrf = other.get("/lists").await.field("csrf");
    assert_eq!(other.post(&add, &[("csrf", &csrf), ("handle", "@alice")]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_challenge_that_cannot_be_asked_comes_back_with_all_that_was_typed() {
    let here = Here::start().await;
    here.member("alice").await;
    let mut browser = signed_in(&here, "alice").await;
    let csrf = browser.get("/challenges/new").await.field("csrf");
    let fields = [
        ("csrf", csrf.as_str()),
        ("question", "How do we ask?"),
        ("name", "alice"),
        ("purpose", "To ask *well*"),
        ("tag", "AskWell"),
        ("closes_at", "2031-03-03"),
    ];
    let page = browser.post("/challenges/new", &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{page:?}");
    for words in [
        "has that name already",
        ">How do we ask?</textarea>",
        ">To ask *well*</textarea>",
        "value=\"AskWell\"",
        "value=\"2031-03-03\"",
    ] {
        assert!(page.text.contains(words), "{words}: {page:?}");
    }
    let fields = fields.map(|(name, value)| if name == "name" { (name, "askwell") } else { (name, value) });
    assert_eq!(location(&browser.post("/challenges/new", &fields).await), "/@askwell");
}

#[tokio::test]
async fn nothing_is_sent_to_nobody() {
    let here = Here::start().await;
    let alice = here.member("alice").await;
    let mut browser = signed_in(&here, "alice").await;
    let csrf = browser.get("/write").await.field("csrf");
    let page = browser.post("/write", &[("csrf", &csrf), ("status", "psst"), ("to", "direct")]).await;
    assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.text.contains("Nobody is named in it"), "{page:?}");
    assert!(newest(&here, alice.id).await.is_none());
}

#[tokio::test]
async fn what_was_boosted_stands_on_a_page_once() {
    let here = Here::start().await;
    let (alice, carl) = (here.member("alice").await, here.member("carl").await);
    let post = here.post(&alice, said("Once is enough", Audience::Public)).await;
    let mut browser = signed_in(&here, "carl").await;
    let csrf = browser.get("/home").await.field("csrf");
    let follow = format!("/do/api/v1/accounts/{}/follow", alice.id);
    browser.post(&follow, &[("csrf", &csrf), ("next", "/home")]).await;
    browser.post(&format!("/do/api/v1/statuses/{}/reblog", post.id), &[("csrf", &csrf), ("next", "/home")]).await;
    assert_eq!(read(&here).await.home(carl.id, &Page::first(9)).await.unwrap().len(), 2);
    let page = browser.get("/home").await.text;
    assert_eq!(page.matches("Once is enough").count(), 1, "{page}");
}

#[tokio::test]
async fn nobody_reads_on_a_page_what_is_not_theirs() {
    let here = Here::start().await;
    let (alice, _) = (here.member("alice").await, here.member("carl").await);
    let inside = here.post(&alice, said("Inside words", Audience::Organisation)).await;
    let followers = here.post(&alice, said("Followers words", Audience::Followers)).await;
    let draft = here.post(&alice, said("Draft words", Audience::Draft)).await;
    let mut carl = signed_in(&here, "carl").await;
    let mut own = signed_in(&here, "alice").await;
    let mut stranger = here.browser();
    let places = [
        "/",
        "/local",
        "/@alice",
        "/@alice?show=replies",
        "/@alice?show=media",
        "/search?q=words",
        "/home",
        "/notifications",
    ];
    for path in places {
        let said = stranger.get(path).await.text;
        assert!(
            !said.contains("Inside words") && !said.contains("Followers words") && !said.contains("Draft words"),
            "{path}"
        );
        let said = carl.get(path).await.text;
        assert!(!said.contains("Followers words") && !said.contains("Draft words"), "{path}");
    }
    assert!(carl.get("/@alice").await.text.contains("Inside words"));
    assert!(own.get("/@alice").await.text.contains("Followers words"));
    for (post, for_carl) in
        [(&inside, StatusCode::OK), (&followers, StatusCode::NOT_FOUND), (&draft, StatusCode::NOT_FOUND)]
    {
        let page = format!("/@alice/{}", post.id);
        assert_eq!(stranger.get(&page).await.status, StatusCode::NOT_FOUND);
        assert_eq!(stranger.get(&format!("{page}/history")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(stranger.get(&format!("/posts/{}", post.id)).await.status, StatusCode::NOT_FOUND);
        assert_eq!(carl.get(&page).await.status, for_carl);
        assert_eq!(carl.get(&format!("{page}/history")).await.status, for_carl);
        assert_eq!(own.get(&page).await.status, StatusCode::OK);
    }
    // What is a member's own no browser and no proxy keeps.
    for path in ["/home", "/@alice", "/write", "/notifications", "/settings/profile"] {
        assert!(carl.get(path).await.header("cache-control").contains("no-store"), "{path}");
    }
    // Pages of members lead strangers to sign in, and back.
    for path in [
        "/home",
        "/bookmarks",
        "/favourites",
        "/notifications",
        "/conversations",
        "/lists",
        "/requests",
        "/me",
        "/write",
        "/drafts",
        "/scheduled",
        "/look-again",
        "/report?account_id=1",
        "/settings",
        "/settings/profile",
        "/settings/posting",
        "/settings/hearing",
        "/settings/filters",
        "/settings/mail",
        "/settings/muted",
        "/settings/blocked",
        "/posts/1/edit",
        "/posts/1/delete",
        "/posts/1/outcome",
        "/posts/1/open-up",
    ] {
        let answer = stranger.get(path).await;
        assert!(location(&answer).starts_with("/login?next=%2F"), "{path}");
    }
}

#[tokio::test]
async fn pages_speak_the_language_of_who_reads_and_look_as_they_chose() {
    let here = Here::start().await;
    here.member("alice").await;
    let page = here.get("/", &[("accept", "text/html"), ("accept-language", "cy-GB, en;q=0.5")]).await;
    assert!(page.text.contains("<html lang=\"cy\" dir=\"ltr\""), "{}", page.text);
    assert!(page.header("vary").contains("Accept-Language"));
    let mut browser = here.browser();
    let form = browser.get("/appearance").await;
    assert!(form.text.contains("<html lang=\"en\"") && form.text.contains("Cymraeg"));
    let csrf = form.field("csrf");
    let fields =
        [("csrf", csrf.as_str()), ("language", "cy"), ("theme", "dark"), ("size", "<script>"), ("motion", "still")];
    assert_eq!(location(&browser.post("/appearance", &fields).await), "/appearance");
    let page = browser.get("/").await.text;
    assert!(page.contains("<html lang=\"cy\" dir=\"ltr\" class=\"dark usual roomy still keys-on\">"), "{page}");
    // The look stays when one signs in; the language is the account's then.
    browser.log_in("alice@mail.example", PASSWORD).await;
    let page = browser.get("/home").await;
    assert!(page.text.contains("<html lang=\"en\" dir=\"ltr\" class=\"dark"), "{}", page.text);
    let csrf = page.field("csrf");
    browser.post("/appearance", &[("csrf", &csrf), ("language", "cy")]).await;
    assert!(here.app.node.store.read().await.unwrap().account_by_handle("alice", "").await.unwrap().is_some());
    assert!(signed_in(&here, "alice").await.get("/home").await.text.contains("<html lang=\"cy\""));
}

#[tokio::test]
async fn what_is_seen_of_notifications_is_read() {
    let here = Here::start().await;
    let (alice, carl) = (here.member("alice").await, here.member("carl").await);
    let post = here.post(&alice, said("We bake", Audience::Public)).await;
    let mut browser = signed_in(&here, "carl").await;
    let csrf = browser.get("/home").await.field("csrf");
    for deed in ["favourite", "reblog"] {
        browser.post(&format!("/do/api/v1/statuses/{}/{deed}", post.id), &[("csrf", &csrf)]).await;
    }
    browser.post(&format!("/do/api/v1/accounts/{}/follow", alice.id), &[("csrf", &csrf)]).await;
    here.post(&carl, said("@alice hello", Audience::Public)).await;
    let mut own = signed_in(&here, "alice").await;
    assert!(own.get("/home").await.text.contains("<b class=\"n\">4<"));
    let page = own.get("/notifications").await.text;
    for words in ["carl mentioned you", "carl boosted your post", "carl made your post a favourite", "carl follows you"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!own.get("/home").await.text.contains("<b class=\"n\">"));
    let page = own.get("/notifications?only=words").await.text;
    assert!(page.contains("carl mentioned you") && !page.contains("carl follows you"));
}

#[tokio::test]
async fn a_stranger_is_sent_to_their_own_server_for_what_is_ours_alone() {
    let here = Here::start().await;
    let alice = here.member("alice").await;
    let inside = here.post(&alice, said("Inside", Audience::Organisation)).await;
    let mut browser = here.browser();
    let page = browser.get(&format!("/remote?uri={}", alice.uri)).await;
    assert!(page.status == StatusCode::OK && page.text.contains("@alice@here.example"), "{page:?}");
    for uri in ["https://evil.example/users/x", "javascript:alert(1)", "https://here.example/users/nobody", &inside.uri]
    {
        assert_eq!(browser.get(&format!("/remote?uri={uri}")).await.status, StatusCode::NOT_FOUND, "{uri}");
    }
    let csrf = page.field("csrf");
    let fields = [("csrf", csrf.as_str()), ("uri", &alice.uri), ("handle", "no handle")];
    assert_eq!(browser.post("/remote", &fields).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    // Nobody is asked at an address of this machine.
    for handle in ["x@127.0.0.1", "x@localhost", "x@[::1]", "169.254.169.254"] {
        let answer = browser.post("/remote", &[("csrf", &csrf), ("uri", &alice.uri), ("handle", handle)]).await;
        assert!(!answer.text.contains("href=\"http"), "{handle}: {}", answer.text);
    }
    // Of a server that says nothing it is known where most take such wishes; a profile's address says who and where.
    let fields = |handle| [("csrf", csrf.as_str()), ("uri", alice.uri.as_str()), ("handle", handle)];
    let answer = browser.post("/remote", &fields("far.example")).await.text;
    assert!(
        answer.contains("href=\"https://far.example/authorize_interaction?uri=https%3A%2F%2Fhere.example"),
        "{answer}"
    );
    let answer = browser.post("/remote", &fields("https://far.example/@kim")).await;
    assert!(answer.status == StatusCode::OK && answer.text.contains("far.example did not"), "{answer:?}");
}
