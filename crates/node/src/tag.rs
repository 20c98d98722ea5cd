//! Hashtags that a member follows, and those on their profile.

use model::account::Account;
use model::hashtag::Hashtag;
use model::post::{Post, Tag};
use storage::{FeaturedTag, Tx};

use crate::deed::{Data, Kind};
use crate::login::may_be_heard;
use crate::{Error, Node, peers};

/// Most hashtags that a member follows.
pub const FOLLOWED: i64 = 1_000;
/// Most hashtags on a profile, as on Mastodon.
pub const FEATURED: usize = 10;

/// A member follows a hashtag: what is posted with it comes into their home from now on.
pub async fn follow(node: &Node, tx: &mut Tx, who: &Account, name: &str) -> Result<Tag, Error> {
    let tag = named(node, tx, name).await?;
    tx.hold_account(who.id).await?;
    if tx.count_followed_tags(who.id).await? >= FOLLOWED {
        return Err(Error::invalid("Validation failed: You have reached the maximum number of followed hashtags"));
    }
    if tx.follow_tag(node.id(), who.id, tag.id).await? {
        peers::settle(node, tx, tag.id).await?;
    }
    Ok(tag)
}

/// They follow it no more, and what came only by it goes from their home.
pub async fn unfollow(node: &Node, tx: &mut Tx, who: &Account, name: &str) -> Result<Tag, Error> {
    let tag = named(node, tx, name).await?;
    if tx.unfollow_tag(who.id, tag.id).await? {
        peers::settle(node, tx, tag.id).await?;
    }
    Ok(tag)
}

/// A member puts a hashtag on their profile; whether it was not there before.
pub async fn feature(node: &Node, tx: &mut Tx, who: &Account, name: &str) -> Result<(FeaturedTag, bool), Error> {
    may_be_heard(tx, who.id).await?;
    let wanted = Hashtag::whole(name).ok_or_else(|| Error::invalid("Validation failed: Name is not a hashtag"))?;
    let tag = use_tag(node, tx, &wanted).await?;
    tx.hold_account(who.id).await?;
    if let Some(known) = tx.featured_tag(who.id, tag.id).await? {
        return Ok((known, false));
    }
    if tx.featured_tags(who.id).await?.len() >= FEATURED {
        return Err(Error::invalid("Validation failed: You have already featured the maximum number of hashtags"));
    }
    let is_new = tx.feature_tag(node.id(), who.id, tag.id, &wanted.name).await?;
    if is_new {
        tell(node, tx, Kind::AddTag, who, &tag, &wanted.name).await?;
    }
    Ok((tx.featured_tag(who.id, tag.id).await?.ok_or(Error::NotFound)?, is_new))
}

/// They take it down.
pub async fn unfeature(node: &Node, tx: &mut Tx, who: &Account, name: &str) -> Result<Tag, Error> {
    let tag = named(node, tx, name).await?;
    if let Some(known) = tx.featured_tag(who.id, tag.id).await? {
        take_down(node, tx, who, &known).await?;
    }
    Ok(tag)
}

/// The same by the id of its row.
pub async fn unfeature_by_id(node: &Node, tx: &mut Tx, who: &Account, id: i64) -> Result<(), Error> {
    let known = tx.featured_tags(who.id).await?.into_iter().find(|f| f.id == id).ok_or(Error::NotFound)?;
    take_down(node, tx, who, &known).await
}

async fn take_down(node: &Node, tx: &mut Tx, who: &Account, known: &FeaturedTag) -> Result<(), Error> {
    let tag = Tag { id: known.tag_id, name: known.key.clone(), display: known.name.clone() };
    if tx.unfeature_tag(who.id, tag.id).await? {
        tell(node, tx, Kind::RemoveTag, who, &tag, &known.name).await?;
    }
    Ok(())
}

async fn tell(node: &Node, tx: &mut Tx, kind: Kind, who: &Account, tag: &Tag, name: &str) -> Result<(), Error> {
    let data = Data { object: node.config.tag_url(&tag.name), name: format!("#{name}"), ..Data::default() };
    node.tell(tx, kind, who.id, None, &data).await?.followers(tx).await?.done(tx).await
}

/// A hashtag by its name, which is kept from now on if it was not. How it is spelled for everybody only a post for everybody says.
///
/// # Errors
/// [`Error::NotFound`] for what is not one hashtag and nothing else.
pub async fn named(node: &Node, tx: &mut Tx, name: &str) -> Result<Tag, Error> {
    let wanted = Hashtag::whole(name).ok_or(Error::NotFound)?;
    let tag = use_tag(node, tx, &wanted).await?;
    Ok(spelled(tag, wanted))
}

/// A hashtag that is kept without anybody having used it for everybody to read.
async fn use_tag(node: &Node, tx: &mut Tx, wanted: &Hashtag) -> Result<Tag, Error> {
    tx.use_tag(node.id(), &wanted.key, &wanted.key, node.now()).await?;
    tx.tag(&wanted.key).await?.ok_or(Error::NotFound)
}

/// A hashtag as it is known, or none: whether anybody used it shows nowhere, unless everybody may read where.
pub async fn look(tx: &mut Tx, name: &str) -> Result<Tag, Error> {
    let wanted = Hashtag::whole(name).ok_or(Error::NotFound)?;
    let known = tx.tag(&wanted.key).await?.unwrap_or(Tag { id: 0, name: wanted.key.clone(), display: String::new() });
    Ok(spelled(known, wanted))
}

/// As somebody asked for it, if there is no spelling that everybody may know.
fn spelled(tag: Tag, wanted: Hashtag) -> Tag {
    if tag.display.is_empty() || tag.display == tag.name { Tag { display: wanted.name, ..tag } } else { tag }
}

/// Counts a new post with the hashtags on its author's profile.
pub(crate) async fn count(tx: &mut Tx, post: &Post) -> Result<(), Error> {
    if counts(post) {
        tx.count_in_featured_tags(post).await?;
    }
    Ok(())
}

/// The same when it goes, or before its hashtags change.
pub(crate) async fn uncount(tx: &mut Tx, post: &Post) -> Result<(), Error> {
    if counts(post) {
        tx.uncount_in_featured_tags(post).await?;
    }
    Ok(())
}

fn counts(post: &Post) -> bool {
    post.local && post.audience.is_open() && post.boost_of_id.is_none()
}
