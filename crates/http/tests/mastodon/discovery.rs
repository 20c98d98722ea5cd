//! Whom one might want to know, and what many use.

use serde_json::{Value, json};

use crate::api::Api;

#[tokio::test]
async fn colleagues_are_suggested_until_one_follows_them_or_does_not_want_to() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let carol = api.member("carol").await;
    api.says(&alice, "#tea").await;
    api.says(&bob, "#tea").await;
    let list = api.get(&alice, "/api/v2/suggestions").await.ok();
    let found: Vec<_> = list.as_array().unwrap().iter().map(|s| (&s["account"]["id"], &s["sources"])).collect();
    assert_eq!(found[0], (&json!(carol.id), &json!(["featured"])));
    assert_eq!(found[1], (&json!(bob.id), &json!(["featured", "similar_to_recently_followed"])));
    assert_eq!(api.get(&alice, "/api/v1/suggestions?limit=1").await.ids(), [&*carol.id]);
    api.call("DELETE", &format!("/api/v1/suggestions/{}", carol.id), Some(&alice.token), Value::Null).await.ok();
    assert_eq!(api.get(&alice, "/api/v1/suggestions").await.ids(), [&*bob.id]);
    api.befriend(&alice, &bob).await;
    assert!(api.get(&alice, "/api/v1/suggestions").await.ids().is_empty());
}

#[tokio::test]
async fn who_posts_for_everybody_on_a_hashtag_that_one_follows_is_suggested() {
    let api = Api::start().await;
    let (alice, cas) = (api.member("alice").await, api.member("cas").await);
    let dora = api.member("dora").await;
    api.post(&alice, "/api/v1/tags/tea/follow", Value::Null).await.ok();
    api.says(&cas, "#tea").await;
    api.posts(&dora, json!({"status": "#tea", "visibility": "unlisted"})).await;
    let far = crate::remote::bobs_post(&api).await;
    let node = &api.app.node;
    let mut tx = node.store.begin().await.unwrap();
    let tag = tx.tag("tea").await.unwrap().unwrap();
    tx.tag_post(tag.id, far).await.unwrap();
    let bob = tx.post(far).await.unwrap().unwrap().account_id;
    node.commit(tx).await.unwrap();
    let found = async |query: &str| {
        let list = api.get(&alice, &format!("/api/v2/suggestions{query}")).await.ok();
        let list = list.as_array().unwrap().clone();
        let about = |s: &Value| (s["account"]["acct"].as_str().unwrap().to_owned(), s["sources"].to_string());
        list.iter().map(about).collect::<Vec<_>>()
    };
    let (colleague, alike) = ("\"featured\"", "\"similar_to_recently_followed\"");
    let wanted = [
        ("dora".to_owned(), format!("[{colleague}]")),
        ("cas".to_owned(), format!("[{colleague},{alike}]")),
        ("bob@far.example".to_owned(), format!("[{alike}]")),
    ];
    assert_eq!(found("").await, wanted);
    assert_eq!(found("?limit=2").await, [wanted[0].clone(), wanted[2].clone()], "however many colleagues there are");
    assert_eq!(found("?limit=1").await, [wanted[0].clone()]);
    api.post(&alice, &format!("/api/v1/accounts/{bob}/mute"), Value::Null).await.ok();
    assert_eq!(found("").await, wanted[..2]);
}

#[tokio::test]
async fn the_directory_has_who_wants_to_be_found() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let carol = api.member("carol").await;
    let hide = json!({"discoverable": false});
    api.call("PATCH", "/api/v1/accounts/update_credentials", Some(&carol.token), hide).await.ok();
    api.says(&alice, "here").await;
    assert_eq!(api.look("/api/v1/directory?local=true").await.ids(), [&*alice.id, &*bob.id]);
    assert_eq!(api.look("/api/v1/directory?order=new").await.ids(), [&*bob.id, &*alice.id]);
    assert_eq!(api.look("/api/v1/directory?order=new&offset=1&limit=1").await.ids(), [&*alice.id]);
    assert_eq!(api.look("/api/v1/directory").await.ids(), [&*alice.id]);
}

#[tokio::test]
async fn a_trend_is_what_different_people_use() {
    let api = Api::start().await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    for text in ["#Mine", "#Mine again", "#Mine once more", "#Ours"] {
        api.says(&alice, text).await;
    }
    api.says(&bob, "#ours").await;
    api.posts(&bob, json!({"status": "#mine", "visibility": "private"})).await;
    node::index::catch_up(&api.app.node).await.unwrap();
    for path in ["/api/v1/trends", "/api/v1/trends/tags"] {
        let trends = api.look(path).await.ok();
        assert_eq!(trends.as_array().unwrap().len(), 1, "{trends}");
        assert_eq!((&trends[0]["name"], trends[0]["history"].as_array().unwrap().len()), (&json!("Ours"), 7));
        assert_eq!(
            (&trends[0]["history"][0]["accounts"], &trends[0]["history"][0]["uses"]),
            (&json!("2"), &json!("2"))
        );
    }
    assert_eq!(api.look("/api/v1/trends/tags?offset=1").await.ok(), json!([]));
    assert_eq!(api.look("/api/v1/trends/statuses").await.ok(), json!([]));
    api.app.node.clock.advance(8 * model::clock::DAY);
    assert_eq!(api.look("/api/v1/trends/tags").await.ok(), json!([]));
}

#[tokio::test]
async fn a_page_trends_that_different_people_lead_to_once_it_is_known_what_it_is() {
    let api = Api::start_with(|config| config.card_delay = Some(0)).await;
    let (alice, bob) = (api.member("alice").await, api.member("bob").await);
    let post = api.says(&alice, "Read https://page.example/a").await;
    api.says(&bob, "https://page.example/a !").await;
    node::index::catch_up(&api.app.node).await.unwrap();
    assert_eq!(api.look("/api/v1/trends/links").await.ok(), json!([]));
    let node = &api.app.node;
    let mut tx = node.store.begin().await.unwrap();
    let card = tx.card_of(post["id"].as_str().unwrap().parse().unwrap()).await.unwrap().unwrap();
    let known = tx.card(card).await.unwrap().unwrap();
    node::cards::put(node, &mut tx, &model::card::Card { title: "A page".to_owned(), ..known }).await.unwrap();
    node.commit(tx).await.unwrap();
    let links = api.look("/api/v1/trends/links").await.ok();
    assert_eq!((&links[0]["url"], &links[0]["title"]), (&json!("https://page.example/a"), &json!("A page")));
    assert_eq!(links[0]["history"][0]["accounts"], "2");
    let path = format!("/api/v1/statuses/{}/card", post["id"].as_str().unwrap());
    assert_eq!(api.look(&path).await.ok()["title"], "A page");
}

/// Somebody elsewhere, and a public post of theirs that is like one that is known here.
async fn says_elsewhere(api: &Api, username: &str, like: &Value, tag: &str) -> (i64, i64) {
    let node = &api.app.node;
    let domain = format!("{username}.example");
    let mut tx = node.store.begin().await.unwrap();
    let ours = tx.account_by_handle("alice", "").await.unwrap().unwrap();
    let who = node.id();
    let uri = format!("https://{domain}/users/{username}");
    let account = model::account::Account { id: who, uri, username: username.to_owned(), domain, ..ours };
    assert!(tx.insert_account(&account).await.unwrap());
    let known = tx.post(like["id"].as_str().unwrap().parse().unwrap()).await.unwrap().unwrap();
    let id = node.id();
    let uri = format!("{}/posts/{id}", account.uri);
    let post = model::post::Post { id, uri, account_id: who, local: false, root_id: id, ..known };
    assert!(tx.insert_post(&post).await.unwrap());
    let tag = tx.tag(tag).await.unwrap().unwrap();
    tx.tag_post(tag.id, id).await.unwrap();
    node.commit(tx).await.unwrap();
    (who, id)
}

#[tokio::test]
async fn what_one_does_not_see_is_shown_to_oneself() {
    let api = Api::start().await;
    let (alice, bob, carl) = (api.member("alice").await, api.member("bob").await, api.member("carl").await);
    let dora = api.member("dora").await;
    api.post(&alice, &format!("/api/v1/accounts/{}/follow", bob.id), Value::Null).await.ok();
    api.post(&alice, "/api/v1/tags/Tea/follow", Value::Null).await.ok();
    api.says(&alice, "mine #Milk").await;
    let first = api.says(&bob, "one").await;
    let second = api.says(&bob, "two #Tea").await;
    api.says(&carl, "three #Milk").await;
    api.says(&dora, "@alice four #Milk").await;
    let (near, nears) = says_elsewhere(&api, "near", &second, "tea").await;
    let (kim, _) = says_elsewhere(&api, "kim", &second, "tea").await;
    let (lee, lees) = says_elsewhere(&api, "lee", &second, "tea").await;
    let me = alice.id.parse().unwrap();
    let node = &api.app.node;
    let mut tx = node.store.begin().await.unwrap();
    for (follower, target) in [(me, near), (near, kim)] {
        let follow = storage::Follow {
            id: node.id(),
            follower_id: follower,
            target_id: target,
            accepted: true,
            uri: String::new(),
            show_boosts: true,
            notify: false,
            languages: Vec::new(),
            created_at: node.now(),
        };
        tx.put_follow(&follow).await.unwrap();
    }
    tx.put_home_entry(me, nears).await.unwrap();
    node.commit(tx).await.unwrap();
    let seen = async || {
        let lens = api.get(&alice, "/api/outloud/v1/difference").await.ok();
        let people: Vec<Value> = lens["people"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| json!([p["account"]["id"], p["tags"], p["status"]["id"]]))
            .collect();
        (json!([lens["posts"], lens["own"], lens["servers"], lens["sampled"]]), people, lens["since"].clone())
    };
    let (reading, people, since) = seen().await;
    assert_eq!(reading, json!([3, 2, 1, false]), "what one says oneself is not read");
    assert_eq!(since, "2025-05-16T15:06:40.000Z");
    assert_eq!(people.len(), 2, "{people:?}");
    assert_eq!(
        people[0],
        json!([lee.to_string(), ["Tea"], lees.to_string()]),
        "from elsewhere first, and near knows kim"
    );
    assert_eq!((&people[1][0], &people[1][1]), (&json!(carl.id), &json!(["Milk"])), "dora spoke with alice");
    // As far as one read, and a month back.
    api.post(&alice, "/api/v1/markers", json!({"home": {"last_read_id": first["id"]}})).await.ok();
    assert_eq!(seen().await.0, json!([1, 1, 0, false]));
    api.app.node.clock.advance(31 * model::clock::DAY);
    let (reading, people, _) = seen().await;
    assert_eq!((reading, people), (json!([0, 0, 0, false]), Vec::new()));
    // It is nobody else's, and needs a member.
    api.look("/api/outloud/v1/difference").await.refused(401);
}
