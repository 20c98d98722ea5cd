//! Uploads: a file becomes a picture, sound or film that a post can carry.

use std::sync::Arc;

use bytes::Bytes;
use model::account::Account;
use model::id::Id;
use model::post::{Media, MediaKind};
use storage::{Category, Tx};

use crate::media::{self, Limits, MediaError, Probe, ProcessedImage, Purpose, Sniffed};
use crate::publish::check_description;
use crate::{Error, Node};

/// Where on a picture the eye should rest: −1…1, from the centre, to the right and up.
pub type Focus = (f64, f64);

/// A file that was read and re-encoded, and is on disk, but belongs to nobody yet.
#[derive(Debug)]
pub struct Stored {
    media: Media,
    /// Of all its files together.
    bytes: i64,
}

impl Stored {
    /// Keys of its files.
    pub fn keys(&self) -> Vec<String> {
        [&self.media.path, &self.media.small_path].into_iter().filter(|key| !key.is_empty()).cloned().collect()
    }

    pub fn kind(&self) -> MediaKind {
        self.media.kind
    }
}

enum Processed {
    Image(ProcessedImage),
    /// Sound or film, passed through but for where and by whom it was made.
    Stream(Probe, Bytes),
}

fn process(bytes: Bytes, limits: &Limits, purpose: Purpose) -> Result<Processed, MediaError> {
    match media::sniff(&bytes)? {
        Sniffed::Picture(_) => Ok(Processed::Image(media::process(&bytes, limits, purpose)?)),
        Sniffed::Recording(_) => {
            let probe = media::probe(&bytes, limits)?;
            let mut bytes = Vec::from(bytes);
            media::probe::blank_metadata(&mut bytes);
            Ok(Processed::Stream(probe, bytes.into()))
        }
    }
}

/// Reads, checks and stores the bytes. Files are written before the row: a crash in between leaves a file that nothing names,
/// never a row without its file.
pub async fn store(
    node: &Node,
    owner: &Account,
    bytes: Bytes,
    description: &str,
    focus: Focus,
) -> Result<Stored, Error> {
    check_description(description)?;
    let limits = Limits::default();
    let processed = in_turn(node, move || process(bytes, &limits, Purpose::Attachment)).await??;
    let id = node.id();
    let key = folder_key(node, id);
    let mut row = Media {
        id,
        account_id: owner.id,
        post_id: None,
        position: 0,
        kind: MediaKind::Unknown,
        mime: String::new(),
        path: String::new(),
        small_path: String::new(),
        remote_url: String::new(),
        size: 0,
        width: None,
        height: None,
        small_width: None,
        small_height: None,
        duration_ms: None,
        blurhash: String::new(),
        description: description.to_owned(),
        focus_x: focus.0.clamp(-1.0, 1.0),
        focus_y: focus.1.clamp(-1.0, 1.0),
        created_at: node.now(),
    };
    let mut bytes = 0;
    match processed {
        Processed::Image(image) => {
            bytes += length(&image.small.bytes);
            row.kind = if image.animated { MediaKind::Gifv } else { MediaKind::Image };
            row.mime = image.mime.to_owned();
            row.path = format!("{key}.{}", image.extension);
            row.small_path = format!("{key}-small.{}", image.small.extension);
            row.size = length(&image.bytes);
            (row.width, row.height) = (Some(image.width.into()), Some(image.height.into()));
            (row.small_width, row.small_height) = (Some(image.small.width.into()), Some(image.small.height.into()));
            row.blurhash = image.blurhash;
            node.files.put(&row.path, image.bytes.into()).await?;
            node.files.put(&row.small_path, image.small.bytes.into()).await?;
        }
        Processed::Stream(stream, film) => {
            row.kind = MediaKind::of_mime(stream.mime);
            row.mime = stream.mime.to_owned();
            row.path = format!("{key}.{}", stream.extension);
            row.size = length(&film);
            (row.width, row.height) = (stream.width.map(Into::into), stream.height.map(Into::into));
            row.duration_ms = stream.duration_ms.and_then(|d| i64::try_from(d).ok());
            node.files.put(&row.path, film).await?;
        }
    }
    bytes += row.size;
    Ok(Stored { media: row, bytes })
}

fn length(bytes: &[u8]) -> i64 {
    i64::try_from(bytes.len()).unwrap_or(i64::MAX)
}

/// Makes a stored file an upload of its owner's.
pub async fn attach(tx: &mut Tx, stored: Stored) -> Result<Media, Error> {
    tx.insert_media(&stored.media).await?;
    tx.count_bytes(Category::Media, stored.bytes).await?;
    Ok(stored.media)
}

/// Stores an avatar or header; answers its key.
pub async fn store_profile_picture(node: &Node, bytes: Bytes, purpose: Purpose) -> Result<String, Error> {
    let limits = Limits::default();
    match in_turn(node, move || process(bytes, &limits, purpose)).await?? {
        Processed::Image(image) => {
            let key = format!("{}/{}.{}", Category::Profiles.name(), folder_key(node, node.id()), image.extension);
            let size = length(&image.bytes);
            node.files.put(&key, image.bytes.into()).await?;
            count(node, Category::Profiles, size).await?;
            Ok(key)
        }
        Processed::Stream(..) => Err(Error::invalid("A profile picture must be a picture.")),
    }
}

/// Keys of a picture and of the same without movement.
pub(crate) struct StoredPicture {
    pub path: String,
    pub still_path: String,
}

/// Stores a picture in two versions; `None` if one of them has more than `most` bytes.
pub(crate) async fn store_picture(
    node: &Node,
    id: Id,
    bytes: Bytes,
    purpose: Purpose,
    most: usize,
) -> Result<Option<StoredPicture>, Error> {
    let limits = Limits::default();
    let image = in_turn(node, move || media::process(&bytes, &limits, purpose)).await??;
    if image.bytes.len() > most || image.small.bytes.len() > most {
        return Ok(None);
    }
    let key = folder_key(node, id);
    let path = format!("{key}.{}", image.extension);
    let size = length(&image.bytes) + if image.animated { length(&image.small.bytes) } else { 0 };
    let still_path = if image.animated { format!("{key}-still.{}", image.small.extension) } else { path.clone() };
    if image.animated {
        node.files.put(&still_path, image.small.bytes.into()).await?;
    }
    node.files.put(&path, image.bytes.into()).await?;
    count(node, Category::Media, size).await?;
    Ok(Some(StoredPicture { path, still_path }))
}

/// Changes the alt text or the focus of an upload that no post has taken, or of one's own post.
pub async fn describe(
    tx: &mut Tx,
    owner: &Account,
    id: Id,
    description: Option<&str>,
    focus: Option<Focus>,
) -> Result<Media, Error> {
    let media = tx.media(id).await?.filter(|m| m.account_id == owner.id).ok_or(Error::NotFound)?;
    let description = description.unwrap_or(&media.description);
    check_description(description)?;
    let (x, y) = focus.unwrap_or((media.focus_x, media.focus_y));
    tx.describe_media(id, description, (x.clamp(-1.0, 1.0), y.clamp(-1.0, 1.0))).await?;
    tx.media(id).await?.ok_or(Error::NotFound)
}

/// Removes an upload that no post has taken.
pub async fn discard(node: &Node, tx: &mut Tx, owner: &Account, id: Id) -> Result<(), Error> {
    let media = tx.media(id).await?.filter(|m| m.account_id == owner.id).ok_or(Error::NotFound)?;
    if media.post_id.is_some() {
        return Err(Error::invalid("Media attachment is currently used by a status"));
    }
    if !tx.delete_media(id).await? {
        return Err(Error::invalid("Media attachment is currently used by a status"));
    }
    let keys = [media.path, media.small_path].into_iter().filter(|k| !k.is_empty()).collect();
    crate::jobs::enqueue(node, tx, &crate::jobs::Job::DeleteFiles { keys }).await
}

/// Removes files, and takes them off the sums that are kept. (That of other servers' files goes with their rows.)
pub async fn delete_files(node: &Node, keys: &[String]) -> Result<(), Error> {
    for key in keys {
        let size = match node.files.size(key).await {
            Ok(size) => i64::try_from(size).unwrap_or(0),
            Err(e) if e.is_not_found() => continue,
            Err(e) => return Err(e.into()),
        };
        node.files.delete(key).await?;
        let category = Category::of_key(key);
        if category != Category::Remote {
            count(node, category, -size).await?;
        }
    }
    Ok(())
}

async fn count(node: &Node, category: Category, bytes: i64) -> Result<(), Error> {
    let mut tx = node.store.begin().await?;
    tx.count_bytes(category, bytes).await?;
    node.commit(tx).await
}

/// Two folders deep, so that none grows without bound; the name says nothing and cannot be guessed.
fn folder_key(node: &Node, id: Id) -> String {
    let chance = node.random.bytes::<8>().iter().map(|b| format!("{b:02x}")).collect::<String>();
    format!("{}/{}/{id}-{chance}", &chance[..2], &chance[2..4])
}

/// Does the work on a thread that may block, a few at the same time. The place is free when the work is done: whoever hangs up
/// before does not make room for more of it.
async fn in_turn<T: Send + 'static>(node: &Node, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    let turn = Arc::clone(&node.uploads).acquire_owned().await;
    let done = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(turn);
        done
    });
    done.await.map_err(|e| Error::Internal(format!("a file could not be processed: {e}")))
}
