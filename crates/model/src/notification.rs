//! Notifications: what tells a member that somebody did something that concerns them.

use crate::clock::Millis;
use crate::id::Id;

/// The types of entities/Notification that this node makes.
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
    /// Somebody signed up (for those who look after the node).
    AdminSignUp,
}

impl NotificationKind {
    pub const ALL: [Self; 10] = [
        Self::Mention,
        Self::Status,
        Self::Reblog,
        Self::Follow,
        Self::FollowRequest,
        Self::Favourite,
        Self::Update,
        Self::Poll,
        Self::Quote,
        Self::AdminSignUp,
    ];

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
            Self::AdminSignUp => "admin.sign_up",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.name() == name)
    }
}

#[derive(Clone, Debug)]
pub struct Notification {
    pub id: Id,
    pub account_id: Id,
    pub kind: NotificationKind,
    pub from_account_id: Id,
    pub post_id: Option<Id>,
    pub created_at: Millis,
}
