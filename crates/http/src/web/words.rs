//! Times in words.

use model::clock::{Millis, rfc3339};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `3 March 2025`.
pub fn day(at: Millis) -> String {
    let iso = rfc3339(at);
    let number = |range| iso.get(range).and_then(|t: &str| t.parse::<usize>().ok()).unwrap_or(1);
    let month = MONTHS.get(number(5..7).saturating_sub(1)).copied().unwrap_or("");
    format!("{} {month} {}", number(8..10), iso.get(..4).unwrap_or(""))
}

/// `1 post`, `2 posts`.
pub fn many(count: i64, what: &str) -> String {
    match what.strip_suffix("ly") {
        _ if count == 1 => format!("{count} {what}"),
        Some(stem) => format!("{count} {stem}lies"),
        None => format!("{count} {what}s"),
    }
}
