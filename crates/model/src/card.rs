//! What a page on the web says about itself (the Mastodon API calls it a preview card). All of it is a stranger's plain text.

use crate::id::Id;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    pub id: Id,
    /// As it stands in the post.
    pub url: String,
    /// Empty: nothing is known, and nothing to be shown.
    pub title: String,
    pub description: String,
    pub author_name: String,
    /// An https address, or empty.
    pub author_url: String,
    /// The name of the site, or its host.
    pub provider_name: String,
    /// The address of a picture, or empty.
    pub image: String,
    pub image_description: String,
    /// Pixels, as the page claims.
    pub image_width: Option<i64>,
    pub image_height: Option<i64>,
    /// BCP 47, or empty.
    pub language: String,
}
