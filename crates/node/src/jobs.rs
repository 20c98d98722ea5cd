//! Work that must happen but need not happen at once, or needs the network. A job is a row that goes with its outcome.

use model::clock::{HOUR, MINUTE, Millis};
use serde::{Deserialize, Serialize};
use storage::Tx;

use crate::{Error, Node};

/// How often a job is tried.
pub const ATTEMPTS: i64 = 8;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Removes files that no row names any more.
    DeleteFiles { keys: Vec<String> },
    /// Fetches the post that a reply answers, and what that answers.
    FetchThread { uri: String, depth: u8 },
    /// Fetches what is missing of a conversation, from the servers that have it; `glance`: only a few posts, since a member did not
    /// open it but it came here.
    FillThread { post: i64, glance: bool },
    /// Fetches the last posts of somebody elsewhere, whom `follower` follows since now.
    ReadOutbox { account: i64, follower: Option<i64> },
    /// Looks whether a post is still there, and as we have it: somebody other than its author says that it is not.
    CheckPost { uri: String },
    /// Reads a remote actor's document again.
    RefreshActor { uri: String },
    /// Fetches what an `Announce` names, then files the boost.
    FetchBoosted { announce: String, actor: String, object: String, audience: i64, published: Option<Millis> },
    /// Looks for a link back (`rel="me"`) on the pages that a member's profile names.
    CheckLinks { account: i64 },
    /// Goes through the posts of a deleted account.
    PurgeAccount { account: i64 },
}

impl Job {
    fn name(&self) -> &'static str {
        match self {
            Self::DeleteFiles { .. } => "delete_files",
            Self::FetchThread { .. } => "fetch_thread",
            Self::FillThread { .. } => "fill_thread",
            Self::ReadOutbox { .. } => "read_outbox",
            Self::CheckPost { .. } => "check_post",
            Self::RefreshActor { .. } => "refresh_actor",
            Self::FetchBoosted { .. } => "fetch_boosted",
            Self::CheckLinks { .. } => "check_links",
            Self::PurgeAccount { .. } => "purge_account",
        }
    }

    /// Of the same thing one job is enough.
    pub(crate) fn dedupe(&self) -> Option<String> {
        match self {
            Self::DeleteFiles { .. } => None,
            Self::FetchThread { uri, .. } | Self::CheckPost { uri } | Self::RefreshActor { uri } => {
                Some(format!("{} {uri}", self.name()))
            }
            Self::FetchBoosted { announce, .. } => Some(format!("fetch_boosted {announce}")),
            // A glance must not stand in the way of a thorough look.
            Self::FillThread { post, glance } => {
                Some(format!("fill_thread {post}{}", if *glance { " glance" } else { "" }))
            }
            Self::CheckLinks { account } | Self::PurgeAccount { account } | Self::ReadOutbox { account, .. } => {
                Some(format!("{} {account}", self.name()))
            }
        }
    }
}

/// Adds a job to the work at hand; it exists when that is committed.
pub async fn enqueue(node: &Node, tx: &mut Tx, job: &Job) -> Result<(), Error> {
    let payload = serde_json::to_string(job).map_err(|e| Error::Internal(e.to_string()))?;
    let now = node.now();
    tx.insert_job(node.id(), job.name(), &payload, job.dedupe().as_deref(), now, now).await?;
    Ok(())
}

/// When a job that failed `attempts` times is tried again; `None`: never.
pub fn retry_at(now: Millis, attempts: i64) -> Option<Millis> {
    let wait = [MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 8 * HOUR, 24 * HOUR, 48 * HOUR];
    let wait = usize::try_from(attempts - 1).ok().and_then(|i| wait.get(i))?;
    (attempts < ATTEMPTS).then_some(now + wait)
}
