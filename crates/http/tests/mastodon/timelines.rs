//! Home, public and tag timelines, and paging through them.

use serde_json::json;

use crate::api::{Api, Person};

async fn write(api: &Api, who: &Person, count: usize, text: &str) -> Vec<String> {
    let mut ids = Vec::new();
    for n in 0..count {
        ids.insert(0, api.says(who, &format!("{n} {text}")).await["id"].as_str().unwrap().to_owned());
    }
    ids
}

#[tokio::test]
async fn every_timeline_pages_down_and_up_without_loss() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    api.befriend(&alice, &bob).await;
    let all = write(&api, &alice, 25, "#tea").await;
    let own = format!("/api/v1/accounts/{}/statuses", alice.id);
    for (path, asked) in [
        ("/api/v1/timelines/home", "limit=7"),
        ("/api/v1/timelines/public", "limit=7&local=true"),
        ("/api/v1/timelines/tag/tea", "limit=7&local=true"),
        (&own, "limit=7&exclude_reblogs=true"),
    ] {
        let down = api.walk(&bob, &format!("{path}?{asked}"), "next").await;
        assert_eq!(down.iter().map(Vec::len).collect::<Vec<_>>(), [7, 7, 7, 4], "{path}");
        assert_eq!(down.concat(), all, "{path}");
        let mut up = api.walk(&bob, &format!("{path}?{asked}&min_id={}", all[24]), "prev").await;
        up.reverse();
        assert_eq!(up.concat(), all[..24], "{path}");
        let since = api.get(&bob, &format!("{path}?limit=7&since_id={}", all[24])).await.ids();
        assert_eq!(since, all[..7], "{path}");
        let between = format!("{path}?min_id={}&max_id={}", all[9], all[3]);
        assert_eq!(api.get(&bob, &between).await.ids(), all[4..9], "{path}");
        assert_eq!(api.get(&bob, path).await.ids().len(), 20, "{path}");
        assert_eq!(api.get(&bob, &format!("{path}?limit=1000")).await.ids().len(), 25, "{path}");
        let past = api.get(&bob, &format!("{path}?max_id={}", all[24])).await;
        assert!(past.ids().is_empty() && past.link("next").is_none(), "{path}");
        let next = api.get(&bob, &format!("{path}?{asked}")).await.link("next").unwrap();
        assert!(next.contains(asked), "{next}");
    }
}

#[tokio::test]
async fn home_has_what_one_follows_and_oneself_and_needs_the_right_scope() {
    let api = Api::start().await;
    let (alice, bob, cara) = (api.member("alice").await, api.member("bob").await, api.member("cara").await);
    api.befriend(&alice, &bob).await;
    let own = api.says(&alice, "mine").await;
    let theirs = api.posts(&bob, json!({"status": "theirs", "visibility": "private"})).await;
    api.says(&cara, "a stranger's").await;
    assert_eq!(
        api.get(&alice, "/api/v1/timelines/home").await.ids(),
        [theirs["id"].as_str().unwrap(), own["id"].as_str().unwrap()]
    );
}

#[tokio::test]
async fn public_timelines_have_what_is_for_everybody() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let public = api.says(&alice, "#tea for all").await;
    let public = public["id"].as_str().unwrap();
    for visibility in ["unlisted", "private", "direct", "local", "draft"] {
        api.posts(&alice, json!({"status": "#tea", "visibility": visibility})).await;
    }
    for path in ["/api/v1/timelines/public", "/api/v1/timelines/public?local=true", "/api/v1/timelines/tag/tea"] {
        assert_eq!(api.look(path).await.ids(), [public], "{path}");
    }
    assert!(api.look("/api/v1/timelines/public?remote=true").await.ids().is_empty());
    assert!(api.look("/api/v1/timelines/public?only_media=true").await.ids().is_empty());
    assert_eq!(api.get(&alice, "/api/v1/timelines/tag/TEA").await.ids().len(), 2, "members see what is inside");
    assert!(api.look("/api/v1/timelines/tag/coffee").await.ids().is_empty());
}

#[tokio::test]
async fn tag_timelines_take_further_tags() {
    let api = Api::start().await;
    let alice = api.member("alice").await;
    let tea = write(&api, &alice, 3, "#tea").await;
    let coffee = write(&api, &alice, 3, "#coffee").await;
    let both = write(&api, &alice, 2, "#tea #coffee").await;
    let any = "/api/v1/timelines/tag/tea?any[]=Coffee";
    let all = [both.clone(), coffee, tea.clone()].concat();
    assert_eq!(api.get(&alice, any).await.ids(), all);
    assert_eq!(api.walk(&alice, &format!("{any}&limit=3"), "next").await.concat(), all);
    let mut up = api.walk(&alice, &format!("{any}&limit=3&min_id={}", all[7]), "prev").await;
    up.reverse();
    assert_eq!(up.concat(), all[..7]);
    assert_eq!(api.get(&alice, "/api/v1/timelines/tag/tea?all[]=coffee").await.ids(), both);
    assert_eq!(api.get(&alice, "/api/v1/timelines/tag/tea?none[]=coffee").await.ids(), tea);
    let narrowed = api.walk(&alice, "/api/v1/timelines/tag/tea?none[]=coffee&limit=4", "next").await;
    assert_eq!(narrowed.concat(), tea);
    // There is more below what is read first.
    write(&api, &alice, 45, "#tea #coffee").await;
    for page in ["limit=3", "limit=3&min_id=0"] {
        let found = api.get(&alice, &format!("/api/v1/timelines/tag/tea?none[]=coffee&{page}")).await;
        assert_eq!(found.ids(), tea, "{page}");
    }
    let both = api.get(&alice, "/api/v1/timelines/tag/tea?all[]=coffee&limit=5").await;
    assert_eq!(both.ids().len(), 5);
    assert!(both.link("next").is_some_and(|next| next.contains("all%5B%5D=coffee")), "{:?}", both.headers);
    let none = api.get(&alice, "/api/v1/timelines/tag/tea?all[]=milk").await;
    assert!(none.ids().is_empty() && none.link("next").is_none(), "{:?}", none.headers);
}

#[tokio::test]
async fn an_accounts_posts_are_chosen_by_what_they_are() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let theirs = api.says(&bob, "theirs").await;
    let id = |post: &serde_json::Value| post["id"].as_str().unwrap().to_owned();
    let plain = id(&api.says(&alice, "plain #Tea").await);
    let reply = id(&api.posts(&alice, json!({"status": "reply", "in_reply_to_id": theirs["id"]})).await);
    let boost = id(&api.does(&alice, "statuses", &theirs["id"], "reblog").await);
    let list = |query: &str| format!("/api/v1/accounts/{}/statuses{query}", alice.id);
    assert_eq!(api.look(&list("")).await.ids(), [&*boost, &*reply, &*plain]);
    assert_eq!(api.look(&list("?exclude_replies=1")).await.ids(), [&*boost, &*plain]);
    assert_eq!(api.look(&list("?exclude_reblogs=true")).await.ids(), [&*reply, &*plain]);
    assert_eq!(api.look(&list("?tagged=tea")).await.ids(), [&*plain]);
    assert!(api.look(&list("?pinned=true")).await.ids().is_empty());
}
