//! Accounts: members, actors of other servers, and the node's own actors.

use serde::{Deserialize, Serialize};

use crate::clock::Millis;
use crate::id::Id;

/// The ActivityStreams actor types (Activity Vocabulary 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ActorKind {
    Person,
    Service,
    Group,
    Organization,
    Application,
}

impl ActorKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Person => "Person",
            Self::Service => "Service",
            Self::Group => "Group",
            Self::Organization => "Organization",
            Self::Application => "Application",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Person, Self::Service, Self::Group, Self::Organization, Self::Application]
            .into_iter()
            .find(|k| k.name() == name)
    }
}

/// A line of a profile: a label and a value (HTML), with the time at which a `rel="me"` link back was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    pub name: String,
    pub value: String,
    /// What a member wrote; empty for remote accounts.
    #[serde(default)]
    pub source: String,
    #[serde(default)]
    pub verified_at: Option<Millis>,
}

/// A picture that stands for `:shortcode:` in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emoji {
    /// Without the colons.
    pub shortcode: String,
    /// Theirs: a URL. Ours: a key of the file store.
    pub url: String,
    /// Of one of ours that moves: the still picture.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub still: String,
    /// Of one of ours: its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<Id>,
}

/// [`Account::suspended_by`] of who waits to be let in.
pub const WAITING: &str = "approval";

#[derive(Clone, Debug)]
pub struct Account {
    pub id: Id,
    /// The ActivityPub id: what an account is known by.
    pub uri: String,
    pub username: String,
    /// Empty for accounts of this node, else the domain of the handle.
    pub domain: String,
    pub kind: ActorKind,
    pub display_name: String,
    /// HTML, sanitised.
    pub note: String,
    pub note_source: String,
    pub url: String,
    pub inbox: String,
    pub shared_inbox: String,
    /// The [`lane`] of deliveries to its inboxes.
    pub inbox_host: String,
    pub outbox: String,
    pub followers: String,
    pub following: String,
    pub featured: String,
    /// Ours: a key of the file store. Theirs: a URL. Empty: none.
    pub avatar: String,
    pub avatar_description: String,
    pub header: String,
    pub header_description: String,
    pub fields: Vec<Field>,
    pub emojis: Vec<Emoji>,
    pub also_known_as: Vec<String>,
    pub moved_to: String,
    pub locked: bool,
    pub discoverable: bool,
    pub indexable: bool,
    /// Its server says that its owner has died.
    pub memorial: bool,
    pub hide_collections: bool,
    pub created_at: Millis,
    pub updated_at: Millis,
    pub fetched_at: Option<Millis>,
    pub suspended_at: Option<Millis>,
    /// Who suspended it: `moderator`, `domain` (a block of its domain), `origin` (its own server says so), or `approval` (nobody
    /// has let the new member in yet); else empty.
    pub suspended_by: String,
    pub limited_at: Option<Millis>,
    pub deleted_at: Option<Millis>,
    pub followers_count: i64,
    pub following_count: i64,
    pub posts_count: i64,
    pub last_post_at: Option<Millis>,
}

/// The host and port of a URL of ours or of a peer; empty if it has none.
pub fn authority(url: &str) -> &str {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    rest[..end].rsplit('@').next().unwrap_or("")
}

/// The lane in which deliveries to an inbox go: the host of the inbox where that is the actor's, too, else a lane of its own, which
/// names both. Whoever calls an inbox on another's server theirs can so hold up nobody but themselves.
pub fn lane(inbox: &str, actor: &str) -> String {
    let (inbox, actor) = (authority(inbox).to_lowercase(), authority(actor).to_lowercase());
    if inbox == actor { inbox } else { format!("{inbox}{FOR}{actor}") }
}

/// The host to which the deliveries of a lane go, and the server of those whose lane it is.
pub fn hosts_of_lane(lane: &str) -> [&str; 2] {
    lane.split_once(FOR).map_or([lane, lane], |(inbox, actor)| [inbox, actor])
}

/// No authority has a space in it.
const FOR: &str = " for ";

impl Account {
    /// The server it is on, which may be another than that of its handle: the authority of its id.
    pub fn host(&self) -> &str {
        authority(&self.uri)
    }

    /// The names under which a rule for other servers meets it: the domain of its handle, and its server.
    pub fn names(&self) -> [&str; 2] {
        [&self.domain, self.host()]
    }

    pub fn is_local(&self) -> bool {
        self.domain.is_empty()
    }

    pub fn is_suspended(&self) -> bool {
        self.suspended_at.is_some() || self.deleted_at.is_some()
    }

    /// Somebody asked to join, and nobody has said yes: for all others they are not here.
    pub fn is_waiting(&self) -> bool {
        self.suspended_at.is_some() && self.suspended_by == WAITING
    }

    pub fn is_bot(&self) -> bool {
        matches!(self.kind, ActorKind::Service | ActorKind::Application)
    }

    /// What the Mastodon API calls `acct`: bare for our own, `user@domain` for others.
    pub fn acct(&self) -> String {
        if self.is_local() { self.username.clone() } else { format!("{}@{}", self.username, self.domain) }
    }

    /// The name to show: the display name, or the username where there is none.
    pub fn shown_name(&self) -> &str {
        if self.display_name.trim().is_empty() { &self.username } else { &self.display_name }
    }
}

/// What a member may do on their node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Member,
    Moderator,
    Admin,
    Owner,
}

impl Role {
    pub fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Moderator => "moderator",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Member, Self::Moderator, Self::Admin, Self::Owner]
            .into_iter()
            .find(|r| r.name() == text)
            .ok_or_else(|| format!("“{text}” is no role: use owner, admin, moderator or member"))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberState {
    Active,
    /// Waits for somebody to approve the sign-up.
    Pending,
    /// May sign in and read, and do nothing that others see.
    Frozen,
    /// May not sign in.
    Disabled,
}

impl MemberState {
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Pending => "pending",
            Self::Frozen => "frozen",
            Self::Disabled => "disabled",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Active, Self::Pending, Self::Frozen, Self::Disabled].into_iter().find(|s| s.name() == name)
    }
}

/// The private half of a local account: who may log in, and how they like to post.
#[derive(Clone, Debug)]
pub struct Member {
    pub account_id: Id,
    pub email: String,
    pub password_hash: String,
    pub role: Role,
    pub state: MemberState,
    pub reason: String,
    pub locale: String,
    pub default_audience: crate::audience::Audience,
    pub default_sensitive: bool,
    pub default_language: String,
    pub tag_sharing: bool,
    /// The address is theirs, as they have shown, or nobody asked.
    pub confirmed: bool,
    pub created_at: Millis,
    pub last_active_at: Option<Millis>,
}

/// How two accounts stand to each other, seen from `viewer` towards `target` (entities/Relationship).
#[derive(Clone, Debug, Default)]
pub struct Relationship {
    pub target_id: Id,
    pub following: bool,
    pub showing_boosts: bool,
    pub notifying: bool,
    pub languages: Vec<String>,
    pub requested: bool,
    pub followed_by: bool,
    pub requested_by: bool,
    pub blocking: bool,
    pub blocked_by: bool,
    pub muting: bool,
    pub muting_notifications: bool,
    pub muting_expires_at: Option<Millis>,
    pub domain_blocking: bool,
    pub endorsed: bool,
    pub note: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_is_what_stands_between_the_scheme_and_the_path() {
        assert_eq!(authority("https://u:p@a.example:8080/x?y"), "a.example:8080");
        assert_eq!(authority("https://a.example?y"), "a.example");
        assert_eq!(authority("a.example/x"), "");
    }

    #[test]
    fn an_inbox_on_another_server_has_a_lane_of_its_own() {
        let actor = "https://A.example:8443/users/x";
        assert_eq!(lane("https://a.example:8443/inbox", actor), "a.example:8443");
        assert_eq!(hosts_of_lane("a.example:8443"), ["a.example:8443", "a.example:8443"]);
        let other = lane("https://inbox.A.example/x", actor);
        assert_eq!(other, "inbox.a.example for a.example:8443");
        assert_eq!(hosts_of_lane(&other), ["inbox.a.example", "a.example:8443"]);
    }
}
