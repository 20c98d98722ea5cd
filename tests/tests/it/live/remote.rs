//! What comes from other servers is told as what is made here.

use serde_json::json;
use suite::fediverse::Stage;
use suite::live::Reader;

use super::*;

on_engines! {
    async fn what_comes_from_elsewhere_is_told(engine: Engine) {
        let stage = Stage::empty_with("elsewhere", engine, Options::default()).await;
        let secret = token(&stage.alice(), "read").await;
        let bob = stage.server.person("bob");
        stage.alice_follows(&bob).await;
        let open = async |path: &str| Reader::open(stage.node.address(), path, &secret).await;
        let (mut home, mut remote) = (open("user").await, open("public/remote").await);
        let (mut local, mut tag) = (open("public/local").await, open("hashtag?tag=tea").await);

        let href = stage.server.url("/tags/tea");
        let tagged = json!({"tag": [{"type": "Hashtag", "name": "#tea", "href": href}]});
        let note = stage.server.note(&bob, "/notes/1", "<p>News of #tea</p>", tagged.clone());
        stage.takes(&stage.server.activity("Create", &bob, note.clone())).await;
        let post = stage.stored(&note).await.unwrap();
        for reader in [&mut home, &mut remote, &mut tag] {
            assert_eq!(reader.next_id().await, pair("update", post.id));
        }
        let followers = json!({"to": [bob["followers"]], "cc": []});
        let narrow = stage.server.note(&bob, "/notes/2", "<p>For friends</p>", followers);
        stage.takes(&stage.server.activity("Create", &bob, narrow.clone())).await;
        assert_eq!(home.next_id().await, pair("update", stage.stored(&narrow).await.unwrap().id));

        let mut newer = stage.server.note(&bob, "/notes/1", "<p>More news of #tea</p>", tagged);
        newer["updated"] = json!(model::clock::rfc3339(stage.node.node().now() + 60_000));
        stage.takes(&stage.server.activity("Update", &bob, newer)).await;
        for reader in [&mut home, &mut remote, &mut tag] {
            assert_eq!(reader.next_id().await, pair("status.update", post.id));
        }
        stage.takes(&stage.server.activity("Like", &bob, json!(stage.post.uri))).await;
        assert_eq!(home.next().await.unwrap().0, "notification");
        stage.takes(&stage.server.activity("Delete", &bob, note["id"].clone())).await;
        for reader in [&mut home, &mut remote, &mut tag] {
            assert_eq!(reader.next_id().await, pair("delete", post.id));
        }
        let own = stage.alice().says("From here").await;
        assert_eq!(local.next_id().await, pair("update", own.id), "nothing before it was");
        stage.end().await;
        assert_eq!(remote.next().await, None);
    }
}
