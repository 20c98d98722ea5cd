//! The library: every experiment that the node knows, its own and others', found by what became of it, by hashtag, place, organisation,
//! day and words. Newest first; nothing is put before anything else because many liked it.

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
}

/// Posts of experiments that fit and that the viewer may see, newest first.
pub async fn find(
    node: &Node,
    tx: &mut Tx,
    question: &Question,
    viewer: Viewer,
    page: &Page,
) -> Result<Vec<Post>, Error> {
    let tag = match question.tag.trim() {
        "" => None,
        name => {
            let Some(tag) = Hashtag::new(name.trim_start_matches(['#', '＃'])) else { return Ok(Vec::new()) };
            let Some(tag) = tx.tag(&tag.key).await? else { return Ok(Vec::new()) };
            Some(tag.id)
        }
    };
    let shelf = Shelf {
        state: question.state,
        outcome: question.outcome,
        tag,
        author: question.author,
        organisation: words(&question.organisation),
        place: words(&question.place),
        due_before: question.due.then_some(node.now()),
        untried: question.untried,
    };
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
