//! What accounts elsewhere pin to their profiles. Members' own pins are in `react`.

use model::account::Account;
use model::post::Post;
use storage::Tx;

use crate::{Error, Node};

/// Most pinned posts of one account elsewhere that are kept and shown.
pub const PINS: usize = 10;

/// Somebody elsewhere pins a post of their own.
pub async fn receive_pin(node: &Node, tx: &mut Tx, who: &Account, post: &Post) -> Result<bool, Error> {
    let full = tx.count_pins(who.id).await? >= i64::try_from(PINS).unwrap_or(i64::MAX);
    if full || !may_be_pinned(who, post) {
        return Ok(false);
    }
    Ok(tx.put_pin(who.id, post.id, node.now()).await?)
}

/// They take it down again.
pub async fn receive_unpin(tx: &mut Tx, who: &Account, post: &Post) -> Result<bool, Error> {
    Ok(tx.delete_pin(who.id, post.id).await?)
}

/// Everything that somebody elsewhere has pinned, the first to be shown first.
pub async fn receive_all(node: &Node, tx: &mut Tx, who: &Account, posts: &[Post]) -> Result<(), Error> {
    // Read once: their order is in their times.
    let now = node.now();
    tx.clear_pins(who.id).await?;
    for (post, before) in posts.iter().filter(|p| may_be_pinned(who, p)).take(PINS).zip(0..) {
        tx.put_pin(who.id, post.id, now - before).await?;
    }
    Ok(())
}

fn may_be_pinned(who: &Account, post: &Post) -> bool {
    !who.is_local() && post.account_id == who.id && post.boost_of_id.is_none()
}
