//! Media in a bucket, kept by a real S3 server.

use std::collections::BTreeMap;
use std::path::Path;

use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};
use storage::{FileReader, Files};
use suite::bucket::S3;
use suite::db::{Db, Engine};
use suite::node::eventually;
use suite::process::{NodeProcess, client};

/// More than two parts, and not all alike.
fn film() -> Bytes {
    (0..12_000_000u32).map(|i| (i % 251) as u8).collect()
}

async fn all(mut reader: FileReader) -> Bytes {
    let mut bytes = Vec::new();
    while let Some(piece) = reader.next().await.unwrap() {
        bytes.extend_from_slice(&piece);
    }
    bytes.into()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_lie_in_a_bucket_as_in_a_folder() {
    let s3 = S3::start(&["media"]).await;
    let files = Files::bucket(&s3.bucket("s3://media/social/one")).unwrap();
    let beside = Files::bucket(&s3.bucket("s3://media/social/two")).unwrap();
    files.prove("probe").await.unwrap();
    assert!(files.is_empty().await.unwrap());
    files.put("ab/1.png", "one".into()).await.unwrap();
    files.put("ab/1.png", "one again".into()).await.unwrap();
    files.put("remote/ab/2.webp", "two!".into()).await.unwrap();
    files.put("film.mp4", film()).await.unwrap();
    assert_eq!(files.get("ab/1.png").await.unwrap(), "one again");
    assert_eq!(files.size("film.mp4").await.unwrap(), 12_000_000);
    let whole = files.read("film.mp4").await.unwrap();
    assert_eq!(whole.size, 12_000_000);
    assert!(all(whole).await == film());
    let part = files.read_part("film.mp4", 5_242_870..5_242_890).await.unwrap();
    assert_eq!(part.size, 12_000_000);
    assert_eq!(all(part).await, film().slice(5_242_870..5_242_890));
    let mut listed: Vec<(String, u64)> = files.list().await.unwrap().into_iter().map(|f| (f.key, f.size)).collect();
    listed.sort();
    let sizes = [("ab/1.png", 9), ("film.mp4", 12_000_000), ("remote/ab/2.webp", 4)];
    assert_eq!(listed, sizes.map(|(key, size)| (key.to_owned(), size)));
    assert_eq!(files.list_folder("remote").await.unwrap(), ["remote/ab/2.webp"]);
    assert!(!files.is_empty().await.unwrap() && beside.is_empty().await.unwrap());
    files.delete("ab/1.png").await.unwrap();
    files.delete("ab/1.png").await.unwrap();
    assert!(files.get("ab/1.png").await.unwrap_err().is_not_found());
    assert!(files.size("ab/1.png").await.unwrap_err().is_not_found());
    assert!(!files.has("ab/1.png").await.unwrap() && files.has("film.mp4").await.unwrap());

    let kinds = s3.seen().into_iter().filter(|s| s.method == Method::PUT && !s.content_type.is_empty());
    let kinds: BTreeMap<String, String> = kinds.map(|s| (s.path, s.content_type)).collect();
    assert_eq!(kinds["/media/social/one/ab/1.png"], "image/png");
    assert_eq!(kinds["/media/social/one/remote/ab/2.webp"], "image/webp");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_finished_leaves_no_parts_behind() {
    let s3 = S3::start(&["media"]).await;
    let files = Files::bucket(&s3.bucket("s3://media")).unwrap();
    let mut file = files.write("film.mp4");
    file.write(film()).await.unwrap();
    let begun = s3.seen().into_iter().find(|s| s.method == Method::POST).expect("it is sent in parts");
    assert_eq!(begun.content_type, "video/mp4");
    assert!(s3.unfinished() > 0);
    drop(file);
    eventually("the parts are gone", || async { (s3.unfinished() == 0).then_some(()) }).await;
    assert!(files.is_empty().await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_busy_for_a_moment_is_asked_again() {
    let s3 = S3::start(&["media"]).await;
    let files = Files::bucket(&s3.bucket("s3://media")).unwrap();
    s3.is_busy(2);
    files.put("1.png", "one".into()).await.unwrap();
    s3.is_busy(2);
    assert_eq!(files.get("1.png").await.unwrap(), "one");
    s3.is_busy(usize::MAX);
    assert!(!files.get("1.png").await.unwrap_err().is_not_found());
}

/// Why a node does not start.
async fn refusal(folder: &Path, values: &[(String, String)]) -> String {
    let own = [
        ("OUTLOUD_DATA_DIR".to_owned(), folder.display().to_string()),
        ("OUTLOUD_DATABASE_URL".to_owned(), format!("sqlite://{}", folder.join("outloud.db").display())),
    ];
    let settings = outloud::Settings::of(own.into_iter().chain(values.iter().cloned()).collect()).unwrap();
    let Err(error) = outloud::serve::open(&settings, outloud::Parts::default()).await else { panic!("it starts") };
    let words = error.to_string();
    assert!(words.starts_with("OUTLOUD_MEDIA_URL: "), "{words}");
    assert!(!words.contains("hush") && !words.contains("wrong"), "{words}");
    assert!(!folder.join("outloud.db").exists(), "no database is made for nothing");
    words
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_does_not_work_is_named_at_the_start_with_what_is_wrong() {
    let s3 = S3::start(&["media"]).await;
    let folder = tempfile::tempdir().unwrap();
    let with = |url: &str, name: &str, value: &str| {
        let mut values: BTreeMap<String, String> = s3.environment().into_iter().collect();
        values.insert("OUTLOUD_MEDIA_URL".to_owned(), url.to_owned());
        values.insert(name.to_owned(), value.to_owned());
        values.into_iter().collect::<Vec<_>>()
    };
    let words = refusal(folder.path(), &with("s3://nothing/social", "AWS_REGION", "eu-west-2")).await;
    assert!(words.contains(&format!("there is no bucket nothing at {}", s3.endpoint)), "{words}");
    for (name, value) in [("AWS_SECRET_ACCESS_KEY", "wrong"), ("AWS_ACCESS_KEY_ID", "somebody")] {
        let words = refusal(folder.path(), &with("s3://media", name, value)).await;
        assert!(words.contains("refuses us (") && words.contains("AWS_SECRET_ACCESS_KEY"), "{words}");
    }
    let words = refusal(folder.path(), &with("s3://media", "AWS_ENDPOINT_URL", "http://127.0.0.1:1")).await;
    assert!(words.contains("s3://media at http://127.0.0.1:1 cannot be used: Connection refused"), "{words}");
    let keyless = [("OUTLOUD_MEDIA_URL", "s3://media"), ("AWS_METADATA_ENDPOINT", "http://127.0.0.1:1")];
    let words = refusal(folder.path(), &keyless.map(|(name, value)| (name.to_owned(), value.to_owned()))).await;
    assert!(words.contains("AWS_ACCESS_KEY_ID is not set"), "{words}");
}

const PICTURE: &[u8] = include_bytes!("../../../../crates/http/src/mastodon/assets/avatar.png");

/// A node whose media lie in this bucket.
async fn node_on(db: &Db, s3: &S3, url: &str) -> NodeProcess {
    let mut node = NodeProcess::prepare(db).await;
    s3.environment().iter().for_each(|(name, value)| node.set(name, value));
    node.set("OUTLOUD_MEDIA_URL", url);
    node
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_posts_pictures_that_lie_in_a_bucket_and_is_moved_to_another_and_to_a_folder() {
    let (s3, http) = (S3::start(&["media"]).await, client());
    let (db, folder) = (Db::fresh(Engine::Sqlite).await, tempfile::tempdir().unwrap());
    let mut node = node_on(&db, &s3, "s3://media/one").await;
    node.start(&http).await;
    node.run(&["member", "add", "alice", "--email", "alice@example.org", "--password-stdin"], "correct horse\n").await;
    let token = node.run(&["token", "issue", "alice"], "").await;
    let address = format!("http://{}", node.address);
    let post = async |path: &str, kind: &str, body: Vec<u8>| -> Value {
        let request = http.post(format!("{address}{path}")).bearer_auth(&token).header("content-type", kind);
        let answer = request.body(body).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    };
    let mut form = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.png\"\r\n\r\n".to_vec();
    form.extend_from_slice(PICTURE);
    form.extend_from_slice(b"\r\n--b--\r\n");
    let media = post("/api/v2/media", "multipart/form-data; boundary=b", form).await;
    let said = json!({"status": "A head", "media_ids": [media["id"]]}).to_string().into_bytes();
    let said = post("/api/v1/statuses", "application/json", said).await;
    let url = said["media_attachments"][0]["url"].as_str().unwrap().replace(&node.origin, &address);
    let picture = http.get(&url).send().await.unwrap();
    assert_eq!((picture.status().as_u16(), picture.headers()["content-type"].to_str().unwrap()), (200, "image/png"));
    let picture = picture.bytes().await.unwrap();
    let part = http.get(&url).header("range", "bytes=1-3").send().await.unwrap();
    let range = part.headers()["content-range"].to_str().unwrap().to_owned();
    assert_eq!((part.status().as_u16(), range), (206, format!("bytes 1-3/{}", picture.len())));
    assert_eq!(part.bytes().await.unwrap(), "PNG");
    assert_eq!(http.get(format!("{address}/media/none.png")).send().await.unwrap().status(), 404);

    let said = node.run(&["check", "--deep"], "").await;
    assert!(said.lines().any(|l| l == "ok      media: files can be written, read and removed"), "{said}");
    let (one, two) = (folder.path().join("one.tar"), folder.path().join("two.tar"));
    let (one, two) = (one.display().to_string(), two.display().to_string());
    node.run(&["backup", &one], "").await;
    node.kill().await;

    let (db, origin) = (Db::fresh(Engine::Sqlite).await, node.origin.clone());
    let mut moved = node_on(&db, &s3, "s3://media/two").await;
    moved.set("OUTLOUD_ORIGIN", &origin);
    let said = moved.run(&["restore", &one], "").await;
    assert!(said.contains(" 2 files"), "{said}");
    moved.run(&["backup", &two], "").await;
    let files = Files::bucket(&s3.bucket("s3://media")).unwrap();
    let keys = |folder: &str| {
        let (files, folder) = (files.clone(), folder.to_owned());
        async move {
            let mut keys = files.list_folder(&folder).await.unwrap();
            keys.iter_mut().for_each(|k| *k = k.replacen(&folder, "", 1));
            keys.sort();
            keys
        }
    };
    assert_eq!(keys("one").await, keys("two").await);

    let db = Db::fresh(Engine::Sqlite).await;
    let mut back = NodeProcess::prepare(&db).await;
    back.set("OUTLOUD_ORIGIN", &origin);
    back.run(&["restore", &two], "").await;
    back.start(&http).await;
    let same = http.get(url.replace(&address, &format!("http://{}", back.address))).send().await.unwrap();
    assert_eq!(same.bytes().await.unwrap(), picture);
    back.kill().await;
}
