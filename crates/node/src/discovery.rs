//! Whom one might want to know, and what many use. Nothing here ranks by favourites or boosts: what counts is who works here, what
//! one writes about oneself, and how many different people use something.

use std::collections::{BTreeMap, HashMap};

use model::account::Account;
use model::clock::DAY;
use model::id::Id;
use model::page::Page;
use storage::{DayOf, Trending, Tx};

use crate::{Error, Node};

/// Days over which use is counted, today included; what is older is forgotten.
pub const DAYS: i64 = 7;
/// What fewer people use is no trend.
const PEOPLE: i64 = 2;
/// Of each day so many are looked at.
const TOP: i64 = 100;
/// How many of a member's newest posts say what they write about, and how far back a hashtag is looked at.
const OWN_POSTS: i64 = 100;
const ON_TAG: i64 = 40;
const TAGS: usize = 20;

/// Why somebody is suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// They are of this node.
    Colleague,
    /// They post on a hashtag that the member follows or uses.
    SharedTag,
}

/// People whom a member might want to follow: colleagues first, those who came last first, then who posts for everybody on hashtags
/// that the member follows or uses, by how many of these. Colleagues leave half of the room to the others.
pub async fn suggestions(tx: &mut Tx, who: &Account, limit: usize) -> Result<Vec<(Account, Vec<Reason>)>, Error> {
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut found: Vec<(Account, Vec<Reason>)> =
        tx.colleagues(who.id, most).await?.into_iter().map(|a| (a, vec![Reason::Colleague])).collect();
    let mut shared: Vec<(Account, usize)> = Vec::new();
    for tag in tags_of(tx, who).await? {
        let mut seen: Vec<Id> = Vec::new();
        for (_, person) in tx.people_on_tag(who.id, tag, ON_TAG).await? {
            if seen.contains(&person.id) {
                continue;
            }
            seen.push(person.id);
            match shared.iter_mut().find(|(a, _)| a.id == person.id) {
                Some((_, tags)) => *tags += 1,
                None => shared.push((person, 1)),
            }
        }
    }
    shared.sort_by_key(|(a, tags)| (std::cmp::Reverse(*tags), std::cmp::Reverse(a.id)));
    let mut others = Vec::new();
    for (person, _) in shared {
        match found.iter_mut().find(|(a, _)| a.id == person.id) {
            Some((_, reasons)) => reasons.push(Reason::SharedTag),
            None => others.push((person, vec![Reason::SharedTag])),
        }
    }
    found.truncate(limit - others.len().min(limit / 2));
    found.extend(others);
    found.truncate(limit);
    Ok(found)
}

/// The hashtags that a member cares about: those they follow, the last one first, then those of their own posts.
pub(crate) async fn tags_of(tx: &mut Tx, who: &Account) -> Result<Vec<Id>, Error> {
    let most = i64::try_from(TAGS).unwrap_or(i64::MAX);
    let followed = tx.followed_tags(who.id, &Page::first(most)).await?;
    let mut tags: Vec<Id> = followed.into_iter().map(|(_, tag)| tag.id).collect();
    for tag in tx.own_tags(who.id, OWN_POSTS).await? {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags.truncate(TAGS);
    Ok(tags)
}

/// Hashtags or pages that the most different people used within the last days, each with its days. Who used one on two days counts
/// twice. Of those that as many used the one comes first that became known last.
pub async fn trends(
    node: &Node,
    tx: &mut Tx,
    kind: Trending,
    limit: usize,
    offset: usize,
) -> Result<Vec<(Id, Vec<DayOf>)>, Error> {
    let today = node.now() / DAY;
    let mut sums: BTreeMap<Id, (i64, i64)> = BTreeMap::new();
    for day in today - DAYS + 1..=today {
        for use_ in tx.most_used(day, kind, TOP).await? {
            let sum = sums.entry(use_.subject_id).or_default();
            *sum = (sum.0 + use_.accounts, sum.1 + use_.uses);
        }
    }
    let mut ranked: Vec<(Id, i64)> =
        sums.into_iter().map(|(id, (people, _))| (id, people)).filter(|(_, people)| *people >= PEOPLE).collect();
    ranked.sort_by_key(|(id, people)| (std::cmp::Reverse(*people), std::cmp::Reverse(*id)));
    let ids: Vec<Id> = ranked.into_iter().skip(offset).take(limit).map(|(id, _)| id).collect();
    let mut days: HashMap<Id, Vec<DayOf>> = HashMap::new();
    for day in tx.uses_since(today - DAYS + 1, today, kind, &ids).await? {
        days.entry(day.subject_id).or_default().push(day);
    }
    Ok(ids.into_iter().map(|id| (id, days.remove(&id).unwrap_or_default())).collect())
}
