//! Experiments: said as posts, learned from, tried again, found in the library.

use model::clock::DAY;
use serde_json::{Value, json};

use crate::api::{Api, Person, ids};

const X: &str = "/api/outloud/v1/experiments";

fn form() -> Value {
    json!({
        "believe": "phone tenants before the letter", "leads_to": "fewer missed visits", "test": "forty calls in March",
        "share": "a post in June and #LFFdigital", "asks": ["testers", "critical_friend"], "place": "Leeds",
        "organisation": "Leeds City Council", "look_again_on": "2027-01-12",
    })
}

async fn tries(api: &Api, who: &Person, body: Value) -> Value {
    api.posts(who, body).await
}

fn id(post: &Value) -> String {
    post["id"].as_str().unwrap().to_owned()
}

fn text(post: &Value) -> String {
    model::html::to_text(post["content"].as_str().unwrap())
}

#[tokio::test]
async fn an_experiment_reads_as_a_post_and_comes_back_as_what_it_is() {
    let api = Api::start().await;
    let sam = api.member("sam").await;
    let post = tries(&api, &sam, json!({"status": "Thanks for reading.", "outloud": {"experiment": form()}})).await;
    assert_eq!(
        text(&post),
        "Experiment, planned\n\nWe believe that if we phone tenants before the letter\n\nThen this will lead to fewer missed visits\n\n\
         We are going to test this by forty calls in March\n\nWe will share the learning by a post in June and #LFFdigital\n\n\
         Thanks for reading.\n\nLooking for people to try it with us. Looking for a #CriticalFriend.\n\n\
         Leeds · Leeds City Council · Look again on 2027-01-12 · Licence: CC BY 4.0"
    );
    assert!(post["spoiler_text"].as_str().unwrap().is_empty());
    assert_eq!(
        post["tags"].as_array().unwrap().iter().map(|t| t["name"].as_str().unwrap()).collect::<Vec<_>>(),
        ["criticalfriend", "lffdigital"]
    );
    let x = &post["outloud"]["experiment"];
    assert_eq!(
        (&x["state"], &x["believe"], &x["look_again_on"], &x["licence"]["id"], &x["outcome"], &x["asks"]),
        (
            &json!("planned"),
            &json!("phone tenants before the letter"),
            &json!("2027-01-12"),
            &json!("CC-BY-4.0"),
            &Value::Null,
            &json!(["testers", "critical_friend"])
        )
    );
    // An app that knows nothing of it changes a sentence, and nothing else.
    let source = api.get(&sam, &format!("/api/v1/statuses/{}/source", id(&post))).await.ok();
    let source = source["text"].as_str().unwrap();
    assert!(source.starts_with("**We believe that if we** phone") && !source.contains("Licence"), "{source}");
    let changed = json!({"status": source.replace("forty calls", "fifty calls")});
    let after = api.call("PUT", &format!("/api/v1/statuses/{}", id(&post)), Some(&sam.token), changed).await.ok();
    let now = &after["outloud"]["experiment"];
    assert_eq!((&now["test"], &now["place"], &now["asks"]), (&json!("fifty calls in March"), &x["place"], &x["asks"]));
    assert_eq!(text(&after), text(&post).replace("forty calls", "fifty calls"));
    // A form says all of it anew.
    let again = json!({"status": "", "outloud": {"experiment": {"believe": "write first", "state": "running"}}});
    let after = api.call("PUT", &format!("/api/v1/statuses/{}", id(&post)), Some(&sam.token), again).await.ok();
    assert!(
        text(&after).starts_with("Experiment, running\n\nWe believe that if we write first\n\nOutloud"),
        "{}",
        text(&after)
    );
    assert_eq!(after["outloud"]["experiment"]["look_again_on"], Value::Null);
}

#[tokio::test]
async fn whoever_types_the_sentences_in_any_app_says_an_experiment() {
    let api = Api::start().await;
    let (sam, ravi) = (api.member("sam").await, api.member("ravi").await);
    let typed = "We believe that if we ask twice, 2*3*4\nThen this will lead to better answers\n\nPS #tea";
    let post = api.says(&sam, typed).await;
    assert_eq!(post["outloud"]["experiment"]["leads_to"], "better answers");
    assert_eq!(
        text(&post),
        format!("Experiment, planned\n\n{typed}\n\nOutloud · Licence: CC BY 4.0"),
        "as it was typed"
    );
    for other in [
        "We believe that if we all meet, it will be fine",
        "You wrote:\nWe believe that if we eat\nThen this will lead to joy",
    ] {
        assert_eq!(api.says(&sam, other).await["outloud"], Value::Null, "{other}");
    }
    let answer = json!({"status": typed, "in_reply_to_id": id(&post)});
    assert_eq!(api.posts(&ravi, answer).await["outloud"], Value::Null, "an answer cites");
    let none = json!({"status": typed, "outloud": {"experiment": false}});
    assert_eq!(api.posts(&sam, none.clone()).await["outloud"], Value::Null);
    let path = format!("/api/v1/statuses/{}", id(&post));
    let plain = api.call("PUT", &path, Some(&sam.token), none).await.ok();
    assert_eq!((&plain["outloud"], text(&plain)), (&Value::Null, typed.to_owned()));
    // Without its sentences it is none any more, where nothing hangs on it.
    let post = api.says(&sam, typed).await;
    let path = format!("/api/v1/statuses/{}", id(&post));
    let plain = api.call("PUT", &path, Some(&sam.token), json!({"status": "plain now"})).await.ok();
    assert_eq!((&plain["outloud"], text(&plain)), (&Value::Null, "plain now".to_owned()));
}

/// Whatever comes together, nothing that somebody typed is lost.
#[tokio::test]
async fn what_was_typed_stays() {
    let api = Api::start().await;
    let sam = api.member("sam").await;
    let typed = "Then this will lead to GOLD\nWe are going to test this by digging\n\nrest here";
    let own = json!({"believe": "we dig", "leads_to": "silver\n```\ngold"});
    let post = tries(&api, &sam, json!({"status": typed, "outloud": {"experiment": own}})).await;
    let x = &post["outloud"]["experiment"];
    assert_eq!((&x["leads_to"], &x["test"]), (&json!("silver\ngold"), &json!("digging")));
    for words in ["Then this will lead to GOLD", "by digging", "rest here", "silver"] {
        assert!(text(&post).contains(words), "{words} in {}", text(&post));
    }
    let source = api.get(&sam, &format!("/api/v1/statuses/{}/source", id(&post))).await.ok();
    // A client that knows the form sends text and form again.
    let again = json!({"status": source["text"], "outloud": {"experiment": {"believe": "we dig", "leads_to": "tin", "test": "digging"}}});
    let after = api.call("PUT", &format!("/api/v1/statuses/{}", id(&post)), Some(&sam.token), again).await.ok();
    assert_eq!(text(&after).matches("by digging").count(), 1, "{}", text(&after));
    assert!(text(&after).contains("Then this will lead to tin") && text(&after).contains("GOLD"), "{}", text(&after));
}

#[tokio::test]
async fn an_outcome_is_told_as_far_and_as_carefully_as_its_experiment() {
    let api = Api::start().await;
    let (sam, bob) = (api.member("sam").await, api.member("bob").await);
    let own = json!({
        "spoiler_text": "harm", "outloud": {"tag_sharing": false, "experiment": {"believe": "x #tea"}}
    });
    let post = tries(&api, &sam, own).await;
    let learned =
        api.post(&sam, &format!("{X}/{}/outcome", id(&post)), json!({"outcome": "didnt", "learning": "y"})).await.ok();
    let answer = learned["outloud"]["experiment"]["outcome_status_id"].as_str().unwrap().to_owned();
    let told = api.look(&format!("/api/v1/statuses/{answer}")).await.ok();
    assert_eq!((&told["spoiler_text"], &told["sensitive"]), (&json!("harm"), &json!(true)));
    let mut tx = api.app.node.store.read().await.unwrap();
    assert!(tx.is_kept_from_carriers(answer.parse().unwrap()).await.unwrap());
    drop(tx);
    // Said in other words, it stays so.
    let own = json!({"status": "My own words", "spoiler_text": "harm"});
    api.call("PUT", &format!("/api/v1/statuses/{answer}"), Some(&sam.token), own).await.ok();
    api.post(&sam, &format!("{X}/{}/outcome", id(&post)), json!({"outcome": "mixed"})).await.ok();
    assert_eq!(text(&api.look(&format!("/api/v1/statuses/{answer}")).await.ok()), "My own words");
    // Gone, it is not named any more.
    api.call("DELETE", &format!("/api/v1/statuses/{answer}"), Some(&sam.token), Value::Null).await.ok();
    let post = api.look(&format!("/api/v1/statuses/{}", id(&post))).await.ok();
    assert_eq!(post["outloud"]["experiment"]["outcome_status_id"], Value::Null);
    // What was said to somebody alone they hear the end of.
    let own = json!({"visibility": "direct", "outloud": {"experiment": {"believe": "@bob waits"}}});
    let direct = tries(&api, &sam, own).await;
    let learned = api.post(&sam, &format!("{X}/{}/outcome", id(&direct)), json!({"outcome": "hoped"})).await.ok();
    let answer = learned["outloud"]["experiment"]["outcome_status_id"].as_str().unwrap().to_owned();
    assert_eq!(api.get(&bob, &format!("/api/v1/statuses/{answer}")).await.ok()["visibility"], "direct");
}

#[tokio::test]
async fn nobody_hangs_on_what_they_do_not_answer_and_nobody_counts_twice() {
    let api = Api::start().await;
    let (sam, ravi) = (api.member("sam").await, api.member("ravi").await);
    let inside = json!({"visibility": "organisation", "outloud": {"experiment": {"believe": "inside"}}});
    let inside = id(&tries(&api, &sam, inside).await);
    let other = id(&api.says(&sam, "something else").await);
    let hung = json!({"in_reply_to_id": other, "visibility": "public", "outloud": {"experiment": {"tries": inside}}});
    api.post(&ravi, "/api/v1/statuses", hung).await.refused(422);
    let first = id(&tries(&api, &sam, json!({"outloud": {"experiment": form()}})).await);
    let count = async || {
        api.look(&format!("/api/v1/statuses/{first}")).await.ok()["outloud"]["experiment"]["tries_count"].clone()
    };
    let chain = async |who: Option<&Person>| {
        let path = format!("{X}/{first}/replications");
        match who {
            Some(who) => api.get(who, &path).await.ok(),
            None => api.look(&path).await.ok(),
        }
    };
    let again = |what: &str, audience: &str| json!({"visibility": audience, "outloud": {"experiment": {"tries": first, "changed": what}}});
    for what in ["a", "b"] {
        tries(&api, &ravi, again(what, "public")).await;
    }
    let quiet = tries(&api, &ravi, again("c", "private")).await;
    assert_eq!((count().await, chain(None).await.as_array().unwrap().len()), (json!(1), 2));
    // What only some could read leaves nothing, nor does what was taken back at once.
    let third = tries(&api, &ravi, again("d", "public")).await;
    for post in [&quiet, &third] {
        api.call("DELETE", &format!("/api/v1/statuses/{}", id(post)), Some(&ravi.token), Value::Null).await.ok();
    }
    assert_eq!((count().await, chain(None).await.as_array().unwrap().len()), (json!(1), 2));
    // Whom one does not want to see one does not see there.
    let ana = api.member("ana").await;
    api.post(&ana, &format!("/api/v1/accounts/{}/mute", ravi.id), Value::Null).await.ok();
    assert_eq!(chain(Some(&ana)).await, json!([]));
    // Who is limited waits for a word.
    let mut tx = api.app.node.store.begin().await.unwrap();
    tx.set_limited(ravi.id.parse().unwrap(), Some(api.app.node.now())).await.unwrap();
    api.app.node.commit(tx).await.unwrap();
    let limited = tries(&api, &ravi, again("e", "public")).await;
    assert_eq!(limited["outloud"]["experiment"]["standing"], "waiting");
    assert_eq!(chain(None).await, json!([]));
    assert_eq!(
        api.get(&sam, &format!("{X}/{first}/replications?standing=waiting")).await.ok()[0]["status"]["id"],
        limited["id"]
    );
    api.call("PATCH", &format!("{X}/{first}"), Some(&sam.token), json!({})).await.ok();
    assert_eq!(
        api.get(&sam, &format!("/api/v1/statuses/{first}")).await.ok()["edited_at"],
        Value::Null,
        "nothing was said"
    );
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let api = Api::start().await;
    let (sam, ravi) = (api.member("sam").await, api.member("ravi").await);
    let refused = async |who: &Person, own: Value| {
        let reply = api.post(who, "/api/v1/statuses", json!({"status": "", "outloud": {"experiment": own}})).await;
        (reply.status.as_u16(), reply.body["error"].as_str().unwrap_or_default().to_owned())
    };
    for (own, status) in [
        (json!({"place": "Leeds"}), 422),
        (json!({"believe": "x".repeat(1_001)}), 422),
        (json!({"believe": "x", "place": "x".repeat(101)}), 422),
        (json!({"believe": "x", "state": "won"}), 422),
        (json!({"believe": "x", "state": "learned"}), 422),
        (json!({"believe": "x", "licence": "mine"}), 422),
        (json!({"believe": "x", "asks": ["money"]}), 422),
        (json!({"believe": "x", "look_again_on": "soon"}), 422),
        (json!({"believe": "x", "tries": "12"}), 404),
    ] {
        let (got, error) = refused(&sam, own.clone()).await;
        assert_eq!(got, status, "{own}: {error}");
        assert!(!error.is_empty());
    }
    let plain = api.says(&sam, "no experiment").await;
    assert_eq!(refused(&ravi, json!({"believe": "x", "tries": id(&plain)})).await.0, 422);
    let own = tries(&api, &sam, json!({"outloud": {"experiment": form()}})).await;
    assert_eq!(refused(&sam, json!({"believe": "x", "tries": id(&own)})).await.0, 422);
    for (body, status) in [
        (json!({}), 422),
        (json!({"outcome": "great"}), 422),
        (json!({"outcome": "didnt", "learning": "x".repeat(2_001)}), 422),
        (json!({"outcome": "didnt", "look_again_on": "2001-01-01"}), 422),
    ] {
        api.post(&sam, &format!("{X}/{}/outcome", id(&own)), body).await.refused(status);
    }
    api.post(&ravi, &format!("{X}/{}/outcome", id(&own)), json!({"outcome": "didnt"})).await.refused(404);
    api.post(&sam, &format!("{X}/{}/outcome", id(&plain)), json!({"outcome": "didnt"})).await.refused(404);
    api.call("PATCH", &format!("{X}/{}", id(&own)), Some(&ravi.token), json!({"state": "running"})).await.refused(404);
    api.call("PATCH", &format!("{X}/{}", id(&own)), Some(&sam.token), json!({"state": "learned"})).await.refused(422);
    assert_eq!(api.get(&sam, &format!("/api/v1/statuses/{}", id(&own))).await.ok()["edited_at"], Value::Null);
}

#[tokio::test]
async fn the_outcome_comes_back_to_whoever_passed_the_idea_on() {
    let api = Api::start().await;
    let (sam, ana) = (api.member("sam").await, api.member("ana").await);
    let post = tries(&api, &sam, json!({"outloud": {"experiment": form()}})).await;
    api.does(&ana, "statuses", &post["id"], "reblog").await;
    let path = format!("{X}/{}", id(&post));
    let running = api.call("PATCH", &path, Some(&sam.token), json!({"state": "running"})).await.ok();
    assert!(text(&running).starts_with("Experiment, running"), "{}", text(&running));
    api.app.node.clock.advance(DAY);
    let said = json!({"outcome": "didnt", "learning": "Text first.\n\nNobody answers withheld numbers.", "so_what": "Forty rang back."});
    let learned = api.post(&sam, &format!("{path}/outcome"), said).await.ok();
    let told = text(&learned);
    assert!(told.starts_with("Experiment: it didn’t do what we hoped\n\nWe believe"), "{told}");
    assert!(
        told.contains("What we’d tell the next team: Text first.") && told.contains("So what? Forty rang back."),
        "{told}"
    );
    assert!(!told.contains("Looking for") && !told.contains("Look again"), "{told}");
    let x = &learned["outloud"]["experiment"];
    assert_eq!((&x["state"], &x["outcome"]), (&json!("learned"), &json!("didnt")));
    // The answer is there for those who only follow.
    let context = api.get(&ana, &format!("/api/v1/statuses/{}/context", id(&post))).await.ok();
    let answer = &context["descendants"][0];
    assert_eq!((&answer["id"], &answer["visibility"]), (&x["outcome_status_id"], &json!("public")));
    assert!(
        text(answer).starts_with("It didn’t do what we hoped.\n\nWhat we’d tell the next team: Text first."),
        "{answer}"
    );
    assert_eq!(answer["tags"][0]["name"], "lffdigital");
    // Ana is told once, of the outcome; an app of Mastodon sees an edit.
    let heard = api.get(&ana, "/api/v1/notifications?types[]=update").await.ok();
    let kinds: Vec<&Value> = heard.as_array().unwrap().iter().map(|n| &n["outloud"]["type"]).collect();
    assert_eq!(kinds, [&json!("outcome"), &Value::Null]);
    assert_eq!((&heard[0]["type"], &heard[0]["status"]["id"]), (&json!("update"), &post["id"]));
    // Said better, it is the same answer.
    let better = json!({"outcome": "mixed", "learning": "Text first, then call."});
    let better = api.post(&sam, &format!("{path}/outcome"), better).await.ok();
    assert_eq!(better["outloud"]["experiment"]["outcome_status_id"], x["outcome_status_id"]);
    let context = api.get(&ana, &format!("/api/v1/statuses/{}/context", id(&post))).await.ok();
    assert_eq!(context["descendants"].as_array().unwrap().len(), 1);
    assert!(text(&context["descendants"][0]).contains("Text first, then call."));
    let heard = api.get(&ana, "/api/v1/notifications").await.ok();
    assert_eq!(heard.as_array().unwrap().iter().filter(|n| n["outloud"]["type"] == "outcome").count(), 1);
    // It can be too early to say; then it goes on.
    let on = api
        .post(&sam, &format!("{path}/outcome"), json!({"outcome": "too_early", "look_again_on": "2027-06-01"}))
        .await
        .ok();
    let x = &on["outloud"]["experiment"];
    assert_eq!((&x["state"], &x["look_again_on"]), (&json!("running"), &json!("2027-06-01")));
}

#[tokio::test]
async fn others_try_it_again_and_the_chain_gathers_them() {
    let api = Api::start().await;
    let (sam, ravi, eve) = (api.member("sam").await, api.member("ravi").await, api.member("eve").await);
    let first = tries(&api, &sam, json!({"outloud": {"experiment": form()}})).await;
    let own = json!({"tries": id(&first), "changed": "a text first", "place": "Bristol"});
    let second = tries(&api, &ravi, json!({"status": "We like it.", "outloud": {"experiment": own}})).await;
    assert_eq!(second["in_reply_to_id"], first["id"], "an answer, if it quotes nothing");
    assert!(
        text(&second).starts_with("We’re trying this too\n\nWhat we do differently: a text first\n\nWe like it."),
        "{}",
        text(&second)
    );
    // Whoever says so in words, from any app.
    let third = api.posts(&eve, json!({"status": "On Monday! #TryingThis", "in_reply_to_id": id(&second)})).await;
    let heard = api.get(&sam, "/api/v1/notifications").await.ok();
    assert_eq!(ids(&heard).len(), 1, "no mention beside it: {heard}");
    assert_eq!((&heard[0]["type"], &heard[0]["outloud"]["type"]), (&json!("mention"), &json!("trying")));
    let path = format!("{X}/{}/replications", id(&first));
    let chain = api.look(&path).await.ok();
    let shown: Vec<(&Value, &Value)> =
        chain.as_array().unwrap().iter().map(|l| (&l["depth"], &l["status"]["id"])).collect();
    assert_eq!(shown, [(&json!(1), &second["id"]), (&json!(2), &third["id"])]);
    assert_eq!(
        api.get(&sam, &format!("/api/v1/statuses/{}", id(&first))).await.ok()["outloud"]["experiment"]["tries_count"],
        1
    );
    // Its author may say that somebody does not; nobody else may.
    let refuse = format!("{path}/{}/refuse", id(&second));
    api.post(&eve, &refuse, Value::Null).await.refused(404);
    api.post(&sam, &refuse, Value::Null).await.ok();
    assert_eq!(api.look(&path).await.ok(), json!([]));
    api.look(&format!("{path}?standing=refused")).await.refused(404);
    assert_eq!(api.get(&sam, &format!("{path}?standing=refused")).await.ok()[0]["status"]["id"], second["id"]);
    api.post(&sam, &format!("{path}/{}/confirm", id(&second)), Value::Null).await.ok();
    // What was told in words is written down by whoever it was told to.
    let nested = format!("{X}/{}/replications/{}", id(&second), id(&third));
    let noted = json!({"place": "York", "changed": "calls on Mondays", "outcome": "hoped"});
    api.call("PATCH", &nested, Some(&sam.token), noted.clone()).await.refused(404);
    let noted = api.call("PATCH", &nested, Some(&ravi.token), noted).await.ok();
    let x = &noted["outloud"]["experiment"];
    assert_eq!((&x["place"], &x["outcome"], &x["by_words"]), (&json!("York"), &json!("hoped"), &json!(true)));
    let direct = format!("{path}/{}", id(&second));
    api.call("PATCH", &direct, Some(&sam.token), json!({"place": "Rome"})).await.refused(403);
    // Ravi says what came of it, and Sam hears of it.
    api.post(&ravi, &format!("{X}/{}/outcome", id(&second)), json!({"outcome": "hoped"})).await.ok();
    let heard = api.get(&sam, "/api/v1/notifications").await.ok();
    assert!(heard.as_array().unwrap().iter().any(|n| n["outloud"]["type"] == "outcome"), "{heard}");
    // Sam says what came of the first, and Ravi, who tries it, hears of it.
    api.post(&sam, &format!("{X}/{}/outcome", id(&first)), json!({"outcome": "mixed"})).await.ok();
    let heard = api.get(&ravi, "/api/v1/notifications").await.ok();
    assert!(heard.as_array().unwrap().iter().any(|n| n["outloud"]["type"] == "outcome"), "{heard}");
    let heard = api.get(&eve, "/api/v1/notifications").await.ok();
    let of = |n: &Value| (n["outloud"]["type"] == "outcome").then(|| n["status"]["id"].clone());
    let of: Vec<Value> = heard.as_array().unwrap().iter().filter_map(of).collect();
    assert_eq!(of, [second["id"].clone()], "Eve tries another");
    // How far it went is its author's business alone.
    api.does(&eve, "statuses", &first["id"], "reblog").await;
    let travels = format!("{X}/{}/travels", id(&first));
    let domain = &api.app.node.config.handle_domain;
    assert_eq!(
        api.get(&sam, &travels).await.ok(),
        json!({
            "people_count": 2, "places": ["Bristol", "York"], "sampled": false,
            "servers": [{"domain": domain, "boosts_count": 1, "replies_count": 3, "tries_count": 2}],
        })
    );
    api.get(&ravi, &travels).await.refused(404);
    // What is deleted leaves its place.
    api.call("DELETE", &format!("/api/v1/statuses/{}", id(&second)), Some(&ravi.token), Value::Null).await.ok();
    let chain = api.look(&path).await.ok();
    let shown: Vec<(&Value, &Value)> =
        chain.as_array().unwrap().iter().map(|l| (&l["depth"], &l["status"]["id"])).collect();
    assert_eq!(shown, [(&json!(1), &Value::Null), (&json!(2), &third["id"])]);
    // One of those behind it goes: the others stay.
    let fourth = api.posts(&sam, json!({"status": "#TryingThis on Tuesday", "in_reply_to_id": id(&third)})).await;
    assert_eq!(api.look(&path).await.ok().as_array().unwrap().len(), 3);
    api.call("DELETE", &format!("/api/v1/statuses/{}", id(&fourth)), Some(&sam.token), Value::Null).await.ok();
    assert_eq!(api.look(&path).await.ok().as_array().unwrap().len(), 2);
    // The word is taken back.
    let plain = json!({"status": "On Monday!"});
    api.call("PUT", &format!("/api/v1/statuses/{}", id(&third)), Some(&eve.token), plain).await.ok();
    assert_eq!(api.look(&path).await.ok().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_library_finds_by_what_became_of_it() {
    let api = Api::start().await;
    let (sam, ravi) = (api.member("sam").await, api.member("ravi").await);
    let make = async |who: &Person, own: Value| id(&tries(&api, who, json!({"outloud": {"experiment": own}})).await);
    let leeds = make(&sam, form()).await;
    let york = make(&sam, json!({"believe": "write in Welsh #cymraeg", "place": "York", "organisation": ""})).await;
    let inside = tries(
        &api,
        &sam,
        json!({"visibility": "organisation", "outloud": {"experiment": {"believe": "whisper", "place": "Leeds"}}}),
    )
    .await;
    let quiet = json!({"visibility": "unlisted", "outloud": {"experiment": {"believe": "whisper"}}});
    let quiet = id(&tries(&api, &sam, quiet).await);
    let again = make(&ravi, json!({"tries": york, "changed": "in Polish", "place": "LEEDS"})).await;
    api.post(&sam, &format!("{X}/{leeds}/outcome"), json!({"outcome": "didnt"})).await.ok();
    node::index::catch_up(&api.app.node).await.unwrap();
    let found = async |query: &str| api.look(&format!("{X}?{query}")).await.ids();
    let inside = id(&inside);
    assert_eq!(found("").await, [again.clone(), york.clone(), leeds.clone()]);
    assert_eq!(api.get(&ravi, X).await.ids(), [again.clone(), inside.clone(), york.clone(), leeds.clone()]);
    assert!(api.get(&sam, X).await.ids().contains(&quiet));
    for (query, wanted) in [
        ("outcome=didnt", vec![&leeds]),
        ("outcome=hoped", vec![]),
        ("state=learned", vec![&leeds]),
        ("state=planned&place=leeds", vec![&again]),
        ("place=Leeds", vec![&again, &leeds]),
        ("organisation=leeds+city+COUNCIL", vec![&leeds]),
        ("tag=%23lffdigital", vec![&leeds]),
        ("tag=CYMRAEG", vec![&york]),
        ("tag=nobody", vec![]),
        ("untried=true", vec![&again, &leeds]),
        ("q=phone+TENANTS", vec![&leeds]),
        ("q=welsh&place=York", vec![&york]),
        ("q=welsh&place=Leeds", vec![]),
        ("since=2027-01-01", vec![]),
        ("until=2001-01-01", vec![]),
        ("due=true", vec![]),
    ] {
        assert_eq!(found(query).await, wanted.into_iter().cloned().collect::<Vec<_>>(), "{query}");
    }
    assert_eq!(found(&format!("account_id={}", ravi.id)).await, std::slice::from_ref(&again));
    for query in ["outcome=great", "state=x", "since=soon"] {
        api.look(&format!("{X}?{query}")).await.refused(422);
    }
    let pages = api.walk(&sam, &format!("{X}?limit=2"), "next").await;
    assert_eq!(pages.concat(), api.get(&sam, X).await.ids());
    api.call("DELETE", &format!("/api/v1/statuses/{leeds}"), Some(&sam.token), Value::Null).await.ok();
    assert_eq!(found("outcome=didnt").await, Vec::<String>::new());
    assert_eq!(
        api.get(&sam, "/api/v2/search?type=statuses&q=is:experiment+welsh").await.ok()["statuses"][0]["id"],
        york
    );
}

#[tokio::test]
async fn its_author_is_asked_on_the_day_and_half_a_year_later() {
    let api = Api::start().await;
    let sam = api.member("sam").await;
    let day = model::clock::date(api.app.node.now() + 40 * DAY);
    let post = tries(&api, &sam, json!({"outloud": {"experiment": {"believe": "x", "look_again_on": day}}})).await;
    let asked = async || {
        let heard = api.get(&sam, "/api/v1/notifications").await.ok();
        heard.as_array().unwrap().iter().filter(|n| n["outloud"]["type"] == "look_again").count()
    };
    let ring = async || {
        let mut tx = api.app.node.store.begin().await.unwrap();
        node::experiment::look_again(&api.app.node, &mut tx, id(&post).parse().unwrap()).await.unwrap();
        api.app.node.commit(tx).await.unwrap();
    };
    ring().await;
    // One job waits for it, however often another day is named.
    let jobs = async || api.app.node.store.read().await.unwrap().count_jobs().await.unwrap();
    let before = jobs().await;
    for named in ["2026-01-01", "2025-07-01", "2025-09-01", &day] {
        let body = json!({"look_again_on": named});
        api.call("PATCH", &format!("{X}/{}", id(&post)), Some(&sam.token), body).await.ok();
    }
    assert_eq!((jobs().await, before), (1, 1));
    assert_eq!((asked().await, api.get(&sam, &format!("{X}/due")).await.ids()), (0, vec![]));
    api.app.node.clock.advance(41 * DAY);
    ring().await;
    ring().await;
    assert_eq!(asked().await, 1);
    assert_eq!(api.get(&sam, &format!("{X}/due")).await.ids(), [id(&post)]);
    assert_eq!(api.look(&format!("{X}?due=true")).await.ids(), [id(&post)]);
    let heard = api.get(&sam, "/api/v1/notifications").await.ok();
    assert_eq!((&heard[0]["type"], &heard[0]["status"]["id"]), (&json!("status"), &post["id"]));
    api.post(&sam, &format!("/api/v1/notifications/{}/dismiss", id(&heard[0])), Value::Null).await.ok();
    api.app.node.clock.advance(node::experiment::SO_WHAT_AFTER);
    ring().await;
    assert_eq!(asked().await, 1, "what it was worth");
    ring().await;
    api.post(&sam, &format!("{X}/{}/leave_be", id(&post)), Value::Null).await.ok();
    assert_eq!((asked().await, api.get(&sam, &format!("{X}/due")).await.ids()), (0, vec![]));
}

#[tokio::test]
async fn what_is_said_inside_is_tried_inside() {
    let api = Api::start().await;
    let (sam, ravi) = (api.member("sam").await, api.member("ravi").await);
    let first = json!({"visibility": "organisation", "outloud": {"experiment": form()}});
    let first = tries(&api, &sam, first).await;
    let second = json!({"visibility": "public", "outloud": {"experiment": {"tries": id(&first), "changed": "less"}}});
    let second = tries(&api, &ravi, second).await;
    assert_eq!(second["outloud"]["visibility"], "organisation");
    let learned = api.post(&sam, &format!("{X}/{}/outcome", id(&first)), json!({"outcome": "stopped"})).await.ok();
    let answer = learned["outloud"]["experiment"]["outcome_status_id"].as_str().unwrap();
    api.look(&format!("/api/v1/statuses/{answer}")).await.refused(404);
    for path in ["", "/replications"] {
        let path = if path.is_empty() {
            format!("/api/v1/statuses/{}", id(&first))
        } else {
            format!("{X}/{}{path}", id(&first))
        };
        api.look(&path).await.refused(404);
    }
    assert_eq!(api.get(&ravi, &format!("{X}/{}/replications", id(&first))).await.ok()[0]["status"]["id"], second["id"]);
    assert_eq!(api.look(X).await.ids(), Vec::<String>::new());
    // In a team it is tried, and said what came of it, in the team.
    let team = api.post(&sam, "/api/outloud/v1/teams", json!({"name": "Housing"})).await.ok();
    let own = json!({"visibility": "team", "outloud": {"team_id": team["id"], "experiment": form()}});
    let first = tries(&api, &sam, own).await;
    let learned = api.post(&sam, &format!("{X}/{}/outcome", id(&first)), json!({"outcome": "mixed"})).await.ok();
    let answer = learned["outloud"]["experiment"]["outcome_status_id"].as_str().unwrap();
    let answer = api.get(&sam, &format!("/api/v1/statuses/{answer}")).await.ok();
    assert_eq!((&answer["outloud"]["visibility"], &answer["outloud"]["team_id"]), (&json!("team"), &team["id"]));
    for path in [format!("{X}/{}/replications", id(&first)), format!("/api/v1/statuses/{}", id(&answer))] {
        api.get(&ravi, &path).await.refused(404);
    }
    assert!(!api.get(&ravi, X).await.ids().contains(&id(&first)));
    assert!(api.get(&sam, X).await.ids().contains(&id(&first)));
}

/// An app that knows nothing of experiments deletes one and posts its text again.
#[tokio::test]
async fn what_is_written_anew_is_the_experiment_that_it_was() {
    let api = Api::start().await;
    let (sam, ravi) = (api.member("sam").await, api.member("ravi").await);
    let gone = async |who: &Person, post: &Value| {
        api.call("DELETE", &format!("/api/v1/statuses/{}", id(post)), Some(&who.token), Value::Null).await.ok()
    };
    let first = tries(&api, &sam, json!({"visibility": "public", "outloud": {"experiment": form()}})).await;
    let old = first["outloud"]["experiment"].clone();
    let said = gone(&sam, &first).await["text"].as_str().unwrap().replace("forty calls", "fifty calls");
    // Another one is another, though it begins alike.
    let other = api.says(&sam, "We believe that if we write letters\nThen this will lead to nothing new").await;
    assert_eq!(
        (&other["outloud"]["experiment"]["place"], &other["outloud"]["experiment"]["look_again_on"]),
        (&json!(""), &Value::Null)
    );
    let again = api.says(&sam, &said).await;
    let now = again["outloud"]["experiment"].clone();
    assert_eq!(now["test"], "fifty calls in March");
    for kept in ["place", "organisation", "licence", "look_again_on", "asks", "state", "believe"] {
        assert_eq!(now[kept], old[kept], "{kept}");
    }
    assert_eq!(text(&again), text(&first).replace("forty calls", "fifty calls"));
    // What tries another again does so still, where it answers it.
    let own = json!({"tries": id(&again), "changed": "a text first", "place": "Bath"});
    let trying =
        tries(&api, &ravi, json!({"status": "We do it, too, in the north", "outloud": {"experiment": own}})).await;
    let said = gone(&ravi, &trying).await["text"].clone();
    for (parent, tied) in [(json!(id(&again)), true), (Value::Null, false)] {
        let anew = api.posts(&ravi, json!({"status": said, "in_reply_to_id": parent})).await;
        let x = &anew["outloud"]["experiment"];
        assert_eq!(x["place"], if tied { json!("Bath") } else { Value::Null }, "{anew}");
        let wanted = if tied { json!([again["id"], "a text first"]) } else { json!([null, null]) };
        assert_eq!(json!([x["tries_id"], x["changed"]]), wanted);
    }
    // After an hour it is forgotten.
    let said = gone(&sam, &again).await["text"].clone();
    api.app.node.clock.advance(node::publish::REMEMBERED + 1);
    let late = api.posts(&sam, json!({"status": said})).await;
    assert_eq!(late["outloud"]["experiment"]["place"], "");
}

#[tokio::test]
async fn every_question_to_the_library_is_an_address_in_all_forms() {
    let api = Api::start().await;
    let (sam, ravi) = (api.member("sam").await, api.member("ravi").await);
    let make = async |who: &Person, own: Value| id(&tries(&api, who, json!({"outloud": {"experiment": own}})).await);
    let first = make(&sam, form()).await;
    let others = json!({"believe": "=cmd|' /C calc'!A0, <b>\"bold\"</b>", "place": "York", "organisation": ""});
    let second = make(&ravi, others).await;
    let again = make(&ravi, json!({"tries": first, "changed": "a text first", "place": "Bristol"})).await;
    let inside = json!({"visibility": "organisation", "outloud": {"experiment": {"believe": "whisper"}}});
    tries(&api, &ravi, inside).await;
    let warned = json!({"spoiler_text": "Grief", "outloud": {"experiment": {"believe": "secrets help"}}});
    tries(&api, &ravi, warned).await;
    api.app.node.clock.advance(DAY);
    api.post(&ravi, &format!("{X}/{again}/outcome"), json!({"outcome": "hoped", "learning": "It worked."})).await.ok();
    api.app.node.clock.advance(DAY);
    let learned = json!({"outcome": "didnt", "learning": "Withheld numbers go unanswered.\n\n# Text first"});
    api.post(&sam, &format!("{X}/{first}/outcome"), learned).await.ok();

    // Feeds: of an outcome those of which it was said last.
    let feed = crate::feeds::parse(&api.raw_text("/library.rss?state=learned").await);
    assert_eq!(feed.text("rss/channel/link"), format!("{}/library?state=learned", api.app.node.config.origin));
    let titles: Vec<&str> = feed.all("rss/channel/item/title").iter().map(|t| t.text.as_str()).collect();
    assert_eq!(titles, ["Experiment: it didn’t do what we hoped", "We tried this too: it did what we hoped"]);
    let feed = crate::feeds::parse(&api.raw_text("/library.atom?outcome=didnt").await);
    assert_eq!(feed.all("feed/entry").len(), 1);
    assert!(feed.text("feed/title").starts_with("Experiments: it didn’t do what we hoped · "), "{feed:?}");
    let feed: Value = serde_json::from_str(&api.raw_text("/library.json?place=york").await).unwrap();
    assert_eq!(feed["feed_url"], format!("{}/library.json?place=york", api.app.node.config.origin));
    assert_eq!(feed["items"].as_array().unwrap().len(), 1);
    assert_eq!(api.raw("/library.rss?place=nowhere", &[]).await.status(), 200);

    // A line each; nothing of it is a formula, and nothing behind a warning or inside is in it.
    let csv = api.raw_text("/library.csv").await;
    let lines: Vec<&str> = csv.trim_end().split("\r\n").collect();
    assert_eq!((lines.len(), lines[0].split(',').next()), (5, Some("url")), "{csv}");
    assert!(csv.contains("\"'=cmd|' /C calc'!A0, <b>\"\"bold\"\"</b>\"") && csv.contains(",Grief,"), "{csv}");
    assert!(!csv.contains("secrets") && !csv.contains("whisper"), "{csv}");
    let own = api.raw(&format!("{X}/export?format=csv"), &[("authorization", &format!("Bearer {}", ravi.token))]).await;
    assert_eq!(own.headers()["cache-control"], "private, no-store");
    let own = axum::body::to_bytes(own.into_body(), usize::MAX).await.unwrap();
    assert!(String::from_utf8(own.to_vec()).unwrap().contains("whisper"));
    api.look(&format!("{X}/export?format=odt")).await.refused(422);
    assert_eq!(api.raw("/library.odt", &[]).await.status(), 404);
    assert_eq!(api.raw("/library?outcome=success", &[]).await.status(), 422);

    // The brief has what was chosen, in that order, and who tries it again behind each.
    let chosen = format!("id[]={second}&id[]={first}&id[]={again}&id[]=77");
    let text = api.raw_text(&format!("/library.md?{chosen}")).await;
    let headings: Vec<&str> = text.lines().filter(|l| l.starts_with('#')).collect();
    assert_eq!(
        headings,
        [
            "# Evidence brief: 2 experiments",
            "## \\=cmd\\|' /C calc'!A0, \\<b\\>\"bold\"\\</b\\>",
            "## Phone tenants before the letter",
            "### A text first",
        ],
        "{text}"
    );
    assert!(text.contains("It didn’t do what we hoped: 1 · not known yet: 1 · tried again: 1"), "{text}");
    assert!(
        text.contains("- **What they’d tell the next team:** Withheld numbers go unanswered. \\# Text first\n"),
        "{text}"
    );
    assert!(text.contains("Licence: CC BY 4.0 <https://creativecommons.org/licenses/by/4.0/>"), "{text}");
    let page = api.raw_text(&format!("/library/brief?{chosen}")).await;
    assert!(page.contains("<h2 dir=\"auto\">Phone tenants before the letter</h2>"), "{page}");
    assert!(page.contains("&#60;b&#62;&#34;bold&#34;") && !page.contains("<b>"), "{page}");
    let csv = api.raw_text(&format!("/library.csv?{chosen}")).await;
    assert_eq!(csv.trim_end().split("\r\n").count(), 4, "{csv}");
    let shown: Vec<String> = api.look(&format!("{X}?{chosen}")).await.ids();
    assert_eq!(shown, [second, first.clone(), again.clone()]);
    // What cannot be read names nothing, not everything.
    for query in ["id[]=abc", "account_id=abc"] {
        assert_eq!(api.look(&format!("{X}?{query}")).await.ids(), Vec::<String>::new(), "{query}");
    }
    let page = api.raw_text(&format!("/library/brief?id[]={first}&id[]=abc")).await;
    assert!(page.contains("One of those that were chosen is not here"), "{page}");
    let wrong = api.look(&format!("{X}?outcome=success")).await;
    let words = "Validation failed: Outcome has to be one of hoped, didnt, mixed, stopped, too_early";
    assert_eq!((wrong.status.as_u16(), &wrong.body["error"]), (422, &json!(words)));
    // What is said better keeps what is not said anew.
    let learned = json!({"outcome": "didnt", "so_what": "Nobody picks up."});
    api.post(&sam, &format!("{X}/{first}/outcome"), learned).await.ok();
    let better =
        api.post(&sam, &format!("{X}/{first}/outcome"), json!({"outcome": "didnt", "learning": "Text."})).await;
    let x = &better.ok()["outloud"]["experiment"];
    assert_eq!((&x["learning"], &x["so_what"]), (&json!("Text."), &json!("Nobody picks up.")));
    api.call("PATCH", &format!("{X}/{first}"), Some(&sam.token), json!({"look_again_on": "2020-01-01"}))
        .await
        .refused(422);
    let page = api.raw_text("/library?outcome=didnt").await;
    assert!(page.contains(&format!("value=\"{first}\"")) && page.contains("/library.csv?outcome=didnt"), "{page}");
    assert!(!page.contains(&format!("value=\"{again}\"")), "{page}");
    // What is deleted leaves its place.
    api.call("DELETE", &format!("/api/v1/statuses/{again}"), Some(&ravi.token), Value::Null).await.ok();
    let text = api.raw_text(&format!("/library.md?id[]={first}")).await;
    assert!(text.contains("There was a post here, which was deleted."), "{text}");
}
