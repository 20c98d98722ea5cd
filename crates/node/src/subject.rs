//! What a hashtag or a challenge is for, in versions that everybody may add to, other views beside it, and what it is linked with.

use model::account::Account;
use model::clock::DAY;
use model::hat::Verb;
use model::id::Id;
use model::subject::{Purpose, Subject};
use storage::Tx;

use crate::hat::{is_author_or_may, must};
use crate::login::may_be_heard;
use crate::{Error, Node, challenge, moderate};

/// Longest text of either kind, in characters.
pub const LENGTH: usize = 2_000;
/// Other views of one member that are shown of one subject.
pub const VIEWS: i64 = 5;
/// Versions of what one subject is for, within a day; and with those that are put back, so that who writes without end cannot keep
/// others from putting it right.
pub const A_DAY: i64 = 50;
const A_DAY_RESTORED: i64 = 2 * A_DAY;
/// Subjects that one is linked with.
pub const LINKS: usize = 10;

/// A new version of what a subject is for. All earlier ones stay, and can be put back. The same text again is no new version.
pub async fn write(node: &Node, tx: &mut Tx, who: &Account, subject: Subject, text: &str) -> Result<Purpose, Error> {
    let text = checked(text)?;
    must(node, tx, who, Verb::Write, subject).await?;
    if let Some(current) = tx.purpose(subject).await?.filter(|p| p.source == text) {
        return Ok(current);
    }
    add_version(node, tx, who, subject, Purpose { source: text, ..new(node, who) }, A_DAY).await
}

/// Another view of it, which stands beside it until its author withdraws it.
pub async fn add_view(node: &Node, tx: &mut Tx, who: &Account, subject: Subject, text: &str) -> Result<Purpose, Error> {
    let text = checked(text)?;
    must(node, tx, who, Verb::Differ, subject).await?;
    tx.hold_account(who.id).await?;
    if tx.count_views_of(subject, who.id).await? >= VIEWS {
        return Err(Error::invalid(format!("You have {VIEWS} other views here already. Withdraw one of them first.")));
    }
    insert(tx, who, subject, Purpose { source: text, is_view: true, ..new(node, who) }).await
}

/// Puts an earlier version back, as a new one, by who wrote it.
pub async fn restore(node: &Node, tx: &mut Tx, who: &Account, subject: Subject, id: Id) -> Result<Purpose, Error> {
    let earlier = tx.purpose_by_id(subject, id).await?.filter(|p| !p.is_view).ok_or(Error::NotFound)?;
    must(node, tx, who, Verb::Restore, subject).await?;
    if earlier.gone_at.is_some() {
        return Err(Error::invalid("This version was taken down."));
    }
    if tx.account(earlier.account_id).await?.is_some_and(|a| a.is_suspended() && a.deleted_at.is_none()) {
        return Err(Error::invalid("Its author is suspended: what they say is shown to nobody."));
    }
    if let Some(current) = tx.purpose(subject).await?.filter(|p| p.id == earlier.id) {
        return Ok(current);
    }
    let again = Purpose {
        account_id: earlier.account_id,
        source: earlier.source,
        restored_id: Some(earlier.id),
        restored_by: Some(who.id),
        ..new(node, who)
    };
    add_version(node, tx, who, subject, again, A_DAY_RESTORED).await
}

/// Takes a version or another view down, because it breaks the rules: nobody is shown any more what it says. If it was the version
/// that held, the one before it holds again.
pub async fn take_down(node: &Node, tx: &mut Tx, who: &Account, subject: Subject, id: Id) -> Result<(), Error> {
    let purpose = tx.purpose_by_id(subject, id).await?.ok_or(Error::NotFound)?;
    must(node, tx, who, Verb::TakeDown, subject).await?;
    if tx.take_down_purpose(id, Some(who.id), node.now()).await?
        && let Some(author) = tx.account(purpose.account_id).await?
    {
        let what = if purpose.is_view { "view taken down" } else { "purpose taken down" };
        let on = name(node, tx, subject).await?;
        moderate::log(node, tx, &who.username, what, &author, &on).await?;
        retell(node, tx, subject).await?;
    }
    Ok(())
}

/// What a challenge is for stands in what it said when it opened.
async fn retell(node: &Node, tx: &mut Tx, subject: Subject) -> Result<(), Error> {
    match subject {
        Subject::Challenge(id) => challenge::retell(node, tx, id).await,
        Subject::Tag(_) => Ok(()),
    }
}

/// Takes one's own view back.
pub async fn withdraw(node: &Node, tx: &mut Tx, who: &Account, subject: Subject, id: Id) -> Result<(), Error> {
    let view = tx.purpose_by_id(subject, id).await?.filter(|p| p.is_view && p.account_id == who.id);
    view.ok_or(Error::NotFound)?;
    tx.take_down_purpose(id, Some(who.id), node.now()).await?;
    Ok(())
}

/// Links two subjects: each is shown on the page of the other. Whoever does it has to have the right on both.
pub async fn link(node: &Node, tx: &mut Tx, who: &Account, a: Subject, b: Subject) -> Result<(), Error> {
    if a == b {
        return Err(Error::invalid("Nothing is linked with itself."));
    }
    // In one order for everybody, so that two who link never wait for each other.
    let (first, second) = if a.id() < b.id() { (a, b) } else { (b, a) };
    for subject in [first, second] {
        must(node, tx, who, Verb::Link, subject).await?;
        tx.tend(subject).await?;
        let links = tx.subject_links(subject).await?;
        let other = if subject == a { b } else { a };
        if links.len() >= LINKS && !links.iter().any(|l| l.other_id == other.id()) {
            return Err(Error::invalid(format!("There can be {LINKS} links at most.")));
        }
    }
    tx.link_subjects(a, b, who.id, node.now()).await?;
    Ok(())
}

/// Ends that. The right on either is enough.
pub async fn unlink(node: &Node, tx: &mut Tx, who: &Account, a: Subject, b: Subject) -> Result<(), Error> {
    if must(node, tx, who, Verb::Link, a).await.is_err() {
        must(node, tx, who, Verb::Link, b).await?;
    }
    if !tx.unlink_subjects(a, b).await? {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// Whether a member may read what a version says: of one that is gone its author may, and whoever may take it down.
pub async fn may_read(node: &Node, tx: &mut Tx, who: &Account, subject: Subject, p: &Purpose) -> Result<bool, Error> {
    if p.gone_at.is_none() {
        return Ok(true);
    }
    is_author_or_may(node, tx, who, p.account_id, Verb::TakeDown, subject).await
}

/// As a subject is called in the log.
pub(crate) async fn name(node: &Node, tx: &mut Tx, subject: Subject) -> Result<String, Error> {
    Ok(match subject {
        Subject::Tag(id) => tx.tags_by_id(&[id]).await?.first().map_or_else(String::new, |t| format!("#{}", t.name)),
        Subject::Challenge(id) => tx.account(id).await?.map_or_else(String::new, |a| node.config.full_handle(&a)),
    })
}

fn checked(text: &str) -> Result<String, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid("There is no text."));
    }
    if text.chars().count() > LENGTH {
        return Err(Error::invalid(format!("The text is longer than {LENGTH} characters.")));
    }
    Ok(text.to_owned())
}

/// A version, or another view, that says nothing yet.
fn new(node: &Node, who: &Account) -> Purpose {
    Purpose {
        id: node.id(),
        account_id: who.id,
        is_view: false,
        source: String::new(),
        restored_id: None,
        restored_by: None,
        created_at: node.now(),
        gone_at: None,
        gone_by: None,
    }
}

async fn add_version(
    node: &Node,
    tx: &mut Tx,
    who: &Account,
    subject: Subject,
    version: Purpose,
    most: i64,
) -> Result<Purpose, Error> {
    if tx.count_versions_since(subject, node.now() - DAY).await? >= most {
        return Err(Error::invalid(format!(
            "There were {most} versions within a day. Talk about it, and write it anew tomorrow."
        )));
    }
    let version = insert(tx, who, subject, version).await?;
    retell(node, tx, subject).await?;
    Ok(version)
}

async fn insert(tx: &mut Tx, who: &Account, subject: Subject, text: Purpose) -> Result<Purpose, Error> {
    may_be_heard(tx, who.id).await?;
    tx.tend(subject).await?;
    tx.insert_purpose(subject, &text).await?;
    Ok(text)
}
