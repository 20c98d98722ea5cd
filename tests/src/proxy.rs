//! A reverse proxy before several processes of one node, which asks the next where one does not answer, as far as that is safe.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use http::{HeaderMap, Method, Request, Response, StatusCode, header, request};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::process::client;

/// It ends when this is dropped.
pub struct Proxy {
    pub address: SocketAddr,
    state: Arc<State>,
    _tasks: JoinSet<()>,
}

struct State {
    http: reqwest::Client,
    backends: Mutex<Vec<SocketAddr>>,
    turn: AtomicUsize,
    retried: AtomicUsize,
}

impl Proxy {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (turn, retried) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let state = Arc::new(State { http: client(), backends: Mutex::default(), turn, retried });
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, Arc::clone(&state)));
        Self { address, state, _tasks: tasks }
    }

    /// Passes on to these, in turn.
    pub fn pass_to(&self, backends: &[SocketAddr]) {
        *self.state.backends.lock().unwrap() = backends.to_vec();
    }

    /// How often another was asked because one did not answer.
    pub fn retried(&self) -> usize {
        self.state.retried.load(Ordering::Relaxed)
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let state = Arc::clone(&state);
        connections.spawn(async move {
            let service = service_fn(move |request| {
                let state = Arc::clone(&state);
                async move { Ok::<_, Infallible>(pass_on(&state, request).await) }
            });
            // Whoever hangs up early does no harm.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn pass_on(state: &State, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(|b| b.to_bytes()).unwrap_or_default();
    let mut backends = state.backends.lock().unwrap().clone();
    let first = state.turn.fetch_add(1, Ordering::Relaxed) % backends.len();
    backends.rotate_left(first);
    for backend in backends {
        match ask(state, backend, &head, body.clone()).await {
            Ok(response) => return response,
            // Nothing was sent, or it does no harm to send it twice.
            Err(error) if error.is_connect() || is_safe(&head) => state.retried.fetch_add(1, Ordering::Relaxed),
            Err(_) => break,
        };
    }
    Response::builder().status(StatusCode::BAD_GATEWAY).body(Full::default()).unwrap()
}

fn is_safe(request: &request::Parts) -> bool {
    [Method::GET, Method::HEAD].contains(&request.method) || request.headers.contains_key("idempotency-key")
}

async fn ask(
    state: &State,
    backend: SocketAddr,
    head: &request::Parts,
    body: Bytes,
) -> Result<Response<Full<Bytes>>, reqwest::Error> {
    let target = head.uri.path_and_query().map_or("/", |t| t.as_str());
    let request = state.http.request(head.method.clone(), format!("http://{backend}{target}"));
    let answer = request.headers(passed_on(&head.headers)).body(body).send().await?;
    let mut response = Response::builder().status(answer.status()).body(Full::default()).unwrap();
    *response.headers_mut() = passed_on(answer.headers());
    *response.body_mut() = answer.bytes().await?.into();
    Ok(response)
}

/// Without what concerns one connection alone.
fn passed_on(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    for name in [header::CONNECTION, header::TRANSFER_ENCODING, header::CONTENT_LENGTH] {
        headers.remove(name);
    }
    headers
}
