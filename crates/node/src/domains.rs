//! Rules for other servers: what they say together, setting and lifting them, and what they concern.

use std::collections::{BTreeMap, HashMap, HashSet};

use model::account::{Account, hosts_of_lane};
use model::clock::Millis;
use model::id::Id;
use storage::{Bonds, DomainRule, Effect, Names, TiesOf, Tx};

use crate::domain_csv::Row;
use crate::warn::Cut;
use crate::{Error, Node, carry, jobs, peers, warn};

/// Most accounts that are read again at once because their pictures may be shown again.
const READ_AGAIN: i64 = 500;
/// Whether the rules were last applied with or without an allow-list, among the settings.
const ALLOW_LIST: &str = "allow_list";
/// The setting that says to whom the list of rules is shown: all, members or nobody.
pub const SHOW_DOMAIN_BLOCKS: &str = "show_domain_blocks";
/// [`Account::suspended_by`] of whom a rule shuts out, and of whom their own server says that they are suspended.
const DOMAIN: &str = "domain";
const ORIGIN: &str = "origin";

/// All rules as they stand, ready to be asked. A rule for `example.org` covers it and everything below it on whatever port; one that
/// names a port covers that port alone. An account has two names, [`Account::names`]: a rule covers it that covers one of them, and an
/// allow-list has to name both.
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

    /// Nothing is fetched from whoever has one of these names (hosts with or without a port), taken in from them or sent to them.
    pub fn block<const N: usize>(&self, names: [&str; N]) -> bool {
        self.any(names, |r| r.severity == "suspend")
            || (self.allow_list && names.iter().any(|name| self.find(name, |r| r.allowed).is_none()))
    }

    /// The rule that keeps their posts out of public timelines.
    pub fn limit<const N: usize>(&self, names: [&str; N]) -> Option<&DomainRule> {
        names.into_iter().find_map(|name| self.find(name, |r| r.severity == "limit"))
    }

    /// The mark of accounts that are limited by that rule.
    pub fn limit_mark<const N: usize>(&self, names: [&str; N]) -> Option<Millis> {
        self.limit(names).map(|r| r.created_at)
    }

    pub fn reject_media<const N: usize>(&self, names: [&str; N]) -> bool {
        self.any(names, |r| r.reject_media)
    }

    pub fn reject_reports<const N: usize>(&self, names: [&str; N]) -> bool {
        self.any(names, |r| r.reject_reports)
    }

    /// The rule above this domain that keeps something of it out; one that shuts it out altogether before any other. Nothing below
    /// a rule is exempt from it.
    pub fn above(&self, domain: &str) -> Option<&DomainRule> {
        let find = |says: fn(&DomainRule) -> bool| self.find(domain, |r| r.domain != domain && says(r));
        find(|r| r.severity == "suspend")
            .or_else(|| find(|r| r.severity != "none" || r.reject_media || r.reject_reports))
    }

    fn any<const N: usize>(&self, names: [&str; N], says: impl Fn(&DomainRule) -> bool) -> bool {
        names.into_iter().any(|name| self.find(name, &says).is_some())
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
        let id = if rule.id == 0 { node.id() } else { rule.id };
        tx.put_domain_rule(&DomainRule { id, ..rule.clone() }).await?;
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
    if rules.iter().any(|r| matches!(r.severity.as_str(), "suspend" | "limit")) {
        jobs::enqueue(node, tx, &jobs::Job::ReviewContributions { challenge: 0, post: 0 }).await?;
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
    node.config.is_own_domain(domain) || covering([domain].into_iter()).block([node.config.host()])
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
        let rule = DomainRule { id: node.id(), allowed: true, ..DomainRule::new(domain, "none", since) };
        tx.put_domain_rule(&rule).await?;
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

/// A list of rules beside those that stand.
#[derive(Debug, Default)]
pub struct Compared<'r> {
    /// What would be new.
    pub rules: Vec<DomainRule>,
    /// What stands already, and what the list says where it is stricter.
    pub stand: Vec<(&'r DomainRule, Option<DomainRule>)>,
    /// What cannot be done, each with its line and the reason.
    pub left_out: Vec<String>,
}

/// Compares a list with the rules that stand, which stay as they are. `allowed`: it is one of servers to allow.
pub fn compare<'r>(node: &Node, known: &'r Rules, rows: Vec<Row>, allowed: bool) -> Compared<'r> {
    let mut all = Compared::default();
    for Row { line, rule } in rows {
        let (domain, known) = (&rule.domain, known.get(&rule.domain));
        if is_ours(node, domain) {
            all.left_out.push(format!("line {line}: {domain} is this node itself"));
        } else if allowed {
            match known {
                Some(known) if known.severity == "suspend" => {
                    all.left_out.push(format!("line {line}: {domain} is blocked, which `domain allow {domain}` lifts"));
                }
                Some(known) if known.allowed => all.stand.push((known, None)),
                Some(known) => all.rules.push(DomainRule { allowed, ..known.clone() }),
                None => all.rules.push(DomainRule { allowed, ..DomainRule::new(domain, "none", rule.created_at) }),
            }
        } else if let Some(known) = known {
            all.stand.push((known, is_stricter(&rule, known).then_some(rule)));
        } else {
            all.rules.push(rule);
        }
    }
    all
}

/// Whether a rule keeps something out that the other lets in.
fn is_stricter(rule: &DomainRule, than: &DomainRule) -> bool {
    let rank = |r: &DomainRule| ["none", "limit", "suspend"].iter().position(|s| *s == r.severity);
    rank(rule) > rank(than)
        || (rule.reject_media && !than.reject_media)
        || (rule.reject_reports && !than.reject_reports)
}

/// What rules for these domains would concern: everything below them is counted with them, each account once.
pub async fn effects(tx: &mut Tx, domains: &[String]) -> Result<Vec<Effect>, Error> {
    let known = tx.known_names().await?;
    let mut effects = Vec::with_capacity(domains.len());
    for domain in domains {
        let below = covering([domain.as_str()].into_iter());
        let mut sum = Effect::default();
        for names in known.iter().filter(|n| below.block(n.each())) {
            let one = tx.effect_on(names).await?;
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

/// What ties our members to a domain and everything below it. Of each server so many accounts are looked at as `most` says.
pub async fn bonds(tx: &mut Tx, domain: &str, most: i64) -> Result<Bonds, Error> {
    let below = covering([domain].into_iter());
    let mut sum = Bonds::default();
    for names in tx.known_names().await?.iter().filter(|n| below.block(n.each())) {
        let one = tx.bonds_up_to(names, most).await?;
        sum.accounts += one.accounts;
        sum.following += one.following;
        sum.followers += one.followers;
    }
    Ok(sum)
}

/// Says who may read the list of rules: `all`, `members` or `nobody`.
pub async fn publish(node: &Node, tx: &mut Tx, by: &str, to: &str) -> Result<(), Error> {
    tx.put_setting(SHOW_DOMAIN_BLOCKS, to).await?;
    tx.log_action(node.id(), by, "domain publish", to, "", node.now()).await?;
    Ok(())
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
    let known = tx.known_names().await?;
    apply(node, &mut tx, &before, known.iter().flat_map(Names::each)).await?;
    tx.put_setting(ALLOW_LIST, now).await?;
    node.commit(tx).await
}

pub(crate) async fn read(node: &Node, tx: &mut Tx) -> Result<Rules, Error> {
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
    let known = tx.known_names().await?;
    let mut cut: BTreeMap<(String, Id), TiesOf> = BTreeMap::new();
    for names in known.iter().filter(|n| touched.block(n.each())) {
        let blocked = after.block(names.each()).then(|| node.now());
        if blocked.is_some() && !before.block(names.each()) {
            let rule = names.each().into_iter().find_map(|name| touched.find(name, |_| true));
            let domain = rule.map_or(names.domain.as_str(), |r| r.domain.as_str()).to_owned();
            for ties in tx.ties_with_names(names).await? {
                let sum = cut.entry((domain.clone(), ties.account_id)).or_default();
                sum.account_id = ties.account_id;
                sum.followers += ties.followers;
                sum.following += ties.following;
            }
        }
        tx.suspend_accounts_of(names, blocked).await?;
        let (old, new) = (before.limit_mark(names.each()), after.limit_mark(names.each()));
        if let Some(mark) = old.filter(|_| old != new) {
            tx.unlimit_accounts_of(names, mark).await?;
        }
        if let Some(mark) = new {
            tx.limit_accounts_of(names, mark).await?;
        }
        if node.config.tag_hub && (blocked.is_some() || new.is_some()) {
            for author in tx.followers_of_hashtags_of(names).await? {
                carry::withdraw(node, tx, author).await?;
            }
        }
        match (before.reject_media(names.each()), after.reject_media(names.each())) {
            (false, true) => drop(tx.forget_pictures_of(names).await?),
            (true, false) if blocked.is_none() => {
                for uri in tx.followed_of(names, READ_AGAIN).await? {
                    jobs::enqueue(node, tx, &jobs::Job::RefreshActor { uri }).await?;
                }
            }
            _ => {}
        }
    }
    for ((domain, _), ties) in &cut {
        warn::severed(node, tx, Cut::Domain, domain, &[*ties]).await?;
    }
    peers::rules_changed(node, tx, |host| touched.block([host])).await?;
    // A server all of whose people are shut out by their handles is sent nothing, either.
    let open: HashSet<&str> = known.iter().filter(|n| !after.block(n.each())).map(|n| n.host.as_str()).collect();
    let shut = known.iter().filter(|n| touched.block(n.each()) && !open.contains(n.host.as_str()));
    let shut: HashSet<&str> = shut.map(|n| n.host.as_str()).collect();
    for host in tx.waiting_hosts().await? {
        let [inbox, server] = hosts_of_lane(&host);
        if shut.contains(server) || (touched.block([inbox, server]) && after.block([inbox, server])) {
            tx.drop_deliveries_of_host(&host).await?;
        }
    }
    Ok(())
}

/// Brings an account that was just read in line with the rules. `known`: as it stood before, perhaps with another handle. What a
/// moderator decided about it stays; what its own server says counts before what a rule does, so that lifting the rule leaves it.
pub(crate) async fn heed(node: &Node, tx: &mut Tx, account: &Account, known: Option<&Account>) -> Result<(), Error> {
    let stood = Marks::standing(known);
    if Marks::due(account, known, &node.domain_rules()) == stood {
        return Ok(());
    }
    // The rules may have changed a moment ago, and then others have brought the account in line with them: these count.
    let due = Marks::due(account, known, &read(node, tx).await?);
    if due.suspended_by != stood.suspended_by {
        let since = account.suspended_at.or(known.and_then(|k| k.suspended_at)).unwrap_or(node.now());
        tx.set_suspended(account.id, (!due.suspended_by.is_empty()).then_some(since), due.suspended_by).await?;
    }
    if due.limited_at != stood.limited_at {
        tx.set_limited(account.id, due.limited_at).await?;
    }
    if known.is_some() && (!due.suspended_by.is_empty() || due.limited_at.is_some()) {
        carry::withdraw(node, tx, account.id).await?;
    }
    Ok(())
}

/// How an account is marked, or is to be.
#[derive(PartialEq, Eq)]
struct Marks<'a> {
    suspended_by: &'a str,
    limited_at: Option<Millis>,
}

impl<'a> Marks<'a> {
    fn standing(known: Option<&'a Account>) -> Self {
        known.map_or(Self { suspended_by: "", limited_at: None }, |k| Self {
            suspended_by: &k.suspended_by,
            limited_at: k.limited_at,
        })
    }

    fn due(account: &Account, known: Option<&'a Account>, rules: &Rules) -> Self {
        let stood = Self::standing(known);
        let suspended_by = match stood.suspended_by {
            "" | ORIGIN | DOMAIN if account.suspended_at.is_some() => ORIGIN,
            "" | ORIGIN | DOMAIN if rules.block(account.names()) => DOMAIN,
            "" | ORIGIN | DOMAIN => "",
            by_others => by_others,
        };
        let by_rule = known.and_then(|k| rules.limit_mark(k.names()));
        let by_others = stood.limited_at.filter(|at| Some(*at) != by_rule);
        Self { suspended_by, limited_at: by_others.or_else(|| rules.limit_mark(account.names())) }
    }
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
        Rules::new(vec![DomainRule::new(rule, "suspend", 0)], false).block([host])
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
        assert!(!rules.block(["good.example"]) && !rules.block(["a.good.example:8443"]));
        assert!(rules.block(["bad.good.example"]) && rules.block(["other.example"]));
    }

    #[test]
    fn one_of_two_names_brings_a_rule_upon_an_account_and_an_allow_list_has_to_name_both() {
        let media = DomainRule { reject_media: true, ..DomainRule::new("far.example", "none", 0) };
        let reports = DomainRule { reject_reports: true, ..DomainRule::new("near.example", "none", 0) };
        let list = vec![
            DomainRule::new("bad.example", "suspend", 0),
            DomainRule::new("loud.example", "limit", 7),
            media,
            reports,
        ];
        let rules = Rules::new(list, false);
        for (one, is) in [
            ("bad.example", [true, false, false, false]),
            ("a.loud.example", [false, true, false, false]),
            ("far.example:8443", [false, false, true, false]),
            ("near.example", [false, false, false, true]),
            ("else.example", [false; 4]),
        ] {
            for names in [[one, "good.example"], ["good.example", one]] {
                let limited = rules.limit_mark(names).is_some();
                let all = [rules.block(names), limited, rules.reject_media(names), rules.reject_reports(names)];
                assert_eq!(all, is, "{names:?}");
            }
        }
        let good = DomainRule { allowed: true, ..DomainRule::new("good.example", "none", 0) };
        let rules = Rules::new(vec![good], true);
        assert!(!rules.block(["good.example", "social.good.example"]));
        assert!(rules.block(["good.example", "other.example"]) && rules.block(["other.example", "good.example"]));
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
            (rules.limit_mark(["c.b.a.example"]), rules.limit_mark(["a.example"]), rules.limit_mark(["example"])),
            (Some(9), Some(7), None)
        );
    }
}
