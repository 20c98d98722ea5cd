//! Which response types count as what. A file that a user uploaded must never pass for a document its server vouches
//! for, so the list for ActivityStreams documents is strict (GHSA-jhrq-qvrm-qr36).

/// What to ask for when an ActivityStreams document is wanted.
pub(super) const ACCEPT_ACTIVITY: &str =
    "application/activity+json, application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";

const PROFILE: &str = "https://www.w3.org/ns/activitystreams";

/// `application/activity+json` with any parameters, or `application/ld+json` whose `profile` lists ActivityStreams.
pub(super) fn is_activity(value: &str) -> bool {
    let mut parts = parts(value);
    match parts.next().as_deref() {
        Some("application/activity+json") => true,
        Some("application/ld+json") => parts.any(|parameter| names_profile(&parameter)),
        _ => false,
    }
}

/// JSON of any kind: `application/json` or a `+json` type such as `application/jrd+json`.
pub(super) fn is_json(value: &str) -> bool {
    parts(value).next().is_some_and(|kind| kind == "application/json" || kind.ends_with("+json"))
}

/// A web page.
pub(super) fn is_page(value: &str) -> bool {
    parts(value).next().is_some_and(|kind| kind == "text/html" || kind == "application/xhtml+xml")
}

fn names_profile(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else { return false };
    name.trim_end() == "profile"
        && value.trim().trim_matches('"').split_ascii_whitespace().any(|listed| listed == PROFILE)
}

/// The lower-case parts between semicolons that stand outside quotes.
fn parts(value: &str) -> impl Iterator<Item = String> + '_ {
    let mut quoted = false;
    value
        .split(move |letter| {
            quoted ^= letter == '"';
            letter == ';' && !quoted
        })
        .map(|part| part.trim().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn activity_types_are_accepted_in_every_spelling() {
        for value in [
            "application/activity+json",
            "Application/Activity+JSON",
            "application/activity+json; charset=utf-8",
            "application/activity+json;charset=utf-8",
            "application/activity+json; profile=\"https://example.com\"",
            "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
            "application/ld+json;profile=\"https://www.w3.org/ns/activitystreams\";charset=utf-8",
            "application/ld+json; charset=utf-8; profile=\"https://www.w3.org/ns/activitystreams\"",
            "application/ld+json; PROFILE = https://www.w3.org/ns/activitystreams",
            "application/ld+json; profile=\"https://a.example/;x https://www.w3.org/ns/activitystreams\"",
        ] {
            assert!(is_activity(value), "{value}");
        }
    }

    #[test]
    fn all_other_types_are_no_activity() {
        for value in [
            "",
            "application/json",
            "application/ld+json",
            "application/ld+json; charset=utf-8",
            "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams-other\"",
            "application/ld+json; x=\"; profile=https://www.w3.org/ns/activitystreams\"",
            "text/html",
            "text/html; application/activity+json",
            "application/octet-stream; profile=\"https://www.w3.org/ns/activitystreams\"",
            "application/activity+jsonx",
        ] {
            assert!(!is_activity(value), "{value}");
        }
    }

    #[test]
    fn json_is_any_json() {
        for value in ["application/json", "application/jrd+json; charset=utf-8", "application/ld+json"] {
            assert!(is_json(value), "{value}");
        }
        for value in ["text/html", "text/json", "application/jsonx", ""] {
            assert!(!is_json(value), "{value}");
        }
    }
}
