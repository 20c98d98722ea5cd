//! Pairings: people who have no link with each other and asked to be introduced. Who is put together with whom, and what somebody asks for in
//! the words of a post.

use std::collections::HashSet;

use crate::clock::{DAY, Millis, parse_from};
use crate::id::Id;

/// What two people are introduced for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// To talk.
    Cuppa,
    /// One of them is with the other at work for some days.
    Shadowing,
    /// Reverse mentoring: who is at the start mentors who has been there for long.
    Mentoring,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Cuppa, Self::Shadowing, Self::Mentoring];

    pub fn name(self) -> &'static str {
        match self {
            Self::Cuppa => "cuppa",
            Self::Shadowing => "shadowing",
            Self::Mentoring => "mentoring",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.name() == name)
    }

    /// Those that somebody can be in, of whom two different ones make a pair; for a cuppa there is none.
    pub fn roles(self) -> &'static [&'static str] {
        match self {
            Self::Cuppa => &[""],
            Self::Shadowing => &["offer", "ask"],
            Self::Mentoring => &["mentor", "mentee"],
        }
    }
}

/// Most characters of what somebody says of themselves.
pub const ABOUT: usize = 200;

/// Somebody who is in for a kind of pairing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seeker {
    pub account_id: Id,
    pub kind: Kind,
    /// One of [`Kind::roles`].
    pub role: String,
    /// A line about them: plain text.
    pub about: String,
    /// The days on which they could: beginnings of the first and of the last one. Of shadowing alone, else 0.
    pub from_at: Millis,
    pub until_at: Millis,
    /// When they began to wait: when they came, or were last put together with somebody.
    pub since: Millis,
    /// The last round that looked at them.
    pub looked_at: Millis,
}

impl Seeker {
    /// Whether the two want what the other has.
    pub fn fits(&self, other: &Self) -> bool {
        let (from, until) = self.common_days(other);
        self.kind == other.kind && (self.kind == Kind::Cuppa || self.role != other.role) && from <= until
    }

    /// The first and the last day on which both could; the last is before the first if there is none.
    pub fn common_days(&self, other: &Self) -> (Millis, Millis) {
        (self.from_at.max(other.from_at), self.until_at.min(other.until_at))
    }

    /// A round has looked at them and found nobody.
    fn was_left(&self) -> bool {
        self.looked_at > self.since
    }
}

/// Puts people together: first those of different organisations, then the others. Whoever was left in an earlier round has their turn first,
/// whoever has waited longest before the others; then whoever could be put together with fewest. In the end nobody is left who
/// could be put together with somebody else who is.
///
/// `organisations`: of each of the people. `apart`: those who must not be, each two at least once, in any order. `seed` decides between equals.
/// Answers places in `people`.
pub fn pairs(people: &[Seeker], organisations: &[String], apart: &HashSet<(Id, Id)>, seed: u64) -> Vec<(usize, usize)> {
    let ids: Vec<Id> = people.iter().map(|p| p.account_id).collect();
    let may = |a: usize, b: usize, across: bool| {
        a != b
            && (!across || organisations.get(a) != organisations.get(b))
            && people[a].fits(&people[b])
            && ids[a] != ids[b]
            && !apart.contains(&(ids[a], ids[b]))
            && !apart.contains(&(ids[b], ids[a]))
    };
    let mut free = vec![true; people.len()];
    let mut made = Vec::new();
    for across in [true, false] {
        let options_of = |a: usize| -> Vec<usize> {
            (0..people.len()).filter(|b| free[a] && free[*b] && may(a, *b, across)).collect()
        };
        let options: Vec<Vec<usize>> = (0..people.len()).map(options_of).collect();
        let mut left: Vec<usize> = options.iter().map(Vec::len).collect();
        loop {
            let turn = |a: &usize| {
                let waits_since = if people[*a].was_left() { people[*a].since } else { Millis::MAX };
                (waits_since, left[*a], dice(seed, ids[*a]))
            };
            let Some(a) = (0..people.len()).filter(|a| free[*a] && left[*a] > 0).min_by_key(turn) else { break };
            let Some(b) = options[a].iter().copied().filter(|b| free[*b]).min_by_key(turn) else { break };
            for one in [a, b] {
                free[one] = false;
                for other in &options[one] {
                    left[*other] -= 1;
                }
            }
            made.push((a, b));
        }
    }
    made
}

/// A number that follows from the seed and the id (SplitMix64).
fn dice(seed: u64, id: Id) -> u64 {
    let mut z = seed.wrapping_add(id.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// What somebody asks in a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// To be left alone.
    Stop,
    /// They keep to the conditions.
    Agree,
    Join {
        kind: Kind,
        role: &'static str,
        about: String,
        /// The first and the last day that they name.
        days: Option<(Millis, Millis)>,
    },
}

/// Words with which somebody wants to be left alone, and what may stand beside them in the same line.
const STOP: [&str; 5] = ["stop", "out", "leave", "unsubscribe", "stopio"];
const BESIDE_STOP: [&str; 25] = [
    "please",
    "thanks",
    "thank",
    "you",
    "it",
    "this",
    "now",
    "me",
    "i",
    "want",
    "alone",
    "to",
    "be",
    "the",
    "cuppa",
    "that",
    "sending",
    "messages",
    "everything",
    "all",
    "hi",
    "hello",
    "diolch",
    "just",
    "and",
];
/// What may stand before the word with which somebody is in: with anything else before it they speak of something else.
const BEFORE: [&str; 30] = [
    "a", "an", "yes", "please", "hi", "hello", "hey", "me", "too", "i", "i'd", "i’d", "id", "would", "love", "like",
    "want", "to", "have", "for", "the", "one", "ok", "okay", "count", "in", "up", "sign", "as", "my",
];

/// Reads the text of a post, without regard to whom it names. Whoever wants to be in says so with the first word, but for a few that lead up to
/// it; in an answer (`is_answer`) with the very first. Else thanks for a cuppa would ask for another. What is cited is somebody else's.
pub fn wish(text: &str, is_answer: bool) -> Option<Wish> {
    let bare = |w: &&str| w.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let own: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with('>')).collect();
    let of_line = |line: &&str| -> Vec<String> {
        let words = line.split_whitespace().filter(|w| !w.starts_with('@'));
        words.map(|w| bare(&w)).filter(|w| !w.is_empty()).collect()
    };
    let stops = |words: &Vec<String>| {
        words.iter().any(|w| STOP.contains(&w.as_str()))
            && words.iter().all(|w| STOP.contains(&w.as_str()) || BESIDE_STOP.contains(&w.as_str()))
    };
    if own.iter().map(of_line).any(|words| stops(&words)) {
        return Some(Wish::Stop);
    }
    let said: Vec<&str> = own.iter().flat_map(|line| line.split_whitespace()).filter(|w| !w.starts_with('@')).collect();
    let words: Vec<String> = said.iter().map(bare).collect();
    let all = words.iter().filter(|w| !w.is_empty()).cloned().collect::<Vec<_>>().join(" ");
    if matches!(all.as_str(), "agreed" | "agree" | "i agree" | "yes agreed" | "yes i agree") {
        return Some(Wish::Agree);
    }
    let found = words.iter().enumerate().find_map(|(at, word)| {
        let next = words.get(at + 1).map_or("", String::as_str);
        Some(match (word.as_str(), next) {
            ("cuppa", _) => (at, 1, Kind::Cuppa, ""),
            ("shadow" | "shadowing", "offer") => (at, 2, Kind::Shadowing, "offer"),
            ("shadow" | "shadowing", "ask") => (at, 2, Kind::Shadowing, "ask"),
            ("mentor", _) => (at, 1, Kind::Mentoring, "mentor"),
            ("mentee", _) => (at, 1, Kind::Mentoring, "mentee"),
            _ => return None,
        })
    });
    let leads_up = |word: &String| word.is_empty() || !is_answer && BEFORE.contains(&word.as_str());
    let (at, length, kind, role) = found.filter(|(at, ..)| words[..*at].iter().all(leads_up))?;
    let mut named: Vec<Millis> = Vec::new();
    let mut line: Vec<&str> = Vec::new();
    // In the middle of a sentence the word belongs to what they say.
    let is_apart = at == 0 || at + length == said.len();
    for (place, word) in said.iter().enumerate() {
        let day = bare(word);
        match parse_from(&day).filter(|_| kind == Kind::Shadowing && day.len() == 10) {
            Some(day) if named.len() < 2 => named.push(day - day % DAY),
            _ if is_apart && (at..at + length).contains(&place) => {}
            _ => line.push(word),
        }
    }
    let days = named.first().map(|first| (*first, *named.last().unwrap_or(first)));
    Some(Wish::Join { kind, role, about: about(&line.join(" ")), days })
}

/// What somebody says of themselves, as one line that is short enough.
pub fn about(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line.trim_start_matches([' ', ':', ',', '.', '!', '-', '–', '—']);
    crate::html::truncate(line, ABOUT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cuppa(id: Id) -> Seeker {
        let role = String::new();
        Seeker {
            account_id: id,
            kind: Kind::Cuppa,
            role,
            about: String::new(),
            from_at: 0,
            until_at: 0,
            since: 1,
            looked_at: 0,
        }
    }

    fn role(id: Id, kind: Kind, role: &str, days: (Millis, Millis)) -> Seeker {
        Seeker { kind, role: role.to_owned(), from_at: days.0, until_at: days.1, ..cuppa(id) }
    }

    /// The pairs by id, the smaller first.
    fn made(people: &[Seeker], organisations: &[&str], apart: &[(Id, Id)], seed: u64) -> Vec<(Id, Id)> {
        let organisations: Vec<String> = organisations.iter().map(|o| (*o).to_owned()).collect();
        let pairs = pairs(people, &organisations, &apart.iter().copied().collect(), seed);
        let id = |at: usize| people[at].account_id;
        let mut made: Vec<(Id, Id)> = pairs.into_iter().map(|(a, b)| (id(a).min(id(b)), id(a).max(id(b)))).collect();
        made.sort_unstable();
        made
    }

    #[test]
    fn first_those_of_different_organisations_then_the_others() {
        for seed in 0..50 {
            let people: Vec<Seeker> = (1..=4).map(cuppa).collect();
            let found = made(&people, &["a", "a", "b", "b"], &[], seed);
            assert!(found == [(1, 3), (2, 4)] || found == [(1, 4), (2, 3)], "{found:?}");
            // Two of one organisation are left, and have each other.
            assert!(made(&people, &["a", "a", "a", "b"], &[], seed).len() == 2);
            assert_eq!(made(&people, &["a", "a", "a", "a"], &[(1, 2), (3, 1), (4, 1)], seed).len(), 1);
        }
    }

    #[test]
    fn whoever_was_left_comes_first_and_who_waited_longest_before_them() {
        for seed in 0..50 {
            let left = |id, since| Seeker { since, looked_at: 9, ..cuppa(id) };
            let people = [cuppa(1), left(2, 5), left(3, 2)];
            assert_eq!(made(&people, &["a", "b", "c"], &[], seed), [(2, 3)]);
            assert_eq!(made(&people, &["a", "b", "c"], &[(2, 3)], seed), [(1, 3)]);
        }
        // Where nothing else decides, chance does.
        let people: Vec<Seeker> = (1..=3).map(cuppa).collect();
        let all: HashSet<_> = (0..50).map(|seed| made(&people, &["a", "b", "c"], &[], seed)).collect();
        assert_eq!(all.len(), 3);
    }

    #[test]
    fn roles_and_days_fit() {
        let offer = role(1, Kind::Shadowing, "offer", (10, 20));
        for (other, fits) in [
            (role(2, Kind::Shadowing, "ask", (20, 30)), true),
            (role(2, Kind::Shadowing, "ask", (21, 30)), false),
            (role(2, Kind::Shadowing, "offer", (10, 20)), false),
        ] {
            assert_eq!((offer.fits(&other), other.fits(&offer)), (fits, fits), "{other:?}");
        }
        assert_eq!(offer.common_days(&role(2, Kind::Shadowing, "ask", (15, 30))), (15, 20));
        let mentor = role(1, Kind::Mentoring, "mentor", (0, 0));
        assert!(mentor.fits(&role(2, Kind::Mentoring, "mentee", (0, 0))));
        assert!(!mentor.fits(&role(2, Kind::Mentoring, "mentor", (0, 0))));
        assert!(cuppa(1).fits(&cuppa(2)));
    }

    #[test]
    fn nobody_is_put_together_twice_nor_left_with_somebody_they_could_have() {
        for seed in 0..300_u64 {
            let count = 2 + i64::try_from(seed % 15).unwrap();
            let chance = |a: Id, b: Id| dice(seed, a * 100 + b) % 100;
            let people: Vec<Seeker> = (1..=count).map(cuppa).collect();
            let organisations: Vec<String> = (1..=count).map(|id| (chance(id, 0) % 3).to_string()).collect();
            let mut apart = HashSet::new();
            for (a, b) in (1..=count).flat_map(|a| (1..a).map(move |b| (a, b))) {
                if chance(a, b) < 40 {
                    apart.insert(if chance(b, a) < 50 { (a, b) } else { (b, a) });
                }
            }
            let found = pairs(&people, &organisations, &apart, seed);
            let mut used: Vec<usize> = found.iter().flat_map(|(a, b)| [*a, *b]).collect();
            used.sort_unstable();
            let all = used.len();
            used.dedup();
            assert_eq!(used.len(), all, "{seed}");
            let is_apart = |a: usize, b: usize| {
                let (a, b) = (people[a].account_id, people[b].account_id);
                apart.contains(&(a, b)) || apart.contains(&(b, a))
            };
            assert!(found.iter().all(|(a, b)| !is_apart(*a, *b)), "{seed}");
            let left: Vec<usize> = (0..people.len()).filter(|p| !used.contains(p)).collect();
            for (a, b) in left.iter().flat_map(|a| left.iter().map(move |b| (*a, *b))) {
                assert!(a == b || is_apart(a, b), "{seed}: {a} and {b} are left");
            }
        }
    }

    #[test]
    fn words_say_what_somebody_wants() {
        let join = |kind, role, about: &str| Some(Wish::Join { kind, role, about: about.to_owned(), days: None });
        for (text, wanted) in [
            ("@cuppa@x cuppa", join(Kind::Cuppa, "", "")),
            ("@cuppa Cuppa! Housing officer, Cardiff", join(Kind::Cuppa, "", "Housing officer, Cardiff")),
            ("I would love a cuppa with a nurse @cuppa", join(Kind::Cuppa, "", "I would love a cuppa with a nurse")),
            ("@cuppa shadow offer: a ward at night", join(Kind::Shadowing, "offer", "a ward at night")),
            ("@cuppa shadowing ask", join(Kind::Shadowing, "ask", "")),
            ("@cuppa mentee, 20 years in finance", join(Kind::Mentoring, "mentee", "20 years in finance")),
            ("@cuppa mentor. I like cuppas, any cuppa", join(Kind::Mentoring, "mentor", "I like cuppas, any cuppa")),
            ("@cuppa@x please STOP.", Some(Wish::Stop)),
            ("stopio @cuppa", Some(Wish::Stop)),
            ("@cuppa @ana Agreed!", Some(Wish::Agree)),
            ("@cuppa hello", None),
            ("@cuppa we had to stop the trial", None),
            ("@cuppa thanks for the cuppa yesterday", None),
            ("I do NOT want a cuppa @cuppa", None),
            ("@cuppa please don't introduce me for a cuppa any more", None),
            ("Our mentor is great @cuppa", None),
            ("> mention me with cuppa\n@cuppa what is this?", None),
            ("RT @cuppa: mention me with the word “cuppa”", None),
            ("@cuppa stop please", Some(Wish::Stop)),
            ("@cuppa stop, thanks", Some(Wish::Stop)),
            ("@cuppa Stop it", Some(Wish::Stop)),
            ("@cuppa I want out", Some(Wish::Stop)),
            ("@cuppa leave me alone", Some(Wish::Stop)),
            ("@cuppa stop cuppa", Some(Wish::Stop)),
            ("@cuppa Stop.\nBest, Sam", Some(Wish::Stop)),
            ("> You are in for a cuppa\n\nstop", Some(Wish::Stop)),
            ("@cuppa in the shadow of others", None),
        ] {
            assert_eq!(wish(text, false), wanted, "{text}");
        }
        assert_eq!(wish("@cuppa thanks for the cuppa", true), None);
        assert_eq!(wish("@cuppa cuppa", true), join(Kind::Cuppa, "", ""));
        let day = |text| parse_from(text).unwrap();
        let days = Some((day("2026-12-01"), day("2026-12-04")));
        let asked = wish("@cuppa shadow ask 2026-12-01 – 2026-12-04: a ward", false);
        assert_eq!(asked, Some(Wish::Join { kind: Kind::Shadowing, role: "ask", about: "a ward".to_owned(), days }));
    }

    #[test]
    fn what_somebody_says_of_themselves_is_one_short_line() {
        assert_eq!(about(" : a\n b\t c "), "a b c");
        assert!(about(&"ä".repeat(500)).chars().count() <= ABOUT);
    }
}
