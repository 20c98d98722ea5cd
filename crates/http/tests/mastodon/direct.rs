//! Direct messages as conversations.

use model::card::Card;
use serde_json::{Value, json};

use crate::api::{Api, NOW, Person, ids};

async fn whispers(api: &Api, who: &Person, text: &str, to: Option<&Value>) -> Value {
    let mut body = json!({"status": text, "visibility": "direct"});
    if let Some(post) = to {
        body["in_reply_to_id"] = post["id"].clone();
    }
    api.posts(who, body).await
}

/// Unread, with whom, and the last post, newest first.
async fn conversations(api: &Api, who: &Person) -> Vec<(bool, Vec<String>, Value)> {
    let list = api.get(who, "/api/v1/conversations").await.ok();
    let one = |c: &Value| (c["unread"] == true, ids(&c["accounts"]), c["last_status"]["id"].clone());
    list.as_array().unwrap().iter().map(one).collect()
}

#[tokio::test]
async fn what_is_said_in_private_is_a_conversation_with_those_who_are_named() {
    let api = Api::start().await;
    let (alice, bob, cara) = (api.member("alice").await, api.member("bob").await, api.member("cara").await);
    let first = whispers(&api, &bob, "@alice hello", None).await;
    api.says(&bob, "@alice in public").await;
    let row = |unread, with: &[&Person], post: &Value| {
        (unread, with.iter().map(|p| p.id.clone()).collect::<Vec<_>>(), post["id"].clone())
    };
    assert_eq!(conversations(&api, &alice).await, [row(true, &[&bob], &first)]);
    assert_eq!(conversations(&api, &bob).await, [row(false, &[&alice], &first)]);
    assert!(conversations(&api, &cara).await.is_empty());
    let second = whispers(&api, &alice, "@bob yes?", Some(&first)).await;
    assert_eq!(conversations(&api, &alice).await, [row(false, &[&bob], &second)], "who answers has read");
    assert_eq!(conversations(&api, &bob).await, [row(true, &[&alice], &second)]);
    // With somebody else it is another one, and so it is in another thread.
    let third = whispers(&api, &bob, "@alice @cara look", Some(&second)).await;
    let fourth = whispers(&api, &bob, "@alice by the way", None).await;
    let all = [row(true, &[&bob], &fourth), row(true, &[&bob, &cara], &third), row(false, &[&bob], &second)];
    assert_eq!(conversations(&api, &alice).await, all);
    assert_eq!(conversations(&api, &cara).await, [row(true, &[&alice, &bob], &third)]);
    let own = whispers(&api, &cara, "a note to myself", None).await;
    assert_eq!(conversations(&api, &cara).await[0], row(false, &[&cara], &own));
    assert_eq!(api.walk(&alice, "/api/v1/conversations?limit=1", "next").await.len(), 3);
    let direct = api.get(&alice, "/api/v1/timelines/direct").await.ids();
    assert_eq!(direct, [&fourth, &third, &second, &first].map(|p| p["id"].as_str().unwrap()));

    let path = format!("/api/v1/conversations/{}", api.get(&alice, "/api/v1/conversations").await.ids()[0]);
    for (verb, unread) in [("read", false), ("unread", true), ("read", false)] {
        let marked = api.post(&alice, &format!("{path}/{verb}"), Value::Null).await.ok();
        assert_eq!((&marked["unread"], &marked["last_status"]["id"]), (&json!(unread), &fourth["id"]));
    }
    assert!(!conversations(&api, &alice).await[0].0);
    for (method, path) in [("POST", format!("{path}/read")), ("DELETE", path.clone())] {
        api.call(method, &path, Some(&cara.token), Value::Null).await.refused(404);
    }
    assert_eq!(api.call("DELETE", &path, Some(&alice.token), Value::Null).await.ok(), json!({}));
    assert_eq!(conversations(&api, &alice).await, all[1..]);
    api.get(&alice, &format!("/api/v1/statuses/{}", fourth["id"].as_str().unwrap())).await.ok();
    let fifth = whispers(&api, &bob, "@alice still there?", Some(&fourth)).await;
    assert_eq!(conversations(&api, &alice).await[0], row(true, &[&bob], &fifth), "it begins anew");
}

#[tokio::test]
async fn a_conversation_goes_back_and_away_with_what_was_said_in_it() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let first = whispers(&api, &bob, "@alice one", None).await;
    let second = whispers(&api, &bob, "@alice two", Some(&first)).await;
    let deletes = async |post: &Value| {
        api.call(
            "DELETE",
            &format!("/api/v1/statuses/{}", post["id"].as_str().unwrap()),
            Some(&bob.token),
            Value::Null,
        )
        .await
        .ok();
    };
    deletes(&second).await;
    assert_eq!(conversations(&api, &alice).await[0].2, first["id"]);
    deletes(&first).await;
    assert!(conversations(&api, &alice).await.is_empty() && conversations(&api, &bob).await.is_empty());
    // Named only in a later version.
    let note = whispers(&api, &bob, "a note", None).await;
    let path = format!("/api/v1/statuses/{}", note["id"].as_str().unwrap());
    api.call("PUT", &path, Some(&bob.token), json!({"status": "a note for @alice"})).await.ok();
    assert_eq!(conversations(&api, &alice).await, [(true, vec![bob.id.clone()], note["id"].clone())]);
}

#[tokio::test]
async fn whom_one_does_not_hear_does_not_begin_a_conversation() {
    let api = Api::start().await;
    let (alice, bob, cara) = (api.member("alice").await, api.member("bob").await, api.member("cara").await);
    for (verb, whom) in [("mute", &bob), ("block", &cara)] {
        api.post(&alice, &format!("/api/v1/accounts/{}/{verb}", whom.id), Value::Null).await.ok();
        whispers(&api, whom, "@alice psst", None).await;
    }
    assert!(conversations(&api, &alice).await.is_empty());
    api.post(&alice, &format!("/api/v1/accounts/{}/unmute", bob.id), Value::Null).await.ok();
    let heard = whispers(&api, &bob, "@alice psst", None).await;
    assert_eq!(conversations(&api, &alice).await[0].2, heard["id"]);
    api.post(&bob, &format!("/api/v1/accounts/{}/block", alice.id), Value::Null).await.ok();
    assert_eq!(conversations(&api, &alice).await[0].2, Value::Null, "what one may not see any more is not shown");
}

#[tokio::test]
async fn posts_that_lead_to_a_page_are_found_by_its_address() {
    let api = Api::start_with(|config| config.card_delay = Some(0)).await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let url = "https://news.example/a?b=c";
    let mut all = Vec::new();
    for who in [&alice, &bob, &alice] {
        all.insert(0, api.says(who, &format!("Read {url}")).await["id"].as_str().unwrap().to_owned());
    }
    api.posts(&alice, json!({"status": format!("Read {url}"), "visibility": "unlisted"})).await;
    let path = "/api/v1/timelines/link?url=https%3A%2F%2Fnews.example%2Fa%3Fb%3Dc";
    api.look(path).await.refused(404);
    let node = &api.app.node;
    let mut tx = node.store.begin().await.unwrap();
    let (id, _) = tx.use_card(1, &node::random::hash(url), url).await.unwrap();
    let card = Card { id, url: url.to_owned(), title: "A page".to_owned(), ..Card::default() };
    tx.put_card(&card, NOW).await.unwrap();
    node.commit(tx).await.unwrap();
    assert_eq!(api.look(path).await.ids(), all);
    assert_eq!(api.walk(&bob, &format!("{path}&limit=2"), "next").await.concat(), all);
    api.look("/api/v1/timelines/link").await.refused(400);
    let hide = json!({"discoverable": false});
    api.call("PATCH", "/api/v1/accounts/update_credentials", Some(&bob.token), hide).await.ok();
    assert_eq!(api.look(path).await.ids(), [&*all[0], &*all[2]], "who does not want to be found is not");
}
