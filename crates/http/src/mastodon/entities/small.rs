//! The smaller entities: Relationship, List, Tag, Marker, Preferences.

use std::collections::BTreeMap;

use model::account::{Member, Relationship as Known};
use model::clock::{DAY, Millis, rfc3339};
use model::id::Id;
use model::list::List as Listed;
use model::post::Tag as Used;
use node::Node;
use serde::Serialize;
use storage::ProfileSettings;
use utoipa::ToSchema;

use super::filled;

/// How one stands to another (entities/Relationship).
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Relationship {
    id: String,
    following: bool,
    showing_reblogs: bool,
    notifying: bool,
    #[schema(required)]
    languages: Option<Vec<String>>,
    followed_by: bool,
    blocking: bool,
    blocked_by: bool,
    muting: bool,
    muting_notifications: bool,
    #[schema(required, format = DateTime)]
    muting_expires_at: Option<String>,
    requested: bool,
    requested_by: bool,
    domain_blocking: bool,
    endorsed: bool,
    note: String,
}

pub fn relationship(r: &Known) -> Relationship {
    Relationship {
        id: r.target_id.to_string(),
        following: r.following,
        showing_reblogs: r.showing_boosts,
        notifying: r.notifying,
        languages: (!r.languages.is_empty()).then(|| r.languages.clone()),
        followed_by: r.followed_by,
        blocking: r.blocking,
        blocked_by: r.blocked_by,
        muting: r.muting,
        muting_notifications: r.muting_notifications,
        muting_expires_at: r.muting_expires_at.map(rfc3339),
        requested: r.requested,
        requested_by: r.requested_by,
        domain_blocking: r.domain_blocking,
        endorsed: r.endorsed,
        note: r.note.clone(),
    }
}

/// Some of those whom a member follows (entities/List).
#[derive(Debug, Serialize, ToSchema)]
pub struct List {
    id: String,
    title: String,
    replies_policy: &'static str,
    exclusive: bool,
}

pub fn list(l: &Listed) -> List {
    List {
        id: l.id.to_string(),
        title: l.title.clone(),
        replies_policy: l.replies_policy.name(),
        exclusive: l.exclusive,
    }
}

/// A day of a hashtag or a link. Its numbers are texts, and so is the day: the second at which it begins.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Tag_History)]
pub struct Day {
    day: String,
    uses: String,
    accounts: String,
}

impl Day {
    pub fn new(day: i64, uses: i64, accounts: i64) -> Self {
        Self { day: (day * DAY / 1000).to_string(), uses: uses.to_string(), accounts: accounts.to_string() }
    }
}

/// A hashtag with its last days, today first (entities/Tag).
#[derive(Debug, Serialize, ToSchema)]
pub struct Tag {
    pub id: String,
    pub name: String,
    pub url: String,
    pub history: Vec<Day>,
    /// Whether one follows it; where a member asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub following: Option<bool>,
    /// Whether it stands on one's profile; where a member asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub featuring: Option<bool>,
}

/// A hashtag with these days.
pub fn tag_with(node: &Node, tag: &Used, history: Vec<Day>) -> Tag {
    Tag {
        id: tag_id(tag),
        name: tag.display.clone(),
        url: node.config.tag_url(&tag.name),
        history,
        following: None,
        featuring: None,
    }
}

/// A hashtag's number, of its name alone: that of its row would tell whether it was ever used, in private too, and since when.
fn tag_id(tag: &Used) -> String {
    let digits = node::random::hash(&tag.name);
    let bits = digits.get(..15).and_then(|digits| i64::from_str_radix(digits, 16).ok());
    bits.unwrap_or_default().to_string()
}

/// How far a timeline was read (entities/Marker).
#[derive(Debug, Serialize, ToSchema)]
pub struct Marker {
    last_read_id: String,
    version: i64,
    #[schema(format = DateTime)]
    updated_at: String,
}

/// Markers by the names of the timelines.
pub fn markers(list: &[(String, Id, i64, Millis)]) -> BTreeMap<String, Marker> {
    let marker = |(timeline, last_read, version, at): &(String, Id, i64, Millis)| {
        let marker = Marker { last_read_id: last_read.to_string(), version: *version, updated_at: rfc3339(*at) };
        (timeline.clone(), marker)
    };
    list.iter().map(marker).collect()
}

/// Who may quote a member's new posts.
pub fn quote_policy(settings: &ProfileSettings) -> &str {
    if settings.quote_policy.is_empty() { "public" } else { &settings.quote_policy }
}

/// How a member likes to post and read (entities/Preferences).
#[derive(Debug, Serialize, ToSchema)]
pub struct Preferences {
    #[serde(rename = "posting:default:visibility")]
    visibility: &'static str,
    #[serde(rename = "posting:default:sensitive")]
    sensitive: bool,
    #[serde(rename = "posting:default:language")]
    #[schema(required)]
    language: Option<String>,
    /// What a post for everybody gets, unless it says otherwise.
    #[serde(rename = "posting:default:quote_policy")]
    quote_policy: String,
    #[serde(rename = "reading:expand:media")]
    media: &'static str,
    #[serde(rename = "reading:expand:spoilers")]
    spoilers: bool,
}

pub fn preferences(member: &Member, settings: &ProfileSettings) -> Preferences {
    Preferences {
        visibility: member.default_audience.mastodon_name(),
        sensitive: member.default_sensitive,
        language: filled(&member.default_language),
        quote_policy: quote_policy(settings).to_owned(),
        media: "default",
        spoilers: false,
    }
}
