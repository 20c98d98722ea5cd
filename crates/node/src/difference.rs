//! The difference lens of a member (`model::difference`): for them alone, of a bounded sample.

use model::account::{Account, ActorKind};
use model::clock::{DAY, Millis};
use model::difference::{Passer, Reading, in_order};
use model::id::{Id, first_id, made_at};
use storage::Tx;

use crate::discovery::tags_of;
use crate::{Error, Node};

/// Days that are looked back.
pub const DAYS: i64 = 30;
/// As many entries of a home, posts of each hashtag, and posts in which one names somebody or is named are looked at.
const ENTRIES: i64 = 1_000;
const ON_TAG: i64 = 200;
const TALKS: i64 = 500;
/// Of so many people it is found out whether there is a path to them, and so many are shown.
const LOOKED_AT: usize = 60;
const PEOPLE: usize = 10;

pub struct Lens {
    pub reading: Reading,
    /// From when on it was looked at; later than it could be where there was too much (`sampled`).
    pub since: Millis,
    pub sampled: bool,
    pub people: Vec<Passer<Account>>,
}

/// What a member read in the last days, as far as their marker says, and who posts on their hashtags to whom they have no path.
pub async fn lens(node: &Node, tx: &mut Tx, who: &Account) -> Result<Lens, Error> {
    let start = node.now() - DAYS * DAY;
    let marker = tx.markers(who.id, &["home"]).await?.first().map_or(Id::MAX, |(_, last, ..)| *last);
    let read = tx.read_at_home(who.id, first_id(start), marker, ENTRIES).await?;
    let sampled = read.len() >= usize::try_from(ENTRIES).unwrap_or(usize::MAX);
    let since = read.last().filter(|_| sampled).map_or(start, |(entry, ..)| made_at(*entry));
    let hosts: Vec<&str> = read.iter().filter(|(_, by, _)| *by != who.id).map(|(.., host)| host.as_str()).collect();
    Ok(Lens { reading: Reading::of(&hosts), since, sampled, people: strangers(tx, who, first_id(start)).await? })
}

/// People on a member's hashtags whom they do not follow, nor does anybody whom they follow, and with whom they did not talk.
async fn strangers(tx: &mut Tx, who: &Account, after: Id) -> Result<Vec<Passer<Account>>, Error> {
    let talked = tx.talked_with(who.id, TALKS).await?;
    let mut found: Vec<Passer<Account>> = Vec::new();
    for tag in tags_of(tx, who).await? {
        for (post, account) in tx.people_on_tag(who.id, tag, ON_TAG).await? {
            if post < after || account.kind != ActorKind::Person || talked.contains(&account.id) {
                continue;
            }
            match found.iter_mut().find(|p| p.account.id == account.id) {
                Some(known) => {
                    known.post = known.post.max(post);
                    if !known.tags.contains(&tag) {
                        known.tags.push(tag);
                    }
                }
                None => found.push(Passer { is_ours: account.is_local(), account, post, tags: vec![tag] }),
            }
        }
    }
    in_order(&mut found);
    found.truncate(LOOKED_AT);
    let ids: Vec<Id> = found.iter().map(|p| p.account.id).collect();
    let reached = tx.familiar_followers(who.id, &ids, 1).await?;
    found.retain(|p| !reached.iter().any(|(id, _)| *id == p.account.id));
    found.truncate(PEOPLE);
    Ok(found)
}
