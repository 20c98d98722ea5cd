//! The addresses of what is ours. Made here and nowhere else; never taken apart to learn something.

use model::account::{Account, Emoji};
use model::id::Id;

use crate::Config;
use crate::remote::Owner;

impl Config {
    pub fn actor_uri(&self, username: &str) -> String {
        format!("{}/users/{username}", self.origin)
    }

    /// The node's own actor, which signs our GETs.
    pub fn instance_actor_uri(&self) -> String {
        format!("{}/actor", self.origin)
    }

    pub fn profile_url(&self, username: &str) -> String {
        format!("{}/@{username}", self.origin)
    }

    pub fn post_uri(&self, username: &str, id: Id) -> String {
        format!("{}/users/{username}/posts/{id}", self.origin)
    }

    pub fn post_url(&self, username: &str, id: Id) -> String {
        format!("{}/@{username}/{id}", self.origin)
    }

    /// The document that says that one of our people allows something.
    pub fn stamp_uri(&self, by: &Account, stamp: Id) -> String {
        format!("{}/stamps/{stamp}", by.uri)
    }

    pub fn shared_inbox(&self) -> String {
        format!("{}/inbox", self.origin)
    }

    /// The followers of one of our actors that live on the server of who asks (FEP-8fcf).
    pub fn followers_synchronisation_uri(&self, actor: &str) -> String {
        format!("{actor}/followers_synchronization")
    }

    /// The hashtags on the profile of one of our actors.
    pub fn featured_tags_uri(&self, actor: &str) -> String {
        format!("{actor}/tags")
    }

    /// The page of a tag, by its normalised name.
    pub fn tag_url(&self, name: &str) -> String {
        let mut url = format!("{}/tags/", self.origin);
        percent_encode(name, &mut url);
        url
    }

    /// What is ours under a tag's slug: the actor that carries the tag, by its [`model::hashtag::slug`].
    pub fn tag_actor_uri(&self, slug: &str) -> String {
        format!("{}/tags/{slug}/actor", self.origin)
    }

    /// The address of a file of ours.
    pub fn media_url(&self, key: &str) -> String {
        format!("{}/media/{key}", self.media_origin)
    }

    /// Where a picture of an account is shown, or the one for those who have none.
    pub fn picture(&self, account: &Account, picture: &str, which: Owner) -> String {
        let address = match picture {
            "" => String::new(),
            key if account.is_local() => self.media_url(key),
            url => self.remote_url(which, account.id, url),
        };
        if address.is_empty() { format!("{}/assets/{}.png", self.origin, which.name()) } else { address }
    }

    /// The document of an emoji of ours.
    pub fn emoji_uri(&self, id: Id) -> String {
        format!("{}/emojis/{id}", self.origin)
    }

    /// Where the picture of an emoji lies, ours or another's.
    pub fn emoji_url(&self, emoji: &Emoji) -> String {
        if emoji.own.is_some() { self.media_url(&emoji.url) } else { emoji.url.clone() }
    }

    /// The conversation that a post of ours began (FEP-7888).
    pub fn context_uri(&self, root: Id) -> String {
        format!("{}/contexts/{root}", self.origin)
    }

    /// `user@domain` of one of our accounts, or of another's.
    pub fn full_handle(&self, account: &Account) -> String {
        let domain = if account.is_local() { &self.handle_domain } else { &account.domain };
        format!("{}@{domain}", account.username)
    }
}

/// RFC 3986 `unreserved` stays, everything else is escaped.
fn percent_encode(text: &str, into: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            into.push_str(&format!("%{byte:02X}"));
        }
    }
}
