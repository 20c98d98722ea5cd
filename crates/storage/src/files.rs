//! Media bytes, by key: a folder (a bucket fits behind the same door). Written to disk before anybody is told.

use std::path::Path as FsPath;
use std::sync::Arc;

use bytes::Bytes;
use futures::TryStreamExt as _;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};

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
