//! How the program is linked when it is built to be installed: a table of 1.5 MB, that says where addresses stand
//! which move with the program, packed into some kilobytes (`DT_RELR`), and functions that came out the same kept once.
//! Rust links with its own lld on this target; the C library reads the packed table from 2.36 on, so that the program
//! is built as ever where it is older or where it is built for another machine.

use std::process::Command;

const TARGET: &str = "x86_64-unknown-linux-gnu";
const PACKED_SINCE: (u32, u32) = (2, 36);

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, wanted: &str| std::env::var(name).is_ok_and(|value| value == wanted);
    if !(is("TARGET", TARGET) && is("HOST", TARGET) && is("PROFILE", "release")) {
        return;
    }
    println!("cargo::rustc-link-arg-bin=outloud=-Wl,--icf=all,-O2");
    if glibc().is_some_and(|version| version >= PACKED_SINCE) {
        println!("cargo::rustc-link-arg-bin=outloud=-Wl,-z,pack-relative-relocs");
    }
}

/// The version of the C library of this machine, as `getconf GNU_LIBC_VERSION` tells it: `glibc 2.36`.
fn glibc() -> Option<(u32, u32)> {
    let told = Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok()?;
    let told = String::from_utf8(told.stdout).ok()?;
    let (major, minor) = told.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
