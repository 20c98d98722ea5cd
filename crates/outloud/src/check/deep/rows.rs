//! Rows that name what is gone, and homes and lists that hold what they should not.

use model::clock::{DAY, HOUR};
use model::id::first_id;
use node::Node;
use storage::Ties;

use super::super::Finding;
use super::{Found, STEP};
use crate::Error;
use crate::progress::Progress;
use node::housekeeping::HOME;

/// Rows that name accounts, posts or reports that are not there, where the database itself does not watch.
pub async fn orphans(node: &Node, progress: &mut Progress) -> Result<Finding, Error> {
    let mut found = Found::default();
    for of in Ties::ALL {
        let mut after = i64::MIN;
        loop {
            let step = node.store.read().await?.ties(of, after, STEP).await?;
            let Some((last, _)) = step.last() else { break };
            after = *last;
            found.looked_at += step.len();
            for (id, missing) in step.iter().filter(|(_, missing)| !missing.is_empty()) {
                found.add(|| format!("{} {id} without {missing}", of.name()));
            }
            progress.show(&format!("what {} rows name", found.looked_at));
        }
    }
    for account in node.store.read().await?.stray_idempotency_keys(STEP).await? {
        found.add(|| format!("idempotency key of account {account}"));
    }
    Ok(found.finding("what rows name is there", "name what is gone"))
}

/// Entries of homes may name posts that are gone, and homes may grow between two trimmings: that is how they are kept.
pub async fn homes(node: &Node, progress: &mut Progress) -> Result<Finding, Error> {
    let mut found = Found::default();
    let left = node.now() - DAY;
    // What came lately may be more than is kept.
    let lately = first_id(node.now() - HOUR);
    let (mut after, mut in_home) = ((i64::MIN, i64::MIN), 0);
    loop {
        let step = node.store.read().await?.home_entries(after, left, STEP).await?;
        if step.is_empty() {
            break;
        }
        found.looked_at += step.len();
        for e in step {
            in_home = if e.account_id == after.0 { in_home } else { 0 } + i64::from(e.post_id < lately);
            after = (e.account_id, e.post_id);
            if e.is_stray {
                found.add(|| format!("{} for account {}, which has no home here", e.post_id, e.account_id));
            }
            if e.is_hidden {
                found.add(|| format!("post {}, which account {} may not see", e.post_id, e.account_id));
            }
            if in_home == 2 * HOME + 1 && e.post_id < lately {
                found.add(|| format!("more than twice {HOME} for account {}: nobody trims them", e.account_id));
            }
        }
        progress.show(&format!("{} entries of homes", found.looked_at));
    }
    lists(node, progress, &mut found).await?;
    Ok(found.finding("homes and lists are in order", "entries should not be there"))
}

/// The same of lists.
async fn lists(node: &Node, progress: &mut Progress, found: &mut Found) -> Result<(), Error> {
    let lately = first_id(node.now() - HOUR);
    let (mut after, mut in_list) = ((i64::MIN, i64::MIN), 0);
    loop {
        let step = node.store.read().await?.list_entries(after, STEP).await?;
        if step.is_empty() {
            return Ok(());
        }
        found.looked_at += step.len();
        for e in step {
            in_list = if e.list_id == after.0 { in_list } else { 0 } + i64::from(e.post_id < lately);
            after = (e.list_id, e.post_id);
            if e.is_stray {
                found.add(|| format!("{} in list {}, which does not have its author", e.post_id, e.list_id));
            }
            if e.is_hidden {
                found.add(|| format!("post {} in list {}, whose owner may not see it", e.post_id, e.list_id));
            }
            if in_list == 2 * HOME + 1 && e.post_id < lately {
                found.add(|| format!("more than twice {HOME} in list {}: nobody trims it", e.list_id));
            }
        }
        progress.show(&format!("{} entries of homes and lists", found.looked_at));
    }
}
