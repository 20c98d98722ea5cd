//! Polls as `Question` (ActivityStreams 2.0): what a post with a poll has more than a note, and the votes, which
//! are notes with nothing but a name.

use model::account::Account;
use model::clock::{Millis, parse_rfc3339, rfc3339};
use model::html;
use model::poll::{Poll, PollOption};
use node::deed::Data;
use node::poll::ReceivedPoll;
use serde_json::{Map, Value, json};

use crate::json::{has_kind, id, kind, list, number, text};

/// Most options that are read, as on Mastodon.
const OPTIONS: usize = 500;
/// Longest option, in characters.
const TITLE: usize = 1_000;
/// More votes than that nobody has, and sums of them stay numbers.
const VOTES: i64 = 1_000_000_000;

/// Makes a note with a poll the question that it is.
pub fn add(poll: &Poll, now: Millis, question: &mut Map<String, Value>) {
    let shown = poll.shows_totals(now);
    let option = |o: &PollOption| {
        let votes = if shown { o.votes } else { 0 };
        json!({"type": "Note", "name": o.title, "replies": {"type": "Collection", "totalItems": votes}})
    };
    let options: Vec<Value> = poll.options.iter().map(option).collect();
    question.insert("type".to_owned(), json!("Question"));
    question.insert(if poll.multiple { "anyOf" } else { "oneOf" }.to_owned(), json!(options));
    if let Some(at) = poll.expires_at {
        question.insert("endTime".to_owned(), json!(rfc3339(at)));
    }
    if let Some(at) = poll.ends_at().filter(|_| poll.is_over(now)) {
        question.insert("closed".to_owned(), json!(rfc3339(at)));
    }
    if let Some(count) = poll.voters_count {
        question.insert("votersCount".to_owned(), json!(count));
    }
}

/// The poll of somebody's post, if it has one.
pub fn read(object: &Value, now: Millis) -> Option<ReceivedPoll> {
    if !has_kind(object, &["Question"]) {
        return None;
    }
    let multiple = !list(object.get("anyOf")).is_empty();
    let options = list(object.get(if multiple { "anyOf" } else { "oneOf" }));
    let options: Vec<PollOption> = options.iter().filter_map(option).take(OPTIONS).collect();
    if options.is_empty() {
        return None;
    }
    let time = |name| text(object, name).and_then(parse_rfc3339);
    let closed_at = match object.get("closed") {
        None | Some(Value::Null | Value::Bool(false)) => None,
        // A time, or simply that it is.
        Some(Value::String(_)) => time("closed"),
        Some(_) => Some(now),
    };
    Some(ReceivedPoll {
        multiple,
        options,
        expires_at: time("endTime"),
        closed_at,
        voters_count: number(object, "votersCount").map(|n| n.clamp(0, VOTES)),
    })
}

fn option(option: &Value) -> Option<PollOption> {
    let title: String = text(option, "name")?.chars().filter(|c| !c.is_control()).collect();
    let votes = option.get("replies").and_then(|r| number(r, "totalItems")).unwrap_or(0);
    let title = html::truncate(title.trim(), TITLE);
    (!title.is_empty()).then(|| PollOption { title, votes: votes.clamp(0, VOTES) })
}

/// What a note would vote for, were it a vote: the question and the name of the option.
pub fn vote(object: &Value) -> Option<(&str, &str)> {
    if kind(object) != "Note" {
        return None;
    }
    Some((id(object, "inReplyTo")?, text(object, "name")?))
}

/// A vote that has nothing but the option's name. Whatever comes of it, it is never a post.
pub fn is_only_vote(object: &Value) -> bool {
    let says_nothing = text(object, "content").is_none_or(str::is_empty) && object.get("contentMap").is_none();
    says_nothing && vote(object).is_some()
}

/// A member's vote as a `Create`, without its context.
pub fn render_vote(by: &Account, data: &Data) -> Value {
    json!({
        "id": format!("{}/activity", data.uri), "type": "Create", "actor": by.uri, "to": data.to,
        "object": {
            "id": data.uri, "type": "Note", "name": data.name, "attributedTo": by.uri, "inReplyTo": data.object, "to": data.to,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(more: Value) -> Value {
        let mut question = json!({"type": "Question", "oneOf": [{"type": "Note", "name": "Tea"}, {"name": "Coffee"}]});
        for (name, value) in more.as_object().into_iter().flatten() {
            question[name] = value.clone();
        }
        question
    }

    #[test]
    fn questions_are_read_in_all_their_forms() {
        let read = |more| read(&question(more), 7);
        let plain = read(json!({})).unwrap();
        assert_eq!((plain.multiple, plain.options.len(), plain.expires_at, plain.closed_at), (false, 2, None, None));
        assert_eq!(plain.voters_count, None);
        let many =
            read(json!({"anyOf": [{"name": "A", "replies": {"totalItems": -3}}], "votersCount": 1e300})).unwrap();
        assert_eq!((many.multiple, many.options[0].votes, many.voters_count), (true, 0, Some(VOTES)));
        for (closed, at) in [
            (json!(true), Some(7)),
            (json!("1970-01-01T00:00:01Z"), Some(1_000)),
            (json!(false), None),
            (json!("soon"), None),
        ] {
            assert_eq!(read(json!({"closed": closed})).unwrap().closed_at, at, "{closed}");
        }
        assert!(read(json!({"type": "Note"})).is_none() && read(json!({"oneOf": [{"name": " "}, 7]})).is_none());
    }

    #[test]
    fn a_vote_has_a_name_and_answers_and_says_nothing() {
        let vote = json!({"type": "Note", "name": "Tea", "inReplyTo": "https://a.example/1"});
        assert_eq!(super::vote(&vote), Some(("https://a.example/1", "Tea")));
        assert!(is_only_vote(&vote));
        let mut talk = vote.clone();
        talk["content"] = json!("Tea!");
        assert!(!is_only_vote(&talk) && super::vote(&talk).is_some());
        for missing in ["type", "name", "inReplyTo"] {
            let mut note = vote.clone();
            note.as_object_mut().unwrap().remove(missing);
            assert!(!is_only_vote(&note), "without {missing}");
        }
    }
}
