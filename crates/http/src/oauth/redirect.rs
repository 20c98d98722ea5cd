//! Where a member is sent back to: which addresses an app may register, and how an answer is hung on one.

use url::Url;

use crate::web::frame::FormTarget;

/// The code is shown on a page, for programs that no browser can lead back to.
pub const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";

/// Longest address.
const LONGEST: usize = 2_000;
/// Schemes with which a browser would do something itself, on our page or on the member's machine.
const REFUSED: [&str; 12] = [
    "javascript",
    "data",
    "vbscript",
    "blob",
    "file",
    "filesystem",
    "about",
    "view-source",
    "ws",
    "wss",
    "ftp",
    "mailto",
];

/// Whether an app may register this address: absolute, without a fragment (RFC 6749 3.1.2), on the web or with a scheme of its
/// own (RFC 8252 7.1).
pub fn is_acceptable(uri: &str) -> bool {
    if uri == OUT_OF_BAND {
        return true;
    }
    if uri.len() > LONGEST || uri.contains('#') || !uri.chars().all(|c| c.is_ascii_graphic()) {
        return false;
    }
    let Ok(url) = Url::parse(uri) else { return false };
    let is_web = matches!(url.scheme(), "http" | "https");
    let has_login = !url.username().is_empty() || url.password().is_some();
    !REFUSED.contains(&url.scheme()) && url.scheme() != "urn" && !has_login && (!is_web || url.has_host())
}

/// The address with an answer in its query. What was there stays.
pub fn with_answer(uri: &str, answer: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in answer.iter().filter(|(_, value)| !value.is_empty()) {
        query.append_pair(name, value);
    }
    let mark = match uri.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some(_) => "&",
    };
    format!("{uri}{mark}{}", query.finish())
}

/// What the page's policy must let a form lead to, so that the browser follows the redirect after it.
pub fn form_target(uri: &str) -> FormTarget {
    let Ok(url) = Url::parse(uri) else { return FormTarget::default() };
    if uri == OUT_OF_BAND {
        return FormTarget::default();
    }
    let origin = url.origin().ascii_serialization();
    // A host may have characters that mean something in a policy; then the scheme alone is named.
    let is_plain = origin.chars().all(|c| c.is_ascii_alphanumeric() || ":/.-".contains(c));
    let is_web = matches!(url.scheme(), "http" | "https");
    FormTarget(if is_web && is_plain { origin } else { format!("{}:", url.scheme()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apps_may_come_back_to_the_web_and_to_schemes_of_their_own() {
        for good in [
            OUT_OF_BAND,
            "https://client.example/callback",
            "http://localhost:3000/x?y=z",
            "http://127.0.0.1/",
            "tusky://oauth2redirect/x",
            "com.example.app:/callback",
            "icecubesapp:",
        ] {
            assert!(is_acceptable(good), "{good}");
        }
        for bad in [
            "",
            "callback",
            "/callback",
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "data:text/html,x",
            "blob:https://a.example/x",
            "file:///etc/passwd",
            "https://",
            "https://a.example/#x",
            "https://u:p@a.example/",
            "https://a.example/é",
            "https://a.example/\r\nx",
            "urn:ietf:wg:oauth:2.0:other",
        ] {
            assert!(!is_acceptable(bad), "{bad}");
        }
    }

    #[test]
    fn answers_are_added_to_what_is_there() {
        assert_eq!(
            with_answer("https://a.example/x", &[("code", "1&2"), ("state", "")]),
            "https://a.example/x?code=1%262"
        );
        assert_eq!(with_answer("https://a.example/x?y=z", &[("code", "1")]), "https://a.example/x?y=z&code=1");
        assert_eq!(with_answer("app:/?", &[("code", "1")]), "app:/?code=1");
    }

    #[test]
    fn the_policy_names_the_origin_or_the_scheme_and_nothing_more() {
        assert_eq!(form_target("https://a.example:8443/x").0, "https://a.example:8443");
        assert_eq!(form_target("tusky://oauth2redirect").0, "tusky:");
        assert_eq!(form_target(OUT_OF_BAND).0, "");
        let hostile = form_target("https://a.example;script-src*/");
        assert!(!hostile.0.contains(';'), "{}", hostile.0);
        assert_eq!(form_target("http://[::1]/").0, "http:");
    }
}
