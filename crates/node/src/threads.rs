//! Whole conversations: when what is missing of one, or of somebody's last posts, is looked for elsewhere. How it is found is
//! federation's; here stand the reasons and the pauses.

use model::account::Account;
use model::clock::{HOUR, MINUTE, Millis};
use model::id::Id;
use model::post::Post;
use storage::Tx;

use crate::jobs::{Job, enqueue};
use crate::{Error, Node};

/// How long a conversation is left alone after it was looked for, as with Mastodon.
pub const PAUSE: Millis = 15 * MINUTE;
/// A post younger than this is not looked for: its server has enough to do, and the replies are yet to come.
pub const TOO_YOUNG: Millis = 5 * MINUTE;
/// How long somebody's outbox is left alone.
const OUTBOX_PAUSE: Millis = 6 * HOUR;
/// How many posts of somebody elsewhere we want to have; who has as many here is not asked for more.
pub const LAST_POSTS: i64 = 20;

/// How the search for a conversation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Search {
    pub is_running: bool,
    /// Posts that it has brought so far.
    pub found: i64,
}

/// A member opens a post: what is missing of its conversation is looked for, unless that was done a moment ago. Answers the search
/// that is under way, if one is.
pub async fn open(node: &Node, post: &Post) -> Result<Option<Search>, Error> {
    let now = node.now();
    let mut tx = node.store.read().await?;
    if let Some(search) = search(&mut tx, post.id).await?.filter(|s| s.is_running) {
        return Ok(Some(search));
    }
    let rested = tx.thread_opened(post.id).await?.is_none_or(|(at, _)| at <= now - PAUSE);
    if !rested || !may_have_more(&mut tx, post, now).await? {
        return Ok(None);
    }
    drop(tx);
    let mut tx = node.store.begin().await?;
    let begins = tx.open_thread(post.id, now, now - PAUSE).await?;
    if begins {
        enqueue(node, &mut tx, &Job::FillThread { post: post.id, glance: false }).await?;
    }
    node.commit(tx).await?;
    Ok(begins.then_some(Search { is_running: true, found: 0 }))
}

/// The search for the conversation of a post that a member opened; `None` if nobody did.
pub async fn search(tx: &mut Tx, post: Id) -> Result<Option<Search>, Error> {
    let Some((_, found)) = tx.thread_opened(post).await? else { return Ok(None) };
    let key = Job::FillThread { post, glance: false }.dedupe().unwrap_or_default();
    Ok(Some(Search { is_running: tx.has_job(&key).await?, found }))
}

/// Whether other servers may know more of a post's conversation than we do: of their own posts, or of answers to ours.
async fn may_have_more(tx: &mut Tx, post: &Post, now: Millis) -> Result<bool, Error> {
    if !post.audience.is_open() || post.boost_of_id.is_some() || post.created_at > now - TOO_YOUNG {
        return Ok(false);
    }
    Ok(!post.local || !tx.unread_in_thread(post.root_id, now - PAUSE, 1).await?.is_empty())
}

/// A post came because somebody named, boosted or looked for it: the first of its replies are fetched, too.
pub(crate) async fn glance(node: &Node, tx: &mut Tx, post: &Post) -> Result<(), Error> {
    if may_have_more(tx, post, node.now()).await? {
        enqueue(node, tx, &Job::FillThread { post: post.id, glance: true }).await?;
    }
    Ok(())
}

/// Who tries an experiment again may be listed anew where it is from: what is known of its conversation is read once more, unless that
/// was done a moment ago.
pub(crate) async fn read_again(node: &Node, tx: &mut Tx, post: &Post) -> Result<(), Error> {
    let now = node.now();
    if may_have_more(tx, post, now).await? && tx.open_thread(post.id, now, now - PAUSE).await? {
        enqueue(node, tx, &Job::FillThread { post: post.id, glance: false }).await?;
    }
    Ok(())
}

/// A member opens somebody's profile, of whom little is here.
pub async fn open_profile(node: &Node, account: &Account) -> Result<(), Error> {
    let asked = node.store.read().await?.outbox_opened(account.id).await?;
    let is_strange = !account.is_local() && account.limited_at.is_none();
    if is_strange && wants_posts(account) && asked.is_none_or(|at| at <= node.now() - OUTBOX_PAUSE) {
        let mut tx = node.store.begin().await?;
        read_outbox(node, &mut tx, account, None).await?;
        node.commit(tx).await?;
    }
    Ok(())
}

/// The last posts of somebody elsewhere are fetched if there are few here; for a `follower`, also into their home.
pub(crate) async fn read_outbox(
    node: &Node,
    tx: &mut Tx,
    account: &Account,
    follower: Option<Id>,
) -> Result<(), Error> {
    let now = node.now();
    if wants_posts(account) && tx.open_outbox(account.id, now, now - OUTBOX_PAUSE).await? {
        enqueue(node, tx, &Job::ReadOutbox { account: account.id, follower }).await?;
    }
    Ok(())
}

fn wants_posts(account: &Account) -> bool {
    !account.outbox.is_empty() && !account.is_suspended() && account.posts_count < LAST_POSTS
}
