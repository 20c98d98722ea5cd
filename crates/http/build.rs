//! Packs the document of the API, which is a tenth as long so, and finds the languages that the pages speak.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let target = std::env::var("OUT_DIR").map_err(std::io::Error::other)?;
    let source = "../../docs/openapi.json";
    println!("cargo::rerun-if-changed={source}");
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&std::fs::read(source)?)?;
    std::fs::write(Path::new(&target).join("openapi.json.gz"), packed.finish()?)?;
    languages(&Path::new(&target).join("languages.rs"))
}

/// A file in `messages/` is a language.
fn languages(target: &Path) -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=messages");
    let mut found = Vec::new();
    for entry in std::fs::read_dir("messages")? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "ftl") {
            let tag = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            found.push((tag, path.canonicalize()?));
        }
    }
    found.sort();
    let mut list = String::from("[");
    for (tag, path) in found {
        write!(list, "({tag:?}, include_str!({path:?})),").map_err(std::io::Error::other)?;
    }
    std::fs::write(target, list + "]")
}
