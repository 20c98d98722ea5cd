//! Hats: roles that people take on for a while on a hashtag or a challenge, by declaring it. They are no ranks: each is a way to look
//! and something to do, and only some come with a right.

use serde::{Deserialize, Serialize};

use crate::clock::{DAY, Millis};
use crate::id::Id;

/// How long a hat is worn where nothing is said, and at most.
pub const USUAL: Millis = 90 * DAY;
pub const LONGEST: Millis = 365 * DAY;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hat {
    AgendaActivist,
    CommunityKeeper,
    CriticalFriend,
    SocialReporter,
    ExternalMessenger,
    ValueDetective,
    OrganisationalBroker,
}

impl Hat {
    pub const ALL: [Self; 7] = [
        Self::AgendaActivist,
        Self::CommunityKeeper,
        Self::CriticalFriend,
        Self::SocialReporter,
        Self::ExternalMessenger,
        Self::ValueDetective,
        Self::OrganisationalBroker,
    ];

    /// As the API and the database call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::AgendaActivist => "agenda_activist",
            Self::CommunityKeeper => "community_keeper",
            Self::CriticalFriend => "critical_friend",
            Self::SocialReporter => "social_reporter",
            Self::ExternalMessenger => "external_messenger",
            Self::ValueDetective => "value_detective",
            Self::OrganisationalBroker => "organisational_broker",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|h| h.name() == name)
    }

    /// As people say it: `critical friend`.
    pub fn words(self) -> String {
        self.name().replace('_', " ")
    }

    /// What stands before it there: `(as critical friend)`.
    pub fn said(self) -> String {
        format!("(as {})", self.words())
    }

    /// The hashtag that says so on a post: `CriticalFriend`.
    pub fn hashtag(self) -> &'static str {
        match self {
            Self::AgendaActivist => "AgendaActivist",
            Self::CommunityKeeper => "CommunityKeeper",
            Self::CriticalFriend => "CriticalFriend",
            Self::SocialReporter => "SocialReporter",
            Self::ExternalMessenger => "ExternalMessenger",
            Self::ValueDetective => "ValueDetective",
            Self::OrganisationalBroker => "OrganisationalBroker",
        }
    }

    /// The question that whoever wears it asks.
    pub fn question(self) -> &'static str {
        match self {
            Self::AgendaActivist => "Which challenges are worth taking on together?",
            Self::CommunityKeeper => "How do we hear all voices?",
            Self::CriticalFriend => "How do we give each other feedback?",
            Self::SocialReporter => "How do we keep hold of what we learn?",
            Self::ExternalMessenger => "Who outside should hear of this, and what?",
            Self::ValueDetective => "What is it worth, and how would we know?",
            Self::OrganisationalBroker => "How does this fit in with what others do?",
        }
    }

    /// It comes with rights, so that somebody else has to say yes.
    pub fn needs_confirmation(self) -> bool {
        matches!(self, Self::CommunityKeeper | Self::SocialReporter | Self::ExternalMessenger)
    }
}

/// A hat that somebody declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worn {
    pub id: Id,
    pub account_id: Id,
    pub hat: Hat,
    pub subject_id: Id,
    pub since: Millis,
    /// From then on it is off.
    pub until: Millis,
    /// Its rights are given; of one without rights always so.
    pub confirmed: bool,
}

/// What can be done about a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Say what it is for; of a challenge with a right alone, for it says so to everybody.
    Write,
    /// Put another view beside that.
    Differ,
    /// Say what belongs to a challenge, and how far it is.
    Gather,
    /// Say what came of it so far.
    Harvest,
    /// Put back what was said before.
    Restore,
    /// Take down what breaks the rules.
    TakeDown,
    /// Link it with another subject.
    Link,
    /// Arrange and annotate its shelf.
    Shelve,
    /// Say that a post is no longer to be thought about for the outside.
    Settle,
    /// Confirm hats.
    Confirm,
    /// Take hats off others.
    TakeOff,
}

impl Verb {
    /// The hats that come with this right, once they are confirmed.
    pub fn hats(self) -> &'static [Hat] {
        match self {
            Self::Restore | Self::TakeDown | Self::Link | Self::Confirm => &[Hat::CommunityKeeper],
            Self::Shelve => &[Hat::CommunityKeeper, Hat::SocialReporter],
            Self::Settle => &[Hat::CommunityKeeper, Hat::ExternalMessenger],
            Self::Gather | Self::Write => &[Hat::CommunityKeeper],
            Self::Harvest => &[Hat::CommunityKeeper, Hat::SocialReporter],
            Self::Differ | Self::TakeOff => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hashtag::normalise;

    #[test]
    fn names_lead_back_and_hashtags_are_the_names() {
        for hat in Hat::ALL {
            assert_eq!(Hat::from_name(hat.name()), Some(hat));
            assert_eq!(normalise(hat.hashtag()), Some(hat.name().replace('_', "")));
        }
        assert_eq!(Hat::from_name("king"), None);
    }

    #[test]
    fn every_right_comes_with_a_hat_that_somebody_else_confirms() {
        let verbs = [Verb::Restore, Verb::TakeDown, Verb::Link, Verb::Shelve, Verb::Settle, Verb::Confirm];
        assert!(verbs.iter().flat_map(|v| v.hats()).all(|hat| hat.needs_confirmation()));
        for hat in Hat::ALL.into_iter().filter(|h| h.needs_confirmation()) {
            assert!(verbs.iter().any(|v| v.hats().contains(&hat)), "{}", hat.name());
        }
    }
}
