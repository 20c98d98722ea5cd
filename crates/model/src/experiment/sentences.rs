//! The four sentences of an experiment, as they stand in a text: written into it, and found in it again, so that whoever changes the
//! text in an app that knows nothing of them changes what they say.

use serde::{Deserialize, Serialize};

/// How the sentences go on after their beginnings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sentences {
    /// We believe that if we …
    pub believe: String,
    /// Then this will lead to …
    pub leads_to: String,
    /// We are going to test this by …
    pub test: String,
    /// We will share the learning by …
    pub share: String,
}

/// The beginnings in a language; the first is that of everybody else.
const BEGINNINGS: [(&str, [&str; 4]); 2] = [
    (
        "en",
        [
            "We believe that if we",
            "Then this will lead to",
            "We are going to test this by",
            "We will share the learning by",
        ],
    ),
    (
        "cy",
        [
            "Rydym yn credu, os gwnawn ni",
            "Yna bydd hyn yn arwain at",
            "Byddwn yn profi hyn drwy",
            "Byddwn yn rhannu’r dysgu drwy",
        ],
    ),
];

impl Sentences {
    pub fn all(&self) -> [&String; 4] {
        [&self.believe, &self.leads_to, &self.test, &self.share]
    }

    pub fn all_mut(&mut self) -> [&mut String; 4] {
        [&mut self.believe, &mut self.leads_to, &mut self.test, &mut self.share]
    }

    pub fn is_empty(&self) -> bool {
        self.all().iter().all(|s| s.is_empty())
    }

    /// Each as one paragraph.
    #[must_use]
    pub fn tidy(mut self) -> Self {
        for sentence in self.all_mut() {
            *sentence = paragraph(sentence);
        }
        self
    }
}

/// One paragraph of a text: without empty lines, and without fences, which would go on in the next.
pub fn paragraph(text: &str) -> String {
    let bare = |line: &'_ str| {
        let line = line.trim();
        let is_fence = line.starts_with("```") || line.starts_with("~~~");
        if is_fence { line.trim_start_matches(['`', '~']).trim().to_owned() } else { line.to_owned() }
    };
    text.lines().map(bare).filter(|l| !l.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The sentences as Markdown, each a paragraph that begins bold, in the language (BCP 47) of its post, and then the author's own words.
pub fn write(sentences: &Sentences, rest: &str, language: &str) -> String {
    let written = beginnings(language).iter().zip(sentences.all()).filter(|(_, s)| !s.is_empty());
    let mut parts: Vec<String> = written.map(|(b, s)| format!("**{b}** {s}")).collect();
    if !rest.trim().is_empty() {
        parts.push(rest.trim().to_owned());
    }
    parts.join("\n\n")
}

/// The sentences of a text, and what else is in it. A sentence goes on until an empty line, or until another begins.
pub fn read(text: &str) -> (Sentences, String) {
    let mut found = Sentences::default();
    let mut rest = String::new();
    let mut within: Option<usize> = None;
    for line in text.lines() {
        if let Some((which, goes_on)) = begun(line)
            && found.all()[which].is_empty()
        {
            found.all_mut()[which].push_str(goes_on);
            within = Some(which);
            continue;
        }
        match within {
            Some(which) if !line.trim().is_empty() => {
                let sentence = &mut found.all_mut()[which];
                if !sentence.is_empty() {
                    sentence.push('\n');
                }
                sentence.push_str(line.trim());
            }
            // It may begin on a line of its own.
            Some(which) if found.all()[which].is_empty() => {}
            Some(_) => within = None,
            None => {
                rest.push_str(line);
                rest.push('\n');
            }
        }
    }
    (found, rest.trim().to_owned())
}

/// Whether a text says an experiment, though nobody said that it is one: it begins with what is believed, and goes on with what that leads
/// to or how it is tested. What is cited further down is somebody else's.
pub fn is_one(text: &str) -> bool {
    let (sentences, _) = read(text);
    let first = text.lines().find(|l| !l.trim().is_empty());
    first.and_then(begun).is_some_and(|(which, _)| which == 0)
        && !sentences.believe.is_empty()
        && !(sentences.leads_to.is_empty() && sentences.test.is_empty())
}

/// A sentence as it is written, in the language of everybody.
pub fn sentence(which: usize, goes_on: &str) -> String {
    format!("{} {goes_on}", BEGINNINGS[0].1.get(which).copied().unwrap_or_default())
}

/// How the four sentences begin, in a language (BCP 47) or that of everybody.
pub fn beginnings(language: &str) -> &'static [&'static str; 4] {
    let begin = |tag: &&(&str, _)| language.split('-').next().is_some_and(|l| l.eq_ignore_ascii_case(tag.0));
    &BEGINNINGS.iter().find(begin).unwrap_or(&BEGINNINGS[0]).1
}

/// Which sentence a line begins, and how it goes on.
fn begun(line: &str) -> Option<(usize, &str)> {
    let line = line.trim().trim_start_matches(['*', '_']).trim_start();
    for (_, beginnings) in &BEGINNINGS {
        for (which, beginning) in beginnings.iter().enumerate() {
            if let Some(goes_on) = after(line, beginning) {
                return Some((which, goes_on));
            }
        }
    }
    None
}

/// What stands behind a beginning, whatever its case and its apostrophes.
fn after<'a>(line: &'a str, beginning: &str) -> Option<&'a str> {
    let same = |a: char, b: char| a == b || a.to_lowercase().eq(b.to_lowercase()) || a == '\'' && b == '’';
    let mut chars = line.char_indices();
    for wanted in beginning.chars() {
        let (_, c) = chars.next()?;
        if !same(c, wanted) {
            return None;
        }
    }
    let rest = chars.as_str();
    // `by` is no beginning of `bypassing`.
    if rest.chars().next().is_some_and(char::is_alphanumeric) {
        return None;
    }
    Some(rest.trim_start_matches(['*', '_', '…', '.', ':', ' ', '\u{A0}']))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sample() -> Sentences {
        Sentences {
            believe: "phone tenants before the letter".to_owned(),
            leads_to: "fewer missed appointments".to_owned(),
            test: "calling forty people\nin March".to_owned(),
            share: "a post here and #LFFdigital".to_owned(),
        }
    }

    #[test]
    fn what_was_written_is_found_again() {
        for language in ["en", "cy", "de", ""] {
            let text = write(&sample(), "Thanks to @ana.\n\nMore soon.", language);
            assert_eq!(read(&text), (sample(), "Thanks to @ana.\n\nMore soon.".to_owned()), "{language}");
        }
        assert!(write(&sample(), "", "cy-GB").starts_with("**Rydym yn credu, os gwnawn ni** phone"));
    }

    #[test]
    fn what_was_typed_in_any_app_is_found() {
        let text = "We believe that if we… phone first\nThen this will lead to: less worry\n\nMonday!\n\nwe are going to test this by\n\nbypassing letters\n\n#x";
        let (found, rest) = read(text);
        assert!(is_one(text));
        assert_eq!(
            (found.believe.as_str(), found.leads_to.as_str(), found.test.as_str()),
            ("phone first", "less worry", "bypassing letters")
        );
        assert_eq!(rest, "Monday!\n\n#x");
        for text in [
            "We believe in tea",
            "We believe that if we had tea",
            "Then this will lead toward nothing",
            "You wrote:\nWe believe that if we eat\nThen this will lead to joy",
        ] {
            assert!(!is_one(text), "{text}");
        }
        assert_eq!(paragraph("x\n```\n\ny"), "x\ny");
    }

    proptest! {
        #![proptest_config(crate::campaign(256))]

        #[test]
        fn nothing_that_was_written_is_lost(text in "(?s)((We believe that if we|Then this will lead to|\\*\\*|[a-z …’.\n])+){0,6}") {
            let (sentences, rest) = read(&text);
            let letters = |t: &str| t.chars().filter(|c| c.is_alphanumeric()).count();
            let written = write(&sentences, &rest, "en");
            // A beginning that nothing follows is said by nobody.
            let empty = text.lines().filter_map(begun).filter(|(_, goes_on)| goes_on.is_empty()).count();
            if empty == 0 {
                prop_assert_eq!(letters(&written), letters(&text));
            }
        }
    }
}
