//! How far long work is: on standard error, one line that changes on a terminal, a line now and then elsewhere.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

pub struct Progress {
    terminal: bool,
    shown: Option<Instant>,
    /// Characters of the line that stands on the terminal.
    width: usize,
}

impl Default for Progress {
    fn default() -> Self {
        Self { terminal: std::io::stderr().is_terminal(), shown: None, width: 0 }
    }
}

impl Progress {
    /// How far it is: shown unless something was shown just now.
    pub fn show(&mut self, text: &str) {
        let pause = if self.terminal { Duration::from_millis(100) } else { Duration::from_secs(5) };
        if self.shown.is_none_or(|at| at.elapsed() >= pause) {
            self.shown = Some(Instant::now());
            self.put(text);
        }
    }

    /// A step that is always shown.
    pub fn step(&mut self, text: &str) {
        self.shown = Some(Instant::now());
        self.put(text);
    }

    fn put(&mut self, text: &str) {
        let mut out = std::io::stderr().lock();
        // Nobody can be told that nobody can be told.
        let _ =
            if self.terminal { write!(out, "\r{text:width$}", width = self.width) } else { writeln!(out, "{text}") };
        let _ = out.flush();
        self.width = text.chars().count();
    }

    /// Takes the changing line away.
    pub fn clear(&mut self) {
        if self.terminal && self.width > 0 {
            self.put("");
            let _ = write!(std::io::stderr(), "\r");
        }
        self.width = 0;
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}

/// Bytes for people.
pub fn size(bytes: u64) -> String {
    let fits = |unit: u64| bytes >= 10 * unit || bytes > 0 && bytes.is_multiple_of(unit);
    match [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")].into_iter().find(|(unit, _)| fits(*unit)) {
        Some((unit, name)) => format!("{} {name}", bytes / unit),
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_told_as_people_say_them() {
        let told = [0, 9_999, 10_500, 500_000_000, 5_000_000_000, 5_200_000_000, 12_000_000_001].map(size);
        assert_eq!(told, ["0 bytes", "9999 bytes", "10 kB", "500 MB", "5 GB", "5200 MB", "12 GB"]);
    }
}
