//! What is said inside, and what goes to partners: by which doors it leaves the node, and by which it does not.

use model::audience::Audience;
use model::post::{Draft, Post};
use node::{peers, publish, team};
use serde_json::{Value, json};
use suite::db::Engine;
use suite::fediverse::{Letter, Server, Stage, Style};
use suite::node::{Options, eventually};

use super::peers::named_peer;

/// People on the server that the owner named (`carla`, who follows alice, and `cold`), and on one that nobody named (`dan`, who follows
/// her, and `dora`).
struct Scene {
    stage: Stage,
    far: Server,
    people: Vec<(&'static str, Value)>,
}

impl Scene {
    async fn set() -> Self {
        let stage = Stage::empty_with("partner", Engine::Sqlite, Options::default()).await;
        let far = Server::start("far").await;
        let mut people = Vec::new();
        for (name, server) in [("carla", &stage.server), ("cold", &stage.server), ("dan", &far), ("dora", &far)] {
            people.push((name, server.person(name)));
        }
        named_peer(&stage, &stage.server, peers::OURS, true).await;
        let scene = Self { stage, far, people };
        scene.stage.follows_alice(scene.who("carla")).await;
        let follow = scene.far.activity("Follow", scene.who("dan"), json!(scene.stage.alice().uri().await));
        assert_eq!(scene.stage.send_from(&scene.far, &follow).await.status, 202);
        scene.stage.server.receives("Accept").await;
        scene.far.receives("Accept").await;
        scene
    }

    fn who(&self, name: &str) -> &Value {
        &self.people.iter().find(|(known, _)| *known == name).unwrap().1
    }

    /// Who of elsewhere reads a post by its ActivityPub id, each with their signature; `nobody` without one.
    async fn readers(&self, post: &Post) -> Vec<&'static str> {
        let target = post.uri.strip_prefix(&self.stage.node.origin).unwrap();
        let mut readers = Vec::new();
        for end in ["", "/activity"] {
            let target = format!("{target}{end}");
            let mut now = Vec::new();
            let plain = Letter::get(&self.stage.node, &target).send(&self.stage.node).await;
            if plain.status == 200 {
                now.push("nobody");
            }
            for (name, person) in &self.people {
                let key = person["publicKey"]["id"].as_str().unwrap();
                let letter = Letter::get(&self.stage.node, &target).signed(key, Style::MASTODON);
                let answer = letter.send(&self.stage.node).await;
                assert!(matches!(answer.status, 200 | 404), "{name}: {answer:?}");
                if answer.status == 200 {
                    assert!(answer.body.contains(&post.uri));
                    now.push(*name);
                }
            }
            assert!(end.is_empty() || now == readers, "the post and its activity are for the same");
            readers = now;
        }
        readers
    }

    /// Which servers got the post.
    async fn told(&self, post: &Post) -> Vec<&'static str> {
        self.stage.node.idle().await;
        let got = |server: &Server| server.received("Create").iter().any(|a| a["object"]["id"] == json!(post.uri));
        [("partner", &self.stage.server), ("far", &self.far)]
            .into_iter()
            .filter(|(_, s)| got(s))
            .map(|(n, _)| n)
            .collect()
    }

    async fn says(&self, audience: Audience) -> Post {
        let host = |server: &Server| server.host().to_owned();
        let text = format!("@carla@{} @dora@{} among us #tea", host(&self.stage.server), host(&self.far));
        self.stage.alice().says_to(audience, &text).await
    }

    async fn end(self) {
        self.stage.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_audience_is_read_elsewhere_by_those_whom_it_is_for() {
    let scene = Scene::set().await;
    let all = ["nobody", "carla", "cold", "dan", "dora"];
    for (audience, readers, told) in [
        (Audience::Public, &all[..], &["partner", "far"][..]),
        (Audience::Unlisted, &all[..], &["partner", "far"]),
        (Audience::Followers, &["carla", "dan", "dora"], &["partner", "far"]),
        (Audience::Partners, &["carla"], &["partner"]),
        (Audience::Organisation, &[], &[]),
        (Audience::Inside, &[], &[]),
        (Audience::Direct, &["carla", "dora"], &["partner", "far"]),
        (Audience::Draft, &[], &[]),
    ] {
        let post = scene.says(audience).await;
        assert_eq!(scene.told(&post).await, told, "{audience:?}");
        assert_eq!(scene.readers(&post).await, readers, "{audience:?}");
    }
    // And in a team.
    let node = scene.stage.node.node();
    let alice = scene.stage.alice().account().await;
    let mut tx = node.store.begin().await.unwrap();
    let visits = team::create(node, &mut tx, &alice, "Visits", &[]).await.unwrap();
    node.commit(tx).await.unwrap();
    let draft = Draft { text: "Between us".to_owned(), team_id: Some(visits.id), ..Draft::default() };
    let post = scene.stage.alice().posts(draft).await;
    assert_eq!(post.audience, Audience::Team);
    assert!(scene.told(&post).await.is_empty() && scene.readers(&post).await.is_empty());
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_to_partners_is_for_their_followers_alone_also_in_words() {
    let scene = Scene::set().await;
    let post = scene.says(Audience::Partners).await;
    assert_eq!(scene.told(&post).await, ["partner"]);
    let create = scene.stage.server.received("Create").pop().unwrap();
    let alice = scene.stage.alice().account().await;
    for document in [&create, &create["object"]] {
        assert_eq!(document["to"], json!([alice.followers]), "{document:#}");
        assert_eq!(document["cc"], json!([scene.who("carla")["id"]]), "dora is not called: {document:#}");
    }
    // No list that others read has it.
    let number = post.id;
    for target in [
        "/users/alice/outbox?page=true".to_owned(),
        format!("/users/alice/posts/{number}/replies"),
        "/@alice".to_owned(),
        format!("/@alice/{number}"),
        "/@alice.rss".to_owned(),
        "/tags/tea".to_owned(),
        "/api/v1/timelines/public".to_owned(),
        "/api/v1/timelines/tag/tea".to_owned(),
        format!("/api/v1/accounts/{}/statuses", alice.id),
        format!("/api/v1/statuses/{number}"),
    ] {
        for accept in ["application/activity+json", "text/html"] {
            let answer = Letter::get(&scene.stage.node, &target).with("accept", accept).send(&scene.stage.node).await;
            assert!(!answer.body.contains("among us"), "{target}: {}", answer.body);
        }
    }
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_to_what_partners_were_told_are_no_wider() {
    let scene = Scene::set().await;
    let post = scene.says(Audience::Partners).await;
    let (carla, server) = (scene.who("carla"), &scene.stage.server);
    let more = json!({"inReplyTo": post.uri, "to": ["https://www.w3.org/ns/activitystreams#Public"], "cc": [scene.stage.alice().uri().await],
        "tag": [{"type": "Mention", "href": scene.stage.alice().uri().await, "name": "@alice"}]});
    let note = server.note(carla, "/notes/1", "Loud", more);
    scene.stage.takes(&server.activity("Create", carla, note.clone())).await;
    let answer = scene.stage.stored(&note).await.expect("it was taken in");
    assert_eq!((answer.audience, answer.in_reply_to_id), (Audience::Partners, Some(post.id)));
    let open = Letter::get(&scene.stage.node, &format!("/api/v1/statuses/{}", answer.id)).send(&scene.stage.node).await;
    assert_eq!(open.status, 404);
    assert_eq!(scene.stage.post_now().await.replies_count, 0);
    // What a member says below it stays with partners, too, and carla, who does not follow them, is not told.
    let bob = scene.stage.node.member("bob").await;
    let draft = Draft {
        text: "Loud?".to_owned(),
        in_reply_to_id: Some(answer.id),
        audience: Some(Audience::Public),
        ..Draft::default()
    };
    let below = bob.posts(draft).await;
    assert_eq!(below.audience, Audience::Partners);
    assert!(scene.told(&below).await.is_empty());
    assert!(scene.readers(&below).await.is_empty());
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_named_no_more_is_no_partner_from_then_on() {
    let scene = Scene::set().await;
    let node = scene.stage.node.node();
    let (before, waiting) = (scene.says(Audience::Partners).await, Audience::Partners);
    assert_eq!(scene.told(&before).await, ["partner"]);
    let mut tx = node.store.begin().await.unwrap();
    peers::remove(node, &mut tx, "owner", scene.stage.server.host()).await.unwrap();
    node.commit(tx).await.unwrap();
    assert!(scene.readers(&before).await.is_empty(), "nor of what was said before");
    let after = scene.says(waiting).await;
    assert!(scene.told(&after).await.is_empty());
    let alice = scene.stage.alice().account().await;
    let edited = model::post::Revision { text: "Now otherwise".to_owned(), ..Default::default() };
    let mut tx = node.store.begin().await.unwrap();
    publish::edit(node, &mut tx, &alice, before.id, &edited).await.unwrap();
    node.commit(tx).await.unwrap();
    scene.stage.node.idle().await;
    let updates =
        || scene.stage.server.received("Update").iter().filter(|a| a["object"]["id"] == json!(before.uri)).count();
    assert_eq!(updates(), 0, "nor of a new version");
    // What it has it is told to drop.
    let mut tx = node.store.begin().await.unwrap();
    publish::delete(node, &mut tx, &alice, before.id).await.unwrap();
    node.commit(tx).await.unwrap();
    eventually("the deletion arrives", || async {
        scene.stage.server.received("Delete").iter().any(|a| a.to_string().contains(&before.uri)).then_some(())
    })
    .await;
    assert!(!scene.far.received("Delete").iter().any(|a| a.to_string().contains(&before.uri)));
    scene.end().await;
}
