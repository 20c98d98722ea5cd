//! Old posts of members that go by themselves, where they want that.

use model::account::Account;
use model::cleanup::{AGES, Cleanup};
use model::clock::DAY;
use storage::Tx;

use crate::{Error, Node, publish};

/// Posts that are looked at in one step. Each that goes is told to other servers, so that few go at a time.
const STEP: i64 = 20;

/// What a member wants; as it is by default, and off, where they never said so.
pub async fn wanted(tx: &mut Tx, who: &Account) -> Result<Cleanup, Error> {
    Ok(tx.cleanup(who.id).await?.unwrap_or_else(|| Cleanup::usual(who.id)))
}

/// A member says which of their old posts are to go. All are looked at anew.
///
/// # Errors
/// [`Error::Invalid`] for an age that is not offered, and for thresholds below 1.
pub async fn change(tx: &mut Tx, who: &Account, wanted: &Cleanup) -> Result<(), Error> {
    if !AGES.contains(&wanted.min_age) {
        return Err(Error::invalid("Validation failed: Age is not included in the list"));
    }
    if wanted.min_favourites.into_iter().chain(wanted.min_boosts).any(|n| n < 1) {
        return Err(Error::invalid("Validation failed: A threshold must be greater than or equal to 1"));
    }
    tx.member(who.id).await?.ok_or(Error::NotFound)?;
    Ok(tx.put_cleanup(&Cleanup { account_id: who.id, looked_at: 0, due_at: 0, ..wanted.clone() }).await?)
}

/// Looks at some posts of the member whose turn it is; how many went, and whether there is more to do.
pub async fn step(node: &Node) -> Result<(u64, bool), Error> {
    let now = node.now();
    let mut tx = node.store.begin().await?;
    let Some(mut cleanup) = tx.due_cleanup(now).await? else { return Ok((0, false)) };
    let who = tx.account(cleanup.account_id).await?.filter(|a| !a.is_suspended());
    let mut gone = 0;
    match who {
        Some(who) => {
            let before = now - cleanup.min_age;
            let some = tx.own_posts_before(who.id, cleanup.looked_at, before, STEP).await?;
            for post in tx.posts_to_clean_up(&some, &cleanup).await? {
                match publish::delete(node, &mut tx, &who, post).await {
                    Ok(_) => gone += 1,
                    // It went with another.
                    Err(Error::NotFound) => {}
                    Err(error) => return Err(error),
                }
            }
            match some.last() {
                Some(last) => (cleanup.looked_at, cleanup.due_at) = (*last, now),
                // What stayed may go another time: it is a bookmark no more.
                None => (cleanup.looked_at, cleanup.due_at) = (0, now + DAY),
            }
        }
        None => cleanup.due_at = now + DAY,
    }
    tx.put_cleanup(&cleanup).await?;
    node.commit(tx).await?;
    Ok((gone, true))
}
