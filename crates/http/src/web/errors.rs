//! Errors as pages for those who read pages. Handlers answer in JSON; here it becomes a page where a browser asked for one.

use std::borrow::Cow;

use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::frame::message;
use super::language::Language;
use super::visitor::{Visitor, to_sign_in};
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
/// What the API says to a program, and what is said to a person instead. `{}` stands for a value, of which the first is kept.
const SAID: [(&str, &str); 48] = [
    ("Name has already been taken", "refused-name-taken"),
    ("Until must be a day to come, and not before from", "refused-until"),
    ("Nothing is linked with itself.", "refused-self-link"),
    ("From and until go together", "refused-both-days"),
    ("Text can't be blank", "refused-blank"),
    ("Text character limit of {} exceeded ({})", "refused-long"),
    ("A poll cannot be posted together with files", "refused-poll-files"),
    ("Options must be more than one item", "refused-poll-one"),
    ("Options contain duplicate items", "refused-poll-twice"),
    ("Options can't be longer than {} characters each", "refused-poll-long"),
    ("Scheduled at must be at least five minutes in the future", "refused-soon"),
    ("Scheduled at is too far in the future", "refused-far"),
    ("No more than 4 files can be attached", "refused-files"),
    ("Look again on must be today or a day to come", "refused-look-again"),
    ("Say at least what you try, in one of the sentences", "refused-experiment"),
    ("Say what came of it, and the experiment is learned from", "refused-outcome"),
    ("Outcome can't be blank", "refused-outcome-none"),
    ("This experiment is your own: say what came of it", "refused-own"),
    ("Others try this experiment: it stays one", "refused-tried"),
    ("The poll has already ended", "refused-poll-over"),
    ("You have already voted on this poll", "refused-voted"),
    ("You can't vote in your own polls", "refused-own-poll"),
    ("You have already pinned the maximum number of posts", "refused-pins"),
    ("You cannot follow yourself.", "refused-self-follow"),
    ("The author of this post does not let you quote it.", "refused-quote"),
    ("This post may not be boosted: it was not written for everybody.", "refused-boost"),
    ("This post was opened up already.", "refused-opened"),
    ("It can be opened up for more people only", "refused-not-wider"),
    ("Tag is not a hashtag", "refused-tag"),
    ("Domain is not a valid domain name", "refused-domain"),
    ("Domain can't be blank", "refused-domain"),
    ("Name is not a hashtag", "refused-tag-name"),
    ("Closes at must be in the future", "refused-closes"),
    ("Closes at must be after the challenge opens", "refused-closes-before"),
    ("This challenge is closed", "refused-closed"),
    ("Title can't be blank", "refused-title"),
    ("Question can't be blank", "refused-question"),
    ("Name can't be blank", "refused-name"),
    ("You have reached the maximum number of lists", "refused-lists"),
    ("You have reached the maximum number of filters", "refused-filters"),
    ("You have reached the maximum number of followed hashtags", "refused-tags"),
    ("A file is larger than {} MB.", "refused-large"),
    ("Your account is frozen: you can read, but nobody would see what you do", "refused-frozen"),
    ("You wear {} hats already. Take one off first.", "refused-hats"),
    ("There is no text.", "refused-no-text"),
    ("There is nothing in this file.", "refused-empty-file"),
    ("This file is no CSV, or not in UTF-8.", "refused-csv"),
    ("An account cannot move to itself.", "refused-move-self"),
];
/// Longest error that is read again.
const LONGEST: usize = 16 * 1024;

/// Makes a page of an error where a browser asked for a page.
pub async fn for_browsers(State(app): State<App>, request: Request, next: Next) -> Response {
    let wanted = is_browser(request.uri().path(), request.headers());
    let here = Some(request.uri()).filter(|uri| request.method() == Method::GET && uri.path().starts_with("/keeping"));
    let here = here.and_then(|uri| Some(uri.path_and_query()?.to_string()));
    let above = Some(request.uri().path()).filter(|_| request.method() == Method::GET);
    let above = above.and_then(|path| path.rsplit_once('/')).map(|(above, _)| above.to_owned());
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
    // Whoever loads again, or keeps, the address of what a form does, finds the form above it.
    if let Some(above) = above.filter(|above| status == StatusCode::METHOD_NOT_ALLOWED && !above.is_empty()) {
        return Redirect::to(&above).into_response();
    }
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, LONGEST).await.unwrap_or_default();
    let visitor = Visitor::from_request_parts(&mut asked, &app).await.unwrap_or_else(|_| Visitor::stranger());
    // What there is to look after is told to nobody; who was signed in before comes back to it.
    if let Some(here) = here.filter(|_| visitor.signed.is_none() && status == StatusCode::NOT_FOUND) {
        return to_sign_in(&here);
    }
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
    let told = told.map(|words| for_people(t, words.trim_start_matches("Validation failed: ")));
    (title, told.filter(|_| keep).unwrap_or_else(|| usual.into_owned()))
}

/// Words of the API as somebody reads them who fills in a form; what is said seldom stays in the API's words.
fn for_people(t: Language, words: &str) -> String {
    let known = SAID.into_iter().find_map(|(said, key)| match said.split_once("{}") {
        None => (said == words).then(|| t.say(key).into_owned()),
        Some((before, behind)) => {
            let rest = words.strip_prefix(before)?;
            let (value, rest) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
            let is_one = match behind.split_once("{}") {
                None => rest == behind,
                Some((between, end)) => rest.starts_with(between) && rest.ends_with(end),
            };
            (is_one && !value.is_empty()).then(|| t.one(key, "value", value))
        }
    });
    known.unwrap_or_else(|| words.to_owned())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn what_is_refused_is_said_to_people_in_their_language() {
        let (en, cy) = (Language::of_tag("en").unwrap(), Language::of_tag("cy").unwrap());
        assert_eq!(for_people(en, "Text can't be blank"), "Write something first, or attach a file.");
        assert!(for_people(en, "Text character limit of 5000 exceeded (6400)").contains("longer than 5000 characters"));
        assert!(for_people(cy, "A file is larger than 40 MB.").starts_with("Mae ffeil yn fwy na 40 MB"));
        assert_eq!(for_people(cy, "Something else"), "Something else");
    }

    /// Words that nobody says any more would be kept for nothing, and the new ones be said in English alone.
    #[test]
    fn each_is_still_said_somewhere() {
        let mut sources = String::new();
        let mut rooms = vec![
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../node/src"),
            Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        ];
        while let Some(room) = rooms.pop() {
            for entry in std::fs::read_dir(room).unwrap().map(Result::unwrap) {
                match entry.path() {
                    path if path.is_dir() => rooms.push(path),
                    path if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("web/errors.rs") => {
                        sources += &std::fs::read_to_string(path).unwrap()
                    }
                    _ => {}
                }
            }
        }
        // The name of a field stands apart from what is said of it.
        let is_said =
            |said: &str| sources.contains(said) || said.strip_prefix("Name ").is_some_and(|of| sources.contains(of));
        let gone = |(said, _): &(&str, &str)| !said.split("{}").all(is_said);
        assert_eq!(SAID.into_iter().filter(gone).collect::<Vec<_>>(), []);
    }
}
