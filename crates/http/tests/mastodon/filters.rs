//! Filters as apps use them, and what they catch.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};

use crate::api::{Api, NOW, Person};

async fn makes(api: &Api, who: &Person, title: &str, words: &[&str], more: Value) -> Value {
    let words: Vec<Value> = words.iter().map(|w| json!({"keyword": w, "whole_word": true})).collect();
    let mut body = json!({"title": title, "context": ["home"], "keywords_attributes": words});
    for (name, value) in more.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    api.post(who, "/api/v2/filters", body).await.ok()
}

fn path_of(filter: &Value) -> String {
    format!("/api/v2/filters/{}", filter["id"].as_str().unwrap())
}

/// What is caught in each post of a home, newest first: title, keywords, posts.
async fn caught(api: &Api, who: &Person) -> Vec<Vec<(String, Value, Value)>> {
    let home = api.get(who, "/api/v1/timelines/home").await.ok();
    home.as_array().unwrap().iter().map(hits).collect()
}

fn hits(post: &Value) -> Vec<(String, Value, Value)> {
    let hit = |f: &Value| {
        let title = f["filter"]["title"].as_str().unwrap().to_owned();
        (title, f["keyword_matches"].clone(), f["status_matches"].clone())
    };
    post["filtered"].as_array().unwrap().iter().map(hit).collect()
}

#[tokio::test]
async fn a_filter_is_made_from_a_form_changed_and_deleted_by_its_owner_alone() {
    let api = Api::start().await;
    let (alice, eve) = (api.member("alice").await, api.member("eve").await);
    let form = "title=Spoilers&context[]=home&context[]=public&filter_action=blur&expires_in=86400\
                &keywords_attributes[][keyword]=film&keywords_attributes[][whole_word]=true\
                &keywords_attributes[][keyword]=serie&keywords_attributes[][whole_word]=false";
    let request = Request::post("/api/v2/filters")
        .header(header::AUTHORIZATION, format!("Bearer {}", alice.token))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let made = api.send(request.body(Body::from(form)).unwrap()).await.ok();
    let (id, keywords) = (made["id"].as_str().unwrap(), made["keywords"].as_array().unwrap());
    let words: Vec<_> = keywords.iter().map(|k| (k["keyword"].as_str().unwrap(), k["whole_word"] == true)).collect();
    assert_eq!(words, [("film", true), ("serie", false)]);
    assert_eq!(
        (&made["title"], &made["context"], &made["filter_action"], &made["expires_at"], &made["statuses"]),
        (
            &json!("Spoilers"),
            &json!(["home", "public"]),
            &json!("blur"),
            &json!("2025-06-16T15:06:40.000Z"),
            &json!([])
        )
    );
    assert_eq!(api.get(&alice, "/api/v2/filters").await.ok(), json!([made]));
    let path = path_of(&made);
    let (film, serie) = (&keywords[0]["id"], &keywords[1]["id"]);
    let change = json!({"title": "Films", "expires_in": null, "keywords_attributes": {
        "0": {"id": film, "keyword": "movie"}, "1": {"id": serie, "_destroy": true}, "2": {"keyword": "actor"},
    }});
    let changed = api.call("PUT", &path, Some(&alice.token), change).await.ok();
    assert_eq!(
        (&changed["title"], &changed["expires_at"], &changed["id"]),
        (&json!("Films"), &Value::Null, &json!(id))
    );
    assert_eq!((&changed["context"], &changed["filter_action"]), (&json!(["home", "public"]), &json!("blur")));
    let words: Vec<_> =
        changed["keywords"].as_array().unwrap().iter().map(|k| (&k["keyword"], &k["whole_word"])).collect();
    assert_eq!(words, [(&json!("movie"), &json!(true)), (&json!("actor"), &json!(true))]);
    assert_eq!(changed["keywords"][0]["id"], *film);
    let film = film.as_str().unwrap();
    for (method, path) in [
        ("GET", path.clone()),
        ("PUT", path.clone()),
        ("DELETE", path.clone()),
        ("GET", format!("{path}/keywords")),
        ("POST", format!("{path}/keywords")),
        ("GET", format!("{path}/statuses")),
        ("POST", format!("{path}/statuses")),
        ("GET", format!("/api/v2/filters/keywords/{film}")),
        ("PUT", format!("/api/v2/filters/keywords/{film}")),
        ("DELETE", format!("/api/v2/filters/keywords/{film}")),
        ("GET", format!("/api/v1/filters/{film}")),
        ("PUT", format!("/api/v1/filters/{film}")),
        ("DELETE", format!("/api/v1/filters/{film}")),
    ] {
        api.call(method, &path, Some(&eve.token), json!({"keyword": "x", "status_id": "1"})).await.refused(404);
    }
    let stolen = json!({"title": "x", "context": ["home"], "keywords_attributes": [{"id": film, "_destroy": true}]});
    api.post(&eve, "/api/v2/filters", stolen).await.refused(404);
    for body in [
        json!({"context": ["home"]}),
        json!({"title": "x"}),
        json!({"title": "x", "context": []}),
        json!({"title": "x", "context": ["home", "everywhere"]}),
        json!({"title": "x", "context": ["home"], "filter_action": "burn"}),
        json!({"title": "x", "context": ["home"], "expires_in": "soon"}),
        json!({"title": "x", "context": ["home"], "keywords_attributes": [{"keyword": " "}]}),
        json!({"title": "x", "context": ["home"], "keywords_attributes": [{"keyword": "x".repeat(513)}]}),
    ] {
        api.post(&alice, "/api/v2/filters", body).await.refused(422);
    }
    assert_eq!(api.get(&alice, "/api/v2/filters").await.ids(), [id], "what was refused left nothing");
    assert_eq!(api.call("DELETE", &path, Some(&alice.token), Value::Null).await.ok(), json!({}));
    api.get(&alice, &path).await.refused(404);
}

#[tokio::test]
async fn keywords_and_posts_of_a_filter_come_and_go_one_by_one() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let path = path_of(&makes(&api, &alice, "Some", &[], Value::Null).await);
    let keyword =
        api.post(&alice, &format!("{path}/keywords"), json!({"keyword": "tea", "whole_word": "false"})).await.ok();
    let one = format!("/api/v2/filters/keywords/{}", keyword["id"].as_str().unwrap());
    assert_eq!(keyword, json!({"id": keyword["id"], "keyword": "tea", "whole_word": false}));
    assert_eq!(api.get(&alice, &format!("{path}/keywords")).await.ok(), json!([keyword]));
    assert_eq!(api.get(&alice, &one).await.ok(), keyword);
    let changed = api.call("PUT", &one, Some(&alice.token), json!({"keyword": "milk", "whole_word": true})).await.ok();
    assert_eq!(changed, json!({"id": keyword["id"], "keyword": "milk", "whole_word": true}));
    api.post(&alice, &format!("{path}/keywords"), json!({"keyword": ""})).await.refused(422);
    assert_eq!(api.call("DELETE", &one, Some(&alice.token), Value::Null).await.ok(), json!({}));
    api.get(&alice, &one).await.refused(404);

    let post = api.says(&alice, "this one").await;
    let entry = api.post(&alice, &format!("{path}/statuses"), json!({"status_id": post["id"]})).await.ok();
    assert_eq!(entry, json!({"id": entry["id"], "status_id": post["id"]}));
    api.post(&alice, &format!("{path}/statuses"), json!({"status_id": post["id"]})).await.refused(422);
    api.post(&alice, &format!("{path}/statuses"), json!({"status_id": "12345"})).await.refused(404);
    let one = format!("/api/v2/filters/statuses/{}", entry["id"].as_str().unwrap());
    assert_eq!(api.get(&alice, &format!("{path}/statuses")).await.ok(), json!([entry]));
    assert_eq!(api.get(&alice, &one).await.ok(), entry);
    assert_eq!(api.get(&alice, &path).await.ok()["statuses"], json!([entry]));
    assert_eq!(caught(&api, &alice).await, [[("Some".to_owned(), Value::Null, json!([post["id"]]))]]);
    assert_eq!(api.call("DELETE", &one, Some(&alice.token), Value::Null).await.ok(), entry);
    api.get(&alice, &one).await.refused(404);
    assert_eq!(caught(&api, &alice).await, [[]]);
}

#[tokio::test]
async fn what_a_filter_catches_is_said_to_its_owner_with_every_post() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    api.befriend(&alice, &bob).await;
    makes(&api, &alice, "Drinks", &["tea", "Milk"], json!({"filter_action": "hide"})).await;
    makes(&api, &alice, "Pots", &["teapot"], Value::Null).await;
    let post = api.says(&bob, "Milk in my TEA, from <b>a</b> teapot").await;
    api.posts(&bob, json!({"status": "nothing", "spoiler_text": "tea!"})).await;
    let poll = json!({"options": ["tea", "coffee"], "expires_in": 3600});
    api.posts(&bob, json!({"status": "What?", "poll": poll})).await;
    let media = crate::uploads::upload(&api, &bob, "A cup of tea").await["id"].clone();
    api.posts(&bob, json!({"status": "Look", "media_ids": [media]})).await;
    api.says(&bob, "a teacup").await;
    let drinks = |words: Value| ("Drinks".to_owned(), words, Value::Null);
    let tea = || vec![drinks(json!(["tea"]))];
    let all = vec![drinks(json!(["tea", "Milk"])), ("Pots".to_owned(), json!(["teapot"]), Value::Null)];
    assert_eq!(caught(&api, &alice).await, [vec![], tea(), tea(), tea(), all.clone()]);
    assert!(caught(&api, &bob).await.iter().all(Vec::is_empty), "nobody else is concerned");
    let one = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    let seen = api.get(&alice, &one).await.ok();
    let filter = &seen["filtered"][0]["filter"];
    assert_eq!(
        *filter,
        json!({"id": filter["id"], "title": "Drinks", "context": ["home"], "expires_at": null, "filter_action": "hide"})
    );
    assert!(api.look(&one).await.ok().get("filtered").is_none(), "who is not signed in has no filters");
    // A boost and what it carries, a quote, and a notification.
    let boost = api.does(&bob, "statuses", &post["id"], "reblog").await;
    let boost = api.get(&alice, &format!("/api/v1/statuses/{}", boost["id"].as_str().unwrap())).await.ok();
    assert_eq!((hits(&boost), hits(&boost["reblog"])), (all.clone(), all.clone()));
    let quote = api.posts(&bob, json!({"status": "see", "quoted_status_id": post["id"]})).await;
    let quote = api.get(&alice, &format!("/api/v1/statuses/{}", quote["id"].as_str().unwrap())).await.ok();
    assert_eq!(hits(&quote["quote"]["quoted_status"]), all);
    api.says(&bob, "@alice tea?").await;
    assert_eq!(hits(&api.get(&alice, "/api/v1/notifications").await.ok()[0]["status"]), tea());
    // A single post is caught through a boost of it.
    let path = path_of(&makes(&api, &alice, "One", &[], Value::Null).await);
    let plain = api.says(&bob, "plain").await;
    api.post(&alice, &format!("{path}/statuses"), json!({"status_id": plain["id"]})).await.ok();
    api.does(&bob, "statuses", &plain["id"], "reblog").await;
    assert_eq!(caught(&api, &alice).await[0], [("One".to_owned(), Value::Null, json!([plain["id"]]))]);
}

#[tokio::test]
async fn a_filter_that_is_over_catches_nothing_from_that_moment() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let path = path_of(&makes(&api, &alice, "Soon over", &["tea"], json!({"expires_in": "3"})).await);
    makes(&api, &alice, "Later over", &["tea"], json!({"expires_in": 4})).await;
    api.says(&alice, "tea").await;
    let titles = async || caught(&api, &alice).await.remove(0).into_iter().map(|(title, ..)| title).collect::<Vec<_>>();
    let clock = &api.app.node.clock;
    let both = || vec!["Soon over", "Later over"];
    for (passed, left) in [(0, both()), (2_999, both()), (3_000, vec!["Later over"]), (4_000, vec![])] {
        clock.advance(NOW + passed - clock.now());
        assert_eq!(titles().await, left, "after {passed} ms");
        assert_eq!(titles().await, left, "after {passed} ms, from memory");
    }
    assert_eq!(
        api.get(&alice, &path).await.ok()["expires_at"],
        "2025-06-15T15:06:43.000Z",
        "it can be given more time"
    );
    api.call("PUT", &path, Some(&alice.token), json!({"expires_in": ""})).await.ok();
    assert_eq!(titles().await, ["Soon over"]);
}

#[tokio::test]
async fn version_1_works_on_the_same_filters() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let body = json!({"phrase": "tea", "context": ["home", "thread"], "irreversible": true, "whole_word": "false"});
    let made = api.post(&alice, "/api/v1/filters", body).await.ok();
    let wanted = json!({
        "id": made["id"], "phrase": "tea", "context": ["home", "thread"], "irreversible": true, "whole_word": false, "expires_at": null,
    });
    assert_eq!(made, wanted);
    let whole = api.get(&alice, "/api/v2/filters").await.ok();
    assert_eq!(
        (&whole[0]["title"], &whole[0]["filter_action"], &whole[0]["keywords"][0]["id"]),
        (&json!("tea"), &json!("hide"), &made["id"])
    );
    let path = format!("/api/v1/filters/{}", made["id"].as_str().unwrap());
    assert_eq!(api.get(&alice, &path).await.ok(), made);
    let change = json!({"phrase": "milk", "context": ["public"], "irreversible": false, "expires_in": 60});
    let changed = api.call("PUT", &path, Some(&alice.token), change).await.ok();
    assert_eq!(
        (&changed["phrase"], &changed["context"], &changed["irreversible"], &changed["expires_at"]),
        (&json!("milk"), &json!(["public"]), &json!(false), &json!("2025-06-15T15:07:40.000Z"))
    );
    assert_eq!(api.get(&alice, "/api/v1/filters").await.ok(), json!([changed]));
    api.post(&alice, "/api/v1/filters", json!({"context": ["home"]})).await.refused(422);
    api.post(&alice, "/api/v1/filters", json!({"phrase": "x"})).await.refused(422);
    // A filter of several keywords is more than version 1 can say.
    let several = path_of(&whole[0]);
    api.post(&alice, &format!("{several}/keywords"), json!({"keyword": "sugar"})).await.ok();
    api.call("PUT", &path, Some(&alice.token), json!({"context": ["home"]})).await.refused(422);
    assert_eq!(api.get(&alice, &several).await.ok()["context"], json!(["public"]));
    assert_eq!(api.call("PUT", &path, Some(&alice.token), json!({"phrase": "cream"})).await.ok()["phrase"], "cream");
    api.call("DELETE", &path, Some(&alice.token), Value::Null).await.ok();
    let left = api.get(&alice, "/api/v1/filters").await.ok();
    assert_eq!((left.as_array().unwrap().len(), &left[0]["phrase"]), (1, &json!("sugar")));
    api.call(
        "DELETE",
        &format!("/api/v1/filters/{}", left[0]["id"].as_str().unwrap()),
        Some(&alice.token),
        Value::Null,
    )
    .await
    .ok();
    assert!(api.get(&alice, "/api/v2/filters").await.ids().is_empty(), "nothing is left of a filter without keywords");
}
