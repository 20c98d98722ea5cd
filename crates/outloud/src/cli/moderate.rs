//! Keeping order from the command line: accounts, and other servers.

use clap::{Args, Subcommand};
use model::account::{Account as Person, ActorKind};
use model::clock;
use model::handle::{Handle, canonical_domain};
use node::{Node, moderate};
use storage::{DomainRule, Tx};

use super::say;
use crate::{Error, Parts, Settings, serve};

/// Who the log of the moderators says it was.
pub const BY: &str = "command line";

#[derive(Debug, Subcommand)]
pub enum Account {
    /// Show nothing of an account, take nothing in from it, send nothing of it. One of our members is signed out everywhere
    /// at once. Can be lifted again.
    Suspend(Whose),
    /// Lift a suspension.
    Unsuspend(Whose),
    /// Keep an account out of public timelines; those who follow it still see it.
    Limit(Whose),
    /// Lift a limit.
    Unlimit(Whose),
}

#[derive(Debug, Args)]
pub struct Whose {
    /// A member (sam, @sam), or somebody elsewhere who is known here (sam@example.org).
    handle: String,
}

impl Account {
    pub async fn run(self, settings: &Settings) -> Result<(), Error> {
        let node = serve::open(settings, Parts::default()).await?;
        let mut tx = node.store.begin().await?;
        let (Self::Suspend(whose) | Self::Unsuspend(whose) | Self::Limit(whose) | Self::Unlimit(whose)) = &self;
        let account = find(&node, &mut tx, &whose.handle).await?;
        let done = match self {
            Self::Suspend(_) => moderate::suspend(&node, &mut tx, BY, &account).await.map(|()| "suspended"),
            Self::Unsuspend(_) => {
                moderate::unsuspend(&node, &mut tx, BY, &account).await.map(|()| "no longer suspended")
            }
            Self::Limit(_) => moderate::limit(&node, &mut tx, BY, &account).await.map(|()| "limited"),
            Self::Unlimit(_) => moderate::unlimit(&node, &mut tx, BY, &account).await.map(|()| "no longer limited"),
        }?;
        let still = tx.account(account.id).await?.is_some_and(|a| a.is_suspended()) && done == "no longer suspended";
        node.commit(tx).await?;
        let handle = node.config.full_handle(&account);
        if still {
            say(&format!("@{handle} stays suspended, because its domain is blocked."));
        } else {
            say(&format!("@{handle} is {done}."));
        }
        Ok(())
    }
}

/// The account that was named: ours or another's, if it is known here.
async fn find(node: &Node, tx: &mut Tx, typed: &str) -> Result<Person, Error> {
    let handle = Handle::parse(typed)
        .map_err(|e| Error::Usage(format!("“{typed}” is not a handle, like sam or sam@example.org: {e}.")))?;
    let domain = handle.domain.as_deref().filter(|d| !node.config.is_own_domain(d)).unwrap_or("");
    let known = tx.account_by_handle(&handle.username, domain).await?;
    let known = known.filter(|a| !(a.is_local() && a.kind == ActorKind::Application));
    let known = known.ok_or_else(|| Error::Usage(format!("No account “{typed}” is known here.")))?;
    if known.deleted_at.is_some() {
        return Err(Error::Usage(format!("The account “{typed}” was deleted.")));
    }
    Ok(known)
}

#[derive(Debug, Subcommand)]
pub enum Domain {
    /// Shut servers out, with everything below them: nothing is fetched from them, taken in from them or sent to them, and
    /// nothing of them is shown. Follows are kept, so that it can be lifted.
    Block(Rule),
    /// Keep servers' posts out of public timelines.
    Limit(Rule),
    /// Take no pictures, sound or film from servers.
    RejectMedia(Rule),
    /// Drop the rules for servers.
    Allow {
        /// Domains, like example.org.
        #[arg(required = true)]
        domains: Vec<String>,
    },
    /// Print the rules.
    List,
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
}

impl Domain {
    pub async fn run(self, settings: &Settings) -> Result<(), Error> {
        let node = serve::open(settings, Parts::default()).await?;
        match self {
            Self::Block(rule) => rule.apply(&node, |r| r.severity = "suspend".to_owned(), "is blocked").await,
            Self::Limit(rule) => rule.apply(&node, |r| r.severity = "limit".to_owned(), "is limited").await,
            Self::RejectMedia(rule) => rule.apply(&node, |r| r.reject_media = true, "may send no media").await,
            Self::Allow { domains } => {
                let domains = canonical(&domains)?;
                let mut tx = node.store.begin().await?;
                for domain in &domains {
                    moderate::allow_domain(&node, &mut tx, BY, domain).await?;
                }
                node.commit(tx).await?;
                for domain in domains {
                    say(&format!("There is no rule for {domain} any more."));
                }
                Ok(())
            }
            Self::List => {
                list(&node.store.read().await?.domain_rules().await?);
                Ok(())
            }
        }
    }
}

impl Rule {
    /// Makes rules, or changes those that stand; all of them or none.
    async fn apply(self, node: &Node, change: impl Fn(&mut DomainRule), done: &str) -> Result<(), Error> {
        let domains = canonical(&self.domains)?;
        let mut tx = node.store.begin().await?;
        let known = tx.domain_rules().await?;
        for domain in &domains {
            let mut rule = known.iter().find(|r| r.domain == *domain).cloned().unwrap_or_else(|| DomainRule {
                domain: domain.clone(),
                severity: "none".to_owned(),
                reject_media: false,
                private_comment: String::new(),
                public_comment: String::new(),
                created_at: node.now(),
            });
            change(&mut rule);
            if let Some(comment) = &self.comment {
                rule.private_comment.clone_from(comment);
            }
            if let Some(comment) = &self.public_comment {
                rule.public_comment.clone_from(comment);
            }
            moderate::block_domain(node, &mut tx, BY, &rule).await?;
        }
        node.commit(tx).await?;
        for domain in domains {
            say(&format!("{domain} {done}."));
        }
        Ok(())
    }
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
    say(&format!("{:width$}  {:7}  {:8}  {:10}  COMMENT", "DOMAIN", "RULE", "MEDIA", "SINCE"));
    for rule in rules {
        let what = match rule.severity.as_str() {
            "suspend" => "blocked",
            "limit" => "limited",
            _ => "-",
        };
        let media = if rule.reject_media { "rejected" } else { "-" };
        let mut comment = rule.private_comment.clone();
        if !rule.public_comment.is_empty() {
            let between = if comment.is_empty() { "" } else { " " };
            comment = format!("{comment}{between}(public: {})", rule.public_comment);
        }
        let comment: String = comment.split_whitespace().collect::<Vec<_>>().join(" ");
        let line =
            format!("{:width$}  {what:7}  {media:8}  {:10}  {comment}", rule.domain, clock::date(rule.created_at));
        say(line.trim_end());
    }
}
