//! What the node says about itself: on its page, in its texts, and before somebody joins.

use axum::http::StatusCode;
use model::clock::DAY;
use node::config::Registrations;
use node::texts::{self, About};
use serde_json::Value;

use super::common::Here;

const HTML: [(&str, &str); 1] = [("accept", "text/html")];

async fn write(here: &Here, which: About, source: &str, from: i64) {
    let node = &here.app.node;
    let mut tx = node.store.begin().await.unwrap();
    texts::set(node, &mut tx, "test", which, source, from).await.unwrap();
    node.commit(tx).await.unwrap();
}

#[tokio::test]
async fn what_the_owner_says_of_the_node_is_told_everywhere() {
    let here = Here::with(
        |c| {
            c.description = "A <place> to bake".to_owned();
            c.contact_email = "help@here.example".to_owned();
        },
        false,
    )
    .await;
    let about = here.get("/about", &HTML).await.text;
    assert!(about.contains("A &#60;place&#62; to bake"), "{about}");
    assert!(about.contains("<a href=\"mailto:help@here.example\">help@here.example</a>"), "{about}");
    let v2 = here.get("/api/v2/instance", &[]).await.json();
    assert_eq!(
        (&v2["description"], &v2["contact"]["email"]),
        (&"A <place> to bake".into(), &"help@here.example".into())
    );
    let v1 = here.get("/api/v1/instance", &[]).await.json();
    for (name, value) in [
        ("description", "A <place> to bake"),
        ("short_description", "A <place> to bake"),
        ("email", "help@here.example"),
    ] {
        assert_eq!(v1[name], value, "{name}");
    }
    let nodeinfo = here.get("/nodeinfo/2.0", &[]).await.json();
    assert_eq!(nodeinfo["metadata"]["nodeDescription"], "A <place> to bake");
    let long = here.get("/api/v1/instance/extended_description", &[]).await.json();
    assert_eq!(long["content"], "<p>A &lt;place&gt; to bake</p>");

    let silent = Here::start().await;
    assert!(!silent.get("/about", &HTML).await.text.contains("mailto:"));
    assert_eq!(silent.get("/api/v2/instance", &[]).await.json()["contact"]["email"], "");
}

#[tokio::test]
async fn texts_have_pages_that_others_lead_to_while_there_are_any() {
    let here = Here::with(|c| c.registrations = Registrations::Open, false).await;
    let urls = async || here.get("/api/v2/instance", &[]).await.json()["configuration"]["urls"].clone();
    let privacy = here.get("/privacy-policy", &HTML).await;
    assert!(privacy.status == StatusCode::OK && privacy.text.contains("<strong>Who sees it.</strong>"));
    assert!(!privacy.text.contains("<br>"), "a line of the source is no line of the page: {}", privacy.text);
    assert!(!privacy.text.contains("/terms-of-service"));
    assert_eq!(here.get("/terms-of-service", &HTML).await.status, StatusCode::NOT_FOUND);
    let known = urls().await;
    assert_eq!(
        (&known["privacy_policy"], &known["terms_of_service"]),
        (&"https://here.example/privacy-policy".into(), &Value::Null)
    );

    let now = here.app.node.now();
    write(&here, About::PrivacyPolicy, "# What\n\nNothing is\nsold. <script>x</script>", now).await;
    write(&here, About::TermsOfService, "Be *fair*.", now).await;
    write(&here, About::TermsOfService, "Be fairer.", now + 2 * DAY).await;
    let privacy = here.get("/privacy-policy", &HTML).await.text;
    assert!(privacy.contains("<h2>What</h2><p>Nothing is\nsold. &lt;script"), "{privacy}");
    let terms = here.get("/terms-of-service", &HTML).await.text;
    assert!(
        terms.contains("<p>Be <em>fair</em>.</p>") && terms.contains("href=\"/terms-of-service/2025-10-11\""),
        "{terms}"
    );
    let next = here.get("/terms-of-service/2025-10-11", &HTML).await.text;
    assert!(next.contains("Be fairer.") && next.contains("They will hold from 11 October 2025 on."), "{next}");
    for nothing in ["2025-10-10", "never"] {
        assert_eq!(here.get(&format!("/terms-of-service/{nothing}"), &HTML).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(urls().await["terms_of_service"], "https://here.example/terms-of-service");
    for path in ["/", "/about", "/signup", "/login"] {
        let page = here.get(path, &HTML).await.text;
        let foot = page.split("<footer").nth(1).unwrap();
        assert!(foot.contains("href=\"/terms-of-service\"") && foot.contains("href=\"/privacy-policy\""), "{path}");
    }
}

#[tokio::test]
async fn rules_and_the_long_description_stand_on_the_page_about_the_node_and_before_one_joins() {
    let here = Here::with(|c| c.registrations = Registrations::Open, false).await;
    assert!(!here.get("/about", &HTML).await.text.contains(">Rules<"));
    assert!(!here.get("/signup", &HTML).await.text.contains("Rules here"));
    write(&here, About::ExtendedDescription, "## Bread\n\nWe bake at *five*.", here.app.node.now()).await;
    let node = &here.app.node;
    let mut tx = node.store.begin().await.unwrap();
    texts::add_rule(node, &mut tx, "test", "Be <kind>", "Argue about things").await.unwrap();
    node.commit(tx).await.unwrap();
    let about = here.get("/about", &HTML).await.text;
    assert!(about.contains("<h3>Bread</h3><p>We bake at <em>five</em>.</p>"), "{about}");
    for path in ["/about", "/signup"] {
        let page = here.get(path, &HTML).await.text;
        assert!(page.contains("<strong>Be &#60;kind&#62;</strong><br>Argue about things"), "{path}: {page}");
    }
    assert!(here.get("/signup", &HTML).await.text.contains("keep to the rules above, and I know"));
}
