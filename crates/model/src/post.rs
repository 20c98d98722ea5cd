//! Posts (the Mastodon API calls them statuses): original posts, replies and boosts, and what hangs on them.

use serde::{Deserialize, Serialize};

use crate::account::{ActorKind, Emoji};
use crate::audience::Audience;
use crate::clock::Millis;
use crate::experiment::Wanted;
use crate::id::Id;
use crate::policy::QuotePolicy;
use crate::poll::PollDraft;
use crate::text::Format;

#[derive(Clone, Debug)]
pub struct Post {
    pub id: Id,
    /// The ActivityPub id. A boost's is that of its `Announce`.
    pub uri: String,
    /// The page for people.
    pub url: String,
    pub account_id: Id,
    pub local: bool,
    pub kind: String,
    pub audience: Audience,
    pub in_reply_to_id: Option<Id>,
    pub in_reply_to_account_id: Option<Id>,
    pub in_reply_to_uri: String,
    /// The first post of the conversation that we know; the post itself where it starts one.
    pub root_id: Id,
    /// The conversation's own URI (FEP-7888), empty where nobody gave one.
    pub context: String,
    pub boost_of_id: Option<Id>,
    /// HTML, sanitised.
    pub content: String,
    /// What a member wrote.
    pub source: String,
    pub format: Format,
    /// The content warning, plain text.
    pub summary: String,
    pub sensitive: bool,
    /// BCP 47, or empty.
    pub language: String,
    pub emojis: Vec<Emoji>,
    pub app_id: Option<Id>,
    pub created_at: Millis,
    pub edited_at: Option<Millis>,
    pub replies_count: i64,
    pub boosts_count: i64,
    pub favourites_count: i64,
    /// The team in which it was said ([`Audience::Team`], and [`Audience::Inside`] below that). It stays when the team has ended.
    pub team_id: Option<Id>,
}

/// What the server of a post says of it (its `replies`, `likes` and `shares`): claims, of which nothing but a number is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Where the collection of its replies is read: its id or, where it has none, the post's own. Empty: nowhere.
    pub replies_uri: String,
    pub replies: Option<i64>,
    pub likes: Option<i64>,
    pub shares: Option<i64>,
}

/// [`Post::kind`] of a boost by an actor of ours that carries what others say: a hashtag's, a challenge's. It is nobody's opinion, and
/// counts as no boost.
pub const CARRIED: &str = "carried";

/// An account named in a post.
#[derive(Clone, Debug)]
pub struct Mention {
    pub post_id: Id,
    pub account_id: Id,
    /// Addressed, or named in an earlier version, but not named in the text: no notification, not shown.
    pub silent: bool,
    pub kind: ActorKind,
    pub username: String,
    pub domain: String,
    pub uri: String,
    pub url: String,
}

impl Mention {
    /// A group elsewhere that the post is meant for, without naming it.
    pub fn is_audience(&self) -> bool {
        self.silent && self.kind == ActorKind::Group && !self.domain.is_empty()
    }
}

#[derive(Clone, Debug)]
pub struct Tag {
    pub id: Id,
    /// Normalised: what is compared.
    pub name: String,
    /// As its first author wrote it.
    pub display: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MediaKind {
    Image,
    /// A moving picture without sound.
    Gifv,
    Video,
    Audio,
    Unknown,
}

impl MediaKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Gifv => "gifv",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Unknown => "unknown",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Image, Self::Gifv, Self::Video, Self::Audio, Self::Unknown].into_iter().find(|k| k.name() == name)
    }

    pub fn of_mime(mime: &str) -> Self {
        match mime.split('/').next() {
            Some("image") => Self::Image,
            Some("video") => Self::Video,
            Some("audio") => Self::Audio,
            _ => Self::Unknown,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Media {
    pub id: Id,
    pub account_id: Id,
    pub post_id: Option<Id>,
    pub position: i64,
    pub kind: MediaKind,
    pub mime: String,
    /// Key in the file store; empty for remote media.
    pub path: String,
    pub small_path: String,
    pub remote_url: String,
    /// Bytes.
    pub size: i64,
    pub width: Option<i64>,
    pub height: Option<i64>,
    pub small_width: Option<i64>,
    pub small_height: Option<i64>,
    pub duration_ms: Option<i64>,
    pub blurhash: String,
    /// Alt text, at most 10,000 characters.
    pub description: String,
    /// −1 (left) to 1 (right).
    pub focus_x: f64,
    /// −1 (bottom) to 1 (top).
    pub focus_y: f64,
    pub created_at: Millis,
}

/// One version of an edited post.
#[derive(Clone, Debug)]
pub struct Edit {
    pub post_id: Id,
    pub created_at: Millis,
    pub content: String,
    pub source: String,
    pub summary: String,
    pub sensitive: bool,
    pub media: Vec<EditMedia>,
    /// Titles of the options of its poll; empty where it had none.
    pub poll: Vec<String>,
}

/// A media file as it stood in an earlier version.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EditMedia {
    pub id: Id,
    pub description: String,
}

/// What a member asks to be posted, before any rule has seen it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    pub text: String,
    pub format: Format,
    pub summary: String,
    pub sensitive: Option<bool>,
    pub language: String,
    pub audience: Option<Audience>,
    /// The team whose members it is for, with [`Audience::Team`].
    pub team_id: Option<Id>,
    /// It was said in the words of Mastodon, which has none for what is said inside.
    pub is_vague: bool,
    pub in_reply_to_id: Option<Id>,
    pub quoted_id: Option<Id>,
    /// Who may quote it; as its audience has it, if nothing is said.
    pub quote_policy: Option<QuotePolicy>,
    pub media_ids: Vec<Id>,
    pub poll: Option<PollDraft>,
    pub app_id: Option<Id>,
    pub idempotency_key: Option<String>,
    /// False: actors of hashtags do not carry it.
    pub tag_sharing: Option<bool>,
    /// Whether it is an experiment; if nothing is said, its text says so.
    pub experiment: Option<Wanted>,
}

/// What an edit changes: a full new version, as `PUT /api/v1/statuses/:id` sends it.
#[derive(Clone, Debug, Default)]
pub struct Revision {
    pub text: String,
    pub format: Option<Format>,
    pub summary: String,
    pub sensitive: Option<bool>,
    pub language: Option<String>,
    pub media_ids: Vec<Id>,
    pub media_changes: Vec<MediaChange>,
    /// Without one the post has none any more.
    pub poll: Option<PollDraft>,
    pub quote_policy: Option<QuotePolicy>,
    /// As in [`Draft`].
    pub tag_sharing: Option<bool>,
    /// What is kept of the experiment that it is; if nothing is said, the sentences are read from its text, and all else stays.
    pub experiment: Option<Wanted>,
}

#[derive(Clone, Debug, Default)]
pub struct MediaChange {
    pub id: Id,
    pub description: Option<String>,
    pub focus: Option<(f64, f64)>,
}

/// What the viewer did with a post.
#[derive(Clone, Copy, Debug, Default)]
pub struct Touch {
    pub favourited: bool,
    pub boosted: bool,
    pub bookmarked: bool,
    pub pinned: bool,
    pub muted: bool,
}
