//! Which letters about notifications a member wants, and how they are ended from within a letter.

use axum::http::StatusCode;
use model::notification::{Digest, NotificationKind};
use node::news::{Wishes, wishes};

use super::common::{Here, PASSWORD};

async fn here() -> Here {
    Here::with(|c| c.mail = true, true).await
}

async fn wanted(here: &Here, who: i64) -> Wishes {
    wishes(&mut here.app.node.store.read().await.unwrap(), who).await.unwrap()
}

#[tokio::test]
async fn a_member_chooses_what_they_get_letters_about() {
    let here = here().await;
    let ada = here.member("ada").await;
    let mut browser = here.browser();
    browser.log_in("ada", PASSWORD).await;
    assert!(browser.get("/settings").await.text.contains("href=\"/settings/mail\""));
    let page = browser.get("/settings/mail").await;
    assert!(page.text.contains("value=\"mention\" checked") && page.text.contains("ada@mail.example"), "{}", page.text);
    assert!(!page.text.contains("admin.report"), "that is for moderators");
    let csrf = page.field("csrf");
    let fields =
        [("csrf", csrf.as_str()), ("kinds[]", "follow"), ("kinds[]", "poll"), ("always", "true"), ("digest", "weekly")];
    let answer = browser.post("/settings/mail", &fields).await;
    assert_eq!(answer.header("location"), "/settings/mail", "{}", answer.text);
    let kinds = vec![NotificationKind::Follow, NotificationKind::Poll];
    assert_eq!(wanted(&here, ada.id).await, Wishes { kinds, always: true, digest: Digest::Weekly });
    let page = browser.get("/settings/mail").await;
    assert!(page.text.contains("value=\"follow\" checked") && !page.text.contains("value=\"mention\" checked"));
    assert!(page.text.contains("value=\"weekly\" selected") && page.text.contains("role=\"status\""));
    for wrong in [("kinds[]", "moderation_warning"), ("kinds[]", "tea"), ("digest", "hourly")] {
        let fields = [("csrf", csrf.as_str()), ("digest", "never"), wrong];
        assert_eq!(browser.post("/settings/mail", &fields).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
    }
    assert_eq!(
        browser.post("/settings/mail", &[("csrf", "no"), ("digest", "never")]).await.status,
        StatusCode::FORBIDDEN
    );
    let answer = browser.post("/settings/mail", &[("csrf", &csrf), ("digest", "never")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(wanted(&here, ada.id).await, Wishes { kinds: Vec::new(), always: false, digest: Digest::Never });
}

#[tokio::test]
async fn where_no_letters_are_sent_the_page_says_so() {
    let here = Here::start().await;
    here.member("ada").await;
    let mut browser = here.browser();
    browser.log_in("ada", PASSWORD).await;
    let page = browser.get("/settings/mail").await;
    assert!(
        page.text.contains("This server sends no letters.") && !page.text.contains("name=\"digest\""),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn one_click_ends_letters_without_a_session_and_opening_the_address_does_not() {
    let here = here().await;
    let ada = here.member("ada").await;
    let node = &here.app.node;
    let mut tx = node.store.begin().await.unwrap();
    let all = Wishes {
        kinds: vec![NotificationKind::Mention, NotificationKind::Follow],
        always: false,
        digest: Digest::Daily,
    };
    node::news::choose(node, &mut tx, ada.id, &all).await.unwrap();
    let key = tx.letter_wishes(ada.id).await.unwrap().unwrap().secret;
    node.commit(tx).await.unwrap();
    let address = |of: &str| format!("/letters/stop?key={key}&of={of}");
    let click = [("List-Unsubscribe", "One-Click")];

    let page = here.get(&address("mention"), &[("accept", "text/html")]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("when somebody mentions you"), "{}", page.text);
    assert_eq!((page.field("key"), page.field("of")), (key.clone(), "mention".to_owned()));
    assert_eq!(wanted(&here, ada.id).await, all, "it was only looked at");

    for _ in 0..2 {
        let answer = here.send(&address("mention"), &click, &[]).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    }
    assert_eq!(wanted(&here, ada.id).await.kinds, [NotificationKind::Follow]);
    let answer = here.send("/letters/stop", &[("key", &key), ("of", "digest")], &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "the button of the page: {}", answer.text);
    assert_eq!(wanted(&here, ada.id).await.digest, Digest::Never);
    here.send(&address("all"), &click, &[]).await;
    assert!(wanted(&here, ada.id).await.kinds.is_empty());

    for wrong in [address("tea"), "/letters/stop".to_owned(), "/letters/stop?key=x&of=all".to_owned()] {
        assert_eq!(here.get(&wrong, &[]).await.status, StatusCode::NOT_FOUND, "{wrong}");
        assert_eq!(here.send(&wrong, &click, &[]).await.status, StatusCode::NOT_FOUND, "{wrong}");
    }
    let mut last = StatusCode::OK;
    for _ in 0..60 {
        last = here.send("/letters/stop?key=x&of=all", &click, &[]).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS, "keys are not guessed");
}
