//! The entities of the Mastodon API (docs.joinmastodon.org/entities), as JSON that clients of all ages read: ids are strings,
//! what may be null is null and never missing, and what does not apply is missing and never null. Only written here, never read,
//! and only what this node really has is named.

pub mod account;
mod html;
pub mod media;
pub mod notification;
pub mod poll;
pub mod small;
pub mod status;

use serde::Serialize;

/// A picture that stands for `:shortcode:` (entities/CustomEmoji).
#[derive(Debug, Serialize)]
pub struct Emoji {
    shortcode: String,
    url: String,
    static_url: String,
    visible_in_picker: bool,
}

fn emojis(list: &[model::account::Emoji]) -> Vec<Emoji> {
    let emoji = |e: &model::account::Emoji| Emoji {
        shortcode: e.shortcode.clone(),
        url: remote_file(&e.url),
        static_url: remote_file(&e.url),
        visible_in_picker: false,
    };
    list.iter().map(emoji).collect()
}

/// Where a file of another server is shown from: the one place at which a cache of ours would stand in for it.
fn remote_file(url: &str) -> String {
    url.to_owned()
}

/// What is null where it is empty.
fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
