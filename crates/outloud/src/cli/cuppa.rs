//! Introductions, from the command line: numbers, and a round that is not waited for. Who is in nobody is told.

use clap::Subcommand;
use model::clock::minute;
use model::pairing::Kind;
use node::pairing;

use super::{BY, say};
use crate::{Error, Settings, serve};

#[derive(Debug, Subcommand)]
pub enum Cuppa {
    /// Print how many are in for each kind, and when the last round was and the next will be.
    Show,
    /// Hold a round now, and print how many pairs were introduced. The next is due as long after it as after any other.
    Round,
}

impl Cuppa {
    pub async fn run(self, settings: &Settings) -> Result<(), Error> {
        let node = &*serve::existing(settings).await?;
        if node.config.cuppa_days == 0 {
            return Err(Error::Usage("Nobody is introduced to anybody here: OUTLOUD_CUPPA_DAYS is 0.".to_owned()));
        }
        if matches!(self, Self::Round) {
            node.read_domain_rules().await?;
            let made = pairing::hold_now(node).await?;
            let mut tx = node.store.begin().await?;
            tx.log_action(node.id(), BY, "cuppa round", "", &format!("{made} pairs"), node.now()).await?;
            node.commit(tx).await?;
            say(&if made == 1 { "1 pair".to_owned() } else { format!("{made} pairs") });
            return Ok(());
        }
        let mut tx = node.store.read().await?;
        for kind in Kind::ALL {
            say(&format!("{}\t{}", kind.name(), tx.count_seekers(kind).await?));
        }
        let (last, next) = (pairing::last_round(&mut tx).await?, pairing::next_round(node, &mut tx).await?);
        say(&format!("last round\t{}", last.map_or_else(|| "none".to_owned(), minute)));
        say(&format!("next round\t{}", next.map_or_else(|| "when somebody is in".to_owned(), minute)));
        Ok(())
    }
}
