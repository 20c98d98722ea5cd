//! Rules for other servers, from the command line.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use model::clock;
use model::handle::canonical_domain;
use node::{Node, domains};
use storage::{DomainRule, Effect};

use super::{BY, say};
use crate::{Error, Parts, Settings, domain_csv, serve};

#[derive(Debug, Subcommand)]
pub enum Domain {
    /// Shut servers out, with everything below them: nothing is fetched from them, taken in from them or sent to them, and
    /// nothing of them is shown. Follows are kept, so that it can be lifted.
    Block(Rule),
    /// Keep servers' posts out of public timelines.
    Limit(Rule),
    /// Take no pictures, sound or film from servers, and show none that came before.
    RejectMedia(Rule),
    /// Take no reports from servers.
    RejectReports(Rule),
    /// Drop the rules for servers. With OUTLOUD_ALLOW_LIST they are the ones that federate.
    Allow {
        /// Domains, like example.org.
        #[arg(required = true)]
        domains: Vec<String>,
    },
    /// Print the rules.
    List,
    /// Read rules from a list as Mastodon exports it (CSV). A rule that stands for the same domain stays as it is.
    Import {
        file: PathBuf,
        /// Change nothing: print what would be done, and what it would concern.
        #[arg(long)]
        dry_run: bool,
    },
    /// Print the rules as a list that Mastodon imports (CSV).
    Export,
}

#[derive(Debug, Args)]
pub struct Rule {
    /// Domains, like example.org. Each stands for what is below it, too.
    #[arg(required = true)]
    domains: Vec<String>,
    /// Why: for the moderators.
    #[arg(long)]
    comment: Option<String>,
    /// Why: for everybody.
    #[arg(long)]
    public_comment: Option<String>,
    /// Change nothing: print what it would concern.
    #[arg(long)]
    preview: bool,
}

impl Domain {
    pub async fn run(self, settings: &Settings) -> Result<(), Error> {
        let node = serve::open(settings, Parts::default()).await?;
        let suspend = |r: &mut DomainRule| {
            r.severity = "suspend".to_owned();
            r.allowed = false;
        };
        match self {
            Self::Block(rule) => rule.apply(&node, suspend, "is blocked").await,
            Self::Limit(rule) => rule.apply(&node, |r| r.severity = "limit".to_owned(), "is limited").await,
            Self::RejectMedia(rule) => rule.apply(&node, |r| r.reject_media = true, "may send no media").await,
            Self::RejectReports(rule) => rule.apply(&node, |r| r.reject_reports = true, "may report nothing").await,
            Self::Allow { domains } => allow(&node, &domains).await,
            Self::List => {
                list(&node.store.read().await?.domain_rules().await?);
                Ok(())
            }
            Self::Import { file, dry_run } => import(&node, &file, dry_run).await,
            Self::Export => {
                let text = domain_csv::write(&node.store.read().await?.domain_rules().await?);
                say(text.trim_end());
                Ok(())
            }
        }
    }
}

impl Rule {
    /// Makes rules, or changes those that stand; all of them or none.
    async fn apply(self, node: &Node, change: impl Fn(&mut DomainRule), done: &str) -> Result<(), Error> {
        let names = canonical(&self.domains)?;
        if self.preview {
            return preview(node, &names).await;
        }
        let mut tx = node.store.begin().await?;
        let known = tx.domain_rules().await?;
        let rules: Vec<DomainRule> = names
            .iter()
            .map(|domain| {
                let known = known.iter().find(|r| r.domain == *domain).cloned();
                let mut rule = known.unwrap_or_else(|| DomainRule::new(domain, "none", node.now()));
                change(&mut rule);
                if let Some(comment) = &self.comment {
                    rule.private_comment.clone_from(comment);
                }
                if let Some(comment) = &self.public_comment {
                    rule.public_comment.clone_from(comment);
                }
                rule
            })
            .collect();
        domains::set_all(node, &mut tx, BY, &rules).await?;
        node.commit(tx).await?;
        for domain in names {
            say(&format!("{domain} {done}."));
        }
        Ok(())
    }
}

async fn allow(node: &Node, typed: &[String]) -> Result<(), Error> {
    let names = canonical(typed)?;
    let mut tx = node.store.begin().await?;
    for domain in &names {
        domains::allow(node, &mut tx, BY, domain).await?;
    }
    node.commit(tx).await?;
    for domain in names {
        if node.config.allow_list {
            say(&format!("{domain} may federate."));
        } else {
            say(&format!("There is no rule for {domain} any more."));
        }
    }
    Ok(())
}

async fn import(node: &Node, file: &Path, dry_run: bool) -> Result<(), Error> {
    let text = std::fs::read_to_string(file)
        .map_err(|source| Error::Io { context: format!("cannot read {}", file.display()), source })?;
    let read = domain_csv::read(&text, node.now());
    for line in &read.left_out {
        say(&format!("Left out: {line}."));
    }
    let mut tx = node.store.begin().await?;
    let known = tx.domain_rules().await?;
    let mut rules: Vec<DomainRule> = Vec::new();
    let mut kept = 0;
    for rule in read.rules {
        if domains::is_ours(node, &rule.domain) {
            say(&format!("Left out: {} is this node itself.", rule.domain));
        } else if known.iter().chain(&rules).any(|r| r.domain == rule.domain) {
            kept += 1;
        } else {
            rules.push(rule);
        }
    }
    if dry_run {
        drop(tx);
        let names: Vec<String> = rules.iter().map(|r| r.domain.clone()).collect();
        preview(node, &names).await?;
        say(&format!("{} rules would be made; {kept} stand already. Nothing was changed.", rules.len()));
        return Ok(());
    }
    domains::set_all(node, &mut tx, BY, &rules).await?;
    node.commit(tx).await?;
    say(&format!("{} rules were made; {kept} stood already and stay as they are.", rules.len()));
    Ok(())
}

/// What rules for these domains would concern, a line for each.
async fn preview(node: &Node, names: &[String]) -> Result<(), Error> {
    let effects = domains::effects(&mut node.store.read().await?, names).await?;
    for (domain, e) in names.iter().zip(effects) {
        let Effect { accounts, following, followers, posts, media } = e;
        say(&format!(
            "{domain}: {accounts} accounts; {following} follows from here, {followers} from there; {posts} posts, {media} media files."
        ));
    }
    Ok(())
}

/// The one form in which domains are kept; what was pasted may be an address, or `*.example.org`.
fn canonical(typed: &[String]) -> Result<Vec<String>, Error> {
    let one = |text: &String| {
        let rest = text.trim().trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/');
        let rest = rest.strip_prefix("*.").unwrap_or(rest);
        canonical_domain(rest).ok_or_else(|| Error::Usage(format!("“{text}” is not a domain, like example.org.")))
    };
    typed.iter().map(one).collect()
}

/// The rules as a table.
fn list(rules: &[DomainRule]) {
    if rules.is_empty() {
        say("There are no rules for other servers.");
        return;
    }
    let width = rules.iter().map(|r| r.domain.chars().count()).max().unwrap_or(0).max("DOMAIN".len());
    say(&format!("{:width$}  {:7}  {:8}  {:8}  {:10}  COMMENT", "DOMAIN", "RULE", "MEDIA", "REPORTS", "SINCE"));
    for rule in rules {
        let what = match rule.severity.as_str() {
            "suspend" => "blocked",
            "limit" => "limited",
            _ if rule.allowed => "allowed",
            _ => "-",
        };
        let rejected = |says| if says { "rejected" } else { "-" };
        let (media, reports) = (rejected(rule.reject_media), rejected(rule.reject_reports));
        let mut comment = rule.private_comment.clone();
        if !rule.public_comment.is_empty() {
            let between = if comment.is_empty() { "" } else { " " };
            comment = format!("{comment}{between}(public: {})", rule.public_comment);
        }
        let comment: String = comment.split_whitespace().collect::<Vec<_>>().join(" ");
        let since = clock::date(rule.created_at);
        let line = format!("{:width$}  {what:7}  {media:8}  {reports:8}  {since:10}  {comment}", rule.domain);
        say(line.trim_end());
    }
}
