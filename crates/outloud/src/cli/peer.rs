//! Servers from which hashtags come, from the command line.

use clap::Subcommand;
use model::clock::date;
use node::{Node, peers};
use storage::Server;
use url::Url;

use super::{BY, aside, say};
use crate::{Error, Settings, serve};

#[derive(Debug, Subcommand)]
pub enum Peer {
    /// Get the hashtags that members follow from a server, too: the node follows the accounts that it has for them. That server
    /// learns the names of these hashtags, and gets what members say to partners, for their followers there.
    Add {
        /// Its address, like https://social.example.org.
        url: String,
        /// How its accounts for hashtags are called, if it does not run Outloud: tag-{slug} or {tag}, for instance. {tag} is the
        /// hashtag itself; {slug} also stands for one in other letters than a to z.
        #[arg(long, value_name = "PATTERN")]
        handles: Option<String>,
        /// It is a hub (OUTLOUD_TAG_HUB): take from it what was posted on other servers, too. Every post is still fetched from where
        /// it was made.
        #[arg(long)]
        hub: bool,
    },
    /// Get no hashtags from a server any more. It is not found again by itself, either.
    Remove {
        /// Its address, like https://social.example.org.
        url: String,
    },
    /// Print the servers: how their accounts are called, how many of them are followed, and who named them.
    List,
}

impl Peer {
    pub async fn run(self, settings: &Settings) -> Result<(), Error> {
        match self {
            Self::Add { url, handles, hub } => add(settings, &url, handles, hub).await,
            Self::Remove { url } => {
                let node = serve::existing(settings).await?;
                let host = host(&origin(&url)?);
                let mut tx = node.store.begin().await?;
                peers::remove(&node, &mut tx, BY, &host).await?;
                node.commit(tx).await?;
                say(&format!(
                    "{host} is not a peer any more: what is followed there ends, and it is not found again by itself."
                ));
                Ok(())
            }
            Self::List => list(&*serve::existing(settings).await?).await,
        }
    }
}

async fn add(settings: &Settings, url: &str, handles: Option<String>, hub: bool) -> Result<(), Error> {
    let node = serve::existing(settings).await?;
    let origin = origin(url)?;
    let host = host(&origin);
    if let Some(handles) = handles.as_deref().filter(|h| !peers::is_pattern(h)) {
        return Err(Error::Usage(format!(
            "“{handles}” does not say how accounts are called: it must be like tag-{{slug}} or {{tag}}, without a domain."
        )));
    }
    peers::check_host(&node, &host)?;
    let said = serve::federate(settings, &node).await?.node_info(&origin).await;
    let is_ours = said.as_ref().is_ok_and(|s| peers::is_ours(&s.software));
    let known = handles.as_deref().or_else(|| peers::known_pattern(&host));
    let runs = match &said {
        Ok(server) => format!(" It runs {}.", in_words(server)),
        Err(error) => {
            aside(&format!("warning: {host} did not say what it runs ({error}). Is the address right?"));
            String::new()
        }
    };
    if let (Ok(server), None, false) = (&said, known, is_ours) {
        return Err(Error::Usage(format!(
            "{host} runs {}, which has no accounts for hashtags as far as is known. If it has, say how they are called: --handles tag-{{tag}}",
            in_words(server)
        )));
    }
    let peer = storage::Peer {
        host: host.clone(),
        origin,
        handles: known.unwrap_or(peers::OURS).to_owned(),
        origin_only: !hub && (is_ours || known.is_none()),
        discovered: false,
        ignored: false,
        created_at: node.now(),
    };
    let mut tx = node.store.begin().await?;
    if let Ok(server) = &said {
        tx.put_server(server).await?;
    }
    peers::add(&node, &mut tx, BY, &peer).await?;
    node.commit(tx).await?;
    say(&format!(
        "{host} is a peer.{runs} For each hashtag that a member follows, the node follows @{}@{host} there, and files what it passes on. \
         It learns the names of these hashtags, and gets what members say to partners, for their followers there.",
        peer.handles.replace("{slug}", "HASHTAG").replace("{tag}", "HASHTAG")
    ));
    Ok(())
}

async fn list(node: &Node) -> Result<(), Error> {
    let mut tx = node.store.read().await?;
    let mut peers = tx.peers().await?;
    // Of one that was named by hand and removed nothing is left to say.
    peers.retain(|p| p.discovered || !p.ignored);
    if peers.is_empty() {
        say("There are no peers.");
    }
    for peer in peers {
        if peer.ignored {
            say(&format!("{}\tignored", peer.host));
            continue;
        }
        let (accepted, all) = tx.count_tag_subscriptions(&peer.host).await?;
        let by = if peer.discovered { "found by itself" } else { "named by the owner" };
        let runs = tx.server(&peer.host).await?.map(|s| in_words(&s)).unwrap_or_default();
        let blocked = if node.is_domain_blocked(&peer.host) { "\tblocked" } else { "" };
        let line = format!(
            "{}\t@{}\t{accepted} of {all} hashtags\t{by} {}\t{runs}{blocked}",
            peer.host,
            peer.handles,
            date(peer.created_at)
        );
        say(line.trim_end());
    }
    Ok(())
}

fn in_words(server: &Server) -> String {
    let name = if server.software.is_empty() { "something without a name" } else { &server.software };
    format!("{name} {}", server.version).trim_end().to_owned()
}

/// The origin of a server as it was typed: its address, or its name alone.
fn origin(typed: &str) -> Result<String, Error> {
    let typed = typed.trim();
    let wrong = || Error::Usage(format!("“{typed}” is not the address of a server, like https://social.example.org."));
    let full = if typed.contains("://") { typed.to_owned() } else { format!("https://{typed}") };
    let url = Url::parse(&full).map_err(|_| wrong())?;
    let is_plain = matches!(url.path(), "" | "/") && url.query().is_none() && url.username().is_empty();
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() || !is_plain {
        return Err(wrong());
    }
    Ok(url.origin().ascii_serialization())
}

fn host(origin: &str) -> String {
    node::config::authority(origin).to_lowercase()
}
