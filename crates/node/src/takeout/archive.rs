//! Archives as files: written piece by piece into the file store, and read out of it without being believed.
//!
//! What somebody uploads may be anything. Of a zip only the files that are asked for are unpacked, by their names and into memory, each
//! with a bound; nothing is ever written to where a name says. A tarball, which can be read in one direction only, is made a zip first.

use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use storage::{FileSeeker, FileWriter, Files};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::Error;

/// Bytes of an archive that is taken in, as it is and unpacked.
pub const BYTES: u64 = 4 << 30;
const UNPACKED: u64 = 8 << 30;
/// Files in one.
const ENTRIES: usize = 100_000;
/// Bytes that are read to learn which files are in one: the names of so many need less.
const DIRECTORY: u64 = 32 << 20;
/// Bytes of all posts together, and of one.
const OUTBOX: u64 = 1 << 30;
const ITEM: u64 = 1 << 20;
/// Bytes of `actor.json`.
const ACTOR: u64 = 1 << 20;
/// Posts that are read out of one.
pub const POSTS: usize = 300_000;
/// Longest name of a file that is looked at.
const NAME: usize = 512;

/// Why an archive cannot be read, in words for the member.
fn broken(words: impl fmt::Display) -> Error {
    Error::Invalid(format!("This archive cannot be read: {words}."))
}

// Writing.

/// What was written and not yet taken away.
#[derive(Clone, Default)]
struct Pieces(Arc<Mutex<Vec<u8>>>);

impl Pieces {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A zip that is being written into the file store. It is there when [`Writer::finish`] returns; dropped before, it leaves nothing.
pub struct Writer {
    zip: ZipWriter<StreamWriter<Pieces>>,
    pieces: Pieces,
    file: FileWriter,
    /// Bytes so far.
    size: u64,
}

impl Writer {
    pub fn new(files: &Files, key: &str) -> Self {
        let pieces = Pieces::default();
        Self { zip: ZipWriter::new_stream(pieces.clone()), pieces, file: files.write(key), size: 0 }
    }

    /// Begins a file. What is compressed already (`is_packed`) is kept as it is.
    pub async fn begin(&mut self, name: &str, is_packed: bool) -> Result<(), Error> {
        let method = if is_packed { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let options = SimpleFileOptions::default().compression_method(method);
        self.zip.start_file(name, options).map_err(|e| Error::Internal(e.to_string()))?;
        self.pass_on().await
    }

    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        for piece in bytes.chunks(64 * 1024) {
            self.zip.write_all(piece).map_err(|e| Error::Internal(e.to_string()))?;
            self.pass_on().await?;
        }
        Ok(())
    }

    async fn pass_on(&mut self) -> Result<(), Error> {
        let ready = self.pieces.take();
        self.size += ready.len() as u64;
        Ok(self.file.write(ready.into()).await?)
    }

    /// Ends it; answers how many bytes it has.
    pub async fn finish(mut self) -> Result<u64, Error> {
        self.zip.finish().map_err(|e| Error::Internal(e.to_string()))?;
        let ready = self.pieces.take();
        let size = self.size + ready.len() as u64;
        self.file.write(ready.into()).await?;
        self.file.finish().await?;
        Ok(size)
    }
}

// Reading.

/// Reads so many bytes and no more.
#[derive(Clone)]
struct Metered<R> {
    inner: R,
    left: Arc<AtomicU64>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        let spent = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(read as u64));
        spent.map(|_| read).map_err(|_| io::Error::other("there is too much in it"))
    }
}

impl<R: Seek> Seek for Metered<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

/// An archive that is being read, on a thread that may block. Clones share what is known of it.
#[derive(Clone)]
pub struct Reader {
    zip: ZipArchive<Metered<FileSeeker>>,
    /// What its names begin with: some pack a folder, and not what is in it.
    folder: String,
}

impl Reader {
    /// Opens a zip.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is none, or no archive of posts, or has too much in it.
    pub fn open(file: FileSeeker) -> Result<Self, Error> {
        let left = Arc::new(AtomicU64::new(DIRECTORY));
        let zip = ZipArchive::new(Metered { inner: file, left: Arc::clone(&left) }).map_err(broken)?;
        if zip.len() > ENTRIES {
            return Err(broken(format!("there are more than {ENTRIES} files in it")));
        }
        left.store(u64::MAX, Ordering::Relaxed);
        let is_outbox = |name: &[u8]| name == b"outbox.json" || name.ends_with(b"/outbox.json");
        let outbox = zip.file_names_raw().filter(|n| n.len() < NAME && is_outbox(n)).min_by_key(|n| n.len());
        let outbox = outbox.and_then(|n| std::str::from_utf8(n).ok()).map(str::to_owned);
        let outbox = outbox.ok_or_else(|| broken("there is no outbox.json in it"))?;
        let folder = outbox.strip_suffix("outbox.json").unwrap_or_default().to_owned();
        Ok(Self { zip, folder })
    }

    /// A file of so many bytes at most; `None` if there is none of this name.
    pub fn file(&mut self, name: &str, most: u64) -> Result<Option<Bytes>, Error> {
        let name = format!("{}{name}", self.folder);
        if name.len() > NAME || self.zip.index_for_name(&name).is_none() {
            return Ok(None);
        }
        let file = self.zip.by_name(&name).map_err(broken)?;
        let mut bytes = Vec::new();
        file.take(most + 1).read_to_end(&mut bytes).map_err(broken)?;
        if bytes.len() as u64 > most {
            return Err(Error::Invalid(format!("A file is larger than {} MB.", most >> 20)));
        }
        Ok(Some(bytes.into()))
    }

    /// A file to which a post leads, by the URL in its document.
    pub fn attachment(&mut self, url: &str, most: u64) -> Result<Option<Bytes>, Error> {
        for name in names_of(url) {
            if let Some(bytes) = self.file(&name, most)? {
                return Ok(Some(bytes));
            }
        }
        Ok(None)
    }

    /// Whose archive it is.
    pub fn actor(&mut self) -> Result<Value, Error> {
        let bytes = self.file("actor.json", ACTOR)?.ok_or_else(|| broken("there is no actor.json in it"))?;
        serde_json::from_slice(&bytes).map_err(|_| broken("its actor.json is no JSON"))
    }

    /// How many posts it says that it has, where it says so at the beginning; else 0.
    pub fn total(&mut self) -> Result<i64, Error> {
        let mut begins = Vec::new();
        self.zip
            .by_name(&format!("{}outbox.json", self.folder))
            .map_err(broken)?
            .take(8_192)
            .read_to_end(&mut begins)
            .map_err(broken)?;
        let begins = String::from_utf8_lossy(&begins);
        let digits = begins.split_once("\"totalItems\":").map_or("", |(_, rest)| rest.trim_start());
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(0);
        Ok(digits[..end].parse::<i64>().unwrap_or(0).clamp(0, i64::try_from(POSTS).unwrap_or(0)))
    }

    /// Gives each post to `each`, in their order, until that answers `false`. Answers how many the archive says that it has.
    pub fn outbox(&mut self, each: &mut dyn FnMut(Value) -> bool) -> Result<Option<i64>, Error> {
        let name = format!("{}outbox.json", self.folder);
        let file = self.zip.by_name(&name).map_err(broken)?;
        read_outbox(file.take(OUTBOX), each)
    }
}

/// The names that a file of an archive may have which a post names by this URL: Mastodon writes a path, with or without a slash in front,
/// and where files lie in a bucket with its name.
fn names_of(url: &str) -> Vec<String> {
    let path = url::Url::parse(url).map_or_else(|_| url.to_owned(), |u| u.path().to_owned());
    let path = path.trim_start_matches('/');
    let path = path.strip_prefix("system/").unwrap_or(path);
    if path.is_empty() || path.split('/').any(|part| matches!(part, ".." | "." | "")) {
        return Vec::new();
    }
    let mut names = vec![path.to_owned()];
    for folder in ["media_attachments/", "cache/media_attachments/"] {
        if let Some(at) = path.find(folder).filter(|at| *at > 0) {
            names.push(path[at..].to_owned());
        }
    }
    names
}

/// The bytes that one post may still have.
struct Allowance<R> {
    inner: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Allowance<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        let left = self.left.get().checked_sub(read as u64);
        self.left.set(left.ok_or_else(|| io::Error::other("one of its posts is too large"))?);
        Ok(read)
    }
}

struct Outbox<'a> {
    each: &'a mut dyn FnMut(Value) -> bool,
    left: Rc<Cell<u64>>,
    /// `each` wants no more.
    stopped: &'a Cell<bool>,
}

impl<'de> Visitor<'de> for Outbox<'_> {
    type Value = Option<i64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a collection")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut total = None;
        while let Some(key) = map.next_key::<String>()? {
            self.left.set(ITEM);
            match key.as_str() {
                "orderedItems" => map.next_value_seed(Items(&mut self))?,
                "totalItems" => total = map.next_value::<Value>()?.as_i64(),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
            self.left.set(ITEM);
        }
        Ok(total)
    }
}

struct Items<'a, 'b>(&'a mut Outbox<'b>);

impl<'de> DeserializeSeed<'de> for Items<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of posts")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        for _ in 0..POSTS {
            self.0.left.set(ITEM);
            let Some(item) = items.next_element::<Value>()? else { return Ok(()) };
            if !(self.0.each)(item) {
                self.0.stopped.set(true);
                return Err(A::Error::custom("stopped"));
            }
        }
        Err(A::Error::custom(format!("there are more than {POSTS} posts in it")))
    }
}

fn read_outbox(file: impl Read, each: &mut dyn FnMut(Value) -> bool) -> Result<Option<i64>, Error> {
    let (left, stopped) = (Rc::new(Cell::new(ITEM)), Cell::new(false));
    // Byte by byte is how it is counted: what lies in a buffer was not read yet.
    let counted = Allowance { inner: BufReader::with_capacity(64 * 1024, file), left: Rc::clone(&left) };
    let mut json = serde_json::Deserializer::from_reader(counted);
    match json.deserialize_map(Outbox { each, left, stopped: &stopped }) {
        Ok(total) => Ok(total),
        Err(_) if stopped.get() => Ok(None),
        Err(error) => Err(broken(format!("its outbox.json: {error}"))),
    }
}

// Tarballs.

/// Whether a file begins like what is compressed with gzip.
pub fn is_gzip(file: &mut FileSeeker) -> Result<bool, Error> {
    let mut begins = [0; 2];
    let read = file.read(&mut begins).map_err(broken)?;
    file.seek(SeekFrom::Start(0)).map_err(broken)?;
    Ok(read == 2 && begins == [0x1F, 0x8B])
}

/// Gives each file of a tarball to `take`: its name, then its pieces, then an empty one.
///
/// # Errors
/// [`Error::Invalid`] for what is none, or has too much in it; whatever `take` answers.
pub fn unpack(file: FileSeeker, mut take: impl FnMut(&str, &[u8]) -> Result<(), Error>) -> Result<(), Error> {
    let left = Arc::new(AtomicU64::new(UNPACKED));
    let unpacked = Metered { inner: MultiGzDecoder::new(BufReader::new(file)), left };
    let mut archive = tar::Archive::new(unpacked);
    let mut piece = vec![0; 64 * 1024];
    // The names of those that are passed on: of two with one name the first counts.
    let mut seen: HashMap<String, ()> = HashMap::new();
    for (count, entry) in archive.entries().map_err(broken)?.raw(true).enumerate() {
        if count >= ENTRIES {
            return Err(broken(format!("there are more than {ENTRIES} files in it")));
        }
        let mut entry = entry.map_err(broken)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).trim_start_matches("./").to_owned();
        let is_plain = !name.split('/').any(|part| matches!(part, ".." | "." | "")) && name.len() < NAME;
        if !entry.header().entry_type().is_file() || !is_plain || seen.insert(name.clone(), ()).is_some() {
            continue;
        }
        loop {
            let read = entry.read(&mut piece).map_err(broken)?;
            take(&name, &piece[..read])?;
            if read == 0 {
                break;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(Vec<Value>, Option<i64>), String> {
        let mut items = Vec::new();
        let total = read_outbox(text.as_bytes(), &mut |item| {
            items.push(item);
            true
        });
        total.map(|total| (items, total)).map_err(|e| e.to_string())
    }

    #[test]
    fn posts_are_read_one_by_one() {
        let (items, total) =
            read(r#"{"@context": ["x"], "totalItems": 2, "orderedItems": [{"id": "a"}, {"id": "b"}], "more": {}}"#)
                .unwrap();
        assert_eq!((items.len(), total), (2, Some(2)));
        assert_eq!(read(r#"{"orderedItems": []}"#).unwrap(), (Vec::new(), None));
        let mut first = None;
        let stopped = read_outbox(&br#"{"orderedItems": [1, 2, oh"#[..], &mut |item| first.replace(item).is_some());
        assert!(stopped.is_ok() && first == Some(Value::from(1)), "who wants no more reads no more");
    }

    #[test]
    fn what_is_absurd_is_refused_before_it_fills_the_memory() {
        let long = format!(r#"{{"orderedItems": [{{"content": "{}"}}]}}"#, "x".repeat(2 << 20));
        assert!(read(&long).unwrap_err().contains("too large"));
        let other = format!(r#"{{"other": {}"#, "[".repeat(2 << 20));
        assert!(read(&other).unwrap_err().contains("too large"));
        let key = format!(r#"{{"{}": 1}}"#, "k".repeat(2 << 20));
        assert!(read(&key).unwrap_err().contains("too large"));
        let deep = format!(r#"{{"orderedItems": [{}"#, "[".repeat(5_000));
        assert!(read(&deep).unwrap_err().contains("recursion"));
        for odd in ["", "[]", "{", r#"{"orderedItems": 5}"#, r#"{"orderedItems": [1"#] {
            assert!(read(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn a_url_leads_to_a_file_of_the_archive_and_nowhere_else() {
        assert_eq!(names_of("/media_attachments/files/1/a.png"), ["media_attachments/files/1/a.png"]);
        assert_eq!(
            names_of("https://files.example/bucket/media_attachments/files/1/a.png"),
            ["bucket/media_attachments/files/1/a.png", "media_attachments/files/1/a.png"]
        );
        for odd in ["", "/", "../../etc/passwd", "a/../../b", "/a//b"] {
            assert!(names_of(odd).is_empty(), "{odd}");
        }
    }
}
