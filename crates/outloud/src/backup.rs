//! A node in one file, and back: `manifest.json`, every table as `tables/NAME.jsonl`, every file as `media/KEY`, and at the end
//! `SHA256SUMS`, which says of each of these what it must be, and without which the file is not whole. A plain tar file: other
//! tools read it, and `sha256sum --check` checks it.

mod restore;
mod write;

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

pub use restore::{Checked, check, restore};
pub use write::backup;

/// The form of the file. A reader takes this and every earlier one.
const FORMAT: u32 = 1;
const MANIFEST: &str = "manifest.json";
const SUMS: &str = "SHA256SUMS";

/// What a backup says of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    pub software: String,
    /// Of the program.
    pub version: String,
    /// Of the tables.
    pub schema: i64,
    pub origin: String,
    pub handle_domain: String,
    pub created_at: String,
}

/// How much it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub rows: u64,
    pub files: u64,
    /// Of the files.
    pub bytes: u64,
}

/// Adds a line as `sha256sum` writes it.
fn note_sum(sums: &mut String, sha: Sha256, name: &str) {
    for byte in sha.finalize() {
        // Into a string nothing fails.
        let _ = write!(sums, "{byte:02x}");
    }
    let _ = writeln!(sums, "  {name}");
}
