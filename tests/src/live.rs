//! Clients of streams: one that reads server-sent events, and one that speaks over a WebSocket.

use std::net::SocketAddr;
use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::client::Response;

/// Longer than anything takes that is told at once.
const PATIENCE: Duration = Duration::from_secs(10);

async fn in_time<T>(what: &str, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work).await.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

/// Reads server-sent events.
pub struct Reader {
    response: reqwest::Response,
    text: String,
}

impl Reader {
    /// Begins to read one stream, and waits until it is open.
    pub async fn open(address: SocketAddr, path: &str, token: &str) -> Self {
        let url = format!("http://{address}/api/v1/streaming/{path}");
        let http = crate::process::client();
        // Whoever has just left may still have their place.
        let response = crate::node::eventually("there is a place for who reads", || async {
            http.get(&url).bearer_auth(token).send().await.ok()
        })
        .await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "private, no-store");
        let mut reader = Self { response, text: String::new() };
        assert_eq!(reader.line().await.as_deref(), Some(":)"));
        reader
    }

    /// The next line; `None`: the stream has ended.
    async fn line(&mut self) -> Option<String> {
        loop {
            if let Some((line, rest)) = self.text.split_once('\n') {
                let (line, rest) = (line.to_owned(), rest.to_owned());
                self.text = rest;
                return Some(line);
            }
            match in_time("a line", self.response.chunk()).await {
                Ok(Some(bytes)) => self.text.push_str(std::str::from_utf8(&bytes).unwrap()),
                Ok(None) | Err(_) => return None,
            }
        }
    }

    /// The next event with its data.
    pub async fn next(&mut self) -> Option<(String, String)> {
        let mut event = String::new();
        loop {
            let line = self.line().await?;
            match line.split_once(':') {
                Some(("event", name)) => event = name.trim().to_owned(),
                Some(("data", data)) => {
                    assert_eq!(self.line().await.as_deref(), Some(""));
                    return Some((event, data.trim().to_owned()));
                }
                _ => assert!(line.starts_with(':'), "{line:?}"),
            }
        }
    }

    /// The next event with the id of what it brings.
    pub async fn next_id(&mut self) -> (String, String) {
        let (event, data) = self.next().await.expect("the stream goes on");
        let id = serde_json::from_str::<Value>(&data).ok().and_then(|v| Some(v.get("id")?.as_str()?.to_owned()));
        (event, id.unwrap_or(data))
    }
}

/// Speaks over a WebSocket.
pub struct Talker {
    socket: WebSocketStream<TcpStream>,
    /// What the server answered to the handshake.
    pub response: Response,
}

impl Talker {
    /// With the token in the query and these further parameters.
    pub async fn open(address: SocketAddr, token: &str, query: &str) -> Self {
        Self::with(address, &format!("access_token={token}&{query}"), &[]).await.unwrap()
    }

    /// With these headers; else the status with which it was refused.
    pub async fn with(address: SocketAddr, query: &str, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        let stream = TcpStream::connect(address).await.unwrap();
        Self::over(stream, query, headers).await
    }

    /// One over which little fits before it is read.
    pub async fn narrow(address: SocketAddr, token: &str, query: &str) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4_096).unwrap();
        let stream = socket.connect(address).await.unwrap();
        Self::over(stream, &format!("access_token={token}&{query}"), &[]).await.unwrap()
    }

    async fn over(stream: TcpStream, query: &str, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        use tokio_tungstenite::tungstenite::Error;
        let mut request = format!("ws://localhost/api/v1/streaming?{query}").into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        match in_time("a handshake", tokio_tungstenite::client_async(request, stream)).await {
            Ok((socket, response)) => Ok(Self { socket, response }),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    pub async fn send(&mut self, message: Message) {
        self.socket.send(message).await.unwrap();
    }

    /// Says something, and waits until it was heard.
    pub async fn says(&mut self, said: Value) {
        self.send(Message::text(said.to_string())).await;
        // Frames are heard in turn, and only what is wrong is answered.
        self.send(Message::text(r#"{"type":"subscribe","stream":"nonsense"}"#)).await;
        let answer = self.next().await;
        assert_eq!(answer["status"], 400, "{answer}");
    }

    /// The next frame of text.
    pub async fn next(&mut self) -> Value {
        loop {
            match in_time("a frame", self.socket.next()).await {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// Stream, event, and the id of what it brings.
    pub async fn next_id(&mut self) -> (String, String, String) {
        let frame = self.next().await;
        let stream: Vec<&str> = frame["stream"].as_array().unwrap().iter().map(|s| s.as_str().unwrap()).collect();
        let payload = frame["payload"].as_str().unwrap_or_default();
        let id = serde_json::from_str::<Value>(payload).ok().and_then(|v| Some(v.get("id")?.as_str()?.to_owned()));
        let event = frame["event"].as_str().unwrap().to_owned();
        (stream.join(" "), event, id.unwrap_or_else(|| payload.to_owned()))
    }

    /// Reads on until the server ends it; answers the code that it gave, if it gave one.
    pub async fn end(&mut self) -> Option<u16> {
        loop {
            match in_time("the end", self.socket.next()).await {
                Some(Ok(Message::Close(frame))) => return frame.map(|f| f.code.into()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }
}
