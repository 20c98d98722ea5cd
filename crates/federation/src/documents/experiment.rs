//! What is kept beside a post that is an experiment, as the property `experiment` of its Note (docs/federation.md). Whoever does not know
//! it reads the post, which says the same in words.

use model::clock::{DAY, date, parse_from, parse_rfc3339, rfc3339};
use model::experiment::{Experiment, Licence, Outcome, Sentences, State};
use model::html;
use model::post::Post;
use node::experiment::ReceivedExperiment;
use serde_json::{Map, Value, json};

use crate::json::{id, kind, list, origin, text};

/// Most characters of one text and of one name that are read.
const TEXT: usize = 5_000;
const NAME: usize = 200;

/// The property of a post; `outcome_uri`: the answer in which its author says what came of it, or empty.
pub fn render(post: &Post, x: &Experiment, outcome_uri: &str) -> Value {
    let mut object = Map::new();
    let mut say = |name: &str, value: Value| {
        let is_empty = value.as_str().is_some_and(str::is_empty) || value.as_array().is_some_and(Vec::is_empty);
        if !(is_empty || value.is_null()) {
            object.insert(name.to_owned(), value);
        }
    };
    let asks: Vec<&str> =
        [(x.testers, TESTERS), (x.critical_friend, FRIEND)].into_iter().filter(|(on, _)| *on).map(|(_, a)| a).collect();
    say("type", json!("Experiment"));
    say("state", json!(x.state.name()));
    say("believe", json!(x.sentences.believe));
    say("leadsTo", json!(x.sentences.leads_to));
    say("test", json!(x.sentences.test));
    say("share", json!(x.sentences.share));
    say("asks", json!(asks));
    say("place", json!(x.place));
    say("organisation", json!(x.organisation));
    say("licence", json!(x.licence.map(Licence::url)));
    say("lookAgain", json!(x.look_again_at.map(date)));
    say("outcome", json!(x.outcome.map(Outcome::name)));
    say("learning", json!(x.learning));
    say("soWhat", json!(x.so_what));
    say("learned", json!(x.outcome_at.map(rfc3339)));
    say("outcomePost", json!(outcome_uri));
    say("tries", json!(x.tries_uri));
    say("changed", json!(x.changed));
    if post.audience.is_open() {
        say("replications", json!(replications(&post.uri)));
    }
    Value::Object(object)
}

const TESTERS: &str = "testers";
const FRIEND: &str = "critical-friend";

/// Where those are listed that try an experiment again.
pub fn replications(post: &str) -> String {
    format!("{post}/replications")
}

/// The property of somebody's post, if it has one. Texts are plain, whatever is in them.
pub fn read(object: &Value) -> Option<ReceivedExperiment> {
    let x = object.get("experiment").filter(|x| kind(x) == "Experiment")?;
    let plain = |name: &str, most: usize| html::truncate(text(x, name).unwrap_or("").trim(), most);
    let uri = |name: &str| id(x, name).filter(|u| origin(u).is_some()).unwrap_or("").to_owned();
    let asks: Vec<&str> = list(x.get("asks")).iter().filter_map(Value::as_str).collect();
    Some(ReceivedExperiment {
        state: text(x, "state").and_then(State::from_name).unwrap_or(State::Running),
        sentences: Sentences {
            believe: plain("believe", TEXT),
            leads_to: plain("leadsTo", TEXT),
            test: plain("test", TEXT),
            share: plain("share", TEXT),
        },
        testers: asks.contains(&TESTERS),
        critical_friend: asks.contains(&FRIEND),
        place: plain("place", NAME),
        organisation: plain("organisation", NAME),
        licence: text(x, "licence").and_then(Licence::from_url),
        look_again_at: text(x, "lookAgain").and_then(parse_from).map(|at| at - at % DAY),
        outcome: text(x, "outcome").and_then(Outcome::from_name),
        learning: plain("learning", TEXT),
        so_what: plain("soWhat", TEXT),
        outcome_at: text(x, "learned").and_then(parse_rfc3339),
        outcome_uri: uri("outcomePost"),
        tries: uri("tries"),
        changed: plain("changed", TEXT),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_experiment_is_none_and_what_is_odd_is_left_out() {
        assert_eq!(read(&json!({"type": "Note", "experiment": "yes"})), None);
        assert_eq!(read(&json!({"experiment": {"type": "Thing"}})), None);
        let odd = json!({"experiment": {
            "type": "Experiment", "state": "won", "believe": 5, "outcome": "great", "lookAgain": "soon", "tries": "javascript:1",
            "licence": "mine", "asks": "testers", "learning": "x".repeat(9_000),
        }});
        let read = read(&odd).unwrap();
        assert_eq!((read.state, read.outcome, read.look_again_at, read.licence), (State::Running, None, None, None));
        assert!(read.sentences.is_empty() && read.tries.is_empty() && read.testers);
        assert!(read.learning.chars().count() <= TEXT);
    }
}
