//! The pages of a node, made on the server, whole without JavaScript. They show what everybody may see; who is signed in is
//! told so and sees no more.

mod assets;
mod errors;
pub(crate) mod forms;
pub(crate) mod frame;
mod front;
mod interact;
pub(crate) mod login;
mod post;
mod profile;
mod signup;
mod tag;
mod view;
pub(crate) mod visitor;
mod words;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post as on_post};

use crate::App;

pub use assets::CARD_PATH;
pub use errors::for_browsers;

/// Longest form: a sign-up with a long reason.
const FORM: usize = 64 * 1024;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(front::front))
        .route("/about", get(front::about))
        .route("/welcome", get(front::welcome))
        .route("/login", get(login::form).post(login::submit))
        .route("/logout", on_post(login::log_out))
        .route("/signup", get(signup::open_form).post(signup::open_submit))
        .route("/invite/{code}", get(signup::invite_form).post(signup::invite_submit))
        .route("/@{name}", get(profile::profile))
        .route("/@{name}/{id}", get(post::post))
        .route("/tags/{name}", get(tag::tag))
        .route("/authorize_interaction", get(interact::show).post(interact::follow))
        .route("/assets/{name}", get(assets::asset))
        .layer(DefaultBodyLimit::max(FORM))
}
