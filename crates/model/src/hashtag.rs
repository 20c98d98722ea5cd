//! Hashtags: the key they are matched by, and where one begins and ends in a text.
//!
//! Knows nothing of posts or of tag pages. The rules are Mastodon's (`hashtag_normalizer.rb`, `ascii_folding.rb`,
//! `models/tag.rb`), so that a tag means the same posts on every server.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The most characters the key of a hashtag may have.
pub const MAX_HASHTAG: usize = 100;

/// A hashtag as its author spelled it, and as it is matched.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Hashtag {
    /// The author's spelling, without the `#`.
    pub name: String,
    /// What [`normalise`] makes of it.
    pub key: String,
}

impl Hashtag {
    /// A hashtag from its name, with or without `#`; nothing where there is no key to match it by.
    pub fn new(name: &str) -> Option<Hashtag> {
        let name = name.trim().trim_start_matches(['#', '＃']);
        Some(Hashtag { name: name.to_owned(), key: normalise(name)? })
    }

    /// The same of a name that is a hashtag from its beginning to its end, as one in a text would be; nothing for any other.
    pub fn whole(name: &str) -> Option<Hashtag> {
        Self::new(name).filter(Self::is_whole)
    }

    /// How it is shown: as its author spelled it, unless no hashtag in a text could be spelled like that.
    pub fn spelling(&self) -> &str {
        if self.is_whole() { &self.name } else { &self.key }
    }

    fn is_whole(&self) -> bool {
        at_start(&format!("#{}", self.name)).is_some_and(|(_, found)| found.name == self.name)
    }
}

/// The key a hashtag is matched by: NFKC, lower case, Latin letters without their diacritics, and nothing but letters,
/// digits, separators and Thai vowel signs.
///
/// Nothing when no letter and no separator is left, or no letter and no digit, or more than [`MAX_HASHTAG`]
/// characters. A leading `#` is deleted like every other sign.
pub fn normalise(name: &str) -> Option<String> {
    // Anything that shrinks so far can only be noise, and must not cost time.
    if name.len() > MAX_HASHTAG * 16 {
        return None;
    }
    let round =
        |text: &str| -> String { text.nfkc().flat_map(char::to_lowercase).map(fold).filter(|c| is_kept(*c)).collect() };
    // Marks that a deleted sign kept apart come together, and may stand in another order then.
    let key = round(&round(name));
    let worth_having = key.chars().any(char::is_alphanumeric) && key.chars().any(|c| !c.is_numeric());
    (worth_having && key.chars().count() <= MAX_HASHTAG).then_some(key)
}

/// The key as it stands in handles and addresses: itself where it is of ASCII letters, digits and `_`, else in the form that host
/// names have (`xn--` and Punycode, RFC 3492), of which every server's rules for usernames allow all characters. Different keys have
/// different slugs.
pub fn slug(key: &str) -> String {
    if key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
        return key.to_owned();
    }
    // Only what is longer than four thousand million characters has no Punycode.
    idna::punycode::encode_str(key).map_or_else(String::new, |code| format!("{ACE}{code}"))
}

/// The key of a [`slug`], in whatever case; `None` for what is the slug of none.
pub fn key_of_slug(given: &str) -> Option<String> {
    if given.len() > MAX_HASHTAG * 8 {
        return None;
    }
    let lower = given.to_ascii_lowercase();
    let key = match lower.strip_prefix(ACE) {
        Some(code) => idna::punycode::decode_to_string(code)?,
        None => lower.clone(),
    };
    (normalise(&key).as_deref() == Some(&key) && slug(&key) == lower).then_some(key)
}

const ACE: &str = "xn--";

/// The hashtag at the very start of `text`, which has to begin with `#` or the full-width `＃`, and how many bytes
/// of the text it takes.
///
/// The caller sees to what stands before it: see [`may_follow`].
pub fn at_start(text: &str) -> Option<(usize, Hashtag)> {
    let rest = text.strip_prefix(['#', '＃'])?;
    let run = rest.find(|c| !is_word(c) && !is_inner_separator(c)).unwrap_or(rest.len());
    let name = rest[..run].trim_end_matches(is_inner_separator);
    let well_formed = name.chars().next().is_some_and(is_word) && has_letter_or_inner_separator(name);
    if !well_formed || rest[run..].starts_with("://") {
        return None;
    }
    Some((text.len() - rest.len() + name.len(), Hashtag { name: name.to_owned(), key: normalise(name)? }))
}

/// Whether a hashtag can begin after this character: after white space as on Mastodon, and after an opening bracket
/// or quotation mark. The start of a text counts as white space.
pub fn may_follow(previous: char) -> bool {
    previous.is_whitespace() || "([{<\"'“‘„‚«‹「『（【《〈".contains(previous)
}

/// A word needs a letter in it, or a separator with something on both sides: `#1` is an ordinal number.
fn has_letter_or_inner_separator(name: &str) -> bool {
    let inner = || name.chars().skip(1).take(name.chars().count().saturating_sub(2));
    name.chars().any(char::is_alphabetic) || inner().any(|c| c == '_' || is_inner_separator(c))
}

/// Part of a word, as Mastodon has it (`[[:word:]]`).
pub(crate) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || is_combining_mark(c)
}

/// What may stand inside a hashtag but not end it: middle dot, katakana middle dot, zero-width non-joiner.
fn is_inner_separator(c: char) -> bool {
    matches!(c, '·' | '・' | '\u{200C}')
}

fn is_kept(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || is_inner_separator(c) || ('\u{0E47}'..='\u{0E4E}').contains(&c)
}

/// Latin letters to ASCII by the table the other servers use. What is not in it (æ, œ, ß, ế) stays as it is; capitals
/// never come this far.
fn fold(c: char) -> char {
    match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => 'c',
        'ð' | 'ď' | 'đ' => 'd',
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => 'e',
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => 'g',
        'ĥ' | 'ħ' => 'h',
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => 'i',
        'ĵ' => 'j',
        'ķ' | 'ĸ' => 'k',
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => 'l',
        'ñ' | 'ń' | 'ņ' | 'ň' | 'ŉ' | 'ŋ' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => 'o',
        'ŕ' | 'ŗ' | 'ř' => 'r',
        'ś' | 'ŝ' | 'ş' | 'š' | 'ſ' => 's',
        'ţ' | 'ť' | 'ŧ' => 't',
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => 'u',
        'ŵ' => 'w',
        'ý' | 'ÿ' | 'ŷ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(name: &str) -> Option<String> {
        normalise(name)
    }

    #[test]
    fn spellings_of_one_tag_share_a_key() {
        for (name, expected) in [
            ("CollabOutLoud", "collaboutloud"),
            ("#LFFdigital", "lffdigital"),
            ("Café", "cafe"),
            ("Cafe\u{301}", "cafe"),
            ("ØÅ", "oa"),
            ("Łódź", "lodz"),
            ("Ｆｕｌｌ", "full"),
            ("İstanbul", "istanbul"),
            ("snake_case", "snake_case"),
            ("l·l", "l·l"),
            ("スター・ウォーズ", "スター・ウォーズ"),
            ("می\u{200C}خواهم", "می\u{200C}خواهم"),
            ("a-b c!", "abc"),
            ("Straße", "straße"),
            ("Ærø", "æro"),
            ("#1st", "1st"),
            ("เล่น", "เล่น"),
        ] {
            assert_eq!(key(name).as_deref(), Some(expected), "{name}");
        }
    }

    #[test]
    fn what_cannot_be_matched_has_no_key() {
        for name in ["", "#", "123", "２０２４", "!?", "_", "___", "·", &"a".repeat(101), &"!".repeat(100_000)] {
            assert_eq!(key(name), None, "{name}");
        }
        assert_eq!(key(&"a".repeat(100)).map(|k| k.len()), Some(100));
    }

    #[test]
    fn a_slug_is_a_username_and_means_one_tag() {
        for (name, expected) in [
            ("LFFdigital", "lffdigital"),
            ("snake_case", "snake_case"),
            ("日本語", "xn--wgv71a119e"),
            ("Straße", "xn--strae-oqa"),
            ("Frühling", "fruhling"),
            ("ｗｉｄｅ", "wide"),
            ("gŵyl", "gwyl"),
            ("a·b", "xn--ab-0ea"),
        ] {
            let key = normalise(name).unwrap();
            assert_eq!(slug(&key), expected, "{name}");
            assert_eq!(key_of_slug(expected), Some(key.clone()), "{name}");
            assert_eq!(key_of_slug(&expected.to_uppercase()), Some(key), "{name}");
        }
        for none in ["", "123", "xn--", "xn--a", "Frühling", "xn--fruhling-", "a-b", "日本語", "xn--99999999"] {
            assert_eq!(key_of_slug(none), None, "{none}");
        }
        assert_eq!(key_of_slug(&"x".repeat(100_000)), None);
    }

    #[test]
    fn the_authors_spelling_is_kept_beside_the_key() {
        let tag = Hashtag::new("#CollabOutLoud").unwrap();
        assert_eq!((tag.name.as_str(), tag.key.as_str()), ("CollabOutLoud", "collaboutloud"));
        assert_eq!(Hashtag::new("#42"), None);
    }

    #[test]
    fn a_name_with_more_in_it_than_a_hashtag_is_no_whole_one() {
        for name in ["tea", "#Tea", "日本語", "snake_case", "1_2", "a·b", "เล่น"] {
            assert_eq!(Hashtag::whole(name).unwrap().spelling(), name.trim_start_matches('#'));
        }
        for (name, shown) in
            [("tea!!", "tea"), ("not a tag", "notatag"), ("<b>hi", "bhi"), ("half-done", "halfdone"), ("a·", "a·")]
        {
            assert_eq!(Hashtag::whole(name), None, "{name}");
            assert_eq!(Hashtag::new(name).unwrap().spelling(), shown);
        }
    }

    #[test]
    fn a_tag_in_text_ends_where_the_word_ends() {
        for (text, name) in [
            ("#tag", "tag"),
            ("#tag.", "tag"),
            ("＃tag!", "tag"),
            ("#snake_case_ and", "snake_case_"),
            ("#a·b· c", "a·b"),
            ("#half-done", "half"),
            ("#2024review", "2024review"),
            ("#1_2", "1_2"),
            ("#ख़बर।", "ख़बर"),
            ("#tag#other", "tag"),
        ] {
            let (taken, tag) = at_start(text).unwrap_or_else(|| panic!("no tag in {text}"));
            assert_eq!(tag.name, name);
            assert!(text[..taken].ends_with(name), "{text}: takes {taken} bytes");
        }
    }

    #[test]
    fn numbers_and_signs_are_no_tags() {
        for text in ["#1", "# tag", "#", "##tag", "#-", "#·a", "#_", "#__", "tag", "#https://x.example"] {
            assert_eq!(at_start(text), None, "{text}");
        }
    }

    #[test]
    fn marks_that_a_deleted_sign_kept_apart_have_one_order() {
        let key = normalise("a\u{2de0}\u{fffc}\u{8f0}").unwrap();
        assert_eq!(normalise(&key), Some(key));
    }

    proptest! {
        #![proptest_config(crate::campaign(400))]

        #[test]
        fn a_key_is_its_own_key(name in "\\PC{0,40}") {
            if let Some(key) = normalise(&name) {
                prop_assert_eq!(normalise(&key), Some(key));
            }
        }

        #[test]
        fn every_key_has_a_slug_of_its_own(name in "\\PC{1,40}") {
            if let Some(key) = normalise(&name) {
                let slug = slug(&key);
                prop_assert!(slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b)), "{slug}");
                prop_assert_eq!(key_of_slug(&slug), Some(key));
            }
        }

        #[test]
        fn finding_a_tag_stays_within_the_text(text in "[#＃]\\PC{0,40}") {
            if let Some((taken, tag)) = at_start(&text) {
                prop_assert!(text.is_char_boundary(taken) && text[..taken].ends_with(&tag.name));
            }
        }
    }
}
