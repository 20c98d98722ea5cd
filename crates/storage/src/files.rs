//! Media bytes, by key: in a folder, or in a bucket that many machines share. Kept for good before anybody is told.

use std::ops::Range;
use std::path::{Path as FsPath, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::TryStreamExt as _;
use futures::stream::BoxStream;
use model::clock::Millis;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{
    ClientOptions, GetOptions, ObjectMeta, ObjectStore, ObjectStoreExt as _, PutPayloadMut, RetryConfig, WriteMultipart,
};
use tokio::runtime::Handle;

use crate::Category;

#[derive(Debug, thiserror::Error)]
#[error("the media store: {0}")]
pub struct FileError(#[from] object_store::Error);

impl FileError {
    fn because(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(object_store::Error::Generic { store: "media", source: source.into() })
    }

    pub fn is_not_found(&self) -> bool {
        matches!(self.0, object_store::Error::NotFound { .. })
    }

    /// Who keeps the files does not believe that it is us, or does not let us.
    pub fn is_refused(&self) -> bool {
        use object_store::Error::{PermissionDenied, Unauthenticated};
        matches!(self.0, PermissionDenied { .. } | Unauthenticated { .. })
    }

    /// There is no room for it.
    pub fn is_full(&self) -> bool {
        use std::io::ErrorKind::{QuotaExceeded, StorageFull};
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&self.0);
        while let Some(error) = cause {
            if error.downcast_ref::<std::io::Error>().is_some_and(|e| [StorageFull, QuotaExceeded].contains(&e.kind()))
            {
                return true;
            }
            cause = error.source();
        }
        false
    }

    /// What is at the bottom of it.
    pub fn cause(&self) -> String {
        let mut cause: &dyn std::error::Error = &self.0;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        cause.to_string()
    }

    /// What S3 calls the error, like `NoSuchBucket`, where it was S3 that said no.
    pub fn code(&self) -> Option<String> {
        let words = self.0.to_string();
        Some(words.split_once("<Code>")?.1.split_once("</Code>")?.0.to_owned())
    }
}

/// Endings of the files that we keep, with their media types.
const TYPES: [(&str, &str); 21] = [
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("png", "image/png"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("avif", "image/avif"),
    ("mp4", "video/mp4"),
    ("m4v", "video/mp4"),
    ("mov", "video/quicktime"),
    ("webm", "video/webm"),
    ("mkv", "video/x-matroska"),
    ("ogv", "video/ogg"),
    ("ogg", "audio/ogg"),
    ("oga", "audio/ogg"),
    ("opus", "audio/ogg"),
    ("mp3", "audio/mpeg"),
    ("m4a", "audio/mp4"),
    ("weba", "audio/webm"),
    ("wav", "audio/wav"),
    ("flac", "audio/flac"),
    ("aac", "audio/aac"),
];

/// The media type of a file, by the ending of its key; `None` for what we would not have kept, and for what is served to nobody by its
/// key.
pub fn content_type(key: &str) -> Option<&'static str> {
    if Category::of_key(key) == Category::Takeouts {
        return None;
    }
    let (_, ending) = key.rsplit_once('.')?;
    TYPES.iter().find(|(e, _)| *e == ending).map(|(_, kind)| *kind)
}

/// A place in an S3 store.
#[derive(Clone)]
pub struct Bucket {
    pub name: String,
    /// What all keys begin with, without a slash at its end; may be empty.
    pub prefix: String,
    /// `AWS_ACCESS_KEY_ID` and so on, by the names that AWS's own programs read from the environment.
    pub options: Vec<(String, String)>,
}

impl std::fmt::Debug for Bucket {
    /// Without the secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl std::fmt::Display for Bucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "s3://{}", self.name)?;
        if self.prefix.is_empty() { Ok(()) } else { write!(f, "/{}", self.prefix) }
    }
}

impl Bucket {
    /// `s3://NAME` or `s3://NAME/PREFIX`; `None` for anything else.
    pub fn parse(url: &str, options: Vec<(String, String)>) -> Option<Self> {
        let rest = url.strip_prefix("s3://")?.trim_end_matches('/');
        let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let fits = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        let is_name = |part: &str| !part.is_empty() && part != "." && part != ".." && part.chars().all(fits);
        let is_prefix = prefix.is_empty() || prefix.split('/').all(is_name);
        (is_name(name) && is_prefix).then(|| Self { name: name.to_owned(), prefix: prefix.to_owned(), options })
    }

    /// Whether it is said who we are. If not, the machine may have a role at Amazon's.
    pub fn has_key(&self) -> bool {
        self.options.iter().any(|(name, _)| name == "AWS_ACCESS_KEY_ID")
    }

    /// The server that is asked, where it is not Amazon's.
    pub fn endpoint(&self) -> Option<&str> {
        let named = |name| self.options.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
        named("AWS_ENDPOINT_URL_S3").or_else(|| named("AWS_ENDPOINT_URL"))
    }
}

/// Larger files go to a bucket in parts of this size, the least that S3 takes.
const PART: usize = 5 * 1024 * 1024;
/// Parts under way at the same time: what is written faster than it is taken must not pile up in memory.
const PARTS: usize = 4;
/// How long an S3 store may be silent. However long a film is, whoever takes it slowly is not cut off.
const SILENCE: Duration = Duration::from_secs(30);
/// How often, and for how long in all, a store that is busy or away is asked again: somebody waits for the answer.
const RETRIES: usize = 5;
const RETRY: Duration = Duration::from_secs(20);

/// Where media lie. Clones share it.
#[derive(Clone, Debug)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    /// Where they lie, if not in a bucket.
    folder: Option<PathBuf>,
}

/// What the store says of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInfo {
    pub key: String,
    /// Bytes.
    pub size: u64,
    pub modified_at: Millis,
}

/// A file that is being read.
pub struct FileReader {
    /// Bytes in all.
    pub size: u64,
    pieces: BoxStream<'static, object_store::Result<Bytes>>,
}

impl FileReader {
    /// The next piece; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Bytes>, FileError> {
        Ok(self.pieces.try_next().await?)
    }
}

/// A file that is read here and there, for what cannot wait otherwise (archives): on a thread that may block, and on no other.
#[derive(Clone)]
pub struct FileSeeker {
    files: Files,
    key: String,
    runtime: Handle,
    size: u64,
    at: u64,
    /// What was read last, and where that begins.
    held: Bytes,
    held_at: u64,
}

/// How much a [`FileSeeker`] reads at a time.
const BLOCK: u64 = 1024 * 1024;

impl FileSeeker {
    /// Where the next byte is read.
    fn next(&mut self) -> std::io::Result<&[u8]> {
        if self.at >= self.size {
            return Ok(&[]);
        }
        let end = self.held_at + self.held.len() as u64;
        if self.at < self.held_at || self.at >= end {
            let start = self.at - self.at % BLOCK;
            let part = start..(start + BLOCK).min(self.size);
            let read = async {
                let mut reader = self.files.read_part(&self.key, part).await?;
                let mut bytes = Vec::new();
                while let Some(piece) = reader.next().await? {
                    bytes.extend_from_slice(&piece);
                }
                Ok::<_, FileError>(bytes)
            };
            self.held = self.runtime.block_on(read).map_err(std::io::Error::other)?.into();
            self.held_at = start;
        }
        let from = usize::try_from(self.at - self.held_at).unwrap_or(usize::MAX);
        self.held.get(from..).filter(|rest| !rest.is_empty()).ok_or_else(|| std::io::ErrorKind::UnexpectedEof.into())
    }
}

impl std::io::Read for FileSeeker {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let piece = self.next()?;
        let length = piece.len().min(into.len());
        into[..length].copy_from_slice(&piece[..length]);
        self.at += length as u64;
        Ok(length)
    }
}

impl std::io::Seek for FileSeeker {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        let (from, by) = match to {
            std::io::SeekFrom::Start(at) => (at, 0),
            std::io::SeekFrom::End(by) => (self.size, by),
            std::io::SeekFrom::Current(by) => (self.at, by),
        };
        self.at = from.checked_add_signed(by).ok_or(std::io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

/// A file that is being written. Dropped before [`FileWriter::finish`], it leaves nothing behind.
pub struct FileWriter {
    store: Arc<dyn ObjectStore>,
    path: Path,
    /// The beginning, as long as it is not known whether the file is a large one.
    begun: PutPayloadMut,
    large: Option<WriteMultipart>,
}

impl FileWriter {
    pub async fn write(&mut self, mut piece: Bytes) -> Result<(), FileError> {
        while !piece.is_empty() {
            let part = piece.split_to(piece.len().min(PART));
            if self.large.is_none() {
                if self.begun.content_length() + part.len() <= PART {
                    self.begun.push(part);
                    continue;
                }
                let upload = self.store.put_multipart(&self.path).await?;
                let large = self.large.insert(WriteMultipart::new_with_chunk_size(upload, PART));
                std::mem::take(&mut self.begun).freeze().into_iter().for_each(|begun| large.put(begun));
            }
            if let Some(large) = &mut self.large {
                large.wait_for_capacity(PARTS).await?;
                large.put(part);
            }
        }
        Ok(())
    }

    pub async fn finish(mut self) -> Result<(), FileError> {
        match self.large.take() {
            Some(large) => large.finish().await?,
            None => self.store.put(&self.path, std::mem::take(&mut self.begun).freeze()).await?,
        };
        Ok(())
    }
}

impl Drop for FileWriter {
    fn drop(&mut self) {
        // A folder tidies up by itself; a bucket would keep the parts.
        let (Some(large), Ok(runtime)) = (self.large.take(), Handle::try_current()) else { return };
        runtime.spawn(async move {
            if let Err(error) = large.abort().await {
                tracing::warn!(%error, "parts of a file that was not finished stay in the bucket");
            }
        });
    }
}

impl Files {
    /// A folder, which is made if it is missing.
    pub fn folder(path: &FsPath) -> Result<Self, FileError> {
        std::fs::create_dir_all(path).map_err(FileError::because)?;
        let store = LocalFileSystem::new_with_prefix(path)?.with_fsync(true);
        Ok(Self { store: Arc::new(store), folder: Some(path.to_path_buf()) })
    }

    /// A bucket, which must be there. Nothing is asked of it yet: see [`Files::prove`].
    pub fn bucket(bucket: &Bucket) -> Result<Self, FileError> {
        let client = ClientOptions::new()
            .with_allow_http(bucket.endpoint().is_some_and(|url| url.starts_with("http://")))
            .with_timeout_disabled()
            .with_read_timeout(SILENCE);
        let client = TYPES.iter().fold(client, |client, (e, kind)| client.with_content_type_for_suffix(*e, *kind));
        let retry = RetryConfig { max_retries: RETRIES, retry_timeout: RETRY, ..RetryConfig::default() };
        let mut builder = AmazonS3Builder::new()
            .with_client_options(client)
            .with_retry(retry)
            // Files go one by one, for which not every store has a bulk request.
            .with_disable_bulk_delete(true);
        for (name, value) in &bucket.options {
            // What is not known is for other programs.
            if let Ok(key) = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() {
                builder = builder.with_config(key, value);
            }
        }
        let store = builder.with_bucket_name(&bucket.name).build()?;
        let store: Arc<dyn ObjectStore> = match bucket.prefix.as_str() {
            "" => Arc::new(store),
            prefix => Arc::new(PrefixStore::new(store, prefix)),
        };
        Ok(Self { store, folder: None })
    }

    /// Tries whether files can be written, read, removed and looked for, with one of this key, which nobody else may use.
    pub async fn prove(&self, key: &str) -> Result<(), FileError> {
        let bytes = Bytes::from_static(b"check");
        self.put(key, bytes.clone()).await?;
        let back = self.get(key).await?;
        self.delete(key).await?;
        match (back == bytes, self.has(key).await?) {
            (true, false) => Ok(()),
            (false, _) => Err(FileError::because("what is read is not what was written")),
            (true, true) => Err(FileError::because("what is removed is still there")),
        }
    }

    pub async fn put(&self, key: &str, bytes: Bytes) -> Result<(), FileError> {
        let mut file = self.write(key);
        file.write(bytes).await?;
        file.finish().await
    }

    pub async fn get(&self, key: &str) -> Result<Bytes, FileError> {
        Ok(self.store.get(&Path::from(key)).await?.bytes().await?)
    }

    /// Reads a file piece by piece, for those too large to hold.
    pub async fn read(&self, key: &str) -> Result<FileReader, FileError> {
        let found = self.store.get(&Path::from(key)).await?;
        Ok(FileReader { size: found.meta.size, pieces: found.into_stream() })
    }

    /// Reads a file here and there, on a thread that may block.
    pub async fn seek(&self, key: &str) -> Result<FileSeeker, FileError> {
        Ok(FileSeeker {
            files: self.clone(),
            key: key.to_owned(),
            runtime: Handle::current(),
            size: self.size(key).await?,
            at: 0,
            held: Bytes::new(),
            held_at: 0,
        })
    }

    /// How many bytes a file has.
    pub async fn size(&self, key: &str) -> Result<u64, FileError> {
        Ok(self.store.head(&Path::from(key)).await?.size)
    }

    /// All keys that begin with this folder's name.
    pub async fn list_folder(&self, folder: &str) -> Result<Vec<String>, FileError> {
        let folder = Path::from(folder);
        Ok(self.store.list(Some(&folder)).map_ok(|m| m.location.to_string()).try_collect().await?)
    }

    /// Reads some of a file's bytes piece by piece.
    pub async fn read_part(&self, key: &str, part: Range<u64>) -> Result<FileReader, FileError> {
        let wanted = GetOptions { range: Some(part.into()), ..GetOptions::default() };
        let found = self.store.get_opts(&Path::from(key), wanted).await?;
        Ok(FileReader { size: found.meta.size, pieces: found.into_stream() })
    }

    /// Writes a file piece by piece. It is there when [`FileWriter::finish`] returns.
    pub fn write(&self, key: &str) -> FileWriter {
        FileWriter { store: Arc::clone(&self.store), path: Path::from(key), begun: PutPayloadMut::new(), large: None }
    }

    /// Whether there is such a file.
    pub async fn has(&self, key: &str) -> Result<bool, FileError> {
        match self.store.head(&Path::from(key)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(e) => Err(e.into()),
        }
    }

    /// Whether there is any file.
    pub async fn is_empty(&self) -> Result<bool, FileError> {
        Ok(self.store.list(None).try_next().await?.is_none())
    }

    /// Removes a file; one that is missing is no error.
    pub async fn delete(&self, key: &str) -> Result<(), FileError> {
        match self.store.delete(&Path::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }

    /// All files.
    pub async fn list(&self) -> Result<Vec<FileInfo>, FileError> {
        let info = |m: ObjectMeta| FileInfo {
            key: m.location.to_string(),
            size: m.size,
            modified_at: m.last_modified.timestamp_millis(),
        };
        Ok(self.store.list(None).map_ok(info).try_collect().await?)
    }

    /// What was being written when its writer died: in a folder a file has a number behind its name until it is whole, and is no file
    /// to anybody else. (A bucket has rules for parts that are left over.)
    pub async fn unfinished(&self) -> Result<Vec<FileInfo>, FileError> {
        let Some(folder) = self.folder.clone() else { return Ok(Vec::new()) };
        let found = tokio::task::spawn_blocking(move || unfinished(&folder)).await.map_err(FileError::because)?;
        found.map_err(FileError::because)
    }
}

fn unfinished(root: &FsPath) -> std::io::Result<Vec<FileInfo>> {
    let (mut folders, mut found) = (vec![root.to_path_buf()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let (path, kind) = (entry.path(), entry.file_type()?);
            if kind.is_dir() {
                folders.push(path);
                continue;
            }
            let name = entry.file_name();
            let number = name.to_str().and_then(|name| name.rsplit_once('#')).map_or("", |(_, number)| number);
            if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
                continue;
            }
            // Finished or given up meanwhile.
            let Ok(about) = entry.metadata() else { continue };
            let age = about.modified().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
            let key = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            let modified_at = age.and_then(|age| Millis::try_from(age.as_millis()).ok()).unwrap_or(0);
            found.push(FileInfo { key, size: about.len(), modified_at });
        }
    }
    Ok(found)
}
