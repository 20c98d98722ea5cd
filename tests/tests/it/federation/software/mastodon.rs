//! Mastodon 4.6 and 4.3.

use model::audience::Audience;
use model::clock::parse_rfc3339;
use serde_json::json;
use suite::fediverse::Stage;

use super::{count, found, gets_along, gone, kept};

const SOFTWARE: &str = "mastodon";

#[tokio::test(flavor = "multi_thread")]
async fn mastodon_gets_along() {
    let stage = gets_along(SOFTWARE).await;
    stage.deliver("announce_followers").await;
    assert_eq!(stage.post_now().await.boosts_count, 1);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_actors_are_read_whole() {
    let stage = Stage::of(SOFTWARE).await;
    let marta = found(&stage, "actor").await;
    assert_eq!(
        (marta.username.as_str(), marta.locked, marta.discoverable, marta.indexable),
        ("marta", false, true, true)
    );
    assert_eq!((marta.fields.len(), marta.emojis.len()), (2, 1));
    assert_eq!(marta.avatar_description, "An owl on a map");
    assert!(!marta.header.is_empty() && marta.shared_inbox == stage.server.url("/inbox"));
    assert_eq!(marta.url, stage.server.url("/@marta"));
    let otto = found(&stage, "actor_4_3").await;
    assert_eq!((otto.username.as_str(), otto.locked, otto.discoverable, otto.indexable), ("otto", true, false, false));
    assert!(otto.avatar.is_empty() && otto.fields.is_empty());

    stage.deliver("update_actor").await;
    let marta = stage.known(&stage.server.document("actor")).await;
    assert_eq!((marta.display_name.as_str(), marta.locked, marta.username.as_str()), ("Marta M.", true, "marta"));
    stage.node.idle().await;
    assert_eq!(
        stage.known(&stage.server.document("actor")).await.domain,
        stage.server.host(),
        "the handle stays what WebFinger says"
    );
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_notes_are_taken_in_with_everything() {
    let stage = Stage::of(SOFTWARE).await;
    stage.alice_follows(&stage.server.document("actor")).await;
    stage.deliver("create_note").await;
    let note = kept(&stage, "create_note").await;
    assert_eq!((note.post.audience, note.post.language.as_str()), (Audience::Public, "de"));
    assert_eq!((note.post.summary.as_str(), note.post.sensitive), ("Vögel, viele Bilder", true));
    assert!(note.post.content.contains("Heute am See"));
    assert_eq!(note.media.iter().map(|m| m.description.as_str()).collect::<Vec<_>>(), ["Eine Eule auf einem Ast", ""]);
    assert_eq!((note.media[0].width, note.media[0].focus_y), (Some(1200), -0.44));
    assert!(note.mentions_alice(&stage) && note.tags == ["vogelbeobachtung"]);
    assert_eq!(note.post.emojis.len(), 1);
    assert_eq!(note.post.created_at, parse_rfc3339("2026-09-14T08:30:12Z").unwrap());
    assert_eq!(note.post.edited_at, None);
    assert_eq!(count(&stage, "mention").await, 1);

    let expected = [
        ("create_note_unlisted", Audience::Unlisted, false),
        ("create_note_followers", Audience::Followers, true),
        ("create_note_direct", Audience::Direct, true),
        ("create_note_limited", Audience::Direct, false),
    ];
    for (file, audience, named) in expected {
        let before = count(&stage, "mention").await;
        stage.deliver(file).await;
        let note = kept(&stage, file).await;
        assert_eq!(note.post.audience, audience, "{file}");
        assert_eq!(note.mentions_alice(&stage), named, "{file}");
        assert_eq!(count(&stage, "mention").await, before + usize::from(named), "{file}");
        let mut tx = stage.node.node().store.read().await.unwrap();
        let to_alice = tx.visible_post(note.post.id, model::audience::Viewer::Member(stage.alice().id)).await.unwrap();
        assert!(to_alice.is_some(), "{file} is there for alice");
        let to_all = tx.visible_post(note.post.id, model::audience::Viewer::Anyone).await.unwrap();
        assert_eq!(to_all.is_some(), audience.is_open(), "{file} is there for everybody");
    }
    stage.deliver("create_reply").await;
    let reply = kept(&stage, "create_reply").await;
    assert_eq!((reply.post.audience, reply.post.in_reply_to_id), (Audience::Public, Some(stage.post.id)));
    assert_eq!(reply.post.root_id, stage.post.id);
    assert_eq!(stage.post_now().await.replies_count, 1);
    stage.deliver("create_note_4_3").await;
    assert!(gone(&stage, "create_note_4_3").await, "nobody here follows otto, and he names nobody here");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_edits_and_deletions_have_their_effect_once_and_for_all() {
    let stage = Stage::of(SOFTWARE).await;
    let marta = stage.server.document("actor");
    stage.alice_follows(&marta).await;
    let note = stage.server.document("note");
    stage.takes(&stage.server.activity("Create", &marta, note.clone())).await;
    assert_eq!(kept(&stage, "note").await.post.language, "en");
    stage.deliver("update_note").await;
    let edited = kept(&stage, "note").await.post;
    assert_eq!(edited.edited_at, parse_rfc3339("2026-09-14T10:20:00Z"));
    assert!(edited.content.contains("then corrected"));
    let history = stage.node.node().store.read().await.unwrap().edits(edited.id).await.unwrap();
    assert_eq!(history.len(), 1);
    assert!(history[0].content.contains("Fetched on its own."));

    stage.deliver("delete_note").await;
    assert!(gone(&stage, "note").await);
    stage.takes(&stage.server.activity("Create", &marta, note)).await;
    assert!(gone(&stage, "note").await, "what was deleted stays deleted");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_blocks_and_refusals_end_follows() {
    let stage = Stage::of(SOFTWARE).await;
    let marta = stage.server.document("actor");
    stage.alice_follows(&marta).await;
    stage.deliver("follow").await;
    stage.deliver("follow_again").await;
    assert_eq!(stage.alice().account().await.followers_count, 1);
    let again = stage.server.document("follow_again");
    stage.node.idle().await;
    assert!(stage.server.received("Accept").iter().any(|a| a["object"]["id"] == again["id"]), "the new id is accepted");
    let told = stage.alice().notifications().await.len();
    stage.deliver("block").await;
    assert!(!stage.alice_is_following(&marta).await && !stage.is_followed_by(&marta).await);
    assert!(stage.alice().notifications().await.len() <= told, "alice is told nothing");
    stage.deliver("undo_block").await;
    assert!(!stage.alice_is_following(&marta).await && !stage.is_followed_by(&marta).await, "no follow comes back");

    stage.server.forget();
    stage.alice_follows(&marta).await;
    stage.deliver("reject_follow").await;
    assert!(!stage.alice_is_following(&marta).await, "a follower can be removed later");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_relay_passes_on_is_fetched_from_where_it_was_made() {
    let stage = Stage::of(SOFTWARE).await;
    stage.alice_follows(&stage.server.document("actor")).await;
    let relayed = stage.server.document("create_note_relayed");
    let mut forged = relayed.clone();
    forged["object"]["content"] = json!("<p>Forged on the way.</p>");
    let relay = stage.server.person("relay");
    let letter = suite::fediverse::Letter::post(&stage.node, "/inbox", forged.to_string());
    let answer = letter.signed(relay["publicKey"]["id"].as_str().unwrap(), stage.style()).send(&stage.node).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    stage.node.idle().await;
    assert!(kept(&stage, "create_note_relayed").await.post.content.contains("Came by a relay"));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_built_yet_is_taken_without_harm() {
    let stage = Stage::of(SOFTWARE).await;
    stage.alice_follows(&stage.server.document("actor")).await;
    let others = ["add", "remove", "add_hashtag", "flag", "create_question", "update_question", "vote", "move"];
    for file in others {
        stage.deliver(file).await;
    }
    assert!(!gone(&stage, "create_question").await);
    let question = kept(&stage, "create_question").await.post;
    assert_eq!(question.edited_at, None, "new totals are no edit");
    assert!(gone(&stage, "vote").await, "a vote is no post");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_account_deletions_take_everything_away() {
    let stage = Stage::of(SOFTWARE).await;
    let marta = stage.server.document("actor");
    stage.alice_follows(&marta).await;
    stage.deliver("create_note").await;
    stage.deliver("follow").await;
    stage.deliver("delete_actor").await;
    stage.node.idle().await;
    assert!(gone(&stage, "create_note").await);
    assert_eq!(stage.alice().account().await.followers_count, 0);
    assert!(stage.known(&marta).await.deleted_at.is_some());
    stage.end().await;
}
