//! What the bell tells, and how it is written for another process: ids and never content. Whoever shows what it is about looks it
//! up as the one who reads, and so shows no more than that may see.

use model::id::Id;

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// There is something to send or to do: a delivery or a job, now or later.
    Work,
    /// The rules for other servers changed.
    Rules,
    /// Something happened that streams show.
    Live(Live),
    /// Some events may have been missed.
    Gap,
}

/// What streams show, and what decides who may read them. In the order in which it is told of one thing: that a post is there,
/// then that it is gone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Live {
    /// A post or a boost is new, and in the homes and lists where it belongs.
    Posted {
        post: Id,
    },
    /// There is a new version of it.
    Edited {
        post: Id,
    },
    /// It is gone, and was in this place.
    Removed {
        post: Id,
        place: Place,
    },
    Notified {
        account: Id,
        notification: Id,
    },
    /// Notifications that were held back stand among the others now.
    Merged {
        account: Id,
    },
    /// The account's filters changed.
    Filters {
        account: Id,
    },
    /// A conversation of the account has something new.
    Conversation {
        account: Id,
        conversation: Id,
    },
    /// An announcement is there, or was changed.
    Announced {
        announcement: Id,
    },
    /// Somebody reacted to one, or took that back, with an emoji of this name, which has no white space.
    Reacted {
        announcement: Id,
        name: String,
    },
    Unannounced {
        announcement: Id,
    },
    /// A token was revoked, or somebody may not act any more.
    Access,
}

/// Where a post was that is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Homes and lists.
    Homes {
        author: Id,
    },
    /// What was said to this member.
    Member {
        account: Id,
    },
    Public {
        local: bool,
    },
    /// The members' local timeline, and no other public one.
    Inside,
    Tag {
        tag: Id,
        local: bool,
    },
}

impl Event {
    /// One line.
    pub(crate) fn written(&self) -> String {
        match self {
            Self::Work => "work".to_owned(),
            Self::Rules => "rules".to_owned(),
            Self::Live(live) => live.written(),
            Self::Gap => "gap".to_owned(),
        }
    }

    /// `None`: another version of the program knows of more.
    pub(crate) fn read(line: &str) -> Option<Self> {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["work"] => Some(Self::Work),
            ["rules"] => Some(Self::Rules),
            ["gap"] => Some(Self::Gap),
            _ => Live::read(&words).map(Self::Live),
        }
    }
}

impl Live {
    fn written(&self) -> String {
        match self {
            Self::Posted { post } => format!("posted {post}"),
            Self::Edited { post } => format!("edited {post}"),
            Self::Removed { post, place } => match place {
                Place::Homes { author } => format!("removed {post} homes {author}"),
                Place::Member { account } => format!("removed {post} member {account}"),
                Place::Public { local } => format!("removed {post} public {}", i64::from(*local)),
                Place::Inside => format!("removed {post} inside"),
                Place::Tag { tag, local } => format!("removed {post} tag {tag} {}", i64::from(*local)),
            },
            Self::Notified { account, notification } => format!("notified {account} {notification}"),
            Self::Merged { account } => format!("merged {account}"),
            Self::Filters { account } => format!("filters {account}"),
            Self::Conversation { account, conversation } => format!("conversation {account} {conversation}"),
            Self::Announced { announcement } => format!("announced {announcement}"),
            Self::Reacted { announcement, name } => format!("reacted {announcement} {name}"),
            Self::Unannounced { announcement } => format!("unannounced {announcement}"),
            Self::Access => "access".to_owned(),
        }
    }

    fn read(words: &[&str]) -> Option<Self> {
        let id = |word: &str| word.parse::<Id>().ok();
        Some(match *words {
            ["posted", post] => Self::Posted { post: id(post)? },
            ["edited", post] => Self::Edited { post: id(post)? },
            ["removed", post, ref place @ ..] => Self::Removed { post: id(post)?, place: Place::read(place)? },
            ["notified", account, notification] => {
                Self::Notified { account: id(account)?, notification: id(notification)? }
            }
            ["merged", account] => Self::Merged { account: id(account)? },
            ["filters", account] => Self::Filters { account: id(account)? },
            ["conversation", account, conversation] => {
                Self::Conversation { account: id(account)?, conversation: id(conversation)? }
            }
            ["announced", announcement] => Self::Announced { announcement: id(announcement)? },
            ["reacted", announcement, name] => Self::Reacted { announcement: id(announcement)?, name: name.to_owned() },
            ["unannounced", announcement] => Self::Unannounced { announcement: id(announcement)? },
            ["access"] => Self::Access,
            _ => return None,
        })
    }
}

impl Place {
    fn read(words: &[&str]) -> Option<Self> {
        let id = |word: &str| word.parse::<Id>().ok();
        Some(match *words {
            ["homes", author] => Self::Homes { author: id(author)? },
            ["member", account] => Self::Member { account: id(account)? },
            ["public", local] => Self::Public { local: local == "1" },
            ["inside"] => Self::Inside,
            ["tag", tag, local] => Self::Tag { tag: id(tag)?, local: local == "1" },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_read_as_it_was_written() {
        let removed = |place| Live::Removed { post: i64::MAX, place };
        let live = [
            Live::Posted { post: 1 },
            Live::Edited { post: i64::MAX },
            removed(Place::Homes { author: 2 }),
            removed(Place::Member { account: 3 }),
            removed(Place::Public { local: true }),
            removed(Place::Public { local: false }),
            removed(Place::Inside),
            removed(Place::Tag { tag: 4, local: true }),
            removed(Place::Tag { tag: 4, local: false }),
            Live::Notified { account: 5, notification: 6 },
            Live::Merged { account: 5 },
            Live::Filters { account: 5 },
            Live::Conversation { account: 5, conversation: 7 },
            Live::Announced { announcement: 8 },
            Live::Reacted { announcement: 8, name: "🎉".to_owned() },
            Live::Unannounced { announcement: 8 },
            Live::Access,
        ];
        let all = live.into_iter().map(Event::Live).chain([Event::Work, Event::Rules, Event::Gap]);
        for event in all {
            assert_eq!(Event::read(&event.written()), Some(event));
        }
    }

    #[test]
    fn what_a_later_version_tells_is_passed_over() {
        for line in ["", "dance", "posted", "posted x", "removed 1", "removed 1 attic 2", "work 1", "reacted 1 a b"] {
            assert_eq!(Event::read(line), None, "{line}");
        }
    }
}
