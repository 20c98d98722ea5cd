//! The pages of a node, made on the server, whole without JavaScript. They show what everybody may see; who is signed in is
//! told so and sees no more.

mod agent;
mod assets;
mod csv;
mod errors;
pub(crate) mod forms;
pub(crate) mod frame;
mod front;
mod interact;
mod letters;
pub(crate) mod library;
pub(crate) mod login;
mod post;
mod profile;
mod security;
mod sessions;
mod sharing;
mod shelf;
mod signup;
mod tag;
mod texts;
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
        .route("/privacy-policy", get(texts::privacy))
        .route("/terms-of-service", get(texts::terms))
        .route("/terms-of-service/{day}", get(texts::terms_of))
        .route("/welcome", get(front::welcome))
        .route("/login", get(login::form).post(login::submit))
        .route("/login/code", on_post(login::submit_code))
        .route("/logout", on_post(login::log_out))
        .route("/confirm", get(letters::show_confirm).post(letters::confirm))
        .route("/confirm/again", on_post(letters::confirm_again))
        .route("/password/forgot", get(letters::show_forgot).post(letters::forgot))
        .route("/password/new", get(letters::show_reset).post(letters::reset))
        .route("/settings/security", get(security::show))
        .route("/settings/password", on_post(security::password))
        .route("/settings/email", on_post(security::email))
        .route("/settings/factor", get(security::show_factor).post(security::start_factor))
        .route("/settings/factor/codes", on_post(security::new_codes))
        .route("/settings/factor/off", on_post(security::stop_factor))
        .route("/settings/sharing", get(sharing::show).post(sharing::save))
        .route("/settings/sessions", get(sessions::show))
        .route("/settings/sessions/{id}", on_post(sessions::end))
        .route("/signup", get(signup::open_form).post(signup::open_submit))
        .route("/invite/{code}", get(signup::invite_form).post(signup::invite_submit))
        .route("/@{name}", get(profile::profile))
        .route("/@{name}/{id}", get(post::post))
        .route("/tags/{name}", get(tag::tag))
        .route("/tags/{name}/shelf", get(shelf::page))
        .route("/tags/{name}/shelf.json", get(shelf::as_json))
        .route("/tags/{name}/shelf.csv", get(shelf::as_csv))
        .route("/tags/{name}/shelf.opml", get(shelf::as_opml))
        .route("/library", get(library::page))
        .route("/library/brief", get(library::brief))
        .route("/library.{end}", get(library::file))
        .route("/authorize_interaction", get(interact::show).post(interact::follow))
        .route("/robots.txt", get(assets::robots))
        .route("/favicon.ico", get(assets::favicon))
        .route("/assets/{name}", get(assets::asset))
        .layer(DefaultBodyLimit::max(FORM))
}
