use std::path::Path;
use std::time::Instant;

use suite::seed::{self, Seeded};

use crate::table::Promise::{AtMost, None};
use crate::table::Table;
use crate::target::{Engine, Target, percentiles};

/// How often all are asked for: the quietest round counts, since the machine does other things, too.
const ROUNDS: usize = 3;
const READS: usize = 60;
const BEFORE: usize = 10;
/// Milliseconds that a page may take, and kilobytes of HTML that one for everybody may have.
const MEDIAN: f64 = 5.0;
const WEIGHT: f64 = 100.0;

/// Pages, and whether whoever reads them is signed in.
fn pages(seeded: &Seeded) -> Vec<(&'static str, String, bool)> {
    vec![
        ("front page", "/".to_owned(), false),
        ("profile", "/@alice".to_owned(), false),
        ("hashtag", "/tags/load".to_owned(), false),
        ("library", "/library".to_owned(), false),
        ("front page of a member", "/".to_owned(), true),
        ("home", "/home".to_owned(), true),
        ("said here", "/local".to_owned(), true),
        ("hashtag, for a member", "/tags/load".to_owned(), true),
        ("thread of 50 answers", format!("/@p1@s1.fedi.localhost/{}", seeded.root), true),
        ("notifications", "/notifications".to_owned(), true),
        ("write", "/write".to_owned(), true),
        ("search", "/search?q=kettle".to_owned(), true),
    ]
}

/// What a page takes from the question to the whole answer, at so many posts, and what it weighs.
pub async fn play(binary: &Path, engine: Engine, posts: i64, table: &mut Table) {
    let mut target = Target::prepare(binary, engine, "outloud_load").await;
    target.start().await;
    let alice = target.member("alice").await;
    target.stop().await;
    let mut seeded = target.fill(posts).await;
    target.tell(seed::circle()).await;
    target.start().await;
    for n in 0..30 {
        let said =
            serde_json::json!({"status": format!("Day {n}: we rang three wards before the letter went out. #load")});
        target.post("/api/v1/statuses", &alice, &said).await;
    }
    let root = target.get(&format!("/api/v1/statuses/{}", seeded.root), Some(&alice)).await;
    let author = root["account"]["acct"].as_str().unwrap().to_owned();
    seeded.root = root["id"].as_str().unwrap().parse().unwrap();
    let cookies = sign_in(&target).await;
    let mut connection = target.connection().await;
    for (name, path, member) in pages(&seeded) {
        let path = path.replace("p1@s1.fedi.localhost", &author);
        let cookie = if member { format!("Cookie: {cookies}\r\n") } else { String::new() };
        let mut quietest = f64::INFINITY;
        let mut weight = 0;
        for _ in 0..ROUNDS {
            let mut times = Vec::new();
            for n in 0..BEFORE + READS {
                let request =
                    format!("GET {path} HTTP/1.1\r\nHost: {}\r\nAccept: text/html\r\n{cookie}\r\n", target.host());
                let started = Instant::now();
                weight = connection.send(request.as_bytes()).await.unwrap().good().body.len();
                if n >= BEFORE {
                    times.push(started.elapsed());
                }
            }
            quietest = quietest.min(percentiles(&mut times).0);
        }
        table.put(engine, &format!("page: {name}, {posts} posts, median, ms"), AtMost(MEDIAN), quietest);
        let promise = if member { None } else { AtMost(WEIGHT) };
        #[expect(clippy::cast_precision_loss, reason = "a page is no larger")]
        table.put(engine, &format!("page: {name}, KB of HTML"), promise, weight as f64 / 1024.0);
    }
    target.stop().await;
}

/// The cookies of alice's browser.
async fn sign_in(target: &Target) -> String {
    #[expect(clippy::disallowed_methods, reason = "plays a browser, and asks none but the node")]
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let login = format!("http://{}/login", target.host());
    let cookies = |answer: &reqwest::Response| -> Vec<String> {
        let all = answer.headers().get_all("set-cookie").iter();
        all.map(|c| c.to_str().unwrap().split(';').next().unwrap().to_owned()).collect()
    };
    let shown = client.get(&login).header("accept", "text/html").send().await.unwrap();
    let mut kept = cookies(&shown);
    let page = shown.text().await.unwrap();
    let csrf = page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let body = format!("csrf={csrf}&login=alice&password=correct+horse");
    let sent = client
        .post(&login)
        .header("cookie", kept.join("; "))
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = sent.body(body).send().await.unwrap();
    assert!(answer.status().is_redirection(), "{}: {}", answer.status(), answer.text().await.unwrap());
    kept.extend(cookies(&answer));
    kept.join("; ")
}
