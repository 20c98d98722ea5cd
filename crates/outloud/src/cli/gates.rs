//! Who may not join, from the command line: e-mail providers, single addresses, networks. And from where nothing is answered.

use clap::{Subcommand, ValueEnum};
use ipnet::IpNet;
use model::clock::{DAY, SECOND, date};
use model::handle::canonical_domain;
use model::page::Page;
use node::Node;
use node::gates::{self, NewIpBlock, Severity};
use storage::{CanonicalEmailBlock, EmailDomainBlock, IpBlock, Tx};

use super::{BY, say};
use crate::{Error, Settings, serve};

/// How many are read at a time.
const STEP: i64 = 200;

#[derive(Debug, Subcommand)]
pub enum ProviderBlock {
    /// Let nobody join with addresses of a provider, and of whatever lies below its domain.
    Add {
        /// A domain, like mail.example.
        domain: String,
        /// Who has such an address may ask to join, and waits to be let in.
        #[arg(long)]
        allow_with_approval: bool,
    },
    /// Print the providers, the newest first.
    List,
    /// Let people join with addresses of a provider again.
    Remove { domain: String },
}

impl ProviderBlock {
    pub async fn run(self, settings: &Settings) -> Result<(), Error> {
        let node = serve::existing(settings).await?;
        match self {
            Self::Add { domain, allow_with_approval } => {
                let mut tx = node.store.begin().await?;
                let made = gates::block_email_domain(&node, &mut tx, BY, &domain, allow_with_approval).await?;
                node.commit(tx).await?;
                say(&format!("Who has an address of {} {}.", made.domain, provider_words(&made)));
            }
            Self::List => {
                let mut page = Page::first(STEP);
                let mut tx = node.store.read().await?;
                loop {
                    let step = tx.email_domain_blocks(&page).await?;
                    for block in &step {
                        say(&format!("{}\t{}\t{}", block.domain, provider_words(block), date(block.created_at)));
                    }
                    page.max_id = step.last().map(|b| b.id);
                    if page.max_id.is_none() {
                        return Ok(());
                    }
                }
            }
            Self::Remove { domain } => {
                let mut tx = node.store.begin().await?;
                let wanted = canonical_domain(domain.trim().trim_start_matches('@')).unwrap_or_default();
                let found = tx.email_domain_blocks_for(std::slice::from_ref(&wanted)).await?;
                let block = found.first().ok_or_else(|| Error::Usage(format!("There is no block of {domain}.")))?;
                gates::unblock_email_domain(&node, &mut tx, BY, block.id).await?;
                node.commit(tx).await?;
                say(&format!("Addresses of {wanted} are as good as any again."));
            }
        }
        Ok(())
    }
}

fn provider_words(block: &EmailDomainBlock) -> &'static str {
    if block.allow_with_approval { "waits to be let in" } else { "cannot join" }
}

#[derive(Debug, Subcommand)]
pub enum EmailBlock {
    /// Let nobody join with an address, however it is dotted. What is kept of it is a hash.
    Add {
        /// An address, like somebody@mail.example.
        address: String,
    },
    /// Print the hashes, the newest first, with who was suspended with the address. Whether an address is among them: find.
    List,
    /// Tell whether somebody could join with an address.
    Find { address: String },
    /// Let somebody join with an address again.
    Remove {
        /// The address, or its hash.
        address: String,
    },
}

impl EmailBlock {
    pub async fn run(self, settings: &Settings) -> Result<(), Error> {
        let node = serve::existing(settings).await?;
        match self {
            Self::Add { address } => {
                let mut tx = node.store.begin().await?;
                gates::block_email(&node, &mut tx, BY, &hash_of(&address)?).await?;
                node.commit(tx).await?;
                say(&format!("Nobody joins with {address}."));
            }
            Self::List => {
                let mut page = Page::first(STEP);
                let mut tx = node.store.read().await?;
                loop {
                    let step = tx.canonical_email_blocks(&page).await?;
                    for block in &step {
                        say(&address_line(&node, &mut tx, block).await?);
                    }
                    page.max_id = step.last().map(|b| b.id);
                    if page.max_id.is_none() {
                        return Ok(());
                    }
                }
            }
            Self::Find { address } => {
                let mut tx = node.store.read().await?;
                match tx.canonical_email_block_of(&hash_of(&address)?).await? {
                    Some(block) => {
                        say(&format!("{address} is blocked: {}", address_line(&node, &mut tx, &block).await?))
                    }
                    None => say(&format!("{address} is not blocked.")),
                }
            }
            Self::Remove { address } => {
                let mut tx = node.store.begin().await?;
                let found = tx.canonical_email_block_of(&hash_of(&address)?).await?;
                let block = found.ok_or_else(|| Error::Usage(format!("{address} is not blocked.")))?;
                gates::unblock_email(&node, &mut tx, BY, block.id).await?;
                node.commit(tx).await?;
                say(&format!("{address} is as good as any again."));
            }
        }
        Ok(())
    }
}

/// The hash of an address; of a hash itself.
fn hash_of(typed: &str) -> Result<String, Error> {
    let is_hash = typed.len() == 64 && typed.bytes().all(|b| b.is_ascii_hexdigit());
    let hash = if is_hash { Some(typed.to_lowercase()) } else { gates::canonical_hash(typed) };
    hash.ok_or_else(|| Error::Usage(format!("“{typed}” is not an e-mail address, like somebody@mail.example.")))
}

async fn address_line(node: &Node, tx: &mut Tx, block: &CanonicalEmailBlock) -> Result<String, Error> {
    let account = match block.account_id {
        Some(id) => tx.account(id).await?,
        None => None,
    };
    let of = account.map(|a| format!("\tof @{}", node.config.full_handle(&a))).unwrap_or_default();
    Ok(format!("{}\t{}{of}", block.hash, date(block.created_at)))
}

/// What is done about a network, the mildest first.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum What {
    /// Who joins from there waits to be let in.
    SignUpRequiresApproval,
    /// Nobody joins from there.
    SignUpBlock,
    /// Nothing that comes from there is answered.
    NoAccess,
}

impl From<What> for Severity {
    fn from(what: What) -> Self {
        match what {
            What::SignUpRequiresApproval => Self::Approval,
            What::SignUpBlock => Self::NoSignUp,
            What::NoAccess => Self::NoAccess,
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum NetworkBlock {
    /// Say what is done about who comes from a network. A running node heeds it within a second.
    Add {
        /// An address or a network, like 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32. With no-access at most a /8 wide, of IPv6 a /16.
        network: String,
        #[arg(long)]
        severity: What,
        /// Why: for the moderators.
        #[arg(long, default_value = "")]
        comment: String,
        /// For how many days [default: until it is removed].
        #[arg(long, value_parser = clap::value_parser!(i64).range(1..=36_500))]
        days: Option<i64>,
    },
    /// Print the networks, the newest first.
    List,
    /// Forget what was said about a network. Works from here whatever it says.
    Remove { network: String },
}

impl NetworkBlock {
    pub async fn run(self, settings: &Settings) -> Result<(), Error> {
        let node = serve::existing(settings).await?;
        match self {
            Self::Add { network, severity, comment, days } => {
                let expires_in = days.map(|days| days * DAY / SECOND);
                let wanted = NewIpBlock { network: read(&network)?, severity: severity.into(), comment, expires_in };
                let mut tx = node.store.begin().await?;
                let made = gates::block_network(&node, &mut tx, BY, None, &wanted).await?;
                node.commit(tx).await?;
                say(&network_line(&made));
            }
            Self::List => {
                let now = node.now();
                for block in node.store.read().await?.ip_blocks().await? {
                    if block.expires_at.is_none_or(|at| now < at) {
                        say(&network_line(&block));
                    }
                }
            }
            Self::Remove { network } => {
                let wanted = read(&network)?.to_string();
                let mut tx = node.store.begin().await?;
                let found = tx.ip_blocks().await?.into_iter().find(|b| b.network == wanted);
                let block = found.ok_or_else(|| Error::Usage(format!("There is no block of {wanted}.")))?;
                gates::unblock_network(&node, &mut tx, BY, &block).await?;
                node.commit(tx).await?;
                say(&format!("{wanted} is as good as any again."));
            }
        }
        Ok(())
    }
}

fn read(typed: &str) -> Result<IpNet, Error> {
    let wrong = || Error::Usage(format!("“{typed}” is no address and no network, like 192.0.2.7 or 192.0.2.0/24."));
    gates::network(typed).ok_or_else(wrong)
}

fn network_line(block: &IpBlock) -> String {
    let what = block.severity.replace('_', "-");
    let until = block.expires_at.map(|at| format!("\tuntil {}", date(at))).unwrap_or_default();
    format!("{}\t{what}{until}\t{}", block.network, block.comment.replace(['\n', '\t'], " ")).trim_end().to_owned()
}
