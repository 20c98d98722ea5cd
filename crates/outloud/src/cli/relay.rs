//! Relays, from the command line.

use clap::{Subcommand, ValueEnum};
use federation::peers::RelayAt;
use model::clock::date;
use node::{peers, relays};
use storage::RelayStyle;
use url::Url;

use super::{BY, say};
use crate::{Error, Settings, serve};

/// How a relay is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Style {
    /// Its address is that of an inbox.
    Mastodon,
    /// Its address is that of an actor.
    Litepub,
}

#[derive(Debug, Subcommand)]
pub enum Relay {
    /// Take part in a relay: public posts of members who let theirs be carried go there, and what others send there comes here.
    Add {
        /// The address that its owner gives out, like https://relay.example/inbox or https://relay.example/actor.
        url: String,
        /// How it is spoken to [default: as an actor if one can be read at that address, else as an inbox].
        #[arg(long)]
        style: Option<Style>,
    },
    /// Take part in a relay no more.
    Remove { url: String },
    /// Print the relays, and whether they have let this node in.
    List,
}

impl Relay {
    pub async fn run(self, settings: &Settings) -> Result<(), Error> {
        let node = serve::existing(settings).await?;
        match self {
            Self::Add { url, style } => {
                let url = address(&url)?;
                peers::check_host(&node, &node::config::host_of(&url))?;
                let federation = serve::federate(settings, &node).await?;
                let at = match style {
                    Some(Style::Mastodon) => RelayAt::Inbox,
                    _ => federation.relay_at(&url).await.map_err(|e| {
                        Error::Usage(format!(
                            "{url} cannot be read just now: {e}. If it is an inbox, say so: --style mastodon"
                        ))
                    })?,
                };
                let actor = match &at {
                    RelayAt::Actor(actor) => Some(&**actor),
                    RelayAt::Inbox if style == Some(Style::Litepub) => {
                        return Err(Error::Usage(format!("{url} is not the address of an actor.")));
                    }
                    RelayAt::Inbox => None,
                };
                // An actor is known by its own id.
                let url = actor.map_or(url, |a| a.uri.clone());
                let mut tx = node.store.begin().await?;
                let relay = relays::add(&node, &mut tx, BY, &url, actor).await?;
                node.commit(tx).await?;
                let style = match RelayStyle::from_name(&relay.style) {
                    Some(RelayStyle::LitePub) => "as an actor (LitePub)",
                    _ => "as an inbox (Mastodon)",
                };
                say(&format!(
                    "{url} is asked to let this node in, {style}. Once it has, public posts of members who let theirs be carried go there, \
                     and what others send there comes here."
                ));
            }
            Self::Remove { url } => {
                let url = address(&url)?;
                let mut tx = node.store.begin().await?;
                relays::remove(&node, &mut tx, BY, &url).await?;
                node.commit(tx).await?;
                say(&format!("The node does not take part in {url} any more."));
            }
            Self::List => {
                let relays = node.store.read().await?.relays().await?;
                if relays.is_empty() {
                    say("There are no relays.");
                }
                for relay in relays {
                    let state = match relay.state.as_str() {
                        "accepted" => "takes part",
                        "rejected" => "was refused",
                        _ => "waits for an answer",
                    };
                    say(&format!("{}\t{}\t{state}\tsince {}", relay.url, relay.style, date(relay.created_at)));
                }
            }
        }
        Ok(())
    }
}

fn address(typed: &str) -> Result<String, Error> {
    let wrong = || Error::Usage(format!("“{typed}” is not the address of a relay, like https://relay.example/inbox."));
    let url = Url::parse(typed.trim()).map_err(|_| wrong())?;
    match url.scheme() {
        "http" | "https" if url.host_str().is_some() => Ok(url.to_string()),
        _ => Err(wrong()),
    }
}
