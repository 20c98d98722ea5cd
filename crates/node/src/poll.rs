//! Polls: asking, voting, counting, ending; ours with votes from everywhere, and those of others as far as we are told.
//!
//! A vote is never a post, and never known to anybody but its voter and the author's server. Totals go out a while after a vote,
//! not with each.

use model::account::Account;
use model::clock::{MINUTE, Millis, SECOND};
use model::id::Id;
use model::notification::NotificationKind;
use model::poll::{Poll, PollDraft, PollOption};
use model::post::Post;
use storage::Tx;

use crate::deed::{Data, Kind};
use crate::error::missing;
use crate::jobs::{self, Job};
use crate::notify::notify;
use crate::{Error, Node};

/// Most options of a member's poll.
pub const OPTIONS: usize = 8;
/// Longest option of a member's poll, in characters.
pub const OPTION_LENGTH: usize = 200;
/// How long a member's poll is open: from five minutes to a month (Mastodon's limits).
pub const SHORTEST: Millis = 5 * MINUTE;
pub const LONGEST: Millis = 2_629_746 * SECOND;
/// Totals are sent out at most this often.
const TOTALS_EVERY: Millis = 3 * MINUTE;
/// What was read of another's poll is good for so long.
const FRESH: Millis = 3 * MINUTE;
/// Another's poll has ended so long before we say so, that its last totals may come first.
const GRACE: Millis = 5 * MINUTE;
/// Voters who are told of the end in one go.
const HANDFUL: i64 = 200;

/// A poll of another server, read and bounded.
#[derive(Clone, Debug)]
pub struct ReceivedPoll {
    pub multiple: bool,
    pub options: Vec<PollOption>,
    pub expires_at: Option<Millis>,
    pub closed_at: Option<Millis>,
    pub voters_count: Option<i64>,
}

/// Puts a poll to a member's new post.
pub(crate) async fn create(node: &Node, tx: &mut Tx, post: &Post, wanted: &PollDraft) -> Result<(), Error> {
    let poll = drafted(wanted, post.id, node.now(), None)?;
    tx.put_poll(&poll).await?;
    await_end(node, tx, post, &poll).await
}

/// A new version of a member's post with a poll: other options begin anew, without a poll in it there is none any more.
pub(crate) async fn revise(node: &Node, tx: &mut Tx, post: &Post, wanted: Option<&PollDraft>) -> Result<(), Error> {
    let old = tx.hold_poll(post.id).await?;
    let Some(wanted) = wanted else {
        return if old.is_some() { Ok(tx.delete_poll(post.id).await?) } else { Ok(()) };
    };
    let now = node.now();
    let mut poll = drafted(wanted, post.id, now, old.as_ref().and_then(|p| p.expires_at))?;
    match old {
        Some(old) if old.asks_the_same(&poll) => {
            // With more time it is open again.
            poll.closed_at = old.closed_at.filter(|_| poll.is_over(now));
            poll = Poll { options: old.options, voters_count: old.voters_count, synced_at: old.synced_at, ..poll };
        }
        Some(_) => tx.forget_votes(post.id).await?,
        None => {}
    }
    tx.put_poll(&poll).await?;
    await_end(node, tx, post, &poll).await
}

/// What a member asks for, by the rules. `end`: when it ends if nothing is said of that.
fn drafted(wanted: &PollDraft, post: Id, now: Millis, end: Option<Millis>) -> Result<Poll, Error> {
    let refused = |words: String| Err(Error::Invalid(format!("Validation failed: {words}")));
    let titles = wanted.options.iter().map(|o| o.chars().filter(|c| !c.is_control()).collect::<String>());
    let titles: Vec<String> = titles.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()).collect();
    if titles.len() < 2 {
        return refused("Options must be more than one item".to_owned());
    }
    if titles.len() > OPTIONS {
        return refused(format!("Options can't contain more than {OPTIONS} items"));
    }
    if titles.iter().any(|t| t.chars().count() > OPTION_LENGTH) {
        return refused(format!("Options can't be longer than {OPTION_LENGTH} characters each"));
    }
    if (1..titles.len()).any(|at| titles[..at].contains(&titles[at])) {
        return refused("Options contain duplicate items".to_owned());
    }
    let expires_at = match (wanted.expires_in, end) {
        (Some(long), _) if long < SHORTEST => return refused("Duration is too soon".to_owned()),
        (Some(long), _) if long > LONGEST => return refused("Duration is too far into the future".to_owned()),
        (Some(long), _) => now + long,
        (None, Some(end)) => end,
        (None, None) => return refused("Duration can't be blank".to_owned()),
    };
    Ok(Poll {
        post_id: post,
        multiple: wanted.multiple,
        hide_totals: wanted.hide_totals,
        expires_at: Some(expires_at),
        closed_at: None,
        voters_count: Some(0),
        synced_at: None,
        options: titles.into_iter().map(|title| PollOption { title, votes: 0 }).collect(),
    })
}

/// A member votes in a poll that they may see, by the numbers of the options. In another's poll each choice is sent to its author.
pub async fn vote(node: &Node, tx: &mut Tx, who: &Account, post: &Post, choices: &[i64]) -> Result<(), Error> {
    crate::login::may_be_heard(tx, who.id).await?;
    let poll = tx.hold_poll(post.id).await?.ok_or(Error::NotFound)?;
    if post.account_id == who.id {
        return Err(Error::invalid("Validation failed: You can't vote in your own polls"));
    }
    if poll.is_over(node.now()) {
        return Err(Error::invalid("Validation failed: The poll has already ended"));
    }
    let mut choices = choices.to_vec();
    choices.sort_unstable();
    choices.dedup();
    let chosen: Option<Vec<(i64, &str)>> =
        choices.iter().map(|at| Some((*at, poll.options.get(usize::try_from(*at).ok()?)?.title.as_str()))).collect();
    let chosen = chosen
        .filter(|c| !c.is_empty())
        .ok_or_else(|| Error::invalid("Validation failed: The chosen vote option does not exist"))?;
    let before = tx.votes_of(who.id, &[post.id]).await?;
    let again = if poll.multiple {
        before.iter().any(|(_, at)| choices.contains(at))
    } else {
        !before.is_empty() || choices.len() > 1
    };
    if again {
        return Err(Error::invalid("Validation failed: You have already voted on this poll"));
    }
    for (position, name) in chosen {
        let id = node.id();
        let uri = format!("{}#votes/{id}", who.uri);
        tx.put_vote(id, post.id, who.id, position, &uri, node.now()).await?;
        if !post.local {
            tell_vote(node, tx, who, post, uri, name).await?;
        }
    }
    if before.is_empty() {
        tx.count_voter(post.id).await?;
    }
    if post.local { counts_changed(node, tx, post, &poll).await } else { await_end(node, tx, post, &poll).await }
}

async fn tell_vote(node: &Node, tx: &mut Tx, who: &Account, post: &Post, uri: String, name: &str) -> Result<(), Error> {
    let author = tx.account(post.account_id).await?.ok_or_else(|| missing("account", post.account_id))?;
    let (object, name) = (post.uri.clone(), name.to_owned());
    let data = Data { uri, object, name, to: vec![author.uri], ..Data::default() };
    let telling = node.tell(tx, Kind::Vote, who.id, Some(post.id), &data).await?;
    telling.accounts(tx, &[author.id]).await?.done(tx).await
}

/// A vote from another server, for a post that its voter may see. Counts once for each voter and option, and once for each voter
/// where one option may be chosen; after the end not at all. Answers whether it was a vote: whether that post is a poll of ours
/// with exactly this option.
pub async fn receive_vote(
    node: &Node,
    tx: &mut Tx,
    who: &Account,
    post: &Post,
    name: &str,
    uri: &str,
) -> Result<bool, Error> {
    if !post.local {
        return Ok(false);
    }
    let Some(poll) = tx.hold_poll(post.id).await? else { return Ok(false) };
    let Some(position) = (0..).zip(&poll.options).find(|(_, o)| o.title == name).map(|(at, _)| at) else {
        return Ok(false);
    };
    if poll.is_over(node.now()) {
        return Ok(true);
    }
    let before = tx.votes_of(who.id, &[post.id]).await?;
    let may = poll.multiple || before.is_empty();
    if may && tx.put_vote(node.id(), post.id, who.id, position, uri, node.now()).await? {
        if before.is_empty() {
            tx.count_voter(post.id).await?;
        }
        counts_changed(node, tx, post, &poll).await?;
    }
    Ok(true)
}

/// What another server says of the poll of one of its posts. `edited`: it is a new post or a new version of it; else only the
/// counts may have changed, and other options are not believed.
pub(crate) async fn receive(
    node: &Node,
    tx: &mut Tx,
    post: &Post,
    received: Option<&ReceivedPoll>,
    edited: bool,
) -> Result<(), Error> {
    let old = tx.hold_poll(post.id).await?;
    let Some(received) = received else {
        return if edited && old.is_some() { Ok(tx.delete_poll(post.id).await?) } else { Ok(()) };
    };
    let poll = Poll {
        post_id: post.id,
        multiple: received.multiple,
        hide_totals: false,
        expires_at: received.expires_at,
        closed_at: received.closed_at,
        voters_count: received.voters_count,
        synced_at: Some(node.now()),
        options: received.options.clone(),
    };
    let is_same = old.as_ref().is_some_and(|o| o.asks_the_same(&poll));
    if !is_same && !edited {
        return Ok(());
    }
    if old.is_some() && !is_same {
        tx.forget_votes(post.id).await?;
    }
    tx.put_poll(&poll).await?;
    let ends_otherwise = old.is_some_and(|o| o.ends_at() != poll.ends_at());
    if ends_otherwise && !tx.local_voters(post.id, 0, 1).await?.is_empty() {
        await_end(node, tx, post, &poll).await?;
    }
    Ok(())
}

/// A member looks at a poll of another server: it is read again, unless that was done a moment ago or it ended before.
pub async fn look_again(node: &Node, tx: &mut Tx, post: &Post) -> Result<(), Error> {
    let Some(poll) = tx.hold_poll(post.id).await?.filter(|poll| may_be_stale(node, post, poll)) else { return Ok(()) };
    tx.set_poll_synced(poll.post_id, node.now()).await?;
    jobs::enqueue(node, tx, &Job::CheckPost { uri: post.uri.clone() }).await
}

/// Whether [`look_again`] would.
pub fn may_be_stale(node: &Node, post: &Post, poll: &Poll) -> bool {
    let now = node.now();
    let was_over = |read: Millis| poll.is_over(read);
    !post.local && poll.synced_at.is_none_or(|read| read <= now - FRESH && !was_over(read))
}

/// Totals are due in a while, once for all votes until then.
async fn counts_changed(node: &Node, tx: &mut Tx, post: &Post, poll: &Poll) -> Result<(), Error> {
    if post.audience.leaves_the_node() && !poll.hide_totals {
        jobs::enqueue_at(node, tx, &Job::TellTotals { post: post.id }, node.now() + TOTALS_EVERY).await?;
    }
    Ok(())
}

/// Sends the totals of one of our polls to who has it. Answers when to try again if it is too early.
pub async fn tell_totals(node: &Node, tx: &mut Tx, post: Id) -> Result<Option<Millis>, Error> {
    let (Some(post), Some(poll)) = (tx.post(post).await?, tx.hold_poll(post).await?) else { return Ok(None) };
    let now = node.now();
    // The end sends them itself.
    if poll.is_over(now) || poll.hide_totals {
        return Ok(None);
    }
    if let Some(at) = poll.synced_at.map(|at| at + TOTALS_EVERY).filter(|at| *at > now) {
        return Ok(Some(at));
    }
    tell(node, tx, &post).await?;
    Ok(None)
}

async fn tell(node: &Node, tx: &mut Tx, post: &Post) -> Result<(), Error> {
    if !post.audience.leaves_the_node() {
        return Ok(());
    }
    tx.set_poll_synced(post.id, node.now()).await?;
    let mut telling = node.tell(tx, Kind::UpdatePoll, post.account_id, Some(post.id), &Data::default()).await?;
    if post.audience == model::audience::Audience::Partners {
        return telling.partners(tx, false).await?.done(tx).await;
    }
    if post.audience >= model::audience::Audience::Followers {
        telling = telling.followers(tx).await?;
    }
    let named: Vec<Id> = tx.mentions(&[post.id]).await?.iter().map(|m| m.account_id).collect();
    telling.voters(tx, post.id).await?.accounts(tx, &named).await?.done(tx).await
}

/// Sees to it that the end of a poll is noticed.
async fn await_end(node: &Node, tx: &mut Tx, post: &Post, poll: &Poll) -> Result<(), Error> {
    let Some(at) = poll.ends_at() else { return Ok(()) };
    let due = if post.local { at } else { at.saturating_add(GRACE) };
    jobs::enqueue_at(node, tx, &Job::ClosePoll { post: post.id, at }, due).await
}

/// The end of a poll: it is closed, its author and the members who voted are told, and of ours the last totals go out.
pub async fn close(node: &Node, tx: &mut Tx, post: Id) -> Result<(), Error> {
    let (Some(post), Some(poll)) = (tx.post(post).await?, tx.hold_poll(post).await?) else { return Ok(()) };
    if !poll.is_over(node.now()) {
        // It was given more time.
        return await_end(node, tx, &post, &poll).await;
    }
    if post.local {
        if !tx.close_poll(post.id, poll.expires_at.unwrap_or_else(|| node.now())).await? {
            return Ok(());
        }
        let author = tx.account(post.account_id).await?.ok_or_else(|| missing("account", post.account_id))?;
        notify(node, tx, author.id, NotificationKind::Poll, &author, Some(&post)).await?;
        tell(node, tx, &post).await?;
    } else if may_be_stale(node, &post, &poll) {
        look_again(node, tx, &post).await?;
    }
    jobs::enqueue(node, tx, &Job::TellVoters { post: post.id, after: 0 }).await
}

/// Tells members who voted that a poll has ended, some at a time.
pub async fn tell_voters(node: &Node, tx: &mut Tx, post: Id, after: Id) -> Result<(), Error> {
    let Some(post) = tx.post(post).await? else { return Ok(()) };
    let Some(author) = tx.account(post.account_id).await? else { return Ok(()) };
    let voters = tx.local_voters(post.id, after, HANDFUL).await?;
    for voter in &voters {
        notify(node, tx, *voter, NotificationKind::Poll, &author, Some(&post)).await?;
    }
    match voters.last() {
        Some(after) => jobs::enqueue(node, tx, &Job::TellVoters { post: post.id, after: *after }).await,
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(options: &[&str], expires_in: Option<Millis>) -> PollDraft {
        PollDraft { options: options.iter().map(|o| (*o).to_owned()).collect(), expires_in, ..PollDraft::default() }
    }

    #[test]
    fn a_poll_keeps_the_rules() {
        let hour = Some(60 * MINUTE);
        let long = "x".repeat(OPTION_LENGTH + 1);
        for (options, expires_in) in [
            (vec!["Tea"], hour),
            (vec!["Tea", " "], hour),
            (vec!["Tea", " Tea "], hour),
            (vec!["Tea", long.as_str()], hour),
            (vec!["1", "2", "3", "4", "5", "6", "7", "8", "9"], hour),
            (vec!["Tea", "Coffee"], None),
            (vec!["Tea", "Coffee"], Some(SHORTEST - 1)),
            (vec!["Tea", "Coffee"], Some(LONGEST + 1)),
        ] {
            assert!(drafted(&draft(&options, expires_in), 1, 0, None).is_err(), "{options:?} {expires_in:?}");
        }
        let poll = drafted(&draft(&[" Tea\0 ", "", "Coffee"], hour), 1, 1_000, Some(5)).unwrap();
        assert_eq!((poll.titles(), poll.expires_at), (vec!["Tea".to_owned(), "Coffee".to_owned()], Some(3_601_000)));
        let kept = drafted(&draft(&["Tea", "Coffee"], None), 1, 1_000, Some(5)).unwrap();
        assert_eq!(kept.expires_at, Some(5));
    }
}
