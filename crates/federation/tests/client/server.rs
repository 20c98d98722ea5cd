//! A web server of a few lines on loopback that can behave badly.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// What the server does with one request.
pub enum Reply {
    /// Sends these bytes and closes.
    Whole(Vec<u8>),
    /// Sends these bytes and then more, as long as anybody listens.
    Endless(Vec<u8>),
    /// Sends these bytes, then one every few milliseconds.
    Dripping(Vec<u8>),
    /// Says nothing and keeps the connection.
    Silence,
}

/// Runs until it is dropped.
pub struct Server {
    pub port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
    _tasks: JoinSet<()>,
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    pub target: String,
    pub headers: http::HeaderMap,
    pub body: Vec<u8>,
}

type Behaviour = Arc<dyn Fn(&Seen) -> Reply + Send + Sync>;

impl Server {
    pub async fn start(behaviour: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_on(behaviour, None).await
    }

    pub async fn start_tls(acceptor: TlsAcceptor, behaviour: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_on(behaviour, Some(acceptor)).await
    }

    async fn start_on(
        behaviour: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
        acceptor: Option<TlsAcceptor>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, acceptor, Arc::new(behaviour), seen.clone()));
        Self { port, seen, _tasks: tasks }
    }

    pub fn url(&self, path: &str) -> url::Url {
        format!("http://peer.localhost:{}{path}", self.port).parse().unwrap()
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

pub fn ok(content_type: &str, body: &str) -> Reply {
    answer("200 OK", &format!("content-type: {content_type}\r\n"), body)
}

pub fn redirect(location: &str) -> Reply {
    answer("302 Found", &format!("location: {location}\r\n"), "")
}

/// `headers` are whole lines.
pub fn answer(status: &str, headers: &str, body: &str) -> Reply {
    let length = body.len();
    Reply::Whole(
        format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}")
            .into_bytes(),
    )
}

async fn accept(
    listener: TcpListener,
    acceptor: Option<TlsAcceptor>,
    behaviour: Behaviour,
    seen: Arc<Mutex<Vec<Seen>>>,
) {
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (behaviour, seen, acceptor) = (behaviour.clone(), seen.clone(), acceptor.clone());
        connections.spawn(async move {
            // A client that goes away in the middle is what many of these tests are about.
            let _ = match acceptor {
                None => converse(stream, behaviour, seen).await,
                Some(acceptor) => match acceptor.accept(stream).await {
                    Ok(stream) => converse(stream, behaviour, seen).await,
                    Err(error) => Err(error),
                },
            };
        });
    }
}

async fn converse(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    behaviour: Behaviour,
    seen: Arc<Mutex<Vec<Seen>>>,
) -> io::Result<()> {
    let request = read_request(&mut stream).await?;
    let reply = behaviour(&request);
    seen.lock().unwrap().push(request);
    match reply {
        Reply::Whole(bytes) => {
            stream.write_all(&bytes).await?;
            stream.shutdown().await
        }
        Reply::Endless(bytes) => {
            stream.write_all(&bytes).await?;
            loop {
                stream.write_all(&[b' '; 4096]).await?;
            }
        }
        Reply::Dripping(bytes) => {
            stream.write_all(&bytes).await?;
            loop {
                stream.write_all(b" ").await?;
                stream.flush().await?;
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        Reply::Silence => stream.read_to_end(&mut Vec::new()).await.map(drop),
    }
}

async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Seen> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8(head).unwrap();
    let mut lines = head.trim_end().split("\r\n");
    let mut start = lines.next().unwrap().split(' ');
    let (method, target) = (start.next().unwrap().to_owned(), start.next().unwrap().to_owned());
    let mut headers = http::HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap();
        headers.append(http::HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
    }
    let length = headers.get("content-length").map_or(0, |value| value.to_str().unwrap().parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(Seen { method, target, headers, body })
}
