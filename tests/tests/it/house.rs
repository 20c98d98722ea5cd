//! The house stands as it was drawn: crates in one line, each library behind its one door.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Left to right: each uses only those before it.
const LINE: [&str; 6] = ["model", "storage", "node", "federation", "http-api", "outloud"];

/// Libraries that one crate alone may know.
const DOORS: [(&str, &str); 6] = [
    ("sqlx", "storage"),
    ("rusqlite", "storage"),
    ("axum", "http-api"),
    ("askama", "http-api"),
    ("activitypub_federation", "federation"),
    ("lettre", "outloud"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The normal dependencies of our crates.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let list = |package: &Value| {
        let all = package["dependencies"].as_array().unwrap().iter();
        all.filter(|d| d["kind"].is_null()).map(|d| d["name"].as_str().unwrap().to_owned()).collect()
    };
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages.map(|p| (p["name"].as_str().unwrap().to_owned(), list(p))).collect()
}

#[test]
fn crates_depend_in_one_straight_line() {
    let all = dependencies();
    let ours: BTreeSet<&str> = all.keys().map(String::as_str).filter(|n| *n != "suite").collect();
    assert_eq!(ours, BTreeSet::from(LINE), "the crates of the house");
    for (at, name) in LINE.into_iter().enumerate() {
        for used in all[name].iter().filter(|d| LINE.contains(&d.as_str())) {
            let position = LINE.iter().position(|n| n == used).unwrap();
            assert!(position < at, "{name} uses {used}, which stands to its right");
        }
    }
}

#[test]
fn each_library_has_one_door() {
    let all = dependencies();
    for (library, door) in DOORS {
        for (name, used) in all.iter().filter(|(n, _)| n.as_str() != "suite" && n.as_str() != door) {
            // The program serves the router, which takes axum's own server.
            let serves = library == "axum" && name == "outloud";
            assert!(serves || !used.contains(library), "{name} uses {library}, which only {door} may know");
        }
        assert!(all[door].contains(library), "{door} is the door of {library} and does not use it");
    }
}

/// Lesson 24: an expression from outside is matched in linear time. Lesson 40: private keys are not worked with in code whose
/// time depends on them.
#[test]
fn s24_s40_no_crate_of_ours_uses_what_takes_long_or_tells_by_its_time() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    for backtracks in ["fancy-regex", "onig", "pcre2"] {
        for package in lock.split("[[package]]") {
            let name = package.split('"').nth(1).unwrap_or_default();
            // Tests look with it at answers of our own.
            assert!(
                name == "jsonschema" || name == backtracks || !package.contains(&format!(" \"{backtracks}\"")),
                "{name} uses {backtracks}"
            );
        }
    }
    for (name, used) in dependencies() {
        assert!(!used.contains("jsonschema"), "{name} uses jsonschema, which is for tests alone");
        assert!(name == "suite" || !used.contains("rsa"), "{name} signs with the crate rsa, see RUSTSEC-2023-0071");
    }
}

#[test]
fn no_lint_is_allowed_without_a_reason() {
    let mut seen = 0;
    let mut folders = vec![root().join("crates"), root().join("tests/src"), root().join("tests/tests")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                seen += 1;
                let text = std::fs::read_to_string(&path).unwrap();
                // Spelt apart, so that this file does not find itself.
                assert!(!text.contains(concat!("#[al", "low(")), "{}: use #[expect(…, reason = …)]", path.display());
            }
        }
    }
    assert!(seen > 50, "only {seen} files were looked at");
}
