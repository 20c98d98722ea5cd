//! Invitations.

use clap::{Args, Subcommand};
use model::account::Role;
use model::clock::date;
use node::invite;

use super::{BY, say};
use crate::{Error, Settings, serve};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Invite {
    #[command(subcommand)]
    command: Option<Kept>,
    /// What they become: owner, admin, moderator or member.
    #[arg(long, default_value = "member")]
    role: Role,
    /// How many people may use it.
    #[arg(long, default_value_t = 1, allow_negative_numbers = true, value_parser = clap::value_parser!(i64).range(1..=10_000))]
    uses: i64,
    /// How many days it works.
    #[arg(long, default_value_t = 7, allow_negative_numbers = true, value_parser = clap::value_parser!(i64).range(1..=365))]
    days: i64,
}

#[derive(Debug, Subcommand)]
pub enum Kept {
    /// Print the invitations that still work: their ids, what they make of whoever comes, how many may, until when.
    List,
    /// End an invitation, by its id in the list or by its link.
    Revoke { invitation: String },
}

impl Invite {
    pub async fn run(self, settings: &Settings) -> Result<(), Error> {
        let node = serve::existing(settings).await?;
        match self.command {
            None => {
                let mut tx = node.store.begin().await?;
                let link = invite::invite_by(&node, &mut tx, BY, self.role, self.uses, self.days).await?;
                node.commit(tx).await?;
                say(&link);
            }
            Some(Kept::List) => {
                let open = node.store.read().await?.open_invites(node.now()).await?;
                if open.is_empty() {
                    say("No invitation is open.");
                }
                for i in open {
                    let many =
                        if i.uses_left == 1 { "one person".to_owned() } else { format!("{} people", i.uses_left) };
                    let (id, until) = (invite::id(&i), date(i.expires_at));
                    say(&format!("{id}\t{}\tfor {many}\tuntil {until}\tmade {}", i.role.name(), date(i.created_at)));
                }
            }
            Some(Kept::Revoke { invitation }) => {
                let mut tx = node.store.begin().await?;
                match invite::revoke(&node, &mut tx, BY, &invitation).await {
                    Err(node::Error::NotFound) => {
                        let words = format!("No open invitation is “{invitation}” (see: outloud invite list).");
                        return Err(Error::Usage(words));
                    }
                    other => other?,
                }
                node.commit(tx).await?;
                say("Nobody can join with it any more.");
            }
        }
        Ok(())
    }
}
