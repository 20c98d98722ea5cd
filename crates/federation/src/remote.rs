//! Files of other servers, fetched when somebody looks at them: once for all who look at the same time, a few at a time, and
//! kept under the node's budget. Readers get them from us alone, so that nobody else learns who reads.
//!
//! What could not be had is not there (404), however far it lies; nobody is sent to the other server for it.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared};
use moka::future::Cache;
use node::media::Limits;
use node::media::foreign::{HEAD, Recognised, recognise};
use node::remote::{self as kept, Source};
use storage::FileError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use url::Url;

use crate::client::{Download, FetchError};
use crate::{Error, Federation};

/// Files that are fetched at the same time: all, those that lie on one server, and those of the accounts of one, which may lie on as
/// many as their owners like.
const AT_ONCE: usize = 32;
const FROM_ONE: usize = 6;
/// Files that are passed on to one address at the same time: how long each takes is up to its reader.
const TO_ONE: usize = 8;
/// A film may take so long to come, and whatever is passed on, whose reader may be slow.
const FILM: Duration = Duration::from_secs(5 * 60);
/// So long somebody waits for a place. Who does not get one is told that there is no file, which is not written down.
const TURN: Duration = Duration::from_secs(40);
/// What we can show, most wanted first.
const ACCEPT: &str = "image/avif,image/webp,image/png,image/jpeg,image/gif,video/*;q=0.9,audio/*;q=0.9,*/*;q=0.1";

type Fetched = Shared<BoxFuture<'static, Result<Option<String>, Arc<Error>>>>;

/// A file of another server.
#[derive(Debug)]
pub enum RemoteFile {
    /// It lies in the file store under this key.
    Kept(String),
    /// It is not kept, but passed on.
    Passing(Box<Passing>),
}

/// A file that is passed on while it comes.
pub struct Passing {
    /// File name extension without the dot: the type to serve it under.
    pub extension: &'static str,
    /// Bytes in all, if known.
    pub length: Option<u64>,
    pieces: mpsc::Receiver<Piece>,
}

/// A part of a file; nothing at its end.
type Piece = Result<Option<Bytes>, FetchError>;

impl fmt::Debug for Passing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Passing({})", self.extension)
    }
}

type Places = Vec<OwnedSemaphorePermit>;

/// What is under way.
pub(crate) struct Fetches {
    /// By the hash of the URL.
    running: Mutex<HashMap<String, Fetched>>,
    places: Arc<Semaphore>,
    hosts: Cache<String, Arc<Semaphore>>,
    /// By the domain of the accounts that the files are of.
    owners: Cache<String, Arc<Semaphore>>,
    readers: Cache<IpAddr, Arc<Semaphore>>,
}

impl Default for Fetches {
    fn default() -> Self {
        Self {
            running: Mutex::default(),
            places: Arc::new(Semaphore::new(AT_ONCE)),
            hosts: Cache::builder().max_capacity(10_000).time_to_idle(FILM).build(),
            owners: Cache::builder().max_capacity(10_000).time_to_idle(FILM).build(),
            readers: Cache::builder().max_capacity(10_000).time_to_idle(FILM).build(),
        }
    }
}

impl Passing {
    /// The next piece; `None` at the end.
    pub async fn next(&mut self) -> Piece {
        self.pieces.recv().await.unwrap_or(Err(FetchError::Timeout))
    }
}

/// Hands a file on, to its end or until its reader hangs up or takes nothing for as long as `patience`. Nobody asks for the next
/// piece while the way to the reader is full, so it is this that has to see how long that goes on.
async fn hand_on(head: Bytes, mut download: Download, to: mpsc::Sender<Piece>, patience: Duration) {
    let mut piece = Ok(Some(head));
    loop {
        let is_last = !matches!(piece, Ok(Some(_)));
        if to.send_timeout(piece, patience).await.is_err() || is_last {
            return;
        }
        piece = tokio::select! {
            next = download.next() => next,
            () = to.closed() => return,
        };
    }
}

/// Takes a fetch off the list, however it ends.
struct Ends(Federation, String);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.fetches.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}

/// A file whose first bytes are here.
struct Begun {
    what: Recognised,
    head: Bytes,
    download: Download,
}

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(transparent)]
    Media(#[from] node::media::MediaError),
    #[error("too much is being fetched")]
    Busy,
    #[error(transparent)]
    Ours(#[from] Error),
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        Self::Ours(node::Error::from(error).into())
    }
}

impl From<node::Error> for Failure {
    fn from(error: node::Error) -> Self {
        Self::Ours(error.into())
    }
}

impl Federation {
    /// A file that one of our addresses leads to. `None` if it cannot be had, which is remembered for a while. `reader`: the address
    /// it is for, if that is counted.
    pub async fn remote_file(&self, source: &Source, reader: Option<IpAddr>) -> Result<Option<RemoteFile>, Arc<Error>> {
        let failed = |e: node::Error| Arc::new(Error::from(e));
        if let Some(known) = kept::known(&self.node, source).await.map_err(failed)? {
            return Ok((!known.path.is_empty()).then_some(RemoteFile::Kept(known.path)));
        }
        if self.node.config.remote_media_budget == 0 {
            return match self.pass(source, reader).await {
                Ok(passing) => Ok(Some(RemoteFile::Passing(Box::new(passing)))),
                Err(failure) => self.written_down(source, failure).await.map(|_| None).map_err(Arc::new),
            };
        }
        let fetched = self.fetch_once(source).await?;
        Ok(fetched.map(RemoteFile::Kept))
    }

    /// Fetches and keeps, or waits for somebody who does already.
    fn fetch_once(&self, source: &Source) -> Fetched {
        let mut running = self.fetches.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(fetch) = running.get(&source.hash) {
            return fetch.clone();
        }
        let (federation, source) = (self.clone(), source.clone());
        let hash = source.hash.clone();
        // In a task of its own: a reader who gives up must not take the file from the others, nor from themselves when they come
        // again. One that is cut off at the end of the process leaves nothing behind that counts.
        let task = tokio::runtime::Handle::current().spawn(async move {
            let _ends = Ends(federation.clone(), source.hash.clone());
            let result = match federation.fetch(&source).await {
                Ok(key) => Ok(Some(key)),
                Err(failure) => federation.written_down(&source, failure).await.map(|()| None),
            };
            result.map_err(Arc::new)
        });
        let ended = |e: tokio::task::JoinError| Arc::new(Error::Node(node::Error::Internal(e.to_string())));
        let fetch = task.map(move |done| done.unwrap_or_else(|e| Err(ended(e)))).boxed().shared();
        running.insert(hash, fetch.clone());
        fetch
    }

    /// That a file cannot be had. What is our own fault is not held against it.
    async fn written_down(&self, source: &Source, failure: Failure) -> Result<(), Error> {
        let may_pass = match &failure {
            Failure::Ours(_) => false,
            Failure::Fetch(e) => e.is_temporary(),
            Failure::Media(_) | Failure::Busy => false,
        };
        match failure {
            Failure::Ours(error) => Err(error),
            Failure::Busy => Ok(()),
            failure => {
                tracing::debug!(url = source.url, error = %failure, "a file of another server cannot be had");
                Ok(kept::fail(&self.node, source, may_pass).await?)
            }
        }
    }

    async fn places(&self, source: &Source, reader: Option<IpAddr>) -> Result<Places, Failure> {
        let host = node::config::authority(&source.url).to_ascii_lowercase();
        let few = || async { Arc::new(Semaphore::new(FROM_ONE)) };
        let owner = self.fetches.owners.get_with(source.domain.clone(), few()).await;
        let host = self.fetches.hosts.get_with(host, few()).await;
        let reader = match reader {
            Some(address) => {
                let few = async { Arc::new(Semaphore::new(TO_ONE)) };
                Some(self.fetches.readers.get_with(address, few).await)
            }
            None => None,
        };
        let closed = |_| Failure::Ours(Error::Node(node::Error::Internal("nothing is fetched any more".to_owned())));
        // First that of the one reader, then that of the one server: who waits for a slow one must not hold a place that others
        // could use.
        let take = async {
            let mut places = Vec::new();
            for place in reader.into_iter().chain([owner, host, Arc::clone(&self.fetches.places)]) {
                places.push(place.acquire_owned().await.map_err(closed)?);
            }
            Ok(places)
        };
        tokio::time::timeout(TURN, take).await.unwrap_or(Err(Failure::Busy))
    }

    async fn begin(&self, source: &Source) -> Result<Begun, Failure> {
        let limits = Limits::default();
        let url = Url::parse(&source.url).map_err(|_| FetchError::RefusedUrl("no URL at all"))?;
        let mut download = self.client.download(&url, ACCEPT, source.wanted.most(&limits)).await?;
        let mut head = BytesMut::new();
        while head.len() < HEAD {
            let Some(piece) = download.next().await? else { break };
            head.extend_from_slice(&piece);
        }
        let what = recognise(&head, &download.content_type, source.wanted, &limits)?;
        let time = if what.is_recording { FILM } else { Duration::ZERO };
        download.allow(what.most, time)?;
        Ok(Begun { what, head: head.freeze(), download })
    }

    async fn pass(&self, source: &Source, reader: Option<IpAddr>) -> Result<Passing, Failure> {
        let places = self.places(source, reader).await?;
        let Begun { what, head, mut download } = self.begin(source).await?;
        download.allow(what.most, FILM)?;
        let length = download.length;
        let patience = Duration::from_millis(u64::try_from(self.node.config.reader_patience).unwrap_or(0));
        let (to, pieces) = mpsc::channel(1);
        // It ends with its reader; one that is cut off at the end of the process leaves nothing behind.
        tokio::runtime::Handle::current().spawn(async move {
            let _places = places;
            let _ = tokio::time::timeout(FILM, hand_on(head, download, to, patience)).await;
        });
        Ok(Passing { extension: what.extension, length, pieces })
    }

    async fn fetch(&self, source: &Source) -> Result<String, Failure> {
        let _places = self.places(source, None).await?;
        let Begun { what, head, mut download } = self.begin(source).await?;
        // What is larger than all there is room for is not to be had.
        download.allow(what.most.min(self.node.config.remote_media_budget), Duration::ZERO)?;
        let key = kept::new_key(&self.node, what.extension);
        let mut file = self.node.files.write(&key);
        let mut size = head.len();
        file.write(head).await?;
        while let Some(piece) = download.next().await? {
            size += piece.len();
            file.write(piece).await?;
        }
        file.finish().await?;
        Ok(kept::keep(&self.node, source, &key, i64::try_from(size).unwrap_or(i64::MAX)).await?)
    }
}
