//! What the node says about itself, as it is typed.

use crate::place::Place;

#[test]
fn rules_are_numbered_and_taken_away_by_number() {
    let place = Place::with_owner();
    assert_eq!(place.ok(&["rule", "list"]), "There are no rules.");
    place.ok(&["rule", "add", "Be kind"]);
    place.ok(&["rule", "add", "Be brief", "--hint", "one page"]);
    assert_eq!(place.ok(&["rule", "list"]), "1. Be kind\n2. Be brief\n   one page");
    assert_eq!(place.ok(&["rule", "change", "1", "Be kinder"]), "The rule holds as it stands now.");
    assert_eq!(place.ok(&["rule", "list"]), "1. Be kinder\n2. Be brief\n   one page");
    place.ok(&["rule", "change", "2", "Be brief, please"]);
    assert_eq!(place.ok(&["rule", "list"]), "1. Be kinder\n2. Be brief, please\n   one page", "its hint stays");
    place.ok(&["rule", "change", "2", "Be brief", "--hint", "one page"]);
    assert!(place.refused(&["rule", "change", "3", "Be"], 1).contains("no rule 3"));
    place.refused(&["rule", "change", "1", " "], 1);
    assert_eq!(place.ok(&["rule", "remove", "1"]), "It holds no longer: Be kinder");
    assert_eq!(place.ok(&["rule", "list"]), "1. Be brief\n   one page");
    assert!(place.refused(&["rule", "remove", "2"], 1).contains("no rule 2"));
    place.refused(&["rule", "remove", "0"], 1);
    place.refused(&["rule", "add", " "], 1);
}

#[test]
fn texts_hold_from_a_day_on() {
    let place = Place::with_owner();
    let file = place.path("terms.md");
    std::fs::write(&file, "Be fair.\n").unwrap();
    let file = file.display().to_string();
    assert_eq!(
        place.ok(&["text", "set", "terms-of-service", &file, "--from", "2020-02-01"]),
        "It holds from 2020-02-01 on."
    );
    assert_eq!(place.ok(&["text", "show", "terms-of-service"]), "Be fair.");
    assert!(place.ok(&["text", "show", "privacy-policy"]).contains("**Who sees it.**"), "the program's own words");
    let none = place.refused(&["text", "show", "extended-description"], 1);
    assert!(none.contains("no text extended-description"), "{none}");
    place.refused(&["text", "set", "terms-of-service", &file, "--from", "soon"], 1);
    place.refused(&["text", "set", "manifesto", &file], 2);
    place.ok(&["text", "remove", "terms-of-service"]);
    place.refused(&["text", "remove", "terms-of-service"], 1);
}

#[test]
fn announcements_are_added_and_removed() {
    let place = Place::with_owner();
    let id = place.ok(&["announcement", "add", "**Tea** at four", "--ends", "2099-01-01T16:00:00Z"]);
    let listed = place.ok(&["announcement", "list"]);
    assert_eq!(listed, format!("{id}  **Tea** at four  (until 2099-01-01T16:00:00.000Z)"));
    place.refused(&["announcement", "add", "x", "--starts", "2030-02-01", "--ends", "2030-01-01"], 1);
    let late = place.refused(&["announcement", "add", "x", "--ends", "2020-01-01"], 1);
    assert!(late.contains("over already"), "{late}");
    let database = place.path("outloud-data/outloud.db");
    crate::spoil(&database, "update announcements set ends_at = 86400000");
    assert!(place.ok(&["announcement", "list"]).ends_with("  (over since 1970-01-02T00:00:00.000Z)"));
    place.ok(&["announcement", "remove", &id]);
    assert_eq!(place.ok(&["announcement", "list"]), "There are no announcements.");
    assert!(place.refused(&["announcement", "remove", &id], 1).contains(&format!("no announcement {id}")));
    place.ok(&["domain", "publish", "members"]);
    place.refused(&["domain", "publish", "friends"], 2);
}
