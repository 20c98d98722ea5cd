//! Hats that members wear on hashtags.

use clap::Subcommand;
use model::clock::date;
use model::hat::Worn;
use model::id::Id;
use node::hat;
use storage::Tx;

use super::{BY, local_account, say};
use crate::{Error, Settings, serve};

/// Hats that are printed at once.
const LINES: i64 = 1_000;

#[derive(Debug, Subcommand)]
pub enum Hat {
    /// Print the hats that are worn, the last one first: number, who, hat, hashtag, and until when.
    List {
        /// Only those of this member.
        #[arg(long, value_name = "USERNAME")]
        member: Option<String>,
        /// Only those that wait to be confirmed.
        #[arg(long)]
        waiting: bool,
    },
    /// Take a hat off whoever wears it.
    Off {
        /// Its number, as list prints it.
        number: Id,
    },
}

impl Hat {
    pub async fn run(self, settings: &Settings) -> Result<(), Error> {
        let node = serve::existing(settings).await?;
        match self {
            Self::List { member, waiting } => {
                let account = match member {
                    Some(username) => Some(local_account(&node, &username).await?),
                    None => None,
                };
                let mut tx = node.store.read().await?;
                let mut worn = match account {
                    Some(account) => tx.hats_of(account.id, node.now()).await?,
                    None => tx.all_hats(Id::MAX, node.now(), LINES).await?,
                };
                worn.retain(|w| !waiting || !w.confirmed);
                if worn.is_empty() {
                    say("Nobody wears a hat that fits.");
                }
                for w in &worn {
                    say(&line(&mut tx, w).await?);
                }
            }
            Self::Off { number } => {
                let mut tx = node.store.begin().await?;
                let worn = tx.hat(number, node.now()).await?;
                let worn = worn.ok_or_else(|| Error::Usage("There is no hat with this number.".to_owned()))?;
                let words = line(&mut tx, &worn).await?;
                hat::remove(&node, &mut tx, BY, &worn).await?;
                node.commit(tx).await?;
                say(&format!("Taken off: {words}"));
            }
        }
        Ok(())
    }
}

async fn line(tx: &mut Tx, w: &Worn) -> Result<String, Error> {
    let who = tx.account(w.account_id).await?.map_or_else(String::new, |a| a.username);
    let on = match tx.tags_by_id(&[w.subject_id]).await?.pop() {
        Some(tag) => format!("#{}", tag.name),
        None => tx.account(w.subject_id).await?.map_or_else(String::new, |a| format!("@{}", a.username)),
    };
    let waits = if w.confirmed { "" } else { " (waits to be confirmed)" };
    Ok(format!("{}  @{who}  {}  {on}  until {}{waits}", w.id, w.hat.words(), date(w.until)))
}
