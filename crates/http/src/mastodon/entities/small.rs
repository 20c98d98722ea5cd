//! The smaller entities: Relationship, List, Tag, Marker, Preferences.

use model::account::{Member, Relationship};
use model::clock::{DAY, Millis, rfc3339};
use model::id::{Id, first_id};
use model::list::List;
use model::post::Tag;
use node::Node;
use serde_json::{Map, Value, json};
use storage::{ProfileSettings, Tx};

use super::filled;

/// How one stands to another (entities/Relationship).
pub fn relationship(r: &Relationship) -> Value {
    json!({
        "id": r.target_id.to_string(),
        "following": r.following,
        "showing_reblogs": r.showing_boosts,
        "notifying": r.notifying,
        "languages": (!r.languages.is_empty()).then_some(&r.languages),
        "followed_by": r.followed_by,
        "blocking": r.blocking,
        "blocked_by": r.blocked_by,
        "muting": r.muting,
        "muting_notifications": r.muting_notifications,
        "muting_expires_at": r.muting_expires_at.map(rfc3339),
        "requested": r.requested,
        "requested_by": r.requested_by,
        "domain_blocking": r.domain_blocking,
        "endorsed": r.endorsed,
        "note": r.note,
    })
}

/// Some of those whom a member follows (entities/List).
pub fn list(l: &List) -> Value {
    json!({
        "id": l.id.to_string(),
        "title": l.title,
        "replies_policy": l.replies_policy.name(),
        "exclusive": l.exclusive,
    })
}

/// Days that the history of a hashtag covers, today included.
const HISTORY: Millis = 7;

/// A hashtag with its last seven days (entities/Tag). Numbers and days are texts there.
pub async fn tag(node: &Node, tx: &mut Tx, tag: &Tag) -> Result<Value, storage::Error> {
    let today = node.now() / DAY;
    let uses = tx.tag_history(tag.id, first_id((today - HISTORY + 1) * DAY)).await?;
    let day = |day: Millis| {
        let (_, posts, accounts) = uses.iter().find(|u| u.0 == day).copied().unwrap_or_default();
        json!({"day": (day * DAY / 1000).to_string(), "uses": posts.to_string(), "accounts": accounts.to_string()})
    };
    let history: Vec<Value> = (0..HISTORY).map(|ago| day(today - ago)).collect();
    let url = node.config.tag_url(&tag.name);
    Ok(json!({"id": tag.id.to_string(), "name": tag.display, "url": url, "history": history}))
}

/// How far each timeline was read (entities/Marker), by the timeline's name.
pub fn markers(list: &[(String, Id, i64, Millis)]) -> Value {
    let marker = |(timeline, last_read, version, at): &(String, Id, i64, Millis)| {
        let marker = json!({"last_read_id": last_read.to_string(), "version": version, "updated_at": rfc3339(*at)});
        (timeline.clone(), marker)
    };
    Value::Object(list.iter().map(marker).collect::<Map<_, _>>())
}

/// Who may quote a member's new posts.
pub fn quote_policy(settings: &ProfileSettings) -> &str {
    if settings.quote_policy.is_empty() { "public" } else { &settings.quote_policy }
}

/// How a member likes to post and read (methods/preferences).
pub fn preferences(member: &Member, settings: &ProfileSettings) -> Value {
    json!({
        "posting:default:visibility": member.default_audience.mastodon_name(),
        "posting:default:sensitive": member.default_sensitive,
        "posting:default:language": filled(&member.default_language),
        // What a post for everybody gets, unless it says otherwise.
        "posting:default:quote_policy": quote_policy(settings),
        "reading:expand:media": "default",
        "reading:expand:spoilers": false,
    })
}
