//! Shelves: the pages that were posted with a hashtag, and what its keepers make of them.

use std::collections::HashMap;

use model::account::Account;
use model::audience::Viewer;
use model::card::Card;
use model::hat::Verb;
use model::id::Id;
use model::post::Post;
use model::subject::{ShelfLink, Subject};
use storage::Tx;

use crate::hat::must;
use crate::{Error, Node, cards};

/// Longest note and longest heading, in characters.
pub const NOTE: usize = 500;
pub const HEADING: usize = 100;
/// Links that can be pinned.
pub const PINNED: usize = 20;

/// A link as it is shown.
#[derive(Clone, Debug)]
pub struct Shelved {
    pub link: ShelfLink,
    pub card: Card,
    /// The first post that led to it.
    pub post: Post,
    pub author: Account,
    /// How many people posted it.
    pub people: i64,
}

/// What a keeper changes of a link; what is not said stays.
#[derive(Clone, Debug, Default)]
pub struct Arrangement {
    pub note: Option<String>,
    pub heading: Option<String>,
    pub pinned: Option<bool>,
    pub hidden: Option<bool>,
}

/// A keeper says something of a link, groups, pins or hides it.
pub async fn arrange(
    node: &Node,
    tx: &mut Tx,
    who: &Account,
    subject: Subject,
    card: Id,
    change: &Arrangement,
) -> Result<(), Error> {
    must(node, tx, who, Verb::Shelve, subject).await?;
    tx.shelf_link(subject, card).await?.ok_or(Error::NotFound)?;
    // Two who arrange it come one after the other, so that neither undoes what the other did.
    tx.tend(subject).await?;
    let (known, _) = tx.shelf_link(subject, card).await?.ok_or(Error::NotFound)?;
    let short = |text: &Option<String>, known: &str, most: usize, what: &str| match text.as_deref().map(str::trim) {
        Some(text) if text.chars().count() > most => {
            Err(Error::invalid(format!("The {what} is longer than {most} characters.")))
        }
        text => Ok(text.unwrap_or(known).to_owned()),
    };
    let link = ShelfLink {
        note: short(&change.note, &known.note, NOTE, "note")?,
        heading: short(&change.heading, &known.heading, HEADING, "heading")?,
        pinned: change.pinned.unwrap_or(known.pinned),
        hidden: change.hidden.unwrap_or(known.hidden),
        ..known
    };
    if link.pinned && !known.pinned && tx.pinned_on_shelf(subject).await?.len() >= PINNED {
        return Err(Error::invalid(format!("There can be {PINNED} pinned links at most.")));
    }
    Ok(tx.put_shelf_link(subject, &link).await?)
}

/// What is known of links: not of those on a server that is shut out.
pub async fn describe(
    node: &Node,
    tx: &mut Tx,
    subject: Subject,
    rows: Vec<(ShelfLink, Card)>,
) -> Result<Vec<Shelved>, Error> {
    let ids: Vec<Id> = rows.iter().map(|(link, _)| link.card_id).collect();
    let sharing: HashMap<Id, _> = tx.sharing(subject, &ids).await?.into_iter().map(|s| (s.card_id, s)).collect();
    let first: Vec<Id> = sharing.values().map(|s| s.first_post_id).collect();
    let posts: HashMap<Id, Post> =
        tx.visible_posts(&first, Viewer::Anyone).await?.into_iter().map(|p| (p.id, p)).collect();
    let authors: Vec<Id> = posts.values().map(|p| p.account_id).collect();
    let authors: HashMap<Id, Account> = tx.accounts(&authors).await?.into_iter().map(|a| (a.id, a)).collect();
    let shown = rows.into_iter().filter_map(|(link, card)| {
        let shared = sharing.get(&link.card_id)?;
        let post = posts.get(&shared.first_post_id)?.clone();
        let author = authors.get(&post.account_id)?.clone();
        Some(Shelved { link, card: cards::as_shown(node, card)?, post, author, people: shared.people })
    });
    Ok(shown.collect())
}
