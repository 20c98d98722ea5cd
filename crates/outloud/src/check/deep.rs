//! The database from its first row to its last: does it agree with itself and with the media that are kept?
//!
//! Everything is read in steps, each of which is over before the next begins: a node that serves meanwhile is not held up. (SQLite's own
//! look at its file is one step.)

mod files;
mod rows;

use model::clock::HOUR;
use node::Node;

use super::Finding;
use crate::Error;
use crate::progress::Progress;

/// Rows that are looked at in one go.
const STEP: i64 = 500;
/// How many of many are named.
const NAMED: usize = 5;

/// What was found of one kind.
#[derive(Default)]
struct Found {
    looked_at: usize,
    wrong: usize,
    named: Vec<String>,
}

impl Found {
    fn add(&mut self, name: impl FnOnce() -> String) {
        self.wrong += 1;
        if self.named.len() < NAMED {
            self.named.push(name());
        }
    }

    fn compare(&mut self, of: &str, what: &str, kept: i64, found: i64) {
        if kept != found {
            self.add(|| format!("{of} keeps {kept} {what}, and has {found}"));
        }
    }

    fn finding(self, what: &str, problem: &str) -> Finding {
        let what = format!("{what} ({} looked at)", self.looked_at);
        if self.wrong == 0 {
            return Finding::good(what);
        }
        let more = if self.wrong > self.named.len() { ", …" } else { "" };
        Finding::bad(what, format!("{} {problem}: {}{more}", self.wrong, self.named.join("; ")))
    }
}

/// Everything, one after the other.
pub async fn all(node: &Node, tell: &mut impl FnMut(Finding), progress: &mut Progress) -> Result<(), Error> {
    if node.store.is_sqlite() {
        progress.step("reading the whole database");
        let problems = node.store.read().await?.integrity().await?;
        progress.clear();
        let advice = "stop the node, keep a copy of the file, and restore the last backup";
        let finding = match problems.first() {
            None => Finding::good("database: the file is whole"),
            Some(first) => {
                Finding::bad("database: the file is whole", format!("{first} ({} such). {advice}", problems.len()))
            }
        };
        tell(finding);
    }
    let finding = accounts(node, progress).await?;
    progress.clear();
    tell(finding);
    let finding = posts(node, progress).await?;
    progress.clear();
    tell(finding);
    let finding = polls(node, progress).await?;
    progress.clear();
    tell(finding);
    tell(deliveries(node).await?);
    let finding = rows::orphans(node, progress).await?;
    progress.clear();
    tell(finding);
    let finding = rows::homes(node, progress).await?;
    progress.clear();
    tell(finding);
    let named = files::named(node, progress, tell).await?;
    let finding = files::strays(node, &named, progress).await?;
    progress.clear();
    tell(finding);
    Ok(())
}

async fn accounts(node: &Node, progress: &mut Progress) -> Result<Finding, Error> {
    let (mut found, mut after) = (Found::default(), 0);
    loop {
        let step = node.store.read().await?.account_counts(after, STEP).await?;
        let Some(last) = step.last() else { break };
        after = last.id;
        found.looked_at += step.len();
        for a in &step {
            let name = format!("@{}", a.username);
            found.compare(&name, "followers", a.followers, a.followers_found);
            found.compare(&name, "followed", a.following, a.following_found);
            found.compare(&name, "posts", a.posts, a.posts_found);
        }
        progress.show(&format!("counts of {} accounts", found.looked_at));
    }
    let mut after = i64::MIN;
    loop {
        let step = node.store.read().await?.featured_tag_counts(after, STEP).await?;
        let Some(last) = step.last() else { break };
        after = last.0;
        for (_, tag, kept, there) in &step {
            found.compare(&format!("#{tag} on a profile"), "posts", *kept, *there);
        }
    }
    let mut after = i64::MIN;
    loop {
        let step = node.store.read().await?.challenge_counts(after, STEP).await?;
        let Some(last) = step.last() else { break };
        after = last.0;
        for (_, name, kept, there) in &step {
            found.compare(&format!("challenge @{name}"), "contributions", *kept, *there);
        }
    }
    Ok(found.finding("counts kept with our accounts agree", "do not"))
}

async fn posts(node: &Node, progress: &mut Progress) -> Result<Finding, Error> {
    let (mut found, mut after) = (Found::default(), i64::MIN);
    loop {
        let step = node.store.read().await?.post_counts(after, STEP).await?;
        let Some(last) = step.last() else { break };
        after = last.id;
        found.looked_at += step.len();
        for p in &step {
            found.compare(&p.uri, "replies", p.replies, p.replies_found);
            found.compare(&p.uri, "boosts", p.boosts, p.boosts_found);
            found.compare(&p.uri, "favourites", p.favourites, p.favourites_found);
            found.compare(&p.uri, "quotes", p.quotes, p.quotes_found);
        }
        progress.show(&format!("counts of {} posts", found.looked_at));
    }
    Ok(found.finding("counts kept with posts agree", "do not"))
}

async fn polls(node: &Node, progress: &mut Progress) -> Result<Finding, Error> {
    let (mut found, mut after) = (Found::default(), i64::MIN);
    loop {
        let step = node.store.read().await?.poll_counts(after, STEP).await?;
        let Some(last) = step.last() else { break };
        after = last.id;
        found.looked_at += step.len();
        for p in &step {
            found.compare(&p.uri, "votes", p.votes, p.votes_found);
            found.compare(&p.uri, "voters", p.voters, p.voters_found);
        }
        progress.show(&format!("counts of {} polls", found.looked_at));
    }
    Ok(found.finding("counts kept with our polls agree", "do not"))
}

async fn deliveries(node: &Node) -> Result<Finding, Error> {
    let mut tx = node.store.read().await?;
    let mut found = Found { looked_at: usize::try_from(tx.queue().await?.deliveries).unwrap_or(0), ..Found::default() };
    let strays = tx.count_stray_deliveries().await?;
    if strays > 0 {
        found.add(|| format!("{strays} have nothing to deliver"));
    }
    for host in tx.sleeping_hosts().await? {
        found.add(|| format!("nobody will take up what waits for {host}"));
    }
    let stale = tx.stale_deeds(node.now() - HOUR, 1_000).await?;
    if !stale.is_empty() {
        // A node that runs clears them away every minute.
        found.add(|| format!("{} deeds are left over that wait for nobody", stale.len()));
    }
    Ok(found.finding("deliveries are in order", "problems"))
}
