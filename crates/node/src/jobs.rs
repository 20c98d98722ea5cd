//! Work that must happen but need not happen at once, or needs the network. A job is a row that goes with its outcome.

use model::clock::{HOUR, MINUTE, Millis};
use model::id::Id;
use serde::{Deserialize, Serialize};
use storage::{NewJob, Tx};

use crate::config::authority;
use crate::mail::Letter;
use crate::{Error, Node};

/// How often a job is tried.
pub const ATTEMPTS: i64 = 8;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Removes files that no row names any more.
    DeleteFiles {
        keys: Vec<String>,
    },
    /// Fetches the post that a reply answers, and what that answers.
    FetchThread {
        uri: String,
        depth: u8,
    },
    /// Fetches a post that was delivered by its id alone: like what is delivered whole, it must concern somebody here.
    FetchDelivered {
        uri: String,
    },
    /// Fetches what is missing of a conversation, from the servers that have it; `glance`: only a few posts, since a member did not
    /// open it but it came here.
    FillThread {
        post: i64,
        glance: bool,
    },
    /// Fetches the last posts of somebody elsewhere, whom `follower` follows since now.
    ReadOutbox {
        account: i64,
        follower: Option<i64>,
    },
    /// Looks whether a post is still there, and as we have it: somebody other than its author says that it is not.
    CheckPost {
        uri: String,
    },
    /// Reads a remote actor's document again.
    RefreshActor {
        uri: String,
    },
    /// Fetches what an `Announce` names, then files the boost.
    FetchBoosted {
        announce: String,
        actor: String,
        object: String,
        audience: i64,
        published: Option<Millis>,
        /// Where the author is said to allow it.
        approved_by: String,
    },
    /// Fetches what a post quotes, and the stamp that allows it. `depth`: how many quotes led to the post.
    VerifyQuote {
        post: i64,
        depth: u8,
    },
    /// Fetches the post with which somebody asks to quote one of ours, then answers them.
    AnswerQuoteRequest {
        request: String,
        actor: String,
        object: String,
        instrument: String,
    },
    /// Looks for a link back (`rel="me"`) on the pages that a member's profile names.
    CheckLinks {
        account: i64,
    },
    /// Sends out the totals of a poll.
    TellTotals {
        post: i64,
    },
    /// Ends a poll; `at` is when it was to end, so that a poll with another end has another job.
    ClosePoll {
        post: i64,
        at: Millis,
    },
    /// Tells members who voted that a poll has ended, those after `after`.
    TellVoters {
        post: i64,
        after: i64,
    },
    /// Compares the members that follow somebody elsewhere with the list their server has of them (FEP-8fcf). `digest` is that of
    /// the list as the server announced it.
    SynchroniseFollowers {
        account: Id,
        url: String,
        digest: String,
    },
    /// Forgets a key of ours that was replaced.
    DropKey {
        key: String,
    },
    /// Goes through the posts of a deleted account.
    PurgeAccount {
        account: i64,
    },
    /// Lets in whoever waits to follow a member who is no longer locked.
    AcceptRequests {
        account: i64,
    },
    /// Reads what a remote account has pinned.
    FetchFeatured {
        uri: String,
    },
    /// Fetches a post that its author, a remote account, pinned.
    FetchPinned {
        actor: String,
        object: String,
    },
    /// Asks where an account says that it moved to whether it is the same.
    CheckMove {
        actor: String,
        target: String,
    },
    /// Takes those who follow, block or mute an account along to where it moved, from the row `after` on.
    FollowMove {
        from: i64,
        to: i64,
        stage: Stage,
        after: i64,
    },
    /// Reads what a page that a post leads to says about itself.
    ReadPage {
        card: i64,
    },
    /// Makes a post that was asked for at this time.
    PublishScheduled {
        scheduled: i64,
        at: Millis,
    },
    /// Ends the follows between a member and a server of which they want to hear nothing.
    LeaveDomain {
        account: i64,
        domain: String,
    },
    /// Tells a member of a notification where an app of theirs asked for it.
    Push {
        subscription: i64,
        account: i64,
        notification: i64,
    },
    /// Writes a letter to a member about what they are to be told of at once.
    GatherNews {
        account: i64,
    },
    /// Sends a letter.
    SendMail {
        letter: Letter,
    },
    /// Looks at all contributions to challenges, those behind this one: whose authors were shut out go.
    ReviewContributions {
        challenge: i64,
        post: i64,
    },
    /// Takes back what somebody contributed to a challenge who is passed on no more: what came after this one (when, and the post).
    WithdrawContributions {
        challenge: i64,
        author: i64,
        came: Millis,
        post: i64,
    },
    /// Decides about a post that names a challenge and answers something that did not come.
    HeedAnswer {
        post: i64,
    },
    /// Says anew what came of a challenge, in its posts behind this one: something of it is not there any more.
    SayHarvests {
        challenge: i64,
        after: i64,
    },
    /// A challenge opens, or closes, at this time.
    OpenChallenge {
        challenge: i64,
        at: Millis,
    },
    CloseChallenge {
        challenge: i64,
        at: Millis,
    },
    /// Asks the author of an experiment what came of it, or waits on, if that is for later by now.
    LookAgain {
        post: i64,
    },
    /// Reads what a post asks of the account that introduces people to each other.
    HeedCuppa {
        post: i64,
    },
    /// Introduces people to each other: the round that began then.
    HoldRound {
        at: Millis,
    },
    /// Takes back what hashtags carry of somebody's, who does not let them any more, from the post `after` on.
    TakeBack {
        author: i64,
        after: i64,
    },
    /// Takes back all that an actor carries which is shut.
    EmptyCarrier {
        carrier: i64,
    },
    /// Looks for the account of a hashtag at a peer, and follows it.
    SubscribeTag {
        subscription: Id,
    },
    /// Follows the hashtags that members follow at a peer, those after `after`.
    SubscribePeer {
        peer: String,
        after: Id,
    },
    /// Ends all that is followed at a peer.
    LeavePeer {
        peer: String,
    },
    /// Brings what is followed of a member's hashtags in line, of their follows after `after`.
    SettleTags {
        account: Id,
        after: Id,
    },
    /// Asks a server what it runs.
    ReadNodeInfo {
        origin: String,
    },
    /// Fetches a post of which a relay, or else the account of a hashtag, gave word.
    FetchRelayed {
        uri: String,
        by_relay: bool,
    },
    /// Looks at a post of which whoever gave word took that back: it may be gone, or have the hashtag no more; and if it came here by
    /// their word alone, and nobody here has to do with it, it goes.
    LeaveRelayed {
        uri: String,
    },
    /// Drops what is kept of servers of which nothing is to be kept any more.
    DropRejectedFiles,
    /// Takes in what is in a list.
    ImportList {
        import: i64,
    },
    /// Takes in the posts of an archive.
    ImportPosts {
        import: i64,
    },
    /// Makes an archive of what is a member's own.
    MakeArchive {
        archive: i64,
    },
}

/// Whom a [`Job::FollowMove`] takes along now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Follows,
    Blocks,
    Mutes,
}

impl Job {
    /// The name of [`Job::DeleteFiles`], for who looks for such jobs.
    pub const DELETE_FILES: &str = "delete_files";

    fn name(&self) -> &'static str {
        match self {
            Self::DeleteFiles { .. } => Self::DELETE_FILES,
            Self::FetchThread { .. } => "fetch_thread",
            Self::FetchDelivered { .. } => "fetch_delivered",
            Self::FillThread { .. } => "fill_thread",
            Self::ReadOutbox { .. } => "read_outbox",
            Self::CheckPost { .. } => "check_post",
            Self::RefreshActor { .. } => "refresh_actor",
            Self::FetchBoosted { .. } => "fetch_boosted",
            Self::CheckLinks { .. } => "check_links",
            Self::TellTotals { .. } => "tell_totals",
            Self::ClosePoll { .. } => "close_poll",
            Self::TellVoters { .. } => "tell_voters",
            Self::SynchroniseFollowers { .. } => "synchronise_followers",
            Self::DropKey { .. } => "drop_key",
            Self::PurgeAccount { .. } => "purge_account",
            Self::AcceptRequests { .. } => "accept_requests",
            Self::FetchFeatured { .. } => "fetch_featured",
            Self::FetchPinned { .. } => "fetch_pinned",
            Self::CheckMove { .. } => "check_move",
            Self::FollowMove { .. } => "follow_move",
            Self::VerifyQuote { .. } => "verify_quote",
            Self::AnswerQuoteRequest { .. } => "answer_quote_request",
            Self::ReadPage { .. } => "read_page",
            Self::Push { .. } => "push",
            Self::GatherNews { .. } => "gather_news",
            Self::SendMail { .. } => "send_mail",
            Self::ReviewContributions { .. } => "review_contributions",
            Self::WithdrawContributions { .. } => "withdraw_contributions",
            Self::HeedAnswer { .. } => "heed_answer",
            Self::SayHarvests { .. } => "say_harvests",
            Self::OpenChallenge { .. } => "open_challenge",
            Self::CloseChallenge { .. } => "close_challenge",
            Self::LookAgain { .. } => "look_again",
            Self::HeedCuppa { .. } => "heed_cuppa",
            Self::HoldRound { .. } => "hold_round",
            Self::TakeBack { .. } => "take_back",
            Self::EmptyCarrier { .. } => "empty_carrier",
            Self::DropRejectedFiles => "drop_rejected_files",
            Self::SubscribeTag { .. } => "subscribe_tag",
            Self::SubscribePeer { .. } => "subscribe_peer",
            Self::LeavePeer { .. } => "leave_peer",
            Self::SettleTags { .. } => "settle_tags",
            Self::ReadNodeInfo { .. } => "read_node_info",
            Self::FetchRelayed { .. } => "fetch_relayed",
            Self::LeaveRelayed { .. } => "leave_relayed",
            Self::PublishScheduled { .. } => "publish_scheduled",
            Self::LeaveDomain { .. } => "leave_domain",
            Self::ImportList { .. } => "import_list",
            Self::ImportPosts { .. } => "import_posts",
            Self::MakeArchive { .. } => "make_archive",
        }
    }

    /// The server that is asked, where the job itself says which.
    pub fn host(&self) -> Option<String> {
        let url = match self {
            Self::FetchThread { uri, .. }
            | Self::FetchDelivered { uri }
            | Self::CheckPost { uri }
            | Self::RefreshActor { uri }
            | Self::FetchRelayed { uri, .. }
            | Self::LeaveRelayed { uri }
            | Self::ReadNodeInfo { origin: uri }
            | Self::FetchFeatured { uri } => uri,
            Self::FetchBoosted { object, .. } | Self::FetchPinned { object, .. } => object,
            Self::AnswerQuoteRequest { instrument, .. } => instrument,
            Self::CheckMove { target, .. } => target,
            Self::SynchroniseFollowers { url, .. } => url,
            _ => return None,
        };
        Some(authority(url).to_lowercase())
    }

    /// It waits for other servers.
    pub fn asks_others(&self) -> bool {
        let looks_further =
            matches!(self, Self::FillThread { .. } | Self::ReadOutbox { .. } | Self::VerifyQuote { .. })
                || matches!(
                    self,
                    Self::CheckLinks { .. } | Self::ReadPage { .. } | Self::Push { .. } | Self::SendMail { .. }
                )
                || matches!(self, Self::SubscribeTag { .. } | Self::ImportList { .. });
        looks_further || self.host().is_some()
    }

    /// Of the same thing one job is enough.
    pub(crate) fn dedupe(&self) -> Option<String> {
        match self {
            Self::DeleteFiles { .. } | Self::SendMail { letter: Letter::Notice { .. } | Letter::Warning { .. } } => {
                None
            }
            Self::SendMail { letter: Letter::News { name, .. } } => Some(format!("send_mail news {name}")),
            Self::SendMail { letter: Letter::Confirm { account } } => Some(format!("send_mail confirm {account}")),
            Self::SendMail { letter: Letter::Change { account, email } } => {
                Some(format!("send_mail change {account} {email}"))
            }
            Self::SendMail { letter: Letter::Reset { email } } => Some(format!("send_mail reset {email}")),
            Self::FetchThread { uri, .. }
            | Self::FetchDelivered { uri }
            | Self::CheckPost { uri }
            | Self::RefreshActor { uri }
            | Self::ReadNodeInfo { origin: uri }
            | Self::LeavePeer { peer: uri }
            | Self::FetchFeatured { uri } => Some(format!("{} {uri}", self.name())),
            Self::FetchRelayed { uri, by_relay } => Some(format!("fetch_relayed {uri} {by_relay}")),
            Self::LeaveRelayed { uri } => Some(format!("leave_relayed {uri}")),
            Self::SubscribeTag { subscription } => Some(format!("subscribe_tag {subscription}")),
            Self::SubscribePeer { peer, after } => Some(format!("subscribe_peer {peer} {after}")),
            Self::SettleTags { account, after } => Some(format!("settle_tags {account} {after}")),
            Self::FetchPinned { object, .. } => Some(format!("{} {object}", self.name())),
            Self::CheckMove { actor, .. } => Some(format!("{} {actor}", self.name())),
            Self::FollowMove { from, to, stage, after } => Some(format!("follow_move {from} {to} {stage:?} {after}")),
            Self::VerifyQuote { post, .. } => Some(format!("verify_quote {post}")),
            Self::AnswerQuoteRequest { request, .. } => Some(format!("answer_quote_request {request}")),
            Self::FetchBoosted { announce, .. } => Some(format!("fetch_boosted {announce}")),
            // A glance must not stand in the way of a thorough look.
            Self::FillThread { post, glance } => {
                Some(format!("fill_thread {post}{}", if *glance { " glance" } else { "" }))
            }
            Self::TellTotals { post } => Some(format!("tell_totals {post}")),
            Self::ClosePoll { post, at } | Self::TellVoters { post, after: at } => {
                Some(format!("{} {post} {at}", self.name()))
            }
            Self::CheckLinks { account }
            | Self::SynchroniseFollowers { account, .. }
            | Self::PurgeAccount { account }
            | Self::AcceptRequests { account }
            | Self::GatherNews { account }
            | Self::ReadOutbox { account, .. } => Some(format!("{} {account}", self.name())),
            Self::DropKey { key } => Some(format!("drop_key {key}")),
            Self::ReadPage { card } => Some(format!("read_page {card}")),
            Self::Push { subscription, notification, .. } => Some(format!("push {subscription} {notification}")),
            Self::DropRejectedFiles => Some(self.name().to_owned()),
            Self::PublishScheduled { scheduled, at } => Some(format!("publish_scheduled {scheduled} {at}")),
            Self::ReviewContributions { challenge, post } => Some(format!("review_contributions {challenge} {post}")),
            Self::WithdrawContributions { challenge, author, came, post } => {
                Some(format!("withdraw_contributions {challenge} {author} {came} {post}"))
            }
            Self::HeedAnswer { post } => Some(format!("heed_answer {post}")),
            Self::SayHarvests { challenge, after } => Some(format!("say_harvests {challenge} {after}")),
            Self::OpenChallenge { challenge, at } | Self::CloseChallenge { challenge, at } => {
                Some(format!("{} {challenge} {at}", self.name()))
            }
            Self::LookAgain { post: number } | Self::HeedCuppa { post: number } | Self::HoldRound { at: number } => {
                Some(format!("{} {number}", self.name()))
            }
            Self::TakeBack { author, after } => Some(format!("take_back {author} {after}")),
            Self::ImportList { import: number }
            | Self::ImportPosts { import: number }
            | Self::MakeArchive { archive: number } => Some(format!("{} {number}", self.name())),
            Self::EmptyCarrier { carrier } => Some(format!("empty_carrier {carrier}")),
            Self::LeaveDomain { account, domain } => Some(format!("leave_domain {account} {domain}")),
        }
    }
}

/// Adds a job to the work at hand; it exists when that is committed.
pub async fn enqueue(node: &Node, tx: &mut Tx, job: &Job) -> Result<(), Error> {
    enqueue_at(node, tx, job, node.now()).await
}

/// The same, to be done not before `run_at`.
pub async fn enqueue_at(node: &Node, tx: &mut Tx, job: &Job, run_at: Millis) -> Result<(), Error> {
    let payload = serde_json::to_string(job).map_err(|e| Error::Internal(e.to_string()))?;
    let dedupe = job.dedupe();
    let new = NewJob {
        id: node.id(),
        kind: job.name(),
        payload: &payload,
        dedupe: dedupe.as_deref(),
        asks_others: job.asks_others(),
        run_at,
    };
    tx.insert_job(&new, node.now()).await?;
    Ok(())
}

/// Whether the same waits or is being done; `false` for what may be there twice.
pub async fn is_under_way(tx: &mut Tx, job: &Job) -> Result<bool, Error> {
    match job.dedupe() {
        Some(key) => Ok(tx.has_job(&key).await?),
        None => Ok(false),
    }
}

/// When a job that failed `attempts` times is tried again; `None`: never.
pub fn retry_at(now: Millis, attempts: i64) -> Option<Millis> {
    let wait = [MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 8 * HOUR, 24 * HOUR, 48 * HOUR];
    let wait = usize::try_from(attempts - 1).ok().and_then(|i| wait.get(i))?;
    (attempts < ATTEMPTS).then_some(now + wait)
}
