//! Posts that are made later. One is checked when it is asked for as if it were made now, and made at its time by a job, once. What
//! is no longer possible then is not lost: it stays with the member's scheduled posts, with the reason.

use model::account::{Account, Member, MemberState};
use model::clock::{DAY, HOUR, MINUTE, Millis};
use model::experiment::Wanted;
use model::id::Id;
use model::post::Draft;
use storage::{Scheduled, Tx};

use crate::{Error, Node, jobs, publish};

/// How far ahead a time must be, and may be.
pub const AHEAD: Millis = 5 * MINUTE;
const FARTHEST: Millis = 10 * 365 * DAY;
/// How many may wait, in all and for one day (UTC), as on Mastodon.
pub const TOTAL: i64 = 300;
pub const DAILY: i64 = 25;

/// Asks for a post at a later time. With an idempotency key that was used within the hour, answers what was asked for then. A
/// draft of theirs that it is made of (`made_of`) is none any more.
pub async fn schedule(
    node: &Node,
    author: &Account,
    member: &Member,
    draft: &Draft,
    at: Millis,
    made_of: Option<Id>,
) -> Result<Scheduled, Error> {
    check_time(node, at)?;
    let key = draft.idempotency_key.as_ref();
    let draft = Draft { idempotency_key: None, ..draft.clone() };
    let mut tx = node.store.begin().await?;
    if let Some(known) = known(node, &mut tx, author, key).await? {
        return Ok(known);
    }
    if let Some(draft) = made_of {
        // Its files are free for what is made of it.
        publish::withdraw(node, &mut tx, author, draft).await?;
    }
    if tx.is_scheduled_media(&draft.media_ids).await? {
        return Err(Error::invalid("Validation failed: Media belongs to another scheduled post"));
    }
    // Made as if its time had come, and never committed: whoever asks hears now what would be wrong with it.
    publish::publish(node, &mut tx, author, member, &draft).await?;
    // For whom it is is decided now: what this goes by may be forgotten by then.
    let (audience, team_id) = publish::settled(node, &mut tx, author, member, &draft, &draft.text).await?;
    let draft = match publish::redrafted(node, &mut tx, author, &draft).await? {
        Some(form) => Draft { experiment: Some(Wanted::Is(Box::new(form))), ..draft },
        None => draft,
    };
    let draft = match draft.is_vague {
        true => Draft { audience: Some(audience), team_id, is_vague: false, ..draft },
        false => draft,
    };
    drop(tx);
    let mut tx = node.store.begin().await?;
    if let Some(known) = known(node, &mut tx, author, key).await? {
        return Ok(known);
    }
    if let Some(draft) = made_of {
        publish::withdraw(node, &mut tx, author, draft).await?;
    }
    check_room(&mut tx, author.id, at, None).await?;
    let scheduled = Scheduled { id: node.id(), account_id: author.id, scheduled_at: at, draft, failure: String::new() };
    tx.insert_scheduled(&scheduled, node.now()).await?;
    if let Some(key) = key {
        tx.put_idempotency_key(author.id, key, scheduled.id, node.now()).await?;
    }
    await_time(node, &mut tx, &scheduled).await?;
    node.commit(tx).await?;
    Ok(scheduled)
}

/// What was asked for with this key.
async fn known(node: &Node, tx: &mut Tx, author: &Account, key: Option<&String>) -> Result<Option<Scheduled>, Error> {
    let Some(key) = key else { return Ok(None) };
    match tx.idempotent_post(author.id, key, node.now() - HOUR).await? {
        Some(id) => Ok(tx.seen_scheduled(id).await?),
        None => Ok(None),
    }
}

/// Gives a scheduled post another time.
pub async fn reschedule(node: &Node, tx: &mut Tx, who: &Account, id: Id, at: Millis) -> Result<Scheduled, Error> {
    let known = own(tx, who, id).await?;
    check_time(node, at)?;
    check_room(tx, who.id, at, Some(&known)).await?;
    tx.reschedule(id, at).await?;
    let scheduled = Scheduled { scheduled_at: at, failure: String::new(), ..known };
    await_time(node, tx, &scheduled).await?;
    Ok(scheduled)
}

/// A scheduled post will not be made.
pub async fn cancel(node: &Node, tx: &mut Tx, who: &Account, id: Id) -> Result<(), Error> {
    let Draft { audience, team_id, text, experiment, .. } = own(tx, who, id).await?.draft;
    if let Some(audience) = audience {
        let form = experiment.and_then(|wanted| match wanted {
            Wanted::Is(form) => Some(*form),
            Wanted::IsNone => None,
        });
        publish::remember(node, tx, who.id, (id, &text), (audience, team_id), form).await?;
    }
    tx.delete_scheduled(id).await?;
    Ok(())
}

async fn own(tx: &mut Tx, who: &Account, id: Id) -> Result<Scheduled, Error> {
    tx.scheduled(id).await?.filter(|s| s.account_id == who.id).ok_or(Error::NotFound)
}

/// Makes a scheduled post whose time has come. The row goes in the transaction that makes the post, so that it is made once.
pub async fn publish_due(node: &Node, id: Id, at: Millis) -> Result<(), Error> {
    let mut tx = node.store.begin().await?;
    // With another time it has another job.
    let Some(due) = tx.scheduled(id).await?.filter(|s| s.scheduled_at == at && s.failure.is_empty()) else {
        return Ok(());
    };
    tx.delete_scheduled(id).await?;
    let failed = match make(node, &mut tx, &due).await {
        Ok(()) => return node.commit(tx).await,
        Err(error) if error.is_temporary() => return Err(error),
        Err(error) => error,
    };
    drop(tx);
    let mut tx = node.store.begin().await?;
    tx.fail_scheduled(id, &failed.to_string()).await?;
    node.commit(tx).await
}

async fn make(node: &Node, tx: &mut Tx, due: &Scheduled) -> Result<(), Error> {
    let account = tx.account(due.account_id).await?.filter(|a| !a.is_suspended()).ok_or_else(away)?;
    let member = tx.member(due.account_id).await?.filter(|m| m.state == MemberState::Active).ok_or_else(away)?;
    publish::publish(node, tx, &account, &member, &due.draft).await?;
    Ok(())
}

fn away() -> Error {
    Error::forbidden("Your account could not post at that time")
}

async fn await_time(node: &Node, tx: &mut Tx, scheduled: &Scheduled) -> Result<(), Error> {
    let job = jobs::Job::PublishScheduled { scheduled: scheduled.id, at: scheduled.scheduled_at };
    jobs::enqueue_at(node, tx, &job, scheduled.scheduled_at).await
}

/// Whether something can be posted at a time.
///
/// # Errors
/// Words for who asked, where that is too soon or too far away.
pub fn check_time(node: &Node, at: Millis) -> Result<(), Error> {
    if at < node.now() + AHEAD {
        return Err(Error::invalid("Validation failed: Scheduled at must be at least five minutes in the future"));
    }
    if at > node.now() + FARTHEST {
        return Err(Error::invalid("Validation failed: Scheduled at is too far in the future"));
    }
    Ok(())
}

async fn check_room(tx: &mut Tx, who: Id, at: Millis, besides: Option<&Scheduled>) -> Result<(), Error> {
    tx.hold_account(who).await?;
    let day = at - at.rem_euclid(DAY);
    let (mut all, mut that_day) = tx.count_scheduled(who, day, day + DAY).await?;
    if let Some(known) = besides {
        all -= 1;
        that_day -= i64::from((day..day + DAY).contains(&known.scheduled_at));
    }
    if all >= TOTAL {
        return Err(Error::invalid(format!(
            "Validation failed: You have exceeded the limit of {TOTAL} scheduled posts"
        )));
    }
    if that_day >= DAILY {
        return Err(Error::invalid(format!(
            "Validation failed: You have exceeded the limit of {DAILY} scheduled posts for that day"
        )));
    }
    Ok(())
}
