//! Who may not join: with addresses of some providers, with single addresses, from some networks. And from where nothing is answered.
//!
//! As Mastodon has it, what is said of addresses counts for those who ask to join and for a member's new address, not for whoever
//! was invited or was made a member by a command. Other than there, a provider is known by the domain of the address alone: nobody is
//! asked where its letters go. What is said of networks counts for everybody.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use ipnet::IpNet;
use model::account::{Account, Member};
use model::clock::{Millis, SECOND};
use model::handle::canonical_domain;
use model::id::Id;
use storage::{CanonicalEmailBlock, EmailDomainBlock, IpBlock, Tx};

use crate::random::hash;
use crate::{Error, Node, login};

/// What is done about somebody in a network, the mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Who joins from there waits to be let in.
    Approval,
    /// Nobody joins from there.
    NoSignUp,
    /// Nothing that comes from there is answered.
    NoAccess,
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Self::Approval => "sign_up_requires_approval",
            Self::NoSignUp => "sign_up_block",
            Self::NoAccess => "no_access",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Approval, Self::NoSignUp, Self::NoAccess].into_iter().find(|s| s.name() == name)
    }
}

/// All blocks of networks as they stand, ready to be asked: as many looks as there are lengths of prefixes, however many blocks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks {
    by_network: HashMap<IpNet, (Severity, Option<Millis>)>,
    /// Prefix lengths that any block has.
    lengths: BTreeSet<u8>,
}

impl Networks {
    pub fn new(list: &[IpBlock]) -> Self {
        let read =
            |b: &IpBlock| Some((b.network.parse::<IpNet>().ok()?, (Severity::from_name(&b.severity)?, b.expires_at)));
        let by_network: HashMap<IpNet, _> = list.iter().filter_map(read).collect();
        Self { lengths: by_network.keys().map(IpNet::prefix_len).collect(), by_network }
    }

    /// What is done about whoever comes from this address now.
    pub fn severity(&self, ip: IpAddr, now: Millis) -> Option<Severity> {
        let ip = ip.to_canonical();
        let within = |length: &u8| {
            let network = IpNet::new(ip, *length).ok()?.trunc();
            let (severity, until) = self.by_network.get(&network)?;
            until.is_none_or(|until| now < until).then_some(*severity)
        };
        self.lengths.iter().filter_map(within).max()
    }
}

/// An address or a network as it was typed: `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`. What is written as IPv6 and is IPv4
/// (`::ffff:192.0.2.0/120`, RFC 4291 section 2.5.5.2) is IPv4, as are the addresses it is compared with.
pub fn network(typed: &str) -> Option<IpNet> {
    let typed = typed.trim();
    let net = typed.parse::<IpNet>().ok().or_else(|| typed.parse::<IpAddr>().ok().map(IpNet::from))?;
    let net = net.trunc();
    match net.addr().to_canonical() {
        IpAddr::V4(inner) if net.addr().is_ipv6() => {
            IpNet::new(IpAddr::V4(inner), net.prefix_len().checked_sub(96)?).ok()
        }
        _ => Some(net),
    }
}

/// What of an address makes it the same as others for most providers: without dots and what follows a plus, in lower case; as
/// SHA-256, hexadecimal.
pub fn canonical_hash(email: &str) -> Option<String> {
    let email = login::normal_email(email)?;
    let (name, domain) = email.split_once('@')?;
    let name = name.split('+').next().unwrap_or_default().replace('.', "");
    Some(hash(&format!("{name}@{domain}")))
}

/// Refuses an address (in lower case) that nobody may have. Answers whether whoever joins with it has to wait to be let in.
pub async fn check_email(tx: &mut Tx, email: &str) -> Result<bool, Error> {
    let field = |code, message: &str| Error::Field { field: "email", code, message: message.to_owned() };
    let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
    // Itself, and whatever it lies below: of very many the last ones.
    let points: Vec<usize> = domain.match_indices('.').map(|(at, _)| at).collect();
    let above = points.iter().rev().filter_map(|at| domain.get(at + 1..));
    let domains: Vec<String> = std::iter::once(domain).chain(above).map(str::to_owned).collect();
    let found = tx.email_domain_blocks_for(&domains).await?;
    if found.iter().any(|b| !b.allow_with_approval) {
        return Err(field("ERR_BLOCKED", "uses a disallowed e-mail provider"));
    }
    if let Some(hash) = canonical_hash(email)
        && tx.canonical_email_block_of(&hash).await?.is_some()
    {
        return Err(field("ERR_TAKEN", "has already been taken"));
    }
    Ok(!found.is_empty())
}

/// Keeps addresses of a provider out.
pub async fn block_email_domain(
    node: &Node,
    tx: &mut Tx,
    by: &str,
    domain: &str,
    allow_with_approval: bool,
) -> Result<EmailDomainBlock, Error> {
    let wrong = || Error::invalid("Validation failed: Domain is not a valid domain name");
    let domain = domain.trim().trim_start_matches('@');
    let domain = canonical_domain(domain).filter(|d| d.contains('.') && !d.contains(':')).ok_or_else(wrong)?;
    let block = EmailDomainBlock { id: node.id(), domain, allow_with_approval, created_at: node.now() };
    if !tx.put_email_domain_block(&block).await? {
        return Err(Error::invalid("Validation failed: Domain has already been taken"));
    }
    tx.log_action(node.id(), by, "email domain block", &block.domain, "", node.now()).await?;
    Ok(block)
}

pub async fn unblock_email_domain(node: &Node, tx: &mut Tx, by: &str, id: Id) -> Result<(), Error> {
    let block = tx.email_domain_block(id).await?.ok_or(Error::NotFound)?;
    tx.delete_email_domain_block(id).await?;
    tx.log_action(node.id(), by, "email domain unblock", &block.domain, "", node.now()).await?;
    Ok(())
}

/// Keeps an address out, by its [`canonical_hash`].
pub async fn block_email(node: &Node, tx: &mut Tx, by: &str, hash: &str) -> Result<CanonicalEmailBlock, Error> {
    let hash = hash.trim().to_lowercase();
    if hash.len() != 64 || !hash.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(Error::invalid("Validation failed: Canonical email hash is not one"));
    }
    let block = CanonicalEmailBlock { id: node.id(), hash, account_id: None, created_at: node.now() };
    if !tx.put_canonical_email_block(&block).await? {
        return Err(Error::invalid("Validation failed: Canonical email hash has already been taken"));
    }
    tx.log_action(node.id(), by, "email block", &block.hash, "", node.now()).await?;
    Ok(block)
}

pub async fn unblock_email(node: &Node, tx: &mut Tx, by: &str, id: Id) -> Result<(), Error> {
    let block = tx.canonical_email_block(id).await?.ok_or(Error::NotFound)?;
    tx.delete_canonical_email_block(id).await?;
    tx.log_action(node.id(), by, "email unblock", &block.hash, "", node.now()).await?;
    Ok(())
}

/// Somebody who is suspended does not come back with the same address.
pub(crate) async fn shut_address(node: &Node, tx: &mut Tx, account: &Account, member: &Member) -> Result<(), Error> {
    if let Some(hash) = canonical_hash(&member.email) {
        let block = CanonicalEmailBlock { id: node.id(), hash, account_id: Some(account.id), created_at: node.now() };
        tx.put_canonical_email_block(&block).await?;
    }
    Ok(())
}

/// What is to be done about a network.
#[derive(Clone, Debug)]
pub struct NewIpBlock {
    pub network: IpNet,
    pub severity: Severity,
    pub comment: String,
    /// Seconds from now; `None`: until further notice.
    pub expires_in: Option<i64>,
}

/// The widest networks, by the length of their prefix, that may be answered nothing: what is wider holds much of the world, and
/// whoever mistypes one would shut everybody out. No provider has more in one piece.
pub const WIDEST: (u8, u8) = (8, 16);

/// Blocks a network. `from`: where whoever does so is, who must not shut themselves out; `None`: on the machine itself.
pub async fn block_network(
    node: &Node,
    tx: &mut Tx,
    by: &str,
    from: Option<IpAddr>,
    wanted: &NewIpBlock,
) -> Result<IpBlock, Error> {
    tx.expire_ip_blocks(node.now()).await?;
    put_network(node, tx, by, from, wanted, (node.id(), node.now())).await
}

/// Changes a block of a network.
pub async fn change_network(
    node: &Node,
    tx: &mut Tx,
    by: &str,
    from: Option<IpAddr>,
    known: &IpBlock,
    wanted: &NewIpBlock,
) -> Result<IpBlock, Error> {
    tx.delete_ip_block(known.id).await?;
    put_network(node, tx, by, from, wanted, (known.id, known.created_at)).await
}

async fn put_network(
    node: &Node,
    tx: &mut Tx,
    by: &str,
    from: Option<IpAddr>,
    wanted: &NewIpBlock,
    (id, created_at): (Id, Millis),
) -> Result<IpBlock, Error> {
    if wanted.severity == Severity::NoAccess {
        check_access(from, &wanted.network)?;
    }
    if wanted.expires_in.is_some_and(|seconds| seconds <= 0) {
        return Err(Error::invalid("Validation failed: Expires in must be greater than 0"));
    }
    let block = IpBlock {
        id,
        network: wanted.network.to_string(),
        severity: wanted.severity.name().to_owned(),
        comment: wanted.comment.clone(),
        expires_at: wanted.expires_in.map(|seconds| node.now().saturating_add(seconds.saturating_mul(SECOND))),
        created_at,
    };
    if !tx.put_ip_block(&block).await? {
        return Err(Error::invalid("Validation failed: IP has already been taken"));
    }
    let action = format!("ip block {}", block.severity);
    tx.log_action(node.id(), by, &action, &block.network, &block.comment, node.now()).await?;
    Ok(block)
}

/// Refuses to answer nothing to a network that holds whoever says so, or much of the world.
fn check_access(from: Option<IpAddr>, network: &IpNet) -> Result<(), Error> {
    if from.is_some_and(|from| network.contains(&from.to_canonical())) {
        return Err(Error::invalid("Validation failed: IP is a network that you are in yourself"));
    }
    let widest = if network.addr().is_ipv4() { WIDEST.0 } else { WIDEST.1 };
    if network.prefix_len() < widest {
        return Err(Error::invalid(format!(
            "Validation failed: IP is too wide a network to answer nothing to (the widest is a /{widest})"
        )));
    }
    Ok(())
}

pub async fn unblock_network(node: &Node, tx: &mut Tx, by: &str, known: &IpBlock) -> Result<(), Error> {
    tx.delete_ip_block(known.id).await?;
    tx.log_action(node.id(), by, "ip unblock", &known.network, "", node.now()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(network: &str, severity: Severity, expires_at: Option<Millis>) -> IpBlock {
        let (network, severity) = (network.to_owned(), severity.name().to_owned());
        IpBlock { id: 1, network, severity, comment: String::new(), expires_at, created_at: 0 }
    }

    #[test]
    fn the_strictest_block_around_an_address_counts_until_its_time_is_over() {
        let networks = Networks::new(&[
            block("192.0.2.0/24", Severity::Approval, None),
            block("192.0.2.7/32", Severity::NoAccess, Some(100)),
            block("2001:db8::/32", Severity::NoSignUp, None),
        ]);
        let at = |ip: &str, now| networks.severity(ip.parse().unwrap(), now);
        assert_eq!(at("192.0.2.7", 99), Some(Severity::NoAccess));
        assert_eq!(at("192.0.2.7", 100), Some(Severity::Approval));
        assert_eq!((at("192.0.3.1", 0), at("::ffff:192.0.3.1", 0)), (None, None));
        assert_eq!(at("::ffff:192.0.2.7", 0), Some(Severity::NoAccess), "the same address, written as IPv6");
        assert_eq!(at("2001:db8:1::1", 0), Some(Severity::NoSignUp));
    }

    #[test]
    fn nobody_shuts_much_of_the_world_out() {
        let check = |typed| check_access(None, &network(typed).unwrap()).map_err(|e| e.to_string());
        for fine in ["10.0.0.0/8", "192.0.2.7", "2001::/16", "2001:db8::1"] {
            assert_eq!(check(fine), Ok(()), "{fine}");
        }
        for wide in ["0.0.0.0/0", "128.0.0.0/1", "10.0.0.0/7", "::/0", "2000::/3", "2001::/15"] {
            assert!(check(wide).is_err_and(|words| words.contains("too wide")), "{wide}");
        }
    }

    #[test]
    fn networks_are_read_however_they_are_typed() {
        let read = |typed| network(typed).map(|n| n.to_string());
        assert_eq!(read(" 192.0.2.7 ").as_deref(), Some("192.0.2.7/32"));
        assert_eq!(read("192.0.2.7/24").as_deref(), Some("192.0.2.0/24"));
        assert_eq!(read("2001:db8::1/32").as_deref(), Some("2001:db8::/32"));
        assert_eq!(read("::ffff:192.0.2.7").as_deref(), Some("192.0.2.7/32"));
        assert_eq!(read("::ffff:192.0.2.7/120").as_deref(), Some("192.0.2.0/24"));
        assert_eq!(read("::ffff:0:0/96").as_deref(), Some("0.0.0.0/0"));
        assert_eq!(read("::/0").as_deref(), Some("::/0"));
        assert_eq!((read("x"), read("1.2.3.4/33")), (None, None));
    }

    #[test]
    fn one_address_has_one_hash_however_it_is_dotted() {
        // What `sha256sum` says of test@example.org.
        let hash = "388c735eec8225c4ad7a507944dd0a975296baea383198aa87177f29af2c6f69";
        let of = |email| canonical_hash(email).unwrap();
        assert_eq!((of("t.e.s.t+news@Example.ORG").as_str(), of("test@example.org").as_str()), (hash, hash));
        assert_ne!(of("test@example.org"), of("test@mail.example.org"));
    }
}
