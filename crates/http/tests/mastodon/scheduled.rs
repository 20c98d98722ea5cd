//! Posts that are made later.

use model::clock::{DAY, MINUTE, rfc3339};
use serde_json::{Value, json};

use crate::api::{Api, NOW, Person, ids};

const LIST: &str = "/api/v1/scheduled_statuses";

/// Does what is due now, as a worker would.
async fn work(api: &Api) {
    for job in api.app.federation.lease_jobs(false, 99).await.unwrap() {
        api.app.federation.serve_job(job).await.unwrap();
    }
}

async fn later(api: &Api, who: &Person, mut body: Value, after: i64) -> Value {
    body["scheduled_at"] = json!(rfc3339(api.app.node.now() + after));
    api.post(who, "/api/v1/statuses", body).await.ok()
}

async fn texts(api: &Api, who: &Person) -> Vec<String> {
    let page = api.get(who, &format!("/api/v1/accounts/{}/statuses", who.id)).await.ok();
    page.as_array().unwrap().iter().map(|p| p["content"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_post_is_made_at_its_time_once_with_all_that_was_asked_for() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let parent = api.says(&bob, "When?").await["id"].clone();
    let media = crate::uploads::upload(&api, &alice, "a cake").await["id"].clone();
    let body = json!({
        "status": "Then!", "media_ids": [media], "in_reply_to_id": parent, "visibility": "unlisted", "spoiler_text": "soon",
        "language": "cy", "quote_approval_policy": "nobody",
    });
    let waiting = later(&api, &alice, body, DAY).await;
    assert_eq!((&waiting["scheduled_at"], &waiting["params"]["text"]), (&json!(rfc3339(NOW + DAY)), &json!("Then!")));
    assert_eq!(
        (&waiting["params"]["visibility"], &waiting["media_attachments"][0]["id"]),
        (&json!("unlisted"), &media)
    );
    assert!(texts(&api, &alice).await.is_empty());
    assert_eq!(api.get(&alice, LIST).await.ids(), [waiting["id"].as_str().unwrap()]);
    let path = format!("{LIST}/{}", waiting["id"].as_str().unwrap());
    assert_eq!(api.get(&alice, &path).await.ok(), waiting);
    for method in ["GET", "PUT", "DELETE"] {
        api.call(method, &path, Some(&bob.token), Value::Null).await.refused(404);
    }
    // Its upload is not swept away meanwhile, nor taken by another.
    api.app.node.clock.advance(DAY - MINUTE);
    node::housekeeping::step(&api.app.node, node::housekeeping::Chore::Uploads, 0).await.unwrap();
    work(&api).await;
    assert!(texts(&api, &alice).await.is_empty(), "too early");
    api.app.node.clock.advance(2 * MINUTE);
    work(&api).await;
    work(&api).await;
    assert_eq!(texts(&api, &alice).await, ["<p>Then!</p>"]);
    let page = api.get(&alice, &format!("/api/v1/accounts/{}/statuses", alice.id)).await.ok();
    let post = &page[0];
    assert_eq!(
        (&post["in_reply_to_id"], &post["visibility"], &post["language"]),
        (&parent, &json!("unlisted"), &json!("cy"))
    );
    assert_eq!((&post["spoiler_text"], &post["media_attachments"][0]["id"]), (&json!("soon"), &media));
    assert!(api.get(&alice, LIST).await.ids().is_empty());
    api.get(&alice, &path).await.refused(404);
}

#[tokio::test]
async fn a_key_that_comes_again_schedules_nothing_new() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let body = json!({"status": "Then", "scheduled_at": rfc3339(NOW + DAY)}).to_string();
    let mut made = Vec::new();
    for _ in 0..2 {
        let request = axum::http::Request::post("/api/v1/statuses")
            .header("authorization", format!("Bearer {}", alice.token))
            .header("content-type", "application/json")
            .header("idempotency-key", "once")
            .body(axum::body::Body::from(body.clone()));
        made.push(api.send(request.unwrap()).await.ok()["id"].clone());
    }
    assert_eq!(made[0], made[1]);
    assert_eq!(api.get(&alice, LIST).await.ids().len(), 1);
}

#[tokio::test]
async fn another_time_and_no_time_at_all() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let poll = json!({"status": "Cake?", "poll": {"options": ["yes", "no"], "expires_in": "3600"}});
    let waiting = later(&api, &alice, poll, 10 * MINUTE).await;
    assert_eq!(waiting["params"]["poll"]["options"], json!(["yes", "no"]));
    let path = format!("{LIST}/{}", waiting["id"].as_str().unwrap());
    let other = json!({"scheduled_at": rfc3339(NOW + DAY)});
    assert_eq!(
        api.call("PUT", &path, Some(&alice.token), other.clone()).await.ok()["scheduled_at"],
        other["scheduled_at"]
    );
    let soon = json!({"scheduled_at": rfc3339(NOW + MINUTE)});
    api.call("PUT", &path, Some(&alice.token), soon).await.refused(422);
    api.app.node.clock.advance(11 * MINUTE);
    work(&api).await;
    assert!(texts(&api, &alice).await.is_empty(), "its first time counts no more");
    api.app.node.clock.advance(DAY);
    work(&api).await;
    assert_eq!(texts(&api, &alice).await, ["<p>Cake?</p>"]);
    let waiting = later(&api, &alice, json!({"status": "Never"}), DAY).await;
    let path = format!("{LIST}/{}", waiting["id"].as_str().unwrap());
    assert_eq!(api.call("DELETE", &path, Some(&alice.token), Value::Null).await.ok(), json!({}));
    api.app.node.clock.advance(2 * DAY);
    work(&api).await;
    assert_eq!(texts(&api, &alice).await.len(), 1);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_when_it_is_asked_for() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let at = |after: i64| json!(rfc3339(NOW + after));
    for (body, status) in [
        (json!({"status": "x", "scheduled_at": at(4 * MINUTE)}), 422),
        (json!({"status": "x", "scheduled_at": at(-DAY)}), 422),
        (json!({"status": "x", "scheduled_at": "soon"}), 422),
        (json!({"status": " ", "scheduled_at": at(DAY)}), 422),
        (json!({"status": "x", "media_ids": ["9"], "scheduled_at": at(DAY)}), 422),
        (json!({"status": "x", "in_reply_to_id": "9", "scheduled_at": at(DAY)}), 404),
    ] {
        api.post(&alice, "/api/v1/statuses", body).await.refused(status);
    }
    for n in 0..25 {
        later(&api, &alice, json!({"status": format!("{n}")}), DAY).await;
    }
    let more = json!({"status": "one more", "scheduled_at": at(DAY)});
    api.post(&alice, "/api/v1/statuses", more).await.refused(422);
    later(&api, &alice, json!({"status": "another day"}), 3 * DAY).await;
    let pages = api.walk(&alice, &format!("{LIST}?limit=20"), "next").await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [20, 6]);
}

#[tokio::test]
async fn what_became_impossible_stays_with_the_reason() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let parent = api.says(&bob, "When?").await["id"].clone();
    let waiting = later(&api, &alice, json!({"status": "Then!", "in_reply_to_id": parent}), DAY).await;
    let path = format!("/api/v1/statuses/{}", parent.as_str().unwrap());
    api.call("DELETE", &path, Some(&bob.token), Value::Null).await.ok();
    api.app.node.clock.advance(DAY);
    work(&api).await;
    assert!(texts(&api, &alice).await.is_empty());
    let list = api.get(&alice, LIST).await.ok();
    assert_eq!(
        (ids(&list), &list[0]["error"]),
        (vec![waiting["id"].as_str().unwrap().to_owned()], &json!("Record not found"))
    );
}
