//! Media files: bytes that were encoded anew or sniffed, served so that no browser and no server takes them for anything else.
//! Those of other servers are served in the same way, and only where one of our own addresses leads to them.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use federation::remote::{Passing, RemoteFile};
use model::id::Id;
use node::remote::{self, Owner};
use storage::{Category, FileError, Files, content_type};

use crate::rate::Address;
use crate::{ApiError, App};

/// `GET /media/{key}`. The type follows from the ending that we gave; ranges are served, so that films can be wound.
pub async fn file(State(app): State<App>, Path(key): Path<String>, headers: HeaderMap) -> Result<Response, ApiError> {
    // What is kept of other servers is shown while its owner may be seen, and so only by its address.
    if Category::of_key(&key) == Category::Remote {
        return Err(ApiError::not_found());
    }
    serve(&app.node.files, &key, &headers).await
}

/// `GET /media/remote/{owner}/{id}/{seal}`: a file of another server, fetched when it is first looked at. What cannot be had is
/// not there; in the place of a profile picture stands ours, as for those who have none.
pub async fn other(
    State(app): State<App>,
    Path((owner, id, seal)): Path<(String, String, String)>,
    Address(address): Address,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let owner = Owner::from_name(&owner).ok_or_else(ApiError::not_found)?;
    let id: Id = id.parse().map_err(|_| ApiError::not_found())?;
    let mut tx = app.node.store.read().await?;
    let source = remote::source(&app.node, &mut tx, owner, id, &seal).await?.ok_or_else(ApiError::not_found)?;
    drop(tx);
    let reader = app.limits.counted(address);
    // Once more if the file is gone that should be there: the folder may not be the one of the database.
    for _ in 0..2 {
        let found = app.federation.remote_file(&source, reader).await.map_err(|error| {
            tracing::error!(%error, "a file of another server could not be kept");
            ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "The server is busy. Please try again in a moment.")
        })?;
        match found {
            None => break,
            Some(RemoteFile::Passing(passing)) => return pass(*passing),
            Some(RemoteFile::Kept(key)) => match serve(&app.node.files, &key, &headers).await {
                Err(error) if error.status == StatusCode::NOT_FOUND => remote::forget(&app.node, &source).await?,
                answer => return answer,
            },
        }
    }
    match owner {
        Owner::Avatar | Owner::Header => {
            let place = format!("{}/assets/{}.png", app.node.config.origin, owner.name());
            Ok(([(header::CACHE_CONTROL, "public, max-age=300")], Redirect::temporary(&place)).into_response())
        }
        _ => Err(ApiError::not_found()),
    }
}

/// A file that is not kept, while it comes.
fn pass(passing: Passing) -> Result<Response, ApiError> {
    let kind = content_type(&format!(".{}", passing.extension)).ok_or_else(ApiError::not_found)?;
    let mut response = harmless(StatusCode::OK, kind);
    if let Some(length) = passing.length {
        response = response.header(header::CONTENT_LENGTH, length);
    }
    let pieces = futures::stream::try_unfold(passing, |mut p| async move {
        Ok::<_, federation::client::FetchError>(p.next().await?.map(|piece| (piece, p)))
    });
    response.body(Body::from_stream(pieces)).map_err(|_| ApiError::not_found())
}

/// The head of an answer that nothing is made of but a picture, a film or sound.
fn harmless(status: StatusCode, kind: &str) -> axum::http::response::Builder {
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, kind)
        .header(header::CACHE_CONTROL, "public, max-age=31536000, immutable")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox")
        .header("Cross-Origin-Resource-Policy", "cross-origin")
}

/// A file of the store, or the part of it that is asked for.
async fn serve(files: &Files, key: &str, headers: &HeaderMap) -> Result<Response, ApiError> {
    let kind = content_type(key).ok_or_else(ApiError::not_found)?;
    let asked = headers.get(header::RANGE).and_then(|v| v.to_str().ok());
    // Piece by piece: whoever reads slowly, or asks again and again, must not fill the memory with films.
    let (reader, part) = match asked {
        None => (files.read(key).await.map_err(missing)?, None),
        Some(asked) => {
            let total = files.size(key).await.map_err(missing)?;
            let Some(part) = parse_range(asked, total) else {
                let range = [(header::CONTENT_RANGE, format!("bytes */{total}"))];
                return Ok((StatusCode::RANGE_NOT_SATISFIABLE, range).into_response());
            };
            (files.read_part(key, part.clone()).await.map_err(missing)?, Some(part))
        }
    };
    let total = reader.size;
    let status = if part.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    let length = part.as_ref().map_or(total, |part| part.end - part.start);
    let mut response =
        harmless(status, kind).header(header::CONTENT_LENGTH, length).header(header::ACCEPT_RANGES, "bytes");
    if let Some(part) = part {
        response = response.header(header::CONTENT_RANGE, format!("bytes {}-{}/{total}", part.start, part.end - 1));
    }
    let pieces =
        futures::stream::try_unfold(reader, |mut r| async move { Ok::<_, FileError>(r.next().await?.map(|p| (p, r))) });
    response.body(Body::from_stream(pieces)).map_err(|_| ApiError::not_found())
}

fn missing(error: FileError) -> ApiError {
    if error.is_not_found() { ApiError::not_found() } else { node::Error::from(error).into() }
}

/// One range of RFC 9110 14.1.2; of several only the first is served.
fn parse_range(text: &str, total: u64) -> Option<std::ops::Range<u64>> {
    let (first, last) = text.strip_prefix("bytes=")?.split(',').next()?.trim().split_once('-')?;
    let range = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) => first..last.saturating_add(1).min(total),
        (Ok(first), Err(_)) if last.is_empty() => first..total,
        (Err(_), Ok(last)) if first.is_empty() => total.saturating_sub(last)..total,
        _ => return None,
    };
    (range.start < range.end).then_some(range)
}

#[cfg(test)]
mod tests {
    use super::parse_range;

    #[test]
    fn ranges_stay_within_the_file() {
        assert_eq!(parse_range("bytes=0-0", 10), Some(0..1));
        assert_eq!(parse_range("bytes=2-", 10), Some(2..10));
        assert_eq!(parse_range("bytes=-3", 10), Some(7..10));
        assert_eq!(parse_range("bytes=5-999", 10), Some(5..10));
        assert_eq!(parse_range("bytes=10-", 10), None);
        assert_eq!(parse_range("bytes=5-2", 10), None);
        assert_eq!(parse_range("items=0-1", 10), None);
    }
}
