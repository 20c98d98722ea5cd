//! Filters: what a member does not want to read, or not without being asked (entities/Filter), and how words are found in texts.

use aho_corasick::AhoCorasick;
use unicode_normalization::UnicodeNormalization;

use crate::clock::Millis;
use crate::hashtag::is_word;
use crate::id::Id;

/// Where a filter counts.
pub const CONTEXTS: [&str; 5] = ["home", "notifications", "public", "thread", "account"];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    pub id: Id,
    pub account_id: Id,
    pub title: String,
    /// Some of [`CONTEXTS`].
    pub contexts: Vec<String>,
    pub action: FilterAction,
    pub expires_at: Option<Millis>,
}

impl Filter {
    pub fn is_over(&self, now: Millis) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }
}

/// What is done with a post that a filter catches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FilterAction {
    /// It is behind a warning.
    #[default]
    Warn,
    Hide,
    /// Its media are blurred.
    Blur,
}

impl FilterAction {
    pub fn name(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Hide => "hide",
            Self::Blur => "blur",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Warn, Self::Hide, Self::Blur].into_iter().find(|a| a.name() == name)
    }
}

/// A word, or some, that a filter catches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keyword {
    pub id: Id,
    pub filter_id: Id,
    pub keyword: String,
    /// Not inside of other words.
    pub whole_word: bool,
}

/// A single post that a filter catches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilteredPost {
    pub id: Id,
    pub filter_id: Id,
    pub post_id: Id,
}

/// Finds all keywords of a member in a text at once, however many they are.
pub struct Matcher {
    keywords: Vec<Keyword>,
    /// Whether each must begin and end where a word does.
    edges: Vec<(bool, bool)>,
    /// `None`: there is nothing to look for.
    automaton: Option<AhoCorasick>,
}

impl Matcher {
    pub fn new(keywords: Vec<Keyword>) -> Self {
        let folded: Vec<String> = keywords.iter().map(|k| fold(&k.keyword)).collect();
        // A sign at the end of a keyword is an edge by itself, as on Mastodon.
        let edge = |c: Option<char>| c.is_some_and(is_word);
        let edges = keywords.iter().zip(&folded);
        let edges = edges
            .map(|(k, text)| (k.whole_word && edge(text.chars().next()), k.whole_word && edge(text.chars().last())));
        Self {
            edges: edges.collect(),
            automaton: if keywords.is_empty() { None } else { AhoCorasick::new(&folded).ok() },
            keywords,
        }
    }

    /// What it looks for.
    pub fn keywords(&self) -> &[Keyword] {
        &self.keywords
    }

    /// Bytes in memory, about.
    pub fn size(&self) -> usize {
        let texts: usize = self.keywords.iter().map(|k| size_of::<Keyword>() + k.keyword.len()).sum();
        texts + self.automaton.as_ref().map_or(0, AhoCorasick::memory_usage)
    }

    /// Which keywords are in the text: capital or small, and whether or not an accent is a character of its own.
    pub fn found_in(&self, text: &str) -> Vec<&Keyword> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        let text = fold(text);
        let mut found = vec![false; self.keywords.len()];
        for hit in automaton.find_overlapping_iter(&text) {
            let at = hit.pattern().as_usize();
            let (begins, ends) = self.edges[at];
            let is_apart = |c: Option<char>| !c.is_some_and(is_word);
            found[at] = found[at]
                || (!begins || is_apart(text[..hit.start()].chars().next_back()))
                    && (!ends || is_apart(text[hit.end()..].chars().next()));
        }
        self.keywords.iter().zip(found).filter_map(|(k, found)| found.then_some(k)).collect()
    }
}

/// What makes no difference made equal.
fn fold(text: &str) -> String {
    text.nfc().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(keywords: &[(&str, bool)], text: &str) -> Vec<String> {
        let keyword = |(id, (keyword, whole_word)): (Id, &(&str, bool))| Keyword {
            id,
            filter_id: 1,
            keyword: (*keyword).to_owned(),
            whole_word: *whole_word,
        };
        let matcher = Matcher::new((1..).zip(keywords).map(keyword).collect());
        matcher.found_in(text).into_iter().map(|k| k.keyword.clone()).collect()
    }

    #[test]
    fn whole_words_are_told_from_parts_of_words_in_every_script() {
        for (keyword, text, part, whole) in [
            ("cat", "A CAT!", true, true),
            ("cat", "concatenate", true, false),
            ("cat", "cats", true, false),
            ("cat", "cat_food", true, false),
            ("cat", "cat", true, true),
            ("cat", "cats and a cat", true, true),
            ("Straße", "die STRAßE.", true, true),
            ("éclair", "Un E\u{301}CLAIR", true, true),
            ("eclair", "un éclair", false, false),
            ("ΟΔΟΣ", "η οδός και η οδος", true, true),
            ("чай", "Чайка", true, false),
            ("чай", "«Чай»", true, true),
            ("茶", "お茶を飲む", true, false),
            ("#tea", "some #tea, please", true, true),
            ("#tea", "some#teapot", true, false),
            ("c++", "c++ and more", true, true),
            ("c++", "c+++", true, true),
            (":)", "fine:)x", true, true),
            ("two words", "Two Words", true, true),
            ("two words", "two  words", false, false),
            ("na", "e\u{301}na\u{301}", false, false),
        ] {
            assert_eq!(!found(&[(keyword, false)], text).is_empty(), part, "{keyword} in {text}");
            assert_eq!(!found(&[(keyword, true)], text).is_empty(), whole, "{keyword} as a word in {text}");
        }
    }

    #[test]
    fn of_many_keywords_each_that_is_there_is_found_once() {
        let keywords = [("tea", true), ("tea", false), ("teapot", true), ("milk", true), ("pot", false)];
        assert_eq!(found(&keywords, "A teapot, a teapot!"), ["tea", "teapot", "pot"]);
        assert_eq!(found(&keywords, "Tea"), ["tea", "tea"]);
        assert!(found(&keywords, "").is_empty() && found(&[], "tea").is_empty());
        let many: Vec<String> = (0..2_000).map(|n| format!("word{n}")).collect();
        let many: Vec<(&str, bool)> = many.iter().map(|w| (w.as_str(), true)).collect();
        assert_eq!(found(&many, "word7 word1999, word2000"), ["word7", "word1999"]);
    }
}
