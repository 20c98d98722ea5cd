//! What people gather around: what a hashtag is for, other views, links, its shelf, hats and what these look at.

use model::account::Role;
use model::clock::{DAY, HOUR};
use serde_json::{Value, json};

use crate::api::{Api, Person};

const TEA: &str = "/api/outloud/v1/tags/tea";

async fn say(api: &Api, who: &Person, what: &str, text: &str) -> Value {
    api.post(who, &format!("{TEA}/{what}"), json!({"text": text})).await.ok()
}

async fn wear(api: &Api, who: &Person, tag: &str, hat: &str) -> Value {
    api.post(who, &format!("/api/outloud/v1/tags/{tag}/hats"), json!({"hat": hat})).await.ok()
}

fn id(entity: &Value) -> &str {
    entity["id"].as_str().unwrap()
}

/// What a list of a view has: ids of posts and of people.
fn seen(view: &Value, list: &str) -> Vec<String> {
    let list = view["lists"].as_array().unwrap().iter().find(|l| l["name"] == list).unwrap();
    ["statuses", "accounts"].iter().flat_map(|kind| crate::api::ids(&list[kind])).collect()
}

async fn look(api: &Api, who: &Person, hat: &str) -> Value {
    api.get(who, &format!("{TEA}/views/{hat}")).await.ok()
}

#[tokio::test]
async fn what_a_hashtag_is_for_is_written_by_anybody_and_nothing_is_lost() {
    let api = Api::start().await;
    let (alice, bob, cara) = (api.member("alice").await, api.member("bob").await, api.member("cara").await);
    api.look(&format!("{TEA}/purpose")).await.refused(404);
    let first = say(&api, &alice, "purpose", "We **share** what we try. #Milk").await;
    assert_eq!((&first["text"], &first["gone"]), (&json!("We **share** what we try. #Milk"), &json!(false)));
    assert!(first["content"].as_str().unwrap().contains("<strong>share</strong>"), "{first}");
    let second = say(&api, &bob, "purpose", "Something else").await;
    assert_eq!(id(&say(&api, &cara, "purpose", " Something else ").await), id(&second), "that is no new version");
    let current = api.look(&format!("{TEA}/purpose")).await.ok();
    assert_eq!((id(&current), &current["account"]["username"]), (id(&second), &json!("bob")));
    let versions = api.look(&format!("{TEA}/purpose/versions?limit=1")).await;
    let next = versions.link("next").unwrap();
    assert_eq!(
        (versions.ids(), api.look(&next).await.ids()),
        (vec![id(&second).to_owned()], vec![id(&first).to_owned()])
    );
    // Back it goes only by who keeps the hashtag.
    let restore = format!("{TEA}/purpose/versions/{}/restore", id(&first));
    api.post(&cara, &restore, Value::Null).await.refused(403);
    wear(&api, &cara, "tea", "community_keeper").await;
    let back = api.post(&cara, &restore, Value::Null).await.ok();
    assert_eq!((&back["text"], &back["restored_from"]), (&first["text"], &first["id"]));
    let names = [&back["account"]["username"], &back["restored_by"]["username"], &first["restored_by"]];
    assert_eq!(names, [&json!("alice"), &json!("cara"), &Value::Null], "it is still said by who wrote it");
    assert_eq!(api.look(&format!("{TEA}/purpose/versions")).await.ids().len(), 3);
    assert_eq!(
        id(&api.post(&cara, &format!("{TEA}/purpose/versions/{}/restore", id(&back)), Value::Null).await.ok()),
        id(&back)
    );
    // What breaks the rules is taken down: the one before it holds, and nobody reads it but who may.
    let bad = say(&api, &bob, "purpose", "Rude words").await;
    let down = format!("{TEA}/purpose/versions/{}/take_down", id(&bad));
    api.post(&alice, &down, Value::Null).await.refused(403);
    api.post(&cara, &down, Value::Null).await.ok();
    api.post(&cara, &down, Value::Null).await.ok();
    assert_eq!(id(&api.look(&format!("{TEA}/purpose")).await.ok()), id(&back));
    for (reply, text) in [
        (api.look(&format!("{TEA}/purpose/versions")).await, ""),
        (api.get(&alice, &format!("{TEA}/purpose/versions")).await, ""),
        (api.get(&bob, &format!("{TEA}/purpose/versions")).await, "Rude words"),
        (api.get(&cara, &format!("{TEA}/purpose/versions")).await, "Rude words"),
    ] {
        let list = reply.ok();
        assert_eq!((&list[0]["text"], &list[0]["gone"]), (&json!(text), &json!(true)));
    }
    api.post(&cara, &format!("{TEA}/purpose/versions/{}/restore", id(&bad)), Value::Null).await.refused(422);
    let log = api.app.node.store.read().await.unwrap().actions(&model::page::Page::first(5)).await.unwrap();
    assert_eq!(log.iter().filter(|l| l.action == "purpose taken down" && l.actor == "cara").count(), 1);
    // So is what somebody wrote who is suspended.
    let kept = say(&api, &alice, "purpose", "Of Alice").await;
    let node = &api.app.node;
    let mut tx = node.store.begin().await.unwrap();
    let account = tx.account(alice.id.parse().unwrap()).await.unwrap().unwrap();
    node::moderate::suspend(node, &mut tx, "mo", &account).await.unwrap();
    node.commit(tx).await.unwrap();
    // What was put back is theirs as well.
    assert_eq!(id(&api.look(&format!("{TEA}/purpose")).await.ok()), id(&second));
    let list = api.get(&bob, &format!("{TEA}/purpose/versions")).await.ok();
    assert_eq!((&list[0]["id"], &list[0]["text"]), (&kept["id"], &json!("")));
}

#[tokio::test]
async fn what_a_hashtag_is_for_is_not_written_anew_without_end() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let mut first = Value::Null;
    for n in 0..50 {
        let said = say(&api, if n % 2 == 0 { &alice } else { &bob }, "purpose", &format!("Version {n}")).await;
        first = if n == 0 { said } else { first };
    }
    let body = json!({"text": "One more"});
    let refused = api.post(&alice, &format!("{TEA}/purpose"), body.clone()).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body["error"].as_str().unwrap().contains("50 versions within a day"), "{}", refused.body);
    api.post(&alice, "/api/outloud/v1/tags/milk/purpose", body.clone()).await.ok();
    say(&api, &alice, "views", "Another view").await;
    wear(&api, &bob, "tea", "community_keeper").await;
    let restore = format!("{TEA}/purpose/versions/{}/restore", id(&first));
    assert_eq!(api.post(&bob, &restore, Value::Null).await.ok()["text"], json!("Version 0"), "it can be put right");
    api.app.node.clock.advance(DAY);
    api.post(&alice, &format!("{TEA}/purpose"), body).await.ok();
    // What somebody said who is suspended is not put back in their name.
    let node = &api.app.node;
    let mut tx = node.store.begin().await.unwrap();
    let account = tx.account_by_handle("alice", "").await.unwrap().unwrap();
    node::moderate::suspend(node, &mut tx, "test", &account).await.unwrap();
    node.commit(tx).await.unwrap();
    let refused = api.post(&bob, &restore, Value::Null).await;
    assert!(refused.status == 422 && refused.body["error"].as_str().unwrap().contains("suspended"), "{}", refused.body);
}

#[tokio::test]
async fn texts_of_members_are_bounded_and_clean() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    for what in ["purpose", "views"] {
        for text in ["", " \n ", &"x".repeat(2_001)] {
            api.post(&alice, &format!("{TEA}/{what}"), json!({"text": text})).await.refused(422);
        }
        api.post(&alice, &format!("{TEA}/{what}"), Value::Null).await.refused(422);
        api.post(&alice, &format!("/api/outloud/v1/tags/!!!/{what}"), json!({"text": "x"})).await.refused(404);
        let hostile = "<script>alert(1)</script> [a](javascript:alert(1)) ![x](https://evil.example/x.png)\n\n<img src=x onerror=alert(1)>\n\n\
            [b](https://ok.example \"t\\\" onclick=\\\"alert(1)\")";
        let shown = say(&api, &alice, what, hostile).await;
        let html = shown["content"].as_str().unwrap();
        for bad in ["<script", "<img", "href=\"javascript", "onclick=\"", "<iframe"] {
            assert!(!html.contains(bad), "{bad} in {html}");
        }
        assert_eq!(shown["text"], hostile);
    }
    let page = api.raw_text("/tags/tea").await;
    assert!(
        !page.contains("<script>") && !page.contains("onerror=alert(1)>\n") && page.contains("https://ok.example"),
        "{page}"
    );
    let node = &api.app.node;
    let mut tx = node.store.begin().await.unwrap();
    tx.set_member_state(alice.id.parse().unwrap(), model::account::MemberState::Frozen).await.unwrap();
    node.commit(tx).await.unwrap();
    for (what, body) in [
        ("purpose", json!({"text": "x"})),
        ("views", json!({"text": "x"})),
        ("hats", json!({"hat": "critical_friend"})),
    ] {
        api.post(&alice, &format!("{TEA}/{what}"), body).await.refused(403);
    }
}

#[tokio::test]
async fn other_views_stay_beside_until_they_are_withdrawn() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let moderator = api.member_as("mo", Role::Moderator).await;
    let view = say(&api, &alice, "views", "I see that differently").await;
    let other = say(&api, &bob, "views", "So do I").await;
    assert_eq!(api.look(&format!("{TEA}/views")).await.ids(), [id(&other), id(&view)]);
    api.post(&bob, &format!("{TEA}/views/{}/withdraw", id(&view)), Value::Null).await.refused(404);
    api.post(&bob, &format!("{TEA}/views/{}/take_down", id(&view)), Value::Null).await.refused(403);
    api.post(&bob, &format!("/api/outloud/v1/tags/milk/views/{}/withdraw", id(&other)), Value::Null).await.refused(404);
    api.post(&alice, &format!("{TEA}/views/{}/withdraw", id(&view)), Value::Null).await.ok();
    api.post(&moderator, &format!("{TEA}/views/{}/take_down", id(&other)), Value::Null).await.ok();
    let left = api.look(&format!("{TEA}/views")).await.ok();
    assert_eq!(
        (left.as_array().unwrap().len(), &left[0]["id"]),
        (1, &other["id"]),
        "of what was taken down it is said that it was there"
    );
    assert_eq!((&left[0]["gone"], &left[0]["text"]), (&json!(true), &json!("")));
    assert_eq!(api.look(TEA).await.ok()["views"], json!([]), "its page does not show it");
    for reader in [&bob, &moderator] {
        assert_eq!(api.get(reader, &format!("{TEA}/views")).await.ok()[0]["text"], "So do I");
    }
    for n in 0..5 {
        say(&api, &alice, "views", &format!("view {n}")).await;
    }
    api.post(&alice, &format!("{TEA}/views"), json!({"text": "one more"})).await.refused(422);
    // A purpose is not withdrawn by whoever wrote it: it is everybody's.
    let purpose = say(&api, &alice, "purpose", "For tea").await;
    api.post(&alice, &format!("{TEA}/views/{}/withdraw", id(&purpose)), Value::Null).await.refused(404);
}

#[tokio::test]
async fn hashtags_are_linked_by_those_who_keep_them_or_by_anybody_where_nobody_does() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let link = async |who: &Person, tag: &str, other: &str| {
        api.post(who, &format!("/api/outloud/v1/tags/{tag}/links"), json!({"tag": other})).await
    };
    let names = |list: Value| {
        list.as_array().unwrap().iter().map(|l| l["tag"]["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(link(&alice, "tea", "#Milk").await.ok()), ["milk"], "nobody posted with it yet");
    assert_eq!(names(link(&alice, "milk", "tea").await.ok()), ["tea"], "that they are already");
    let list = api.look("/api/outloud/v1/tags/milk/links").await.ok();
    assert_eq!(list[0]["account"]["username"], "alice");
    link(&alice, "tea", "TEA").await.refused(422);
    link(&alice, "tea", "!!!").await.refused(422);
    api.post(&alice, &format!("{TEA}/links"), Value::Null).await.refused(400);
    wear(&api, &bob, "milk", "community_keeper").await;
    link(&alice, "milk", "sugar").await.refused(403);
    link(&alice, "sugar", "milk").await.refused(403);
    link(&bob, "milk", "sugar").await.ok();
    // Nobody keeps the one, so that anybody may take the link away from there.
    let gone = api.call("DELETE", "/api/outloud/v1/tags/tea/links/milk", Some(&alice.token), Value::Null).await;
    assert!(names(gone.ok()).is_empty());
    api.call("DELETE", "/api/outloud/v1/tags/tea/links/milk", Some(&alice.token), Value::Null).await.refused(404);
    for n in 0..9 {
        link(&bob, "milk", &format!("other{n}")).await.ok();
    }
    link(&bob, "milk", "onemore").await.refused(422);
    link(&bob, "onemore", "milk").await.refused(422);
    assert_eq!(names(api.look("/api/outloud/v1/tags/milk/links").await.ok()).len(), 10);
}

#[tokio::test]
async fn hats_are_declared_and_some_have_to_be_confirmed() {
    let api = Api::start().await;
    let (alice, bob, cara) = (api.member("alice").await, api.member("bob").await, api.member("cara").await);
    let moderator = api.member_as("mo", Role::Moderator).await;
    let first = wear(&api, &alice, "Tea", "community_keeper").await;
    assert_eq!(
        (&first["confirmed"], &first["tag"]["name"], &first["hat"]),
        (&json!(true), &json!("tea"), &json!("community_keeper"))
    );
    assert_eq!(
        (&first["since"], &first["until"]),
        (&json!("2025-06-15T15:06:40.000Z"), &json!("2025-09-13T15:06:40.000Z"))
    );
    let second = wear(&api, &bob, "tea", "community_keeper").await;
    let reporter = wear(&api, &cara, "tea", "social_reporter").await;
    let friend = wear(&api, &cara, "tea", "critical_friend").await;
    assert_eq!(
        (&second["confirmed"], &reporter["confirmed"], &friend["confirmed"]),
        (&json!(false), &json!(false), &json!(true))
    );
    assert_eq!(
        wear(&api, &alice, "milk", "social_reporter").await["confirmed"],
        false,
        "rights are not for the asking"
    );
    let confirm = |hat: &Value| format!("/api/outloud/v1/hats/{}/confirm", id(hat));
    api.post(&bob, &confirm(&second), Value::Null).await.refused(403);
    api.post(&cara, &confirm(&reporter), Value::Null).await.refused(403);
    assert_eq!(api.post(&alice, &confirm(&reporter), Value::Null).await.ok()["confirmed"], true);
    assert_eq!(api.post(&moderator, &confirm(&second), Value::Null).await.ok()["confirmed"], true);
    api.post(&alice, "/api/outloud/v1/hats/12345/confirm", Value::Null).await.refused(404);
    for days in [json!(0), json!(366), json!("soon"), json!(-1)] {
        api.post(&alice, &format!("{TEA}/hats"), json!({"hat": "value_detective", "days": days})).await.refused(422);
    }
    api.post(&alice, &format!("{TEA}/hats"), json!({"hat": "king"})).await.refused(422);
    api.post(&alice, &format!("{TEA}/hats"), Value::Null).await.refused(400);
    assert_eq!(api.look(&format!("{TEA}/hats")).await.ids(), [id(&first), id(&second), id(&friend), id(&reporter)]);
    assert_eq!(api.get(&cara, "/api/outloud/v1/hats").await.ids(), [id(&friend), id(&reporter)]);
    // Off by oneself, or by a moderator.
    let off = async |who: &Person, hat: &Value| {
        api.call("DELETE", &format!("/api/outloud/v1/hats/{}", id(hat)), Some(&who.token), Value::Null).await
    };
    off(&alice, &friend).await.refused(403);
    off(&cara, &friend).await.ok();
    off(&cara, &friend).await.refused(404);
    off(&moderator, &second).await.ok();
    // Time takes the others off, without a chore; who says it again in time keeps it as it is.
    api.app.node.clock.advance(80 * DAY);
    let again = wear(&api, &alice, "tea", "community_keeper").await;
    assert_eq!((id(&again), &again["since"]), (id(&first), &first["since"]));
    api.app.node.clock.advance(11 * DAY);
    assert_eq!(api.look(&format!("{TEA}/hats")).await.ids(), [id(&first)]);
    api.app.node.clock.advance(100 * DAY);
    assert!(api.look(&format!("{TEA}/hats")).await.ids().is_empty());
    let keeper = wear(&api, &bob, "tea", "community_keeper").await;
    assert_eq!(keeper["confirmed"], true, "nobody else keeps it now");
}

#[tokio::test]
async fn a_post_says_in_which_hat_it_is_written() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let body = json!({"status": "Have you tried a text?", "outloud": {"hat": "critical_friend"}});
    api.post(&alice, "/api/v1/statuses", body.clone()).await.refused(422);
    api.post(&alice, "/api/v1/statuses", json!({"status": "x", "outloud": {"hat": "king"}})).await.refused(422);
    wear(&api, &alice, "tea", "critical_friend").await;
    let post = api.posts(&alice, body).await;
    let text = post["content"].as_str().unwrap();
    assert!(text.contains("<p>Have you tried a text?</p><p>(as critical friend) <a href="), "{text}");
    assert_eq!(post["tags"][0]["name"], "criticalfriend");
    let source = api.get(&alice, &format!("/api/v1/statuses/{}/source", id(&post))).await.ok();
    assert_eq!(source["text"], "Have you tried a text?\n\n(as critical friend) #CriticalFriend");
}

#[tokio::test]
async fn a_keeper_sees_who_is_new_who_waits_and_who_went_quiet() {
    let api = Api::start().await;
    let (alice, bob, cara) = (api.member("alice").await, api.member("bob").await, api.member("cara").await);
    for _ in 0..3 {
        api.says(&bob, "#tea").await;
    }
    api.app.node.clock.advance(31 * DAY);
    let view = look(&api, &alice, "community_keeper").await;
    assert_eq!(
        (view["hat"].as_str(), view["question"].as_str()),
        (Some("community_keeper"), Some("How do we hear all voices?"))
    );
    assert_eq!(seen(&view, "gone_quiet"), [bob.id.as_str()]);
    let fresh = api.says(&cara, "Hello #tea").await;
    let answered = api.says(&cara, "Again #tea").await;
    api.posts(&alice, json!({"status": "welcome", "in_reply_to_id": id(&answered)})).await;
    api.posts(&cara, json!({"status": "and more", "in_reply_to_id": id(&fresh)})).await;
    let inside = api.posts(&bob, json!({"status": "#tea", "visibility": "organisation"})).await;
    let view = look(&api, &alice, "community_keeper").await;
    assert_eq!(seen(&view, "newcomers"), [id(&fresh)]);
    assert!(seen(&view, "unanswered").is_empty(), "there are two days yet");
    assert!(seen(&view, "gone_quiet").is_empty(), "he said something inside: {inside}");
    api.app.node.clock.advance(49 * HOUR);
    assert_eq!(seen(&look(&api, &alice, "community_keeper").await, "unanswered"), [id(&fresh)], "by nobody else");
    api.app.node.clock.advance(30 * DAY);
    let view = look(&api, &alice, "community_keeper").await;
    assert!(seen(&view, "newcomers").is_empty() && seen(&view, "unanswered").is_empty());
    // Only for members, and whom one blocks is in no list.
    api.look(&format!("{TEA}/views/community_keeper")).await.refused(401);
    api.get(&alice, &format!("{TEA}/views/agenda_activist")).await.refused(404);
    api.get(&alice, &format!("{TEA}/views/king")).await.refused(404);
    let unknown = api.get(&alice, "/api/outloud/v1/tags/nobodyusedit/views/community_keeper").await.ok();
    assert!(seen(&unknown, "newcomers").is_empty());
}

#[tokio::test]
async fn a_critical_friend_a_reporter_and_a_detective_see_what_is_for_them() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let open = api.says(&bob, "What do you think? #tea #CriticalFriend").await;
    let helped = api.says(&bob, "And of this? #tea #criticalfriend").await;
    api.says(&bob, "#CriticalFriend without tea").await;
    let given = api.says(&alice, "I would start smaller. #tea\n\n(as critical friend) #CriticalFriend").await;
    for (text, to) in [("(as critical friend) #CriticalFriend", &helped), ("nice", &open), ("very nice", &open)] {
        api.posts(&alice, json!({"status": text, "in_reply_to_id": id(to)})).await;
    }
    assert_eq!(seen(&look(&api, &alice, "critical_friend").await, "asks_for_a_critical_friend"), [id(&open)]);
    api.call("DELETE", &format!("/api/v1/statuses/{}", id(&given)), Some(&alice.token), Value::Null).await.ok();
    assert_eq!(seen(&look(&api, &alice, "social_reporter").await, "long_threads"), [id(&open)]);
    assert!(seen(&look(&api, &alice, "value_detective").await, "due_for_a_second_look").is_empty());
    api.app.node.clock.advance(182 * DAY);
    let due = || async { seen(&look(&api, &alice, "value_detective").await, "due_for_a_second_look") };
    assert_eq!(due().await, [id(&helped), id(&open)]);
    api.posts(&bob, json!({"status": "It worked.", "in_reply_to_id": id(&helped)})).await;
    assert_eq!(due().await, [id(&open)]);
    api.app.node.clock.advance(60 * DAY);
    assert!(due().await.is_empty());
}

#[tokio::test]
async fn a_messenger_sees_what_could_go_public_and_nobody_else_the_mark() {
    let api = Api::start().await;
    let (alice, bob, cara) = (api.member("alice").await, api.member("bob").await, api.member("cara").await);
    let inside = api.posts(&bob, json!({"status": "It works #tea", "visibility": "organisation"})).await;
    let public = api.says(&bob, "#tea").await;
    let other = api.posts(&bob, json!({"status": "#milk", "visibility": "organisation"})).await;
    let direct = api.posts(&bob, json!({"status": "@cara #tea", "visibility": "direct"})).await;
    let mark = |post: &Value| format!("/api/outloud/v1/statuses/{}/could_go_public", id(post));
    let unmark = async |who: &Person| api.call("DELETE", &mark(&inside), Some(&who.token), Value::Null).await;
    let before = api.get(&bob, &format!("/api/v1/statuses/{}", id(&inside))).await.ok();
    for post in [&inside, &inside, &other] {
        api.post(&alice, &mark(post), Value::Null).await.ok();
    }
    api.post(&alice, &mark(&public), Value::Null).await.refused(422);
    api.post(&alice, &mark(&direct), Value::Null).await.refused(404);
    api.call("POST", &mark(&inside), None, Value::Null).await.refused(401);
    let marked = || async { seen(&look(&api, &cara, "external_messenger").await, "could_go_public") };
    assert_eq!(marked().await, [id(&inside)]);
    assert_eq!(api.get(&bob, &format!("/api/v1/statuses/{}", id(&inside))).await.ok(), before);
    unmark(&cara).await.ok();
    assert_eq!(marked().await, [id(&inside)], "the mark is another's");
    api.post(&cara, &mark(&inside), Value::Null).await.ok();
    unmark(&alice).await.ok();
    assert_eq!(marked().await.len(), 1);
    unmark(&bob).await.ok();
    assert!(marked().await.is_empty(), "whose post it is settles it");
    api.post(&alice, &mark(&inside), Value::Null).await.ok();
    let hat = wear(&api, &cara, "tea", "external_messenger").await;
    unmark(&cara).await.ok();
    assert_eq!(marked().await.len(), 1, "the hat is not confirmed");
    wear(&api, &bob, "tea", "community_keeper").await;
    api.post(&bob, &format!("/api/outloud/v1/hats/{}/confirm", id(&hat)), Value::Null).await.ok();
    unmark(&cara).await.ok();
    assert!(marked().await.is_empty());
}

#[tokio::test]
async fn a_broker_sees_who_speaks_of_the_same_under_another_name() {
    let api = Api::start().await;
    let (alice, bob, cara) = (api.member("alice").await, api.member("bob").await, api.member("cara").await);
    api.says(&bob, "#tea").await;
    api.says(&bob, "#infusions").await;
    let match_ = api.says(&cara, "#infusions").await;
    let matches = || async { seen(&look(&api, &alice, "organisational_broker").await, "matches") };
    assert!(matches().await.is_empty());
    api.post(&alice, &format!("{TEA}/links"), json!({"tag": "infusions"})).await.ok();
    assert_eq!(matches().await, [id(&match_)]);
    api.says(&cara, "#tea").await;
    assert!(matches().await.is_empty());
}

async fn indexed(api: &Api) {
    node::index::catch_up(&api.app.node).await.unwrap();
}

#[tokio::test]
async fn a_shelf_is_made_of_what_people_post() {
    let api = Api::start().await;
    let (alice, bob, cara) = (api.member("alice").await, api.member("bob").await, api.member("cara").await);
    let shelf = || async { api.look(&format!("{TEA}/shelf")).await.ok() };
    let first = api.says(&alice, "https://page.example/a #tea").await;
    let second = api.says(&bob, "Look: https://page.example/a #tea").await;
    api.says(&bob, "https://page.example/b #tea #milk").await;
    api.posts(&bob, json!({"status": "https://secret.example/ #tea", "visibility": "organisation"})).await;
    api.posts(&bob, json!({"status": "https://quiet.example/ #tea", "visibility": "unlisted"})).await;
    api.says(&bob, "https://other.example/ #coffee").await;
    indexed(&api).await;
    let links = shelf().await;
    let urls = |list: &Value| {
        list.as_array().unwrap().iter().map(|l| l["card"]["url"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(urls(&links), ["https://page.example/b", "https://page.example/a"]);
    let a = &links[1];
    assert_eq!(
        (&a["account"]["username"], &a["people_count"], &a["status_id"]),
        (&json!("alice"), &json!(2), &first["id"])
    );
    // Only keepers and reporters arrange it.
    let at = format!("{TEA}/shelf/{}", id(a));
    let arrange = async |who: &Person, body: Value| api.call("PATCH", &at, Some(&who.token), body).await;
    arrange(&cara, json!({"note": "x"})).await.refused(403);
    wear(&api, &cara, "tea", "community_keeper").await;
    let arranged =
        arrange(&cara, json!({"note": "Read <b>this</b>", "heading": "To begin with", "pinned": true})).await.ok();
    assert_eq!(
        (&arranged["note"], &arranged["heading"], &arranged["pinned"]),
        (&json!("Read <b>this</b>"), &json!("To begin with"), &json!(true))
    );
    arrange(&cara, json!({"note": "x".repeat(501)})).await.refused(422);
    arrange(&cara, json!({"heading": "x".repeat(101)})).await.refused(422);
    api.call("PATCH", &format!("{TEA}/shelf/12345"), Some(&cara.token), json!({})).await.refused(404);
    assert_eq!(urls(&api.look(&format!("{TEA}/shelf?pinned=true")).await.ok()), ["https://page.example/a"]);
    let page = api.raw_text("/tags/tea").await;
    assert!(page.contains("Read &#60;b&#62;this&#60;/b&#62;") && page.contains("To begin with"), "{page}");
    // Pages of it.
    let one = api.look(&format!("{TEA}/shelf?limit=1")).await;
    let next = one.link("next").unwrap();
    assert_eq!(urls(&api.look(&next).await.ok()), ["https://page.example/a"]);
    // What is hidden those see who may show it again.
    arrange(&cara, json!({"hidden": true})).await.ok();
    assert_eq!(urls(&shelf().await), ["https://page.example/b"]);
    api.look(&format!("{TEA}/shelf?hidden=true")).await.refused(401);
    api.get(&alice, &format!("{TEA}/shelf?hidden=true")).await.refused(403);
    assert_eq!(urls(&api.get(&cara, &format!("{TEA}/shelf?hidden=true")).await.ok()).len(), 2);
    arrange(&cara, json!({"hidden": false})).await.ok();
    // Posts go, and with the last of them the link.
    api.call("DELETE", &format!("/api/v1/statuses/{}", id(&first)), Some(&alice.token), Value::Null).await.ok();
    let links = shelf().await;
    assert_eq!((&links[1]["account"]["username"], &links[1]["people_count"]), (&json!("bob"), &json!(1)));
    let edited = json!({"status": "Look: https://page.example/a"});
    api.call("PUT", &format!("/api/v1/statuses/{}", id(&second)), Some(&bob.token), edited).await.ok();
    indexed(&api).await;
    assert_eq!(urls(&shelf().await), ["https://page.example/b"]);
}

#[tokio::test]
async fn a_shelf_is_taken_along() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    api.says(&alice, "https://page.example/?a=1&b=\"2\" #Tea").await;
    api.says(&alice, "https://page.example/b #tea").await;
    indexed(&api).await;
    wear(&api, &alice, "tea", "community_keeper").await;
    let links = api.look(&format!("{TEA}/shelf")).await.ok();
    let at = format!("{TEA}/shelf/{}", id(&links[0]));
    let body = json!({"heading": "More & <less>", "note": "=1+1, \"quoted\""});
    api.call("PATCH", &at, Some(&alice.token), body).await.ok();
    let json: Value = serde_json::from_str(&api.raw_text("/tags/tea/shelf.json").await).unwrap();
    assert_eq!((&json["tag"], &json["links"][0]["heading"]), (&json!("Tea"), &json!("More & <less>")));
    let csv = api.raw_text("/tags/tea/shelf.csv").await;
    let lines: Vec<&str> = csv.split("\r\n").collect();
    assert_eq!((lines.len(), lines[0].split(',').count()), (4, 11));
    assert!(lines[1].contains("\"'=1+1, \"\"quoted\"\"\""), "{csv}");
    let opml = crate::feeds::parse(&api.raw_text("/tags/tea/shelf.opml").await);
    let groups = opml.all("opml/body/outline");
    assert_eq!(
        groups.iter().map(|o| o.attribute("text")).collect::<Vec<_>>(),
        ["More & <less>", groups[1].attribute("text")]
    );
    assert_eq!(opml.all("opml/body/outline/outline")[0].attribute("url"), "https://page.example/b");
    for (end, kind) in
        [("json", "application/json"), ("csv", "text/csv; charset=utf-8"), ("opml", "text/x-opml; charset=utf-8")]
    {
        let reply = api.raw(&format!("/tags/tea/shelf.{end}"), &[]).await;
        assert_eq!((reply.status().as_u16(), reply.headers()["content-type"].to_str().unwrap()), (200, kind));
        assert_eq!(api.raw(&format!("/tags/nobodyusedit/shelf.{end}"), &[]).await.status(), 200);
        assert_eq!(api.raw(&format!("/tags/123/shelf.{end}"), &[]).await.status(), 404);
    }
    let page = api.raw_text("/tags/tea/shelf").await;
    assert!(page.contains("More &#38; &#60;less&#62;") && page.contains("/tags/tea/shelf.opml"), "{page}");
}

#[tokio::test]
async fn the_page_of_a_hashtag_says_what_there_is_to_know() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let empty = api.look(TEA).await.ok();
    assert_eq!((&empty["purpose"], &empty["completeness"]["servers_count"]), (&Value::Null, &json!(0)));
    api.says(&bob, "#Tea").await;
    say(&api, &alice, "purpose", "For *tea*").await;
    say(&api, &bob, "views", "For coffee").await;
    wear(&api, &alice, "tea", "community_keeper").await;
    api.post(&alice, &format!("{TEA}/links"), json!({"tag": "Infusions"})).await.ok();
    let known = api.look(TEA).await.ok();
    assert_eq!(known["handle"], "@tag-tea@social.example.org");
    assert_eq!((&known["name"], &known["keepers"][0]["username"]), (&json!("Tea"), &json!("alice")));
    assert_eq!(
        known["completeness"],
        json!({
            "posts_count": 1, "servers_count": 1, "since": "2025-06-15T15:06:40.000Z", "until": "2025-06-15T15:06:40.000Z", "subscribed_servers_count": 0,
        })
    );
    assert_eq!(known["feeds"]["atom"], "https://social.example.org/tags/tea.atom");
    let page = api.raw_text("/tags/tea").await;
    for part in [
        "<em>tea</em>",
        "For coffee",
        "@tag-tea@social.example.org",
        "Kept by",
        "#infusions",
        "From 1 server: one public post",
        "rel=\"alternate\" type=\"application/rss+xml\"",
        "rel=\"alternate\" type=\"application/atom+xml\"",
        "rel=\"alternate\" type=\"application/feed+json\"",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    let foreign = api.look("/api/outloud/v1/tags/日本語").await.status;
    assert!(foreign == 200 || foreign == 400);
    let look_ups = api.app.node.store.read().await.unwrap().tag("nobodyusedit").await.unwrap();
    for path in ["", "/purpose/versions", "/views", "/links", "/shelf", "/hats"] {
        api.look(&format!("/api/outloud/v1/tags/nobodyusedit{path}")).await.ok();
    }
    assert!(
        look_ups.is_none() && api.app.node.store.read().await.unwrap().tag("nobodyusedit").await.unwrap().is_none()
    );
}

#[tokio::test]
async fn a_hashtag_is_linked_with_a_challenge_and_each_page_names_the_other() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let body = json!({"name": "trust", "question": "How <do> we establish trust?", "purpose": "For all."});
    api.post(&alice, "/api/outloud/v1/challenges", body).await.ok();
    let link = async |who: &Person, other: &str| api.post(who, &format!("{TEA}/links"), json!({"tag": other})).await;
    let made_up = async || api.app.node.store.read().await.unwrap().tag("trust").await.unwrap();
    for nothing in ["@nobody", "@alice", "@trust@elsewhere.example", "@", "@!!!"] {
        let refused = link(&alice, nothing).await;
        assert!(refused.body["error"].as_str().unwrap().contains("challenge"), "{}", refused.body);
        refused.refused(422);
    }
    link(&bob, "@trust").await.refused(403);
    let links = link(&alice, "@trust@social.example.org").await.ok();
    assert_eq!((&links[0]["challenge"], &links[0]["tag"]), (&json!("trust"), &Value::Null));
    assert_eq!(link(&alice, "@Trust").await.ok().as_array().unwrap().len(), 1, "that they are already");
    assert!(made_up().await.is_none(), "a handle is no hashtag");
    let of_challenge = api.look("/api/outloud/v1/challenges/trust/links").await.ok();
    assert_eq!(of_challenge[0]["tag"]["name"], "tea");
    assert_eq!(api.look(TEA).await.ok()["links"][0]["challenge"], "trust");
    let page = api.raw_text("/tags/tea").await;
    for part in
        ["@trust@social.example.org", "How &#60;do&#62; we establish trust?", "https://social.example.org/@trust"]
    {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    let gone = api.call("DELETE", &format!("{TEA}/links/@trust"), Some(&alice.token), Value::Null).await.ok();
    assert_eq!(gone, json!([]));
    api.call("DELETE", &format!("{TEA}/links/@nobody"), Some(&alice.token), Value::Null).await.refused(404);
    assert!(!api.raw_text("/tags/tea").await.contains("establish trust"));
}

#[tokio::test]
async fn a_hashtag_that_the_node_does_not_carry_has_no_handle() {
    let api = Api::start().await;
    let node = &api.app.node;
    assert_eq!(api.look(TEA).await.ok()["handle"], "@tag-tea@social.example.org");
    let mut tx = node.store.begin().await.unwrap();
    node::carry::block(node, &mut tx, "mo", "Tea", "a person's name").await.unwrap();
    node.commit(tx).await.unwrap();
    assert_eq!(api.look(TEA).await.ok()["handle"], Value::Null);
    let mut tx = node.store.begin().await.unwrap();
    node::carry::unblock(node, &mut tx, "mo", "tea").await.unwrap();
    node.commit(tx).await.unwrap();
    assert_eq!(api.look(TEA).await.ok()["handle"], "@tag-tea@social.example.org");
}

#[tokio::test]
async fn who_is_refused_is_told_who_may() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let body = json!({"name": "trust", "question": "How?", "purpose": "For all."});
    api.post(&alice, "/api/outloud/v1/challenges", body).await.ok();
    let purpose = "/api/outloud/v1/challenges/trust/purpose";
    let refused = api.post(&bob, purpose, json!({"text": "For me"})).await;
    assert_eq!(refused.body["error"], "Only its owner, a confirmed community keeper or a moderator may do that");
    refused.refused(403);
    let written = say(&api, &alice, "purpose", "For tea").await;
    let restore = format!("{TEA}/purpose/versions/{}/restore", id(&written));
    let refused = api.post(&bob, &restore, Value::Null).await;
    assert_eq!(refused.body["error"], "Only a confirmed community keeper or a moderator may do that");
    refused.refused(403);
}
