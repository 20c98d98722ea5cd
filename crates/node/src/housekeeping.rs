//! What keeps a node small: rows that served their time, and posts and accounts of other servers with which nobody here has to do,
//! go little by little.
//!
//! A round is begun by whichever process comes first. Each chore is done in steps, each a transaction of some hundred rows at most,
//! after which whoever waits to write has their turn. One that has to walk through a table keeps its place in the database, so that
//! the next round goes on where the last one ended, also after a restart. All that a step does may be done again.

use std::collections::BTreeMap;

use model::clock::{DAY, HOUR, MINUTE, Millis, SECOND};
use model::id::Id;
use storage::{Told, Tx};

use crate::{
    Error, Node, cleanup, discovery, follow, identity, jobs, news, pairing, peers, publish, receive, remote, takeout,
};

/// How often there is a round.
pub const PAUSE: Millis = MINUTE;
/// Rows that are looked at or deleted in one step: of what hangs together with much, and of the rest.
const FEW: i64 = 50;
const MANY: i64 = 500;
/// Steps of one chore in one round, and how long they may take together: the other chores have their turn, too.
const STEPS: usize = 60;
const TURN: Millis = 10 * SECOND;
/// A walk that came to its end is begun anew after that time.
const REST: Millis = 6 * HOUR;
/// Posts in a home, and in a list.
pub const HOME: i64 = 800;
/// Notifications of a member: months of a busy one's, and more than any app pages through.
const NOTIFICATIONS: i64 = 5_000;

/// Something that is done again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Chore {
    /// The memory of activities that came, longer than any server tries to deliver.
    Seen,
    IdempotencyKeys,
    /// The memory of what others deleted: what another deleted comes no more.
    Tombstones,
    /// Secrets that work once, and who joined and never confirmed their address.
    Codes,
    Tokens,
    /// Apps that were registered and are not used.
    Apps,
    Mutes,
    /// Blocks of networks whose time is over.
    Networks,
    Homes,
    Notifications,
    /// Strangers to whom a member gave no answer.
    Requests,
    /// Files that no post took.
    Uploads,
    /// Copies of other servers' files, as far as they go beyond the budget.
    RemoteFiles,
    /// A block or a server given up may leave deeds that nobody waits for.
    Deeds,
    RemotePosts,
    RemoteAccounts,
    /// Tags that are on no post.
    Tags,
    /// Who used what on days that count no more.
    Trends,
    /// What members were told of moderators, and have no notification of any more.
    Warnings,
    Severances,
    /// Follows of hashtags by who is on a server that was given up.
    DeadFollows,
    /// Actors of hashtags that nobody follows and that carry nothing.
    TagActors,
    /// What servers said that they run.
    Servers,
    /// Accounts of hashtags at peers that are to be looked at again.
    Subscriptions,
    /// Words of posts that are not here any more.
    RelayedPosts,
    /// That posts were found before they were sent, longer than any server tries to deliver.
    UnheardPosts,
    /// Hashtags that are followed, each with what is followed of it at the peers.
    FollowedTags,
    /// Those that have been off for long.
    Hats,
    /// Peers that were found where nobody is followed any more.
    Peers,
    /// Rounds of introductions that are due, and what those who were introduced are asked in the end.
    Pairings,
    /// What members took along whose time is over.
    Archives,
    /// What became of what they brought; what was left lying is gone on with.
    Imports,
    /// Posts of members that are old and that they do not want to keep.
    OldPosts,
    /// Letters with what members have not read, for those who want them.
    Digests,
}

/// What a step came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub gone: u64,
    /// Where the next one begins; `None`: there is nothing left to do.
    pub next: Option<Id>,
}

impl Chore {
    pub const ALL: [Self; 34] = [
        Self::Seen,
        Self::IdempotencyKeys,
        Self::Tombstones,
        Self::Codes,
        Self::Tokens,
        Self::Apps,
        Self::Mutes,
        Self::Networks,
        Self::Homes,
        Self::Notifications,
        Self::Requests,
        Self::Uploads,
        Self::RemoteFiles,
        Self::Deeds,
        Self::RemotePosts,
        Self::RemoteAccounts,
        Self::Tags,
        Self::Trends,
        Self::Warnings,
        Self::Severances,
        Self::DeadFollows,
        Self::TagActors,
        Self::Servers,
        Self::Subscriptions,
        Self::RelayedPosts,
        Self::UnheardPosts,
        Self::FollowedTags,
        Self::Hats,
        Self::Peers,
        Self::Pairings,
        Self::Archives,
        Self::Imports,
        Self::OldPosts,
        Self::Digests,
    ];

    /// As it is called in the log, in the metrics and in the settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Seen => "seen_activities",
            Self::IdempotencyKeys => "idempotency_keys",
            Self::Tombstones => "tombstones",
            Self::Codes => "codes",
            Self::Tokens => "tokens",
            Self::Apps => "apps",
            Self::Mutes => "mutes",
            Self::Networks => "ip_blocks",
            Self::Homes => "home_entries",
            Self::Notifications => "notifications",
            Self::Requests => "requests",
            Self::Uploads => "uploads",
            Self::RemoteFiles => "remote_files",
            Self::Deeds => "deeds",
            Self::RemotePosts => "remote_posts",
            Self::RemoteAccounts => "remote_accounts",
            Self::Tags => "tags",
            Self::Trends => "trends",
            Self::Warnings => "account_warnings",
            Self::Severances => "severances",
            Self::DeadFollows => "dead_follows",
            Self::TagActors => "tag_actors",
            Self::Servers => "servers",
            Self::Subscriptions => "tag_subscriptions",
            Self::RelayedPosts => "relayed_posts",
            Self::UnheardPosts => "unheard_posts",
            Self::FollowedTags => "followed_tags",
            Self::Hats => "hats",
            Self::Peers => "peers",
            Self::Pairings => "pairings",
            Self::Archives => "archives",
            Self::Imports => "imports",
            Self::OldPosts => "old_posts",
            Self::Digests => "digests",
        }
    }

    /// How long it rests when it came to its end; `None` where nothing is walked through, and looking again costs nothing.
    fn rest(self) -> Option<Millis> {
        match self {
            Self::Apps
            | Self::RemotePosts
            | Self::RemoteAccounts
            | Self::Tags
            | Self::Warnings
            | Self::Severances
            | Self::DeadFollows
            | Self::TagActors
            | Self::RelayedPosts
            | Self::FollowedTags
            | Self::Peers
            | Self::Archives
            | Self::Imports => Some(REST),
            // All members are seen to within the hour, where there are some thousands.
            Self::Homes | Self::Notifications => Some(0),
            _ => None,
        }
    }
}

/// What a round came to.
#[derive(Debug, Default)]
pub struct Round {
    /// How much went of what.
    pub gone: BTreeMap<Chore, u64>,
    /// What did not come to its end; the others were not held up by it.
    pub failed: Vec<(Chore, Error)>,
}

/// One round, unless there was one within the last minute: each chore has its turn. `go_on` is asked after each step.
pub async fn round(node: &Node, go_on: impl Fn() -> bool) -> Result<Round, Error> {
    let mut round = Round::default();
    let mut tx = node.store.begin().await?;
    let is_ours = tx.begin_round(node.now(), PAUSE).await?;
    tx.commit().await?;
    if !is_ours {
        return Ok(round);
    }
    for chore in Chore::ALL {
        match turn(node, chore, &go_on).await {
            Ok(0) => {}
            Ok(count) => drop(round.gone.insert(chore, count)),
            Err(error) => round.failed.push((chore, error)),
        }
        if !go_on() {
            break;
        }
    }
    Ok(round)
}

/// When the last round began, by the clock as it was then; 0 if there was none.
pub async fn last_round(node: &Node) -> Result<Millis, Error> {
    Ok(node.store.read().await?.last_round().await?)
}

/// Takes a chore up where it was left, and does some steps of it.
async fn turn(node: &Node, chore: Chore, go_on: impl Fn() -> bool) -> Result<u64, Error> {
    let began = node.now();
    let (start, due) = place(node, chore).await?;
    // No rest is longer: what is due later was put off by a clock that was set back since.
    if due > began && due <= began + REST {
        return Ok(0);
    }
    let (mut at, mut gone) = (start, 0);
    let mut next_due = 0;
    for _ in 0..STEPS {
        let done = step(node, chore, at).await?;
        gone += done.gone;
        at = done.next.unwrap_or(0);
        // Whoever waits to write has their turn.
        tokio::task::yield_now().await;
        if done.next.is_none() {
            next_due = chore.rest().filter(|rest| *rest > 0).map_or(0, |rest| began + rest);
            break;
        }
        if node.now() - began > TURN || !go_on() {
            break;
        }
    }
    if chore.rest().is_some() && (at, next_due) != (start, due) {
        let mut tx = node.store.begin().await?;
        tx.put_setting(&format!("chore {}", chore.name()), &format!("{at} {next_due}")).await?;
        tx.commit().await?;
    }
    Ok(gone)
}

/// Where a chore was left, and when it is to be taken up.
async fn place(node: &Node, chore: Chore) -> Result<(Id, Millis), Error> {
    if chore.rest().is_none() {
        return Ok((0, 0));
    }
    let kept = node.store.read().await?.setting(&format!("chore {}", chore.name())).await?.unwrap_or_default();
    let mut numbers = kept.split(' ').map(|n| n.parse().unwrap_or(0));
    Ok((numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)))
}

/// One step of a chore, from where the last one ended.
pub async fn step(node: &Node, chore: Chore, at: Id) -> Result<Step, Error> {
    match chore {
        Chore::RemotePosts => return drop_posts(node, at).await,
        Chore::RemoteAccounts => return drop_accounts(node, at).await,
        Chore::Deeds => return drop_deeds(node).await,
        Chore::Pairings => return Ok(Step { gone: pairing::due_step(node).await?, next: None }),
        Chore::Peers => return Ok(Step { gone: peers::drop_lonely(node).await?, next: None }),
        Chore::OldPosts => {
            let (gone, more) = cleanup::step(node).await?;
            return Ok(Step { gone, next: more.then_some(0) });
        }
        Chore::Digests => return Ok(Step { gone: 0, next: news::digest_step(node).await?.then_some(0) }),
        _ => {}
    }
    let now = node.now();
    let mut tx = node.store.begin().await?;
    let done = match chore {
        Chore::Seen => aged(tx.forget_seen(now - 30 * DAY, MANY).await?),
        Chore::IdempotencyKeys => {
            let keys = tx.forget_idempotency_keys(now - DAY, MANY).await?;
            aged(keys.max(tx.forget_withdrawn(now - publish::REMEMBERED, MANY).await?))
        }
        Chore::Tombstones => aged(tx.forget_tombstones(now - 90 * DAY, MANY).await?),
        Chore::Codes => {
            let codes = tx.forget_codes(now - HOUR).await?;
            Step { gone: codes + identity::forget_unconfirmed(node, &mut tx, MANY).await?, next: None }
        }
        Chore::Tokens => aged(tx.forget_tokens(now - HOUR, MANY).await?),
        Chore::Requests => aged(tx.forget_requests(now - 90 * DAY, MANY).await?),
        Chore::Hats => aged(tx.forget_hats(now - 30 * DAY, MANY).await?),
        Chore::Mutes => Step { gone: tx.expire_mutes(now).await?, next: None },
        Chore::Networks => Step { gone: tx.expire_ip_blocks(now).await?, next: None },
        Chore::Homes | Chore::Notifications => trim(&mut tx, chore, at).await?,
        Chore::Apps => walked(tx.drop_unused_apps(at, now - 7 * DAY, MANY).await?),
        Chore::Tags => walked(tx.drop_unused_tags(at, now - 30 * DAY, MANY).await?),
        Chore::Trends => aged(tx.forget_trends(now / DAY - discovery::DAYS, MANY).await?),
        Chore::Warnings => walked(tx.drop_untold(Told::Warnings, at, now - 30 * DAY, MANY).await?),
        Chore::Severances => walked(tx.drop_untold(Told::Severances, at, now - 30 * DAY, MANY).await?),
        Chore::DeadFollows => drop_dead_follows(&mut tx, at).await?,
        Chore::TagActors => walked(tx.drop_idle_tag_actors(at, now - DAY, MANY).await?),
        Chore::Servers => aged(tx.forget_servers(now - 90 * DAY, MANY).await?),
        Chore::Subscriptions => {
            // Each is due again in a day at the earliest.
            let looked_at = peers::due_step(node, &mut tx).await?;
            Step { gone: 0, next: (looked_at > 0).then_some(0) }
        }
        Chore::UnheardPosts => aged(tx.forget_unheard(now - receive::SENT_WITHIN, MANY).await?),
        Chore::RelayedPosts => walked(tx.forget_relayed(at, now - DAY, MANY).await?),
        Chore::FollowedTags => Step { gone: 0, next: peers::settle_some(node, &mut tx, at).await? },
        Chore::Archives => walked(takeout::tidy_archives(node, &mut tx, at, FEW).await?),
        Chore::Imports => walked(takeout::tidy_imports(node, &mut tx, at, FEW).await?),
        Chore::Uploads => drop_uploads(node, &mut tx).await?,
        Chore::RemoteFiles => remote::sweep(node, &mut tx).await?,
        Chore::Deeds
        | Chore::Peers
        | Chore::Pairings
        | Chore::OldPosts
        | Chore::Digests
        | Chore::RemotePosts
        | Chore::RemoteAccounts => Step { gone: 0, next: None },
    };
    node.commit(tx).await?;
    Ok(done)
}

/// A step that took the oldest rows: there may be more if it was full.
fn aged(gone: u64) -> Step {
    Step { gone, next: (gone >= u64::try_from(MANY).unwrap_or(0)).then_some(0) }
}

fn walked((next, gone): (Option<Id>, u64)) -> Step {
    Step { gone, next }
}

/// Keeps what stands in some members' homes, and what they are told, within bounds.
async fn trim(tx: &mut Tx, chore: Chore, after: Id) -> Result<Step, Error> {
    let members = tx.member_ids(after, FEW).await?;
    let mut gone = 0;
    for member in &members {
        if chore == Chore::Homes {
            gone += tx.trim_home(*member, HOME).await? + tx.trim_lists(*member, HOME).await?;
            continue;
        }
        let trimmed = tx.trim_notifications(*member, NOTIFICATIONS, MANY).await?;
        gone += trimmed;
        if trimmed > 0 {
            // There may be more of this one's: it is the first of the next step.
            return Ok(Step { gone, next: Some(*member - 1) });
        }
    }
    let is_full = members.len() >= usize::try_from(FEW).unwrap_or(0);
    Ok(Step { gone, next: members.last().copied().filter(|_| is_full) })
}

/// A hashtag is not followed by a server that was given up: should it come back, it will find that and follow anew.
async fn drop_dead_follows(tx: &mut Tx, after: Id) -> Result<Step, Error> {
    let step = tx.follows_by_the_dead(after, MANY).await?;
    let mut gone = 0;
    for (id, _) in step.iter().filter(|(_, is_dead)| *is_dead) {
        if let Some(row) = tx.follow_by_id(*id).await? {
            follow::end(tx, &row).await?;
            gone += 1;
        }
    }
    let is_full = i64::try_from(step.len()).is_ok_and(|n| n >= MANY);
    Ok(Step { gone, next: step.last().map(|(id, _)| *id).filter(|_| is_full) })
}

async fn drop_uploads(node: &Node, tx: &mut Tx) -> Result<Step, Error> {
    let orphans = tx.unattached_media(node.now() - DAY, FEW).await?;
    let is_full = orphans.len() >= usize::try_from(FEW).unwrap_or(0);
    let mut gone = 0;
    for media in orphans {
        if tx.delete_media(media.id).await? {
            gone += 1;
            let keys = [media.path, media.small_path].into_iter().filter(|k| !k.is_empty()).collect();
            jobs::enqueue(node, tx, &jobs::Job::DeleteFiles { keys }).await?;
        }
    }
    Ok(Step { gone, next: is_full.then_some(0) })
}

async fn drop_deeds(node: &Node) -> Result<Step, Error> {
    let stale = node.store.read().await?.stale_deeds(node.now() - HOUR, MANY).await?;
    let mut gone = 0;
    if !stale.is_empty() {
        let mut tx = node.store.begin().await?;
        gone = tx.drop_finished_deeds(&stale).await?;
        node.commit(tx).await?;
    }
    Ok(aged(gone))
}

/// Posts of other servers go with the whole conversation that they are in, the newest first, so that nothing is left hanging in the
/// air. It goes if nothing in it was made or came lately and nobody here had to do with any of it.
async fn drop_posts(node: &Node, after: Id) -> Result<Step, Error> {
    let Some(since) = node.config.keep_remote_posts.map(|keep| node.now() - keep) else {
        return Ok(Step { gone: 0, next: None });
    };
    let mut tx = node.store.read().await?;
    let step = tx.posts_before(after, since, FEW).await?;
    let Some((last, _)) = step.last() else { return Ok(Step { gone: 0, next: None }) };
    let mut roots: Vec<Id> = step.iter().map(|(_, root)| *root).collect();
    roots.sort_unstable();
    roots.dedup();
    let kept = tx.kept_conversations(&roots, since).await?;
    roots.retain(|root| !kept.contains(root));
    let (mut going, mut room) = (Vec::new(), FEW);
    for root in roots {
        let end = tx.end_of_conversation(root, room).await?;
        room -= i64::try_from(end.len()).unwrap_or(0);
        going.extend(end);
        if room <= 0 {
            break;
        }
    }
    drop(tx);
    let gone = if going.is_empty() { 0 } else { forget_posts(node, &going, since).await? };
    // What there was no room for is found from the same place, unless somebody took an interest meanwhile.
    let next = if room <= 0 && gone > 0 { after } else { *last };
    Ok(Step { gone, next: Some(next) })
}

async fn forget_posts(node: &Node, posts: &[Id], since: Millis) -> Result<u64, Error> {
    let mut tx = node.store.begin().await?;
    let (gone, files) = tx.drop_posts(posts, since).await?;
    remote::drop_urls(node, &mut tx, &files).await?;
    node.commit(tx).await?;
    Ok(gone)
}

/// Accounts of other servers that were not read again for as long as posts are kept, and with which nobody here has to do.
async fn drop_accounts(node: &Node, after: Id) -> Result<Step, Error> {
    let Some(since) = node.config.keep_remote_posts.map(|keep| node.now() - keep) else {
        return Ok(Step { gone: 0, next: None });
    };
    let mut tx = node.store.read().await?;
    let step = tx.accounts_before(after, since, FEW).await?;
    let Some(last) = step.last().copied() else { return Ok(Step { gone: 0, next: None }) };
    let unseen = tx.unseen_accounts(&step, since).await?;
    drop(tx);
    let mut gone = 0;
    if !unseen.is_empty() {
        let mut tx = node.store.begin().await?;
        let (count, files) = tx.drop_accounts(&unseen, since).await?;
        remote::drop_urls(node, &mut tx, &files).await?;
        node.commit(tx).await?;
        gone = count;
    }
    Ok(Step { gone, next: Some(last) })
}
