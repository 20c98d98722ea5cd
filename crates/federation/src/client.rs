//! The one HTTP client with which the node speaks to other servers: address check on every connection, time, size and
//! redirect limits, signatures.
//!
//! It knows HTTP and nothing of accounts, posts or storage. Every outgoing request of the program goes through here,
//! or one of the checks is missing somewhere.

pub mod address;
mod content_type;
mod download;
mod error;
mod knock;
pub mod resolver;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Method};
use moka::sync::Cache;
use reqwest::Response;
use serde_json::Value;
use url::{Host, Position, Url};

pub use address::AddressPolicy;
pub use download::Download;
pub use error::FetchError;
pub use resolver::{Lookup, SystemLookup};

use crate::json::read;
use crate::signature::{Scheme, Signer};
use knock::Knock;
use resolver::{GuardedResolver, Reach};

/// The largest document we read, in bytes, as Mastodon reads.
pub const MAX_DOCUMENT: usize = 1024 * 1024;

/// Values in it, of which a list of 25,000 followers has few.
const MAX_VALUES: usize = 150_000;

/// The content type of what we deliver.
pub const ACTIVITY_JSON: &str = "application/activity+json";

const MAX_REDIRECTS: usize = 3;
const MAX_IDLE_PER_HOST: usize = 2;
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// So much of a delivery's answer is read, to keep the connection usable; what it says is of no interest.
const MAX_REPLY: usize = 64 * 1024;
/// How a server wants GETs to be signed is remembered for so long, of so many.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);
const MOST_REMEMBERED: u64 = 10_000;
/// A server that asks for a longer pause is not believed.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How the client is set up.
#[derive(Clone)]
pub struct ClientConfig {
    /// Name, version and origin of this server, which other operators look for in their logs.
    pub user_agent: String,
    pub policy: AddressPolicy,
    /// Certificates (PEM, one or several each) trusted in place of those of the system, if there are any.
    pub roots: Vec<Vec<u8>>,
    pub timeouts: Timeouts,
    pub lookup: Arc<dyn Lookup>,
}

#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    pub connect: Duration,
    /// From the start of one request to the headers of its answer.
    pub headers: Duration,
    /// For everything one call does, redirects and bodies included.
    pub total: Duration,
}

/// The client cannot be set up: no usable certificates, mostly.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be set up: {0}")]
pub struct SetUpError(String);

/// Clones share their connections.
#[derive(Clone)]
pub struct Client {
    /// For https on its usual port.
    usual: reqwest::Client,
    /// For plain http and explicit ports, and so for named private networks only; absent where none is named.
    private: Option<reqwest::Client>,
    policy: Arc<AddressPolicy>,
    timeouts: Timeouts,
    /// Servers that take signed GETs in another scheme than the usual one, by authority.
    schemes: Cache<String, Scheme>,
    /// Where no redirect may lead.
    shut_out: Option<Arc<ShutOut>>,
}

/// Says of a host, with its port where the URL has one, that nothing is fetched from it.
pub type ShutOut = dyn Fn(&str) -> bool + Send + Sync;

/// How many requests one activity may still cause; clones share the count.
#[derive(Clone, Debug)]
pub struct Budget(Arc<AtomicU32>);

/// A JSON document and where it was found in the end.
#[derive(Clone, Debug)]
pub struct Document {
    pub final_url: Url,
    pub json: Value,
}

#[derive(Clone, Debug)]
pub struct Text {
    pub final_url: Url,
    /// As the server gave it, empty if it gave none.
    pub content_type: String,
    /// Bytes that are not UTF-8 are replaced.
    pub text: String,
}

#[derive(Clone, Debug)]
pub struct Blob {
    pub final_url: Url,
    /// As the server gave it, empty if it gave none: a claim, never to be believed.
    pub content_type: String,
    pub bytes: Bytes,
}

/// What an inbox answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliveryReply {
    /// The HTTP status. Redirects are not followed, so 3xx is a failure.
    pub status: u16,
    /// How long the server asks us to wait, a week at the most.
    pub retry_after: Option<Duration>,
    /// The scheme of the request that was answered so.
    pub scheme: Scheme,
}

/// What was answered to bytes that were sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PostReply {
    /// The HTTP status.
    pub status: u16,
    /// How long the server asks us to wait, a week at the most.
    pub retry_after: Option<Duration>,
}

/// What kind of answer a GET accepts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected {
    Activity,
    Json,
    Page,
    Anything,
}

/// One GET with all it needs, the same for every hop.
struct Get<'a> {
    accept: &'a str,
    expected: Expected,
    max: usize,
    signer: Option<&'a Signer>,
    budget: Option<&'a Budget>,
    now_ms: i64,
}

impl ClientConfig {
    /// The usual set-up: system resolver, usual timeouts, no private networks.
    #[must_use]
    pub fn new(user_agent: String) -> Self {
        Self {
            user_agent,
            policy: AddressPolicy::default(),
            roots: Vec::new(),
            timeouts: Timeouts::default(),
            lookup: Arc::new(SystemLookup),
        }
    }
}

impl Default for Timeouts {
    /// Those of Mastodon.
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), headers: Duration::from_secs(10), total: Duration::from_secs(30) }
    }
}

impl Budget {
    #[must_use]
    pub fn new(requests: u32) -> Self {
        Self(Arc::new(AtomicU32::new(requests)))
    }

    #[must_use]
    pub fn left(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    fn spend(&self) -> Result<(), FetchError> {
        let spent = self.0.try_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        spent.map(drop).map_err(|_| FetchError::BudgetExhausted)
    }
}

impl Client {
    /// Sets the client up. It trusts the system's certificate store; on Linux the environment variables
    /// `SSL_CERT_FILE` and `SSL_CERT_DIR` name another one. Proxy variables are ignored: a proxy would connect to
    /// addresses that nobody checked.
    ///
    /// # Errors
    /// [`SetUpError`] when there is no usable certificate, or an extra one cannot be read.
    pub fn new(config: ClientConfig) -> Result<Self, SetUpError> {
        let policy = Arc::new(config.policy.clone());
        let usual = build(&config, &policy, Reach::Allowed)?;
        let private =
            if policy.allowed_private.is_empty() { None } else { Some(build(&config, &policy, Reach::NamedPrivate)?) };
        let schemes = Cache::builder().max_capacity(MOST_REMEMBERED).time_to_live(REMEMBERED).build();
        Ok(Self { usual, private, policy, timeouts: config.timeouts, schemes, shut_out: None })
    }

    /// The same client, which is led by nobody to a host that is shut out. That it is not sent to one is its caller's to see to.
    #[must_use]
    pub fn keeping_from(self, shut_out: Arc<ShutOut>) -> Self {
        Self { shut_out: Some(shut_out), ..self }
    }

    /// Fetches an ActivityStreams document from the server that vouches for it: its `id` is the URL it came from in
    /// the end (fragments aside). If its `id` is another URL of the same origin, it is fetched once more from there.
    ///
    /// # Errors
    /// Any [`FetchError`]; [`FetchError::IdMismatch`] when nobody vouches for the document.
    pub async fn get_document(
        &self,
        url: &Url,
        signer: Option<&Signer>,
        budget: &Budget,
        now_ms: i64,
    ) -> Result<Document, FetchError> {
        let get = Get::activity(signer, budget, now_ms);
        self.within_deadline(async {
            let first = self.get_json_value(url, &get).await?;
            let Some(id) = first.id() else { return Err(first.mismatch()) };
            if same_document(&id, &first.final_url) {
                return Ok(first);
            }
            if id.origin() != first.final_url.origin() {
                return Err(first.mismatch());
            }
            let second = self.get_json_value(&id, &get).await?;
            match second.id() {
                Some(id) if same_document(&id, &second.final_url) => Ok(second),
                _ => Err(second.mismatch()),
            }
        })
        .await
    }

    /// Fetches a page of a collection, of which many servers leave the `id` out or do not make it a URL: nothing in
    /// it may be believed but references to documents, to be fetched on their own.
    ///
    /// # Errors
    /// Any [`FetchError`].
    pub async fn get_collection_page(
        &self,
        url: &Url,
        signer: Option<&Signer>,
        budget: &Budget,
        now_ms: i64,
    ) -> Result<Document, FetchError> {
        let get = Get::activity(signer, budget, now_ms);
        self.within_deadline(self.get_json_value(url, &get)).await
    }

    /// Fetches JSON that is no ActivityStreams document: WebFinger, NodeInfo. Unsigned.
    ///
    /// # Errors
    /// Any [`FetchError`].
    pub async fn get_json(&self, url: &Url, accept: &str, budget: &Budget) -> Result<Document, FetchError> {
        let get = Get { accept, expected: Expected::Json, budget: Some(budget), ..Get::plain(MAX_DOCUMENT) };
        self.within_deadline(self.get_json_value(url, &get)).await
    }

    /// Fetches text of any type, unsigned: host-meta, pages for link previews. `max` is in bytes.
    ///
    /// # Errors
    /// Any [`FetchError`].
    pub async fn get_text(&self, url: &Url, accept: &str, max: usize, budget: &Budget) -> Result<Text, FetchError> {
        let get = Get { accept, budget: Some(budget), ..Get::plain(max) };
        let blob = self.within_deadline(self.get(url, &get)).await?;
        let text = String::from_utf8_lossy(&blob.bytes).into_owned();
        Ok(Text { final_url: blob.final_url, content_type: blob.content_type, text })
    }

    /// Fetches an HTML page, unsigned, `max` bytes at the most.
    ///
    /// # Errors
    /// Any [`FetchError`].
    pub async fn get_page(&self, url: &Url, max: usize, budget: &Budget) -> Result<Blob, FetchError> {
        let accept = "text/html, application/xhtml+xml";
        let get = Get { accept, expected: Expected::Page, budget: Some(budget), ..Get::plain(max) };
        self.within_deadline(self.get(url, &get)).await
    }

    /// Fetches media, unsigned, `max` bytes at the most.
    ///
    /// # Errors
    /// Any [`FetchError`].
    pub async fn get_bytes(&self, url: &Url, max: usize) -> Result<Blob, FetchError> {
        self.within_deadline(self.get(url, &Get::plain(max))).await
    }

    /// Begins to fetch media, unsigned, to be read piece by piece: `max` bytes at the most, within the time that one call has,
    /// unless [`Download::allow`] changes either.
    ///
    /// # Errors
    /// Any [`FetchError`].
    pub async fn download(&self, url: &Url, accept: &str, max: u64) -> Result<Download, FetchError> {
        let get = Get { accept, ..Get::plain(0) };
        let response = self.within_deadline(self.follow(url, &get)).await?.0;
        Download::new(response, max, &self.timeouts)
    }

    /// Delivers an activity to an inbox, signed in the `first` scheme and, where that is refused, once more in the other.
    /// Whatever the server answers is a reply; redirects are not followed, for the signature is made for this URL.
    /// `synchronisation`: the header of FEP-8fcf.
    ///
    /// # Errors
    /// A [`FetchError`] only when there is no answer.
    pub async fn post_activity(
        &self,
        url: &Url,
        body: Bytes,
        synchronisation: Option<&str>,
        signer: &Signer,
        first: Scheme,
        now_ms: i64,
    ) -> Result<DeliveryReply, FetchError> {
        self.within_deadline(async {
            let knock = Knock {
                method: Method::POST,
                url,
                accept: None,
                body: Some(body),
                synchronisation,
                signer,
                budget: None,
                now_ms,
            };
            let (mut response, scheme) = self.knock(&knock, first).await?;
            let reply = DeliveryReply {
                status: response.status().as_u16(),
                retry_after: retry_after(response.headers(), now_ms),
                scheme,
            };
            // The reply is known; whether the rest of it arrives does not matter.
            let _ = read_body(&mut response, MAX_REPLY).await;
            Ok(reply)
        })
        .await
    }

    /// Sends bytes to an address that somebody named, unsigned, with these headers. Whatever is answered is a reply; redirects are
    /// not followed.
    ///
    /// # Errors
    /// A [`FetchError`] only when there is no answer.
    pub async fn post_bytes(
        &self,
        url: &Url,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
        now_ms: i64,
    ) -> Result<PostReply, FetchError> {
        self.within_deadline(async {
            let mut request = self.transport_for(url)?.post(url.clone()).body(body);
            for (name, value) in headers {
                request = request.header(*name, value);
            }
            let mut response = self.send(request, url).await?;
            let retry_after = retry_after(response.headers(), now_ms);
            let reply = PostReply { status: response.status().as_u16(), retry_after };
            let _ = read_body(&mut response, MAX_REPLY).await;
            Ok(reply)
        })
        .await
    }

    async fn within_deadline<T>(&self, work: impl Future<Output = Result<T, FetchError>>) -> Result<T, FetchError> {
        tokio::time::timeout(self.timeouts.total, work).await.unwrap_or(Err(FetchError::Timeout))
    }

    async fn get_json_value(&self, url: &Url, get: &Get<'_>) -> Result<Document, FetchError> {
        let blob = self.get(url, get).await?;
        // serde_json itself refuses more than 128 levels.
        let json = read(&blob.bytes, MAX_VALUES).ok_or(FetchError::BadJson)?;
        Ok(Document { final_url: blob.final_url, json })
    }

    async fn get(&self, url: &Url, get: &Get<'_>) -> Result<Blob, FetchError> {
        let (response, url) = self.follow(url, get).await?;
        read_answer(response, url, get).await
    }

    /// One GET with its redirects, each hop checked and signed anew: the last answer, and where it came from.
    async fn follow(&self, url: &Url, get: &Get<'_>) -> Result<(Response, Url), FetchError> {
        let mut url = url.clone();
        url.set_fragment(None);
        let mut visited = vec![url.clone()];
        loop {
            let response = self.get_once(&url, get).await?;
            let Some(mut next) = redirect_target(&response, &url)? else {
                return Ok((response, url));
            };
            next.set_fragment(None);
            if url.scheme() == "https" && next.scheme() != "https" {
                return Err(FetchError::RefusedUrl("redirect away from https"));
            }
            let host = &next[Position::BeforeHost..Position::AfterPort];
            if self.shut_out.as_ref().is_some_and(|shut_out| shut_out(host)) {
                return Err(FetchError::RefusedUrl("redirect to a server that is shut out"));
            }
            if visited.len() > MAX_REDIRECTS || visited.contains(&next) {
                return Err(FetchError::TooManyRedirects);
            }
            visited.push(next.clone());
            url = next;
        }
    }

    async fn get_once(&self, url: &Url, get: &Get<'_>) -> Result<Response, FetchError> {
        let transport = self.transport_for(url)?;
        if let Some(budget) = get.budget {
            budget.spend()?;
        }
        let accept = HeaderValue::from_str(get.accept).unwrap_or(HeaderValue::from_static("*/*"));
        let Some(signer) = get.signer else {
            return self.send(transport.get(url.clone()).header(ACCEPT, accept), url).await;
        };
        let knock = Knock {
            method: Method::GET,
            url,
            accept: Some(accept),
            body: None,
            synchronisation: None,
            signer,
            budget: get.budget,
            now_ms: get.now_ms,
        };
        self.knock_as_remembered(&knock).await
    }

    async fn send(&self, request: reqwest::RequestBuilder, url: &Url) -> Result<Response, FetchError> {
        let sent = tokio::time::timeout(self.timeouts.headers, request.send()).await;
        let sent = sent.map_err(|_| FetchError::Timeout)?;
        sent.map_err(|error| FetchError::of_transport(&error, url.host_str().unwrap_or_default()))
    }

    /// The connections on which this URL may be asked. Names are judged by the resolver behind them; an address
    /// written into the URL never meets a resolver and is judged here.
    fn transport_for(&self, url: &Url) -> Result<&reqwest::Client, FetchError> {
        if !matches!(url.scheme(), "https" | "http") {
            return Err(FetchError::RefusedUrl("neither https nor http"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(FetchError::RefusedUrl("it carries credentials"));
        }
        let (transport, reach) = if url.scheme() == "https" && url.port().is_none() {
            (Some(&self.usual), Reach::Allowed)
        } else {
            (self.private.as_ref(), Reach::NamedPrivate)
        };
        let address = match url.host() {
            None => return Err(FetchError::RefusedUrl("it has no host")),
            Some(Host::Domain(_)) => None,
            Some(Host::Ipv4(four)) => Some(four.into()),
            Some(Host::Ipv6(six)) => Some(six.into()),
        };
        if let Some(address) = address
            && !reach.includes(&self.policy, address)
        {
            return Err(FetchError::RefusedAddress(url.host_str().unwrap_or_default().to_owned()));
        }
        transport.ok_or(FetchError::RefusedUrl("plain http or a port of its own, outside of named private networks"))
    }
}

impl<'a> Get<'a> {
    fn plain(max: usize) -> Self {
        Self { accept: "*/*", expected: Expected::Anything, max, signer: None, budget: None, now_ms: 0 }
    }

    fn activity(signer: Option<&'a Signer>, budget: &'a Budget, now_ms: i64) -> Self {
        Self {
            accept: content_type::ACCEPT_ACTIVITY,
            expected: Expected::Activity,
            max: MAX_DOCUMENT,
            signer,
            budget: Some(budget),
            now_ms,
        }
    }
}

impl Expected {
    fn includes(self, content_type: &str) -> bool {
        match self {
            Self::Activity => content_type::is_activity(content_type),
            Self::Json => content_type::is_json(content_type),
            Self::Page => content_type::is_page(content_type),
            Self::Anything => true,
        }
    }
}

impl Document {
    fn id(&self) -> Option<Url> {
        self.json.get("id")?.as_str()?.parse().ok()
    }

    fn mismatch(&self) -> FetchError {
        let id = self.json.get("id").and_then(Value::as_str).unwrap_or_default();
        FetchError::IdMismatch { url: self.final_url.to_string(), id: id.chars().take(500).collect() }
    }
}

fn build(config: &ClientConfig, policy: &Arc<AddressPolicy>, reach: Reach) -> Result<reqwest::Client, SetUpError> {
    let failed = |error: reqwest::Error| SetUpError(error.to_string());
    let mut roots = Vec::new();
    for pem in &config.roots {
        roots.extend(reqwest::Certificate::from_pem_bundle(pem).map_err(failed)?);
    }
    let resolver = GuardedResolver { lookup: config.lookup.clone(), policy: policy.clone(), reach };
    #[expect(clippy::disallowed_methods, reason = "this is the client with the address check")]
    let builder = reqwest::Client::builder();
    let builder = builder
        .user_agent(&config.user_agent)
        .dns_resolver(Arc::new(resolver))
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .no_proxy()
        .connect_timeout(config.timeouts.connect)
        .pool_max_idle_per_host(MAX_IDLE_PER_HOST)
        .pool_idle_timeout(IDLE_TIMEOUT);
    // Those of the system are read only where they are wanted.
    let builder = if roots.is_empty() { builder } else { builder.tls_certs_only(roots) };
    builder.build().map_err(failed)
}

/// Where the answer sends us, if it does.
fn redirect_target(response: &Response, url: &Url) -> Result<Option<Url>, FetchError> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let location = location.ok_or(FetchError::Status(response.status().as_u16()))?;
    url.join(location).map(Some).map_err(|_| FetchError::RefusedUrl("redirect to no URL"))
}

async fn read_answer(mut response: Response, url: Url, get: &Get<'_>) -> Result<Blob, FetchError> {
    if !response.status().is_success() {
        return Err(FetchError::of_status(response.status().as_u16()));
    }
    let content_type = content_type_of(response.headers());
    if !get.expected.includes(&content_type) {
        return Err(FetchError::BadContentType(content_type));
    }
    let bytes = read_body(&mut response, get.max).await?;
    Ok(Blob { final_url: url, content_type, bytes })
}

async fn read_body(response: &mut Response, max: usize) -> Result<Bytes, FetchError> {
    let host = response.url().host_str().unwrap_or_default().to_owned();
    if response.content_length().is_some_and(|length| length > max as u64) {
        return Err(FetchError::TooLarge);
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| FetchError::of_transport(&error, &host))? {
        if body.len() + chunk.len() > max {
            return Err(FetchError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// The content type, or nothing if there is none or more than one.
fn content_type_of(headers: &HeaderMap) -> String {
    let mut lines = headers.get_all(CONTENT_TYPE).iter();
    match (lines.next(), lines.next()) {
        (Some(value), None) => String::from_utf8_lossy(value.as_bytes()).into_owned(),
        _ => String::new(),
    }
}

/// Seconds or a date (RFC 9110, section 10.2.3).
fn retry_after(headers: &HeaderMap, now_ms: i64) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match text.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let date = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
            date.saturating_sub(Duration::from_millis(u64::try_from(now_ms).unwrap_or(0)))
        }
    };
    Some(wait.min(MAX_RETRY_AFTER))
}

fn same_document(id: &Url, url: &Url) -> bool {
    let mut id = id.clone();
    id.set_fragment(None);
    id == *url
}
