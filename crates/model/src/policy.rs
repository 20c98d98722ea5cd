//! What an author lets others do with a post: interaction policies (GoToSocial's `interactionPolicy`, FEP-044f for quotes), and who
//! falls under them. Knows nothing of how a policy is written on the wire.

use serde::{Deserialize, Serialize};

/// Whom a rule names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circle {
    pub everybody: bool,
    pub followers: bool,
    /// Whom the author follows.
    pub following: bool,
    /// Actor ids, and collections that we know nothing of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub named: Vec<String>,
}

/// Who may do a thing at once, and who when the author agrees.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    pub automatic: Circle,
    pub manual: Circle,
}

/// The rules of a post; what has none is as its kind of server has it: everybody may like, answer and boost, nobody quotes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub like: Option<Rule>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<Rule>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announce: Option<Rule>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<Rule>,
}

/// How somebody stands to the author of a post.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing<'a> {
    /// Actor id.
    pub uri: &'a str,
    pub is_author: bool,
    pub follows: bool,
    pub is_followed: bool,
}

/// What a rule says to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    Automatic,
    /// The author is asked.
    Manual,
    Denied,
}

/// Who may quote a member's post, as the Mastodon API names it (`quote_approval_policy`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum QuotePolicy {
    Everybody,
    Followers,
    Nobody,
}

impl Circle {
    fn holds(&self, who: Standing<'_>) -> bool {
        self.everybody
            || (self.followers && who.follows)
            || (self.following && who.is_followed)
            || self.named.iter().any(|uri| uri == who.uri)
    }

    fn everybody() -> Self {
        Self { everybody: true, ..Self::default() }
    }
}

impl Rule {
    pub fn everybody() -> Self {
        Self { automatic: Circle::everybody(), manual: Circle::default() }
    }

    pub fn leave(&self, who: Standing<'_>) -> Leave {
        if who.is_author || self.automatic.holds(who) {
            Leave::Automatic
        } else if self.manual.holds(who) {
            Leave::Manual
        } else {
            Leave::Denied
        }
    }

    /// Whether anybody can tell from the post alone that this person may: without knowing who follows whom.
    pub fn is_plain_for(&self, who: Standing<'_>) -> bool {
        who.is_author || self.automatic.everybody || self.automatic.named.iter().any(|uri| uri == who.uri)
    }
}

impl QuotePolicy {
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "public" => Some(Self::Everybody),
            "followers" => Some(Self::Followers),
            "nobody" => Some(Self::Nobody),
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Everybody => "public",
            Self::Followers => "followers",
            Self::Nobody => "nobody",
        }
    }

    /// The one that says this, if one does.
    pub fn of(rule: &Rule) -> Option<Self> {
        [Self::Everybody, Self::Followers, Self::Nobody].into_iter().find(|p| p.rule() == *rule)
    }

    pub fn rule(self) -> Rule {
        let automatic = match self {
            Self::Everybody => Circle::everybody(),
            Self::Followers => Circle { followers: true, ..Circle::default() },
            Self::Nobody => Circle::default(),
        };
        Rule { automatic, manual: Circle::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_tells_who_may_who_has_to_ask_and_who_may_not() {
        let rule = Rule {
            automatic: Circle { followers: true, named: vec!["https://a.example/ann".to_owned()], ..Circle::default() },
            manual: Circle { following: true, ..Circle::default() },
        };
        let who = Standing { uri: "https://b.example/bob", ..Standing::default() };
        assert_eq!(rule.leave(who), Leave::Denied);
        assert_eq!(rule.leave(Standing { is_followed: true, ..who }), Leave::Manual);
        let follower = Standing { follows: true, ..who };
        assert_eq!((rule.leave(follower), rule.is_plain_for(follower)), (Leave::Automatic, false));
        let ann = Standing { uri: "https://a.example/ann", ..who };
        assert_eq!((rule.leave(ann), rule.is_plain_for(ann)), (Leave::Automatic, true));
        assert_eq!(Rule::default().leave(Standing { is_author: true, ..who }), Leave::Automatic);
        assert_eq!(QuotePolicy::Nobody.rule().leave(follower), Leave::Denied);
        assert_eq!(QuotePolicy::of(&QuotePolicy::Followers.rule()), Some(QuotePolicy::Followers));
        assert_eq!(QuotePolicy::of(&rule), None);
    }
}
