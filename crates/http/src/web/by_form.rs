//! Deeds by form. A page of a member's can send any form to `/do/api/…`: what the API does there is done for whoever is signed in, and
//! the browser goes on to the page that the form names. So pages and apps come through the same door, and a page needs nothing
//! but a form.
//!
//! What a script of a page reads there it reads through the same door: it has no token, and needs none.
//!
//! A form carries `csrf`, where to go on (`next`, a path of this node), where on that page (`at`, an element's id), and, where the API
//! wants another verb than POST, that (`_method`). Everything else is the API's.

use std::borrow::Cow;
use std::collections::HashMap;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequestParts as _, OriginalUri, Request, State};
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::Value;

use super::errors::words;
use super::forms::own_path;
use super::frame::{Frame, Message, form};
use super::said::{Deed, leave_to_say};
use super::visitor::{Visitor, to_sign_in};
use crate::params::Params;
use crate::{ApiError, App};

/// What such paths begin with.
const DO: &str = "/do";
/// What is not the API's.
const OWN: [&str; 4] = ["csrf", "next", "at", "_method"];
/// Longest form: a post of the longest kind in a script of three bytes each, percent-encoded.
const LONGEST: usize = 256 * 1024;
/// Longest form with files: two pictures of a profile.
const LARGEST: usize = 20 * 1024 * 1024;
/// Longest error that is read again.
const ERROR: usize = 16 * 1024;

/// Hands forms on to the API, and its answers back as pages.
pub async fn by_form(State(app): State<App>, request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/do/api/") {
        let path = (request.method() == Method::POST).then(|| request.uri().path().to_owned());
        let mut response = next.run(request).await;
        if let Some(path) = path.filter(|_| response.status() == StatusCode::SEE_OTHER) {
            leave_to_say(&app, &Method::POST, &path, &mut response);
        }
        return response;
    }
    // On the heap: every other request passes through here, too, and needs none of its room.
    Box::pin(through(app, request, next)).await
}

async fn through(app: App, request: Request, next: Next) -> Response {
    let answer = match *request.method() {
        Method::POST => handed_on(&app, request, next).await,
        Method::GET => read(&app, request, next).await,
        _ => Err(ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "Forms are sent with POST")),
    };
    let mut response = answer.unwrap_or_else(axum::response::IntoResponse::into_response);
    // It is for our pages alone, not for those of other origins as the API is.
    response.headers_mut().remove(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    response
}

/// What a script reads for whoever is signed in.
async fn read(app: &App, request: Request, next: Next) -> Result<Response, ApiError> {
    let (mut parts, body) = request.into_parts();
    let visitor = Visitor::from_request_parts(&mut parts, app).await?;
    if visitor.signed.is_none() {
        return Err(ApiError::unauthorised());
    }
    if !is_of_our_pages(app, &parts.headers) {
        return Err(ApiError::forbidden("This is for the pages of this node alone"));
    }
    Ok(next.run(for_api(parts, body, &visitor, Method::GET)?).await)
}

/// Whether a page of ours asks. Cookies come along also from pages of other hosts of the same site, and a WebSocket of theirs could be
/// read there: ours need none.
fn is_of_our_pages(app: &App, headers: &HeaderMap) -> bool {
    let is = |name, wanted: &str| headers.get(name).is_none_or(|v| v.as_bytes() == wanted.as_bytes());
    !headers.contains_key(header::UPGRADE)
        && is(HeaderName::from_static("sec-fetch-site"), "same-origin")
        && is(header::ORIGIN, &app.node.config.origin)
}

async fn handed_on(app: &App, request: Request, next: Next) -> Result<Response, ApiError> {
    let (mut parts, body) = request.into_parts();
    let visitor = Visitor::from_request_parts(&mut parts, app).await?;
    // Nothing is read for strangers.
    if visitor.signed.is_none() {
        return Ok(to_sign_in("/home"));
    }
    let path = parts.uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let kind = parts.headers.get(header::CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let brings_files = kind.starts_with(b"multipart/form-data");
    if !brings_files && !kind.starts_with(b"application/x-www-form-urlencoded") {
        return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "This address takes forms"));
    }
    let too_large = |_| ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "This form is too long. Nothing was changed.");
    let body = to_bytes(body, if brings_files { LARGEST } else { LONGEST }).await.map_err(too_large)?;
    let params = if brings_files {
        let mut copy = Request::new(Body::from(body.clone()));
        copy.headers_mut().clone_from(&parts.headers);
        Params::of_form(copy).await.0
    } else {
        Params::from_urlencoded(&String::from_utf8_lossy(&body))
    };
    let body: Bytes = if brings_files { body } else { plain(&body).into() };
    if let Err(error) = visitor.check(&params) {
        return told(app, &visitor, &params, error.status, &error.body.to_string());
    }
    let wants_json = parts.headers.get(header::ACCEPT).is_some_and(|v| v.as_bytes().starts_with(b"application/json"));
    let method = match params.text("_method").as_deref() {
        None | Some("" | "POST") => Method::POST,
        Some("PUT") => Method::PUT,
        Some("PATCH") => Method::PATCH,
        Some("DELETE") => Method::DELETE,
        Some(_) => return Err(ApiError::bad_request("This form does not lead anywhere")),
    };
    let answer = next.run(for_api(parts, Body::from(body), &visitor, method.clone())?).await;
    if wants_json {
        return Ok(answer);
    }
    let status = answer.status();
    if status.is_success() {
        let is_follow = path.ends_with("/follow") && path.starts_with("/do/api/v1/accounts/");
        let (next, at) = (own_path(&params.text("next").unwrap_or_default()), params.text("at").unwrap_or_default());
        let is_id = !at.is_empty() && at.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        let mut response = Redirect::to(&if is_id { format!("{next}#{at}") } else { next }).into_response();
        if is_follow && is_asked(answer).await {
            response.extensions_mut().insert(Deed("said-asked"));
        }
        leave_to_say(app, &method, &path, &mut response);
        return Ok(response);
    }
    let text = to_bytes(answer.into_body(), ERROR).await.unwrap_or_default();
    told(app, &visitor, &params, status, &String::from_utf8_lossy(&text))
}

/// Whether a follow has to be let in first (entities/Relationship).
async fn is_asked(answer: Response) -> bool {
    let text = to_bytes(answer.into_body(), ERROR).await.unwrap_or_default();
    serde_json::from_slice::<Value>(&text).is_ok_and(|tie| tie["requested"] == true)
}

/// The request as the API knows it.
fn for_api(mut parts: Parts, body: Body, visitor: &Visitor, method: Method) -> Result<Request, ApiError> {
    let wrong = |_| ApiError::bad_request("This form does not lead anywhere");
    let target = parts.uri.path_and_query().map_or("/", PathAndQuery::as_str);
    let uri: Uri = target.strip_prefix(DO).unwrap_or("/").parse().map_err(|_| wrong(()))?;
    parts.method = method;
    let bearer = HeaderValue::from_str(&format!("Bearer {}", visitor.bearer())).map_err(|_| wrong(()))?;
    parts.headers.insert(header::AUTHORIZATION, bearer);
    parts.headers.remove(header::COOKIE);
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.extensions.insert(OriginalUri(uri.clone()));
    parts.uri = uri;
    Ok(Request::from_parts(parts, body))
}

/// The form without what is for the pages. Of a name that is no list the last value counts: a box that is not ticked is sent as what
/// stands hidden before it.
fn plain(body: &[u8]) -> String {
    let mut kept: Vec<(Cow<'_, str>, Cow<'_, str>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (name, value) in url::form_urlencoded::parse(body).filter(|(name, _)| !OWN.contains(&name.as_ref())) {
        if name.contains("[]") {
            // A field of a list that was left empty.
            if value.is_empty() {
                continue;
            }
        } else {
            if let Some(place) = places.get(name.as_ref()).and_then(|i| kept.get_mut(*i)) {
                place.1 = value;
                continue;
            }
            places.insert(name.clone().into_owned(), kept.len());
        }
        kept.push((name, value));
    }
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish()
}

/// What somebody wrote in a form, as far as it is more than a choice: nobody has to write it again.
fn typed(params: &Params) -> Vec<String> {
    let all = params.texts();
    let is_words = |(name, text): &(String, String)| !OWN.contains(&name.as_str()) && text.trim().contains(' ');
    all.into_iter().filter(is_words).map(|(_, text)| text).collect()
}

/// What could not be done, with the way back.
pub(super) fn refused(app: &App, visitor: &Visitor, back: &str, error: &ApiError) -> Result<Response, ApiError> {
    let t = visitor.language;
    let (title, said) = words(t, error.status, error.body.to_string().as_bytes());
    let page = Message {
        frame: Frame::new(app, visitor),
        title: title.into_owned(),
        words: said,
        next: (back.to_owned(), t.say("go-back").into_owned()),
        typed: Vec::new(),
    };
    form(app, visitor, error.status, &page)
}

/// What went wrong, with the way back to where the form was.
pub(super) fn told(
    app: &App,
    visitor: &Visitor,
    params: &Params,
    status: StatusCode,
    body: &str,
) -> Result<Response, ApiError> {
    let t = visitor.language;
    let (title, said) = words(t, status, body.as_bytes());
    let back = own_path(&params.text("next").unwrap_or_default());
    let page = Message {
        frame: Frame::new(app, visitor),
        title: title.into_owned(),
        words: said,
        next: (back, t.say("go-back").into_owned()),
        typed: typed(params),
    };
    form(app, visitor, status, &page)
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_box_is_ticked_or_not_and_lists_stay() {
        let form =
            b"csrf=x&locked=false&locked=true&bot=false&a%5B%5D=1&a%5B%5D=&a%5B%5D=2&next=%2F&at=p1&_method=PATCH";
        assert_eq!(plain(form), "locked=true&bot=false&a%5B%5D=1&a%5B%5D=2");
    }
}
