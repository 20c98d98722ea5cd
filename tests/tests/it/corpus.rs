//! What the fuzzer found worth keeping, and the documents of other servers, are put through every door that takes bytes from outside.

#[path = "../../fuzz/doors.rs"]
mod doors;

use std::path::{Path, PathBuf};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn what_was_once_tried_at_a_door_is_still_stood() {
    for (name, door) in doors::DOORS {
        let corpus = files(&folder("fuzz/corpus").join(name));
        assert!(corpus.len() >= 4, "the corpus of {name} is thin");
        for path in corpus {
            door(&std::fs::read(&path).unwrap());
        }
    }
}

#[test]
fn every_door_stands_every_document_of_other_servers() {
    let documents = files(&folder("fixtures"));
    assert!(documents.len() > 50);
    for path in documents {
        let bytes = std::fs::read(&path).unwrap();
        for (_, door) in doors::DOORS {
            door(&bytes);
        }
    }
}
