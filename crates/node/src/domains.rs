//! Rules for other servers: what they say together, setting and lifting them, and what they concern.

use std::collections::HashMap;

use model::clock::Millis;
use storage::{DomainRule, Effect, Tx};

use crate::{Error, Node, jobs};

/// Most accounts that are read again at once because their pictures may be shown again.
const READ_AGAIN: i64 = 500;
/// Whether the rules were last applied with or without an allow-list, among the settings.
const ALLOW_LIST: &str = "allow_list";

/// All rules as they stand, ready to be asked. A rule for `example.org` covers it and everything below it on whatever port; one that
/// names a port covers that port alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    by_domain: HashMap<String, DomainRule>,
    allow_list: bool,
}

impl Rules {
    /// `allow_list`: only servers that are named federate.
    pub fn new(list: Vec<DomainRule>, allow_list: bool) -> Self {
        Self { by_domain: list.into_iter().map(|r| (r.domain.to_lowercase(), r)).collect(), allow_list }
    }

    pub fn get(&self, domain: &str) -> Option<&DomainRule> {
        self.by_domain.get(domain)
    }

    /// Nothing is fetched from this host (with or without a port), taken in from it or sent to it.
    pub fn block(&self, host: &str) -> bool {
        self.any(host, |r| r.severity == "suspend") || (self.allow_list && !self.any(host, |r| r.allowed))
    }

    /// Its posts stay out of public timelines; since when.
    pub fn limit(&self, host: &str) -> Option<Millis> {
        self.find(host, |r| r.severity == "limit").map(|r| r.created_at)
    }

    pub fn reject_media(&self, host: &str) -> bool {
        self.any(host, |r| r.reject_media)
    }

    pub fn reject_reports(&self, host: &str) -> bool {
        self.any(host, |r| r.reject_reports)
    }

    /// The rule above this domain that keeps something of it out; one that shuts it out altogether before any other. Nothing below
    /// a rule is exempt from it.
    pub fn above(&self, domain: &str) -> Option<&DomainRule> {
        let find = |says: fn(&DomainRule) -> bool| self.find(domain, |r| r.domain != domain && says(r));
        find(|r| r.severity == "suspend")
            .or_else(|| find(|r| r.severity != "none" || r.reject_media || r.reject_reports))
    }

    fn any(&self, host: &str, says: impl Fn(&DomainRule) -> bool) -> bool {
        self.find(host, says).is_some()
    }

    /// The closest rule that covers the host and says so.
    fn find(&self, host: &str, says: impl Fn(&DomainRule) -> bool) -> Option<&DomainRule> {
        if self.by_domain.is_empty() {
            return None;
        }
        let host = host.to_lowercase();
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => (name, Some(port)),
            _ => (host.as_str(), None),
        };
        let mut rest = Some(name.trim_end_matches('.'));
        while let Some(domain) = rest {
            let with_port = port.and_then(|port| self.by_domain.get(&format!("{domain}:{port}")));
            let found = with_port.into_iter().chain(self.by_domain.get(domain)).find(|r| says(r));
            if found.is_some() {
                return found;
            }
            rest = domain.split_once('.').map(|(_, above)| above);
        }
        None
    }
}

/// Sets a rule, in the place of one that stands for the same domain. What it does to accounts is marked as its doing, and follows
/// stay in the database, so that lifting it restores what was.
pub async fn set(node: &Node, tx: &mut Tx, by: &str, rule: &DomainRule) -> Result<(), Error> {
    set_all(node, tx, by, std::slice::from_ref(rule)).await
}

/// Sets many at once.
pub async fn set_all(node: &Node, tx: &mut Tx, by: &str, rules: &[DomainRule]) -> Result<(), Error> {
    for rule in rules {
        refuse_ours(node, &rule.domain)?;
    }
    let before = read(node, tx).await?;
    for rule in rules {
        tx.put_domain_rule(rule).await?;
        tx.log_action(
            node.id(),
            by,
            &format!("domain {}", in_words(rule)),
            &rule.domain,
            &rule.private_comment,
            node.now(),
        )
        .await?;
    }
    if rules.iter().any(|r| r.severity == "suspend" || r.reject_media) {
        jobs::enqueue(node, tx, &jobs::Job::DropRejectedFiles).await?;
    }
    apply(node, tx, &before, rules.iter().map(|r| r.domain.as_str())).await
}

/// Refuses a rule for this node itself.
pub fn refuse_ours(node: &Node, domain: &str) -> Result<(), Error> {
    if is_ours(node, domain) { Err(Error::invalid(format!("{domain} is this node itself."))) } else { Ok(()) }
}

/// Whether a rule for this domain would be one for this node itself.
pub fn is_ours(node: &Node, domain: &str) -> bool {
    node.config.is_own_domain(domain) || covering([domain].into_iter()).block(node.config.host())
}

/// Rules that block exactly what lies within these domains: to ask whether something does.
fn covering<'d>(domains: impl Iterator<Item = &'d str>) -> Rules {
    Rules::new(domains.map(|d| DomainRule::new(d, "suspend", 0)).collect(), false)
}

/// Lifts what [`set`] did. With an allow-list the domain is named in it; without one it stays named in what may become one.
pub async fn allow(node: &Node, tx: &mut Tx, by: &str, domain: &str) -> Result<(), Error> {
    let before = read(node, tx).await?;
    let known = before.get(domain);
    let is_blocked_above = before.above(domain).is_some_and(|r| r.severity == "suspend");
    if known.is_none() && (is_blocked_above || !node.config.allow_list) {
        return Err(no_rule(&before, domain));
    }
    if node.config.allow_list || known.is_some_and(|r| r.allowed) {
        let since = known.map_or(node.now(), |r| r.created_at);
        tx.put_domain_rule(&DomainRule { allowed: true, ..DomainRule::new(domain, "none", since) }).await?;
    } else {
        tx.delete_domain_rule(domain).await?;
    }
    tx.log_action(node.id(), by, "domain allow", domain, "", node.now()).await?;
    apply(node, tx, &before, [domain].into_iter()).await
}

/// Forgets a rule, whatever it says: with an allow-list, the domain is no longer named in it.
pub async fn remove(node: &Node, tx: &mut Tx, by: &str, domain: &str) -> Result<(), Error> {
    let before = read(node, tx).await?;
    if !tx.delete_domain_rule(domain).await? {
        return Err(no_rule(&before, domain));
    }
    tx.log_action(node.id(), by, "domain remove", domain, "", node.now()).await?;
    apply(node, tx, &before, [domain].into_iter()).await
}

/// There is nothing to lift; or it stands further up, where it was not looked for.
fn no_rule(rules: &Rules, domain: &str) -> Error {
    Error::invalid(match rules.above(domain) {
        Some(above) => format!(
            "There is no rule for {domain}. The one for {} ({}) covers it, without exceptions: only lifting that one helps.",
            above.domain,
            in_words(above)
        ),
        None => format!("There is no rule for {domain}: nothing is to be lifted."),
    })
}

/// What rules for these domains would concern: everything below them is counted with them.
pub async fn effects(tx: &mut Tx, domains: &[String]) -> Result<Vec<Effect>, Error> {
    let known = tx.known_domains().await?;
    let mut effects = Vec::with_capacity(domains.len());
    for domain in domains {
        let below = covering([domain.as_str()].into_iter());
        let mut sum = Effect::default();
        for domain in known.iter().filter(|d| below.block(d)) {
            let one = tx.effect_on(domain).await?;
            sum.accounts += one.accounts;
            sum.following += one.following;
            sum.followers += one.followers;
            sum.posts += one.posts;
            sum.media += one.media;
        }
        effects.push(sum);
    }
    Ok(effects)
}

/// After the allow-list was switched on or off: brings all accounts in line with it. Without a change it does nothing.
pub async fn follow_setting(node: &Node) -> Result<(), Error> {
    let now = if node.config.allow_list { "on" } else { "off" };
    let mut tx = node.store.begin().await?;
    let was = tx.setting(ALLOW_LIST).await?.unwrap_or_else(|| "off".to_owned());
    if was == now {
        return Ok(());
    }
    let rules = tx.domain_rules().await?;
    let before = Rules::new(rules, was == "on");
    let known = tx.known_domains().await?;
    apply(node, &mut tx, &before, known.iter().map(String::as_str)).await?;
    tx.put_setting(ALLOW_LIST, now).await?;
    node.commit(tx).await
}

async fn read(node: &Node, tx: &mut Tx) -> Result<Rules, Error> {
    Ok(Rules::new(tx.domain_rules().await?, node.config.allow_list))
}

/// Brings the accounts and deliveries of the domains whose rules changed in line with all rules together.
async fn apply<'d>(
    node: &Node,
    tx: &mut Tx,
    before: &Rules,
    changed: impl Iterator<Item = &'d str>,
) -> Result<(), Error> {
    let after = read(node, tx).await?;
    let touched = covering(changed);
    for domain in tx.known_domains().await?.iter().filter(|d| touched.block(d)) {
        let blocked = after.block(domain).then(|| node.now());
        tx.suspend_accounts_of(domain, blocked).await?;
        let (old, new) = (before.limit(domain), after.limit(domain));
        if let Some(mark) = old.filter(|_| old != new) {
            tx.unlimit_accounts_of(domain, mark).await?;
        }
        if let Some(mark) = new {
            tx.limit_accounts_of(domain, mark).await?;
        }
        match (before.reject_media(domain), after.reject_media(domain)) {
            (false, true) => drop(tx.forget_pictures_of(domain).await?),
            (true, false) if blocked.is_none() => {
                for uri in tx.followed_of(domain, READ_AGAIN).await? {
                    jobs::enqueue(node, tx, &jobs::Job::RefreshActor { uri }).await?;
                }
            }
            _ => {}
        }
    }
    for host in tx.waiting_hosts().await?.iter().filter(|h| touched.block(h) && after.block(h)) {
        tx.drop_deliveries_of_host(host).await?;
    }
    Ok(())
}

/// What a rule says, as the commands are called that make it: `block`, or `limit, reject media`.
pub fn in_words(rule: &DomainRule) -> String {
    let parts = [
        (rule.severity == "suspend", "block"),
        (rule.severity == "limit", "limit"),
        (rule.allowed, "allow"),
        (rule.reject_media, "reject media"),
        (rule.reject_reports, "reject reports"),
    ];
    let words: Vec<&str> = parts.into_iter().filter(|(says, _)| *says).map(|(_, word)| word).collect();
    if words.is_empty() { "nothing".to_owned() } else { words.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(rule: &str, host: &str) -> bool {
        Rules::new(vec![DomainRule::new(rule, "suspend", 0)], false).block(host)
    }

    #[test]
    fn a_rule_covers_subdomains_and_no_neighbours() {
        for inside in ["evil.example", "a.EVIL.example", "evil.example:8443", "evil.example.", "b.a.evil.example.:99"] {
            assert!(blocks("evil.example", inside), "{inside}");
        }
        for outside in ["devil.example", "example", "evil.example.org", "e", "evil.example1", ""] {
            assert!(!blocks("evil.example", outside), "{outside}");
        }
        assert!(blocks("localhost:4443", "localhost:4443"));
        assert!(blocks("localhost:4443", "a.localhost:4443"));
        assert!(!blocks("localhost:4443", "localhost:4444"));
        assert!(!blocks("localhost:4443", "localhost"));
    }

    #[test]
    fn with_an_allow_list_only_those_named_federate_and_a_block_below_them_holds() {
        let good = DomainRule { allowed: true, ..DomainRule::new("good.example", "none", 0) };
        let rules = Rules::new(vec![good, DomainRule::new("bad.good.example", "suspend", 0)], true);
        assert!(!rules.block("good.example") && !rules.block("a.good.example:8443"));
        assert!(rules.block("bad.good.example") && rules.block("other.example"));
    }

    #[test]
    fn what_covers_a_domain_from_above_is_named_a_block_first() {
        let named = |domain: &str, severity: &str| DomainRule::new(domain, severity, 0);
        let allowed = DomainRule { allowed: true, ..named("good.example", "none") };
        let list = vec![named("bad.example", "suspend"), named("loud.bad.example", "limit"), allowed];
        let rules = Rules::new(list, false);
        let above = |domain: &str| rules.above(domain).map_or("", |r| r.domain.as_str());
        assert_eq!((above("a.loud.bad.example"), above("loud.bad.example")), ("bad.example", "bad.example"));
        assert_eq!((above("bad.example:8443"), above("bad.example"), above("a.good.example")), ("bad.example", "", ""));
    }

    #[test]
    fn the_closest_limit_counts() {
        let rules = Rules::new(
            vec![DomainRule::new("a.example", "limit", 7), DomainRule::new("b.a.example", "limit", 9)],
            false,
        );
        assert_eq!(
            (rules.limit("c.b.a.example"), rules.limit("a.example"), rules.limit("example")),
            (Some(9), Some(7), None)
        );
    }
}
