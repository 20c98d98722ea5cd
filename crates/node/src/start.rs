//! What an owner has to see to before others come, and what of it is done: worked out from what is there.

use model::clock::Millis;
use storage::Tx;

use crate::{Error, Node, mail};

/// Under which names it is kept when the last backup was made, and when the node last reached itself as others would.
const BACKED_UP: &str = "backed up";
const REACHED: &str = "reached itself";
/// When it was last tried whether a backup can be restored, and could.
const TESTED: &str = "restore tested";

/// One thing to see to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The node has a public address.
    Address,
    /// It says what it is for, and whom to write to.
    About,
    /// It has rules.
    Rules,
    /// It can send letters: one was sent.
    Letters,
    /// Other servers reach it, as far as it can see that itself.
    Reach,
    /// A backup was made.
    Backup,
    /// Somebody besides the owner is here, or invited.
    People,
}

impl Step {
    pub const ALL: [Self; 7] =
        [Self::Address, Self::About, Self::Rules, Self::Letters, Self::Reach, Self::Backup, Self::People];
}

/// Whether a step is done.
pub async fn is_done(node: &Node, tx: &mut Tx, step: Step) -> Result<bool, Error> {
    let config = &node.config;
    Ok(match step {
        Step::Address => config.origin.starts_with("https://"),
        Step::About => !config.description.is_empty() && !config.contact_email.is_empty(),
        Step::Rules => !tx.rules().await?.is_empty(),
        Step::Letters => config.mail && mail::proved_at(tx).await?.is_some(),
        Step::Reach => reached_at(tx).await?.is_some(),
        Step::Backup => backed_up_at(tx).await?.is_some(),
        Step::People => tx.member_ids(0, 2).await?.len() > 1 || !tx.open_invites(node.now()).await?.is_empty(),
    })
}

/// A backup is written and whole.
pub async fn backed_up(node: &Node) -> Result<(), Error> {
    remember(node, BACKED_UP).await
}

/// When the last one was.
pub async fn backed_up_at(tx: &mut Tx) -> Result<Option<Millis>, Error> {
    Ok(tx.setting(BACKED_UP).await?.and_then(|at| at.parse().ok()))
}

/// A backup was restored on trial, and was whole.
pub async fn restore_tested(node: &Node) -> Result<(), Error> {
    remember(node, TESTED).await
}

/// When one last was.
pub async fn restore_tested_at(tx: &mut Tx) -> Result<Option<Millis>, Error> {
    Ok(tx.setting(TESTED).await?.and_then(|at| at.parse().ok()))
}

/// The node reached itself over its public address.
pub async fn reached(node: &Node) -> Result<(), Error> {
    remember(node, REACHED).await
}

/// When it last did.
pub async fn reached_at(tx: &mut Tx) -> Result<Option<Millis>, Error> {
    Ok(tx.setting(REACHED).await?.and_then(|at| at.parse().ok()))
}

async fn remember(node: &Node, name: &str) -> Result<(), Error> {
    let mut tx = node.store.begin().await?;
    tx.put_setting(name, &node.now().to_string()).await?;
    node.commit(tx).await
}
