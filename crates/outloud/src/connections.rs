//! The connections of those who ask: how many there may be at a time, and how long one may take to say what it wants.

mod rest;

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Request, header};
use http_api::rate;
use http_api::streaming::Held;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use ipnet::IpNet;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use self::rest::Rest;

/// How long a client may take for the head of a request, and may say nothing between two.
const HEAD: Duration = Duration::from_secs(20);
/// The same for a trusted proxy, which waits for the heads of its own clients, and keeps connections for requests to come: longer than
/// proxies do (Caddy two minutes, nginx one), or one would be closed just as it is used.
const PROXY_HEAD: Duration = Duration::from_secs(150);
/// How long a client may take nothing of what it asked for.
const STALL: Duration = Duration::from_secs(60);
/// Bytes that the system holds for a client that it has not taken (Linux doubles this). Whoever takes them slowly makes room in steps of a third of that:
/// with as much as it would hold by itself a step could take longer than the client may take nothing.
#[cfg(unix)]
const UNTAKEN: usize = 256 * 1024;
/// Longest head of a request, in bytes. It is held in memory.
const LONGEST_HEAD: usize = 64 * 1024;
/// Connections at the same time in all, where the system lets us open as many files. One that says nothing takes 11 KB of memory, a stream
/// of events 18: most of it are the buffers that hyper makes for each.
const MOST: usize = 12_000;
/// Connections of one address: that of an office, where everybody's browser has six.
const EACH: usize = 512;
/// Files that are left for all else: the database, media, requests to other servers.
const OTHERS: u64 = 2_048;
/// As many files as we ever need to open.
const FILES: u64 = MOST as u64 + OTHERS;
/// How long to wait when the system cannot give us a connection.
const REST: Duration = Duration::from_millis(100);

/// How many connections there may be.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// In all. Who comes then waits for a place.
    pub all: usize,
    /// From one address. Who comes then is sent away.
    pub each: usize,
    /// Whose connections are not counted by address, since they bring those of others.
    pub proxies: Vec<IpNet>,
    /// How long a client may take for the head of a request, and may say nothing between two.
    pub head: Duration,
    /// How long one may take nothing of its answer.
    pub stall: Duration,
}

impl Bounds {
    /// As many as the system lets us have, beside what else needs files.
    pub fn of_system(proxies: Vec<IpNet>) -> Self {
        let files = files();
        let room = files - OTHERS.min(files / 2);
        let all = usize::try_from(room).unwrap_or(MOST).clamp(1, MOST);
        Self { all, each: EACH.min(all.div_ceil(2)), proxies, head: HEAD, stall: STALL }
    }
}

/// How many files this process may have open, after it has asked for as many as it may need.
#[cfg(unix)]
fn files() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let (Some(now), wanted) = (current, maximum.unwrap_or(FILES).min(FILES)) else { return FILES };
    if wanted > now && setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum }).is_ok() {
        return wanted;
    }
    now
}

#[cfg(not(unix))]
fn files() -> u64 {
    FILES
}

/// How long connections stay open after the socket: what was sent over them a moment ago has still to arrive.
const SETTLE: Duration = Duration::from_millis(100);

/// Who is here, by address.
#[derive(Clone, Default)]
struct Crowd(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// A connection that is counted, until it is dropped.
struct Seat {
    crowd: Crowd,
    address: IpAddr,
}

impl Crowd {
    /// `None` if there are as many already.
    fn enter(&self, address: IpAddr, most: usize) -> Option<Seat> {
        let mut here = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = here.entry(address).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Seat { crowd: self.clone(), address })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut here = self.crowd.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = here.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                here.remove(&self.address);
            }
        }
    }
}

/// Answers those who connect until `stop`, and then those that had connected by then: nobody who has come is turned away without an
/// answer. When what is under way is answered it ends.
pub async fn serve(listener: TcpListener, router: Router, bounds: Bounds, stop: CancellationToken) {
    let (places, crowd, tasks) = (Arc::new(Semaphore::new(bounds.all)), Crowd::default(), TaskTracker::new());
    let shut = CancellationToken::new();
    bound_untaken(&listener);
    let next = async || {
        let place = Arc::clone(&places).acquire_owned().await.ok();
        let (stream, address) = accept(&listener).await;
        (stream, address, place)
    };
    loop {
        let (stream, address, place) = tokio::select! {
            // First those that wait in the queue: to close the socket would cut them off.
            biased;
            connection = next() => connection,
            () = stop.cancelled() => break,
        };
        // A dual-stack socket shows IPv4 addresses within IPv6.
        let ip = address.ip().to_canonical();
        let is_proxy = bounds.proxies.iter().any(|net| net.contains(&ip));
        let seat = if is_proxy { None } else { crowd.enter(rate::network(ip), bounds.each) };
        if !is_proxy && seat.is_none() {
            metrics::counter!("outloud_connections_refused_total").increment(1);
            continue;
        }
        let patience = (if is_proxy { PROXY_HEAD } else { bounds.head }, bounds.stall);
        // Given up when it is over: what is sent over it may outlive its last request.
        let held = Held { place: Arc::new((place, seat, tasks.token())), shut: shut.clone() };
        tasks.spawn(attend((stream, address), patience, router.clone(), held, tasks.clone()));
    }
    // Those for whom no place was free wait in the queue still.
    while let Some((stream, address)) = waiting(&listener).await {
        let patience = (bounds.head, bounds.stall);
        let held = Held { place: Arc::new(tasks.token()), shut: shut.clone() };
        tasks.spawn(attend((stream, address), patience, router.clone(), held, tasks.clone()));
    }
    drop(listener);
    tokio::time::sleep(SETTLE).await;
    shut.cancel();
    tasks.close();
    tasks.wait().await;
}

/// Connections have it of the socket that they come to.
#[cfg(unix)]
fn bound_untaken(listener: &TcpListener) {
    if let Err(error) = rustix::net::sockopt::set_socket_send_buffer_size(listener, UNTAKEN) {
        tracing::debug!(%error, "the system holds as much for clients as it likes");
    }
}

#[cfg(not(unix))]
fn bound_untaken(_: &TcpListener) {}

/// Who has connected already and was not attended to.
async fn waiting(listener: &TcpListener) -> Option<(TcpStream, SocketAddr)> {
    tokio::select! {
        biased;
        connection = accept(listener) => Some(connection),
        () = std::future::ready(()) => None,
    }
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    let mut is_told = false;
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            // Gone before we came to it.
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionAborted => {}
            Err(error) => {
                if !is_told {
                    tracing::warn!(%error, "no connection can be taken at the moment");
                }
                is_told = true;
                tokio::time::sleep(REST).await;
            }
        }
    }
}

/// Sees a connection through.
async fn attend(
    (stream, address): (TcpStream, SocketAddr),
    (head, stall): (Duration, Duration),
    router: Router,
    held: Held,
    tasks: TaskTracker,
) {
    let shut = held.shut.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let (router, held, tasks) = (router.clone(), held.clone(), tasks.clone());
        async move {
            let asks = request.headers().contains_key(header::EXPECT);
            let (head, body) = request.into_parts();
            let rest = Rest::new(body);
            let mut request = Request::from_parts(head, Body::new(rest.clone()));
            request.extensions_mut().insert(ConnectInfo(address));
            let shut = held.shut.clone();
            request.extensions_mut().insert(held);
            let mut response = router.oneshot(request).await?;
            if rest.is_left(asks).await {
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
                tasks.spawn(rest.linger(asks, shut));
            }
            Ok::<_, Infallible>(response)
        }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(head).max_buf_size(LONGEST_HEAD);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(stall));
    let mut connection = pin!(builder.serve_connection(TokioIo::new(Box::pin(stream)), service).with_upgrades());
    let ended = tokio::select! {
        // First what has arrived: a connection that is told to end before it has read a request does not read it.
        biased;
        ended = connection.as_mut() => ended,
        () = shut.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::trace!(%address, %error, "a connection broke off");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_one_address_come_no_more_than_may_and_who_leaves_makes_room() {
        let crowd = Crowd::default();
        let (one, other): (IpAddr, IpAddr) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let seats = [crowd.enter(one, 2), crowd.enter(one, 2)];
        assert!(seats.iter().all(Option::is_some));
        assert!(crowd.enter(one, 2).is_none());
        assert!(crowd.enter(other, 2).is_some());
        drop(seats);
        assert!(crowd.0.lock().unwrap().is_empty(), "nobody is remembered who is not here");
    }

    #[test]
    fn there_is_always_room_for_somebody_and_for_what_else_needs_files() {
        let bounds = Bounds::of_system(Vec::new());
        assert!(bounds.all >= 1 && bounds.all <= MOST && bounds.each <= bounds.all);
    }
}
