//! The pages of a node, made on the server, whole without JavaScript. Each reader sees what they may see. Deeds are forms, most of
//! which go through [`by_form`] to the API.

mod about_post;
mod agent;
mod along;
mod appearance;
mod around;
mod assets;
mod by_form;
mod compose;
mod csv;
#[cfg(debug_assertions)]
mod design;
mod embed;
mod errors;
pub(crate) mod forms;
pub(crate) mod frame;
mod front;
mod interact;
mod keeping;
pub(crate) mod language;
mod letters;
pub(crate) mod library;
pub(crate) mod login;
mod look;
mod news;
mod notifications;
mod people;
mod post;
mod profile;
mod said;
mod security;
mod sessions;
mod settings;
mod sharing;
mod shelf;
mod signup;
mod subjects;
mod tag;
mod teams;
mod texts;
mod timelines;
mod view;
pub(crate) mod visitor;
mod working;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post as on_post};

use crate::App;
use crate::params::UPLOAD;

pub use assets::CARD_PATH;
pub use by_form::by_form;
pub use errors::for_browsers;
pub use news::in_words;

/// Longest form: a sign-up with a long reason.
const FORM: usize = 64 * 1024;

pub fn routes() -> Router<App> {
    let writing = Router::new()
        .route("/write", get(compose::show).post(compose::submit))
        .route("/posts/{id}/edit", get(compose::show_edit).post(compose::submit_edit))
        .route("/settings/along/import", on_post(along::bring))
        .layer(DefaultBodyLimit::max(UPLOAD));
    let pages = Router::new()
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
        .route("/settings", get(settings::index))
        .route("/settings/profile", get(settings::profile))
        .route("/settings/posting", get(settings::posting))
        .route("/settings/hearing", get(settings::hear))
        .route("/settings/filters", get(settings::filters))
        .route("/settings/mail", get(news::show).post(news::save))
        .route("/letters/stop", get(news::ask).post(news::stop))
        .route("/settings/along", get(along::show))
        .route("/settings/along/archive", on_post(along::ask))
        .route("/settings/along/archive/{id}", get(along::archive))
        .route("/settings/along/import/{id}/stop", on_post(along::stop))
        .route("/settings/along/import/{id}/failed.csv", get(along::failed))
        .route("/settings/along/{file}", get(along::list))
        .route("/settings/move", get(along::show_move).post(along::move_on))
        .route("/settings/move/names", on_post(along::names))
        .route("/settings/old-posts", get(along::show_old).post(along::save_old))
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
        .route("/appearance", get(appearance::show).post(appearance::save))
        .route("/shortcuts", get(appearance::shortcuts))
        .route("/me", get(around::me))
        .route("/search", get(around::search))
        .route("/tags", get(around::tags))
        .route("/lists", get(around::lists))
        .route("/lists/{id}", get(timelines::list))
        .route("/lists/{id}/add", on_post(timelines::put_in_list))
        .route("/conversations", get(around::conversations))
        .route("/teams", get(teams::list))
        .route("/teams/{id}", get(teams::show))
        .route("/teams/{id}/add", on_post(teams::add))
        .route("/notifications", get(notifications::show))
        .route("/notifications/held", get(notifications::held))
        .route("/challenges", get(working::challenges))
        .route("/challenges/new", get(working::new_challenge).post(working::ask_challenge))
        .route("/cuppa", get(working::cuppa))
        .route("/report/sent", get(about_post::reported))
        .route("/manifest.webmanifest", get(assets::manifest))
        .route("/accessibility", get(texts::accessibility))
        .route("/requests", get(people::requests))
        .route("/settings/muted", get(people::muted))
        .route("/settings/blocked", get(people::blocked))
        .route("/scheduled", get(compose::scheduled))
        .route("/drafts", get(compose::drafts))
        .route("/report", get(about_post::report))
        .route("/posts/{id}", get(about_post::go))
        .route("/posts/{id}/delete", get(about_post::delete))
        .route("/posts/{id}/redraft", on_post(compose::redraft))
        .route("/posts/{id}/open-up", get(about_post::open_up).post(about_post::submit_open_up))
        .route("/scheduled/{id}/draft", on_post(compose::take_back))
        .route("/posts/{id}/outcome", get(compose::outcome))
        .route("/look-again", get(timelines::look_again))
        .route("/home", get(timelines::home))
        .route("/local", get(timelines::local))
        .route("/bookmarks", get(timelines::bookmarks))
        .route("/favourites", get(timelines::favourites))
        .route("/@{name}", get(profile::profile))
        .route("/@{name}/followers", get(people::followers))
        .route("/@{name}/following", get(people::following))
        .route("/@{name}/keep", get(subjects::asked))
        .route("/@{name}/hats/{hat}", get(subjects::asked_view))
        .route("/@{name}/{id}", get(post::post))
        .route("/@{name}/{id}/history", get(about_post::history))
        .route("/@{name}/{id}/boosts", get(people::boosts))
        .route("/@{name}/{id}/favourites", get(people::favourites))
        .route("/@{name}/{id}/quotes", get(about_post::quotes))
        .route("/@{name}/{id}/embed", get(embed::show))
        .route("/tags/{name}", get(tag::tag))
        .route("/tags/{name}/keep", get(subjects::tag))
        .route("/tags/{name}/hats/{hat}", get(subjects::tag_view))
        .route("/tags/{name}/shelf", get(shelf::page))
        .route("/tags/{name}/shelf.json", get(shelf::as_json))
        .route("/tags/{name}/shelf.csv", get(shelf::as_csv))
        .route("/tags/{name}/shelf.opml", get(shelf::as_opml))
        .route("/library", get(library::page))
        .route("/library/brief", get(library::brief))
        .route("/library.{end}", get(library::file))
        .route("/authorize_interaction", get(interact::show).post(interact::follow))
        .route("/remote", get(interact::ask).post(interact::lead))
        .route("/robots.txt", get(assets::robots))
        .route("/worker.js", get(assets::worker))
        .route("/favicon.ico", get(assets::favicon))
        .route("/assets/colours.css", get(assets::colours))
        .route("/assets/logo", get(assets::logo))
        .route("/assets/{name}", get(assets::asset))
        .layer(DefaultBodyLimit::max(FORM))
        .merge(writing)
        .merge(keeping::routes());
    #[cfg(debug_assertions)]
    let pages = pages.route("/design", get(design::show));
    pages
}
