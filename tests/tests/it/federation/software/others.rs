//! All the others.

use model::account::ActorKind;
use model::audience::Audience;
use model::clock::{Clock, MINUTE, parse_rfc3339};
use serde_json::json;
use suite::db::Engine;
use suite::fediverse::Stage;
use suite::node::{Options, eventually};

use super::{found, gets_along, gone, kept};

#[tokio::test(flavor = "multi_thread")]
async fn gotosocial_gets_along() {
    let stage = gets_along("gotosocial").await;
    let gerda = found(&stage, "actor").await;
    assert_eq!((gerda.locked, gerda.fields.len(), gerda.also_known_as.len()), (true, 1, 1));
    assert_eq!((gerda.shared_inbox.as_str(), gerda.avatar_description.as_str()), ("", "Gerda under a hat"));
    stage.deliver("create_note").await;
    let note = kept(&stage, "create_note").await;
    assert_eq!((note.post.audience, note.post.language.as_str()), (Audience::Public, "en"));
    assert_eq!(note.post.created_at, parse_rfc3339("2026-09-14T08:30:12Z").unwrap());
    assert!(note.mentions_alice(&stage) && note.media.len() == 1 && !note.media[0].description.is_empty());
    stage.deliver("create_note_untagged_language").await;
    assert_eq!(kept(&stage, "create_note_untagged_language").await.post.language, "");
    let followers =
        stage.server.activity("Create", &stage.server.document("actor"), stage.server.document("note_followers"));
    stage.takes(&followers).await;
    assert_eq!(kept(&stage, "note_followers").await.post.audience, Audience::Followers);

    for file in ["vote", "accept_reply", "reject_reply"] {
        stage.deliver(file).await;
    }
    assert!(stage.alice_is_following(&stage.server.document("actor")).await, "a refused reply ends no follow");
    stage.deliver("delete_note").await;
    assert!(gone(&stage, "create_note").await);
    stage.deliver("update_actor").await;
    let gerda = stage.known(&stage.server.document("actor")).await;
    assert_eq!(
        (gerda.display_name.as_str(), gerda.locked, gerda.fields.len(), gerda.avatar.as_str()),
        ("Gerda B.", false, 0, "")
    );
    stage.deliver("delete_actor").await;
    stage.node.idle().await;
    assert!(gone(&stage, "create_note_untagged_language").await);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn misskey_gets_along() {
    let stage = gets_along("misskey").await;
    let mio = found(&stage, "actor").await;
    assert!(mio.header.is_empty() && mio.fields.len() == 1 && mio.emojis.len() == 1);
    stage.deliver("create_note").await;
    let note = kept(&stage, "create_note").await;
    assert_eq!((note.post.audience, note.post.language.as_str(), note.post.sensitive), (Audience::Public, "", true));
    assert_eq!(note.post.summary, "", "one zero-width space is no warning");
    assert!(note.mentions_alice(&stage) && note.tags == ["おえかき"] && note.post.emojis.len() == 1);
    assert_eq!(note.media.iter().map(|m| m.description.as_str()).collect::<Vec<_>>(), [""]);
    for (file, audience) in [
        ("create_note_home", Audience::Unlisted),
        ("create_note_specified", Audience::Direct),
        ("quote_note", Audience::Public),
    ] {
        stage.deliver(file).await;
        assert_eq!(kept(&stage, file).await.post.audience, audience, "{file}");
    }
    stage.deliver("like_custom_emoji").await;
    assert_eq!(stage.post_now().await.favourites_count, 1);
    for file in ["create_question", "flag", "add"] {
        stage.deliver(file).await;
    }
    stage.deliver("delete_note").await;
    assert!(gone(&stage, "create_note").await);
    stage.deliver("update_actor").await;
    let mio = stage.known(&stage.server.document("actor")).await;
    assert!(mio.fields.is_empty() && !mio.display_name.contains(":neko:"));
    stage.deliver("follow").await;
    stage.deliver("block").await;
    assert!(!stage.alice_is_following(&stage.server.document("actor")).await);
    assert_eq!(stage.alice().account().await.followers_count, 0);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pleroma_gets_along() {
    let stage = gets_along("pleroma").await;
    a_drawing(&stage, "").await;
    for file in ["chat_message", "emoji_react_custom"] {
        stage.deliver(file).await;
    }
    let relay = stage.server.actor_at("/relay", "relay");
    stage.server.publish(&relay);
    stage.server.finger("relay", relay["id"].as_str().unwrap());
    stage.deliver("relay_announce").await;
    stage.node.idle().await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn akkoma_gets_along() {
    let stage = gets_along("akkoma").await;
    assert_eq!(found(&stage, "actor").await.emojis.len(), 1, "an emoji without an id is one");
    a_drawing(&stage, "en").await;
    stage.deliver("emoji_react_custom").await;
    stage.end().await;
}

/// What Pleroma and Akkoma have in common.
async fn a_drawing(stage: &Stage, language: &str) {
    stage.deliver("create_note").await;
    let note = kept(stage, "create_note").await;
    assert_eq!(
        (note.post.audience, note.post.language.as_str(), note.post.sensitive),
        (Audience::Public, language, false)
    );
    assert_eq!(
        (note.media.len(), note.media[0].description.as_str(), note.media[0].mime.as_str()),
        (1, "a drawing", "image/png")
    );
    assert!(note.media[0].remote_url.ends_with("/media/drawing.png"));
    assert!(note.mentions_alice(stage) && note.post.emojis.len() == 1);
    stage.deliver("create_note_direct").await;
    let direct = kept(stage, "create_note_direct").await.post;
    assert_eq!((direct.audience, direct.in_reply_to_id), (Audience::Direct, Some(stage.post.id)));
    stage.deliver("update_note").await;
    let edited = kept(stage, "create_note").await.post;
    assert_eq!(edited.edited_at, parse_rfc3339("2026-09-14T09:00:00Z"));
    assert!(edited.content.contains("better"));
    stage.deliver("delete_note").await;
    assert!(gone(stage, "create_note").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn pixelfed_gets_along() {
    let stage = gets_along("pixelfed").await;
    let pia = found(&stage, "actor").await;
    assert_eq!((pia.note.as_str(), pia.shared_inbox), ("", stage.server.url("/f/inbox")));
    stage.deliver("create_note").await;
    let note = kept(&stage, "create_note").await;
    assert_eq!((note.post.audience, note.post.language.as_str()), (Audience::Public, ""));
    assert_eq!((note.media.len(), note.media[0].description.as_str()), (1, "Boats in fog"));
    assert_eq!(note.tags, ["fog"]);
    stage.deliver("create_note_album").await;
    let album = kept(&stage, "create_note_album").await;
    assert!(album.post.content.is_empty() && album.post.sensitive && album.post.summary.is_empty());
    assert!(album.media.len() >= 4, "{}", album.media.len());
    stage.deliver("create_reply").await;
    let reply = kept(&stage, "create_reply").await;
    assert!(reply.mentions_alice(&stage) && reply.post.in_reply_to_id == Some(stage.post.id));
    stage.deliver("add_story").await;
    stage.deliver("delete_note").await;
    assert!(gone(&stage, "create_note").await);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn peertube_gets_along() {
    let stage = gets_along("peertube").await;
    let channel = found(&stage, "actor").await;
    assert_eq!(channel.kind, ActorKind::Group);
    assert!(!channel.avatar.is_empty() && !channel.header.is_empty());
    found(&stage, "actor_account").await;
    stage.deliver("announce").await;
    stage.node.idle().await;
    let video = kept(&stage, "video").await;
    let paul = stage.known(&stage.server.document("actor_account")).await;
    assert_eq!(
        (video.post.account_id, video.post.boosts_count),
        (paul.id, 1),
        "by the account, boosted by the channel"
    );
    assert_eq!(video.post.url, stage.server.url("/w/cCGUxnZuDUWGvQbUnDA4TP"));
    assert!(video.post.content.contains("<strong>Night trains, explained</strong>"), "{}", video.post.content);
    assert!(video.post.content.contains(&video.post.url), "{}", video.post.content);
    assert_eq!(video.tags, ["trains"]);
    assert!(video.media.iter().any(|m| m.remote_url.ends_with("/lazy-static/previews/p.jpg")), "the preview picture");

    stage.deliver("create_note").await;
    let comment = kept(&stage, "create_note").await;
    assert_eq!((comment.post.in_reply_to_id, comment.post.edited_at), (Some(stage.post.id), None));
    assert!(comment.post.content.contains("*think*") || comment.post.content.contains("<em>think</em>"));
    for file in ["dislike", "view", "create_video"] {
        stage.deliver(file).await;
    }
    stage.deliver("update_video").await;
    assert!(kept(&stage, "video").await.post.content.contains("explained again"));
    stage.deliver("delete_video").await;
    assert!(gone(&stage, "video").await);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b48_b49_lemmy_gets_along() {
    let stage = gets_along("lemmy").await;
    assert_eq!(found(&stage, "actor").await.kind, ActorKind::Group);
    let lena = found(&stage, "actor_person").await;
    assert_eq!((lena.shown_name(), lena.followers.as_str()), ("lena", ""));

    stage.deliver("announce_create_page").await;
    stage.node.idle().await;
    stage.deliver("announce_page").await;
    stage.node.idle().await;
    let page = kept(&stage, "page").await;
    assert_eq!((page.post.account_id, page.post.audience, page.post.boosts_count), (lena.id, Audience::Public, 1));
    assert!(page.post.content.contains("<strong>Slugs and what to do</strong>"), "{}", page.post.content);
    assert!(page.post.content.contains("https://gardens.example/slugs"), "{}", page.post.content);
    assert_eq!(page.tags, ["gardening"]);
    assert!(page.media.iter().any(|m| m.remote_url.ends_with("/pictrs/image/slug.png")), "the preview picture");
    stage.deliver("create_page").await;

    stage.deliver("announce_create_note").await;
    stage.node.idle().await;
    stage.deliver("create_note").await;
    let comment = kept(&stage, "create_note").await;
    assert!(comment.mentions_alice(&stage) && comment.post.in_reply_to_id == Some(stage.post.id));
    assert_eq!((stage.post_now().await.replies_count, comment.post.boosts_count), (1, 0));

    let community = stage.server.document("actor")["id"].clone();
    let reply = stage.alice().replies(&page.post, "Copper tape does.").await;
    let sent = eventually("the reply reaches the community", || async {
        stage.server.received("Create").into_iter().find(|a| a["object"]["id"] == json!(reply.uri))
    })
    .await;
    for document in [&sent, &sent["object"]] {
        assert!(document["cc"].as_array().unwrap().contains(&community), "b49: {document:#}");
    }
    assert_eq!(sent["object"]["audience"], community);
    assert!(
        sent["object"]["tag"].as_array().unwrap().iter().all(|t| t["href"] != community),
        "it is addressed, not named"
    );

    stage.deliver("create_private_message").await;
    let message = kept(&stage, "create_private_message").await.post;
    assert_eq!(message.audience, Audience::Direct);
    let viewer = model::audience::Viewer::Member(stage.alice().id);
    assert!(stage.node.node().store.read().await.unwrap().visible_post(message.id, viewer).await.unwrap().is_some());
    for file in ["create_private_message_0_19", "announce_like", "dislike", "flag"] {
        stage.deliver(file).await;
    }
    stage.node.idle().await;
    assert_eq!(stage.post_now().await.boosts_count, 0, "a vote that a community announces is no boost");
    stage.deliver("delete_page").await;
    assert!(gone(&stage, "page").await);
    stage.deliver("undo_delete_page").await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_lemmy_moderator_deletes_goes_if_its_server_says_so() {
    let clock = Clock::manual(Clock::System.now());
    let stage =
        Stage::with("lemmy", Engine::Sqlite, Options { clock: Some(clock.clone()), ..Options::default() }).await;
    stage.alice_follows(&stage.server.document("actor")).await;
    stage.deliver("announce_page").await;
    stage.node.idle().await;
    stage.deliver("announce_delete_by_moderator").await;
    stage.node.idle().await;
    assert!(!gone(&stage, "page").await, "it is still there, whatever the moderator says");
    let mut again = stage.server.document("announce_delete_by_moderator");
    again["id"] = serde_json::json!(stage.server.url("/activities/announce/delete/2"));
    stage.server.serve("/post/7", suite::fediverse::Reply::Status(410));
    clock.advance(MINUTE);
    stage.takes(&again).await;
    stage.node.idle().await;
    assert!(gone(&stage, "page").await);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wordpress_gets_along() {
    let stage = gets_along("wordpress").await;
    assert_eq!(found(&stage, "actor").await.fields.len(), 1, "a link is no field");
    assert_eq!(found(&stage, "actor_blog").await.kind, ActorKind::Group);
    stage.deliver("create_note").await;
    let article = kept(&stage, "create_note").await;
    assert_eq!(article.post.audience, Audience::Public);
    assert!(article.post.language.starts_with("de"), "{}", article.post.language);
    assert!(article.post.content.contains("<strong>A rye diary</strong>") && !article.post.content.contains("<img"));
    assert_eq!((article.post.sensitive, article.post.summary.as_str()), (false, ""));
    assert_eq!((article.media.len(), article.media[0].description.as_str()), (1, "A loaf of rye"));
    assert_eq!(article.tags, ["bread"]);
    assert_eq!(article.post.url, stage.server.url("/2026/09/a-rye-diary/"));
    stage.deliver("create_reply").await;
    let reply = kept(&stage, "create_reply").await.post;
    assert!(reply.in_reply_to_id == Some(stage.post.id) && reply.language.starts_with("en"));
    stage.deliver("update_note").await;
    let edited = kept(&stage, "create_note").await.post;
    assert!(edited.content.contains("A rye diary, continued"));
    assert_eq!(edited.edited_at, parse_rfc3339("2026-09-15T07:00:00Z"));
    stage.deliver("delete_note").await;
    assert!(gone(&stage, "create_note").await);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn friendica_gets_along() {
    let stage = gets_along("friendica").await;
    let frida = found(&stage, "actor").await;
    assert!(!frida.avatar.is_empty() && !frida.header.is_empty() && frida.fields.len() == 1);
    stage.deliver("create_note").await;
    let note = kept(&stage, "create_note").await;
    assert_eq!((note.post.audience, note.post.language.as_str(), note.media.len()), (Audience::Public, "nb", 1));
    assert!(note.mentions_alice(&stage));
    assert!(
        note.post.content.contains("<li>on Monday</li>") && !note.post.content.contains("style"),
        "{}",
        note.post.content
    );
    assert!(!note.post.content.contains("<img"));
    stage.deliver("create_page").await;
    assert!(kept(&stage, "create_page").await.post.content.contains("A title for the rain"));
    stage.deliver("create_reply").await;
    let reply = kept(&stage, "create_reply").await.post;
    assert_eq!((reply.content.as_str(), reply.in_reply_to_id), ("Here too.", Some(stage.post.id)));

    let (told, followers) = (stage.alice().notifications().await.len(), stage.alice().account().await.followers_count);
    stage.node.idle().await;
    stage.server.forget();
    for file in ["follow_post", "dislike"] {
        stage.deliver(file).await;
    }
    stage.node.idle().await;
    assert_eq!(stage.alice().notifications().await.len(), told);
    assert_eq!(stage.alice().account().await.followers_count, followers);
    assert!(stage.server.posts().is_empty(), "and it is not answered");
    stage.deliver("delete_note").await;
    assert!(gone(&stage, "create_note").await);
    stage.deliver("delete_actor").await;
    stage.node.idle().await;
    assert!(gone(&stage, "create_page").await);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mitra_gets_along() {
    let stage = gets_along("mitra").await;
    let mina = found(&stage, "actor").await;
    assert_eq!((mina.shown_name(), mina.fields.len(), mina.shared_inbox.as_str()), ("mina", 1, ""));
    stage.deliver("create_note").await;
    let note = kept(&stage, "create_note").await;
    assert_eq!((note.post.audience, note.post.language.as_str()), (Audience::Public, "da"));
    assert!(note.mentions_alice(&stage));
    let answer = stage.server.document("note_followers_reply");
    stage.takes(&stage.server.activity("Create", &stage.server.document("actor"), answer)).await;
    let answer = kept(&stage, "note_followers_reply").await.post;
    assert_eq!(answer.audience, Audience::Direct, "others' followers are not hers");
    stage.deliver("move_pull").await;
    stage.deliver("delete_note").await;
    assert!(gone(&stage, "create_note").await);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fedify_gets_along() {
    let stage = gets_along("fedify").await;
    assert!(!found(&stage, "actor").await.locked);
    stage.deliver("create_note").await;
    let note = kept(&stage, "create_note").await;
    assert_eq!((note.post.audience, note.post.language.as_str()), (Audience::Public, "en"));
    assert!(note.mentions_alice(&stage) && note.tags == ["tea"] && note.post.in_reply_to_id == Some(stage.post.id));
    stage.deliver("update_note").await;
    let edited = kept(&stage, "create_note").await.post;
    assert!(edited.content.contains("Good night") && edited.edited_at.is_some());
    stage.deliver("delete_note").await;
    assert!(gone(&stage, "create_note").await);
    stage.end().await;
}
