//! When and where an `Event` is (Mobilizon, WordPress, Gancio), in words: there is no other place for that in a post.

use model::clock::{parse_rfc3339, rfc3339};
use model::html;
use serde_json::Value;

use crate::json::{kind, list, text};

/// Longest time or place that is shown, in characters.
const LENGTH: usize = 300;

/// Paragraphs of HTML, escaped; empty for everything but an event.
pub(super) fn lines(object: &Value) -> String {
    if kind(object) != "Event" {
        return String::new();
    }
    let time = [text(object, "startTime").and_then(shown), text(object, "endTime").and_then(shown)];
    let time = time.into_iter().flatten().collect::<Vec<_>>().join(" – ");
    let places: Vec<String> = list(object.get("location")).iter().filter_map(place).collect();
    [("🗓️", time), ("📍", places.join("; "))]
        .into_iter()
        .filter(|(_, words)| !words.is_empty())
        .map(|(sign, words)| format!("<p>{sign} {}</p>", html::escape(&html::truncate(&words, LENGTH))))
        .collect()
}

/// `2026-09-14 18:30 UTC`; with another offset than UTC as it is there: `2026-09-14 18:30 +02:00`.
fn shown(time: &str) -> Option<String> {
    let at = parse_rfc3339(time)?;
    // As its author wrote it, the hour is that of the place.
    let (written, offset) = (time.get(..16)?, time.get(19..)?);
    let offset = offset.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    if matches!(offset, "Z" | "z" | "+00:00" | "-00:00") {
        let utc = rfc3339(at);
        return Some(format!("{} UTC", utc.get(..16)?.replace('T', " ")));
    }
    Some(format!("{} {offset}", written.replace(['T', 't'], " ")))
}

/// The name of a place and its address, where they are known.
fn place(place: &Value) -> Option<String> {
    let address = place.get("address");
    let street = address.and_then(|a| a.as_str()).map(str::to_owned).or_else(|| {
        let parts = ["streetAddress", "postalCode", "addressLocality", "addressRegion", "addressCountry"];
        let parts: Vec<&str> = parts.iter().filter_map(|p| text(address?, p)).filter(|p| !p.is_empty()).collect();
        Some(parts.join(", "))
    });
    let parts = [text(place, "name").map(str::to_owned), street, text(place, "url").map(str::to_owned)];
    let mut parts: Vec<String> = parts.into_iter().flatten().map(|p| html::to_text(&p)).collect();
    parts.retain(|p| !p.trim().is_empty());
    parts.dedup();
    (!parts.is_empty()).then(|| parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn time_and_place_of_an_event_are_said_in_words() {
        let event = json!({
            "type": "Event", "startTime": "2026-10-01T18:30:00+02:00", "endTime": "2026-10-01T20:00:00+02:00",
            "location": {"type": "Place", "name": "Town hall <b>2</b>", "address": {"type": "PostalAddress", "streetAddress": "High St 1", "addressLocality": "Wells"}},
        });
        assert_eq!(
            lines(&event),
            "<p>🗓️ 2026-10-01 18:30 +02:00 – 2026-10-01 20:00 +02:00</p><p>📍 Town hall 2, High St 1, Wells</p>"
        );
        let online = json!({"type": "Event", "startTime": "2026-10-01T18:30:00.000Z", "location": [{"type": "VirtualLocation", "url": "https://meet.example/x"}]});
        assert_eq!(lines(&online), "<p>🗓️ 2026-10-01 18:30 UTC</p><p>📍 https://meet.example/x</p>");
        assert_eq!(lines(&json!({"type": "Event", "startTime": "soon", "location": 5})), "");
        assert_eq!(lines(&json!({"type": "Note", "startTime": "2026-10-01T18:30:00Z"})), "");
    }
}
