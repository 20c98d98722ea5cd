//! Becoming a member: the common part of the API and the pages. Everything that can be said about a form is said at once.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::StatusCode;
use model::account::{Account, MemberState, Role};
use model::handle::{UsernameError, valid_local_username};
use node::accounts::{KeyPair, SignUp, create_member};
use node::config::Registrations;
use node::gates::{self, Severity};
use node::{carry, invite, login};
use serde_json::{Value, json};
use storage::Tx;

use crate::{ApiError, App};

/// Most characters of a reason.
pub const REASON_LENGTH: usize = 2_000;

/// What somebody filled in.
#[derive(Clone, Debug, Default)]
pub struct Form {
    pub username: String,
    pub email: String,
    pub password: String,
    pub reason: String,
    pub locale: String,
    pub agreement: bool,
    /// Whether hashtags carry what they say; as the node has it, if nothing is said.
    pub tag_sharing: Option<bool>,
}

/// How somebody comes in.
#[derive(Clone, Copy, Debug)]
pub enum Door<'a> {
    /// With the code of an invitation.
    Invite(&'a str),
    /// Where everybody may; with approval, if that is asked for.
    Open,
}

/// What is wrong with one field: a code of the Mastodon API, and words that follow the field's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub field: &'static str,
    pub code: &'static str,
    pub words: String,
}

impl Problem {
    fn new(field: &'static str, code: &'static str, words: impl Into<String>) -> Self {
        Self { field, code, words: words.into() }
    }
}

/// Why nobody was signed up.
#[derive(Debug)]
pub enum Failure {
    Form(Vec<Problem>),
    Error(ApiError),
}

impl From<node::Error> for Failure {
    fn from(error: node::Error) -> Self {
        match error {
            node::Error::Field { field, code, message } => Self::Form(vec![Problem::new(field, code, message)]),
            error => Self::Error(error.into()),
        }
    }
}

impl From<storage::Error> for Failure {
    fn from(error: storage::Error) -> Self {
        Self::Error(error.into())
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Error(error)
    }
}

/// The answer of the API: `details` by field (docs.joinmastodon.org/methods/accounts, "Register an account").
impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        let problems = match failure {
            Failure::Error(error) => return error,
            Failure::Form(problems) => problems,
        };
        let words: Vec<String> = problems.iter().map(|p| format!("{} {}", label(p.field), p.words)).collect();
        let mut details = serde_json::Map::new();
        for p in problems {
            let list = details.entry(p.field).or_insert_with(|| json!([]));
            if let Value::Array(list) = list {
                list.push(json!({"error": p.code, "description": p.words}));
            }
        }
        let body = json!({"error": format!("Validation failed: {}", words.join(", ")), "details": details});
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, body, retry_after: None }
    }
}

/// A field's name for people.
pub fn label(field: &str) -> &'static str {
    match field {
        "username" => "Username",
        "email" => "E-mail address",
        "password" => "Password",
        "reason" => "Reason",
        "agreement" => "Agreement",
        _ => "Form",
    }
}

/// Whether the node lets strangers sign up.
pub fn is_open(app: &App) -> bool {
    matches!(app.node.config.registrations, Registrations::Open | Registrations::Approval)
}

/// Makes a member of somebody who comes from an address. Costs a key and a password hash, so count it before.
pub async fn sign_up(app: &App, door: Door<'_>, from: IpAddr, form: &Form) -> Result<Account, Failure> {
    let network = app.node.networks().severity(from, app.node.now());
    if network.is_some_and(|severity| severity >= Severity::NoSignUp) {
        return Err(ApiError::forbidden("Nobody can join from your network").into());
    }
    if matches!(door, Door::Open) && !is_open(app) {
        return Err(ApiError::forbidden("Registrations are not open on this server").into());
    }
    let mut tx = app.node.store.read().await?;
    if let Door::Invite(code) = door {
        invite::find(&app.node, &mut tx, code).await?;
    }
    let mut problems = problems(app, &mut tx, door, form).await?;
    let mut waits = network == Some(Severity::Approval);
    if matches!(door, Door::Open) {
        waits |= app.node.config.registrations == Registrations::Approval;
        if !problems.iter().any(|p| p.field == "email") {
            waits |= check_email(&mut tx, &form.email, &mut problems).await?;
        }
    }
    drop(tx);
    if !problems.is_empty() {
        return Err(Failure::Form(problems));
    }
    let (keys, hash) = secrets(app, &form.password).await?;
    let member = SignUp {
        username: form.username.trim().to_owned(),
        email: form.email.clone(),
        password: String::new(),
        role: Role::Member,
        state: if waits { MemberState::Pending } else { MemberState::Active },
        reason: form.reason.trim().to_owned(),
        locale: form.locale.clone(),
    };
    let mut tx = app.node.store.begin().await?;
    let account = match door {
        Door::Invite(code) => invite::accept(&app.node, &mut tx, code, member, &hash, &keys).await?,
        Door::Open => create_member(&app.node, &mut tx, &member, &hash, &keys).await?,
    };
    if let Some(on) = form.tag_sharing {
        carry::set_consent(&app.node, &mut tx, &account, on).await?;
    }
    node::identity::must_confirm(&app.node, &mut tx, &account).await?;
    app.node.commit(tx).await?;
    Ok(account)
}

/// Whether somebody has to wait because of their address; one that nobody may have is a problem.
async fn check_email(tx: &mut Tx, email: &str, problems: &mut Vec<Problem>) -> Result<bool, Failure> {
    match gates::check_email(tx, &login::normal_email(email).unwrap_or_default()).await {
        Ok(waits) => Ok(waits),
        Err(node::Error::Field { field, code, message }) => {
            problems.push(Problem::new(field, code, message));
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

/// Key pair and password hash, made where they hold nobody up.
async fn secrets(app: &App, password: &str) -> Result<(KeyPair, String), Failure> {
    let (node, password) = (Arc::clone(&app.node), password.to_owned());
    let make = move || {
        let hash = login::hash_password(&node, &password)?;
        let keys = federation::signature::generate_key().map_err(|e| node::Error::Internal(e.to_string()))?;
        Ok::<_, node::Error>((keys, hash))
    };
    Ok(app.limits.with_password(make).await??)
}

/// Everything that is wrong with a form.
async fn problems(app: &App, tx: &mut Tx, door: Door<'_>, form: &Form) -> Result<Vec<Problem>, storage::Error> {
    let mut list = Vec::new();
    let username = form.username.trim();
    if username.is_empty() {
        list.push(Problem::new("username", "ERR_BLANK", "can't be blank"));
    } else if let Err(error) = valid_local_username(username) {
        let code = if error == UsernameError::Reserved { "ERR_RESERVED" } else { "ERR_INVALID" };
        list.push(Problem::new("username", code, error.to_string()));
    } else if tx.account_by_handle(username, "").await?.is_some() {
        list.push(Problem::new("username", "ERR_TAKEN", "has already been taken"));
    }
    match login::normal_email(&form.email) {
        None if form.email.trim().is_empty() => list.push(Problem::new("email", "ERR_BLANK", "can't be blank")),
        None => list.push(Problem::new("email", "ERR_INVALID", "is not an e-mail address")),
        Some(email) if tx.member_by_email(&email).await?.is_some() => {
            list.push(Problem::new("email", "ERR_TAKEN", "has already been taken"));
        }
        Some(_) => {}
    }
    let length = form.password.chars().count();
    if length < login::PASSWORD_MIN {
        list.push(Problem::new(
            "password",
            "ERR_TOO_SHORT",
            format!("must have at least {} characters", login::PASSWORD_MIN),
        ));
    } else if length > login::PASSWORD_MAX {
        list.push(Problem::new(
            "password",
            "ERR_TOO_LONG",
            format!("must have at most {} characters", login::PASSWORD_MAX),
        ));
    }
    if form.reason.chars().count() > REASON_LENGTH {
        list.push(Problem::new("reason", "ERR_TOO_LONG", format!("must have at most {REASON_LENGTH} characters")));
    } else if matches!(door, Door::Open)
        && app.node.config.registrations == Registrations::Approval
        && form.reason.trim().is_empty()
    {
        list.push(Problem::new("reason", "ERR_BLANK", "can't be blank"));
    }
    if !form.agreement {
        list.push(Problem::new("agreement", "ERR_ACCEPTED", "must be accepted"));
    }
    Ok(list)
}
