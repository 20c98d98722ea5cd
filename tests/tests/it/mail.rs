//! Letters, handed to a real server.

use std::collections::BTreeMap;

use federation::Federation;
use model::clock::{Clock, MINUTE};
use node::mail::Letter;
use suite::db::Engine;
use suite::mailbox::Mailbox;
use suite::node::{Options, TestNode, eventually};

/// A node that hands its letters over there; a test plays its worker.
async fn node_with(mailbox: &Mailbox) -> TestNode {
    let options = Options { clock: Some(Clock::manual(1_760_000_000_000)), no_worker: true, ..Options::default() };
    let running = TestNode::start_with(Engine::Sqlite, options).await;
    let values = [
        ("OUTLOUD_SMTP_URL", format!("smtp://{}", mailbox.address)),
        ("OUTLOUD_MAIL_FROM", "Here <noreply@here.example>".to_owned()),
    ];
    let values: BTreeMap<String, String> = values.map(|(name, value)| (name.to_owned(), value)).into();
    let mail = outloud::Settings::of(values).unwrap().mail.unwrap();
    assert!(running.node().carrier.set(mail.carrier().unwrap()).is_ok());
    running
}

async fn serve_jobs(node: &TestNode) {
    let federation: &Federation = node.federation();
    for job in node.takes_jobs().await {
        federation.serve_job(job).await.unwrap();
    }
}

#[tokio::test]
async fn a_letter_arrives_and_one_that_is_put_off_is_sent_again() {
    let mailbox = Mailbox::start(1).await;
    let here = node_with(&mailbox).await;
    here.member("ada").await;
    let node = here.node();
    let mut tx = node.store.begin().await.unwrap();
    let letter = Letter::Reset { email: "ada@example.org".to_owned() };
    node::jobs::enqueue(node, &mut tx, &node::jobs::Job::SendMail { letter }).await.unwrap();
    node.commit(tx).await.unwrap();
    serve_jobs(&here).await;
    assert!(mailbox.letters().is_empty(), "it was put off");
    node.clock.advance(MINUTE);
    serve_jobs(&here).await;
    let letters =
        eventually("the letter is there", || async { Some(mailbox.letters()).filter(|letters| !letters.is_empty()) })
            .await;
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].to, "ada@example.org");
    let text = letters[0].text.replace("=\n", "").replace("=3D", "=");
    let link = format!("{}/password/new?secret=", here.origin);
    assert!(text.contains(&link) && text.contains("From: Here <noreply@here.example>"), "{text}");
    let queue = node.store.read().await.unwrap().queue().await.unwrap();
    assert_eq!(queue.jobs, 0);
}
