//! What went wrong, for the one who asked: a status and plain words as JSON (Mastodon's `Error` entity). What only the log
//! should know goes there.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

#[derive(Clone, Debug)]
pub struct ApiError {
    pub status: StatusCode,
    pub body: Value,
    /// Seconds, for 429 and 503.
    pub retry_after: Option<u64>,
}

impl ApiError {
    pub fn new(status: StatusCode, words: impl Into<String>) -> Self {
        Self { status, body: json!({"error": words.into()}), retry_after: None }
    }

    pub fn bad_request(words: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, words)
    }

    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Record not found")
    }

    /// No token, or one that is not valid any more.
    pub fn unauthorised() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "The access token is invalid")
    }

    /// The token is good, and does not allow this.
    pub fn out_of_scope() -> Self {
        Self::new(StatusCode::FORBIDDEN, "This action is outside the authorized scopes")
    }

    pub fn forbidden(words: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, words)
    }

    pub fn unprocessable(words: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, words)
    }

    /// An OAuth error (RFC 6749 5.2).
    pub fn oauth(status: StatusCode, code: &str, description: &str) -> Self {
        Self { status, body: json!({"error": code, "error_description": description}), retry_after: None }
    }

    /// Too much to do, or something is missing that will be there soon: asked to come again.
    pub fn unavailable() -> Self {
        let mut error = Self::new(StatusCode::SERVICE_UNAVAILABLE, "The server is busy. Please try again in a moment.");
        error.retry_after = Some(5);
        error
    }

    /// Nothing can be kept any more. A server that delivers tries again, and finds that there is room.
    fn full() -> Self {
        let words = "The server's disk is full. Nothing was kept: please try again later.";
        let mut error = Self::new(StatusCode::SERVICE_UNAVAILABLE, words);
        error.retry_after = Some(60);
        error
    }

    fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side. Nothing was changed.")
    }
}

impl From<node::Error> for ApiError {
    fn from(error: node::Error) -> Self {
        use node::Error;
        match error {
            Error::NotFound => Self::not_found(),
            Error::Forbidden(words) => Self::forbidden(words),
            Error::Invalid(words) | Error::Conflict(words) => Self::unprocessable(words),
            Error::Field { field, code, message } => Self {
                status: StatusCode::UNPROCESSABLE_ENTITY,
                body: json!({
                    "error": format!("Validation failed: {} {message}", capitalised(field)),
                    "details": {field: [{"error": code, "description": message}]},
                }),
                retry_after: None,
            },
            Error::Unconfirmed(ref ids) => Self {
                status: StatusCode::UNPROCESSABLE_ENTITY,
                body: json!({"error": error.to_string(), "unconfirmed": ids}),
                retry_after: None,
            },
            Error::Media(error) => Self::unprocessable(error.to_string()),
            error if error.is_full() => {
                tracing::error!(error = &error as &dyn std::error::Error, "there is no room left");
                Self::full()
            }
            error if error.is_temporary() => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the database is not available");
                Self::unavailable()
            }
            error => {
                tracing::error!(error = &error as &dyn std::error::Error, "a request failed");
                Self::internal()
            }
        }
    }
}

impl From<storage::Error> for ApiError {
    fn from(error: storage::Error) -> Self {
        node::Error::from(error).into()
    }
}

impl From<federation::Error> for ApiError {
    fn from(error: federation::Error) -> Self {
        use federation::Error;
        match error {
            Error::Node(error) => error.into(),
            Error::Malformed(words) | Error::BadDocument(words) => Self::bad_request(words),
            Error::Signature(e) if e.is_malformed() => Self::bad_request(e.to_string()),
            Error::Signature(e) => Self::new(StatusCode::UNAUTHORIZED, e.to_string()),
            Error::Key(e) => Self::new(StatusCode::UNAUTHORIZED, e.to_string()),
            Error::Forbidden(words) => Self::forbidden(words),
            Error::KeyUnavailable(_) => Self::unavailable(),
            Error::Fetch(e) => {
                tracing::debug!(error = %e, "a fetch for a request failed");
                Self::not_found()
            }
            Error::Library(e) => {
                tracing::error!(error = %e, "the federation library failed");
                Self::internal()
            }
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

fn capitalised(field: &str) -> String {
    let mut chars = field.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
