//! How much of the bodies of requests is in memory at a time, in all and from one network. Each body is bounded, and thousands may come
//! at once, slowly.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use tokio::time::timeout;

use crate::{ApiError, App, mastodon, params, rate};

/// Bytes of deliveries, in all.
const DELIVERIES: usize = 48 * 1024 * 1024;
/// Bytes of other bodies without files, in all.
const WORDS: usize = 16 * 1024 * 1024;
/// Bytes of bodies with files, in all: three of the longest.
const FILES: usize = 3 * params::UPLOAD;
/// How long a body may not go on. A film may take long, over a slow line, and keeps out others meanwhile.
const STALL: Duration = Duration::from_secs(60);
/// So much of each body is always taken: most have no more. There are no more of them than connections.
const FREE: usize = 8 * 1024;
/// What a piece of a body takes beside its bytes. It can be of one byte.
const PIECE: usize = 64;
/// A piece that is shorter is copied: as it comes it holds all of the buffer that it was read into.
const SHORT: usize = 4 * 1024;

/// Rooms for bodies.
#[derive(Debug)]
pub struct Bodies {
    deliveries: Arc<Room>,
    words: Arc<Room>,
    files: Arc<Room>,
}

impl Default for Bodies {
    fn default() -> Self {
        // One network has no more than an eighth; of uploads, which only members make, two of the longest.
        Self {
            deliveries: Room::new(DELIVERIES, DELIVERIES / 8),
            words: Room::new(WORDS, WORDS / 8),
            files: Room::new(FILES, FILES / 3 * 2),
        }
    }
}

/// Memory that bodies share.
#[derive(Debug)]
struct Room {
    /// Bytes in all.
    all: usize,
    /// Bytes from one network.
    each: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by: HashMap<IpAddr, usize>,
}

impl Room {
    fn new(all: usize, each: usize) -> Arc<Self> {
        Arc::new(Self { all, each, taken: Mutex::default() })
    }

    fn taken(&self) -> std::sync::MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there was room, which is taken then.
    fn take(&self, from: Option<IpAddr>, bytes: usize) -> bool {
        let mut taken = self.taken();
        let of_network = from.and_then(|from| taken.by.get(&from)).copied().unwrap_or(0) + bytes;
        if taken.all + bytes > self.all || (from.is_some() && of_network > self.each) {
            return false;
        }
        taken.all += bytes;
        if let Some(from) = from {
            taken.by.insert(from, of_network);
        }
        true
    }

    fn give_back(&self, from: Option<IpAddr>, bytes: usize) {
        let mut taken = self.taken();
        taken.all -= bytes;
        if let Some(from) = from
            && let Some(of_network) = taken.by.get_mut(&from)
        {
            *of_network -= bytes;
            if *of_network == 0 {
                taken.by.remove(&from);
            }
        }
    }
}

/// What one body takes, until its request is answered.
struct Claim {
    room: Arc<Room>,
    /// Who is counted, if anybody is.
    from: Option<IpAddr>,
    /// Bytes that came.
    came: AtomicUsize,
    /// Bytes that were taken of the room.
    taken: AtomicUsize,
    is_refused: AtomicBool,
}

impl Claim {
    fn new(room: &Arc<Room>, from: Option<IpAddr>) -> Arc<Self> {
        let (came, taken, is_refused) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
        Arc::new(Self { room: Arc::clone(room), from, came, taken, is_refused })
    }

    /// The body, which ends with an error where there is no room for it, or where it does not go on for so long.
    fn counting(self: &Arc<Self>, body: Body, stall: Duration) -> Body {
        let pieces =
            stream::unfold((body.into_data_stream(), Arc::clone(self)), move |(mut pieces, claim)| async move {
                let next = match timeout(stall, pieces.next()).await {
                    Ok(next) => next?,
                    Err(_) => Err(axum::Error::new("the body does not go on")),
                };
                let next = next.and_then(|piece| match claim.take(piece.len() + PIECE) {
                    true if piece.len() < SHORT => Ok(Bytes::copy_from_slice(&piece)),
                    true => Ok(piece),
                    false => Err(axum::Error::new("no room for the body")),
                });
                Some((next, (pieces, claim)))
            });
        Body::from_stream(pieces)
    }

    fn take(&self, bytes: usize) -> bool {
        let before = self.came.fetch_add(bytes, Ordering::Relaxed);
        // What goes beyond what is free.
        let bytes = bytes.min((before + bytes).saturating_sub(FREE));
        if bytes == 0 {
            return true;
        }
        if !self.room.take(self.from, bytes) {
            self.is_refused.store(true, Ordering::Relaxed);
            return false;
        }
        self.taken.fetch_add(bytes, Ordering::Relaxed);
        true
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let taken = *self.taken.get_mut();
        if taken > 0 {
            self.room.give_back(self.from, taken);
        }
    }
}

/// What one customer may have at most of IPv6: many of the networks by which they are counted elsewhere.
fn site(network: IpAddr) -> IpAddr {
    match network {
        IpAddr::V4(_) => network,
        IpAddr::V6(v6) => {
            let [a, b, c, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    }
}

/// Takes bodies in as long as there is room for them: 503 where there is none.
pub async fn bound(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let bodies = &app.limits.bodies;
    let room = match () {
        () if mastodon::brings_a_file(&request) => &bodies.files,
        () if request.uri().path().ends_with("/inbox") => &bodies.deliveries,
        () => &bodies.words,
    };
    let (parts, body) = request.into_parts();
    let from = app.limits.counted(rate::address(&app.settings, &parts.extensions, &parts.headers)).map(site);
    let claim = Claim::new(room, from);
    let response = next.run(Request::from_parts(parts, claim.counting(body, STALL))).await;
    if claim.is_refused.load(Ordering::Relaxed) {
        metrics::counter!("outloud_bodies_refused_total").increment(1);
        return ApiError::unavailable().into_response();
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(bytes: usize) -> Body {
        Body::from(vec![b'a'; bytes])
    }

    #[tokio::test]
    async fn s36_bodies_share_a_room_in_all_and_by_network_and_leave_nothing_behind() {
        let room = Room::new(100_000, 50_000);
        let network = |n: u8| Some(IpAddr::from([192, 0, 2, n]));
        let come = async |from, bytes| {
            let claim = Claim::new(&room, from);
            let read = axum::body::to_bytes(claim.counting(body(bytes), STALL), usize::MAX).await;
            assert_eq!(read.is_err(), claim.is_refused.load(Ordering::Relaxed));
            read.ok().map(|bytes| (claim, bytes.len()))
        };
        let first = come(network(1), 40_000).await;
        assert_eq!(first.as_ref().map(|f| f.1), Some(40_000));
        assert!(come(network(1), 40_000).await.is_none(), "one network has half of it at most");
        let second = come(network(2), 40_000).await;
        assert!(second.is_some(), "another has its own");
        assert!(come(network(3), 50_000).await.is_none(), "there is no room for all");
        assert!(come(network(1), FREE - PIECE).await.is_some(), "a short one is always taken");
        drop((first, second));
        assert!(come(None, 100_000).await.is_some(), "nobody is counted who comes from inside");
        let left = room.taken();
        assert!(left.all == 0 && left.by.is_empty(), "{left:?}");
    }

    #[tokio::test]
    async fn s36_a_short_piece_does_not_hold_the_buffer_that_it_came_in() {
        let buffer = Bytes::from(vec![b'a'; 8 * 1024]);
        let pieces = [buffer.slice(..1), buffer.slice(1..SHORT - 1)].map(Ok::<_, std::io::Error>);
        let claim = Claim::new(&Room::new(0, 0), None);
        let body = claim.counting(Body::from_stream(stream::iter(pieces)), STALL);
        let kept: Vec<_> = body.into_data_stream().collect().await;
        assert!(kept.len() == 2 && kept.iter().all(Result::is_ok));
        assert!(buffer.is_unique());
    }

    #[tokio::test]
    async fn s36_a_body_that_does_not_go_on_is_not_waited_for() {
        let claim = Claim::new(&Room::new(0, 0), None);
        let begins = stream::iter([Ok::<_, std::io::Error>("a")]).chain(stream::pending());
        assert!(
            axum::body::to_bytes(claim.counting(Body::from_stream(begins), Duration::from_millis(20)), usize::MAX)
                .await
                .is_err()
        );
        assert!(!claim.is_refused.load(Ordering::Relaxed), "it is not for want of room");
    }

    #[tokio::test]
    async fn s36_many_small_pieces_cost_more_than_their_bytes() {
        let room = Room::new(100_000, 100_000);
        let claim = Claim::new(&room, None);
        let drops = Body::from_stream(futures::stream::iter((0..10_000).map(|_| Ok::<_, std::io::Error>("a"))));
        assert!(axum::body::to_bytes(claim.counting(drops, STALL), usize::MAX).await.is_err());
    }
}
