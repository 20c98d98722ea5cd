//! Writing a backup, beside a node that runs. The tables are of one moment; files that come later may be in it, too.
//!
//! It writes with blocking calls: the process does nothing else meanwhile.

use std::fs::{File, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use model::clock;
use node::Node;
use sha2::{Digest as _, Sha256};
use storage::{Category, FileInfo, OF_THE_PLACE, TABLES, Tx};
use tar::{Builder, EntryWriter, Header};

use super::{Counts, FORMAT, MANIFEST, Manifest, SUMS, note_sum};
use crate::progress::{Progress, size};
use crate::{Error, serve};

/// Writes everything that a node is into one file, which is there when it is whole, and not before.
pub async fn backup(node: &Node, file: &Path, progress: &mut Progress) -> Result<Counts, Error> {
    let mut part = file.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    for path in [file, part.as_path()] {
        // A pipe would be waited for, and /dev/stdout replaced.
        if path.symlink_metadata().is_ok_and(|known| !known.is_file()) {
            return Err(Error::Usage(format!("{} is no ordinary file: name one that is, or none.", path.display())));
        }
    }
    let part_file = create_private(&part).map_err(|e| failed(&part, e))?;
    // Locked until it has its name.
    let lock = part_file.try_clone().map_err(|e| failed(&part, e))?;
    let result = write(node, &part, part_file, progress).await;
    progress.clear();
    let finished = result.and_then(|counts| {
        let cannot = |e: io::Error| failed(file, e);
        std::fs::rename(&part, file).map_err(cannot)?;
        let folder = file.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|f| f.sync_all()).map_err(cannot)?;
        Ok(counts)
    });
    if finished.is_err() {
        // What is half done is of no use, and what stopped us is what counts.
        let _ = std::fs::remove_file(&part);
    }
    drop(lock);
    finished
}

fn failed(file: &Path, source: io::Error) -> Error {
    Error::Io { context: format!("cannot write {}", file.display()), source }
}

async fn write(node: &Node, part: &Path, file: File, progress: &mut Progress) -> Result<Counts, Error> {
    let cannot = |e: io::Error| failed(part, e);
    let seconds = u64::try_from(node.now() / clock::SECOND).unwrap_or(0);
    let mut archive =
        Archive { tar: Builder::new(BufWriter::with_capacity(1 << 20, file)), sums: String::new(), seconds };
    let mut counts = Counts::default();

    let mut tx = node.store.read().await?;
    tx.freeze().await?;
    let manifest = manifest(node, &mut tx).await?;
    let text = serde_json::to_vec_pretty(&manifest).map_err(|e| cannot(e.into()))?;
    archive.add(MANIFEST, &text).map_err(cannot)?;
    for table in TABLES.into_iter().filter(|t| !OF_THE_PLACE.contains(t)) {
        progress.show(&format!("table {table}"));
        counts.rows += archive.add_table(&mut tx, table, progress).await?;
    }
    tx.thaw().await?;
    drop(tx);

    let mut files = node.files.list().await?;
    // What other commands try the folder with at this moment, and what can be fetched or made again.
    let again = [Category::Remote, Category::Takeouts];
    files.retain(|f| !f.key.starts_with(serve::PROBE) && !again.contains(&Category::of_key(&f.key)));
    let total: u64 = files.iter().map(|f| f.size).sum();
    for FileInfo { key, .. } in files {
        progress.show(&format!("file {} ({} of {})", counts.files + 1, size(counts.bytes), size(total)));
        let mut reader = match node.files.read(&key).await {
            Ok(reader) => reader,
            // Deleted since it was listed.
            Err(e) if e.is_not_found() => continue,
            Err(e) => return Err(e.into()),
        };
        let mut header = archive.header();
        let name = format!("media/{key}");
        let mut entry = archive.begin(&mut header, &name).map_err(cannot)?;
        while let Some(piece) = reader.next().await? {
            entry.write_all(&piece).map_err(cannot)?;
        }
        let (sha, written) = entry.finish().map_err(cannot)?;
        note_sum(&mut archive.sums, sha, &name);
        counts.files += 1;
        counts.bytes += written;
    }

    let sums = std::mem::take(&mut archive.sums);
    archive.add(SUMS, sums.as_bytes()).map_err(cannot)?;
    progress.step("writing to disk");
    let file = archive.tar.into_inner().and_then(|out| out.into_inner().map_err(io::IntoInnerError::into_error));
    file.and_then(|f| f.sync_all()).map_err(cannot)?;
    Ok(counts)
}

async fn manifest(node: &Node, tx: &mut Tx) -> Result<Manifest, Error> {
    Ok(Manifest {
        format: FORMAT,
        software: "outloud".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        schema: storage::newest_schema(),
        // As it is kept, which is what all ids begin with, whatever the settings say today.
        origin: tx.setting("origin").await?.unwrap_or_else(|| node.config.origin.clone()),
        handle_domain: node.config.handle_domain.clone(),
        created_at: clock::rfc3339(node.now()),
    })
}

/// A new file that only its owner may read: private keys and password hashes are in it. It is locked as long as it is written.
fn create_private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = match options.open(path) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
            // Somebody else writes it, or was killed: then it is made anew, since its owner may be another.
            lock(&File::open(path)?)?;
            std::fs::remove_file(path)?;
            options.open(path)?
        }
        other => other?,
    };
    lock(&file)?;
    if is_at(&file, path)? { Ok(file) } else { Err(another()) }
}

fn lock(file: &File) -> io::Result<()> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(another()),
        // A file system without locks: then nobody watches but the operator.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
    }
}

fn another() -> io::Error {
    io::Error::new(io::ErrorKind::ResourceBusy, "another backup is being written there")
}

/// Whether this is the file of that name: somebody may have taken it for one that was left, before it was locked.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let (this, there) = (file.metadata()?, std::fs::metadata(path)?);
    Ok((this.dev(), this.ino()) == (there.dev(), there.ino()))
}

#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> io::Result<bool> {
    Ok(true)
}

struct Archive {
    tar: Builder<BufWriter<File>>,
    sums: String,
    /// When it was made.
    seconds: u64,
}

impl Archive {
    fn header(&self) -> Header {
        let mut header = Header::new_gnu();
        header.set_mode(0o600);
        header.set_mtime(self.seconds);
        header
    }

    fn begin<'a>(&'a mut self, header: &'a mut Header, name: &str) -> io::Result<Entry<'a>> {
        Ok(Entry { out: BufWriter::new(self.tar.append_writer(header, name)?), sha: Sha256::new(), written: 0 })
    }

    fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut header = self.header();
        let mut entry = self.begin(&mut header, name)?;
        entry.write_all(bytes)?;
        let (sha, _) = entry.finish()?;
        note_sum(&mut self.sums, sha, name);
        Ok(())
    }

    /// A table, one row a line; answers how many there were.
    async fn add_table(&mut self, tx: &mut Tx, table: &'static str, progress: &mut Progress) -> Result<u64, Error> {
        let name = format!("tables/{table}.jsonl");
        let mut header = self.header();
        let cannot = |e: io::Error| Error::Io { context: format!("cannot write the table {table}"), source: e };
        let mut entry = self.begin(&mut header, &name).map_err(cannot)?;
        let mut line = Vec::new();
        let mut count = 0u64;
        let rows = tx
            .export_table(table, |record| {
                line.clear();
                serde_json::to_writer(&mut line, &record)?;
                line.push(b'\n');
                entry.write_all(&line)?;
                count += 1;
                if count.is_multiple_of(1_000) {
                    progress.show(&format!("table {table}, {count} rows"));
                }
                Ok(())
            })
            .await?;
        let (sha, _) = entry.finish().map_err(cannot)?;
        note_sum(&mut self.sums, sha, &name);
        Ok(rows)
    }
}

/// One entry of the archive, hashed as it is written.
struct Entry<'a> {
    out: BufWriter<EntryWriter<'a>>,
    sha: Sha256,
    written: u64,
}

impl Entry<'_> {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sha.update(bytes);
        self.written += bytes.len() as u64;
        self.out.write_all(bytes)
    }

    fn finish(self) -> io::Result<(Sha256, u64)> {
        self.out.into_inner().map_err(io::IntoInnerError::into_error)?.finish()?;
        Ok((self.sha, self.written))
    }
}
