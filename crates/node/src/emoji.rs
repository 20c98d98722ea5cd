//! The node's own emoji: adding and removing them, and which of them a text uses. What used one keeps it, with its picture, when it
//! is removed: the row and the files stay.

use bytes::Bytes;
use model::account::Emoji;
use model::emoji::{is_shortcode, shortcodes};
use storage::{NodeEmoji, Tx};

use crate::media::sniff::Picture;
use crate::media::{self, Purpose, Sniffed};
use crate::upload::store_picture;
use crate::{Error, Node};

/// Largest picture of an emoji in bytes, as sent and as stored: what Mastodon takes of one.
pub const BYTES: usize = 256 * 1024;

/// An emoji that is asked for.
#[derive(Clone, Debug)]
pub struct NewEmoji {
    /// With or without colons.
    pub shortcode: String,
    /// Under which heading pickers show it; empty: none.
    pub category: String,
    /// Shown in pickers.
    pub visible: bool,
}

/// Reads and stores the picture of an emoji (PNG, GIF or WebP), before the transaction. Errors: [`Error::Invalid`] or
/// [`Error::Media`], in words for the one who sent it.
pub async fn store(node: &Node, form: &NewEmoji, bytes: Bytes) -> Result<NodeEmoji, Error> {
    let shortcode = form.shortcode.trim().trim_matches(':').to_owned();
    if !is_shortcode(&shortcode) {
        return Err(Error::invalid(format!(
            "“{shortcode}” cannot be a shortcode: use letters, digits and underscores, at least two"
        )));
    }
    if form.category.chars().count() > 100 {
        return Err(Error::invalid("A category can have at most 100 characters."));
    }
    let too_large = || Error::invalid(format!("The picture is larger than {} KB.", BYTES / 1024));
    if bytes.len() > BYTES {
        return Err(too_large());
    }
    if !matches!(media::sniff(&bytes), Ok(Sniffed::Picture(Picture::Png | Picture::Gif | Picture::WebP))) {
        return Err(Error::invalid("The picture of an emoji must be PNG, GIF or WebP."));
    }
    let id = node.id();
    let stored = store_picture(node, id, bytes, Purpose::Emoji, BYTES).await?.ok_or_else(too_large)?;
    Ok(NodeEmoji {
        id,
        shortcode,
        category: form.category.trim().to_owned(),
        path: stored.path,
        still_path: stored.still_path,
        visible: form.visible,
        created_at: node.now(),
    })
}

/// Takes a stored emoji into use.
pub async fn add(node: &Node, tx: &mut Tx, by: &str, emoji: &NodeEmoji) -> Result<(), Error> {
    if tx.insert_emoji(emoji).await? {
        return log(node, tx, by, "emoji add", &emoji.shortcode).await;
    }
    Err(Error::Conflict(format!("There is an emoji :{}: already: remove it first.", emoji.shortcode)))
}

/// Takes an emoji out of use.
pub async fn remove(node: &Node, tx: &mut Tx, by: &str, shortcode: &str) -> Result<(), Error> {
    let shortcode = shortcode.trim().trim_matches(':');
    if tx.remove_emoji(shortcode, node.now()).await? {
        return log(node, tx, by, "emoji remove", shortcode).await;
    }
    Err(Error::invalid(format!("There is no emoji :{shortcode}: here.")))
}

async fn log(node: &Node, tx: &mut Tx, by: &str, action: &str, shortcode: &str) -> Result<(), Error> {
    Ok(tx.log_action(node.id(), by, action, &format!(":{shortcode}:"), "", node.now()).await?)
}

/// The emoji of this node that texts use.
pub async fn used(tx: &mut Tx, texts: &[&str]) -> Result<Vec<Emoji>, Error> {
    let codes: Vec<&str> = texts.iter().flat_map(|t| shortcodes(t)).collect();
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let all = tx.emojis().await?;
    Ok(all.iter().filter(|e| codes.contains(&e.shortcode.as_str())).map(as_used).collect())
}

fn as_used(emoji: &NodeEmoji) -> Emoji {
    Emoji {
        shortcode: emoji.shortcode.clone(),
        url: emoji.path.clone(),
        still: emoji.still_path.clone(),
        own: Some(emoji.id),
    }
}
