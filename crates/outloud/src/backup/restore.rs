//! Reading a backup: first all of it is checked, and only then anything is written. The files come first, which harm nobody if it
//! ends there; then the tables in one transaction, so that a node is there as a whole or not at all.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use node::Node;
use sha2::{Digest as _, Sha256};
use storage::{Alone, Category, Files, Record, TABLES, Tx};
use tar::Archive;

use super::{Counts, FORMAT, MANIFEST, Manifest, SUMS, note_sum};
use crate::progress::{Progress, size};
use crate::{Error, Settings, serve};

/// Rows that are handed over together.
const BATCH: usize = 500;
const PIECE: usize = 256 * 1024;
/// A process that serves a database has lost all its connections for no longer than this.
const RETURN: Duration = Duration::from_secs(3);

/// Bytes of the files that were written, by what they are for.
type Sizes = [(Category, i64); Category::ALL.len()];

/// A file that is a whole backup which this program can read.
#[derive(Debug)]
pub struct Checked {
    pub manifest: Manifest,
    file: File,
}

fn broken(words: impl std::fmt::Display) -> Error {
    Error::Usage(format!("The backup is damaged or not complete ({words}). Nothing was written."))
}

fn unreadable(error: io::Error) -> Error {
    broken(error)
}

/// Reads a file from its beginning to its end.
pub fn check(path: &Path, progress: &mut Progress) -> Result<Checked, Error> {
    let file = File::open(path).map_err(Error::io(format!("cannot read {}", path.display())))?;
    let total = file.metadata().map_or(0, |m| m.len());
    let mut archive = Archive::new(BufReader::with_capacity(1 << 20, &file));
    let mut manifest = None;
    let (mut found, mut named) = (String::new(), None);
    let mut piece = vec![0; PIECE];
    for entry in archive.entries().map_err(unreadable)? {
        let mut entry = match entry {
            Err(_) if manifest.is_none() => {
                return Err(Error::Usage(format!("{} is not a backup of Outloud.", path.display())));
            }
            entry => entry.map_err(unreadable)?,
        };
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if manifest.is_none() && name != MANIFEST {
            return Err(Error::Usage(format!("{} is not a backup of Outloud.", path.display())));
        }
        if named.is_some() {
            return Err(broken("it goes on after its end"));
        }
        progress.show(&format!("checking {} of {}", size(entry.raw_file_position()), size(total)));
        if name == MANIFEST || name == SUMS {
            let mut text = String::new();
            entry.read_to_string(&mut text).map_err(unreadable)?;
            if name == SUMS {
                named = Some(text);
                continue;
            }
            note_sum(&mut found, Sha256::new_with_prefix(&text), &name);
            manifest = Some(read_manifest(&text)?);
            continue;
        }
        let mut sha = Sha256::new();
        let wanted = entry.size();
        let mut there = 0;
        loop {
            let read = entry.read(&mut piece).map_err(unreadable)?;
            if read == 0 {
                break;
            }
            there += read as u64;
            sha.update(&piece[..read]);
        }
        if there != wanted {
            return Err(broken(format!("it ends within {name}")));
        }
        note_sum(&mut found, sha, &name);
    }
    progress.clear();
    drop(archive);
    let Some(manifest) = manifest else {
        return Err(Error::Usage(format!("{} is not a backup of Outloud.", path.display())));
    };
    let Some(named) = named else { return Err(broken("its end is missing")) };
    if named != found {
        let first = found.lines().zip(named.lines()).find(|(a, b)| a != b).and_then(|(a, _)| a.split_once("  "));
        return Err(broken(first.map_or("it does not say the same as its end", |(_, name)| name)));
    }
    Ok(Checked { manifest, file })
}

fn read_manifest(text: &str) -> Result<Manifest, Error> {
    #[derive(serde::Deserialize)]
    struct Form {
        format: u32,
        #[serde(default)]
        version: String,
    }
    let form: Form = serde_json::from_str(text).map_err(broken)?;
    let newer = |version: &str| {
        let own = env!("CARGO_PKG_VERSION");
        Error::Usage(format!(
            "The backup was made by a newer version of Outloud ({version}) than this one ({own}): use that version."
        ))
    };
    if form.format > FORMAT {
        return Err(newer(&form.version));
    }
    let manifest: Manifest = serde_json::from_str(text).map_err(broken)?;
    if manifest.schema > storage::newest_schema() {
        return Err(newer(&manifest.version));
    }
    Ok(manifest)
}

/// Makes the node of the settings what the backup was.
pub async fn restore(
    settings: &Settings,
    checked: &Checked,
    force: bool,
    progress: &mut Progress,
) -> Result<Counts, Error> {
    let manifest = &checked.manifest;
    if settings.origin_given && settings.node.origin != manifest.origin {
        return Err(Error::setting(
            "OUTLOUD_ORIGIN",
            format!(
                "the backup is of {}, and its accounts are known elsewhere by that: it cannot become {}",
                manifest.origin, settings.node.origin
            ),
        ));
    }
    // Held to the end: nobody may serve meanwhile.
    let _only = serve::only(settings)?;
    let node = serve::unfixed(settings, crate::Parts::default()).await?;
    // Held to the end, too.
    let mut alone = alone(&node).await?;
    if force && !node.store.is_sqlite() {
        // Whose connections were cut a moment ago, as by a restart of PostgreSQL, comes back.
        drop(alone);
        progress.step("seeing whether somebody serves the database");
        tokio::time::sleep(RETURN).await;
        alone = self::alone(&node).await?;
    }
    node.store.migrate().await?;
    if !force {
        refuse_what_is_there(&node).await?;
    }
    let mut tx = node.store.begin().await?;
    if !tx.has_members().await? {
        // Until all is there nobody may take it for a new node. It goes with all else that is replaced.
        tx.put_setting(serve::UNFINISHED, &manifest.origin).await?;
    }
    tx.commit().await?;
    let mut counts = Counts::default();
    let sizes = restore_files(checked, &node.files, &mut counts, progress).await?;
    let mut tx = node.store.begin().await?;
    tx.clear_tables().await?;
    restore_tables(checked, &mut tx, &mut counts, progress).await?;
    for (category, bytes) in sizes {
        tx.count_bytes(category, bytes).await?;
    }
    progress.step("writing to disk");
    if !alone.held().await {
        return Err(Error::Usage("The connection to the database was lost: nothing in it was changed.".to_owned()));
    }
    tx.commit().await?;
    progress.clear();
    drop(alone);
    node.store.close().await;
    Ok(counts)
}

async fn alone(node: &Node) -> Result<Alone, Error> {
    let words = "A node is running on this database: stop it first, all of its processes.";
    node.store.alone().await?.ok_or_else(|| Error::Usage(words.to_owned()))
}

/// Somebody's node is not overwritten by mistake. One that was only started once, without any member, is nobody's, and so is what a
/// restore left behind that was cut off.
async fn refuse_what_is_there(node: &Node) -> Result<(), Error> {
    let mut tx = node.store.read().await?;
    if tx.setting(serve::UNFINISHED).await?.is_some() {
        return Ok(());
    }
    if tx.has_members().await? {
        return Err(Error::Usage(
            "The database is not empty: it has members. Name an empty one (OUTLOUD_DATABASE_URL), or use --force to replace all of it.".to_owned(),
        ));
    }
    if !node.files.is_empty().await? {
        return Err(Error::Usage(
            "Where media lie is not empty. Name an empty folder or prefix (OUTLOUD_MEDIA_URL), or use --force to write there all the same.".to_owned(),
        ));
    }
    Ok(())
}

fn rewound(checked: &Checked) -> Result<Archive<BufReader<&File>>, Error> {
    use std::io::Seek as _;
    let mut file = &checked.file;
    file.rewind().map_err(unreadable)?;
    Ok(Archive::new(BufReader::with_capacity(1 << 20, file)))
}

async fn restore_files(
    checked: &Checked,
    files: &Files,
    counts: &mut Counts,
    progress: &mut Progress,
) -> Result<Sizes, Error> {
    // Of what was kept of other servers, and of archives, nothing is known any more.
    for category in [Category::Remote, Category::Takeouts] {
        for key in files.list_folder(category.name()).await? {
            files.delete(&key).await?;
        }
    }
    let mut sizes = Category::ALL.map(|category| (category, 0));
    let mut archive = rewound(checked)?;
    let mut piece = vec![0; PIECE];
    for entry in archive.entries_with_seek().map_err(unreadable)? {
        let mut entry = entry.map_err(unreadable)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let Some(key) = name.strip_prefix("media/") else { continue };
        let mut file = files.write(key);
        loop {
            let read = entry.read(&mut piece).map_err(unreadable)?;
            if read == 0 {
                break;
            }
            file.write(Bytes::copy_from_slice(&piece[..read])).await?;
            counts.bytes += read as u64;
            if let Some((_, bytes)) = sizes.iter_mut().find(|(c, _)| *c == Category::of_key(key)) {
                *bytes += i64::try_from(read).unwrap_or(0);
            }
        }
        file.finish().await?;
        counts.files += 1;
        progress.show(&format!("file {} ({})", counts.files, size(counts.bytes)));
    }
    Ok(sizes)
}

async fn restore_tables(
    checked: &Checked,
    tx: &mut Tx,
    counts: &mut Counts,
    progress: &mut Progress,
) -> Result<(), Error> {
    let mut archive = rewound(checked)?;
    for entry in archive.entries_with_seek().map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let Some(table) = name.strip_prefix("tables/").and_then(|n| n.strip_suffix(".jsonl")) else { continue };
        let table =
            TABLES.into_iter().find(|t| *t == table).ok_or_else(|| broken(format!("there is no table {table}")))?;
        let columns = tx.columns_of(table).await?;
        let mut batch: Vec<Record> = Vec::with_capacity(BATCH);
        let mut lines = BufReader::new(entry).lines();
        loop {
            let line = lines.next().transpose().map_err(unreadable)?;
            let last = line.is_none();
            if let Some(line) = line {
                batch.push(serde_json::from_str(&line).map_err(broken)?);
            }
            if batch.len() == BATCH || last {
                tx.import_rows(table, &columns, &batch).await?;
                counts.rows += batch.len() as u64;
                batch.clear();
                progress.show(&format!("table {table}, {} rows", counts.rows));
            }
            if last {
                break;
            }
        }
    }
    Ok(())
}
