//! Words that look like personal data: what somebody who makes a text public should look at once more. It finds what has a form,
//! and no names: what it does not find may well be there.

/// What a word looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Email,
    Phone,
    /// Of the United Kingdom.
    Postcode,
    /// A street with a number.
    Address,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Postcode => "postcode",
            Self::Address => "address",
        }
    }
}

/// What streets are called in English, and shorter.
const STREETS: [&str; 22] = [
    "street", "st", "road", "rd", "lane", "ln", "avenue", "ave", "close", "drive", "way", "crescent", "court", "place",
    "terrace", "gardens", "grove", "square", "row", "hill", "walk", "mews",
];
/// A number of a telephone has so many digits: ITU-T E.164 has 15 at most.
const DIGITS: std::ops::RangeInclusive<usize> = 9..=15;

/// All that looks so in a text, in its order, each once.
pub fn found(text: &str) -> Vec<(Kind, String)> {
    let words: Vec<&str> = text.split_whitespace().map(bare).filter(|w| !w.is_empty()).collect();
    let mut found: Vec<(Kind, String)> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let rest = words.get(at..).unwrap_or_default();
        let (taken, what) = first(rest);
        if let Some(kind) = what {
            let entry = (kind, rest.get(..taken).unwrap_or_default().join(" "));
            if !found.contains(&entry) {
                found.push(entry);
            }
        }
        at += taken.max(1);
    }
    found
}

/// What these words begin with, and how many of them that are.
fn first(words: &[&str]) -> (usize, Option<Kind>) {
    let word = words.first().copied().unwrap_or_default();
    if is_email(word) {
        return (1, Some(Kind::Email));
    }
    if let Some(taken) = street(words) {
        return (taken, Some(Kind::Address));
    }
    if is_postcode(word) {
        return (1, Some(Kind::Postcode));
    }
    if words.len() > 1 && is_postcode(&words.get(..2).unwrap_or_default().concat()) && word.len() <= 4 {
        return (2, Some(Kind::Postcode));
    }
    let numbers = words.iter().take_while(|w| is_piece_of_number(w)).count();
    let digits = |count: usize| words.iter().take(count).flat_map(|w| w.chars()).filter(char::is_ascii_digit).count();
    match (1..=numbers).rev().find(|count| DIGITS.contains(&digits(*count))) {
        Some(taken) => (taken, Some(Kind::Phone)),
        None => (1, None),
    }
}

/// A word without what stands around it.
fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric() && c != '+' && c != '@').trim_end_matches(['+', '@'])
}

fn is_email(word: &str) -> bool {
    let word = word.strip_prefix("mailto:").unwrap_or(word);
    // A handle begins with an @.
    word.split_once('@').is_some_and(|(who, host)| {
        !who.is_empty()
            && !host.contains('@')
            && host.split_once('.').is_some_and(|(a, b)| !a.is_empty() && b.len() > 1)
    })
}

fn is_piece_of_number(word: &str) -> bool {
    word.chars().any(|c| c.is_ascii_digit())
        && word.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | '/' | '(' | ')'))
}

/// `LS1 1UR`, without its blank: an area, a district, and three characters more (Royal Mail's PAF).
fn is_postcode(word: &str) -> bool {
    let word: Vec<char> = word.chars().collect();
    if !(5..=7).contains(&word.len()) || !word.iter().all(char::is_ascii_alphanumeric) {
        return false;
    }
    let (outward, inward) = word.split_at(word.len() - 3);
    let letters = outward.iter().take_while(|c| c.is_ascii_alphabetic()).count();
    let rest: Vec<char> = outward.iter().skip(letters).copied().collect();
    let is_district = rest.first().is_some_and(char::is_ascii_digit) && rest.len() <= 2;
    let is_inward =
        matches!(inward, [a, b, c] if a.is_ascii_digit() && b.is_ascii_alphabetic() && c.is_ascii_alphabetic());
    (1..=2).contains(&letters) && is_district && is_inward
}

/// `12 Kirkgate Lane`, `12a Long Row`: a number, one to three names with a capital, the last of which a street may be called.
fn street(words: &[&str]) -> Option<usize> {
    let number = words.first()?;
    let is_number = number.len() <= 5
        && number.chars().next().is_some_and(|c| c.is_ascii_digit())
        && number.chars().filter(|c| !c.is_ascii_digit()).count() <= 1;
    if !is_number {
        return None;
    }
    let capital = |w: &&&str| w.chars().next().is_some_and(char::is_uppercase);
    let names: Vec<&str> = words.iter().skip(1).take(4).take_while(capital).copied().collect();
    let last = names.iter().position(|w| STREETS.contains(&w.to_lowercase().as_str())).filter(|at| *at > 0)?;
    Some(last + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_the_form_of_personal_data_is_found() {
        for (text, expected) in [
            ("Write to ana.b@example.org, please", vec![(Kind::Email, "ana.b@example.org")]),
            ("@ana@example.org said so", vec![]),
            (
                "Call (0113) 222 4444 or +44 113 222 4444.",
                vec![(Kind::Phone, "0113 222 4444"), (Kind::Phone, "+44 113 222 4444")],
            ),
            (
                "She lives at 12a Kirkgate Lane, LS1 1UR.",
                vec![(Kind::Address, "12a Kirkgate Lane"), (Kind::Postcode, "LS1 1UR")],
            ),
            ("ls27tq", vec![(Kind::Postcode, "ls27tq")]),
            ("In 2026 we phoned 40 people, 12 of them twice; 3 Ways of Working helped.", vec![]),
            ("12 of 30 on 2026-11-30", vec![]),
            ("", vec![]),
        ] {
            let found = found(text);
            let found: Vec<(Kind, &str)> = found.iter().map(|(k, t)| (*k, t.as_str())).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
