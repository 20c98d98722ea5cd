//! Handles: `alice`, `@alice@host`, `acct:alice@host`, and what a username and a domain may look like.
//!
//! Knows nothing of which accounts exist or which domain is ours; a handle here is only well formed.

use std::fmt;
use std::net::Ipv4Addr;

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};
use serde::{Deserialize, Serialize};

/// The most characters a member's own username may have.
pub const MAX_LOCAL_USERNAME: usize = 30;

/// The most characters a username from elsewhere may have: what Mastodon stores at most.
pub const MAX_REMOTE_USERNAME: usize = 2048;

/// Usernames nobody may take, because a reader would take the account for the node itself, or because the node needs
/// the name. Compared without regard to case. Names that begin with [`TAG_ACCOUNT_PREFIX`] are reserved as well.
pub const RESERVED_USERNAMES: &[&str] = &[
    "abuse",
    "account",
    "admin",
    "administrator",
    "api",
    "cuppa",
    "everyone",
    "help",
    "here",
    "hostmaster",
    "info",
    "instance",
    "mod",
    "moderation",
    "moderator",
    "moderators",
    "noreply",
    "no-reply",
    "node",
    "official",
    "outloud",
    "owner",
    "postmaster",
    "privacy",
    "relay",
    "root",
    "security",
    "service",
    "staff",
    "support",
    "sysadmin",
    "system",
    "team",
    "webmaster",
    "www",
];

/// What the usernames of tag accounts begin with; no person's may.
pub const TAG_ACCOUNT_PREFIX: &str = "tag-";

/// An account's name as people write it.
///
/// The domain, where there is one, is canonical (see [`canonical_domain`]); the username keeps the spelling it came
/// with, and is to be compared without regard to case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Handle {
    pub username: String,
    pub domain: Option<String>,
}

/// Why a text is no handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HandleError {
    #[error(transparent)]
    Username(#[from] UsernameError),
    #[error("this is not the name of a server")]
    Domain,
}

/// Why a username cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UsernameError {
    #[error("cannot be empty")]
    Empty,
    #[error("can have at most {0} characters")]
    TooLong(usize),
    #[error("can have only the letters a to z, digits and underscores, with dots or hyphens between them")]
    Characters,
    #[error("is kept for the node itself")]
    Reserved,
}

impl Handle {
    /// Reads `alice`, `@alice`, `alice@host`, `@alice@host`, each with an optional port after the host, and the same
    /// behind `acct:` (RFC 7565).
    pub fn parse(text: &str) -> Result<Handle, HandleError> {
        let text = text.trim();
        let text = match text.get(..5) {
            Some(scheme) if scheme.eq_ignore_ascii_case("acct:") => &text[5..],
            _ => text,
        };
        let text = text.strip_prefix('@').unwrap_or(text);
        let (username, domain) = match text.split_once('@') {
            Some((username, domain)) => (username, Some(canonical_domain(domain).ok_or(HandleError::Domain)?)),
            None => (text, None),
        };
        valid_remote_username(username)?;
        Ok(Handle { username: username.to_owned(), domain })
    }

    /// `alice` or `alice@host`: the form of Mastodon's `acct` field.
    pub fn acct(&self) -> String {
        match &self.domain {
            Some(domain) => format!("{}@{domain}", self.username),
            None => self.username.clone(),
        }
    }

    /// The handle for comparing: [`acct`](Handle::acct) in lower case.
    pub fn key(&self) -> String {
        self.acct().to_ascii_lowercase()
    }
}

/// `@alice` or `@alice@host`.
impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}", self.acct())
    }
}

/// Whether a member, a team or a challenge may be called this.
///
/// Mastodon's rule (`[a-z0-9_]+([.-]+[a-z0-9_]+)*` without regard to case), since other servers refuse to know an
/// account of any other name; at most [`MAX_LOCAL_USERNAME`] characters; not one of the reserved names.
pub fn valid_local_username(username: &str) -> Result<(), UsernameError> {
    well_formed(username, MAX_LOCAL_USERNAME)?;
    let lower = username.to_ascii_lowercase();
    if lower.starts_with(TAG_ACCOUNT_PREFIX) || RESERVED_USERNAMES.contains(&lower.as_str()) {
        return Err(UsernameError::Reserved);
    }
    Ok(())
}

/// Whether an account from elsewhere may be called this: the same characters, any name, and much longer.
pub fn valid_remote_username(username: &str) -> Result<(), UsernameError> {
    well_formed(username, MAX_REMOTE_USERNAME)
}

/// How many bytes at the start of `text` make a username; 0 when none do.
///
/// Dots and hyphens at the end are not part of it, so that a handle can end a sentence.
pub fn username_prefix(text: &str) -> usize {
    let bytes = text.bytes().take_while(|b| is_username_byte(*b) || matches!(b, b'.' | b'-'));
    let run = bytes.count();
    if !text.bytes().next().is_some_and(is_username_byte) {
        return 0;
    }
    text[..run].trim_end_matches(['.', '-']).len()
}

/// The domain in the one form we compare and store: lower case, internationalised names in Punycode, no trailing dot,
/// the port only when it is not 443. Nothing when it is not a host name or an IPv4 address.
///
/// Names that a URL parser would read as a number (`0x7f.1`) are refused, so that two parts of the node can never
/// disagree about which host is meant.
pub fn canonical_domain(domain: &str) -> Option<String> {
    let (host, port) = match domain.split_once(':') {
        Some((host, port)) => (host, Some(parse_port(port)?)),
        None => (domain, None),
    };
    let ascii = Uts46::new()
        .to_ascii(host.as_bytes(), AsciiDenyList::STD3, Hyphens::Allow, DnsLength::VerifyAllowRootDot)
        .ok()?;
    let host = ascii.strip_suffix('.').unwrap_or(&ascii);
    if host.split('.').any(|label| label.starts_with('-') || label.ends_with('-')) {
        return None;
    }
    let last = host.rsplit('.').next()?;
    let numeric = last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x");
    if numeric && host.parse::<Ipv4Addr>().is_err() {
        return None;
    }
    Some(match port {
        Some(port) if port != 443 => format!("{host}:{port}"),
        _ => host.to_owned(),
    })
}

fn parse_port(text: &str) -> Option<u16> {
    // `u16::from_str` takes a leading plus sign.
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|port| *port != 0)
}

fn well_formed(username: &str, longest: usize) -> Result<(), UsernameError> {
    if username.is_empty() {
        Err(UsernameError::Empty)
    } else if username_prefix(username) != username.len() {
        Err(UsernameError::Characters)
    } else if username.len() > longest {
        Err(UsernameError::TooLong(longest))
    } else {
        Ok(())
    }
}

fn is_username_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handle(username: &str, domain: Option<&str>) -> Handle {
        Handle { username: username.to_owned(), domain: domain.map(str::to_owned) }
    }

    #[test]
    fn every_way_of_writing_a_handle_is_read() {
        for text in ["alice", "@alice", "acct:alice", " @alice ", "ACCT:alice"] {
            assert_eq!(Handle::parse(text), Ok(handle("alice", None)), "{text}");
        }
        for text in
            ["alice@host.example", "@alice@host.example", "acct:alice@HOST.example.", "acct:@alice@host.example:443"]
        {
            assert_eq!(Handle::parse(text), Ok(handle("alice", Some("host.example"))), "{text}");
        }
        assert_eq!(Handle::parse("@Al.ice@localhost:3000"), Ok(handle("Al.ice", Some("localhost:3000"))));
    }

    #[test]
    fn what_is_no_handle_is_refused() {
        for text in [
            "",
            "@",
            "@@",
            "@alice@",
            "@@host.example",
            "a b",
            "alice@host@other",
            "é@host.example",
            "alice@ho st",
            "alice@-.-.",
        ] {
            assert!(Handle::parse(text).is_err(), "{text:?} was taken for {:?}", Handle::parse(text));
        }
    }

    #[test]
    fn a_handle_prints_as_people_write_it() {
        let remote = handle("Alice", Some("host.example"));
        assert_eq!(remote.to_string(), "@Alice@host.example");
        assert_eq!(remote.acct(), "Alice@host.example");
        assert_eq!(remote.key(), "alice@host.example");
        assert_eq!(handle("bob", None).to_string(), "@bob");
    }

    #[test]
    fn s26_domains_have_one_form() {
        for (given, kept) in [
            ("Example.ORG", "example.org"),
            ("example.org.", "example.org"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("BÜCHER.example", "xn--bcher-kva.example"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("ｅｘａｍｐｌｅ.org", "example.org"),
            ("example。org", "example.org"),
            ("example.org:8443", "example.org:8443"),
            ("example.org:443", "example.org"),
            ("127.0.0.1:8080", "127.0.0.1:8080"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(canonical_domain(given).as_deref(), Some(kept), "{given}");
        }
    }

    #[test]
    fn what_is_no_domain_is_refused() {
        let long = "a".repeat(64);
        for given in [
            "",
            ".",
            "..",
            "a..b",
            "a b",
            "a/b",
            "a@b",
            "a_b.example",
            "-a.example",
            "a-.example",
            "[::1]",
            "0x7f.1",
            "127.1",
            "1",
            "example.org:",
            "example.org:0",
            "example.org:+80",
            "example.org:99999",
            "example.org:80:80",
            "a%2eb",
            "exa\u{0}mple",
            &long,
        ] {
            assert_eq!(canonical_domain(given), None, "{given:?}");
        }
    }

    #[test]
    fn a_canonical_domain_stays_as_it_is() {
        for given in ["bücher.example", "Example.org.", "faß.de", "example.org:8443"] {
            let once = canonical_domain(given).unwrap();
            assert_eq!(canonical_domain(&once).as_ref(), Some(&once));
        }
    }

    #[test]
    fn ordinary_usernames_are_free() {
        for name in ["alice", "Alice_99", "a", "_", "jo.smith", "anne-marie", "a..b", "tagger", "administration"] {
            assert_eq!(valid_local_username(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn usernames_other_servers_would_refuse_are_refused() {
        for name in [".a", "a.", "-a", "a-", "a b", "a@b", "é", "a/b", "a\n"] {
            assert_eq!(valid_local_username(name), Err(UsernameError::Characters), "{name:?}");
            assert_eq!(valid_remote_username(name), Err(UsernameError::Characters), "{name:?}");
        }
        assert_eq!(valid_local_username(""), Err(UsernameError::Empty));
        assert_eq!(valid_local_username(&"a".repeat(30)), Ok(()));
        assert_eq!(valid_local_username(&"a".repeat(31)), Err(UsernameError::TooLong(30)));
        assert_eq!(valid_remote_username(&"a".repeat(2048)), Ok(()));
        assert_eq!(valid_remote_username(&"a".repeat(2049)), Err(UsernameError::TooLong(2048)));
    }

    #[test]
    fn names_of_the_node_itself_are_kept_for_it() {
        for name in ["admin", "ADMIN", "Cuppa", "tag-lffdigital", "TAG-x", "support", "www"] {
            assert_eq!(valid_local_username(name), Err(UsernameError::Reserved), "{name}");
            assert_eq!(valid_remote_username(name), Ok(()), "{name}");
        }
        for name in RESERVED_USERNAMES {
            assert_eq!(valid_local_username(name), Err(UsernameError::Reserved), "{name} is kept, yet not well formed");
        }
    }
}
