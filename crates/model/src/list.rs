//! Lists: some of those whom a member follows, in a timeline of their own (entities/List).

use crate::id::Id;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    pub id: Id,
    pub account_id: Id,
    pub title: String,
    pub replies_policy: RepliesPolicy,
    /// What is in it is not in the home.
    pub exclusive: bool,
}

/// Which answers to others a list shows. What answers its owner, or the one who wrote it, it always does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RepliesPolicy {
    /// Those to anybody whom its owner follows.
    Followed,
    /// Those to others in the list.
    #[default]
    List,
    None,
}

impl RepliesPolicy {
    pub fn name(self) -> &'static str {
        match self {
            Self::Followed => "followed",
            Self::List => "list",
            Self::None => "none",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Followed, Self::List, Self::None].into_iter().find(|p| p.name() == name)
    }
}
