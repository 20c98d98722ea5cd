//! Searching posts: which words a text has, and what somebody means who types a question with operators
//! (docs.joinmastodon.org/user/network#search). Knows nothing of how an index is kept.

use unicode_normalization::UnicodeNormalization;

use crate::clock::{DAY, Millis, parse_rfc3339};

/// Most bytes of one text that are looked at.
const LONGEST: usize = 64 * 1024;
/// The longest word, in bytes; what is longer is no word.
const WORD: usize = 200;
/// How the words begin by which an index knows what it is not in the text: who wrote it, in whose library it is. No word of a text or of
/// a question begins so.
pub const MARK: &str = "zq";
/// Most terms of a question.
const TERMS: usize = 24;

/// The words of a text, as they are kept and looked for, with a space between: lower case, without accents. Scripts that put no
/// spaces between words are taken apart into their signs, which a question then looks for in a row.
pub fn words(text: &str) -> String {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let plain = text[..end].nfkd().filter(|c| !('\u{300}'..='\u{36F}').contains(c)).nfc();
    let (mut out, mut word) = (String::new(), String::new());
    for c in plain.flat_map(char::to_lowercase) {
        let alone = stands_alone(c);
        if alone || !(c.is_alphanumeric() || is_mark(c)) {
            finish(&mut out, &mut word);
        }
        if alone {
            word.push(c);
            finish(&mut out, &mut word);
        } else if c.is_alphanumeric() || is_mark(c) && !word.is_empty() {
            word.push(c);
        }
    }
    finish(&mut out, &mut word);
    out
}

/// The words of a name that is being typed, in lower case: each is the beginning of one.
pub fn beginnings(typed: &str) -> Vec<String> {
    let words =
        typed.split(|c: char| !(c.is_alphanumeric() || is_mark(c))).filter(|w| !w.is_empty() && w.len() <= WORD);
    words.take(TERMS).map(str::to_lowercase).collect()
}

fn finish(out: &mut String, word: &mut String) {
    if !word.is_empty() && word.len() <= WORD {
        if !out.is_empty() {
            out.push(' ');
        }
        if word.starts_with(MARK) {
            out.push('z');
        }
        out.push_str(word);
    }
    word.clear();
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// Han, Kana, Thai, Lao, Khmer, Burmese: written without spaces.
fn stands_alone(c: char) -> bool {
    matches!(u32::from(c), 0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x3040..=0x30FF | 0x3400..=0x4DBF
        | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

/// Where is looked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// Both.
    #[default]
    Any,
    /// One's own posts, and those that one favourited, boosted, bookmarked or was named in.
    Library,
    /// Public posts whose authors let themselves be searched.
    Public,
}

/// What a post has or is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trait {
    Media,
    Image,
    Video,
    Audio,
    Poll,
    Link,
    Quote,
    Reply,
    Sensitive,
    Experiment,
}

impl Trait {
    fn named(key: &str, value: &str) -> Option<Self> {
        Some(match (key, value) {
            ("has", "media") => Self::Media,
            ("has", "image" | "picture") => Self::Image,
            ("has", "video") => Self::Video,
            ("has", "audio") => Self::Audio,
            ("has", "poll") => Self::Poll,
            ("has", "link" | "embed") => Self::Link,
            ("has", "quote") | ("is", "quote") => Self::Quote,
            ("is", "reply") => Self::Reply,
            ("is", "sensitive") => Self::Sensitive,
            ("is", "experiment") => Self::Experiment,
            _ => return None,
        })
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Media => "media",
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Poll => "poll",
            Self::Link => "link",
            Self::Quote => "quote",
            Self::Reply => "reply",
            Self::Sensitive => "sensitive",
            Self::Experiment => "experiment",
        }
    }
}

/// One thing that a post must (or must not) have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// These words ([`words`]) in a row.
    Words(String),
    /// A handle without its first `@`, or `me`.
    From(String),
    Trait(Trait),
    /// The first part of a BCP 47 tag.
    Language(String),
}

/// A question as it was typed, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    pub must: Vec<Term>,
    pub not: Vec<Term>,
    pub scope: Scope,
    /// Made at that time or later.
    pub since: Option<Millis>,
    /// Made before that time.
    pub before: Option<Millis>,
}

impl Question {
    /// Reads what was typed. What looks like an operator and is none counts as words.
    pub fn parse(typed: &str) -> Self {
        let mut question = Self::default();
        for piece in pieces(typed).into_iter().take(TERMS) {
            question.take(piece);
        }
        question
    }

    /// Nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.must.is_empty() && self.since.is_none() && self.before.is_none() && self.scope == Scope::Any
    }

    fn take(&mut self, piece: Piece) {
        let Piece { negated, key, text } = piece;
        let term = match key.as_str() {
            "from" => Some(Term::From(text.trim_start_matches('@').to_lowercase())).filter(|_| text.len() > 1),
            "has" | "is" => Trait::named(&key, &text.to_lowercase()).map(Term::Trait),
            "language" | "lang" => {
                let first = text.split(['-', '_']).next().unwrap_or_default().to_lowercase();
                (!first.is_empty() && first.chars().all(|c| c.is_ascii_alphanumeric())).then_some(Term::Language(first))
            }
            "before" | "after" | "during" => match day(&text) {
                Some(day) if !negated => return self.narrow(&key, day),
                _ => None,
            },
            "in" => {
                match text.to_lowercase().as_str() {
                    "library" => self.scope = if negated { Scope::Public } else { Scope::Library },
                    "public" => self.scope = if negated { Scope::Library } else { Scope::Public },
                    _ => {}
                }
                return;
            }
            _ => None,
        };
        let term = term.or_else(|| {
            let all = words(&if key.is_empty() { text } else { format!("{key} {text}") });
            (!all.is_empty()).then_some(Term::Words(all))
        });
        if let Some(term) = term {
            if negated { self.not.push(term) } else { self.must.push(term) }
        }
    }

    fn narrow(&mut self, key: &str, day: Millis) {
        let since = match key {
            "after" => Some(day + DAY),
            "during" => Some(day),
            _ => None,
        };
        let before = match key {
            "before" => Some(day),
            "during" => Some(day + DAY),
            _ => None,
        };
        self.since = self.since.max(since);
        self.before = match (self.before, before) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
}

/// The beginning of a day (UTC), `2025-06-15`.
fn day(text: &str) -> Option<Millis> {
    let day = text.get(..10).unwrap_or(text);
    parse_rfc3339(&format!("{day}T00:00:00Z"))
}

struct Piece {
    negated: bool,
    /// Before a colon, in lower case; empty if there is none.
    key: String,
    text: String,
}

/// Cuts a question where spaces are that no quotes enclose.
fn pieces(typed: &str) -> Vec<Piece> {
    let mut list = Vec::new();
    let mut rest = typed.trim_start();
    while !rest.is_empty() {
        let negated = rest.starts_with('-');
        rest = rest.trim_start_matches(['-', '+']);
        let (mut key, mut text) = (String::new(), String::new());
        let mut quoted = false;
        let mut end = rest.len();
        for (at, c) in rest.char_indices() {
            match c {
                '"' | '“' | '”' | '„' => quoted = !quoted,
                c if c.is_whitespace() && !quoted => {
                    end = at;
                    break;
                }
                ':' if !quoted && key.is_empty() && is_operator(&text) => {
                    key = std::mem::take(&mut text).to_lowercase()
                }
                c => text.push(c),
            }
        }
        rest = rest[end..].trim_start();
        if !text.trim().is_empty() {
            list.push(Piece { negated, key, text: text.trim().to_owned() });
        }
    }
    list
}

fn is_operator(word: &str) -> bool {
    ["from", "has", "is", "before", "after", "during", "language", "lang", "in"]
        .iter()
        .any(|o| word.eq_ignore_ascii_case(o))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_is_compared() {
        assert_eq!(words("Überraschung! C’est déjà l'ÉTÉ — 42 x"), "uberraschung c est deja l ete 42 x");
        assert_eq!(words("東京タワー, ok"), "東 京 タ ワ ー ok");
        assert_eq!(words("#Rust_lang @bob@example.org"), "rust lang bob example org");
        assert_eq!(words(&"a".repeat(300)), "");
        assert_eq!(words("  ... "), "");
        // By words that begin so an index knows who wrote what, and what is in whose library.
        assert_eq!(words("zqlib7 ＺＱfrom7 zzq"), "zzqlib7 zzqfrom7 zzq");
    }

    #[test]
    fn a_question_is_read_with_all_its_operators() {
        let q = Question::parse(
            r#"tea "hot  water" -coffee from:@Bob@x.org -is:reply has:media language:en-GB in:library after:2025-06-01 before:2025-07-01"#,
        );
        let words = |w: &str| Term::Words(w.to_owned());
        let must = [
            words("tea"),
            words("hot water"),
            Term::From("bob@x.org".to_owned()),
            Term::Trait(Trait::Media),
            Term::Language("en".to_owned()),
        ];
        assert_eq!(q.must, must);
        assert_eq!(q.not, [words("coffee"), Term::Trait(Trait::Reply)]);
        assert_eq!(q.scope, Scope::Library);
        assert_eq!((q.since, q.before), (Some(1_748_822_400_000), Some(1_751_328_000_000)));
        let day = Question::parse("during:2025-06-01");
        assert_eq!(day.before.unwrap() - day.since.unwrap(), DAY);
        assert!(!day.is_empty() && Question::parse(" ... ").is_empty());
    }

    #[test]
    fn what_is_no_operator_is_words() {
        assert_eq!(Question::parse("has:hope").must, [Term::Words("has hope".to_owned())]);
        assert_eq!(Question::parse("re:tea").must, [Term::Words("re tea".to_owned())]);
        assert_eq!(Question::parse("before:noon").must, [Term::Words("before noon".to_owned())]);
        assert_eq!(Question::parse("\"open").must, [Term::Words("open".to_owned())]);
        assert_eq!(Question::parse(&"a ".repeat(1_000)).must.len(), TERMS);
    }
}
