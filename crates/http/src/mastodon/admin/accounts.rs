//! Accounts (docs.joinmastodon.org/methods/admin/accounts).

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::StatusCode;
use model::account::{Account, Role};
use model::id::Id;
use model::page::Page;
use model::permission::{DELETE_USER_DATA, MANAGE_REPORTS, MANAGE_USER_ACCESS, MANAGE_USERS};
use node::moderate::Act;
use node::report::Keeper;
use node::warn::Measure;
use node::{accounts, moderate, report};
use serde_json::{Value, json};
use storage::{AccountSearch, MemberSearch, Origin, Tx};

use super::{PAGE, keeper, name, not_allowed};
use crate::auth::{Caller, Signed};
use crate::mastodon::entities::account::role_of;
use crate::mastodon::entities::admin::{self, AdminAccount};
use crate::mastodon::{At, Listed, link};
use crate::params::Params;
use crate::{ApiError, App, page};

/// Somebody with whom a moderator may do something: nobody of their own rank or above.
async fn target(tx: &mut Tx, signed: &Signed, id: Id) -> Result<Account, ApiError> {
    let account = known(tx, id).await?;
    if is_below(rank(tx, id).await?, signed.member.role) { Ok(account) } else { Err(not_allowed()) }
}

/// The role of an account; whoever is no member has none that counts.
pub(crate) async fn rank(tx: &mut Tx, id: Id) -> Result<Role, ApiError> {
    Ok(tx.member(id).await?.map_or(Role::Member, |m| m.role))
}

/// Whether somebody with that role may do something about somebody of this rank.
pub(crate) fn is_below(rank: Role, role: Role) -> bool {
    rank == Role::Member || rank < role
}

/// Also of those who wait to be let in.
async fn known(tx: &mut Tx, id: Id) -> Result<Account, ApiError> {
    let account = tx.account(id).await?.ok_or_else(ApiError::not_found)?;
    if account.deleted_at.is_some() {
        return Err(ApiError::new(StatusCode::GONE, "This account is gone"));
    }
    Ok(account)
}

/// Which accounts are wanted; what is empty does not count. Texts are in lower case.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    pub local: bool,
    pub remote: bool,
    /// One of [`STATUSES`].
    pub status: &'static str,
    pub roles: Vec<Role>,
    pub username: String,
    pub display_name: String,
    pub email: String,
    pub domain: String,
}

pub(crate) const STATUSES: [&str; 5] = ["active", "pending", "disabled", "silenced", "suspended"];
pub(crate) const STAFF: [Role; 3] = [Role::Moderator, Role::Admin, Role::Owner];

/// `GET /api/v1/admin/accounts`: a flag for each thing that can be wanted.
pub async fn list_v1(State(app): State<App>, caller: Caller, uri: OriginalUri, params: Params) -> Listed<AdminAccount> {
    let is_on = |flag: &str| params.flag(flag).unwrap_or(false);
    let wanted = Wanted {
        local: is_on("local"),
        remote: is_on("remote"),
        status: STATUSES.into_iter().rev().find(|status| is_on(status)).unwrap_or_default(),
        roles: if is_on("staff") { STAFF.to_vec() } else { Vec::new() },
        ..Wanted::default()
    };
    list(&app, &caller, &uri, &params, wanted).await
}

/// `GET /api/v2/admin/accounts`.
pub async fn list_v2(State(app): State<App>, caller: Caller, uri: OriginalUri, params: Params) -> Listed<AdminAccount> {
    let unknown = |what: &str, value: &str| ApiError::bad_request(format!("Unknown {what}: {value}"));
    let status = params.filled("status").unwrap_or_default();
    let origin = params.filled("origin").unwrap_or_default();
    let mut roles = Vec::new();
    for id in params.list("role_ids") {
        roles.push(role_of(&id).ok_or_else(|| unknown("role", &id))?);
    }
    match params.filled("permissions").as_deref() {
        None => {}
        Some("staff") if roles.is_empty() => roles = STAFF.to_vec(),
        Some("staff") => roles.retain(|role| *role != Role::Member),
        Some(other) => return Err(unknown("permissions", other)),
    }
    if !["", "local", "remote"].contains(&origin.as_str()) {
        return Err(unknown("origin", &origin));
    }
    let known = STATUSES.into_iter().find(|s| *s == status);
    let wanted = Wanted {
        local: origin == "local",
        remote: origin == "remote",
        status: match known {
            Some(status) => status,
            None if status.is_empty() => "",
            None => return Err(unknown("status", &status)),
        },
        roles,
        ..Wanted::default()
    };
    list(&app, &caller, &uri, &params, wanted).await
}

async fn list(
    app: &App,
    caller: &Caller,
    OriginalUri(uri): &OriginalUri,
    params: &Params,
    wanted: Wanted,
) -> Listed<AdminAccount> {
    keeper(caller, "admin:read:accounts", MANAGE_USERS)?;
    if params.filled("ip").is_some() {
        return Err(ApiError::unprocessable("This node does not keep from where somebody came"));
    }
    if params.filled("invited_by").is_some() {
        return Err(ApiError::unprocessable("This node does not keep who invited somebody"));
    }
    let text = |name: &str| params.filled(name).unwrap_or_default().trim().trim_start_matches('@').to_lowercase();
    let page = page::page(params, PAGE);
    let wanted = Wanted {
        username: text("username"),
        display_name: text("display_name"),
        email: text("email"),
        domain: text("by_domain"),
        ..wanted
    };
    let mut tx = app.node.store.read().await?;
    let found = find(app, &mut tx, &wanted, &page).await?;
    let rows: Vec<_> = found.into_iter().map(|a| (a.id, a)).collect();
    let headers = link(app, uri, &page, &rows);
    let found = rows.into_iter().map(|(_, a)| a).collect();
    Ok((headers, Json(admin::accounts(&app.node.config, &mut tx, found).await?)))
}

/// Those that are wanted, newest first.
pub(crate) async fn find(app: &App, tx: &mut Tx, wanted: &Wanted, page: &Page) -> Result<Vec<Account>, ApiError> {
    let is_ours = app.node.config.is_own_domain(&wanted.domain);
    // What only members have says that members are wanted.
    let members = wanted.local
        || is_ours
        || !wanted.email.is_empty()
        || !wanted.roles.is_empty()
        || ["pending", "disabled"].contains(&wanted.status);
    if members {
        let by = MemberSearch {
            status: wanted.status.to_owned(),
            username: wanted.username.clone(),
            display_name: wanted.display_name.clone(),
            email: wanted.email.clone(),
            roles: wanted.roles.clone(),
        };
        let nobody = wanted.remote || (!wanted.domain.is_empty() && !is_ours);
        return if nobody { Ok(Vec::new()) } else { Ok(tx.search_members(&by, page).await?) };
    }
    let by = AccountSearch {
        origin: if wanted.remote { Origin::Remote } else { Origin::Any },
        status: wanted.status.to_owned(),
        username: wanted.username.clone(),
        display_name: wanted.display_name.clone(),
        domain: wanted.domain.clone(),
    };
    Ok(tx.search_accounts(&by, page).await?)
}

/// `GET /api/v1/admin/accounts/:id`.
pub async fn show(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<AdminAccount>, ApiError> {
    keeper(&caller, "admin:read:accounts", MANAGE_USERS)?;
    let mut tx = app.node.store.read().await?;
    let account = known(&mut tx, id).await?;
    Ok(Json(admin::account(&app.node.config, &mut tx, &account).await?))
}

/// What is done to an account.
pub(crate) enum Deed {
    /// With what is said to whom it is done, and whether a letter says it, too.
    Act(Measure, String, bool),
    Approve,
    Reject,
    Enable,
    Unfreeze,
    Unsilence,
    Unsuspend,
    /// Which an owner alone gives.
    Role(Role),
    Delete,
}

impl Deed {
    fn permissions(&self) -> u64 {
        match self {
            Self::Act(Measure::Disable | Measure::Freeze, ..) | Self::Enable | Self::Unfreeze => MANAGE_USERS | MANAGE_USER_ACCESS,
            Self::Delete => MANAGE_USERS | DELETE_USER_DATA,
            _ => MANAGE_USERS,
        }
    }
}

/// Does it, as whoever asks, where their role and that of the account let them. `about`: the report that it settles.
pub(crate) async fn act(
    app: &App,
    caller: &Caller,
    id: Id,
    deed: Deed,
    about: Option<Id>,
) -> Result<Json<AdminAccount>, ApiError> {
    let signed = keeper(caller, "admin:write:accounts", deed.permissions())?;
    let (node, by) = (&app.node, &name(app, signed));
    let mut tx = node.store.begin().await?;
    let account = target(&mut tx, signed, id).await?;
    if let Some(report) = about {
        keeper(caller, "admin:write:reports", MANAGE_REPORTS)?;
        if tx.report(report).await?.ok_or_else(ApiError::not_found)?.target_id != id {
            return Err(ApiError::unprocessable("The report is about somebody else"));
        }
    }
    let before = admin::account(&node.config, &mut tx, &account).await?;
    match deed {
        Deed::Act(measure, words, letter) => {
            let act = Act { measure, words: &words, report: about, letter };
            moderate::act(node, &mut tx, by, &account, act).await?;
        }
        Deed::Approve => accounts::approve(node, &mut tx, by, &account).await?,
        Deed::Reject => accounts::refuse(node, &mut tx, by, &account).await?,
        Deed::Enable => moderate::enable(node, &mut tx, by, &account).await?,
        Deed::Unfreeze => moderate::unfreeze(node, &mut tx, by, &account).await?,
        Deed::Role(_) if signed.member.role != Role::Owner => return Err(not_allowed()),
        Deed::Role(role) => accounts::set_role(node, &mut tx, by, &account, role).await?,
        Deed::Unsilence => moderate::unlimit(node, &mut tx, by, &account).await?,
        Deed::Unsuspend => moderate::unsuspend(node, &mut tx, by, &account).await?,
        Deed::Delete if !account.is_suspended() => return Err(not_allowed()),
        Deed::Delete => accounts::delete_member(node, &mut tx, by, &account).await?,
    }
    if let Some(id) = about {
        report::close(node, &mut tx, Keeper { name: by, id: Some(signed.account.id) }, id, "").await?;
    }
    // Of who is gone it is told what they were.
    let after = match tx.account(id).await? {
        Some(account) if account.deleted_at.is_none() => admin::account(&node.config, &mut tx, &account).await?,
        _ => before,
    };
    node.commit(tx).await?;
    Ok(Json(after))
}

/// `POST /api/v1/admin/accounts/:id/action` with `type`, `text` for who is meant, `send_email_notification` (true, unless it
/// is said), and `report_id` of what it settles.
pub async fn action(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    keeper(&caller, "admin:write:accounts", MANAGE_USERS)?;
    let kind = params.required("type")?;
    let measure = match Measure::from_name(&kind) {
        Some(measure) if kind == measure.api_name() => measure,
        _ if kind == "sensitive" => {
            return Err(ApiError::unprocessable("This node does not mark all of an account as sensitive"));
        }
        _ => return Err(ApiError::unprocessable("Validation failed: Type is not included in the list")),
    };
    let letter = params.flag("send_email_notification").unwrap_or(true);
    let deed = Deed::Act(measure, params.text("text").unwrap_or_default(), letter);
    drop(act(&app, &caller, id, deed, params.number("report_id")).await?);
    Ok(Json(json!({})))
}

/// `POST /api/v1/admin/accounts/:id/approve`.
pub async fn approve(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<AdminAccount>, ApiError> {
    act(&app, &caller, id, Deed::Approve, None).await
}

/// `POST /api/v1/admin/accounts/:id/reject`.
pub async fn reject(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<AdminAccount>, ApiError> {
    act(&app, &caller, id, Deed::Reject, None).await
}

/// `POST /api/v1/admin/accounts/:id/enable`.
pub async fn enable(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<AdminAccount>, ApiError> {
    act(&app, &caller, id, Deed::Enable, None).await
}

/// `POST /api/v1/admin/accounts/:id/unsilence`.
pub async fn unsilence(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<AdminAccount>, ApiError> {
    act(&app, &caller, id, Deed::Unsilence, None).await
}

/// `POST /api/v1/admin/accounts/:id/unsuspend`.
pub async fn unsuspend(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<AdminAccount>, ApiError> {
    act(&app, &caller, id, Deed::Unsuspend, None).await
}

/// `DELETE /api/v1/admin/accounts/:id`: of a suspended member, for good.
pub async fn delete(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<AdminAccount>, ApiError> {
    act(&app, &caller, id, Deed::Delete, None).await
}
