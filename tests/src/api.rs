//! A client of the API, as an app is one: it knows what was acknowledged.

use std::net::SocketAddr;

use serde_json::{Value, json};

/// Speaks for a member.
#[derive(Clone)]
pub struct Api {
    pub http: reqwest::Client,
    /// Where the node answers plain HTTP.
    pub address: SocketAddr,
    pub token: String,
}

/// What came back: the status and the body.
#[derive(Clone, Debug)]
pub struct Said {
    pub status: u16,
    pub body: Vec<u8>,
    /// `Retry-After`, in seconds.
    pub wait: Option<u64>,
}

impl Said {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {:?}", String::from_utf8_lossy(&self.body)))
    }

    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Api {
    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The whole answer; `None` if the connection broke before its end.
    async fn send(request: reqwest::RequestBuilder) -> Option<Said> {
        let answer = request.send().await.ok()?;
        let wait = answer.headers().get("retry-after").and_then(|v| v.to_str().ok()?.parse().ok());
        Some(Said { status: answer.status().as_u16(), wait, body: answer.bytes().await.ok()?.to_vec() })
    }

    /// Without saying who asks.
    pub async fn get(&self, path: &str) -> Option<Said> {
        Self::send(self.http.get(self.url(path))).await
    }

    pub async fn get_signed_in(&self, path: &str) -> Option<Said> {
        Self::send(self.http.get(self.url(path)).bearer_auth(&self.token)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Option<Said> {
        let request = self.http.post(self.url(path)).bearer_auth(&self.token);
        Self::send(request.header("content-type", "application/json").body(body.to_string())).await
    }

    /// Makes a public post with these uploads.
    pub async fn says(&self, text: &str, media: &[String]) -> Option<Said> {
        self.post("/api/v1/statuses", json!({"status": text, "media_ids": media})).await
    }

    pub async fn uploads(&self, name: &str, bytes: &[u8]) -> Option<Said> {
        let border = "----a-border";
        let head = format!(
            "--{border}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        );
        let body = [head.as_bytes(), bytes, format!("\r\n--{border}--\r\n").as_bytes()].concat();
        let request = self.http.post(self.url("/api/v2/media")).bearer_auth(&self.token);
        Self::send(request.header("content-type", format!("multipart/form-data; boundary={border}")).body(body)).await
    }
}
