//! Errors as pages for those who read pages. Handlers answer in JSON; here it becomes a page where a browser asked for one.

use std::borrow::Cow;

use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::frame::message;
use super::language::Language;
use super::visitor::Visitor;
use crate::App;

/// Where programs ask, whatever they say they accept.
const PROGRAMS: [&str; 10] = [
    "/api/",
    "/oauth/token",
    "/oauth/revoke",
    "/oauth/userinfo",
    "/.well-known/",
    "/nodeinfo/",
    "/media/",
    "/assets/",
    "/inbox",
    "/actor",
];
/// Longest error that is read again.
const LONGEST: usize = 16 * 1024;

/// Makes a page of an error where a browser asked for a page.
pub async fn for_browsers(State(app): State<App>, request: Request, next: Next) -> Response {
    let wanted = is_browser(request.uri().path(), request.headers());
    // Who asks is looked up only if there is an error to show them.
    let mut asked = axum::http::Request::new(()).into_parts().0;
    if wanted {
        asked.headers.clone_from(request.headers());
    }
    let response = next.run(request).await;
    let is_page = response.headers().get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"text/html"));
    let status = response.status();
    if !wanted || is_page || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, LONGEST).await.unwrap_or_default();
    let visitor = Visitor::from_request_parts(&mut asked, &app).await.unwrap_or_else(|_| Visitor::stranger());
    let (title, words) = words(visitor.language, status, &body);
    let Ok(mut page) = message(&app, &visitor, status, &title, &words) else {
        return Response::from_parts(parts, body.into());
    };
    let headers = page.headers_mut();
    if let Some(seconds) = parts.headers.get(header::RETRY_AFTER) {
        headers.insert(header::RETRY_AFTER, seconds.clone());
    }
    headers.insert(header::VARY, HeaderValue::from_static("Accept"));
    page
}

fn is_browser(path: &str, headers: &HeaderMap) -> bool {
    let accept = headers.get_all(header::ACCEPT).iter().filter_map(|v| v.to_str().ok());
    !PROGRAMS.iter().any(|p| path.starts_with(p)) && accept.into_iter().any(|a| a.contains("text/html"))
}

/// A title and what to do, by status. Words of our own for a person are kept.
pub fn words(t: Language, status: StatusCode, body: &[u8]) -> (Cow<'static, str>, String) {
    let told =
        serde_json::from_slice::<serde_json::Value>(body).ok().and_then(|v| Some(v.get("error")?.as_str()?.to_owned()));
    let (title, usual) = match status {
        StatusCode::NOT_FOUND => (t.say("error-404"), t.say("error-404-do")),
        StatusCode::GONE => (t.say("error-410"), t.say("error-410-do")),
        StatusCode::FORBIDDEN => (t.say("error-403"), t.say("error-403-do")),
        StatusCode::METHOD_NOT_ALLOWED => (t.say("error-405"), t.say("error-405-do")),
        StatusCode::PAYLOAD_TOO_LARGE => (t.say("error-413"), t.say("error-413-do")),
        StatusCode::TOO_MANY_REQUESTS => (t.say("error-429"), t.say("error-429-do")),
        StatusCode::SERVICE_UNAVAILABLE => (t.say("error-503"), t.say("error-503-do")),
        s if s.is_server_error() => (t.say("error-500"), t.say("error-500-do")),
        _ => (t.say("error-other"), t.say("error-other-do")),
    };
    let keep = matches!(status, StatusCode::FORBIDDEN | StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY);
    let told = told.map(|words| words.trim_start_matches("Validation failed: ").to_owned());
    (title, told.filter(|_| keep).unwrap_or_else(|| usual.into_owned()))
}
