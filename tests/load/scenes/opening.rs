use std::path::Path;
use std::time::Instant;

use serde_json::json;
use suite::seed::{self, Seeded};

use crate::http::get;
use crate::table::Promise::{Growth, None};
use crate::table::Table;
use crate::target::{Engine, Target, percentiles};

const FEW: i64 = 1_000;
/// How often all are asked: the quietest round counts, since the machine does other things, too.
const ROUNDS: usize = 3;
/// How often each is asked then, after it was asked some times that do not count.
const READS: usize = 100;
const BEFORE: usize = 20;
/// Milliseconds by which a median differs from itself.
const UNMEASURED: f64 = 0.25;

/// What an app asks for when it is opened, and what is looked at first then.
fn calls(seeded: &Seeded, list: &str) -> Vec<(&'static str, String)> {
    let (root, account) = (seeded.root, seeded.author);
    [
        ("verify_credentials", "accounts/verify_credentials".to_owned()),
        ("instance", "../v2/instance".to_owned()),
        ("preferences", "preferences".to_owned()),
        ("custom_emojis", "custom_emojis".to_owned()),
        ("filters", "../v2/filters".to_owned()),
        ("lists", "lists".to_owned()),
        ("followed_tags", "followed_tags".to_owned()),
        ("announcements", "announcements".to_owned()),
        ("markers", "markers?timeline[]=home&timeline[]=notifications".to_owned()),
        ("home", "timelines/home?limit=40".to_owned()),
        ("list", format!("timelines/list/{list}")),
        ("notifications", "notifications?limit=40".to_owned()),
        ("notifications, grouped", "../v2/notifications?limit=40".to_owned()),
        ("notifications, unread_count", "notifications/unread_count".to_owned()),
        ("notifications, policy", "../v2/notifications/policy".to_owned()),
        ("conversations", "conversations".to_owned()),
        ("bookmarks", "bookmarks".to_owned()),
        ("status", format!("statuses/{root}")),
        ("context", format!("statuses/{root}/context")),
        ("account", format!("accounts/{account}")),
        ("statuses of an account", format!("accounts/{account}/statuses")),
        ("relationships", format!("accounts/relationships?id[]={account}&id[]=1002&id[]=1003")),
        ("trends of tags", "trends/tags".to_owned()),
        ("search for everything", "../v2/search?q=load".to_owned()),
        ("search for posts, a word of all", "../v2/search?q=wards&type=statuses".to_owned()),
        ("search for posts, a word of few", "../v2/search?q=kettle&type=statuses".to_owned()),
        ("search for people", "accounts/search?q=person".to_owned()),
    ]
    .map(|(name, path)| (name, format!("/api/v1/{path}").replace("/v1/../", "/")))
    .into()
}

pub async fn play(binary: &Path, engine: Engine, many: i64, table: &mut Table) {
    let mut medians: [Vec<(&str, f64)>; 2] = [Vec::new(), Vec::new()];
    for (size, medians) in [FEW, many].into_iter().zip(&mut medians) {
        *medians = measure(binary, engine, size).await;
    }
    let [few, many_posts] = medians;
    for ((name, few), (_, more)) in few.into_iter().zip(many_posts) {
        table.put(engine, &format!("{name}: {FEW} posts, median, ms"), None, few);
        let promise = if more - few < UNMEASURED { None } else { Growth(1.5) };
        table.put(engine, &format!("{name}: {many} posts, times that"), promise, more / few);
    }
}

/// The median of each call, in milliseconds.
async fn measure(binary: &Path, engine: Engine, posts: i64) -> Vec<(&'static str, f64)> {
    let mut target = Target::prepare(binary, engine, "outloud_load").await;
    target.start().await;
    let alice = target.member("alice").await;
    target.stop().await;
    let seeded = target.fill(posts).await;
    target.tell(seed::circle()).await;
    target.start().await;
    let list = target.post("/api/v1/lists", &alice, &json!({"title": "Colleagues"})).await;
    let list = list["id"].as_str().unwrap().to_owned();
    let friends: Vec<String> = (0..20).map(|n| (seeded.author + n).to_string()).collect();
    target.post(&format!("/api/v1/lists/{list}/accounts"), &alice, &json!({"account_ids": friends})).await;
    let words: Vec<_> = (0..20).map(|n| json!({"keyword": format!("word{n}")})).collect();
    let filter = json!({"title": "Not now", "context": ["home", "notifications"], "keywords_attributes": words});
    target.post("/api/v2/filters", &alice, &filter).await;
    target.post("/api/v1/tags/load/follow", &alice, &json!({})).await;
    let mut connection = target.connection().await;
    let mut medians: Vec<(&'static str, f64)> = Vec::new();
    for round in 0..ROUNDS {
        for (place, (name, path)) in calls(&seeded, &list).into_iter().enumerate() {
            let mut times = Vec::new();
            for n in 0..BEFORE + READS {
                // A question that was never asked, so that nothing is answered from memory.
                let and = if path.contains('?') { '&' } else { '?' };
                let request = get(target.host(), &format!("{path}{and}unknown={round}-{n}"), Some(&alice));
                let started = Instant::now();
                connection.send(&request).await.unwrap().good();
                if n >= BEFORE {
                    times.push(started.elapsed());
                }
            }
            let median = percentiles(&mut times).0;
            match medians.get_mut(place) {
                Some((_, quietest)) => *quietest = quietest.min(median),
                Option::None => medians.push((name, median)),
            }
        }
    }
    target.stop().await;
    medians
}
