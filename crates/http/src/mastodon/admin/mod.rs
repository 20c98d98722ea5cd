//! What those who look after the node do with an app (docs.joinmastodon.org/methods/admin). Every deed goes through the doors that the
//! command line uses, and so into the log of what the moderators did.

pub mod accounts;
pub mod domains;
pub mod gates;
pub mod numbers;
pub mod reports;
pub mod trends;

use crate::auth::{Caller, Signed};
use crate::{ApiError, App};

/// Entities of a page.
const PAGE: i64 = 100;

fn not_allowed() -> ApiError {
    ApiError::forbidden("This action is not allowed")
}

/// Somebody who may do this (bits of `model::permission`), with an app that may do so for them.
fn keeper<'a>(caller: &'a Caller, scope: &str, permissions: u64) -> Result<&'a Signed, ApiError> {
    let signed = caller.member(scope)?;
    if signed.member.role.may(permissions) { Ok(signed) } else { Err(not_allowed()) }
}

/// How they stand in the log.
fn name(app: &App, signed: &Signed) -> String {
    app.node.config.full_handle(&signed.account)
}
