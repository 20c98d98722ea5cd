//! The node's own emoji.

use std::path::PathBuf;

use bytes::Bytes;
use clap::Subcommand;
use node::emoji::{self, NewEmoji};

use super::{BY, say};
use crate::{Error, Settings, serve};

#[derive(Debug, Subcommand)]
pub enum Emoji {
    /// Add an emoji: members write :shortcode:, and everybody sees the picture.
    Add {
        /// Letters, digits and underscores, two at least.
        shortcode: String,
        /// PNG, GIF or WebP, at most 256 KB. Kept at 128 by 128 pixels or less.
        file: PathBuf,
        /// The heading under which apps show it.
        #[arg(long, default_value = "")]
        category: String,
        /// Do not show it in the pickers of apps.
        #[arg(long)]
        hidden: bool,
    },
    /// Take an emoji out of use. What used it keeps it.
    Remove { shortcode: String },
    /// Print the emoji.
    List,
}

impl Emoji {
    pub async fn run(self, settings: &Settings) -> Result<(), Error> {
        let node = serve::existing(settings).await?;
        match self {
            Self::Add { shortcode, file, category, hidden } => {
                // One byte more than it may have tells that it has too many.
                let bytes = read(&file, emoji::BYTES as u64 + 1)?;
                let form = NewEmoji { shortcode, category, visible: !hidden };
                let stored = emoji::store(&node, &form, bytes).await?;
                let mut tx = node.store.begin().await?;
                emoji::add(&node, &mut tx, BY, &stored).await?;
                node.commit(tx).await?;
                say(&format!(":{}: can be used now.", stored.shortcode));
            }
            Self::Remove { shortcode } => {
                let mut tx = node.store.begin().await?;
                emoji::remove(&node, &mut tx, BY, &shortcode).await?;
                node.commit(tx).await?;
                say(&format!(":{}: is no longer in use.", shortcode.trim().trim_matches(':')));
            }
            Self::List => {
                let emojis = node.store.read().await?.emojis().await?;
                if emojis.is_empty() {
                    say("There are no emoji of this node.");
                }
                for e in emojis {
                    let hidden = if e.visible { "" } else { " (hidden)" };
                    let between = if e.category.is_empty() { "" } else { "  " };
                    say(&format!(":{}:{between}{}{hidden}", e.shortcode, e.category));
                }
            }
        }
        Ok(())
    }
}

fn read(file: &std::path::Path, most: u64) -> Result<Bytes, Error> {
    use std::io::Read as _;
    let cannot = || Error::io(format!("cannot read {}", file.display()));
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file).map_err(cannot())?;
    opened.take(most).read_to_end(&mut bytes).map_err(cannot())?;
    Ok(bytes.into())
}
