//! What forms have in common: the errors beside their fields, and where to go on afterwards.

use node::login::{PASSWORD_MAX, PASSWORD_MIN};

use super::language::Language;
use crate::signup::{REASON_LENGTH, label};

/// Errors of a form, by field.
#[derive(Clone, Debug, Default)]
pub struct Errors(pub Vec<(&'static str, String)>);

impl Errors {
    pub fn one(field: &'static str, words: impl Into<String>) -> Self {
        Self(vec![(field, words.into())])
    }

    /// The first error of a field; empty if it has none.
    pub fn of(&self, field: &str) -> &str {
        self.0.iter().find(|(f, _)| *f == field).map_or("", |(_, words)| words)
    }

    pub fn any(&self) -> bool {
        !self.0.is_empty()
    }
}

/// What is wrong with a field, in a sentence. `code`: as the Mastodon API has it; `words`: what the API says behind the field's name,
/// for what has no sentence here.
pub fn problem(t: Language, field: &str, code: &str, words: &str) -> String {
    let key = match (field, code) {
        ("username", "ERR_BLANK") => "problem-username-blank",
        ("username", "ERR_TAKEN") => "problem-username-taken",
        ("username", "ERR_RESERVED") => "problem-username-reserved",
        ("username", "ERR_INVALID") => "problem-username",
        ("email", "ERR_BLANK") => "problem-email-blank",
        ("email", "ERR_TAKEN") => "problem-email-taken",
        ("email", "ERR_BLOCKED") => "problem-email-blocked",
        ("email", "ERR_INVALID") => "problem-email",
        ("password", _) => "problem-password",
        ("code", _) => "problem-code",
        ("reason", "ERR_BLANK") => "problem-reason-blank",
        ("reason", "ERR_TOO_LONG") => "problem-reason-long",
        ("agreement", _) => "problem-agreement",
        _ => return format!("{} {words}.", label(field)),
    };
    t.with(key, &[("min", &PASSWORD_MIN), ("max", &PASSWORD_MAX), ("longest", &REASON_LENGTH)])
}

/// A path on this node to go on to: never another site, whatever a link says.
pub fn own_path(next: &str) -> String {
    let is_path = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\');
    let is_plain = next.len() <= 8_000 && next.chars().all(|c| c.is_ascii_graphic());
    if is_path && is_plain { next.to_owned() } else { "/".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn going_on_stays_on_this_node() {
        assert_eq!(own_path("/oauth/authorize?a=b&c=%2F"), "/oauth/authorize?a=b&c=%2F");
        for bad in [
            "",
            "x",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nb: c",
            "\t//evil.example",
            "/é",
        ] {
            assert_eq!(own_path(bad), "/", "{bad:?}");
        }
    }
}
