//! What the owner of a node decided about it.

use std::sync::Arc;

pub use model::account::authority;
use model::clock::{DAY, MINUTE, Millis, SECOND};
use model::colour::Accent;
use model::experiment::Licence;
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::remote::LinkKey;

/// Who may sign up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registrations {
    Closed,
    /// With an invitation.
    Invite,
    /// Everybody may ask; somebody approves.
    Approval,
    Open,
}

impl Registrations {
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "closed" => Self::Closed,
            "invite" => Self::Invite,
            "approval" => Self::Approval,
            "open" => Self::Open,
            _ => return None,
        })
    }
}

#[derive(Clone, Debug)]
pub struct Config {
    /// Public origin without a slash at its end: `https://social.example.org`.
    pub origin: String,
    /// What stands after the second @ in handles: `example.org`, with a port that is not the scheme's own.
    pub handle_domain: String,
    /// Where media are served from; the origin, or better another host.
    pub media_origin: String,
    pub title: String,
    /// What the node is for, in a few plain words; may be empty.
    pub description: String,
    /// The colour of links and buttons, where it is another than ours.
    pub accent: Option<Accent>,
    /// The picture that stands before its name, where it is another than ours.
    pub logo: Option<Arc<Logo>>,
    /// Where those who run it can be written to; may be empty. Everybody can read it.
    pub contact_email: String,
    pub registrations: Registrations,
    /// Letters can be sent.
    pub mail: bool,
    /// Whether somebody who joins has to confirm their address, where letters can be sent.
    pub confirm_email: bool,
    /// Most characters of a post.
    pub post_length: usize,
    /// Most media files of a post.
    pub post_media: usize,
    /// Unsigned ActivityPub GETs are refused.
    pub authorized_fetch: bool,
    /// Only servers that are named by a rule federate.
    pub allow_list: bool,
    /// What strangers with links say to a member waits until the member wants to hear it.
    pub quarantine: bool,
    /// Whether new members let tag actors carry their public posts.
    pub tag_sharing: bool,
    /// Of experiments and outcomes, where their authors say nothing.
    pub licence: Licence,
    /// Whether servers that we have to do with are asked what they run, and become peers if that is Outloud.
    pub discover_peers: bool,
    /// Our hashtags also carry what people elsewhere post who follow them.
    pub tag_hub: bool,
    /// Days from one round of introductions to the next; 0: nobody is introduced to anybody.
    pub cuppa_days: i64,
    /// Most bytes that are kept of other servers' files; 0: none are kept.
    pub remote_media_budget: u64,
    /// How long posts and accounts of other servers stay with which nobody here has to do; `None`: for ever.
    pub keep_remote_posts: Option<Millis>,
    /// How long the reader of a file that is passed on may take nothing of it, lower only in tests.
    pub reader_patience: Millis,
    /// The longest wait before the page that a post leads to is read, lower only in tests; `None`: none is read.
    pub card_delay: Option<Millis>,
    /// Behind the addresses of other servers' files.
    pub links: LinkKey,
    /// Cost of password hashing, in KiB of memory: lower only in tests.
    pub argon2_memory_kib: u32,
}

/// A node's own picture.
#[derive(Clone, Debug)]
pub struct Logo {
    /// `image/svg+xml`, or `image/png`.
    pub kind: &'static str,
    pub bytes: Vec<u8>,
    /// It changes with the picture.
    pub version: String,
}

impl Logo {
    /// Longest file, in bytes.
    pub const LONGEST: usize = 256 * 1024;

    /// `None`: it is neither a PNG nor an SVG, or too large.
    pub fn of(bytes: Vec<u8>) -> Option<Self> {
        let is_svg = || std::str::from_utf8(&bytes).is_ok_and(|text| text.contains("<svg"));
        let kind = match () {
            () if bytes.len() > Self::LONGEST => return None,
            () if bytes.starts_with(b"\x89PNG\r\n\x1a\n") => "image/png",
            () if is_svg() => "image/svg+xml",
            () => return None,
        };
        let version = Sha256::digest(&bytes).iter().take(6).map(|b| format!("{b:02x}")).collect();
        Some(Self { kind, bytes, version })
    }
}

impl Config {
    /// With the defaults of a node at `origin`.
    pub fn at(origin: &str) -> Self {
        let origin = origin.trim_end_matches('/').to_owned();
        Self {
            handle_domain: authority(&origin).to_owned(),
            media_origin: origin.clone(),
            title: "Outloud".to_owned(),
            description: String::new(),
            accent: None,
            logo: None,
            contact_email: String::new(),
            registrations: Registrations::Invite,
            mail: false,
            confirm_email: true,
            post_length: 5_000,
            post_media: 4,
            authorized_fetch: false,
            allow_list: false,
            quarantine: true,
            tag_sharing: true,
            licence: Licence::CcBy,
            discover_peers: true,
            tag_hub: false,
            cuppa_days: 14,
            remote_media_budget: 5_000_000_000,
            keep_remote_posts: Some(180 * DAY),
            reader_patience: 20 * SECOND,
            card_delay: Some(MINUTE),
            links: LinkKey::default(),
            argon2_memory_kib: 19_456,
            origin,
        }
    }

    /// Host, with its port where it has one, of the public origin.
    pub fn host(&self) -> &str {
        authority(&self.origin)
    }

    /// The name of the node's own actor: its host, without a port, which no name can have.
    pub fn instance_name(&self) -> &str {
        self.host().split(':').next().unwrap_or_default()
    }

    /// A domain that is written in our handles, or our host itself.
    pub fn is_own_domain(&self, domain: &str) -> bool {
        domain.eq_ignore_ascii_case(&self.handle_domain) || domain.eq_ignore_ascii_case(self.host())
    }

    /// A URL on our origin.
    pub fn is_own_url(&self, url: &str) -> bool {
        url.strip_prefix(self.origin.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
    }
}

/// The host and port of a URL as whoever connects reads it: the text of a URL can hide its host.
pub fn host_of(url: &str) -> String {
    let parsed = Url::parse(url).ok();
    let host = parsed.as_ref().and_then(|u| Some((u.host_str()?, u.port())));
    match host {
        Some((host, Some(port))) => format!("{host}:{port}"),
        Some((host, None)) => host.to_owned(),
        None => authority(url).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_ours_only_on_the_very_origin() {
        let c = Config::at("https://social.example.org");
        assert!(c.is_own_url("https://social.example.org/users/a"));
        assert!(c.is_own_url("https://social.example.org"));
        assert!(!c.is_own_url("https://social.example.org.evil.example/users/a"));
        assert!(!c.is_own_url("http://social.example.org/users/a"));
        assert!(!c.is_own_url("https://social.example.org:8443/users/a"));
        for hidden in ["https:\\\\A.example\\@b.example/", "https://a.example:443", "https://b.example@a.example?x"] {
            assert_eq!(host_of(hidden), "a.example", "{hidden}");
        }
        assert_eq!((host_of("https://a.example:8080/"), host_of("")), ("a.example:8080".to_owned(), String::new()));
    }
}
