//! Posts found by what is in them.

use serde_json::{Value, json};

use crate::api::{Api, Person, ids};

async fn find(api: &Api, who: &Person, typed: &str) -> Vec<String> {
    node::index::catch_up(&api.app.node).await.unwrap();
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("q", typed).finish();
    ids(&api.get(who, &format!("/api/v2/search?type=statuses&{query}")).await.ok()["statuses"])
}

fn id(post: &Value) -> String {
    post["id"].as_str().unwrap().to_owned()
}

async fn opens_up(api: &Api, who: &Person, indexable: bool) {
    let change = json!({"indexable": indexable});
    api.call("PATCH", "/api/v1/accounts/update_credentials", Some(&who.token), change).await.ok();
}

#[tokio::test]
async fn one_finds_ones_own_and_what_one_had_to_do_with_and_of_others_what_they_open() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let secret = id(&api.posts(&alice, json!({"status": "Marzipan in secret", "visibility": "private"})).await);
    let public = id(&api.says(&alice, "Marzipan for all").await);
    assert_eq!(find(&api, &alice, "marzipan").await, [&*public, &*secret]);
    assert!(find(&api, &bob, "marzipan").await.is_empty(), "she does not let herself be searched");
    for (does, undoes) in [("favourite", "unfavourite"), ("bookmark", "unbookmark"), ("reblog", "unreblog")] {
        api.does(&bob, "statuses", &json!(public), does).await;
        assert_eq!(find(&api, &bob, "marzipan").await, [&*public], "{does}");
        assert_eq!(find(&api, &bob, "marzipan in:library").await, [&*public], "{does}");
        assert!(find(&api, &bob, "marzipan in:public").await.is_empty());
        api.does(&bob, "statuses", &json!(public), undoes).await;
        assert!(find(&api, &bob, "marzipan").await.is_empty(), "{undoes}");
    }
    let named = id(&api.posts(&alice, json!({"status": "@bob Marzipan?", "visibility": "direct"})).await);
    assert_eq!(find(&api, &bob, "marzipan").await, [&*named]);
    opens_up(&api, &alice, true).await;
    assert_eq!(find(&api, &bob, "marzipan").await, [&*named, &*public], "also what was posted before");
    opens_up(&api, &alice, false).await;
    assert_eq!(find(&api, &bob, "marzipan").await, [&*named], "at once");
    // Nobody who is not signed in searches posts.
    let found = api.look("/api/v2/search?q=marzipan").await.ok();
    assert_eq!(found["statuses"], json!([]));
    api.look("/api/v2/search?q=marzipan&resolve=true").await.refused(401);
    api.look("/api/v2/search?q=marzipan&type=statuses&offset=1").await.refused(401);
}

#[tokio::test]
async fn operators_narrow_what_is_found() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    opens_up(&api, &alice, true).await;
    opens_up(&api, &bob, true).await;
    let day = api.app.node.now();
    let plain = id(&api.posts(&alice, json!({"status": "Plum cake", "language": "en"})).await);
    let media = crate::uploads::upload(&api, &alice, "a green pear").await["id"].clone();
    let picture = id(&api.posts(&alice, json!({"status": "cake of plum", "media_ids": [media]})).await);
    api.app.node.clock.advance(2 * model::clock::DAY);
    let poll =
        json!({"status": "cake?", "poll": {"options": ["plum", "rhubarb"], "expires_in": 3600}, "language": "cy"});
    let poll = id(&api.posts(&bob, poll).await);
    let reply = json!({"status": "Quiche https://cake.example/x", "in_reply_to_id": plain, "spoiler_text": "cake"});
    let reply = id(&api.posts(&bob, reply).await);
    let date = model::clock::date(day);
    for (typed, found) in [
        ("cake", vec![&reply, &poll, &picture, &plain]),
        ("\"plum cake\"", vec![&plain]),
        ("cake -plum", vec![&reply]),
        ("cake -\"plum cake\" -quiche", vec![&poll, &picture]),
        ("green pear", vec![&picture]),
        ("rhubarb", vec![&poll]),
        ("cake from:alice", vec![&picture, &plain]),
        ("cake from:@alice@social.example.org", vec![&picture, &plain]),
        ("from:me", vec![&picture, &plain]),
        ("cake -from:me", vec![&reply, &poll]),
        ("cake from:nobody", vec![]),
        ("has:media", vec![&picture]),
        ("cake has:image -has:poll", vec![&picture]),
        ("has:poll", vec![&poll]),
        ("has:link", vec![&reply]),
        ("is:reply", vec![&reply]),
        ("is:sensitive", vec![&reply]),
        ("cake language:cy", vec![&poll]),
        (&*format!("cake during:{date}"), vec![&picture, &plain]),
        (&*format!("cake after:{date}"), vec![&reply, &poll]),
        (&*format!("before:{date}"), vec![]),
        ("has:everything cake", vec![]),
    ] {
        let found: Vec<&str> = found.into_iter().map(String::as_str).collect();
        assert_eq!(find(&api, &alice, typed).await, found, "{typed}");
    }
    let pages = format!("/api/v2/search?q=cake&type=statuses&limit=1&offset=1&account_id={}", bob.id);
    assert_eq!(ids(&api.get(&alice, &pages).await.ok()["statuses"]), [&*poll]);
    let above = format!("/api/v2/search?q=cake&type=statuses&min_id={plain}&max_id={poll}");
    assert_eq!(ids(&api.get(&alice, &above).await.ok()["statuses"]), [&*picture]);
    // All kinds at once, of each the first page.
    let all = api.get(&alice, "/api/v2/search?q=cake&offset=3").await.ok();
    assert_eq!((ids(&all["statuses"]).len(), &all["accounts"], &all["hashtags"]), (4, &json!([]), &json!([])));
}

#[tokio::test]
async fn of_others_elsewhere_one_finds_what_they_let_be_found() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let post = crate::remote::bobs_post(&api).await.to_string();
    assert!(find(&api, &alice, "look").await.is_empty(), "he does not let himself be searched");
    api.does(&alice, "statuses", &json!(post), "bookmark").await;
    assert_eq!(find(&api, &alice, "look has:link").await, [&*post]);
    api.does(&alice, "statuses", &json!(post), "unbookmark").await;
    assert!(find(&api, &alice, "look").await.is_empty());
    let node = &api.app.node;
    let mut tx = node.store.begin().await.unwrap();
    let bob = tx.account_by_uri("https://far.example/users/bob").await.unwrap().unwrap();
    let open = model::account::Account { indexable: true, ..bob };
    node::accounts::receive(node, &mut tx, open, None, node.now()).await.unwrap();
    node.commit(tx).await.unwrap();
    assert_eq!(find(&api, &alice, "a picture has:image").await, [&*post], "by what the picture shows");
}

#[tokio::test]
async fn what_is_edited_or_deleted_is_found_as_it_is() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let post = id(&api.says(&alice, "Nougat").await);
    assert_eq!(find(&api, &alice, "nougat").await, [&*post]);
    let path = format!("/api/v1/statuses/{post}");
    api.call("PUT", &path, Some(&alice.token), json!({"status": "Fudge"})).await.ok();
    assert!(find(&api, &alice, "nougat").await.is_empty());
    assert_eq!(find(&api, &alice, "fudge").await, [&*post]);
    api.call("DELETE", &path, Some(&alice.token), Value::Null).await.ok();
    assert!(find(&api, &alice, "fudge").await.is_empty());
}

#[tokio::test]
async fn people_are_found_by_any_word_of_their_name_those_first_whom_one_follows() {
    let api = Api::start().await;
    let (alice, zoe) = (api.member("alice").await, api.member("zoe").await);
    let smithy = api.member("smithy").await;
    let name = json!({"display_name": "Zoë Smith"});
    api.call("PATCH", "/api/v1/accounts/update_credentials", Some(&zoe.token), name).await.ok();
    let found = async |q: &str| api.get(&alice, &format!("/api/v1/accounts/search?q={q}")).await.ids();
    assert_eq!(found("smi").await, [&*smithy.id, &*zoe.id]);
    assert_eq!(found("smith%20zo").await, [&*zoe.id]);
    assert_eq!(found("smi&limit=1&offset=1").await, [&*zoe.id]);
    api.befriend(&alice, &zoe).await;
    assert_eq!(found("smi").await, [&*zoe.id, &*smithy.id]);
    assert_eq!(found("smi&following=true").await, [&*zoe.id]);
    assert!(found("ith").await.is_empty());
}
