//! Hats (`model::hat`): who may do what about a hashtag or a challenge, and how a hat comes on and off. And the mark that something
//! said inside could be said to everybody.

use model::account::Account;
use model::audience::{Audience, Viewer};
use model::clock::DAY;
use model::hat::{Hat, LONGEST, USUAL, Verb, Worn};
use model::id::Id;
use model::permission::MANAGE_REPORTS;
use model::post::Draft;
use model::subject::Subject;
use storage::Tx;

use crate::login::may_be_heard;
use crate::{Error, Node, moderate, subject};

/// Hats that one member wears at once.
const HATS: usize = 50;

/// Whether somebody may do this about a subject. The one place where that is decided.
///
/// Moderators may everything, and so may the owner of a challenge about it. Members may say what a hashtag is for, put another view
/// beside that, and link a hashtag that nobody keeps. All else comes with a confirmed hat ([`Verb::hats`]).
pub async fn may(node: &Node, tx: &mut Tx, who: &Account, verb: Verb, subject: Subject) -> Result<bool, Error> {
    let Some(member) = tx.member(who.id).await? else { return Ok(false) };
    if member.role.may(MANAGE_REPORTS) || verb == Verb::Differ {
        return Ok(true);
    }
    match subject {
        Subject::Tag(_) if verb == Verb::Write => return Ok(true),
        Subject::Challenge(id) if tx.challenge(id).await?.is_some_and(|c| c.owner_id == Some(who.id)) => {
            return Ok(true);
        }
        _ => {}
    }
    let is_tag = matches!(subject, Subject::Tag(_));
    if is_tag && verb == Verb::Link && tx.keepers_of(subject, node.now()).await?.is_empty() {
        return Ok(true);
    }
    for hat in verb.hats() {
        if tx.hat_on(who.id, *hat, subject, node.now()).await?.is_some_and(|worn| worn.confirmed) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The same as an error that says what is missing.
pub(crate) async fn must(node: &Node, tx: &mut Tx, who: &Account, verb: Verb, subject: Subject) -> Result<(), Error> {
    if may(node, tx, who, verb, subject).await? {
        return may_be_heard(tx, who.id).await;
    }
    Err(Error::forbidden(format!("Only {} may do that", who_may(verb, subject))))
}

/// In words: `its owner, a confirmed community keeper or a moderator`.
fn who_may(verb: Verb, subject: Subject) -> String {
    let owner = matches!(subject, Subject::Challenge(_)).then(|| "its owner".to_owned());
    let hats = verb.hats().iter().map(|hat| format!("a confirmed {}", hat.words()));
    let named: Vec<String> = owner.into_iter().chain(hats).collect();
    if named.is_empty() { "a moderator".to_owned() } else { format!("{} or a moderator", named.join(", ")) }
}

pub(crate) async fn is_author_or_may(
    node: &Node,
    tx: &mut Tx,
    who: &Account,
    author: Id,
    verb: Verb,
    subject: Subject,
) -> Result<bool, Error> {
    Ok(author == who.id || may(node, tx, who, verb, subject).await?)
}

/// A member puts a hat on, for so many days ([`USUAL`], where nothing is said), or says anew how long they wear it. One that comes
/// with rights gives them once it is confirmed: that of the first keeper is at once.
pub async fn put_on(
    node: &Node,
    tx: &mut Tx,
    who: &Account,
    hat: Hat,
    subject: Subject,
    days: Option<i64>,
) -> Result<Worn, Error> {
    may_be_heard(tx, who.id).await?;
    let span = match days {
        None => USUAL,
        Some(days) if (1..=LONGEST / DAY).contains(&days) => days * DAY,
        Some(_) => return Err(Error::invalid(format!("A hat is worn for 1 to {} days.", LONGEST / DAY))),
    };
    tx.hold_account(who.id).await?;
    // Two who want to be the first keeper come one after the other.
    tx.tend(subject).await?;
    let now = node.now();
    let worn = tx.hats_of(who.id, now).await?;
    if worn.len() >= HATS && !worn.iter().any(|w| w.hat == hat && w.subject_id == subject.id()) {
        return Err(Error::invalid(format!("You wear {HATS} hats already. Take one off first.")));
    }
    // A challenge has an owner, who says whose help they want.
    let is_first = hat == Hat::CommunityKeeper
        && matches!(subject, Subject::Tag(_))
        && tx.keepers_of(subject, now).await?.is_empty();
    let confirmed = !hat.needs_confirmation() || is_first || may(node, tx, who, Verb::Confirm, subject).await?;
    let new = Worn {
        id: node.id(),
        account_id: who.id,
        hat,
        subject_id: subject.id(),
        since: now,
        until: now + span,
        confirmed,
    };
    tx.put_hat(&new, confirmed.then_some(who.id), now).await?;
    tx.hat_on(who.id, hat, subject, now).await?.ok_or(Error::NotFound)
}

/// Takes a hat off: one's own, or a moderator somebody's.
pub async fn take_off(node: &Node, tx: &mut Tx, who: &Account, id: Id) -> Result<(), Error> {
    let worn = tx.hat(id, node.now()).await?.ok_or(Error::NotFound)?;
    if worn.account_id == who.id {
        tx.delete_hat(id).await?;
        return Ok(());
    }
    let on = subject_of(tx, &worn).await?;
    must(node, tx, who, Verb::TakeOff, on).await?;
    remove(node, tx, &who.username, &worn).await
}

/// A moderator, or whoever has the command line, takes a hat off somebody.
pub async fn remove(node: &Node, tx: &mut Tx, by: &str, worn: &Worn) -> Result<(), Error> {
    let on = subject_of(tx, worn).await?;
    let on = subject::name(node, tx, on).await?;
    if tx.delete_hat(worn.id).await?
        && let Some(account) = tx.account(worn.account_id).await?
    {
        moderate::log(node, tx, by, "hat off", &account, &format!("{} on {on}", worn.hat.words())).await?;
    }
    Ok(())
}

/// A keeper or a moderator gives the rights that come with a hat.
pub async fn confirm(node: &Node, tx: &mut Tx, who: &Account, id: Id) -> Result<Worn, Error> {
    let worn = tx.hat(id, node.now()).await?.ok_or(Error::NotFound)?;
    let on = subject_of(tx, &worn).await?;
    must(node, tx, who, Verb::Confirm, on).await?;
    tx.confirm_hat(id, Some(who.id)).await?;
    tx.hat(id, node.now()).await?.ok_or(Error::NotFound)
}

/// The subject that a hat is worn on.
pub async fn subject_of(tx: &mut Tx, worn: &Worn) -> Result<Subject, Error> {
    tx.subject(worn.subject_id).await?.ok_or(Error::NotFound)
}

/// Has a draft say in which hat it is written: `(as critical friend) #CriticalFriend`.
pub async fn say(node: &Node, tx: &mut Tx, who: &Account, hat: &str, draft: &mut Draft) -> Result<(), Error> {
    let hat = Hat::from_name(hat).ok_or_else(|| Error::invalid("Validation failed: There is no such hat"))?;
    if !tx.hats_of(who.id, node.now()).await?.iter().any(|worn| worn.hat == hat) {
        return Err(Error::invalid(format!("Validation failed: You do not wear the hat of a {}", hat.words())));
    }
    let line = format!("{} #{}", hat.said(), hat.hashtag());
    let text = draft.text.trim_end();
    draft.text = if text.is_empty() { line } else { format!("{text}\n\n{line}") };
    Ok(())
}

/// A member thinks that what was said to the members of this node could be said to everybody. Its author alone can do that.
pub async fn mark_could_go_public(node: &Node, tx: &mut Tx, who: &Account, post: Id) -> Result<(), Error> {
    may_be_heard(tx, who.id).await?;
    let post = tx.visible_post(post, Viewer::Member(who.id)).await?.ok_or(Error::NotFound)?;
    if !matches!(post.audience, Audience::Team | Audience::Organisation | Audience::Partners)
        || post.boost_of_id.is_some()
    {
        return Err(Error::invalid("Only what was said to members of this node can be marked so."));
    }
    if !tx.hold_post(post.id).await? {
        return Err(Error::NotFound);
    }
    Ok(tx.mark_could_go_public(post.id, who.id, node.now()).await?)
}

/// A member takes their mark back; the author of the post, and whoever may settle that for one of its hashtags, takes all away.
pub async fn unmark_could_go_public(node: &Node, tx: &mut Tx, who: &Account, post: Id) -> Result<(), Error> {
    let post = tx.visible_post(post, Viewer::Member(who.id)).await?.ok_or(Error::NotFound)?;
    let mut settles = post.account_id == who.id;
    for (_, tag) in tx.tags_of(&[post.id]).await? {
        settles = settles || may(node, tx, who, Verb::Settle, Subject::Tag(tag.id)).await?;
    }
    if settles {
        return Ok(tx.settle_could_go_public(post.id).await?);
    }
    Ok(tx.unmark_could_go_public(post.id, who.id).await?)
}
