//! The API of what only this software has, under `/api/outloud/v1`: challenges, experiments, what a hashtag is for, what it is linked with, its shelf,
//! teams, what is opened up, who is introduced to whom, and the hats that are worn. As the Mastodon API: read the request, call one function of `node` or a query, and render. Handlers of
//! hashtags find the [`Subject`] and go on in functions that take any.

pub(crate) mod challenges;
pub(crate) mod difference;
pub(crate) mod entities;
pub(crate) mod experiments;
mod hats;
pub(crate) mod open_up;
pub(crate) mod pairings;
pub(crate) mod settings;
mod tags;
pub(crate) mod teams;

use std::convert::Infallible;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::routing::{delete, get, patch, post, put};
use model::subject::Subject;
use node::{Node, challenge, tag};
use storage::Tx;
use tower_http::set_header::SetResponseHeaderLayer;

#[cfg(test)]
pub(crate) use self::tags::ROWS;
use crate::{ApiError, App};

/// The route table.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/api/outloud/v1/settings", get(settings::show).patch(settings::change).put(settings::change))
        .route("/api/outloud/v1/challenges", get(challenges::list).post(challenges::create))
        .route(
            "/api/outloud/v1/challenges/{name}",
            get(challenges::show).patch(challenges::update).put(challenges::update).delete(challenges::delete),
        )
        .route("/api/outloud/v1/challenges/{name}/close", post(challenges::close))
        .route("/api/outloud/v1/challenges/{name}/answer", post(challenges::answer))
        .route("/api/outloud/v1/challenges/{name}/adopt", post(challenges::adopt))
        .route("/api/outloud/v1/challenges/{name}/contributions", get(challenges::contributions))
        .route("/api/outloud/v1/challenges/{name}/contributions/{id}/accept", post(challenges::accept))
        .route("/api/outloud/v1/challenges/{name}/contributions/{id}/refuse", post(challenges::refuse))
        .route("/api/outloud/v1/challenges/{name}/blocks", get(challenges::blocks).post(challenges::block))
        .route("/api/outloud/v1/challenges/{name}/blocks/{id}", delete(challenges::unblock))
        .route("/api/outloud/v1/challenges/{name}/purpose", get(tags::purpose).post(tags::write))
        .route("/api/outloud/v1/challenges/{name}/purpose/versions", get(tags::versions))
        .route("/api/outloud/v1/challenges/{name}/purpose/versions/{id}/restore", post(tags::restore))
        .route("/api/outloud/v1/challenges/{name}/purpose/versions/{id}/take_down", post(tags::take_down))
        .route("/api/outloud/v1/challenges/{name}/views", get(tags::views).post(tags::add_view))
        .route("/api/outloud/v1/challenges/{name}/views/{hat}", get(hats::look))
        .route("/api/outloud/v1/challenges/{name}/views/{id}/withdraw", post(tags::withdraw))
        .route("/api/outloud/v1/challenges/{name}/views/{id}/take_down", post(tags::take_down))
        .route("/api/outloud/v1/challenges/{name}/hats", get(hats::on).post(hats::put_on))
        .route("/api/outloud/v1/challenges/{name}/links", get(tags::links).post(tags::link_to))
        .route("/api/outloud/v1/challenges/{name}/links/{other}", delete(tags::unlink))
        .route("/api/outloud/v1/challenges/{name}/harvest", post(challenges::harvest))
        .route("/api/outloud/v1/difference", get(difference::show))
        .route("/api/outloud/v1/experiments", get(experiments::list))
        .route("/api/outloud/v1/experiments/export", get(experiments::export))
        .route("/api/outloud/v1/experiments/due", get(experiments::due))
        .route("/api/outloud/v1/experiments/{id}", patch(experiments::update).put(experiments::update))
        .route("/api/outloud/v1/experiments/{id}/outcome", post(experiments::learn))
        .route("/api/outloud/v1/experiments/{id}/travels", get(experiments::travels))
        .route("/api/outloud/v1/experiments/{id}/leave_be", post(experiments::leave_be))
        .route("/api/outloud/v1/experiments/{id}/replications", get(experiments::replications))
        .route(
            "/api/outloud/v1/experiments/{id}/replications/{status_id}",
            patch(experiments::note).put(experiments::note),
        )
        .route("/api/outloud/v1/experiments/{id}/replications/{status_id}/confirm", post(experiments::confirm))
        .route("/api/outloud/v1/experiments/{id}/replications/{status_id}/refuse", post(experiments::refuse))
        .route("/api/outloud/v1/tags/{name}", get(tags::show))
        .route("/api/outloud/v1/tags/{name}/purpose", get(tags::purpose).post(tags::write))
        .route("/api/outloud/v1/tags/{name}/purpose/versions", get(tags::versions))
        .route("/api/outloud/v1/tags/{name}/purpose/versions/{id}/restore", post(tags::restore))
        .route("/api/outloud/v1/tags/{name}/purpose/versions/{id}/take_down", post(tags::take_down))
        .route("/api/outloud/v1/tags/{name}/views", get(tags::views).post(tags::add_view))
        .route("/api/outloud/v1/tags/{name}/views/{hat}", get(hats::look))
        .route("/api/outloud/v1/tags/{name}/views/{id}/withdraw", post(tags::withdraw))
        .route("/api/outloud/v1/tags/{name}/views/{id}/take_down", post(tags::take_down))
        .route("/api/outloud/v1/tags/{name}/links", get(tags::links).post(tags::link_to))
        .route("/api/outloud/v1/tags/{name}/links/{other}", delete(tags::unlink))
        .route("/api/outloud/v1/tags/{name}/shelf", get(tags::shelf))
        .route("/api/outloud/v1/tags/{name}/shelf/{id}", patch(tags::arrange).put(tags::arrange))
        .route("/api/outloud/v1/tags/{name}/hats", get(hats::on).post(hats::put_on))
        .route("/api/outloud/v1/hats", get(hats::own))
        .route("/api/outloud/v1/hats/{id}", delete(hats::take_off))
        .route("/api/outloud/v1/hats/{id}/confirm", post(hats::confirm))
        .route("/api/outloud/v1/statuses/{id}/could_go_public", post(hats::mark).delete(hats::unmark))
        .route("/api/outloud/v1/statuses/{id}/open_up", get(open_up::checklist).post(open_up::open))
        .route("/api/outloud/v1/pairings", get(pairings::list))
        .route("/api/outloud/v1/pairings/seeking", get(pairings::seeking))
        .route("/api/outloud/v1/pairings/seeking/{kind}", put(pairings::seek).delete(pairings::leave))
        .route("/api/outloud/v1/pairings/{id}/agree", post(pairings::agree))
        .route("/api/outloud/v1/teams", get(teams::list).post(teams::create))
        .route(
            "/api/outloud/v1/teams/{id}",
            get(teams::show).patch(teams::update).put(teams::update).delete(teams::delete),
        )
        .route("/api/outloud/v1/teams/{id}/accounts", get(teams::accounts).post(teams::add).delete(teams::remove))
        .route("/api/outloud/v1/teams/{id}/leave", post(teams::leave))
        .route("/api/outloud/v1/teams/{id}/statuses", get(teams::posts))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        ))
}

/// What a path is about, by its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    Tag,
    Challenge,
}

impl<S: Send + Sync> FromRequestParts<S> for About {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let is_challenge = parts.uri.path().starts_with("/api/outloud/v1/challenges/");
        Ok(if is_challenge { Self::Challenge } else { Self::Tag })
    }
}

/// A hashtag or a challenge that somebody reads about. A hashtag that nobody used has nothing about it.
async fn read(tx: &mut Tx, about: About, name: &str) -> Result<Subject, ApiError> {
    match about {
        About::Tag => Ok(Subject::Tag(tag::look(tx, name).await?.id)),
        About::Challenge => Ok(Subject::Challenge(challenge::find(tx, name).await?.account.id)),
    }
}

/// One that somebody does something about.
async fn tended(node: &Node, tx: &mut Tx, about: About, name: &str) -> Result<Subject, ApiError> {
    match about {
        About::Tag => Ok(Subject::Tag(tag::named(node, tx, name).await?.id)),
        About::Challenge => read(tx, about, name).await,
    }
}
