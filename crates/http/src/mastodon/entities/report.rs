//! Reports (entities/Report).

use model::account::Account as Person;
use model::clock::rfc3339;
use node::Config;
use serde::Serialize;
use storage::Report as Known;
use utoipa::ToSchema;

use super::account::{self, Account};

#[derive(Debug, Serialize, ToSchema)]
pub struct Report {
    id: String,
    action_taken: bool,
    #[schema(required, format = DateTime)]
    action_taken_at: Option<String>,
    category: String,
    comment: String,
    forwarded: bool,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(required)]
    status_ids: Option<Vec<String>>,
    #[schema(required)]
    rule_ids: Option<Vec<String>>,
    target_account: Account,
}

pub fn render(config: &Config, report: &Known, target: &Person) -> Report {
    Report {
        id: report.id.to_string(),
        action_taken: report.closed_at.is_some(),
        action_taken_at: report.closed_at.map(rfc3339),
        category: report.category.clone(),
        comment: report.comment.clone(),
        forwarded: report.forwarded,
        created_at: rfc3339(report.created_at),
        status_ids: some(report.posts.iter().map(|p| p.id.to_string()).collect()),
        rule_ids: some(report.rule_ids.clone()),
        target_account: account::render(config, target),
    }
}

/// What names nothing is null.
fn some(list: Vec<String>) -> Option<Vec<String>> {
    (!list.is_empty()).then_some(list)
}
