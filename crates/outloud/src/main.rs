//! The `outloud` command.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    take_only_what_is_used();
    outloud::cli::main()
}

/// Asks the system for memory page by page, where it would hand out two megabytes at a time: a connection has buffers of 8 KB of which it
/// uses a few hundred bytes, and thousands of connections have thousands of those.
#[cfg(target_os = "linux")]
fn take_only_what_is_used() {
    // Where that cannot be had more is taken, and all works.
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

#[cfg(not(target_os = "linux"))]
fn take_only_what_is_used() {}
