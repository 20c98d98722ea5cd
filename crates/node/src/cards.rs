//! Which page a post leads to, and what is known of that page. Reading it is a job.

use model::card::Card;
use model::clock::{DAY, HOUR, Millis};
use model::html;
use model::id::Id;
use model::post::Post;
use storage::Tx;

use crate::config::host_of;
use crate::{Error, Node, jobs, random};

/// The longest address we go to.
const LONGEST: usize = 2_048;
/// A page is read again for a post that comes so long after it was read.
const FRESH: Millis = 14 * DAY;
/// The same for one that could not be read.
const FAILED: Millis = HOUR;

/// Hangs on a post what the first page that it leads to says, or takes from it what it no longer leads to. The page is read
/// later, at a time that chance picks: every server that a post reaches wants to read it. Only for posts that everybody may
/// see, for whoever is behind a link would learn of the others.
pub(crate) async fn hang(node: &Node, tx: &mut Tx, post: &Post) -> Result<(), Error> {
    let Some(delay) = node.config.card_delay else { return Ok(()) };
    let link =
        if post.audience.is_open() && post.boost_of_id.is_none() { first_link(node, tx, post).await? } else { None };
    let Some(url) = link else {
        // A new post has none that could be dropped.
        return if post.edited_at.is_some() { Ok(tx.drop_card_of(post.id).await?) } else { Ok(()) };
    };
    let now = node.now();
    let (card, due_at) = tx.use_card(node.id(), &random::hash(&url), &url).await?;
    if tx.card_of(post.id).await? != Some(card) {
        tx.drop_card_of(post.id).await?;
        tx.hang_card(post.id, card).await?;
    }
    if due_at <= now {
        let wait = Millis::try_from(node.random.below(u64::try_from(delay).unwrap_or(0) + 1)).unwrap_or(0);
        jobs::enqueue_at(node, tx, &jobs::Job::ReadPage { card }, now + wait).await?;
    }
    Ok(())
}

/// The first link that leads to a page: not to somebody, a hashtag or this node, nor to a server that is shut out.
async fn first_link(node: &Node, tx: &mut Tx, post: &Post) -> Result<Option<String>, Error> {
    let mut links = html::post_links(&post.content);
    links.retain(|l| !l.names_somebody_or_a_tag && is_page(node, &l.href));
    if links.is_empty() {
        return Ok(None);
    }
    let named = tx.mentions(&[post.id]).await?;
    Ok(links.into_iter().map(|l| l.href).find(|href| !named.iter().any(|m| m.url == *href || m.uri == *href)))
}

fn is_page(node: &Node, url: &str) -> bool {
    let host = host_of(url);
    // Plain http we do not go to.
    url.starts_with("https://")
        && url.len() <= LONGEST
        && !host.is_empty()
        && !node.config.is_own_url(url)
        && !node.config.is_own_domain(&host)
        && !node.is_domain_blocked(&host)
}

/// A page that a post leads to was read.
pub async fn put(node: &Node, tx: &mut Tx, card: &Card) -> Result<(), Error> {
    let image = if shows_picture(node, card) { card.image.clone() } else { String::new() };
    Ok(tx.put_card(&Card { image, ..card.clone() }, node.now() + FRESH).await?)
}

/// The cards of posts as they are shown. A rule may be newer than what was read: as long as it stands, nothing is shown of a page on a
/// server that is shut out, and no picture of one whose media are rejected.
pub async fn shown(node: &Node, tx: &mut Tx, posts: &[Id]) -> Result<Vec<(Id, Card)>, Error> {
    let cards = tx.cards_of(posts).await?;
    Ok(cards.into_iter().filter_map(|(post, card)| Some((post, as_shown(node, card)?))).collect())
}

/// What the rules leave of a card.
pub fn as_shown(node: &Node, mut card: Card) -> Option<Card> {
    if node.is_url_blocked(&card.url) {
        return None;
    }
    if !shows_picture(node, &card) {
        card.image.clear();
    }
    if node.is_url_blocked(&card.author_url) {
        card.author_url.clear();
    }
    Some(card)
}

/// Whether no rule is against the picture of a card.
pub(crate) fn shows_picture(node: &Node, card: &Card) -> bool {
    let mut hosts = [&card.url, &card.image].map(|url| host_of(url)).into_iter();
    hosts.all(|host| !node.is_domain_blocked(&host) && !node.rejects_media_of(&host))
}

/// A page could not be read. What was known of it stays known.
pub async fn fail(node: &Node, tx: &mut Tx, card: &Card) -> Result<(), Error> {
    Ok(tx.postpone_card(card.id, node.now() + FAILED).await?)
}
