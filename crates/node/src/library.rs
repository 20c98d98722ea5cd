//! The library: every experiment that the node knows, its own and others', found by what became of it, by hashtag, place, organisation,
//! day and words. Newest first; nothing is put before anything else because many liked it.

use std::collections::HashMap;

use model::audience::Viewer;
use model::clock::{DAY, Millis};
use model::experiment::{Outcome, State};
use model::hashtag::Hashtag;
use model::id::{Id, first_id};
use model::page::Page;
use model::post::Post;
use model::search::words;
use storage::{Shelf, Tx};

use crate::{Error, Node};

/// With words so many posts are looked at in one step, and at most in all: what else fits is on the next page.
const STEP: i64 = 100;
const STEPS: usize = 10;
/// Outcomes among which a feed looks for those that fit.
const LATELY: i64 = 500;
/// Experiments that somebody chooses at once.
pub const CHOSEN: usize = 50;

/// What somebody looks for; all of it has to fit, and what is empty is not asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    pub state: Option<State>,
    pub outcome: Option<Outcome>,
    /// With or without its sign.
    pub tag: String,
    pub author: Option<Id>,
    pub organisation: String,
    pub place: String,
    /// Made at that time or later, and before that time.
    pub since: Option<Millis>,
    pub until: Option<Millis>,
    /// Due to be looked at again.
    pub due: bool,
    /// Not yet tried by anybody else.
    pub untried: bool,
    /// Words of its text.
    pub words: String,
    /// These alone, in this order; any, if it is empty.
    pub chosen: Vec<Id>,
}

/// What fits a question, as storage is asked; `None` where nothing can fit.
async fn shelf(node: &Node, tx: &mut Tx, question: &Question) -> Result<Option<Shelf>, Error> {
    let tag = match question.tag.trim() {
        "" => None,
        name => {
            let Some(tag) = Hashtag::new(name.trim_start_matches(['#', '＃'])) else { return Ok(None) };
            let Some(tag) = tx.tag(&tag.key).await? else { return Ok(None) };
            Some(tag.id)
        }
    };
    Ok(Some(Shelf {
        state: question.state,
        outcome: question.outcome,
        tag,
        author: question.author,
        organisation: words(&question.organisation),
        place: words(&question.place),
        due_before: question.due.then_some(node.now()),
        untried: question.untried,
    }))
}

/// The last experiments that fit, for who wants to hear of new ones: where an outcome is asked for, those of which it was said last.
pub async fn latest(node: &Node, tx: &mut Tx, question: &Question, limit: i64) -> Result<Vec<Post>, Error> {
    let is_plain = question.words.trim().is_empty()
        && question.chosen.is_empty()
        && question.since.is_none()
        && question.until.is_none();
    if !is_plain || question.outcome.is_none() && question.state != Some(State::Learned) {
        return find(node, tx, question, Viewer::Anyone, &Page::first(limit)).await;
    }
    let Some(shelf) = shelf(node, tx, question).await? else { return Ok(Vec::new()) };
    let ids = tx.lately_learned(LATELY).await?;
    let posts = tx.library_of(&ids, &shelf, Viewer::Anyone).await?;
    Ok(in_order(&ids, posts, limit))
}

/// Posts in the order of these ids.
fn in_order(ids: &[Id], posts: Vec<Post>, limit: i64) -> Vec<Post> {
    let mut posts: HashMap<Id, Post> = posts.into_iter().map(|p| (p.id, p)).collect();
    ids.iter().filter_map(|id| posts.remove(id)).take(usize::try_from(limit).unwrap_or(0)).collect()
}

/// Posts of experiments that fit and that the viewer may see, newest first; those that were chosen in the order in which they were.
pub async fn find(
    node: &Node,
    tx: &mut Tx,
    question: &Question,
    viewer: Viewer,
    page: &Page,
) -> Result<Vec<Post>, Error> {
    let Some(shelf) = shelf(node, tx, question).await? else { return Ok(Vec::new()) };
    if !question.chosen.is_empty() {
        let chosen: Vec<Id> = question.chosen.iter().take(CHOSEN).copied().collect();
        let posts = tx.library_of(&chosen, &shelf, viewer).await?;
        return Ok(in_order(&chosen, posts, page.limit));
    }
    let mut page = *page;
    if let Some(until) = question.until {
        page.max_id = Some(page.below().min(first_id(until)));
    }
    if let Some(since) = question.since {
        let first = first_id(since) - 1;
        match page.min_id {
            Some(id) => page.min_id = Some(id.max(first)),
            None => page.since_id = Some(page.above().max(first)),
        }
    }
    let asked = words(&question.words);
    let asked: Vec<String> = asked.split_whitespace().map(str::to_owned).collect();
    if asked.is_empty() {
        return Ok(tx.library(&shelf, viewer, &page).await?);
    }
    let mut found = Vec::new();
    let mut step = Page { limit: STEP, ..page };
    for _ in 0..STEPS {
        let ids = tx.experiments_by_words(&asked, &step).await?;
        found.extend(tx.library_of(&ids, &shelf, viewer).await?);
        // The page right above an id is the end of all that is above it.
        let is_enough = !page.upwards() && i64::try_from(found.len()).is_ok_and(|n| n >= page.limit);
        let Some(last) = ids.last().filter(|_| i64::try_from(ids.len()).is_ok_and(|n| n == STEP) && !is_enough) else {
            break;
        };
        step.max_id = Some(*last);
    }
    let limit = usize::try_from(page.limit).unwrap_or(0);
    if page.upwards() {
        return Ok(found.split_off(found.len().saturating_sub(limit)));
    }
    found.truncate(limit);
    Ok(found)
}

/// The first day after one that was given: what is asked for until a day has that day in it.
pub fn day_after(day: Millis) -> Millis {
    day - day.rem_euclid(DAY) + DAY
}
