//! Rate limits: how often one member, or one address, may do what costs (docs.joinmastodon.org/api/rate-limits). Knows nothing of
//! what is limited; the time is handed in with every question.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use axum::extract::{ConnectInfo, FromRef, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use model::clock::{MINUTE, Millis, rfc3339};
use model::id::Id;
use moka::sync::Cache;
use node::gates::Severity;
use tokio::sync::Semaphore;

use crate::auth::{Caller, bearer, caller_of};
use crate::bodies::Bodies;
use crate::{ApiError, App, Settings};

/// Most keys that one limit remembers.
const KEYS: usize = 100_000;
/// Activities that are taken in at the same time. Each may wait for another server, and for its turn to write.
const INBOXES: usize = 256;
/// So many deliveries that prove to be nobody's are taken from one address, in so long.
const STRANGERS: u32 = 200;
const STRANGERS_TIME: Duration = Duration::from_secs(300);
/// Passwords that are checked at the same time: each takes a core and much memory.
const PASSWORDS: usize = 4;

/// Who is counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    /// An IPv4 address, or the network of an IPv6 one (/64: what one customer has).
    Address(IpAddr),
    Account(Id),
    /// What somebody typed to sign in, hashed.
    Name(String),
}

/// What is left after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Verdict {
    limit: u32,
    remaining: u32,
    /// When the limit is whole again; for a refusal, when the next request is let through.
    reset: Millis,
    /// Seconds, where the request is refused.
    wait: Option<u64>,
}

/// All limits of a node.
#[derive(Debug)]
pub struct Limits {
    pub on: bool,
    /// Leave to check a password now.
    pub passwords: Arc<Semaphore>,
    /// Leave to take an activity in now.
    pub inboxes: Arc<Semaphore>,
    /// Room for the bodies of requests.
    pub bodies: Bodies,
    strangers: Cache<IpAddr, Arc<AtomicU32>>,
    requests: Limit,
    media: Limit,
    deletes: Limit,
    sign_ups: Limit,
    log_ins: Limit,
    log_ins_by_name: Limit,
    look_ups: Limit,
    mails: Limit,
    mails_by_name: Limit,
    made_up_tags: Limit,
}

impl Limits {
    pub fn new(settings: &Settings) -> Self {
        Self {
            on: settings.rate_limits,
            passwords: Arc::new(Semaphore::new(PASSWORDS)),
            inboxes: Arc::new(Semaphore::new(INBOXES)),
            bodies: Bodies::default(),
            strangers: Cache::builder().max_capacity(KEYS as u64).time_to_live(STRANGERS_TIME).build(),
            requests: Limit::new(300, 5),
            media: Limit::new(30, 30),
            deletes: Limit::new(30, 30),
            sign_ups: Limit::new(5, 30),
            log_ins: Limit::new(25, 5),
            log_ins_by_name: Limit::new(10, 15),
            look_ups: Limit::new(60, 5),
            mails: Limit::new(20, 60),
            mails_by_name: Limit::new(5, 60),
            made_up_tags: Limit::new(60, 60),
        }
    }

    /// Does what checks or keeps a password, a few at the same time. The place is free when the work is done: whoever hangs up
    /// before does not make room for more of it.
    pub async fn with_password<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let turn = Arc::clone(&self.passwords).acquire_owned().await;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        done.await.map_err(|e| node::Error::Internal(e.to_string()).into())
    }

    /// Whether a delivery from an address is looked at: not where too many came from it of late that proved to be nobody's,
    /// each of which may have cost somebody a request.
    pub fn hear_stranger(&self, address: IpAddr) -> Result<(), ApiError> {
        let marks = self.strangers.get(&address).map_or(0, |marks| marks.load(Ordering::Relaxed));
        if self.on && marks >= STRANGERS { Err(too_many(STRANGERS_TIME.as_secs())) } else { Ok(()) }
    }

    /// Counts a delivery that proved to be nobody's. What comes from our own network may come from everybody, by way of a
    /// proxy that nobody told us of.
    pub fn mark_stranger(&self, address: IpAddr) {
        if !is_inside(address) {
            self.strangers.get_with(address, Arc::default).fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Whether an address is still told of hashtags that nobody has used here.
    pub fn may_make_up_tags(&self, address: IpAddr, now: Millis) -> bool {
        !self.on || self.made_up_tags.take(&Key::Address(network(address)), now).wait.is_none()
    }

    /// By what a reader is counted who may take as long as they like; nobody is where there are no limits, nor of our own network.
    pub fn counted(&self, address: IpAddr) -> Option<IpAddr> {
        Some(address).filter(|a| self.on && !is_inside(*a))
    }

    /// Counts an attempt to sign in from an address, as whoever was named; not only failures, since that is known too late.
    pub fn log_in(&self, address: IpAddr, name: &str, now: Millis) -> Result<(), ApiError> {
        self.guess(address, now)?;
        let name = node::random::hash(&name.trim().to_lowercase());
        self.ask(&self.log_ins_by_name, Key::Name(name), now)
    }

    /// Counts an attempt to use a secret from an address.
    pub fn guess(&self, address: IpAddr, now: Millis) -> Result<(), ApiError> {
        self.ask(&self.log_ins, Key::Address(address), now)
    }

    /// Counts a look-up on other servers that a page makes.
    pub fn look_up(&self, address: IpAddr, now: Millis) -> Result<(), ApiError> {
        self.ask(&self.look_ups, Key::Address(address), now)
    }

    /// Counts a file that a member uploads by a page.
    pub fn upload(&self, account: Id, now: Millis) -> Result<(), ApiError> {
        self.ask(&self.media, Key::Account(account), now)
    }

    /// Counts a post that a member deletes by a page.
    pub fn delete(&self, account: Id, now: Millis) -> Result<(), ApiError> {
        self.ask(&self.deletes, Key::Account(account), now)
    }

    /// Counts a form of a member.
    pub fn form(&self, account: Id, now: Millis) -> Result<(), ApiError> {
        self.ask(&self.requests, Key::Account(account), now)
    }

    /// Counts a letter that somebody at an address wants sent, to or about whoever is named.
    pub fn mail(&self, address: IpAddr, name: &str, now: Millis) -> Result<(), ApiError> {
        self.ask(&self.mails, Key::Address(address), now)?;
        let name = node::random::hash(&name.trim().to_lowercase());
        self.ask(&self.mails_by_name, Key::Name(name), now)
    }

    /// Counts a code that somebody gives as a member's second factor.
    pub fn factor(&self, address: IpAddr, account: Id, now: Millis) -> Result<(), ApiError> {
        self.log_in(address, &format!("the second factor of {account}"), now)
    }

    /// Counts a sign-up from an address.
    pub fn sign_up(&self, address: IpAddr, now: Millis) -> Result<(), ApiError> {
        self.ask(&self.sign_ups, Key::Address(address), now)
    }

    fn ask(&self, limit: &Limit, key: Key, now: Millis) -> Result<(), ApiError> {
        if !self.on {
            return Ok(());
        }
        match limit.take(&key, now).wait {
            None => Ok(()),
            Some(seconds) => Err(too_many(seconds)),
        }
    }

    /// The limit of its own that a request of the API has, beside the one for all.
    fn special(&self, method: &Method, path: &str) -> Option<&Limit> {
        let uploads = ["/api/v1/media", "/api/v2/media"].contains(&path) && method == Method::POST;
        let status = path.strip_prefix("/api/v1/statuses/");
        let deletes = status.is_some_and(|rest| match *method {
            Method::DELETE => !rest.contains('/'),
            Method::POST => rest.ends_with("/unreblog"),
            _ => false,
        });
        if uploads {
            Some(&self.media)
        } else if deletes {
            Some(&self.deletes)
        } else {
            None
        }
    }
}

/// One limit: so many at once, and as many again evenly over its minutes.
#[derive(Debug)]
struct Limit {
    told: Told,
    quota: Option<Quota>,
    limiter: RwLock<Option<Limiter>>,
}

type Limiter = RateLimiter<Key, DashMapStateStore<Key>, Told, StateInformationMiddleware>;

impl Limit {
    fn new(most: u32, minutes: u64) -> Self {
        let quota = NonZeroU32::new(most).and_then(|most| {
            let interval = Duration::from_secs(minutes * 60) / most.get();
            Some(Quota::with_period(interval)?.allow_burst(most))
        });
        let told = Told::default();
        Self { limiter: RwLock::new(quota.map(|q| limiter(q, &told))), told, quota }
    }

    fn take(&self, key: &Key, now: Millis) -> Verdict {
        self.told.now_is(now);
        let guard = self.limiter.read().unwrap_or_else(PoisonError::into_inner);
        let (Some(limiter), Some(quota)) = (&*guard, self.quota) else {
            return Verdict { limit: 0, remaining: 0, reset: now, wait: None };
        };
        let limit = quota.burst_size().get();
        let verdict = match limiter.check_key(key) {
            Ok(left) => {
                let remaining = left.remaining_burst_capacity();
                let refill = quota.replenish_interval() * limit.saturating_sub(remaining);
                Verdict { limit, remaining, reset: now + millis(refill), wait: None }
            }
            Err(refused) => {
                let wait = refused.wait_time_from(governor::clock::Clock::now(&self.told));
                Verdict { limit, remaining: 0, reset: now + millis(wait), wait: Some(wait.as_secs() + 1) }
            }
        };
        let full = limiter.len() > KEYS;
        drop(guard);
        if full {
            self.tidy();
        }
        verdict
    }

    /// Forgets those who have their whole limit again; if all are busy, everybody: memory is worth more than a count.
    fn tidy(&self) {
        let mut guard = self.limiter.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(limiter) = &*guard {
            limiter.retain_recent();
            if limiter.len() > KEYS / 2 {
                *guard = self.quota.map(|q| self::limiter(q, &self.told));
            }
        }
    }
}

fn limiter(quota: Quota, told: &Told) -> Limiter {
    RateLimiter::new(quota, DashMapStateStore::default(), told.clone())
}

fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX)
}

/// The time as it was last told; it never goes back. After the clock was set back it goes on from where it was, or it would
/// stand until the clock is there again, and nobody would get anything back.
#[derive(Clone, Debug, Default)]
struct Told(Arc<Mutex<Heard>>);

#[derive(Debug, Default)]
struct Heard {
    last: Millis,
    /// By how much the clock was set back so far.
    back: Millis,
}

/// So far back goes whoever asked the clock a moment before others and comes after them.
const STEP: Millis = MINUTE;

impl Told {
    fn now_is(&self, now: Millis) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now < heard.last - STEP {
            heard.back += heard.last - now;
            heard.last = now;
        }
        heard.last = heard.last.max(now);
    }
}

impl governor::clock::Clock for Told {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Nanos::new(u64::try_from(heard.last + heard.back).unwrap_or(0).saturating_mul(1_000_000))
    }
}

fn too_many(seconds: u64) -> ApiError {
    let mut error = ApiError::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests");
    error.retry_after = Some(seconds);
    error
}

/// Where a request comes from.
#[derive(Clone, Copy, Debug)]
pub struct Address(pub IpAddr);

impl<S> FromRequestParts<S> for Address
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(address(&App::from_ref(state).settings, &parts.extensions, &parts.headers)))
    }
}

/// The same, to the last bit: of an IPv6 address not only the network.
#[derive(Clone, Copy, Debug)]
pub struct Client(pub IpAddr);

impl<S> FromRequestParts<S> for Client
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(client(&App::from_ref(state).settings, &parts.extensions, &parts.headers)))
    }
}

/// Answers nothing to whoever is in a network that has no access. What is known of networks is in memory.
pub async fn shut_out(State(app): State<App>, request: Request, next: Next) -> Response {
    let from = client(&app.settings, request.extensions(), request.headers());
    if app.node.networks().severity(from, app.node.now()) == Some(Severity::NoAccess) {
        return ApiError::forbidden("Nothing is answered to your network").into_response();
    }
    next.run(request).await
}

/// What is counted: the client's address, or its network.
pub(crate) fn address(settings: &Settings, extensions: &Extensions, headers: &HeaderMap) -> IpAddr {
    network(client(settings, extensions, headers))
}

/// The client's address: the connection's, or, where that is a proxy of ours, the last one that is not in `X-Forwarded-For`.
/// What stands further left was written by the client itself.
fn client(settings: &Settings, extensions: &Extensions, headers: &HeaderMap) -> IpAddr {
    let peer = extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |c| c.0.ip().to_canonical());
    let is_proxy = |ip: &IpAddr| settings.trusted_proxies.iter().any(|net| net.contains(ip));
    if !is_proxy(&peer) {
        return peer;
    }
    let mut client = peer;
    let lines: Vec<&str> = headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok()).collect();
    for part in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        let Some(ip) = read_ip(part.trim()) else { break };
        client = ip;
        if !is_proxy(&ip) {
            break;
        }
    }
    client
}

/// With or without a port, with or without brackets.
fn read_ip(text: &str) -> Option<IpAddr> {
    let ip = text.parse::<IpAddr>().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|a| a.ip()));
    ip.or_else(|| text.strip_prefix('[')?.strip_suffix(']')?.parse().ok()).map(|ip: IpAddr| ip.to_canonical())
}

fn is_inside(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local() || v4.is_unspecified(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unspecified() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// An IPv4 address, or the network of an IPv6 one: what one customer has.
pub fn network(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

/// Counts requests of the API: a member's by account, everybody else's by address. Who asks is looked up here once, and
/// handed on to [`Caller`].
pub async fn limit(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if !app.limits.on || !(path.starts_with("/api/") || path.starts_with("/oauth/")) {
        return next.run(request).await;
    }
    let now = app.node.now();
    let secret = bearer(request.headers()).map(str::to_owned);
    if secret.is_some() && request.method() == Method::GET {
        // Before it is looked up who asks: an answer that is made of that is of no later moment. Who needs it says what went wrong.
        if let Ok(moment) = app.node.moment().await {
            request.extensions_mut().insert(moment);
        }
    }
    let caller = match secret {
        Some(secret) => caller_of(&app, &secret).await.ok(),
        None => None,
    };
    let key = match &caller {
        Some(Caller::Member(signed)) => Key::Account(signed.account.id),
        _ => Key::Address(address(&app.settings, request.extensions(), request.headers())),
    };
    let mut verdict = app.limits.requests.take(&key, now);
    if let (None, Some(special)) = (verdict.wait, app.limits.special(request.method(), request.uri().path())) {
        verdict = special.take(&key, now);
    }
    if let Some(caller) = caller {
        request.extensions_mut().insert(caller);
    }
    let mut response = match verdict.wait {
        Some(seconds) => too_many(seconds).into_response(),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.insert("x-ratelimit-limit", HeaderValue::from(verdict.limit));
    headers.insert("x-ratelimit-remaining", HeaderValue::from(verdict.remaining));
    if let Ok(reset) = HeaderValue::from_str(&rfc3339(verdict.reset)) {
        headers.insert("x-ratelimit-reset", reset);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u8) -> Key {
        Key::Address(IpAddr::V4(Ipv4Addr::new(192, 0, 2, n)))
    }

    #[test]
    fn a_limit_lets_its_burst_through_and_fills_up_again() {
        let limit = Limit::new(3, 3);
        let now = 1_700_000_000_000;
        let left: Vec<u32> = (0..3).map(|_| limit.take(&key(1), now).remaining).collect();
        assert_eq!(left, [2, 1, 0]);
        let refused = limit.take(&key(1), now);
        assert_eq!((refused.limit, refused.remaining), (3, 0));
        assert!(refused.wait.is_some_and(|w| (60..=61).contains(&w)), "{refused:?}");
        assert_eq!(limit.take(&key(2), now).wait, None, "somebody else has their own");
        assert_eq!(limit.take(&key(1), now + 61_000).wait, None);
        assert!(limit.take(&key(1), now + 61_000).wait.is_some());
    }

    #[test]
    fn after_the_clock_was_set_back_a_limit_fills_up_as_before() {
        let limit = Limit::new(3, 3);
        let now = 1_700_000_000_000;
        let used_up = |now: Millis| (0..3).for_each(|_| assert_eq!(limit.take(&key(1), now).wait, None));
        used_up(now + 86_400_000);
        assert!(limit.take(&key(1), now).wait.is_some_and(|w| w <= 61), "setting it back gives nothing away");
        assert!(limit.take(&key(1), now - 1_000).wait.is_some());
        used_up(now + 181_000);
    }

    #[test]
    fn s36_what_is_remembered_is_bounded() {
        let limit = Limit::new(1, 60);
        for n in 0..=u32::try_from(KEYS).unwrap() + 10 {
            limit.take(&Key::Name(n.to_string()), 1_700_000_000_000);
        }
        assert!(limit.limiter.read().unwrap().as_ref().unwrap().len() <= KEYS);
    }

    #[test]
    fn b50_an_address_that_nothing_good_comes_from_is_not_heard_for_a_while() {
        let limits = Limits::new(&Settings { trusted_proxies: Vec::new(), rate_limits: true });
        let (bad, other, proxy) = ("203.0.113.1", "203.0.113.2", "10.0.0.1");
        for _ in 0..STRANGERS {
            for address in [bad, proxy] {
                limits.hear_stranger(address.parse().unwrap()).unwrap();
                limits.mark_stranger(address.parse().unwrap());
            }
        }
        let refused = limits.hear_stranger(bad.parse().unwrap()).unwrap_err();
        assert_eq!((refused.status, refused.retry_after), (StatusCode::TOO_MANY_REQUESTS, Some(300)));
        for address in [other, proxy] {
            limits.hear_stranger(address.parse().unwrap()).unwrap();
        }
    }

    #[test]
    fn forwarded_addresses_are_believed_from_our_proxies_alone() {
        let settings = Settings { trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()], rate_limits: true };
        let from = |peer: &str, forwarded: &str| {
            let mut extensions = Extensions::new();
            extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", HeaderValue::from_str(forwarded).unwrap());
            address(&settings, &extensions, &headers).to_string()
        };
        assert_eq!(from("192.0.2.1", "198.51.100.7"), "192.0.2.1");
        assert_eq!(from("10.0.0.1", "198.51.100.7"), "198.51.100.7");
        assert_eq!(from("10.0.0.1", "203.0.113.9, 198.51.100.7, 10.1.2.3"), "198.51.100.7");
        assert_eq!(from("10.0.0.1", "nonsense"), "10.0.0.1");
        assert_eq!(from("10.0.0.1", "[2001:db8:1:2:3:4:5:6]:443"), "2001:db8:1:2::");
        assert_eq!(from("::ffff:10.0.0.1", "198.51.100.7"), "198.51.100.7");
    }
}
