//! The disk is full: what cannot be kept is not acknowledged, reading goes on, and with room again so does everything.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use suite::api::{Api, Said};
use suite::db::{Db, Engine};
use suite::node::{TestNode, eventually, within};
use suite::process::{NodeProcess, client};
use tokio::process::Command;

use super::{acknowledged, are_there, id, is_full};

/// Whether a small file system can be mounted for a process of ours, which nobody else sees.
async fn can_mount() -> bool {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("unshare");
    command.args(["-rm", "mount", "-t", "tmpfs", "tmpfs"]).arg(folder.path()).stderr(Stdio::null());
    command.status().await.is_ok_and(|status| status.success())
}

/// The node's folder is moved to a disk of twelve megabytes.
const ON_A_SMALL_DISK: &str = r#"d=$OUTLOUD_DATA_DIR
mkdir "$d.small" && mount -t tmpfs -o size=12m tmpfs "$d.small" && cp -a "$d/." "$d.small/" && mount --move "$d.small" "$d" && exec "$@""#;

struct Full {
    ballast: PathBuf,
}

impl Full {
    /// Fills the disk to its last byte.
    fn fill(node: &NodeProcess) -> Self {
        let folder = node.folder().strip_prefix("/").unwrap();
        let ballast = PathBuf::from(format!("/proc/{}/root", node.id())).join(folder).join("ballast");
        let piece = [7; 4096];
        let mut file = std::fs::File::create(&ballast).unwrap();
        while std::io::Write::write_all(&mut file, &piece).is_ok() {}
        Self { ballast }
    }

    fn make_room(self) {
        std::fs::remove_file(self.ballast).unwrap();
    }
}

fn is_refused(said: &Said) {
    let words = String::from_utf8_lossy(&said.body);
    assert_eq!(said.status, 503, "{words}");
    assert!(words.contains("disk is full") && said.wait.is_some(), "{words}");
}

/// Posts until there is no more room, for long ones first and then for short ones; answers what was acknowledged.
async fn post_until_full(alice: &Api) -> Vec<String> {
    let mut posts = Vec::new();
    for words in ["filling words ".repeat(300), String::new()] {
        loop {
            let said = alice.says(&format!("{} {words}", posts.len()), &[]).await.expect("an answer");
            if said.status != 200 {
                is_refused(&said);
                break;
            }
            posts.push(id(&said.json()));
            assert!(posts.len() < 3_000, "it goes on for ever");
        }
    }
    posts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_full_disk_nothing_is_acknowledged_that_is_not_kept_and_with_room_all_goes_on() {
    if !can_mount().await {
        return skipped("no file system can be mounted for a process here, so that no disk can be filled");
    }
    let http = client();
    let mut node = NodeProcess::prepare_on("sqlite://unset").await;
    let database = format!("sqlite://{}", node.folder().join("outloud.db").display());
    node.set("OUTLOUD_DATABASE_URL", &database);
    node.start(&http).await;
    let alice = node.member(&http, "alice").await;
    node.kill().await;
    node.start_within(&["unshare", "-rm"], ON_A_SMALL_DISK);
    node.start(&http).await;
    let process = node.id().to_string();
    node.run_by(&["nsenter", "-t", &process, "-U", "-m", "--preserve-credentials"]);
    let other = TestNode::start(Engine::Sqlite).await;
    let bob = other.member("bob").await;
    bob.follows(&format!("@alice@{}", node.origin.trim_start_matches("https://"))).await;
    let film = include_bytes!("../../../../crates/node/src/media/fixtures/film.webm");

    let mut posts = vec![acknowledged(&alice, "Before").await];
    eventually("it arrives", || async { bob.home().await.into_iter().find(|p| p.content.contains("Before")) }).await;
    for round in 0..if is_full() { 5 } else { 1 } {
        let full = Full::fill(&node);
        posts.extend(post_until_full(&alice).await);
        is_refused(&alice.uploads("film.webm", film).await.unwrap());
        // Reading goes on, and so does what keeps nothing.
        are_there(&alice, &posts).await;
        assert_eq!(alice.get_signed_in("/api/v1/timelines/home").await.unwrap().status, 200);
        assert!(node.is_healthy(&http).await);
        // Another server is asked to come again (or had just room enough), and does.
        let answer = bob.replies(&bob.home().await[0], "Is there room?").await;
        let path = format!("/api/v2/search?resolve=false&q={}", answer.uri);
        let is_there = async || {
            let found = alice.get_signed_in(&path).await?.json();
            (found["statuses"].as_array()?.len() == 1).then_some(())
        };
        eventually("it was refused", || async {
            let waits = waiting(&other, node.origin.trim_start_matches("https://")).await;
            if waits { Some(()) } else { is_there().await }
        })
        .await;
        full.make_room();
        posts.push(acknowledged(&alice, &format!("There is room again {round}")).await);
        let upload = id(&alice.uploads("film.webm", film).await.unwrap().json());
        let said = alice.says("With a film", &[upload]).await.unwrap();
        posts.push(id(&said.json()));
        forgive(&other.db).await;
        eventually("the answer came", is_there).await;
        are_there(&alice, &posts).await;
    }
    // What was being sent when the disk was full could not be put back: it waits until its lease is over.
    let lease = Duration::from_millis(federation::deliver::LEASE.unsigned_abs());
    within(lease + Duration::from_secs(10), "what was posted arrives", || async {
        bob.home().await.into_iter().find(|p| p.content.contains("room again"))
    })
    .await;
    node.is_whole().await;
    assert!(!node.log().contains("panicked"), "{}", node.log());
    node.kill().await;
    other.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_only_the_disk_for_media_is_full_posts_go_on() {
    if !Engine::Postgres.is_there() {
        return;
    }
    if !can_mount().await {
        return skipped("no file system can be mounted for a process here, so that no disk can be filled");
    }
    let (db, http) = (Db::fresh(Engine::Postgres).await, client());
    let mut node = NodeProcess::prepare(&db).await;
    node.start_within(&["unshare", "-rm"], ON_A_SMALL_DISK);
    node.start(&http).await;
    let process = node.id().to_string();
    node.run_by(&["nsenter", "-t", &process, "-U", "-m", "--preserve-credentials"]);
    let alice = node.member(&http, "alice").await;
    let film = include_bytes!("../../../../crates/node/src/media/fixtures/film.webm");
    let upload = id(&alice.uploads("film.webm", film).await.unwrap().json());
    let full = Full::fill(&node);
    is_refused(&alice.uploads("film.webm", film).await.unwrap());
    let said = alice.says("With the film that is there", &[upload]).await.unwrap();
    let posts = [id(&said.json()), acknowledged(&alice, "Without").await];
    full.make_room();
    assert_eq!(alice.uploads("film.webm", film).await.unwrap().status, 200);
    are_there(&alice, &posts).await;
    node.is_whole().await;
    node.kill().await;
}

/// Whether something was refused by this host, and is to be sent again later.
async fn waiting(other: &TestNode, host: &str) -> bool {
    let waits = other.node().store.read().await.unwrap().deliveries_of_host(host, 9).await.unwrap();
    let refused = "select count(*) from hosts where fail_count > 0 and lease_until = 0";
    let refused: i64 = sqlx::query_scalar(refused).fetch_one(&mut other.db.sqlite().await).await.unwrap();
    refused > 0 || waits.iter().any(|d| d.attempts > 0)
}

/// Lets the waiting times of a host that refused be over.
async fn forgive(db: &Db) {
    let over = "update deliveries set next_at = 0; \
                update hosts set not_before = 0, fail_count = 0, next_at = 1 where lease_until = 0";
    sqlx::raw_sql(over).execute(&mut db.sqlite().await).await.unwrap();
}

/// No switch turns this into a failure: what a system does not let anybody do cannot be installed.
fn skipped(why: &str) {
    eprintln!("\nSKIPPED on a full disk: {why}\n");
}
