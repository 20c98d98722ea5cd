//! Time, handed in: everything that needs the hour asks a [`Clock`], so that tests decide what time it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Milliseconds since the Unix epoch, UTC. The only form in which times are kept.
pub type Millis = i64;

pub const SECOND: Millis = 1_000;
pub const MINUTE: Millis = 60 * SECOND;
pub const HOUR: Millis = 60 * MINUTE;
pub const DAY: Millis = 24 * HOUR;

/// Where the time comes from: the system's clock, or one that stands where a test put it.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    #[default]
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands still at `now` until it is set.
    pub fn manual(now: Millis) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(now)))
    }

    pub fn now(&self) -> Millis {
        match self {
            Self::System => system_now(),
            Self::Manual(at) => at.load(Ordering::Relaxed),
        }
    }

    /// Moves a manual clock; the system's clock stays what it is.
    pub fn advance(&self, by: Millis) {
        if let Self::Manual(at) = self {
            at.fetch_add(by, Ordering::Relaxed);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where the system is asked for the time")]
fn system_now() -> Millis {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_millis() as Millis)
}

/// RFC 3339 in UTC with milliseconds, as the Mastodon API and ActivityPub documents write times: `2019-12-05T11:34:47.196Z`.
pub fn rfc3339(at: Millis) -> String {
    match chrono::DateTime::from_timestamp_millis(at) {
        Some(t) => t.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        None => "1970-01-01T00:00:00.000Z".to_owned(),
    }
}

/// The day of a time, `2019-12-05`.
pub fn date(at: Millis) -> String {
    rfc3339(at)[..10].to_owned()
}

/// `2026-12-31 18:00 UTC`.
pub fn minute(at: Millis) -> String {
    let iso = rfc3339(at);
    format!("{} {} UTC", &iso[..10], &iso[11..16])
}

/// The day of something that ends, with the time if there is a day at most until then from `now` on.
pub fn deadline(at: Millis, now: Millis) -> String {
    if at - now <= DAY { minute(at) } else { date(at) }
}

/// Reads an RFC 3339 time; years outside 1970–9999 are refused, as Mastodon does.
pub fn parse_rfc3339(text: &str) -> Option<Millis> {
    let at = chrono::DateTime::parse_from_rfc3339(text.trim()).ok()?.timestamp_millis();
    (0..=253_402_300_799_999).contains(&at).then_some(at)
}

/// Reads a time, or a day (`2026-12-31`), which is its first moment in UTC.
pub fn parse_from(text: &str) -> Option<Millis> {
    parse_rfc3339(text).or_else(|| parse_rfc3339(&format!("{}T00:00:00Z", text.trim())))
}

/// Reads a time, or a day, which is its last moment in UTC.
pub fn parse_until(text: &str) -> Option<Millis> {
    parse_rfc3339(text).or_else(|| parse_rfc3339(&format!("{}T23:59:59.999Z", text.trim())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_within_a_day_is_said_with_its_time() {
        let at = parse_from("2026-12-31T18:05:30Z").unwrap();
        assert_eq!(deadline(at, at - DAY), "2026-12-31 18:05 UTC");
        assert_eq!(deadline(at, at - DAY - 1), "2026-12-31");
    }

    #[test]
    fn a_day_is_a_time_its_first_or_its_last_moment() {
        let (from, until) = (parse_from("2026-12-31").unwrap(), parse_until(" 2026-12-31 ").unwrap());
        assert_eq!((rfc3339(from).as_str(), until - from), ("2026-12-31T00:00:00.000Z", DAY - 1));
        for text in ["2026-12-31T18:00:00Z", "2026-12-31T19:00:00+01:00"] {
            assert_eq!((parse_from(text), parse_until(text)), (Some(from + 18 * HOUR), Some(from + 18 * HOUR)));
        }
        for text in ["", "tomorrow", "2026-02-30", "2026-12-31T", "2026-12", "20261231"] {
            assert_eq!((parse_from(text), parse_until(text)), (None, None), "{text}");
        }
    }

    #[test]
    fn times_are_written_with_milliseconds_and_read_back() {
        assert_eq!(rfc3339(1_575_545_687_196), "2019-12-05T11:34:47.196Z");
        assert_eq!(parse_rfc3339("2019-12-05T11:34:47.196Z"), Some(1_575_545_687_196));
        assert_eq!(parse_rfc3339("2019-12-05T12:34:47.196+01:00"), Some(1_575_545_687_196));
        assert_eq!(parse_rfc3339("0000-01-01T00:00:00Z"), None);
        assert_eq!(parse_rfc3339("tomorrow"), None);
    }
}
