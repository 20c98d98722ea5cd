//! Notifications: what tells a member that somebody did something that concerns them. Of what Mastodon has no word for apps get the
//! type that shows the most like it ([`NotificationKind::mastodon_name`]), and its own beside it ([`NotificationKind::own_name`]).

use crate::clock::{DAY, HOUR, Millis};
use crate::id::Id;

/// The types of entities/Notification that this node makes, and those that it alone has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NotificationKind {
    Mention,
    /// Somebody with the bell on posted.
    Status,
    Reblog,
    Follow,
    FollowRequest,
    Favourite,
    /// A post one boosted was edited.
    Update,
    /// A poll that one made or voted in has ended.
    Poll,
    /// Somebody quoted one's post.
    Quote,
    /// A post that one quoted was edited.
    QuotedUpdate,
    /// Somebody signed up (for those who look after the node).
    AdminSignUp,
    /// Something was reported (for the same).
    AdminReport,
    /// The moderators did something about one's own account.
    ModerationWarning,
    /// One's follows with a whole server, or with somebody who was suspended, were cut off.
    SeveredRelationships,
    /// It was said what came of an experiment that one boosted, or that tries one's own again.
    Outcome,
    /// Somebody tries one's experiment again.
    Trying,
    /// The day has come to look again at one's experiment.
    LookAgain,
    /// What somebody contributed to a challenge that one looks after waits for a decision.
    Waiting,
    /// One looks after a challenge from now on (from its actor).
    Given,
    /// Somebody else looks after a challenge that was one's own.
    Adopted,
}

/// How the names begin of kinds that Mastodon has not.
const OWN: &str = "outloud.";

impl NotificationKind {
    pub const ALL: [Self; 20] = [
        Self::Mention,
        Self::Status,
        Self::Reblog,
        Self::Follow,
        Self::FollowRequest,
        Self::Favourite,
        Self::Update,
        Self::Poll,
        Self::Quote,
        Self::QuotedUpdate,
        Self::AdminSignUp,
        Self::AdminReport,
        Self::ModerationWarning,
        Self::SeveredRelationships,
        Self::Outcome,
        Self::Trying,
        Self::LookAgain,
        Self::Waiting,
        Self::Given,
        Self::Adopted,
    ];

    /// As it is kept, and as apps that know it ask for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mention => "mention",
            Self::Status => "status",
            Self::Reblog => "reblog",
            Self::Follow => "follow",
            Self::FollowRequest => "follow_request",
            Self::Favourite => "favourite",
            Self::Update => "update",
            Self::Poll => "poll",
            Self::Quote => "quote",
            Self::QuotedUpdate => "quoted_update",
            Self::AdminSignUp => "admin.sign_up",
            Self::AdminReport => "admin.report",
            Self::ModerationWarning => "moderation_warning",
            Self::SeveredRelationships => "severed_relationships",
            Self::Outcome => "outloud.outcome",
            Self::Trying => "outloud.trying",
            Self::LookAgain => "outloud.look_again",
            Self::Waiting => "outloud.waiting",
            Self::Given => "outloud.given",
            Self::Adopted => "outloud.adopted",
        }
    }

    /// The type that apps of Mastodon know. What stands in for a kind of ours always comes with a post.
    pub fn mastodon_name(self) -> &'static str {
        match self {
            Self::Waiting | Self::LookAgain => Self::Status.name(),
            Self::Given | Self::Adopted | Self::Outcome => Self::Update.name(),
            Self::Trying => Self::Mention.name(),
            known => known.name(),
        }
    }

    /// What of it Mastodon has no word for.
    pub fn own_name(self) -> Option<&'static str> {
        self.name().strip_prefix(OWN)
    }

    /// Whether an app that names types means this one: by its own name, or by the one that apps of Mastodon know.
    pub fn is_named(self, name: &str) -> bool {
        name == self.name() || name == self.mastodon_name()
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.name() == name)
    }

    /// Whether many of this kind are shown as one.
    pub fn is_grouped(self) -> bool {
        matches!(self, Self::Favourite | Self::Follow | Self::Reblog | Self::AdminSignUp)
    }

    /// Whether a member's policy may hold it back: somebody else is heard by it, and not about what one asked to be told of.
    pub fn is_filtered(self) -> bool {
        matches!(
            self,
            Self::Mention
                | Self::Reblog
                | Self::Follow
                | Self::FollowRequest
                | Self::Favourite
                | Self::Quote
                | Self::Trying
                | Self::Waiting
        )
    }
}

impl NotificationKind {
    /// Those that members may get as letters. Of what moderators did about one there is a letter of its own.
    pub const IN_LETTERS: [Self; 19] = [
        Self::Mention,
        Self::Quote,
        Self::Follow,
        Self::FollowRequest,
        Self::Reblog,
        Self::Favourite,
        Self::Status,
        Self::Poll,
        Self::Update,
        Self::QuotedUpdate,
        Self::LookAgain,
        Self::Trying,
        Self::Outcome,
        Self::Waiting,
        Self::Given,
        Self::Adopted,
        Self::SeveredRelationships,
        Self::AdminReport,
        Self::AdminSignUp,
    ];

    /// What a member who has not chosen gets letters of: what waits for them.
    pub const USUAL_IN_LETTERS: [Self; 5] =
        [Self::Mention, Self::FollowRequest, Self::LookAgain, Self::Waiting, Self::AdminReport];

    /// It is for those who look after the node.
    pub fn is_for_keepers(self) -> bool {
        matches!(self, Self::AdminReport | Self::AdminSignUp)
    }

    /// It tells of words that somebody else wrote.
    pub fn is_of_words(self) -> bool {
        matches!(
            self,
            Self::Mention
                | Self::Status
                | Self::Update
                | Self::Quote
                | Self::QuotedUpdate
                | Self::Outcome
                | Self::Trying
                | Self::Waiting
        )
    }
}

/// How often a member gets a letter with what they have not read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Digest {
    #[default]
    Never,
    Daily,
    Weekly,
}

impl Digest {
    pub const ALL: [Self; 3] = [Self::Never, Self::Daily, Self::Weekly];

    pub fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Daily => "daily",
            Self::Weekly => "weekly",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.name() == name)
    }

    /// From one to the next.
    pub fn pause(self) -> Option<Millis> {
        match self {
            Self::Never => None,
            Self::Daily => Some(DAY),
            Self::Weekly => Some(7 * DAY),
        }
    }
}

/// So long a group goes on before a new one begins.
const SPAN: Millis = 12 * HOUR;

#[derive(Clone, Debug)]
pub struct Notification {
    pub id: Id,
    pub account_id: Id,
    pub kind: NotificationKind,
    pub from_account_id: Id,
    pub post_id: Option<Id>,
    pub report_id: Option<Id>,
    /// The warning, or what was cut off.
    pub event_id: Option<Id>,
    pub created_at: Millis,
}

impl Notification {
    /// What those have in common that are shown as one: kind, post, and the half of a day (in hours since 1970). Empty: it stands
    /// alone.
    pub fn group_key(&self) -> String {
        let hour = self.created_at.div_euclid(SPAN) * (SPAN / HOUR);
        match (self.kind.is_grouped(), self.post_id) {
            (false, _) => String::new(),
            (true, Some(post)) => format!("{}-{post}-{hour}", self.kind.name()),
            (true, None) => format!("{}-{hour}", self.kind.name()),
        }
    }

    /// The same as clients see it: one that stands alone is a group, too.
    pub fn shown_group_key(&self) -> String {
        let key = self.group_key();
        if key.is_empty() { format!("ungrouped-{}", self.id) } else { key }
    }
}

/// What becomes of what somebody says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Accept,
    /// It waits among the requests.
    Filter,
    Drop,
}

impl Verdict {
    pub fn name(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Filter => "filter",
            Self::Drop => "drop",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Accept, Self::Filter, Self::Drop].into_iter().find(|v| v.name() == name)
    }

    /// The stricter of two.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        if self as u8 >= other as u8 { self } else { other }
    }
}

/// A member's policy (entities/NotificationPolicy): `None` leaves it to the node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Whom one does not follow.
    pub not_following: Option<Verdict>,
    /// Who does not follow one, or only since a moment ago.
    pub not_followers: Option<Verdict>,
    /// Who came a short time ago, whom one does not follow.
    pub new_accounts: Option<Verdict>,
    /// What others say to one alone, without having been asked.
    pub private_mentions: Option<Verdict>,
    /// Whom the moderators have limited.
    pub limited_accounts: Option<Verdict>,
}
