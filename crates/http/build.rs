//! Packs the document of the API, which is a tenth as long so.

use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

fn main() -> std::io::Result<()> {
    let source = "../../docs/openapi.json";
    println!("cargo::rerun-if-changed={source}");
    println!("cargo::rerun-if-changed=build.rs");
    let target = Path::new(&std::env::var("OUT_DIR").map_err(std::io::Error::other)?).join("openapi.json.gz");
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&std::fs::read(source)?)?;
    std::fs::write(target, packed.finish()?)
}
