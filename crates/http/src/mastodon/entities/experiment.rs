//! What is kept of an experiment, as it stands in its post under `outloud`.

use model::clock::{date, rfc3339};
use model::experiment::{Experiment as Known, Licence as Given, Outcome, Standing};
use model::id::Id;
use serde::Serialize;
use utoipa::ToSchema;

use super::filled;

/// An experiment: what is believed, how far it is, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Experiment)]
pub struct Experiment {
    /// planned, running, learned
    state: String,
    /// How the four sentences go on; each may be empty.
    believe: String,
    leads_to: String,
    test: String,
    share: String,
    /// Looked for: testers, critical_friend
    asks: Vec<&'static str>,
    place: String,
    organisation: String,
    #[schema(required)]
    licence: Option<Licence>,
    /// The day on which its author looks at it again.
    #[schema(required, format = Date)]
    look_again_on: Option<String>,
    /// hoped, didnt, mixed, stopped, too_early; null until something is said.
    #[schema(required)]
    outcome: Option<String>,
    /// What the next team is told, and what it was worth.
    learning: String,
    so_what: String,
    #[schema(required, format = DateTime)]
    learned_at: Option<String>,
    /// The answer that says so.
    #[schema(required)]
    outcome_status_id: Option<String>,
    /// The experiment that this one tries again, as far as it is known here.
    #[schema(required)]
    tries_id: Option<String>,
    #[schema(required)]
    tries_uri: Option<String>,
    /// What is done otherwise than there.
    changed: String,
    /// waiting, confirmed, refused: what the author of that one says; null where there is no such, or it is between the two.
    #[schema(required)]
    standing: Option<String>,
    /// Others who try it again, as far as its author confirmed them.
    tries_count: i64,
    /// It was said with a hashtag alone.
    by_words: bool,
    /// Who wrote down what stands here: the author of what is tried again.
    #[schema(required)]
    noted_by_id: Option<String>,
}

/// What others may do with it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Experiment_Licence)]
pub struct Licence {
    /// As SPDX names it.
    id: &'static str,
    name: &'static str,
    url: &'static str,
}

/// `viewer`: 0 is nobody. How the author of another stands to what somebody said of it is between the two, until it is confirmed.
pub fn render(x: &Known, viewer: Id) -> Experiment {
    let is_shown = x.standing == Some(Standing::Confirmed) || x.account_id == Some(viewer);
    let licence = |l: Given| Licence { id: l.name(), name: l.words(), url: l.url() };
    let asks = [(x.testers, "testers"), (x.critical_friend, "critical_friend")];
    Experiment {
        state: x.state.name().to_owned(),
        believe: x.sentences.believe.clone(),
        leads_to: x.sentences.leads_to.clone(),
        test: x.sentences.test.clone(),
        share: x.sentences.share.clone(),
        asks: asks.into_iter().filter(|(on, _)| *on).map(|(_, name)| name).collect(),
        place: x.place.clone(),
        organisation: x.organisation.clone(),
        licence: x.licence.map(licence),
        look_again_on: x.look_again_at.map(date),
        outcome: x.outcome.map(Outcome::name).map(str::to_owned),
        learning: x.learning.clone(),
        so_what: x.so_what.clone(),
        learned_at: x.outcome_at.map(rfc3339),
        outcome_status_id: x.outcome_post_id.map(|id| id.to_string()),
        tries_id: x.tries_id.filter(|_| is_shown).map(|id| id.to_string()),
        tries_uri: filled(&x.tries_uri).filter(|_| is_shown),
        changed: x.changed.clone(),
        standing: x.standing.filter(|_| is_shown).map(Standing::name).map(str::to_owned),
        tries_count: x.tries_count,
        by_words: x.by_words,
        noted_by_id: x.kept_by.map(|id| id.to_string()),
    }
}
