//! Times in words.

use model::clock::{DAY, HOUR, MINUTE, Millis, rfc3339};

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

/// A time as a page shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct When {
    /// RFC 3339.
    pub iso: String,
    /// `3 days ago`, or the day.
    pub short: String,
    /// `3 March 2025 at 14:05 UTC`.
    pub full: String,
}

impl When {
    pub fn new(at: Millis, now: Millis) -> Self {
        let iso = rfc3339(at);
        let full = format!("{} at {} UTC", day(at), iso.get(11..16).unwrap_or("00:00"));
        let short = match now - at {
            ago if ago < MINUTE => "just now".to_owned(),
            ago if ago < HOUR => many(ago / MINUTE, "minute") + " ago",
            ago if ago < DAY => many(ago / HOUR, "hour") + " ago",
            ago if ago < 7 * DAY => many(ago / DAY, "day") + " ago",
            _ => day(at),
        };
        Self { iso, short, full }
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_words() {
        let at = 1_575_545_687_196;
        let w = |later| When::new(at, at + later).short;
        assert_eq!(
            [w(0), w(MINUTE), w(3 * HOUR), w(6 * DAY)],
            ["just now", "1 minute ago", "3 hours ago", "6 days ago"]
        );
        assert_eq!(w(8 * DAY), "5 December 2019");
        assert_eq!(When::new(at, at).full, "5 December 2019 at 11:34 UTC");
        assert_eq!([many(1, "reply"), many(2, "reply"), many(0, "boost")], ["1 reply", "2 replies", "0 boosts"]);
    }
}
