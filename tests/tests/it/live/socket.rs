//! One WebSocket for many streams.

use serde_json::{Value, json};
use suite::live::Talker;
use tokio_tungstenite::tungstenite::Message;

use super::*;

on_engines! {
    async fn one_socket_has_as_many_streams_as_it_asks_for(engine: Engine) {
        let node = start(engine).await;
        let (alice, bob) = (node.member("alice").await, node.member("bob").await);
        follow(&bob, &alice).await;
        let secret = token(&bob, "read").await;
        let mut talker = Talker::open(node.address(), &secret, "stream=user").await;
        let first = alice.says("#TeaTime").await;
        let frame = talker.next().await;
        assert_eq!((&frame["stream"], &frame["event"]), (&json!(["user"]), &json!("update")));
        let status: Value = serde_json::from_str(frame["payload"].as_str().expect("JSON within a text")).unwrap();
        assert_eq!(status["id"], id(&first).as_str());

        talker.says(json!({"type": "subscribe", "stream": "hashtag", "tag": "TeaTime"})).await;
        talker.says(json!({"type": "subscribe", "stream": "hashtag", "tag": "TeaTime"})).await;
        talker.says(json!({"type": "dance", "stream": "public"})).await;
        let second = alice.says("More #teatime").await;
        let mut both = [talker.next_id().await, talker.next_id().await];
        both.sort();
        let wanted = [triple("hashtag TeaTime", "update", second.id), triple("user", "update", second.id)];
        assert_eq!(both, wanted, "once in each stream, called as the client called it");

        talker.says(json!({"type": "unsubscribe", "stream": "user"})).await;
        let third = alice.says("The last #teatime").await;
        assert_eq!(talker.next_id().await, triple("hashtag TeaTime", "update", third.id));
        delete(&alice, &third).await;
        assert_eq!(talker.next_id().await, triple("hashtag TeaTime", "delete", third.id));
        node.running.stop().await;
        assert_eq!(talker.end().await, Some(1001), "the process says that it leaves");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_stream_is_heard_once_however_often_it_is_asked_for_in_other_words() {
    let node = start(Engine::Sqlite).await;
    let (alice, bob) = (node.member("alice").await, node.member("bob").await);
    let secret = token(&bob, "read").await;
    let mut talker = Talker::open(node.address(), &secret, "").await;
    talker.says(json!({"type": "subscribe", "stream": "hashtag", "tag": " Tea "})).await;
    for n in 0..300 {
        let space = " ".repeat(n);
        talker.says(json!({"tag": format!("{space}tEA"), "stream": "hashtag", "type": "subscribe"})).await;
    }
    talker.says(json!({"type": "subscribe", "stream": "public:media"})).await;
    talker.says(json!({"type": "subscribe", "stream": "public", "only_media": "1"})).await;
    let first = alice.says("#tea").await;
    assert_eq!(talker.next_id().await, triple("hashtag Tea", "update", first.id), "as it was called first");
    talker.says(json!({"type": "unsubscribe", "tag": "TEA", "stream": "hashtag"})).await;
    talker.says(json!({"type": "subscribe", "stream": "public"})).await;
    let second = alice.says("#tea").await;
    assert_eq!(talker.next_id().await, triple("public", "update", second.id), "once, and none is left");
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_comes_in_the_header_the_query_or_the_protocol_which_is_taken_up() {
    let node = start(Engine::Sqlite).await;
    let alice = node.member("alice").await;
    let secret = token(&alice, "read").await;
    let by_protocol = [("sec-websocket-protocol", secret.as_str())];
    let mut talkers = Vec::new();
    let talker = Talker::with(node.address(), "", &by_protocol).await.unwrap();
    assert_eq!(talker.response.headers()["sec-websocket-protocol"], secret.as_str());
    talkers.push(talker);
    let bearer = format!("Bearer {secret}");
    talkers.push(Talker::with(node.address(), "", &[("authorization", &bearer)]).await.unwrap());
    talkers.push(Talker::open(node.address(), &secret, "").await);
    for talker in &mut talkers {
        talker.says(json!({"type": "subscribe", "stream": "public:local"})).await;
    }
    let post = alice.says("Hear, hear").await;
    for talker in &mut talkers {
        assert_eq!(talker.next_id().await, triple("public:local", "update", post.id));
    }
    for (query, headers) in [("", vec![]), ("access_token=x", vec![]), ("", vec![("sec-websocket-protocol", "x")])] {
        assert_eq!(Talker::with(node.address(), query, &headers).await.err(), Some(401));
    }
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_said_and_ends_nothing_but_what_is_no_text() {
    let node = start(Engine::Sqlite).await;
    let alice = node.member("alice").await;
    let secret = token(&alice, "read:statuses").await;
    let mut talker = Talker::open(node.address(), &secret, "stream=user:notification").await;
    assert_eq!(talker.next().await["status"], 403);
    for (said, status) in [
        (json!({"type": "subscribe", "stream": "hashtag"}), 400),
        (json!({"type": "subscribe", "stream": "list", "list": "12"}), 404),
        (json!({"type": "subscribe", "stream": "user:notification"}), 403),
    ] {
        talker.send(Message::text(said.to_string())).await;
        let answer = talker.next().await;
        assert_eq!(answer["status"], status, "{answer}");
        assert!(answer["error"].as_str().is_some_and(|words| !words.is_empty()), "{answer}");
    }
    talker.send(Message::text("no JSON")).await;
    talker.says(json!({"type": "subscribe", "stream": "public"})).await;
    let post = alice.says("Still there").await;
    assert_eq!(talker.next_id().await, triple("public", "update", post.id));
    talker.send(Message::binary(vec![1, 2, 3])).await;
    assert_eq!(talker.end().await, Some(1003));
    node.running.stop().await;
}
