//! What is in a list comes, and what is not in it goes: one row, or some, at a time. Each row is done in one unit of work with being
//! counted, so that none is done twice.

use model::account::Account;
use model::clock::{HOUR, MINUTE, Millis};
use model::id::Id;
use model::page::Page;
use model::post::Post;
use model::takeout::{Import, ImportRow, Kind, Progress, RowState, Stage};
use storage::{Circle, Counted, Tx};

use super::lists::{languages, name_of, says, title_of};
use crate::follow::Wishes;
use crate::list::ListChange;
use crate::{Error, Node, circle, follow, jobs, list, moderate, react};

/// What is looked at in one step of what is not in a file.
const STEP: i64 = 50;
/// Rows that are dropped in one step.
const MANY: i64 = 500;
/// How often a row is tried whose server does not answer.
const ATTEMPTS: i64 = 4;

/// What a row names.
#[derive(Debug)]
pub enum Target {
    Account(Box<Account>),
    Post(Box<Post>),
    /// A server, which need not be known.
    Nothing,
}

impl Target {
    fn id(&self) -> Option<Id> {
        match self {
            Self::Account(account) => Some(account.id),
            Self::Post(post) => Some(post.id),
            Self::Nothing => None,
        }
    }
}

/// What there is to do about an import now.
#[derive(Debug)]
pub enum Work {
    /// These rows, one after the other, for this member.
    Rows(Box<(Account, Import)>, Vec<ImportRow>),
    /// Something was done: look again.
    Again,
    /// Nothing before that.
    At(Millis),
    Done,
}

/// Looks what is to be done next of a list, and does what needs nobody else.
pub async fn next(node: &Node, import: Id, rows: i64) -> Result<Work, Error> {
    let mut tx = node.store.begin().await?;
    let Some(mut import) = tx.lock_import(import).await? else { return Ok(Work::Done) };
    let who = tx.account(import.account_id).await?.filter(|a| !a.is_suspended());
    let Some(who) = who else { return Ok(Work::Done) };
    if import.state.is_over() {
        let done = tidy(&mut tx, &import).await?;
        node.commit(tx).await?;
        return Ok(if done { Work::Done } else { Work::Again });
    }
    import.state = Progress::Running;
    let work = match import.stage {
        Stage::Clear => {
            if !import.overwrite || clear(&mut tx, &who, &mut import).await? {
                (import.stage, import.cursor) = (Stage::Rows, 0);
            }
            Work::Again
        }
        Stage::Rows => {
            let waiting = tx.waiting_rows(import.id, rows).await?;
            let due = waiting.iter().filter(|r| r.retry_at <= node.now()).cloned().collect::<Vec<_>>();
            match (due.is_empty(), waiting.first()) {
                (true, Some(later)) => Work::At(later.retry_at),
                (true, None) => {
                    (import.stage, import.cursor) = (Stage::Leave, 0);
                    Work::Again
                }
                (false, _) => Work::Rows(Box::new((who.clone(), import.clone())), due),
            }
        }
        Stage::Leave => {
            if !import.overwrite || leave(node, &mut tx, &who, &mut import).await? {
                import.stage = Stage::Tidy;
                import.state = Progress::Finished;
                import.finished_at = Some(node.now());
            }
            Work::Again
        }
        Stage::Tidy => Work::Done,
    };
    tx.update_import(&import).await?;
    node.commit(tx).await?;
    Ok(work)
}

/// Rows that are done are not needed any more; neither are those that nobody will do.
async fn tidy(tx: &mut Tx, import: &Import) -> Result<bool, Error> {
    for state in [RowState::Done, RowState::Waiting] {
        if tx.drop_import_rows(import.id, state, MANY).await? > 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Does what a row says about what it names, and writes that down. `false`: it was stopped.
pub async fn settle(
    node: &Node,
    import: &Import,
    who: &Account,
    row: &ImportRow,
    target: &Target,
) -> Result<bool, Error> {
    let mut tx = node.store.begin().await?;
    if tx.import(import.id).await?.is_none_or(|i| i.state.is_over()) {
        return Ok(false);
    }
    let done = ImportRow { state: RowState::Done, ..row.clone() };
    if !tx.settle_row(&done, target.id()).await? {
        return Ok(true);
    }
    match take(node, &mut tx, who, import.kind, row, target).await {
        Ok(()) => {}
        Err(error @ (Error::Storage(_) | Error::Files(_) | Error::Internal(_))) => return Err(error),
        // What it did until then is not kept.
        Err(error) => {
            drop(tx);
            return fail(node, import, row, &in_words(&error), false).await;
        }
    }
    tx.count_import(import.id, Counted { done: 1, ..Counted::default() }).await?;
    node.commit(tx).await?;
    Ok(true)
}

/// Writes down why a row could not be done, or that it is tried again later. `false`: the import was stopped.
pub async fn fail(node: &Node, import: &Import, row: &ImportRow, words: &str, may_pass: bool) -> Result<bool, Error> {
    let mut tx = node.store.begin().await?;
    if tx.import(import.id).await?.is_none_or(|i| i.state.is_over()) {
        return Ok(false);
    }
    let attempts = row.attempts + 1;
    let mut row = ImportRow { attempts, reason: words.to_owned(), ..row.clone() };
    if may_pass && attempts < ATTEMPTS {
        row.retry_at = node.now() + [MINUTE, 15 * MINUTE, 2 * HOUR][usize::try_from(attempts - 1).unwrap_or(2).min(2)];
    } else {
        row.state = RowState::Failed;
    }
    if tx.settle_row(&row, None).await? && row.state == RowState::Failed {
        tx.count_import(import.id, Counted { failed: 1, ..Counted::default() }).await?;
    }
    node.commit(tx).await?;
    Ok(true)
}

fn in_words(error: &Error) -> String {
    match error {
        Error::NotFound => "It is not there, or cannot be followed or seen.".to_owned(),
        other => other.to_string().trim_start_matches("Validation failed: ").to_owned(),
    }
}

/// The deed that a row asks for.
async fn take(
    node: &Node,
    tx: &mut Tx,
    who: &Account,
    kind: Kind,
    row: &ImportRow,
    target: &Target,
) -> Result<(), Error> {
    let cell = |at: usize| row.cells.get(at).map_or("", String::as_str);
    match (kind, target) {
        (Kind::Following, Target::Account(target)) => {
            let known = tx.follow(who.id, target.id).await?;
            let usual = known.map_or_else(Wishes::default, |f| Wishes {
                show_boosts: f.show_boosts,
                notify: f.notify,
                languages: f.languages,
            });
            let wishes = Wishes {
                show_boosts: says(cell(1), usual.show_boosts),
                notify: says(cell(2), usual.notify),
                languages: if cell(3).is_empty() { usual.languages } else { languages(cell(3)) },
            };
            follow::follow(node, tx, who, target, &wishes).await
        }
        (Kind::Lists, Target::Account(target)) => put_in_list(node, tx, who, cell(0), target).await,
        (Kind::Muting, Target::Account(target)) => {
            moderate::mute(node, tx, who, target, says(cell(1), true), None).await
        }
        (Kind::Blocking, Target::Account(target)) => moderate::block(node, tx, who, target).await,
        (Kind::DomainBlocking, _) => circle::block_domain(node, tx, who, &row.name).await,
        (Kind::Bookmarks, Target::Post(post)) => {
            let post = react::target(tx, who, post.id).await?;
            react::bookmark(node, tx, who, &post).await
        }
        _ => Err(Error::invalid("This is something else.")),
    }
}

/// Whoever is in a list is followed, as on Mastodon.
async fn put_in_list(node: &Node, tx: &mut Tx, who: &Account, title: &str, target: &Account) -> Result<(), Error> {
    if who.id != target.id && tx.follow(who.id, target.id).await?.is_none() {
        follow::follow(node, tx, who, target, &Wishes::default()).await?;
    }
    let title = title_of(title);
    let known = tx.lists(who.id).await?.into_iter().find(|l| title_of(&l.title) == title);
    let list = match known {
        Some(list) => list,
        None => {
            let wanted = ListChange { title: Some(title), ..ListChange::default() };
            list::create(node, tx, who, &wanted).await?
        }
    };
    if tx.lists_with(who.id, target.id).await?.iter().any(|l| l.id == list.id) {
        return Ok(());
    }
    list::add(tx, who, list.id, &[target.id]).await
}

/// What goes before anything comes, since there is room for so many only: servers, and lists. `true`: that is all.
async fn clear(tx: &mut Tx, who: &Account, import: &mut Import) -> Result<bool, Error> {
    match import.kind {
        Kind::Lists => {
            for list in tx.lists(who.id).await? {
                if !tx.import_names(import.id, &title_of(&list.title), 0).await? {
                    list::delete(tx, who, list.id).await?;
                }
            }
            Ok(true)
        }
        Kind::DomainBlocking => {
            let page = Page { max_id: below(import), ..Page::first(STEP) };
            let some = tx.domain_mutes(who.id, &page).await?;
            for (_, domain) in &some {
                if !tx.import_names(import.id, domain, 0).await? {
                    circle::unblock_domain(tx, who, domain).await?;
                }
            }
            Ok(goes_on(import, some.last().map(|(id, _)| *id)))
        }
        _ => Ok(true),
    }
}

fn below(import: &Import) -> Option<Id> {
    Some(import.cursor).filter(|at| *at > 0)
}

/// `true`: there was nothing left.
fn goes_on(import: &mut Import, last: Option<Id>) -> bool {
    import.cursor = last.unwrap_or(0);
    last.is_none()
}

/// What goes when all has come. `true`: that is all.
async fn leave(node: &Node, tx: &mut Tx, who: &Account, import: &mut Import) -> Result<bool, Error> {
    let circle = match import.kind {
        Kind::Following => Circle::Following,
        Kind::Muting => Circle::Muting,
        Kind::Blocking => Circle::Blocking,
        Kind::Bookmarks => return leave_bookmarks(tx, who, import).await,
        Kind::Lists => return leave_lists(node, tx, who, import).await,
        Kind::DomainBlocking | Kind::Posts => return Ok(true),
    };
    let some = tx.circle_of(who.id, circle, below(import).unwrap_or(Id::MAX), STEP).await?;
    for tie in &some {
        let name = name_of(&node.config, &tie.username, &tie.domain);
        if tx.import_names(import.id, &name, tie.account_id).await? {
            continue;
        }
        let Some(target) = tx.account(tie.account_id).await? else { continue };
        match circle {
            Circle::Muting => moderate::unmute(tx, who, &target).await?,
            Circle::Blocking => moderate::unblock(node, tx, who, &target).await?,
            _ => follow::unfollow(node, tx, who, &target).await?,
        }
    }
    Ok(goes_on(import, some.last().map(|t| t.id)))
}

async fn leave_bookmarks(tx: &mut Tx, who: &Account, import: &mut Import) -> Result<bool, Error> {
    let some = tx.bookmarked(who.id, below(import).unwrap_or(Id::MAX), STEP).await?;
    for (_, post, uri) in &some {
        if !tx.import_names(import.id, uri, *post).await?
            && let Some(post) = tx.post(*post).await?
        {
            react::unbookmark(tx, who, &post).await?;
        }
    }
    Ok(goes_on(import, some.last().map(|(id, ..)| *id)))
}

/// The lists of a file have in the end whom it says. One list in a step.
async fn leave_lists(node: &Node, tx: &mut Tx, who: &Account, import: &mut Import) -> Result<bool, Error> {
    let next = tx.lists(who.id).await?.into_iter().find(|l| l.id > import.cursor);
    let Some(list) = next else { return Ok(true) };
    let mut after = 0;
    loop {
        let some = tx.names_in_list(list.id, after, STEP).await?;
        let Some((last, ..)) = some.last() else { break };
        after = *last;
        for (account, username, domain) in &some {
            let name = format!("{}\n{}", title_of(&list.title), name_of(&node.config, username, domain));
            if !tx.import_names(import.id, &name, 0).await? {
                list::remove(tx, who, list.id, &[*account]).await?;
            }
        }
    }
    import.cursor = list.id;
    Ok(false)
}

/// The job of an import that is not over may have been lost: it is asked for again. What lies behind its time goes.
pub(super) async fn look_after(node: &Node, tx: &mut Tx, import: &Import, keep: Millis) -> Result<bool, Error> {
    let now = node.now();
    if !import.state.is_over() {
        let job = super::job_of(import);
        if !jobs::is_under_way(tx, &job).await? {
            jobs::enqueue(node, tx, &job).await?;
        }
        return Ok(true);
    }
    if import.finished_at.is_some_and(|at| at > now - keep) {
        return Ok(true);
    }
    for state in [RowState::Failed, RowState::Done, RowState::Waiting] {
        if tx.drop_import_rows(import.id, state, MANY).await? > 0 {
            return Ok(false);
        }
    }
    super::drop_files(node, tx, import).await?;
    tx.delete_import(import.id).await?;
    Ok(true)
}
