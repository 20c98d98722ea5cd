//! Media bytes, by key: a folder (a bucket fits behind the same door). Written to disk before anybody is told.

use std::ops::Range;
use std::path::Path as FsPath;
use std::sync::Arc;

use bytes::Bytes;
use futures::TryStreamExt as _;
use futures::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{GetOptions, ObjectStore, ObjectStoreExt as _, WriteMultipart};

#[derive(Debug, thiserror::Error)]
#[error("the media store: {0}")]
pub struct FileError(#[from] object_store::Error);

impl FileError {
    pub fn is_not_found(&self) -> bool {
        matches!(self.0, object_store::Error::NotFound { .. })
    }
}

/// Where media lie. Clones share it.
#[derive(Clone, Debug)]
pub struct Files(Arc<dyn ObjectStore>);

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

/// A file that is being written.
pub struct FileWriter(WriteMultipart);

impl FileWriter {
    pub async fn write(&mut self, piece: Bytes) -> Result<(), FileError> {
        // What is written faster than the disk takes it must not pile up in memory.
        self.0.wait_for_capacity(4).await?;
        self.0.put(piece);
        Ok(())
    }

    pub async fn finish(self) -> Result<(), FileError> {
        self.0.finish().await?;
        Ok(())
    }
}

impl Files {
    /// A folder, which is made if it is missing.
    pub fn folder(path: &FsPath) -> Result<Self, FileError> {
        std::fs::create_dir_all(path)
            .map_err(|e| object_store::Error::Generic { store: "folder", source: Box::new(e) })?;
        Ok(Self(Arc::new(LocalFileSystem::new_with_prefix(path)?.with_fsync(true))))
    }

    pub async fn put(&self, key: &str, bytes: Bytes) -> Result<(), FileError> {
        self.0.put(&Path::from(key), bytes.into()).await?;
        Ok(())
    }

    pub async fn get(&self, key: &str) -> Result<Bytes, FileError> {
        Ok(self.0.get(&Path::from(key)).await?.bytes().await?)
    }

    /// Reads a file piece by piece, for those too large to hold.
    pub async fn read(&self, key: &str) -> Result<FileReader, FileError> {
        let found = self.0.get(&Path::from(key)).await?;
        Ok(FileReader { size: found.meta.size, pieces: found.into_stream() })
    }

    /// How many bytes a file has.
    pub async fn size(&self, key: &str) -> Result<u64, FileError> {
        Ok(self.0.head(&Path::from(key)).await?.size)
    }

    /// All keys that begin with this folder's name.
    pub async fn list_folder(&self, folder: &str) -> Result<Vec<String>, FileError> {
        let folder = Path::from(folder);
        Ok(self.0.list(Some(&folder)).map_ok(|m| m.location.to_string()).try_collect().await?)
    }

    /// Reads some of a file's bytes piece by piece.
    pub async fn read_part(&self, key: &str, part: Range<u64>) -> Result<FileReader, FileError> {
        let wanted = GetOptions { range: Some(part.into()), ..GetOptions::default() };
        let found = self.0.get_opts(&Path::from(key), wanted).await?;
        Ok(FileReader { size: found.meta.size, pieces: found.into_stream() })
    }

    /// Writes a file piece by piece. It is there when [`FileWriter::finish`] returns.
    pub async fn write(&self, key: &str) -> Result<FileWriter, FileError> {
        Ok(FileWriter(WriteMultipart::new(self.0.put_multipart(&Path::from(key)).await?)))
    }

    /// Whether there is such a file.
    pub async fn has(&self, key: &str) -> Result<bool, FileError> {
        match self.0.head(&Path::from(key)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(e) => Err(e.into()),
        }
    }

    /// Whether there is any file.
    pub async fn is_empty(&self) -> Result<bool, FileError> {
        Ok(self.0.list(None).try_next().await?.is_none())
    }

    /// Removes a file; one that is missing is no error.
    pub async fn delete(&self, key: &str) -> Result<(), FileError> {
        match self.0.delete(&Path::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }

    /// All keys with their sizes in bytes.
    pub async fn list(&self) -> Result<Vec<(String, u64)>, FileError> {
        Ok(self.0.list(None).map_ok(|m| (m.location.to_string(), m.size)).try_collect().await?)
    }
}
