//! What those who look after the node see (entities/Admin_Account, Admin_Report, Admin_DomainBlock and the others of that name).

use std::collections::{HashMap, HashSet};

use model::account::{Account as Known, Member, MemberState};
use model::audience::Viewer;
use model::clock::rfc3339;
use model::id::Id;
use node::Config;
use node::random::hash as digest;
use serde::Serialize;
use storage::{CanonicalEmailBlock, DomainRule, EmailDomainBlock, IpBlock, Report as Filed, Rule as Written, Tx};
use utoipa::ToSchema;

use super::account::{Account, FullRole, Moves, role};
use super::filled;
use super::small::Day;
use super::status::{Batch, Status};
use crate::{ApiError, App};

/// An account as moderators see it. No addresses that somebody came from are kept, so none are shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Admin_Account)]
pub struct AdminAccount {
    pub id: String,
    username: String,
    #[schema(required)]
    domain: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(required)]
    email: Option<String>,
    #[schema(required)]
    ip: Option<String>,
    ips: Vec<String>,
    #[schema(required)]
    locale: Option<String>,
    #[schema(required)]
    invite_request: Option<String>,
    #[schema(required)]
    role: Option<FullRole>,
    confirmed: bool,
    approved: bool,
    disabled: bool,
    sensitized: bool,
    silenced: bool,
    suspended: bool,
    account: Account,
}

/// Accounts with what belongs to them, read together.
#[derive(Debug, Default)]
pub struct People {
    accounts: HashMap<Id, Known>,
    members: HashMap<Id, Member>,
    moves: Moves,
}

impl People {
    pub async fn of(tx: &mut Tx, accounts: Vec<Known>) -> Result<Self, storage::Error> {
        let ours: Vec<Id> = accounts.iter().filter(|a| a.is_local()).map(|a| a.id).collect();
        let members = tx.members_of(&ours).await?.into_iter().map(|m| (m.account_id, m)).collect();
        let moves = Moves::of(tx, accounts.iter()).await?;
        Ok(Self { accounts: accounts.into_iter().map(|a| (a.id, a)).collect(), members, moves })
    }

    pub fn render(&self, config: &Config, id: Id) -> Option<AdminAccount> {
        let a = self.accounts.get(&id)?;
        let m = self.members.get(&id);
        Some(AdminAccount {
            id: a.id.to_string(),
            username: a.username.clone(),
            domain: filled(&a.domain),
            created_at: rfc3339(a.created_at),
            email: m.map(|m| m.email.clone()),
            ip: None,
            ips: Vec::new(),
            locale: m.map(|m| m.locale.clone()),
            invite_request: m.and_then(|m| filled(&m.reason)),
            role: m.map(|m| role(m.role)),
            confirmed: m.is_none_or(|m| m.confirmed),
            approved: m.is_none_or(|m| m.state != MemberState::Pending),
            disabled: m.is_some_and(|m| m.state == MemberState::Disabled),
            sensitized: false,
            silenced: a.limited_at.is_some(),
            suspended: a.is_suspended() && !a.is_waiting(),
            account: self.moves.render(config, a),
        })
    }
}

/// One account.
pub async fn account(config: &Config, tx: &mut Tx, a: &Known) -> Result<AdminAccount, ApiError> {
    People::of(tx, vec![a.clone()]).await?.render(config, a.id).ok_or_else(ApiError::not_found)
}

/// Several, in the order given.
pub async fn accounts(config: &Config, tx: &mut Tx, list: Vec<Known>) -> Result<Vec<AdminAccount>, ApiError> {
    let order: Vec<Id> = list.iter().map(|a| a.id).collect();
    let people = People::of(tx, list).await?;
    Ok(order.into_iter().filter_map(|id| people.render(config, id)).collect())
}

/// A rule of the node that a report says was broken (entities/Rule).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Admin_Report_Rule)]
pub struct BrokenRule {
    id: String,
    text: String,
    hint: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Admin_Report)]
pub struct AdminReport {
    pub id: String,
    action_taken: bool,
    #[schema(required, format = DateTime)]
    action_taken_at: Option<String>,
    category: String,
    comment: String,
    forwarded: bool,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    #[schema(required)]
    account: Option<AdminAccount>,
    #[schema(required)]
    target_account: Option<AdminAccount>,
    #[schema(required)]
    assigned_account: Option<AdminAccount>,
    #[schema(required)]
    action_taken_by_account: Option<AdminAccount>,
    statuses: Vec<Status>,
    rules: Vec<BrokenRule>,
}

/// Reports with who is in them, as `viewer` may see their posts, in the order given. What another server reports comes from the node
/// itself.
pub async fn reports(app: &App, tx: &mut Tx, list: &[Filed], viewer: Id) -> Result<Vec<AdminReport>, ApiError> {
    if list.is_empty() {
        return Ok(Vec::new());
    }
    let config = &app.node.config;
    let named = list.iter().flat_map(|r| [r.reporter_id, Some(r.target_id), r.assigned_id, r.closed_by_id]);
    let named: HashSet<Id> = named.flatten().collect();
    let mut accounts = tx.accounts(&named.into_iter().collect::<Vec<_>>()).await?;
    let mut own = None;
    if list.iter().any(|r| r.reporter_id.is_none()) {
        own = tx.account_by_uri(&config.instance_actor_uri()).await?;
        accounts.extend(own.clone());
    }
    let people = People::of(tx, accounts).await?;
    let viewer = Viewer::Member(viewer);
    let ids: HashSet<Id> = list.iter().flat_map(|r| r.posts.iter().map(|p| p.id)).collect();
    let posts = tx.visible_posts(&ids.into_iter().collect::<Vec<_>>(), viewer).await?;
    let posts = Batch::load(app, tx, posts, viewer).await?;
    let is_broken = list.iter().any(|r| !r.rule_ids.is_empty());
    let mut rules = Vec::new();
    if is_broken {
        rules = tx.rules().await?;
        rules.extend(tx.former_rules().await?);
    }
    let person = |id: Option<Id>| id.and_then(|id| people.render(config, id));
    let broken =
        |rule: &Written| BrokenRule { id: rule.id.to_string(), text: rule.text.clone(), hint: rule.hint.clone() };
    let one = |r: &Filed| AdminReport {
        id: r.id.to_string(),
        action_taken: r.closed_at.is_some(),
        action_taken_at: r.closed_at.map(rfc3339),
        category: r.category.clone(),
        comment: r.comment.clone(),
        forwarded: r.forwarded,
        created_at: rfc3339(r.created_at),
        updated_at: rfc3339(r.updated_at),
        account: person(r.reporter_id.or(own.as_ref().map(|a| a.id))),
        target_account: person(Some(r.target_id)),
        assigned_account: person(r.assigned_id),
        action_taken_by_account: person(r.closed_by_id),
        statuses: r.posts.iter().filter_map(|p| posts.render(p.id)).collect(),
        rules: rules.iter().filter(|rule| r.rule_ids.contains(&rule.id.to_string())).map(broken).collect(),
    };
    Ok(list.iter().map(one).collect())
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Admin_DomainBlock)]
pub struct AdminDomainBlock {
    id: String,
    domain: String,
    /// SHA-256 of the domain.
    digest: String,
    #[schema(format = DateTime)]
    created_at: String,
    severity: &'static str,
    reject_media: bool,
    reject_reports: bool,
    #[schema(required)]
    private_comment: Option<String>,
    #[schema(required)]
    public_comment: Option<String>,
    obfuscate: bool,
}

/// How the API calls what a rule does.
pub fn severity(rule: &DomainRule) -> &'static str {
    match rule.severity.as_str() {
        "suspend" => "suspend",
        "limit" => "silence",
        _ => "noop",
    }
}

pub fn domain_block(rule: &DomainRule) -> AdminDomainBlock {
    AdminDomainBlock {
        id: rule.id.to_string(),
        digest: digest(&rule.domain),
        domain: rule.domain.clone(),
        created_at: rfc3339(rule.created_at),
        severity: severity(rule),
        reject_media: rule.reject_media,
        reject_reports: rule.reject_reports,
        private_comment: filled(&rule.private_comment),
        public_comment: filled(&rule.public_comment),
        obfuscate: rule.obfuscate,
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Admin_DomainAllow)]
pub struct AdminDomainAllow {
    id: String,
    domain: String,
    #[schema(format = DateTime)]
    created_at: String,
}

pub fn domain_allow(rule: &DomainRule) -> AdminDomainAllow {
    AdminDomainAllow { id: rule.id.to_string(), domain: rule.domain.clone(), created_at: rfc3339(rule.created_at) }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Admin_EmailDomainBlock)]
pub struct AdminEmailDomainBlock {
    id: String,
    domain: String,
    #[schema(format = DateTime)]
    created_at: String,
    /// How often it was tried, by day: that is not counted here.
    history: Vec<Day>,
    allow_with_approval: bool,
}

pub fn email_domain_block(block: &EmailDomainBlock) -> AdminEmailDomainBlock {
    AdminEmailDomainBlock {
        id: block.id.to_string(),
        domain: block.domain.clone(),
        created_at: rfc3339(block.created_at),
        history: Vec::new(),
        allow_with_approval: block.allow_with_approval,
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Admin_CanonicalEmailBlock)]
pub struct AdminCanonicalEmailBlock {
    id: String,
    canonical_email_hash: String,
}

pub fn canonical_email_block(block: &CanonicalEmailBlock) -> AdminCanonicalEmailBlock {
    AdminCanonicalEmailBlock { id: block.id.to_string(), canonical_email_hash: block.hash.clone() }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Admin_IpBlock)]
pub struct AdminIpBlock {
    id: String,
    /// With its prefix.
    ip: String,
    severity: String,
    comment: String,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(required, format = DateTime)]
    expires_at: Option<String>,
}

pub fn ip_block(block: &IpBlock) -> AdminIpBlock {
    AdminIpBlock {
        id: block.id.to_string(),
        ip: block.network.clone(),
        severity: block.severity.clone(),
        comment: block.comment.clone(),
        created_at: rfc3339(block.created_at),
        expires_at: block.expires_at.map(rfc3339),
    }
}

/// Something that is counted by day (entities/Admin_Measure). Numbers are texts there.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Admin_Measure)]
pub struct AdminMeasure {
    pub key: &'static str,
    #[schema(required)]
    pub unit: Option<String>,
    pub total: String,
    #[schema(required)]
    pub previous_total: Option<String>,
    pub data: Vec<AdminPoint>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Admin_Point)]
pub struct AdminPoint {
    /// The beginning of the day.
    pub date: String,
    pub value: String,
}

/// Something that has parts (entities/Admin_Dimension).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Admin_Dimension)]
pub struct AdminDimension {
    pub key: &'static str,
    pub data: Vec<AdminPart>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Admin_Part)]
pub struct AdminPart {
    pub key: String,
    pub human_key: String,
    pub value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub unit: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub human_value: Option<String>,
}

/// Those who joined at one time, and how many of them were still here later (entities/Admin_Cohort).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Admin_Cohort)]
pub struct AdminCohort {
    pub period: String,
    pub frequency: &'static str,
    pub data: Vec<AdminStay>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Admin_Stay)]
pub struct AdminStay {
    pub date: String,
    /// From 0 to 1.
    pub rate: f64,
    pub value: String,
}

/// A hashtag (entities/Admin_Tag). Nobody has to look at hashtags here before they are shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Admin_Tag)]
pub struct AdminTag {
    pub id: String,
    pub name: String,
    pub url: String,
    pub history: Vec<Day>,
    pub trendable: bool,
    pub usable: bool,
    pub listable: bool,
    pub requires_review: bool,
}
