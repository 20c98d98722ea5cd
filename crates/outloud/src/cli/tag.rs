//! Hashtags that the node does not carry, from the command line.

use clap::Subcommand;
use node::carry;

use super::{BY, say};
use crate::{Error, Settings, serve};

/// Lines that are read at a time.
const STEP: i64 = 200;

#[derive(Debug, Subcommand)]
pub enum Tag {
    /// Carry a hashtag nowhere: nobody can follow it from elsewhere, and what it carried is taken back. Members can use it as before.
    Block {
        /// With or without the #.
        name: String,
        /// Why, for those who look after the node.
        #[arg(long, default_value = "")]
        comment: String,
    },
    /// Carry it again.
    Unblock { name: String },
    /// Print the hashtags that the node does not carry.
    List,
}

impl Tag {
    pub async fn run(self, settings: &Settings) -> Result<(), Error> {
        let node = serve::existing(settings).await?;
        match self {
            Self::Block { name, comment } => {
                let mut tx = node.store.begin().await?;
                let tag = carry::block(&node, &mut tx, BY, &name, &comment).await?;
                node.commit(tx).await?;
                say(&format!("#{tag} is not carried any more."));
            }
            Self::Unblock { name } => {
                let mut tx = node.store.begin().await?;
                let was = carry::unblock(&node, &mut tx, BY, &name).await?;
                node.commit(tx).await?;
                let name = name.trim_start_matches('#');
                say(&if was {
                    format!("#{name} is carried again.")
                } else {
                    format!("#{name} was carried all the time.")
                });
            }
            Self::List => {
                let (mut after, mut count) = (String::new(), 0);
                loop {
                    let step = node.store.read().await?.blocked_tags(&after, STEP).await?;
                    for tag in &step {
                        let why = if tag.comment.is_empty() { String::new() } else { format!("  {}", tag.comment) };
                        say(&format!("#{}{why}", tag.name));
                        count += 1;
                    }
                    match step.last() {
                        Some(last) => after.clone_from(&last.name),
                        None => break,
                    }
                }
                if count == 0 {
                    say("Every hashtag is carried.");
                }
            }
        }
        Ok(())
    }
}
