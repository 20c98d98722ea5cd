//! The addresses under which files of other servers are shown. Each names a row of ours and carries a seal that only we can
//! make, so that nobody makes us fetch anything else, and nobody finds what they were not shown.

use std::fmt;
use std::sync::{Arc, OnceLock};

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use model::id::Id;

use crate::Config;

/// Whose file it is: what the id in an address names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A media row.
    File,
    /// An account.
    Avatar,
    /// An account.
    Header,
    /// An account in whose name or note it stands.
    AccountEmoji,
    /// A post in which it stands.
    PostEmoji,
    /// What a page says about itself.
    Card,
}

impl Owner {
    const ALL: [Self; 6] = [Self::File, Self::Avatar, Self::Header, Self::AccountEmoji, Self::PostEmoji, Self::Card];

    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Avatar => "avatar",
            Self::Header => "header",
            Self::AccountEmoji => "account-emoji",
            Self::PostEmoji => "post-emoji",
            Self::Card => "card",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|o| o.name() == name)
    }
}

/// The secret behind the seals of a node, there once [`super::prepare`] has run. Clones share it.
#[derive(Clone, Default)]
pub struct LinkKey(Arc<OnceLock<hmac::Key>>);

impl fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkKey")
    }
}

impl LinkKey {
    pub(super) fn set(&self, secret: &str) {
        // Set a second time it stays what it is: both are the one of the database.
        let _ = self.0.set(hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()));
    }
}

/// What is sealed. The URL is part of it: a new picture has a new address, and an old address leads nowhere.
fn sealed(owner: Owner, id: Id, url: &str) -> String {
    format!("{} {id} {url}", owner.name())
}

impl Config {
    /// Where a file of another server is shown from; empty if there is none, or nothing that we would fetch.
    pub fn remote_url(&self, owner: Owner, id: Id, url: &str) -> String {
        let is_web = url.starts_with("https://") || url.starts_with("http://");
        let Some(key) = self.links.0.get().filter(|_| is_web) else { return String::new() };
        let seal = BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(key, sealed(owner, id, url).as_bytes()));
        format!("{}/media/remote/{}/{id}/{seal}", self.media_origin, owner.name())
    }

    /// Whether the seal of an address is ours, and for this URL. Takes as long whatever it is.
    pub(super) fn is_sealed(&self, owner: Owner, id: Id, url: &str, seal: &str) -> bool {
        let (Some(key), Ok(seal)) = (self.links.0.get(), BASE64_URL_SAFE_NO_PAD.decode(seal)) else { return false };
        hmac::verify(key, sealed(owner, id, url).as_bytes(), &seal).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://b.example/x.png";

    fn config() -> Config {
        let config = Config::at("https://a.example");
        config.links.set("secret");
        config
    }

    #[test]
    fn a_seal_is_good_for_one_file_of_one_row_on_one_node() {
        let config = config();
        let link = config.remote_url(Owner::File, 7, URL);
        let (place, seal) = link.rsplit_once('/').unwrap();
        assert_eq!(place, "https://a.example/media/remote/file/7");
        assert!(config.is_sealed(Owner::File, 7, URL, seal));
        assert!(!config.is_sealed(Owner::Avatar, 7, URL, seal));
        assert!(!config.is_sealed(Owner::File, 8, URL, seal));
        assert!(!config.is_sealed(Owner::File, 7, "https://b.example/y.png", seal));
        assert!(!config.is_sealed(Owner::File, 7, URL, &seal[1..]));
        assert!(!config.is_sealed(Owner::File, 7, URL, ""));
        let other = Config::at("https://a.example");
        assert!(!other.is_sealed(Owner::File, 7, URL, seal), "without a secret nothing is sealed");
        other.links.set("another");
        assert!(!other.is_sealed(Owner::File, 7, URL, seal));
    }

    #[test]
    fn what_is_not_on_the_web_has_no_address() {
        for url in ["", "data:image/png;base64,AAAA", "file:///etc/passwd", "javascript:x"] {
            assert_eq!(config().remote_url(Owner::File, 7, url), "", "{url}");
        }
        assert_eq!(Config::at("https://a.example").remote_url(Owner::File, 7, URL), "", "no secret, no address");
    }
}
