//! What the pages say, in the language of who reads. Each language is one file of `messages/` (Fluent,
//! projectfluent.org); what it lacks is said in English.

pub mod spoken;

use std::borrow::Cow;
use std::sync::LazyLock;

use axum::http::{HeaderMap, header};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::types::FluentNumber;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use model::clock::{DAY, HOUR, MINUTE, Millis, rfc3339};
use model::hat::Hat;
use unic_langid::{CharacterDirection, LanguageIdentifier};

/// Tag (BCP 47) and messages of each language.
const FILES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/languages.rs"));
/// What everything is said in first.
const FIRST: &str = "en";
/// Stands in a message where something is set in that is no text (Unicode's object replacement character).
const GAP: &str = "\u{FFFC}";

struct Messages {
    tag: &'static str,
    /// In the language itself.
    name: String,
    direction: &'static str,
    bundle: FluentBundle<FluentResource>,
}

static LANGUAGES: LazyLock<Vec<Messages>> = LazyLock::new(|| {
    let mut all: Vec<Messages> = FILES.iter().filter_map(|(tag, text)| Messages::read(tag, text)).collect();
    // The sort is stable: the others stay in the order of their tags.
    all.sort_by_key(|m| m.tag != FIRST);
    all
});

impl Messages {
    /// Messages that cannot be read are left out; a test holds that there are none.
    fn read(tag: &'static str, text: &str) -> Option<Self> {
        let id: LanguageIdentifier = tag.parse().ok()?;
        let direction = if id.character_direction() == CharacterDirection::RTL { "rtl" } else { "ltr" };
        let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(read, _)| read);
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // Names of people stand in elements of their own, which say that their direction may be another.
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        let mut messages = Self { tag, name: tag.to_owned(), direction, bundle };
        if let Some(name) = messages.find("language-name", None) {
            messages.name = name.into_owned();
        }
        Some(messages)
    }

    fn find(&self, key: &str, args: Option<&FluentArgs<'_>>) -> Option<Cow<'_, str>> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut errors = Vec::new();
        let said = self.bundle.format_pattern(pattern, args, &mut errors);
        // A message without arguments borrows from the bundle, one with them from nothing else.
        Some(match said {
            Cow::Borrowed(text) => Cow::Borrowed(text),
            Cow::Owned(text) => Cow::Owned(text),
        })
    }
}

/// A language that the pages speak.
#[derive(Clone, Copy)]
pub struct Language(&'static Messages);

impl std::fmt::Debug for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.tag)
    }
}

impl PartialEq for Language {
    fn eq(&self, other: &Self) -> bool {
        self.0.tag == other.0.tag
    }
}

impl Default for Language {
    fn default() -> Self {
        #[expect(clippy::indexing_slicing, reason = "English is one of the files, which a test holds")]
        Self(&LANGUAGES[0])
    }
}

/// What a message is filled with: a text, or a number that its words follow.
pub trait Fill {
    fn fill(&self) -> FluentValue<'_>;
}

impl Fill for str {
    fn fill(&self) -> FluentValue<'_> {
        FluentValue::String(Cow::Borrowed(self))
    }
}

impl Fill for String {
    fn fill(&self) -> FluentValue<'_> {
        self.as_str().fill()
    }
}

impl Fill for Cow<'_, str> {
    fn fill(&self) -> FluentValue<'_> {
        self.as_ref().fill()
    }
}

impl Fill for i64 {
    fn fill(&self) -> FluentValue<'_> {
        FluentValue::Number(FluentNumber::from(*self))
    }
}

impl Fill for usize {
    fn fill(&self) -> FluentValue<'_> {
        FluentValue::Number(FluentNumber::from(*self))
    }
}

impl<T: Fill + ?Sized> Fill for &T {
    fn fill(&self) -> FluentValue<'_> {
        (**self).fill()
    }
}

impl Language {
    /// All of them, English first.
    pub fn all() -> impl Iterator<Item = Self> {
        LANGUAGES.iter().map(Self)
    }

    /// The language of a tag, or of the first part of one: `cy-GB` is Welsh.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let tag = tag.trim().to_ascii_lowercase().replace('_', "-");
        let named = |wanted: &str| Self::all().find(|l| l.0.tag.eq_ignore_ascii_case(wanted));
        named(&tag).or_else(|| named(tag.split('-').next()?))
    }

    /// The first that a browser asks for and that is spoken here (RFC 9110 12.5.4).
    pub fn of_headers(headers: &HeaderMap) -> Option<Self> {
        let wanted = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
        let mut ranges: Vec<(&str, u16)> = Vec::new();
        for range in wanted.split(',').take(20) {
            let (tag, rest) = range.split_once(';').unwrap_or((range, ""));
            let weight = rest.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.trim().parse::<f32>().ok());
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 0 and 1,000")]
            let weight = (weight.unwrap_or(0.0).clamp(0.0, 1.0) * 1000.0) as u16;
            if weight > 0 {
                ranges.push((tag.trim(), weight));
            }
        }
        ranges.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
        ranges.iter().find_map(|(tag, _)| if *tag == "*" { Some(Self::default()) } else { Self::of_tag(tag) })
    }

    /// BCP 47.
    pub fn tag(self) -> &'static str {
        self.0.tag
    }

    /// In itself: `Cymraeg`.
    pub fn name(self) -> &'static str {
        &self.0.name
    }

    /// `ltr` or `rtl`.
    pub fn direction(self) -> &'static str {
        self.0.direction
    }

    /// A message. One that is nowhere is its own key, which a test does not let happen.
    pub fn say(self, key: &'static str) -> Cow<'static, str> {
        self.find(key, None)
    }

    /// A message with one thing filled in.
    pub fn one(self, key: &'static str, name: &str, value: impl Fill) -> String {
        let mut args = FluentArgs::with_capacity(1);
        args.set(name, value.fill());
        self.find(key, Some(&args)).into_owned()
    }

    /// A message with two things filled in.
    pub fn two(self, key: &'static str, name: &str, value: impl Fill, other: &str, further: impl Fill) -> String {
        self.with(key, &[(name, &value), (other, &further)])
    }

    /// A message with things filled in.
    pub fn with(self, key: &'static str, values: &[(&str, &dyn Fill)]) -> String {
        let mut args = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            args.set(*name, value.fill());
        }
        self.find(key, Some(&args)).into_owned()
    }

    /// How a time is written where somebody reads, for a script: `{D} {M} {Y} at {T}`.
    pub fn when_here(self) -> String {
        self.with(
            "time-here",
            &[
                ("day", &"{D}".to_owned()),
                ("month", &"{M}".to_owned()),
                ("year", &"{Y}".to_owned()),
                ("time", &"{T}".to_owned()),
            ],
        )
    }

    /// What stands before and behind the one thing that a message is filled with: for what is no text, such as a link.
    pub fn around(self, key: &'static str, name: &str) -> (String, String) {
        let said = self.one(key, name, GAP);
        let (before, behind) = said.split_once(GAP).unwrap_or((&said, ""));
        (before.to_owned(), behind.to_owned())
    }

    /// What came of an experiment, by its name in the API.
    pub fn outcome(self, name: &str) -> Cow<'static, str> {
        match name {
            "hoped" => self.say("outcome-hoped"),
            "didnt" => self.say("outcome-didnt"),
            "mixed" => self.say("outcome-mixed"),
            "stopped" => self.say("outcome-stopped"),
            _ => self.say("outcome-too-early"),
        }
    }

    /// As people say it: `critical friend`.
    pub fn hat(self, hat: Hat) -> String {
        match hat {
            Hat::AgendaActivist => self.say("hat-agenda-activist"),
            Hat::CommunityKeeper => self.say("hat-community-keeper"),
            Hat::CriticalFriend => self.say("hat-critical-friend"),
            Hat::SocialReporter => self.say("hat-social-reporter"),
            Hat::ExternalMessenger => self.say("hat-external-messenger"),
            Hat::ValueDetective => self.say("hat-value-detective"),
            Hat::OrganisationalBroker => self.say("hat-organisational-broker"),
        }
        .into_owned()
    }

    /// The question that whoever wears it asks.
    pub fn hat_question(self, hat: Hat) -> String {
        match hat {
            Hat::AgendaActivist => self.say("ask-agenda-activist"),
            Hat::CommunityKeeper => self.say("ask-community-keeper"),
            Hat::CriticalFriend => self.say("ask-as-critical-friend"),
            Hat::SocialReporter => self.say("ask-social-reporter"),
            Hat::ExternalMessenger => self.say("ask-external-messenger"),
            Hat::ValueDetective => self.say("ask-value-detective"),
            Hat::OrganisationalBroker => self.say("ask-organisational-broker"),
        }
        .into_owned()
    }

    fn find(self, key: &'static str, args: Option<&FluentArgs<'_>>) -> Cow<'static, str> {
        let found = self.0.find(key, args).or_else(|| Self::default().0.find(key, args));
        debug_assert!(found.is_some(), "there is no message {key}");
        found.unwrap_or(Cow::Borrowed(key))
    }

    /// `3 March 2025`.
    pub fn day(self, at: Millis) -> String {
        let iso = rfc3339(at);
        let number = |range| iso.get(range).and_then(|t: &str| t.parse::<i64>().ok()).unwrap_or(1);
        let months = self.say("months");
        let month = usize::try_from(number(5..7) - 1).ok().and_then(|n| months.split_whitespace().nth(n));
        let (day, month, year) = (number(8..10), month.unwrap_or_default(), iso.get(..4).unwrap_or_default());
        self.with("day", &[("day", &day), ("month", &month), ("year", &year)])
    }

    /// A time as a page shows it.
    pub fn when(self, at: Millis, now: Millis) -> When {
        let iso = rfc3339(at);
        let full = self.two("time", "day", self.day(at), "time", iso.get(11..16).unwrap_or("00:00"));
        let short = match now - at {
            ago if ago < MINUTE => self.say("ago-now").into_owned(),
            ago if ago < HOUR => self.one("ago-minutes", "count", ago / MINUTE),
            ago if ago < DAY => self.one("ago-hours", "count", ago / HOUR),
            ago if ago < 7 * DAY => self.one("ago-days", "count", ago / DAY),
            _ => self.day(at),
        };
        When { iso, short, full }
    }
}

/// A time as a page shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct When {
    /// RFC 3339.
    pub iso: String,
    /// `3 days ago`, or the day.
    pub short: String,
    /// `3 March 2025 at 14:05 UTC`.
    pub full: String,
}

#[cfg(test)]
mod tests;
