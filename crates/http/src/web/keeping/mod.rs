//! The pages of those who look after a node: what waits for them, whom and what they decide about, and what the node says of itself.
//! A page is there for whoever may do something on it, and for nobody else. Deeds go to the API where it has them; the others end in
//! the function of `node` in which the command ends, too.

mod accounts;
mod announcements;
mod dashboard;
mod emoji;
pub(super) mod how;
mod invitations;
mod log;
mod peers;
pub(super) mod reports;
mod rules;
mod servers;
mod start;
mod tags;
mod texts;
mod waiting;

use std::future::Future;

use askama::Template;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use model::account::{Account, Role};
use model::id::Id;
use storage::Tx;

use super::FORM;
use super::by_form::told;
use super::forms::own_path;
use super::frame::{Frame, form};
use super::language::Language;
use super::view::Person;
use super::visitor::Visitor;
use crate::auth::{Caller, Signed};
use crate::params::Params;
use crate::{ApiError, App};

/// Rows of a page.
const ROWS: i64 = 40;
/// Longest form with a file: a list of servers, or the picture of an emoji.
const LARGEST: usize = 1024 * 1024;

pub fn routes() -> Router<App> {
    let large = Router::new()
        .route("/keeping/servers/import", post(servers::import))
        .route("/keeping/texts/{name}", get(texts::show).post(texts::set))
        .route("/keeping/emoji", get(emoji::list).post(emoji::add))
        .layer(DefaultBodyLimit::max(LARGEST));
    Router::new()
        .route("/keeping", get(dashboard::show))
        .route("/keeping/start", get(start::show))
        .route("/keeping/start/letter", post(start::letter))
        .route("/keeping/start/reach", post(start::reach))
        .route("/keeping/reports", get(reports::list))
        .route("/keeping/reports/{id}", get(reports::show))
        .route("/keeping/reports/{id}/close", post(reports::close))
        .route("/keeping/reports/{id}/posts", post(reports::posts))
        .route("/keeping/accounts", get(accounts::list))
        .route("/keeping/accounts/{id}", get(accounts::show).post(accounts::act))
        .route("/keeping/waiting", get(waiting::list))
        .route("/keeping/invitations", get(invitations::list).post(invitations::make))
        .route("/keeping/invitations/revoke", post(invitations::revoke))
        .route("/keeping/log", get(log::list))
        .route("/keeping/servers", get(servers::list))
        .route("/keeping/servers/rule", get(servers::show).post(servers::set))
        .route("/keeping/servers/remove", post(servers::remove))
        .route("/keeping/servers/list.csv", get(servers::export))
        .route("/keeping/servers/publish", post(servers::publish))
        .route("/keeping/rules", get(rules::list).post(rules::add))
        .route("/keeping/rules/change", post(rules::change))
        .route("/keeping/rules/remove", post(rules::remove))
        .route("/keeping/texts", get(texts::list))
        .route("/keeping/texts/{name}/remove", post(texts::remove))
        .route("/keeping/announcements", get(announcements::list).post(announcements::add))
        .route("/keeping/announcements/{id}/remove", post(announcements::remove))
        .route("/keeping/emoji/remove", post(emoji::remove))
        .route("/keeping/tags", get(tags::list).post(tags::block))
        .route("/keeping/tags/unblock", post(tags::unblock))
        .route("/keeping/peers", get(peers::list))
        .route("/keeping/peers/remove", post(peers::remove))
        .route("/keeping/relays/remove", post(peers::leave_relay))
        .route("/how-it-works", get(how::show))
        .layer(DefaultBodyLimit::max(FORM))
        .merge(large)
}

/// Somebody who looks after the node, and who may be on this page.
struct Keeper<'a> {
    app: &'a App,
    visitor: &'a Visitor,
    signed: &'a Signed,
}

impl<'a> Keeper<'a> {
    /// Whoever has this role or a higher one.
    ///
    /// # Errors
    /// 404 for everybody else: nobody has to know what is there.
    fn of(app: &'a App, visitor: &'a Visitor, least: Role) -> Result<Self, ApiError> {
        let signed = visitor.signed.as_deref().filter(|s| s.member.role >= least.max(Role::Moderator));
        Ok(Self { app, visitor, signed: signed.ok_or_else(ApiError::not_found)? })
    }

    /// Whoever may do all of this (bits of `model::permission`).
    fn who_may(app: &'a App, visitor: &'a Visitor, permissions: u64) -> Result<Self, ApiError> {
        let keeper = Self::of(app, visitor, Role::Moderator)?;
        if keeper.may(permissions) { Ok(keeper) } else { Err(ApiError::not_found()) }
    }

    fn may(&self, permissions: u64) -> bool {
        self.signed.member.role.may(permissions)
    }

    fn role(&self) -> Role {
        self.signed.member.role
    }

    fn is_admin(&self) -> bool {
        self.role() >= Role::Admin
    }

    fn t(&self) -> Language {
        self.visitor.language
    }

    fn frame(&self) -> Frame {
        Frame::new(self.app, self.visitor)
    }

    /// How they stand in the log.
    fn name(&self) -> String {
        self.app.node.config.full_handle(&self.signed.account)
    }

    fn caller(&self) -> Caller {
        Caller::Member(Box::new(self.signed.clone()))
    }

    fn show<T: Template>(&self, page: &T) -> Result<Response, ApiError> {
        form(self.app, self.visitor, StatusCode::OK, page)
    }

    /// Does what a form asks for, if it came from our page, and goes on to where the form says, else to `next`. What cannot be done is
    /// said in words, with the way back.
    async fn done<F>(&self, params: &Params, next: &str, deed: F) -> Result<Response, ApiError>
    where
        F: Future<Output = Result<(), ApiError>>,
    {
        let checked = self.visitor.check(params);
        let done = match checked {
            Ok(()) => deed.await,
            Err(error) => Err(error),
        };
        match done {
            Ok(()) => {
                let asked =
                    params.filled("next").map(|path| own_path(&path)).filter(|path| path.starts_with("/keeping"));
                Ok(Redirect::to(asked.as_deref().unwrap_or(next)).into_response())
            }
            Err(error) => self.failed(params, &error),
        }
    }

    fn failed(&self, params: &Params, error: &ApiError) -> Result<Response, ApiError> {
        told(self.app, self.visitor, params, error.status, &error.body.to_string())
    }

    async fn begin(&self) -> Result<Tx, ApiError> {
        Ok(self.app.node.store.begin().await?)
    }

    async fn commit(&self, tx: Tx) -> Result<(), ApiError> {
        Ok(self.app.node.commit(tx).await?)
    }

    /// Somebody as those who look after the node find them: their name leads to what can be done about them.
    fn person(&self, account: &Account) -> Person {
        Person { url: format!("/keeping/accounts/{}", account.id), ..Person::new(self.app, account) }
    }
}

/// The address of the next page, if there may be one. `path` ends with `?` or `&`.
fn older(path: &str, count: usize, last: Option<Id>) -> String {
    let full = i64::try_from(count).is_ok_and(|n| n >= ROWS);
    last.filter(|_| full).map_or_else(String::new, |last| format!("{path}max_id={last}"))
}

/// A query of what is not empty, with `&` at its end.
fn query(fields: &[(&str, &str)]) -> String {
    let mut all = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
        all.append_pair(name, value);
    }
    let all = all.finish();
    if all.is_empty() { all } else { format!("{all}&") }
}

/// `3.4 GB`.
pub(super) fn size(bytes: u64) -> String {
    let (unit, name) = match bytes {
        1_000_000_000.. => (1_000_000_000, "GB"),
        1_000_000.. => (1_000_000, "MB"),
        _ => (1_000, "kB"),
    };
    let tenths = bytes.saturating_mul(10) / unit;
    if tenths >= 100 || tenths.is_multiple_of(10) {
        format!("{} {name}", tenths / 10)
    } else {
        format!("{}.{} {name}", tenths / 10, tenths % 10)
    }
}

fn role_words(t: Language, role: Role) -> String {
    match role {
        Role::Member => t.say("keep-role-member"),
        Role::Moderator => t.say("keep-role-moderator"),
        Role::Admin => t.say("keep-role-admin"),
        Role::Owner => t.say("keep-role-owner"),
    }
    .into_owned()
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_short() {
        assert_eq!([size(0), size(1_500), size(12_345_678)], ["0 kB", "1.5 kB", "12 MB"]);
        assert_eq!([size(3_440_000_000), size(5_000_000_000)], ["3.4 GB", "5 GB"]);
    }
}
