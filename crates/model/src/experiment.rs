//! Experiments: what somebody tries before they know whether it works, what came of it, and who tries it next. Each is a post that reads
//! as one by itself: four sentences that begin alike, which are found again in what was written.

mod sentences;
mod telling;

use serde::{Deserialize, Serialize};

pub use self::sentences::{Sentences, beginnings, is_one, paragraph, read, sentence, write};
pub use self::telling::{answer, headline, tell};
use crate::clock::Millis;
use crate::id::Id;

/// Most characters of one sentence of ours, of what the next team is told, and of a place or an organisation.
pub const SENTENCE: usize = 1_000;
pub const LEARNING: usize = 2_000;
pub const NAME: usize = 100;
/// The hashtag with which anybody says, from anywhere, that they try the same (its key).
pub const TRYING_THIS: &str = "tryingthis";

macro_rules! names {
    ($(#[$doc:meta])* $type:ident { $($(#[$variant_doc:meta])* $variant:ident = $name:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $type {
            $($(#[$variant_doc])* #[serde(rename = $name)] $variant),+
        }

        impl $type {
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// As the API, documents and the database call it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }

            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|x| x.name() == name)
            }
        }
    };
}

names! {
    /// How far an experiment is.
    State {
        Planned = "planned",
        Running = "running",
        /// Its outcome was said, whatever that is.
        Learned = "learned",
    }
}

names! {
    /// What came of it. All are worth the same, and stand in this order.
    Outcome {
        Hoped = "hoped",
        Didnt = "didnt",
        Mixed = "mixed",
        Stopped = "stopped",
        /// It goes on.
        TooEarly = "too_early",
    }
}

impl Outcome {
    /// How far an experiment is of which this was said.
    pub fn state(self) -> State {
        if self == Self::TooEarly { State::Running } else { State::Learned }
    }
}

names! {
    /// What others may do with what was written. Names are those of SPDX (spdx.org/licenses).
    Licence {
        CcBy = "CC-BY-4.0",
        CcBySa = "CC-BY-SA-4.0",
        CcZero = "CC0-1.0",
        Ogl = "OGL-UK-3.0",
    }
}

impl Licence {
    /// As people say it.
    pub fn words(self) -> &'static str {
        match self {
            Self::CcBy => "CC BY 4.0",
            Self::CcBySa => "CC BY-SA 4.0",
            Self::CcZero => "CC0 1.0",
            Self::Ogl => "Open Government Licence v3.0",
        }
    }

    /// Where it can be read; its identifier in documents.
    pub fn url(self) -> &'static str {
        match self {
            Self::CcBy => "https://creativecommons.org/licenses/by/4.0/",
            Self::CcBySa => "https://creativecommons.org/licenses/by-sa/4.0/",
            Self::CcZero => "https://creativecommons.org/publicdomain/zero/1.0/",
            Self::Ogl => "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
        }
    }

    pub fn from_url(url: &str) -> Option<Self> {
        let bare =
            |u: &str| u.trim_start_matches("http://").trim_start_matches("https://").trim_end_matches('/').to_owned();
        Self::ALL.iter().copied().find(|l| bare(l.url()) == bare(url))
    }
}

names! {
    /// What the author of an experiment says of somebody elsewhere who tries the same.
    Standing {
        Waiting = "waiting",
        Confirmed = "confirmed",
        Refused = "refused",
    }
}

/// An experiment: what is kept beside its post. Texts are what a member wrote, or plain text from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Experiment {
    pub post_id: Id,
    /// Nobody's, once it is gone.
    pub account_id: Option<Id>,
    pub state: State,
    pub sentences: Sentences,
    /// Looked for: people who try it, too.
    pub testers: bool,
    /// Looked for: a critical friend.
    pub critical_friend: bool,
    pub place: String,
    pub organisation: String,
    pub licence: Option<Licence>,
    /// The beginning of the day (UTC) on which its author wants to be asked.
    pub look_again_at: Option<Millis>,
    /// How often they were.
    pub asked: i64,
    pub outcome: Option<Outcome>,
    /// What the next team is told.
    pub learning: String,
    pub so_what: String,
    /// The answer in its thread that says so.
    pub outcome_post_id: Option<Id>,
    pub outcome_at: Option<Millis>,
    /// The experiment that this one tries again: its ActivityPub id, and its post as far as that is known; empty where it is the first.
    pub tries_uri: String,
    pub tries_id: Option<Id>,
    /// What is done otherwise than there.
    pub changed: String,
    /// What the author of that one says; `None` where there is no such.
    pub standing: Option<Standing>,
    /// It was said in words alone, with a hashtag: its post says nothing of what is kept here.
    pub by_words: bool,
    /// The member who wrote down what somebody elsewhere said so.
    pub kept_by: Option<Id>,
    /// Others who try it, confirmed.
    pub tries_count: i64,
    /// Its post was deleted: nothing is left but that it was there.
    pub gone_at: Option<Millis>,
}

impl Experiment {
    /// One of which nothing was said yet.
    pub fn blank(post: Id, account: Id) -> Self {
        Self {
            post_id: post,
            account_id: Some(account),
            state: State::Planned,
            sentences: Sentences::default(),
            testers: false,
            critical_friend: false,
            place: String::new(),
            organisation: String::new(),
            licence: None,
            look_again_at: None,
            asked: 0,
            outcome: None,
            learning: String::new(),
            so_what: String::new(),
            outcome_post_id: None,
            outcome_at: None,
            tries_uri: String::new(),
            tries_id: None,
            changed: String::new(),
            standing: None,
            by_words: false,
            kept_by: None,
            tries_count: 0,
            gone_at: None,
        }
    }
}

/// What somebody says of a post that they make or change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// It is an experiment.
    Is(Box<Form>),
    /// It is none, whatever its text.
    IsNone,
}

/// What somebody asks to be kept beside a post. Each may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Form {
    pub sentences: Sentences,
    pub state: Option<State>,
    pub testers: bool,
    pub critical_friend: bool,
    pub place: String,
    /// As the node calls itself, if empty.
    pub organisation: Option<String>,
    pub licence: Option<Licence>,
    pub look_again_at: Option<Millis>,
    /// The post of the experiment that is tried again.
    pub tries: Option<Id>,
    pub changed: String,
}

impl Form {
    /// What is kept of an experiment, for a post that says it anew in other words: those of its author, who has looked through them. Nobody
    /// looks again on a day that is past.
    pub fn again(x: &Experiment, now: Millis) -> Self {
        Self {
            state: Some(if x.state == State::Planned { State::Planned } else { State::Running }),
            testers: x.testers,
            critical_friend: x.critical_friend,
            place: x.place.clone(),
            organisation: Some(x.organisation.clone()),
            licence: x.licence,
            look_again_at: x.look_again_at.filter(|at| *at > now),
            ..Self::default()
        }
    }
}

/// What came of an experiment, as its author says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learned {
    pub outcome: Outcome,
    /// `None`: as it was said before.
    pub learning: Option<String>,
    pub so_what: Option<String>,
    /// When they want to be asked again.
    pub look_again_at: Option<Millis>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::from_name(outcome.name()), Some(*outcome));
        }
        assert_eq!(Licence::from_url("http://creativecommons.org/licenses/by/4.0"), Some(Licence::CcBy));
        assert_eq!(Licence::from_url("https://example.org/mine"), None);
    }
}
