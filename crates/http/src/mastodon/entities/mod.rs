//! The entities of the Mastodon API (docs.joinmastodon.org/entities), as JSON that clients of all ages read: ids are strings,
//! what may be null is null and never missing, and what does not apply is missing and never null. Only written here, never read,
//! and only what this node really has is named.

pub mod account;
pub mod admin;
pub mod card;
pub mod experiment;
pub mod filter;
pub mod group;
pub mod html;
pub mod media;
pub mod notification;
pub mod poll;
pub mod quote;
pub mod report;
pub mod small;
pub mod status;

use model::id::Id;
use node::Config;
use node::remote::Owner;
use serde::Serialize;
use storage::NodeEmoji;
use utoipa::ToSchema;

/// A picture that stands for `:shortcode:` (entities/CustomEmoji).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CustomEmoji)]
pub struct Emoji {
    shortcode: String,
    url: String,
    static_url: String,
    visible_in_picker: bool,
    /// Only of the node's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    category: Option<String>,
}

/// The emojis of an account or a post, which is their `owner` and has this id.
fn emojis(config: &Config, owner: Owner, id: Id, list: &[model::account::Emoji]) -> Vec<Emoji> {
    let emoji = |e: &model::account::Emoji| {
        let is_own = e.own.is_some();
        let url = if is_own { config.media_url(&e.url) } else { config.remote_url(owner, id, &e.url) };
        Emoji {
            shortcode: e.shortcode.clone(),
            static_url: if is_own { config.media_url(&e.still) } else { url.clone() },
            url,
            visible_in_picker: false,
            category: None,
        }
    };
    list.iter().map(emoji).collect()
}

/// One of ours, for pickers.
pub fn own_emoji(config: &Config, e: &NodeEmoji) -> Emoji {
    Emoji {
        shortcode: e.shortcode.clone(),
        url: config.media_url(&e.path),
        static_url: config.media_url(&e.still_path),
        visible_in_picker: e.visible,
        category: filled(&e.category),
    }
}

/// What is null where it is empty.
pub(super) fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
