//! The route table. That of the Mastodon API, of OAuth and of the pages stands at the head of each.

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, OriginalUri, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower::ServiceBuilder;
use tower::util::MapRequestLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{Any, CorsLayer};

use crate::{
    ApiError, App, activitypub, bodies, instance, mastodon, media, oauth, openapi, outloud, params, rate, streaming,
    web, wellknown,
};

/// Longest activity.
const ACTIVITY: usize = 1024 * 1024;

/// Everything a node answers.
pub fn router(app: App) -> Router {
    let inboxes = Router::new()
        .route("/inbox", post(activitypub::inbox))
        .route("/actor/inbox", post(activitypub::inbox))
        .route(federation::self_test::ECHO, post(activitypub::echo))
        .route("/users/{name}/inbox", post(activitypub::user_inbox))
        .route("/tags/{slug}/inbox", post(activitypub::tag_inbox))
        .layer(DefaultBodyLimit::max(ACTIVITY));
    let documents = Router::new()
        .route("/actor", get(activitypub::instance_actor))
        .route("/actor/outbox", get(activitypub::instance_outbox))
        .route("/users/{name}", get(activitypub::user))
        .route("/users/{name}/outbox", get(activitypub::outbox))
        .route("/users/{name}/followers", get(activitypub::followers))
        .route("/users/{name}/following", get(activitypub::following))
        .route("/users/{name}/followers_synchronization", get(activitypub::followers_synchronisation))
        .route("/users/{name}/featured", get(activitypub::featured))
        .route("/users/{name}/tags", get(activitypub::featured_tags))
        .route("/users/{name}/posts/{id}", get(activitypub::post))
        .route("/users/{name}/posts/{id}/activity", get(activitypub::post_activity))
        .route("/users/{name}/posts/{id}/replies", get(activitypub::replies))
        .route("/users/{name}/posts/{id}/replications", get(activitypub::replications))
        .route("/users/{name}/posts/{id}/{kind}", get(activitypub::reactions))
        .route("/users/{name}/stamps/{id}", get(activitypub::stamp))
        .route("/users/{name}/announces/{of}", get(activitypub::carried))
        .route("/tags/{slug}/actor", get(activitypub::tag_actor))
        .route("/tags/{slug}/outbox", get(activitypub::tag_outbox))
        .route("/tags/{slug}/followers", get(activitypub::tag_followers))
        .route("/tags/{slug}/announces/{of}", get(activitypub::carried))
        .route("/contexts/{id}", get(activitypub::context))
        .route("/ns/outloud", get(wellknown::vocabulary))
        .route("/emojis/{id}", get(activitypub::emoji));
    let open = Router::new()
        .route("/.well-known/webfinger", get(wellknown::webfinger))
        .route("/.well-known/host-meta", get(wellknown::host_meta))
        .route("/.well-known/nodeinfo", get(wellknown::nodeinfo_links))
        .route("/.well-known/change-password", get(wellknown::change_password))
        .route("/nodeinfo/2.0", get(wellknown::nodeinfo_2_0))
        .route("/nodeinfo/2.1", get(wellknown::nodeinfo_2_1))
        .route("/media/{*key}", get(media::file))
        .route("/media/remote/{owner}/{id}/{seal}", get(media::other))
        .merge(mastodon::routes(&app))
        .merge(outloud::routes())
        .merge(instance::routes())
        .merge(streaming::routes())
        .merge(oauth::open_routes())
        .merge(openapi::routes())
        .layer(axum::middleware::from_fn_with_state(app.clone(), rate::limit));
    let routes = Router::new()
        .route("/healthz", get(health))
        .route("/health", get(mastodon_health))
        .route("/metrics", get(metrics))
        .merge(inboxes)
        .merge(documents)
        .merge(open)
        .merge(oauth::routes())
        .merge(web::routes())
        .fallback(not_found)
        .method_not_allowed_fallback(wrong_method)
        // These know which route it is. A layer is put around each route by itself, so that there is one of the three together.
        .layer(
            ServiceBuilder::new()
                .layer(axum::middleware::from_fn(count))
                .layer(axum::middleware::from_fn_with_state(app.clone(), bodies::bound))
                // What takes files says so itself.
                .layer(DefaultBodyLimit::max(params::BODY)),
        )
        .with_state(app.clone());
    Router::new()
        .fallback_service(routes)
        .layer(axum::middleware::from_fn(in_time))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(axum::middleware::from_fn_with_state(app.clone(), rate::shut_out))
        .layer(axum::middleware::from_fn_with_state(app.clone(), web::for_browsers))
        // Outside of it, so that web clients can read errors, too.
        .layer(cors())
        .layer(axum::middleware::from_fn(only_where_open))
        .layer(axum::middleware::from_fn_with_state(app.clone(), web::by_form))
        .layer(axum::middleware::from_fn_with_state(app.clone(), by_form_bound))
        .layer(axum::middleware::from_fn_with_state(app, farewell))
        .layer(axum::middleware::from_fn(as_it_is))
        .layer(MapRequestLayer::new(without_slash))
}

/// Rails takes a path with a slash at its end for the same, and some clients (Mastodon.py, toot) write it so.
fn without_slash(mut request: axum::extract::Request) -> axum::extract::Request {
    let uri = request.uri();
    let is_call = ["/api/", "/oauth/"].iter().any(|start| uri.path().starts_with(start));
    if !is_call || !uri.path().ends_with('/') {
        return request;
    }
    let path = uri.path().trim_end_matches('/');
    let target = uri.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    if let Ok(uri) = target.parse::<axum::http::Uri>() {
        request.extensions_mut().insert(OriginalUri(uri.clone()));
        *request.uri_mut() = uri;
    }
    request
}

/// What web clients of any origin may call, without cookies. Not the login and consent pages.
fn is_open(path: &str) -> bool {
    let calls = ["/oauth/token", "/oauth/revoke", "/oauth/userinfo", "/health"];
    calls.contains(&path) || ["/api/", "/.well-known/", "/nodeinfo/", "/media/"].iter().any(|p| path.starts_with(p))
}

/// Takes the leave back where none is given.
async fn only_where_open(request: axum::extract::Request, next: axum::middleware::Next) -> Response {
    let open = is_open(request.uri().path());
    let mut response = next.run(request).await;
    if !open {
        response.headers_mut().remove(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    }
    response
}

fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::HEAD,
            Method::OPTIONS,
        ])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, HeaderName::from_static("idempotency-key")])
        .expose_headers([
            header::LINK,
            header::RETRY_AFTER,
            HeaderName::from_static("x-ratelimit-limit"),
            HeaderName::from_static("x-ratelimit-remaining"),
            HeaderName::from_static("x-ratelimit-reset"),
            HeaderName::from_static("x-request-id"),
            HeaderName::from_static("deprecation"),
            HeaderName::from_static("mastodon-async-refresh"),
        ])
        .max_age(Duration::from_secs(86_400))
}

/// What comes by form is read before it goes its way through the others: it has the same room and the same time.
async fn by_form_bound(state: State<App>, request: axum::extract::Request, next: axum::middleware::Next) -> Response {
    if !request.uri().path().starts_with("/do/") {
        return next.run(request).await;
    }
    let time = time_of(&request);
    tokio::time::timeout(time, Box::pin(bodies::bound(state, request, next))).await.unwrap_or_else(|_| too_late())
}

/// Nobody is to guess what an answer is, or to tell others where one came from.
async fn as_it_is(request: axum::extract::Request, next: axum::middleware::Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(header::X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("same-origin"));
    response
}

/// A process that stops answers what comes and asks for no more over the same connection.
async fn farewell(State(app): State<App>, request: axum::extract::Request, next: axum::middleware::Next) -> Response {
    let mut response = next.run(request).await;
    if app.node.shutdown.begun.is_cancelled() {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// `GET /healthz`: the process runs and goes on to, and its database answers.
async fn health(State(app): State<App>) -> Result<&'static str, ApiError> {
    if app.node.shutdown.begun.is_cancelled() {
        return Err(ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "This process is about to stop."));
    }
    app.node.store.read().await?.ping().await?;
    Ok("ok\n")
}

/// `GET /health`: the same in Mastodon's words.
async fn mastodon_health(state: State<App>) -> Result<&'static str, ApiError> {
    health(state).await.map(|_| "OK")
}

/// `GET /metrics`, in Prometheus' text form: for who asks from this machine or from a trusted proxy's network, not for who asks
/// through one.
async fn metrics(State(app): State<App>, rate::Address(address): rate::Address) -> Response {
    if !app.settings.trusted_proxies.iter().any(|net| net.contains(&address)) {
        return ApiError::not_found().into_response();
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], (app.metrics)()).into_response()
}

/// A request has a minute; one that may bring a file has as long as a large one takes over a slow line.
async fn in_time(request: axum::extract::Request, next: axum::middleware::Next) -> Response {
    tokio::time::timeout(time_of(&request), next.run(request)).await.unwrap_or_else(|_| too_late())
}

fn time_of(request: &axum::extract::Request) -> Duration {
    Duration::from_secs(if mastodon::brings_a_file(request) { 30 * 60 } else { 60 })
}

fn too_late() -> Response {
    let mut error = ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "This took too long. Try again in a minute.");
    error.retry_after = Some(60);
    error.into_response()
}

async fn not_found() -> ApiError {
    ApiError::not_found()
}

async fn wrong_method() -> ApiError {
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed")
}

/// Requests by route and status, with their time.
async fn count(request: axum::extract::Request, next: axum::middleware::Next) -> Response {
    let started = std::time::Instant::now();
    let route = request.extensions().get::<axum::extract::MatchedPath>().map_or("none", |p| p.as_str()).to_owned();
    let method = label(request.method());
    let response = next.run(request).await;
    let labels = [("method", method.to_owned()), ("route", route), ("status", response.status().as_u16().to_string())];
    metrics::counter!("outloud_requests_total", &labels).increment(1);
    metrics::histogram!("outloud_request_seconds").record(started.elapsed().as_secs_f64());
    response
}

/// A method as it is counted. Anybody can make one up, and every name that is counted is kept for ever.
fn label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// A handler that panics takes down its request and nothing else.
fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    tracing::error!("a request handler panicked");
    ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side.").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_up_methods_are_all_counted_as_one() {
        assert_eq!(label(&Method::PATCH), "PATCH");
        for made_up in ["BREW", "get", "X1", "X2"] {
            assert_eq!(label(&Method::from_bytes(made_up.as_bytes()).unwrap()), "other");
        }
    }
}
