use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;

use super::busy::{pour, signed};
use super::deliveries::settled;
use crate::fediverse::Fediverse;
use crate::table::Promise::{AtMost, None};
use crate::table::Table;
use crate::target::{Engine, Target, percentiles};

const TAGS: [&str; 5] = ["clinics", "housing", "letters", "trust", "wards"];
const SERVERS: usize = 500;
/// Followers of each hashtag; the first of them on each server follows the author as well.
const FOLLOWERS: usize = 2_000;
/// What each server is told of a post: what its author said, and that each of the hashtags passes it on.
const TOLD: usize = SERVERS * (TAGS.len() + 1);
/// Posts after the first one, over connections that are open.
const MORE: usize = 8;

/// The name of the nth server. All of them can be made to hang.
fn name(n: usize) -> String {
    format!("slow{n}")
}

/// The SQL that gives the hashtags' actors, and alice, their followers.
fn followers(world: &Fediverse) -> Vec<String> {
    let port = world.origin("").rsplit(':').next().unwrap().to_owned();
    let numbers = |n: usize| {
        format!("with recursive n(i) as (select cast(1 as bigint) union all select i + 1 from n where i < {n})")
    };
    let (all, first) = (numbers(FOLLOWERS), numbers(SERVERS));
    let host = format!("'slow' || (i % {SERVERS}) || '.fedi.localhost:{port}'");
    let actors = "select account_id, row_number() over (order by account_id) as place from tag_actors";
    let alice = "(select id from accounts where domain = '' and username = 'alice')";
    vec![
        "delete from follows".to_owned(),
        format!(
            "insert into accounts (id, uri, username, domain, host, kind, inbox, shared_inbox, inbox_host, created_at, updated_at, fetched_at) {all} \
             select 999 + i, 'https://' || {host} || '/users/p' || i, 'p' || i, {host}, {host}, 'Person', 'https://' || {host} || '/users/p' || i || '/inbox', \
             'https://' || {host} || '/inbox', {host}, 0, 0, 0 from n"
        ),
        format!(
            "insert into follows (id, follower_id, target_id, accepted, uri, created_at) {all} \
             select i * 16 + x.place, 999 + i, x.account_id, true, 'https://localhost/follows/' || (i * 16 + x.place), 0 from n cross join ({actors}) x"
        ),
        format!(
            "insert into follows (id, follower_id, target_id, accepted, uri, created_at) {first} \
             select i * 16, 999 + i, {alice}, true, 'https://localhost/follows/' || (i * 16), 0 from n"
        ),
        format!("update accounts set followers_count = {FOLLOWERS} where id in (select account_id from tag_actors)"),
        format!("update accounts set followers_count = {SERVERS} where id = {alice}"),
        "analyze".to_owned(),
    ]
}

/// Has somebody follow each hashtag, which makes its actor.
async fn open(world: &Arc<Fediverse>, target: &Target) {
    let follow = |tag: &str| world.follow(&world.actor(&name(0), tag), &format!("{}/tags/{tag}/actor", target.origin));
    pour(target, signed(world, target, TAGS.into_iter().map(follow).collect()).await).await;
    let accepted = settled(world, TAGS.len(), Duration::from_secs(30), |_| true).await;
    assert_eq!(accepted.len(), TAGS.len(), "every hashtag can be followed");
}

/// Alice's post with all the hashtags; how long the call took.
async fn say(target: &Target, token: &str, number: usize) -> Duration {
    let tags: String = TAGS.iter().map(|tag| format!(" #{tag}")).collect();
    let post = json!({"status": format!("What we learnt this week, {number}:{tags}")});
    let started = Instant::now();
    target.post("/api/v1/statuses", token, &post).await;
    started.elapsed()
}

pub async fn play(binary: &Path, engine: Engine, table: &mut Table) {
    let world = Arc::new(Fediverse::start().await);
    let mut target = Target::prepare(binary, engine, "outloud_load").await;
    target.start().await;
    let alice = target.member("alice").await;
    open(&world, &target).await;
    target.stop().await;
    target.tell(followers(&world)).await;
    target.start().await;

    let (mut calls, mut lasts, mut spent) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..=MORE {
        world.forget();
        let (before, started) = (target.cpu(), Instant::now());
        calls.push(say(&target, &alice, number).await);
        let arrived = settled(&world, TOLD, Duration::from_secs(60), |_| true).await;
        assert_eq!(arrived.len(), TOLD, "every server has the post, and hears of it by each hashtag");
        lasts.push(arrived.iter().map(|(_, at)| at.duration_since(started)).max().unwrap());
        // What is written down afterwards belongs to it.
        tokio::time::sleep(Duration::from_millis(500)).await;
        spent.push(target.cpu() - before);
        if number == 0 {
            let most = AtMost(TOLD as f64);
            table.put(
                engine,
                "a post with 5 hashtags of 2,000 followers on 500 servers: requests",
                most,
                world.requests() as f64,
            );
        }
    }
    let thousands = TOLD as f64 / 1e3;
    table.put(engine, "the publishing call, median, ms", AtMost(100.0), percentiles(&mut calls).0);
    table.put(engine, "its last delivery, s", AtMost(2.4), lasts[0].as_secs_f64());
    table.put(engine, "processor seconds for 1,000 of its deliveries", AtMost(0.8), spent[0] / thousands);
    let later = percentiles(&mut lasts[1..]).0 / 1e3;
    table.put(engine, "the same over connections that are open, last delivery, median, s", None, later);
    let later = spent[1..].iter().sum::<f64>() / MORE as f64 / thousands;
    table.put(engine, "the same, processor seconds for 1,000 deliveries", None, later);
    let (_, most) = target.memory();
    table.put(engine, "peak memory of the hashtags' followers, MB", AtMost(150.0), most as f64 / 1e6);

    // Nothing can be sent any more: all that is written for one post is there.
    world.misbehave();
    say(&target, &alice, MORE + 1).await;
    let rows = target.count("select count(*) from deliveries").await;
    table.put(engine, "rows of deliveries that such a post writes", AtMost(TOLD as f64), rows as f64);
    target.kill().await;
}
