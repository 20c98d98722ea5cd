//! Keeping order from the command line: accounts.

use clap::{Args, Subcommand};
use model::account::{Account as Person, ActorKind};
use model::handle::Handle;
use node::moderate::Act;
use node::warn::Measure;
use node::{Node, moderate};
use storage::Tx;

use super::{BY, say};
use crate::{Error, Settings, serve};

#[derive(Debug, Subcommand)]
pub enum Account {
    /// Show nothing of an account, take nothing in from it, send nothing of it. One of our members is signed out everywhere
    /// at once. Can be lifted again.
    Suspend(Deed),
    /// Lift a suspension.
    Unsuspend(Whose),
    /// Keep an account out of public timelines; those who follow it still see it.
    Limit(Deed),
    /// Lift a limit.
    Unlimit(Whose),
    /// Let a member sign in and read, and do nothing that others see. What they said stays.
    Freeze(Deed),
    /// Let a frozen member do everything again.
    Unfreeze(Whose),
    /// Take a member's login away and sign them out everywhere. What they said stays.
    Disable(Deed),
    /// Give a member's login back.
    Enable(Whose),
    /// Tell a member something, and do nothing.
    Warn(Deed),
    /// List who is suspended or limited, here and elsewhere. Whole servers: domain list.
    List,
}

#[derive(Debug, Args)]
pub struct Whose {
    /// A member (sam, @sam), or somebody elsewhere who is known here (sam@example.org).
    handle: String,
}

#[derive(Debug, Args)]
pub struct Deed {
    #[command(flatten)]
    whose: Whose,
    /// What to say to them about it. A member reads it among their notifications, and in a letter.
    #[arg(long, default_value = "")]
    text: String,
    /// Send no letter.
    #[arg(long)]
    no_letter: bool,
}

impl Deed {
    fn act(&self, measure: Measure) -> Act<'_> {
        Act { measure, words: self.text.trim(), report: None, letter: !self.no_letter }
    }
}

impl Account {
    pub async fn run(self, settings: &Settings) -> Result<(), Error> {
        let node = serve::existing(settings).await?;
        let whose = match &self {
            Self::Suspend(d) | Self::Limit(d) | Self::Freeze(d) | Self::Disable(d) | Self::Warn(d) => &d.whose,
            Self::Unsuspend(whose) | Self::Unlimit(whose) | Self::Unfreeze(whose) | Self::Enable(whose) => whose,
            Self::List => return list(&node).await,
        };
        let mut tx = node.store.begin().await?;
        let account = find(&node, &mut tx, &whose.handle).await?;
        let on = &*node;
        let (result, done) = match &self {
            Self::Suspend(d) => (moderate::act(on, &mut tx, BY, &account, d.act(Measure::Suspend)).await, "suspended"),
            Self::Unsuspend(_) => (moderate::unsuspend(on, &mut tx, BY, &account).await, "no longer suspended"),
            Self::Limit(d) => (moderate::act(on, &mut tx, BY, &account, d.act(Measure::Silence)).await, "limited"),
            Self::Unlimit(_) => (moderate::unlimit(on, &mut tx, BY, &account).await, "no longer limited"),
            Self::Freeze(d) => (moderate::act(on, &mut tx, BY, &account, d.act(Measure::Freeze)).await, "frozen"),
            Self::Unfreeze(_) => (moderate::unfreeze(on, &mut tx, BY, &account).await, "no longer frozen"),
            Self::Disable(d) => (moderate::act(on, &mut tx, BY, &account, d.act(Measure::Disable)).await, "disabled"),
            Self::Enable(_) => (moderate::enable(on, &mut tx, BY, &account).await, "no longer disabled"),
            Self::Warn(d) => (warn(on, &mut tx, &account, d).await, "told"),
            Self::List => return Ok(()),
        };
        result?;
        let now = tx.account(account.id).await?.filter(|a| a.is_suspended() && done == "no longer suspended");
        node.commit(tx).await?;
        let handle = node.config.full_handle(&account);
        match now {
            Some(a) if a.is_waiting() => say(&format!("@{handle} is no longer suspended, and waits to be let in.")),
            Some(_) => say(&format!("@{handle} stays suspended, because its server is blocked.")),
            None => say(&format!("@{handle} is {done}.")),
        }
        Ok(())
    }
}

/// Words alone are for members: nobody else would read them.
async fn warn(node: &Node, tx: &mut Tx, account: &Person, deed: &Deed) -> Result<(), node::Error> {
    if deed.text.trim().is_empty() {
        return Err(node::Error::invalid("There is nothing to say: what they are told is in --text."));
    }
    if !account.is_local() {
        let handle = node.config.full_handle(account);
        return Err(node::Error::invalid(format!("@{handle} is not a member of this node.")));
    }
    moderate::act(node, tx, BY, account, deed.act(Measure::None)).await
}

async fn list(node: &Node) -> Result<(), Error> {
    let (mut last, mut tx) = (0, node.store.read().await?);
    loop {
        let step = tx.restricted_accounts(last, 200).await?;
        for account in &step {
            say(&format!("@{}\t{}", node.config.full_handle(account), restrictions(account)));
        }
        match step.last() {
            Some(account) => last = account.id,
            None => {
                if last == 0 {
                    say("Nobody is suspended or limited.");
                }
                return Ok(());
            }
        }
    }
}

/// What stands in an account's way, and that it has moved; empty for most.
pub fn restrictions(account: &Person) -> String {
    let of = [
        (account.is_suspended() && !account.is_waiting(), "suspended"),
        (account.limited_at.is_some(), "limited"),
        (!account.moved_to.is_empty(), "moved away"),
    ];
    of.into_iter().filter_map(|(is, word)| is.then_some(word)).collect::<Vec<_>>().join(", ")
}

/// The account that was named: ours or another's, if it is known here.
pub async fn find(node: &Node, tx: &mut Tx, typed: &str) -> Result<Person, Error> {
    let handle = Handle::parse(typed)
        .map_err(|e| Error::Usage(format!("“{typed}” is not a handle, like sam or sam@example.org: {e}.")))?;
    let domain = handle.domain.as_deref().filter(|d| !node.config.is_own_domain(d)).unwrap_or("");
    let known = tx.account_by_handle(&handle.username, domain).await?;
    let known = known.filter(|a| !(a.is_local() && a.kind == ActorKind::Application));
    let known = known.ok_or_else(|| {
        let hint = "look it up once with an app or on a page, or block its whole server";
        let hint = if domain.is_empty() { String::new() } else { format!(" ({hint})") };
        Error::Usage(format!("No account “{typed}” is known here{hint}."))
    })?;
    if known.deleted_at.is_some() {
        return Err(Error::Usage(format!("The account “{typed}” was deleted.")));
    }
    Ok(known)
}
