//! What members take along and bring: lists as CSV out and in, an archive of all that is theirs, and posts out of an archive.
//!
//! Whatever takes its time is a row that says how far it is ([`Import`], [`Archive`]) and a job that goes on with it (`federation` runs
//! them: accounts and posts have to be looked up, and documents written and read). Each step is one unit of work with what it counts, so
//! that a process may die at any moment.

mod apply;
mod archive;
pub mod lists;
pub mod posts;

use bytes::Bytes;
use model::account::Account;
use model::clock::{DAY, Millis};
use model::id::Id;
use model::page::Page;
use model::takeout::{Archive, Export, Import, ImportRow, Kind, Progress, RowState, Stage};
use storage::{Category, Circle, FileReader, FileWriter, Tx};

use crate::jobs::{self, Job};
use crate::{Error, Node};

pub use apply::{Target, Work, fail, next, settle};
pub use archive::{BYTES as ARCHIVE_BYTES, Reader, Writer, is_gzip, unpack};

/// An archive can be had once in this time, and is kept for that.
pub const ARCHIVE_EVERY: Millis = DAY;
pub const ARCHIVE_KEPT: Millis = 7 * DAY;
/// How long it can be seen what became of an import.
pub const IMPORT_KEPT: Millis = 30 * DAY;
/// Imports of a member that are under way at the same time.
const IMPORTS: usize = 6;
/// An archive that was not made in this time never will be.
const PATIENCE: Millis = DAY;
/// Rows of a page of a list.
const PAGE: i64 = 500;

// Lists out.

/// Where a list that is written page by page goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    list: Id,
    at: Id,
}

/// A page of a list as CSV, and where the next one begins (`None`: that was all). The first has the line that names the columns, where
/// Mastodon writes one. The order is Mastodon's: the last first, and lists one after the other.
pub async fn export_page(
    node: &Node,
    tx: &mut Tx,
    who: &Account,
    what: Export,
    from: Option<Place>,
) -> Result<(String, Option<Place>), Error> {
    let mut text = match from {
        None if !what.header().is_empty() => lists::line(what.header()),
        _ => String::new(),
    };
    let below = from.map_or(Id::MAX, |place| place.at);
    let mut last = None;
    let mut count = 0;
    let circle = match what {
        Export::Following => Circle::Following,
        Export::Followers => Circle::Followers,
        Export::Muting => Circle::Muting,
        Export::Blocking => Circle::Blocking,
        Export::Lists => return export_lists(node, tx, who, from).await,
        Export::DomainBlocking => {
            let page = Page { max_id: from.map(|_| below), ..Page::first(PAGE) };
            for (id, domain) in tx.domain_mutes(who.id, &page).await? {
                text += &lists::line(&[domain]);
                (last, count) = (Some(id), count + 1);
            }
            return Ok((text, last.filter(|_| count >= PAGE).map(|at| Place { list: 0, at })));
        }
        Export::Bookmarks => {
            for (id, _, uri) in tx.bookmarked(who.id, below, PAGE).await? {
                text += &lists::line(&[uri]);
                (last, count) = (Some(id), count + 1);
            }
            return Ok((text, last.filter(|_| count >= PAGE).map(|at| Place { list: 0, at })));
        }
    };
    for tie in tx.circle_of(who.id, circle, below, PAGE).await? {
        let address = address(node, &tie.username, &tie.domain);
        text += &match circle {
            Circle::Following => {
                let flags = [tie.flag, tie.notify].map(|f| f.to_string());
                lists::line(&[address.as_str(), &flags[0], &flags[1], &tie.languages.join(", ")])
            }
            Circle::Muting => lists::line(&[address, tie.flag.to_string()]),
            _ => lists::line(&[address]),
        };
        (last, count) = (Some(tie.id), count + 1);
    }
    Ok((text, last.filter(|_| count >= PAGE).map(|at| Place { list: 0, at })))
}

fn address(node: &Node, username: &str, domain: &str) -> String {
    let domain = if domain.is_empty() { &node.config.handle_domain } else { domain };
    format!("{username}@{domain}")
}

async fn export_lists(
    node: &Node,
    tx: &mut Tx,
    who: &Account,
    from: Option<Place>,
) -> Result<(String, Option<Place>), Error> {
    let from = from.unwrap_or(Place { list: 0, at: 0 });
    let (mut text, mut room, mut after) = (String::new(), PAGE, from.at);
    for list in tx.lists(who.id).await?.into_iter().filter(|l| l.id >= from.list) {
        if list.id != from.list {
            after = 0;
        }
        let names = tx.names_in_list(list.id, after, room).await?;
        for (id, username, domain) in &names {
            text += &lists::line(&[list.title.as_str(), &address(node, username, domain)]);
            after = *id;
        }
        room -= i64::try_from(names.len()).unwrap_or(room);
        if room <= 0 {
            return Ok((text, Some(Place { list: list.id, at: after })));
        }
    }
    Ok((text, None))
}

// Lists in.

/// Begins to take a list in. `overwrite`: in the end the member has what is in it and nothing else. Nothing is done if the file cannot be
/// read; with `overwrite` neither if one of its rows cannot.
///
/// # Errors
/// [`Error::Invalid`] for a file that is no such list or has too much in it, and for too many imports at the same time.
pub async fn import_list(
    node: &Node,
    tx: &mut Tx,
    who: &Account,
    kind: Kind,
    bytes: &[u8],
    overwrite: bool,
) -> Result<Import, Error> {
    let list = lists::read(&node.config, kind, bytes)?;
    if overwrite && let Some(odd) = list.rows.iter().find(|r| !r.reason.is_empty()) {
        let cell = odd.cells.join(", ").chars().take(100).collect::<String>();
        return Err(Error::Invalid(format!(
            "Nothing was changed, since a row of the file cannot be read: “{cell}”. {}",
            odd.reason
        )));
    }
    let total = i64::try_from(list.rows.len()).unwrap_or(i64::MAX);
    let failed = list.rows.iter().filter(|r| !r.reason.is_empty()).count();
    let import =
        Import { total, overwrite, failed: i64::try_from(failed).unwrap_or(0), ..begun(node, tx, who, kind).await? };
    tx.insert_import(&import).await?;
    let row = |position, row: &lists::Row| ImportRow {
        import_id: import.id,
        position,
        name: row.name.clone(),
        cells: row.cells.clone(),
        state: if row.reason.is_empty() { RowState::Waiting } else { RowState::Failed },
        retry_at: 0,
        attempts: 0,
        reason: row.reason.clone(),
    };
    for (position, read) in (1..).zip(&list.rows) {
        tx.insert_import_row(&row(position, read)).await?;
    }
    if kind == Kind::Lists {
        // By which it is seen which lists the file has.
        let mut titles: Vec<String> =
            list.rows.iter().filter_map(|r| Some(r.name.split_once('\n')?.0.to_owned())).collect();
        titles.sort();
        titles.dedup();
        for (position, name) in (1..).zip(titles) {
            let title = ImportRow {
                state: RowState::Done,
                ..row(-position, &lists::Row { name, cells: Vec::new(), reason: String::new() })
            };
            tx.insert_import_row(&title).await?;
        }
    }
    jobs::enqueue(node, tx, &job_of(&import)).await?;
    Ok(import)
}

/// A new import, if there may be one more.
async fn begun(node: &Node, tx: &mut Tx, who: &Account, kind: Kind) -> Result<Import, Error> {
    tx.hold_account(who.id).await?;
    let before = tx.imports(who.id, Id::MAX, 100).await?;
    let mut under_way = before.iter().filter(|i| !i.state.is_over());
    if under_way.clone().any(|i| i.kind == kind) {
        return Err(Error::Conflict("Another file of this kind is still being taken in.".to_owned()));
    }
    if under_way.nth(IMPORTS - 1).is_some() || before.len() >= 100 {
        return Err(Error::Conflict("Too many files are being taken in, or were of late.".to_owned()));
    }
    Ok(Import {
        id: node.id(),
        account_id: who.id,
        kind,
        overwrite: false,
        state: Progress::Waiting,
        stage: Stage::Clear,
        cursor: 0,
        total: 0,
        done: 0,
        failed: 0,
        skipped: 0,
        path: String::new(),
        origin: String::new(),
        failure: String::new(),
        created_at: node.now(),
        finished_at: None,
    })
}

fn job_of(import: &Import) -> Job {
    match import.kind {
        Kind::Posts => Job::ImportPosts { import: import.id },
        _ => Job::ImportList { import: import.id },
    }
}

/// One of a member's imports.
pub async fn import(tx: &mut Tx, who: &Account, id: Id) -> Result<Import, Error> {
    tx.import(id).await?.filter(|i| i.account_id == who.id).ok_or(Error::NotFound)
}

/// A member's imports, the last first.
pub async fn imports(tx: &mut Tx, who: &Account) -> Result<Vec<Import>, Error> {
    Ok(tx.imports(who.id, Id::MAX, 100).await?)
}

/// Stops an import. What was done stays.
pub async fn stop(node: &Node, tx: &mut Tx, who: &Account, id: Id) -> Result<Import, Error> {
    let mut import = tx.lock_import(id).await?.filter(|i| i.account_id == who.id).ok_or(Error::NotFound)?;
    if !import.state.is_over() {
        import.state = Progress::Stopped;
        import.finished_at = Some(node.now());
        end(node, tx, &mut import).await?;
    }
    Ok(import)
}

/// Writes down that an import is over, and has what is left of it removed.
async fn end(node: &Node, tx: &mut Tx, import: &mut Import) -> Result<(), Error> {
    import.stage = Stage::Tidy;
    drop_files(node, tx, import).await?;
    import.path.clear();
    tx.update_import(import).await?;
    if import.kind != Kind::Posts {
        jobs::enqueue(node, tx, &job_of(import)).await?;
    }
    Ok(())
}

/// An import of posts came to its end, or (`failure`) did not.
pub async fn end_posts(node: &Node, import: Id, failure: Option<String>) -> Result<(), Error> {
    let mut tx = node.store.begin().await?;
    if let Some(mut import) = tx.lock_import(import).await?.filter(|i| !i.state.is_over()) {
        import.state = if failure.is_some() { Progress::Failed } else { Progress::Finished };
        import.failure = failure.unwrap_or_default();
        import.finished_at = Some(node.now());
        end(node, &mut tx, &mut import).await?;
    }
    node.commit(tx).await
}

/// Rows that could not be done as a file that can be read again, from behind the row `after` on: the text, and the last row of it
/// (`None`: that was all). The last column says why.
pub async fn failed_page(tx: &mut Tx, import: &Import, after: Option<i64>) -> Result<(String, Option<i64>), Error> {
    let mut text = match after {
        None if import.kind == Kind::Posts => lists::line(&["#uri", "Reason"]),
        None => {
            let head = lists::header(import.kind);
            format!("{},Reason\n", head.trim_end())
        }
        Some(_) => String::new(),
    };
    let rows = tx.failed_rows(import.id, after.unwrap_or(-1), PAGE).await?;
    for row in &rows {
        let cells: Vec<&str> = row.cells.iter().map(String::as_str).chain([row.reason.as_str()]).collect();
        text += &lists::line(&cells);
    }
    let is_full = i64::try_from(rows.len()).is_ok_and(|n| n >= PAGE);
    Ok((text, rows.last().map(|r| r.position).filter(|_| is_full)))
}

// Posts in.

/// Where the archive that a member brings is written to, before [`import_posts`].
pub struct Upload {
    pub key: String,
    file: FileWriter,
    size: u64,
}

/// Takes an archive as it comes. Dropped before its end it leaves nothing.
pub fn receive_archive(node: &Node) -> Upload {
    let key = key(node, "upload");
    Upload { file: node.files.write(&key), key, size: 0 }
}

impl Upload {
    /// # Errors
    /// [`Error::Invalid`] for more than [`ARCHIVE_BYTES`].
    pub async fn write(&mut self, piece: Bytes) -> Result<(), Error> {
        self.size += piece.len() as u64;
        if self.size > ARCHIVE_BYTES {
            return Err(Error::Invalid(format!("This archive is larger than {} GB.", ARCHIVE_BYTES >> 30)));
        }
        Ok(self.file.write(piece).await?)
    }
}

/// Begins to take in the posts of an archive (Mastodon's, or ours; zip or tar.gz) that was uploaded.
pub async fn import_posts(node: &Node, who: &Account, upload: Upload) -> Result<Import, Error> {
    let Upload { key, file, size } = upload;
    file.finish().await?;
    let begin = async {
        let mut tx = node.store.begin().await?;
        crate::moving::check_here(who)?;
        crate::login::may_be_heard(&mut tx, who.id).await?;
        let import = Import { path: key.clone(), ..begun(node, &mut tx, who, Kind::Posts).await? };
        tx.insert_import(&import).await?;
        tx.count_bytes(Category::Takeouts, i64::try_from(size).unwrap_or(i64::MAX)).await?;
        jobs::enqueue(node, &mut tx, &job_of(&import)).await?;
        node.commit(tx).await?;
        Ok(import)
    };
    match begin.await {
        Ok(import) => Ok(import),
        Err(error) => {
            node.files.delete(&key).await?;
            Err(error)
        }
    }
}

/// An archive was looked into: whose it is, how many posts it has, and where it lies now. `None`: the import is over.
pub async fn begin_posts(node: &Node, mut import: Import, path: String) -> Result<Option<Import>, Error> {
    let mut tx = node.store.begin().await?;
    let Some(known) = tx.lock_import(import.id).await?.filter(|i| !i.state.is_over()) else {
        node.files.delete(&path).await?;
        return Ok(None);
    };
    if known.path != path {
        let size = i64::try_from(node.files.size(&path).await?).unwrap_or(i64::MAX);
        tx.count_bytes(Category::Takeouts, size).await?;
        jobs::enqueue(node, &mut tx, &Job::DeleteFiles { keys: vec![known.path] }).await?;
    }
    import.path = path;
    import.state = Progress::Running;
    import.stage = Stage::Rows;
    tx.update_import(&import).await?;
    node.commit(tx).await?;
    Ok(Some(import))
}

/// Where the zip lies that is made of a tarball.
pub fn unpacked_key(key: &str) -> String {
    format!("{key}.zip")
}

/// Removes the file of an import, where it has one, and what was made of it.
async fn drop_files(node: &Node, tx: &mut Tx, import: &Import) -> Result<(), Error> {
    if !import.path.is_empty() {
        let keys = vec![import.path.clone(), unpacked_key(&import.path)];
        jobs::enqueue(node, tx, &Job::DeleteFiles { keys }).await?;
    }
    Ok(())
}

// Archives out.

/// From when on somebody can have another archive, beside these; nothing: at once.
pub fn next_archive(archives: &[Archive], now: Millis) -> Option<Millis> {
    let made = archives.iter().filter(|a| a.state == Progress::Finished).map(|a| a.created_at).max()?;
    Some(made + ARCHIVE_EVERY).filter(|at| *at > now)
}

/// Has an archive made of all that is a member's own.
///
/// # Errors
/// [`Error::Conflict`] within a day of the last one.
pub async fn request_archive(node: &Node, tx: &mut Tx, who: &Account) -> Result<Archive, Error> {
    tx.hold_account(who.id).await?;
    let now = node.now();
    let before = tx.archives(who.id).await?;
    if before.iter().any(|a| !a.state.is_over()) {
        return Err(Error::Conflict("Your archive is being made.".to_owned()));
    }
    if next_archive(&before, now).is_some() {
        return Err(Error::Conflict("You can have one archive a day.".to_owned()));
    }
    let archive = Archive {
        id: node.id(),
        account_id: who.id,
        state: Progress::Waiting,
        path: format!("{}.zip", key(node, "archive")),
        size: 0,
        total: who.posts_count,
        done: 0,
        created_at: now,
        finished_at: None,
    };
    tx.insert_archive(&archive).await?;
    jobs::enqueue(node, tx, &Job::MakeArchive { archive: archive.id }).await?;
    Ok(archive)
}

/// A member's archives, the last first.
pub async fn archives(tx: &mut Tx, who: &Account) -> Result<Vec<Archive>, Error> {
    Ok(tx.archives(who.id).await?)
}

/// Opens an archive for the member whose it is, and says how it is to be called.
pub async fn open_archive(node: &Node, who: &Account, id: Id) -> Result<(String, FileReader), Error> {
    let archive = node.store.read().await?.archive(id).await?;
    let archive = archive.filter(|a| a.account_id == who.id && a.state == Progress::Finished).ok_or(Error::NotFound)?;
    let name = format!("archive-{}-{}.zip", who.username, model::clock::date(archive.created_at));
    Ok((name, node.files.read(&archive.path).await?))
}

/// A new key among those that nobody is served. What it ends with tells what it is.
fn key(node: &Node, what: &str) -> String {
    let chance = node.random.bytes::<16>().iter().map(|b| format!("{b:02x}")).collect::<String>();
    format!("{}/{}/{}/{chance}-{what}", Category::Takeouts.name(), &chance[..2], &chance[2..4])
}

// Keeping house.

/// A member is deleted: nothing of that is left.
pub(crate) async fn forget(node: &Node, tx: &mut Tx, who: Id) -> Result<(), Error> {
    let mut keys = tx.forget_takeouts(who).await?;
    if !keys.is_empty() {
        keys.extend(keys.iter().map(|key| unpacked_key(key)).collect::<Vec<_>>());
        jobs::enqueue(node, tx, &Job::DeleteFiles { keys }).await?;
    }
    Ok(())
}

/// Archives whose time is over go with their files.
pub(crate) async fn tidy_archives(node: &Node, tx: &mut Tx, after: Id, limit: i64) -> Result<(Option<Id>, u64), Error> {
    let now = node.now();
    let some = tx.archives_after(after, limit).await?;
    let mut gone = 0;
    for archive in &some {
        let is_old = archive.created_at <= now - ARCHIVE_KEPT;
        if is_old || archive.state == Progress::Failed && archive.created_at <= now - DAY {
            jobs::enqueue(node, tx, &Job::DeleteFiles { keys: vec![archive.path.clone()] }).await?;
            gone += u64::from(tx.delete_archive(archive.id).await?);
        } else if !archive.state.is_over() {
            let job = Job::MakeArchive { archive: archive.id };
            if archive.created_at <= now - PATIENCE {
                let failed = Archive { state: Progress::Failed, finished_at: Some(now), ..archive.clone() };
                tx.update_archive(&failed).await?;
            } else if !jobs::is_under_way(tx, &job).await? {
                jobs::enqueue(node, tx, &job).await?;
            }
        }
    }
    let is_full = i64::try_from(some.len()).is_ok_and(|n| n >= limit);
    Ok((some.last().map(|a| a.id).filter(|_| is_full), gone))
}

/// Imports whose time is over go; those whose job was lost go on.
pub(crate) async fn tidy_imports(node: &Node, tx: &mut Tx, after: Id, limit: i64) -> Result<(Option<Id>, u64), Error> {
    let some = tx.imports_after(after, limit).await?;
    let mut gone = 0;
    for import in &some {
        if !apply::look_after(node, tx, import, IMPORT_KEPT).await? {
            // There is more of this one: it is the first of the next step.
            return Ok((Some(import.id - 1), gone + 1));
        }
        gone += u64::from(tx.import(import.id).await?.is_none());
    }
    let is_full = i64::try_from(some.len()).is_ok_and(|n| n >= limit);
    Ok((some.last().map(|i| i.id).filter(|_| is_full), gone))
}
