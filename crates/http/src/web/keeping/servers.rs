//! Rules for other servers.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use model::permission::MANAGE_FEDERATION;
use node::domain_csv;
use node::domains::{self, Rules, SHOW_DOMAIN_BLOCKS};
use storage::DomainRule;

use super::super::by_form::refused;
use super::super::frame::Frame;
use super::super::language::Language;
use super::super::visitor::Visitor;
use super::{Keeper, query};
use crate::mastodon::admin::domains as api;
use crate::params::Params;
use crate::{ApiError, App};

/// Rules of a page.
const ROWS: usize = 100;
/// Accounts of a server that are looked at before a rule is made.
const LOOKED_AT: i64 = 20_000;
/// To whom the list can be shown.
const SHOWN_TO: [&str; 3] = ["nobody", "members", "all"];

/// What a rule does, in words.
pub(super) fn words(t: Language, rule: &DomainRule) -> Vec<String> {
    let parts = [
        (rule.severity == "suspend", t.say("keep-rule-blocked")),
        (rule.severity == "limit", t.say("keep-rule-limited")),
        (rule.reject_media, t.say("keep-rule-no-media")),
        (rule.reject_reports, t.say("keep-rule-no-reports")),
        (rule.allowed, t.say("keep-rule-allowed")),
    ];
    parts.into_iter().filter(|(says, _)| *says).map(|(_, words)| words.into_owned()).collect()
}

struct Row {
    domain: String,
    words: Vec<String>,
    private: String,
    public: String,
    since: String,
    /// Where it is changed.
    url: String,
}

#[derive(Template)]
#[template(path = "keeping_servers.html")]
struct ListPage {
    frame: Frame,
    typed: String,
    rows: Vec<Row>,
    further: String,
    allow_list: bool,
    /// Value, words, and whether it is so.
    shown_to: Vec<(&'static str, String, bool)>,
    /// Rules that an import made.
    made: Option<usize>,
    /// Those of its rules that stood already.
    stood: usize,
    /// Lines of it of which nothing came, with the reason.
    left: Vec<String>,
}

fn rule_url(domain: &str) -> String {
    format!("/keeping/servers/rule?{}", query(&[("domain", domain)]).trim_end_matches('&'))
}

/// `GET /keeping/servers?q=…&after=…`: by name.
pub async fn list(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let keeper = Keeper::who_may(&app, &visitor, MANAGE_FEDERATION)?;
    list_page(&app, &keeper, &params, None, 0, Vec::new()).await
}

/// The list, after an import with what came of it.
async fn list_page(
    app: &App,
    keeper: &Keeper<'_>,
    params: &Params,
    made: Option<usize>,
    stood: usize,
    left: Vec<String>,
) -> Result<Response, ApiError> {
    let t = keeper.t();
    let typed = params.text("q").unwrap_or_default().trim().to_lowercase();
    let after = params.text("after").unwrap_or_default();
    let mut tx = app.node.store.read().await?;
    let shown = tx.setting(SHOW_DOMAIN_BLOCKS).await?.unwrap_or_else(|| "nobody".to_owned());
    let mut rules = tx.domain_rules().await?;
    drop(tx);
    rules.sort_by(|a, b| a.domain.cmp(&b.domain));
    rules.retain(|r| r.domain > after && r.domain.contains(&typed));
    let more = rules.len() > ROWS;
    rules.truncate(ROWS);
    let row = |r: &DomainRule| Row {
        words: words(t, r),
        private: r.private_comment.clone(),
        public: r.public_comment.clone(),
        since: t.day(r.created_at),
        url: rule_url(&r.domain),
        domain: r.domain.clone(),
    };
    let named = |name: &str| match name {
        "all" => t.say("keep-list-all"),
        "members" => t.say("keep-list-members"),
        _ => t.say("keep-list-nobody"),
    };
    let page = ListPage {
        frame: keeper.frame(),
        further: rules.last().filter(|_| more).map_or_else(String::new, |last| {
            let query = query(&[("q", &typed), ("after", &last.domain)]);
            format!("/keeping/servers?{}", query.trim_end_matches('&'))
        }),
        rows: rules.iter().map(row).collect(),
        allow_list: app.node.config.allow_list,
        shown_to: SHOWN_TO.into_iter().map(|to| (to, named(to).into_owned(), to == shown)).collect(),
        made,
        stood,
        left,
        typed,
    };
    keeper.show(&page)
}

#[derive(Template)]
#[template(path = "keeping_server.html")]
struct RulePage {
    frame: Frame,
    rule: DomainRule,
    /// A rule stands for it.
    stands: bool,
    words: Vec<String>,
    /// A rule further up that covers it; empty: none does.
    above: String,
    accounts: i64,
    following: i64,
    followers: i64,
    is_bounded: bool,
    allow_list: bool,
}

/// `GET /keeping/servers/rule?domain=…`: what stands, and what a rule would cut, before it is made.
pub async fn show(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let keeper = Keeper::who_may(&app, &visitor, MANAGE_FEDERATION)?;
    let asked = api::domain_of(&params).and_then(|domain| {
        domains::refuse_ours(&app.node, &domain)?;
        Ok(domain)
    });
    let domain = match asked {
        Ok(domain) => domain,
        Err(error) => return refused(&app, &visitor, "/keeping/servers", &error),
    };
    let mut tx = app.node.store.read().await?;
    let rules = Rules::new(tx.domain_rules().await?, app.node.config.allow_list);
    let bonds = domains::bonds(&mut tx, &domain, LOOKED_AT).await?;
    drop(tx);
    let known = rules.get(&domain);
    let page = RulePage {
        frame: keeper.frame(),
        stands: known.is_some(),
        words: known.map(|r| words(keeper.t(), r)).unwrap_or_default(),
        above: rules.above(&domain).map(|r| r.domain.clone()).unwrap_or_default(),
        accounts: bonds.accounts,
        following: bonds.following,
        followers: bonds.followers,
        is_bounded: bonds.accounts >= LOOKED_AT,
        allow_list: app.node.config.allow_list,
        rule: known.cloned().unwrap_or_else(|| DomainRule::new(&domain, "suspend", app.node.now())),
    };
    keeper.show(&page)
}

/// `POST /keeping/servers/rule` with `domain`, `severity` as the API has it, the boxes, and the comments.
pub async fn set(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let keeper = Keeper::who_may(&app, &visitor, MANAGE_FEDERATION)?;
    let deed = async {
        let domain = api::domain_of(&params)?;
        let tx = keeper.begin().await?;
        api::put(&app, tx, &keeper.name(), &domain, |rule| {
            // A box that is not ticked is not sent.
            for flag in [&mut rule.reject_media, &mut rule.reject_reports, &mut rule.obfuscate, &mut rule.allowed] {
                *flag = false;
            }
            rule.allowed = params.flag("allowed").unwrap_or(false);
            api::change(&params, rule)?;
            if rule.allowed && rule.severity == "suspend" {
                return Err(ApiError::unprocessable(keeper.t().say("keep-rule-both")));
            }
            if words(keeper.t(), rule).is_empty() {
                return Err(ApiError::unprocessable(keeper.t().say("keep-rule-nothing")));
            }
            Ok(())
        })
        .await
    };
    keeper.done(&params, "/keeping/servers", deed).await
}

/// `POST /keeping/servers/remove` with `domain`: forgets the rule.
pub async fn remove(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let keeper = Keeper::who_may(&app, &visitor, MANAGE_FEDERATION)?;
    let deed = async {
        let domain = api::domain_of(&params)?;
        api::remove(&app, keeper.begin().await?, &keeper.name(), &domain).await.map(drop)
    };
    keeper.done(&params, "/keeping/servers", deed).await
}

/// `GET /keeping/servers/list.csv`, with `allowed` the list of servers that are allowed.
pub async fn export(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    Keeper::who_may(&app, &visitor, MANAGE_FEDERATION)?;
    let rules = app.node.store.read().await?.domain_rules().await?;
    let allowed = params.flag("allowed").unwrap_or(false);
    let text = if allowed { domain_csv::write_allowed(&rules) } else { domain_csv::write(&rules) };
    let mut response = text.into_response();
    let name = if allowed { "attachment; filename=\"allowed.csv\"" } else { "attachment; filename=\"servers.csv\"" };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(name));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    Ok(response)
}

/// `POST /keeping/servers/import` with the file `list`, and `allowed`. Rules that stand stay as they are.
pub async fn import(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let keeper = Keeper::who_may(&app, &visitor, MANAGE_FEDERATION)?;
    let t = keeper.t();
    let done = async {
        visitor.check(&params)?;
        let file = params.file("list").filter(|f| !f.is_empty());
        let file = file.ok_or_else(|| ApiError::unprocessable(t.say("keep-no-file")))?;
        let text = std::str::from_utf8(file).map_err(|_| ApiError::unprocessable(t.say("keep-no-list")))?;
        let allowed = params.flag("allowed").unwrap_or(false);
        let read = domain_csv::read(text, app.node.now());
        if allowed && read.has_severity {
            return Err(ApiError::unprocessable(t.say("keep-import-not-allowed")));
        }
        let mut tx = keeper.begin().await?;
        let known = Rules::new(tx.domain_rules().await?, app.node.config.allow_list);
        let mut left = read.left_out;
        let compared = domains::compare(&app.node, &known, read.rows, allowed);
        left.extend(compared.left_out);
        if compared.rules.is_empty() && compared.stand.is_empty() {
            return Err(ApiError::unprocessable(t.say("keep-no-list")));
        }
        domains::set_all(&app.node, &mut tx, &keeper.name(), &compared.rules).await?;
        let made = compared.rules.len();
        keeper.commit(tx).await?;
        app.node.read_domain_rules().await?;
        Ok((made, compared.stand.len(), left))
    };
    match done.await {
        Ok((made, stood, left)) => list_page(&app, &keeper, &Params::default(), Some(made), stood, left).await,
        Err(error) => keeper.failed(&params, &error),
    }
}

/// `POST /keeping/servers/publish` with `to`: who may read the list.
pub async fn publish(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let keeper = Keeper::who_may(&app, &visitor, MANAGE_FEDERATION)?;
    let deed = async {
        let to = params.text("to").filter(|to| SHOWN_TO.contains(&to.as_str()));
        let to = to.ok_or_else(|| ApiError::bad_request("This form does not lead anywhere"))?;
        let mut tx = keeper.begin().await?;
        domains::publish(&app.node, &mut tx, &keeper.name(), &to).await?;
        keeper.commit(tx).await
    };
    keeper.done(&params, "/keeping/servers", deed).await
}
