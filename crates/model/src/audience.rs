//! Who may see a post: one ladder from "only me" to "everybody", and one rule that reads it.
//!
//! The rule stands twice and nowhere else: here for a single post, and as one SQL predicate in `storage` for lists.
//! A test holds the two against each other.

use serde::{Deserialize, Serialize};

use crate::id::Id;

/// The rungs, narrow to wide. The numbers are stored; the gaps leave room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(i64)]
pub enum Audience {
    /// The author alone.
    Draft = 0,
    /// The people named in it.
    Direct = 10,
    /// The members named in it; never leaves the node: a private answer to what was said inside.
    Inside = 20,
    /// The members of a team; never leaves the node.
    Team = 25,
    /// Members of this node; never leaves it.
    Organisation = 30,
    /// Members of this node, and those of the author's followers who are on a node that the owner named.
    Partners = 40,
    /// The author's followers.
    Followers = 50,
    /// Everybody, but not in public timelines.
    Unlisted = 60,
    /// Everybody.
    Public = 70,
}

impl Audience {
    pub const ALL: [Self; 9] = [
        Self::Draft,
        Self::Direct,
        Self::Inside,
        Self::Team,
        Self::Organisation,
        Self::Partners,
        Self::Followers,
        Self::Unlisted,
        Self::Public,
    ];

    pub fn from_stored(value: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|a| *a as i64 == value)
    }

    /// Anyone may read it, signed in or not.
    pub fn is_open(self) -> bool {
        self >= Self::Unlisted
    }

    /// It may be sent to other servers.
    pub fn leaves_the_node(self) -> bool {
        !matches!(self, Self::Draft | Self::Inside | Self::Team | Self::Organisation)
    }

    /// Whoever is named in it is told, wherever they are.
    pub fn calls_strangers(self) -> bool {
        self.leaves_the_node() && self != Self::Partners
    }

    /// It was said to members first: it may be opened up, and apps that know nothing of that must not do it by accident.
    pub fn is_inside(self) -> bool {
        matches!(self, Self::Draft | Self::Inside | Self::Team | Self::Organisation | Self::Partners)
    }

    /// It stands in the members' local timeline, and in those of its tags for all members: said to everybody, or to everybody inside.
    pub fn is_for_all_members(self) -> bool {
        matches!(self, Self::Public | Self::Organisation | Self::Partners)
    }

    /// Others may boost it. (An author may also boost their own followers-only post.)
    pub fn may_be_boosted(self) -> bool {
        self.is_open()
    }

    /// The name that the Mastodon API gives it (entities/Status, `visibility`). What Mastodon has no word for is `private`,
    /// so that no app widens it by accident.
    pub fn mastodon_name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Unlisted => "unlisted",
            Self::Followers | Self::Team | Self::Organisation | Self::Partners => "private",
            Self::Direct | Self::Inside | Self::Draft => "direct",
        }
    }

    /// Our own name for what Mastodon has no word for, as it can be asked for; nothing where [`Self::mastodon_name`] says all.
    pub fn own_name(self) -> Option<&'static str> {
        match self {
            Self::Team => Some("team"),
            Self::Organisation => Some("organisation"),
            Self::Partners => Some("partners"),
            Self::Draft => Some("draft"),
            _ => None,
        }
    }

    /// Reads the Mastodon API's name, and our own for what it lacks.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "public" => Self::Public,
            "unlisted" => Self::Unlisted,
            "private" | "followers" => Self::Followers,
            "partners" => Self::Partners,
            "organisation" | "local" => Self::Organisation,
            "team" => Self::Team,
            "direct" => Self::Direct,
            "draft" => Self::Draft,
            _ => return None,
        })
    }

    /// What a reply may have at most: never for more people than its parent, and what was said inside stays inside.
    pub fn for_reply(self, parent: Self) -> Self {
        match (self, parent) {
            (Self::Direct, Self::Organisation | Self::Team | Self::Inside) => Self::Inside,
            _ => self.min(parent),
        }
    }

    /// What an answer from elsewhere is here: to what partners were told nobody else is shown the answers.
    pub fn heard_below(self, parent: Self) -> Self {
        if self.is_open() && parent == Self::Partners { Self::Partners } else { self }
    }
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// Nobody we know.
    Anyone,
    /// A member of this node.
    Member(Id),
    /// An actor of another server, known by its signature.
    Remote(Id),
}

impl Viewer {
    /// The viewer's account, or 0, which is nobody's.
    pub fn id(self) -> Id {
        match self {
            Self::Anyone => 0,
            Self::Member(id) | Self::Remote(id) => id,
        }
    }

    pub fn is_member(self) -> bool {
        matches!(self, Self::Member(_))
    }
}

/// What stands between a viewer and a post.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tie {
    pub follows_author: bool,
    pub is_mentioned: bool,
    pub blocked_by_author: bool,
    pub author_suspended: bool,
    /// It waits for leave, and not for the viewer's.
    pub waits_for_another: bool,
    /// It was said in a team that the viewer is not in.
    pub outside_team: bool,
    /// The viewer's node is one that the owner named.
    pub is_partner: bool,
}

/// The rule. `author` wrote the post; `tie` says how the viewer stands to it.
pub fn may_see(audience: Audience, author: Id, viewer: Viewer, tie: Tie) -> bool {
    if viewer.id() == author {
        return true;
    }
    if tie.author_suspended || tie.blocked_by_author {
        return false;
    }
    let is_called = tie.is_mentioned && !tie.waits_for_another;
    match audience {
        Audience::Public | Audience::Unlisted => true,
        Audience::Followers => tie.follows_author || is_called,
        Audience::Partners => viewer.is_member() || (tie.is_partner && tie.follows_author),
        Audience::Organisation => viewer.is_member(),
        Audience::Team => viewer.is_member() && !tie.outside_team,
        Audience::Inside => viewer.is_member() && is_called && !tie.outside_team,
        Audience::Direct => is_called,
        Audience::Draft => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_never_wider_than_its_parent() {
        for mine in Audience::ALL {
            for parent in Audience::ALL {
                let reply = mine.for_reply(parent);
                assert!(reply <= parent, "{mine:?} below {parent:?}");
                // To the members named instead of to the people named: those are fewer.
                assert!(
                    reply <= mine || (mine, reply) == (Audience::Direct, Audience::Inside),
                    "{mine:?} below {parent:?}"
                );
                if matches!(parent, Audience::Organisation | Audience::Team | Audience::Inside) {
                    assert!(!reply.leaves_the_node(), "inside stays inside: {mine:?} below {parent:?}");
                }
            }
        }
        assert_eq!(Audience::Public.for_reply(Audience::Followers), Audience::Followers);
        assert_eq!(Audience::Direct.for_reply(Audience::Public), Audience::Direct);
    }

    #[test]
    fn stored_numbers_come_back() {
        for a in Audience::ALL {
            assert_eq!(Audience::from_stored(a as i64), Some(a));
        }
        assert_eq!(Audience::from_stored(33), None);
    }
}
