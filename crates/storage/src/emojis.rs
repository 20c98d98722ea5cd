//! The node's own emoji: pictures that stand for `:shortcode:`. A few hundred at most, so that they are read as a whole.

use model::clock::Millis;
use model::id::Id;

use crate::{Error, Tx};

/// A picture of this node that stands for `:shortcode:`.
#[derive(Clone, Debug)]
pub struct NodeEmoji {
    pub id: Id,
    /// Without the colons.
    pub shortcode: String,
    /// Under which heading pickers show it; empty: none.
    pub category: String,
    /// Key in the file store.
    pub path: String,
    /// The same without movement.
    pub still_path: String,
    /// Shown in pickers.
    pub visible: bool,
    pub created_at: Millis,
}

row!(NodeEmoji, emoji_columns, "e.": id, shortcode, category, path, still_path, visible, created_at);

impl Tx {
    /// Those that can be used, by shortcode.
    pub async fn emojis(&mut self) -> Result<Vec<NodeEmoji>, Error> {
        self.all(
            concat!("select ", emoji_columns!(), " from emojis e where e.removed_at is null order by e.shortcode"),
            args![],
        )
        .await
    }

    /// By id, also one that was removed: posts of old still name it.
    pub async fn emoji(&mut self, id: Id) -> Result<Option<NodeEmoji>, Error> {
        self.one(concat!("select ", emoji_columns!(), " from emojis e where e.id = $1"), args![id]).await
    }

    /// Adds an emoji; `false` if another has the shortcode.
    pub async fn insert_emoji(&mut self, e: &NodeEmoji) -> Result<bool, Error> {
        Ok(self
            .run(
                "insert into emojis (id, shortcode, category, path, still_path, visible, created_at) \
                 values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
                args![e.id, &e.shortcode, &e.category, &e.path, &e.still_path, e.visible, e.created_at],
            )
            .await?
            > 0)
    }

    /// Takes an emoji out of use; `false` if there is none of this shortcode.
    pub async fn remove_emoji(&mut self, shortcode: &str, now: Millis) -> Result<bool, Error> {
        Ok(self
            .run("update emojis set removed_at = $2 where shortcode = $1 and removed_at is null", args![shortcode, now])
            .await?
            > 0)
    }
}
