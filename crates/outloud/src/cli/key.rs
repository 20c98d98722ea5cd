//! The keys of our accounts.

use clap::Subcommand;
use federation::signature;
use node::accounts;

use super::{BY, local_account, say};
use crate::{Error, Settings, serve};

#[derive(Debug, Subcommand)]
pub enum Key {
    /// Give an account a new key, for instance because the old one may have been seen by others. The servers of its followers
    /// are told, signed with the old key; everything later is signed with the new one. A running node heeds it within half a second.
    /// The old private key is forgotten after seven days, when nothing can wait any more that was done before.
    Rotate {
        /// A member (sam, @sam).
        #[arg(required_unless_present = "instance")]
        username: Option<String>,
        /// The node itself, whose key signs all its requests for documents.
        #[arg(long, conflicts_with = "username")]
        instance: bool,
    },
}

impl Key {
    pub async fn run(self, settings: &Settings) -> Result<(), Error> {
        let Self::Rotate { username, .. } = self;
        let node = serve::existing(settings).await?;
        let account = match username {
            Some(username) => local_account(&node, &username).await?,
            None => {
                let uri = node.config.instance_actor_uri();
                let account = node.store.read().await?.account_by_uri(&uri).await?;
                account.ok_or_else(|| Error::Usage("The node has no key yet: outloud serve makes one.".to_owned()))?
            }
        };
        let name = match account.username.as_str() {
            accounts::INSTANCE_ACTOR => "The node".to_owned(),
            _ => format!("@{}", node.config.full_handle(&account)),
        };
        if account.deleted_at.is_some() {
            return Err(Error::Usage(format!("{name} is gone, and signs nothing any more.")));
        }
        let keys = signature::generate_key().map_err(federation::Error::from)?;
        let mut tx = node.store.begin().await?;
        let id = accounts::rotate_key(&node, &mut tx, BY, &account, &keys).await?;
        node.commit(tx).await?;
        say(&format!("{name} signs with a new key now: {id}"));
        Ok(())
    }
}
