//! An experiment as its post tells it, to whoever reads it anywhere: complete sentences, in the language of the post.

use super::{Experiment, Outcome, State};
use crate::clock::date;

/// What is said around the author's own words.
struct Words {
    planned: &'static str,
    running: &'static str,
    trying: &'static str,
    /// `Experiment: …`
    experiment: &'static str,
    trying_learned: &'static str,
    outcomes: [&'static str; 5],
    changed: &'static str,
    next_team: &'static str,
    so_what: &'static str,
    testers: &'static str,
    critical_friend: &'static str,
    look_again: &'static str,
    licence: &'static str,
}

const ENGLISH: Words = Words {
    planned: "Experiment, planned",
    running: "Experiment, running",
    trying: "We’re trying this too",
    experiment: "Experiment",
    trying_learned: "We tried this too",
    outcomes: [
        "it did what we hoped",
        "it didn’t do what we hoped",
        "mixed: some of it did what we hoped, some didn’t",
        "we stopped",
        "we can’t tell yet",
    ],
    changed: "What we do differently:",
    next_team: "What we’d tell the next team:",
    so_what: "So what?",
    testers: "Looking for people to try it with us.",
    critical_friend: "Looking for a #CriticalFriend.",
    look_again: "Look again on",
    licence: "Licence:",
};

const WELSH: Words = Words {
    planned: "Arbrawf, wedi’i gynllunio",
    running: "Arbrawf, ar waith",
    trying: "Rydym yn rhoi cynnig ar hyn hefyd",
    experiment: "Arbrawf",
    trying_learned: "Rhoesom gynnig ar hyn hefyd",
    outcomes: [
        "gwnaeth yr hyn a obeithiem",
        "ni wnaeth yr hyn a obeithiem",
        "cymysg: gwnaeth rhai pethau’r hyn a obeithiem, eraill ddim",
        "rhoesom y gorau iddi",
        "ni allwn ddweud eto",
    ],
    changed: "Beth rydym yn ei wneud yn wahanol:",
    next_team: "Beth fyddem yn ei ddweud wrth y tîm nesaf:",
    so_what: "Felly beth?",
    testers: "Yn chwilio am bobl i roi cynnig arni gyda ni.",
    critical_friend: "Yn chwilio am ffrind beirniadol #CriticalFriend.",
    look_again: "Edrych eto ar",
    licence: "Trwydded:",
};

impl Words {
    fn of(language: &str) -> &'static Self {
        if language.split('-').next().is_some_and(|l| l.eq_ignore_ascii_case("cy")) { &WELSH } else { &ENGLISH }
    }

    fn outcome(&self, outcome: Outcome) -> &'static str {
        Outcome::ALL.iter().zip(self.outcomes).find(|(o, _)| **o == outcome).map_or("", |(_, words)| words)
    }

    fn learned(&self, x: &Experiment) -> Vec<String> {
        let said = [(self.next_team, &x.learning), (self.so_what, &x.so_what)];
        said.iter().filter(|(_, text)| !text.is_empty()).map(|(label, text)| format!("**{label}** {text}")).collect()
    }
}

/// How far it is, or what came of it: the first line of its post.
pub fn headline(x: &Experiment, language: &str) -> String {
    let words = Words::of(language);
    let is_another = !x.tries_uri.is_empty();
    match (x.outcome, x.state) {
        (Some(outcome), _) => {
            let what = if is_another { words.trying_learned } else { words.experiment };
            format!("{what}: {}", words.outcome(outcome))
        }
        (None, _) if is_another => words.trying.to_owned(),
        (None, State::Planned) => words.planned.to_owned(),
        (None, State::Running | State::Learned) => words.running.to_owned(),
    }
}

/// What stands around the author's own words, in Markdown: before them how far it is and what is done otherwise, behind them what was
/// learned, what is looked for, and where and under which licence.
pub fn tell(x: &Experiment, language: &str) -> (String, String) {
    let words = Words::of(language);
    let mut before = vec![format!("**{}**", headline(x, language))];
    if !x.tries_uri.is_empty() && !x.changed.is_empty() {
        before.push(format!("**{}** {}", words.changed, x.changed));
    }
    let mut behind = words.learned(x);
    if x.state != State::Learned {
        let asks = [(x.testers, words.testers), (x.critical_friend, words.critical_friend)];
        behind.push(asks.iter().filter(|(is_asked, _)| *is_asked).map(|(_, ask)| *ask).collect::<Vec<_>>().join(" "));
    }
    let mut last: Vec<String> = [&x.place, &x.organisation].into_iter().filter(|t| !t.is_empty()).cloned().collect();
    if let Some(at) = x.look_again_at.filter(|_| x.state != State::Learned) {
        last.push(format!("{} {}", words.look_again, date(at)));
    }
    if let Some(licence) = x.licence {
        // In words: a link would be what servers show a preview of.
        last.push(format!("{} {}", words.licence, licence.words()));
    }
    behind.push(last.join(" · "));
    behind.retain(|p| !p.is_empty());
    (before.join("\n\n"), behind.join("\n\n"))
}

/// The answer in its thread that says what came of it, with the hashtags of the experiment.
pub fn answer(x: &Experiment, hashtags: &[String], language: &str) -> String {
    let words = Words::of(language);
    let said = x.outcome.map(|o| words.outcome(o)).unwrap_or_default();
    let mut letters = said.chars();
    let said: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    let mut parts = vec![format!("**{said}.**")];
    parts.extend(words.learned(x));
    if !hashtags.is_empty() {
        parts.push(hashtags.iter().map(|tag| format!("#{tag}")).collect::<Vec<_>>().join(" "));
    }
    parts.join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::super::{Licence, Sentences, Standing, write};
    use super::*;

    fn sample() -> Experiment {
        Experiment {
            state: State::Running,
            sentences: Sentences { believe: "phone first".to_owned(), ..Sentences::default() },
            testers: true,
            critical_friend: true,
            place: "Leeds".to_owned(),
            organisation: "Leeds City Council".to_owned(),
            licence: Some(Licence::CcBy),
            look_again_at: Some(1_799_712_000_000),
            ..Experiment::blank(1, 2)
        }
    }

    /// The whole post.
    fn tell(x: &Experiment, source: &str, language: &str) -> String {
        let (before, behind) = super::tell(x, language);
        [before.as_str(), source, &behind].into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join("\n\n")
    }

    #[test]
    fn a_post_says_all_of_it() {
        let x = sample();
        assert_eq!(
            tell(&x, &write(&x.sentences, "Ask me! #LFFdigital", "en"), "en"),
            "**Experiment, running**\n\n**We believe that if we** phone first\n\nAsk me! #LFFdigital\n\n\
             Looking for people to try it with us. Looking for a #CriticalFriend.\n\n\
             Leeds · Leeds City Council · Look again on 2027-01-12 · \
             Licence: CC BY 4.0"
        );
    }

    #[test]
    fn a_failure_is_said_first_and_plainly() {
        let x = Experiment {
            state: State::Learned,
            outcome: Some(Outcome::Didnt),
            learning: "Text first.".to_owned(),
            so_what: "Forty people rang back.".to_owned(),
            ..sample()
        };
        let told = tell(&x, "**We believe that if we** phone first", "");
        assert!(told.starts_with("**Experiment: it didn’t do what we hoped**\n\n**We believe"), "{told}");
        assert!(told.contains("**What we’d tell the next team:** Text first.\n\n**So what?** Forty"), "{told}");
        assert!(!told.contains("Looking for") && !told.contains("Look again"), "{told}");
        assert_eq!(
            answer(&x, &["LFFdigital".to_owned()], "en"),
            "**It didn’t do what we hoped.**\n\n**What we’d tell the next team:** Text first.\n\n\
             **So what?** Forty people rang back.\n\n#LFFdigital"
        );
        assert!(answer(&x, &[], "cy").starts_with("**Ni wnaeth"));
    }

    #[test]
    fn who_tries_it_too_says_what_is_different() {
        let x = Experiment {
            tries_uri: "https://a.example/1".to_owned(),
            standing: Some(Standing::Confirmed),
            changed: "a text first".to_owned(),
            testers: false,
            critical_friend: false,
            look_again_at: None,
            licence: None,
            sentences: Sentences::default(),
            ..sample()
        };
        assert_eq!(
            tell(&x, "@sam we’ll tell you", "en"),
            "**We’re trying this too**\n\n**What we do differently:** a text first\n\n@sam we’ll tell you\n\nLeeds · Leeds City Council"
        );
    }
}
