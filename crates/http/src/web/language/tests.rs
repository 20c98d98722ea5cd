use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::*;

fn language(tag: &str) -> Language {
    Language::of_tag(tag).unwrap()
}

/// Every message of a language, and what is filled into each.
fn messages(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    let mut key = String::new();
    for line in text.lines().filter(|l| !l.starts_with('#')) {
        if let Some((name, _)) = line.split_once(" =").filter(|_| !line.starts_with(' ')) {
            key = name.to_owned();
            let twice = found.insert(key.clone(), BTreeSet::new());
            assert!(twice.is_none(), "{key} is there twice");
        }
        for part in line.split("{ $").skip(1).chain(line.split("{$").skip(1)) {
            let name: String = part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
            found.get_mut(&key).unwrap().insert(name);
        }
    }
    found
}

fn sources(folder: &Path, list: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, list);
        } else if path.extension().is_some_and(|e| e == "rs" || e == "html") && !path.ends_with("language/tests.rs") {
            list.push(path);
        }
    }
}

#[test]
fn every_file_is_read_and_english_is_first() {
    for (tag, text) in FILES {
        assert!(FluentResource::try_new((*text).to_owned()).is_ok(), "{tag} has a message that cannot be read");
    }
    assert_eq!(LANGUAGES.len(), FILES.len());
    assert_eq!(Language::default().tag(), "en");
    for language in Language::all() {
        assert_ne!(language.name(), "", "{language:?}");
        assert_eq!(language.say("months").split_whitespace().count(), 12, "{language:?}");
    }
}

#[test]
fn every_language_has_what_english_has_with_the_same_things_to_fill_in() {
    let english = messages(FILES.iter().find(|f| f.0 == "en").unwrap().1);
    for (tag, text) in FILES {
        let own = messages(text);
        for (key, fills) in &english {
            assert_eq!(own.get(key), Some(fills), "{key} in {tag}");
        }
        let more: Vec<_> = own.keys().filter(|k| !english.contains_key(*k)).collect();
        assert!(more.is_empty(), "{tag} has what English has not: {more:?}");
    }
}

#[test]
fn every_message_that_is_asked_for_is_there_and_none_is_idle() {
    let english = messages(FILES.iter().find(|f| f.0 == "en").unwrap().1);
    let mut files = Vec::new();
    for folder in ["src", "templates"] {
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut files);
    }
    let mut all = String::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for call in ["say(\"", ".one(\"", ".two(\"", ".with(\"", ".around(\""] {
            for part in text.split(call).skip(1) {
                let key = part.split('"').next().unwrap();
                assert!(english.contains_key(key), "{key} in {}", file.display());
            }
        }
        all.push_str(&text);
    }
    let idle: Vec<_> = english.keys().filter(|k| !all.contains(&format!("\"{k}\""))).collect();
    assert!(idle.is_empty(), "nobody says {idle:?}");
}

#[test]
fn a_browser_gets_the_first_language_it_asks_for() {
    let asks = |value: &str| {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, value.parse().unwrap());
        Language::of_headers(&headers).map(Language::tag)
    };
    assert_eq!(asks("cy"), Some("cy"));
    assert_eq!(asks("de-DE, cy-GB;q=0.7, en;q=0.8"), Some("en"));
    assert_eq!(asks("en;q=0.1,cy_GB;q=0.9"), Some("cy"));
    assert_eq!(asks("cy;q=0, *"), Some("en"));
    assert_eq!([asks("xx"), asks(""), asks(";;q=,=,")], [None, None, None]);
}

#[test]
fn times_are_told_in_words() {
    let at = 1_575_545_687_196;
    let w = |tag: &str, later| language(tag).when(at, at + later).short;
    let said = [w("en", 0), w("en", MINUTE), w("en", 3 * HOUR), w("en", 6 * DAY)];
    assert_eq!(said, ["just now", "1 minute ago", "3 hours ago", "6 days ago"]);
    assert_eq!(w("en", 8 * DAY), "5 December 2019");
    assert_eq!(language("en").when(at, at).full, "5 December 2019 at 11:34 UTC");
    assert_eq!(language("cy").when(at, at).full, "5 Rhagfyr 2019 am 11:34 UTC");
    assert_eq!(w("cy", 2 * DAY), "2 ddiwrnod yn ôl");
}

#[test]
fn numbers_have_the_words_of_their_language() {
    let replies = |tag: &str, n: i64| language(tag).one("count-replies", "count", n);
    assert_eq!([replies("en", 1), replies("en", 2)], ["1 reply", "2 replies"]);
    assert_eq!([replies("cy", 1), replies("cy", 2), replies("cy", 7)], ["1 ateb", "2 ateb", "7 ateb"]);
}

#[test]
fn what_is_no_text_stands_between_two_parts_of_a_message() {
    let parts = language("en").around("welcome-handle", "handle");
    assert_eq!(parts.0, "Your handle is ");
    assert!(parts.1.starts_with(". That is how"), "{parts:?}");
}
