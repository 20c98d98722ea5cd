//! Who reads what: every audience, every kind of reader on this node, every door of the API; teams; and opening up.

use std::collections::BTreeMap;

use model::account::Role;
use model::audience::Audience;
use serde_json::{Value, json};

use crate::api::{Api, Person, Reply, ids};

fn id(of: &Value) -> &str {
    of["id"].as_str().unwrap_or_else(|| panic!("no id: {of}"))
}

async fn team(api: &Api, who: &Person, name: &str, others: &[&Person]) -> String {
    let others: Vec<&str> = others.iter().map(|p| p.id.as_str()).collect();
    let made = api.post(who, "/api/outloud/v1/teams", json!({"name": name, "account_ids": others})).await.ok();
    id(&made).to_owned()
}

async fn in_team(api: &Api, who: &Person, team: &str, text: &str) -> Value {
    api.posts(who, json!({"status": text, "visibility": "team", "outloud": {"team_id": team}})).await
}

async fn answers(api: &Api, who: &Person, to: &Value, text: &str, visibility: &str) -> Value {
    api.posts(who, json!({"status": text, "visibility": visibility, "in_reply_to_id": id(to)})).await
}

async fn delete(api: &Api, who: &Person, path: &str, body: Value) -> Reply {
    api.call("DELETE", path, Some(&who.token), body).await
}

/// The audience that a post has.
async fn audience(api: &Api, post: &Value) -> (Audience, Option<String>) {
    let mut tx = api.app.node.store.read().await.unwrap();
    let found = tx.post(id(post).parse().unwrap()).await.unwrap().unwrap();
    (found.audience, found.team_id.map(|id| id.to_string()))
}

async fn sees(api: &Api, who: &Person, post: &Value) -> bool {
    let reply = api.get(who, &format!("/api/v1/statuses/{}", id(post))).await;
    assert!(matches!(reply.status.as_u16(), 200 | 404), "{}", reply.body);
    reply.status == 200
}

#[tokio::test]
async fn a_team_is_its_members_and_nobody_else_knows_of_it() {
    let api = Api::start().await;
    let (ana, ben, cara) = (api.member("ana").await, api.member("ben").await, api.member("cara").await);
    let boss = api.member_as("boss", Role::Moderator).await;
    let path = format!("/api/outloud/v1/teams/{}", team(&api, &ana, "  Visits ", &[&ben]).await);
    let shown = api.get(&ben, &path).await.ok();
    assert_eq!(
        (&shown["name"], &shown["members_count"], &shown["member"]),
        (&json!("Visits"), &json!(2), &json!(true))
    );
    assert_eq!(api.get(&ben, "/api/outloud/v1/teams").await.ids().len(), 1);
    assert_eq!(api.get(&ben, &format!("{path}/accounts")).await.ids(), [ana.id.clone(), ben.id.clone()]);
    // Whoever is not in it finds nothing, and can do nothing.
    assert!(api.get(&cara, "/api/outloud/v1/teams").await.ids().is_empty());
    for end in ["", "/accounts", "/statuses"] {
        api.get(&cara, &format!("{path}{end}")).await.refused(404);
    }
    let herself = json!({"account_ids": [cara.id]});
    api.post(&cara, &format!("{path}/accounts"), herself.clone()).await.refused(404);
    delete(&api, &cara, &path, Value::Null).await.refused(404);
    delete(&api, &ben, &path, Value::Null).await.refused(403);
    // Moderators know of it and are not in it.
    assert_eq!(api.get(&boss, &path).await.ok()["member"], json!(false));
    api.post(&boss, &format!("{path}/accounts"), json!({"account_ids": [boss.id]})).await.refused(404);

    api.post(&ben, &format!("{path}/accounts"), herself.clone()).await.ok();
    assert_eq!(api.call("PATCH", &path, Some(&cara.token), json!({"name": "Tea"})).await.ok()["name"], json!("Tea"));
    for name in ["", "  ", &"x".repeat(61)] {
        let reply = api.call("PATCH", &path, Some(&cara.token), json!({"name": name})).await;
        assert!(matches!(reply.status.as_u16(), 400 | 422), "{}", reply.body);
    }
    api.post(&ben, &format!("{path}/accounts"), json!({"account_ids": ["1"]})).await.refused(404);
    // Whoever is blocked by somebody does not put them into a team.
    api.post(&ana, &format!("/api/v1/accounts/{}/block", boss.id), Value::Null).await.ok();
    api.post(&ana, &format!("{path}/accounts"), json!({"account_ids": [boss.id]})).await.refused(404);

    let said = in_team(&api, &ana, id(&shown), "Between us").await;
    for (who, is_in) in [(&ben, true), (&cara, true), (&boss, false)] {
        assert_eq!(sees(&api, who, &said).await, is_in);
    }
    delete(&api, &ana, &format!("{path}/accounts"), herself).await.ok();
    assert!(!sees(&api, &cara, &said).await, "taken out");
    api.post(&ben, &format!("{path}/leave"), Value::Null).await.ok();
    assert!(!sees(&api, &ben, &said).await, "gone");
    api.post(&ana, &format!("{path}/leave"), Value::Null).await.ok();
    api.get(&boss, &path).await.refused(404);
    assert!(sees(&api, &ana, &said).await, "it ended, and what was said is its author's alone");
    let reply = json!({"status": "Anybody?", "in_reply_to_id": id(&said)});
    api.post(&ana, "/api/v1/statuses", reply).await.refused(422);

    let path = format!("/api/outloud/v1/teams/{}", team(&api, &ben, "More", &[&cara]).await);
    delete(&api, &boss, &path, Value::Null).await.ok();
    api.get(&ben, &path).await.refused(404);
}

#[tokio::test]
async fn members_make_so_many_teams_and_no_more() {
    let api = Api::start().await;
    let ana = api.member("ana").await;
    for number in 0..node::team::MADE {
        team(&api, &ana, &format!("Team {number}"), &[]).await;
    }
    api.post(&ana, "/api/outloud/v1/teams", json!({"name": "One more"})).await.refused(422);
    let first = api.get(&ana, "/api/outloud/v1/teams").await.ids()[0].clone();
    api.post(&ana, &format!("/api/outloud/v1/teams/{first}/leave"), Value::Null).await.ok();
    team(&api, &ana, "One more", &[]).await;
}

#[tokio::test]
async fn what_is_said_in_a_team_is_answered_there_and_names_nobody_else() {
    let api = Api::start().await;
    let (ana, ben, cara) = (api.member("ana").await, api.member("ben").await, api.member("cara").await);
    let (visits, other) = (team(&api, &ana, "Visits", &[&ben]).await, team(&api, &ana, "Other", &[&cara, &ben]).await);
    let said = in_team(&api, &ana, &visits, "@ben @cara look #tea").await;
    assert_eq!(
        (&said["visibility"], &said["outloud"]),
        (&json!("private"), &json!({"visibility": "team", "team_id": visits}))
    );
    assert_eq!(ids(&said["mentions"]), std::slice::from_ref(&ben.id), "cara is not in it");
    assert!(api.get(&cara, "/api/v1/notifications").await.ids().is_empty());
    assert_eq!(api.get(&ben, "/api/v1/notifications").await.ids().len(), 1);
    assert_eq!(api.get(&ben, &format!("/api/outloud/v1/teams/{visits}/statuses")).await.ids(), [id(&said)]);
    assert_eq!(api.get(&ben, "/api/v1/timelines/tag/tea").await.ids(), [id(&said)]);
    // Whatever an app asks for, it stays there; what is private is for those of the team who are named.
    for wanted in ["public", "unlisted", "private", "organisation", "partners", "team"] {
        let reply = answers(&api, &ben, &said, "@ana yes", wanted).await;
        assert_eq!(audience(&api, &reply).await, (Audience::Team, Some(visits.clone())), "{wanted}");
        assert!(sees(&api, &ana, &reply).await && !sees(&api, &cara, &reply).await);
    }
    let aside = answers(&api, &ben, &said, "@ana @cara between the two of us", "direct").await;
    assert_eq!(audience(&api, &aside).await, (Audience::Inside, Some(visits.clone())));
    assert!(sees(&api, &ana, &aside).await && !sees(&api, &cara, &aside).await);
    assert_eq!(ids(&aside["mentions"]), std::slice::from_ref(&ana.id));
    // Not in two teams at once, not for a team that one is not in, not for none.
    let elsewhere =
        json!({"status": "?", "in_reply_to_id": id(&said), "visibility": "team", "outloud": {"team_id": other}});
    for wrong in [
        elsewhere,
        json!({"status": "?", "visibility": "team"}),
        json!({"status": "?", "visibility": "team", "outloud": {"team_id": "17"}}),
        json!({"status": "?", "visibility": "team", "outloud": {"team_id": "x"}}),
        json!({"status": "?", "visibility": "public", "outloud": {"team_id": visits}}),
    ] {
        api.post(&ben, "/api/v1/statuses", wrong).await.refused(422);
    }
    let mine = json!({"status": "?", "visibility": "team", "outloud": {"team_id": visits}});
    api.post(&cara, "/api/v1/statuses", mine).await.refused(422);
    // Nobody passes it on; its author quotes it inside alone.
    api.post(&ben, &format!("/api/v1/statuses/{}/reblog", id(&said)), Value::Null).await.refused(403);
    api.post(&ben, "/api/v1/statuses", json!({"status": "?", "quoted_status_id": id(&said)})).await.refused(403);
    let quoting =
        api.posts(&ana, json!({"status": "As I said", "quoted_status_id": id(&said), "visibility": "public"})).await;
    assert_eq!(audience(&api, &quoting).await, (Audience::Team, Some(visits.clone())));
    let changed = json!({"status": "@cara look"});
    let path = format!("/api/v1/statuses/{}", id(&said));
    let changed = api.call("PUT", &path, Some(&ana.token), changed).await.ok();
    assert_eq!((&changed["visibility"], changed["mentions"].as_array().unwrap().len()), (&json!("private"), 0));
    api.call("PATCH", "/api/v1/accounts/update_credentials", Some(&ana.token), json!({"source": {"privacy": "team"}}))
        .await
        .refused(422);
}

/// Everything that is read of a member's account at all of its doors, and how often the word stands in it.
async fn doors(api: &Api, who: Option<&Person>, author: &Person, post: &str, word: &str) -> BTreeMap<String, bool> {
    let mut found = BTreeMap::new();
    let mut paths = vec![
        format!("/api/v1/statuses/{post}"),
        format!("/api/v1/statuses?id[]={post}"),
        format!("/api/v1/statuses/{post}/context"),
        format!("/api/v1/statuses/{post}/history"),
        format!("/api/v1/statuses/{post}/card"),
        format!("/api/v1/statuses/{post}/favourited_by"),
        format!("/api/v1/statuses/{post}/reblogged_by"),
        format!("/api/v1/statuses/{post}/quotes"),
        format!("/api/v1/accounts/{}/statuses", author.id),
        format!("/api/v1/accounts/{}/statuses?pinned=true", author.id),
        "/api/v1/timelines/public".to_owned(),
        "/api/v1/timelines/public?local=true".to_owned(),
        "/api/v1/timelines/tag/ladder".to_owned(),
        "/api/v1/trends/statuses".to_owned(),
        "/api/outloud/v1/experiments".to_owned(),
        format!("/api/outloud/v1/experiments?q={word}"),
        "/api/outloud/v1/experiments/export?format=csv".to_owned(),
        format!("/api/outloud/v1/experiments/export?format=markdown&id[]={post}"),
        format!("/library/brief?id[]={post}"),
        "/library".to_owned(),
        "/library.rss".to_owned(),
        "/api/outloud/v1/tags/ladder".to_owned(),
    ];
    if who.is_none() {
        for path in [
            "/tags/ladder",
            "/@author",
            "/@author/with_replies",
            "/@author/media",
            "/users/author/outbox?page=true",
            "/",
        ] {
            paths.push(path.to_owned());
        }
        for of in ["/tags/ladder", "/@author", "/@author/with_replies"] {
            paths.extend(["rss", "atom", "json"].map(|form| format!("{of}.{form}")));
        }
        paths.extend(["", "/embed"].map(|end| format!("/@author/{post}{end}")));
        paths.extend(
            ["", "/replies?page=true", "/likes", "/shares"].map(|end| format!("/users/author/posts/{post}{end}")),
        );
        paths.push(format!("/api/oembed?url=https%3A%2F%2Fsocial.example.org%2F%40author%2F{post}"));
    } else {
        for path in [
            "/api/v1/timelines/home",
            "/api/v1/notifications",
            "/api/v2/notifications",
            "/api/v1/conversations",
            "/api/v1/bookmarks",
            "/api/v1/favourites",
            "/api/outloud/v1/tags/ladder/views/external_messenger",
            "/api/outloud/v1/difference",
        ] {
            paths.push(path.to_owned());
        }
        paths.push(format!("/api/v1/statuses/{post}/source"));
        paths.push(format!("/api/outloud/v1/experiments/{post}/replications"));
        paths.push(format!("/api/v2/search?q={word}&type=statuses"));
        paths.push(format!("/api/v2/search?resolve=false&q=https%3A%2F%2Fsocial.example.org%2F%40author%2F{post}"));
    }
    for path in paths {
        let bearer = who.map(|who| format!("Bearer {}", who.token)).unwrap_or_default();
        let headers = [("authorization", bearer.as_str())];
        let body = api.raw(&path, &headers[..usize::from(who.is_some())]).await.into_body();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let is_there = String::from_utf8_lossy(&body).contains(word);
        found.insert(path.replace(post, ":id").replace(word, ":word"), is_there);
    }
    found
}

/// Nobody passes on, quotes, answers, or opens up what they do not see.
async fn cannot_use(api: &Api, who: &Person, post: &str) {
    for verb in ["reblog", "favourite", "bookmark", "pin", "mute"] {
        api.post(who, &format!("/api/v1/statuses/{post}/{verb}"), Value::Null).await.refused(404);
    }
    for field in ["in_reply_to_id", "quoted_status_id"] {
        let reply = api.post(who, "/api/v1/statuses", json!({"status": "?", field: post})).await;
        assert!(matches!(reply.status.as_u16(), 404 | 422), "{field}: {}", reply.body);
    }
    for path in [format!("statuses/{post}/open_up"), format!("experiments/{post}/outcome")] {
        api.post(who, &format!("/api/outloud/v1/{path}"), json!({"status": "?", "outcome": "hoped"}))
            .await
            .refused(404);
    }
    let again = json!({"status": "?", "outloud": {"experiment": {"believe": "?", "tries": post}}});
    api.post(who, "/api/v1/statuses", again).await.refused(404);
}

#[tokio::test]
async fn no_door_of_the_api_shows_a_post_to_whom_it_is_not_for() {
    let api = Api::start().await;
    let mut people = BTreeMap::new();
    for name in ["author", "colleague", "follower", "teammate", "former", "named", "blocked", "blockedteam"] {
        people.insert(name, api.member(name).await);
    }
    let author = people["author"].clone();
    for who in ["follower", "teammate", "former", "named", "blocked"] {
        api.post(&people[who], &format!("/api/v1/accounts/{}/follow", author.id), Value::Null).await.ok();
    }
    let inside = [&people["teammate"], &people["former"], &people["blockedteam"]];
    let visits = team(&api, &author, "Visits", &inside).await;
    let words = |audience: Audience| format!("word{}word", audience as i64);
    let mut posts = BTreeMap::new();
    // What is for some of the organisation alone answers what is for all of it.
    let others = Audience::ALL.into_iter().filter(|a| *a != Audience::Inside);
    for audience in others.chain([Audience::Inside]) {
        let name = audience.own_name().unwrap_or(audience.mastodon_name());
        let word = words(audience);
        let text = format!("@named We believe that if we… {word}\n\nThen this will lead to… {word} #ladder");
        let mut body = json!({"status": text, "visibility": name});
        if audience == Audience::Team {
            body["outloud"] = json!({"team_id": visits});
        }
        if audience == Audience::Followers {
            body["visibility"] = json!("followers");
        }
        if audience == Audience::Inside {
            body["visibility"] = json!("direct");
            body["in_reply_to_id"] = json!(posts[&(Audience::Organisation as i64)]);
        }
        let post = api.posts(&author, body).await;
        assert_eq!(self::audience(&api, &post).await.0, audience);
        for verb in ["favourite", "bookmark"] {
            for who in people.values() {
                let path = format!("/api/v1/statuses/{}/{verb}", id(&post));
                let reply = api.post(who, &path, Value::Null).await;
                assert!(matches!(reply.status.as_u16(), 200 | 404), "{}", reply.body);
            }
        }
        if matches!(audience, Audience::Team | Audience::Organisation | Audience::Partners) {
            let path = format!("/api/outloud/v1/statuses/{}/could_go_public", id(&post));
            api.post(&people["teammate"], &path, Value::Null).await.ok();
        }
        posts.insert(audience as i64, id(&post).to_owned());
    }
    let out = json!({"account_ids": [people["former"].id]});
    delete(&api, &author, &format!("/api/outloud/v1/teams/{visits}/accounts"), out).await.ok();
    for who in ["blocked", "blockedteam"] {
        api.post(&author, &format!("/api/v1/accounts/{}/block", people[who].id), Value::Null).await.ok();
    }
    node::index::catch_up(&api.app.node).await.unwrap();

    let mut seen = 0;
    for audience in Audience::ALL {
        let (post, word) = (&posts[&(audience as i64)], words(audience));
        for (name, who) in people.iter().map(|(n, p)| (*n, Some(p))).chain([("nobody", None)]) {
            let may = match (name, audience) {
                ("author", _) => true,
                ("nobody", _) => audience.is_open(),
                (_, Audience::Draft) | ("blocked" | "blockedteam", _) => false,
                ("named", Audience::Team) => false,
                ("named", _) => true,
                (_, Audience::Direct | Audience::Inside) => false,
                (who, Audience::Team) => who == "teammate",
                (who, Audience::Followers) => matches!(who, "follower" | "teammate" | "former"),
                _ => true,
            };
            let found = doors(&api, who, &author, post, &word).await;
            let open: Vec<&String> = found.iter().filter(|(_, there)| **there).map(|(path, _)| path).collect();
            assert_eq!(found["/api/v1/statuses/:id"], may, "{audience:?} for {name}");
            assert!(may || open.is_empty(), "{audience:?} is shown to {name} at {open:?}");
            seen += open.len();
            if let (false, Some(who)) = (may, who) {
                cannot_use(&api, who, post).await;
            }
            if may && name == "teammate" && audience != Audience::Followers {
                assert!(found["/api/v1/timelines/home"], "{audience:?} in the home of a follower: {found:?}");
                assert!(
                    found["/api/v1/bookmarks"] && found["/api/v2/search?q=:word&type=statuses"],
                    "{audience:?}: {found:?}"
                );
            }
        }
    }
    assert!(seen > 300, "the doors show what may be seen: {seen}");
}

#[tokio::test]
async fn an_app_that_knows_no_ladder_does_not_widen_what_it_is_told() {
    let api = Api::start().await;
    let (ana, ben) = (api.member("ana").await, api.member("ben").await);
    let visits = team(&api, &ana, "Visits", &[&ben]).await;
    for (wanted, own, team_id) in [
        ("organisation", Audience::Organisation, None),
        ("partners", Audience::Partners, None),
        ("team", Audience::Team, Some(visits.clone())),
        ("draft", Audience::Draft, None),
    ] {
        let mut body =
            json!({"status": format!("We found {wanted} that nobody phones in the evening"), "visibility": wanted});
        if let Some(team) = &team_id {
            body["outloud"] = json!({"team_id": team});
        }
        let post = api.posts(&ana, body).await;
        // Delete and redraft: the app sends back what it was told, with a word changed.
        let path = format!("/api/v1/statuses/{}", id(&post));
        let gone = delete(&api, &ana, &path, Value::Null).await.ok();
        let text = gone["text"].as_str().unwrap().replace("evening", "morning");
        let again = json!({"status": text, "visibility": gone["visibility"]});
        let redrafted = api.posts(&ana, again.clone()).await;
        assert_eq!(audience(&api, &redrafted).await, (own, team_id.clone()), "{wanted}");
        // Also as what is made later.
        let mut later = again.clone();
        later["scheduled_at"] = json!("2025-06-16T12:00:00Z");
        let waiting = api.posts(&ana, later).await;
        assert_eq!(waiting["params"]["outloud"]["visibility"], json!(wanted));
        assert_eq!(waiting["params"]["visibility"], gone["visibility"]);
        let path = format!("/api/v1/scheduled_statuses/{}", id(&waiting));
        delete(&api, &ana, &path, Value::Null).await.ok();
        let redrafted = api.posts(&ana, again.clone()).await;
        assert_eq!(audience(&api, &redrafted).await, (own, team_id.clone()), "{wanted}");
        // Something else is as it is asked for, and so is what says in our words for whom it is.
        let other = api.posts(&ana, json!({"status": "Who has the projector", "visibility": "private"})).await;
        assert_eq!(audience(&api, &other).await.0, Audience::Followers);
        let mut open = again.clone();
        open["visibility"] = json!("followers");
        let other = api.posts(&ana, open).await;
        assert_eq!(audience(&api, &other).await.0, Audience::Followers);
        // After an hour it is forgotten.
        api.app.node.clock.advance(node::publish::REMEMBERED + 1);
        let other = api.posts(&ana, again).await;
        assert!(!audience(&api, &other).await.0.is_inside(), "{wanted}");
    }
    for usual in ["organisation", "partners"] {
        let path = "/api/v1/accounts/update_credentials";
        let set = |privacy: &str| json!({"source": {"privacy": privacy}});
        assert_eq!(
            api.call("PATCH", path, Some(&ben.token), set(usual)).await.ok()["source"]["privacy"],
            json!("private")
        );
        // An app that sends back what it was told changes nothing, and posts as it was told.
        api.call("PATCH", path, Some(&ben.token), set("private")).await.ok();
        for visibility in [json!(null), json!("private")] {
            let post = api.posts(&ben, json!({"status": "Hello", "visibility": visibility})).await;
            assert_eq!(post["outloud"]["visibility"], json!(usual));
        }
        let said = api.posts(&ben, json!({"status": "To my followers", "visibility": "followers"})).await;
        assert_eq!(audience(&api, &said).await.0, Audience::Followers);
    }
}

#[tokio::test]
async fn a_post_is_opened_up_after_its_author_looked_at_what_is_in_it() {
    let api = Api::start().await;
    let (ana, ben, cara) = (api.member("ana").await, api.member("ben").await, api.member("cara").await);
    let asked = api.posts(&ben, json!({"status": "What about the visits?", "visibility": "organisation"})).await;
    let text = "@ben @zoe@elsewhere.example Mrs B of 12 Kirkgate Lane, LS1 1UR, is at b@example.org or 0113 222 4444";
    let inside =
        api.posts(&ana, json!({"status": text, "visibility": "organisation", "in_reply_to_id": id(&asked)})).await;
    let below = answers(&api, &ben, &inside, "I know her", "organisation").await;
    api.post(&ben, &format!("/api/outloud/v1/statuses/{}/could_go_public", id(&inside)), Value::Null).await.ok();

    let path = format!("/api/outloud/v1/statuses/{}/open_up", id(&inside));
    let list = api.get(&ana, &path).await.ok();
    let shown: Vec<(&str, &str)> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| (i["kind"].as_str().unwrap(), i["text"].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(
        shown,
        [
            ("person", "@ben"),
            ("person", "@zoe@elsewhere.example"),
            ("address", "12 Kirkgate Lane"),
            ("postcode", "LS1 1UR"),
            ("email", "b@example.org"),
            ("phone", "0113 222 4444"),
            ("answer", ""),
        ]
    );
    let all = ids(&list["items"]);
    let last = &list["items"][6];
    assert_eq!((&last["status_id"], &last["account"]["id"]), (&asked["id"], &json!(ben.id)));
    // It is its author's to open up.
    for other in [&ben, &cara] {
        api.get(other, &path).await.refused(404);
        api.post(other, &path, json!({"status": "!", "confirmed": all})).await.refused(404);
    }
    let open = async |confirmed: &[String], text: &str, visibility: &str| {
        api.post(&ana, &path, json!({"status": text, "visibility": visibility, "confirmed": confirmed})).await
    };
    let refused = open(&all[..5], "We phone first", "public").await;
    assert_eq!((refused.status.as_u16(), &refused.body["unconfirmed"]), (422, &json!(&all[6..])));
    let refused = open(&all[..5], "Ring 0113 222 4444", "public").await;
    assert_eq!((refused.status.as_u16(), &refused.body["unconfirmed"]), (422, &json!(&all[5..])), "it is still there");
    let refused = open(&all, "Ask @cara", "public").await;
    assert_eq!(refused.body["unconfirmed"], json!(["person:@cara"]), "what is new in the new words");
    for narrower in ["organisation", "direct", "draft"] {
        open(&all, "We phone first", narrower).await.refused(422);
    }
    assert!(api.look(&format!("/api/v1/accounts/{}/statuses", ana.id)).await.ids().is_empty());

    let opened = open(&all, "We phone first #tea", "public").await.ok();
    assert_eq!((&opened["visibility"], &opened["in_reply_to_id"]), (&json!("public"), &Value::Null));
    assert_eq!(opened["outloud"]["opened_from"], inside["id"]);
    open(&all, "Once more", "public").await.refused(422);
    let as_seen = async |who: &Person, post: &Value| {
        api.get(who, &format!("/api/v1/statuses/{}", id(post))).await.ok()["outloud"].clone()
    };
    assert_eq!(as_seen(&cara, &inside).await["opened_as"], opened["id"], "members see both");
    assert_eq!(as_seen(&cara, &opened).await["opened_from"], inside["id"]);
    let strangers = api.look(&format!("/api/v1/statuses/{}", id(&opened))).await.ok();
    assert_eq!(strangers["outloud"], Value::Null, "nobody outside sees that there was one");
    for end in ["", "/context"] {
        let text = api.look(&format!("/api/v1/statuses/{}{end}", id(&opened))).await.ok().to_string();
        assert!(!text.contains(id(&inside)) && !text.contains(id(&below)));
    }
    let context = api.get(&cara, &format!("/api/v1/statuses/{}/context", id(&inside))).await.ok();
    assert_eq!(ids(&context["descendants"]), [id(&below)], "what was answered inside stays there");

    // In a team that cara is not in she sees no tie either.
    let visits = team(&api, &ana, "Visits", &[&ben]).await;
    let quiet = in_team(&api, &ana, &visits, "Nobody came").await;
    let path = format!("/api/outloud/v1/statuses/{}/open_up", id(&quiet));
    assert_eq!(api.get(&ana, &path).await.ok()["items"], json!([]));
    let wider = api.post(&ana, &path, json!({"status": "Nobody came", "visibility": "organisation"})).await.ok();
    assert_eq!(as_seen(&ben, &wider).await["opened_from"], quiet["id"]);
    assert_eq!(as_seen(&cara, &wider).await, json!({"visibility": "organisation"}));
    // And on: what became of it is said inside, too.
    let path = format!("/api/outloud/v1/statuses/{}/open_up", id(&wider));
    let widest = api.post(&ana, &path, json!({"status": "Nobody came", "visibility": "unlisted"})).await.ok();
    assert_eq!(as_seen(&cara, &widest).await["opened_from"], wider["id"]);
    // When it is deleted it may be opened up again.
    delete(&api, &ana, &format!("/api/v1/statuses/{}", id(&widest)), Value::Null).await.ok();
    assert_eq!(as_seen(&cara, &wider).await["opened_as"], Value::Null);
    api.post(&ana, &path, json!({"status": "Nobody came at all"})).await.ok();
    // What is open is not opened.
    api.get(&ana, &format!("/api/outloud/v1/statuses/{}/open_up", id(&opened))).await.refused(404);
}

#[tokio::test]
async fn what_is_kept_of_an_experiment_comes_along_and_its_old_words_do_not() {
    let api = Api::start().await;
    let ana = api.member("ana").await;
    let said = "We believe that if we phone Mrs B\n\nThen this will lead to more visits";
    let body = json!({"status": said, "visibility": "draft", "outloud": {"experiment": {"place": "Leeds", "state": "running", "asks": ["testers"], "look_again_on": "2025-07-01"}}});
    let draft = api.posts(&ana, body).await;
    let path = format!("/api/outloud/v1/statuses/{}/open_up", id(&draft));
    let said = "We believe that if we phone first\n\nThen this will lead to more visits";
    let opened = api.post(&ana, &path, json!({"status": said})).await.ok();
    let kept = &opened["outloud"]["experiment"];
    assert_eq!(
        (&kept["place"], &kept["state"], &kept["asks"]),
        (&json!("Leeds"), &json!("running"), &json!(["testers"]))
    );
    assert!(!api.look(&format!("/api/v1/statuses/{}", id(&opened))).await.ok().to_string().contains("Mrs B"));
    // Its author is asked of one of them.
    api.app.node.clock.advance(60 * model::clock::DAY);
    assert_eq!(api.get(&ana, "/api/outloud/v1/experiments/due").await.ids(), [id(&opened)]);
}
