//! Polls: asking, voting, and who sees what of them.

use axum::body::Body;
use axum::http::{Request, header};
use model::clock::MINUTE;
use node::jobs::Job;
use serde_json::{Value, json};

use crate::api::{Api, Person};

fn asking(options: &[&str]) -> Value {
    json!({"status": "What would you like?", "poll": {"options": options, "expires_in": 3600}})
}

fn path(post: &Value) -> String {
    format!("/api/v1/polls/{}", post["poll"]["id"].as_str().unwrap())
}

async fn vote(api: &Api, who: &Person, post: &Value, choices: &[i64]) -> crate::api::Reply {
    api.post(who, &format!("{}/votes", path(post)), json!({"choices": choices})).await
}

async fn due(api: &Api) -> Vec<storage::Job> {
    let mut jobs = api.app.federation.lease_jobs(false, 50).await.unwrap();
    jobs.extend(api.app.federation.lease_jobs(true, 50).await.unwrap());
    jobs
}

/// Runs the jobs that are due.
async fn work(api: &Api) {
    loop {
        let jobs = due(api).await;
        if jobs.is_empty() {
            return;
        }
        for job in jobs {
            api.app.federation.serve_job(job).await.unwrap();
        }
    }
}

async fn polls_told(api: &Api, who: &Person) -> Vec<Value> {
    let list = api.get(who, "/api/v1/notifications?types[]=poll").await.ok();
    list.as_array().unwrap().iter().map(|n| n["status"]["id"].clone()).collect()
}

#[tokio::test]
async fn a_poll_comes_back_as_it_was_asked() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let post = api.posts(&alice, asking(&[" Tea ", "", "Coffee"])).await;
    let option = |title: &str| json!({"title": title, "votes_count": 0});
    assert_eq!(
        post["poll"],
        json!({
            "id": post["id"], "expires_at": "2025-06-15T16:06:40.000Z", "expired": false, "multiple": false, "votes_count": 0,
            "voters_count": 0, "options": [option("Tea"), option("Coffee")], "emojis": [], "voted": true, "own_votes": [],
        })
    );
    assert_eq!(api.get(&alice, &path(&post)).await.ok(), post["poll"]);
    let seen = api.get(&bob, &path(&post)).await.ok();
    assert_eq!((&seen["voted"], &seen["own_votes"]), (&json!(false), &json!([])));
    let seen = api.look(&path(&post)).await.ok();
    assert!(seen.get("voted").is_none() && seen.get("own_votes").is_none(), "nobody is signed in");
    let plain = api.says(&alice, "no question").await;
    api.get(&alice, &format!("/api/v1/polls/{}", plain["id"].as_str().unwrap())).await.refused(404);
}

#[tokio::test]
async fn a_form_asks_as_well_as_json() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let body = "status=Which&poll[options][]=Tea&poll[options][]=Coffee&poll[expires_in]=300&poll[multiple]=true&poll%5Bhide_totals%5D=1";
    let request = Request::post("/api/v1/statuses")
        .header(header::AUTHORIZATION, format!("Bearer {}", alice.token))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let post = api.send(request.body(Body::from(body)).unwrap()).await.ok();
    assert_eq!((&post["poll"]["multiple"], &post["poll"]["options"][1]["title"]), (&json!(true), &json!("Coffee")));
    assert_eq!(post["poll"]["options"][0]["votes_count"], Value::Null, "hidden before the end");
    for poll in [json!(null), json!({"options": []})] {
        assert_eq!(api.posts(&alice, json!({"status": "x", "poll": poll})).await["poll"], Value::Null);
    }
}

#[tokio::test]
async fn what_the_instance_says_of_polls_is_so() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let v2 = api.look("/api/v2/instance").await.ok();
    let limits = &v2["configuration"]["polls"];
    assert_eq!(
        limits,
        &json!({"max_options": 8, "max_characters_per_option": 200, "min_expiration": 300, "max_expiration": 2_629_746})
    );
    assert_eq!(&api.look("/api/v1/instance").await.ok()["configuration"]["polls"], limits);
    let most: Vec<String> = (0..8).map(|n| format!("{n}{}", "ö".repeat(199))).collect();
    let poll = |options: &[String], expires_in: i64| json!({"status": "x", "poll": {"options": options, "expires_in": expires_in}});
    for expires_in in [300, 2_629_746] {
        api.post(&alice, "/api/v1/statuses", poll(&most, expires_in)).await.ok();
    }
    let long = ["a".to_owned(), "x".repeat(201)];
    let nine: Vec<String> = (0..9).map(|n| n.to_string()).collect();
    for refused in [
        poll(&most, 299),
        poll(&most, 2_629_747),
        poll(&most, i64::MAX),
        poll(&most[..1], 300),
        poll(&nine, 300),
        poll(&long, 300),
        json!({"status": "x", "poll": {"options": ["a", "a"], "expires_in": 300}}),
        json!({"status": "x", "poll": {"options": ["a", "b"]}}),
        json!({"status": "", "poll": {"options": ["a", "b"], "expires_in": 300}}),
    ] {
        api.post(&alice, "/api/v1/statuses", refused).await.refused(422);
    }
    let media = crate::uploads::upload(&api, &alice, "alt").await;
    let both = json!({"status": "x", "media_ids": [media["id"]], "poll": {"options": ["a", "b"], "expires_in": 300}});
    api.post(&alice, "/api/v1/statuses", both).await.refused(422);
}

#[tokio::test]
async fn one_votes_once_and_not_in_ones_own_poll() {
    let api = Api::start().await;
    let (alice, bob, cleo) = (api.member("alice").await, api.member("bob").await, api.member("cleo").await);
    let post = api.posts(&alice, asking(&["Tea", "Coffee"])).await;
    vote(&api, &alice, &post, &[0]).await.refused(422);
    for nonsense in [&[2][..], &[-1], &[], &[0, 1]] {
        vote(&api, &bob, &post, nonsense).await.refused(422);
    }
    let text = json!({"choices": ["tea"]});
    api.post(&bob, &format!("{}/votes", path(&post)), text).await.refused(422);
    api.call("POST", &format!("{}/votes", path(&post)), None, json!({"choices": [0]})).await.refused(401);
    let voted = vote(&api, &bob, &post, &[1]).await.ok();
    assert_eq!((&voted["voted"], &voted["own_votes"]), (&json!(true), &json!([1])));
    assert_eq!(
        (&voted["votes_count"], &voted["voters_count"], &voted["options"][1]["votes_count"]),
        (&json!(1), &json!(1), &json!(1))
    );
    for again in [0, 1] {
        vote(&api, &bob, &post, &[again]).await.refused(422);
    }
    vote(&api, &cleo, &post, &[1]).await.ok();
    let status = api.get(&bob, &format!("/api/v1/statuses/{}", post["id"].as_str().unwrap())).await.ok();
    assert_eq!((&status["poll"]["votes_count"], &status["poll"]["own_votes"]), (&json!(2), &json!([1])));
    let boost = api.does(&cleo, "statuses", &post["id"], "reblog").await;
    assert_eq!((&boost["poll"], &boost["reblog"]["poll"]["own_votes"]), (&Value::Null, &json!([1])));
}

#[tokio::test]
async fn several_options_are_chosen_where_that_is_allowed() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let poll = json!({"options": ["Tea", "Coffee", "Water"], "expires_in": 3600, "multiple": true});
    let post = api.posts(&alice, json!({"status": "Which", "poll": poll})).await;
    let voted = vote(&api, &bob, &post, &[2, 0, 2]).await.ok();
    assert_eq!(
        (&voted["votes_count"], &voted["voters_count"], &voted["own_votes"]),
        (&json!(2), &json!(1), &json!([0, 2]))
    );
    vote(&api, &bob, &post, &[1, 2]).await.refused(422);
    assert_eq!(api.get(&bob, &path(&post)).await.ok()["votes_count"], 2, "all of it is refused");
}

#[tokio::test]
async fn the_end_is_told_to_the_author_and_to_those_who_voted() {
    let api = Api::start().await;
    let (alice, bob, cleo) = (api.member("alice").await, api.member("bob").await, api.member("cleo").await);
    let mut asked = asking(&["Tea", "Coffee"]);
    asked["poll"]["hide_totals"] = json!(true);
    let post = api.posts(&alice, asked).await;
    let voted = vote(&api, &bob, &post, &[0]).await.ok();
    assert_eq!(voted["options"][0]["votes_count"], Value::Null);
    api.app.node.clock.advance(59 * MINUTE);
    work(&api).await;
    assert!(polls_told(&api, &alice).await.is_empty() && polls_told(&api, &bob).await.is_empty());
    api.app.node.clock.advance(MINUTE);
    work(&api).await;
    for (who, told) in [(&alice, 1), (&bob, 1), (&cleo, 0)] {
        assert_eq!(polls_told(&api, who).await, vec![post["id"].clone(); told]);
    }
    vote(&api, &cleo, &post, &[0]).await.refused(422);
    let ended = api.get(&cleo, &path(&post)).await.ok();
    assert_eq!(
        (&ended["expired"], &ended["options"][0]["votes_count"], &ended["options"][1]["votes_count"]),
        (&json!(true), &json!(1), &json!(0))
    );
}

#[tokio::test]
async fn an_edit_with_other_options_begins_anew() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let post = api.posts(&alice, asking(&["Tea", "Coffee"])).await;
    vote(&api, &bob, &post, &[0]).await.ok();
    let edit = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    let same = json!({"status": "Which, please?", "poll": {"options": ["Tea", "Coffee"], "expires_in": 7200}});
    let edited = api.call("PUT", &edit, Some(&alice.token), same).await.ok();
    assert_eq!(
        (&edited["poll"]["votes_count"], &edited["poll"]["expires_at"]),
        (&json!(1), &json!("2025-06-15T17:06:40.000Z"))
    );
    let other = json!({"status": "Which?", "poll": {"options": ["Tea", "Water"]}});
    let edited = api.call("PUT", &edit, Some(&alice.token), other).await.ok();
    assert_eq!((&edited["poll"]["votes_count"], &edited["poll"]["voters_count"]), (&json!(0), &json!(0)));
    assert_eq!(edited["poll"]["expires_at"], "2025-06-15T17:06:40.000Z", "nothing was said of another end");
    vote(&api, &bob, &post, &[1]).await.ok();
    let without = api.call("PUT", &edit, Some(&alice.token), json!({"status": "Never mind"})).await.ok();
    assert_eq!(without["poll"], Value::Null);
    let history = api.look(&format!("{edit}/history")).await.ok();
    let titles = |n: usize| history[n].get("poll").map(|p| p["options"][1]["title"].clone());
    assert_eq!([titles(0), titles(2), titles(3)], [Some(json!("Coffee")), Some(json!("Water")), None]);
    // The end that was once awaited comes to nothing.
    api.app.node.clock.advance(180 * MINUTE);
    work(&api).await;
    assert!(polls_told(&api, &bob).await.is_empty());
}

#[tokio::test]
async fn a_poll_is_there_for_whom_its_post_is() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    for (visibility, member_sees) in [("local", true), ("private", false), ("direct", false), ("draft", false)] {
        let mut asked = asking(&["Tea", "Coffee"]);
        asked["visibility"] = json!(visibility);
        let post = api.posts(&alice, asked).await;
        api.look(&path(&post)).await.refused(404);
        let (seen, voted) = (api.get(&bob, &path(&post)).await, vote(&api, &bob, &post, &[0]).await);
        let status = if member_sees { 200 } else { 404 };
        assert_eq!((seen.status.as_u16(), voted.status.as_u16()), (status, status), "{visibility}");
    }
    assert_eq!(api.app.node.store.read().await.unwrap().queue().await.unwrap().deliveries, 0);
    assert!(!waiting(&api).await.contains("tell_totals"), "what never leaves the node has no totals to send");
}

/// Kinds of the jobs that wait, now or later.
async fn waiting(api: &Api) -> String {
    api.app.node.clock.advance(1_000 * 24 * 60 * MINUTE);
    let jobs = due(api).await;
    assert!(
        jobs.iter().any(|j| matches!(serde_json::from_str(&j.payload), Ok(Job::ClosePoll { .. }))),
        "ends are awaited"
    );
    jobs.into_iter().map(|j| j.kind + " ").collect()
}

#[tokio::test]
async fn the_page_of_a_post_shows_its_poll_to_everybody() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let mut asked = asking(&["<Tea>", "Coffee"]);
    let post = api.posts(&alice, asked.clone()).await;
    vote(&api, &bob, &post, &[0]).await.ok();
    let page = api.raw_text(&format!("/@alice/{}", post["id"].as_str().unwrap())).await;
    for part in ["&lt;Tea&gt;", "100 %, 1 vote", "0 %, 0 votes", "Ends <time"] {
        assert!(page.contains(part), "{part} in {page}");
    }
    asked["poll"]["hide_totals"] = json!(true);
    let post = api.posts(&alice, asked).await;
    let page = api.raw_text(&format!("/@alice/{}", post["id"].as_str().unwrap())).await;
    assert!(page.contains("Results are shown when the poll has ended.") && !page.contains(" %"), "{page}");
}
