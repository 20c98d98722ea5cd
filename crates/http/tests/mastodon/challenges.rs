//! Challenges, and how far what one says goes, as an app uses them.

use model::clock::DAY;
use serde_json::{Value, json};

use crate::api::{Api, Person};

const CHALLENGES: &str = "/api/outloud/v1/challenges";

async fn asks(api: &Api, who: &Person, more: Value) -> Value {
    let mut body = json!({"name": "trust", "question": "How do we establish trust?", "purpose": "So that *we* share.", "tag": "TrustMe"});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    api.post(who, CHALLENGES, body).await.ok()
}

#[tokio::test]
async fn a_challenge_is_asked_contributed_to_closed_and_answered() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let asked = asks(&api, &alice, json!({})).await;
    assert_eq!(
        (&asked["name"], &asked["state"], &asked["question"]),
        (&json!("trust"), &json!("open"), &json!("How do we establish trust?"))
    );
    assert_eq!((&asked["account"]["group"], &asked["account"]["acct"]), (&json!(true), &json!("trust")));
    assert_eq!((&asked["owner"]["id"], &asked["tag"]["name"]), (&json!(alice.id), &json!("TrustMe")));
    assert_eq!((&asked["adoptable"], &asked["waiting_count"]), (&json!(false), &json!(0)));
    let opening =
        api.get(&bob, &format!("/api/v1/statuses/{}", asked["opening_status_id"].as_str().unwrap())).await.ok();
    assert!(
        opening["content"].as_str().unwrap().contains("<strong>How do we establish trust?</strong>"),
        "{opening:#}"
    );
    let anyone = api.call("GET", &format!("{CHALLENGES}/trust"), None, Value::Null).await.ok();
    assert_eq!(anyone["waiting_count"], Value::Null);

    let post = api.post(&bob, "/api/v1/statuses", json!({"status": "@trust we bake bread"})).await.ok();
    let list = api.call("GET", &format!("{CHALLENGES}/trust/contributions"), None, Value::Null).await.ok();
    assert_eq!(list[0]["id"], post["id"]);
    assert_eq!(post["reblogs_count"], json!(0));
    let again = api.get(&bob, &format!("/api/v1/statuses/{}", post["id"].as_str().unwrap())).await.ok();
    assert_eq!(again["reblogs_count"], json!(0), "that a challenge passes it on is nobody's boost");
    let statuses = api.get(&bob, &format!("/api/v1/accounts/{}/statuses", asked["id"].as_str().unwrap())).await.ok();
    assert_eq!(statuses[0]["reblog"]["id"], post["id"]);

    let closed = api.post(&alice, &format!("{CHALLENGES}/trust/close"), Value::Null).await.ok();
    assert_eq!((&closed["state"], &closed["contributions_count"]), (&json!("closed"), &json!(1)));
    let harvest =
        api.get(&bob, &format!("/api/v1/statuses/{}", closed["harvest_status_id"].as_str().unwrap())).await.ok();
    assert!(harvest["content"].as_str().unwrap().contains("1 contribution from 1 person"), "{harvest:#}");
    api.post(&alice, &format!("{CHALLENGES}/trust/close"), Value::Null).await.refused(422);
    let answered = api.post(&alice, &format!("{CHALLENGES}/trust/answer"), json!({"answer": "With bread."})).await.ok();
    assert_eq!((&answered["state"], &answered["answer"]), (&json!("answered"), &json!("With bread.")));
    let first = answered["answer_status_id"].clone();
    let other = api.post(&alice, &format!("{CHALLENGES}/trust/answer"), json!({"answer": "With butter."})).await.ok();
    assert_eq!(other["answer_status_id"], first, "the answer is edited, not said twice");
    for (state, length) in [("open", 0), ("answered", 1)] {
        let list = api.get(&bob, &format!("{CHALLENGES}?state={state}")).await.ok();
        assert_eq!(list.as_array().unwrap().len(), length, "{state}");
    }
}

#[tokio::test]
async fn only_who_looks_after_a_challenge_decides_about_it() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    asks(&api, &alice, json!({})).await;
    let post = api.post(&bob, "/api/v1/statuses", json!({"status": "Bread #TrustMe"})).await.ok();
    let post = post["id"].as_str().unwrap();
    for (method, path, body) in [
        ("PATCH", String::new(), json!({"question": "Mine?"})),
        ("DELETE", String::new(), Value::Null),
        ("POST", "/close".to_owned(), Value::Null),
        ("POST", "/answer".to_owned(), json!({"answer": "No"})),
        ("POST", "/adopt".to_owned(), Value::Null),
        ("GET", "/contributions?state=waiting".to_owned(), Value::Null),
        ("POST", format!("/contributions/{post}/refuse"), Value::Null),
        ("POST", format!("/contributions/{post}/accept"), Value::Null),
        ("GET", "/blocks".to_owned(), Value::Null),
        ("POST", "/blocks".to_owned(), json!({"account_id": alice.id})),
        ("DELETE", format!("/blocks/{}", alice.id), Value::Null),
    ] {
        let path = format!("{CHALLENGES}/trust{path}");
        api.call(method, &path, Some(&bob.token), body.clone()).await.refused(403);
        api.call(method, &path.replace("trust", "nobody"), Some(&alice.token), body).await.refused(404);
    }
    let refused = api.post(&alice, &format!("{CHALLENGES}/trust/contributions/{post}/refuse"), Value::Null).await.ok();
    assert_eq!(refused["contributions_count"], json!(0));
    let list = api.get(&alice, &format!("{CHALLENGES}/trust/contributions?state=refused")).await.ok();
    assert_eq!(list[0]["id"], json!(post));
    api.post(&alice, &format!("{CHALLENGES}/trust/contributions/{post}/accept"), Value::Null).await.ok();
    api.post(&alice, &format!("{CHALLENGES}/trust/blocks"), json!({"account_id": bob.id})).await.ok();
    let list = api.get(&bob, &format!("{CHALLENGES}/trust/contributions")).await.ok();
    assert_eq!(list, json!([]), "who is blocked is passed on no more");
    let blocked = api.get(&alice, &format!("{CHALLENGES}/trust/blocks")).await.ok();
    assert_eq!(blocked[0]["id"], json!(bob.id));
    api.call("DELETE", &format!("{CHALLENGES}/trust/blocks/{}", bob.id), Some(&alice.token), Value::Null).await.ok();

    // It is offered, taken over, and then the other one's.
    let offered =
        api.call("PATCH", &format!("{CHALLENGES}/trust"), Some(&alice.token), json!({"adoptable": true})).await.ok();
    assert_eq!(offered["adoptable"], json!(true));
    let adopted = api.post(&bob, &format!("{CHALLENGES}/trust/adopt"), Value::Null).await.ok();
    assert_eq!((&adopted["owner"]["id"], &adopted["adoptable"]), (&json!(bob.id), &json!(false)));
    api.post(&alice, &format!("{CHALLENGES}/trust/close"), Value::Null).await.refused(403);
    let change = json!({"question": "  How do we keep   trust? ", "tag": "", "closes_at": "2999-01-01T00:00:00Z"});
    let changed = api.call("PATCH", &format!("{CHALLENGES}/trust"), Some(&bob.token), change).await.ok();
    assert_eq!((&changed["question"], &changed["tag"]), (&json!("How do we keep trust?"), &Value::Null));
    let opening =
        api.get(&bob, &format!("/api/v1/statuses/{}", changed["opening_status_id"].as_str().unwrap())).await.ok();
    assert!(
        opening["content"].as_str().unwrap().contains("keep trust?") && opening["edited_at"].is_string(),
        "{opening:#}"
    );
    assert_eq!(api.call("DELETE", &format!("{CHALLENGES}/trust"), Some(&bob.token), Value::Null).await.ok(), json!({}));
    api.get(&bob, &format!("{CHALLENGES}/trust")).await.refused(404);
    let body = json!({"name": "trust", "question": "Again?"});
    api.post(&bob, CHALLENGES, body).await.refused(422);
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_with_words() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    for (body, words) in [
        (json!({"name": "x y", "question": "Q?"}), "name"),
        (json!({"name": "alice", "question": "Q?"}), "taken"),
        (json!({"name": "tag-rust", "question": "Q?"}), "name"),
        (json!({"name": "q", "question": " "}), "blank"),
        (json!({"name": "q", "question": "x".repeat(301)}), "300"),
        (json!({"name": "q", "question": "Q?", "purpose": "x".repeat(2_001)}), "2000"),
        (json!({"name": "q", "question": "Q?", "tag": "1"}), "hashtag"),
        (json!({"name": "q", "question": "Q?", "tag": "no tag"}), "hashtag"),
        (
            json!({"name": "q", "question": "Q?", "closes_at": "yesterday"}),
            "closes at is not a day like 2026-12-31, or a time like 2026-12-31t18:00:00z",
        ),
        (json!({"name": "q", "question": "Q?", "opens_at": "2999-02-30"}), "opens at is not a day"),
        (json!({"name": "q", "question": "Q?", "closes_at": "2001-01-01T00:00:00Z"}), "after"),
    ] {
        let refused = api.post(&alice, CHALLENGES, body.clone()).await;
        assert_eq!(refused.status, 422, "{body}: {}", refused.body);
        let error = refused.body["error"].as_str().unwrap().to_lowercase();
        assert!(error.contains(words), "{body}: {error}");
    }
    let one_more = async |words: &str| {
        let refused = api.post(&alice, CHALLENGES, json!({"name": "more", "question": "One more?"})).await;
        assert_eq!(refused.status, 422, "{}", refused.body);
        assert!(refused.body["error"].as_str().unwrap().contains(words), "{}", refused.body);
    };
    for day in 0..2 {
        for n in 0..10 {
            asks(&api, &alice, json!({"name": format!("q{day}{n}")})).await;
        }
        if day == 0 {
            one_more("@alice asked 10 questions within a day").await;
        }
        api.app.node.clock.advance(DAY);
    }
    one_more("@alice looks after 20 open challenges").await;
}

#[tokio::test]
async fn a_day_is_enough_to_say_when_a_challenge_opens_and_closes() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let asked = asks(&api, &alice, json!({"opens_at": "2998-12-31", "closes_at": "2999-12-31"})).await;
    assert_eq!((&asked["state"], &asked["opens_at"]), (&json!("planned"), &json!("2998-12-31T00:00:00.000Z")));
    assert_eq!(asked["closes_at"], json!("2999-12-31T23:59:59.999Z"));
    let path = format!("{CHALLENGES}/trust");
    let changed = api.call("PATCH", &path, Some(&alice.token), json!({"closes_at": "2998-12-31"})).await.ok();
    assert_eq!(changed["closes_at"], json!("2998-12-31T23:59:59.999Z"), "it is open for a day");
}

#[tokio::test]
async fn its_page_says_who_looks_after_it_and_what_it_belongs_to() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    asks(&api, &alice, json!({"closes_at": "2999-12-31"})).await;
    api.post(&alice, &format!("{CHALLENGES}/trust/links"), json!({"tag": "tea"})).await.ok();
    let page = api.raw_text("/@trust").await;
    for part in ["/@alice\"", ">#TrustMe</a>", ">#tea</a>", "open until 31 December 2999:"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("It is on offer"));
    let closes_at = model::clock::rfc3339(api.app.node.clock.now() + DAY);
    let change = json!({"adoptable": true, "closes_at": closes_at});
    api.call("PATCH", &format!("{CHALLENGES}/trust"), Some(&alice.token), change).await.ok();
    let page = api.raw_text("/@trust").await;
    assert!(page.contains("It is on offer") && page.contains(&format!("at {} UTC:", &closes_at[11..16])), "{page}");
}

#[tokio::test]
async fn apps_are_told_of_a_challenge_in_types_that_they_know() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    asks(&api, &alice, json!({})).await;
    let mut last = Value::Null;
    // Members are known: more than ten an hour wait.
    for n in 0..11 {
        last = api.post(&bob, "/api/v1/statuses", json!({"status": format!("Bread {n} #TrustMe")})).await.ok();
    }
    let list = api.get(&alice, "/api/v1/notifications").await.ok();
    assert_eq!(list.as_array().unwrap().len(), 1, "{list:#}");
    assert_eq!((&list[0]["type"], &list[0]["outloud"]), (&json!("status"), &json!({"type": "waiting"})));
    assert_eq!((&list[0]["status"]["id"], &list[0]["account"]["id"]), (&last["id"], &json!(bob.id)));
    let groups = api.get(&alice, "/api/v2/notifications").await.ok();
    let group = &groups["notification_groups"][0];
    assert_eq!((&group["type"], &group["outloud"]["type"]), (&json!("status"), &json!("waiting")));
    for (types, found) in [
        ("types[]=status", 1),
        ("types[]=outloud.waiting", 1),
        ("types[]=mention", 0),
        ("types[]=outloud.given", 0),
        ("exclude_types[]=status", 0),
        ("exclude_types[]=outloud.waiting", 0),
        ("exclude_types[]=mention", 1),
    ] {
        let list = api.get(&alice, &format!("/api/v1/notifications?{types}")).await.ok();
        assert_eq!(list.as_array().unwrap().len(), found, "{types}");
    }
    let path = format!("{CHALLENGES}/trust");
    api.call("PATCH", &path, Some(&alice.token), json!({"adoptable": true})).await.ok();
    api.post(&bob, &format!("{path}/adopt"), Value::Null).await.ok();
    let list = api.get(&alice, "/api/v1/notifications?types[]=update").await.ok();
    assert_eq!((&list[0]["type"], &list[0]["outloud"]["type"]), (&json!("update"), &json!("adopted")));
    assert_eq!((&list[0]["account"]["id"], &list[0]["status"]["account"]["acct"]), (&json!(bob.id), &json!("trust")));
    // What is Mastodon's own has nothing more.
    api.post(&bob, "/api/v1/statuses", json!({"status": "@alice thank you"})).await.ok();
    let list = api.get(&alice, "/api/v1/notifications?types[]=mention").await.ok();
    assert!(list[0]["type"] == "mention" && list[0].get("outloud").is_none(), "{list:#}");
}

#[tokio::test]
async fn a_member_says_how_far_what_they_say_goes() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    assert_eq!(api.get(&alice, "/api/outloud/v1/settings").await.ok(), json!({"tag_sharing": true}));
    let path = "/api/outloud/v1/settings";
    assert_eq!(
        api.call("PATCH", path, Some(&alice.token), json!({"tag_sharing": false})).await.ok(),
        json!({"tag_sharing": false})
    );
    assert_eq!(api.call("PATCH", path, Some(&alice.token), json!({})).await.ok(), json!({"tag_sharing": false}));
    api.call("GET", path, None, Value::Null).await.refused(401);
    let body = json!({"status": "Not far #here", "outloud": {"tag_sharing": false}});
    let quiet = api.post(&alice, "/api/v1/statuses", body).await.ok();
    for unclear in [json!("perhaps"), json!({}), json!(7)] {
        api.call("PATCH", path, Some(&alice.token), json!({"tag_sharing": unclear})).await.refused(422);
        let body = json!({"status": "How far #here?", "outloud": {"tag_sharing": unclear}});
        api.post(&alice, "/api/v1/statuses", body.clone()).await.refused(422);
        let edit = format!("/api/v1/statuses/{}", quiet["id"].as_str().unwrap());
        api.call("PUT", &edit, Some(&alice.token), body).await.refused(422);
    }
    assert_eq!(api.get(&alice, path).await.ok(), json!({"tag_sharing": false}));
}
