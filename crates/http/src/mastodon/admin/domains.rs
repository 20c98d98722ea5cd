//! Rules for other servers (docs.joinmastodon.org/methods/admin/domain_blocks, domain_allows). One rule stands for a domain; it is shown
//! as a block if it keeps anything out, and as an allow if it names the domain in the allow-list.

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::StatusCode;
use model::handle::canonical_domain;
use model::id::Id;
use model::page::Page;
use model::permission::MANAGE_FEDERATION;
use node::domains::{self, Rules};
use serde_json::{Value, json};
use storage::{DomainRule, Tx};

use super::{PAGE, keeper, name};
use crate::auth::Caller;
use crate::mastodon::entities::admin::{self, AdminDomainAllow, AdminDomainBlock};
use crate::mastodon::{At, Listed, link};
use crate::params::Params;
use crate::{ApiError, App, page};

/// Longest comment, in characters.
const COMMENT: usize = 2_000;

/// Whether a rule stands among the blocks: all do but those that allow and nothing else.
fn is_block(rule: &DomainRule) -> bool {
    !rule.allowed || rule.severity != "none" || rule.reject_media || rule.reject_reports
}

fn is_allow(rule: &DomainRule) -> bool {
    rule.allowed
}

/// A page of all rules, which are few: newest first.
fn paged(mut rules: Vec<DomainRule>, page: &Page) -> Vec<(Id, DomainRule)> {
    rules.retain(|r| r.id > page.above() && r.id < page.below());
    rules.sort_by_key(|r| std::cmp::Reverse(r.id));
    let most = usize::try_from(page.limit).unwrap_or(0);
    if page.upwards() {
        rules.drain(..rules.len().saturating_sub(most));
    }
    rules.into_iter().take(most).map(|r| (r.id, r)).collect()
}

async fn find(tx: &mut Tx, id: Id, is_meant: fn(&DomainRule) -> bool) -> Result<DomainRule, ApiError> {
    let rule = tx.domain_rules().await?.into_iter().find(|r| r.id == id && is_meant(r));
    rule.ok_or_else(ApiError::not_found)
}

/// The domain that a request names.
pub(crate) fn domain_of(params: &Params) -> Result<String, ApiError> {
    let wrong = || ApiError::unprocessable("Validation failed: Domain is not a valid domain name");
    let typed =
        params.filled("domain").ok_or_else(|| ApiError::unprocessable("Validation failed: Domain can't be blank"))?;
    // Somebody may have pasted the address of a page, or a handle.
    let typed = typed.trim();
    let typed = typed.split_once("://").map_or(typed, |(_, rest)| rest).split('/').next().unwrap_or_default();
    let typed = typed.rsplit_once('@').map_or(typed, |(_, host)| host);
    canonical_domain(typed).filter(|d| d.contains('.') || d.contains(':')).ok_or_else(wrong)
}

/// What the request says about a rule; what it does not name stays.
pub(crate) fn change(params: &Params, rule: &mut DomainRule) -> Result<(), ApiError> {
    if let Some(severity) = params.filled("severity") {
        rule.severity = match severity.as_str() {
            "suspend" => "suspend",
            "silence" => "limit",
            "noop" => "none",
            _ => return Err(ApiError::unprocessable("Validation failed: Severity is not included in the list")),
        }
        .to_owned();
    }
    let flags = [
        ("reject_media", &mut rule.reject_media),
        ("reject_reports", &mut rule.reject_reports),
        ("obfuscate", &mut rule.obfuscate),
    ];
    for (name, flag) in flags {
        *flag = params.flag(name).unwrap_or(*flag);
    }
    let comments = [("private_comment", &mut rule.private_comment), ("public_comment", &mut rule.public_comment)];
    for (name, comment) in comments {
        if let Some(text) = params.text(name) {
            if text.chars().count() > COMMENT {
                return Err(ApiError::unprocessable(format!(
                    "Validation failed: Comment is too long (maximum is {COMMENT} characters)"
                )));
            }
            *comment = text.chars().filter(|c| !c.is_control()).collect();
        }
    }
    Ok(())
}

/// Sets a rule, which takes effect in this process at once and in the others within a moment.
async fn set(app: &App, mut tx: Tx, by: &str, rule: &DomainRule) -> Result<DomainRule, ApiError> {
    domains::set(&app.node, &mut tx, by, rule).await?;
    let stands = tx.domain_rules().await?.into_iter().find(|r| r.domain == rule.domain);
    app.node.commit(tx).await?;
    app.node.read_domain_rules().await?;
    stands.ok_or_else(ApiError::not_found)
}

/// Makes a rule for a domain, or changes the one that stands.
pub(crate) async fn put(
    app: &App,
    mut tx: Tx,
    by: &str,
    domain: &str,
    change: impl FnOnce(&mut DomainRule) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    let known = tx.domain_rules().await?.into_iter().find(|r| r.domain == domain);
    let mut rule = known.unwrap_or_else(|| DomainRule::new(domain, "none", app.node.now()));
    change(&mut rule)?;
    set(app, tx, by, &rule).await.map(drop)
}

/// `GET /api/v1/admin/domain_blocks`.
pub async fn blocks(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<AdminDomainBlock> {
    keeper(&caller, "admin:read:domain_blocks", MANAGE_FEDERATION)?;
    let page = page::page(&params, PAGE);
    let mut rules = app.node.store.read().await?.domain_rules().await?;
    rules.retain(is_block);
    let rows = paged(rules, &page);
    Ok((link(&app, &uri, &page, &rows), Json(rows.iter().map(|(_, r)| admin::domain_block(r)).collect())))
}

/// `GET /api/v1/admin/domain_blocks/:id`.
pub async fn show_block(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
) -> Result<Json<AdminDomainBlock>, ApiError> {
    keeper(&caller, "admin:read:domain_blocks", MANAGE_FEDERATION)?;
    let mut tx = app.node.store.read().await?;
    Ok(Json(admin::domain_block(&find(&mut tx, id, is_block).await?)))
}

/// `POST /api/v1/admin/domain_blocks` with `domain`. Where a rule stands already, or one further up shuts the domain out, it is answered
/// which.
pub async fn block(State(app): State<App>, caller: Caller, params: Params) -> Result<Json<AdminDomainBlock>, ApiError> {
    let signed = keeper(&caller, "admin:write:domain_blocks", MANAGE_FEDERATION)?;
    let domain = domain_of(&params)?;
    let mut tx = app.node.store.begin().await?;
    let rules = Rules::new(tx.domain_rules().await?, app.node.config.allow_list);
    let known = rules.get(&domain);
    let stands = known.filter(|r| is_block(r)).or(rules.above(&domain).filter(|r| r.severity == "suspend"));
    if let Some(stands) = stands {
        let mut error = ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("There is a rule for {} already, which covers this domain", stands.domain),
        );
        if let Some(body) = error.body.as_object_mut() {
            body.insert("existing_domain_block".to_owned(), json!(admin::domain_block(stands)));
        }
        return Err(error);
    }
    let mut rule = known.cloned().unwrap_or_else(|| DomainRule::new(&domain, "limit", app.node.now()));
    rule.severity = "limit".to_owned();
    change(&params, &mut rule)?;
    Ok(Json(admin::domain_block(&set(&app, tx, &name(&app, signed), &rule).await?)))
}

/// `PUT /api/v1/admin/domain_blocks/:id`.
pub async fn change_block(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
    params: Params,
) -> Result<Json<AdminDomainBlock>, ApiError> {
    let signed = keeper(&caller, "admin:write:domain_blocks", MANAGE_FEDERATION)?;
    let mut tx = app.node.store.begin().await?;
    let mut rule = find(&mut tx, id, is_block).await?;
    change(&params, &mut rule)?;
    Ok(Json(admin::domain_block(&set(&app, tx, &name(&app, signed), &rule).await?)))
}

/// `DELETE /api/v1/admin/domain_blocks/:id`. What the rule allows stays allowed.
pub async fn unblock(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Value>, ApiError> {
    let signed = keeper(&caller, "admin:write:domain_blocks", MANAGE_FEDERATION)?;
    let mut tx = app.node.store.begin().await?;
    let rule = find(&mut tx, id, is_block).await?;
    let by = name(&app, signed);
    if rule.allowed {
        let rest = DomainRule { id: rule.id, allowed: true, ..DomainRule::new(&rule.domain, "none", rule.created_at) };
        set(&app, tx, &by, &rest).await?;
        return Ok(Json(json!({})));
    }
    remove(&app, tx, &by, &rule.domain).await
}

/// Forgets a rule, which takes effect in the same way.
pub(crate) async fn remove(app: &App, mut tx: Tx, by: &str, domain: &str) -> Result<Json<Value>, ApiError> {
    domains::remove(&app.node, &mut tx, by, domain).await?;
    app.node.commit(tx).await?;
    app.node.read_domain_rules().await?;
    Ok(Json(json!({})))
}

/// `GET /api/v1/admin/domain_allows`.
pub async fn allows(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<AdminDomainAllow> {
    keeper(&caller, "admin:read:domain_allows", MANAGE_FEDERATION)?;
    let page = page::page(&params, PAGE);
    let mut rules = app.node.store.read().await?.domain_rules().await?;
    rules.retain(is_allow);
    let rows = paged(rules, &page);
    Ok((link(&app, &uri, &page, &rows), Json(rows.iter().map(|(_, r)| admin::domain_allow(r)).collect())))
}

/// `GET /api/v1/admin/domain_allows/:id`.
pub async fn show_allow(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
) -> Result<Json<AdminDomainAllow>, ApiError> {
    keeper(&caller, "admin:read:domain_allows", MANAGE_FEDERATION)?;
    let mut tx = app.node.store.read().await?;
    Ok(Json(admin::domain_allow(&find(&mut tx, id, is_allow).await?)))
}

/// `POST /api/v1/admin/domain_allows` with `domain`: names it in the allow-list, whether that is on or not. One that is named there is
/// answered as it stands; one that is blocked is refused.
pub async fn allow(State(app): State<App>, caller: Caller, params: Params) -> Result<Json<AdminDomainAllow>, ApiError> {
    let signed = keeper(&caller, "admin:write:domain_allows", MANAGE_FEDERATION)?;
    let domain = domain_of(&params)?;
    let mut tx = app.node.store.begin().await?;
    let known = tx.domain_rules().await?.into_iter().find(|r| r.domain == domain);
    let rule = match known {
        Some(known) if known.severity == "suspend" => {
            return Err(ApiError::unprocessable(format!("{domain} is blocked: lift that first")));
        }
        Some(known) if known.allowed => return Ok(Json(admin::domain_allow(&known))),
        Some(known) => DomainRule { allowed: true, ..known },
        None => DomainRule { allowed: true, ..DomainRule::new(&domain, "none", app.node.now()) },
    };
    Ok(Json(admin::domain_allow(&set(&app, tx, &name(&app, signed), &rule).await?)))
}

/// `DELETE /api/v1/admin/domain_allows/:id`. What else the rule says stays.
pub async fn disallow(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Value>, ApiError> {
    let signed = keeper(&caller, "admin:write:domain_allows", MANAGE_FEDERATION)?;
    let mut tx = app.node.store.begin().await?;
    let rule = find(&mut tx, id, is_allow).await?;
    let by = name(&app, signed);
    if is_block(&rule) {
        set(&app, tx, &by, &DomainRule { allowed: false, ..rule }).await?;
        return Ok(Json(json!({})));
    }
    remove(&app, tx, &by, &rule.domain).await
}
