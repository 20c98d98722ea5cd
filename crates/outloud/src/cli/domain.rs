//! Rules for other servers, from the command line.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use model::clock;
use model::handle::canonical_domain;
use node::Node;
use node::domains::{self, Compared, Rules, in_words};
use node::domain_csv;
use storage::{DomainRule, Effect, Tx};

use super::{BY, aside, say};
use crate::{Error, Settings, serve};

/// To be told whenever servers are named that would federate alone.
const ALLOW_LIST_IS_ON: &str = "OUTLOUD_ALLOW_LIST is on: only servers that are allowed federate.";
const ALLOW_LIST_IS_OFF: &str = "OUTLOUD_ALLOW_LIST is off: that servers are allowed counts as soon as it is on.";

#[derive(Debug, Subcommand)]
pub enum Domain {
    /// Shut servers out, with everything below them: nothing is fetched from them, taken in from them or sent to them, and
    /// nothing of them is shown. Follows are kept, so that it can be lifted. There are no exceptions below a block.
    Block(Rule),
    /// Keep servers' posts out of public timelines. What was blocked is then limited only.
    Limit(Rule),
    /// Take no pictures, sound or film from servers, and show none that came before.
    RejectMedia(Rule),
    /// Take no reports from servers.
    RejectReports(Rule),
    /// Lift all that rules keep out of servers. With OUTLOUD_ALLOW_LIST they are the ones that federate.
    Allow {
        /// Domains, like example.org.
        #[arg(required = true)]
        domains: Vec<String>,
    },
    /// Forget the rules for servers, whatever they say: with OUTLOUD_ALLOW_LIST they are no longer allowed.
    Remove {
        /// Domains, like example.org.
        #[arg(required = true)]
        domains: Vec<String>,
    },
    /// Print the rules.
    List,
    /// Say who may read in apps which servers are blocked or limited: all, members or nobody (as it is at first). Names to be
    /// kept are shown with stars.
    Publish {
        #[arg(value_parser = ["all", "members", "nobody"])]
        to: String,
    },
    /// Read rules from a list as Mastodon exports it (CSV). A rule that stands for the same domain stays as it is.
    Import {
        file: PathBuf,
        /// It is a list of servers to allow, as `export --allowed` prints it. It lifts no block.
        #[arg(long)]
        allowed: bool,
        /// Change nothing: print what would be done, and what it would concern.
        #[arg(long)]
        dry_run: bool,
    },
    /// Print the rules as a list that Mastodon imports (CSV), without who is allowed.
    Export {
        /// Print the servers that are allowed instead: a list of its own.
        #[arg(long)]
        allowed: bool,
    },
}

#[derive(Debug, Args)]
pub struct Rule {
    /// Domains, like example.org. Each stands for what is below it, too.
    #[arg(required = true)]
    domains: Vec<String>,
    /// Why: for the moderators.
    #[arg(long)]
    comment: Option<String>,
    /// Why: for everybody. It goes along in the export.
    #[arg(long)]
    public_comment: Option<String>,
    /// Change nothing: print what it would concern.
    #[arg(long)]
    preview: bool,
}

impl Domain {
    pub async fn run(self, settings: &Settings) -> Result<(), Error> {
        let node = serve::existing(settings).await?;
        let suspend = |r: &mut DomainRule| {
            r.severity = "suspend".to_owned();
            r.allowed = false;
        };
        match self {
            Self::Block(rule) => rule.apply(&node, suspend, "is blocked").await,
            Self::Limit(rule) => rule.apply(&node, |r| r.severity = "limit".to_owned(), "is limited").await,
            Self::RejectMedia(rule) => rule.apply(&node, |r| r.reject_media = true, "may send no media").await,
            Self::RejectReports(rule) => rule.apply(&node, |r| r.reject_reports = true, "may report nothing").await,
            Self::Allow { domains } => lift(&node, &domains, true).await,
            Self::Remove { domains } => lift(&node, &domains, false).await,
            Self::List => {
                list(&node, &node.store.read().await?.domain_rules().await?);
                Ok(())
            }
            Self::Publish { to } => {
                let mut tx = node.store.begin().await?;
                domains::publish(&node, &mut tx, BY, &to).await?;
                node.commit(tx).await?;
                say(&format!("The list can be read by {to}."));
                Ok(())
            }
            Self::Import { file, allowed, dry_run } => import(&node, &file, allowed, dry_run).await,
            Self::Export { allowed } => {
                export(&node.store.read().await?.domain_rules().await?, allowed);
                Ok(())
            }
        }
    }
}

impl Rule {
    /// Makes rules, or changes those that stand; all of them or none.
    async fn apply(self, node: &Node, change: impl Fn(&mut DomainRule), done: &str) -> Result<(), Error> {
        let names = canonical(&self.domains)?;
        let mut tx = node.store.begin().await?;
        let known = Rules::new(tx.domain_rules().await?, node.config.allow_list);
        let mut rules = Vec::with_capacity(names.len());
        for domain in &names {
            domains::refuse_ours(node, domain)?;
            let mut rule = known.get(domain).cloned().unwrap_or_else(|| DomainRule::new(domain, "none", node.now()));
            change(&mut rule);
            if let Some(comment) = &self.comment {
                rule.private_comment.clone_from(comment);
            }
            if let Some(comment) = &self.public_comment {
                rule.public_comment.clone_from(comment);
            }
            rules.push(rule);
        }
        if self.preview {
            return preview(&mut tx, &known, &rules).await;
        }
        domains::set_all(node, &mut tx, BY, &rules).await?;
        node.commit(tx).await?;
        node.read_domain_rules().await?;
        let now = node.domain_rules();
        for rule in rules {
            let (domain, other) = (&rule.domain, shut_out(&now, &rule.domain));
            let lost = lost(known.get(domain), &rule);
            let mut line = format!("{domain} {done}");
            if !lost.is_empty() {
                line = format!("{domain} was {}; it is now {}", lost.join(" and "), states(&rule).join(" and "));
            }
            if lost.contains(&"blocked") && other.is_empty() {
                line.push_str(": it federates again, and its posts stay out of public timelines");
            }
            say(&format!("{line}.{other}"));
        }
        Ok(())
    }
}

/// How a server stands by its rule, in the words that only one rule at a time can take from another.
fn states(rule: &DomainRule) -> Vec<&'static str> {
    let parts =
        [(rule.severity == "suspend", "blocked"), (rule.severity == "limit", "limited"), (rule.allowed, "allowed")];
    parts.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect()
}

/// What a rule takes from the one that stood before it.
fn lost(before: Option<&DomainRule>, rule: &DomainRule) -> Vec<&'static str> {
    let now = states(rule);
    before.map(states).unwrap_or_default().into_iter().filter(|word| !now.contains(word)).collect()
}

/// What else shuts a server out that is not blocked itself, as a sentence to be added; empty if nothing does.
fn shut_out(rules: &Rules, domain: &str) -> String {
    if !rules.block([domain]) || rules.get(domain).is_some_and(|r| r.severity == "suspend") {
        return String::new();
    }
    match rules.above(domain).filter(|r| r.severity == "suspend") {
        Some(above) => format!(" It stays shut out: {} is blocked, with everything below it.", above.domain),
        None => " It does not federate: OUTLOUD_ALLOW_LIST is on, and it is not allowed.".to_owned(),
    }
}

/// Lifts rules, and with `allow` leaves or puts their domains on the allow-list; all of them or none.
async fn lift(node: &Node, typed: &[String], allow: bool) -> Result<(), Error> {
    let names = canonical(typed)?;
    let mut tx = node.store.begin().await?;
    let before = Rules::new(tx.domain_rules().await?, node.config.allow_list);
    for domain in &names {
        if allow {
            domains::allow(node, &mut tx, BY, domain).await?;
        } else {
            domains::remove(node, &mut tx, BY, domain).await?;
        }
    }
    node.commit(tx).await?;
    node.read_domain_rules().await?;
    let now = node.domain_rules();
    for domain in names {
        let done = if now.get(&domain).is_some() { "is allowed" } else { "has no rule any more" };
        let was = before.get(&domain).map(|r| format!(" (it was: {})", in_words(r))).unwrap_or_default();
        say(&format!("{domain} {done}{was}.{}", shut_out(&now, &domain)));
    }
    Ok(())
}

async fn import(node: &Node, file: &Path, allowed: bool, dry_run: bool) -> Result<(), Error> {
    let text = std::fs::read_to_string(file)
        .map_err(|source| Error::Io { context: format!("cannot read {}", file.display()), source })?;
    let mut read = domain_csv::read(&text, node.now());
    if allowed && read.has_severity {
        let words = "is no list of servers to allow, for it has a column “severity”: import it without --allowed.";
        return Err(Error::Usage(format!("{} {words}", file.display())));
    }
    let mut tx = node.store.begin().await?;
    let known = Rules::new(tx.domain_rules().await?, node.config.allow_list);
    let Compared { rules, stand, left_out } = domains::compare(node, &known, read.rows, allowed);
    read.left_out.extend(left_out);
    for line in &read.left_out {
        say(&format!("Left out: {line}."));
    }
    if read.has_semicolons {
        say("There are semicolons where commas should be: save the list with commas between its columns.");
    }
    if rules.is_empty() && stand.is_empty() && !read.left_out.is_empty() {
        let words = "Every row was left out, so there is nothing to do: mend the list and import it again.";
        return Err(Error::Usage(words.to_owned()));
    }
    if !allowed && !read.has_severity {
        say("The list has no column “severity”: it is one of servers to block (to allow them: --allowed).");
    }
    if dry_run {
        preview(&mut tx, &known, &rules).await?;
    }
    for (known, stricter) in &stand {
        let stands = format!("{} stands already ({})", known.domain, in_words(known));
        match stricter {
            Some(rule) => say(&format!("{stands}; the list is stricter ({}).", in_words(rule))),
            None if dry_run => say(&format!("{stands}.")),
            None => {}
        }
    }
    if dry_run {
        let made = count(rules.len(), "rule", "rules");
        let stand = count(stand.len(), "stands", "stand");
        say(&format!("{made} would be made; {stand} already. Nothing was changed."));
        return Ok(());
    }
    domains::set_all(node, &mut tx, BY, &rules).await?;
    node.commit(tx).await?;
    let made = count(rules.len(), "rule was", "rules were");
    let stood = count(stand.len(), "stood already and stays as it is", "stood already and stay as they are");
    say(&format!("{made} made; {stood}."));
    if allowed && !node.config.allow_list {
        say(ALLOW_LIST_IS_OFF);
    }
    Ok(())
}

/// What these rules would do and concern, a line for each.
async fn preview(tx: &mut Tx, known: &Rules, rules: &[DomainRule]) -> Result<(), Error> {
    let names: Vec<String> = rules.iter().map(|r| r.domain.clone()).collect();
    for (rule, effect) in rules.iter().zip(domains::effects(tx, &names).await?) {
        let lost = lost(known.get(&rule.domain), rule).join(" and ");
        let lost = if lost.is_empty() { lost } else { format!(" It would no longer be {lost}.") };
        say(&format!("{}: {} ({}).{lost}", rule.domain, in_words(rule), concerns(rule, &effect)));
    }
    Ok(())
}

/// What a rule concerns, in numbers: follows end with a block alone, and reports are of accounts.
fn concerns(rule: &DomainRule, effect: &Effect) -> String {
    let is_block = rule.severity == "suspend";
    let mut parts = vec![count(effect.accounts, "account", "accounts")];
    if is_block {
        parts.push(count(effect.following, "follow from here", "follows from here"));
        parts.push(format!("{} from there", effect.followers));
    }
    if is_block || rule.severity == "limit" {
        parts.push(count(effect.posts, "post", "posts"));
    }
    if is_block || rule.reject_media {
        parts.push(count(effect.media, "media file", "media files"));
    }
    parts.join(", ")
}

fn count<N: Display + PartialEq + From<u8>>(number: N, one: &str, many: &str) -> String {
    let word = if number == N::from(1) { one } else { many };
    format!("{number} {word}")
}

fn export(rules: &[DomainRule], allowed: bool) {
    let left = rules.iter().filter(|r| r.allowed).count();
    if allowed {
        say(domain_csv::write_allowed(rules).trim_end());
        return;
    }
    say(domain_csv::write(rules).trim_end());
    if left > 0 {
        let servers = count(left, "server is allowed, which stands", "servers are allowed, which stands");
        aside(&format!("{servers} in a list of its own: export --allowed"));
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

/// The rules as a table, and who federates besides.
fn list(node: &Node, rules: &[DomainRule]) {
    if rules.is_empty() {
        say("There are no rules for other servers.");
    } else {
        table(rules);
    }
    if node.config.allow_list {
        say(ALLOW_LIST_IS_ON);
    } else if rules.iter().any(|r| r.allowed) {
        say(ALLOW_LIST_IS_OFF);
    }
}

fn table(rules: &[DomainRule]) {
    let width = rules.iter().map(|r| r.domain.chars().count()).max().unwrap_or(0).max("DOMAIN".len());
    say(&format!(
        "{:width$}  {:7}  {:7}  {:8}  {:8}  {:10}  COMMENT",
        "DOMAIN", "RULE", "ALLOWED", "MEDIA", "REPORTS", "SINCE"
    ));
    for rule in rules {
        let what = match rule.severity.as_str() {
            "suspend" => "blocked",
            "limit" => "limited",
            _ => "-",
        };
        let allowed = if rule.allowed { "allowed" } else { "-" };
        let rejected = |says| if says { "rejected" } else { "-" };
        let (media, reports) = (rejected(rule.reject_media), rejected(rule.reject_reports));
        let mut comment = rule.private_comment.clone();
        if !rule.public_comment.is_empty() {
            let between = if comment.is_empty() { "" } else { " " };
            comment = format!("{comment}{between}(public: {})", rule.public_comment);
        }
        let comment: String = comment.split_whitespace().collect::<Vec<_>>().join(" ");
        let since = clock::date(rule.created_at);
        let line =
            format!("{:width$}  {what:7}  {allowed:7}  {media:8}  {reports:8}  {since:10}  {comment}", rule.domain);
        say(line.trim_end());
    }
}
