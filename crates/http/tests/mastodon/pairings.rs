//! What one is in for, and to whom one was introduced.

use model::clock::{DAY, date, rfc3339};
use serde_json::{Value, json};

use crate::api::{Api, NOW, Person};

const AT: &str = "/api/outloud/v1/pairings";

async fn seeks(api: &Api, who: &Person, kind: &str, body: Value) -> crate::api::Reply {
    api.call("PUT", &format!("{AT}/seeking/{kind}"), Some(&who.token), body).await
}

#[tokio::test]
async fn one_is_in_says_another_thing_and_is_out() {
    let api = Api::start().await;
    let ana = api.member("ana").await;
    let none = api.get(&ana, &format!("{AT}/seeking")).await.ok();
    assert_eq!(none, json!({"handle": "cuppa@social.example.org", "next_round_at": null, "seeking": []}));
    let wanted = seeks(&api, &ana, "cuppa", json!({"about": "  Housing,\n Leeds "})).await.ok();
    let since = rfc3339(NOW);
    let cuppa =
        json!({"kind": "cuppa", "role": null, "about": "Housing, Leeds", "from": null, "until": null, "since": since});
    assert_eq!(wanted, cuppa);
    let days = json!({"role": "ask", "from": date(NOW), "until": date(NOW + 2 * DAY)});
    let shadowing = seeks(&api, &ana, "shadowing", days).await.ok();
    assert_eq!((&shadowing["role"], &shadowing["until"]), (&json!("ask"), &json!(date(NOW + 2 * DAY))));
    for (kind, body) in [
        ("shadowing", json!({"role": "mentor"})),
        ("shadowing", json!({"role": "ask", "from": "soon", "until": "later"})),
        ("shadowing", json!({"role": "ask", "from": date(NOW)})),
        ("shadowing", json!({"role": "ask", "from": date(NOW - 9 * DAY), "until": date(NOW - DAY)})),
        ("shadowing", json!({"role": "ask", "from": date(NOW + 2 * DAY), "until": date(NOW + DAY)})),
        ("mentoring", json!({})),
    ] {
        seeks(&api, &ana, kind, body).await.refused(422);
    }
    seeks(&api, &ana, "tea", json!({})).await.refused(404);
    let all = api.get(&ana, &format!("{AT}/seeking")).await.ok();
    assert_eq!(all["next_round_at"], json!(rfc3339(NOW + 14 * DAY)));
    assert_eq!(all["seeking"], json!([cuppa, shadowing]));
    // Nobody else sees who is in.
    let ben = api.member("ben").await;
    assert_eq!(api.get(&ben, &format!("{AT}/seeking")).await.ok()["seeking"], json!([]));
    api.call("DELETE", &format!("{AT}/seeking/cuppa"), Some(&ana.token), Value::Null).await.ok();
    assert_eq!(api.get(&ana, &format!("{AT}/seeking")).await.ok()["seeking"], json!([shadowing]));

    api.call("PATCH", "/api/v1/accounts/update_credentials", Some(&ben.token), json!({"bot": true})).await.ok();
    seeks(&api, &ben, "cuppa", json!({})).await.refused(422);
    let account = api.look("/api/v1/accounts/lookup?acct=cuppa").await.ok();
    assert_eq!((&account["bot"], &account["group"]), (&json!(true), &json!(false)));
    let cara = api.member("cara").await;
    seeks(&api, &cara, "cuppa", json!({})).await.ok();
    api.does(&cara, "accounts", &account["id"], "block").await;
    assert_eq!(api.get(&cara, &format!("{AT}/seeking")).await.ok()["seeking"], json!([]));
    seeks(&api, &cara, "cuppa", json!({})).await.refused(422);
}

#[tokio::test]
async fn pairs_are_listed_in_pages_and_agreed_to_by_those_who_are_in_them() {
    let api = Api::start().await;
    let (ana, ben, eve) = (api.member("ana").await, api.member("ben").await, api.member("eve").await);
    for (who, role) in [(&ana, "mentor"), (&ben, "mentee")] {
        seeks(&api, who, "mentoring", json!({"role": role})).await.ok();
    }
    let dan = api.member("dan").await;
    for who in [&ana, &dan] {
        seeks(&api, who, "cuppa", json!({})).await.ok();
    }
    // Whoever hears strangers' direct messages from nobody hears this: they asked for it.
    let policy = json!({"for_private_mentions": "drop", "for_not_following": "drop", "for_new_accounts": "drop"});
    api.call("PATCH", "/api/v2/notifications/policy", Some(&ana.token), policy).await.ok();
    assert_eq!(node::pairing::hold_now(&api.app.node).await.unwrap(), 2);
    let told = api.get(&ana, "/api/v1/notifications").await.ok();
    assert_eq!(told.as_array().unwrap().len(), 2);
    let list = api.get(&ana, AT).await.ok();
    let kinds: Vec<&Value> = list.as_array().unwrap().iter().map(|p| &p["kind"]).collect();
    assert_eq!(kinds, [&json!("mentoring"), &json!("cuppa")], "the newest first");
    assert_eq!(list[0]["account"]["id"], json!(ben.id));
    assert_eq!(api.walk(&ana, &format!("{AT}?limit=1"), "next").await.len(), 2);
    assert!(api.get(&eve, AT).await.ids().is_empty());
    let introduced = format!("/api/v1/statuses/{}", list[0]["status_id"].as_str().unwrap());
    let status = api.get(&ben, &introduced).await.ok();
    assert_eq!((&status["visibility"], &status["account"]["username"]), (&json!("direct"), &json!("cuppa")));
    let named: Vec<&str> =
        status["mentions"].as_array().unwrap().iter().map(|m| m["username"].as_str().unwrap()).collect();
    assert_eq!(named, ["ana", "ben"]);
    api.get(&eve, &introduced).await.refused(404);

    let agree = |n: usize| format!("{AT}/{}/agree", list[n]["id"].as_str().unwrap());
    api.post(&eve, &agree(0), Value::Null).await.refused(404);
    api.post(&ana, &agree(1), Value::Null).await.refused(422);
    let agreed = api.post(&ana, &agree(0), Value::Null).await.ok();
    assert_eq!((&agreed["agreed"], &agreed["agreed_by_other"]), (&json!(true), &json!(false)));
    assert_eq!(api.get(&ben, AT).await.ok()[0]["agreed_by_other"], json!(true));
    for _ in 0..2 {
        api.post(&ben, &agree(0), Value::Null).await.ok();
    }
    assert_eq!(api.get(&ana, "/api/v1/notifications").await.ok().as_array().unwrap().len(), 3, "once");
}

#[tokio::test]
async fn where_it_is_off_nothing_of_it_is_there() {
    let api = Api::start_with(|config| config.cuppa_days = 0).await;
    let ana = api.member("ana").await;
    seeks(&api, &ana, "cuppa", json!({})).await.refused(404);
    for path in [AT, "/api/outloud/v1/pairings/seeking"] {
        api.get(&ana, path).await.refused(404);
    }
    api.post(&ana, &format!("{AT}/1/agree"), Value::Null).await.refused(404);
    api.look("/api/v1/accounts/lookup?acct=cuppa").await.refused(404);
    api.look("/.well-known/webfinger?resource=acct:cuppa@social.example.org").await.refused(404);
    // Its words do nothing.
    api.says(&ana, "@cuppa cuppa").await;
    assert!(node::pairing::hold_now(&api.app.node).await.is_err());
}
