//! An S3 store on loopback: `s3s-fs`, which keeps buckets as folders and checks signatures.

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use storage::Bucket;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// It ends when this is dropped.
pub struct S3 {
    pub endpoint: String,
    state: Arc<State>,
    folder: TempDir,
    _tasks: JoinSet<()>,
}

struct State {
    folder: PathBuf,
    service: S3Service,
    /// How many requests yet are answered by 503.
    busy: AtomicUsize,
    seen: Mutex<Vec<Seen>>,
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: Method,
    pub path: String,
    pub content_type: String,
}

const KEY: &str = "outloud";
const SECRET: &str = "hush";

impl S3 {
    /// A store with these buckets.
    pub async fn start(buckets: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        for bucket in buckets {
            std::fs::create_dir(folder.path().join(bucket)).unwrap();
        }
        let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder.path()).unwrap());
        builder.set_auth(SimpleAuth::from_single(KEY, SECRET));
        let state = Arc::new(State {
            folder: folder.path().to_owned(),
            service: builder.build(),
            busy: AtomicUsize::new(0),
            seen: Mutex::new(Vec::new()),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, Arc::clone(&state)));
        Self { endpoint, state, folder, _tasks: tasks }
    }

    /// What a node's environment says to use it.
    pub fn environment(&self) -> Vec<(String, String)> {
        let values = [
            ("AWS_ACCESS_KEY_ID", KEY),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
            ("AWS_REGION", "eu-west-2"),
            ("AWS_ENDPOINT_URL", &self.endpoint),
        ];
        values.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    }

    pub fn bucket(&self, url: &str) -> Bucket {
        Bucket::parse(url, self.environment()).unwrap()
    }

    /// Answers so many requests by 503.
    pub fn is_busy(&self, requests: usize) {
        self.state.busy.store(requests, Ordering::Relaxed);
    }

    /// All requests since this was last asked.
    pub fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.state.seen.lock().unwrap())
    }

    /// Uploads that were begun in parts, and neither finished nor given up.
    pub fn unfinished(&self) -> usize {
        let files = std::fs::read_dir(self.folder.path()).unwrap();
        files.filter(|f| f.as_ref().unwrap().file_name().to_string_lossy().starts_with(".upload")).count()
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let state = Arc::clone(&state);
        connections.spawn(async move {
            let service = service_fn(move |request: Request<Incoming>| answer(Arc::clone(&state), request));
            // Whoever hangs up early does no harm.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(state: Arc<State>, request: Request<Incoming>) -> Result<Response<s3s::Body>, Infallible> {
    let content_type = request.headers().get("content-type").map_or("", |v| v.to_str().unwrap()).to_owned();
    let seen = Seen { method: request.method().clone(), path: request.uri().path().to_owned(), content_type };
    state.seen.lock().unwrap().push(seen);
    let less = |n: usize| n.checked_sub(1);
    if state.busy.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok() {
        let response = Response::builder().status(StatusCode::SERVICE_UNAVAILABLE);
        return Ok(response.body(s3s::Body::empty()).unwrap());
    }
    let bucket = request.uri().path().split('/').nth(1).unwrap_or_default();
    if !state.folder.join(bucket).is_dir() {
        // The store itself would make it.
        let response = Response::builder().status(StatusCode::NOT_FOUND);
        return Ok(response.body(s3s::Body::from("<Error><Code>NoSuchBucket</Code></Error>".to_owned())).unwrap());
    }
    Ok(state.service.call(request.map(s3s::Body::from)).await.unwrap())
}
